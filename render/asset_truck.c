// SPDX-License-Identifier: Apache-2.0
// Lorries: a cab over the front axle, a chassis, and a box, a tank or a flat bed on it.
#include <math.h>

#include "render/asset_heavy.h"

typedef enum truck_load { LOAD_BOX, LOAD_CURTAIN, LOAD_TANK, LOAD_FLAT } truck_load;

static const struct {
  double size[3];
  truck_load load;
  bool high_cab;
} trucks[TRUCK_VARIANTS] = {
    {{7.4, 2.62, 3.25}, LOAD_BOX, false},     {{8.0, 2.64, 3.45}, LOAD_BOX, true},
    {{7.2, 2.60, 3.15}, LOAD_CURTAIN, false}, {{7.6, 2.62, 3.15}, LOAD_TANK, true},
    {{7.0, 2.60, 2.75}, LOAD_FLAT, false},    {{7.9, 2.64, 3.35}, LOAD_CURTAIN, true}};
static const float CAB_L = 1.95f, WHEEL_R = 0.46f, FRAME_Z = 0.98f;

void truck_size(int variant, double size_m[3]) {
  for (int k = 0; k < 3; k++)
    size_m[k] = trucks[variant % TRUCK_VARIANTS].size[k];
}

// A day cab, its nose at `nose_x`.
static void cab(mesh *out, float nose_x, bool high) {
  const heavy_row rows[] = {{0.36f, 0.06f, 0.07f, 0},
                            {0.50f, 0.02f, 0.0f, 0},
                            {0.78f, 0.0f, 0.0f, 0},
                            {1.05f, 0.0f, 0.02f, 0},
                            {1.42f, 0.0f, 0.03f, 0},
                            {1.58f, 0.01f, 0.04f, 0},
                            {2.05f, 0.035f, 0.10f, 0},
                            {2.40f, 0.065f, 0.16f, 0},
                            {high ? 3.0f : 2.62f, 0.13f, 0.27f, 0.05f}};
  const heavy_cab def = {.length = CAB_L,
                         .width = 2.36f,
                         .axle_m = 1.25f,
                         .wheel_radius = WHEEL_R,
                         .rows = rows,
                         .row_count = 9};
  heavy_cab_build(&def, nose_x, out);
}

static void chassis(mesh *m, float x1, float x0) {
  for (int side = -1; side <= 1; side += 2) {
    float s = (float)side;
    mesh_bevel_box(m, f3_of(x0, s * 0.42f - 0.05f, FRAME_Z - 0.28f),
                   f3_of(x1 + 0.5f, s * 0.42f + 0.05f, FRAME_Z), 0, MATERIAL_CAR_TRIM);
    // Side guard, tank, mudguard, lamps.
    for (int i = 0; i < 2; i++)
      mesh_bevel_box(m, f3_of(x0 + 2.1f, s * 1.15f - 0.015f, 0.48f + 0.26f * (float)i),
                     f3_of(x1 - 1.0f, s * 1.15f + 0.015f, 0.58f + 0.26f * (float)i), 0.005f,
                     MATERIAL_RIM);
    mesh_bevel_box(m, f3_of(x1 - 0.95f, s * 0.85f - 0.28f, 0.45f),
                   f3_of(x1 - 0.05f, s * 0.85f + 0.28f, 0.93f), 0.1f,
                   side > 0 ? MATERIAL_CHROME : MATERIAL_CAR_TRIM);
    mesh_bevel_box(m, f3_of(x0 + 0.02f, s * 0.95f - 0.22f, 0.66f),
                   f3_of(x0 + 0.08f, s * 0.95f + 0.22f, 0.80f), 0.01f, MATERIAL_CAR_TRIM);
    heavy_lamp(m, f3_of(x0, s * 0.95f - 0.18f, 0.68f), f3_of(x0 + 0.04f, s * 0.95f + 0.02f, 0.78f),
               MATERIAL_TAIL_LAMP);
    heavy_lamp(m, f3_of(x0, s * 0.95f + 0.04f, 0.68f), f3_of(x0 + 0.04f, s * 0.95f + 0.18f, 0.78f),
               side > 0 ? MATERIAL_LEFT_INDICATOR : MATERIAL_RIGHT_INDICATOR);
    const wheel_def dual = {WHEEL_R, 0.56f, 8, 0.24f, 1};
    vehicle_wheel(m, &dual, f3_of(x0 + 1.45f, s * (1.22f - 0.30f), WHEEL_R), s);
    mesh_bevel_box(m, f3_of(x0 + 0.86f, s * 0.92f - 0.29f, 0.35f),
                   f3_of(x0 + 0.89f, s * 0.92f + 0.29f, 0.96f), 0, MATERIAL_CAR_TRIM);
  }
  mesh_bevel_box(m, f3_of(x0 + 0.05f, -1.1f, 0.44f), f3_of(x0 + 0.13f, 1.1f, 0.56f), 0.01f,
                 MATERIAL_CAR_TRIM);
  mesh_tube(m, f3_of(x0 + 1.45f, -0.8f, WHEEL_R), f3_of(x0 + 1.45f, 0.8f, WHEEL_R), 0.09f, 0.09f, 8,
            MATERIAL_CAR_TRIM);
  vehicle_plate(m, f3_of(x0 + 0.02f, 0, 0.78f), -1);
}

static void box(mesh *m, float x1, float x0, float w, float top, bool curtain) {
  material skin = curtain ? MATERIAL_RIDER_TOP : MATERIAL_CAR_PAINT_2;
  mesh_bevel_box(m, f3_of(x0, -w, FRAME_Z + 0.02f), f3_of(x1, w, top), 0.025f, skin);
  const material rim = MATERIAL_RIM;
  for (int side = -1; side <= 1; side += 2) {
    float y = (float)side * w;
    mesh_bevel_box(m, f3_of(x0, y - 0.03f, FRAME_Z),
                   f3_of(x1, y + 0.008f * (float)side + 0.03f, FRAME_Z + 0.16f), 0.005f, rim);
    mesh_bevel_box(m, f3_of(x0, y - 0.03f, top - 0.10f), f3_of(x1, y + 0.03f, top), 0.01f, rim);
    for (int end = 0; end < 2; end++) {
      float x = end ? x1 - 0.07f : x0;
      mesh_bevel_box(m, f3_of(x - 0.008f, y - 0.03f, FRAME_Z), f3_of(x + 0.078f, y + 0.03f, top),
                     0.01f, rim);
    }
    for (int i = 1; curtain && i < 12; i++) {
      float x = x0 + (x1 - x0) * (float)i / 12;
      mesh_bevel_box(m, f3_of(x - 0.02f, y - 0.01f, FRAME_Z + 0.1f),
                     f3_of(x + 0.02f, y + 0.01f, FRAME_Z + 0.5f), 0, MATERIAL_CAR_TRIM);
    }
    // Bars of the rear doors.
    for (int i = 0; i < 2; i++) {
      float at = (float)side * (0.25f + 0.55f * (float)i);
      mesh_tube(m, f3_of(x0 - 0.025f, at, FRAME_Z + 0.1f), f3_of(x0 - 0.025f, at, top - 0.12f),
                0.018f, 0.018f, 6, MATERIAL_CHROME);
    }
  }
  mesh_bevel_box(m, f3_of(x0 - 0.006f, -0.012f, FRAME_Z + 0.1f),
                 f3_of(x0 + 0.01f, 0.012f, top - 0.1f), 0, MATERIAL_CAR_SEAM);
}

static void tank(mesh *m, float x1, float x0, float w, float top) {
  float z = (FRAME_Z + 0.1f + top) / 2, rz = (top - FRAME_Z - 0.1f) / 2 - 0.04f;
  f3 path[6];
  float radii[6][2];
  const float at[6] = {0, 0.03f, 0.08f, 0.92f, 0.97f, 1},
              share[6] = {0.55f, 0.88f, 1, 1, 0.88f, 0.55f};
  for (int i = 0; i < 6; i++) {
    path[i] = f3_of(x0 + (x1 - x0) * at[i], 0, z);
    radii[i][0] = w * share[i], radii[i][1] = rz * share[i];
  }
  mesh_sweep(m, path, radii, 6, f3_of(0, 1, 0), 24, 0.02f, MATERIAL_CHROME);
  for (int i = 0; i < 4; i++) {
    float x = x0 + (x1 - x0) * (0.14f + 0.24f * (float)i);
    mesh_bevel_box(m, f3_of(x - 0.05f, -w * 0.7f, FRAME_Z),
                   f3_of(x + 0.05f, w * 0.7f, z - rz * 0.6f), 0, MATERIAL_CAR_TRIM);
    if (i < 3)
      mesh_tube(m, f3_of(x + 0.4f, 0, z + rz * 0.9f), f3_of(x + 0.4f, 0, top), 0.25f, 0.25f, 12,
                MATERIAL_CHROME);
  }
  mesh_bevel_box(m, f3_of(x0 + 0.1f, -w, z - 0.12f), f3_of(x1 - 0.1f, w, z + 0.02f), 0.01f,
                 MATERIAL_CAR_PAINT);
}

static void flat(mesh *m, float x1, float x0, float w, float top) {
  mesh_bevel_box(m, f3_of(x0, -w, FRAME_Z), f3_of(x1, w, FRAME_Z + 0.14f), 0.02f,
                 MATERIAL_CAR_INTERIOR);
  mesh_bevel_box(m, f3_of(x1 - 0.06f, -w, FRAME_Z), f3_of(x1, w, top - 0.3f), 0.01f, MATERIAL_RIM);
  for (int side = -1; side <= 1; side += 2)
    mesh_bevel_box(m, f3_of(x0, (float)side * w - 0.03f, FRAME_Z + 0.1f),
                   f3_of(x1, (float)side * w + 0.03f, FRAME_Z + 0.6f), 0.01f, MATERIAL_CAR_PAINT_2);
  mesh_bevel_box(m, f3_of(x0, -w, FRAME_Z + 0.1f), f3_of(x0 + 0.05f, w, FRAME_Z + 0.6f), 0.01f,
                 MATERIAL_CAR_PAINT_2);
  mesh_bevel_box(m, f3_of(x0 + 0.6f, -0.8f, FRAME_Z + 0.14f),
                 f3_of(x0 + 2.2f, 0.7f, FRAME_Z + 1.05f), 0.03f, MATERIAL_CAR_INTERIOR);
}

void truck_build(int variant, mesh *out) {
  variant %= TRUCK_VARIANTS;
  float l = (float)trucks[variant].size[0], nose = l / 2 - 0.02f, tail = -l / 2 + 0.05f;
  float x1 = nose - CAB_L - 0.12f, w = 1.23f, top = (float)trucks[variant].size[2];
  cab(out, nose, trucks[variant].high_cab);
  mesh part = {0};
  chassis(&part, x1, tail);
  switch (trucks[variant].load) {
  case LOAD_TANK:
    tank(&part, x1, tail + 0.1f, w, top);
    break;
  case LOAD_FLAT:
    flat(&part, x1, tail, w, top);
    break;
  default:
    box(&part, x1, tail, w, top, trucks[variant].load == LOAD_CURTAIN);
  }
  mesh_smooth(&part, 42);
  mesh_take(out, &part);
  mesh_fit(out, trucks[variant].size);
}
