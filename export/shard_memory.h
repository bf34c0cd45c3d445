// SPDX-License-Identifier: Apache-2.0
// An HDF5 file that lives in memory: libhdf5's core driver on a buffer of ours. The
// buffer is caught when the file closes, because an image taken from an open file
// is refused by readers.
#ifndef EXPORT_SHARD_MEMORY_H
#define EXPORT_SHARD_MEMORY_H

#include <hdf5.h>

#include "base/status.h"

typedef struct shard_memory {
  unsigned char *bytes; // malloc'd, at a page's begin
  size_t size, capacity;
  int failed; // memory ran out
} shard_memory;

/// Creates the file; `memory` (zeroed but for a buffer that it may take over, see
/// shard_memory_over) must outlive it. Equal calls make equal bytes: no times, fixed format
/// versions, and what libhdf5 leaves unwritten is 0.
status shard_memory_create(shard_memory *memory, hid_t *file, trouble *why);
/// Takes over `spare`, the bytes of an earlier file or NULL: pages that are there needn't be made.
shard_memory shard_memory_over(void *spare);
/// Closes the file and cuts memory->size to the file's true end; `more` bytes fit behind it.
status shard_memory_close(shard_memory *memory, hid_t file, size_t more, trouble *why);
/// Frees the buffer, after the file was closed.
void shard_memory_free(shard_memory *memory);

#endif
