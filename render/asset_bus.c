// SPDX-License-Identifier: Apache-2.0
// City buses: windows all round, doors to the kerb, seats within.
#include <math.h>

#include "render/asset_heavy.h"

static const double sizes[BUS_VARIANTS][3] = {
    {11.9, 2.72, 3.10}, {12.1, 2.74, 3.25}, {11.5, 2.70, 3.05}, {12.0, 2.74, 3.18}};
static const float BODY_W = 2.52f, WHEEL_R = 0.48f, FLOOR_Z = 0.62f;
enum { ROWS = 8, BELT = 3, WINDOW_TOP = 5 };

void bus_size(int variant, double size_m[3]) {
  for (int k = 0; k < 3; k++)
    size_m[k] = sizes[variant % BUS_VARIANTS][k];
}

// Posts between windows as pairs of stations.
static int find_stations(float length, float *s) {
  int n = 0;
  for (int i = 0; i < 8; i++) {
    float at = 1.15f + (length - 1.9f) * (float)i / 7;
    s[n++] = at - 0.05f;
    s[n++] = at + 0.05f;
  }
  s[n++] = 0.25f, s[n++] = 0.45f, s[n++] = length - 0.25f;
  return n;
}

static void paint(hull *h, const float *stations, float length, int look) {
  const material second = look & 1 ? MATERIAL_CAR_PAINT_2 : MATERIAL_CAR_PAINT;
  for (int c = 0; c + 1 < h->columns; c++) {
    h->cell[0][c] = MATERIAL_CAR_TRIM;
    h->cell[1][c] = second;
    h->cell[ROWS - 2][c] = second;
  }
  heavy_paint_side(h, length, -length, BELT, WINDOW_TOP, MATERIAL_CAR_TRIM);
  for (int i = 0; i + 1 < 8; i++)
    heavy_paint_side(h, length / 2 - stations[2 * i + 1], length / 2 - stations[2 * i + 2], BELT,
                     WINDOW_TOP, MATERIAL_CAR_GLASS);
  heavy_paint_side(h, length / 2 - 0.25f, length / 2 - stations[0], BELT - 1, WINDOW_TOP,
                   MATERIAL_CAR_GLASS);
  heavy_paint_nose(h, 0, 8, 2, WINDOW_TOP, MATERIAL_CAR_GLASS);
  heavy_paint_nose(h, 0, 8, WINDOW_TOP, WINDOW_TOP + 1, MATERIAL_CAR_TRIM);
  heavy_paint_nose(h, 6, 8, 1, 2, MATERIAL_HEADLAMP);
  heavy_paint_nose(h, 5, 6, 1, 2, MATERIAL_LEFT_INDICATOR);
  heavy_paint_tail(h, 0, 5, BELT, WINDOW_TOP, MATERIAL_CAR_GLASS);
  heavy_paint_tail(h, 0, 5, 1, 2, MATERIAL_CAR_TRIM);
  heavy_paint_tail(h, 6, 8, 2, 3, MATERIAL_TAIL_LAMP);
  heavy_paint_tail(h, 6, 8, 5, 6, MATERIAL_TAIL_LAMP);
  heavy_paint_tail(h, 6, 8, 1, 2, MATERIAL_LEFT_INDICATOR);
}

// Doors stand a finger proud of the right side.
static void doors(mesh *m, float length) {
  const float at[2] = {length / 2 - 0.75f, -0.6f};
  for (int i = 0; i < 2; i++) {
    float y = -BODY_W / 2 - 0.012f, z0 = 0.36f, z1 = 2.45f;
    for (int leaf = -1; leaf <= 1; leaf += 2) {
      float x0 = at[i] + (leaf < 0 ? -0.62f : 0.02f), x1 = x0 + 0.60f;
      mesh_bevel_box(m, f3_of(x0, y, z0), f3_of(x1, y + 0.06f, z1), 0.01f, MATERIAL_CAR_TRIM);
      mesh_patch(m, f3_of(x0 + 0.07f, y - 0.004f, z0 + 0.12f),
                 f3_of(x1 - 0.07f, y - 0.004f, z0 + 0.12f),
                 f3_of(x1 - 0.07f, y - 0.004f, z1 - 0.1f), f3_of(x0 + 0.07f, y - 0.004f, z1 - 0.1f),
                 MATERIAL_CAR_GLASS);
      mesh_tube(m, f3_of(x0 + 0.30f, y - 0.02f, z0 + 0.7f), f3_of(x0 + 0.30f, y - 0.02f, z0 + 1.3f),
                0.015f, 0.015f, 5, MATERIAL_CHROME);
    }
  }
}

static void interior(mesh *m, float length, float height) {
  const material is = MATERIAL_CAR_INTERIOR;
  float x1 = length / 2 - 0.2f, x0 = -length / 2 + 0.2f, y = BODY_W / 2 - 0.08f;
  mesh_patch(m, f3_of(x0, -y, FLOOR_Z), f3_of(x1, -y, FLOOR_Z), f3_of(x1, y, FLOOR_Z),
             f3_of(x0, y, FLOOR_Z), is);
  // The ceiling ends where the windscreen leans in.
  float end = x1 - 0.35f, top = height - 0.15f;
  mesh_patch(m, f3_of(x0, y, top), f3_of(end, y, top), f3_of(end, -y, top), f3_of(x0, -y, top), is);
  for (int i = 0; i < 7; i++)
    for (int side = -1; side <= 1; side += 2) {
      float x = length / 2 - 2.6f - 1.15f * (float)i;
      if (side < 0 && fabsf(x + 0.6f) < 0.9f)
        continue;
      float at = (float)side * 0.72f;
      mesh_bevel_box(m, f3_of(x - 0.22f, at - 0.42f, FLOOR_Z + 0.35f),
                     f3_of(x + 0.24f, at + 0.42f, FLOOR_Z + 0.48f), 0, MATERIAL_CAR_PAINT_2);
      mesh_bevel_box_at(m, f3_of(x - 0.26f, at, FLOOR_Z + 0.82f), f3_unit(f3_of(1, 0, 0.2f)),
                        f3_of(0, 1, 0), f3_of(0.05f, 0.42f, 0.36f), 0, MATERIAL_CAR_PAINT_2);
    }
  for (int i = 0; i < 5; i++)
    for (int side = -1; side <= 1; side += 2) {
      float x = length / 2 - 2.2f - 2.0f * (float)i, at = (float)side * 0.33f;
      mesh_tube(m, f3_of(x, at, FLOOR_Z), f3_of(x, at, height - 0.16f), 0.018f, 0.018f, 5,
                MATERIAL_CHROME);
    }
  mesh_bevel_box(m, f3_of(x1 - 0.75f, -y + 0.1f, FLOOR_Z), f3_of(x1 - 0.15f, y - 0.1f, 1.15f),
                 0.06f, is);
  vehicle_seat(m, f3_of(x1 - 1.35f, 0.62f, 0.95f), 0.5f, true);
  mesh_torus(m, f3_of(x1 - 0.85f, 0.62f, 1.28f), f3_unit(f3_of(-0.5f, 0, 0.85f)), 0.22f, 0.018f, 14,
             4, MATERIAL_CAR_TRIM);
}

void bus_build(int variant, mesh *out) {
  variant %= BUS_VARIANTS;
  float length = (float)sizes[variant][0] - 0.12f, height = (float)sizes[variant][2] - 0.22f;
  const heavy_row rows[ROWS] = {{0.30f, 0.05f, 0.08f, 0.06f},
                                {0.52f, 0.0f, 0.01f, 0.01f},
                                {0.95f, 0.0f, 0.0f, 0.0f},
                                {1.20f, 0.0f, 0.01f, 0.0f},
                                {1.85f, 0.01f, 0.07f, 0.02f},
                                {height - 0.48f, 0.035f, 0.16f, 0.05f},
                                {height - 0.13f, 0.06f, 0.24f, 0.09f},
                                {height, 0.17f, 0.40f, 0.20f}};
  float stations[24];
  heavy_shell k = {.length = length,
                   .width = BODY_W,
                   .nose_m = 0.5f,
                   .tail_m = 0.3f,
                   .wheel_radius = WHEEL_R,
                   .stations = stations,
                   .rows = rows,
                   .row_count = ROWS,
                   .axle_x = {length / 2 - 2.65f, -length / 2 + 3.3f},
                   .axle_count = 2};
  k.station_count = find_stations(length, stations);
  hull h;
  heavy_hull(&h, &k);
  paint(&h, stations, length, variant);
  hull_emit(out, &h);
  heavy_close(out, &h, &k, variant & 1 ? MATERIAL_CAR_PAINT_2 : MATERIAL_CAR_PAINT);
  mesh_smooth(out, 38);
  mesh part = {0};
  for (int i = 0; i < 4; i++) {
    const wheel_def wheel = {WHEEL_R, 0.29f, 8, 0.22f, i / 2};
    float side = (i & 1) ? -1.0f : 1.0f;
    vehicle_wheel(&part, &wheel, f3_of(k.axle_x[i / 2], side * (BODY_W / 2 - 0.19f), WHEEL_R),
                  side);
  }
  doors(&part, length);
  interior(&part, length, height);
  // Destination board, mirrors, roof unit, plates.
  mesh_bevel_box(&part, f3_of(length / 2 - 0.34f, -0.75f, height - 0.45f),
                 f3_of(length / 2 - 0.155f, 0.75f, height - 0.20f), 0.01f, MATERIAL_CAR_SEAM);
  for (int side = -1; side <= 1; side += 2) {
    float y = (float)side * (BODY_W / 2 + 0.05f), x = length / 2 + 0.02f;
    mesh_tube(&part, f3_of(x - 0.25f, (float)side * (BODY_W / 2 - 0.2f), height - 0.15f),
              f3_of(x, y, height - 0.5f), 0.02f, 0.02f, 5, MATERIAL_CAR_TRIM);
    mesh_bevel_box(&part, f3_of(x - 0.04f, y - 0.05f, height - 0.95f),
                   f3_of(x + 0.04f, y + 0.05f, height - 0.5f), 0.03f, MATERIAL_CAR_TRIM);
  }
  mesh_bevel_box(&part, f3_of(-length * 0.1f, -0.8f, height),
                 f3_of(length * 0.2f, 0.8f, height + 0.22f), 0.08f, MATERIAL_CAR_PAINT);
  vehicle_plate(&part, f3_of(length / 2 + 0.005f, 0, 0.62f), 1);
  vehicle_plate(&part, f3_of(-length / 2 - 0.005f, 0, 0.66f), -1);
  mesh_smooth(&part, 42);
  mesh_take(out, &part);
  mesh_fit(out, sizes[variant]);
}
