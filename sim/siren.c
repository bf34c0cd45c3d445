// SPDX-License-Identifier: Apache-2.0
// Sirens: who hears one slows down, keeps to the side and stays out of junctions ahead of it until
// it has passed. What one vehicle keeps aside is a part of shift_m that dies out again.
#include "sim/service.h"

#include <math.h>

#include "base/hash.h"
#include "base/least.h"
#include "sim/idm.h"
#include "sim/state.h"

static const double SLOW_MPS = 6, SLOW_SHARE = 0.5;  // in streets; of the limit on fast roads
static const double FAST_MPS = 17;                   // roads with a limit above that
static const double SIDE_MPS = 1.4;                  // how fast bodies move sideways, and
static const double SLOPE_LO = 0.06, SLOPE_HI = 0.3; // how slanted at high and at low speed
static const double CHECK_MPS = 5, CHECK_MPS2 = 2;   // across a line whose light is red
static const double NEAR_M = 14;                     // of a junction
static const double PATIENCE_S = 8;                  // stood for so long, it bars nobody's way
static const double FLASH_HZ = 2;

bool sim_sirens_create(sim_world *w) {
  const scene *s = w->scene;
  int n = s->vehicle_count, count = 0;
  for (int i = 0; i < n; i++)
    count += thing_has_siren(s->vehicles[i].kind);
  if (count == 0)
    return true;
  sim_sirens *p = ARENA_NEW(w->memory, sim_sirens, 1);
  if (!p)
    return false;
  p->all = ARENA_NEW(w->memory, sim_siren, count);
  p->seen = ARENA_NEW(w->memory, sim_siren_seen, SIREN_SEEN);
  p->number = ARENA_NEW(w->memory, int, n);
  p->yields_s = ARENA_NEW(w->memory, double, n);
  p->aside_m = ARENA_NEW(w->memory, double, n);
  p->aside_to_m = ARENA_NEW(w->memory, double, n);
  p->halt_m = ARENA_NEW(w->memory, double, n);
  if (!p->all || !p->seen || !p->number || !p->yields_s || !p->aside_m || !p->aside_to_m ||
      !p->halt_m)
    return false;
  for (int i = 0; i < n; i++) {
    p->halt_m[i] = INFINITY;
    if (!thing_has_siren(s->vehicles[i].kind))
      continue;
    p->all[p->count++] = (sim_siren){.vehicle = i, .on = true, .blocker = -1, .pass_mps = INFINITY};
    p->number[i] = p->count;
  }
  w->sirens = p;
  return true;
}

void sim_siren_set(sim_world *w, int i, bool on) {
  if (w->sirens && w->sirens->number[i])
    w->sirens->all[w->sirens->number[i] - 1].on = on;
}

bool sim_siren_on(const sim_world *w, int i) {
  int number = w->sirens->number[i];
  return number && w->sirens->all[number - 1].on && !w->cars.gone[i];
}

bool sim_service_keeps_lane(const sim_world *w, int i) {
  if (w->buses && w->buses->serves[i])
    return true;
  return w->sirens && (w->sirens->yields_s[i] > 0 || fabs(w->sirens->aside_m[i]) > 0.2 ||
                       w->sirens->aside_to_m[i] != 0);
}

bool sim_service_steers(const sim_world *w, int i) {
  return sim_service_keeps_lane(w, i) || (w->sirens && sim_siren_on(w, i));
}

// Hearing -------------------------------------------------------------------------

static void note_junctions(const sim_world *w, sim_siren *siren) {
  int i = siren->vehicle, count = 0;
  double start = -w->cars.s_m[i];
  for (int k = 0; k < SIREN_BARS; k++)
    siren->bars[k] = 0;
  for (int k = 0; k < w->cars.route_count[i] && start < SIREN_AHEAD_M; k++) {
    const lane_path *lane = sim_lane(w, sim_route(w, i)[k]);
    if (lane->junction && count < SIREN_BARS)
      siren->bars[count++] = lane->junction;
    start += lane->length_m;
  }
}

void sim_sirens_hear(sim_world *w) {
  sim_sirens *p = w->sirens;
  for (int i = 0; i < w->cars.count; i++) {
    p->halt_m[i] = INFINITY;
    p->yields_s[i] = most_of(0, p->yields_s[i] - w->step_s);
    if (p->yields_s[i] == 0 && !p->number[i])
      p->aside_to_m[i] = 0;
  }
  for (int k = 0; k < p->count; k++) {
    sim_siren *siren = &p->all[k];
    int i = siren->vehicle;
    siren->blocker = -1;
    siren->pass_mps = INFINITY;
    p->aside_to_m[i] = 0;
    if (!sim_siren_on(w, i)) {
      for (int bar = 0; bar < SIREN_BARS; bar++)
        siren->bars[bar] = 0;
      siren->blocked_s = 0;
      continue;
    }
    double more = w->cars.v_mps[i] < 0.5 ? w->step_s : -w->step_s;
    siren->blocked_s = least_of(2 * PATIENCE_S, most_of(0, siren->blocked_s + more));
    note_junctions(w, siren);
    sim_siren_plan(w, siren);
  }
}

// Where one gets no farther, those around it go by the usual rules again; while it is out of its
// lane only those ahead of it there, so that it finds room to come back.
bool sim_siren_bars(const sim_world *w, int i, int junction) {
  const sim_sirens *p = w->sirens;
  if (sim_siren_on(w, i))
    return false;
  for (int k = 0; k < p->count; k++) {
    const sim_siren *siren = &p->all[k];
    bool stuck = siren->blocked_s >= PATIENCE_S;
    if (stuck && (!siren->out || sim_lane_of(w, i) == sim_lane_of(w, siren->vehicle)))
      continue;
    for (int bar = 0; bar < SIREN_BARS; bar++)
      if (siren->bars[bar] == junction)
        return true;
  }
  return false;
}

// Driving -------------------------------------------------------------------------

double sim_siren_slow(const sim_world *w, int i, double v0) {
  if (w->sirens->yields_s[i] <= 0)
    return v0;
  double limit = sim_facts(w, sim_lane_of(w, i))->speed_limit_mps;
  return least_of(v0, limit > FAST_MPS ? SLOW_SHARE * limit : SLOW_MPS);
}

// The one ahead of `other` in its lane, from vehicle i's front.
static sim_leader beyond(const sim_world *w, int i, int other, double gap_m) {
  const sim_vehicles *cars = &w->cars;
  int lane = sim_lane_of(w, other), place = w->queue_place[other];
  if (place <= w->queue_first[lane - 1])
    return (sim_leader){-1, INFINITY};
  const sim_entry *next = &w->queue[place - 1];
  double way =
      next->s_m - cars->s_m[other] + (cars->length_m[other] - cars->length_m[next->vehicle]) / 2;
  return next->vehicle == i ? (sim_leader){-1, INFINITY} : (sim_leader){next->vehicle, gap_m + way};
}

sim_leader sim_siren_leader(const sim_world *w, int i, sim_leader leader) {
  const sim_sirens *p = w->sirens;
  if (sim_siren_on(w, i)) {
    const sim_siren *own = &p->all[p->number[i] - 1];
    return (sim_leader){own->blocker, own->blocker_gap_m};
  }
  if (leader.vehicle < 0 || !sim_siren_on(w, leader.vehicle))
    return leader;
  // One that passes beside is not in the way; and beside a long body that it passes the tail of
  // that one may be nearer than its own.
  double apart = fabs(w->cars.shift_m[leader.vehicle] - w->cars.shift_m[i]);
  bool beside =
      leader.gap_m <= 1 && apart >= (w->cars.width_m[leader.vehicle] + w->cars.width_m[i]) / 2;
  sim_leader next = beyond(w, i, leader.vehicle, leader.gap_m);
  return beside || next.gap_m < leader.gap_m ? next : leader;
}

// Past a red light at a walking horse's pace, having looked.
static double check_light(const sim_world *w, int i, double a) {
  const sim_vehicles *cars = &w->cars;
  const lane_path *lane = sim_lane(w, sim_lane_of(w, i));
  if (!lane->signal || lane->junction)
    return a;
  const road_signal *signal = &w->net->signals[lane->signal - 1];
  signal_color color = sim_color(w, signal->junction, signal->group);
  double line = lane->stop_s_m - cars->s_m[i] - cars->length_m[i] / 2, v = cars->v_mps[i];
  if (color == SIGNAL_GREEN || color == SIGNAL_OFF || line < -1)
    return a;
  double may = sqrt(CHECK_MPS * CHECK_MPS + 2 * CHECK_MPS2 * most_of(0, line));
  return v > may - 0.5 ? least_of(a, (may - v) / 0.5) : a;
}

double sim_siren_drive(const sim_world *w, int i, double a, double a_free) {
  const sim_sirens *p = w->sirens;
  double v = w->cars.v_mps[i];
  if (p->halt_m[i] < INFINITY)
    a = least_of(a, sim_stop_at(w, i, a_free, most_of(0, p->halt_m[i]), 0.5));
  if (!sim_siren_on(w, i))
    return a;
  const sim_siren *own = &p->all[p->number[i] - 1];
  const sim_lane_facts *lane = sim_facts(w, sim_lane_of(w, i));
  double to_end = lane->length_m - w->cars.s_m[i];
  bool crosses = lane->junction || (lane->stop_m < lane->length_m + 1e-6 && to_end < NEAR_M &&
                                    !(lane->marks & SIM_LANE_LAST));
  if (own->out && crosses && v > CHECK_MPS) // back into its lane there
    a = least_of(a, most_of(-3, (CHECK_MPS - v) / 0.5));
  if (v > own->pass_mps)
    a = least_of(a, most_of(-3, (own->pass_mps - v) / 0.8));
  return check_light(w, i, a);
}

double sim_siren_slope(double v_mps) {
  return least_of(SLOPE_HI, most_of(SLOPE_LO, SIDE_MPS / most_of(0.1, v_mps)));
}

double sim_siren_aside(sim_world *w, int i, double way) {
  sim_sirens *p = w->sirens;
  double to = p->aside_to_m[i], off = to - p->aside_m[i];
  if (off == 0)
    return p->aside_m[i];
  // Eased out over the last bit.
  double most = way * least_of(sim_siren_slope(w->cars.v_mps[i]), 0.03 + 0.3 * fabs(off));
  p->aside_m[i] =
      fabs(off) <= most || fabs(off) < 1e-4 ? to : p->aside_m[i] + (off > 0 ? most : -most);
  return p->aside_m[i];
}

// Lamps ---------------------------------------------------------------------------

uint32_t sim_siren_flags(const sim_world *w, int i, int64_t t_ns) {
  if (w->sirens->yields_s[i] > 0)
    return ACTOR_MAKES_WAY;
  int number = w->sirens->number[i];
  if (!number || !w->sirens->all[number - 1].on)
    return 0;
  // Two flashes of the one lamp, then two of the other.
  double cycle = (double)t_ns * 1e-9 * FLASH_HZ + w->cars.blink_phase[i];
  int part = (int)((cycle - floor(cycle)) * 8);
  uint32_t lit = part % 2 == 0 ? (part < 4 ? ACTOR_BLUE_LEFT : ACTOR_BLUE_RIGHT) : 0;
  return ACTOR_SIREN | lit;
}

uint64_t sim_service_hash(const sim_world *w, uint64_t hash) {
  size_t n = (size_t)w->cars.count;
  if (w->buses) {
    hash = hash_xxh3_seeded(w->buses->serves, n * sizeof(int), hash);
    hash = hash_xxh3_seeded(w->buses->past, n * sizeof(int), hash);
    hash = hash_xxh3_seeded(w->buses->dwell_s, n * sizeof(double), hash);
    hash = hash_xxh3_seeded(w->buses->leaves_s, n * sizeof(double), hash);
  }
  if (w->sirens) {
    hash = hash_xxh3_seeded(w->sirens->yields_s, n * sizeof(double), hash);
    hash = hash_xxh3_seeded(w->sirens->aside_m, n * sizeof(double), hash);
    hash = hash_xxh3_seeded(w->sirens->aside_to_m, n * sizeof(double), hash);
    for (int k = 0; k < w->sirens->count; k++) {
      double blocked_s = w->sirens->all[k].on ? w->sirens->all[k].blocked_s : -1;
      hash = hash_xxh3_seeded(&blocked_s, sizeof blocked_s, hash);
    }
  }
  return hash;
}
