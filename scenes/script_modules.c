// SPDX-License-Identifier: Apache-2.0
#include "scenes/script_modules.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/file.h"
#include "base/utf8.h"
#include "scenes/script_tokens.h"

enum { FOLDERS = 3, NAME_BYTES_MAX = 64, MODULE_BYTES_MAX = 1 << 20, PATH_BYTES = 4096 };

#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

// The list --------------------------------------------------------------------

void script_modules_free(script_modules *modules) {
  for (int i = 0; i < modules->count; i++) {
    free(modules->of[i].name);
    free(modules->of[i].text);
  }
  free(modules->of);
  memset(modules, 0, sizeof *modules);
}

const script_module *script_modules_get(const script_modules *modules, const char *name) {
  for (int i = 0; i < modules->count; i++)
    if (strcmp(modules->of[i].name, name) == 0)
      return &modules->of[i];
  return NULL;
}

status script_modules_add(script_modules *modules, const char *name, const char *text,
                          trouble *why) {
  script_module added = {.name = strdup(name), .text = strdup(text)};
  if (!added.name || !added.text ||
      !ARRAY_RESERVE(modules->of, modules->capacity, modules->count + 1)) {
    free(added.name);
    free(added.text);
    return trouble_set(why, STATUS_MEMORY, "%s.lua: no memory", name);
  }
  modules->of[modules->count++] = added;
  return STATUS_OK;
}

status script_modules_copy(script_modules *out, const script_modules *from, trouble *why) {
  status result = STATUS_OK;
  for (int i = 0; !result && i < from->count; i++)
    result = script_modules_add(out, from->of[i].name, from->of[i].text, why);
  return result;
}

static bool is_plain(const char *name, size_t length) {
  return length > 0 && length <= NAME_BYTES_MAX && strspn(name, NAME_CHARACTERS) >= length;
}

bool script_modules_plain(const char *name) {
  return is_plain(name, strlen(name));
}

// Words of a text --------------------------------------------------------------

// After the word `require`: true when its one argument is a text as it stands.
static bool names_module(script_lexer *l, script_token *name) {
  *name = script_token_next(l);
  bool paren = script_token_is(*name, "(");
  if (paren)
    *name = script_token_next(l);
  if (name->kind != TOKEN_STRING || memchr(name->text, '\\', name->length))
    return false;
  return !paren || script_token_is(script_token_next(l), ")");
}

// Finding -----------------------------------------------------------------------

typedef struct finder {
  const char *folders[FOLDERS]; // the script's own, the library, its scenarios; or NULL
  script_modules *out;
  size_t bytes;
  bool all; // all that is there was taken
} finder;

// Where a module is named: "town.lua:3: ".
typedef struct mention {
  const char *file;
  int line;
} mention;

static bool find_file(const finder *f, const char *name, char path[PATH_BYTES]) {
  for (int i = 0; i < FOLDERS; i++) {
    int length = f->folders[i] ? snprintf(path, PATH_BYTES, "%s/%s.lua", f->folders[i], name) : -1;
    if (length > 0 && length < PATH_BYTES && file_exists(path))
      return true;
  }
  return false;
}

static status read_module(const char *name, const char *path, char **text, trouble *why) {
  size_t size;
  status result = file_read(path, MODULE_BYTES_MAX, text, &size, why);
  if (result)
    return result;
  const char *wrong = NULL;
  if ((*text)[0] == '\x1b')
    wrong = "is compiled Lua; scripts must be text";
  else if (strlen(*text) != size)
    wrong = "has a zero byte; scripts must be text";
  else if (utf8_wrong_line(*text))
    wrong = "isn't UTF-8; save it as UTF-8"; // job.json couldn't hold it
  if (!wrong)
    return STATUS_OK;
  free(*text);
  *text = NULL;
  return trouble_set(why, STATUS_SYNTAX, "%s.lua %s", name, wrong);
}

// `lenient`: leaves out what can't be used instead of failing.
static status take(finder *f, const char *name, bool lenient, mention from, trouble *why) {
  char path[PATH_BYTES], *text;
  if (script_modules_get(f->out, name) || !find_file(f, name, path))
    return STATUS_OK;
  trouble found = {0};
  status result = read_module(name, path, &text, &found);
  if (result && lenient && result != STATUS_MEMORY)
    return STATUS_OK;
  if (result)
    return trouble_set(why, result, "%s:%d: require: %s", from.file, from.line, found.text);
  f->bytes += strlen(text);
  if (f->bytes > MODULES_BYTES_MAX)
    result = trouble_set(why, STATUS_LIMIT,
                         "%s:%d: require: what this script may load is more than %d MiB; name the "
                         "modules, require \"name\", or give them a folder of their own",
                         from.file, from.line, MODULES_BYTES_MAX >> 20);
  else
    result = script_modules_add(f->out, name, text, why);
  free(text);
  return result;
}

static int is_lua(const struct dirent *entry) {
  size_t length = strlen(entry->d_name);
  return length > 4 && strcmp(entry->d_name + length - 4, ".lua") == 0 &&
         is_plain(entry->d_name, length - 4);
}

// Everything in one folder. What can't be used is left out: nobody may want it, and
// who does hears that it isn't there.
static status take_folder(finder *f, const char *folder, mention from, trouble *why) {
  struct dirent **entries = NULL;
  int count = scandir(folder, &entries, is_lua, alphasort);
  if (count < 0)
    return trouble_set(why, STATUS_IO,
                       "%s:%d: require: cannot list the folder %s to find what it may load: %s; "
                       "name the modules, require \"name\"",
                       from.file, from.line, folder, strerror(errno));
  status result = STATUS_OK;
  for (int i = 0; i < count; i++) {
    entries[i]->d_name[strlen(entries[i]->d_name) - 4] = 0;
    if (!result)
      result = take(f, entries[i]->d_name, true, from, why);
    free(entries[i]);
  }
  free(entries);
  return result;
}

static status take_all(finder *f, mention from, trouble *why) {
  status result = STATUS_OK;
  for (int i = 0; !result && i < FOLDERS; i++)
    if (f->folders[i])
      result = take_folder(f, f->folders[i], from, why);
  f->all = true;
  return result;
}

static status scan(finder *f, const char *file, const char *text, trouble *why) {
  script_lexer l = {.at = text, .line = 1};
  for (script_token t = script_token_next(&l); t.kind != TOKEN_END && !f->all;
       t = script_token_next(&l)) {
    mention here = {file, t.line};
    status result = STATUS_OK;
    script_token named;
    script_lexer ahead = l; // what follows may begin a mention of its own
    bool require = script_token_is(t, "require"), plain = require && names_module(&ahead, &named);
    if (script_token_is(t, "_G") || script_token_is(t, "_ENV") || (require && !plain)) {
      result = take_all(f, here, why);
    } else if (plain && is_plain(named.text, named.length)) {
      char name[NAME_BYTES_MAX + 1];
      snprintf(name, sizeof name, "%.*s", (int)named.length, named.text);
      result = take(f, name, false, here, why);
    }
    if (result)
      return result;
  }
  return STATUS_OK;
}

static int by_name(const void *a, const void *b) {
  return strcmp(((const script_module *)a)->name, ((const script_module *)b)->name);
}

status script_modules_find(const char *name, const char *text, const char *folder,
                           const char *library, script_modules *out, trouble *why) {
  memset(out, 0, sizeof *out);
  char scenarios[PATH_BYTES] = "";
  if (library)
    snprintf(scenarios, sizeof scenarios, "%s/scenarios", library);
  bool has_scenarios = *scenarios && access(scenarios, R_OK | X_OK) == 0;
  finder f = {.folders = {folder, library, has_scenarios ? scenarios : NULL}, .out = out};
  status result = scan(&f, name, text, why);
  // The list grows while it is gone through.
  for (int i = 0; !result && i < out->count && !f.all; i++) {
    char file[NAME_BYTES_MAX + 8];
    snprintf(file, sizeof file, "%s.lua", out->of[i].name);
    result = scan(&f, file, out->of[i].text, why);
  }
  if (result)
    script_modules_free(out);
  else if (out->count > 1)
    qsort(out->of, (size_t)out->count, sizeof *out->of, by_name);
  return result;
}
