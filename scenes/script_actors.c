// SPDX-License-Identifier: Apache-2.0
#include "scenes/script_actors.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "scenes/behaviour_words.h"
#include "scenes/script_bodies.h"
#include "scenes/script_words.h"

static const char actor_mark[] = "roadloom.actor";
static const char at_mark[] = "roadloom.at";
static const char prop_mark[] = "roadloom.prop";

enum { BEHAVIOUR = 1, REFERENCE = 2 }; // user values of actors; places have the reference alone

script_actor *script_actors_get(lua_State *L, int index) {
  return luaL_testudata(L, index, actor_mark);
}

static script_actor *push_actor(lua_State *L) {
  script_actor *a = lua_newuserdatauv(L, sizeof *a, 2);
  *a = (script_actor){.number = -1, .def = actor_def_default()};
  luaL_setmetatable(L, actor_mark);
  return a;
}

static const char ego_key;

void script_actors_push_ego(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &ego_key);
}

// Places ----------------------------------------------------------------------

static void check_place(lua_State *L, const char *word, const actor_place *at) {
  bool beside = at->relation == ACTOR_BESIDE;
  if (beside && !isnan(at->gap_m))
    sandbox_error(L, "%s: gap_m is for ahead and behind; ahead_m would do", word);
  if (!beside && at->ahead_m != 0)
    sandbox_error(L, "%s: ahead_m is for beside; gap_m would do", word);
  if (!isnan(at->side_m) + !isnan(at->kerb_m) + !isnan(at->overlap) > 1)
    sandbox_error(L, "%s: give one of side_m, kerb_m and overlap", word);
}

// ahead(ego, 40) is ahead(ego, { gap_m = 40 }).
static int make_place(lua_State *L) {
  static const char *const words[] = {"beside", "ahead", "behind"};
  int relation = (int)lua_tointeger(L, lua_upvalueindex(1));
  const char *word = words[relation];
  lua_settop(L, 2);
  if (!script_actors_get(L, 1))
    return sandbox_error(L, "%s: takes an actor, %s(ego, { … }), not %s", word, word,
                         sandbox_type(L, 1));
  actor_place place = actor_def_default().at;
  place.relation = (actor_relation)relation;
  char path[FIELD_PATH];
  snprintf(path, sizeof path, "%s: ", word);
  if (lua_type(L, 2) == LUA_TNUMBER) {
    lua_newtable(L);
    lua_insert(L, 2);
    lua_setfield(L, 2, relation == ACTOR_BESIDE ? "ahead_m" : "gap_m");
  }
  if (!lua_isnil(L, 2)) {
    script_check_table(L, 2, word, "{ gap_m = 40, lane = \"left\" }");
    script_read_fields(L, 2, FIELDS_AT, &place, path, NULL);
  }
  check_place(L, word, &place);
  if (isnan(place.gap_m))
    place.gap_m = 10;
  actor_place *made = lua_newuserdatauv(L, sizeof *made, 1);
  *made = place;
  luaL_setmetatable(L, at_mark);
  lua_pushvalue(L, 1);
  lua_setiuservalue(L, -2, 1);
  return 1;
}

const actor_place *script_actors_place(lua_State *L, int index, int *of) {
  const actor_place *place = luaL_testudata(L, index, at_mark);
  if (!place)
    return NULL;
  lua_getiuservalue(L, index, 1);
  *of = script_actors_get(L, -1)->number;
  lua_pop(L, 1);
  return place;
}

// Actors ----------------------------------------------------------------------

// An actor with a body of one's own is of the body's kind.
static void read_body(lua_State *L, actor_def *def) {
  if (lua_getfield(L, 1, "body") != LUA_TNIL) {
    const body_def *body = script_bodies_get(L, -1);
    if (!body)
      sandbox_error(L, "actor.body: is %s; asset(\"car.glb\", { class = \"car\" }) would do",
                    sandbox_type(L, -1));
    if (body_stands(body->kind))
      sandbox_error(L, "actor.body: %s is a %s, which stands; props = { prop { … } } would do",
                    body->file->name, body_word(body->kind));
    if (lua_getfield(L, 1, "kind") == LUA_TNIL)
      snprintf(def->kind, sizeof def->kind, "%s", body_word(body->kind));
    lua_pop(L, 1);
    if (body_kind(def->kind) != body->kind)
      sandbox_error(L, "actor.body: %s is of another class than the actor's kind, %s",
                    body->file->name, def->kind);
    def->body = *body;
  }
  lua_pop(L, 1);
}

static int make_actor(lua_State *L) {
  lua_settop(L, 1);
  script_check_table(L, 1, "actor", "actor { kind = \"car\", at = ahead(ego, 40) }");
  script_actor *a = push_actor(L);
  int made = lua_gettop(L), of;
  script_read_fields(L, 1, FIELDS_ACTOR, &a->def, "actor.", NULL);
  read_body(L, &a->def);
  sandbox_where(L, a->def.where, sizeof a->def.where);
  lua_getfield(L, 1, "at");
  const actor_place *place = script_actors_place(L, lua_gettop(L), &of);
  if (!place)
    return sandbox_error(L, "actor.at: is %s; ahead(ego, { … }), behind(…) or beside(…) would do",
                         sandbox_type(L, -1));
  a->def.at = *place;
  lua_getiuservalue(L, -1, 1);
  lua_setiuservalue(L, made, REFERENCE);
  if (lua_getfield(L, 1, "behaviour") != LUA_TNIL && !lua_isfunction(L, -1))
    return sandbox_error(L, "actor.behaviour: is %s; function(self) … end would do",
                         sandbox_type(L, -1));
  a->def.behaves = !lua_isnil(L, -1);
  lua_setiuservalue(L, made, BEHAVIOUR);
  lua_settop(L, made);
  return 1;
}

void script_actors_read(lua_State *L, int index, scene_def *def) {
  script_run *run = sandbox_context(L);
  int listing = ++run->listings;
  int count = script_check_list(L, index, "actors", "{ actor { … }, … }", ACTORS_MAX - 1);
  for (int i = 1; i <= count; i++) {
    lua_rawgeti(L, index, i);
    script_actor *a = script_actors_get(L, -1), *of;
    if (!a)
      sandbox_error(L, "actors[%d]: is %s, not actor { … }", i, sandbox_type(L, -1));
    if (a->number == 0)
      sandbox_error(L, "actors[%d]: the ego is there anyway; leave it out", i);
    if (a->number > 0 && a->listing == listing)
      sandbox_error(L, "actors[%d]: is in the list already, as number %d", i, a->number);
    lua_getiuservalue(L, -1, REFERENCE);
    of = script_actors_get(L, -1);
    if (of->number != 0 && !(of->number > 0 && of->listing == listing))
      sandbox_error(L, "actors[%d]: its place refers to an actor that isn't listed before it", i);
    a->number = i;
    a->listing = listing;
    def->actors[i] = a->def;
    def->actors[i].at.of = of->number;
    lua_pop(L, 2);
  }
  def->actor_count = count ? count + 1 : 0;
}

// Props -----------------------------------------------------------------------

// prop { body = asset("bench.glb", { class = "bench" }), at = ahead(ego, 40) }; its user value is
// the actor that its place refers to.
static int make_prop(lua_State *L) {
  static const char example[] =
      "prop { body = asset(\"bench.glb\", { class = \"bench\" }), at = … }";
  lua_settop(L, 1);
  script_check_table(L, 1, "prop", example);
  prop_def *p = lua_newuserdatauv(L, sizeof *p, 1);
  memset(p, 0, sizeof *p);
  luaL_setmetatable(L, prop_mark);
  int made = lua_gettop(L), of;
  script_read_fields(L, 1, FIELDS_PROP, p, "prop.", NULL);
  sandbox_where(L, p->where, sizeof p->where);
  lua_getfield(L, 1, "body");
  const body_def *body = script_bodies_get(L, -1);
  if (!body)
    return sandbox_error(L, "prop.body: is %s; %s would do", sandbox_type(L, -1), example);
  if (!body_stands(body->kind))
    return sandbox_error(L, "prop.body: %s is a %s, which moves; actors = { actor { … } } would do",
                         body->file->name, body_word(body->kind));
  p->body = *body;
  lua_getfield(L, 1, "at");
  const actor_place *place = script_actors_place(L, lua_gettop(L), &of);
  if (!place)
    return sandbox_error(L, "prop.at: is %s; ahead(ego, { … }), behind(…) or beside(…) would do",
                         sandbox_type(L, -1));
  p->at = *place;
  lua_getiuservalue(L, -1, 1);
  lua_setiuservalue(L, made, 1);
  lua_settop(L, made);
  return 1;
}

void script_props_read(lua_State *L, int index, scene_def *def) {
  script_run *run = sandbox_context(L);
  int count = script_check_list(L, index, "props", "{ prop { … }, … }", PROPS_MAX);
  for (int i = 0; i < count; i++) {
    lua_rawgeti(L, index, i + 1);
    const prop_def *p = luaL_testudata(L, -1, prop_mark);
    if (!p)
      sandbox_error(L, "props[%d]: is %s, not prop { … }", i + 1, sandbox_type(L, -1));
    lua_getiuservalue(L, -1, 1);
    const script_actor *of = script_actors_get(L, -1);
    bool listed = def->actor_count > 0 && of->number > 0 && of->listing == run->listings;
    if (of->number != 0 && !listed)
      sandbox_error(L, "props[%d]: its place refers to an actor that isn't in actors", i + 1);
    def->props[i] = *p;
    def->props[i].at.of = of->number;
    lua_pop(L, 2);
  }
  def->prop_count = count;
}

// Opening ---------------------------------------------------------------------

static void make_metatable(lua_State *L, const char *mark, lua_CFunction index) {
  luaL_newmetatable(L, mark);
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  if (index) {
    lua_pushcfunction(L, index);
    lua_setfield(L, -2, "__index");
  }
  lua_pop(L, 1);
}

void script_actors_open(lua_State *L) {
  make_metatable(L, actor_mark, behaviour_index);
  make_metatable(L, at_mark, NULL);
  make_metatable(L, prop_mark, NULL);
  lua_register(L, "prop", make_prop);
  lua_register(L, "actor", make_actor);
  static const char *const words[] = {"beside", "ahead", "behind"}; // by actor_relation
  for (int i = 0; i < 3; i++) {
    lua_pushinteger(L, i);
    lua_pushcclosure(L, make_place, 1);
    lua_setglobal(L, words[i]);
  }
  push_actor(L)->number = 0;
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &ego_key);
  lua_setglobal(L, "ego");
  behaviour_words_open(L);
}
