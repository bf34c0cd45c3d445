// SPDX-License-Identifier: Apache-2.0
// labels: unit property
#include "scenes/place.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "scenes/land.h"
#include "scenes/road_grade.h"
#include "scenes/scene.h"

enum { SEEDS = 60 };

static scene_def draw_def(int seed) {
  rng r = rng_at(12, RNG_TEST, 0, (uint32_t)seed, 0);
  scene_def def = scene_def_default();
  rural_def *p = &def.rural;
  def.place = PLACE_RURAL;
  def.vehicles = 0;
  p->length_m = rng_uniform(&r, 900, 2500);
  p->hills_m = rng_uniform(&r, 0, 30);
  p->curviness = rng_unit(&r);
  p->side_roads_per_km = rng_uniform(&r, 0, 3);
  p->bridges = rng_below(&r, 3);
  p->tunnels = rng_below(&r, 3);
  p->speed_limit_mps = rng_uniform(&r, 12, 28);
  p->superelevation = rng_uniform(&r, 0.02, 0.08);
  p->grade = rng_uniform(&r, 0.05, 0.12);
  return def;
}

static scene *build_seed(int seed, const scene_def *def) {
  scene *s = NULL;
  trouble why = {0};
  if (scene_build(&s, def, 5, (uint32_t)seed, 0, &why) != STATUS_OK)
    fail_msg("seed %d: %s", seed, why.text);
  return s;
}

// Of the through road; side roads are residential.
static bool is_line(const road *r) {
  return !r->junction && r->class == ROAD_SECONDARY;
}

static void heights_keep_to_grade_and_crests(void **state) {
  (void)state;
  double steepest = 0, sharpest = 0; // shares of what is allowed
  for (int seed = 0; seed < SEEDS; seed++) {
    scene_def def = draw_def(seed);
    scene *s = build_seed(seed, &def);
    const road_network *net = &s->roads;
    double crest = road_grade_curvature(def.rural.speed_limit_mps);
    for (int i = 0; i < net->road_count; i++) {
      const road *r = &net->roads[i];
      for (double at = 0; is_line(r) && at <= r->length_m; at += 2.5) {
        double grade = fabs(road_grade_at(net, r, at)) / def.rural.grade;
        if (grade > 1.1)
          fail_msg("seed %d road %d at %.1f m: %.2f of the steepest grade", seed, r->id, at, grade);
        steepest = fmax(steepest, grade);
        if (at < 10 || at > r->length_m - 10)
          continue;
        double bend = road_elevation_at(net, r, at - 10) - 2 * road_elevation_at(net, r, at) +
                      road_elevation_at(net, r, at + 10);
        bend = fabs(bend) / 100 / crest;
        if (bend > 1)
          fail_msg("seed %d road %d at %.1f m: %.2f of the sharpest crest", seed, r->id, at, bend);
        sharpest = fmax(sharpest, bend);
      }
    }
    scene_destroy(s);
  }
  assert_true(steepest > 0.9 && sharpest > 0.9); // the limits are what shapes them
}

static void roads_that_join_have_one_height_and_slope(void **state) {
  (void)state;
  int joints = 0;
  for (int seed = 0; seed < SEEDS; seed++) {
    scene_def def = draw_def(seed);
    scene *s = build_seed(seed, &def);
    const road_network *net = &s->roads;
    for (int i = 0; i < net->road_count; i++) {
      const road *r = &net->roads[i];
      for (int end = 0; end < 2; end++) {
        const road_link *link = end ? &r->successor : &r->predecessor;
        if (link->kind != ROAD_LINK_ROAD)
          continue;
        const road *next = &net->roads[link->id - 1];
        double s0 = end ? r->length_m : 0, s1 = link->at_end ? next->length_m : 0;
        double turned = link->at_end == (bool)end ? -1 : 1;
        // Where the way lies on the other road.
        road_place at = road_line_at(net, r, s0), other = road_line_at(net, next, s1);
        double t = (at.y_m - other.y_m) * cos(other.heading_rad) -
                   (at.x_m - other.x_m) * sin(other.heading_rad);
        double bank = road_bank_at(net, next, s1);
        double step =
            road_elevation_at(net, r, s0) - road_elevation_at(net, next, s1) - t * tan(bank);
        double kink = road_grade_at(net, r, s0) - turned * road_grade_at(net, next, s1);
        double twist = road_bank_at(net, r, s0) - turned * bank;
        if (fabs(step) > 1e-6 || fabs(kink) > 1e-6 || fabs(twist) > 1e-6)
          fail_msg(
              "seed %d: road %d meets %d with a step of %.2g m, a kink of %.2g, a twist of %.2g",
              seed, r->id, next->id, step, kink, twist);
        joints++;
      }
    }
    scene_destroy(s);
  }
  assert_true(joints > 500);
}

static void curves_lean_inward_and_suit_the_speed(void **state) {
  (void)state;
  int leaning = 0;
  for (int seed = 0; seed < SEEDS; seed++) {
    scene_def def = draw_def(seed);
    scene *s = build_seed(seed, &def);
    const road_network *net = &s->roads;
    double least = place_least_radius(def.rural.speed_limit_mps);
    double most = 0;
    for (int i = 0; i < net->road_count; i++) {
      const road *r = &net->roads[i];
      for (double at = 0; is_line(r) && at <= r->length_m; at += 3) {
        double bend = road_line_at(net, r, at).curvature_pm, bank = road_bank_at(net, r, at);
        if (fabs(bend) > 1.0001 / least)
          fail_msg("seed %d road %d at %.0f m: a radius of %.0f m, not %.0f", seed, r->id, at,
                   1 / fabs(bend), least);
        // A curve to the left has its left side lower, which is a negative superelevation.
        if (bend * bank > 1e-12)
          fail_msg("seed %d road %d at %.0f m leans outward", seed, r->id, at);
        most = fmax(most, fabs(bank));
        leaning += fabs(bank) > 0.01;
      }
    }
    if (most > atan(def.rural.superelevation) + 1e-9)
      fail_msg("seed %d leans by %.4f rad", seed, most);
    scene_destroy(s);
  }
  assert_true(leaning > 1000);
}

static void bridges_are_above_the_land_and_tunnels_below(void **state) {
  (void)state;
  int bridges = 0, tunnels = 0;
  for (int seed = 0; seed < SEEDS; seed++) {
    scene_def def = draw_def(seed);
    scene *s = build_seed(seed, &def);
    const road_network *net = &s->roads;
    for (int i = 0; i < net->road_count; i++) {
      const road *r = &net->roads[i];
      if (r->structure == ROAD_ON_LAND)
        continue;
      bool bridge = r->structure == ROAD_BRIDGE;
      bridges += bridge;
      tunnels += !bridge;
      for (double at = 0; at <= r->length_m; at += 2)
        for (int k = -1; k <= 1; k++) {
          double t = k * fabs(road_edge_t(net, r, at, k < 0 ? -1 : 1, ROAD_EDGE_OUTER));
          vec3 p = road_point_at(net, r, at, t);
          double over = p.z - land_height(net, p.x, p.y);
          // The first cell beside the road's end on land rises to it.
          bool inside = at > 12 && at < r->length_m - 12;
          if (bridge ? inside && over < 1.2 : inside && over > -6.8)
            fail_msg("seed %d, %s %d at %.0f of %.0f m: the land is %.2f m below", seed,
                     bridge ? "bridge" : "tunnel", r->id, at, r->length_m, over);
        }
    }
    scene_destroy(s);
  }
  assert_true(bridges > 10 && tunnels > 10);
}

static void land_beside_roads_is_at_their_height(void **state) {
  (void)state;
  for (int seed = 0; seed < SEEDS; seed++) {
    scene_def def = draw_def(seed);
    scene *s = build_seed(seed, &def);
    const road_network *net = &s->roads;
    const road_land *land = &net->land;
    assert_true(land->columns > 0 || def.rural.hills_m == 0);
    for (int i = 0; i < net->road_count; i++) {
      const road *r = &net->roads[i];
      if (r->structure != ROAD_ON_LAND || r->junction)
        continue;
      for (double at = 15; at <= r->length_m - 15; at += 7)
        for (int side = -1; side <= 1; side += 2) {
          vec3 p = road_point_at(net, r, at, road_edge_t(net, r, at, side, ROAD_EDGE_OUTER));
          double off = land_height(net, p.x, p.y) - p.z;
          if (fabs(off) > 2)
            fail_msg("seed %d road %d at %.0f m: land %.2f m off", seed, r->id, at, off);
        }
    }
    // And the terrain's along the grid's border.
    for (int x = 0; x < land->columns; x++) {
      double wanted = land_terrain_at(&land->terrain, land->x_m + x * land->cell_m, land->y_m);
      assert_true(fabs((double)land->z_m[x] - wanted) < 1e-3);
    }
    scene_destroy(s);
  }
}

static void what_is_asked_for_is_there(void **state) {
  (void)state;
  int wanted[3] = {0, 0, 0}, found[3] = {0, 0, 0};
  for (int seed = 0; seed < SEEDS; seed++) {
    scene_def def = draw_def(seed);
    def.rural.length_m = 4000;
    def.rural.side_roads_per_km = 1;
    def.rural.bridges = 1 + seed % 2;
    def.rural.tunnels = 1;
    scene *s = build_seed(seed, &def);
    const road_network *net = &s->roads;
    double length = 0;
    for (int i = 0; i < net->road_count; i++) {
      const road *r = &net->roads[i];
      length += is_line(r) ? r->length_m : 0;
      found[0] += r->structure == ROAD_BRIDGE;
      found[1] += r->structure == ROAD_TUNNEL;
    }
    found[2] += net->junction_count;
    wanted[0] += def.rural.bridges, wanted[1] += def.rural.tunnels, wanted[2] += 4;
    // Junctions take some of it.
    if (length > def.rural.length_m + 1e-6 ||
        length < def.rural.length_m - 60 * net->junction_count)
      fail_msg("seed %d: %.0f m of road", seed, length);
    scene_destroy(s);
  }
  // A steep slope may leave a valley too short for a bridge.
  for (int k = 0; k < 2; k++)
    if (found[k] < 0.95 * wanted[k] || found[k] > wanted[k])
      fail_msg("%d of %d structures of kind %d", found[k], wanted[k], k);
  assert_true(found[2] > 0.8 * wanted[2] && found[2] <= wanted[2]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(heights_keep_to_grade_and_crests),
      cmocka_unit_test(roads_that_join_have_one_height_and_slope),
      cmocka_unit_test(curves_lean_inward_and_suit_the_speed),
      cmocka_unit_test(bridges_are_above_the_land_and_tunnels_below),
      cmocka_unit_test(land_beside_roads_is_at_their_height),
      cmocka_unit_test(what_is_asked_for_is_there),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
