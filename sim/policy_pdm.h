// SPDX-License-Identifier: Apache-2.0
// A proposal of pdm_closed and what it scores. For sim/policy_pdm*.c only.
#ifndef SIM_POLICY_PDM_H
#define SIM_POLICY_PDM_H

#include "sim/policy_path.h"
#include "sim/tracker.h"

/// The ego at each of the steps, ego frame, rear axle.
typedef struct pdm_course {
  double x_m[SIM_PLAN_STEPS + 1], y_m[SIM_PLAN_STEPS + 1], yaw_rad[SIM_PLAN_STEPS + 1];
  double v_mps[SIM_PLAN_STEPS + 1], accel_mps2[SIM_PLAN_STEPS + 1];
} pdm_course;

typedef struct pdm_score {
  double collisions, drivable; // multipliers: 0, 0.5 of collisions with things, or 1
  double progress_m;           // along the way
  double ttc, comfort;         // 0 or 1
  double crash_s;              // when the first at-fault collision is; INFINITY
} pdm_score;

/// Simulates a vehicle that tracks a plan from where the ego is.
void pdm_simulate(const roadloom_observation *o, const sim_plan *plan, pdm_course *out);
/// Scores it against all agents going on as they do.
pdm_score pdm_judge(const roadloom_observation *o, const pdm_course *course);

#endif
