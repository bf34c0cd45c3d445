// SPDX-License-Identifier: Apache-2.0
#include "scenes/script_bodies.h"

#include <string.h>

#include "scenes/scene.h"
#include "scenes/script_words.h"

static const char body_mark[] = "roadloom.asset";
static const char person_example[] = "asset(\"anna.glb\", { class = \"pedestrian\" })";
static const char example[] = "asset(\"car.glb\", { class = \"car\" })";

const body_def *script_bodies_get(lua_State *L, int index) {
  return luaL_testudata(L, index, body_mark);
}

// A file is among those that were read when the script was opened.
static const script_map *find_file(lua_State *L, const char *name) {
  const script_run *run = sandbox_context(L);
  if (!script_map_is_body(name))
    sandbox_error(L, "asset: \"%.40s\" is not the plain name of a mesh, like car.glb", name);
  const script_map *file = script_maps_get(run->maps, name);
  if (!file) {
    sandbox_set_status(L, STATUS_NOT_FOUND);
    sandbox_error(L,
                  "asset: there is no %s beside the script or in the library; write its name "
                  "out, %s",
                  name, example);
  }
  if (file->body_status) {
    sandbox_set_status(L, file->body_status);
    sandbox_error(L, "asset: %s", file->body_trouble);
  }
  return file;
}

static void check_keys(lua_State *L) {
  for (lua_pushnil(L); lua_next(L, 2); lua_pop(L, 1)) {
    const char *key = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "?";
    if (strcmp(key, "class") != 0 && strcmp(key, "scale") != 0)
      sandbox_error(L, "asset.%.40s: there is no such field; asset has class and scale", key);
  }
}

static int make_asset(lua_State *L) {
  lua_settop(L, 2);
  if (lua_type(L, 1) != LUA_TSTRING || !lua_istable(L, 2))
    return sandbox_error(L, "asset: takes a file's name and what it is, %s", example);
  check_keys(L);
  body_def body = {.scale = 1};
  body.file = find_file(L, lua_tostring(L, 1));
  lua_getfield(L, 2, "class");
  body.kind = lua_type(L, -1) == LUA_TSTRING ? body_kind(lua_tostring(L, -1)) : -1;
  if (body.kind < 0)
    return sandbox_error(L, "asset.class: is %s; there is: %s",
                         lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : sandbox_type(L, -1),
                         body_kinds());
  if (lua_getfield(L, 2, "scale") != LUA_TNIL) {
    body.scale = lua_type(L, -1) == LUA_TNUMBER ? lua_tonumber(L, -1) : 0;
    if (!(body.scale >= 1e-4 && body.scale <= 1e4))
      return sandbox_error(L, "asset.scale: is not a number of 0.0001..10000");
  }
  double size_m[3];
  char text[256];
  for (int k = 0; k < 3; k++)
    size_m[k] = body.scale * body.file->body.size_m[k];
  const char *misfit = body_misfit(body.kind, size_m, text, sizeof text);
  if (misfit)
    return sandbox_error(L, "asset: %s %s", body.file->name, misfit);
  body_def *made = lua_newuserdatauv(L, sizeof *made, 0);
  *made = body;
  luaL_setmetatable(L, body_mark);
  return 1;
}

int script_bodies_read(lua_State *L, int index, const char *path, bool people,
                       body_def out[BODIES_MAX]) {
  const char *would = people ? person_example : example;
  int count = script_check_list(L, index, path,
                                people ? "{ asset(\"anna.glb\", { class = \"pedestrian\" }), … }"
                                       : "{ asset(\"car.glb\", { class = \"car\" }), … }",
                                BODIES_MAX);
  for (int i = 0; i < count; i++) {
    lua_rawgeti(L, index, i + 1);
    const body_def *body = script_bodies_get(L, -1);
    if (!body)
      sandbox_error(L, "%s[%d]: is %s; %s would do", path, i + 1, sandbox_type(L, -1), would);
    if (body_stands(body->kind) || people != (body->kind == THING_PERSON))
      sandbox_error(L, "%s[%d]: %s is a %s; %s would do", path, i + 1, body->file->name,
                    body_word(body->kind), would);
    out[i] = *body;
    lua_pop(L, 1);
  }
  return count;
}

void script_bodies_open(lua_State *L) {
  luaL_newmetatable(L, body_mark);
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 1);
  lua_register(L, "asset", make_asset);
}
