// SPDX-License-Identifier: Apache-2.0
// Pictures of episodes from above: what is where the record has it, and when.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "export/birdseye.h"
#include "export/strip.h"
#include "with_rollout.h"

static const char stands_ahead[] =
    "local it = actor { kind = 'car', driver = 'constant', speed_mps = 0, at = ahead(ego, 45) }\n"
    "return scene { duration_s = 8, road = straight { length_m = 600 }, actors = { it }, "
    "street_furniture = 0, traffic = { vehicles = 0 }, pedestrians = { count = 0 }, "
    "ego = { speed_mps = 12, start_m = 80, driver = 'constant' } }";

static const uint8_t *pixel(const canvas *c, int x, int y) {
  return c->rgb + 3 * (y * c->width + x);
}

static void a_polygon_covers_its_area(void **state) {
  (void)state;
  enum { SIDE = 200 };
  canvas c = canvas_create(SIDE, SIDE, (colour){0, 0, 0});
  const double corners[5][2] = {{20, 30}, {150, 10}, {180, 120}, {90, 80}, {40, 170}};
  canvas_polygon(&c, corners, 5, (colour){255, 255, 255}, 1);
  double area = 0;
  for (int k = 0; k < 5; k++) { // the shoelace formula
    const double *a = corners[k], *b = corners[(k + 1) % 5];
    area += (a[0] * b[1] - b[0] * a[1]) / 2;
  }
  int covered = 0;
  for (int i = 0; i < SIDE * SIDE; i++)
    covered += c.rgb[3 * i] == 255;
  assert_true(fabs(covered - fabs(area)) < 60);
  assert_int_equal(pixel(&c, 90, 60)[0], 255);
  assert_int_equal(pixel(&c, 100, 120)[0], 0); // in the notch
  canvas small = canvas_shrink(&c, 4);
  assert_int_equal(small.width, SIDE / 4);
  for (int y = 0; y < small.height; y += 7)
    for (int x = 0; x < small.width; x++) {
      int sum = 0;
      for (int i = 0; i < 16; i++)
        sum += pixel(&c, 4 * x + i % 4, 4 * y + i / 4)[1];
      assert_true(abs(sum / 16 - pixel(&small, x, y)[1]) <= 1);
    }
  free(c.rgb);
  free(small.rgb);
}

static void check_color(const canvas *c, const double at[2], int r, int g, int b,
                        const char *what) {
  const uint8_t *p = pixel(c, (int)at[0], (int)at[1]);
  if (abs(p[0] - r) > 30 || abs(p[1] - g) > 30 || abs(p[2] - b) > 30)
    fail_msg("%s is %d %d %d, not about %d %d %d", what, p[0], p[1], p[2], r, g, b);
}

static void who_is_there_is_drawn_there(void **state) {
  (void)state;
  with_rollout w = with_rollout_of(stands_ahead, 1, 0, NULL, &sim_policy_constant_velocity);
  assert_int_equal(with_rollout_run(&w), SIM_END_CRASH);
  const sim_episode *e = sim_rollout_record(w.r);
  birdseye b;
  assert_int_equal(birdseye_create(&b, w.built, NULL), STATUS_OK);
  for (int k = 0; k < e->count; k += 5) {
    birdseye_view view = {e->ego_x_m[k] + 10, e->ego_y_m[k] - 3, 4};
    canvas c = canvas_create(500, 400, (colour){0, 0, 0});
    double at[2], north[2];
    birdseye_place(&c, &view, view.x_m + 5, view.y_m + 20, north);
    assert_true(fabs(north[0] - (250 + 5 * 4)) < 1e-9 && fabs(north[1] - (200 - 20 * 4)) < 1e-9);
    birdseye_ground(&b, &c, &view);
    birdseye_place(&c, &view, e->ego_x_m[k], e->ego_y_m[k], at);
    check_color(&c, at, 134, 139, 147, "the road under the ego");
    birdseye_bodies(&b, &c, &view, e, k, 0);
    check_color(&c, at, 24, 92, 214, "the ego");
    size_t row = sim_episode_row(e, k);
    birdseye_place(&c, &view, e->actor_x_m[row], e->actor_y_m[row], at);
    check_color(&c, at, 52, 57, 66, "the car ahead");
    birdseye_bodies(&b, &c, &view, e, k, e->actor_id[0]);
    check_color(&c, at, 214, 40, 40, "the car that is hit");
    birdseye_place(&c, &view, e->ego_x_m[k] + 4 * sin(e->ego_yaw_rad[k]),
                   e->ego_y_m[k] - 40 * cos(e->ego_yaw_rad[k]), at);
    check_color(&c, at, 220, 220, 210, "beside the road");
    free(c.rgb);
  }
  birdseye_free(&b);
  with_rollout_free(&w);
}

static void moments_rise_and_hold_the_faults(void **state) {
  (void)state;
  static sim_episode e;
  int moments[STRIP_MOMENTS];
  for (e.count = 1; e.count < 120; e.count += 7)
    for (int first = 0; first < e.count; first += 3) {
      const sim_fault faults[2] = {{.frame = first}, {.frame = e.count - 1}};
      const strip_of of = {.episode = &e, .faults = faults, .fault_count = 2};
      int count = strip_moments(&of, moments), held = 0;
      assert_int_equal(count, e.count < STRIP_MOMENTS ? e.count : STRIP_MOMENTS);
      assert_int_equal(moments[count - 1], e.count - 1);
      for (int k = 0; k < count; k++) {
        assert_true(k == 0 || moments[k] > moments[k - 1]);
        held += moments[k] == first;
      }
      assert_int_equal(held, 1);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_polygon_covers_its_area),
      cmocka_unit_test(who_is_there_is_drawn_there),
      cmocka_unit_test(moments_rise_and_hold_the_faults),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
