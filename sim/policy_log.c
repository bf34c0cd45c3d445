// SPDX-License-Identifier: Apache-2.0
#include <math.h>

#include "sim/policy.h"
#include "sim/policy_envs.h"

enum { CATCH_UP = 20 };

typedef struct log_env {
  uint32_t count;
  const double (*log)[3];
} log_env;

static int create(void **out, const roadloom_policy_config *config) {
  return sim_policy_envs_create(out, config, sizeof(log_env));
}

static int reset(void *policy, uint32_t env, uint64_t seed, const roadloom_route *route) {
  (void)seed;
  log_env *e = sim_policy_env(policy, env);
  if (!e || route->log_count == 0)
    return 1;
  *e = (log_env){route->log_count, route->log};
  return 0;
}

// Where the log has it at a step; as fast as it was last beyond the log's end.
static void at_step(const log_env *e, uint32_t step, double out[3]) {
  uint32_t last = e->count - 1, at = step < last ? step : last;
  double beyond = last > 0 ? step - at : 0;
  const double *then = e->log[at], *before = e->log[at > 0 ? at - 1 : 0];
  out[0] = then[0] + beyond * (then[0] - before[0]);
  out[1] = then[1] + beyond * (then[1] - before[1]);
  out[2] = then[2];
}

// The tracker goes by speed, so what the ego is ahead of the log, or behind it, is made up for
// within CATCH_UP steps of the plan.
static void decide(const log_env *e, const roadloom_observation *o, roadloom_action *out) {
  double c = cos(o->ego.yaw_rad), s = sin(o->ego.yaw_rad), now[3], then[3];
  at_step(e, o->step, now);
  double too_far = (o->ego.x_m - now[0]) * cos(now[2]) + (o->ego.y_m - now[1]) * sin(now[2]);
  out->kind = ROADLOOM_ACTION_TRAJECTORY;
  out->point_count = ROADLOOM_TRAJECTORY_POINTS;
  for (uint32_t k = 0; k < ROADLOOM_TRAJECTORY_POINTS; k++) {
    at_step(e, o->step + k, then);
    double ahead = k < CATCH_UP ? too_far * (1 - k / (double)CATCH_UP) : 0;
    double dx = then[0] + ahead * cos(then[2]) - o->ego.x_m;
    double dy = then[1] + ahead * sin(then[2]) - o->ego.y_m;
    out->points[k] =
        (roadloom_point){(float)(dx * c + dy * s), (float)(dy * c - dx * s),
                         (float)remainder(then[2] - o->ego.yaw_rad, 6.283185307179586)};
  }
}

static int step(void *policy, uint32_t n, const roadloom_observation *o, roadloom_action *actions) {
  for (uint32_t i = 0; i < n; i++) {
    const log_env *e = sim_policy_env(policy, o[i].env);
    if (!e || e->count == 0)
      return 1;
    decide(e, &o[i], &actions[i]);
  }
  return 0;
}

const roadloom_policy sim_policy_log_replay = {.abi_version = ROADLOOM_POLICY_ABI,
                                               .struct_size = sizeof(roadloom_policy),
                                               .capabilities = ROADLOOM_POLICY_WANTS_LOG,
                                               .name = "log_replay",
                                               .create = create,
                                               .reset = reset,
                                               .step_batch = step,
                                               .destroy = sim_policy_envs_destroy};
