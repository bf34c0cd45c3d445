// SPDX-License-Identifier: Apache-2.0
// The land that roads lie on: a terrain of long waves, cut and heaped up to meet the roads.
#ifndef SCENES_LAND_H
#define SCENES_LAND_H

#include "base/rng.h"
#include "scenes/road.h"

/// Waves of random direction, 250 to 1600 m long, whose heights spread by deviation_m about 0.
road_terrain land_draw_terrain(rng *r, double deviation_m);
/// Height of the terrain before roads were built on it.
double land_terrain_at(const road_terrain *terrain, double x_m, double y_m);

/// The same of a network's land, where each region's terrain goes over into the others'.
double land_before_roads(const road_land *land, double x_m, double y_m);

/// Fills net->land from its roads: a grid in `memory` whose nodes on and beside roads lie at
/// their height and approach the terrain away from them. Level networks get none. False when
/// memory ran out.
bool land_build(road_network *net, arena *memory);

/// Height of the land at a point; on a road, of its surface to within the grid's cells. Without
/// a grid the terrain's, which is level.
double land_height(const road_network *net, double x_m, double y_m);

/// What a node of the grid is.
typedef enum land_node {
  LAND_FREE, // open land, further than LAND_NEAR_CELLS from roads
  LAND_NEAR, // open land
  LAND_ROAD  // on a road or as close to one as a cell is wide
} land_node;

enum { LAND_NEAR_CELLS = 6 };
/// Corners of the grid are multiples of this, and a whole number of cells.
#define LAND_STEP_M 60.0

#endif
