// SPDX-License-Identifier: Apache-2.0
// Windows of buildings with rooms behind them, and the glass of cars.
#ifndef SURFACE_WINDOW_CL
#define SURFACE_WINDOW_CL
#include "surface_building.cl"

// A room behind the glass, seen by intersecting the ray with its six sides.
// `in` is the ray in (along u, along v, into the wall); (x0, y0) where it passes the glass,
// in the room. Returns reflectance; *depth is how deep in the room it ends, 0..1.
inline real3 room(real x0, real y0, real3 in, real3 size, word h, real fp, real *depth) {
  real zero = REAL(0.0f), tiny = REAL(1e-4f);
  real sx = select(in.x, tiny, fabs(in.x) < tiny), sy = select(in.y, tiny, fabs(in.y) < tiny);
  real sz = max(in.z, 1e-3f);
  real tx = (select(zero, size.x, sx > zero) - x0) / sx;
  real ty = (select(zero, size.y, sy > zero) - y0) / sy;
  real tz = size.z / sz, t = min(tz, min(tx, ty));
  real end_x = x0 + in.x * t, end_y = y0 + in.y * t, end_z = in.z * t;
  *depth = clamp(end_z / size.z, 0.0f, 1.0f);
  real3 c = {0.40f + 0.30f * unit_of(h * 19349663u), 0.35f + 0.30f * unit_of(h * 83492791u),
             0.28f + 0.30f * unit_of(h * 2654435761u)};
  real wide = fp * 3.0f;
  // Furniture: a dark lower part against each wall, pictures and a door on the back one.
  real u = select(end_z, end_x, t == tz);
  real tall = 0.55f + 1.3f * unit_of(hash_word(h + cell_of(floor(u * 0.9f)) * 31u));
  real3 wood = scale3(rgb(0.20f, 0.13f, 0.08f), 0.6f + 0.9f * unit_of(h * 374761393u));
  c = mix3(c, wood, edge(tall - end_y, wide) * 0.9f);
  real fx = u * 0.8f - floor(u * 0.8f), fy = (end_y - 1.5f) * 1.4f;
  whole picture = (fx > REAL(0.3f)) & (fx < REAL(0.7f)) & (fy > zero) & (fy < REAL(0.8f));
  c = mix3(c, rgb(0.35f, 0.25f, 0.22f), select(zero, REAL(0.7f), picture));
  // Floor or ceiling, with a lamp.
  real3 flat = choose3(rgb(0.24f, 0.16f, 0.10f), rgb(0.75f, 0.74f, 0.71f), sy > zero);
  return choose3(c, flat, t == ty);
}

// 1 where curtains or blinds cover the glass of a window. x: 0..1 across, y: up, metres.
inline real curtains(real x, real y, word h, real fp, real *fold) {
  word style = (h >> 8u) & 7u;
  real zero = REAL(0.0f), some = unit_of(h * 668265263u);
  whole drawn = style < WORD(3u), roller = style == WORD(3u), slats = style == WORD(4u);
  // Two curtains, drawn aside more or less.
  real side = 0.5f - fabs(x - 0.5f), wave = x * 31.0f - floor(x * 31.0f);
  *fold = select(zero, (fabs(wave - 0.5f) - 0.25f) * band(fp, 16.0f), drawn);
  real cover = select(zero, edge(0.28f - 0.28f * some - side, fp), drawn);
  // A roller blind, partly down.
  cover = select(cover, edge(y - 0.3f - 0.9f * some, fp), roller);
  wave = y * 26.0f - floor(y * 26.0f);
  *fold = select(*fold, (wave - 0.5f) * band(fp, 26.0f), slats);
  return select(cover, REAL(0.8f), slats);
}

// The room that a pane belongs to and how the ray goes through it.
typedef struct pane_view {
  word h;                  // the room's number
  real within_x, within_y; // where on its window, metres
  real x0, y0;             // where in the room
  real3 in, size;
} pane_view;

inline pane_view pane_look(const surface_point *at, bool shop) {
  pane_view p;
  float wide = shop ? 4.5f : 3.4f, tall = shop ? 4.0f : 3.1f;
  real cx = floor(at->uv.x * (1.0f / wide)), cy = floor(at->uv.y * (1.0f / tall));
  p.h = hash_cell(cell_of(cx), cell_of(cy), at->pane);
  p.in = triple(dot3(at->view_object, at->du), dot3(at->view_object, at->dv),
                max(-dot3(at->view_object, at->object_normal), 0.02f));
  p.within_x = at->uv.x - cx * wide;
  p.within_y = at->uv.y - cy * tall;
  if (shop)
    p.size = rgb(5.2f, 3.6f, 5.5f);
  else
    p.size = triple(REAL(4.4f), REAL(2.7f), 3.0f + 2.0f * unit_of(p.h * 3266489917u));
  real right = shop ? REAL(0.3f) : 0.5f + 0.9f * unit_of(p.h);
  real up = shop ? REAL(0.25f) : REAL(0.75f);
  p.x0 = clamp(p.within_x + right, REAL(0.05f), p.size.x - 0.05f);
  p.y0 = clamp(p.within_y + up, REAL(0.05f), p.size.y - 0.05f);
  return p;
}

// Goods on the shelves of a shop, over what else is seen.
inline real3 shop_goods(const pane_view *p, real3 inside) {
  real near = 1.2f / p->in.z;
  real gx = (p->x0 + p->in.x * near) * 2.2f, gy = (p->y0 + p->in.y * near) * 1.6f;
  real cx = floor(gx), cy = floor(gy);
  word k = hash_cell(cell_of(cx), cell_of(cy), p->h);
  real rx = gx - cx, ry = gy - cy;
  whole there = (rx > REAL(0.2f)) & (rx < REAL(0.8f)) & (ry < 0.25f + 0.6f * unit_of(k)) &
                ((k & 3u) != WORD(0u));
  real3 goods = {unit_of(k * 3u) * 0.6f + 0.05f, unit_of(k * 5u) * 0.6f + 0.05f,
                 unit_of(k * 7u) * 0.6f + 0.05f};
  return choose3(inside, goods, there);
}

// What comes from behind glass: rooms, curtains, lamps at night. `day` is the mean
// radiance outside, `night` 0..1.
inline real3 behind_window(const surface_point *at, real3 day, float night, bool shop) {
  pane_view p = pane_look(at, shop);
  word h = p.h;
  real depth, zero = REAL(0.0f);
  real3 inside = room(p.x0, p.y0, p.in, p.size, h, at->footprint, &depth);
  if (shop)
    inside = shop_goods(&p, inside);
  // Daylight thins out into the room; at night a lamp under the ceiling, for some.
  real fade_in = 1.0f - 0.75f * depth;
  real3 light = scale3(day, 0.30f * fade_in * fade_in + 0.03f);
  whole lit = ((h >> 16u) & 255u) < WORD(shop ? 200u : 92u);
  real warm = unit_of(h * 97u);
  real3 lamp = mix3(rgb(1.0f, 0.56f, 0.25f), rgb(0.75f, 0.90f, 1.0f),
                    select(0.35f * warm, REAL(0.8f), warm > REAL(0.75f)));
  real level = shop ? REAL(0.0022f) : 0.0007f + 0.0012f * unit_of(h * 101u);
  level = select(zero, level, lit);
  light = add3(light, scale3(lamp, level * (0.15f + 0.85f * night)));
  real3 seen = mul3(inside, light);
  if (shop)
    return seen;
  real fold;
  real cover = curtains(p.within_x * (1.0f / 1.25f), p.within_y, h, at->footprint, &fold);
  if (!any_lane(cover > zero))
    return seen;
  real3 cloth = scale3(rgb(0.62f, 0.59f, 0.53f), 0.55f + 0.45f * unit_of(h * 29u));
  real3 lit_cloth = mul3(cloth, add3(scale3(day, (1.0f + 0.9f * fold) * 0.30f),
                                     scale3(lamp, level * (0.55f * night))));
  return mix3(seen, lit_cloth, cover);
}

inline void surface_window(const surface_point *at, surface *s, real3 day, float night, bool shop) {
  s->emission = mul3(behind_window(at, day, night, shop), rgb(0.80f, 0.84f, 0.82f));
  s->albedo = rgb(0.006f, 0.007f, 0.007f);
  s->roughness = 0.04f;
  s->f0 = 0.07f; // two panes
  s->coat = 1.0f;
  // Panes are never quite flat nor parallel.
  word h = at->pane;
  real zero = REAL(0.0f);
  s->normal =
      tilt(s->normal, 0.010f * (unit_of(h) - 0.5f) + 0.006f * octave2(at->uv, 1.3f, zero, h),
           0.010f * (unit_of(h * 3u) - 0.5f) + 0.006f * octave2(at->uv, 1.1f, zero, h + 1u));
}

// A car's cabin, metres from the middle of its length: windscreen, rear window, sides, and
// where two rows of head rests stand.
#define CABIN_FRONT 0.95f
#define CABIN_REAR -1.55f
#define CABIN_SIDE 0.62f
#define CABIN_ROW_1 -0.15f
#define CABIN_ROW_2 -1.0f

// 1 near `middle`, over `half_width`.
inline real around(real x, float middle, float half_width, real soft) {
  return edge(half_width - fabs(x - middle), soft);
}

// Two seats abreast with head rests, where a ray passes their row.
inline real cabin_seats(real3 p, real3 d, real up, real tall, float row, real t, real soft) {
  real tr = (row - p.x) / select(d.x, REAL(1e-4f), fabs(d.x) < REAL(1e-4f));
  real aside = fabs(fabs(p.y + d.y * tr) - 0.36f), high = up + d.z * tr;
  real back = edge(0.23f - aside, soft) * edge(0.26f * tall - high, soft);
  real head = edge(0.13f - aside, soft) * edge(0.54f * tall - high, soft);
  return select(REAL(0.0f), max(back, head), (tr > REAL(0.0f)) & (tr < t));
}

// How much of what lies behind the car shows through the panes on the other side of its
// cabin, 0..1: the ray leaves by a side window between pillars, or by the windscreen or the
// rear window, past head rests.
inline real cabin_open(const surface_point *at) {
  real3 p = at->object, d = at->view_object;
  real zero = REAL(0.0f), tiny = REAL(1e-4f);
  real dx = select(d.x, tiny, fabs(d.x) < tiny), dy = select(d.y, tiny, fabs(d.y) < tiny);
  real to_side = (select(REAL(-CABIN_SIDE), REAL(CABIN_SIDE), dy > zero) - p.y) / dy;
  real to_end = (select(REAL(CABIN_REAR), REAL(CABIN_FRONT), dx > zero) - p.x) / dx;
  real t = min(to_side, to_end), soft = 0.04f + at->footprint;
  real x = p.x + d.x * t, y = p.y + d.y * t;
  // Heights over the windows' lower edge; heavy vehicles don't tell where that is.
  whole known = at->uv.x > REAL(0.2f);
  real tall = select(REAL(0.52f), at->uv.x, known), up = select(REAL(0.22f), at->uv.y, known);
  real z = up + d.z * t;
  real open = edge(z - 0.03f, soft) * edge(0.82f * tall - z, soft);
  open = select(zero, open, t > REAL(0.05f));
  // Pillars: of the doors on the sides, of the roof at the ends.
  real door = max(around(x, CABIN_FRONT, 0.14f, soft),
                  max(around(x, -0.42f, 0.07f, soft), around(x, CABIN_REAR, 0.22f, soft)));
  real corner = edge(fabs(y) - 0.54f, soft);
  open *= 1.0f - select(door, corner, to_end < to_side);
  // Backs of seats and head rests, where a ray to the side passes their line and one to an end
  // their rows.
  real ts = (select(REAL(-0.36f), REAL(0.36f), dy > zero) - p.y) / dy;
  real seat = p.x + d.x * ts, high = up + d.z * ts;
  real slim = min(fabs(seat - CABIN_ROW_1), fabs(seat - CABIN_ROW_2));
  real rest = edge(0.09f - slim, soft) * edge(0.54f * tall - high, soft);
  rest = select(zero, rest, (ts > zero) & (ts < t));
  real row = max(cabin_seats(p, d, up, tall, CABIN_ROW_1, t, soft),
                 cabin_seats(p, d, up, tall, CABIN_ROW_2, t, soft));
  rest = max(rest, row);
  return open * (1.0f - rest);
}

// What lies behind a car along d, as a share of what is around: the road below, houses and trees of
// any height along the horizon, the sky above them.
inline real beyond_cabin(real3 d, word seed, real soft) {
  real a = d.y / (fabs(d.x) + fabs(d.y) + 1e-4f);
  a = select(a, 3.0f - a, d.x < REAL(0.0f)) * 5.0f + unit_of(seed) * 7.0f;
  real cell = floor(a), at = a - cell;
  word h = hash_cell(cell_of(cell), WORD(11u), seed),
       next = hash_cell(cell_of(cell) + 1u, WORD(11u), seed);
  real blend = clamp((at - 0.42f) * 6.0f, 0.0f, 1.0f);
  real roof = 0.02f + 0.24f * unit_of(h);
  roof += (0.02f + 0.24f * unit_of(next) - roof) * blend;
  real tone = 0.05f + 0.20f * unit_of(h * 3u);
  tone += (0.05f + 0.20f * unit_of(next * 3u) - tone) * blend;
  real sky = edge(d.z - roof, 0.05f + soft), road = edge(-0.01f - d.z, 0.02f + soft);
  return (tone + (0.55f - tone) * sky) * (1.0f - road) + 0.14f * road;
}

// Tinted glass: a dark cabin, and through it what lies behind the windows opposite. On
// what is no vehicle, a clear pane of a shelter.
inline void surface_car_glass(const surface_point *at, surface *s, real3 day) {
  whole vehicle = (at->kind >= WORD(13u)) & (at->kind <= WORD(16u));
  vehicle |= at->kind >= WORD(32u); // THING_POLICE and those after it
  s->roughness = 0.03f;
  s->f0 = 0.045f;
  s->coat = 1.0f;
  s->albedo = rgb(0.010f, 0.011f, 0.011f);
  real open = cabin_open(at) * beyond_cabin(at->view_object, at->seed, at->footprint);
  // Light falls on what lies low within: the dashboard, seats and doors.
  real low = clamp(-1.6f * at->view_object.z, 0.0f, 1.0f) *
             (0.6f + 0.8f * octave3(at->object, 3.0f, at->footprint, at->seed));
  real3 cabin = {0.014f + 0.030f * low + 0.80f * open, 0.015f + 0.029f * low + 0.86f * open,
                 0.016f + 0.028f * low + 0.84f * open};
  s->emission = mul3(day, choose3(rgb(0.42f, 0.46f, 0.45f), cabin, vehicle));
}

#endif
