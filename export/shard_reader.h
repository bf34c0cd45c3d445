// SPDX-License-Identifier: Apache-2.0
// Shards read back. A file is checked against its seal first; then links out of the
// file, outside storage, virtual datasets and filters but shuffle and deflate are
// refused, and plugins are off, so that opening a stranger's file runs nothing.
#ifndef EXPORT_SHARD_READER_H
#define EXPORT_SHARD_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "export/shard_format.h"
#include "render/frame.h"

typedef struct shard_reader shard_reader;

/// What a person wants to know of a shard.
typedef struct shard_summary {
  char format_version[16], program_version[128], script_name[256], script_sha256[72];
  char modules_sha256[72]; // "" in shards of format 1.0
  char maps_sha256[72];    // "" in shards of formats 1.0 and 1.1
  char split[16], device[256];
  uint64_t seed, shard, bytes; // bytes of the whole file
  uint64_t scene_count, frame_count;
  double duration_s; // of all scenes
  rig_def rig;       // of the first scene
  uint64_t lidar_points[RIG_LIDARS];
  uint64_t box3d_count, box2d_count, track_count;
  uint64_t boxes3d_by_class[SEMANTIC_COUNT], boxes2d_by_class[SEMANTIC_COUNT];
} shard_summary;

/// Opens and checks a shard. STATUS_NOT_FOUND, STATUS_FORMAT (one line says what is
/// wrong), STATUS_MEMORY. One thread at a time; release with shard_close.
status shard_open(shard_reader **out, const char *path, trouble *why);
/// NULL is ignored.
void shard_close(shard_reader *r);
const shard_summary *shard_summary_of(const shard_reader *r);
/// Scene rows, (scene_count).
const shard_scenes_row *shard_scene_rows(const shard_reader *r);
/// Frame rows, (frame_count).
const shard_frames_row *shard_frame_rows(const shard_reader *r);
/// Weather rows, (frame_count).
const shard_weather_row *shard_weather_rows(const shard_reader *r);

/// The rig of scene row `scene_row`.
status shard_read_rig(shard_reader *r, uint64_t scene_row, rig_def *out, trouble *why);
/// Frame `index` of the shard. The arrays belong to the reader and hold until its next
/// frame is read. STATUS_RANGE, STATUS_FORMAT, STATUS_MEMORY.
status shard_read_frame(shard_reader *r, uint64_t index, frame *out, trouble *why);

/// Rows [first, first + count) of the table at `group` into `rows`, row structs of it. A column
/// that is missing is STATUS_FORMAT, unless the shard's format is older than it (shard_since of its
/// description, shard_minor of the summary's format_version): then it is all 0.
status shard_read_rows(shard_reader *r, shard_table_id table, const char *group, uint64_t first,
                       uint64_t count, void *rows, trouble *why);
/// Rows that the table at `group` has.
status shard_count_rows(shard_reader *r, shard_table_id table, const char *group, uint64_t *count,
                        trouble *why);

#endif
