// SPDX-License-Identifier: Apache-2.0
// Heights of ways through a junction: they lie on the plane that its arms lie on, as nearly as
// these lie on one, and leave and reach their arms without a kink.
#include <math.h>

#include "scenes/road_builder.h"

static const double KNOT_M = 2.5; // of a way, between places where it is put on the plane
static const double LEVEL = 1e-12;

// Height z_m at the origin, and its change per metre east and north.
typedef struct plane {
  double z_m, east, north;
} plane;

static double height_on(const plane *p, double x, double y) {
  return p->z_m + p->east * x + p->north * y;
}

// Adds the equation a . (z, east, north) = value to the normal equations.
static void add_equation(double (*m)[4], const double a[3], double value) {
  for (int i = 0; i < 3; i++) {
    for (int k = 0; k < 3; k++)
      m[i][k] += a[i] * a[k];
    m[i][3] += a[i] * value;
  }
}

// By elimination; a plane is always determined, as every arm gives a height and a slope.
static plane solve(double (*m)[4]) {
  for (int i = 0; i < 3; i++)
    m[i][i] += 1e-9;
  for (int i = 0; i < 3; i++)
    for (int k = i + 1; k < 3; k++)
      for (int c = 3; c >= i; c--)
        m[k][c] -= m[k][i] / m[i][i] * m[i][c];
  double x[3];
  for (int i = 2; i >= 0; i--) {
    x[i] = m[i][3];
    for (int k = i + 1; k < 3; k++)
      x[i] -= m[i][k] * x[k];
    x[i] /= m[i][i];
  }
  return (plane){x[0], x[1], x[2]};
}

// By least squares; a metre of height counts as much as a slope of 1 in 10.
static plane plane_of(const road_network *net, const road_junction *j, const road_arm *arms,
                      int count) {
  double m[3][4] = {{0}};
  for (int i = 0; i < count; i++) {
    double x = arms[i].middle.x - j->x_m, y = arms[i].middle.y - j->y_m;
    add_equation(m, (double[3]){1, x, y}, arms[i].middle.z);
    double weight = 10, h = arms[i].heading_rad;
    add_equation(m, (double[3]){0, weight * cos(h), weight * sin(h)},
                 weight * road_arm_grade(net, &arms[i]));
  }
  plane p = solve(m);
  p.z_m -= p.east * j->x_m + p.north * j->y_m;
  return p;
}

// The cubic over that length with those values and slopes at its ends.
static road_poly3 hermite(double s, double length, double from, double from_slope, double to,
                          double to_slope) {
  double rise = (to - from) / length;
  return (road_poly3){.s_m = s,
                      .a = from,
                      .b = from_slope,
                      .c = (3 * rise - 2 * from_slope - to_slope) / length,
                      .d = (from_slope + to_slope - 2 * rise) / (length * length)};
}

// What a way has to meet at its begin and its end: the road there, along the way.
typedef struct way_end {
  double z_m, grade, bank_rad;
} way_end;

static way_end end_of(const road_network *net, const road *way, bool at_end) {
  const road_link *link = at_end ? &way->successor : &way->predecessor;
  const road *r = &net->roads[link->id - 1];
  double s = link->at_end ? r->length_m : 0, along = link->at_end == !at_end ? 1 : -1;
  const road_geometry *g = &net->geometries[way->geometry_first];
  if (at_end)
    g += way->geometry_count - 1;
  road_place at = road_geometry_at(g, at_end ? g->length_m : 0);
  road_place line = road_line_at(net, r, s);
  double t =
      (at.y_m - line.y_m) * cos(line.heading_rad) - (at.x_m - line.x_m) * sin(line.heading_rad);
  double bank = road_bank_at(net, r, s);
  return (way_end){road_elevation_at(net, r, s) + t * tan(bank), along * road_grade_at(net, r, s),
                   along * bank};
}

// The plane's superelevation for who heads that way.
static double bank_on(const plane *p, double heading) {
  return atan(p->north * cos(heading) - p->east * sin(heading));
}

static void lay_across(road_builder *b, int id, const plane *p, const way_end ends[2], int n) {
  const road way = b->net.roads[id - 1];
  double h = way.length_m / n, last = ends[0].bank_rad;
  double off[2];
  for (int k = 0; k < 2; k++)
    off[k] = ends[k].bank_rad -
             bank_on(p, road_line_at(&b->net, &way, k ? way.length_m : 0).heading_rad);
  for (int i = 1; i <= n; i++) {
    double s = way.length_m * i / n;
    double next = bank_on(p, road_line_at(&b->net, &way, s).heading_rad) + off[0] +
                  (off[1] - off[0]) * s / way.length_m;
    road_builder_bank(b, id, (road_poly3){.s_m = s - h, .a = last, .b = (next - last) / h});
    last = next;
  }
}

static void lay_on(road_builder *b, int id, const plane *p) {
  const road way = b->net.roads[id - 1];
  way_end ends[2] = {end_of(&b->net, &way, false), end_of(&b->net, &way, true)};
  int n = (int)fmax(1, ceil(way.length_m / KNOT_M));
  road_place first = road_line_at(&b->net, &way, 0),
             last = road_line_at(&b->net, &way, way.length_m);
  // How far the ends are off the plane, spread evenly over the way.
  double off[2] = {ends[0].z_m - height_on(p, first.x_m, first.y_m),
                   ends[1].z_m - height_on(p, last.x_m, last.y_m)};
  double change = (off[1] - off[0]) / way.length_m, h = way.length_m / n;
  double z = ends[0].z_m, grade = ends[0].grade;
  for (int i = 1; i <= n; i++) {
    double s = way.length_m * i / n;
    road_place at = road_line_at(&b->net, &way, s);
    double next = height_on(p, at.x_m, at.y_m) + off[0] + change * s;
    double next_grade = p->east * cos(at.heading_rad) + p->north * sin(at.heading_rad) + change;
    if (i == n)
      next = ends[1].z_m, next_grade = ends[1].grade;
    road_builder_elevation(b, id, hermite(s - h, h, z, grade, next, next_grade));
    z = next, grade = next_grade;
  }
  lay_across(b, id, p, ends, n);
}

static bool is_level(const road_network *net, const road_arm *arms, int count) {
  for (int i = 0; i < count; i++)
    if (fabs(arms[i].middle.z - arms[0].middle.z) > LEVEL ||
        fabs(road_arm_grade(net, &arms[i])) > LEVEL ||
        fabs(road_bank_at(net, &net->roads[arms[i].road - 1], arms[i].s_m)) > LEVEL)
      return false;
  return true;
}

void road_builder_heights(road_builder *b, int junction, int first_way, const road_arm *arms,
                          int count) {
  plane p = plane_of(&b->net, &b->net.junctions[junction - 1], arms, count);
  bool level = is_level(&b->net, arms, count);
  for (int id = first_way; id <= b->net.road_count && !b->failed; id++) {
    if (level)
      road_builder_elevation(b, id, (road_poly3){.a = arms[0].middle.z});
    else
      lay_on(b, id, &p);
  }
}
