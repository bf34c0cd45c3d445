// SPDX-License-Identifier: Apache-2.0
// Pictures of a replayed episode: strips, and what sensors see, by the renderer and the writers of
// generate and preview.
#ifndef CLI_REPLAY_FILM_H
#define CLI_REPLAY_FILM_H

#include "cluster/drive_replay.h"

/// What to make of it; NULL: not that.
typedef struct replay_film_def {
  const char *scores;  // CSV of what the scores are made of, frame by frame
  const char *strip;   // PNG of moments from above
  const char *follow;  // PNG of moments by a camera above and behind the ego
  const char *sensors; // names, "front,top"; and
  const char *output;  // the folder that their pictures go to, one a decision
  const char *shard;   // HDF5 of all that the rig sees and labels
  const char *device;  // NULL: choose
} replay_film_def;

/// Replays episode `number` of a folder and makes what is asked for when it is as recorded. What
/// cluster_drive_replay returns, and what devices, sensors and files do wrong.
status replay_film(const char *folder, uint32_t number, const replay_film_def *def,
                   cluster_replay *out, trouble *why);

#endif
