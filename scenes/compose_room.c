// SPDX-License-Identifier: Apache-2.0
// Room between the parts of a composed place: roads as rows of circles.
#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "scenes/compose.h"
#include "scenes/point_grid.h"

static const double STEP_M = 6, CELL_M = 30;
static const double BEHIND_M = 0.5, FAR_BEHIND_M = 200, BEND = 0.35; // of the road before an end

void compose_room_free(compose_room *room) {
  free(room->spots);
  *room = (compose_room){0};
}

static void add_spot(compose_room *room, compose_spot spot) {
  if (room->failed || !ARRAY_RESERVE(room->spots, room->capacity, room->count + 1)) {
    room->failed = true;
    return;
  }
  room->spots[room->count++] = spot;
}

void compose_room_add(compose_room *room, const road_network *net, int first_road) {
  for (int i = first_road - 1; i < net->road_count; i++) {
    const road *r = &net->roads[i];
    int n = (int)fmax(1, ceil(r->length_m / STEP_M));
    for (int k = 0; k <= n; k++) {
      double s = r->length_m * k / n;
      double left = road_edge_t(net, r, s, 1, ROAD_EDGE_OUTER);
      double right = road_edge_t(net, r, s, -1, ROAD_EDGE_OUTER);
      vec3 p = road_point_at(net, r, s, (left + right) / 2);
      add_spot(room, (compose_spot){p.x, p.y, (left - right) / 2});
    }
  }
}

void compose_room_add_joint(compose_room *room, const compose_joint *joint) {
  int n = (int)fmax(1, ceil(joint->length_m / STEP_M)), piece = 0;
  for (int k = 0; k <= n; k++) {
    double s = joint->length_m * k / n, half[2] = {0, 0};
    while (piece + 1 < joint->piece_count && joint->pieces[piece + 1].s_m <= s)
      piece++;
    for (int side = 0; side < 2; side++)
      for (int i = 0; i < joint->strip_count[side]; i++) {
        const highway_strip *strip = &joint->strips[side][i].shape;
        if (s >= strip->begin_m && s <= strip->end_m)
          half[side] += fmax(0, highway_strip_width(strip, s));
      }
    road_place at = road_geometry_at(&joint->pieces[piece], s - joint->pieces[piece].s_m);
    add_spot(room, (compose_spot){at.x_m, at.y_m, fmax(half[0], half[1])});
  }
}

compose_room compose_room_moved(const compose_room *room, const road_motion *by) {
  compose_room out = {.failed = room->failed};
  for (int i = 0; i < room->count; i++) {
    compose_spot spot = room->spots[i];
    vec3 p = road_motion_point(by, (vec3){spot.x_m, spot.y_m, 0});
    spot.x_m = p.x, spot.y_m = p.y;
    add_spot(&out, spot);
  }
  return out;
}

typedef struct box {
  double x0, y0, x1, y1, widest;
} box;

static box box_of(const compose_room *room) {
  box b = {INFINITY, INFINITY, -INFINITY, -INFINITY, 0};
  for (int i = 0; i < room->count; i++) {
    const compose_spot *spot = &room->spots[i];
    b.x0 = fmin(b.x0, spot->x_m), b.x1 = fmax(b.x1, spot->x_m);
    b.y0 = fmin(b.y0, spot->y_m), b.y1 = fmax(b.y1, spot->y_m);
    b.widest = fmax(b.widest, spot->radius_m);
  }
  return b;
}

// Whether a spot lies on the straight or slightly bent road that ends there.
static bool is_behind(const compose_spot *spot, const road_place *end) {
  double c = cos(end->heading_rad), s = sin(end->heading_rad);
  double dx = spot->x_m - end->x_m, dy = spot->y_m - end->y_m;
  double back = -(dx * c + dy * s), aside = fabs(dy * c - dx * s);
  return back > -BEHIND_M && back < FAR_BEHIND_M &&
         aside < spot->radius_m / 2 + BEND * fmax(0, back);
}

bool compose_room_apart(compose_room *a, const compose_room *b, double apart_m,
                        const road_place *end) {
  box of = box_of(b);
  point_grid grid;
  if (a->count == 0 || b->count == 0)
    return true;
  a->failed |= !point_grid_init(&grid, of.x0, of.y0, of.x1, of.y1, CELL_M, b->count);
  bool apart = !a->failed;
  for (int i = 0; i < b->count && apart; i++)
    if (!end || !is_behind(&b->spots[i], end))
      point_grid_add(&grid, i, b->spots[i].x_m, b->spots[i].y_m);
  for (int i = 0; i < a->count && apart; i++) {
    const compose_spot *own = &a->spots[i];
    double reach = own->radius_m + of.widest + apart_m;
    if (own->x_m < of.x0 - reach || own->x_m > of.x1 + reach || own->y_m < of.y0 - reach ||
        own->y_m > of.y1 + reach)
      continue;
    point_grid_look look = point_grid_around(&grid, own->x_m, own->y_m, reach);
    for (int k; (k = point_grid_next(&look)) >= 0 && apart;) {
      const compose_spot *other = &b->spots[k];
      apart = hypot(own->x_m - other->x_m, own->y_m - other->y_m) >=
              own->radius_m + other->radius_m + apart_m;
    }
  }
  point_grid_free(&grid);
  return apart;
}
