// SPDX-License-Identifier: Apache-2.0
// Drives a recorded episode again, by what its ego's body was told, and compares every state.
#ifndef CLUSTER_DRIVE_REPLAY_H
#define CLUSTER_DRIVE_REPLAY_H

#include "base/status.h"
#include "cluster/job.h"
#include "export/episodes.h"
#include "sim/rollout.h"

typedef struct cluster_replay {
  int steps;                // recorded
  int differs_at;           // the first frame whose state isn't that of the record; -1: all are
  char end[24];             // as recorded
  char where[512];          // of the file of episodes
  char driven_by[JOB_TEXT]; // the version of the program that drove it
} cluster_replay;

/// Who looks on while an episode is replayed. Functions that are NULL aren't called; an error of
/// one ends the replay.
typedef struct cluster_replay_watch {
  void *context;
  bool film; // sim_rollout_seen of the rollout is there
  /// The scene, which stays until after `end`.
  status (*begin)(void *context, const cluster_script *from, const cluster_job *job,
                  const episodes_row *row, const scene *s, trouble *why);
  /// As decision k saw it, from 0 on; the last one is what the episode ended with.
  status (*frame)(void *context, sim_rollout *r, int k, trouble *why);
  /// When all states were as recorded. The rollout's record has all frames, and ends as recorded.
  status (*end)(void *context, const episodes_row *row, const scene *s, sim_rollout *r,
                trouble *why);
} cluster_replay_watch;

/// Replays episode `number` of a folder that `roadloom drive` made. STATUS_NOT_FOUND: there is no
/// such episode; and what reading the job, building the scene or stepping it does wrong. `watch`
/// may be NULL.
status cluster_drive_replay(const char *folder, uint32_t number, const cluster_replay_watch *watch,
                            cluster_replay *out, trouble *why);

#endif
