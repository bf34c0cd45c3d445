// SPDX-License-Identifier: Apache-2.0
// Where long vehicles get in each other's way at junctions: more pairs of lanes meet, and
// earlier, than for cars, because a bus sweeps well outside its lane in a tight turn.
#include <math.h>

#include "base/least.h"
#include "sim/lanes.h"
#include "sim/sweep.h"

static const double STEP_M = 0.5;
static const double SWING_M = 1.2; // how far a long body's corner leaves its lane
static const double SIDE_M = 0.2;  // lanes side by side are that much nearer before they meet

enum { MOST_SAMPLES = 256, MOST_LANES = 96 };

typedef struct samples {
  int count;
  double x[MOST_SAMPLES], y[MOST_SAMPLES];
} samples;

static void sample(const road_network *net, const lane_path *lane, samples *out) {
  out->count = 0;
  for (int k = 0; k < MOST_SAMPLES && (k == 0 || (k - 1) * STEP_M < lane->length_m); k++) {
    road_point p = lane_point(net, lane, k * STEP_M);
    out->x[k] = p.x_m, out->y[k] = p.y_m;
    out->count++;
  }
}

static bool share_start(const road_network *net, const lane_path *a, const lane_path *b) {
  return a->previous_count > 0 && b->previous_count > 0 &&
         net->lane_links[a->previous_first] == net->lane_links[b->previous_first];
}

static bool share_end(const road_network *net, const lane_path *a, const lane_path *b) {
  for (int m = 0; m < a->next_count; m++)
    for (int n = 0; n < b->next_count; n++)
      if (net->lane_links[a->next_first + m] == net->lane_links[b->next_first + n])
        return true;
  return false;
}

static int narrow_of(const road_network *net, const lane_path *lane, int other) {
  for (int k = 0; k < lane->conflict_count; k++)
    if (net->conflicts[lane->conflict_first + k].other == other)
      return lane->conflict_first + k;
  return -1;
}

static void widen(lane_conflict *c, bool any, double begin, double end, double other_begin,
                  double other_end) {
  c->begin_s_m = any ? least_of(c->begin_s_m, begin) : begin;
  c->end_s_m = any ? most_of(c->end_s_m, end) : end;
  c->other_begin_s_m = any ? least_of(c->other_begin_s_m, other_begin) : other_begin;
  c->other_end_s_m = any ? most_of(c->other_end_s_m, other_end) : other_end;
}

// The parts of two lanes that come nearer than `reach_m`; false when none do.
static bool meet(const samples *a, const samples *b, double reach_m, lane_conflict *c) {
  bool any = false;
  for (int i = 0; i < a->count; i++) {
    for (int k = 0; k < b->count; k++) {
      double dx = a->x[i] - b->x[k], dy = a->y[i] - b->y[k];
      if (dx * dx + dy * dy >= reach_m * reach_m)
        continue;
      widen(c, any, i * STEP_M, i * STEP_M, k * STEP_M, k * STEP_M);
      any = true;
    }
  }
  return any;
}

// Where the bodies of vans on two lanes would overlap; false when they never do. A conflict begins
// where the front of the first that would is, and ends where the tail of the last one is: so it may
// end before it begins, when they but graze each other.
static bool vans_meet(const sim_sweep *a, const sim_sweep *b, lane_conflict *c) {
  const double length = 2 * sim_sweep_van.half_m;
  bool any = false;
  for (int i = 0; i < a->count; i++) {
    for (int k = 0; k < b->count; k++) {
      if (!sim_sweep_meet(&a->at[i], &sim_sweep_van, &b->at[k], &sim_sweep_van))
        continue;
      double front = i * SIM_SWEEP_STEP_M, other_front = k * SIM_SWEEP_STEP_M;
      widen(c, any, front, front - length, other_front, other_front - length);
      any = true;
    }
  }
  return any;
}

static void include(lane_conflict *c, const lane_conflict *narrow) {
  c->begin_s_m = least_of(c->begin_s_m, narrow->begin_s_m);
  c->end_s_m = most_of(c->end_s_m, narrow->end_s_m);
  c->other_begin_s_m = least_of(c->other_begin_s_m, narrow->other_begin_s_m);
  c->other_end_s_m = most_of(c->other_end_s_m, narrow->other_end_s_m);
  c->yields = narrow->yields;
}

// Long bodies don't swing on straight lanes side by side, whichever way these run. It matters
// where one of them meets no other lane: who waits on it must be in nobody's way.
static bool side_by_side(const road_network *net, const lane_path *a, const lane_path *b) {
  const double least_pm = 1e-6, least_rad = 0.01;
  double apart = net->points[a->point_first].heading_rad - net->points[b->point_first].heading_rad;
  return (a->conflict_count == 0 || b->conflict_count == 0) && a->max_curvature_pm < least_pm &&
         b->max_curvature_pm < least_pm && fabs(sin(apart)) < least_rad;
}

// Where a lane's stop line is, seen along the lane: before it, and so below 0.
static double line_before(const road_network *net, const lane_path *lane) {
  if (lane->previous_count == 0)
    return 0;
  const lane_path *from = &net->paths[net->lane_links[lane->previous_first] - 1];
  return from->junction ? 0 : least_of(0, from->stop_s_m - from->length_m);
}

// The conflict of lane a with lane b, seen from a; false when they never meet.
static bool conflict_of(const road_network *net, const lane_path *a, const lane_path *b,
                        const samples *sa, const samples *sb, const sim_sweep *va,
                        const sim_sweep *vb, sim_conflict *out) {
  if (a == b || share_start(net, a, b))
    return false;
  *out = (sim_conflict){.narrow = narrow_of(net, a, b->id), .merges = share_end(net, a, b)};
  out->wide.other = b->id;
  out->wide.yields = a->priority < b->priority || (a->priority == b->priority && a->id > b->id);
  double swing = side_by_side(net, a, b) ? -SIDE_M : SWING_M;
  bool any = meet(sa, sb, (a->width_m + b->width_m) / 2 + swing, &out->wide);
  if (out->narrow >= 0) {
    const lane_conflict *narrow = &net->conflicts[out->narrow];
    if (any)
      include(&out->wide, narrow);
    else
      out->wide = *narrow;
  }
  bool swept = a->max_curvature_pm > SIM_SWEPT_PM || b->max_curvature_pm > SIM_SWEPT_PM;
  // Where they meet as a lane begins, long bodies that turn sweep over the way from its line, too.
  if (any && swept && out->wide.begin_s_m <= 0)
    out->wide.begin_s_m = line_before(net, a);
  if (any && swept && out->wide.other_begin_s_m <= 0)
    out->wide.other_begin_s_m = line_before(net, b);
  lane_conflict van = {.other = b->id, .yields = out->wide.yields};
  if (swept && any && vans_meet(va, vb, &van)) {
    if (out->narrow >= 0)
      include(&van, &net->conflicts[out->narrow]);
    out->van = van;
  }
  return any || out->narrow >= 0;
}

// Lanes by junction, in order of id: those of junction j from first[j - 1] to first[j]. A
// junction's lanes needn't be neighbours.
static bool sort_by_junction(const road_network *net, arena *a, int **first, int **lanes) {
  *first = ARENA_NEW(a, int, net->junction_count + 2);
  *lanes = ARENA_NEW(a, int, net->path_count);
  if (!*first || !*lanes)
    return false;
  // Counting sort: count one place on, sum up, and filling moves each begin to its end.
  int *begin = *first + 1;
  for (int i = 0; i < net->path_count; i++)
    if (net->paths[i].junction)
      begin[net->paths[i].junction]++;
  for (int j = 1; j <= net->junction_count; j++)
    begin[j] += begin[j - 1];
  for (int i = 0; i < net->path_count; i++)
    if (net->paths[i].junction)
      (*lanes)[begin[net->paths[i].junction - 1]++] = i;
  return true;
}

bool sim_conflicts_build(sim_lanes *out, arena *a, const road_network *net) {
  int room = 0, lanes = net->path_count, *first, *sorted;
  if (!sort_by_junction(net, a, &first, &sorted))
    return false;
  for (int j = 1; j <= net->junction_count; j++) {
    int count = first[j] - first[j - 1];
    count = count < MOST_LANES ? count : MOST_LANES;
    room += count * count;
  }
  out->conflict_first = ARENA_NEW(a, int, lanes);
  out->conflict_count = ARENA_NEW(a, int, lanes);
  sim_conflict *found = out->conflicts = ARENA_NEW(a, sim_conflict, room + 1);
  out->conflict_with = ARENA_NEW(a, int, room + 1);
  samples *all = ARENA_NEW(a, samples, MOST_LANES);
  sim_sweep *vans = ARENA_NEW(a, sim_sweep, MOST_LANES);
  if (!out->conflict_first || !out->conflict_count || !found || !out->conflict_with || !all ||
      !vans)
    return false;
  int count = 0;
  for (int j = 1; j <= net->junction_count; j++) {
    const int *ids = sorted + first[j - 1];
    int members = first[j] - first[j - 1];
    members = members < MOST_LANES ? members : MOST_LANES;
    bool swept = false;
    for (int m = 0; m < members; m++) {
      sample(net, &net->paths[ids[m]], &all[m]);
      swept = swept || net->paths[ids[m]].max_curvature_pm > SIM_SWEPT_PM;
    }
    for (int m = 0; m < members && swept; m++)
      sim_sweep_drive(net, &net->paths[ids[m]], NULL, &sim_sweep_van, &vans[m]);
    for (int m = 0; m < members; m++) {
      int begin = count;
      for (int n = 0; n < members; n++)
        count += conflict_of(net, &net->paths[ids[m]], &net->paths[ids[n]], &all[m], &all[n],
                             &vans[m], &vans[n], &found[count]);
      out->conflict_first[ids[m]] = begin;
      out->conflict_count[ids[m]] = count - begin;
    }
  }
  for (int c = 0; c < count; c++)
    out->conflict_with[c] = found[c].wide.other;
  return true;
}
