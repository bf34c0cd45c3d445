// SPDX-License-Identifier: Apache-2.0
// Which lane is nearest: pieces of lanes between two points, sorted into a grid's cells. A
// search looks at the cell under the point and then at rings around it, for as long as a
// ring may hold something nearer.
#include "scenes/lane_index.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double CELL_M = 4, REACH_M = 10;
// More than what floats within a cell's neighbourhood can be wrong by.
static const float DOUBT_M = 1e-4f;
// Sparse networks get larger cells: at most this many a piece of lane.
enum { CELLS_PER_PIECE = 4, CELLS_LEAST = 1024 };

typedef struct cell_range {
  int x0, y0, x1, y1;
} cell_range;

static int cell_along(double at, double origin, double size, int count) {
  double cell = floor((at - origin) / size);
  return cell < 0 ? 0 : cell >= count ? count - 1 : (int)cell;
}

static cell_range cells_of(const lane_index *in, const road_point *p) {
  return (cell_range){
      cell_along(fmin(p[0].x_m, p[1].x_m), in->x_m, in->cell_m, in->columns),
      cell_along(fmin(p[0].y_m, p[1].y_m), in->y_m, in->cell_m, in->rows),
      cell_along(fmax(p[0].x_m, p[1].x_m), in->x_m, in->cell_m, in->columns),
      cell_along(fmax(p[0].y_m, p[1].y_m), in->y_m, in->cell_m, in->rows),
  };
}

static const lane_block EMPTY = {.from_x = {1e6f, 1e6f, 1e6f, 1e6f},
                                 .from_y = {1e6f, 1e6f, 1e6f, 1e6f}};

static void put_piece(const road_network *net, const lane_index *in, int cell, int number,
                      lane_piece piece) {
  const road_point *p = &net->points[piece.point];
  double ex = p[1].x_m - p[0].x_m, ey = p[1].y_m - p[0].y_m, square = ex * ex + ey * ey;
  lane_block *block = &in->blocks[in->first[cell] + number / LANE_BLOCK];
  int k = number % LANE_BLOCK;
  if (k == 0)
    *block = EMPTY;
  block->from_x[k] = (float)(p->x_m - in->x_m - cell % in->columns * in->cell_m);
  block->from_y[k] = (float)(p->y_m - in->y_m - cell / in->columns * in->cell_m);
  block->along_x[k] = (float)ex;
  block->along_y[k] = (float)ey;
  block->per_square[k] = square > 0 ? (float)(1 / square) : 0;
  block->piece[k] = piece;
}

// Counts pieces by cell, from 0; with `put` also puts each where its number says.
static void sort_pieces(const road_network *net, const lane_index *in, int *count, bool put) {
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *lane = &net->paths[i];
    for (int k = 0; k + 1 < lane->point_count; k++) {
      lane_piece piece = {i, lane->point_first + k};
      cell_range c = cells_of(in, &net->points[piece.point]);
      for (int y = c.y0; y <= c.y1; y++)
        for (int x = c.x0; x <= c.x1; x++) {
          int cell = y * in->columns + x, number = count[cell]++;
          if (put)
            put_piece(net, in, cell, number, piece);
        }
    }
  }
}

static void lay_grid(const road_network *net, lane_index *in) {
  double pieces = 0;
  for (int i = 0; i < net->path_count; i++)
    pieces += net->paths[i].point_count;
  double wide = fmax(net->max_x_m - net->min_x_m, 0), high = fmax(net->max_y_m - net->min_y_m, 0);
  double most = fmax(CELLS_LEAST, CELLS_PER_PIECE * pieces);
  in->x_m = net->min_x_m;
  in->y_m = net->min_y_m;
  in->cell_m = CELL_M;
  while ((wide / in->cell_m + 1) * (high / in->cell_m + 1) > most)
    in->cell_m *= 1.25;
  in->columns = (int)(wide / in->cell_m) + 1;
  in->rows = (int)(high / in->cell_m) + 1;
}

bool lane_index_build(road_network *net, arena *memory) {
  lane_index *in = &net->index;
  memset(in, 0, sizeof *in);
  if (net->path_count == 0)
    return true;
  lay_grid(net, in);
  size_t cells = (size_t)in->columns * (size_t)in->rows;
  in->first = ARENA_NEW(memory, int, cells + 1);
  int *count = calloc(cells, sizeof *count);
  bool ok = in->first && count;
  if (ok) {
    sort_pieces(net, in, count, false);
    for (size_t i = 0; i < cells; i++) {
      in->first[i + 1] = in->first[i] + (count[i] + LANE_BLOCK - 1) / LANE_BLOCK;
      count[i] = 0;
    }
    in->blocks = ARENA_NEW(memory, lane_block, in->first[cells]);
    ok = in->blocks != NULL;
  }
  if (ok)
    sort_pieces(net, in, count, true);
  free(count);
  return ok;
}

typedef struct nearest {
  double distance, s_m, t_m;
  int path, point; // index of the lane and of the piece's first point
} nearest;

static void try_piece(const road_network *net, const lane_piece *piece, double x, double y,
                      nearest *best) {
  const road_point *p = &net->points[piece->point];
  double ex = p[1].x_m - p[0].x_m, ey = p[1].y_m - p[0].y_m;
  double dx = x - p[0].x_m, dy = y - p[0].y_m, square = ex * ex + ey * ey;
  double u = square > 0 ? (dx * ex + dy * ey) / square : 0;
  u = u < 0 ? 0 : u > 1 ? 1 : u;
  double ox = dx - u * ex, oy = dy - u * ey, distance = sqrt(ox * ox + oy * oy);
  // Equal distances: the first lane and the first piece of it, in whatever order they come.
  if (distance > best->distance ||
      (distance == best->distance && (best->path < 0 || piece->path > best->path ||
                                      (piece->path == best->path && piece->point >= best->point))))
    return;
  *best = (nearest){.distance = distance,
                    .s_m = p[0].s_m + u * (p[1].s_m - p[0].s_m),
                    .t_m = ex * dy - ey * dx < 0 ? -distance : distance,
                    .path = piece->path,
                    .point = piece->point};
}

// Squared distances of a block's pieces from a point in its cell's frame.
static inline void measure(const lane_block *b, float x, float y, float square[LANE_BLOCK]) {
  for (int i = 0; i < LANE_BLOCK; i++) {
    float dx = x - b->from_x[i], dy = y - b->from_y[i];
    float u = (dx * b->along_x[i] + dy * b->along_y[i]) * b->per_square[i];
    u = u < 0 ? 0 : u;
    u = u > 1 ? 1 : u;
    float ox = dx - u * b->along_x[i], oy = dy - u * b->along_y[i];
    square[i] = ox * ox + oy * oy;
  }
}

// The point, the cell under it, and where in that cell it is.
typedef struct search {
  const road_network *net;
  double x, y;
  int column, row;
  double in_x, in_y;
  nearest *best;
} search;

// From `at` of a cell to the one `step` cells away, along one axis.
static double gap(double at, double size, int step) {
  return step > 0 ? step * size - at : step < 0 ? at - (step + 1) * size : 0;
}

// Tries the pieces of the cell that many cells away, if any can be near enough.
static void try_cell(const search *here, int right, int up) {
  const lane_index *in = &here->net->index;
  nearest *best = here->best;
  double x = here->x, y = here->y;
  int column = here->column + right, row = here->row + up;
  if (column < 0 || row < 0 || column >= in->columns || row >= in->rows)
    return;
  double across = gap(here->in_x, in->cell_m, right), along = gap(here->in_y, in->cell_m, up);
  if (across * across + along * along > best->distance * best->distance)
    return;
  int cell = row * in->columns + column;
  float own_x = (float)(x - in->x_m - column * in->cell_m);
  float own_y = (float)(y - in->y_m - row * in->cell_m);
  float limit = (float)best->distance + DOUBT_M;
  for (int at = in->first[cell]; at < in->first[cell + 1]; at++) {
    float square[LANE_BLOCK];
    measure(&in->blocks[at], own_x, own_y, square);
    for (int i = 0; i < LANE_BLOCK; i++)
      if (square[i] <= limit * limit) {
        try_piece(here->net, &in->blocks[at].piece[i], x, y, best);
        limit = (float)best->distance + DOUBT_M;
      }
  }
}

int lane_nearest(const road_network *net, double x, double y, double *s_m, double *t_m) {
  const lane_index *in = &net->index;
  nearest best = {.distance = REACH_M, .path = -1};
  if (in->columns == 0 || !(fabs(x - in->x_m) < 1e9) || !(fabs(y - in->y_m) < 1e9))
    return 0;
  double fx = (x - in->x_m) / in->cell_m, fy = (y - in->y_m) / in->cell_m;
  int column = (int)floor(fx), row = (int)floor(fy);
  fx -= column, fy -= row;
  search here = {net, x, y, column, row, fx * in->cell_m, fy * in->cell_m, &best};
  try_cell(&here, 0, 0);
  // From the point to the nearest side of its cell.
  double side = in->cell_m * fmin(fmin(fx, 1 - fx), fmin(fy, 1 - fy));
  for (int r = 1; side + (r - 1) * in->cell_m <= best.distance; r++) {
    for (int k = -r; k <= r; k++) {
      try_cell(&here, k, -r);
      try_cell(&here, k, r);
    }
    for (int k = 1 - r; k < r; k++) {
      try_cell(&here, -r, k);
      try_cell(&here, r, k);
    }
  }
  if (best.path < 0)
    return 0;
  if (s_m)
    *s_m = best.s_m;
  if (t_m)
    *t_m = best.t_m;
  return net->paths[best.path].id;
}
