// SPDX-License-Identifier: Apache-2.0
// Buses at their stops: they brake softly, stand with their front where the stop is, and go again.
#include "sim/service.h"

#include <math.h>
#include <stdlib.h>

#include "base/least.h"
#include "base/rng.h"
#include "sim/state.h"

static const double SOFT_MPS2 = 1.0; // braking that people on foot in the bus can stand
static const double LATE_MPS2 = 1.8; // who would have to brake harder drives on
static const double THERE_M = 0.4;   // so near to the stop is at it
static const double DWELL_LO_S = 8, DWELL_HI_S = 25;
static const double SIGNAL_M = 35, SIGNAL_S = 2; // indicators: before the stop, before leaving

static int by_place(const void *a, const void *b) {
  const scene_stop *p = a, *q = b;
  if (p->lane != q->lane)
    return p->lane < q->lane ? -1 : 1;
  return p->s_m < q->s_m ? -1 : p->s_m > q->s_m;
}

static bool has_buses(const scene *s) {
  for (int i = 0; i < s->vehicle_count; i++)
    if (s->vehicles[i].kind == THING_BUS)
      return true;
  return false;
}

bool sim_buses_create(sim_world *w) {
  const scene *s = w->scene;
  if (s->stop_count == 0 || s->bus_stopping <= 0 || !has_buses(s))
    return true;
  sim_buses *b = ARENA_NEW(w->memory, sim_buses, 1);
  if (!b)
    return false;
  int n = s->vehicle_count;
  b->stop_count = s->stop_count;
  b->stops = arena_copy(w->memory, s->stops, sizeof *s->stops * (size_t)s->stop_count);
  b->stop_first = ARENA_NEW(w->memory, int, w->net->path_count + 1);
  b->serves = ARENA_NEW(w->memory, int, n);
  b->past = ARENA_NEW(w->memory, int, n);
  b->dwell_s = ARENA_NEW(w->memory, double, n);
  b->leaves_s = ARENA_NEW(w->memory, double, n);
  if (!b->stops || !b->stop_first || !b->serves || !b->past || !b->dwell_s || !b->leaves_s)
    return false;
  qsort(b->stops, (size_t)b->stop_count, sizeof *b->stops, by_place);
  for (int k = 0; k < b->stop_count; k++)
    b->stop_first[b->stops[k].lane]++;
  for (int lane = 0; lane < w->net->path_count; lane++)
    b->stop_first[lane + 1] += b->stop_first[lane];
  w->buses = b;
  return true;
}

// Whether that bus stops there, and for how long: the same whenever it comes by.
static bool draws_stop(const sim_world *w, int i, const scene_stop *stop, double *dwell_s) {
  rng r = rng_at(w->scene->seed, RNG_BUSES, w->scene->index, w->scene->vehicles[i].id, stop->thing);
  *dwell_s = rng_uniform(&r, DWELL_LO_S, DWELL_HI_S);
  return rng_chance(&r, w->scene->bus_stopping);
}

// How far its front is before a stop on its way; false when it isn't on it, or is past it.
static bool is_ahead(const sim_world *w, int i, const scene_stop *stop, double *gap_m) {
  double start = -(w->cars.s_m[i] + w->cars.length_m[i] / 2);
  for (int k = 0; k < w->cars.route_count[i]; k++) {
    if (sim_route(w, i)[k] == stop->lane) {
      *gap_m = start + stop->s_m;
      return *gap_m > -THERE_M;
    }
    start += sim_facts(w, sim_route(w, i)[k])->length_m;
  }
  return false;
}

// The next stop within sight that the bus is to serve; 0 none.
static int find_stop(sim_world *w, int i, double sight_m) {
  sim_buses *b = w->buses;
  double v = w->cars.v_mps[i], start = -(w->cars.s_m[i] + w->cars.length_m[i] / 2);
  double end = start + w->lanes.end_m[sim_lane_of(w, i) - 1]; // it has to be off this lane by then
  for (int k = 0; k < w->cars.route_count[i] && start < sight_m; k++) {
    int lane = sim_route(w, i)[k];
    for (int n = b->stop_first[lane - 1]; n < b->stop_first[lane]; n++) {
      double gap = start + b->stops[n].s_m, dwell_s;
      if (gap < 0 || gap > least_of(sight_m, end) || b->past[i] == n + 1 ||
          v * v > 2 * LATE_MPS2 * gap || !draws_stop(w, i, &b->stops[n], &dwell_s))
        continue;
      return n + 1;
    }
    start += sim_facts(w, lane)->length_m;
  }
  return 0;
}

static void leave(sim_buses *b, int i) {
  b->past[i] = b->serves[i];
  b->serves[i] = 0;
  b->dwell_s[i] = 0;
  b->leaves_s[i] = SIGNAL_S;
}

double sim_bus_stop(sim_world *w, int i, double a, double sight_m) {
  sim_buses *b = w->buses;
  if (w->cars.user[i] != LANE_FOR_BUSES || sim_scripted_keeps_lane(w, i))
    return a;
  b->leaves_s[i] = most_of(0, b->leaves_s[i] - w->step_s);
  double gap, v = w->cars.v_mps[i];
  if (!b->serves[i])
    b->serves[i] = find_stop(w, i, sight_m);
  if (!b->serves[i])
    return a;
  const scene_stop *stop = &b->stops[b->serves[i] - 1];
  if (!is_ahead(w, i, stop, &gap)) {
    leave(b, i);
    return a;
  }
  if (b->dwell_s[i] > 0) {
    b->dwell_s[i] -= w->step_s;
    if (b->dwell_s[i] <= 0)
      leave(b, i);
    return least_of(a, -SOFT_MPS2);
  }
  if (v < 0.01 && gap < THERE_M && w->steps > 0) {
    draws_stop(w, i, stop, &b->dwell_s[i]);
    return least_of(a, -SOFT_MPS2);
  }
  // One even braking, begun where it is the usual one; its last decimetre is the brake's own.
  double needed = v * v / (2 * most_of(0.06, gap));
  if (gap < 0.5)
    needed = least_of(needed, 1.2 * SOFT_MPS2);
  if (needed > 0.85 * SOFT_MPS2 || gap < 0.1)
    a = least_of(a, -most_of(needed, 0.3));
  return a;
}

uint32_t sim_bus_lamps(const sim_world *w, int i, uint32_t flags) {
  const sim_buses *b = w->buses;
  bool left = w->net->left_hand;
  uint32_t kerb = left ? ACTOR_LEFT_INDICATOR : ACTOR_RIGHT_INDICATOR;
  uint32_t away = left ? ACTOR_RIGHT_INDICATOR : ACTOR_LEFT_INDICATOR;
  double gap;
  if (b->leaves_s[i] > 0 || (b->dwell_s[i] > 0 && b->dwell_s[i] < SIGNAL_S))
    flags = (flags & ~kerb) | away;
  else if (b->serves[i] && is_ahead(w, i, &b->stops[b->serves[i] - 1], &gap) && gap < SIGNAL_M)
    flags = (flags & ~away) | kerb;
  return b->dwell_s[i] > 0 ? flags | ACTOR_AT_STOP : flags;
}
