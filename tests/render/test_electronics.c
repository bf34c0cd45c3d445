// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Kernels of a camera with full electronics: EMVA 1288's photon transfer on flat fields, and the
// ISP against slow twins.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "render/electronics.h"
#include "render/launch.h"
#include "with_electronics.h"

enum { W = TWIN_W, H = TWIN_H, FW = 128, FH = 96, PIXELS = FW * FH, GROUP = 64 };

static device *dev;
static electronics_tools *tools;

static int open_all(void **state) {
  (void)state;
  trouble why = {0};
  if (device_open(&dev, NULL, &why) || electronics_tools_create(&tools, dev, &why))
    fail_msg("%s", why.text);
  return 0;
}

static int close_all(void **state) {
  (void)state;
  electronics_tools_destroy(tools);
  device_close(dev);
  return 0;
}

static cl_mem put(const void *data, size_t size) {
  trouble why = {0};
  cl_mem out;
  if (device_buffer(dev, size, data, &out, &why))
    fail_msg("%s", why.text);
  return out;
}

static void get(cl_mem from, void *to, size_t size) {
  assert_int_equal(
      clEnqueueReadBuffer(device_queue(dev), from, CL_TRUE, 0, size, to, 0, NULL, NULL),
      CL_SUCCESS);
}

#define RUN(kernel, items, ...)                                                                    \
  do {                                                                                             \
    trouble run_why = {0};                                                                         \
    if (LAUNCH(dev, tools->kernel, #kernel, items, GROUP, &run_why, __VA_ARGS__))                  \
      fail_msg("%s", run_why.text);                                                                \
  } while (0)

static gpu_sensor usual(int width, int height) {
  gpu_sensor s = {.width = width,
                  .height = height,
                  .scale = 1,
                  .electrons = 3500,
                  .electrons_most = 10500,
                  .system_gain = 0.374f,
                  .dark_e = 4,
                  .read_e = 6,
                  .black = 168,
                  .key = {7, 9},
                  .pattern = {3, 5},
                  .white = {1, 1, 1},
                  .clip = 3,
                  .ccm = {1, 0, 0, 0, 1, 0, 0, 0, 1},
                  .filters = {1, 0, 0, 0, 1, 0, 0, 0, 1},
                  .noise_step = 1,
                  .noise_floor = 1e-6f,
                  .noise_slope = 3e-4f};
  return s;
}

static uint16_t shots[2][PIXELS];

// One shot of a flat field of exposed light `level` in all three colours.
static void shoot(gpu_sensor *s, float level, uint32_t moment, uint16_t *out) {
  static float light[PIXELS][4], through[PIXELS];
  for (int i = 0; i < PIXELS; i++) {
    for (int c = 0; c < 3; c++)
      light[i][c] = level;
    through[i] = 1;
  }
  s->frame = moment;
  cl_mem sensor = put(s, sizeof *s), at = put(light, sizeof light), none = put(light, sizeof light);
  cl_mem lens = put(through, sizeof through), raw = put(NULL, sizeof shots[0]);
  RUN(sensor_read, PIXELS, ARG(sensor), ARG(at), ARG(none), ARG(lens), ARG(raw));
  get(raw, out, sizeof shots[0]);
  cl_mem all[] = {sensor, at, none, lens, raw};
  for (int k = 0; k < 5; k++)
    clReleaseMemObject(all[k]);
}

// EMVA 1288's estimates from two shots: mean, and temporal variance of the difference's half.
static void transfer(gpu_sensor *s, float level, uint32_t moment, double *mean, double *variance) {
  double sum = 0, squares = 0, offset = 0;
  for (int k = 0; k < 2; k++)
    shoot(s, level, moment + (uint32_t)k, shots[k]);
  for (int i = 0; i < PIXELS; i++) {
    double d = (double)shots[0][i] - shots[1][i];
    sum += shots[0][i] + shots[1][i], offset += d, squares += d * d;
  }
  *mean = sum / (2 * PIXELS);
  *variance = (squares / PIXELS - offset / PIXELS * (offset / PIXELS)) / 2;
}

// sigma^2 = K^2 (read^2 + dark) + 1/12 + K (mu - mu_dark): a straight line whose slope is K and
// whose foot is the noise in the dark, at three gains. Weighted least squares over 12 levels of
// 8 pairs each of 12,288 pixels: slope within 1 %, foot within 2 % (standard errors: 0.3 and
// 0.5 %); no level off the line by more than 3 % (0.45 % each).
static void variance_grows_with_the_mean_along_emvas_line(void **state) {
  (void)state;
  enum { LEVELS = 12, PAIRS = 8 };
  static const float gains[] = {1, 4, 16};
  for (int g = 0; g < 3; g++) {
    gpu_sensor s = usual(FW, FH);
    s.system_gain *= gains[g], s.electrons /= gains[g], s.electrons_most /= gains[g];
    s.dsnu_e = 2, s.prnu = 0.01f; // fixed patterns drop out of the differences
    double x[LEVELS], y[LEVELS], k = (double)s.system_gain;
    for (int l = 0; l < LEVELS; l++) {
      x[l] = y[l] = 0;
      for (int p = 0; p < PAIRS; p++) {
        double mean, variance;
        uint32_t moment = (uint32_t)(1000 * g + 100 * l + 2 * p);
        transfer(&s, 2.4f * (float)l * (float)l / ((LEVELS - 1) * (LEVELS - 1)), moment, &mean,
                 &variance);
        x[l] += mean / PAIRS, y[l] += variance / PAIRS;
      }
    }
    double sw = 0, swx = 0, swy = 0, swxx = 0, swxy = 0, dark = x[0];
    for (int l = 0; l < LEVELS; l++) {
      double w = 1 / (y[l] * y[l]), dx = x[l] - dark;
      sw += w, swx += w * dx, swy += w * y[l], swxx += w * dx * dx, swxy += w * dx * y[l];
    }
    double slope = (sw * swxy - swx * swy) / (sw * swxx - swx * swx);
    double foot = (swy - slope * swx) / sw;
    double floor = k * k * ((double)(s.read_e * s.read_e) + (double)s.dark_e) + 1.0 / 12;
    print_message("K %.4f DN/e-: slope %.4f; in the dark %.3f DN^2: foot %.3f; dark level %.2f\n",
                  k, slope, floor, foot, dark);
    assert_true(fabs(dark - ((double)s.black + k * (double)s.dark_e)) < 0.02 * sqrt(floor) + 0.05);
    assert_true(fabs(slope / k - 1) < 0.01);
    assert_true(fabs(foot / floor - 1) < 0.02);
    for (int l = 0; l < LEVELS; l++)
      if (fabs(y[l] / (floor + k * (x[l] - dark)) - 1) > 0.03)
        fail_msg("level %d: mean %.1f, variance %.3f, by the line %.3f", l, x[l], y[l],
                 floor + k * (x[l] - dark));
  }
}

// Few photons are Poisson's: mean, variance and third moment are all the mean.
static void few_photons_are_poissons(void **state) {
  (void)state;
  static const float means[] = {0.3f, 2, 8, 19, 21, 60};
  for (size_t m = 0; m < sizeof means / sizeof *means; m++) {
    gpu_sensor s = usual(FW, FH);
    s.system_gain = 1, s.electrons = 1, s.electrons_most = 1e6f, s.dark_e = 0, s.read_e = 0;
    double sum = 0, squares = 0, cubes = 0, n = 8.0 * PIXELS, mean = (double)means[m];
    for (uint32_t k = 0; k < 8; k++) {
      shoot(&s, means[m], k, shots[0]);
      for (int i = 0; i < PIXELS; i++) {
        double d = (double)shots[0][i] - 168 - mean;
        sum += d, squares += d * d, cubes += d * d * d;
      }
    }
    double error = sqrt(mean / n);
    if (fabs(sum / n) > 5 * error || fabs(squares / n / mean - 1) > 0.04 ||
        fabs(cubes / n / mean - 1) > 0.25 + 0.01 * mean)
      fail_msg("mean %g: off by %g, variance %g, third moment %g", mean, sum / n, squares / n,
               cubes / n);
  }
}

// The mean of many shots leaves the fixed pattern: sigma of DSNU in the dark and PRNU in the
// light, another pattern for another sensor, the same for the same.
static void fixed_patterns_are_the_sensors_own(void **state) {
  (void)state;
  enum { SHOTS = 64 };
  static double mean[2][3][PIXELS];
  for (int which = 0; which < 2; which++)
    for (int lit = 0; lit < 3; lit++) {
      gpu_sensor s = usual(FW, FH);
      s.pattern[0] = (uint32_t)which;
      s.read_e = 1, s.dark_e = 0, s.dsnu_e = 5, s.prnu = 0.02f;
      memset(mean[which][lit], 0, sizeof mean[which][lit]);
      for (int k = 0; k < SHOTS; k++) {
        shoot(&s, lit ? 2 : 0, (uint32_t)(lit * SHOTS + k), shots[0]);
        for (int i = 0; i < PIXELS; i++)
          mean[which][lit][i] += shots[0][i] / (double)SHOTS;
      }
    }
  double level[3] = {0}, var[3] = {0}, same = 0, other = 0;
  for (int lit = 0; lit < 3; lit++) {
    for (int i = 0; i < PIXELS; i++)
      level[lit] += mean[0][lit][i] / PIXELS;
    for (int i = 0; i < PIXELS; i++)
      var[lit] += pow(mean[0][lit][i] - level[lit], 2) / PIXELS;
  }
  for (int i = 0; i < PIXELS; i++) {
    same += (mean[0][1][i] - level[1]) * (mean[0][2][i] - level[2]) / PIXELS;
    other += (mean[0][1][i] - level[1]) * (mean[1][1][i] - level[1]) / PIXELS;
  }
  const double k = 0.374;
  double dsnu = sqrt(var[0] - (k * k + 1.0 / 12) / SHOTS) / k;
  double prnu = sqrt(same - var[0]) / (level[1] - level[0]); // DSNU is in both
  print_message("DSNU %.3f e-, PRNU %.4f; patterns of two sensors correlate by %.3f\n", dsnu, prnu,
                other / same);
  assert_true(fabs(dsnu - 5) < 0.1);
  assert_true(fabs(prnu - 0.02) < 0.0006);
  assert_true(fabs(other / same) < 0.05);
}

static void bright_light_ends_at_the_full_well(void **state) {
  (void)state;
  gpu_sensor s = usual(FW, FH);
  shoot(&s, 30, 0, shots[0]);
  double sum = 0;
  for (int i = 0; i < PIXELS; i++) {
    assert_true(shots[0][i] <= 4095);
    sum += shots[0][i];
  }
  // Read noise is added behind the well, and cut at 4095.
  assert_true(sum / PIXELS > 4092 && sum / PIXELS < 4095);
}

static void draws_depend_on_frame_camera_and_scene_alone(void **state) {
  (void)state;
  gpu_sensor s = usual(FW, FH);
  shoot(&s, 1, 5, shots[0]);
  shoot(&s, 1, 5, shots[1]);
  assert_memory_equal(shots[0], shots[1], sizeof shots[0]);
  for (int other = 0; other < 3; other++) {
    gpu_sensor t = s;
    t.number += other == 0, t.key[0] += other == 1;
    shoot(&t, 1, other == 2 ? 6 : 5, shots[1]);
    int equal = 0;
    for (int i = 0; i < PIXELS; i++)
      equal += shots[0][i] == shots[1][i];
    assert_true(equal < PIXELS / 20);
  }
}

static void raw_becomes_the_twins_picture(void **state) {
  (void)state;
  static uint16_t raw[H][W];
  static float linear[H][W][4], calm[H][W][4];
  static uint8_t rgb[H][W][3];
  static double a[H][W][3], b[H][W][3], c[H][W][3];
  rng r = rng_at(12, RNG_TEST, 0, 0, 0);
  for (int pattern = 0; pattern < 4; pattern++)
    for (int filmic = 0; filmic < 2; filmic++) {
      gpu_sensor s = usual(W, H);
      const float ccm[9] = {1.6f, -0.5f, -0.1f, -0.3f, 1.5f, -0.2f, 0, -0.6f, 1.6f};
      memcpy(s.ccm, ccm, sizeof ccm);
      s.bayer = pattern, s.filmic = filmic, s.tone_b = 0.8f, s.tone_c = 0.59f, s.sharpen = 0.7f;
      s.white[0] = 1.3f, s.white[2] = 1.7f, s.clip = 2.9f, s.noise_step = 1 + filmic;
      for (int y = 0; y < H; y++) // slopes, steps, noise
        for (int x = 0; x < W; x++)
          raw[y][x] =
              (uint16_t)(x > 20 && y > 9 ? rng_below(&r, 4096)
                                         : 180 + 40 * x + (y > 15 ? 900 : 0) + rng_below(&r, 30));
      int width = W, height = H, count = W * H;
      cl_mem sensor = put(&s, sizeof s), from = put(raw, sizeof raw);
      cl_mem one = put(NULL, sizeof linear), two = put(NULL, sizeof calm);
      cl_mem out = put(NULL, sizeof rgb);
      RUN(demosaic, count, ARG(sensor), ARG(from), ARG(one));
      RUN(calm, count, ARG(width), ARG(height), ARG(one), ARG(two));
      RUN(finish, launch_lanes(dev, count), ARG(sensor), ARG(two), ARG(out));
      get(one, linear, sizeof linear);
      get(two, calm, sizeof calm);
      get(out, rgb, sizeof rgb);
      twin_demosaic(&s, raw, a);
      twin_calm(a, b);
      twin_finish(&s, b, c);
      for (int i = 0; i < W * H * 3; i++) {
        int x = i / 3 % W, y = i / 3 / W, k = i % 3;
        if (fabs((double)linear[y][x][k] - a[y][x][k]) > 1e-5 ||
            fabs((double)calm[y][x][k] - b[y][x][k]) > 2e-5 ||
            fabs(rgb[y][x][k] - c[y][x][k]) > 0.55)
          fail_msg(
              "pattern %d, pixel %d, %d, channel %d: kernels %.6f, %.6f, %d; twins %.6f, %.6f, "
              "%.2f",
              pattern, x, y, k, (double)linear[y][x][k], (double)calm[y][x][k], rgb[y][x][k],
              a[y][x][k], b[y][x][k], c[y][x][k]);
      }
      cl_mem all[] = {sensor, from, one, two, out};
      for (int k = 0; k < 5; k++)
        clReleaseMemObject(all[k]);
    }
}

static void light_is_rounded_to_the_nearest_half_float(void **state) {
  (void)state;
  enum { COUNT = 64 };
  float light[COUNT][4] = {{0}};
  uint16_t halves[COUNT][3];
  rng r = rng_at(2, RNG_TEST, 0, 0, 0);
  for (int i = 0; i < COUNT; i++)
    for (int c = 0; c < 3; c++)
      light[i][c] = (float)rng_log_uniform(&r, 1e-10, 5e3);
  light[0][0] = 0, light[0][1] = -1, light[0][2] = 1e9f; // none, less, more than there is
  light[1][0] = 2049 * 0.01f, light[1][1] = 655.04f, light[1][2] = 5.9604645e-10f;
  int count = COUNT;
  float scale = 100;
  cl_mem from = put(light, sizeof light), to = put(NULL, sizeof halves);
  RUN(light_as_halves, count, ARG(count), ARG(scale), ARG(from), ARG(to));
  get(to, halves, sizeof halves);
  for (int i = 0; i < COUNT; i++)
    for (int c = 0; c < 3; c++) {
      float scaled = light[i][c] * scale;
      uint16_t should = twin_half(fmin(fmax((double)scaled, 0), 65504));
      if (halves[i][c] != should)
        fail_msg("%g: 0x%04x, not 0x%04x", (double)scaled, halves[i][c], should);
    }
  clReleaseMemObject(from);
  clReleaseMemObject(to);
}

// Of a flat field glare leaves the same field; of a point it takes its share and no more, and what
// it takes lies around the point.
static void glare_spreads_light_and_keeps_it(void **state) {
  (void)state;
  enum { N = 64, HALF = N / 2, QUARTER = N / 4 };
  static float image[N * N][4], one[HALF * HALF][4], two[QUARTER * QUARTER][4];
  for (int flat = 0; flat < 2; flat++) {
    memset(image, 0, sizeof image);
    for (int i = 0; i < N * N; i++)
      for (int c = 0; c < 3 && flat; c++)
        image[i][c] = 0.5f;
    if (!flat)
      image[32 * N + 30][0] = image[32 * N + 30][1] = image[32 * N + 30][2] = 400;
    int n = N, half_side = HALF, count = QUARTER * QUARTER;
    float scale = 2, none = 0, near = 0.6f, far = 0.4f;
    cl_mem from = put(image, sizeof image), a = put(NULL, sizeof one), b = put(NULL, sizeof two);
    RUN(glare_down, HALF * HALF, ARG(from), ARG(n), ARG(n), ARG(scale), ARG(a));
    RUN(glare_down, count, ARG(a), ARG(half_side), ARG(half_side), ARG(none), ARG(b));
    RUN(glare_top, count, ARG(b), ARG(count), ARG(far));
    RUN(glare_up, HALF * HALF, ARG(a), ARG(half_side), ARG(half_side), ARG(near), ARG(b));
    get(a, one, sizeof one);
    double sum = 0, across = 0;
    for (int i = 0; i < HALF * HALF; i++) {
      sum += (double)one[i][0] * 4;
      across += (double)one[i][0] * 4 * (2 * (i % HALF) + 1);
      if (flat)
        assert_true(fabs((double)one[i][0] - 1) < 1e-5);
    }
    if (!flat) {
      assert_true(fabs(sum / 800 - 1) < 1e-4);
      assert_true(fabs(across / sum - 30.5) < 0.05);
    }
    cl_mem all[] = {from, a, b};
    for (int k = 0; k < 3; k++)
      clReleaseMemObject(all[k]);
  }
}

// A block's transform by its definition, T.81 A.3.3: quantised by `steps`, and back.
static void twin_block(double block[8][8], const float *steps) {
  static double wave[8][8];
  double turned[8][8], back[8][8];
  for (int k = 0; k < 8; k++)
    for (int n = 0; n < 8; n++)
      wave[k][n] = (k ? 1 : sqrt(0.5)) / 2 * cos((2 * n + 1) * k * 3.14159265358979 / 16);
  for (int v = 0; v < 8; v++)
    for (int u = 0; u < 8; u++) {
      double sum = 0, step = (double)steps[8 * v + u];
      for (int y = 0; y < 8; y++)
        for (int x = 0; x < 8; x++)
          sum += wave[v][y] * wave[u][x] * block[y][x];
      turned[v][u] = rint(sum / step) * step;
    }
  for (int y = 0; y < 8; y++)
    for (int x = 0; x < 8; x++) {
      back[y][x] = 0;
      for (int v = 0; v < 8; v++)
        for (int u = 0; u < 8; u++)
          back[y][x] += wave[v][y] * wave[u][x] * turned[v][u];
    }
  memcpy(block, back, sizeof back);
}

// Grey pictures have brightness alone: each 8 x 8 is a block of its own, borders go on. Rounding
// may fall otherwise in few blocks.
static void jpeg_quantises_the_cosines_of_blocks(void **state) {
  (void)state;
  static uint8_t rgb[H][W][3], is[H][W][3];
  float steps[128];
  rng r = rng_at(5, RNG_TEST, 0, 0, 0);
  for (int k = 0; k < 128; k++)
    steps[k] = (float)(3 + k % 64);
  for (int y = 0; y < H; y++)
    for (int x = 0; x < W; x++)
      memset(rgb[y][x], 60 + 4 * x + (y > 12 ? 40 : 0) - rng_below(&r, 30), 3);
  int width = W, height = H, squares = ((W + 15) / 16) * ((H + 15) / 16), off = 0;
  cl_mem tables = put(steps, sizeof steps), picture = put(rgb, sizeof rgb);
  RUN(jpeg, squares, ARG(width), ARG(height), ARG(tables), ARG(picture));
  get(picture, is, sizeof is);
  for (int by = 0; by < H; by += 8)
    for (int bx = 0; bx < W; bx += 8) {
      double block[8][8];
      for (int y = 0; y < 8; y++)
        for (int x = 0; x < 8; x++)
          block[y][x] = rgb[by + y < H ? by + y : H - 1][bx + x < W ? bx + x : W - 1][0] - 128;
      twin_block(block, steps);
      for (int y = by; y < by + 8 && y < H; y++)
        for (int x = bx; x < bx + 8 && x < W; x++) {
          double should = fmin(fmax(block[y - by][x - bx] + 128, 0), 255);
          off += fabs(is[y][x][0] - should) > 0.6;
          assert_true(abs(is[y][x][0] - is[y][x][1]) <= 1 && abs(is[y][x][0] - is[y][x][2]) <= 1);
        }
    }
  assert_true(off <= W * H / 20);
  assert_memory_not_equal(is, rgb, sizeof is);
  clReleaseMemObject(tables);
  clReleaseMemObject(picture);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(variance_grows_with_the_mean_along_emvas_line),
      cmocka_unit_test(few_photons_are_poissons),
      cmocka_unit_test(fixed_patterns_are_the_sensors_own),
      cmocka_unit_test(bright_light_ends_at_the_full_well),
      cmocka_unit_test(draws_depend_on_frame_camera_and_scene_alone),
      cmocka_unit_test(raw_becomes_the_twins_picture),
      cmocka_unit_test(light_is_rounded_to_the_nearest_half_float),
      cmocka_unit_test(glare_spreads_light_and_keeps_it),
      cmocka_unit_test(jpeg_quantises_the_cosines_of_blocks),
  };
  return cmocka_run_group_tests(tests, open_all, close_all);
}
