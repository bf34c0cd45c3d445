// SPDX-License-Identifier: Apache-2.0
// Networks of any place with any numbers that its fields allow, by scenes/fields.c alone: a
// place that is added there is drawn here.
#ifndef TESTS_SCENES_WITH_ANY_PLACE_H
#define TESTS_SCENES_WITH_ANY_PLACE_H

#include "base/arena.h"
#include "base/status.h"
#include "scenes/road.h"
#include "scenes/scene_def.h"

/// One network, what it was drawn from, and how to see it again.
typedef struct any_place {
  place_kind place;
  uint32_t number; // the scene's seed too
  scene_def def;
  char script[8192]; // a scene script that gives the same network with --seed number
  arena *memory;
  road_network net;
} any_place;

/// How much of their ranges the fields that make a network large (lengths, sizes, numbers of
/// blocks) take: ANY_SMALL a few junctions, ANY_LARGE all of it, small ones more often. Counts that
/// may be 0 (of ramps, say) are 2 at most.
typedef enum any_size { ANY_SMALL, ANY_LARGE } any_size;

/// Draws every field of the place within its range, a third of them at an end of it or at its
/// default, the side that traffic keeps to, and nothing else. The network isn't there yet. Fails
/// the test where the table has a kind of field that this doesn't know.
void any_place_draw(any_place *out, place_kind place, uint32_t number, any_size size);
/// Builds its roads as a scene does; on success release with any_place_free.
status any_place_build(any_place *of, trouble *why);
void any_place_free(any_place *of);
/// Whether a refusal says what to change: it names a field of that place.
bool any_place_names_field(place_kind place, const char *text);

#endif
