// SPDX-License-Identifier: Apache-2.0
// Whole files: read, and written so that they are either absent or complete.
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

/// Reads a regular file of at most `limit` bytes into heap memory with a closing
/// NUL (not counted in *size). The caller frees *bytes.
status file_read(const char *path, size_t limit, char **bytes, size_t *size, trouble *why);
/// Writes `path` by a temporary beside it, fsync, rename and fsync of the folder.
/// On failure nothing is left behind. A full disk is STATUS_NO_SPACE.
status file_write_atomic(const char *path, const void *bytes, size_t size, trouble *why);
/// Creates a folder and those above it; an existing folder is fine.
status file_make_folder(const char *path, trouble *why);
/// fsyncs a folder so that a rename inside it lasts.
status file_sync_folder(const char *path, trouble *why);
bool file_exists(const char *path);

#endif
