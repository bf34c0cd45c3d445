// SPDX-License-Identifier: Apache-2.0
// The episode's record, written from moments, and what of a frame ends an episode. For
// sim/rollout.c only.
#ifndef SIM_ROLLOUT_RECORD_H
#define SIM_ROLLOUT_RECORD_H

#include "roadloom/policy.h"
#include "sim/episode.h"
#include "sim/moment.h"
#include "sim/way.h"

/// A record for an episode of that many frames along that way, begun, with route, actors and
/// objects. Plans of plan_points are kept; 0: none. STATUS_MEMORY, STATUS_LIMIT, STATUS_RANGE.
status sim_record_create(sim_episode **out, const scene *s, const sim_way *way, int frames,
                         int plan_points, trouble *why);
/// No frames again; route and objects stay.
void sim_record_restart(sim_episode *e);
/// The next frame.
void sim_record_frame(sim_episode *e, const sim_moment *now);
/// A trajectory that was planned at the last frame, in the world frame.
void sim_record_plan(sim_episode *e, const double *x_m, const double *y_m, const double *yaw_rad,
                     int points);
/// Whether the ego's box meets somebody's in the last frame, or an object; its id, 0 nobody.
uint32_t sim_record_hit(const sim_episode *e, const sim_moment *now);

#endif
