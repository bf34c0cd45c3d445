// SPDX-License-Identifier: Apache-2.0
#include "scenes/draws.h"

#include <math.h>

#include "scenes/sandbox.h"

// Argument `index` as a finite number. Functions are the usual slip: a draw that
// wasn't called.
static double check_number(lua_State *L, int index, const char *function, const char *what) {
  if (lua_type(L, index) != LUA_TNUMBER)
    sandbox_error(L, "%s: %s must be a number, not %s", function, what, sandbox_type(L, index));
  double value = lua_tonumber(L, index);
  if (!isfinite(value))
    sandbox_error(L, "%s: %s must be a finite number, not %s", function, what,
                  isnan(value) ? "nan" : "inf");
  return value;
}

static int draw_uniform(lua_State *L) {
  double lo = check_number(L, 1, "uniform", "the lower bound");
  double hi = check_number(L, 2, "uniform", "the upper bound");
  if (lo > hi || !isfinite(hi - lo))
    return sandbox_error(L, "uniform: %.10g..%.10g is not an interval; the lower bound comes first",
                         lo, hi);
  lua_pushnumber(L, rng_uniform(sandbox_stream(L), lo, hi));
  return 1;
}

static int draw_log_uniform(lua_State *L) {
  double lo = check_number(L, 1, "log_uniform", "the lower bound");
  double hi = check_number(L, 2, "log_uniform", "the upper bound");
  if (!(lo > 0) || lo > hi)
    return sandbox_error(L, "log_uniform: %.10g..%.10g is not an interval above 0", lo, hi);
  // exp(log(x)) may miss x by a rounding; the bounds hold all the same.
  double value = rng_log_uniform(sandbox_stream(L), lo, hi);
  lua_pushnumber(L, fmin(fmax(value, lo), hi));
  return 1;
}

static int draw_normal(lua_State *L) {
  enum { TRIES = 1000 };
  double mean = check_number(L, 1, "normal", "the mean");
  double sd = check_number(L, 2, "normal", "the standard deviation");
  double lo = -INFINITY, hi = INFINITY;
  if (!lua_isnoneornil(L, 3))
    lo = check_number(L, 3, "normal", "the lower bound");
  if (!lua_isnoneornil(L, 4))
    hi = check_number(L, 4, "normal", "the upper bound");
  if (sd < 0)
    return sandbox_error(L, "normal: the standard deviation %.10g is below 0", sd);
  if (lo > hi)
    return sandbox_error(L, "normal: %.10g..%.10g is not an interval; the lower bound comes first",
                         lo, hi);
  for (int i = 0; i < TRIES; i++) {
    double value = rng_normal(sandbox_stream(L), mean, sd);
    if (value >= lo && value <= hi) {
      lua_pushnumber(L, value);
      return 1;
    }
  }
  return sandbox_error(L, "normal: %d draws of %.10g +- %.10g all fell outside %.10g..%.10g", TRIES,
                       mean, sd, lo, hi);
}

static int draw_poisson(lua_State *L) {
  double mean = check_number(L, 1, "poisson", "the mean");
  if (mean < 0 || mean > 1e6)
    return sandbox_error(L, "poisson: the mean %.10g is outside 0..1000000", mean);
  sandbox_charge(L, 30);
  lua_pushinteger(L, rng_poisson(sandbox_stream(L), mean));
  return 1;
}

static int draw_chance(lua_State *L) {
  double p = check_number(L, 1, "chance", "the probability");
  if (p < 0 || p > 1)
    return sandbox_error(L, "chance: the probability %.10g is outside 0..1", p);
  lua_pushboolean(L, rng_chance(sandbox_stream(L), p));
  return 1;
}

// Length of a list at stack index 1 whose keys are exactly 1..n.
static lua_Integer check_list(lua_State *L, const char *function) {
  if (!lua_istable(L, 1))
    return sandbox_error(L, "%s: takes a list, not %s", function, sandbox_type(L, 1));
  lua_Integer count = 0;
  lua_pushnil(L);
  while (lua_next(L, 1)) {
    lua_pop(L, 1);
    count++;
  }
  for (lua_Integer i = 1; i <= count; i++)
    if (lua_rawgeti(L, 1, i) == LUA_TNIL)
      return sandbox_error(L, "%s: takes a list { a, b, … } without holes or names", function);
    else
      lua_pop(L, 1);
  if (count == 0)
    return sandbox_error(L, "%s: the list is empty", function);
  if (count > 1000000)
    return sandbox_error(L, "%s: the list is longer than 1000000", function);
  sandbox_charge(L, 2 * count);
  return count;
}

static int draw_pick(lua_State *L) {
  lua_Integer count = check_list(L, "pick");
  lua_rawgeti(L, 1, 1 + rng_below(sandbox_stream(L), (int)count));
  return 1;
}

// A shuffled copy (Fisher and Yates).
static int draw_shuffle(lua_State *L) {
  lua_Integer count = check_list(L, "shuffle");
  lua_settop(L, 1);
  lua_createtable(L, (int)count, 0);
  for (lua_Integer i = 1; i <= count; i++) {
    lua_rawgeti(L, 1, i);
    lua_rawseti(L, 2, i);
  }
  for (lua_Integer i = count; i > 1; i--) {
    lua_Integer k = 1 + rng_below(sandbox_stream(L), (int)i);
    lua_rawgeti(L, 2, i);
    lua_rawgeti(L, 2, k);
    lua_rawseti(L, 2, i);
    lua_rawseti(L, 2, k);
  }
  return 1;
}

// choose ----------------------------------------------------------------------

enum { CHOICES = 256 };

static void check_weight(lua_State *L, double weight) {
  if (!(weight >= 0) || !isfinite(weight))
    sandbox_error(L, "choose: %.10g can't be a weight; weights are 0 or more", weight);
}

// Whether every value of the table at 1 is itself a table with a weight.
static int has_weight_items(lua_State *L) {
  int all = 1, any = 0;
  lua_pushnil(L);
  while (lua_next(L, 1)) {
    any = 1;
    if (lua_istable(L, -1)) {
      lua_pushliteral(L, "weight");
      all &= lua_rawget(L, -2) != LUA_TNIL;
      lua_pop(L, 1);
    } else {
      all = 0;
    }
    lua_pop(L, 1);
  }
  return any && all;
}

static int draw_index(lua_State *L, const double *weights, int count) {
  double sum = 0;
  for (int i = 0; i < count; i++)
    sum += weights[i];
  if (!(sum > 0) || !isfinite(sum))
    return sandbox_error(L, "choose: the weights' sum is %.10g; give one above 0", sum);
  return rng_weighted(sandbox_stream(L), weights, count);
}

// { { weight = 3, value… }, … } gives the values of one item.
static int choose_item(lua_State *L) {
  double weights[CHOICES];
  lua_Integer count = check_list(L, "choose");
  if (count > CHOICES)
    return sandbox_error(L, "choose: more than %d choices", CHOICES);
  for (int i = 0; i < (int)count; i++) {
    lua_rawgeti(L, 1, i + 1);
    lua_getfield(L, -1, "weight");
    weights[i] = check_number(L, -1, "choose", "weight");
    check_weight(L, weights[i]);
    lua_pop(L, 2);
  }
  lua_rawgeti(L, 1, 1 + draw_index(L, weights, (int)count));
  int item = lua_gettop(L), values = (int)lua_rawlen(L, item);
  if (values == 0 || values > 100)
    return sandbox_error(L, "choose: an item is { weight = 3, value }; this one has %d values",
                         values);
  luaL_checkstack(L, values, "choose");
  for (int i = 1; i <= values; i++)
    lua_rawgeti(L, item, i);
  return values;
}

// { [3] = value, [1] = value }: the keys are the weights, in rising order, so that
// the draw doesn't depend on how a table keeps them.
static int choose_key(lua_State *L) {
  double weights[CHOICES];
  int count = 0;
  lua_pushnil(L);
  while (lua_next(L, 1)) {
    lua_pop(L, 1);
    if (lua_type(L, -1) != LUA_TNUMBER)
      return sandbox_error(L,
                           "choose: takes { [weight] = value, … } or { { weight = …, value }, … };"
                           " a key is %s",
                           sandbox_type(L, -1));
    if (count == CHOICES)
      return sandbox_error(L, "choose: more than %d choices", CHOICES);
    double weight = lua_tonumber(L, -1);
    check_weight(L, weight);
    int at = count++;
    for (; at > 0 && weights[at - 1] > weight; at--)
      weights[at] = weights[at - 1];
    weights[at] = weight;
  }
  if (count == 0)
    return sandbox_error(L, "choose: there is nothing to choose from");
  lua_pushnumber(L, weights[draw_index(L, weights, count)]);
  lua_rawget(L, 1);
  return 1;
}

static int draw_choose(lua_State *L) {
  if (!lua_istable(L, 1))
    return sandbox_error(L, "choose: takes { [weight] = value, … }, not %s", sandbox_type(L, 1));
  lua_settop(L, 1);
  return has_weight_items(L) ? choose_item(L) : choose_key(L);
}

static int require_that(lua_State *L) {
  if (lua_type(L, 2) != LUA_TSTRING)
    return sandbox_error(L,
                         "require_that: give a reason, e.g. require_that(lanes > 1, \"one lane\")");
  if (lua_toboolean(L, 1))
    return 0;
  return sandbox_reject(L, lua_tostring(L, 2));
}

void draws_open(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"uniform", draw_uniform},
      {"log_uniform", draw_log_uniform},
      {"normal", draw_normal},
      {"poisson", draw_poisson},
      {"chance", draw_chance},
      {"choose", draw_choose},
      {"pick", draw_pick},
      {"shuffle", draw_shuffle},
      {"require_that", require_that},
      {NULL, NULL},
  };
  for (const luaL_Reg *f = functions; f->name; f++)
    lua_register(L, f->name, f->func);
}
