// SPDX-License-Identifier: Apache-2.0
// What every kernel file may need: vectors from plain floats, quaternions, the tile
// order of pixels, camera rays, and small random numbers for pixels (never labels).
#ifndef COMMON_CL
#define COMMON_CL
#pragma OPENCL FP_CONTRACT OFF
#include "materials.h"
#include "types.h"

inline float3 load3(__global const float *p) {
  return (float3)(p[0], p[1], p[2]);
}
inline float4 load4(__global const float *p) {
  return (float4)(p[0], p[1], p[2], p[3]);
}

// Rotates v by the unit quaternion q (x, y, z, w).
inline float3 rotate(float4 q, float3 v) {
  float3 t = 2.0f * cross(q.xyz, v);
  return v + q.w * t + cross(q.xyz, t);
}

inline float4 quat_between(float4 a, float4 b, float u) {
  float4 q = (1.0f - u) * a + (dot(a, b) < 0.0f ? -u : u) * b;
  return q * (1.0f / sqrt(dot(q, q)));
}

// q, then a turn of `angle` about its own y.
inline float4 quat_spun(float4 q, float angle) {
  float s = sin(0.5f * angle), c = cos(0.5f * angle);
  return (float4)(q.x * c - q.z * s, q.y * c + q.w * s, q.z * c + q.x * s, q.w * c - q.y * s);
}

// A thing's rotation at time u of the interval.
inline float4 instance_rotation(__global const gpu_instance *it, float u) {
  float4 q = load4(it->begin_q);
  if (!it->moving)
    return q;
  q = quat_between(q, load4(it->end_q), u);
  return it->spin != 0.0f ? quat_spun(q, it->spin * u) : q;
}

inline float3 instance_point(__global const gpu_instance *it, float3 p, float u) {
  float3 at = load3(it->begin_p);
  if (it->moving)
    at = (1.0f - u) * at + u * load3(it->end_p);
  return at + rotate(instance_rotation(it, u), load3(it->scale) * p);
}

inline float3 instance_normal(__global const gpu_instance *it, float3 n, float u) {
  return normalize(rotate(instance_rotation(it, u), n / load3(it->scale)));
}

// Samples of a whole image run over 4x4 tiles, so that 16 neighbours of a packet are
// a square: sample i is pixel (x, y) of an image `tiles_x` tiles wide. Images whose
// sides are no multiples of 4 have samples outside; guard x < width, y < height.
inline int2 tile_pixel(int i, int tiles_x) {
  int tile = i >> 4, in = i & 15;
  return (int2)((tile % tiles_x) * 4 + (in & 3), (tile / tiles_x) * 4 + (in >> 2));
}

// Of the whole image's samples the first that the band has.
inline int band_first(__global const gpu_camera *c) {
  return (c->band_row >> 2) * ((c->width + 3) / 4) * 16;
}

// The row after the band's last.
inline int band_end(__global const gpu_camera *c) {
  return c->height - c->band_rest;
}

// Whether the band's samples of that pixel are for the image, and not for neighbours alone.
inline bool band_shows(__global const gpu_camera *c, int2 at) {
  return at.x < c->width && at.y >= c->band_row + c->band_above &&
         at.y < band_end(c) - c->band_below;
}

// A camera's pose at row y (rolling shutter) as time 0..1 in the interval.
inline float camera_time(__global const gpu_camera *c, float y) {
  return c->readout * clamp(y / (float)c->height, 0.0f, 1.0f);
}

// World ray through pixel position xy (pixel centres at +0.5); direction is not
// normalised: its z in the camera frame is 1, so t is the depth along z.
inline void camera_ray(__global const gpu_camera *c, float2 xy, float3 *origin, float3 *direction,
                       float *time) {
  float u = 0.0f;
  float4 q = load4(c->begin_q);
  float3 at = load3(c->begin_p);
  if (c->readout > 0.0f) {
    u = camera_time(c, xy.y);
    q = quat_between(q, load4(c->end_q), u);
    at = (1.0f - u) * at + u * load3(c->end_p);
  }
  *time = u;
  *origin = at;
  *direction = rotate(q, (float3)((xy.x - c->cx) / c->fx, (xy.y - c->cy) / c->fy, 1.0f));
}

// Bit i is set where mask component i is.
#ifdef __AVX__
inline int bits8(int8 mask) {
  // Clang finds no way to this instruction from plain vectors.
  union {
    int8 lanes;
    float __attribute__((vector_size(32))) signs;
  } both;
  both.lanes = mask;
  return __builtin_ia32_movmskps256(both.signs);
}
#else
inline int bits8(int8 mask) {
  int8 m = mask & (int8)(1, 2, 4, 8, 16, 32, 64, 128);
  int4 a = m.lo | m.hi;
  int2 b = a.lo | a.hi;
  return b.x | b.y;
}
#endif

// The number of the lowest bit set.
inline int lowest_bit(int bits) {
  return 31 - clz(bits & -bits);
}

// PCG hash of 32 bits (Jarzynski and Olano 2020), for pixels only.
inline uint hash_u32(uint x) {
  uint s = x * 747796405u + 2891336453u;
  uint w = ((s >> ((s >> 28u) + 4u)) ^ s) * 277803737u;
  return (w >> 22u) ^ w;
}

#endif
