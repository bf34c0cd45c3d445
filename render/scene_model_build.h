// SPDX-License-Identifier: Apache-2.0
// A scene_model out of what the renderer traces: the same geometry in the same places.
#ifndef RENDER_SCENE_MODEL_BUILD_H
#define RENDER_SCENE_MODEL_BUILD_H

#include "render/device.h"
#include "render/scene_model.h"
#include "sim/snapshot.h"

/// The scene at the snapshot's begin, with the ego's cameras, the sun and, at night, street
/// lamps. Details are those that the ego's sensors see: trees far from it have fewer leaves.
/// Release with scene_model_free, also after trouble.
status scene_model_build(scene_model *out, device *dev, const scene *s,
                         const sim_snapshot *snapshot, trouble *why);

#endif
