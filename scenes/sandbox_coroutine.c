// SPDX-License-Identifier: Apache-2.0
// coroutine.* that pass quota errors on. Every coroutine counts instructions from
// zero towards the hook, so each is charged one hook's worth when it is made.
#include <lualib.h>

#include "scenes/sandbox.h"

static lua_State *check_coroutine(lua_State *L) {
  lua_State *co = lua_tothread(L, 1);
  luaL_argexpected(L, co, 1, "coroutine");
  return co;
}

// Moves `arguments` values into the coroutine and its results or its error back.
// Returns the number of results, or -1 with the error on top.
static int resume(lua_State *L, lua_State *co, int arguments) {
  sandbox_charge(L, 10); // also: nothing resumes on the way out
  if (!lua_checkstack(co, arguments)) {
    lua_pushliteral(L, "too many arguments to resume");
    return -1;
  }
  lua_xmove(L, co, arguments);
  int results = 0;
  int state = lua_resume(co, L, arguments, &results);
  if (state == LUA_OK || state == LUA_YIELD) {
    if (!lua_checkstack(L, results + 1)) {
      lua_pop(co, results);
      lua_pushliteral(L, "too many results to resume");
      return -1;
    }
    lua_xmove(co, L, results);
    return results;
  }
  sandbox_pass_on(L, state);
  lua_xmove(co, L, 1);
  return -1;
}

static int safe_create(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  sandbox_charge(L, SANDBOX_HOOK_STEP);
  lua_State *co = lua_newthread(L);
  lua_pushvalue(L, 1);
  lua_xmove(L, co, 1);
  return 1;
}

static int safe_resume(lua_State *L) {
  lua_State *co = check_coroutine(L);
  int results = resume(L, co, lua_gettop(L) - 1);
  lua_pushboolean(L, results >= 0);
  int moved = results >= 0 ? results : 1;
  lua_insert(L, -(moved + 1));
  return moved + 1;
}

static int step_wrap(lua_State *L) {
  lua_State *co = lua_tothread(L, lua_upvalueindex(1));
  int results = resume(L, co, lua_gettop(L));
  if (results >= 0)
    return results;
  int state = lua_status(co);
  if (state != LUA_OK && state != LUA_YIELD) {
    state = lua_resetthread(co); // closes its pending variables
    sandbox_pass_on(L, state);
    if (state != LUA_OK)
      lua_xmove(co, L, 1); // an error while closing takes over
  }
  return lua_error(L);
}

static int safe_wrap(lua_State *L) {
  safe_create(L);
  lua_pushcclosure(L, step_wrap, 1);
  return 1;
}

static int safe_close(lua_State *L) {
  sandbox_charge(L, 10);
  lua_State *co = check_coroutine(L);
  lua_Debug record;
  if (co == L || (lua_status(co) == LUA_OK && lua_getstack(co, 0, &record)))
    return sandbox_error(L, "coroutine.close: the coroutine is running");
  int state = lua_resetthread(co);
  sandbox_pass_on(L, state);
  lua_pushboolean(L, state == LUA_OK);
  if (state == LUA_OK)
    return 1;
  lua_xmove(co, L, 1);
  return 2;
}

void sandbox_open_coroutine(lua_State *L) {
  static const luaL_Reg ours[] = {
      {"create", safe_create},
      {"resume", safe_resume},
      {"wrap", safe_wrap},
      {"close", safe_close},
      {NULL, NULL},
  };
  luaL_requiref(L, LUA_COLIBNAME, luaopen_coroutine, 1);
  luaL_setfuncs(L, ours, 0);
  lua_pop(L, 1);
}
