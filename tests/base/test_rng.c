// SPDX-License-Identifier: Apache-2.0
// labels: unit
#include "base/rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { DRAWS = 200000 };

static rng stream(uint32_t entity) {
  return rng_at(20240607, RNG_TEST, 1, entity, 0);
}

// |got - expected| <= limit, printing both.
static void assert_near(const char *what, double got, double expected, double limit) {
  if (!(fabs(got - expected) <= limit))
    fail_msg("%s: %.9g, expected %.9g within %.3g", what, got, expected, limit);
}

// Random123's published known answers for philox4x32 with ten rounds.
static void philox_gives_the_known_answers(void **state) {
  (void)state;
  static const struct {
    uint32_t counter[4], key[2], out[4];
  } known[] = {
      {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
       {0xffffffff, 0xffffffff},
       {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
       {0xa4093822, 0x299f31d0},
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    uint32_t out[4];
    rng_philox(known[i].counter, known[i].key, out);
    for (int word = 0; word < 4; word++)
      assert_int_equal(out[word], known[i].out[word]);
  }
}

static void draws_walk_the_counter_and_nothing_else(void **state) {
  (void)state;
  rng r = rng_at(0x0123456789abcdefu, RNG_TRAFFIC, 7, 8, 9);
  uint32_t key[2] = {r.key[0], r.key[1]};
  assert_int_equal(key[0], 0x89abcdef);
  for (uint32_t draw = 0; draw < 9; draw++) {
    uint32_t counter[4] = {7, 8, 9, draw / 4}, block[4];
    rng_philox(counter, key, block);
    assert_int_equal(rng_u32(&r), block[draw % 4]);
  }
}

static void every_part_of_the_place_changes_the_stream(void **state) {
  (void)state;
  rng streams[] = {
      rng_at(1, RNG_TEST, 1, 1, 1),
      rng_at(2, RNG_TEST, 1, 1, 1),
      rng_at(1, RNG_SPLIT, 1, 1, 1),
      rng_at(1, RNG_TEST, 2, 1, 1),
      rng_at(1, RNG_TEST, 1, 2, 1),
      rng_at(1, RNG_TEST, 1, 1, 2),
      rng_at(1 | 1ull << 32, RNG_TEST, 1, 1, 1),
  };
  enum { COUNT = sizeof streams / sizeof *streams };
  uint32_t first[COUNT];
  for (int i = 0; i < COUNT; i++)
    first[i] = rng_u32(&streams[i]);
  for (int i = 0; i < COUNT; i++)
    for (int j = 0; j < i; j++)
      assert_int_not_equal(first[i], first[j]);
}

static void a_copied_stream_repeats(void **state) {
  (void)state;
  rng a = stream(3);
  rng_u32(&a);
  rng b = a;
  for (int i = 0; i < 100; i++)
    assert_int_equal(rng_u32(&a), rng_u32(&b));
}

static void unit_is_uniform_and_below_one(void **state) {
  (void)state;
  enum { CELLS = 64 };
  int cells[CELLS] = {0};
  rng r = stream(4);
  for (int i = 0; i < DRAWS; i++) {
    double u = rng_unit(&r);
    assert_true(u >= 0 && u < 1);
    cells[(int)(u * CELLS)]++;
  }
  double chi2 = 0, each = (double)DRAWS / CELLS;
  for (int i = 0; i < CELLS; i++)
    chi2 += (cells[i] - each) * (cells[i] - each) / each;
  // 63 degrees of freedom: mean 63, sd sqrt(126); five sd either way.
  assert_near("chi squared of 64 cells", chi2, CELLS - 1, 5 * sqrt(2.0 * (CELLS - 1)));
}

static void uniform_keeps_its_ends(void **state) {
  (void)state;
  rng r = stream(5);
  double least = INFINITY, most = -INFINITY, sum = 0;
  for (int i = 0; i < DRAWS; i++) {
    double x = rng_uniform(&r, -3, 5);
    least = fmin(least, x);
    most = fmax(most, x);
    sum += x;
  }
  assert_true(least >= -3 && most < 5);
  assert_near("least", least, -3, 0.01);
  assert_near("most", most, 5, 0.01);
  assert_near("mean", sum / DRAWS, 1, 5 * 8 / sqrt(12.0 * DRAWS));
  assert_near("of one value", rng_uniform(&r, 2, 2), 2, 0);
}

static void below_gives_every_integer_alike(void **state) {
  (void)state;
  int counts[7] = {0};
  rng r = stream(6);
  for (int i = 0; i < DRAWS; i++) {
    int n = rng_below(&r, 7);
    assert_in_range(n, 0, 6);
    counts[n]++;
  }
  for (int i = 0; i < 7; i++)
    assert_near("count", counts[i], DRAWS / 7.0, 5 * sqrt(DRAWS / 7.0));
  for (int i = 0; i < 100; i++)
    assert_int_equal(rng_below(&r, 1), 0);
}

static void chance_is_never_at_zero_and_always_at_one(void **state) {
  (void)state;
  rng r = stream(7);
  int hits = 0;
  for (int i = 0; i < DRAWS; i++) {
    assert_false(rng_chance(&r, 0));
    assert_true(rng_chance(&r, 1));
    hits += rng_chance(&r, 0.3);
  }
  assert_near("hits", hits, 0.3 * DRAWS, 5 * sqrt(DRAWS * 0.3 * 0.7));
}

static void normal_has_its_first_four_moments(void **state) {
  (void)state;
  rng r = stream(8);
  double sums[5] = {0};
  for (int i = 0; i < DRAWS; i++) {
    double z = (rng_normal(&r, 10, 2) - 10) / 2, power = 1;
    assert_true(isfinite(z));
    for (int k = 1; k <= 4; k++)
      sums[k] += power *= z;
  }
  // The variance of the mean of z^k is (E z^2k - (E z^k)^2) / n.
  assert_near("mean", sums[1] / DRAWS, 0, 5 * sqrt(1.0 / DRAWS));
  assert_near("variance", sums[2] / DRAWS, 1, 5 * sqrt(2.0 / DRAWS));
  assert_near("third moment", sums[3] / DRAWS, 0, 5 * sqrt(15.0 / DRAWS));
  assert_near("fourth moment", sums[4] / DRAWS, 3, 5 * sqrt(96.0 / DRAWS));
}

static void log_uniform_is_uniform_in_the_logarithm(void **state) {
  (void)state;
  rng r = stream(9);
  double sum = 0;
  for (int i = 0; i < DRAWS; i++) {
    double x = rng_log_uniform(&r, 1, 40);
    assert_true(x >= 1 && x <= 40);
    sum += log(x);
  }
  // exp(log(x)) is off by a rounding for many of these.
  for (double x = 0.1; x < 1000; x += 0.7)
    assert_near("of one value", rng_log_uniform(&r, x, x), x, 0);
  assert_near("mean log", sum / DRAWS, log(40.0) / 2, 5 * log(40.0) / sqrt(12.0 * DRAWS));
}

// Both methods against the exact probabilities, cell by cell.
static void poisson_follows_its_distribution(void **state) {
  (void)state;
  static const double means[] = {0.2, 4, 29.5, 30, 75, 1000};
  for (size_t m = 0; m < sizeof means / sizeof *means; m++) {
    enum { MOST = 2000 };
    static int counts[MOST];
    memset(counts, 0, sizeof counts);
    double mean = means[m], sum = 0;
    rng r = stream(10 + (uint32_t)m);
    for (int i = 0; i < DRAWS; i++) {
      int k = rng_poisson(&r, mean);
      assert_in_range(k, 0, MOST - 1);
      counts[k]++;
      sum += k;
    }
    assert_near("mean", sum / DRAWS, mean, 5 * sqrt(mean / DRAWS));
    double chi2 = 0;
    int cells = 0;
    for (int k = 0; k < MOST; k++) {
      double expected = DRAWS * exp(k * log(mean) - mean - lgamma(k + 1.0));
      if (expected < 10)
        continue;
      chi2 += (counts[k] - expected) * (counts[k] - expected) / expected;
      cells++;
    }
    assert_near("chi squared of Poisson cells", chi2, cells, 5 * sqrt(2.0 * cells));
  }
  rng r = stream(20);
  assert_int_equal(rng_poisson(&r, 0), 0);
  assert_int_equal(rng_poisson(&r, -1), 0);
  assert_int_equal(rng_poisson(&r, NAN), 0);
  assert_near("huge mean", rng_poisson(&r, 1e300), 1e9, 1e6);
  assert_near("endless mean", rng_poisson(&r, INFINITY), 1e9, 1e6);
}

static void weighted_follows_the_weights_and_skips_zeros(void **state) {
  (void)state;
  static const double weights[] = {0, 3, 0, 1, 6, 0};
  int counts[6] = {0};
  rng r = stream(21);
  for (int i = 0; i < DRAWS; i++)
    counts[rng_weighted(&r, weights, 6)]++;
  for (int i = 0; i < 6; i++) {
    double p = weights[i] / 10;
    assert_near("count", counts[i], p * DRAWS, 5 * sqrt(DRAWS * p * (1 - p)));
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(philox_gives_the_known_answers),
      cmocka_unit_test(draws_walk_the_counter_and_nothing_else),
      cmocka_unit_test(every_part_of_the_place_changes_the_stream),
      cmocka_unit_test(a_copied_stream_repeats),
      cmocka_unit_test(unit_is_uniform_and_below_one),
      cmocka_unit_test(uniform_keeps_its_ends),
      cmocka_unit_test(below_gives_every_integer_alike),
      cmocka_unit_test(chance_is_never_at_zero_and_always_at_one),
      cmocka_unit_test(normal_has_its_first_four_moments),
      cmocka_unit_test(log_uniform_is_uniform_in_the_logarithm),
      cmocka_unit_test(poisson_follows_its_distribution),
      cmocka_unit_test(weighted_follows_the_weights_and_skips_zeros),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
