// SPDX-License-Identifier: Apache-2.0
// labels: slow property
// Thousands of damaged maps, as test_opendrive_mutated.c has hundreds.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "with_mutated_maps.h"

static void damaged_maps_are_read_or_refused(void **state) {
  (void)state;
  mutated_maps_check(1000, 20000);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(damaged_maps_are_read_or_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
