// SPDX-License-Identifier: Apache-2.0
// Lenses of cameras, LANES places or directions at a time: the formulas of scenes/lens.h, whose
// C is their slow twin. Sums, products and quotients alone, so that devices agree.
#ifndef LENS_CL
#define LENS_CL
#include "lanes.cl"

#define LENS_ROUNDS 24
#define LENS_DONE 1e-7f

// Sine and cosine of |t| <= 4 after Cephes' single precision: quarters of a turn, then polynomials.
inline void lens_sine(real t, real *sine, real *cosine) {
  real quarters = floor(t * 0.636619772f + 0.5f);
  real y = (t - quarters * 1.5703125f) - quarters * 4.83826794897e-4f, z = y * y;
  real s = ((z * -1.9515295891e-4f + 8.3321608736e-3f) * z - 1.6666654611e-1f) * z * y + y;
  real c =
      ((z * 2.443315711809948e-5f - 1.388731625493765e-3f) * z + 4.166664568298827e-2f) * z * z -
      0.5f * z + 1.0f;
  whole n = to_whole(quarters), odd = (n & 1) != WHOLE(0);
  real a = select(s, c, odd), b = select(c, s, odd);
  *sine = select(a, -a, (n & 2) != WHOLE(0));
  *cosine = select(b, -b, ((n + 1) & 2) != WHOLE(0));
}

// Brown-Conrady's m of (a, b), its derivatives (d y/d a equals d x/d b).
typedef struct lens_bent {
  real x, y, xx, xy, yy;
} lens_bent;

inline lens_bent lens_bend(__global const float *k, real a, real b) {
  real q = a * a + b * b;
  real top = 1.0f + q * (k[0] + q * (k[1] + q * k[4]));
  real low = 1.0f + q * (k[5] + q * (k[6] + q * k[7]));
  real top_slope = k[0] + q * (2.0f * k[1] + q * (3.0f * k[4]));
  real low_slope = k[5] + q * (2.0f * k[6] + q * (3.0f * k[7]));
  real s = top / low, ds = (top_slope - s * low_slope) / low;
  lens_bent out;
  out.x = a * s + 2.0f * k[2] * a * b + k[3] * (q + 2.0f * a * a);
  out.y = b * s + k[2] * (q + 2.0f * b * b) + 2.0f * k[3] * a * b;
  out.xx = s + 2.0f * a * a * ds + 2.0f * k[2] * b + 6.0f * k[3] * a;
  out.xy = 2.0f * a * b * ds + 2.0f * k[2] * a + 2.0f * k[3] * b;
  out.yy = s + 2.0f * b * b * ds + 6.0f * k[2] * b + 2.0f * k[3] * a;
  return out;
}

// 1 for points within the circle of radius `most`, else what brings them onto it.
inline real lens_held(real a, real b, float most) {
  return min(1.0f, most / sqrt(max(a * a + b * b, 1e-30f)));
}

inline real3 lens_unbend(__global const gpu_camera *c, real x, real y) {
  real in = lens_held(x, y, c->field), a = x * in, b = y * in;
  for (int round = 0; round < LENS_ROUNDS; round++) {
    lens_bent at = lens_bend(c->k, a, b);
    real ex = x - at.x, ey = y - at.y;
    real inverse = 1.0f / max(at.xx * at.yy - at.xy * at.xy, 1e-6f);
    real da = (at.yy * ex - at.xy * ey) * inverse, db = (at.xx * ey - at.xy * ex) * inverse;
    a += da;
    b += db;
    in = lens_held(a, b, c->field);
    a *= in;
    b *= in;
    if (!any_lane(fabs(da) + fabs(db) > REAL(LENS_DONE)))
      break;
  }
  return triple(a, b, REAL(1.0f));
}

inline real lens_radius(__global const float *k, real t, real *slope) {
  real r = REAL(k[8]), d = REAL(9.0f * k[8]);
  for (int i = 7; i >= 0; i--) {
    r = r * t + k[i];
    d = d * t + (float)(i + 1) * k[i];
  }
  *slope = d;
  return r * t;
}

// Newton's steps, halving where they would leave what still holds the angle.
inline real3 lens_unroll(__global const gpu_camera *c, real x, real y) {
  real r = sqrt(x * x + y * y), low = REAL(0.0f), high = REAL(c->field), t = min(r, high);
  for (int round = 0; round < LENS_ROUNDS; round++) {
    real slope, off = lens_radius(c->k, t, &slope) - r;
    whole over = off > REAL(0.0f);
    high = select(high, t, over);
    low = select(t, low, over);
    real next = t - off / slope;
    next = select(0.5f * (low + high), next, (next >= low) & (next <= high));
    whole moves = fabs(next - t) > REAL(LENS_DONE);
    t = next;
    if (!any_lane(moves))
      break;
  }
  real sine, cosine;
  lens_sine(t, &sine, &cosine);
  real k = sine / max(r, 1e-12f);
  return choose3(rgb(0.0f, 0.0f, 0.0f), triple(x * k, y * k, cosine), r <= REAL(c->edge));
}

inline real3 lens_panorama(real x, real y) {
  real sin_x, cos_x, sin_y, cos_y;
  // A hair more than the whole turn, so that the seam isn't black.
  whole inside = (fabs(x) <= REAL(3.141594f)) & (fabs(y) <= REAL(1.570798f));
  lens_sine(select(REAL(0.0f), x, inside), &sin_x, &cos_x);
  lens_sine(select(REAL(0.0f), y, inside), &sin_y, &cos_y);
  return choose3(rgb(0.0f, 0.0f, 0.0f), triple(cos_y * sin_x, sin_y, cos_y * cos_x), inside);
}

// Directions in the camera's frame that places in the image show: with z = 1 of perspective
// lenses, else of unit length; all 0 where the lens draws nothing.
inline real3 lens_directions(__global const gpu_camera *c, real px, real py) {
  real x = (px - c->cx) / c->fx, y = (py - c->cy) / c->fy;
  if (c->lens == CAMERA_BROWN)
    return lens_unbend(c, x, y);
  if (c->lens == CAMERA_RADIAL)
    return lens_unroll(c, x, y);
  if (c->lens == CAMERA_PANORAMA)
    return lens_panorama(x, y);
  return triple(x, y, REAL(1.0f));
}

// Where directions of any length come to lie in the image, and in which lanes the lens sees them
// (the image's borders don't count). Angles come from the device's own atan2.
inline whole lens_pixels(__global const gpu_camera *c, real3 d, real *px, real *py) {
  real x, y, zero = REAL(0.0f);
  whole seen = d.z > zero;
  if (c->lens == CAMERA_PANORAMA) {
    x = atan2(d.x, d.z);
    y = atan2(d.y, sqrt(d.x * d.x + d.z * d.z));
    seen = dot3(d, d) > zero;
  } else if (c->lens == CAMERA_RADIAL) {
    real across = sqrt(d.x * d.x + d.y * d.y), t = atan2(across, d.z), slope;
    seen = t <= REAL(c->field);
    t = min(t, c->field);
    real k = lens_radius(c->k, t, &slope) / max(across, 1e-30f);
    x = d.x * k;
    y = d.y * k;
  } else {
    real inverse = 1.0f / select(REAL(1.0f), d.z, seen);
    x = d.x * inverse;
    y = d.y * inverse;
    if (c->lens == CAMERA_BROWN) {
      seen &= x * x + y * y <= REAL(c->field * c->field);
      lens_bent at = lens_bend(c->k, select(zero, x, seen), select(zero, y, seen));
      x = at.x;
      y = at.y;
    }
  }
  *px = x * c->fx + c->cx;
  *py = y * c->fy + c->cy;
  return seen;
}

#endif
