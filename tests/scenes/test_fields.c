// SPDX-License-Identifier: Apache-2.0
// labels: unit
// The one table of fields: whole, consistent, and obeyed by the reader and by --set.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "scenes/fields.h"
#include "with_script.h"

static void every_field_has_a_meaning_and_a_default_in_its_range(void **state) {
  (void)state;
  for (int i = 0; i < fields_count; i++) {
    const field *f = &fields_table[i];
    char text[FIELD_TEXT];
    assert_true(strlen(f->meaning) > 5);
    fields_default(f, text, sizeof text);
    assert_true(strlen(text) > 0);
    if (!f->fallback && !fields_check(f, f->initial, text, sizeof text))
      fail_msg("%s: default: %s", f->name, text);
    assert_ptr_equal(fields_find(f->group, f->name), f); // no name twice in a group
  }
}

static void names_end_with_their_unit(void **state) {
  (void)state;
  static const struct {
    const char *unit, *ending;
  } endings[] = {{"m", "_m"},     {"s", "_s"},     {"Hz", "_hz"},      {"h", "_h"},
                 {"deg", "_deg"}, {"m/s", "_mps"}, {"mm/h", "_mmh"},   {"mm", "_mm"},
                 {"C", "_c"},     {"px", "_px"},   {"1/km", "per_km"}, {"mrad", "_mrad"},
                 {"EV", "_ev"},   {"dB", "_db"},   {"K", "_k"},        {"um", "_um"},
                 {"e-", "_e"},    {"e-/s", "_eps"}};
  for (int i = 0; i < fields_count; i++) {
    const field *f = &fields_table[i];
    if (!*f->unit)
      continue;
    bool known = false;
    for (size_t k = 0; k < sizeof endings / sizeof *endings; k++) {
      if (strcmp(f->unit, endings[k].unit) != 0)
        continue;
      known = true;
      const char *end = f->name + strlen(f->name) - strlen(endings[k].ending);
      assert_string_equal(end, endings[k].ending);
    }
    assert_true(known);
  }
}

// Each numeric field: both ends are taken by a script and land; beyond is refused.
static const char *wrap_in(field_group group) {
  switch (group) {
  case FIELDS_SCENE:
    return "return scene { %s }";
  case FIELDS_GRID_CITY:
    return "return scene { road = grid_city { %s } }";
  case FIELDS_HIGHWAY:
    return "return scene { road = highway { %s } }";
  case FIELDS_INTERSECTION:
    return "return scene { road = intersection { %s } }";
  case FIELDS_STRAIGHT:
    return "return scene { road = straight { %s } }";
  case FIELDS_CURVE:
    return "return scene { road = curve { %s } }";
  case FIELDS_ROUNDABOUT:
    return "return scene { road = roundabout { %s } }";
  case FIELDS_TOWN:
    return "return scene { road = town { %s } }";
  case FIELDS_INTERCHANGE:
    return "return scene { road = interchange { %s } }";
  case FIELDS_OPENDRIVE:
    return "return scene { road = opendrive { file = 'crossing.xodr', %s } }";
  case FIELDS_TRAFFIC:
    return "return scene { traffic = { %s } }";
  case FIELDS_MIX:
    return "return scene { traffic = { mix = { %s } } }";
  case FIELDS_DRIVERS:
    return "return scene { traffic = { drivers = { normal = 1, %s } } }";
  case FIELDS_PEDESTRIANS:
    return "return scene { pedestrians = { %s } }";
  case FIELDS_WALK_MIX:
    return "return scene { pedestrians = { mix = { %s } } }";
  case FIELDS_WEATHER:
    return "return scene { weather = clear { %s } }";
  case FIELDS_CHANGE:
    return "return scene { weather_change = { to = fog {}, %s } }";
  case FIELDS_CAMERA:
    return "return scene { ego = { rig = { cameras = { { %s } } } } }";
  case FIELDS_LIDAR:
    return "return scene { ego = { rig = { lidars = { { %s } } } } }";
  default:
    return NULL;
  }
}

static status try_value(const field *f, double value, scene_def *def, trouble *why) {
  char assignment[128], text[512];
  snprintf(assignment, sizeof assignment, "%s = %.17g", f->name, value);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
  snprintf(text, sizeof text, wrap_in(f->group), assignment);
#pragma GCC diagnostic pop
  return define_text(text, def, why);
}

static void scripts_obey_the_ranges_of_the_table(void **state) {
  (void)state;
  int tried = 0;
  for (int i = 0; i < fields_count; i++) {
    const field *f = &fields_table[i];
    if (fields_width(f) != 1 || !wrap_in(f->group))
      continue;
    scene_def def;
    trouble why = {0};
    double beyond = f->hi + fmax(1, fabs(f->hi) * 1e-9);
    assert_int_equal(try_value(f, beyond, &def, &why), STATUS_RANGE);
    char wanted[2 * FIELD_TEXT], problem[FIELD_TEXT];
    assert_false(fields_check(f, beyond, problem, sizeof problem));
    snprintf(wanted, sizeof wanted, "%s: %s", f->name, problem);
    if (!strstr(why.text, wanted))
      fail_msg("%s\n  has no: %s", why.text, wanted);
    why = (trouble){0};
    status at_end = try_value(f, f->hi, &def, &why);
    // Some ends don't go with the other fields' defaults; then another rule says so.
    if (at_end != STATUS_OK)
      assert_null(strstr(why.text, "is outside"));
    else if (f->offset < sizeof(scene_def) && f->group <= FIELDS_CHANGE)
      assert_true(fabs(fields_get(f, &def, 0) - f->hi) <= 1e-12 * fabs(f->hi));
    tried++;
  }
  assert_true(tried > 105);
}

static void clear_weather_is_the_tables_default(void **state) {
  (void)state;
  weather_state clear;
  assert_true(weather_preset("clear", NAN, &clear, NULL));
  scene_form form;
  fields_reset(FIELDS_WEATHER, &form);
  for (int i = 0; i < fields_count; i++)
    if (fields_table[i].group == FIELDS_WEATHER && fields_table[i].offset < sizeof(scene_def)) {
      scene_form other = {.def.weather = clear};
      assert_true(fields_get(&fields_table[i], &form, 0) ==
                  fields_get(&fields_table[i], &other, 0));
    }
}

static void every_weather_lies_within_the_table(void **state) {
  (void)state;
  const char *name;
  for (int i = 0; (name = weather_preset_name(i)); i++) {
    double rates[] = {NAN, 0, weather_preset_has_rate(name) ? 20 : 0};
    for (int k = 0; k < 3; k++) {
      scene_form form = {0};
      double hour;
      assert_true(weather_preset(name, rates[k], &form.def.weather, &hour));
      for (int n = 0; n < fields_count; n++) {
        const field *f = &fields_table[n];
        char text[FIELD_TEXT];
        if (f->group == FIELDS_WEATHER && f->offset < sizeof(scene_def) &&
            !fields_check(f, fields_get(f, &form, 0), text, sizeof text))
          fail_msg("%s: %s: %s", name, f->name, text);
      }
    }
  }
  weather_state untouched = {.rain_mmh = 5};
  assert_false(weather_preset("hail", NAN, &untouched, NULL));
  assert_true(untouched.rain_mmh == 5);
}

static void texts_say_range_default_and_names(void **state) {
  (void)state;
  char text[FIELD_TEXT];
  fields_range(fields_find(FIELDS_GRID_CITY, "block_m"), text, sizeof text);
  assert_string_equal(text, "40..400 m");
  fields_range(fields_find(FIELDS_HIGHWAY, "radius_m"), text, sizeof text);
  assert_string_equal(text, "120..20000 m or 0");
  fields_default(fields_find(FIELDS_GRID_CITY, "blocks"), text, sizeof text);
  assert_string_equal(text, "{3, 3}");
  fields_names(FIELDS_PEDESTRIANS, text, sizeof text);
  assert_string_equal(
      text, "per_km, count, jaywalking, midblock, groups, wheelchairs, prams, dogs, umbrellas, "
            "bodies and mix");
  assert_string_equal(fields_suggest(FIELDS_SCENE, "duraton_s"), "duration_s");
  assert_null(fields_suggest(FIELDS_SCENE, "zzzzzz"));
  assert_null(fields_find(FIELDS_SCENE, "block_m"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_field_has_a_meaning_and_a_default_in_its_range),
      cmocka_unit_test(names_end_with_their_unit),
      cmocka_unit_test(scripts_obey_the_ranges_of_the_table),
      cmocka_unit_test(clear_weather_is_the_tables_default),
      cmocka_unit_test(every_weather_lies_within_the_table),
      cmocka_unit_test(texts_say_range_default_and_names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
