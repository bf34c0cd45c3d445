// SPDX-License-Identifier: Apache-2.0
// Means of what few rays say, over neighbours on the same surface: the sky seen, and the sun's
// penumbrae. Part of sense.cl.
#ifndef SOFTEN_CL
#define SOFTEN_CL
#include "lanes.cl"

// How far behind each other neighbours on the surface of sample i may lie that are `pixels` away: a
// surface seen at a flat angle runs away from the eye within a few of them.
inline float same_depth(__global const gpu_camera *camera, __global const float *rays, int stride,
                        int i, float4 mine, float share, float pixels, float least) {
  float3 d =
      (float3)(rays[RAY_DX * stride + i], rays[RAY_DY * stride + i], rays[RAY_DZ * stride + i]);
  float facing_eye = max(fabs(dot(mine.xyz, d)) / sqrt(dot(d, d)), 0.02f);
  float along = pixels / camera->fx * sqrt(max(1.0f - facing_eye * facing_eye, 0.0f)) / facing_eye;
  return (share + along) * mine.w + least;
}

// The share of free sky rays over 4x4 quads around each pixel, among those on the same surface;
// among those as near where its surface is too thin to have any. The window moves on with each
// pixel: of five quads a side the first and last count in part, together as one, so that each of
// the 16 directions counts as much and no edges of quads are seen.
__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
ambient_filter(__global const gpu_camera *camera, __global const float *rays, int stride,
               __global const float4 *surface, __global const float *quads, int plane, int count,
               __global float *ambient) {
  int i = (int)get_global_id(0);
  if (i >= count)
    return;
  float4 mine = surface[i];
  int2 at = tile_pixel(i + band_first(camera), (camera->width + 3) / 4);
  if (mine.w < 0.0f || at.x >= camera->width || at.y >= band_end(camera)) {
    ambient[i] = 1.0f;
    return;
  }
  int row = (camera->width + 1) / 2 + 4;
  __global const float *q = quads + ((at.y - camera->band_row) >> 1) * row + (at.x >> 1);
  float near = same_depth(camera, rays, stride, i, mine, 0.04f, 5.0f, 0.05f);
  float right = (at.x & 1) ? 0.75f : 0.25f, low = (at.y & 1) ? 0.75f : 0.25f;
  float4 first = (float4)(1.0f - right, 1.0f, 1.0f, 1.0f), near4 = (float4)(near);
  float4 sum = (float4)(0.0f), weight = (float4)(0.0f);
  float last_sum = 0.0f, last_weight = 0.0f;
  for (int dy = 0; dy < 5; dy++, q += row) {
    float part = dy == 0 ? 1.0f - low : dy == 4 ? low : 1.0f;
    float4 facing =
        vload4(0, q) * mine.x + vload4(0, q + plane) * mine.y + vload4(0, q + 2 * plane) * mine.z;
    float4 same = select((float4)(0.001f), (float4)(1.0f), isgreater(facing, (float4)(0.9f)));
    same = select((float4)(0.0f), same,
                  isless(fabs(vload4(0, q + 3 * plane) - (float4)(mine.w)), near4));
    same *= first * part;
    sum += same * vload4(0, q + 4 * plane);
    weight += same;
    float face = q[4] * mine.x + q[4 + plane] * mine.y + q[4 + 2 * plane] * mine.z;
    float last = fabs(q[4 + 3 * plane] - mine.w) < near ? face > 0.9f ? 1.0f : 0.001f : 0.0f;
    last *= right * part;
    last_sum += last * q[4 + 4 * plane];
    last_weight += last;
  }
  float all = (weight.x + weight.y) + (weight.z + weight.w) + last_weight;
  ambient[i] = all > 0.0f ? ((sum.x + sum.y) + (sum.z + sum.w) + last_sum) / all : 0.8f;
}

// The sun seen by each pixel, a mean of 3x3 with weights 1 2 1: each quarter of its disc, which 2x2
// pixels look at, counts as much. A work-item is a tile; tiles wholly in light or shadow, most,
// stay as they are.
__kernel __attribute__((reqd_work_group_size(8, 1, 1))) void
soften_sun(__global const gpu_camera *camera, __global const float *rays, int stride,
           __global const float4 *surface, __global const float *sun, int tiles,
           __global float *soft) {
  int tile = (int)get_global_id(0);
  if (tile >= tiles)
    return;
  int tiles_x = (camera->width + 3) / 4, tiles_y = tiles / tiles_x;
  int rows = band_end(camera) - camera->band_row; // a band's are counted from its first
  int tx = tile % tiles_x, ty = tile / tiles_x;
  float16 own = vload16(tile, sun);
  int mixed = 0;
  for (int y = max(ty - 1, 0); y <= min(ty + 1, tiles_y - 1); y++)
    for (int x = max(tx - 1, 0); x <= min(tx + 1, tiles_x - 1); x++)
      mixed |= any(isnotequal(vload16(y * tiles_x + x, sun), (float16)(own.s0)));
  vstore16(own, tile, soft);
  for (int k = 0; mixed && k < 16; k++) {
    int i = tile * 16 + k, j[9];
    int2 at = tile_pixel(i, tiles_x);
    if (at.x >= camera->width || at.y >= rows)
      continue;
    float sum = 0.0f, weight = 0.0f;
    bool edge = false;
    for (int n = 0; n < 9; n++) {
      int x = clamp(at.x + n % 3 - 1, 0, camera->width - 1);
      int y = clamp(at.y + n / 3 - 1, 0, rows - 1);
      j[n] = ((y >> 2) * tiles_x + (x >> 2)) * 16 + (y & 3) * 4 + (x & 3);
      edge |= sun[j[n]] != sun[i];
    }
    float4 mine = surface[i];
    if (!edge || mine.w < 0.0f)
      continue;
    float near = same_depth(camera, rays, stride, i, mine, 0.01f, 2.0f, 0.02f);
    for (int n = 0; n < 9; n++) {
      float4 other = surface[j[n]];
      float same = (n % 3 == 1 ? 2.0f : 1.0f) * (n / 3 == 1 ? 2.0f : 1.0f);
      if (fabs(other.w - mine.w) < near && dot(other.xyz, mine.xyz) > 0.9f) {
        sum += same * sun[j[n]];
        weight += same;
      }
    }
    soft[i] = sum / weight;
  }
}

#endif
