// SPDX-License-Identifier: Apache-2.0
// Cheap exponentials and band-limited noise, for pixels only. `footprint` is the size of
// a pixel on the surface in metres: octaves that a pixel can't show fade to their mean,
// so that nothing shimmers, and cost nothing where no lane shows them.
#ifndef NOISE_CL
#define NOISE_CL
#include "lanes.cl"

// Minimax-like polynomials on Chebyshev nodes; relative errors 1.2e-7 and 8e-6.
inline real fast_exp2(real x) {
  x = clamp(x, -126.0f, 126.0f);
  real whole_part = floor(x), r = x - whole_part;
  real p = 1.8937541e-3f;
  p = p * r + 8.9495904e-3f;
  p = p * r + 5.5860337e-2f;
  p = p * r + 2.4014182e-1f;
  p = p * r + 6.9315449e-1f;
  p = p * r + 1.0f;
  return p * as_real((to_whole(whole_part) + 127) << 23);
}

inline real fast_exp(real x) {
  return fast_exp2(x * 1.44269504f);
}

// For x > 0.
inline real fast_log2(real x) {
  whole bits = as_whole(x);
  real m = as_real((bits & 0x7fffff) | 0x3f800000) - 1.0f;
  real p = -3.3822046e-2f;
  p = p * m + 1.4447110e-1f;
  p = p * m - 3.0163801e-1f;
  p = p * m + 4.6865888e-1f;
  p = p * m - 7.2035877e-1f;
  p = p * m + 1.4426815f;
  return p * m + to_real((bits >> 23) - 127);
}

// x^k for x >= 0; 0^k is 0.
inline real fast_pow(real x, real k) {
  return select(fast_exp2(k * fast_log2(max(x, 1e-30f))), REAL(0.0f), x < REAL(1e-30f));
}

// The cell's number along an axis, from its floor.
inline word cell_of(real floor_x) {
  return as_word(to_whole(floor_x));
}

#define LATTICE_X 0x8da6b343u
#define LATTICE_Y 0xd8163841u
#define LATTICE_Z 0x9e3779b1u
#define LATTICE_SEED 0xcb1ab31fu

inline word hash_cell(word x, word y, word seed) {
  return hash_word((x * LATTICE_X) ^ (y * LATTICE_Y) ^ (seed * LATTICE_SEED));
}

// A lattice corner's value, 0..1.
inline real corner(word h) {
  h ^= h >> 15u;
  h *= 0x2c1b3c6du;
  return unit_of(h ^ (h >> 14u));
}

inline real fade(real f) {
  return f * f * (3.0f - 2.0f * f);
}

// The value at a cell's place (fx, fy) of the plane z; corners x and x + 1, y and y + 1.
inline real plane_value(word x, word y, word z, real fx, real fy) {
  word x1 = x + LATTICE_X, y1 = (y + LATTICE_Y) ^ z;
  y ^= z;
  real a = corner(x ^ y), b = corner(x1 ^ y), c = corner(x ^ y1), d = corner(x1 ^ y1);
  real low = a + (b - a) * fx, high = c + (d - c) * fx;
  return low + (high - low) * fy;
}

// Value noise on a unit lattice: 0..1, mean 0.5, C1.
inline real noise2(real2 p, word seed) {
  real cx = floor(p.x), cy = floor(p.y);
  return plane_value(cell_of(cx) * LATTICE_X, cell_of(cy) * LATTICE_Y, seed * LATTICE_SEED,
                     fade(p.x - cx), fade(p.y - cy));
}

inline real noise3(real3 p, word seed) {
  real cx = floor(p.x), cy = floor(p.y), cz = floor(p.z);
  word x = cell_of(cx) * LATTICE_X, y = cell_of(cy) * LATTICE_Y, z = cell_of(cz) * LATTICE_Z;
  real fx = fade(p.x - cx), fy = fade(p.y - cy);
  word s = seed * LATTICE_SEED;
  real low = plane_value(x, y, s ^ z, fx, fy);
  real high = plane_value(x, y, s ^ (z + LATTICE_Z), fx, fy);
  return low + (high - low) * fade(p.z - cz);
}

// How much of a pattern with `frequency` cells a metre a pixel still shows.
inline real band(real footprint, float frequency) {
  return clamp(1.6f - footprint * (2.4f * frequency), 0.0f, 1.0f);
}

// One octave around 0 (-0.5..0.5), faded by the footprint.
inline real octave2(real2 p, float frequency, real footprint, word seed) {
  real b = band(footprint, frequency);
  if (!any_lane(b > REAL(0.0f)))
    return REAL(0.0f);
  return b * (noise2(scale2(p, REAL(frequency)), seed) - 0.5f);
}

inline real octave3(real3 p, float frequency, real footprint, word seed) {
  real b = band(footprint, frequency);
  if (!any_lane(b > REAL(0.0f)))
    return REAL(0.0f);
  return b * (noise3(scale3(p, REAL(frequency)), seed) - 0.5f);
}

// Two octaves a factor 2.7 apart, turned against each other so that the lattice
// doesn't show; about -0.5..0.5.
inline real rough2(real2 p, float frequency, real footprint, word seed) {
  real2 q = {0.8f * p.x - 0.6f * p.y, 0.6f * p.x + 0.8f * p.y};
  return 0.62f * octave2(p, frequency, footprint, seed) +
         0.38f * octave2(q, frequency * 2.7f, footprint, seed + 1u);
}

inline real rough3(real3 p, float frequency, real footprint, word seed) {
  real3 q = {0.8f * p.x - 0.6f * p.y, 0.6f * p.x + 0.8f * p.y, p.z + 3.7f};
  return 0.62f * octave3(p, frequency, footprint, seed) +
         0.38f * octave3(q, frequency * 2.7f, footprint, seed + 1u);
}

// Coverage of a pixel by a band |distance| < half_width, box-filtered.
inline real stroke(real distance, float half_width, real footprint) {
  real half_pixel = max(0.5f * footprint, 1e-4f);
  real lo = max(distance - half_pixel, -half_width), hi = min(distance + half_pixel, half_width);
  return clamp((hi - lo) / (2.0f * half_pixel), 0.0f, 1.0f);
}

// 0..1 across an edge at 0, box-filtered.
inline real edge(real distance, real footprint) {
  return clamp(0.5f + distance / max(footprint, 1e-4f), 0.0f, 1.0f);
}

// Coverage by joints of `width` every `period`, box-filtered; at far, their mean.
inline real joints(real x, float period, float width, real footprint) {
  real w = max(footprint, 1e-4f);
  real a = (x - 0.5f * w) * (1.0f / period), b = (x + 0.5f * w) * (1.0f / period);
  float share = width / period;
  real ca = floor(a), cb = floor(b);
  real ia = ca * share + min(a - ca, share), ib = cb * share + min(b - cb, share);
  return clamp((ib - ia) * period / w, 0.0f, 1.0f);
}

#endif
