// SPDX-License-Identifier: Apache-2.0
// Between tracing and shading: rays of a camera, surfaces of its hits, rays to the
// sun and into the sky, labels of pixels, and samples put together to an image.
#include "common.cl"

inline void store_ray(__global float *rays, int i, int stride, float3 o, float3 d, float time,
                      float limit) {
  rays[RAY_OX * stride + i] = o.x;
  rays[RAY_OY * stride + i] = o.y;
  rays[RAY_OZ * stride + i] = o.z;
  rays[RAY_DX * stride + i] = d.x;
  rays[RAY_DY * stride + i] = d.y;
  rays[RAY_DZ * stride + i] = d.z;
  rays[RAY_TIME * stride + i] = time;
  rays[RAY_LIMIT * stride + i] = limit;
}

inline float3 ray_point(__global const float *rays, int i, int stride, float t) {
  return (float3)(rays[RAY_OX * stride + i] + t * rays[RAY_DX * stride + i],
                  rays[RAY_OY * stride + i] + t * rays[RAY_DY * stride + i],
                  rays[RAY_OZ * stride + i] + t * rays[RAY_DZ * stride + i]);
}

inline float3 ray_direction(__global const float *rays, int i, int stride) {
  return (float3)(rays[RAY_DX * stride + i], rays[RAY_DY * stride + i], rays[RAY_DZ * stride + i]);
}

// Rays through pixel centres in tile order, or through `positions`. Samples outside
// the image or past count are idle.
__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
camera_rays(__global const gpu_camera *camera, __global const float2 *positions, int use_positions,
            int count, int stride, float limit, __global float *rays) {
  int i = (int)get_global_id(0);
  if (i >= stride)
    return;
  float2 xy;
  bool inside = i < count;
  if (use_positions) {
    xy = positions[inside ? i : count - 1];
  } else {
    int2 pixel = tile_pixel(i, (camera->width + 3) / 4);
    inside &= pixel.x < camera->width && pixel.y < camera->height;
    xy = convert_float2(pixel) + 0.5f;
  }
  float3 o, d;
  float time;
  camera_ray(camera, xy, &o, &d, &time);
  store_ray(rays, i, stride, o, d, time, inside ? limit : -1.0f);
}

// Geometric normal that faces the ray, and distance, of each hit; w = -1: nothing.
__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
hit_surfaces(__global const gpu_facet *facets, __global const gpu_instance *instances,
             __global const float *rays, int count, int stride, __global const float *t,
             __global const uint *primitive, __global const uint *instance,
             __global float4 *surface) {
  int i = (int)get_global_id(0);
  if (i >= count)
    return;
  uint p = primitive[i];
  if (p >= HIT_SKIP) {
    surface[i] = (float4)(0.0f, 0.0f, 0.0f, -1.0f);
    return;
  }
  __global const gpu_facet *f = &facets[p];
  float3 n = cross(load3(f->e1), load3(f->e2));
  n = instance_normal(&instances[instance[i]], n, rays[RAY_TIME * stride + i]);
  n = dot(n, ray_direction(rays, i, stride)) > 0.0f ? -n : n;
  surface[i] = (float4)(n, t[i]);
}

inline float surface_offset(float t) {
  return 0.002f + 3e-5f * t;
}

// A ray to a point of the sun's disc. Leaves let the sun through, so they ask for
// it on both sides.
__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
sun_rays(__global const gpu_weather *weather, __global const gpu_triangle *triangles,
         __global const gpu_material *materials, __global const float *rays, int count, int stride,
         __global const uint *primitive, __global const float4 *surface, uint salt,
         __global float *out) {
  int i = (int)get_global_id(0);
  if (i >= stride)
    return;
  float4 s = i < count ? surface[i] : (float4)(0.0f, 0.0f, 0.0f, -1.0f);
  if (s.w < 0.0f) {
    store_ray(out, i, stride, (float3)(0.0f), (float3)(0.0f, 0.0f, 1.0f), 0.0f, -1.0f);
    return;
  }
  float3 sun = load3(weather->sun_direction);
  float3 n = s.xyz;
  bool leaf = materials[triangles[primitive[i]].material].shader == SHADER_LEAF;
  n = leaf && dot(n, sun) < 0.0f ? -n : n;
  float3 p = ray_point(rays, i, stride, s.w) + surface_offset(s.w) * n;
  uint h = hash_u32((uint)i ^ hash_u32(weather->seed ^ hash_u32(weather->frame + salt)));
  // A square as large as the disc: as soft, and no trigonometry.
  float a = 0.0083f * (hash_unit(h) - 0.5f), b = 0.0083f * (hash_unit(h ^ 0x68bc21ebu) - 0.5f);
  float3 side = normalize(
      cross(sun, fabs(sun.z) < 0.9f ? (float3)(0.0f, 0.0f, 1.0f) : (float3)(1.0f, 0.0f, 0.0f)));
  float3 d = sun + a * side + b * cross(sun, side);
  float limit = dot(n, sun) > 0.0f ? 3000.0f : -1.0f;
  store_ray(out, i, stride, p, d, rays[RAY_TIME * stride + i], limit);
}

// Interleaved sampling (Keller and Heidrich 2001) at half resolution: each 2x2 pixels
// send one ray, 4x4 such quads look into 16 different parts of the sky. The mean over
// any 4x4 quads then has each direction once. Equal directions of a 32x32 pixel block
// share a packet. A quad's ray starts at one of its pixels.
inline int quad_direction(int qx, int qy) {
  return (qy & 3) * 4 + (qx & 3);
}

inline int quad_slot(int qx, int qy, int blocks_x) {
  int block = (qy >> 4) * blocks_x + (qx >> 4);
  return (block * 16 + quad_direction(qx, qy)) * 16 + (qy >> 2 & 3) * 4 + (qx >> 2 & 3);
}

inline int quad_sample(int qx, int qy, int width, int height, int tiles_x) {
  int x = min(2 * qx + (qy & 1), width - 1), y = min(2 * qy + (qx & 1), height - 1);
  return ((y >> 2) * tiles_x + (x >> 2)) * 16 + (y & 3) * 4 + (x & 3);
}

// Where occluders stop to count: near ones take all rays, far ones few.
__constant float AMBIENT_REACH[16] = {0.5f, 5.0f,  1.6f, 14.0f, 9.0f,  0.8f, 24.0f, 2.2f,
                                      3.0f, 18.0f, 1.1f, 7.0f,  12.0f, 4.0f, 0.6f,  35.0f};

// Cosine-weighted directions around z, 4x4 strata of angle and height: r = sqrt(v), z =
// sqrt(1 - v), angle = 2 pi (u + v / 4) at the strata's middles.
__constant float AMBIENT_DIRECTION[16][3] = {
    {0.196424f, 0.293969f, 0.935414f},   {-0.293969f, 0.196424f, 0.935414f},
    {-0.196424f, -0.293969f, 0.935414f}, {0.293969f, -0.196424f, 0.935414f},
    {0.119468f, 0.600606f, 0.790569f},   {-0.600606f, 0.119468f, 0.790569f},
    {-0.119468f, -0.600606f, 0.790569f}, {0.600606f, -0.119468f, 0.790569f},
    {-0.154232f, 0.775379f, 0.612372f},  {-0.775379f, -0.154232f, 0.612372f},
    {0.154232f, -0.775379f, 0.612372f},  {0.775379f, 0.154232f, 0.612372f},
    {-0.519688f, 0.777769f, 0.353553f},  {-0.777769f, -0.519688f, 0.353553f},
    {0.519688f, -0.777769f, 0.353553f},  {0.777769f, 0.519688f, 0.353553f}};

__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
ambient_rays(__global const gpu_camera *camera, __global const float *rays, int stride,
             __global const float4 *surface, int ambient_count, __global float *out) {
  int slot = (int)get_global_id(0);
  if (slot >= ambient_count)
    return;
  int width = camera->width, height = camera->height;
  int blocks_x = (width + 31) / 32, block = slot >> 8, in = (slot >> 4) & 15, lane = slot & 15;
  int qx = (block % blocks_x) * 16 + (lane & 3) * 4 + (in & 3);
  int qy = (block / blocks_x) * 16 + (lane >> 2) * 4 + (in >> 2);
  bool inside = 2 * qx < width && 2 * qy < height;
  int i = inside ? quad_sample(qx, qy, width, height, (width + 3) / 4) : 0;
  float4 s = inside ? surface[i] : (float4)(0.0f, 0.0f, 0.0f, -1.0f);
  if (s.w < 0.0f) {
    store_ray(out, slot, ambient_count, (float3)(0.0f), (float3)(0.0f, 0.0f, 1.0f), 0.0f, -1.0f);
    return;
  }
  float3 n = s.xyz;
  float3 side = normalize(fabs(n.z) < 0.7f ? (float3)(-n.y, n.x, 0.0f) : (float3)(0.0f, -n.z, n.y));
  float3 d = AMBIENT_DIRECTION[in][0] * side + AMBIENT_DIRECTION[in][1] * cross(n, side) +
             AMBIENT_DIRECTION[in][2] * n;
  float3 p = ray_point(rays, i, stride, s.w) + surface_offset(s.w) * n;
  store_ray(out, slot, ambient_count, p, d, rays[RAY_TIME * stride + i], AMBIENT_REACH[in]);
}

// What the filter reads of each quad, row by row with two quads more on every side:
// planes of normal x, y, z, distance and free sky, `plane` floats each.
__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
ambient_quads(__global const gpu_camera *camera, __global const float4 *surface,
              __global const float *sky_free, int plane, __global float *quads) {
  int i = (int)get_global_id(0);
  if (i >= plane)
    return;
  int width = camera->width, height = camera->height, row = (width + 1) / 2 + 4;
  int qx = clamp(i % row - 2, 0, (width - 1) >> 1), qy = clamp(i / row - 2, 0, (height - 1) >> 1);
  float4 s = surface[quad_sample(qx, qy, width, height, (width + 3) / 4)];
  quads[i] = s.x;
  quads[plane + i] = s.y;
  quads[2 * plane + i] = s.z;
  quads[3 * plane + i] = s.w;
  quads[4 * plane + i] = sky_free[quad_slot(qx, qy, (width + 31) / 32)];
}

// The share of free sky rays over the 4x4 quads around each pixel, among those on the
// same surface; among those as near where its surface is too thin to have any.
__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
ambient_filter(__global const gpu_camera *camera, __global const float4 *surface,
               __global const float *quads, int plane, int count, __global float *ambient) {
  int i = (int)get_global_id(0);
  if (i >= count)
    return;
  float4 mine = surface[i];
  int2 at = tile_pixel(i, (camera->width + 3) / 4);
  if (mine.w < 0.0f || at.x >= camera->width || at.y >= camera->height) {
    ambient[i] = 1.0f;
    return;
  }
  int row = (camera->width + 1) / 2 + 4;
  __global const float *q = quads + ((at.y + 1) >> 1) * row + ((at.x + 1) >> 1);
  float4 sum = (float4)(0.0f), weight = (float4)(0.0f), near = (float4)(0.04f * mine.w + 0.05f);
  for (int dy = 0; dy < 4; dy++, q += row) {
    float4 facing =
        vload4(0, q) * mine.x + vload4(0, q + plane) * mine.y + vload4(0, q + 2 * plane) * mine.z;
    float4 same = select((float4)(0.001f), (float4)(1.0f), isgreater(facing, (float4)(0.9f)));
    same = select((float4)(0.0f), same,
                  isless(fabs(vload4(0, q + 3 * plane) - (float4)(mine.w)), near));
    sum += same * vload4(0, q + 4 * plane);
    weight += same;
  }
  float all = (weight.x + weight.y) + (weight.z + weight.w);
  ambient[i] = all > 0.0f ? ((sum.x + sum.y) + (sum.z + sum.w)) / all : 0.8f;
}

// Labels of the pixels, row by row; per instance the pixels seen and their box as
// {count, x0, y0, x1, y1}. One work-item is a tile: a run of equal pixels costs one
// set of atomics. Also the tile's share of the image's edges.
__kernel __attribute__((reqd_work_group_size(8, 1, 1))) void
label_pixels(__global const gpu_camera *camera, __global const gpu_instance *instances,
             __global const gpu_triangle *triangles, __global const gpu_material *materials,
             __global const float *t, __global const uint *primitive, __global const uint *instance,
             int tiles, __global float *depth, __global uchar *class_out, __global uint *id_out,
             __global int *seen) {
  int tile = (int)get_global_id(0);
  if (tile >= tiles)
    return;
  int tiles_x = (camera->width + 3) / 4;
  uint run = HIT_NONE;
  int pixels = 0, x0 = INT_MAX, y0 = INT_MAX, x1 = INT_MIN, y1 = INT_MIN;
  for (int k = 0; k <= 16; k++) {
    int i = tile * 16 + k;
    int2 at = tile_pixel(i, tiles_x);
    bool inside = k < 16 && at.x < camera->width && at.y < camera->height;
    uint who = HIT_NONE;
    if (inside) {
      uint p = primitive[i];
      int pixel = at.y * camera->width + at.x;
      who = p < HIT_SKIP ? instance[i] : HIT_NONE;
      uint class = 11u; // sky
      if (p < HIT_SKIP) {
        class = materials[triangles[p].material].class;
        class = class ? class : instances[who].class;
      }
      depth[pixel] = p < HIT_SKIP ? t[i] : 0.0f;
      class_out[pixel] = (uchar) class;
      id_out[pixel] = p < HIT_SKIP ? instances[who].id : 0u;
    }
    if (k == 16 || who != run) {
      if (run != HIT_NONE && pixels) {
        __global int *mine = seen + 5 * run;
        atomic_add(mine, pixels);
        atomic_min(mine + 1, x0);
        atomic_min(mine + 2, y0);
        atomic_max(mine + 3, x1);
        atomic_max(mine + 4, y1);
      }
      run = who;
      pixels = 0, x0 = INT_MAX, y0 = INT_MAX, x1 = INT_MIN, y1 = INT_MIN;
    }
    if (who != HIT_NONE) {
      pixels++;
      x0 = min(x0, at.x), y0 = min(y0, at.y);
      x1 = max(x1, at.x), y1 = max(y1, at.y);
    }
  }
}

// Below this difference of brightness nobody sees a jagged edge.
#define EDGE_CONTRAST 0.05f

// A pixel's brightness as the eye will roughly meet it, 0..1.
inline float seen_light(float4 radiance, float exposure) {
  float light = exposure * (0.2126f * radiance.x + 0.7152f * radiance.y + 0.0722f * radiance.z);
  return light / (1.0f + light);
}

// 1 for each sample with a neighbour on another surface of another brightness: these pixels
// get more samples.
__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
edge_pixels(__global const gpu_camera *camera, __global const float4 *surface,
            __global const gpu_triangle *triangles, __global const gpu_material *materials,
            __global const uint *primitive, __global const uint *instance,
            __global const float *seen, int count, __global uchar *edge) {
  int i = (int)get_global_id(0);
  if (i >= count)
    return;
  int tiles_x = (camera->width + 3) / 4;
  int2 at = tile_pixel(i, tiles_x);
  if (at.x >= camera->width || at.y >= camera->height) {
    edge[i] = 0;
    return;
  }
  float4 mine = surface[i];
  uint who = instance[i], p = primitive[i];
  uint material = p < HIT_SKIP ? triangles[p].material : MATERIAL_COUNT;
  bool leaf = p < HIT_SKIP && materials[material].shader == SHADER_LEAF;
  bool differs = false;
  float light = seen[i];
  for (int k = 0; k < 4; k++) {
    int x = at.x + (k == 0) - (k == 1), y = at.y + (k == 2) - (k == 3);
    x = clamp(x, 0, camera->width - 1);
    y = clamp(y, 0, camera->height - 1);
    int j = ((y >> 2) * tiles_x + (x >> 2)) * 16 + (y & 3) * 4 + (x & 3);
    if (fabs(seen[j] - light) < EDGE_CONTRAST)
      continue;
    float4 other = surface[j];
    uint q = primitive[j];
    bool both = p < HIT_SKIP && q < HIT_SKIP;
    differs |= (p < HIT_SKIP) != (q < HIT_SKIP);
    if (both) {
      // Leaf on leaf is texture rather than outline: it would take most extra samples.
      bool foliage = leaf && triangles[q].material == material;
      differs |= !foliage &&
                 (instance[j] != who || triangles[q].material != material ||
                  dot(other.xyz, mine.xyz) < 0.8f || fabs(other.w - mine.w) > 0.1f * mine.w + 0.2f);
    }
  }
  edge[i] = differs;
}

// Ambient and mirror results of the pixel that each extra sample belongs to.
__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
inherit_ambient(__global const int *owner, int count, __global const float *ambient,
                __global float *out) {
  int i = (int)get_global_id(0);
  if (i < count)
    out[i] = ambient[owner[i]];
}

// Pixel samples in tile order to rows, and how bright each looks.
__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
resolve_pixels(__global const gpu_camera *camera, __global const gpu_weather *weather,
               __global const float4 *radiance, int count, __global float4 *image,
               __global float *seen) {
  int i = (int)get_global_id(0);
  if (i >= count)
    return;
  int2 at = tile_pixel(i, (camera->width + 3) / 4);
  seen[i] = seen_light(radiance[i], weather->exposure);
  if (at.x < camera->width && at.y < camera->height)
    image[at.y * camera->width + at.x] = radiance[i];
}

// Extra samples, two a pixel one after the other: their mean with the centre, in a
// fixed order. Bright ones are held back before the mean so that a lamp or a
// glint doesn't leave a jagged edge.
inline float3 calm(float4 c) {
  return c.xyz / (1.0f + 0.25f * max(c.x, max(c.y, c.z)));
}

__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
resolve_edges(__global const gpu_camera *camera, __global const int *owner, int pixels,
              __global const float4 *radiance, __global const float4 *extra,
              __global float4 *image) {
  int i = (int)get_global_id(0);
  if (i >= pixels)
    return;
  int mine = owner[2 * i];
  int2 at = tile_pixel(mine, (camera->width + 3) / 4);
  float3 c = calm(radiance[mine]) + calm(extra[2 * i]) + calm(extra[2 * i + 1]);
  c *= 1.0f / 3.0f;
  c = c / max(1.0f - 0.25f * max(c.x, max(c.y, c.z)), 1e-3f);
  image[at.y * camera->width + at.x] = (float4)(c, 1.0f);
}
