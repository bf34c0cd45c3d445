// SPDX-License-Identifier: Apache-2.0
// Chunks through HDF5's shuffle and deflate filters, in threads: what goes in first
// comes out first, and equal chunks give equal bytes whatever the threads do.
#ifndef EXPORT_SHARD_PACK_H
#define EXPORT_SHARD_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef struct shard_packer shard_packer;

typedef struct shard_chunk {
  int dataset;           // the caller's
  uint64_t number, rows; // the caller's
  uint8_t *raw;          // malloc'd; the packer takes it
  size_t raw_size;
  size_t item_bytes;    // > 1: byte shuffle of items this large first
  bool shuffled;        // that was done already
  int left, above;      // items to the neighbour beside: a pixel's or 1; and above: a row's
  uint8_t *packed;      // out: malloc'd, the caller frees; NULL when memory ran out
  size_t packed_size;   // out
  uint32_t filter_mask; // out: HDF5's; the deflate filter's bit when it didn't pay
  uint64_t hash;        // out: XXH3 of the packed bytes
} shard_chunk;

/// Starts `threads` >= 1 threads. STATUS_MEMORY, STATUS_LIMIT (no more threads).
status shard_packer_create(shard_packer **out, int threads, trouble *why);
/// Waits for the threads and drops what wasn't taken. NULL is ignored.
void shard_packer_destroy(shard_packer *p);
/// True when another chunk should wait until one was taken: memory is bounded.
bool shard_packer_full(shard_packer *p);
/// Hands a chunk over. Only when not full.
void shard_packer_push(shard_packer *p, const shard_chunk *chunk);
/// Takes the oldest chunk, waiting for it if `wait`; false when there is none (or it
/// isn't ready and we don't wait).
bool shard_packer_take(shard_packer *p, bool wait, shard_chunk *out);
/// Seconds of CPU time that the threads spent packing.
double shard_packer_seconds(shard_packer *p);

/// HDF5's shuffle filter: byte k of each item together. Sizes need not be multiples.
void shard_shuffle(uint8_t *restrict out, const uint8_t *restrict in, size_t size,
                   size_t item_bytes);
/// Seconds of CPU time of this thread: time that others took from it doesn't count.
double shard_cpu_s(void);

#endif
