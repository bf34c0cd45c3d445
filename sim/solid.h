// SPDX-License-Identifier: Apache-2.0
// What of a scene's things a car runs into: plates, heads and leaves are above it.
#ifndef SIM_SOLID_H
#define SIM_SOLID_H

#include "scenes/scene.h"
#include "sim/boxes.h"

/// Where it stands on the ground: of trees, lamps and poles the trunk alone. False for what isn't
/// in a car's way.
bool sim_solid_of(const scene_thing *thing, sim_box *out);

#endif
