// SPDX-License-Identifier: Apache-2.0
// Labels that a camera writes on demand: range, normals, paint on the road, optical flow,
// and rays that find out what is hidden in the next or the last frame. One pixel sample a
// work-item, in tile order.
#define LANES_EXACT
#define LANES_SINGLE
#include "lens.cl"

#define WANT_RANGE 1
#define WANT_NORMAL 2
#define WANT_MARK 4

// What paint is for: frame_mark of render/frame.h.
inline uchar mark_of(uint material) {
  switch (material) {
  case MATERIAL_MARK_WHITE:
    return 1;
  case MATERIAL_MARK_YELLOW:
    return 1 + 16;
  case MATERIAL_MARK_BROKEN_WHITE:
    return 2;
  case MATERIAL_MARK_BROKEN_YELLOW:
    return 2 + 16;
  case MATERIAL_MARK_DOUBLE_WHITE:
    return 3;
  case MATERIAL_MARK_DOUBLE_YELLOW:
    return 3 + 16;
  case MATERIAL_MARK_STOP:
    return 4;
  case MATERIAL_MARK_CROSSING:
    return 5;
  case MATERIAL_MARK_SYMBOL:
    return 6;
  case MATERIAL_MARK_AREA:
    return 7;
  case MATERIAL_MARK_BAY:
    return 8;
  default:
    return 0;
  }
}

inline float4 turned_back(float4 q) {
  return (float4)(-q.xyz, q.w);
}

inline short steps(float x, float most) {
  return (short)rint(clamp(x * most, -most, most));
}

// A pose of the camera in the world at that share of the interval.
inline void camera_pose(__global const gpu_camera *c, float u, float3 *p, float4 *q) {
  *p = (1.0f - u) * load3(c->begin_p) + u * load3(c->end_p);
  *q = quat_between(load4(c->begin_q), load4(c->end_q), u);
}

// The image point of a point (or, of what is infinitely far, a direction) in the camera's
// frame; false where there is none. THE projection of this file.
inline bool camera_project(__global const gpu_camera *c, float3 p, float2 *xy) {
  if (c->lens != CAMERA_PINHOLE) {
    float x, y;
    bool seen = lens_pixels(c, triple(p.x, p.y, p.z), &x, &y);
    *xy = (float2)(x, y);
    return seen;
  }
  if (p.z <= 1e-3f * length(p))
    return false;
  *xy = (float2)(c->fx * p.x / p.z + c->cx, c->fy * p.y / p.z + c->cy);
  return true;
}

// camera_ray through any lens; false where it draws nothing.
inline bool view_ray(__global const gpu_camera *c, float2 xy, float3 *origin, float3 *direction,
                     float *time) {
  camera_ray(c, xy, origin, direction, time);
  if (c->lens == CAMERA_PINHOLE)
    return true;
  real3 d = lens_directions(c, xy.x, xy.y);
  float3 p;
  float4 q;
  camera_pose(c, *time, &p, &q);
  *direction = rotate(q, (float3)(d.x, d.y, d.z));
  return dot3(d, d) > 0.0f;
}

// Places in the image apart; of a panorama the short way round.
inline float2 image_step(__global const gpu_camera *c, float2 from, float2 to) {
  float2 step = to - from;
  if (c->lens == CAMERA_PANORAMA) {
    float turn = 6.28318531f * c->fx;
    step.x -= turn * rint(step.x / turn);
  }
  return step;
}

__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
label_shape(__global const gpu_camera *camera, __global const float *rays, int stride,
            __global const float4 *surface, __global const uint *material, int count, uint wanted,
            __global float *range, __global short *normal, __global uchar *mark) {
  int i = (int)get_global_id(0);
  if (i >= count)
    return;
  int2 at = tile_pixel(i, (camera->width + 3) / 4);
  if (at.x >= camera->width || at.y >= camera->height)
    return;
  int pixel = at.y * camera->width + at.x;
  float4 s = surface[i];
  bool met = s.w >= 0.0f;
  if (wanted & WANT_RANGE) {
    float3 d =
        (float3)(rays[RAY_DX * stride + i], rays[RAY_DY * stride + i], rays[RAY_DZ * stride + i]);
    range[pixel] = met ? s.w * sqrt(dot(d, d)) : 0.0f;
  }
  if (wanted & WANT_NORMAL) {
    float3 p, n = (float3)(0.0f);
    float4 q;
    camera_pose(camera, rays[RAY_TIME * stride + i], &p, &q);
    if (met)
      n = rotate(turned_back(q), s.xyz);
    normal[3 * pixel] = steps(n.x, 32767.0f);
    normal[3 * pixel + 1] = steps(n.y, 32767.0f);
    normal[3 * pixel + 2] = steps(n.z, 32767.0f);
  }
  if (wanted & WANT_MARK)
    mark[pixel] = met ? mark_of(material[i]) : 0;
}

inline float4 path_rotation(__global const gpu_path *path, float u) {
  float4 q = quat_between(load4(path->begin_q), load4(path->end_q), u);
  return path->spin != 0.0f ? quat_spun(q, path->spin * u) : q;
}

inline float3 path_point(__global const gpu_path *path, float3 own, float u) {
  float4 q = path_rotation(path, u);
  return (1.0f - u) * load3(path->begin_p) + u * load3(path->end_p) + rotate(q, own);
}

inline float3 path_own(__global const gpu_path *path, float3 p, float u) {
  float4 q = path_rotation(path, u);
  return rotate(turned_back(q), p - ((1.0f - u) * load3(path->begin_p) + u * load3(path->end_p)));
}

// Rounds after which a point's row, and with it the time when a rolling shutter sees it, moves
// by less than a hundredth of a pixel: each leaves the share of the error that the point moves
// down the image while it is read, which is well below a half.
#define ROUNDS 12

// Where each pixel's point is in the other frame. `now` and `then` are the camera over the
// two intervals, `movers` what moves, beginning with instance `fixed`; all from one origin.
// `then_world` is `then` from the world's. flow: 1/64 px, or -32768 twice. With `rays` (use_rays)
// also a ray from the other frame's camera that ends just before the point: idle where the point
// isn't in its image. code: 0 asked by a ray, 2 outside.
__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
label_flow(__global const gpu_camera *now, __global const gpu_camera *then,
           __global const gpu_camera *then_world, __global const gpu_mover *movers, uint fixed,
           __global const float *t, __global const uint *material, __global const uint *instance,
           int count, __global short *flow, int use_rays, __global float *rays, int stride) {
  int i = (int)get_global_id(0);
  if (i >= stride)
    return;
  int2 at = tile_pixel(i, (now->width + 3) / 4);
  bool inside = i < count && at.x < now->width && at.y < now->height;
  float limit = -1.0f, v = 0.0f;
  float3 from = (float3)(0.0f), along = (float3)(0.0f, 0.0f, 1.0f);
  if (inside) {
    float2 here = (float2)((float)at.x + 0.5f, (float)at.y + 0.5f), there = here;
    float3 o, d, p;
    float u;
    bool seen = view_ray(now, here, &o, &d, &u), met = material[i] != MATERIAL_UNMET;
    bool moves = met && instance[i] >= fixed;
    __global const gpu_mover *mover = movers + (moves ? instance[i] - fixed : 0u);
    float3 point = met ? o + d * t[i] : d;
    float3 own = moves ? path_own(&mover->now, point, u) : point;
    int rounds = then->readout > 0.0f ? ROUNDS : 1;
    v = camera_time(then, here.y);
    for (int round = 0; round < rounds && seen; round++) {
      float3 eye;
      float4 q;
      camera_pose(then, v, &eye, &q);
      p = moves ? path_point(&mover->then, own, v) : point;
      p = rotate(turned_back(q), met ? p - eye : p);
      seen = camera_project(then, p, &there);
      if (then->readout > 0.0f)
        v = camera_time(then, there.y);
    }
    float2 step = image_step(then, here, there) * 64.0f;
    bool known = seen && fabs(step.x) < 32767.0f && fabs(step.y) < 32767.0f;
    int pixel = at.y * now->width + at.x;
    flow[2 * pixel] = known ? (short)rint(step.x) : (short)-32768;
    flow[2 * pixel + 1] = known ? (short)rint(step.y) : (short)-32768;
    if (use_rays && seen && there.x >= 0.0f && there.y >= 0.0f && there.x < (float)then->width &&
        there.y < (float)then->height) {
      view_ray(then_world, there, &from, &along, &v);
      float far = sqrt(dot(p, p));
      limit = met ? max(far * 0.999f - 0.01f, 1e-3f) / sqrt(dot(along, along)) : 1e7f;
    }
  }
  if (!use_rays)
    return;
  rays[RAY_OX * stride + i] = from.x;
  rays[RAY_OY * stride + i] = from.y;
  rays[RAY_OZ * stride + i] = from.z;
  rays[RAY_DX * stride + i] = along.x;
  rays[RAY_DY * stride + i] = along.y;
  rays[RAY_DZ * stride + i] = along.z;
  rays[RAY_TIME * stride + i] = v;
  rays[RAY_LIMIT * stride + i] = limit;
}

// Puts into the occlusion image, at `shift`, what those rays found: 1 hidden, 2 outside.
__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
label_hidden(__global const gpu_camera *camera, __global const float *rays, int stride,
             __global const float *is_free, int count, int shift, __global uchar *occlusion) {
  int i = (int)get_global_id(0);
  if (i >= count)
    return;
  int2 at = tile_pixel(i, (camera->width + 3) / 4);
  if (at.x >= camera->width || at.y >= camera->height)
    return;
  int code = rays[RAY_LIMIT * stride + i] <= 0.0f ? 2 : is_free[i] > 0.0f ? 0 : 1;
  int pixel = at.y * camera->width + at.x;
  int before = shift ? occlusion[pixel] : 0;
  occlusion[pixel] = (uchar)(before | code << shift);
}

// Albedo samples in tile order, linear, to rows of sRGB bytes.
__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
label_albedo(__global const gpu_camera *camera, __global const float4 *albedo, int count,
             __global uchar *rgb) {
  int i = (int)get_global_id(0);
  if (i >= count)
    return;
  int2 at = tile_pixel(i, (camera->width + 3) / 4);
  if (at.x >= camera->width || at.y >= camera->height)
    return;
  float3 c = clamp(albedo[i].xyz, 0.0f, 1.0f);
  c = select(1.055f * pow(c, (float3)(1.0f / 2.4f)) - 0.055f, 12.92f * c,
             isless(c, (float3)(0.0031308f)));
  vstore3(convert_uchar3_sat_rte(c * 255.0f), at.y * camera->width + at.x, rgb);
}
