// SPDX-License-Identifier: Apache-2.0
// labels: unit
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rng.h"
#include "cluster/cores.h"
#include "cluster/manager.h"

static cluster_manager *make(int units, int ranks) {
  cluster_manager *m;
  assert_int_equal(STATUS_OK, cluster_manager_create(&m, units, ranks, NULL));
  return m;
}

static int lease(cluster_manager *m, int rank, double now_s) {
  cluster_lease given;
  return cluster_manager_lease(m, rank, now_s, 60, &given) ? given.unit : -1;
}

static void units_go_out_once_and_in_order(void **state) {
  (void)state;
  cluster_manager *m = make(3, 2);
  assert_int_equal(0, lease(m, 0, 0));
  assert_int_equal(1, lease(m, 1, 0));
  cluster_manager_done(m, 0, 0, 1);
  assert_int_equal(2, lease(m, 0, 1));
  cluster_manager_done(m, 1, 1, 1);
  assert_int_equal(-1, lease(m, 1, 2));
  assert_false(cluster_manager_finished(m));
  cluster_manager_done(m, 0, 2, 3);
  assert_true(cluster_manager_finished(m));
  assert_int_equal(3, cluster_manager_count(m, UNIT_DONE));
  cluster_manager_destroy(m);
}

static void a_stage_waits_for_all_of_those_below(void **state) {
  (void)state;
  cluster_manager *m = make(5, 2);
  for (int unit = 2; unit < 5; unit++)
    cluster_manager_stage(m, unit, unit - 1); // 0 0 1 2 3
  assert_int_equal(0, lease(m, 0, 0));
  cluster_manager_done(m, 0, 0, 1);
  assert_int_equal(1, lease(m, 0, 1));
  assert_int_equal(-1, lease(m, 1, 1)); // 2 waits for 1
  cluster_manager_returned(m, 0, 1);
  assert_int_equal(1, lease(m, 1, 2));
  cluster_manager_done(m, 1, 1, 3);
  assert_int_equal(2, lease(m, 1, 3));
  assert_int_equal(-1, lease(m, 0, 3));
  assert_true(cluster_manager_failed(m, 1, 2, true)); // quarantined: nothing is to wait for
  assert_int_equal(3, lease(m, 0, 5));
  cluster_manager_done(m, 0, 3, 6);
  assert_int_equal(4, lease(m, 0, 6));
  cluster_manager_destroy(m);
}

static void files_are_checked_before_anything_is_made(void **state) {
  (void)state;
  cluster_manager *m = make(3, 1);
  cluster_manager_mark(m, 2, UNIT_CHECK);
  cluster_lease given;
  assert_true(cluster_manager_lease(m, 0, 0, 60, &given));
  assert_int_equal(2, given.unit);
  assert_true(given.check);
  cluster_manager_damaged(m, 0, 2);
  assert_int_equal(0, lease(m, 0, 0));
  assert_int_equal(1, lease(m, 0, 0));
  assert_true(cluster_manager_lease(m, 0, 0, 60, &given));
  assert_int_equal(2, given.unit);
  assert_false(given.check);
  cluster_manager_destroy(m);
}

static void a_check_that_came_back_is_a_check_again(void **state) {
  (void)state;
  cluster_manager *m = make(1, 1);
  cluster_manager_mark(m, 0, UNIT_CHECK);
  cluster_lease given;
  assert_true(cluster_manager_lease(m, 0, 0, 60, &given));
  cluster_manager_returned(m, 0, 0);
  assert_true(cluster_manager_lease(m, 0, 0, 60, &given));
  assert_true(given.check);
  cluster_manager_destroy(m);
}

static void three_failures_quarantine_and_the_last_try_is_elsewhere(void **state) {
  (void)state;
  cluster_manager *m = make(1, 2);
  assert_int_equal(0, lease(m, 0, 0));
  assert_false(cluster_manager_failed(m, 0, 0, false));
  assert_int_equal(0, lease(m, 0, 0));
  assert_false(cluster_manager_failed(m, 0, 0, false));
  assert_int_equal(-1, lease(m, 0, 0)); // not here a third time
  assert_int_equal(0, lease(m, 1, 0));
  assert_true(cluster_manager_failed(m, 1, 0, false));
  assert_int_equal(UNIT_QUARANTINED, cluster_manager_state(m, 0));
  assert_true(cluster_manager_finished(m));
  cluster_manager_destroy(m);

  m = make(1, 1); // nowhere else to go
  for (int i = 0; i < 3; i++) {
    assert_int_equal(0, lease(m, 0, 0));
    assert_int_equal(i == 2, cluster_manager_failed(m, 0, 0, false));
  }
  cluster_manager_destroy(m);
}

static void a_final_failure_is_not_tried_again(void **state) {
  (void)state;
  cluster_manager *m = make(1, 1);
  assert_int_equal(0, lease(m, 0, 0));
  assert_true(cluster_manager_failed(m, 0, 0, true));
  assert_true(cluster_manager_finished(m));
  cluster_manager_destroy(m);
}

static void a_slow_unit_is_leased_twice_and_the_first_result_wins(void **state) {
  (void)state;
  cluster_manager *m = make(2, 3);
  assert_int_equal(0, lease(m, 0, 0));
  assert_int_equal(1, lease(m, 1, 0));
  cluster_manager_done(m, 1, 1, 10);
  assert_int_equal(-1, lease(m, 1, 50)); // not late yet
  assert_int_equal(0, lease(m, 1, 70));
  assert_int_equal(-1, lease(m, 2, 70));                   // twice is enough
  assert_int_equal(0, cluster_manager_done(m, 1, 0, 80));  // rank 0 may stop
  assert_int_equal(-1, cluster_manager_done(m, 0, 0, 81)); // and is late
  assert_int_equal(2, cluster_manager_count(m, UNIT_DONE));
  assert_true(cluster_manager_finished(m));
  cluster_manager_destroy(m);
}

static void a_failure_counts_only_when_nobody_else_has_the_unit(void **state) {
  (void)state;
  cluster_manager *m = make(1, 2);
  assert_int_equal(0, lease(m, 0, 0));
  assert_int_equal(0, lease(m, 1, 130));
  assert_false(cluster_manager_failed(m, 0, 0, true));
  assert_int_equal(UNIT_LEASED, cluster_manager_state(m, 0));
  assert_int_equal(-1, cluster_manager_done(m, 1, 0, 131));
  assert_int_equal(UNIT_DONE, cluster_manager_state(m, 0));
  cluster_manager_destroy(m);
}

static void a_retired_rank_gets_nothing_and_what_it_had_goes_on(void **state) {
  (void)state;
  cluster_manager *m = make(2, 2);
  assert_int_equal(0, lease(m, 0, 0));
  assert_false(cluster_manager_retire(m, 0));
  assert_int_equal(-1, lease(m, 0, 0));
  assert_int_equal(0, lease(m, 1, 0));
  assert_true(cluster_manager_retire(m, 1));
  cluster_manager_destroy(m);
}

// Any course of events: in the end every unit is done or quarantined, and none was
// given to two ranks unless it was late.
static void random_courses_lose_nothing(void **state) {
  (void)state;
  enum { UNITS = 40, RANKS = 5 };
  for (uint32_t round = 0; round < 200; round++) {
    rng r = rng_at(1, RNG_TEST, round, 0, 0);
    cluster_manager *m = make(UNITS, RANKS);
    for (int unit = 0; unit < UNITS; unit++)
      if (rng_chance(&r, 0.2))
        cluster_manager_mark(m, unit, UNIT_CHECK);
    int has[RANKS], made[UNITS] = {0};
    uint32_t last_try = 0;
    for (int i = 0; i < RANKS; i++)
      has[i] = -1;
    int steps = 0;
    for (double now_s = 0; !cluster_manager_finished(m); now_s += 1) {
      assert_true(++steps < 10000);
      int rank = rng_below(&r, RANKS);
      cluster_lease given;
      if (has[rank] < 0) {
        if (!cluster_manager_lease(m, rank, now_s, 60, &given))
          continue;
        assert_true(given.try > last_try);
        last_try = given.try;
        has[rank] = given.unit;
        continue;
      }
      int unit = has[rank], other = -1;
      has[rank] = -1;
      double what = rng_unit(&r);
      if (what < 0.6) {
        made[unit]++;
        other = cluster_manager_done(m, rank, unit, now_s);
      } else if (what < 0.8) {
        cluster_manager_failed(m, rank, unit, false);
      } else {
        cluster_manager_returned(m, rank, unit);
      }
      if (other >= 0) {
        assert_int_equal(unit, has[other]);
        has[other] = -1;
        cluster_manager_returned(m, other, unit);
      }
    }
    for (int unit = 0; unit < UNITS; unit++) {
      bool done = cluster_manager_state(m, unit) == UNIT_DONE;
      assert_int_equal(done, made[unit] > 0);
      assert_true(done || cluster_manager_failures(m, unit) >= MANAGER_TRIES);
    }
    cluster_manager_destroy(m);
  }
}

static void cores_are_shared_out_without_rest(void **state) {
  (void)state;
  for (int cores = 1; cores <= 130; cores++)
    for (int ranks = 1; ranks <= cores; ranks++) {
      int sum = 0;
      for (int rank = 0; rank < ranks; rank++)
        sum += cluster_cores_of(rank, ranks, cores);
      assert_int_equal(cores, sum);
    }
  assert_int_equal(1, cluster_cores_of(5, 8, 2));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(units_go_out_once_and_in_order),
      cmocka_unit_test(a_stage_waits_for_all_of_those_below),
      cmocka_unit_test(files_are_checked_before_anything_is_made),
      cmocka_unit_test(a_check_that_came_back_is_a_check_again),
      cmocka_unit_test(three_failures_quarantine_and_the_last_try_is_elsewhere),
      cmocka_unit_test(a_final_failure_is_not_tried_again),
      cmocka_unit_test(a_slow_unit_is_leased_twice_and_the_first_result_wins),
      cmocka_unit_test(a_failure_counts_only_when_nobody_else_has_the_unit),
      cmocka_unit_test(a_retired_rank_gets_nothing_and_what_it_had_goes_on),
      cmocka_unit_test(random_courses_lose_nothing),
      cmocka_unit_test(cores_are_shared_out_without_rest),
  };
  return cmocka_run_group_tests_name("manager", tests, NULL, NULL);
}
