// SPDX-License-Identifier: Apache-2.0
#include "export/shard_map.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "scenes/person.h"
#include "scenes/sign.h"

static const double BORDER_STEP_M = 2.0;

typedef struct builder {
  shard_map *map;
  const road_network *net;
  bool failed; // memory ran out
} builder;

static void add_point(builder *b, vec3 p) {
  shard_map *map = b->map;
  if (b->failed || !ARRAY_RESERVE(map->points, map->point_capacity, map->point_count + 1)) {
    b->failed = true;
    return;
  }
  map->points[map->point_count++] = (shard_map_points_row){.x = {p.x}, .y = {p.y}, .z = {p.z}};
}

/// Ends the line whose points were just added.
static void end_line(builder *b, const shard_map_lines_row *line) {
  shard_map *map = b->map;
  if (b->failed || !ARRAY_RESERVE(map->lines, map->line_capacity, map->line_count + 1) ||
      !ARRAY_RESERVE(map->line_ends, map->end_capacity, map->line_count + 1)) {
    b->failed = true;
    return;
  }
  map->line_ends[map->line_count] = (uint64_t)map->point_count;
  map->lines[map->line_count++] = *line;
}

static void add_path(builder *b, const lane_path *path) {
  for (int i = 0; i < path->point_count; i++) {
    const road_point *p = &b->net->points[path->point_first + i];
    add_point(b, (vec3){p->x_m, p->y_m, p->z_m});
  }
  end_line(b, &(shard_map_lines_row){.kind = {SHARD_LINE_CENTRE},
                                     .id = {(uint32_t)path->id},
                                     .junction = {(uint32_t)path->junction},
                                     .signal = {(uint32_t)path->signal},
                                     .turn = {(uint8_t)path->turn},
                                     .speed_limit = {path->speed_limit_mps},
                                     .width = {path->width_m},
                                     .users = {(uint8_t)path->users}});
}

/// Across the lane where its drivers stop before the junction.
static void add_stop_line(builder *b, const lane_path *path) {
  if (path->junction || path->stop_s_m >= path->length_m)
    return;
  road_point at = lane_point(b->net, path, path->stop_s_m);
  vec3 middle = {at.x_m, at.y_m, at.z_m};
  vec3 left = {-sin(at.heading_rad), cos(at.heading_rad), 0};
  add_point(b, vec3_add(middle, vec3_scale(left, path->width_m / 2)));
  add_point(b, vec3_add(middle, vec3_scale(left, -path->width_m / 2)));
  end_line(b, &(shard_map_lines_row){.kind = {SHARD_LINE_STOP},
                                     .id = {(uint32_t)path->id},
                                     .signal = {(uint32_t)path->signal},
                                     .mark = {MARK_SOLID}});
}

static void add_links(builder *b, const lane_path *path) {
  shard_map *map = b->map;
  if (b->failed ||
      !ARRAY_RESERVE(map->links, map->link_capacity, map->link_count + path->next_count)) {
    b->failed = true;
    return;
  }
  for (int i = 0; i < path->next_count; i++)
    map->links[map->link_count++] = (shard_map_links_row){
        .from = {(uint32_t)path->id}, .to = {(uint32_t)b->net->lane_links[path->next_first + i]}};
}

static void add_border(builder *b, const road *r, int section, const road_lane *lane) {
  const road_section *first = &b->net->sections[r->section_first];
  const double begin_m = first[section].s_m;
  const double end_m = section + 1 < r->section_count ? first[section + 1].s_m : r->length_m;
  const int steps = (int)fmax(1, ceil((end_m - begin_m) / BORDER_STEP_M));
  for (int i = 0; i <= steps; i++) {
    double s_m = begin_m + (end_m - begin_m) * i / steps;
    double t_m = road_lane_outer_t(b->net, r, section, lane->id, s_m);
    add_point(b, road_pose(b->net, r, s_m, t_m).p_m);
  }
  end_line(b, &(shard_map_lines_row){.kind = {SHARD_LINE_BORDER},
                                     .id = {(uint32_t)r->id},
                                     .mark = {(uint8_t)lane->outer_mark},
                                     .yellow = {lane->mark_yellow},
                                     .speed_limit = {lane->speed_limit_mps},
                                     .width = {lane->mark_width_m}});
}

/// Borders of what vehicles use, outside junctions (inside, they cross each other).
static void add_borders(builder *b, const road *r) {
  if (r->junction)
    return;
  for (int s = 0; s < r->section_count; s++) {
    const road_section *section = &b->net->sections[r->section_first + s];
    for (int l = 0; l < section->lane_count; l++) {
      const road_lane *lane = &b->net->lanes[section->lane_first + l];
      if (lane->id == 0 || lane->type == LANE_DRIVING || lane->type == LANE_SHOULDER ||
          lane->type == LANE_PARKING || lane->type == LANE_BIKING)
        add_border(b, r, s, lane);
    }
  }
}

static void add_crosswalk(builder *b, const road_crosswalk *crosswalk) {
  for (int i = 0; i <= 4; i++) // closed: the first corner again
    add_point(b, crosswalk->corners[i % 4]);
  end_line(b, &(shard_map_lines_row){.kind = {SHARD_LINE_CROSSWALK},
                                     .id = {(uint32_t)crosswalk->id},
                                     .junction = {(uint32_t)crosswalk->junction}});
}

static void add_walkway(builder *b, const walk_edge *edge) {
  for (int i = 0; i < edge->point_count; i++) {
    const road_point *p = &b->net->points[edge->point_first + i];
    add_point(b, (vec3){p->x_m, p->y_m, p->z_m});
  }
  end_line(b, &(shard_map_lines_row){.kind = {SHARD_LINE_WALKWAY},
                                     .id = {(uint32_t)edge->id},
                                     .width = {edge->width_m}});
}

static void add_signals(builder *b) {
  shard_map *map = b->map;
  if (b->failed || !ARRAY_RESERVE(map->signals, map->signal_capacity, b->net->signal_count)) {
    b->failed = true;
    return;
  }
  for (int i = 0; i < b->net->signal_count; i++) {
    const road_signal *signal = &b->net->signals[i];
    map->signals[map->signal_count++] =
        (shard_map_signals_row){.id = {(uint32_t)signal->id},
                                .junction = {(uint32_t)signal->junction},
                                .group = {(uint32_t)signal->group},
                                .pedestrian = {signal->pedestrian}};
  }
}

typedef enum role { ROLE_FIXED, ROLE_VEHICLE, ROLE_PERSON, ROLE_EGO } role;

static shard_tracks_row track(uint32_t id, semantic class, thing_kind kind, role what,
                              const double size_m[3]) {
  return (shard_tracks_row){.id = {id},
                            .class = {(uint8_t) class},
                            .kind = {(uint8_t)kind},
                            .role = {(uint8_t)what},
                            .size = {size_m[0], size_m[1], size_m[2]}};
}

static int by_id(const void *a, const void *b) {
  uint32_t left = ((const shard_tracks_row *)a)->id[0],
           right = ((const shard_tracks_row *)b)->id[0];
  return (left > right) - (left < right);
}

static void add_tracks(builder *b, const scene *s) {
  shard_map *map = b->map;
  int count = s->thing_count + scene_body_count(s);
  if (b->failed || !ARRAY_RESERVE(map->tracks, map->track_capacity, count)) {
    b->failed = true;
    return;
  }
  for (int i = 0; i < s->thing_count; i++) {
    const scene_thing *it = &s->things[i];
    shard_tracks_row *row = &map->tracks[map->track_count++];
    *row = track(it->id, it->class, it->kind, ROLE_FIXED, it->size_m);
    vec3 c = pose_apply(it->at, (vec3){0, 0, it->size_m[2] / 2});
    const double stands[7] = {c.x, c.y, c.z, it->at.q.w, it->at.q.x, it->at.q.y, it->at.q.z};
    memcpy(row->pose, stands, sizeof stands);
    row->sign[0] = (uint8_t)sign_kind_of(it->sign);
    row->sign_number[0] = (uint16_t)sign_number_of(it->sign);
    row->signal[0] = (uint32_t)it->signal;
  }
  for (int i = 0; i < s->vehicle_count; i++) {
    const scene_vehicle *it = &s->vehicles[i];
    shard_tracks_row *row = &map->tracks[map->track_count++];
    *row = track(it->id, it->class, it->kind, i == s->ego ? ROLE_EGO : ROLE_VEHICLE, it->size_m);
    row->driver[0] = (uint8_t)(1 + it->style);
    row->breaks[0] = it->breaks;
    row->tows[0] = it->trailer ? s->trailers[it->trailer - 1].id : 0;
  }
  for (int i = 0; i < s->trailer_count; i++) {
    const scene_trailer *it = &s->trailers[i];
    shard_tracks_row *row = &map->tracks[map->track_count++];
    *row = track(it->id, it->class, THING_TRAILER, ROLE_VEHICLE, it->size_m);
    row->towed_by[0] = s->vehicles[it->vehicle].id;
  }
  for (int i = 0; i < s->person_count; i++) {
    const scene_person *it = &s->people[i];
    map->tracks[map->track_count++] =
        track(it->id, thing_class(it->thing), it->thing, ROLE_PERSON, it->size_m);
  }
  if (count > 0)
    qsort(map->tracks, (size_t)count, sizeof *map->tracks, by_id);
}

status shard_map_build(shard_map *out, const scene *s, trouble *why) {
  *out = (shard_map){0};
  const road_network *net = &s->roads;
  builder b = {.map = out, .net = net};
  for (int i = 0; i < net->path_count; i++)
    add_path(&b, &net->paths[i]);
  for (int i = 0; i < net->road_count; i++)
    add_borders(&b, &net->roads[i]);
  for (int i = 0; i < net->path_count; i++)
    add_stop_line(&b, &net->paths[i]);
  for (int i = 0; i < net->crosswalk_count; i++)
    add_crosswalk(&b, &net->crosswalks[i]);
  for (int i = 0; i < net->walk_edge_count; i++)
    add_walkway(&b, &net->walk_edges[i]);
  for (int i = 0; i < net->path_count; i++)
    add_links(&b, &net->paths[i]);
  add_signals(&b);
  add_tracks(&b, s);
  return b.failed ? trouble_set(why, STATUS_MEMORY, "scene %u: no memory for its map", s->index)
                  : STATUS_OK;
}

void shard_map_free(shard_map *map) {
  free(map->lines);
  free(map->points);
  free(map->line_ends);
  free(map->links);
  free(map->signals);
  free(map->tracks);
  *map = (shard_map){0};
}
