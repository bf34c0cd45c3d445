// SPDX-License-Identifier: Apache-2.0
// Scenes of every place with many different settings, for property tests.
#ifndef TESTS_SCENES_WITH_PLACES_H
#define TESTS_SCENES_WITH_PLACES_H

#include "base/rng.h"
#include "scenes/scene.h"

/// Number of different definitions that places_def() knows.
/// Places that came later have definitions of their own after those of the first ones.
enum {
  PLACES_FIRST = PLACE_RURAL + 1,
  PLACES_LATER = PLACE_KIND_COUNT - PLACES_FIRST,
  PLACES_OF_FIRST = 48,
  PLACES_COUNT = PLACES_OF_FIRST + 4 * PLACES_LATER
};

/// Definition `number` of PLACES_COUNT: places, lanes, irregularity, widths, the side of traffic
/// vary.
scene_def places_def(int number);
/// A scene of that definition; fails the test when it can't be built. Destroy it.
scene *places_build(int number);

#endif
