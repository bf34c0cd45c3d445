// SPDX-License-Identifier: Apache-2.0
// labels: unit property
// Broken and hostile extracts: each file of data/osm_broken ends with exactly the error that it
// names, and whatever is done to a good extract, reading it ends.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "with_broken_maps.h"
#include "with_extracts.h"
#include "with_hostile_maps.h"

static status read_right(road_builder *b, const char *name, const char *text, size_t size,
                         trouble *why) {
  return osm_read_text(b, name, text, size, false, why);
}

static status read_left(road_builder *b, const char *name, const char *text, size_t size,
                        trouble *why) {
  return osm_read_text(b, name, text, size, true, why);
}

static void each_broken_extract_gets_the_error_it_names(void **state) {
  (void)state;
  assert_true(broken_files_check("osm_broken", read_right) > 20);
}

static bool read_damaged(const char *text, size_t size, uint32_t number) {
  return broken_text_check("damaged.osm", text, size, number, number % 2 ? read_left : read_right);
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

// Three streets leave a crossing in the same direction, two of them on each other.
static void streets_that_lie_on_each_other_are_read(void **state) {
  (void)state;
  static const double north[] = {0, 1e-8, 1e-7, 1e-6, 1e-5};
  for (size_t i = 0; i < sizeof north / sizeof *north; i++) {
    char text[1200];
    int n =
        snprintf(text, sizeof text,
                 "<osm version='0.6'><node id='1' lat='52.5' lon='13.4'/>"
                 "<node id='2' lat='52.5' lon='13.44'/><node id='3' lat='%.9f' lon='13.401'/>"
                 "<node id='4' lat='52.501' lon='13.4'/>"
                 "<way id='1'><nd ref='1'/><nd ref='2'/><nd ref='3'/>"
                 "<tag k='highway' v='secondary'/><tag k='lanes' v='4'/></way>"
                 "<way id='2'><nd ref='2'/><nd ref='4'/><tag k='highway' v='residential'/></way>"
                 "</osm>",
                 52.5 + north[i]);
    assert_true(n > 0 && (size_t)n < sizeof text);
    trouble why = {0};
    if (hostile_extract_use("folded.osm", text, (size_t)n, &why) != STATUS_OK)
      fail_msg("%g degrees apart: %s", north[i], why.text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_broken_extract_gets_the_error_it_names),
      cmocka_unit_test(an_extract_with_other_bytes_is_read_or_refused),
      cmocka_unit_test(an_extract_with_other_values_is_read_or_refused),
      cmocka_unit_test(an_extract_with_other_ways_is_read),
      cmocka_unit_test(streets_that_lie_on_each_other_are_read),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
