// SPDX-License-Identifier: Apache-2.0
// Who walks about, and the walk itself.
#include "render/asset_person.h"

#include <math.h>

static const float DEG = 0.017453293f;

static const person_shape shapes[PERSON_VARIANTS] = {
    // height shoulder hip waist limb head bust
    {1.78f, 0.118f, 0.094f, 0.084f, 1.00f, 1.00f, 0, HAIR_SHORT, LEGS_TROUSERS, TOP_LONG, BAG_NONE},
    {1.66f, 0.104f, 0.099f, 0.072f, 0.88f, 1.00f, 1, HAIR_LONG, LEGS_TROUSERS, TOP_COAT,
     BAG_SHOULDER},
    {1.82f, 0.122f, 0.097f, 0.090f, 1.06f, 0.99f, 0, HAIR_SHORT, LEGS_TROUSERS, TOP_COAT, BAG_NONE},
    {1.64f, 0.103f, 0.100f, 0.072f, 0.88f, 1.01f, 1, HAIR_BUN, LEGS_SKIRT, TOP_LONG, BAG_SHOULDER},
    {1.74f, 0.117f, 0.094f, 0.084f, 0.98f, 1.00f, 0, HAIR_CAP, LEGS_SHORTS, TOP_SHORT_SLEEVES,
     BAG_PACK},
    {1.69f, 0.105f, 0.098f, 0.074f, 0.90f, 1.00f, 1, HAIR_LONG, LEGS_TROUSERS, TOP_SHORT_SLEEVES,
     BAG_PACK},
    {1.75f, 0.121f, 0.104f, 0.102f, 1.14f, 1.00f, 0, HAIR_SHORT, LEGS_TROUSERS, TOP_SHORT_SLEEVES,
     BAG_NONE},
    {1.62f, 0.107f, 0.108f, 0.092f, 1.00f, 1.01f, 1, HAIR_SHORT, LEGS_TROUSERS, TOP_LONG,
     BAG_SHOULDER},
    {1.71f, 0.103f, 0.096f, 0.070f, 0.85f, 0.99f, 1, HAIR_LONG, LEGS_SKIRT, TOP_SHORT_SLEEVES,
     BAG_NONE},
    {1.76f, 0.117f, 0.095f, 0.086f, 1.00f, 1.00f, 0, HAIR_CAP, LEGS_TROUSERS, TOP_COAT, BAG_PACK},
    {1.70f, 0.116f, 0.096f, 0.090f, 0.98f, 1.01f, 0, HAIR_SHORT, LEGS_TROUSERS, TOP_LONG, BAG_PACK},
    // children
    {1.28f, 0.108f, 0.092f, 0.080f, 0.96f, 1.24f, 0, HAIR_SHORT, LEGS_TROUSERS, TOP_LONG, BAG_PACK},
    {1.22f, 0.106f, 0.092f, 0.078f, 0.94f, 1.26f, 0, HAIR_LONG, LEGS_SKIRT, TOP_LONG, BAG_NONE},
    {1.36f, 0.109f, 0.092f, 0.079f, 0.95f, 1.20f, 0, HAIR_CAP, LEGS_SHORTS, TOP_SHORT_SLEEVES,
     BAG_NONE},
};
// Boxes around all phases, l and w as shares of the height.
static const float boxes[PERSON_VARIANTS][2] = {
    {0.47f, 0.32f}, {0.47f, 0.33f}, {0.47f, 0.33f}, {0.46f, 0.33f}, {0.48f, 0.31f},
    {0.47f, 0.31f}, {0.47f, 0.34f}, {0.47f, 0.34f}, {0.47f, 0.30f}, {0.48f, 0.32f},
    {0.48f, 0.32f}, {0.48f, 0.31f}, {0.47f, 0.30f}, {0.48f, 0.30f},
};

// Joint angles over a cycle from heel strike, in tenths of it, degrees of flexion: the
// means of normal gait as gait laboratories publish them, hip reduced for short steps.
static const float hip_deg[11] = {27, 23, 15, 6, -3, -9, -4, 10, 23, 29, 27};
static const float knee_deg[11] = {6, 16, 17, 11, 7, 11, 36, 60, 46, 16, 6};
static const float ankle_deg[11] = {1, -4, 3, 7, 10, 5, -14, -7, 1, 2, 1};

person_shape person_shape_of(int variant) {
  return shapes[variant % PERSON_VARIANTS];
}

static float over_cycle(const float *tenths, float gait) {
  float at = (gait - floorf(gait)) * 10;
  int i = (int)at;
  return (tenths[i] + (tenths[i + 1] - tenths[i]) * (at - (float)i)) * DEG;
}

static f3 hang(f3 from, float length, float angle, float aside) {
  return f3_add(
      from,
      f3_scale(f3_of(sinf(angle) * cosf(aside), sinf(aside), -cosf(angle) * cosf(aside)), length));
}

static void walk_leg(const person_shape *who, person_joints *out, int side, float gait,
                     bool still) {
  float h = who->height_m, y = side ? 1.0f : -1.0f;
  float hip = still ? 0 : over_cycle(hip_deg, gait), knee = still ? 0 : over_cycle(knee_deg, gait);
  float ankle = still ? 0 : over_cycle(ankle_deg, gait);
  float in = still ? 0.035f * y : -0.035f * y; // walkers set their feet near the middle line
  out->hip[side] = f3_add(out->pelvis, f3_of(0, y * 0.050f * h, 0));
  out->knee[side] = hang(out->hip[side], 0.243f * h, hip, in);
  out->ankle[side] = hang(out->knee[side], 0.243f * h, hip - knee, in * 0.5f);
  float pitch = hip - knee + ankle;
  out->foot[side] = f3_of(cosf(pitch), 0.13f * y * cosf(pitch), sinf(pitch));
}

static void walk_arm(const person_shape *who, person_joints *out, int side, float gait,
                     bool still) {
  float h = who->height_m, y = side ? 1.0f : -1.0f;
  // An arm goes with the other side's leg.
  float swing = still ? 2 * DEG : 0.75f * (over_cycle(hip_deg, gait + 0.5f) - 9 * DEG);
  float elbow = still ? 10 * DEG : (14 + 16 * fmaxf(0, swing / (14 * DEG))) * DEG;
  out->shoulder[side] = f3_add(
      out->neck, f3_of(0.25f * swing * 0.1f * h, y * (who->shoulder - 0.024f) * h, -0.036f * h));
  out->elbow[side] = hang(out->shoulder[side], 0.168f * h, swing, y * 0.14f);
  out->wrist[side] = hang(out->elbow[side], 0.145f * h, swing + elbow, y * 0.02f);
}

void person_walk(const person_shape *who, int phase, person_joints *out) {
  float h = who->height_m, gait = (float)phase / 8;
  bool still = phase >= PERSON_STANDING;
  out->pelvis = f3_of(0, 0, 0.526f * h);
  out->neck = f3_of(still ? 0 : 0.018f * h, 0, 0.842f * h);
  out->look = f3_of(1, 0, 0);
  for (int side = 0; side < 2; side++) {
    float own = gait + (side ? 0.5f : 0);
    walk_leg(who, out, side, own, still);
    walk_arm(who, out, side, own, still);
  }
}

f3 person_bend(f3 from, f3 to, float first, float second, f3 towards) {
  f3 line = f3_sub(to, from);
  float d = f3_length(line);
  f3 along = f3_unit(line);
  if (d >= first + second)
    return f3_add(from, f3_scale(line, first / (first + second)));
  float x = (first * first - second * second + d * d) / (2 * d);
  float off = sqrtf(fmaxf(0, first * first - x * x));
  f3 out = f3_unit(f3_sub(towards, f3_scale(along, f3_dot(towards, along))));
  return f3_add(from, f3_add(f3_scale(along, x), f3_scale(out, off)));
}

void person_size(int variant, double size_m[3]) {
  variant %= PERSON_VARIANTS;
  double h = shapes[variant].height_m;
  size_m[0] = boxes[variant][0] * h;
  size_m[1] = boxes[variant][1] * h;
  size_m[2] = h;
}

static void lower_to_ground(mesh *m) {
  float lo[3], hi[3];
  mesh_bounds(m, lo, hi);
  for (int i = 0; i < m->vertex_count; i++)
    m->vertices[i].p[2] -= lo[2];
  for (int i = 0; i < KEYPOINT_COUNT; i++)
    m->keypoints[i][2] -= lo[2];
}

void person_build(int variant, mesh out[PERSON_PHASES]) {
  person_shape who = person_shape_of(variant);
  float lo[3], hi[3];
  for (int phase = 0; phase < PERSON_PHASES; phase++) {
    person_joints joints;
    person_walk(&who, phase, &joints);
    person_points(&out[phase], &who, &joints);
    lower_to_ground(&out[phase]);
    float a[3], b[3];
    mesh_bounds(&out[phase], a, b);
    for (int k = 0; k < 3; k++) {
      lo[k] = phase ? fminf(lo[k], a[k]) : a[k];
      hi[k] = phase ? fmaxf(hi[k], b[k]) : b[k];
    }
  }
  // The box of all phases maps onto the variant's box, so that phases fit each other.
  double size_m[3];
  person_size(variant, size_m);
  for (int phase = 0; phase < PERSON_PHASES; phase++) {
    mesh_smooth(&out[phase], 60);
    mesh_fit_from(&out[phase], lo, hi, size_m);
  }
}
