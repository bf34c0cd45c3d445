// SPDX-License-Identifier: Apache-2.0
// Trucks with semi-trailers: European measures (Directive 96/53/EC: 16.5 m together, 12 m from the
// kingpin to the rear, 2.04 m from it to the front's corners), and the lanes that they get through.
#ifndef SCENES_ARTICULATED_H
#define SCENES_ARTICULATED_H

#include "base/rng.h"
#include "scenes/scene.h"

/// Draws the trailer of a tractor, whose trailer_m and height it sets; what is left to set is the
/// vehicle's `trailer` and the trailer's `vehicle` and `id`.
void articulated_draw(scene_vehicle *tractor, scene_trailer *out, rng *r);

/// How far inside of its kingpin's circle a trailer's middle axle goes round a bend of that radius:
/// R - sqrt(R^2 - pin^2). INFINITY where the bend is too tight for it to get round at all.
double articulated_offtracking(double radius_m, double pin_m);

/// Sets wide[i] to 1 for the lanes, (path_count), that a truck with a trailer may be on: cars may
/// use them, in their sharpest bend, driven for ever, the trailer stays within the lane, and they
/// lead to such lanes or out of the network; else 0. There no trailer ever cuts a corner, whatever
/// it came through before.
void articulated_lanes(const road_network *net, uint8_t *wide);

#endif
