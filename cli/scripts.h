// SPDX-License-Identifier: Apache-2.0
// The scripts that a command line names: files, and folders of them.
#ifndef CLI_SCRIPTS_H
#define CLI_SCRIPTS_H

#include "base/status.h"

/// Paths, in the order of the command line; of a folder its scripts by name.
typedef struct cli_scripts {
  int count, capacity;
  char **paths; // (count) owned, with their strings
} cli_scripts;

/// Lists them into an empty `out`. Of a folder those .lua files count that no other file of it
/// requires: who is required is a module. `library` may be NULL. STATUS_NOT_FOUND for a folder
/// without any, STATUS_IO, STATUS_MEMORY; files aren't looked at yet.
status cli_scripts_list(cli_scripts *out, const char *const *words, int count, const char *library,
                        trouble *why);
void cli_scripts_free(cli_scripts *scripts);

#endif
