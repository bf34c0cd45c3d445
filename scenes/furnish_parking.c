// SPDX-License-Identifier: Apache-2.0
// Car parks: vehicles in their bays; hedges around, trees and lamps between the rows.
#include <math.h>

#include "scenes/furnish.h"

static const double PI = 3.14159265358979323846;
enum { STREAM_BAYS = 12, STREAM_LOT = 30, FITTING = 24 };

static const double CLEAR_M = 0.1;    // of a vehicle in its bay, from each side
static const double BACKED_IN = 0.2;  // of a map's
static const double VANS = 0.09;      // share of parked vehicles
static const double FULL_PER_KM = 80; // parked vehicles that fill a map's bays
static const double HEDGE_PIECE_M = 2, HEDGE_M = 0.7, HEDGE_BEYOND_M = 0.8;
static const double ALONE_M = 11;     // beyond a hedge nothing stands or is paved
static const double STRAIGHT_RAD = 3; // between arms that are one way
static const double BEHIND_M = 0.8;   // trees and lamps, from the walk behind a row
static const double TRUNK_M = 0.85;
static const double OUTSIDE_M = 2.3; // the same where a hedge stands between

// The numbers of the car park that a road belongs to; NULL when it belongs to none.
static const parking_def *parking_of(const furnisher *f, const road *r) {
  place_ref of = furnish_place(f, r);
  return of.kind == PLACE_PARKING ? of.def : NULL;
}

static double occupancy_of(const furnisher *f, const road *r) {
  const parking_def *def = parking_of(f, r);
  return def ? def->occupancy : fmin(1, furnish_roadside(f, r).parked_per_km / FULL_PER_KM);
}

static double backed_in(const furnisher *f, const road *r) {
  const parking_def *def = parking_of(f, r);
  return def ? def->backed_in : BACKED_IN;
}

// Half of what a turned body takes along its bay and across it.
static void reach_of(const double size_m[3], double turn_rad, double out[2]) {
  double c = fabs(cos(turn_rad)), s = fabs(sin(turn_rad));
  out[0] = (size_m[0] * c + size_m[1] * s) / 2;
  out[1] = (size_m[0] * s + size_m[1] * c) / 2;
}

// Draws a vehicle that fits; false where bays are too small for any.
static bool draw_fitting(rng *r, const road_bay *bay, thing_kind *kind, double size_m[3]) {
  for (int i = 0; i < FITTING; i++) {
    double rear, base;
    *kind = rng_chance(r, VANS) ? THING_VAN : THING_CAR;
    vehicle_body(*kind, r, size_m, &rear, &base);
    if (size_m[0] <= bay->length_m - 2 * CLEAR_M && size_m[1] <= bay->width_m - 2 * CLEAR_M)
      return true;
  }
  return false;
}

static void park(furnisher *f, rng *r, const road_bay *bay) {
  thing_kind kind;
  double size[3], reach[2];
  const road *on = &f->net->roads[bay->road - 1];
  bool out = rng_chance(r, backed_in(f, on));
  double turn = rng_uniform(r, -0.035, 0.035);
  double ahead = rng_uniform(r, -0.9, 0.9), aside = rng_uniform(r, -0.6, 0.6);
  if (!draw_fitting(r, bay, &kind, size))
    return;
  reach_of(size, turn, reach);
  if (reach[0] > bay->length_m / 2 || reach[1] > bay->width_m / 2)
    reach_of(size, turn = 0, reach);
  pose at = road_pose(f->net, on, bay->s_m, bay->t_m);
  at.q = quat_multiply(at.q, quat_from_ypr(bay->heading_rad, 0, 0));
  at.p_m = pose_apply(
      at, (vec3){ahead * (bay->length_m / 2 - reach[0]), aside * (bay->width_m / 2 - reach[1]), 0});
  double heading = angle_wrap(quat_yaw(at.q) + turn + (out ? PI : 0));
  ground_box box = {at.p_m.x, at.p_m.y, heading, size[0] / 2, size[1] / 2};
  if (!occupancy_free_at(&f->furniture, &box))
    return;
  occupancy_add(&f->furniture, &box);
  at.q = quat_multiply(at.q, quat_from_ypr(turn + (out ? PI : 0), 0, 0));
  scene_thing *thing = furnish_add(f, kind, vehicle_class(kind), r, at, size[0], size[1], size[2]);
  thing->colors = palette_vehicle(kind, r);
}

void furnish_bays(furnisher *f) {
  for (int i = 0; i < f->net->bay_count && !f->failed; i++) {
    const road_bay *bay = &f->net->bays[i];
    double share = occupancy_of(f, &f->net->roads[bay->road - 1]);
    rng own = furnish_stream(f, bay->id, STREAM_BAYS);
    if (rng_chance(&own, bay->accessible ? share / 2 : share))
      park(f, &own, bay);
  }
}

// Around -------------------------------------------------------------------------

// Beside a road on the ground, `beyond` metres from its outer border.
static pose beside(const furnisher *f, const road *r, int side, double s, double beyond) {
  double t = road_edge_t(f->net, r, s, side, ROAD_EDGE_OUTER) + side * beyond;
  vec3 p = road_point_at(f->net, r, s, t);
  double facing = road_line_at(f->net, r, s).heading_rad - side * PI / 2;
  return pose_flat(p.x, p.y, p.z + ROAD_KERB_M, angle_wrap(facing));
}

static bool is_free(const furnisher *f, pose at, double l_m, double w_m) {
  ground_box box = {at.p_m.x, at.p_m.y, quat_yaw(at.q), l_m / 2, w_m / 2};
  return occupancy_free_at(&f->lots, &box);
}

// No houses are built on a street's side where a car park lies.
static void claim_side(furnisher *f, const road_bay *bay) {
  vec3 at = road_bay_point(f->net, bay, 0, 0), ahead = road_bay_point(f->net, bay, 1, 0);
  occupancy_add(&f->mapped, &(ground_box){at.x, at.y, atan2(ahead.y - at.y, ahead.x - at.x),
                                          bay->length_m / 2, bay->width_m / 2});
}

// The middle of all bays.
static vec3 lot_middle(const road_network *net) {
  vec3 sum = {0, 0, 0};
  for (int i = 0; i < net->bay_count; i++) {
    const road_bay *bay = &net->bays[i];
    vec3 p = road_point_at(net, &net->roads[bay->road - 1], bay->s_m, bay->t_m);
    sum = vec3_add(sum, vec3_scale(p, 1.0 / net->bay_count));
  }
  return sum;
}

typedef struct hedge {
  double high_m;
  uint32_t make;
  palette colors;
} hedge;

// A piece that looks along the pose, where the car park ends there.
static void add_hedge(furnisher *f, rng *r, pose at, double wide_m, vec3 middle,
                      const hedge *style) {
  vec3 inward = quat_rotate(at.q, (vec3){1, 0, 0});
  pose clear = at;
  clear.p_m = pose_apply(at, (vec3){-ALONE_M / 2, 0, 0});
  if (vec3_dot(inward, vec3_sub(middle, at.p_m)) < 0 || !is_free(f, at, HEDGE_M, wide_m - 0.06) ||
      !is_free(f, clear, ALONE_M, wide_m))
    return;
  occupancy_add(&f->lots,
                &(ground_box){at.p_m.x, at.p_m.y, quat_yaw(at.q), HEDGE_M / 2, wide_m / 2 - 0.03});
  scene_thing *thing =
      furnish_add(f, THING_HEDGE, SEMANTIC_VEGETATION, r, at, HEDGE_M, wide_m, style->high_m);
  thing->asset_seed = style->make;
  thing->colors = style->colors;
}

// From one pose at the border to another one.
static void hedge_between(furnisher *f, rng *r, pose p, pose q, vec3 middle, const hedge *style) {
  vec3 way = vec3_sub(q.p_m, p.p_m);
  double length = hypot(way.x, way.y), facing = atan2(way.y, way.x) + PI / 2;
  vec3 inward = quat_rotate(p.q, (vec3){1, 0, 0});
  facing += cos(facing) * inward.x + sin(facing) * inward.y < 0 ? PI : 0;
  int n = (int)fmax(1, round(length / HEDGE_PIECE_M));
  for (int i = 0; i < n; i++) {
    vec3 at = vec3_add(p.p_m, vec3_scale(way, (i + 0.5) / n));
    add_hedge(f, r, pose_flat(at.x, at.y, at.z, angle_wrap(facing)), length / n, middle, style);
  }
}

static void hedges(furnisher *f, const road *r, vec3 middle, const hedge *style) {
  rng stream = furnish_stream(f, r->id, STREAM_LOT);
  int n = (int)fmax(1, round(r->length_m / HEDGE_PIECE_M));
  for (int i = 0; i < n; i++)
    for (int side = -1; side <= 1; side += 2)
      hedge_between(f, &stream, beside(f, r, side, r->length_m * i / n, HEDGE_BEYOND_M),
                    beside(f, r, side, r->length_m * (i + 1) / n, HEDGE_BEYOND_M), middle, style);
}

// Where a way goes straight on past an aisle, its border does so between the two roads.
static void hedges_past(furnisher *f, const road_junction *j, vec3 middle, const hedge *style) {
  const road_network *net = f->net;
  road_arm arms[ROAD_ARMS];
  int count = road_junction_arms(net, j, arms);
  rng stream = furnish_stream(f, j->id, STREAM_LOT);
  stream.entity += 3u << 16;
  for (int i = 0; i < count; i++) {
    const road_arm *a = &arms[i], *b = &arms[(i + 1) % count];
    const road *from = &net->roads[a->road - 1], *to = &net->roads[b->road - 1];
    if (!parking_of(f, from) || from->class != ROAD_SERVICE || to->class != ROAD_SERVICE ||
        fabs(angle_wrap(b->heading_rad - a->heading_rad)) < STRAIGHT_RAD)
      continue;
    hedge_between(f, &stream, beside(f, from, road_arm_left_side(a), a->s_m, HEDGE_BEYOND_M),
                  beside(f, to, -road_arm_left_side(b), b->s_m, HEDGE_BEYOND_M), middle, style);
  }
}

// Between the rows -----------------------------------------------------------------

static bool stand(furnisher *f, pose at, double wide_m) {
  ground_box box = {at.p_m.x, at.p_m.y, quat_yaw(at.q), wide_m / 2, wide_m / 2};
  if (!occupancy_free_at(&f->lots, &box) || !occupancy_free_at(&f->furniture, &box))
    return false;
  occupancy_add(&f->furniture, &box);
  occupancy_add(&f->lots, &box);
  return true;
}

static void add_tree(furnisher *f, rng *r, const road *on, int side, double s, uint32_t species) {
  double height = rng_uniform(r, 4.5, 7.5);
  double crown = fmin(4.6, height * rng_uniform(r, 0.5, 0.66)), turn = rng_uniform(r, -PI, PI);
  pose at = beside(f, on, side, s, BEHIND_M);
  if (!stand(f, at, TRUNK_M)) {
    at = beside(f, on, side, s, OUTSIDE_M);
    if (!stand(f, at, TRUNK_M))
      return;
  }
  at.q = quat_multiply(at.q, quat_from_ypr(turn, 0, 0));
  scene_thing *thing = furnish_add(f, THING_TREE, SEMANTIC_VEGETATION, r, at, crown, crown, height);
  thing->asset_seed = species & ~PLANT_CONIFER;
  thing->colors = furnish_foliage(f, r, &thing->asset_seed);
}

static void add_lamp(furnisher *f, rng *r, pose at, uint32_t model) {
  const double arm = 1.8;
  if (!stand(f, at, 0.4))
    return;
  at.p_m = pose_apply(at, (vec3){arm / 2 - 0.1, 0, 0});
  scene_thing *thing = furnish_add(f, THING_LAMP, SEMANTIC_POLE, r, at, arm, 0.3, 7);
  thing->asset_seed = model;
  thing->colors = palette_furniture(THING_LAMP, r);
}

// Behind one of a road's rows: lamps in its middle and quarters, trees between them and at both
// ends.
static void plant_row(furnisher *f, const road *r, int side, double begin, double end,
                      uint32_t species, uint32_t model) {
  rng stream = furnish_stream(f, r->id, STREAM_LOT);
  stream.entity += side > 0 ? 2u << 16 : 1u << 16;
  double per_km = furnish_roadside(f, r).trees_per_km, length = end - begin;
  int lamps = (int)fmax(1, round(length / 24));
  for (int i = 0; i < lamps; i++)
    add_lamp(f, &stream, beside(f, r, side, begin + length * (i + 0.5) / lamps, BEHIND_M), model);
  if (per_km <= 0)
    return;
  for (int k = 0; k < 2; k++) {
    double s = k ? end + 1.1 : begin - 1.1;
    if (rng_chance(&stream, fmin(1, per_km / 40)))
      add_tree(f, &stream, r, side, s, species);
  }
  double spacing = fmax(6, 1000 / per_km);
  for (double s = begin + rng_uniform(&stream, 0.3, 0.8) * spacing; s < end - 1; s += spacing)
    add_tree(f, &stream, r, side, s, species);
}

// Where a road's bays on one side begin and end; false without any.
static bool find_row(const road_network *net, const road *r, int side, double *begin, double *end) {
  *begin = INFINITY, *end = -INFINITY;
  for (int i = 0; i < net->bay_count; i++) {
    const road_bay *bay = &net->bays[i];
    if (bay->road != r->id || bay->t_m * side < 0)
      continue;
    *begin = fmin(*begin, bay->s_m - bay->width_m / 2);
    *end = fmax(*end, bay->s_m + bay->width_m / 2);
  }
  return *begin < *end;
}

void furnish_lots(furnisher *f) {
  const road_network *net = f->net;
  if (net->bay_count == 0)
    return;
  rng stream = furnish_stream(f, 0, STREAM_LOT);
  hedge style = {.high_m = rng_uniform(&stream, 0.9, 1.5), .make = (uint32_t)rng_below(&stream, 3)};
  style.colors = palette_garden(THING_HEDGE, style.make, &stream);
  uint32_t species = rng_u32(&stream), model = rng_u32(&stream);
  vec3 middle = lot_middle(net);
  for (int i = 0; i < net->bay_count; i++)
    if (parking_of(f, &net->roads[net->bays[i].road - 1]))
      claim_side(f, &net->bays[i]);
  for (int i = 0; i < net->road_count && !f->failed; i++) {
    const road *r = &net->roads[i];
    if (!parking_of(f, r) || r->class != ROAD_SERVICE || r->junction)
      continue;
    hedges(f, r, middle, &style);
    double begin, end;
    for (int side = -1; side <= 1; side += 2)
      if (find_row(net, r, side, &begin, &end))
        plant_row(f, r, side, begin, end, species, model);
  }
  for (int j = 0; j < net->junction_count && !f->failed; j++)
    hedges_past(f, &net->junctions[j], middle, &style);
}
