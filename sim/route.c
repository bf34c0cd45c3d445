// SPDX-License-Identifier: Apache-2.0
// Which way vehicles go: drawn lane by lane, so that a route never ends before the
// network does.
#include "base/least.h"
#include "base/rng.h"
#include "sim/state.h"

#include <math.h>

static const double SHARED_WEIGHT = 0.02; // of ways shared with cars where there are others

static double turn_weight(turn_kind turn) {
  switch (turn) {
  case TURN_STRAIGHT:
    return 1.0;
  case TURN_LEFT:
  case TURN_RIGHT:
    return 0.5;
  default:
    return 0.02;
  }
}

// The junction lane that a lane leads to where it leads to one only; else the lane itself.
static const lane_path *leads_to(const sim_world *w, const lane_path *lane) {
  const lane_path *at = lane;
  for (int hop = 0; hop < 3 && at->next_count == 1; hop++) {
    at = sim_lane(w, w->net->lane_links[at->next_first]);
    if (at->junction)
      return at;
  }
  return lane;
}

// A junction lane into a street from which one only gets back round a turning circle.
static bool is_dead_end(const sim_world *w, const lane_path *lane) {
  for (int hop = 0; hop < 2; hop++) {
    if (lane->next_count != 1)
      return false;
    lane = sim_lane(w, w->net->lane_links[lane->next_first]);
  }
  return lane->turn == TURN_U;
}

// Vehicles turn off the network's ends where they can: few people drive out of the
// picture on purpose, and the ego must not.
static double way_weight(const sim_world *w, int vehicle, int lane) {
  const lane_path *next = sim_lane(w, lane);
  if (next->opens) // a lane for turns is as good as its turn
    next = leads_to(w, next);
  double weight = turn_weight(next->turn);
  // Buses keep off turns that they couldn't take without sweeping the next lane.
  if (next->max_curvature_pm * 1.1 * w->cars.length_m[vehicle] > 1 &&
      w->cars.length_m[vehicle] > SIM_LONG_M)
    weight *= 1e-3;
  if (w->cars.length_m[vehicle] > SIM_LONG_M && is_dead_end(w, next))
    weight *= 1e-3;
  double reach = w->lanes.reach_m[lane - 1];
  double whole_trip = least_of(SIM_REACH_M - 1, w->scene->duration_s * next->speed_limit_mps * 1.2);
  if (reach < whole_trip)
    weight *= vehicle == w->scene->ego ? 1e-6 * (1 + reach) : 0.5;
  return weight;
}

// Nobody goes where others alone may; cyclists and buses go where no cars may if they can.
static void keep_to_own_lanes(const sim_world *w, int vehicle, const int *next, int count,
                              double *weights) {
  int user = w->cars.user[vehicle];
  bool own = false;
  for (int k = 0; k < count; k++) {
    int users = sim_lane(w, next[k])->users;
    own = own || ((users & user) && !(users & LANE_FOR_CARS));
  }
  for (int k = 0; k < count; k++) {
    int users = sim_lane(w, next[k])->users;
    if (!(users & user))
      weights[k] = 0;
    else if (own && (users & LANE_FOR_CARS))
      weights[k] *= SHARED_WEIGHT;
  }
}

// Scripted ones turn as they are told where a junction lets them.
static void keep_to_script(const sim_world *w, int vehicle, const int *next, int count,
                           double *weights) {
  int route = w->scene->actor_count ? sim_scripted_route(w, vehicle) : -1;
  for (int k = 0; k < count && route >= 0; k++) {
    const lane_path *lane = sim_lane(w, next[k]), *way = lane->junction ? lane : leads_to(w, lane);
    if (way->junction && (int)way->turn != route)
      weights[k] *= 1e-12;
  }
}

// The lane that a vehicle takes after `last`, and its draw; 0 where the network ends.
static int next_of(const sim_world *w, int vehicle, const lane_path *last, uint32_t *draws) {
  enum { MOST = 24 };
  if (last->next_count == 0)
    return 0;
  int choices = last->next_count < MOST ? last->next_count : MOST;
  const int *next = w->net->lane_links + last->next_first;
  if (choices == 1)
    return next[0];
  double weights[MOST];
  for (int k = 0; k < choices; k++)
    weights[k] = sim_trailer_fits(w, vehicle, next[k]) ? way_weight(w, vehicle, next[k]) : 0;
  keep_to_own_lanes(w, vehicle, next, choices, weights);
  keep_to_script(w, vehicle, next, choices, weights);
  rng r = rng_at(w->scene->seed, RNG_TRAFFIC, w->scene->index, w->scene->vehicles[vehicle].id,
                 (*draws)++);
  return next[rng_weighted(&r, weights, choices)];
}

void sim_route_extend(sim_world *w, int vehicle) {
  int *route = sim_route(w, vehicle);
  int *count = &w->cars.route_count[vehicle];
  while (*count < SIM_ROUTE) {
    int next = next_of(w, vehicle, sim_lane(w, route[*count - 1]), &w->cars.draws[vehicle]);
    if (next == 0)
      return;
    route[(*count)++] = next;
  }
}

int sim_route_ahead(const sim_world *w, int vehicle, double most_m, int *lanes, int most) {
  int count = w->cars.route_count[vehicle] < most ? w->cars.route_count[vehicle] : most;
  uint32_t draws = w->cars.draws[vehicle];
  double length_m = -w->cars.s_m[vehicle];
  for (int k = 0; k < count; k++) {
    lanes[k] = sim_route(w, vehicle)[k];
    length_m += sim_lane(w, lanes[k])->length_m;
  }
  while (count > 0 && count < most && length_m < most_m) {
    int next = next_of(w, vehicle, sim_lane(w, lanes[count - 1]), &draws);
    if (next == 0)
      break;
    lanes[count++] = next;
    length_m += sim_lane(w, next)->length_m;
  }
  return count;
}

void sim_route_advance(sim_world *w, int vehicle) {
  int *route = sim_route(w, vehicle);
  int count = --w->cars.route_count[vehicle];
  for (int k = 0; k < count; k++)
    route[k] = route[k + 1];
  sim_route_extend(w, vehicle);
}
