// SPDX-License-Identifier: Apache-2.0
// How surfaces answer light: GGX with Smith's visibility over a Lambert base, and the
// local lamps, found through a grid so that a pixel meets only those near it.
#ifndef LIGHT_CL
#define LIGHT_CL
#include "noise.cl"

// The grid: LIGHT_CELLS² columns of LIGHT_CELL_M around the camera; each holds a count
// and the strongest LIGHT_PER_CELL lamps there.
#define LIGHT_CELLS 64
#define LIGHT_CELL_M 6.0f
#define LIGHT_PER_CELL 11
#define LIGHT_STRIDE (LIGHT_PER_CELL + 1)

inline float fresnel(float f0, float cosine) {
  float m = 1.0f - clamp(cosine, 0.0f, 1.0f), m2 = m * m;
  return f0 + (1.0f - f0) * m2 * m2 * m;
}

// Distribution times visibility, D V: the specular lobe is this times Fresnel.
inline float ggx(float roughness, float nl, float nv, float nh) {
  float a = max(roughness * roughness, 0.002f), a2 = a * a;
  float d = nh * nh * (a2 - 1.0f) + 1.0f;
  float distribution = a2 / (3.14159265f * d * d);
  float visibility =
      0.5f /
      max(nl * sqrt(nv * nv * (1.0f - a2) + a2) + nv * sqrt(nl * nl * (1.0f - a2) + a2), 1e-5f);
  return distribution * visibility;
}

// Mean reflectance of the lobe over the hemisphere, about.
inline float3 ggx_albedo(float3 f0, float roughness, float nv) {
  float m = 1.0f - clamp(nv, 0.0f, 1.0f), m2 = m * m;
  return f0 + (max((float3)(1.0f - roughness), f0) - f0) * (m2 * m2 * m);
}

typedef struct lobe {
  float3 diffuse; // albedo of the base, over pi already taken out by the caller
  float3 f0;
  float roughness;
} lobe;

// Reflected share of light from l for a viewer at v: diffuse/pi + specular, without
// the cosine. What the coat mirrors, the base doesn't get.
inline float3 reflect_share(lobe s, float3 n, float3 l, float3 v) {
  float3 h = unit3(l + v);
  float nl = max(dot(n, l), 1e-4f), nv = max(dot(n, v), 1e-4f);
  float nh = clamp(dot(n, h), 0.0f, 1.0f), lh = clamp(dot(l, h), 0.0f, 1.0f);
  float m = 1.0f - lh, m2 = m * m, e = 1.0f - min(nl, nv), e2 = e * e;
  float3 f = s.f0 + (1.0f - s.f0) * (m2 * m2 * m);
  // A rough coat mirrors little even at grazing angles.
  float3 lost = s.f0 + (max((float3)(1.0f - s.roughness), s.f0) - s.f0) * (e2 * e2 * e);
  return s.diffuse * (1.0f - lost) * 0.318309886f + f * ggx(s.roughness, nl, nv, nh);
}

// A dipped beam: wide and flat, cut off above its axis, thinner towards the car.
// `out` leaves the lamp along the unit vector; `aim` is the axis.
inline float dipped_beam(float3 out, float3 aim) {
  float ahead = dot(out, aim);
  if (ahead < 0.2f)
    return 0.0f;
  float up = out.z - aim.z, across = max(1.0f - ahead - 0.5f * up * up, 0.0f);
  float wide = 1.0f / (1.0f + square(across * 16.0f));
  float high = up > 0.0f ? 0.025f + 0.975f * clamp(1.0f - up * 28.0f, 0.0f, 1.0f)
                         : 1.0f / (1.0f + square(up * 24.0f));
  return wide * high * ramp(0.2f, 0.6f, ahead);
}

// Light of one lamp at a point: irradiance on a surface facing it, and the way to it.
// cos_outer above 1 stands for a dipped beam.
inline float3 lamp_light(__global const gpu_light *lamp, float3 at, float3 *to) {
  float3 gap = load3(lamp->p) - at;
  float d2 = max(dot(gap, gap), 0.04f), r2 = lamp->range * lamp->range;
  *to = gap * rsqrt(d2);
  float3 axis = load3(lamp->direction);
  float window = max(1.0f - square(d2 / r2), 0.0f), share = 1.0f;
  if (lamp->cos_outer > 1.0f)
    share = dipped_beam(-*to, axis);
  else if (lamp->cos_outer >= -1.0f)
    share = square(ramp(lamp->cos_outer, lamp->cos_inner, -dot(*to, axis)));
  return load3(lamp->color) * (share * window * window / d2);
}

inline int light_cell(float2 at, float2 middle) {
  float2 corner = (floor(middle / LIGHT_CELL_M) - 0.5f * (float)LIGHT_CELLS) * LIGHT_CELL_M;
  float2 c = floor((at - corner) / LIGHT_CELL_M);
  bool inside = c.x >= 0.0f && c.y >= 0.0f && c.x < (float)LIGHT_CELLS && c.y < (float)LIGHT_CELLS;
  return inside ? (int)c.y * LIGHT_CELLS + (int)c.x : -1;
}

#endif
