// SPDX-License-Identifier: Apache-2.0
#include "scenes/road_fit.h"

#include <math.h>

static const double PI = 3.14159265358979323846;
enum { PANELS = 16, NEWTON_STEPS = 20, HALVINGS = 12 };

static const double GAUSS_X[5] = {-0.9061798459386640, -0.5384693101056831, 0, 0.5384693101056831,
                                  0.9061798459386640};
static const double GAUSS_W[5] = {0.2369268850561891, 0.4786286704993665, 0.5688888888888889,
                                  0.4786286704993665, 0.2369268850561891};

// Clothoids -------------------------------------------------------------------

// Over t in 0..1, with the heading a t^2 + (d - a) t + h: the integrals of cosine and sine,
// and how the sine's changes with a.
static void integrals(double a, double d, double h, double *x, double *y, double *change) {
  *x = *y = *change = 0;
  for (int panel = 0; panel < PANELS; panel++)
    for (int i = 0; i < 5; i++) {
      double t = (panel + 0.5 + GAUSS_X[i] / 2) / PANELS, weight = GAUSS_W[i] / (2 * PANELS);
      double heading = a * t * t + (d - a) * t + h;
      *x += weight * cos(heading);
      *y += weight * sin(heading);
      *change += weight * (t * t - t) * cos(heading);
    }
}

bool road_fit_clothoid(road_geometry *out, const road_place *from, const road_place *to) {
  double dx = to->x_m - from->x_m, dy = to->y_m - from->y_m, chord = hypot(dx, dy);
  if (!(chord > 1e-9))
    return false;
  double direction = atan2(dy, dx);
  // Headings against the chord; the clothoid's heading is h0 at its start and h1 at its end.
  double h0 = angle_wrap(from->heading_rad - direction);
  double h1 = angle_wrap(to->heading_rad - direction);
  double a = 3 * (h0 + h1), x = 0, y = 0, change = 0;
  for (int i = 0; i < NEWTON_STEPS; i++) {
    integrals(a, h1 - h0, h0, &x, &y, &change);
    if (fabs(y) < 1e-14 || fabs(change) < 1e-12)
      break;
    a -= y / change;
  }
  integrals(a, h1 - h0, h0, &x, &y, &change);
  if (!(fabs(y) < 1e-9) || !(x > 0.05) || fabs(a) > 30)
    return false;
  double length = chord / x;
  *out = (road_geometry){.x_m = from->x_m,
                         .y_m = from->y_m,
                         .heading_rad = from->heading_rad,
                         .length_m = length,
                         .curvature_begin_pm = (h1 - h0 - a) / length,
                         .curvature_end_pm = (h1 - h0 + a) / length};
  return true;
}

// Cubics ----------------------------------------------------------------------

static double value(const double k[4], double p) {
  return k[0] + p * (k[1] + p * (k[2] + p * k[3]));
}

static double slope(const double k[4], double p) {
  return k[1] + p * (2 * k[2] + p * 3 * k[3]);
}

static road_place cubic_at(const road_cubic *c, double p) {
  double u = value(c->u, p), v = value(c->v, p);
  double cs = cos(c->heading_rad), sn = sin(c->heading_rad);
  return (road_place){.x_m = c->x_m + u * cs - v * sn,
                      .y_m = c->y_m + u * sn + v * cs,
                      .heading_rad = c->heading_rad + atan2(slope(c->v, p), slope(c->u, p))};
}

static double length_between(const road_cubic *c, double p0, double p1) {
  double length = 0;
  for (int panel = 0; panel < PANELS; panel++)
    for (int i = 0; i < 5; i++) {
      double p = p0 + (p1 - p0) * (panel + 0.5 + GAUSS_X[i] / 2) / PANELS;
      length += (p1 - p0) / PANELS * GAUSS_W[i] / 2 * hypot(slope(c->u, p), slope(c->v, p));
    }
  return length;
}

double road_cubic_length(const road_cubic *c, double p) {
  return length_between(c, 0, p);
}

double road_cubic_reach(const road_cubic *c, double length) {
  double lo = 0, hi = length;
  for (int i = 0; i < 60 && road_cubic_length(c, hi) < length; i++)
    hi *= 2;
  if (!(road_cubic_length(c, hi) >= length))
    return INFINITY;
  for (int i = 0; i < 100 && hi - lo > 1e-13 * hi; i++) {
    double middle = (lo + hi) / 2;
    if (road_cubic_length(c, middle) < length)
      lo = middle;
    else
      hi = middle;
  }
  return (lo + hi) / 2;
}

// Largest distance of a clothoid from the curve between p0 and p1: of each of some points of
// the curve from the clothoid's nearest place, which lies about as far along it.
static double distance(const road_geometry *g, const road_cubic *c, double p0, double p1) {
  enum { POINTS = 8 };
  double most = 0, whole = length_between(c, p0, p1);
  for (int i = 1; i < POINTS; i++) {
    double p = p0 + (p1 - p0) * i / POINTS;
    road_place at = cubic_at(c, p);
    double d = g->length_m * length_between(c, p0, p) / whole;
    for (int step = 0; step < 3; step++) {
      road_place near = road_geometry_at(g, d);
      d +=
          (at.x_m - near.x_m) * cos(near.heading_rad) + (at.y_m - near.y_m) * sin(near.heading_rad);
      d = fmax(0, fmin(g->length_m, d));
    }
    road_place near = road_geometry_at(g, d);
    most = fmax(most, hypot(at.x_m - near.x_m, at.y_m - near.y_m));
  }
  return most;
}

typedef struct follower {
  const road_cubic *cubic;
  road_geometry *out;
  int count;
  double s_m;
} follower;

// One clothoid where it is good enough, else two halves.
static bool follow(follower *f, double p0, double p1, int halvings) {
  road_place from = cubic_at(f->cubic, p0), to = cubic_at(f->cubic, p1);
  road_geometry piece;
  double turn = fabs(angle_wrap(to.heading_rad - from.heading_rad));
  if (turn < PI / 2 && road_fit_clothoid(&piece, &from, &to) &&
      distance(&piece, f->cubic, p0, p1) < ROAD_FIT_M / 2) {
    if (f->count == ROAD_FIT_PIECES)
      return false;
    piece.s_m = f->s_m;
    f->s_m += piece.length_m;
    f->out[f->count++] = piece;
    return true;
  }
  double middle = (p0 + p1) / 2;
  return halvings > 0 && follow(f, p0, middle, halvings - 1) && follow(f, middle, p1, halvings - 1);
}

int road_fit_cubic(road_geometry out[ROAD_FIT_PIECES], const road_cubic *c) {
  follower f = {.cubic = c, .out = out};
  double length = road_cubic_length(c, c->p_end);
  if (!isfinite(length) || !(length > 1e-6) || !(length < 1e6))
    return 0;
  return follow(&f, 0, c->p_end, HALVINGS) ? f.count : 0;
}
