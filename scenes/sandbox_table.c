// SPDX-License-Identifier: Apache-2.0
// table.*, written anew: Lua's own loops in C where no hook counts, as long as a
// metamethod says, and its sort takes pivots from the clock. These see plain lists
// only (no metamethods) and charge what they do.
#include <stdint.h>

#include "scenes/sandbox.h"

static lua_Integer list_length(lua_State *L, int index) {
  luaL_checktype(L, index, LUA_TTABLE);
  return (lua_Integer)lua_rawlen(L, index);
}

// Sorting -------------------------------------------------------------------

// One pass of a bottom-up merge sort: runs of `width` in `from` become runs of twice
// that in `to`.
static void merge_pass(lua_State *L, int from, int to, lua_Integer count, lua_Integer width,
                       int (*less)(lua_State *L, int context), int context) {
  for (lua_Integer begin = 0; begin < count; begin += 2 * width) {
    lua_Integer middle = begin + width < count ? begin + width : count;
    lua_Integer end = middle + width < count ? middle + width : count;
    lua_Integer a = begin, b = middle;
    for (lua_Integer out = begin; out < end; out++) {
      int take_b = a >= middle;
      if (a < middle && b < end) {
        lua_rawgeti(L, from, b + 1);
        lua_rawgeti(L, from, a + 1);
        take_b = less(L, context); // only a strictly lesser one overtakes: stable
        lua_pop(L, 2);
      }
      lua_rawgeti(L, from, (take_b ? b++ : a++) + 1);
      lua_rawseti(L, to, out + 1);
    }
  }
}

void sandbox_sort(lua_State *L, int list, lua_Integer count, int (*less)(lua_State *L, int context),
                  int context) {
  if (count < 2)
    return;
  list = lua_absindex(L, list);
  luaL_checkstack(L, 8, "sort");
  // Two copies take turns, so that the list stays whole if a comparison fails.
  lua_createtable(L, (int)(count < 1000 ? count : 1000), 0);
  lua_createtable(L, (int)(count < 1000 ? count : 1000), 0);
  int from = lua_gettop(L) - 1, to = from + 1;
  for (lua_Integer i = 1; i <= count; i++) {
    lua_rawgeti(L, list, i);
    lua_rawseti(L, from, i);
  }
  for (lua_Integer width = 1; width < count; width *= 2) {
    sandbox_charge(L, 8 * count);
    merge_pass(L, from, to, count, width, less, context);
    int other = from;
    from = to;
    to = other;
  }
  for (lua_Integer i = 1; i <= count; i++) {
    lua_rawgeti(L, from, i);
    lua_rawseti(L, list, i);
  }
  lua_pop(L, 2);
}

static int value_less(lua_State *L, int comparator) {
  int a = lua_gettop(L) - 1;
  if (!comparator)
    return lua_compare(L, a, a + 1, LUA_OPLT);
  lua_pushvalue(L, comparator);
  lua_pushvalue(L, a);
  lua_pushvalue(L, a + 1);
  lua_call(L, 2, 1);
  int less = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return less;
}

static int table_sort(lua_State *L) {
  lua_Integer count = list_length(L, 1);
  int comparator = 0;
  if (!lua_isnoneornil(L, 2)) {
    luaL_checktype(L, 2, LUA_TFUNCTION);
    comparator = 2;
  }
  sandbox_sort(L, 1, count, value_less, comparator);
  return 0;
}

// Lists ---------------------------------------------------------------------

static int table_insert(lua_State *L) {
  lua_Integer end = list_length(L, 1) + 1, at = end;
  if (lua_gettop(L) == 3) {
    at = luaL_checkinteger(L, 2);
    luaL_argcheck(L, at >= 1 && at <= end, 2, "position out of bounds");
  } else if (lua_gettop(L) != 2) {
    return sandbox_error(L, "table.insert: takes a list, maybe a position, and a value");
  }
  sandbox_charge(L, end - at);
  for (lua_Integer i = end; i > at; i--) {
    lua_rawgeti(L, 1, i - 1);
    lua_rawseti(L, 1, i);
  }
  lua_pushvalue(L, -1);
  lua_rawseti(L, 1, at);
  return 0;
}

static int table_remove(lua_State *L) {
  lua_Integer count = list_length(L, 1), at = luaL_optinteger(L, 2, count);
  if (!lua_isnoneornil(L, 2))
    luaL_argcheck(L, (at >= 1 && at <= count + 1) || (count == 0 && at == 0), 2,
                  "position out of bounds");
  lua_rawgeti(L, 1, at);
  sandbox_charge(L, count - at);
  for (; at < count; at++) {
    lua_rawgeti(L, 1, at + 1);
    lua_rawseti(L, 1, at);
  }
  if (at >= 1) {
    lua_pushnil(L);
    lua_rawseti(L, 1, at);
  }
  return 1;
}

// Elements first..last as a number that can't overflow: all 2^64 count as one less.
static uint64_t span(lua_Integer first, lua_Integer last) {
  uint64_t gap = (uint64_t)last - (uint64_t)first;
  return first > last ? 0 : gap == UINT64_MAX ? gap : gap + 1;
}

static int64_t span_cost(lua_Integer first, lua_Integer last) {
  uint64_t count = span(first, last);
  return count > INT64_MAX ? INT64_MAX : (int64_t)count;
}

static int table_concat(lua_State *L) {
  lua_Integer count = list_length(L, 1);
  const char *separator = luaL_optstring(L, 2, "");
  size_t separator_size = lua_isnoneornil(L, 2) ? 0 : lua_rawlen(L, 2);
  lua_Integer first = luaL_optinteger(L, 3, 1), last = luaL_optinteger(L, 4, count);
  sandbox_charge(L, span_cost(first, last));
  luaL_Buffer out;
  luaL_buffinit(L, &out);
  for (uint64_t k = 0; k < span(first, last); k++) {
    if (k > 0)
      luaL_addlstring(&out, separator, separator_size);
    lua_rawgeti(L, 1, first + (lua_Integer)k);
    if (!lua_isstring(L, -1))
      return sandbox_error(L, "table.concat: element %lld is %s, not a text or number",
                           (long long)(first + (lua_Integer)k), sandbox_type(L, -1));
    luaL_addvalue(&out);
  }
  luaL_pushresult(&out);
  return 1;
}

static int table_move(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_Integer first = luaL_checkinteger(L, 2), last = luaL_checkinteger(L, 3);
  lua_Integer target = luaL_checkinteger(L, 4);
  int to = lua_isnoneornil(L, 5) ? 1 : 5;
  luaL_checktype(L, to, LUA_TTABLE);
  sandbox_charge(L, span_cost(first, last));
  uint64_t count = span(first, last);
  luaL_argcheck(L, count == 0 || target <= LUA_MAXINTEGER - (lua_Integer)count + 1, 4,
                "destination wraps around");
  int backwards = target > first && to == 1; // overlapping: from the end
  for (uint64_t k = 0; k < count; k++) {
    lua_Integer i = (lua_Integer)(backwards ? count - 1 - k : k);
    lua_rawgeti(L, 1, first + i);
    lua_rawseti(L, to, target + i);
  }
  lua_pushvalue(L, to);
  return 1;
}

static int table_pack(lua_State *L) {
  int count = lua_gettop(L);
  lua_createtable(L, count, 1);
  lua_insert(L, 1);
  for (int i = count; i >= 1; i--)
    lua_rawseti(L, 1, i);
  lua_pushinteger(L, count);
  lua_setfield(L, 1, "n");
  return 1;
}

static int table_unpack(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_Integer first = luaL_optinteger(L, 2, 1), last = luaL_optinteger(L, 3, list_length(L, 1));
  uint64_t count = span(first, last);
  sandbox_charge(L, span_cost(first, last));
  if (count >= 100000 || !lua_checkstack(L, (int)count))
    return sandbox_error(L, "table.unpack: too many results");
  for (uint64_t k = 0; k < count; k++)
    lua_rawgeti(L, 1, first + (lua_Integer)k);
  return (int)count;
}

void sandbox_open_table(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"sort", table_sort},     {"insert", table_insert},
      {"remove", table_remove}, {"concat", table_concat},
      {"move", table_move},     {"pack", table_pack},
      {"unpack", table_unpack}, {NULL, NULL},
  };
  luaL_newlib(L, functions);
  lua_setglobal(L, "table");
}
