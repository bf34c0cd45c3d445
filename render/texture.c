// SPDX-License-Identifier: Apache-2.0
#include "render/texture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "render/kernels/types.h"

// sRGB of IEC 61966-2-1.
static float linear_of(unsigned code) {
  double c = code / 255.0;
  return (float)(c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4));
}

static unsigned code_of(float light) {
  double c = (double)light;
  c = c <= 0.0031308 ? 12.92 * c : 1.055 * pow(c, 1 / 2.4) - 0.055;
  return (unsigned)lround(fmin(fmax(c, 0), 1) * 255);
}

typedef struct level {
  int width, height;
  float *of; // (height, width, 3)
} level;

static status make_level(int width, int height, level *out, trouble *why) {
  *out = (level){width, height, malloc(3 * (size_t)width * (size_t)height * sizeof(float))};
  return out->of ? STATUS_OK : trouble_set(why, STATUS_MEMORY, "no memory for textures");
}

static void read_level(const body_texture *from, bool color, level *to) {
  float value[256];
  for (unsigned i = 0; i < 256; i++)
    value[i] = color ? linear_of(i) : (float)i / 255.0f;
  for (size_t i = 0; i < (size_t)to->width * (size_t)to->height; i++)
    for (size_t c = 0; c < 3; c++)
      to->of[3 * i + c] = value[from->rgba[4 * i + c]];
}

// Pixels of half the sides, rounded down, are means of what lies under them, where a side is odd
// of three pixels in parts.
static void shrink_level(const level *from, level *to) {
  for (int y = 0; y < to->height; y++)
    for (int x = 0; x < to->width; x++) {
      double sum[3] = {0}, all = 0;
      double x0 = (double)x * from->width / to->width, x1 = (x + 1.0) * from->width / to->width;
      double y0 = (double)y * from->height / to->height;
      double y1 = (y + 1.0) * from->height / to->height;
      for (int v = (int)y0; v < from->height && v < y1; v++)
        for (int u = (int)x0; u < from->width && u < x1; u++) {
          double part = (fmin(u + 1, x1) - fmax(u, x0)) * (fmin(v + 1, y1) - fmax(v, y0));
          const float *p = from->of + 3 * ((size_t)v * (size_t)from->width + (size_t)u);
          for (int c = 0; c < 3; c++)
            sum[c] += part * (double)p[c];
          all += part;
        }
      for (int c = 0; c < 3; c++)
        to->of[3 * ((size_t)y * (size_t)to->width + (size_t)x) + (size_t)c] = (float)(sum[c] / all);
    }
}

static void write_level(const level *from, bool color, uint32_t *to) {
  for (size_t i = 0; i < (size_t)from->width * (size_t)from->height; i++) {
    to[i] = 0xff000000u;
    for (size_t c = 0; c < 3; c++) {
      float value = from->of[3 * i + c];
      to[i] |= (color ? code_of(value) : (uint32_t)lroundf(value * 255.0f)) << (8 * c);
    }
  }
}

static int half(int side) {
  return side > 1 ? side / 2 : 1;
}

// Drops the levels of more than TEXTURE_SIDE_MAX pixels a side.
static status first_level(const body_texture *from, bool color, level *out, trouble *why) {
  status result = make_level(from->width, from->height, out, why);
  if (!result)
    read_level(from, color, out);
  while (!result && (out->width > TEXTURE_SIDE_MAX || out->height > TEXTURE_SIDE_MAX)) {
    level next;
    result = make_level(half(out->width), half(out->height), &next, why);
    if (result)
      break;
    shrink_level(out, &next);
    free(out->of);
    *out = next;
  }
  return result;
}

status texture_pack(const body_texture *from, bool color, uint32_t **out, int *count, float mean[3],
                    trouble *why) {
  level now = {0};
  *out = NULL;
  status result = first_level(from, color, &now, why);
  int words = TEXTURE_HEAD, levels = 1;
  for (int w = now.width, h = now.height;; w = half(w), h = half(h), levels++) {
    words += w * h;
    if (w * h == 1)
      break;
  }
  uint32_t *to = result ? NULL : malloc((size_t)words * sizeof *to);
  if (!result && !to)
    result = trouble_set(why, STATUS_MEMORY, "no memory for textures");
  uint32_t at = TEXTURE_HEAD;
  for (int i = 0; !result && i < levels; i++) {
    if (i == 0) {
      memset(to, 0, TEXTURE_HEAD * sizeof *to);
      to[TEXTURE_WIDTH] = (uint32_t)now.width;
      to[TEXTURE_HEIGHT] = (uint32_t)now.height;
      to[TEXTURE_LEVELS] = (uint32_t)levels;
      to[TEXTURE_WRAP_U] = from->wrap[0];
      to[TEXTURE_WRAP_V] = from->wrap[1];
    }
    to[TEXTURE_LEVEL_FIRST + i] = at;
    write_level(&now, color, to + at);
    at += (uint32_t)(now.width * now.height);
    if (i + 1 == levels)
      break;
    level next;
    result = make_level(half(now.width), half(now.height), &next, why);
    if (result)
      break;
    shrink_level(&now, &next);
    free(now.of);
    now = next;
  }
  if (!result)
    memcpy(mean, now.of, 3 * sizeof *mean);
  free(now.of);
  if (result) {
    free(to);
    return result;
  }
  *out = to;
  *count = words;
  return STATUS_OK;
}
