// SPDX-License-Identifier: Apache-2.0
// A hull: the left half of a vehicle's shell as a grid. Columns run around the plan from
// the middle of the nose over the left side to the middle of the tail; rows run from the
// sill up. Its top row is the edge that hood, boot and roof hang between.
// For files of render/asset_*.c alone.
#ifndef RENDER_ASSET_HULL_H
#define RENDER_ASSET_HULL_H

#include "render/mesh_shape.h"

enum { HULL_COLUMNS = 96, HULL_ROWS = 16, HULL_LANES = 9 };

/// Shares of the half width at which nose, tail, hood and roof have their lines.
extern const float hull_lanes[HULL_LANES];

/// The plan: half outline of the widest level, as two superellipse quarters and a side.
typedef struct hull_plan {
  float length, half_width;
  float nose_m, tail_m;         // lengths over which the ends round off
  float nose_power, tail_power; // 2: ellipse; above 3: nearly square
  float end_share;              // last lane of nose and tail, share of the half width
} hull_plan;

typedef struct hull {
  int columns, rows;
  int nose_end, tail_start;                 // columns of the last nose lane and the first tail lane
  float x[HULL_COLUMNS], y[HULL_COLUMNS];   // plan, x forward from the middle
  float nx[HULL_COLUMNS], ny[HULL_COLUMNS]; // outward, in the plan
  f3 p[HULL_ROWS][HULL_COLUMNS];
  material cell[HULL_ROWS - 1][HULL_COLUMNS - 1];
} hull;

/// Makes the columns: lanes of nose and tail, and one at each of stations[] (distance from
/// the nose, any order; those too close to others are left out). Clears rows and cells.
void hull_columns(hull *h, const hull_plan *plan, const float *stations, int count, int rows,
                  material what);
/// Point of a column drawn in by `side` where the plan looks sideways, by `nose` and `tail`
/// where it looks along.
f3 hull_inset(const hull *h, int column, float side, float nose, float tail, float z);
/// Both halves.
void hull_emit(mesh *m, const hull *h);
/// Distance from the middle of the edge of `row` at x, left side.
float hull_width_at(const hull *h, int row, float x);
float hull_height_at(const hull *h, int row, float x);

/// Lifts all rows over the arch of a wheel at x0, z0, so that the lowest one runs round it.
void hull_cut_arch(hull *h, float x0, float z0, float radius);
/// Adds stations so that the arch above `low` comes out round; returns how many.
int hull_arch_stations(float *out, float s0, float z0, float radius, float low);
/// The dark inside of an arch on both sides, in to y = deep and down to z = low.
void hull_well(mesh *m, const hull *h, float x0, float radius, float deep, float low);

/// A deck between the left and right edges of the top row: columns from..to, crowned by
/// `crown` in the middle. Cells: [column - from][lane], lanes left to right, NULL: `what`.
void hull_deck(mesh *m, const hull *h, int from, int to, const float *crown, const material *cells,
               material what);
enum { HULL_DECK_LANES = 2 * HULL_LANES - 1 };

#endif
