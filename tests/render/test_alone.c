// SPDX-License-Identifier: Apache-2.0
// labels: unit
// What other devices run, a ray and a sample a work-item, sees what packets of rays and
// vectors of samples on a CPU see.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "render/renderer.h"
#include "scenes/script.h"
#include "sim/world.h"

static const char SCRIPT[] =
    "return scene { duration_s = 2, frame_hz = 10,\n"
    "  road = grid_city { blocks = {2, 1}, block_m = 80, signals = 1 },\n"
    "  traffic = { vehicles_per_km = 20 }, pedestrians = { per_km = 40 },\n"
    "  weather = %s, time_of_day_h = %s,\n"
    "  ego = { rig = { name = 'test', cameras = {\n"
    "    { name = 'front', width_px = 161, height_px = 95, position_m = {1.7, 0, 1.5} },\n"
    "    { name = 'left', width_px = 102, height_px = 67, position_m = {1.0, 0.5, 1.6},\n"
    "      yaw_deg = 60, readout_s = 0.03 } },\n"
    "    lidars = { { name = 'top', preset = 'hdl32e', azimuth_steps = 360, rotation_hz = 10,\n"
    "      position_m = {0.9, 0, 1.9} } } } } }\n";

typedef struct eye {
  device *dev;
  renderer *r;
  frame f;
} eye;

static void see(eye *e, bool alone, const scene *built, const sim_snapshot *now) {
  trouble why = {0};
  if (alone)
    setenv("ROADLOOM_AS_GPU", "1", 1);
  status result = device_open(&e->dev, NULL, &why);
  unsetenv("ROADLOOM_AS_GPU");
  if (result || renderer_create(&e->r, e->dev, &why) || renderer_set_scene(e->r, built, &why) ||
      renderer_frame(e->r, now, &e->f, &why))
    fail_msg("%s", why.text);
}

static void close_eye(eye *e) {
  renderer_destroy(e->r);
  device_close(e->dev);
}

// Counts what differs; distances by more than a few roundings of them, and of the places in the
// scene that they were worked out from: a tenth of a millimetre where a near body is seen at a
// slant.
static void compare_camera(const frame_camera *a, const frame_camera *b) {
  int pixels = a->width_px * a->height_px, labels = 0, far = 0, colors = 0;
  for (int i = 0; i < pixels; i++) {
    labels += a->semantic[i] != b->semantic[i] || a->instance[i] != b->instance[i];
    far += fabsf(a->depth_m[i] - b->depth_m[i]) > 1e-4f + 3e-6f * a->depth_m[i];
    int most = 0;
    for (int k = 0; k < 3; k++) {
      int gap = abs((int)a->rgb[3 * i + k] - (int)b->rgb[3 * i + k]);
      most = gap > most ? gap : most;
    }
    colors += most > 3;
  }
  if (labels > pixels / 5000 || far > pixels / 5000 || colors > pixels / 300)
    fail_msg("of %d pixels %d differ in labels, %d in depth, %d in colour", pixels, labels, far,
             colors);
}

// Points in firing order; a beam that one of the two lost is skipped in the other.
static void compare_lidar(const frame_lidar *a, const frame_lidar *b) {
  int apart = 0, both = 0;
  for (int i = 0, k = 0; i < a->count && k < b->count;) {
    int64_t left = (int64_t)a->t_ns[i] * 256 + a->ring[i];
    int64_t right = (int64_t)b->t_ns[k] * 256 + b->ring[k];
    if (left != right) {
      i += left < right;
      k += left > right;
      continue;
    }
    apart += a->instance[i] != b->instance[k] || a->semantic[i] != b->semantic[k] ||
             fabsf(a->x_m[i] - b->x_m[k]) > 1e-4f * (1 + fabsf(a->x_m[i]));
    both++, i++, k++;
  }
  int most = a->count > b->count ? a->count : b->count;
  if (apart > most / 1000 || both < most - most / 500)
    fail_msg("of %d and %d points %d are in both and %d of those differ", a->count, b->count, both,
             apart);
}

static void compare(const char *weather, const char *hour) {
  char text[2048];
  trouble why = {0};
  script *s = NULL;
  scene *built = NULL;
  sim_world *world = NULL;
  sim_snapshot now = {0};
  snprintf(text, sizeof text, SCRIPT, weather, hour);
  if (script_open_text(&s, "test.lua", text, NULL, LIBRARY_DIR, NULL, 0, &why) ||
      script_build(s, 3, 0, &built, &why) || sim_world_create(&world, built, &why))
    fail_msg("%s", why.text);
  for (int i = 0; i < 8; i++)
    if (sim_world_next_frame(world, &now, &why))
      fail_msg("%s", why.text);
  eye wide = {0}, alone = {0};
  see(&wide, false, built, &now);
  see(&alone, true, built, &now);
  assert_int_equal(wide.f.box2d_count, alone.f.box2d_count);
  assert_true(wide.f.box2d_count > 2);
  for (int i = 0; i < wide.f.camera_count; i++)
    compare_camera(&wide.f.cameras[i], &alone.f.cameras[i]);
  assert_true(wide.f.lidars[0].count > 500);
  compare_lidar(&wide.f.lidars[0], &alone.f.lidars[0]);
  close_eye(&wide);
  close_eye(&alone);
  sim_snapshot_free(&now);
  sim_world_destroy(world);
  scene_destroy(built);
  script_close(s);
}

static void a_clear_day_is_the_same(void **state) {
  (void)state;
  compare("clear {}", "11");
}

static void a_rainy_night_is_the_same(void **state) {
  (void)state;
  compare("rain { rate_mmh = 8 }", "23");
}

static void snow_in_fog_is_the_same(void **state) {
  (void)state;
  compare("snow { rate_mmh = 2, fog_visibility_m = 150 }", "15");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_clear_day_is_the_same),
      cmocka_unit_test(a_rainy_night_is_the_same),
      cmocka_unit_test(snow_in_fog_is_the_same),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
