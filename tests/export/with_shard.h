// SPDX-License-Identifier: Apache-2.0
// A shard in a file that tests spoil.
#ifndef TESTS_EXPORT_WITH_SHARD_H
#define TESTS_EXPORT_WITH_SHARD_H

#include <hdf5.h>
#include <stddef.h>
#include <stdint.h>

typedef struct sample {
  char folder[64], path[96];
  uint8_t *bytes; // the whole shard, as it should be
  size_t size;
} sample;

/// A shard of one scene with two frames of `cameras` cameras and a lidar; its path is free.
sample *sample_create(int cameras);
void sample_destroy(sample *s);
void sample_write(const sample *s, const void *bytes, size_t size);
/// Seals what libhdf5 has written to the sample's path.
void sample_seal(const sample *s);
/// The whole shard without its seal, at the sample's path and open to be changed. Close it with
/// H5Fclose, then sample_seal.
hid_t sample_open(const sample *s);
/// Opens the sample's path, which must be refused with one line that names the file and has `part`.
void sample_refused(const sample *s, const char *part);

#endif
