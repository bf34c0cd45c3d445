// SPDX-License-Identifier: Apache-2.0
// Joints of people as labels: in the world, and in a camera's image. For files of render/ and
// their tests.
#ifndef RENDER_KEYPOINTS_H
#define RENDER_KEYPOINTS_H

#include "render/frame.h"
#include "render/stage.h"

/// Of a target that has_keypoints, at the frame's begin.
void keypoints_place(const stage_target *target, frame_keypoints3d *out);
/// Where a camera mounted on the ego sees them, each at the time that its row is read, and by the
/// image's depth and instances whether anything is in front. A joint lies inside the body: it is
/// visible when the surface that is met belongs to the same id and is not farther before the
/// joint than KEYPOINT_UNDER_M. Leaves out->camera alone.
void keypoints_project(const camera_def *def, pose ego_begin, pose ego_end, double interval_s,
                       const stage_target *target, const frame_camera *image,
                       frame_keypoints2d *out);

/// How deep under the surface of a large body in a coat each lies at most, seen from any side.
extern const float KEYPOINT_UNDER_M[KEYPOINT_COUNT];

#endif
