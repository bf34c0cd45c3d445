// SPDX-License-Identifier: Apache-2.0
#include "scenes/lens.h"

#include <math.h>
#include <stddef.h>

static const double PI = 3.14159265358979323846;
enum { STEPS = 2048, ROUNDS = 60 };
// Past its field a curve goes on at no less than this slope, so that it keeps growing.
static const double LEAST_SLOPE = 0.02;

bool lens_is_perspective(lens_model model) {
  return model == LENS_PINHOLE || model == LENS_BROWN_CONRADY;
}

const char *lens_model_name(int model) {
  static const char *const names[LENS_MODEL_COUNT] = {"pinhole", "brown_conrady", "kannala_brandt",
                                                      "f_theta", "equirectangular"};
  return model >= 0 && model < LENS_MODEL_COUNT ? names[model] : NULL;
}

int lens_coefficient_count(lens_model model) {
  static const int counts[LENS_MODEL_COUNT] = {
      [LENS_BROWN_CONRADY] = 8, [LENS_KANNALA_BRANDT] = 4, [LENS_F_THETA] = 4};
  return counts[model];
}

// Radial curves --------------------------------------------------------------

void lens_polynomial(const camera_def *c, double a[9]) {
  for (int i = 0; i < 9; i++)
    a[i] = i == 0;
  for (int i = 0; i < 4; i++)
    a[c->model == LENS_F_THETA ? i + 1 : 2 * i + 2] = c->coefficients[i];
}

// r(t) and its slope.
static double radius(const double a[9], double t, double *slope) {
  double r = 0, d = 0;
  for (int i = 8; i >= 0; i--) {
    r = r * t + a[i];
    d = d * t + (i + 1) * a[i];
  }
  *slope = d;
  return r * t;
}

// Radial part of Brown-Conrady: the factor K of q = r^2, and dK/dq.
static double stretch(const double k[LENS_COEFFICIENTS], double q, double *slope) {
  double top = 1 + q * (k[0] + q * (k[1] + q * k[4]));
  double low = 1 + q * (k[5] + q * (k[6] + q * k[7]));
  double top_slope = k[0] + q * (2 * k[1] + q * 3 * k[4]);
  double low_slope = k[5] + q * (2 * k[6] + q * 3 * k[7]);
  *slope = (top_slope * low - top * low_slope) / (low * low);
  return top / low;
}

// r_d(r) = r K(r^2) and its slope, at the angle t from the axis.
static double brown_radius(const camera_def *c, double t, double *slope) {
  double r = tan(t), dk, k = stretch(c->coefficients, r * r, &dk);
  *slope = k + 2 * r * r * dk;
  return r * k;
}

static bool grows(const camera_def *c, const double a[9], double t) {
  double slope;
  if (c->model != LENS_BROWN_CONRADY) {
    radius(a, t, &slope);
    return slope > 1e-6;
  }
  const double *k = c->coefficients;
  double q = tan(t) * tan(t);
  brown_radius(c, t, &slope);
  return 1 + q * (k[5] + q * (k[6] + q * k[7])) > 1e-6 && slope > 1e-6;
}

double lens_field(const camera_def *c, double most_rad) {
  if (c->model == LENS_PINHOLE || c->model == LENS_EQUIRECTANGULAR)
    return most_rad;
  double a[9];
  lens_polynomial(c, a);
  for (int i = 1; i <= STEPS; i++) {
    double t = most_rad * i / STEPS;
    if (grows(c, a, t))
      continue;
    double low = most_rad * (i - 1) / STEPS, high = t;
    for (int round = 0; round < ROUNDS; round++) {
      double middle = 0.5 * (low + high);
      if (grows(c, a, middle))
        low = middle;
      else
        high = middle;
    }
    return low;
  }
  return most_rad;
}

double lens_edge(const camera_def *c) {
  double slope, a[9];
  if (c->model == LENS_BROWN_CONRADY)
    return brown_radius(c, c->field_rad, &slope);
  lens_polynomial(c, a);
  return radius(a, c->field_rad, &slope);
}

// Brown-Conrady --------------------------------------------------------------

typedef struct bent {
  double x, y;       // m
  double xx, xy, yy; // its derivatives; d y/d a equals d x/d b
} bent;

static bent bend(const camera_def *c, double a, double b) {
  const double *k = c->coefficients;
  double q = a * a + b * b, dk, s = stretch(k, q, &dk);
  return (bent){.x = a * s + 2 * k[2] * a * b + k[3] * (q + 2 * a * a),
                .y = b * s + k[2] * (q + 2 * b * b) + 2 * k[3] * a * b,
                .xx = s + 2 * a * a * dk + 2 * k[2] * b + 6 * k[3] * a,
                .xy = 2 * a * b * dk + 2 * k[2] * a + 2 * k[3] * b,
                .yy = s + 2 * b * b * dk + 6 * k[2] * b + 2 * k[3] * a};
}

// True within the field; past it on a straight line from its edge.
static bool brown_forward(const camera_def *c, double a, double b, double m[2]) {
  double r = hypot(a, b), most = tan(c->field_rad);
  bool seen = r <= most;
  double in = seen ? 1 : most / r;
  bent at = bend(c, a * in, b * in);
  m[0] = at.x, m[1] = at.y;
  if (!seen) {
    double slope;
    (void)brown_radius(c, c->field_rad, &slope);
    double more = fmax(slope, LEAST_SLOPE) * (r - most) / r;
    m[0] += a * more, m[1] += b * more;
  }
  return seen;
}

// Newton's steps, held within the field.
static bool brown_backward(const camera_def *c, const double m[2], double *a, double *b) {
  double most = tan(c->field_rad), r = hypot(m[0], m[1]), start = r > most ? most / r : 1;
  double x = m[0] * start, y = m[1] * start;
  for (int round = 0; round < ROUNDS; round++) {
    bent at = bend(c, x, y);
    double ex = m[0] - at.x, ey = m[1] - at.y, det = at.xx * at.yy - at.xy * at.xy;
    if (fabs(ex) + fabs(ey) < 1e-14)
      break;
    if (!(det > 1e-12))
      return false;
    x += (at.yy * ex - at.xy * ey) / det;
    y += (at.xx * ey - at.xy * ex) / det;
    r = hypot(x, y);
    if (r > most)
      x *= most / r, y *= most / r;
  }
  *a = x, *b = y;
  bent at = bend(c, x, y);
  return fabs(m[0] - at.x) + fabs(m[1] - at.y) < 1e-9;
}

// Fisheyes -------------------------------------------------------------------

static bool radial_forward(const camera_def *c, vec3 p, double m[2]) {
  double across = hypot(p.x, p.y), t = atan2(across, p.z), a[9], slope;
  lens_polynomial(c, a);
  bool seen = t <= c->field_rad;
  double r = radius(a, seen ? t : c->field_rad, &slope);
  if (!seen)
    r += fmax(slope, LEAST_SLOPE) * (t - c->field_rad);
  m[0] = across > 0 ? r * p.x / across : r;
  m[1] = across > 0 ? r * p.y / across : 0;
  return seen;
}

// Newton's steps, halving where they would leave what still holds the angle.
static bool radial_backward(const camera_def *c, const double m[2], vec3 *out) {
  double r = hypot(m[0], m[1]), low = 0, high = c->field_rad, a[9], slope;
  if (!(r <= lens_edge(c)))
    return false;
  lens_polynomial(c, a);
  double t = fmin(r, high);
  for (int round = 0; round < ROUNDS; round++) {
    double off = radius(a, t, &slope) - r;
    if (fabs(off) < 1e-15)
      break;
    if (off > 0)
      high = t;
    else
      low = t;
    double next = t - off / slope;
    t = next >= low && next <= high ? next : 0.5 * (low + high);
  }
  double k = r > 0 ? sin(t) / r : 1;
  *out = (vec3){m[0] * k, m[1] * k, cos(t)};
  return true;
}

// All ------------------------------------------------------------------------

bool lens_project(const camera_def *c, vec3 p, double px[2]) {
  double m[2];
  bool seen;
  if (lens_is_perspective(c->model)) {
    if (!(p.z > 0))
      return false;
    m[0] = p.x / p.z, m[1] = p.y / p.z;
    seen = c->model == LENS_PINHOLE || brown_forward(c, m[0], m[1], m);
  } else if (c->model == LENS_EQUIRECTANGULAR) {
    m[0] = atan2(p.x, p.z), m[1] = atan2(p.y, hypot(p.x, p.z));
    seen = p.x != 0 || p.y != 0 || p.z != 0;
  } else {
    seen = radial_forward(c, p, m);
  }
  px[0] = c->fx_px * m[0] + c->cx_px;
  px[1] = c->fy_px * m[1] + c->cy_px;
  return seen;
}

bool lens_unproject(const camera_def *c, double x_px, double y_px, vec3 *direction) {
  double m[2] = {(x_px - c->cx_px) / c->fx_px, (y_px - c->cy_px) / c->fy_px};
  vec3 d = {m[0], m[1], 1};
  bool seen = true;
  if (c->model == LENS_BROWN_CONRADY) {
    seen = brown_backward(c, m, &d.x, &d.y);
  } else if (c->model == LENS_EQUIRECTANGULAR) {
    seen = fabs(m[0]) <= PI + 1e-9 && fabs(m[1]) <= PI / 2 + 1e-9;
    d = (vec3){cos(m[1]) * sin(m[0]), sin(m[1]), cos(m[1]) * cos(m[0])};
  } else if (c->model != LENS_PINHOLE) {
    seen = radial_backward(c, m, &d);
  }
  *direction = seen ? d : (vec3){0, 0, 0};
  return seen;
}

double lens_width_rad(const camera_def *c) {
  if (c->model == LENS_EQUIRECTANGULAR)
    return c->width_px / c->fx_px;
  double sum = 0;
  for (int side = 0; side < 2; side++) {
    double off = side ? c->width_px - c->cx_px : c->cx_px, sign = off < 0 ? -1 : 1;
    vec3 d;
    bool seen = lens_unproject(c, side ? c->width_px : 0, c->cy_px, &d);
    sum += sign * (seen ? atan2(fabs(d.x), d.z) : c->field_rad);
  }
  return sum;
}
