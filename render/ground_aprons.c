// SPDX-License-Identifier: Apache-2.0
// Paving between buildings and sidewalks.
#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "render/ground_parts.h"
#include "scenes/point_grid.h"

static const double UNDER_WALL_M = 1.4; // aprons reach below buildings
static const double REACH_M = 25;       // from a building to its road
static const double PLACE_STEP_M = 10;  // of places on a road by which it is found

typedef struct foot {
  double distance_m;
  const road *r;
  double s_m;
  int side;
} foot;

// Chords between stations of roads, by number in the order of roads and stations, and places
// on them, by which those near a point are found.
typedef struct chord {
  const road *r;
  int station;
} chord;

typedef struct chord_grid {
  int chord_count, chord_capacity, place_count, place_capacity;
  chord *chords;
  int *places; // chord by place
  point_grid grid;
} chord_grid;

static int places_on(double length_m) {
  return 1 + (int)(length_m / PLACE_STEP_M);
}

// All chords, with places on each that are PLACE_STEP_M apart at most.
static bool list_chords(const ground *g, chord_grid *out) {
  for (int i = 0; i < g->net->road_count; i++) {
    const ground_stations *at = &g->stations[i];
    for (int k = 0; k + 1 < at->count; k++) {
      int places = places_on(at->s_m[k + 1] - at->s_m[k]);
      if (!ARRAY_RESERVE(out->chords, out->chord_capacity, out->chord_count + 1) ||
          !ARRAY_RESERVE(out->places, out->place_capacity, out->place_count + places))
        return false;
      for (int p = 0; p < places; p++)
        out->places[out->place_count++] = out->chord_count;
      out->chords[out->chord_count++] = (chord){&g->net->roads[i], k};
    }
  }
  return true;
}

static bool sort_chords(const ground *g, chord_grid *out) {
  const road_network *net = g->net;
  if (!list_chords(g, out) || !point_grid_init(&out->grid, net->min_x_m, net->min_y_m, net->max_x_m,
                                               net->max_y_m, REACH_M, out->place_count))
    return false;
  for (int i = 0, place = 0; i < out->chord_count; i++) {
    const ground_stations *at = &g->stations[out->chords[i].r->id - 1];
    int k = out->chords[i].station, places = places_on(at->s_m[k + 1] - at->s_m[k]);
    const road_place *a = &at->places[k], *b = a + 1;
    for (int p = 0; p < places; p++, place++) {
      double u = (p + 0.5) / places;
      point_grid_add(&out->grid, place, a->x_m + u * (b->x_m - a->x_m),
                     a->y_m + u * (b->y_m - a->y_m));
    }
  }
  return true;
}

static void free_chords(chord_grid *g) {
  free(g->chords);
  free(g->places);
  point_grid_free(&g->grid);
}

// The nearest point of a road without junction, by its stations' chords; of equally near ones
// the first.
static foot nearest_road(const ground *g, const chord_grid *all, double x, double y) {
  foot best = {.distance_m = REACH_M};
  int found = -1;
  point_grid_look look = point_grid_around(&all->grid, x, y, REACH_M + PLACE_STEP_M);
  for (int place; (place = point_grid_next(&look)) >= 0;) {
    const chord *c = &all->chords[all->places[place]];
    const ground_stations *at = &g->stations[c->r->id - 1];
    int k = c->station;
    const road_place *a = &at->places[k], *b = a + 1;
    double length = at->s_m[k + 1] - at->s_m[k], reach = length + best.distance_m;
    double ex = b->x_m - a->x_m, ey = b->y_m - a->y_m, dx = x - a->x_m, dy = y - a->y_m;
    if (dx * dx + dy * dy > reach * reach)
      continue;
    double u = fmax(0, fmin(1, (dx * ex + dy * ey) / (ex * ex + ey * ey)));
    double distance = sqrt((dx - u * ex) * (dx - u * ex) + (dy - u * ey) * (dy - u * ey));
    if (distance > best.distance_m ||
        (distance == best.distance_m && (found < 0 || all->places[place] >= found)))
      continue;
    best = (foot){distance, c->r, at->s_m[k] + u * length, ex * dy - ey * dx > 0 ? 1 : -1};
    found = all->places[place];
  }
  return best;
}

// Paving between a building that stands close to the sidewalk and that sidewalk.
void ground_aprons(ground *g) {
  chord_grid chords = {0};
  if (!sort_chords(g, &chords))
    g->out->failed = true;
  for (int i = 0; i < g->s->thing_count && !g->out->failed; i++) {
    const scene_thing *t = &g->s->things[i];
    if (t->kind != THING_BUILDING)
      continue;
    const vec3 front = {1, 0, 0};
    vec3 wall[2], walk[2];
    bool near = true;
    for (int k = 0; k < 2 && near; k++) {
      wall[k] = pose_apply(t->at, (vec3){t->size_m[0] / 2, (k ? 0.5 : -0.5) * t->size_m[1], 0});
      foot f = nearest_road(g, &chords, wall[k].x, wall[k].y);
      near = f.r && f.s_m > 0.5 && f.s_m < f.r->length_m - 0.5;
      if (!near)
        break;
      walk[k] = road_point_at(g->net, f.r, f.s_m,
                              road_edge_t(g->net, f.r, f.s_m, f.side, ROAD_EDGE_OUTER));
      vec3 gap = vec3_sub(wall[k], walk[k]);
      near = hypot(gap.x, gap.y) < 2.2 &&
             -vec3_dot(gap, quat_rotate(t->at.q, front)) > 0.9 * hypot(gap.x, gap.y);
    }
    if (!near)
      continue;
    // On under the building, whose box begins where its awnings and balconies end.
    vec3 corners[4] = {wall[0], walk[0], walk[1], wall[1]}, ahead = quat_rotate(t->at.q, front);
    for (int k = 0; k < 4; k += 3)
      corners[k] = vec3_sub(corners[k], vec3_scale(ahead, UNDER_WALL_M));
    for (int k = 0; k < 4; k++)
      corners[k].z = wall[0].z + 0.006;
    ground_polygon(g, corners, 4, MATERIAL_GROUND_PAVING);
  }
  free_chords(&chords);
}
