// SPDX-License-Identifier: Apache-2.0
// The way that an episode's ego is to take: lanes that go on in each other, their middle line a
// metre apart, and the goal on it. Const once made.
#ifndef SIM_WAY_H
#define SIM_WAY_H

#include "base/arena.h"
#include "sim/world.h"

#define SIM_WAY_STEP_M 1.0

typedef struct sim_way_point {
  double x_m, y_m, tx, ty; // place and unit tangent
  double limit_mps, width_m;
  double left_m, right_m; // to the middle of the lane beside it that goes the same way, 0 none
} sim_way_point;

/// A stop line with a signal on it.
typedef struct sim_way_stop {
  int signal; // id
  double s_m; // along the way
} sim_way_stop;

typedef struct sim_way {
  arena *memory;
  int lane_count;
  int *lanes;            // (lane_count)
  double *lane_end_m;    // (lane_count) along the way
  int count;             // points
  sim_way_point *points; // (count) SIM_WAY_STEP_M apart
  int stop_count;
  sim_way_stop *stops; // (stop_count) by s_m
  double begin_lane_m; // where on the first lane it begins
  double length_m;
  double goal_m; // along it, <= length_m
} sim_way;

/// The way of the ego of a world that hasn't been stepped, by its route: from its middle on for
/// ahead_m, or as far as the network goes, and the goal after goal_m, or where the way ends.
/// STATUS_RANGE: the scene has no vehicles, or its ego is off the lanes. STATUS_MEMORY.
/// Release with sim_way_free.
status sim_way_create(sim_way *out, const sim_world *world, double ahead_m, double goal_m,
                      trouble *why);
void sim_way_free(sim_way *way);

/// The point at s, between the points and straight on beyond both ends.
sim_way_point sim_way_at(const sim_way *way, double s_m);
/// How far along the way a place is, near hint_m, and how far left of it (may be NULL). Looks 10 m
/// to either side of the hint: ways come back to where they have been.
double sim_way_along(const sim_way *way, double x_m, double y_m, double hint_m, double *left_m);

#endif
