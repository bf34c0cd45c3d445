// SPDX-License-Identifier: Apache-2.0
// Room in a growing heap array.
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

#include <stdbool.h>
#include <stddef.h>

/// Makes room for `needed` items of `item_size` bytes in *items (heap memory that
/// the caller frees; *items may be NULL with *capacity 0), at least doubling.
/// False, with nothing changed, when memory ran out.
bool array_reserve(void **items, int *capacity, int needed, size_t item_size);

#define ARRAY_RESERVE(items, capacity, needed)                                                     \
  array_reserve((void **)&(items), &(capacity), (needed), sizeof *(items))

#endif
