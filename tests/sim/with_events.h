// SPDX-License-Identifier: Apache-2.0
// Worlds of scripts with actors, for tests of what the actors do.
#ifndef TESTS_SIM_WITH_EVENTS_H
#define TESTS_SIM_WITH_EVENTS_H

#include "scenes/script.h"
#include "sim/world.h"

typedef struct with_event {
  script *s;
  scene *built;
  sim_world *world;
  sim_snapshot shot;
} with_event;

/// Scene 0 of `text`, a script's source; fails the test when it can't be built.
with_event with_event_of(const char *text);
/// Same of any seed and index, with `count` overrides given as path, value, path, value…
with_event with_event_drawn(const char *text, const char *const *overrides, int count,
                            uint64_t seed, uint32_t index);
void with_event_free(with_event *e);
/// The next frame; fails the test on an error.
void with_event_frame(with_event *e);
/// Frames until `seconds` of the scene have passed.
void with_event_run(with_event *e, double seconds);
/// Seconds since the scene began.
double with_event_time(const with_event *e);
/// The actor of a number in the latest frame, NULL when it is gone.
const sim_actor *with_event_actor(const with_event *e, int number);
/// Middle of its box at the frame's begin.
vec3 with_event_middle(const with_event *e, int number);
/// Free way along the world's x between two actors on a straight road, the second ahead.
double with_event_gap(const with_event *e, int behind, int ahead);

/// Metres between two actors' boxes, along the axis of either that shows the most; negative where
/// they overlap.
double with_event_apart(const with_event *e, int one, int two);

/// Runs a script to its end; the first error, or STATUS_OK.
status with_event_error(const char *text, trouble *why);

#endif
