// SPDX-License-Identifier: Apache-2.0
// Ground: asphalt, paint on it, paving, concrete, grass, earth. World xy in metres, so
// that pieces of ground meet without a seam.
#ifndef SURFACE_GROUND_CL
#define SURFACE_GROUND_CL
#include "surface.cl"

// Meandering cracks: level lines of noise, in the regions where another noise allows.
inline float cracks(float2 p, float footprint, uint seed) {
  float region = noise2(p * 0.11f, seed + 7u);
  if (region < 0.52f)
    return 0.0f;
  float n = noise2(p * 0.45f, seed) + 0.35f * noise2(p * 1.9f, seed + 1u) +
            0.12f * octave2(p, 8.0f, footprint, seed + 2u);
  // The field's slope is about 1 per metre, so differences are metres.
  float line = stroke((n - 0.66f) * 0.9f, 0.009f, footprint);
  float branch = region > 0.62f ? stroke((n - 0.82f) * 0.9f, 0.004f, footprint) : 0.0f;
  return max(line, branch) * ramp(0.52f, 0.58f, region);
}

// Rectangular repairs: darker, smoother, edged with tar. x: patch, y: seam.
inline float2 repairs(float2 p, float footprint, uint seed) {
  float2 q = p / 11.0f, c = floor(q);
  uint h = hash_cell((int)c.x, (int)c.y, seed);
  if ((h & 15u) > 2u)
    return (float2)(0.0f);
  float2 half_size =
      (float2)(0.6f + 2.6f * unit_of(h * 747796405u), 0.5f + 1.3f * unit_of(h * 277803737u));
  float2 middle =
      (c + 0.5f) * 11.0f + ((float2)(unit_of(h * 19349663u), unit_of(h * 83492791u)) - 0.5f) * 4.0f;
  float2 gap = half_size - fabs(p - middle);
  float wobble = 0.05f * octave2(p, 2.5f, footprint, seed + 3u);
  float inside = min(gap.x, gap.y) + wobble;
  return (float2)(edge(inside, footprint), stroke(inside, 0.022f, footprint));
}

inline void surface_asphalt(const surface_point *at, surface *s) {
  float2 p = at->world.xy;
  float fp = at->footprint;
  float broad = 0.20f * octave2(p, 0.07f, fp, 11u) + 0.22f * rough2(p, 0.55f, fp, 12u);
  float grain = 0.0f, bump = 0.0f;
  if (fp < 0.16f) {
    // Stones of about a centimetre in bitumen; the brightest are worn bare.
    float stones = octave2(p, 70.0f, fp, 15u);
    grain = 0.35f * octave2(p, 7.0f, fp, 13u) + 0.55f * octave2(p, 23.0f, fp, 14u) + 1.1f * stones;
    bump = stones;
    if (fp < 0.02f)
      grain += 1.3f * band(fp, 40.0f) * square(max(noise2(p * 120.0f, 16u) - 0.70f, 0.0f) * 3.0f);
  }
  float2 fix = repairs(p, fp, 21u);
  float crack = cracks(p, fp, 31u) * (1.0f - fix.x);
  float oil = 0.0f;
  if (fp < 0.5f) {
    float n = noise2(p * 0.62f, 41u);
    oil = ramp(0.80f, 0.92f, n + 0.25f * octave2(p, 3.1f, fp, 42u));
  }
  s->albedo = shade_by(s->albedo, broad + grain - 0.28f * fix.x);
  s->albedo = mix3(s->albedo, (float3)(0.020f, 0.020f, 0.022f), 0.85f * max(fix.y, crack));
  s->albedo *= 1.0f - 0.42f * oil;
  s->roughness = 0.88f - 0.25f * oil - 0.12f * fix.y;
  s->normal = tilt(s->normal, (float2)(0.30f * bump, 0.25f * grain) * 0.5f);
  s->porosity = 0.9f;
  s->flat = 1.0f;
}

inline void surface_road_mark(const surface_point *at, surface *s) {
  float2 p = at->world.xy;
  float fp = at->footprint;
  // Paint goes from the tops of the stones first and in worn regions altogether.
  float worn = 0.48f + 0.55f * rough2(p, 0.45f, fp, 51u) + 0.55f * octave2(p, 3.3f, fp, 52u);
  float fine =
      fp < 0.05f ? 0.85f * octave2(p, 48.0f, fp, 53u) + 0.5f * octave2(p, 17.0f, fp, 54u) : 0.0f;
  float paint = 1.0f - 0.85f * ramp(0.52f, 0.90f, worn + 0.75f * fine);
  float dirt = 0.14f + 0.22f * rough2(p, 1.1f, fp, 55u);
  float3 asphalt = (float3)(0.10f, 0.10f, 0.105f) * (1.0f + fine);
  s->albedo = mix3(asphalt, s->albedo * (1.0f - dirt), paint);
  s->roughness = 0.85f - 0.25f * paint;
  s->porosity = 0.9f - 0.7f * paint;
  s->normal = tilt(s->normal, (float2)(0.12f * fine, 0.09f * fine));
  s->flat = 1.0f;
}

// Slabs in half bond, each of its own shade, joints with dirt, gum and moss.
inline void surface_paving(const surface_point *at, surface *s) {
  float2 p = at->world.xy;
  float fp = at->footprint;
  float row = floor(p.y / 0.4f);
  float shift = ((int)row & 1) ? 0.3f : 0.0f;
  float column = floor((p.x + shift) / 0.6f);
  uint h = hash_cell((int)column, (int)row, 61u);
  float each = (unit_of(h) - 0.5f) * band(fp, 1.2f);
  float2 tint = (float2)(unit_of(h * 747796405u) - 0.5f, 0.0f);
  float gap = max(joints(p.y, 0.4f, 0.009f, fp), joints(p.x + shift, 0.6f, 0.009f, fp));
  float broad = 0.22f * rough2(p, 0.35f, fp, 62u) + 0.16f * rough2(p, 2.7f, fp, 63u);
  float fine = fp < 0.06f ? 0.30f * octave2(p, 38.0f, fp, 64u) : 0.0f;
  float gum = 0.0f;
  if (fp < 0.04f) {
    float2 c = floor(p * 2.6f);
    uint g = hash_cell((int)c.x, (int)c.y, 65u);
    if ((g & 7u) == 0u) {
      float2 r = p * 2.6f - c - 0.3f - 0.4f * (float2)(unit_of(g), unit_of(g * 277803737u));
      gum = edge(0.016f - sqrt(dot(r, r)) / 2.6f, fp);
    }
  }
  s->albedo = shade_by(s->albedo, 0.26f * each + broad + fine);
  s->albedo *= 1.0f + (float3)(0.05f, 0.0f, -0.05f) * (2.0f * tint.x * band(fp, 1.2f));
  s->albedo = mix3(s->albedo, (float3)(0.055f, 0.055f, 0.042f), 0.80f * gap);
  s->albedo *= 1.0f - 0.55f * gum;
  s->normal = tilt(s->normal, (float2)(0.05f * each, 0.12f * fine));
  s->porosity = 0.75f;
  s->flat = 0.7f;
}

// Kerbs, barriers, flat roofs, concrete walls: cast pieces with joints and stains.
inline void surface_concrete(const surface_point *at, surface *s) {
  float3 p = at->world;
  float fp = at->footprint;
  float broad = 0.24f * rough3(p, 0.5f, fp, 71u) + 0.20f * rough3(p, 4.0f, fp, 72u);
  float fine = fp < 0.05f ? 0.30f * octave3(p, 45.0f, fp, 73u) : 0.0f;
  float along = fabs(at->normal.x) > fabs(at->normal.y) ? p.y : p.x;
  bool wall = fabs(at->normal.z) < 0.5f && p.z > 0.6f;
  float gap = joints(along, wall ? 2.7f : 1.0f, 0.009f, fp);
  if (wall)
    gap = max(gap, joints(at->object.z, 3.0f, 0.015f, fp));
  // Rain runs down walls and leaves dark streaks.
  float streak = 0.0f;
  if (fabs(at->normal.z) < 0.5f && fp < 0.2f)
    streak = max(octave2((float2)(along * 3.1f, p.z * 0.16f), 1.0f, fp, 74u), 0.0f) * 0.5f;
  s->albedo = shade_by(s->albedo, broad + fine - streak);
  s->albedo *= 1.0f - 0.6f * gap;
  s->porosity = 0.8f;
  s->flat = s->normal.z > 0.9f ? 0.5f : 0.0f;
}

inline void surface_grass(const surface_point *at, surface *s) {
  float2 p = at->world.xy;
  float fp = at->footprint;
  float broad = rough2(p, 0.16f, fp, 81u), tuft = rough2(p, 3.1f, fp, 82u);
  float blades = 0.0f;
  if (fp < 0.1f) {
    // Blades lean: their noise is drawn out along directions that change from tuft to tuft.
    float lean = 1.6f * tuft;
    float2 q = (float2)(p.x + lean * p.y, p.y - lean * p.x);
    blades = 0.9f * rough2(q * (float2)(1.0f, 0.45f), 19.0f, fp, 83u) +
             1.1f * octave2(q * (float2)(1.0f, 0.35f), 95.0f, fp * 0.6f, 84u);
  }
  float dry = clamp(0.26f + 1.0f * broad + 0.5f * tuft, 0.0f, 1.0f);
  float3 straw = (float3)(0.20f, 0.17f, 0.07f);
  s->albedo = mix3(s->albedo, straw, 0.40f * dry);
  s->albedo = shade_by(s->albedo, 0.35f * tuft + 1.1f * blades);
  // A lawn seen from above shows the dark between its blades; seen flat, only tips.
  float down = clamp(dot(at->view, at->normal), 0.0f, 1.0f);
  s->albedo *= 1.10f - 0.40f * down;
  s->normal = tilt(s->normal, (float2)(0.3f * tuft + 0.5f * blades, 0.5f * blades + 0.2f * broad));
  s->translucent = 0.12f;
  s->porosity = 0.35f;
}

inline void surface_earth(const surface_point *at, surface *s) {
  float2 p = at->world.xy;
  float fp = at->footprint;
  float clods = rough2(p, 1.3f, fp, 91u), fine = 0.0f;
  if (fp < 0.1f)
    fine = 0.7f * octave2(p, 13.0f, fp, 92u) + 0.7f * octave2(p, 41.0f, fp, 93u);
  float green = ramp(0.08f, 0.30f, rough2(p, 0.3f, fp, 94u) + 0.3f * clods);
  s->albedo = mix3(s->albedo, (float3)(0.09f, 0.13f, 0.04f), 0.7f * green);
  s->albedo = shade_by(s->albedo, 0.7f * clods + fine);
  s->normal = tilt(s->normal, (float2)(0.5f * clods + 0.4f * fine, 0.4f * fine));
  s->porosity = 0.8f;
  s->flat = 0.5f;
}

#endif
