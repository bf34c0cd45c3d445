// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Bounced light by closed forms of cavities, against a slow path tracer, and what its filter keeps.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "with_paths.h"
#include "with_shade_twin.h"

static room r;

static int open_all(void **state) {
  (void)state;
  return room_open(&r);
}

static int close_all(void **state) {
  (void)state;
  room_close(&r);
  return 0;
}

static void philox_in_lanes_equals_the_hosts(void **state) {
  (void)state;
  enum { COUNT = 64 };
  float in[COUNT][4], out[COUNT][4];
  for (int i = 0; i < COUNT; i++)
    for (int k = 0; k < 4; k++)
      in[i][k] = (float)(i * 977 + k * 31);
  probe_run(r.dev, "philox_lanes.cl",
            "word4 n = philox_lanes(as_word(to_whole(x.x)), as_word(to_whole(x.y)), 11u, 5u, 7u);"
            "r.x = unit_of(n.x); r.y = unit_of(n.y); r.z = unit_of(n.z); r.w = unit_of(n.w);",
            in[0], out[0], COUNT);
  for (int i = 0; i < COUNT; i++) {
    const uint32_t counter[4] = {(uint32_t)in[i][0], (uint32_t)in[i][1], 11, 0}, key[2] = {5, 7};
    uint32_t bits[4];
    rng_philox(counter, key, bits);
    for (int k = 0; k < 4; k++)
      assert_true(out[i][k] == (float)(bits[k] >> 8) * 0x1p-24f);
  }
}

// The lower half of a sphere around the origin, seen from inside; normals of the sphere.
static void add_bowl(int what) {
  enum { RINGS = 48, ACROSS = 192 };
  mesh m = {0};
  for (int i = 0; i <= RINGS; i++)
    for (int k = 0; k <= ACROSS; k++) {
      double a = 1.5707963267948966 * i / RINGS, b = 6.283185307179586 * k / ACROSS;
      float n[3] = {(float)(-cos(a) * cos(b)), (float)(-cos(a) * sin(b)), (float)sin(a)};
      float p[3] = {-5 * n[0], -5 * n[1], -5 * n[2]};
      mesh_vertex_add(&m, p, n, 0, 0);
    }
  for (uint32_t i = 0; i < RINGS; i++)
    for (uint32_t k = 0; k < ACROSS; k++) {
      uint32_t a = i * (ACROSS + 1) + k;
      mesh_quad(&m, a, a + ACROSS + 1, a + ACROSS + 2, a + 1, (material)what);
    }
  room_add(&r, &m);
}

// In a spherical cavity each place sees each other one alike, and half of what it sees of half a
// sphere is the opening: of a sky of radiance S the light is S f (1 + a + a^2 ...), a = albedo
// (1 - f), f = 1/2, as many terms as surfaces are followed and one.
static void bowls_hold_as_much_light_as_the_series_says(void **state) {
  (void)state;
  enum { SIDE = 32, BOUNCES = 8, PATHS = 64 };
  for (int i = 0; i < 3; i++) {
    float albedo = 0.5f * (float)i;
    add_bowl(room_material(&r, albedo, albedo, albedo));
    r.sky = (room_sky){{2, 3, 4}, {2, 3, 4}, {0, 0, 0}, {0, 0, 0}, {0, 0, 1}};
    room_look(&r, SIDE, SIDE, (float[3]){0, 0, 0}, SIDE / 2.0f, true);
    float *light = malloc(16 * (size_t)r.samples);
    paths_destroy(room_walk(&r, BOUNCES, PATHS, light));
    double sum[3] = {0}, wanted = 0, term = 0.5;
    for (int k = 0; k <= BOUNCES; k++, term *= 0.5 * (double)albedo)
      wanted += term;
    for (int k = 0; k < r.samples; k++) {
      assert_true(room_met(&r, k));
      for (int c = 0; c < 3; c++)
        sum[c] += (double)light[4 * k + c] / r.samples;
    }
    for (int c = 0; c < 3; c++)
      if (fabs(sum[c] / (2 + c) - wanted) > 0.005 * wanted)
        fail_msg("albedo %.1f, channel %d: %.5f of the sky; the series says %.5f", (double)albedo,
                 c, sum[c] / (2 + c), wanted);
    // White walls: the furnace.
    if (i == 2)
      assert_true(fabs(sum[0] / 2 - 1) < 0.005);
    free(light);
    room_empty(&r);
  }
}

static void quad(int what, float ax, float ay, float az, float bx, float by, float bz, float cx,
                 float cy, float cz) {
  mesh m = {0};
  float a[3] = {ax, ay, az}, b[3] = {bx, by, bz}, c[3] = {cx, cy, cz};
  float d[3] = {ax + cx - bx, ay + cy - by, az + cz - bz};
  mesh_flat_quad(&m, a, b, c, d, (material)what);
  room_add(&r, &m);
}

// A leaf over bright ground under a black sky: what comes through, by the sky's own ramp.
static void leaves_get_light_from_behind(void **state) {
  (void)state;
  enum { SIDE = 32 };
  quad(room_material_of(&r, SHADER_LEAF, 0.2f, 0.2f, 0.2f), -9, -9, 0, 9, -9, 0, 9, 9, 0);
  r.sky = (room_sky){{0, 0, 0}, {0, 0, 0}, {1, 1, 1}, {0, 0, 0}, {0, 0, 1}};
  room_look(&r, SIDE, SIDE, (float[3]){0, 0, 3}, SIDE, true);
  float *light = malloc(16 * (size_t)r.samples);
  paths_destroy(room_walk(&r, 2, 64, light));
  double sum = 0, wanted = 0.45 * (1 - 1.0 / 64 + 16.0 / 3 / 512); // 0.45 int min(8 c, 1) 2 c dc
  for (int i = 0; i < r.samples; i++)
    sum += (double)light[4 * i] / r.samples;
  if (fabs(sum - wanted) > 0.01 * wanted)
    fail_msg("%.4f comes through a leaf; it should be %.4f", sum, wanted);
  free(light);
  room_empty(&r);
}

// A yard: ground, a red wall, a green one, a box on legs with a dark room below, two lamps.
static void build_yard(void) {
  quad(room_material(&r, 0.5f, 0.5f, 0.5f), -4, -12, 0, 20, -12, 0, 20, 12, 0);
  quad(room_material(&r, 0.8f, 0.2f, 0.1f), -4, 4, 0, 20, 4, 0, 20, 4, 6);
  quad(room_material(&r, 0.1f, 0.7f, 0.2f), 12, -12, 0, 12, -12, 5, 12, 4, 5);
  mesh box = {0};
  float lo[3] = {5, -2, 0.5f}, hi[3] = {8, 2, 2};
  mesh_box(&box, lo, hi, false, (material)room_material(&r, 0.6f, 0.6f, 0.7f));
  room_add(&r, &box);
  double k = 1 / sqrt(0.36 + 0.09 + 0.64);
  r.sky = (room_sky){{0.3f, 0.4f, 0.6f},
                     {0.9f, 1.1f, 1.4f},
                     {0.1f, 0.1f, 0.1f},
                     {6, 5, 4},
                     {(float)(-0.6 * k), (float)(-0.3 * k), (float)(0.8 * k)}};
}

static void hang_lamps(void) {
  r.lamp_count = 2;
  r.lamps[0] = (gpu_light){{4, -3, 3}, {0, 0, -1}, {0.35f, 0.3f, 0.2f}, -2, -3, 30};
  r.lamps[1] = (gpu_light){{9.5f, 2.5f, 3.5f}, {0, 0, -1}, {0.1f, 0.2f, 0.4f}, -2, -3, 30};
}

// Each pixel's mean by as many paths of both: their difference in units of what the twin's
// scatter lets expect, and the sums over each thing.
static void compare_with_twin(const char *what, int bounces, int per_pixel) {
  enum { THINGS = 8 };
  float *light = malloc(16 * (size_t)r.samples);
  paths_destroy(room_walk(&r, bounces, per_pixel, light));
  double square[4] = {0}, sum[THINGS][3] = {{0}}, twin[THINGS][3] = {{0}}, scatter[THINGS] = {0};
  int met = 0;
  for (int i = 0; i < r.samples; i++) {
    if (!room_met(&r, i))
      continue;
    met++;
    rng dice = rng_at(9, RNG_TEST, (uint32_t)i, 0, 0);
    double mean[3] = {0}, squares[3] = {0}, l[3], lamps;
    for (int k = 0; k < per_pixel; k++) {
      twin_path(&r, i, bounces, &dice, l, &lamps);
      for (int c = 0; c < 3; c++) {
        mean[c] += l[c] / per_pixel;
        squares[c] += l[c] * l[c] / per_pixel;
      }
    }
    for (int c = 0; c < 3; c++) {
      double variance = fmax(0, squares[c] - mean[c] * mean[c]) / per_pixel;
      double off = ((double)light[4 * i + c] - mean[c]) / sqrt(2 * variance + 1e-12);
      square[c] += off * off;
      if (fabs(off) > 7)
        fail_msg("%s: sample %d, channel %d: %.5f by the kernels, %.5f by the twin, %.1f sigma",
                 what, i, c, (double)light[4 * i + c], mean[c], off);
      sum[r.instance[i]][c] += (double)light[4 * i + c];
      twin[r.instance[i]][c] += mean[c];
      if (c == 1)
        scatter[r.instance[i]] += 2 * variance;
    }
    // Which lamp is asked for is drawn; how often it is in shadow is binomial.
    double most = sqrt(fmax(lamps * (1 - lamps), 1e-3) / per_pixel);
    if (fabs((double)light[4 * i + 3] - lamps) > 6 * most)
      fail_msg("%s: sample %d: %.4f of the lamps' light by the kernels, %.4f by the twin", what, i,
               (double)light[4 * i + 3], lamps);
  }
  for (int c = 0; c < 3; c++)
    if (sqrt(square[c] / met) > 1.15)
      fail_msg("%s: channel %d differs by %.2f sigma (root mean square)", what, c,
               sqrt(square[c] / met));
  for (int k = 0; k < r.top.count; k++)
    for (int c = 0; c < 3; c++)
      if (fabs(sum[k][c] - twin[k][c]) > 6 * sqrt(scatter[k]) + 0.004 * twin[k][c])
        fail_msg("%s: thing %d, channel %d: %.4f by the kernels, %.4f by the twin", what, k, c,
                 sum[k][c], twin[k][c]);
  free(light);
}

static void light_in_a_yard_is_what_a_slow_path_tracer_finds(void **state) {
  (void)state;
  enum { WIDE = 36, HIGH = 26, PATHS = 192 };
  build_yard();
  room_look(&r, WIDE, HIGH, (float[3]){-3, -1, 1.6f}, WIDE * 0.55f, false);
  compare_with_twin("by day", 3, PATHS);
  compare_with_twin("by day, one surface", 1, PATHS);
  room_empty(&r);
  build_yard();
  memset(r.sky.sun, 0, sizeof r.sky.sun);
  for (int c = 0; c < 3; c++)
    r.sky.low[c] *= 0.002f, r.sky.high[c] *= 0.002f, r.sky.ground[c] *= 0.002f;
  hang_lamps();
  room_look(&r, WIDE, HIGH, (float[3]){-3, -1, 1.6f}, WIDE * 0.55f, false);
  compare_with_twin("by night", 2, PATHS);
  room_empty(&r);
}

static double error_of(const float *light, const float *truth) {
  double sum = 0, all = 0;
  for (int i = 0; i < r.samples; i++) {
    if (!room_met(&r, i))
      continue;
    for (int c = 0; c < 3; c++) {
      double off = (double)light[4 * i + c] - (double)truth[4 * i + c];
      sum += off * off;
      all += (double)truth[4 * i + c] * (double)truth[4 * i + c];
    }
  }
  return sqrt(sum / all);
}

// Against 1,024 paths a pixel.
static void the_filter_takes_most_of_the_noise_away(void **state) {
  (void)state;
  enum { WIDE = 160, HIGH = 96, PATHS = 4, TRUE_PATHS = 1024 };
  build_yard();
  room_look(&r, WIDE, HIGH, (float[3]){-3, -1, 1.6f}, WIDE * 0.55f, false);
  size_t bytes = 16 * (size_t)r.samples;
  float *truth = malloc(bytes), *raw = malloc(bytes), *taken = malloc(bytes);
  r.frame.purpose = 8; // other numbers
  paths_destroy(room_walk(&r, 2, 256, truth));
  for (uint32_t k = 9; k < 12; k++) {
    r.frame.purpose = k;
    paths_destroy(room_walk(&r, 2, 256, raw));
    for (int i = 0; i < 4 * r.samples; i++)
      truth[i] += raw[i];
  }
  for (int i = 0; i < 4 * r.samples; i++)
    truth[i] *= 0.25f;
  r.frame.purpose = 7;
  paths *p = room_walk(&r, 2, PATHS, raw);
  room_smooth(&r, p, taken);
  double before = error_of(raw, truth), after = error_of(taken, truth);
  print_message("error of %d paths: %.4f, filtered %.4f, %.2f times less\n", PATHS, before, after,
                before / after);
  if (after > before / 4)
    fail_msg("filtered light is %.4f off, %.4f before", after, before);
  paths_destroy(p);
  free(truth);
  free(raw);
  free(taken);
  room_empty(&r);
}

// Gives the filter that light to smooth, of paths that scatter by far more than it differs.
static void write_to(paths *p, const float *light) {
  size_t bytes = 16 * (size_t)r.samples;
  float *squares = malloc(bytes);
  for (int i = 0; i < 4 * r.samples; i++)
    squares[i] = 100;
  cl_command_queue queue = device_queue(r.dev);
  assert_int_equal(
      clEnqueueWriteBuffer(queue, paths_mean(p), CL_TRUE, 0, bytes, light, 0, NULL, NULL), 0);
  assert_int_equal(
      clEnqueueWriteBuffer(queue, paths_squares(p), CL_TRUE, 0, bytes, squares, 0, NULL, NULL), 0);
  free(squares);
}

// Light that is the same everywhere stays so; nothing crosses from one thing to another, although
// they lie in a plane. On one thing it is smoothed.
static void the_filter_keeps_even_light_and_borders_of_things(void **state) {
  (void)state;
  enum { WIDE = 75, HIGH = 41 };
  int grey = room_material(&r, 0.5f, 0.5f, 0.5f);
  quad(grey, -9, -9, 0, 0.13f, -9, 0, 0.13f, 9, 0);
  quad(grey, 0.13f, -9, 0, 9, -9, 0, 9, 9, 0);
  r.sky = (room_sky){{1, 1, 1}, {1, 1, 1}, {0, 0, 0}, {50, 50, 50}, {0, 0, 1}};
  room_look(&r, WIDE, HIGH, (float[3]){0, 0, 6}, 50, true);
  float *light = malloc(16 * (size_t)r.samples), *taken = malloc(16 * (size_t)r.samples);
  paths *p = room_walk(&r, 1, 2, light);
  for (int i = 0; i < r.samples; i++)
    for (int c = 0; c < 4; c++)
      light[4 * i + c] = 0.25f + 0.125f * (float)c;
  write_to(p, light);
  room_smooth(&r, p, taken);
  int sides[2] = {0};
  for (int i = 0; i < r.samples; i++)
    for (int c = 0; room_met(&r, i) && c < 4; c++) {
      sides[r.instance[i]]++;
      if (fabsf(taken[4 * i + c] - light[4 * i + c]) > 1e-5f * light[4 * i + c])
        fail_msg("sample %d: even light of %g becomes %g", i, (double)light[4 * i + c],
                 (double)taken[4 * i + c]);
    }
  assert_true(sides[0] > 1000 && sides[1] > 1000);
  for (int i = 0; i < r.samples; i++)
    for (int c = 0; c < 4; c++)
      light[4 * i + c] = room_met(&r, i) && r.instance[i] ? 1.25f : 1;
  write_to(p, light);
  room_smooth(&r, p, taken);
  for (int i = 0; i < r.samples; i++)
    for (int c = 0; room_met(&r, i) && c < 4; c++)
      if (fabsf(taken[4 * i + c] - light[4 * i + c]) > 1e-5f)
        fail_msg("sample %d: light of %g on thing %u becomes %g", i, (double)light[4 * i + c],
                 r.instance[i], (double)taken[4 * i + c]);
  double before = 0, after = 0;
  for (int i = 0; i < r.samples; i++) {
    int x, y;
    for (int c = 0; c < 4; c++)
      light[4 * i + c] = room_pixel(&r, i, &x, &y) && (x + y) % 2 ? 2 : 1;
  }
  write_to(p, light);
  room_smooth(&r, p, taken);
  for (int i = 0; i < r.samples; i++)
    for (int c = 0; room_met(&r, i) && c < 4; c++) {
      before += fabs((double)light[4 * i + c] - 1.5);
      after += fabs((double)taken[4 * i + c] - 1.5);
    }
  assert_true(after < 0.02 * before);
  paths_destroy(p);
  free(light);
  free(taken);
  room_empty(&r);
}

static void light_twice_is_the_same_bits(void **state) {
  (void)state;
  enum { WIDE = 36, HIGH = 26 };
  build_yard();
  hang_lamps();
  room_look(&r, WIDE, HIGH, (float[3]){-3, -1, 1.6f}, WIDE * 0.55f, false);
  size_t bytes = 16 * (size_t)r.samples;
  float *a = malloc(bytes), *b = malloc(bytes);
  paths *p = room_walk(&r, 3, 4, a);
  room_smooth(&r, p, a);
  paths_destroy(p);
  p = room_walk(&r, 3, 4, b);
  room_smooth(&r, p, b);
  paths_destroy(p);
  assert_memory_equal(a, b, bytes);
  paths_destroy(room_walk(&r, 3, 4, a));
  r.light.weather.frame++; // another frame has other numbers
  assert_int_equal(clEnqueueWriteBuffer(device_queue(r.dev), r.light.weather_buffer, CL_TRUE, 0,
                                        sizeof r.light.weather, &r.light.weather, 0, NULL, NULL),
                   CL_SUCCESS);
  paths_destroy(room_walk(&r, 3, 4, b));
  assert_true(memcmp(a, b, bytes) != 0);
  free(a);
  free(b);
  room_empty(&r);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(philox_in_lanes_equals_the_hosts),
      cmocka_unit_test(bowls_hold_as_much_light_as_the_series_says),
      cmocka_unit_test(leaves_get_light_from_behind),
      cmocka_unit_test(light_in_a_yard_is_what_a_slow_path_tracer_finds),
      cmocka_unit_test(the_filter_takes_most_of_the_noise_away),
      cmocka_unit_test(the_filter_keeps_even_light_and_borders_of_things),
      cmocka_unit_test(light_twice_is_the_same_bits),
  };
  return cmocka_run_group_tests(tests, open_all, close_all);
}
