// SPDX-License-Identifier: Apache-2.0
// Police cars and ambulances: cars and vans with stripes and blue lights on the roof.
#include "render/asset_car.h"

static car_shape police_shape(int variant) {
  static const int bases[POLICE_VARIANTS] = {3, 2}; // an estate, an off-road car
  car_shape k = car_shape_of(bases[variant % POLICE_VARIANTS], false);
  k.rails = k.cladding = k.two_doors = false;
  k.beacons = true;
  return k;
}

void police_size(int variant, double size_m[3]) {
  car_shape k = police_shape(variant);
  car_shape_size(&k, size_m);
}

void police_build(int variant, mesh *out) {
  car_shape k = police_shape(variant);
  car_shape_build(&k, out);
}

static car_shape ambulance_shape(int variant) {
  static const int bases[AMBULANCE_VARIANTS] = {2, 5}; // high roofs
  car_shape k = car_shape_of(bases[variant % AMBULANCE_VARIANTS], true);
  k.beacons = true;
  return k;
}

void ambulance_size(int variant, double size_m[3]) {
  car_shape k = ambulance_shape(variant);
  car_shape_size(&k, size_m);
}

void ambulance_build(int variant, mesh *out) {
  car_shape k = ambulance_shape(variant);
  car_shape_build(&k, out);
}

void car_stripes(const car_shape *k, hull *shell) {
  int lo = k->panel ? 4 : 3, hi = k->panel ? 7 : 5;
  for (int c = shell->nose_end; c < shell->tail_start; c++)
    for (int r = lo; r < hi; r++)
      if (shell->cell[r][c] == MATERIAL_CAR_PAINT)
        shell->cell[r][c] = MATERIAL_CAR_PAINT_2;
}

// A bar across the roof: a lamp on either side, a dark middle.
static void bar(mesh *m, float x, float y, float z, float height) {
  mesh_bevel_box(m, f3_of(x - 0.13f, -y, z - 0.05f), f3_of(x + 0.13f, y, z + 0.02f), 0.015f,
                 MATERIAL_CAR_TRIM);
  float inner = 0.16f;
  mesh_bevel_box(m, f3_of(x - 0.12f, inner, z + 0.015f), f3_of(x + 0.12f, y, z + height), 0.03f,
                 MATERIAL_BLUE_LEFT);
  mesh_bevel_box(m, f3_of(x - 0.12f, -y, z + 0.015f), f3_of(x + 0.12f, -inner, z + height), 0.03f,
                 MATERIAL_BLUE_RIGHT);
  mesh_bevel_box(m, f3_of(x - 0.10f, -inner, z + 0.015f), f3_of(x + 0.10f, inner, z + 0.10f), 0.02f,
                 MATERIAL_CAR_TRIM);
}

void car_beacons(mesh *m, const car_shape *k) {
  float front = k->length / 2 - k->header_s - 0.45f;
  float y = k->width / 2 - k->tumble - 0.19f;
  bar(m, front, y, k->height, CAR_BEACONS_M);
  if (k->panel) {
    float rear = k->length / 2 - k->roof_s + 0.35f;
    bar(m, rear, y, k->height - k->roof_drop, CAR_BEACONS_M);
  }
}
