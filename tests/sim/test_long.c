// SPDX-License-Identifier: Apache-2.0
// labels: slow property
// Hours of traffic on built scenes: no crash, no red light run, nobody stuck. Each run tells its
// vehicle-seconds, and in how much of them a stand would have counted.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "with_checks.h"
#include "with_scenes.h"

typedef enum mix { ALL_NORMAL, ALL_KINDS } mix;

static scene *scene_with(int kind, int seed, mix drivers) {
  static const double all_normal[DRIVER_KINDS] = {0, 1, 0}; // aggressive, normal, cautious
  static const double all_kinds[DRIVER_KINDS] = {1, 7, 2};
  scene_def def = with_scene_def(kind, (uint64_t)seed);
  strcpy(def.hand, seed % 5 % 2 ? "left" : "right");
  memcpy(def.drivers, drivers == ALL_KINDS ? all_kinds : all_normal, sizeof def.drivers);
  return with_scene_of(kind, (uint64_t)seed, &def);
}

static const double LONGEST_STAND_S = 180;
static const double STAND_SHARE = 0.75; // of a shorter run

// Where the ego comes to an open end a queue grows behind it, and when all others have left, that
// is all there is: in such scenes at least that share of the vehicle-seconds is judged for
// standing.
static const double LEAST_JUDGED[WITH_SCENE_KINDS] = {0.9, 0.9, 0.7, 0.6, 0.9, 0.7,
                                                      0.7, 0.4, 0.9, 0.9, 0.9};

// All seeds are run, then the findings told, so that one run tells them all. The vehicle-seconds.
static double check_kind(int kind, int first_seed, int seeds, double seconds, mix drivers) {
  long total = 0;
  int findings = 0;
  double longest = 0, judged = 0;
  const double most_s = fmin(LONGEST_STAND_S, STAND_SHARE * seconds);
  for (int seed = first_seed; seed < first_seed + seeds; seed++) {
    scene *s = scene_with(kind, seed, drivers);
    check_report r;
    check_scene(s, seconds, &r);
    total += r.vehicle_frames;
    judged += r.judged_s;
    longest = fmax(longest, r.longest_stand_s);
    bool found = r.overlaps || r.hit_people || r.red_runs || r.bad_numbers || r.wrong_ways ||
                 r.jumps || r.longest_stand_s > most_s;
    if (found)
      printf("%s, seed %d: %d overlaps, %d people hit, %d red lights run, %d bad numbers, %d "
             "on the wrong side, %d jumps, longest stand %.0f s (%u on lane %d); %s\n",
             with_scene_name(kind), seed, r.overlaps, r.hit_people, r.red_runs, r.bad_numbers,
             r.wrong_ways, r.jumps, r.longest_stand_s, r.stander, r.stander_lane, r.first);
    findings += found;
    scene_destroy(s);
  }
  double vehicle_s = (double)total / 10;
  printf("%s: %.0f vehicle-seconds, %.0f %% judged for standing, longest stand %.0f s\n",
         with_scene_name(kind), vehicle_s, 100 * judged / vehicle_s, longest);
  assert_int_equal(findings, 0);
  assert_true(judged > LEAST_JUDGED[kind] * vehicle_s);
  return vehicle_s;
}

static void towns_with_signals_flow_for_hours(void **state) {
  (void)state;
  check_kind(0, 100, 24, 600, ALL_NORMAL);
}

static void towns_without_signals_flow_for_hours(void **state) {
  (void)state;
  check_kind(1, 200, 12, 600, ALL_NORMAL);
}

static void crossings_flow_whatever_the_seed(void **state) {
  (void)state;
  check_kind(2, 300, 60, 100, ALL_NORMAL);
  check_kind(3, 400, 60, 100, ALL_NORMAL);
  check_kind(7, 800, 128, 300, ALL_NORMAL);
  check_kind(8, 900, 64, 600, ALL_NORMAL);
  check_kind(9, 1000, 24, 600, ALL_NORMAL);
}

static void highways_flow_whatever_the_seed(void **state) {
  (void)state;
  check_kind(4, 500, 40, 60, ALL_NORMAL);
  check_kind(5, 600, 40, 60, ALL_NORMAL);
  check_kind(6, 700, 40, 60, ALL_NORMAL);
}

static void car_parks_flow_whatever_the_seed(void **state) {
  (void)state;
  check_kind(10, 0, 120, 400, ALL_NORMAL);
  check_kind(10, 0, 120, 400, ALL_KINDS);
}

static void drivers_of_all_kinds_touch_nobody_in_a_million_vehicle_seconds(void **state) {
  (void)state;
  static const struct {
    int kind, first_seed, seeds;
    double seconds;
  } runs[] = {{0, 100, 24, 600}, {1, 200, 24, 600}, {2, 300, 60, 100}, {3, 400, 60, 100},
              {4, 500, 40, 60},  {5, 600, 40, 60},  {6, 700, 40, 60},  {7, 800, 128, 300},
              {8, 900, 64, 300}, {9, 1000, 24, 600}};
  double total = 0;
  for (size_t k = 0; k < sizeof runs / sizeof *runs; k++)
    total +=
        check_kind(runs[k].kind, runs[k].first_seed, runs[k].seeds, runs[k].seconds, ALL_KINDS);
  if (total < 1e6)
    fail_msg("%.0f vehicle-seconds", total);
}

static void a_hundred_networks_flow_for_half_an_hour(void **state) {
  (void)state;
  check_kind(0, 2000, 30, 1800, ALL_KINDS);
  check_kind(1, 2100, 30, 1800, ALL_KINDS);
  check_kind(9, 2200, 40, 1800, ALL_KINDS);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(towns_with_signals_flow_for_hours),
      cmocka_unit_test(towns_without_signals_flow_for_hours),
      cmocka_unit_test(crossings_flow_whatever_the_seed),
      cmocka_unit_test(highways_flow_whatever_the_seed),
      cmocka_unit_test(car_parks_flow_whatever_the_seed),
      cmocka_unit_test(drivers_of_all_kinds_touch_nobody_in_a_million_vehicle_seconds),
      cmocka_unit_test(a_hundred_networks_flow_for_half_an_hour),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
