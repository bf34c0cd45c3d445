// SPDX-License-Identifier: Apache-2.0
// pdm_closed: Dauner, Hallgarten, Geiger, Chitta, "Parting with Misconceptions about Learning-based
// Vehicle Motion Planning", 2023: proposals, simulated and scored at every decision, and an
// emergency brake when the best of them collides within two seconds.
#include "sim/policy_pdm.h"

#include <math.h>

#include "base/least.h"
#include "sim/policy.h"
#include "sim/policy_envs.h"

enum { SPEEDS = 5, OFFSETS = 3, PROPOSALS = SPEEDS * OFFSETS };
static const double OFFSET_M[OFFSETS] = {0, -1, 1};
static const double CLEAR_M = 0.2, SHIFT_S = 3;
static const double EMERGENCY_S = 2, BRAKE_MPS2 = 4.05;
static const double W_PROGRESS = 5, W_TTC = 5, W_COMFORT = 2;
static const double PROGRESS_LEAST_M = 0.1;

typedef struct proposal {
  roadloom_action action;
  pdm_score score;
} proposal;

static int create(void **out, const roadloom_policy_config *config) {
  return sim_policy_envs_create(out, config, 0);
}

static int reset(void *policy, uint32_t env, uint64_t seed, const roadloom_route *route) {
  (void)policy, (void)env, (void)seed, (void)route;
  return 0;
}

static void plan_of(const roadloom_action *action, sim_plan *plan) {
  plan->count = (int)action->point_count;
  for (int k = 0; k < plan->count; k++) {
    plan->x_m[k] = action->points[k].x_m;
    plan->y_m[k] = action->points[k].y_m;
    plan->yaw_rad[k] = action->points[k].yaw_rad;
  }
  sim_plan_fit(plan);
}

static void propose(const roadloom_observation *o, double off_m, double v0,
                    const sim_path_lead *lead, proposal *out) {
  double gone_m[SIM_PLAN_STEPS + 1];
  sim_shift shift = {o->off_m, off_m, o->time_s, SHIFT_S};
  sim_plan plan;
  pdm_course course;
  sim_path_roll(o->ego.speed_mps, v0, *lead, gone_m);
  sim_path_trajectory(o, gone_m, &shift, &out->action);
  plan_of(&out->action, &plan);
  pdm_simulate(o, &plan, &course);
  out->score = pdm_judge(o, &course);
}

// Progress counts beside that of the proposal that gets farthest without a collision.
static double total(const pdm_score *s, double farthest_m) {
  double both = s->collisions * s->drivable;
  double progress = farthest_m > PROGRESS_LEAST_M ? least_of(1, s->progress_m / farthest_m) : 1;
  return both * (W_PROGRESS * progress + W_TTC * s->ttc + W_COMFORT * s->comfort) /
         (W_PROGRESS + W_TTC + W_COMFORT);
}

// Standing as soon as possible, on the same line.
static void brake(const roadloom_observation *o, roadloom_action *out) {
  double gone_m[SIM_PLAN_STEPS + 1], v = most_of(0, o->ego.speed_mps), gone = 0;
  sim_shift shift = {o->off_m, o->off_m, o->time_s, 1};
  for (int k = 0; k <= SIM_PLAN_STEPS; k++) {
    gone_m[k] = gone;
    double next = most_of(0, v - BRAKE_MPS2 * ROADLOOM_DT_S);
    gone += (v + next) / 2 * ROADLOOM_DT_S;
    v = next;
  }
  sim_path_trajectory(o, gone_m, &shift, out);
}

static void decide(const roadloom_observation *o, proposal *proposals, roadloom_action *out) {
  double limit = sim_path_limit(o), farthest = 0, best_total = -1;
  sim_path_lead red = sim_path_red(o);
  for (int k = 0; k < OFFSETS; k++) {
    sim_path_lead lead = sim_path_nearer(sim_path_ahead(o, OFFSET_M[k], CLEAR_M), red);
    for (int v = 0; v < SPEEDS; v++) {
      proposal *p = &proposals[k * SPEEDS + SPEEDS - 1 - v];
      propose(o, OFFSET_M[k], limit * (v + 1) / SPEEDS, &lead, p);
      if (p->score.collisions * p->score.drivable > 0)
        farthest = most_of(farthest, p->score.progress_m);
    }
  }
  int best = 0;
  for (int k = 0; k < PROPOSALS; k++) {
    double t = total(&proposals[k].score, farthest);
    if (t > best_total) { // of equal ones the middle of the lane, and the fastest
      best_total = t;
      best = k;
    }
  }
  uint32_t size = out->struct_size;
  *out = proposals[best].action;
  out->struct_size = size;
  if (proposals[best].score.crash_s <= EMERGENCY_S)
    brake(o, out);
}

static int step(void *policy, uint32_t n, const roadloom_observation *o, roadloom_action *actions) {
  (void)policy;
  proposal proposals[PROPOSALS];
  for (uint32_t i = 0; i < n; i++)
    decide(&o[i], proposals, &actions[i]);
  return 0;
}

const roadloom_policy sim_policy_pdm_closed = {.abi_version = ROADLOOM_POLICY_ABI,
                                               .struct_size = sizeof(roadloom_policy),
                                               .capabilities = ROADLOOM_POLICY_HAS_STATE,
                                               .name = "pdm_closed",
                                               .create = create,
                                               .reset = reset,
                                               .step_batch = step,
                                               .save_state = sim_policy_envs_save,
                                               .load_state = sim_policy_envs_load,
                                               .destroy = sim_policy_envs_destroy};
