// SPDX-License-Identifier: Apache-2.0
// Smooths the light of few paths a pixel: an edge-avoiding a-trous filter (Dammertz et al. 2010)
// that goes by how far the light itself is known (Schied et al. 2017). It works on light before
// the pixels' albedo, so textures stay sharp; between instances nothing is mixed, and on one as
// little as planes and normals differ. LANES neighbours of a row a work-item.
//
// Images, or bands of their rows, here lie row by row with LIGHT_BORDER empty pixels around, planes
// of `plane` floats.
#define LANES_EXACT
#include "lanes.cl"

#define LIGHT_BORDER 32 // two steps of 16, the last pass's

enum { GUIDE_NX, GUIDE_NY, GUIDE_NZ, GUIDE_X, GUIDE_Y, GUIDE_Z, GUIDE_SIZE, GUIDE_ID };
enum { LIGHT_R, LIGHT_G, LIGHT_B, LIGHT_LAMPS, LIGHT_VARIANCE, LIGHT_LAMPS_VARIANCE };

// GUIDE_ID of pixels that show nothing, and of the border; instances count from 1.
#define NOBODY 0u
// Leaves of one crown face anywhere: their light goes by place alone.
#define GUIDE_LEAF 0x80000000u

inline real exp_less(real x) {
  // exp(-x) for x >= 0 by (1 - x / 8)^8, 0 from 8 on.
  real a = max(1.0f - 0.125f * x, 0.0f), b = a * a, c = b * b;
  return c * c;
}

typedef struct light_size {
  int width, height, row; // row: floats from one row to the next
} light_size;

// From tile order to rows. `mean`, `squares`: of path_end; `guide`: of path_begin.
__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
light_rows(__global const gpu_camera *camera, __global const gpu_material *materials,
           __global const float *rays, int stride, __global const uint *material,
           __global const uint *instance, __global const float4 *guide, __global const float4 *mean,
           __global const float4 *squares, int paths, int row, int rows, __global float *guides,
           __global float *lights) {
  int first = (int)get_global_id(0) * LANES, plane = row * rows;
  if (first >= plane)
    return;
  int y0 = first / row;
  whole x = first - y0 * row + LANE_NUMBERS - LIGHT_BORDER; // rows are multiples of LANES
  int y = y0 - LIGHT_BORDER;
  whole inside = (x >= 0) & (x < WHOLE(camera->width)) &
                 WHOLE(y >= 0 && y < band_end(camera) - camera->band_row ? -1 : 0);
  whole i = ((y >> 2) * ((camera->width + 3) / 4) + (x >> 2)) * 16 + (y & 3) * 4 + (x & 3);
  i = select(WHOLE(0), i, inside);
  real4 g = gather4(guide, i), m = gather4(mean, i), s = gather4(squares, i);
  real t = g.w;
  inside &= t >= REAL(0.0f);
#define PLANE(name) GATHER(float, rays + (name)*stride, i)
  real3 d = triple(PLANE(RAY_DX), PLANE(RAY_DY), PLANE(RAY_DZ));
  real x0 = PLANE(RAY_OX), y1 = PLANE(RAY_OY), z0 = PLANE(RAY_OZ);
#undef PLANE
  real size = t * sqrt(dot3(d, d)) / camera->fx;
  word what = select(WORD(0u), GATHER(uint, material, i), inside);
  whole leaf = GATHER_OF(uint, materials, what, shader) == WORD(SHADER_LEAF);
  word id = GATHER(uint, instance, i) + 1u;
  id |= select(WORD(0u), WORD(GUIDE_LEAF), leaf);
  id = select(WORD(NOBODY), id, inside);
  real zero = REAL(0.0f);
  store_reals(select(zero, g.x, inside), guides, GUIDE_NX * plane + first);
  store_reals(select(zero, g.y, inside), guides, GUIDE_NY * plane + first);
  store_reals(select(zero, g.z, inside), guides, GUIDE_NZ * plane + first);
  store_reals(select(zero, x0 - camera->begin_p[0] + d.x * t, inside), guides,
              GUIDE_X * plane + first);
  store_reals(select(zero, y1 - camera->begin_p[1] + d.y * t, inside), guides,
              GUIDE_Y * plane + first);
  store_reals(select(zero, z0 - camera->begin_p[2] + d.z * t, inside), guides,
              GUIDE_Z * plane + first);
  store_reals(select(REAL(1.0f), size, inside), guides, GUIDE_SIZE * plane + first);
  store_reals(as_real(id), guides, GUIDE_ID * plane + first);
  // Variances of the means.
  float share = 1.0f / (float)max(paths - 1, 1);
  real bright = 0.2126f * m.x + 0.7152f * m.y + 0.0722f * m.z;
  store_reals(select(zero, m.x, inside), lights, LIGHT_R * plane + first);
  store_reals(select(zero, m.y, inside), lights, LIGHT_G * plane + first);
  store_reals(select(zero, m.z, inside), lights, LIGHT_B * plane + first);
  store_reals(select(REAL(1.0f), m.w, inside), lights, LIGHT_LAMPS * plane + first);
  store_reals(select(zero, max(s.x - bright * bright, 0.0f) * share, inside), lights,
              LIGHT_VARIANCE * plane + first);
  store_reals(select(zero, max(s.y - m.w * m.w, 0.0f) * share, inside), lights,
              LIGHT_LAMPS_VARIANCE * plane + first);
}

typedef struct guide_lanes {
  real3 n, p;
  real size;
  word id;
} guide_lanes;

inline guide_lanes load_guide(__global const float *guides, int plane, int at) {
  guide_lanes g;
  g.n = triple(load_reals(guides, GUIDE_NX * plane + at), load_reals(guides, GUIDE_NY * plane + at),
               load_reals(guides, GUIDE_NZ * plane + at));
  g.p = triple(load_reals(guides, GUIDE_X * plane + at), load_reals(guides, GUIDE_Y * plane + at),
               load_reals(guides, GUIDE_Z * plane + at));
  g.size = load_reals(guides, GUIDE_SIZE * plane + at);
  g.id = as_word(load_reals(guides, GUIDE_ID * plane + at));
  return g;
}

// How much b's light says of a's, `step` pixels away: 0 for another instance; less the further
// b lies off a's plane and the more their normals differ.
inline real likeness(const guide_lanes *a, const guide_lanes *b, float step) {
  whole same = (a->id == b->id) & (a->id != WORD(NOBODY));
  whole leaf = (a->id & GUIDE_LEAF) != 0u;
  real off = fabs(dot3(a->n, sub3(b->p, a->p))) / (0.02f + 0.5f * step * a->size);
  real facing = max(dot3(a->n, b->n), 0.0f), f2 = facing * facing, f4 = f2 * f2, f8 = f4 * f4;
  real like = f8 * f8 * f8 * exp_less(off);
  real3 gap = sub3(b->p, a->p);
  real loose = exp_less(sqrt(dot3(gap, gap)) / (0.3f + 3.0f * step * a->size));
  return select(REAL(0.0f), select(like, loose, leaf), same);
}

// The variances of few paths are noise themselves: means over the 5x5 pixels around, by likeness.
__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
light_variance(int width, int height, int row, int rows, __global const float *guides,
               __global const float *lights, __global float *out) {
  int across = (width + LANES - 1) / LANES, number = (int)get_global_id(0);
  if (number >= across * height)
    return;
  int y = number / across, plane = row * rows;
  int at = (y + LIGHT_BORDER) * row + LIGHT_BORDER + (number - y * across) * LANES;
  guide_lanes mine = load_guide(guides, plane, at);
  real r = load_reals(lights, LIGHT_R * plane + at), g = load_reals(lights, LIGHT_G * plane + at),
       b = load_reals(lights, LIGHT_B * plane + at);
  real light = REAL(0.0f), lamps = REAL(0.0f), all = REAL(0.0f);
  if (any_lane(mine.id != WORD(NOBODY)))
    for (int dy = -2; dy <= 2; dy++)
      for (int dx = -2; dx <= 2; dx++) {
        int there = at + dy * row + dx;
        guide_lanes other = load_guide(guides, plane, there);
        real w = likeness(&mine, &other, 2.0f);
        light += w * load_reals(lights, LIGHT_VARIANCE * plane + there);
        lamps += w * load_reals(lights, LIGHT_LAMPS_VARIANCE * plane + there);
        all += w;
      }
  real share = 1.0f / max(all, 1e-6f);
  store_reals(r, out, LIGHT_R * plane + at);
  store_reals(g, out, LIGHT_G * plane + at);
  store_reals(b, out, LIGHT_B * plane + at);
  store_reals(load_reals(lights, LIGHT_LAMPS * plane + at), out, LIGHT_LAMPS * plane + at);
  store_reals(light * share, out, LIGHT_VARIANCE * plane + at);
  store_reals(lamps * share, out, LIGHT_LAMPS_VARIANCE * plane + at);
}

__constant float SPLINE[3] = {0.375f, 0.25f, 0.0625f}; // a cubic B-spline's, from the middle on

// One pass with `step` pixels between its 5x5 places.
__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
light_spread(int width, int height, int row, int rows, int step, int with_lamps,
             __global const float *guides, __global const float *lights, __global float *out) {
  int across = (width + LANES - 1) / LANES, number = (int)get_global_id(0);
  if (number >= across * height)
    return;
  int y = number / across, plane = row * rows;
  int at = (y + LIGHT_BORDER) * row + LIGHT_BORDER + (number - y * across) * LANES;
  guide_lanes mine = load_guide(guides, plane, at);
  real r = load_reals(lights, LIGHT_R * plane + at), g = load_reals(lights, LIGHT_G * plane + at),
       b = load_reals(lights, LIGHT_B * plane + at);
  real lamps = load_reals(lights, LIGHT_LAMPS * plane + at);
  real spread = load_reals(lights, LIGHT_VARIANCE * plane + at);
  real lamps_spread = load_reals(lights, LIGHT_LAMPS_VARIANCE * plane + at);
  if (!any_lane(mine.id != WORD(NOBODY))) {
    store_reals(r, out, LIGHT_R * plane + at);
    store_reals(g, out, LIGHT_G * plane + at);
    store_reals(b, out, LIGHT_B * plane + at);
    store_reals(lamps, out, LIGHT_LAMPS * plane + at);
    store_reals(spread, out, LIGHT_VARIANCE * plane + at);
    store_reals(lamps_spread, out, LIGHT_LAMPS_VARIANCE * plane + at);
    return;
  }
  real bright = 0.2126f * r + 0.7152f * g + 0.0722f * b;
  real per = 1.0f / (4.0f * sqrt(spread) + 1e-3f * bright + 1e-12f);
  real lamps_per = 1.0f / (4.0f * sqrt(lamps_spread) + 1e-3f);
  real own = REAL(SPLINE[0] * SPLINE[0]), all = own, lamps_all = own;
  r *= own, g *= own, b *= own, lamps *= own;
  spread *= own * own, lamps_spread *= own * own;
  for (int dy = -2; dy <= 2; dy++)
    for (int dx = -2; dx <= 2; dx++) {
      if (dx == 0 && dy == 0)
        continue;
      int there = at + (dy * row + dx) * step;
      guide_lanes other = load_guide(guides, plane, there);
      float reach = (float)(step * max(abs(dx), abs(dy)));
      real w = likeness(&mine, &other, reach) * (SPLINE[abs(dx)] * SPLINE[abs(dy)]);
      if (!any_lane(w > REAL(0.0f)))
        continue;
      real r2 = load_reals(lights, LIGHT_R * plane + there),
           g2 = load_reals(lights, LIGHT_G * plane + there),
           b2 = load_reals(lights, LIGHT_B * plane + there);
      real there_bright = 0.2126f * r2 + 0.7152f * g2 + 0.0722f * b2;
      real v = w * exp_less(fabs(there_bright - bright) * per);
      r += v * r2, g += v * g2, b += v * b2, all += v;
      spread += v * v * load_reals(lights, LIGHT_VARIANCE * plane + there);
      if (with_lamps) {
        real lamps2 = load_reals(lights, LIGHT_LAMPS * plane + there);
        real middle = load_reals(lights, LIGHT_LAMPS * plane + at);
        real u = w * exp_less(fabs(lamps2 - middle) * lamps_per);
        lamps += u * lamps2, lamps_all += u;
        lamps_spread += u * u * load_reals(lights, LIGHT_LAMPS_VARIANCE * plane + there);
      }
    }
  real share = 1.0f / all, lamps_share = 1.0f / lamps_all;
  store_reals(r * share, out, LIGHT_R * plane + at);
  store_reals(g * share, out, LIGHT_G * plane + at);
  store_reals(b * share, out, LIGHT_B * plane + at);
  store_reals(lamps * lamps_share, out, LIGHT_LAMPS * plane + at);
  store_reals(spread * share * share, out, LIGHT_VARIANCE * plane + at);
  store_reals(lamps_spread * lamps_share * lamps_share, out, LIGHT_LAMPS_VARIANCE * plane + at);
}

// The light at samples first .. first + count of the image in tile order: means over the 3x3 pixels
// around each by likeness, the nearest in place where none is alike, `open` where nothing is near.
// `rays`, `t`, `surface`, `material`, `instance`: the samples' own. `light`: w is the lamps' share.
__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
light_samples(__global const gpu_camera *camera, __global const gpu_material *materials, int first,
              int count, __global const float *rays, int stride, __global const float4 *surface,
              __global const uint *material, __global const uint *instance, int row, int rows,
              __global const float *guides, __global const float *lights, float4 open,
              __global float4 *light) {
  int i = (int)get_global_id(0);
  if (i >= count)
    return;
  int2 at = tile_pixel(first + i, (camera->width + 3) / 4);
  uint what = material[i];
  if (what == MATERIAL_UNMET || at.x >= camera->width || at.y >= camera->height) {
    light[i] = open;
    return;
  }
  float4 s = surface[i];
  float3 n = s.xyz, p;
  p.x = rays[RAY_OX * stride + i] - camera->begin_p[0] + rays[RAY_DX * stride + i] * s.w;
  p.y = rays[RAY_OY * stride + i] - camera->begin_p[1] + rays[RAY_DY * stride + i] * s.w;
  p.z = rays[RAY_OZ * stride + i] - camera->begin_p[2] + rays[RAY_DZ * stride + i] * s.w;
  uint id = instance[i] + 1u;
  if (materials[what].shader == SHADER_LEAF)
    id |= GUIDE_LEAF;
  int plane = row * rows;
  float4 sum = (float4)(0.0f), loose = (float4)(0.0f);
  float all = 0.0f, loose_all = 0.0f;
  for (int dy = -1; dy <= 1; dy++)
    for (int dx = -1; dx <= 1; dx++) {
      int there = (at.y - camera->band_row + dy + LIGHT_BORDER) * row + at.x + dx + LIGHT_BORDER;
      uint other = as_uint(guides[GUIDE_ID * plane + there]);
      if (other == NOBODY)
        continue;
      float4 l = (float4)(lights[LIGHT_R * plane + there], lights[LIGHT_G * plane + there],
                          lights[LIGHT_B * plane + there], lights[LIGHT_LAMPS * plane + there]);
      float3 gap = (float3)(guides[GUIDE_X * plane + there], guides[GUIDE_Y * plane + there],
                            guides[GUIDE_Z * plane + there]) -
                   p;
      float3 m = (float3)(guides[GUIDE_NX * plane + there], guides[GUIDE_NY * plane + there],
                          guides[GUIDE_NZ * plane + there]);
      float size = guides[GUIDE_SIZE * plane + there];
      float tent = (dx == 0 ? 2.0f : 1.0f) * (dy == 0 ? 2.0f : 1.0f);
      // Normals of triangles here, of smooth surfaces there: alike within 45 degrees.
      float off = fabs(dot(n, gap)) / (0.02f + 1.5f * size);
      bool like = other == id && ((id & GUIDE_LEAF) || (dot(n, m) > 0.7f && off < 1.0f));
      if (like) {
        sum += tent * l;
        all += tent;
      }
      float w = tent * (other == id ? 1.0f : 0.01f) / (1e-4f + dot(gap, gap));
      loose += w * l;
      loose_all += w;
    }
  light[i] = all > 0.0f ? sum / all : loose_all > 0.0f ? loose / loose_all : open;
}
