// SPDX-License-Identifier: Apache-2.0
// The camera: glare of the lens, drops and streaks, vignetting, exposure, noise of the
// sensor, tone curve, sRGB.
#include "common.cl"
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

inline eight load_eight(__global const float4 *image, int first, int last, float4 gain) {
  float4 c[8];
  for (int k = 0; k < 8; k++)
    c[k] = min(image[min(first + k, last)] * gain, 64.0f);
  eight e;
  e.r = (float8)(c[0].x, c[1].x, c[2].x, c[3].x, c[4].x, c[5].x, c[6].x, c[7].x);
  e.g = (float8)(c[0].y, c[1].y, c[2].y, c[3].y, c[4].y, c[5].y, c[6].y, c[7].y);
  e.b = (float8)(c[0].z, c[1].z, c[2].z, c[3].z, c[4].z, c[5].z, c[6].z, c[7].z);
  return e;
}

// Sum of four bytes, centred and scaled to variance 1: near enough a normal.
inline float8 gauss_of(uint8 h) {
  uint8 sum = (h & 255u) + ((h >> 8u) & 255u) + ((h >> 16u) & 255u) + (h >> 24u);
  return (convert_float8(as_int8(sum)) - 510.0f) * (1.0f / 147.8f);
}

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
