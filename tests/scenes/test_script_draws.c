// SPDX-License-Identifier: Apache-2.0
// Drawing a scene again: how often, and when it is given up.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "scenes/script.h"
#include "scenes/script_tally.h"

static void rejected_scenes_are_drawn_again(void **state) {
  (void)state;
  script *s = NULL;
  trouble why = {0};
  assert_int_equal(script_open_text(&s, "urban.lua",
                                    "local n = uniform(0, 1) require_that(n < 0.25, 'too large')"
                                    " return scene { road = intersection {}, duration_s = 1 + n }",
                                    NULL, NULL, NULL, 0, &why),
                   STATUS_OK);
  script_tally tally = {0};
  for (uint32_t index = 0; index < 10; index++) {
    scene *built = NULL;
    assert_int_equal(script_build_counted(s, 3, index, &built, &tally, &why), STATUS_OK);
    assert_true(built->duration_s < 1.25);
    assert_int_equal(built->index, index);
    scene_destroy(built);
  }
  assert_int_equal(tally.accepted, 10);
  assert_true(tally.rejected > 5);
  assert_int_equal(tally.reason_count, 1);
  assert_int_equal(tally.reasons[0].count, tally.rejected);
  script_close(s);
}

static void a_script_that_never_fits_says_why(void **state) {
  (void)state;
  script *s = NULL;
  trouble why = {0};
  assert_int_equal(
      script_open_text(&s, "urban.lua",
                       "require_that(chance(0.2), 'often') require_that(false, 'rare')", NULL, NULL,
                       NULL, 0, &why),
      STATUS_OK);
  scene *built = NULL;
  assert_int_equal(script_build(s, 1, 4, &built, &why), STATUS_LIMIT);
  assert_null(built);
  int times = 0;
  assert_int_equal(sscanf(why.text,
                          "urban.lua: scene 4: none of 1000 draws was accepted; most often (%d "
                          "times): often",
                          &times),
                   1);
  assert_true(times > 740 && times < 860);
  script_close(s);
}

// Draws scene 0 of a script with seed 1 until it is built or given up.
static status build_text(const char *text, scene **built, script_tally *tally, trouble *why) {
  script *s = NULL;
  assert_int_equal(script_open_text(&s, "urban.lua", text, NULL, NULL, NULL, 0, why), STATUS_OK);
  memset(tally, 0, sizeof *tally);
  status result = script_build_counted(s, 1, 0, built, tally, why);
  script_close(s);
  return result;
}

static void expect_given_up(const char *text, int draws, const char *error) {
  scene *built = NULL;
  script_tally tally;
  trouble why = {0};
  status result = build_text(text, &built, &tally, &why);
  if (result != STATUS_RANGE || strcmp(why.text, error) != 0 || tally.rejected != draws)
    print_error("%s\n  wanted %d draws: %s\n  got    %d draws: %s\n", text, draws, error,
                tally.rejected, why.text);
  assert_int_equal(result, STATUS_RANGE);
  assert_string_equal(why.text, error);
  assert_int_equal(tally.rejected, draws);
  assert_null(built);
}

static void what_never_fits_is_given_up_early(void **state) {
  (void)state;
  expect_given_up(
      "return scene { road = intersection {}, pedestrians = { count = 5000 } }", 184,
      "urban.lua: scene 0: pedestrians.count: 5000 don't fit; the roomiest of 184 draws had room "
      "for 1561; ask for fewer, or for longer streets or wider sidewalks");
  expect_given_up("return scene { road = intersection {}, traffic = { vehicles = 5000 } }", 308,
                  "urban.lua: scene 0: traffic.vehicles: 5000 don't fit; the roomiest of 308 draws "
                  "had room for 77; ask for fewer, or for longer roads or more lanes");
  // Neither what require_that() turns down nor another number that fails at times hides it.
  expect_given_up(
      "require_that(chance(0.5), 'no')"
      " return scene { road = intersection {}, traffic = { vehicles = 60 },"
      " pedestrians = { count = 5000 } }",
      417,
      "urban.lua: scene 0: pedestrians.count: 5000 don't fit; the roomiest of 184 draws had room "
      "for 1541; ask for fewer, or for longer streets or wider sidewalks");
  expect_given_up("return scene { road = grid_city { blocks = { 1, 1 } } }", 200,
                  "urban.lua: scene 0: road.blocks: {1, 1} has no crossing; ask for {2, 1} or more "
                  "(the same in 200 draws)");
}

static void what_rarely_fits_is_drawn_until_it_does(void **state) {
  (void)state;
  static const char *const texts[] = {
      "return scene { road = intersection {}, pedestrians = { count = chance(0.02) and 9 or 5000 } "
      "}",
      "return scene { road = intersection {}, traffic = { vehicles = chance(0.02) and 9 or 5000 } "
      "}",
      "return scene { road = grid_city { blocks = chance(0.05) and { 1, 2 } or { 1, 1 } } }",
      // never the same number twice
      "return scene { road = intersection {}, pedestrians = { count = math.random(9, 5000) } }"};
  for (int i = 0; i < 4; i++) {
    scene *built = NULL;
    script_tally tally;
    trouble why = {0};
    if (build_text(texts[i], &built, &tally, &why) != STATUS_OK)
      fail_msg("%s\n  %s", texts[i], why.text);
    assert_true(i == 3 || built->attempt > 8);
    assert_int_equal(tally.rejected, built->attempt);
    // However many people there was room for, that is one reason.
    assert_true(tally.reason_count <= 1);
    assert_true(tally.rejected == 0 || tally.reasons[0].count == tally.rejected);
    scene_destroy(built);
  }
}

static void reasons_of_scripts_are_told_apart_by_their_numbers(void **state) {
  (void)state;
  script_tally tally = {0};
  script_tally_reject(&tally, STATUS_RANGE, "room for 12 on 0.5 km");
  script_tally_reject(&tally, STATUS_RANGE, "room for 9 on 10 km");
  script_tally_reject(&tally, STATUS_RANGE, "room for 9 on 10 m");
  script_tally_reject(&tally, STATUS_REJECTED, "room for 9 on 10 km");
  script_tally_reject(&tally, STATUS_REJECTED, "room for 8 on 10 km");
  assert_int_equal(tally.rejected, 5);
  assert_int_equal(tally.reason_count, 4);
  assert_int_equal(tally.reasons[0].count, 2);
  assert_string_equal(tally.reasons[0].text, "room for 12 on 0.5 km");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rejected_scenes_are_drawn_again),
      cmocka_unit_test(a_script_that_never_fits_says_why),
      cmocka_unit_test(what_never_fits_is_given_up_early),
      cmocka_unit_test(what_rarely_fits_is_drawn_until_it_does),
      cmocka_unit_test(reasons_of_scripts_are_told_apart_by_their_numbers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
