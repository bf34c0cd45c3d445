// SPDX-License-Identifier: Apache-2.0
// Built scenes of each kind for traffic tests.
#ifndef TESTS_SIM_WITH_SCENES_H
#define TESTS_SIM_WITH_SCENES_H

#include "scenes/scene.h"

enum { WITH_SCENE_KINDS = 11 };

/// Scene `seed` of a kind: 0 town with signals, 1 town without, 2 signalled crossing, 3
/// unsignalled crossing, 4 highway, 5 straight road, 6 curve, 7 crossing
/// of three to six arms at any angles under any rule, 8 roundabout, 9 town that grew, 10 car park.
/// The weather changes with the seed, and so does the side that traffic keeps to. Fails the test
/// when it can't be built. Release with scene_destroy.
scene *with_built_scene(int kind, uint64_t seed);
/// The definition that it is built from, for traffic on the right; and a scene of such a one.
scene_def with_scene_def(int kind, uint64_t seed);
scene *with_scene_of(int kind, uint64_t seed, const scene_def *def);

const char *with_scene_name(int kind);

#endif
