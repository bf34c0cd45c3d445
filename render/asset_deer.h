// SPDX-License-Identifier: Apache-2.0
// Deer that bound and stand. For files of render/asset*.c alone.
#ifndef RENDER_ASSET_DEER_H
#define RENDER_ASSET_DEER_H

#include "render/mesh_shape.h"

/// The last phase stands still.
enum { DEER_VARIANTS = 4, DEER_PHASES = 9, DEER_STANDING = 8 };
void deer_size(int variant, double size_m[3]);
void deer_build(int variant, mesh out[DEER_PHASES]);

#endif
