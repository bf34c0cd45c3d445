// SPDX-License-Identifier: Apache-2.0
// Carrying out a closing: all roads are put down anew in their order, the closed one with a works
// lane beside its closed lane, cut where either begins or ends.
#include "scenes/road_works.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

enum { CUTS = 5 };

// Every array that roads have parts of: X(items, first, count of a road or lane, all, capacity).
#define ROAD_ARRAYS(X)                                                                             \
  X(geometries, geometry_count, geometry_capacity)                                                 \
  X(elevations, elevation_count, elevation_capacity)                                               \
  X(banks, bank_count, bank_capacity)                                                              \
  X(offsets, offset_count, offset_capacity)                                                        \
  X(sections, section_count, section_capacity)                                                     \
  X(lanes, lane_count, lane_capacity)                                                              \
  X(widths, width_count, width_capacity)

// The roads as they were, taken off the builder.
typedef struct old_roads {
  road_network net;
  road_note *notes;
} old_roads;

// A closing in terms of its road: ascending s, and which lane the works lie on which side of.
typedef struct plan {
  const road_closing *closing;
  bool along;          // the lane is driven along s
  bool driven;         // a driving lane narrows; else a strip becomes works as it is
  bool inner;          // the innermost lane is closed: works lie between it and the centre
  double width_m;      // of the lane
  double shrink_m[2];  // in s: where it narrows from and is gone
  double grow_m[2];    // and comes back
  double cuts_m[CUTS]; // ascending
  int cut_count;
} plan;

static old_roads take_roads(road_builder *b) {
  old_roads old = {b->net, b->notes};
#define X(items, count, capacity) b->net.items = NULL, b->net.count = 0, b->capacity = 0;
  ROAD_ARRAYS(X)
#undef X
  b->net.roads = NULL, b->net.road_count = 0, b->road_capacity = 0;
  b->notes = NULL, b->note_capacity = 0;
  return old;
}

static void free_roads(old_roads *old) {
#define X(items, count, capacity) free(old->net.items);
  ROAD_ARRAYS(X)
#undef X
  free(old->net.roads);
  free(old->notes);
}

// Appends to one of the builder's arrays and says where.
#define APPEND(b, items, total, capacity, from, n, first)                                          \
  do {                                                                                             \
    (first) = (b)->net.total;                                                                      \
    if ((b)->failed || !ARRAY_RESERVE((b)->net.items, (b)->capacity, (b)->net.total + (n))) {      \
      (b)->failed = true;                                                                          \
    } else if ((n) > 0) {                                                                          \
      memcpy(&(b)->net.items[(b)->net.total], (from), sizeof *(b)->net.items *(size_t)(n));        \
      (b)->net.total += (n);                                                                       \
    }                                                                                              \
  } while (0)

static void add_poly(road_builder *b, road_lane *lane, road_poly3 poly) {
  int first;
  APPEND(b, widths, width_count, width_capacity, &poly, 1, first);
  (void)first;
  lane->width_count++;
}

// A cubic from one width to another that begins and ends level, and the level after it.
static void add_change(road_builder *b, road_lane *lane, const double range[2], double from,
                       double to) {
  double l = range[1] - range[0], rise = to - from;
  add_poly(b, lane, (road_poly3){range[0], from, 0, 3 * rise / (l * l), -2 * rise / (l * l * l)});
  add_poly(b, lane, (road_poly3){.s_m = range[1], .a = to});
}

static void put_lane(road_builder *b, const road_lane *lane) {
  int first;
  APPEND(b, lanes, lane_count, lane_capacity, lane, 1, first);
  (void)first;
}

static void copy_lane(road_builder *b, const old_roads *old, const road_lane *from) {
  road_lane lane = *from;
  APPEND(b, widths, width_count, width_capacity, &old->net.widths[from->width_first],
         from->width_count, lane.width_first);
  put_lane(b, &lane);
}

// The closed lane: as it was, but for the stretch that it is gone on.
static void narrow_lane(road_builder *b, const old_roads *old, const road_lane *from,
                        const plan *p) {
  road_lane lane = *from;
  lane.width_first = b->net.width_count;
  lane.width_count = 0;
  const road_poly3 *w = &old->net.widths[from->width_first];
  for (int i = 0; i < from->width_count; i++)
    if (w[i].s_m < p->shrink_m[0])
      add_poly(b, &lane, w[i]);
  add_change(b, &lane, p->shrink_m, p->width_m, 0);
  add_change(b, &lane, p->grow_m, 0, p->width_m);
  for (int i = 0; i < from->width_count; i++)
    if (w[i].s_m > p->grow_m[1])
      add_poly(b, &lane, w[i]);
  put_lane(b, &lane);
}

static void works_lane(road_builder *b, const road_lane *closed, int id, const plan *p) {
  road_lane lane = {.id = id,
                    .type = LANE_WORKS,
                    .outer_mark = closed->outer_mark,
                    .mark_width_m = closed->mark_width_m,
                    .mark_yellow = closed->mark_yellow,
                    .width_first = b->net.width_count};
  add_poly(b, &lane, (road_poly3){0});
  add_change(b, &lane, p->shrink_m, 0, p->width_m);
  add_change(b, &lane, p->grow_m, p->width_m, 0);
  put_lane(b, &lane);
}

// Lanes from the leftmost to the rightmost. Works take a number of their own, which moves the
// lanes beyond them outward by one.
static void copy_lanes(road_builder *b, const old_roads *old, const road_section *from,
                       const plan *p) {
  int side = p && p->closing->lane < 0 ? -1 : 1;
  road_section section = {.s_m = from->s_m, .lane_first = b->net.lane_count};
  for (int i = 0; i < from->lane_count; i++) {
    road_lane lane = old->net.lanes[from->lane_first + i];
    if (!p || !p->driven) {
      copy_lane(b, old, &lane);
      continue;
    }
    bool closed = lane.id == p->closing->lane;
    int works = p->closing->lane + (p->inner ? 0 : side);
    if (lane.id * side >= works * side)
      lane.id += side;
    // Left of the closed lane lie lanes of higher numbers.
    if (closed && works > lane.id)
      works_lane(b, &lane, works, p);
    if (closed)
      narrow_lane(b, old, &lane, p);
    else
      copy_lane(b, old, &lane);
    if (closed && works < lane.id)
      works_lane(b, &lane, works, p);
  }
  section.lane_count = b->net.lane_count - section.lane_first;
  int first;
  APPEND(b, sections, section_count, section_capacity, &section, 1, first);
  (void)first;
}

// Puts a road down as it was, or with its closing. Its new id.
static int copy_road(road_builder *b, const old_roads *old, const road *from, const plan *p) {
  road r = *from;
  const road_network *net = &old->net;
  APPEND(b, geometries, geometry_count, geometry_capacity, &net->geometries[from->geometry_first],
         from->geometry_count, r.geometry_first);
  APPEND(b, elevations, elevation_count, elevation_capacity,
         &net->elevations[from->elevation_first], from->elevation_count, r.elevation_first);
  APPEND(b, banks, bank_count, bank_capacity, &net->banks[from->bank_first], from->bank_count,
         r.bank_first);
  APPEND(b, offsets, offset_count, offset_capacity, &net->offsets[from->offset_first],
         from->offset_count, r.offset_first);
  r.section_first = b->net.section_count;
  for (int i = 0; i < from->section_count; i++)
    copy_lanes(b, old, &net->sections[from->section_first + i], p);
  if (b->failed || !ARRAY_RESERVE(b->notes, b->note_capacity, b->net.road_count + 1) ||
      !ARRAY_RESERVE(b->net.roads, b->road_capacity, b->net.road_count + 1)) {
    b->failed = true;
    return 0;
  }
  b->notes[b->net.road_count] = old->notes[from->id - 1];
  b->net.roads[b->net.road_count] = r;
  int id = ++b->net.road_count;
  b->net.roads[id - 1].id = id;
  return id;
}

static road_lane *lane_of(road_builder *b, int road_id, int lane_id) {
  const road *r = &b->net.roads[road_id - 1];
  return (road_lane *)road_lane_find(&b->net, &b->net.sections[r->section_first], lane_id);
}

// Cutting keeps no links to other roads, nor what a junction knows of the road's ends.
static void restore_ends(road_builder *b, const old_roads *old, const road *was, int last) {
  const road_note *note = &old->notes[was->id - 1];
  road_note *begin = &b->notes[was->id - 1], *end = &b->notes[last - 1];
  *begin = *end = (road_note){.rank = note->rank, .turn = note->turn};
#define KEEP(part) begin->part[0] = note->part[0], end->part[1] = note->part[1]
  KEEP(signal), KEEP(crosswalk), KEEP(walk_near_m), KEEP(walk_far_m), KEEP(stop_m);
  KEEP(circle), KEEP(left_lane), KEEP(left_signal);
#undef KEEP
  const road_section *section = &old->net.sections[was->section_first];
  for (int i = 0; i < section->lane_count; i++) {
    const road_lane *lane = &old->net.lanes[section->lane_first + i];
    road_lane *a = lane_of(b, was->id, lane->id), *z = lane_of(b, last, lane->id);
    if (a && was->predecessor.kind == ROAD_LINK_ROAD)
      a->predecessor = lane->predecessor;
    if (z && was->successor.kind == ROAD_LINK_ROAD)
      z->successor = lane->successor;
  }
}

// Limits, marks and types on a piece, whose middle is that far along in driving direction.
static void dress_piece(road_builder *b, int id, const plan *p, double at_m) {
  const road_closing *c = p->closing;
  int side = c->lane < 0 ? -1 : 1;
  road_lane *lane, *inside = NULL; // towards the centre
  if (at_m < c->lead_m || at_m > c->end_m)
    return;
  for (int lane_id = side; (lane = lane_of(b, id, lane_id)); lane_id += side, inside = lane) {
    if (lane->type == LANE_DRIVING)
      lane->speed_limit_mps = fmin(lane->speed_limit_mps, c->limit_mps);
    if (!p->driven && lane_id == c->lane && at_m > c->taper_m)
      lane->type = LANE_WORKS;
    // For the time of the works a yellow line runs beside them.
    road_lane *line = lane->type != LANE_WORKS ? NULL : p->inner ? lane : inside;
    if (line) {
      line->outer_mark = MARK_SOLID;
      line->mark_yellow = true;
    }
    // What begins anew is entered from beside it, not out of the lane that went on.
    if (lane->type == LANE_DRIVING && p->inner && at_m > c->reopen_m && inside &&
        inside->type == LANE_WORKS)
      *(p->along ? &lane->predecessor : &lane->successor) = 0;
  }
}

static plan make_plan(const road_network *net, const road_closing *c) {
  const road *r = &net->roads[c->road - 1];
  const road_section *section = &net->sections[r->section_first];
  const road_lane *lane = road_lane_find(net, section, c->lane);
  const road_lane *inward = road_lane_find(net, section, c->lane + (c->lane < 0 ? 1 : -1));
  const double d[CUTS] = {c->lead_m, c->taper_m, c->work_m, c->reopen_m, c->end_m};
  plan p = {.closing = c,
            .along = road_lane_along(net, c->lane),
            .driven = lane->type == LANE_DRIVING,
            .inner = lane->type == LANE_DRIVING && inward->type != LANE_DRIVING};
  double s[CUTS];
  for (int i = 0; i < CUTS; i++) {
    int k = p.along ? i : CUTS - 1 - i;
    s[i] = p.along ? d[k] : r->length_m - d[k];
    if (p.driven || k < 2 || k == CUTS - 1)
      p.cuts_m[p.cut_count++] = s[i];
  }
  p.width_m = road_width_at(net, lane, s[2]);
  int shrink = p.along ? 1 : 0; // where it narrows along s
  p.shrink_m[0] = s[shrink], p.shrink_m[1] = s[shrink + 1];
  p.grow_m[0] = s[shrink + 2], p.grow_m[1] = s[shrink + 3];
  return p;
}

// Links as they are when a road's pieces take the numbers that follow its own.
static road_link moved(road_link link, int cut, int more) {
  if (link.kind == ROAD_LINK_ROAD && (link.id > cut || (link.id == cut && link.at_end)))
    link.id += more;
  return link;
}

void road_works_close(road_builder *b, const road_closing *c) {
  plan p = make_plan(&b->net, c);
  old_roads old = take_roads(b);
  for (int i = 0; i < old.net.road_count && !b->failed; i++) {
    road r = old.net.roads[i];
    r.predecessor = moved(r.predecessor, c->road, p.cut_count);
    r.successor = moved(r.successor, c->road, p.cut_count);
    int id = copy_road(b, &old, &r, r.id == c->road ? &p : NULL);
    if (r.id != c->road || !id)
      continue;
    int last = road_builder_cut(b, id, p.cuts_m, p.cut_count);
    if (!last)
      break;
    restore_ends(b, &old, &old.net.roads[i], last);
    double at = 0;
    for (int piece = id; piece <= last; piece++) {
      double length = b->net.roads[piece - 1].length_m, middle = at + length / 2;
      dress_piece(b, piece, &p, p.along ? middle : r.length_m - middle);
      at += length;
    }
  }
  free_roads(&old);
  road_derive_ends(b);
}
