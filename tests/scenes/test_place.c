// SPDX-License-Identifier: Apache-2.0
// labels: unit property
#include "scenes/place.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scenes/scene.h"

static scene *build(const scene_def *def, uint32_t index) {
  scene *s = NULL;
  trouble why = {0};
  if (scene_build(&s, def, 11, index, 0, &why) != STATUS_OK)
    fail_msg("scene %u: %s", index, why.text);
  return s;
}

static void streets_of_any_irregularity_can_be_driven(void **state) {
  (void)state;
  for (uint32_t i = 0; i < 30; i++) {
    scene_def def = scene_def_default();
    def.grid_city.irregularity = i % 3 == 0 ? 1 : 0.5;
    def.grid_city.block_m = i % 2 ? 110 : 70;
    def.grid_city.lanes = 1 + (int)(i % 2);
    def.vehicles = def.pedestrians = 0;
    scene *s = build(&def, i);
    for (int k = 0; k < s->roads.path_count; k++) {
      const lane_path *lane = &s->roads.paths[k];
      if (!lane->junction && lane->max_curvature_pm > 1.0 / 8)
        fail_msg("scene %u: lane %d bends with a radius of %.1f m", i, lane->id,
                 1 / lane->max_curvature_pm);
    }
    scene_destroy(s);
  }
}

static void a_grid_without_irregularity_is_a_strict_one(void **state) {
  (void)state;
  scene_def def = scene_def_default();
  def.grid_city.irregularity = 0;
  def.grid_city.blocks_x = 4;
  def.grid_city.blocks_y = 3;
  def.grid_city.block_m = 120;
  scene *s = build(&def, 3);
  int four_ways = 0;
  assert_int_equal(s->roads.junction_count, 5 * 4 - 4); // the corners only bend
  for (int i = 0; i < s->roads.junction_count; i++) {
    const road_junction *j = &s->roads.junctions[i];
    assert_true(fabs(remainder(j->x_m, 120)) < 1e-9 && fabs(remainder(j->y_m, 120)) < 1e-9);
    road_arm arms[ROAD_ARMS];
    four_ways += road_junction_arms(&s->roads, j, arms) == 4;
  }
  assert_int_equal(four_ways, 3 * 2);
  scene_destroy(s);
}

static void signals_stand_at_the_asked_share_of_inner_junctions(void **state) {
  (void)state;
  static const double shares[] = {0, 0.5, 1};
  for (int k = 0; k < 3; k++) {
    int with = 0, inner = 0;
    for (uint32_t i = 0; i < 12; i++) {
      scene_def def = scene_def_default();
      def.grid_city.signals = shares[k];
      def.grid_city.blocks_x = def.grid_city.blocks_y = 5;
      def.vehicles = def.pedestrians = 0;
      scene *s = build(&def, i);
      for (int n = 0; n < s->roads.junction_count; n++) {
        const road_junction *j = &s->roads.junctions[n];
        road_arm arms[ROAD_ARMS];
        inner += road_junction_arms(&s->roads, j, arms) == 4;
        with += j->kind == JUNCTION_SIGNALS;
        assert_int_equal(j->kind == JUNCTION_SIGNALS, j->program_count > 0);
      }
      scene_destroy(s);
    }
    double share = (double)with / inner;
    if (fabs(share - shares[k]) > 0.12)
      fail_msg("signals %.2f: %d of %d junctions have them", shares[k], with, inner);
  }
}

static void highways_have_their_length_and_a_safe_radius(void **state) {
  (void)state;
  for (uint32_t i = 0; i < 20; i++) {
    scene_def def = scene_def_default();
    def.place = PLACE_HIGHWAY;
    def.highway.length_m = 500 + 150 * i;
    def.highway.radius_m = i % 4 ? 150 + 60 * i : 0;
    def.vehicles = 0;
    scene *s = build(&def, i);
    double length = s->roads.roads[0].length_m, most = 0;
    if (fabs(length - def.highway.length_m) > 1)
      fail_msg("scene %u: %.1f m, asked for %.1f m", i, length, def.highway.length_m);
    for (int k = 0; k < s->roads.geometry_count; k++)
      most = fmax(most, fabs(s->roads.geometries[k].curvature_end_pm));
    double least = place_least_radius(def.highway.speed_limit_mps);
    if (def.highway.radius_m == 0)
      assert_true(most == 0);
    else if (most > 1 / (0.98 * least))
      fail_msg("scene %u: radius %.0f m, the speed asks for %.0f m", i, 1 / most, least);
    scene_destroy(s);
  }
}

static void single_roads_have_their_length_and_turn(void **state) {
  (void)state;
  for (uint32_t i = 0; i < 40; i++) {
    scene_def def = scene_def_default();
    def.place = i % 4 ? PLACE_CURVE : PLACE_STRAIGHT;
    single_road_def *of = i % 4 ? &def.curve : &def.straight;
    of->radius_m = 21 + 13 * i;
    of->turn_rad = 3.1 - 0.15 * i;
    of->sidewalk_m = i % 2 ? 2 : 0;
    def.vehicles = 0;
    scene *s = build(&def, i);
    assert_int_equal(s->roads.road_count, 1);
    double length = s->roads.roads[0].length_m, turned = 0, most = 0;
    for (int k = 0; k < s->roads.geometry_count; k++) {
      const road_geometry *g = &s->roads.geometries[k];
      turned += g->length_m * (g->curvature_begin_pm + g->curvature_end_pm) / 2;
      most = fmax(most, fabs(g->curvature_end_pm));
    }
    if (def.place == PLACE_STRAIGHT) {
      assert_true(fabs(length - of->length_m) < 1e-9 && most == 0);
    } else {
      if (fabs(turned - of->turn_rad) > 1e-9)
        fail_msg("scene %u: turns by %.6f rad, asked for %.6f", i, turned, of->turn_rad);
      // Who keeps the limit is within AASHTO's table.
      double least = place_least_radius(s->roads.paths[0].speed_limit_mps);
      if (most > 1 / (of->radius_m - 1e-6) || most > 1 / (least - 1e-3))
        fail_msg("scene %u: radius %.2f m, asked for %.2f m, the limit needs %.2f m", i, 1 / most,
                 of->radius_m, least);
    }
    scene_destroy(s);
  }
}

// Heading of the vehicles that come in, of the lane that leads onto a junction lane.
static double entry_heading(const road_network *net, const lane_path *lane) {
  return net->points[lane->point_first].heading_rad;
}

static void the_right_goes_before_the_left(void **state) {
  (void)state;
  int met = 0;
  for (uint32_t i = 0; i < 8; i++) {
    scene_def def = scene_def_default();
    def.place = PLACE_INTERSECTION;
    def.intersection.arms = 3 + (int)(i % 4);
    strcpy(def.intersection.rule, "right_before_left");
    scene *s = build(&def, i);
    const road_network *net = &s->roads;
    assert_int_equal(net->junctions[0].kind, JUNCTION_RIGHT_BEFORE_LEFT);
    for (int k = 0; k < net->conflict_count; k++) {
      const lane_conflict *c = &net->conflicts[k];
      const lane_path *other = &net->paths[c->other - 1], *lane = other;
      for (int n = 0; n < net->path_count; n++)
        if (k >= net->paths[n].conflict_first &&
            k < net->paths[n].conflict_first + net->paths[n].conflict_count)
          lane = &net->paths[n];
      double from = angle_wrap(entry_heading(net, other) - entry_heading(net, lane));
      if (fabs(from) < 0.5 || fabs(from) > 2.6)
        continue;
      met++;
      if (c->yields != (from > 0))
        fail_msg("scene %u: lane %d %s to lane %d, whose heading differs by %.2f rad", i, lane->id,
                 c->yields ? "yields" : "doesn't yield", other->id, from);
    }
    scene_destroy(s);
  }
  assert_true(met > 100);
}

static void arms_lie_where_they_were_asked_for(void **state) {
  (void)state;
  static const double given[] = {200, 10, 75, 300};
  scene_def def = scene_def_default();
  def.place = PLACE_INTERSECTION;
  def.intersection.angles_deg.count = 4;
  memcpy(def.intersection.angles_deg.value, given, sizeof given);
  scene *s = build(&def, 1);
  road_arm arms[ROAD_ARMS];
  assert_int_equal(road_junction_arms(&s->roads, &s->roads.junctions[0], arms), 4);
  for (int i = 0; i < 4; i++) {
    double best = 1;
    for (int k = 0; k < 4; k++)
      best = fmin(best, fabs(angle_wrap(arms[k].heading_rad - given[i] * 3.14159265358979 / 180)));
    assert_true(best < 1e-9);
  }
  scene_destroy(s);
}

static void mark_reached(const road_network *net, int lane, bool *seen) {
  if (seen[lane - 1])
    return;
  seen[lane - 1] = true;
  const lane_path *path = &net->paths[lane - 1];
  for (int k = 0; k < path->next_count; k++)
    mark_reached(net, net->lane_links[path->next_first + k], seen);
}

static void every_way_out_of_a_roundabout_is_reached_from_every_way_in(void **state) {
  (void)state;
  for (uint32_t i = 0; i < 16; i++) {
    scene_def def = scene_def_default();
    def.place = PLACE_ROUNDABOUT;
    def.roundabout.arms = 3 + (int)(i % 4);
    def.roundabout.lanes = 1 + (int)(i / 4 % 2);
    def.roundabout.jitter_rad = 0.1 * (i % 5);
    def.vehicles = def.pedestrians = 0;
    scene *s = build(&def, i);
    const road_network *net = &s->roads;
    assert_int_equal(net->junction_count, def.roundabout.arms);
    int ways_in = 0;
    for (int a = 0; a < net->path_count; a++) {
      if (net->paths[a].previous_count > 0)
        continue;
      ways_in++;
      bool *seen = calloc((size_t)net->path_count, sizeof *seen);
      mark_reached(net, a + 1, seen);
      for (int k = 0; k < net->path_count; k++)
        if (!seen[k] && net->paths[k].next_count == 0 && net->paths[k].lane == net->paths[a].lane)
          fail_msg("scene %u: lane %d isn't reached from lane %d", i, k + 1, a + 1);
      free(seen);
    }
    assert_int_equal(ways_in, def.roundabout.arms * def.roundabout.lanes);
    // What circulates goes before what comes in, on an arc around the island's middle.
    for (int k = 0; k < net->path_count; k++) {
      const lane_path *lane = &net->paths[k];
      if (!lane->junction || lane->turn != TURN_STRAIGHT)
        continue;
      for (int c = 0; c < lane->conflict_count; c++)
        if (net->conflicts[lane->conflict_first + c].yields)
          fail_msg("scene %u: lane %d circulates and yields", i, lane->id);
      const road_point *p = &net->points[lane->point_first];
      for (int n = 1; n < lane->point_count; n++)
        if (fabs(hypot(p[n].x_m, p[n].y_m) - hypot(p->x_m, p->y_m)) > 1e-6)
          fail_msg("scene %u: lane %d leaves its circle", i, lane->id);
    }
    scene_destroy(s);
  }
}

// Lanes from which an open end can't be avoided, or that only an open end leads to.
static bool is_at_open_end(const lane_path *lane) {
  return lane->next_count == 0 || (lane->previous_count == 0 && !lane->junction);
}

static void from_everywhere_in_a_town_one_gets_everywhere(void **state) {
  (void)state;
  int dead_ends = 0, kinds[4] = {0};
  for (uint32_t i = 0; i < 24; i++) {
    scene_def def = scene_def_default();
    def.place = PLACE_TOWN;
    def.town.dead_ends = i % 3 * 0.5;
    def.town.main_lanes = 1;
    def.town.size_m = 250 + 20 * (i % 10);
    def.vehicles = def.pedestrians = 0;
    scene *s = build(&def, i);
    const road_network *net = &s->roads;
    for (int j = 0; j < net->junction_count; j++) {
      road_arm arms[ROAD_ARMS];
      dead_ends += road_junction_arms(net, &net->junctions[j], arms) == 1;
      kinds[net->junctions[j].kind]++;
    }
    int open = 0;
    bool *seen = malloc((size_t)net->path_count * sizeof *seen);
    for (int a = 0; a < net->path_count; a++) {
      const lane_path *from = &net->paths[a];
      bool off = is_at_open_end(from) ||
                 is_at_open_end(&net->paths[net->lane_links[from->next_first] - 1]);
      for (int k = 0; k < net->paths[a].previous_count && net->paths[a].next_count == 0; k++)
        open++;
      if (off || a % 7 != 0)
        continue;
      memset(seen, 0, (size_t)net->path_count * sizeof *seen);
      mark_reached(net, a + 1, seen);
      for (int k = 0; k < net->path_count; k++) {
        const lane_path *lane = &net->paths[k];
        bool from_outside = lane->junction &&
                            is_at_open_end(&net->paths[net->lane_links[lane->previous_first] - 1]);
        if (!seen[k] && !is_at_open_end(lane) && !from_outside)
          fail_msg("scene %u: lane %d isn't reached from lane %d", i, k + 1, a + 1);
      }
    }
    free(seen);
    assert_true(open >= 2);
    scene_destroy(s);
  }
  assert_true(dead_ends > 5);
  for (int k = 0; k < 4; k++)
    assert_true(kinds[k] > 5);
}

// Along the lanes, or against them.
static void mark_joined(const road_network *net, int lane, bool along, bool *seen) {
  int *stack = malloc(((size_t)net->path_count + 1) * sizeof *stack), count = 0;
  assert_non_null(stack);
  stack[count++] = lane;
  seen[lane - 1] = true;
  while (count > 0) {
    const lane_path *at = &net->paths[stack[--count] - 1];
    int first = along ? at->next_first : at->previous_first;
    for (int k = 0; k < (along ? at->next_count : at->previous_count); k++) {
      int other = net->lane_links[first + k];
      if (!seen[other - 1]) {
        seen[other - 1] = true;
        stack[count++] = other;
      }
    }
  }
  free(stack);
}

// Of the lanes of a network, those that lead to a lane and that it leads to must be all but the
// few on ways out of the town and in.
static void everything_hangs_together(const road_network *net, int lane) {
  for (int along = 0; along < 2; along++) {
    bool *seen = calloc((size_t)net->path_count, sizeof *seen);
    assert_non_null(seen);
    mark_joined(net, lane, along, seen);
    for (int k = 0; k < net->path_count; k++) {
      const lane_path *path = &net->paths[k];
      int beside = along ? path->previous_first : path->next_first;
      bool outside = is_at_open_end(path) ||
                     (path->junction && is_at_open_end(&net->paths[net->lane_links[beside] - 1]));
      if (!seen[k] && !outside)
        fail_msg("lane %d and lane %d: no way %s", lane, k + 1, along ? "there" : "back");
    }
    free(seen);
  }
}

static void large_towns_come_out_and_hold_together(void **state) {
  (void)state;
  static const double sizes_m[] = {900, 1600, 4200};
  for (uint32_t i = 0; i < 3; i++) {
    scene_def def = scene_def_default();
    def.place = PLACE_TOWN;
    def.town.size_m = sizes_m[i];
    scene *s = build(&def, i);
    const road_network *net = &s->roads;
    double per_km2 = net->junction_count / (sizes_m[i] * sizes_m[i] * 0.6e-6);
    if (per_km2 < 30 || per_km2 > 120)
      fail_msg("%.0f m: %.0f junctions a square kilometre", sizes_m[i], per_km2);
    int ways_out = 0, inner = 0;
    for (int k = 0; k < net->road_count; k++) {
      const road *r = &net->roads[k];
      ways_out += r->predecessor.kind == ROAD_LINK_NONE || r->successor.kind == ROAD_LINK_NONE;
      assert_true(r->junction || r->successor.kind == ROAD_LINK_NONE || r->length_m < 1500);
    }
    assert_int_equal(ways_out, 2);
    while (net->paths[inner].junction || is_at_open_end(&net->paths[inner]) ||
           is_at_open_end(&net->paths[net->lane_links[net->paths[inner].next_first] - 1]))
      inner++;
    everything_hangs_together(net, inner + 1);
    scene_destroy(s);
  }
}

static void streets_of_a_town_suit_their_speed(void **state) {
  (void)state;
  for (uint32_t i = 0; i < 24; i++) {
    scene_def def = scene_def_default();
    def.place = PLACE_TOWN;
    def.vehicles = def.pedestrians = 0;
    scene *s = build(&def, i);
    for (int k = 0; k < s->roads.road_count; k++) {
      const road *r = &s->roads.roads[k];
      for (int g = 0; g < r->geometry_count && !r->junction; g++) {
        double bend = fabs(s->roads.geometries[r->geometry_first + g].curvature_end_pm);
        double least = r->class == ROAD_PRIMARY ? 35 : 25;
        if (bend > 1 / least)
          fail_msg("scene %u: road %d bends with a radius of %.1f m", i, r->id, 1 / bend);
      }
    }
    scene_destroy(s);
  }
}

static void least_radii_are_those_of_the_table(void **state) {
  (void)state;
  assert_true(fabs(place_least_radius(50 / 3.6) - 79) < 1e-9);
  assert_true(fabs(place_least_radius(130 / 3.6) - 951) < 1e-9);
  assert_true(fabs(place_least_radius(85 / 3.6) - (252 + 336) / 2.0) < 1e-9);
  assert_true(place_least_radius(1) == 21);
  assert_true(place_least_radius(160 / 3.6) > 951);
}

static void what_cannot_be_built_says_why(void **state) {
  (void)state;
  scene_def def = scene_def_default();
  scene *s = NULL;
  trouble why = {0};
  def.grid_city.block_m = 40;
  def.grid_city.corner_radius_m = 15;
  def.grid_city.lanes = 2;
  assert_int_equal(scene_build(&s, &def, 1, 0, 0, &why), STATUS_RANGE);
  assert_non_null(strstr(why.text, "road.block_m: too short"));
  assert_null(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(streets_of_any_irregularity_can_be_driven),
      cmocka_unit_test(a_grid_without_irregularity_is_a_strict_one),
      cmocka_unit_test(signals_stand_at_the_asked_share_of_inner_junctions),
      cmocka_unit_test(highways_have_their_length_and_a_safe_radius),
      cmocka_unit_test(single_roads_have_their_length_and_turn),
      cmocka_unit_test(the_right_goes_before_the_left),
      cmocka_unit_test(arms_lie_where_they_were_asked_for),
      cmocka_unit_test(every_way_out_of_a_roundabout_is_reached_from_every_way_in),
      cmocka_unit_test(from_everywhere_in_a_town_one_gets_everywhere),
      cmocka_unit_test(large_towns_come_out_and_hold_together),
      cmocka_unit_test(streets_of_a_town_suit_their_speed),
      cmocka_unit_test(least_radii_are_those_of_the_table),
      cmocka_unit_test(what_cannot_be_built_says_why),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
