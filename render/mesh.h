// SPDX-License-Identifier: Apache-2.0
// A triangle mesh while it is being made: heap arrays that grow.
#ifndef RENDER_MESH_H
#define RENDER_MESH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "render/kernels/materials.h"
#include "render/keypoint.h"

/// Position and shading normal in metres, in the mesh's own frame; uv in metres
/// along the surface where the material's shader reads it.
typedef struct mesh_vertex {
  float p[3];
  float n[3];
  float uv[2];
} mesh_vertex;

/// Triangles are counter-clockwise seen from outside. All zero is an empty mesh.
typedef struct mesh {
  int vertex_count, vertex_capacity;
  mesh_vertex *vertices; // (vertex_count)
  int triangle_count, index_capacity, material_capacity;
  uint32_t *indices;   // (triangle_count, 3)
  uint16_t *materials; // (triangle_count) material
  bool failed;         // memory ran out; later calls do nothing
  bool has_keypoints;  // of the person that it shows
  float keypoints[KEYPOINT_COUNT][3];
} mesh;

void mesh_free(mesh *m);
/// Index of a new vertex.
uint32_t mesh_vertex_add(mesh *m, const float p[3], const float n[3], float u, float v);
void mesh_triangle(mesh *m, uint32_t a, uint32_t b, uint32_t c, material what);
/// Two triangles a b c, a c d.
void mesh_quad(mesh *m, uint32_t a, uint32_t b, uint32_t c, uint32_t d, material what);
/// A flat quad with its own four vertices, geometric normal and uv in metres: u along
/// a->b, v along a->d. Corners counter-clockwise from outside.
void mesh_flat_quad(mesh *m, const float a[3], const float b[3], const float c[3], const float d[3],
                    material what);
/// An axis-aligned box without its bottom when `open_bottom`.
void mesh_box(mesh *m, const float lo[3], const float hi[3], bool open_bottom, material what);
/// A closed lathe: ring i has radius radii[i] at height z[i] around the z axis through
/// (x, y); smooth normals; caps where the end radius is above 0.
void mesh_lathe(mesh *m, float x, float y, const float *z, const float *radii, int rings,
                int segments, material what);
/// Smallest box around all vertices; zeros when empty.
void mesh_bounds(const mesh *m, float lo[3], float hi[3]);
/// STATUS_MEMORY when the mesh failed; STATUS_INTERNAL when an index is out of range or a
/// number isn't finite. Call once when a mesh is done.
status mesh_check(const mesh *m, const char *name, trouble *why);

#endif
