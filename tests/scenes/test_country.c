// SPDX-License-Identifier: Apache-2.0
// labels: unit property
// Country land: fields, farms and woods beside rural roads.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "scenes/furnish.h"
#include "scenes/land.h"
#include "scenes/road_ends.h"

enum { SEEDS = 24 };

static scene_def draw_def(int seed) {
  rng r = rng_at(51, RNG_TEST, 0, (uint32_t)seed, 0);
  scene_def def = scene_def_default();
  def.place = PLACE_RURAL;
  def.vehicles = 0;
  strcpy(def.hand, seed % 4 == 1 ? "left" : "right");
  def.rural.length_m = rng_uniform(&r, 900, 2200);
  def.rural.hills_m = rng_uniform(&r, 0, 25);
  def.rural.curviness = rng_unit(&r);
  def.rural.side_roads_per_km = rng_uniform(&r, 0, 2);
  def.rural.bridges = rng_below(&r, 2);
  def.rural.woods = rng_unit(&r);
  def.rural.work_zones = rng_below(&r, 2);
  return def;
}

static scene *build(const scene_def *def, int seed) {
  scene *s = NULL;
  trouble why = {0};
  if (scene_build(&s, def, 6, (uint32_t)seed, 0, &why) != STATUS_OK)
    fail_msg("seed %d: %s", seed, why.text);
  return s;
}

static ground_box box_of(const vec3 *c) {
  double along = atan2(c[1].y - c[0].y, c[1].x - c[0].x);
  return (ground_box){(c[0].x + c[2].x) / 2, (c[0].y + c[2].y) / 2, along,
                      hypot(c[1].x - c[0].x, c[1].y - c[0].y) / 2,
                      hypot(c[3].x - c[0].x, c[3].y - c[0].y) / 2};
}

static ground_box foot_of(const scene_thing *t) {
  return (ground_box){t->at.p_m.x, t->at.p_m.y, quat_yaw(t->at.q), t->size_m[0] / 2,
                      t->size_m[1] / 2};
}

static void fields_lie_beside_the_road_and_are_free(void **state) {
  (void)state;
  int fields = 0;
  double area = 0;
  for (int seed = 0; seed < SEEDS; seed++) {
    scene_def def = draw_def(seed);
    scene *s = build(&def, seed);
    const road_network *net = &s->roads;
    for (int i = 0; i < s->field_count; i++) {
      const scene_field *field = &s->fields[i];
      ground_box box = box_of(field->corners);
      double nearest = INFINITY;
      fields++, area += 4 * box.half_length_m * box.half_width_m;
      assert_true(field->look < FIELD_LOOKS);
      for (int k = 0; k < 4; k++) {
        vec3 p = field->corners[k];
        if (fabs(p.z - land_height(net, p.x, p.y)) > 1e-6)
          fail_msg("seed %d field %d: corner %d is off the land", seed, i, k);
      }
      // All of it keeps off the roads, as far as their verges reach.
      for (int u = -8; u <= 8; u++)
        for (int v = -8; v <= 8; v++) {
          double l = u / 8.0 * box.half_length_m, w = v / 8.0 * box.half_width_m;
          double c = cos(box.heading_rad), n = sin(box.heading_rad);
          double x = box.x_m + l * c - w * n, y = box.y_m + l * n + w * c;
          for (int k = 0; k < net->road_count; k++) {
            const road *r = &net->roads[k];
            double at, t;
            if (r->junction || r->structure == ROAD_TUNNEL)
              continue;
            road_project(net, r, x, y, &at, &t);
            vec3 p = road_point_at(net, r, at, t);
            if (hypot(p.x - x, p.y - y) > 0.5)
              continue;
            double edge = road_edge_t(net, r, at, t > 0 ? 1 : -1, ROAD_EDGE_OUTER);
            nearest = fmin(nearest, fabs(t) - fabs(edge));
          }
        }
      if (nearest < 1.5 || nearest > 12)
        fail_msg("seed %d field %d is %.1f m from the nearest road", seed, i, nearest);
      box.half_length_m -= 0.05, box.half_width_m -= 0.05;
      for (int k = 0; k < s->thing_count; k++) {
        ground_box foot = foot_of(&s->things[k]);
        if (ground_boxes_meet(&foot, &box))
          fail_msg("seed %d: thing %d of kind %d stands in field %d", seed, k, s->things[k].kind,
                   i);
      }
      for (int k = 0; k < i; k++) {
        ground_box other = box_of(s->fields[k].corners);
        assert_false(ground_boxes_meet(&other, &box));
      }
      for (int k = 0; k < s->drive_count; k++) {
        ground_box other = box_of(s->drives[k].corners);
        assert_false(ground_boxes_meet(&other, &box));
      }
    }
    scene_destroy(s);
  }
  if (!(fields > 10 * SEEDS && area / fields > 3000))
    fail_msg("%d fields of %.0f m2", fields, area / fields);
}

static void farms_have_a_house_a_hall_and_a_way(void **state) {
  (void)state;
  int farms = 0, cars = 0;
  for (int seed = 0; seed < SEEDS; seed++) {
    scene_def def = draw_def(seed);
    scene *s = build(&def, seed);
    const road_network *net = &s->roads;
    int buildings = 0;
    for (int k = 0; k < s->thing_count; k++) {
      const scene_thing *t = &s->things[k];
      if (t->kind != THING_BUILDING)
        continue;
      buildings++;
      // Neither in the air on its lower side nor buried on its upper one.
      for (int c = 0; c < 4; c++) {
        vec3 p = pose_apply(t->at, (vec3){(c & 1 ? 0.5 : -0.5) * t->size_m[0],
                                          (c & 2 ? 0.5 : -0.5) * t->size_m[1], 0});
        double over = p.z - land_height(net, p.x, p.y);
        if (over > 0 || over < -2.4)
          fail_msg("seed %d: building %d stands %.2f m above the land", seed, k, over);
      }
    }
    assert_int_equal(buildings, 2 * s->drive_count);
    for (int i = 0; i < s->drive_count; i++) {
      const scene_drive *d = &s->drives[i];
      const road *r = &net->roads[d->road - 1];
      ground_box way = box_of(d->corners);
      vec3 end = vec3_scale(vec3_add(d->corners[2], d->corners[3]), 0.5);
      int near[DISTRICT_COUNT] = {0};
      assert_true(furnish_lane_width(net, r, d->s_m, d->side, LANE_VERGE) > 1.2);
      for (int k = 0; k < s->rail_count; k++)
        assert_false(s->rails[k].road == d->road && s->rails[k].side == d->side &&
                     s->rails[k].begin_m < d->s_m + 2 && s->rails[k].end_m > d->s_m - 2);
      for (int k = 0; k < s->thing_count; k++) {
        const scene_thing *t = &s->things[k];
        ground_box foot = foot_of(t);
        if (t->kind == THING_BUILDING && hypot(foot.x_m - end.x, foot.y_m - end.y) < 26)
          near[t->asset_seed & BUILDING_DISTRICT_BITS]++;
        way.half_length_m -= 0.05;
        if (thing_moves(t->kind))
          cars += ground_boxes_meet(&foot, &way);
        else if (ground_boxes_meet(&foot, &way))
          fail_msg("seed %d: thing %d of kind %d stands in the way to farm %d", seed, k, t->kind,
                   i);
        way.half_length_m += 0.05;
      }
      // The verge that it crosses is free, too.
      double t = road_edge_t(net, r, d->s_m, d->side, ROAD_EDGE_OUTER) - d->side * 1.2;
      vec3 p = road_point_at(net, r, d->s_m, t);
      ground_box before = {p.x, p.y, road_line_at(net, r, d->s_m).heading_rad, d->width_m / 2, 1.1};
      for (int k = 0; k < s->thing_count; k++) {
        ground_box foot = foot_of(&s->things[k]);
        assert_false(ground_boxes_meet(&foot, &before));
      }
      assert_true(near[DISTRICT_RESIDENTIAL] >= 1 && near[DISTRICT_INDUSTRIAL] >= 1);
      farms++;
    }
    scene_destroy(s);
  }
  if (!(farms > SEEDS && cars > farms / 3))
    fail_msg("%d farms, %d vehicles", farms, cars);
}

static void fields_follow_the_seasons(void **state) {
  (void)state;
  static const struct {
    int day;
    double latitude_deg;
    bool looks[FIELD_LOOKS]; // that there are; green, ripe, bloom, stubble, soil
  } expected[] = {
      {15, 50, {true, false, false, false, true}},   {127, 50, {true, false, true, false, true}},
      {201, 50, {true, true, false, false, false}},  {244, 50, {true, false, false, true, true}},
      {201, -40, {true, false, false, false, true}}, {309, -40, {true, false, true, false, true}}};
  for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
    int count[FIELD_LOOKS] = {0};
    for (int seed = 0; seed < 6; seed++) {
      scene_def def = draw_def(seed);
      def.day_of_year = expected[i].day;
      def.latitude_deg = expected[i].latitude_deg;
      scene *s = build(&def, seed);
      for (int k = 0; k < s->field_count; k++)
        count[s->fields[k].look]++;
      scene_destroy(s);
    }
    for (int k = 0; k < FIELD_LOOKS; k++)
      if ((count[k] > 4) != expected[i].looks[k] && count[k] > 0 + 4 * !expected[i].looks[k])
        fail_msg("day %d at %g degrees: %d fields look like %d", expected[i].day,
                 expected[i].latitude_deg, count[k], k);
      else if (expected[i].looks[k] && count[k] == 0)
        fail_msg("day %d at %g degrees: no field looks like %d", expected[i].day,
                 expected[i].latitude_deg, k);
  }
}

// Trees beside the roads of some scenes, and the share of those with five others within 14 m.
static int trees_of(double woods, double trees_per_km, double *crowded) {
  int trees = 0, within = 0;
  for (int seed = 0; seed < 5; seed++) {
    scene_def def = draw_def(seed);
    def.rural.woods = woods;
    def.rural.trees_per_km = trees_per_km;
    def.rural.farmland = 0;
    scene *s = build(&def, seed);
    assert_true(s->field_count == 0 && s->drive_count == 0);
    for (int i = 0; i < s->thing_count; i++) {
      const scene_thing *t = &s->things[i];
      int near = -1;
      if (t->kind != THING_TREE)
        continue;
      for (int k = 0; k < s->thing_count; k++)
        near += s->things[k].kind == THING_TREE && hypot(s->things[k].at.p_m.x - t->at.p_m.x,
                                                         s->things[k].at.p_m.y - t->at.p_m.y) < 14;
      trees++, within += near >= 5;
    }
    scene_destroy(s);
  }
  *crowded = (double)within / trees;
  return trees;
}

static void woods_are_clusters_as_many_as_asked_for(void **state) {
  (void)state;
  double none, some, all, few;
  int without = trees_of(0, 120, &none), mild = trees_of(0.3, 120, &some),
      full = trees_of(1, 120, &all), bare = trees_of(1, 0, &few);
  if (!(none < 0.1 && some > 0.25 && all > 0.5))
    fail_msg("%.2f, %.2f and %.2f of all trees stand in woods", none, some, all);
  if (!(mild < 1.7 * without && full > 1.5 * mild && bare < without))
    fail_msg("%d, %d and %d trees", without, mild, full);
}

static void long_roads_stay_bounded(void **state) {
  (void)state;
  for (int seed = 0; seed < 2; seed++) {
    scene_def def = draw_def(seed);
    def.rural.length_m = 10000;
    def.rural.woods = def.rural.farmland = 1;
    def.rural.side_roads_per_km = 1;
    scene *s = build(&def, seed);
    if (s->thing_count > 40000 || s->field_count > 500)
      fail_msg("%d things and %d fields", s->thing_count, s->field_count);
    scene_destroy(s);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(fields_lie_beside_the_road_and_are_free),
      cmocka_unit_test(farms_have_a_house_a_hall_and_a_way),
      cmocka_unit_test(fields_follow_the_seasons),
      cmocka_unit_test(woods_are_clusters_as_many_as_asked_for),
      cmocka_unit_test(long_roads_stay_bounded),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
