// SPDX-License-Identifier: Apache-2.0
// Small furniture at the kerb: bus stops, benches with bins, hydrants, bollards, street signs.
// All of it keeps off the way that people walk.
#include <math.h>

#include "scenes/furnish.h"
#include "scenes/sign.h"

static const double PI = 3.14159265358979323846;
static const double STRIP_M = 1.4;  // planted strip that furniture needs
static const double END_M = 12;     // kept free before a street's ends
static const double BUS_BAY_M = 16; // where nobody parks
static const double BOLLARD_STEP_M = 1.5;
enum {
  STREAM_SMALL = 8,
  STREAM_STOPS = 20,
  STREAM_CORNERS = 22,
  STREAM_HYDRANTS = 24,
  STREAM_POSTERS = 30
};

// Room that is free of other things and, on the ground, of the walkways' middles.
static bool claim(furnisher *f, pose at, double l_m, double w_m) {
  ground_box box = {at.p_m.x, at.p_m.y, quat_yaw(at.q), l_m / 2, w_m / 2};
  if (!occupancy_free_at(&f->furniture, &box) || !occupancy_free_at(&f->walks, &box))
    return false;
  occupancy_add(&f->furniture, &box);
  return true;
}

static scene_thing *stand(furnisher *f, rng *r, thing_kind kind, semantic class, pose at, double l,
                          double w, double h) {
  if (!claim(f, at, l, w))
    return NULL;
  scene_thing *thing = furnish_add(f, kind, class, r, at, l, w, h);
  thing->asset_seed &= kind == THING_BUSH ? ~PLANT_CONIFER : UINT32_MAX;
  thing->colors =
      kind == THING_BUSH ? furnish_foliage(f, r, &thing->asset_seed) : palette_furniture(kind, r);
  return thing;
}

static bool has_strip(const furnisher *f, const road *r, double s, int side) {
  return furnish_lane_width(f->net, r, s, side, LANE_VERGE) >= STRIP_M;
}

// A shelter with its sign where the bus's door will be, and nobody parked there.
static void bus_stop(furnisher *f, const road *r, int side) {
  rng stream = furnish_stream(f, r->id, STREAM_STOPS + (side > 0));
  bool large = r->class == ROAD_PRIMARY || r->class == ROAD_SECONDARY;
  double chance = f->def->street_furniture * (large ? 1.2 : 0.25);
  if (furnish_lane_width(f->net, r, r->length_m / 2, side, LANE_DRIVING) <= 0)
    return; // on that side of a one-way street nobody drives the way that buses would come
  if (furnish_lane_width(f->net, r, r->length_m / 2, side, LANE_WORKS) > 0)
    return;
  if (r->length_m < 2 * END_M + 40 || !rng_chance(&stream, fmin(1, chance)))
    return;
  // After the junction that the buses come from.
  double along = rng_uniform(&stream, END_M + 14, fmin(60, r->length_m / 2));
  bool forward = side == road_side_into(f->net, true);
  double s = forward ? along : r->length_m - along, ahead = forward ? 1 : -1;
  if (!has_strip(f, r, s, side) || !has_strip(f, r, s + ahead * 4, side))
    return;
  pose at = furnish_kerb_pose(f->net, r, s, side, 0.74, 0);
  double l = 1.3, w = 3.5;
  scene_thing *shelter =
      stand(f, &stream, THING_BUS_STOP, SEMANTIC_STATIC, at, l, w, rng_uniform(&stream, 2.4, 2.55));
  if (!shelter)
    return;
  pose post = furnish_kerb_pose(f->net, r, s + ahead * 3, side, 0.4, 0);
  furnish_sign(f, &stream, post.p_m, furnish_heading(f->net, r, s, side) + PI,
               sign_of(SIGN_BUS_STOP, 0));
  stand(f, &stream, THING_BIN, SEMANTIC_STATIC,
        furnish_kerb_pose(f->net, r, s - ahead * 2.4, side, 0.9, 0), 0.5, 0.5, 1.0);
  double bay = furnish_lane_width(f->net, r, s, side, LANE_PARKING);
  if (bay > 0) {
    pose middle = furnish_kerb_pose(f->net, r, s + ahead * 2, side, -bay / 2 - 0.15, 0);
    occupancy_add(&f->furniture, &(ground_box){middle.p_m.x, middle.p_m.y, quat_yaw(middle.q),
                                               bay / 2, BUS_BAY_M / 2});
  }
}

void furnish_stops(furnisher *f) {
  for (int i = 0; i < f->net->road_count && !f->failed; i++)
    for (int side = -1; side <= 1 && !f->net->roads[i].junction; side += 2)
      bus_stop(f, &f->net->roads[i], side);
}

static void benches(furnisher *f, const road *r, int side, rng *stream) {
  double mean = 26 / fmax(0.05, f->def->street_furniture);
  for (double s = END_M + rng_uniform(stream, 0, mean); s < r->length_m - END_M - 2;
       s += mean * rng_uniform(stream, 0.5, 1.5)) {
    if (!has_strip(f, r, s, side) || f->def->street_furniture <= 0)
      continue;
    // Benches look at the street or turn their back on it.
    bool in = rng_chance(stream, 0.4), bin = rng_chance(stream, 0.7);
    double w = rng_uniform(stream, 1.65, 1.85);
    if (rng_chance(stream, 0.75))
      stand(f, stream, THING_BENCH, SEMANTIC_STATIC,
            furnish_kerb_pose(f->net, r, s, side, 0.8, in ? PI : 0), 0.6, w, 0.85);
    if (bin)
      stand(f, stream, THING_BIN, SEMANTIC_STATIC,
            furnish_kerb_pose(f->net, r, s + 1.6, side, 0.7, 0), 0.48, 0.48,
            rng_uniform(stream, 0.95, 1.05));
  }
}

// One for some 100 m of street, on one of its sides.
static void hydrants(furnisher *f, const road *r) {
  rng stream = furnish_stream(f, r->id, STREAM_HYDRANTS);
  double chance = fmin(1, 2 * f->def->street_furniture);
  for (double s = rng_uniform(&stream, END_M, 60); s < r->length_m - END_M;
       s += rng_uniform(&stream, 80, 120)) {
    int side = rng_chance(&stream, 0.5) ? 1 : -1;
    if (rng_chance(&stream, chance) && has_strip(f, r, s, side))
      stand(f, &stream, THING_HYDRANT, SEMANTIC_STATIC,
            furnish_kerb_pose(f->net, r, s, side, 0.4, 0), 0.34, 0.38,
            rng_uniform(&stream, 0.76, 0.85));
  }
}

static void bushes(furnisher *f, const road *r, int side, rng *stream) {
  for (double s = END_M + rng_uniform(stream, 0, 30); s < r->length_m - END_M;
       s += rng_uniform(stream, 20, 80)) {
    double w = rng_uniform(stream, 1.0, 1.9);
    if (has_strip(f, r, s, side))
      stand(f, stream, THING_BUSH, SEMANTIC_VEGETATION,
            furnish_kerb_pose(f->net, r, s, side, 0.72, 0), rng_uniform(stream, 0.8, 1.1), w,
            rng_uniform(stream, 0.6, 1.1));
  }
}

// Billboards in gaps between the houses of larger streets, turned to those who come.
static void posters(furnisher *f, const road *r, int side) {
  rng stream = furnish_stream(f, r->id, STREAM_POSTERS);
  stream.entity += side > 0 ? 1u << 16 : 0;
  double share = f->def->street_furniture;
  bool large = r->class == ROAD_PRIMARY || r->class == ROAD_SECONDARY;
  for (double s = rng_uniform(&stream, 10, 40); share > 0 && large && s < r->length_m - 10;
       s += rng_uniform(&stream, 20, 60) / share) {
    double t = road_edge_t(f->net, r, s, side, ROAD_EDGE_OUTER) + side * 2.8;
    vec3 p = road_point_at(f->net, r, s, t);
    double heading = furnish_heading(f->net, r, s, side) + PI + (f->net->left_hand ? 0.4 : -0.4);
    ground_box box = {p.x, p.y, heading, 0.4, 3.05};
    if (!occupancy_free_at(&f->lots, &box))
      continue;
    occupancy_add(&f->lots, &box);
    scene_thing *thing =
        furnish_add(f, THING_BILLBOARD, SEMANTIC_STATIC, &stream,
                    pose_flat(p.x, p.y, p.z + ROAD_KERB_M, angle_wrap(heading)), 0.6, 6, 5.6);
    thing->colors = palette_furniture(THING_BILLBOARD, &stream);
  }
}

// The limit where a street begins, then where to park and where not to stop.
static void signs(furnisher *f, const road *r, int side, rng *stream) {
  bool forward = side == road_side_into(f->net, true), first = true;
  if (furnish_lane_width(f->net, r, r->length_m / 2, side, LANE_DRIVING) <= 0)
    return;
  for (double along = rng_uniform(stream, 13, 22); along < r->length_m - END_M;
       along += rng_uniform(stream, 35, 110)) {
    double s = forward ? along : r->length_m - along;
    bool limit = first && rng_chance(stream, 0.6);
    if (!has_strip(f, r, s, side))
      continue;
    pose at = furnish_kerb_pose(f->net, r, s, side, 0.45, 0);
    double heading = furnish_heading(f->net, r, s, side);
    uint32_t says = limit ? furnish_limit_sign(f->net, at.p_m.x, at.p_m.y, heading)
                          : furnish_street_sign(f->net, at.p_m.x, at.p_m.y, heading, stream);
    furnish_sign(f, stream, at.p_m, heading + PI, says);
    first = false;
  }
}

static const double CORNER_RAD = 2.6;

// A row of bollards round some corners keeps vehicles off them.
static void corner_bollards(furnisher *f, rng *r, const road_arm *arm, const road_arm *next) {
  const road_network *net = f->net;
  if (road_walk_width(net, &net->roads[arm->road - 1], road_arm_left_side(arm)) <= 0 ||
      road_walk_width(net, &net->roads[next->road - 1], -road_arm_left_side(next)) <= 0)
    return;
  // Where two arms are nearly in line there is no corner to cut.
  if (fabs(angle_wrap(next->heading_rad - arm->heading_rad)) > CORNER_RAD)
    return;
  road_corner corner;
  road_corner_lines(net, arm, next, &corner);
  uint32_t make = rng_u32(r);
  palette colors = palette_furniture(THING_BOLLARD, r);
  double left = 0.6; // to the next one
  for (int i = 0; i + 1 < corner.count; i++) {
    vec3 a = corner.stone[i], b = corner.stone[i + 1];
    double length = hypot(b.x - a.x, b.y - a.y), at = left;
    for (; at < length; at += BOLLARD_STEP_M) {
      vec3 stone = vec3_add(a, vec3_scale(vec3_sub(b, a), at / length));
      vec3 out = vec3_sub(corner.stone[i], corner.kerb[i]);
      double wide = fmax(1e-6, hypot(out.x, out.y));
      pose p = pose_flat(stone.x + 0.13 * out.x / wide, stone.y + 0.13 * out.y / wide,
                         stone.z + ROAD_KERB_M, atan2(-out.y, -out.x));
      if (!claim(f, p, 0.18, 0.18))
        continue;
      scene_thing *thing = furnish_add(f, THING_BOLLARD, SEMANTIC_STATIC, r, p, 0.18, 0.18, 0.95);
      thing->asset_seed = make;
      thing->colors = colors;
    }
    left = at - length;
  }
}

static void corners(furnisher *f) {
  for (int j = 0; j < f->net->junction_count && !f->failed; j++) {
    const road_junction *junction = &f->net->junctions[j];
    rng stream = furnish_stream(f, junction->id, STREAM_CORNERS);
    road_arm arms[ROAD_ARMS];
    int count = road_junction_arms(f->net, junction, arms);
    for (int k = 0; k < count && count > 1; k++)
      if (rng_chance(&stream, 0.5 * f->def->street_furniture))
        corner_bollards(f, &stream, &arms[k], &arms[(k + 1) % count]);
  }
}

void furnish_small(furnisher *f) {
  for (int i = 0; i < f->net->road_count && !f->failed; i++) {
    const road *r = &f->net->roads[i];
    if (r->junction || !furnish_in_town(f, r))
      continue;
    hydrants(f, r);
    for (int side = -1; side <= 1; side += 2) {
      rng stream = furnish_stream(f, r->id, STREAM_SMALL + (side > 0));
      signs(f, r, side, &stream);
      benches(f, r, side, &stream);
      bushes(f, r, side, &stream);
      posters(f, r, side);
    }
  }
  corners(f);
}
