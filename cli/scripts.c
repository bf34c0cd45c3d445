// SPDX-License-Identifier: Apache-2.0
#include "cli/scripts.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/file.h"
#include "scenes/script_modules.h"

enum { PATH_BYTES = 4096, SCRIPT_LIMIT = 1 << 20 };

void cli_scripts_free(cli_scripts *scripts) {
  for (int i = 0; i < scripts->count; i++)
    free(scripts->paths[i]);
  free(scripts->paths);
  memset(scripts, 0, sizeof *scripts);
}

static status add(cli_scripts *out, const char *path, trouble *why) {
  char *copy = strdup(path);
  if (!copy || !ARRAY_RESERVE(out->paths, out->capacity, out->count + 1)) {
    free(copy);
    return trouble_set(why, STATUS_MEMORY, "no memory for the scripts' names");
  }
  out->paths[out->count++] = copy;
  return STATUS_OK;
}

static int is_lua(const struct dirent *entry) {
  size_t length = strlen(entry->d_name);
  return entry->d_name[0] != '.' && length > 4 && strcmp(entry->d_name + length - 4, ".lua") == 0;
}

// Marks the entries that a script of the folder requires. One that can't be read or understood
// marks none: it is an error when its turn comes.
static void mark_required(const char *folder, const char *name, const char *library,
                          struct dirent **entries, int count, bool *required) {
  char path[PATH_BYTES], *text;
  size_t size;
  script_modules modules;
  snprintf(path, sizeof path, "%s/%s", folder, name);
  if (file_read(path, SCRIPT_LIMIT, &text, &size, NULL))
    return;
  status result = strlen(text) == size
                      ? script_modules_find(name, text, folder, library, &modules, NULL)
                      : STATUS_SYNTAX;
  free(text);
  if (result)
    return;
  for (int i = 0; i < count; i++) {
    char plain[NAME_MAX + 1];
    snprintf(plain, sizeof plain, "%.*s", (int)strlen(entries[i]->d_name) - 4, entries[i]->d_name);
    required[i] = required[i] ||
                  (strcmp(entries[i]->d_name, name) != 0 && script_modules_get(&modules, plain));
  }
  script_modules_free(&modules);
}

static status add_folder(cli_scripts *out, const char *folder, const char *library, trouble *why) {
  struct dirent **entries = NULL;
  int count = scandir(folder, &entries, is_lua, alphasort), before = out->count;
  if (count < 0)
    return trouble_set(why, STATUS_IO, "%s: cannot list the folder: %s", folder, strerror(errno));
  bool *required = calloc((size_t)count + 1, sizeof *required);
  status result =
      required ? STATUS_OK : trouble_set(why, STATUS_MEMORY, "no memory for the scripts' names");
  for (int i = 0; !result && i < count; i++)
    mark_required(folder, entries[i]->d_name, library, entries, count, required);
  for (int i = 0; i < count; i++) {
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
    if (!result && !required[i])
      result = add(out, path, why);
    free(entries[i]);
  }
  free(entries);
  free(required);
  if (!result && out->count == before)
    result = trouble_set(why, STATUS_NOT_FOUND, "%s: no scene script in this folder", folder);
  return result;
}

status cli_scripts_list(cli_scripts *out, const char *const *words, int count, const char *library,
                        trouble *why) {
  status result = STATUS_OK;
  for (int i = 0; !result && i < count; i++) {
    struct stat info;
    bool folder = stat(words[i], &info) == 0 && S_ISDIR(info.st_mode);
    result = folder ? add_folder(out, words[i], library, why) : add(out, words[i], why);
  }
  return result;
}
