// SPDX-License-Identifier: Apache-2.0
// labels: unit property
#include "scenes/road_fit.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/rng.h"

static void a_clothoid_is_found_again_from_its_ends(void **state) {
  (void)state;
  for (uint32_t n = 0; n < 500; n++) {
    rng r = rng_at(3, RNG_TEST, 0, n, 0);
    road_geometry g = {.x_m = rng_uniform(&r, -50, 50),
                       .y_m = rng_uniform(&r, -50, 50),
                       .heading_rad = rng_uniform(&r, -3, 3),
                       .length_m = rng_uniform(&r, 1, 80)};
    g.curvature_begin_pm = rng_uniform(&r, -1, 1) / g.length_m;
    g.curvature_end_pm = rng_uniform(&r, -1, 1) / g.length_m;
    road_place from = road_geometry_at(&g, 0), to = road_geometry_at(&g, g.length_m);
    road_geometry found;
    assert_true(road_fit_clothoid(&found, &from, &to));
    if (fabs(found.length_m - g.length_m) > 1e-6 ||
        fabs(found.curvature_begin_pm - g.curvature_begin_pm) > 1e-7 ||
        fabs(found.curvature_end_pm - g.curvature_end_pm) > 1e-7)
      fail_msg("%u: %.9f m, %.9f to %.9f became %.9f m, %.9f to %.9f", n, g.length_m,
               g.curvature_begin_pm, g.curvature_end_pm, found.length_m, found.curvature_begin_pm,
               found.curvature_end_pm);
  }
}

// Brute force: the least distance of a point from densely laid points of a piece.
static double search(const road_geometry *g, double x, double y, double *d, double reach) {
  enum { STEPS = 50 };
  double best = INFINITY, middle = *d;
  for (int k = -STEPS; k <= STEPS; k++) {
    double at_d = fmax(0, fmin(g->length_m, middle + reach * k / STEPS));
    road_place at = road_geometry_at(g, at_d);
    double distance = hypot(at.x_m - x, at.y_m - y);
    if (distance < best) {
      best = distance;
      *d = at_d;
    }
  }
  return best;
}

static double distance_from(const road_geometry *pieces, int count, double x, double y) {
  double best = INFINITY;
  for (int i = 0; i < count; i++) {
    double d = pieces[i].length_m / 2, reach = d;
    search(&pieces[i], x, y, &d, reach);
    best = fmin(best, search(&pieces[i], x, y, &d, reach / 50));
  }
  return best;
}

static void check_cubic(uint32_t n, const road_cubic *c) {
  road_geometry pieces[ROAD_FIT_PIECES];
  int count = road_fit_cubic(pieces, c);
  assert_true(count > 0);
  for (int k = 0; k <= 60; k++) {
    double p = c->p_end * k / 60;
    double u = c->u[0] + p * (c->u[1] + p * (c->u[2] + p * c->u[3]));
    double v = c->v[0] + p * (c->v[1] + p * (c->v[2] + p * c->v[3]));
    double x = c->x_m + u * cos(c->heading_rad) - v * sin(c->heading_rad);
    double y = c->y_m + u * sin(c->heading_rad) + v * cos(c->heading_rad);
    double d = distance_from(pieces, count, x, y);
    if (d > ROAD_FIT_M)
      fail_msg("%u: at p=%.3f the pieces are %.4f m off", n, p, d);
  }
  for (int i = 0; i + 1 < count; i++) {
    road_place end = road_geometry_at(&pieces[i], pieces[i].length_m);
    road_place next = road_geometry_at(&pieces[i + 1], 0);
    assert_true(hypot(end.x_m - next.x_m, end.y_m - next.y_m) < 1e-6);
    assert_true(fabs(angle_wrap(end.heading_rad - next.heading_rad)) < 1e-6);
    assert_true(fabs(pieces[i].s_m + pieces[i].length_m - pieces[i + 1].s_m) < 1e-9);
  }
  double length = pieces[count - 1].s_m + pieces[count - 1].length_m;
  if (fabs(length - road_cubic_length(c, c->p_end)) > 0.01)
    fail_msg("%u: the pieces are %.4f m long, the curve %.4f m", n, length,
             road_cubic_length(c, c->p_end));
}

static void pieces_stay_by_any_cubic(void **state) {
  (void)state;
  for (uint32_t n = 0; n < 60; n++) {
    rng r = rng_at(4, RNG_TEST, 0, n, 0);
    double length = rng_uniform(&r, 3, 120);
    road_cubic c = {.x_m = rng_uniform(&r, -9, 9),
                    .y_m = rng_uniform(&r, -9, 9),
                    .heading_rad = rng_uniform(&r, -3, 3),
                    .p_end = 1};
    // Bezier control points that lead on, as editors of maps make them.
    double x1 = length * rng_uniform(&r, 0.25, 0.4), x2 = length * rng_uniform(&r, 0.5, 0.8);
    double y2 = length * rng_uniform(&r, -0.3, 0.3), y3 = length * rng_uniform(&r, -0.6, 0.6);
    c.u[1] = 3 * x1;
    c.u[2] = 3 * (x2 - 2 * x1);
    c.u[3] = length - 3 * x2 + 3 * x1;
    c.v[2] = 3 * y2;
    c.v[3] = y3 - 3 * y2;
    check_cubic(n, &c);
    road_cubic plain = {.u = {0, 1}, .v = {0, 0, 0.5 / length, -0.2 / (length * length)}};
    plain.p_end = road_cubic_reach(&plain, length);
    assert_true(fabs(road_cubic_length(&plain, plain.p_end) - length) < 1e-9);
    check_cubic(n, &plain);
  }
}

static void what_is_no_curve_is_refused(void **state) {
  (void)state;
  road_geometry pieces[ROAD_FIT_PIECES];
  road_cubic cusp = {.u = {0, 0, 1, -1}, .v = {0, 0, 0, 1}, .p_end = 1};
  road_cubic none = {.p_end = 1};
  road_cubic huge = {.u = {0, 1e308, 1e308, 1e308}, .p_end = 1};
  (void)road_fit_cubic(pieces, &cusp); // ends, whatever it says
  assert_int_equal(road_fit_cubic(pieces, &none), 0);
  assert_int_equal(road_fit_cubic(pieces, &huge), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_clothoid_is_found_again_from_its_ends),
      cmocka_unit_test(pieces_stay_by_any_cubic),
      cmocka_unit_test(what_is_no_curve_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
