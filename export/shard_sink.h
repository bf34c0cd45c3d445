// SPDX-License-Identifier: Apache-2.0
// A shard under construction: an HDF5 file in memory, its datasets, and the chunks
// on their way to it. Threads compress; libhdf5 is called only from the caller's
// thread, always in the same order, so that equal input makes equal files.
#ifndef EXPORT_SHARD_SINK_H
#define EXPORT_SHARD_SINK_H

#include <hdf5.h>
#include <stdbool.h>

#include "base/status.h"
#include "export/shard_format.h"

typedef struct shard_sink shard_sink;

/// A dataset to make: (rows, dims...), grown along the first axis.
typedef struct shard_dataset_def {
  const char *path;
  shard_type type;
  int text_bytes; // SHARD_TEXT: its length
  int dim_count;  // 0 .. 3 beyond the rows
  uint64_t dims[3];
  uint64_t chunk_rows;
  bool picture; // dims: height, width and, perhaps, channels; one a chunk
  const char *units, *frame, *invalid, *description;
} shard_dataset_def;

/// Starts the file and `threads` compressing threads. Takes `spare`, heap memory for the file or
/// NULL, in every case.
status shard_sink_create(shard_sink **out, int threads, void *spare, trouble *why);
/// Makes a group, with a description when that isn't NULL.
status shard_sink_group(shard_sink *sink, const char *path, const char *description, trouble *why);
/// Makes a dataset; its number goes to *id.
status shard_sink_dataset(shard_sink *sink, const shard_dataset_def *def, int *id, trouble *why);
/// Bytes of one row and of one whole chunk of a dataset.
size_t shard_sink_row_bytes(const shard_sink *sink, int id);
size_t shard_sink_chunk_bytes(const shard_sink *sink, int id);
uint64_t shard_sink_chunk_rows(const shard_sink *sink, int id);
/// Hands over the next chunk of a dataset: shard_sink_chunk_bytes, malloc'd, of which
/// the first `rows` rows count. The sink takes `raw` in every case.
status shard_sink_chunk(shard_sink *sink, int id, uint8_t *raw, uint64_t rows, trouble *why);
/// Hands over a copy of the next picture of a dataset, whose chunks are a row each.
status shard_sink_picture(shard_sink *sink, int id, const void *picture, trouble *why);
/// Waits until every chunk is in the file.
status shard_sink_flush(shard_sink *sink, trouble *why);
/// The file, for attributes; the sink keeps it.
hid_t shard_sink_file(const shard_sink *sink);

/// Where each chunk written so far lies, by dataset as made, then by number. Heap
/// memory that the caller frees. Only after shard_sink_flush.
status shard_sink_index(shard_sink *sink, shard_index_row **rows, size_t *count, trouble *why);
int shard_sink_dataset_count(const shard_sink *sink);
const char *shard_sink_path(const shard_sink *sink, int id);

/// Closes the file and gives its bytes, which the caller frees; `more` fit behind them.
status shard_sink_finish(shard_sink *sink, void **bytes, size_t *size, size_t more, trouble *why);
/// Frees all, finished or not. NULL is ignored.
void shard_sink_destroy(shard_sink *sink);
/// Seconds of CPU time that the threads spent packing.
double shard_sink_seconds(const shard_sink *sink);

#endif
