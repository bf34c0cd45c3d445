// SPDX-License-Identifier: Apache-2.0
// Which lane is nearest. Lanes are covered by chords, and each cell of the ground lists the few
// that can be nearest to a place in it: a search walks down to one cell, measures its chords and
// lets the pieces of those that come out nearest decide.
#include "scenes/lane_index.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

static const double REACH_M = 10;
static const double SAGITTA_M = 0.03; // of points from their chord, at most
static const double DOUBT_M = 1e-6;   // more than rounding does to a distance
// The square of a distance within reach, and of one that is larger by two sagittas and a doubt,
// differ by less than this.
static const double DOUBT_M2 = 1.3;
static const double CELL_M = 8, LEAST_CELL_M = 1.8;
// Pieces of a chord; chords of a cell that isn't cut into quarters; squares that a search keeps.
enum { CHORD_PIECES = 8, CELL_CHORDS = 16, KEPT = 64 };
// Sparse networks get larger cells: at most this many a chord.
enum { CELLS_PER_CHORD = 4, CELLS_LEAST = 1024 };

typedef struct builder {
  const road_network *net;
  int cell_capacity, candidate_capacity, chord_capacity, square_capacity;
  lane_index in;   // its arrays on the heap
  double *squares; // of distances, of one cell's candidates
  bool failed;
} builder;

// The squared distance of a place from a chord. Branches would cost more than all of it.
static inline double chord_square(const lane_chord *c, double x, double y) {
  double dx = x - c->x_m, dy = y - c->y_m;
  double u = (dx * c->along_x_m + dy * c->along_y_m) * c->per_square;
  u = 0.5 * (fabs(u) - fabs(u - 1) + 1); // clamped to 0..1
  double ox = dx - u * c->along_x_m, oy = dy - u * c->along_y_m;
  return ox * ox + oy * oy;
}

static lane_chord chord_over(const road_network *net, int path, int point, int count) {
  const road_point *a = &net->points[point], *b = a + count;
  double ex = b->x_m - a->x_m, ey = b->y_m - a->y_m, square = ex * ex + ey * ey;
  return (lane_chord){a->x_m, a->y_m, ex, ey, square > 0 ? 1 / square : 0, path, point, count};
}

// Whether the points between a chord's ends lie on it but for the sagitta.
static bool chord_holds(const road_network *net, const lane_chord *c) {
  for (int i = 1; i < c->count; i++) {
    const road_point *p = &net->points[c->point + i];
    if (chord_square(c, p->x_m, p->y_m) > SAGITTA_M * SAGITTA_M)
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
      lane_chord c = chord_over(b->net, i, lane->point_first + at, count);
      while (!chord_holds(b->net, &c))
        c = chord_over(b->net, i, lane->point_first + at, --count);
      if (b->failed || !ARRAY_RESERVE(b->in.chords, b->chord_capacity, b->in.chord_count + 1)) {
        b->failed = true;
        return;
      }
      b->in.chords[b->in.chord_count++] = c;
    }
  }
}

// A grid over all places within reach of a chord.
static void lay_grid(builder *b) {
  double lo[2] = {INFINITY, INFINITY}, hi[2] = {-INFINITY, -INFINITY};
  for (int i = 0; i < b->in.chord_count; i++) {
    const lane_chord *c = &b->in.chords[i];
    lo[0] = fmin(lo[0], fmin(c->x_m, c->x_m + c->along_x_m));
    hi[0] = fmax(hi[0], fmax(c->x_m, c->x_m + c->along_x_m));
    lo[1] = fmin(lo[1], fmin(c->y_m, c->y_m + c->along_y_m));
    hi[1] = fmax(hi[1], fmax(c->y_m, c->y_m + c->along_y_m));
  }
  double margin = REACH_M + SAGITTA_M + DOUBT_M;
  double wide = hi[0] - lo[0] + 2 * margin, high = hi[1] - lo[1] + 2 * margin;
  double most = fmax(CELLS_LEAST, CELLS_PER_CHORD * (double)b->in.chord_count);
  b->in.x_m = lo[0] - margin;
  b->in.y_m = lo[1] - margin;
  b->in.cell_m = CELL_M;
  while ((wide / b->in.cell_m + 1) * (high / b->in.cell_m + 1) > most)
    b->in.cell_m *= 1.25;
  b->in.columns = (int)(wide / b->in.cell_m) + 1;
  b->in.rows = (int)(high / b->in.cell_m) + 1;
  b->in.cell_count = b->in.columns * b->in.rows;
  b->failed = b->failed || !ARRAY_RESERVE(b->in.cells, b->cell_capacity, b->in.cell_count);
}

// A cell's square, and the chord nearest to its middle.
typedef struct patch {
  double x_m, y_m, side_m;   // lower left corner
  double nearest_m2;         // squared distance of that chord from the middle
  const lane_chord *nearest; // NULL none
  double limit_m2;           // of what can be nearest to a place in it, also from the middle
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

static double from_middle(const patch *p, const lane_chord *c) {
  return chord_square(c, p->x_m + p->side_m / 2, p->y_m + p->side_m / 2);
}

static double note_nearest(patch *p, const lane_chord *c) {
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

typedef void visit_cell(builder *b, int cell, patch *p, int chord);

// Calls `visit` with each chord and each of the grid's cells that has a place in its reach.
static void visit_cells(builder *b, patch *patches, visit_cell *visit) {
  double reach = REACH_M + SAGITTA_M + DOUBT_M;
  for (int i = 0; i < b->in.chord_count; i++) {
    const lane_chord *c = &b->in.chords[i];
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

static void visit_note(builder *b, int cell, patch *p, int chord) {
  (void)cell;
  note_nearest(p, &b->in.chords[chord]);
}

static void visit_count(builder *b, int cell, patch *p, int chord) {
  b->in.cells[cell].count += from_middle(p, &b->in.chords[chord]) <= p->limit_m2;
}

static void visit_put(builder *b, int cell, patch *p, int chord) {
  lane_cell *c = &b->in.cells[cell];
  if (from_middle(p, &b->in.chords[chord]) <= p->limit_m2)
    b->in.candidates[c->first + c->count++] = chord;
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
      b->in.cells[i].first = b->in.candidate_count;
      b->in.candidate_count += b->in.cells[i].count;
      b->in.cells[i].count = 0;
    }
    b->failed = !ARRAY_RESERVE(b->in.candidates, b->candidate_capacity, b->in.candidate_count);
  }
  if (!b->failed)
    visit_cells(b, patches, visit_put);
  free(patches);
}

// Appends the candidates of a square that are among those of a larger one.
static lane_cell fill_quarter(builder *b, patch *p, lane_cell of) {
  lane_cell out = {b->in.candidate_count, 0};
  if (b->failed || !ARRAY_RESERVE(b->squares, b->square_capacity, of.count) ||
      !ARRAY_RESERVE(b->in.candidates, b->candidate_capacity, b->in.candidate_count + of.count)) {
    b->failed = true;
    return out;
  }
  const int *from = &b->in.candidates[of.first];
  for (int i = 0; i < of.count; i++)
    b->squares[i] = note_nearest(p, &b->in.chords[from[i]]);
  set_limit(p);
  int *to = &b->in.candidates[out.first];
  for (int i = 0; i < of.count; i++) {
    to[out.count] = from[i];
    out.count += b->squares[i] <= p->limit_m2;
  }
  b->in.candidate_count += out.count;
  return out;
}

// Cuts a cell with many candidates into quarters, and those again, for as long as it helps.
static void cut_cell(builder *b, int cell, const patch *p) {
  lane_cell whole = b->in.cells[cell], quarters[4];
  if (b->failed || whole.count <= CELL_CHORDS || p->side_m / 2 < LEAST_CELL_M)
    return;
  int kept = b->in.candidate_count, all = 0;
  for (int k = 0; k < 4; k++) {
    patch part = quarter(p, k);
    quarters[k] = fill_quarter(b, &part, whole);
    all += quarters[k].count;
  }
  if (all > 3 * whole.count) { // lanes on top of each other: nothing tells them apart
    b->in.candidate_count = kept;
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

static bool put_index(const lane_index *in, arena *memory, lane_index *out) {
  *out = *in;
  out->cells = arena_copy(memory, in->cells, sizeof *in->cells * (size_t)in->cell_count);
  out->candidates =
      arena_copy(memory, in->candidates, sizeof *in->candidates * (size_t)in->candidate_count);
  out->chords = arena_copy(memory, in->chords, sizeof *in->chords * (size_t)in->chord_count);
  return out->cells && out->candidates && out->chords;
}

bool lane_index_build(road_network *net, arena *memory) {
  builder b = {.net = net};
  memset(&net->index, 0, sizeof net->index);
  lay_chords(&b);
  if (b.in.chord_count > 0 && !b.failed) {
    lay_grid(&b);
    fill_grid(&b);
    for (int i = 0; i < b.in.columns * b.in.rows && !b.failed; i++) {
      patch p = grid_patch(&b, i);
      cut_cell(&b, i, &p);
    }
    b.failed = b.failed || !put_index(&b.in, memory, &net->index);
  }
  free(b.in.chords);
  free(b.in.cells);
  free(b.in.candidates);
  free(b.squares);
  return !b.failed;
}

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

// The piece of a chord that is nearest to a place. A chord is so nearly straight that the place
// beside it tells which it must be, but for a neighbour or two; from there distances only grow.
static int nearest_piece(const road_point *points, const lane_chord *c, double x, double y,
                         double *least) {
  const road_point *p = &points[c->point];
  double u = ((x - c->x_m) * c->along_x_m + (y - c->y_m) * c->along_y_m) * c->per_square;
  u = 0.5 * (fabs(u) - fabs(u - 1) + 1);
  int guess = (int)(u * c->count), at = guess -= guess == c->count;
  *least = beside_piece(&p[guess], x, y).square;
  for (int way = -1; way <= 1; way += 2)
    for (int k = guess + way; k >= 0 && k < c->count; k += way) {
      double square = beside_piece(&p[k], x, y).square;
      if (square > *least || (square == *least && way > 0)) // of equally near ones the first
        break;
      *least = square;
      at = k;
    }
  return c->point + at;
}

// The cell of the grid under a point, or its quarter, or a quarter's. NULL outside of the grid.
static const lane_cell *find_cell(const lane_index *in, double x, double y) {
  double side = in->cell_m;
  x -= in->x_m;
  y -= in->y_m;
  if (!(x >= 0 && y >= 0 && x < side * in->columns && y < side * in->rows))
    return NULL;
  int column = (int)(x / side), row = (int)(y / side);
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
  return cell;
}

// What of a network is nearest to a place so far.
typedef struct nearest {
  double chord_m2, piece_m2; // squared distances
  int path, point;           // -1 none; where its piece begins
} nearest;

// Looks among up to KEPT chords. They come in the order of lanes and of pieces: of equally near
// ones the first is kept.
static void search_chords(const road_network *net, const int *chords, int count, double x, double y,
                          nearest *found) {
  int near[KEPT], kept = 0;
  double squares[KEPT];
  for (int i = 0; i < count; i++) {
    double square = chord_square(&net->index.chords[chords[i]], x, y);
    near[kept] = chords[i];
    squares[kept] = square;
    kept += square <= found->chord_m2 + DOUBT_M2;
    found->chord_m2 = square < found->chord_m2 ? square : found->chord_m2;
  }
  // Of a piece and its chord, one is farther by the sagitta at most.
  double limit = sqrt(found->chord_m2) + 2 * SAGITTA_M + DOUBT_M;
  limit *= limit;
  for (int i = 0; i < kept; i++) {
    if (squares[i] > limit)
      continue;
    const lane_chord *c = &net->index.chords[near[i]];
    double square;
    int piece = nearest_piece(net->points, c, x, y, &square);
    bool nearer = square < found->piece_m2;
    found->piece_m2 = nearer ? square : found->piece_m2;
    found->path = nearer ? c->path : found->path;
    found->point = nearer ? piece : found->point;
  }
}

int lane_nearest(const road_network *net, double x, double y, double *s_m, double *t_m) {
  const lane_index *in = &net->index;
  const lane_cell *cell = find_cell(in, x, y);
  if (!cell)
    return 0;
  nearest found = {INFINITY, REACH_M * REACH_M, -1, 0};
  for (int i = 0; i < cell->count; i += KEPT) {
    int left = cell->count - i;
    search_chords(net, &in->candidates[cell->first + i], left < KEPT ? left : KEPT, x, y, &found);
  }
  if (found.path < 0)
    return 0;
  const road_point *p = &net->points[found.point];
  beside at = beside_piece(p, x, y);
  if (s_m)
    *s_m = p[0].s_m + at.u * (p[1].s_m - p[0].s_m);
  if (t_m)
    *t_m = copysign(sqrt(at.square), at.cross < 0 ? -1 : 1);
  return net->paths[found.path].id;
}
