// SPDX-License-Identifier: Apache-2.0
// labels: unit
// In which order many vehicles are numbered.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "scenes/populate.h"

enum { FEW = 4000, LANES = 700 };

static scene_vehicle *strewn(int count) {
  scene_vehicle *all = calloc((size_t)count, sizeof *all);
  assert_non_null(all);
  rng r = rng_at(1, RNG_TEST, 0, 0, 0);
  for (int i = 0; i < count; i++) {
    all[i].lane = 1 + rng_below(&r, LANES);
    all[i].s_m = rng_uniform(&r, 0, 200);
    all[i].asset_seed = (uint32_t)i;
  }
  return all;
}

static void many_are_numbered_along_the_lanes_from_the_front(void **state) {
  (void)state;
  int count = FEW + 1;
  scene_vehicle *all = strewn(count), *before = strewn(count);
  bool seen[FEW + 1] = {false};
  populate_order(all, count);
  for (int i = 0; i < count; i++) {
    uint32_t was = all[i].asset_seed;
    assert_true(was < (uint32_t)count && !seen[was]); // each once, and whole
    seen[was] = true;
    assert_memory_equal(&all[i], &before[was], sizeof all[i]);
    if (i > 0 && (all[i].lane < all[i - 1].lane ||
                  (all[i].lane == all[i - 1].lane && all[i].s_m > all[i - 1].s_m)))
      fail_msg("%d: lane %d, %g m comes after lane %d, %g m", i, all[i].lane, all[i].s_m,
               all[i - 1].lane, all[i - 1].s_m);
  }
  free(all);
  free(before);
}

static void few_stay_as_they_were_drawn(void **state) {
  (void)state;
  scene_vehicle *all = strewn(FEW), *before = strewn(FEW);
  populate_order(all, FEW);
  assert_memory_equal(all, before, sizeof *all * FEW);
  free(all);
  free(before);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(many_are_numbered_along_the_lanes_from_the_front),
      cmocka_unit_test(few_stay_as_they_were_drawn),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
