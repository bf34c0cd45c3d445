// SPDX-License-Identifier: Apache-2.0
// Cheap exponentials and band-limited noise, for pixels only. Lattice corners are
// hashed four or eight at a time, so that a CPU does one vector where it would do
// four scalars. `footprint` is the size of a pixel on the surface in metres: octaves
// that a pixel can't show fade to their mean, so that nothing shimmers.
#ifndef NOISE_CL
#define NOISE_CL
#include "common.cl"
// Nothing here feeds a label, so multiplications and additions may fuse.
#pragma OPENCL FP_CONTRACT ON

// Minimax-like polynomials on Chebyshev nodes; relative errors 1.2e-7 and 8e-6.
inline float fast_exp2(float x) {
  x = clamp(x, -126.0f, 126.0f);
  float whole = floor(x), r = x - whole;
  float p = 1.8937541e-3f;
  p = p * r + 8.9495904e-3f;
  p = p * r + 5.5860337e-2f;
  p = p * r + 2.4014182e-1f;
  p = p * r + 6.9315449e-1f;
  p = p * r + 1.0f;
  return p * as_float(((int)whole + 127) << 23);
}

inline float fast_exp(float x) {
  return fast_exp2(x * 1.44269504f);
}

inline float4 fast_exp2_4(float4 x) {
  x = clamp(x, -126.0f, 126.0f);
  float4 whole = floor(x), r = x - whole;
  float4 p = 1.8937541e-3f;
  p = p * r + 8.9495904e-3f;
  p = p * r + 5.5860337e-2f;
  p = p * r + 2.4014182e-1f;
  p = p * r + 6.9315449e-1f;
  p = p * r + 1.0f;
  return p * as_float4((convert_int4(whole) + 127) << 23);
}

// For x > 0.
inline float fast_log2(float x) {
  int bits = as_int(x);
  float m = as_float((bits & 0x7fffff) | 0x3f800000) - 1.0f;
  float p = -3.3822046e-2f;
  p = p * m + 1.4447110e-1f;
  p = p * m - 3.0163801e-1f;
  p = p * m + 4.6865888e-1f;
  p = p * m - 7.2035877e-1f;
  p = p * m + 1.4426815f;
  return p * m + (float)((bits >> 23) - 127);
}

inline float4 fast_log2_4(float4 x) {
  int4 bits = as_int4(x);
  float4 m = as_float4((bits & 0x7fffff) | 0x3f800000) - 1.0f;
  float4 p = -3.3822046e-2f;
  p = p * m + 1.4447110e-1f;
  p = p * m - 3.0163801e-1f;
  p = p * m + 4.6865888e-1f;
  p = p * m - 7.2035877e-1f;
  p = p * m + 1.4426815f;
  return p * m + convert_float4((bits >> 23) - 127);
}

// x^k for x >= 0; 0^k is 0.
inline float fast_pow(float x, float k) {
  return x < 1e-30f ? 0.0f : fast_exp2(k * fast_log2(x));
}

inline float4 fast_pow4(float4 x, float4 k) {
  return fast_exp2_4(k * fast_log2_4(max(x, 1e-30f)));
}

inline float3 unit3(float3 v) {
  return v * (1.0f / sqrt(max(dot(v, v), 1e-30f)));
}
inline float square(float x) {
  return x * x;
}
inline float ramp(float lo, float hi, float x) {
  return clamp((x - lo) / (hi - lo), 0.0f, 1.0f);
}
inline float3 mix3(float3 a, float3 b, float u) {
  return a + (b - a) * u;
}

// 0..1 from an already mixed word.
inline float unit_of(uint h) {
  return (float)(int)(h >> 8) * 0x1p-24f;
}

inline uint hash_cell(int x, int y, uint seed) {
  return hash_u32(((uint)x * 0x8da6b343u) ^ ((uint)y * 0xd8163841u) ^ (seed * 0xcb1ab31fu));
}

#define LATTICE_X 0x8da6b343u
#define LATTICE_Y 0xd8163841u
#define LATTICE_Z 0x9e3779b1u
#define LATTICE_SEED 0xcb1ab31fu

inline uint4 mix_corners(uint4 h) {
  h ^= h >> 15u;
  h *= 0x2c1b3c6du;
  return h ^ (h >> 14u);
}

inline uint8 mix_corners8(uint8 h) {
  h ^= h >> 15u;
  h *= 0x2c1b3c6du;
  return h ^ (h >> 14u);
}

// The four corners of a cell, x fastest.
inline uint4 corners(float2 cell, uint seed) {
  uint x = (uint)(int)cell.x * LATTICE_X, y = (uint)(int)cell.y * LATTICE_Y;
  return (x + (uint4)(0u, LATTICE_X, 0u, LATTICE_X)) ^ (y + (uint4)(0u, 0u, LATTICE_Y, LATTICE_Y)) ^
         (seed * LATTICE_SEED);
}

inline float between(float4 v, float2 f) {
  float2 row = v.xz + (v.yw - v.xz) * f.x;
  return row.x + (row.y - row.x) * f.y;
}

// Value noise on a unit lattice: 0..1, mean 0.5, C1.
inline float noise2(float2 p, uint seed) {
  float2 c = floor(p), f = p - c;
  float4 v = convert_float4(as_int4(mix_corners(corners(c, seed)) >> 8u)) * 0x1p-24f;
  return between(v, f * f * (3.0f - 2.0f * f));
}

// Two of them at once.
inline float2 noise2_pair(float2 p, float2 q, uint seed) {
  float4 at = (float4)(p, q), c = floor(at), f = at - c;
  uint8 h = mix_corners8((uint8)(corners(c.xy, seed), corners(c.zw, seed + 1u)));
  float8 v = convert_float8(as_int8(h >> 8u)) * 0x1p-24f;
  f = f * f * (3.0f - 2.0f * f);
  float4 rows = v.s0246 + (v.s1357 - v.s0246) * f.xxzz;
  return rows.xz + (rows.yw - rows.xz) * f.yw;
}

inline float noise3(float3 p, uint seed) {
  float3 c = floor(p), f = p - c;
  uint4 plane = corners(c.xy, seed);
  uint z = (uint)(int)c.z * LATTICE_Z;
  uint8 h = mix_corners8((uint8)(plane ^ z, plane ^ (z + LATTICE_Z)));
  float8 v = convert_float8(as_int8(h >> 8u)) * 0x1p-24f;
  f = f * f * (3.0f - 2.0f * f);
  return between(v.lo + (v.hi - v.lo) * f.z, f.xy);
}

// How much of a pattern with `frequency` cells a metre a pixel still shows.
inline float band(float footprint, float frequency) {
  return clamp(1.6f - 2.4f * footprint * frequency, 0.0f, 1.0f);
}

// One octave around 0 (-0.5..0.5), faded by the footprint.
inline float octave2(float2 p, float frequency, float footprint, uint seed) {
  float b = band(footprint, frequency);
  return b > 0.0f ? b * (noise2(p * frequency, seed) - 0.5f) : 0.0f;
}

inline float octave3(float3 p, float frequency, float footprint, uint seed) {
  float b = band(footprint, frequency);
  return b > 0.0f ? b * (noise3(p * frequency, seed) - 0.5f) : 0.0f;
}

// Two octaves a factor 2.7 apart, turned against each other so that the lattice
// doesn't show; about -0.5..0.5.
inline float rough2(float2 p, float frequency, float footprint, uint seed) {
  float fine = band(footprint, frequency * 2.7f);
  if (fine <= 0.0f)
    return 0.62f * octave2(p, frequency, footprint, seed);
  float2 q = (float2)(0.8f * p.x - 0.6f * p.y, 0.6f * p.x + 0.8f * p.y);
  float2 n = noise2_pair(p * frequency, q * (frequency * 2.7f), seed) - 0.5f;
  return 0.62f * band(footprint, frequency) * n.x + 0.38f * fine * n.y;
}

inline float rough3(float3 p, float frequency, float footprint, uint seed) {
  float3 q = (float3)(0.8f * p.x - 0.6f * p.y, 0.6f * p.x + 0.8f * p.y, p.z + 3.7f);
  return 0.62f * octave3(p, frequency, footprint, seed) +
         0.38f * octave3(q, frequency * 2.7f, footprint, seed + 1u);
}

// Coverage of a pixel by a band |distance| < half_width, box-filtered.
inline float stroke(float distance, float half_width, float footprint) {
  float half_pixel = max(0.5f * footprint, 1e-4f);
  float lo = max(-half_width, distance - half_pixel);
  float hi = min(half_width, distance + half_pixel);
  return clamp((hi - lo) / (2.0f * half_pixel), 0.0f, 1.0f);
}

// 0..1 across an edge at 0, box-filtered.
inline float edge(float distance, float footprint) {
  return clamp(0.5f + distance / max(footprint, 1e-4f), 0.0f, 1.0f);
}

// Coverage by joints of `width` every `period`, box-filtered; at far, their mean.
inline float joints(float x, float period, float width, float footprint) {
  float w = max(footprint, 1e-4f);
  float a = (x - 0.5f * w) / period, b = (x + 0.5f * w) / period;
  float share = width / period;
  float ia = floor(a) * share + min(a - floor(a), share);
  float ib = floor(b) * share + min(b - floor(b), share);
  return clamp((ib - ia) * period / w, 0.0f, 1.0f);
}

#endif
