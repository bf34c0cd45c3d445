// SPDX-License-Identifier: Apache-2.0
// labels: unit property
// Broken and hostile extracts: each file of data/osm_broken ends with exactly the error that it
// names, and whatever is done to a good extract, reading it ends.
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
#include "with_extracts.h"

static void each_broken_extract_gets_the_error_it_names(void **state) {
  (void)state;
  static const char folder[] = TEST_DATA_DIR "/osm_broken";
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
    status result = osm_read_text(&b, entry->d_name, text, size, false, &why);
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
  assert_true(count > 20);
}

static void derive(road_builder *b) {
  road_derive_lanes(b);
  road_derive_conflicts(b);
  road_derive_walks(b);
  for (int i = 0; i < b->net.point_count; i++)
    if (!isfinite(b->net.points[i].x_m + b->net.points[i].y_m + b->net.points[i].s_m))
      fail_msg("point %d isn't finite", i);
}

// Reads what was damaged: a network of finite points, or an error with file and line.
static bool read_damaged(const char *text, size_t size, uint32_t number) {
  road_builder b = {0};
  trouble why = {0};
  status result = osm_read_text(&b, "damaged.osm", text, size, number % 2, &why);
  if (result == STATUS_OK)
    derive(&b);
  else if (strncmp(why.text, "damaged.osm:", 12) != 0)
    fail_msg("%u: %s", number, why.text);
  road_builder_free(&b);
  return result == STATUS_OK;
}

// Bytes at random: mostly no XML any more.
static void an_extract_with_other_bytes_is_read_or_refused(void **state) {
  (void)state;
  int read = 0, refused = 0;
  for (uint32_t n = 0; n < 1200; n++) {
    rng r = rng_at(31, RNG_TEST, 0, n, 0);
    size_t size;
    char *text = extract_text((int)(n % 4), &size);
    for (int k = rng_below(&r, 4); k >= 0; k--)
      text[rng_below(&r, (int)size)] = (char)rng_below(&r, 256);
    if (read_damaged(text, size, n))
      read++;
    else
      refused++;
    free(text);
  }
  if (read < 40 || refused < 100)
    fail_msg("%d read, %d refused", read, refused);
}

// Attribute values of one place put into another, or numbers of other sizes: mostly XML still.
static void an_extract_with_other_values_is_read_or_refused(void **state) {
  (void)state;
  static const char *const values[] = {
      "0",    "-1",    "1e9", "nan",         "inf",     "90", "1", "-1",   "yes", "no",
      "both", "7",     "-5",  "x",           "",        "99", "8", "48.1", "50",  "roundabout",
      "-89",  "179.9", "2",   "residential", "motorway"};
  int read = 0, refused = 0;
  for (uint32_t n = 0; n < 900; n++) {
    rng r = rng_at(32, RNG_TEST, 0, n, 0);
    size_t size;
    char *text = extract_text((int)(n % EXTRACTS), &size);
    for (int k = rng_below(&r, 6); k >= 0; k--) {
      char *open = strchr(text + rng_below(&r, (int)size), '\'');
      char *close = open ? strchr(open + 1, '\'') : NULL;
      const char *value = values[rng_below(&r, sizeof values / sizeof *values)];
      if (!close || strlen(value) > (size_t)(close - open - 1))
        continue;
      memmove(open + 1 + strlen(value), close, size - (size_t)(close - text) + 1);
      memcpy(open + 1, value, strlen(value));
      size = strlen(text);
    }
    if (read_damaged(text, size, n))
      read++;
    else
      refused++;
    free(text);
  }
  if (read < 100 || refused < 100)
    fail_msg("%d read, %d refused", read, refused);
}

// Nodes moved to each other's places, ways led over any nodes.
static void an_extract_with_other_ways_is_read(void **state) {
  (void)state;
  int read = 0;
  for (uint32_t n = 0; n < 300; n++) {
    rng r = rng_at(33, RNG_TEST, 0, n, 0);
    size_t size;
    char *text = extract_text((int)(n % EXTRACTS), &size);
    for (int k = 1 + rng_below(&r, 30); k > 0; k--) {
      char *ref = strstr(text + rng_below(&r, (int)size), "<nd ref='");
      if (!ref)
        continue;
      ref += strlen("<nd ref='");
      for (size_t i = 0; ref[i] != '\''; i++)
        ref[i] = (char)('0' + rng_below(&r, i == 0 ? 3 : 10));
    }
    read += read_damaged(text, size, n);
    free(text);
  }
  assert_true(read > 250);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_broken_extract_gets_the_error_it_names),
      cmocka_unit_test(an_extract_with_other_bytes_is_read_or_refused),
      cmocka_unit_test(an_extract_with_other_values_is_read_or_refused),
      cmocka_unit_test(an_extract_with_other_ways_is_read),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
