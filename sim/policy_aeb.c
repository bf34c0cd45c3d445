// SPDX-License-Identifier: Apache-2.0
// aeb: a driver who looks at nothing, and an emergency brake as UN R152 describes one: it brakes
// when a collision with what is ahead can't be avoided by less than 5 m/s2, or is less than a
// second away, as hard as it can until that is over.
#include <math.h>

#include "base/least.h"
#include "sim/policy.h"
#include "sim/policy_envs.h"
#include "sim/policy_path.h"
#include "sim/tracker.h"

static const double NEEDED_MPS2 = 5, NEAR_S = 1, HARD_MPS2 = 9, CLEAR_M = 0.1, KEEP_M = 0.5;
static const double SPEED_GAIN_PS = 1, ACCEL_MOST_MPS2 = 2, CENTRE_S = 3;

typedef struct aeb_env {
  int begun, braking;
  sim_shift shift;
} aeb_env;

static int create(void **out, const roadloom_policy_config *config) {
  return sim_policy_envs_create(out, config, sizeof(aeb_env));
}

// What has to be braked by, m/s2, to come no nearer than KEEP_M; and how many seconds are left.
static double needed(const sim_path_lead *lead, double v, double *left_s) {
  double closing = v - lead->v_mps, gap = most_of(0.05, lead->gap_m - KEEP_M);
  *left_s = closing > 0.1 ? lead->gap_m / closing : INFINITY;
  return closing > 0.1 ? closing * closing / (2 * gap) : 0;
}

// The way at a speed that tends to the limit.
static void cruise(const roadloom_observation *o, double gone_m[SIM_PLAN_STEPS + 1]) {
  double v = most_of(0, o->ego.speed_mps), limit = sim_path_limit(o), gone = 0;
  for (int k = 0; k <= SIM_PLAN_STEPS; k++) {
    gone_m[k] = gone;
    double a = most_of(-ACCEL_MOST_MPS2, least_of(ACCEL_MOST_MPS2, (limit - v) * SPEED_GAIN_PS));
    gone += v * ROADLOOM_DT_S;
    v = most_of(0, v + a * ROADLOOM_DT_S);
  }
}

static void decide(void *env, const roadloom_observation *o, roadloom_action *out) {
  aeb_env *e = env;
  if (!e->begun)
    e->shift = (sim_shift){o->off_m, 0, o->time_s, CENTRE_S};
  e->begun = 1;
  double gone_m[SIM_PLAN_STEPS + 1], left_s, v = o->ego.speed_mps;
  cruise(o, gone_m);
  sim_path_trajectory(o, gone_m, &e->shift, out);
  sim_path_lead lead = sim_path_ahead(o, 0, CLEAR_M);
  double hard = needed(&lead, v, &left_s);
  if (hard > NEEDED_MPS2 || left_s < NEAR_S)
    e->braking = 1;
  else if (hard < 1 && (v > 0.1 || lead.gap_m > 2 * KEEP_M + 1)) // over, or free again
    e->braking = 0;
  if (!e->braking)
    return;
  // Steering stays the tracker's: braking doesn't leave the lane.
  sim_plan plan = {.count = (int)out->point_count};
  for (int k = 0; k < plan.count; k++) {
    plan.x_m[k] = out->points[k].x_m;
    plan.y_m[k] = out->points[k].y_m;
    plan.yaw_rad[k] = out->points[k].yaw_rad;
  }
  sim_plan_fit(&plan);
  sim_tracked ego = {.v_mps = v, .steer_rad = o->ego.steer_rad, .wheelbase_m = o->ego.wheelbase_m};
  double accel, rate;
  sim_track_plan(&plan, 0, &ego, &accel, &rate);
  out->kind = ROADLOOM_ACTION_ACCELERATION;
  out->accel_mps2 = v > 0 ? (float)-HARD_MPS2 : 0;
  out->steer_rate_radps = v > 0.5 ? (float)rate : 0;
}

static int step(void *policy, uint32_t n, const roadloom_observation *o, roadloom_action *actions) {
  return sim_policy_envs_step(policy, n, o, actions, decide);
}

const roadloom_policy sim_policy_aeb = {.abi_version = ROADLOOM_POLICY_ABI,
                                        .struct_size = sizeof(roadloom_policy),
                                        .capabilities = ROADLOOM_POLICY_HAS_STATE,
                                        .name = "aeb",
                                        .create = create,
                                        .reset = sim_policy_envs_reset,
                                        .step_batch = step,
                                        .save_state = sim_policy_envs_save,
                                        .load_state = sim_policy_envs_load,
                                        .destroy = sim_policy_envs_destroy};
