// SPDX-License-Identifier: Apache-2.0
// Drivers and people meet: who waits for whom at a crosswalk.
#include "base/least.h"
#include "sim/idm.h"
#include "sim/state.h"

#include <math.h>

static const double SOFT_STOP_MPS2 = 2.0;
static const double EDGE_M = 0.1;        // a band's outermost, where one may still wait
static const double CREEPS_MPS = 1;      // has stopped for them before
static const double ON_CROSSING_M = 0.2; // a front this near counts as on it

void sim_approaches_clear(sim_world *w) {
  for (int c = 0; c < w->net->crossing_count; c++)
    w->approaches[c] = (sim_approach){INFINITY, INFINITY, false, w->approaches[c].occupied};
}

// The least of what all announce, whoever is first.
static void lower(_Atomic double *to, double s) {
  double least = atomic_load_explicit(to, memory_order_relaxed);
  while (s < least && !atomic_compare_exchange_weak_explicit(to, &least, s, memory_order_relaxed,
                                                             memory_order_relaxed))
    ;
}

static void announce(sim_approach *approach, double s, bool must_pass) {
  lower(&approach->any_s, s);
  if (must_pass)
    lower(&approach->must_pass_s, s);
}

static bool stops_softly(const sim_world *w, int vehicle, double distance_m) {
  double v = w->cars.v_mps[vehicle];
  double b = least_of(SOFT_STOP_MPS2, w->cars.mood[vehicle].decel_mps2);
  return v < 0.3 || v * v / (2 * b) < distance_m - 0.3;
}

// Will a person on the crosswalk be in the vehicle's way when it comes by?
static bool in_the_way(const sim_world *w, int person, const sim_band *band, double out_m,
                       double arrives_s, double leaves_s) {
  const sim_people *people = &w->people;
  if (people->edge[person] != band->edge)
    return false;
  double from_middle = (people->s_m[person] - band->middle_m) * people->direction[person];
  double half_m = band->half_m + out_m;
  if (from_middle > half_m)
    return false; // walked past
  double to_band = -half_m - from_middle - people->reach_m[person];
  if (to_band < 1.0)
    return true;
  double speed = most_of(0.3, people->speed_mps[person]);
  return to_band / speed < leaves_s + 1.0 && (to_band + 2 * half_m) / speed > arrives_s - 0.5;
}

static bool in_band(const sim_world *w, int person, const sim_band *band, double out_m) {
  const sim_people *people = &w->people;
  double from_middle = (people->s_m[person] - band->middle_m) * people->direction[person];
  double half = band->half_m + out_m - EDGE_M;
  return people->edge[person] == band->edge && from_middle < half &&
         from_middle + people->reach_m[person] > -half;
}

// How far beside its lane's middle one with a siren is that has left it, or is about to.
static double out_by(const sim_world *w, int vehicle) {
  const double within_m = 0.8;
  if (!sim_siren_on(w, vehicle))
    return 0;
  const sim_sirens *p = w->sirens;
  double now = w->cars.shift_m[vehicle];
  double by = most_of(fabs(now), fabs(now + p->aside_to_m[vehicle] - p->aside_m[vehicle]));
  return by > within_m ? by : 0;
}

// Whether some vehicle's body was on a crosswalk a step ago: people wait for it, and nobody need
// wait for them meanwhile. Else three would wait in a circle where that vehicle waits for the one
// who would.
static bool is_stood_on(const sim_world *w, int crosswalk) {
  const int *first = &w->lanes.walk_first[crosswalk - 1];
  for (int k = first[0]; k < first[1]; k++)
    if (w->approaches[w->lanes.walk_crossings[k]].was_occupied)
      return true;
  return false;
}

bool sim_crossing_blocked(const sim_world *w, int vehicle, int crossing, double distance_m) {
  const lane_crossing *c = &w->net->crossings[crossing];
  const sim_band *band = &w->lanes.bands[crossing];
  double out_m = w->sirens ? out_by(w, vehicle) : 0;
  double v = w->cars.v_mps[vehicle], gain = w->cars.mood[vehicle].accel_mps2;
  double way_over = distance_m + c->end_s_m - c->begin_s_m + w->cars.length_m[vehicle];
  double arrives = sim_time_to_cover(distance_m, v, gain, most_of(v, 5));
  double leaves = sim_time_to_cover(way_over, v, gain / 2, most_of(v, 5));
  // A vehicle that already stands on it stops for those in front of it; those still
  // beside wait for it, so nobody waits for each other.
  bool on_it = distance_m < ON_CROSSING_M;
  for (int p = w->walker_head[c->crosswalk - 1]; p >= 0; p = w->walker_next[p])
    if (on_it ? in_band(w, p, band, out_m) : in_the_way(w, p, band, out_m, arrives, leaves))
      return true;
  bool lets_pass = !on_it && !(w->cars.breaks[vehicle] & BREAKS_YIELD);
  return lets_pass && w->waiting_head[c->crosswalk - 1] >= 0 &&
         stops_softly(w, vehicle, distance_m) && !(v < CREEPS_MPS && is_stood_on(w, c->crosswalk));
}

void sim_approach_announce(const sim_world *w, int vehicle, sim_approach *approach,
                           double distance_m) {
  if (distance_m < ON_CROSSING_M) {
    atomic_store_explicit(&approach->occupied, true, memory_order_relaxed);
    announce(approach, 0, false);
    return;
  }
  double v = w->cars.v_mps[vehicle];
  double t = sim_time_to_cover(distance_m, v, w->cars.mood[vehicle].accel_mps2, most_of(v, 8));
  announce(approach, t, !stops_softly(w, vehicle, distance_m));
}

void sim_crossing_announce(sim_world *w, int vehicle, int crossing, double distance_m) {
  sim_approach_announce(w, vehicle, &w->approaches[crossing], distance_m);
  if (!w->sirens || out_by(w, vehicle) == 0)
    return;
  const int *first = &w->lanes.walk_first[w->net->crossings[crossing].crosswalk - 1];
  for (int k = first[0]; k < first[1]; k++) // the other lanes' people look out for it, too
    sim_approach_announce(w, vehicle, &w->approaches[w->lanes.walk_crossings[k]], distance_m);
}

bool sim_crosswalk_free(const sim_world *w, int person, const walk_edge *edge, bool from_a) {
  const sim_people *people = &w->people;
  const road_crosswalk *crosswalk = &w->net->crosswalks[edge->crosswalk - 1];
  signal_color color = sim_color(w, crosswalk->junction, crosswalk->group);
  bool legal = color == SIGNAL_GREEN || color == SIGNAL_OFF;
  if (!legal && !people->ignores_red[person])
    return false;
  double speed = most_of(0.3, people->speed_mps[person]);
  const int *first = &w->lanes.walk_first[edge->crosswalk - 1];
  for (int k = first[0]; k < first[1]; k++) {
    int c = w->lanes.walk_crossings[k];
    const sim_band *band = &w->lanes.bands[c];
    const sim_approach *approach = &w->approaches[c];
    if (band->edge != edge->id)
      continue;
    double far_side = (from_a ? band->middle_m : edge->length_m - band->middle_m) + band->half_m;
    double clear_s = far_side / speed;
    if (approach->occupied || approach->must_pass_s < clear_s + 1.0)
      return false;
    if (!legal && approach->any_s < clear_s + 2.0)
      return false;
  }
  return true;
}

double sim_crosswalk_room(const sim_world *w, int person) {
  const sim_people *people = &w->people;
  const walk_edge *edge = &w->net->walk_edges[people->edge[person] - 1];
  double room = INFINITY, speed = most_of(0.3, people->speed_mps[person]);
  const int *first = &w->lanes.walk_first[edge->crosswalk - 1];
  for (int k = first[0]; k < first[1]; k++) {
    int c = w->lanes.walk_crossings[k];
    const sim_band *band = &w->lanes.bands[c];
    if (band->edge != edge->id)
      continue;
    double ahead = (band->middle_m - people->s_m[person]) * people->direction[person];
    double to_band = ahead - band->half_m - people->reach_m[person];
    if (to_band < -EDGE_M || to_band > 2.5)
      continue; // in it already, past it, or far
    double clear_s = (to_band + 2 * band->half_m) / speed;
    if (w->approaches[c].occupied || w->approaches[c].must_pass_s < clear_s + 0.5)
      room = least_of(room, to_band - 0.2);
  }
  return room;
}
