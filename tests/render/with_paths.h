// SPDX-License-Identifier: Apache-2.0
// Small rooms under a made-up sky for tests of bounced light, and a slow path tracer in double
// precision that asks every triangle and every lamp.
#ifndef WITH_PATHS_H
#define WITH_PATHS_H

#include "base/pose.h"
#include "base/rng.h"
#include "render/camera.h"
#include "render/kernels/sky.h"

enum { ROOM_LAMPS = 2 };

/// A sky without clouds and fog: `low` at the horizon, `high` at the zenith, between them by the
/// root of the direction's z; `ground` below, by a ramp that ends at z = -1/8.
typedef struct room_sky {
  float low[3], high[3], ground[3];
  float sun[3]; // irradiance facing it; it stands in `sun_direction`, unit
  float sun_direction[3];
} room_sky;

/// What paths start from: all pixels of a camera in a scene of matt things.
typedef struct room {
  device *dev;
  tracer *tracing;
  sense tools;
  shade *paint;
  path_tools *walker;
  geometry *shapes;
  geometry_buffers buffers;
  trace_top top;
  trace_scene where;
  room_sky sky;
  gpu_light lamps[ROOM_LAMPS];
  int lamp_count;
  gpu_camera camera;
  int samples; // of the camera, in tile order
  // On the host after room_look.
  float *rays; // (RAY_PLANES, samples)
  float *t;    // (samples)
  uint32_t *primitive, *instance;
  paths_frame frame;
  cl_mem surface; // of its samples, (samples) float4
  shade_scene light;
} room;

/// Device and kernels, an empty scene. -1 when there is no device.
int room_open(room *r);
void room_close(room *r);
/// A matt material of that albedo.
int room_material(room *r, float red, float green, float blue);
int room_material_of(room *r, shader what, float red, float green, float blue);
/// Adds the mesh where it stands, and frees it.
void room_add(room *r, mesh *m);
/// Traces a camera of width x height pixels at p that looks along x with z up (`down`: along -z).
/// Sky and lamps are those of the room.
void room_look(room *r, int width, int height, const float p[3], float fx, bool down);
/// Forgets what room_look made, and the things.
void room_empty(room *r);
/// Paths of the view; `light` (samples, 4) float: their means.
paths *room_walk(room *r, int bounces, int per_pixel, float *light);
/// What paths_take says after the filter.
void room_smooth(room *r, paths *p, float *light);
/// The pixel of a sample; false outside the image.
bool room_pixel(const room *r, int sample, int *x, int *y);
/// Whether the sample met something.
bool room_met(const room *r, int sample);

/// Mean radiance over the cosine lobe at a sample's hit, by one path; `lamps`: the share of the
/// lamps' light that isn't in shadow there, exactly.
void twin_path(const room *r, int sample, int bounces, rng *dice, double light[3], double *lamps);

#endif
