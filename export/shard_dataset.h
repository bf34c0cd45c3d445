// SPDX-License-Identifier: Apache-2.0
// Rows of one dataset, when it has the type and shape that it should have.
#ifndef EXPORT_SHARD_DATASET_H
#define EXPORT_SHARD_DATASET_H

#include <hdf5.h>

#include "base/status.h"
#include "export/shard_format.h"

/// A dataset of a file and what its rows must be.
typedef struct shard_wanted {
  hid_t file;
  const char *file_path; // for error texts
  const char *path;      // in the file
  shard_type type;
  int text_bytes; // SHARD_TEXT: its length
  uint64_t width; // values a row
} shard_wanted;

/// Rows there are. STATUS_FORMAT when it is missing or of another type or shape.
status shard_dataset_rows(const shard_wanted *wanted, uint64_t *rows, trouble *why);
/// Reads rows [first, first + count) into `out`. STATUS_FORMAT also when there are fewer.
status shard_dataset_read(const shard_wanted *wanted, uint64_t first, uint64_t count, void *out,
                          trouble *why);

#endif
