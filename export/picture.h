// SPDX-License-Identifier: Apache-2.0
// Pictures for people: PNG files.
#ifndef EXPORT_PICTURE_H
#define EXPORT_PICTURE_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/// An 8-bit sRGB PNG in heap memory, which the caller frees; equal pictures, equal bytes. rgb is
/// (height, width, 3). STATUS_RANGE, STATUS_MEMORY.
status picture_encode_png(void **out, size_t *size, int width, int height, const uint8_t *rgb,
                          trouble *why);
/// Writes `path` as an 8-bit sRGB PNG, whole or not at all. As picture_encode_png,
/// and what file_write_atomic returns.
status picture_write_png(const char *path, int width, int height, const uint8_t *rgb, trouble *why);

#endif
