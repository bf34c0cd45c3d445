// SPDX-License-Identifier: Apache-2.0
// The oracle for rays: the same two-level scene in Embree 3. Instance n there is
// instance n of the top-level tree; a primitive is the hit's triangle less
// triangle_first.
#ifndef WITH_EMBREE_H
#define WITH_EMBREE_H

#include <embree3/rtcore.h>

#include "render/tracer.h"

typedef struct embree_town {
  RTCDevice device;
  RTCScene top;
  int mesh_count;
  RTCScene *meshes; // (mesh_count)
} embree_town;

/// Builds it from the arrays that the kernels read. `robust` asks for watertight
/// intersections; without it Embree is faster.
void embree_create(embree_town *e, const geometry *shapes, const trace_top *top, bool robust);
void embree_destroy(embree_town *e);

#endif
