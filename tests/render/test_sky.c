// SPDX-License-Identifier: Apache-2.0
// labels: unit
// The sky's table, its light on surfaces, and what weather and night do to both.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "render/shade.h"
#include "render/sky.h"
#include "with_shade_twin.h"

static const double PI = 3.14159265358979323846, RAD = 3.14159265358979323846 / 180;

static weather_state at_elevation(double degrees) {
  weather_state w = weather_state_default();
  w.sun_elevation_rad = degrees * RAD;
  w.sun_azimuth_rad = 0.7;
  w.cloud_cover = 0;
  return w;
}

static gpu_weather light_of(const weather_state *w) {
  gpu_weather out;
  shade_weather(w, 1, 0, 0, &out);
  return out;
}

static void make(const weather_state *w, gpu_sky *out) {
  gpu_weather light = light_of(w);
  sky_table *table = malloc(sizeof *table);
  assert_non_null(table);
  float elevation, turbidity;
  sky_table_key(&light, &elevation, &turbidity);
  sky_table_make(elevation, turbidity, table);
  sky_make(table, &light, out);
  free(table);
}

static double level_light(const gpu_sky *s, int c) {
  // The harmonics' polynomials for a normal straight up, times pi.
  return PI * (s->sh[0][c] + s->sh[2][c] + 2 * s->sh[6][c]);
}

static void daylight_falls_with_the_sun(void **state) {
  (void)state;
  sky_table *table = malloc(sizeof *table);
  assert_non_null(table);
  double last = 1e9;
  for (int degrees = 70; degrees >= -18; degrees -= 8) {
    sky_table_make((float)(degrees * RAD), 3, table);
    double y = 0.2126 * table->irradiance[0] + 0.7152 * table->irradiance[1] +
               0.0722 * table->irradiance[2];
    assert_true(y > 0 && y < last);
    last = y;
    // What exposure assumes is near what the table says.
    double ratio = sky_dome_irradiance(degrees * RAD) / table->irradiance[1];
    if (!(ratio > 0.5 && ratio < 2))
      fail_msg("%d degrees: assumed over real dome light is %.2f", degrees, ratio);
    for (int i = 0; i < SKY_ELEVATIONS; i++)
      for (int j = 0; j < SKY_AZIMUTHS; j++)
        for (int c = 0; c < 3; c++)
          assert_true(isfinite(table->radiance[i][j][c]) && table->radiance[i][j][c] >= 0);
  }
  free(table);
}

static void noon_is_blue_above_and_evening_red_below(void **state) {
  (void)state;
  gpu_sky *s = malloc(sizeof *s);
  assert_non_null(s);
  weather_state w = at_elevation(50);
  make(&w, s);
  const float *zenith = s->table[SKY_ELEVATIONS - 1][SKY_AZIMUTHS - 1], *low = s->table[3][24];
  assert_true(zenith[2] > 1.5f * zenith[0]);
  assert_true(low[1] > zenith[1]);                             // the horizon is brighter
  assert_true(low[2] / low[0] < 0.8f * zenith[2] / zenith[0]); // and paler
  w = at_elevation(2);
  make(&w, s);
  assert_true(s->table[2][0][0] > 1.5f * s->table[2][0][2]); // towards the setting sun
  double tint[3], high[3];
  sky_sun_transmittance(2 * RAD, 3, tint);
  sky_sun_transmittance(60 * RAD, 3, high);
  assert_true(tint[0] > 3 * tint[2] && high[0] < 1.6 * high[2]);
  free(s);
}

static void harmonics_keep_the_light_of_the_dome(void **state) {
  (void)state;
  gpu_sky *s = malloc(sizeof *s);
  assert_non_null(s);
  for (int degrees = 10; degrees <= 60; degrees += 25) {
    weather_state w = at_elevation(degrees);
    make(&w, s);
    double sum = 0;
    for (int i = 0; i < 400; i++)
      for (int j = 0; j < 400; j++) { // z = v^2, azimuth from the sun
        double v = (i + 0.5) / 400, z = v * v, azimuth = PI * (j + 0.5) / 400;
        double row = v * (SKY_ELEVATIONS - 1), column = sin(azimuth / 2) * (SKY_AZIMUTHS - 1);
        int a = (int)row, b = (int)column;
        double fa = row - a, fb = column - b;
        double l = (s->table[a][b][1] * (1 - fb) + s->table[a][b + 1][1] * fb) * (1 - fa) +
                   (s->table[a + 1][b][1] * (1 - fb) + s->table[a + 1][b + 1][1] * fb) * fa;
        sum += l * z * 2 * v * (1.0 / 400) * 2 * PI / 400;
      }
    double is = level_light(s, 1);
    if (!(fabs(is / sum - 1) < 0.06))
      fail_msg("%d degrees: harmonics give %.4f, the dome %.4f", degrees, is, sum);
  }
  free(s);
}

static void kernel_reads_the_table_as_it_was_written(void **state) {
  (void)state;
  enum { COUNT = 512 };
  static float in[COUNT + (sizeof(gpu_sky) + 15) / 16][4],
      out[COUNT + (sizeof(gpu_sky) + 15) / 16][4];
  gpu_sky *s = malloc(sizeof *s);
  assert_non_null(s);
  weather_state w = at_elevation(35);
  make(&w, s);
  rng r = rng_at(9, RNG_TEST, 0, 0, 0);
  for (int i = 0; i < COUNT; i++) {
    double z = rng_uniform(&r, 0, 1), a = rng_uniform(&r, -PI, PI), flat = sqrt(1 - z * z);
    in[i][0] = (float)(flat * cos(a)), in[i][1] = (float)(flat * sin(a)), in[i][2] = (float)z;
  }
  // The sky rides behind the directions.
  memcpy(in[COUNT], s, sizeof *s);
  trouble why = {0};
  device *dev;
  if (device_open(&dev, NULL, &why))
    fail_msg("%s", why.text);
  probe_run_with(dev, "sky.cl",
                 "__constant const gpu_sky *sky = (__constant const gpu_sky *)behind;"
                 "real3 d = {x.x, x.y, x.z}, l = sky_clear(sky, d);"
                 "real4 all = {l.x, l.y, l.z, sky_diffuse(sky, d).y}; r = all;",
                 in[0], (int)(sizeof in / sizeof *in) - COUNT, out[0], COUNT);
  for (int i = 0; i < COUNT; i++) {
    double x = in[i][0], y = in[i][1], z = in[i][2], flat = sqrt(x * x + y * y);
    double c = (x * s->sun_axis[0] + y * s->sun_axis[1]) / flat;
    double column = sqrt(fmax(0, 0.5 - 0.5 * c)) * (SKY_AZIMUTHS - 1);
    double row = sqrt(z) * (SKY_ELEVATIONS - 1);
    int a = (int)fmin(row, SKY_ELEVATIONS - 2), b = (int)fmin(column, SKY_AZIMUTHS - 2);
    double fa = row - a, fb = column - b;
    for (int k = 0; k < 3; k++) {
      double low = s->table[a][b][k] + (s->table[a][b + 1][k] - s->table[a][b][k]) * fb;
      double high =
          s->table[a + 1][b][k] + (s->table[a + 1][b + 1][k] - s->table[a + 1][b][k]) * fb;
      double wanted = low + (high - low) * fa;
      if (!(fabs(out[i][k] - wanted) < 2e-3 * wanted + 1e-5))
        fail_msg("direction %d, colour %d: kernel %.6f, twin %.6f", i, k, out[i][k], wanted);
    }
    assert_true(out[i][3] > 0);
  }
  device_close(dev);
  free(s);
}

static void exposure_grows_as_light_fades(void **state) {
  (void)state;
  double last = 0, last_seen = 1e9;
  for (int degrees = 60; degrees >= -20; degrees -= 4) {
    weather_state w = at_elevation(degrees);
    gpu_weather g = light_of(&w);
    assert_true(g.exposure >= last * 0.999);
    last = g.exposure;
    // But a grey card never looks brighter in less light.
    double sun[3];
    sky_sun_transmittance(w.sun_elevation_rad, w.turbidity, sun);
    double light = SKY_SUN * sun[1] * fmax(0, sin(w.sun_elevation_rad)) +
                   sky_dome_irradiance(w.sun_elevation_rad) + 1e-3 * g.night;
    assert_true(light * g.exposure <= last_seen * 1.02);
    last_seen = light * g.exposure;
  }
  assert_true(last > 300); // night against noon: some ten stops
}

static void weather_takes_the_sun_away(void **state) {
  (void)state;
  weather_state clear = at_elevation(40), overcast = clear, rain = clear, fog = clear,
                night = clear;
  overcast.cloud_cover = 1;
  rain.rain_mmh = 10;
  fog.fog_visibility_m = 80;
  night.sun_elevation_rad = -25 * RAD;
  gpu_weather c = light_of(&clear), o = light_of(&overcast), r = light_of(&rain),
              f = light_of(&fog), n = light_of(&night);
  assert_true(c.sun_color[1] > 5 && o.sun_color[1] < 0.01f);
  assert_true(r.sun_color[1] < 0.01f); // rain has clouds
  assert_true(f.sun_color[1] < 0.1f * c.sun_color[1]);
  assert_true(c.night < 0.01f && n.night > 0.99f);
  assert_true(n.sun_direction[2] > 0 && n.sun_color[1] < 1e-4f); // the moon
  gpu_sky *s = malloc(sizeof *s);
  assert_non_null(s);
  make(&clear, s);
  double day = level_light(s, 1), air = s->air_beta;
  make(&overcast, s);
  double grey = level_light(s, 1);
  assert_true(grey > day); // the dome alone: clouds scatter what was the sun's
  assert_true(s->sh[0][2] / s->sh[0][0] < 1.25f);
  make(&rain, s);
  assert_true(s->air_beta > air + 0.001);
  make(&fog, s);
  assert_true(fabs(s->air_beta - weather_fog_beta_pm(&fog)) < 1e-6);
  make(&night, s);
  assert_true(level_light(s, 1) < 1e-3 * day);
  free(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(daylight_falls_with_the_sun),
      cmocka_unit_test(noon_is_blue_above_and_evening_red_below),
      cmocka_unit_test(harmonics_keep_the_light_of_the_dome),
      cmocka_unit_test(kernel_reads_the_table_as_it_was_written),
      cmocka_unit_test(exposure_grows_as_light_fades),
      cmocka_unit_test(weather_takes_the_sun_away),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
