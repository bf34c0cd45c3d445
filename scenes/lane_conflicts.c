// SPDX-License-Identifier: Apache-2.0
// Where the swept areas of a junction's lanes meet. A lane's area is what a body of its
// width, less a margin on both sides, sweeps along it.
#include <math.h>
#include <stdlib.h>

#include "base/array.h"
#include "scenes/road_builder.h"

// Bodies keep this far from their lane's border.
static const double SIDE_MARGIN_M = 0.2;
// Headings that differ by this much come from one's side: neither oncoming nor the same arm.
static const double SIDE_RAD[2] = {0.3, 2.7};
enum { JUNCTION_LANES = 96 }; // of a junction, at most

typedef struct overlap {
  bool any;
  double begin_m, end_m, other_begin_m, other_end_m;
} overlap;

// Distance of a point from a segment, and where along it (0..1) it is nearest.
static double segment_distance(const road_point *p, const road_point *a, const road_point *b,
                               double *u) {
  double ex = b->x_m - a->x_m, ey = b->y_m - a->y_m;
  double dx = p->x_m - a->x_m, dy = p->y_m - a->y_m;
  double square = ex * ex + ey * ey;
  *u = square > 0 ? fmax(0, fmin(1, (dx * ex + dy * ey) / square)) : 0;
  dx -= *u * ex;
  dy -= *u * ey;
  return sqrt(dx * dx + dy * dy);
}

static void widen(overlap *o, double s, double other_s) {
  if (!o->any) {
    *o = (overlap){true, s, s, other_s, other_s};
    return;
  }
  o->begin_m = fmin(o->begin_m, s);
  o->end_m = fmax(o->end_m, s);
  o->other_begin_m = fmin(o->other_begin_m, other_s);
  o->other_end_m = fmax(o->other_end_m, other_s);
}

// A lane of a junction as the others are held against it.
typedef struct swept_lane {
  const lane_path *path;
  double lo[2], hi[2];        // of its points
  int step_count, step_first; // into steps
} swept_lane;

// The lanes of a junction, and places half a metre apart on each.
typedef struct swept {
  int lane_count, step_count, step_capacity;
  swept_lane lanes[JUNCTION_LANES];
  road_point *steps;
} swept;

static void enclose(const road_network *net, swept_lane *lane) {
  lane->lo[0] = lane->lo[1] = INFINITY;
  lane->hi[0] = lane->hi[1] = -INFINITY;
  for (int k = 0; k < lane->path->point_count; k++) {
    const road_point *p = &net->points[lane->path->point_first + k];
    lane->lo[0] = fmin(lane->lo[0], p->x_m), lane->hi[0] = fmax(lane->hi[0], p->x_m);
    lane->lo[1] = fmin(lane->lo[1], p->y_m), lane->hi[1] = fmax(lane->hi[1], p->y_m);
  }
}

static bool add_swept(const road_network *net, swept *all, const lane_path *path) {
  int steps = (int)fmax(1, ceil(path->length_m / 0.5));
  if (!ARRAY_RESERVE(all->steps, all->step_capacity, all->step_count + steps + 1))
    return false;
  swept_lane *lane = &all->lanes[all->lane_count++];
  *lane = (swept_lane){.path = path, .step_count = steps + 1, .step_first = all->step_count};
  enclose(net, lane);
  for (int i = 0; i <= steps; i++)
    all->steps[all->step_count++] = lane_point(net, path, path->length_m * i / steps);
  return true;
}

// Whether `b` comes nearer than `reach` to a place, and where on it the first of its pieces that do
// comes nearest, or the last one where `back`.
static bool first_within(const road_network *net, const road_point *p, const swept_lane *b,
                         double reach, bool back, double *other_s) {
  const road_point *q = &net->points[b->path->point_first];
  int last = b->path->point_count - 1, way = back ? -1 : 1;
  for (int k = back ? last - 1 : 0; k >= 0 && k < last;) {
    double u, distance = segment_distance(p, &q[k], &q[k + 1], &u);
    if (distance < reach) {
      *other_s = q[k].s_m + u * (q[k + 1].s_m - q[k].s_m);
      return true;
    }
    // Nothing nearer can follow before the way between the two distances is gone.
    double skip = distance - reach, from_s = q[back ? k : k + 1].s_m;
    for (k += way; k >= 0 && k < last && fabs(q[back ? k : k + 1].s_m - from_s) < skip;)
      k += way;
  }
  return false;
}

// Walks along `a` and keeps what comes nearer than `reach` to `b`.
static void scan(const road_network *net, const swept *all, const swept_lane *a,
                 const swept_lane *b, double reach, overlap *out, bool swapped) {
  int steps = a->step_count - 1;
  for (int i = 0; i <= steps; i++) {
    const road_point *p = &all->steps[a->step_first + i];
    if (p->x_m < b->lo[0] - reach || p->x_m > b->hi[0] + reach || p->y_m < b->lo[1] - reach ||
        p->y_m > b->hi[1] + reach)
      continue;
    double s = a->path->length_m * i / steps, other[2];
    if (!first_within(net, p, b, reach, false, &other[0]) ||
        !first_within(net, p, b, reach, true, &other[1]))
      continue;
    for (int end = 0; end < 2; end++)
      widen(out, swapped ? other[end] : s, swapped ? s : other[end]);
  }
}

static bool boxes_meet(const swept_lane *a, const swept_lane *b, double reach) {
  return a->lo[0] < b->hi[0] + reach && b->lo[0] < a->hi[0] + reach &&
         a->lo[1] < b->hi[1] + reach && b->lo[1] < a->hi[1] + reach;
}

static bool share_start(const road_network *net, const lane_path *a, const lane_path *b) {
  return a->previous_count > 0 && b->previous_count > 0 &&
         net->lane_links[a->previous_first] == net->lane_links[b->previous_first];
}

// A way of several sections is several lanes, one behind the other.
static bool follow(const road_network *net, const lane_path *a, const lane_path *b) {
  return (a->previous_count > 0 && net->lane_links[a->previous_first] == b->id) ||
         (b->previous_count > 0 && net->lane_links[b->previous_first] == a->id);
}

static void meet(const road_network *net, const swept *all, int ia, int ib, overlap *out) {
  const swept_lane *a = &all->lanes[ia], *b = &all->lanes[ib];
  *out = (overlap){0};
  if (share_start(net, a->path, b->path) || follow(net, a->path, b->path))
    return;
  double reach = (a->path->width_m + b->path->width_m) / 2 - 2 * SIDE_MARGIN_M;
  if (!boxes_meet(a, b, reach))
    return;
  scan(net, all, a, b, reach, out, false);
  scan(net, all, b, a, reach, out, true);
}

// Ranks order all lanes of a junction, ids break ties: no cycle of yielding. Where the right
// goes before the left (driving on the left, the left before the right), what comes from the
// side decides first.
static bool gives_way(const road_network *net, const lane_path *a, const lane_path *other) {
  if (net->junctions[a->junction - 1].kind == JUNCTION_RIGHT_BEFORE_LEFT) {
    double from = angle_wrap(net->points[other->point_first].heading_rad -
                             net->points[a->point_first].heading_rad);
    // Who comes from the right crosses to the left.
    if (fabs(from) > SIDE_RAD[0] && fabs(from) < SIDE_RAD[1])
      return (from > 0) != net->left_hand;
  }
  return a->priority < other->priority || (a->priority == other->priority && a->id > other->id);
}

static void add_conflict(road_builder *b, int from, int to, const overlap *o, bool swapped) {
  road_network *net = &b->net;
  if (b->failed || !ARRAY_RESERVE(net->conflicts, b->conflict_capacity, net->conflict_count + 1)) {
    b->failed = true;
    return;
  }
  const lane_path *a = &net->paths[from], *other = &net->paths[to];
  bool yields = gives_way(net, a, other);
  net->conflicts[net->conflict_count++] =
      (lane_conflict){.other = other->id,
                      .begin_s_m = swapped ? o->other_begin_m : o->begin_m,
                      .end_s_m = swapped ? o->other_end_m : o->end_m,
                      .other_begin_s_m = swapped ? o->begin_m : o->other_begin_m,
                      .other_end_s_m = swapped ? o->end_m : o->other_end_m,
                      .yields = yields};
}

static void junction_conflicts(road_builder *b, swept *all, const int *lanes, int count) {
  overlap table[JUNCTION_LANES][JUNCTION_LANES];
  all->lane_count = all->step_count = 0;
  for (int i = 0; i < count && !b->failed; i++)
    b->failed = !add_swept(&b->net, all, &b->net.paths[lanes[i]]);
  if (b->failed)
    return;
  for (int i = 0; i < count; i++)
    for (int k = i + 1; k < count; k++)
      meet(&b->net, all, i, k, &table[i][k]);
  for (int i = 0; i < count; i++) {
    lane_path *path = &b->net.paths[lanes[i]];
    path->conflict_first = b->net.conflict_count;
    for (int k = 0; k < count; k++) {
      const overlap *o = i < k ? &table[i][k] : &table[k][i];
      if (i != k && o->any)
        add_conflict(b, lanes[i], lanes[k], o, i > k);
    }
    path->conflict_count = b->net.conflict_count - path->conflict_first;
  }
}

void road_derive_conflicts(road_builder *b) {
  const road_network *net = &b->net;
  size_t junctions = (size_t)net->junction_count;
  int(*lanes)[JUNCTION_LANES] = malloc(sizeof *lanes * (junctions + 1));
  int *counts = calloc(junctions + 1, sizeof *counts);
  swept all = {0};
  b->failed = b->failed || !lanes || !counts;
  for (int i = 0; i < net->path_count && !b->failed; i++) {
    int j = net->paths[i].junction - 1;
    if (j >= 0 && counts[j] < JUNCTION_LANES)
      lanes[j][counts[j]++] = i;
  }
  for (int j = 0; j < net->junction_count && !b->failed; j++)
    junction_conflicts(b, &all, lanes[j], counts[j]);
  free(all.steps);
  free(lanes);
  free(counts);
}
