// SPDX-License-Identifier: Apache-2.0
// What the files of the shard reader share: shard_reader.c opens and checks, shard_frames.c reads
// frames.
#ifndef EXPORT_SHARD_READER_PART_H
#define EXPORT_SHARD_READER_PART_H

#include <hdf5.h>

#include "export/shard_reader.h"

enum { PATH_BYTES = 160 };

/// The arrays of one lidar's points and the rows that each frame has of them.
typedef struct lidar_in {
  uint64_t *offset; // (frame_count + 1)
  void *columns[SHARD_COLUMNS_MAX];
  uint64_t capacity;
} lidar_in;

struct shard_reader {
  char *path;
  hid_t file;
  int minor; // N of its format 1.N
  shard_summary about;
  shard_scenes_row *scenes;
  shard_frames_row *frames;
  shard_weather_row *weather;
  uint64_t *offset3d, *offset2d, *offset_signals; // (frame_count + 1)
  uint64_t *offset_joints3d, *offset_joints2d;    // NULL before format 1.6
  uint64_t *offset_amodal;                        // (box2d_count + 1); NULL before format 1.7
  frame_camera cameras[RIG_CAMERAS];
  lidar_in lidars[RIG_LIDARS];
  frame_box3d *boxes3d;
  frame_box2d *boxes2d;
  uint32_t *amodal_runs;
  frame_keypoints3d *joints3d;
  frame_keypoints2d *joints2d;
  uint8_t *signals;
  float *signal_left_s;
  int capacity3d, capacity2d, signal_capacity, left_capacity;
  int joints3d_capacity, joints2d_capacity, amodal_capacity;
};

/// Whether the shard's format has what is so described; what it has is there or the shard damaged.
bool shard_has(const shard_reader *r, const char *description);
status shard_damaged(const shard_reader *r, const char *what, trouble *why);
status shard_no_memory(const shard_reader *r, trouble *why);
/// Rows [first, first + count) of a dataset of that type, `width` values a row.
status shard_read_range(shard_reader *r, const char *path, shard_type stored, int text_bytes,
                        uint64_t width, uint64_t first, uint64_t count, void *out, trouble *why);

#endif
