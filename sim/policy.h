// SPDX-License-Identifier: Apache-2.0
// The policies that the program brings along, each behind the table of roadloom/policy.h like any
// other: they see what all see.
#ifndef SIM_POLICY_H
#define SIM_POLICY_H

#include "roadloom/policy.h"

/// Keeps its speed and its heading.
extern const roadloom_policy sim_policy_constant_velocity;
/// Follows the way by the Intelligent Driver Model as nuPlan's IDM planner: v0 10 m/s or the limit
/// where that is lower, s0 1 m, T 1.5 s, a 1, b 3 m/s2; stops for what is in its way now and at
/// red signals.
extern const roadloom_policy sim_policy_idm;
/// idm that changes lanes by MOBIL (Kesting, Treiber, Helbing 2007).
extern const roadloom_policy sim_policy_mobil;
/// Keeps to the way at the speed limit, whatever is ahead, and brakes as hard as it can when a
/// collision is near.
extern const roadloom_policy sim_policy_aeb;
/// Drives what the scene's own driver drove, whoever is in its way now.
extern const roadloom_policy sim_policy_log_replay;
/// PDM-Closed (Dauner et al. 2023): 5 speeds x 3 offsets by IDM along the way, each simulated for
/// 4 s and scored against everybody going on as they do; the best is driven.
extern const roadloom_policy sim_policy_pdm_closed;

/// The one of that name, NULL when there is none.
const roadloom_policy *sim_policy_find(const char *name);
/// The n-th of them from 0, NULL beyond the last.
const roadloom_policy *sim_policy_number(int n);

#endif
