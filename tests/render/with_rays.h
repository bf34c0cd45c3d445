// SPDX-License-Identifier: Apache-2.0
// Rays into a made-up town, and what Embree says of them.
#ifndef WITH_RAYS_H
#define WITH_RAYS_H

#include "with_town.h"

enum { RAYS_WIDTH = 192, RAYS_HEIGHT = 128, RAYS_COUNT = RAYS_WIDTH * RAYS_HEIGHT };

typedef struct rays_hits {
  float t[RAYS_COUNT], u[RAYS_COUNT], v[RAYS_COUNT];
  uint32_t primitive[RAYS_COUNT], instance[RAYS_COUNT];
} rays_hits;

/// Planes (RAY_PLANES, RAYS_COUNT): a camera at (-60, 0, 2) over 4x4 tiles, or random rays from
/// random places. `timed`: of any time of the interval.
void rays_make(float *planes, bool coherent, bool timed);
void rays_trace(tracer *with, const town *t, const float *planes, int across, rays_hits *out);
/// Rays that differ in instance or by more than a part in 10^4 of distance. Rays that
/// graze an edge may: they are counted, not excused.
int rays_differ(const town *t, const float *planes, const rays_hits *h);

#endif
