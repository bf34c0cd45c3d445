// SPDX-License-Identifier: Apache-2.0
// OpenCL devices: listed, chosen, opened. No cl.h in this header.
#ifndef RENDER_DEVICE_H
#define RENDER_DEVICE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

typedef struct device device;

typedef struct device_info {
  int id; // what --device takes; order of the platform list
  char name[128], platform[128], version[128], driver[64];
  char type[16]; // "cpu", "gpu", "accelerator", "other"
  int compute_units;
  size_t memory_bytes, max_allocation_bytes;
  bool compiler; // false: it can't take our kernels and is skipped
} device_info;

/// Up to `capacity` devices into `out`; the number there are. An OpenCL without any
/// platform is 0 devices, not an error.
status device_list(device_info *out, int capacity, int *count, trouble *why);
/// Opens by `wanted`: an id ("0"), a type ("gpu") or part of a name ("pocl");
/// NULL or "auto": the first gpu or accelerator, else the first cpu. Nothing
/// suitable is STATUS_DEVICE and says what there is; never a silent substitute.
status device_open(device **out, const char *wanted, trouble *why);
void device_close(device *dev);
/// From now on it says on stderr, once, when kernels are compiled instead of found in a cache,
/// which takes some seconds.
void device_say_compiling(device *dev);
/// Whether a buffer was refused for want of memory since the last time that this was asked.
bool device_was_short(device *dev);
const device_info *device_about(const device *dev);

#endif
