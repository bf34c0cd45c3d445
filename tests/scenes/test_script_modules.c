// SPDX-License-Identifier: Apache-2.0
// labels: unit
// What a script may require is found by reading, once, and nothing else is loaded.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/rng.h"
#include "scenes/sandbox.h"
#include "scenes/script.h"

static char folder[64], library[80];

static void put(const char *in, const char *file, const char *text, size_t size) {
  char path[160];
  trouble why;
  snprintf(path, sizeof path, "%s/%s", in, file);
  if (file_write_atomic(path, text, size, &why))
    fail_msg("%s", why.text);
}

static void put_text(const char *in, const char *file, const char *text) {
  put(in, file, text, strlen(text));
}

static int make_folders(void **state) {
  (void)state;
  strcpy(folder, "/tmp/roadloom-modules-XXXXXX");
  if (!mkdtemp(folder))
    return 1;
  snprintf(library, sizeof library, "%s/library", folder);
  trouble why;
  if (file_make_folder(library, &why))
    return 1;
  put_text(folder, "cars.lua", "return { count = 3 }");
  put_text(folder, "wet.lua", "local c = require 'cars'\nreturn rain { rate_mmh = c.count }");
  put_text(folder, "dry.lua", "return clear {}");
  put_text(folder, "both.lua", "own");
  put_text(folder, "not-plain.lua", "return 1");
  put_text(library, "both.lua", "library");
  put_text(library, "shipped.lua", "return 7");
  put(folder, "zero.lua", "return\0 1", 9);
  put_text(folder, "compiled.lua", "\x1bLua");
  put_text(folder, "latin.lua", "-- caf\xe9\nreturn 1");
  return 0;
}

static int remove_folders(void **state) {
  (void)state;
  char command[96];
  snprintf(command, sizeof command, "rm -r %s", folder);
  return system(command);
}

// Names of what is found, with spaces between them.
static void find(const char *text, char out[256]) {
  script_modules found;
  trouble why;
  if (script_modules_find("a.lua", text, folder, library, &found, &why))
    fail_msg("%s", why.text);
  out[0] = 0;
  for (int i = 0; i < found.count; i++)
    snprintf(out + strlen(out), 256 - strlen(out), "%s%s", i ? " " : "", found.of[i].name);
  script_modules_free(&found);
}

static void expect_found(const char *text, const char *names) {
  char found[256];
  find(text, found);
  if (strcmp(found, names) != 0)
    fail_msg("%s\n  wanted: %s\n  found:  %s", text, names, found);
}

static const char everything[] = "both cars dry shipped wet";

static void named_modules_and_theirs_are_found(void **state) {
  (void)state;
  expect_found("return scene {}", "");
  expect_found("require 'dry'", "dry");
  expect_found("require \"dry\"", "dry");
  expect_found("require('dry')", "dry");
  expect_found("require [[dry]]", "dry");
  expect_found("require --[==[ ]] ]==] ( -- now\n 'dry' )", "dry");
  expect_found("if chance(0.001) then require 'wet' end", "cars wet");
  expect_found("require 'shipped' require 'dry'", "dry shipped");
  expect_found("require 'nowhere'", "");
  expect_found("require 'not-plain'", "");
  expect_found("require '../cars'", "");
  expect_found("-- old line ends\rrequire 'dry'", "dry");
  expect_found("local s = 'a\\z\n  b' require 'dry' s = '\\z '", "dry");
  expect_found("local s = 'a\\\r\nb' require 'dry'", "dry");
  expect_found("local s = 'a\\\\' require 'dry'", "dry");
  // `require` binds tighter than what follows its text.
  expect_found("local x = require 'dry' .. 'cars'", "dry");
}

static void words_in_comments_and_texts_are_not_code(void **state) {
  (void)state;
  expect_found("-- require 'dry'\nreturn scene {}", "");
  expect_found("--[[ require(x)\n ]] --[=[ ]] require 'dry' ]=]", "");
  expect_found("local s = 'require' .. \"it's require 'dry'\"", "");
  expect_found("local s = [==[ require ]] 'dry' ]==]", "");
  expect_found("local s = 'a\\' require \\'dry' local required = 1", "");
  expect_found("local n = 0xrequire local t = a[[[require]]]", "");
}

// Lua itself as the judge of what is code: pieces in any order, run with a `require`
// that notes its names.
static const char *const pieces[] = {"require 'cars'",
                                     "require(\"dry\")",
                                     "require--[[x]]'both'",
                                     "if 1 < 2 then require [[shipped]] end",
                                     "-- require 'wet'\n",
                                     "-- it's\r",
                                     "--[[ ' ]]",
                                     "--[==[ ]] require 'wet' ]==]",
                                     "local s = 'it\\'s' .. \"'\"",
                                     "local s = \"\\z \n '\"",
                                     "local s = '\\\r\n'",
                                     "local s = '\\\\'",
                                     "local s = 'require' .. [[ require 'wet' ]]",
                                     "local s = [=[ ]] require 'wet' ]=]",
                                     "local t = {} local u = t[ [[x]] ]",
                                     "local n = 0x1p4 local m = 1 ..'x'",
                                     "local required = 'wet'"};
static const char *const gaps[] = {" ", "\n", "\r", ";", "\t", "--[[]] ", "\r\n"};

static int note_name(lua_State *L) {
  lua_getglobal(L, "noted");
  lua_pushvalue(L, 1);
  lua_pushboolean(L, 1);
  lua_settable(L, -3);
  return 0;
}

static void judge(const char *text, char out[256]) {
  static const char *const names[] = {"both", "cars", "dry", "shipped", "wet"};
  lua_State *L = luaL_newstate();
  lua_newtable(L);
  lua_setglobal(L, "noted");
  lua_register(L, "require", note_name);
  if (luaL_dostring(L, text))
    fail_msg("%s\n%s", lua_tostring(L, -1), text);
  lua_getglobal(L, "noted");
  out[0] = 0;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    if (lua_getfield(L, -1, names[i]) == LUA_TBOOLEAN)
      snprintf(out + strlen(out), 256 - strlen(out), "%s%s", *out ? " " : "", names[i]);
    lua_pop(L, 1);
  }
  lua_close(L);
}

static void what_lua_would_load_is_what_is_found(void **state) {
  (void)state;
  for (uint32_t n = 0; n < 3000; n++) {
    rng r = rng_at(8, RNG_TEST, 0, n, 0);
    char text[1024] = "", wanted[256];
    for (int i = 0; i < 9; i++) {
      strcat(text, pieces[rng_u32(&r) % (sizeof pieces / sizeof *pieces)]);
      strcat(text, gaps[rng_u32(&r) % (sizeof gaps / sizeof *gaps)]);
    }
    judge(text, wanted);
    expect_found(text, wanted);
  }
}

static void whoever_computes_names_gets_all_that_is_there(void **state) {
  (void)state;
  static const char *const texts[] = {"require(pick { 'wet', 'dry' })",
                                      "require('dr' .. 'y')",
                                      "require 'd\\114y'",
                                      "local load = require  load 'dry'",
                                      "pcall(require, 'dry')",
                                      "_G['req' .. 'uire']('dry')",
                                      "local e = _ENV",
                                      "require",
                                      "require 'loose'"};
  put_text(folder, "loose.lua", "return require(...)");
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    char found[256];
    find(texts[i], found);
    if (strcmp(found, "both cars dry loose shipped wet") != 0)
      fail_msg("%s\n  found: %s", texts[i], found);
  }
  char path[96];
  snprintf(path, sizeof path, "%s/loose.lua", folder);
  unlink(path);
  expect_found("require(x)", everything);
}

static void the_scripts_own_folder_comes_first(void **state) {
  (void)state;
  script_modules found;
  const char *const texts[] = {"require 'both'", "require(x)"};
  for (int i = 0; i < 2; i++) {
    assert_int_equal(STATUS_OK,
                     script_modules_find("a.lua", texts[i], folder, library, &found, NULL));
    assert_string_equal("own", script_modules_get(&found, "both")->text);
    script_modules_free(&found);
  }
  assert_int_equal(STATUS_OK, script_modules_find("a.lua", texts[0], NULL, library, &found, NULL));
  assert_string_equal("library", script_modules_get(&found, "both")->text);
  script_modules_free(&found);
  assert_int_equal(STATUS_OK, script_modules_find("a.lua", texts[1], NULL, NULL, &found, NULL));
  assert_int_equal(0, found.count);
}

static void expect_no(const char *text, status code, const char *words) {
  script_modules found;
  trouble why = {0};
  assert_int_equal(code, script_modules_find("a.lua", text, folder, library, &found, &why));
  assert_int_equal(0, found.count);
  if (!strstr(why.text, words))
    fail_msg("'%s' is not in '%s'", words, why.text);
}

static void what_cannot_be_used_is_named_with_its_line(void **state) {
  (void)state;
  expect_no("\nrequire 'zero'", STATUS_SYNTAX, "a.lua:2: require: zero.lua has a zero byte");
  expect_no("require 'compiled'", STATUS_SYNTAX, "a.lua:1: require: compiled.lua is compiled Lua");
  expect_no("--[[\n\n]] require 'latin'", STATUS_SYNTAX, "a.lua:3: require: latin.lua isn't UTF-8");
  char *big = malloc((1 << 20) + 2);
  memset(big, ' ', (1 << 20) + 1);
  put(folder, "big.lua", big, (1 << 20) + 1);
  expect_no("require 'big'", STATUS_LIMIT, "a.lua:1: require: ");
  expect_found("require(x)", everything); // nobody asked for it
  for (int i = 0; i < 9; i++) {
    char name[16];
    snprintf(name, sizeof name, "large%d.lua", i);
    put(folder, name, big, 1 << 20);
  }
  expect_no("require(x)", STATUS_LIMIT, "is more than 8 MiB; name the modules");
  free(big);
}

// The promise itself: after opening, the disk can say what it likes.
static void an_opened_script_keeps_the_texts_it_was_opened_with(void **state) {
  (void)state;
  static const char text[] = "return scene { traffic = { vehicles = require('cars').count } }";
  static const script_maps no_maps = {0};
  script *s = NULL, *recorded = NULL;
  scene_def before, after;
  trouble why = {0};
  script_modules found;
  assert_int_equal(STATUS_OK, script_open_text(&s, "a.lua", text, folder, NULL, NULL, 0, &why));
  assert_int_equal(STATUS_OK, script_modules_find("a.lua", text, folder, NULL, &found, &why));
  assert_int_equal(STATUS_OK,
                   script_open_recorded(&recorded, "a.lua", text, &found, &no_maps, NULL, 0, &why));
  script_modules_free(&found);
  put_text(folder, "cars.lua", "return { count = 9 }");
  assert_int_equal(STATUS_OK, script_define(s, 1, 0, 0, &before, &why));
  assert_int_equal(STATUS_OK, script_define(recorded, 1, 0, 0, &after, &why));
  put_text(folder, "cars.lua", "return { count = 3 }");
  assert_int_equal(3, before.vehicles);
  assert_int_equal(3, after.vehicles);
  script_close(s);
  script_close(recorded);
  assert_int_equal(STATUS_OK, script_open_recorded(&s, "a.lua", text, &(script_modules){0},
                                                   &no_maps, NULL, 0, &why));
  assert_int_equal(STATUS_NOT_FOUND, script_define(s, 1, 0, 0, &before, &why));
  assert_string_equal(why.text,
                      "a.lua:1: require: there is no cars.lua beside the script or in the library");
  script_close(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(named_modules_and_theirs_are_found),
      cmocka_unit_test(words_in_comments_and_texts_are_not_code),
      cmocka_unit_test(what_lua_would_load_is_what_is_found),
      cmocka_unit_test(whoever_computes_names_gets_all_that_is_there),
      cmocka_unit_test(the_scripts_own_folder_comes_first),
      cmocka_unit_test(an_opened_script_keeps_the_texts_it_was_opened_with),
      cmocka_unit_test(what_cannot_be_used_is_named_with_its_line),
  };
  return cmocka_run_group_tests_name("modules", tests, make_folders, remove_folders);
}
