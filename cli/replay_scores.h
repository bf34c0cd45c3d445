// SPDX-License-Identifier: Apache-2.0
// What an episode's scores are made of, frame by frame, as a table.
#ifndef CLI_REPLAY_SCORES_H
#define CLI_REPLAY_SCORES_H

#include "sim/scores.h"

/// Writes a CSV file of a row a frame: a surveyed record and the scores that were run on it.
/// docs/driving.md has the columns. STATUS_MEMORY, STATUS_IO, STATUS_NO_SPACE.
status replay_scores_write(const char *path, const sim_episode *e, const sim_scores *scores,
                           trouble *why);

#endif
