// SPDX-License-Identifier: Apache-2.0
// People: a shape (who, in which clothes) and joints (in which pose). Walkers and riders
// share both. For files of render/asset_*.c alone.
#ifndef RENDER_ASSET_PERSON_H
#define RENDER_ASSET_PERSON_H

#include <stdint.h>

#include "render/mesh_shape.h"
#include "scenes/person.h"

typedef enum person_hair {
  HAIR_SHORT,
  HAIR_LONG,
  HAIR_BUN,
  HAIR_CAP,
  HAIR_HELMET,
  HAIR_FULL_HELMET
} person_hair;
typedef enum person_legs { LEGS_TROUSERS, LEGS_SHORTS, LEGS_SKIRT } person_legs;
typedef enum person_top { TOP_LONG, TOP_SHORT_SLEEVES, TOP_COAT } person_top;
typedef enum person_bag { BAG_NONE, BAG_PACK, BAG_SHOULDER } person_bag;
/// What hands do: swing, or hold a stick (the right one), an umbrella, a pram's handle.
typedef enum person_hold { HOLD_NOTHING, HOLD_STICK, HOLD_UMBRELLA, HOLD_PRAM } person_hold;

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
  float stoop; // how far forward of the pelvis the neck is, a share of the height
  person_hold hold;
  bool leash; // in the left hand
} person_shape;

/// Places of joints; index 0 right, 1 left. `foot` is where the toes point.
typedef struct person_joints {
  f3 pelvis, neck, look; // middle between the hips, base of the neck, way the face looks
  f3 hip[2], knee[2], ankle[2], foot[2];
  f3 shoulder[2], elbow[2], wrist[2];
} person_joints;

/// What somebody has besides what belongs to the shape.
typedef enum person_load {
  LOAD_NONE,
  LOAD_UMBRELLA,
  LOAD_PRAM, // the hands for it alone
  LOAD_LEASH,
  LOAD_UMBRELLA_LEASH,
  PERSON_LOADS
} person_load;
/// Adults, then children, then old people; then all of them again with each load.
enum { PERSON_ADULTS = 11, PERSON_CHILDREN = 3, PERSON_OLD = 4 };
enum { PERSON_SHAPES = PERSON_ADULTS + PERSON_CHILDREN + PERSON_OLD };
enum { PERSON_VARIANTS = PERSON_LOADS * PERSON_SHAPES, PERSON_PHASES = 9, PERSON_STANDING = 8 };

person_shape person_shape_of(int variant);
/// The variant of a person with that seed, whose bits say who it is, and box.
int person_variant(uint32_t asset_seed, const double size_m[3]);
/// Walking at 0..7 eighths of a cycle from the right heel's strike, or standing; the lower
/// shoe is on the ground.
void person_walk(const person_shape *who, int phase, person_joints *out);
/// Elbow or knee of a limb of two lengths between its ends, bent towards `towards`; ends too
/// far apart stretch it straight.
f3 person_bend(f3 from, f3 to, float first, float second, f3 towards);
/// The face's keypoints; index 0 right, 1 left.
void person_face(const person_shape *who, const person_joints *at, f3 *nose, f3 eye[2], f3 ear[2]);
/// Where somebody sits, leans, holds and has the feet, right side first.
typedef struct person_seat {
  f3 pelvis;
  float lean_rad;
  f3 hands[2], ankles[2];
  float knees_out;
} person_seat;
void person_sit(const person_shape *who, const person_seat *on, person_joints *out);
/// Neck, head, hair.
void person_head(mesh *m, const person_shape *who, const person_joints *at);
/// Bare geometry, without normals, and its keypoints.
void person_points(mesh *m, const person_shape *who, const person_joints *at);

void person_size(int variant, double size_m[3]);
/// All phases.
void person_build(int variant, mesh out[PERSON_PHASES]);

// render/asset_walker.c
/// What hands hold, of a person whose lower shoe is on z = 0.
void person_held(mesh *m, const person_shape *who, const person_joints *at);
enum { WHEELCHAIR_VARIANTS = 5, PRAM_VARIANTS = 2 };
/// A person in a wheelchair.
void wheelchair_size(int variant, double size_m[3]);
void wheelchair_build(int variant, mesh *out);
/// A pram alone, as wide and high as somebody of 1.68 m pushes it; its handle is at its rear end.
void pram_size(int variant, double size_m[3]);
void pram_build(int variant, mesh *out);

// render/asset_dog.c
enum { DOG_VARIANTS = PERSON_DOGS };
/// In as many phases as people: 0..7 a trot, then standing.
void dog_size(int variant, double size_m[3]);
void dog_build(int variant, mesh out[PERSON_PHASES]);
/// From the collar of a dog of that variant, in its frame, to the hand of who leads it.
void leash_size(int variant, double size_m[3]);
void leash_build(int variant, mesh *out);
/// Its size, and where in the dog's frame the middle of its box's bottom is.
void leash_place(int variant, double size_m[3], double middle_m[3]);

#endif
