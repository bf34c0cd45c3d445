// SPDX-License-Identifier: Apache-2.0
// How long vehicles stand, judged frame by frame. Where its lane ends in the open the ego waits for
// good: only while it does, it and who stands because of it are excused.
#ifndef TESTS_SIM_WITH_STANDS_H
#define TESTS_SIM_WITH_STANDS_H

#include "sim/world.h"

typedef struct stand_watch {
  const scene *of;
  double *stand_s;  // by actor id: stood so far, not counting frames in which it was excused
  bool *excused;    // by actor index, of the last frame
  int *queue;       // by actor index: room to work in
  int capacity;     // of the last two
  double longest_s; // of all
  uint32_t who;     // stood that long, 0 nobody
  int where;        // on that lane
  double vehicle_s; // vehicle-seconds seen
  double judged_s;  // of these those of vehicles that weren't excused
} stand_watch;

/// Begins to watch a scene. Release with stands_end.
void stands_begin(stand_watch *w, const scene *s);
/// One frame on. Excused are the ego that waits at an open end; who stands at most 10 m behind an
/// excused body, on its lane or one that leads there; and who stands at the line of a junction that
/// an excused body stands in, or before a lane of it whose exit one fills.
void stands_see(stand_watch *w, const sim_snapshot *shot);
void stands_end(stand_watch *w);

#endif
