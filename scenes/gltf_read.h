// SPDX-License-Identifier: Apache-2.0
// A user's own mesh from a binary glTF 2.0 file, as the body of a thing: triangles and colours in
// the thing's frame, x forward, y left, z up, the middle of its underside at the origin. The front
// of a glTF asset is +z, its top +y.
#ifndef SCENES_GLTF_READ_H
#define SCENES_GLTF_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

enum { GLTF_TRIANGLES_MAX = 2000000, GLTF_WALK_VERTICES_MAX = 300000, GLTF_REMARKS = 160 };

/// Phases of a walk, as people have; joints of a person, COCO's.
enum { BODY_POSES = 8, BODY_JOINTS = 17 };

typedef enum texture_wrap { TEXTURE_REPEAT, TEXTURE_MIRROR, TEXTURE_CLAMP } texture_wrap;

/// A picture on a mesh: (0, 0) of its coordinates is the corner of its first pixel, u goes along
/// its rows, v down its columns.
typedef struct body_texture {
  int width, height;
  texture_wrap wrap[2]; // u, v
  int64_t source;       // the file's number of the picture
  unsigned char *rgba;  // (height, width, 4) as coded: colours sRGB, all else linear
} body_texture;

typedef struct body_material {
  float base[4]; // linear, alpha last; the texture's colour is multiplied by it
  float roughness, metallic;
  int color, surface; // of `textures`, -1 for none: base colour; green roughness, blue metal
  int normal, glow;   // likewise: tangent space normals; light of its own, times `emissive`
  float bump;         // how much the normals' slopes count
  float emissive[3];  // linear, 1: as bright as a screen's white
  bool blends;        // one can see through it
} body_material;

typedef struct body_mesh {
  int vertex_count, triangle_count, material_count;
  int vertex_capacity, index_capacity, triangle_capacity, material_capacity;
  int texture_count, texture_capacity;
  float (*positions)[3];  // (vertex_count) m
  float (*normals)[3];    // (vertex_count) unit
  float (*uvs)[2];        // (vertex_count) of textures
  uint32_t *indices;      // (triangle_count, 3), counter-clockwise from outside
  uint16_t *materials;    // (triangle_count) of `of`
  body_material *of;      // (material_count)
  body_texture *textures; // (texture_count)
  int pose_count; // BODY_POSES of a walk, or 0; positions and normals above are of the pose it
                  // stands in
  float (*pose_positions)[3], (*pose_normals)[3]; // (pose_count, vertex_count)
  bool has_joints;
  float joints[BODY_POSES + 1][BODY_JOINTS][3]; // by phase, the last one stands; m
  double size_m[3];                             // l w h of all poses together
  char remarks[GLTF_REMARKS];                   // what was left out, "skins, animations", or ""
} body_mesh;

void body_mesh_free(body_mesh *b);
/// Reads a whole file in memory. Skins are taken, and of animations the one of a walk (named so, or
/// the only one of a file with skins) in BODY_POSES phases without the way of what it moves along,
/// and the beginning of one named idle or stand, else the walk's phase with the feet together. All
/// else stands as it is at rest. Morph targets, cameras and lights are left out, and of
/// textures that of occlusion. Joints are nodes that are named as in scenes/gltf_joints.h, all or
/// none. STATUS_SYNTAX for what isn't a .glb or has parts that can't be, a picture that is missing
/// or broken among them, STATUS_RANGE for numbers that aren't finite and indices out of range,
/// STATUS_LIMIT, STATUS_MEMORY; `out` is empty then.
status gltf_read_body(const char *name, const char *bytes, size_t size, body_mesh *out,
                      trouble *why);

#endif
