// SPDX-License-Identifier: Apache-2.0
// A policy that is bad on purpose: full throttle, whatever comes, and steering that wavers.
#include "policy_plain.h"

static int step(void *policy, uint32_t n, const roadloom_observation *o, roadloom_action *a) {
  (void)policy;
  for (uint32_t k = 0; k < n; k++) {
    a[k].kind = ROADLOOM_ACTION_PEDALS;
    a[k].throttle = 1;
    a[k].steer = o[k].step / 10 % 2 ? 0.1f : -0.1f;
  }
  return 0;
}

__attribute__((visibility("default"))) const roadloom_policy *roadloom_policy_entry(void) {
  static const roadloom_policy table = {.abi_version = ROADLOOM_POLICY_ABI,
                                        .struct_size = sizeof(roadloom_policy),
                                        .name = "reckless",
                                        .create = create,
                                        .reset = reset,
                                        .step_batch = step,
                                        .destroy = destroy};
  return &table;
}
