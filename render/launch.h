// SPDX-License-Identifier: Apache-2.0
// A kernel call on one line: arguments by value, in order. For files of render/.
#ifndef RENDER_LAUNCH_H
#define RENDER_LAUNCH_H

#include "render/device_cl.h"

/// One kernel argument: its size and where its value is.
typedef struct launch_arg {
  size_t size;
  const void *value;
} launch_arg;

#define ARG(x) ((launch_arg){sizeof(x), &(x)})

/// Sets the arguments and enqueues `items` work-items in groups of `local` (rounded up).
status launch(device *dev, cl_kernel kernel, const char *name, size_t items, size_t local,
              const launch_arg *args, int count, trouble *why);

/// Work-items that take `count` samples, LANES each (kernels/lanes.cl).
int launch_lanes(const device *dev, int count);

/// Likewise 16 times as many on a CPU, where each has something to prepare.
int launch_runs(const device *dev, int count);

/// Work-items that take `count` samples in BLOCK_LOOP (kernels/sample_list.cl), and their group: on
/// a CPU a block of samples each, alone in its group.
size_t launch_blocks(const device *dev, int count, size_t *group);

#define LAUNCH(dev, kernel, name, items, local, why, ...)                                          \
  launch((dev), (kernel), (name), (size_t)(items), (local), (const launch_arg[]){__VA_ARGS__},     \
         (int)(sizeof((const launch_arg[]){__VA_ARGS__}) / sizeof(launch_arg)), (why))

#endif
