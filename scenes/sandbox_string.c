// SPDX-License-Identifier: Apache-2.0
// string.* without bytecode and addresses, and with bounded work: Lua's pattern
// matcher backtracks in C, where no hook counts instructions.
#include <string.h>

#include <lualib.h>

#include "scenes/sandbox.h"

static int safe_rep(lua_State *L) {
  size_t size, separator_size = 0;
  luaL_checklstring(L, 1, &size);
  lua_Integer count = luaL_checkinteger(L, 2);
  luaL_optlstring(L, 3, "", &separator_size);
  if (count > 0 && size + separator_size > 0) {
    double result = (double)count * (double)(size + separator_size) - (double)separator_size;
    if (result > SANDBOX_TEXT_MAX)
      return sandbox_error(L, "string.rep: the result would be longer than %d bytes",
                           SANDBOX_TEXT_MAX);
    sandbox_charge(L, count + (int64_t)result / 16);
  }
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, 1);
  return 1;
}

// Patterns ------------------------------------------------------------------

typedef struct pattern_shape {
  int repeats;   // * + -
  int optionals; // ?
  int scans;     // %b and back references: each walks the subject
  int anchored;
} pattern_shape;

// Only what the bound below needs. A malformed pattern is Lua's to complain about.
static pattern_shape pattern_read(const char *p, size_t size) {
  pattern_shape shape = {0};
  size_t i = 0;
  if (size > 0 && p[0] == '^') {
    shape.anchored = 1;
    i = 1;
  }
  while (i < size) {
    if (p[i] == '%' && i + 1 < size) {
      shape.scans += p[i + 1] == 'b' || (p[i + 1] >= '0' && p[i + 1] <= '9');
      i += p[i + 1] == 'b' ? 4 : 2;
    } else if (p[i] == '[') {
      i += i + 1 < size && p[i + 1] == '^' ? 2 : 1;
      size_t first = i;
      while (i < size && (p[i] != ']' || i == first))
        i += p[i] == '%' ? 2 : 1;
      i++;
    } else {
      i++;
    }
    if (i < size && (p[i] == '*' || p[i] == '+' || p[i] == '-'))
      shape.repeats++;
    if (i < size && p[i] == '?')
      shape.optionals++;
  }
  return shape;
}

// At most this many steps: every way to place the repetitions' ends in the subject,
// from every start, each step looking at the longest item of the pattern.
static double pattern_steps(const pattern_shape *shape, size_t subject, size_t pattern) {
  double n = (double)subject + 1, steps = shape->anchored ? 1 : n;
  for (int k = 1; k <= shape->repeats && steps < 1e30; k++)
    steps *= (n + k) / k;
  for (int k = 0; k < shape->optionals && steps < 1e30; k++)
    steps *= 2;
  for (int k = 0; k < shape->scans && steps < 1e30; k++)
    steps *= n;
  return steps * (1 + (double)pattern / 8);
}

static void check_pattern(lua_State *L, const char *function) {
  static const double most = 2e8; // about a second of matching
  size_t subject, size;
  luaL_checklstring(L, 1, &subject);
  const char *pattern = luaL_checklstring(L, 2, &size);
  sandbox_charge(L, (int64_t)(subject + size) / 16);
  if (strcmp(function, "find") == 0 && lua_toboolean(L, 4)) {
    sandbox_charge(L, (int64_t)((double)subject * (double)size / 16));
    return;
  }
  pattern_shape shape = pattern_read(pattern, size);
  if (pattern_steps(&shape, subject, size) > most)
    sandbox_error(L,
                  "string.%s: a text of %zu bytes is too long for a pattern with %d repetitions; "
                  "cut either",
                  function, subject, shape.repeats + shape.optionals + shape.scans);
}

// Upvalues: Lua's own function, its name.
static int safe_pattern(lua_State *L) {
  check_pattern(L, lua_tostring(L, lua_upvalueindex(2)));
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

static int step_gmatch(lua_State *L) {
  sandbox_charge(L, 10); // looks at the clock
  lua_settop(L, 0);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_call(L, 0, LUA_MULTRET);
  return lua_gettop(L);
}

static int safe_gmatch(lua_State *L) {
  check_pattern(L, "gmatch");
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, 1);
  lua_pushcclosure(L, step_gmatch, 1);
  return 1;
}

// Formats -------------------------------------------------------------------

static int safe_format(lua_State *L) {
  size_t size;
  const char *format = luaL_checklstring(L, 1, &size);
  int argument = 1, top = lua_gettop(L);
  for (const char *c = format; c < format + size; c++) {
    if (*c != '%')
      continue;
    c++;
    if (*c == '%')
      continue;
    while (*c && strchr("-+ #0123456789.", *c))
      c++;
    argument++;
    if (*c == 'p')
      return sandbox_error(L, "string.format: %%p is not available in scene scripts");
    if (*c == 's' && argument <= top && lua_type(L, argument) > LUA_TSTRING) {
      sandbox_push_text(L, argument);
      lua_replace(L, argument);
    }
  }
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, 1);
  return 1;
}

static void wrap(lua_State *L, const char *name, lua_CFunction f) {
  lua_getfield(L, -1, name);
  lua_pushstring(L, name);
  lua_pushcclosure(L, f, 2);
  lua_setfield(L, -2, name);
}

void sandbox_open_string(lua_State *L) {
  luaL_requiref(L, LUA_STRLIBNAME, luaopen_string, 1);
  lua_pushnil(L);
  lua_setfield(L, -2, "dump");
  wrap(L, "rep", safe_rep);
  wrap(L, "format", safe_format);
  wrap(L, "find", safe_pattern);
  wrap(L, "match", safe_pattern);
  wrap(L, "gsub", safe_pattern);
  wrap(L, "gmatch", safe_gmatch);
  lua_pop(L, 1);
  lua_pushstring(L, ""); // getmetatable("") gives false, not the table itself
  lua_getmetatable(L, -1);
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 2);
}
