// SPDX-License-Identifier: Apache-2.0
// Bodies beside each other in one lane. A vehicle keeps shift_m from its lane's middle and stays
// in that lane's queue; who passes, is passed or filters doesn't follow those in the queue whose
// bodies it clears. Everybody else follows whoever is ahead, wherever in the lane that one is.
#include <math.h>

#include "base/least.h"
#include "sim/state.h"

static const double SIDEWAYS_MPS2 = 1.2, SIDEWAYS_MPS = 1.5;                  // comfortable
static const double BEND_PM = 0.14, LONG_BEND_PM = 0.06, RIDER_BEND_PM = 0.3; // by steering
static const double SLOPE_MOST = 0.4, RIDER_SLOPE_MOST = 0.6;
static const double THERE_M = 0.01;
static const double PHYSICAL_M = 0.15; // between the bodies of who are beside each other
static const double NEARLY = 0.85;     // of the clearance that is aimed at is clear
static const double STANDS_MPS = 0.05;
static const double LINE_M = 3;    // as near one stands at the line
static const double FACING_M = 10; // before who comes towards one there, one doesn't go
static const double OVER_M = 0.2;  // beyond its lane's border, as far as riders who filter go

bool sim_aside_create(sim_world *w) {
  sim_vehicles *cars = &w->cars;
  int n = cars->count;
  cars->aside = ARENA_NEW(w->memory, uint8_t, n);
  cars->filters = ARENA_NEW(w->memory, uint8_t, n);
  cars->aim_m = ARENA_NEW(w->memory, double, n);
  cars->slope = ARENA_NEW(w->memory, double, n);
  cars->rest_m = ARENA_NEW(w->memory, double, n);
  cars->over_m = ARENA_NEW(w->memory, double, n);
  w->overs = ARENA_NEW(w->memory, int, n);
  w->lane_met = ARENA_NEW(w->memory, uint8_t, w->net->path_count);
  w->sideways = w->scene->actor_count > 0 || w->obstacles.count > 0;
  for (int i = 0; i < n && cars->filters; i++) {
    const scene_vehicle *v = &w->scene->vehicles[i];
    cars->filters[i] = v->filters;
    w->sideways |= v->filters || v->kind == THING_BICYCLE;
  }
  return cars->aside && cars->filters && cars->aim_m && cars->slope && cars->rest_m &&
         cars->over_m && w->overs && w->lane_met;
}

void sim_aside_start(sim_world *w, int i, bool scripted) {
  sim_vehicles *cars = &w->cars;
  if (cars->user[i] == LANE_FOR_BICYCLES && !scripted) {
    cars->aside[i] = ASIDE_RIDES;
    cars->shift_m[i] = w->lanes.ride_m[sim_lane_of(w, i) - 1];
  }
  cars->aim_m[i] = cars->rest_m[i] = cars->shift_m[i];
}

// The sharpest bend that a vehicle turns sideways with at its speed, and the steepest slope.
static double bend_of(const sim_world *w, int i) {
  double v = w->cars.v_mps[i];
  double most = w->cars.ridden[i]                  ? RIDER_BEND_PM
                : w->cars.length_m[i] > SIM_LONG_M ? LONG_BEND_PM
                                                   : BEND_PM;
  return least_of(most, SIDEWAYS_MPS2 / most_of(1, v * v));
}

static double slope_of(const sim_world *w, int i) {
  return least_of(w->cars.ridden[i] ? RIDER_SLOPE_MOST : SLOPE_MOST,
                  SIDEWAYS_MPS / most_of(1, w->cars.v_mps[i]));
}

double sim_aside_way(const sim_world *w, int i, double across_m, double slope) {
  double bend = bend_of(w, i), steepest = slope_of(w, i);
  double far = fabs(across_m), m = across_m < 0 ? -slope : slope;
  double begin = most_of(0, -m) / bend; // first the slope away from there has to go
  far += begin * most_of(0, -m) / 2;
  m = least_of(most_of(0, m), steepest);
  // Turn to the peak of the slope and back: far = (2 peak^2 - m^2) / (2 bend).
  double peak = sqrt(bend * far + m * m / 2);
  if (peak <= steepest)
    return begin + most_of(0, 2 * peak - m) / bend;
  double turned = (2 * steepest * steepest - m * m) / (2 * bend);
  return begin + (2 * steepest - m) / bend + (far - turned) / steepest;
}

double sim_shift_after(const sim_world *w, int i, double way_m) {
  const sim_vehicles *cars = &w->cars;
  if (cars->aside[i] == ASIDE_NONE)
    return cars->shift_m[i];
  double way = sim_aside_way(w, i, cars->aim_m[i] - cars->shift_m[i], cars->slope[i]);
  return way_m > 1.05 * way ? cars->aim_m[i] : cars->shift_m[i];
}

static double rest_of(const sim_world *w, int i) {
  bool rides = w->cars.user[i] == LANE_FOR_BICYCLES && sim_actor_of_vehicle(&w->scripted, i) < 0;
  return rides ? w->lanes.ride_m[sim_lane_of(w, i) - 1] : w->cars.rest_m[i];
}

void sim_aside_move(sim_world *w, int i, double way_m) {
  sim_vehicles *cars = &w->cars;
  sim_aside at = cars->aside[i];
  if (at == ASIDE_RIDES || at == ASIDE_RETURNS)
    cars->aim_m[i] = rest_of(w, i);
  double off = cars->aim_m[i] - cars->shift_m[i], slope = cars->slope[i];
  double bend = bend_of(w, i), steepest = slope_of(w, i);
  double wanted = least_of(steepest, 0.95 * sqrt(2 * bend * fabs(off)));
  wanted = off < 0 ? -wanted : wanted;
  slope += most_of(-bend * way_m, least_of(bend * way_m, wanted - slope));
  cars->shift_m[i] += slope * way_m;
  cars->over_m[i] = cars->over_m[i] > 0 ? most_of(0.1, cars->over_m[i] - way_m) : 0;
  if (fabs(cars->aim_m[i] - cars->shift_m[i]) < THERE_M && fabs(slope) < 2 * bend * way_m + 0.02) {
    cars->shift_m[i] = cars->aim_m[i];
    slope = 0;
    if (at == ASIDE_RETURNS) {
      bool rides = cars->user[i] == LANE_FOR_BICYCLES && sim_actor_of_vehicle(&w->scripted, i) < 0;
      cars->aside[i] = rides ? ASIDE_RIDES : ASIDE_NONE;
      cars->over_m[i] = 0;
    }
  }
  cars->slope[i] = slope;
}

bool sim_stands_for_good(const sim_world *w, int i) {
  int n = sim_actor_of_vehicle(&w->scripted, i);
  if (n < 0 || i == w->scene->ego || w->cars.v_mps[i] > STANDS_MPS)
    return false;
  const behaviour_order *o = &w->scripted.orders[n];
  return w->cars.gone[i] == SIM_BESIDE ? o->along != ALONG_PATH
                                       : o->along == ALONG_SPEED && o->speed_mps < STANDS_MPS;
}

bool sim_passable(const sim_world *w, int i) {
  return w->cars.user[i] == LANE_FOR_BICYCLES || sim_stands_for_good(w, i);
}

int sim_aside_lane(const sim_world *w, int i) {
  const lane_path *lane = sim_lane(w, sim_lane_of(w, i));
  double over = fabs(w->cars.shift_m[i]) + w->cars.width_m[i] / 2 - lane->width_m / 2;
  return over <= 0 ? 0 : w->cars.shift_m[i] > 0 ? lane->left : lane->right;
}

// Left of the middle of i's lane: what an entry's vehicle keeps.
static double side_of(const sim_world *w, int i, const sim_entry *entry, double shift_m) {
  if (entry->own && !sim_aside_lane(w, i))
    return shift_m;
  const lane_path *own = sim_lane(w, sim_lane_of(w, i)),
                  *its = sim_lane(w, sim_lane_of(w, entry->vehicle));
  if (own->id == its->id || (own->left != its->id && own->right != its->id))
    return shift_m;
  return shift_m + (own->left == its->id ? 1 : -1) * (own->width_m + its->width_m) / 2;
}

bool sim_in_way(const sim_world *w, int i, const sim_entry *entry, double gap_m) {
  const sim_vehicles *cars = &w->cars;
  int j = entry->vehicle;
  sim_aside mine = cars->aside[i], its = cars->aside[j];
  // The own lane's queue lets it go first, not that of the lane beside.
  if ((its == ASIDE_LEADS && entry->own) || cars->change_from_m[i] != 0 ||
      cars->change_from_m[j] != 0)
    return true;
  bool passes = mine == ASIDE_PASSES && sim_passable(w, j);
  bool filters = mine == ASIDE_FILTERS || its >= ASIDE_FILTERS;
  bool passed = its == ASIDE_PASSES && sim_passable(w, i);
  if (!passes && !filters && !passed)
    return true;
  double bodies = (cars->width_m[i] + cars->width_m[j]) / 2;
  double side = side_of(w, i, entry, cars->shift_m[j]);
  double now = fabs(cars->shift_m[i] - side);
  if (gap_m < 0.3 || (!passes && mine != ASIDE_FILTERS))
    return now < bodies + PHYSICAL_M;
  double closing = cars->v_mps[i] - cars->v_mps[j];
  double way = gap_m * most_of(1, cars->v_mps[i] / most_of(0.5, closing));
  double then = fabs(sim_shift_after(w, i, way) - side);
  double air = passes ? NEARLY * sim_pass_clearance(w, i, j) : PHYSICAL_M;
  return then < bodies + air - THERE_M;
}

// Whether somebody of a lane, its own or one beside it, is beside a vehicle.
static bool has_abreast(const sim_world *w, int i, int lane) {
  const sim_vehicles *cars = &w->cars;
  double s = cars->s_m[i] * sim_beside_scale(w, sim_lane_of(w, i), lane);
  for (int q = w->queue_first[lane - 1]; q < w->queue_first[lane]; q++) {
    const sim_entry *e = &w->queue[q];
    if (e->vehicle != i && fabs(e->s_m - s) < (e->length_m + cars->length_m[i]) / 2)
      return true;
  }
  return false;
}

// Whether somebody of the lane that faces a vehicle's own is beside it, or ahead_m before that.
static bool has_facing(const sim_world *w, int i, int facing, double ahead_m) {
  const sim_vehicles *cars = &w->cars;
  double s = sim_facts(w, facing)->length_m -
             cars->s_m[i] * sim_beside_scale(w, sim_lane_of(w, i), facing);
  for (int q = w->queue_first[facing - 1]; q < w->queue_first[facing]; q++) {
    const sim_entry *e = &w->queue[q];
    double halves = (e->length_m + cars->length_m[i]) / 2;
    if (e->s_m < s + halves && e->s_m > s - halves - ahead_m)
      return true;
  }
  return false;
}

// Who has come to the line can't get back to the middle without rolling on. Within its lane, or
// on the next one, and with nobody beside it, it goes from where it is: over the road's middle if
// nobody comes there.
static bool goes_from_there(const sim_world *w, int i) {
  const sim_vehicles *cars = &w->cars;
  const lane_path *lane = sim_lane(w, sim_lane_of(w, i));
  double line = sim_facts(w, lane->id)->stop_m - cars->s_m[i] - cars->length_m[i] / 2;
  if (cars->v_mps[i] > STANDS_MPS || line > LINE_M || has_abreast(w, i, lane->id))
    return false;
  if (fabs(cars->shift_m[i]) + cars->width_m[i] / 2 <= lane->width_m / 2 + OVER_M)
    return true;
  int beside = cars->shift_m[i] > 0 ? lane->left : lane->right;
  if (beside)
    return !has_abreast(w, i, beside);
  int facing = w->lanes.facing[lane->id - 1];
  return facing && cars->shift_m[i] * sim_over_side(w) > 0 && !has_facing(w, i, facing, FACING_M);
}

bool sim_aside_holds(const sim_world *w, int i) {
  sim_aside at = w->cars.aside[i];
  if (at == ASIDE_RETURNS)
    return fabs(w->cars.shift_m[i] - rest_of(w, i)) > 0.3 && !goes_from_there(w, i);
  return at == ASIDE_PASSES || at == ASIDE_FILTERS;
}
