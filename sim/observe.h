// SPDX-License-Identifier: Apache-2.0
// Fills what a policy sees (roadloom/policy.h) from moments of a scene. Nothing allocates after
// creation.
#ifndef SIM_OBSERVE_H
#define SIM_OBSERVE_H

#include "roadloom/policy.h"
#include "sim/drive.h"
#include "sim/moment.h"
#include "sim/way.h"

/// So far from the ego agents, lanes and obstacles are seen.
#define SIM_SIGHT_M 100.0
#define SIM_MAP_SIGHT_M 80.0

typedef struct sim_observer sim_observer;

/// For a scene, which must outlive it. Release with sim_observer_destroy.
status sim_observer_create(sim_observer **out, const scene *s, trouble *why);
void sim_observer_destroy(sim_observer *o);
/// An episode begins: its way, which must outlive it, and what the ego's body can. The past is
/// forgotten.
void sim_observer_begin(sim_observer *o, const sim_way *way, const single_track_def *body);
/// The next moment, ROADLOOM_DT_S after the last one, becomes the newest of the history.
void sim_observer_add(sim_observer *o, const sim_moment *now);
/// What the ego sees at the newest moment, as env `env`, before decision `step`.
void sim_observe(sim_observer *o, uint32_t env, uint32_t step, roadloom_observation *out);
/// Along the way at the newest moment, of the rear axle, and how far left of it.
double sim_observer_along(const sim_observer *o, double *left_m);

/// roadloom_kind of a thing that moves or stands in the way.
roadloom_kind sim_observed_kind(thing_kind kind);

#endif
