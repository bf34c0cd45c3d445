// SPDX-License-Identifier: Apache-2.0
// Episodes of built scripts driven by policies, for tests.
#ifndef TESTS_SIM_WITH_ROLLOUT_H
#define TESTS_SIM_WITH_ROLLOUT_H

#include "scenes/script.h"
#include "sim/policy.h"
#include "sim/rollout.h"

typedef struct with_rollout {
  script *s;
  scene *built;
  sim_rollout *r;
  const roadloom_policy *policy;
  void *state;
  roadloom_observation seen;
  roadloom_action action;
} with_rollout;

/// An episode of scene `index` of `text`, of which `policy` (may be NULL) has been told. Fails the
/// test when it can't be.
with_rollout with_rollout_of(const char *text, uint64_t seed, uint32_t index,
                             const sim_rollout_def *def, const roadloom_policy *policy);
void with_rollout_free(with_rollout *w);
/// Asks the policy and takes the step.
void with_rollout_step(with_rollout *w);
/// Steps until it has ended; how.
sim_end with_rollout_run(with_rollout *w);
/// Takes a step with `action` as it stands.
void with_rollout_act(with_rollout *w);

#endif
