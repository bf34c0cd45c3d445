// SPDX-License-Identifier: Apache-2.0
#include "scenes/road.h"

#include <math.h>

#include "scenes/road_model.h"

static const double LEAST_WALK_M = 0.5; // a sidewalk that is narrower there begins or ends

static double clamp(double x, double lo, double hi) {
  return x < lo ? lo : x > hi ? hi : x;
}

// The last of `count` polynomials that begins at or before s.
static const road_poly3 *poly_at(const road_poly3 *first, int count, double s) {
  int i = 0;
  while (i + 1 < count && first[i + 1].s_m <= s)
    i++;
  return &first[i];
}

double road_poly_value(const road_poly3 *p, double s) {
  double d = s - p->s_m;
  return p->a + d * (p->b + d * (p->c + d * p->d));
}

road_poly3 road_poly_from(const road_poly3 *p, double s) {
  double d = s - p->s_m;
  return (road_poly3){.s_m = s,
                      .a = p->a + d * (p->b + d * (p->c + d * p->d)),
                      .b = p->b + d * (2 * p->c + d * 3 * p->d),
                      .c = p->c + 3 * d * p->d,
                      .d = p->d};
}

static double poly_slope(const road_poly3 *p, double s) {
  double d = s - p->s_m;
  return p->b + d * (2 * p->c + d * 3 * p->d);
}

road_place road_line_at(const road_network *net, const road *r, double s) {
  s = clamp(s, 0, r->length_m);
  const road_geometry *first = &net->geometries[r->geometry_first];
  int i = 0;
  while (i + 1 < r->geometry_count && first[i + 1].s_m <= s)
    i++;
  return road_geometry_at(&first[i], s - first[i].s_m);
}

double road_elevation_at(const road_network *net, const road *r, double s) {
  if (r->elevation_count == 0)
    return 0;
  return road_poly_value(poly_at(&net->elevations[r->elevation_first], r->elevation_count, s), s);
}

double road_grade_at(const road_network *net, const road *r, double s) {
  if (r->elevation_count == 0)
    return 0;
  return poly_slope(poly_at(&net->elevations[r->elevation_first], r->elevation_count, s), s);
}

double road_bank_at(const road_network *net, const road *r, double s) {
  if (r->bank_count == 0)
    return 0;
  return road_poly_value(poly_at(&net->banks[r->bank_first], r->bank_count, s), s);
}

double road_bank_slope_at(const road_network *net, const road *r, double s) {
  if (r->bank_count == 0)
    return 0;
  return poly_slope(poly_at(&net->banks[r->bank_first], r->bank_count, s), s);
}

double road_offset_at(const road_network *net, const road *r, double s) {
  if (r->offset_count == 0)
    return 0;
  return road_poly_value(poly_at(&net->offsets[r->offset_first], r->offset_count, s), s);
}

static double offset_slope(const road_network *net, const road *r, double s) {
  if (r->offset_count == 0)
    return 0;
  return poly_slope(poly_at(&net->offsets[r->offset_first], r->offset_count, s), s);
}

const road_lane *road_lane_find(const road_network *net, const road_section *section, int lane_id) {
  int index = net->lanes[section->lane_first].id - lane_id;
  return index < 0 || index >= section->lane_count ? NULL
                                                   : &net->lanes[section->lane_first + index];
}

double road_width_at(const road_network *net, const road_lane *lane, double ds) {
  if (lane->width_count == 0)
    return 0;
  return road_poly_value(poly_at(&net->widths[lane->width_first], lane->width_count, ds), ds);
}

static double width_slope(const road_network *net, const road_lane *lane, double ds) {
  if (lane->width_count == 0)
    return 0;
  return poly_slope(poly_at(&net->widths[lane->width_first], lane->width_count, ds), ds);
}

int road_section_at(const road_network *net, const road *r, double s) {
  const road_section *first = &net->sections[r->section_first];
  int i = 0;
  while (i + 1 < r->section_count && first[i + 1].s_m <= s)
    i++;
  return i;
}

double road_lane_outer_t(const road_network *net, const road *r, int section, int lane_id,
                         double s) {
  const road_section *sec = &net->sections[r->section_first + section];
  int side = lane_id < 0 ? -1 : 1;
  double t = road_offset_at(net, r, s);
  for (int id = side; lane_id != 0 && id != lane_id + side; id += side)
    t += side * road_width_at(net, road_lane_find(net, sec, id), s - sec->s_m);
  return t;
}

double road_lane_middle_t(const road_network *net, const road *r, int section, int lane_id,
                          double s, double *slope) {
  const road_section *sec = &net->sections[r->section_first + section];
  int side = lane_id < 0 ? -1 : 1;
  double t = road_offset_at(net, r, s), change = offset_slope(net, r, s), ds = s - sec->s_m;
  for (int id = side; lane_id != 0; id += side) {
    const road_lane *lane = road_lane_find(net, sec, id);
    double share = id == lane_id ? 0.5 : 1;
    t += side * share * road_width_at(net, lane, ds);
    change += side * share * width_slope(net, lane, ds);
    if (id == lane_id)
      break;
  }
  if (slope)
    *slope = change;
  return t;
}

bool road_lane_joins(const road_network *net, const lane_path *lane) {
  const double most_rad = 1;
  if (lane->junction || lane->next_count == 0 || !road_one_way(net, &net->roads[lane->road - 1]))
    return false;
  for (int i = 0; i < lane->next_count; i++) {
    const lane_path *way = &net->paths[net->lane_links[lane->next_first + i] - 1];
    const road_point *p = &net->points[way->point_first];
    double turn = angle_wrap(p[way->point_count - 1].heading_rad - p->heading_rad);
    if (!way->junction || net->junctions[way->junction - 1].kind != JUNCTION_PRIORITY ||
        way->turn == TURN_STRAIGHT || fabs(turn) > most_rad)
      return false;
  }
  return true;
}

int road_first_path(const road_network *net, int road_id) {
  int lo = 0, hi = net->path_count;
  while (lo < hi) {
    int middle = (lo + hi) / 2;
    if (net->paths[middle].road < road_id)
      lo = middle + 1;
    else
      hi = middle;
  }
  return lo;
}

bool road_keeps_off(const road_network *net, const lane_path *lane, int user) {
  for (int i = road_first_path(net, lane->road);
       i < net->path_count && net->paths[i].road == lane->road; i++) {
    const lane_path *other = &net->paths[i];
    if ((lane->users & LANE_FOR_CARS) && other->section == lane->section &&
        other->lane * lane->lane > 0 && (other->users & user) && !(other->users & LANE_FOR_CARS))
      return true;
  }
  return false;
}

vec3 road_point_at(const road_network *net, const road *r, double s, double t) {
  road_place at = road_line_at(net, r, s);
  double bank = road_bank_at(net, r, s), level = bank == 0 ? t : t * cos(bank);
  return (vec3){at.x_m - level * sin(at.heading_rad), at.y_m + level * cos(at.heading_rad),
                road_elevation_at(net, r, s) + t * sin(bank)};
}

pose road_pose(const road_network *net, const road *r, double s, double t) {
  s = clamp(s, 0, r->length_m);
  return (pose){.p_m = road_point_at(net, r, s, t),
                .q = quat_from_ypr(road_line_at(net, r, s).heading_rad,
                                   -atan(road_grade_at(net, r, s)), road_bank_at(net, r, s))};
}

double road_walk_width(const road_network *net, const road *r, int side) {
  double middle = r->length_m / 2;
  const road_section *sec = &net->sections[r->section_first + road_section_at(net, r, middle)];
  const road_section *last = &net->sections[r->section_first + r->section_count - 1];
  for (int id = side;; id += side) {
    const road_lane *lane = road_lane_find(net, sec, id);
    if (!lane)
      return 0;
    if (lane->type != LANE_SIDEWALK)
      continue;
    // The same all along: short streets narrow towards a turning circle.
    double width = road_width_at(net, lane, middle - sec->s_m);
    double end = (sec == last ? r->length_m : sec[1].s_m) - sec->s_m;
    for (int k = 0; k < 2; k++) {
      double there = road_width_at(net, lane, k ? end : 0);
      width = there > LEAST_WALK_M ? fmin(width, there) : width;
    }
    return width;
  }
}

double road_edge_t(const road_network *net, const road *r, double s, int side, road_edge edge) {
  const road_section *sec = &net->sections[r->section_first + road_section_at(net, r, s)];
  double t = road_offset_at(net, r, s);
  for (int id = side;; id += side) {
    const road_lane *lane = road_lane_find(net, sec, id);
    if (!lane && edge == ROAD_EDGE_PATH)
      t -= side * road_walk_width(net, r, side) / 2;
    if (!lane || (edge == ROAD_EDGE_KERB && lane->type == LANE_CURB) ||
        (edge == ROAD_EDGE_WALK && lane->type == LANE_SIDEWALK))
      return t;
    t += side * road_width_at(net, lane, s - sec->s_m);
    if (edge == ROAD_EDGE_STONE && lane->type == LANE_CURB)
      return t;
  }
}

// The point at s on a polyline of `count` points; its heading turns evenly in between.
static road_point polyline_at(const road_point *p, int count, double s) {
  double length = p[count - 1].s_m;
  s = clamp(s, 0, length);
  int i = 0, end = count - 1; // p[i].s_m <= s <= p[end].s_m
  while (end - i > 1) {
    int middle = (i + end) / 2;
    if (p[middle].s_m <= s)
      i = middle;
    else
      end = middle;
  }
  double step = p[i + 1].s_m - p[i].s_m;
  double u = step > 0 ? (s - p[i].s_m) / step : 0;
  return (road_point){.x_m = p[i].x_m + u * (p[i + 1].x_m - p[i].x_m),
                      .y_m = p[i].y_m + u * (p[i + 1].y_m - p[i].y_m),
                      .z_m = p[i].z_m + u * (p[i + 1].z_m - p[i].z_m),
                      .heading_rad = p[i].heading_rad +
                                     u * angle_wrap(p[i + 1].heading_rad - p[i].heading_rad),
                      .s_m = s,
                      .bank_rad = p[i].bank_rad + u * (p[i + 1].bank_rad - p[i].bank_rad)};
}

road_point lane_point(const road_network *net, const lane_path *lane, double s) {
  return polyline_at(&net->points[lane->point_first], lane->point_count, s);
}

road_point walk_point(const road_network *net, const walk_edge *edge, double s) {
  return polyline_at(&net->points[edge->point_first], edge->point_count, s);
}
