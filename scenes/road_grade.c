// SPDX-License-Identifier: Apache-2.0
#include "scenes/road_grade.h"

#include <math.h>
#include <stdlib.h>

enum { PASSES = 400, SPREAD = 2 };
static const double FIRST_STIFFNESS = 1, PLANE_STIFFNESS = 1e6;
static const double BEND_SHARE = 0.88; // of what is allowed: between steps the cubic bends more
static const double FIRST_HOLD = 0.05, GROWTH = 1.3;

// A symmetric matrix of two diagonals beside the main one, factored in place as L D L^T.
typedef struct band {
  double d, e, f; // main diagonal; (i, i + 1); (i, i + 2)
} band;

// Second differences at k with weight v: v (1, -2, 1)^T (1, -2, 1) over k - 1 .. k + 1.
static void add_bend(band *a, int k, double v) {
  a[k - 1].d += v, a[k].d += 4 * v, a[k + 1].d += v;
  a[k - 1].e -= 2 * v, a[k].e -= 2 * v;
  a[k - 1].f += v;
}

static void solve(band *a, double *x, int n) {
  for (int i = 0; i < n; i++) {
    double e = a[i].e / a[i].d, f = a[i].f / a[i].d;
    if (i + 1 < n) {
      a[i + 1].d -= e * a[i].e;
      a[i + 1].e -= e * a[i].f;
      x[i + 1] -= e * x[i];
    }
    if (i + 2 < n) {
      a[i + 2].d -= f * a[i].f;
      x[i + 2] -= f * x[i];
    }
    a[i].e = e, a[i].f = f;
  }
  for (int i = n - 1; i >= 0; i--) {
    x[i] /= a[i].d;
    if (i + 1 < n)
      x[i] -= a[i].e * x[i + 1];
    if (i + 2 < n)
      x[i] -= a[i].f * x[i + 2];
  }
}

// First differences between i and i + 1 with weight v.
static void add_slope(band *a, int i, double v) {
  a[i].d += v, a[i + 1].d += v;
  a[i].e -= v;
}

// What keeps the profile from bending at a step, and from rising or falling up to the next.
typedef struct resistance {
  double bend, slope;
} resistance;

static void smooth(double *z, band *a, const grade_wish *wishes, const resistance *against, int n) {
  for (int i = 0; i < n; i++) {
    a[i] = (band){.d = wishes[i].weight};
    z[i] = wishes[i].weight * wishes[i].z_m;
  }
  for (int k = 1; k + 1 < n; k++)
    add_bend(a, k, against[k].bend * (wishes[k].plane ? PLANE_STIFFNESS : 1));
  for (int i = 0; i + 1 < n; i++)
    add_slope(a, i, against[i].slope);
  solve(a, z, n);
}

// Resists more round every place that is too steep or bends too much; whether there is none.
static bool resist(resistance *against, const double *z, int n, double grade, double curvature) {
  bool fits = true;
  double rise = grade * GRADE_STEP_M, bend = BEND_SHARE * curvature * GRADE_STEP_M * GRADE_STEP_M;
  for (int i = 0; i < n; i++) {
    bool steep = i + 1 < n && !(fabs(z[i + 1] - z[i]) <= rise);
    bool sharp = i > 0 && i + 1 < n && !(fabs(z[i - 1] - 2 * z[i] + z[i + 1]) <= bend);
    fits = fits && !steep && !sharp;
    for (int k = i > SPREAD ? i - SPREAD : 0; k <= i + SPREAD && k < n; k++) {
      if (steep)
        against[k].slope = fmax(FIRST_HOLD, GROWTH * against[k].slope);
      if (sharp)
        against[k].bend *= GROWTH;
    }
  }
  return fits;
}

bool road_grade_fit(double *z, const grade_wish *wishes, int n, double grade, double curvature) {
  band *a = malloc(sizeof *a * (size_t)n);
  resistance *against = malloc(sizeof *against * (size_t)n);
  bool fits = false, ready = a && against;
  for (int i = 0; i < n && ready; i++)
    against[i] = (resistance){FIRST_STIFFNESS, 0};
  for (int pass = 0; pass < PASSES && ready && !fits; pass++) {
    smooth(z, a, wishes, against, n);
    fits = resist(against, z, n, grade, curvature);
  }
  free(a);
  free(against);
  return fits;
}

// Rise per metre at a step: of the parabola through it and its neighbours.
static double grade_at(const double *z, int n, int i) {
  if (i == 0)
    return (z[1] - z[0]) / GRADE_STEP_M;
  if (i == n - 1)
    return (z[n - 1] - z[n - 2]) / GRADE_STEP_M;
  return (z[i + 1] - z[i - 1]) / (2 * GRADE_STEP_M);
}

// The cubic from step i to the next one.
static road_poly3 cubic_of(const double *z, int n, int i) {
  double h = GRADE_STEP_M, m0 = grade_at(z, n, i), m1 = grade_at(z, n, i + 1);
  double rise = (z[i + 1] - z[i]) / h;
  return (road_poly3){.s_m = i * h,
                      .a = z[i],
                      .b = m0,
                      .c = (3 * rise - 2 * m0 - m1) / h,
                      .d = (m0 + m1 - 2 * rise) / (h * h)};
}

static int step_at(int n, double s) {
  int i = (int)floor(s / GRADE_STEP_M);
  return i < 0 ? 0 : i > n - 2 ? n - 2 : i;
}

double road_grade_height(const double *z, int n, double s, double *grade) {
  road_poly3 p = cubic_of(z, n, step_at(n, s));
  p = road_poly_from(&p, s);
  if (grade)
    *grade = p.b;
  return p.a;
}

void road_grade_apply(road_builder *b, int road_id, const double *z, int n, double s0) {
  if (!road_id || b->failed)
    return;
  double end = s0 + b->net.roads[road_id - 1].length_m;
  for (int i = step_at(n, s0 + 1e-6); i + 1 < n && (i == 0 || i * GRADE_STEP_M < end - 1e-6); i++) {
    road_poly3 p = cubic_of(z, n, i);
    if (p.s_m < s0)
      p = road_poly_from(&p, s0);
    p.s_m -= s0;
    road_builder_elevation(b, road_id, p);
  }
}

double road_grade_curvature(double speed) {
  static const double table[][2] = {{30, 2},  {40, 4},   {50, 7},   {60, 11},  {70, 17},  {80, 26},
                                    {90, 39}, {100, 52}, {110, 74}, {120, 95}, {130, 124}};
  enum { ROWS = sizeof table / sizeof *table };
  double kmh = speed * 3.6, k = table[0][1];
  for (int i = 1; i < ROWS; i++)
    if (kmh > table[i - 1][0])
      k = table[i - 1][1] + (table[i][1] - table[i - 1][1]) *
                                fmin(1, (kmh - table[i - 1][0]) / (table[i][0] - table[i - 1][0]));
  return 1 / (100 * k);
}
