// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Shutters and pairs: known motion gives the known skew and the known blur, two cameras side by
// side the known disparity.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scenes/lens.h"
#include "with_cameras.h"

static device *dev;

static int open_device(void **state) {
  (void)state;
  trouble why;
  return device_open(&dev, NULL, &why) ? -1 : 0;
}

static int close_device(void **state) {
  (void)state;
  device_close(dev);
  return 0;
}

// The ego drives along a street where nothing else moves.
static const char empty[] =
    "duration_s = 2, frame_hz = 10, road = straight { sidewalk_m = 2, trees_per_km = 0, "
    "parked_per_km = 0 },\n"
    "traffic = { vehicles_per_km = 0 }, pedestrians = { per_km = 0 }, time_of_day_h = 11";
static const char driving[] = "speed_mps = 12, driver = 'constant',";

static double ego_speed(const frame *f) {
  return vec3_length(vec3_sub(f->ego_end.p_m, f->ego_begin.p_m)) / ((double)f->duration_ns * 1e-9);
}

// Middle of a thing's pixels in a row, its depth there; false unless it is one run away from
// the borders.
static bool run_of(const frame_camera *image, uint32_t id, int y, double *middle, double *depth) {
  int first = -1, last = -1, count = 0;
  const uint32_t *row = image->instance + (size_t)y * (size_t)image->width_px;
  for (int x = 0; x < image->width_px; x++)
    if (row[x] == id) {
      first = first < 0 ? x : first;
      last = x;
      count++;
    }
  if (count == 0 || count != last - first + 1 || first < 2 || last > image->width_px - 3)
    return false;
  *middle = (first + last + 1) / 2.0;
  *depth = (double)image->depth_m[y * image->width_px + (first + last) / 2];
  return true;
}

static void a_rolling_shutter_skews_what_it_passes(void **state) {
  (void)state;
  look l;
  look_open(&l, dev,
            "{ name = 'still', width_px = 640, height_px = 480, fov_deg = 90, yaw_deg = 90 },\n"
            "{ name = 'rolling', width_px = 640, height_px = 480, fov_deg = 90, yaw_deg = 90,\n"
            "  readout_s = 0.05 }",
            empty, driving, 2);
  const camera_def *c = &l.built->rig.cameras[1];
  const frame_camera *still = &l.f.cameras[0], *rolling = &l.f.cameras[1];
  double v = ego_speed(&l.f), sum = 0, most = 0;
  assert_true(v > 10);
  int rows = 0;
  for (int i = 0; i < l.built->thing_count; i++) {
    const scene_thing *t = &l.built->things[i];
    if (t->kind != THING_LAMP && t->kind != THING_POLE && t->kind != THING_SIGN)
      continue;
    for (int y = 0; y < still->height_px; y++) {
      double at, there, depth, unused;
      if (!run_of(still, t->id, y, &at, &depth) || !run_of(rolling, t->id, y, &there, &unused))
        continue;
      // The camera looks left: what it passes moves towards its left.
      double shift = -c->fx_px * v * c->readout_s * (y + 0.5) / c->height_px / depth;
      rows++;
      sum += there - at - shift;
      most = fmax(most, fabs(shift));
      if (fabs(there - at - shift) > 1.6)
        fail_msg("thing %u, row %d: it lies %g px aside, not %g", t->id, y, there - at, shift);
    }
  }
  if (!(rows > 100 && most > 8 && fabs(sum / rows) < 0.25))
    fail_msg("%d rows, shifts to %g px, %g px off", rows, most, sum / rows);
  look_close(&l);
}

static double linear(uint8_t byte) {
  return pow(byte / 255.0, 2.2);
}

// With what part of the exposure the mean of sharp pictures looks most like the blurred one.
static double best_share(const double *const *sums, const int *counts, int shares,
                         const double *share, const uint8_t *blurred, size_t values) {
  int best = 0;
  double least = INFINITY;
  for (int k = 0; k < shares; k++) {
    double off = 0;
    for (size_t i = 0; i < values; i++) {
      double mean = 255 * pow(sums[k][i] / counts[k], 1 / 2.2);
      off += (mean - blurred[i]) * (mean - blurred[i]);
    }
    if (off < least)
      least = off, best = k;
  }
  return share[best];
}

static void motion_blur_is_the_mean_over_the_exposure(void **state) {
  (void)state;
  enum { STEPS = 32, SHARES = 5 };
  static const double share[SHARES] = {0.5, 0.75, 1, 1.33, 2};
  static const char *const sight[2] = {"yaw_deg = 90", "lens = 'kannala_brandt', fov_deg = 180"};
  for (int n = 0; n < 2; n++) {
    char cameras[512];
    snprintf(cameras, sizeof cameras,
             "{ name = 'blurred', width_px = 320, height_px = 200, %s, exposure_s = 0.03 },\n"
             "{ name = 'sharp', width_px = 320, height_px = 200, %s }",
             sight[n], sight[n]);
    look l;
    look_open(&l, dev, cameras, empty, driving, 2);
    const frame_camera *b = &l.f.cameras[0], *s = &l.f.cameras[1];
    size_t pixels = (size_t)b->width_px * (size_t)b->height_px, values = 3 * pixels;
    // Labels are those of the row's time, whatever the exposure.
    assert_memory_equal(b->depth_m, s->depth_m, sizeof *b->depth_m * pixels);
    assert_memory_equal(b->instance, s->instance, sizeof *b->instance * pixels);
    assert_memory_equal(b->semantic, s->semantic, pixels);
    uint8_t *blurred = malloc(values);
    memcpy(blurred, b->rgb, values);
    double *sums[SHARES];
    int counts[SHARES] = {0};
    for (int k = 0; k < SHARES; k++)
      sums[k] = calloc(values, sizeof(double));
    sim_actor *ego = &l.now.actors[l.now.ego];
    pose begin = ego->begin;
    for (int j = 0; j < STEPS; j++) {
      double part = 2 * (j + 0.5) / STEPS;
      ego->begin = pose_between(begin, ego->end, part * 0.03 / ((double)l.now.duration_ns * 1e-9));
      look_again(&l);
      for (int k = 0; k < SHARES; k++)
        for (size_t i = 0; part <= share[k] && i < values; i++)
          sums[k][i] += linear(l.f.cameras[1].rgb[i]), counts[k] += i == 0;
    }
    double best = best_share((const double *const *)sums, counts, SHARES, share, blurred, values);
    if (best != 1)
      fail_msg("camera %d: most like %g of its exposure", n, best);
    for (int k = 0; k < SHARES; k++)
      free(sums[k]);
    free(blurred);
    look_close(&l);
  }
}

static void a_pair_sees_the_known_disparity(void **state) {
  (void)state;
  look l;
  look_open(
      &l, dev,
      "{ name = 'left', width_px = 621, height_px = 188, fx_px = 360, position_m = {1, 0.06,\n"
      "  1.65} }, { name = 'right', width_px = 621, height_px = 188, fx_px = 360,\n"
      "  position_m = {1, -0.48, 1.65} }",
      cameras_street, "", 2);
  const frame_camera *left = &l.f.cameras[0], *right = &l.f.cameras[1];
  int compared = 0, same = 0;
  for (int y = 0; y < left->height_px; y++)
    for (int x = 0; x < left->width_px; x++) {
      double z = (double)left->depth_m[y * left->width_px + x];
      if (z <= 0)
        continue;
      double there = x + 0.5 - 360 * 0.54 / z;
      int at = (int)floor(there);
      if (at < 0 || fabs(there - at - 0.5) > 0.1)
        continue; // between two pixels
      compared++;
      same += fabs((double)right->depth_m[y * left->width_px + at] - z) < 0.01 * z;
    }
  if (!(compared > 10000 && same > 0.93 * compared)) // the rest is hidden from one of them
    fail_msg("%d of %d points are where they should be", same, compared);
  look_close(&l);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_rolling_shutter_skews_what_it_passes),
      cmocka_unit_test(motion_blur_is_the_mean_over_the_exposure),
      cmocka_unit_test(a_pair_sees_the_known_disparity),
  };
  return cmocka_run_group_tests(tests, open_device, close_device);
}
