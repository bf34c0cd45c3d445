// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Which maps a script may read is found by reading, once, and nothing else is opened.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "scenes/script.h"

#define LANE                                                                                       \
  "<OpenDRIVE><header revMajor='1' revMinor='7'/><road id='1' length='300' junction='-1'>"         \
  "<planView><geometry s='0' x='0' y='0' hdg='0' length='300'><line/></geometry></planView>"       \
  "<lanes><laneSection s='0'><center><lane id='0' type='none'/></center><right>"                   \
  "<lane id='-1' type='driving'><width sOffset='0' a='3.5' b='0' c='0' d='0'/></lane></right>"     \
  "</laneSection></lanes></road></OpenDRIVE>"

static char folder[64], library[80];

static void put(const char *in, const char *file, const char *text) {
  char path[160];
  trouble why;
  snprintf(path, sizeof path, "%s/%s", in, file);
  if (file_write_atomic(path, text, strlen(text), &why))
    fail_msg("%s", why.text);
}

static int make_folders(void **state) {
  (void)state;
  strcpy(folder, "/tmp/roadloom-maps-XXXXXX");
  if (!mkdtemp(folder))
    return 1;
  snprintf(library, sizeof library, "%s/library", folder);
  trouble why;
  char path[160];
  snprintf(path, sizeof path, "%s/folder.xodr", folder);
  if (file_make_folder(library, &why) || file_make_folder(path, &why))
    return 1;
  put(folder, "lane.xodr", LANE);
  put(folder, "town-2.xodr", "<town/>");
  put(folder, "both.xodr", "own");
  put(folder, ".hidden.xodr", "hidden");
  put(folder, "notes.txt", "no map");
  put(library, "both.xodr", "library");
  put(library, "shipped.xodr", "<shipped/>");
  return 0;
}

static int remove_folders(void **state) {
  (void)state;
  char command[96];
  snprintf(command, sizeof command, "rm -r %s", folder);
  return system(command);
}

static status find_maps(const char *text, const char *module, const char *set, script_maps *out,
                        trouble *why) {
  script_module only = {.name = (char[]){"maps"}, .text = (char *)(uintptr_t)module};
  script_modules modules = {.count = module != NULL, .of = &only};
  script_override override = {.path = "road.file", .value = set};
  script_maps_source source = {"a.lua", text, &modules, &override, set != NULL, folder, library};
  return script_maps_find(&source, out, why);
}

// Names of what is found, with spaces between them.
static void expect_found(const char *text, const char *module, const char *set, const char *names) {
  script_maps found;
  trouble why;
  char list[256] = "";
  if (find_maps(text, module, set, &found, &why))
    fail_msg("%s: %s", text, why.text);
  for (int i = 0; i < found.count; i++)
    snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", i ? " " : "",
             found.of[i].name);
  script_maps_free(&found);
  if (strcmp(list, names) != 0)
    fail_msg("%s\n  wanted: %s\n  found:  %s", text, names, list);
}

static void named_maps_are_found_wherever_they_are_named(void **state) {
  (void)state;
  expect_found("return scene { road = opendrive('lane.xodr') }", NULL, NULL, "lane.xodr");
  expect_found("opendrive { file = pick { \"town-2.xodr\", [[lane.xodr]] } }", NULL, NULL,
               "lane.xodr town-2.xodr");
  expect_found("require 'maps'", "return { 'shipped.xodr' }", NULL, "shipped.xodr");
  expect_found("return scene {}", NULL, "lane.xodr", "lane.xodr");
  expect_found("return scene {}", NULL, "7", "");
  expect_found("opendrive 'nowhere.xodr'", NULL, NULL, "");
  expect_found("-- opendrive 'lane.xodr'\n--[[ 'lane.xodr' ]] lane.xodr()", NULL, NULL, "");
}

static void names_in_parts_take_all_that_is_there(void **state) {
  (void)state;
  static const char all[] = "both.xodr lane.xodr shipped.xodr town-2.xodr";
  expect_found("opendrive('town' .. k .. '.xodr')", NULL, NULL, all);
  expect_found("opendrive(('%s.xodr'):format(k))", NULL, NULL, all);
  expect_found("opendrive('to\\x77n-2.xodr')", NULL, NULL, all);
  expect_found("opendrive('../lane.xodr')", NULL, NULL, all);
  expect_found("require 'maps'", "return '.xodr'", NULL, all);
}

static void the_scripts_own_folder_comes_first(void **state) {
  (void)state;
  script_maps found;
  trouble why;
  assert_int_equal(STATUS_OK, find_maps("'both.xodr'", NULL, NULL, &found, &why));
  assert_int_equal(found.count, 1);
  assert_int_equal(found.of[0].size, 3);
  assert_string_equal(found.of[0].bytes, "own");
  assert_string_equal(found.of[0].sha256, "5b3975651c3cab92d044c096dc30a1c2"
                                          "d9525497457472de48c51ecb363d1f4a");
  script_maps_free(&found);
}

static void what_cannot_be_read_is_named_with_its_line(void **state) {
  (void)state;
  script_maps found;
  trouble why;
  assert_int_equal(STATUS_IO, find_maps("\n'folder.xodr'", NULL, NULL, &found, &why));
  assert_non_null(strstr(why.text, "a.lua:2: "));
  assert_int_equal(found.count, 0);
}

// The promise itself: after opening, the disk can say what it likes.
static void an_opened_script_keeps_the_bytes_it_was_opened_with(void **state) {
  (void)state;
  static const char text[] = "return scene { road = opendrive 'lane.xodr' }";
  static const script_modules no_modules = {0};
  script *s = NULL, *recorded = NULL;
  scene *before = NULL, *after = NULL;
  script_maps found;
  trouble why = {0};
  assert_int_equal(STATUS_OK, script_open_text(&s, "a.lua", text, folder, NULL, NULL, 0, &why));
  assert_int_equal(STATUS_OK, find_maps(text, NULL, NULL, &found, &why));
  assert_int_equal(STATUS_OK, script_open_recorded(&recorded, "a.lua", text, &no_modules, &found,
                                                   NULL, 0, &why));
  put(folder, "lane.xodr", "<gone/>");
  if (script_build(s, 1, 0, &before, &why) || script_build(recorded, 1, 0, &after, &why))
    fail_msg("%s", why.text);
  put(folder, "lane.xodr", LANE);
  assert_true(before->hash == after->hash);
  scene_destroy(before);
  scene_destroy(after);
  script_close(s);
  script_close(recorded);
  script_maps_free(&found);
  assert_int_equal(STATUS_OK,
                   script_open_recorded(&s, "a.lua", text, &no_modules, &found, NULL, 0, &why));
  assert_int_equal(STATUS_NOT_FOUND, script_build(s, 1, 0, &before, &why));
  assert_string_equal(why.text, "a.lua:1: road.file: there is no lane.xodr beside the script or in "
                                "the library");
  script_close(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(named_maps_are_found_wherever_they_are_named),
      cmocka_unit_test(names_in_parts_take_all_that_is_there),
      cmocka_unit_test(the_scripts_own_folder_comes_first),
      cmocka_unit_test(what_cannot_be_read_is_named_with_its_line),
      cmocka_unit_test(an_opened_script_keeps_the_bytes_it_was_opened_with),
  };
  return cmocka_run_group_tests_name("maps", tests, make_folders, remove_folders);
}
