// SPDX-License-Identifier: Apache-2.0
// Walking together. Those of a group draw the same way, so that how far each has come tells
// who is ahead: who is slows down and waits, who is behind hurries (the pull to the group's
// middle of Moussaïd et al. 2010, "The walking behaviour of pedestrian social groups and its
// impact on crowd dynamics"). They walk abreast where the way is wide enough.
#include "base/least.h"
#include "sim/state.h"

#include <math.h>

static const double ABREAST_M = 0.72, ROW_M = 0.9; // between middles, and between rows
static const double PULL_PM = 0.45;                // of the speed, a metre ahead or behind
static const double WAIT_M = 2.5;                  // so far ahead one stops
static const double EDGE_M = 0.3;                  // kept from the way's border
static const double HELD_SHARE = 0.3;              // slower is waiting for the others
static const double GETS_ON_M = 0.3;               // less is no way
static const double LOST_S = 120; // so long the others wait for who is stuck, as for any signal
static const double LINGER_S = 6; // and drivers for who doesn't step out

static double progress(const sim_world *w, int i) {
  return w->people.done_m[i] + sim_person_gone(w, i);
}

void sim_person_note(sim_world *w, int i) {
  sim_people *people = &w->people;
  double at = progress(w, i);
  bool gets_on = at > people->mark_m[i] + GETS_ON_M;
  people->late_s[i] =
      gets_on || people->waiting[i] || people->held[i] ? 0 : people->late_s[i] + w->step_s;
  if (gets_on)
    people->mark_m[i] = at;
}

bool sim_person_lingers(const sim_world *w, int i) {
  return w->people.late_s[i] > LINGER_S;
}

static bool is_lost(const sim_people *people, int i) {
  return people->late_s[i] > LOST_S;
}

bool sim_group_keep(const sim_world *w, int i, double *speed_mps, double *right_m) {
  const sim_people *people = &w->people;
  int first = people->group_first[i], n = people->group_count[i];
  const walk_edge *edge = &w->net->walk_edges[people->edge[i] - 1];
  double room = most_of(0, edge->width_m - 2 * EDGE_M);
  int columns = (int)least_of(n, 1 + floor(room / ABREAST_M));
  int row = (i - first) / columns, column = (i - first) % columns;
  int in_row = row < n / columns ? columns : n % columns; // the last row may be shorter
  double wide = (in_row - 1) * ABREAST_M, free = most_of(0, (room - wide) / 2);
  double base = least_of(free, most_of(-free, people->keep_aside[first]));
  *right_m = base + column * ABREAST_M - wide / 2;
  double sum = 0, last = INFINITY;
  int counted = 0;
  for (int k = first; k < first + n; k++) {
    if (is_lost(people, k))
      continue;
    double at = progress(w, k) + ((k - first) / columns) * ROW_M;
    sum += at;
    counted++;
    last = least_of(last, at);
  }
  if (counted == 0)
    return false;
  double own = progress(w, i) + row * ROW_M, behind = sum / counted - own;
  bool may_stop = edge->kind != WALK_CROSSWALK;
  double least = may_stop && own - last > WAIT_M ? 0 : may_stop ? 0.25 : 0.7;
  double share = least_of(1.3, most_of(least, 1 + PULL_PM * behind));
  *speed_mps *= share;
  return share < HELD_SHARE;
}

bool sim_group_gathered(const sim_world *w, int i) {
  const sim_people *people = &w->people;
  int first = people->group_first[i];
  bool gathered = true;
  for (int k = first; k < first + people->group_count[i]; k++) {
    if (is_lost(people, k))
      continue;
    double off = progress(w, k) - progress(w, i);
    if (off > 1 && !people->waiting[k])
      return true;                                                         // one has gone
    gathered = gathered && off > -WAIT_M - ROW_M * people->group_count[i]; // they may queue
  }
  return gathered;
}
