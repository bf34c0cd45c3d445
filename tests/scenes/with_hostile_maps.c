// SPDX-License-Identifier: Apache-2.0
#include "with_hostile_maps.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenes/opendrive_read.h"
#include "scenes/opendrive_write.h"
#include "scenes/osm_read.h"
#include "scenes/road_svg.h"
#include "scenes/scene.h"
#include "scenes/script_maps.h"

enum { ROADS_MOST = 400 }; // larger maps take longer, and aren't different

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

static void build_and_use(place_kind kind, const char *text, size_t size) {
  scene_def def = scene_def_default();
  char *bytes = malloc(size + 1);
  must(bytes != NULL, "memory", "ran out");
  memcpy(bytes, text, size);
  bytes[size] = 0;
  char *name = kind == PLACE_OSM ? "hostile.osm" : "hostile.xodr";
  script_map map = {.name = name, .bytes = bytes, .size = size};
  map_def *of = kind == PLACE_OSM ? &def.osm : &def.opendrive;
  def.place = kind;
  snprintf(of->file, sizeof of->file, "%s", name);
  of->map = &map;
  scene *s = NULL;
  trouble other = {0};
  if (scene_build(&s, &def, 1, 0, 0, &other) == STATUS_OK)
    use_scene(s);
  else
    must(other.code == STATUS_RANGE || other.code == STATUS_LIMIT, "scene", other.text);
  scene_destroy(s);
  free(bytes);
}

status hostile_map_use(const char *name, const char *text, size_t size, trouble *why) {
  road_builder b = {0};
  status got = opendrive_read_text(&b, name, text, size, why);
  int roads = b.net.road_count;
  road_builder_free(&b);
  if (got == STATUS_OK && roads <= ROADS_MOST)
    build_and_use(PLACE_OPENDRIVE, text, size);
  return got;
}

status hostile_extract_use(const char *name, const char *text, size_t size, trouble *why) {
  road_builder b = {0}, mirrored = {0};
  trouble other = {0};
  status got = osm_read_text(&b, name, text, size, false, why);
  int roads = b.net.road_count;
  road_builder_free(&b);
  must(osm_read_text(&mirrored, name, text, size, true, &other) == got, "mirrored", other.text);
  road_builder_free(&mirrored);
  if (got == STATUS_OK && roads <= ROADS_MOST)
    build_and_use(PLACE_OSM, text, size);
  return got;
}
