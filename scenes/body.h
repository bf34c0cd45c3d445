// SPDX-License-Identifier: Apache-2.0
// Bodies that users bring: a mesh of a file that the script names, as the look of vehicles or
// people of one kind, or as a thing that stands there. docs/decisions.md says why they are read as
// maps are.
#ifndef SCENES_BODY_H
#define SCENES_BODY_H

#include "scenes/script_maps.h"

enum { BODIES_MAX = 16, PROPS_MAX = 64 };

/// What asset("car.glb", { class = "car" }) gives. All zero: none.
typedef struct body_def {
  const script_map *file; // whose script outlives every scene with it
  int kind;               // thing_kind
  double scale;           // of the file's metres
} body_def;

struct scene_vehicle;
struct scene_person;
/// The kind of a class that asset() takes, or -1.
int body_kind(const char *word);
const char *body_word(int kind); ///< of a kind that body_kind gives
/// Whether it is something that stands, a prop, and no vehicle or person.
bool body_stands(int kind);
const char *body_kinds(void); ///< all of them, "car, van, …"
/// Why a mesh of that size can't be a thing of that kind, "is 412 m long; a car has 2 to 7 m";
/// NULL: it can.
const char *body_misfit(int kind, const double size_m[3], char *text, size_t size);
/// Gives a vehicle that body, with its size; wheels stand where they stood in proportion.
void body_put(const body_def *body, struct scene_vehicle *v);
/// Gives a person that body, with its size, and no umbrella.
void body_put_person(const body_def *body, struct scene_person *p);
/// Gives those of n people who are on foot one of those each, by their seeds.
void body_draw_people(const body_def *bodies, int count, struct scene_person *people, int n);
/// Gives it one of those of its kind, by its seed; none: leaves it.
void body_draw(const body_def *bodies, int count, struct scene_vehicle *v);

#endif
