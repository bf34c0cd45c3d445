// SPDX-License-Identifier: Apache-2.0
// The worker process: Lua, OpenCL and HDF5 live here, so that what crashes them
// crashes no supervisor. And what the two say to each other.
#ifndef CLUSTER_WORKER_H
#define CLUSTER_WORKER_H

#include "cluster/folder.h"
#include "cluster/journal.h"
#include "cluster/maker.h"

/// Orders and answers, with the struct each carries.
typedef enum cluster_word {
  WORD_JOB = 1, // to the worker: cluster_worker_job, then job.json's text; no answer
  WORD_PLAN,    // to the worker: nothing; answered by WORD_PLANNED
  WORD_OPEN,    // nothing; WORD_OPENED
  WORD_MAKE,    // cluster_worker_order; WORD_BEATs, then WORD_MADE
  WORD_CHECK,   // cluster_worker_order; WORD_CHECKED
  WORD_PLANNED, // cluster_worker_planned
  WORD_OPENED,  // cluster_worker_answer, device in its record
  WORD_BEAT,    // uint32_t: frames so far
  WORD_MADE,    // cluster_worker_answer
  WORD_CHECKED, // cluster_worker_answer
} cluster_word;

typedef struct cluster_worker_job {
  cluster_place place;
  int worker; // its number on its rank, from 1
} cluster_worker_job;

typedef struct cluster_worker_order {
  int unit;
  uint32_t try;
  char path[FOLDER_PATH];       // of the part to write or the shard to check
  char sha256[HASH_SHA256_HEX]; // a check's: what the journal says, "" if nothing
  uint64_t bytes;               // of that, the size
} cluster_worker_order;

typedef struct cluster_worker_planned {
  cluster_plan plan;
  trouble why; // code STATUS_OK when all is well
} cluster_worker_planned;

typedef struct cluster_worker_answer {
  cluster_record record;
  uint64_t wanted_bytes; // size of the shard, also when the disk was full
  trouble why;
} cluster_worker_answer;

/// A worker's main function for cluster_spawner_start; `context` is a
/// const cluster_maker.
int cluster_worker_run(int fd, void *context);

/// True when a failure with that status would happen the same way anywhere.
bool cluster_status_final(status code);

#endif
