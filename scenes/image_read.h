// SPDX-License-Identifier: Apache-2.0
// Pictures that users' meshes bring: PNG and JPEG from memory.
#ifndef SCENES_IMAGE_READ_H
#define SCENES_IMAGE_READ_H

#include <stddef.h>

#include "base/status.h"

enum { IMAGE_SIDE_MAX = 16384, IMAGE_PIXELS_MAX = 1 << 26 };

typedef struct image {
  int width, height;
  unsigned char *rgba; // (height, width, 4) top row first; alpha 255 where the file has none
} image;

void image_free(image *i);
/// Reads a whole file in memory; colours stay as they are coded, sRGB by convention. `name` says
/// which picture of which file in errors. STATUS_SYNTAX for what is neither PNG nor JPEG or is
/// broken, STATUS_LIMIT for sides or pixels beyond the bounds above, STATUS_MEMORY; `out` is empty
/// then.
status image_read(const char *name, const void *bytes, size_t size, image *out, trouble *why);

#endif
