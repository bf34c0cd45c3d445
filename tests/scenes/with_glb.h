// SPDX-License-Identifier: Apache-2.0
// Small glTF files made in memory: JSON text and a chunk of bytes.
#ifndef WITH_GLB_H
#define WITH_GLB_H

#include <stddef.h>

/// A file of that JSON and data, heap memory; its size goes to *size.
char *glb_make(const char *json, const void *data, size_t data_size, size_t *size);
/// A wedge of eight triangles, 2 m wide (x), 1 m high (y), 4 m long (z), its sharp edge at +z:
/// a good file with two nodes and a material. `json`, may be NULL: other JSON instead.
char *glb_wedge(const char *json, size_t *size);
/// The JSON of that file.
extern const char glb_wedge_json[];
/// The same wedge as exporters write them: positions and normals (away from the middle)
/// interleaved, two primitives of four triangles that share them, a vertex far away that no
/// triangle has, and a node that turns by 90 degrees about y and mirrors: 2 m long and 4 m wide
/// then.
char *glb_smooth(size_t *size);

#endif
