// SPDX-License-Identifier: Apache-2.0
// A ramp: away from the highway in a bend to the right of those who leave, a straight, and its
// end in the open, unless others lay it elsewhere. An entry's is laid from its nose outward, too,
// and then turned around.
#include <math.h>

#include "scenes/highway.h"

static const double PI = 3.14159265358979323846;
static const double TURN_RAD[2] = {1.31, 1.66}; // how far ramps turn away: 75 to 95 degrees
static const double STRAIGHT_LEAST_M = 60, WIDEN_M = 50;
static const double JUNCTION_TAPER_M = 12; // of verges, where a ramp comes to a junction

void highway_ramp_begin(highway_ramp *out, const road_place at[2], bool exit) {
  double chord = hypot(at[1].x_m - at[0].x_m, at[1].y_m - at[0].y_m);
  double bend = (at[0].curvature_pm + at[1].curvature_pm) / 2 * chord;
  *out = (highway_ramp){.against = !exit, .fork_m = chord * (1 + bend * bend / 24)};
  out->pieces[0] = (road_geometry){.x_m = at->x_m, .y_m = at->y_m, .heading_rad = at->heading_rad};
  road_append(out->pieces, &out->piece_count, out->fork_m, at[0].curvature_pm, at[1].curvature_pm);
}

void highway_ramp_lay(highway_ramp *out, const highway_def *def, const highway_sizes *z,
                      const road_place at[2], bool exit, rng *r) {
  double turn = rng_uniform(r, TURN_RAD[0], TURN_RAD[1]);
  double straight = rng_uniform(r, STRAIGHT_LEAST_M, RAMP_STRAIGHT_MOST_M);
  // Outward an exit bends to the right, an entry to the left.
  double side = exit ? -1 : 1, k1 = side / (def->ramp_radius_m + z->ramp_width_m / 2);
  double k0 = at[1].curvature_pm + HIGHWAY_FIRST_SHARE * (k1 - at[1].curvature_pm);
  double spirals = side * (k0 + k1 + k1) * z->spiral_m / 2; // their turning
  highway_ramp_begin(out, at, exit);
  road_append(out->pieces, &out->piece_count, z->spiral_m, k0, k1);
  road_append(out->pieces, &out->piece_count, fmax(1, (turn - spirals) / fabs(k1)), k1, k1);
  road_append(out->pieces, &out->piece_count, z->spiral_m, k1, 0);
  road_append(out->pieces, &out->piece_count, straight, 0, 0);
  highway_ramp_dress(out, def, z, RAMP_OPEN);
}

void highway_ramp_dress(highway_ramp *out, const highway_def *def, const highway_sizes *z,
                        ramp_end far) {
  const road_geometry *last = &out->pieces[out->piece_count - 1];
  double end = out->length_m = last->s_m + last->length_m;
  double begin_inner = z->gore_width_m - def->shoulder_m;
  out->lane = highway_strip_new(LANE_DRIVING, 0, 0, end, def->lane_width_m);
  highway_strip_step(&out->lane, out->fork_m, WIDEN_M, z->ramp_width_m);
  out->shoulder = highway_strip_new(LANE_SHOULDER, 0, 0, end, def->shoulder_m);
  highway_strip_step(&out->shoulder, out->fork_m, WIDEN_M, RAMP_SHOULDER_M);
  out->verge = highway_strip_new(LANE_VERGE, 0, 0, end, HIGHWAY_VERGE_M);
  out->inner_shoulder = highway_strip_new(LANE_SHOULDER, 0, 0, end, begin_inner);
  highway_strip_step(&out->inner_shoulder, out->fork_m, WIDEN_M, RAMP_INNER_SHOULDER_M);
  out->inner_verge = highway_strip_new(LANE_VERGE, 0, 0, end, 0);
  highway_strip_grow(&out->inner_verge, HIGHWAY_VERGE_BEGIN_M, z->verge_rate, HIGHWAY_VERGE_M);
  if (far == RAMP_JUNCTION) {
    highway_strip_step(&out->verge, end - JUNCTION_TAPER_M, JUNCTION_TAPER_M, 0);
    highway_strip_step(&out->inner_verge, end - JUNCTION_TAPER_M, JUNCTION_TAPER_M, 0);
  }
  if (far == RAMP_FORK) {
    double from = end - out->far_fork_m - WIDEN_M;
    highway_strip_step(&out->lane, from, WIDEN_M, def->lane_width_m);
    highway_strip_step(&out->shoulder, from, WIDEN_M, def->shoulder_m);
    highway_strip_step(&out->inner_shoulder, from, WIDEN_M, begin_inner);
    highway_strip_shrink(&out->inner_verge, end - HIGHWAY_VERGE_BEGIN_M, z->verge_rate,
                         HIGHWAY_VERGE_M);
  }
}

static void add_lane(profile_lane *lanes, int *count, const highway_strip *strip, double from,
                     double to, bool against, mark_kind mark) {
  profile_lane *lane = road_profile_add(lanes, count, strip->type, 0);
  lane->poly_count = highway_strip_slice(strip, from, to, against, lane->polys);
  lane->mark = mark;
  if (highway_is_nothing(lane->polys, lane->poly_count))
    --*count;
}

// The other way round: from the end to the beginning.
static void reverse(road_geometry *pieces, int count) {
  for (int i = 0; i < count / 2; i++) {
    road_geometry swap = pieces[i];
    pieces[i] = pieces[count - 1 - i];
    pieces[count - 1 - i] = swap;
  }
  double s = 0;
  for (int i = 0; i < count; i++) {
    road_geometry *g = &pieces[i];
    road_place end = road_geometry_at(g, g->length_m);
    *g = (road_geometry){.s_m = s,
                         .x_m = end.x_m,
                         .y_m = end.y_m,
                         .heading_rad = angle_wrap(end.heading_rad + PI),
                         .length_m = g->length_m,
                         .curvature_begin_pm = -g->curvature_end_pm,
                         .curvature_end_pm = -g->curvature_begin_pm};
    s += g->length_m;
  }
}

// A part of a ramp as pieces and profile, in driving direction.
static int cut_part(const highway_ramp *ramp, const highway_sizes *z, double from, double to,
                    road_geometry pieces[HIGHWAY_RAMP_PIECES], road_profile *profile) {
  bool exit = !ramp->against;
  int count = road_line_part(ramp->pieces, ramp->piece_count, from, to, pieces);
  if (!exit)
    reverse(pieces, count);
  *profile = (road_profile){.centre_mark = MARK_SOLID};
  add_lane(profile->right, &profile->right_count, &ramp->lane, from, to, !exit, MARK_SOLID);
  profile->right[0].speed_limit_mps = z->ramp_limit_mps;
  add_lane(profile->right, &profile->right_count, &ramp->shoulder, from, to, !exit, MARK_NONE);
  add_lane(profile->right, &profile->right_count, &ramp->verge, from, to, !exit, MARK_NONE);
  add_lane(profile->left, &profile->left_count, &ramp->inner_shoulder, from, to, !exit, MARK_NONE);
  add_lane(profile->left, &profile->left_count, &ramp->inner_verge, from, to, !exit, MARK_NONE);
  return count;
}

static int add_part(road_builder *b, const highway_sizes *z, const highway_ramp *ramp, double from,
                    double to) {
  road_geometry pieces[HIGHWAY_RAMP_PIECES];
  road_profile profile;
  road_poly3 heights[PROFILE_POLYS] = {{0}};
  int count = cut_part(ramp, z, from, to, pieces, &profile), polys = 1;
  int id = road_builder_road(b, ROAD_MOTORWAY, pieces, count, &profile);
  if (ramp->rise.piece_count > 0)
    polys = highway_strip_slice(&ramp->rise, from, to, ramp->against, heights);
  for (int i = 0; i < polys && id; i++)
    road_builder_elevation(b, id, heights[i]);
  return id;
}

// Links the connecting road of a fork with the road that has its lane, and with the ramp.
static void join_fork(road_builder *b, int way, int rest, const highway_gate *gate, bool exit) {
  road_network *net = &b->net;
  road *r = &net->roads[way - 1], *beyond = &net->roads[rest - 1];
  road_link trunk = {ROAD_LINK_ROAD, gate->road, gate->at_end};
  r->junction = gate->junction;
  r->predecessor = exit ? trunk : (road_link){ROAD_LINK_ROAD, rest, true};
  r->successor = exit ? (road_link){ROAD_LINK_ROAD, rest, false} : trunk;
  *(exit ? &beyond->predecessor : &beyond->successor) =
      (road_link){ROAD_LINK_JUNCTION, gate->junction, false};
  road_lane *link = (road_lane *)road_lane_find(net, &net->sections[r->section_first], -1);
  link->predecessor = exit ? gate->lane : -1;
  link->successor = exit ? -1 : gate->lane;
  b->notes[way - 1].turn = exit ? TURN_RIGHT : TURN_STRAIGHT;
}

int highway_add_ramp(road_builder *b, const highway_sizes *z, const highway_ramp *ramp,
                     const highway_gate *exit, const highway_gate *entry) {
  double end = ramp->length_m;
  const highway_gate *near = ramp->against ? entry : exit;
  int way = add_part(b, z, ramp, 0, ramp->fork_m);
  int rest = add_part(b, z, ramp, ramp->fork_m, end - ramp->far_fork_m);
  int far = ramp->far_fork_m > 0 ? add_part(b, z, ramp, end - ramp->far_fork_m, end) : 0;
  if (!way || !rest || b->failed)
    return 0;
  join_fork(b, way, rest, near, !ramp->against);
  if (far)
    join_fork(b, far, rest, ramp->against ? exit : entry, ramp->against);
  return rest;
}
