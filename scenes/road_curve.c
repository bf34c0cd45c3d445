// SPDX-License-Identifier: Apache-2.0
#include "scenes/road_curve.h"

#include <math.h>
#include <string.h>

// Share of a bend's turning that its two spirals take; the arc takes the rest.
static const double CRUMB_M = 1e-6; // shorter pieces of a line aren't made
static const double SPIRAL_SHARE = 0.4;
// Bends below this turn by less than a millimetre a kilometre.
static const double STRAIGHT_RAD = 1e-7;

static const double GAUSS_X[5] = {-0.9061798459386640, -0.5384693101056831, 0, 0.5384693101056831,
                                  0.9061798459386640};
static const double GAUSS_W[5] = {0.2369268850561891, 0.4786286704993665, 0.5688888888888889,
                                  0.4786286704993665, 0.2369268850561891};

// sin and cos of angles up to an eighth of a radian, to 1e-15.
static inline void small_turn(double a, double *sine, double *cosine) {
  double q = a * a;
  *sine = a * (1 - q / 6 * (1 - q / 20 * (1 - q / 42 * (1 - q / 72))));
  *cosine = 1 - q / 2 * (1 - q / 12 * (1 - q / 30 * (1 - q / 56)));
}

// Integral of the unit vector at angle a + k s + c s^2 / 2 over s in 0..d, by Gauss-Legendre
// panels that turn by a quarter radian at most: exact to about 1e-13 d.
static void integrate_heading(double a, double k, double c, double d, double *x, double *y) {
  double turning = fabs(k) * d + fabs(c) * d * d / 2;
  int panels = 1 + (int)(turning / 0.25);
  double h = d / panels;
  *x = 0;
  *y = 0;
  for (int panel = 0; panel < panels; panel++) {
    double middle = h * (panel + 0.5), rate = k + c * middle;
    double along = 0, aside = 0; // of the heading in the panel's middle
    for (int i = 0; i < 5; i++) {
      double s = h / 2 * GAUSS_X[i], sine, cosine;
      small_turn(s * (rate + c * s / 2), &sine, &cosine);
      along += h / 2 * GAUSS_W[i] * cosine;
      aside += h / 2 * GAUSS_W[i] * sine;
    }
    double heading = a + middle * (k + c * middle / 2);
    double cs = cos(heading), sn = sin(heading);
    *x += along * cs - aside * sn;
    *y += along * sn + aside * cs;
  }
}

// The chord of an arc that begins at heading a.
static void arc_chord(double a, double k, double d, double *x, double *y) {
  double half = k * d / 2;
  double chord = fabs(half) < 1e-4 ? d * (1 - half * half / 6) : d * sin(half) / half;
  *x = chord * cos(a + half);
  *y = chord * sin(a + half);
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
  if (c == 0)
    arc_chord(g->heading_rad, k, d, &x, &y);
  else
    integrate_heading(g->heading_rad, k, c, d, &x, &y);
  at.x_m = g->x_m + x;
  at.y_m = g->y_m + y;
  return at;
}

road_geometry road_geometry_part(const road_geometry *g, double from, double to) {
  if (from <= 0 && to >= g->length_m) {
    road_geometry whole = *g;
    whole.s_m = 0;
    return whole;
  }
  double rate = (g->curvature_end_pm - g->curvature_begin_pm) / g->length_m;
  road_place at = road_geometry_at(g, from);
  return (road_geometry){.x_m = at.x_m,
                         .y_m = at.y_m,
                         .heading_rad = at.heading_rad,
                         .length_m = to - from,
                         .curvature_begin_pm = at.curvature_pm,
                         .curvature_end_pm = at.curvature_pm + rate * (to - from)};
}

int road_line_part(const road_geometry *line, int count, double s0, double s1, road_geometry *out) {
  int kept = 0;
  for (int i = 0; i < count; i++) {
    const road_geometry *g = &line[i];
    double end_s = i + 1 < count ? line[i + 1].s_m : g->s_m + g->length_m;
    double begin = fmax(s0, g->s_m), end = fmin(s1, end_s);
    if (end - begin < CRUMB_M)
      continue;
    bool whole = begin <= g->s_m && end >= end_s;
    road_geometry piece = road_geometry_part(g, begin - g->s_m, whole ? g->length_m : end - g->s_m);
    piece.s_m = kept ? out[kept - 1].s_m + out[kept - 1].length_m : 0;
    out[kept++] = piece;
  }
  return kept;
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

// What road_lay goes through: its start, the corners, its end.
typedef struct course {
  road_corner_point start, end;
  const road_corner_point *corners;
  int last; // index of the end
} course;

static const road_corner_point *course_point(const course *c, int i) {
  return i == 0 ? &c->start : i == c->last ? &c->end : &c->corners[i - 1];
}

// Of the leg that begins at point i.
static double leg_heading(const course *c, int i) {
  const road_corner_point *a = course_point(c, i), *b = course_point(c, i + 1);
  return atan2(b->y_m - a->y_m, b->x_m - a->x_m);
}

static double leg_length(const course *c, int i) {
  const road_corner_point *a = course_point(c, i), *b = course_point(c, i + 1);
  return hypot(b->y_m - a->y_m, b->x_m - a->x_m);
}

typedef struct bend {
  double turn_rad, unit_m, wish_m; // tangents: of unit radius, and as the corner would have it
} bend;

static bend bend_at(const course *c, int i) {
  bend b = {0};
  if (i <= 0 || i >= c->last)
    return b;
  b.turn_rad = angle_wrap(leg_heading(c, i) - leg_heading(c, i - 1));
  if (fabs(b.turn_rad) < STRAIGHT_RAD)
    return b;
  double limit = fmin(leg_length(c, i - 1), leg_length(c, i)),
         radius = course_point(c, i)->radius_m;
  b.unit_m = road_bend_tangent(fabs(b.turn_rad));
  b.wish_m = radius > 0 ? fmin(limit, radius * b.unit_m) : limit;
  return b;
}

// A leg between two bends is shared in the proportion of what each would like to have.
static double share(double leg, const bend *own, const bend *other) {
  return other->wish_m + own->wish_m > leg ? leg * own->wish_m / (other->wish_m + own->wish_m)
                                           : own->wish_m;
}

int road_lay(road_geometry *out, double start_x, double start_y, double end_x, double end_y,
             const road_corner_point *corners, int corner_count) {
  course c = {{start_x, start_y, 0}, {end_x, end_y, 0}, corners, corner_count + 1};
  layer l = {.out = out};
  bend here = {0}, next = bend_at(&c, 1);
  double tangent = 0, next_tangent;
  for (int i = 0; i < c.last; i++) {
    const road_corner_point *from = course_point(&c, i), *to = course_point(&c, i + 1);
    double heading = leg_heading(&c, i), leg = leg_length(&c, i);
    bend after = bend_at(&c, i + 2);
    next_tangent = next.wish_m > 0
                       ? fmin(share(leg, &next, &here), share(leg_length(&c, i + 1), &next, &after))
                       : 0;
    double cs = cos(heading), sn = sin(heading);
    put_line(&l, from->x_m + tangent * cs, from->y_m + tangent * sn, heading,
             leg - tangent - next_tangent);
    if (next_tangent > 0)
      put_bend(&l,
               (road_place){.x_m = to->x_m - next_tangent * cs,
                            .y_m = to->y_m - next_tangent * sn,
                            .heading_rad = heading},
               next.turn_rad, next_tangent / next.unit_m);
    tangent = next_tangent;
    here = next;
    next = after;
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
