// SPDX-License-Identifier: Apache-2.0
// Points in square cells, to ask which of them may be near a place.
#ifndef SCENES_POINT_GRID_H
#define SCENES_POINT_GRID_H

#include <stdbool.h>

/// Points are known by a number from 0 on. All zero is empty.
typedef struct point_grid {
  double x0_m, y0_m, cell_m;
  int columns, rows;
  int *heads; // (rows, columns) the cell's point added last, -1 none
  int *next;  // (capacity) by point: the one of its cell added before, -1 none
} point_grid;

/// A grid over a rectangle with cells of cell_m, or larger where those would be many more than
/// the points, which are `capacity` at most. Points outside count towards the border's cells.
/// False when memory ran out. Release with point_grid_free, also then.
bool point_grid_init(point_grid *g, double x0_m, double y0_m, double x1_m, double y1_m,
                     double cell_m, int capacity);
void point_grid_free(point_grid *g);
/// Adds point `number`, each once.
void point_grid_add(point_grid *g, int number, double x_m, double y_m);

/// A look at all cells that a rectangle meets; point_grid_next gives what lies in them, in no
/// order that means anything, then -1. Points outside of the rectangle may be among it.
typedef struct point_grid_look {
  const point_grid *grid;
  int x0, x1, y1; // cells, inclusive
  int x, y;       // the cell looked at
  int number;     // the next point of it, -1 none
} point_grid_look;

point_grid_look point_grid_within(const point_grid *g, double x0_m, double y0_m, double x1_m,
                                  double y1_m);
/// A look at what may be within reach_m of a place.
point_grid_look point_grid_around(const point_grid *g, double x_m, double y_m, double reach_m);
int point_grid_next(point_grid_look *look);

#endif
