// SPDX-License-Identifier: Apache-2.0
#include "render/asset_car.h"

static const float MIRROR_REACH_M = 0.075f; // beyond the shell, on either side

void car_shape_size(const car_shape *k, double size_m[3]) {
  size_m[0] = k->length + 0.01;
  size_m[1] = k->width + 2 * MIRROR_REACH_M;
  size_m[2] = k->height + (k->beacons     ? CAR_BEACONS_M
                           : k->taxi_sign ? 0.13f
                           : k->rails     ? 0.035f
                                          : 0.0f);
}

void car_parts(const car_shape *k, hull *shell, mesh *skin, mesh *inside, mesh *outside) {
  car_shell(k, shell);
  if (k->beacons)
    car_stripes(k, shell);
  hull_emit(skin, shell);
  car_shell_rest(skin, k, shell);
  car_greenhouse(skin, k, shell);
  car_interior(inside, k, shell);
  car_fittings(outside, k, shell);
  if (k->beacons)
    car_beacons(outside, k);
  for (int i = 0; i < 4; i++) {
    const wheel_def wheel = {k->wheel_radius, k->tyre_width, k->spokes, k->spoke_width, i / 2};
    float side = (i & 1) ? -1.0f : 1.0f;
    float x = k->length / 2 - k->front_overhang - ((i & 2) ? k->wheelbase : 0);
    float y = side * (k->width / 2 - 0.025f - k->tyre_width / 2);
    vehicle_wheel(outside, &wheel, f3_of(x, y, k->wheel_radius), side);
  }
}

void car_shape_build(const car_shape *k, mesh *out) {
  hull shell;
  mesh part = {0};
  // Inside and outside are one part here.
  car_parts(k, &shell, out, &part, &part);
  mesh_smooth(out, 38);
  mesh_smooth(&part, 42);
  mesh_take(out, &part);
  double size_m[3];
  car_shape_size(k, size_m);
  mesh_fit(out, size_m);
}

void car_size(int variant, double size_m[3]) {
  car_shape k = car_shape_of(variant, false);
  car_shape_size(&k, size_m);
}

void car_build(int variant, mesh *out) {
  car_shape k = car_shape_of(variant, false);
  car_shape_build(&k, out);
}

void van_size(int variant, double size_m[3]) {
  car_shape k = car_shape_of(variant, true);
  car_shape_size(&k, size_m);
}

void van_build(int variant, mesh *out) {
  car_shape k = car_shape_of(variant, true);
  car_shape_build(&k, out);
}
