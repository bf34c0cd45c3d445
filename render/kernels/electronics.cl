// SPDX-License-Identifier: Apache-2.0
// A camera with full electronics: the lens's glare and blur, the sensor by EMVA 1288, RAW, and an
// ISP that makes the picture of the RAW alone. Pixels only; one pixel a work-item but where said.
#include "common.cl"
#include "electronics.h"
#include "lanes.cl"
#include "philox.cl"
#include "precipitation.cl"
#pragma OPENCL FP_CONTRACT ON

#define EXPOSED_MOST 4096.0f // brighter points spread no more

// --- glare ------------------------------------------------------------------------

inline float4 weigh4(float4 a, float4 b, float4 c, float4 d) {
  return (a + d) * 0.125f + (b + c) * 0.375f;
}

// Half as large: 1 3 3 1 each way about the middle of two pixels. With `scale` > 0 the source is
// radiance, which it exposes.
__kernel __attribute__((reqd_work_group_size(64, 1, 1))) void
glare_down(__global const float4 *from, int width, int height, float scale, __global float4 *to) {
  int i = (int)get_global_id(0), across = (width + 1) / 2, down = (height + 1) / 2;
  if (i >= across * down)
    return;
  int x = 2 * (i % across), y = 2 * (i / across);
  float4 rows[4];
  for (int k = 0; k < 4; k++) {
    __global const float4 *row = from + clamp(y + k - 1, 0, height - 1) * width;
    float4 c[4];
    for (int j = 0; j < 4; j++) {
      c[j] = row[clamp(x + j - 1, 0, width - 1)];
      c[j] = scale > 0.0f ? min(c[j] * scale, EXPOSED_MOST) : c[j];
    }
    rows[k] = weigh4(c[0], c[1], c[2], c[3]);
  }
  to[i] = weigh4(rows[0], rows[1], rows[2], rows[3]);
}

// A picture half as large at a pixel of this one.
inline float4 upward(__global const float4 *half_size, int across, int down, int x, int y) {
  int x0 = (x - 1) >> 1, y0 = (y - 1) >> 1;
  float fx = (x & 1) ? 0.25f : 0.75f, fy = (y & 1) ? 0.25f : 0.75f;
  int xa = clamp(x0, 0, across - 1), xb = clamp(x0 + 1, 0, across - 1);
  int ya = clamp(y0, 0, down - 1), yb = clamp(y0 + 1, 0, down - 1);
  float4 top = mix(half_size[ya * across + xa], half_size[ya * across + xb], fx);
  float4 low = mix(half_size[yb * across + xa], half_size[yb * across + xb], fx);
  return mix(top, low, fy);
}

// own = share own + what the next smaller picture has gathered.
__kernel __attribute__((reqd_work_group_size(64, 1, 1))) void
glare_up(__global float4 *own, int width, int height, float share, __global const float4 *smaller) {
  int i = (int)get_global_id(0);
  if (i >= width * height)
    return;
  own[i] =
      own[i] * share + upward(smaller, (width + 1) / 2, (height + 1) / 2, i % width, i / width);
}

// The smallest picture's own share.
__kernel __attribute__((reqd_work_group_size(64, 1, 1))) void glare_top(__global float4 *own,
                                                                        int count, float share) {
  int i = (int)get_global_id(0);
  if (i < count)
    own[i] *= share;
}

// --- light on the sensor ----------------------------------------------------------

// Exposes eight pixels a work-item, behind what falls before the lens.
__kernel __attribute__((reqd_work_group_size(64, 1, 1))) void
expose_light(__constant const gpu_weather *weather, __constant const gpu_sensor *sensor, int block,
             int blocks_x, int blocks_y, __global const float4 *blocks,
             __global const float4 *image, __global float4 *light) {
  int width = sensor->width, pixels = width * sensor->height;
  int first = (int)get_global_id(0) * 8, last = pixels - 1;
  if (first >= pixels)
    return;
  float4 c[8];
  for (int k = 0; k < 8; k++)
    c[k] = min(image[min(first + k, last)] * sensor->scale, EXPOSED_MOST);
  if (weather->rain_mmh > 0.1f || weather->snow_mmh > 0.05f) {
    eight e;
    e.r = (float8)(c[0].x, c[1].x, c[2].x, c[3].x, c[4].x, c[5].x, c[6].x, c[7].x);
    e.g = (float8)(c[0].y, c[1].y, c[2].y, c[3].y, c[4].y, c[5].y, c[6].y, c[7].y);
    e.b = (float8)(c[0].z, c[1].z, c[2].z, c[3].z, c[4].z, c[5].z, c[6].z, c[7].z);
    int y0 = first / width, x0 = first - y0 * width;
    float8 x = (float)x0 + (float8)(0.5f, 1.5f, 2.5f, 3.5f, 4.5f, 5.5f, 6.5f, 7.5f);
    float8 y = (float)y0 + 0.5f;
    int8 wrapped = x > (float)width;
    y = select(y, y + 1.0f, wrapped);
    x = select(x, x - (float)width, wrapped);
    e = precipitation(weather, x, y, 384.0f / (float)sensor->height, 1.0f / (float)block, blocks_x,
                      blocks_y, blocks, e);
    float r[8], g[8], b[8];
    vstore8(e.r, 0, r);
    vstore8(e.g, 0, g);
    vstore8(e.b, 0, b);
    for (int k = 0; k < 8; k++)
      c[k] = (float4)(r[k], g[k], b[k], 0.0f);
  }
  for (int k = 0; k < 8 && first + k < pixels; k++)
    light[first + k] = c[k];
}

// The lens's blur along rows (`step` 1) or columns (`step` the width): `weights` of the middle and
// of 1 .. reach pixels to either side.
__kernel __attribute__((reqd_work_group_size(64, 1, 1))) void
blur(int width, int height, int columns, int reach, __constant const float *weights,
     __global const float4 *from, __global float4 *to) {
  int i = (int)get_global_id(0);
  if (i >= width * height)
    return;
  int x = i % width, y = i / width;
  float4 sum = from[i] * weights[0];
  for (int k = 1; k <= reach; k++) {
    int a = columns ? max(y - k, 0) * width + x : y * width + max(x - k, 0);
    int b = columns ? min(y + k, height - 1) * width + x : y * width + min(x + k, width - 1);
    sum += (from[a] + from[b]) * weights[k];
  }
  to[i] = sum;
}

// --- sensor -----------------------------------------------------------------------

// 0 red, 1 green, 2 blue: of the pixels at (0, 0), (1, 0), (0, 1), (1, 1) by pattern.
inline int bayer_color(int pattern, int x, int y) {
  const uint tables[4] = {0x94u, 0x16u, 0x61u, 0x49u}; // two bits a place, (0, 0) lowest
  return (int)(tables[pattern] >> (2 * ((x & 1) + 2 * (y & 1))) & 3u);
}

// Two independent normals (Box and Muller) of two words.
inline float2 normals(uint a, uint b) {
  float u = ((float)(a >> 8) + 0.5f) * 0x1p-24f, v = (float)(b >> 8) * 0x1p-24f;
  float r = sqrt(-2.0f * log(u)), angle = 6.28318531f * v;
  return (float2)(r * cos(angle), r * sin(angle));
}

// Poisson's distribution: by inversion where it is small; else a normal with its skewness (Cornish
// and Fisher), rounded.
inline float poisson(float mean, float z, uint word) {
  if (mean >= 20.0f)
    return max(rint(mean + sqrt(mean) * z + (z * z - 1.0f) * (1.0f / 6.0f)), 0.0f);
  float u = ((float)(word >> 8) + 0.5f) * 0x1p-24f, p = exp(-mean), n = 0.0f;
  float sum = p;
  while (u > sum && n < 64.0f) {
    n += 1.0f;
    p *= mean / n;
    sum += p;
  }
  return n;
}

// `shade`: what the lens lets through there; `halo`: half as large.
__kernel __attribute__((reqd_work_group_size(64, 1, 1))) void
sensor_read(__constant const gpu_sensor *sensor, __global const float4 *light,
            __global const float4 *halo, __global const float *shade, __global ushort *raw) {
  int i = (int)get_global_id(0), width = sensor->width, height = sensor->height;
  if (i >= width * height)
    return;
  int x = i % width, y = i / width;
  float4 far = upward(halo, (width + 1) / 2, (height + 1) / 2, x, y);
  float4 c = (light[i] + (far - light[i]) * sensor->glare) * shade[i];
  __constant const float *filter = sensor->filters + 3 * bayer_color(sensor->bayer, x, y);
  float seen = max(filter[0] * c.x + filter[1] * c.y + filter[2] * c.z, 0.0f);
  uint4 own = philox((uint4)((uint)i, 0u, 0u, 0u), (uint2)(sensor->pattern[0], sensor->pattern[1]));
  float2 fixed = normals(own.x, own.y);
  uint4 now = philox((uint4)((uint)i, sensor->number, sensor->frame, 0u),
                     (uint2)(sensor->key[0], sensor->key[1]));
  float2 noise = normals(now.x, now.y);
  float mean = seen * sensor->electrons * max(1.0f + sensor->prnu * fixed.y, 0.0f) + sensor->dark_e;
  float electrons = min(poisson(mean, noise.x, now.z), sensor->electrons_most);
  electrons += sensor->dsnu_e * fixed.x + sensor->read_e * noise.y;
  float value = rint(sensor->black + sensor->system_gain * electrons);
  raw[i] = (ushort)clamp(value, 0.0f, 4095.0f);
}

// --- ISP --------------------------------------------------------------------------

// White-balanced exposed light of a pixel; beyond the borders, mirrored, which keeps the pattern.
inline float balanced(__constant const gpu_sensor *sensor, __global const ushort *raw, int x,
                      int y) {
  int width = sensor->width, height = sensor->height;
  x = x < 0 ? -x : x >= width ? 2 * width - 2 - x : x;
  y = y < 0 ? -y : y >= height ? 2 * height - 2 - y : y;
  float dark = sensor->black + sensor->system_gain * sensor->dark_e;
  float c = ((float)raw[y * width + x] - dark) / (sensor->system_gain * sensor->electrons);
  return min(c * sensor->white[bayer_color(sensor->bayer, x, y)], sensor->clip);
}

// Demosaicing by Malvar, He and Cutler 2004 (5 x 5, linear), then the colour matrix.
__kernel __attribute__((reqd_work_group_size(64, 1, 1))) void
demosaic(__constant const gpu_sensor *sensor, __global const ushort *raw, __global float4 *linear) {
  int i = (int)get_global_id(0), width = sensor->width;
  if (i >= width * sensor->height)
    return;
  int x = i % width, y = i / width, own = bayer_color(sensor->bayer, x, y);
#define BESIDE(dx, dy) balanced(sensor, raw, x + (dx), y + (dy))
  float c = BESIDE(0, 0), x1 = BESIDE(-1, 0) + BESIDE(1, 0), y1 = BESIDE(0, -1) + BESIDE(0, 1);
  float x2 = BESIDE(-2, 0) + BESIDE(2, 0), y2 = BESIDE(0, -2) + BESIDE(0, 2);
  float d = BESIDE(-1, -1) + BESIDE(1, -1) + BESIDE(-1, 1) + BESIDE(1, 1);
#undef BESIDE
  float rgb[3];
  if (own == 1) {
    float along = (5.0f * c + 4.0f * x1 - d - x2 + 0.5f * y2) * 0.125f;
    float across = (5.0f * c + 4.0f * y1 - d - y2 + 0.5f * x2) * 0.125f;
    int beside = bayer_color(sensor->bayer, x + 1, y);
    rgb[beside] = along;
    rgb[2 - beside] = across;
    rgb[1] = c;
  } else {
    rgb[own] = c;
    rgb[1] = (4.0f * c + 2.0f * (x1 + y1) - x2 - y2) * 0.125f;
    rgb[2 - own] = (6.0f * c + 2.0f * d - 1.5f * (x2 + y2)) * 0.125f;
  }
  for (int k = 0; k < 3; k++)
    rgb[k] = clamp(rgb[k], 0.0f, sensor->clip);
  __constant const float *m = sensor->ccm;
  linear[i] = max((float4)(m[0] * rgb[0] + m[1] * rgb[1] + m[2] * rgb[2],
                           m[3] * rgb[0] + m[4] * rgb[1] + m[5] * rgb[2],
                           m[6] * rgb[0] + m[7] * rgb[1] + m[8] * rgb[2], 0.0f),
                  0.0f);
}

inline float bright(float4 c) {
  return 0.2126f * c.x + 0.7152f * c.y + 0.0722f * c.z;
}

inline void sort2(float2 *a, float2 *b) {
  float2 low = min(*a, *b);
  *b = max(*a, *b);
  *a = low;
}

// Medians of nine, each of the two numbers for itself (Devillard's exchanges).
inline float2 median(float2 *d) {
  sort2(d + 1, d + 2);
  sort2(d + 4, d + 5);
  sort2(d + 7, d + 8);
  sort2(d + 0, d + 1);
  sort2(d + 3, d + 4);
  sort2(d + 6, d + 7);
  sort2(d + 1, d + 2);
  sort2(d + 4, d + 5);
  sort2(d + 7, d + 8);
  sort2(d + 0, d + 3);
  sort2(d + 5, d + 8);
  sort2(d + 4, d + 7);
  sort2(d + 3, d + 6);
  sort2(d + 1, d + 4);
  sort2(d + 2, d + 5);
  sort2(d + 4, d + 7);
  sort2(d + 4, d + 2);
  sort2(d + 6, d + 4);
  sort2(d + 4, d + 2);
  return d[4];
}

// Takes out the false colours of details finer than the pattern: a pixel keeps its brightness and
// gets the median colour of its surroundings (Freeman 1988).
__kernel __attribute__((reqd_work_group_size(64, 1, 1))) void
calm(int width, int height, __global const float4 *from, __global float4 *to) {
  int i = (int)get_global_id(0);
  if (i >= width * height)
    return;
  int x = i % width, y = i / width;
  float2 d[9];
  for (int k = 0; k < 9; k++) {
    float4 c =
        from[clamp(y + k / 3 - 1, 0, height - 1) * width + clamp(x + k % 3 - 1, 0, width - 1)];
    d[k] = (float2)(c.x - c.y, c.z - c.y);
  }
  float2 tint = median(d);
  float green = bright(from[i]) - 0.2126f * tint.x - 0.0722f * tint.y;
  to[i] = max((float4)(green + tint.x, green, green + tint.y, 0.0f), 0.0f);
}

// tone.cl's curve with the white of a sensor that clips.
inline real filmic(__constant const gpu_sensor *sensor, real c) {
  real p = pow(max(c, 1e-8f), REAL(1.22f));
  return p / (sensor->tone_b * p + sensor->tone_c);
}

inline real display(real c) {
  c = clamp(c, 0.0f, 1.0f);
  return select(1.055f * pow(c, REAL(1.0f / 2.4f)) - 0.055f, 12.92f * c, c <= REAL(0.0031308f));
}

inline real brights(real3 c) {
  return 0.2126f * c.x + 0.7152f * c.y + 0.0722f * c.z;
}

// The pixels dx, dy away, held at the image's border.
inline real3 pixels_beside(__global const float4 *image, int width, int height, whole x, whole y,
                           int dx, int dy) {
  whole at = clamp(y + dy, WHOLE(0), WHOLE(height - 1)) * width +
             clamp(x + dx, WHOLE(0), WHOLE(width - 1));
  real4 c = gather4(image, at);
  return triple(c.x, c.y, c.z);
}

inline void store_bytes(__global uchar *rgb, whole i, int channel, real c) {
  whole byte = to_whole(display(c) * 255.0f + 0.5f);
#define PUT(s) rgb[3 * AT(i, s) + channel] = (uchar)AT(byte, s);
  PUT(s0)
#if LANES == 8
  PUT(s1) PUT(s2) PUT(s3) PUT(s4) PUT(s5) PUT(s6) PUT(s7)
#endif
#undef PUT
}

// Takes noise out, sharpens, and puts on the tone curve. Neighbours count by how much their
// brightness differs beside the noise that the sensor is known to have: colours are averaged over
// them, brightness only as far as noise drowns it, and where it does colours fade. LANES pixels a
// work-item; the last one again and again where there are fewer.
__kernel __attribute__((reqd_work_group_size(64, 1, 1))) void
finish(__constant const gpu_sensor *sensor, __global const float4 *linear, __global uchar *rgb) {
  int first = (int)get_global_id(0) * LANES, width = sensor->width, height = sensor->height;
  if (first >= width * height)
    return;
  whole i = min(first + LANE_NUMBERS, WHOLE(width * height - 1)), y = i / width, x = i - y * width;
  int step = sensor->noise_step;
  real3 c = pixels_beside(linear, width, height, x, y, 0, 0);
  real own = brights(c), around = REAL(0.0f), weight = REAL(0.0f), level = REAL(0.0f);
  real3 tint = grey(REAL(0.0f));
  real variance = sensor->noise_floor + sensor->noise_slope * own;
  real per = 1.0f / (6.0f * variance);
  for (int dy = -3; dy <= 3; dy++)
    for (int dx = -3; dx <= 3; dx++) {
      real3 other = pixels_beside(linear, width, height, x, y, step * dx, step * dy);
      real theirs = brights(other), apart = theirs - own;
      real w = 1.0f / (1.0f + apart * apart * per);
      w *= w;
      tint = add3(tint, scale3(sub3(other, grey(theirs)), w));
      level += w * theirs;
      weight += w;
      if (abs(dx) <= 1 && abs(dy) <= 1) {
        real near = theirs;
        if (step != 1)
          near = brights(pixels_beside(linear, width, height, x, y, dx, dy));
        around += near * ((dx == 0 ? 2.0f : 1.0f) * (dy == 0 ? 2.0f : 1.0f) * (1.0f / 16.0f));
      }
    }
  level /= weight;
  real edge = own - around, core = sqrt(variance);
  edge = select(min(edge + core, 0.0f), max(edge - core, 0.0f), edge > REAL(0.0f));
  real drowned = variance / (variance + 0.004f * level * level);
  real sharp = clamp(own + sensor->sharpen * edge, 0.6f * own, 1.6f * own);
  sharp = sharp + (level - sharp) * drowned;
  real faded = level * level / (level * level + 0.3f * variance);
  c = add3(grey(sharp), scale3(tint, faded / weight));
  c = triple(max(c.x, 0.0f), max(c.y, 0.0f), max(c.z, 0.0f));
  if (sensor->filmic) {
    c = add3(scale3(c, REAL(0.86f)), grey(brights(c) * 0.14f));
    c = triple(filmic(sensor, c.x), filmic(sensor, c.y), filmic(sensor, c.z));
    c = scale3(sub3(c, grey(brights(c) * 0.14f)), REAL(1.0f / 0.86f));
  }
  store_bytes(rgb, i, 0, c.x);
  store_bytes(rgb, i, 1, c.y);
  store_bytes(rgb, i, 2, c.z);
}

// --- JPEG -------------------------------------------------------------------------

// One of eight points of the discrete cosine transform, orthonormal.
inline float cosine(int k, int n) {
  return cos((float)((2 * n + 1) * k) * (3.14159265f / 16.0f)) * (k == 0 ? 0.35355339f : 0.5f);
}

// Transforms 8 x 8 values of a plane `wide` values wide, forth or back.
inline void transform(float *plane, int wide, bool back) {
  for (int pass = 0; pass < 2; pass++) {
    int step = pass ? wide : 1, next = pass ? 1 : wide;
    for (int line = 0; line < 8; line++) {
      float in[8];
      for (int n = 0; n < 8; n++)
        in[n] = plane[line * next + n * step];
      for (int k = 0; k < 8; k++) {
        float sum = 0.0f;
        for (int n = 0; n < 8; n++)
          sum += in[n] * (back ? cosine(n, k) : cosine(k, n));
        plane[line * next + k * step] = sum;
      }
    }
  }
}

inline void quantise(float *plane, int wide, __constant const float *table) {
  transform(plane, wide, false);
  for (int k = 0; k < 64; k++) {
    float *c = plane + (k / 8) * wide + k % 8;
    *c = rint(*c / table[k]) * table[k];
  }
  transform(plane, wide, true);
}

// What baseline JPEG leaves of the picture (ITU-T T.81, JFIF, colours halved both ways). `tables`:
// 64 steps of brightness, row by row of frequencies, then 64 of colour. 16 x 16 pixels a work-item.
__kernel __attribute__((reqd_work_group_size(64, 1, 1))) void
jpeg(int width, int height, __constant const float *tables, __global uchar *rgb) {
  int i = (int)get_global_id(0), across = (width + 15) / 16;
  if (i >= across * ((height + 15) / 16))
    return;
  int x0 = i % across * 16, y0 = i / across * 16;
  float luma[256], tint[2][64];
  for (int k = 0; k < 64; k++)
    tint[0][k] = tint[1][k] = 0.0f;
  for (int k = 0; k < 256; k++) { // beyond its borders the picture goes on as there
    int x = min(x0 + k % 16, width - 1), y = min(y0 + k / 16, height - 1);
    __global const uchar *p = rgb + 3 * (y * width + x);
    float r = p[0], g = p[1], b = p[2];
    int half_at = (k / 32) * 8 + (k % 16) / 2;
    luma[k] = rint(0.299f * r + 0.587f * g + 0.114f * b) - 128.0f;
    tint[0][half_at] += rint(-0.168736f * r - 0.331264f * g + 0.5f * b) * 0.25f;
    tint[1][half_at] += rint(0.5f * r - 0.418688f * g - 0.081312f * b) * 0.25f;
  }
  for (int k = 0; k < 4; k++)
    quantise(luma + (k / 2) * 128 + (k % 2) * 8, 16, tables);
  for (int k = 0; k < 2; k++)
    quantise(tint[k], 8, tables + 64);
  for (int k = 0; k < 256; k++) {
    int x = x0 + k % 16, y = y0 + k / 16, half_at = (k / 32) * 8 + (k % 16) / 2;
    if (x >= width || y >= height)
      continue;
    float l = luma[k] + 128.5f, blue = tint[0][half_at], red = tint[1][half_at];
    __global uchar *p = rgb + 3 * (y * width + x);
    p[0] = (uchar)clamp(l + 1.402f * red, 0.0f, 255.0f);
    p[1] = (uchar)clamp(l - 0.344136f * blue - 0.714136f * red, 0.0f, 255.0f);
    p[2] = (uchar)clamp(l + 1.772f * blue, 0.0f, 255.0f);
  }
}

// --- light as half floats ---------------------------------------------------------

// `scale`: stored units in a unit of radiance.
__kernel __attribute__((reqd_work_group_size(64, 1, 1))) void
light_as_halves(int count, float scale, __global const float4 *image, __global half *out) {
  int i = (int)get_global_id(0);
  if (i >= count)
    return;
  float4 c = clamp(image[i] * scale, 0.0f, 65504.0f);
  vstore_half_rte(c.x, 3 * (size_t)i, out);
  vstore_half_rte(c.y, 3 * (size_t)i + 1, out);
  vstore_half_rte(c.z, 3 * (size_t)i + 2, out);
}
