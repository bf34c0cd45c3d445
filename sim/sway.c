// SPDX-License-Identifier: Apache-2.0
// Bodies on their springs: they dive when braked, squat when driven, lean out of bends, rise over
// crests and sink in dips; those on two wheels lean into bends. For looks: nothing that drives
// reads it.
#include <math.h>

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

static void swing(double *rad, double *radps, const sim_spring *by, double target) {
  double off = *rad - target, rate = *radps;
  *rad = target + by->kept * off + by->gained * rate;
  *radps = by->pulled * off + by->going * rate;
}

bool sim_sway_create(sim_world *w) {
  int n = w->scene->vehicle_count;
  w->cars.dive_radps = ARENA_NEW(w->memory, double, n);
  w->cars.lean_radps = ARENA_NEW(w->memory, double, n);
  w->cars.heave_mps = ARENA_NEW(w->memory, double, n);
  w->body_spring = spring_of(SPRING_RADPS, DAMPING, w->step_s);
  w->rider_spring = spring_of(RIDER_RADPS, RIDER_DAMPING, w->step_s);
  return w->cars.dive_radps && w->cars.lean_radps && w->cars.heave_mps;
}

// Who stands sways no more once it can't be seen.
static bool comes_to_rest(sim_vehicles *cars, int i) {
  sim_body *body = &cars->body[i];
  if (fabs(body->dive_rad) + fabs(body->lean_rad) + fabs(cars->dive_radps[i]) +
              fabs(cars->lean_radps[i]) >
          STILL_RAD ||
      fabs(body->heave_m) + fabs(cars->heave_mps[i]) > STILL_M)
    return false;
  body->dive_rad = body->lean_rad = cars->dive_radps[i] = cars->lean_radps[i] = 0;
  body->heave_m = cars->heave_mps[i] = 0;
  return true;
}

// The springs carry the body's weight, and what the ground pushes it up with: v times the grade's
// change in a second. The same springs dive and heave, so what braking does to the middle's height
// needs no state: it goes along with the dive, see sim_heave.
static void heave(sim_world *w, int i) {
  sim_vehicles *cars = &w->cars;
  sim_body *body = &cars->body[i];
  double up_mps2 = cars->v_mps[i] * (body->grade - cars->before[i].grade) / w->step_s;
  double rest = -up_mps2 / (SPRING_RADPS * SPRING_RADPS);
  swing(&body->heave_m, &cars->heave_mps[i], &w->body_spring,
        least_of(HEAVE_MOST_M, most_of(-HEAVE_MOST_M, rest)));
}

double sim_heave(const sim_world *w, int i, const sim_body *body) {
  return body->heave_m - SINK * w->cars.wheelbase_m[i] / 2 * body->dive_rad;
}

void sim_sway(sim_world *w, int i) {
  sim_vehicles *cars = &w->cars;
  sim_body *body = &cars->body[i];
  double v = cars->v_mps[i];
  const sim_driven *driven = w->driven_count > 0 ? sim_driven_of(w, i) : NULL;
  double bend =
      driven ? driven->left_mps2 : v * v * body->steer / cars->wheelbase_m[i]; // to the left, m/s2
  if (v == 0 && comes_to_rest(cars, i))
    return;
  if (cars->ridden[i]) {
    double lean = least_of(LEAN_MOST_RAD, most_of(-LEAN_MOST_RAD, atan(bend / GRAVITY)));
    swing(&body->lean_rad, &cars->lean_radps[i], &w->rider_spring, -lean);
    return;
  }
  // Brakes that hold at rest hold no dive.
  double along = v > 0 ? cars->a_mps2[i] : 0;
  bool heavy = cars->length_m[i] > SIM_LONG_M;
  swing(&body->dive_rad, &cars->dive_radps[i], &w->body_spring, -DIVE_RAD * along);
  swing(&body->lean_rad, &cars->lean_radps[i], &w->body_spring,
        (heavy ? HEAVY_LEAN_RAD : LEAN_RAD) * bend);
  if (body->grade != cars->before[i].grade || body->heave_m != 0 || cars->heave_mps[i] != 0)
    heave(w, i);
}
