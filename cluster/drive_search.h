// SPDX-License-Identifier: Apache-2.0
// A search among the draws of a job's scripts for episodes that fail: its rounds, each of which
// draws by what the committed files of those before it say, and what they found together. A pure
// function of those files, so that every rank, a launch that goes on and a replay draw alike.
#ifndef CLUSTER_DRIVE_SEARCH_H
#define CLUSTER_DRIVE_SEARCH_H

#include <stdbool.h>

#include "cluster/job.h"
#include "sim/search.h"

/// What kind of search a job is; SIM_SEARCH_NONE for most.
sim_search cluster_search_kind(const cluster_job *job);
/// Whether a search of that kind can have so many episodes of a script: each round has as many.
/// STATUS_RANGE with the next number that does.
status cluster_search_check(sim_search kind, uint32_t count, trouble *why);
/// Episodes of a file, so that no file is of two rounds and a round has several; 0: choose.
uint32_t cluster_search_file(sim_search kind, uint32_t count);
/// The round that an episode of the job is of.
int cluster_search_round(const cluster_job *job, uint32_t episode);
/// cluster_maker's stage: the round of a unit.
int cluster_search_stage(const cluster_job *job, const cluster_units *units, int unit);

/// What one episode tells a search. The weight is 1 where nothing is tilted.
typedef struct cluster_search_row {
  uint32_t episode, scene;
  int script, round;
  bool broke_down; // the policy did, as a program: whether the scene would have failed isn't known
  char end[32];
  sim_search_sample of;
} cluster_search_row;

/// Episodes in order of script, round and number. All zero is empty.
typedef struct cluster_search_rows {
  int count, capacity;
  cluster_search_row *of; // (count)
  bool rejected;          // some draws were, by require_that()
} cluster_search_rows;
void cluster_search_rows_free(cluster_search_rows *rows);

/// The tilt that a round of a script (`number` of the job) draws by, from the files of all
/// rounds before it in the folder `output`. STATUS_NOT_FOUND where one is missing, STATUS_CONFLICT
/// where one was drawn otherwise, STATUS_FORMAT, STATUS_MEMORY.
status cluster_search_tilt(const char *output, const cluster_job *job, const cluster_units *units,
                           int number, int round, script_tilt *out, trouble *why);
/// Appends the episodes of all rounds of a script whose files are there.
status cluster_search_read(const char *output, const cluster_job *job, const cluster_units *units,
                           int number, cluster_search_rows *out, trouble *why);

/// Names of the columns that a search's episodes have besides the scores.
enum { SEARCH_COLUMNS = 3 };
extern const char *const cluster_search_columns[SEARCH_COLUMNS]; // round, attempt, weight

#endif
