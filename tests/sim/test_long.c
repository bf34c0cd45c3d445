// SPDX-License-Identifier: Apache-2.0
// labels: slow property
// Hours of traffic on built scenes: no crash, no red light run, nobody stuck.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "with_checks.h"
#include "with_scenes.h"

// All seeds are run, then the findings told, so that one run tells them all.
static void check_kind(int kind, int first_seed, int seeds, double seconds) {
  long total = 0;
  int findings = 0;
  double longest = 0;
  for (int seed = first_seed; seed < first_seed + seeds; seed++) {
    scene *s = with_built_scene(kind, (uint64_t)seed);
    check_report r;
    check_scene(s, seconds, &r);
    total += r.vehicle_frames;
    longest = r.longest_stand_s > longest ? r.longest_stand_s : longest;
    bool found = r.overlaps || r.hit_people || r.red_runs || r.bad_numbers || r.wrong_ways ||
                 r.jumps || r.longest_stand_s > 180;
    if (found)
      printf("%s, seed %d: %d overlaps, %d people hit, %d red lights run, %d bad numbers, %d "
             "on the wrong side, %d jumps, longest stand %.0f s; %s\n",
             with_scene_name(kind), seed, r.overlaps, r.hit_people, r.red_runs, r.bad_numbers,
             r.wrong_ways, r.jumps, r.longest_stand_s, r.first);
    findings += found;
    scene_destroy(s);
  }
  printf("%s: %ld vehicle-seconds, longest stand %.0f s\n", with_scene_name(kind), total / 10,
         longest);
  assert_int_equal(findings, 0);
}

static void towns_with_signals_flow_for_hours(void **state) {
  (void)state;
  check_kind(0, 100, 24, 600);
}

static void towns_without_signals_flow_for_hours(void **state) {
  (void)state;
  check_kind(1, 200, 12, 600);
}

static void crossings_flow_whatever_the_seed(void **state) {
  (void)state;
  check_kind(2, 300, 60, 100);
  check_kind(3, 400, 60, 100);
  check_kind(7, 800, 128, 300);
  check_kind(8, 900, 64, 600);
  check_kind(9, 1000, 24, 600);
}

static void highways_flow_whatever_the_seed(void **state) {
  (void)state;
  check_kind(4, 500, 40, 60);
  check_kind(5, 600, 40, 60);
  check_kind(6, 700, 40, 60);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(towns_with_signals_flow_for_hours),
      cmocka_unit_test(towns_without_signals_flow_for_hours),
      cmocka_unit_test(crossings_flow_whatever_the_seed),
      cmocka_unit_test(highways_flow_whatever_the_seed),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
