// SPDX-License-Identifier: Apache-2.0
#include "with_scenes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

const char *with_scene_name(int kind) {
  static const char *const names[WITH_SCENE_KINDS] = {"town with signals",
                                                      "town without signals",
                                                      "signalled crossing",
                                                      "unsignalled crossing",
                                                      "highway",
                                                      "straight road",
                                                      "curve",
                                                      "odd crossing",
                                                      "roundabout",
                                                      "grown town",
                                                      "car park"};
  return names[kind];
}

scene_def with_scene_def(int kind, uint64_t seed) {
  static const place_kind places[WITH_SCENE_KINDS] = {
      PLACE_GRID_CITY,  PLACE_GRID_CITY, PLACE_INTERSECTION, PLACE_INTERSECTION,
      PLACE_HIGHWAY,    PLACE_STRAIGHT,  PLACE_CURVE,        PLACE_INTERSECTION,
      PLACE_ROUNDABOUT, PLACE_TOWN,      PLACE_PARKING};
  static const int vehicles[WITH_SCENE_KINDS] = {50, 50, 16, 16, 40, 12, 10, 20, 24, 50, 14};
  static const int people[WITH_SCENE_KINDS] = {60, 60, 16, 16, 0, 10, 10, 20, 24, 50, 40};
  static const char *const rules[] = {"signals", "priority", "all_way_stop", "right_before_left"};
  scene_def def = scene_def_default();
  def.duration_s = 600;
  def.step_s = 0.05;
  def.frame_hz = 10;
  def.place = places[kind];
  def.straight.sidewalk_m = def.curve.sidewalk_m = seed % 2 ? 2 : 0;
  def.straight.lanes = def.curve.lanes = 1 + (int)(seed % 3);
  def.curve.radius_m = 25 + 20 * (double)(seed % 5);
  def.curve.turn_rad = (seed % 2 ? 1 : -1) * (1 + 0.3 * (double)(seed % 7));
  def.grid_city.blocks_x = def.grid_city.blocks_y = 2;
  def.grid_city.signals = kind == 0;
  def.grid_city.lanes = 1 + (int)(seed % 2);
  def.intersection.signals = kind == 2;
  def.intersection.arms = 3 + (int)(seed % 2);
  def.intersection.lanes = 1 + (int)(seed / 2 % 2);
  def.vehicles = vehicles[kind];
  def.pedestrians = people[kind];
  if (kind == 7) {
    def.intersection.arms = 3 + (int)(seed / 4 % 4);
    def.intersection.jitter_rad = 0.1 * (double)(seed % 6);
    snprintf(def.intersection.rule, sizeof def.intersection.rule, "%s", rules[seed % 4]);
  }
  def.roundabout.arms = 3 + (int)(seed % 4);
  def.roundabout.lanes = 1 + (int)(seed / 4 % 2);
  def.roundabout.inner_radius_m = 15 + 5 * (double)(seed % 5);
  def.town.size_m = 300;
  def.town.main_lanes = 1 + (int)(seed % 2);
  def.town.dead_ends = 1;
  def.parking.aisles = 2 + (int)(seed % 3);
  def.parking.one_way = (double)(seed / 2 % 2);
  def.parking.bay_angle_rad = seed % 3 ? 1.5707963267948966 : 0.9;
  if (def.place == PLACE_PARKING)
    def.mix[2] = def.mix[3] = 0; // as scripts have it
  def.jaywalking = 0.05;
  if (seed % 3 == 1) {
    def.weather.rain_mmh = 15;
    def.weather.wetness = 1;
    def.weather.water_film_mm = 0.4;
  } else if (seed % 3 == 2) {
    def.weather.fog_visibility_m = 80;
  }
  return def;
}

scene *with_scene_of(int kind, uint64_t seed, const scene_def *def) {
  scene *s = NULL;
  trouble why;
  if (scene_build(&s, def, seed, 0, 0, &why) != STATUS_OK)
    fail_msg("%s, seed %d: %s", with_scene_name(kind), (int)seed, why.text);
  return s;
}

scene *with_built_scene(int kind, uint64_t seed) {
  scene_def def = with_scene_def(kind, seed);
  strcpy(def.hand, seed % 5 % 2 ? "left" : "right");
  return with_scene_of(kind, seed, &def);
}
