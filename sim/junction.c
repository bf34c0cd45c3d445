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
#include <string.h>

static const double CLEARANCE_M = 0.8; // behind a tail before it counts as gone
static const double BEYOND_M = -0.5;   // the line is that far behind the front
static const double PATIENCE_S = 40;   // after which priority no longer holds one back, and
static const double LET_IN_S = 10;     // for so long those who come slowly let one in
static const double YIELDS_S = 10, LETS_IN_MPS = 6, AT_LINE_M = 3;

// A claim's vehicle along the claimed lane, and how fast it may get there.
typedef struct claimant {
  const sim_node *at;
  double a_mps2, top_mps;
} claimant;

static double hold_x(const sim_world *w, int i) {
  const sim_vehicles *cars = &w->cars;
  if (sim_lane_of(w, i) == cars->hold_lane[i])
    return cars->s_m[i];
  return sim_facts(w, cars->hold_lane[i])->length_m + cars->hold_past_m[i] + cars->s_m[i];
}

static claimant claimant_of(const sim_world *w, const sim_node *node, int lane) {
  return (claimant){node, node->a_mps2, sim_facts(w, lane)->top_mps};
}

static void note(sim_world *w, int i, double x_m, bool holds) {
  const sim_vehicles *cars = &w->cars;
  double half = cars->length_m[i] / 2;
  int lane = holds ? cars->hold_lane[i] : cars->want_lane[i];
  sim_claim claim = holds ? CLAIM_FINAL : (sim_claim)cars->want_claim[i];
  w->nodes[2 * i + holds] = (sim_node){.front_m = x_m + half,
                                       .tail_m = x_m - half,
                                       .v_mps = cars->v_mps[i],
                                       .a_mps2 = cars->a_mps2[i],
                                       .gain_mps2 = cars->mood[i].accel_mps2,
                                       .people_m = x_m + half + cars->people_m[i],
                                       .order = holds ? cars->hold_order[i] : cars->want_order[i],
                                       .vehicle = i,
                                       .claim = (uint8_t)claim,
                                       .claim_before = (uint8_t)claim,
                                       .holds = holds,
                                       .bulk = (uint8_t)sim_bulk_of(w, lane, cars->length_m[i])};
}

// Whether anybody has to know what a vehicle wants.
static bool counts(const sim_vehicles *cars, int i) {
  return cars->want_lane[i] && (cars->asks[i] || cars->want_claim[i] != CLAIM_NONE);
}

void sim_claims_note(sim_world *w, int i) {
  sim_vehicles *cars = &w->cars;
  int lane = cars->hold_lane[i];
  if (lane) {
    double x = hold_x(w, i);
    if (cars->gone[i] || x - cars->length_m[i] / 2 > sim_facts(w, lane)->length_m + CLEARANCE_M)
      cars->hold_lane[i] = 0;
    else
      note(w, i, x, true);
  }
  if (cars->gone[i])
    cars->want_lane[i] = cars->asks[i] = 0;
  if (counts(cars, i))
    note(w, i, cars->want_x_m[i], false);
}

static void push(sim_world *w, int lane, int node) {
  w->nodes[node].next = w->claim_head[lane - 1];
  w->claim_head[lane - 1] = node;
}

void sim_claims_list(sim_world *w) {
  sim_vehicles *cars = &w->cars;
  memset(w->claim_head, 0xff, (size_t)w->net->path_count * sizeof *w->claim_head); // -1
  memset(w->asker_head, 0xff, (size_t)w->net->junction_count * sizeof *w->asker_head);
  w->asker_count = 0;
  for (int k = 0; k < w->awake_count; k++) { // who rests claims nothing
    int i = w->awake[k];
    if (cars->hold_lane[i]) {
      if (cars->hold_order[i] == 0) // it entered without having claimed
        w->nodes[2 * i + 1].order = cars->hold_order[i] = w->next_order++;
      push(w, cars->hold_lane[i], 2 * i + 1);
    }
    if (counts(cars, i))
      push(w, cars->want_lane[i], 2 * i);
    if (cars->asks[i])
      w->askers[w->asker_count++] = i;
  }
  for (int k = w->asker_count - 1; k >= 0 && w->team; k--) { // smaller numbers first
    int i = w->askers[k], junction = sim_facts(w, cars->want_lane[i])->junction;
    w->asker_next[i] = w->asker_head[junction - 1];
    w->asker_head[junction - 1] = i;
  }
}

// The conflict as these two vehicles meet it; NULL when they pass each other freely.
static const lane_conflict *conflict_between(const sim_world *w, const sim_conflict *c,
                                             const sim_node *one, const sim_node *other) {
  int bulk = one->bulk > other->bulk ? one->bulk : other->bulk;
  if (bulk == BULK_LONG)
    return &c->wide;
  if (bulk == BULK_VAN && c->van.other)
    return &c->van;
  return c->narrow >= 0 ? &w->net->conflicts[c->narrow] : NULL;
}

// Soonest arrival at `at_m` of a claimant that speeds up as it likes.
static double soonest(const claimant *c, double at_m) {
  const sim_node *n = c->at;
  return sim_time_to_cover(at_m - n->front_m, n->v_mps, n->gain_mps2,
                           most_of(c->top_mps, n->v_mps));
}

// When its tail will have left `at_m`, if nothing new stops it.
static double latest(const claimant *c, double at_m) {
  const sim_node *n = c->at;
  double left = at_m + CLEARANCE_M - n->tail_m;
  if (left <= 0)
    return 0;
  if (n->people_m - (n->front_m - n->tail_m) < at_m + CLEARANCE_M)
    return INFINITY; // it stops for people before that
  if (n->v_mps < 2 && c->a_mps2 < 0.2)
    return INFINITY;
  if (c->a_mps2 < -0.3) // braking: it may come to rest before it has left
    return n->v_mps * n->v_mps < -2 * c->a_mps2 * left * 1.3 ? INFINITY : left / (0.6 * n->v_mps);
  return sim_time_to_cover(left, n->v_mps, 0.5 * n->gain_mps2, c->top_mps);
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
  if (sim_facts(w, exit)->junction)
    return true;
  // Who stands where nobody's way leads is in nobody's way.
  if (w->lanes.conflict_count[junction_lane - 1] == 0 && !is_walked(w, i, k))
    return true;
  // Who circulates goes on behind the one ahead: if all of a ring kept its junctions clear, a
  // full ring would wait for itself.
  const sim_lane_facts *through = sim_facts(w, junction_lane);
  if (w->net->junctions[through->junction - 1].roundabout && through->turn == TURN_STRAIGHT)
    return true;
  // It comes to rest its gap behind the next one, and is to be wholly out then. A long body whose
  // tail stays in bars every way there, so it doesn't count on others to go on.
  double trust = cars->length_m[i] > SIM_LONG_M ? 0 : 1;
  double need = cars->length_m[i] + cars->mood[i].gap_m + CLEARANCE_M;
  double room = most_of(sim_facts(w, exit)->length_m, need + 1);
  int last = w->queue_first[exit] - 1;
  if (last >= w->queue_first[exit - 1]) {
    int other = w->queue[last].vehicle;
    if (other != i) {
      double v = cars->v_mps[other];
      room = w->queue[last].s_m - cars->length_m[other] / 2 + trust * (v * v / 4 + v);
    }
  }
  const lane_path *lane = sim_lane(w, exit);
  for (int p = 0; p < lane->previous_count; p++) {
    int from = w->net->lane_links[lane->previous_first + p];
    for (int n = w->claim_head[from - 1]; n >= 0; n = w->nodes[n].next) {
      // Those of another junction haven't been told yet, or have been.
      bool same = sim_facts(w, from)->junction == through->junction;
      const sim_node *node = &w->nodes[n];
      int other = node->vehicle;
      bool arrived = node->holds && sim_lane_of(w, other) == exit;
      if (other == i || arrived || (same ? node->claim : node->claim_before) != CLAIM_FINAL)
        continue;
      double v = node->v_mps;
      double on = from == junction_lane ? trust * v * v / 4 : 0;
      room -= most_of(0, cars->length_m[other] + 2.5 - on);
    }
  }
  return room > need;
}

// Whether one lets somebody in who has stood at the line for long: in a dense stream there is
// always one who is bound to go on, and whoever is let in by nobody counts for nothing. Who should
// yield does so soon, others where they come slowly; after a while one goes on all the same.
static bool lets_in(const sim_world *w, int i, const claimant *me, const sim_conflict *pair,
                    const sim_node *node) {
  const sim_vehicles *cars = &w->cars;
  int other = node->vehicle;
  double waited = cars->wait_s[other], least = pair->wide.yields ? YIELDS_S : PATIENCE_S;
  if (node->v_mps > 0 || waited < least || fmod(waited, least + LET_IN_S) < least)
    return false;
  const sim_lane_facts *lane = sim_facts(w, cars->want_lane[i]);
  const road_junction *junction = &w->net->junctions[lane->junction - 1];
  return me->at->v_mps < LETS_IN_MPS && cars->wait_s[i] < waited &&
         cars->line_m[other] < AT_LINE_M && !junction->roundabout &&
         junction->kind != JUNCTION_SIGNALS && exit_has_room(w, other, cars->asks[other]);
}

// One conflict against one claim: may `me` enter?
static bool conflict_allows(const sim_world *w, int i, const claimant *me, const sim_conflict *pair,
                            const sim_node *node) {
  if (node->vehicle == i || (node->claim == CLAIM_NONE && !lets_in(w, i, me, pair, node)))
    return true;
  const lane_conflict *c = conflict_between(w, pair, me->at, node);
  if (!c || node->tail_m > c->other_end_s_m + CLEARANCE_M)
    return true;
  if (node->claim == CLAIM_NONE)
    return false;
  claimant other = claimant_of(w, node, c->other);
  bool breaks = w->cars.breaks[i] & BREAKS_YIELD;
  double hurry = breaks ? 1 : least_of(1, w->cars.wait_s[i] / PATIENCE_S);
  const sim_style *style = sim_style_of(w->cars.style[i]);
  if (node->claim == CLAIM_FINAL) {
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

// The one ahead in this lane before the same line hasn't been let in: nor are those behind.
static bool queue_head_waits(const sim_world *w, int i, double line_m) {
  const sim_vehicles *cars = &w->cars;
  int lane = sim_route(w, i)[0], place = w->queue_place[i];
  if (place == w->queue_first[lane - 1])
    return false;
  int other = w->queue[place - 1].vehicle;
  double other_front = w->queue[place - 1].s_m + cars->length_m[other] / 2;
  double line_s = cars->s_m[i] + cars->length_m[i] / 2 + line_m;
  // Other junctions' answers may not be there yet.
  int junction = sim_facts(w, cars->want_lane[i])->junction, wants = cars->want_lane[other];
  return sim_route(w, other)[0] == lane && other_front < line_s && wants &&
         sim_facts(w, wants)->junction == junction && cars->want_claim[other] == CLAIM_NONE &&
         other_front < sim_facts(w, lane)->length_m;
}

// A turning circle has room for one at a time when one of them is long.
static bool circle_is_taken(const sim_world *w, int i, int lane) {
  const sim_vehicles *cars = &w->cars;
  if (sim_facts(w, lane)->turn != TURN_U)
    return false;
  for (int n = w->claim_head[lane - 1]; n >= 0; n = w->nodes[n].next) {
    const sim_node *node = &w->nodes[n];
    bool bulky = cars->length_m[i] > SIM_LONG_M || node->bulk == BULK_LONG;
    if (node->vehicle != i && bulky && node->claim == CLAIM_FINAL)
      return true;
  }
  return false;
}

// Whether a signal that a driver keeps to doesn't let it go on from that lane; *lit: it shows
// green.
static bool signal_bars(const sim_world *w, int i, int approach, bool *lit) {
  *lit = false;
  int color_at = w->lanes.color_at[approach - 1];
  signal_color color = color_at < 0 ? SIGNAL_OFF : (signal_color)w->colors[color_at];
  *lit = color == SIGNAL_GREEN;
  if (color == SIGNAL_GREEN || color == SIGNAL_OFF)
    return false;
  bool may_go = w->sirens || (w->cars.breaks[i] & BREAKS_RED);
  return !may_go || !sim_goes_at_red(w, i, &w->net->signals[sim_lane(w, approach)->signal - 1]);
}

static bool may_enter(const sim_world *w, int i, int k, double line_m) {
  const sim_vehicles *cars = &w->cars;
  const int *route = sim_route(w, i);
  int lane = route[k], junction = sim_facts(w, lane)->junction;
  bool lit, siren = w->sirens && sim_siren_on(w, i);
  if ((w->sirens && sim_siren_bars(w, i, junction)) || signal_bars(w, i, route[k - 1], &lit))
    return false;
  bool stops = !cars->want_stopped[i] && !(cars->breaks[i] & BREAKS_YIELD);
  if (!lit && stops && w->net->junctions[junction - 1].kind == JUNCTION_ALL_WAY_STOP)
    return false;
  // Those who wait make way, before and behind the junction.
  if (k == 1 && !siren && queue_head_waits(w, i, line_m))
    return false;
  if ((!siren && !exit_has_room(w, i, k)) || circle_is_taken(w, i, lane))
    return false;
  claimant me = claimant_of(w, &w->nodes[2 * i], lane);
  me.a_mps2 = me.at->gain_mps2; // once let in, it goes
  int first = w->lanes.conflict_first[lane - 1];
  for (int c = first; c < first + w->lanes.conflict_count[lane - 1]; c++)
    for (int n = w->claim_head[w->lanes.conflict_with[c] - 1]; n >= 0; n = w->nodes[n].next)
      if (!conflict_allows(w, i, &me, &w->lanes.conflicts[c], &w->nodes[n]))
        return false;
  return true;
}

void sim_claim_renew(sim_world *w, int i, int k, double start_m, double line_m) {
  sim_vehicles *cars = &w->cars;
  int lane = sim_route(w, i)[k];
  if (cars->want_lane[i] != lane) {
    cars->want_lane[i] = lane;
    cars->want_claim[i] = CLAIM_NONE;
    cars->want_stopped[i] = 0;
  }
  cars->want_x_m[i] = -start_m;
  cars->line_m[i] = line_m;
  cars->asks[i] = 0;
  double v = cars->v_mps[i], b = cars->mood[i].decel_mps2;
  double stopping = v * v / (2 * b);
  if (v < 0.3 && line_m < 6)
    cars->want_stopped[i] = 1;
  if (cars->want_claim[i] == CLAIM_FINAL) {
    // Who lets a rider go first may stand at the line until its light is red.
    bool stands = w->sideways && v == 0 && line_m > 0;
    if (!stands && (line_m < 0 || line_m < stopping * 1.3 + 1))
      return;
    cars->want_claim[i] = CLAIM_TENTATIVE;
  }
  bool lit;
  if (line_m >= BEYOND_M && signal_bars(w, i, sim_route(w, i)[k - 1], &lit))
    cars->want_claim[i] = CLAIM_NONE; // nothing to ask for
  else
    cars->asks[i] = (uint8_t)k;
}

void sim_claim_drop(sim_world *w, int i) {
  w->cars.want_lane[i] = 0;
  w->cars.want_claim[i] = CLAIM_NONE;
  w->cars.asks[i] = 0;
}

static void answer(sim_world *w, int i, sim_claim claim) {
  w->cars.want_claim[i] = w->nodes[2 * i].claim = (uint8_t)claim;
  if (claim == CLAIM_FINAL)
    w->cars.want_order[i] = 0; // its rank is given when all have their answers
}

static void decide_claim(sim_world *w, int i) {
  const sim_vehicles *cars = &w->cars;
  double line_m = cars->line_m[i], v = cars->v_mps[i], b = cars->mood[i].decel_mps2;
  if (line_m < BEYOND_M) { // started beyond the line
    answer(w, i, CLAIM_FINAL);
    return;
  }
  answer(w, i, CLAIM_NONE);
  if (cars->aside[i] > ASIDE_RIDES && sim_aside_holds(w, i))
    return;
  if (may_enter(w, i, cars->asks[i], line_m))
    answer(w, i, line_m < v * v / (2 * b) + v * w->step_s + 0.3 ? CLAIM_FINAL : CLAIM_TENTATIVE);
}

void sim_claims_decide(sim_world *w, int part, int parts) {
  // A junction's claims ask of each other alone, smaller numbers first.
  if (!w->team) {
    for (int k = 0; k < w->asker_count; k++)
      decide_claim(w, w->askers[k]);
    return;
  }
  for (int j = part; j < w->net->junction_count; j += parts)
    for (int i = w->asker_head[j]; i >= 0; i = w->asker_next[i])
      decide_claim(w, i);
}

void sim_claims_rank(sim_world *w) {
  sim_vehicles *cars = &w->cars;
  for (int k = 0; k < w->asker_count; k++) {
    int i = w->askers[k];
    if (cars->want_claim[i] == CLAIM_FINAL)
      w->nodes[2 * i].order = cars->want_order[i] = w->next_order++;
  }
}

void sim_claim_enter(sim_world *w, int i) {
  sim_vehicles *cars = &w->cars;
  int lane = sim_route(w, i)[0];
  bool ranked = cars->want_lane[i] == lane && cars->want_claim[i] == CLAIM_FINAL;
  cars->hold_lane[i] = lane;
  cars->hold_order[i] = ranked ? cars->want_order[i] : 0; // 0: with the next claims
  cars->hold_past_m[i] = 0;
  cars->want_lane[i] = 0;
  cars->want_claim[i] = CLAIM_NONE;
}

// The acceleration that one conflict with one claim leaves; length_m is the own lane's.
static double give_way(const sim_world *w, int i, const claimant *me, uint32_t order,
                       const sim_conflict *pair, double length_m, const sim_node *node,
                       double a_free) {
  if (node->vehicle == i || node->claim != CLAIM_FINAL)
    return INFINITY;
  const lane_conflict *c = conflict_between(w, pair, me->at, node);
  if (!c || node->tail_m > c->other_end_s_m + CLEARANCE_M)
    return INFINITY;
  claimant other = claimant_of(w, node, c->other);
  double room = c->begin_s_m - me->at->front_m, v = me->at->v_mps;
  // Into the same lane: follow the one that merges first as if it were ahead already.
  double gap = (length_m - me->at->front_m) - (sim_facts(w, c->other)->length_m - node->tail_m);
  double follow = a_free - sim_interaction(w, i, v - node->v_mps, gap);
  bool behind = pair->merges && (gap > 0.5 || (node->order < order && gap > -1));
  if (room < -0.2)
    return behind && gap < 15 ? follow : INFINITY;
  bool inside = node->front_m > c->other_begin_s_m;
  if (node->order > order && !inside)
    return INFINITY;
  double cleared_s = latest(&other, c->other_end_s_m) + 0.3;
  if (cleared_s < soonest(me, c->begin_s_m))
    return INFINITY;
  double a = sim_stop_at(w, i, a_free, room, 0.6);
  // Arriving just when it has left is smoother, while one could still stop.
  if (cleared_s < 10 && v * v < 2 * 3.0 * (room - 0.5))
    a = most_of(a, 2 * (room - v * cleared_s) / (cleared_s * cleared_s));
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
    double length = sim_facts(w, id)->length_m;
    claimant me = claimant_of(w, &w->nodes[2 * i + kind], id);
    me.a_mps2 = most_of(me.a_mps2, 0);
    uint32_t order = kind ? cars->hold_order[i] : cars->want_order[i];
    int first = w->lanes.conflict_first[id - 1];
    for (int c = first; c < first + w->lanes.conflict_count[id - 1]; c++)
      for (int n = w->claim_head[w->lanes.conflict_with[c] - 1]; n >= 0; n = w->nodes[n].next)
        a_mps2 = least_of(a_mps2, give_way(w, i, &me, order, &w->lanes.conflicts[c], length,
                                           &w->nodes[n], a_free));
  }
  return a_mps2;
}
