// SPDX-License-Identifier: Apache-2.0
// A surface as light meets it, and what every kind of it is made from.
#ifndef SURFACE_CL
#define SURFACE_CL
#include "weather.cl"

// Where rays met things; all lanes are of one shader.
typedef struct surface_point {
  real3 world;         // position, metres
  real3 object;        // position in the thing's own frame, scaled, metres
  real3 face;          // geometric normal, world, towards the viewer
  real3 normal;        // shading normal, world, towards the viewer
  real3 object_normal; // shading normal in the thing's frame, outwards
  real3 view;          // unit, from the surface to the camera
  real3 view_object;   // unit ray direction in the thing's frame
  real2 uv;            // metres, but for textured shaders
  real uv_per_m;       // of textured shaders
  real3 du, dv;        // panes and boards only: object space directions of u and v, unit
  real3 along, down;   // of textured shaders: world directions of u and v, not unit
  word pane;           // and a number of the whole pane
  real footprint;      // metres on the surface
  real distance;       // metres
  word seed;           // of the thing
  word flags, signal, kind;
  word triangle; // local number in its geometry
  word material; // of cloth only
} surface_point;

typedef struct surface {
  real3 albedo;
  real3 normal; // world, unit
  real3 emission;
  real roughness, metallic;
  real f0;          // of a dielectric, 0.04 unless wet or coated
  real coat;        // 1: a clear, smooth coat lies over all (paint, glass, water)
  real porosity;    // 0..1: how much wetness darkens it
  real flat;        // 1: ground that water lies on
  real translucent; // share of light from behind that comes through
  real shelter;     // 1: neither rain nor snow reaches it
  real retro;       // 1: sheeting that throws light back to where it came from
} surface;

// sRGB to linear, a cubic fit good to 0.004, of the byte at `shift`.
inline real palette_channel(word color, uint shift) {
  real c = to_real(as_whole((color >> shift) & 255u)) * (1.0f / 255.0f);
  return c * (c * (c * 0.305306011f + 0.682171111f) + 0.012522878f);
}

inline real3 palette_color(word color) {
  return triple(palette_channel(color, 0u), palette_channel(color, 8u),
                palette_channel(color, 16u));
}

// Tilts a normal by a height field's slope along two world axes of the surface.
inline real3 tilt(real3 n, real x, real y) {
  // x and y axes of the ground are those of the world; for walls any pair does.
  whole level = fabs(n.z) > REAL(0.7f);
  real zero = 0.0f, one = 1.0f;
  real3 a = {select(-n.y, one, level), select(n.x, zero, level), zero};
  real3 b = {-n.z * a.y, n.z * a.x, n.x * a.y - n.y * a.x};
  return unit3(triple(n.x - a.x * x - b.x * y, n.y - a.y * x - b.y * y, n.z - b.z * y));
}

// Grey-keeping variation of an albedo.
inline real3 shade_by(real3 albedo, real amount) {
  return scale3(albedo, max(1.0f + amount, 0.05f));
}

#endif
