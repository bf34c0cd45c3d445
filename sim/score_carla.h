// SPDX-License-Identifier: Apache-2.0
// The driving scores of the CARLA leaderboards 1.0, 2.0 and 2.1.
//
// Source: leaderboard.carla.org (evaluation of 1.0, 2.0, 2.1), leaderboard's statistics_manager,
// scenario_runner's atomic_criteria.
//   1.0 DS = RC PRODUCT(coefficients) (1 - outside)
//   2.0 the same, with coefficients for scenarios, emergency vehicles and too low a speed, too
//   2.1 DS = RC (1 - outside) / (1 + SUM(coefficients))
// The route is over for the score where a leaderboard ends it: at the goal, 30 m off the route,
// after 180 s of standing.
#ifndef SIM_SCORE_CARLA_H
#define SIM_SCORE_CARLA_H

#include "sim/score_contact.h"

typedef enum sim_carla_infraction {
  SIM_CARLA_PEDESTRIAN,
  SIM_CARLA_VEHICLE,
  SIM_CARLA_STATIC,
  SIM_CARLA_RED,
  SIM_CARLA_STOP,
  SIM_CARLA_SCENARIO_TIMEOUT,
  SIM_CARLA_EMERGENCY,
  SIM_CARLA_MIN_SPEED,
  SIM_CARLA_INFRACTIONS
} sim_carla_infraction;

enum { SIM_CARLA_CHECKPOINTS = 4 };
typedef struct sim_carla {
  double ds_1_0, ds_2_0, ds_2_1;                // driving scores, 0..100
  double rc;                                    // route completion, 0..100
  double penalty_1_0, penalty_2_0, penalty_2_1; // what RC is multiplied by, 0..1
  double outside;                               // share of the completed route off its lanes, 0..1
  int count[SIM_CARLA_INFRACTIONS];
  double speed_share[SIM_CARLA_CHECKPOINTS]; // the ego's mean speed over that of the vehicles
                                             // around, by quarters of the route; NaN: not driven
  bool completed, deviated, blocked;
  int last_frame; // that counts
  // By frame, each (frames).
  double *frame_done_m;       // of the route, as the leaderboard counts it
  uint16_t *frame_infraction; // bits 1 << sim_carla_infraction that began
  uint8_t *frame_outside;     // off the route's lanes
  int *merge_frame;           // (actors + objects) last contact frame, for contacts that are one
} sim_carla;

/// Name of an infraction such as "red_light"; never NULL.
const char *sim_carla_name(sim_carla_infraction kind);

void sim_carla_score(sim_carla *out, const sim_episode *e, const sim_score_ego *ego,
                     const sim_contacts *contacts);

#endif
