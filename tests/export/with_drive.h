// SPDX-License-Identifier: Apache-2.0
// A small made-up drive: a scene with a short street, and frames whose images, boxes and
// lidar points agree with each other. No device, no renderer.
#ifndef TESTS_EXPORT_WITH_DRIVE_H
#define TESTS_EXPORT_WITH_DRIVE_H

#include "render/frame.h"
#include "scenes/scene.h"

typedef struct drive drive;

/// A rig of `cameras` cameras of that size (the second one looks back) and `lidars` lidars.
rig_def drive_rig(int cameras, int width_px, int height_px, int lidars);
/// A drive with that rig; `scene_index` varies what is in it. Never NULL.
drive *drive_create(const rig_def *rig, uint64_t seed, uint32_t scene_index);
void drive_destroy(drive *d);
const scene *drive_scene(const drive *d);
/// Frame `number`; holds until the next call.
const frame *drive_frame(drive *d, uint32_t number);

#endif
