// SPDX-License-Identifier: Apache-2.0
// Vehicles that move by the single-track model (sim/drive.h), for the files of this folder only.
#ifndef SIM_DRIVEN_H
#define SIM_DRIVEN_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/conditions.h"
#include "sim/drive.h"
#include "sim/track.h"

typedef struct sim_driven {
  int vehicle;
  body_dynamics by;
  single_track_def def;
  bool begun; // the state holds
  single_track_state state;
  bool commanded; // by `command`, not by its driver
  single_track_command command;
  double ahead_mps2, left_mps2; // of the rear axle over the last step, in the body's axes
  double path_shift_m;          // its path's shift from the lane a step ago
  double off_m;                 // how far left of its path it is
} sim_driven;

/// The ego, where its scene wants it so.
bool sim_driven_create(sim_world *w);
/// The record of a vehicle that is driven, or NULL.
sim_driven *sim_driven_of(const sim_world *w, int vehicle);
/// A step along its lanes.
void sim_driven_move(sim_world *w, sim_driven *driven);
/// A step with that steering and acceleration, or by its command, and its body there; the caller
/// sees to its height.
void sim_driven_step(sim_world *w, sim_driven *driven, double steer_rad, double accel_mps2);
/// What the weather leaves of a body's tyres' grip at its speed.
double sim_driven_friction(const single_track_def *def, const sim_conditions *c,
                           const single_track_state *state);
/// A step of a body by its model alone.
void sim_driven_advance(const single_track_def *def, body_dynamics by, single_track_state *state,
                        const single_track_command *command, double friction, double dt_s);
uint64_t sim_driven_hash(const sim_world *w, uint64_t hash);

/// sim/driven_steer.c: the steering that brings it along its path, and where beside the path it
/// is. `along_m`: of the middle of its box, from the begin of the vehicle's lane; renewed.
double sim_driven_steer(const sim_world *w, sim_driven *driven, double *along_m);
/// The acceleration that giving hands time for the bends ahead leaves, and coming back to the path.
double sim_driven_ease(const sim_world *w, const sim_driven *driven, double a_mps2);
/// The place that many metres from the begin of a vehicle's lane, on it or on those that it takes
/// then; straight on beyond both ends.
sim_track_node sim_driven_path(const sim_world *w, int vehicle, double along_m);

#endif
