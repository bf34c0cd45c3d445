// SPDX-License-Identifier: Apache-2.0
// Along the lane graph: how far ahead of a place something is, and what lies so far ahead.
#ifndef SCENES_LANE_WALK_H
#define SCENES_LANE_WALK_H

#include "scenes/road.h"

/// A point seen from a place on a lane, along it and the lanes before and after it.
typedef struct lane_sight {
  bool found;
  double along_m; // negative: behind
  double side_m;  // left of the middle of the lane that it is along, or of one of its successors
  double heading_rad; // of that lane there
} lane_sight;

/// Looks most_m ahead and behind, along every way that leads there, for the lane that passes
/// nearest to (x, y). Not found where none passes within 60 m.
lane_sight lane_look(const road_network *net, int lane, double s_m, double x_m, double y_m,
                     double most_m);

/// Moves (*lane, *s_m) along_m on, negative: back; at junctions the way that turns like `way`, or
/// the one that turns least. False, with the lane's end there, where the network ends before.
bool lane_walk(const road_network *net, int *lane, double *s_m, double along_m, turn_kind way);

/// Where two routes, lists of lanes, first cross: how far along either, from their first lane's
/// begin. False where they don't.
bool lane_routes_cross(const road_network *net, const int *a, int a_count, const int *b,
                       int b_count, double *a_m, double *b_m);

#endif
