// SPDX-License-Identifier: Apache-2.0
// Two policies on the same scenes: the mean difference of each score and fault over the pairs of
// episodes, with its interval.
#ifndef CLUSTER_DRIVE_COMPARE_H
#define CLUSTER_DRIVE_COMPARE_H

#include "cluster/drive_table.h"

enum { DRIVE_COMPARED = EPISODES_SCORES + DRIVE_FAULTS };

/// One score or fault, over the pairs in which both have a value.
typedef struct drive_compared {
  const char *name; // of a whole score, or a fault's for programs
  bool fault;       // its values are 0 and 1
  int pairs;
  double mean_a, mean_b;   // NaN without pairs
  sim_interval difference; // of a - b, 95 %: scenes resampled (sim_paired_difference)
} drive_compared;

typedef struct drive_comparison {
  char policy_a[256], policy_b[256];
  drive_table a, b;
  int pairs;            // episodes of the same scene whose policies didn't fail
  int failed;           // pairs left out for a policy that failed
  int alone_a, alone_b; // episodes whose scene the other job hasn't
  int count;
  drive_compared of[DRIVE_COMPARED];
} drive_comparison;

/// Compares what two folders of `roadloom drive` hold, scene by scene (by the scene's content
/// hash; where a job has one several times, in order). STATUS_CONFLICT: no scene is in both. What
/// reading does wrong. Release with drive_comparison_free, after a failure, too.
status drive_compare(const char *a, const char *b, drive_comparison *out, trouble *why);
void drive_comparison_free(drive_comparison *c);

#endif
