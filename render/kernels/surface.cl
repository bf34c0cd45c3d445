// SPDX-License-Identifier: Apache-2.0
// A surface as light meets it, and what every kind of it is made from.
#ifndef SURFACE_CL
#define SURFACE_CL
#include "weather.cl"

// Where a ray met a thing.
typedef struct surface_point {
  float3 world;         // position, metres
  float3 object;        // position in the thing's own frame, scaled, metres
  float3 face;          // geometric normal, world, towards the viewer
  float3 normal;        // shading normal, world, towards the viewer
  float3 object_normal; // shading normal in the thing's frame, outwards
  float3 view;          // unit, from the surface to the camera
  float3 view_object;   // unit ray direction in the thing's frame
  float2 uv;            // metres
  float3 du, dv;        // what one sees through only: object space directions of u and v, unit
  uint pane;            // and a number of the whole pane
  float footprint;      // metres on the surface
  float distance;       // metres
  uint seed;            // of the thing
  uint flags, signal, kind;
  uint triangle; // local number in its geometry
} surface_point;

typedef struct surface {
  float3 albedo;
  float3 normal; // world, unit
  float3 emission;
  float roughness, metallic;
  float f0;          // of a dielectric, 0.04 unless wet or coated
  float coat;        // 1: a clear, smooth coat lies over all (paint, glass, water)
  float porosity;    // 0..1: how much wetness darkens it
  float flat;        // 1: ground that water lies on
  float translucent; // share of light from behind that comes through
  float shelter;     // 1: neither rain nor snow reaches it
} surface;

inline float3 palette_color(uint rgb) {
  float4 c = (float4)((float)(int)(rgb & 255u), (float)(int)((rgb >> 8) & 255u),
                      (float)(int)((rgb >> 16) & 255u), 255.0f) *
             (1.0f / 255.0f);
  // sRGB to linear, a cubic fit good to 0.004.
  return (c * (c * (c * 0.305306011f + 0.682171111f) + 0.012522878f)).xyz;
}

// Tilts a normal by a height field's slope along two world axes of the surface.
inline float3 tilt(float3 n, float2 slope) {
  // x and y axes of the ground are those of the world; for walls any pair does.
  float3 a = fabs(n.z) > 0.7f ? (float3)(1.0f, 0.0f, 0.0f) : (float3)(-n.y, n.x, 0.0f);
  float3 b = cross(n, a);
  return unit3(n - a * slope.x - b * slope.y);
}

// Grey-keeping variation of an albedo.
inline float3 shade_by(float3 albedo, float amount) {
  return albedo * max(1.0f + amount, 0.05f);
}

#endif
