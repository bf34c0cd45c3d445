// SPDX-License-Identifier: Apache-2.0
// Four floats at once, for the host's hot loops: SSE where it is, plain C elsewhere. Both
// give the same bits; min and max give the second operand where one is NaN.
#ifndef RENDER_FLOAT4_H
#define RENDER_FLOAT4_H

#if defined(__SSE2__)
#include <emmintrin.h>

typedef __m128 float4;

static inline float4 float4_of(float a, float b, float c, float d) {
  return _mm_setr_ps(a, b, c, d);
}
static inline void float4_store(float out[4], float4 a) {
  _mm_storeu_ps(out, a);
}
static inline float4 float4_add(float4 a, float4 b) {
  return _mm_add_ps(a, b);
}
static inline float4 float4_sub(float4 a, float4 b) {
  return _mm_sub_ps(a, b);
}
static inline float4 float4_mul(float4 a, float4 b) {
  return _mm_mul_ps(a, b);
}
static inline float4 float4_min(float4 a, float4 b) {
  return _mm_min_ps(a, b);
}
static inline float4 float4_max(float4 a, float4 b) {
  return _mm_max_ps(a, b);
}
/// Rounded towards zero.
static inline void float4_to_int(int out[4], float4 a) {
  _mm_storeu_si128((__m128i *)(void *)out, _mm_cvttps_epi32(a));
}

#else

typedef struct float4 {
  float v[4];
} float4;

static inline float4 float4_of(float a, float b, float c, float d) {
  return (float4){{a, b, c, d}};
}
static inline void float4_store(float out[4], float4 a) {
  for (int k = 0; k < 4; k++)
    out[k] = a.v[k];
}
static inline float4 float4_add(float4 a, float4 b) {
  for (int k = 0; k < 4; k++)
    a.v[k] += b.v[k];
  return a;
}
static inline float4 float4_sub(float4 a, float4 b) {
  for (int k = 0; k < 4; k++)
    a.v[k] -= b.v[k];
  return a;
}
static inline float4 float4_mul(float4 a, float4 b) {
  for (int k = 0; k < 4; k++)
    a.v[k] *= b.v[k];
  return a;
}
static inline float4 float4_min(float4 a, float4 b) {
  for (int k = 0; k < 4; k++)
    a.v[k] = a.v[k] < b.v[k] ? a.v[k] : b.v[k];
  return a;
}
static inline float4 float4_max(float4 a, float4 b) {
  for (int k = 0; k < 4; k++)
    a.v[k] = a.v[k] > b.v[k] ? a.v[k] : b.v[k];
  return a;
}
static inline void float4_to_int(int out[4], float4 a) {
  for (int k = 0; k < 4; k++)
    out[k] = (int)a.v[k];
}

#endif

static inline float4 float4_all(float a) {
  return float4_of(a, a, a, a);
}
/// The fourth lane is 0.
static inline float4 float4_load3(const float a[3]) {
  return float4_of(a[0], a[1], a[2], 0);
}
static inline void float4_store3(float out[3], float4 a) {
  float all[4];
  float4_store(all, a);
  out[0] = all[0], out[1] = all[1], out[2] = all[2];
}

#endif
