// SPDX-License-Identifier: Apache-2.0
// Built scenes with many trucks with trailers, and what must not happen there.
#ifndef TESTS_SIM_WITH_TRAILERS_H
#define TESTS_SIM_WITH_TRAILERS_H

#include "scenes/scene.h"

typedef struct truck_report {
  long frames; // of trailers
  int scenes;  // with at least one
  double
      most_over_m; // that a corner of a trailer got beyond its lane's border, outside lane changes
} truck_report;

/// Scene `seed` of a kind of with_scenes.h in which half of the vehicles are to be such trucks.
scene *with_trucks(int kind, uint64_t seed, int vehicles);
/// Runs such a scene for `seconds`; fails the test when check_scene finds something, when a truck
/// with a trailer is on a lane that isn't for it, or when a trailer loses its tractor. Adds to
/// `report`.
void trucks_check(int kind, uint64_t seed, double seconds, truck_report *report);

#endif
