// SPDX-License-Identifier: Apache-2.0
// What a driver does this step: the least of the accelerations that the road, the
// vehicle ahead, signals, people, curves and right of way allow.
#include "base/choose.h"
#include "base/least.h"
#include "sim/idm.h"
#include "sim/state.h"
#include "sim/style.h"

#include <math.h>
#include <string.h>

static const double GRAVITY = 9.80665;
static const double STOP_SHORT_M = 0.8; // front to the line
static const double PREVIEW_S = 0.6;    // how far ahead a driver steers the speed

// The driver's parameters here and now: weather lengthens headways, and nobody plans
// to brake harder than the grip allows.
static void feel(sim_world *w, int i) {
  driver_params mood = w->cars.driver[i];
  double friction = sim_conditions_friction(&w->conditions, w->cars.v_mps[i]);
  mood.headway_s *= w->conditions.headway_factor;
  double share = w->cars.breaks[i] & BREAKS_BRAKING ? 0.8 : 0.5;
  mood.decel_mps2 = least_of(mood.decel_mps2, share * friction * GRAVITY);
  mood.accel_mps2 = least_of(mood.accel_mps2, 0.4 * friction * GRAVITY);
  w->cars.mood[i] = mood;
  w->cars.root_mps2[i] = sqrt(mood.accel_mps2 * mood.decel_mps2);
  // Where the least grip of any speed is enough it stays so as long as the weather does.
  double least = w->conditions.friction_least * GRAVITY;
  w->cars.steady[i] =
      w->cars.driver[i].decel_mps2 <= share * least && w->cars.driver[i].accel_mps2 <= 0.4 * least;
}

static double desired_speed(const sim_world *w, int i) {
  double v0 = sim_facts(w, sim_lane_of(w, i))->speed_limit_mps * w->cars.mood[i].speed_factor *
              w->conditions.speed_factor;
  v0 = least_of(v0, w->conditions.sight_speed_mps);
  if (w->sirens)
    v0 = sim_siren_slow(w, i, v0);
  return most_of(0.5, v0);
}

double sim_stop_at(const sim_world *w, int i, double a_free, double gap_m, double short_m) {
  // IDM comes to rest gap_m (its s0) before an obstacle; shift that to short_m. A line
  // doesn't move, so most of the time headway kept for surprises can go.
  const driver_params *mood = &w->cars.mood[i];
  double v = w->cars.v_mps[i];
  double gap = gap_m - short_m + mood->gap_m, headway = least_of(mood->headway_s, 0.4);
  double a = a_free - sim_idm_interaction_of(mood, w->cars.root_mps2[i], headway, v, v, gap);
  // Lazy drivers and slippery roads make the model brake late: never later than needed.
  double needed = v * v / (2 * most_of(0.05, gap_m - 0.3));
  return needed > 0.7 * mood->decel_mps2 ? least_of(a, -needed) : a;
}

double sim_stop_gap(const sim_world *w, int i, double gap_m) {
  return gap_m - STOP_SHORT_M + w->cars.mood[i].gap_m;
}

// Speed squared that curves and slower lanes ahead leave at the preview point, to who accepts the
// usual lateral acceleration. What is above enough_v2 anyway needn't be known more closely.
static double curve_speed2(const sim_world *w, int i, double lateral, double enough_v2) {
  const sim_vehicles *cars = &w->cars;
  const int *route = sim_route(w, i);
  double v = cars->v_mps[i], at = cars->s_m[i] + v * PREVIEW_S;
  double factor = cars->mood[i].speed_factor * w->conditions.speed_factor;
  double best = INFINITY, start = 0;
  for (int k = 0; k < cars->route_count[i]; k++) {
    const sim_lane_facts *lane = sim_facts(w, route[k]);
    double end = start + lane->length_m;
    if (at < end) {
      double v2 = INFINITY;
      if (at < start) {
        double entry = least_of(lane->begin_v2, lane->speed_limit_mps * lane->speed_limit_mps *
                                                    factor * factor / lateral);
        v2 = entry + 2 * SIM_CURVE_DECEL_MPS2 * (start - at);
      } else if (least_of(lane->least_v2, sim_facts(w, route[0])->least_v2) < enough_v2) {
        // Not above what holds here either: the curve ends where the body's middle leaves it.
        v2 = least_of(sim_lane_curve_v2(&w->lanes, route[k], at - start),
                      sim_lane_curve_v2(&w->lanes, route[0], cars->s_m[i]));
      }
      best = least_of(best, v2);
      if (2 * SIM_CURVE_DECEL_MPS2 * (end - at) > v * v)
        break;
    }
    start = end;
  }
  return best;
}

// The acceleration that curves and slower lanes leave.
static double slow_for_curves(const sim_world *w, int i, double a_mps2) {
  // Where they allow what everything else does, with a little air for rounding, they don't matter.
  double lateral = w->conditions.curve_factor * sim_style_of(w->cars.style[i])->lateral;
  double v = w->cars.v_mps[i], v_then = most_of(0, v + PREVIEW_S * a_mps2);
  double enough_v2 = 1e-6 + v_then * v_then * (1 + 1e-9) / lateral;
  double v2 = curve_speed2(w, i, lateral, enough_v2);
  if (v2 > enough_v2)
    return a_mps2;
  return least_of(a_mps2, (sqrt(v2 * lateral) - v) / PREVIEW_S);
}

typedef struct outlook {
  double a, a_free, sight_m;
  bool ends_here; // a stop line that must be kept bounds the view
  double ends_m;  // from the front
  turn_kind turn;
  double turn_m;
} outlook;

static void look_at_crossings(sim_world *w, int i, int lane, double start_m, outlook *o) {
  for (int c = w->lanes.crossing_first[lane - 1]; c < w->lanes.crossing_first[lane]; c++) {
    double begin = start_m + w->net->crossings[c].begin_s_m;
    double end = start_m + w->net->crossings[c].end_s_m;
    if (begin > o->sight_m || (o->ends_here && begin > o->ends_m) || end + w->cars.length_m[i] < 0)
      continue;
    sim_crossing_announce(w, i, c, begin);
    if (begin > -1.5 && sim_crossing_blocked(w, i, c, begin)) {
      o->a = least_of(o->a, sim_stop_at(w, i, o->a_free, begin, STOP_SHORT_M));
      w->cars.people_m[i] = least_of(w->cars.people_m[i], begin);
    }
  }
}

// The junction ahead, where one is within sight.
static void look_at_junction(const sim_world *w, int i, outlook *o) {
  const sim_vehicles *cars = &w->cars;
  if (!cars->want_lane[i])
    return;
  o->turn = (turn_kind)sim_facts(w, cars->want_lane[i])->turn;
  o->turn_m = cars->line_m[i];
  if (cars->want_claim[i] == CLAIM_NONE) {
    o->a = least_of(
        o->a, sim_stop_at(w, i, o->a_free, most_of(o->turn_m, SIM_OVER_LINE_M), STOP_SHORT_M));
    o->ends_here = true;
    o->ends_m = o->turn_m;
  }
}

static void look_at_midways(sim_world *w, int i, int lane, double start_m, outlook *o) {
  double sight_m = o->ends_here ? least_of(o->sight_m, o->ends_m) : o->sight_m;
  double stop = sim_midways_meet(w, i, lane, start_m, sight_m);
  if (stop == INFINITY)
    return;
  o->a = least_of(o->a, sim_stop_at(w, i, o->a_free, most_of(0, stop), STOP_SHORT_M));
  w->cars.people_m[i] = least_of(w->cars.people_m[i], stop);
}

// Along the route: crosswalks, people on the road, and the network's end for the ego.
static void look_along(sim_world *w, int i, outlook *o) {
  const sim_vehicles *cars = &w->cars;
  const int *route = sim_route(w, i);
  double half = cars->length_m[i] / 2;
  bool walked = w->people.count > 0;
  double start = -(cars->s_m[i] + half);                   // of the lane, from the front
  if (walked && cars->came_from[i] && cars->s_m[i] < half) // the tail may stand on a crosswalk
    look_at_crossings(w, i, cars->came_from[i], start - sim_lane(w, cars->came_from[i])->length_m,
                      o);
  for (int k = 0; k < cars->route_count[i] && start < o->sight_m; k++) {
    const sim_lane_facts *lane = sim_facts(w, route[k]);
    double end = start + lane->length_m;
    if (walked && (lane->marks & SIM_LANE_CROSSED))
      look_at_crossings(w, i, route[k], start, o);
    if (w->midway_count > 0)
      look_at_midways(w, i, route[k], start, o);
    if ((lane->marks & SIM_LANE_LAST) && i == w->scene->ego)
      o->a = least_of(o->a, sim_stop_at(w, i, o->a_free, end, 1.0));
    start = end;
  }
}

static uint32_t lamps(const sim_world *w, int i, const outlook *o) {
  const sim_vehicles *cars = &w->cars;
  bool on = cars->flags[i] & ACTOR_BRAKE_LIGHTS;
  double a = cars->a_mps2[i];
  // Without branches where nobody could guess which way they go.
  bool brakes = (a < -0.6) | (on & (a < -0.15)) | ((cars->v_mps[i] < 0.1) & (a < 0.1));
  uint32_t flags = brakes * (uint32_t)ACTOR_BRAKE_LIGHTS;
  const sim_lane_facts *lane = sim_facts(w, sim_lane_of(w, i));
  turn_kind turn = lane->junction ? (turn_kind)lane->turn : o->turn;
  bool near_turn = (lane->junction != 0) | (o->turn_m < most_of(30, 4 * cars->v_mps[i]));
  if (turn == TURN_U) // across oncoming traffic
    turn = w->net->left_hand ? TURN_RIGHT : TURN_LEFT;
  double from = cars->change_from_m[i];
  double aside = cars->aside[i] >= ASIDE_RETURNS ? cars->aim_m[i] - cars->shift_m[i] : 0;
  if (from != 0 && cars->change_done[i] < 0.9)
    flags |= from < 0 ? ACTOR_LEFT_INDICATOR : ACTOR_RIGHT_INDICATOR;
  else if (fabs(aside) > 0.4)
    flags |= aside > 0 ? ACTOR_LEFT_INDICATOR : ACTOR_RIGHT_INDICATOR;
  else if (cars->must_side[i] && cars->must_m[i] < 300)
    flags |= cars->must_side[i] > 0 ? ACTOR_LEFT_INDICATOR : ACTOR_RIGHT_INDICATOR;
  else
    flags |= (near_turn & (turn == TURN_LEFT)) * (uint32_t)ACTOR_LEFT_INDICATOR |
             (near_turn & (turn == TURN_RIGHT)) * (uint32_t)ACTOR_RIGHT_INDICATOR;
  if (w->conditions.headlights)
    flags |= ACTOR_HEADLIGHTS;
  return flags;
}

static double sight(const sim_world *w, int i) {
  double v = w->cars.v_mps[i];
  return 30 + 2 * v * w->cars.mood[i].headway_s + v * v / SIM_CURVE_DECEL_MPS2;
}

// Where a vehicle stops before a junction that its k-th lane leads to.
static double stop_on(const sim_world *w, int i, int k) {
  int lane = sim_route(w, i)[k];
  double stop = sim_facts(w, lane)->stop_m;
  if (w->cars.length_m[i] <= SIM_LONG_M)
    return stop;
  // Who began beyond its own line stops at the one that all others have.
  double own = w->lanes.long_stop_m[lane - 1];
  double least_m = sim_trailer_of(w, i) < 0 ? STOP_SHORT_M : 0;
  bool beyond = k == 0 && w->cars.came_from[i] == 0 &&
                w->cars.s_m[i] + w->cars.length_m[i] / 2 > own + least_m;
  return beyond ? stop : own;
}

// Renews the claim on the next junction lane within sight.
static void look_for_junction(sim_world *w, int i) {
  const sim_vehicles *cars = &w->cars;
  const int *route = sim_route(w, i);
  double half = cars->length_m[i] / 2, sight_m = sight(w, i);
  double start = -(cars->s_m[i] + half); // of the lane, from the front
  for (int k = 1; k < cars->route_count[i] && start < sight_m; k++) {
    const sim_lane_facts *lane = sim_facts(w, route[k - 1]);
    if (sim_facts(w, route[k])->junction) {
      double line = start + stop_on(w, i, k - 1);
      if (line >= sight_m)
        break;
      sim_claim_renew(w, i, k, start + lane->length_m + half, line);
      return;
    }
    start += lane->length_m;
  }
  sim_claim_drop(w, i);
}

// Where ways part before a junction, who is beside somebody isn't yet on one of them.
static void wait_for_fork(const sim_world *w, int i, outlook *o) {
  const sim_vehicles *cars = &w->cars;
  const sim_lane_facts *next = cars->route_count[i] > 1 ? sim_facts(w, sim_route(w, i)[1]) : NULL;
  if (!next || next->junction || !(next->marks & SIM_LANE_FORKS) || !sim_aside_holds(w, i))
    return;
  double end = sim_facts(w, sim_lane_of(w, i))->length_m - cars->s_m[i] - cars->length_m[i] / 2;
  if (end > -0.5)
    o->a = least_of(o->a, sim_stop_at(w, i, o->a_free, end, STOP_SHORT_M));
}

// What those beside others, and those behind what they mean to get round, make of it.
static double keep_run_up(const sim_world *w, int i, const sim_leader *leader, double a,
                          double a_free) {
  if (w->cars.aside[i] == ASIDE_FILTERS)
    return sim_filter_adapt(w, i, a);
  if (leader->vehicle < 0 || w->cars.aside[i] == ASIDE_PASSES ||
      !sim_stands_for_good(w, leader->vehicle))
    return a;
  return sim_pass_wait(w, i, a, a_free, leader->gap_m);
}

static void decide(sim_world *w, int i) {
  sim_vehicles *cars = &w->cars;
  const driver_params *mood = &cars->mood[i];
  double v = cars->v_mps[i];
  outlook o = {.turn = TURN_STRAIGHT, .turn_m = INFINITY};
  o.a_free = sim_idm_free(mood, v, desired_speed(w, i));
  o.a = o.a_free;
  o.sight_m = sight(w, i);

  sim_leader leader = sim_queue_leader(w, i, o.sight_m);
  if (w->sirens)
    leader = sim_siren_leader(w, i, leader);
  if (leader.vehicle >= 0)
    o.a = o.a_free - sim_interaction(w, i, v - cars->v_mps[leader.vehicle], leader.gap_m);
  if (w->sideways)
    o.a = keep_run_up(w, i, &leader, o.a, o.a_free);
  look_at_junction(w, i, &o);
  cars->people_m[i] = INFINITY;
  if (w->people.count > 0 || i == w->scene->ego)
    look_along(w, i, &o);
  if (cars->aside[i] > ASIDE_RIDES)
    wait_for_fork(w, i, &o);
  o.a = sim_claim_give_way(w, i, o.a, o.a_free);
  const int marks = sim_facts(w, sim_lane_of(w, i))->marks,
            abreast = SIM_LANE_TIGHT | SIM_LANE_BESIDE;
  if (cars->length_m[i] > SIM_LONG_M) {
    o.a = sim_narrow_give_way(w, i, o.a, o.a_free, o.sight_m);
    if (w->buses)
      o.a = sim_bus_stop(w, i, o.a, o.sight_m);
  }
  if ((marks & abreast) == abreast)
    o.a = sim_narrow_fall_back(w, i, o.a, o.a_free);
  if (marks & (SIM_LANE_BINDS | SIM_LANE_BESIDE))
    o.a = sim_merge_adapt(w, i, o.a, o.a_free);
  if (w->over_count > 0)
    o.a = sim_pass_give_way(w, i, o.a, o.a_free);
  if (w->obstacles.count > 0)
    o.a = sim_obstacles_give_way(w, i, o.a, o.a_free, o.sight_m);
  if (w->scripted.count > 0 || w->driven_count > 0)
    o.a = sim_scripted_give_way(w, i, o.a, o.a_free, o.sight_m);
  o.a = slow_for_curves(w, i, o.a);
  if (w->sirens)
    o.a = sim_siren_drive(w, i, o.a, o.a_free);

  double hardest = 0.9 * sim_conditions_friction(&w->conditions, v) * GRAVITY;
  cars->a_mps2[i] = most_of(o.a, -hardest);
  if (w->scripted.count > 0)
    cars->a_mps2[i] = sim_scripted_accelerate(w, i, cars->a_mps2[i]);
  // Standing still is waiting when a line ahead holds one back.
  bool waits = (v < 0.3) & (cars->want_lane[i] != 0);
  cars->wait_s[i] = waits ? cars->wait_s[i] + w->step_s : (v > 2 ? 0 : cars->wait_s[i]);
  cars->flags[i] = lamps(w, i, &o);
  if (w->buses && cars->user[i] == LANE_FOR_BUSES)
    cars->flags[i] = sim_bus_lamps(w, i, cars->flags[i]);
  if (v == 0 && w->may_rest)
    sim_rest_begin(w, i, &leader, o.sight_m);
}

// Notes whether a vehicle decides as it did.
static bool rests(sim_world *w, int i) {
  sim_vehicles *cars = &w->cars;
  if (cars->rest[i].lead == SIM_REST_NOT)
    return false;
  bool holds = w->may_rest && sim_rest_holds(w, i);
  if (!holds)
    cars->rest[i].lead = SIM_REST_NOT;
  cars->rests[i] = holds;
  return holds;
}

// The places of a part's vehicles: from first to end.
static int part_first(const sim_world *w, int part, int parts) {
  return (int)((long)w->cars.count * part / parts);
}

// Who rests goes on waiting where it waits.
SIDE_BY_SIDE static void wait_on(sim_world *w, int begin, int end) {
  double *restrict wait_s = w->cars.wait_s, step_s = w->step_s;
  const uint8_t *restrict rests = w->cars.rests;
  const int *restrict want_lane = w->cars.want_lane;
  ARRAYS_APART
  for (int i = begin; i < end; i++)
    wait_s[i] += choose(choose_if(rests[i] != 0) & choose_if(want_lane[i] != 0), step_s, 0);
}

static void prepare_part(sim_world *w, int part, int parts) {
  sim_vehicles *cars = &w->cars;
  int begin = part_first(w, part, parts), end = part_first(w, part + 1, parts), awake = begin;
  for (int i = begin; i < end; i++) {
    if (i + SIM_AHEAD < end) {
      const int *route = sim_route(w, i + SIM_AHEAD);
      sim_fetch(sim_facts(w, route[0]));
      if (cars->route_count[i + SIM_AHEAD] > 1)
        sim_fetch(sim_facts(w, route[1]));
    }
    if (rests(w, i))
      continue;
    w->awake[awake++] = i;
    if (!cars->steady[i])
      feel(w, i);
    if (!cars->gone[i])
      look_for_junction(w, i);
    sim_claims_note(w, i);
  }
  w->awake_in[part] = awake - begin;
  wait_on(w, begin, end);
  if (part == 0)
    w->awake_parts = parts;
}

// Brings together whom the parts have found.
static void gather_awake(sim_world *w) {
  w->awake_count = w->awake_in[0];
  for (int part = 1; part < w->awake_parts; part++) {
    memmove(w->awake + w->awake_count, w->awake + part_first(w, part, w->awake_parts),
            (size_t)w->awake_in[part] * sizeof *w->awake);
    w->awake_count += w->awake_in[part];
  }
}

// What the decision of a vehicle will look at first.
static void fetch_for(const sim_world *w, int i) {
  const int *route = sim_route(w, i);
  sim_fetch(sim_facts(w, route[0]));
  sim_fetch(&w->queue_first[route[0]]);
  sim_fetch(&w->queue[w->queue_place[i]]);
  if (w->cars.route_count[i] > 1) {
    sim_fetch(sim_facts(w, route[1]));
    sim_fetch(&w->queue_first[route[1]]);
  }
}

static void decide_some(sim_world *w, int begin, int end) {
  for (int k = begin; k < end; k++) {
    if (k + SIM_AHEAD < end)
      fetch_for(w, w->awake[k + SIM_AHEAD]);
    int i = w->awake[k];
    if (!w->cars.gone[i])
      decide(w, i);
  }
}

void sim_drivers_decide(sim_world *w) {
  bool felt = memcmp(&w->felt, &w->conditions, sizeof w->felt) == 0;
  w->may_rest = !w->restless && felt && !w->sirens && w->scripted.count == 0 &&
                w->driven_count == 0 && w->over_count == 0 && w->obstacles.count == 0;
  if (!felt) {
    memset(w->cars.steady, 0, (size_t)w->cars.count);
    w->felt = w->conditions;
  }
  // In turns, each of which reads what others wrote in an earlier one only, so that it doesn't
  // matter who is first.
  sim_share_parts(w, w->cars.count, prepare_part);
  gather_awake(w);
  sim_claims_list(w);
  if (w->sirens)
    sim_sirens_hear(w);
  sim_share_parts(w, w->asker_count, sim_claims_decide);
  sim_claims_rank(w);
  sim_share_out(w, w->awake_count, decide_some);
}
