// SPDX-License-Identifier: Apache-2.0
// `roadloom generate` and `roadloom drive`: a job, made by however many ranks there are.
#ifndef CLUSTER_GENERATE_H
#define CLUSTER_GENERATE_H

#include "cluster/maker.h"
#include "cluster/split.h"

/// What the command line asks for. All strings belong to the caller.
typedef struct cluster_request {
  const char *script_path, *output;
  const char *const *further_paths; // (further_count) of scripts besides that one, or NULL
  int further_count;
  const char *library; // folder of shipped scripts or NULL
  const char *device;  // NULL: choose
  const script_override *overrides;
  int override_count;
  const char *kind;                // of the job, NULL: a dataset
  const cluster_setting *settings; // of that kind
  int setting_count;
  uint64_t seed;         // <= INT64_MAX
  uint32_t scenes;       // 1 .., of all scripts together, of each as many
  uint32_t shard_scenes; // 0: choose
  cluster_split split;
  const char *only; // make this shard alone ("train-00003"), or NULL
  const char *program_version;
  const char *command; // the command line that goes on with the job
} cluster_request;

/// How a launch ended.
typedef enum cluster_end {
  END_DONE = 0,
  END_TROUBLE = 1,
  END_QUARANTINE = 3,
  END_NO_SPACE = 4,
  END_STOPPED = 5,
  END_CONFLICT = 6,
} cluster_end;

/// Runs the job to its end and prints what there is to say (rank 0 only). Call it
/// before any thread is started and before MPI_Init, which it calls itself.
/// Collective: every rank returns the same value.
cluster_end cluster_generate(const cluster_request *request, const cluster_maker *maker);

#endif
