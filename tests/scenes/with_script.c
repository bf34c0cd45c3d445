// SPDX-License-Identifier: Apache-2.0
#include "with_script.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

status define_with(const char *text, const char *const *overrides, int count, uint64_t seed,
                   uint32_t index, scene_def *out, trouble *why) {
  script_override sets[8] = {{0}};
  for (int i = 0; i < count; i++)
    sets[i] = (script_override){.path = overrides[2 * i], .value = overrides[2 * i + 1]};
  script *s = NULL;
  status result = script_open_text(&s, "urban.lua", text, TEST_DATA_DIR "/modules", LIBRARY_DIR,
                                   sets, count, why);
  if (result == STATUS_OK)
    result = script_define(s, seed, index, 0, out, why);
  script_close(s);
  return result;
}

status define_text(const char *text, scene_def *out, trouble *why) {
  return define_with(text, NULL, 0, 1, 0, out, why);
}

void expect_error(const char *text, status code, const char *error) {
  scene_def def;
  trouble why = {0};
  status result = define_text(text, &def, &why);
  if (result != code || strcmp(why.text, error) != 0)
    print_error("%s\n  wanted %s: %s\n  got    %s: %s\n", text, status_name(code), error,
                status_name(result), why.text);
  assert_int_equal(result, code);
  assert_string_equal(why.text, error);
}

void expect_set_error(const char *text, const char *path, const char *value, const char *error) {
  scene_def def;
  trouble why = {0};
  const char *pair[] = {path, value};
  status result = define_with(text, pair, 1, 1, 0, &def, &why);
  assert_int_equal(result, STATUS_RANGE);
  assert_string_equal(why.text, error);
}

void expect_true(const char *expression) {
  char text[2048];
  snprintf(text, sizeof text, "assert((function() %s end)(), 'false') return scene {}", expression);
  scene_def def;
  trouble why = {0};
  status result = define_text(text, &def, &why);
  if (result != STATUS_OK)
    print_error("%s\n  %s\n", expression, why.text);
  assert_int_equal(result, STATUS_OK);
}
