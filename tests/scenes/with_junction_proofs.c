// SPDX-License-Identifier: Apache-2.0
#include "with_junction_proofs.h"

#include <math.h>
#include <stdlib.h>

#include "with_network.h"

static const double MARGIN_M = 0.2; // a body's distance from its lane's borders
static const double STEP_M = 0.5;   // of brute force, and of what it is compared with
static const double TOUCHING_M = 0.05;

// Swept areas --------------------------------------------------------------------

// What a body sweeps on its lane: a strip between two lines of `count` points.
typedef struct strip {
  int count;
  double half_m, step_m;
  double x[2][600], y[2][600]; // left and right
  double lo[2], hi[2];
} strip;

static void sweep(const road_network *net, const lane_path *lane, double grow_m, strip *out) {
  enum { MOST = sizeof out->x[0] / sizeof *out->x[0] };
  int n = (int)ceil(lane->length_m / STEP_M) + 1;
  *out = (strip){.count = n < 2      ? 2
                          : n > MOST ? MOST
                                     : n,
                 .half_m = lane->width_m / 2 - MARGIN_M + grow_m,
                 .lo = {INFINITY, INFINITY},
                 .hi = {-INFINITY, -INFINITY}};
  out->step_m = lane->length_m / (out->count - 1);
  for (int i = 0; i < out->count; i++) {
    road_point p = lane_point(net, lane, out->step_m * i);
    for (int side = 0; side < 2; side++) {
      double t = side ? -out->half_m : out->half_m;
      double x = p.x_m - t * sin(p.heading_rad), y = p.y_m + t * cos(p.heading_rad);
      out->x[side][i] = x, out->y[side][i] = y;
      out->lo[0] = fmin(out->lo[0], x), out->hi[0] = fmax(out->hi[0], x);
      out->lo[1] = fmin(out->lo[1], y), out->hi[1] = fmax(out->hi[1], y);
    }
  }
}

typedef struct triangle {
  double x[3], y[3];
} triangle;

static triangle piece_of(const strip *s, int i, int half) {
  int side = half ? 1 : 0, other = 1 - side, far = half ? i : i + 1;
  int near = half ? i + 1 : i;
  return (triangle){{s->x[side][near], s->x[other][near], s->x[side][far]},
                    {s->y[side][near], s->y[other][near], s->y[side][far]}};
}

// Whether a side of `a` separates it from `b`.
static bool side_separates(const triangle *a, const triangle *b) {
  for (int i = 0; i < 3; i++) {
    int k = (i + 1) % 3, m = (i + 2) % 3;
    double nx = a->y[k] - a->y[i], ny = a->x[i] - a->x[k];
    double own = nx * (a->x[m] - a->x[i]) + ny * (a->y[m] - a->y[i]);
    bool apart = true;
    for (int v = 0; v < 3; v++) {
      double there = nx * (b->x[v] - a->x[i]) + ny * (b->y[v] - a->y[i]);
      apart = apart && (own > 0 ? there <= 0 : there >= 0);
    }
    if (apart)
      return true;
  }
  return false;
}

typedef struct meeting {
  bool any;
  double begin_m[2], end_m[2]; // on either strip's lane
} meeting;

static bool pieces_overlap(const strip *a, int i, const strip *b, int k) {
  for (int m = 0; m < 4; m++) {
    triangle t = piece_of(a, i, m / 2), u = piece_of(b, k, m % 2);
    if (!side_separates(&t, &u) && !side_separates(&u, &t))
      return true;
  }
  return false;
}

static void widen(meeting *m, int of, const strip *s, int i) {
  m->begin_m[of] = fmin(m->begin_m[of], i * s->step_m);
  m->end_m[of] = fmax(m->end_m[of], (i + 1) * s->step_m);
}

static meeting meet(const strip *a, const strip *b) {
  meeting found = {false, {INFINITY, INFINITY}, {-INFINITY, -INFINITY}};
  for (int axis = 0; axis < 2; axis++)
    if (a->lo[axis] > b->hi[axis] || b->lo[axis] > a->hi[axis])
      return found;
  // Pieces are at most twice as long at a border as in the middle, as no lane folds.
  double reach = 2 * (a->half_m + b->half_m) + 2 * (a->step_m + b->step_m);
  for (int i = 0; i + 1 < a->count; i++)
    for (int k = 0; k + 1 < b->count; k++) {
      double dx = a->x[0][i] - b->x[0][k], dy = a->y[0][i] - b->y[0][k], far = dx * dx + dy * dy;
      if (far > reach * reach) {
        k += (int)((sqrt(far) - reach) / (2 * b->step_m));
        continue;
      }
      if (!pieces_overlap(a, i, b, k))
        continue;
      found.any = true;
      widen(&found, 0, a, i);
      widen(&found, 1, b, k);
    }
  return found;
}

// The conflict matrix ------------------------------------------------------------

static const lane_conflict *find_conflict(const road_network *net, const lane_path *a, int other,
                                          int *times) {
  const lane_conflict *found = NULL;
  *times = 0;
  for (int i = 0; i < a->conflict_count; i++)
    if (net->conflicts[a->conflict_first + i].other == other) {
      found = &net->conflicts[a->conflict_first + i];
      ++*times;
    }
  return found;
}

static bool share_start(const road_network *net, const lane_path *a, const lane_path *b) {
  for (int i = 0; i < a->previous_count; i++)
    for (int k = 0; k < b->previous_count; k++)
      if (network_previous(net, a, i) == network_previous(net, b, k))
        return true;
  return false;
}

static bool follow(const road_network *net, const lane_path *a, const lane_path *b) {
  for (int i = 0; i < a->next_count; i++)
    if (network_next(net, a, i) == b)
      return true;
  return false;
}

typedef struct swept_lane {
  const lane_path *lane;
  strip less, more;
} swept_lane;

// What is recorded on lane `of` (0 or 1) of a pair against where the areas meet.
static void compare_stretch(const swept_lane *const pair[2], int of, const lane_conflict *c,
                            const meeting *least, const meeting *most, proof_fault *out) {
  int a = pair[of]->lane->id, b = pair[1 - of]->lane->id;
  double slack = STEP_M + pair[of]->less.step_m;
  if (least->any &&
      !(c->begin_s_m <= least->begin_m[of] + slack && c->end_s_m >= least->end_m[of] - slack))
    proof_says(out, "lanes %d and %d overlap at %.2f..%.2f m of the first, %.2f..%.2f m recorded",
               a, b, least->begin_m[of], least->end_m[of], c->begin_s_m, c->end_s_m);
  slack += pair[of]->more.half_m;
  if (!(c->begin_s_m >= most->begin_m[of] - slack && c->end_s_m <= most->end_m[of] + slack))
    proof_says(out,
               "lanes %d and %d overlap at %.2f..%.2f m of the first only, %.2f..%.2f m recorded",
               a, b, most->begin_m[of], most->end_m[of], c->begin_s_m, c->end_s_m);
}

static void compare_lanes(const road_network *net, const swept_lane *const pair[2],
                          proof_fault *out) {
  bool same = share_start(net, pair[0]->lane, pair[1]->lane) ||
              follow(net, pair[0]->lane, pair[1]->lane) ||
              follow(net, pair[1]->lane, pair[0]->lane);
  meeting least = {0}, most = {0};
  if (!same) {
    most = meet(&pair[0]->more, &pair[1]->more);
    if (most.any)
      least = meet(&pair[0]->less, &pair[1]->less);
  }
  for (int of = 0; of < 2; of++) {
    int a = pair[of]->lane->id, b = pair[1 - of]->lane->id, times = 0;
    const lane_conflict *c = find_conflict(net, pair[of]->lane, b, &times);
    if (times > 1)
      proof_says(out, "lane %d has its conflict with lane %d %d times", a, b, times);
    if ((least.any && !c) || (!most.any && c))
      proof_says(out, "lanes %d and %d of junction %d: areas %s, conflict %s", a, b,
                 pair[of]->lane->junction,
                 least.any ? "overlap"
                 : same    ? "fork"
                           : "keep apart",
                 c ? "recorded" : "not recorded");
    else if (c)
      compare_stretch(pair, of, c, &least, &most, out);
  }
}

static void check_junction(const road_network *net, int junction, proof_fault *out) {
  int count = 0, k = 0;
  for (int i = 0; i < net->path_count; i++)
    count += net->paths[i].junction == junction;
  swept_lane *swept = malloc(((size_t)count + 1) * sizeof *swept);
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *lane = &net->paths[i];
    if (lane->junction != junction)
      continue;
    swept[k].lane = lane;
    sweep(net, lane, -TOUCHING_M, &swept[k].less);
    sweep(net, lane, TOUCHING_M, &swept[k++].more);
  }
  for (int a = 0; a < count; a++)
    for (int b = a + 1; b < count; b++)
      compare_lanes(net, (const swept_lane *[2]){&swept[a], &swept[b]}, out);
  free(swept);
}

void proof_conflicts(const proof_case *c, proof_fault *out) {
  int count = c->net->junction_count, step = 1 + count / (c->junctions > 0 ? c->junctions : 1);
  for (int j = 1; j <= count; j += step)
    check_junction(c->net, j, out);
  for (int i = 0; i < c->net->path_count; i++)
    if (!c->net->paths[i].junction && c->net->paths[i].conflict_count)
      proof_says(out, "lane %d outside junctions has conflicts", i + 1);
}

void proof_yields(const proof_case *c, proof_fault *out) {
  const road_network *net = c->net;
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *lane = &net->paths[i];
    for (int k = 0; k < lane->conflict_count; k++) {
      const lane_conflict *a = &net->conflicts[lane->conflict_first + k];
      const lane_path *other = &net->paths[a->other - 1];
      int times = 0;
      const lane_conflict *b = find_conflict(net, other, lane->id, &times);
      if (!b || a->yields == b->yields || other->junction != lane->junction)
        proof_says(out, "lanes %d and %d: who yields isn't settled", lane->id, other->id);
      else if (a->begin_s_m != b->other_begin_s_m || a->end_s_m != b->other_end_s_m)
        proof_says(out, "lanes %d and %d disagree where they meet", lane->id, other->id);
      if (!(a->begin_s_m >= -1e-9 && a->begin_s_m <= a->end_s_m &&
            a->end_s_m <= lane->length_m + 1e-9))
        proof_says(out, "lane %d of %.2f m meets lane %d at %.2f..%.2f m", lane->id, lane->length_m,
                   other->id, a->begin_s_m, a->end_s_m);
    }
  }
}

// The surface --------------------------------------------------------------------

// How far a point lies outside of a closed line.
static double outside_by(const road_point *line, int count, double x, double y) {
  bool inside = false;
  double least = INFINITY;
  for (int i = 0, k = count - 1; i < count; k = i++) {
    double ax = line[k].x_m, ay = line[k].y_m, bx = line[i].x_m, by = line[i].y_m;
    if ((ay > y) != (by > y) && x < ax + (bx - ax) * (y - ay) / (by - ay))
      inside = !inside;
    double ex = bx - ax, ey = by - ay, square = ex * ex + ey * ey;
    double u = square > 0 ? fmax(0, fmin(1, ((x - ax) * ex + (y - ay) * ey) / square)) : 0;
    least = fmin(least, hypot(x - ax - u * ex, y - ay - u * ey));
  }
  return inside ? 0 : least;
}

void proof_ways_on_asphalt(const proof_case *c, proof_fault *out) {
  const road_network *net = c->net;
  strip *s = malloc(sizeof *s);
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *lane = &net->paths[i];
    if (!lane->junction)
      continue;
    const road_junction *j = &net->junctions[lane->junction - 1];
    sweep(net, lane, 0, s);
    double worst = 0, at = 0;
    for (int k = 0; k < s->count; k++)
      for (int side = 0; side < 2; side++) {
        double by = outside_by(&net->points[j->outline_first], j->outline_count, s->x[side][k],
                               s->y[side][k]);
        if (by > worst)
          worst = by, at = k * s->step_m;
      }
    if (!(worst <= 0.1))
      proof_says(out,
                 "lane %d, turn %d, of junction %d leaves the asphalt by %.2f m at %.1f of "
                 "%.1f m",
                 lane->id, (int)lane->turn, j->id, worst, at, lane->length_m);
  }
  free(s);
}

// Crosswalks and stop lines ------------------------------------------------------

static bool on_crosswalk(const road_crosswalk *walk, double x, double y) {
  for (int e = 0; e < 4; e++) {
    vec3 a = walk->corners[e], b = walk->corners[(e + 1) % 4];
    if ((b.x - a.x) * (y - a.y) - (b.y - a.y) * (x - a.x) < 0)
      return false;
  }
  return true;
}

void proof_stops(const proof_case *c, proof_fault *out) {
  const road_network *net = c->net;
  for (int i = 0; i < net->crossing_count; i++) {
    const lane_crossing *at = &net->crossings[i];
    const lane_path *lane = &net->paths[at->lane - 1];
    const road_crosswalk *walk = &net->crosswalks[at->crosswalk - 1];
    for (int k = 0; k < 3; k++) {
      double s = at->begin_s_m + (at->end_s_m - at->begin_s_m) * (0.02 + 0.48 * k);
      road_point p = lane_point(net, lane, s);
      if (!on_crosswalk(walk, p.x_m, p.y_m))
        proof_says(out, "lane %d at %.2f m isn't on crosswalk %d", lane->id, s, walk->id);
    }
    bool towards = at->begin_s_m > lane->length_m / 2;
    if (towards && !(lane->stop_s_m <= at->begin_s_m - 0.5))
      proof_says(out, "lane %d stops at %.2f m, its crosswalk begins at %.2f m", lane->id,
                 lane->stop_s_m, at->begin_s_m);
  }
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *lane = &net->paths[i];
    if (!(lane->stop_s_m > 0 && lane->stop_s_m <= lane->length_m))
      proof_says(out, "lane %d of %.2f m stops at %.2f m", lane->id, lane->length_m,
                 lane->stop_s_m);
  }
  // Whoever crosses an arm has lanes of it under the zebra.
  for (int i = 0; i < net->crosswalk_count; i++) {
    int lanes = 0;
    for (int k = 0; k < net->crossing_count; k++)
      lanes += net->crossings[k].crosswalk == i + 1;
    if (lanes == 0)
      proof_says(out, "crosswalk %d crosses no lane", i + 1);
  }
}
