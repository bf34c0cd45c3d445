// SPDX-License-Identifier: Apache-2.0
// The clear sky: single scattering marched along each view ray, with all higher orders
// as one isotropic term (after Hillaire 2020). Distances in metres.
#include <math.h>

#include "render/sky.h"

static const double GROUND_M = 6360e3, TOP_M = 6460e3, EYE_M = 60;
static const double RAYLEIGH_PM[3] = {5.802e-6, 13.558e-6, 33.1e-6}, RAYLEIGH_H_M = 8500;
static const double OZONE_PM[3] = {0.650e-6, 1.881e-6, 0.085e-6};
static const double MIE_TINT[3] = {0.90, 1.0, 1.12}, MIE_H_M = 1200, MIE_ALBEDO = 0.92;
static const double MIE_G = 0.72, GROUND_ALBEDO = 0.16, PI = 3.14159265358979323846;

enum { HEIGHTS = 16, COSINES = 48, MULTI_HEIGHTS = 6, MULTI_COSINES = 20, DIRECTIONS = 24 };
enum { DEPTH_STEPS = 24, VIEW_STEPS = 24, MULTI_STEPS = 12 };

typedef struct air {
  double mie_pm;                                   // extinction by aerosol at the ground
  float through[HEIGHTS][COSINES][3];              // to the sun or space
  float multiple[MULTI_HEIGHTS][MULTI_COSINES][3]; // radiance of all higher orders / sun
} air;

typedef struct medium {
  double rayleigh[3], mie, extinction[3]; // scattering, scattering, all; 1/m
} medium;

// Aerosol's vertical optical depth by Preetham's turbidity, over its scale height.
static double mie_ground_pm(double turbidity) {
  return 0.06 * (turbidity - 1) / MIE_H_M;
}

static medium medium_at(const air *a, double height) {
  double r = exp(-height / RAYLEIGH_H_M), m = exp(-height / MIE_H_M);
  double o = fmax(0, 1 - fabs(height - 25e3) / 15e3);
  medium out;
  out.mie = a->mie_pm * m * MIE_ALBEDO;
  for (int c = 0; c < 3; c++) {
    out.rayleigh[c] = RAYLEIGH_PM[c] * r;
    out.extinction[c] = out.rayleigh[c] + a->mie_pm * m * MIE_TINT[c] + OZONE_PM[c] * o;
  }
  return out;
}

// Way from radius r along a ray of that cosine to a sphere; negative when missed.
static double to_sphere(double r, double cosine, double sphere, int far) {
  double b = r * cosine, d = b * b - r * r + sphere * sphere;
  if (d < 0)
    return -1;
  return far ? -b + sqrt(d) : -b - sqrt(d);
}

static double cosine_of(int i, int count) {
  double u = 2.0 * i / (count - 1) - 1;
  return u * fabs(u);
}

// Bilinear read of a table by height (square root) and cosine (signed square root).
static void read_table(const float *table, int heights, int cosines, double height, double cosine,
                       double out[3]) {
  double y = sqrt(fmax(0, fmin(1, height / (TOP_M - GROUND_M)))) * (heights - 1);
  double x = (copysign(sqrt(fabs(cosine)), cosine) + 1) * 0.5 * (cosines - 1);
  int iy = (int)fmin(heights - 2, y), ix = (int)fmax(0, fmin(cosines - 2, x));
  double fy = y - iy, fx = x - ix;
  for (int c = 0; c < 3; c++) {
    const float *p = table + (iy * cosines + ix) * 3 + c;
    double a = p[0] + (p[3] - p[0]) * fx;
    double b = p[cosines * 3] + (p[cosines * 3 + 3] - p[cosines * 3]) * fx;
    out[c] = a + (b - a) * fy;
  }
}

static void make_through(air *a) {
  for (int i = 0; i < HEIGHTS; i++) {
    double v = (double)i / (HEIGHTS - 1), r = GROUND_M + v * v * (TOP_M - GROUND_M);
    for (int j = 0; j < COSINES; j++) {
      double cosine = cosine_of(j, COSINES), depth[3] = {0, 0, 0};
      double ground = to_sphere(r, cosine, GROUND_M, 0);
      // A ray just below the horizon is let graze: the table would blur the edge anyway.
      int blocked = cosine < 0 && ground > 0 && cosine < -0.02;
      double length = fmax(0, to_sphere(r, cosine, TOP_M, 1)), last = 0;
      for (int k = 1; k <= DEPTH_STEPS && !blocked; k++) {
        double u = (double)k / DEPTH_STEPS, t = length * u * u, mid = 0.5 * (t + last);
        double h = fmax(0, sqrt(r * r + mid * mid + 2 * r * mid * cosine) - GROUND_M);
        medium m = medium_at(a, h);
        for (int c = 0; c < 3; c++)
          depth[c] += m.extinction[c] * (t - last);
        last = t;
      }
      for (int c = 0; c < 3; c++)
        a->through[i][j][c] = blocked ? 0 : (float)exp(-depth[c]);
    }
  }
}

// Radiance along one ray from radius r; `cosine` to the zenith, `sun_up` of the sun,
// `between` of ray and sun. `isotropic` marches for the multiple-scattering table: even
// phase, ground included, no higher orders; *again then is the share scattered anew.
static void march(const air *a, double r, double cosine, double sun_up, double between,
                  int isotropic, double out[3], double again[3]) {
  double ground = to_sphere(r, cosine, GROUND_M, 0);
  int hits = cosine < 0 && ground > 0;
  double length = hits ? ground : fmax(0, to_sphere(r, cosine, TOP_M, 1));
  int steps = isotropic ? MULTI_STEPS : VIEW_STEPS;
  double phase_r = 3 / (16 * PI) * (1 + between * between), g2 = MIE_G * MIE_G;
  double phase_m = 3 / (8 * PI) * (1 - g2) * (1 + between * between) /
                   ((2 + g2) * pow(1 + g2 - 2 * MIE_G * between, 1.5));
  if (isotropic)
    phase_r = phase_m = 1 / (4 * PI);
  double left[3] = {1, 1, 1}, last = 0;
  for (int c = 0; c < 3; c++)
    out[c] = again[c] = 0;
  for (int k = 1; k <= steps; k++) {
    double u = (double)k / steps, t = length * u * u, dt = t - last, mid = 0.5 * (t + last);
    double rm = sqrt(r * r + mid * mid + 2 * r * mid * cosine), h = fmax(0, rm - GROUND_M);
    // The sun's height over the local horizon changes along the ray.
    double up = fmax(-1, fmin(1, (r * sun_up + mid * between) / rm));
    double sun[3], more[3] = {0, 0, 0};
    read_table(&a->through[0][0][0], HEIGHTS, COSINES, h, up, sun);
    if (!isotropic)
      read_table(&a->multiple[0][0][0], MULTI_HEIGHTS, MULTI_COSINES, h, up, more);
    medium m = medium_at(a, h);
    for (int c = 0; c < 3; c++) {
      double step = exp(-m.extinction[c] * dt), scatter = m.rayleigh[c] + m.mie;
      double source = sun[c] * (m.rayleigh[c] * phase_r + m.mie * phase_m) + more[c] * scatter;
      double share = left[c] * (1 - step) / fmax(m.extinction[c], 1e-12);
      out[c] += share * source;
      again[c] += share * scatter;
      left[c] *= step;
    }
    last = t;
  }
  if (!isotropic || !hits)
    return;
  double up = (r * sun_up + length * between) / GROUND_M, sun[3];
  read_table(&a->through[0][0][0], HEIGHTS, COSINES, 0, up, sun);
  for (int c = 0; c < 3; c++)
    out[c] += left[c] * sun[c] * fmax(0, up) * GROUND_ALBEDO / PI;
}

static void make_multiple(air *a) {
  for (int i = 0; i < MULTI_HEIGHTS; i++) {
    double v = (double)i / (MULTI_HEIGHTS - 1);
    double r = GROUND_M + fmax(20, v * v * (TOP_M - GROUND_M) - 20);
    for (int j = 0; j < MULTI_COSINES; j++) {
      double up = cosine_of(j, MULTI_COSINES), flat = sqrt(1 - up * up);
      double second[3] = {0, 0, 0}, again[3] = {0, 0, 0};
      for (int k = 0; k < DIRECTIONS; k++) { // a Fibonacci sphere
        double z = 1 - (2 * k + 1.0) / DIRECTIONS, azimuth = 2.399963229728653 * k;
        double between = z * up + sqrt(1 - z * z) * cos(azimuth) * flat, l[3], f[3];
        march(a, r, z, up, between, 1, l, f);
        for (int c = 0; c < 3; c++) {
          second[c] += l[c] / DIRECTIONS;
          again[c] += f[c] / DIRECTIONS;
        }
      }
      for (int c = 0; c < 3; c++)
        a->multiple[i][j][c] = (float)(second[c] / fmax(0.05, 1 - again[c]));
    }
  }
}

void sky_table_key(const gpu_weather *weather, float *elevation_rad, float *turbidity) {
  *elevation_rad = rintf(weather->sun_elevation * 400) / 400; // 0.14 degrees
  *turbidity = rintf(fmaxf(1.2f, weather->turbidity) * 10) / 10;
}

void sky_table_make(float elevation_rad, float turbidity, sky_table *out) {
  air a = {.mie_pm = mie_ground_pm(turbidity)};
  make_through(&a);
  make_multiple(&a);
  out->elevation_rad = elevation_rad;
  out->turbidity = turbidity;
  double up = sin(elevation_rad), flat = cos(elevation_rad), sum[3] = {0, 0, 0};
  for (int i = 0; i < SKY_ELEVATIONS; i++) {
    double v = (double)i / (SKY_ELEVATIONS - 1), z = v * v, ring = sqrt(fmax(0, 1 - z * z));
    for (int j = 0; j < SKY_AZIMUTHS; j++) {
      double s = (double)j / (SKY_AZIMUTHS - 1), to_sun = 1 - 2 * s * s, l[3], unused[3];
      march(&a, GROUND_M + EYE_M, fmax(z, 1e-4), up, z * up + ring * flat * to_sun, 0, l, unused);
      // Solid angles: z = v^2, azimuth = 2 asin(s), both halves.
      double dv = (i == 0 || i == SKY_ELEVATIONS - 1 ? 0.5 : 1.0) / (SKY_ELEVATIONS - 1);
      double lo = fmax(0, s - 0.5 / (SKY_AZIMUTHS - 1)), hi = fmin(1, s + 0.5 / (SKY_AZIMUTHS - 1));
      double area = 2 * v * dv * 2 * (2 * asin(hi) - 2 * asin(lo));
      for (int c = 0; c < 3; c++) {
        out->radiance[i][j][c] = (float)(SKY_SUN * l[c]);
        sum[c] += SKY_SUN * l[c] * z * area;
      }
    }
  }
  for (int c = 0; c < 3; c++)
    out->irradiance[c] = (float)sum[c];
}

void sky_sun_transmittance(double elevation_rad, double turbidity, double out[3]) {
  double degrees = fmax(elevation_rad * 180 / PI, -1.0);
  // Relative air mass by Kasten and Young 1989.
  double mass = 1 / (sin(degrees * PI / 180) + 0.50572 * pow(degrees + 6.07995, -1.6364));
  double set = fmax(0, fmin(1, (elevation_rad * 180 / PI + 0.9) / 1.2));
  for (int c = 0; c < 3; c++) {
    double depth = RAYLEIGH_PM[c] * RAYLEIGH_H_M + OZONE_PM[c] * 15e3 +
                   mie_ground_pm(fmax(1.2, turbidity)) * MIE_H_M * MIE_TINT[c];
    out[c] = exp(-depth * mass) * set * set * (3 - 2 * set);
  }
}
