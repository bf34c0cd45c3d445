// SPDX-License-Identifier: Apache-2.0
#include "render/exposure.h"

#include <math.h>

static const double GREY = 0.18, DARKEST = 0.02;
static const double DAY_SCALE = 0.5; // of a sunny noon
static const double NIGHT_SLOPE = 0.17;
static const double MOST_FOLLOWED = 0.8; // of an error at once: less than what would swing back
static const double WARMEST_K = 2300, COLDEST_K = 12000;

static double bright(const float c[4]) {
  return 0.2126 * (double)c[0] + 0.7152 * (double)c[1] + 0.0722 * (double)c[2];
}

static double clamp(double x, double lo, double hi) {
  return fmin(fmax(x, lo), hi);
}

// Exposed light a gain of 1 makes of radiance 1 in a second of shutter.
static double scale_rate(const electronics_def *e, int binning) {
  return electronics_rate(e, binning) * ELECTRONICS_HEADROOM / electronics_full_well(e, binning);
}

exposure_shot exposure_of(const electronics_def *e, int binning, double scale) {
  double rate = scale_rate(e, binning);
  exposure_shot s = {.shutter_s = e->shutter_s, .gain = e->gain};
  if (e->exposure != EXPOSURE_MANUAL) {
    s.shutter_s = clamp(scale / rate, SHUTTER_LEAST_S, e->shutter_s);
    s.gain = clamp(scale / (rate * s.shutter_s), 1, e->gain_most);
  }
  s.scale = rate * s.shutter_s * s.gain;
  return s;
}

// Weights of rows and columns: the middle of the picture, somewhat below its horizon.
static double weight_of(const exposure_picture *p, metering weights, int x, int y) {
  if (weights == METERING_AVERAGE)
    return 1;
  double dx = (x + 0.5) / p->width - 0.5, dy = (y + 0.5) / p->height - 0.58;
  return exp(-0.5 * (dx * dx / (0.28 * 0.28) + dy * dy / (0.22 * 0.22))) + 0.05;
}

double exposure_metered(const exposure_picture *p, metering weights, double scale) {
  double sum = 0, all = 0;
  for (int y = 0; y < p->height; y++)
    for (int x = 0; x < p->width; x++) {
      double w = weight_of(p, weights, x, y);
      double seen =
          clamp(bright(p->colors[y * p->width + x]) * scale, DARKEST, ELECTRONICS_HEADROOM);
      sum += w * log(seen);
      all += w;
    }
  return all > 0 ? exp(sum / all) : GREY;
}

double exposure_target(const electronics_def *e, double scale) {
  return GREY * exp2(e->exposure_ev) * fmin(1, pow(scale / DAY_SCALE, -NIGHT_SLOPE));
}

// The error falls as the scale grows, so halving finds where it is none.
double exposure_settle(const electronics_def *e, int binning, const exposure_picture *p) {
  double lo = scale_rate(e, binning) * SHUTTER_LEAST_S;
  double hi = scale_rate(e, binning) * e->shutter_s * e->gain_most;
  for (int i = 0; i < 50; i++) {
    double middle = sqrt(lo * hi);
    if (exposure_metered(p, e->metering, middle) < exposure_target(e, middle))
      lo = middle;
    else
      hi = middle;
  }
  return sqrt(lo * hi);
}

static double share_of(const electronics_def *e, double dt_s) {
  double share = e->exposure_tau_s > 0 ? 1 - exp(-dt_s / e->exposure_tau_s) : 1;
  return fmin(share, MOST_FOLLOWED);
}

double exposure_follow(const electronics_def *e, int binning, const exposure_picture *p,
                       double scale, double dt_s) {
  double error = log(exposure_target(e, scale) / exposure_metered(p, e->metering, scale));
  double next = scale * exp(share_of(e, dt_s) * error), rate = scale_rate(e, binning);
  return clamp(next, rate * SHUTTER_LEAST_S, rate * e->shutter_s * e->gain_most);
}

// White -----------------------------------------------------------------------------

void white_of_kelvin(double kelvin, double rgb[3]) {
  double t = 1e3 / clamp(kelvin, 1700, 25000), x, y;
  if (kelvin < 4000)
    x = ((-0.2661239 * t - 0.2343589) * t + 0.8776956) * t + 0.179910;
  else
    x = ((-3.0258469 * t + 2.1070379) * t + 0.2226347) * t + 0.240390;
  if (kelvin < 2222)
    y = ((-1.1063814 * x - 1.34811020) * x + 2.18555832) * x - 0.20219683;
  else if (kelvin < 4000)
    y = ((-0.9549476 * x - 1.37418593) * x + 2.09137015) * x - 0.16748867;
  else
    y = ((3.0817580 * x - 5.87338670) * x + 3.75112997) * x - 0.37001483;
  double X = x / y, Z = (1 - x - y) / y; // Y = 1
  rgb[0] = fmax(3.2404542 * X - 1.5371385 - 0.4985314 * Z, 0.01);
  rgb[1] = fmax(-0.9692660 * X + 1.8760108 + 0.0415560 * Z, 0.01);
  rgb[2] = fmax(0.0556434 * X - 0.2040259 + 1.0572252 * Z, 0.01);
}

static void sensor_color(const double rgb[3], double out[3]) {
  for (int row = 0; row < 3; row++) {
    const double *f = electronics_filters + 3 * row;
    out[row] = f[0] * rgb[0] + f[1] * rgb[1] + f[2] * rgb[2];
  }
}

void white_gains(const double light[3], double gains[3]) {
  double seen[3], level = 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2];
  sensor_color(light, seen);
  for (int c = 0; c < 3; c++)
    gains[c] = level / fmax(seen[c], 1e-6 * level);
}

// Logarithms of red and blue over green on the sensor.
static void tint_of(const double rgb[3], double tint[2]) {
  double seen[3];
  sensor_color(rgb, seen);
  for (int c = 0; c < 3; c++)
    seen[c] = fmax(seen[c], 1e-12);
  tint[0] = log(seen[0] / seen[1]);
  tint[1] = log(seen[2] / seen[1]);
}

static double nearest_mired(const double tint[2]) {
  double best = 0, least = INFINITY;
  for (double mired = 1e6 / COLDEST_K; mired <= 1e6 / WARMEST_K; mired += 1) {
    double rgb[3], own[2];
    white_of_kelvin(1e6 / mired, rgb);
    tint_of(rgb, own);
    double apart = hypot(own[0] - tint[0], own[1] - tint[1]);
    if (apart < least)
      least = apart, best = mired;
  }
  return best;
}

double white_guess(const exposure_picture *p, double scale, double usual_mired) {
  double middle[3], centre[2], sum[2] = {0, 0}, all = 0;
  white_of_kelvin(5000, middle);
  tint_of(middle, centre);
  for (int i = 0; i < p->width * p->height; i++) {
    const float *c = p->colors[i];
    double seen = bright(c) * scale, tint[2];
    double rgb[3] = {(double)c[0], (double)c[1], (double)c[2]};
    if (seen < 0.02 || seen > 0.6 * ELECTRONICS_HEADROOM)
      continue;
    tint_of(rgb, tint);
    if (hypot(tint[0] - centre[0], tint[1] - centre[1]) > 1.3)
      continue;
    sum[0] += tint[0], sum[1] += tint[1];
    all += 1;
  }
  if (all == 0)
    return usual_mired;
  sum[0] /= all, sum[1] /= all;
  return nearest_mired(sum);
}

double white_follow(const electronics_def *e, double mired, double guess, double dt_s) {
  return mired + share_of(e, dt_s) * (guess - mired);
}
