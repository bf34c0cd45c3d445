// SPDX-License-Identifier: Apache-2.0
#include "with_hostile_maps.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenes/opendrive_read.h"
#include "scenes/opendrive_write.h"
#include "scenes/road_svg.h"
#include "scenes/scene.h"
#include "scenes/script_maps.h"

// For the fuzzer a wrong answer is as bad as a crash.
static void must(bool holds, const char *what, const char *detail) {
  if (holds)
    return;
  fprintf(stderr, "%s: %s\n", what, detail);
  abort();
}

static void use_scene(const scene *s) {
  const road_network *net = &s->roads;
  for (int i = 0; i < net->point_count; i++)
    must(isfinite(net->points[i].x_m + net->points[i].y_m + net->points[i].s_m), "a point",
         "isn't finite");
  trouble why = {0};
  char *text = NULL;
  size_t size = 0;
  must(road_svg(net, "hostile", &text, &size, &why) == STATUS_OK, "picture", why.text);
  free(text);
  text = NULL;
  must(opendrive_write(net, "hostile", &text, &size, &why) == STATUS_OK, "writer", why.text);
  road_builder b = {0};
  status again = opendrive_read_text(&b, "again.xodr", text, size, &why);
  must(again == STATUS_OK, "what was written", why.text);
  road_builder_free(&b);
  free(text);
}

status hostile_map_use(const char *name, const char *text, size_t size, trouble *why) {
  road_builder b = {0};
  status got = opendrive_read_text(&b, name, text, size, why);
  int points = b.net.road_count;
  road_builder_free(&b);
  if (got != STATUS_OK || points > 400) // larger ones take longer, and aren't different
    return got;
  scene_def def = scene_def_default();
  char *bytes = malloc(size + 1);
  must(bytes != NULL, "memory", "ran out");
  memcpy(bytes, text, size);
  bytes[size] = 0;
  script_map map = {.name = "hostile.xodr", .bytes = bytes, .size = size};
  def.place = PLACE_OPENDRIVE;
  snprintf(def.opendrive.file, sizeof def.opendrive.file, "hostile.xodr");
  def.opendrive.map = &map;
  scene *s = NULL;
  trouble other = {0};
  if (scene_build(&s, &def, 1, 0, 0, &other) == STATUS_OK)
    use_scene(s);
  else
    must(other.code == STATUS_RANGE || other.code == STATUS_LIMIT, "scene", other.text);
  scene_destroy(s);
  free(bytes);
  return STATUS_OK;
}
