// SPDX-License-Identifier: Apache-2.0
// Closed ways on the ground, and how the area between them is filled.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "render/ground_parts.h"
#include "render/ground_refine.h"
#include "scenes/land.h"

enum { FREE_STRIDE = 3 }; // of the grid's nodes away from roads

void ground_loop_add(ground_loop *l, vec3 p) {
  if (l->count > 0) {
    vec3 d = vec3_sub(p, l->points[l->count - 1]);
    if (hypot(d.x, d.y) < 1e-6)
      return;
  }
  if (l->failed || !ARRAY_RESERVE(l->points, l->capacity, l->count + 1)) {
    l->failed = true;
    return;
  }
  l->points[l->count++] = p;
}

double ground_loop_area(const ground_loop *l) {
  double sum = 0;
  for (int i = 0; i < l->count; i++) {
    vec3 a = l->points[i], b = l->points[(i + 1) % l->count];
    sum += a.x * b.y - a.y * b.x;
  }
  return sum / 2;
}

bool ground_loop_has(const ground_loop *l, vec3 p) {
  bool inside = false;
  for (int i = 0; i < l->count; i++) {
    vec3 a = l->points[i], b = l->points[(i + 1) % l->count];
    if ((a.y > p.y) != (b.y > p.y) && p.x < a.x + (p.y - a.y) / (b.y - a.y) * (b.x - a.x))
      inside = !inside;
  }
  return inside;
}

static int easternmost(const ground_loop *l) {
  int east = 0;
  for (int i = 1; i < l->count; i++)
    if (l->points[i].x > l->points[east].x)
      east = i;
  return east;
}

static double turn(vec3 a, vec3 b, vec3 c) {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

// Whether p lies between the edges at a point of the ring, on the inner side. Of the two
// points at a bridge's end, only one has a given p there.
static bool opens_towards(const ground_loop *ring, int i, vec3 p) {
  vec3 before = ring->points[(i + ring->count - 1) % ring->count];
  vec3 at = ring->points[i], after = ring->points[(i + 1) % ring->count];
  bool left_of_both = turn(before, at, p) > 0 && turn(at, after, p) > 0;
  bool left_of_one = turn(before, at, p) > 0 || turn(at, after, p) > 0;
  return turn(before, at, after) > 0 ? left_of_both : left_of_one;
}

// The point of the ring that p, inside of it, sees to its east: on the first edge there or,
// where something stands in the way, of that what p sees at the smallest angle from due east.
static int seen_to_the_east(const ground_loop *ring, vec3 p) {
  int best = -1;
  vec3 at = {INFINITY, p.y, 0};
  for (int i = 0; i < ring->count; i++) {
    int k = (i + 1) % ring->count;
    vec3 a = ring->points[i], b = ring->points[k];
    if ((a.y > p.y) == (b.y > p.y))
      continue;
    double x = a.x + (p.y - a.y) / (b.y - a.y) * (b.x - a.x);
    if (x >= p.x && x < at.x) {
      at.x = x;
      best = a.x > b.x ? i : k;
    }
  }
  if (best < 0)
    return -1;
  vec3 corner = ring->points[best];
  bool above = corner.y > p.y;
  double least = INFINITY;
  for (int i = 0; i < ring->count; i++) {
    vec3 q = ring->points[i];
    vec3 b = above ? at : corner, c = above ? corner : at;
    if (q.x <= p.x || turn(p, b, q) < 0 || turn(b, c, q) < 0 || turn(c, p, q) < 0)
      continue;
    double angle = fabs(q.y - p.y) / (q.x - p.x);
    if (angle < least) {
      least = angle;
      best = i;
    }
  }
  for (int i = 0; i < ring->count; i++) {
    vec3 q = ring->points[i], b = ring->points[best];
    if (q.x == b.x && q.y == b.y && opens_towards(ring, i, p))
      return i;
  }
  return best;
}

// Takes a hole into the ring, over a bridge there and back.
static void join(ground_loop *ring, const ground_loop *hole) {
  int east = easternmost(hole), from = seen_to_the_east(ring, hole->points[east]);
  ground_loop all = {0};
  if (from < 0)
    return; // it isn't inside
  for (int i = 0; i <= from; i++)
    ground_loop_add(&all, ring->points[i]);
  for (int i = 0; i <= hole->count; i++)
    ground_loop_add(&all, hole->points[(east + i) % hole->count]);
  for (int i = from; i < ring->count; i++)
    ground_loop_add(&all, ring->points[i]);
  all.failed |= ring->failed;
  free(ring->points);
  *ring = all;
}

typedef struct ordered_hole {
  double east_m;
  int index;
} ordered_hole;

static int from_the_east(const void *a, const void *b) {
  const ordered_hole *x = a, *y = b;
  return x->east_m != y->east_m ? (x->east_m < y->east_m) - (x->east_m > y->east_m)
                                : x->index - y->index;
}

// Nodes of the land's grid that may lie in a loop, coarse ones first: all of them near roads,
// every third elsewhere.
static bool find_nodes(const ground *g, const ground_loop *l, ground_loop *out) {
  const road_land *land = &g->net->land;
  double lo[2] = {INFINITY, INFINITY}, hi[2] = {-INFINITY, -INFINITY};
  for (int i = 0; i < l->count; i++) {
    lo[0] = fmin(lo[0], l->points[i].x), hi[0] = fmax(hi[0], l->points[i].x);
    lo[1] = fmin(lo[1], l->points[i].y), hi[1] = fmax(hi[1], l->points[i].y);
  }
  int x0 = (int)fmax(0, ceil((lo[0] - land->x_m) / land->cell_m));
  int y0 = (int)fmax(0, ceil((lo[1] - land->y_m) / land->cell_m));
  int x1 = (int)fmin(land->columns - 1, floor((hi[0] - land->x_m) / land->cell_m));
  int y1 = (int)fmin(land->rows - 1, floor((hi[1] - land->y_m) / land->cell_m));
  static const int strides[] = {48, 24, 12, 6, 3, 1};
  for (int k = 0; k < 6; k++)
    for (int y = y0; y <= y1; y++)
      for (int x = x0; x <= x1; x++) {
        size_t i = (size_t)y * (size_t)land->columns + (size_t)x;
        bool wanted = land->nodes[i] == LAND_NEAR ||
                      (land->nodes[i] == LAND_FREE && x % FREE_STRIDE == 0 && y % FREE_STRIDE == 0);
        bool now = x % strides[k] == 0 && y % strides[k] == 0;
        bool before = k > 0 && x % strides[k - 1] == 0 && y % strides[k - 1] == 0;
        vec3 p = {land->x_m + x * land->cell_m, land->y_m + y * land->cell_m, (double)land->z_m[i]};
        if (wanted && now && !before && !ground_plots_near(g, p))
          ground_loop_add(out, p);
      }
  ground_plots_points(g, lo, hi, out);
  return !out->failed;
}

// Land that isn't level gets points inside.
static bool fill_hills(ground *g, const ground_loop *l, const uint32_t *indices, int triangles,
                       material what) {
  ground_loop nodes = {0};
  ground_net fine = {0};
  bool ok = find_nodes(g, l, &nodes) && ground_refine(&fine, l->points, l->count, indices,
                                                      triangles, nodes.points, nodes.count);
  int first = g->out->triangle_count;
  if (ok)
    ok =
        ground_triangles(g, fine.points, fine.point_count, fine.indices, fine.triangle_count, what);
  ground_plots_paint(g, first);
  free(fine.points);
  free(fine.indices);
  free(nodes.points);
  return ok;
}

static void fill(ground *g, const ground_loop *l, material what) {
  uint32_t *indices = malloc(sizeof *indices * 3 * (size_t)(l->count + 1));
  int triangles = indices ? ground_cut_ears(l->points, l->count, indices) : -1;
  if (triangles < 0)
    g->out->failed = true;
  g->torn |= triangles < l->count - 2;
  bool hills = g->net->land.columns > 0;
  if (triangles > 0 &&
      !(hills ? fill_hills(g, l, indices, triangles, what)
              : ground_triangles(g, l->points, l->count, indices, triangles, what)))
    g->out->failed = true;
  free(indices);
}

void ground_fill(ground *g, const ground_loop *ring, const ground_loop *holes, int count,
                 material what) {
  ground_loop all = {0};
  ordered_hole *order = calloc((size_t)count + 1, sizeof *order);
  for (int i = 0; i < ring->count; i++)
    ground_loop_add(&all, ring->points[i]);
  for (int i = 0; i < count && order; i++)
    order[i] = (ordered_hole){holes[i].points[easternmost(&holes[i])].x, i};
  // What lies to a hole's east is in the ring before it.
  if (order)
    qsort(order, (size_t)count, sizeof *order, from_the_east);
  for (int i = 0; i < count && order; i++)
    join(&all, &holes[order[i].index]);
  if (!order || all.failed)
    g->out->failed = true;
  else
    fill(g, &all, what);
  free(order);
  free(all.points);
}
