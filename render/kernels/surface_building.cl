// SPDX-License-Identifier: Apache-2.0
// Façades: brick, plaster, tiles, wood, and windows with rooms behind them. Patterns
// lie in the building's own frame: along the wall and up, in metres.
#ifndef SURFACE_BUILDING_CL
#define SURFACE_BUILDING_CL
#include "surface.cl"

// Along an upright wall and up it.
inline float2 wall_uv(const surface_point *at) {
  float along = fabs(at->object_normal.x) > fabs(at->object_normal.y) ? at->object.y : at->object.x;
  return (float2)(along, at->object.z);
}

// Darker below and in runs of rain water; greener near the ground. -0.4..0.1
inline float wall_stains(float2 p, float fp, uint seed) {
  float foot = 0.16f * clamp(1.0f - p.y / 0.9f, 0.0f, 1.0f);
  float run = octave2((float2)(p.x * 2.3f, p.y * 0.11f), 1.0f, fp, seed + 1u);
  float cloud = rough2(p, 0.33f, fp, seed + 2u);
  return 0.22f * cloud - 0.45f * max(run, 0.0f) - foot;
}

inline void surface_brick(const surface_point *at, surface *s) {
  float2 p = wall_uv(at);
  float fp = at->footprint;
  uint seed = at->seed;
  float course = floor(p.y / 0.075f);
  float shift = ((int)course & 1) ? 0.12f : 0.0f;
  float number = floor((p.x + shift) / 0.24f);
  uint h = hash_cell((int)number, (int)course, seed);
  float near = band(fp, 6.0f);
  float each = unit_of(h) - 0.5f, hue = unit_of(h * 747796405u) - 0.5f;
  float mortar = max(joints(p.y, 0.075f, 0.011f, fp), joints(p.x + shift, 0.24f, 0.010f, fp));
  float fine = fp < 0.02f ? 0.35f * octave2(p, 70.0f, fp, seed + 5u) : 0.0f;
  float3 brick = shade_by(s->albedo, 0.62f * each * near + fine);
  brick *= 1.0f + (float3)(0.12f, -0.02f, -0.10f) * (2.0f * hue * near);
  if ((h & 31u) == 0u)
    brick *= 1.0f - 0.5f * near; // overburnt
  float3 joint = (float3)(0.33f, 0.31f, 0.28f) * (0.8f + 0.4f * (seed & 1u ? 0.0f : 1.0f));
  s->albedo = mix3(brick, joint, 0.85f * mortar);
  s->albedo = shade_by(s->albedo, 0.8f * wall_stains(p, fp, seed));
  s->normal = tilt(s->normal, (float2)(0.10f * each * near, 0.08f * hue * near + 0.10f * fine));
  s->porosity = 0.7f;
}

inline void surface_plaster(const surface_point *at, surface *s) {
  float2 p = wall_uv(at);
  float fp = at->footprint;
  float fine = 0.0f;
  if (fp < 0.05f)
    fine = octave2(p, 55.0f, fp, at->seed + 5u) + 0.5f * octave2(p, 18.0f, fp, at->seed + 6u);
  float damage = 0.0f;
  if ((at->seed & 3u) == 0u)
    damage =
        ramp(0.30f, 0.36f,
             rough2(p, 0.5f, fp, at->seed + 9u) + 0.10f * octave2(p, 6.0f, fp, at->seed + 10u));
  s->albedo = shade_by(s->albedo, wall_stains(p, fp, at->seed) + 0.12f * fine);
  s->albedo = mix3(s->albedo, (float3)(0.28f, 0.24f, 0.20f), 0.7f * damage);
  s->normal = tilt(s->normal, (float2)(0.20f * fine, 0.17f * fine));
  s->porosity = 0.7f;
}

// Rows of tiles across the slope, each with its own tone and a shadow at its lower edge.
inline void surface_roof_tile(const surface_point *at, surface *s) {
  float3 n = at->object_normal;
  float steep = sqrt(max(1.0f - n.z * n.z, 1e-4f));
  float along = fabs(n.x) > fabs(n.y) ? at->object.y : at->object.x;
  float2 p = (float2)(along, at->object.z / max(steep, 0.2f));
  float fp = at->footprint;
  float row = floor(p.y / 0.30f), inside = p.y / 0.30f - row;
  float column = floor(p.x / 0.25f + (((int)row & 1) ? 0.5f : 0.0f));
  uint h = hash_cell((int)column, (int)row, at->seed);
  float near = band(fp, 2.5f);
  float x = p.x / 0.25f + (((int)row & 1) ? 0.5f : 0.0f) - column;
  float lip = joints(p.y, 0.30f, 0.045f, fp);
  float gap = joints(p.x + (((int)row & 1) ? 0.125f : 0.0f), 0.25f, 0.012f, fp);
  float moss = ramp(0.12f, 0.34f, rough2(p, 0.55f, fp, at->seed + 3u));
  s->albedo = shade_by(s->albedo, 0.45f * (unit_of(h) - 0.5f) * near - 0.10f * inside * near);
  s->albedo = mix3(s->albedo, (float3)(0.07f, 0.08f, 0.045f), 0.55f * moss);
  s->albedo *= 1.0f - 0.60f * max(lip, 0.7f * gap);
  s->normal = tilt(s->normal, (float2)(0.35f * (x - 0.5f) * near, 0.05f * near));
  s->porosity = 0.6f;
}

inline void surface_wood(const surface_point *at, surface *s) {
  float3 p = at->object;
  float fp = at->footprint;
  // Boards run upwards on doors, lengthwise on benches: along the longer of the two.
  float across = fabs(at->object_normal.x) > fabs(at->object_normal.y) ? p.y : p.x;
  float grain =
      octave2((float2)(across * 24.0f, p.z * 1.7f + p.x), 1.0f, fp * 8.0f, at->seed) +
      0.5f * octave2((float2)(across * 75.0f, p.z * 4.0f), 1.0f, fp * 30.0f, at->seed + 1u);
  float gap = joints(across, 0.16f, 0.006f, fp);
  s->albedo = shade_by(s->albedo, 0.45f * grain + 0.15f * rough3(p, 1.1f, fp, at->seed + 2u));
  s->albedo *= 1.0f - 0.55f * gap;
  s->porosity = 0.5f;
}

// A room behind the glass, seen by intersecting the ray with its six sides.
// `in` is the ray in (along u, along v, into the wall); xy0 where it passes the glass,
// in the room. Returns reflectance; *depth is how deep in the room it ends, 0..1.
inline float3 room(float2 xy0, float3 in, float3 size, uint h, float fp, float *depth) {
  float3 slope = (float3)(fabs(in.x) < 1e-4f ? 1e-4f : in.x, fabs(in.y) < 1e-4f ? 1e-4f : in.y,
                          max(in.z, 1e-3f));
  float tx = ((slope.x > 0.0f ? size.x : 0.0f) - xy0.x) / slope.x;
  float ty = ((slope.y > 0.0f ? size.y : 0.0f) - xy0.y) / slope.y;
  float tz = size.z / slope.z;
  float t = min(tz, min(tx, ty));
  float2 end = xy0 + in.xy * t;
  *depth = clamp(in.z * t / size.z, 0.0f, 1.0f);
  float3 paint =
      (float3)(0.55f, 0.50f, 0.43f) +
      ((float3)(unit_of(h * 19349663u), unit_of(h * 83492791u), unit_of(h * 2654435761u)) - 0.5f) *
          0.30f;
  if (t == ty) // floor or ceiling, with a lamp
    return slope.y > 0.0f ? (float3)(0.75f, 0.74f, 0.71f) : (float3)(0.24f, 0.16f, 0.10f);
  float wide = fp * 3.0f;
  float3 c = paint;
  // Furniture: a dark lower part against each wall, pictures and a door on the back one.
  float u = t == tz ? end.x : in.z * t;
  float tall = 0.55f + 1.3f * unit_of(hash_u32(h + (uint)(int)floor(u * 0.9f) * 31u));
  float3 wood = (float3)(0.20f, 0.13f, 0.08f) * (0.6f + 0.9f * unit_of(h * 374761393u));
  c = mix3(c, wood, edge(tall - end.y, wide) * 0.9f);
  float2 f = (float2)(u * 0.8f - floor(u * 0.8f), (end.y - 1.5f) * 1.4f);
  if (f.x > 0.3f && f.x < 0.7f && f.y > 0.0f && f.y < 0.8f)
    c = mix3(c, (float3)(0.35f, 0.25f, 0.22f), 0.7f);
  return c;
}

// 1 where curtains or blinds cover the glass of a window. x: 0..1 across, y: up, metres.
inline float curtains(float x, float y, uint h, float fp, float *fold) {
  uint style = (h >> 8) & 7u;
  *fold = 0.0f;
  if (style < 3u) { // two curtains, drawn aside more or less
    float open = 0.22f + 0.28f * unit_of(h * 668265263u);
    float side = 0.5f - fabs(x - 0.5f);
    float wave = x * 31.0f - floor(x * 31.0f);
    *fold = (fabs(wave - 0.5f) - 0.25f) * band(fp, 16.0f);
    return edge((0.5f - open) - side, fp);
  }
  if (style == 3u) { // roller blind, partly down
    float down = 0.3f + 0.9f * unit_of(h * 668265263u);
    return edge(y - down, fp);
  }
  if (style == 4u) { // slats
    float wave = y * 26.0f - floor(y * 26.0f);
    *fold = (wave - 0.5f) * band(fp, 26.0f);
    return 0.8f;
  }
  return 0.0f;
}

// What comes from behind glass: rooms, curtains, lamps at night. `day` is the mean
// radiance outside, `night` 0..1.
inline float3 behind_window(const surface_point *at, float3 day, float night, bool shop) {
  float2 pitch = shop ? (float2)(4.5f, 4.0f) : (float2)(3.4f, 3.1f);
  float2 cell = floor(at->uv / pitch);
  uint h = hash_cell((int)cell.x, (int)cell.y, at->pane);
  float3 in = (float3)(dot(at->view_object, at->du), dot(at->view_object, at->dv),
                       max(-dot(at->view_object, at->object_normal), 0.02f));
  float2 within = at->uv - cell * pitch;
  float3 size = shop ? (float3)(5.2f, 3.6f, 5.5f)
                     : (float3)(4.4f, 2.7f, 3.0f + 2.0f * unit_of(h * 3266489917u));
  float2 xy0 = within + (shop ? (float2)(0.3f, 0.25f) : (float2)(0.5f + 0.9f * unit_of(h), 0.75f));
  xy0 = clamp(xy0, (float2)(0.05f), size.xy - 0.05f);
  float depth;
  float3 inside = room(xy0, in, size, h, at->footprint, &depth);
  if (shop) { // goods on shelves
    float2 g = (xy0 + in.xy * (1.2f / in.z));
    float2 c = floor(g * (float2)(2.2f, 1.6f));
    uint k = hash_cell((int)c.x, (int)c.y, h);
    float2 r = g * (float2)(2.2f, 1.6f) - c;
    if (r.x > 0.2f && r.x < 0.8f && r.y < 0.25f + 0.6f * unit_of(k) && (k & 3u) != 0u)
      inside = (float3)(unit_of(k * 3u), unit_of(k * 5u), unit_of(k * 7u)) * 0.6f + 0.05f;
  }
  // Daylight thins out into the room; at night a lamp under the ceiling, for some.
  float fade = 1.0f - 0.75f * depth;
  float3 light = day * (0.30f * fade * fade + 0.03f);
  uint chance = (h >> 16) & 255u;
  bool lit = chance < (shop ? 200u : 92u);
  float warm = unit_of(h * 97u);
  float3 lamp = mix3((float3)(1.0f, 0.56f, 0.25f), (float3)(0.75f, 0.90f, 1.0f),
                     warm > 0.75f ? 0.8f : 0.35f * warm);
  float level = shop ? 0.0022f : 0.0007f + 0.0012f * unit_of(h * 101u);
  if (lit)
    light += lamp * (level * (0.15f + 0.85f * night));
  float3 seen = inside * light;
  float fold;
  float cover = shop ? 0.0f : curtains(within.x / 1.25f, within.y, h, at->footprint, &fold);
  if (cover > 0.0f) {
    float3 cloth = (float3)(0.62f, 0.59f, 0.53f) * (0.55f + 0.45f * unit_of(h * 29u));
    float3 lit_cloth = cloth * (1.0f + 0.9f * fold) * (day * 0.30f);
    if (lit)
      lit_cloth += cloth * lamp * (level * 0.55f * night);
    seen = mix3(seen, lit_cloth, cover);
  }
  return seen;
}

inline void surface_window(const surface_point *at, surface *s, float3 day, float night,
                           bool shop) {
  s->emission = behind_window(at, day, night, shop) * (float3)(0.80f, 0.84f, 0.82f);
  s->albedo = (float3)(0.006f, 0.007f, 0.007f);
  s->roughness = 0.04f;
  s->f0 = 0.07f; // two panes
  s->coat = 1.0f;
  // Panes are never quite flat nor parallel.
  float2 p = at->uv;
  uint h = at->pane;
  s->normal =
      tilt(s->normal,
           (float2)(0.010f * (unit_of(h) - 0.5f) + 0.006f * octave2(p, 1.3f, 0.0f, h),
                    0.010f * (unit_of(h * 3u) - 0.5f) + 0.006f * octave2(p, 1.1f, 0.0f, h + 1u)));
}

// Glyph-like strokes: letters of a 5 x 7 grid of which about half is set; 0..1 ink.
inline float glyphs(float2 p, float height, int letters, uint seed, float fp) {
  float width = 0.72f * height;
  float column = floor(p.x / width);
  if (p.y < 0.0f || p.y > height || p.x < 0.0f || (int)column >= letters)
    return 0.0f;
  uint h = hash_u32(seed + (uint)(int)column * 2654435761u);
  if ((h & 15u) == 0u)
    return 0.0f; // a space
  float2 q = (float2)((p.x - column * width) / width * 5.6f - 0.3f, p.y / height * 7.0f);
  if (q.x < 0.0f || q.x > 5.0f)
    return 0.0f;
  float fine = band(fp, 7.0f / height);
  // A spine, two or three bars and a bowl: enough to be a letter from afar.
  float ink = 0.0f;
  if (h & 16u)
    ink = max(ink, stroke(q.x - 0.6f, 0.6f, 0.5f));
  if (h & 32u)
    ink = max(ink, stroke(q.x - 4.3f, 0.6f, 0.5f));
  if (h & 64u)
    ink = max(ink, stroke(q.y - 0.6f, 0.6f, 0.5f));
  if (h & 128u)
    ink = max(ink, stroke(q.y - 3.5f, 0.6f, 0.5f));
  if ((h & 256u) || !(h & 0x70u))
    ink = max(ink, stroke(q.y - 6.4f, 0.6f, 0.5f));
  return ink * fine + 0.42f * (1.0f - fine);
}

// A shop's name over its window: a board in the palette's colour, light letters.
inline void surface_shop_sign(const surface_point *at, surface *s, float night) {
  float2 p = at->uv;
  uint h = hash_u32(at->seed * 31u + 7u);
  float ink = glyphs(p - (float2)(0.25f, 0.14f), 0.38f, 6 + (int)(h & 7u), h, at->footprint);
  float luminance = dot(s->albedo, (float3)(0.2f, 0.7f, 0.1f));
  float3 letter = luminance > 0.35f ? (float3)(0.03f, 0.03f, 0.04f) : (float3)(0.82f, 0.80f, 0.74f);
  s->albedo = mix3(s->albedo, letter, ink);
  s->emission = s->albedo * (0.0024f * night * (0.35f + 0.65f * ink));
  s->porosity = 0.1f;
}

#endif
