// SPDX-License-Identifier: Apache-2.0
// The world at an instant as plain data: who is where and how fast, what signals show. What
// policies see and episodes record is made of it, whether it comes from a world or from a log.
// Cheaper than a snapshot, which holds an interval and whole poses. Nothing allocates after
// creation.
#ifndef SIM_MOMENT_H
#define SIM_MOMENT_H

#include <stdbool.h>

#include "sim/world.h"

/// What doesn't change of a body, by slot: the scene's vehicles, its people, its trailers, then
/// driver's doors that may open, which are there while they do. A truck that tows a trailer is its
/// tractor alone.
typedef struct sim_slot {
  uint32_t id;
  thing_kind kind;
  double length_m, width_m, height_m;
  double rear_to_middle_m, wheelbase_m; // of vehicles
  int towed_by;                         // of a trailer: 1 + its tractor's slot, else 0
  int door_of;                          // of a door: 1 + its vehicle's slot, else 0
} sim_slot;

/// A body at an instant, by slot. World frame.
typedef struct sim_mover {
  bool there;              // without it the rest means nothing
  double x_m, y_m;         // middle of its box
  double ahead_x, ahead_y; // unit vector of its yaw
  double x_mps, y_mps;     // of the middle, over ground
  double speed_mps;        // along its yaw
  uint32_t flags;          // ACTOR_… but for what blinks
  int lane;                // lane_path id, 0 off lanes
  double lane_s_m;
} sim_mover;

/// The ego's motion, that of its rear axle, in the vehicle's frame.
typedef struct sim_motion {
  double x_m, y_m, yaw_rad; // of the rear axle, world frame
  double ahead_mps, left_mps, ahead_mps2, left_mps2;
  double yaw_rate_radps, steer_rad;
} sim_motion;

typedef struct sim_moment {
  arena *memory; // owns all arrays
  int64_t time_ns;
  int count, ego;    // slots; which is the ego
  sim_slot *slots;   // (count) settled at creation
  sim_mover *movers; // (count)
  sim_motion motion; // of the ego
  int signal_count;
  uint8_t *signals;     // (signal_count) signal_color by road_signal id - 1
  float *signal_left_s; // (signal_count) -1: not settled
  weather_state weather;
} sim_moment;

/// An empty moment of a scene's size; false when memory ran out. Release with sim_moment_free.
bool sim_moment_create(sim_moment *out, const scene *s);
void sim_moment_free(sim_moment *m);
/// The world as it is now, of the same scene; no state of it changes.
void sim_moment_take(sim_moment *m, sim_world *world);
/// `to` becomes what `from`, of the same scene, is.
void sim_moment_copy(sim_moment *to, const sim_moment *from);
/// Puts the ego of a moment where a motion has it.
void sim_moment_put_ego(sim_moment *m, const sim_motion *motion);

#endif
