// SPDX-License-Identifier: Apache-2.0
// What a built-in policy keeps of each episode: equal plain structs, side by side. For sim/policy_*
// only.
#ifndef SIM_POLICY_ENVS_H
#define SIM_POLICY_ENVS_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "roadloom/policy.h"

typedef struct sim_policy_envs {
  uint32_t count;
  size_t size;          // of one's struct
  unsigned char *bytes; // (count, size)
} sim_policy_envs;

static inline int sim_policy_envs_create(void **out, const roadloom_policy_config *config,
                                         size_t size) {
  sim_policy_envs *p = malloc(sizeof *p);
  unsigned char *bytes = calloc(config->envs, size ? size : 1);
  *out = p;
  if (p && bytes) {
    *p = (sim_policy_envs){config->envs, size, bytes};
    return 0;
  }
  free(p);
  free(bytes);
  *out = NULL;
  return 1;
}

static inline void *sim_policy_env(void *policy, uint32_t env) {
  const sim_policy_envs *p = policy;
  return env < p->count ? p->bytes + env * p->size : NULL;
}

static inline size_t sim_policy_envs_save(const void *policy, uint32_t env, void *bytes,
                                          size_t size) {
  const sim_policy_envs *p = policy;
  if (env < p->count && size >= p->size && p->size > 0)
    memcpy(bytes, p->bytes + env * p->size, p->size);
  return p->size;
}

static inline int sim_policy_envs_load(void *policy, uint32_t env, const void *bytes, size_t size) {
  const sim_policy_envs *p = policy;
  if (env >= p->count || size != p->size)
    return 1;
  if (size > 0) // of one without memory there may be no bytes
    memcpy(p->bytes + env * p->size, bytes, size);
  return 0;
}

static inline void sim_policy_envs_destroy(void *policy) {
  sim_policy_envs *p = policy;
  if (p)
    free(p->bytes);
  free(p);
}

#endif
