// SPDX-License-Identifier: Apache-2.0
// A ramp: away from the highway in a bend to the right of those who leave, a straight, and its
// end in the open. An entry's is laid from its nose outward, too, and then turned around.
#include <math.h>

#include "scenes/highway.h"

static const double PI = 3.14159265358979323846;
static const double TURN_RAD[2] = {1.31, 1.66}; // how far ramps turn away: 75 to 95 degrees
static const double STRAIGHT_LEAST_M = 60, WIDEN_M = 50;
// Of its full curvature a ramp has this share at once, so that its border parts from the highway's
// by more than their chords differ.
static const double FIRST_SHARE = 0.3;

void highway_ramp_lay(highway_ramp *out, const highway_def *def, const highway_sizes *z,
                      const road_place at[2], bool exit, rng *r) {
  double turn = rng_uniform(r, TURN_RAD[0], TURN_RAD[1]);
  double straight = rng_uniform(r, STRAIGHT_LEAST_M, RAMP_STRAIGHT_MOST_M);
  // Outward an exit bends to the right, an entry to the left.
  double side = exit ? -1 : 1, k1 = side / (def->ramp_radius_m + z->ramp_width_m / 2);
  double k0 = at[1].curvature_pm + FIRST_SHARE * (k1 - at[1].curvature_pm);
  double spirals = side * (k0 + k1 + k1) * z->spiral_m / 2; // their turning
  double chord = hypot(at[1].x_m - at[0].x_m, at[1].y_m - at[0].y_m);
  double bend = (at[0].curvature_pm + at[1].curvature_pm) / 2 * chord;
  *out = (highway_ramp){.fork_m = chord * (1 + bend * bend / 24)};
  out->pieces[0] = (road_geometry){.x_m = at->x_m, .y_m = at->y_m, .heading_rad = at->heading_rad};
  road_append(out->pieces, &out->piece_count, out->fork_m, at[0].curvature_pm, at[1].curvature_pm);
  road_append(out->pieces, &out->piece_count, z->spiral_m, k0, k1);
  road_append(out->pieces, &out->piece_count, fmax(1, (turn - spirals) / fabs(k1)), k1, k1);
  road_append(out->pieces, &out->piece_count, z->spiral_m, k1, 0);
  road_append(out->pieces, &out->piece_count, straight, 0, 0);
  const road_geometry *last = &out->pieces[out->piece_count - 1];
  double end = out->length_m = last->s_m + last->length_m;
  out->lane = highway_strip_new(LANE_DRIVING, 0, 0, end, def->lane_width_m);
  highway_strip_step(&out->lane, out->fork_m, WIDEN_M, z->ramp_width_m);
  out->shoulder = highway_strip_new(LANE_SHOULDER, 0, 0, end, def->shoulder_m);
  highway_strip_step(&out->shoulder, out->fork_m, WIDEN_M, RAMP_SHOULDER_M);
  out->verge = highway_strip_new(LANE_VERGE, 0, 0, end, HIGHWAY_VERGE_M);
  out->inner_shoulder =
      highway_strip_new(LANE_SHOULDER, 0, 0, end, z->gore_width_m - def->shoulder_m);
  highway_strip_step(&out->inner_shoulder, out->fork_m, WIDEN_M, RAMP_INNER_SHOULDER_M);
  out->inner_verge = highway_strip_new(LANE_VERGE, 0, 0, end, 0);
  highway_strip_grow(&out->inner_verge, HIGHWAY_VERGE_BEGIN_M, z->verge_rate, HIGHWAY_VERGE_M);
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

int highway_ramp_part(const highway_ramp *ramp, const highway_sizes *z, bool exit, double from,
                      double to, road_geometry pieces[HIGHWAY_RAMP_PIECES], road_profile *profile) {
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
