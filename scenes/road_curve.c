// SPDX-License-Identifier: Apache-2.0
#include "scenes/road_curve.h"

#include <math.h>
#include <string.h>

// Share of a bend's turning that its two spirals take; the arc takes the rest.
static const double SPIRAL_SHARE = 0.4;
// Bends below this turn by less than a millimetre a kilometre.
static const double STRAIGHT_RAD = 1e-7;

static const double GAUSS_X[5] = {-0.9061798459386640, -0.5384693101056831, 0, 0.5384693101056831,
                                  0.9061798459386640};
static const double GAUSS_W[5] = {0.2369268850561891, 0.4786286704993665, 0.5688888888888889,
                                  0.4786286704993665, 0.2369268850561891};

// Integral of the unit vector at angle a + k s + c s^2 / 2 over s in 0..d, by Gauss-Legendre
// panels that turn by a quarter radian at most: exact to about 1e-13 d.
static void integrate_heading(double a, double k, double c, double d, double *x, double *y) {
  double turning = fabs(k) * d + fabs(c) * d * d / 2;
  int panels = 1 + (int)(turning / 0.25);
  double h = d / panels;
  *x = 0;
  *y = 0;
  for (int panel = 0; panel < panels; panel++) {
    double middle = h * (panel + 0.5);
    for (int i = 0; i < 5; i++) {
      double s = middle + h / 2 * GAUSS_X[i];
      double angle = a + s * (k + c * s / 2);
      *x += h / 2 * GAUSS_W[i] * cos(angle);
      *y += h / 2 * GAUSS_W[i] * sin(angle);
    }
  }
}

road_place road_geometry_at(const road_geometry *g, double d) {
  double k = g->curvature_begin_pm;
  double c = g->length_m > 0 ? (g->curvature_end_pm - k) / g->length_m : 0;
  road_place at = {.heading_rad = g->heading_rad + d * (k + c * d / 2), .curvature_pm = k + c * d};
  if (k == 0 && c == 0) {
    at.x_m = g->x_m + d * cos(g->heading_rad);
    at.y_m = g->y_m + d * sin(g->heading_rad);
    return at;
  }
  double x, y;
  integrate_heading(g->heading_rad, k, c, d, &x, &y);
  at.x_m = g->x_m + x;
  at.y_m = g->y_m + y;
  return at;
}

double road_bend_tangent(double angle) {
  double spiral = SPIRAL_SHARE * angle / 2; // turning of one spiral
  double length = 2 * spiral, x, y;
  integrate_heading(0, 0, 1 / length, length, &x, &y);
  double shift = y - (1 - cos(spiral));
  return (1 + shift) * tan(angle / 2) + x - sin(spiral);
}

typedef struct layer {
  road_geometry *out;
  int count;
  double s_m;
} layer;

static road_place put(layer *l, road_place at, double length, double k0, double k1) {
  road_geometry *g = &l->out[l->count++];
  *g = (road_geometry){.s_m = l->s_m,
                       .x_m = at.x_m,
                       .y_m = at.y_m,
                       .heading_rad = at.heading_rad,
                       .length_m = length,
                       .curvature_begin_pm = k0,
                       .curvature_end_pm = k1};
  l->s_m += length;
  return road_geometry_at(g, length);
}

static void put_line(layer *l, double x, double y, double heading, double length) {
  if (length > 1e-9)
    put(l, (road_place){.x_m = x, .y_m = y, .heading_rad = heading}, length, 0, 0);
}

static void put_bend(layer *l, road_place at, double turn, double radius) {
  double k = copysign(1 / radius, turn), angle = fabs(turn);
  double spiral = SPIRAL_SHARE * angle * radius;
  at = put(l, at, spiral, 0, k);
  at = put(l, at, (1 - SPIRAL_SHARE) * angle * radius, k, k);
  put(l, at, spiral, k, 0);
}

int road_lay(road_geometry out[ROAD_PIECES], double start_x, double start_y, double end_x,
             double end_y, const road_corner_point *corners, int corner_count) {
  double x[ROAD_CORNERS + 2] = {start_x}, y[ROAD_CORNERS + 2] = {start_y};
  for (int i = 0; i < corner_count; i++) {
    x[i + 1] = corners[i].x_m;
    y[i + 1] = corners[i].y_m;
  }
  int last = corner_count + 1;
  x[last] = end_x;
  y[last] = end_y;
  double heading[ROAD_CORNERS + 1], leg[ROAD_CORNERS + 1];
  for (int i = 0; i < last; i++) {
    heading[i] = atan2(y[i + 1] - y[i], x[i + 1] - x[i]);
    leg[i] = hypot(y[i + 1] - y[i], x[i + 1] - x[i]);
  }
  // A leg between two bends is shared in the proportion of what each would like to have.
  double turn[ROAD_CORNERS + 2] = {0}, wish[ROAD_CORNERS + 2] = {0}, radius[ROAD_CORNERS + 2] = {0};
  for (int i = 1; i < last; i++) {
    turn[i] = angle_wrap(heading[i] - heading[i - 1]);
    if (fabs(turn[i]) < STRAIGHT_RAD)
      continue;
    double limit = fmin(leg[i - 1], leg[i]);
    double unit = road_bend_tangent(fabs(turn[i]));
    wish[i] = corners[i - 1].radius_m > 0 ? fmin(limit, corners[i - 1].radius_m * unit) : limit;
    radius[i] = unit;
  }
  double tangent[ROAD_CORNERS + 2] = {0};
  for (int i = 1; i < last; i++) {
    if (wish[i] <= 0)
      continue;
    double before = wish[i - 1] + wish[i] > leg[i - 1]
                        ? leg[i - 1] * wish[i] / (wish[i - 1] + wish[i])
                        : wish[i];
    double after =
        wish[i + 1] + wish[i] > leg[i] ? leg[i] * wish[i] / (wish[i + 1] + wish[i]) : wish[i];
    tangent[i] = fmin(before, after);
    radius[i] = tangent[i] / radius[i];
  }
  layer l = {.out = out};
  for (int i = 0; i < last; i++) {
    double c = cos(heading[i]), s = sin(heading[i]);
    put_line(&l, x[i] + tangent[i] * c, y[i] + tangent[i] * s, heading[i],
             leg[i] - tangent[i] - tangent[i + 1]);
    if (i + 1 < last && tangent[i + 1] > 0)
      put_bend(&l,
               (road_place){.x_m = x[i + 1] - tangent[i + 1] * c,
                            .y_m = y[i + 1] - tangent[i + 1] * s,
                            .heading_rad = heading[i]},
               turn[i + 1], radius[i + 1]);
  }
  return l.count;
}

void road_append(road_geometry *pieces, int *count, double length_m, double k0, double k1) {
  road_geometry *g = &pieces[*count];
  if (*count > 0) {
    const road_geometry *last = g - 1;
    road_place end = road_geometry_at(last, last->length_m);
    *g = (road_geometry){.s_m = last->s_m + last->length_m,
                         .x_m = end.x_m,
                         .y_m = end.y_m,
                         .heading_rad = end.heading_rad};
  }
  g->length_m = length_m;
  g->curvature_begin_pm = k0;
  g->curvature_end_pm = k1;
  (*count)++;
}

int road_connect(road_corner_point out[2], const road_place *from, const road_place *to) {
  double dx = to->x_m - from->x_m, dy = to->y_m - from->y_m;
  double c0 = cos(from->heading_rad), s0 = sin(from->heading_rad);
  double c1 = cos(to->heading_rad), s1 = sin(to->heading_rad);
  double turn = angle_wrap(to->heading_rad - from->heading_rad);
  double distance = hypot(dx, dy), aside = dy * c0 - dx * s0;
  memset(out, 0, 2 * sizeof *out);
  if (fabs(turn) < 1e-6 && fabs(aside) < 1e-3)
    return 0;
  double cross = c0 * s1 - s0 * c1;
  if (fabs(turn) > 0.02) {
    // Where the two tangents meet, ahead of the first and behind the second.
    double ahead = (dx * s1 - dy * c1) / cross, behind = (c0 * dy - s0 * dx) / cross;
    double least = fmin(0.15 * distance, 7);
    if (ahead > least && behind > least) {
      out[0] = (road_corner_point){.x_m = from->x_m + ahead * c0, .y_m = from->y_m + ahead * s0};
      return 1;
    }
  }
  double reach = 0.3 * distance;
  out[0] = (road_corner_point){.x_m = from->x_m + reach * c0, .y_m = from->y_m + reach * s0};
  out[1] = (road_corner_point){.x_m = to->x_m - reach * c1, .y_m = to->y_m - reach * s1};
  return 2;
}
