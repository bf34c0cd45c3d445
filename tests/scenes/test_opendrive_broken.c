// SPDX-License-Identifier: Apache-2.0
// labels: unit property
// Broken and hostile maps: each file of data/maps_broken ends with exactly the error that it
// names, and whatever is done to a good map, reading it ends.
#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "scenes/opendrive_read.h"
#include "scenes/opendrive_write.h"
#include "with_places.h"

static void each_broken_map_gets_the_error_it_names(void **state) {
  (void)state;
  static const char folder[] = TEST_DATA_DIR "/maps_broken";
  DIR *dir = opendir(folder);
  assert_non_null(dir);
  int count = 0, wrong = 0;
  for (struct dirent *entry; (entry = readdir(dir));) {
    char path[512], *text, *wanted, *end;
    size_t size;
    trouble why = {0};
    if (entry->d_name[0] == '.')
      continue;
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    assert_int_equal(file_read(path, 1 << 20, &text, &size, &why), STATUS_OK);
    wanted = strstr(text, "expect: ");
    assert_non_null(wanted);
    wanted += strlen("expect: ");
    end = strstr(wanted, " -->");
    assert_non_null(end);
    road_builder b = {0};
    status result = opendrive_read_text(&b, entry->d_name, text, size, &why);
    *end = 0;
    road_builder_free(&b);
    if (result != STATUS_FORMAT || strcmp(why.text, wanted) != 0) {
      print_error("wanted: %s\ngot %s: %s\n", wanted, status_name(result), why.text);
      wrong++;
    }
    free(text);
    count++;
  }
  closedir(dir);
  assert_int_equal(wrong, 0);
  assert_true(count > 45);
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

static void derive(road_builder *b) {
  road_derive_lanes(b);
  road_derive_conflicts(b);
  road_derive_walks(b);
  for (int i = 0; i < b->net.point_count; i++)
    if (!isfinite(b->net.points[i].x_m + b->net.points[i].y_m + b->net.points[i].s_m))
      fail_msg("point %d isn't finite", i);
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
    road_builder b = {0};
    status result = opendrive_read_text(&b, "damaged.xodr", damaged, length, &why);
    if (result == STATUS_OK) {
      read++;
      derive(&b);
    } else {
      refused++;
      if (strncmp(why.text, "damaged.xodr:", 13) != 0)
        fail_msg("%u: %s", n, why.text);
    }
    road_builder_free(&b);
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
