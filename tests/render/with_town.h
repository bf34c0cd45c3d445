// SPDX-License-Identifier: Apache-2.0
// A small made-up town for tracing tests, in the renderer's structures and in
// Embree's: rolling ground, houses, blobs that move, clouds of loose triangles.
#ifndef WITH_TOWN_H
#define WITH_TOWN_H

#include <embree3/rtcore.h>

#include "render/tracer.h"

typedef struct town {
  device *dev;
  geometry *shapes;
  geometry_buffers buffers;
  trace_top top;
  trace_scene where;
  int mesh_numbers[8];
  RTCDevice embree;
  RTCScene embree_scene;
  RTCScene embree_meshes[8];
} town;

/// Fails the test when anything fails. `moving`: some instances move and turn.
void town_create(town *t, device *dev, bool moving);
void town_destroy(town *t);

#endif
