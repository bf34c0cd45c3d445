// SPDX-License-Identifier: Apache-2.0
// Light that has bounced: a camera's pixels get what the sky, the sun and lamps send them over
// other surfaces, by paths (kernels/paths.cl) that a filter smooths (kernels/denoise.cl). For
// files of render/ alone.
#ifndef RENDER_PATHS_H
#define RENDER_PATHS_H

#include "render/launch.h"
#include "render/shade.h"
#include "render/tracer.h"

/// Kernels, shared by all cameras of a device.
typedef struct path_tools {
  device *dev;
  cl_program paths_program, filter_program;
  cl_kernel begin, light, end, rows, variance, spread, samples;
} path_tools;

status path_tools_create(path_tools **out, device *dev, trouble *why);
void path_tools_destroy(path_tools *t);

/// Kernels of sense.cl that paths need: surfaces of hits, and rays from them to the sun.
typedef struct path_helpers {
  cl_kernel hit_surfaces, sun_rays;
} path_helpers;

/// One camera's paths.
typedef struct paths paths;

/// What a frame's paths start from and run through. Samples are all of the camera's band of rows,
/// in tile order.
typedef struct paths_frame {
  const shade_scene *scene;
  shade_lights lights;
  const trace_scene *traced; // with the ego: it throws shadows and light, too
  cl_mem facets;
  cl_mem camera;          // one gpu_camera
  int first, count, rows; // the band's first sample's number in the image, samples, rows
  cl_mem rays, material;  // planes of `count` floats, (count) uint
  shade_hits hits;        // of those rays
  bool sun;               // it shines
  uint32_t purpose;       // keeps the numbers of cameras apart
} paths_frame;

/// Samples that take the light of the pixels around: `count` ones from number `first` of the image
/// on; `rays` are planes of `stride` floats.
typedef struct paths_samples {
  int first, count, stride;
  cl_mem rays, surface, material, instance;
} paths_samples;

/// For bands of up to `rows` rows. `bounces` and `per_pixel`: at least 1 and 2. `tools` and
/// `tracing` must outlive it.
status paths_create(paths **out, path_tools *tools, tracer *tracing, path_helpers helpers,
                    int width_px, int rows, int bounces, int per_pixel, trouble *why);
void paths_destroy(paths *p);
/// Enqueues a frame's paths, unfiltered.
status paths_trace(paths *p, const paths_frame *f, trouble *why);
/// Enqueues the filter after paths_trace.
status paths_filter(paths *p, const paths_frame *f, trouble *why);
/// Enqueues the light at samples after paths_filter: (count) float4, mean radiance over the cosine
/// lobe (irradiance / pi), and the share of the lamps' own light that no shadow takes. `open`:
/// what samples get beside which no pixel shows anything.
status paths_take(paths *p, const paths_frame *f, const paths_samples *s, cl_float4 open,
                  cl_mem light, trouble *why);
/// For tests: what paths_trace found, in tile order. Means, (count) float4 as of paths_take; and
/// (count) float4 of which x, y are means of the squared luminance and the squared w.
cl_mem paths_mean(const paths *p);
cl_mem paths_squares(const paths *p);

#endif
