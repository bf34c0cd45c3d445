// SPDX-License-Identifier: Apache-2.0
// math.* with random numbers from the scene's stream.
#include <stdint.h>

#include <lualib.h>

#include "scenes/sandbox.h"

static uint64_t stream_u64(lua_State *L) {
  rng *stream = sandbox_stream(L);
  uint64_t high = rng_u32(stream);
  return high << 32 | rng_u32(stream);
}

// random() in [0, 1); random(n) in 1..n; random(m, n) in m..n; random(0): any integer.
static int safe_random(lua_State *L) {
  lua_Integer lo = 1, hi;
  switch (lua_gettop(L)) {
  case 0:
    lua_pushnumber(L, rng_unit(sandbox_stream(L)));
    return 1;
  case 1:
    hi = luaL_checkinteger(L, 1);
    if (hi == 0) {
      lua_pushinteger(L, (lua_Integer)stream_u64(L));
      return 1;
    }
    break;
  case 2:
    lo = luaL_checkinteger(L, 1);
    hi = luaL_checkinteger(L, 2);
    break;
  default:
    return sandbox_error(L, "math.random: takes two arguments at most");
  }
  if (lo > hi)
    return sandbox_error(L, "math.random: the interval %lld..%lld is empty", (long long)lo,
                         (long long)hi);
  uint64_t count = (uint64_t)hi - (uint64_t)lo + 1; // 0: all 2^64
  uint64_t value = stream_u64(L);
  if (count != 0) {
    uint64_t fair = UINT64_MAX - UINT64_MAX % count; // below this, every rest is as likely
    while (value >= fair)
      value = stream_u64(L);
    value %= count;
  }
  lua_pushinteger(L, (lua_Integer)((uint64_t)lo + value));
  return 1;
}

// The scene's seed rules; scripts that seed anyway still run.
static int safe_randomseed(lua_State *L) {
  (void)L;
  return 0;
}

void sandbox_open_math(lua_State *L) {
  static const luaL_Reg ours[] = {
      {"random", safe_random}, {"randomseed", safe_randomseed}, {NULL, NULL}};
  luaL_requiref(L, LUA_MATHLIBNAME, luaopen_math, 1);
  luaL_setfuncs(L, ours, 0);
  lua_pop(L, 1);
}
