// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Which driving lanes of a map are driven on: by how wide they are wherever they lead.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "with_maps.h"

#define NARROW "a driving lane that is nowhere 1.8 m wide isn't driven on"

// Sections of 30 m with a lane of 3.5 m and outside of it one that grows by rates[i] in section i.
// It is linked from section to section; where it begins to the lane at its side, if `beside`.
static read_map map_with_growing_lane(const double *rates, int count, bool beside) {
  char lanes[4096];
  int at = 0;
  double width = 0;
  for (int i = 0; i < count; i++) {
    at += snprintf(
        lanes + at, sizeof lanes - (size_t)at,
        "<laneSection s='%d'><center><lane id='0' type='none'/></center><right>"
        "<lane id='-1' type='driving'><link>%s%s</link>"
        "<width sOffset='0' a='3.5' b='0' c='0' d='0'/></lane>"
        "<lane id='-2' type='driving'><link>%s%s</link>"
        "<width sOffset='0' a='%.10g' b='%.10g' c='0' d='0'/></lane>"
        "</right></laneSection>",
        30 * i, i > 0 ? "<predecessor id='-1'/>" : "", i + 1 < count ? "<successor id='-1'/>" : "",
        i == 0             ? ""
        : i == 1 && beside ? "<predecessor id='-1'/>"
                           : "<predecessor id='-2'/>",
        i + 1 < count && !(i == 0 && beside) ? "<successor id='-2'/>" : "", width, rates[i]);
    width += 30 * rates[i];
  }
  char attributes[64], plan[128];
  snprintf(attributes, sizeof attributes, "id='1' length='%d' junction='-1'", 30 * count);
  snprintf(plan, sizeof plan, "<geometry s='0' x='0' y='0' hdg='0' length='%d'><line/></geometry>",
           30 * count);
  return map_from_roads(map_road_text(attributes, "", plan, lanes, ""));
}

static int driven(const read_map *map, int number, int lane) {
  int count = 0;
  for (int i = 0; i < map->net.path_count; i++)
    count += map->net.paths[i].road == number && map->net.paths[i].lane == lane;
  return count;
}

static void a_lane_that_opens_over_sections_is_driven_on_from_its_begin(void **state) {
  (void)state;
  static const double rates[] = {0.01, 0.03, 0.06};
  read_map map = map_with_growing_lane(rates, 3, false); // 0.3 m, 1.2 m, 3 m wide at their ends
  assert_int_equal(map.net.road_count, 3);
  for (int n = 1; n <= 3; n++)
    assert_int_equal(driven(&map, n, -2), 1);
  const road_lane *first = &map.net.lanes[map.net.sections[0].lane_first + 2];
  assert_int_equal(first->type, LANE_DRIVING);
  map_free(&map);
}

static void a_lane_that_is_nowhere_wide_enough_is_driven_on_nowhere(void **state) {
  (void)state;
  static const double rates[] = {0.02, 0.037, -0.03}; // 0.6 m, 1.71 m, 0.81 m
  read_map map = map_with_growing_lane(rates, 3, false);
  for (int n = 1; n <= 3; n++) {
    assert_int_equal(driven(&map, n, -2), 0);
    assert_int_equal(driven(&map, n, -1), 1);
  }
  assert_int_equal(map_remarks(&map, NARROW, 3), 3);
  map_free(&map);
  static const double wider[] = {0.02, 0.041, -0.03}; // 0.6 m, 1.83 m, 0.93 m
  map = map_with_growing_lane(wider, 3, false);
  for (int n = 1; n <= 3; n++)
    assert_int_equal(driven(&map, n, -2), 1);
  map_free(&map);
}

// It names the wide lane beside it as where it comes from, but isn't that lane.
static void a_sliver_beside_a_lane_is_not_driven_on(void **state) {
  (void)state;
  static const double rates[] = {0, 0.02, -0.01};
  read_map map = map_with_growing_lane(rates, 3, true);
  assert_int_equal(driven(&map, 2, -2), 0);
  assert_int_equal(driven(&map, 3, -2), 0);
  assert_int_equal(driven(&map, 2, -1), 1);
  assert_int_equal(map_remarks(&map, NARROW, 3), 2);
  map_free(&map);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_lane_that_opens_over_sections_is_driven_on_from_its_begin),
      cmocka_unit_test(a_lane_that_is_nowhere_wide_enough_is_driven_on_nowhere),
      cmocka_unit_test(a_sliver_beside_a_lane_is_not_driven_on),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
