// SPDX-License-Identifier: Apache-2.0
// labels: slow property
// Networks of all sizes keep what with_proofs.h lists; any place can be furnished and populated.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "with_many_places.h"

static void networks_of_any_size_keep_their_promises(void **state) {
  (void)state;
  many_places_check(ANY_LARGE, 10000, 60);
}

static void any_place_can_be_furnished_and_populated(void **state) {
  (void)state;
  many_places_furnish(20000, 100);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(networks_of_any_size_keep_their_promises),
      cmocka_unit_test(any_place_can_be_furnished_and_populated),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
