// SPDX-License-Identifier: Apache-2.0
// What is known about finished units: one line of JSON each, in a file a rank,
// appended and fsynced after the shard itself is safe. A line ends with a hash of
// what stands before it, so that a torn one is told from a whole one.
#ifndef CLUSTER_JOURNAL_H
#define CLUSTER_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/status.h"
#include "scenes/taxonomy.h"

enum { RECORD_TEXT = 128, RECORD_WAITS = 3, RECORD_WAIT = 160, JOURNAL_LINE = 4096 };

/// Where a unit's time went.
typedef enum cluster_stage {
  STAGE_BUILD,  // script and scene
  STAGE_MOVE,   // simulation
  STAGE_RENDER, // waiting for frames
  STAGE_WRITE,  // compressing and packing; overlaps with rendering
  STAGE_COMMIT, // file, fsync, hash
  STAGE_WALL,   // the whole unit from lease to part file
  STAGE_COUNT
} cluster_stage;

/// "build", "move", …
const char *cluster_stage_name(cluster_stage stage);

/// What behaviours of the script waited for in vain, by its line, and in how many scenes.
typedef struct record_wait {
  uint32_t scenes;
  char text[RECORD_WAIT];
} record_wait;

/// One finished unit. Plain data: it travels between processes as it is.
typedef struct cluster_record {
  int32_t unit;
  uint32_t try; // number of the lease that made it
  uint32_t scenes, frames;
  uint64_t bytes; // of the shard
  char sha256[HASH_SHA256_HEX];
  double seconds[STAGE_COUNT];
  uint64_t boxes[SEMANTIC_COUNT]; // 3D boxes by class, summed over frames
  char device[RECORD_TEXT];
  record_wait waits[RECORD_WAITS]; // the first ones; unused: 0 scenes
} cluster_record;

/// Writes the line with its newline; its length, or 0 when it doesn't fit (a bug).
size_t cluster_record_print(const cluster_record *record, const char *name, char out[JOURNAL_LINE]);
/// Reads one line (without newline). False when it is torn, damaged or foreign.
bool cluster_record_read(const char *line, size_t length, cluster_record *out);

/// Calls `each` for every whole line of a journal's text, in order; returns how
/// many lines were not whole.
int cluster_journal_scan(const char *text, size_t size,
                         void (*each)(void *context, const cluster_record *record), void *context);

typedef struct cluster_journal {
  int fd;
  char *path;
} cluster_journal;

/// Opens for appending, creates if needed; a torn last line is closed off with a
/// newline so that the next one stands alone.
status cluster_journal_open(cluster_journal *journal, const char *path, trouble *why);
/// Appends a line and fsyncs. On failure the file is cut back to what it was.
status cluster_journal_append(cluster_journal *journal, const cluster_record *record,
                              const char *name, trouble *why);
void cluster_journal_close(cluster_journal *journal);

#endif
