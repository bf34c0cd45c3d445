// SPDX-License-Identifier: Apache-2.0
// What camera.c and camera_boxes.c share of a camera.
#ifndef RENDER_CAMERA_PARTS_H
#define RENDER_CAMERA_PARTS_H

#include "render/camera.h"

// What one list of samples needs, from rays to radiance.
typedef struct sample_set {
  int capacity; // samples, a multiple of 16
  cl_mem rays, sun_rays, surface, material, sun, ambient, origins, directions, radiance;
  cl_mem light; // NULL without bounces
  shade_hits hits, mirror;
} sample_set;

struct camera {
  camera_def def;
  sense *tools;
  tracer *tracing;
  shade *paint;
  device *dev;
  int tiles_x;
  int rows;               // that a band shows at most, a multiple of 32; INT_MAX: all
  int row_first, row_end; // rows that the band at hand shows
  int samples;            // of the band, with rows for its neighbours' sake
  int ambient_count, quad_plane;
  int band_samples;                 // there is room for
  int lit_before;                   // extra samples shaded in the frame's bands before
  sample_set pixels, extra, shaded; // shaded: extra samples with light of their own
  cl_mem camera, ambient_rays, sky_free, quads, hard_sun, seen_light, edge, image, rgb;
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
  int part_capacity, part_number_capacity;
  cl_int4 *part_host; // items of one band, and which they are
  int *part_numbers;
  uint32_t *part_covered;
  int part_covered_capacity;
  labeller *more;           // NULL: the standard labels will do
  electronics *electronics; // NULL: simple ones, and no hdr
  paths *light;             // NULL: none are followed
  cl_float4 open;           // light of samples beside which nothing is seen
  gpu_camera now;
};

/// The device's camera becomes that of the band that shows rows from `row` on, with rows around it
/// for its pixels' neighbours where `around`.
status camera_enter_band(camera *c, int row, bool around, trouble *why);
/// The number that the band's first sample has in the whole image.
int camera_band_sample(const camera *c);
/// Whether the image is made in several bands.
bool camera_has_bands(const camera *c);
/// Room for the band's samples.
status camera_reserve_band(camera *c, trouble *why);
/// Room for `count` samples; what the set held is lost when it grows.
status camera_reserve_set(camera *c, sample_set *s, int count, trouble *why);
/// Enqueues the rays of the set's `count` samples: the band's or those of c->positions.
status camera_enqueue_rays(camera *c, sample_set *s, int count, trouble *why);
/// From the device; waits for it.
status camera_read_back(camera *c, cl_mem buffer, size_t size, void *to, trouble *why);
/// To a buffer of the device that grows as needed.
status camera_write_new(camera *c, cl_mem *buffer, size_t *bytes, const void *data, size_t size,
                        trouble *why);
/// {0, INT_MAX, INT_MAX, INT_MIN, INT_MIN} a slot, on host and device.
status camera_clear_slots(camera *c, int **host, int *capacity, cl_mem *buffer, size_t *bytes,
                          int slots, trouble *why);
/// Kernels of the camera's paths, and room for those of bands of `rows` rows; nothing without
/// bounces.
status camera_light_create(camera *c, trouble *why);
status camera_light_reserve(camera *c, int rows, trouble *why);
/// Enqueues the light of the band's pixels, whose rays have met their surfaces. Nothing without
/// bounces.
status camera_light_follow(camera *c, const stage *st, const shade_scene *light, int number,
                           trouble *why);
/// Enqueues the light of `count` samples of the set, which have met theirs, of pixels from number
/// `first` of the image on. Nothing without bounces.
status camera_light_take(camera *c, sample_set *s, const shade_scene *light, int first, int count,
                         trouble *why);

#endif
