// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Exposure and white balance as a camera's loop has them, on made-up pictures.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "render/exposure.h"

enum { W = 30, H = 17 };

static float colors[W * H][4];
static const exposure_picture picture = {W, H, (const float (*)[4])colors};

static electronics_def usual(void) {
  return (electronics_def){.full = true,
                           .exposure = EXPOSURE_AUTO,
                           .exposure_tau_s = 0.4,
                           .shutter_s = 0.016,
                           .gain = 1,
                           .gain_most = 63,
                           .f_number = 1.8,
                           .pixel_m = 3e-6,
                           .efficiency = 0.6,
                           .full_well_e = 10500,
                           .black = 168};
}

// A street: sky above, ground of several greys below, a few lamps; times `light`.
static void fill(double light, uint32_t seed) {
  rng r = rng_at(seed, RNG_TEST, 0, 0, 0);
  for (int i = 0; i < W * H; i++) {
    double grey = i / W < H / 3 ? 0.9 : rng_log_uniform(&r, 0.03, 0.5);
    if (rng_chance(&r, 0.01))
      grey = 40;
    for (int c = 0; c < 3; c++)
      colors[i][c] = (float)(light * grey);
  }
}

static double stops_off(const electronics_def *e, double scale) {
  return log2(exposure_metered(&picture, e->metering, scale) / exposure_target(e, scale));
}

static void settled_exposure_meets_its_target(void **state) {
  (void)state;
  electronics_def e = usual();
  for (int way = 0; way < METERING_COUNT; way++)
    for (double light = 1e-3; light < 10; light *= 3) {
      e.metering = (metering)way;
      fill(light, 1);
      double off = stops_off(&e, exposure_settle(&e, 1, &picture));
      if (fabs(off) > 1e-3)
        fail_msg("light %g, metering %d: %g stops off", light, way, off);
    }
}

// From 8 stops too bright to 8 too dark, at frame rates and time constants from none to slow: the
// error falls in each frame, never changes its sign, and is gone after ten time constants.
static void a_step_of_light_is_followed_without_swinging(void **state) {
  (void)state;
  static const double taus[] = {0, 0.05, 0.4, 2}, dts[] = {0.01, 0.1, 0.5};
  for (int step = -8; step <= 8; step += 4)
    for (size_t t = 0; t < 4; t++)
      for (size_t d = 0; d < 3; d++) {
        electronics_def e = usual();
        e.exposure_tau_s = taus[t];
        fill(0.05, 2);
        double scale = exposure_settle(&e, 1, &picture);
        fill(0.05 * exp2(step), 2);
        double before = stops_off(&e, scale), first = before;
        int frames = (int)fmax(20, 12 * taus[t] / dts[d]);
        for (int i = 0; i < frames; i++) {
          scale = exposure_follow(&e, 1, &picture, scale, dts[d]);
          double now = stops_off(&e, scale);
          if (fabs(now) > fabs(before) + 1e-9 || now * first < -1e-6)
            fail_msg("step %d, tau %g, dt %g, frame %d: %g stops off after %g", step, taus[t],
                     dts[d], i, now, before);
          before = now;
        }
        if (fabs(before) > 0.02)
          fail_msg("step %d, tau %g, dt %g: still %g stops off", step, taus[t], dts[d], before);
      }
}

static void the_time_constant_is_what_it_says(void **state) {
  (void)state;
  electronics_def e = usual();
  for (int i = 0; i < W * H; i++) // a card: no clipping anywhere near
    for (int c = 0; c < 3; c++)
      colors[i][c] = 0.9f; // so bright that the target is the day's
  double settled = exposure_settle(&e, 1, &picture), scale = settled * 2;
  for (int i = 0; i < 40; i++)
    scale = exposure_follow(&e, 1, &picture, scale, 0.01);
  double left = log2(scale / settled); // of a stop too bright, a time constant later
  assert_true(fabs(left - exp(-1)) < 1e-3);
}

static void shutter_comes_before_gain_and_both_end(void **state) {
  (void)state;
  electronics_def e = usual();
  double last = 0;
  for (double scale = 1e-4; scale < 1e7; scale *= 1.7) {
    exposure_shot s = exposure_of(&e, 1, scale);
    assert_true(s.shutter_s <= e.shutter_s && s.gain >= 1 && s.gain <= e.gain_most);
    assert_true(s.gain == 1 || s.shutter_s == e.shutter_s);
    assert_true(s.scale >= last);
    bool inside = s.shutter_s > SHUTTER_LEAST_S * 1.0001 && s.gain < e.gain_most * 0.9999;
    assert_true(!inside || fabs(s.scale / scale - 1) < 1e-12);
    last = s.scale;
  }
  // By hand: white paper of 0.1 units fills a third of the well.
  exposure_shot one = exposure_of(&e, 1, 10);
  double electrons = 0.1 * electronics_rate(&e, 1) * one.shutter_s * one.gain;
  assert_true(fabs(electrons * ELECTRONICS_HEADROOM / e.full_well_e - 1) < 1e-12);
  e.exposure = EXPOSURE_MANUAL;
  e.shutter_s = 0.002, e.gain = 4;
  exposure_shot manual = exposure_of(&e, 1, 123);
  assert_true(manual.shutter_s == 0.002 && manual.gain == 4);
}

// Chromaticities of black bodies: CIE 15, and Wyszecki and Stiles 1982, table 1(3.11).
static void black_bodies_have_their_colours(void **state) {
  (void)state;
  static const double known[][3] = {{2000, 0.5267, 0.4133}, {2856, 0.4476, 0.4074},
                                    {3000, 0.4369, 0.4041}, {4000, 0.3805, 0.3768},
                                    {5000, 0.3451, 0.3516}, {6500, 0.3135, 0.3237},
                                    {10000, 0.2807, 0.2884}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    double c[3];
    white_of_kelvin(known[i][0], c);
    double X = 0.4124564 * c[0] + 0.3575761 * c[1] + 0.1804375 * c[2];
    double Y = 0.2126729 * c[0] + 0.7151522 * c[1] + 0.0721750 * c[2];
    double Z = 0.0193339 * c[0] + 0.1191920 * c[1] + 0.9503041 * c[2];
    double x = X / (X + Y + Z), y = Y / (X + Y + Z);
    bool inside = c[0] > 0.011 && c[1] > 0.011 && c[2] > 0.011; // of sRGB's triangle
    if (inside && (fabs(x - known[i][1]) > 6e-4 || fabs(y - known[i][2]) > 2e-4))
      fail_msg("%g K: %.4f, %.4f, not %.4f, %.4f", known[i][0], x, y, known[i][1], known[i][2]);
  }
}

// What the sensor makes of light of that colour on grey, after the gains.
static void balanced(const double light[3], const double gains[3], double out[3]) {
  for (int c = 0; c < 3; c++) {
    const double *f = electronics_filters + 3 * c;
    out[c] = gains[c] * (f[0] * light[0] + f[1] * light[1] + f[2] * light[2]);
  }
}

static void a_grey_card_is_grey_under_every_lamp(void **state) {
  (void)state;
  for (double kelvin = 3000; kelvin <= 7000; kelvin += 250) {
    double light[3], gains[3], out[3];
    white_of_kelvin(kelvin, light);
    for (int i = 0; i < W * H; i++)
      for (int c = 0; c < 3; c++)
        colors[i][c] = (float)(0.02 * (1 + i % 5) * light[c]);
    double mired = white_guess(&picture, 5, 180);
    if (fabs(1e6 / mired - kelvin) > 0.01 * kelvin)
      fail_msg("%g K looks like %g K", kelvin, 1e6 / mired);
    double guessed[3];
    white_of_kelvin(1e6 / mired, guessed);
    white_gains(guessed, gains);
    balanced(light, gains, out);
    for (int c = 0; c < 3; c++)
      if (fabs(out[c] / out[1] - 1) > 0.02)
        fail_msg("%g K: channel %d is %.3f of green", kelvin, c, out[c] / out[1]);
  }
}

static void what_is_black_full_or_strongly_coloured_does_not_balance(void **state) {
  (void)state;
  double light[3];
  white_of_kelvin(4000, light);
  for (int i = 0; i < W * H; i++)
    for (int c = 0; c < 3; c++)
      colors[i][c] = (float)(0.2 * light[c]);
  for (int i = 0; i < W * H / 2; i++) { // half of the picture: a red wall, a bluish black, a lamp
    static const float odd[3][3] = {{0.4f, 0.01f, 0.01f}, {1e-4f, 1e-4f, 9e-4f}, {3, 3, 9}};
    memcpy(colors[2 * i], odd[i % 3], sizeof odd[0]);
  }
  assert_true(fabs(1e6 / white_guess(&picture, 1, 180) - 4000) < 40);
  memset(colors, 0, sizeof colors);
  assert_true(white_guess(&picture, 1, 180) == 180);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(settled_exposure_meets_its_target),
      cmocka_unit_test(a_step_of_light_is_followed_without_swinging),
      cmocka_unit_test(the_time_constant_is_what_it_says),
      cmocka_unit_test(shutter_comes_before_gain_and_both_end),
      cmocka_unit_test(black_bodies_have_their_colours),
      cmocka_unit_test(a_grey_card_is_grey_under_every_lamp),
      cmocka_unit_test(what_is_black_full_or_strongly_coloured_does_not_balance),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
