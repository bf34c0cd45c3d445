// SPDX-License-Identifier: Apache-2.0
// labels: unit property
// Driveways: they lead from the street to a house or a garage, and nothing stands in them.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "scenes/furnish.h"
#include "scenes/road_ends.h"
#include "scenes/scene_hash.h"
#include "with_places.h"

enum { SEEDS = 16 };
static const double PI = 3.14159265358979323846;

static scene *build(place_kind place, const char *district, int seed) {
  scene_def def = scene_def_default();
  rng r = rng_at(31, RNG_TEST, 0, (uint32_t)seed, 0);
  def.place = place;
  strcpy(def.district, district);
  strcpy(def.hand, seed % 3 == 1 ? "left" : "right");
  def.vehicles = def.pedestrians = 0;
  def.town.size_m = rng_uniform(&r, 300, 600);
  def.town.bike_lanes = rng_unit(&r);
  def.town.side.parked_per_km = def.grid_city.parked_per_km = seed % 4 == 3 ? 0 : 70;
  def.town.work_zones = def.grid_city.work_zones = 3;
  def.grid_city.irregularity = rng_unit(&r);
  scene *s = NULL;
  trouble why = {0};
  if (scene_build(&s, &def, 8, (uint32_t)seed, 0, &why) != STATUS_OK)
    fail_msg("seed %d: %s", seed, why.text);
  return s;
}

static scene *build_homes(int seed) {
  return build(seed % 2 ? PLACE_TOWN : PLACE_GRID_CITY, "residential", seed);
}

static ground_box between(vec3 a, vec3 b, double wide_m) {
  return (ground_box){(a.x + b.x) / 2, (a.y + b.y) / 2, atan2(b.y - a.y, b.x - a.x),
                      hypot(b.x - a.x, b.y - a.y) / 2, wide_m / 2};
}

static vec3 middle(vec3 a, vec3 b) {
  return vec3_scale(vec3_add(a, b), 0.5);
}

// The strip beyond the road, `less` narrower; in bends it is not as wide as on the road's line.
static ground_box land_of(const scene_drive *d, double less_m) {
  vec3 across = vec3_sub(d->corners[1], d->corners[0]);
  return between(middle(d->corners[0], d->corners[1]), middle(d->corners[2], d->corners[3]),
                 hypot(across.x, across.y) - less_m);
}

// What a way takes of its street: kerb, strip and sidewalk, and where vehicles park.
static ground_box crossing_of(const road_network *net, const scene_drive *d) {
  const road *r = &net->roads[d->road - 1];
  double parked = furnish_lane_width(net, r, d->s_m, d->side, LANE_PARKING);
  double from = road_edge_t(net, r, d->s_m, d->side, ROAD_EDGE_KERB) - d->side * parked;
  return between(
      road_point_at(net, r, d->s_m, from),
      road_point_at(net, r, d->s_m, road_edge_t(net, r, d->s_m, d->side, ROAD_EDGE_OUTER)),
      d->width_m);
}

// What a thing takes of the ground: one drives below crowns and lamps' arms.
static ground_box foot_of(const scene_thing *t) {
  ground_box box = {t->at.p_m.x, t->at.p_m.y, quat_yaw(t->at.q), t->size_m[0] / 2,
                    t->size_m[1] / 2};
  if (t->kind == THING_TREE)
    box.half_length_m = box.half_width_m = 0.4;
  if (t->kind == THING_LAMP) {
    vec3 foot = pose_apply(t->at, (vec3){0.1 - t->size_m[0] / 2, 0, 0});
    box = (ground_box){foot.x, foot.y, box.heading_rad, 0.15, 0.15};
  }
  return box;
}

static void nothing_stands_in_a_driveway_or_before_it(void **state) {
  (void)state;
  int drives = 0, near = 0;
  for (int seed = 0; seed < SEEDS + PLACES_COUNT; seed++) {
    scene *s = seed < SEEDS ? build_homes(seed) : places_build(seed - SEEDS);
    for (int i = 0; i < s->drive_count; i++) {
      const scene_drive *d = &s->drives[i];
      ground_box land = land_of(d, 0.1), before = crossing_of(&s->roads, d);
      drives++;
      land.half_length_m -= 0.05;
      for (int k = 0; k < s->thing_count; k++) {
        const scene_thing *t = &s->things[k];
        ground_box foot = foot_of(t);
        near += hypot(foot.x_m - before.x_m, foot.y_m - before.y_m) < 8;
        bool parked = t->kind == THING_CAR || t->kind == THING_VAN;
        if ((!parked && ground_boxes_meet(&foot, &land)) || ground_boxes_meet(&foot, &before))
          fail_msg("scene %d: thing %d of kind %d stands in driveway %d of road %d at %.1f m", seed,
                   k, t->kind, i, d->road, d->s_m);
      }
      for (int k = 0; k < i; k++) {
        ground_box other = land_of(&s->drives[k], 0.1);
        assert_false(ground_boxes_meet(&other, &land));
      }
    }
    scene_destroy(s);
  }
  if (!(drives > 600 && near > 2 * drives))
    fail_msg("%d driveways, %d things near them", drives, near);
}

static void driveways_lead_from_the_street_to_a_house(void **state) {
  (void)state;
  int drives = 0, garages = 0, sides[2] = {0};
  for (int seed = 0; seed < SEEDS; seed++) {
    scene *s = build_homes(seed);
    const road_network *net = &s->roads;
    for (int i = 0; i < s->drive_count; i++) {
      const scene_drive *d = &s->drives[i];
      const road *r = &net->roads[d->road - 1];
      assert_true(r->class != ROAD_SERVICE && !r->junction);
      assert_true(d->width_m > 2.4 && d->width_m < 3.3 && d->length_m > 4.5 && d->length_m < 25);
      double area = 0;
      for (int k = 0; k < 4; k++) {
        vec3 a = d->corners[k], b = d->corners[(k + 1) % 4];
        area += (a.x * b.y - a.y * b.x) / 2;
        double at, t;
        road_project(net, r, a.x, a.y, &at, &t);
        double edge = road_edge_t(net, r, at, d->side, ROAD_EDGE_OUTER);
        if (k < 2 && (fabs(t - edge) > 0.01 || fabs(fabs(at - d->s_m) - d->width_m / 2) > 0.05))
          fail_msg("seed %d driveway %d: corner %d is %.3f m off the sidewalk's border", seed, i, k,
                   t - edge);
        if (k >= 2 && fabs(t - edge) < 4)
          fail_msg("seed %d driveway %d ends %.1f m from the sidewalk", seed, i, fabs(t - edge));
        // Kerb and strip are there to be lowered.
        assert_true(k >= 2 || furnish_lane_width(net, r, at, d->side, LANE_VERGE) >= 1.2);
        assert_true(k >= 2 || furnish_lane_width(net, r, at, d->side, LANE_CURB) > 0);
        assert_int_equal(lane_nearest(net, a.x, a.y, NULL, &t) && fabs(t) < 1.3, 0);
      }
      if (fabs(area - d->width_m * d->length_m) > 0.1 * d->width_m * d->length_m)
        fail_msg("seed %d driveway %d: %.1f m2 of %.1f", seed, i, area, d->width_m * d->length_m);
      // A house's wall beside its last metres, or a garage at its end.
      vec3 end = middle(d->corners[2], d->corners[3]);
      vec3 out = vec3_unit(vec3_sub(end, middle(d->corners[0], d->corners[1])));
      ground_box reach = {end.x - 0.5 * out.x, end.y - 0.5 * out.y, atan2(out.y, out.x), 0.7,
                          d->width_m / 2 + 1.2};
      bool house = false;
      for (int k = 0; k < s->thing_count; k++) {
        const scene_thing *t = &s->things[k];
        ground_box foot = foot_of(t);
        if (t->kind != THING_BUILDING || !ground_boxes_meet(&foot, &reach))
          continue;
        house = true;
        if ((t->asset_seed & BUILDING_DISTRICT_BITS) != BUILDING_GARAGE_BITS)
          continue;
        vec3 front = quat_rotate(t->at.q, (vec3){1, 0, 0});
        garages += vec3_dot(front, out) < -0.99; // its door looks at who comes
      }
      if (!house)
        fail_msg("seed %d: driveway %d of road %d at %.1f m leads nowhere", seed, i, d->road,
                 d->s_m);
      drives++, sides[d->side > 0]++;
    }
    scene_destroy(s);
  }
  if (!(drives > 500 && garages > drives / 5 && sides[0] > 100 && sides[1] > 100))
    fail_msg("%d driveways, %d garages, %d and %d on the sides", drives, garages, sides[0],
             sides[1]);
}

static bool lies_in(const scene_thing *t, const scene_drive *d) {
  ground_box land = land_of(d, 0);
  for (int k = 0; k < 4; k++) {
    vec3 p = pose_apply(
        t->at, (vec3){(k & 1 ? 0.5 : -0.5) * t->size_m[0], (k & 2 ? 0.5 : -0.5) * t->size_m[1], 0});
    double c = cos(land.heading_rad), s = sin(land.heading_rad);
    double dx = p.x - land.x_m, dy = p.y - land.y_m;
    if (fabs(dx * c + dy * s) > land.half_length_m || fabs(dy * c - dx * s) > land.half_width_m)
      return false;
  }
  return true;
}

static void some_driveways_have_a_car_where_anybody_parks(void **state) {
  (void)state;
  int drives[2] = {0}, cars[2] = {0}, backed = 0;
  for (int seed = 0; seed < SEEDS; seed++) {
    scene *s = build_homes(seed);
    int parks = seed % 4 != 3;
    for (int i = 0; i < s->drive_count; i++) {
      const scene_drive *d = &s->drives[i];
      drives[parks]++;
      for (int k = 0; k < s->thing_count; k++) {
        const scene_thing *t = &s->things[k];
        ground_box foot = foot_of(t), land = land_of(d, 0);
        if (!thing_moves(t->kind) || !ground_boxes_meet(&foot, &land))
          continue;
        cars[parks]++;
        if (!lies_in(t, d))
          fail_msg("seed %d: a vehicle stands half on driveway %d", seed, i);
        assert_true(t->id != 0 && t->class == SEMANTIC_CAR && thing_has_boxes(t->kind));
        backed += cos(quat_yaw(t->at.q) - land.heading_rad) < 0;
      }
    }
    scene_destroy(s);
  }
  assert_true(drives[0] > 50);
  assert_int_equal(cars[0], 0);
  if (!(cars[1] > drives[1] / 4 && cars[1] < drives[1] / 2 && backed > cars[1] / 5))
    fail_msg("%d vehicles on %d driveways, %d of them backed in", cars[1], drives[1], backed);
}

static void houses_have_driveways_and_other_districts_none(void **state) {
  (void)state;
  int houses = 0, drives = 0;
  for (int seed = 0; seed < SEEDS; seed++) {
    scene *s = build_homes(seed);
    for (int k = 0; k < s->thing_count; k++)
      houses += s->things[k].kind == THING_BUILDING &&
                (s->things[k].asset_seed & BUILDING_DISTRICT_BITS) == DISTRICT_RESIDENTIAL;
    drives += s->drive_count;
    scene_destroy(s);
  }
  if (!(drives > 0.12 * houses && drives < 0.7 * houses))
    fail_msg("%d driveways for %d houses", drives, houses);
  for (int kind = 0; kind < DISTRICT_COUNT; kind++) {
    scene *s = build(PLACE_TOWN, district_name(kind), 3);
    assert_true((s->drive_count > 0) == (kind == DISTRICT_RESIDENTIAL));
    scene_destroy(s);
  }
}

static void driveways_are_in_order_and_of_the_seed(void **state) {
  (void)state;
  scene *a = build_homes(2), *b = build_homes(2), *c = build_homes(4);
  assert_true(a->hash == b->hash && a->hash != c->hash);
  assert_int_equal(a->drive_count, b->drive_count);
  for (int i = 1; i < a->drive_count; i++) {
    const scene_drive *d = &a->drives[i - 1], *e = &a->drives[i];
    assert_true(d->road < e->road || (d->road == e->road && d->side < e->side) ||
                (d->road == e->road && d->side == e->side && d->s_m < e->s_m));
  }
  uint64_t hash = a->hash;
  a->drives[0].s_m += PI;
  assert_true(scene_hash(a) != hash);
  scene_destroy(a), scene_destroy(b), scene_destroy(c);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nothing_stands_in_a_driveway_or_before_it),
      cmocka_unit_test(driveways_lead_from_the_street_to_a_house),
      cmocka_unit_test(some_driveways_have_a_car_where_anybody_parks),
      cmocka_unit_test(houses_have_driveways_and_other_districts_none),
      cmocka_unit_test(driveways_are_in_order_and_of_the_seed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
