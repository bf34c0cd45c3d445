// SPDX-License-Identifier: Apache-2.0
// The scripts that a scene script may `require`, read once. A job holds them, so that
// every worker at any time runs the same text. Plain text work: no Lua behind it.
#ifndef SCENES_SCRIPT_MODULES_H
#define SCENES_SCRIPT_MODULES_H

#include <stdbool.h>

#include "base/status.h"

enum { MODULES_BYTES_MAX = 8 << 20 };

/// What `require "name"` runs.
typedef struct script_module {
  char *name; // letters, digits and _; the file is NAME.lua
  char *text;
} script_module;

/// Owns its strings. All zero is an empty list. Release with script_modules_free.
typedef struct script_modules {
  int count, capacity;
  script_module *of; // (count) by name
} script_modules;

void script_modules_free(script_modules *modules);
/// NULL when there is none of that name.
const script_module *script_modules_get(const script_modules *modules, const char *name);
/// Appends copies; the caller keeps to the order. STATUS_MEMORY.
status script_modules_add(script_modules *modules, const char *name, const char *text,
                          trouble *why);
status script_modules_copy(script_modules *out, const script_modules *from, trouble *why);
/// Whether `require` takes that name.
bool script_modules_plain(const char *name);

/// Reads into an empty list every module that the script `name` with this text could
/// load from `folder` or, where that has none of the name, from `library` (NULL: from
/// nowhere) or its folder `scenarios`. Those are the modules it names, `require "name"`, and those
/// that they name in turn; and every NAME.lua of both folders as soon as one text does more with
/// the word `require` than that, or reaches for _G or _ENV. A name without a file is no error here:
/// the script may never ask for it. STATUS_IO, STATUS_SYNTAX (compiled or a zero byte),
/// STATUS_LIMIT (1 MiB each, MODULES_BYTES_MAX together), STATUS_MEMORY. On failure the list is
/// empty.
status script_modules_find(const char *name, const char *text, const char *folder,
                           const char *library, script_modules *out, trouble *why);

#endif
