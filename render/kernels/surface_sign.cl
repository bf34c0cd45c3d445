// SPDX-License-Identifier: Apache-2.0
// Faces of traffic signs by what they say (scenes/sign.h, in the instance's `signal`).
// Coordinates run from the plate's middle, 1 at half its width, to the right and up.
#ifndef SURFACE_SIGN_CL
#define SURFACE_SIGN_CL
#include "surface_building.cl"

#define SIGN_STOP 1u
#define SIGN_GIVE_WAY 2u
#define SIGN_PRIORITY_ROAD 3u
#define SIGN_SPEED_LIMIT 4u
#define SIGN_NO_ENTRY 5u
#define SIGN_NO_STOPPING 6u
#define SIGN_CROSSING 7u
#define SIGN_PARKING 8u
#define SIGN_DIRECTION 9u

// Strokes of a character: top, upper right, lower right, bottom, lower left, upper left,
// middle, and the upright of a T.
#define STROKES_S 0x6du
#define STROKES_T 0x81u
#define STROKES_O 0x3fu
#define STROKES_P 0x73u
__constant uint STROKES_DIGIT[10] = {0x3fu, 0x06u, 0x5bu, 0x4fu, 0x66u,
                                     0x6du, 0x7du, 0x07u, 0x7fu, 0x6fu};

// 1 within a rectangle around (cx, cy).
inline real bar(real x, real y, float cx, float cy, float half_wide, float half_high, real fp) {
  return edge(min(half_wide - fabs(x - cx), half_high - fabs(y - cy)), fp);
}

// Ink of a character 0.7 wide and 1.2 high around the origin.
inline real character(real x, real y, word strokes, real fp) {
  const float wide = 0.27f, high = 0.50f, half_thick = 0.10f;
  real zero = REAL(0.0f), ink = zero;
  for (uint k = 0; k < 8u; k++) {
    whole set = (strokes & (1u << k)) != WORD(0u);
    if (!any_lane(set))
      continue;
    bool level = k == 0u || k == 3u || k == 6u, right = k == 1u || k == 2u;
    bool upper = k == 1u || k == 5u;
    float cx = level || k == 7u ? 0.0f : right ? wide : -wide;
    float cy = k == 0u ? high : k == 3u ? -high : level || k == 7u ? 0.0f : upper ? 0.25f : -0.25f;
    float half_wide = level ? wide + half_thick : half_thick;
    float half_high = level ? half_thick : k == 7u ? high + half_thick : 0.25f + half_thick;
    ink = max(ink, select(zero, bar(x, y, cx, cy, half_wide, half_high, fp), set));
  }
  return ink;
}

// A number of two or three digits, `size` high.
inline real number_ink(real x, real y, word number, float size, real fp) {
  word hundreds = number / 100u, tens = (number / 10u) % 10u, ones = number % 10u;
  whole three = hundreds > WORD(0u);
  float per = 1.2f / size;
  real gap = select(REAL(0.42f), REAL(0.80f), three), fine = fp * per;
  real squeeze = select(REAL(1.0f), REAL(1.22f), three), u = x * per * squeeze, v = y * per;
  real ink = character(u - gap, v, GATHER(uint, STROKES_DIGIT, ones), fine);
  real at_tens = select(u + gap, u, three);
  ink = max(ink, character(at_tens, v, GATHER(uint, STROKES_DIGIT, tens), fine));
  real first = character(u + gap, v, GATHER(uint, STROKES_DIGIT, hundreds), fine);
  return max(ink, select(REAL(0.0f), first, three));
}

inline real stop_ink(real x, real y, real fp) {
  real u = x * 2.7f, v = y * 2.0f, fine = fp * 2.3f;
  real ink = character(u + 1.29f, v, WORD(STROKES_S), fine);
  ink = max(ink, character(u + 0.43f, v, WORD(STROKES_T), fine));
  ink = max(ink, character(u - 0.43f, v, WORD(STROKES_O), fine));
  return max(ink, character(u - 1.29f, v, WORD(STROKES_P), fine));
}

// Somebody walking over stripes, in a triangle.
inline real walker_ink(real x, real y, real fp) {
  real head = edge(0.09f - sqrt(x * x + square(y - 0.22f)), fp);
  real lean = x - 0.12f * (y + 0.05f);
  real ink = max(head, bar(lean, y, 0.0f, -0.02f, 0.055f, 0.15f, fp));
  real stride = max(-0.15f - y, 0.0f);
  ink = max(ink, edge(0.045f - fabs(fabs(x + 0.02f) - 0.55f * stride), fp) *
                     bar(x, y, 0.0f, -0.30f, 0.4f, 0.16f, fp));
  real stripes = edge(fabs(x * 5.0f - floor(x * 5.0f) - 0.5f) - 0.22f, fp * 5.0f);
  return max(ink, stripes * bar(x, y, 0.0f, -0.53f, 0.62f, 0.05f, fp));
}

// Lines of print and an arrow on a board.
inline real board_ink(real x, real y, word h, real fp) {
  real ink = glyphs(x + 0.82f, y - 0.36f, 0.26f, 3u + (h & 3u), h, fp);
  ink = max(ink, glyphs(x + 0.82f, y + 0.12f, 0.26f, 3u + ((h >> 4u) & 3u), h + 5u, fp));
  real shaft = bar(x, y, 0.62f, -0.15f, 0.05f, 0.40f, fp);
  real tip = edge(min(0.22f - fabs(x - 0.62f) - (y - 0.25f) * 0.8f, y - 0.20f) * 0.7f, fp);
  return max(ink, max(shaft, tip));
}

inline void surface_sign(const surface_point *at, surface *s) {
  word sign = at->signal & 255u, number = at->signal >> 8u;
  real x = at->uv.x, y = at->uv.y, ax = fabs(x);
  // The plate's half width is about 0.33 m, of boards 0.7 m.
  real fp = at->footprint * select(REAL(3.0f), REAL(1.43f), sign == WORD(SIGN_DIRECTION));
  real3 white = rgb(0.78f, 0.78f, 0.78f), red = rgb(0.55f, 0.025f, 0.03f);
  real3 blue = rgb(0.015f, 0.08f, 0.38f), black = rgb(0.02f, 0.02f, 0.02f);
  real r = sqrt(x * x + y * y);
  real3 c = white;
#define SIGN(kind, face)                                                                           \
  {                                                                                                \
    whole mine = sign == WORD(kind);                                                               \
    if (any_lane(mine))                                                                            \
      c = choose3(c, face, mine);                                                                  \
  }
  real octagon = 1.0f - max(max(ax, fabs(y)), (ax + fabs(y)) * 0.70710678f);
  SIGN(SIGN_STOP, mix3(mix3(white, red, edge(octagon - 0.07f, fp)), white, stop_ink(x, y, fp)))
  real triangle = min(0.57735f - y, (1.1547f + y) * 0.5f - 0.8660254f * ax);
  SIGN(SIGN_GIVE_WAY, mix3(red, white, edge(triangle - 0.20f, fp)))
  real diamond = (1.0f - ax - fabs(y)) * 0.70710678f;
  SIGN(SIGN_PRIORITY_ROAD, mix3(white, rgb(0.72f, 0.45f, 0.02f), edge(diamond - 0.17f, fp)))
  SIGN(SIGN_SPEED_LIMIT,
       mix3(mix3(white, red, edge(r - 0.76f, fp)), black, number_ink(x, y, number, 0.74f, fp)))
  SIGN(SIGN_NO_ENTRY,
       mix3(mix3(red, white, bar(x, y, 0.0f, 0.0f, 0.72f, 0.16f, fp)), white, edge(r - 0.95f, fp)))
  real cross = 0.10f - min(fabs(x + y), fabs(x - y)) * 0.70710678f;
  SIGN(SIGN_NO_STOPPING, mix3(blue, red, max(edge(r - 0.80f, fp), edge(cross, fp))))
  real inner = min(0.62f + y, (0.80f - y) * 0.5f - 0.8660254f * ax + 0.05f);
  SIGN(SIGN_CROSSING,
       mix3(mix3(blue, white, edge(inner, fp)), black, walker_ink(x, y, fp) * edge(inner, fp)))
  SIGN(SIGN_PARKING,
       mix3(blue, white, character(x * 1.15f - 0.02f, y * 1.15f, WORD(STROKES_P), fp * 1.15f)))
  real frame = min(1.0f - ax, 0.93f - fabs(y));
  real3 board = mix3(white, rgb(0.01f, 0.16f, 0.06f), edge(frame - 0.05f, fp));
  SIGN(SIGN_DIRECTION, mix3(board, white, board_ink(x, y, at->seed, fp)))
#undef SIGN
  s->albedo = c;
  s->roughness = 0.45f;
}

#endif
