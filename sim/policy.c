// SPDX-License-Identifier: Apache-2.0
#include "sim/policy.h"

#include <string.h>

const roadloom_policy *sim_policy_number(int n) {
  static const roadloom_policy *const all[] = {
      &sim_policy_constant_velocity, &sim_policy_idm,       &sim_policy_mobil, &sim_policy_aeb,
      &sim_policy_log_replay,        &sim_policy_pdm_closed};
  return n >= 0 && n < (int)(sizeof all / sizeof *all) ? all[n] : NULL;
}

const roadloom_policy *sim_policy_find(const char *name) {
  const roadloom_policy *found = NULL;
  for (int n = 0; (found = sim_policy_number(n)); n++)
    if (strcmp(found->name, name) == 0)
      break;
  return found;
}
