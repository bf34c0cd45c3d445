// SPDX-License-Identifier: Apache-2.0
// Faces of traffic signs by what they say (scenes/sign.h, in the instance's `signal`).
// Coordinates run from the middle of the plate's box, 1 at half its width, to the right and up.
#ifndef SURFACE_SIGN_CL
#define SURFACE_SIGN_CL
#include "letters.cl"
#include "signs.h"
#include "surface_building.cl"

// 1 within a rectangle around (cx, cy).
inline real bar(real x, real y, float cx, float cy, float half_wide, float half_high, real fp) {
  return edge(min(half_wide - fabs(x - cx), half_high - fabs(y - cy)), fp);
}

// 1 within a thick line with round ends.
inline real line_ink(real x, real y, float ax, float ay, float bx, float by, float thick, real fp) {
  return edge(thick - line_distance(x, y, REAL(ax), REAL(ay), REAL(bx), REAL(by)), fp);
}

// The head of an arrow with its point at (cx, cy), looking along the unit vector (dx, dy).
inline real tip_ink(real x, real y, float cx, float cy, float dx, float dy, float size, real fp) {
  real along = (x - cx) * dx + (y - cy) * dy, across = fabs((y - cy) * dx - (x - cx) * dy);
  return edge(min((-along - across * 1.25f) * 0.62f, along + size), fp);
}

// Distance inwards from the border of a triangle on its base, as sign.h has it: half its
// height, the radius of its corners.
#define WARNING_HALF 0.8779f
#define WARNING_ROUND 0.0889f
inline real warning_inside(real x, real y) {
  real side = (0.7892f - y) * 0.5f - 0.8660254f * fabs(x) + WARNING_ROUND;
  return min(side, y + WARNING_HALF);
}

inline real stop_ink(real x, real y, real fp) {
  // Four capitals over the width, drawn narrow.
  real u = x * 28.5f + 20.5f, v = y * 19.5f + 6.0f, fine = fp * 24.0f;
  real column = floor((u + 1.5f) * (1.0f / LETTER_PITCH));
  word letter = WORD(0u);
  letter = select(letter, WORD(LETTER_OF('S')), column == REAL(0.0f));
  letter = select(letter, WORD(LETTER_OF('T')), column == REAL(1.0f));
  letter = select(letter, WORD(LETTER_OF('O')), column == REAL(2.0f));
  letter = select(letter, WORD(LETTER_OF('P')), column == REAL(3.0f));
  return letter_ink(u - column * LETTER_PITCH, v, letter, 1.05f, fine);
}

// A limit in km/h; three digits are drawn narrower.
inline real limit_ink(real x, real y, word number, real fp) {
  real wide = select(REAL(17.2f), REAL(24.0f), number > WORD(99u));
  real high = select(REAL(16.0f), REAL(18.5f), number > WORD(99u));
  return number_ink(x * wide, y * high, number, 1.15f, fp * high);
}

// Somebody walking, around (0, 0), one unit tall.
inline real walker_ink(real x, real y, real fp) {
  real head = edge(0.085f - sqrt(square(x + 0.02f) + square(y - 0.40f)), fp);
  real ink = max(head, line_ink(x, y, 0.0f, 0.22f, -0.02f, -0.04f, 0.075f, fp));
  ink = max(ink, line_ink(x, y, -0.02f, -0.06f, 0.13f, -0.26f, 0.045f, fp));
  ink = max(ink, line_ink(x, y, 0.13f, -0.26f, 0.15f, -0.47f, 0.038f, fp));
  ink = max(ink, line_ink(x, y, -0.03f, -0.06f, -0.10f, -0.28f, 0.045f, fp));
  ink = max(ink, line_ink(x, y, -0.10f, -0.28f, -0.24f, -0.45f, 0.038f, fp));
  ink = max(ink, line_ink(x, y, 0.02f, 0.24f, 0.19f, 0.04f, 0.032f, fp));
  return max(ink, line_ink(x, y, -0.02f, 0.24f, -0.18f, 0.07f, 0.032f, fp));
}

// Stripes of a crosswalk in perspective, below a walker.
inline real stripes_ink(real x, real y, float half_wide, real fp) {
  real u = x / (1.0f - 0.5f * (y + 0.62f)) * (2.5f / half_wide);
  return edge(0.30f - fabs(u - floor(u) - 0.5f), fp * (2.5f / half_wide)) *
         bar(x, y, 0.0f, -0.60f, half_wide, 0.075f, fp);
}

// Somebody with a shovel before a heap.
inline real digger_ink(real x, real y, real fp) {
  real ink = edge(0.095f - sqrt(square(x + 0.12f) + square(y - 0.22f)), fp);
  ink = max(ink, line_ink(x, y, -0.16f, 0.05f, -0.27f, -0.22f, 0.085f, fp));
  ink = max(ink, line_ink(x, y, -0.27f, -0.24f, -0.13f, -0.40f, 0.055f, fp));
  ink = max(ink, line_ink(x, y, -0.13f, -0.40f, -0.17f, -0.63f, 0.050f, fp));
  ink = max(ink, line_ink(x, y, -0.29f, -0.26f, -0.42f, -0.63f, 0.055f, fp));
  ink = max(ink, line_ink(x, y, -0.14f, 0.04f, 0.06f, -0.18f, 0.045f, fp));
  ink = max(ink, line_ink(x, y, -0.20f, -0.02f, 0.26f, -0.44f, 0.024f, fp));
  real heap = min(0.30f - sqrt(square((x - 0.36f) * 0.95f) + square(y + 0.72f)), y + 0.67f);
  return max(ink, edge(heap, fp));
}

// An arrow that bends to the right.
inline real bend_ink(real x, real y, real fp) {
  real ink = line_ink(x, y, -0.16f, -0.62f, -0.16f, -0.28f, 0.075f, fp);
  ink = max(ink, line_ink(x, y, -0.16f, -0.28f, 0.02f, -0.06f, 0.075f, fp));
  return max(ink, tip_ink(x, y, 0.20f, 0.16f, 0.6332f, 0.7740f, 0.30f, fp));
}

// Three arrows after each other round a ring, against the clock.
inline real ring_ink(real x, real y, real fp) {
  real ink = REAL(0.0f);
  for (int k = 0; k < 3; k++) {
    float c = k == 0 ? 1.0f : -0.5f, s = k == 0 ? 0.0f : k == 1 ? 0.8660254f : -0.8660254f;
    real u = x * c + y * s, v = y * c - x * s; // turned back, the arrow's point is on +x
    real ring = 0.085f - fabs(sqrt(u * u + v * v) - 0.52f);
    // From 65 degrees before +x up to it, where the head begins.
    real sector = min(0.9063f * u + 0.4226f * v, -v);
    ink = max(ink, edge(min(ring, sector), fp));
    ink = max(ink, tip_ink(u, v, 0.47f, 0.27f, -0.22f, 0.9755f, 0.30f, fp));
  }
  return ink;
}

// One arrow on a round plate, down to the right.
inline real keep_ink(real x, real y, real fp) {
  real ink = line_ink(x, y, -0.42f, 0.42f, 0.15f, -0.15f, 0.105f, fp);
  return max(ink, tip_ink(x, y, 0.52f, -0.52f, 0.70711f, -0.70711f, 0.46f, fp));
}

// A board's three lines: an arrow and a name each, the rows ruled off.
inline real board_ink(real x, real y, word h, real fp) {
  const float row_high = 0.36f, unit = 0.0150f;
  real row = floor((0.54f - y) / row_high);
  word line = as_word(to_whole(clamp(row, 0.0f, 2.0f)));
  word mine = hash_word(h + line * 747796405u);
  real v = y - (0.54f - (row + 0.5f) * row_high), fine = fp * (1.0f / unit);
  real ink = name_ink((x + 0.58f) * (1.0f / unit), v * (1.0f / unit) + 6.0f,
                      (h + line * 5u) % PLACE_NAMES, 1.05f, fine);
  // Straight on first, then to the sides.
  real ax = x + 0.80f;
  real up = max(line_ink(ax, v, 0.0f, -0.10f, 0.0f, 0.02f, 0.026f, fp),
                tip_ink(ax, v, 0.0f, 0.13f, 0.0f, 1.0f, 0.13f, fp));
  real bx = select(ax, -ax, (mine & 1u) != WORD(0u));
  real side = max(line_ink(bx, v, -0.10f, 0.0f, 0.02f, 0.0f, 0.026f, fp),
                  tip_ink(bx, v, 0.13f, 0.0f, 1.0f, 0.0f, 0.13f, fp));
  ink = max(ink, select(side, up, line == WORD(0u)));
  real rule = edge(0.006f - fabs(fabs(y - 0.0f) - 0.18f), fp) * edge(0.90f - fabs(x), fp);
  return max(select(REAL(0.0f), ink, (row >= REAL(0.0f)) & (row < REAL(3.0f))), rule);
}

inline void surface_sign(const surface_point *at, surface *s) {
  word sign = at->signal & 255u, number = at->signal >> 8u;
  real x = at->uv.x, y = at->uv.y, ax = fabs(x), ay = fabs(y);
  // Half widths of the plates: boards 1.4 m, most others 0.3 m to 0.45 m.
  real fp = at->footprint * select(REAL(2.8f), REAL(0.72f), sign == WORD(SIGN_FACE_DIRECTION));
  real3 white = rgb(0.78f, 0.78f, 0.78f), red = rgb(0.55f, 0.025f, 0.03f);
  real3 blue = rgb(0.015f, 0.08f, 0.38f), black = rgb(0.02f, 0.02f, 0.02f);
  real3 yellow = rgb(0.76f, 0.46f, 0.02f);
  real r = sqrt(x * x + y * y);
  real3 c = white;
#define SIGN(kind, face)                                                                           \
  {                                                                                                \
    whole mine = sign == WORD(SIGN_FACE_##kind);                                                   \
    if (any_lane(mine))                                                                            \
      c = choose3(c, face, mine);                                                                  \
  }
  real octagon = 1.0f - max(max(ax, ay), (ax + ay) * 0.70710678f);
  SIGN(STOP, mix3(mix3(white, red, edge(octagon - 0.05f, fp)), white, stop_ink(x, y, fp)))
  SIGN(GIVE_WAY, mix3(red, white, edge(warning_inside(x, -y) - 0.20f, fp)))
  real diamond = (0.907f - ax - ay) * 0.70710678f + 0.093f;
  SIGN(PRIORITY_ROAD,
       mix3(mix3(white, black, edge(diamond - 0.17f, fp)), yellow, edge(diamond - 0.20f, fp)))
  real3 ring = mix3(red, white, edge(0.74f - r, fp));
  SIGN(SPEED_LIMIT, mix3(ring, black, limit_ink(x, y, number, fp)))
  SIGN(NO_ENTRY,
       mix3(mix3(white, red, edge(0.96f - r, fp)), white, bar(x, y, 0.0f, 0.0f, 0.72f, 0.17f, fp)))
  real cross = 0.10f - min(fabs(x + y), fabs(x - y)) * 0.70710678f;
  SIGN(NO_STOPPING, mix3(blue, red, max(edge(r - 0.80f, fp), edge(cross, fp))))
  real frame = min(1.0f - ax, 1.0f - ay);
  real3 square_blue = mix3(white, blue, edge(frame - 0.05f, fp));
  // Crossings: a white triangle with a walker over stripes.
  real inner = min(0.70f + y, (0.80f - y) * 0.5f - 0.8660254f * ax + 0.06f);
  SIGN(CROSSING, mix3(mix3(square_blue, white, edge(inner, fp)), black,
                      max(walker_ink(x * 1.15f, (y + 0.06f) * 1.15f, fp * 1.15f),
                          stripes_ink(x, y, 0.62f, fp)) *
                          edge(inner, fp)))
  SIGN(PARKING,
       mix3(square_blue, white,
            letter_ink(x * 9.5f + 4.0f, y * 9.5f + 6.0f, WORD(LETTER_OF('P')), 1.2f, fp * 9.5f)))
  real warning = warning_inside(x, y);
  real3 warn = mix3(red, white, edge(warning - 0.17f, fp));
  real wide = at->uv.y * 1.75f; // of a board 2.8 m by 1.6 m, 1 at its upper border
  real rim = min(1.0f - ax, (1.0f - fabs(wide)) * 0.5714f);
  SIGN(DIRECTION, mix3(mix3(white, rgb(0.01f, 0.13f, 0.055f), edge(rim - 0.02f, fp)), white,
                       board_ink(x, y, at->seed, fp)))
  SIGN(WORK_ZONE, mix3(warn, black, digger_ink(x, y + 0.02f, fp)))
  SIGN(CURVE_LEFT, mix3(warn, black, bend_ink(-x, y, fp)))
  SIGN(CURVE_RIGHT, mix3(warn, black, bend_ink(x, y, fp)))
  real3 disc_blue = mix3(white, blue, edge(0.95f - r, fp));
  // Its arrows turn as traffic does: clockwise, number 1, where that keeps left.
  real ring_x = x * select(REAL(1.0f), REAL(-1.0f), number == WORD(1u));
  SIGN(ROUNDABOUT, mix3(disc_blue, white, ring_ink(ring_x, y, fp)))
  // Three angles that point to the side.
  real point = x * select(REAL(1.0f), REAL(-1.0f), sign == WORD(SIGN_FACE_CHEVRON_LEFT));
  real angle = (point + ay) * 0.70710678f;
  real3 chevron = mix3(red, white, edge(0.24f - fabs(angle - 0.30f), fp));
  SIGN(CHEVRON_LEFT, chevron)
  SIGN(CHEVRON_RIGHT, chevron)
  SIGN(KEEP_RIGHT, mix3(disc_blue, white, keep_ink(x, y, fp)))
  SIGN(KEEP_LEFT, mix3(disc_blue, white, keep_ink(-x, y, fp)))
  real slim = min(1.0f - ax, 0.375f - ay);
  SIGN(ONE_WAY, mix3(mix3(white, blue, edge(slim - 0.04f, fp)), white,
                     max(bar(x, y, -0.18f, 0.0f, 0.55f, 0.075f, fp),
                         tip_ink(x, y, 0.78f, 0.0f, 1.0f, 0.0f, 0.34f, fp))))
  real3 stop_disc = mix3(rgb(0.01f, 0.22f, 0.08f), yellow, edge(0.80f - r, fp));
  real letter_h =
      letter_ink(x * 11.5f + 4.0f, y * 11.5f + 6.0f, WORD(LETTER_OF('H')), 1.1f, fp * 11.5f);
  SIGN(BUS_STOP, mix3(stop_disc, rgb(0.01f, 0.22f, 0.08f), letter_h))
  real lights = 0.125f - sqrt(x * x + square(y + 0.28f));
  real3 three = mix3(warn, yellow, edge(lights, fp));
  three = mix3(three, red, edge(0.125f - sqrt(x * x + square(y - 0.02f)), fp));
  SIGN(SIGNALS_AHEAD,
       mix3(three, rgb(0.0f, 0.25f, 0.07f), edge(0.125f - sqrt(x * x + square(y + 0.58f)), fp)))
  SIGN(PEOPLE_AHEAD, mix3(warn, black, walker_ink(x * 1.02f, (y + 0.19f) * 1.02f, fp * 1.02f)))
#undef SIGN
  s->albedo = c;
  s->roughness = 0.45f;
  s->retro = 1.0f;
}

#endif
