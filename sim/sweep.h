// SPDX-License-Identifier: Apache-2.0
// The ground that a body covers on its way through a junction: where it is at every half metre.
#ifndef SIM_SWEEP_H
#define SIM_SWEEP_H

#include "scenes/road.h"

#define SIM_SWEEP_STEP_M 0.5
enum { SIM_SWEEP_MOST = 320 };

/// A kind of body, at its largest, with what bodies keep beside them.
typedef struct sim_sweep_body {
  double half_m, side_m; // half its length and half its width
  double axle_m;         // from its middle back to the rear axle
} sim_sweep_body;

/// Vans and ambulances; buses.
extern const sim_sweep_body sim_sweep_van, sim_sweep_bus;

/// A box on the ground: its middle and the unit vector ahead.
typedef struct sim_sweep_box {
  double x_m, y_m, ahead_x, ahead_y;
} sim_sweep_box;

/// A body's boxes: when box k is there, its front is k steps along the lane.
typedef struct sim_sweep {
  int count;
  sim_sweep_box at[SIM_SWEEP_MOST];
} sim_sweep;

/// Drives a body through a lane, from where its front comes in until its tail has left; its middle
/// keeps to the lane and then to `next`, or goes straight on where that is NULL, and its rear axle
/// is drawn after that.
void sim_sweep_drive(const road_network *net, const lane_path *lane, const lane_path *next,
                     const sim_sweep_body *body, sim_sweep *out);

/// Whether two bodies overlap.
bool sim_sweep_meet(const sim_sweep_box *a, const sim_sweep_body *of_a, const sim_sweep_box *b,
                    const sim_sweep_body *of_b);

#endif
