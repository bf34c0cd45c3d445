// SPDX-License-Identifier: Apache-2.0
// labels: unit property
// Work zones: as many as asked for, lanes that close and come back, what stands round them, signs.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "scenes/road_ends.h"
#include "scenes/road_model.h"
#include "scenes/scene.h"
#include "scenes/sign.h"

enum { SEEDS = 12 };

static scene *build(int seed) {
  static const place_kind places[] = {PLACE_HIGHWAY, PLACE_GRID_CITY, PLACE_STRAIGHT,
                                      PLACE_TOWN,    PLACE_RURAL,     PLACE_CURVE};
  scene_def def = scene_def_default();
  def.place = places[seed % 6];
  def.vehicles = 0;
  def.pedestrians = 0;
  def.highway.length_m = 2600;
  def.grid_city.lanes = 1 + seed / 6;
  def.grid_city.block_m = 150;
  def.straight.length_m = def.curve.length_m = 700;
  def.straight.lanes = def.curve.lanes = 1 + seed / 6;
  def.straight.sidewalk_m = seed < 6 ? 2 : 0;
  def.highway.work_zones = def.straight.work_zones = def.curve.work_zones = 2;
  def.rural.work_zones = def.grid_city.work_zones = def.town.work_zones = 2;
  snprintf(def.hand, sizeof def.hand, "%s", seed % 4 == 3 ? "left" : "right");
  scene *s = NULL;
  trouble why = {0};
  if (scene_build(&s, &def, (uint64_t)seed, 0, 0, &why) != STATUS_OK)
    fail_msg("seed %d: %s", seed, why.text);
  return s;
}

static const road_lane *works_of(const road_network *net, const road *r, int side) {
  const road_section *section = &net->sections[r->section_first];
  const road_lane *lane;
  for (int id = side; (lane = road_lane_find(net, section, id)); id += side)
    if (lane->type == LANE_WORKS)
      return lane;
  return NULL;
}

// The road that traffic of that side comes from or goes on to, over plain links; 0 without.
static int next_to(const road_network *net, const road *r, int side, bool ahead) {
  bool along = road_lane_along(net, side);
  const road_link *link = along == ahead ? &r->successor : &r->predecessor;
  return link->kind == ROAD_LINK_ROAD ? link->id : 0;
}

static double limit_of(const road_network *net, const road *r, int side) {
  double limit = 0;
  for (int i = 0; i < net->path_count; i++)
    if (net->paths[i].road == r->id && net->paths[i].lane * side > 0)
      limit = fmax(limit, net->paths[i].speed_limit_mps);
  return limit;
}

// Driving lanes beside works that lead on, and all there are.
static int lanes_on(const road_network *net, const road *r, int side, bool leading) {
  int count = 0;
  for (int i = 0; i < net->path_count; i++)
    count += net->paths[i].road == r->id && net->paths[i].lane * side > 0 &&
             (!leading || net->paths[i].next_count > 0);
  return count;
}

static void there_are_as_many_zones_as_asked_for(void **state) {
  (void)state;
  int closed = 0;
  for (int seed = 0; seed < SEEDS; seed++) {
    scene *s = build(seed);
    const road_network *net = &s->roads;
    int zones = 0;
    for (int i = 0; i < net->road_count; i++)
      for (int side = -1; side <= 1; side += 2) {
        const road *r = &net->roads[i];
        const road_lane *works = works_of(net, r, side);
        if (!works)
          continue;
        int before = next_to(net, r, side, false), after = next_to(net, r, side, true);
        assert_true(before && after); // a zone is in the middle of a street
        zones += !works_of(net, &net->roads[before - 1], side);
        if (lanes_on(net, r, side, true) < 1)
          fail_msg("seed %d: nobody gets by road %d", seed, r->id);
        closed += lanes_on(net, r, side, true) < lanes_on(net, r, side, false);
        // Before and after it one drives faster, unless all is slow.
        double limit = limit_of(net, r, side);
        assert_true(limit <= 80 / 3.6 + 1e-9);
        while (after && works_of(net, &net->roads[after - 1], side))
          after = next_to(net, &net->roads[after - 1], side, true);
        double normal = limit_of(net, &net->roads[after - 1], side);
        if (normal > 11 && limit > normal - 1)
          fail_msg("seed %d: road %d has works at %.1f m/s, %.1f m/s after", seed, r->id, limit,
                   normal);
      }
    if (zones != 2)
      fail_msg("seed %d, %s: %d zones", seed, s->place, zones);
    scene_destroy(s);
  }
  if (closed < 5)
    fail_msg("%d lanes end before works", closed);
}

// What a work zone puts down, and vehicles that stand: none of it reaches into a driving lane.
static bool stands_off_lanes(thing_kind kind) {
  return kind == THING_CONE || kind == THING_BARRIER || kind == THING_VAN || kind == THING_TRUCK;
}

static void check_thing(const road_network *net, const scene_thing *t, int seed) {
  for (int i = 0; i < net->road_count; i++) {
    const road *r = &net->roads[i];
    const road_section *section = &net->sections[r->section_first];
    for (int c = 0; c < 4; c++) {
      vec3 corner = pose_apply(t->at, (vec3){(c & 1 ? 0.5 : -0.5) * t->size_m[0],
                                             (c & 2 ? 0.5 : -0.5) * t->size_m[1], 0});
      double at, aside;
      road_project(net, r, corner.x, corner.y, &at, &aside);
      vec3 back = road_point_at(net, r, at, aside);
      if (r->junction || hypot(back.x - corner.x, back.y - corner.y) > 0.01)
        continue; // beyond the road's end
      for (int k = 0; k < section->lane_count; k++) {
        const road_lane *lane = &net->lanes[section->lane_first + k];
        if (lane->type != LANE_DRIVING)
          continue;
        double a = road_lane_outer_t(net, r, 0, lane->id + (lane->id < 0 ? 1 : -1), at);
        double b = road_lane_outer_t(net, r, 0, lane->id, at);
        double depth = fmin(aside - fmin(a, b), fmax(a, b) - aside);
        if (depth > 0.01)
          fail_msg("seed %d: thing of kind %d reaches %.2f m into lane %d of road %d at %.1f m",
                   seed, t->kind, depth, lane->id, r->id, at);
      }
    }
  }
}

static void what_closes_lanes_stands_off_open_ones(void **state) {
  (void)state;
  int things = 0;
  for (int seed = 0; seed < SEEDS; seed++) {
    scene *s = build(seed);
    int here = 0;
    for (int i = 0; i < s->thing_count; i++)
      if (stands_off_lanes(s->things[i].kind)) {
        check_thing(&s->roads, &s->things[i], seed);
        here += s->things[i].kind == THING_CONE || s->things[i].kind == THING_BARRIER;
      }
    if (here < 10)
      fail_msg("seed %d: %d cones and barriers", seed, here);
    things += here;
    scene_destroy(s);
  }
  assert_true(things > 400);
}

// Along a works lane of full width nobody can drive in between cones.
static void closed_lanes_are_fenced(void **state) {
  (void)state;
  int checked = 0;
  for (int seed = 0; seed < SEEDS; seed++) {
    scene *s = build(seed);
    const road_network *net = &s->roads;
    for (int i = 0; i < net->road_count; i++)
      for (int side = -1; side <= 1; side += 2) {
        const road *r = &net->roads[i];
        const road_lane *works = works_of(net, r, side);
        for (double at = 0; works && at < r->length_m; at += 2) {
          if (road_width_at(net, works, at) < 1.2)
            continue;
          vec3 p = road_point_at(net, r, at, road_lane_middle_t(net, r, 0, works->id, at, NULL));
          double near = INFINITY;
          for (int k = 0; k < s->thing_count; k++)
            if (s->things[k].kind == THING_CONE || s->things[k].kind == THING_BARRIER)
              near = fmin(near, hypot(s->things[k].at.p_m.x - p.x, s->things[k].at.p_m.y - p.y));
          if (near > 11)
            fail_msg("seed %d: nothing stands within %.1f m of works on road %d at %.1f m", seed,
                     near, r->id, at);
          checked++;
        }
      }
    scene_destroy(s);
  }
  assert_true(checked > 500);
}

static void signs_announce_works(void **state) {
  (void)state;
  int ends = 0;
  for (int seed = 0; seed < SEEDS; seed++) {
    scene *s = build(seed);
    const road_network *net = &s->roads;
    int warnings = 0, limits = 0;
    for (int i = 0; i < s->thing_count; i++) {
      warnings += sign_kind_of(s->things[i].sign) == SIGN_WORK_ZONE;
      limits += sign_kind_of(s->things[i].sign) == SIGN_SPEED_LIMIT;
    }
    if (warnings != 2)
      fail_msg("seed %d, %s: %d signs warn of two zones", seed, s->place, warnings);
    for (int i = 0; i < net->road_count; i++)
      for (int side = -1; side <= 1; side += 2) {
        int before = next_to(net, &net->roads[i], side, false);
        ends +=
            before && works_of(net, &net->roads[before - 1], side) &&
            !works_of(net, &net->roads[i], side) &&
            limit_of(net, &net->roads[i], side) > limit_of(net, &net->roads[before - 1], side) + 1;
      }
    assert_true(limits >= 2);
    scene_destroy(s);
  }
  assert_true(ends >= 18);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(there_are_as_many_zones_as_asked_for),
      cmocka_unit_test(what_closes_lanes_stands_off_open_ones),
      cmocka_unit_test(closed_lanes_are_fenced),
      cmocka_unit_test(signs_announce_works),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
