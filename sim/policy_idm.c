// SPDX-License-Identifier: Apache-2.0
#include "base/least.h"
#include "sim/policy.h"
#include "sim/policy_envs.h"
#include "sim/policy_path.h"

static const double V0_MPS = 10, CLEAR_M = 0.2, CENTRE_S = 3;

typedef struct idm_env {
  int begun; // it has seen where it stands
  sim_shift shift;
} idm_env;

static int create(void **out, const roadloom_policy_config *config) {
  return sim_policy_envs_create(out, config, sizeof(idm_env));
}

static void decide(void *env, const roadloom_observation *o, roadloom_action *out) {
  idm_env *e = env;
  if (!e->begun) // from where it stands to the middle
    e->shift = (sim_shift){o->off_m, 0, o->time_s, CENTRE_S};
  e->begun = 1;
  double v0 = least_of(V0_MPS, sim_path_limit(o)), gone_m[SIM_PLAN_STEPS + 1];
  sim_path_lead lead = sim_path_nearer(sim_path_ahead(o, 0, CLEAR_M), sim_path_red(o));
  sim_path_roll(o->ego.speed_mps, v0, lead, gone_m);
  sim_path_trajectory(o, gone_m, &e->shift, out);
}

static int step(void *policy, uint32_t n, const roadloom_observation *o, roadloom_action *actions) {
  return sim_policy_envs_step(policy, n, o, actions, decide);
}

const roadloom_policy sim_policy_idm = {.abi_version = ROADLOOM_POLICY_ABI,
                                        .struct_size = sizeof(roadloom_policy),
                                        .capabilities = ROADLOOM_POLICY_HAS_STATE,
                                        .name = "idm",
                                        .create = create,
                                        .reset = sim_policy_envs_reset,
                                        .step_batch = step,
                                        .save_state = sim_policy_envs_save,
                                        .load_state = sim_policy_envs_load,
                                        .destroy = sim_policy_envs_destroy};
