// SPDX-License-Identifier: Apache-2.0
// labels: unit
#include "scenes/road_curve.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/rng.h"

static void assert_near(const char *what, double got, double expected, double limit) {
  if (!(fabs(got - expected) <= limit))
    fail_msg("%s: %.12g, expected %.12g within %.3g", what, got, expected, limit);
}

// The slow obvious twin: the heading's cosine and sine summed by the midpoint rule.
static road_place summed(const road_geometry *g, double d) {
  const int n = 200000;
  road_place at = {.x_m = g->x_m, .y_m = g->y_m};
  double rate = (g->curvature_end_pm - g->curvature_begin_pm) / g->length_m;
  for (int i = 0; i < n; i++) {
    double s = d * (i + 0.5) / n;
    double heading = g->heading_rad + s * (g->curvature_begin_pm + rate * s / 2);
    at.x_m += d / n * cos(heading);
    at.y_m += d / n * sin(heading);
  }
  return at;
}

static void lines_arcs_and_spirals_lie_where_their_integral_does(void **state) {
  (void)state;
  static const double cases[][3] = {{80, 0, 0},    {30, 0.1, 0.1}, {25, -0.15, -0.15},
                                    {60, 0, 0.02}, {12, 0.25, 0},  {40, -0.1, 0.1}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    road_geometry g = {.x_m = 3,
                       .y_m = -7,
                       .heading_rad = 0.4,
                       .length_m = cases[i][0],
                       .curvature_begin_pm = cases[i][1],
                       .curvature_end_pm = cases[i][2]};
    for (int k = 1; k <= 3; k++) {
      road_place got = road_geometry_at(&g, g.length_m * k / 3);
      road_place expected = summed(&g, g.length_m * k / 3);
      assert_near("x", got.x_m, expected.x_m, 1e-7);
      assert_near("y", got.y_m, expected.y_m, 1e-7);
    }
  }
}

static void assert_smooth(const road_geometry *pieces, int count) {
  for (int i = 0; i + 1 < count; i++) {
    road_place end = road_geometry_at(&pieces[i], pieces[i].length_m);
    road_place next = road_geometry_at(&pieces[i + 1], 0);
    assert_near("joint x", end.x_m, next.x_m, 1e-6);
    assert_near("joint y", end.y_m, next.y_m, 1e-6);
    assert_near("joint heading", angle_wrap(end.heading_rad - next.heading_rad), 0, 1e-8);
    assert_near("joint curvature", end.curvature_pm, next.curvature_pm, 1e-9);
    assert_near("joint s", pieces[i].s_m + pieces[i].length_m, pieces[i + 1].s_m, 1e-9);
  }
}

static void a_way_between_any_two_gates_is_smooth_and_arrives(void **state) {
  (void)state;
  for (uint32_t n = 0; n < 2000; n++) {
    rng r = rng_at(5, RNG_TEST, 0, n, 0);
    road_place from = {.x_m = rng_uniform(&r, -20, 20),
                       .y_m = rng_uniform(&r, -20, 20),
                       .heading_rad = rng_uniform(&r, -3, 3)};
    double ahead = rng_uniform(&r, 8, 120), turn = rng_uniform(&r, -1.9, 1.9);
    double aside = ahead * rng_uniform(&r, -0.4, 0.4) + 0.5 * ahead * sin(turn);
    double c = cos(from.heading_rad), s = sin(from.heading_rad);
    road_place to = {.x_m = from.x_m + ahead * c - aside * s,
                     .y_m = from.y_m + ahead * s + aside * c,
                     .heading_rad = angle_wrap(from.heading_rad + turn)};
    road_corner_point corners[2];
    road_geometry pieces[ROAD_PIECES];
    int bends = road_connect(corners, &from, &to);
    int count = road_lay(pieces, from.x_m, from.y_m, to.x_m, to.y_m, corners, bends);
    assert_true(count > 0 && count <= ROAD_PIECES);
    assert_smooth(pieces, count);
    road_place begin = road_geometry_at(&pieces[0], 0);
    road_place end = road_geometry_at(&pieces[count - 1], pieces[count - 1].length_m);
    assert_near("begin x", begin.x_m, from.x_m, 1e-6);
    assert_near("begin heading", angle_wrap(begin.heading_rad - from.heading_rad), 0, 1e-6);
    assert_near("end x", end.x_m, to.x_m, 1e-6);
    assert_near("end y", end.y_m, to.y_m, 1e-6);
    assert_near("end heading", angle_wrap(end.heading_rad - to.heading_rad), 0, 1e-6);
    assert_near("begin curvature", begin.curvature_pm, 0, 1e-12);
    assert_near("end curvature", end.curvature_pm, 0, 1e-9);
  }
}

static void a_bend_with_room_gets_the_radius_it_asks_for(void **state) {
  (void)state;
  road_corner_point corner = {100, 0, 40};
  road_geometry pieces[ROAD_PIECES];
  int count = road_lay(pieces, 0, 0, 100, 100, &corner, 1);
  double most = 0;
  for (int i = 0; i < count; i++)
    most = fmax(most, fabs(pieces[i].curvature_end_pm));
  assert_near("curvature", most, 1.0 / 40, 1e-9);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(lines_arcs_and_spirals_lie_where_their_integral_does),
      cmocka_unit_test(a_way_between_any_two_gates_is_smooth_and_arrives),
      cmocka_unit_test(a_bend_with_room_gets_the_radius_it_asks_for),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
