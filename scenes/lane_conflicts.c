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

// Walks along `a` in steps of half a metre and keeps what comes nearer than `reach` to `b`.
static void scan(const road_network *net, const lane_path *a, const lane_path *b, double reach,
                 overlap *out, bool swapped) {
  const road_point *q = &net->points[b->point_first];
  int steps = (int)fmax(1, ceil(a->length_m / 0.5));
  double far = 1.001 * (b->length_m + reach);
  for (int i = 0; i <= steps; i++) {
    double s = a->length_m * i / steps;
    road_point p = lane_point(net, a, s);
    double dx = p.x_m - q->x_m, dy = p.y_m - q->y_m;
    if (dx * dx + dy * dy > far * far)
      continue;
    for (int k = 0; k + 1 < b->point_count; k++) {
      double u, distance = segment_distance(&p, &q[k], &q[k + 1], &u);
      if (distance >= reach) {
        // Nothing nearer can follow before the way between the two distances is gone.
        double skip = q[k + 1].s_m + distance - reach;
        while (k + 2 < b->point_count && q[k + 2].s_m < skip)
          k++;
        continue;
      }
      double other = q[k].s_m + u * (q[k + 1].s_m - q[k].s_m);
      if (swapped)
        widen(out, other, s);
      else
        widen(out, s, other);
    }
  }
}

static bool boxes_meet(const road_network *net, const lane_path *a, const lane_path *b,
                       double reach) {
  double lo[2][2] = {{INFINITY, INFINITY}, {INFINITY, INFINITY}};
  double hi[2][2] = {{-INFINITY, -INFINITY}, {-INFINITY, -INFINITY}};
  const lane_path *both[2] = {a, b};
  for (int i = 0; i < 2; i++)
    for (int k = 0; k < both[i]->point_count; k++) {
      const road_point *p = &net->points[both[i]->point_first + k];
      lo[i][0] = fmin(lo[i][0], p->x_m), hi[i][0] = fmax(hi[i][0], p->x_m);
      lo[i][1] = fmin(lo[i][1], p->y_m), hi[i][1] = fmax(hi[i][1], p->y_m);
    }
  return lo[0][0] < hi[1][0] + reach && lo[1][0] < hi[0][0] + reach &&
         lo[0][1] < hi[1][1] + reach && lo[1][1] < hi[0][1] + reach;
}

static bool share_start(const road_network *net, const lane_path *a, const lane_path *b) {
  return a->previous_count > 0 && b->previous_count > 0 &&
         net->lane_links[a->previous_first] == net->lane_links[b->previous_first];
}

static void meet(road_builder *b, int ia, int ib, overlap *out) {
  const road_network *net = &b->net;
  const lane_path *a = &net->paths[ia], *other = &net->paths[ib];
  *out = (overlap){0};
  if (share_start(net, a, other))
    return;
  double reach = (a->width_m + other->width_m) / 2 - 2 * SIDE_MARGIN_M;
  if (!boxes_meet(net, a, other, reach))
    return;
  scan(net, a, other, reach, out, false);
  scan(net, other, a, reach, out, true);
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

enum { JUNCTION_LANES = 64 };

static void junction_conflicts(road_builder *b, const int *lanes, int count) {
  static const int most = JUNCTION_LANES;
  overlap table[JUNCTION_LANES][JUNCTION_LANES];
  count = count < most ? count : most;
  for (int i = 0; i < count; i++)
    for (int k = i + 1; k < count; k++)
      meet(b, lanes[i], lanes[k], &table[i][k]);
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
  b->failed = b->failed || !lanes || !counts;
  for (int i = 0; i < net->path_count && !b->failed; i++) {
    int j = net->paths[i].junction - 1;
    if (j >= 0 && counts[j] < JUNCTION_LANES)
      lanes[j][counts[j]++] = i;
  }
  for (int j = 0; j < net->junction_count && !b->failed; j++)
    junction_conflicts(b, lanes[j], counts[j]);
  free(lanes);
  free(counts);
}
