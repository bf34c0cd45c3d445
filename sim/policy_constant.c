// SPDX-License-Identifier: Apache-2.0
// constant_velocity: as nuPlan's simple planner, straight on at the present speed and heading.
#include "sim/policy.h"
#include "sim/policy_envs.h"

static int create(void **out, const roadloom_policy_config *config) {
  return sim_policy_envs_create(out, config, 0);
}

static int reset(void *policy, uint32_t env, uint64_t seed, const roadloom_route *route) {
  (void)policy, (void)env, (void)seed, (void)route;
  return 0;
}

static int step(void *policy, uint32_t n, const roadloom_observation *o, roadloom_action *actions) {
  (void)policy;
  for (uint32_t i = 0; i < n; i++) {
    actions[i].kind = ROADLOOM_ACTION_TRAJECTORY;
    actions[i].point_count = ROADLOOM_TRAJECTORY_POINTS;
    for (int k = 0; k < ROADLOOM_TRAJECTORY_POINTS; k++)
      actions[i].points[k] =
          (roadloom_point){(float)((double)o[i].ego.speed_mps * k * ROADLOOM_DT_S), 0, 0};
  }
  return 0;
}

const roadloom_policy sim_policy_constant_velocity = {.abi_version = ROADLOOM_POLICY_ABI,
                                                      .struct_size = sizeof(roadloom_policy),
                                                      .capabilities = ROADLOOM_POLICY_HAS_STATE,
                                                      .name = "constant_velocity",
                                                      .create = create,
                                                      .reset = reset,
                                                      .step_batch = step,
                                                      .save_state = sim_policy_envs_save,
                                                      .load_state = sim_policy_envs_load,
                                                      .destroy = sim_policy_envs_destroy};
