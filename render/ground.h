// SPDX-License-Identifier: Apache-2.0
// The ground of a scene as a mesh: roads, marks, kerbs, sidewalks, terrain.
#ifndef RENDER_GROUND_H
#define RENDER_GROUND_H

#include "render/mesh.h"
#include "scenes/scene.h"

/// Fills `out` (from empty) in world coordinates; the caller frees it.
status render_ground_build(const scene *s, mesh *out, trouble *why);

#endif
