// SPDX-License-Identifier: Apache-2.0
#include "sim/observe_map.h"

#include <math.h>
#include <string.h>

#include "sim/observe.h"
#include "sim/solid.h"

static const double PIECE_M = 40; // the longest
static const double CELL_M = 40;
static const double BESIDE_M = 10; // things farther from any lane's middle aren't seen

enum { PIECE_MIDDLE = ROADLOOM_LANE_POINTS / 2 };

roadloom_kind sim_observed_kind(thing_kind kind) {
  switch (kind) {
  case THING_CAR:
  case THING_VAN:
  case THING_POLICE:
  case THING_AMBULANCE:
    return ROADLOOM_CAR;
  case THING_TRUCK:
  case THING_TRACTOR:
  case THING_TRAILER:
    return ROADLOOM_TRUCK;
  case THING_BUS:
    return ROADLOOM_BUS;
  case THING_MOTORCYCLE:
    return ROADLOOM_MOTORCYCLE;
  case THING_BICYCLE:
    return ROADLOOM_BICYCLE;
  case THING_PERSON:
  case THING_WHEELCHAIR:
  case THING_PRAM:
    return ROADLOOM_PEDESTRIAN;
  case THING_DOG:
  case THING_DEER:
    return ROADLOOM_ANIMAL;
  default:
    return ROADLOOM_OBJECT;
  }
}

static int pieces_of(const lane_path *lane) {
  return (int)ceil(lane->length_m / PIECE_M - 1e-9);
}

static uint32_t flags_of(const lane_path *lane) {
  uint32_t flags = lane->junction ? ROADLOOM_LANE_JUNCTION : 0;
  if (lane->turn == TURN_LEFT || lane->turn == TURN_U)
    flags |= ROADLOOM_LANE_LEFT;
  if (lane->turn == TURN_RIGHT)
    flags |= ROADLOOM_LANE_RIGHT;
  return flags | (lane->users & LANE_FOR_CARS ? ROADLOOM_LANE_CARS : 0);
}

// Pieces of equal length, points evenly apart: one walk along the lane's own points.
static void cut(sim_map_piece *pieces, const road_network *net, const lane_path *lane, int count) {
  const road_point *points = net->points + lane->point_first;
  int between = ROADLOOM_LANE_POINTS - 1, at = 0;
  for (int n = 0; n <= count * between; n++) {
    double s = lane->length_m * n / (count * between);
    while (at < lane->point_count - 2 && points[at + 1].s_m < s)
      at++;
    const road_point *p = &points[at], *next = p + 1;
    double u = next->s_m > p->s_m ? (s - p->s_m) / (next->s_m - p->s_m) : 0;
    double x = p->x_m + u * (next->x_m - p->x_m), y = p->y_m + u * (next->y_m - p->y_m);
    int piece = n / between, i = n % between;
    if (piece < count) {
      pieces[piece].x_m[i] = x;
      pieces[piece].y_m[i] = y;
    }
    if (i == 0 && piece > 0) { // where one ends the next one begins
      pieces[piece - 1].x_m[between] = x;
      pieces[piece - 1].y_m[between] = y;
    }
  }
  for (int k = 0; k < count; k++) {
    pieces[k].lane = lane->id;
    pieces[k].flags = flags_of(lane);
    pieces[k].last = k == count - 1;
  }
}

static bool add_lanes(sim_observe_map *map, const road_network *net) {
  for (int i = 0; i < net->path_count; i++)
    map->piece_count += pieces_of(&net->paths[i]);
  map->pieces = ARENA_NEW(map->memory, sim_map_piece, map->piece_count);
  if (!map->pieces || !point_grid_init(&map->piece_grid, net->min_x_m, net->min_y_m, net->max_x_m,
                                       net->max_y_m, CELL_M, map->piece_count))
    return false;
  for (int i = 0, at = 0; i < net->path_count; i++) {
    int count = pieces_of(&net->paths[i]);
    cut(&map->pieces[at], net, &net->paths[i], count);
    at += count;
  }
  for (int k = 0; k < map->piece_count; k++)
    point_grid_add(&map->piece_grid, k, map->pieces[k].x_m[PIECE_MIDDLE],
                   map->pieces[k].y_m[PIECE_MIDDLE]);
  return true;
}

static bool add_things(sim_observe_map *map, const scene *s) {
  const road_network *net = &s->roads;
  map->things = ARENA_NEW(map->memory, sim_map_thing, s->thing_count);
  if (!map->things || !point_grid_init(&map->thing_grid, net->min_x_m, net->min_y_m, net->max_x_m,
                                       net->max_y_m, CELL_M, s->thing_count))
    return false;
  for (int i = 0; i < s->thing_count; i++) {
    const scene_thing *thing = &s->things[i];
    sim_box box;
    double t;
    if (!sim_solid_of(thing, &box) || !lane_nearest(net, box.x_m, box.y_m, NULL, &t) ||
        fabs(t) > BESIDE_M)
      continue;
    int k = map->thing_count++;
    map->things[k] = (sim_map_thing){thing->id,
                                     (uint32_t)sim_observed_kind(thing->kind),
                                     box.x_m,
                                     box.y_m,
                                     box.ahead_x,
                                     box.ahead_y,
                                     2 * box.half_length_m,
                                     2 * box.half_width_m};
    point_grid_add(&map->thing_grid, k, box.x_m, box.y_m);
  }
  return true;
}

bool sim_observe_map_build(sim_observe_map *out, const scene *s) {
  memset(out, 0, sizeof *out);
  out->memory = arena_create();
  return out->memory && add_lanes(out, &s->roads) && add_things(out, s);
}

void sim_observe_map_free(sim_observe_map *map) {
  point_grid_free(&map->piece_grid);
  point_grid_free(&map->thing_grid);
  arena_destroy(map->memory);
  memset(map, 0, sizeof *map);
}

int sim_near_put(sim_near *list, int count, int most, double d2, int number) {
  if (count == most &&
      (list[count - 1].d2 < d2 || (list[count - 1].d2 == d2 && list[count - 1].number < number)))
    return count;
  int at = count < most ? count++ : count - 1;
  for (;
       at > 0 && (list[at - 1].d2 > d2 || (list[at - 1].d2 == d2 && list[at - 1].number > number));
       at--)
    list[at] = list[at - 1];
  list[at] = (sim_near){d2, number};
  return count;
}

int sim_nearest(const point_grid *grid, const double *x, const double *y, size_t stride, double x_m,
                double y_m, double reach_m, sim_near *out, int most) {
  point_grid_look look = point_grid_around(grid, x_m, y_m, reach_m);
  int count = 0;
  for (int k; (k = point_grid_next(&look)) >= 0;) {
    double dx = *(const double *)((const char *)x + (size_t)k * stride) - x_m;
    double dy = *(const double *)((const char *)y + (size_t)k * stride) - y_m;
    double d2 = dx * dx + dy * dy;
    if (d2 <= reach_m * reach_m)
      count = sim_near_put(out, count, most, d2, k);
  }
  return count;
}
