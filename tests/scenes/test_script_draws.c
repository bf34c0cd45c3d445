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

// How many draws it takes and how much room they find depends on the places; `rest` is what
// follows, with the field before it.
static void expect_given_up(const char *text, const char *field, const char *rest) {
  scene *built = NULL;
  script_tally tally;
  trouble why = {0};
  char expected[512];
  int draws = 0, room = 0;
  assert_int_equal(build_text(text, &built, &tally, &why), STATUS_RANGE);
  const char *numbers = strstr(why.text, "roomiest of ");
  if (!numbers || sscanf(numbers, "roomiest of %d draws had room for %d", &draws, &room) != 2)
    fail_msg("%s: %s", text, why.text);
  snprintf(expected, sizeof expected,
           "urban.lua: scene 0: %s: 5000 don't fit; the roomiest of %d draws had room for %d; ask "
           "for fewer, or for longer %s",
           field, draws, room, rest);
  assert_string_equal(why.text, expected);
  // Enough of them to have been a fair try, far from the 1,000 of a script that draws on.
  assert_true(draws > 60 && draws < 450 && tally.rejected >= draws && tally.rejected < 900);
  assert_true(room > 20 && room < 5000);
  assert_null(built);
}

static void what_never_fits_is_given_up_early(void **state) {
  (void)state;
  static const char *const people = "streets or wider sidewalks", *const cars =
                                                                      "roads or more lanes";
  expect_given_up("return scene { road = intersection {}, pedestrians = { count = 5000 } }",
                  "pedestrians.count", people);
  expect_given_up("return scene { road = intersection {}, traffic = { vehicles = 5000 } }",
                  "traffic.vehicles", cars);
  // Neither what require_that() turns down nor another number that fails at times hides it.
  expect_given_up("require_that(chance(0.5), 'no')"
                  " return scene { road = intersection {}, traffic = { vehicles = 60 },"
                  " pedestrians = { count = 5000 } }",
                  "pedestrians.count", people);
  scene *built = NULL;
  script_tally tally;
  trouble why = {0};
  assert_int_equal(
      build_text("return scene { road = grid_city { blocks = { 1, 1 } } }", &built, &tally, &why),
      STATUS_RANGE);
  assert_string_equal(why.text, "urban.lua: scene 0: road.blocks: {1, 1} has no crossing; ask for "
                                "{2, 1} or more (the same in 200 draws)");
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
