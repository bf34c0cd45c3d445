// SPDX-License-Identifier: Apache-2.0
// Triangulation of simple polygons by cutting ears.
#include <math.h>
#include <stdlib.h>

#include "render/ground_parts.h"
#include "scenes/point_grid.h"

typedef struct ring {
  const vec3 *p;
  int *next, *previous;
  bool *reflex;
  point_grid corners; // reflex vertices, some of them no longer in the ring
} ring;

static double turn(vec3 a, vec3 b, vec3 c) {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

static bool same_place(vec3 a, vec3 b) {
  return a.x == b.x && a.y == b.y;
}

// Twice the area of what rounding can make of points on one line.
static double blur(vec3 a, vec3 b, vec3 c) {
  double size = fabs(a.x) + fabs(a.y) + fabs(b.x) + fabs(b.y) + fabs(c.x) + fabs(c.y);
  return 1e-13 * size * (fabs(a.x - c.x) + fabs(a.y - c.y) + fabs(b.x - c.x) + fabs(b.y - c.y));
}

// What may be cut off, in the order of trying: an ear with nothing in it or on its border; corners
// that lie on one line; an ear with points on its border, as if they lay beside it.
typedef enum ear_kind { EAR_CLEAN, EAR_FLAT, EAR_TOUCHED, EAR_KINDS } ear_kind;

static bool is_ear(const ring *r, int i, ear_kind kind) {
  vec3 a = r->p[r->previous[i]], b = r->p[i], c = r->p[r->next[i]];
  double room = blur(a, b, c), area = turn(a, b, c);
  if (kind == EAR_FLAT)
    return fabs(area) <= room;
  if (area <= (kind == EAR_TOUCHED ? -room : 1e-12))
    return false;
  double lo_x = fmin(a.x, fmin(b.x, c.x)), hi_x = fmax(a.x, fmax(b.x, c.x));
  double lo_y = fmin(a.y, fmin(b.y, c.y)), hi_y = fmax(a.y, fmax(b.y, c.y));
  double least = kind == EAR_TOUCHED ? room : -room; // of those that are in the way
  // Only reflex vertices can lie inside. Twins of the corners, where a bridge meets a hole,
  // don't count.
  point_grid_look look = point_grid_within(&r->corners, lo_x, lo_y, hi_x, hi_y);
  for (int v; (v = point_grid_next(&look)) >= 0;) {
    if (!r->reflex[v] || v == r->previous[i] || v == r->next[i])
      continue;
    vec3 q = r->p[v];
    if (q.x < lo_x || q.x > hi_x || q.y < lo_y || q.y > hi_y || same_place(q, a) ||
        same_place(q, b) || same_place(q, c))
      continue;
    if (turn(a, b, q) > least && turn(b, c, q) > least && turn(c, a, q) > least)
      return false;
  }
  return true;
}

static void classify(ring *r, int i) {
  r->reflex[i] = turn(r->p[r->previous[i]], r->p[i], r->p[r->next[i]]) <= 0;
}

static int cut(ring *r, int count, uint32_t *indices) {
  int left = count, at = 0, since = 0, triangles = 0;
  ear_kind kind = EAR_CLEAN;
  while (left > 3 && kind < EAR_KINDS) {
    if (!is_ear(r, at, kind)) {
      at = r->next[at];
      if (++since > left)
        kind++, since = 0;
      continue;
    }
    kind = EAR_CLEAN;
    int before = r->previous[at], after = r->next[at];
    indices[3 * triangles] = (uint32_t)before;
    indices[3 * triangles + 1] = (uint32_t)at;
    indices[3 * triangles + 2] = (uint32_t)after;
    triangles++;
    r->next[before] = after;
    r->previous[after] = before;
    r->reflex[at] = false;
    left--;
    classify(r, before);
    classify(r, after);
    // Going on two further gives fans less often than going on with the neighbour.
    at = r->next[after];
    since = 0;
  }
  if (left == 3) {
    indices[3 * triangles] = (uint32_t)r->previous[at];
    indices[3 * triangles + 1] = (uint32_t)at;
    indices[3 * triangles + 2] = (uint32_t)r->next[at];
    triangles++;
  }
  return triangles;
}

// Sorts the reflex vertices, about one a cell. False when memory ran out.
static bool find_reflex(ring *r, int count) {
  double lo[2] = {INFINITY, INFINITY}, hi[2] = {-INFINITY, -INFINITY};
  int found = 0;
  for (int i = 0; i < count; i++) {
    lo[0] = fmin(lo[0], r->p[i].x), hi[0] = fmax(hi[0], r->p[i].x);
    lo[1] = fmin(lo[1], r->p[i].y), hi[1] = fmax(hi[1], r->p[i].y);
    classify(r, i);
    found += r->reflex[i];
  }
  double cell = sqrt((hi[0] - lo[0]) * (hi[1] - lo[1]) / (found + 1));
  if (!point_grid_init(&r->corners, lo[0], lo[1], hi[0], hi[1], fmax(cell, 1e-3), count))
    return false;
  for (int i = 0; i < count; i++)
    if (r->reflex[i])
      point_grid_add(&r->corners, i, r->p[i].x, r->p[i].y);
  return true;
}

int ground_cut_ears(const vec3 *points, int count, uint32_t *indices) {
  if (count < 3)
    return 0;
  size_t n = (size_t)count;
  ring r = {.p = points};
  r.next = malloc(sizeof *r.next * 2 * n);
  r.reflex = calloc(n, sizeof *r.reflex);
  int triangles = -1;
  if (r.next && r.reflex) {
    r.previous = r.next + n;
    for (int i = 0; i < count; i++) {
      r.next[i] = (i + 1) % count;
      r.previous[i] = (i + count - 1) % count;
    }
    if (find_reflex(&r, count))
      triangles = cut(&r, count, indices);
  }
  point_grid_free(&r.corners);
  free(r.next);
  free(r.reflex);
  return triangles;
}
