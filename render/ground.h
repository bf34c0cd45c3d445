// SPDX-License-Identifier: Apache-2.0
// The ground of a scene as one mesh in world coordinates: carriageways, kerbs, sidewalks,
// planted strips, marks, barriers, lots between the streets, open land around.
#ifndef RENDER_GROUND_H
#define RENDER_GROUND_H

#include "render/mesh.h"
#include "scenes/scene.h"

/// Fills `out` (all zero; the caller frees it with mesh_free, also after a failure) from a
/// scene's road network. Surfaces meet without gaps and no two lie in one plane on top of each
/// other; marks float a few millimetres above the asphalt. *torn (may be NULL): whether some land
/// couldn't be filled, its border crossing itself, and a sheet below closes the hole: maps of the
/// real world can be so, places of generators never are. STATUS_MEMORY.
status render_ground_build(const scene *s, mesh *out, bool *torn, trouble *why);

#endif
