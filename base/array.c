// SPDX-License-Identifier: Apache-2.0
#include "base/array.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>

bool array_reserve(void **items, int *capacity, int needed, size_t item_size) {
  if (needed <= *capacity)
    return true;
  int grown = *capacity < 16 ? 16 : (*capacity > INT_MAX / 2 ? INT_MAX : *capacity * 2);
  if (grown < needed)
    grown = needed;
  if (item_size && (size_t)grown > SIZE_MAX / item_size)
    return false;
  void *bigger = realloc(*items, (size_t)grown * item_size);
  if (!bigger)
    return false;
  *items = bigger;
  *capacity = grown;
  return true;
}
