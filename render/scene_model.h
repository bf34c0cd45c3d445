// SPDX-License-Identifier: Apache-2.0
// A built scene at one moment as plain data: meshes, materials and where they stand, for those
// who write it to other formats without a device. World frame: x east, y north, z up, metres.
#ifndef RENDER_SCENE_MODEL_H
#define RENDER_SCENE_MODEL_H

#include <stdbool.h>

#include "base/pose.h"
#include "base/status.h"
#include "render/mesh.h"
#include "scenes/scene.h"

enum { MODEL_NAME = 48 };

/// Pictures of a material: numbers of `images`, -1 for none.
typedef struct model_pictures {
  int color, surface, normal, glow; // surface: roughness in green, metal in blue
  float bump;                       // how much the normals' slopes count
} model_pictures;

typedef struct model_material {
  char name[MODEL_NAME];
  float base[4]; // linear, alpha last
  float roughness, metallic;
  float emissive[3]; // linear, 1 is as bright as white paper in the sun, or a screen's white
  model_pictures pictures;
} model_material;

/// Triangles of one mesh in one material.
typedef struct model_piece {
  uint16_t material; // of `paints`
  int first, count;  // of `indices`, 3 a triangle
} model_piece;

typedef struct model_mesh {
  char name[MODEL_NAME];
  int vertex_first, vertex_count; // of `vertices`
  int piece_first, piece_count;   // of `pieces`
  bool pictured;                  // uv are of pictures
} model_mesh;

/// A thing's geometry where it stands: translate(at) * rotate(at) * scale.
typedef struct model_node {
  char name[MODEL_NAME]; // "Car 17", its parts "Car 17 wheel 1"
  uint32_t id;           // instance id, 0: none
  int kind, class;       // thing_kind (THING_KIND_COUNT: ground), semantic
  int mesh;
  pose at;
  double scale[3];
  int look; // of `looks`: a node's materials are those of its mesh's pieces, in this look
} model_node;

typedef struct model_camera {
  char name[MODEL_NAME];
  pose at; // camera frame (x right, y down, z forward) -> world
  double fov_y_rad, aspect;
} model_camera;

typedef struct model_light {
  char name[MODEL_NAME];
  bool sun; // shines along `direction`, from infinitely far
  vec3 at_m, direction;
  float color[3];  // linear, at most 1
  double strength; // lux of a sun, candela of a lamp
} model_light;

/// What colours depend on but for the material.
typedef struct model_look {
  uint32_t palette[4], flags, signal;
} model_look;

/// A material before a look colours it.
typedef struct model_paint {
  char name[MODEL_NAME];
  int shader, palette; // palette slot or -1
  float albedo[3], roughness, metallic, emissive[3];
  model_pictures pictures; // which albedo multiplies
} model_paint;

/// A picture of a user's mesh.
typedef struct model_image {
  uint32_t first; // its place among the renderer's textures
  int width, height;
  int wrap[2];  // texture_wrap of scenes/gltf_read.h
  uint8_t *rgb; // (height, width, 3): colours sRGB, all else linear
} model_image;

typedef struct scene_model {
  char name[160];
  float night; // 0 by day .. 1
  int paint_count;
  model_paint *paints; // (paint_count) by number of a piece's material
  int image_count;
  model_image *images; // (image_count)
  int vertex_count, index_count, piece_count, mesh_count, node_count, look_count;
  mesh_vertex *vertices; // (vertex_count)
  uint32_t *indices;     // (index_count) within their mesh
  model_piece *pieces;   // (piece_count)
  model_mesh *meshes;    // (mesh_count)
  model_node *nodes;     // (node_count)
  model_look *looks;     // (look_count)
  int camera_count, light_count;
  model_camera *cameras;
  model_light *lights;
} scene_model;

/// A material as it looks; patterns that the renderer makes itself are left out.
void scene_model_material(const scene_model *m, const model_look *look, int number,
                          model_material *out);
void scene_model_free(scene_model *m);

#endif
