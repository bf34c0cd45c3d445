// SPDX-License-Identifier: Apache-2.0
// What policies of the tests that keep nothing share.
#ifndef TESTS_POLICY_PLAIN_H
#define TESTS_POLICY_PLAIN_H

#include <stddef.h>

#include <roadloom/policy.h>

static int create(void **out, const roadloom_policy_config *config) {
  *out = NULL;
  return config->abi_version != ROADLOOM_POLICY_ABI;
}

static int reset(void *policy, uint32_t env, uint64_t seed, const roadloom_route *route) {
  (void)policy, (void)env, (void)seed, (void)route;
  return 0;
}

static void destroy(void *policy) {
  (void)policy;
}

#endif
