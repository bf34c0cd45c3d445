// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Formulas of the shading kernels against their slow twins.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "render/shade.h"
#include "with_shade_twin.h"

enum { COUNT = 2048 };

static device *dev;
static float in[COUNT][4], out[COUNT][4];

static int open_device(void **state) {
  (void)state;
  trouble why = {0};
  status result = device_open(&dev, NULL, &why);
  if (result)
    print_error("%s\n", why.text);
  return result ? -1 : 0;
}

static int close_device(void **state) {
  (void)state;
  device_close(dev);
  return 0;
}

static void near(const char *what, int i, double is, double should, double relative,
                 double absolute) {
  if (!(fabs(is - should) <= absolute + relative * fabs(should)))
    fail_msg("%s, case %d: kernel %.9g, twin %.9g", what, i, is, should);
}

static void fill(uint32_t salt, double lo, double hi) {
  rng r = rng_at(1, RNG_TEST, salt, 0, 0);
  for (int i = 0; i < COUNT; i++)
    for (int k = 0; k < 4; k++)
      in[i][k] = (float)rng_uniform(&r, lo, hi);
}

static void exponentials_match_libm(void **state) {
  (void)state;
  rng r = rng_at(2, RNG_TEST, 0, 0, 0);
  for (int i = 0; i < COUNT; i++) {
    in[i][0] = (float)rng_uniform(&r, -100, 100);
    in[i][1] = (float)rng_log_uniform(&r, 1e-20, 1e20);
    in[i][2] = (float)rng_uniform(&r, 0, 3);
    in[i][3] = (float)rng_log_uniform(&r, 1e-5, 1e3);
  }
  probe_run(dev, "noise.cl",
            "r.x = fast_exp2(x.x); r.y = fast_log2(x.y); r.z = fast_pow(x.w, x.z);", in[0], out[0],
            COUNT);
  for (int i = 0; i < COUNT; i++) {
    near("exp2", i, out[i][0], exp2(in[i][0]), 1e-6, 0);
    near("log2", i, out[i][1], log2(in[i][1]), 1e-6, 2e-5);
    near("pow", i, out[i][2], pow(in[i][3], in[i][2]), 1e-4, 0);
  }
}

static void noise_fills_its_range_and_fades_with_the_footprint(void **state) {
  (void)state;
  fill(3, -200, 200);
  probe_run(dev, "noise.cl",
            "real2 p = {x.x, x.y}; real3 q = {x.x, x.y, x.z}; real wide = REAL(0.8f);"
            "\n#define PCG(s) ((float)(int)(hash_u32((uint)(int)(AT(x.w, s) * 1e5f)) >> 8))\n"
            "r.x = noise2(p, WORD(5u)); r.y = noise3(q, WORD(9u));"
            "r.z = to_real(as_whole(hash_word(as_word(to_whole(x.w * 1e5f))) >> 8u)) -"
            "      EACH_LANE(float, PCG);"
            "r.w = fabs(rough2(p, 2.0f, wide, WORD(1u))) + fabs(rough3(q, 2.0f, wide, WORD(1u)));",
            in[0], out[0], COUNT);
  double mean2 = 0, mean3 = 0, square2 = 0;
  for (int i = 0; i < COUNT; i++) {
    assert_true(out[i][0] >= 0 && out[i][0] <= 1 && out[i][1] >= 0 && out[i][1] <= 1);
    near("hash in lanes less hash alone", i, out[i][2], 0, 0, 0);
    near("noise finer than a pixel", i, out[i][3], 0, 0, 0);
    mean2 += out[i][0] / COUNT;
    mean3 += out[i][1] / COUNT;
    square2 += (out[i][0] - 0.5) * (out[i][0] - 0.5) / COUNT;
  }
  near("mean of noise2", 0, mean2, 0.5, 0, 0.025);
  near("mean of noise3", 0, mean3, 0.5, 0, 0.025);
  assert_true(square2 > 0.025 && square2 < 0.06);
}

static void reflection_matches_its_twin(void **state) {
  (void)state;
  rng r = rng_at(4, RNG_TEST, 0, 0, 0);
  for (int i = 0; i < COUNT; i++) {
    in[i][0] = (float)rng_uniform(&r, 0.05, 1); // roughness
    in[i][1] = (float)rng_uniform(&r, 0.05, 1); // cosine of the light
    in[i][2] = (float)rng_uniform(&r, 0.05, 1); // cosine of the viewer
    in[i][3] = (float)rng_uniform(&r, 0, 6.28); // azimuth between them
  }
  probe_run(dev, "light.cl",
            "real sl = sqrt(1.0f - x.y * x.y), sv = sqrt(1.0f - x.z * x.z);"
            "real3 l = {sl * cos(x.w), sl * sin(x.w), x.y}, v = {sv, REAL(0.0f), x.z};"
            "lobe s = {rgb(0.6f, 0.6f, 0.6f), rgb(0.04f, 0.04f, 0.04f), x.x};"
            "r.x = reflect_share(&s, rgb(0.0f, 0.0f, 1.0f), l, v).y;"
            "r.y = fresnel(REAL(0.04f), x.y); r.z = ggx(x.x, x.y, x.z, x.w / 6.28f);",
            in[0], out[0], COUNT);
  for (int i = 0; i < COUNT; i++) {
    double cl = in[i][1], cv = in[i][2], sl = sqrt(1 - cl * cl), sv = sqrt(1 - cv * cv);
    double l[3] = {sl * cos(in[i][3]), sl * sin(in[i][3]), cl}, v[3] = {sv, 0, cv};
    near("reflected share", i, out[i][0], twin_reflect_share(0.6, 0.04, in[i][0], l, v), 4e-3,
         1e-4);
    near("fresnel", i, out[i][1], twin_fresnel(0.04, cl), 1e-4, 1e-6);
    near("ggx", i, out[i][2], twin_ggx(in[i][0], cl, cv, in[i][3] / 6.28), 5e-3, 1e-4);
  }
}

// A white surface in an even white room must not give back more than it gets.
static void white_furnace_keeps_energy(void **state) {
  (void)state;
  enum { CASES = 48 };
  for (int i = 0; i < CASES; i++) {
    in[i][0] = (float)(0.15 + 0.85 * (i % 8) / 7.0); // roughness
    in[i][1] = (float)(0.1 + 0.9 * (i / 8) / 5.0);   // cosine of the viewer
    in[i][2] = i & 1 ? 1.0f : 0.0f;                  // white metal or white diffuse
  }
  probe_run(dev, "light.cl",
            "real3 v = {sqrt(1.0f - x.y * x.y), REAL(0.0f), x.y};"
            "real f0 = select(REAL(0.04f), REAL(1.0f), x.z > REAL(0.5f)), sum = REAL(0.0f);"
            "lobe s = {grey(1.0f - x.z), grey(f0), x.x};"
            "for (int a = 0; a < 96; a++)"
            "  for (int b = 0; b < 192; b++) {"
            "    float c = ((float)a + 0.5f) / 96.0f, w = ((float)b + 0.5f) / 192.0f * 6.2831853f;"
            "    float q = sqrt(1.0f - c * c);"
            "    real3 l = rgb(q * cos(w), q * sin(w), c);"
            "    sum += reflect_share(&s, rgb(0.0f, 0.0f, 1.0f), l, v).x * c;"
            "  }"
            "r.x = sum * (6.2831853f / (96.0f * 192.0f));",
            in[0], out[0], CASES);
  for (int i = 0; i < CASES; i++) {
    if (out[i][0] > 1.02f || out[i][0] < 0.30f)
      fail_msg("roughness %.2f, view cosine %.2f, metal %.0f: gives back %.4f", in[i][0], in[i][1],
               in[i][2], out[i][0]);
  }
}

static void wet_ground_darkens_and_smooths_as_the_formula_says(void **state) {
  (void)state;
  fill(5, 0.001, 1);
  probe_run(dev, "weather.cl",
            "r.x = wet_albedo(grey(x.x), x.y, x.z).y; r.y = wet_roughness(x.x, x.y);"
            "\n#define FILM(s) film_cover(3.0f * AT(x.z, s))\n"
            "r.z = EACH_LANE(float, FILM); r.w = air_transmittance(0.05f, 900.0f * x.w * x.x);",
            in[0], out[0], COUNT);
  for (int i = 0; i < COUNT; i++) {
    double a = in[i][0], wet = in[i][1], porosity = in[i][2];
    near("albedo", i, out[i][0], twin_wet_albedo(a, wet, porosity), 1e-3, 1e-6);
    near("roughness", i, out[i][1], twin_wet_roughness(a, wet), 1e-5, 1e-6);
    near("film", i, out[i][2], fmin(1, 3 * porosity / 1.2), 1e-5, 1e-6);
    near("air", i, out[i][3], exp(-a * 0.05 * 900 * in[i][3]), 1e-4, 1e-12);
    assert_true(out[i][0] <= in[i][0] * 1.0001f);
  }
}

static void tone_curve_and_srgb_match(void **state) {
  (void)state;
  rng r = rng_at(6, RNG_TEST, 0, 0, 0);
  for (int i = 0; i < COUNT; i++)
    for (int k = 0; k < 3; k++)
      in[i][k] = (float)rng_log_uniform(&r, 1e-4, 40);
  in[0][0] = in[0][1] = in[0][2] = 0.18f;
  in[1][0] = in[1][1] = in[1][2] = 0;
  probe_run(dev, "tone.cl",
            "float8 red = (float8)(x.x), green = (float8)(x.y), blue = (float8)(x.z);"
            "tone_curve(&red, &green, &blue);"
            "red = srgb_encode(red); green = srgb_encode(green); blue = srgb_encode(blue);"
            "\n#if LANES == 8\n#define PICK(v, s) (v)\n#else\n#define PICK(v, s) ((v).s)\n#endif\n"
            "real4 all = {PICK(red, s3), PICK(green, s7), PICK(blue, s0), REAL(0.0f)}; r = all;",
            in[0], out[0], COUNT);
  for (int i = 0; i < COUNT; i++) {
    double linear[3] = {in[i][0], in[i][1], in[i][2]}, wanted[3];
    twin_develop(linear, wanted);
    for (int c = 0; c < 3; c++)
      near("display value", i, out[i][c], wanted[c], 0, 1.0 / 512);
  }
  near("middle grey", 0, out[0][1], 0.46136, 0, 0.002); // sRGB of 0.18
}

// A dipped beam of a car whose middle is at (0, 0): its share of the brightest towards a point.
static double twin_beam(const gpu_light *l, const double at[3], double *distance) {
  double from[3], d2 = 0;
  for (int k = 0; k < 3; k++)
    from[k] = at[k] - (double)l->p[k], d2 += from[k] * from[k];
  for (int k = 0; k < 3; k++)
    from[k] /= sqrt(d2);
  *distance = sqrt(d2);
  double side = -from[1], over = from[2] - (double)l->direction[2]; // it looks along x
  over -= fmin(fmax(0.268 * side, 0), 0.02);
  double under = pow(fmin(over, 0), 2), cut = fmin(fmax((0.010 - over) / 0.013, 0), 1);
  double glow = 0.91 / pow(1 + under / (0.045 * 0.045), 2) + 0.07 / (1 + under / (0.15 * 0.15));
  double u = fmin(fmax((from[0] - 0.2) / 0.4, 0), 1);
  return (0.02 + cut * glow) / (1 + pow((side - 0.02) / 0.16, 2)) * u * u * (3 - 2 * u);
}

// Light of a beam along rays from a driver's eyes down to the road, as fog throws it, and so much
// of it in strata by each of SHIFTS places in them. The beam's edge is a hundredth of a radian, a
// stratum some tenths: places in it must not be told apart as if it were hit or missed.
static void beams_in_fog_are_smooth_and_as_bright_as_they_are(void **state) {
  (void)state;
  enum { SHIFTS = 16, RAYS = COUNT / SHIFTS, FINE = 4000, LIGHT_ROWS = 3 };
  static float all[COUNT + LIGHT_ROWS][4];
  gpu_light lamp;
  shade_lamp_head((float[3]){3.7f, 0.65f, 0.65f}, (float[3]){1, 0, 0}, 1, false, &lamp);
  memset(lamp.color, 0, sizeof lamp.color);
  lamp.color[1] = 1, lamp.range = 1e4f;
  assert_int_equal(sizeof lamp, sizeof all[0] * LIGHT_ROWS);
  memcpy(all[COUNT], &lamp, sizeof lamp);
  rng r = rng_at(7, RNG_TEST, 0, 0, 0);
  for (int i = 0; i < COUNT; i++) {
    if (i % SHIFTS == 0) {
      all[i][0] = (float)rng_uniform(&r, -0.5, 0.5);    // to the left, over what is ahead
      all[i][1] = (float)rng_uniform(&r, -0.32, -0.05); // up
    } else {
      memcpy(all[i], all[i - 1], 2 * sizeof all[i][0]);
    }
    all[i][2] = ((float)(i % SHIFTS) + 0.5f) / SHIFTS;
    all[i][3] = 0;
  }
  probe_run_with(dev, "airlight.cl",
                 "__global const gpu_light *lights = (__global const gpu_light *)(in + count);"
                 "real3 ray = unit3(triple(REAL(1.0f), x.x, x.y)), eye = rgb(1.6f, 0.0f, 1.45f);"
                 "real far = -1.45f / ray.z;"
                 "for (int step = 0; step < 9; step++) {"
                 "  real u = ((float)step + x.z) / 9.0f, root = sqrt(u), t = far * u * root;"
                 "  real length = far * root * (1.5f / 9.0f), d2;"
                 "  real3 at = add3(eye, scale3(ray, t)), to;"
                 "  real3 e = lamp_mean(lights, WORD(0u), at, scale3(ray, length), &to, &d2);"
                 "  r.x += e.y * sqrt(d2) * length;"
                 "  r.y += lamp_light(lights, WORD(0u), at, &to, &d2).y * sqrt(d2) * length;"
                 "}",
                 all[0], LIGHT_ROWS, out[0], COUNT);
  double sum = 0, truth = 0, rough = 0, as_points = 0, dark = 0, bright = 0;
  for (int n = 0; n < RAYS; n++) {
    const float *ray = all[SHIFTS * n];
    double length = sqrt(1 + pow((double)ray[0], 2) + pow((double)ray[1], 2));
    double far = 1.45 * length / -(double)ray[1], should = 0, mean = 0, spread[2] = {0, 0};
    for (int k = 0; k < FINE; k++) {
      double t = far * (k + 0.5) / FINE / length, distance;
      double at[3] = {1.6 + t, t * (double)ray[0], 1.45 + t * (double)ray[1]};
      double share = twin_beam(&lamp, at, &distance);
      should += share / distance * far / FINE;
    }
    for (int c = 0; c < 2; c++) {
      double first = 0, square = 0;
      for (int k = 0; k < SHIFTS; k++) {
        double is = (double)out[SHIFTS * n + k][c];
        first += is / SHIFTS, square += is * is / SHIFTS;
      }
      spread[c] = sqrt(fmax(square - first * first, 0));
      mean = c == 0 ? first : mean;
    }
    sum += mean, truth += should, rough += spread[0], as_points += spread[1];
    dark = n == 0 ? mean / should : fmin(dark, mean / should);
    bright = fmax(bright, mean / should);
  }
  print_message("%.3f of the light, %.3f to %.3f of rays'; spread %.3f of it, %.3f by points\n",
                sum / truth, dark, bright, rough / truth, as_points / truth);
  near("light of all rays", 0, sum, truth, 0.03, 0);
  assert_true(dark > 0.7 && bright < 1.3);
  assert_true(rough < 0.12 * truth && rough < 0.4 * as_points);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(exponentials_match_libm),
      cmocka_unit_test(noise_fills_its_range_and_fades_with_the_footprint),
      cmocka_unit_test(reflection_matches_its_twin),
      cmocka_unit_test(white_furnace_keeps_energy),
      cmocka_unit_test(wet_ground_darkens_and_smooths_as_the_formula_says),
      cmocka_unit_test(tone_curve_and_srgb_match),
      cmocka_unit_test(beams_in_fog_are_smooth_and_as_bright_as_they_are),
  };
  return cmocka_run_group_tests(tests, open_device, close_device);
}
