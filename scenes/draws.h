// SPDX-License-Identifier: Apache-2.0
// The random draws of the scene language, all from the scene's stream: uniform,
// normal, log_uniform, poisson, chance, choose, pick, shuffle; and require_that.
#ifndef SCENES_DRAWS_H
#define SCENES_DRAWS_H

#include <lua.h>

/// Makes them global functions. Inside a protected call.
void draws_open(lua_State *L);

#endif
