// SPDX-License-Identifier: Apache-2.0
// What a person sees while a job runs: a bar on a terminal, a line now and then
// elsewhere. And each rank's events, for machines.
#ifndef CLUSTER_PROGRESS_H
#define CLUSTER_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

enum { PROGRESS_LINE = 256, PROGRESS_LINE_S = 10 };

typedef struct cluster_counts {
  int shards, shards_done, faults, quarantined;
  uint64_t scenes, scenes_done;
  uint64_t frames_expected; // of the whole job, 0 when unknown
  uint64_t frames_before;   // by earlier launches
  uint64_t frames_now;      // by this launch, those of unfinished shards included
  uint64_t bytes;           // of committed shards
  double seconds;           // since this launch began to make units
} cluster_counts;

typedef struct cluster_progress {
  bool terminal;
  double shown_s; // when last shown
} cluster_progress;

/// Looks whether stderr is a terminal.
cluster_progress cluster_progress_begin(void);
/// Shows the counts when it is time.
void cluster_progress_show(cluster_progress *progress, const cluster_counts *counts);
/// Ends the bar's line so that other text may follow.
void cluster_progress_end(cluster_progress *progress);
/// One line about the counts, without newline.
void cluster_counts_print(const cluster_counts *counts, char out[PROGRESS_LINE]);
/// "734 B", "1.2 MB", …; and "3:07", "2:15:00".
void cluster_bytes_print(uint64_t bytes, char out[24]);
void cluster_time_print(double seconds, char out[24]);

/// Appends to a rank's events file; fd -1 is ignored. A full disk loses events, not
/// data. unit -1: none.
void cluster_event(int fd, const char *event, int unit, const char *text);

#endif
