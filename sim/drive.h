// SPDX-License-Identifier: Apache-2.0
// The door for who drives vehicles from outside, policies among them: such a vehicle's body moves
// by the single-track model instead of along its lane's middle line. Commands go through its
// actuators and tyres; what friction doesn't hold slides.
//
// It is on its lane for all others as before: its place along the lane is where the middle of its
// box is beside it. Once it has come off its path others see it as an obstacle, too. The ego of a
// scene with ego.dynamics moves like this from the beginning, driven by its own driver and a path
// follower until there are commands.
#ifndef SIM_DRIVE_H
#define SIM_DRIVE_H

#include "sim/single_track.h"
#include "sim/world.h"

enum { SIM_DRIVEN_MOST = 64 }; // at a time in a world

/// From the next step on the vehicle of that id moves by `by`; `def` NULL: one of its size. Again
/// for the same vehicle: with another model or def, its motion stays.
/// STATUS_RANGE: no vehicle of the world that is on the road has that id, `by` is BODY_RAILS, or
/// there are SIM_DRIVEN_MOST already. Changes nothing then.
status sim_world_drive(sim_world *world, uint32_t id, body_dynamics by, const single_track_def *def,
                       trouble *why);
/// What it does from the next step on until the next command, instead of what its driver would;
/// NULL: its driver again. Its route and its right of way stay its driver's.
/// STATUS_RANGE: it isn't driven, or a number isn't finite or brakes negative. Changes nothing
/// then.
status sim_world_command(sim_world *world, uint32_t id, const single_track_command *command,
                         trouble *why);
/// Its motion; NULL when it isn't driven, or hasn't moved yet. Valid until the next step.
const single_track_state *sim_world_motion(const sim_world *world, uint32_t id);

#endif
