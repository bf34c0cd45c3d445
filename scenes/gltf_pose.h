// SPDX-License-Identifier: Apache-2.0
// Where the nodes of a glTF file are at a moment of one of its animations, and what its skins make
// of that. For scenes/gltf_*.c alone. Formulas: glTF 2.0, 3.7.3 (skins), appendix C
// (interpolation).
#ifndef SCENES_GLTF_POSE_H
#define SCENES_GLTF_POSE_H

#include "scenes/gltf_json.h"

enum { GLTF_DEPTH_MAX = 64, GLTF_NODES_MAX = 100000, GLTF_JOINTS_MAX = 1024 };

/// Rows of three, and a shift.
typedef struct affine {
  double m[3][4];
} affine;

/// From the format's frame: their front, +z, is our x; their +x, the left, our y; their top, +y,
/// our z.
extern const affine gltf_to_ours;

affine affine_multiply(const affine *a, const affine *b);
/// w: 1 for places, 0 for directions.
void affine_apply(const affine *t, const double p[3], double w, double out[3]);
/// Cofactors, the inverse transpose times the determinant, which normals go by; the determinant.
double affine_cofactors(const affine *t, double out[3][3]);

typedef struct gltf_skin {
  int joint_count;
  int *joints;     // (joint_count) nodes
  affine *inverse; // (joint_count) of their binds
  affine *now;     // (joint_count) mesh as it is bound -> our frame, of the pose
} gltf_skin;

/// All zero is none. Release with gltf_pose_free.
typedef struct gltf_pose {
  int node_count, skin_count;
  struct gltf_place *nodes; // (node_count)
  affine *locals, *globals; // (node_count) node -> parent; node -> our frame
  bool *placed;             // (node_count) whether the scene has it
  gltf_skin *skins;         // (skin_count)
} gltf_pose;

/// Reads nodes and skins. STATUS_SYNTAX, STATUS_RANGE, STATUS_LIMIT, STATUS_MEMORY.
status gltf_pose_open(gltf_pose *pose, const gltf_file *f, trouble *why);
void gltf_pose_free(gltf_pose *pose);
/// Puts nodes and skins where they are at a time of animation `clip`, or, clip < 0, as the file has
/// them at rest. STATUS_SYNTAX for animations and scenes that can't be.
status gltf_pose_set(gltf_pose *pose, const gltf_file *f, int clip, double time_s, trouble *why);
/// The first animation of whose name `word` is a part, in small or capital letters; -1: none.
int gltf_clip_find(const gltf_file *f, const char *word);
/// From when to when an animation goes. STATUS_SYNTAX.
status gltf_clip_span(const gltf_file *f, int clip, double span_s[2], trouble *why);
/// The node that an animation moves along first; -1: none.
int gltf_clip_root(const gltf_file *f, int clip);

#endif
