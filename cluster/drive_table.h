// SPDX-License-Identifier: Apache-2.0
// All episodes of a job as one table, and what they say together: rates, means and intervals of
// any part of them. What a report prints comes from here.
#ifndef CLUSTER_DRIVE_TABLE_H
#define CLUSTER_DRIVE_TABLE_H

#include "cluster/report.h"
#include "export/episodes.h"
#include "sim/episode.h"
#include "sim/statistics.h"

/// All zero is empty. Release with drive_table_free.
typedef struct drive_table {
  int count, capacity, score_capacity;
  episodes_row *rows; // (count) in the order of episodes
  int score_count;
  char score_names[EPISODES_SCORES][EPISODES_SCORE_NAME];
  double *scores; // (count, score_count) NaN: no value
} drive_table;

/// Reads the files of all units that are there. STATUS_FORMAT where one isn't as it should be or
/// has other scores than those before it; STATUS_MEMORY.
status drive_table_read(drive_table *out, const cluster_outcome *outcome, trouble *why);
/// Adds the episodes of one file, likewise.
status drive_table_add(drive_table *out, const char *path, trouble *why);
void drive_table_free(drive_table *t);
/// A score of a row; NaN when it has no value.
double drive_table_score(const drive_table *t, int row, int score);
/// The number of a score, -1 when there is none of that name.
int drive_table_find(const drive_table *t, const char *name);

/// By what episodes are told apart.
typedef enum drive_key {
  DRIVE_SCRIPT,
  DRIVE_SCENARIO,
  DRIVE_PLACE,
  DRIVE_WEATHER,
  DRIVE_KEYS
} drive_key;
/// "script", "scenario", ...
const char *drive_key_name(drive_key key);

/// The different values of a key: scripts in the order of the job, others by name.
typedef struct drive_values {
  int count, capacity;
  const char **names; // (count) owned; strings are the table's
} drive_values;
status drive_values_find(drive_values *out, const drive_table *t, drive_key key, trouble *why);
void drive_values_free(drive_values *v);

/// Whether an episode has what a fault says; those whose policy failed have none.
typedef struct drive_fault {
  const char *name, *says; // for programs; for people
} drive_fault;
enum { DRIVE_FAULTS = 12 };
extern const drive_fault drive_faults[DRIVE_FAULTS];
/// Which of them an episode has, as its scores tell. False: nothing is known of it.
bool drive_table_faults(const drive_table *t, int row, bool has[DRIVE_FAULTS]);

/// What some of the episodes say together. Scores are of those whose policy didn't fail.
typedef struct drive_sums {
  int count, failed, truncated;
  int ends[SIM_END_COUNT];
  int scored;               // episodes that faults can be told of
  int faults[DRIVE_FAULTS]; // of those, episodes with that fault
  double seconds, way_m;
  int progress_count; // of episodes that say how far the goal is
  double progress;    // mean share of the way to it, NaN when no episode has any
  struct {
    int values;      // episodes with a finite one
    double mean, sd; // NaN without; sd of one value is 0
    sim_interval of; // of a whole score's mean, else NaN
  } scores[EPISODES_SCORES];
} drive_sums;

/// Sums those rows whose `key` has that value; value NULL: all. Whole scores
/// (sim_score_is_whole) get intervals by resampling scenes, drawn from `seed`. STATUS_MEMORY.
status drive_sums_of(drive_sums *out, const drive_table *t, drive_key key, const char *value,
                     uint64_t seed, trouble *why);

#endif
