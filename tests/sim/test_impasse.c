// SPDX-License-Identifier: Apache-2.0
// People get past each other, dogs on leashes and wheelchairs, too, and out of the way of buses'
// ends. In these scenes they once didn't: two and a dog stood on a crosswalk for good, and streets
// filled up behind it; a bus swung over somebody at the kerb.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "with_checks.h"
#include "with_scenes.h"

static void check(int kind, int seed, double seconds, check_report *report) {
  static const double all_kinds[DRIVER_KINDS] = {1, 7, 2};
  scene_def def = with_scene_def(kind, (uint64_t)seed);
  strcpy(def.hand, seed % 5 % 2 ? "left" : "right");
  memcpy(def.drivers, all_kinds, sizeof def.drivers);
  scene *s = with_scene_of(kind, (uint64_t)seed, &def);
  check_scene(s, seconds, report);
  scene_destroy(s);
  print_message("%s, seed %d: longest stand %.0f s, %d people hit %s\n", with_scene_name(kind),
                seed, report->longest_stand_s, report->hit_people, report->first);
}

static void nobody_stands_breast_to_breast_for_good(void **state) {
  (void)state;
  check_report r;
  check(1, 2107, 430, &r);
  assert_true(r.longest_stand_s < 100);
}

static void buses_swing_over_nobody(void **state) {
  (void)state;
  check_report r;
  check(9, 2212, 75, &r);
  assert_int_equal(r.hit_people, 0);
  check(9, 2238, 425, &r);
  assert_int_equal(r.hit_people, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nobody_stands_breast_to_breast_for_good),
      cmocka_unit_test(buses_swing_over_nobody),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
