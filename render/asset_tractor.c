// SPDX-License-Identifier: Apache-2.0
// Tractors of semi-trailers, 4x2: a high cab with a bunk, a short frame with the fifth wheel.
#include "render/asset_heavy.h"

static const double sizes[TRACTOR_VARIANTS][3] = {
    {6.0, 2.6, 3.70}, {6.0, 2.6, 3.85}, {5.95, 2.6, 3.55}, {6.05, 2.6, 3.80}};
static const float WIDTH = 2.44f, CAB_L = 2.24f, WHEEL_R = 0.5f, FRAME_Z = 0.98f;
static const float FRONT_AXLE = 1.4f, REAR_AXLE = 5.1f, FIFTH = 4.5f; // behind the nose
enum { ROWS = 10 };

void tractor_size(int variant, double size_m[3]) {
  for (int k = 0; k < 3; k++)
    size_m[k] = sizes[variant % TRACTOR_VARIANTS][k];
}

static void cab(mesh *out, float nose, float top) {
  const heavy_row rows[ROWS] = {{0.34f, 0.06f, 0.08f, 0},  {0.55f, 0.02f, 0.0f, 0},
                                {0.86f, 0.0f, 0.0f, 0},    {1.25f, 0.0f, 0.02f, 0},
                                {1.66f, 0.0f, 0.035f, 0},  {1.82f, 0.01f, 0.045f, 0},
                                {2.28f, 0.025f, 0.09f, 0}, {2.68f, 0.045f, 0.14f, 0},
                                {3.15f, 0.07f, 0.32f, 0},  {top, 0.17f, 0.78f, 0.04f}};
  const heavy_cab def = {.length = CAB_L,
                         .width = WIDTH,
                         .axle_m = FRONT_AXLE,
                         .wheel_radius = WHEEL_R,
                         .lift = 0.30f,
                         .rows = rows,
                         .row_count = ROWS};
  heavy_cab_build(&def, nose, out);
}

// A wing over a wheel, from half of the front to half of the back.
static void wing(mesh *m, float x, float y, float half) {
  enum { ARC = 9 };
  const float round = 3.14159265f;
  float radius = WHEEL_R + 0.1f;
  for (int i = 0; i + 1 < ARC; i++) {
    float a = round * (0.06f + 0.88f * (float)i / (ARC - 1));
    float b = round * (0.06f + 0.88f * (float)(i + 1) / (ARC - 1));
    f3 p = {x + radius * cosf(a), 0, WHEEL_R + radius * sinf(a)};
    f3 q = {x + radius * cosf(b), 0, WHEEL_R + radius * sinf(b)};
    mesh_bar(m, f3_of(p.x, y, p.z), f3_of(q.x, y, q.z), f3_of(0, 1, 0), 2 * half, 0.025f,
             MATERIAL_CAR_TRIM);
  }
}

static void rear_lamps(mesh *m, float tail, float side) {
  float y = side * 0.93f;
  mesh_bevel_box(m, f3_of(tail + 0.02f, y - 0.26f, 0.70f), f3_of(tail + 0.09f, y + 0.26f, 0.86f),
                 0.01f, MATERIAL_CAR_TRIM);
  heavy_lamp(m, f3_of(tail, y - 0.24f, 0.72f), f3_of(tail + 0.04f, y + 0.06f, 0.84f),
             MATERIAL_TAIL_LAMP);
  heavy_lamp(m, f3_of(tail, y + 0.08f, 0.72f), f3_of(tail + 0.04f, y + 0.24f, 0.84f),
             side > 0 ? MATERIAL_LEFT_INDICATOR : MATERIAL_RIGHT_INDICATOR);
}

static void frame(mesh *m, float nose, float tail) {
  float back = nose - CAB_L, rear = nose - REAR_AXLE;
  const wheel_def dual = {WHEEL_R, 0.58f, 8, 0.24f, 1};
  for (int side = -1; side <= 1; side += 2) {
    float s = (float)side;
    mesh_bevel_box(m, f3_of(tail + 0.05f, s * 0.42f - 0.05f, FRAME_Z - 0.28f),
                   f3_of(back + 0.5f, s * 0.42f + 0.05f, FRAME_Z), 0, MATERIAL_CAR_TRIM);
    vehicle_wheel(m, &dual, f3_of(rear, s * (1.25f - 0.31f), WHEEL_R), s);
    wing(m, rear, s * 0.94f, 0.31f);
    // A flap behind the wheel, held by the wing.
    mesh_bevel_box(m, f3_of(rear - 0.66f, s * 0.94f - 0.30f, 0.24f),
                   f3_of(rear - 0.63f, s * 0.94f + 0.30f, 0.72f), 0, MATERIAL_CAR_TRIM);
    rear_lamps(m, tail, s);
    // Skirts between the axles, the tank's or the batteries' steps in them.
    mesh_bevel_box(m, f3_of(rear + 0.72f, s * 1.02f - 0.19f, 0.30f),
                   f3_of(back + 0.42f, s * 1.02f + 0.19f, 0.98f), 0.06f, MATERIAL_CAR_PAINT);
    mesh_bevel_box(m, f3_of(back - 0.35f, s * 1.21f - 0.02f, 0.52f),
                   f3_of(back + 0.15f, s * 1.21f + 0.006f, 0.62f), 0.01f, MATERIAL_CAR_SEAM);
    // What closes the gap to the trailer for the wind.
    mesh_bar(m, f3_of(back - 0.20f, s * (WIDTH / 2 - 0.03f), 1.1f),
             f3_of(back - 0.20f, s * (WIDTH / 2 - 0.14f), 3.3f), f3_of(1, 0, 0), 0.42f, 0.03f,
             MATERIAL_CAR_PAINT);
  }
  mesh_bevel_box(m, f3_of(back - 1.15f, -0.42f, FRAME_Z),
                 f3_of(back - 0.1f, 0.42f, FRAME_Z + 0.03f), 0, MATERIAL_RIM); // a plate to step on
  mesh_tube(m, f3_of(rear, -0.8f, WHEEL_R), f3_of(rear, 0.8f, WHEEL_R), 0.11f, 0.11f, 8,
            MATERIAL_CAR_TRIM);
  mesh_bevel_box(m, f3_of(tail + 0.04f, -0.47f, FRAME_Z - 0.28f),
                 f3_of(tail + 0.14f, 0.47f, FRAME_Z - 0.02f), 0, MATERIAL_CAR_TRIM);
  vehicle_plate(m, f3_of(tail + 0.03f, 0, 0.62f), -1);
}

// The plate that the trailer lies on, open to the rear, and its feet.
static void fifth_wheel(mesh *m, float nose) {
  float x = nose - FIFTH, z = 1.13f;
  for (int side = -1; side <= 1; side += 2) {
    float s = (float)side;
    mesh_bevel_box(m, f3_of(x - 0.42f, s * 0.27f - 0.20f, z - 0.05f),
                   f3_of(x + 0.05f, s * 0.27f + 0.20f, z), 0.015f, MATERIAL_CAR_SEAM);
    mesh_bevel_box(m, f3_of(x - 0.16f, s * 0.38f - 0.07f, FRAME_Z - 0.02f),
                   f3_of(x + 0.16f, s * 0.38f + 0.07f, z - 0.04f), 0, MATERIAL_CAR_TRIM);
  }
  mesh_bevel_box(m, f3_of(x + 0.04f, -0.47f, z - 0.05f), f3_of(x + 0.36f, 0.47f, z), 0.015f,
                 MATERIAL_CAR_SEAM);
  // Air and current hang from a bar behind the cab in bows.
  for (int i = 0; i < 3; i++) {
    float y = 0.16f * (float)(i - 1), back = nose - CAB_L;
    const f3 path[5] = {{back - 0.04f, y, 1.75f},
                        {back - 0.22f, y, 1.50f},
                        {back - 0.42f, y, 1.42f},
                        {back - 0.60f, y, 1.50f},
                        {back - 0.66f, y, 1.62f}};
    const float radii[5][2] = {
        {0.016f, 0.016f}, {0.016f, 0.016f}, {0.016f, 0.016f}, {0.016f, 0.016f}, {0.016f, 0.016f}};
    static const material colors[3] = {MATERIAL_REFLECT_RED, MATERIAL_CAR_SEAM, MATERIAL_CONE};
    mesh_sweep(m, path, radii, 5, f3_of(0, 1, 0), 5, 0, colors[i]);
  }
}

void tractor_build(int variant, mesh *out) {
  variant %= TRACTOR_VARIANTS;
  float l = (float)sizes[variant][0], nose = l / 2 - 0.01f, tail = -l / 2;
  cab(out, nose, (float)sizes[variant][2]);
  mesh part = {0};
  frame(&part, nose, tail);
  fifth_wheel(&part, nose);
  mesh_smooth(&part, 42);
  mesh_take(out, &part);
  mesh_fit(out, sizes[variant]);
}
