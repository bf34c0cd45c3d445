// SPDX-License-Identifier: Apache-2.0
#include "scenes/road_builder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "scenes/land.h"
#include "scenes/lane_index.h"

// Every array of a network: X(items, count, capacity).
#define NETWORK_ARRAYS(X)                                                                          \
  LAID_ARRAYS(X)                                                                                   \
  X(paths, path_count, path_capacity)                                                              \
  X(lane_links, lane_link_count, lane_link_capacity)                                               \
  X(conflicts, conflict_count, conflict_capacity)                                                  \
  X(crossings, crossing_count, crossing_capacity)                                                  \
  X(walk_nodes, walk_node_count, walk_node_capacity)                                               \
  X(walk_edges, walk_edge_count, walk_edge_capacity)                                               \
  X(walk_links, walk_link_count, walk_link_capacity)                                               \
  X(parts, part_count, part_capacity)                                                              \
  X(remarks, remark_count, remark_capacity)

void road_builder_free(road_builder *b) {
#define X(items, count, capacity) free(b->net.items);
  NETWORK_ARRAYS(X)
#undef X
  free(b->notes);
  memset(b, 0, sizeof *b);
}

status road_builder_finish(road_builder *b, arena *memory, road_network *out, trouble *why) {
  road_network net = b->net;
  bool failed = b->failed;
#define X(items, count, capacity)                                                                  \
  if (!failed) {                                                                                   \
    net.items = net.count                                                                          \
                    ? arena_copy(memory, b->net.items, (size_t)net.count * sizeof *net.items)      \
                    : arena_alloc(memory, 0);                                                      \
    failed = !net.items;                                                                           \
  }
  NETWORK_ARRAYS(X)
#undef X
  if (failed)
    return trouble_set(why, STATUS_MEMORY, "memory ran out while building the road network");
  net.min_x_m = net.min_y_m = INFINITY;
  net.max_x_m = net.max_y_m = -INFINITY;
  for (int i = 0; i < net.point_count; i++) {
    net.min_x_m = fmin(net.min_x_m, net.points[i].x_m);
    net.min_y_m = fmin(net.min_y_m, net.points[i].y_m);
    net.max_x_m = fmax(net.max_x_m, net.points[i].x_m);
    net.max_y_m = fmax(net.max_y_m, net.points[i].y_m);
  }
  if (!land_build(&net, memory) || !lane_index_build(&net, memory))
    return trouble_set(why, STATUS_MEMORY, "memory ran out while building the road network");
  *out = net;
  return STATUS_OK;
}

profile_lane *road_profile_add(profile_lane *lanes, int *count, lane_type type, double width_m) {
  profile_lane *lane = &lanes[(*count)++];
  *lane = (profile_lane){.type = type, .width_m = width_m};
  return lane;
}

static void add_width(road_builder *b, road_lane *lane, road_poly3 poly) {
  if (b->failed || !ARRAY_RESERVE(b->net.widths, b->width_capacity, b->net.width_count + 1)) {
    b->failed = true;
    return;
  }
  b->net.widths[b->net.width_count++] = poly;
  lane->width_count++;
}

// A level piece, then for each step a cubic that starts and ends level, and the level after it.
static void add_widths(road_builder *b, road_lane *lane, const profile_lane *from) {
  lane->width_first = b->net.width_count;
  double width = from->width_m;
  for (int i = 0; i < from->poly_count; i++)
    add_width(b, lane, from->polys[i]);
  if (from->poly_count > 0)
    return;
  add_width(b, lane, (road_poly3){.a = width});
  for (int i = 0; i < from->step_count; i++) {
    const profile_step *step = &from->steps[i];
    double l = step->length_m, rise = step->width_m - width;
    add_width(
        b, lane,
        (road_poly3){
            .s_m = step->s_m, .a = width, .c = 3 * rise / (l * l), .d = -2 * rise / (l * l * l)});
    width = step->width_m;
    add_width(b, lane, (road_poly3){.s_m = step->s_m + l, .a = width});
  }
}

static void add_lane(road_builder *b, int id, const profile_lane *from) {
  if (b->failed || !ARRAY_RESERVE(b->net.lanes, b->lane_capacity, b->net.lane_count + 1)) {
    b->failed = true;
    return;
  }
  road_lane *lane = &b->net.lanes[b->net.lane_count++];
  *lane = (road_lane){.id = id,
                      .type = from->type,
                      .users = from->users,
                      .outer_mark = from->mark,
                      .mark_width_m = 0.12,
                      .mark_yellow = from->mark_yellow,
                      .speed_limit_mps = from->speed_limit_mps,
                      .height_m = from->height_m};
  if (id != 0)
    add_widths(b, lane, from);
}

int road_builder_road(road_builder *b, road_class class, const road_geometry *pieces,
                      int piece_count, const road_profile *profile) {
  road_network *net = &b->net;
  if (b->failed || !ARRAY_RESERVE(net->roads, b->road_capacity, net->road_count + 1) ||
      !ARRAY_RESERVE(b->notes, b->note_capacity, net->road_count + 1) ||
      !ARRAY_RESERVE(net->geometries, b->geometry_capacity, net->geometry_count + piece_count) ||
      !ARRAY_RESERVE(net->sections, b->section_capacity, net->section_count + 1)) {
    b->failed = true;
    return 0;
  }
  const road_geometry *last = &pieces[piece_count - 1];
  b->notes[net->road_count] = (road_note){0};
  road *r = &net->roads[net->road_count];
  *r = (road){.id = ++net->road_count,
              .class = class,
              .length_m = last->s_m + last->length_m,
              .geometry_first = net->geometry_count,
              .geometry_count = piece_count,
              .elevation_first = net->elevation_count,
              .bank_first = net->bank_count,
              .offset_first = net->offset_count,
              .section_first = net->section_count,
              .section_count = 1};
  memcpy(&net->geometries[net->geometry_count], pieces, sizeof *pieces * (size_t)piece_count);
  net->geometry_count += piece_count;
  road_section *section = &net->sections[net->section_count++];
  *section = (road_section){.lane_first = net->lane_count};
  for (int i = profile->left_count; i > 0; i--)
    add_lane(b, i, &profile->left[i - 1]);
  add_lane(b, 0,
           &(profile_lane){.type = LANE_NONE,
                           .mark = profile->centre_mark,
                           .mark_yellow = profile->centre_yellow});
  for (int i = 1; i <= profile->right_count; i++)
    add_lane(b, -i, &profile->right[i - 1]);
  section->lane_count = net->lane_count - section->lane_first;
  return b->failed ? 0 : net->road_count;
}

void road_builder_continue(road_builder *b, int before, int after) {
  road_network *net = &b->net;
  net->roads[before - 1].successor = (road_link){ROAD_LINK_ROAD, after, false};
  net->roads[after - 1].predecessor = (road_link){ROAD_LINK_ROAD, before, true};
  const road_section *from = &net->sections[net->roads[before - 1].section_first];
  const road_section *to = &net->sections[net->roads[after - 1].section_first];
  for (int i = 0; i < from->lane_count; i++) {
    road_lane *lane = &net->lanes[from->lane_first + i];
    road_lane *next = (road_lane *)road_lane_find(net, to, lane->id);
    if (next && lane->id != 0) {
      lane->successor = lane->id;
      next->predecessor = lane->id;
    }
  }
}

void road_builder_elevation(road_builder *b, int road_id, road_poly3 poly) {
  road_network *net = &b->net;
  if (b->failed ||
      !ARRAY_RESERVE(net->elevations, b->elevation_capacity, net->elevation_count + 1)) {
    b->failed = true;
    return;
  }
  road *r = &net->roads[road_id - 1];
  if (r->elevation_count++ == 0)
    r->elevation_first = net->elevation_count;
  net->elevations[net->elevation_count++] = poly;
}

void road_builder_offset(road_builder *b, int road_id, road_poly3 poly) {
  road_network *net = &b->net;
  if (b->failed || !ARRAY_RESERVE(net->offsets, b->offset_capacity, net->offset_count + 1)) {
    b->failed = true;
    return;
  }
  net->offsets[net->offset_count++] = poly;
  net->roads[road_id - 1].offset_count++;
}

void road_builder_bank(road_builder *b, int road_id, road_poly3 poly) {
  road_network *net = &b->net;
  if (b->failed || !ARRAY_RESERVE(net->banks, b->bank_capacity, net->bank_count + 1)) {
    b->failed = true;
    return;
  }
  road *r = &net->roads[road_id - 1];
  if (r->bank_count++ == 0)
    r->bank_first = net->bank_count;
  net->banks[net->bank_count++] = poly;
}

void road_builder_bay(road_builder *b, const road_bay *bay) {
  if (b->failed || !ARRAY_RESERVE(b->net.bays, b->bay_capacity, b->net.bay_count + 1)) {
    b->failed = true;
    return;
  }
  b->net.bays[b->net.bay_count] = *bay;
  b->net.bays[b->net.bay_count].id = b->net.bay_count + 1;
  b->net.bay_count++;
}

void road_builder_site(road_builder *b, const road_site *site) {
  if (b->failed || !ARRAY_RESERVE(b->net.sites, b->site_capacity, b->net.site_count + 1)) {
    b->failed = true;
    return;
  }
  b->net.sites[b->net.site_count++] = *site;
}

int road_builder_point(road_builder *b, road_point p) {
  if (b->failed || !ARRAY_RESERVE(b->net.points, b->point_capacity, b->net.point_count + 1)) {
    b->failed = true;
    return 0;
  }
  b->net.points[b->net.point_count] = p;
  return b->net.point_count++;
}

int road_builder_junction(road_builder *b, double x, double y) {
  road_network *net = &b->net;
  if (b->failed || !ARRAY_RESERVE(net->junctions, b->junction_capacity, net->junction_count + 1)) {
    b->failed = true;
    return 0;
  }
  net->junctions[net->junction_count] =
      (road_junction){.id = net->junction_count + 1, .x_m = x, .y_m = y};
  return ++net->junction_count;
}

// Calls `put` with each end of a road that meets a junction, by road.
static void visit_ends(road_network *net,
                       void (*put)(road_network *, road_junction *, junction_end)) {
  for (int i = 0; i < net->road_count; i++) {
    const road *r = &net->roads[i];
    for (int end = 0; end < 2 && !r->junction; end++) {
      const road_link *link = end ? &r->successor : &r->predecessor;
      if (link->kind == ROAD_LINK_JUNCTION)
        put(net, &net->junctions[link->id - 1], (junction_end){r->id, end});
    }
  }
}

static void count_end(road_network *net, road_junction *j, junction_end end) {
  (void)end;
  j->end_count++;
  net->end_count++;
}

static void put_end(road_network *net, road_junction *j, junction_end end) {
  net->ends[j->end_first + j->end_count++] = end;
}

void road_derive_ends(road_builder *b) {
  road_network *net = &b->net;
  net->end_count = 0;
  for (int i = 0; i < net->junction_count && !b->failed; i++)
    net->junctions[i].end_count = 0;
  visit_ends(net, count_end);
  if (b->failed || !ARRAY_RESERVE(net->ends, b->end_capacity, net->end_count)) {
    b->failed = true;
    return;
  }
  for (int i = 0, first = 0; i < net->junction_count; i++) {
    net->junctions[i].end_first = first;
    first += net->junctions[i].end_count;
    net->junctions[i].end_count = 0;
  }
  visit_ends(net, put_end);
}
