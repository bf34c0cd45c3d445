// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Intervals against published values and closed forms; tests/python/test_scores.py has scipy's.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "sim/statistics.h"

static void near(const char *what, double found, double expected, double within) {
  if (!(fabs(found - expected) <= within))
    fail_msg("%s: %.12g, expected %.12g within %g", what, found, expected, within);
}

static void intervals_of_rates_are_the_published_ones(void **state) {
  (void)state;
  near("z of 95 %", sim_normal_z(0.95), 1.959963984540054, 1e-12);
  // Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
  const struct {
    int hits, trials;
    double wilson[2], exact[2];
  } cases[] = {{81, 263, {0.2553, 0.3662}, {0.2527, 0.3676}},
               {15, 148, {0.0624, 0.1605}, {0.0578, 0.1617}},
               {0, 20, {0, 0.1611}, {0, 0.1684}},
               {1, 29, {0.0061, 0.1718}, {0.0009, 0.1776}}};
  for (int i = 0; i < 4; i++) {
    sim_interval w = sim_wilson(cases[i].hits, cases[i].trials, 0.95);
    sim_interval c = sim_clopper_pearson(cases[i].hits, cases[i].trials, 0.95);
    near("rate", w.value, (double)cases[i].hits / cases[i].trials, 1e-15);
    near("Wilson low", w.low, cases[i].wilson[0], 5e-5);
    near("Wilson high", w.high, cases[i].wilson[1], 5e-5);
    near("exact low", c.low, cases[i].exact[0], 5e-5);
    near("exact high", c.high, cases[i].exact[1], 5e-5);
  }
  // Closed form: nothing of n is 1 - (tail)^(1 / n).
  near("none of 7", sim_clopper_pearson(0, 7, 0.95).high, 1 - pow(0.025, 1.0 / 7), 1e-12);
  near("all of 7", sim_clopper_pearson(7, 7, 0.95).low, pow(0.025, 1.0 / 7), 1e-12);
  near("rule of three", sim_rule_of_three(300), 0.01, 1e-15);
  near("of two", sim_rule_of_three(2), 1, 0);
  assert_true(isnan(sim_rule_of_three(0)) && isnan(sim_wilson(0, 0, 0.95).value));
  assert_true(isnan(sim_wilson(3, 2, 0.95).low) && isnan(sim_clopper_pearson(1, 2, 1).low));
}

// Normal values, ten a scene that share their scene's part: the interval has to hold the truth in
// about 95 of 100 such samples. Resampling episodes one by one would hold it in about 60.
static void a_bootstrap_by_scenes_holds_what_it_says(void **state) {
  (void)state;
  enum { SAMPLES = 200, SCENES = 40, EACH = 10 };
  int held = 0, held_alone = 0;
  for (int sample = 0; sample < SAMPLES; sample++) {
    double values[SCENES * EACH];
    uint32_t scenes[SCENES * EACH], alone[SCENES * EACH];
    rng r = rng_at(7, RNG_TEST, (uint32_t)sample, 0, 0);
    for (int i = 0, at = 0; i < SCENES; i++) {
      double shared = rng_normal(&r, 0.7, 0.1);
      for (int k = 0; k < EACH; k++, at++) {
        values[at] = shared + rng_normal(&r, 0, 0.05);
        scenes[at] = (uint32_t)i;
        alone[at] = (uint32_t)at;
      }
    }
    sim_interval by_scene, by_episode;
    trouble why;
    int n = SCENES * EACH;
    assert_int_equal(sim_bootstrap_mean(values, scenes, n, 0.95, 400, 3, &by_scene, &why),
                     STATUS_OK);
    assert_int_equal(sim_bootstrap_mean(values, alone, n, 0.95, 400, 3, &by_episode, &why),
                     STATUS_OK);
    held += by_scene.low <= 0.7 && 0.7 <= by_scene.high;
    held_alone += by_episode.low <= 0.7 && 0.7 <= by_episode.high;
  }
  if (held < 0.90 * SAMPLES || held > 0.99 * SAMPLES || held_alone > 0.75 * SAMPLES)
    fail_msg("of %d intervals %d hold the truth; by episode %d", SAMPLES, held, held_alone);
}

static void the_order_of_values_changes_nothing(void **state) {
  (void)state;
  double a[9] = {1, 2, 3, 4, 5, 6, 7, 8, NAN}, b[9];
  uint32_t s[9] = {1, 1, 2, 2, 3, 3, 4, 4, 4}, t[9];
  for (int i = 0; i < 9; i++) {
    b[i] = a[8 - i];
    t[i] = s[8 - i];
  }
  sim_interval one, two;
  trouble why;
  assert_int_equal(sim_bootstrap_mean(a, s, 9, 0.9, 1000, 5, &one, &why), STATUS_OK);
  assert_int_equal(sim_bootstrap_mean(b, t, 9, 0.9, 1000, 5, &two, &why), STATUS_OK);
  assert_memory_equal(&one, &two, sizeof one);
  near("mean without NaN", one.value, 4.5, 1e-12);
  assert_true(one.low > 1.5 && one.low < 4.5 && one.high > 4.5 && one.high < 7.5);
  // With few draws another seed shows.
  assert_int_equal(sim_bootstrap_mean(a, s, 9, 0.9, 7, 5, &one, &why), STATUS_OK);
  assert_int_equal(sim_bootstrap_mean(a, s, 9, 0.9, 7, 6, &two, &why), STATUS_OK);
  assert_memory_not_equal(&one, &two, sizeof one);
}

static void pairs_show_what_means_hide(void **state) {
  (void)state;
  // b is 0.02 better than a in each scene, but scenes differ by far more.
  double a[60], b[60];
  uint32_t scenes[60];
  rng r = rng_at(9, RNG_TEST, 0, 0, 0);
  for (int i = 0; i < 60; i++) {
    scenes[i] = (uint32_t)i / 2;
    a[i] = rng_uniform(&r, 0, 1);
    b[i] = a[i] + 0.02 + rng_normal(&r, 0, 0.01);
  }
  b[5] = NAN;
  sim_interval d, ma, mb;
  int pairs;
  trouble why;
  assert_int_equal(sim_paired_difference(b, a, scenes, 60, 0.95, 2000, 1, &d, &pairs, &why),
                   STATUS_OK);
  assert_int_equal(pairs, 59);
  assert_true(d.low > 0.01 && d.high < 0.03);
  assert_int_equal(sim_bootstrap_mean(a, scenes, 60, 0.95, 2000, 1, &ma, &why), STATUS_OK);
  assert_int_equal(sim_bootstrap_mean(b, scenes, 60, 0.95, 2000, 1, &mb, &why), STATUS_OK);
  assert_true(ma.high > mb.low); // the intervals of the means overlap
}

static void what_makes_no_interval_is_refused(void **state) {
  (void)state;
  sim_interval out;
  trouble why;
  double v = 1;
  uint32_t s = 1;
  assert_int_equal(sim_bootstrap_mean(&v, &s, 1, 1.0, 10, 1, &out, &why), STATUS_RANGE);
  assert_int_equal(sim_bootstrap_mean(&v, &s, 1, 0.95, 0, 1, &out, &why), STATUS_RANGE);
  assert_int_equal(sim_bootstrap_mean(&v, &s, 0, 0.95, 10, 1, &out, &why), STATUS_OK);
  assert_true(isnan(out.value) && isnan(out.low) && isnan(out.high));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(intervals_of_rates_are_the_published_ones),
      cmocka_unit_test(a_bootstrap_by_scenes_holds_what_it_says),
      cmocka_unit_test(the_order_of_values_changes_nothing),
      cmocka_unit_test(pairs_show_what_means_hide),
      cmocka_unit_test(what_makes_no_interval_is_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
