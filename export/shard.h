// SPDX-License-Identifier: Apache-2.0
// One shard: a self-describing HDF5 file of whole scenes, built in memory and handed
// over as bytes (HDF5 never touches the disk; see docs/dataset-format.md).
#ifndef EXPORT_SHARD_H
#define EXPORT_SHARD_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "render/frame.h"
#include "scenes/scene.h"

typedef struct shard_writer shard_writer;

/// What the shard's root attributes say. Strings are copied.
typedef struct shard_about {
  const char *program_version;
  const char *script_name, *script_text, *script_sha256;
  const char *modules;   // what the script may require: "a.lua SHA-256\n…", "" when none
  const char *maps;      // that it may read: "town.xodr SHA-256\n…", "" when none
  const char *overrides; // "a=1\nb=2", "" when none
  const char *device;    // name and driver, for provenance
  const char *split;     // "train", "val", "test"
  uint64_t seed;
  uint32_t shard; // number in the job
  int threads;    // that compress; 0: two. Changes no byte
  void *spare;    // an earlier shard's bytes, whose memory this one takes in every case; NULL: none
} shard_about;

/// Starts a shard for that rig, which is copied. Call after any fork: it starts threads.
/// A writer belongs to one thread, and no two threads may use shards at once (libhdf5).
/// STATUS_MEMORY, STATUS_FORMAT.
status shard_create(shard_writer **out, const shard_about *about, const rig_def *rig, trouble *why);
/// Appends the scene's row, tracks, map and calibration; frames that follow belong to it.
/// STATUS_CONFLICT when its rig has other sensors or image sizes than the shard's (mounts
/// and lenses may differ from scene to scene).
status shard_add_scene(shard_writer *w, const scene *s, trouble *why);
/// Appends a frame; its arrays may be reused when this returns. Compressing goes on in the
/// background. STATUS_CONFLICT when it doesn't fit the rig or the scene.
status shard_add_frame(shard_writer *w, const frame *f, trouble *why);
/// Finishes: sets complete = 1, closes the file and gives its bytes, which the
/// caller frees. Equal input, equal bytes. The writer is destroyed either way.
status shard_finish(shard_writer *w, void **bytes, size_t *size, trouble *why);
/// Gives up on an unfinished shard. NULL is ignored.
void shard_abandon(shard_writer *w);
/// Seconds spent compressing and writing so far: CPU time, summed over the caller's thread and
/// those that compress. There is no I/O in it, and other work on a busy machine doesn't count.
double shard_seconds(const shard_writer *w);

#endif
