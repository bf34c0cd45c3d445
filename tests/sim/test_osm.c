// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Traffic and people on the streets of OpenStreetMap extracts.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "scenes/script_maps.h"
#include "with_checks.h"

static scene *build(const char *name, uint64_t seed, bool long_too) {
  char path[512], *bytes;
  size_t size;
  trouble why = {0};
  snprintf(path, sizeof path, "%s/../../tests/scenes/data/osm/%s", LIBRARY_DIR, name);
  if (file_read(path, 1 << 20, &bytes, &size, &why) != STATUS_OK)
    fail_msg("%s", why.text);
  script_map map = {.name = (char *)(uintptr_t)name, .bytes = bytes, .size = size};
  scene_def def = scene_def_default();
  def.place = PLACE_OSM;
  def.osm.map = &map;
  snprintf(def.osm.file, sizeof def.osm.file, "%s", name);
  def.vehicles_per_km = 14;
  def.pedestrians_per_km = 25;
  if (!long_too)
    def.mix[2] = def.mix[3] = 0; // trucks and buses
  scene *s = NULL;
  if (scene_build(&s, &def, seed, 0, 0, &why) != STATUS_OK)
    fail_msg("%s: %s", name, why.text);
  free(bytes);
  return s;
}

static void check(const char *name, int seeds, double seconds, bool long_too) {
  for (int seed = 0; seed < seeds; seed++) {
    scene *s = build(name, (uint64_t)seed, long_too);
    check_report r;
    check_scene(s, seconds, &r);
    if (r.overlaps || r.hit_people || r.red_runs || r.bad_numbers || r.jumps)
      fail_msg("%s, seed %d: %d overlaps, %d people hit, %d red lights run, %d bad numbers, "
               "%d jumps; %s",
               name, seed, r.overlaps, r.hit_people, r.red_runs, r.bad_numbers, r.jumps, r.first);
    if (r.longest_stand_s > 0.85 * seconds) // 71 of 90 s before an avenue's lights
      fail_msg("%s, seed %d: a vehicle stood for %g s", name, seed, r.longest_stand_s);
    printf("%s: %ld vehicle-seconds, longest stand %.0f s\n", name, r.vehicle_frames / 10,
           r.longest_stand_s);
    scene_destroy(s);
  }
}

static void a_village_flows(void **state) {
  (void)state;
  check("village.osm", 3, 60, true);
}

static void one_way_streets_flow(void **state) {
  (void)state;
  check("pair.osm", 3, 60, true);
}

static void an_avenue_with_lanes_for_turns_buses_and_bicycles_flows(void **state) {
  (void)state;
  check("avenue.osm", 3, 90, true);
}

static void roundabouts_flow(void **state) {
  (void)state;
  check("roundabout.osm", 3, 120, true);
  check("rings.osm", 3, 120, true);
}

// Their sharp corners are as the map has them, too tight for long vehicles to meet in.
static void towns_by_chance_flow(void **state) {
  (void)state;
  check("town_1_500.osm", 2, 60, false);
  check("town_3_450.osm", 2, 60, false);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_village_flows),
      cmocka_unit_test(one_way_streets_flow),
      cmocka_unit_test(an_avenue_with_lanes_for_turns_buses_and_bicycles_flows),
      cmocka_unit_test(roundabouts_flow),
      cmocka_unit_test(towns_by_chance_flow),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
