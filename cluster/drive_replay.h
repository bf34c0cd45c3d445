// SPDX-License-Identifier: Apache-2.0
// Drives a recorded episode again, by what its ego's body was told, and compares every state.
#ifndef CLUSTER_DRIVE_REPLAY_H
#define CLUSTER_DRIVE_REPLAY_H

#include "base/status.h"
#include "sim/episode.h"

typedef struct cluster_replay {
  int steps;       // recorded
  int differs_at;  // the first frame whose state isn't that of the record; -1: all are
  char end[24];    // as recorded
  char where[512]; // of the file of episodes
} cluster_replay;

/// Replays episode `number` of a folder that `roadloom drive` made. STATUS_NOT_FOUND: there is no
/// such episode; STATUS_CONFLICT: this program is of another version than the one that drove;
/// and what reading the job, building the scene or stepping it does wrong.
status cluster_drive_replay(const char *folder, uint32_t number, cluster_replay *out, trouble *why);

#endif
