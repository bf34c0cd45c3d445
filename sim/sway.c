// SPDX-License-Identifier: Apache-2.0
// Bodies on their springs: they dive when braked, squat when driven, lean out of bends, rise over
// crests and sink in dips; those on two wheels lean into bends. For looks: nothing that drives
// reads it.
#include <math.h>

#include "base/choose.h"
#include "base/least.h"
#include "sim/state.h"

// A body's natural motion on its springs, 1.4 Hz and well damped, and how far it tilts at rest.
// Chosen for looks: cars dive by about 2 degrees a g and lean by 5.
static const double SPRING_RADPS = 8.8, DAMPING = 0.35;
static const double DIVE_RAD = 0.0036, LEAN_RAD = 0.0085; // a m/s2
// Drivers of trucks and buses sit on stiffer springs, but higher.
static const double HEAVY_LEAN_RAD = 0.0075;
// Riders lean as fast as they steer.
static const double RIDER_RADPS = 5, RIDER_DAMPING = 1;
static const double STILL_RAD = 1e-7, STILL_M = 1e-7;
// Up to the bump stops, as wheels go along with bodies.
static const double HEAVE_MOST_M = 0.04;
// Rear springs are stiffer than those in front, for a flat ride: 1.45 to 1.25 Hz (Olley; Gillespie,
// Fundamentals of Vehicle Dynamics, chapter 5). So the front gives way farther when the body dives,
// and its middle sinks by this share of half the wheelbase: (r - 1) / (r + 1), r = (1.45 / 1.25)^2.
static const double SINK = 0.1473;
static const double LEAN_MOST_RAD = 0.7, GRAVITY = 9.81;

// A damped spring after dt, exact for a constant target: factors of the offset from it and of the
// rate. See any text on linear oscillators.
static sim_spring spring_of(double omega, double damping, double dt) {
  if (damping >= 1) { // critically
    double fade = exp(-omega * dt);
    return (sim_spring){fade * (1 + omega * dt), fade * dt, -fade * omega * omega * dt,
                        fade * (1 - omega * dt)};
  }
  double decay = damping * omega, turn = omega * sqrt(1 - damping * damping);
  double fade = exp(-decay * dt), c = fade * cos(turn * dt), s = fade * sin(turn * dt) / turn;
  return (sim_spring){c + decay * s, s, -omega * omega * s, c - decay * s};
}

// One of those after a step.
static inline void swing(double *at, double *rate, const sim_spring *by, double target) {
  double off = *at - target, was = *rate;
  *at = target + by->kept * off + by->gained * was;
  *rate = by->pulled * off + by->going * was;
}

// Whether some lane isn't level all along and across: elsewhere nothing heaves.
static bool is_uneven(const sim_world *w) {
  if (w->scene->actor_count > 0) // some may leave the lanes
    return true;
  for (int n = 0; n < w->net->path_count; n++) {
    const sim_track *track = &w->lanes.tracks[n];
    for (int k = 1; k < track->count; k++)
      if (track->nodes[k].z_m != track->nodes[0].z_m || track->nodes[k].bank_rad != 0)
        return true;
  }
  return false;
}

bool sim_sway_create(sim_world *w) {
  int n = w->scene->vehicle_count;
  sim_vehicles *cars = &w->cars;
  double **all[] = {&cars->dive_rad,        &cars->lean_rad,        &cars->heave_m,
                    &cars->dive_before_rad, &cars->lean_before_rad, &cars->heave_before_m,
                    &cars->dive_radps,      &cars->lean_radps,      &cars->heave_mps,
                    &cars->bend_mps2,       &cars->climb,           &cars->lean_by};
  for (size_t k = 0; k < sizeof all / sizeof *all; k++)
    if (!(*all[k] = ARENA_NEW(w->memory, double, n)))
      return false;
  w->body_spring = spring_of(SPRING_RADPS, DAMPING, w->step_s);
  w->rider_spring = spring_of(RIDER_RADPS, RIDER_DAMPING, w->step_s);
  w->uneven = is_uneven(w);
  return true;
}

void sim_sway_start(sim_world *w, int i) {
  bool heavy = w->cars.length_m[i] > SIM_LONG_M;
  w->cars.lean_by[i] = w->cars.ridden[i] ? 0 : heavy ? HEAVY_LEAN_RAD : LEAN_RAD;
}

void sim_sway_end(sim_world *w, int i) {
  sim_vehicles *cars = &w->cars;
  cars->lean_by[i] = 0;
  cars->dive_before_rad[i] = cars->dive_rad[i];
  cars->lean_before_rad[i] = cars->lean_rad[i];
  cars->heave_before_m[i] = cars->heave_m[i];
}

// The springs carry the body's weight, and what the ground pushes it up with: v times the grade's
// change in a second. The same springs dive and heave, so what braking does to the middle's height
// needs no state: it goes along with the dive, see sim_heave.
static inline double heave_at_rest(double v_mps, double climb, double step_s) {
  double up_mps2 = v_mps * climb / step_s;
  double rest = -up_mps2 / (SPRING_RADPS * SPRING_RADPS);
  return least_of(HEAVE_MOST_M, most_of(-HEAVE_MOST_M, rest));
}

double sim_heave(const sim_world *w, int i, bool before) {
  const sim_vehicles *cars = &w->cars;
  double heave_m = (before ? cars->heave_before_m : cars->heave_m)[i];
  double dive_rad = (before ? cars->dive_before_rad : cars->dive_rad)[i];
  return heave_m - SINK * cars->wheelbase_m[i] / 2 * dive_rad;
}

// Bodies begin … end - 1, all alike. Who stands sways no more once it can't be seen. Those without
// springs keep what they have.
__attribute__((always_inline)) static inline void move_springs(sim_world *w, int begin, int end,
                                                               bool uneven) {
  const sim_vehicles *cars = &w->cars;
  const double *restrict v_mps = cars->v_mps, *restrict a_mps2 = cars->a_mps2;
  const double *restrict bend = cars->bend_mps2, *restrict climb = cars->climb;
  const double *restrict lean_by = cars->lean_by;
  double *restrict dive = cars->dive_rad, *restrict dive_rate = cars->dive_radps;
  double *restrict lean = cars->lean_rad, *restrict lean_rate = cars->lean_radps;
  double *restrict up = cars->heave_m, *restrict up_rate = cars->heave_mps;
  double *restrict dive_before = cars->dive_before_rad;
  double *restrict lean_before = cars->lean_before_rad;
  double *restrict up_before = cars->heave_before_m;
  const sim_spring by = w->body_spring;
  double step_s = w->step_s;
  ARRAYS_APART
  for (int i = begin; i < end; i++) {
    double v = v_mps[i];
    double along = choose(choose_if(v > 0), a_mps2[i], 0); // brakes that hold at rest hold no dive
    double d = dive[i], dr = dive_rate[i], l = lean[i], lr = lean_rate[i];
    double h = uneven ? up[i] : 0, hr = uneven ? up_rate[i] : 0;
    double swung = fabs(d) + fabs(l) + fabs(dr) + fabs(lr), heaved = fabs(h) + fabs(hr);
    double d1 = d, d1r = dr, l1 = l, l1r = lr, h1 = h, h1r = hr;
    swing(&d1, &d1r, &by, -DIVE_RAD * along);
    swing(&l1, &l1r, &by, lean_by[i] * bend[i]);
    if (uneven)
      swing(&h1, &h1r, &by, heave_at_rest(v, climb[i], step_s));
    int64_t moves = choose_if(v != 0) | choose_if(swung > STILL_RAD);
    if (uneven)
      moves |= choose_if(heaved > STILL_M);
    int64_t springs = choose_if(lean_by[i] != 0);
    dive_before[i] = choose(springs, d, dive_before[i]);
    lean_before[i] = choose(springs, l, lean_before[i]);
    dive[i] = choose(springs, choose(moves, d1, 0), d);
    dive_rate[i] = choose(springs, choose(moves, d1r, 0), dr);
    lean[i] = choose(springs, choose(moves, l1, 0), l);
    lean_rate[i] = choose(springs, choose(moves, l1r, 0), lr);
    if (uneven) {
      up_before[i] = choose(springs, h, up_before[i]);
      up[i] = choose(springs, choose(moves, h1, 0), h);
      up_rate[i] = choose(springs, choose(moves, h1r, 0), hr);
    }
  }
}

SIDE_BY_SIDE static void move_level(sim_world *w, int begin, int end) {
  move_springs(w, begin, end, false);
}

SIDE_BY_SIDE static void move_uneven(sim_world *w, int begin, int end) {
  move_springs(w, begin, end, true);
}

void sim_springs_move(sim_world *w, int begin, int end) {
  (w->uneven ? move_uneven : move_level)(w, begin, end);
}

// Riders lean into bends as they steer.
static void lean_rider(sim_world *w, int i, double bend) {
  sim_vehicles *cars = &w->cars;
  double *lean = &cars->lean_rad[i], *rate = &cars->lean_radps[i];
  cars->lean_before_rad[i] = *lean;
  if (cars->v_mps[i] == 0 && fabs(*lean) + fabs(*rate) <= STILL_RAD) {
    *lean = *rate = 0;
    return;
  }
  double most = least_of(LEAN_MOST_RAD, most_of(-LEAN_MOST_RAD, atan(bend / GRAVITY)));
  swing(lean, rate, &w->rider_spring, -most);
}

void sim_sway(sim_world *w, int i) {
  sim_vehicles *cars = &w->cars;
  const sim_body *body = &cars->body[i];
  double v = cars->v_mps[i];
  const sim_driven *driven = w->driven_count > 0 ? sim_driven_of(w, i) : NULL;
  double bend = driven ? driven->left_mps2 : v * v * body->steer / cars->wheelbase_m[i];
  cars->bend_mps2[i] = bend;
  if (w->uneven)
    cars->climb[i] = body->grade - cars->before[i].grade;
  if (cars->ridden[i])
    lean_rider(w, i, bend);
}
