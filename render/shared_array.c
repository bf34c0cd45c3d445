// SPDX-License-Identifier: Apache-2.0
#include "render/shared_array.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// What a CPU's kernels may assume of a buffer, and more.
static const size_t ALIGNMENT = 4096;
// Many towns' arrays fit, so that they seldom move; pages that nothing touches take no memory.
static const size_t FIRST_BYTES = (size_t)256 << 20;

static size_t aligned(size_t bytes) {
  return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static void release_buffer(shared_array *a) {
  if (a->on_device)
    clReleaseMemObject(a->on_device);
  a->on_device = NULL;
  a->device_bytes = 0;
  a->sent = 0;
}

static bool grow(shared_array *a, size_t needed) {
  if (needed > INT_MAX || needed > SIZE_MAX / 4 / a->item_bytes)
    return false;
  size_t least = aligned(needed * a->item_bytes);
  size_t bytes = a->items ? aligned(2 * (size_t)a->capacity * a->item_bytes) : FIRST_BYTES;
  bytes = bytes < least ? least : bytes;
  void *bigger = aligned_alloc(ALIGNMENT, bytes);
  if (!bigger && least < bytes)
    bigger = aligned_alloc(ALIGNMENT, bytes = least);
  if (!bigger)
    return false;
  if (a->count)
    memcpy(bigger, a->items, (size_t)a->count * a->item_bytes);
  release_buffer(a); // it may stand on the old memory
  free(a->items);
  a->items = bigger;
  size_t capacity = bytes / a->item_bytes;
  a->capacity = capacity > INT_MAX ? INT_MAX : (int)capacity;
  return true;
}

void *shared_array_add(shared_array *a, int more) {
  size_t needed = (size_t)a->count + (size_t)more;
  if ((!a->items || needed > (size_t)a->capacity) && !grow(a, needed))
    return NULL;
  char *first = (char *)a->items + (size_t)a->count * a->item_bytes;
  a->count += more;
  return first;
}

void shared_array_cut(shared_array *a, int count) {
  if (count < a->count)
    a->count = count;
  if (count < a->sent)
    a->sent = count;
}

// A new buffer over the host's memory holds what is there; no command need tell it.
static status share(shared_array *a, device *dev, size_t bytes, trouble *why) {
  release_buffer(a);
  return device_buffer_over(dev, bytes, a->items, &a->on_device, why);
}

// Writes what is new; everything when the buffer had to grow.
static status copy(shared_array *a, device *dev, size_t bytes, trouble *why) {
  size_t before = a->device_bytes;
  status result = device_reserve(dev, &a->on_device, &a->device_bytes, bytes, why);
  if (result)
    return result;
  size_t sent = a->device_bytes != before ? 0 : (size_t)a->sent * a->item_bytes;
  cl_int code = clEnqueueWriteBuffer(device_queue(dev), a->on_device, CL_TRUE, sent, bytes - sent,
                                     (const char *)a->items + sent, 0, NULL, NULL);
  return device_status(code, "clEnqueueWriteBuffer (geometry)", why);
}

status shared_array_upload(shared_array *a, device *dev, trouble *why) {
  if (a->on_device && a->sent == a->count)
    return STATUS_OK;
  size_t bytes = (size_t)a->count * a->item_bytes;
  status result;
  if (bytes == 0)
    result = device_reserve(dev, &a->on_device, &a->device_bytes, 16, why);
  else if (device_is_cpu(dev))
    result = share(a, dev, bytes, why);
  else
    result = copy(a, dev, bytes, why);
  if (!result)
    a->sent = a->count;
  return result;
}

void shared_array_free(shared_array *a) {
  release_buffer(a);
  free(a->items);
  *a = (shared_array){.item_bytes = a->item_bytes};
}
