// SPDX-License-Identifier: Apache-2.0
// Lane changes by MOBIL (Kesting, Treiber, Helbing 2007): change when it gains more
// acceleration than it costs others, times politeness, and nobody must brake hard.
#include "base/least.h"
#include "sim/idm.h"
#include "sim/state.h"
#include "sim/style.h"

#include <math.h>

// To the side that overtakes, and back to the one that traffic keeps to.
static const double GAIN_OVER_MPS2 = 0.3, GAIN_BACK_MPS2 = 0.1;
static const double CHANGE_S = 3.2; // a change at speed
static const double SETTLE_S = 8;   // between two changes
static const double ROOM_M = 60;    // that both lanes go on beside each other
static const double SIGHT_M = 250;  // ahead and behind
// What those who have to change do: sooner again after the last change, into smaller gaps, and
// the harder braking of another, the more it hurries.
static const double MUST_SETTLE_S = 2.5, MUST_SAFE_MPS2 = -3.5;
static const double ENDS_M = 600; // nobody changes without need to a lane that ends within that

static double brisk_mps(const sim_world *w, int i) {
  return most_of(4, 1.1 * w->cars.length_m[i]);
}

double sim_change_time(const sim_world *w, int i) {
  double told = sim_scripted_change_time(w, i);
  if (told > 0)
    return told;
  // Slow and long vehicles take more time: at a slant, a bus's front would be in the lane
  // beyond. Who stands doesn't get on at all.
  return CHANGE_S * most_of(1, brisk_mps(w, i) / most_of(1e-3, w->cars.v_mps[i]));
}

double sim_change_least_way(const sim_world *w, int i) {
  return CHANGE_S * brisk_mps(w, i);
}

double sim_change_way(const sim_world *w, int i) {
  return most_of(1e-3, w->cars.v_mps[i]) * sim_change_time(w, i);
}

// Acceleration of `follower` behind `leader` (either -1: none) at that bumper gap.
static double follows(const sim_world *w, int follower, int leader, double gap_m) {
  const sim_vehicles *cars = &w->cars;
  if (follower < 0)
    return 0;
  const driver_params *mood = &cars->mood[follower];
  const lane_path *lane = sim_lane(w, sim_route(w, follower)[0]);
  double v = cars->v_mps[follower];
  double v0 =
      least_of(w->conditions.sight_speed_mps, lane->speed_limit_mps * w->conditions.speed_factor *
                                                  cars->driver[follower].speed_factor);
  double a = sim_idm_free(mood, v, most_of(0.5, v0));
  if (leader >= 0)
    a -= sim_interaction(w, follower, v - cars->v_mps[leader], gap_m);
  return a;
}

typedef struct slot {
  int ahead, behind; // vehicles, -1 none
  double gap_ahead_m, gap_behind_m;
} slot;

// The last vehicle on the lanes that one goes on in, from `start_m` ahead on.
static void look_ahead(const sim_world *w, int i, const lane_path *path, double start_m,
                       slot *found) {
  const sim_vehicles *cars = &w->cars;
  double half = cars->length_m[i] / 2;
  while (start_m < SIGHT_M) {
    const lane_path *only = NULL;
    for (int k = 0; k < path->next_count; k++) {
      int next = w->net->lane_links[path->next_first + k], last = w->queue_first[next] - 1;
      only = sim_lane(w, next);
      if (last < w->queue_first[next - 1])
        continue;
      int other = w->queue[last].vehicle;
      double gap = start_m + w->queue[last].s_m - half - cars->length_m[other] / 2;
      if (other != i && gap < found->gap_ahead_m)
        found->ahead = other, found->gap_ahead_m = gap;
    }
    if (path->next_count != 1 || found->ahead >= 0 || only == path)
      return;
    start_m += most_of(1, only->length_m);
    path = only;
  }
}

// The first one on the lanes before, `start_m` behind and more.
static void look_behind(const sim_world *w, int i, const lane_path *path, double start_m,
                        slot *found) {
  const sim_vehicles *cars = &w->cars;
  double half = cars->length_m[i] / 2;
  while (start_m < SIGHT_M) {
    const lane_path *only = NULL;
    for (int k = 0; k < path->previous_count; k++) {
      int from = w->net->lane_links[path->previous_first + k];
      only = sim_lane(w, from);
      if (w->queue_first[from] == w->queue_first[from - 1])
        continue;
      const sim_entry *head = &w->queue[w->queue_first[from - 1]];
      double gap = only->length_m - head->s_m + start_m - half - cars->length_m[head->vehicle] / 2;
      if (head->vehicle != i && gap < found->gap_behind_m)
        found->behind = head->vehicle, found->gap_behind_m = gap;
    }
    if (path->previous_count != 1 || found->behind >= 0 || only == path)
      return;
    start_m += most_of(1, only->length_m);
    path = only;
  }
}

static slot slot_at(const sim_world *w, int i, int lane, double s_m) {
  const sim_vehicles *cars = &w->cars;
  slot found = {-1, -1, INFINITY, INFINITY};
  int ahead, behind;
  double half = cars->length_m[i] / 2;
  sim_queue_around(w, lane, s_m, i, &ahead, &behind);
  const lane_path *path = sim_lane(w, lane);
  if (ahead >= 0) {
    found.ahead = w->queue[ahead].vehicle;
    found.gap_ahead_m = w->queue[ahead].s_m - s_m - half - cars->length_m[found.ahead] / 2;
  } else {
    look_ahead(w, i, path, path->length_m - s_m, &found);
  }
  if (behind >= 0) {
    found.behind = w->queue[behind].vehicle;
    found.gap_behind_m = s_m - w->queue[behind].s_m - half - cars->length_m[found.behind] / 2;
  } else {
    look_behind(w, i, path, s_m, &found);
  }
  return found;
}

// MOBIL's gain from moving to `target`; -INFINITY when it isn't safe. Who has to move there asks
// for less safety the more it hurries.
static double gain(const sim_world *w, int i, int target, bool has_to) {
  const lane_path *lane = sim_lane(w, sim_route(w, i)[0]), *to = sim_lane(w, target);
  double s = w->cars.s_m[i];
  slot here = slot_at(w, i, lane->id, s);
  slot there = slot_at(w, i, target, s * to->length_m / lane->length_m);
  double least = has_to ? SIM_MUST_GAP_M : 2;
  const sim_style *style = sim_style_of(w->cars.style[i]);
  double safe = style->safe_mps2;
  if (has_to)
    safe += sim_merge_urgency(w, i) * least_of(0, MUST_SAFE_MPS2 - safe);
  if (there.gap_ahead_m < least || there.gap_behind_m < least)
    return -INFINITY;
  // Out of this lane before the one ahead is reached.
  if (here.ahead >= 0) {
    double closing = w->cars.v_mps[i] - w->cars.v_mps[here.ahead];
    if (here.gap_ahead_m < 1 + 0.8 * closing * sim_change_time(w, i))
      return -INFINITY;
  }
  double own = follows(w, i, there.ahead, there.gap_ahead_m);
  double new_follower = follows(w, there.behind, i, there.gap_behind_m);
  // Who stands needn't brake, however near the model would have it.
  bool waits = has_to && there.behind >= 0 && w->cars.v_mps[there.behind] < SIM_WAITS_MPS;
  if ((new_follower < safe && !waits) || own < safe)
    return -INFINITY;
  double length = w->cars.length_m[i];
  double others =
      new_follower -
      follows(w, there.behind, there.ahead, there.gap_behind_m + length + there.gap_ahead_m) +
      follows(w, here.behind, here.ahead, here.gap_behind_m + length + here.gap_ahead_m) -
      follows(w, here.behind, i, here.gap_behind_m);
  return own - follows(w, i, here.ahead, here.gap_ahead_m) + style->politeness * others;
}

bool sim_change_may(const sim_world *w, int i, int target) {
  double front = w->cars.s_m[i] + w->cars.length_m[i] / 2;
  return sim_trailer_of(w, i) < 0 ||
         (w->trailers.wide[target - 1] && front < sim_facts(w, sim_lane_of(w, i))->length_m);
}

void sim_change_begin(sim_world *w, int i, int target) {
  sim_vehicles *cars = &w->cars;
  const lane_path *lane = sim_lane(w, sim_route(w, i)[0]), *to = sim_lane(w, target);
  int n = sim_trailer_of(w, i);
  double lead = n < 0 ? 0 : w->trailers.lead_m[n];
  double s = (cars->s_m[i] + lead) * to->length_m / lane->length_m;
  // Put s where the body projects, so that nothing jumps.
  const sim_body *body = &cars->body[i];
  for (int k = 0; k < 2; k++) {
    road_point p = lane_point(w->net, to, s);
    s += (body->x_m - p.x_m) * cos(p.heading_rad) + (body->y_m - p.y_m) * sin(p.heading_rad);
  }
  s = least_of(to->length_m, most_of(lead, s));
  road_point p = lane_point(w->net, to, s);
  cars->s_m[i] = s - lead;
  cars->change_from_m[i] = (body->y_m - p.y_m) * cos(p.heading_rad) -
                           (body->x_m - p.x_m) * sin(p.heading_rad) - cars->shift_m[i];
  cars->change_done[i] = 0;
  cars->changed_s[i] = 0;
  cars->straight_on[i] = 0;
  sim_route(w, i)[0] = target;
  cars->route_count[i] = 1;
  cars->want_lane[i] = 0;
  cars->want_claim[i] = CLAIM_NONE;
  if (cars->must_side[i]) // known until the next step
    w->lane_asks[target - 1] = w->any_asks = true;
  sim_route_extend(w, i);
}

static double room_beside(const sim_world *w, int lane, int side) {
  return (side > 0 ? w->lanes.room_left_m : w->lanes.room_right_m)[lane - 1];
}

static int beside(const sim_world *w, const lane_path *lane, int side) {
  return sim_lane_beside(&w->lanes, w->net, lane, side);
}

// Whether the lanes before this one and before the one beside it lie side by side, too, for so far.
static bool side_by_side_before(const sim_world *w, const lane_path *lane, int side, double far_m) {
  int target = beside(w, lane, side);
  if (lane->previous_count != 1 || !target)
    return false;
  const lane_path *before = sim_lane(w, w->net->lane_links[lane->previous_first]);
  int other = beside(w, before, side);
  const lane_path *to = sim_lane(w, target);
  return other && before->length_m > far_m && to->previous_count == 1 &&
         w->net->lane_links[to->previous_first] == other;
}

static bool may_think(const sim_world *w, int i) {
  const sim_vehicles *cars = &w->cars;
  const lane_path *lane = sim_lane(w, sim_route(w, i)[0]);
  double behind = cars->length_m[i] / 2 - cars->s_m[i]; // of its tail in the lane before
  // Who stands where its lane ends has no other way than out of it, near tight bends, too.
  bool has_to = cars->must_side[i], stuck = sim_merge_waits(w, i);
  return !cars->gone[i] && !sim_scripted_keeps_lane(w, i) && !sim_service_keeps_lane(w, i) &&
         !lane->junction && !lane->opens &&
         (lane->left || lane->right || (has_to && lane->users == LANE_FOR_BICYCLES)) &&
         cars->change_from_m[i] == 0 && cars->aside[i] <= ASIDE_RIDES &&
         cars->changed_s[i] > (has_to ? MUST_SETTLE_S : SETTLE_S) &&
         (cars->v_mps[i] > 4 || has_to) && !cars->hold_lane[i] &&
         (stuck || !sim_narrow_near(w, i, 40)) &&
         (behind < 0 || (stuck && side_by_side_before(w, lane, cars->must_side[i], behind)));
}

// Whether the lane on that side is there for as long as a change takes, and wide enough.
static bool has_room(const sim_world *w, int i, int target, int side, bool has_to) {
  const sim_vehicles *cars = &w->cars;
  const lane_path *lane = sim_lane(w, sim_route(w, i)[0]);
  double half = cars->length_m[i] / 2, s = cars->s_m[i];
  double on_way = 0.8 * most_of(1, cars->v_mps[i]) * least_of(10, sim_change_time(w, i));
  bool ends = w->lanes.end_m[lane->id - 1] < INFINITY;
  double left = room_beside(w, lane->id, side) - s - half;
  // Where works close the lane one is out of it before they do: cones stand there.
  double works = w->lanes.works_m[lane->id - 1] - s;
  double taper = SIM_TAPER_SHARE * w->lanes.taper_m[lane->id - 1];
  if (has_to && sim_merge_hold(w, i) > 0 && works < most_of(sim_change_way(w, i), taper))
    return false;
  // Out of a lane that ends one gets wherever one is.
  return most_of(0, s - half) >= w->lanes.open_m[target - 1] &&
         (has_to && ends ? left > 0
          : has_to       ? left > on_way
                         : left > most_of(ROOM_M, on_way));
}

// Whether a lane on the way to an exit, or past what stands, ends before it: who is on one that
// goes on would only have to come back.
static bool ends_before_exit(const sim_world *w, int i, int target) {
  const sim_vehicles *cars = &w->cars;
  double lasts = w->lanes.end_m[target - 1] - cars->s_m[i] - cars->length_m[i] / 2;
  return isinf(w->lanes.end_m[sim_lane_of(w, i) - 1]) && lasts < cars->must_m[i];
}

// Lanes that a driver keeps off without need: those that end, are blocked or lead off, and any
// other while it is, or has to get, where it wants to go off.
static bool keeps_off(const sim_world *w, int i, int target, int side) {
  const lane_path *lane = sim_lane(w, sim_route(w, i)[0]);
  const sim_exit *exit = &w->lanes.exits[lane->id - 1], *other = &w->lanes.exits[target - 1];
  double reach = w->lanes.reach_m[lane->id - 1];
  if (w->cars.must_side[i])
    return side != w->cars.must_side[i] || ends_before_exit(w, i, target);
  if (w->lanes.end_m[target - 1] - w->cars.s_m[i] < ENDS_M || sim_merge_sees_blocked(w, i, target))
    return true;
  if (exit->ramp && sim_wants_ramp(w, i, exit->ramp))
    return exit->side ? exit->side != side && exit->last_m - w->cars.s_m[i] < 2 * ENDS_M
                      : exit->last_m - w->cars.s_m[i] < 2 * ENDS_M;
  if (other->ramp && !other->side && !sim_wants_ramp(w, i, other->ramp))
    return true;
  return w->lanes.reach_m[target - 1] < least_of(reach, 1000);
}

static double wish(const sim_world *w, int i, int side, double threshold) {
  const lane_path *lane = sim_lane(w, sim_route(w, i)[0]);
  int target = beside(w, lane, side);
  bool has_to = w->cars.must_side[i] == side;
  // A lane that swings out of another is entered from where it begins, not from beside it.
  if (!target || !(sim_lane(w, target)->users & w->cars.user[i]) || sim_lane(w, target)->opens ||
      !sim_change_may(w, i, target) || keeps_off(w, i, target, side) ||
      !has_room(w, i, target, side, has_to))
    return -INFINITY;
  double by = gain(w, i, target, has_to);
  if (has_to) // any gap will do
    return by > -INFINITY ? 1 : by;
  return by - threshold * sim_style_of(w->cars.style[i])->gain;
}

// The side that a driver would change to now, 0 none.
static int think(const sim_world *w, int i) {
  if (!may_think(w, i))
    return 0;
  int over = w->net->left_hand ? -1 : 1; // the side that overtakes
  double over_gain = wish(w, i, over, GAIN_OVER_MPS2);
  double back_gain = wish(w, i, -over, GAIN_BACK_MPS2);
  if (most_of(over_gain, back_gain) <= 0)
    return 0;
  return over_gain >= back_gain ? over : -over;
}

// Each driver thinks twice a second, in turn: numbers first, first + turns, …
static int turns_of(const sim_world *w, int *first) {
  int turns = (int)most_of(1, 0.5 / w->step_s + 0.5);
  *first = (turns - (int)(w->steps % (uint64_t)turns)) % turns;
  return turns;
}

static void think_some(sim_world *w, int begin, int end) {
  int first, turns = turns_of(w, &first);
  for (int k = begin; k < end; k++)
    w->cars.wish[first + k * turns] = (int8_t)think(w, first + k * turns);
}

void sim_changes_decide(sim_world *w) {
  int first, turns = turns_of(w, &first);
  uint32_t now = (uint32_t)w->steps + 1;
  bool any = false;
  int thinkers = w->cars.count > first ? (w->cars.count - first - 1) / turns + 1 : 0;
  sim_share_out(w, thinkers, think_some);
  // All have thought of the queues as they were. Where one has changed to a lane, what others
  // thought of it no longer holds: they think again in their next turn.
  for (int i = first; i < w->cars.count; i += turns) {
    if (!w->cars.wish[i])
      continue;
    const lane_path *lane = sim_lane(w, sim_lane_of(w, i));
    int target = beside(w, lane, w->cars.wish[i]);
    if (w->changed_at[target - 1] == now || w->changed_at[lane->id - 1] == now)
      continue;
    w->changed_at[target - 1] = now;
    sim_change_begin(w, i, target);
    any = true;
  }
  if (any)
    sim_queues_build(w);
}
