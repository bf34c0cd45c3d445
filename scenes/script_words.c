// SPDX-License-Identifier: Apache-2.0
#include "scenes/script_words.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/words.h"
#include "scenes/draws.h"
#include "scenes/sandbox.h"
#include "scenes/script_actors.h"
#include "scenes/script_bodies.h"

// Marks of the tables that constructors give, as metatables in the registry.
static const char *const place_marks[PLACE_COUNT] = {
    "roadloom.grid_city",   "roadloom.highway",    "roadloom.intersection", "roadloom.straight",
    "roadloom.curve",       "roadloom.roundabout", "roadloom.town",         "roadloom.rural",
    "roadloom.interchange", "roadloom.parking",    "roadloom.compose",      "roadloom.opendrive",
    "roadloom.osm",
};
static const char weather_mark[] = "roadloom.weather";
static const char scene_mark[] = "roadloom.scene";

static void make_mark(lua_State *L, const char *mark) {
  luaL_newmetatable(L, mark);
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 1);
}

static bool has_mark(lua_State *L, int index, const char *mark) {
  if (!lua_getmetatable(L, index))
    return false;
  luaL_getmetatable(L, mark);
  bool same = lua_rawequal(L, -1, -2);
  lua_pop(L, 2);
  return same;
}

// A constructor's argument: a table, or nothing.
static void check_argument(lua_State *L, const char *word) {
  lua_settop(L, 1);
  if (lua_isnil(L, 1)) {
    lua_newtable(L);
    lua_replace(L, 1);
  }
  if (!lua_istable(L, 1))
    sandbox_error(L, "%s: takes a table, %s { … }, not %s", word, word, sandbox_type(L, 1));
}

// Places ----------------------------------------------------------------------

static field_group place_group(int place) {
  return (field_group)(FIELDS_GRID_CITY + place);
}

static bool is_map(int place) {
  return place == PLACE_OPENDRIVE || place == PLACE_OSM;
}

static const char *map_example(int place) {
  return place == PLACE_OSM ? "osm(\"town.osm\")" : "opendrive(\"town.xodr\")";
}

// A map is among those that were read when the script was opened.
static void find_map(lua_State *L, int place, map_def *map) {
  const script_run *run = sandbox_context(L);
  if (!map->file[0])
    sandbox_error(L, "road.file: %s needs a map, %s", place_name(place), map_example(place));
  map->map = script_maps_get(run->maps, map->file);
  if (map->map)
    return;
  sandbox_set_status(L, STATUS_NOT_FOUND);
  sandbox_error(L, "road.file: there is no %s beside the script or in the library", map->file);
}

static int make_place(lua_State *L) {
  int place = (int)lua_tointeger(L, lua_upvalueindex(1));
  if (is_map(place) && lua_type(L, 1) == LUA_TSTRING) {
    lua_settop(L, 1); // opendrive("town.xodr") is opendrive { file = "town.xodr" }
    lua_newtable(L);
    lua_insert(L, 1);
    lua_setfield(L, 1, "file");
  }
  if (is_map(place) && !lua_istable(L, 1) && !lua_isnoneornil(L, 1))
    return sandbox_error(L, "%s: takes a map's name, %s, not %s", place_name(place),
                         map_example(place), sandbox_type(L, 1));
  check_argument(L, place_name(place));
  scene_form form = scene_form_default();
  script_read_fields(L, 1, place_group(place), &form, "road.", NULL);
  if (is_map(place))
    find_map(L, place, place == PLACE_OSM ? &form.def.osm : &form.def.opendrive);
  script_push_fields(L, place_group(place), &form);
  luaL_setmetatable(L, place_marks[place]);
  return 1;
}

// "grid_city, highway or …", each name followed by `after`; kept alive by the stack.
static const char *list_places(lua_State *L, const char *after) {
  lua_pushliteral(L, "");
  for (int i = 0; i < PLACE_COUNT; i++) {
    const char *join = i == 0 ? "" : i + 1 < PLACE_COUNT ? ", " : *after ? " or " : " and ";
    lua_pushfstring(L, "%s%s%s%s", lua_tostring(L, -1), join, place_name(i), after);
    lua_remove(L, -2);
  }
  return lua_tostring(L, -1);
}

// The kind of place that a value is; PLACE_COUNT: none.
static int place_of(lua_State *L, int index) {
  int place = 0;
  while (place < PLACE_COUNT && !(lua_istable(L, index) && has_mark(L, index, place_marks[place])))
    place++;
  return place;
}

// Leaves the table's named values on top of the stack, in a table of their own; returns the
// number of the others, which must be a list.
static int split_parts(lua_State *L, int index) {
  int count = 0, length = (int)lua_rawlen(L, index);
  lua_newtable(L);
  lua_pushnil(L);
  while (lua_next(L, index)) {
    bool named = lua_type(L, -2) == LUA_TSTRING;
    count += !named;
    if (named) {
      lua_pushvalue(L, -2);
      lua_insert(L, -2);
      lua_rawset(L, -4);
    } else {
      lua_pop(L, 1);
    }
  }
  if (count != length)
    sandbox_error(L,
                  "road: compose is given no list of places; write compose { town {}, rural {} }");
  if (count < 1 || count > COMPOSE_PARTS)
    sandbox_error(L, "road: compose has %d parts; 1 to %d would do", count, COMPOSE_PARTS);
  return count;
}

// Part `number` is on top of the stack.
static void read_part(lua_State *L, int number, compose_part *part) {
  int index = lua_gettop(L), place = place_of(L, index);
  if (place == PLACE_COUNT)
    sandbox_error(L, "road.%d: is %s, not a place; town {}, rural {}, … would do", number,
                  sandbox_type(L, index));
  if (place >= PLACE_COMPOSE)
    sandbox_error(L, "road.%d: %s can't be a part of compose; %s", number, place_name(place),
                  is_map(place) ? "only places made from numbers can"
                                : "list its parts here instead");
  char path[FIELD_PATH];
  snprintf(path, sizeof path, "road.%d.%s.", number, place_name(place));
  scene_form form = scene_form_default();
  script_read_fields(L, index, place_group(place), &form, path, NULL);
  compose_part_put(part, (place_kind)place, &form.def);
}

static void read_compose(lua_State *L, int index, scene_form *form) {
  int count = split_parts(L, index);
  script_read_fields(L, lua_gettop(L), FIELDS_COMPOSE, form, "road.", NULL);
  lua_pop(L, 1);
  form->def.compose.part_count = count;
  for (int i = 0; i < count; i++) {
    lua_rawgeti(L, index, i + 1);
    read_part(L, i + 1, &form->def.compose.parts[i]);
    lua_pop(L, 1);
  }
}

// The table itself is the place: it is read again when the scene is made.
static int make_compose(lua_State *L) {
  check_argument(L, "compose");
  scene_form form = scene_form_default();
  read_compose(L, 1, &form);
  luaL_setmetatable(L, place_marks[PLACE_COMPOSE]);
  return 1;
}

static void read_place(lua_State *L, int index, scene_form *form) {
  int place = place_of(L, index);
  if (place == PLACE_COMPOSE)
    read_compose(L, index, form);
  else if (place < PLACE_COUNT)
    script_read_fields(L, index, place_group(place), form, "road.", NULL);
  form->def.place = (place_kind)place;
  if (place < PLACE_COUNT)
    return;
  sandbox_error(L, "road: is %s, not a place; %s would do", sandbox_type(L, index),
                list_places(L, " { … }"));
}

// Weather ---------------------------------------------------------------------

static int make_weather(lua_State *L) {
  const char *name = lua_tostring(L, lua_upvalueindex(1));
  check_argument(L, name);
  double rate = NAN;
  bool rated = weather_preset_has_rate(name);
  const field *range =
      fields_find(FIELDS_WEATHER, strcmp(name, "snow") == 0 ? "snow_mmh" : "rain_mmh");
  if (rated)
    script_read_number(L, 1, "rate_mmh", range, "weather.", &rate);
  scene_form form = scene_form_default();
  weather_preset(name, rate, &form.def.weather, &form.weather_time_of_day_h);
  script_read_fields(L, 1, FIELDS_WEATHER, &form, "weather.", rated ? "rate_mmh" : NULL);
  script_push_fields(L, FIELDS_WEATHER, &form);
  luaL_setmetatable(L, weather_mark);
  return 1;
}

// Rigs ------------------------------------------------------------------------

// A fresh table each time, so that changing one doesn't change the next.
static int index_rigs(lua_State *L) {
  const char *name = luaL_checkstring(L, 2);
  rig_form rig;
  if (rig_form_builtin(name, &rig)) {
    script_push_rig(L, &rig);
    return 1;
  }
  const char *names[16];
  char list[256] = "";
  int count = 0;
  for (; count < 16 && (names[count] = rig_builtin_name(count)); count++)
    snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s", count ? ", " : "",
             names[count]);
  const char *near = words_nearest(name, names, count);
  if (near)
    return sandbox_error(L, "rigs.%s: there is no such rig; did you mean \"%s\"?", name, near);
  return sandbox_error(L, "rigs.%s: there is no such rig; there are %s", name, list);
}

static int refuse_newindex(lua_State *L) {
  return sandbox_error(L, "rigs: can't be changed; keep your own rig in a local");
}

// scene -----------------------------------------------------------------------

static void refuse_both(lua_State *L, int table, const char *path, const char *count,
                        const char *density) {
  bool both = lua_getfield(L, table, count) != LUA_TNIL;
  both &= lua_getfield(L, table, density) != LUA_TNIL;
  lua_pop(L, 2);
  if (both)
    sandbox_error(L, "%s: give %s or %s, not both", path, count, density);
}

static void read_traffic(lua_State *L, int index, scene_form *form) {
  script_check_table(L, index, "traffic", "{ vehicles_per_km = 12, … }");
  script_read_fields(L, index, FIELDS_TRAFFIC, form, "traffic.", NULL);
  refuse_both(L, index, "traffic", "vehicles", "vehicles_per_km");
  if (lua_getfield(L, index, "bodies") != LUA_TNIL)
    form->def.body_count =
        script_bodies_read(L, lua_gettop(L), "traffic.bodies", false, form->def.bodies);
  lua_pop(L, 1);
  if (lua_getfield(L, index, "mix") != LUA_TNIL) {
    int mix = lua_gettop(L);
    script_check_table(L, mix, "traffic.mix", "{ car = 8, van = 1, … }");
    memset(form->def.mix, 0, sizeof form->def.mix);
    form->mix_given = true;
    script_read_fields(L, mix, FIELDS_MIX, form, "traffic.mix.", NULL);
  }
  if (lua_getfield(L, index, "drivers") != LUA_TNIL) {
    int drivers = lua_gettop(L);
    script_check_table(L, drivers, "traffic.drivers", "{ aggressive = 1, normal = 7, … }");
    memset(form->def.drivers, 0, sizeof form->def.drivers);
    script_read_fields(L, drivers, FIELDS_DRIVERS, form, "traffic.drivers.", NULL);
  }
  lua_pop(L, 2);
}

static void read_pedestrians(lua_State *L, int index, scene_form *form) {
  script_check_table(L, index, "pedestrians", "{ per_km = 15, … }");
  script_read_fields(L, index, FIELDS_PEDESTRIANS, form, "pedestrians.", NULL);
  refuse_both(L, index, "pedestrians", "count", "per_km");
  if (lua_getfield(L, index, "bodies") != LUA_TNIL)
    form->def.walker_count =
        script_bodies_read(L, lua_gettop(L), "pedestrians.bodies", true, form->def.walkers);
  lua_pop(L, 1);
  if (lua_getfield(L, index, "mix") != LUA_TNIL) {
    int mix = lua_gettop(L);
    script_check_table(L, mix, "pedestrians.mix", "{ adult = 8, child = 1, … }");
    memset(form->def.walk_mix, 0, sizeof form->def.walk_mix);
    script_read_fields(L, mix, FIELDS_WALK_MIX, form, "pedestrians.mix.", NULL);
  }
  lua_pop(L, 1);
}

static void read_weather(lua_State *L, int index, scene_form *form) {
  script_check_table(L, index, "weather", "clear {}, rain { rate_mmh = 5 }, …");
  script_read_fields(L, index, FIELDS_WEATHER, form, "weather.", NULL);
}

static void read_change(lua_State *L, int index, scene_form *form) {
  script_check_table(L, index, "weather_change", "{ to = rain { rate_mmh = 5 }, at_s = 3 }");
  script_read_fields(L, index, FIELDS_CHANGE, form, "weather_change.", NULL);
  if (lua_getfield(L, index, "to") == LUA_TNIL)
    sandbox_error(L, "weather_change.to: is missing; write to = rain { rate_mmh = 5 }");
  int to = lua_gettop(L);
  scene_form other = scene_form_default();
  script_check_table(L, to, "weather_change.to", "clear {}, rain { rate_mmh = 5 }, …");
  script_read_fields(L, to, FIELDS_WEATHER, &other, "weather_change.to.", NULL);
  if (!isnan(other.weather_time_of_day_h))
    sandbox_error(L, "weather_change.to: has an hour; the scene keeps its own, so leave out "
                     "time_of_day_h, or take another weather than night");
  form->def.change.to = other.def.weather;
  form->def.change.given = 1;
  lua_pop(L, 1);
}

static void read_ego(lua_State *L, int index, scene_form *form) {
  script_check_table(L, index, "ego", "{ rig = rigs.minimal, driver = \"idm\" }");
  script_read_fields(L, index, FIELDS_EGO, form, "ego.", NULL);
  if (lua_getfield(L, index, "rig") != LUA_TNIL)
    script_read_rig(L, lua_gettop(L), &form->rig);
  if (lua_getfield(L, index, "behaviour") != LUA_TNIL && !lua_isfunction(L, -1))
    sandbox_error(L, "ego.behaviour: is %s; function(self) … end would do", sandbox_type(L, -1));
  form->def.actors[0].behaves = !lua_isnil(L, -1);
  lua_pop(L, 2);
}

static void read_actors(lua_State *L, int index, scene_form *form) {
  script_actors_read(L, index, &form->def);
}

static void read_props(lua_State *L, int index, scene_form *form) {
  script_props_read(L, index, &form->def);
}

// The scene keeps what the behaviours are found by: the list of actors, and the ego's own.
static void keep_behaviours(lua_State *L, int table, int made) {
  lua_getfield(L, table, "actors");
  lua_setiuservalue(L, made, SCENE_ACTORS);
  if (lua_getfield(L, table, "ego") == LUA_TTABLE)
    lua_getfield(L, -1, "behaviour");
  lua_setiuservalue(L, made, SCENE_EGO_BEHAVIOUR);
}

static int make_scene(lua_State *L) {
  static const struct part {
    const char *name;
    void (*read)(lua_State *L, int index, scene_form *form);
  } parts[] = {{"road", read_place},
               {"traffic", read_traffic},
               {"pedestrians", read_pedestrians},
               {"weather", read_weather},
               {"weather_change", read_change},
               {"ego", read_ego},
               {"actors", read_actors},
               {"props", read_props}};
  check_argument(L, "scene");
  scene_form form = scene_form_default();
  script_read_fields(L, 1, FIELDS_SCENE, &form, "", NULL);
  for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
    if (lua_getfield(L, 1, parts[i].name) != LUA_TNIL)
      parts[i].read(L, lua_gettop(L), &form);
    lua_pop(L, 1);
  }
  const script_run *run = sandbox_context(L);
  trouble why = {0};
  if (script_overrides_apply(run->script, &form, &why) != STATUS_OK) {
    lua_pushstring(L, why.text); // names the --set, no line of the script
    return lua_error(L);
  }
  if (is_map((int)form.def.place))
    find_map(L, (int)form.def.place,
             form.def.place == PLACE_OSM ? &form.def.osm : &form.def.opendrive);
  scene_def *def = lua_newuserdatauv(L, sizeof *def, SCENE_USER_VALUES);
  luaL_setmetatable(L, scene_mark);
  if (scene_def_from_form(def, &form, &why) != STATUS_OK)
    return sandbox_error(L, "%s", why.text);
  int made = lua_gettop(L);
  keep_behaviours(L, 1, made);
  lua_settop(L, made);
  return 1;
}

// scene_number(): which scene of the job it is, from 0 on. What goes through a grid of parameters
// counts by it.
static int word_scene_number(lua_State *L) {
  const script_run *run = sandbox_context(L);
  lua_pushinteger(L, run->index);
  return 1;
}

const scene_def *script_words_scene(lua_State *L, int index) {
  if (lua_type(L, index) != LUA_TUSERDATA || !has_mark(L, index, scene_mark))
    return NULL;
  return lua_touserdata(L, index);
}

// require ---------------------------------------------------------------------

// Pushes the module's compiled function.
static void load_module(lua_State *L, const script_module *module) {
  static const char byte_order_mark[] = "\xEF\xBB\xBF";
  char chunk[96];
  const char *text = module->text;
  if (strncmp(text, byte_order_mark, 3) == 0)
    text += 3;
  snprintf(chunk, sizeof chunk, "@%s.lua", module->name);
  int state = luaL_loadbufferx(L, text, strlen(text), chunk, "t");
  sandbox_pass_on(L, state);
  if (state != LUA_OK) {
    sandbox_set_status(L, STATUS_SYNTAX);
    lua_error(L);
  }
}

// Upvalue: modules by name; `false` while one is being loaded.
static int word_require(lua_State *L) {
  const script_run *run = sandbox_context(L);
  if (lua_type(L, 1) != LUA_TSTRING)
    return sandbox_error(L, "require: takes a name, not %s", sandbox_type(L, 1));
  const char *name = lua_tostring(L, 1);
  if (strlen(name) != lua_rawlen(L, 1) || !script_modules_plain(name))
    return sandbox_error(L, "require: \"%.40s\" is not a plain name of letters, digits and _",
                         name);
  lua_settop(L, 1);
  int known = lua_getfield(L, lua_upvalueindex(1), name);
  if (known == LUA_TBOOLEAN && !lua_toboolean(L, -1))
    return sandbox_error(L, "require: \"%s\" requires itself", name);
  if (known != LUA_TNIL)
    return 1;
  sandbox_charge(L, 10000);
  const script_module *module = script_modules_get(run->modules, name);
  if (!module) {
    sandbox_set_status(L, STATUS_NOT_FOUND);
    return sandbox_error(L, "require: there is no %s.lua beside the script or in the library",
                         name);
  }
  lua_pushboolean(L, 0);
  lua_setfield(L, lua_upvalueindex(1), name);
  load_module(L, module);
  lua_pushvalue(L, 1); // `...` of a module is its name, of the script nothing
  lua_call(L, 1, 1);
  if (lua_isnil(L, -1) || (lua_isboolean(L, -1) && !lua_toboolean(L, -1))) {
    lua_pop(L, 1);
    lua_pushboolean(L, 1);
  }
  lua_pushvalue(L, -1);
  lua_setfield(L, lua_upvalueindex(1), name);
  return 1;
}

// Names -----------------------------------------------------------------------

// Reading a global that isn't there is a slip; say which word was meant.
static int refuse_global(lua_State *L) {
  static const char *const absent[] = {"io",     "os",       "debug",          "package", "load",
                                       "dofile", "loadfile", "collectgarbage", "warn"};
  if (lua_type(L, 2) != LUA_TSTRING) {
    lua_pushnil(L);
    return 1;
  }
  const char *name = lua_tostring(L, 2);
  for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
    if (strcmp(name, absent[i]) == 0)
      return sandbox_error(L, "%s: not available in scene scripts", name);
  const char *words[128];
  int count = 0;
  lua_pushnil(L);
  while (lua_next(L, 1)) {
    lua_pop(L, 1);
    if (lua_type(L, -1) == LUA_TSTRING && count < 128)
      words[count++] = lua_tostring(L, -1); // kept alive by the table
  }
  // In order, so that of two equally near words the same one is always proposed.
  for (int i = 1; i < count; i++)
    for (int k = i; k > 0 && strcmp(words[k - 1], words[k]) > 0; k--) {
      const char *other = words[k];
      words[k] = words[k - 1];
      words[k - 1] = other;
    }
  const char *near = words_nearest(name, words, count);
  if (near)
    return sandbox_error(L, "%.60s: unknown name; did you mean \"%s\"?", name, near);
  return sandbox_error(L, "%.60s: unknown name; assign it before reading it", name);
}

static void open_places(lua_State *L) {
  for (int place = 0; place < PLACE_COUNT; place++) {
    make_mark(L, place_marks[place]);
    lua_pushinteger(L, place);
    lua_pushcclosure(L, place == PLACE_COMPOSE ? make_compose : make_place, 1);
    lua_setglobal(L, place_name(place));
  }
}

void script_words_open(lua_State *L) {
  draws_open(L);
  open_places(L);
  make_mark(L, weather_mark);
  const char *name;
  for (int i = 0; (name = weather_preset_name(i)); i++) {
    lua_pushstring(L, name);
    lua_pushcclosure(L, make_weather, 1);
    lua_setglobal(L, name);
  }
  make_mark(L, scene_mark);
  lua_register(L, "scene", make_scene);
  lua_register(L, "scene_number", word_scene_number);
  script_actors_open(L);
  script_bodies_open(L);
  lua_newtable(L);
  lua_pushcclosure(L, word_require, 1);
  lua_setglobal(L, "require");

  lua_newtable(L);
  static const luaL_Reg rigs_meta[] = {
      {"__index", index_rigs}, {"__newindex", refuse_newindex}, {NULL, NULL}};
  luaL_newlib(L, rigs_meta);
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_setmetatable(L, -2);
  lua_setglobal(L, "rigs");

  lua_pushglobaltable(L);
  static const luaL_Reg global_meta[] = {{"__index", refuse_global}, {NULL, NULL}};
  luaL_newlib(L, global_meta);
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_setmetatable(L, -2);
  lua_pop(L, 1);
}
