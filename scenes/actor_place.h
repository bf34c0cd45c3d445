// SPDX-License-Identifier: Apache-2.0
// Places relative to an actor, found on the roads.
#ifndef SCENES_ACTOR_PLACE_H
#define SCENES_ACTOR_PLACE_H

#include "scenes/actor.h"
#include "scenes/road.h"

/// Where the actor is that a place is counted from.
typedef struct actor_anchor {
  int lane; // lane_path id: its own, or the one nearest to it
  double s_m, length_m, width_m;
} actor_anchor;

/// A place on the ground.
typedef struct actor_spot {
  int lane;                          // it lies along that lane, if not on it
  double s_m;                        // of the lane
  double shift_m;                    // to the left of the lane's middle
  bool on_lane;                      // a vehicle there drives on the lane, as it does
  double x_m, y_m, z_m, heading_rad; // of the ground there
} actor_spot;

/// Finds `at` for a body of that size. NULL, or what is wrong in a few words.
const char *actor_place_find(const road_network *net, const actor_place *at, actor_anchor from,
                             double length_m, double width_m, actor_spot *out);

/// How far left of a lane's middle the road's far side is: beyond the last lane of its other side
/// (far: true) or of its own, by 1 m; where there is a sidewalk, its middle.
double actor_roadside(const road_network *net, int lane, double s_m, bool far);

/// Height of the ground at (x, y), which is near that place on that lane.
double actor_ground(const road_network *net, int lane, double s_m, double x_m, double y_m);

#endif
