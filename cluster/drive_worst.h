// SPDX-License-Identifier: Apache-2.0
// Which episodes are the worst, and pictures of them from above. A worker draws those of its unit
// as it drives them and keeps them in the unit's file; the worst of all are among them.
#ifndef CLUSTER_DRIVE_WORST_H
#define CLUSTER_DRIVE_WORST_H

#include "export/episodes.h"
#include "sim/scores.h"

enum { DRIVE_WORST = 10 };

/// What orders episodes: these scores, the last one from high to low, then their numbers.
enum { DRIVE_WORST_SCORES = 3 };
extern const char *const drive_worst_scores[DRIVE_WORST_SCORES];

typedef struct drive_badness {
  double nuplan, carla, delta_v; // finite or INFINITY
  uint32_t episode;
  int row; // the caller's
} drive_badness;

/// By those scores, NaN where they have no value: that comes last.
drive_badness drive_badness_of(const double scores[DRIVE_WORST_SCORES], uint32_t episode);
/// For qsort: the worst first.
int drive_worse_first(const void *a, const void *b);

/// The worst of a unit so far.
typedef struct drive_worst drive_worst;

/// Nobody. STATUS_MEMORY. Release with drive_worst_destroy.
status drive_worst_create(drive_worst **out, trouble *why);
/// NULL is ignored.
void drive_worst_destroy(drive_worst *worst);
/// Draws an episode when it is among the worst so far: its whole way, and three moments up to its
/// gravest fault, or over its time when it has none. `e` is surveyed, `scores` were run on it.
/// STATUS_MEMORY.
status drive_worst_offer(drive_worst *worst, drive_badness how, const scene *s,
                         const sim_episode *e, const sim_scores *scores, trouble *why);
/// Appends the pictures to a file's content, by episode. STATUS_MEMORY.
status drive_worst_put(const drive_worst *worst, episodes *to, trouble *why);

#endif
