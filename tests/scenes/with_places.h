// SPDX-License-Identifier: Apache-2.0
// Scenes of every place with many different settings, for property tests.
#ifndef TESTS_SCENES_WITH_PLACES_H
#define TESTS_SCENES_WITH_PLACES_H

#include "base/rng.h"
#include "scenes/scene.h"

/// Number of different definitions that places_def() knows.
enum { PLACES_COUNT = 48 };

/// Definition `number` of PLACES_COUNT: places, lanes, irregularity, widths, the side of traffic
/// vary.
scene_def places_def(int number);
/// A scene of that definition; fails the test when it can't be built. Destroy it.
scene *places_build(int number);

#endif
