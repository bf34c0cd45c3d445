// SPDX-License-Identifier: Apache-2.0
// How lenses map directions to pixels and back. Directions are in the camera's frame
// (x right, y down, z forward); pixel centres lie at +0.5. kernels/lens.cl has the same
// formulas for devices, python/roadloom/geometry.py for readers.
//
// With m = ((x_px - cx) / fx, (y_px - cy) / fy):
// - pinhole: m = (x / z, y / z).
// - Brown-Conrady (Brown 1971; Conrady 1919), coefficients in OpenCV's order k1 k2 p1 p2 k3 k4
//   k5 k6: a = x / z, b = y / z, q = a^2 + b^2, K = (1 + k1 q + k2 q^2 + k3 q^3) / (1 + k4 q +
//   k5 q^2 + k6 q^3), m = (a K + 2 p1 a b + p2 (q + 2 a^2), b K + p1 (q + 2 b^2) + 2 p2 a b).
// - Kannala-Brandt (Kannala and Brandt 2006; OpenCV's fisheye), k1 .. k4: |m| = t + k1 t^3 +
//   k2 t^5 + k3 t^7 + k4 t^9 of the angle t from the axis, in the direction of (x, y).
// - f-theta, k1 .. k4: |m| = t + k1 t^2 + k2 t^3 + k3 t^4 + k4 t^5; fx is the pixels a radian at
//   the axis, so that a polynomial in pixels, j1 t + j2 t^2 + …, has fx = j1, k1 = j2 / j1, ….
// - equirectangular: m = (longitude, -latitude): atan2(x, z) and atan2(y, sqrt(x^2 + z^2)).
#ifndef SCENES_LENS_H
#define SCENES_LENS_H

#include <stdbool.h>

#include "base/status.h"
#include "scenes/rig.h"

/// Where the direction (of any length) comes to lie. False when the lens doesn't see it: behind
/// a perspective lens, out of its field. Then `px` is where it would be if the lens's curve
/// went on straight, and unchanged where there is no such place. The image's borders don't
/// count.
bool lens_project(const camera_def *c, vec3 direction, double px[2]);
/// The direction that a place in the image shows: with z = 1 for a pinhole and Brown-Conrady,
/// else of unit length. False, and all 0, when the lens draws nothing there.
bool lens_unproject(const camera_def *c, double x_px, double y_px, vec3 *direction);
/// Whether depth along z and distance along lens_unproject's direction are one.
bool lens_is_perspective(lens_model model);

/// r(t) of Kannala-Brandt and f-theta as r = a[0] t + a[1] t^2 + … + a[8] t^9.
void lens_polynomial(const camera_def *c, double a[9]);
/// The angle (rad) up to which the curve grows, `most_rad` at most.
double lens_field(const camera_def *c, double most_rad);
/// |m| at the largest angle that the lens sees.
double lens_edge(const camera_def *c);

/// The angle (rad) from the left to the right border of the image, as far as the lens sees,
/// level with the principal point.
double lens_width_rad(const camera_def *c);

/// "pinhole", "brown_conrady", "kannala_brandt", "f_theta", "equirectangular"; NULL otherwise.
const char *lens_model_name(int model);
/// How many coefficients a model has.
int lens_coefficient_count(lens_model model);

#endif
