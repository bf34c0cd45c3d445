// SPDX-License-Identifier: Apache-2.0
// How a part file becomes a shard that lasts.
#ifndef CLUSTER_COMMIT_H
#define CLUSTER_COMMIT_H

#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/status.h"
#include "cluster/journal.h"

typedef enum cluster_commit_end {
  COMMIT_NEW,       // the shard is there now
  COMMIT_SAME,      // it was there already, byte for byte; ours is dropped
  COMMIT_DIFFERENT, // another one was there; ours is kept beside it under `kept`
} cluster_commit_end;

/// Writes a part file and fsyncs it; on failure nothing is left. A full disk is
/// STATUS_NO_SPACE. Bytes that begin at a page go past the page cache where that can be.
status cluster_part_write(const char *path, const void *bytes, size_t size, int unit, int try,
                          trouble *why);
/// SHA-256 and size of a file.
status cluster_file_sha256(const char *path, char out[HASH_SHA256_HEX], uint64_t *size,
                           trouble *why);
/// Moves a written part file to `shard` without ever replacing one, fsyncs the
/// folder and appends the record to the journal. `kept` (of `kept_size` bytes) gets
/// the path of our file on COMMIT_DIFFERENT; that isn't journalled.
status cluster_commit(const char *part, const char *shard, const char *name,
                      const cluster_record *record, cluster_journal *journal,
                      cluster_commit_end *end, char *kept, size_t kept_size, trouble *why);

#endif
