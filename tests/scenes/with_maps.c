// SPDX-License-Identifier: Apache-2.0
#include "with_maps.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

read_map map_from(const char *text) {
  road_builder b = {0};
  trouble why = {0};
  read_map map = {.memory = arena_create()};
  if (opendrive_read_text(&b, "map.xodr", text, strlen(text), &why) != STATUS_OK)
    fail_msg("%s", why.text);
  road_derive_lanes(&b);
  road_derive_conflicts(&b);
  road_derive_walks(&b);
  if (road_builder_finish(&b, map.memory, &map.net, &why) != STATUS_OK)
    fail_msg("%s", why.text);
  road_builder_free(&b);
  return map;
}

read_map map_from_roads(const char *elements) {
  size_t size = strlen(elements) + 200;
  char *text = malloc(size);
  assert_non_null(text);
  snprintf(text, size, "<OpenDRIVE>\n<header revMajor='1' revMinor='7'/>\n%s\n</OpenDRIVE>\n",
           elements);
  read_map map = map_from(text);
  free(text);
  return map;
}

void map_free(read_map *map) {
  arena_destroy(map->memory);
}

int map_remarks(const read_map *map, const char *text, int line) {
  for (int i = 0; i < map->net.remark_count; i++) {
    const road_remark *remark = &map->net.remarks[i];
    if (strcmp(remark->text, text) == 0 && (line == 0 || line == remark->line))
      return remark->count;
  }
  for (int i = 0; i < map->net.remark_count; i++)
    print_message("line %d: %s\n", map->net.remarks[i].line, map->net.remarks[i].text);
  return 0;
}

const char *map_road_text(const char *attributes, const char *links, const char *plan,
                          const char *lanes, const char *more) {
  static char texts[8][8192];
  static int next;
  char *text = texts[next = (next + 1) % 8];
  snprintf(text, sizeof texts[0],
           "<road %s><link>%s</link><planView>%s</planView><lanes>%s</lanes>%s</road>\n",
           attributes, links, plan, lanes, more);
  return text;
}
