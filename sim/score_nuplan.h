// SPDX-License-Identifier: Apache-2.0
// nuPlan's closed-loop score, with PDM-Closed's progress in the human expert's place; hence its
// name, nuplan_like.
//
// Source: nuPlan devkit 1.2 (the metrics of closed_loop_reactive_agents and their weights).
//   score = NC DAC MP DDC (5 EP + 5 TTC + 4 SL + 2 C) / 16
#ifndef SIM_SCORE_NUPLAN_H
#define SIM_SCORE_NUPLAN_H

#include "sim/score_comfort.h"
#include "sim/score_contact.h"

typedef struct sim_nuplan_like {
  double score;             // 0..1
  double nc;                // no at-fault collisions: 0, 0.5, 1 ...
  double dac;               // drivable area: 0, 1
  double mp;                // makes progress: 0, 1
  double ddc;               // driving direction: 0, 0.5, 1
  double ep;                // progress along the route, 0..1
  double ttc;               // time to collision within bound: 0, 1
  double sl;                // speed limit, 0..1
  double c;                 // comfort: 0, 1
  int at_fault[SIM_GROUPS]; // first contacts that were the ego's fault
  double progress_m, reference_m;
  // By frame, each (frames).
  uint8_t *frame_fault;   // an at-fault contact began
  double *frame_ttc_s;    // time to collision, INFINITY beyond 3 s
  double *frame_way_m;    // progress along the lane's direction in the last second
  double *frame_over_mps; // above the speed limit
} sim_nuplan_like;

void sim_nuplan_score(sim_nuplan_like *out, const sim_episode *e, const sim_score_ego *ego,
                      const sim_contacts *contacts, const sim_comfort *comfort);

#endif
