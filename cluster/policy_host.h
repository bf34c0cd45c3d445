// SPDX-License-Identifier: Apache-2.0
// A policy as a worker asks it. Those that the program brings along run in the worker; a library
// or a program runs in a process of its own, which the worker talks to in lock-step: observation
// and action lie in shared memory, a line over a pipe says whose turn it is. One that crashes,
// hangs or writes where it shouldn't ends its episode and is replaced for the next.
//
// What is said over the pipes, a line each, is in docs/driving.md; cluster/policy_shared.h has the
// memory.
#ifndef CLUSTER_POLICY_HOST_H
#define CLUSTER_POLICY_HOST_H

#include "base/hash.h"
#include "base/status.h"
#include "roadloom/policy.h"
#include "sim/episode.h"

enum { POLICY_TEXT = 200, POLICY_COMMAND = 4096 };

typedef struct cluster_policy cluster_policy;

/// What --policy says: the name of one that comes along, a library's path (it ends in .so), or the
/// command line of a program.
typedef enum policy_kind { POLICY_BUILT_IN, POLICY_LIBRARY, POLICY_PROGRAM } policy_kind;
policy_kind cluster_policy_kind_of(const char *what);

/// Says before any work whether there is such a policy: STATUS_NOT_FOUND with the names that there
/// are, or the file that is missing. `sha256` gets the hash of a library's file, or of the files
/// that a command names, together, its first word among them unless that is an interpreter of the
/// system's that runs the others; "" for those that come along, and for no files.
status cluster_policy_check(const char *what, char sha256[HASH_SHA256_HEX], trouble *why);

/// Gets ready; starts no process yet. `timeout_s` is how long an answer may take. `sensors` bytes
/// are for what its sensors see, 0: it has none. STATUS_MEMORY, STATUS_IO, STATUS_NOT_FOUND, and
/// STATUS_RANGE: one that comes along with sensors.
status cluster_policy_open(cluster_policy **out, const char *what, double timeout_s,
                           uint64_t sensors, trouble *why);
/// Whether it gets ready at all: opens it, starts its process and ends both. STATUS_NOT_FOUND with
/// what it said or how it ended when it doesn't, else as cluster_policy_open.
status cluster_policy_try(const char *what, double timeout_s, uint64_t sensors, trouble *why);
/// Ends its process, too. NULL is ignored.
void cluster_policy_close(cluster_policy *p);
/// Ends its process, so that the next episode begins with a fresh one.
void cluster_policy_forget(cluster_policy *p);

/// Whether it asks for the scene's log. Starts it where that has to be asked; `text` (POLICY_TEXT)
/// says why it couldn't be when `end` isn't SIM_END_OPEN.
bool cluster_policy_wants_log(cluster_policy *p, sim_end *end, char *text);
/// An episode begins. SIM_END_OPEN, or how the policy failed, with a line of POLICY_TEXT.
sim_end cluster_policy_reset(cluster_policy *p, uint64_t seed, const roadloom_route *route,
                             char *text);
/// Where the next observation is to be written.
roadloom_observation *cluster_policy_seen(cluster_policy *p);
/// Where what its sensors see is to be written before the next step; NULL when it has none.
roadloom_sensors *cluster_policy_sensed(cluster_policy *p);
/// Asks for a decision on it. `action` is filled when it is SIM_END_OPEN; whether it is any good is
/// for sim_rollout_step to say.
sim_end cluster_policy_step(cluster_policy *p, roadloom_action *action, char *text);

#endif
