// SPDX-License-Identifier: Apache-2.0
// Host values as kernels take them.
#ifndef RENDER_PACK_H
#define RENDER_PACK_H

#include "base/pose.h"

/// A pose as floats; the rotation becomes x, y, z, w.
void pack_pose(pose p, float position[3], float rotation[4]);

#endif
