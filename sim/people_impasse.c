// SPDX-License-Identifier: Apache-2.0
// Where two, or one and a dog on a leash, stand breast to breast, forces and bodies may keep each
// other in balance for good. Whoever has come nowhere for a while, though nothing but others keeps
// them, tosses a coin, and goes a step back and to a side if it says so: sooner or later one does
// and the others don't.
#include "base/least.h"
#include "base/rng.h"
#include "sim/state.h"

#include <math.h>

static const double PATIENCE_S = 3;     // stood so long, or since the last toss
static const double STANDS_MPS = 0.1;   // slower is standing
static const double WANTS_MPS = 0.3;    // slower is waiting
static const double RETREAT_S = 2.5;    // of a step back
static const double RETREAT_MPS = 0.24; // so slowly that one goes on looking ahead
static const double RETREAT_RAD = 2.1;  // to the side, from ahead

void sim_impasse_turn(sim_world *w, int i, double *ahead_x, double *ahead_y, double *speed_mps) {
  sim_people *people = &w->people;
  people->wants[i] = *speed_mps > WANTS_MPS;
  if (!people->retreat[i])
    return;
  double turn = people->retreat[i] * RETREAT_RAD, x = *ahead_x, y = *ahead_y;
  *ahead_x = x * cos(turn) - y * sin(turn);
  *ahead_y = x * sin(turn) + y * cos(turn);
  *speed_mps = least_of(*speed_mps, RETREAT_MPS);
}

void sim_impasse_count(sim_world *w, int i, double way_m) {
  sim_people *people = &w->people;
  double *stuck_s = &people->stuck_s[i], dt = w->step_s;
  if (people->retreat[i]) {
    *stuck_s += dt;
    if (*stuck_s >= 0)
      people->retreat[i] = 0;
    return;
  }
  bool stands = people->wants[i] && way_m < STANDS_MPS * dt;
  *stuck_s = stands ? *stuck_s + dt : most_of(0, *stuck_s - 2 * dt);
  if (*stuck_s < PATIENCE_S)
    return;
  rng r = rng_at(w->scene->seed, RNG_IMPASSE, w->scene->index, w->scene->people[i].id,
                 people->tosses[i]++);
  *stuck_s = 0;
  if (!rng_chance(&r, 0.5))
    return;
  people->retreat[i] = rng_chance(&r, 0.5) ? 1 : -1;
  *stuck_s = -RETREAT_S;
}
