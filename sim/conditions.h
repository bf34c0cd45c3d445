// SPDX-License-Identifier: Apache-2.0
// The one place that turns the weather into how people drive and walk.
#ifndef SIM_CONDITIONS_H
#define SIM_CONDITIONS_H

#include <stdbool.h>

#include "base/least.h"
#include "scenes/weather.h"

typedef struct sim_conditions {
  double friction_0;        // tyre-road friction coefficient at rest
  double friction_drop_spm; // its loss per m/s
  double friction_least;    // below which speed doesn't take it
  double speed_factor;      // on the desired speed, 0..1
  double headway_factor;    // on the time headway, >= 1
  double curve_factor;      // on the lateral acceleration drivers accept, 0..1
  double sight_speed_mps;   // from which one can just stop within sight
  double walking_factor;    // on walkers' desired speed
  bool headlights;
} sim_conditions;

/// Conditions in that weather.
sim_conditions sim_conditions_from(const weather_state *weather);

/// Friction coefficient at v_mps >= 0.
static inline double sim_conditions_friction(const sim_conditions *c, double v_mps) {
  return most_of(c->friction_least, c->friction_0 - c->friction_drop_spm * v_mps);
}

/// Lets dt_s seconds of weather act on the ground: rain fills the water film and
/// soaks surfaces, both drain and dry, snow settles and melts.
void sim_weather_step(weather_state *weather, double dt_s);

#endif
