// SPDX-License-Identifier: Apache-2.0
// Kernel sources, embedded by the build.
#ifndef RENDER_KERNEL_SOURCE_H
#define RENDER_KERNEL_SOURCE_H

#include <stddef.h>

typedef struct render_kernel_source {
  const char *name; // file name, e.g. "trace.cl"
  const char *text; // NUL-terminated
  size_t size;      // without the NUL
} render_kernel_source;

/// Ends with a row whose name is NULL.
extern const render_kernel_source render_kernel_sources[];

#endif
