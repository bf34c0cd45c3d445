// SPDX-License-Identifier: Apache-2.0
// Users' meshes with their materials and textures among all geometry.
#ifndef RENDER_ASSET_OWN_H
#define RENDER_ASSET_OWN_H

#include "render/geometry.h"
#include "scenes/script_maps.h"

/// Of a screen's white, 250 cd/m2; 1 is 10,000.
extern const float SCREEN_RADIANCE;

/// Adds the body of a file for good; its mesh's number goes to *number, of a body that walks those
/// of its BODY_POSES phases and of the one it stands in follow each other from there.
/// STATUS_MEMORY, STATUS_LIMIT, or what is wrong with the mesh.
status asset_own_add(geometry *shapes, const script_map *file, int *number, trouble *why);

#endif
