// SPDX-License-Identifier: Apache-2.0
// Ray lists in, hits out. Packets of 16 on CPUs where rays are coherent, single rays
// elsewhere. For files of render/ and the benches.
#ifndef RENDER_TRACER_H
#define RENDER_TRACER_H

#include "render/geometry.h"
#include "render/shade.h"
#include "scenes/scene.h"

typedef struct tracer tracer;

/// Everything a ray may meet. `skip`: number of the instance that rays pass through
/// (the ego, for its own sensors), or HIT_NONE.
typedef struct trace_scene {
  cl_mem nodes, facets, instances, top_nodes, top_order;
  uint32_t skip;
} trace_scene;

/// Instances of one frame with their top-level tree, on host and device.
typedef struct trace_top {
  int count, capacity;
  gpu_instance *instances; // (count)
  bvh_box *boxes;          // (count) world bounds over the interval
  bvh tree;                // over `boxes`, of the last trace_top_build
  int node_capacity;
  gpu_node *fitted; // (node_capacity) of trace_top_follow
  cl_mem on_device, nodes, order;
  size_t instance_bytes, node_bytes, order_bytes;
} trace_top;

status tracer_create(tracer **out, device *dev, trouble *why);
void tracer_destroy(tracer *t);

/// Sets an instance's pose over the interval, its inverse and its moving flag. Poses map
/// the geometry's own frame (unscaled) to the world.
void trace_place(gpu_instance *it, pose begin, pose end, const float scale[3]);
/// World bounds of an instance whose own bounds are `own`, over the interval.
bvh_box trace_bounds(const gpu_instance *it, const bvh_box *own);
/// Adds an instance; false when memory ran out.
bool trace_top_add(trace_top *top, const gpu_instance *it, const bvh_box *own);
/// Begins anew with the first `count` instances of `from`; false when memory ran out.
bool trace_top_take(trace_top *top, const trace_top *from, int count);
/// Builds the tree and brings all to the device.
status trace_top_build(trace_top *top, device *dev, trouble *why);
/// The same with the tree of `like`, which has as many instances and was built: its boxes are
/// fitted to where they are in `top`, its order counts for both.
status trace_top_follow(trace_top *top, const trace_top *like, device *dev, trouble *why);
void trace_top_free(trace_top *top);

/// Enqueues closest hits of `count` rays (planes of `stride` floats, stride a multiple
/// of 16 and >= count; rays of the last packet past count must be idle). `across`: how they go
/// together. 0: not at all; 1: 16 after 16, as packets; more: packets that are an image's tiles,
/// row by row, so many a row.
status tracer_closest(tracer *t, const trace_scene *where, cl_mem rays, int count, int stride,
                      int across, const shade_hits *out, trouble *why);
/// Enqueues whether each ray is free up to its limit: 1 or 0 in `out` (count) float.
/// Idle rays are 0.
status tracer_visible(tracer *t, const trace_scene *where, cl_mem rays, int count, int stride,
                      int across, cl_mem out, trouble *why);
/// Enqueues the mirror rays of shade_mirror_rays. All buffers have room for `count`
/// rounded up to a multiple of 16; what is written past count means nothing.
status tracer_mirror(tracer *t, const trace_scene *where, cl_mem origins, cl_mem directions,
                     int count, float limit_m, const shade_hits *out, trouble *why);
/// Enqueues amodal coverage of the camera's image, whose `rays` are given tile by tile (planes
/// of `stride` floats): `items` (count) int4 {instance, tile x, tile y, slot};
/// `out` (slots, 5) int {pixels, x0, y0, x1, y1}, to be filled before with {0, INT_MAX,
/// INT_MAX, INT_MIN, INT_MIN}; `covered` (count) u32: bit 4 y + x of the item's tile is set where
/// the instance covers that pixel's centre.
status tracer_amodal(tracer *t, const trace_scene *where, cl_mem camera, cl_mem rays, int stride,
                     cl_mem items, int count, cl_mem out, cl_mem covered, trouble *why);

#endif
