// SPDX-License-Identifier: Apache-2.0
#include "with_extracts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"

const char *extract_name(int number) {
  static const char *const names[EXTRACTS] = {"village",    "roundabout", "pair",   "dual",
                                              "town_1_500", "town_3_450", "avenue", "rings"};
  return names[number];
}

char *extract_text(int number, size_t *size) {
  char path[512], *text;
  trouble why = {0};
  snprintf(path, sizeof path, "%s/osm/%s.osm", TEST_DATA_DIR, extract_name(number));
  if (file_read(path, 1 << 20, &text, size, &why) != STATUS_OK)
    fail_msg("%s", why.text);
  return text;
}

static read_map read_text(const char *text, bool left_hand) {
  road_builder b = {0};
  trouble why = {0};
  read_map map = {.memory = arena_create()};
  if (osm_read_text(&b, "map.osm", text, strlen(text), left_hand, &why) != STATUS_OK)
    fail_msg("%s", why.text);
  if (left_hand)
    road_builder_mirror(&b);
  road_derive_lanes(&b);
  road_derive_conflicts(&b);
  road_derive_walks(&b);
  if (road_builder_finish(&b, map.memory, &map.net, &why) != STATUS_OK)
    fail_msg("%s", why.text);
  road_builder_free(&b);
  return map;
}

read_map extract_from(const char *text) {
  return read_text(text, false);
}

static read_map read_parts(const char *nodes, const char *ways, bool left_hand) {
  static char text[1 << 16];
  size_t used = (size_t)snprintf(text, sizeof text, "<osm version='0.6'>\n");
  int id = 0;
  for (const char *line = nodes; *line; line += strcspn(line, "\n"), line += *line == '\n') {
    char *tags;
    double x = strtod(line, &tags), y = strtod(tags, &tags);
    int length = (int)strcspn(tags, "\n");
    // Radii of curvature of WGS 84 at 50 degrees.
    double lat = 50 + y / 111229.0299, lon = 8 + x / 71695.7546;
    used += (size_t)snprintf(text + used, sizeof text - used,
                             "<node id='%d' lat='%.9f' lon='%.9f'>%.*s</node>\n", ++id, lat, lon,
                             length, tags);
  }
  snprintf(text + used, sizeof text - used, "%s</osm>\n", ways);
  return read_text(text, left_hand);
}

read_map extract_of(const char *nodes, const char *ways) {
  return read_parts(nodes, ways, false);
}

read_map extract_left_of(const char *nodes, const char *ways) {
  return read_parts(nodes, ways, true);
}
