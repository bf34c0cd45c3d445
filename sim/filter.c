// SPDX-License-Identifier: Apache-2.0
// Riders who don't wait at a queue's end: beside its vehicles they ride on to its front, wait there
// at the stop line and go first. When the queue goes faster they go back into it where there is a
// gap, and before one they don't enter the junction.
#include <math.h>

#include "base/least.h"
#include "sim/state.h"

// What riders do by most laws that allow it (New South Wales: up to 30 km/h; Belgium: 50 km/h and
// not more than 20 km/h faster than the queue).
static const double QUEUE_MPS = 7, BEGIN_MPS = 5; // 25 km/h; a queue that one begins at
static const double FASTER_MPS = 15 / 3.6;
static const double AIR_M = 0.2, KERB_M = 0.05; // beside bodies, beside a border
static const double OVER_M = 0.2;               // beyond the middle line at most
static const double USUAL_M = 1.9;              // width of who may come along beside one
static const double NEAR_M = 25, ALONG_M = 40;
static const double FRONT_M = 3, SOFT_MPS2 = 1.5;
static const double BEND_PM = 1.0 / 60;

static bool is_queued(const sim_world *w, const sim_entry *e) {
  sim_aside at = w->cars.aside[e->vehicle];
  return e->own && at != ASIDE_FILTERS && at != ASIDE_LEADS;
}

// The nearest of the own lane's queue ahead (step -1) or behind (1): index into w->queue, or -1.
static int next_queued(const sim_world *w, int i, int step) {
  int lane = sim_lane_of(w, i);
  for (int q = w->queue_place[i] + step; q >= w->queue_first[lane - 1] && q < w->queue_first[lane];
       q += step)
    if (is_queued(w, &w->queue[q]))
      return q;
  return -1;
}

// Between the own bodies; negative where they are beside each other.
static double gap_to(const sim_world *w, int i, int q) {
  const sim_entry *e = &w->queue[q];
  return fabs(e->s_m - w->cars.s_m[i]) - (w->cars.length_m[i] + w->cars.length_m[e->vehicle]) / 2;
}

// How far aside one must be to clear the queue's next vehicles.
static double least_aside(const sim_world *w, int i, int side) {
  const sim_vehicles *cars = &w->cars;
  int lane = sim_lane_of(w, i), seen = 0;
  double least = 0;
  for (int q = w->queue_place[i] - 1; q >= w->queue_first[lane - 1] && seen < 3; q--) {
    int j = w->queue[q].vehicle;
    if (!is_queued(w, &w->queue[q]))
      continue;
    double needed = side * cars->shift_m[j] + (cars->width_m[j] + cars->width_m[i]) / 2 + AIR_M;
    if (seen++ == 0 || needed < least + 0.1) // behind a lorry farther on one waits
      least = most_of(least, needed);
  }
  return least;
}

// How far aside the vehicles of the lane beside, the oncoming one's or the kerb let one be.
static double most_aside(const sim_world *w, int i, int side) {
  const sim_vehicles *cars = &w->cars;
  const lane_path *lane = sim_lane(w, sim_lane_of(w, i));
  int beside = side > 0 ? lane->left : lane->right;
  double half = cars->width_m[i] / 2;
  if (!beside) {
    bool middle = side == sim_over_side(w) && w->lanes.facing[lane->id - 1];
    return lane->width_m / 2 - half + (middle ? OVER_M : -KERB_M);
  }
  double apart = (lane->width_m + sim_lane(w, beside)->width_m) / 2, widest = USUAL_M / 2;
  double s = cars->s_m[i] * sim_beside_scale(w, lane->id, beside);
  for (int q = w->queue_first[beside - 1]; q < w->queue_first[beside]; q++) {
    int j = w->queue[q].vehicle;
    double along = w->queue[q].s_m - s, near = cars->length_m[j] / 2 + 4;
    if (along < -near || along > ALONG_M)
      continue;
    if (cars->change_from_m[j] != 0)
      return 0;
    if (along < near || cars->aside[j] == ASIDE_NONE)
      widest = most_of(widest, along < NEAR_M ? cars->width_m[j] / 2 - side * cars->shift_m[j] : 0);
  }
  return apart - widest - half - AIR_M;
}

static bool may_begin(const sim_world *w, int i) {
  const sim_vehicles *cars = &w->cars;
  const lane_path *lane = sim_lane(w, sim_lane_of(w, i));
  int n = sim_actor_of_vehicle(&w->scripted, i);
  if (!cars->filters[i] || cars->gone[i] || sim_service_steers(w, i) || n >= 0 ||
      cars->aside[i] > ASIDE_RIDES || lane->junction || lane->opens ||
      lane->max_curvature_pm > BEND_PM || cars->change_from_m[i] != 0 || cars->must_side[i] ||
      cars->hold_lane[i] || cars->v_mps[i] > BEGIN_MPS + FASTER_MPS)
    return false;
  double v = cars->v_mps[i];
  double line = sim_facts(w, lane->id)->stop_m - cars->s_m[i] - cars->length_m[i] / 2;
  if (line < FRONT_M + v * v / (2 * SOFT_MPS2)) // it couldn't wait there any more
    return false;
  bool ends = cars->route_count[i] < 2 || !sim_facts(w, sim_route(w, i)[1])->junction;
  int ahead = w->queue_place[i] - 1;
  if (ends || ahead < w->queue_first[lane->id - 1] || !is_queued(w, &w->queue[ahead]))
    return false;
  int j = w->queue[ahead].vehicle;
  return cars->v_mps[j] < BEGIN_MPS && gap_to(w, i, ahead) < NEAR_M && !sim_passable(w, j) &&
         cars->change_from_m[j] == 0;
}

static void begin(sim_world *w, int i) {
  sim_vehicles *cars = &w->cars;
  if (!may_begin(w, i))
    return;
  const lane_path *lane = sim_lane(w, sim_lane_of(w, i));
  bool bicycle = cars->user[i] == LANE_FOR_BICYCLES;
  int over = sim_over_side(w), tries = bicycle ? 1 : 2;
  for (int k = 0; k < tries; k++) {
    int side = (bicycle ? -1 : k ? -1 : 1) * over;
    if (k && !(side > 0 ? lane->left : lane->right))
      continue; // at the kerb there is no room for motorcycles
    double least = least_aside(w, i, side), most = most_aside(w, i, side);
    if (least > most)
      continue;
    double aim = (side > 0 ? lane->left : lane->right) ? (least + most) / 2 : least;
    double way = sim_aside_way(w, i, side * aim - cars->shift_m[i], cars->slope[i]);
    if (gap_to(w, i, w->queue_place[i] - 1) < 0.8 * way) // it couldn't get round any more
      continue;
    if (cars->aside[i] == ASIDE_NONE)
      cars->slope[i] = 0;
    cars->aside[i] = ASIDE_FILTERS;
    cars->aim_m[i] = side * aim;
    return;
  }
}

// Whether it stands at the line, before all that are beside it, and they stand.
static bool has_come_first(const sim_world *w, int i, int ahead) {
  const sim_vehicles *cars = &w->cars;
  int lane = sim_lane_of(w, i);
  double line = sim_facts(w, lane)->stop_m - cars->s_m[i] - cars->length_m[i] / 2;
  int signal = sim_lane(w, lane)->signal;
  const road_signal *light = signal ? &w->net->signals[signal - 1] : NULL;
  // Those whom the light lets go needn't wait for riders.
  if (light && sim_color(w, light->junction, light->group) != SIGNAL_RED)
    return false;
  if (ahead >= 0 || line > FRONT_M || cars->v_mps[i] > 0.3)
    return false;
  for (int q = w->queue_place[i] + 1; q < w->queue_first[lane]; q++)
    if (gap_to(w, i, q) < 1 && cars->v_mps[w->queue[q].vehicle] > 0.3)
      return false;
  return true;
}

static void carry_on(sim_world *w, int i) {
  sim_vehicles *cars = &w->cars;
  int ahead = next_queued(w, i, -1), behind = next_queued(w, i, 1);
  double v = cars->v_mps[i], gap_ahead = ahead < 0 ? INFINITY : gap_to(w, i, ahead);
  if (has_come_first(w, i, ahead)) {
    cars->aside[i] = ASIDE_LEADS;
    return;
  }
  bool slow = gap_ahead < NEAR_M && cars->v_mps[w->queue[ahead].vehicle] < QUEUE_MPS;
  if (slow || gap_ahead < 1.5 + 0.5 * v)
    return;
  if (behind >= 0) {
    double closing = cars->v_mps[w->queue[behind].vehicle] - v;
    if (gap_to(w, i, behind) < 1 + 0.3 * v + 2 * most_of(0, closing))
      return;
  }
  cars->aside[i] = ASIDE_RETURNS;
}

// Before the queue's first, once its tail is clear of that one's front.
static void lead(sim_world *w, int i) {
  sim_vehicles *cars = &w->cars;
  int lane = sim_lane_of(w, i), behind = next_queued(w, i, 1), from = cars->came_from[i];
  double gap = behind < 0 ? INFINITY : gap_to(w, i, behind);
  bool inside = sim_facts(w, lane)->junction;
  if (inside && from && w->queue_first[from] > w->queue_first[from - 1]) {
    const sim_entry *e = &w->queue[w->queue_first[from - 1]];
    gap = least_of(gap, sim_facts(w, from)->length_m - e->s_m + cars->s_m[i] -
                            (cars->length_m[i] + cars->length_m[e->vehicle]) / 2);
  }
  if (gap < 0.3)
    return;
  if (inside)
    cars->aside[i] = ASIDE_RETURNS;
  else
    cars->aim_m[i] = 0;
}

void sim_filters_decide(sim_world *w) {
  sim_vehicles *cars = &w->cars;
  uint64_t turns = (uint64_t)most_of(1, 0.25 / w->step_s + 0.5);
  for (int i = 0; i < cars->count; i++) {
    if (!cars->filters[i] || cars->gone[i])
      continue;
    if (cars->aside[i] == ASIDE_FILTERS)
      carry_on(w, i);
    else if (cars->aside[i] == ASIDE_LEADS)
      lead(w, i);
    else if (((uint64_t)i + w->steps) % turns == 0 && w->steps > 0)
      begin(w, i);
  }
}

double sim_filter_adapt(const sim_world *w, int i, double a) {
  const sim_vehicles *cars = &w->cars;
  int lane = sim_lane_of(w, i);
  double most = INFINITY;
  for (int step = -1; step <= 1; step += 2) {
    int q = next_queued(w, i, step);
    if (q >= w->queue_first[lane - 1] && gap_to(w, i, q) < (step < 0 ? 12 : 0.5))
      most = least_of(most, cars->v_mps[w->queue[q].vehicle]);
  }
  // Beside a queue that is fast again one falls back into a gap.
  double faster = most > QUEUE_MPS ? -1 : FASTER_MPS;
  return least_of(a, most_of(-2.5, most + faster - cars->v_mps[i]));
}
