// SPDX-License-Identifier: Apache-2.0
// labels: slow property
// Thousands of networks keep what with_proofs.h lists.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "with_many_places.h"

static void thousands_of_small_networks_keep_their_promises(void **state) {
  (void)state;
  many_places_check(ANY_SMALL, 1000, 600);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(thousands_of_small_networks_keep_their_promises),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
