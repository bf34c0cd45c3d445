// SPDX-License-Identifier: Apache-2.0
// What a worker and a policy's process share: two regions of memory and two pipes.
//
// The first region the worker writes and the policy only reads: its head, the observation, the
// route's points, the log's, what its sensors see. The second one the policy writes: the action,
// with a canary on either side. The policy's process finds the numbers of its four files in
// ROADLOOM_POLICY_FDS: "IN OUT COMMANDS ANSWERS".
#ifndef CLUSTER_POLICY_SHARED_H
#define CLUSTER_POLICY_SHARED_H

#include <stdint.h>

#include "roadloom/policy.h"

#define POLICY_PROTOCOL 1
#define POLICY_FDS "ROADLOOM_POLICY_FDS"

enum { POLICY_ROUTE_MOST = 400000, POLICY_GUARD = 4096, POLICY_CANARY = 0xa5 };

/// Offsets are from the region's begin, in bytes.
typedef struct policy_shared_in {
  uint32_t protocol, abi_version;
  uint32_t observation_size, action_size;
  uint64_t seed;
  uint32_t route_count, log_count;
  uint64_t observation_at, route_at, log_at; // route, log: (count) x, y, yaw as double
  double goal_m, duration_s;
  uint64_t action_at;  // in the other region
  uint64_t sensors_at; // roadloom_sensors with their data; 0: none were asked for
} policy_shared_in;

static inline uint64_t policy_shared_observation_at(void) {
  return 4096;
}
static inline uint64_t policy_shared_route_at(void) {
  return policy_shared_observation_at() + (sizeof(roadloom_observation) + 4095) / 4096 * 4096;
}
static inline uint64_t policy_shared_log_at(void) {
  return policy_shared_route_at() + (uint64_t)POLICY_ROUTE_MOST * 3 * sizeof(double);
}
static inline uint64_t policy_shared_sensors_at(void) {
  return (policy_shared_log_at() + (uint64_t)POLICY_ROUTE_MOST * 3 * sizeof(double) + 4095) / 4096 *
         4096;
}
/// With sensors that take so many bytes.
static inline uint64_t policy_shared_in_size(uint64_t sensors) {
  return policy_shared_sensors_at() + sensors;
}
static inline uint64_t policy_shared_out_size(void) {
  return 2 * POLICY_GUARD + (sizeof(roadloom_action) + 4095) / 4096 * 4096;
}

/// The process of a library: loads it and answers until the commands end. Its exit code.
int cluster_policy_child(const char *library, int in, int out, int commands, int answers);

#endif
