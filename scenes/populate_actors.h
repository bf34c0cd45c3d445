// SPDX-License-Identifier: Apache-2.0
// Puts a script's actors where it says, before anybody else.
#ifndef SCENES_POPULATE_ACTORS_H
#define SCENES_POPULATE_ACTORS_H

#include "base/status.h"
#include "scenes/scene.h"

/// A stretch of a lane that others begin clear of.
typedef struct clearing {
  int lane;
  double lo_m, hi_m;
} clearing;

typedef struct cast {
  int vehicle_count; // of the actors but the ego
  scene_vehicle vehicles[ACTORS_MAX];
  int trailer_count; // their vehicles' `trailer` is the number, from 1
  scene_trailer trailers[ACTORS_MAX];
  int person_count;
  scene_person people[ACTORS_MAX];
  // Where actors and props are, and between them and what they refer to. Heap memory of whoever has
  // the cast, NULL with capacity 0 to begin with.
  int clearing_count, clearing_capacity;
  clearing *clearings;
  bool failed; // memory ran out for one
} cast;

/// Sets s->actors for the ego, which stands there already, and the actors of `def`; their
/// vehicles get the indices from 1 on, their people those from 0 on. Neither is in the scene yet.
/// STATUS_RANGE, "town.lua:4: actors[2]: …", when one can't be where it is to be.
/// `wide`: the lanes that trucks with trailers get through, (path_count); NULL where there are
/// none. `out` is all zero; free its clearings, whatever comes back.
status populate_actors(scene *s, const scene_def *def, const scene_vehicle *ego,
                       const uint8_t *wide, cast *out, trouble *why);

#endif
