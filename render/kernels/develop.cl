// SPDX-License-Identifier: Apache-2.0
// The camera: glare of the lens, drops and streaks, vignetting, exposure, noise of the
// sensor, tone curve, sRGB.
#include "common.cl"
#include "precipitation.cl"
#include "sky.h"
#include "tone.cl"

// A block of the image is a square of `block` pixels; glare works on blocks.
#define GLARE_REACH 7
#define GLARE_SHARE 0.05f

// Mean exposed colour of each block; single bright points are capped first.
__kernel __attribute__((reqd_work_group_size(64, 1, 1))) void
glare_blocks(__constant const gpu_weather *weather, __constant const gpu_sky *sky, int width,
             int height, int block, int blocks_x, int blocks_y, __global const float4 *image,
             __global float4 *blocks) {
  int i = (int)get_global_id(0);
  if (i >= blocks_x * blocks_y)
    return;
  int x0 = (i % blocks_x) * block, y0 = (i / blocks_x) * block;
  int x1 = min(x0 + block, width), y1 = min(y0 + block, height);
  float4 gain = (float4)(vload3(0, sky->white), 0.0f) * weather->exposure;
  float4 sum = (float4)(0.0f);
  for (int y = y0; y < y1; y++)
    for (int x = x0; x < x1; x++)
      sum += min(image[y * width + x] * gain, 64.0f);
  blocks[i] = sum / (float)max((x1 - x0) * (y1 - y0), 1);
}

// The lens's halo: blocks spread with a long tail. `weights`: (GLARE_REACH + 1)^2 shares of a
// block dx across and dy down from the middle one, which sum to 1 over all four quarters.
__kernel __attribute__((reqd_work_group_size(64, 1, 1))) void
glare_spread(int blocks_x, int blocks_y, __global const float4 *blocks,
             __constant const float *weights, __global float4 *halo) {
  int i = (int)get_global_id(0);
  if (i >= blocks_x * blocks_y)
    return;
  int bx = i % blocks_x, by = i / blocks_x;
  bool inner = bx >= GLARE_REACH && bx + GLARE_REACH < blocks_x;
  float4 sum = (float4)(0.0f);
  for (int dy = -GLARE_REACH; dy <= GLARE_REACH; dy++) {
    __global const float4 *row = blocks + clamp(by + dy, 0, blocks_y - 1) * blocks_x;
    __constant const float *share = weights + abs(dy) * (GLARE_REACH + 1);
    sum += row[bx] * share[0];
    for (int dx = 1; dx <= GLARE_REACH; dx++) {
      int left = inner ? bx - dx : max(bx - dx, 0);
      int right = inner ? bx + dx : min(bx + dx, blocks_x - 1);
      sum += (row[left] + row[right]) * share[dx];
    }
  }
  halo[i] = sum;
}

// The eight pixels from `first` on; the last one again after it. Rows become columns.
inline eight load_eight(__global const float4 *image, int first, int last, float4 gain) {
  float8 a, b, c, d;
  if (first + 7 <= last) {
    a = (float8)(image[first], image[first + 4]), b = (float8)(image[first + 1], image[first + 5]);
    c = (float8)(image[first + 2], image[first + 6]);
    d = (float8)(image[first + 3], image[first + 7]);
  } else {
    a = (float8)(image[first], image[min(first + 4, last)]);
    b = (float8)(image[min(first + 1, last)], image[min(first + 5, last)]);
    c = (float8)(image[min(first + 2, last)], image[min(first + 6, last)]);
    d = (float8)(image[min(first + 3, last)], image[last]);
  }
  float8 low = (float8)(a.s0, b.s0, a.s1, b.s1, a.s4, b.s4, a.s5, b.s5);
  float8 more = (float8)(c.s0, d.s0, c.s1, d.s1, c.s4, d.s4, c.s5, d.s5);
  eight e;
  e.r = (float8)(low.s01, more.s01, low.s45, more.s45);
  e.g = (float8)(low.s23, more.s23, low.s67, more.s67);
  e.b = (float8)(a.s2, b.s2, c.s2, d.s2, a.s6, b.s6, c.s6, d.s6);
  e.r = min(e.r * gain.x, 64.0f), e.g = min(e.g * gain.y, 64.0f), e.b = min(e.b * gain.z, 64.0f);
  return e;
}

// Sum of four bytes, centred and scaled to variance 1: near enough a normal.
inline float8 gauss_of(uint8 h) {
  uint8 sum = (h & 255u) + ((h >> 8u) & 255u) + ((h >> 16u) & 255u) + (h >> 24u);
  return (convert_float8(as_int8(sum)) - 510.0f) * (1.0f / 147.8f);
}

inline uint8 byte_of(float8 display) {
  return as_uint8(convert_int8(clamp(display * 255.0f + 0.5f, 0.0f, 255.0f)));
}

// The first `count` of eight pixels, three bytes each.
inline void store_bytes(float8 red, float8 green, float8 blue, int count, __global uchar *out) {
  uint8 p = byte_of(red) | (byte_of(green) << 8u) | (byte_of(blue) << 16u);
#ifdef __ENDIAN_LITTLE__
  if (count == 8) { // six words; `out` is a multiple of 24 bytes from an aligned start
    __global uint *words = (__global uint *)out;
    vstore3((uint3)(p.s0 | p.s1 << 24u, p.s1 >> 8u | p.s2 << 16u, p.s2 >> 16u | p.s3 << 8u), 0,
            words);
    vstore3((uint3)(p.s4 | p.s5 << 24u, p.s5 >> 8u | p.s6 << 16u, p.s6 >> 16u | p.s7 << 8u), 1,
            words);
    return;
  }
#endif
  uint pixel[8];
  vstore8(p, 0, pixel);
  for (int k = 0; k < count; k++) {
    out[3 * k] = (uchar)(pixel[k] & 255u);
    out[3 * k + 1] = (uchar)((pixel[k] >> 8) & 255u);
    out[3 * k + 2] = (uchar)(pixel[k] >> 16);
  }
}

// One work-item develops eight pixels in a row of memory. `lens`: the middle of the sensor in the
// image, 4 / its squared diagonal, or 0 without vignetting, and 1 when its circle ends in black.
__kernel __attribute__((reqd_work_group_size(64, 1, 1))) void
develop(__constant const gpu_weather *weather, __constant const gpu_sky *sky, int width, int height,
        int block, int blocks_x, int blocks_y, float4 lens, __global const float4 *blocks,
        __global const float4 *halo, __global const float4 *image, __global uchar *rgb) {
  int first = (int)get_global_id(0) * 8, pixels = width * height;
  if (first >= pixels)
    return;
  float4 gain = (float4)(vload3(0, sky->white), 0.0f) * weather->exposure;
  eight c = load_eight(image, first, pixels - 1, gain);
  int8 lit = c.r + c.g + c.b > 0.0f;
  int y0 = first / width, x0 = first - y0 * width;
  float8 lane = (float8)(0.5f, 1.5f, 2.5f, 3.5f, 4.5f, 5.5f, 6.5f, 7.5f);
  float8 x = (float)x0 + lane, y = (float)y0 + 0.5f;
  int8 wrapped = x > (float)width;
  y = select(y, y + 1.0f, wrapped);
  x = select(x, x - (float)width, wrapped);
  // The halo changes slowly: its ends, and a straight line between them.
  float2 end = (float2)(min((float)x0 + 7.5f, (float)width), (float)y0 + 0.5f);
  float4 near =
      block_at(halo, blocks_x, blocks_y, (float2)((float)x0 + 0.5f, end.y) / (float)block);
  float4 far = block_at(halo, blocks_x, blocks_y, end / (float)block);
  float4 slope = (far - near) * (1.0f / 7.0f);
  float8 step = lane - 0.5f;
  c.r += (near.x + slope.x * step - c.r) * GLARE_SHARE;
  c.g += (near.y + slope.y * step - c.g) * GLARE_SHARE;
  c.b += (near.z + slope.z * step - c.b) * GLARE_SHARE;
  if (weather->rain_mmh > 0.1f || weather->snow_mmh > 0.05f) {
    // Patterns of the lens keep their size on the picture whatever its resolution.
    eight dry = c;
    c = precipitation(weather, x, y, 384.0f / (float)height, 1.0f / (float)block, blocks_x,
                      blocks_y, blocks, c);
    if (lens.w > 0.0f) { // drops show in the light that comes through the lens
      c.r = select(dry.r, c.r, lit);
      c.g = select(dry.g, c.g, lit);
      c.b = select(dry.b, c.b, lit);
    }
  }
  // cos^4 of a moderate lens, partly corrected.
  float8 dx = x - lens.x, dy = y - lens.y;
  float8 r2 = (dx * dx + dy * dy) * lens.z;
  float8 vignette = 1.0f - 0.24f * r2 - 0.06f * r2 * r2;
  // Photon and read noise by EMVA 1288's linear model, in units of exposed radiance;
  // a camera that has to turn its gain up shows more of both.
  float turned_up = clamp(sqrt(weather->exposure), 0.6f, 9.0f);
  float photon = 1.5e-4f * turned_up, read = 1.0e-6f * turned_up;
  uint seed = (weather->frame * 0x9e3779b1u) ^ (weather->seed * 0x85ebca6bu);
  uint8 h = ((uint)first + (uint8)(0, 1, 2, 3, 4, 5, 6, 7)) * 3u ^ seed;
  c.r = max(c.r * vignette, 0.0f);
  c.g = max(c.g * vignette, 0.0f);
  c.b = max(c.b * vignette, 0.0f);
  c.r += gauss_of(hash_u32_8(h)) * sqrt(c.r * photon + read);
  c.g += gauss_of(hash_u32_8(h + 1u)) * sqrt(c.g * photon + read);
  c.b += gauss_of(hash_u32_8(h + 2u)) * sqrt(c.b * photon + read);
  tone_curve(&c.r, &c.g, &c.b);
  store_bytes(srgb_encode(c.r), srgb_encode(c.g), srgb_encode(c.b), min(8, pixels - first),
              rgb + 3 * first);
}
