// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Traffic and people on built scenes: a slice of what test_long.c does at length.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "with_checks.h"
#include "with_scenes.h"

static void check_kind(int kind, int seeds, double seconds) {
  long total = 0;
  double longest = 0;
  for (int seed = 0; seed < seeds; seed++) {
    scene *s = with_built_scene(kind, (uint64_t)seed);
    check_report r;
    check_scene(s, seconds, &r);
    total += r.vehicle_frames;
    longest = r.longest_stand_s > longest ? r.longest_stand_s : longest;
    if (r.overlaps || r.hit_people || r.red_runs || r.bad_numbers || r.wrong_ways || r.jumps)
      fail_msg("%s, seed %d: %d overlaps, %d people hit, %d red lights run, %d bad numbers, "
               "%d on the wrong side, %d jumps; %s",
               with_scene_name(kind), seed, r.overlaps, r.hit_people, r.red_runs, r.bad_numbers,
               r.wrong_ways, r.jumps, r.first);
    if (r.longest_stand_s > 180)
      fail_msg("%s, seed %d: a vehicle stood for %g s", with_scene_name(kind), seed,
               r.longest_stand_s);
    scene_destroy(s);
  }
  printf("%s: %ld vehicle-seconds, longest stand %.0f s\n", with_scene_name(kind), total / 10,
         longest);
}

static void a_town_with_signals_flows(void **state) {
  (void)state;
  check_kind(0, 3, 60);
}

static void a_town_without_signals_flows(void **state) {
  (void)state;
  check_kind(1, 3, 60);
}

static void a_signalled_crossing_flows(void **state) {
  (void)state;
  check_kind(2, 6, 60);
}

static void an_unsignalled_crossing_flows(void **state) {
  (void)state;
  check_kind(3, 6, 60);
}

static void a_highway_flows(void **state) {
  (void)state;
  check_kind(4, 3, 30);
}

static void single_roads_flow(void **state) {
  (void)state;
  check_kind(5, 3, 30);
  check_kind(6, 6, 30);
}

static void odd_crossings_flow_under_every_rule(void **state) {
  (void)state;
  check_kind(7, 16, 60);
}

static void roundabouts_flow(void **state) {
  (void)state;
  check_kind(8, 8, 60);
}

static void grown_towns_flow(void **state) {
  (void)state;
  check_kind(9, 4, 60);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_town_with_signals_flows),
      cmocka_unit_test(a_town_without_signals_flows),
      cmocka_unit_test(a_signalled_crossing_flows),
      cmocka_unit_test(an_unsignalled_crossing_flows),
      cmocka_unit_test(a_highway_flows),
      cmocka_unit_test(single_roads_flow),
      cmocka_unit_test(roundabouts_flow),
      cmocka_unit_test(grown_towns_flow),
      cmocka_unit_test(odd_crossings_flow_under_every_rule),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
