// SPDX-License-Identifier: Apache-2.0
// A policy that keeps what its sensors see: a file of each decision's roadloom_sensors, data and
// all, in the folder that POLICY_SENSES names. It rolls on.
#include <stdio.h>
#include <stdlib.h>

#include "policy_plain.h"

static int sense(void *policy, uint32_t env, const roadloom_sensors *sensors) {
  static int decision;
  char path[4096];
  (void)policy;
  if (env != 0 || sensors->struct_size != sizeof *sensors || sensors->begin_s < -0.2)
    return 1;
  if (sensors->begin_s < -0.05)
    decision = 0;
  snprintf(path, sizeof path, "%s/%05d.sensed", getenv("POLICY_SENSES"), decision++);
  FILE *to = fopen(path, "wb");
  if (!to || fwrite(sensors, 1, sensors->size, to) != sensors->size)
    return 1;
  return fclose(to);
}

static int step(void *policy, uint32_t n, const roadloom_observation *o, roadloom_action *a) {
  (void)policy, (void)o;
  for (uint32_t k = 0; k < n; k++)
    a[k].kind = ROADLOOM_ACTION_PEDALS;
  return 0;
}

__attribute__((visibility("default"))) const roadloom_policy *roadloom_policy_entry(void) {
  static const roadloom_policy table = {.abi_version = ROADLOOM_POLICY_ABI,
                                        .struct_size = sizeof(roadloom_policy),
                                        .capabilities = ROADLOOM_POLICY_SENSES,
                                        .name = "senses",
                                        .create = create,
                                        .reset = reset,
                                        .step_batch = step,
                                        .destroy = destroy,
                                        .sense = sense};
  return &table;
}
