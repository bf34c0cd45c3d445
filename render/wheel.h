// SPDX-License-Identifier: Apache-2.0
// Wheels of vehicles that drive: where they are over a frame's interval. For render/stage.c.
#ifndef RENDER_WHEEL_H
#define RENDER_WHEEL_H

#include "render/asset.h"
#include "render/tracer.h"
#include "sim/snapshot.h"

/// Where a wheel is at the interval's begin and end but for its spin, and how far it turned in the
/// last frame.
typedef struct wheel_way {
  pose begin, end;
  double spin_before;
} wheel_way;
/// Sets the pose, spin and scale of a wheel's instance, which so far has those of its vehicle's
/// body; `begin` and `end` are the ground below the vehicle's box.
wheel_way wheel_place(const asset_wheel *wheel, const sim_actor *a, pose begin, pose end,
                      gpu_instance *it);
/// World bounds of a wheel over the interval, whatever it turns: those of a cylinder of the mesh's
/// own bounds, which a wheel of asset_build_body fills.
bvh_box wheel_bounds(const gpu_instance *it, const bvh_box *own);

#endif
