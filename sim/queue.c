// SPDX-License-Identifier: Apache-2.0
// Who is in which lane, front-most first, and who is ahead of whom.
#include "sim/state.h"

#include <math.h>

// How much of a lane change is done when a body has left its old lane: long ones stand askew.
static const double OVER = 0.75, LONG_OVER = 0.95;

static const double LEEWAY_M = 0.05; // beyond a lane's border

// Whether all of a vehicle is within its lane.
static bool is_within(const sim_world *w, int i) {
  sim_box box[2];
  double s[2];
  int count = sim_vehicle_boxes(w, i, box), own = sim_lane_of(w, i);
  if (sim_tractor_lane(w, i, &s[0]) != own ||
      (count > 1 && sim_trailer_lane(w, sim_trailer_of(w, i), &s[1]) != own))
    return false;
  for (int k = 0; k < count; k++) {
    sim_track_node p = sim_track_smooth(&w->lanes.tracks[own - 1], s[k]);
    double left = (box[k].y_m - p.y_m) * p.tx - (box[k].x_m - p.x_m) * p.ty;
    if (fabs(left) + sim_box_reach(&box[k], -p.ty, p.tx) > sim_lane(w, own)->width_m / 2 + LEEWAY_M)
      return false;
  }
  return true;
}

// The lane beside its own that a changing vehicle hasn't left yet, 0 none. A long one that has come
// to a stand doesn't get on with its change: if it has got over, it is over.
static int lane_left_behind(const sim_world *w, int i) {
  double from = w->cars.change_from_m[i], done = w->cars.change_done[i];
  if (done > (w->cars.length_m[i] > SIM_LONG_M ? LONG_OVER : OVER))
    return 0;
  if (done > OVER && w->cars.v_mps[i] < SIM_WAITS_MPS && is_within(w, i))
    return 0;
  const lane_path *lane = sim_lane(w, sim_route(w, i)[0]);
  // It came from the side that it is still offset to.
  int side = from > 0 ? 1 : -1;
  return w->cars.user[i] == LANE_FOR_BICYCLES
             ? sim_lane_before_change(&w->lanes, w->net, lane, side)
             : (side > 0 ? lane->left : lane->right);
}

static inline int lane_half_left(const sim_world *w, int i) {
  return w->cars.change_from_m[i] == 0 ? 0 : lane_left_behind(w, i);
}

// The other lane that it is in, too: that, or the one whose border a filtering rider is on.
static inline int lane_also_in(const sim_world *w, int i) {
  bool filters = w->sideways && w->cars.aside[i] >= ASIDE_FILTERS;
  return filters ? sim_aside_lane(w, i) : lane_half_left(w, i);
}

static void put(sim_world *w, int *fill, int lane, int vehicle, double s_m, bool own) {
  double length_m = w->cars.length_m[vehicle];
  sim_entry *queue = w->queue + w->queue_first[lane - 1];
  int at = fill[lane - 1]++;
  for (; at > 0 && queue[at - 1].s_m < s_m; at--)
    queue[at] = queue[at - 1];
  queue[at] = (sim_entry){s_m, length_m, vehicle, own};
}

void sim_queues_build(sim_world *w) {
  const sim_vehicles *cars = &w->cars;
  int lanes = w->net->path_count;
  int *first = w->queue_first;
  for (int i = 0; i <= lanes; i++)
    first[i] = 0;
  int *load = w->bundle_load;
  for (int k = 0; k < w->lanes.bundle_count; k++)
    load[k] = 0;
  // Few are in two lanes: the second pass over all asks for nothing that the first has found.
  int also_count = 0;
  for (int i = 0; i < cars->count; i++) {
    int own = w->queue_lane[i] = cars->gone[i] ? 0 : sim_lane_of(w, i);
    if (!own)
      continue;
    first[own]++;
    int other = lane_also_in(w, i);
    if (other) {
      first[other]++;
      w->also[also_count++] = (sim_also){i, other};
    }
  }
  for (int i = 0; i < lanes; i++) {
    load[w->lanes.bundle[i]] += first[i + 1];
    first[i + 1] += first[i];
  }
  // claim_head is renewed after this and has one slot a lane: borrow it as fill count.
  int *fill = w->claim_head;
  for (int i = 0; i < lanes; i++)
    fill[i] = 0;
  for (int i = 0, a = 0; i < cars->count; i++) {
    int own = w->queue_lane[i];
    if (!own)
      continue;
    put(w, fill, own, i, cars->s_m[i], true);
    if (a < also_count && w->also[a].vehicle == i) {
      int other = w->also[a++].lane;
      put(w, fill, other, i,
          cars->s_m[i] * sim_lane(w, other)->length_m / sim_lane(w, own)->length_m, false);
    }
  }
  for (int q = 0; q < first[lanes]; q++)
    if (w->queue[q].own)
      w->queue_place[w->queue[q].vehicle] = q;
}

void sim_queue_around(const sim_world *w, int lane, double s_m, int self, int *ahead, int *behind) {
  *ahead = *behind = -1;
  for (int q = w->queue_first[lane - 1]; q < w->queue_first[lane]; q++) {
    if (w->queue[q].vehicle == self)
      continue;
    if (w->queue[q].s_m >= s_m) {
      *ahead = q;
    } else {
      *behind = q;
      return;
    }
  }
}

static void nearer(sim_leader *best, int vehicle, double gap_m) {
  if (gap_m < best->gap_m)
    *best = (sim_leader){vehicle, gap_m};
}

// Vehicles on lanes that fork off where `lane` begins, start_m ahead of the own
// front: their tails may still be in the way.
static void look_at_forks(const sim_world *w, int self, int lane, double start_m,
                          double own_front_s_m, sim_leader *best) {
  if (w->bundle_load[w->lanes.bundle[lane - 1]] == w->queue_first[lane] - w->queue_first[lane - 1])
    return;
  for (int f = w->lanes.fork_first[lane - 1]; f < w->lanes.fork_first[lane]; f++) {
    const sim_fork *fork = &w->lanes.forks[f];
    for (int q = w->queue_first[fork->lane - 1]; q < w->queue_first[fork->lane]; q++) {
      int other = w->queue[q].vehicle;
      double tail = w->queue[q].s_m - w->queue[q].length_m / 2;
      bool ahead = w->queue[q].s_m > own_front_s_m - w->cars.length_m[self] / 2 ||
                   (w->queue[q].s_m == own_front_s_m - w->cars.length_m[self] / 2 && other < self);
      bool bulky = w->queue[q].length_m > SIM_LONG_M || w->cars.length_m[self] > SIM_LONG_M;
      if (other != self && tail < fork->apart_m + (bulky ? 3 : 0) && ahead)
        nearer(best, other, start_m + tail);
    }
  }
}

// The gap from the own front, start_m before the lane's begin, to an entry's tail.
static double gap_to(const sim_entry *e, double start_m) {
  return start_m + e->s_m - e->length_m / 2;
}

// The nearest of a lane's queue from entry q on that is in the way, where bodies may be abreast.
static void look_past(const sim_world *w, int self, int lane, int q, double start_m,
                      sim_leader *best) {
  for (; q >= w->queue_first[lane - 1]; q--) {
    double gap = gap_to(&w->queue[q], start_m);
    // A vehicle may meet itself round a short ring; that is no leader.
    if (gap >= best->gap_m || w->queue[q].vehicle == self)
      return;
    bool plain =
        w->cars.aside[self] < ASIDE_PASSES && w->cars.aside[w->queue[q].vehicle] < ASIDE_PASSES;
    if (plain || sim_in_way(w, self, &w->queue[q], gap)) {
      nearer(best, w->queue[q].vehicle, gap);
      return;
    }
  }
}

// The nearest of a lane's queue from entry q on.
static inline void look_along(const sim_world *w, int self, int lane, int q, double start_m,
                              sim_leader *best) {
  if (q < w->queue_first[lane - 1])
    return;
  if (w->sideways)
    look_past(w, self, lane, q, start_m, best);
  else if (w->queue[q].vehicle != self)
    nearer(best, w->queue[q].vehicle, gap_to(&w->queue[q], start_m));
}

// Riders between two lanes look at the other one's queue, too.
static void look_beside(const sim_world *w, int self, sim_leader *best) {
  int other = sim_aside_lane(w, self);
  if (!other)
    return;
  double half = w->cars.length_m[self] / 2, s = w->cars.s_m[self];
  s *= sim_lane(w, other)->length_m / sim_facts(w, sim_lane_of(w, self))->length_m;
  int ahead, behind;
  sim_queue_around(w, other, s, self, &ahead, &behind);
  if (ahead >= 0)
    look_along(w, self, other, ahead, -s - half, best);
}

sim_leader sim_queue_leader(const sim_world *w, int vehicle, double sight_m) {
  const sim_vehicles *cars = &w->cars;
  const int *route = sim_route(w, vehicle);
  double half = cars->length_m[vehicle] / 2, s = cars->s_m[vehicle];
  sim_leader best = {-1, sight_m};
  look_along(w, vehicle, route[0], w->queue_place[vehicle] - 1, -(s + half), &best);
  if (cars->aside[vehicle] == ASIDE_FILTERS)
    look_beside(w, vehicle, &best);
  int leaving = lane_half_left(w, vehicle); // still half there, and behind who is ahead there
  if (leaving) {
    double scale = sim_lane(w, leaving)->length_m / sim_lane(w, route[0])->length_m;
    int ahead, behind;
    sim_queue_around(w, leaving, s * scale, vehicle, &ahead, &behind);
    const lane_path *lane = sim_lane(w, leaving);
    if (ahead >= 0) {
      int other = w->queue[ahead].vehicle;
      nearer(&best, other, w->queue[ahead].s_m / scale - cars->length_m[other] / 2 - s - half);
    }
    for (int k = 0; k < lane->next_count && ahead < 0; k++) {
      int next = w->net->lane_links[lane->next_first + k], last = w->queue_first[next] - 1;
      if (last < w->queue_first[next - 1] || w->queue[last].vehicle == vehicle)
        continue;
      int other = w->queue[last].vehicle;
      double gap = lane->length_m / scale - s - half + w->queue[last].s_m;
      nearer(&best, other, gap - cars->length_m[other] / 2);
    }
  }
  // Beyond that, no tail on another branch is beside it, however long.
  if (s < sim_facts(w, route[0])->fork_m + 3.1 + cars->longest_m / 2)
    look_at_forks(w, vehicle, route[0], -(s + half), s + half, &best);
  double start = sim_facts(w, route[0])->length_m - s - half; // from the front
  for (int k = 1; k < cars->route_count[vehicle] && start < best.gap_m; k++) {
    look_along(w, vehicle, route[k], w->queue_first[route[k]] - 1, start, &best);
    if (sim_facts(w, route[k])->marks & SIM_LANE_FORKS)
      look_at_forks(w, vehicle, route[k], start, -start, &best);
    if (best.vehicle >= 0 && best.gap_m < start)
      break;
    start += sim_facts(w, route[k])->length_m;
  }
  return best;
}
