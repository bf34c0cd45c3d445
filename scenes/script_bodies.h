// SPDX-License-Identifier: Apache-2.0
// The word asset(…). Between the parts of scenes/script*.c only.
#ifndef SCENES_SCRIPT_BODIES_H
#define SCENES_SCRIPT_BODIES_H

#include <lua.h>

#include "scenes/body.h"

/// Makes the word global. Inside a protected call.
void script_bodies_open(lua_State *L);
/// The body that asset() gave at that index, or NULL.
const body_def *script_bodies_get(lua_State *L, int index);
/// Reads the list at `index` of at most BODIES_MAX; how many. Raises.
int script_bodies_read(lua_State *L, int index, const char *path, bool people,
                       body_def out[BODIES_MAX]);

#endif
