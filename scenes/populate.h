// SPDX-License-Identifier: Apache-2.0
// Who moves in a scene: vehicles on lanes and people on the walk graph.
#ifndef SCENES_POPULATE_H
#define SCENES_POPULATE_H

#include "base/rng.h"
#include "base/status.h"
#include "scenes/scene.h"

/// Places the ego and the traffic of `def` on the lanes of s->roads, into s->memory, with
/// safe gaps and speeds. Ids count on from s->id_count. STATUS_RANGE when an asked-for number
/// doesn't fit, which `lack` then says; a density that doesn't fit places as many as do.
status populate_vehicles(scene *s, const scene_def *def, scene_lack *lack, trouble *why);
/// Same for people on sidewalks and at corners.
status populate_people(scene *s, const scene_def *def, scene_lack *lack, trouble *why);

/// Puts more than 4,000 vehicles into their order along the lanes, from the front; fewer stay as
/// they were drawn.
void populate_order(scene_vehicle *vehicles, int count);

#endif
