// SPDX-License-Identifier: Apache-2.0
// Sizes of people with what they have, shared by those who place, move and draw them.
#ifndef SCENES_PERSON_H
#define SCENES_PERSON_H

#include "scenes/scene.h"

/// The class of a person, of what somebody has along, and of a wheelchair with its user.
static inline semantic thing_class(thing_kind kind) {
  bool dynamic = kind == THING_PRAM || kind == THING_DOG || kind == THING_DEER;
  return dynamic ? SEMANTIC_DYNAMIC : SEMANTIC_PEDESTRIAN;
}
/// Makes of dogs, by asset_seed modulo that.
enum { PERSON_DOGS = 4 };
/// How far an open umbrella stands above the head.
#define PERSON_UMBRELLA_RISE_M 0.22
/// A pram as somebody of that height pushes it: prams are made for 1.68 m.
#define PRAM_FOR_M 1.68

/// Length, width and height of the whole walk of somebody that tall, by the PERSON_… bits of what
/// is held.
void person_box(uint32_t asset_seed, double height_m, double size_m[3]);
/// A person as it is seen at a rain rate: with an open umbrella or without. Writes the box.
/// Returns the asset_seed.
uint32_t person_look(const scene_person *p, double rain_mmh, double size_m[3]);
/// From a person's place to the middle of what goes along with it: ahead and left, m.
void person_along(thing_kind what, double height_m, double *ahead_m, double *left_m);
void wheelchair_box(double size_m[3]);
/// So many times the usual size.
void pram_box(double times, double size_m[3]);
/// The box of a dog of the make that an asset_seed gives, that many times the usual size.
void dog_box(uint32_t asset_seed, double times, double size_m[3]);
/// The radius of the circle that stands for a body where people meet, m.
double person_body(thing_kind what, const double size_m[3]);

#endif
