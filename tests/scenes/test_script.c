// SPDX-License-Identifier: Apache-2.0
// labels: unit
// The scene language: what scripts say lands where it should, and every error has its
// text.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "with_script.h"

static scene_def define(const char *text) {
  scene_def def;
  trouble why = {0};
  status result = define_text(text, &def, &why);
  if (result != STATUS_OK)
    print_error("%s\n", why.text);
  assert_int_equal(result, STATUS_OK);
  return def;
}

static scene_def define_set(const char *text, const char *const *pairs, int count) {
  scene_def def;
  trouble why = {0};
  status result = define_with(text, pairs, count, 1, 0, &def, &why);
  if (result != STATUS_OK)
    print_error("%s\n", why.text);
  assert_int_equal(result, STATUS_OK);
  return def;
}

static const char example[] =
    "return scene {\n"
    "  duration_s = 10,\n"
    "  road = grid_city { blocks = {3, 4}, block_m = uniform(80, 140), signals = 0.7 },\n"
    "  traffic = { vehicles_per_km = uniform(5, 25),\n"
    "              mix = { car = 8, van = 1, truck = 1, bus = 0.5, bicycle = 1 } },\n"
    "  pedestrians = { per_km = uniform(5, 30), jaywalking = 0.05 },\n"
    "  weather = choose { [3] = clear {}, [1] = rain { rate_mmh = log_uniform(1, 40) } },\n"
    "  time_of_day_h = uniform(7, 20),\n"
    "  ego = { rig = rigs.nuscenes, driver = \"idm\" },\n"
    "}\n";

static void an_example_lands_in_the_definition(void **state) {
  (void)state;
  scene_def def = define(example);
  assert_int_equal(def.place, PLACE_GRID_CITY);
  assert_int_equal(def.grid_city.blocks_x, 3);
  assert_int_equal(def.grid_city.blocks_y, 4);
  assert_true(def.grid_city.block_m >= 80 && def.grid_city.block_m < 140);
  assert_true(def.grid_city.signals == 0.7);
  assert_true(def.grid_city.lane_width_m == 3.25); // not given: the default
  assert_true(def.vehicles_per_km >= 5 && def.vehicles_per_km < 25);
  assert_int_equal(def.vehicles, -1);
  assert_true(def.mix[0] == 8 && def.mix[4] == 0 && def.mix[5] == 1);
  assert_true(def.time_of_day_h >= 7 && def.time_of_day_h < 20);
  assert_int_equal(def.rig.camera_count, 6);
  assert_string_equal(def.rig.name, "nuscenes");
}

static void an_empty_scene_is_the_default(void **state) {
  (void)state;
  scene_def def = define("return scene {}"), wanted = scene_def_default();
  assert_true(def.duration_s == wanted.duration_s && def.frame_hz == wanted.frame_hz);
  assert_int_equal(def.place, PLACE_GRID_CITY);
  assert_memory_equal(&def.grid_city, &wanted.grid_city, sizeof def.grid_city);
  assert_memory_equal(def.mix, wanted.mix, sizeof def.mix);
  assert_true(def.weather.fog_visibility_m == wanted.weather.fog_visibility_m);
  assert_string_equal(def.rig.name, "minimal");
  assert_int_equal(def.rig.camera_count, 1);
}

static void places_and_weathers_reach_their_fields(void **state) {
  (void)state;
  scene_def def = define("return scene { road = highway { lanes = 2, radius_m = 800 },"
                         " weather = rain { rate_mmh = 12, fog_visibility_m = 400,"
                         " wind_heading_deg = 90 } }");
  assert_int_equal(def.place, PLACE_HIGHWAY);
  assert_int_equal(def.highway.lanes, 2);
  assert_true(def.highway.radius_m == 800);
  assert_true(def.weather.rain_mmh == 12);
  assert_true(def.weather.fog_visibility_m == 400);
  assert_true(fabs(def.weather.wind_heading_rad - 1.5707963267948966) < 1e-12);
  assert_true(def.weather.wetness > 0.9 && def.weather.water_film_mm > 0.3);
  assert_true(def.mix[5] == 0); // nobody cycles on a highway unasked, where trucks tow trailers
  assert_true(def.mix[6] == 1);
  assert_true(define("return scene { road = interchange {} }").mix[6] == 1);
  assert_true(define("return scene { road = rural {} }").mix[6] == 0);
  assert_true(
      define("return scene { road = highway {}, traffic = { mix = { car = 1 } } }").mix[6] == 0);
  def =
      define("return scene { road = intersection { arms = 3 }, weather = { cloud_cover = 0.4 } }");
  assert_int_equal(def.place, PLACE_INTERSECTION);
  assert_int_equal(def.intersection.arms, 3);
  assert_true(def.weather.cloud_cover == 0.4 && def.weather.rain_mmh == 0);
  assert_true(define("return scene { weather = snow { rate_mmh = 3 } }").weather.snow_mmh == 3);
  assert_true(define("return scene { time_of_day_h = 12, weather = night {} }").time_of_day_h == 0);
  assert_true(define("return scene { time_of_day_h = 12, weather = fog {} }").time_of_day_h == 12);
  def =
      define("local w = fog {} w.rain_mmh = w.fog_visibility_m / 100 return scene { weather = w }");
  assert_true(def.weather.rain_mmh == 1.5);
}

static void a_change_of_weather_has_a_weather_of_its_own(void **state) {
  (void)state;
  assert_false(define("return scene { weather = rain {} }").change.given);
  scene_def def = define("return scene { weather = fog { fog_visibility_m = 90 }, weather_change = "
                         "{ to = rain { rate_mmh = 12 }, at_s = 4, over_s = 25 } }");
  assert_true(def.change.given && def.change.at_s == 4 && def.change.over_s == 25);
  assert_true(def.change.to.rain_mmh == 12 && def.weather.rain_mmh == 0);
  assert_true(def.weather.fog_visibility_m == 90);
  expect_error("return scene { weather_change = { at_s = 4 } }", STATUS_RANGE,
               "urban.lua:1: weather_change.to: is missing; write to = rain { rate_mmh = 5 }");
  expect_error("return scene { weather_change = { to = night {} } }", STATUS_RANGE,
               "urban.lua:1: weather_change.to: has an hour; the scene keeps its own, so leave out "
               "time_of_day_h, or take another weather than night");
  const char *plain = "return scene {}";
  expect_set_error(plain, "weather_change.at_s", "3",
                   "--set weather_change.at_s=3: this scene's weather doesn't change; say to which "
                   "one before, with --set weather_change.to=rain");
  expect_set_error(plain, "weather_change.to", "night",
                   "--set weather_change.to=night: is an hour, and the scene keeps its own");
}

static void rigs_can_be_changed_and_written(void **state) {
  (void)state;
  scene_def def = define("local r = rigs.kitti r.cameras[1].width_px = 800 r.name = 'mine'\n"
                         "return scene { ego = { rig = r } }");
  assert_string_equal(def.rig.name, "mine");
  assert_int_equal(def.rig.cameras[0].width_px, 800);
  assert_int_equal(def.rig.cameras[1].width_px, 1242);
  assert_int_equal(def.rig.lidars[0].rings, 64);
  def =
      define("return scene { ego = { rig = { cameras = {\n"
             "  { name = 'left', width_px = 320, height_px = 240, fov_deg = 90,\n"
             "    position_m = {1, 0.5, 1.4}, yaw_deg = 90 }, {} },\n"
             "  lidars = { { elevations_deg = {2, -4, 0}, azimuth_steps = 360, rotation_hz = 20,\n"
             "               range_max_m = 80 }, { preset = 'vlp16' } } } } }");
  assert_string_equal(def.rig.name, "custom");
  assert_string_equal(def.rig.cameras[0].name, "left");
  assert_true(fabs(def.rig.cameras[0].fx_px - 160) < 1e-9);
  assert_true(def.rig.cameras[0].mount.p_m.y == 0.5);
  assert_string_equal(def.rig.cameras[1].name, "camera_2");
  assert_int_equal(def.rig.lidars[0].rings, 3);
  assert_true(def.rig.lidars[0].elevation_rad[0] < def.rig.lidars[0].elevation_rad[1]);
  assert_int_equal(def.rig.lidars[0].azimuth_steps, 360);
  assert_true(def.rig.lidars[0].range_max_m == 80);
  assert_int_equal(def.rig.lidars[1].rings, 16);
  assert_int_equal(def.rig.lidars[1].azimuth_steps, 1808);
}

// What a script reads and gives back unchanged is what it would have got unseen.
static void every_rig_survives_a_round_trip(void **state) {
  (void)state;
  const char *name;
  for (int i = 0; (name = rig_builtin_name(i)); i++) {
    char text[128];
    snprintf(text, sizeof text, "return scene { ego = { rig = rigs.%s } }", name);
    scene_def def = define(text);
    rig_def wanted;
    assert_true(rig_builtin(name, &wanted));
    assert_memory_equal(&def.rig, &wanted, sizeof wanted);
  }
}

// Errors ------------------------------------------------------------------------

static void field_errors_name_line_field_value_and_range(void **state) {
  (void)state;
  expect_error("return scene {\n\n\n  road = grid_city { block_m = 12 },\n}", STATUS_RANGE,
               "urban.lua:4: road.block_m: 12 is outside 40..400 m");
  expect_error("return scene {\n  road = grid_city { blok_m = 100 },\n}", STATUS_RANGE,
               "urban.lua:2: road.blok_m: there is no such field; did you mean \"block_m\"?");
  expect_error("return scene { road = highway { colour = 1 } }", STATUS_RANGE,
               "urban.lua:1: road.colour: there is no such field; highway has length_m, lanes, "
               "lane_width_m, shoulder_m, radius_m, speed_limit_mps, trees_per_km, exits, entries, "
               "weaving, lane_drops, lane_gains, acceleration_m, deceleration_m, ramp_radius_m, "
               "overpasses and work_zones");
  expect_error("return scene { road = grid_city { block_m = '100' } }", STATUS_RANGE,
               "urban.lua:1: road.block_m: is a string, not a number; 40..400 m would do");
  expect_error("return scene { road = grid_city { block_m = uniform } }", STATUS_RANGE,
               "urban.lua:1: road.block_m: is a function, not a number; 40..400 m would do");
  expect_error("return scene { duration_s = 0/0 }", STATUS_RANGE,
               "urban.lua:1: duration_s: nan is not a finite number; 0.1..3600 s would do");
  expect_error("return scene { duration_s = 1/0 }", STATUS_RANGE,
               "urban.lua:1: duration_s: inf is not a finite number; 0.1..3600 s would do");
  expect_error("return scene { day_of_year = 1.5 }", STATUS_RANGE,
               "urban.lua:1: day_of_year: 1.5 is not a whole number; 1..366 would do");
  expect_error("return scene { road = highway { radius_m = 50 } }", STATUS_RANGE,
               "urban.lua:1: road.radius_m: 50 is outside 120..20000 m or 0");
  expect_error("return scene { road = grid_city { blocks = 3 } }", STATUS_RANGE,
               "urban.lua:1: road.blocks: is a number, not a list of 2 numbers");
  expect_error("return scene { road = grid_city { blocks = {3} } }", STATUS_RANGE,
               "urban.lua:1: road.blocks: is a table of other length, not a list of 2 numbers");
  expect_error("return scene { road = grid_city { blocks = {3, 30} } }", STATUS_RANGE,
               "urban.lua:1: road.blocks[2]: 30 is outside 1..20");
}

static void headings_of_a_crossing_keep_apart(void **state) {
  (void)state;
  scene_def def;
  trouble why = {0};
  assert_int_equal(define_text("return scene { road = intersection { angles_deg = {0, 90, 230}, "
                               "rule = 'all_way_stop' } }",
                               &def, &why),
                   STATUS_OK);
  assert_int_equal(def.intersection.angles_deg.count, 3);
  assert_string_equal(def.intersection.rule, "all_way_stop");
  expect_error("return scene { road = intersection { angles_deg = {0, 90, 330} } }", STATUS_RANGE,
               "urban.lua:1: road.angles_deg: 0 and 330 are 30 degrees apart; 40 or more would do");
  expect_error("return scene { road = intersection { angles_deg = {0, 90} } }", STATUS_RANGE,
               "urban.lua:1: road.angles_deg: has 2 headings; 3 to 6 would do");
  expect_error("return scene { road = intersection { rule = 'luck' } }", STATUS_RANGE,
               "urban.lua:1: road.rule: unknown \"luck\"; there is: signals_or_priority signals "
               "priority all_way_stop right_before_left");
}

static void part_errors_say_what_would_do(void **state) {
  (void)state;
  expect_error("return scene { road = {} }", STATUS_RANGE,
               "urban.lua:1: road: is a table, not a place; grid_city { … }, highway { … }, "
               "intersection { … }, straight { … }, curve { … }, "
               "roundabout { … }, town { … }, rural { … }, interchange { … }, parking { … }, "
               "compose { … }, "
               "opendrive { … } or osm { … } would do");
  expect_error("return scene {\n trafic = {} }", STATUS_RANGE,
               "urban.lua:1: trafic: there is no such field; did you mean \"traffic\"?");
  expect_error("return scene { traffic = 12 }", STATUS_RANGE,
               "urban.lua:1: traffic: is a number; { vehicles_per_km = 12, … } would do");
  expect_error("return scene { traffic = { vehicles = 3, vehicles_per_km = 3 } }", STATUS_RANGE,
               "urban.lua:1: traffic: give vehicles or vehicles_per_km, not both");
  expect_error("return scene { pedestrians = { count = 3, per_km = 3 } }", STATUS_RANGE,
               "urban.lua:1: pedestrians: give count or per_km, not both");
  expect_error("return scene { traffic = { mix = { car = 0 } } }", STATUS_RANGE,
               "urban.lua:1: traffic.mix: every weight is 0; give one above 0");
  expect_error("return scene { traffic = { mix = { cat = 1 } } }", STATUS_RANGE,
               "urban.lua:1: traffic.mix.cat: there is no such field; did you mean \"car\"?");
  expect_error("return scene { weather = 'rain' }", STATUS_RANGE,
               "urban.lua:1: weather: is a string; clear {}, rain { rate_mmh = 5 }, … would do");
  expect_error("return scene { weather = rain { rate_mmh = 900 } }", STATUS_RANGE,
               "urban.lua:1: weather.rate_mmh: 900 is outside 0..150 mm/h");
  expect_error("return scene { weather = fog { rate_mmh = 1 } }", STATUS_RANGE,
               "urban.lua:1: weather.rate_mmh: there is no such field; did you mean \"rain_mmh\"?");
  expect_error("local w = clear {}\nw.wetness = 7\nreturn scene { weather = w }", STATUS_RANGE,
               "urban.lua:3: weather.wetness: 7 is outside 0..1");
  expect_error("return scene { 5 }", STATUS_RANGE,
               "urban.lua:1: scene: has a value without a name; write name = value");
  expect_error("return scene { road = grid_city { 5 } }", STATUS_RANGE,
               "urban.lua:1: road: has a value without a name; write name = value");
  expect_error("return scene(5)", STATUS_RANGE,
               "urban.lua:1: scene: takes a table, scene { … }, not a number");
  expect_error("return scene { duration_s = 0.1, frame_hz = 1 }", STATUS_RANGE,
               "urban.lua:1: duration_s: 0.1 s at 1 frames a second is not one frame");
  expect_error("return scene { frame_hz = 20, ego = { rig = rigs.minimal } }", STATUS_RANGE,
               "urban.lua:1: ego.rig.lidars[1].rotation_hz: lidar_top turns at 10 Hz, slower than "
               "frame_hz, 20; raise the one or lower the other");
}

static void ego_errors_name_the_sensor(void **state) {
  (void)state;
  expect_error("return scene { ego = { driver = 'idn' } }", STATUS_RANGE,
               "urban.lua:1: ego.driver: unknown \"idn\"; did you mean \"idm\"?");
  expect_error("return scene { ego = { driver = 'autopilot' } }", STATUS_RANGE,
               "urban.lua:1: ego.driver: unknown \"autopilot\"; there is: idm constant");
  expect_error("return scene { ego = { rig = rigs.kiti } }", STATUS_RANGE,
               "urban.lua:1: rigs.kiti: there is no such rig; did you mean \"kitti\"?");
  expect_error("return scene { ego = { rig = rigs.lyft_level_5 } }", STATUS_RANGE,
               "urban.lua:1: rigs.lyft_level_5: there is no such rig; there are minimal, nuscenes, "
               "kitti, bench2drive, waymo_like, woodscape_like, panorama");
  expect_error("return scene { ego = { rig = {} } }", STATUS_RANGE,
               "urban.lua:1: ego.rig: has no sensor; give it cameras = { {} } or lidars = { {} }");
  expect_error(
      "return scene { ego = { rig = { cameras = { {}, { fov_deg = 200 } } } } }", STATUS_RANGE,
      "urban.lua:1: ego.rig.cameras: \"camera_2\": fov_deg: 200 is more than the 170 that lens "
      "= \"pinhole\" shows; kannala_brandt shows 200");
  expect_error(
      "return scene { ego = { rig = { cameras = { { width = 5 } } } } }", STATUS_RANGE,
      "urban.lua:1: ego.rig.cameras[1].width: there is no such field; camera has name, "
      "width_px, height_px, lens, fov_deg, fx_px, fy_px, cx_px, cy_px, distortion, circle_deg, "
      "crop_px, binning, position_m, yaw_deg, pitch_deg, roll_deg, readout_s, exposure_s, "
      "ego_body, "
      "bounces, paths, "
      "labels, "
      "preset, electronics, exposure, exposure_ev, exposure_tau_s, metering, shutter_s, gain_db, "
      "gain_max_db, f_number, white_balance, white_k, bayer, pixel_um, quantum_efficiency, "
      "full_well_e, read_noise_e, dark_current_eps, sensor_c, dsnu_e, prnu, black_level, serial, "
      "ccm, tone, jpeg, sharpen, vignetting, vignetting_k, psf_px and glare");
  expect_error("return scene { ego = { rig = { cameras = { { name = 'a/b' } } } } }", STATUS_RANGE,
               "urban.lua:1: ego.rig.cameras[1].name: \"a/b\" is not a name of letters, digits and "
               "_ (1 to 31 of them)");
  expect_error("return scene { ego = { rig = { cameras = { {name='a'}, {name='a'} } } } }",
               STATUS_RANGE, "urban.lua:1: ego.rig: two sensors are named \"a\"");
  expect_error("return scene { ego = { rig = { cameras = { width_px = 5 } } } }", STATUS_RANGE,
               "urban.lua:1: ego.rig.cameras: is not a list; write { { … }, { … } }");
  expect_error(
      "return scene { ego = { rig = { lidars = { { preset = 'hdl32' } } } } }", STATUS_RANGE,
      "urban.lua:1: ego.rig.lidars[1].preset: unknown \"hdl32\"; did you mean \"hdl32e\"?");
  expect_error("return scene { ego = { rig = { lidars = { { position_m = {0, 0, 'x'} } } } } }",
               STATUS_RANGE,
               "urban.lua:1: ego.rig.lidars[1].position_m[3]: is a string, not a number; -50..50 m "
               "would do");
  expect_error(
      "return scene { ego = { rig = { lidars = { { range_min_m = 9, range_max_m = 9 } } } } }",
      STATUS_RANGE,
      "urban.lua:1: ego.rig.lidars: \"lidar_1\": range_min_m 9 is not below range_max_m 9");
}

static void language_errors_have_their_texts(void **state) {
  (void)state;
  expect_error("return scene {\n  road = = 5\n}", STATUS_SYNTAX,
               "urban.lua:2: unexpected symbol near '='");
  expect_error("return unifrom(1, 2)", STATUS_RANGE,
               "urban.lua:1: unifrom: unknown name; did you mean \"uniform\"?");
  expect_error("return xyzzy_plugh", STATUS_RANGE,
               "urban.lua:1: xyzzy_plugh: unknown name; assign it before reading it");
  expect_error("local x = 5", STATUS_RANGE,
               "urban.lua: must end with `return scene { … }`; it returned nothing");
  expect_error("return { duration_s = 5 }", STATUS_RANGE,
               "urban.lua: must end with `return scene { … }`; it returned a table");
  expect_error("local t\nreturn t.x", STATUS_RANGE,
               "urban.lua:2: attempt to index a nil value (local 't')");
  expect_error("require_that(1 > 2, 'too small')", STATUS_REJECTED, "too small");
  expect_error(
      "require_that(1 > 2)", STATUS_RANGE,
      "urban.lua:1: require_that: give a reason, e.g. require_that(lanes > 1, \"one lane\")");
}

static void draw_errors_have_their_texts(void **state) {
  (void)state;
  expect_error("uniform(5, 2)", STATUS_RANGE,
               "urban.lua:1: uniform: 5..2 is not an interval; the lower bound comes first");
  expect_error("uniform(5)", STATUS_RANGE,
               "urban.lua:1: uniform: the upper bound must be a number, not nothing");
  expect_error("uniform(0/0, 1)", STATUS_RANGE,
               "urban.lua:1: uniform: the lower bound must be a finite number, not nan");
  expect_error("log_uniform(0, 2)", STATUS_RANGE,
               "urban.lua:1: log_uniform: 0..2 is not an interval above 0");
  expect_error("normal(0, -1)", STATUS_RANGE,
               "urban.lua:1: normal: the standard deviation -1 is below 0");
  expect_error("normal(0, 1, 50, 60)", STATUS_RANGE,
               "urban.lua:1: normal: 1000 draws of 0 +- 1 all fell outside 50..60");
  expect_error("poisson(-1)", STATUS_RANGE,
               "urban.lua:1: poisson: the mean -1 is outside 0..1000000");
  expect_error("chance(2)", STATUS_RANGE, "urban.lua:1: chance: the probability 2 is outside 0..1");
  expect_error("pick {}", STATUS_RANGE, "urban.lua:1: pick: the list is empty");
  expect_error("pick { a = 1 }", STATUS_RANGE,
               "urban.lua:1: pick: takes a list { a, b, … } without holes or names");
  expect_error("shuffle(3)", STATUS_RANGE, "urban.lua:1: shuffle: takes a list, not a number");
  expect_error("choose {}", STATUS_RANGE, "urban.lua:1: choose: there is nothing to choose from");
  expect_error("choose { [-1] = 5 }", STATUS_RANGE,
               "urban.lua:1: choose: -1 can't be a weight; weights are 0 or more");
  expect_error("choose { [0] = 5 }", STATUS_RANGE,
               "urban.lua:1: choose: the weights' sum is 0; give one above 0");
  expect_error(
      "choose { a = 5 }", STATUS_RANGE,
      "urban.lua:1: choose: takes { [weight] = value, … } or { { weight = …, value }, … }; "
      "a key is a string");
  expect_error("choose { { weight = 1 } }", STATUS_RANGE,
               "urban.lua:1: choose: an item is { weight = 3, value }; this one has 0 values");
}

static void require_reads_plain_names_only(void **state) {
  (void)state;
  scene_def def = define("local h = require 'town_helpers'\nassert(h == require 'town_helpers')\n"
                         "return scene { road = grid_city { block_m = h.block() } }");
  assert_true(def.grid_city.block_m >= 80 && def.grid_city.block_m < 120);
  expect_error("require 'nowhere'", STATUS_NOT_FOUND,
               "urban.lua:1: require: there is no nowhere.lua beside the script or in the library");
  expect_error("require 'loop_a'", STATUS_RANGE,
               "loop_b.lua:1: require: \"loop_a\" requires itself");
  expect_error("require 'broken'", STATUS_SYNTAX, "broken.lua:2: unexpected symbol near <eof>");
  expect_error("require 'compiled'", STATUS_SYNTAX,
               "urban.lua:1: require: compiled.lua is compiled Lua; scripts must be text");
  expect_error("require '/etc/hosts'", STATUS_RANGE,
               "urban.lua:1: require: \"/etc/hosts\" is not a plain name of letters, digits and _");
}

static void missing_and_unreadable_files_are_named(void **state) {
  (void)state;
  script *s = NULL;
  trouble why = {0};
  assert_int_equal(script_open(&s, "no/such.lua", NULL, NULL, 0, &why), STATUS_NOT_FOUND);
  assert_string_equal(why.text, "no/such.lua: cannot open: No such file or directory");
  assert_int_equal(script_open(&s, TEST_DATA_DIR, NULL, NULL, 0, &why), STATUS_IO);
  assert_non_null(strstr(why.text, "not a regular file"));
}

// --set ---------------------------------------------------------------------------

static void set_overrides_any_field(void **state) {
  (void)state;
  const char *sets[] = {"traffic.vehicles_per_km",
                        "40",
                        "road.blocks",
                        "5,6",
                        "weather.wind_heading_deg",
                        "90",
                        "traffic.mix.truck",
                        "7",
                        "ego.rig.cameras[1].fov_deg",
                        "90",
                        "ego.rig.lidars.lidar_top.preset",
                        "vlp16",
                        "weather",
                        "fog"};
  scene_def def = define_set("return scene { traffic = { vehicles = 3 } }", sets, 7);
  assert_true(def.vehicles_per_km == 40);
  assert_int_equal(def.vehicles, -1); // else the script's count would rule
  assert_int_equal(def.grid_city.blocks_x, 5);
  assert_int_equal(def.grid_city.blocks_y, 6);
  assert_true(def.mix[2] == 7 && def.mix[0] == 8);
  assert_true(fabs(def.rig.cameras[0].fx_px - 320) < 1e-9);
  assert_int_equal(def.rig.lidars[0].rings, 16);
  assert_true(def.weather.fog_visibility_m == 150);
}

static void set_leaves_the_other_draws_alone(void **state) {
  (void)state;
  const char *sets[] = {"road.block_m", "100"};
  scene_def plain = define(example), set = define_set(example, sets, 1);
  assert_true(set.grid_city.block_m == 100 && plain.grid_city.block_m != 100);
  assert_true(plain.time_of_day_h == set.time_of_day_h);
  assert_true(plain.vehicles_per_km == set.vehicles_per_km);
}

static void set_by_place_applies_where_it_fits(void **state) {
  (void)state;
  const char *sets[] = {"grid_city.block_m", "100"};
  scene_def def = define_set("return scene { road = highway {} }", sets, 1);
  assert_int_equal(def.place, PLACE_HIGHWAY);
  assert_true(define_set("return scene {}", sets, 1).grid_city.block_m == 100);
  const char *whole[] = {"road", "highway", "road.lanes", "5", "ego.rig", "kitti"};
  def = define_set("return scene {}", whole, 3);
  assert_int_equal(def.highway.lanes, 5);
  assert_string_equal(def.rig.name, "kitti");
}

static void set_errors_name_the_option(void **state) {
  (void)state;
  static const char plain[] = "return scene {}";
  expect_set_error(plain, "trafic.vehicles_per_km", "40",
                   "--set trafic.vehicles_per_km=40: there is no such field; did you mean "
                   "\"traffic.vehicles_per_km\"?");
  expect_set_error(plain, "xyzzy", "1",
                   "--set xyzzy=1: there is no such field; `roadloom fields` lists them");
  expect_set_error(plain, "road.block_m", "12", "--set road.block_m=12: 12 is outside 40..400 m");
  expect_set_error(plain, "grid_city.blocks", "1,1",
                   "--set grid_city.blocks=1,1: has no crossing; 2,1 or 1,2 or more would do");
  expect_set_error(plain, "road.block_m", "wide",
                   "--set road.block_m=wide: not a number; 40..400 m would do");
  expect_set_error(plain, "road.block_m", "50m",
                   "--set road.block_m=50m: not a number; 40..400 m would do");
  expect_set_error(plain, "road.block_m", "nan",
                   "--set road.block_m=nan: nan is not a finite number; 40..400 m would do");
  expect_set_error(plain, "road.blocks", "3",
                   "--set road.blocks=3: not a list of 2 numbers like 3,4; each in 1..20");
  expect_set_error(plain, "weather", "hail",
                   "--set weather=hail: there is no such weather; there is clear, cloudy, "
                   "overcast, rain, snow, fog, night, storm");
  expect_set_error(plain, "road", "moon",
                   "--set road=moon: there is no such place; there is grid_city, highway, "
                   "intersection, straight, curve, roundabout, town, rural, interchange, parking, "
                   "compose, "
                   "opendrive, osm");
  expect_set_error(plain, "ego.rig", "x",
                   "--set ego.rig=x: there is no such rig; there is minimal, nuscenes, kitti, "
                   "bench2drive, waymo_like, woodscape_like, panorama");
  expect_set_error(plain, "ego.rig.cameras[3].fov_deg", "50",
                   "--set ego.rig.cameras[3].fov_deg=50: the scene's rig has no such camera");
  expect_set_error("return scene { road = highway {} }", "road.block_m", "100",
                   "--set road.block_m=100: this scene's place is highway, which has no such "
                   "field; name the place: --set PLACE.field=value applies only where it fits");
}

// Draws and scenes ------------------------------------------------------------------

static void the_same_seed_gives_the_same_definition(void **state) {
  (void)state;
  for (uint32_t index = 0; index < 20; index++) {
    scene_def a, b, c;
    trouble why;
    assert_int_equal(define_with(example, NULL, 0, 7, index, &a, &why), STATUS_OK);
    assert_int_equal(define_with(example, NULL, 0, 7, index, &b, &why), STATUS_OK);
    assert_int_equal(define_with(example, NULL, 0, 8, index, &c, &why), STATUS_OK);
    assert_memory_equal(&a, &b, sizeof a);
    assert_true(a.grid_city.block_m != c.grid_city.block_m);
  }
}

static void choose_follows_its_weights_in_both_forms(void **state) {
  (void)state;
  expect_true(
      "local n = 0 for i = 1, 40000 do if choose { [3] = 'a', [1] = 'b' } == 'a' then n = n + 1"
      " end end return math.abs(n / 40000 - 0.75) < 0.01");
  expect_true(
      "local n = 0 for i = 1, 40000 do if choose { { weight = 3, 'a' }, { weight = 1, 'b' } }"
      " == 'a' then n = n + 1 end end return math.abs(n / 40000 - 0.75) < 0.01");
  expect_true("for i = 1, 1000 do assert(choose { [0] = 'never', [1] = 'always' } == 'always') end"
              " return true");
  expect_true("local a, b = choose { { weight = 1, 5, 6 } } return a == 5 and b == 6");
}

// Equal tables that came about differently keep their keys in different places.
static void choose_does_not_depend_on_a_tables_history(void **state) {
  (void)state;
  static const char plain[] = "local t = {} for i = 1, 9 do t[i / 8] = i / 10 end\n"
                              "return scene { weather = { cloud_cover = choose(t) } }";
  static const char other[] = "local t = {} for i = 1, 500 do t[i * 0.37 + 7] = i end\n"
                              "for i = 9, 1, -1 do t[i / 8] = i / 10 end\n"
                              "for i = 1, 500 do t[i * 0.37 + 7] = nil end\n"
                              "return scene { weather = { cloud_cover = choose(t) } }";
  for (uint32_t index = 0; index < 20; index++) {
    scene_def a, b;
    trouble why;
    assert_int_equal(define_with(plain, NULL, 0, 7, index, &a, &why), STATUS_OK);
    assert_int_equal(define_with(other, NULL, 0, 7, index, &b, &why), STATUS_OK);
    assert_true(a.weather.cloud_cover == b.weather.cloud_cover);
  }
}

static void draws_keep_their_distributions(void **state) {
  (void)state;
  expect_true("local s = 0 for i = 1, 20000 do local v = uniform(2, 4) assert(v >= 2 and v < 4)"
              " s = s + v end return math.abs(s / 20000 - 3) < 0.02");
  expect_true("local s = 0 for i = 1, 20000 do s = s + normal(5, 2) end"
              " return math.abs(s / 20000 - 5) < 0.07");
  expect_true("for i = 1, 5000 do local v = normal(0, 1, -0.5, 0.5) assert(v >= -0.5 and v <= 0.5)"
              " end return true");
  expect_true("local s = 0 for i = 1, 20000 do local v = log_uniform(1, 100)"
              " assert(v >= 1 and v <= 100) s = s + math.log(v) end"
              " return math.abs(s / 20000 - math.log(10)) < 0.04");
  expect_true("local s = 0 for i = 1, 20000 do s = s + poisson(4) end"
              " return math.abs(s / 20000 - 4) < 0.06");
  expect_true("local n = 0 for i = 1, 20000 do if chance(0.3) then n = n + 1 end end"
              " return math.abs(n / 20000 - 0.3) < 0.015");
  expect_true("local n = {0, 0, 0} for i = 1, 30000 do local k = pick {1, 2, 3} n[k] = n[k] + 1 end"
              " return math.abs(n[1] - 10000) < 350 and math.abs(n[3] - 10000) < 350");
  expect_true("local l = {1, 2, 3, 4, 5} local firsts = 0 for i = 1, 5000 do local s = shuffle(l)"
              " assert(#s == 5) table.sort(s) firsts = firsts + s[1] end"
              " return firsts == 5000 and table.concat(l) == '12345'");
  expect_true("local n = {} for i = 1, 1000 do n[math.random(3)] = true end"
              " return n[1] and n[2] and n[3] and not n[0] and not n[4]");
}

static void the_library_builds(void **state) {
  (void)state;
  static const char *const names[] = {"first_drive", "highway", "crossing", "map"};
  for (int i = 0; i < 4; i++) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s.lua", LIBRARY_DIR, names[i]);
    script *s = NULL;
    trouble why = {0};
    assert_int_equal(script_open(&s, path, LIBRARY_DIR, NULL, 0, &why), STATUS_OK);
    uint64_t hash = 0;
    for (int again = 0; again < 2; again++) {
      scene *built = NULL;
      status result = script_build(s, 5, 2, &built, &why);
      if (result != STATUS_OK)
        print_error("%s\n", why.text);
      assert_int_equal(result, STATUS_OK);
      assert_true(again == 0 || built->hash == hash);
      assert_true(built->vehicle_count > 10 && built->weather.sun_elevation_rad > 0);
      hash = built->hash;
      scene_destroy(built);
    }
    script_close(s);
  }
}

// Every ```lua block of the page that is a whole script.
static void the_examples_of_the_page_run(void **state) {
  (void)state;
  char *page = NULL;
  size_t size;
  trouble why = {0};
  assert_int_equal(
      file_read(TEST_DATA_DIR "/../../../docs/scene-scripts.md", 1 << 20, &page, &size, &why),
      STATUS_OK);
  int ran = 0;
  for (char *at = page; (at = strstr(at, "```lua\n"));) {
    char *begin = at + 7, *end = strstr(begin, "```");
    assert_non_null(end);
    *end = 0;
    at = end + 1;
    if (!strstr(begin, "return scene"))
      continue;
    scene_def def;
    status result = define_text(begin, &def, &why);
    if (result != STATUS_OK && result != STATUS_REJECTED)
      print_error("%s\n%s\n", begin, why.text);
    assert_true(result == STATUS_OK || result == STATUS_REJECTED);
    ran++;
  }
  assert_true(ran >= 5);
  free(page);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_example_lands_in_the_definition),
      cmocka_unit_test(an_empty_scene_is_the_default),
      cmocka_unit_test(places_and_weathers_reach_their_fields),
      cmocka_unit_test(a_change_of_weather_has_a_weather_of_its_own),
      cmocka_unit_test(rigs_can_be_changed_and_written),
      cmocka_unit_test(every_rig_survives_a_round_trip),
      cmocka_unit_test(field_errors_name_line_field_value_and_range),
      cmocka_unit_test(headings_of_a_crossing_keep_apart),
      cmocka_unit_test(part_errors_say_what_would_do),
      cmocka_unit_test(ego_errors_name_the_sensor),
      cmocka_unit_test(language_errors_have_their_texts),
      cmocka_unit_test(draw_errors_have_their_texts),
      cmocka_unit_test(require_reads_plain_names_only),
      cmocka_unit_test(missing_and_unreadable_files_are_named),
      cmocka_unit_test(set_overrides_any_field),
      cmocka_unit_test(set_leaves_the_other_draws_alone),
      cmocka_unit_test(set_by_place_applies_where_it_fits),
      cmocka_unit_test(set_errors_name_the_option),
      cmocka_unit_test(the_same_seed_gives_the_same_definition),
      cmocka_unit_test(choose_follows_its_weights_in_both_forms),
      cmocka_unit_test(choose_does_not_depend_on_a_tables_history),
      cmocka_unit_test(draws_keep_their_distributions),
      cmocka_unit_test(the_library_builds),
      cmocka_unit_test(the_examples_of_the_page_run),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
