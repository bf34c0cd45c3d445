// SPDX-License-Identifier: Apache-2.0
// Cabs of lorries and tractors.
#include <math.h>

#include "render/asset_heavy.h"

static void paint(hull *h, float half) {
  const int glass = HEAVY_GLASS;
  heavy_paint_nose(h, 0, 8, 0, 2, MATERIAL_CAR_TRIM);
  heavy_paint_side(h, 9, -9, 0, 1, MATERIAL_CAR_TRIM);
  heavy_paint_nose(h, 0, 5, 2, 4, MATERIAL_CAR_TRIM);
  heavy_paint_nose(h, 5, 7, 1, 2, MATERIAL_HEADLAMP);
  heavy_paint_nose(h, 7, 8, 1, 2, MATERIAL_LEFT_INDICATOR);
  heavy_paint_nose(h, 0, 8, glass, glass + 2, MATERIAL_CAR_GLASS);
  heavy_paint_side(h, half - 0.32f, half - 1.28f, glass, glass + 2, MATERIAL_CAR_GLASS);
  heavy_paint_side(h, half - 0.30f, half - 0.285f, 1, glass + 2, MATERIAL_CAR_SEAM);
  heavy_paint_side(h, half - 1.34f, half - 1.36f, 1, glass + 2, MATERIAL_CAR_SEAM);
}

static void inside(mesh *m, const heavy_cab *def, float top) {
  const material is = MATERIAL_CAR_INTERIOR;
  float y = def->width / 2 - 0.1f, x0 = -def->length / 2 + 0.12f, x1 = def->length / 2 - 0.15f;
  float lift = def->lift, seat_x = x1 - 1.075f, wheel_x = x1 - 0.505f;
  mesh_patch(m, f3_of(x0, -y, 1.05f + lift), f3_of(x0, y, 1.05f + lift), f3_of(x0, y, top),
             f3_of(x0, -y, top), is);
  mesh_patch(m, f3_of(x0, -y, 1.15f + lift), f3_of(x1, -y, 1.15f + lift),
             f3_of(x1, y, 1.15f + lift), f3_of(x0, y, 1.15f + lift), is);
  mesh_bevel_box(m, f3_of(x1 - 0.35f, -y, 1.15f + lift), f3_of(x1, y, 1.60f + lift), 0.06f, is);
  for (int side = -1; side <= 1; side += 2)
    vehicle_seat(m, f3_of(seat_x, (float)side * 0.62f, 1.3f + lift), 0.52f, true);
  mesh_torus(m, f3_of(wheel_x, 0.62f, 1.70f + lift), f3_unit(f3_of(-0.6f, 0, 0.8f)), 0.21f, 0.018f,
             14, 4, MATERIAL_CAR_TRIM);
}

// Wheel, mirror and door handle.
static void fit_side(mesh *m, const heavy_cab *def, const heavy_shell *k, float side) {
  const wheel_def wheel = {def->wheel_radius, 0.28f, 8, 0.24f, 0};
  float half = def->width / 2, lift = def->lift;
  vehicle_wheel(m, &wheel, f3_of(k->axle_x[0], side * (half - 0.18f), def->wheel_radius), side);
  float y = side * (half + 0.03f), x = def->length / 2 - 0.22f;
  mesh_tube(m, f3_of(x, side * (half - 0.06f), 2.3f + lift), f3_of(x + 0.04f, y, 2.2f + lift),
            0.018f, 0.018f, 5, MATERIAL_CAR_TRIM);
  mesh_bevel_box(m, f3_of(x, y - 0.10f, 1.72f + lift), f3_of(x + 0.09f, y + 0.10f, 2.24f + lift),
                 0.03f, MATERIAL_CAR_TRIM);
  float handle = def->length / 2 - 1.075f;
  mesh_bevel_box(m, f3_of(handle, side * half - 0.015f, 1.30f + lift),
                 f3_of(handle + 0.20f, side * half + 0.015f, 1.34f + lift), 0.005f,
                 MATERIAL_CAR_TRIM);
}

void heavy_cab_build(const heavy_cab *def, float nose_x, mesh *out) {
  const float stations[] = {0.30f, 0.285f, 0.32f, 0.6f, 0.9f, 1.28f, 1.34f, 1.36f, 1.6f};
  float half = def->length / 2;
  heavy_shell k = {.length = def->length,
                   .width = def->width,
                   .nose_m = 0.42f,
                   .tail_m = 0.2f,
                   .wheel_radius = def->wheel_radius,
                   .stations = stations,
                   .station_count = 9,
                   .rows = def->rows,
                   .row_count = def->row_count,
                   .axle_x = {half - def->axle_m},
                   .axle_count = 1};
  hull h;
  mesh shell = {0}, part = {0};
  heavy_hull(&h, &k);
  paint(&h, half);
  hull_emit(&shell, &h);
  heavy_close(&shell, &h, &k, MATERIAL_CAR_PAINT);
  mesh_smooth(&shell, 40);
  inside(&part, def, def->rows[HEAVY_GLASS + 2].z - 0.1f);
  for (int side = -1; side <= 1; side += 2)
    fit_side(&part, def, &k, (float)side);
  for (int i = 0; i < 4; i++) {
    float z = 0.84f + def->lift / 2 + 0.16f * (float)i;
    mesh_bevel_box(&part, f3_of(half - 0.06f, -0.62f, z), f3_of(half + 0.004f, 0.62f, z + 0.04f),
                   0.008f, MATERIAL_CHROME);
  }
  vehicle_plate(&part, f3_of(half + 0.004f, 0, 0.60f), 1);
  mesh_smooth(&part, 42);
  mesh_take(&shell, &part);
  for (int i = 0; i < shell.vertex_count; i++)
    shell.vertices[i].p[0] += nose_x - half;
  mesh_take(out, &shell);
}
