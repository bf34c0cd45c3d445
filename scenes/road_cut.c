// SPDX-License-Identifier: Apache-2.0
// Cutting a road across: where lanes open or close, one road ends and another goes on.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "scenes/road_builder.h"

static const double THIN_M = 1e-6; // lanes narrower than that aren't there

// A copy of the road as it was: it is taken off the builder's arrays and put back in pieces.
typedef struct uncut {
  road road;
  road_note note;
  road_section section;
  road_geometry *geometries;
  road_poly3 *elevations, *banks, *offsets, *widths;
  road_lane *lanes;
  int width_first;
} uncut;

static void *copy_of(const void *from, size_t size, bool *failed) {
  void *copy = malloc(size + 1);
  if (!copy)
    *failed = true;
  else if (size > 0)
    memcpy(copy, from, size);
  return copy;
}

static void lift(road_builder *b, uncut *u) {
  road_network *net = &b->net;
  u->road = net->roads[net->road_count - 1];
  u->note = b->notes[net->road_count - 1];
  u->section = net->sections[u->road.section_first];
  u->width_first = net->lanes[u->section.lane_first].width_first;
  for (int i = 0; i < u->section.lane_count; i++)
    if (net->lanes[u->section.lane_first + i].width_count > 0)
      u->width_first = (int)fmin(u->width_first, net->lanes[u->section.lane_first + i].width_first);
#define COPY(items, first, count)                                                                  \
  u->items = copy_of(net->items ? &net->items[first] : NULL, sizeof *net->items * (size_t)(count), \
                     &b->failed)
  COPY(geometries, u->road.geometry_first, u->road.geometry_count);
  COPY(elevations, u->road.elevation_first, u->road.elevation_count);
  COPY(banks, u->road.bank_first, u->road.bank_count);
  COPY(offsets, u->road.offset_first, u->road.offset_count);
  COPY(widths, u->width_first, net->width_count - u->width_first);
  COPY(lanes, u->section.lane_first, u->section.lane_count);
#undef COPY
  net->road_count--;
  net->section_count--;
  net->geometry_count = u->road.geometry_first;
  net->elevation_count = u->road.elevation_first;
  net->bank_count = u->road.bank_first;
  net->offset_count = u->road.offset_first;
  net->width_count = u->width_first;
  net->lane_count = u->section.lane_first;
}

// The polynomials of [from, to], with s from `from` on.
static void cut_polys(road_builder *b, road_poly3 **items, int *count, int *capacity,
                      const road_poly3 *whole, int whole_count, double from, double to) {
  for (int i = 0; i < whole_count; i++) {
    road_poly3 p = whole[i];
    bool over = i + 1 < whole_count && whole[i + 1].s_m <= from + 1e-9;
    if (over || (p.s_m >= to - 1e-9 && p.s_m > from))
      continue;
    // What begins at the cut, but for rounding, begins there.
    road_poly3 moved = road_poly_from(&p, p.s_m > from + 1e-9 ? p.s_m : from);
    moved.s_m -= from;
    if (b->failed || !ARRAY_RESERVE(*items, *capacity, *count + 1)) {
      b->failed = true;
      return;
    }
    (*items)[(*count)++] = moved;
  }
}

static void cut_geometries(road_builder *b, const uncut *u, double from, double to) {
  road_network *net = &b->net;
  for (int i = 0; i < u->road.geometry_count; i++) {
    road_geometry g = u->geometries[i];
    double begin = fmax(from, g.s_m), end = fmin(to, g.s_m + g.length_m);
    if (end - begin < 1e-9)
      continue;
    double change = (g.curvature_end_pm - g.curvature_begin_pm) / g.length_m;
    road_place at = road_geometry_at(&g, begin - g.s_m);
    road_geometry piece = {.s_m = begin - from,
                           .x_m = at.x_m,
                           .y_m = at.y_m,
                           .heading_rad = at.heading_rad,
                           .length_m = end - begin,
                           .curvature_begin_pm = g.curvature_begin_pm + change * (begin - g.s_m),
                           .curvature_end_pm = g.curvature_begin_pm + change * (end - g.s_m)};
    if (g.curvature_begin_pm == g.curvature_end_pm)
      piece.curvature_begin_pm = piece.curvature_end_pm = g.curvature_begin_pm;
    if (b->failed ||
        !ARRAY_RESERVE(net->geometries, b->geometry_capacity, net->geometry_count + 1)) {
      b->failed = true;
      return;
    }
    net->geometries[net->geometry_count++] = piece;
    net->roads[net->road_count - 1].geometry_count++;
  }
}

static double width_of(const uncut *u, const road_lane *lane, double s) {
  road_network net = {.widths = u->widths};
  road_lane own = *lane;
  own.width_first -= u->width_first;
  return road_width_at(&net, &own, s);
}

static bool is_there(const uncut *u, const road_lane *lane, double from, double to) {
  return lane->id == 0 || width_of(u, lane, from) > THIN_M || width_of(u, lane, to) > THIN_M ||
         width_of(u, lane, (from + to) / 2) > THIN_M;
}

// The lane's id among those that are there; 0 for one that isn't.
static int number_of(const uncut *u, int id, double from, double to) {
  int number = 0, side = id < 0 ? -1 : 1;
  for (int k = side; k != id + side; k += side) {
    const road_lane *lane = &u->lanes[u->lanes[0].id - k];
    if (is_there(u, lane, from, to))
      number += side;
    else if (k == id)
      return 0;
  }
  return number;
}

// Where a lane opens at a cut, who wants into it comes out of the lane outward of it.
static int comes_from(const uncut *u, const road_lane *lane, double from, double to) {
  int outer = lane->id + (lane->id < 0 ? -1 : 1), index = u->lanes[0].id - outer;
  bool beside = index >= 0 && index < u->section.lane_count && u->lanes[index].type == lane->type;
  return beside && lane->type == LANE_DRIVING ? number_of(u, outer, from, to) : 0;
}

// Ids and links of a lane in piece k.
static void number_lane(const uncut *u, const road_lane *whole, const double *s, int pieces, int k,
                        road_lane *lane) {
  bool opens_here = width_of(u, whole, whole->id < 0 ? s[k] : s[k + 1]) <= THIN_M;
  bool before = k > 0 && width_of(u, whole, s[k]) > THIN_M;
  bool after = k + 1 < pieces && width_of(u, whole, s[k + 1]) > THIN_M;
  lane->id = number_of(u, whole->id, s[k], s[k + 1]);
  lane->predecessor = before ? number_of(u, whole->id, s[k - 1], s[k]) : 0;
  lane->successor = after ? number_of(u, whole->id, s[k + 1], s[k + 2]) : 0;
  if (opens_here && whole->id < 0 && k > 0)
    lane->predecessor = comes_from(u, whole, s[k - 1], s[k]);
  if (opens_here && whole->id > 0 && k + 1 < pieces)
    lane->successor = comes_from(u, whole, s[k + 1], s[k + 2]);
}

static void cut_lanes(road_builder *b, const uncut *u, const double *s, int pieces, int k) {
  road_network *net = &b->net;
  road_section *section = &net->sections[net->section_count - 1];
  for (int i = 0; i < u->section.lane_count && !b->failed; i++) {
    const road_lane *whole = &u->lanes[i];
    if (!is_there(u, whole, s[k], s[k + 1]))
      continue;
    road_lane lane = *whole;
    lane.width_first = net->width_count;
    int width_count = net->width_count;
    cut_polys(b, &net->widths, &width_count, &b->width_capacity,
              &u->widths[whole->width_first - u->width_first], whole->width_count, s[k], s[k + 1]);
    lane.width_count = width_count - net->width_count;
    net->width_count = width_count;
    if (lane.id != 0)
      number_lane(u, whole, s, pieces, k, &lane);
    if (b->failed || !ARRAY_RESERVE(net->lanes, b->lane_capacity, net->lane_count + 1)) {
      b->failed = true;
      return;
    }
    net->lanes[net->lane_count++] = lane;
    section->lane_count++;
  }
}

static void add_piece(road_builder *b, const uncut *u, const double *s, int pieces, int k) {
  road_network *net = &b->net;
  if (b->failed || !ARRAY_RESERVE(net->roads, b->road_capacity, net->road_count + 1) ||
      !ARRAY_RESERVE(b->notes, b->note_capacity, net->road_count + 1) ||
      !ARRAY_RESERVE(net->sections, b->section_capacity, net->section_count + 1)) {
    b->failed = true;
    return;
  }
  int id = net->road_count + 1;
  road r = u->road;
  r.id = id;
  r.length_m = s[k + 1] - s[k];
  r.geometry_first = net->geometry_count;
  r.elevation_first = net->elevation_count;
  r.bank_first = net->bank_count;
  r.offset_first = net->offset_count;
  r.section_first = net->section_count;
  r.geometry_count = r.elevation_count = r.bank_count = r.offset_count = 0;
  if (k > 0)
    r.predecessor = (road_link){ROAD_LINK_ROAD, id - 1, true};
  if (k + 1 < pieces)
    r.successor = (road_link){ROAD_LINK_ROAD, id + 1, false};
  b->notes[id - 1] = (road_note){0};
  b->notes[id - 1].left_lane[0] = k == 0 && u->note.left_lane[0];
  b->notes[id - 1].left_lane[1] = k + 1 == pieces && u->note.left_lane[1];
  net->roads[net->road_count++] = r;
  net->sections[net->section_count++] = (road_section){.lane_first = net->lane_count};
  cut_geometries(b, u, s[k], s[k + 1]);
  cut_polys(b, &net->elevations, &net->elevation_count, &b->elevation_capacity, u->elevations,
            u->road.elevation_count, s[k], s[k + 1]);
  cut_polys(b, &net->banks, &net->bank_count, &b->bank_capacity, u->banks, u->road.bank_count, s[k],
            s[k + 1]);
  cut_polys(b, &net->offsets, &net->offset_count, &b->offset_capacity, u->offsets,
            u->road.offset_count, s[k], s[k + 1]);
  road *added = &net->roads[id - 1];
  added->elevation_count = net->elevation_count - added->elevation_first;
  added->bank_count = net->bank_count - added->bank_first;
  added->offset_count = net->offset_count - added->offset_first;
  cut_lanes(b, u, s, pieces, k);
}

int road_builder_cut(road_builder *b, int road_id, const double *s_m, int count) {
  enum { MOST = 8 };
  if (b->failed || count == 0 || count > MOST)
    return b->failed ? 0 : road_id;
  uncut u = {0};
  double s[MOST + 2] = {0};
  memcpy(s + 1, s_m, sizeof *s * (size_t)count);
  s[count + 1] = b->net.roads[road_id - 1].length_m;
  lift(b, &u);
  for (int k = 0; k <= count && !b->failed; k++)
    add_piece(b, &u, s, count + 1, k);
  free(u.geometries);
  free(u.elevations);
  free(u.banks);
  free(u.offsets);
  free(u.widths);
  free(u.lanes);
  return b->failed ? 0 : b->net.road_count;
}
