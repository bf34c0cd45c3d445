// SPDX-License-Identifier: Apache-2.0
// labels: unit property
// Land around the roads of any generated place, with any numbers that its fields allow, is filled:
// no border of it crosses itself.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "render/ground.h"
#include "with_any_place.h"

enum { FIRST = 70000, EACH = 12 };

static bool is_torn(const any_place *of, const scene *s) {
  mesh m = {0};
  bool torn = false;
  trouble why = {0};
  if (render_ground_build(s, &m, &torn, &why))
    fail_msg("--seed %u %s: %s", of->number, of->script, why.text);
  mesh_free(&m);
  return torn;
}

// False where the place is refused: scenes.road_proofs sees that it says why.
static bool build(place_kind place, uint32_t number, int *torn) {
  any_place of;
  trouble why = {0};
  scene *s = NULL;
  any_place_draw(&of, place, number, ANY_SMALL);
  of.def.vehicles = of.def.pedestrians = 0;
  if (scene_build(&s, &of.def, of.number, 0, 0, &why))
    return false;
  if (is_torn(&of, s) && ++*torn)
    print_error("torn: --seed %u %s\n", of.number, of.script);
  scene_destroy(s);
  return true;
}

static void land_of_any_place_is_filled(void **state) {
  (void)state;
  int built = 0, torn = 0;
  for (int i = 0; i < EACH * PLACE_KIND_COUNT; i++)
    built += build((place_kind)(i % PLACE_KIND_COUNT), (uint32_t)(FIRST + i), &torn);
  assert_true(built > EACH * PLACE_KIND_COUNT / 2);
  assert_int_equal(torn, 0);
}

// Rims of an island that met at so sharp a corner that their arc had no room; a bridge between
// borders that go on in one line behind it.
static void what_was_torn_once_is_filled(void **state) {
  (void)state;
  int torn = 0;
  assert_true(build(PLACE_INTERSECTION, 70024, &torn));
  assert_true(build(PLACE_RURAL, 70535, &torn));
  assert_int_equal(torn, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(land_of_any_place_is_filled),
      cmocka_unit_test(what_was_torn_once_is_filled),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
