// SPDX-License-Identifier: Apache-2.0
// Wheels taken off a vehicle's mesh, so that they turn. For render/asset.c alone.
#ifndef RENDER_ASSET_WHEELS_H
#define RENDER_ASSET_WHEELS_H

#include "render/asset.h"

/// Takes the marks of vehicle_mark_wheel away.
void asset_unmark(mesh *whole);
/// Parts a marked mesh into the body, where wheels stand, and one wheel of each axle (NULL: not
/// wanted). Memory that runs out fails the meshes.
void asset_split(const mesh *whole, mesh *body, asset_wheels *wheels, mesh axles[ASSET_AXLE_LIMIT]);
/// Sets how far wheels of the first axle may steer in the box of size_m. Without `axles` they
/// don't; nor do trailers'.
void asset_limit_steering(asset_wheels *wheels, thing_kind kind, const double size_m[3],
                          const mesh *axles);

#endif
