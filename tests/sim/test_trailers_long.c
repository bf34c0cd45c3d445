// SPDX-License-Identifier: Apache-2.0
// labels: slow property
// Hours of traffic in which every second vehicle is to be a truck with a trailer.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "with_scenes.h"
#include "with_trailers.h"

static void check(int kind, uint64_t first_seed, int seeds, double seconds) {
  truck_report total = {0};
  for (int k = 0; k < seeds; k++)
    trucks_check(kind, first_seed + (uint64_t)k, seconds, &total);
  printf("%s: %ld seconds of trailers in %d of %d scenes, %.2f m beyond their lanes at most\n",
         with_scene_name(kind), total.frames / 10, total.scenes, seeds, total.most_over_m);
  if (total.most_over_m > 0.45)
    fail_msg("%.2f m beyond a lane's border", total.most_over_m);
}

static void trucks_on_highways_touch_nobody(void **state) {
  (void)state;
  check(4, 500, 40, 60);
}

static void trucks_on_roads_and_curves_touch_nobody(void **state) {
  (void)state;
  check(5, 600, 60, 60);
  check(6, 700, 120, 60);
}

static void trucks_at_crossings_touch_nobody(void **state) {
  (void)state;
  check(2, 300, 60, 100);
  check(3, 400, 60, 100);
  check(7, 800, 128, 200);
  check(8, 900, 64, 300);
}

static void trucks_in_towns_touch_nobody(void **state) {
  (void)state;
  check(0, 100, 24, 300);
  check(1, 200, 12, 300);
  check(9, 1000, 24, 300);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(trucks_on_highways_touch_nobody),
      cmocka_unit_test(trucks_on_roads_and_curves_touch_nobody),
      cmocka_unit_test(trucks_at_crossings_touch_nobody),
      cmocka_unit_test(trucks_in_towns_touch_nobody),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
