// SPDX-License-Identifier: Apache-2.0
// What signals show over time, held against what must hold whatever the demand.
#ifndef TESTS_SIM_WITH_SIGNAL_WATCH_H
#define TESTS_SIM_WITH_SIGNAL_WATCH_H

#include "sim/world.h"

/// Watches every signal of a scene from snapshot to snapshot.
typedef struct signal_watch {
  const scene *s;
  struct watched_group *groups; // (junction_count, ROAD_SIGNAL_GROUPS + 1)
  double *bounds_s;             // (junction_count) one round of all stages at their longest
  long greens, walks;           // begun
  double shortest_s, longest_s; // of vehicles' greens that were seen whole
  double longest_wait_s;        // of a vehicle at its line, over its junction's bound
  int faults;
  char first[256];
} signal_watch;

signal_watch signal_watch_begin(const scene *s);
/// Next snapshot. Finds: two groups that go although no phase of the programme lets both, green
/// without the programme's yellow after it, green sooner than 2 s after a conflicting yellow, or
/// sooner after people's green than a crosswalk takes at 1.2 m/s, greens below 5 s, a vehicle
/// that waits at its line for longer than one round takes.
void signal_watch_see(signal_watch *w, const sim_snapshot *shot);
void signal_watch_end(signal_watch *w);

#endif
