// SPDX-License-Identifier: Apache-2.0
// A camera with full electronics on the device: what it keeps from frame to frame, and its order
// of work. For files of render/ alone.
#ifndef RENDER_ELECTRONICS_H
#define RENDER_ELECTRONICS_H

#include "render/exposure.h"
#include "render/frame.h"
#include "render/shade.h"

/// Kernels, shared by all cameras of a device.
typedef struct electronics_tools {
  device *dev;
  cl_program program;
  cl_kernel glare_down, glare_up, glare_top, expose_light, blur, sensor_read, demosaic, calm,
      finish, jpeg, light_as_halves;
} electronics_tools;

status electronics_tools_create(electronics_tools **out, device *dev, trouble *why);
void electronics_tools_destroy(electronics_tools *t);

typedef struct electronics electronics;

/// `tools` must outlive it. `def` has full electronics, or the label hdr.
status electronics_create(electronics **out, const camera_def *def, electronics_tools *tools,
                          trouble *why);
void electronics_destroy(electronics *e);
/// A scene begins: exposure and white balance will be found settled on its first frame.
void electronics_begin(electronics *e);

/// One frame's circumstances.
typedef struct electronics_frame {
  const shade_scene *light;
  double white[3]; // what the weather's white balance multiplies linear sRGB by
  double interval_s;
  int number;   // of the camera in its rig
  cl_mem image; // (H, W) float4 radiance
} electronics_frame;

/// Takes the picture: `rgb`, (H, W, 3) bytes on the device, out->shot, and out->raw where it isn't
/// NULL. Waits for the device.
status electronics_take(electronics *e, const electronics_frame *f, cl_mem rgb, frame_camera *out,
                        trouble *why);
/// The image as half floats into out->hdr.
status electronics_hdr(electronics *e, cl_mem image, frame_camera *out, trouble *why);

#endif
