// SPDX-License-Identifier: Apache-2.0
#include "with_rollout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

with_rollout with_rollout_of(const char *text, uint64_t seed, uint32_t index,
                             const sim_rollout_def *def, const roadloom_policy *policy) {
  with_rollout w = {.policy = policy};
  trouble why = {0};
  sim_rollout_def own = def ? *def : sim_rollout_def_default();
  own.wants_log |= policy && (policy->capabilities & ROADLOOM_POLICY_WANTS_LOG);
  if (script_open_text(&w.s, "test.lua", text, ".", LIBRARY_DIR, NULL, 0, &why) ||
      script_build(w.s, seed, index, &w.built, &why) ||
      sim_rollout_create(&w.r, w.built, &own, &why))
    fail_msg("%s\n  %s", text, why.text);
  roadloom_policy_config config = {sizeof config, ROADLOOM_POLICY_ABI, 1, ""};
  if (policy && (policy->create(&w.state, &config) ||
                 policy->reset(w.state, 0, seed, sim_rollout_route(w.r))))
    fail_msg("the policy %s refuses to begin", policy->name);
  return w;
}

void with_rollout_free(with_rollout *w) {
  if (w->policy)
    w->policy->destroy(w->state);
  sim_rollout_destroy(w->r);
  scene_destroy(w->built);
  script_close(w->s);
}

void with_rollout_act(with_rollout *w) {
  trouble why = {0};
  w->action.struct_size = sizeof w->action;
  if (sim_rollout_step(w->r, &w->action, &why))
    fail_msg("%s", why.text);
}

void with_rollout_step(with_rollout *w) {
  sim_rollout_observe(w->r, 0, &w->seen);
  w->action = (roadloom_action){.struct_size = sizeof w->action};
  if (w->policy->step_batch(w->state, 1, &w->seen, &w->action))
    fail_msg("the policy %s fails", w->policy->name);
  with_rollout_act(w);
}

sim_end with_rollout_run(with_rollout *w) {
  while (sim_rollout_ended(w->r) == SIM_END_OPEN)
    with_rollout_step(w);
  return sim_rollout_ended(w->r);
}
