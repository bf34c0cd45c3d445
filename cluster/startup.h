// SPDX-License-Identifier: Apache-2.0
// From a command line to a job that all ranks agree on and a folder that is ours.
#ifndef CLUSTER_STARTUP_H
#define CLUSTER_STARTUP_H

#include "cluster/generate.h"
#include "cluster/lock.h"
#include "cluster/rank.h"

/// What rank 0 found out before anything is written.
typedef struct cluster_start {
  cluster_folder_state folder;
  uint32_t frames;                 // of the first scene
  char root_hash[HASH_SHA256_HEX]; // of a dataset that is complete already
  bool complete;
} cluster_start;

/// Rank 0: reads the script, looks at its first scene in a worker, seals the job in
/// rank->job and compares it with what is in the folder. Writes nothing.
status cluster_start_plan(cluster_rank *rank, const cluster_request *request,
                          const cluster_maker *maker, cluster_start *out, trouble *why);
/// Gives rank 0's job and attempt to all. Collective.
status cluster_start_share(cluster_rank *rank, trouble *why);
/// Rank 0: makes the folder, takes its lock, writes job.json or finds the same
/// there, and removes what earlier launches left in tmp/. On failure what this made
/// is gone again.
status cluster_start_folder(cluster_rank *rank, cluster_start *start, cluster_lock **lock,
                            trouble *why);
/// Opens this rank's journal and events file.
status cluster_start_files(cluster_rank *rank, trouble *why);

#endif
