// SPDX-License-Identifier: Apache-2.0
#include "render/ground_refine.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const double FLAT = 1e-9;    // a smaller sum of cotangents isn't worth a flip
static const double AREA_M2 = 1e-7; // triangles of less (twice their area) have no inside

typedef struct mesher {
  vec3 *points;
  int point_count;
  uint32_t (*corners)[3]; // by triangle
  int32_t (*twins)[3]; // 3 * triangle + edge beyond edge k, from corner k to the next; -1: border
  int triangle_count;
  // Points still to be put in: lists by the triangle that they lie in.
  const vec3 *extra;
  int32_t *head, *next, *home; // first of a triangle, next of a point, triangle of a point; -1
  int32_t *stack;              // half-edges to look at
  int stack_count, stack_capacity;
  bool failed;
} mesher;

static double turn(vec3 a, vec3 b, vec3 c) {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

static vec3 corner(const mesher *m, int triangle, int k) {
  return m->points[m->corners[triangle][k % 3]];
}

static void push(mesher *m, int32_t half) {
  if (m->stack_count == m->stack_capacity) {
    int capacity = m->stack_capacity ? 2 * m->stack_capacity : 1024;
    int32_t *grown = realloc(m->stack, sizeof *grown * (size_t)capacity);
    if (!grown) {
      m->failed = true;
      return;
    }
    m->stack = grown;
    m->stack_capacity = capacity;
  }
  m->stack[m->stack_count++] = half;
}

// Twins ---------------------------------------------------------------------------

typedef struct edge_key {
  uint64_t ends; // lower point, higher point
  int32_t half;
} edge_key;

static int by_ends(const void *a, const void *b) {
  const edge_key *x = a, *y = b;
  if (x->ends != y->ends)
    return x->ends < y->ends ? -1 : 1;
  return (x->half > y->half) - (x->half < y->half);
}

// Edges that exactly two triangles share, one from each side.
static bool find_twins(mesher *m) {
  int count = 3 * m->triangle_count;
  edge_key *keys = malloc(sizeof *keys * (size_t)(count + 1));
  if (!keys)
    return false;
  for (int i = 0; i < count; i++) {
    uint32_t a = m->corners[i / 3][i % 3], b = m->corners[i / 3][(i + 1) % 3];
    keys[i] = (edge_key){(uint64_t)(a < b ? a : b) << 32 | (a < b ? b : a), i};
    m->twins[i / 3][i % 3] = -1;
  }
  qsort(keys, (size_t)count, sizeof *keys, by_ends);
  for (int i = 0; i < count;) {
    int n = 1;
    while (i + n < count && keys[i + n].ends == keys[i].ends)
      n++;
    int32_t a = keys[i].half, b = keys[i + n - 1].half;
    if (n == 2 && m->corners[a / 3][a % 3] == m->corners[b / 3][(b + 1) % 3]) {
      m->twins[a / 3][a % 3] = b;
      m->twins[b / 3][b % 3] = a;
    }
    i += n;
  }
  free(keys);
  return true;
}

static void set_twin(mesher *m, int32_t half, int32_t twin) {
  m->twins[half / 3][half % 3] = twin;
  if (twin >= 0)
    m->twins[twin / 3][twin % 3] = half;
}

// Points to put in ------------------------------------------------------------------

static bool holds(const mesher *m, int triangle, vec3 p) {
  for (int k = 0; k < 3; k++)
    if (turn(corner(m, triangle, k), corner(m, triangle, k + 1), p) < 0)
      return false;
  return true;
}

static void give_home(mesher *m, int32_t point, int triangle) {
  m->home[point] = triangle;
  m->next[point] = m->head[triangle];
  m->head[triangle] = point;
}

// Gives the points of a list to those of the triangles that hold them; the last one takes what
// none does, which lies on its border.
static void share_out(mesher *m, int32_t list, const int *triangles, int count) {
  while (list >= 0) {
    int32_t point = list;
    list = m->next[point];
    int k = 0;
    while (k < count - 1 && !holds(m, triangles[k], m->extra[point]))
      k++;
    give_home(m, point, triangles[k]);
  }
}

// Points by cells, to find those in a triangle.
typedef struct cell_grid {
  double x0, y0, cell;
  int columns, rows;
  int32_t *first, *order; // (rows columns + 1) into order
} cell_grid;

static int cell_along(double at, double from, double cell, int count) {
  double k = floor((at - from) / cell);
  return k < 0 ? 0 : k >= count ? count - 1 : (int)k;
}

static bool sort_into_cells(cell_grid *g, const vec3 *points, int count) {
  double lo[2] = {INFINITY, INFINITY}, hi[2] = {-INFINITY, -INFINITY};
  for (int i = 0; i < count; i++) {
    lo[0] = fmin(lo[0], points[i].x), hi[0] = fmax(hi[0], points[i].x);
    lo[1] = fmin(lo[1], points[i].y), hi[1] = fmax(hi[1], points[i].y);
  }
  double area = fmax(1, (hi[0] - lo[0]) * (hi[1] - lo[1]));
  *g = (cell_grid){.x0 = lo[0], .y0 = lo[1], .cell = fmax(1, sqrt(area / count) * 1.5)};
  g->columns = (int)((hi[0] - lo[0]) / g->cell) + 1;
  g->rows = (int)((hi[1] - lo[1]) / g->cell) + 1;
  size_t cells = (size_t)g->columns * (size_t)g->rows;
  g->first = calloc(cells + 2, sizeof *g->first);
  g->order = malloc(sizeof *g->order * (size_t)count);
  if (!g->first || !g->order)
    return false;
  for (int pass = 0; pass < 2; pass++) {
    for (int i = 0; i < count; i++) {
      size_t c = (size_t)cell_along(points[i].y, g->y0, g->cell, g->rows) * (size_t)g->columns +
                 (size_t)cell_along(points[i].x, g->x0, g->cell, g->columns);
      if (pass == 0)
        g->first[c + 2]++;
      else
        g->order[g->first[c + 1]++] = i;
    }
    for (size_t c = 2; c < cells + 2 && pass == 0; c++)
      g->first[c] += g->first[c - 1];
  }
  return true;
}

// Where a triangle lies between two lines of y, along x.
static void span(const mesher *m, int t, double y0, double y1, double *x0, double *x1) {
  *x0 = INFINITY;
  *x1 = -INFINITY;
  for (int k = 0; k < 3; k++) {
    vec3 a = corner(m, t, k), b = corner(m, t, k + 1);
    double lo = fmax(y0, fmin(a.y, b.y)), hi = fmin(y1, fmax(a.y, b.y));
    if (lo > hi)
      continue;
    double slope = a.y == b.y ? 0 : (b.x - a.x) / (b.y - a.y);
    double at_lo = a.y == b.y ? a.x : a.x + (lo - a.y) * slope;
    double at_hi = a.y == b.y ? b.x : a.x + (hi - a.y) * slope;
    *x0 = fmin(*x0, fmin(at_lo, at_hi));
    *x1 = fmax(*x1, fmax(at_lo, at_hi));
  }
}

static void find_homes(mesher *m, const cell_grid *g) {
  for (int t = 0; t < m->triangle_count; t++) {
    double lo = INFINITY, hi = -INFINITY;
    for (int k = 0; k < 3; k++) {
      lo = fmin(lo, corner(m, t, k).y);
      hi = fmax(hi, corner(m, t, k).y);
    }
    int last = cell_along(hi, g->y0, g->cell, g->rows);
    for (int row = cell_along(lo, g->y0, g->cell, g->rows); row <= last; row++) {
      double x0, x1, y0 = row == 0 ? -INFINITY : g->y0 + row * g->cell;
      span(m, t, y0, row == g->rows - 1 ? INFINITY : g->y0 + (row + 1) * g->cell, &x0, &x1);
      if (x0 > x1)
        continue;
      size_t from = (size_t)row * (size_t)g->columns;
      size_t a = from + (size_t)cell_along(x0, g->x0, g->cell, g->columns);
      size_t b = from + (size_t)cell_along(x1, g->x0, g->cell, g->columns);
      for (int32_t i = g->first[a]; i < g->first[b + 1]; i++)
        if (m->home[g->order[i]] < 0 && holds(m, t, m->extra[g->order[i]]))
          give_home(m, g->order[i], t);
    }
  }
}

// Flips -----------------------------------------------------------------------------

static double cotangent(vec3 at, vec3 a, vec3 b) {
  double dot = (a.x - at.x) * (b.x - at.x) + (a.y - at.y) * (b.y - at.y);
  return dot / fmax(1e-30, fabs(turn(at, a, b)));
}

// Whether the edge between two triangles should join their other corners instead.
static bool should_flip(const mesher *m, int32_t half) {
  int32_t twin = m->twins[half / 3][half % 3];
  if (twin < 0)
    return false;
  vec3 a = corner(m, half / 3, half % 3), b = corner(m, half / 3, half % 3 + 1);
  vec3 p = corner(m, half / 3, half % 3 + 2), q = corner(m, twin / 3, twin % 3 + 2);
  // Only where the two make a convex shape.
  if (turn(p, q, b) < AREA_M2 || turn(q, p, a) < AREA_M2)
    return false;
  return cotangent(p, a, b) + cotangent(q, b, a) < -FLAT;
}

// Triangles (a b p) and (b a q) become (p q b) and (q p a).
static void flip(mesher *m, int32_t half) {
  int32_t twin = m->twins[half / 3][half % 3];
  int t = half / 3, u = twin / 3, i = half % 3, k = twin % 3;
  uint32_t a = m->corners[t][i], b = m->corners[t][(i + 1) % 3];
  uint32_t p = m->corners[t][(i + 2) % 3], q = m->corners[u][(k + 2) % 3];
  int32_t bp = m->twins[t][(i + 1) % 3], pa = m->twins[t][(i + 2) % 3];
  int32_t aq = m->twins[u][(k + 1) % 3], qb = m->twins[u][(k + 2) % 3];
  int32_t list_t = m->head[t], list_u = m->head[u];
  m->head[t] = m->head[u] = -1;
  memcpy(m->corners[t], (uint32_t[3]){p, q, b}, sizeof m->corners[t]);
  memcpy(m->corners[u], (uint32_t[3]){q, p, a}, sizeof m->corners[u]);
  m->twins[t][0] = 3 * u;
  m->twins[u][0] = 3 * t;
  set_twin(m, 3 * t + 1, qb);
  set_twin(m, 3 * t + 2, bp);
  set_twin(m, 3 * u + 1, pa);
  set_twin(m, 3 * u + 2, aq);
  int both[2] = {t, u};
  share_out(m, list_t, both, 2);
  share_out(m, list_u, both, 2);
  push(m, 3 * t + 1), push(m, 3 * t + 2), push(m, 3 * u + 1), push(m, 3 * u + 2);
}

static void settle(mesher *m) {
  while (m->stack_count > 0 && !m->failed) {
    int32_t half = m->stack[--m->stack_count];
    if (should_flip(m, half))
      flip(m, half);
  }
}

// The triangle becomes three that meet in the point.
static void split(mesher *m, int t, vec3 at) {
  int u = m->triangle_count++, v = m->triangle_count++;
  uint32_t n = (uint32_t)m->point_count++;
  m->points[n] = at;
  uint32_t a = m->corners[t][0], b = m->corners[t][1], c = m->corners[t][2];
  int32_t bc = m->twins[t][1], ca = m->twins[t][2], list = m->head[t];
  m->head[t] = m->head[u] = m->head[v] = -1;
  memcpy(m->corners[t], (uint32_t[3]){a, b, n}, sizeof m->corners[t]);
  memcpy(m->corners[u], (uint32_t[3]){b, c, n}, sizeof m->corners[u]);
  memcpy(m->corners[v], (uint32_t[3]){c, a, n}, sizeof m->corners[v]);
  set_twin(m, 3 * u, bc);
  set_twin(m, 3 * v, ca);
  set_twin(m, 3 * t + 1, 3 * u + 2);
  set_twin(m, 3 * u + 1, 3 * v + 2);
  set_twin(m, 3 * v + 1, 3 * t + 2);
  int all[3] = {t, u, v};
  share_out(m, list, all, 3);
  push(m, 3 * t), push(m, 3 * u), push(m, 3 * v);
}

// A point next to a triangle's border would make a sliver that no flip mends.
static bool has_room(const mesher *m, int t, vec3 p) {
  for (int k = 0; k < 3; k++) {
    vec3 a = corner(m, t, k), b = corner(m, t, k + 1);
    double edge = hypot(b.x - a.x, b.y - a.y), away = turn(a, b, p) / fmax(edge, 1e-12);
    if (hypot(p.x - a.x, p.y - a.y) < 0.05 || (m->twins[t][k] < 0 && away < 0.5))
      return false;
  }
  return true;
}

// -----------------------------------------------------------------------------------

typedef struct spot {
  vec3 p;
  int index;
} spot;

static int by_place(const void *a, const void *b) {
  const spot *x = a, *y = b;
  if (x->p.x != y->p.x)
    return x->p.x < y->p.x ? -1 : 1;
  if (x->p.y != y->p.y)
    return x->p.y < y->p.y ? -1 : 1;
  return x->index - y->index;
}

// Points in one place become one, and triangles that lose their area by that are left out.
static bool merge(mesher *m, const vec3 *points, int count, const uint32_t *indices,
                  int triangles) {
  spot *spots = malloc(sizeof *spots * (size_t)(count + 1));
  uint32_t *name = malloc(sizeof *name * (size_t)(count + 1));
  if (spots && name) {
    for (int i = 0; i < count; i++)
      spots[i] = (spot){points[i], i};
    qsort(spots, (size_t)count, sizeof *spots, by_place);
    for (int i = 0; i < count; i++) {
      bool same = i > 0 && spots[i].p.x == spots[i - 1].p.x && spots[i].p.y == spots[i - 1].p.y;
      if (!same)
        m->points[m->point_count++] = spots[i].p;
      name[spots[i].index] = (uint32_t)(m->point_count - 1);
    }
    for (int i = 0; i < triangles; i++) {
      uint32_t a = name[indices[3 * i]], b = name[indices[3 * i + 1]], c = name[indices[3 * i + 2]];
      if (a != b && b != c && c != a)
        memcpy(m->corners[m->triangle_count++], (uint32_t[3]){a, b, c}, sizeof *m->corners);
    }
  }
  bool ok = spots && name;
  free(spots);
  free(name);
  return ok;
}

static bool begin(mesher *m, int points, int triangles, int extra) {
  size_t most = (size_t)triangles + 2 * (size_t)extra + 1;
  m->points = malloc(sizeof *m->points * ((size_t)points + (size_t)extra + 1));
  m->corners = malloc(sizeof *m->corners * most);
  m->twins = malloc(sizeof *m->twins * most);
  m->head = malloc(sizeof *m->head * most);
  m->next = malloc(sizeof *m->next * ((size_t)extra + 1));
  m->home = malloc(sizeof *m->home * ((size_t)extra + 1));
  if (!m->points || !m->corners || !m->twins || !m->head || !m->next || !m->home)
    return false;
  memset(m->head, 0xff, sizeof *m->head * most);
  memset(m->home, 0xff, sizeof *m->home * ((size_t)extra + 1));
  return true;
}

static void put_in(mesher *m, int extra_count) {
  for (int i = 0; i < extra_count && !m->failed; i++) {
    int t = m->home[i];
    if (t < 0)
      continue;
    int32_t *at = &m->head[t];
    while (*at != i)
      at = &m->next[*at];
    *at = m->next[i];
    if (!has_room(m, t, m->extra[i]))
      continue;
    split(m, t, m->extra[i]);
    settle(m);
  }
}

bool ground_refine(ground_net *out, const vec3 *points, int point_count, const uint32_t *indices,
                   int triangle_count, const vec3 *extra, int extra_count) {
  mesher m = {.extra = extra};
  cell_grid grid = {0};
  bool ok = begin(&m, point_count, triangle_count, extra_count) &&
            merge(&m, points, point_count, indices, triangle_count) && find_twins(&m);
  if (ok && extra_count > 0) {
    ok = sort_into_cells(&grid, extra, extra_count);
    if (ok)
      find_homes(&m, &grid);
  }
  if (ok) {
    for (int i = 0; i < 3 * m.triangle_count; i++)
      push(&m, i);
    settle(&m);
    put_in(&m, extra_count);
    ok = !m.failed;
  }
  free(grid.first);
  free(grid.order);
  free(m.twins);
  free(m.head);
  free(m.next);
  free(m.home);
  free(m.stack);
  if (!ok) {
    free(m.points);
    free(m.corners);
    return false;
  }
  *out = (ground_net){m.point_count, m.triangle_count, m.points, &m.corners[0][0]};
  return true;
}
