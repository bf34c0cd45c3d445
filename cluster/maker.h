// SPDX-License-Identifier: Apache-2.0
// What a worker process does with a unit, as a table of functions: the cluster
// knows how units are shared out, committed and counted, not what is in them.
// cluster/unit.h has the product's.
#ifndef CLUSTER_MAKER_H
#define CLUSTER_MAKER_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "cluster/job.h"
#include "cluster/journal.h"

/// Where a worker runs: not part of the job.
typedef struct cluster_place {
  char device[256];            // what --device said, "" to choose
  char output[512];            // folder of the job
  int local_rank, local_ranks; // among the ranks of this machine
} cluster_place;

/// What the first scene says about all.
typedef struct cluster_plan {
  uint64_t scene_bytes; // raw arrays of its frames, roughly
  uint32_t frames;      // in it
  uint64_t first_scene_hash;
} cluster_plan;

/// Called as work goes on: silence for long means hanging.
typedef struct cluster_beat {
  void (*call)(void *context, uint32_t frames);
  void *context;
} cluster_beat;

/// A finished unit: heap bytes that the caller frees or gives back, and the parts of its record
/// that the maker knows (scenes, frames, seconds, boxes).
typedef struct cluster_made {
  void *bytes;
  size_t size;
  cluster_record record;
} cluster_made;

struct cluster_outcome;

/// All but the report run in a worker process, one call at a time.
typedef struct cluster_maker {
  /// What a job leaves beside its shards and the manifest, written by rank 0 when it is over; and
  /// the name of the file to look at first.
  status (*report)(const struct cluster_outcome *outcome, trouble *why);
  const char *report_name;
  /// SHA-256 of what decides bytes besides the job's own fields. Called anywhere.
  void (*sources)(char out[HASH_SHA256_HEX]);
  /// Looks at the first scene; needs no device. The job has no id yet.
  status (*plan)(const cluster_job *job, cluster_plan *out, trouble *why);
  /// When a unit's turn is: after all units of lower stages, whose files it may read; NULL: all at
  /// once. < 256.
  int (*stage)(const cluster_job *job, const cluster_units *units, int unit);
  /// Gets ready to make units; `device` gets its name. `job` outlives `state`.
  status (*open)(void **state, const cluster_job *job, const cluster_units *units,
                 const cluster_place *place, char device[RECORD_TEXT], trouble *why);
  /// STATUS_SYNTAX, _RANGE, _REJECTED, _NOT_FOUND and _CONFLICT mean: it would fail the same
  /// way anywhere.
  status (*make)(void *state, int unit, cluster_beat beat, cluster_made *out, trouble *why);
  /// Takes a unit's bytes back once they are written, for the next unit's; NULL: they are freed.
  void (*take_back)(void *state, void *bytes);
  void (*close)(void *state);
  /// Is this file a whole shard of that unit? Fills scenes and frames. STATUS_FORMAT.
  status (*check)(const cluster_job *job, const cluster_units *units, int unit, const char *path,
                  cluster_record *out, trouble *why);
} cluster_maker;

#endif
