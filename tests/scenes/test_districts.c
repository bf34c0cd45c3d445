// SPDX-License-Identifier: Apache-2.0
// labels: unit property
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "scenes/scene.h"

enum { SEEDS = 24 };

static scene *build(int seed, place_kind place, const char *district) {
  scene_def def = scene_def_default();
  def.place = place;
  def.town.size_m = 700;
  def.grid_city.blocks_x = def.grid_city.blocks_y = 5;
  def.vehicles = def.pedestrians = 0;
  snprintf(def.district, sizeof def.district, "%s", district);
  scene *s = NULL;
  trouble why = {0};
  if (scene_build(&s, &def, 9, (uint32_t)seed, 0, &why) != STATUS_OK)
    fail_msg("seed %d: %s", seed, why.text);
  return s;
}

// A building that is of a district: not a garage.
static bool is_of_district(const scene_thing *thing) {
  return thing->kind == THING_BUILDING &&
         (thing->asset_seed & BUILDING_DISTRICT_BITS) != BUILDING_GARAGE_BITS;
}

static district_kind kind_of(const scene_thing *thing) {
  uint32_t kind = thing->asset_seed & BUILDING_DISTRICT_BITS;
  assert_in_range(kind, 0, DISTRICT_COUNT - 1);
  return (district_kind)kind;
}

static void a_named_district_is_everywhere(void **state) {
  (void)state;
  for (int kind = 0; kind < DISTRICT_COUNT; kind++) {
    scene *s = build(kind, PLACE_GRID_CITY, district_name(kind));
    int buildings = 0;
    double height = 0, width = 0;
    for (int i = 0; i < s->thing_count; i++) {
      const scene_thing *thing = &s->things[i];
      if (!is_of_district(thing))
        continue;
      buildings++;
      height += thing->size_m[2], width += thing->size_m[1];
      assert_int_equal(kind_of(thing), kind);
    }
    assert_true(buildings > 100);
    if (kind == DISTRICT_INDUSTRIAL)
      assert_true(height / buildings < 12 && width / buildings > 18);
    else
      assert_true(height / buildings > 11 && width / buildings < 26);
    scene_destroy(s);
  }
}

// Of the buildings of a kind, their mean distance from the middle over half of the place, and
// how much they lie in one direction: 0 all around, 1 all in one.
static void mixed_places_have_quarters(void **state) {
  (void)state;
  int count[DISTRICT_COUNT] = {0}, places[DISTRICT_COUNT] = {0};
  double out[DISTRICT_COUNT] = {0};
  for (int seed = 0; seed < SEEDS; seed++) {
    scene *s = build(seed, seed % 2 ? PLACE_TOWN : PLACE_GRID_CITY, "mixed");
    const road_network *net = &s->roads;
    double x0 = (net->min_x_m + net->max_x_m) / 2, y0 = (net->min_y_m + net->max_y_m) / 2;
    double east = 0, north = 0;
    int here[DISTRICT_COUNT] = {0};
    for (int i = 0; i < s->thing_count; i++) {
      const scene_thing *thing = &s->things[i];
      if (!is_of_district(thing))
        continue;
      district_kind kind = kind_of(thing);
      double dx = thing->at.p_m.x - x0, dy = thing->at.p_m.y - y0, d = hypot(dx, dy);
      here[kind]++, count[kind]++;
      out[kind] += d / fmax(net->max_x_m - x0, net->max_y_m - y0);
      if (kind == DISTRICT_INDUSTRIAL)
        east += dx / d, north += dy / d;
    }
    for (int k = 0; k < DISTRICT_COUNT; k++)
      places[k] += here[k] > 0;
    if (here[DISTRICT_INDUSTRIAL] > 0 && hypot(east, north) < 0.7 * here[DISTRICT_INDUSTRIAL])
      fail_msg("seed %d: industry lies all around", seed);
    scene_destroy(s);
  }
  for (int k = 0; k < DISTRICT_COUNT; k++)
    assert_true(count[k] > 100 && places[k] > SEEDS / 2);
  assert_true(out[DISTRICT_CENTRE] / count[DISTRICT_CENTRE] < 0.4);
  assert_true(out[DISTRICT_RESIDENTIAL] / count[DISTRICT_RESIDENTIAL] > 0.5);
  assert_true(out[DISTRICT_INDUSTRIAL] / count[DISTRICT_INDUSTRIAL] > 0.55);
}

static void a_small_place_is_of_one_kind(void **state) {
  (void)state;
  int places[DISTRICT_COUNT] = {0};
  for (int seed = 0; seed < 2 * SEEDS; seed++) {
    scene *s = build(seed, PLACE_INTERSECTION, "mixed");
    int first = -1;
    for (int i = 0; i < s->thing_count; i++)
      if (is_of_district(&s->things[i])) {
        int kind = (int)kind_of(&s->things[i]);
        first = first < 0 ? kind : first;
        assert_int_equal(kind, first);
      }
    assert_true(first >= 0);
    places[first]++;
    scene_destroy(s);
  }
  for (int k = 0; k < DISTRICT_COUNT; k++)
    assert_true(places[k] > 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_named_district_is_everywhere),
      cmocka_unit_test(mixed_places_have_quarters),
      cmocka_unit_test(a_small_place_is_of_one_kind),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
