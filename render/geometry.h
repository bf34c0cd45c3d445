// SPDX-License-Identifier: Apache-2.0
// All geometry a process knows, in shared arrays on host and device: meshes with
// their trees. Meshes of assets stay for good; those of one scene are dropped with it.
#ifndef RENDER_GEOMETRY_H
#define RENDER_GEOMETRY_H

#include "render/bvh.h"
#include "render/device_cl.h"
#include "render/mesh.h"

typedef struct geometry geometry;

/// Where one mesh lies in the shared arrays, and its bounds and keypoints in its own
/// frame.
typedef struct geometry_mesh {
  uint32_t node_first, triangle_first, vertex_first;
  int node_count, triangle_count, vertex_count;
  bvh_box bounds;
  bool has_keypoints;
  float keypoints[KEYPOINT_COUNT][3];
} geometry_mesh;

/// The device's arrays; valid until the next geometry_upload.
typedef struct geometry_buffers {
  cl_mem nodes, facets, triangles, vertices, materials, texels;
} geometry_buffers;

status geometry_create(geometry **out, device *dev, trouble *why);
void geometry_destroy(geometry *g);
/// Adds a mesh with its tree; its number, counted from 0, goes to *number. Triangles are
/// reordered by the tree: a triangle's place is what hits call its primitive. No kernel may
/// run meanwhile, since a CPU's kernels read the host's arrays; geometry_drop waits for them.
status geometry_add(geometry *g, const mesh *m, int *number, trouble *why);
/// Adds a material behind those of render/kernels/materials.h; its number goes to *number.
status geometry_add_material(geometry *g, const gpu_material *is, int *number, trouble *why);
/// Adds a texture's words (render/texture.h) for good; where materials find it goes to *first. No
/// kernel may run meanwhile.
status geometry_add_texture(geometry *g, const uint32_t *words, int count, uint32_t *first,
                            trouble *why);
/// All materials.
const gpu_material *geometry_materials(const geometry *g, int *count);
int geometry_count(const geometry *g);
const geometry_mesh *geometry_about(const geometry *g, int number);
/// Forgets the meshes from `number` on.
void geometry_drop(geometry *g, int number);
/// Brings what is new to the device.
status geometry_upload(geometry *g, geometry_buffers *out, trouble *why);
/// Host arrays, for oracles and tests: indexed as hits index them.
const gpu_triangle *geometry_triangles(const geometry *g);
const gpu_vertex *geometry_vertices(const geometry *g);
const gpu_facet *geometry_facets(const geometry *g);
const gpu_node *geometry_nodes(const geometry *g);
const uint32_t *geometry_texels(const geometry *g);

#endif
