// SPDX-License-Identifier: Apache-2.0
// labels: unit property
#include "scenes/point_grid.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"

enum { POINTS = 300 };

// Points of which some lie outside of the grid's rectangle.
static void scatter(rng *r, double side, double (*at)[2]) {
  for (int i = 0; i < POINTS; i++)
    for (int k = 0; k < 2; k++)
      at[i][k] = rng_uniform(r, -0.2 * side, 1.2 * side);
}

static void a_look_finds_each_point_within_reach_once(void **state) {
  (void)state;
  double at[POINTS][2];
  int far = 0;
  for (uint32_t n = 0; n < 40; n++) {
    rng r = rng_at(5, RNG_TEST, 0, n, 0);
    double side = rng_log_uniform(&r, 1, 5000), cell = rng_log_uniform(&r, 0.01, 2) * side;
    point_grid g;
    assert_true(point_grid_init(&g, 0, 0, side, side, cell, POINTS));
    scatter(&r, side, at);
    for (int i = 0; i < POINTS; i++)
      point_grid_add(&g, i, at[i][0], at[i][1]);
    for (int q = 0; q < 50; q++) {
      double x = rng_uniform(&r, -0.5 * side, 1.5 * side);
      double y = rng_uniform(&r, -0.5 * side, 1.5 * side);
      double reach = rng_uniform(&r, 0, 0.5 * side);
      int seen[POINTS] = {0};
      point_grid_look look = point_grid_around(&g, x, y, reach);
      for (int i; (i = point_grid_next(&look)) >= 0;)
        seen[i]++;
      for (int i = 0; i < POINTS; i++) {
        bool near = fabs(at[i][0] - x) <= reach && fabs(at[i][1] - y) <= reach;
        if (seen[i] > 1 || (near && !seen[i]))
          fail_msg("grid %u: point %d seen %d times, near %d", n, i, seen[i], near);
        far += !seen[i];
      }
    }
    point_grid_free(&g);
  }
  assert_true(far > 100 * POINTS); // it does leave out what is far away
}

static void a_grid_has_no_more_cells_than_its_points_are_worth(void **state) {
  (void)state;
  point_grid g;
  assert_true(point_grid_init(&g, 0, 0, 1e6, 1e5, 1, 100));
  assert_true(g.columns * g.rows <= 300);
  point_grid_look look = point_grid_around(&g, 0, 0, 1e7);
  assert_int_equal(point_grid_next(&look), -1);
  point_grid_free(&g);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_look_finds_each_point_within_reach_once),
      cmocka_unit_test(a_grid_has_no_more_cells_than_its_points_are_worth),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
