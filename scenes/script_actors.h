// SPDX-License-Identifier: Apache-2.0
// The words that place actors: actor, ego, ahead, behind, beside. Between the parts of
// scenes/script*.c and scenes/behaviour*.c only.
#ifndef SCENES_SCRIPT_ACTORS_H
#define SCENES_SCRIPT_ACTORS_H

#include <lua.h>

#include "scenes/scene_def.h"

/// What `actor { … }` gives, and `ego` is. Its user values: the behaviour or nil, and the actor
/// that its place refers to.
typedef struct script_actor {
  int number;  // in the latest scene { … }, 0 the ego; -1: in none
  int listing; // of scene { … } that numbered it
  actor_def def;
} script_actor;

/// Makes the words global. Inside a protected call.
void script_actors_open(lua_State *L);
/// The actor at that index of the stack, or NULL.
script_actor *script_actors_get(lua_State *L, int index);
/// Pushes the ego, whatever a script has made of the global.
void script_actors_push_ego(lua_State *L);
/// Reads the list at `index` into `def`; leaves nothing. Raises.
void script_actors_read(lua_State *L, int index, scene_def *def);
/// Reads the list of props at `index` into `def`, whose actors are read; leaves nothing. Raises.
void script_props_read(lua_State *L, int index, scene_def *def);
/// The place at that index and the number of the actor that it refers to, of a place that ahead(),
/// behind() or beside() gave; NULL for anything else.
const actor_place *script_actors_place(lua_State *L, int index, int *of);

#endif
