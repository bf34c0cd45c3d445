// SPDX-License-Identifier: Apache-2.0
// The cells of a contact sheet: one sensor of one frame, each drawn into an image of a
// given size. All return 0 when memory ran out; what they give is freed by canvas.rgb.
#ifndef EXPORT_SHEET_VIEWS_H
#define EXPORT_SHEET_VIEWS_H

#include "export/canvas.h"
#include "render/frame.h"

int sheet_view_rgb(canvas *out, int width, int height, const frame_camera *camera);
/// Logarithmic: near is yellow, far is dark violet, nothing is black.
int sheet_view_depth(canvas *out, int width, int height, const frame_camera *camera);
int sheet_view_semantic(canvas *out, int width, int height, const frame_camera *camera);
/// Instances in colours of their ids over the grey picture; boxes around what is visible,
/// thin ones around the whole of it.
int sheet_view_instance(canvas *out, int width, int height, const frame *f, int camera);
/// The ego looks to the right. Points by height, returns of the weather in white.
int sheet_view_lidar(canvas *out, int width, int height, const frame *f, const rig_def *rig,
                     int lidar);

#endif
