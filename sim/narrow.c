// SPDX-License-Identifier: Apache-2.0
// Long vehicles in tight bends: they keep away from the middle, and where two would meet
// there, one waits before the bend.
#include <math.h>

#include "base/least.h"
#include "sim/idm.h"
#include "sim/state.h"

static const double WIDE_M = 4.25, STOP_SHORT_M = 1;
static const double QUEUED_M = 2; // between those who stand behind each other

double sim_narrow_shift(const sim_world *w, int i) {
  const sim_vehicles *cars = &w->cars;
  const lane_path *lane = sim_lane(w, sim_route(w, i)[0]);
  double length = cars->length_m[i], s = cars->s_m[i];
  if (sim_bulk_of(w, lane->id, length) == BULK_CAR || lane->junction ||
      s < w->lanes.tight_begin_m[lane->id - 1] - 4 || s > w->lanes.tight_end_m[lane->id - 1] + 4)
    return 0;
  const sim_track *track = &w->lanes.tracks[lane->id - 1];
  double from = most_of(0, s - 3), to = least_of(lane->length_m, s + 3);
  sim_track_node p = sim_track_plain(track, from), q = sim_track_plain(track, to);
  double bend = (p.tx * q.ty - p.ty * q.tx) / most_of(1, to - from);
  if (sim_trailer_of(w, i) >= 0)
    return sim_trailer_shift(w, i, lane, bend);
  // The front's outer corner leaves the lane by about front^2 / 2R: half of that to the
  // inside of bends towards the kerb. In others the inside is the middle of the road: a
  // little to the outside, which is towards the kerb again.
  double front = cars->axle_m[i] + length / 2;
  double swing = front * front * fabs(bend) / 2, kerb = w->net->left_hand ? 1 : -1;
  return kerb * (bend * kerb > 0 ? least_of(0.75, 0.45 * swing) : least_of(0.25, 0.15 * swing));
}

bool sim_narrow_near(const sim_world *w, int i, double before_m) {
  int lane = sim_route(w, i)[0];
  double half = w->cars.length_m[i] / 2, s = w->cars.s_m[i];
  return s + half > w->lanes.tight_begin_m[lane - 1] - before_m &&
         s - half < w->lanes.tight_end_m[lane - 1];
}

double sim_narrow_fall_back(const sim_world *w, int i, double a_mps2, double a_free) {
  const sim_vehicles *cars = &w->cars;
  const lane_path *lane = sim_lane(w, sim_lane_of(w, i));
  const int sides[3] = {lane->left, lane->right, w->lanes.bikes_beside[lane->id - 1]};
  // Lanes of a roundabout are wide enough for two abreast.
  if (lane->width_m > WIDE_M || !sim_narrow_near(w, i, 30))
    return a_mps2;
  for (int k = 0; k < 3; k++) {
    if (!sides[k])
      continue;
    double scale = sim_lane(w, sides[k])->length_m / lane->length_m;
    int ahead, behind;
    sim_queue_around(w, sides[k], cars->s_m[i] * scale, i, &ahead, &behind);
    if (ahead < 0)
      continue;
    int other = w->queue[ahead].vehicle;
    if (cars->length_m[i] <= SIM_LONG_M && cars->length_m[other] <= SIM_LONG_M)
      continue;
    double gap = w->queue[ahead].s_m / scale - cars->s_m[i] -
                 (cars->length_m[i] + cars->length_m[other]) / 2;
    double v = cars->v_mps[i];
    double a = a_free - sim_interaction(w, i, v - cars->v_mps[other], gap);
    // Being abreast already is no emergency before the bend: ease off.
    a_mps2 = least_of(a_mps2, gap < 0.5 ? most_of(a, -cars->mood[i].decel_mps2) : a);
  }
  return a_mps2;
}

static double softly(const sim_world *w, int i) {
  return least_of(1.5, w->cars.mood[i].decel_mps2);
}

static double stopping(const sim_world *w, int i) {
  double v = w->cars.v_mps[i];
  return v * v / (2 * softly(w, i));
}

// The acceleration that waiting before a bend leaves. IDM brakes late: then it couldn't stop softly
// any more, and would go first after all.
static double wait_before(const sim_world *w, int i, double a_free, double distance_m) {
  double v = w->cars.v_mps[i], needed = v * v / (2 * most_of(0.05, distance_m - STOP_SHORT_M));
  double a = sim_stop_at(w, i, a_free, distance_m, STOP_SHORT_M);
  return needed > 0.7 * softly(w, i) ? least_of(a, -needed) : a;
}

// What those ahead of vehicle i on a lane take up once they stand behind each other.
static double queue_of(const sim_world *w, int i, int lane) {
  int end = sim_lane_of(w, i) == lane ? w->queue_place[i] : w->queue_first[lane];
  double length = 0;
  for (int q = w->queue_first[lane - 1]; q < end; q++)
    length += w->queue[q].length_m + QUEUED_M;
  return length;
}

// Whether somebody long comes along a lane and hasn't left its bend.
static bool long_comes(const sim_world *w, int lane) {
  for (int q = w->queue_first[lane - 1]; q < w->queue_first[lane]; q++)
    if (w->queue[q].length_m > SIM_LONG_M &&
        w->queue[q].s_m - w->queue[q].length_m / 2 < w->lanes.tight_end_m[lane - 1] + 1)
      return true;
  return false;
}

// Whether those ahead, coming to rest, leave no room for the own body beyond the end of a lane's
// bend, end_m from the front: the next one where it is, or all of them before the lane's line.
static bool would_stand_in(const sim_world *w, int i, int lane, double end_m, double sight_m) {
  double need = w->cars.length_m[i] + QUEUED_M, queue = queue_of(w, i, lane);
  if (queue > 0 && long_comes(w, w->lanes.facing[lane - 1]) &&
      sim_facts(w, lane)->stop_m - w->lanes.tight_end_m[lane - 1] < queue + need)
    return true;
  sim_leader leader = sim_queue_leader(w, i, sight_m);
  if (leader.vehicle < 0)
    return false;
  double v = w->cars.v_mps[leader.vehicle];
  return leader.gap_m + v * v / 4 + v < end_m + need;
}

// A long vehicle on the facing lane that is in the bend, can't stop before it any more, or comes to
// it, means to go on and has the lower number, which decides between two that could both stop.
static bool taken(const sim_world *w, int i, int facing, double sight_m) {
  const sim_vehicles *cars = &w->cars;
  double begin = w->lanes.tight_begin_m[facing - 1], end = w->lanes.tight_end_m[facing - 1];
  for (int q = w->queue_first[facing - 1]; q < w->queue_first[facing]; q++) {
    int other = w->queue[q].vehicle;
    double half = cars->length_m[other] / 2, front = w->queue[q].s_m + half;
    if (cars->length_m[other] <= SIM_LONG_M || front - 2 * half > end + 1)
      continue;
    double to_bend = begin - front, need = stopping(w, other);
    if (to_bend < need || (other < i && to_bend < 1.5 * need + 5 &&
                           !would_stand_in(w, other, facing, end - front, sight_m)))
      return true;
  }
  return false;
}

double sim_narrow_give_way(const sim_world *w, int i, double a_mps2, double a_free,
                           double sight_m) {
  const sim_vehicles *cars = &w->cars;
  const int *route = sim_route(w, i);
  double start = -(cars->s_m[i] + cars->length_m[i] / 2);
  for (int k = 0; k < cars->route_count[i] && start < sight_m; k++) {
    int lane = route[k], facing = w->lanes.facing[lane - 1];
    double distance = start + w->lanes.tight_begin_m[lane - 1];
    double end = start + w->lanes.tight_end_m[lane - 1];
    start += sim_lane(w, lane)->length_m;
    bool bends = w->lanes.tight_begin_m[lane - 1] < w->lanes.tight_end_m[lane - 1];
    if (!facing || !bends || distance < 0 || distance > sight_m)
      continue;
    // Who can't stop any more goes first; the other sees that and waits. And nobody long stands in
    // the bend: two queues would each wait for the one in the other.
    if (distance > stopping(w, i) &&
        (taken(w, i, facing, sight_m) || would_stand_in(w, i, lane, end, sight_m)))
      a_mps2 = least_of(a_mps2, wait_before(w, i, a_free, distance));
  }
  return a_mps2;
}
