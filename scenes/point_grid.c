// SPDX-License-Identifier: Apache-2.0
#include "scenes/point_grid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CELLS_LEAST = 64, CELLS_PER_POINT = 2 };

bool point_grid_init(point_grid *g, double x0, double y0, double x1, double y1, double cell,
                     int capacity) {
  double wide = fmax(0, x1 - x0), high = fmax(0, y1 - y0);
  double most = CELLS_LEAST + CELLS_PER_POINT * (double)capacity;
  while ((wide / cell + 1) * (high / cell + 1) > most)
    cell *= 1.25;
  *g = (point_grid){.x0_m = x0,
                    .y0_m = y0,
                    .cell_m = cell,
                    .columns = 1 + (int)(wide / cell),
                    .rows = 1 + (int)(high / cell)};
  size_t cells = (size_t)g->columns * (size_t)g->rows;
  g->heads = malloc(sizeof *g->heads * cells);
  g->next = malloc(sizeof *g->next * ((size_t)capacity + 1));
  for (size_t i = 0; i < cells && g->heads; i++)
    g->heads[i] = -1;
  return g->heads && g->next;
}

void point_grid_free(point_grid *g) {
  free(g->heads);
  free(g->next);
  memset(g, 0, sizeof *g);
}

static int cell_along(double at, double first, double cell, int count) {
  double i = floor((at - first) / cell);
  return i >= count ? count - 1 : i > 0 ? (int)i : 0;
}

void point_grid_add(point_grid *g, int number, double x, double y) {
  int column = cell_along(x, g->x0_m, g->cell_m, g->columns);
  int *head = &g->heads[cell_along(y, g->y0_m, g->cell_m, g->rows) * g->columns + column];
  g->next[number] = *head;
  *head = number;
}

point_grid_look point_grid_within(const point_grid *g, double x0, double y0, double x1, double y1) {
  point_grid_look look = {.grid = g,
                          .x0 = cell_along(x0, g->x0_m, g->cell_m, g->columns),
                          .x1 = cell_along(x1, g->x0_m, g->cell_m, g->columns),
                          .y1 = cell_along(y1, g->y0_m, g->cell_m, g->rows)};
  look.x = look.x0;
  look.y = cell_along(y0, g->y0_m, g->cell_m, g->rows);
  look.number = g->heads[look.y * g->columns + look.x];
  return look;
}

point_grid_look point_grid_around(const point_grid *g, double x, double y, double reach) {
  return point_grid_within(g, x - reach, y - reach, x + reach, y + reach);
}

int point_grid_next(point_grid_look *look) {
  const point_grid *g = look->grid;
  while (look->number < 0) {
    if (++look->x > look->x1) {
      look->x = look->x0;
      look->y++;
    }
    if (look->y > look->y1)
      return -1;
    look->number = g->heads[look->y * g->columns + look->x];
  }
  int number = look->number;
  look->number = g->next[number];
  return number;
}
