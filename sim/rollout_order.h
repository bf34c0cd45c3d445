// SPDX-License-Identifier: Apache-2.0
// From a policy's action to what the ego's body is told. For sim/rollout.c only.
#ifndef SIM_ROLLOUT_ORDER_H
#define SIM_ROLLOUT_ORDER_H

#include "sim/episode.h"
#include "sim/moment.h"
#include "sim/single_track.h"
#include "sim/tracker.h"

/// An action as it holds in the world, whenever it takes effect.
typedef struct sim_order {
  uint32_t kind; // 0: none yet
  double accel_mps2, steer_rate_radps;
  double throttle, brake, steer;
  sim_plan plan; // world frame
} sim_order;

/// Takes an action that was made at that motion of the ego. SIM_END_OPEN, or why it is no good,
/// with a line of `size` bytes.
sim_end sim_order_take(sim_order *out, const roadloom_action *action, const sim_motion *at,
                       char *text, size_t size);
/// What the body does by an order taken `age` decisions ago. *steer_rad is the steering that was
/// last asked for; renewed.
single_track_command sim_order_follow(const sim_order *order, int age, const sim_motion *now,
                                      const single_track_def *body, double *steer_rad);

#endif
