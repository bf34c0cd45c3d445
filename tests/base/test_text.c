// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Status names, trouble texts, hashes and "did you mean".
#include "base/base64.h"
#include "base/hash.h"
#include "base/status.h"
#include "base/utf8.h"
#include "base/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void every_status_has_its_own_name(void **state) {
  (void)state;
  assert_string_equal(status_name(STATUS_OK), "ok");
  assert_string_equal(status_name(STATUS_NO_SPACE), "no_space");
  assert_string_equal(status_name(STATUS_INTERNAL), "internal");
  for (int a = 0; a <= STATUS_INTERNAL; a++)
    for (int b = 0; b < a; b++)
      assert_string_not_equal(status_name((status)a), status_name((status)b));
  assert_string_equal(status_name((status)(STATUS_INTERNAL + 1)), "unknown");
  assert_string_equal(status_name((status)-1), "unknown");
}

static void trouble_keeps_code_and_text_and_cuts_what_is_too_long(void **state) {
  (void)state;
  trouble why;
  assert_int_equal(trouble_set(&why, STATUS_IO, "%s: %d", "a", 5), STATUS_IO);
  assert_int_equal(why.code, STATUS_IO);
  assert_string_equal(why.text, "a: 5");
  assert_int_equal(trouble_set(NULL, STATUS_RANGE, "x"), STATUS_RANGE);
  char longer[3000];
  memset(longer, 'x', sizeof longer - 1);
  longer[sizeof longer - 1] = 0;
  trouble_set(&why, STATUS_IO, "%s", longer);
  assert_int_equal(strlen(why.text), sizeof why.text - 1);
}

static void trouble_can_be_put_into_its_own_context(void **state) {
  (void)state;
  trouble why;
  trouble_set(&why, STATUS_SYNTAX, "line 4: no value");
  trouble_set(&why, why.code, "scene 7: %s", why.text);
  assert_int_equal(why.code, STATUS_SYNTAX);
  assert_string_equal(why.text, "scene 7: line 4: no value");
}

static void utf8_is_told_from_what_is_not(void **state) {
  (void)state;
  static const char *const good[] = {"",
                                     "a\n",
                                     "\xc2\x80",
                                     "\xc3\xbc",
                                     "\xe0\xa0\x80",
                                     "\xed\x9f\xbf",
                                     "\xef\xbb\xbf",
                                     "\xf0\x90\x80\x80",
                                     "\xf4\x8f\xbf\xbf"};
  static const char *const bad[] = {"\x80",
                                    "\xc0\x80",
                                    "\xc1\xbf",
                                    "\xe9 ",
                                    "\xe0\x9f\xbf",
                                    "\xed\xa0\x80",
                                    "\xf0\x8f\xbf\xbf",
                                    "\xf4\x90\x80\x80",
                                    "\xf5\x80\x80\x80",
                                    "\xff",
                                    "\xf0\x90\x80",
                                    "\xc3"};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++)
    assert_int_equal(utf8_wrong_line(good[i]), 0);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    assert_int_equal(utf8_wrong_line(bad[i]), 1);
  assert_int_equal(utf8_wrong_line("one\ntwo \xc3\xbc\nthree \xfc\n"), 3);
}

static const char *const FIELDS[] = {"duration_s",  "road",    "traffic",
                                     "pedestrians", "weather", "x"};
enum { FIELD_COUNT = sizeof FIELDS / sizeof *FIELDS };

static void slips_of_the_finger_find_their_word(void **state) {
  (void)state;
  static const char *const slips[][2] = {
      {"duration", "duration_s"},    {"raod", "road"}, {"trafic", "traffic"}, {"wether", "weather"},
      {"pedestrans", "pedestrians"}, {"road", "road"},
  };
  for (size_t i = 0; i < sizeof slips / sizeof *slips; i++) {
    const char *found = words_nearest(slips[i][0], FIELDS, FIELD_COUNT);
    assert_non_null(found);
    assert_string_equal(found, slips[i][1]);
  }
}

static void swapped_neighbours_are_one_slip(void **state) {
  (void)state;
  static const char *const short_words[] = {"if", "no"};
  assert_string_equal(words_nearest("on", short_words, 2), "no");
}

static void far_words_find_nothing(void **state) {
  (void)state;
  static const char *const far[] = {"ego", "", "q", "zzzzzzzzzz", "traffic_lights_and_more"};
  for (size_t i = 0; i < sizeof far / sizeof *far; i++)
    assert_null(words_nearest(far[i], FIELDS, FIELD_COUNT));
  assert_null(words_nearest("road", FIELDS, 0));
  char longer[500];
  memset(longer, 'a', sizeof longer - 1);
  longer[sizeof longer - 1] = 0;
  assert_null(words_nearest(longer, FIELDS, FIELD_COUNT));
}

// NIST's and xxHash's own published values.
static void hashes_give_the_known_answers(void **state) {
  (void)state;
  char hex[HASH_SHA256_HEX];
  hash_sha256_hex("abc", 3, hex);
  assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  hash_sha256_hex("", 0, hex);
  assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  assert_true(hash_xxh3("", 0) == 0x2d06800538d394c2u);
  assert_true(hash_xxh3("abc", 3) == 0x78af5f94892f3950u);
  assert_true(hash_xxh3("abc", 3) == hash_xxh3_seeded("abc", 3, 0));
  assert_true(hash_xxh3_seeded("abc", 3, 1) != hash_xxh3_seeded("abc", 3, 2));
}

// RFC 4648's examples.
static void base64_gives_the_known_answers_and_back(void **state) {
  (void)state;
  static const char *const pairs[][2] = {{"", ""},
                                         {"f", "Zg=="},
                                         {"fo", "Zm8="},
                                         {"foo", "Zm9v"},
                                         {"foob", "Zm9vYg=="},
                                         {"fooba", "Zm9vYmE="},
                                         {"foobar", "Zm9vYmFy"}};
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    size_t size = 99;
    char *text = base64_encode(pairs[i][0], strlen(pairs[i][0]));
    assert_string_equal(text, pairs[i][1]);
    void *bytes = base64_decode(text, &size);
    assert_int_equal(size, strlen(pairs[i][0]));
    assert_memory_equal(bytes, pairs[i][0], size);
    free(bytes);
    free(text);
  }
  static const char *const wrong[] = {"Z", "Zg=", "Zm9v Zg==", "=", "====", "Zg=x", "Zm9\xc3\xbc"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    size_t size;
    void *bytes = base64_decode(wrong[i], &size);
    if (bytes)
      fail_msg("'%s' was taken", wrong[i]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_status_has_its_own_name),
      cmocka_unit_test(trouble_keeps_code_and_text_and_cuts_what_is_too_long),
      cmocka_unit_test(trouble_can_be_put_into_its_own_context),
      cmocka_unit_test(utf8_is_told_from_what_is_not),
      cmocka_unit_test(slips_of_the_finger_find_their_word),
      cmocka_unit_test(swapped_neighbours_are_one_slip),
      cmocka_unit_test(far_words_find_nothing),
      cmocka_unit_test(hashes_give_the_known_answers),
      cmocka_unit_test(base64_gives_the_known_answers_and_back),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
