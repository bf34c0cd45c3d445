// SPDX-License-Identifier: Apache-2.0
// labels: unit property
// Scripts that try to hang, crash, eat memory or break out. Each says in its first
// line how it must end: "-- expect: STATUS: part of the error text".
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "scenes/script.h"
#include "scenes/script_words.h"

static int is_script(const struct dirent *entry) {
  return strstr(entry->d_name, ".lua") != NULL;
}

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// A part of the usual instructions: the same rules, sooner, under sanitizers too.
static sandbox_limits quick_limits(void) {
  sandbox_limits limits = sandbox_limits_default();
  limits.instructions /= 10;
#ifdef __SANITIZE_ADDRESS__
  limits.cpu_s *= 20; // a change of coroutine takes a hundred times as long there
#endif
  return limits;
}

static status run(const char *name, trouble *why) {
  char path[512];
  snprintf(path, sizeof path, "%s/hostile/%s", TEST_DATA_DIR, name);
  script *s = NULL;
  status result = script_open(&s, path, LIBRARY_DIR, NULL, 0, why);
  scene_def def;
  sandbox_limits limits = quick_limits();
  if (result == STATUS_OK)
    result = script_define_within(s, &limits, 1, 0, 0, &def, why);
  script_close(s);
  return result;
}

static bool as_expected(const char *name) {
  char path[512], line[512] = "", wanted[32] = "", text[512] = "";
  snprintf(path, sizeof path, "%s/hostile/%s", TEST_DATA_DIR, name);
  FILE *file = fopen(path, "r");
  assert_non_null(file);
  assert_non_null(fgets(line, sizeof line, file));
  fclose(file);
  line[strcspn(line, "\n")] = 0;
  if (sscanf(line, "-- expect: %31[a-z]: %511[^\n]", wanted, text) != 2) {
    print_error("%s: its first line says nothing to expect\n", name);
    return false;
  }
  trouble why = {0};
  double begin = seconds();
  status result = run(name, &why);
  double took = seconds() - begin;
  bool good = strcmp(status_name(result), wanted) == 0 && result == why.code &&
              strstr(why.text, text) && !strchr(why.text, '\n') && took < quick_limits().cpu_s;
  if (!good)
    print_error("%s: wanted %s: %s\n  got %s: %s (%.1f s)\n", name, wanted, text,
                status_name(result), result == STATUS_OK ? "" : why.text, took);
  return good;
}

static void every_hostile_script_ends_with_its_own_clear_error(void **state) {
  (void)state;
  struct dirent **entries;
  int count = scandir(TEST_DATA_DIR "/hostile", &entries, is_script, alphasort), bad = 0;
  assert_true(count >= 50);
  for (int i = 0; i < count; i++) {
    bad += !as_expected(entries[i]->d_name);
    free(entries[i]);
  }
  free(entries);
  assert_int_equal(bad, 0);
}

// Every script of the corpus cut short at some byte: errors, never crashes.
static void scripts_cut_anywhere_never_crash(void **state) {
  (void)state;
  static const char *const names[] = {"first_drive.lua", "highway.lua", "crossing.lua"};
  sandbox_limits limits = quick_limits();
  limits.instructions = 1000000;
  for (int n = 0; n < 3; n++) {
    char path[512], text[8192];
    snprintf(path, sizeof path, "%s/%s", LIBRARY_DIR, names[n]);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    for (size_t cut = 0; cut < size; cut += 7) {
      char part[8192];
      memcpy(part, text, size);
      part[size] = 0;
      if (cut % 2)
        part[cut] = 0;
      else
        memmove(part + cut, part + cut + 1, size - cut); // one byte is missing
      script *s = NULL;
      trouble why = {0};
      scene_def def;
      status result = script_open_text(&s, "cut.lua", part, NULL, NULL, NULL, 0, &why);
      if (result == STATUS_OK)
        result = script_define_within(s, &limits, 1, 0, 0, &def, &why);
      if (result != STATUS_OK)
        assert_true(strncmp(why.text, "cut.lua:", 8) == 0 || result == STATUS_REJECTED);
      script_close(s);
    }
  }
}

static void bytecode_is_refused(void **state) {
  (void)state;
  trouble why = {0};
  script *s = NULL;
  status result = script_open_text(&s, "b.lua", "\x1bLua\x54", NULL, NULL, NULL, 0, &why);
  assert_int_equal(result, STATUS_SYNTAX);
  assert_string_equal(why.text, "b.lua:1: is compiled Lua; scripts must be text");
  assert_null(s);
}

static void a_source_over_one_mebibyte_is_refused(void **state) {
  (void)state;
  size_t size = (1 << 20) + 1;
  char *text = malloc(size + 1);
  assert_non_null(text);
  memset(text, ' ', size);
  text[size] = 0;
  trouble why = {0};
  script *s = NULL;
  assert_int_equal(script_open_text(&s, "big.lua", text, NULL, NULL, NULL, 0, &why), STATUS_LIMIT);
  assert_string_equal(why.text, "big.lua: 1048577 bytes; a script has 1048576 at most");
  free(text);
}

static status define_text(const char *text, trouble *why) {
  script *s = NULL;
  scene_def def;
  status result = script_open_text(&s, "urban.lua", text, NULL, NULL, NULL, 0, why);
  if (result == STATUS_OK)
    result = script_define(s, 1, 0, 0, &def, why);
  script_close(s);
  return result;
}

static void the_full_quotas_have_their_texts(void **state) {
  (void)state;
  trouble why = {0};
  assert_int_equal(define_text("local n = 0\nwhile true do n = n + 1 end", &why), STATUS_LIMIT);
  assert_string_equal(why.text,
                      "urban.lua:2: used up its 100000000 instructions; is there an endless loop?");
  assert_int_equal(define_text("local s = 'x' while true do s = s .. s end", &why), STATUS_LIMIT);
  assert_string_equal(why.text,
                      "urban.lua: needs more than 64 MiB of memory; make its tables smaller");
}

static void expect_late(const char *text, const char *error) {
  trouble why = {0};
  script *s = NULL;
  scene_def def;
  sandbox_limits limits = sandbox_limits_default();
  limits.cpu_s = 0.05;
  limits.instructions = INT64_C(1) << 60;
  assert_int_equal(script_open_text(&s, "slow.lua", text, NULL, NULL, NULL, 0, &why), STATUS_OK);
  assert_int_equal(script_define_within(s, &limits, 1, 0, 0, &def, &why), STATUS_LIMIT);
  assert_string_equal(why.text, error);
  script_close(s);
}

static void wall_time_is_limited(void **state) {
  (void)state;
  expect_late("while true do end", "slow.lua:1: ran longer than 0.05 s; make the script do less");
}

// Copies of megabytes take long between two counts: the allocator looks at the clock.
static void wall_time_is_limited_within_few_instructions(void **state) {
  (void)state;
  expect_late("local s = ('x'):rep(1 << 20) for i = 1, 4 do s = s .. s end\n"
              "while true do local t = s .. s end",
              "slow.lua: ran longer than 0.05 s; make the script do less");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_hostile_script_ends_with_its_own_clear_error),
      cmocka_unit_test(scripts_cut_anywhere_never_crash),
      cmocka_unit_test(bytecode_is_refused),
      cmocka_unit_test(a_source_over_one_mebibyte_is_refused),
      cmocka_unit_test(the_full_quotas_have_their_texts),
      cmocka_unit_test(wall_time_is_limited),
      cmocka_unit_test(wall_time_is_limited_within_few_instructions),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
