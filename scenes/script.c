// SPDX-License-Identifier: Apache-2.0
#include "scenes/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/utf8.h"
#include "scenes/sandbox.h"
#include "scenes/script_tilt.h"
#include "scenes/script_words.h"

struct script {
  char *name; // in error texts
  char *text;
  script_modules modules;  // what require finds
  const script_maps *maps; // what opendrive finds: own_maps, or somebody else's
  script_maps own_maps;
  script_override *overrides;
  int override_count;
  script_tilt tilt; // its share is 0 without one
};

void script_close(script *s) {
  if (!s)
    return;
  for (int i = 0; i < s->override_count; i++) {
    free((char *)s->overrides[i].path);
    free((char *)s->overrides[i].value);
  }
  free(s->overrides);
  script_modules_free(&s->modules);
  script_maps_free(&s->own_maps);
  free(s->text);
  free(s->name);
  free(s);
}

void script_set_tilt(script *s, const script_tilt *tilt) {
  s->tilt = tilt ? *tilt : script_tilt_none();
}

const char *script_text(const script *s) {
  return s->text;
}
const char *script_name(const script *s) {
  return s->name;
}
const script_maps *script_get_maps(const script *s) {
  return s->maps;
}

status script_overrides_apply(const script *s, scene_form *form, trouble *why) {
  for (int i = 0; i < s->override_count; i++) {
    // grid_city.block_m=… means the scenes that have such a place.
    for (int place = 0; place < PLACE_COUNT; place++) {
      size_t length = strlen(place_name(place));
      const char *path = s->overrides[i].path;
      if (strncmp(path, place_name(place), length) == 0 && path[length] == '.' &&
          place != (int)form->def.place)
        goto next;
    }
    status result = script_override_apply(&s->overrides[i], form, why);
    if (result != STATUS_OK)
      return result;
  next:;
  }
  return STATUS_OK;
}

// Opening -----------------------------------------------------------------------

static bool copy_overrides(script *s, const script_override *overrides, int count) {
  s->overrides = calloc((size_t)count + 1, sizeof *s->overrides);
  if (!s->overrides)
    return false;
  s->override_count = count;
  for (int i = 0; i < count; i++) {
    s->overrides[i].path = strdup(overrides[i].path);
    s->overrides[i].value = strdup(overrides[i].value);
    if (!s->overrides[i].path || !s->overrides[i].value)
      return false;
  }
  return true;
}

static status compile(const script *s, trouble *why) {
  sandbox_limits limits = sandbox_limits_default();
  sandbox *box = sandbox_create(s->name, &limits, rng_at(0, RNG_SCRIPT, 0, 0, 0));
  if (!box)
    return trouble_set(why, STATUS_MEMORY, "%s: no memory for Lua", s->name);
  status result = sandbox_load(box, s->name, s->text, strlen(s->text), why);
  sandbox_destroy(box);
  return result;
}

status script_check_utf8(const char *name, const char *text, trouble *why) {
  int line = utf8_wrong_line(text);
  return line ? trouble_set(why, STATUS_SYNTAX, "%s:%d: isn't UTF-8; save it as UTF-8", name, line)
              : STATUS_OK;
}

// Takes text of a known size: a zero byte would hide what follows it. Without modules.
static status open_bytes(script **out, const char *name, const char *text, size_t size,
                         const script_override *overrides, int override_count, trouble *why) {
  *out = NULL;
  if (size > SANDBOX_SOURCE_MAX)
    return trouble_set(why, STATUS_LIMIT, "%s: %zu bytes; a script has %d at most", name, size,
                       SANDBOX_SOURCE_MAX);
  if (size > 0 && text[0] == LUA_SIGNATURE[0])
    return trouble_set(why, STATUS_SYNTAX, "%s:1: is compiled Lua; scripts must be text", name);
  if (memchr(text, 0, size))
    return trouble_set(why, STATUS_SYNTAX, "%s: has a zero byte; scripts must be text", name);
  status result = script_check_utf8(name, text, why);
  if (result)
    return result;
  script *s = calloc(1, sizeof *s);
  if (!s)
    return trouble_set(why, STATUS_MEMORY, "%s: no memory", name);
  s->maps = &s->own_maps;
  s->name = strdup(name);
  s->text = strndup(text, size);
  if (!s->name || !s->text || !copy_overrides(s, overrides, override_count)) {
    result = trouble_set(why, STATUS_MEMORY, "%s: no memory", name);
    goto fail;
  }
  for (int i = 0; i < override_count; i++) {
    result = script_override_check(&overrides[i], why);
    if (result != STATUS_OK)
      goto fail;
  }
  result = compile(s, why);
  if (result != STATUS_OK)
    goto fail;
  *out = s;
  return STATUS_OK;
fail:
  script_close(s);
  return result;
}

// Gives an opened script its modules and maps, or closes it.
static status find_files(script **out, const char *folder, const char *library, trouble *why) {
  script *s = *out;
  script_maps_source source = {s->name,           s->text, &s->modules, s->overrides,
                               s->override_count, folder,  library};
  status result = script_modules_find(s->name, s->text, folder, library, &s->modules, why);
  if (!result)
    result = script_maps_find(&source, &s->own_maps, why);
  if (!result)
    script_maps_read_bodies(&s->own_maps);
  if (result) {
    script_close(s);
    *out = NULL;
  }
  return result;
}

status script_open_text(script **out, const char *name, const char *text, const char *folder,
                        const char *library, const script_override *overrides, int override_count,
                        trouble *why) {
  status result = open_bytes(out, name, text, strlen(text), overrides, override_count, why);
  return result ? result : find_files(out, folder, library, why);
}

status script_open_recorded(script **out, const char *name, const char *text,
                            const script_modules *modules, const script_maps *maps,
                            const script_override *overrides, int override_count, trouble *why) {
  status result = open_bytes(out, name, text, strlen(text), overrides, override_count, why);
  if (result)
    return result;
  (*out)->maps = maps;
  result = script_modules_copy(&(*out)->modules, modules, why);
  if (result) {
    script_close(*out);
    *out = NULL;
  }
  return result;
}

status script_open(script **out, const char *path, const char *library,
                   const script_override *overrides, int override_count, trouble *why) {
  *out = NULL;
  char *text = NULL, *folder = NULL;
  size_t size = 0;
  status result = file_read(path, SANDBOX_SOURCE_MAX, &text, &size, why);
  if (result != STATUS_OK)
    return result;
  const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
  folder = slash ? strndup(path, (size_t)(slash - path) + (slash == path)) : strdup(".");
  if (folder)
    result = open_bytes(out, name, text, size, overrides, override_count, why);
  else
    result = trouble_set(why, STATUS_MEMORY, "%s: no memory", path);
  if (!result)
    result = find_files(out, folder, library, why);
  free(folder);
  free(text);
  return result;
}

// Running -----------------------------------------------------------------------

static int open_words(lua_State *L) {
  script_words_open(L);
  return 0;
}

status script_define(const script *s, uint64_t seed, uint32_t index, uint32_t attempt,
                     scene_def *out, trouble *why) {
  sandbox_limits limits = sandbox_limits_default();
  return script_define_within(s, &limits, seed, index, attempt, out, why);
}

status script_sandbox(sandbox **out, const script *s, const sandbox_limits *limits, uint64_t seed,
                      uint32_t index, uint32_t attempt, script_run *run, trouble *why) {
  *out = NULL;
  sandbox *box = sandbox_create(s->name, limits, rng_at(seed, RNG_SCRIPT, index, attempt, 0));
  if (!box)
    return trouble_set(why, STATUS_MEMORY, "%s: no memory for Lua", s->name);
  if (s->tilt.share > 0) {
    uint32_t words[SCRIPT_TILT_WORDS];
    script_tilt_draw(&s->tilt, seed, index, attempt, words);
    sandbox_give(box, words, SCRIPT_TILT_WORDS);
  }
  *run = (script_run){.script = s, .modules = &s->modules, .maps = s->maps, .index = index};
  sandbox_set_context(box, run);
  status result = sandbox_call_c(box, open_words, NULL, why);
  if (result)
    sandbox_destroy(box);
  else
    *out = box;
  return result;
}

status script_run_in(const script *s, sandbox *box, trouble *why) {
  status result = sandbox_load(box, s->name, s->text, strlen(s->text), why);
  if (result == STATUS_OK)
    result = sandbox_call(box, 0, why);
  if (result == STATUS_OK && !script_words_scene(sandbox_state(box), -1))
    result =
        trouble_set(why, STATUS_RANGE, "%s: must end with `return scene { … }`; it returned %s",
                    s->name, sandbox_type(sandbox_state(box), -1));
  return result;
}

status script_define_within(const script *s, const sandbox_limits *limits, uint64_t seed,
                            uint32_t index, uint32_t attempt, scene_def *out, trouble *why) {
  script_run run;
  sandbox *box;
  status result = script_sandbox(&box, s, limits, seed, index, attempt, &run, why);
  if (result)
    return result;
  result = script_run_in(s, box, why);
  if (result == STATUS_OK)
    *out = *script_words_scene(sandbox_state(box), -1);
  sandbox_destroy(box);
  return result;
}
