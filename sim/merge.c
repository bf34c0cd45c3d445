// SPDX-License-Identifier: Apache-2.0
// Lane changes that have to be: out of lanes that end, and into lanes that lead to a ramp. Who
// must change fits in with the vehicles of the other lane and stops where the own one ends; who
// drives there lets one in.
#include <math.h>
#include <string.h>

#include "base/least.h"
#include "base/rng.h"
#include "sim/idm.h"
#include "sim/state.h"

static const double RAMP_SHARE = 0.2;                // of those who come by an exit
static const uint32_t RAMP_DRAW = 1u << 31;          // beyond the draws of routes
static const double HORIZON_M = 200, HORIZON_S = 12; // before the end, for each lane to cross
static const double TURN_BEFORE_M = 12;              // the junction who turns there has changed
static const double END_MARGIN_M = 0.5, WAITS_M = 0.5;
static const double HOLD_SHARE = 1.1; // of the way that a change takes, to be out before works
static const double HOLD_M = 1;
// Beside what stands; beyond it; of the least way of a change that has to be before it.
static const double BLOCKED_AIR_M = 0.3, BLOCKED_BEYOND_M = 60, BLOCKED_SHARE = 0.9;
static const double LATE_SHARE = 0.55;   // of comfortable braking, before which nobody brakes
static const double LET_IN_M = 220;      // to where the other one has to have changed
static const double LET_IN_MPS2 = 1.5;   // hardest braking out of politeness
static const double FIT_IN_MPS2 = 1.2;   // and to get behind a gap
static const double HOPELESS_MPS2 = 2.5; // needed braking beyond which one goes first

bool sim_wants_ramp(const sim_world *w, int i, int ramp) {
  if (i == w->scene->ego || w->cars.user[i] == LANE_FOR_BICYCLES) // it stays in the picture
    return false;
  if (!sim_trailer_fits(w, i, ramp))
    return false;
  rng r = rng_at(w->scene->seed, RNG_TRAFFIC, w->scene->index, w->scene->vehicles[i].id,
                 RAMP_DRAW + (uint32_t)ramp);
  return rng_chance(&r, RAMP_SHARE);
}

static int beside(const sim_world *w, const lane_path *lane, int side) {
  return sim_lane_beside(&w->lanes, w->net, lane, side);
}

// Lanes to cross up to one that goes on, or on its way beyond the last one there is.
static int lanes_to_cross(const sim_world *w, const lane_path *lane, int side, int ramp) {
  int count = 1;
  for (int id = beside(w, lane, side); id; id = beside(w, sim_lane(w, id), side), count++) {
    const sim_exit *exit = &w->lanes.exits[id - 1];
    if (ramp ? exit->ramp == ramp && exit->side == 0 : isinf(w->lanes.end_m[id - 1]))
      break;
  }
  return count;
}

// The side where a lane goes on that outlasts this one.
static int side_that_lasts(const sim_world *w, const lane_path *lane) {
  double longest = w->lanes.end_m[lane->id - 1];
  int best = 0;
  for (int side = 1; side >= -1; side -= 2)
    for (int id = beside(w, lane, side); id; id = beside(w, sim_lane(w, id), side))
      if (w->lanes.end_m[id - 1] > longest + 1) {
        longest = w->lanes.end_m[id - 1];
        best = side;
      }
  return best;
}

static void must(sim_world *w, int i, int side, double left_m, int lanes) {
  double v = w->cars.v_mps[i];
  if (!side || left_m > lanes * (HORIZON_M + HORIZON_S * v))
    return;
  w->cars.must_side[i] = (int8_t)side;
  w->musts[w->must_count++] = i;
  w->lane_asks[sim_lane_of(w, i) - 1] = 1;
  w->any_asks = true;
  w->cars.must_m[i] = most_of(0, left_m);
}

// The gap from vehicle i's front to what takes that up, where it reaches into a lane, its own or
// one beside it; INFINITY.
static double gap_to_span(const sim_world *w, int i, int lane, const sim_span *span) {
  const lane_path *own = sim_lane(w, sim_lane_of(w, i));
  double apart = 0;
  for (int side = -1; side <= 1; side += 2)
    if (lane == beside(w, own, side))
      apart = side * (own->width_m + sim_lane(w, lane)->width_m) / 2;
  bool reaches = fabs(span->side_m - apart) - span->half_m < w->cars.width_m[i] / 2 + BLOCKED_AIR_M;
  return reaches ? span->tail_m - w->cars.length_m[i] / 2 : INFINITY;
}

// The gap from vehicle i's front to what stands for good in a lane, at most sight_m ahead.
static double gap_to_blocked(const sim_world *w, int i, int lane, double sight_m) {
  double least = INFINITY;
  sim_span span;
  for (int n = 0; n < w->scripted.vehicle_count; n++) {
    int j = w->scene->actors[w->scripted.number_of_vehicle[n]].vehicle;
    if (j != i && sim_stands_for_good(w, j) && sim_scripted_sight(w, i, j, sight_m, &span))
      least = least_of(least, gap_to_span(w, i, lane, &span));
  }
  for (int n = 0; n < w->obstacles.count; n++)
    if (sim_sight_span(w, i, &w->obstacles.boxes[n], sight_m, &span))
      least = least_of(least, gap_to_span(w, i, lane, &span));
  return least;
}

static bool any_blocked(const sim_world *w) {
  return w->scripted.vehicle_count > 1 || w->obstacles.count > 0;
}

bool sim_merge_sees_blocked(const sim_world *w, int i, int lane) {
  return any_blocked(w) &&
         gap_to_blocked(w, i, lane, HORIZON_M + HORIZON_S * w->cars.v_mps[i]) < INFINITY;
}

// Out of a lane in which somebody stands for good, to one where nobody does.
static void leave_blocked(sim_world *w, int i) {
  sim_vehicles *cars = &w->cars;
  const lane_path *lane = sim_lane(w, sim_lane_of(w, i));
  int over = w->net->left_hand ? -1 : 1;
  if ((!beside(w, lane, over) && !beside(w, lane, -over)) || lane->junction ||
      sim_scripted_keeps_lane(w, i))
    return;
  double sight = HORIZON_M + HORIZON_S * cars->v_mps[i];
  double gap = gap_to_blocked(w, i, lane->id, sight);
  for (int k = 0; k < 2 && gap < INFINITY; k++) {
    int side = k ? -over : over, to = beside(w, lane, side);
    if (!to || !(sim_lane(w, to)->users & cars->user[i]) || sim_lane(w, to)->opens ||
        gap_to_blocked(w, i, to, sight) < gap + BLOCKED_BEYOND_M)
      continue;
    double hold = BLOCKED_SHARE * sim_change_least_way(w, i) + END_MARGIN_M;
    must(w, i, side, gap - hold, 1);
    cars->blocked_m[i] = gap - hold;
    return;
  }
}

// Out of a lane that is marked SIM_LANE_BINDS.
static void leave_binding(sim_world *w, int i) {
  const sim_vehicles *cars = &w->cars;
  const lane_path *lane = sim_lane(w, sim_route(w, i)[0]);
  double s = cars->s_m[i] + cars->length_m[i] / 2;
  const sim_exit *exit = &w->lanes.exits[lane->id - 1];
  bool off = exit->ramp && sim_wants_ramp(w, i, exit->ramp);
  double end = w->lanes.end_m[lane->id - 1];
  if (end < INFINITY) {
    int side = side_that_lasts(w, lane);
    must(w, i, side, end - s, side ? lanes_to_cross(w, lane, side, 0) : 1);
  } else if (off && exit->side) {
    must(w, i, exit->side, exit->last_m - s, lanes_to_cross(w, lane, exit->side, exit->ramp));
  } else if (exit->ramp && !exit->side && !off) {
    // On a lane that leads off, but not meant to: back, while one can.
    double left = w->lanes.room_left_m[lane->id - 1], right = w->lanes.room_right_m[lane->id - 1];
    int side = left >= right ? 1 : -1;
    if (most_of(left, right) > 0)
      must(w, i, side, most_of(left, right) - s, 1);
  }
  int turn = w->lanes.turn_beside[lane->id - 1], kerb = w->net->left_hand ? 1 : -1;
  double room = (kerb > 0 ? w->lanes.room_left_m : w->lanes.room_right_m)[lane->id - 1];
  if (turn && !cars->must_side[i] && sim_wants_ramp(w, i, turn))
    must(w, i, kerb, room - TURN_BEFORE_M - s, 1);
}

// Nobody has to leave a lane.
static void forget(sim_world *w, int i) {
  w->cars.must_side[i] = 0;
  w->cars.must_m[i] = w->cars.blocked_m[i] = INFINITY;
}

// The lanes that bind are few: of all others' vehicles nothing is read.
void sim_merges_find(sim_world *w) {
  sim_vehicles *cars = &w->cars;
  if (w->any_asks)
    memset(w->lane_asks, 0, (size_t)w->net->path_count);
  w->any_asks = false;
  bool blocked = any_blocked(w), all = blocked || w->was_blocked || w->steps == 0;
  if (w->lanes.bind_count == 0 && !blocked && w->steps > 0) // must_side stays 0
    return;
  w->was_blocked = blocked;
  for (int k = 0; k < w->must_count; k++)
    forget(w, w->musts[k]);
  w->must_count = 0;
  for (int i = 0; i < cars->count && all; i++) {
    forget(w, i);
    if (blocked && !cars->gone[i])
      leave_blocked(w, i);
  }
  for (int k = 0; k < w->lanes.bind_count; k++) {
    int lane = w->lanes.binding[k];
    for (int q = w->queue_first[lane - 1]; q < w->queue_first[lane]; q++)
      if (w->queue[q].own && !cars->must_side[w->queue[q].vehicle])
        leave_binding(w, w->queue[q].vehicle);
  }
}

double sim_merge_urgency(const sim_world *w, int i) {
  double horizon = HORIZON_M + HORIZON_S * w->cars.v_mps[i];
  return most_of(0, least_of(1, 1 - w->cars.must_m[i] / horizon));
}

double sim_merge_hold(const sim_world *w, int i) {
  int lane = sim_route(w, i)[0];
  // Before the taper: there others come by who let one in.
  double way =
      most_of(HOLD_SHARE * sim_change_least_way(w, i), w->lanes.taper_m[lane - 1] + HOLD_M);
  return w->lanes.works_m[lane - 1] - w->cars.s_m[i] - way;
}

// From the front to where the lane ends, or to the line before works that close it.
static double gap_to_end(const sim_world *w, int i) {
  const sim_vehicles *cars = &w->cars;
  double gap = w->lanes.end_m[sim_route(w, i)[0] - 1] - cars->s_m[i] - cars->length_m[i] / 2;
  double hold = sim_merge_hold(w, i);
  if (hold > -HOLD_M) // creeping over the line changes nothing
    gap = least_of(gap, most_of(0, hold) + END_MARGIN_M / 2);
  return gap;
}

bool sim_merge_waits(const sim_world *w, int i) {
  return w->cars.must_side[i] && w->cars.v_mps[i] < SIM_WAITS_MPS &&
         gap_to_end(w, i) < END_MARGIN_M + WAITS_M;
}

// Braking that starts late and is even: it ends at rest before the lane does.
static double stop_before_end(const sim_world *w, int i, double a) {
  const sim_vehicles *cars = &w->cars;
  double v = cars->v_mps[i], gap = gap_to_end(w, i);
  if (isinf(gap))
    return a;
  double needed = v * v / (2 * most_of(0.02, gap - END_MARGIN_M));
  // Creeping up to it isn't worth it, and who creeps there comes to rest.
  if (needed > LATE_SHARE * cars->mood[i].decel_mps2 || gap < END_MARGIN_M + 0.3)
    a = least_of(a, -needed);
  return a;
}

// Following another lane's vehicle as far as politeness goes.
static double follow_softly(const sim_world *w, int i, int ahead, double gap_m, double a,
                            double a_free, double hardest) {
  const sim_vehicles *cars = &w->cars;
  double v = cars->v_mps[i], closing = v - cars->v_mps[ahead];
  if (closing > 0 && closing * closing / (2 * most_of(0.5, gap_m)) > HOPELESS_MPS2)
    return a;
  double follow = a_free - sim_interaction(w, i, closing, most_of(gap_m, 1));
  return least_of(a, most_of(follow, -hardest));
}

// The vehicle just ahead in a lane beside the own one; its gap from bumper to bumper.
static int ahead_beside(const sim_world *w, int i, int lane, double *gap_m) {
  const sim_vehicles *cars = &w->cars;
  const lane_path *own = sim_lane(w, sim_route(w, i)[0]);
  double scale = sim_lane(w, lane)->length_m / own->length_m, s = cars->s_m[i] * scale;
  int ahead, behind;
  sim_queue_around(w, lane, s, i, &ahead, &behind);
  if (ahead < 0)
    return -1;
  int other = w->queue[ahead].vehicle;
  *gap_m = w->queue[ahead].s_m - s - (cars->length_m[other] + cars->length_m[i]) / 2;
  return other;
}

double sim_merge_adapt(const sim_world *w, int i, double a, double a_free) {
  const sim_vehicles *cars = &w->cars;
  int marks = sim_facts(w, sim_lane_of(w, i))->marks;
  if (!(marks & SIM_LANE_BINDS) && !w->any_asks)
    return a;
  double gap;
  if (marks & SIM_LANE_BINDS)
    a = stop_before_end(w, i, a);
  // Who is too near to get round can only wait where it is.
  if (cars->blocked_m[i] < INFINITY && cars->blocked_m[i] > -HOLD_M)
    a = least_of(a, sim_stop_at(w, i, a_free, most_of(0, cars->blocked_m[i]), END_MARGIN_M));
  int to = cars->must_side[i] ? beside(w, sim_lane(w, sim_lane_of(w, i)), cars->must_side[i]) : 0;
  if (to && cars->s_m[i] > w->lanes.open_m[to - 1]) {
    int ahead = ahead_beside(w, i, to, &gap);
    if (ahead >= 0)
      a = follow_softly(w, i, ahead, gap, a, a_free, FIT_IN_MPS2);
  }
  sim_lane_pair before = w->lanes.before[sim_lane_of(w, i) - 1];
  for (int side = -1; side <= 1; side += 2) {
    int from = side < 0 ? before.right : before.left;
    int other = from && w->lane_asks[from - 1] ? ahead_beside(w, i, from, &gap) : -1;
    if (other < 0 || cars->must_side[other] != -side || cars->must_m[other] > LET_IN_M ||
        sim_route(w, other)[0] != from || cars->change_from_m[i] != 0)
      continue;
    // One stands beside who stands: it can't get in before this one is by.
    if (gap < SIM_MUST_GAP_M && cars->v_mps[other] < SIM_WAITS_MPS)
      continue;
    a = follow_softly(w, i, other, gap, a, a_free, LET_IN_MPS2);
  }
  return a;
}
