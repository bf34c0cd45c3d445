// SPDX-License-Identifier: Apache-2.0
#include "export/shard_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "export/shard_dataset.h"
#include "export/shard_guard.h"
#include "export/shard_h5.h"
#include "export/shard_reader_part.h"
#include "export/shard_rows.h"
#include "export/shard_seal.h"

status shard_damaged(const shard_reader *r, const char *what, trouble *why) {
  H5Eclear2(H5E_DEFAULT);
  return trouble_set(why, STATUS_FORMAT, "%s: %s", r->path, what);
}

status shard_no_memory(const shard_reader *r, trouble *why) {
  return trouble_set(why, STATUS_MEMORY, "%s: no memory to read it", r->path);
}

bool shard_has(const shard_reader *r, const char *description) {
  return shard_since(description) <= r->minor;
}

status shard_read_range(shard_reader *r, const char *path, shard_type stored, int text_bytes,
                        uint64_t width, uint64_t first, uint64_t count, void *out, trouble *why) {
  shard_wanted wanted = {r->file, r->path, path, stored, text_bytes, width};
  return shard_dataset_read(&wanted, first, count, out, why);
}

static uint64_t file_width(const shard_reader *r, const shard_column_info *column) {
  return column->type == SHARD_TEXT
             ? 1
             : (uint64_t)shard_column_width(column, r->about.rig.lidar_count);
}

static int text_bytes(const shard_column_info *column) {
  return column->type == SHARD_TEXT ? column->d0 : 0;
}

static void column_path(char path[PATH_BYTES], const char *group, const char *name) {
  snprintf(path, PATH_BYTES, "%s/%s", group, name);
}

status shard_count_rows(shard_reader *r, shard_table_id table, const char *group, uint64_t *count,
                        trouble *why) {
  const shard_column_info *column = &shard_tables[table].columns[0];
  char path[PATH_BYTES];
  column_path(path, group, column->name);
  shard_wanted wanted = {
      r->file, r->path, path, column->type, text_bytes(column), file_width(r, column)};
  return shard_dataset_rows(&wanted, count, why);
}

status shard_read_rows(shard_reader *r, shard_table_id table, const char *group, uint64_t first,
                       uint64_t count, void *rows, trouble *why) {
  const shard_table_info *info = &shard_tables[table];
  memset(rows, 0, count * info->row_bytes);
  for (int i = 0; i < info->column_count; i++) {
    const shard_column_info *column = &info->columns[i];
    if (!shard_has(r, column->description))
      continue;
    uint64_t width = file_width(r, column);
    size_t bytes =
        column->type == SHARD_TEXT ? (size_t)column->d0 : width * shard_type_bytes(column->type);
    uint8_t *values = calloc(count ? count : 1, bytes);
    if (!values)
      return shard_no_memory(r, why);
    char path[PATH_BYTES];
    column_path(path, group, column->name);
    status result = shard_read_range(r, path, column->type, text_bytes(column), width, first, count,
                                     values, why);
    for (uint64_t k = 0; !result && k < count; k++)
      memcpy((uint8_t *)rows + k * info->row_bytes + column->row_offset, values + k * bytes, bytes);
    free(values);
    if (result)
      return result;
  }
  return STATUS_OK;
}

/// Reads all rows of a table whose rows must be `expected`; heap memory.
static status read_all_rows(shard_reader *r, shard_table_id table, uint64_t expected, void **rows,
                            trouble *why) {
  const shard_table_info *info = &shard_tables[table];
  *rows = calloc(expected ? expected : 1, info->row_bytes);
  if (!*rows)
    return shard_no_memory(r, why);
  return shard_read_rows(r, table, info->group, 0, expected, *rows, why);
}

/// Reads a ragged table's offsets and checks that they can be what they should.
static status read_offsets(shard_reader *r, shard_table_id table, const char *group,
                           uint64_t owners, uint64_t **out, trouble *why) {
  char path[PATH_BYTES], what[PATH_BYTES + 64];
  column_path(path, group, "offset");
  uint64_t rows = 0;
  *out = calloc(owners + 1, sizeof **out);
  if (!*out)
    return shard_no_memory(r, why);
  status result = shard_read_range(r, path, SHARD_U64, 0, 1, 0, owners + 1, *out, why);
  if (!result)
    result = shard_count_rows(r, table, group, &rows, why);
  if (result)
    return result;
  bool rising = (*out)[0] == 0 && (*out)[owners] == rows;
  for (uint64_t i = 0; rising && i < owners; i++) // counts of a frame are ints, one more fits
    rising = (*out)[i] <= (*out)[i + 1] && (*out)[i + 1] - (*out)[i] < INT32_MAX;
  if (rising)
    return STATUS_OK;
  snprintf(what, sizeof what, "the offsets of %s don't rise from none to all of its rows", group);
  return shard_damaged(r, what, why);
}

// --- opening --------------------------------------------------------------------------

static status read_about(shard_reader *r, trouble *why) {
  shard_summary *about = &r->about;
  char format[32] = "";
  uint64_t complete = 0;
  if (shard_h5_get_text(r->file, "format", format, sizeof format, NULL) ||
      strcmp(format, SHARD_FORMAT) != 0)
    return shard_damaged(r, "not a Roadloom shard (no attribute format = \"roadloom\")", why);
  if (shard_h5_get_text(r->file, "format_version", about->format_version,
                        sizeof about->format_version, NULL) ||
      (r->minor = shard_minor(about->format_version)) < 0)
    return trouble_set(why, STATUS_FORMAT, "%s: format version '%s'; this program reads 1.x",
                       r->path, about->format_version);
  if (shard_h5_get_number(r->file, "complete", &complete, NULL) || complete != 1)
    return shard_damaged(r, "not complete: its writer was interrupted; make it again", why);
  struct {
    const char *name;
    char *to;
    size_t capacity;
  } texts[] = {{"program_version", about->program_version, sizeof about->program_version},
               {"script_name", about->script_name, sizeof about->script_name},
               {"script_sha256", about->script_sha256, sizeof about->script_sha256},
               {"split", about->split, sizeof about->split},
               {"device", about->device, sizeof about->device}};
  trouble inner = {0};
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    if (shard_h5_get_text(r->file, texts[i].name, texts[i].to, texts[i].capacity, &inner))
      return shard_damaged(r, inner.text, why);
  if (r->minor >= 1 && shard_h5_get_text(r->file, "modules_sha256", about->modules_sha256,
                                         sizeof about->modules_sha256, &inner))
    return shard_damaged(r, inner.text, why);
  if (r->minor >= 2 && shard_h5_get_text(r->file, "maps_sha256", about->maps_sha256,
                                         sizeof about->maps_sha256, &inner))
    return shard_damaged(r, inner.text, why);
  if (shard_h5_get_number(r->file, "seed", &about->seed, &inner) ||
      shard_h5_get_number(r->file, "shard", &about->shard, &inner))
    return shard_damaged(r, inner.text, why);
  return STATUS_OK;
}

/// The names of a sensor group, a line each, to names[i]; how many.
static status read_names(shard_reader *r, const char *group, int most, char (*names)[RIG_NAME],
                         int *count, trouble *why) {
  char text[(RIG_CAMERAS + 1) * (RIG_NAME + 1)], what[PATH_BYTES];
  trouble inner = {0};
  *count = 0;
  hid_t id = H5Gopen2(r->file, group, H5P_DEFAULT);
  status result =
      id < 0 ? STATUS_FORMAT : shard_h5_get_text(id, "names", text, sizeof text, &inner);
  if (id >= 0)
    H5Gclose(id);
  snprintf(what, sizeof what, "%s has no usable list of names", group);
  if (result)
    return shard_damaged(r, what, why);
  for (char *rest = text, *name; (name = strsep(&rest, "\n"));) {
    if (!*name)
      continue;
    bool good = *count < most && strlen(name) < RIG_NAME && !strchr(name, '/') && *name != '.';
    for (int i = 0; good && i < *count; i++)
      good = strcmp(names[i], name) != 0;
    if (!good)
      return shard_damaged(r, what, why);
    strcpy(names[(*count)++], name);
  }
  return STATUS_OK;
}

static status read_image_size(shard_reader *r, camera_def *camera, trouble *why) {
  char path[PATH_BYTES], what[PATH_BYTES + 64];
  snprintf(path, sizeof path, "/cameras/%s/%s", camera->name, shard_images[SHARD_RGB].name);
  snprintf(what, sizeof what, "%s isn't a stack of images", path);
  hid_t dataset = H5Dopen2(r->file, path, H5P_DEFAULT);
  if (dataset < 0)
    return shard_damaged(r, what, why);
  hsize_t dims[H5S_MAX_RANK] = {0};
  hid_t space = H5Dget_space(dataset);
  bool fits = H5Sget_simple_extent_dims(space, dims, NULL) == 4 && dims[1] >= 1 && dims[2] >= 1 &&
              dims[1] <= RIG_SIDE_PX && dims[2] <= RIG_SIDE_PX;
  H5Sclose(space);
  H5Dclose(dataset);
  if (!fits)
    return shard_damaged(r, what, why);
  camera->height_px = (int)dims[1];
  camera->width_px = (int)dims[2];
  return STATUS_OK;
}

// Which labels it wrote; before format 1.7 all wrote the same ones.
static status read_labels(shard_reader *r, camera_def *camera, trouble *why) {
  char path[PATH_BYTES], what[PATH_BYTES + 64], text[LABELS_TEXT];
  snprintf(path, sizeof path, "/cameras/%s", camera->name);
  snprintf(what, sizeof what, "%s has no usable list of labels", path);
  camera->labels = LABELS_STANDARD;
  hid_t group = H5Gopen2(r->file, path, H5P_DEFAULT);
  if (group < 0)
    return shard_damaged(r, what, why);
  status result = STATUS_OK;
  if (r->minor >= 7) {
    camera->labels = 0;
    result = shard_h5_get_text(group, "labels", text, sizeof text, NULL);
    for (char *rest = text, *word; !result && (word = strsep(&rest, " "));) {
      uint32_t bits = 0;
      if (*word && !label_bits(word, &bits))
        result = STATUS_FORMAT;
      camera->labels |= bits;
    }
  }
  H5Gclose(group);
  return result ? shard_damaged(r, what, why) : STATUS_OK;
}

static status read_sensors(shard_reader *r, trouble *why) {
  rig_def *rig = &r->about.rig;
  char cameras[RIG_CAMERAS][RIG_NAME], lidars[RIG_LIDARS][RIG_NAME];
  status result = read_names(r, "/cameras", RIG_CAMERAS, cameras, &rig->camera_count, why);
  if (!result)
    result = read_names(r, "/lidars", RIG_LIDARS, lidars, &rig->lidar_count, why);
  for (int i = 0; !result && i < rig->camera_count; i++) {
    memcpy(rig->cameras[i].name, cameras[i], RIG_NAME);
    result = read_image_size(r, &rig->cameras[i], why);
    if (!result)
      result = read_labels(r, &rig->cameras[i], why);
  }
  for (int i = 0; !result && i < rig->lidar_count; i++)
    memcpy(rig->lidars[i].name, lidars[i], RIG_NAME);
  return result;
}

status shard_read_rig(shard_reader *r, uint64_t scene_row, rig_def *out, trouble *why) {
  rig_def rig = r->about.rig;
  char group[PATH_BYTES];
  status result = STATUS_OK;
  for (int i = 0; !result && i < rig.camera_count; i++) {
    shard_camera_calib_row row;
    snprintf(group, sizeof group, "/cameras/%s/calib", rig.cameras[i].name);
    result = shard_read_rows(r, SHARD_TABLE_CAMERA_CALIB, group, scene_row, 1, &row, why);
    if (!result && row.model[0] >= LENS_MODEL_COUNT)
      result = trouble_set(why, STATUS_FORMAT, "%s: %s has the unknown lens model %d", r->path,
                           group, row.model[0]);
    if (!result)
      shard_camera_from(&rig.cameras[i], &row);
  }
  for (int i = 0; !result && i < rig.lidar_count; i++) {
    shard_lidar_calib_row row;
    snprintf(group, sizeof group, "/lidars/%s/calib", rig.lidars[i].name);
    result = shard_read_rows(r, SHARD_TABLE_LIDAR_CALIB, group, scene_row, 1, &row, why);
    if (!result && row.rings[0] > RIG_RINGS)
      result = trouble_set(why, STATUS_FORMAT, "%s: %s has %u rings of %d", r->path, group,
                           row.rings[0], RIG_RINGS);
    if (!result)
      shard_lidar_from(&rig.lidars[i], &row);
  }
  if (!result)
    *out = rig;
  return result;
}

// Texts of a scene's row end within their columns and go on a terminal.
static void clean_scene(shard_scenes_row *row) {
  shard_h5_clean(row->place, sizeof row->place);
  shard_h5_clean(row->weather, sizeof row->weather);
  shard_h5_clean(row->light, sizeof row->light);
}

static status check_frames(shard_reader *r, trouble *why) {
  uint64_t next = 0;
  for (uint64_t i = 0; i < r->about.scene_count; i++) {
    shard_scenes_row *row = &r->scenes[i];
    clean_scene(row);
    if (row->frame_first[0] != next || row->frame_count[0] > r->about.frame_count - next)
      return shard_damaged(r, "its scenes don't add up to its frames", why);
    next += row->frame_count[0];
    r->about.duration_s += row->duration_s[0];
  }
  if (next != r->about.frame_count)
    return shard_damaged(r, "its scenes don't add up to its frames", why);
  for (uint64_t i = 0; i < r->about.frame_count; i++)
    if (r->frames[i].scene_row[0] >= r->about.scene_count)
      return shard_damaged(r, "a frame belongs to no scene", why);
  return STATUS_OK;
}

static bool has_table(const shard_reader *r, shard_table_id table) {
  return shard_has(r, shard_tables[table].description);
}

static status read_tables(shard_reader *r, trouble *why) {
  shard_summary *about = &r->about;
  status result = shard_count_rows(r, SHARD_TABLE_SCENES, "/scenes", &about->scene_count, why);
  if (!result)
    result = shard_count_rows(r, SHARD_TABLE_FRAMES, "/frames", &about->frame_count, why);
  if (!result && (about->scene_count >= INT32_MAX || about->frame_count >= INT32_MAX))
    return shard_damaged(r, "it claims more scenes or frames than any shard has", why);
  if (!result)
    result = read_all_rows(r, SHARD_TABLE_SCENES, about->scene_count, (void **)&r->scenes, why);
  if (!result)
    result = read_all_rows(r, SHARD_TABLE_FRAMES, about->frame_count, (void **)&r->frames, why);
  if (!result)
    result = read_all_rows(r, SHARD_TABLE_WEATHER, about->frame_count, (void **)&r->weather, why);
  if (!result)
    result = check_frames(r, why);
  const uint64_t n = about->frame_count;
  if (!result)
    result = read_offsets(r, SHARD_TABLE_BOXES3D, "/boxes3d", n, &r->offset3d, why);
  if (!result)
    result = read_offsets(r, SHARD_TABLE_BOXES2D, "/boxes2d", n, &r->offset2d, why);
  if (!result)
    result = read_offsets(r, SHARD_TABLE_SIGNALS, "/signals", n, &r->offset_signals, why);
  if (!result && has_table(r, SHARD_TABLE_KEYPOINTS3D))
    result = read_offsets(r, SHARD_TABLE_KEYPOINTS3D, "/keypoints3d", n, &r->offset_joints3d, why);
  if (!result && has_table(r, SHARD_TABLE_KEYPOINTS2D))
    result = read_offsets(r, SHARD_TABLE_KEYPOINTS2D, "/keypoints2d", n, &r->offset_joints2d, why);
  if (!result && has_table(r, SHARD_TABLE_AMODAL))
    result = read_offsets(r, SHARD_TABLE_AMODAL, "/amodal", r->offset2d[n], &r->offset_amodal, why);
  for (int i = 0; !result && i < about->rig.lidar_count; i++) {
    char group[PATH_BYTES];
    snprintf(group, sizeof group, "/lidars/%s", about->rig.lidars[i].name);
    result = read_offsets(r, SHARD_TABLE_LIDAR, group, n, &r->lidars[i].offset, why);
    if (!result)
      about->lidar_points[i] = r->lidars[i].offset[n];
  }
  if (!result && about->scene_count > 0)
    result = shard_read_rig(r, 0, &about->rig, why);
  return result;
}

static status count_classes(shard_reader *r, const char *path, uint64_t count,
                            uint64_t by_class[SEMANTIC_COUNT], trouble *why) {
  uint8_t *classes = malloc(count ? count : 1);
  if (!classes)
    return shard_no_memory(r, why);
  status result = shard_read_range(r, path, SHARD_U8, 0, 1, 0, count, classes, why);
  for (uint64_t i = 0; !result && i < count; i++)
    if (classes[i] < SEMANTIC_COUNT)
      by_class[classes[i]]++;
  free(classes);
  return result;
}

static status read_counts(shard_reader *r, trouble *why) {
  shard_summary *about = &r->about;
  about->box3d_count = r->offset3d[about->frame_count];
  about->box2d_count = r->offset2d[about->frame_count];
  status result =
      count_classes(r, "/boxes3d/class", about->box3d_count, about->boxes3d_by_class, why);
  if (!result)
    result = count_classes(r, "/boxes2d/class", about->box2d_count, about->boxes2d_by_class, why);
  return result ? result
                : shard_count_rows(r, SHARD_TABLE_TRACKS, "/tracks", &about->track_count, why);
}

status shard_open(shard_reader **out, const char *path, trouble *why) {
  *out = NULL;
  uint64_t bytes = 0;
  status result = shard_seal_check(path, &bytes, why);
  if (result)
    return result;
  shard_reader *r = calloc(1, sizeof *r);
  if (!r || !(r->path = strdup(path))) {
    free(r);
    return trouble_set(why, STATUS_MEMORY, "%s: no memory to read it", path);
  }
  r->file = -1;
  r->about.bytes = bytes;
  result = shard_guard_open(path, &r->file, why);
  if (!result)
    result = read_about(r, why);
  if (!result)
    result = read_sensors(r, why);
  if (!result)
    result = read_tables(r, why);
  if (!result)
    result = read_counts(r, why);
  if (result) {
    shard_close(r);
    return result;
  }
  *out = r;
  return STATUS_OK;
}

void shard_close(shard_reader *r) {
  if (!r)
    return;
  if (r->file >= 0)
    H5Fclose(r->file);
  free(r->scenes);
  free(r->frames);
  free(r->weather);
  free(r->offset3d);
  free(r->offset2d);
  free(r->offset_signals);
  free(r->offset_joints3d);
  free(r->offset_joints2d);
  free(r->offset_amodal);
  free(r->amodal_runs);
  for (int i = 0; i < RIG_CAMERAS; i++) {
    for (int k = 0; k < SHARD_IMAGE_COUNT; k++)
      free((void *)(uintptr_t)shard_image_of(&r->cameras[i], (shard_image_id)k));
  }
  for (int i = 0; i < RIG_LIDARS; i++) {
    free(r->lidars[i].offset);
    for (int k = 0; k < SHARD_COLUMNS_MAX; k++)
      free(r->lidars[i].columns[k]);
  }
  free(r->boxes3d);
  free(r->boxes2d);
  free(r->joints3d);
  free(r->joints2d);
  free(r->signals);
  free(r->signal_left_s);
  free(r->path);
  free(r);
}

const shard_summary *shard_summary_of(const shard_reader *r) {
  return &r->about;
}
const shard_scenes_row *shard_scene_rows(const shard_reader *r) {
  return r->scenes;
}
const shard_frames_row *shard_frame_rows(const shard_reader *r) {
  return r->frames;
}
const shard_weather_row *shard_weather_rows(const shard_reader *r) {
  return r->weather;
}
