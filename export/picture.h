// SPDX-License-Identifier: Apache-2.0
// Pictures for people: PNG files.
#ifndef EXPORT_PICTURE_H
#define EXPORT_PICTURE_H

#include <stdint.h>

#include "base/status.h"

/// Writes `path` as an 8-bit sRGB PNG, whole or not at all. rgb is (height, width, 3).
/// STATUS_RANGE, STATUS_MEMORY, and what file_write_atomic returns.
status picture_write_png(const char *path, int width, int height, const uint8_t *rgb, trouble *why);

#endif
