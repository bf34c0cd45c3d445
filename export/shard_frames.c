// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <stdlib.h>

#include "base/array.h"
#include "export/shard_reader_part.h"
#include "export/shard_rows.h"

static status read_camera(shard_reader *r, int number, uint64_t index, trouble *why) {
  const camera_def *camera = &r->about.rig.cameras[number];
  frame_camera *to = &r->cameras[number];
  const size_t pixels = (size_t)camera->width_px * (size_t)camera->height_px;
  to->width_px = camera->width_px;
  to->height_px = camera->height_px;
  status result = STATUS_OK;
  for (int i = 0; !result && i < SHARD_IMAGE_COUNT; i++) {
    const shard_image_info *image = &shard_images[i];
    if ((image->label && !(camera->labels & image->label)) || !shard_has(r, image->description))
      continue;
    uint64_t width = pixels * (uint64_t)(image->channels ? image->channels : 1);
    void **pointer = (void **)(void *)((char *)to + image->from);
    if (!*pointer && !(*pointer = malloc(width * shard_type_bytes(image->type))))
      return shard_no_memory(r, why);
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "/cameras/%s/%s", camera->name, image->name);
    result = shard_read_range(r, path, image->type, 0, width, index, 1, *pointer, why);
  }
  if (result || !camera->electronics.full)
    return result;
  char group[PATH_BYTES];
  shard_shots_row row;
  snprintf(group, sizeof group, "/cameras/%s/shots", camera->name);
  result = shard_read_rows(r, SHARD_TABLE_SHOTS, group, index, 1, &row, why);
  if (!result)
    to->shot = shard_shot_from(&row);
  return result;
}

static bool reserve_points(lidar_in *lidar, uint64_t count) {
  if (count <= lidar->capacity)
    return true;
  const shard_table_info *info = &shard_tables[SHARD_TABLE_LIDAR];
  for (int i = 0; i < info->column_count; i++) {
    void *more = realloc(lidar->columns[i], count * shard_type_bytes(info->columns[i].type));
    if (!more)
      return false;
    lidar->columns[i] = more;
  }
  lidar->capacity = count;
  return true;
}

static status read_lidar(shard_reader *r, int number, uint64_t index, frame_lidar *to,
                         trouble *why) {
  lidar_in *lidar = &r->lidars[number];
  const shard_table_info *info = &shard_tables[SHARD_TABLE_LIDAR];
  const uint64_t first = lidar->offset[index], count = lidar->offset[index + 1] - first;
  if (!reserve_points(lidar, count))
    return shard_no_memory(r, why);
  char group[PATH_BYTES / 2], path[PATH_BYTES];
  snprintf(group, sizeof group, "/lidars/%s", r->about.rig.lidars[number].name);
  for (int i = 0; i < info->column_count; i++) {
    snprintf(path, sizeof path, "%s/%s", group, info->columns[i].name);
    status result = shard_read_range(r, path, info->columns[i].type, 0, 1, first, count,
                                     lidar->columns[i], why);
    if (result)
      return result;
  }
  void **c = lidar->columns; // in SHARD_LIDAR's order
  *to = (frame_lidar){.count = (int)count,
                      .x_m = c[0],
                      .y_m = c[1],
                      .z_m = c[2],
                      .intensity = c[3],
                      .ring = c[4],
                      .t_ns = c[5],
                      .instance = c[6],
                      .semantic = c[7],
                      .echo = c[8]};
  return STATUS_OK;
}

static status read_boxes3d(shard_reader *r, uint64_t index, frame *out, trouble *why) {
  const uint64_t first = r->offset3d[index], count = r->offset3d[index + 1] - first;
  shard_boxes3d_row *rows = calloc(count + 1, sizeof *rows);
  if (!rows || !ARRAY_RESERVE(r->boxes3d, r->capacity3d, (int)count)) {
    free(rows);
    return shard_no_memory(r, why);
  }
  status result = shard_read_rows(r, SHARD_TABLE_BOXES3D, "/boxes3d", first, count, rows, why);
  for (uint64_t i = 0; !result && i < count; i++)
    r->boxes3d[i] = shard_box3d_from(&rows[i]);
  free(rows);
  out->boxes3d = r->boxes3d;
  out->box3d_count = (int)count;
  return result;
}

// The amodal masks of the boxes from that row on.
static status read_masks(shard_reader *r, uint64_t box, uint64_t count, frame *out, trouble *why) {
  const uint64_t *offset = r->offset_amodal + box, first = offset[0];
  const uint64_t runs = offset[count] - first;
  if (runs > INT32_MAX)
    return shard_damaged(r, "a frame has too many runs of masks", why);
  if (!ARRAY_RESERVE(r->amodal_runs, r->amodal_capacity, (int)runs + 1))
    return shard_no_memory(r, why);
  for (uint64_t i = 0; i < count; i++) {
    out->boxes2d[i].run_count = (uint32_t)(offset[i + 1] - offset[i]);
    out->boxes2d[i].run_first = out->boxes2d[i].run_count ? (uint32_t)(offset[i] - first) : 0;
  }
  out->amodal_runs = r->amodal_runs;
  out->amodal_run_count = (int)runs;
  return shard_read_range(r, "/amodal/run", SHARD_U32, 0, 1, first, runs, r->amodal_runs, why);
}

static status read_boxes2d(shard_reader *r, uint64_t index, frame *out, trouble *why) {
  const uint64_t first = r->offset2d[index], count = r->offset2d[index + 1] - first;
  shard_boxes2d_row *rows = calloc(count + 1, sizeof *rows);
  if (!rows || !ARRAY_RESERVE(r->boxes2d, r->capacity2d, (int)count)) {
    free(rows);
    return shard_no_memory(r, why);
  }
  status result = shard_read_rows(r, SHARD_TABLE_BOXES2D, "/boxes2d", first, count, rows, why);
  for (uint64_t i = 0; !result && i < count; i++)
    r->boxes2d[i] = shard_box2d_from(&rows[i]);
  free(rows);
  out->boxes2d = r->boxes2d;
  out->box2d_count = (int)count;
  return result || !r->offset_amodal ? result : read_masks(r, first, count, out, why);
}

static status read_keypoints3d(shard_reader *r, uint64_t index, frame *out, trouble *why) {
  const uint64_t first = r->offset_joints3d[index];
  const uint64_t count = r->offset_joints3d[index + 1] - first;
  shard_keypoints3d_row *rows = calloc(count + 1, sizeof *rows);
  if (!rows || !ARRAY_RESERVE(r->joints3d, r->joints3d_capacity, (int)count)) {
    free(rows);
    return shard_no_memory(r, why);
  }
  status result =
      shard_read_rows(r, SHARD_TABLE_KEYPOINTS3D, "/keypoints3d", first, count, rows, why);
  for (uint64_t i = 0; !result && i < count; i++)
    r->joints3d[i] = shard_keypoints3d_from(&rows[i]);
  free(rows);
  out->keypoints3d = r->joints3d;
  out->keypoints3d_count = (int)count;
  return result;
}

static status read_keypoints2d(shard_reader *r, uint64_t index, frame *out, trouble *why) {
  const uint64_t first = r->offset_joints2d[index];
  const uint64_t count = r->offset_joints2d[index + 1] - first;
  shard_keypoints2d_row *rows = calloc(count + 1, sizeof *rows);
  if (!rows || !ARRAY_RESERVE(r->joints2d, r->joints2d_capacity, (int)count)) {
    free(rows);
    return shard_no_memory(r, why);
  }
  status result =
      shard_read_rows(r, SHARD_TABLE_KEYPOINTS2D, "/keypoints2d", first, count, rows, why);
  for (uint64_t i = 0; !result && i < count; i++)
    r->joints2d[i] = shard_keypoints2d_from(&rows[i]);
  free(rows);
  out->keypoints2d = r->joints2d;
  out->keypoints2d_count = (int)count;
  return result;
}

static status read_signals(shard_reader *r, uint64_t index, frame *out, trouble *why) {
  const uint64_t first = r->offset_signals[index], count = r->offset_signals[index + 1] - first;
  if (!ARRAY_RESERVE(r->signals, r->signal_capacity, (int)count + 1))
    return shard_no_memory(r, why);
  out->signals = r->signals;
  out->signal_count = (int)count;
  status result =
      shard_read_range(r, "/signals/state", SHARD_U8, 0, 1, first, count, r->signals, why);
  if (result || r->minor < 5)
    return result;
  if (!ARRAY_RESERVE(r->signal_left_s, r->left_capacity, (int)count + 1))
    return shard_no_memory(r, why);
  out->signal_left_s = r->signal_left_s;
  return shard_read_range(r, "/signals/left_s", SHARD_F32, 0, 1, first, count, r->signal_left_s,
                          why);
}

status shard_read_frame(shard_reader *r, uint64_t index, frame *out, trouble *why) {
  if (index >= r->about.frame_count)
    return trouble_set(why, STATUS_RANGE, "%s: frame %llu: it has %llu", r->path,
                       (unsigned long long)index, (unsigned long long)r->about.frame_count);
  *out = (frame){0};
  shard_frame_from(out, &r->frames[index]);
  out->weather = shard_weather_from(&r->weather[index]);
  out->camera_count = r->about.rig.camera_count;
  out->lidar_count = r->about.rig.lidar_count;
  status result = STATUS_OK;
  for (int i = 0; !result && i < out->camera_count; i++) {
    result = read_camera(r, i, index, why);
    out->cameras[i] = r->cameras[i];
  }
  for (int i = 0; !result && i < out->lidar_count; i++)
    result = read_lidar(r, i, index, &out->lidars[i], why);
  if (!result)
    result = read_boxes3d(r, index, out, why);
  if (!result)
    result = read_boxes2d(r, index, out, why);
  if (!result)
    result = read_signals(r, index, out, why);
  if (!result && r->offset_joints3d)
    result = read_keypoints3d(r, index, out, why);
  if (!result && r->offset_joints2d)
    result = read_keypoints2d(r, index, out, why);
  return result;
}
