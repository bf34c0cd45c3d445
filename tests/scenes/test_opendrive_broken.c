// SPDX-License-Identifier: Apache-2.0
// labels: unit property
// Broken and hostile maps: each file of data/maps_broken ends with exactly the error that it
// names, and whatever is done to a good map, reading it ends.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scenes/opendrive_read.h"
#include "scenes/opendrive_write.h"
#include "with_broken_maps.h"
#include "with_places.h"

static void each_broken_map_gets_the_error_it_names(void **state) {
  (void)state;
  assert_true(broken_files_check("maps_broken", opendrive_read_text) > 45);
}

static void bytes_that_are_no_map_are_said_to_be_none(void **state) {
  (void)state;
  static const struct {
    const char *text;
    size_t size;
    const char *error;
  } cases[] = {{"", 0, "m.xodr:1: is not well-formed XML: Document is empty"},
               {"<\0O\0", 4, "m.xodr:1: has a zero byte; a map is XML in UTF-8 or Latin-1"},
               {"\xff\xfe<\0", 4, "m.xodr:1: has a zero byte; a map is XML in UTF-8 or Latin-1"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    road_builder b = {0};
    trouble why = {0};
    assert_int_equal(opendrive_read_text(&b, "m.xodr", cases[i].text, cases[i].size, &why),
                     STATUS_FORMAT);
    assert_string_equal(why.text, cases[i].error);
    road_builder_free(&b);
  }
}

// Deeply nested elements must not end the stack.
static void nesting_has_a_limit(void **state) {
  (void)state;
  enum { DEPTH = 100000 };
  char *text = malloc(DEPTH * 3 + 1);
  assert_non_null(text);
  for (int i = 0; i < DEPTH; i++)
    memcpy(text + 3 * i, "<a>", 3);
  road_builder b = {0};
  trouble why = {0};
  assert_int_equal(opendrive_read_text(&b, "deep.xodr", text, DEPTH * 3, &why), STATUS_FORMAT);
  assert_non_null(strstr(why.text, "deep.xodr:1: is not well-formed XML: "));
  free(text);
}

// Attribute values and bytes of a good map, changed at random: an error with file and line, or
// a network whose points are finite.
static void a_damaged_map_is_read_or_refused(void **state) {
  (void)state;
  static const char *const values[] = {"0",  "-1",  "1e9",      "-1e9",     "nan",  "inf", "1e-300",
                                       "x",  "",    "99999999", "-7",       "3.14", "2",   "1",
                                       "-2", "end", "start",    "junction", "road", "none"};
  int read = 0, refused = 0;
  for (uint32_t n = 0; n < 600; n++) {
    rng r = rng_at(21, RNG_TEST, 0, n, 0);
    scene *s = places_build(n % 6 == 1 ? 2 : (int)(n % 6)); // small ones
    char *text = NULL;
    size_t size = 0;
    trouble why = {0};
    assert_int_equal(opendrive_write(&s->roads, "town", &text, &size, &why), STATUS_OK);
    char *damaged = malloc(size + 64);
    assert_non_null(damaged);
    memcpy(damaged, text, size + 1);
    size_t length = size;
    for (int k = rng_below(&r, 3); k >= 0; k--) {
      char *at = damaged + rng_below(&r, (int)length), *open = strchr(at, '"');
      char *close = open ? strchr(open + 1, '"') : NULL;
      if (!close || n % 5 == 0) {
        *at = (char)rng_below(&r, 256);
        continue;
      }
      const char *value = values[rng_below(&r, sizeof values / sizeof *values)];
      if (strlen(value) > (size_t)(close - open - 1))
        continue;
      memset(open + 1, ' ', (size_t)(close - open - 1));
      memcpy(open + 1, value, strlen(value));
    }
    if (broken_text_check("damaged.xodr", damaged, length, n, opendrive_read_text))
      read++;
    else
      refused++;
    free(damaged);
    free(text);
    scene_destroy(s);
  }
  assert_true(read > 50 && refused > 50);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_broken_map_gets_the_error_it_names),
      cmocka_unit_test(bytes_that_are_no_map_are_said_to_be_none),
      cmocka_unit_test(nesting_has_a_limit),
      cmocka_unit_test(a_damaged_map_is_read_or_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
