// SPDX-License-Identifier: Apache-2.0
// The seal at the end of a shard: 24 bytes past the end of the HDF5 file, where every
// HDF5 reader ignores them. It tells a whole shard from a damaged one before libhdf5,
// which doesn't survive every damaged file, looks at it.
#ifndef EXPORT_SHARD_SEAL_H
#define EXPORT_SHARD_SEAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

enum { SHARD_SEAL_BYTES = 24 };

/// "RLSEAL1\n", then the size and the hash of the bytes before, little endian. The hash is
/// XXH3-64 of each MiB seeded with the one before's, the first with 0.
void shard_seal_make(const void *bytes, size_t size, uint8_t seal[SHARD_SEAL_BYTES]);
/// Reads the file once and checks it. STATUS_FORMAT says what is wrong with it:
/// not a shard, cut short, or damaged. *size is that of the whole file.
status shard_seal_check(const char *path, uint64_t *size, trouble *why);

#endif
