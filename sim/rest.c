// SPDX-License-Identifier: Apache-2.0
// Who stands and rests: its next decision is the last one as long as nothing that it was made of
// changes. That is asked anew each step, of few things, so that no event can be missed: the colour
// of its signal, who is ahead and where, who has got into its way. What is left out here must be
// the same while one stands; tests/sim/test_rest.c steps worlds with and without.
#include "base/least.h"
#include "sim/state.h"

static const double ROUNDING_M = 1e-6;

bool sim_rest_create(sim_world *w) {
  int n = w->scene->vehicle_count;
  w->cars.rest = ARENA_NEW(w->memory, sim_rest, n);
  w->cars.rests = ARENA_NEW(w->memory, uint8_t, n);
  if (!w->cars.rest || !w->cars.rests)
    return false;
  for (int i = 0; i < n; i++)
    w->cars.rest[i].lead = SIM_REST_NOT;
  return true;
}

// Whether the last one on a lane is beyond a place along it.
static bool lane_is_clear(const sim_world *w, int lane, double from_m) {
  int last = w->queue_first[lane] - 1;
  return last < w->queue_first[lane - 1] || w->queue[last].s_m >= from_m;
}

// Whether nobody's tail is as near as the stop line's mark on the lane beyond the line, and on
// those that part from it.
static bool way_is_clear(const sim_world *w, int lane, double from_m) {
  if (!lane_is_clear(w, lane, from_m))
    return false;
  if (w->bundle_load[w->lanes.bundle[lane - 1]] == w->queue_first[lane] - w->queue_first[lane - 1])
    return true;
  for (int f = w->lanes.fork_first[lane - 1]; f < w->lanes.fork_first[lane]; f++)
    if (!lane_is_clear(w, w->lanes.forks[f].lane, from_m))
      return false;
  return true;
}

// Whether somebody in a lane from which one may change to this one has to change lanes.
static bool asked_from_beside(const sim_world *w, int lane) {
  sim_lane_pair from = w->lanes.before[lane - 1];
  return (from.right && w->lane_asks[from.right - 1]) || (from.left && w->lane_asks[from.left - 1]);
}

bool sim_rest_holds(const sim_world *w, int i) {
  const sim_vehicles *cars = &w->cars;
  const sim_rest *rest = &cars->rest[i];
  if (rest->color_at >= 0 && w->colors[rest->color_at] != SIGNAL_RED)
    return false;
  const int *route = sim_route(w, i);
  int first = w->queue_first[route[0] - 1], place = w->queue_place[i];
  if (rest->lead >= 0) {
    const sim_entry *ahead = &w->queue[place - 1];
    if (place == first || ahead->vehicle != rest->lead || ahead->s_m != rest->mark_m ||
        cars->v_mps[rest->lead] != 0)
      return false;
  } else if (place != first || !way_is_clear(w, route[1], rest->mark_m)) {
    return false;
  }
  if (w->sideways && (cars->aside[i] != ASIDE_NONE ||
                      (rest->lead >= 0 && cars->aside[rest->lead] >= ASIDE_PASSES)))
    return false;
  if (w->any_asks && asked_from_beside(w, route[0]))
    return false;
  return w->midway_count == 0 || (w->midway_head[route[0] - 1] < 0 &&
                                  (cars->route_count[i] < 2 || w->midway_head[route[1] - 1] < 0));
}

// Whether a lane that begins start_m ahead of its front has a crosswalk between it and ends_m
// ahead, or below it.
static bool crossing_on(const sim_world *w, int i, int lane, double start_m, double ends_m) {
  for (int c = w->lanes.crossing_first[lane - 1]; c < w->lanes.crossing_first[lane]; c++)
    if (start_m + w->net->crossings[c].begin_s_m <= ends_m &&
        start_m + w->net->crossings[c].end_s_m + w->cars.length_m[i] >= 0)
      return true;
  return false;
}

// Whether somebody who crosses may step out before it.
static bool crossing_in_sight(const sim_world *w, int i, double ends_m) {
  const sim_vehicles *cars = &w->cars;
  const int *route = sim_route(w, i);
  double half = cars->length_m[i] / 2, start = -(cars->s_m[i] + half);
  if (cars->came_from[i] && cars->s_m[i] < half) // its tail may be on one of the lane before
    return true;
  for (int k = 0; k < cars->route_count[i] && start <= ends_m; k++) {
    if (crossing_on(w, i, route[k], start, ends_m))
      return true;
    start += sim_facts(w, route[k])->length_m;
  }
  return false;
}

// Riders upright themselves: others' bodies sway on their springs while they rest.
static bool leans(const sim_vehicles *cars, int i) {
  return cars->lean_before_rad[i] != 0 || cars->lean_rad[i] != 0 || cars->lean_radps[i] != 0;
}

void sim_rest_begin(sim_world *w, int i, const sim_leader *leader, double sight_m) {
  sim_vehicles *cars = &w->cars;
  sim_rest *rest = &cars->rest[i];
  rest->lead = SIM_REST_NOT;
  const int *route = sim_route(w, i);
  const sim_lane_facts *lane = sim_facts(w, route[0]);
  int want = cars->want_lane[i];
  double half = cars->length_m[i] / 2, s = cars->s_m[i];
  const int abreast = SIM_LANE_TIGHT | SIM_LANE_BESIDE;
  // Plain traffic alone, away from where lanes part, that asks nothing of a junction.
  if (i == w->scene->ego || cars->a_mps2[i] > 0 || cars->length_m[i] > SIM_LONG_M ||
      cars->aside[i] != ASIDE_NONE || cars->change_from_m[i] != 0 || cars->hold_lane[i] ||
      cars->asks[i] || cars->want_claim[i] != CLAIM_NONE || cars->must_side[i] ||
      (cars->breaks[i] & BREAKS_RED) || (cars->ridden[i] && leans(cars, i)) ||
      (lane->marks & abreast) == abreast || s < lane->fork_m + 3.1 + cars->longest_m / 2)
    return;
  if (want && (route[1] != want || w->lanes.color_at[route[0] - 1] < 0))
    return;
  double end = lane->length_m - s - half; // of the lane, from the front
  if (w->people.count > 0 &&
      ((!want && end < sight_m) || crossing_in_sight(w, i, want ? cars->line_m[i] : sight_m)))
    return;
  rest->color_at = want ? w->lanes.color_at[route[0] - 1] : -1;
  int place = w->queue_place[i];
  if (place > w->queue_first[route[0] - 1]) {
    const sim_entry *ahead = &w->queue[place - 1];
    if (!ahead->own || ahead->vehicle != leader->vehicle || leader->gap_m >= end)
      return;
    rest->mark_m = ahead->s_m;
    rest->lead = leader->vehicle;
  } else if (want) {
    // It stands for the line. Who is farther than where the line's gap counts from holds it back
    // less than the line does, since all that stands still is followed alike: see sim_stop_at.
    double counts_m = sim_stop_gap(w, i, most_of(cars->line_m[i], SIM_OVER_LINE_M));
    double mark_m = counts_m - end + cars->longest_m / 2 + ROUNDING_M;
    if (sim_facts(w, want)->length_m < mark_m)
      return;
    rest->mark_m = mark_m;
    rest->lead = -1;
  }
  // What it will be asked has to hold of this decision, too.
  if (rest->lead != SIM_REST_NOT && !sim_rest_holds(w, i))
    rest->lead = SIM_REST_NOT;
}
