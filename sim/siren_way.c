// SPDX-License-Identifier: Apache-2.0
// The way of one with its siren on: past those who make way, between two lanes or over the middle
// of the road, wherever there is room across for its body; behind them where there is none.
#include "sim/service.h"

#include <math.h>

#include "base/least.h"
#include "sim/state.h"

static const double HEARD_S = 1.2;                     // after it is no longer heard
static const double KERB_M = 0.06, ASIDE_MOST_M = 1.2; // who makes way: from the lane's border
static const double MARGIN_M = 0.45, TIGHT_M = 0.27;   // beside others; where it has no more room
static const double STRADDLE_M = 2.8;                  // farthest from its lane's middle
static const double WINDOW_M = 30;                     // looked at for a way past, and
static const double WINDOW_S = 2.2;                    // at its speed
static const double FACING_M = 45, FACING_S = 1.5;     // at both, of those who come towards it
static const double SWING_FACING_M = 8, WAIT_FACING_M = 20;
static const double SWING_M = 4; // from who is in the way, so that it gets past later
static const double AHEAD_M =
    0.5; // a body that turns out is clear with its front before its middle
static const double BESIDE_M = 0.9; // near to others it is not much faster than they
static const double BESIDE_MPS = 9, TIGHT_MPS = 6;
static const double BESIDE_AHEAD_M = 1, FALL_BACK_MPS = 1.5, FALL_BEHIND_MPS2 = 3;
static const double ABREAST_M = -0.5, TOUCH_M = 0.15, ANYWHERE_M = 9;
static const double PEOPLE_M = 8;                     // before a crosswalk
static const double TIGHT_AHEAD_M = 20;               // before a tight bend
static const double FORK_M = 3, TURN_M = 15;          // after lanes part, in its own and beside it
static const double SWEEP_M = 0.8;                    // beside others in turns
static const double BEGIN_S = 3;                      // who comes shows in the first seconds only
static const double HALT_M = 10, HALT_BEHIND_M = 1.5; // so that it gets back into its own lane

static bool is_siren(const sim_world *w, int i) {
  return sim_siren_on(w, i);
}

// Whether people are on a crosswalk over a lane, or over `beside` it, that a body from tail to
// front along the lane is over or comes to next.
static bool lane_has_people(const sim_world *w, int lane, int beside, double tail, double front) {
  double scale = sim_beside_scale(w, beside, lane), length = sim_facts(w, lane)->length_m;
  bool facing = w->lanes.facing[lane - 1] == beside;
  for (int c = w->lanes.crossing_first[beside - 1]; c < w->lanes.crossing_first[beside]; c++) {
    const lane_crossing *at = &w->net->crossings[c];
    double begin = at->begin_s_m * scale, end = at->end_s_m * scale;
    if (w->walker_head[at->crosswalk - 1] >= 0 &&
        front > (facing ? length - end : begin) - PEOPLE_M &&
        tail < (facing ? length - begin : end))
      return true;
  }
  return false;
}

// Whether people are on a crosswalk over a vehicle's way that its body is over or comes to next:
// they may have got beside it just now. So far as it is beside its lane, the one there is in its
// way, too.
static bool among_people(const sim_world *w, int i) {
  const sim_vehicles *cars = &w->cars;
  const int *route = sim_route(w, i);
  double half = cars->length_m[i] / 2, s = cars->s_m[i], shift = cars->shift_m[i];
  const int lanes[] = {cars->came_from[i], route[0], cars->route_count[i] > 1 ? route[1] : 0};
  for (int k = 0; k < 3; k++) {
    if (!lanes[k])
      continue;
    const lane_path *lane = sim_lane(w, lanes[k]);
    double at = k == 0 ? s + lane->length_m : k == 1 ? s : s - sim_facts(w, route[0])->length_m;
    if (lane_has_people(w, lane->id, lane->id, at - half, at + half))
      return true;
    if (fabs(shift) + cars->width_m[i] / 2 <= lane->width_m / 2)
      continue;
    int beside = shift > 0 ? lane->left : lane->right;
    beside =
        beside || (shift > 0) != (sim_over_side(w) > 0) ? beside : w->lanes.facing[lane->id - 1];
    if (beside && lane_has_people(w, lane->id, beside, at - half, at + half))
      return true;
  }
  return false;
}

// Bodies move aside by themselves, unless a script drives them. abreast: the siren is beside it,
// 1 to its left, -1 to its right; 0 not.
static void make_way(sim_world *w, int i, int side, int abreast) {
  sim_sirens *p = w->sirens;
  if (is_siren(w, i))
    return;
  if (w->cars.hold_lane[i]) { // gets out of the junction first, as it is beside a siren
    if (abreast) {
      p->yields_s[i] = HEARD_S;
      p->aside_to_m[i] = p->aside_m[i];
    }
    return;
  }
  const lane_path *lane = sim_lane(w, sim_lane_of(w, i));
  p->yields_s[i] = HEARD_S;
  double room = (lane->width_m - w->cars.width_m[i]) / 2 - KERB_M;
  // In tight bends long bodies that come need the middle.
  bool keeps =
      sim_scripted_keeps_lane(w, i) || lane->junction ||
      ((sim_facts(w, lane->id)->marks & SIM_LANE_TIGHT) && sim_narrow_near(w, i, TIGHT_AHEAD_M));
  // Beyond what it keeps aside anyway, as cyclists do.
  double usual = side * (w->cars.shift_m[i] - p->aside_m[i]);
  double to = keeps                ? 0
              : among_people(w, i) ? p->aside_m[i]
                                   : side * most_of(0, least_of(room, ASIDE_MOST_M) - usual);
  if (abreast) // it doesn't get nearer to the siren
    to = abreast > 0 ? least_of(to, p->aside_m[i]) : most_of(to, p->aside_m[i]);
  p->aside_to_m[i] = to;
}

// Sorted by how far ahead it is.
static void add_seen(sim_sirens *p, const sim_siren_seen *one) {
  int at = p->seen_count < SIREN_SEEN ? p->seen_count++ : SIREN_SEEN;
  for (; at > 0 && p->seen[at - 1].ahead_m > one->ahead_m; at--)
    if (at < SIREN_SEEN)
      p->seen[at] = p->seen[at - 1];
  if (at < SIREN_SEEN)
    p->seen[at] = *one;
}

// One strip of the road beside the way: a lane, `along` which it goes or which faces it.
typedef struct strip {
  int lane;       // whose queue
  int way_lane;   // of the route
  double start_m; // of way_lane from the siren's middle
  int side;       // where who is on it makes way to: 1 left, -1 right as they see it
  bool same_lane, facing;
  bool sirens;    // those alone: others there are out of the way
  double up_to_m; // of its lane that counts: a lane that forks off; INFINITY
} strip;

static void look_at_strip(sim_world *w, const sim_siren *siren, const strip *on) {
  const sim_vehicles *cars = &w->cars;
  int i = siren->vehicle;
  const lane_path *way = sim_lane(w, on->way_lane), *lane = sim_lane(w, on->lane);
  double scale = on->up_to_m < INFINITY ? 1 : way->length_m / lane->length_m;
  for (int q = w->queue_first[on->lane - 1]; q < w->queue_first[on->lane]; q++) {
    int other = w->queue[q].vehicle;
    if (other == i || !w->queue[q].own ||
        w->queue[q].s_m - cars->length_m[other] / 2 > on->up_to_m ||
        (on->sirens && !is_siren(w, other)))
      continue;
    double s = w->queue[q].s_m * scale;
    s = on->facing ? way->length_m - s : s;
    double along = on->start_m + s, halves = (cars->length_m[i] + cars->length_m[other]) / 2;
    sim_siren_seen one = {.vehicle = other,
                          .ahead_m = along - halves,
                          .behind_m = -along - halves,
                          .same_lane = on->same_lane,
                          .facing = on->facing,
                          .goes =
                              cars->hold_lane[other] ||
                              (cars->want_lane[other] && cars->want_claim[other] == CLAIM_FINAL)};
    if (one.ahead_m > SIREN_AHEAD_M || one.behind_m > SIREN_BEHIND_M)
      continue;
    const sim_box body = sim_vehicle_hull(w, other);
    sim_track_node p = sim_track_plain(&w->lanes.tracks[on->way_lane - 1], s);
    double across = (body.y_m - p.y_m) * p.tx - (body.x_m - p.x_m) * p.ty;
    double c = body.ahead_x * p.tx + body.ahead_y * p.ty;
    double half = sim_box_reach(&body, -p.ty, p.tx);
    one.lo_m = across - half;
    one.hi_m = across + half;
    bool abreast = one.ahead_m < BESIDE_AHEAD_M && one.behind_m < BESIDE_AHEAD_M;
    int to_left = (w->sirens->aside_m[i] > across) != on->facing ? 1 : -1;
    if (!on->facing || one.ahead_m > -1)
      make_way(w, other, on->side, abreast ? to_left : 0);
    one.along_mps = c * cars->v_mps[other];
    // Who goes into a junction may turn to any side there.
    if (on->same_lane && one.goes && one.ahead_m > ABREAST_M)
      one.lo_m = -ANYWHERE_M, one.hi_m = ANYWHERE_M;
    add_seen(w->sirens, &one);
  }
}

// Those who are about to come out of the junction ahead on a lane that faces the way: they will
// take all of it.
static void look_at_comers(sim_world *w, const sim_siren *siren, const strip *on) {
  const sim_vehicles *cars = &w->cars;
  const lane_path *way = sim_lane(w, on->way_lane), *lane = sim_lane(w, on->lane);
  int i = siren->vehicle, centre = w->net->left_hand ? -1 : 1;
  double middle = (way->width_m + lane->width_m) / 2, half = lane->width_m / 2 - 0.3;
  for (int k = 0; k < lane->previous_count; k++) {
    const lane_path *from = sim_lane(w, w->net->lane_links[lane->previous_first + k]);
    for (int node = w->claim_head[from->id - 1]; node >= 0; node = w->nodes[node].next) {
      int other = node / 2;
      bool inside = sim_lane_of(w, other) == from->id;
      if (other == i || !(inside || (cars->want_lane[other] == from->id &&
                                     cars->want_claim[other] != CLAIM_NONE)))
        continue;
      double left = from->length_m - (inside ? cars->s_m[other] : cars->want_x_m[other]);
      double halves = (cars->length_m[i] + cars->length_m[other]) / 2;
      double along = on->start_m + way->length_m + left;
      add_seen(w->sirens, &(sim_siren_seen){.vehicle = other,
                                            .ahead_m = along - halves,
                                            .behind_m = -along - halves,
                                            .lo_m = centre * middle - half,
                                            .hi_m = centre * middle + half,
                                            .along_mps = -cars->v_mps[other],
                                            .facing = true});
    }
  }
}

// The lanes that go the siren's way, side by side, from its own: how many lie on either side.
static int count_beside(const sim_world *w, int lane, int side) {
  int count = 0;
  for (int id = side > 0 ? sim_lane(w, lane)->left : sim_lane(w, lane)->right;
       id && count<8; id = side> 0 ? sim_lane(w, id)->left : sim_lane(w, id)->right)
    count++;
  return count;
}

// The lane that faces the innermost one, where nothing lies between the two; 0 none.
static int lane_facing(const sim_world *w, int inner) {
  int facing = w->lanes.facing[inner - 1];
  if (!facing)
    return 0;
  const lane_path *a = sim_lane(w, inner), *b = sim_lane(w, facing);
  if (!(b->users & LANE_FOR_CARS))
    return 0;
  sim_track_node p = sim_track_plain(&w->lanes.tracks[inner - 1], a->length_m / 2);
  sim_track_node q = sim_track_plain(&w->lanes.tracks[facing - 1], b->length_m / 2);
  double across = fabs((q.y_m - p.y_m) * p.tx - (q.x_m - p.x_m) * p.ty);
  return across < (a->width_m + b->width_m) / 2 + 0.5 ? facing : 0;
}

// How far the road reaches to either side of the own lane's middle.
typedef struct room_across {
  double lo_m, hi_m;
  int over; // the side where others come towards it, beside its very lane; 0 none
} room_across;

// Ways through the junction from the lanes beside the one before it: those that turn as its own
// does stay beside it, the others part from it.
static void look_at_ways(sim_world *w, const sim_siren *siren, strip on, int before) {
  const lane_path *way = sim_lane(w, on.way_lane);
  on.same_lane = false;
  for (int side = -1; side <= 1; side += 2) {
    int id = before;
    for (int k = 0; k < 8; k++) {
      id = side > 0 ? sim_lane(w, id)->left : sim_lane(w, id)->right;
      if (!id)
        break;
      const lane_path *lane = sim_lane(w, id);
      for (int n = 0; n < lane->next_count; n++) {
        const lane_path *next = sim_lane(w, w->net->lane_links[lane->next_first + n]);
        if (next->junction != way->junction)
          continue;
        on.lane = next->id;
        on.up_to_m = next->turn == way->turn ? INFINITY : TURN_M;
        look_at_strip(w, siren, &on);
      }
    }
  }
}

// Others with a siren that come towards it may be out of their lane over the middle, too.
static void look_for_sirens(sim_world *w, const sim_siren *siren, strip on, int facing,
                            bool there) {
  const lane_path *lane = sim_lane(w, facing);
  const int lanes[] = {there ? facing : 0, lane->left, lane->right};
  on.sirens = true;
  for (int k = 0; k < 3 && w->sirens->count > 1; k++) {
    on.lane = lanes[k];
    if (lanes[k])
      look_at_strip(w, siren, &on);
  }
}

static room_across look_beside(sim_world *w, const sim_siren *siren, int before, int way_lane,
                               double start) {
  const lane_path *lane = sim_lane(w, way_lane);
  int centre = w->net->left_hand ? -1 : 1;                  // the side of the road's middle
  double reach[2] = {lane->width_m / 2, lane->width_m / 2}; // to the right, to the left
  strip on = {.lane = way_lane,
              .way_lane = way_lane,
              .start_m = start,
              .same_lane = true,
              .up_to_m = INFINITY};
  int inner = count_beside(w, way_lane, centre), outer = count_beside(w, way_lane, -centre);
  on.side = inner == 0 && outer > 0 ? centre : -centre;
  look_at_strip(w, siren, &on);
  for (int f = w->lanes.fork_first[way_lane - 1]; f < w->lanes.fork_first[way_lane]; f++) {
    strip fork = on;
    fork.lane = w->lanes.forks[f].lane;
    // Beside its lane's middle it parts later from those who stay there.
    double out = fabs(w->sirens->aside_m[siren->vehicle]);
    fork.up_to_m = w->lanes.forks[f].apart_m + (out > 0.3 ? TURN_M : FORK_M);
    look_at_strip(w, siren, &fork);
  }
  if (lane->junction && before)
    look_at_ways(w, siren, on, before);
  on.same_lane = false;
  int innermost = way_lane;
  for (int side = -1; side <= 1 && !lane->junction; side += 2) {
    int count = side == centre ? inner : outer, id = way_lane;
    for (int k = 0; k < count; k++) {
      id = side > 0 ? sim_lane(w, id)->left : sim_lane(w, id)->right;
      on.lane = id;
      on.side = side == centre && k + 1 == count ? centre : -centre;
      look_at_strip(w, siren, &on);
      reach[side > 0] += sim_lane(w, id)->width_m;
      innermost = side == centre ? id : innermost;
    }
  }
  int facing = lane->junction ? 0 : lane_facing(w, innermost);
  on.facing = true;
  on.side = -centre;
  if (facing)
    look_for_sirens(w, siren, on, facing, inner > 0);
  if (facing && inner == 0) {
    on.lane = facing;
    look_at_strip(w, siren, &on);
    look_at_comers(w, siren, &on);
    reach[centre > 0] += sim_lane(w, facing)->width_m - 0.2;
  }
  return (room_across){-reach[0], reach[1], facing && inner == 0 ? centre : 0};
}

// Planning ------------------------------------------------------------------------

static bool is_relevant(const sim_siren_seen *one, double v) {
  if (one->facing)
    return one->behind_m < 0.5 && one->ahead_m < FACING_M + FACING_S * (v - one->along_mps);
  return one->behind_m < 1.5 && one->ahead_m < WINDOW_M + WINDOW_S * v &&
         !(one->ahead_m > 5 && one->along_mps > v + 1);
}

static bool clear_of(const sim_siren_seen *seen, int count, double lo, double hi) {
  for (int k = 0; k < count; k++)
    if (seen[k].hi_m > lo && seen[k].lo_m < hi)
      return false;
  return true;
}

typedef struct plan {
  double half_m, margin_m, now_m; // half its width; where it is
  double slope;                   // at which it gets across
  double lo_m, hi_m;              // where its middle may be
} plan;

// The best place across that is clear of the first `count`; NaN: there is none.
static double place_across(const plan *p, const sim_siren_seen *seen, int count) {
  double best = NAN, least = INFINITY, need = p->half_m + p->margin_m;
  for (int k = -2; k < 2 * count; k++) {
    double at = k == -2   ? 0
                : k == -1 ? p->now_m
                : k % 2   ? seen[k / 2].hi_m + need + 1e-6
                          : seen[k / 2].lo_m - need - 1e-6;
    double cost = fabs(at) + 0.3 * fabs(at - p->now_m);
    if (at < p->lo_m || at > p->hi_m || cost >= least ||
        !clear_of(seen, count, at - need, at + need))
      continue;
    least = cost;
    best = at;
  }
  return best;
}

// Whom it would touch on its way across to `to`.
static bool touches(const plan *p, const sim_siren_seen *one, double to) {
  double lo = least_of(p->now_m, to) - p->half_m - TOUCH_M;
  double hi = most_of(p->now_m, to) + p->half_m + TOUCH_M;
  return one->hi_m > lo && one->lo_m < hi &&
         one->ahead_m < fabs(to - p->now_m) / p->slope - AHEAD_M;
}

// The first ahead who is in its way: one beyond the first `clear`, or one of those whom it would
// touch; count where nobody is.
static int first_in_way(const plan *p, const sim_siren_seen *seen, int count, int clear,
                        double to) {
  for (int k = 0; k < count; k++)
    if (seen[k].ahead_m > ABREAST_M && (k >= clear || touches(p, &seen[k], to)))
      return k;
  return count;
}

// Abreast of somebody, or too near to fall in behind that one, it doesn't get nearer across.
static bool stays(const plan *p, const sim_siren_seen *seen, int count, double to, double v) {
  for (int k = 0; k < count; k++) {
    double closing = most_of(0, v - seen[k].along_mps);
    double near = ABREAST_M + closing * closing / (2 * FALL_BEHIND_MPS2);
    if (seen[k].ahead_m <= near && touches(p, &seen[k], to) &&
        ((to > p->now_m && seen[k].lo_m > p->now_m) || (to < p->now_m && seen[k].hi_m < p->now_m)))
      return true;
  }
  return false;
}

// How many of the first ahead it gets past where it is now.
static int clear_straight_on(const plan *p, const sim_siren_seen *seen, int count) {
  double need = p->half_m + TOUCH_M;
  for (int k = 0; k < count; k++)
    if (seen[k].ahead_m > ABREAST_M && !clear_of(&seen[k], 1, p->now_m - need, p->now_m + need))
      return k;
  return count;
}

// Others who would run into its body: those who come towards it, and from behind beside it.
static void halt_others(sim_world *w, const plan *p, const sim_siren_seen *one, double to) {
  double lo = least_of(p->now_m, to) - p->half_m - 0.2;
  double hi = most_of(p->now_m, to) + p->half_m + 0.2;
  double *halt = &w->sirens->halt_m[one->vehicle];
  if (one->hi_m < lo || one->lo_m > hi || one->same_lane || is_siren(w, one->vehicle))
    return;
  if (one->facing && one->ahead_m > 0)
    *halt = least_of(*halt, one->ahead_m - HALT_M);
  else if (!one->facing && one->behind_m > -0.5)
    *halt = least_of(*halt, one->behind_m - HALT_BEHIND_M);
}

// Those who come up from behind beside it, faster than it is, before they are relevant.
static bool comes_up(const sim_siren_seen *one, double v) {
  double faster = one->along_mps - v;
  return !one->facing && faster > 0 && one->behind_m >= 1.5 &&
         one->behind_m < HALT_BEHIND_M + 4 + one->along_mps * one->along_mps / 4;
}

// Whether its way turns where `one` beside it goes into the same junction: within that one's way,
// or so near beside it that bodies sweep into each other. Who is ahead goes first.
static bool turns_beside(const sim_siren_seen *one, turn_kind turn, const plan *p) {
  bool at_left = one->lo_m + one->hi_m > 2 * p->now_m;
  bool within = turn == TURN_LEFT ? at_left : turn == TURN_RIGHT && !at_left;
  double beside = most_of(one->lo_m - (p->now_m + p->half_m), (p->now_m - p->half_m) - one->hi_m);
  return (within || (turn != TURN_STRAIGHT && beside < SWEEP_M)) && one->same_lane && one->goes &&
         one->ahead_m <= ABREAST_M && one->behind_m < HALT_BEHIND_M;
}

// Of two beside each other who is ahead: the siren falls back, or the other stops.
static void let_first(sim_sirens *s, sim_siren *siren, const sim_siren_seen *one) {
  double *halt = &s->halt_m[one->vehicle];
  if (one->behind_m < one->ahead_m)
    siren->pass_mps = least_of(siren->pass_mps, most_of(0, one->along_mps - FALL_BACK_MPS));
  else if (!s->number[one->vehicle])
    *halt = least_of(*halt, one->behind_m - HALT_BEHIND_M);
}

static void pass(sim_siren *siren, const plan *p, const sim_siren_seen *one, double to, double v) {
  double beside = most_of(one->lo_m - (to + p->half_m), (to - p->half_m) - one->hi_m);
  if (beside > BESIDE_M || one->ahead_m > 8 + v || one->behind_m > 0)
    return;
  double most = most_of(0, one->along_mps) + (beside < MARGIN_M - 0.02 ? TIGHT_MPS : BESIDE_MPS);
  siren->pass_mps = least_of(siren->pass_mps, most);
}

// How its way turns in the junction that it is in or near.
static turn_kind turn_ahead(const sim_world *w, int i) {
  const sim_lane_facts *here = sim_facts(w, sim_lane_of(w, i));
  if (here->junction || w->cars.route_count[i] < 2)
    return (turn_kind)here->turn;
  const sim_lane_facts *next = sim_facts(w, sim_route(w, i)[1]);
  bool near = here->length_m - w->cars.s_m[i] < TURN_M;
  return next->junction && near ? (turn_kind)next->turn : TURN_STRAIGHT;
}

void sim_siren_plan(sim_world *w, sim_siren *siren) {
  sim_sirens *s = w->sirens;
  const sim_vehicles *cars = &w->cars;
  int i = siren->vehicle;
  s->seen_count = 0;
  const lane_path *here = sim_lane(w, sim_lane_of(w, i));
  room_across room = {-here->width_m / 2, here->width_m / 2, 0};
  double start = -cars->s_m[i], v = cars->v_mps[i];
  int before = cars->came_from[i];
  if (before)
    look_beside(w, siren, 0, before, start - sim_lane(w, before)->length_m);
  for (int k = 0; k < cars->route_count[i] && start < SIREN_AHEAD_M + 20; k++) {
    room_across there = look_beside(w, siren, before, sim_route(w, i)[k], start);
    before = sim_route(w, i)[k];
    if (k == 0)
      room = there;
    start += sim_lane(w, sim_route(w, i)[k])->length_m;
  }
  int count = 0, late_count = 0;
  sim_siren_seen late[SIREN_SEEN];
  for (int k = 0; k < s->seen_count; k++)
    if (is_relevant(&s->seen[k], v))
      s->seen[count++] = s->seen[k];
    else if (comes_up(&s->seen[k], v))
      late[late_count++] = s->seen[k];
  double half = cars->width_m[i] / 2;
  plan p = {.half_m = half,
            .margin_m = MARGIN_M,
            .now_m = s->aside_m[i],
            .slope = sim_siren_slope(v),
            .lo_m = most_of(-STRADDLE_M, room.lo_m + half),
            .hi_m = least_of(STRADDLE_M, room.hi_m - half)};
  if (here->junction || sim_scripted_keeps_lane(w, i))
    p.lo_m = p.hi_m = 0; // beside it are other ways only
  int clear = count;
  double to = place_across(&p, s->seen, clear);
  if (isnan(to)) {
    p.margin_m = TIGHT_M;
    to = place_across(&p, s->seen, clear);
  }
  while (clear > 0 && isnan(to))
    to = place_across(&p, s->seen, --clear);
  // It doesn't go out to meet somebody there.
  double inside = most_of(0, here->width_m / 2 - half + 0.2);
  siren->out = room.over * p.now_m > inside;
  bool meets = clear < count && s->seen[clear].facing;
  bool begins = (double)w->steps * w->step_s < BEGIN_S;
  if ((meets || begins) && !siren->out) {
    p.lo_m = room.over < 0 ? most_of(p.lo_m, -inside) : p.lo_m;
    p.hi_m = room.over > 0 ? least_of(p.hi_m, inside) : p.hi_m;
    for (clear = count + 1; clear > 0;)
      if (!isnan(to = place_across(&p, s->seen, --clear)))
        break;
  }
  if (isnan(to))
    to = p.now_m;
  // It doesn't swing beside people either, nor where it would get nearer to who is beside it.
  if (stays(&p, s->seen, count, to, v) || (to != p.now_m && among_people(w, i))) {
    to = p.now_m;
    clear = clear_straight_on(&p, s->seen, count);
  }
  const turn_kind turn = turn_ahead(w, i);
  int blocks = first_in_way(&p, s->seen, count, clear, to);
  for (int k = 0; k < count; k++) {
    halt_others(w, &p, &s->seen[k], to);
    if (k < blocks || k < clear)
      pass(siren, &p, &s->seen[k], to, v);
    if (turns_beside(&s->seen[k], turn, &p))
      let_first(s, siren, &s->seen[k]);
  }
  for (int k = 0; k < late_count; k++)
    halt_others(w, &p, &late[k], to);
  if (blocks < count) {
    siren->blocker = s->seen[blocks].vehicle;
    // Of two who meet the one that is in its own lane leaves the other the room to get back.
    double swing = !s->seen[blocks].facing ? (v > 2 ? SWING_M : 0)
                   : !siren->out           ? WAIT_FACING_M
                                           : SWING_FACING_M;
    siren->blocker_gap_m = s->seen[blocks].ahead_m - swing;
  }
  s->aside_to_m[i] = to;
}
