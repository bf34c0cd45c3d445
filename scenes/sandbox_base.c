// SPDX-License-Identifier: Apache-2.0
// Lua's basic functions, without those that read files or memory addresses, and
// with pcall, pairs and setmetatable that keep quotas and order.
#include <math.h>
#include <string.h>

#include <lualib.h>

#include "base/log.h"
#include "scenes/sandbox.h"

// Protected calls -----------------------------------------------------------

static int finish_pcall(lua_State *L, int lua_status, lua_KContext below) {
  sandbox_pass_on(L, lua_status);
  if (lua_status != LUA_OK && lua_status != LUA_YIELD) {
    lua_pushboolean(L, 0);
    lua_pushvalue(L, -2);
    return 2;
  }
  return lua_gettop(L) - (int)below;
}

static int safe_pcall(lua_State *L) {
  luaL_checkany(L, 1);
  lua_pushboolean(L, 1);
  lua_insert(L, 1);
  int result = lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, finish_pcall);
  return finish_pcall(L, result, 0);
}

// A handler runs where the error was raised. When that is inside the count hook,
// hooks are off, and a script's own handler could loop for ever: it isn't called.
static int handle_error(lua_State *L) {
  if (sandbox_is_leaving(L))
    return 1;
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, 1);
  return 1;
}

static int safe_xpcall(lua_State *L) {
  luaL_checktype(L, 2, LUA_TFUNCTION);
  int arguments = lua_gettop(L) - 2;
  lua_pushvalue(L, 2);
  lua_pushcclosure(L, handle_error, 1);
  lua_replace(L, 2);     // f, handler, arguments…
  lua_pushboolean(L, 1); // the first result
  lua_pushvalue(L, 1);   // f
  lua_rotate(L, 3, 2);   // f, handler, true, f, arguments…
  int result = lua_pcallk(L, arguments, LUA_MULTRET, 2, 2, finish_pcall);
  return finish_pcall(L, result, 2);
}

// Texts without addresses ---------------------------------------------------

void sandbox_push_text(lua_State *L, int index) {
  index = lua_absindex(L, index);
  if (luaL_callmeta(L, index, "__tostring")) {
    if (!lua_isstring(L, -1))
      luaL_error(L, "'__tostring' must return a string");
    lua_tostring(L, -1);
    return;
  }
  switch (lua_type(L, index)) {
  case LUA_TNUMBER:
  case LUA_TSTRING:
    lua_pushvalue(L, index);
    lua_tostring(L, -1);
    return;
  case LUA_TBOOLEAN:
    lua_pushstring(L, lua_toboolean(L, index) ? "true" : "false");
    return;
  default:
    lua_pushstring(L, luaL_typename(L, index));
  }
}

static int safe_tostring(lua_State *L) {
  luaL_checkany(L, 1);
  sandbox_push_text(L, 1);
  return 1;
}

static int safe_print(lua_State *L) {
  enum { COST = 10000 }; // a script that only prints ends after 10,000 lines
  sandbox_charge(L, COST);
  int count = lua_gettop(L);
  luaL_Buffer line;
  char where[128];
  sandbox_where(L, where, sizeof where);
  luaL_buffinit(L, &line);
  luaL_addstring(&line, where);
  for (int i = 1; i <= count; i++) {
    if (i > 1)
      luaL_addchar(&line, ' ');
    sandbox_push_text(L, i);
    luaL_addvalue(&line);
  }
  luaL_pushresult(&line);
  char text[1024];
  size_t used = 0;
  for (const char *c = lua_tostring(L, -1); *c && used + 1 < sizeof text; c++)
    text[used++] = (unsigned char)*c < 32 || *c == 127 ? ' ' : *c; // no terminal escapes
  text[used] = 0;
  if (!sandbox_is_quiet(L))
    log_line(LOG_INFO, "%s", text);
  return 0;
}

// Order ---------------------------------------------------------------------

// Numbers, then texts by their bytes, then false and true.
static int key_rank(lua_State *L, int index) {
  switch (lua_type(L, index)) {
  case LUA_TNUMBER:
    return 0;
  case LUA_TSTRING:
    return 1;
  case LUA_TBOOLEAN:
    return 2;
  default:
    return 3;
  }
}

static int bytes_less(lua_State *L, int a, int b) {
  size_t a_size, b_size;
  const char *a_text = lua_tolstring(L, a, &a_size), *b_text = lua_tolstring(L, b, &b_size);
  int order = memcmp(a_text, b_text, a_size < b_size ? a_size : b_size);
  return order ? order < 0 : a_size < b_size;
}

static int key_less(lua_State *L, int context) {
  (void)context;
  int a = lua_gettop(L) - 1, b = a + 1;
  int a_rank = key_rank(L, a), b_rank = key_rank(L, b);
  if (a_rank != b_rank)
    return a_rank < b_rank;
  if (a_rank == 0)
    return lua_compare(L, a, b, LUA_OPLT);
  if (a_rank == 1)
    return bytes_less(L, a, b);
  return lua_toboolean(L, a) < lua_toboolean(L, b);
}

static void check_key(lua_State *L, int index) {
  if (key_rank(L, index) == 3)
    sandbox_error(L, "pairs: a key is %s, which has no fixed order; use numbers or texts",
                  sandbox_type(L, index));
}

static int step_pairs(lua_State *L) {
  // Upvalues: the keys in order, the number of keys given out.
  for (;;) {
    lua_Integer at = lua_tointeger(L, lua_upvalueindex(2)) + 1;
    lua_pushinteger(L, at);
    lua_replace(L, lua_upvalueindex(2));
    if (lua_rawgeti(L, lua_upvalueindex(1), at) == LUA_TNIL)
      return 1;
    lua_pushvalue(L, -1);
    if (lua_rawget(L, 1) != LUA_TNIL)
      return 2;
    lua_pop(L, 2); // removed meanwhile
  }
}

static int safe_pairs(lua_State *L) {
  luaL_checkany(L, 1);
  if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
    lua_pushvalue(L, 1);
    lua_call(L, 1, 3);
    return 3;
  }
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  lua_newtable(L);
  lua_Integer count = 0;
  lua_pushnil(L);
  while (lua_next(L, 1)) {
    lua_pop(L, 1);
    check_key(L, -1);
    lua_pushvalue(L, -1);
    lua_rawseti(L, 2, ++count);
  }
  sandbox_charge(L, 4 * count);
  sandbox_sort(L, 2, count, key_less, 0);
  lua_pushinteger(L, 0);
  lua_pushcclosure(L, step_pairs, 2);
  lua_pushvalue(L, 1);
  lua_pushnil(L);
  return 3;
}

// The least key above the one given: as many steps as there are keys.
static int safe_next(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 2);
  int has_best = 0;
  lua_Integer count = 0;
  lua_pushnil(L); // 3: the best so far
  lua_pushnil(L);
  while (lua_next(L, 1)) {
    lua_pop(L, 1);
    check_key(L, -1);
    count++;
    int after = 1, before = 1;
    if (!lua_isnil(L, 2)) {
      lua_pushvalue(L, 2);
      lua_pushvalue(L, -2);
      after = key_less(L, 0);
      lua_pop(L, 2);
    }
    if (after && has_best) {
      lua_pushvalue(L, -1);
      lua_pushvalue(L, 3);
      before = key_less(L, 0);
      lua_pop(L, 2);
    }
    if (after && before) {
      lua_pushvalue(L, -1);
      lua_replace(L, 3);
      has_best = 1;
    }
  }
  sandbox_charge(L, 10 * count); // what a visit costs, in instructions
  if (!has_best) {
    lua_pushnil(L);
    return 1;
  }
  lua_settop(L, 3);
  lua_pushvalue(L, 3);
  lua_rawget(L, 1);
  return 2;
}

// Metatables ----------------------------------------------------------------

static void refuse_metafield(lua_State *L, const char *name, const char *why) {
  lua_pushstring(L, name);
  if (lua_rawget(L, 2) != LUA_TNIL)
    sandbox_error(L, "setmetatable: %s is not available in scene scripts (%s)", name, why);
  lua_pop(L, 1);
}

static int safe_setmetatable(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_argexpected(L, lua_isnil(L, 2) || lua_istable(L, 2), 2, "nil or table");
  lua_settop(L, 2);
  if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL)
    return sandbox_error(L, "setmetatable: this table's metatable is protected");
  if (lua_istable(L, 2)) {
    refuse_metafield(L, "__gc", "nothing would count its instructions");
    refuse_metafield(L, "__mode", "what is left would depend on memory");
  }
  lua_settop(L, 2);
  lua_setmetatable(L, 1);
  return 1;
}

// Long texts ----------------------------------------------------------------

// Functions that walk a whole text in C are charged by its length.
static int charged_by_length(lua_State *L) {
  if (lua_type(L, 1) == LUA_TSTRING)
    sandbox_charge(L, (int64_t)lua_rawlen(L, 1) / 4);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

static void charge_by_length(lua_State *L, const char *name) {
  lua_getfield(L, -1, name);
  lua_pushcclosure(L, charged_by_length, 1);
  lua_setfield(L, -2, name);
}

void sandbox_open_base(lua_State *L) {
  static const char *const removed[] = {"dofile", "loadfile", "load", "collectgarbage", "warn"};
  static const luaL_Reg ours[] = {
      {"pcall", safe_pcall},
      {"xpcall", safe_xpcall},
      {"tostring", safe_tostring},
      {"print", safe_print},
      {"pairs", safe_pairs},
      {"next", safe_next},
      {"setmetatable", safe_setmetatable},
      {NULL, NULL},
  };
  luaL_requiref(L, LUA_GNAME, luaopen_base, 1);
  for (size_t i = 0; i < sizeof removed / sizeof *removed; i++) {
    lua_pushnil(L);
    lua_setfield(L, -2, removed[i]);
  }
  luaL_setfuncs(L, ours, 0);
  charge_by_length(L, "tonumber");
  lua_pop(L, 1);
  luaL_requiref(L, LUA_UTF8LIBNAME, luaopen_utf8, 1);
  charge_by_length(L, "len");
  charge_by_length(L, "offset");
  charge_by_length(L, "codepoint");
  lua_pop(L, 1);
}
