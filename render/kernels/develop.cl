// SPDX-License-Identifier: Apache-2.0
// The camera: glare of the lens, drops and streaks, vignetting, exposure, noise of the
// sensor, tone curve, sRGB.
#include "noise.cl"
#include "sky.h"
#include "tone.cl"

// A block of the image is a square of `block` pixels; glare works on blocks.
#define GLARE_REACH 9
#define GLARE_SHARE 0.055f

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

// The lens's halo: blocks spread with a long tail.
__kernel __attribute__((reqd_work_group_size(64, 1, 1))) void
glare_spread(int blocks_x, int blocks_y, __global const float4 *blocks, __global float4 *halo) {
  int i = (int)get_global_id(0);
  if (i >= blocks_x * blocks_y)
    return;
  int bx = i % blocks_x, by = i / blocks_x;
  float4 sum = (float4)(0.0f);
  float weights = 0.0f;
  for (int dy = -GLARE_REACH; dy <= GLARE_REACH; dy++) {
    int y = clamp(by + dy, 0, blocks_y - 1);
    for (int dx = -GLARE_REACH; dx <= GLARE_REACH; dx++) {
      int x = clamp(bx + dx, 0, blocks_x - 1);
      float r2 = (float)(dx * dx + dy * dy), k = 1.0f / (0.6f + r2);
      k *= clamp(1.2f - r2 * (1.0f / (GLARE_REACH * GLARE_REACH)), 0.0f, 1.0f);
      sum += blocks[y * blocks_x + x] * k;
      weights += k;
    }
  }
  halo[i] = sum / weights;
}

inline float4 block_at(__global const float4 *blocks, int blocks_x, int blocks_y, float2 p) {
  p = clamp(p - 0.5f, (float2)(0.0f), (float2)((float)(blocks_x - 1), (float)(blocks_y - 1)));
  int x = min((int)p.x, max(blocks_x - 2, 0)), y = min((int)p.y, max(blocks_y - 2, 0));
  int x2 = min(x + 1, blocks_x - 1), y2 = min(y + 1, blocks_y - 1);
  float2 f = p - (float2)((float)x, (float)y);
  float4 a = blocks[y * blocks_x + x], b = blocks[y * blocks_x + x2];
  float4 c = blocks[y2 * blocks_x + x], d = blocks[y2 * blocks_x + x2];
  float4 top = a + (b - a) * f.x, low = c + (d - c) * f.x;
  return top + (low - top) * f.y;
}

// Falling drops as the exposure draws them: thin slanted lines in layers of depth. 0..1
inline float rain_streaks(float2 p, float rain_mmh, float slant, uint seed, uint frame) {
  float sum = 0.0f;
  for (uint layer = 0; layer < 3u; layer++) {
    float wide = layer == 0u ? 5.0f : layer == 1u ? 9.0f : 17.0f;
    float tall = layer == 0u ? 26.0f : layer == 1u ? 52.0f : 110.0f;
    float x = (p.x + slant * p.y) / wide;
    float column = floor(x);
    uint hc = hash_u32((uint)(int)column * 0x8da6b343u + layer + seed);
    float y = p.y / tall + unit_of(hc) * 31.0f + (float)(frame & 1023u) * 0.713f;
    float row = floor(y);
    uint h = hash_u32(hc ^ ((uint)(int)row * 0xd8163841u));
    float chance = clamp(0.05f + 0.016f * rain_mmh, 0.0f, 0.45f);
    if (unit_of(h) > chance)
      continue;
    uint k = h * 747796405u;
    float at = 0.25f + 0.5f * unit_of(k), fx = fabs(x - column - at) * wide;
    float fy = y - row, length = 0.35f + 0.6f * unit_of(k * 19349663u);
    float along = clamp(min(fy, length - fy) * 6.0f, 0.0f, 1.0f);
    float thick = layer == 2u ? 1.3f : 0.8f;
    sum += along * clamp(thick + 0.5f - fx, 0.0f, 1.0f) * (layer == 2u ? 0.10f : 0.16f);
  }
  return min(sum, 0.4f);
}

// Flakes in layers of depth: near ones large, soft and fast. 0..1
inline float snow_flakes(float2 p, float snow_mmh, float slant, uint seed, float time_s) {
  float sum = 0.0f;
  for (uint layer = 0; layer < 3u; layer++) {
    float cell = layer == 0u ? 13.0f : layer == 1u ? 27.0f : 61.0f;
    float size = layer == 0u ? 0.9f : layer == 1u ? 1.7f : 4.2f;
    float fall = time_s * (layer == 0u ? 60.0f : layer == 1u ? 120.0f : 260.0f);
    float2 q = (float2)(p.x + slant * p.y, p.y - fall) / cell;
    float2 c = floor(q);
    uint h = hash_cell((int)c.x, (int)c.y, seed + layer);
    if (unit_of(h) > clamp(0.15f + 0.14f * snow_mmh, 0.0f, 0.7f))
      continue;
    float2 at = 0.3f + 0.4f * (float2)(unit_of(h * 747796405u), unit_of(h * 277803737u));
    float2 r = (q - c - at) * cell;
    float d = sqrt(dot(r, r)), radius = size * (0.6f + 0.8f * unit_of(h * 83492791u));
    sum += clamp((radius - d) / (0.5f * radius), 0.0f, 1.0f) * (layer == 2u ? 0.35f : 0.75f);
  }
  return min(sum, 0.9f);
}

// A drop on the lens under a pixel: share, and where it looks.
inline float lens_drop(float2 p, float rain_mmh, uint seed, uint frame, float2 *look) {
  float2 c = floor(p / 58.0f);
  uint age = frame / 16u;
  uint h = hash_cell((int)c.x, (int)c.y, seed + age * 101u);
  if (unit_of(h) > clamp(0.012f * rain_mmh, 0.0f, 0.16f))
    return 0.0f;
  float radius = 3.0f + 9.0f * square(unit_of(h * 747796405u));
  float2 middle =
      (c + 0.3f + 0.4f * (float2)(unit_of(h * 19349663u), unit_of(h * 83492791u))) * 58.0f;
  float2 r = p - middle;
  r.y *= 0.85f;
  float d = sqrt(dot(r, r));
  *look = middle - r * (5.0f + 30.0f / radius); // upside down and wide, as a ball lens shows it
  return clamp((radius - d) * 0.45f, 0.0f, 0.88f);
}

// Sum of four bytes, centred and scaled to variance 1: near enough a normal.
inline float gauss_of(uint h) {
  int sum = (int)(h & 255u) + (int)((h >> 8) & 255u) + (int)((h >> 16) & 255u) + (int)(h >> 24);
  return ((float)sum - 510.0f) * (1.0f / 147.8f);
}

__kernel __attribute__((reqd_work_group_size(64, 1, 1))) void
develop(__constant const gpu_weather *weather, __constant const gpu_sky *sky, int width, int height,
        int block, int blocks_x, int blocks_y, __global const float4 *blocks,
        __global const float4 *halo, __global const float4 *image, __global uchar *rgb) {
  int i = (int)get_global_id(0);
  if (i >= width * height)
    return;
  int x = i % width, y = i / width;
  float2 p = (float2)((float)x, (float)y) + 0.5f;
  float zoom = 384.0f / (float)height; // patterns of the lens keep their size on the picture
  float2 q = p * zoom;
  float4 gain = (float4)(vload3(0, sky->white), 0.0f) * weather->exposure;
  float4 c = min(image[i] * gain, 64.0f);
  float2 in_blocks = p / (float)block;
  c += (block_at(halo, blocks_x, blocks_y, in_blocks) - c) * GLARE_SHARE;
  float rain = weather->rain_mmh, snow = weather->snow_mmh;
  uint seed = weather->seed;
  if (rain > 0.1f) {
    float wind = (weather->wind[0] + weather->wind[1]) * 0.02f;
    float streak = rain_streaks(q, rain, clamp(wind, -0.3f, 0.3f), seed, weather->frame);
    float4 around = block_at(blocks, blocks_x, blocks_y, (float2)(in_blocks.x, in_blocks.y * 0.6f));
    c += (around * 1.25f - c) * streak;
    float2 look;
    float drop = lens_drop(q, rain, seed ^ 0xd409u, weather->frame, &look);
    if (drop > 0.0f) {
      float4 seen = block_at(blocks, blocks_x, blocks_y, look / (zoom * (float)block));
      c += (seen * 0.9f - c) * drop;
    }
  }
  if (snow > 0.05f) {
    float wind = clamp((weather->wind[0] - weather->wind[1]) * 0.08f, -0.8f, 0.8f);
    float flake = snow_flakes(q, snow, wind, seed, weather->time_s);
    float4 around = block_at(blocks, blocks_x, blocks_y, (float2)(in_blocks.x, in_blocks.y * 0.7f));
    float grey = 0.333f * (around.x + around.y + around.z);
    c += ((float4)(grey * 1.3f + 0.02f) - c) * flake;
  }
  // cos^4 of a moderate lens, partly corrected.
  float2 off = (p - 0.5f * (float2)((float)width, (float)height)) *
               (2.0f / sqrt((float)(width * width + height * height)));
  float r2 = dot(off, off);
  c *= 1.0f - 0.24f * r2 - 0.06f * r2 * r2;
  // Photon and read noise by EMVA 1288's linear model, in units of exposed radiance;
  // a camera that has to turn its gain up shows more of both.
  float turned_up = clamp(sqrt(weather->exposure), 0.6f, 14.0f);
  float4 variance = c * (1.6e-4f * turned_up) + square(0.0011f * sqrt(turned_up));
  uint h = hash_u32((uint)i ^ (weather->frame * 0x9e3779b1u) ^ (seed * 0x85ebca6bu));
  float4 g = (float4)(gauss_of(hash_u32(h + 1u)), gauss_of(hash_u32(h + 2u)),
                      gauss_of(hash_u32(h + 3u)), 0.0f);
  c += g * sqrt(max(variance, 0.0f));
  float4 out = srgb_encode(tone_curve(max(c, 0.0f))) * 255.0f + 0.5f;
  int4 byte = convert_int4(clamp(out, 0.0f, 255.0f));
  rgb[3 * i] = (uchar)byte.x;
  rgb[3 * i + 1] = (uchar)byte.y;
  rgb[3 * i + 2] = (uchar)byte.z;
}
