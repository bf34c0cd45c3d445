// SPDX-License-Identifier: Apache-2.0
// labels: unit
// A device that is short of memory at any point of a frame makes the same frames as one that isn't,
// and what it holds is counted.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/hash.h"
#include "render/device_cl.h"
#include "render/shared_array.h"
#include "with_cameras.h"

enum { FRAMES = 3, TALL = 416, WIDE = 40 };
static const size_t KIB = 1 << 10;

static device *open_device(const char *mib) {
  device *dev;
  trouble why = {0};
  setenv("ROADLOOM_DEVICE_MEMORY_MIB", mib, 1);
  if (device_open(&dev, NULL, &why))
    fail_msg("%s", why.text);
  unsetenv("ROADLOOM_DEVICE_MEMORY_MIB");
  return dev;
}

// A camera that meters, and asks how everything moves; tall, so that bands spare memory.
static const char eye[] =
    "{ name = 'eye', width_px = 40, height_px = 416, position_m = {1.6, 0, 1.5}, fx_px = 25,\n"
    "  labels = { 'standard', 'amodal', 'flow', 'occlusion', 'raw' }, electronics = 'full',\n"
    "  exposure = 'auto', white_balance = 'auto', exposure_tau_s = 0.2 }";
static const char street[] =
    "duration_s = 2, frame_hz = 10, road = grid_city { blocks = {2, 1} },\n"
    "time_of_day_h = 11, traffic = { vehicles_per_km = 40 }, pedestrians = { per_km = 90 }";

typedef struct film {
  script *s;
  scene *built;
  sim_world *world;
  sim_snapshot at[FRAMES];
} film;

static void film_open(film *m) {
  trouble why = {0};
  memset(m, 0, sizeof *m);
  m->built = cameras_build(eye, street, "speed_mps = 9,", &m->s);
  assert_int_equal(m->built->rig.cameras[0].width_px, WIDE);
  assert_int_equal(m->built->rig.cameras[0].height_px, TALL);
  if (sim_world_create(&m->world, m->built, &why))
    fail_msg("%s", why.text);
  for (int i = 0; i < FRAMES; i++)
    if (sim_world_next_frame(m->world, &m->at[i], &why))
      fail_msg("%s", why.text);
  assert_true(m->at[0].ego == 0 && m->at[0].actor_count > 10);
  m->at[0].actor_count = 1; // alone, so that the second frame wants more of everything
}

static void film_close(film *m) {
  for (int i = 0; i < FRAMES; i++)
    sim_snapshot_free(&m->at[i]);
  sim_world_destroy(m->world);
  scene_destroy(m->built);
  script_close(m->s);
}

typedef struct made {
  uint64_t sum[FRAMES]; // of what each frame holds
  double scale[FRAMES]; // its exposure
  size_t used[FRAMES];  // of the device's memory after it
} made;

static uint64_t mix(uint64_t sum, const void *data, size_t size) {
  return hash_xxh3_seeded(data, size, sum);
}

static uint64_t sum_of(const frame *f) {
  const frame_camera *c = &f->cameras[0];
  size_t pixels = (size_t)WIDE * TALL;
  uint64_t sum = mix(0, c->rgb, 3 * pixels);
  sum = mix(sum, c->raw, sizeof *c->raw * pixels);
  sum = mix(sum, c->depth_m, sizeof *c->depth_m * pixels);
  sum = mix(sum, c->flow, 2 * sizeof *c->flow * pixels);
  sum = mix(sum, c->occlusion, pixels);
  for (int i = 0; i < f->box2d_count; i++) {
    sum = mix(sum, f->boxes2d[i].amodal, sizeof f->boxes2d[i].amodal);
    sum = mix(sum, f->boxes2d[i].visible, sizeof f->boxes2d[i].visible);
  }
  return mix(sum, f->amodal_runs, sizeof *f->amodal_runs * (size_t)f->amodal_run_count);
}

// With so much of the device's memory.
static void see(device *dev, const film *m, size_t bytes, made *out) {
  trouble why = {0};
  cl_mem ballast;
  renderer *r;
  frame f;
  if (device_buffer(dev, 16, NULL, &ballast, &why))
    fail_msg("%s", why.text);
  device_count(dev, ballast, device_room(dev) - bytes);
  if (renderer_create(&r, dev, &why) || renderer_set_scene(r, m->built, &why))
    fail_msg("%zu bytes: %s", bytes, why.text);
  for (int i = 0; i < FRAMES; i++) {
    if (renderer_frame(r, &m->at[i], &f, &why))
      fail_msg("%zu bytes, frame %d: %s", bytes, i, why.text);
    out->sum[i] = sum_of(&f);
    out->scale[i] = f.cameras[0].shot.shutter_s * f.cameras[0].shot.gain;
    out->used[i] = bytes - device_room(dev);
  }
  renderer_destroy(r);
  clReleaseMemObject(ballast);
}

// Boxes are what a camera asks memory for last; before them samples, motion, instances.
static void frames_are_the_same_wherever_memory_ran_short(void **state) {
  (void)state;
  device *dev = open_device("2048");
  film m;
  made truth, is;
  film_open(&m);
  see(dev, &m, ((size_t)1 << 31) - 16 * KIB, &truth);
  if (truth.scale[1] == truth.scale[0] || truth.scale[2] == truth.scale[1])
    fail_msg("exposures %g %g %g", truth.scale[0], truth.scale[1], truth.scale[2]);
  const size_t spared[] = {4, 48, 256};
  int lent = 0;
  for (size_t k = 0; k < sizeof spared / sizeof *spared; k++) {
    const size_t limit = truth.used[1] - spared[k] * KIB;
    see(dev, &m, limit, &is);
    print_message("%zu of %zu KiB: %zu left\n", limit / KIB, truth.used[1] / KIB, is.used[1] / KIB);
    lent += is.used[2] + 256 * KIB < truth.used[2]; // samples were given back
    for (int i = 0; i < FRAMES; i++)
      if (is.sum[i] != truth.sum[i])
        fail_msg("frame %d with %zu of %zu KiB is another one; exposed %g, not %g", i, limit / KIB,
                 truth.used[i] / KIB, is.scale[i], truth.scale[i]);
  }
  assert_int_equal(lent, sizeof spared / sizeof *spared);
  film_close(&m);
  device_close(dev);
}

static void arrays_that_the_host_shares_count_and_can_be_refused(void **state) {
  (void)state;
  device *dev = open_device("1");
  shared_array a = {.item_bytes = 16};
  trouble why = {0};
  size_t before = device_room(dev);
  memset(shared_array_add(&a, 1 << 14), 0, 16 << 14);
  assert_int_equal(shared_array_upload(&a, dev, &why), STATUS_OK);
  size_t held = before - device_room(dev);
  if (held < 16 << 14 || held > 2 * 16 << 14)
    fail_msg("%d bytes count as %zu", 16 << 14, held);
  memset(shared_array_add(&a, 1 << 16), 0, 16 << 16); // together more than a MiB
  assert_false(device_was_short(dev));
  assert_int_equal(shared_array_upload(&a, dev, &why), STATUS_DEVICE);
  assert_true(device_was_short(dev));
  shared_array_cut(&a, 1 << 14);
  assert_int_equal(shared_array_upload(&a, dev, &why), STATUS_OK);
  shared_array_free(&a);
  assert_int_equal(device_room(dev), before);
  device_close(dev);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(frames_are_the_same_wherever_memory_ran_short),
      cmocka_unit_test(arrays_that_the_host_shares_count_and_can_be_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
