// SPDX-License-Identifier: Apache-2.0
// Pictures on users' meshes: between four pixels and two levels, by a pixel's size on the surface.
#ifndef TEXTURE_CL
#define TEXTURE_CL
#include "surface_hit.cl"

// texture_wrap of scenes/gltf_read.h
#define WRAP_MIRROR 1u
#define WRAP_CLAMP 2u

// Coordinates of any size to 0 .. 1.
inline real wrapped(real x, word how) {
  real turn = x - floor(x), pair = x - 2.0f * floor(0.5f * x);
  real back = select(pair, 2.0f - pair, pair > REAL(1.0f));
  real out = select(turn, back, how == WORD(WRAP_MIRROR));
  return select(out, clamp(x, 0.0f, 1.0f), how == WORD(WRAP_CLAMP));
}

// The pixel below x of a row of `side`, and the next one; a picture that repeats meets itself.
inline void neighbours(real x, whole side, word how, whole *below, whole *above, real *part) {
  real at = x * to_real(side) - 0.5f, low = floor(at);
  whole repeats = how == WORD(0u), zero = WHOLE(0);
  whole a = to_whole(low), b = a + 1;
  *part = at - low;
  *below = select(max(a, zero), select(a, side - 1, a < zero), repeats);
  *above = select(min(b, side - 1), select(b, zero, b >= side), repeats);
}

// Bytes r, g, b of a word, 0 .. 1.
inline real3 texel(__global const uint *texels, word first, whole x, whole y, whole width,
                   bool color) {
  word at = first + as_word(y * width + x);
  word code = GATHER(uint, texels, at);
  if (color)
    return palette_color(code);
  return scale3(triple(to_real(as_whole(code & 255u)), to_real(as_whole((code >> 8u) & 255u)),
                       to_real(as_whole((code >> 16u) & 255u))),
                REAL(1.0f / 255.0f));
}

inline real3 texture_level(__global const uint *texels, word first, whole level, real2 uv,
                           bool color) {
  whole one = WHOLE(1);
  whole width = max(as_whole(GATHER(uint, texels, first + TEXTURE_WIDTH)) >> level, one);
  whole height = max(as_whole(GATHER(uint, texels, first + TEXTURE_HEIGHT)) >> level, one);
  word wrap_u = GATHER(uint, texels, first + TEXTURE_WRAP_U);
  word wrap_v = GATHER(uint, texels, first + TEXTURE_WRAP_V);
  word begin = first + GATHER(uint, texels, first + TEXTURE_LEVEL_FIRST + as_word(level));
  whole x0, x1, y0, y1;
  real u, v;
  neighbours(wrapped(uv.x, wrap_u), width, wrap_u, &x0, &x1, &u);
  neighbours(wrapped(uv.y, wrap_v), height, wrap_v, &y0, &y1, &v);
  real3 above = mix3(texel(texels, begin, x0, y0, width, color),
                     texel(texels, begin, x1, y0, width, color), u);
  real3 below = mix3(texel(texels, begin, x0, y1, width, color),
                     texel(texels, begin, x1, y1, width, color), u);
  return mix3(above, below, v);
}

// Of the texture at word `first`, linear; `size` is a pixel's in texture coordinates.
inline real3 texture_sample(__global const uint *texels, word first, real2 uv, real size,
                            bool color) {
  real width = to_real(as_whole(GATHER(uint, texels, first + TEXTURE_WIDTH)));
  real height = to_real(as_whole(GATHER(uint, texels, first + TEXTURE_HEIGHT)));
  whole last = as_whole(GATHER(uint, texels, first + TEXTURE_LEVELS)) - 1;
  real wanted = log2(max(size * sqrt(width * height), 1.0f));
  real low = min(floor(wanted), to_real(last));
  whole level = to_whole(low);
  real3 fine = texture_level(texels, first, level, uv, color);
  real3 coarse = texture_level(texels, first, min(level + 1, last), uv, color);
  return mix3(fine, coarse, clamp(wanted - low, 0.0f, 1.0f));
}

// A normal that a picture of normals tilts: red along the picture's rows, green up its columns,
// blue out of the surface (glTF 2.0, 3.9.3). The frame is MikkTSpace's, of this triangle alone.
inline real3 bumped(const surface_point *at, real3 code, real bump) {
  real3 n = at->normal;
  real3 t = unit3(sub3(at->along, scale3(n, dot3(n, at->along))));
  real3 b = cross3(n, t);
  real up = select(REAL(1.0f), REAL(-1.0f), dot3(b, at->down) > REAL(0.0f));
  real x = (2.0f * code.x - 1.0f) * bump, y = (2.0f * code.y - 1.0f) * bump * up;
  real z = max(2.0f * code.z - 1.0f, 1e-3f);
  return unit3(add3(scale3(n, z), add3(scale3(t, x), scale3(b, y))));
}

// Tilts the normals of points by their materials' pictures of normals.
inline void texture_bumps(scene_view view, word number, surface_point *at) {
  word bumps = GATHER_OF(uint, view.materials, number, normal_texture);
  whole has_bumps = (bumps != WORD(0u)) & (dot3(at->along, at->along) > REAL(0.0f));
  if (!any_lane(has_bumps))
    return;
  word first = select(WORD(1u), bumps, has_bumps);
  real3 code = texture_sample(view.texels, first, at->uv, at->footprint * at->uv_per_m, false);
  real bump = GATHER_OF(float, view.materials, number, bump);
  at->normal = choose3(at->normal, bumped(at, code, bump), has_bumps);
}

// The material of points with what its pictures show there; they tilt the points' normals.
inline material_view material_textured(scene_view view, word primitive, surface_point *at,
                                       material_view m) {
  word number = GATHER_OF(uint, view.triangles, primitive, material);
  word color = GATHER_OF(uint, view.materials, number, color_texture);
  word skin = GATHER_OF(uint, view.materials, number, surface_texture);
  real size = at->footprint * at->uv_per_m;
  whole has_color = color != WORD(0u), has_skin = skin != WORD(0u);
  if (any_lane(has_color)) {
    // Lanes without one read the first that there is.
    word first = select(WORD(1u), color, has_color);
    real3 tint = {GATHER_OF(float, view.materials, number, tint[0]),
                  GATHER_OF(float, view.materials, number, tint[1]),
                  GATHER_OF(float, view.materials, number, tint[2])};
    real3 seen = mul3(tint, texture_sample(view.texels, first, at->uv, size, true));
    m.albedo = choose3(m.albedo, seen, has_color);
  }
  if (any_lane(has_skin)) {
    word first = select(WORD(1u), skin, has_skin);
    real3 seen = texture_sample(view.texels, first, at->uv, size, false);
    m.roughness = select(m.roughness, max(m.roughness * seen.y, 0.04f), has_skin);
    m.metallic = select(m.metallic, m.metallic * seen.z, has_skin);
  }
  texture_bumps(view, number, at);
  word lamp = GATHER_OF(uint, view.materials, number, glow_texture);
  m.glow = triple(GATHER_OF(float, view.materials, number, glow[0]),
                  GATHER_OF(float, view.materials, number, glow[1]),
                  GATHER_OF(float, view.materials, number, glow[2]));
  whole has_lamp = lamp != WORD(0u);
  if (any_lane(has_lamp)) {
    word first = select(WORD(1u), lamp, has_lamp);
    real3 seen = texture_sample(view.texels, first, at->uv, size, true);
    m.glow = choose3(m.glow, mul3(m.glow, seen), has_lamp);
  }
  return m;
}

#endif
