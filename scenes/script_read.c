// SPDX-License-Identifier: Apache-2.0
// Lua tables into forms and back, by the table of fields.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "scenes/sandbox.h"
#include "scenes/script_words.h"

// The table's first key, by bytes, that no field of the group has: the same one every
// time, whatever order Lua keeps them in. Returned text lives as long as the table.
static const char *unknown_key(lua_State *L, int index, field_group group, const char *path,
                               const char *extra) {
  const char *first = NULL;
  lua_pushnil(L);
  while (lua_next(L, index)) {
    lua_pop(L, 1);
    if (lua_type(L, -1) != LUA_TSTRING)
      sandbox_error(L, "%.*s: has a value without a name; write name = value",
                    (int)(*path ? strlen(path) - 1 : 5), *path ? path : "scene");
    const char *key = lua_tostring(L, -1);
    if (!fields_find(group, key) && !(extra && strcmp(key, extra) == 0) &&
        (!first || strcmp(key, first) < 0))
      first = key;
  }
  return first;
}

static void refuse_unknown(lua_State *L, int index, field_group group, const char *path,
                           const char *extra) {
  const char *key = unknown_key(L, index, group, path, extra);
  if (!key)
    return;
  const char *near = fields_suggest(group, key);
  if (near)
    sandbox_error(L, "%s%s: there is no such field; did you mean \"%s\"?", path, key, near);
  char names[640];
  fields_names(group, names, sizeof names);
  sandbox_error(L, "%s%s: there is no such field; %s has %s", path, key, fields_groups[group].name,
                names);
}

static double check_number(lua_State *L, int index, const field *f, const char *path,
                           const char *name) {
  char text[FIELD_TEXT];
  if (lua_type(L, index) != LUA_TNUMBER) {
    fields_range(f, text, sizeof text);
    sandbox_error(L, "%s%s: is %s, not a number; %s would do", path, name, sandbox_type(L, index),
                  text);
  }
  double value = lua_tonumber(L, index);
  if (!fields_check(f, value, text, sizeof text))
    sandbox_error(L, "%s%s: %s", path, name, text);
  return value;
}

bool script_read_number(lua_State *L, int table, const char *name, const field *range,
                        const char *path, double *out) {
  if (lua_getfield(L, table, name) == LUA_TNIL) {
    lua_pop(L, 1);
    return false;
  }
  *out = check_number(L, -1, range, path, name);
  lua_pop(L, 1);
  return true;
}

// A list of exactly `width` numbers, or of 1..RIG_RINGS for FIELD_NUMBERS.
static void read_list(lua_State *L, const field *f, void *base, const char *path) {
  int value = lua_gettop(L), width = fields_width(f);
  char example[64];
  if (f->type == FIELD_NUMBERS)
    snprintf(example, sizeof example, "a list of 1 to %d numbers", RIG_RINGS);
  else
    snprintf(example, sizeof example, "a list of %d numbers", width);
  if (!lua_istable(L, value))
    sandbox_error(L, "%s%s: is %s, not %s", path, f->name, sandbox_type(L, value), example);
  int count = (int)(lua_rawlen(L, value) > RIG_RINGS ? RIG_RINGS + 1 : lua_rawlen(L, value));
  if (f->type == FIELD_NUMBERS ? count < 1 || count > RIG_RINGS : count != width)
    sandbox_error(L, "%s%s: is a table of other length, not %s", path, f->name, example);
  number_list *list = (number_list *)(void *)((char *)base + f->offset);
  if (f->type == FIELD_NUMBERS)
    list->count = count;
  for (int i = 0; i < count; i++) {
    lua_rawgeti(L, value, i + 1);
    char name[FIELD_PATH];
    snprintf(name, sizeof name, "%s[%d]", f->name, i + 1);
    double number = check_number(L, -1, f, path, name);
    if (f->type == FIELD_NUMBERS)
      list->value[i] = number;
    else
      fields_put(f, base, i, number);
    lua_pop(L, 1);
  }
}

static void read_text(lua_State *L, const field *f, void *base, const char *path) {
  char text[FIELD_TEXT];
  if (lua_type(L, -1) != LUA_TSTRING)
    sandbox_error(L, "%s%s: is %s, not a text", path, f->name, sandbox_type(L, -1));
  const char *value = lua_tostring(L, -1);
  if (strlen(value) != lua_rawlen(L, -1) || !fields_check_text(f, value, text, sizeof text))
    sandbox_error(L, "%s%s: %s", path, f->name,
                  strlen(value) != lua_rawlen(L, -1) ? "contains a zero byte" : text);
  fields_put_text(f, base, value);
}

// Adds the labels of the word on the stack.
static void read_label(lua_State *L, const field *f, const char *path, uint32_t *labels) {
  char text[FIELD_TEXT];
  if (lua_type(L, -1) != LUA_TSTRING)
    sandbox_error(L, "%s%s: is %s, not a word or a list of words like { \"depth\", \"flow\" }",
                  path, f->name, sandbox_type(L, -1));
  uint32_t bits = 0;
  if (!fields_check_text(f, lua_tostring(L, -1), text, sizeof text) ||
      !label_bits(lua_tostring(L, -1), &bits))
    sandbox_error(L, "%s%s: %s", path, f->name, text);
  *labels |= bits;
}

static void read_labels(lua_State *L, const field *f, void *base, const char *path) {
  uint32_t labels = 0;
  if (!lua_istable(L, -1)) {
    read_label(L, f, path, &labels);
  } else {
    int list = lua_gettop(L), count = (int)fmin((double)lua_rawlen(L, list), LABEL_COUNT + 1);
    int items = 0;
    for (lua_pushnil(L); lua_next(L, list); lua_pop(L, 1))
      items++;
    if (count > LABEL_COUNT || items != count)
      sandbox_error(L, "%s%s: is not a list of up to %d words", path, f->name, LABEL_COUNT);
    for (int i = 0; i < count; i++) {
      lua_rawgeti(L, list, i + 1);
      read_label(L, f, path, &labels);
      lua_pop(L, 1);
    }
  }
  *(uint32_t *)(void *)((char *)base + f->offset) = labels;
}

void script_read_fields(lua_State *L, int index, field_group group, void *base, const char *path,
                        const char *extra) {
  index = lua_absindex(L, index);
  refuse_unknown(L, index, group, path, extra);
  for (int i = 0; i < fields_count; i++) {
    const field *f = &fields_table[i];
    if (f->group != group || f->type == FIELD_TABLE)
      continue;
    if (lua_getfield(L, index, f->name) != LUA_TNIL) {
      if (fields_width(f) == 1)
        fields_put(f, base, 0, check_number(L, -1, f, path, f->name));
      else if (f->type == FIELD_NAME || f->type == FIELD_WORD || f->type == FIELD_FILE)
        read_text(L, f, base, path);
      else if (f->type == FIELD_LABELS)
        read_labels(L, f, base, path);
      else
        read_list(L, f, base, path);
    }
    lua_pop(L, 1);
  }
}

void script_check_table(lua_State *L, int index, const char *path, const char *what) {
  if (!lua_istable(L, index))
    sandbox_error(L, "%s: is %s; %s would do", path, sandbox_type(L, index), what);
}

int script_check_list(lua_State *L, int index, const char *path, const char *what, int most) {
  script_check_table(L, index, path, what);
  int count = 0;
  lua_pushnil(L);
  while (lua_next(L, index)) {
    lua_pop(L, 1);
    count++;
  }
  if (count > most)
    sandbox_error(L, "%s: has %d items; the most is %d", path, count, most);
  if ((int)lua_rawlen(L, index) != count)
    sandbox_error(L, "%s: is not a list; write %s", path, what);
  return count;
}

static void push_number(lua_State *L, const field *f, double value) {
  if (f->type == FIELD_WHOLE || f->type == FIELD_PAIR)
    lua_pushinteger(L, (lua_Integer)value);
  else
    lua_pushnumber(L, value);
}

// Unset: NaN, or a whole number below its range.
static bool is_set(const field *f, double value) {
  return !isnan(value) && !(f->type == FIELD_WHOLE && value < f->lo && !f->zero_too);
}

static void push_value(lua_State *L, const field *f, const void *base) {
  int width = fields_width(f);
  const char *at = (const char *)base + f->offset;
  if (width == 1) {
    double value = fields_get(f, base, 0);
    if (is_set(f, value))
      push_number(L, f, value);
    else
      lua_pushnil(L);
  } else if (width > 1) {
    lua_createtable(L, width, 0);
    for (int k = 0; k < width; k++) {
      push_number(L, f, fields_get(f, base, k));
      lua_rawseti(L, -2, k + 1);
    }
  } else if (f->type == FIELD_NUMBERS) {
    const number_list *list = (const number_list *)(const void *)at;
    if (list->count == 0) {
      lua_pushnil(L);
      return;
    }
    lua_createtable(L, list->count, 0);
    for (int k = 0; k < list->count; k++) {
      lua_pushnumber(L, list->value[k]);
      lua_rawseti(L, -2, k + 1);
    }
  } else if (f->type == FIELD_LABELS) {
    uint32_t labels = *(const uint32_t *)(const void *)at;
    lua_newtable(L);
    for (int i = 0, count = 0; i < LABEL_COUNT; i++)
      if (labels >> i & 1) {
        lua_pushstring(L, label_word(i));
        lua_rawseti(L, -2, ++count);
      }
  } else if (f->type == FIELD_FILE && !*at) {
    lua_pushnil(L);
  } else {
    lua_pushstring(L, at);
  }
}

void script_push_fields(lua_State *L, field_group group, const void *base) {
  lua_newtable(L);
  for (int i = 0; i < fields_count; i++) {
    const field *f = &fields_table[i];
    if (f->group != group || f->type == FIELD_TABLE || f->offset == FIELD_NOWHERE)
      continue;
    push_value(L, f, base);
    lua_setfield(L, -2, f->name);
  }
}

// Rigs ------------------------------------------------------------------------

static void read_camera(lua_State *L, int index, int number, camera_form *camera) {
  char path[FIELD_PATH];
  snprintf(path, sizeof path, "ego.rig.cameras[%d]", number);
  script_check_table(L, index, path, "{ width_px = 640, … }");
  strcat(path, ".");
  *camera = camera_form_default();
  snprintf(camera->name, sizeof camera->name, "camera_%d", number);
  script_read_fields(L, index, FIELDS_CAMERA, camera, path, NULL);
}

static void read_lidar(lua_State *L, int index, int number, lidar_form *lidar) {
  char path[FIELD_PATH];
  snprintf(path, sizeof path, "ego.rig.lidars[%d]", number);
  script_check_table(L, index, path, "{ preset = \"hdl32e\", … }");
  strcat(path, ".");
  *lidar = lidar_form_default();
  snprintf(lidar->name, sizeof lidar->name, "lidar_%d", number);
  script_read_fields(L, index, FIELDS_LIDAR, lidar, path, NULL);
}

void script_read_rig(lua_State *L, int index, rig_form *rig) {
  index = lua_absindex(L, index);
  if (lua_type(L, index) == LUA_TSTRING) {
    if (!rig_form_builtin(lua_tostring(L, index), rig))
      sandbox_error(L, "ego.rig: there is no rig \"%.40s\"; write rigs.minimal or a table",
                    lua_tostring(L, index));
    return;
  }
  script_check_table(L, index, "ego.rig", "rigs.minimal, or { cameras = { … }, lidars = { … } }");
  memset(rig, 0, sizeof *rig);
  strcpy(rig->name, "custom");
  script_read_fields(L, index, FIELDS_RIG, rig, "ego.rig.", NULL);
  if (lua_getfield(L, index, "cameras") != LUA_TNIL) {
    int list = lua_gettop(L);
    rig->camera_count =
        script_check_list(L, list, "ego.rig.cameras", "{ { … }, { … } }", RIG_CAMERAS);
    for (int i = 0; i < rig->camera_count; i++) {
      lua_rawgeti(L, list, i + 1);
      read_camera(L, lua_gettop(L), i + 1, &rig->cameras[i]);
      lua_pop(L, 1);
    }
  }
  if (lua_getfield(L, index, "lidars") != LUA_TNIL) {
    int list = lua_gettop(L);
    rig->lidar_count = script_check_list(L, list, "ego.rig.lidars", "{ { … }, { … } }", RIG_LIDARS);
    for (int i = 0; i < rig->lidar_count; i++) {
      lua_rawgeti(L, list, i + 1);
      read_lidar(L, lua_gettop(L), i + 1, &rig->lidars[i]);
      lua_pop(L, 1);
    }
  }
  lua_pop(L, 2);
}

void script_push_rig(lua_State *L, const rig_form *rig) {
  script_push_fields(L, FIELDS_RIG, rig);
  lua_createtable(L, rig->camera_count, 0);
  for (int i = 0; i < rig->camera_count; i++) {
    script_push_fields(L, FIELDS_CAMERA, &rig->cameras[i]);
    lua_rawseti(L, -2, i + 1);
  }
  lua_setfield(L, -2, "cameras");
  lua_createtable(L, rig->lidar_count, 0);
  for (int i = 0; i < rig->lidar_count; i++) {
    script_push_fields(L, FIELDS_LIDAR, &rig->lidars[i]);
    lua_rawseti(L, -2, i + 1);
  }
  lua_setfield(L, -2, "lidars");
}
