// SPDX-License-Identifier: Apache-2.0
// A body around its joints: swept limbs, a torso along the spine, a head, clothes.
#include <math.h>
#include <string.h>

#include "render/asset_person.h"

enum { LIMB_RINGS = 11, LIMB_SEGMENTS = 8, TORSO_RINGS = 11, TORSO_SEGMENTS = 12 };
static const f3 SIDE = {0, 1, 0};

// A limb of two bones as one sweep: rings crowd at the joint, so that it bends round.
static void limb_path(f3 a, f3 joint, f3 b, f3 out[LIMB_RINGS]) {
  static const float at[] = {0, 0.3f, 0.6f, 0.82f, 0.94f};
  for (int i = 0; i < 5; i++) {
    out[i] = f3_mix(a, joint, at[i]);
    out[LIMB_RINGS - 1 - i] = f3_mix(b, joint, at[i]);
  }
  out[5] = f3_add(f3_scale(joint, 0.7f), f3_scale(f3_mix(out[4], out[6], 0.5f), 0.3f));
}

// Rings first..last of the limb in one material.
static void limb_part(mesh *m, const f3 *path, const float *radius, int first, int last,
                      float scale, float extra, float cap, material what) {
  float radii[LIMB_RINGS][2];
  for (int i = first; i <= last; i++)
    radii[i - first][0] = radii[i - first][1] = radius[i] * scale + extra;
  mesh_sweep(m, path + first, radii, last - first + 1, SIDE, LIMB_SEGMENTS, cap, what);
}

static void shoe(mesh *m, const person_shape *who, f3 ankle, f3 toe) {
  static const float along[] = {-0.030f, -0.022f, 0.010f, 0.050f, 0.082f, 0.098f};
  static const float half_w[] = {0.012f, 0.019f, 0.021f, 0.0255f, 0.024f, 0.013f};
  static const float half_h[] = {0.014f, 0.020f, 0.025f, 0.016f, 0.012f, 0.007f};
  f3 forward = f3_unit(toe),
     up = f3_unit(f3_cross(forward, f3_unit(f3_cross(f3_of(0, 0, 1), forward))));
  f3 path[6];
  float radii[6][2];
  for (int i = 0; i < 6; i++) {
    float h = who->height_m;
    f3 sole = f3_add(ankle, f3_add(f3_scale(forward, along[i] * h), f3_scale(up, -0.036f * h)));
    path[i] = f3_add(sole, f3_scale(up, half_h[i] * h));
    radii[i][0] = half_w[i] * h, radii[i][1] = half_h[i] * h;
  }
  mesh_sweep(m, path, radii, 6, f3_cross(up, forward), LIMB_SEGMENTS, 0.3f, MATERIAL_SHOE);
}

static void leg(mesh *m, const person_shape *who, const person_joints *at, int side) {
  // Shares of the height from the hip to the ankle.
  static const float bare[LIMB_RINGS] = {0.044f,  0.048f, 0.043f,  0.036f, 0.033f, 0.032f,
                                         0.0315f, 0.032f, 0.0325f, 0.025f, 0.020f};
  static const float cloth[LIMB_RINGS] = {0.051f, 0.055f, 0.049f, 0.042f, 0.039f, 0.038f,
                                          0.037f, 0.036f, 0.036f, 0.034f, 0.033f};
  f3 path[LIMB_RINGS];
  float h = who->height_m, scale = h * who->limb;
  f3 top = f3_add(at->hip[side], f3_of(0, 0, 0.01f * h));
  limb_path(top, at->knee[side], at->ankle[side], path);
  if (who->legs == LEGS_TROUSERS) {
    limb_part(m, path, cloth, 0, LIMB_RINGS - 1, scale, 0, 0.3f, MATERIAL_TROUSERS);
  } else {
    limb_part(m, path, bare, 0, LIMB_RINGS - 1, scale, 0, 0, MATERIAL_SKIN);
    if (who->legs == LEGS_SHORTS)
      limb_part(m, path, cloth, 0, 4, scale, 0.006f * h, 0, MATERIAL_TROUSERS);
  }
  shoe(m, who, at->ankle[side], at->foot[side]);
}

static void hand(mesh *m, const person_shape *who, f3 elbow, f3 wrist, int side) {
  static const float along[] = {-0.01f, 0.02f, 0.05f, 0.08f, 0.10f};
  static const float wide[] = {0.0155f, 0.021f, 0.023f, 0.020f, 0.012f};
  static const float thick[] = {0.0150f, 0.0125f, 0.0105f, 0.0090f, 0.0060f}; // as the wrist first
  float h = who->height_m, s = h * (0.5f + 0.5f * who->limb);
  f3 way = f3_unit(f3_sub(wrist, elbow)), path[5];
  float radii[5][2];
  for (int i = 0; i < 5; i++) {
    // Fingers curl towards the thigh.
    f3 curl = f3_of(0, (side ? -1.0f : 1.0f) * along[i] * along[i] * 2.2f * h, 0);
    path[i] = f3_add(wrist, f3_add(f3_scale(way, along[i] * h), curl));
    radii[i][0] = thick[i] * s, radii[i][1] = wide[i] * s;
  }
  mesh_sweep(m, path, radii, 5, SIDE, 6, 0.4f, MATERIAL_SKIN);
  f3 front = f3_unit(f3_cross(SIDE, way));
  front = front.x < 0 ? f3_scale(front, -1) : front;
  f3 root = f3_add(wrist, f3_add(f3_scale(way, 0.02f * h), f3_scale(front, 0.014f * h)));
  f3 tip = f3_add(root, f3_add(f3_scale(way, 0.035f * h), f3_scale(front, 0.014f * h)));
  mesh_tube(m, root, tip, 0.009f * s, 0.006f * s, 5, MATERIAL_SKIN);
}

static void arm(mesh *m, const person_shape *who, const person_joints *at, int side) {
  static const float bare[LIMB_RINGS] = {0.027f, 0.030f,  0.028f,  0.025f,  0.024f, 0.0235f,
                                         0.024f, 0.0245f, 0.0235f, 0.0195f, 0.0165f};
  f3 path[LIMB_RINGS];
  float h = who->height_m, scale = h * who->limb;
  limb_path(at->shoulder[side], at->elbow[side], at->wrist[side], path);
  float loose = (who->top == TOP_COAT ? 0.009f : 0.004f) * h;
  int sleeve = who->top == TOP_SHORT_SLEEVES ? 2 : LIMB_RINGS - 1;
  if (sleeve == 2)
    limb_part(m, path, bare, 0, LIMB_RINGS - 1, scale, 0, 0.3f, MATERIAL_SKIN);
  limb_part(m, path, bare, 0, sleeve, scale, loose, 0.75f, MATERIAL_TOP);
  hand(m, who, at->elbow[side], at->wrist[side], side);
}

// Height along the spine as a share from pelvis (0) to neck (1); half breadth and depth.
typedef struct torso_ring {
  float at, half, deep, forward;
} torso_ring;

static void torso_rings(const person_shape *who, torso_ring ring[TORSO_RINGS]) {
  float hip = who->hip, waist = who->waist, chest = who->shoulder * 0.86f, b = who->bust;
  float belly = fmaxf(0, waist - 0.084f);
  const torso_ring rings[TORSO_RINGS] = {
      {-0.15f, hip * 0.60f, 0.040f, -0.004f},
      {-0.07f, hip * 0.92f, 0.056f, -0.004f},
      {0.03f, hip, 0.066f + belly * 0.5f, -0.004f},
      {0.15f, (hip + waist) / 2, 0.059f + belly, 0.002f + belly * 0.6f},
      {0.30f, waist, 0.054f + belly * 1.2f, 0.006f + belly * 0.7f},
      {0.46f, (waist + chest) / 2, 0.059f + belly * 0.7f, 0.004f + belly * 0.3f},
      {0.64f, chest, 0.064f + 0.006f * b, 0.003f + 0.010f * b},
      {0.78f, who->shoulder * 0.90f, 0.063f - 0.003f * b, 0},
      {0.90f, who->shoulder * 0.86f, 0.052f, -0.006f},
      {0.97f, who->shoulder * 0.60f, 0.041f, -0.008f},
      {1.03f, 0.036f, 0.034f, -0.004f}};
  for (int i = 0; i < TORSO_RINGS; i++)
    ring[i] = rings[i];
}

static void torso_part(mesh *m, const person_shape *who, const person_joints *at,
                       const torso_ring *ring, int first, int last, float extra, material what) {
  f3 spine = f3_sub(at->neck, at->pelvis), up = f3_unit(spine);
  f3 front = f3_cross(SIDE, up), path[TORSO_RINGS];
  float radii[TORSO_RINGS][2], h = who->height_m;
  for (int i = first; i <= last; i++) {
    path[i - first] = f3_add(f3_add(at->pelvis, f3_scale(spine, ring[i].at)),
                             f3_scale(front, ring[i].forward * h));
    radii[i - first][0] = (ring[i].half + extra) * h;
    radii[i - first][1] = (ring[i].deep + extra) * h;
  }
  mesh_sweep(m, path, radii, last - first + 1, SIDE, TORSO_SEGMENTS, 0.1f, what);
}

// Cloth around both legs: a skirt, or the lower part of a coat. Its rings reach as far
// forward and back as the legs do.
static void hem(mesh *m, const person_shape *who, const person_joints *at, float from, float to,
                float half, material what) {
  enum { RINGS = 5 };
  float h = who->height_m, radii[RINGS][2];
  f3 path[RINGS];
  for (int i = 0; i < RINGS; i++) {
    float u = (float)i / (RINGS - 1), z = (from + (to - from) * u) * h;
    float front = -1, back = 1;
    for (int side = 0; side < 2; side++) {
      bool thigh = z > at->knee[side].z;
      f3 a = thigh ? at->hip[side] : at->knee[side], b = thigh ? at->knee[side] : at->ankle[side];
      float v = fmaxf(0, fminf(1, (a.z - z) / fmaxf(0.01f, a.z - b.z)));
      float x = a.x + (b.x - a.x) * v;
      front = fmaxf(front, x), back = fminf(back, x);
    }
    // An ellipse is narrower beside its middle, where the legs are: hence 0.86.
    float deep = ((front - back) / 2 + 0.054f * h * who->limb) / 0.86f;
    path[RINGS - 1 - i] = f3_of((front + back) / 2, 0, z);
    radii[RINGS - 1 - i][0] = (half + 0.016f * u) * h;
    radii[RINGS - 1 - i][1] = fmaxf((0.062f + 0.008f * u) * h, deep);
  }
  mesh_sweep(m, path, radii, RINGS, SIDE, TORSO_SEGMENTS, 0, what);
}

static void torso(mesh *m, const person_shape *who, const person_joints *at) {
  torso_ring ring[TORSO_RINGS];
  torso_rings(who, ring);
  float loose = who->top == TOP_COAT ? 0.010f : 0.004f;
  torso_part(m, who, at, ring, 0, 4, 0, MATERIAL_TROUSERS);
  torso_part(m, who, at, ring, who->top == TOP_SHORT_SLEEVES ? 3 : 2, TORSO_RINGS - 1, loose,
             MATERIAL_TOP);
  bool upright = at->knee[0].z < at->hip[0].z - 0.15f * who->height_m;
  if (who->legs == LEGS_SKIRT && upright)
    hem(m, who, at, 0.56f, 0.31f, who->hip + 0.004f, MATERIAL_TROUSERS);
  if (who->top == TOP_COAT && upright)
    hem(m, who, at, 0.575f, 0.40f, who->hip + 0.010f, MATERIAL_TOP);
}

static void bag(mesh *m, const person_shape *who, const person_joints *at) {
  float h = who->height_m;
  f3 up = f3_unit(f3_sub(at->neck, at->pelvis)), front = f3_cross(SIDE, up);
  if (who->bag == BAG_PACK) {
    f3 middle = f3_add(f3_mix(at->pelvis, at->neck, 0.62f), f3_scale(front, -0.105f * h));
    mesh_bevel_box_at(m, middle, front, SIDE, f3_of(0.045f * h, 0.078f * h, 0.115f * h), 0.025f * h,
                      MATERIAL_BAG);
    for (int side = -1; side <= 1; side += 2) {
      static const float strap[4][2] = {
          {0.94f, -0.04f}, {1.0f, 0.01f}, {0.84f, 0.074f}, {0.58f, 0.072f}};
      f3 before = {0, 0, 0};
      for (int i = 0; i < 4; i++) {
        f3 p = f3_add(f3_mix(at->pelvis, at->neck, strap[i][0]), f3_scale(front, strap[i][1] * h));
        p.y += (float)side * (i < 2 ? 0.055f : 0.06f) * h;
        if (i > 0)
          mesh_bar(m, before, p, SIDE, 0.026f * h, 0.014f * h, MATERIAL_BAG);
        before = p;
      }
    }
  } else if (who->bag == BAG_SHOULDER) {
    f3 middle = f3_add(at->pelvis, f3_of(-0.02f * h, -(who->hip + 0.035f) * h, 0.01f * h));
    mesh_bevel_box_at(m, middle, f3_of(1, 0, 0), SIDE, f3_of(0.080f * h, 0.026f * h, 0.058f * h),
                      0.015f * h, MATERIAL_BAG);
    f3 back = f3_add(at->neck, f3_of(-0.04f * h, 0.045f * h, -0.02f * h));
    f3 top = f3_add(at->neck, f3_of(0.015f * h, 0.05f * h, 0));
    f3 chest = f3_add(f3_mix(at->pelvis, at->neck, 0.60f), f3_of(0.086f * h, -0.02f * h, 0));
    f3 low = f3_add(middle, f3_of(0.045f * h, 0.01f * h, 0.05f * h));
    mesh_bar(m, back, top, SIDE, 0.018f * h, 0.008f * h, MATERIAL_BAG);
    mesh_bar(m, top, chest, SIDE, 0.018f * h, 0.008f * h, MATERIAL_BAG);
    mesh_bar(m, chest, low, SIDE, 0.018f * h, 0.008f * h, MATERIAL_BAG);
  }
}

static void keypoints(mesh *m, const person_shape *who, const person_joints *at) {
  f3 nose, eye[2], ear[2];
  person_face(who, at, &nose, eye, ear);
  const f3 all[KEYPOINT_COUNT] = {
      [KEYPOINT_NOSE] = nose,
      [KEYPOINT_LEFT_EYE] = eye[1],
      [KEYPOINT_RIGHT_EYE] = eye[0],
      [KEYPOINT_LEFT_EAR] = ear[1],
      [KEYPOINT_RIGHT_EAR] = ear[0],
      [KEYPOINT_LEFT_SHOULDER] = at->shoulder[1],
      [KEYPOINT_RIGHT_SHOULDER] = at->shoulder[0],
      [KEYPOINT_LEFT_ELBOW] = at->elbow[1],
      [KEYPOINT_RIGHT_ELBOW] = at->elbow[0],
      [KEYPOINT_LEFT_WRIST] = at->wrist[1],
      [KEYPOINT_RIGHT_WRIST] = at->wrist[0],
      [KEYPOINT_LEFT_HIP] = at->hip[1],
      [KEYPOINT_RIGHT_HIP] = at->hip[0],
      [KEYPOINT_LEFT_KNEE] = at->knee[1],
      [KEYPOINT_RIGHT_KNEE] = at->knee[0],
      [KEYPOINT_LEFT_ANKLE] = at->ankle[1],
      [KEYPOINT_RIGHT_ANKLE] = at->ankle[0],
  };
  for (int i = 0; i < KEYPOINT_COUNT; i++) {
    const float p[3] = {all[i].x, all[i].y, all[i].z};
    memcpy(m->keypoints[i], p, sizeof p);
  }
  m->has_keypoints = true;
}

void person_points(mesh *m, const person_shape *who, const person_joints *at) {
  torso(m, who, at);
  for (int side = 0; side < 2; side++) {
    leg(m, who, at, side);
    arm(m, who, at, side);
  }
  bag(m, who, at);
  person_head(m, who, at);
  keypoints(m, who, at);
}
