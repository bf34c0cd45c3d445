// SPDX-License-Identifier: Apache-2.0
// Built scenes of each kind for traffic tests.
#ifndef TESTS_SIM_WITH_SCENES_H
#define TESTS_SIM_WITH_SCENES_H

#include "scenes/scene.h"

enum { WITH_SCENE_KINDS = 10 };

/// Scene `seed` of a kind: 0 town with signals, 1 town without, 2 signalled crossing, 3
/// unsignalled crossing, 4 highway, 5 straight road, 6 curve, 7 crossing
/// of three to six arms at any angles under any rule, 8 roundabout, 9 town that grew. The weather
/// changes with the seed. Fails the test when it can't be built. Release with scene_destroy.
scene *with_built_scene(int kind, uint64_t seed);

const char *with_scene_name(int kind);

#endif
