// SPDX-License-Identifier: Apache-2.0
// Ramps of interchanges between two carriageways: bends between forks, and their climb.
#include <math.h>

#include "scenes/interchange.h"

void interchange_bend(highway_ramp *ramp, double turn_rad, double radius_m, double spiral_m,
                      bool from_fork, bool to_fork) {
  double k = copysign(1 / radius_m, turn_rad), turn = fabs(turn_rad);
  double first = from_fork ? HIGHWAY_FIRST_SHARE : 0, last = to_fork ? HIGHWAY_FIRST_SHARE : 0;
  double ends = 1 + (first + last) / 2; // turning of both spirals, per length and curvature
  double spiral = fmin(spiral_m, 0.9 * turn * radius_m / ends);
  road_append(ramp->pieces, &ramp->piece_count, spiral, first * k, k);
  road_append(ramp->pieces, &ramp->piece_count, turn * radius_m - ends * spiral, k, k);
  road_append(ramp->pieces, &ramp->piece_count, spiral, k, last * k);
}

void interchange_ramp_fork(highway_ramp *ramp) {
  road_append(ramp->pieces, &ramp->piece_count, FORK_M, 0, 0);
  ramp->far_fork_m = FORK_M;
}

road_place interchange_ramp_end(const highway_ramp *ramp) {
  const road_geometry *last = &ramp->pieces[ramp->piece_count - 1];
  return road_geometry_at(last, last->length_m);
}

double interchange_verge_rate(double radius_m, double spiral_m) {
  return 0.28 / (radius_m * 6 * spiral_m);
}

bool interchange_climb(highway_ramp *ramp, double from_m, double to_m, double limit_mps) {
  const double level_m = 36; // at both ends
  double climb = ramp->length_m - 2 * level_m;
  ramp->rise = highway_strip_new(LANE_NONE, 0, 0, ramp->length_m, from_m);
  highway_strip_climb(&ramp->rise, level_m, climb, to_m);
  return climb >= overpass_climb(limit_mps);
}

double interchange_raise(highway_line *line, double level_m, double bridge_m, double limit_mps) {
  double middle = line->length_m / 2, climb = overpass_climb(limit_mps);
  line->bridge_m[0] = middle - bridge_m;
  line->bridge_m[1] = middle + bridge_m;
  line->rise = highway_strip_new(LANE_NONE, 0, 0, line->length_m, 0);
  highway_strip_climb(&line->rise, middle - level_m - climb, climb, OVERPASS_M);
  highway_strip_climb(&line->rise, middle + level_m, climb, 0);
  return level_m + climb;
}

double interchange_limit(double radius_m, double most_mps) {
  double limit = fmax(3, floor(place_greatest_speed(radius_m) * 3.6 / 10 + 1e-6)) * 10 / 3.6;
  return fmin(limit, most_mps);
}
