// SPDX-License-Identifier: Apache-2.0
// One camera: its rays, labels and picture. For files of render/ alone.
#ifndef RENDER_CAMERA_H
#define RENDER_CAMERA_H

#include "render/amodal.h"
#include "render/electronics.h"
#include "render/labels.h"
#include "render/paths.h"
#include "render/shade.h"
#include "render/stage.h"

/// Kernels between tracing and shading, shared by all cameras and lidars of a device.
typedef struct sense {
  device *dev;
  cl_program program;
  cl_kernel camera_rays, hit_surfaces, sun_rays, ambient_rays, ambient_quads, ambient_filter,
      soften_sun, label_pixels;
  cl_kernel edge_pixels, borrow_edges, keep_samples, inherit_ambient, resolve_pixels, resolve_edges;
  cl_kernel exposure_rays, exposure_sum;
  label_tools *labels; // made for the first camera that asks for more than the standard labels
  electronics_tools *electronics; // for the first one that has full electronics, or writes hdr
  path_tools *paths;              // for the first one that follows light
} sense;

status sense_create(sense *out, device *dev, trouble *why);
void sense_destroy(sense *s);

typedef struct camera camera;

/// `tools`, `rays` and `paint` must outlive the camera.
status camera_create(camera **out, const camera_def *def, sense *tools, tracer *rays, shade *paint,
                     trouble *why);
void camera_destroy(camera *c);
/// A scene begins: what adapts from frame to frame begins anew.
void camera_begin(camera *c);
/// Rows that are made at a time; all, to begin with.
int camera_rows(const camera *c);
/// From now on at most that many, a multiple of 32; gives back the device's memory for more.
/// Everything comes out the same, to the bit.
void camera_limit_rows(camera *c, int rows);
/// Traces and paints one frame; its labels go into `out`'s arrays, which the caller provides.
/// `number` counts the rig's cameras and keeps their noise apart. May be called again for the same
/// frame.
status camera_render(camera *c, const stage *st, const shade_scene *light, int number, pose begin,
                     pose end, double interval_s, frame_camera *out, trouble *why);
/// Appends to `boxes` (room for every target) the 2D boxes of the last camera_render,
/// by id; the number appended goes to *count. Amodal masks, when the camera writes them, go to
/// `runs`.
status camera_boxes(camera *c, const stage *st, int number, frame_box2d *boxes, int *count,
                    amodal_runs *runs, trouble *why);
/// The picture of the last camera_render: rgb, raw, hdr and how it was taken. Once a frame: what
/// adapts from frame to frame moves on, and wants no memory of the device that could be refused.
status camera_develop(camera *c, const shade_scene *light, int number, double interval_s,
                      frame_camera *out, trouble *why);

#endif
