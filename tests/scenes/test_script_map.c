// SPDX-License-Identifier: Apache-2.0
// labels: unit
// opendrive("map.xodr") as a place: where it is looked for, what it refuses, what it builds.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "with_script.h"

static void a_map_is_found_beside_the_script_or_in_the_library(void **state) {
  (void)state;
  static const char *const texts[] = {
      "return scene { road = opendrive('lane.xodr') }",
      "return scene { road = opendrive { file = 'lane.xodr' } }",
      "local map = opendrive 'lane.xodr' map.trees_per_km = 7 return scene { road = map }"};
  for (int i = 0; i < 3; i++) {
    scene_def def;
    trouble why = {0};
    if (define_text(texts[i], &def, &why) != STATUS_OK)
      fail_msg("%s", why.text);
    assert_int_equal(def.place, PLACE_OPENDRIVE);
    assert_string_equal(def.opendrive.file, "lane.xodr");
    assert_true(def.opendrive.trees_per_km == (i == 2 ? 7 : 60));
  }
  scene_def def;
  trouble why = {0};
  assert_int_equal(define_text("return scene { road = opendrive('crossing.xodr') }", &def, &why),
                   STATUS_OK);
  assert_string_equal(def.opendrive.file, "crossing.xodr");
}

static void a_scene_is_built_on_a_map(void **state) {
  (void)state;
  static const char text[] = "return scene { road = opendrive('crossing.xodr'),\n"
                             "traffic = { vehicles = 6 }, pedestrians = { count = 4 } }";
  trouble why = {0};
  script *source = NULL;
  scene *s = NULL;
  if (script_open_text(&source, "urban.lua", text, TEST_DATA_DIR "/modules", LIBRARY_DIR, NULL, 0,
                       &why) ||
      script_build(source, 5, 1, &s, &why))
    fail_msg("%s", why.text);
  script_close(source);
  assert_string_equal(s->place, "opendrive");
  assert_string_equal(s->map, "crossing.xodr");
  assert_int_equal(s->vehicle_count, 7);
  assert_int_equal(s->person_count, 4);
  assert_int_equal(s->roads.junction_count, 1);
  assert_true(s->thing_count > 20);
  assert_int_equal(s->roads.remark_count, 0);
  scene_destroy(s);
}

static void an_extract_is_a_map_like_any(void **state) {
  (void)state;
  static const char *const texts[] = {
      "return scene { road = osm('village.osm'), traffic = { vehicles = 6 } }",
      "return scene { road = osm { file = 'village.osm' }, traffic = { vehicles = 6 } }",
      "return scene { road = osm('village.osm'), traffic = { vehicles = 6, hand = 'left' } }"};
  for (int i = 0; i < 3; i++) {
    trouble why = {0};
    script *source = NULL;
    scene *s = NULL;
    if (script_open_text(&source, "urban.lua", texts[i], TEST_DATA_DIR "/osm", LIBRARY_DIR, NULL, 0,
                         &why) ||
        script_build(source, 5, 1, &s, &why))
      fail_msg("%s", why.text);
    script_close(source);
    assert_string_equal(s->place, "osm");
    assert_string_equal(s->map, "village.osm");
    assert_int_equal(s->vehicle_count, 7);
    assert_int_equal(s->roads.left_hand, i == 2);
    assert_int_equal(s->roads.crosswalk_count, 6);
    scene_destroy(s);
  }
  expect_error("return scene { road = osm('no.osm') }", STATUS_NOT_FOUND,
               "urban.lua:1: road.file: there is no no.osm beside the script or in the library");
  expect_error("return scene { road = osm('crossing.xodr') }", STATUS_RANGE,
               "urban.lua:1: road.file: \"crossing.xodr\" is not the plain name of a map, like "
               "town.osm");
  expect_error("return scene { road = osm {} }", STATUS_RANGE,
               "urban.lua:1: road.file: osm needs a map, osm(\"town.osm\")");
}

static void a_map_can_be_set(void **state) {
  (void)state;
  scene_def def;
  trouble why = {0};
  const char *sets[] = {"road", "opendrive", "road.file", "crossing.xodr"};
  assert_int_equal(define_with("return scene {}", sets, 2, 1, 0, &def, &why), STATUS_OK);
  assert_string_equal(def.opendrive.file, "crossing.xodr");
  const char *half[] = {"road", "opendrive"};
  assert_int_equal(define_with("return scene {}", half, 1, 1, 0, &def, &why), STATUS_RANGE);
  assert_string_equal(why.text, "urban.lua:1: road.file: opendrive needs a map, "
                                "opendrive(\"town.xodr\")");
}

static void only_a_plain_name_is_looked_for(void **state) {
  (void)state;
  static const char *const names[] = {
      "../crossing.xodr", "/etc/passwd",  "modules/crossing.xodr", ".xodr", ".hidden.xodr",
      "crossing",         "crossing.lua", "a\\\\b.xodr",           "",      "..xodr",
      "crossing.xodr ",   "~.xodr"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    char text[128];
    scene_def def;
    trouble why = {0};
    snprintf(text, sizeof text, "return scene { road = opendrive('%s') }", names[i]);
    assert_int_equal(define_text(text, &def, &why), STATUS_RANGE);
    if (!strstr(why.text, "is not the plain name of a map, like town.xodr"))
      fail_msg("%s: %s", names[i], why.text);
  }
  expect_error("return scene {\n road = opendrive('cross\\0.xodr') }", STATUS_RANGE,
               "urban.lua:2: road.file: contains a zero byte");
}

static void a_missing_map_is_named_where_it_is_asked_for(void **state) {
  (void)state;
  expect_error("local a = 1\nlocal map = opendrive('no.xodr')\nreturn scene { road = map }",
               STATUS_NOT_FOUND,
               "urban.lua:2: road.file: there is no no.xodr beside the script or in the library");
  expect_error("return scene { road = opendrive {} }", STATUS_RANGE,
               "urban.lua:1: road.file: opendrive needs a map, opendrive(\"town.xodr\")");
  expect_error(
      "return scene { road = opendrive(7) }", STATUS_RANGE,
      "urban.lua:1: opendrive: takes a map's name, opendrive(\"town.xodr\"), not a number");
  expect_error("return scene { road = opendrive { file = 'crossing.xodr', lanes = 3 } }",
               STATUS_RANGE,
               "urban.lua:1: road.lanes: there is no such field; opendrive has file, "
               "building_height_m, trees_per_km and parked_per_km");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_map_is_found_beside_the_script_or_in_the_library),
      cmocka_unit_test(a_scene_is_built_on_a_map),
      cmocka_unit_test(an_extract_is_a_map_like_any),
      cmocka_unit_test(a_map_can_be_set),
      cmocka_unit_test(only_a_plain_name_is_looked_for),
      cmocka_unit_test(a_missing_map_is_named_where_it_is_asked_for),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
