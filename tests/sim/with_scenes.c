// SPDX-License-Identifier: Apache-2.0
#include "with_scenes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

const char *with_scene_name(int kind) {
  static const char *const names[WITH_SCENE_KINDS] = {"town with signals", "town without signals",
                                                      "signalled crossing", "unsignalled crossing",
                                                      "highway"};
  return names[kind];
}

scene *with_built_scene(int kind, uint64_t seed) {
  scene_def def = scene_def_default();
  def.duration_s = 600;
  def.step_s = 0.05;
  def.frame_hz = 10;
  def.place = kind < 2 ? PLACE_GRID_CITY : kind < 4 ? PLACE_INTERSECTION : PLACE_HIGHWAY;
  def.grid_city.blocks_x = def.grid_city.blocks_y = 2;
  def.grid_city.signals = kind == 0;
  def.grid_city.lanes = 1 + (int)(seed % 2);
  def.intersection.signals = kind == 2;
  def.intersection.arms = 3 + (int)(seed % 2);
  def.intersection.lanes = 1 + (int)(seed / 2 % 2);
  def.vehicles = kind < 2 ? 50 : kind == 4 ? 40 : 16;
  def.pedestrians = kind < 2 ? 60 : kind == 4 ? 0 : 16;
  def.jaywalking = 0.05;
  if (seed % 3 == 1) {
    def.weather.rain_mmh = 15;
    def.weather.wetness = 1;
    def.weather.water_film_mm = 0.4;
  } else if (seed % 3 == 2) {
    def.weather.fog_visibility_m = 80;
  }
  scene *s = NULL;
  trouble why;
  if (scene_build(&s, &def, seed, 0, 0, &why) != STATUS_OK)
    fail_msg("%s, seed %d: %s", with_scene_name(kind), (int)seed, why.text);
  return s;
}
