// SPDX-License-Identifier: Apache-2.0
// Ground: asphalt, paint on it, paving, concrete, grass, earth. World xy in metres, so
// that pieces of ground meet without a seam.
#ifndef SURFACE_GROUND_CL
#define SURFACE_GROUND_CL
#include "surface.cl"

// Meandering cracks: level lines of noise, in the regions where another noise allows.
inline real cracks(real2 p, real footprint, uint seed) {
  real region = noise2(scale2(p, REAL(0.11f)), WORD(seed + 7u));
  if (!any_lane(region > REAL(0.60f)))
    return REAL(0.0f);
  real n = noise2(scale2(p, REAL(0.45f)), WORD(seed)) +
           0.35f * noise2(scale2(p, REAL(1.9f)), WORD(seed + 1u)) +
           0.12f * octave2(p, 8.0f, footprint, WORD(seed + 2u));
  // The field's slope is about 1 per metre, so differences are metres.
  real line = stroke((n - 0.66f) * 0.9f, 0.009f, footprint);
  real branch =
      select(REAL(0.0f), stroke((n - 0.82f) * 0.9f, 0.004f, footprint), region > REAL(0.68f));
  return max(line, branch) * ramp(0.60f, 0.70f, region);
}

// Rectangular repairs: darker, smoother, edged with tar. x: patch, y: seam.
inline real2 repairs(real2 p, real footprint, uint seed) {
  real2 none = {REAL(0.0f), REAL(0.0f)};
  real2 c = floor2(scale2(p, REAL(1.0f / 11.0f)));
  word h = hash_cell(cell_of(c.x), cell_of(c.y), WORD(seed));
  whole there = (h & 15u) <= WORD(2u);
  if (!any_lane(there))
    return none;
  real wide = 0.6f + 2.6f * unit_of(h * 747796405u);
  real deep = 0.5f + 1.3f * unit_of(h * 277803737u);
  real x = (c.x + 0.5f) * 11.0f + (unit_of(h * 19349663u) - 0.5f) * 4.0f;
  real y = (c.y + 0.5f) * 11.0f + (unit_of(h * 83492791u) - 0.5f) * 4.0f;
  real wobble = 0.05f * octave2(p, 2.5f, footprint, WORD(seed + 3u));
  real inside = min(wide - fabs(p.x - x), deep - fabs(p.y - y)) + wobble;
  return choose2(none, pair(edge(inside, footprint), stroke(inside, 0.022f, footprint)), there);
}

// Stones of about a centimetre in bitumen, their colour; *bump gets their height.
inline real asphalt_grain(real2 p, real fp, real *bump) {
  whole near = fp < REAL(0.16f);
  *bump = REAL(0.0f);
  if (!any_lane(near))
    return REAL(0.0f);
  real stones = octave2(p, 70.0f, fp, WORD(15u));
  real grain = 0.35f * octave2(p, 7.0f, fp, WORD(13u)) + 0.55f * octave2(p, 23.0f, fp, WORD(14u)) +
               1.1f * stones;
  whole close = fp < REAL(0.02f);
  if (any_lane(close)) { // the brightest are worn bare
    real bare = square(max(noise2(scale2(p, REAL(120.0f)), WORD(16u)) - 0.70f, 0.0f) * 3.0f);
    grain += select(REAL(0.0f), 1.3f * band(fp, 40.0f) * bare, close);
  }
  *bump = select(*bump, stones, near);
  return select(REAL(0.0f), grain, near);
}

inline void surface_asphalt(const surface_point *at, surface *s) {
  real2 p = {at->world.x, at->world.y};
  real fp = at->footprint, bump;
  real broad = 0.20f * octave2(p, 0.07f, fp, WORD(11u)) + 0.22f * rough2(p, 0.55f, fp, WORD(12u));
  real grain = asphalt_grain(p, fp, &bump);
  real2 fix = repairs(p, fp, 21u);
  real crack = cracks(p, fp, 31u) * (1.0f - fix.x);
  real oil = REAL(0.0f);
  whole near = fp < REAL(0.5f);
  if (any_lane(near)) {
    real n = noise2(scale2(p, REAL(0.62f)), WORD(41u));
    oil = select(oil, ramp(0.80f, 0.92f, n + 0.25f * octave2(p, 3.1f, fp, WORD(42u))), near);
  }
  s->albedo = shade_by(s->albedo, broad + grain - 0.28f * fix.x);
  s->albedo = mix3(s->albedo, rgb(0.020f, 0.020f, 0.022f), 0.85f * max(fix.y, crack));
  s->albedo = scale3(s->albedo, 1.0f - 0.42f * oil);
  s->roughness = 0.88f - 0.25f * oil - 0.12f * fix.y;
  s->normal = tilt(s->normal, 0.15f * bump, 0.125f * grain);
  s->porosity = 0.9f;
  s->flat = 1.0f;
}

inline void surface_road_mark(const surface_point *at, surface *s) {
  real2 p = {at->world.x, at->world.y};
  real fp = at->footprint;
  // Paint goes from the tops of the stones first and in worn regions altogether.
  real worn =
      0.48f + 0.55f * rough2(p, 0.45f, fp, WORD(51u)) + 0.55f * octave2(p, 3.3f, fp, WORD(52u));
  real fine =
      select(REAL(0.0f),
             0.85f * octave2(p, 48.0f, fp, WORD(53u)) + 0.5f * octave2(p, 17.0f, fp, WORD(54u)),
             fp < REAL(0.05f));
  real paint = 1.0f - 0.85f * ramp(0.52f, 0.90f, worn + 0.75f * fine);
  real dirt = 0.14f + 0.22f * rough2(p, 1.1f, fp, WORD(55u));
  real3 asphalt = scale3(rgb(0.10f, 0.10f, 0.105f), 1.0f + fine);
  s->albedo = mix3(asphalt, scale3(s->albedo, 1.0f - dirt), paint);
  s->roughness = 0.85f - 0.25f * paint;
  s->porosity = 0.9f - 0.7f * paint;
  s->normal = tilt(s->normal, 0.12f * fine, 0.09f * fine);
  s->flat = 1.0f;
}

// Chewing gum on slabs, seen from near; 0..1.
inline real paving_gum(real2 p, real fp) {
  whole near = fp < REAL(0.04f);
  if (!any_lane(near))
    return REAL(0.0f);
  real2 q = scale2(p, REAL(2.6f)), c = floor2(q);
  word g = hash_cell(cell_of(c.x), cell_of(c.y), WORD(65u));
  real rx = q.x - c.x - 0.3f - 0.4f * unit_of(g);
  real ry = q.y - c.y - 0.3f - 0.4f * unit_of(g * 277803737u);
  real gum = edge(0.016f - sqrt(rx * rx + ry * ry) * (1.0f / 2.6f), fp);
  return select(REAL(0.0f), gum, near & ((g & 7u) == WORD(0u)));
}

// Slabs in half bond, each of its own shade, joints with dirt, gum and moss.
inline void surface_paving(const surface_point *at, surface *s) {
  real2 p = {at->world.x, at->world.y};
  real fp = at->footprint;
  real row = floor(p.y * 2.5f);
  real shift = select(REAL(0.0f), REAL(0.3f), (cell_of(row) & 1u) != WORD(0u));
  real column = floor((p.x + shift) * (1.0f / 0.6f));
  word h = hash_cell(cell_of(column), cell_of(row), WORD(61u));
  real each = (unit_of(h) - 0.5f) * band(fp, 1.2f);
  real tint = 2.0f * (unit_of(h * 747796405u) - 0.5f) * band(fp, 1.2f);
  real gap = max(joints(p.y, 0.4f, 0.009f, fp), joints(p.x + shift, 0.6f, 0.009f, fp));
  real broad = 0.22f * rough2(p, 0.35f, fp, WORD(62u)) + 0.16f * rough2(p, 2.7f, fp, WORD(63u));
  real fine = select(REAL(0.0f), 0.30f * octave2(p, 38.0f, fp, WORD(64u)), fp < REAL(0.06f));
  s->albedo = shade_by(s->albedo, 0.26f * each + broad + fine);
  s->albedo.x *= 1.0f + 0.05f * tint;
  s->albedo.z *= 1.0f - 0.05f * tint;
  s->albedo = mix3(s->albedo, rgb(0.055f, 0.055f, 0.042f), 0.80f * gap);
  s->albedo = scale3(s->albedo, 1.0f - 0.55f * paving_gum(p, fp));
  s->normal = tilt(s->normal, 0.05f * each, 0.12f * fine);
  s->porosity = 0.75f;
  s->flat = 0.7f;
}

// Kerbs, barriers, flat roofs, concrete walls: cast pieces with joints and stains.
inline void surface_concrete(const surface_point *at, surface *s) {
  real3 p = at->world;
  real fp = at->footprint;
  real broad = 0.24f * rough3(p, 0.5f, fp, WORD(71u)) + 0.20f * rough3(p, 4.0f, fp, WORD(72u));
  real fine = select(REAL(0.0f), 0.30f * octave3(p, 45.0f, fp, WORD(73u)), fp < REAL(0.05f));
  real along = select(p.x, p.y, fabs(at->normal.x) > fabs(at->normal.y));
  whole upright = fabs(at->normal.z) < REAL(0.5f), wall = upright & (p.z > REAL(0.6f));
  real gap =
      select(joints(along, 1.0f, 0.009f, fp),
             max(joints(along, 2.7f, 0.009f, fp), joints(at->object.z, 3.0f, 0.015f, fp)), wall);
  // Rain runs down walls and leaves dark streaks.
  real streak = max(octave2(pair(along * 3.1f, p.z * 0.16f), 1.0f, fp, WORD(74u)), 0.0f) * 0.5f;
  streak = select(REAL(0.0f), streak, upright & (fp < REAL(0.2f)));
  s->albedo = shade_by(s->albedo, broad + fine - streak);
  s->albedo = scale3(s->albedo, 1.0f - 0.6f * gap);
  s->porosity = 0.8f;
  s->flat = select(REAL(0.0f), REAL(0.5f), s->normal.z > REAL(0.9f));
}

inline void surface_grass(const surface_point *at, surface *s) {
  real2 p = {at->world.x, at->world.y};
  real fp = at->footprint;
  real broad = rough2(p, 0.16f, fp, WORD(81u)), tuft = rough2(p, 3.1f, fp, WORD(82u));
  real blades = REAL(0.0f);
  whole near = fp < REAL(0.1f);
  if (any_lane(near)) {
    // Blades lean: their noise is drawn out along directions that change from tuft to tuft.
    real lean = 1.6f * tuft;
    real2 q = {p.x + lean * p.y, p.y - lean * p.x};
    blades = select(blades,
                    0.9f * rough2(times2(q, 1.0f, 0.45f), 19.0f, fp, WORD(83u)) +
                        1.1f * octave2(times2(q, 1.0f, 0.35f), 95.0f, fp * 0.6f, WORD(84u)),
                    near);
  }
  real dry = clamp(0.26f + 1.0f * broad + 0.5f * tuft, 0.0f, 1.0f);
  s->albedo = mix3(s->albedo, rgb(0.20f, 0.17f, 0.07f), 0.40f * dry);
  s->albedo = shade_by(s->albedo, 0.35f * tuft + 1.1f * blades);
  // A lawn seen from above shows the dark between its blades; seen flat, only tips.
  real down = clamp(dot3(at->view, at->normal), 0.0f, 1.0f);
  s->albedo = scale3(s->albedo, 1.10f - 0.40f * down);
  s->normal = tilt(s->normal, 0.3f * tuft + 0.5f * blades, 0.5f * blades + 0.2f * broad);
  s->translucent = 0.12f;
  s->porosity = 0.35f;
}

// Rows along u, and every 18 m the two tracks of a tractor's wheels.
inline void surface_field(const surface_point *at, surface *s) {
  real2 p = {at->world.x, at->world.y};
  real fp = at->footprint, v = at->uv.y;
  real broad = rough2(p, 0.045f, fp, WORD(101u)), tuft = rough2(p, 2.3f, fp, WORD(102u));
  real fine = select(REAL(0.0f), rough2(p, 21.0f, fp, WORD(103u)), fp < REAL(0.08f));
  real row = joints(v, 0.75f, 0.24f, fp);
  real track = max(joints(v, 18.0f, 0.45f, fp), joints(v + 1.9f, 18.0f, 0.45f, fp));
  s->albedo = shade_by(s->albedo, 0.55f * broad + 0.45f * tuft + 0.6f * fine - 0.38f * row);
  s->albedo = mix3(s->albedo, rgb(0.115f, 0.078f, 0.05f), 0.75f * track);
  s->normal = tilt(s->normal, 0.3f * tuft + 0.4f * fine, 0.3f * tuft);
  s->translucent = 0.08f;
  s->porosity = 0.5f;
}

inline void surface_earth(const surface_point *at, surface *s) {
  real2 p = {at->world.x, at->world.y};
  real fp = at->footprint;
  real clods = rough2(p, 1.3f, fp, WORD(91u));
  real fine = select(
      REAL(0.0f), 0.7f * octave2(p, 13.0f, fp, WORD(92u)) + 0.7f * octave2(p, 41.0f, fp, WORD(93u)),
      fp < REAL(0.1f));
  real green = ramp(0.08f, 0.30f, rough2(p, 0.3f, fp, WORD(94u)) + 0.3f * clods);
  s->albedo = mix3(s->albedo, rgb(0.09f, 0.13f, 0.04f), 0.7f * green);
  s->albedo = shade_by(s->albedo, 0.7f * clods + fine);
  s->normal = tilt(s->normal, 0.5f * clods + 0.4f * fine, 0.4f * fine);
  s->porosity = 0.8f;
  s->flat = 0.5f;
}

#endif
