// SPDX-License-Identifier: Apache-2.0
// Who may enter a junction, and who goes first inside. A vehicle claims the junction
// lane ahead of it. The claim is tentative, and asked anew each step, while the
// vehicle can still stop softly at the line; then it is final and gets a rank. A
// later rank waits for an earlier one before each conflict, so that ranks, being a
// total order, can't wait for each other in a circle.
#include "base/least.h"
#include "sim/idm.h"
#include "sim/state.h"
#include "sim/style.h"

#include <math.h>

static const double CLEARANCE_M = 0.8; // behind a tail before it counts as gone
static const double PATIENCE_S = 40;   // after which priority no longer holds one back

// Where a claim's vehicle is along the claimed lane, and how fast it may get.
typedef struct claimant {
  double people_m; // where it stops for people, INFINITY
  double front_m, tail_m, v_mps, a_mps2, top_mps, gain_mps2;
} claimant;

static double hold_x(const sim_world *w, int i) {
  const sim_vehicles *cars = &w->cars;
  if (sim_route(w, i)[0] == cars->hold_lane[i])
    return cars->s_m[i];
  return sim_lane(w, cars->hold_lane[i])->length_m + cars->hold_past_m[i] + cars->s_m[i];
}

static claimant claimant_of(const sim_world *w, int node, int lane) {
  const sim_vehicles *cars = &w->cars;
  int i = node / 2;
  double x = node & 1 ? hold_x(w, i) : cars->want_x_m[i];
  const driver_params *mood = &cars->mood[i];
  return (claimant){x + cars->length_m[i] / 2 + cars->people_m[i],
                    x + cars->length_m[i] / 2,
                    x - cars->length_m[i] / 2,
                    cars->v_mps[i],
                    cars->a_mps2[i],
                    most_of(w->lanes.speed_mps[lane - 1], 1),
                    mood->accel_mps2};
}

static void push(sim_world *w, int lane, int node) {
  w->claim_next[node] = w->claim_head[lane - 1];
  w->claim_head[lane - 1] = node;
}

void sim_claims_build(sim_world *w) {
  sim_vehicles *cars = &w->cars;
  for (int i = 0; i < w->net->path_count; i++)
    w->claim_head[i] = -1;
  for (int i = 0; i < cars->count; i++) {
    int lane = cars->hold_lane[i];
    if (lane && (cars->gone[i] ||
                 hold_x(w, i) - cars->length_m[i] / 2 > sim_lane(w, lane)->length_m + CLEARANCE_M))
      cars->hold_lane[i] = lane = 0;
    if (lane)
      push(w, lane, 2 * i + 1);
    if (cars->gone[i])
      cars->want_lane[i] = 0;
    if (cars->want_lane[i])
      push(w, cars->want_lane[i], 2 * i);
  }
}

// A hold is always final. A want whose vehicle dropped it keeps its node until the
// next step; its claim says CLAIM_NONE.
static sim_claim claim_of(const sim_world *w, int node, uint32_t *order) {
  int i = node / 2;
  if (node & 1) {
    *order = w->cars.hold_order[i];
    return CLAIM_FINAL;
  }
  *order = w->cars.want_order[i];
  return (sim_claim)w->cars.want_claim[i];
}

// The conflict as these two vehicles meet it; NULL when they pass each other freely.
static const lane_conflict *conflict_between(const sim_world *w, const sim_conflict *c, int i,
                                             int other) {
  if (w->cars.length_m[i] > SIM_LONG_M || w->cars.length_m[other] > SIM_LONG_M)
    return &c->wide;
  return c->narrow >= 0 ? &w->net->conflicts[c->narrow] : NULL;
}

// Soonest arrival at `at_m` of a claimant that speeds up as it likes.
static double soonest(const claimant *c, double at_m) {
  return sim_time_to_cover(at_m - c->front_m, c->v_mps, c->gain_mps2,
                           most_of(c->top_mps, c->v_mps));
}

// When its tail will have left `at_m`, if nothing new stops it.
static double latest(const claimant *c, double at_m) {
  double left = at_m + CLEARANCE_M - c->tail_m;
  if (left <= 0)
    return 0;
  if (c->people_m - (c->front_m - c->tail_m) < at_m + CLEARANCE_M)
    return INFINITY; // it stops for people before that
  if (c->v_mps < 2 && c->a_mps2 < 0.2)
    return INFINITY;
  if (c->a_mps2 < -0.3) // braking: it may come to rest before it has left
    return c->v_mps * c->v_mps < -2 * c->a_mps2 * left * 1.3 ? INFINITY : left / (0.6 * c->v_mps);
  return sim_time_to_cover(left, c->v_mps, 0.5 * c->gain_mps2, most_of(c->top_mps, 1));
}

// One conflict against one claim: may `me` enter?
static bool conflict_allows(const sim_world *w, int i, const claimant *me, const sim_conflict *pair,
                            int node) {
  uint32_t order;
  sim_claim claim = claim_of(w, node, &order);
  const lane_conflict *c = conflict_between(w, pair, i, node / 2);
  if (node / 2 == i || claim == CLAIM_NONE || !c)
    return true;
  claimant other = claimant_of(w, node, c->other);
  if (other.tail_m > c->other_end_s_m + CLEARANCE_M)
    return true;
  bool breaks = w->cars.breaks[i] & BREAKS_YIELD;
  double hurry = breaks ? 1 : least_of(1, w->cars.wait_s[i] / PATIENCE_S);
  const sim_style *style = sim_style_of(w->cars.style[i]);
  if (claim == CLAIM_FINAL) {
    if (latest(&other, c->other_end_s_m) + 0.3 < soonest(me, c->begin_s_m))
      return true;
    // A vehicle bound to come but still far: gap acceptance, with more room.
    return latest(me, c->end_s_m) + (breaks ? style->hard_gap_s : style->soft_gap_s) <
           soonest(&other, c->other_begin_s_m);
  }
  if (!c->yields || hurry >= 1)
    return true;
  double gap = style->soft_gap_s + hurry * (style->hard_gap_s - style->soft_gap_s);
  return latest(me, c->end_s_m) + gap < soonest(&other, c->other_begin_s_m) ||
         latest(&other, c->other_end_s_m) + 0.3 < soonest(me, c->begin_s_m);
}

// Whether people cross the way through the junction, or the lanes before and after it.
static bool is_walked(const sim_world *w, int i, int k) {
  const int *first = w->lanes.crossing_first;
  for (int m = k - 1; m <= k + 1; m++) {
    int lane = sim_route(w, i)[m];
    if (first[lane] > first[lane - 1])
      return true;
  }
  return false;
}

// Room for the whole body after the junction, counting those on the way there.
static bool exit_has_room(const sim_world *w, int i, int k) {
  const sim_vehicles *cars = &w->cars;
  if (k + 1 >= cars->route_count[i])
    return true;
  int junction_lane = sim_route(w, i)[k], exit = sim_route(w, i)[k + 1];
  const lane_path *lane = sim_lane(w, exit);
  if (lane->junction)
    return true;
  // Who stands where nobody's way leads is in nobody's way.
  if (w->lanes.conflict_count[junction_lane - 1] == 0 && !is_walked(w, i, k))
    return true;
  // Who circulates goes on behind the one ahead: if all of a ring kept its junctions clear, a
  // full ring would wait for itself.
  const lane_path *through = sim_lane(w, junction_lane);
  if (w->net->junctions[through->junction - 1].roundabout && through->turn == TURN_STRAIGHT)
    return true;
  double room = most_of(lane->length_m, cars->length_m[i] + 3);
  int last = w->queue_first[exit] - 1;
  if (last >= w->queue_first[exit - 1]) {
    int other = w->queue[last].vehicle;
    if (other != i) {
      double v = cars->v_mps[other];
      room = w->queue[last].s_m - cars->length_m[other] / 2 + v * v / 4 + v;
    }
  }
  for (int p = 0; p < lane->previous_count; p++) {
    int from = w->net->lane_links[lane->previous_first + p];
    for (int node = w->claim_head[from - 1]; node >= 0; node = w->claim_next[node]) {
      uint32_t order;
      int other = node / 2;
      bool arrived = (node & 1) && sim_route(w, other)[0] == exit;
      if (other == i || arrived || claim_of(w, node, &order) != CLAIM_FINAL)
        continue;
      double v = cars->v_mps[other];
      room -= most_of(0, cars->length_m[other] + 2.5 - (from == junction_lane ? v * v / 4 : 0));
    }
  }
  return room > cars->length_m[i] + 2;
}

// The one ahead in this lane before the same line hasn't been let in: nor are those behind.
static bool queue_head_waits(const sim_world *w, int i, double line_m) {
  const sim_vehicles *cars = &w->cars;
  int lane = sim_route(w, i)[0], place = w->queue_place[i];
  if (place == w->queue_first[lane - 1])
    return false;
  int other = w->queue[place - 1].vehicle;
  double other_front = w->queue[place - 1].s_m + cars->length_m[other] / 2;
  double line_s = cars->s_m[i] + cars->length_m[i] / 2 + line_m;
  return sim_route(w, other)[0] == lane && other_front < line_s && cars->want_lane[other] &&
         cars->want_claim[other] == CLAIM_NONE && other_front < sim_lane(w, lane)->length_m;
}

// A turning circle has room for one at a time when one of them is long.
static bool circle_is_taken(const sim_world *w, int i, const lane_path *lane) {
  const sim_vehicles *cars = &w->cars;
  for (int node = w->claim_head[lane->id - 1]; node >= 0 && lane->turn == TURN_U;
       node = w->claim_next[node]) {
    uint32_t order;
    int other = node / 2;
    bool bulky = cars->length_m[i] > SIM_LONG_M || cars->length_m[other] > SIM_LONG_M;
    if (other != i && bulky && claim_of(w, node, &order) == CLAIM_FINAL)
      return true;
  }
  return false;
}

static bool may_enter(const sim_world *w, int i, int k, double line_m) {
  const sim_vehicles *cars = &w->cars;
  const int *route = sim_route(w, i);
  const lane_path *lane = sim_lane(w, route[k]), *approach = sim_lane(w, route[k - 1]);
  const road_junction *junction = &w->net->junctions[lane->junction - 1];
  bool lit = false;
  if (approach->signal) {
    const road_signal *signal = &w->net->signals[approach->signal - 1];
    signal_color color = sim_color(w, signal->junction, signal->group);
    if (color != SIGNAL_GREEN && color != SIGNAL_OFF && !sim_goes_at_red(w, i, signal))
      return false;
    lit = color == SIGNAL_GREEN;
  }
  bool stops = !cars->want_stopped[i] && !(cars->breaks[i] & BREAKS_YIELD);
  if (!lit && junction->kind == JUNCTION_ALL_WAY_STOP && stops)
    return false;
  if (k == 1 && queue_head_waits(w, i, line_m))
    return false;
  if (!exit_has_room(w, i, k) || circle_is_taken(w, i, lane))
    return false;
  claimant me = claimant_of(w, 2 * i, route[k]);
  me.a_mps2 = me.gain_mps2; // once let in, it goes
  const sim_conflict *conflicts = w->lanes.conflicts + w->lanes.conflict_first[lane->id - 1];
  for (int c = 0; c < w->lanes.conflict_count[lane->id - 1]; c++) {
    const sim_conflict *conflict = &conflicts[c];
    for (int node = w->claim_head[conflict->wide.other - 1]; node >= 0; node = w->claim_next[node])
      if (!conflict_allows(w, i, &me, conflict, node))
        return false;
  }
  return true;
}

void sim_claim_renew(sim_world *w, int i, int k, double start_m, double line_m) {
  sim_vehicles *cars = &w->cars;
  int lane = sim_route(w, i)[k];
  bool listed_elsewhere = false;
  if (cars->want_lane[i] != lane) {
    // The node of another want hangs in that lane's list until the next step.
    listed_elsewhere = cars->want_lane[i] != 0;
    if (!listed_elsewhere)
      push(w, lane, 2 * i);
    cars->want_lane[i] = lane;
    cars->want_claim[i] = CLAIM_NONE;
    cars->want_stopped[i] = 0;
  }
  cars->want_x_m[i] = -start_m;
  if (listed_elsewhere)
    return;
  double v = cars->v_mps[i], b = cars->mood[i].decel_mps2;
  double stopping = v * v / (2 * b);
  if (v < 0.3 && line_m < 6)
    cars->want_stopped[i] = 1;
  if (cars->want_claim[i] == CLAIM_FINAL) {
    if (line_m < 0 || line_m < stopping * 1.3 + 1)
      return;
    cars->want_claim[i] = CLAIM_TENTATIVE;
  }
  if (line_m < -0.5) { // started beyond the line
    cars->want_claim[i] = CLAIM_FINAL;
    cars->want_order[i] = w->next_order++;
    return;
  }
  cars->want_claim[i] = CLAIM_NONE;
  if (!may_enter(w, i, k, line_m))
    return;
  cars->want_claim[i] = CLAIM_TENTATIVE;
  if (line_m < stopping + v * w->step_s + 0.3) {
    cars->want_claim[i] = CLAIM_FINAL;
    cars->want_order[i] = w->next_order++;
  }
}

void sim_claim_enter(sim_world *w, int i) {
  sim_vehicles *cars = &w->cars;
  int lane = sim_route(w, i)[0];
  bool ranked = cars->want_lane[i] == lane && cars->want_claim[i] == CLAIM_FINAL;
  cars->hold_lane[i] = lane;
  cars->hold_order[i] = ranked ? cars->want_order[i] : w->next_order++;
  cars->hold_past_m[i] = 0;
  cars->want_lane[i] = 0;
  cars->want_claim[i] = CLAIM_NONE;
}

// The acceleration that one conflict with one claim leaves; length_m is the own lane's.
static double give_way(const sim_world *w, int i, const claimant *me, uint32_t order,
                       const sim_conflict *pair, double length_m, int node, double a_free) {
  uint32_t other_order;
  const lane_conflict *c = conflict_between(w, pair, i, node / 2);
  if (node / 2 == i || claim_of(w, node, &other_order) != CLAIM_FINAL || !c)
    return INFINITY;
  claimant other = claimant_of(w, node, c->other);
  double room = c->begin_s_m - me->front_m;
  if (other.tail_m > c->other_end_s_m + CLEARANCE_M)
    return INFINITY;
  // Into the same lane: follow the one that merges first as if it were ahead already.
  double gap = (length_m - me->front_m) - (sim_lane(w, c->other)->length_m - other.tail_m);
  double follow = a_free - sim_interaction(w, i, me->v_mps - other.v_mps, gap);
  bool behind = pair->merges && (gap > 0.5 || (other_order < order && gap > -1));
  if (room < -0.2)
    return behind && gap < 15 ? follow : INFINITY;
  bool inside = other.front_m > c->other_begin_s_m;
  if (other_order > order && !inside)
    return INFINITY;
  double cleared_s = latest(&other, c->other_end_s_m) + 0.3;
  if (cleared_s < soonest(me, c->begin_s_m))
    return INFINITY;
  double a = sim_stop_at(w, i, a_free, room, 0.6);
  // Arriving just when it has left is smoother, while one could still stop.
  if (cleared_s < 10 && me->v_mps * me->v_mps < 2 * 3.0 * (room - 0.5))
    a = most_of(a, 2 * (room - me->v_mps * cleared_s) / (cleared_s * cleared_s));
  if (behind)
    a = most_of(a, follow);
  return a;
}

double sim_claim_give_way(const sim_world *w, int i, double a_mps2, double a_free) {
  const sim_vehicles *cars = &w->cars;
  for (int kind = 0; kind < 2; kind++) {
    int id = kind ? cars->hold_lane[i] : cars->want_lane[i];
    if (!id || (!kind && cars->want_claim[i] != CLAIM_FINAL))
      continue;
    const lane_path *lane = sim_lane(w, id);
    claimant me = claimant_of(w, 2 * i + kind, id);
    me.a_mps2 = most_of(me.a_mps2, 0);
    uint32_t order = kind ? cars->hold_order[i] : cars->want_order[i];
    const sim_conflict *conflicts = w->lanes.conflicts + w->lanes.conflict_first[id - 1];
    for (int c = 0; c < w->lanes.conflict_count[id - 1]; c++)
      for (int node = w->claim_head[conflicts[c].wide.other - 1]; node >= 0;
           node = w->claim_next[node])
        a_mps2 = least_of(a_mps2,
                          give_way(w, i, &me, order, &conflicts[c], lane->length_m, node, a_free));
  }
  return a_mps2;
}
