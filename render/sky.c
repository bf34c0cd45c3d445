// SPDX-License-Identifier: Apache-2.0
#include "render/sky.h"

#include <math.h>
#include <string.h>

static const double PI = 3.14159265358979323846;

static double smooth(double lo, double hi, double x) {
  double u = fmax(0, fmin(1, (x - lo) / (hi - lo)));
  return u * u * (3 - 2 * u);
}

static double luminance(const double c[3]) {
  return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2];
}

double sky_direct_share(double cloud_cover) {
  return 1 - smooth(0.50, 0.92, cloud_cover);
}

double sky_global_share(double cloud_cover) {
  return 1 - 0.75 * pow(fmax(0, fmin(1, cloud_cover)), 3.4);
}

double sky_fog_share(double fog_beta, double elevation_rad) {
  if (fog_beta < 2e-4) // haze, which the turbidity already has
    return 1;
  return exp(-fog_beta * 90 / fmax(0.15, sin(elevation_rad)));
}

double sky_dome_irradiance(double elevation_rad) {
  // Natural logarithm by degrees of elevation, from sky_table at turbidity 3.
  static const double DEGREES[] = {-18, -12, -9, -6, -3, 0, 3, 6, 9, 12, 22, 42, 90};
  static const double LOG[] = {-16.4, -11.8, -10.0, -6.7, -4.2, -2.4, -1.4,
                               -0.8,  -0.5,  -0.25, 0.16, 0.47, 0.70};
  enum { COUNT = sizeof DEGREES / sizeof *DEGREES };
  double d = elevation_rad * 180 / PI;
  if (d <= DEGREES[0])
    return exp(LOG[0]);
  for (int i = 1; i < COUNT; i++)
    if (d <= DEGREES[i])
      return exp(LOG[i - 1] +
                 (LOG[i] - LOG[i - 1]) * (d - DEGREES[i - 1]) / (DEGREES[i] - DEGREES[i - 1]));
  return exp(LOG[COUNT - 1]);
}

// What is left of sun and dome under the weather; all on level ground but `sun`.
typedef struct daylight {
  double sun[3];    // facing it, after air, clouds, fog
  double direct[3]; // the same on the level
  double dome[3];   // clear dome
  double total[3];  // direct and diffuse under clouds and fog
  double share;     // of the dome that is cloud
} daylight;

static daylight daylight_of(const sky_table *table, const gpu_weather *w) {
  daylight d;
  double up = fmax(0, sin(w->sun_elevation)), clear[3];
  sky_sun_transmittance(w->sun_elevation, w->turbidity, clear);
  double fog = sky_fog_share(w->fog_beta, w->sun_elevation);
  double direct = sky_direct_share(w->cloud_cover) * fog, global = sky_global_share(w->cloud_cover);
  global *= 0.68 + 0.32 * fog;
  d.share = w->cloud_cover;
  double whole[3];
  for (int c = 0; c < 3; c++) {
    d.dome[c] = table->irradiance[c];
    d.sun[c] = SKY_SUN * clear[c] * direct;
    d.direct[c] = d.sun[c] * up;
    whole[c] = (SKY_SUN * clear[c] * up + d.dome[c]) * global;
  }
  // Thick cloud lets colours through alike: grey, a touch blue.
  static const double CLOUD_TINT[3] = {0.972, 1.0, 1.045};
  double grey = luminance(whole), dull = smooth(0.5, 1.0, d.share);
  for (int c = 0; c < 3; c++)
    d.total[c] = fmax(whole[c] + (grey * CLOUD_TINT[c] - whole[c]) * dull, d.direct[c]);
  return d;
}

// Clouds' radiance: broken ones from sun and dome on their flanks, overcast from what
// the whole dome must give.
static void clouds_of(const daylight *d, const gpu_weather *w, gpu_sky *out) {
  double cover = d->share, thick = smooth(0.5, 0.92, cover), clear[3];
  sky_sun_transmittance(w->sun_elevation + 0.02, w->turbidity, clear);
  double fog = sky_fog_share(w->fog_beta, w->sun_elevation);
  static const double CITY[3] = {2.0e-5, 1.6e-5, 1.25e-5};
  for (int c = 0; c < 3; c++) {
    double sun = SKY_SUN * clear[c] * fog;
    double broken = (0.17 * sun + 0.9 * d->dome[c]) / PI;
    double dome = fmax(0, d->total[c] - d->direct[c] - (1 - cover) * d->dome[c]);
    double overcast = dome / (PI * fmax(cover, 0.3));
    double city = CITY[c] * w->night;
    out->cloud_shade[c] = (float)(broken + (overcast - broken) * thick + city);
    out->cloud_lit[c] = (float)((0.62 * sun * (1 - 0.8 * thick) + 1.1 * d->dome[c]) / PI + city);
  }
  out->cloud_cover = (float)cover;
}

// Radiance of the open dome in a direction relative to the sun's axis, fog included.
static void dome_radiance(const gpu_sky *s, const sky_table *table, int i, int j, double fog,
                          double out[3]) {
  double v = (double)i / (SKY_ELEVATIONS - 1), z = v * v;
  for (int c = 0; c < 3; c++) {
    double clear = table->radiance[i][j][c];
    double cloud = s->cloud_shade[c] * 3.0 / 7.0 * (1 + 2 * z);
    double l = clear + (cloud - clear) * s->cloud_cover;
    out[c] = l + (s->air[c] - l) * fog;
  }
}

// Projects dome and ground on real spherical harmonics of order 0..2 and folds in the
// cosine lobe (Ramamoorthi and Hanrahan 2001), ready for the polynomials of sky.cl.
static void harmonics_of(const sky_table *table, double fog, gpu_sky *out) {
  static const double NORM[9] = {0.282095, 0.488603, 0.488603, 0.488603, 1.092548,
                                 1.092548, 0.315392, 1.092548, 0.546274};
  static const double LOBE[9] = {1, 2.0 / 3, 2.0 / 3, 2.0 / 3, 0.25, 0.25, 0.25, 0.25, 0.25};
  double sum[9][3] = {{0}};
  double ax = out->sun_axis[0], ay = out->sun_axis[1];
  for (int i = 0; i < SKY_ELEVATIONS; i++) {
    double v = (double)i / (SKY_ELEVATIONS - 1), z = v * v, ring = sqrt(fmax(0, 1 - z * z));
    double dv = (i == 0 || i == SKY_ELEVATIONS - 1 ? 0.5 : 1.0) / (SKY_ELEVATIONS - 1);
    for (int j = 0; j < SKY_AZIMUTHS; j++) {
      double s = (double)j / (SKY_AZIMUTHS - 1), half = 0.5 / (SKY_AZIMUTHS - 1);
      double turn = 2 * (asin(fmin(1, s + half)) - asin(fmax(0, s - half)));
      double cosine = 1 - 2 * s * s, sine = sqrt(fmax(0, 1 - cosine * cosine)), l[3];
      dome_radiance(out, table, i, j, fog, l);
      for (int side = -1; side <= 1; side += 2)
        for (int down = 0; down < 2; down++) {
          double x = ring * (cosine * ax - side * sine * ay);
          double y = ring * (cosine * ay + side * sine * ax), h = down ? -z : z;
          double basis[9] = {1, y, h, x, x * y, y * h, 3 * h * h - 1, x * h, x * x - y * y};
          for (int k = 0; k < 9; k++)
            for (int c = 0; c < 3; c++)
              sum[k][c] += (down ? out->ground[c] : l[c]) * basis[k] * 2 * v * dv * turn;
        }
    }
  }
  for (int k = 0; k < 9; k++)
    for (int c = 0; c < 3; c++)
      out->sh[k][c] = (float)(sum[k][c] * NORM[k] * NORM[k] * LOBE[k]);
}

static void air_of(const daylight *d, const gpu_weather *w, gpu_sky *out) {
  double rain = w->rain_mmh > 0 ? 0.0016 * pow(w->rain_mmh / 10.0, 0.64) : 0;
  double mist = 0.0028 * smooth(2, 60, w->rain_mmh); // spray and low cloud of heavy rain
  double snow = w->snow_mmh > 0 ? 0.0038 * pow(w->snow_mmh, 0.85) : 0;
  double fog = w->fog_beta > 2e-4f ? w->fog_beta : 0;
  out->air_beta = (float)(fog + rain + mist + snow);
  out->air_top_m = fog > 0 ? 110 : 300;
  static const double RAYLEIGH[3] = {5.802e-6, 13.558e-6, 33.1e-6};
  static const double LAMPS[3] = {3.4e-5, 2.7e-5, 1.9e-5}, FOGLIT[3] = {5.2e-5, 4.3e-5, 3.2e-5};
  double haze = 0.06 * fmax(0.2, w->turbidity - 1.0) / 1200;
  double grey = luminance(d->total);
  for (int c = 0; c < 3; c++) {
    double total = 0.7 * grey + 0.3 * d->total[c];
    out->air[c] = (float)(0.88 * total / PI + FOGLIT[c] * w->night);
    out->air_glow[c] = (float)(0.16 * d->sun[c]);
    out->haze_beta[c] = (float)(RAYLEIGH[c] + haze);
    out->ground[c] = (float)(0.16 * d->total[c] / PI);
    out->lamp_ambient[c] = (float)(LAMPS[c] * w->night);
  }
}

// The dome's lowest few degrees, all around.
static void horizon_of(const sky_table *table, gpu_sky *out) {
  enum { ROW = 4 };
  for (int j = 0; j < SKY_AZIMUTHS; j++) {
    double l[3];
    dome_radiance(out, table, ROW, j, 0, l);
    for (int c = 0; c < 3; c++)
      out->haze_light[c] += (float)(l[c] / SKY_AZIMUTHS);
  }
}

static void disc_of(const daylight *d, const gpu_weather *w, gpu_sky *out) {
  int moon = w->sun_direction[2] > 0 && w->sun_elevation < -0.02f;
  double largest = fmax(d->sun[0], fmax(d->sun[1], d->sun[2]));
  for (int c = 0; c < 3; c++) {
    if (moon) {
      out->disc[c] = 14.0f / w->exposure * (1 - w->cloud_cover);
      out->glow[c] = 0.05f / w->exposure * (1 - w->cloud_cover);
    } else {
      // The disc's own radiance would be thousands; the sensor is full long before.
      out->disc[c] = largest > 0 ? (float)(d->sun[c] / largest * fmin(largest / 6.8e-5, 400)) : 0;
      out->glow[c] = (float)(d->sun[c] * 0.22 * fmax(0.3, w->turbidity - 1));
    }
  }
  out->disc_cos = (float)cos((moon ? 0.45 : 0.27) * PI / 180);
}

// A camera balances most of the light's colour away, not all of it: evenings stay warm.
static void white_of(const daylight *d, const gpu_weather *w, gpu_sky *out) {
  static const double LAMP[3] = {1.0e-3, 0.80e-3, 0.56e-3};
  double light[3], gain[3];
  for (int c = 0; c < 3; c++)
    light[c] = d->total[c] + LAMP[c] * w->night;
  double grey = fmax(luminance(light), 1e-9);
  for (int c = 0; c < 3; c++)
    gain[c] = pow(grey / fmax(light[c], 1e-9), 0.55);
  // Green against magenta is corrected further than warm against cold.
  double balance = sqrt(light[0] * gain[0] * light[2] * gain[2]) / (light[1] * gain[1]);
  gain[1] *= pow(balance, 0.75);
  double level = luminance(gain);
  for (int c = 0; c < 3; c++)
    out->white[c] = (float)fmin(1.8, fmax(0.6, gain[c] / level));
}

void sky_make(const sky_table *table, const gpu_weather *w, gpu_sky *out) {
  memset(out, 0, sizeof *out);
  double x = w->sun_direction[0], y = w->sun_direction[1], flat = sqrt(x * x + y * y);
  out->sun_axis[0] = (float)(flat > 1e-6 ? x / flat : 1);
  out->sun_axis[1] = (float)(flat > 1e-6 ? y / flat : 0);
  daylight d = daylight_of(table, w);
  clouds_of(&d, w, out);
  air_of(&d, w, out);
  // Light pollution: a warm veil over the horizon, less above.
  static const double GLOW[3] = {1.15e-5, 0.92e-5, 0.78e-5}, DARK[3] = {0.9e-6, 1.2e-6, 2.0e-6};
  sky_table lit = *table;
  for (int i = 0; i < SKY_ELEVATIONS; i++) {
    double v = (double)i / (SKY_ELEVATIONS - 1), veil = pow(1 - v, 2.5);
    for (int j = 0; j < SKY_AZIMUTHS; j++)
      for (int c = 0; c < 3; c++) {
        lit.radiance[i][j][c] += (float)((GLOW[c] * veil + DARK[c]) * w->night);
        out->table[i][j][c] = lit.radiance[i][j][c];
      }
  }
  double fog = 1 - exp(-(double)out->air_beta * out->air_top_m);
  harmonics_of(&lit, fog, out);
  horizon_of(&lit, out);
  disc_of(&d, w, out);
  white_of(&d, w, out);
  out->stars = w->night * (1 - w->cloud_cover) * (float)exp(-(double)out->air_beta * 300);
  out->lamp_cap = 11 * fmaxf(w->lamp_reach, 1) / w->exposure;
}
