// SPDX-License-Identifier: Apache-2.0
// Lenses for the renderer: what kernels need of them, and where in an image a thing's box may
// show. For files of render/ and their tests.
#ifndef RENDER_LENS_H
#define RENDER_LENS_H

#include "render/stage.h"
#include "scenes/lens.h"

/// Fills what kernels/lens.cl reads: focal lengths, principal point, model and coefficients.
void lens_pack(const camera_def *c, gpu_camera *out);

/// Where a target's box may show: every pixel that it can cover lies in the rectangle x0 y0 x1
/// y1 (px, unclipped); what lies across a panorama's seam takes all of its width.
typedef struct lens_extent {
  bool seen; // false: nowhere
  double px[4];
  /// Share of the box outside the image, 0..1: of its rectangle's area with a perspective lens;
  /// with others, whose images have no flat outside, of the solid angle of its sides.
  double truncation;
} lens_extent;

/// `now` has the camera's poses at the ends of the interval and its readout.
void lens_extent_of(const camera_def *c, const gpu_camera *now, const stage_target *target,
                    lens_extent *out);

#endif
