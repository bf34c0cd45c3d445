// SPDX-License-Identifier: Apache-2.0
#include "base/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_ALIGN = 64, ARENA_BLOCK = 1 << 20 };

typedef struct arena_block {
  struct arena_block *next;
  size_t size; // usable bytes after the header
  size_t used;
  char pad[ARENA_ALIGN - sizeof(void *) - 2 * sizeof(size_t)];
} arena_block;

struct arena {
  arena_block *first;
  arena_block *current;
  size_t used;
};

arena *arena_create(void) {
  return calloc(1, sizeof(arena));
}

void arena_destroy(arena *a) {
  if (!a)
    return;
  for (arena_block *block = a->first; block;) {
    arena_block *next = block->next;
    free(block);
    block = next;
  }
  free(a);
}

static arena_block *block_with_room(arena *a, size_t size) {
  while (a->current && a->current->size - a->current->used < size) {
    if (!a->current->next)
      break;
    a->current = a->current->next;
    a->current->used = 0;
  }
  if (a->current && a->current->size - a->current->used >= size)
    return a->current;
  size_t room = size > ARENA_BLOCK ? size : ARENA_BLOCK;
  arena_block *block = aligned_alloc(ARENA_ALIGN, sizeof *block + room);
  if (!block)
    return NULL;
  block->next = NULL;
  block->size = room;
  block->used = 0;
  if (a->current)
    a->current->next = block;
  else
    a->first = block;
  a->current = block;
  return block;
}

void *arena_alloc(arena *a, size_t size) {
  if (size > SIZE_MAX / 2)
    return NULL;
  size = (size + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN;
  if (size == 0)
    size = ARENA_ALIGN;
  arena_block *block = block_with_room(a, size);
  if (!block)
    return NULL;
  void *out = (char *)(block + 1) + block->used;
  block->used += size;
  a->used += size;
  return memset(out, 0, size);
}

void *arena_copy(arena *a, const void *bytes, size_t size) {
  void *out = arena_alloc(a, size);
  if (out && size)
    memcpy(out, bytes, size);
  return out;
}

char *arena_text(arena *a, const char *text) {
  return arena_copy(a, text, strlen(text) + 1);
}

void arena_reset(arena *a) {
  a->current = a->first;
  if (a->current)
    a->current->used = 0;
  a->used = 0;
}

// What is kept: a head, then each block's used bytes in order.
typedef struct arena_kept {
  size_t blocks, used;
  size_t block_used[]; // (blocks)
} arena_kept;

static size_t blocks_in_use(const arena *a, size_t *bytes) {
  size_t count = 0;
  *bytes = 0;
  for (const arena_block *block = a->first; block; block = block->next) {
    count++;
    *bytes += block->used;
    if (block == a->current)
      break;
  }
  return count;
}

void *arena_keep(const arena *a) {
  size_t bytes, count = blocks_in_use(a, &bytes);
  arena_kept *kept = malloc(sizeof *kept + count * sizeof(size_t) + bytes);
  if (!kept)
    return NULL;
  kept->blocks = count;
  kept->used = a->used;
  char *to = (char *)&kept->block_used[count];
  const arena_block *block = a->first;
  for (size_t k = 0; k < count; k++, block = block->next) {
    kept->block_used[k] = block->used;
    memcpy(to, block + 1, block->used);
    to += block->used;
  }
  return kept;
}

void arena_go_back(arena *a, const void *from) {
  const arena_kept *kept = from;
  const char *bytes = (const char *)&kept->block_used[kept->blocks];
  arena_block *block = a->first;
  a->used = kept->used;
  for (size_t k = 0; k < kept->blocks; k++, block = block->next) {
    block->used = kept->block_used[k];
    memcpy(block + 1, bytes, block->used);
    bytes += block->used;
    a->current = block;
  }
}

size_t arena_used(const arena *a) {
  return a->used;
}
