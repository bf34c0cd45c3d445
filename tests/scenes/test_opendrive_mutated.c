// SPDX-License-Identifier: Apache-2.0
// labels: unit property
// Maps damaged at random are read or refused in one line; test_opendrive_mutated_many.c has
// thousands.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "with_mutated_maps.h"

static void damaged_maps_are_read_or_refused(void **state) {
  (void)state;
  mutated_maps_check(0, 300);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(damaged_maps_are_read_or_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
