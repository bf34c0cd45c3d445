// SPDX-License-Identifier: Apache-2.0
// Pictures on meshes as kernels read them: a row of words with the picture at half its sides, a
// quarter, …, down to one pixel, so that small things show means and not single pixels.
#ifndef RENDER_TEXTURE_H
#define RENDER_TEXTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "scenes/gltf_read.h"

enum { TEXTURE_SIDE_MAX = 2048 }; // larger ones keep their coarser levels only

/// Words of `from` as render/kernels/texture.cl reads them, heap memory: width, height, levels,
/// wrap of u and v, where each level begins, and pixels of bytes r, g, b, a. `color`: means are
/// those of light, coded as sRGB again; else of the bytes. The whole picture's linear mean goes to
/// mean[3]. STATUS_MEMORY.
status texture_pack(const body_texture *from, bool color, uint32_t **out, int *count, float mean[3],
                    trouble *why);

#endif
