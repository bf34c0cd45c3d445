// SPDX-License-Identifier: Apache-2.0
// Snapshots in, frames out, on one device.
#ifndef RENDER_RENDERER_H
#define RENDER_RENDERER_H

#include <stdbool.h>

#include "base/status.h"
#include "render/device.h"
#include "render/frame.h"

typedef struct renderer renderer;

/// `device` must outlive the renderer. One thread at a time.
status renderer_create(renderer **out, device *dev, trouble *why);
void renderer_destroy(renderer *r);
/// Prepares a scene (geometry, top-level tree, rig); `s` must stay until the next
/// call of this or the end. Geometry of assets is kept from scene to scene.
status renderer_set_scene(renderer *r, const scene *s, trouble *why);
/// The same scene from its begin: cameras expose as if they had seen nothing yet.
void renderer_again(renderer *r);
/// Which of the rig's sensors are rendered: bit i is camera or lidar i. Those that aren't have no
/// arrays in the frame (NULL, 0 points), and boxes count no points of theirs; the others are what
/// they are among all. All of them to begin with.
void renderer_choose(renderer *r, uint64_t cameras, uint32_t lidars);
/// Whether all sensors see the ego, for cameras that look at it from outside; false: as the rig
/// has it.
void renderer_show_ego(renderer *r, bool shown);
/// Renders one frame. `out`'s arrays belong to the renderer and hold until the
/// second next call: two frames are in flight so that writing overlaps.
status renderer_frame(renderer *r, const sim_snapshot *snapshot, frame *out, trouble *why);

#endif
