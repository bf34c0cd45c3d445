// SPDX-License-Identifier: Apache-2.0
// Roads of the network: one for each lane section of a <road>, so that whoever reads the
// network meets one cross-section a road. Links between them and to others.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "scenes/opendrive_reader.h"

static const double LEAST_SECTION_M = 0.1; // shorter ones go to the one before
static const double WIDEST_M = 60e3;       // of a map
static const double FARTHEST_M = 20e3;     // from the origin; a float still has millimetres
static const double CRUMB_M = 1e-4;        // shorter pieces aren't made

// Pieces ----------------------------------------------------------------------

static bool add_geometry(map_reader *r, road *out, const road_geometry *g, double s0, double from,
                         double to) {
  road_network *net = &r->b->net;
  double end = to >= g->s_m + g->length_m ? g->length_m : to - g->s_m;
  road_geometry piece = road_geometry_part(g, from - g->s_m, end);
  piece.s_m = from - s0;
  if (!ARRAY_RESERVE(net->geometries, r->b->geometry_capacity, net->geometry_count + 1))
    return map_fail_memory(r);
  net->geometries[net->geometry_count++] = piece;
  out->geometry_count++;
  return true;
}

// The part of the reference line from s0 to s1.
static bool add_line(map_reader *r, const map_road *map, road *out, double s0, double s1) {
  out->geometry_first = r->b->net.geometry_count;
  for (int i = 0; i < map->geometry_count; i++) {
    const road_geometry *g = &r->geometries[map->geometry_first + i];
    bool last = i + 1 == map->geometry_count;
    double from = fmax(s0, g->s_m), to = fmin(s1, last ? map->length_m : g[1].s_m);
    if (from >= to - CRUMB_M && (!last || out->geometry_count > 0))
      continue;
    // Lengths in files are rounded: what ends where its piece does is the piece.
    double end = fabs(to - g->s_m - g->length_m) < CRUMB_M ? g->s_m + g->length_m : to;
    if (!add_geometry(r, out, g, s0, from, end))
      return false;
  }
  return true;
}

// Polynomials of a list from s0 on, with s counted from there.
static bool add_polys(map_reader *r, road_poly3 **items, int *count, int *capacity,
                      const road_poly3 *first, int first_count, double s0, double s1, int *added) {
  int i = first_count > 0 ? map_poly_at(first, first_count, s0) : 0;
  *added = 0;
  for (; i < first_count; i++) {
    road_poly3 p = first[i];
    if (i + 1 < first_count && first[i + 1].s_m == p.s_m)
      continue; // the later record of the same s rules
    if (p.s_m >= s1 && *added > 0)
      break;
    if (p.s_m < s0)
      p = road_poly_from(&p, s0);
    p.s_m -= s0;
    if (!ARRAY_RESERVE(*items, *capacity, *count + 1))
      return map_fail_memory(r);
    (*items)[(*count)++] = p;
    ++*added;
  }
  return true;
}

// Sections --------------------------------------------------------------------

static road_lane *find_lane(road_network *net, int section, int id) {
  return (road_lane *)road_lane_find(net, &net->sections[section], id);
}

// The lane that `id` of section `from` is in section `to`, by the links in between.
static int follow_lane(road_network *net, int id, int from, int to) {
  int step = to > from ? 1 : -1;
  for (int section = from; section != to && id; section += step) {
    const road_lane *lane = find_lane(net, section, id);
    id = !lane ? 0 : step > 0 ? lane->successor : lane->predecessor;
  }
  return id;
}

// Lane links of a section lead over neighbours that are too short to be roads.
static void bridge(road_network *net, int section, int before, int after) {
  const road_section *sec = &net->sections[section];
  for (int i = 0; i < sec->lane_count; i++) {
    road_lane *lane = &net->lanes[sec->lane_first + i];
    if (lane->successor && after > section)
      lane->successor = follow_lane(net, lane->successor, section + 1, after);
    if (lane->predecessor && before < section)
      lane->predecessor = follow_lane(net, lane->predecessor, section - 1, before);
  }
}

static int add_road(map_reader *r, const map_road *map, int section, double s0, double s1,
                    int junction) {
  road_builder *b = r->b;
  road_network *net = &b->net;
  if (!ARRAY_RESERVE(net->roads, b->road_capacity, net->road_count + 1) ||
      !ARRAY_RESERVE(b->notes, b->note_capacity, net->road_count + 1) ||
      !ARRAY_RESERVE(r->pieces, r->piece_capacity, net->road_count + 1))
    return map_fail_memory(r);
  road out = {.id = net->road_count + 1,
              .class = map->class,
              .length_m = s1 - s0,
              .elevation_first = net->elevation_count,
              .bank_first = net->bank_count,
              .offset_first = net->offset_count,
              .section_first = section,
              .section_count = 1,
              .junction = junction};
  if (!add_line(r, map, &out, s0, s1) ||
      !add_polys(r, &net->elevations, &net->elevation_count, &b->elevation_capacity,
                 &r->polys[map->elevation_first], map->elevation_count, s0, s1,
                 &out.elevation_count) ||
      !add_polys(r, &net->banks, &net->bank_count, &b->bank_capacity, &r->polys[map->bank_first],
                 map->bank_count, s0, s1, &out.bank_count) ||
      !add_polys(r, &net->offsets, &net->offset_count, &b->offset_capacity,
                 &r->polys[map->offset_first], map->offset_count, s0, s1, &out.offset_count))
    return 0;
  net->sections[section].s_m = 0;
  b->notes[net->road_count] = (road_note){0};
  r->pieces[net->road_count] = (map_piece){(int)(map - r->roads), s0};
  net->roads[net->road_count++] = out;
  return out.id;
}

static int next_kept(const map_reader *r, const map_road *map, int section) {
  const road_section *first = &r->b->net.sections[map->section_first];
  for (int i = section + 1; i < map->section_count; i++) {
    double end = i + 1 < map->section_count ? first[i + 1].s_m : map->length_m;
    if (end - first[i].s_m >= LEAST_SECTION_M)
      return i;
  }
  return map->section_count;
}

int map_outer_section(const map_reader *r, const map_road *map, bool last, double *begin,
                      double *end) {
  const road_section *first = &r->b->net.sections[map->section_first];
  int kept = -1, next = next_kept(r, map, -1);
  for (; next < map->section_count; next = next_kept(r, map, next)) {
    kept = next;
    if (!last)
      break;
  }
  kept = kept < 0 ? 0 : kept;
  *begin = first[kept].s_m;
  *end = kept + 1 < map->section_count ? first[kept + 1].s_m : map->length_m;
  return kept;
}

static bool add_sections(map_reader *r, map_road *map, int junction) {
  road_network *net = &r->b->net;
  int all = map->section_count, first = map->section_first;
  int kept = next_kept(r, map, -1), before = -1;
  kept = kept == all ? 0 : kept;
  double s0 = 0;
  map->end_m = map->length_m;
  while (kept < all) {
    int after = next_kept(r, map, kept);
    double s1 = after < all ? net->sections[first + after].s_m : map->length_m;
    // Sections left out at the road's ends lead on to the linked road.
    bridge(net, first + kept, before < 0 ? first - 1 : first + before, first + after);
    int id = add_road(r, map, first + kept, s0, s1, junction);
    if (!id)
      return false;
    road *made = &net->roads[id - 1];
    if (before < 0)
      map->first = id;
    else
      made->predecessor = (road_link){ROAD_LINK_ROAD, id - 1, true};
    if (after < all)
      made->successor = (road_link){ROAD_LINK_ROAD, id + 1, false};
    map->last = id;
    before = kept;
    kept = after;
    s0 = s1;
  }
  return true;
}

// Links -----------------------------------------------------------------------

static void resolve(map_reader *r, const map_road *map, const map_link *link, road_link *out) {
  const road_network *net = &r->b->net;
  int own = net->roads[map->first - 1].junction;
  const map_junction *junction = NULL;
  map_road *other = NULL;
  if (link->kind == ROAD_LINK_JUNCTION)
    junction = map_find_junction(r, link->id);
  if (link->kind == ROAD_LINK_ROAD)
    other = map_find_road(r, link->id);
  if (!junction && !other) {
    // Maps are cut out of larger ones: roads end in the open there.
    if (link->kind != ROAD_LINK_NONE)
      map_remark(r, map->node, "a road that leads to what isn't in the file ends in the open");
    return;
  }
  if (other && link->inside) {
    *out = map_link_inside(r, own, link, link == &map->predecessor);
    if (out->kind == ROAD_LINK_NONE)
      map_remark(r, map->node,
                 "a road that joins another inside of it, but for the ends of a virtual junction, "
                 "ends in the open");
    return;
  }
  if (other && (own || !net->roads[other->first - 1].junction)) {
    *out = (road_link){ROAD_LINK_ROAD, link->at_end ? other->last : other->first, link->at_end};
    return;
  }
  // A road that links to a way through a junction meets the junction there.
  int number = other ? net->roads[other->first - 1].junction : junction->number;
  if (own) {
    map_remark(r, map->node, "a way through a junction that leads to a junction ends there");
    number = 0;
  }
  if (number)
    *out = (road_link){ROAD_LINK_JUNCTION, number, false};
}

// Maps in the coordinates of a country are moved to the origin by whole kilometres: pictures
// are made with floats.
static bool move_to_origin(map_reader *r) {
  const xmlNode *root = xmlDocGetRootElement(r->doc);
  double lo[2] = {INFINITY, INFINITY}, hi[2] = {-INFINITY, -INFINITY};
  for (int i = 0; i < r->geometry_count; i++) {
    const road_geometry *g = &r->geometries[i];
    road_place end = road_geometry_at(g, g->length_m);
    lo[0] = fmin(lo[0], fmin(g->x_m, end.x_m)), hi[0] = fmax(hi[0], fmax(g->x_m, end.x_m));
    lo[1] = fmin(lo[1], fmin(g->y_m, end.y_m)), hi[1] = fmax(hi[1], fmax(g->y_m, end.y_m));
  }
  double wide = fmax(hi[0] - lo[0], hi[1] - lo[1]);
  if (!(wide <= WIDEST_M))
    return map_fail(r, root, "the map is %.0f km wide; the most is %.0f km", wide / 1000,
                    WIDEST_M / 1000);
  double far = fmax(fmax(fabs(lo[0]), fabs(hi[0])), fmax(fabs(lo[1]), fabs(hi[1])));
  if (far <= FARTHEST_M)
    return true;
  r->east_m = 1000 * round((lo[0] + hi[0]) / 2000);
  r->north_m = 1000 * round((lo[1] + hi[1]) / 2000);
  for (int i = 0; i < r->geometry_count; i++) {
    r->geometries[i].x_m -= r->east_m;
    r->geometries[i].y_m -= r->north_m;
  }
  map_remark(r, root, "%.0f m east and %.0f m north are taken off all coordinates", r->east_m,
             r->north_m);
  return r->code == STATUS_OK;
}

bool map_build_roads(map_reader *r) {
  if (!move_to_origin(r))
    return false;
  for (int i = 0; i < r->road_count; i++) {
    map_road *map = &r->roads[i];
    const map_junction *junction = map->junction ? map_find_junction(r, map->junction) : NULL;
    if (map->junction && !junction)
      return map_fail(r, map->node,
                      "road \"%.40s\" is in junction \"%.40s\", which isn't in the file", map->id,
                      map->junction);
    if (!add_sections(r, map, junction ? junction->number : 0))
      return false;
  }
  if (!map_make_forks(r))
    return false;
  map_make_through(r);
  for (int i = 0; i < r->road_count; i++) {
    const map_road *map = &r->roads[i];
    road *roads = r->b->net.roads;
    resolve(r, map, &map->predecessor, &roads[map->first - 1].predecessor);
    resolve(r, map, &map->successor, &roads[map->last - 1].successor);
  }
  road_derive_ends(r->b);
  r->ends = calloc((size_t)r->b->net.road_count + 1, sizeof *r->ends);
  return r->ends || map_fail_memory(r);
}

map_place map_place_at(const map_reader *r, const map_road *map, double s, int direction) {
  const road *first = &r->b->net.roads[map->first - 1];
  bool at_end = direction ? direction > 0 : s > map->length_m / 2;
  map_place place = {.road = at_end ? map->last : map->first,
                     .at_end = at_end,
                     .out_m = at_end ? map->end_m - s : s - map->begin_m};
  // What stands on a way through a junction is for those who come in on it.
  const road_link *in =
      direction > 0 ? &first->predecessor : &r->b->net.roads[map->last - 1].successor;
  if (first->junction && direction && in->kind == ROAD_LINK_ROAD)
    place = (map_place){.road = in->id, .at_end = in->at_end, .out_m = 0};
  return place;
}
