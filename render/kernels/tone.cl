// SPDX-License-Identifier: Apache-2.0
// From exposed linear light to display values. Middle grey stays 0.18; the shoulder
// reaches 1 at TONE_WHITE; colours lose saturation as they near it. Eight at a time.
#ifndef TONE_CL
#define TONE_CL
#include "common.cl"
#pragma OPENCL FP_CONTRACT ON // pixels only

#define TONE_CONTRAST 1.22f
#define TONE_WHITE 14.0f
// From y(0.18) = 0.18 and y(TONE_WHITE) = 1 with y = X / (TONE_B X + TONE_C), X = x^contrast.
#define TONE_B 0.97741368f
#define TONE_C 0.56509531f
// Share of the mean that goes into each channel before the curve, and out again after.
#define TONE_MIX 0.14f

inline float8 tone_power(float8 x, float k) {
  x = max(x, 1e-20f);
  int8 bits = as_int8(x);
  float8 m = as_float8((bits & 0x7fffff) | 0x3f800000) - 1.0f;
  float8 p = -3.3822046e-2f;
  p = p * m + 1.4447110e-1f;
  p = p * m - 3.0163801e-1f;
  p = p * m + 4.6865888e-1f;
  p = p * m - 7.2035877e-1f;
  p = p * m + 1.4426815f;
  x = clamp((p * m + convert_float8((bits >> 23) - 127)) * k, -126.0f, 126.0f);
  float8 whole = floor(x), r = x - whole;
  p = 1.8937541e-3f;
  p = p * r + 8.9495904e-3f;
  p = p * r + 5.5860337e-2f;
  p = p * r + 2.4014182e-1f;
  p = p * r + 6.9315449e-1f;
  p = p * r + 1.0f;
  return p * as_float8((convert_int8(whole) + 127) << 23);
}

inline float8 tone_of(float8 c) {
  float8 x = tone_power(c, TONE_CONTRAST);
  return x / (TONE_B * x + TONE_C);
}

inline void tone_curve(float8 *r, float8 *g, float8 *b) {
  float8 mean = max(0.2126f * *r + 0.7152f * *g + 0.0722f * *b, 0.0f) * TONE_MIX;
  float8 x = tone_of(*r * (1.0f - TONE_MIX) + mean), y = tone_of(*g * (1.0f - TONE_MIX) + mean);
  float8 z = tone_of(*b * (1.0f - TONE_MIX) + mean);
  mean = (0.2126f * x + 0.7152f * y + 0.0722f * z) * TONE_MIX;
  *r = clamp((x - mean) * (1.0f / (1.0f - TONE_MIX)), 0.0f, 1.0f);
  *g = clamp((y - mean) * (1.0f / (1.0f - TONE_MIX)), 0.0f, 1.0f);
  *b = clamp((z - mean) * (1.0f / (1.0f - TONE_MIX)), 0.0f, 1.0f);
}

// Linear 0..1 to sRGB 0..1.
inline float8 srgb_encode(float8 c) {
  float8 power = 1.055f * tone_power(c, 1.0f / 2.4f) - 0.055f;
  return select(power, c * 12.92f, c <= 0.0031308f);
}

#endif
