// SPDX-License-Identifier: Apache-2.0
#include "scenes/opendrive_read.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "scenes/opendrive_names.h"
#include "scenes/opendrive_reader.h"

enum { ROADS = 50000, JUNCTIONS = 5000 };

// Whole file ------------------------------------------------------------------

static bool check_header(map_reader *r, const xmlNode *root) {
  static const char *const known[] = {NULL};
  const xmlNode *header = map_child(root, "header");
  if (!map_is(root, "OpenDRIVE"))
    return map_fail(r, root, "is <%.40s>, not <OpenDRIVE>", (const char *)root->name);
  if (!header)
    return map_fail(r, root, "<OpenDRIVE> has no <header>");
  int major = map_whole(r, header, "revMajor"), minor = map_whole(r, header, "revMinor");
  if (r->code == STATUS_OK && (major != 1 || minor < 1 || minor > 8))
    return map_fail(r, header, "is OpenDRIVE %d.%d; 1.4 to 1.8 are understood", major, minor);
  if (r->code == STATUS_OK && minor < 4)
    map_remark(r, header, "is OpenDRIVE 1.%d and read as if it were 1.4", minor);
  map_remark_others(r, header, known);
  return r->code == STATUS_OK;
}

static bool add_junction(map_reader *r, xmlNode *node) {
  if (r->junction_count == JUNCTIONS)
    return map_fail(r, node, "more than %d junctions", JUNCTIONS);
  if (!ARRAY_RESERVE(r->junctions, r->junction_capacity, r->junction_count + 1))
    return map_fail_memory(r);
  map_junction *junction = &r->junctions[r->junction_count];
  *junction = (map_junction){.node = node, .id = map_need(r, node, "id")};
  if (r->code == STATUS_OK && map_find_junction(r, junction->id))
    return map_fail(r, node, "junction \"%.40s\" is there twice", junction->id);
  r->junction_count++;
  const char *type = map_text(node, "type");
  if (type && strcmp(type, "direct") == 0)
    junction->type = MAP_DIRECT;
  else if (type && strcmp(type, "virtual") == 0)
    junction->type = MAP_VIRTUAL;
  else if (r->code == STATUS_OK && type && strcmp(type, "default") != 0) {
    map_remark(r, node, "a junction of type \"%.40s\" is left out", type);
    return true;
  }
  if (junction->type == MAP_VIRTUAL) // has a number once its main road is known
    return r->code == STATUS_OK;
  if (r->code == STATUS_OK)
    junction->number = road_builder_junction(r->b, 0, 0);
  if (r->code != STATUS_OK || !junction->number)
    return r->code == STATUS_OK && map_fail_memory(r);
  // Forks are asked for before the kinds of other junctions are known.
  const char *kind = map_user_data(node, OPENDRIVE_KIND);
  if (junction->type == MAP_DIRECT || (kind && opendrive_junction_kind(kind) == JUNCTION_FORK))
    r->b->net.junctions[junction->number - 1].kind = JUNCTION_FORK;
  return true;
}

static int compare_ids(const void *a, const void *b, void *context) {
  const map_reader *r = context;
  int i = *(const int *)a, k = *(const int *)b;
  int order = strcmp(r->roads[i].id, r->roads[k].id);
  return order ? order : i - k;
}

static bool sort_roads(map_reader *r) {
  r->by_id = malloc(sizeof *r->by_id * ((size_t)r->road_count + 1));
  if (!r->by_id)
    return map_fail_memory(r);
  for (int i = 0; i < r->road_count; i++)
    r->by_id[i] = i;
  qsort_r(r->by_id, (size_t)r->road_count, sizeof *r->by_id, compare_ids, r);
  for (int i = 1; i < r->road_count; i++) {
    const map_road *map = &r->roads[r->by_id[i]];
    if (strcmp(map->id, r->roads[r->by_id[i - 1]].id) == 0)
      return map_fail(r, map->node, "road \"%.40s\" is there twice", map->id);
  }
  return true;
}

map_road *map_find_road(map_reader *r, const char *id) {
  int lo = 0, hi = r->road_count - 1;
  while (lo <= hi) {
    int middle = (lo + hi) / 2, order = strcmp(r->roads[r->by_id[middle]].id, id);
    if (order == 0)
      return &r->roads[r->by_id[middle]];
    if (order < 0)
      lo = middle + 1;
    else
      hi = middle - 1;
  }
  return NULL;
}

map_junction *map_find_junction(map_reader *r, const char *id) {
  for (int i = 0; i < r->junction_count; i++)
    if (strcmp(r->junctions[i].id, id) == 0)
      return &r->junctions[i];
  return NULL;
}

static bool read_all(map_reader *r) {
  static const char *const known[] = {"header", "road", "junction", "controller", NULL};
  xmlNode *root = xmlDocGetRootElement(r->doc);
  if (!check_header(r, root))
    return false;
  for (xmlNode *node = map_first(root); node; node = map_next(node)) {
    if (map_is(node, "road") && r->road_count == ROADS)
      return map_fail(r, node, "more than %d roads", ROADS);
    if (map_is(node, "road") && !map_read_road(r, node))
      return false;
    if (map_is(node, "junction") && !add_junction(r, node))
      return false;
  }
  map_remark_others(r, root, known);
  if (r->road_count == 0)
    return map_fail(r, root, "has no roads");
  for (int i = 0; i < r->road_count && r->b->net.left_hand; i++)
    if (!map_text(r->roads[i].node, "rule"))
      map_remark(r, r->roads[i].node, "a road without a rule keeps left, as the others do");
  return sort_roads(r) && map_find_branches(r) && map_find_virtual(r) && map_cut_sections(r) &&
         map_build_roads(r) && map_read_connections(r) && map_leave_narrow(r) &&
         map_read_objects(r) && map_read_signals(r) && map_finish_junctions(r);
}

status opendrive_read_text(road_builder *b, const char *name, const char *text, size_t size,
                           trouble *why) {
  map_reader r = {.name = name, .b = b, .why = why};
  if (map_parse(&r, "OpenDRIVE", text, size) && !read_all(&r) && r.code == STATUS_OK)
    map_fail_memory(&r);
  if (r.code == STATUS_OK && b->failed)
    map_fail_memory(&r);
  free(r.ends);
  free(r.pieces);
  free(r.branches);
  free(r.cuts);
  free(r.polys);
  free(r.geometries);
  free(r.junctions);
  free(r.by_id);
  free(r.roads);
  xmlFreeDoc(r.doc);
  return r.code;
}
