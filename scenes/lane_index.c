// SPDX-License-Identifier: Apache-2.0
// What lane_nearest() searches. Lanes are covered by chords, and each cell of the ground lists the
// few that can be nearest to a place in it.
#include "scenes/lane_index.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

static const double REACH_M = LANE_REACH_M, SAGITTA_M = LANE_SAGITTA_M;
static const double DOUBT_M = 1e-6; // more than rounding does to a distance
static const double CELL_M = 8, LEAST_CELL_M = 1.8;
// Pieces of a chord; chords of a cell that isn't cut into quarters.
enum { CHORD_PIECES = LANE_NEAR_PIECES, CELL_CHORDS = 16 };
// Sparse networks get larger cells: at most this many a chord.
enum { CELLS_PER_CHORD = 4, CELLS_LEAST = 1024 };

// Some pieces of a lane's centre line, from one point to the next, that are nearly straight.
typedef struct chord {
  double x_m, y_m, along_x_m, along_y_m; // its begin, and from there to its end
  double per_square;                     // 1 / squared length, 0 of a point
  int path, point, count;                // indices into paths and points; pieces
  bool bent;                             // has points that are LANE_STRAIGHT_M off it
} chord;

typedef struct builder {
  const road_network *net;
  lane_index in; // its cells on the heap; these list candidates, till nears are put
  chord *chords;
  int *candidates; // into chords
  double *squares; // of distances, of one cell's candidates
  int chord_count, candidate_count;
  int cell_capacity, candidate_capacity, chord_capacity, square_capacity;
  bool failed;
} builder;

// The squared distance of a place from a chord. Branches would cost more than all of it.
static inline double chord_square(const chord *c, double x, double y) {
  double dx = x - c->x_m, dy = y - c->y_m;
  double u = (dx * c->along_x_m + dy * c->along_y_m) * c->per_square;
  u = 0.5 * (fabs(u) - fabs(u - 1) + 1); // clamped to 0..1
  double ox = dx - u * c->along_x_m, oy = dy - u * c->along_y_m;
  return ox * ox + oy * oy;
}

static chord chord_over(const road_network *net, int path, int point, int count) {
  const road_point *a = &net->points[point], *b = a + count;
  double ex = b->x_m - a->x_m, ey = b->y_m - a->y_m, square = ex * ex + ey * ey;
  return (chord){a->x_m, a->y_m, ex, ey, square > 0 ? 1 / square : 0, path, point, count, false};
}

// Whether the points between a chord's ends lie on it but for a sagitta.
static bool chord_holds(const road_network *net, const chord *c, double sagitta_m) {
  for (int i = 1; i < c->count; i++) {
    const road_point *p = &net->points[c->point + i];
    if (chord_square(c, p->x_m, p->y_m) > sagitta_m * sagitta_m)
      return false;
  }
  return true;
}

static void lay_chords(builder *b) {
  for (int i = 0; i < b->net->path_count; i++) {
    const lane_path *lane = &b->net->paths[i];
    if (lane->users == LANE_FOR_BICYCLES)
      continue;
    for (int at = 0, count; at + 1 < lane->point_count; at += count) {
      count = lane->point_count - 1 - at;
      count = count < CHORD_PIECES ? count : CHORD_PIECES;
      chord c = chord_over(b->net, i, lane->point_first + at, count);
      while (!chord_holds(b->net, &c, SAGITTA_M))
        c = chord_over(b->net, i, lane->point_first + at, --count);
      c.bent = !chord_holds(b->net, &c, LANE_STRAIGHT_M);
      if (b->failed || !ARRAY_RESERVE(b->chords, b->chord_capacity, b->chord_count + 1)) {
        b->failed = true;
        return;
      }
      b->chords[b->chord_count++] = c;
    }
  }
}

// A grid over all places within reach of a chord.
static void lay_grid(builder *b) {
  double lo[2] = {INFINITY, INFINITY}, hi[2] = {-INFINITY, -INFINITY};
  for (int i = 0; i < b->chord_count; i++) {
    const chord *c = &b->chords[i];
    lo[0] = fmin(lo[0], fmin(c->x_m, c->x_m + c->along_x_m));
    hi[0] = fmax(hi[0], fmax(c->x_m, c->x_m + c->along_x_m));
    lo[1] = fmin(lo[1], fmin(c->y_m, c->y_m + c->along_y_m));
    hi[1] = fmax(hi[1], fmax(c->y_m, c->y_m + c->along_y_m));
  }
  double margin = REACH_M + SAGITTA_M + DOUBT_M;
  double wide = hi[0] - lo[0] + 2 * margin, high = hi[1] - lo[1] + 2 * margin;
  double most = fmax(CELLS_LEAST, CELLS_PER_CHORD * (double)b->chord_count);
  b->in.x_m = lo[0] - margin;
  b->in.y_m = lo[1] - margin;
  b->in.cell_m = CELL_M;
  while ((wide / b->in.cell_m + 1) * (high / b->in.cell_m + 1) > most)
    b->in.cell_m *= 1.25;
  b->in.per_cell = 1 / b->in.cell_m;
  b->in.columns = (int)(wide / b->in.cell_m) + 1;
  b->in.rows = (int)(high / b->in.cell_m) + 1;
  b->in.cell_count = b->in.columns * b->in.rows;
  b->failed = b->failed || !ARRAY_RESERVE(b->in.cells, b->cell_capacity, b->in.cell_count);
}

// A cell's square, and the chord nearest to its middle.
typedef struct patch {
  double x_m, y_m, side_m; // lower left corner
  double nearest_m2;       // squared distance of that chord from the middle
  const chord *nearest;    // NULL none
  double limit_m2;         // of what can be nearest to a place in it, also from the middle
} patch;

static patch patch_at(double x, double y, double side) {
  return (patch){.x_m = x, .y_m = y, .side_m = side, .nearest_m2 = INFINITY};
}

static patch grid_patch(const builder *b, int cell) {
  return patch_at(b->in.x_m + cell % b->in.columns * b->in.cell_m,
                  b->in.y_m + cell / b->in.columns * b->in.cell_m, b->in.cell_m);
}

static patch quarter(const patch *p, int which) {
  double side = p->side_m / 2;
  return patch_at(p->x_m + (which & 1) * side, p->y_m + (which >> 1) * side, side);
}

static double from_middle(const patch *p, const chord *c) {
  return chord_square(c, p->x_m + p->side_m / 2, p->y_m + p->side_m / 2);
}

static double note_nearest(patch *p, const chord *c) {
  double square = from_middle(p, c);
  if (square < p->nearest_m2) {
    p->nearest_m2 = square;
    p->nearest = c;
  }
  return square;
}

// No place in the square is farther from a chord than one of the corners, nor nearer than the
// middle by more than half the diagonal.
static void set_limit(patch *p) {
  double most = 0, half = p->side_m * 0.70710678118654757;
  for (int k = 0; k < 4 && p->nearest; k++)
    most = fmax(most, chord_square(p->nearest, p->x_m + (k & 1) * p->side_m,
                                   p->y_m + (k >> 1) * p->side_m));
  double limit = fmin(REACH_M + SAGITTA_M, sqrt(most) + 2 * SAGITTA_M) + half + DOUBT_M;
  p->limit_m2 = limit * limit;
}

typedef void visit_cell(builder *b, int cell, patch *p, int number);

// Calls `visit` with each chord and each of the grid's cells that has a place in its reach.
static void visit_cells(builder *b, patch *patches, visit_cell *visit) {
  double reach = REACH_M + SAGITTA_M + DOUBT_M;
  for (int i = 0; i < b->chord_count; i++) {
    const chord *c = &b->chords[i];
    double x = c->x_m - b->in.x_m, y = c->y_m - b->in.y_m, ex = c->along_x_m, ey = c->along_y_m;
    int x0 = (int)((fmin(x, x + ex) - reach) / b->in.cell_m);
    int y0 = (int)((fmin(y, y + ey) - reach) / b->in.cell_m);
    int x1 = (int)((fmax(x, x + ex) + reach) / b->in.cell_m);
    int y1 = (int)((fmax(y, y + ey) + reach) / b->in.cell_m);
    x1 = x1 < b->in.columns ? x1 : b->in.columns - 1;
    y1 = y1 < b->in.rows ? y1 : b->in.rows - 1;
    for (int row = y0; row <= y1; row++)
      for (int column = x0; column <= x1; column++) {
        int cell = row * b->in.columns + column;
        visit(b, cell, &patches[cell], i);
      }
  }
}

static void visit_note(builder *b, int cell, patch *p, int number) {
  (void)cell;
  note_nearest(p, &b->chords[number]);
}

static void visit_count(builder *b, int cell, patch *p, int number) {
  b->in.cells[cell].count += from_middle(p, &b->chords[number]) <= p->limit_m2;
}

static void visit_put(builder *b, int cell, patch *p, int number) {
  lane_cell *c = &b->in.cells[cell];
  if (from_middle(p, &b->chords[number]) <= p->limit_m2)
    b->candidates[c->first + c->count++] = number;
}

// Candidates of the grid's own cells, by counting.
static void fill_grid(builder *b) {
  patch *patches = malloc(sizeof *patches * ((size_t)b->in.cell_count + 1));
  b->failed = b->failed || !patches;
  for (int i = 0; i < b->in.cell_count && !b->failed; i++) {
    patches[i] = grid_patch(b, i);
    b->in.cells[i] = (lane_cell){0};
  }
  if (!b->failed) {
    visit_cells(b, patches, visit_note);
    for (int i = 0; i < b->in.cell_count; i++)
      set_limit(&patches[i]);
    visit_cells(b, patches, visit_count);
    for (int i = 0; i < b->in.cell_count; i++) {
      b->in.cells[i].first = b->candidate_count;
      b->candidate_count += b->in.cells[i].count;
      b->in.cells[i].count = 0;
    }
    b->failed = !ARRAY_RESERVE(b->candidates, b->candidate_capacity, b->candidate_count);
  }
  if (!b->failed)
    visit_cells(b, patches, visit_put);
  free(patches);
}

// Appends the candidates of a square that are among those of a larger one.
static lane_cell fill_quarter(builder *b, patch *p, lane_cell of) {
  lane_cell out = {b->candidate_count, 0};
  if (b->failed || !ARRAY_RESERVE(b->squares, b->square_capacity, of.count) ||
      !ARRAY_RESERVE(b->candidates, b->candidate_capacity, b->candidate_count + of.count)) {
    b->failed = true;
    return out;
  }
  const int *from = &b->candidates[of.first];
  for (int i = 0; i < of.count; i++)
    b->squares[i] = note_nearest(p, &b->chords[from[i]]);
  set_limit(p);
  int *to = &b->candidates[out.first];
  for (int i = 0; i < of.count; i++) {
    to[out.count] = from[i];
    out.count += b->squares[i] <= p->limit_m2;
  }
  b->candidate_count += out.count;
  return out;
}

// Cuts a cell with many candidates into quarters, and those again, for as long as it helps.
static void cut_cell(builder *b, int cell, const patch *p) {
  lane_cell whole = b->in.cells[cell], quarters[4];
  if (b->failed || whole.count <= CELL_CHORDS || p->side_m / 2 < LEAST_CELL_M)
    return;
  int kept = b->candidate_count, all = 0;
  for (int k = 0; k < 4; k++) {
    patch part = quarter(p, k);
    quarters[k] = fill_quarter(b, &part, whole);
    all += quarters[k].count;
  }
  if (all > 3 * whole.count) { // lanes on top of each other: nothing tells them apart
    b->candidate_count = kept;
    return;
  }
  if (b->failed || !ARRAY_RESERVE(b->in.cells, b->cell_capacity, b->in.cell_count + 4)) {
    b->failed = true;
    return;
  }
  int first = b->in.cell_count;
  b->in.cell_count += 4;
  b->in.cells[cell] = (lane_cell){first, -1};
  memcpy(&b->in.cells[first], quarters, sizeof quarters);
  for (int k = 0; k < 4; k++) {
    patch part = quarter(p, k);
    cut_cell(b, first + k, &part);
  }
}

static int near_lines(int candidates) {
  return (candidates + LANE_NEAR_EACH - 1) / LANE_NEAR_EACH;
}

static void put_near(const patch *p, const chord *c, lane_chords *near, int k) {
  near->x_m[k] = (float)(c->x_m - (p->x_m + p->side_m / 2));
  near->y_m[k] = (float)(c->y_m - (p->y_m + p->side_m / 2));
  near->along_x_m[k] = (float)c->along_x_m;
  near->along_y_m[k] = (float)c->along_y_m;
  near->point[k] = c->point;
  near->path[k] = (c->path * 2 + c->bent) * LANE_NEAR_PIECES + c->count - 1;
}

// Puts a cell's candidates, or its quarters', into lines.
static void put_cell(builder *b, int cell, const patch *p) {
  lane_cell *c = &b->in.cells[cell];
  if (c->count < 0) {
    for (int k = 0; k < 4; k++) {
      patch part = quarter(p, k);
      put_cell(b, c->first + k, &part);
    }
    return;
  }
  const int *from = &b->candidates[c->first];
  int count = c->count;
  c->first = b->in.near_count;
  c->count = near_lines(count);
  b->in.near_count += c->count;
  for (int i = 0; i < c->count * LANE_NEAR_EACH; i++)
    put_near(p, &b->chords[from[i < count ? i : count - 1]],
             &b->in.nears[c->first + i / LANE_NEAR_EACH], i % LANE_NEAR_EACH);
}

static bool put_index(builder *b, arena *memory, lane_index *out) {
  size_t lines = 0;
  for (int i = 0; i < b->in.cell_count; i++)
    lines += b->in.cells[i].count > 0 ? (size_t)near_lines(b->in.cells[i].count) : 0;
  b->in.nears = lines <= INT_MAX ? arena_alloc(memory, sizeof *b->in.nears * lines) : NULL;
  if (!b->in.nears)
    return false;
  for (int i = 0; i < b->in.columns * b->in.rows; i++) {
    patch p = grid_patch(b, i);
    put_cell(b, i, &p);
  }
  *out = b->in;
  out->cells = arena_copy(memory, b->in.cells, sizeof *b->in.cells * (size_t)b->in.cell_count);
  return out->cells != NULL;
}

bool lane_index_build(road_network *net, arena *memory) {
  builder b = {.net = net};
  memset(&net->index, 0, sizeof net->index);
  lay_chords(&b);
  if (b.chord_count > 0 && !b.failed) {
    lay_grid(&b);
    fill_grid(&b);
    for (int i = 0; i < b.in.columns * b.in.rows && !b.failed; i++) {
      patch p = grid_patch(&b, i);
      cut_cell(&b, i, &p);
    }
    b.failed = b.failed || !put_index(&b, memory, &net->index);
  }
  free(b.chords);
  free(b.in.cells);
  free(b.candidates);
  free(b.squares);
  return !b.failed;
}
