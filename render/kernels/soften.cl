// SPDX-License-Identifier: Apache-2.0
// Means of what few rays say, over neighbours on the same surface: the sky seen, and the sun's
// penumbrae. Part of sense.cl.
#ifndef SOFTEN_CL
#define SOFTEN_CL
#include "lanes.cl"

// How far behind each other neighbours on the surfaces of samples i.. may lie that are `pixels`
// away: a surface seen at a flat angle runs away from the eye within a few of them.
inline real same_depth(__global const gpu_camera *camera, __global const float *rays, int stride,
                       int i, real4 mine, float share, float pixels, float least) {
  real3 d = {load_reals(rays + RAY_DX * stride, i), load_reals(rays + RAY_DY * stride, i),
             load_reals(rays + RAY_DZ * stride, i)};
  real facing = dot3(triple(mine.x, mine.y, mine.z), d);
  real facing_eye = max(fabs(facing) / sqrt(dot3(d, d)), REAL(0.02f));
  real flat = sqrt(max(1.0f - facing_eye * facing_eye, REAL(0.0f))) / facing_eye;
  return (share + (pixels / camera->fx) * flat) * mine.w + least;
}

// Five quads of a row for each pixel: on a CPU of two rows of four pixels, which read six together.
#if LANES == 8
typedef float8 quad_row;
#define QUADS(p) vload8(0, p)
#define QUAD_0(row) (row).s00110011
#define QUAD_1(row) (row).s11221122
#define QUAD_2(row) (row).s22332233
#define QUAD_3(row) (row).s33443344
#define QUAD_4(row) (row).s44554455
#else
typedef __global const float *quad_row;
#define QUADS(p) (p)
#define QUAD_0(row) (row)[0]
#define QUAD_1(row) (row)[1]
#define QUAD_2(row) (row)[2]
#define QUAD_3(row) (row)[3]
#define QUAD_4(row) (row)[4]
#endif

// Adds a quad to the mean as far as `cover` says.
#define ADD_QUAD(quad, cover)                                                                      \
  {                                                                                                \
    real facing = quad(x) * mine.x + quad(y) * mine.y + quad(z) * mine.z;                          \
    real same = select(REAL(0.001f), REAL(1.0f), facing > REAL(0.9f));                             \
    same = select(REAL(0.0f), same * (cover), fabs(quad(w) - mine.w) < near);                      \
    sum += same * quad(open);                                                                      \
    weight += same;                                                                                \
  }

// The share of free sky rays over 4x4 quads around each pixel, among those on the same surface;
// among those as near where its surface is too thin to have any. The window moves on with each
// pixel: of five quads a side the first and last count in part, together as one, so that each of
// the 16 directions counts as much and no edges of quads are seen. LANES pixels a work-item;
// `quads` has room for four floats more.
__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
ambient_filter(__global const gpu_camera *camera, __global const float *rays, int stride,
               __global const float4 *surface, __global const float *quads, int plane, int count,
               __global float *ambient) {
#pragma OPENCL FP_CONTRACT ON
  int i = (int)get_global_id(0) * LANES;
  if (i >= count)
    return;
  real4 mine = gather4(surface, i + LANE_NUMBERS);
  pixel_lanes at = tile_pixels(i + band_first(camera), (camera->width + 3) / 4);
  whole met =
      (mine.w >= REAL(0.0f)) & (at.x < WHOLE(camera->width)) & (at.y < WHOLE(band_end(camera)));
  if (!any_lane(met)) {
    store_reals(REAL(1.0f), ambient, i);
    return;
  }
  int row = (camera->width + 1) / 2 + 4;
  __global const float *q = quads + ((FIRST_LANE(at.y) - camera->band_row) >> 1) * row;
  q += FIRST_LANE(at.x) >> 1;
  real near = same_depth(camera, rays, stride, i, mine, 0.04f, 5.0f, 0.05f);
  real right = select(REAL(0.25f), REAL(0.75f), (at.x & 1) == WHOLE(1));
  real low = select(REAL(0.25f), REAL(0.75f), (at.y & 1) == WHOLE(1));
  real sum = REAL(0.0f), weight = REAL(0.0f);
  for (int dy = 0; dy < 5; dy++, q += row) {
    real part = dy == 0 ? 1.0f - low : dy == 4 ? low : REAL(1.0f), last = part * right;
    quad_row x = QUADS(q), y = QUADS(q + plane), z = QUADS(q + 2 * plane);
    quad_row w = QUADS(q + 3 * plane), open = QUADS(q + 4 * plane);
    ADD_QUAD(QUAD_0, part - last)
    ADD_QUAD(QUAD_1, part)
    ADD_QUAD(QUAD_2, part)
    ADD_QUAD(QUAD_3, part)
    ADD_QUAD(QUAD_4, last)
  }
  whole any = weight > REAL(0.0f);
  real mean = select(REAL(0.8f), sum / select(REAL(1.0f), weight, any), any);
  store_reals(select(REAL(1.0f), mean, met), ambient, i);
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
  int16 mixed = 0;
  for (int y = max(ty - 1, 0); y <= min(ty + 1, tiles_y - 1); y++)
    for (int x = max(tx - 1, 0); x <= min(tx + 1, tiles_x - 1); x++)
      mixed |= vload16(y * tiles_x + x, sun) != (float16)(own.s0);
  vstore16(own, tile, soft);
  if (!any(mixed))
    return;
  for (int i = tile * 16; i < tile * 16 + 16; i += LANES) {
    pixel_lanes at = tile_pixels(i, tiles_x);
    real4 mine = gather4(surface, i + LANE_NUMBERS);
    whole met = (mine.w >= REAL(0.0f)) & (at.x < WHOLE(camera->width)) & (at.y < WHOLE(rows));
    real before = load_reals(sun, i), seen[9];
    whole j[9], edge = WHOLE(0);
    for (int n = 0; n < 9; n++) {
      whole x = clamp(at.x + (n % 3 - 1), WHOLE(0), WHOLE(camera->width - 1));
      whole y = clamp(at.y + (n / 3 - 1), WHOLE(0), WHOLE(rows - 1));
      j[n] = ((y >> 2) * tiles_x + (x >> 2)) * 16 + (y & 3) * 4 + (x & 3);
      seen[n] = GATHER(float, sun, j[n]);
      edge |= seen[n] != before;
    }
    edge &= met;
    if (!any_lane(edge))
      continue;
    real near = same_depth(camera, rays, stride, i, mine, 0.01f, 2.0f, 0.02f);
    real sum = REAL(0.0f), weight = REAL(0.0f);
    for (int n = 0; n < 9; n++) {
      real4 other = gather4(surface, j[n]);
      real facing = other.x * mine.x + other.y * mine.y + other.z * mine.z;
      real share = REAL((n % 3 == 1 ? 2.0f : 1.0f) * (n / 3 == 1 ? 2.0f : 1.0f));
      share = select(REAL(0.0f), share, (fabs(other.w - mine.w) < near) & (facing > REAL(0.9f)));
      sum += share * seen[n];
      weight += share;
    }
    store_reals(select(before, sum / max(weight, REAL(1e-6f)), edge), soft, i);
  }
}

#endif
