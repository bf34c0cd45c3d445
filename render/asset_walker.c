// SPDX-License-Identifier: Apache-2.0
// What people hold or sit in: sticks, umbrellas, prams, wheelchairs.
#include <math.h>

#include "render/asset_person.h"

static const f3 SIDE = {0, 1, 0};

static void tube(mesh *m, f3 a, f3 b, float r, material what) {
  mesh_tube(m, a, b, r, r, 6, what);
}

static f3 mirrored(f3 p, int side) {
  return f3_of(p.x, side ? p.y : -p.y, p.z);
}

static void stick(mesh *m, const person_shape *who, f3 wrist) {
  f3 hand = f3_add(wrist, f3_of(0.02f, 0, -0.05f * who->height_m));
  tube(m, f3_of(hand.x + 0.06f, hand.y - 0.02f, 0.005f), hand, 0.010f, MATERIAL_SHOE);
  tube(m, f3_add(hand, f3_of(-0.05f, 0, 0)), f3_add(hand, f3_of(0.06f, 0, 0.004f)), 0.013f,
       MATERIAL_SHOE);
}

// Eight ribs; the cloth sags between them.
static void umbrella(mesh *m, const person_shape *who, f3 wrist) {
  enum { RIBS = 8, RINGS = 5, AROUND = 2 * RIBS };
  static const float profile[RINGS][2] = {
      {0.03f, 0.995f}, {0.3f, 0.94f}, {0.58f, 0.80f}, {0.82f, 0.58f}, {1, 0.30f}};
  float h = who->height_m, reach = 0.3f * h, rise = 0.30f;
  f3 hand = f3_add(wrist, f3_of(0.045f * h, 0.01f * h, 0.01f * h));
  f3 top = f3_of(0.05f * h, 0, h + 0.22f - rise), f[2][RINGS * (AROUND + 1)];
  for (int inner = 0; inner < 2; inner++)
    for (int i = 0; i < RINGS; i++)
      for (int k = 0; k <= AROUND; k++) {
        float a = 6.2831853f * (float)(k % AROUND) / AROUND;
        float out = profile[i][0] * (k % 2 ? 0.955f : 1) - (inner ? 0.004f : 0);
        float sag = k % 2 ? 0.05f * profile[i][0] : 0;
        f[inner][i * (AROUND + 1) + k] =
            f3_add(top, f3_of(reach * out * cosf(a), reach * out * sinf(a),
                              rise * (profile[i][1] - sag) - (inner ? 0.006f : 0)));
      }
  material cloth = who->bust > 0 ? MATERIAL_TOP : MATERIAL_TROUSERS;
  mesh_grid(m, f[0], RINGS, AROUND + 1, NULL, cloth, true);
  mesh_grid(m, f[1], RINGS, AROUND + 1, NULL, cloth, false);
  f3 tip = f3_of(top.x, top.y, top.z + rise);
  f3 shaft = f3_unit(f3_sub(tip, hand));
  tube(m, f3_add(hand, f3_scale(shaft, -0.10f)), tip, 0.006f, MATERIAL_CHROME);
  tube(m, f3_add(hand, f3_scale(shaft, -0.17f)), f3_add(hand, f3_scale(shaft, 0.02f)), 0.013f,
       MATERIAL_SHOE);
  for (int k = 0; k < RIBS; k++) {
    f3 edge = f[1][3 * (AROUND + 1) + 2 * k];
    mesh_tube(m, f3_add(tip, f3_scale(shaft, -0.14f)), edge, 0.0025f, 0.0025f, 3, MATERIAL_CHROME);
  }
}

void person_held(mesh *m, const person_shape *who, const person_joints *at) {
  if (who->hold == HOLD_STICK)
    stick(m, who, at->wrist[0]);
  else if (who->hold == HOLD_UMBRELLA)
    umbrella(m, who, at->wrist[0]);
}

// Prams -----------------------------------------------------------------------

static void wheel(mesh *m, f3 at, float radius, float thick, int segments) {
  mesh_torus(m, at, SIDE, radius - thick, thick, segments, 6, MATERIAL_TYRE);
  mesh_torus(m, at, SIDE, radius - 2.2f * thick, 0.35f * thick, segments, 4, MATERIAL_CHROME);
  tube(m, f3_add(at, f3_of(0, -0.025f, 0)), f3_add(at, f3_of(0, 0.025f, 0)), 0.02f,
       MATERIAL_CAR_TRIM);
  for (int k = 0; k < 6; k++) {
    float a = 1.0471976f * (float)k, r = radius - 2 * thick;
    mesh_tube(m, at, f3_add(at, f3_of(r * cosf(a), 0, r * sinf(a))), 0.004f, 0.004f, 3,
              MATERIAL_CHROME);
  }
}

// Where the pusher's hands are, by HOLD_PRAM, of who is 1.68 m tall.
static const f3 GRIP = {0.40f, 0.23f, 0.985f};

// With four wheels, or with three for those who run.
static void pram(mesh *m, bool three) {
  for (int side = 0; side < 2; side++) {
    wheel(m, mirrored(f3_of(0.56f, 0.27f, 0.14f), side), 0.14f, 0.018f, 14);
    if (!three)
      wheel(m, mirrored(f3_of(1.10f, 0.24f, 0.11f), side), 0.11f, 0.018f, 14);
    f3 joint = mirrored(f3_of(0.72f, 0.235f, 0.52f), side);
    tube(m, mirrored(GRIP, side), joint, 0.013f, MATERIAL_CHROME);
    tube(m, joint, mirrored(three ? f3_of(1.07f, 0.035f, 0.15f) : f3_of(1.10f, 0.22f, 0.13f), side),
         0.013f, MATERIAL_CHROME);
    tube(m, joint, mirrored(f3_of(0.56f, 0.235f, 0.15f), side), 0.013f, MATERIAL_CHROME);
  }
  f3 l = GRIP, r = mirrored(GRIP, 0);
  tube(m, l, r, 0.017f, MATERIAL_CAR_TRIM);
  tube(m, f3_of(0.56f, -0.25f, 0.14f), f3_of(0.56f, 0.25f, 0.14f), 0.011f, MATERIAL_CHROME);
  if (three)
    wheel(m, f3_of(1.07f, 0, 0.14f), 0.14f, 0.018f, 14);
  else
    tube(m, f3_of(1.10f, -0.22f, 0.13f), f3_of(1.10f, 0.22f, 0.13f), 0.011f, MATERIAL_CHROME);
  // A basket below, the carrycot, its blanket, and the hood at the far end.
  mesh_bevel_box(m, f3_of(0.60f, -0.19f, 0.19f), f3_of(1.02f, 0.19f, 0.33f), 0.03f,
                 MATERIAL_CAR_TRIM);
  const f3 cot[5] = {{0.48f, 0, 0.70f},
                     {0.53f, 0, 0.66f},
                     {0.82f, 0, 0.645f},
                     {1.12f, 0, 0.66f},
                     {1.18f, 0, 0.70f}};
  const float half[5][2] = {
      {0.14f, 0.09f}, {0.19f, 0.135f}, {0.205f, 0.145f}, {0.19f, 0.135f}, {0.13f, 0.09f}};
  mesh_sweep(m, cot, half, 5, SIDE, 14, 0.15f, MATERIAL_TROUSERS);
  mesh_bevel_box(m, f3_of(0.50f, -0.175f, 0.76f), f3_of(0.92f, 0.175f, 0.815f), 0.025f,
                 MATERIAL_BAG);
  enum { ARCH = 9, FAN = 7 };
  f3 hood[2][FAN * ARCH];
  for (int inner = 0; inner < 2; inner++)
    for (int i = 0; i < FAN; i++)
      for (int k = 0; k < ARCH; k++) {
        float turn = 0.12f + (three ? 1.35f : 1.65f) * (float)i / (FAN - 1),
              arch = 3.1415927f * (float)k / (ARCH - 1);
        float size = inner ? 0.96f : 1, z = 0.33f * sinf(arch) * size;
        hood[inner][i * ARCH + k] =
            f3_of(0.90f + z * cosf(turn), 0.205f * size * cosf(arch), 0.725f + z * sinf(turn));
      }
  mesh_grid(m, hood[0], FAN, ARCH, NULL, MATERIAL_TROUSERS, true);
  mesh_grid(m, hood[1], FAN, ARCH, NULL, MATERIAL_CAR_TRIM, false);
}

void pram_size(int variant, double size_m[3]) {
  (void)variant;
  pram_box(1, size_m);
}

void pram_build(int variant, mesh *out) {
  pram(out, variant % PRAM_VARIANTS == 1);
  double size_m[3];
  pram_size(variant, size_m);
  mesh_finish(out, 60, size_m);
}

// Wheelchairs -----------------------------------------------------------------

static void chair(mesh *m) {
  for (int side = 0; side < 2; side++) {
    f3 hub = mirrored(f3_of(-0.06f, 0.285f, 0.30f), side);
    mesh_torus(m, hub, SIDE, 0.282f, 0.018f, 24, 6, MATERIAL_TYRE);
    mesh_torus(m, hub, SIDE, 0.258f, 0.008f, 24, 4, MATERIAL_CHROME);
    mesh_torus(m, f3_add(hub, f3_of(0, side ? 0.035f : -0.035f, 0)), SIDE, 0.25f, 0.009f, 24, 5,
               MATERIAL_CHROME);
    mesh_tube(m, f3_add(hub, f3_of(0, -0.03f, 0)), f3_add(hub, f3_of(0, 0.03f, 0)), 0.028f, 0.028f,
              8, MATERIAL_CAR_TRIM);
    for (int k = 0; k < 10; k++) {
      float a = 0.62831853f * (float)k;
      mesh_tube(m, hub, f3_add(hub, f3_of(0.26f * cosf(a), 0, 0.26f * sinf(a))), 0.003f, 0.003f, 3,
                MATERIAL_CHROME);
    }
    f3 caster = mirrored(f3_of(0.36f, 0.215f, 0.075f), side);
    mesh_torus(m, caster, SIDE, 0.055f, 0.02f, 12, 6, MATERIAL_TYRE);
    static const f3 frame[][2] = {{{-0.22f, 0.23f, 0.45f}, {0.27f, 0.23f, 0.45f}},  // seat rail
                                  {{-0.22f, 0.23f, 0.20f}, {0.30f, 0.22f, 0.22f}},  // lower rail
                                  {{-0.20f, 0.23f, 0.18f}, {-0.27f, 0.23f, 0.93f}}, // back post
                                  {{0.27f, 0.23f, 0.45f}, {0.36f, 0.215f, 0.13f}},  // front post
                                  {{0.27f, 0.20f, 0.45f}, {0.47f, 0.16f, 0.14f}},   // leg rest
                                  {{-0.26f, 0.23f, 0.92f}, {-0.37f, 0.23f, 0.91f}}, // push handle
                                  {{-0.24f, 0.245f, 0.66f}, {0.12f, 0.245f, 0.66f}},
                                  {{0.12f, 0.245f, 0.66f}, {0.14f, 0.23f, 0.45f}},
                                  {{-0.06f, 0.23f, 0.30f}, {-0.06f, 0.27f, 0.30f}}};
    for (size_t k = 0; k < sizeof frame / sizeof *frame; k++)
      tube(m, mirrored(frame[k][0], side), mirrored(frame[k][1], side), 0.0125f,
           MATERIAL_POST_BLACK);
    f3 plate = mirrored(f3_of(0.50f, 0.10f, 0.115f), side);
    mesh_bevel_box_at(m, plate, f3_of(0.97f, 0, -0.24f), SIDE, f3_of(0.085f, 0.075f, 0.008f),
                      0.004f, MATERIAL_CAR_TRIM);
    mesh_bevel_box_at(m, mirrored(f3_of(-0.05f, 0.245f, 0.675f), side), f3_of(1, 0, 0), SIDE,
                      f3_of(0.15f, 0.025f, 0.014f), 0.01f, MATERIAL_CAR_TRIM);
  }
  mesh_bevel_box(m, f3_of(-0.20f, -0.22f, 0.455f), f3_of(0.28f, 0.22f, 0.50f), 0.02f,
                 MATERIAL_CAR_TRIM);
  f3 back = f3_unit(f3_of(-0.07f, 0, 0.75f));
  mesh_bevel_box_at(m, f3_of(-0.255f, 0, 0.70f), f3_cross(SIDE, back), SIDE,
                    f3_of(0.012f, 0.215f, 0.20f), 0.01f, MATERIAL_CAR_TRIM);
  tube(m, f3_of(-0.19f, -0.22f, 0.22f), f3_of(0.2f, 0.22f, 0.43f), 0.010f, MATERIAL_POST_BLACK);
  tube(m, f3_of(-0.19f, 0.22f, 0.22f), f3_of(0.2f, -0.22f, 0.43f), 0.010f, MATERIAL_POST_BLACK);
}

void wheelchair_size(int variant, double size_m[3]) {
  (void)variant;
  wheelchair_box(size_m);
}

void wheelchair_build(int variant, mesh *out) {
  static const int shapes[WHEELCHAIR_VARIANTS] = {0, 7, 14, 5, 17};
  person_shape who = person_shape_of(shapes[variant % WHEELCHAIR_VARIANTS]);
  who.height_m = 1.68f;
  who.bag = BAG_NONE;
  who.legs = LEGS_TROUSERS;
  who.top = who.top == TOP_COAT ? TOP_LONG : who.top;
  person_seat on = {.pelvis = {-0.10f, 0, 0.575f}, .lean_rad = -0.05f, .knees_out = 0.12f};
  bool rolls = variant % 2 == 0; // hands on the rims, or in the lap
  for (int side = 0; side < 2; side++) {
    on.ankles[side] = mirrored(f3_of(0.44f, 0.10f, 0.205f), side);
    on.hands[side] =
        mirrored(rolls ? f3_of(0.02f, 0.325f, 0.585f) : f3_of(0.17f, 0.07f, 0.665f), side);
  }
  person_joints joints;
  person_sit(&who, &on, &joints);
  person_points(out, &who, &joints);
  chair(out);
  double size_m[3];
  wheelchair_size(variant, size_m);
  mesh_finish(out, 60, size_m);
}
