// SPDX-License-Identifier: Apache-2.0
// Façades: brick, plaster, tiles, wood, shop signs. Patterns lie in the building's own
// frame: along the wall and up, in metres.
#ifndef SURFACE_BUILDING_CL
#define SURFACE_BUILDING_CL
#include "letters.cl"
#include "surface.cl"

// Along an upright wall: the axis that its normal points away from.
inline real along_wall(const surface_point *at) {
  return select(at->object.x, at->object.y, fabs(at->object_normal.x) > fabs(at->object_normal.y));
}

inline real2 wall_uv(const surface_point *at) {
  return pair(along_wall(at), at->object.z);
}

// Darker below and in runs of rain water; greener near the ground. -0.4..0.1
inline real wall_stains(real2 p, real fp, word seed) {
  real foot = 0.16f * clamp(1.0f - p.y * (1.0f / 0.9f), 0.0f, 1.0f);
  real run = octave2(pair(p.x * 2.3f, p.y * 0.11f), 1.0f, fp, seed + 1u);
  real cloud = rough2(p, 0.33f, fp, seed + 2u);
  return 0.22f * cloud - 0.45f * max(run, 0.0f) - foot;
}

// `yes` where the number of a row is odd, else 0.
inline real odd_rows(real row, float yes) {
  return select(REAL(0.0f), REAL(yes), (cell_of(row) & 1u) != WORD(0u));
}

inline void surface_brick(const surface_point *at, surface *s) {
  real2 p = wall_uv(at);
  real fp = at->footprint;
  word seed = at->seed;
  real course = floor(p.y * (1.0f / 0.075f)), shift = odd_rows(course, 0.12f);
  real number = floor((p.x + shift) * (1.0f / 0.24f));
  word h = hash_cell(cell_of(number), cell_of(course), seed);
  real near = band(fp, 6.0f);
  real each = unit_of(h) - 0.5f, hue = unit_of(h * 747796405u) - 0.5f;
  real mortar = max(joints(p.y, 0.075f, 0.011f, fp), joints(p.x + shift, 0.24f, 0.010f, fp));
  real fine = select(REAL(0.0f), 0.35f * octave2(p, 70.0f, fp, seed + 5u), fp < REAL(0.02f));
  real3 brick = shade_by(s->albedo, 0.62f * each * near + fine);
  real warm = 2.0f * hue * near;
  brick = mul3(brick, triple(1.0f + 0.12f * warm, 1.0f - 0.02f * warm, 1.0f - 0.10f * warm));
  real burnt = select(REAL(1.0f), 1.0f - 0.5f * near, (h & 31u) == WORD(0u));
  brick = scale3(brick, burnt);
  real3 joint =
      scale3(rgb(0.33f, 0.31f, 0.28f), select(REAL(1.2f), REAL(0.8f), (seed & 1u) != WORD(0u)));
  s->albedo = mix3(brick, joint, 0.85f * mortar);
  s->albedo = shade_by(s->albedo, 0.8f * wall_stains(p, fp, seed));
  s->normal = tilt(s->normal, 0.10f * each * near, 0.08f * hue * near + 0.10f * fine);
  s->porosity = 0.7f;
}

inline void surface_plaster(const surface_point *at, surface *s) {
  real2 p = wall_uv(at);
  real fp = at->footprint;
  word seed = at->seed;
  real fine =
      select(REAL(0.0f), octave2(p, 55.0f, fp, seed + 5u) + 0.5f * octave2(p, 18.0f, fp, seed + 6u),
             fp < REAL(0.05f));
  real damage = REAL(0.0f);
  whole old = (seed & 3u) == WORD(0u);
  if (any_lane(old)) {
    real n = rough2(p, 0.5f, fp, seed + 9u) + 0.10f * octave2(p, 6.0f, fp, seed + 10u);
    damage = select(damage, ramp(0.30f, 0.36f, n), old);
  }
  s->albedo = shade_by(s->albedo, wall_stains(p, fp, seed) + 0.12f * fine);
  s->albedo = mix3(s->albedo, rgb(0.28f, 0.24f, 0.20f), 0.7f * damage);
  s->normal = tilt(s->normal, 0.20f * fine, 0.17f * fine);
  s->porosity = 0.7f;
}

// Rows of tiles across the slope, each with its own tone and a shadow at its lower edge.
inline void surface_roof_tile(const surface_point *at, surface *s) {
  real3 n = at->object_normal;
  real steep = sqrt(max(1.0f - n.z * n.z, 1e-4f));
  real2 p = {along_wall(at), at->object.z / max(steep, 0.2f)};
  real fp = at->footprint;
  real row = floor(p.y * (1.0f / 0.30f)), inside = p.y * (1.0f / 0.30f) - row;
  real bond = odd_rows(row, 0.5f), across = p.x * 4.0f + bond, column = floor(across);
  word h = hash_cell(cell_of(column), cell_of(row), at->seed);
  real near = band(fp, 2.5f);
  real lip = joints(p.y, 0.30f, 0.045f, fp);
  real gap = joints(p.x + 0.25f * bond, 0.25f, 0.012f, fp);
  real moss = ramp(0.12f, 0.34f, rough2(p, 0.55f, fp, at->seed + 3u));
  s->albedo = shade_by(s->albedo, (0.45f * (unit_of(h) - 0.5f) - 0.10f * inside) * near);
  s->albedo = mix3(s->albedo, rgb(0.07f, 0.08f, 0.045f), 0.55f * moss);
  s->albedo = scale3(s->albedo, 1.0f - 0.60f * max(lip, 0.7f * gap));
  s->normal = tilt(s->normal, 0.35f * (across - column - 0.5f) * near, 0.05f * near);
  s->porosity = 0.6f;
}

inline void surface_wood(const surface_point *at, surface *s) {
  real3 p = at->object;
  real fp = at->footprint;
  // Boards run upwards on doors, lengthwise on benches: along the longer of the two.
  real across = along_wall(at);
  real grain = octave2(pair(across * 24.0f, p.z * 1.7f + p.x), 1.0f, fp * 8.0f, at->seed) +
               0.5f * octave2(pair(across * 75.0f, p.z * 4.0f), 1.0f, fp * 30.0f, at->seed + 1u);
  real gap = joints(across, 0.16f, 0.006f, fp);
  s->albedo = shade_by(s->albedo, 0.45f * grain + 0.15f * rough3(p, 1.1f, fp, at->seed + 2u));
  s->albedo = scale3(s->albedo, 1.0f - 0.55f * gap);
  s->porosity = 0.5f;
}

// A shop's name over its window, one a board, in the palette's colour with light letters.
inline void surface_shop_sign(const surface_point *at, surface *s, float night) {
  word h = hash_word(at->pane * 31u + 7u);
  word name = PLACE_NAMES + h % SHOP_NAMES;
  float grid = 12.0f / 0.34f; // units of a metre
  real ink = name_ink((at->uv.x - 0.30f) * grid, (at->uv.y - 0.13f) * grid, name, 1.1f,
                      at->footprint * grid);
  real luminance = dot3(s->albedo, rgb(0.2f, 0.7f, 0.1f));
  real3 letter =
      choose3(rgb(0.82f, 0.80f, 0.74f), rgb(0.03f, 0.03f, 0.04f), luminance > REAL(0.35f));
  s->albedo = mix3(s->albedo, letter, ink);
  s->emission = scale3(s->albedo, 0.0024f * night * (0.35f + 0.65f * ink));
  s->porosity = 0.1f;
}

#endif
