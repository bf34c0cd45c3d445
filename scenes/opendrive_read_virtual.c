// SPDX-License-Identifier: Apache-2.0
// <junction type="virtual">: a main road that goes on through it as one road. The model cuts it:
// what lies between sStart and sEnd is the way straight through, and connecting roads join the
// pieces before and after it.
#include <math.h>
#include <string.h>

#include "scenes/opendrive_reader.h"

static const double APART_M = 1;    // of what is cut, at least
static const double SAME_M = 0.001; // of places along the main road

static bool has_connecting_roads(const map_junction *junction) {
  for (const xmlNode *at = map_first(junction->node); at; at = map_next(at))
    if (map_is(at, "connection") && map_text(at, "connectingRoad"))
      return true;
  return false;
}

// Whether nothing else is cut on its stretch of the main road, or next to it.
static bool has_room(const map_reader *r, const map_junction *junction) {
  double begin = junction->begin_m - APART_M, end = junction->end_m + APART_M;
  if (begin < 0 || end > r->roads[junction->main].length_m)
    return false;
  for (int i = 0; i < r->cut_count; i++)
    if (r->cuts[i].map == junction->main && r->cuts[i].s_m > begin && r->cuts[i].s_m < end)
      return false;
  for (const map_junction *other = r->junctions; other < junction; other++)
    if (other->type == MAP_VIRTUAL && other->number && other->main == junction->main &&
        other->begin_m < end && other->end_m > begin)
      return false;
  return true;
}

static bool find_virtual(map_reader *r, map_junction *junction) {
  const xmlNode *node = junction->node;
  const char *name = map_need(r, node, "mainRoad");
  const map_road *main = map_find_road(r, name);
  junction->begin_m = map_number(r, node, "sStart", 1e7, NAN);
  junction->end_m = map_number(r, node, "sEnd", 1e7, NAN);
  if (r->code != STATUS_OK)
    return false;
  if (!main)
    return map_fail(r, node, "there is no road \"%.40s\"", name);
  if (!(junction->begin_m >= -SAME_M && junction->begin_m <= junction->end_m &&
        junction->end_m <= main->length_m + SAME_M))
    return map_fail(r, node, "sStart=%.10g and sEnd=%.10g are no stretch of road \"%.40s\"",
                    junction->begin_m, junction->end_m, name);
  junction->main = (int)(main - r->roads);
  if (!has_connecting_roads(junction)) {
    map_remark(r, node, "a virtual junction without connecting roads is left out");
    return true;
  }
  if (main->junction || junction->end_m - junction->begin_m < APART_M || !has_room(r, junction)) {
    map_remark(r, node,
               "a virtual junction less than %.0f m long, or as near to another junction, is left "
               "out",
               APART_M);
    return true;
  }
  junction->number = road_builder_junction(r->b, 0, 0);
  if (!junction->number)
    return map_fail_memory(r);
  return map_cut_at(r, main, junction->begin_m) && map_cut_at(r, main, junction->end_m);
}

bool map_find_virtual(map_reader *r) {
  for (int i = 0; i < r->junction_count; i++)
    if (r->junctions[i].type == MAP_VIRTUAL && !find_virtual(r, &r->junctions[i]))
      return false;
  return r->code == STATUS_OK;
}

// Of a main road's pieces, the one that begins at s; 0 when none does.
static int piece_from(const map_reader *r, const map_road *map, double s) {
  int lo = map->first, hi = map->last;
  while (lo < hi) {
    int middle = (lo + hi) / 2;
    if (r->pieces[middle - 1].begin_m < s - SAME_M)
      lo = middle + 1;
    else
      hi = middle;
  }
  return fabs(r->pieces[lo - 1].begin_m - s) <= SAME_M ? lo : 0;
}

// What leads to a junction knows it, and not its lanes; these know who leads to them.
static void end_lanes(road_network *net, const road *outside, const road *way, bool at_end) {
  const road_section *section = &net->sections[outside->section_first];
  for (int i = 0; i < section->lane_count; i++) {
    road_lane *lane = &net->lanes[section->lane_first + i];
    int *link = at_end ? &lane->successor : &lane->predecessor;
    road_lane *next = (road_lane *)road_lane_find(net, &net->sections[way->section_first], *link);
    if (next && next->id) {
      int *back = at_end ? &next->predecessor : &next->successor;
      *back = *back ? *back : lane->id;
    }
    *link = 0;
  }
}

void map_make_through(map_reader *r) {
  road_network *net = &r->b->net;
  for (int i = 0; i < r->junction_count; i++) {
    map_junction *junction = &r->junctions[i];
    if (junction->type != MAP_VIRTUAL || !junction->number)
      continue;
    const map_road *main = &r->roads[junction->main];
    int first = piece_from(r, main, junction->begin_m),
        after = piece_from(r, main, junction->end_m);
    if (first <= main->first || after <= first) {
      map_remark(r, junction->node,
                 "a virtual junction at a lane section of less than 0.1 m has "
                 "no way straight through");
      continue;
    }
    for (int id = first; id < after; id++)
      net->roads[id - 1].junction = junction->number;
    road *before = &net->roads[first - 2], *beyond = &net->roads[after - 1];
    end_lanes(net, before, &net->roads[first - 1], true);
    end_lanes(net, beyond, &net->roads[after - 2], false);
    before->successor = beyond->predecessor =
        (road_link){ROAD_LINK_JUNCTION, junction->number, false};
  }
}

road_link map_link_inside(const map_reader *r, int junction, const map_link *link,
                          bool predecessor) {
  const map_road *map = map_find_road((map_reader *)r, link->id);
  const road_network *net = &r->b->net;
  int piece = piece_from(r, map, link->s_m);
  // A road that comes from there along s, or leads there against it, joins what lies before it.
  bool before = predecessor == link->along;
  int id = before ? piece - 1 : piece;
  if (piece <= map->first || id < map->first)
    return (road_link){0};
  const road *outside = &net->roads[id - 1], *way = &net->roads[(before ? piece : piece - 1) - 1];
  if (outside->junction || !junction || way->junction != junction)
    return (road_link){0};
  return (road_link){ROAD_LINK_ROAD, id, before};
}
