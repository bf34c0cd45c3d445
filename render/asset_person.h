// SPDX-License-Identifier: Apache-2.0
// People: a shape (who, in which clothes) and joints (in which pose). Walkers and riders
// share both. For files of render/asset_*.c alone.
#ifndef RENDER_ASSET_PERSON_H
#define RENDER_ASSET_PERSON_H

#include "render/mesh_shape.h"

typedef enum person_hair { HAIR_SHORT, HAIR_LONG, HAIR_BUN, HAIR_CAP, HAIR_HELMET } person_hair;
typedef enum person_legs { LEGS_TROUSERS, LEGS_SHORTS, LEGS_SKIRT } person_legs;
typedef enum person_top { TOP_LONG, TOP_SHORT_SLEEVES, TOP_COAT } person_top;
typedef enum person_bag { BAG_NONE, BAG_PACK, BAG_SHOULDER } person_bag;

/// Breadths are shares of the height.
typedef struct person_shape {
  float height_m;
  float shoulder, hip, waist; // half breadths
  float limb;                 // scale of limbs' thickness
  float head;                 // scale of the head: children's are larger
  float bust;
  person_hair hair;
  person_legs legs;
  person_top top;
  person_bag bag;
} person_shape;

/// Places of joints; index 0 right, 1 left. `foot` is where the toes point.
typedef struct person_joints {
  f3 pelvis, neck, look; // middle between the hips, base of the neck, way the face looks
  f3 hip[2], knee[2], ankle[2], foot[2];
  f3 shoulder[2], elbow[2], wrist[2];
} person_joints;

enum { PERSON_VARIANTS = 14, PERSON_PHASES = 9, PERSON_STANDING = 8 };

person_shape person_shape_of(int variant);
/// Walking at 0..7 eighths of a cycle from the right heel's strike, or standing; the lower
/// shoe is on the ground.
void person_walk(const person_shape *who, int phase, person_joints *out);
/// Elbow or knee of a limb of two lengths between its ends, bent towards `towards`; ends too
/// far apart stretch it straight.
f3 person_bend(f3 from, f3 to, float first, float second, f3 towards);
/// The face's keypoints; index 0 right, 1 left.
void person_face(const person_shape *who, const person_joints *at, f3 *nose, f3 eye[2], f3 ear[2]);
/// Neck, head, hair.
void person_head(mesh *m, const person_shape *who, const person_joints *at);
/// Bare geometry, without normals, and its keypoints.
void person_points(mesh *m, const person_shape *who, const person_joints *at);

void person_size(int variant, double size_m[3]);
/// All phases.
void person_build(int variant, mesh out[PERSON_PHASES]);

#endif
