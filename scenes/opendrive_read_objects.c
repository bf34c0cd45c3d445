// SPDX-License-Identifier: Apache-2.0
// <objects>: crosswalks that lie across a road where it meets a junction; places to park.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "scenes/opendrive_reader.h"
#include "scenes/road_ends.h"

static const double FAR_M = 1e6;
static const double REACH_M = 30; // of a crosswalk, from the end of its road
static const double BAY_LENGTH_M[2] = {2, 25}, BAY_WIDTH_M[2] = {1.2, 12}, BAY_ASIDE_M = 60;
enum { CORNERS = 64 };

typedef struct crossing {
  const xmlNode *node;
  const map_road *road;
  long order; // its id as a number, or after all numbers
} crossing;

typedef struct crossing_list {
  int count, capacity;
  crossing *items;
} crossing_list;

static long id_order(const xmlNode *node) {
  const char *id = map_text(node, "id");
  char *end = NULL;
  long order = id ? strtol(id, &end, 10) : 0;
  return id && *id && !*end && order >= 0 ? order : 0x7fffffff;
}

// s and t of the outline's corners; their number, 0 after an error.
static int read_corners(map_reader *r, const crossing *c, double (*corners)[2]) {
  const xmlNode *node = c->node, *outline = map_child(map_child(node, "outlines"), "outline");
  double s = map_number(r, node, "s", FAR_M, NAN), t = map_number(r, node, "t", FAR_M, NAN);
  double hdg = map_number(r, node, "hdg", 1e4, 0), cs = cos(hdg), sn = sin(hdg);
  int count = 0;
  outline = outline ? outline : map_child(node, "outline");
  for (const xmlNode *at = map_first(outline); at && count < CORNERS; at = map_next(at)) {
    double u = 0, v = 0;
    if (map_is(at, "cornerRoad")) {
      corners[count][0] = map_number(r, at, "s", FAR_M, NAN);
      corners[count++][1] = map_number(r, at, "t", FAR_M, NAN);
    } else if (map_is(at, "cornerLocal")) {
      u = map_number(r, at, "u", FAR_M, NAN);
      v = map_number(r, at, "v", FAR_M, NAN);
      corners[count][0] = s + u * cs - v * sn;
      corners[count++][1] = t + u * sn + v * cs;
    }
  }
  if (r->code == STATUS_OK && count == 0) { // a box around its place
    double length = map_number(r, node, "length", 1e3, NAN) / 2;
    double width = map_number(r, node, "width", 1e3, NAN) / 2;
    for (; count < 4; count++) {
      double u = count == 0 || count == 3 ? -length : length, v = count < 2 ? -width : width;
      corners[count][0] = s + u * cs - v * sn;
      corners[count][1] = t + u * sn + v * cs;
    }
  }
  return r->code == STATUS_OK ? count : 0;
}

// The corner of the outline that is furthest towards s * along + t * across.
static const double *extreme(double (*corners)[2], int count, double along, double across) {
  const double *best = corners[0];
  for (int i = 1; i < count; i++)
    if (corners[i][0] * along + corners[i][1] * across > best[0] * along + best[1] * across)
      best = corners[i];
  return best;
}

static bool add_crosswalk(map_reader *r, const crossing *c) {
  road_network *net = &r->b->net;
  double corners[CORNERS][2], middle = 0;
  int count = read_corners(r, c, corners);
  if (count == 0)
    return false;
  for (int i = 0; i < count; i++)
    middle += corners[i][0] / count;
  map_place place = map_place_at(r, c->road, middle, 0);
  const road *way = &net->roads[place.road - 1];
  const road_link *link = place.at_end ? &way->successor : &way->predecessor;
  road_note *note = &r->b->notes[place.road - 1];
  if (way->junction || !road_meets_junction(net, link) || place.out_m < 0 ||
      place.out_m > fmin(REACH_M, way->length_m - 1)) {
    map_remark(r, c->node, "a crosswalk that isn't where a road meets a junction is left out");
    return true;
  }
  if (note->crosswalk[place.at_end]) {
    map_remark(r, c->node, "a second crosswalk at the same end of a road is left out");
    return true;
  }
  // Looking out of the junction: right and near, right and far, left and far, left and near.
  double out = place.at_end ? -1 : 1, left = place.at_end ? -1 : 1;
  const double *at[4] = {extreme(corners, count, -out, -left), extreme(corners, count, out, -left),
                         extreme(corners, count, out, left), extreme(corners, count, -out, left)};
  if (!ARRAY_RESERVE(net->crosswalks, r->b->crosswalk_capacity, net->crosswalk_count + 1))
    return map_fail_memory(r);
  road_crosswalk *walk = &net->crosswalks[net->crosswalk_count++];
  *walk = (road_crosswalk){.id = net->crosswalk_count, .junction = link->id};
  double start = r->pieces[place.road - 1].begin_m;
  for (int i = 0; i < 4; i++)
    walk->corners[i] = road_point_at(net, way, at[i][0] - start, at[i][1]);
  double near = (at[0][0] + at[3][0]) / 2, far = (at[1][0] + at[2][0]) / 2;
  note->crosswalk[place.at_end] = walk->id;
  note->walk_near_m[place.at_end] = fmax(0, place.at_end ? c->road->end_m - near : near - start);
  note->walk_far_m[place.at_end] =
      fmin(way->length_m, place.at_end ? c->road->end_m - far : far - start);
  return true;
}

static int compare(const void *a, const void *b) {
  const crossing *x = a, *y = b;
  if (x->order != y->order)
    return x->order < y->order ? -1 : 1;
  return map_line(x->node) - map_line(y->node);
}

static void cover(map_reader *r, const xmlNode *at, int id, double s, double length) {
  road *way = &r->b->net.roads[id - 1];
  double begin = r->pieces[id - 1].begin_m, end = begin + way->length_m;
  double covered = fmin(end, s + length) - fmax(begin, s);
  if (covered > way->length_m / 2)
    way->structure = map_is(at, "bridge") ? ROAD_BRIDGE : ROAD_TUNNEL;
  if (covered > 1 && covered < way->length_m - 1)
    map_remark(r, at, "a <%.40s> that doesn't end where a lane section does ends at the nearest",
               (const char *)at->name);
}

// The roads that lie on a bridge or in a tunnel for the most part.
static bool add_structure(map_reader *r, const map_road *map, const xmlNode *at) {
  double s = map_number(r, at, "s", 1e7, NAN), length = map_number(r, at, "length", 1e7, NAN);
  if (r->code != STATUS_OK)
    return false;
  for (int id = map->first; id <= map->last; id++)
    cover(r, at, id, s, length);
  for (int end = 0; end < 2; end++) {
    const map_fork *fork = &map->forks[end];
    if (fork->road)
      cover(r, at, fork->road, s, length);
    for (int i = 0; i < fork->more_count; i++)
      cover(r, at, fork->more_first + i, s, length);
  }
  return true;
}

// Its box: by its length and width or, where those aren't said, by its outline.
static bool read_bay_box(map_reader *r, const crossing *c, road_bay *bay) {
  bay->s_m = map_number(r, c->node, "s", FAR_M, NAN);
  bay->t_m = map_number(r, c->node, "t", FAR_M, NAN);
  bay->heading_rad = angle_wrap(map_number(r, c->node, "hdg", 1e4, 0));
  bay->length_m = map_number(r, c->node, "length", FAR_M, 0);
  bay->width_m = map_number(r, c->node, "width", FAR_M, 0);
  if (r->code != STATUS_OK || (bay->length_m > 0 && bay->width_m > 0))
    return r->code == STATUS_OK;
  double corners[CORNERS][2], lo[2] = {INFINITY, INFINITY}, hi[2] = {-INFINITY, -INFINITY};
  double cs = cos(bay->heading_rad), sn = sin(bay->heading_rad);
  int count = read_corners(r, c, corners);
  for (int i = 0; i < count; i++) {
    double ds = corners[i][0] - bay->s_m, dt = corners[i][1] - bay->t_m;
    double at[2] = {ds * cs + dt * sn, dt * cs - ds * sn};
    for (int k = 0; k < 2; k++)
      lo[k] = fmin(lo[k], at[k]), hi[k] = fmax(hi[k], at[k]);
  }
  double u = (lo[0] + hi[0]) / 2, v = (lo[1] + hi[1]) / 2;
  bay->s_m += u * cs - v * sn;
  bay->t_m += u * sn + v * cs;
  bay->length_m = hi[0] - lo[0];
  bay->width_m = hi[1] - lo[1];
  return count > 0;
}

static bool add_bay(map_reader *r, const crossing *c) {
  road_bay bay = {0};
  if (!read_bay_box(r, c, &bay))
    return false;
  map_place place = map_place_at(r, c->road, bay.s_m, 0);
  const road *on = &r->b->net.roads[place.road - 1];
  double s = place.at_end ? on->length_m - place.out_m : place.out_m;
  bool sized = bay.length_m >= BAY_LENGTH_M[0] && bay.length_m <= BAY_LENGTH_M[1] &&
               bay.width_m >= BAY_WIDTH_M[0] && bay.width_m <= BAY_WIDTH_M[1];
  if (on->junction || !sized || fabs(bay.t_m) > BAY_ASIDE_M || s < 0 || s > on->length_m) {
    map_remark(r, c->node, "a parking space %s is left out",
               on->junction ? "in a junction"
               : sized      ? "far from its road"
                            : "of no vehicle's size");
    return true;
  }
  const char *access = map_text(map_child(c->node, "parkingSpace"), "access");
  bay.accessible = access && strcmp(access, "handicapped") == 0;
  bay.road = on->id;
  bay.s_m = s;
  road_builder_bay(r->b, &bay);
  return !r->b->failed || map_fail_memory(r);
}

static int by_road(const void *a, const void *b) {
  const road_bay *x = a, *y = b;
  return x->road != y->road ? (x->road > y->road) - (x->road < y->road) : x->id - y->id;
}

static void sort_bays(road_network *net) {
  if (net->bay_count > 0)
    qsort(net->bays, (size_t)net->bay_count, sizeof *net->bays, by_road);
  for (int i = 0; i < net->bay_count; i++)
    net->bays[i].id = i + 1;
}

static bool find_crossings(map_reader *r, crossing_list *list) {
  static const char *const known[] = {"object", "bridge", "tunnel", NULL};
  for (int i = 0; i < r->road_count; i++) {
    const xmlNode *objects = map_child(r->roads[i].node, "objects");
    for (xmlNode *at = map_first(objects); at; at = map_next(at)) {
      const char *type = map_text(at, "type");
      if ((map_is(at, "bridge") || map_is(at, "tunnel")) && !add_structure(r, &r->roads[i], at))
        return false;
      if (!map_is(at, "object"))
        continue;
      if (type && strcmp(type, "parkingSpace") == 0) {
        if (!add_bay(r, &(crossing){.node = at, .road = &r->roads[i]}))
          return false;
        continue;
      }
      if (!type || strcmp(type, "crosswalk") != 0) {
        map_remark(r, at, "objects of type \"%.40s\" are left out", type ? type : "");
        continue;
      }
      if (!ARRAY_RESERVE(list->items, list->capacity, list->count + 1))
        return map_fail_memory(r);
      list->items[list->count++] = (crossing){at, &r->roads[i], id_order(at)};
    }
    if (objects)
      map_remark_others(r, objects, known);
  }
  return true;
}

bool map_read_objects(map_reader *r) {
  crossing_list list = {0};
  bool ok = find_crossings(r, &list);
  sort_bays(&r->b->net);
  // Numbered in the order of their ids, so that what was written gets its numbers back.
  if (ok && list.count > 0)
    qsort(list.items, (size_t)list.count, sizeof *list.items, compare);
  for (int i = 0; i < list.count && ok; i++)
    ok = add_crosswalk(r, &list.items[i]);
  free(list.items);
  return ok;
}
