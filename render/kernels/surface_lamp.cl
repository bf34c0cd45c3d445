// SPDX-License-Identifier: Apache-2.0
// Lamps: what they radiate, and the glass in front of them.
#ifndef SURFACE_LAMP_CL
#define SURFACE_LAMP_CL
#include "surface.cl"

// sim/snapshot.h and scenes/road.h
#define LIGHT_BRAKE 1u
#define LIGHT_LEFT 2u
#define LIGHT_RIGHT 4u
#define LIGHT_HEAD 8u
#define LIGHT_BLINK 16u
#define LIGHT_BLUE_LEFT 4096u
#define LIGHT_BLUE_RIGHT 8192u
#define COLOR_RED 1u
#define COLOR_RED_YELLOW 2u
#define COLOR_GREEN 3u
#define COLOR_YELLOW 4u

// No lamp's radiance goes above the cap; its colour stays.
inline real3 capped(real3 radiance, float cap) {
  real most = max(max(radiance.x, max(radiance.y, radiance.z)), 1e-9f);
  return scale3(radiance, min(REAL(1.0f), cap / most));
}

// `lit` where the mask is set, else dark.
inline real3 lamp_when(float r, float g, float b, whole mask) {
  return choose3(rgb(0.0f, 0.0f, 0.0f), rgb(r, g, b), mask);
}

// Radiance of a lamp by its shader, 0 where it is off or no lamp.
inline real3 lamp_radiance(uint shader, word flags, word signal, float night) {
  word none = WORD(0u);
  switch (shader) {
  case SHADER_HEADLAMP:
    return lamp_when(4.2f, 4.1f, 3.9f, (flags & LIGHT_HEAD) != none);
  case SHADER_TAIL_LAMP: {
    real3 running = lamp_when(0.09f, 0.002f, 0.001f, (flags & LIGHT_HEAD) != none);
    return choose3(running, rgb(1.1f, 0.020f, 0.012f), (flags & LIGHT_BRAKE) != none);
  }
  case SHADER_LEFT_INDICATOR:
    return lamp_when(1.3f, 0.45f, 0.015f,
                     ((flags & LIGHT_LEFT) != none) & ((flags & LIGHT_BLINK) != none));
  case SHADER_RIGHT_INDICATOR:
    return lamp_when(1.3f, 0.45f, 0.015f,
                     ((flags & LIGHT_RIGHT) != none) & ((flags & LIGHT_BLINK) != none));
  case SHADER_SIGNAL_RED:
    return lamp_when(1.6f, 0.035f, 0.02f,
                     (signal == WORD(COLOR_RED)) | (signal == WORD(COLOR_RED_YELLOW)));
  case SHADER_SIGNAL_YELLOW:
    return lamp_when(1.6f, 0.75f, 0.02f,
                     (signal == WORD(COLOR_YELLOW)) | (signal == WORD(COLOR_RED_YELLOW)));
  case SHADER_SIGNAL_GREEN:
    return lamp_when(0.06f, 1.5f, 0.62f, signal == WORD(COLOR_GREEN));
  case SHADER_WORK_LAMP:
    return night > WORK_LAMP_NIGHT ? rgb(1.5f, 0.62f, 0.02f) : rgb(0.0f, 0.0f, 0.0f);
  case SHADER_BLUE_LEFT:
    return lamp_when(0.10f, 0.42f, 4.0f, (flags & LIGHT_BLUE_LEFT) != none);
  case SHADER_BLUE_RIGHT:
    return lamp_when(0.10f, 0.42f, 4.0f, (flags & LIGHT_BLUE_RIGHT) != none);
  case SHADER_STREET_LAMP:
    return night > STREET_LAMP_NIGHT ? rgb(3.0f, 2.5f, 1.8f) : rgb(0.0f, 0.0f, 0.0f);
  default:
    return rgb(0.0f, 0.0f, 0.0f);
  }
}

// Where on a shell's lamp: u outwards from its inner end, v up from its bottom, in what hull_emit
// says. Other lamps have 0 everywhere.
typedef struct lamp_place {
  real u, v, soft; // soft: a pixel
  whole laid_out;
} lamp_place;

inline lamp_place lamp_look_at(const surface_point *at) {
  lamp_place p = {at->uv.x, at->uv.y, 0.02f + 8.0f * at->footprint, WHOLE(0)};
  p.laid_out = p.u + p.v > REAL(0.0f);
  return p;
}

// 1 between lo and hi.
inline real within(real x, float lo, float hi, real soft) {
  return edge(x - lo, soft) * edge(hi - x, soft);
}

// Ribs of moulded glass, a factor around 1; grey from afar.
inline real lamp_ribs(const surface_point *at) {
  return 1.0f + 0.5f * (joints(at->object.y, 0.012f, 0.005f, at->footprint) - 0.4f);
}

// Under clear glass two projectors in bright bowls before a dark bezel, and a strip of diodes
// below.
inline void headlamp_glass(const surface_point *at, surface *s, real3 radiance) {
  lamp_place p = lamp_look_at(at);
  real2 off = {p.u - 0.62f, p.v - 0.54f};
  off.x = select(off.x, off.x - 1.06f, off.x > REAL(0.53f));
  real r = sqrt(off.x * off.x + off.y * off.y);
  off.y = select(off.y, off.y - 1.06f, off.y > REAL(0.53f));
  whole two = (p.u < REAL(2.21f)) & (p.v < REAL(2.13f));
  real bowl = select(REAL(0.0f), edge(0.42f - r, p.soft), two);
  real ring = select(REAL(0.0f), within(r, 0.33f, 0.42f, p.soft), two);
  real lens = select(REAL(0.0f), edge(0.28f - r, p.soft), two);
  real strip = within(p.v, 0.04f, 0.15f, p.soft) * edge(p.u - 0.10f, p.soft);
  // A bowl mirrors the road above its middle and the sky below it.
  real3 bright = scale3(rgb(0.58f, 0.60f, 0.63f), clamp(0.75f - 1.1f * off.y, 0.25f, 1.1f));
  real3 c = scale3(rgb(0.10f, 0.10f, 0.11f), 1.0f + 1.2f * clamp(p.v - 0.4f, 0.0f, 1.0f));
  c = mix3(c, bright, bowl);
  c = mix3(c, rgb(0.16f, 0.17f, 0.19f), lens * 0.85f);
  c = mix3(c, rgb(0.70f, 0.71f, 0.72f), max(0.6f * ring, strip));
  real light = 0.10f + 0.5f * bowl + 1.0f * lens + 0.7f * strip;
  real ribs = lamp_ribs(at);
  s->albedo = choose3(scale3(s->albedo, 0.55f + 0.35f * ribs), c, p.laid_out);
  s->emission = scale3(radiance, select(0.7f + 0.3f * ribs, light, p.laid_out));
}

// Deep red glass with a guide of light around its edge; what brakes fills it.
inline void tail_lamp_glass(const surface_point *at, surface *s, real3 radiance) {
  lamp_place p = lamp_look_at(at);
  real frame = 1.0f - within(p.v, 0.07f, 0.95f, p.soft) * edge(p.u - 0.06f, p.soft);
  real guide = within(p.v, 0.14f, 0.30f, p.soft);
  guide = max(guide, within(p.v, 0.72f, 0.88f, p.soft)) * edge(p.u - 0.14f, p.soft);
  real ribs = lamp_ribs(at);
  real3 c = mix3(scale3(s->albedo, 0.45f * ribs), scale3(s->albedo, REAL(1.25f)), guide);
  c = mix3(c, rgb(0.012f, 0.010f, 0.010f), frame);
  real light = (0.45f * ribs + 0.75f * guide) * (1.0f - frame);
  s->albedo = choose3(scale3(s->albedo, 0.55f + 0.35f * ribs), c, p.laid_out);
  s->emission = scale3(radiance, select(0.7f + 0.3f * ribs, light, p.laid_out));
}

// The glass of a lamp of that radiance. Until they flash, indicators are pale in front and as dark
// as the lamps around them behind.
inline void surface_lamp(uint shader, const surface_point *at, surface *s, real3 radiance,
                         float cap) {
  radiance = capped(radiance, cap);
  s->roughness = 0.12f;
  s->coat = 0.8f;
  if (shader == SHADER_HEADLAMP) {
    headlamp_glass(at, s, radiance);
    return;
  }
  if (shader == SHADER_TAIL_LAMP) {
    tail_lamp_glass(at, s, radiance);
    return;
  }
  if (shader == SHADER_LEFT_INDICATOR || shader == SHADER_RIGHT_INDICATOR)
    s->albedo =
        choose3(rgb(0.30f, 0.21f, 0.11f), rgb(0.26f, 0.032f, 0.012f), at->object.x < REAL(0.0f));
  real ribs = lamp_ribs(at);
  s->albedo = scale3(s->albedo, 0.55f + 0.35f * ribs);
  s->emission = scale3(radiance, 0.7f + 0.3f * ribs);
}

#endif
