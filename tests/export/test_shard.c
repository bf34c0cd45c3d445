// SPDX-License-Identifier: Apache-2.0
// A shard is what went in, byte for byte the same every time.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <malloc.h>

#include "base/file.h"
#include "export/shard.h"
#include "export/shard_pack.h"
#include "export/shard_reader.h"
#include "with_drive.h"

#define assert_ok(call)                                                                            \
  do {                                                                                             \
    trouble why_ = {0};                                                                            \
    trouble *why = &why_;                                                                          \
    status status_ = (call);                                                                       \
    if (status_)                                                                                   \
      fail_msg("%s: %s", status_name(status_), why_.text);                                         \
  } while (0)

enum { SCENES = 2, FRAMES = 5 };

static const shard_about about_test = {.program_version = "0.1.0",
                                       .script_name = "street.lua",
                                       .script_text = "return scene {}\n",
                                       .script_sha256 = "0123",
                                       .overrides = "a=1",
                                       .device = "none",
                                       .split = "train",
                                       .seed = 7,
                                       .shard = 3};

// *bytes: NULL or an earlier shard's, whose memory this one takes.
static void make_shard(const rig_def *rig, int threads, int scenes, int frames, void **bytes,
                       size_t *size) {
  shard_about about = about_test;
  about.threads = threads;
  about.spare = *bytes;
  shard_writer *w = NULL;
  assert_ok(shard_create(&w, &about, rig, why));
  for (int s = 0; s < scenes; s++) {
    drive *d = drive_create(rig, 11, (uint32_t)s + 40);
    assert_ok(shard_add_scene(w, drive_scene(d), why));
    for (int i = 0; i < frames; i++)
      assert_ok(shard_add_frame(w, drive_frame(d, (uint32_t)i), why));
    drive_destroy(d);
  }
  assert_true(shard_seconds(w) > 0);
  assert_ok(shard_finish(w, bytes, size, why));
}

static char *temp_path(void) {
  char *path = strdup("/tmp/roadloom-shard-XXXXXX");
  int fd = mkstemp(path);
  assert_true(fd >= 0);
  close(fd);
  return path;
}

static void assert_same(const char *what, const void *a, const void *b, size_t size) {
  if (memcmp(a, b, size) != 0)
    fail_msg("%s differs", what);
}

static void assert_same_frame(const frame *a, const frame *b) {
  assert_int_equal(a->time_ns, b->time_ns);
  assert_int_equal(a->duration_ns, b->duration_ns);
  assert_int_equal(a->scene, b->scene);
  assert_int_equal(a->frame, b->frame);
  assert_same("ego_begin", &a->ego_begin, &b->ego_begin, sizeof a->ego_begin);
  assert_same("ego_end", &a->ego_end, &b->ego_end, sizeof a->ego_end);
  assert_same("velocity", &a->ego_velocity_mps, &b->ego_velocity_mps, sizeof(vec3));
  assert_same("acceleration", &a->ego_acceleration_mps2, &b->ego_acceleration_mps2, sizeof(vec3));
  assert_true(a->ego_yaw_rate_radps == b->ego_yaw_rate_radps);
  assert_same("weather", &a->weather, &b->weather, sizeof a->weather);
  assert_int_equal(a->camera_count, b->camera_count);
  for (int i = 0; i < a->camera_count; i++) {
    const frame_camera *x = &a->cameras[i], *y = &b->cameras[i];
    assert_int_equal(x->width_px, y->width_px);
    assert_int_equal(x->height_px, y->height_px);
    size_t n = (size_t)x->width_px * (size_t)x->height_px;
    assert_same("shot", &x->shot, &y->shot, sizeof x->shot);
    for (int k = 0; k < SHARD_IMAGE_COUNT; k++) {
      const shard_image_info *image = &shard_images[k];
      const void *one = shard_image_of(x, (shard_image_id)k);
      const void *other = shard_image_of(y, (shard_image_id)k);
      assert_int_equal(one == NULL, other == NULL);
      size_t values = n * (size_t)(image->channels ? image->channels : 1);
      if (one)
        assert_same(image->name, one, other, values * shard_type_bytes(image->type));
    }
  }
  assert_int_equal(a->lidar_count, b->lidar_count);
  for (int i = 0; i < a->lidar_count; i++) {
    const frame_lidar *x = &a->lidars[i], *y = &b->lidars[i];
    assert_int_equal(x->count, y->count);
    size_t n = (size_t)x->count;
    assert_same("x", x->x_m, y->x_m, 4 * n);
    assert_same("y", x->y_m, y->y_m, 4 * n);
    assert_same("z", x->z_m, y->z_m, 4 * n);
    assert_same("intensity", x->intensity, y->intensity, 4 * n);
    assert_same("ring", x->ring, y->ring, 2 * n);
    assert_same("t_ns", x->t_ns, y->t_ns, 4 * n);
    assert_same("instance", x->instance, y->instance, 4 * n);
    assert_same("semantic", x->semantic, y->semantic, n);
    assert_same("echo", x->echo, y->echo, n);
  }
  assert_int_equal(a->box3d_count, b->box3d_count);
  for (int i = 0; i < a->box3d_count; i++) { // not memcmp of the struct: padding
    const frame_box3d *x = &a->boxes3d[i], *y = &b->boxes3d[i];
    assert_int_equal(x->id, y->id);
    assert_int_equal(x->class, y->class);
    assert_int_equal(x->kind, y->kind);
    assert_same("centre", &x->centre, &y->centre, sizeof x->centre);
    assert_same("size", x->size_m, y->size_m, sizeof x->size_m);
    assert_same("velocity", &x->velocity_mps, &y->velocity_mps, sizeof(vec3));
    assert_same("acceleration", &x->acceleration_mps2, &y->acceleration_mps2, sizeof(vec3));
    assert_true(x->yaw_rate_radps == y->yaw_rate_radps);
    assert_same("lidar_points", x->lidar_points, y->lidar_points, sizeof x->lidar_points);
    assert_int_equal(x->flags, y->flags);
    assert_int_equal(x->lane, y->lane);
  }
  assert_int_equal(a->box2d_count, b->box2d_count);
  for (int i = 0; i < a->box2d_count; i++)
    assert_same("box2d", &a->boxes2d[i], &b->boxes2d[i], sizeof a->boxes2d[i]);
  assert_int_equal(a->amodal_run_count, b->amodal_run_count);
  assert_same("amodal runs", a->amodal_runs, b->amodal_runs,
              sizeof *a->amodal_runs * (size_t)a->amodal_run_count);
  assert_int_equal(a->keypoints3d_count, b->keypoints3d_count);
  for (int i = 0; i < a->keypoints3d_count; i++) {
    assert_int_equal(a->keypoints3d[i].id, b->keypoints3d[i].id);
    assert_same("joints", a->keypoints3d[i].world_m, b->keypoints3d[i].world_m,
                sizeof a->keypoints3d[i].world_m);
  }
  assert_int_equal(a->keypoints2d_count, b->keypoints2d_count);
  for (int i = 0; i < a->keypoints2d_count; i++) {
    const frame_keypoints2d *x = &a->keypoints2d[i], *y = &b->keypoints2d[i];
    assert_int_equal(x->id, y->id);
    assert_int_equal(x->camera, y->camera);
    assert_same("px", x->px, y->px, sizeof x->px);
    assert_same("visibility", x->visibility, y->visibility, sizeof x->visibility);
  }
  assert_int_equal(a->signal_count, b->signal_count);
  assert_same("signals", a->signals, b->signals, (size_t)a->signal_count);
  assert_same("signal_left_s", a->signal_left_s, b->signal_left_s,
              sizeof *a->signal_left_s * (size_t)a->signal_count);
}

static void frames_come_back_as_they_went_in(void **state) {
  (void)state;
  rig_def rig = drive_rig(2, 96, 64, 2);
  void *bytes = NULL;
  size_t size = 0;
  make_shard(&rig, 2, SCENES, FRAMES, &bytes, &size);
  char *path = temp_path();
  assert_ok(file_write_atomic(path, bytes, size, why));
  shard_reader *r = NULL;
  assert_ok(shard_open(&r, path, why));
  const shard_summary *about = shard_summary_of(r);
  assert_int_equal(about->scene_count, SCENES);
  assert_int_equal(about->frame_count, SCENES * FRAMES);
  assert_string_equal(about->script_name, "street.lua");
  assert_string_equal(about->split, "train");
  assert_int_equal(about->seed, 7);
  assert_int_equal(about->shard, 3);
  assert_int_equal(about->bytes, size);
  assert_string_equal(shard_scene_rows(r)[1].weather, "rain");
  assert_int_equal(shard_scene_rows(r)[1].frame_first[0], FRAMES);
  for (int s = 0; s < SCENES; s++) {
    drive *d = drive_create(&rig, 11, (uint32_t)s + 40);
    for (int i = 0; i < FRAMES; i++) {
      frame f;
      assert_ok(shard_read_frame(r, (uint64_t)(s * FRAMES + i), &f, why));
      assert_same_frame(drive_frame(d, (uint32_t)i), &f);
    }
    rig_def back;
    assert_ok(shard_read_rig(r, (uint64_t)s, &back, why));
    assert_int_equal(back.camera_count, 2);
    for (int i = 0; i < 2; i++) {
      assert_string_equal(back.cameras[i].name, rig.cameras[i].name);
      assert_true(back.cameras[i].fx_px == rig.cameras[i].fx_px);
      assert_true(back.cameras[i].readout_s == rig.cameras[i].readout_s);
      const electronics_def *own = &back.cameras[i].electronics, *it = &rig.cameras[i].electronics;
      assert_int_equal(own->full, i == 1);
      assert_int_equal(own->bayer, it->bayer);
      assert_int_equal(own->black, it->black);
      assert_true(own->full_well_e == it->full_well_e && own->read_e == it->read_e);
      assert_same("ccm", own->ccm, it->ccm, sizeof own->ccm);
      assert_same("mount", &back.cameras[i].mount, &rig.cameras[i].mount, sizeof(pose));
      assert_int_equal(back.lidars[i].rings, 16);
      assert_same("elevations", back.lidars[i].elevation_rad, rig.lidars[i].elevation_rad,
                  sizeof back.lidars[i].elevation_rad);
      assert_same("lidar mount", &back.lidars[i].mount, &rig.lidars[i].mount, sizeof(pose));
    }
    drive_destroy(d);
  }
  frame f;
  assert_int_equal(shard_read_frame(r, SCENES * FRAMES, &f, NULL), STATUS_RANGE);
  shard_close(r);
  unlink(path);
  free(path);
  free(bytes);
}

static void a_second_writing_makes_the_same_bytes(void **state) {
  (void)state;
  rig_def rig = drive_rig(2, 160, 96, 1);
  void *first = NULL;
  size_t first_size = 0;
  make_shard(&rig, 1, SCENES, FRAMES, &first, &first_size);
  for (time_t now = time(NULL); time(NULL) == now;) // a time in the file would show
    usleep(20000);
  const int threads[] = {1, 2, 7, 2};
  void *again = NULL; // each but the first in the memory of the one before
  for (size_t i = 0; i < sizeof threads / sizeof threads[0]; i++) {
    mallopt(M_PERTURB, 0x5a + (int)i); // fresh memory isn't all zero
    size_t size = 0;
    make_shard(&rig, threads[i], SCENES, FRAMES, &again, &size);
    assert_int_equal(size, first_size);
    assert_int_equal((uintptr_t)again % 4096, 0); // can be written past the page cache
    for (size_t k = 0; k < size; k++)
      if (((uint8_t *)again)[k] != ((uint8_t *)first)[k])
        fail_msg("%d threads: byte %zu differs", threads[i], k);
    memset(again, 0xa5, size);
  }
  mallopt(M_PERTURB, 0);
  free(again);
  free(first);
}

static void rigs_without_cameras_or_lidars_and_empty_shards_work(void **state) {
  (void)state;
  const int sensors[][2] = {{0, 1}, {1, 0}, {0, 0}};
  for (int i = 0; i < 3; i++) {
    rig_def rig = drive_rig(sensors[i][0], 64, 48, sensors[i][1]);
    for (int frames = 0; frames <= 2; frames += 2) {
      void *bytes = NULL;
      size_t size = 0;
      make_shard(&rig, 2, 1, frames, &bytes, &size);
      char *path = temp_path();
      assert_ok(file_write_atomic(path, bytes, size, why));
      shard_reader *r = NULL;
      assert_ok(shard_open(&r, path, why));
      assert_int_equal(shard_summary_of(r)->frame_count, frames);
      if (frames) {
        drive *d = drive_create(&rig, 11, 40);
        frame f;
        assert_ok(shard_read_frame(r, 1, &f, why));
        drive_frame(d, 0);
        assert_same_frame(drive_frame(d, 1), &f);
        drive_destroy(d);
      }
      shard_close(r);
      unlink(path);
      free(path);
      free(bytes);
    }
  }
}

static void what_does_not_fit_is_refused_with_a_reason(void **state) {
  (void)state;
  rig_def rig = drive_rig(1, 64, 48, 1), other = drive_rig(1, 64, 50, 1);
  shard_writer *w = NULL;
  trouble why = {0};
  assert_int_equal(shard_create(&w, &about_test, &rig, &why), STATUS_OK);
  drive *d = drive_create(&rig, 1, 5), *wide = drive_create(&other, 1, 6);
  assert_int_equal(shard_add_frame(w, drive_frame(d, 0), &why), STATUS_CONFLICT);
  assert_string_equal(why.text, "shard: frame 0 of scene 5 has no scene before it");
  assert_int_equal(shard_add_scene(w, drive_scene(wide), &why), STATUS_CONFLICT);
  assert_non_null(strstr(why.text, "scene 6: its sensors"));
  assert_int_equal(shard_add_scene(w, drive_scene(d), &why), STATUS_OK);
  frame f = *drive_frame(d, 0);
  f.lidar_count = 0;
  assert_int_equal(shard_add_frame(w, &f, &why), STATUS_CONFLICT);
  shard_abandon(w);
  shard_abandon(NULL);
  rig = drive_rig(2, 64, 48, 0);
  strcpy(rig.cameras[1].name, rig.cameras[0].name);
  assert_int_equal(shard_create(&w, &about_test, &rig, &why), STATUS_RANGE);
  assert_string_equal(why.text, "shard: two sensors are called CAM_FRONT");
  assert_null(w);
  strcpy(rig.cameras[1].name, "a/b");
  assert_int_equal(shard_create(&w, &about_test, &rig, &why), STATUS_RANGE);
  drive_destroy(d);
  drive_destroy(wide);
}

static void the_map_has_centres_borders_stop_lines_and_crosswalks(void **state) {
  (void)state;
  rig_def rig = drive_rig(0, 64, 48, 0);
  void *bytes = NULL;
  size_t size = 0;
  make_shard(&rig, 1, 2, 0, &bytes, &size);
  char *path = temp_path();
  assert_ok(file_write_atomic(path, bytes, size, why));
  shard_reader *r = NULL;
  assert_ok(shard_open(&r, path, why));
  uint64_t lines = 0, points = 0, tracks = 0;
  assert_ok(shard_count_rows(r, SHARD_TABLE_MAP_LINES, "/map/lines", &lines, why));
  assert_ok(shard_count_rows(r, SHARD_TABLE_MAP_POINTS, "/map/points", &points, why));
  assert_ok(shard_count_rows(r, SHARD_TABLE_TRACKS, "/tracks", &tracks, why));
  const uint64_t expected = 2 + 3 + 2 + 1; // lanes, borders, stop lines, crosswalk
  assert_int_equal(lines, 2 * expected);
  assert_int_equal(points, 2 * (2 * 41 + 3 * 41 + 2 * 2 + 5));
  assert_int_equal(tracks, 2 * 17);
  shard_map_lines_row rows[8];
  assert_ok(shard_read_rows(r, SHARD_TABLE_MAP_LINES, "/map/lines", expected, expected, rows, why));
  const uint8_t kinds[8] = {0, 0, 1, 1, 1, 2, 2, 3};
  for (int i = 0; i < 8; i++)
    assert_int_equal(rows[i].kind[0], kinds[i]);
  assert_int_equal(rows[3].yellow[0], 1);
  // The left border of the street lies one lane to the left of its reference line.
  shard_map_points_row point;
  assert_ok(shard_read_rows(r, SHARD_TABLE_MAP_POINTS, "/map/points", 2 * 41 + 7, 1, &point, why));
  assert_true(point.y[0] > 3.49 && point.y[0] < 3.51);
  shard_tracks_row track;
  assert_ok(shard_read_rows(r, SHARD_TABLE_TRACKS, "/tracks", 0, 1, &track, why));
  assert_int_equal(track.id[0], 1);
  assert_int_equal(track.role[0], 3);
  shard_close(r);
  unlink(path);
  free(path);
  free(bytes);
}

static void shuffling_gathers_the_bytes_of_each_place(void **state) {
  (void)state;
  uint8_t in[37], out[37];
  for (int i = 0; i < 37; i++)
    in[i] = (uint8_t)(i * 7);
  const size_t items[] = {1, 2, 3, 4, 8};
  for (size_t n = 0; n < 5; n++) {
    const size_t item = items[n], count = sizeof in / item;
    shard_shuffle(out, in, sizeof in, item);
    for (size_t i = 0; i < count; i++)
      for (size_t k = 0; k < item; k++)
        assert_int_equal(out[k * count + i], in[i * item + k]);
    for (size_t i = count * item; i < sizeof in; i++)
      assert_int_equal(out[i], in[i]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(frames_come_back_as_they_went_in),
      cmocka_unit_test(a_second_writing_makes_the_same_bytes),
      cmocka_unit_test(rigs_without_cameras_or_lidars_and_empty_shards_work),
      cmocka_unit_test(what_does_not_fit_is_refused_with_a_reason),
      cmocka_unit_test(the_map_has_centres_borders_stop_lines_and_crosswalks),
      cmocka_unit_test(shuffling_gathers_the_bytes_of_each_place),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
