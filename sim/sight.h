// SPDX-License-Identifier: Apache-2.0
// What drivers see along their way of bodies that aren't in any lane's queue.
#ifndef SIM_SIGHT_H
#define SIM_SIGHT_H

#include "sim/boxes.h"

struct sim_world;

/// A body on the ground, in the world: its middle, how it moves, where it faces, its size.
typedef struct sim_seen {
  double x_m, y_m, vx_mps, vy_mps, yaw_rad, length_m, width_m;
} sim_seen;

/// What it takes up along a vehicle's route, from the vehicle's middle: from tail to front, and
/// half_m to both sides of side_m left of the lane's middle.
typedef struct sim_span {
  double tail_m, front_m, side_m, half_m;
} sim_span;

/// Where a body is along vehicle's route; false when it isn't near it or farther than sight_m.
bool sim_sight_span(const struct sim_world *w, int vehicle, const sim_box *body, double sight_m,
                    sim_span *out);

/// The acceleration that a body in a vehicle's way, or soon in it, leaves; stands: for good, so
/// that one keeps the room to get round it.
double sim_sight_give_way(const struct sim_world *w, int vehicle, const sim_seen *body, bool stands,
                          double a_mps2, double a_free, double sight_m);

#endif
