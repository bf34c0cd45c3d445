// SPDX-License-Identifier: Apache-2.0
// labels: unit property
// Places that are made of others: what joins them, and what can't be joined.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scenes/fields.h"
#include "scenes/place.h"
#include "scenes/road_model.h"
#include "with_any_place.h"
#include "with_network.h"
#include "with_script.h"

static any_place build(const char *text, uint32_t number) {
  any_place of = {.place = PLACE_COMPOSE, .number = number};
  trouble why = {0};
  if (define_with(text, NULL, 0, number, 0, &of.def, &why) != STATUS_OK ||
      any_place_build(&of, &why) != STATUS_OK)
    fail_msg("seed %u: %s: %s", number, text, why.text);
  return of;
}

// Parts ----------------------------------------------------------------------------

static int part_of(const road_network *net, const lane_path *lane) {
  const road_part *part = road_part_of(net, lane->road);
  return part->joins ? 0 : part->part;
}

// Marks all lanes that who is on one of a part gets to, changing lanes on the way.
static void drive_from(const road_network *net, int part, bool *reached) {
  int *queue = malloc(sizeof *queue * ((size_t)net->path_count + 1)), tail = 0;
  for (int i = 0; i < net->path_count; i++) {
    reached[i] = part_of(net, &net->paths[i]) == part;
    if (reached[i])
      queue[tail++] = i;
  }
  for (int head = 0; head < tail; head++) {
    const lane_path *lane = &net->paths[queue[head]];
    int to[32] = {lane->left, lane->right}, count = 2;
    for (int k = 0; k < lane->next_count && count < 32; k++)
      to[count++] = net->lane_links[lane->next_first + k];
    for (int k = 0; k < count; k++)
      if (to[k] && !reached[to[k] - 1]) {
        reached[to[k] - 1] = true;
        queue[tail++] = to[k] - 1;
      }
  }
  free(queue);
}

static void one_drives_from_each_part_to_each_other_part(void **state) {
  (void)state;
  int built = 0, pairs = 0;
  for (uint32_t n = 0; n < 40; n++) {
    any_place of;
    trouble why = {0};
    any_place_draw(&of, PLACE_COMPOSE, 700 + n, ANY_SMALL);
    if (any_place_build(&of, &why) != STATUS_OK)
      continue; // another test says when that may be
    built++;
    bool *reached = calloc((size_t)of.net.path_count + 1, sizeof *reached);
    for (int part = 1; part <= of.def.compose.part_count; part++) {
      bool met[COMPOSE_PARTS + 1] = {false};
      drive_from(&of.net, part, reached);
      for (int i = 0; i < of.net.path_count; i++)
        if (reached[i])
          met[part_of(&of.net, &of.net.paths[i])] = true;
      for (int to = 1; to <= of.def.compose.part_count; to++, pairs++)
        if (!met[to])
          fail_msg("seed %u: no way from part %d to part %d\n%s", of.number, part, to, of.script);
    }
    free(reached);
    any_place_free(&of);
  }
  assert_true(built >= 25 && pairs > 150);
}

static void a_single_part_is_the_place_itself(void **state) {
  (void)state;
  for (uint32_t n = 0; n < 3 * PLACE_COMPOSE; n++) {
    any_place alone, of;
    trouble why = {0};
    place_kind kind = (place_kind)(n % PLACE_COMPOSE);
    any_place_draw(&alone, kind, 900 + n, ANY_SMALL);
    if (kind == PLACE_GRID_CITY)
      alone.def.grid_city.ways_out = 4;
    of = alone;
    of.def.place = PLACE_COMPOSE;
    of.def.compose.part_count = 1;
    compose_part_put(&of.def.compose.parts[0], kind, &alone.def);
    if (any_place_build(&alone, &why) != STATUS_OK)
      continue;
    if (any_place_build(&of, &why) != STATUS_OK)
      fail_msg("%s\n%s", why.text, alone.script);
    const road_network *a = &alone.net, *b = &of.net;
    if (a->road_count != b->road_count || a->path_count != b->path_count ||
        a->conflict_count != b->conflict_count || a->walk_edge_count != b->walk_edge_count ||
        a->signal_count != b->signal_count || a->crossing_count != b->crossing_count ||
        a->site_count != b->site_count || a->point_count != b->point_count)
      fail_msg("%s isn't the same by itself and as the only part\n%s", place_name((int)kind),
               alone.script);
    for (int i = 0; i < a->point_count; i++) {
      const road_point *p = &a->points[i], *q = &b->points[i];
      double gap = hypot(hypot(p->x_m - q->x_m, p->y_m - q->y_m), p->z_m - q->z_m);
      if (!(gap < 1e-6))
        fail_msg("%s: point %d is %.9f m off\n%s", place_name((int)kind), i, gap, alone.script);
    }
    any_place_free(&alone);
    any_place_free(&of);
  }
}

// A part's points as seen from its own origin.
static vec3 own_point(const road_part *part, double x, double y, double z) {
  double c = cos(part->heading_rad), s = sin(part->heading_rad);
  double dx = x - part->x_m, dy = y - part->y_m;
  return (vec3){c * dx + s * dy, c * dy - s * dx, z - part->z_m};
}

static const road_part *find_part(const road_network *net, int number) {
  for (int i = 0; i < net->part_count; i++)
    if (net->parts[i].part == number && !net->parts[i].joins)
      return &net->parts[i];
  fail_msg("there is no part %d", number);
  return NULL;
}

static void changing_one_part_does_not_change_another(void **state) {
  (void)state;
  for (uint32_t seed = 0; seed < 6; seed++) {
    any_place a = build("return scene { road = compose { town { size_m = 300 }, rural {}, "
                        "intersection { angle_jitter_deg = 20 } } }",
                        seed);
    any_place b = build("return scene { road = compose { roundabout { arms = 5 }, rural {}, "
                        "intersection { angle_jitter_deg = 20 } } }",
                        seed);
    for (int number = 2; number <= 3; number++) {
      const road_part *u = find_part(&a.net, number), *v = find_part(&b.net, number);
      assert_int_equal(u->road_count, v->road_count);
      assert_int_equal(u->junction_count, v->junction_count);
      for (int i = 0; i < u->road_count; i++) {
        const road *r = &a.net.roads[u->road_first - 1 + i],
                   *q = &b.net.roads[v->road_first - 1 + i];
        for (int k = 0; k <= 4; k++) {
          vec3 p = road_point_at(&a.net, r, r->length_m * k / 4, 0);
          vec3 o = road_point_at(&b.net, q, q->length_m * k / 4, 0);
          vec3 gap = vec3_sub(own_point(u, p.x, p.y, p.z), own_point(v, o.x, o.y, o.z));
          if (!(hypot(hypot(gap.x, gap.y), gap.z) < 1e-6))
            fail_msg("seed %u: road %d of part %d moved by (%g, %g, %g)", seed, i + 1, number,
                     gap.x, gap.y, gap.z);
        }
      }
    }
    any_place_free(&a);
    any_place_free(&b);
  }
}

// Joining roads ----------------------------------------------------------------------

static int driven(const road_network *net, const road *r, double *limit) {
  const road_section *section = &net->sections[r->section_first];
  int count = 0;
  for (int i = 0; i < section->lane_count; i++)
    if (net->lanes[section->lane_first + i].type == LANE_DRIVING) {
      count++;
      *limit = net->lanes[section->lane_first + i].speed_limit_mps;
    }
  return count;
}

static void joining_roads_have_the_lower_class_and_limit_and_change_their_lanes(void **state) {
  (void)state;
  for (uint32_t seed = 0; seed < 8; seed++) {
    any_place of = build("return scene { road = compose { gap_m = 300, highway { lanes = 3, "
                         "length_m = 500 }, straight { lanes = 1, speed_limit_mps = 15, "
                         "sidewalk_m = 2 } } }",
                         seed);
    const road_part *join = &of.net.parts[of.net.part_count - 1];
    assert_int_equal(join->joins, 1);
    double length = 0, limit = 0;
    int most = 0, least = 99;
    for (int i = 0; i < join->road_count; i++) {
      const road *r = &of.net.roads[join->road_first - 1 + i];
      int lanes = driven(&of.net, r, &limit);
      assert_true(fabs(limit - 15) < 1e-9);
      assert_int_equal(r->class, ROAD_RESIDENTIAL);
      length += r->length_m;
      most = lanes > most ? lanes : most;
      least = lanes < least ? lanes : least;
    }
    assert_int_equal(most, 6);
    assert_int_equal(least, 2);
    assert_true(length >= 300 - 1e-6);
    any_place_free(&of);
  }
}

// Scripts ----------------------------------------------------------------------------

static void errors_say_what_cannot_be_composed(void **state) {
  (void)state;
  expect_error("return scene { road = compose {} }", STATUS_RANGE,
               "urban.lua:1: road: compose has 0 parts; 1 to 8 would do");
  expect_error("local t = {} for i = 1, 9 do t[i] = straight {} end\n"
               "return scene { road = compose(t) }",
               STATUS_RANGE, "urban.lua:2: road: compose has 9 parts; 1 to 8 would do");
  expect_error("return scene { road = compose { town {}, compose { town {} } } }", STATUS_RANGE,
               "urban.lua:1: road.2: compose can't be a part of compose; list its parts here "
               "instead");
  expect_error("return scene { road = compose { town {}, opendrive(\"crossing.xodr\") } }",
               STATUS_RANGE,
               "urban.lua:1: road.2: opendrive can't be a part of compose; only places made from "
               "numbers can");
  expect_error("return scene { road = compose { town {}, 7 } }", STATUS_RANGE,
               "urban.lua:1: road.2: is a number, not a place; town {}, rural {}, … would do");
  expect_error("return scene { road = compose { town {}, [3] = rural {} } }", STATUS_RANGE,
               "urban.lua:1: road: compose is given no list of places; write compose { town {}, "
               "rural {} }");
  expect_error("return scene { road = compose { town {}, gap_m = 5 } }", STATUS_RANGE,
               "urban.lua:1: road.gap_m: 5 is outside 100..1000 m");
  expect_error("local p = town {} p.size_m = 9\nreturn scene { road = compose { rural {}, p } }",
               STATUS_RANGE, "urban.lua:2: road.2.town.size_m: 9 is outside 150..4200 m");
  expect_set_error("return scene {}", "road", "compose",
                   "urban.lua:1: road: compose has no parts; write compose { town {}, rural {} }");
}

static void set_changes_parts_that_are_such_places(void **state) {
  (void)state;
  static const char text[] =
      "return scene { road = compose { town {}, town {}, rural {}, gap_m = 150 } }";
  static const char *const sets[] = {
      "compose.2.town.size_m",    "333", "compose.3.town.size_m", "999", // no town there
      "compose.*.rural.length_m", "700", "compose.gap_m",         "400"};
  scene_def def;
  trouble why = {0};
  if (define_with(text, sets, 4, 1, 0, &def, &why) != STATUS_OK)
    fail_msg("%s", why.text);
  assert_true(def.compose.parts[0].of.town.size_m == 420);
  assert_true(def.compose.parts[1].of.town.size_m == 333);
  assert_true(def.compose.parts[2].of.rural.length_m == 700);
  assert_true(def.compose.gap_m == 400);
  expect_set_error(text, "compose.2.town.size_m", "9",
                   "--set compose.2.town.size_m=9: 9 is outside 150..4200 m");
  expect_set_error(text, "compose.9.town.size_m", "400",
                   "--set compose.9.town.size_m=400: there is no such field; `roadloom fields` "
                   "lists them");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_drives_from_each_part_to_each_other_part),
      cmocka_unit_test(a_single_part_is_the_place_itself),
      cmocka_unit_test(changing_one_part_does_not_change_another),
      cmocka_unit_test(joining_roads_have_the_lower_class_and_limit_and_change_their_lanes),
      cmocka_unit_test(errors_say_what_cannot_be_composed),
      cmocka_unit_test(set_changes_parts_that_are_such_places),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
