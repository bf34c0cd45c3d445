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

/// A policy's reset where an episode begins with zeros.
static inline int sim_policy_envs_reset(void *policy, uint32_t env, uint64_t seed,
                                        const roadloom_route *route) {
  (void)seed, (void)route;
  const sim_policy_envs *p = policy;
  if (env >= p->count)
    return 1;
  if (p->size > 0)
    memset(p->bytes + env * p->size, 0, p->size);
  return 0;
}

/// A policy's step_batch where each decision is taken by itself.
typedef void sim_policy_decide(void *env, const roadloom_observation *o, roadloom_action *out);
static inline int sim_policy_envs_step(void *policy, uint32_t n, const roadloom_observation *o,
                                       roadloom_action *actions, sim_policy_decide *decide) {
  for (uint32_t i = 0; i < n; i++) {
    void *env = sim_policy_env(policy, o[i].env);
    if (!env)
      return 1;
    decide(env, &o[i], &actions[i]);
  }
  return 0;
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
