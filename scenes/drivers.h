// SPDX-License-Identifier: Apache-2.0
// Who drives: a driver's style, the rules that a few break, and how both are drawn.
#ifndef SCENES_DRIVERS_H
#define SCENES_DRIVERS_H

#include "base/rng.h"
#include "scenes/scene.h"

/// Name of a driver_style, "normal"; NULL beyond the last one.
const char *driver_style_name(int style);
/// Name of the n-th bit of driver_break from 0, "red_light"; NULL beyond the last one.
const char *driver_break_name(int n);

/// Draws style, broken rules and driver_params of vehicle number `i` of the scene, whose kind,
/// length and lane are set. Habits come out of a stream of their own, the rest out of `r`. The
/// ego (number 0) is a normal driver who breaks no rule.
void populate_driver(const scene *s, const scene_def *def, int i, scene_vehicle *v, rng *r);

#endif
