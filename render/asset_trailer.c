// SPDX-License-Identifier: Apache-2.0
// Semi-trailers on three axles: boxes, curtains, reefers, tanks, containers on a skeleton, a flat
// bed.
#include "render/asset_heavy.h"

typedef enum trailer_load {
  LOAD_CURTAIN,
  LOAD_BOX,
  LOAD_REEFER,
  LOAD_TANK,
  LOAD_CONTAINER,
  LOAD_FLAT
} trailer_load;

static const struct {
  double size[3];
  trailer_load load;
} trailers[TRAILER_VARIANTS] = {
    {{13.62, 2.55, 4.00}, LOAD_CURTAIN},   {{13.62, 2.55, 3.95}, LOAD_BOX},
    {{13.62, 2.55, 4.00}, LOAD_REEFER},    {{13.62, 2.55, 3.90}, LOAD_TANK},
    {{13.62, 2.55, 3.92}, LOAD_CONTAINER}, {{13.62, 2.55, 3.98}, LOAD_CURTAIN},
    {{13.62, 2.55, 3.88}, LOAD_CONTAINER}, {{13.62, 2.55, 3.86}, LOAD_FLAT}};
static const float PIN = 1.6f, AXLE = 9.3f, APART = 1.31f; // behind the front; between axles
static const float COOLER_L = 0.42f;                       // before a reefer's box
static const float WHEEL_R = 0.5f, FRAME_Z = 1.15f, FLOOR_Z = 1.24f, HALF = 1.265f;

void trailer_size(int variant, double size_m[3]) {
  for (int k = 0; k < 3; k++)
    size_m[k] = trailers[variant % TRAILER_VARIANTS].size[k];
}

static void axles(mesh *m, float nose) {
  for (int i = 0; i < 3; i++) {
    float x = nose - AXLE + APART * (float)(1 - i);
    const wheel_def single = {WHEEL_R, 0.37f, 8, 0.24f, i};
    mesh_tube(m, f3_of(x, -0.9f, WHEEL_R), f3_of(x, 0.9f, WHEEL_R), 0.075f, 0.075f, 8,
              MATERIAL_CAR_TRIM);
    for (int side = -1; side <= 1; side += 2) {
      float s = (float)side;
      vehicle_wheel(m, &single, f3_of(x, s * (HALF - 0.20f), WHEEL_R), s);
      // The arm and the bellows that carry it.
      mesh_bar(m, f3_of(x + 0.55f, s * 0.55f, 0.82f), f3_of(x - 0.25f, s * 0.55f, 0.56f),
               f3_of(0, 1, 0), 0.10f, 0.08f, MATERIAL_CAR_TRIM);
      mesh_tube(m, f3_of(x - 0.25f, s * 0.55f, 0.58f), f3_of(x - 0.25f, s * 0.55f, 0.88f), 0.12f,
                0.13f, 10, MATERIAL_CAR_SEAM);
      // Half a wing over the wheel.
      mesh_bevel_box(m, f3_of(x - 0.42f, s * (HALF - 0.20f) - 0.185f, 1.055f),
                     f3_of(x + 0.42f, s * (HALF - 0.20f) + 0.185f, 1.075f), 0, MATERIAL_CAR_TRIM);
    }
  }
  float x = nose - AXLE - APART - 0.62f;
  for (int side = -1; side <= 1; side += 2) // flaps
    mesh_bevel_box(m, f3_of(x - 0.015f, (float)side * (HALF - 0.20f) - 0.19f, 0.22f),
                   f3_of(x + 0.015f, (float)side * (HALF - 0.20f) + 0.19f, 0.98f), 0,
                   MATERIAL_CAR_SEAM);
}

// Lamps, a bar that no car gets under, plate and board: the rear end below the load.
static void rear(mesh *m, float tail) {
  mesh_bevel_box(m, f3_of(tail + 0.02f, -1.20f, 0.46f), f3_of(tail + 0.14f, 1.20f, 0.60f), 0.01f,
                 MATERIAL_CAR_TRIM);
  for (int i = 0; i < 12; i++) { // barred in red and white
    float y = -1.18f + 0.1967f * (float)i;
    mesh_face(m, f3_of(tail + 0.017f, y + 0.1967f, 0.49f), f3_of(tail + 0.017f, y, 0.49f),
              f3_of(tail + 0.017f, y, 0.57f), f3_of(tail + 0.017f, y + 0.1967f, 0.57f),
              i % 2 ? MATERIAL_REFLECT_WHITE : MATERIAL_REFLECT_RED);
  }
  for (int side = -1; side <= 1; side += 2) {
    float s = (float)side, y = s * 0.93f;
    mesh_bevel_box(m, f3_of(tail + 0.18f, s * 0.5f - 0.05f, 0.5f),
                   f3_of(tail + 0.30f, s * 0.5f + 0.05f, FRAME_Z), 0, MATERIAL_CAR_TRIM);
    mesh_bevel_box(m, f3_of(tail + 0.02f, y - 0.30f, 0.76f), f3_of(tail + 0.10f, y + 0.30f, 0.94f),
                   0.01f, MATERIAL_CAR_TRIM);
    float out = y + s * 0.20f, in = y - s * 0.10f;
    heavy_lamp(m, f3_of(tail, out - 0.08f, 0.78f), f3_of(tail + 0.04f, out + 0.08f, 0.92f),
               side > 0 ? MATERIAL_LEFT_INDICATOR : MATERIAL_RIGHT_INDICATOR);
    heavy_lamp(m, f3_of(tail, in - 0.19f, 0.78f), f3_of(tail + 0.04f, in + 0.19f, 0.92f),
               MATERIAL_TAIL_LAMP);
  }
  mesh_bevel_box(m, f3_of(tail + 0.04f, -1.24f, 0.98f), f3_of(tail + 0.16f, 1.24f, FLOOR_Z), 0.01f,
                 MATERIAL_CAR_TRIM);
  vehicle_plate(m, f3_of(tail + 0.03f, 0, 0.85f), -1);
}

static void frame(mesh *m, float nose, float tail, bool low_sides) {
  for (int side = -1; side <= 1; side += 2) {
    float s = (float)side;
    // Beams: shallow over the tractor, deep behind it.
    mesh_bevel_box(m, f3_of(tail + 0.1f, s * 0.48f - 0.06f, 0.86f),
                   f3_of(nose - 3.6f, s * 0.48f + 0.06f, FLOOR_Z - 0.02f), 0, MATERIAL_CAR_TRIM);
    mesh_bevel_box(m, f3_of(nose - 3.6f, s * 0.48f - 0.06f, 1.14f),
                   f3_of(nose - 0.05f, s * 0.48f + 0.06f, FLOOR_Z), 0, MATERIAL_CAR_TRIM);
    // A leg to stand on without a tractor.
    float leg = nose - 4.35f;
    mesh_bevel_box(m, f3_of(leg - 0.06f, s * 0.78f - 0.06f, 0.44f),
                   f3_of(leg + 0.06f, s * 0.78f + 0.06f, FRAME_Z), 0.005f, MATERIAL_CAR_TRIM);
    mesh_bevel_box(m, f3_of(leg - 0.14f, s * 0.78f - 0.12f, 0.40f),
                   f3_of(leg + 0.14f, s * 0.78f + 0.12f, 0.44f), 0, MATERIAL_RIM);
    mesh_bar(m, f3_of(leg, s * 0.78f, 0.7f), f3_of(leg - 0.9f, s * 0.5f, 0.95f), f3_of(0, 1, 0),
             0.05f, 0.05f, MATERIAL_CAR_TRIM);
    // Guards between legs and wheels.
    for (int i = 0; i < (low_sides ? 2 : 3); i++)
      mesh_bevel_box(m, f3_of(nose - AXLE + 2.05f, s * 1.2f - 0.015f, 0.42f + 0.24f * (float)i),
                     f3_of(leg - 0.35f, s * 1.2f + 0.015f, 0.53f + 0.24f * (float)i), 0.005f,
                     MATERIAL_RIM);
    for (int i = 0; i < 3; i++) {
      float x = leg - 0.6f - 0.9f * (float)i;
      mesh_bevel_box(m, f3_of(x - 0.03f, s * 1.15f - 0.03f, 0.40f),
                     f3_of(x + 0.03f, s * 1.15f + 0.03f, FRAME_Z), 0, MATERIAL_CAR_TRIM);
    }
    // Amber side reflectors.
    for (int i = 0; i < 5; i++) {
      float x = nose - 1.2f - 2.7f * (float)i;
      mesh_bevel_box(m, f3_of(x - 0.06f, s * (HALF - 0.006f) - 0.006f, FLOOR_Z - 0.05f),
                     f3_of(x + 0.06f, s * (HALF - 0.006f) + 0.006f, FLOOR_Z - 0.01f), 0,
                     MATERIAL_CONE);
    }
  }
  for (int i = 0; i < 9; i++) { // cross members
    float x = nose - 0.5f - 1.5f * (float)i;
    mesh_bevel_box(m, f3_of(x - 0.05f, -1.2f, FRAME_Z - 0.01f), f3_of(x + 0.05f, 1.2f, FLOOR_Z), 0,
                   MATERIAL_CAR_TRIM);
  }
  // The plate that lies on the fifth wheel, and the pin.
  mesh_bevel_box(m, f3_of(nose - PIN - 0.9f, -0.55f, 1.14f), f3_of(nose - PIN + 0.7f, 0.55f, 1.17f),
                 0, MATERIAL_CAR_SEAM);
  mesh_tube(m, f3_of(nose - PIN, 0, 1.06f), f3_of(nose - PIN, 0, 1.15f), 0.045f, 0.045f, 8,
            MATERIAL_RIM);
  // A box for pallets, or tools, on the left; an air tank.
  mesh_bevel_box(m, f3_of(nose - 6.7f, -0.42f, 0.5f), f3_of(nose - 5.2f, 0.42f, 0.86f), 0.02f,
                 MATERIAL_CAR_TRIM);
}

// Red or white strips that show the outline of the rear by night (ECE 104).
static void contour(mesh *m, float tail, float top, float half) {
  float x = tail - 0.003f;
  mesh_face(m, f3_of(x, half, top - 0.07f), f3_of(x, -half, top - 0.07f),
            f3_of(x, -half, top - 0.02f), f3_of(x, half, top - 0.02f), MATERIAL_REFLECT_RED);
  for (int side = -1; side <= 1; side += 2) {
    float y = (float)side * (half - 0.03f);
    mesh_face(m, f3_of(x, y + 0.025f, FLOOR_Z + 0.05f), f3_of(x, y - 0.025f, FLOOR_Z + 0.05f),
              f3_of(x, y - 0.025f, top - 0.08f), f3_of(x, y + 0.025f, top - 0.08f),
              MATERIAL_REFLECT_RED);
  }
}

// Two leaves with their bars and hinges.
static void doors(mesh *m, float tail, float top, material skin) {
  mesh_bevel_box(m, f3_of(tail + 0.02f, -HALF + 0.01f, FLOOR_Z),
                 f3_of(tail + 0.1f, HALF - 0.01f, top), 0.012f, MATERIAL_RIM);
  for (int side = -1; side <= 1; side += 2) {
    float s = (float)side;
    float inner = s * 0.02f, outer = s * (HALF - 0.09f);
    mesh_bevel_box(m, f3_of(tail + 0.004f, fminf(inner, outer), FLOOR_Z + 0.10f),
                   f3_of(tail + 0.04f, fmaxf(inner, outer), top - 0.12f), 0.01f, skin);
    for (int i = 0; i < 2; i++) {
      float y = s * (0.28f + 0.52f * (float)i);
      mesh_tube(m, f3_of(tail - 0.012f, y, FLOOR_Z + 0.06f), f3_of(tail - 0.012f, y, top - 0.1f),
                0.017f, 0.017f, 6, MATERIAL_CHROME);
      mesh_bevel_box(m, f3_of(tail - 0.02f, y - 0.02f, FLOOR_Z + 0.62f),
                     f3_of(tail, y + 0.16f, FLOOR_Z + 0.66f), 0.004f, MATERIAL_CHROME);
    }
    for (int i = 0; i < 4; i++) {
      float z = FLOOR_Z + 0.3f + (top - FLOOR_Z - 0.7f) * (float)i / 3;
      mesh_bevel_box(m, f3_of(tail - 0.008f, s * (HALF - 0.05f) - 0.045f, z),
                     f3_of(tail + 0.02f, s * (HALF - 0.05f) + 0.045f, z + 0.07f), 0.004f,
                     MATERIAL_RIM);
    }
  }
  contour(m, tail, top, HALF - 0.01f);
}

// White strips along the side, low.
static void side_strip(mesh *m, float nose, float half) {
  for (int side = -1; side <= 1; side += 2)
    for (int i = 0; i < 9; i++) {
      float y = (float)side * (half + 0.003f), x1 = nose - 0.4f - 1.46f * (float)i, x0 = x1 - 0.9f;
      if (side > 0)
        mesh_face(m, f3_of(x1, y, FLOOR_Z + 0.03f), f3_of(x0, y, FLOOR_Z + 0.03f),
                  f3_of(x0, y, FLOOR_Z + 0.08f), f3_of(x1, y, FLOOR_Z + 0.08f),
                  MATERIAL_REFLECT_WHITE);
      else
        mesh_face(m, f3_of(x0, y, FLOOR_Z + 0.03f), f3_of(x1, y, FLOOR_Z + 0.03f),
                  f3_of(x1, y, FLOOR_Z + 0.08f), f3_of(x0, y, FLOOR_Z + 0.08f),
                  MATERIAL_REFLECT_WHITE);
    }
}

static void edges(mesh *m, float nose, float tail, float top) {
  for (int side = -1; side <= 1; side += 2) {
    float y = (float)side * (HALF - 0.02f);
    mesh_bevel_box(m, f3_of(tail + 0.02f, y - 0.03f, FLOOR_Z - 0.08f),
                   f3_of(nose, y + 0.03f, FLOOR_Z + 0.10f), 0.006f, MATERIAL_RIM);
    mesh_bevel_box(m, f3_of(tail + 0.02f, y - 0.03f, top - 0.12f), f3_of(nose, y + 0.03f, top),
                   0.012f, MATERIAL_RIM);
    for (int end = 0; end < 2; end++) {
      float x = end ? nose - 0.08f : tail + 0.02f;
      mesh_bevel_box(m, f3_of(x, y - 0.03f, FLOOR_Z), f3_of(x + 0.08f, y + 0.03f, top), 0.012f,
                     MATERIAL_RIM);
    }
  }
}

// A tarpaulin that waves a little between its poles, with its straps and buckles.
static void curtain(mesh *m, float nose, float tail, float top) {
  enum { FOLDS = 64 };
  const float z0 = FLOOR_Z + 0.06f, z1 = top - 0.08f;
  for (int side = -1; side <= 1; side += 2) {
    f3 p[2 * (FOLDS + 1)];
    for (int i = 0; i <= FOLDS; i++) {
      float u = (float)i / FOLDS, x = tail + 0.1f + (nose - 0.08f - tail - 0.1f) * u;
      float in = 0.010f + 0.010f * sinf(6.2831853f * 22 * u) * (i % FOLDS ? 1 : 0);
      float y = (float)side * (HALF - 0.012f - in);
      p[i] = f3_of(x, y, z0);
      p[FOLDS + 1 + i] = f3_of(x, (float)side * (HALF - 0.016f), z1);
    }
    // Outside is where columns run to the right, seen from there: from nose to tail on the left.
    mesh_grid(m, p, 2, FOLDS + 1, NULL, MATERIAL_TARPAULIN, side > 0);
    for (int i = 0; i < 22; i++) {
      float x = nose - 0.45f - 0.597f * (float)i, y = (float)side * (HALF - 0.008f);
      mesh_bevel_box(m, f3_of(x - 0.022f, y - 0.006f, FLOOR_Z - 0.10f),
                     f3_of(x + 0.022f, y + 0.006f, FLOOR_Z + 0.42f), 0, MATERIAL_CAR_SEAM);
      mesh_bevel_box(m, f3_of(x - 0.03f, y - 0.008f, FLOOR_Z + 0.14f),
                     f3_of(x + 0.03f, y + 0.008f, FLOOR_Z + 0.21f), 0, MATERIAL_CHROME);
    }
  }
  mesh_bevel_box(m, f3_of(tail + 0.05f, -HALF + 0.06f, top - 0.06f),
                 f3_of(nose - 0.05f, HALF - 0.06f, top - 0.005f), 0.01f, MATERIAL_TARPAULIN);
  mesh_bevel_box(m, f3_of(nose - 0.08f, -HALF + 0.02f, FLOOR_Z),
                 f3_of(nose - 0.01f, HALF - 0.02f, top - 0.02f), 0.02f, MATERIAL_RIM);
}

static void closed(mesh *m, float nose, float tail, float top, material skin) {
  mesh_bevel_box(m, f3_of(tail + 0.06f, -HALF + 0.01f, FLOOR_Z),
                 f3_of(nose - 0.01f, HALF - 0.01f, top - 0.005f), 0.03f, skin);
}

// The machine that cools it, on the front wall.
static void cooler(mesh *m, float nose, float top) {
  mesh_bevel_box(m, f3_of(nose - 0.02f, -0.98f, top - 1.95f),
                 f3_of(nose + 0.40f, 0.98f, top - 0.22f), 0.08f, MATERIAL_POST_WHITE);
  for (int i = 0; i < 9; i++) {
    float z = top - 1.8f + 0.09f * (float)i;
    mesh_bevel_box(m, f3_of(nose + 0.38f, -0.8f, z), f3_of(nose + 0.412f, 0.8f, z + 0.045f), 0,
                   MATERIAL_CAR_SEAM);
  }
  mesh_torus(m, f3_of(nose + 0.40f, 0, top - 0.6f), f3_of(1, 0, 0), 0.26f, 0.02f, 16, 4,
             MATERIAL_CAR_SEAM);
}

static void tank(mesh *m, float nose, float tail, float top) {
  const float z = (FLOOR_Z + top) / 2 + 0.02f, rz = (top - 0.14f - FLOOR_Z) / 2, ry = HALF - 0.02f;
  const float at[6] = {0, 0.02f, 0.05f, 0.95f, 0.98f, 1},
              share[6] = {0.45f, 0.85f, 1, 1, 0.85f, 0.45f};
  f3 path[6];
  float radii[6][2];
  for (int i = 0; i < 6; i++) {
    path[i] = f3_of(tail + 0.12f + (nose - tail - 0.2f) * at[i], 0, z);
    radii[i][0] = ry * share[i], radii[i][1] = rz * share[i];
  }
  mesh_sweep(m, path, radii, 6, f3_of(0, 1, 0), 36, 0.02f, MATERIAL_CHROME);
  for (int i = 0; i < 6; i++) { // bands
    float x = nose - 1.0f - 2.3f * (float)i;
    f3 ring[2] = {{x - 0.04f, 0, z}, {x + 0.04f, 0, z}};
    const float wide[2][2] = {{ry + 0.012f, rz + 0.012f}, {ry + 0.012f, rz + 0.012f}};
    mesh_sweep(m, ring, wide, 2, f3_of(0, 1, 0), 36, -1, MATERIAL_RIM);
    mesh_bevel_box(m, f3_of(x - 0.06f, -0.8f, FRAME_Z), f3_of(x + 0.06f, 0.8f, z - rz * 0.72f), 0,
                   MATERIAL_CAR_TRIM);
  }
  for (int i = 0; i < 4; i++) { // manholes
    float x = nose - 2.0f - 3.2f * (float)i;
    mesh_tube(m, f3_of(x, 0, z + rz - 0.05f), f3_of(x, 0, top - 0.01f), 0.26f, 0.26f, 14,
              MATERIAL_CHROME);
  }
  for (int side = -1; side <= 1; side += 2) {
    mesh_tube(m, f3_of(nose - 0.8f, (float)side * 0.42f, top - 0.02f),
              f3_of(tail + 0.8f, (float)side * 0.42f, top - 0.02f), 0.018f, 0.018f, 6,
              MATERIAL_CHROME);
    // A stripe in the fleet's colour, and the board of what is in it.
    mesh_bevel_box(m, f3_of(tail + 1.0f, (float)side * (ry - 0.02f) - 0.02f, z - 0.16f),
                   f3_of(nose - 1.0f, (float)side * (ry - 0.02f) + 0.02f, z + 0.16f), 0.005f,
                   MATERIAL_CAR_PAINT);
  }
  mesh_bevel_box(m, f3_of(tail + 0.06f, 0.45f, 1.36f), f3_of(tail + 0.09f, 0.85f, 1.66f), 0,
                 MATERIAL_CONE);
}

// Corrugated steel with corner castings, 40 feet of it.
static void container(mesh *m, float nose, float tail, float top) {
  const float x1 = nose - 0.7f, x0 = tail + 0.12f, half = 1.219f;
  enum { WAVES = 42 };
  for (int side = -1; side <= 1; side += 2) {
    enum { POINTS = 4 * WAVES + 1 };
    f3 p[2 * POINTS];
    for (int i = 0; i < POINTS; i++) {
      float u = ((float)(i / 4) + (const float[4]){0, 0.3f, 0.5f, 0.8f}[i % 4]) / WAVES;
      float in = i % 4 == 0 || i % 4 == 1 ? 0.004f : 0.036f;
      float x = x0 + 0.1f + (x1 - x0 - 0.2f) * fminf(1, u), y = (float)side * (half - in);
      p[i] = f3_of(x, y, FLOOR_Z + 0.12f);
      p[POINTS + i] = f3_of(x, y, top - 0.1f);
    }
    mesh_grid(m, p, 2, POINTS, NULL, MATERIAL_PANEL, side > 0);
    float y = (float)side * (half - 0.03f);
    mesh_bevel_box(m, f3_of(x0, y - 0.03f, FLOOR_Z), f3_of(x1, y + 0.03f, FLOOR_Z + 0.15f), 0,
                   MATERIAL_PANEL);
    mesh_bevel_box(m, f3_of(x0, y - 0.03f, top - 0.12f), f3_of(x1, y + 0.03f, top), 0,
                   MATERIAL_PANEL);
    for (int end = 0; end < 2; end++) {
      float x = end ? x1 - 0.12f : x0;
      mesh_bevel_box(m, f3_of(x, y - 0.04f, FLOOR_Z), f3_of(x + 0.12f, y + 0.03f, top), 0,
                     MATERIAL_PANEL);
      for (int high = 0; high < 2; high++) {
        float z = high ? top - 0.12f : FLOOR_Z;
        mesh_bevel_box(m, f3_of(x - 0.004f, y - 0.05f, z), f3_of(x + 0.124f, y + 0.034f, z + 0.12f),
                       0.006f, MATERIAL_PANEL);
      }
    }
  }
  mesh_bevel_box(m, f3_of(x0 + 0.02f, -half + 0.04f, top - 0.07f),
                 f3_of(x1 - 0.02f, half - 0.04f, top - 0.02f), 0, MATERIAL_PANEL);
  mesh_bevel_box(m, f3_of(x0 + 0.02f, -half + 0.04f, FLOOR_Z),
                 f3_of(x1 - 0.02f, half - 0.04f, FLOOR_Z + 0.1f), 0, MATERIAL_CAR_TRIM);
  mesh_bevel_box(m, f3_of(x1 - 0.08f, -half + 0.04f, FLOOR_Z),
                 f3_of(x1 - 0.03f, half - 0.04f, top - 0.03f), 0, MATERIAL_PANEL);
  // Doors.
  for (int side = -1; side <= 1; side += 2) {
    float s = (float)side, inner = s * 0.015f, outer = s * (half - 0.08f);
    mesh_bevel_box(m, f3_of(x0 + 0.01f, fminf(inner, outer), FLOOR_Z + 0.12f),
                   f3_of(x0 + 0.05f, fmaxf(inner, outer), top - 0.12f), 0.008f, MATERIAL_PANEL);
    for (int i = 0; i < 2; i++) {
      float y = s * (0.24f + 0.56f * (float)i);
      mesh_tube(m, f3_of(x0 - 0.012f, y, FLOOR_Z + 0.05f), f3_of(x0 - 0.012f, y, top - 0.08f),
                0.018f, 0.018f, 6, MATERIAL_RIM);
      mesh_bevel_box(m, f3_of(x0 - 0.022f, y - 0.02f, FLOOR_Z + 0.8f),
                     f3_of(x0, y + 0.18f, FLOOR_Z + 0.85f), 0.004f, MATERIAL_RIM);
    }
  }
  // Twist locks of the skeleton.
  for (int side = -1; side <= 1; side += 2)
    for (int end = 0; end < 2; end++) {
      float x = end ? x1 - 0.1f : x0 + 0.1f;
      mesh_bevel_box(m, f3_of(x - 0.1f, (float)side * 1.13f - 0.09f, FRAME_Z - 0.06f),
                     f3_of(x + 0.1f, (float)side * 1.13f + 0.09f, FLOOR_Z), 0.01f,
                     MATERIAL_CAR_TRIM);
    }
}

// A bed of planks with its front wall, loaded with pipes that are tied down.
static void flat(mesh *m, float nose, float tail, float top) {
  mesh_bevel_box(m, f3_of(tail + 0.04f, -HALF + 0.01f, FLOOR_Z - 0.02f),
                 f3_of(nose - 0.06f, HALF - 0.01f, FLOOR_Z + 0.10f), 0.012f,
                 MATERIAL_FURNITURE_WOOD);
  mesh_bevel_box(m, f3_of(nose - 0.08f, -HALF + 0.01f, FLOOR_Z - 0.02f),
                 f3_of(nose - 0.01f, HALF - 0.01f, top), 0.02f, MATERIAL_RIM);
  float z0 = FLOOR_Z + 0.10f, r = 0.36f, length = 11.6f, x1 = nose - 0.5f;
  for (int row = 0; row < 3; row++)
    for (int i = 0; i < 3 - row; i++) {
      float y = (2 * (float)i - 2 + (float)row) * r, z = z0 + 0.08f + r + 1.74f * r * (float)row;
      const float profile[][2] = {
          {0, r - 0.03f}, {0, r}, {length, r}, {length, r - 0.03f}, {0.02f, r - 0.03f}};
      const material is[] = {MATERIAL_RIM, MATERIAL_PANEL, MATERIAL_RIM, MATERIAL_CAR_SEAM};
      mesh_spin(m, f3_of(x1 - length, y, z), f3_of(1, 0, 0), profile, 5, 18, is);
    }
  for (int i = 0; i < 4; i++) { // timbers below, straps over
    float x = x1 - 1.2f - 3.0f * (float)i, up = z0 + 0.08f + 2 * r + 3.48f * r;
    mesh_bevel_box(m, f3_of(x - 0.05f, -1.15f, z0), f3_of(x + 0.05f, 1.15f, z0 + 0.08f), 0,
                   MATERIAL_FURNITURE_WOOD);
    for (int side = -1; side <= 1; side += 2) {
      float s = (float)side;
      mesh_bar(m, f3_of(x, s * 1.2f, z0), f3_of(x, s * 0.30f, up - 0.08f), f3_of(1, 0, 0), 0.05f,
               0.008f, MATERIAL_CONE);
      mesh_bar(m, f3_of(x, s * 0.30f, up - 0.08f), f3_of(x, 0, up + 0.005f), f3_of(1, 0, 0), 0.05f,
               0.008f, MATERIAL_CONE);
      mesh_bevel_box(m, f3_of(x - 0.9f, s * 1.17f - 0.04f, z0),
                     f3_of(x - 0.82f, s * 1.17f + 0.04f, z0 + 1.3f), 0,
                     MATERIAL_CAR_TRIM); // stakes
    }
  }
}

void trailer_build(int variant, mesh *out) {
  variant %= TRAILER_VARIANTS;
  trailer_load load = trailers[variant].load;
  float l = (float)trailers[variant].size[0], nose = l / 2, tail = -l / 2 + 0.022f;
  float top = (float)trailers[variant].size[2];
  float front = nose - (load == LOAD_REEFER ? COOLER_L : 0); // of the box
  material wall = load == LOAD_REEFER ? MATERIAL_POST_WHITE : MATERIAL_PANEL;
  axles(out, nose);
  rear(out, tail);
  frame(out, nose, tail, load == LOAD_TANK);
  switch (load) {
  case LOAD_TANK:
    tank(out, nose, tail, top);
    break;
  case LOAD_CONTAINER:
    container(out, nose, tail, top);
    break;
  case LOAD_FLAT:
    flat(out, nose, tail, top);
    break;
  case LOAD_CURTAIN:
    curtain(out, nose, tail, top);
    edges(out, nose, tail, top);
    doors(out, tail, top, MATERIAL_RIM);
    side_strip(out, nose, HALF + 0.01f);
    break;
  default:
    closed(out, front, tail, top, wall);
    edges(out, front, tail, top);
    doors(out, tail, top, wall);
    side_strip(out, nose - COOLER_L, HALF + 0.01f);
  }
  if (load == LOAD_REEFER)
    cooler(out, nose - 0.415f, top);
  mesh_smooth(out, 42);
  mesh_fit(out, trailers[variant].size);
}
