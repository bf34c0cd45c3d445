// SPDX-License-Identifier: Apache-2.0
// A growing array that the host writes and the device reads: one memory for both where the
// device is the CPU, else a copy. For files of render/ alone.
#ifndef RENDER_SHARED_ARRAY_H
#define RENDER_SHARED_ARRAY_H

#include <stdbool.h>

#include "render/device_cl.h"

/// All zero but `item_bytes` is an empty array. `items` and `on_device` are valid until the
/// next call that may grow or upload it.
typedef struct shared_array {
  size_t item_bytes;
  int count, capacity;
  void *items; // (count)
  cl_mem on_device;
  size_t device_bytes;
  int sent; // leading items that the device has
} shared_array;

/// Adds `more` items for the caller to write and returns the first; NULL, with nothing
/// changed, when memory ran out. No kernel may be reading the array.
void *shared_array_add(shared_array *a, int more);
/// Forgets the items from `count` on. No kernel may be reading the array.
void shared_array_cut(shared_array *a, int count);
/// Brings what is new to the device.
status shared_array_upload(shared_array *a, device *dev, trouble *why);
void shared_array_free(shared_array *a);

#endif
