// SPDX-License-Identifier: Apache-2.0
// Vehicles, people, plants, poles and signs, in the thing's own frame.
#ifndef SURFACE_THING_CL
#define SURFACE_THING_CL
#include "surface_lamp.cl"
#include "surface_sign.cl"
#include "surface_window.cl"

// Flakes in a coat, seen from very near: a factor around 1.
inline real paint_flakes(real3 p, real fp) {
  if (!any_lane(fp < REAL(0.004f)))
    return REAL(1.0f);
  word h = hash_word(hash_cell(cell_of(floor(p.x * 900.0f)), cell_of(floor(p.y * 900.0f)),
                               cell_of(floor(p.z * 900.0f))));
  return 1.0f + 0.5f * (unit_of(h) - 0.5f) * clamp(2.0f - 500.0f * fp, 0.0f, 1.0f);
}

// Colour coat with flakes under clear coat; dust from the road lies on the lower parts.
inline void surface_car_paint(const surface_point *at, surface *s) {
  real3 p = at->object;
  real fp = at->footprint;
  word seed = at->seed;
  whole metallic = (seed & 3u) != WORD(0u);
  // Flakes lie flat: brighter seen straight on.
  real facing = clamp(dot3(at->view, s->normal), 0.0f, 1.0f);
  real flakes = (0.62f + 0.55f * facing * facing) * paint_flakes(p, fp);
  s->albedo = scale3(s->albedo, select(REAL(1.0f), flakes, metallic));
  s->metallic = select(s->metallic, REAL(0.35f), metallic);
  s->roughness = select(REAL(0.5f), REAL(0.42f), metallic);
  real grime = 0.15f + 0.85f * unit_of(hash_word(seed + 5u));
  real low = clamp(1.15f - p.z * 1.5f, 0.0f, 1.0f);
  real spots = 0.5f + rough3(p, 2.4f, fp, seed) + 0.8f * octave3(p, 17.0f, fp, seed + 1u);
  real dust = clamp(grime * (0.10f + 0.85f * low * low) * spots, 0.0f, 0.8f);
  s->albedo = mix3(s->albedo, rgb(0.17f, 0.15f, 0.125f), 0.75f * dust);
  s->coat = 1.0f - 0.9f * dust;
  s->f0 = 0.045f;
  s->porosity = 0.05f + 0.5f * dust;
  s->normal = tilt(s->normal, 0.008f * octave3(p, 3.0f, fp, WORD(3u)),
                   0.008f * octave3(p, 3.7f, fp, WORD(4u)));
}

inline void surface_metal(const surface_point *at, surface *s) {
  real3 p = at->object;
  real fp = at->footprint;
  real spots = rough3(p, 1.7f, fp, at->seed), fine = octave3(p, 21.0f, fp, at->seed + 1u);
  real dust = clamp(0.10f + 0.5f * spots, 0.0f, 1.0f);
  s->albedo = shade_by(s->albedo, 0.22f * spots + 0.12f * fine);
  s->roughness = clamp(s->roughness + 0.25f * dust + 0.10f * fine, 0.05f, 1.0f);
}

inline void surface_rubber(const surface_point *at, surface *s) {
  real dust = clamp(0.25f + 0.8f * rough3(at->object, 5.0f, at->footprint, at->seed), 0.0f, 1.0f);
  s->albedo = mix3(s->albedo, rgb(0.10f, 0.09f, 0.08f), 0.35f * dust);
  s->porosity = 0.3f;
}

inline void surface_cloth(const surface_point *at, surface *s) {
  real3 p = at->object;
  real fp = at->footprint, zero = REAL(0.0f);
  word seed = at->seed + at->kind;
  // Folds hang downwards; weave close by; some garments are striped or checked.
  real fold = octave3(triple(p.x * 9.0f, p.y * 9.0f, p.z * 2.4f), 1.0f, fp * 9.0f, seed);
  real weave = select(zero, octave3(p, 260.0f, fp, seed + 1u), fp < REAL(0.006f));
  word style = hash_word(at->seed + 77u) & 7u;
  real checks = 0.6f * max(joints(p.z, 0.12f, 0.02f, fp), joints(p.y + p.x, 0.12f, 0.02f, fp));
  real stripe = select(zero, joints(p.z, 0.09f, 0.035f, fp), style == WORD(0u));
  stripe = select(stripe, checks, style == WORD(1u));
  // Trousers, skirts and bags are plain.
  stripe = select(zero, stripe,
                  (at->material == WORD(MATERIAL_TOP)) | (at->material == WORD(MATERIAL_AWNING)));
  s->albedo = shade_by(s->albedo, 0.35f * fold + 0.3f * weave);
  real3 other = add3(scale3(s->albedo, REAL(0.45f)), rgb(0.10f, 0.10f, 0.10f));
  s->albedo = mix3(s->albedo, other, stripe);
  // A sheen of fibres towards the edge.
  real rim = 1.0f - clamp(dot3(at->view, s->normal), 0.0f, 1.0f);
  s->albedo = scale3(s->albedo, 0.92f + 0.35f * rim * rim);
  s->normal = tilt(s->normal, 0.5f * fold, 0.3f * fold);
  s->porosity = 0.5f;
}

inline void surface_skin(const surface_point *at, surface *s) {
  real blotch = 2.0f * rough3(at->object, 11.0f, at->footprint, at->seed);
  s->albedo.x *= 1.0f + 0.10f * blotch;
  s->albedo.y *= 1.0f + 0.02f * blotch;
  s->translucent = 0.06f;
}

inline void surface_hair(const surface_point *at, surface *s) {
  real3 p = at->object;
  real strand = octave3(triple(p.x * 3.0f, p.y * 3.0f, p.z * 0.6f), 60.0f, at->footprint, at->seed);
  s->albedo = shade_by(s->albedo, 0.7f * strand);
  s->normal = tilt(s->normal, 0.4f * strand, 0.2f * strand);
}

// Share of what a leaf throws back that comes through it.
#define LEAF_THROUGH 0.45f

inline void surface_leaf(const surface_point *at, surface *s) {
  word h = hash_word(at->triangle * 2654435761u + at->seed);
  real clump = rough3(at->object, 0.8f, at->footprint, at->seed + 2u);
  real each = unit_of(h) - 0.5f;
  // Leaves at the outside and top are younger and yellower.
  s->albedo = scale3(s->albedo, 1.0f + 0.55f * each * band(at->footprint, 6.0f) + 0.5f * clump);
  real young = 2.0f * (unit_of(h * 747796405u) - 0.5f);
  s->albedo =
      mul3(s->albedo, triple(1.0f + 0.20f * young, 1.0f + 0.03f * young, 1.0f - 0.15f * young));
  s->translucent = LEAF_THROUGH;
  s->roughness = 0.55f;
  s->porosity = 0.15f;
}

inline void surface_bark(const surface_point *at, surface *s) {
  real3 p = at->object;
  real fp = at->footprint;
  real ridge = octave3(triple(p.x * 14.0f, p.y * 14.0f, p.z * 3.0f), 1.0f, fp * 14.0f, at->seed);
  real fine = octave3(p, 45.0f, fp, at->seed + 1u);
  real lichen = ramp(0.16f, 0.34f, rough3(p, 2.1f, fp, at->seed + 2u));
  s->albedo = shade_by(s->albedo, 0.9f * ridge + 0.35f * fine);
  s->albedo = mix3(s->albedo, rgb(0.20f, 0.22f, 0.15f), 0.4f * lichen);
  s->normal = tilt(s->normal, 0.9f * ridge, 0.5f * fine);
  s->porosity = 0.7f;
}

inline void surface_plastic(const surface_point *at, surface *s) {
  s->albedo = shade_by(s->albedo, 0.14f * rough3(at->object, 2.3f, at->footprint, at->seed));
  s->porosity = 0.1f;
}

// Sheeting of cones, barriers and posts.
inline void surface_reflector(const surface_point *at, surface *s) {
  s->albedo = shade_by(s->albedo, 0.10f * rough3(at->object, 3.1f, at->footprint, at->seed));
  s->porosity = 0.05f;
  s->retro = 1.0f;
}

// A number plate: a frame and seven characters.
// The EU's size, 0.52 x 0.11 m; far away letters are a grey band.
inline void surface_plate(const surface_point *at, surface *s) {
  word h = hash_word(at->seed + 99u);
  float grid = PLATE_WIDTH / 0.45f; // units of a metre
  real x = (at->uv.x - 0.26f) * grid, y = (at->uv.y - 0.055f) * grid, fp = at->footprint * grid;
  real far = 0.34f * edge(6.0f - fabs(y), fp) * edge(0.5f * PLATE_WIDTH - fabs(x), fp);
  whole near = fp < REAL(8.0f);
  real ink = far;
  if (any_lane(near))
    ink = select(far, plate_ink(x, y, h, 0.9f, fp), near);
  s->albedo = mix3(s->albedo, rgb(0.02f, 0.02f, 0.025f), 0.9f * ink);
}

inline real3 poster_ink(word h, uint a, uint b, uint c) {
  real3 ink = {unit_of(h * a), unit_of(h * b), unit_of(h * c)};
  return add3(scale3(mul3(ink, ink), REAL(0.8f)), rgb(0.03f, 0.03f, 0.03f));
}

// A poster: bands, discs and lines of print, lit from within at night.
inline void surface_billboard(const surface_point *at, surface *s, float night) {
  // What hangs in a shelter is a third as large as the boards along roads.
  whole board = at->kind == WORD(12u); // THING_BILLBOARD
  real size = select(REAL(3.2f), REAL(1.0f), board);
  real x = at->uv.x * size, y = at->uv.y * size, fp = at->footprint * size;
  word h = hash_word(at->seed * 3u + 1u);
  real3 a = poster_ink(h, 1u, 3u, 5u), b = poster_ink(h, 7u, 11u, 13u);
  real3 pale = rgb(0.85f, 0.85f, 0.85f);
  real3 c = mix3(a, b, clamp(0.5f + 0.45f * (y - 1.0f), 0.0f, 1.0f));
  real rx = x - 0.7f - 0.9f * unit_of(h * 17u), ry = y - 0.9f - 0.6f * unit_of(h * 19u);
  c = mix3(c, sub3(pale, a), edge(0.32f + 0.2f * unit_of(h * 23u) - sqrt(rx * rx + ry * ry), fp));
  real fine = select(REAL(58.0f), REAL(20.0f), board);
  real ink = name_ink((x - 0.15f) * fine, (y - 0.32f) * fine, h % PLACE_NAMES, 1.2f, fp * fine);
  c = mix3(c, pale, ink);
  real print =
      print_ink((x - 0.15f) * 150.0f, (y - 0.10f) * 150.0f, WORD(22u), h + 3u, 0.8f, fp * 150.0f);
  c = mix3(c, rgb(0.10f, 0.10f, 0.10f), print);
  s->albedo = clamp3(c, 0.02f, 0.85f);
  s->emission = scale3(s->albedo, REAL(0.0030f * night));
}

#endif
