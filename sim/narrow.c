// SPDX-License-Identifier: Apache-2.0
// Long vehicles in tight bends: they keep away from the middle, and where two would meet
// there, one waits before the bend.
#include <math.h>

#include "sim/state.h"

double sim_narrow_shift(const sim_world *w, int i) {
  const sim_vehicles *cars = &w->cars;
  const lane_path *lane = sim_lane(w, sim_route(w, i)[0]);
  double length = cars->length_m[i], s = cars->s_m[i];
  if (length <= SIM_LONG_M || lane->junction || s < w->lanes.tight_begin_m[lane->id - 1] - 4 ||
      s > w->lanes.tight_end_m[lane->id - 1] + 4)
    return 0;
  double from = fmax(0, s - 3), to = fmin(lane->length_m, s + 3);
  double bend = angle_wrap(lane_point(w->net, lane, to).heading_rad -
                           lane_point(w->net, lane, from).heading_rad) /
                fmax(1, to - from);
  // The front's outer corner leaves the lane by about front^2 / 2R: half of that to the
  // inside of right bends. In left bends the inside is the middle of the road: a little
  // to the outside.
  double front = cars->axle_m[i] + length / 2;
  double swing = front * front * fabs(bend) / 2;
  return bend < 0 ? -fmin(0.75, 0.45 * swing) : -fmin(0.25, 0.15 * swing);
}

// How far before its tight place a vehicle at v can still stop.
static double stopping(const sim_world *w, int i) {
  double v = w->cars.v_mps[i];
  return v * v / (2 * fmin(1.5, w->cars.mood[i].decel_mps2)) + 2;
}

// A long vehicle on the facing lane that is in the bend, or goes in before vehicle i.
static bool taken(const sim_world *w, int i, double distance_m, int facing) {
  const sim_vehicles *cars = &w->cars;
  double begin = w->lanes.tight_begin_m[facing - 1], end = w->lanes.tight_end_m[facing - 1];
  for (int q = w->queue_first[facing - 1]; q < w->queue_first[facing]; q++) {
    int other = w->queue[q].vehicle;
    double half = cars->length_m[other] / 2;
    if (cars->length_m[other] <= SIM_LONG_M || w->queue[q].s_m - half > end + 1)
      continue;
    double to_bend = begin - w->queue[q].s_m - half, need = stopping(w, other);
    bool other_first = other < i && to_bend < 1.5 * need + 3;
    if (to_bend < need || (other_first && distance_m > stopping(w, i)))
      return true;
  }
  return false;
}

double sim_narrow_give_way(const sim_world *w, int i, double a_mps2, double a_free,
                           double sight_m) {
  const sim_vehicles *cars = &w->cars;
  if (cars->length_m[i] <= SIM_LONG_M)
    return a_mps2;
  const int *route = sim_route(w, i);
  double start = -(cars->s_m[i] + cars->length_m[i] / 2);
  for (int k = 0; k < cars->route_count[i] && start < sight_m; k++) {
    int lane = route[k], facing = w->lanes.facing[lane - 1];
    double distance = start + w->lanes.tight_begin_m[lane - 1];
    start += sim_lane(w, lane)->length_m;
    bool bends = w->lanes.tight_begin_m[lane - 1] < w->lanes.tight_end_m[lane - 1];
    if (!facing || !bends || distance < 0 || distance > sight_m)
      continue;
    // Who can't stop any more goes first; the other sees that and waits.
    if (distance > stopping(w, i) - 1.5 && taken(w, i, distance, facing))
      a_mps2 = fmin(a_mps2, sim_stop_at(w, i, a_free, distance, 1));
  }
  return a_mps2;
}
