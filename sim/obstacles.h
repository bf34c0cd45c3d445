// SPDX-License-Identifier: Apache-2.0
// A script's props that stand on lanes, as drivers meet them: they get round them where they can,
// or wait. People meet props as posts (sim/people_cells.c).
#ifndef SIM_OBSTACLES_H
#define SIM_OBSTACLES_H

#include "scenes/scene.h"
#include "sim/sight.h"

typedef struct sim_obstacles {
  int count;
  sim_box *boxes; // (count) parts of at most SIM_OBSTACLE_M, of those props that are on lanes
} sim_obstacles;

/// The most that a part measures either way.
#define SIM_OBSTACLE_M 4.0

/// Where a prop stands on the ground: of trees and poles the trunk alone.
sim_box sim_prop_box(const scene_thing *prop);

/// Finds them, once the lanes are known; false when memory ran out.
bool sim_obstacles_create(struct sim_world *w);

/// The acceleration that keeping off them leaves.
double sim_obstacles_give_way(const struct sim_world *w, int vehicle, double a_mps2, double a_free,
                              double sight_m);

#endif
