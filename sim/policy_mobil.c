// SPDX-License-Identifier: Apache-2.0
// mobil: idm with lane changes. MOBIL (Kesting, Treiber, Helbing 2007): a change is safe when the
// one who will be behind needn't brake harder than 4 m/s2, and worth it when what oneself gains,
// and others with a politeness of 0.2, is above 0.2 m/s2. It leaves the way's own lane for the
// one beside it, and comes back when that is worth it or the other one parts from the way.
#include <math.h>

#include "base/least.h"
#include "sim/policy.h"
#include "sim/policy_envs.h"
#include "sim/policy_path.h"

static const double V0_MPS = 10, CLEAR_M = 0.2, CHANGE_S = 4;
static const double POLITE = 0.2, WORTH_MPS2 = 0.2, SAFE_MPS2 = 4, REST_S = 2;
static const double ROOM_S = 6, ROOM_M = 40; // ahead that the lanes have to stay beside each other

typedef struct mobil_env {
  int begun;
  double ends_s; // of the last change
  sim_shift shift;
} mobil_env;

static int create(void **out, const roadloom_policy_config *config) {
  return sim_policy_envs_create(out, config, sizeof(mobil_env));
}

// Offset of the lane beside, 0 when there is none for as long as a change takes, and more.
static double beside(const roadloom_observation *o, int side) {
  double far = most_of(ROOM_M, o->ego.speed_mps * ROOM_S), off = 0;
  for (uint32_t k = 0; k < o->route_count && k * ROADLOOM_ROUTE_STEP_M <= far; k++) {
    double m = side > 0 ? o->route[k].left_m : o->route[k].right_m;
    if (m <= 0)
      return 0;
    off = k == 0 ? m : off;
  }
  return side * off;
}

// The one behind the ego on a path at that offset: its gap to the ego's rear.
typedef struct follower {
  double gap_m, v_mps;
} follower;

static follower behind(const roadloom_observation *o, double off_m) {
  follower nearest = {INFINITY, 0};
  double half = o->ego.width_m / 2 + CLEAR_M, middle = o->ego.rear_to_middle_m;
  double rear = middle - o->ego.length_m / 2;
  for (uint32_t k = 0; k < o->agent_count; k++) {
    if (o->agents[k].kind >= ROADLOOM_PEDESTRIAN)
      continue;
    sim_path_body b = sim_path_agent(o, &o->agents[k]);
    bool aside = b.left_m < off_m - half || b.right_m > off_m + half;
    if (aside || (b.front_m + b.rear_m) / 2 > middle || rear - b.front_m >= nearest.gap_m)
      continue;
    nearest = (follower){rear - b.front_m, most_of(0, b.along_mps)};
  }
  return nearest;
}

// Acceleration of a follower whose leader is the ego, or who is gap_m farther from the next.
static double of_follower(const roadloom_observation *o, const follower *f, double gap_m,
                          double lead_mps) {
  return isinf(f->gap_m) ? 0 : sim_path_idm(f->v_mps, o->route[0].limit_mps, gap_m, lead_mps);
}

static bool worth(const roadloom_observation *o, double v0, double from_m, double to_m,
                  double bonus) {
  double v = o->ego.speed_mps;
  sim_path_lead here = sim_path_ahead(o, from_m, CLEAR_M);
  sim_path_lead there = sim_path_ahead(o, to_m, CLEAR_M);
  follower old = behind(o, from_m), new = behind(o, to_m);
  if (there.gap_m < 2 || new.gap_m < 2)
    return false;
  double length = o->ego.length_m;
  double new_after = of_follower(o, &new, new.gap_m, v);
  if (new_after < -SAFE_MPS2)
    return false;
  double new_before = of_follower(o, &new, new.gap_m + length + there.gap_m, there.v_mps);
  double old_before = of_follower(o, &old, old.gap_m, v);
  double old_after = of_follower(o, &old, old.gap_m + length + here.gap_m, here.v_mps);
  double own =
      sim_path_idm(v, v0, there.gap_m, there.v_mps) - sim_path_idm(v, v0, here.gap_m, here.v_mps);
  return own + POLITE * (new_after - new_before + old_after - old_before) + bonus > WORTH_MPS2;
}

static void change(mobil_env *e, const roadloom_observation *o, double to_m) {
  e->shift = (sim_shift){e->shift.to_m, to_m, o->time_s, CHANGE_S};
  e->ends_s = o->time_s + CHANGE_S;
}

static void choose(mobil_env *e, const roadloom_observation *o, double v0) {
  double at = e->shift.to_m;
  if (o->time_s < e->ends_s + REST_S || o->ego.speed_mps < 2)
    return;
  if (at != 0) {
    bool parts = beside(o, at > 0 ? 1 : -1) == 0;
    if (worth(o, v0, at, 0, parts ? 8 : 0.3)) // the way's own lane is where it has to be
      change(e, o, 0);
    return;
  }
  for (int side = 1; side >= -1; side -= 2) {
    double to = beside(o, side);
    if (to != 0 && worth(o, v0, 0, to, 0)) {
      change(e, o, to);
      return;
    }
  }
}

static void decide(void *env, const roadloom_observation *o, roadloom_action *out) {
  mobil_env *e = env;
  if (!e->begun)
    e->shift = (sim_shift){o->off_m, 0, o->time_s, 3};
  e->begun = 1;
  double v0 = least_of(V0_MPS, sim_path_limit(o)), gone_m[SIM_PLAN_STEPS + 1];
  choose(e, o, v0);
  double now = sim_shift_at(&e->shift, o->time_s);
  sim_path_lead lead = sim_path_nearer(sim_path_ahead(o, now, CLEAR_M), sim_path_red(o));
  lead = sim_path_nearer(lead, sim_path_ahead(o, e->shift.to_m, CLEAR_M));
  sim_path_roll(o->ego.speed_mps, v0, lead, gone_m);
  sim_path_trajectory(o, gone_m, &e->shift, out);
}

static int step(void *policy, uint32_t n, const roadloom_observation *o, roadloom_action *actions) {
  return sim_policy_envs_step(policy, n, o, actions, decide);
}

const roadloom_policy sim_policy_mobil = {.abi_version = ROADLOOM_POLICY_ABI,
                                          .struct_size = sizeof(roadloom_policy),
                                          .capabilities = ROADLOOM_POLICY_HAS_STATE,
                                          .name = "mobil",
                                          .create = create,
                                          .reset = sim_policy_envs_reset,
                                          .step_batch = step,
                                          .save_state = sim_policy_envs_save,
                                          .load_state = sim_policy_envs_load,
                                          .destroy = sim_policy_envs_destroy};
