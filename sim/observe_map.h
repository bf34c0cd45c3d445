// SPDX-License-Identifier: Apache-2.0
// What an observation has of the map: pieces of lanes and what stands on or beside the road, each
// found by place. Const once made. For sim/observe.c only.
#ifndef SIM_OBSERVE_MAP_H
#define SIM_OBSERVE_MAP_H

#include "base/arena.h"
#include "roadloom/policy.h"
#include "scenes/point_grid.h"
#include "scenes/scene.h"

typedef struct sim_map_piece {
  int lane; // id
  uint32_t flags;
  bool last; // it holds the lane's end
  double x_m[ROADLOOM_LANE_POINTS], y_m[ROADLOOM_LANE_POINTS];
} sim_map_piece;

typedef struct sim_map_thing {
  uint32_t id, kind; // roadloom_kind
  double x_m, y_m, ahead_x, ahead_y, length_m, width_m;
} sim_map_thing;

typedef struct sim_observe_map {
  arena *memory;
  int piece_count;
  sim_map_piece *pieces;
  int thing_count;
  sim_map_thing *things;
  point_grid piece_grid, thing_grid; // of pieces' middles, of things
} sim_observe_map;

/// False when memory ran out. Release with sim_observe_map_free, also then.
bool sim_observe_map_build(sim_observe_map *out, const scene *s);
void sim_observe_map_free(sim_observe_map *map);

/// The up to `most` of a grid's points that are nearest to a place and within reach_m, nearest
/// first, of equally near ones the smaller number first; places by number are in x and y, `stride`
/// bytes from one to the next. Returns how many.
typedef struct sim_near {
  double d2;
  int number;
} sim_near;
int sim_nearest(const point_grid *grid, const double *x, const double *y, size_t stride, double x_m,
                double y_m, double reach_m, sim_near *out, int most);
/// Puts a candidate into a sorted list of at most `most`; the new count.
int sim_near_put(sim_near *list, int count, int most, double d2, int number);

#endif
