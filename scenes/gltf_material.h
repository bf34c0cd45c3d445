// SPDX-License-Identifier: Apache-2.0
// The materials of glTF files. For scenes/gltf_*.c alone.
#ifndef SCENES_GLTF_MATERIAL_H
#define SCENES_GLTF_MATERIAL_H

#include "scenes/gltf_json.h"
#include "scenes/gltf_read.h"

/// Adds to what was left out, once.
void gltf_remark(body_mesh *b, const char *what);
/// All materials, and one behind them for triangles without, with their textures, into `out`.
/// *coordinates, heap memory, also after trouble: by material the set of its textures'
/// coordinates, -1 for none. STATUS_LIMIT, STATUS_MEMORY and as gltf_texture_read.
status gltf_materials_read(const gltf_file *f, body_mesh *out, int **coordinates, trouble *why);

#endif
