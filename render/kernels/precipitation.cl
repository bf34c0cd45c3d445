// SPDX-License-Identifier: Apache-2.0
// What falls between things and the lens, and lies on it: streaks, flakes, drops. Eight pixels at
// a time.
#ifndef PRECIPITATION_CL
#define PRECIPITATION_CL
#include "common.cl"
#pragma OPENCL FP_CONTRACT ON // pixels only

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

inline uint8 hash_u32_8(uint8 x) {
  x ^= x >> 16u;
  x *= 0x7feb352du;
  x ^= x >> 15u;
  x *= 0x846ca68bu;
  return x ^ (x >> 16u);
}

inline float8 unit_of_8(uint8 h) {
  return convert_float8(as_int8(h >> 8u)) * 0x1p-24f;
}

inline uint8 whole_8(float8 x) {
  return as_uint8(convert_int8(x));
}

// Falling drops as the exposure draws them: thin slanted lines in layers of depth. 0..1
inline float8 rain_streaks(float8 px, float8 py, float rain_mmh, float slant, uint seed,
                           uint frame) {
  float8 sum = 0.0f;
  float chance = clamp(0.05f + 0.016f * rain_mmh, 0.0f, 0.45f);
  for (uint layer = 0; layer < 3u; layer++) {
    float wide = layer == 0u ? 5.0f : layer == 1u ? 9.0f : 17.0f;
    float tall = layer == 0u ? 26.0f : layer == 1u ? 52.0f : 110.0f;
    float8 x = (px + slant * py) * (1.0f / wide), column = floor(x);
    uint8 hc = hash_u32_8(whole_8(column) * 0x8da6b343u + (layer + seed));
    float8 y = py * (1.0f / tall) + unit_of_8(hc) * 31.0f + (float)(frame & 1023u) * 0.713f;
    float8 row = floor(y), fy = y - row;
    uint8 h = hash_u32_8(hc ^ (whole_8(row) * 0xd8163841u));
    uint8 k = h * 747796405u;
    float8 fx = fabs(x - column - 0.25f - 0.5f * unit_of_8(k)) * wide;
    float8 length = 0.35f + 0.6f * unit_of_8(k * 19349663u);
    float8 along = clamp(min(fy, length - fy) * 6.0f, 0.0f, 1.0f);
    float thick = layer == 2u ? 1.8f : 1.3f;
    float8 streak = along * clamp(thick - fx, 0.0f, 1.0f) * (layer == 2u ? 0.10f : 0.16f);
    sum += select((float8)(0.0f), streak, unit_of_8(h) < chance);
  }
  return min(sum, 0.4f);
}

// Flakes in layers of depth: near ones large, soft and fast. 0..1
inline float8 snow_flakes(float8 px, float8 py, float snow_mmh, float slant, uint seed,
                          float time_s) {
  float8 sum = 0.0f;
  float chance = clamp(0.15f + 0.14f * snow_mmh, 0.0f, 0.7f);
  for (uint layer = 0; layer < 3u; layer++) {
    float cell = layer == 0u ? 13.0f : layer == 1u ? 27.0f : 61.0f;
    float size = layer == 0u ? 0.9f : layer == 1u ? 1.7f : 4.2f;
    float fall = time_s * (layer == 0u ? 60.0f : layer == 1u ? 120.0f : 260.0f);
    float8 x = (px + slant * py) * (1.0f / cell), y = (py - fall) * (1.0f / cell);
    float8 cx = floor(x), cy = floor(y);
    uint8 h = hash_u32_8(hash_u32_8(whole_8(cx) * 0x8da6b343u + (seed + layer)) ^
                         (whole_8(cy) * 0xd8163841u));
    float8 dx = (x - cx - 0.3f - 0.4f * unit_of_8(h * 747796405u)) * cell;
    float8 dy = (y - cy - 0.3f - 0.4f * unit_of_8(h * 277803737u)) * cell;
    float8 radius = size * (0.6f + 0.8f * unit_of_8(h * 83492791u));
    float8 flake = clamp(2.0f - 2.0f * sqrt(dx * dx + dy * dy) / radius, 0.0f, 1.0f) *
                   (layer == 2u ? 0.35f : 0.75f);
    sum += select((float8)(0.0f), flake, unit_of_8(h) < chance);
  }
  return min(sum, 0.9f);
}

// 0..1 from an already mixed word.
inline float hash_share(uint h) {
  return (float)(int)(h >> 8) * 0x1p-24f;
}

inline uint hash_lens_cell(float2 cell, uint seed) {
  uint x = (uint)(int)cell.x * 0x8da6b343u, y = (uint)(int)cell.y * 0xd8163841u;
  return hash_u32(x ^ y ^ (seed * 0xcb1ab31fu));
}

// Whether the cell of the lens under a pixel has a drop on it.
inline bool lens_cell(float2 p, float rain_mmh, uint seed, uint frame) {
  float2 c = floor(p / 58.0f);
  uint h = hash_lens_cell(c, seed + frame / 16u * 101u);
  return hash_share(h) <= clamp(0.012f * rain_mmh, 0.0f, 0.16f);
}

// A drop on the lens under a pixel: share, and where it looks.
inline float lens_drop(float2 p, float rain_mmh, uint seed, uint frame, float2 *look) {
  float2 c = floor(p / 58.0f);
  uint age = frame / 16u;
  uint h = hash_lens_cell(c, seed + age * 101u);
  if (hash_share(h) > clamp(0.012f * rain_mmh, 0.0f, 0.16f))
    return 0.0f;
  float size = hash_share(h * 747796405u), radius = 3.0f + 9.0f * size * size;
  float2 middle =
      (c + 0.3f + 0.4f * (float2)(hash_share(h * 19349663u), hash_share(h * 83492791u))) * 58.0f;
  float2 r = p - middle;
  r.y *= 0.85f;
  float d = sqrt(dot(r, r));
  *look = middle - r * (5.0f + 30.0f / radius); // upside down and wide, as a ball lens shows it
  return clamp((radius - d) * 0.45f, 0.0f, 0.88f);
}

// Three channels of eight neighbouring pixels: a CPU's vector is as wide.
typedef struct eight {
  float8 r, g, b;
} eight;

// What drops and flakes between lens and scene do to eight pixels around (x, y).
inline eight precipitation(__constant const gpu_weather *weather, float8 x, float8 y, float zoom,
                           float to_blocks, int blocks_x, int blocks_y,
                           __global const float4 *blocks, eight c) {
  float2 middle = (float2)(x.s3, y.s3) * to_blocks;
  float8 qx = x * zoom, qy = y * zoom;
  float rain = weather->rain_mmh, snow = weather->snow_mmh;
  if (rain > 0.1f) {
    float slant = clamp((weather->wind[0] + weather->wind[1]) * 0.02f, -0.3f, 0.3f);
    float8 streak = rain_streaks(qx, qy, rain, slant, weather->seed, weather->frame);
    float4 around =
        1.25f * block_at(blocks, blocks_x, blocks_y, (float2)(middle.x, middle.y * 0.6f));
    c.r += (around.x - c.r) * streak;
    c.g += (around.y - c.g) * streak;
    c.b += (around.z - c.b) * streak;
    uint drops = weather->seed ^ 0xd409u;
    // Eight pixels span at most two cells of drops.
    if (lens_cell((float2)(qx.s0, qy.s0), rain, drops, weather->frame) ||
        lens_cell((float2)(qx.s7, qy.s7), rain, drops, weather->frame)) {
      float xs[8], ys[8], r[8], g[8], b[8];
      vstore8(qx, 0, xs);
      vstore8(qy, 0, ys);
      vstore8(c.r, 0, r);
      vstore8(c.g, 0, g);
      vstore8(c.b, 0, b);
      for (int k = 0; k < 8; k++) {
        float2 look;
        float drop = lens_drop((float2)(xs[k], ys[k]), rain, drops, weather->frame, &look);
        if (drop <= 0.0f)
          continue;
        float4 seen = 0.9f * block_at(blocks, blocks_x, blocks_y, look * (to_blocks / zoom));
        r[k] += (seen.x - r[k]) * drop;
        g[k] += (seen.y - g[k]) * drop;
        b[k] += (seen.z - b[k]) * drop;
      }
      c.r = vload8(0, r);
      c.g = vload8(0, g);
      c.b = vload8(0, b);
    }
  }
  if (snow > 0.05f) {
    float slant = clamp((weather->wind[0] - weather->wind[1]) * 0.08f, -0.8f, 0.8f);
    float8 flake = snow_flakes(qx, qy, snow, slant, weather->seed, weather->time_s);
    float4 around = block_at(blocks, blocks_x, blocks_y, (float2)(middle.x, middle.y * 0.7f));
    float grey = 0.433f * (around.x + around.y + around.z) + 0.02f;
    c.r += max(grey - c.r, 0.0f) * flake;
    c.g += max(grey - c.g, 0.0f) * flake;
    c.b += max(grey - c.b, 0.0f) * flake;
  }
  return c;
}

#endif
