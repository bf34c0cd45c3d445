// SPDX-License-Identifier: Apache-2.0
// What drivers and walkers meet at the ends of roads, read back from a finished network: what
// the builder knew about ends, for those who write and draw networks.
#ifndef SCENES_ROAD_ENDS_H
#define SCENES_ROAD_ENDS_H

#include "scenes/road_model.h"

/// One end of a road: index 0 is its start, 1 its end.
typedef struct road_end {
  int lane_from, lane_to; // driving lanes that run into it, OpenDRIVE ids, from <= to; 0, 0 none
  int signal;             // road_signal id that they obey, 0 none
  int left_signal;        // the innermost one's, where it has its own; 0 none
  int crosswalk;          // id of the one across it, 0 none
  int walk_signal;        // road_signal id for people on that crosswalk, 0 none
  double walk_m;          // middle of that crosswalk, from the end
  double stop_m;          // where vehicles stop, from the end; 0: nobody stops here
  bool gives_way;         // a stop line is painted: signals, or not the major road
} road_end;

/// The outermost lane that runs into an end.
static inline int road_end_outermost(const road_end *end) {
  return end->lane_from < 0 ? end->lane_from : end->lane_to;
}

/// Whether who comes to the end of a lane has a signal there or isn't on the road that goes first.
bool road_gives_way(const road_network *net, const lane_path *lane);

/// Fills out[road_count][2], by road index.
void road_ends_find(const road_network *net, road_end (*out)[2]);

/// s and t of a point by the nearest place of a road's reference line; s is clamped to the road.
void road_project(const road_network *net, const road *r, double x_m, double y_m, double *s_m,
                  double *t_m);

#endif
