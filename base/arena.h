// SPDX-License-Identifier: Apache-2.0
// Memory that is given back all at once: one arena a scene, one for scratch.
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

typedef struct arena arena;

/// Creates an empty arena; NULL when memory ran out. One thread at a time.
arena *arena_create(void);
/// Frees the arena and all it handed out. NULL is ignored.
void arena_destroy(arena *a);
/// `size` zeroed bytes, aligned to 64; NULL when memory ran out. Never freed
/// alone. A size of 0 gives a valid pointer.
void *arena_alloc(arena *a, size_t size);
/// A copy of `bytes`; NULL when memory ran out.
void *arena_copy(arena *a, const void *bytes, size_t size);
/// A copy of a NUL-terminated string.
char *arena_text(arena *a, const char *text);
/// Forgets everything handed out and keeps the memory for the next use.
void arena_reset(arena *a);
/// A copy of all that was handed out, for arena_go_back; NULL when memory ran out. The caller frees
/// it.
void *arena_keep(const arena *a);
/// Brings back what was there at arena_keep(), at the same addresses; what was handed out since is
/// forgotten. Not after a reset.
void arena_go_back(arena *a, const void *kept);
/// Bytes handed out since creation or the last reset.
size_t arena_used(const arena *a);

#define ARENA_NEW(a, type, count) ((type *)arena_alloc((a), sizeof(type) * (size_t)(count)))

#endif
