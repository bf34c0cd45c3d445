// SPDX-License-Identifier: Apache-2.0
// One network put beside another: everything that has a place is moved, every number of
// something goes on from those that are there already.
#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/array.h"
#include "scenes/road_builder.h"

vec3 road_motion_point(const road_motion *by, vec3 p) {
  double c = cos(by->heading_rad), s = sin(by->heading_rad);
  return (vec3){by->x_m + c * p.x - s * p.y, by->y_m + s * p.x + c * p.y, by->z_m + p.z};
}

static void move_xy(const road_motion *by, double *x, double *y) {
  vec3 p = road_motion_point(by, (vec3){*x, *y, 0});
  *x = p.x, *y = p.y;
}

static double turned(const road_motion *by, double heading) {
  return angle_wrap(heading + by->heading_rad);
}

road_terrain road_motion_terrain(const road_motion *by, const road_terrain *terrain) {
  road_terrain t = *terrain;
  const road_motion turn = {.heading_rad = by->heading_rad};
  t.z_m += by->z_m;
  for (int i = 0; i < t.wave_count; i++) {
    terrain_wave *w = &t.waves[i];
    move_xy(&turn, &w->x_pm, &w->y_pm);
    w->phase_rad = angle_wrap(w->phase_rad - w->x_pm * by->x_m - w->y_pm * by->y_m);
  }
  for (int i = 0; i < t.cut_count; i++) {
    move_xy(by, &t.cuts[i].x_m, &t.cuts[i].y_m);
    move_xy(&turn, &t.cuts[i].across_x, &t.cuts[i].across_y);
  }
  return t;
}

static int shifted(int id, int by) {
  return id ? id + by : 0;
}

static void shift_link(road_link *link, const road_network *was) {
  if (link->kind == ROAD_LINK_ROAD)
    link->id += was->road_count;
  if (link->kind == ROAD_LINK_JUNCTION)
    link->id += was->junction_count;
}

static void move_roads(road_builder *b, const road_network *was, const road_motion *by) {
  road_network *net = &b->net;
  for (int i = was->road_count; i < net->road_count; i++) {
    road *r = &net->roads[i];
    r->id += was->road_count;
    r->geometry_first += was->geometry_count;
    r->elevation_first += was->elevation_count;
    r->bank_first += was->bank_count;
    r->offset_first += was->offset_count;
    r->section_first += was->section_count;
    r->junction = shifted(r->junction, was->junction_count);
    shift_link(&r->predecessor, was);
    shift_link(&r->successor, was);
    road_note *note = &b->notes[i];
    for (int end = 0; end < 2; end++) {
      note->signal[end] = shifted(note->signal[end], was->signal_count);
      note->left_signal[end] = shifted(note->left_signal[end], was->signal_count);
      note->crosswalk[end] = shifted(note->crosswalk[end], was->crosswalk_count);
    }
  }
  for (int i = was->geometry_count; i < net->geometry_count; i++) {
    road_geometry *g = &net->geometries[i];
    move_xy(by, &g->x_m, &g->y_m);
    g->heading_rad = turned(by, g->heading_rad);
  }
  for (int i = was->elevation_count; i < net->elevation_count; i++)
    net->elevations[i].a += by->z_m;
  for (int i = was->section_count; i < net->section_count; i++)
    net->sections[i].lane_first += was->lane_count;
  for (int i = was->bay_count; i < net->bay_count; i++) {
    net->bays[i].id += was->bay_count;
    net->bays[i].road += was->road_count;
  }
  for (int i = was->lane_count; i < net->lane_count; i++)
    net->lanes[i].width_first += was->width_count;
}

static void move_junctions(road_builder *b, const road_network *was, const road_motion *by) {
  road_network *net = &b->net;
  for (int i = was->junction_count; i < net->junction_count; i++) {
    road_junction *j = &net->junctions[i];
    j->id += was->junction_count;
    move_xy(by, &j->x_m, &j->y_m);
    j->z_m += by->z_m;
    j->end_first += was->end_count;
    j->outline_first += was->point_count;
    j->program_first += was->phase_count;
  }
  for (int i = was->end_count; i < net->end_count; i++)
    net->ends[i].road += was->road_count;
  for (int i = was->signal_count; i < net->signal_count; i++) {
    net->signals[i].id += was->signal_count;
    net->signals[i].junction += was->junction_count;
  }
  for (int i = was->crosswalk_count; i < net->crosswalk_count; i++) {
    road_crosswalk *walk = &net->crosswalks[i];
    walk->id += was->crosswalk_count;
    walk->junction += was->junction_count;
    for (int k = 0; k < 4; k++)
      walk->corners[k] = road_motion_point(by, walk->corners[k]);
  }
}

static void move_points(road_builder *b, const road_network *was, const road_motion *by) {
  road_network *net = &b->net;
  for (int i = was->point_count; i < net->point_count; i++) {
    road_point *p = &net->points[i];
    move_xy(by, &p->x_m, &p->y_m);
    p->z_m += by->z_m;
    p->heading_rad = turned(by, p->heading_rad);
  }
  for (int i = was->site_count; i < net->site_count; i++) {
    road_site *site = &net->sites[i];
    move_xy(by, &site->x_m, &site->y_m);
    site->heading_rad = turned(by, site->heading_rad);
  }
}

static bool take_arrays(road_builder *b, const road_builder *from) {
  road_network *net = &b->net;
#define X(items, count, capacity)                                                                  \
  if (!ARRAY_RESERVE(net->items, b->capacity, net->count + from->net.count))                       \
    return false;
  LAID_ARRAYS(X)
#undef X
  if (!ARRAY_RESERVE(b->notes, b->note_capacity, net->road_count + from->net.road_count) ||
      !ARRAY_RESERVE(net->parts, b->part_capacity, net->part_count + 1))
    return false;
  if (from->net.road_count > 0)
    memcpy(&b->notes[net->road_count], from->notes,
           sizeof *b->notes * (size_t)from->net.road_count);
#define X(items, count, capacity)                                                                  \
  if (from->net.count > 0)                                                                         \
    memcpy(&net->items[net->count], from->net.items, sizeof *net->items *(size_t)from->net.count); \
  net->count += from->net.count;
  LAID_ARRAYS(X)
#undef X
  return true;
}

void road_builder_append(road_builder *b, const road_builder *from, const road_motion *by,
                         int part) {
  road_network was = b->net;
  assert(from->net.path_count == 0 && was.path_count == 0 && from->net.part_count == 0);
  if (b->failed || from->failed || !take_arrays(b, from)) {
    b->failed = true;
    return;
  }
  move_roads(b, &was, by);
  move_junctions(b, &was, by);
  move_points(b, &was, by);
  b->net.parts[b->net.part_count++] = (road_part){.part = part,
                                                  .road_first = was.road_count + 1,
                                                  .road_count = from->net.road_count,
                                                  .junction_first = was.junction_count + 1,
                                                  .junction_count = from->net.junction_count,
                                                  .x_m = by->x_m,
                                                  .y_m = by->y_m,
                                                  .z_m = by->z_m,
                                                  .heading_rad = by->heading_rad};
}
