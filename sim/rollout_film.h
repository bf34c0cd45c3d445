// SPDX-License-Identifier: Apache-2.0
// What sensors may see of an episode: each step's interval as a snapshot. For sim/rollout.c only.
//
// With log traffic there is no world to take it from but the one in which the scene's own driver
// drives: it goes on beside the episode, and the ego stands in it where the episode has it.
#ifndef SIM_ROLLOUT_FILM_H
#define SIM_ROLLOUT_FILM_H

#include "sim/moment.h"

/// All zero: none yet. Release with sim_film_free.
typedef struct sim_film {
  const scene *scene;
  sim_snapshot seen;
  sim_world *others; // with log traffic; else NULL
  pose ego, ego_before;
  double ego_wheel_rad;
} sim_film;

/// As an episode begins: a step's interval in which everything stands. `world` is the episode's,
/// NULL with log traffic. STATUS_MEMORY, and what a behaviour does wrong.
status sim_film_begin(sim_film *film, const scene *s, sim_world *world, const sim_moment *now,
                      trouble *why);
void sim_film_free(sim_film *film);

/// Around the steps that the caller takes of the episode's world.
status sim_film_open(sim_film *film, sim_world *world, trouble *why);
void sim_film_close(sim_film *film, sim_world *world);
/// With log traffic: takes `each` steps of the world of its own; the ego has got to where `now` has
/// it. STATUS_RANGE: the scene's own ego has left the network.
status sim_film_follow(sim_film *film, int each, const sim_moment *now, trouble *why);

#endif
