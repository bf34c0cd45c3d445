// SPDX-License-Identifier: Apache-2.0
#include "export/canvas.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "export/letters.h"

canvas canvas_create(int width, int height, colour fill) {
  canvas c = {.width = width, .height = height};
  c.rgb = malloc(3 * (size_t)width * (size_t)height);
  if (c.rgb)
    canvas_fill(&c, 0, 0, width, height, fill);
  return c;
}

static uint8_t *pixel(const canvas *c, int x, int y) {
  return c->rgb + 3 * ((size_t)y * (size_t)c->width + (size_t)x);
}

// Pixels x0 <= x < x1 of a row within the image, whatever they were.
static void cover(canvas *c, int x0, int x1, int y, colour with) {
  for (int x = x0; x < x1; x++)
    memcpy(pixel(c, x, y), &with, 3);
}

void canvas_fill(canvas *c, int x, int y, int width, int height, colour with) {
  int x1 = x + width < c->width ? x + width : c->width;
  int y1 = y + height < c->height ? y + height : c->height;
  for (int row = y < 0 ? 0 : y; row < y1; row++)
    cover(c, x < 0 ? 0 : x, x1, row, with);
}

static uint8_t mixed(uint8_t a, uint8_t b, double u) {
  return (uint8_t)lround(a + (b - a) * u);
}

colour colour_mix(colour a, colour b, double u) {
  return (colour){mixed(a.r, b.r, u), mixed(a.g, b.g, u), mixed(a.b, b.b, u)};
}

void canvas_blend(canvas *c, int x, int y, colour with, double alpha) {
  if (x < 0 || y < 0 || x >= c->width || y >= c->height)
    return;
  uint8_t *p = pixel(c, x, y);
  p[0] = mixed(p[0], with.r, alpha);
  p[1] = mixed(p[1], with.g, alpha);
  p[2] = mixed(p[2], with.b, alpha);
}

/// Keeps the part of the line that is near the image: far ends cost nothing.
static int cut(double *x0, double *y0, double *x1, double *y1, double width, double height) {
  const double dx = *x1 - *x0, dy = *y1 - *y0;
  const double p[4] = {-dx, dx, -dy, dy};
  const double q[4] = {*x0 + 2, width + 2 - *x0, *y0 + 2, height + 2 - *y0};
  double begin = 0, end = 1;
  for (int i = 0; i < 4; i++) {
    if (p[i] == 0) {
      if (q[i] < 0)
        return 0;
      continue;
    }
    double u = q[i] / p[i];
    if (p[i] < 0)
      begin = fmax(begin, u);
    else
      end = fmin(end, u);
  }
  if (begin > end)
    return 0;
  const double sx = *x0, sy = *y0;
  *x0 = sx + begin * dx, *y0 = sy + begin * dy;
  *x1 = sx + end * dx, *y1 = sy + end * dy;
  return 1;
}

void canvas_line(canvas *c, double x0, double y0, double x1, double y1, colour with, double alpha) {
  if (!isfinite(x0 + y0 + x1 + y1) || !cut(&x0, &y0, &x1, &y1, c->width, c->height))
    return;
  const int steep = fabs(y1 - y0) > fabs(x1 - x0);
  const double length = fmax(fabs(x1 - x0), fabs(y1 - y0));
  const int steps = (int)ceil(length);
  for (int i = 0; i <= steps; i++) {
    double u = steps ? (double)i / steps : 0;
    double x = x0 + (x1 - x0) * u - 0.5, y = y0 + (y1 - y0) * u - 0.5;
    double along = steep ? y : x, across = steep ? x : y;
    int low = (int)floor(across), at = (int)lround(along);
    double share = across - low;
    for (int k = 0; k < 2; k++) {
      double part = alpha * (k ? share : 1 - share);
      canvas_blend(c, steep ? low + k : at, steep ? at : low + k, with, part);
    }
  }
}

// Where a row's middle meets the polygon's sides, ascending; how many.
static int crossings(const double (*p)[2], int count, double y, double *out, int most) {
  int found = 0;
  for (int k = 0, before = count - 1; k < count; before = k++) {
    if ((p[before][1] > y) == (p[k][1] > y) || found == most)
      continue;
    double x =
        p[before][0] + (y - p[before][1]) / (p[k][1] - p[before][1]) * (p[k][0] - p[before][0]);
    int at = found++;
    for (; at > 0 && out[at - 1] > x; at--)
      out[at] = out[at - 1];
    out[at] = x;
  }
  return found;
}

void canvas_polygon(canvas *c, const double (*corners)[2], int count, colour with, double alpha) {
  enum { CROSSINGS = 64 };
  double low = INFINITY, high = -INFINITY, at[CROSSINGS];
  for (int k = 0; k < count; k++) {
    if (!isfinite(corners[k][0] + corners[k][1]))
      return;
    low = fmin(low, corners[k][1]);
    high = fmax(high, corners[k][1]);
  }
  int first = (int)fmax(0, floor(low)), last = (int)fmin(c->height - 1, ceil(high));
  for (int y = first; y <= last; y++) {
    int found = crossings(corners, count, y + 0.5, at, CROSSINGS);
    for (int k = 0; k + 1 < found; k += 2) {
      int x0 = (int)fmax(0, ceil(at[k] - 0.5)), x1 = (int)fmin(c->width, ceil(at[k + 1] - 0.5));
      if (alpha >= 1)
        cover(c, x0, x1, y, with);
      else
        for (int x = x0; x < x1; x++)
          canvas_blend(c, x, y, with, alpha);
    }
  }
}

void canvas_frame(canvas *c, int x0, int y0, int x1, int y1, int thick, colour with, double alpha) {
  for (int y = y0 < 0 ? 0 : y0; y < y1 && y < c->height; y++)
    for (int x = x0 < 0 ? 0 : x0; x < x1 && x < c->width; x++) {
      if (y >= y0 + thick && y < y1 - thick && x >= x0 + thick && x < x1 - thick) {
        x = x1 - thick - 1;
        continue;
      }
      canvas_blend(c, x, y, with, alpha);
    }
}

void canvas_circle(canvas *c, double x, double y, double radius, colour with, double alpha) {
  const int sides = 72;
  for (int i = 0; i < sides; i++) {
    double a = 2 * 3.14159265358979 * i / sides, b = 2 * 3.14159265358979 * (i + 1) / sides;
    canvas_line(c, x + radius * cos(a), y + radius * sin(a), x + radius * cos(b),
                y + radius * sin(b), with, alpha);
  }
}

int canvas_text(canvas *c, int x, int y, int scale, const char *text, colour with) {
  for (; *text; text++, x += CANVAS_GLYPH_WIDTH * scale) {
    const unsigned char *rows = letters_glyph(*text);
    for (int row = 0; row < LETTERS_ROWS; row++)
      for (int column = 0; column < LETTERS_COLUMNS; column++)
        if (rows[row] >> (LETTERS_COLUMNS - 1 - column) & 1)
          canvas_fill(c, x + column * scale, y + row * scale, scale, scale, with);
  }
  return x;
}

int canvas_text_width(int scale, const char *text) {
  return (int)strlen(text) * CANVAS_GLYPH_WIDTH * scale;
}

canvas canvas_shrink(const canvas *from, int factor) {
  canvas c = canvas_create(from->width / factor, from->height / factor, (colour){0, 0, 0});
  const unsigned half = (unsigned)(factor * factor) / 2;
  for (int y = 0; c.rgb && y < c.height; y++)
    for (int x = 0; x < c.width; x++) {
      unsigned sum[3] = {half, half, half};
      for (int i = 0; i < factor; i++) {
        const uint8_t *p = pixel(from, x * factor, y * factor + i);
        for (int k = 0; k < 3 * factor; k += 3) {
          sum[0] += p[k];
          sum[1] += p[k + 1];
          sum[2] += p[k + 2];
        }
      }
      for (int k = 0; k < 3; k++)
        pixel(&c, x, y)[k] = (uint8_t)(sum[k] / (unsigned)(factor * factor));
    }
  return c;
}

void canvas_paste(canvas *c, int x, int y, const canvas *from) {
  for (int row = 0; row < from->height; row++)
    for (int column = 0; column < from->width; column++)
      if (x + column >= 0 && x + column < c->width && y + row >= 0 && y + row < c->height)
        memcpy(pixel(c, x + column, y + row), pixel(from, column, row), 3);
}

colour colour_ramp(double u) {
  static const colour stops[] = {{52, 12, 72},   {66, 50, 126},  {52, 96, 141}, {36, 138, 141},
                                 {54, 178, 116}, {142, 209, 68}, {250, 231, 50}};
  const int last = sizeof stops / sizeof stops[0] - 1;
  if (!(u > 0))
    return stops[0];
  if (u >= 1)
    return stops[last];
  int i = (int)(u * last);
  return colour_mix(stops[i], stops[i + 1], u * last - i);
}

colour colour_of_id(uint32_t id) {
  // Turning by the golden ratio keeps the hues of consecutive ids apart.
  const double hue = fmod(id * 0.61803398875, 1.0) * 6;
  const double value = 1.0 - 0.13 * (id % 3), saturation = 0.85 - 0.2 * (id / 3 % 3);
  const double low = value * (1 - saturation), part = hue - floor(hue);
  const double up = low + (value - low) * part, down = value - (value - low) * part;
  const double table[6][3] = {{value, up, low},   {down, value, low}, {low, value, up},
                              {low, down, value}, {up, low, value},   {value, low, down}};
  const double *rgb = table[(int)hue % 6];
  return (colour){(uint8_t)(255 * rgb[0]), (uint8_t)(255 * rgb[1]), (uint8_t)(255 * rgb[2])};
}
