// SPDX-License-Identifier: Apache-2.0
// Vehicles, people, plants, poles, lamps and signs, in the thing's own frame.
#ifndef SURFACE_THING_CL
#define SURFACE_THING_CL
#include "surface_building.cl"

// sim/snapshot.h and scenes/road.h
#define LIGHT_BRAKE 1u
#define LIGHT_LEFT 2u
#define LIGHT_RIGHT 4u
#define LIGHT_HEAD 8u
#define LIGHT_BLINK 16u
#define COLOR_RED 1u
#define COLOR_RED_YELLOW 2u
#define COLOR_GREEN 3u
#define COLOR_YELLOW 4u

// Colour coat with flakes under clear coat; dust from the road lies on the lower parts.
inline void surface_car_paint(const surface_point *at, surface *s) {
  float3 p = at->object;
  float fp = at->footprint;
  bool metallic = (at->seed & 3u) != 0u;
  float facing = clamp(dot(at->view, s->normal), 0.0f, 1.0f);
  if (metallic) { // flakes lie flat: brighter seen straight on
    s->albedo *= 0.62f + 0.55f * facing * facing;
    if (fp < 0.004f) {
      float3 c = floor(p * 900.0f);
      uint h = hash_u32(hash_cell((int)c.x, (int)c.y, (uint)(int)c.z));
      s->albedo *= 1.0f + 0.5f * (unit_of(h) - 0.5f) * clamp(2.0f - 500.0f * fp, 0.0f, 1.0f);
    }
    s->metallic = 0.35f;
    s->roughness = 0.42f;
  } else {
    s->roughness = 0.5f;
  }
  float grime = 0.15f + 0.85f * unit_of(hash_u32(at->seed + 5u));
  float low = clamp(1.15f - p.z * 1.5f, 0.0f, 1.0f);
  float spots = 0.5f + rough3(p, 2.4f, fp, at->seed) + 0.8f * octave3(p, 17.0f, fp, at->seed + 1u);
  float dust = clamp(grime * (0.10f + 0.85f * low * low) * spots, 0.0f, 0.8f);
  s->albedo = mix3(s->albedo, (float3)(0.17f, 0.15f, 0.125f), 0.75f * dust);
  s->coat = 1.0f - 0.9f * dust;
  s->f0 = 0.045f;
  s->porosity = 0.05f + 0.5f * dust;
  s->normal =
      tilt(s->normal, 0.008f * (float2)(octave3(p, 3.0f, fp, 3u), octave3(p, 3.7f, fp, 4u)));
}

// Tinted glass: a dark cabin, and through it what lies behind the windows opposite.
inline void surface_car_glass(const surface_point *at, surface *s, float3 day) {
  float3 p = at->object, d = at->view_object;
  bool vehicle = at->kind >= 13u && at->kind <= 16u;
  s->roughness = 0.03f;
  s->f0 = 0.045f;
  s->coat = 1.0f;
  s->albedo = (float3)(0.010f, 0.011f, 0.011f);
  if (!vehicle) { // a clear pane of a shelter
    s->emission = day * (float3)(0.42f, 0.46f, 0.45f);
    return;
  }
  float side = 0.62f;
  float far_y = d.y > 0.0f ? side : -side;
  float t = fabs(d.y) > 1e-3f ? (far_y - p.y) / d.y : 1e3f;
  float3 end = p + d * t;
  float low = p.z - 0.22f, high = p.z + 0.30f;
  float soft = 0.04f + at->footprint;
  float open = t > 0.05f && t < 3.5f ? edge(end.z - low, soft) * edge(high - end.z, soft) : 0.0f;
  // Pillars and head rests of two rows of seats.
  float x = end.x * 0.95f - floor(end.x * 0.95f);
  open *= edge(fabs(x - 0.5f) - 0.07f, soft);
  float ts = fabs(d.y) > 1e-3f ? ((d.y > 0.0f ? 0.35f : -0.35f) - p.y) / d.y : 1e3f;
  float3 seat = p + d * max(ts, 0.0f);
  float sx = seat.x * 1.05f - floor(seat.x * 1.05f) - 0.5f;
  float rest = edge(0.13f - fabs(sx), soft) * edge(p.z + 0.10f - seat.z, soft);
  if (ts > 0.0f && ts < 3.0f)
    open *= 1.0f - rest;
  s->emission = day * ((float3)(0.022f, 0.023f, 0.024f) + (float3)(0.26f, 0.29f, 0.28f) * open);
}

inline void surface_metal(const surface_point *at, surface *s) {
  float3 p = at->object;
  float fp = at->footprint;
  float spots = rough3(p, 1.7f, fp, at->seed), fine = octave3(p, 21.0f, fp, at->seed + 1u);
  float dust = clamp(0.10f + 0.5f * spots, 0.0f, 1.0f);
  s->albedo = shade_by(s->albedo, 0.22f * spots + 0.12f * fine);
  s->roughness = clamp(s->roughness + 0.25f * dust + 0.10f * fine, 0.05f, 1.0f);
}

inline void surface_rubber(const surface_point *at, surface *s) {
  float3 p = at->object;
  float fp = at->footprint;
  float dust = clamp(0.25f + 0.8f * rough3(p, 5.0f, fp, at->seed), 0.0f, 1.0f);
  s->albedo = mix3(s->albedo, (float3)(0.10f, 0.09f, 0.08f), 0.35f * dust);
  s->porosity = 0.3f;
}

inline void surface_cloth(const surface_point *at, surface *s) {
  float3 p = at->object;
  float fp = at->footprint;
  uint seed = at->seed + at->kind;
  // Folds hang downwards; weave close by; some garments are striped or checked.
  float fold = octave3((float3)(p.x * 9.0f, p.y * 9.0f, p.z * 2.4f), 1.0f, fp * 9.0f, seed);
  float weave = fp < 0.006f ? octave3(p, 260.0f, fp, seed + 1u) : 0.0f;
  uint style = hash_u32(at->seed + 77u) & 7u;
  float stripe = 0.0f;
  if (style == 0u)
    stripe = joints(p.z, 0.09f, 0.035f, fp);
  else if (style == 1u)
    stripe = 0.6f * max(joints(p.z, 0.12f, 0.02f, fp), joints(p.y + p.x, 0.12f, 0.02f, fp));
  s->albedo = shade_by(s->albedo, 0.35f * fold + 0.3f * weave);
  s->albedo = mix3(s->albedo, s->albedo * 0.45f + 0.10f, stripe);
  // A sheen of fibres towards the edge.
  float rim = 1.0f - clamp(dot(at->view, s->normal), 0.0f, 1.0f);
  s->albedo *= 0.92f + 0.35f * rim * rim;
  s->normal = tilt(s->normal, (float2)(0.5f * fold, 0.3f * fold));
  s->porosity = 0.5f;
}

inline void surface_skin(const surface_point *at, surface *s) {
  float blotch = rough3(at->object, 11.0f, at->footprint, at->seed);
  s->albedo *= 1.0f + (float3)(0.10f, 0.02f, 0.0f) * (2.0f * blotch);
  s->translucent = 0.06f;
}

inline void surface_hair(const surface_point *at, surface *s) {
  float3 p = at->object;
  float strand =
      octave3((float3)(p.x * 3.0f, p.y * 3.0f, p.z * 0.6f), 60.0f, at->footprint, at->seed);
  s->albedo = shade_by(s->albedo, 0.7f * strand);
  s->normal = tilt(s->normal, (float2)(0.4f * strand, 0.2f * strand));
}

inline void surface_leaf(const surface_point *at, surface *s) {
  uint h = hash_u32(at->triangle * 2654435761u + at->seed);
  float3 p = at->object;
  float clump = rough3(p, 0.8f, at->footprint, at->seed + 2u);
  float each = unit_of(h) - 0.5f;
  // Leaves at the outside and top are younger and yellower.
  s->albedo *= 1.0f + 0.55f * each * band(at->footprint, 6.0f) + 0.5f * clump;
  s->albedo *= 1.0f + (float3)(0.20f, 0.03f, -0.15f) * (2.0f * (unit_of(h * 747796405u) - 0.5f));
  s->translucent = 0.45f;
  s->roughness = 0.55f;
  s->porosity = 0.15f;
}

inline void surface_bark(const surface_point *at, surface *s) {
  float3 p = at->object;
  float fp = at->footprint;
  float ridge = octave3((float3)(p.x * 14.0f, p.y * 14.0f, p.z * 3.0f), 1.0f, fp * 14.0f, at->seed);
  float fine = octave3(p, 45.0f, fp, at->seed + 1u);
  float lichen = ramp(0.16f, 0.34f, rough3(p, 2.1f, fp, at->seed + 2u));
  s->albedo = shade_by(s->albedo, 0.9f * ridge + 0.35f * fine);
  s->albedo = mix3(s->albedo, (float3)(0.20f, 0.22f, 0.15f), 0.4f * lichen);
  s->normal = tilt(s->normal, (float2)(0.9f * ridge, 0.5f * fine));
  s->porosity = 0.7f;
}

inline void surface_plastic(const surface_point *at, surface *s) {
  s->albedo = shade_by(s->albedo, 0.14f * rough3(at->object, 2.3f, at->footprint, at->seed));
  s->porosity = 0.1f;
}

// A lens with ribs over a lamp of that radiance.
inline void surface_lamp(const surface_point *at, surface *s, float3 radiance, float cap) {
  float3 p = at->object;
  float ribs = 0.5f * (joints(p.y, 0.024f, 0.012f, at->footprint) +
                       joints(p.z, 0.024f, 0.012f, at->footprint));
  s->albedo *= 0.65f + 0.5f * ribs;
  s->emission =
      min(radiance, cap * radiance / max(max(radiance.x, max(radiance.y, radiance.z)), 1e-9f)) *
      (0.8f + 0.4f * ribs);
  s->roughness = 0.12f;
  s->coat = 0.8f;
}

// Radiance of a lamp by its shader, 0 where it is off or no lamp.
inline float3 lamp_radiance(uint shader, uint flags, uint signal, float night) {
  switch (shader) {
  case SHADER_HEADLAMP:
    return flags & LIGHT_HEAD ? (float3)(4.2f, 4.1f, 3.9f) : (float3)(0.0f);
  case SHADER_TAIL_LAMP:
    return flags & LIGHT_BRAKE  ? (float3)(1.1f, 0.020f, 0.012f)
           : flags & LIGHT_HEAD ? (float3)(0.09f, 0.002f, 0.001f)
                                : (float3)(0.0f);
  case SHADER_LEFT_INDICATOR:
    return (flags & (LIGHT_LEFT | LIGHT_BLINK)) == (LIGHT_LEFT | LIGHT_BLINK)
               ? (float3)(1.3f, 0.45f, 0.015f)
               : (float3)(0.0f);
  case SHADER_RIGHT_INDICATOR:
    return (flags & (LIGHT_RIGHT | LIGHT_BLINK)) == (LIGHT_RIGHT | LIGHT_BLINK)
               ? (float3)(1.3f, 0.45f, 0.015f)
               : (float3)(0.0f);
  case SHADER_SIGNAL_RED:
    return signal == COLOR_RED || signal == COLOR_RED_YELLOW ? (float3)(1.6f, 0.035f, 0.02f)
                                                             : (float3)(0.0f);
  case SHADER_SIGNAL_YELLOW:
    return signal == COLOR_YELLOW || signal == COLOR_RED_YELLOW ? (float3)(1.6f, 0.75f, 0.02f)
                                                                : (float3)(0.0f);
  case SHADER_SIGNAL_GREEN:
    return signal == COLOR_GREEN ? (float3)(0.06f, 1.5f, 0.62f) : (float3)(0.0f);
  case SHADER_STREET_LAMP:
    return night > 0.4f ? (float3)(3.0f, 2.5f, 1.8f) : (float3)(0.0f);
  default:
    return (float3)(0.0f);
  }
}

// A number plate: a frame and seven characters.
inline void surface_plate(const surface_point *at, surface *s) {
  float2 p = at->uv;
  uint h = hash_u32(at->seed + 99u);
  float ink = glyphs(p - (float2)(0.05f, 0.02f), 0.075f, 7, h, at->footprint);
  s->albedo = mix3(s->albedo, (float3)(0.02f, 0.02f, 0.025f), 0.9f * ink);
}

// Traffic signs by their seed: a ring, a bar, a blue disc, a triangle, within the face.
inline void surface_sign(const surface_point *at, surface *s) {
  float2 p = at->uv;
  float fp = at->footprint;
  uint style = hash_u32(at->seed) & 3u;
  float3 white = (float3)(0.78f), red = (float3)(0.55f, 0.025f, 0.03f);
  float3 blue = (float3)(0.015f, 0.08f, 0.38f), black = (float3)(0.02f);
  // The face is about 0.6 m; uv starts at its corner or runs from its middle.
  float2 q = p - 0.3f;
  if (p.x < 0.0f || p.y < 0.0f)
    q = p;
  float r = sqrt(dot(q, q));
  float3 c = white;
  if (style == 0u) {
    c = mix3(white, red, edge(r - 0.22f, fp));
    c = mix3(c, black, glyphs(q + (float2)(0.12f, 0.09f), 0.19f, 2, at->seed, fp));
  } else if (style == 1u) {
    c = mix3(red, white, edge(0.05f - fabs(q.y), fp) * edge(0.2f - fabs(q.x), fp));
  } else if (style == 2u) {
    float arrow = max(edge(0.035f - fabs(q.x), fp) * edge(0.18f - fabs(q.y), fp),
                      edge(0.15f - fabs(q.x) - fabs(q.y - 0.05f), fp) * edge(q.y - 0.05f, fp));
    c = mix3(blue, white, arrow);
  } else {
    float inside = min(0.17f + q.y * 0.0f - fabs(q.x) - 0.5f * (q.y - 0.02f), q.y + 0.2f);
    c = mix3(red, white, edge(inside, fp));
    c = mix3(c, black, edge(0.03f - fabs(q.x), fp) * edge(0.10f - fabs(q.y + 0.03f), fp));
  }
  s->albedo = c;
  s->roughness = 0.45f;
}

// A poster: bands, discs and lines of print, lit from within at night.
inline void surface_billboard(const surface_point *at, surface *s, float night) {
  float2 p = at->uv;
  float fp = at->footprint;
  uint h = hash_u32(at->seed * 3u + 1u);
  float3 a = (float3)(unit_of(h), unit_of(h * 3u), unit_of(h * 5u));
  float3 b = (float3)(unit_of(h * 7u), unit_of(h * 11u), unit_of(h * 13u));
  a = a * a * 0.8f + 0.03f;
  b = b * b * 0.8f + 0.03f;
  float3 c = mix3(a, b, clamp(0.5f + 0.45f * (p.y - 1.0f), 0.0f, 1.0f));
  float2 r = p - (float2)(0.7f + 0.9f * unit_of(h * 17u), 0.9f + 0.6f * unit_of(h * 19u));
  c = mix3(c, (float3)(0.85f) - a, edge(0.32f + 0.2f * unit_of(h * 23u) - sqrt(dot(r, r)), fp));
  c = mix3(c, (float3)(0.85f), glyphs(p - (float2)(0.15f, 0.28f), 0.26f, 9, h, fp));
  c = mix3(c, (float3)(0.10f), glyphs(p - (float2)(0.15f, 0.10f), 0.10f, 22, h + 3u, fp));
  s->albedo = clamp(c, 0.02f, 0.85f);
  s->emission = s->albedo * (0.0030f * night);
}

#endif
