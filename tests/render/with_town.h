// SPDX-License-Identifier: Apache-2.0
// A small made-up town for tracing tests, in the renderer's structures and in
// Embree's: rolling ground, houses, blobs that move, clouds of loose triangles.
#ifndef WITH_TOWN_H
#define WITH_TOWN_H

#include "render/tracer.h"
#include "with_embree.h"

typedef struct town {
  device *dev;
  geometry *shapes;
  geometry_buffers buffers;
  trace_top top;
  trace_scene where;
  int mesh_numbers[8];
  embree_town embree;
} town;

/// World bounds of what turns about its own y by any angle, and moves on.
bvh_box spun_bounds(const gpu_instance *it, const bvh_box *own);
/// Fails the test when anything fails. `moving`: some instances move and turn, others spin.
void town_create(town *t, device *dev, bool moving);
/// 50,000 instances, one of 100 moving, of 50 meshes with 5 million distinct triangles together.
void town_create_large(town *t, device *dev);
void town_destroy(town *t);

#endif
