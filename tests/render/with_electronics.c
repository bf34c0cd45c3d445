// SPDX-License-Identifier: Apache-2.0
#include "with_electronics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { W = TWIN_W, H = TWIN_H };

int twin_bayer(int pattern, int x, int y) {
  static const char *const names[] = {"RGGB", "BGGR", "GRBG", "GBRG"};
  static const char colors[] = "RGB";
  return (int)(strchr(colors, names[pattern][x % 2 + 2 * (y % 2)]) - colors);
}

static int mirrored(int i, int count) {
  return i < 0 ? -i : i >= count ? 2 * (count - 1) - i : i;
}

static double light(const gpu_sensor *s, uint16_t raw[H][W], int x, int y) {
  x = mirrored(x, W), y = mirrored(y, H);
  double k = (double)s->system_gain, dark = (double)s->black + k * (double)s->dark_e;
  double c = (raw[y][x] - dark) / (k * (double)s->electrons);
  return fmin(c * (double)s->white[twin_bayer(s->bayer, x, y)], (double)s->clip);
}

// Figure 2 of Malvar, He and Cutler, ICASSP 2004, times 8: each filter as it is printed.
static const double green_at_other[5][5] = {
    {0, 0, -1, 0, 0}, {0, 0, 2, 0, 0}, {-1, 2, 4, 2, -1}, {0, 0, 2, 0, 0}, {0, 0, -1, 0, 0}};
static const double beside_at_green[5][5] = {
    {0, 0, 0.5, 0, 0}, {0, -1, 0, -1, 0}, {-1, 4, 5, 4, -1}, {0, -1, 0, -1, 0}, {0, 0, 0.5, 0, 0}};
static const double across_at_other[5][5] = {{0, 0, -1.5, 0, 0},
                                             {0, 2, 0, 2, 0},
                                             {-1.5, 0, 6, 0, -1.5},
                                             {0, 2, 0, 2, 0},
                                             {0, 0, -1.5, 0, 0}};

static double filtered(const gpu_sensor *s, uint16_t raw[H][W], int x, int y,
                       const double filter[5][5], int turned) {
  double sum = 0;
  for (int j = 0; j < 5; j++)
    for (int i = 0; i < 5; i++)
      sum += (turned ? filter[i][j] : filter[j][i]) * light(s, raw, x + i - 2, y + j - 2) / 8;
  return sum;
}

void twin_demosaic(const gpu_sensor *s, uint16_t raw[H][W], double out[H][W][3]) {
  for (int y = 0; y < H; y++)
    for (int x = 0; x < W; x++) {
      int own = twin_bayer(s->bayer, x, y);
      double rgb[3];
      for (int c = 0; c < 3; c++) {
        if (c == own)
          rgb[c] = light(s, raw, x, y);
        else if (own == 1) // is that colour beside it, or above?
          rgb[c] = filtered(s, raw, x, y, beside_at_green, twin_bayer(s->bayer, x + 1, y) != c);
        else
          rgb[c] = filtered(s, raw, x, y, c == 1 ? green_at_other : across_at_other, 0);
        rgb[c] = fmin(fmax(rgb[c], 0), (double)s->clip);
      }
      for (int c = 0; c < 3; c++) {
        double sum = 0;
        for (int k = 0; k < 3; k++)
          sum += (double)s->ccm[3 * c + k] * rgb[k];
        out[y][x][c] = fmax(sum, 0);
      }
    }
}

static int by_value(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static int within(int i, int count) {
  return i < 0 ? 0 : i >= count ? count - 1 : i;
}

static double bright(const double c[3]) {
  return 0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2];
}

void twin_calm(double in[H][W][3], double out[H][W][3]) {
  for (int y = 0; y < H; y++)
    for (int x = 0; x < W; x++) {
      double d[2][9];
      for (int k = 0; k < 9; k++) {
        const double *c = in[within(y + k / 3 - 1, H)][within(x + k % 3 - 1, W)];
        d[0][k] = c[0] - c[1], d[1][k] = c[2] - c[1];
      }
      for (int k = 0; k < 2; k++)
        qsort(d[k], 9, sizeof(double), by_value);
      double green = bright(in[y][x]) - 0.2126 * d[0][4] - 0.0722 * d[1][4];
      out[y][x][0] = fmax(green + d[0][4], 0);
      out[y][x][1] = fmax(green, 0);
      out[y][x][2] = fmax(green + d[1][4], 0);
    }
}

static double srgb(double c) {
  c = fmin(fmax(c, 0), 1);
  return 255 * (c <= 0.0031308 ? 12.92 * c : 1.055 * pow(c, 1 / 2.4) - 0.055);
}

void twin_finish(const gpu_sensor *s, double in[H][W][3], double out[H][W][3]) {
  for (int y = 0; y < H; y++)
    for (int x = 0; x < W; x++) {
      double own = bright(in[y][x]), near = 0, level = 0, all = 0, tint[3] = {0, 0, 0};
      double variance = (double)s->noise_floor + (double)s->noise_slope * own;
      for (int dy = -3; dy <= 3; dy++)
        for (int dx = -3; dx <= 3; dx++) {
          const double *c =
              in[within(y + s->noise_step * dy, H)][within(x + s->noise_step * dx, W)];
          double apart = bright(c) - own, w = pow(1 + apart * apart / (6 * variance), -2);
          for (int k = 0; k < 3; k++)
            tint[k] += w * (c[k] - bright(c));
          level += w * bright(c), all += w;
          if (abs(dx) < 2 && abs(dy) < 2)
            near += bright(in[within(y + dy, H)][within(x + dx, W)]) * (2 - abs(dx)) *
                    (2 - abs(dy)) / 16;
        }
      level /= all;
      double edge = own - near, core = sqrt(variance);
      edge = fabs(edge) < core ? 0 : edge - copysign(core, edge);
      double sharp = fmin(fmax(own + (double)s->sharpen * edge, 0.6 * own), 1.6 * own);
      double drowned = variance / (variance + 0.004 * level * level);
      double faded = level * level / (level * level + 0.3 * variance), c[3];
      for (int k = 0; k < 3; k++)
        c[k] = fmax(sharp + (level - sharp) * drowned + tint[k] / all * faded, 0);
      if (s->filmic) {
        double mean = 0.14 * bright(c);
        for (int k = 0; k < 3; k++) {
          double p = pow(fmax(0.86 * c[k] + mean, 1e-8), 1.22);
          c[k] = p / ((double)s->tone_b * p + (double)s->tone_c);
        }
        mean = 0.14 * bright(c);
        for (int k = 0; k < 3; k++)
          c[k] = (c[k] - mean) / 0.86;
      }
      for (int k = 0; k < 3; k++)
        out[y][x][k] = srgb(c[k]);
    }
}

uint16_t twin_half(double value) {
  for (int bits = 0; bits < 0x7c00; bits++) { // the nearest of all there are
    int exponent = bits >> 10, fraction = bits & 1023;
    double own = exponent ? ldexp(1024 + fraction, exponent - 25) : ldexp(fraction, -24);
    int next_bits = bits + 1, e2 = next_bits >> 10, f2 = next_bits & 1023;
    double next = e2 ? ldexp(1024 + f2, e2 - 25) : ldexp(f2, -24);
    if (value > next)
      continue;
    double low = value - own, high = next - value;
    if (low < high || (low == high && bits % 2 == 0))
      return (uint16_t)bits;
    return (uint16_t)next_bits;
  }
  return 0x7bff;
}
