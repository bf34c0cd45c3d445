// SPDX-License-Identifier: Apache-2.0
// labels: unit property
// A few hundred networks of every place keep what with_proofs.h lists; thousands do in
// test_road_proofs_many.c.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "with_many_places.h"

static void networks_of_every_place_keep_their_promises(void **state) {
  (void)state;
  many_places_check(ANY_SMALL, 0, 40);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(networks_of_every_place_keep_their_promises),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
