// SPDX-License-Identifier: Apache-2.0
#include "with_cameras.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

const char cameras_street[] =
    "duration_s = 2, frame_hz = 10, road = grid_city { blocks = {2, 2}, block_m = 90, signals = 1 "
    "},\n"
    "traffic = { vehicles_per_km = 25 }, pedestrians = { per_km = 60 }, time_of_day_h = 11";

scene *cameras_build(const char *cameras, const char *rest, const char *ego, script **s) {
  char text[4096];
  scene *out;
  trouble why = {0};
  snprintf(text, sizeof text,
           "return scene { %s, ego = { %s rig = { name = 'test', cameras = { %s } } } }", rest, ego,
           cameras);
  if (script_open_text(s, "test.lua", text, NULL, LIBRARY_DIR, NULL, 0, &why) ||
      script_build(*s, 11, 0, &out, &why))
    fail_msg("%s", why.text);
  return out;
}

void look_open(look *l, device *dev, const char *cameras, const char *rest, const char *ego,
               int frames) {
  trouble why = {0};
  memset(l, 0, sizeof *l);
  l->built = cameras_build(cameras, rest, ego, &l->s);
  if (renderer_create(&l->r, dev, &why) || renderer_set_scene(l->r, l->built, &why) ||
      sim_world_create(&l->world, l->built, &why))
    fail_msg("%s", why.text);
  for (int i = 0; i < frames; i++)
    if (sim_world_next_frame(l->world, &l->now, &why))
      fail_msg("%s", why.text);
  look_again(l);
}

void look_again(look *l) {
  trouble why = {0};
  if (renderer_frame(l->r, &l->now, &l->f, &why))
    fail_msg("%s", why.text);
}

void look_close(look *l) {
  sim_snapshot_free(&l->now);
  sim_world_destroy(l->world);
  scene_destroy(l->built);
  script_close(l->s);
  renderer_destroy(l->r);
}
