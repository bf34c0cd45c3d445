// SPDX-License-Identifier: Apache-2.0
// The textures of glTF materials, as pictures with their sampler's wrap. For scenes/gltf_*.c alone.
#ifndef SCENES_GLTF_TEXTURE_H
#define SCENES_GLTF_TEXTURE_H

#include "scenes/gltf_json.h"
#include "scenes/gltf_read.h"

/// Reads what a material's textureInfo `use` names into out->textures, unless it is there already;
/// its number goes to *number. STATUS_SYNTAX for textures and pictures that aren't there, lie in
/// another file or can't be read, STATUS_LIMIT, STATUS_MEMORY.
status gltf_texture_read(const gltf_file *f, const json_t *use, body_mesh *out, int *number,
                         trouble *why);

#endif
