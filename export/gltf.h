// SPDX-License-Identifier: Apache-2.0
// A scene as glTF 2.0, in its binary form (.glb), for Blender and other viewers.
#ifndef EXPORT_GLTF_H
#define EXPORT_GLTF_H

#include "render/scene_model.h"

/// Writes `path`, whole or not at all: y up, metres, a node a thing with its mesh shared among all
/// that show it, materials by colour and users' pictures, which lie in the file, cameras, and
/// lights by KHR_lights_punctual. STATUS_LIMIT when the scene is more than the format's 4 GiB,
/// STATUS_MEMORY, and what file_write_atomic returns.
status gltf_write(const char *path, const scene_model *m, trouble *why);

#endif
