// SPDX-License-Identifier: Apache-2.0
// The labels that one camera writes on demand (scenes/label.h), from the hits of its pixels:
// range, normals, paint on the road, flow, occlusion between frames, albedo, amodal masks.
// For files of render/ alone.
#ifndef RENDER_LABELS_H
#define RENDER_LABELS_H

#include "render/frame.h"
#include "render/stage.h"

/// Kernels that all cameras of a device share.
typedef struct label_tools {
  device *dev;
  cl_program program;
  cl_kernel shape, flow, hidden, albedo;
  cl_mem steps; // (SRGB_CELLS) gpu_step
} label_tools;

status label_tools_create(label_tools **out, device *dev, trouble *why);
void label_tools_destroy(label_tools *tools);

typedef struct labeller labeller;

/// The pixels of a camera in tile order (kernels/common.cl), their rays and what these hit.
typedef struct label_pixels {
  const camera_def *def;
  cl_mem camera;                     // gpu_camera of the frame
  pose begin, end;                   // its poses in the world
  double interval_s;                 //
  gpu_camera seen;                   // the same as the device has it, with its band
  int row_first, row_end;            // rows of the image that the band's labels are of
  int count;                         // samples; the rays' planes have as many floats
  cl_mem rays, t, instance, surface; // surface: float4, normal and distance, -1: none
  cl_mem material;                   // MATERIAL_UNMET: none
} label_pixels;

/// Fills a camera's record for the kernels, of one frame.
typedef void label_camera(const camera_def *def, pose begin, pose end, double interval_s,
                          gpu_camera *out);

/// Room only for what def's labels ask for, and none for samples yet. `tools` and `rays` must
/// outlive it.
status labels_create(labeller **out, const camera_def *def, label_tools *tools, tracer *rays,
                     label_camera *fill, trouble *why);
/// Room for as many samples as label_pixels will count.
status labels_reserve(labeller *l, int samples, trouble *why);
/// Gives the room for samples back.
void labels_spare(labeller *l);
void labels_destroy(labeller *l);
/// Makes the band's rows of the wanted ones but albedo and amodal masks in `out`'s arrays, which
/// the caller provides. stage_set_motion comes before it when LABELS_MOTION are wanted.
status labels_make(labeller *l, const stage *st, const label_pixels *pixels, frame_camera *out,
                   trouble *why);
/// Where shading puts the albedo of the samples; NULL when it isn't wanted.
cl_mem labels_albedo(const labeller *l);
/// Brings it into out->albedo, the band's rows.
status labels_read_albedo(labeller *l, const label_pixels *pixels, frame_camera *out, trouble *why);

#endif
