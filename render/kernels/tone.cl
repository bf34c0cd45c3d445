// SPDX-License-Identifier: Apache-2.0
// From exposed linear light to display values. Middle grey stays 0.18; the shoulder
// reaches 1 at TONE_WHITE; colours lose saturation as they near it.
#ifndef TONE_CL
#define TONE_CL
#include "noise.cl"

#define TONE_CONTRAST 1.22f
#define TONE_WHITE 14.0f
// From y(0.18) = 0.18 and y(TONE_WHITE) = 1 with y = X / (TONE_B X + TONE_C), X = x^contrast.
#define TONE_B 0.97741368f
#define TONE_C 0.56509531f
// Share of the mean that goes into each channel before the curve, and out again after.
#define TONE_MIX 0.14f

inline float4 tone_curve(float4 c) {
  float mean = 0.2126f * c.x + 0.7152f * c.y + 0.0722f * c.z;
  c += (mean - c) * TONE_MIX;
  float4 x = fast_pow4(c, (float4)(TONE_CONTRAST));
  float4 y = x / (TONE_B * x + TONE_C);
  mean = 0.2126f * y.x + 0.7152f * y.y + 0.0722f * y.z;
  y = (y - mean * TONE_MIX) * (1.0f / (1.0f - TONE_MIX));
  return clamp(y, 0.0f, 1.0f);
}

// Linear 0..1 to sRGB 0..1.
inline float4 srgb_encode(float4 c) {
  float4 power = 1.055f * fast_pow4(c, (float4)(1.0f / 2.4f)) - 0.055f;
  return select(power, c * 12.92f, c <= 0.0031308f);
}

#endif
