// SPDX-License-Identifier: Apache-2.0
// What camera.c and camera_boxes.c share of a camera.
#ifndef RENDER_CAMERA_PARTS_H
#define RENDER_CAMERA_PARTS_H

#include "render/camera.h"

// What one list of samples needs, from rays to radiance.
typedef struct sample_set {
  int capacity; // samples, a multiple of 16
  cl_mem rays, sun_rays, surface, material, sun, ambient, origins, directions, radiance;
  shade_hits hits, mirror;
} sample_set;

struct camera {
  camera_def def;
  sense *tools;
  tracer *tracing;
  shade *paint;
  device *dev;
  int tiles_x, tiles_y, samples;
  int ambient_count, quad_plane;
  sample_set pixels, extra, shaded; // shaded: extra samples with light of their own
  cl_mem camera, ambient_rays, sky_free, quads, seen_light, edge, image, rgb;
  cl_mem owner, positions, centre, source, kept; // of extra samples
  cl_mem depth, class, id, seen, items, amodal, covered;
  size_t seen_bytes, item_bytes, amodal_bytes, covered_bytes, owner_bytes, position_bytes;
  size_t centre_bytes, source_bytes, kept_bytes;
  uint8_t *edge_host;
  int32_t *owner_host, *centre_host, *source_host, *kept_host;
  float *position_host;
  int *seen_host, *amodal_host;
  int seen_capacity, amodal_capacity;
  int item_capacity;
  cl_int4 *item_host;
  int covered_capacity;
  uint32_t *covered_host;
  labeller *more;           // NULL: the standard labels will do
  electronics *electronics; // NULL: simple ones, and no hdr
  gpu_camera now;
};

/// From the device; waits for it.
status camera_read_back(camera *c, cl_mem buffer, size_t size, void *to, trouble *why);
/// To a buffer of the device that grows as needed.
status camera_write_new(camera *c, cl_mem *buffer, size_t *bytes, const void *data, size_t size,
                        trouble *why);
/// {0, INT_MAX, INT_MAX, INT_MIN, INT_MIN} a slot, on host and device.
status camera_clear_slots(camera *c, int **host, int *capacity, cl_mem *buffer, size_t *bytes,
                          int slots, trouble *why);

#endif
