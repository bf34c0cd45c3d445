// SPDX-License-Identifier: Apache-2.0
// Which lane is nearest: a search walks down to one cell of the index, measures the cell's chords
// and lets the pieces of those that come out nearest decide.
#include <math.h>

#include "scenes/lane_index.h"

// More than single precision does to a distance.
static const float DOUBT_M = 1e-4f;
// Squares that a search keeps.
enum { KEPT_LINES = 16, KEPT = KEPT_LINES * LANE_NEAR_EACH };

// Where a place is beside a piece of a lane.
typedef struct beside {
  double u, square, cross; // along it from 0 to 1; of the distance from it; positive on its left
} beside;

static inline beside beside_piece(const road_point *p, double x, double y) {
  double ex = p[1].x_m - p[0].x_m, ey = p[1].y_m - p[0].y_m;
  double dx = x - p[0].x_m, dy = y - p[0].y_m, square = ex * ex + ey * ey;
  double u = square > 0 ? (dx * ex + dy * ey) / square : 0;
  u = 0.5 * (fabs(u) - fabs(u - 1) + 1); // clamped to 0..1
  double ox = dx - u * ex, oy = dy - u * ey;
  return (beside){u, ox * ox + oy * oy, ex * dy - ey * dx};
}

// The cell of the grid under a point, or its quarter, or a quarter's. NULL outside of the grid.
// at_m: where the point is from the cell's middle.
static const lane_cell *find_cell(const lane_index *in, double x, double y, float at_m[2]) {
  double side = in->cell_m;
  x -= in->x_m;
  y -= in->y_m;
  if (!(x >= 0 && y >= 0 && x < side * in->columns && y < side * in->rows))
    return NULL;
  int column = (int)(x * in->per_cell), row = (int)(y * in->per_cell);
  column = column < in->columns ? column : in->columns - 1;
  row = row < in->rows ? row : in->rows - 1;
  const lane_cell *cell = &in->cells[row * in->columns + column];
  for (x -= column * side, y -= row * side; cell->count < 0;) {
    side *= 0.5;
    int right = x >= side, up = y >= side;
    x -= right * side;
    y -= up * side;
    cell = &in->cells[cell->first + 2 * up + right];
  }
  at_m[0] = (float)(x - side / 2);
  at_m[1] = (float)(y - side / 2);
  return cell;
}

// Along a chord, from 0 to 1. Chords of no length are as good as any.
static inline float along_near(const lane_chords *near, int k, const float at_m[2]) {
  float ex = near->along_x_m[k], ey = near->along_y_m[k];
  float dx = at_m[0] - near->x_m[k], dy = at_m[1] - near->y_m[k];
  float u = (dx * ex + dy * ey) / (ex * ex + ey * ey + 1e-6f);
  return 0.5f * (fabsf(u) - fabsf(u - 1) + 1); // clamped to 0..1; branches would cost more
}

// The squared distances from the chords of up to KEPT_LINES lines, and the least of them.
static float measure_lines(const lane_chords *nears, int count, const float at_m[2],
                           float squares[KEPT]) {
  float least[LANE_NEAR_EACH] = {INFINITY, INFINITY, INFINITY, INFINITY};
  for (int i = 0; i < count; i++) {
    float *square = &squares[i * LANE_NEAR_EACH];
    for (int k = 0; k < LANE_NEAR_EACH; k++) {
      float u = along_near(&nears[i], k, at_m);
      float ox = at_m[0] - nears[i].x_m[k] - u * nears[i].along_x_m[k];
      float oy = at_m[1] - nears[i].y_m[k] - u * nears[i].along_y_m[k];
      square[k] = ox * ox + oy * oy;
    }
    for (int k = 0; k < LANE_NEAR_EACH; k++)
      least[k] = square[k] < least[k] ? square[k] : least[k];
  }
  float low = least[0] < least[1] ? least[0] : least[1];
  float high = least[2] < least[3] ? least[2] : least[3];
  return low < high ? low : high;
}

// What of a network is nearest to a place so far.
typedef struct nearest {
  double square_m2; // of its distance
  int path, point;  // -1 none; where its piece begins
} nearest;

// Looks at the pieces of a chord. It is so nearly straight that the place beside it tells which is
// nearest, but for a neighbour or two; from there distances only grow. Of equally near ones the
// first is kept.
static void search_pieces(const road_point *points, const lane_chords *near, int k,
                          const float at_m[2], double x, double y, nearest *found) {
  int first = near->point[k], count = near->path[k] % LANE_NEAR_PIECES + 1;
  const road_point *p = &points[first];
  int guess = (int)(along_near(near, k, at_m) * (float)count), at = guess -= guess == count;
  double least = beside_piece(&p[guess], x, y).square;
  for (int way = -1; way <= 1; way += 2)
    for (int j = guess + way; j >= 0 && j < count; j += way) {
      double square = beside_piece(&p[j], x, y).square;
      if (square > least || (square == least && way > 0))
        break;
      least = square;
      at = j;
    }
  at += first;
  if (least < found->square_m2 || (least == found->square_m2 && at < found->point)) {
    found->square_m2 = least;
    found->path = near->path[k] / (2 * LANE_NEAR_PIECES);
    found->point = at;
  }
}

// Looks among up to KEPT_LINES lines of chords: first at the nearest, then at all whose pieces can
// be nearer than its.
static void search_lines(const road_network *net, const lane_chords *nears, int count,
                         const float at_m[2], double x, double y, nearest *found) {
  float squares[KEPT];
  float least = measure_lines(nears, count, at_m, squares);
  int best = 0;
  while (squares[best] > least)
    best++;
  const lane_chords *near = &nears[best / LANE_NEAR_EACH];
  search_pieces(net->points, near, best % LANE_NEAR_EACH, at_m, x, y, found);
  float limit = sqrtf((float)found->square_m2) + DOUBT_M, bent = limit + (float)LANE_SAGITTA_M;
  limit *= limit;
  bent *= bent;
  for (int i = 0; i < count * LANE_NEAR_EACH; i++) {
    if (squares[i] > bent || i == best)
      continue;
    near = &nears[i / LANE_NEAR_EACH];
    int k = i % LANE_NEAR_EACH;
    if (squares[i] <= limit || near->path[k] & LANE_NEAR_PIECES)
      search_pieces(net->points, near, k, at_m, x, y, found);
  }
}

int lane_nearest(const road_network *net, double x, double y, double *s_m, double *t_m) {
  const lane_index *in = &net->index;
  float at_m[2];
  const lane_cell *cell = find_cell(in, x, y, at_m);
  if (!cell)
    return 0;
  nearest found = {LANE_REACH_M * LANE_REACH_M, -1, 0};
  for (int i = 0; i < cell->count; i += KEPT_LINES) {
    int left = cell->count - i, count = left < KEPT_LINES ? left : KEPT_LINES;
    search_lines(net, &in->nears[cell->first + i], count, at_m, x, y, &found);
  }
  if (found.path < 0)
    return 0;
  const road_point *p = &net->points[found.point];
  beside at = beside_piece(p, x, y);
  if (s_m)
    *s_m = p[0].s_m + at.u * (p[1].s_m - p[0].s_m);
  if (t_m)
    *t_m = copysign(sqrt(at.square), at.cross < 0 ? -1 : 1);
  return found.path + 1;
}
