// SPDX-License-Identifier: Apache-2.0
// Shards whose HDF5 is whole and whose numbers lie: about sizes, shapes, counts, ids and texts.
// What a shard must have and hasn't is said; only an older format's shards may lack it.
#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "export/shard_reader.h"
#include "export/sheet.h"
#include "with_shard.h"

enum { SAID = 1024 };

static int make_sample(void **state) {
  *state = sample_create(2);
  return 0;
}

static int drop_sample(void **state) {
  sample_destroy(*state);
  return 0;
}

static void finish(const sample *s, hid_t file) {
  assert_true(H5Fclose(file) >= 0);
  sample_seal(s);
}

static void drop(hid_t file, const char *path) {
  if (H5Ldelete(file, path, H5P_DEFAULT) < 0)
    fail_msg("the sample has no %s", path);
}

/// Puts a chunked dataset of that shape, of which nothing is stored, in place of the one there.
static void put_empty(hid_t file, const char *path, hid_t type, int rank, const hsize_t *dims) {
  drop(file, path);
  hsize_t chunk[4] = {1, 1, 1, 1};
  hid_t list = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(rank, dims, NULL);
  H5Pset_chunk(list, rank, chunk);
  hid_t set = H5Dcreate2(file, path, type, space, H5P_DEFAULT, list, H5P_DEFAULT);
  assert_true(set >= 0);
  H5Dclose(set);
  H5Sclose(space);
  H5Pclose(list);
}

/// The same with values.
static void put(hid_t file, const char *path, hid_t type, hid_t memory, int rank,
                const hsize_t *dims, const void *values) {
  drop(file, path);
  hid_t space = H5Screate_simple(rank, dims, NULL);
  hid_t set = H5Dcreate2(file, path, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  assert_true(set >= 0 && H5Dwrite(set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
  H5Dclose(set);
  H5Sclose(space);
}

static void set_text(hid_t object, const char *name, const char *text) {
  hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
  H5Tset_size(type, strlen(text));
  H5Adelete(object, name);
  hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
  assert_true(attribute >= 0 && H5Awrite(attribute, type, text) >= 0);
  H5Aclose(attribute);
  H5Sclose(space);
  H5Tclose(type);
}

static void set_group_text(hid_t file, const char *group, const char *name, const char *text) {
  hid_t id = H5Gopen2(file, group, H5P_DEFAULT);
  set_text(id, name, text);
  H5Gclose(id);
}

/// Every value of a dataset, bytes of it or numbers, becomes this one.
static void fill(hid_t file, const char *path, hid_t memory, const void *value, size_t bytes) {
  hid_t set = H5Dopen2(file, path, H5P_DEFAULT), space = H5Dget_space(set);
  size_t count = (size_t)H5Sget_simple_extent_npoints(space);
  char *values = malloc(count * bytes + 1);
  for (size_t i = 0; i < count; i++)
    memcpy(values + i * bytes, value, bytes);
  if (H5Dwrite(set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0)
    fail_msg("%s can't be filled", path);
  free(values);
  H5Sclose(space);
  H5Dclose(set);
}

static uint64_t rows_of(hid_t file, const char *path) {
  hsize_t dims[4];
  hid_t set = H5Dopen2(file, path, H5P_DEFAULT), space = H5Dget_space(set);
  H5Sget_simple_extent_dims(space, dims, NULL);
  H5Sclose(space);
  H5Dclose(set);
  return dims[0];
}

static void sizes_that_lie_are_refused(void **state) {
  const sample *s = *state;
  const hsize_t frames = (hsize_t)1 << 33, side = 9000;
  hid_t file = sample_open(s);
  put_empty(file, "/frames/timestamp_ns", H5T_STD_I64LE, 1, &frames);
  finish(s, file);
  sample_refused(s, "/frames/timestamp_ns claims more values than the file can hold");

  // 7 times its inverse is 1 modulo 2^64, values a row as it should be.
  file = sample_open(s);
  uint64_t boxes = rows_of(file, "/boxes2d/visible_pixels");
  put_empty(file, "/boxes2d/visible_pixels", H5T_STD_U32LE, 3,
            (hsize_t[]){boxes, 7, 0x6db6db6db6db6db7});
  finish(s, file);
  sample_refused(s, "/boxes2d/visible_pixels claims more values than the file can hold");

  const struct {
    hsize_t dims[4];
    int rank;
    const char *part;
  } images[] = {{{2, 32, 48 * 3}, 3, "/cameras/CAM_FRONT/rgb isn't a stack of images"},
                {{2, 0, 48, 3}, 4, "/cameras/CAM_FRONT/rgb isn't a stack of images"},
                {{2, side, 1, 3}, 4, "/cameras/CAM_FRONT/rgb isn't a stack of images"}};
  for (size_t i = 0; i < sizeof images / sizeof *images; i++) {
    uint8_t *none = calloc(1, 2 * side * 3);
    file = sample_open(s);
    put(file, "/cameras/CAM_FRONT/rgb", H5T_STD_U8LE, H5T_NATIVE_UINT8, images[i].rank,
        images[i].dims, none);
    finish(s, file);
    sample_refused(s, images[i].part);
    free(none);
  }
}

static void offsets_that_lie_are_refused(void **state) {
  const sample *s = *state;
  static const char *const groups[] = {"/boxes3d",     "/boxes2d",     "/signals",
                                       "/keypoints3d", "/keypoints2d", "/lidars/LIDAR_0"};
  for (size_t g = 0; g < sizeof groups / sizeof *groups; g++) {
    char path[64], part[96];
    hid_t file = sample_open(s);
    snprintf(path, sizeof path, "%s/%s", groups[g], strstr(groups[g], "lidars") ? "x" : "id");
    uint64_t rows = rows_of(file, path);
    H5Fclose(file);
    const uint64_t lies[][3] = {
        {0, rows + 1, rows + 1}, {0, UINT64_MAX, rows}, {1, 1, rows},
        {0, rows, rows - 1},     {0, 0, rows - 1},      {0, 1ull << 32, 1ull << 32}};
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
      file = sample_open(s);
      snprintf(path, sizeof path, "%s/offset", groups[g]);
      put(file, path, H5T_STD_U64LE, H5T_NATIVE_UINT64, 1, (hsize_t[]){3}, lies[i]);
      finish(s, file);
      snprintf(part, sizeof part, "the offsets of %s don't rise", groups[g]);
      sample_refused(s, part);
    }
  }
}

static void numbers_of_no_thing_are_refused(void **state) {
  const sample *s = *state;
  hid_t file = sample_open(s);
  fill(file, "/cameras/CAM_1/calib/model", H5T_NATIVE_UINT8, &(uint8_t){200}, 1);
  finish(s, file);
  sample_refused(s, "/cameras/CAM_1/calib has the unknown lens model 200");
  file = sample_open(s);
  fill(file, "/lidars/LIDAR_0/calib/rings", H5T_NATIVE_UINT32, &(uint32_t){UINT32_MAX}, 4);
  finish(s, file);
  sample_refused(s, "/lidars/LIDAR_0/calib has 4294967295 rings of 128");
  file = sample_open(s);
  fill(file, "/frames/scene_row", H5T_NATIVE_UINT32, &(uint32_t){7}, 4);
  finish(s, file);
  sample_refused(s, "a frame belongs to no scene");
  file = sample_open(s);
  fill(file, "/scenes/frame_count", H5T_NATIVE_UINT64, &(uint64_t){UINT64_MAX}, 8);
  finish(s, file);
  sample_refused(s, "its scenes don't add up to its frames");
  const char *const names[] = {"../frames\nCAM_1", "CAM_FRONT\nCAM_FRONT", "cameras/CAM_FRONT",
                               "CAM_FRONT\nCAM_1\nCAM_2"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    file = sample_open(s);
    set_group_text(file, "/cameras", "names", names[i]);
    finish(s, file);
    sample_refused(s, i < 3 ? "/cameras has no usable list of names" : "CAM_2");
  }
  file = sample_open(s);
  set_group_text(file, "/cameras/CAM_1", "labels", "depth hologram");
  finish(s, file);
  sample_refused(s, "/cameras/CAM_1 has no usable list of labels");
}

static void texts_end_and_move_no_cursor(void **state) {
  const sample *s = *state;
  hid_t file = sample_open(s);
  char place[SCENE_PLACE_NAME];
  memset(place, 'x', sizeof place);
  hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, sizeof place);
  H5Tset_strpad(type, H5T_STR_NULLPAD);
  H5Tset_cset(type, H5T_CSET_UTF8);
  fill(file, "/scenes/place", type, place, sizeof place);
  H5Tclose(type);
  set_text(file, "script_name", "a\x1b[2J\xc2\x9bm\x7f\xc3\xa4.lua");
  finish(s, file);
  shard_reader *r = NULL;
  trouble why = {0};
  if (shard_open(&r, s->path, &why))
    fail_msg("%s", why.text);
  assert_int_equal(strnlen(shard_scene_rows(r)->place, sizeof place), sizeof place - 1);
  assert_string_equal(shard_summary_of(r)->script_name, "a?[2J??m?\xc3\xa4.lua");
  shard_close(r);
}

/// Draws all frames of the sample's shard.
static void draw(const sample *s) {
  shard_reader *r = NULL;
  sheet *drawn = NULL;
  frame f;
  rig_def rig;
  trouble why = {0};
  if (shard_open(&r, s->path, &why) || sheet_create(&drawn, &why))
    fail_msg("%s", why.text);
  for (uint64_t i = 0; i < shard_summary_of(r)->frame_count; i++)
    if (shard_read_rig(r, 0, &rig, &why) || shard_read_frame(r, i, &f, &why) ||
        sheet_add_row(drawn, "hostile", &f, &rig, &why))
      fail_msg("%s", why.text);
  sheet_destroy(drawn);
  shard_close(r);
}

static void sheets_of_nonsense_are_drawn(void **state) {
  const sample *s = *state;
  const float floats[] = {NAN, INFINITY, -INFINITY, 1e30f, -1e30f, -2147483648.0f, 2147483520.0f};
  for (size_t i = 0; i < sizeof floats / sizeof *floats; i++) {
    hid_t file = sample_open(s);
    static const char *const paths[] = {"/boxes2d/amodal",   "/boxes2d/visible",
                                        "/keypoints2d/px",   "/lidars/LIDAR_0/x",
                                        "/lidars/LIDAR_0/z", "/cameras/CAM_FRONT/depth"};
    for (size_t k = 0; k < sizeof paths / sizeof *paths; k++)
      fill(file, paths[k], H5T_NATIVE_FLOAT, &floats[i], 4);
    const double number = (double)floats[i];
    fill(file, "/boxes3d/size", H5T_NATIVE_DOUBLE, &number, 8);
    fill(file, "/boxes3d/pose", H5T_NATIVE_DOUBLE, &number, 8);
    fill(file, "/lidars/LIDAR_0/calib/extrinsics", H5T_NATIVE_DOUBLE, &number, 8);
    fill(file, "/cameras/CAM_FRONT/calib/K", H5T_NATIVE_DOUBLE, &number, 8);
    finish(s, file);
    draw(s);
  }
  hid_t file = sample_open(s);
  const uint32_t most = UINT32_MAX;
  static const char *const bytes[] = {"/boxes2d/class",
                                      "/boxes2d/kind",
                                      "/boxes3d/class",
                                      "/boxes3d/kind",
                                      "/keypoints2d/visibility",
                                      "/signals/state",
                                      "/lidars/LIDAR_0/echo",
                                      "/lidars/LIDAR_0/semantic",
                                      "/cameras/CAM_FRONT/semantic",
                                      "/cameras/CAM_1/mark",
                                      "/cameras/CAM_1/occlusion"};
  for (size_t i = 0; i < sizeof bytes / sizeof *bytes; i++)
    fill(file, bytes[i], H5T_NATIVE_UINT8, &most, 1);
  fill(file, "/amodal/run", H5T_NATIVE_UINT32, &most, 4);
  fill(file, "/boxes2d/camera", H5T_NATIVE_UINT16, &most, 2);
  fill(file, "/cameras/CAM_FRONT/instance", H5T_NATIVE_UINT32, &most, 4);
  fill(file, "/lidars/LIDAR_0/calib/azimuth_steps", H5T_NATIVE_UINT32, &most, 4);
  fill(file, "/cameras/CAM_1/calib/crop", H5T_NATIVE_UINT32, &most, 4);
  finish(s, file);
  draw(s);
}

/// What a whole reading of the sample says: "" when nothing.
static void read_all(const sample *s, char said[SAID]) {
  static const struct {
    shard_table_id table;
    const char *group;
  } more[] = {{SHARD_TABLE_TRACKS, "/tracks"},           {SHARD_TABLE_MAP_LINES, "/map/lines"},
              {SHARD_TABLE_MAP_POINTS, "/map/points"},   {SHARD_TABLE_MAP_LINKS, "/map/links"},
              {SHARD_TABLE_MAP_SIGNALS, "/map/signals"}, {SHARD_TABLE_INDEX, "/index"}};
  shard_reader *r = NULL;
  trouble why = {0};
  frame f;
  union {
    shard_tracks_row a;
    shard_map_lines_row b;
  } row;
  if (!shard_open(&r, s->path, &why) && !shard_read_frame(r, 1, &f, &why))
    for (size_t i = 0; i < sizeof more / sizeof *more && !why.code; i++)
      shard_read_rows(r, more[i].table, more[i].group, 0, 1, &row, &why);
  shard_close(r);
  strcpy(said, why.code ? why.text : "");
}

static void group_of(shard_table_id table, char out[64]) {
  static const char *const own[SHARD_TABLE_COUNT] = {
      [SHARD_TABLE_LIDAR] = "/lidars/LIDAR_0",
      [SHARD_TABLE_SHOTS] = "/cameras/CAM_1/shots",
      [SHARD_TABLE_CAMERA_CALIB] = "/cameras/CAM_1/calib",
      [SHARD_TABLE_LIDAR_CALIB] = "/lidars/LIDAR_0/calib"};
  snprintf(out, 64, "%s", own[table] ? own[table] : shard_tables[table].group);
}

static void nothing_that_is_missing_is_read_as_zeros(void **state) {
  const sample *s = *state;
  char said[SAID], group[64], path[128];
  int tried = 0;
  finish(s, sample_open(s));
  read_all(s, said);
  assert_string_equal(said, "");
  for (int t = 0; t < SHARD_TABLE_COUNT; t++)
    for (int c = 0; c < shard_tables[t].column_count; c++, tried++) {
      hid_t file = sample_open(s);
      group_of((shard_table_id)t, group);
      snprintf(path, sizeof path, "%s/%s", group, shard_tables[t].columns[c].name);
      drop(file, path);
      finish(s, file);
      read_all(s, said);
      strcat(path, " is missing");
      if (!strstr(said, path))
        fail_msg("without it: '%s' (%s)", said, path);
    }
  assert_true(tried > 120);
  static const char *const others[] = {
      "/keypoints3d",        "/keypoints2d",    "/amodal",       "/cameras/CAM_1/range",
      "/cameras/CAM_1/mark", "/signals/offset", "/amodal/offset"};
  for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
    hid_t file = sample_open(s);
    drop(file, others[i]);
    finish(s, file);
    read_all(s, said);
    if (!strstr(said, "is missing") || !strstr(said, others[i]))
      fail_msg("without %s: '%s'", others[i], said);
  }
  static const char *const attributes[] = {"modules_sha256", "maps_sha256", "seed", "device"};
  for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
    hid_t file = sample_open(s);
    H5Adelete(file, attributes[i]);
    finish(s, file);
    sample_refused(s, attributes[i]);
  }
  hid_t file = sample_open(s), camera = H5Gopen2(file, "/cameras/CAM_1", H5P_DEFAULT);
  H5Adelete(camera, "labels");
  H5Gclose(camera);
  finish(s, file);
  sample_refused(s, "/cameras/CAM_1 has no usable list of labels");
}

/// Takes away what format 1.`minor` doesn't have.
static void make_older(hid_t file, int minor) {
  char group[64], path[128], version[16];
  for (int t = 0; t < SHARD_TABLE_COUNT; t++) {
    group_of((shard_table_id)t, group);
    if (shard_since(shard_tables[t].description) > minor) {
      drop(file, group);
      continue;
    }
    for (int c = 0; c < shard_tables[t].column_count; c++)
      if (shard_since(shard_tables[t].columns[c].description) > minor) {
        for (int k = 0; k < 2; k++) {
          if (t == SHARD_TABLE_CAMERA_CALIB)
            strcpy(group, k ? "/cameras/CAM_1/calib" : "/cameras/CAM_FRONT/calib");
          snprintf(path, sizeof path, "%s/%s", group, shard_tables[t].columns[c].name);
          if (k == 0 || t == SHARD_TABLE_CAMERA_CALIB)
            drop(file, path);
        }
      }
  }
  for (int i = 0; i < SHARD_IMAGE_COUNT; i++)
    if (shard_since(shard_images[i].description) > minor) {
      snprintf(path, sizeof path, "/cameras/CAM_1/%s", shard_images[i].name);
      drop(file, path);
    }
  for (int i = 0; i < 2 && minor < 7; i++) {
    hid_t camera = H5Gopen2(file, i ? "/cameras/CAM_1" : "/cameras/CAM_FRONT", H5P_DEFAULT);
    H5Adelete(camera, "labels");
    H5Gclose(camera);
  }
  if (minor < 2)
    H5Adelete(file, "maps_sha256");
  if (minor < 1)
    H5Adelete(file, "modules_sha256");
  snprintf(version, sizeof version, "1.%d.0", minor);
  set_text(file, "format_version", version);
}

static void older_shards_lack_what_came_later(void **state) {
  const sample *s = *state;
  const int now = shard_minor(SHARD_FORMAT_VERSION);
  assert_true(now >= 10);
  for (int minor = 0; minor < now; minor++) {
    hid_t file = sample_open(s);
    make_older(file, minor);
    finish(s, file);
    shard_reader *r = NULL;
    trouble why = {0};
    frame f;
    rig_def rig;
    shard_tracks_row row;
    if (shard_open(&r, s->path, &why) || shard_read_frame(r, 1, &f, &why) ||
        shard_read_rig(r, 0, &rig, &why) ||
        shard_read_rows(r, SHARD_TABLE_TRACKS, "/tracks", 0, 1, &row, &why))
      fail_msg("1.%d: %s", minor, why.text);
    assert_true((f.signal_left_s != NULL) == (minor >= 5));
    assert_true((f.keypoints2d_count > 0) == (minor >= 6));
    assert_true((f.cameras[1].range_m != NULL) == (minor >= 7));
    assert_true((rig.cameras[1].labels == LABELS_STANDARD) == (minor < 7));
    assert_int_equal(rig.cameras[1].model, LENS_PINHOLE);
    assert_int_equal(rig.cameras[1].binning, 1);
    assert_true(fabs(rig.cameras[1].field_rad - acos(0)) < 1e-12);
    shard_close(r);
  }
  assert_int_equal(shard_since("all; since 1.5"), 5);
  assert_int_equal(shard_since("1, since 1.5; since 1.6: 2, since 1.7 and more"), 0);
  assert_int_equal(shard_since("none"), 0);
  assert_int_equal(shard_minor("1.12.3"), 12);
  assert_int_equal(shard_minor("1.x"), -1);
  assert_int_equal(shard_minor("1.-1"), -1);
  assert_int_equal(shard_minor("2.0"), -1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sizes_that_lie_are_refused),
      cmocka_unit_test(offsets_that_lie_are_refused),
      cmocka_unit_test(numbers_of_no_thing_are_refused),
      cmocka_unit_test(texts_end_and_move_no_cursor),
      cmocka_unit_test(sheets_of_nonsense_are_drawn),
      cmocka_unit_test(nothing_that_is_missing_is_read_as_zeros),
      cmocka_unit_test(older_shards_lack_what_came_later),
  };
  return cmocka_run_group_tests(tests, make_sample, drop_sample);
}
