// SPDX-License-Identifier: Apache-2.0
#include "export/shard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "export/shard_about.h"
#include "export/shard_h5.h"
#include "export/shard_map.h"
#include "export/shard_pack.h"
#include "export/shard_rows.h"
#include "export/shard_seal.h"
#include "export/shard_table.h"
#include "scenes/sign.h"
#include "scenes/taxonomy.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "shards are little endian and chunks are handed over as they lie in memory"
#endif

enum { THREADS_DEFAULT = 2, PATH_BYTES = 128, INDEX_PATH_BYTES = 96 };

typedef struct camera_out {
  int images[SHARD_IMAGE_COUNT]; // datasets of the sink
  shard_table calib, shots;      // shots: of full electronics
} camera_out;

typedef struct lidar_out {
  shard_table points, calib;
} lidar_out;

struct shard_writer {
  shard_sink *sink;
  rig_def rig;
  shard_table tables[SHARD_TABLE_COUNT]; // those with a group of their own
  camera_out cameras[RIG_CAMERAS];
  lidar_out lidars[RIG_LIDARS];
  uint64_t frames;
  uint32_t scenes;
  shard_scenes_row scene; // the one that frames belong to; written when it is over
  double own_s;           // CPU time of the caller's thread in here
};

static bool is_written(const camera_def *camera, int image) {
  return !shard_images[image].label || camera->labels & shard_images[image].label;
}

static status set_labels(shard_writer *w, const char *path, uint32_t labels, trouble *why) {
  char names[LABELS_TEXT];
  label_names(labels, " ", names);
  hid_t group = H5Gopen2(shard_sink_file(w->sink), path, H5P_DEFAULT);
  if (group < 0)
    return shard_h5_trouble(why, path);
  status result = shard_h5_set_text(group, "labels", names, why);
  H5Gclose(group);
  return result;
}

static status create_camera(shard_writer *w, int number, trouble *why) {
  const camera_def *camera = &w->rig.cameras[number];
  char path[PATH_BYTES];
  snprintf(path, sizeof path, "/cameras/%s", camera->name);
  status result = shard_sink_group(w->sink, path, "images of a camera", why);
  if (!result)
    result = set_labels(w, path, camera->labels, why);
  for (int i = 0; !result && i < SHARD_IMAGE_COUNT; i++) {
    const shard_image_info *image = &shard_images[i];
    if (!is_written(camera, i))
      continue;
    snprintf(path, sizeof path, "/cameras/%s/%s", camera->name, image->name);
    shard_dataset_def def = {.path = path,
                             .type = image->type,
                             .dim_count = image->channels ? 3 : 2,
                             .dims = {(uint64_t)camera->height_px, (uint64_t)camera->width_px,
                                      (uint64_t)image->channels},
                             .chunk_rows = 1,
                             .picture = true,
                             .units = image->units,
                             .frame = image->frame,
                             .invalid = image->invalid,
                             .description = image->description};
    result = shard_sink_dataset(w->sink, &def, &w->cameras[number].images[i], why);
  }
  if (result)
    return result;
  snprintf(path, sizeof path, "/cameras/%s/calib", camera->name);
  result = shard_table_create(&w->cameras[number].calib, w->sink, SHARD_TABLE_CAMERA_CALIB, path, 0,
                              why);
  if (result || !camera->electronics.full)
    return result;
  snprintf(path, sizeof path, "/cameras/%s/shots", camera->name);
  return shard_table_create(&w->cameras[number].shots, w->sink, SHARD_TABLE_SHOTS, path, 0, why);
}

static status create_lidar(shard_writer *w, int number, trouble *why) {
  char path[PATH_BYTES];
  snprintf(path, sizeof path, "/lidars/%s", w->rig.lidars[number].name);
  status result =
      shard_table_create(&w->lidars[number].points, w->sink, SHARD_TABLE_LIDAR, path, 0, why);
  if (result)
    return result;
  snprintf(path, sizeof path, "/lidars/%s/calib", w->rig.lidars[number].name);
  return shard_table_create(&w->lidars[number].calib, w->sink, SHARD_TABLE_LIDAR_CALIB, path, 0,
                            why);
}

/// /cameras or /lidars, with the names in order, a line each.
static status create_sensor_group(shard_writer *w, const char *path, const char *names,
                                  trouble *why) {
  status result = shard_sink_group(w->sink, path, NULL, why);
  if (result)
    return result;
  hid_t group = H5Gopen2(shard_sink_file(w->sink), path, H5P_DEFAULT);
  if (group < 0)
    return shard_h5_trouble(why, path);
  result = shard_h5_set_text(group, "names", names, why);
  H5Gclose(group);
  return result;
}

static status create_sensors(shard_writer *w, trouble *why) {
  char names[RIG_CAMERAS * (RIG_NAME + 1) + 1] = "";
  size_t used = 0;
  for (int i = 0; i < w->rig.camera_count; i++)
    used += (size_t)snprintf(names + used, sizeof names - used, "%s\n", w->rig.cameras[i].name);
  status result = create_sensor_group(w, "/cameras", names, why);
  for (int i = 0; !result && i < w->rig.camera_count; i++)
    result = create_camera(w, i, why);
  names[used = 0] = 0;
  for (int i = 0; i < w->rig.lidar_count; i++)
    used += (size_t)snprintf(names + used, sizeof names - used, "%s\n", w->rig.lidars[i].name);
  if (!result)
    result = create_sensor_group(w, "/lidars", names, why);
  for (int i = 0; !result && i < w->rig.lidar_count; i++)
    result = create_lidar(w, i, why);
  return result;
}

static status check_rig(const rig_def *rig, trouble *why) {
  if (rig->camera_count < 0 || rig->camera_count > RIG_CAMERAS || rig->lidar_count < 0 ||
      rig->lidar_count > RIG_LIDARS)
    return trouble_set(why, STATUS_RANGE, "shard: rig %s has %d cameras and %d lidars", rig->name,
                       rig->camera_count, rig->lidar_count);
  const char *names[RIG_CAMERAS + RIG_LIDARS];
  int count = 0;
  for (int i = 0; i < rig->camera_count; i++)
    names[count++] = rig->cameras[i].name;
  for (int i = 0; i < rig->lidar_count; i++)
    names[count++] = rig->lidars[i].name;
  for (int i = 0; i < count; i++) {
    if (!names[i][0] || strpbrk(names[i], "/\n") || strcmp(names[i], ".") == 0)
      return trouble_set(why, STATUS_RANGE, "shard: '%s' can't be a sensor's name", names[i]);
    for (int k = 0; k < i; k++)
      if (strcmp(names[i], names[k]) == 0)
        return trouble_set(why, STATUS_RANGE, "shard: two sensors are called %s", names[i]);
  }
  for (int i = 0; i < rig->camera_count; i++)
    if (rig->cameras[i].width_px < 1 || rig->cameras[i].height_px < 1)
      return trouble_set(why, STATUS_RANGE, "shard: camera %s is %d x %d px", rig->cameras[i].name,
                         rig->cameras[i].width_px, rig->cameras[i].height_px);
  return STATUS_OK;
}

static status create_all(shard_writer *w, const shard_about *about, trouble *why) {
  int threads = about->threads > 0 ? about->threads : THREADS_DEFAULT;
  status result = shard_sink_create(&w->sink, threads, about->spare, why);
  if (!result)
    result = shard_about_write(w->sink, about, why);
  if (!result)
    result = create_sensors(w, why);
  if (!result)
    result = shard_sink_group(w->sink, "/map", "the road, as polylines in the world frame", why);
  for (int i = 0; !result && i < SHARD_TABLE_COUNT; i++)
    if (shard_tables[i].group && i != SHARD_TABLE_INDEX)
      result = shard_table_create(&w->tables[i], w->sink, (shard_table_id)i, shard_tables[i].group,
                                  w->rig.lidar_count, why);
  return result;
}

status shard_create(shard_writer **out, const shard_about *about, const rig_def *rig,
                    trouble *why) {
  *out = NULL;
  status result = check_rig(rig, why);
  shard_writer *w = result ? NULL : calloc(1, sizeof *w);
  if (!w) {
    free(about->spare);
    return result ? result : trouble_set(why, STATUS_MEMORY, "shard: no memory");
  }
  w->rig = *rig;
  result = create_all(w, about, why);
  if (result) {
    shard_abandon(w);
    return result;
  }
  *out = w;
  return STATUS_OK;
}

static status check_layout(const shard_writer *w, const scene *s, trouble *why) {
  const rig_def *rig = &s->rig;
  bool same = rig->camera_count == w->rig.camera_count && rig->lidar_count == w->rig.lidar_count;
  for (int i = 0; same && i < rig->camera_count; i++) {
    const camera_def *a = &rig->cameras[i], *b = &w->rig.cameras[i];
    same = strcmp(a->name, b->name) == 0 && a->width_px == b->width_px &&
           a->height_px == b->height_px && a->labels == b->labels &&
           a->electronics.full == b->electronics.full;
  }
  for (int i = 0; same && i < rig->lidar_count; i++)
    same = strcmp(rig->lidars[i].name, w->rig.lidars[i].name) == 0;
  if (same)
    return STATUS_OK;
  return trouble_set(why, STATUS_CONFLICT,
                     "scene %u: its sensors (%d cameras, %d lidars, their names, image sizes, "
                     "labels, electronics) differ from the shard's first scene; keep ego.rig's "
                     "layout the same in all "
                     "scenes of a job",
                     s->index, rig->camera_count, rig->lidar_count);
}

static shard_table *table(shard_writer *w, shard_table_id id) {
  return &w->tables[id];
}

static status append_row(shard_writer *w, shard_table *to, const void *row, trouble *why) {
  return shard_table_rows(to, w->sink, row, 1, why);
}

/// The scene's row waits until its frames are known.
static status end_scene(shard_writer *w, trouble *why) {
  if (w->scenes == 0)
    return STATUS_OK;
  w->scene.frame_count[0] = w->frames - w->scene.frame_first[0];
  return append_row(w, table(w, SHARD_TABLE_SCENES), &w->scene, why);
}

static void begin_scene(shard_writer *w, const scene *s) {
  w->scene = (shard_scenes_row){.index = {s->index},
                                .seed = {s->seed},
                                .attempt = {s->attempt},
                                .hash = {s->hash},
                                .duration_s = {s->duration_s},
                                .frame_hz = {s->frame_hz},
                                .step_s = {s->step_s},
                                .frame_first = {w->frames}};
  snprintf(w->scene.place, sizeof w->scene.place, "%s", s->place);
  snprintf(w->scene.weather, sizeof w->scene.weather, "%s", shard_weather_word(&s->weather));
  snprintf(w->scene.light, sizeof w->scene.light, "%s", shard_light_word(&s->weather));
  w->scenes++;
}

static status write_map(shard_writer *w, const shard_map *map, trouble *why) {
  struct {
    shard_table_id table;
    const void *rows;
    int count;
  } parts[] = {{SHARD_TABLE_TRACKS, map->tracks, map->track_count},
               {SHARD_TABLE_MAP_LINES, map->lines, map->line_count},
               {SHARD_TABLE_MAP_LINKS, map->links, map->link_count},
               {SHARD_TABLE_MAP_SIGNALS, map->signals, map->signal_count}};
  status result = STATUS_OK;
  for (size_t i = 0; !result && i < sizeof parts / sizeof parts[0]; i++) {
    shard_table *to = table(w, parts[i].table);
    result = shard_table_rows(to, w->sink, parts[i].rows, (size_t)parts[i].count, why);
    if (!result)
      result = shard_table_end_owner(to, w->sink, why);
  }
  shard_table *points = table(w, SHARD_TABLE_MAP_POINTS);
  uint64_t done = 0;
  for (int i = 0; !result && i < map->line_count; i++) {
    result = shard_table_rows(points, w->sink, map->points + done,
                              (size_t)(map->line_ends[i] - done), why);
    if (!result)
      result = shard_table_end_owner(points, w->sink, why);
    done = map->line_ends[i];
  }
  return result;
}

static status write_calibration(shard_writer *w, const rig_def *rig, trouble *why) {
  status result = STATUS_OK;
  for (int i = 0; !result && i < rig->camera_count; i++) {
    shard_camera_calib_row row = shard_camera_row(&rig->cameras[i]);
    result = append_row(w, &w->cameras[i].calib, &row, why);
  }
  for (int i = 0; !result && i < rig->lidar_count; i++) {
    shard_lidar_calib_row row = shard_lidar_row_of(&rig->lidars[i]);
    result = append_row(w, &w->lidars[i].calib, &row, why);
  }
  return result;
}

status shard_add_scene(shard_writer *w, const scene *s, trouble *why) {
  const double begin_s = shard_cpu_s();
  status result = check_layout(w, s, why);
  if (result)
    return result;
  shard_map map = {0};
  result = end_scene(w, why);
  if (!result)
    result = shard_map_build(&map, s, why);
  if (!result)
    result = write_map(w, &map, why);
  shard_map_free(&map);
  if (!result)
    result = write_calibration(w, &s->rig, why);
  if (!result)
    begin_scene(w, s);
  w->own_s += shard_cpu_s() - begin_s;
  return result;
}

static status check_frame(const shard_writer *w, const frame *f, trouble *why) {
  if (w->scenes == 0 || f->scene != w->scene.index[0])
    return trouble_set(why, STATUS_CONFLICT, "shard: frame %u of scene %u has no scene before it",
                       f->frame, f->scene);
  bool fits = f->camera_count == w->rig.camera_count && f->lidar_count == w->rig.lidar_count;
  for (int i = 0; fits && i < f->camera_count; i++)
    fits = f->cameras[i].width_px == w->rig.cameras[i].width_px &&
           f->cameras[i].height_px == w->rig.cameras[i].height_px;
  for (int i = 0; fits && i < f->camera_count; i++)
    for (int k = 0; fits && k < SHARD_IMAGE_COUNT; k++)
      fits = !is_written(&w->rig.cameras[i], k) ||
             shard_image_of(&f->cameras[i], (shard_image_id)k) != NULL;
  if (!fits)
    return trouble_set(why, STATUS_CONFLICT,
                       "shard: frame %u of scene %u doesn't have the rig's sensors and labels",
                       f->frame, f->scene);
  return STATUS_OK;
}

static status write_images(shard_writer *w, int number, const frame_camera *camera, trouble *why) {
  for (int i = 0; i < SHARD_IMAGE_COUNT; i++) {
    if (!is_written(&w->rig.cameras[number], i))
      continue;
    status result = shard_sink_picture(w->sink, w->cameras[number].images[i],
                                       shard_image_of(camera, (shard_image_id)i), why);
    if (result)
      return result;
  }
  if (!w->rig.cameras[number].electronics.full)
    return STATUS_OK;
  shard_shots_row row = shard_shot_row(&camera->shot);
  return append_row(w, &w->cameras[number].shots, &row, why);
}

static status write_mask(shard_writer *w, const frame *f, const frame_box2d *box, trouble *why) {
  shard_table *to = table(w, SHARD_TABLE_AMODAL);
  const void *columns[SHARD_COLUMNS_MAX] = {box->run_count ? f->amodal_runs + box->run_first
                                                           : NULL};
  status result = STATUS_OK;
  if (box->run_count)
    result = shard_table_columns(to, w->sink, columns, box->run_count, why);
  return result ? result : shard_table_end_owner(to, w->sink, why);
}

static status write_boxes(shard_writer *w, const frame *f, trouble *why) {
  status result = STATUS_OK;
  for (int i = 0; !result && i < f->box3d_count; i++) {
    shard_boxes3d_row row = shard_box3d_row(&f->boxes3d[i]);
    result = append_row(w, table(w, SHARD_TABLE_BOXES3D), &row, why);
  }
  for (int i = 0; !result && i < f->box2d_count; i++) {
    shard_boxes2d_row row = shard_box2d_row(&f->boxes2d[i]);
    result = append_row(w, table(w, SHARD_TABLE_BOXES2D), &row, why);
    if (!result)
      result = write_mask(w, f, &f->boxes2d[i], why);
  }
  for (int i = 0; !result && i < f->keypoints3d_count; i++) {
    shard_keypoints3d_row row = shard_keypoints3d_row_of(&f->keypoints3d[i]);
    result = append_row(w, table(w, SHARD_TABLE_KEYPOINTS3D), &row, why);
  }
  for (int i = 0; !result && i < f->keypoints2d_count; i++) {
    shard_keypoints2d_row row = shard_keypoints2d_row_of(&f->keypoints2d[i]);
    result = append_row(w, table(w, SHARD_TABLE_KEYPOINTS2D), &row, why);
  }
  for (int i = 0; !result && i < f->signal_count; i++) {
    shard_signals_row row = {.id = {(uint32_t)i + 1}, .state = {f->signals[i]}};
    row.left_s[0] = f->signal_left_s ? f->signal_left_s[i] : -1;
    result = append_row(w, table(w, SHARD_TABLE_SIGNALS), &row, why);
  }
  const shard_table_id ragged[] = {SHARD_TABLE_BOXES3D, SHARD_TABLE_BOXES2D,
                                   SHARD_TABLE_KEYPOINTS3D, SHARD_TABLE_KEYPOINTS2D,
                                   SHARD_TABLE_SIGNALS};
  for (size_t i = 0; !result && i < sizeof ragged / sizeof *ragged; i++)
    result = shard_table_end_owner(table(w, ragged[i]), w->sink, why);
  return result;
}

static status write_points(shard_writer *w, int number, const frame_lidar *lidar, trouble *why) {
  const void *columns[SHARD_COLUMNS_MAX] = {0};
  shard_lidar_columns(lidar, columns);
  shard_table *points = &w->lidars[number].points;
  status result = shard_table_columns(points, w->sink, columns, (size_t)lidar->count, why);
  return result ? result : shard_table_end_owner(points, w->sink, why);
}

status shard_add_frame(shard_writer *w, const frame *f, trouble *why) {
  const double begin_s = shard_cpu_s();
  status result = check_frame(w, f, why);
  if (result)
    return result;
  for (int i = 0; !result && i < f->camera_count; i++)
    result = write_images(w, i, &f->cameras[i], why);
  for (int i = 0; !result && i < f->lidar_count; i++)
    result = write_points(w, i, &f->lidars[i], why);
  if (!result)
    result = write_boxes(w, f, why);
  if (!result) {
    shard_frames_row row = shard_frame_row(f, w->scenes - 1);
    result = append_row(w, table(w, SHARD_TABLE_FRAMES), &row, why);
  }
  if (!result) {
    shard_weather_row row = shard_weather_row_of(&f->weather);
    result = append_row(w, table(w, SHARD_TABLE_WEATHER), &row, why);
  }
  w->frames++;
  w->own_s += shard_cpu_s() - begin_s;
  return result;
}

static status finish_camera(shard_writer *w, camera_out *camera, trouble *why) {
  status result = shard_table_finish(&camera->calib, w->sink, why);
  return result ? result : shard_table_finish(&camera->shots, w->sink, why);
}

static status finish_tables(shard_writer *w, trouble *why) {
  status result = end_scene(w, why);
  for (int i = 0; !result && i < w->rig.camera_count; i++)
    result = finish_camera(w, &w->cameras[i], why);
  for (int i = 0; !result && i < w->rig.lidar_count; i++) {
    result = shard_table_finish(&w->lidars[i].points, w->sink, why);
    if (!result)
      result = shard_table_finish(&w->lidars[i].calib, w->sink, why);
  }
  for (int i = 0; !result && i < SHARD_TABLE_COUNT; i++)
    result = shard_table_finish(&w->tables[i], w->sink, why);
  return result ? result : shard_sink_flush(w->sink, why);
}

/// The names that /index/dataset counts in.
static status write_index_paths(shard_writer *w, int count, trouble *why) {
  shard_dataset_def def = {.path = "/index/path",
                           .type = SHARD_TEXT,
                           .text_bytes = INDEX_PATH_BYTES,
                           .chunk_rows = (uint64_t)count,
                           .units = "text",
                           .frame = "file",
                           .invalid = "empty",
                           .description = "datasets that the column dataset numbers"};
  int id = 0;
  status result = shard_sink_dataset(w->sink, &def, &id, why);
  if (result)
    return result;
  char *paths = calloc((size_t)count, INDEX_PATH_BYTES);
  if (!paths)
    return trouble_set(why, STATUS_MEMORY, "shard: no memory for the index");
  for (int i = 0; i < count; i++)
    snprintf(paths + (size_t)i * INDEX_PATH_BYTES, INDEX_PATH_BYTES, "%s",
             shard_sink_path(w->sink, i));
  return shard_sink_chunk(w->sink, id, (uint8_t *)paths, (uint64_t)count, why);
}

static status write_index(shard_writer *w, trouble *why) {
  shard_index_row *rows = NULL;
  size_t count = 0;
  const int indexed = shard_sink_dataset_count(w->sink); // not the index itself
  status result = shard_sink_index(w->sink, &rows, &count, why);
  shard_table *index = table(w, SHARD_TABLE_INDEX);
  if (!result)
    result = shard_table_create(index, w->sink, SHARD_TABLE_INDEX, "/index", 0, why);
  if (!result)
    result = write_index_paths(w, indexed, why);
  if (!result)
    result = shard_table_rows(index, w->sink, rows, count, why);
  if (!result)
    result = shard_table_finish(index, w->sink, why);
  free(rows);
  return result ? result : shard_sink_flush(w->sink, why);
}

static status close_and_seal(shard_writer *w, void **bytes, size_t *size, trouble *why) {
  uint8_t *made = NULL;
  size_t length = 0;
  status result = shard_sink_finish(w->sink, (void **)&made, &length, SHARD_SEAL_BYTES, why);
  if (result)
    return result;
  shard_seal_make(made, length, made + length);
  *bytes = made;
  *size = length + SHARD_SEAL_BYTES;
  return STATUS_OK;
}

status shard_finish(shard_writer *w, void **bytes, size_t *size, trouble *why) {
  *bytes = NULL;
  *size = 0;
  status result = finish_tables(w, why);
  if (!result)
    result = write_index(w, why);
  if (!result)
    result = shard_h5_set_number(shard_sink_file(w->sink), "complete", 1, why);
  if (!result)
    result = close_and_seal(w, bytes, size, why);
  shard_abandon(w);
  return result;
}

void shard_abandon(shard_writer *w) {
  if (!w)
    return;
  shard_sink_destroy(w->sink);
  for (int i = 0; i < SHARD_TABLE_COUNT; i++)
    shard_table_free(&w->tables[i]);
  for (int i = 0; i < RIG_CAMERAS; i++) {
    shard_table_free(&w->cameras[i].calib);
    shard_table_free(&w->cameras[i].shots);
  }
  for (int i = 0; i < RIG_LIDARS; i++) {
    shard_table_free(&w->lidars[i].points);
    shard_table_free(&w->lidars[i].calib);
  }
  free(w);
}

double shard_seconds(const shard_writer *w) {
  return w->own_s + shard_sink_seconds(w->sink);
}
