// SPDX-License-Identifier: Apache-2.0
// labels: unit property
// Guard rails: beside embankments and before bridges, and nowhere else.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "scenes/furnish.h"
#include "scenes/land.h"

enum { SEEDS = 40 };

static scene *build(int seed) {
  rng r = rng_at(41, RNG_TEST, 0, (uint32_t)seed, 0);
  scene_def def = scene_def_default();
  def.place = PLACE_RURAL;
  def.vehicles = 0;
  strcpy(def.hand, seed % 4 == 1 ? "left" : "right");
  def.rural.length_m = rng_uniform(&r, 900, 2200);
  def.rural.hills_m = rng_uniform(&r, 0, 30);
  def.rural.curviness = rng_unit(&r);
  def.rural.side_roads_per_km = rng_uniform(&r, 0, 3);
  def.rural.bridges = rng_below(&r, 3);
  def.rural.tunnels = rng_below(&r, 2);
  def.rural.speed_limit_mps = rng_uniform(&r, 12, 28);
  def.rural.work_zones = rng_below(&r, 2);
  if (seed % 5 == 4) { // a bridge over a motorway
    def.place = PLACE_INTERCHANGE;
    def.interchange.length_m = 2600;
  }
  scene *s = NULL;
  trouble why = {0};
  if (scene_build(&s, &def, 6, (uint32_t)seed, 0, &why) != STATUS_OK)
    fail_msg("seed %d: %s", seed, why.text);
  return s;
}

// The deepest that the land beside a road lies below it, up to so far from its border.
static double drop_at(const road_network *net, const road *r, double s, int side, double reach_m) {
  double edge = road_edge_t(net, r, s, side, ROAD_EDGE_OUTER), most = 0;
  double top = road_point_at(net, r, s, edge).z;
  for (double out = 0.5; out <= reach_m; out += 0.5) {
    vec3 p = road_point_at(net, r, s, edge + side * out);
    most = fmax(most, top - land_height(net, p.x, p.y));
  }
  return most;
}

static double steepest_at(const road_network *net, const road *r, double s, int side) {
  double edge = road_edge_t(net, r, s, side, ROAD_EDGE_OUTER), most = 0;
  for (double out = 0; out <= 12; out += 1) {
    vec3 p = road_point_at(net, r, s, edge + side * out);
    vec3 q = road_point_at(net, r, s, edge + side * (out + 2));
    most = fmax(most, (land_height(net, p.x, p.y) - land_height(net, q.x, q.y)) / 2);
  }
  return most;
}

static bool has_rail(const scene *s, const road *r, double at, int side) {
  for (int i = 0; i < s->rail_count; i++) {
    const scene_rail *rail = &s->rails[i];
    if (rail->road == r->id && rail->side == side && at >= rail->begin_m && at <= rail->end_m)
      return true;
  }
  return false;
}

static bool is_bridge(const road_network *net, const road_link *link) {
  return link->kind == ROAD_LINK_ROAD && net->roads[link->id - 1].structure == ROAD_BRIDGE;
}

// Distance along a road to a bridge that it leads to.
static double bridge_from(const road_network *net, const road *r, double s) {
  double before = is_bridge(net, &r->predecessor) ? s : INFINITY;
  return fmin(before, is_bridge(net, &r->successor) ? r->length_m - s : INFINITY);
}

static bool is_open(const road_network *net, const road *r, double s, int side) {
  s = fmax(0, fmin(r->length_m, s));
  return r->structure == ROAD_ON_LAND && !r->junction &&
         furnish_lane_width(net, r, s, side, LANE_VERGE) > 1.5 &&
         furnish_lane_width(net, r, s, side, LANE_MEDIAN) <= 0 &&
         furnish_lane_width(net, r, s, -side, LANE_MEDIAN) <= 0;
}

static void embankments_and_bridges_have_rails(void **state) {
  (void)state;
  int drops = 0, bridges = 0, ramps = 0;
  for (int seed = 0; seed < SEEDS; seed++) {
    scene *s = build(seed);
    const road_network *net = &s->roads;
    for (int i = 0; i < net->road_count; i++) {
      const road *r = &net->roads[i];
      for (double at = 0; at <= r->length_m && r->length_m > 45; at += 3)
        for (int side = -1; side <= 1; side += 2) {
          // Near the verge's end a rail would be too short.
          if (!is_open(net, r, at, side) || !is_open(net, r, at - 20, side) ||
              !is_open(net, r, at + 20, side))
            continue;
          bool drop = drop_at(net, r, at, side, 12) > 3.2, near = bridge_from(net, r, at) < 20;
          if ((drop || near) && !has_rail(s, r, at, side))
            fail_msg("seed %d: no rail beside road %d at %.0f m on side %d, where the land is %.1f "
                     "m lower",
                     seed, r->id, at, side, drop_at(net, r, at, side, 12));
          drops += drop, bridges += near;
          ramps += near && seed % 5 == 4;
        }
    }
    scene_destroy(s);
  }
  if (!(drops > 300 && bridges > 200 && ramps > 50))
    fail_msg("%d places of embankments, %d before bridges, %d of them over motorways", drops,
             bridges, ramps);
}

static void there_are_rails_nowhere_else(void **state) {
  (void)state;
  int rails = 0;
  for (int seed = 0; seed < SEEDS; seed++) {
    scene *s = build(seed);
    const road_network *net = &s->roads;
    for (int i = 0; i < s->rail_count; i++) {
      const scene_rail *rail = &s->rails[i];
      const road *r = &net->roads[rail->road - 1];
      assert_true(rail->begin_m >= 0 && rail->end_m <= r->length_m);
      assert_true(rail->end_m - rail->begin_m >= 20);
      assert_true(!r->junction && r->structure == ROAD_ON_LAND);
      for (double at = rail->begin_m; at <= rail->end_m; at += 2) {
        double reason = INFINITY; // how far it is along the road to a cause
        for (double d = -32; d <= 32; d += 1) {
          double s0 = fmax(0, fmin(r->length_m, at + d));
          if (bridge_from(net, r, s0) < 26 || drop_at(net, r, s0, rail->side, 12.5) > 2.3 ||
              (steepest_at(net, r, s0, rail->side) > 0.3 &&
               drop_at(net, r, s0, rail->side, 15) > 0.9))
            reason = fmin(reason, fabs(d));
        }
        if (reason > 14)
          fail_msg("seed %d: a rail beside road %d at %.0f m on side %d, %.0f m from any drop",
                   seed, r->id, at, rail->side, reason);
        assert_true(furnish_lane_width(net, r, at, rail->side, LANE_VERGE) > 0.8);
        assert_true(furnish_lane_width(net, r, at, rail->side, LANE_CURB) <= 0);
      }
      for (int end = 0; end < 2; end++) {
        const road_link *link = end ? &r->successor : &r->predecessor;
        bool bridge = is_bridge(net, link) &&
                      (end ? rail->end_m >= r->length_m - 1e-9 : rail->begin_m <= 1e-9);
        assert_int_equal(rail->ends[end] == RAIL_PARAPET, bridge);
      }
      rails++;
    }
    scene_destroy(s);
  }
  assert_true(rails > 150);
}

// Not in posts, boards, ways, nor on lanes.
static void nothing_stands_in_a_rail(void **state) {
  (void)state;
  int near = 0;
  for (int seed = 0; seed < SEEDS; seed++) {
    scene *s = build(seed);
    const road_network *net = &s->roads;
    for (int i = 0; i < s->rail_count; i++) {
      const scene_rail *rail = &s->rails[i];
      const road *r = &net->roads[rail->road - 1];
      for (double at = rail->begin_m + 0.5; at < rail->end_m; at += 1) {
        bool open;
        double t = furnish_hard_border(net, r, at, rail->side, &open);
        vec3 p = road_point_at(net, r, at, t + rail->side * SCENE_RAIL_BEYOND_M);
        ground_box box = {p.x, p.y, road_line_at(net, r, at).heading_rad, 0.5, 0.1};
        double aside;
        assert_false(lane_nearest(net, p.x, p.y, NULL, &aside) && fabs(aside) < 1.2);
        for (int k = 0; k < s->thing_count; k++) {
          const scene_thing *thing = &s->things[k];
          ground_box foot = {thing->at.p_m.x, thing->at.p_m.y, quat_yaw(thing->at.q),
                             thing->size_m[0] / 2, thing->size_m[1] / 2};
          near += hypot(foot.x_m - p.x, foot.y_m - p.y) < 2;
          if (thing->kind != THING_TREE && ground_boxes_meet(&foot, &box))
            fail_msg("seed %d: thing %d of kind %d stands in a rail of road %d at %.0f m", seed, k,
                     thing->kind, r->id, at);
        }
      }
    }
    scene_destroy(s);
  }
  assert_true(near > 200);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(embankments_and_bridges_have_rails),
      cmocka_unit_test(there_are_rails_nowhere_else),
      cmocka_unit_test(nothing_stands_in_a_rail),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
