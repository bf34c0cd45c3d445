// SPDX-License-Identifier: Apache-2.0
// Who walks about, and the walk itself.
#include "render/asset_person.h"

#include <math.h>

#include "scenes/person.h"

static const float DEG = 0.017453293f;

static const person_shape shapes[PERSON_SHAPES] = {
    // height shoulder hip waist limb head bust
    {1.78f, 0.118f, 0.094f, 0.084f, 1.00f, 1.00f, 0, HAIR_SHORT, LEGS_TROUSERS, TOP_LONG, BAG_NONE,
     0, HOLD_NOTHING, false},
    {1.66f, 0.104f, 0.099f, 0.072f, 0.88f, 1.00f, 1, HAIR_LONG, LEGS_TROUSERS, TOP_COAT,
     BAG_SHOULDER, 0, HOLD_NOTHING, false},
    {1.82f, 0.122f, 0.097f, 0.090f, 1.06f, 0.99f, 0, HAIR_SHORT, LEGS_TROUSERS, TOP_COAT, BAG_NONE,
     0, HOLD_NOTHING, false},
    {1.64f, 0.103f, 0.100f, 0.072f, 0.88f, 1.01f, 1, HAIR_BUN, LEGS_SKIRT, TOP_LONG, BAG_SHOULDER,
     0, HOLD_NOTHING, false},
    {1.74f, 0.117f, 0.094f, 0.084f, 0.98f, 1.00f, 0, HAIR_CAP, LEGS_SHORTS, TOP_SHORT_SLEEVES,
     BAG_PACK, 0, HOLD_NOTHING, false},
    {1.69f, 0.105f, 0.098f, 0.074f, 0.90f, 1.00f, 1, HAIR_LONG, LEGS_TROUSERS, TOP_SHORT_SLEEVES,
     BAG_PACK, 0, HOLD_NOTHING, false},
    {1.75f, 0.121f, 0.104f, 0.102f, 1.14f, 1.00f, 0, HAIR_SHORT, LEGS_TROUSERS, TOP_SHORT_SLEEVES,
     BAG_NONE, 0, HOLD_NOTHING, false},
    {1.62f, 0.107f, 0.108f, 0.092f, 1.00f, 1.01f, 1, HAIR_SHORT, LEGS_TROUSERS, TOP_LONG,
     BAG_SHOULDER, 0, HOLD_NOTHING, false},
    {1.71f, 0.103f, 0.096f, 0.070f, 0.85f, 0.99f, 1, HAIR_LONG, LEGS_SKIRT, TOP_SHORT_SLEEVES,
     BAG_NONE, 0, HOLD_NOTHING, false},
    {1.76f, 0.117f, 0.095f, 0.086f, 1.00f, 1.00f, 0, HAIR_CAP, LEGS_TROUSERS, TOP_COAT, BAG_PACK, 0,
     HOLD_NOTHING, false},
    {1.70f, 0.116f, 0.096f, 0.090f, 0.98f, 1.01f, 0, HAIR_SHORT, LEGS_TROUSERS, TOP_LONG, BAG_PACK,
     0, HOLD_NOTHING, false},
    // children
    {1.28f, 0.108f, 0.092f, 0.080f, 0.96f, 1.24f, 0, HAIR_SHORT, LEGS_TROUSERS, TOP_LONG, BAG_PACK,
     0, HOLD_NOTHING, false},
    {1.22f, 0.106f, 0.092f, 0.078f, 0.94f, 1.26f, 0, HAIR_LONG, LEGS_SKIRT, TOP_LONG, BAG_NONE, 0,
     HOLD_NOTHING, false},
    {1.36f, 0.109f, 0.092f, 0.079f, 0.95f, 1.20f, 0, HAIR_CAP, LEGS_SHORTS, TOP_SHORT_SLEEVES,
     BAG_NONE, 0, HOLD_NOTHING, false},
    // old people
    {1.70f, 0.115f, 0.098f, 0.098f, 0.96f, 1.02f, 0, HAIR_SHORT, LEGS_TROUSERS, TOP_COAT, BAG_NONE,
     0.045f, HOLD_STICK, false},
    {1.58f, 0.106f, 0.108f, 0.094f, 0.95f, 1.03f, 1, HAIR_BUN, LEGS_SKIRT, TOP_COAT, BAG_SHOULDER,
     0.050f, HOLD_NOTHING, false},
    {1.71f, 0.112f, 0.095f, 0.088f, 0.92f, 1.02f, 0, HAIR_CAP, LEGS_TROUSERS, TOP_LONG, BAG_NONE,
     0.035f, HOLD_NOTHING, false},
    {1.60f, 0.105f, 0.104f, 0.086f, 0.92f, 1.03f, 1, HAIR_SHORT, LEGS_TROUSERS, TOP_LONG,
     BAG_SHOULDER, 0.055f, HOLD_STICK, false},
};
// Boxes around all phases, l and w as shares of the height.
static const float boxes[PERSON_SHAPES][2] = {
    {0.47f, 0.32f}, {0.47f, 0.33f}, {0.47f, 0.33f}, {0.46f, 0.33f}, {0.48f, 0.31f}, {0.47f, 0.31f},
    {0.47f, 0.34f}, {0.47f, 0.34f}, {0.47f, 0.30f}, {0.48f, 0.32f}, {0.48f, 0.32f}, {0.48f, 0.31f},
    {0.47f, 0.30f}, {0.48f, 0.30f}, {0.47f, 0.33f}, {0.47f, 0.33f}, {0.47f, 0.33f}, {0.47f, 0.33f},
};

// Joint angles over a cycle from heel strike, in tenths of it, degrees of flexion: the
// means of normal gait as gait laboratories publish them, hip reduced for short steps.
static const float hip_deg[11] = {27, 23, 15, 6, -3, -9, -4, 10, 23, 29, 27};
static const float knee_deg[11] = {6, 16, 17, 11, 7, 11, 36, 60, 46, 16, 6};
static const float ankle_deg[11] = {1, -4, 3, 7, 10, 5, -14, -7, 1, 2, 1};

person_shape person_shape_of(int variant) {
  person_shape who = shapes[variant % PERSON_SHAPES];
  person_load load = (person_load)(variant % PERSON_VARIANTS / PERSON_SHAPES);
  if (load == LOAD_UMBRELLA || load == LOAD_UMBRELLA_LEASH)
    who.hold = HOLD_UMBRELLA;
  if (load == LOAD_PRAM)
    who.hold = HOLD_PRAM;
  if (load == LOAD_PRAM && who.bag == BAG_SHOULDER)
    who.bag = BAG_NONE; // it would hang in the arm
  who.leash = load == LOAD_LEASH || load == LOAD_UMBRELLA_LEASH;
  return who;
}

int person_variant(uint32_t asset_seed, const double size_m[3]) {
  enum { DRAWS = 5 };
  int first = asset_seed & PERSON_LOOKS_CHILD ? PERSON_ADULTS
              : asset_seed & PERSON_LOOKS_OLD ? PERSON_ADULTS + PERSON_CHILDREN
                                              : 0;
  int count = asset_seed & PERSON_LOOKS_CHILD ? PERSON_CHILDREN
              : asset_seed & PERSON_LOOKS_OLD ? PERSON_OLD
                                              : PERSON_ADULTS;
  bool umbrella = asset_seed & PERSON_HAS_UMBRELLA, leash = asset_seed & PERSON_HAS_LEASH;
  person_load load = asset_seed & PERSON_PUSHES_PRAM ? LOAD_PRAM
                     : umbrella && leash             ? LOAD_UMBRELLA_LEASH
                     : umbrella                      ? LOAD_UMBRELLA
                     : leash                         ? LOAD_LEASH
                                                     : LOAD_NONE;
  double height = size_m[2] - (umbrella ? PERSON_UMBRELLA_RISE_M : 0), least = INFINITY;
  // A few draws by the seed; of these who is as tall, so that nobody is stretched.
  int best = first;
  uint32_t state = asset_seed & PERSON_LOOK_BITS;
  for (int i = 0; i < DRAWS; i++) {
    state = state * 747796405u + 2891336453u;
    int shape = first + (int)((state >> 8) % (uint32_t)count);
    double off = fabs(height - (double)shapes[shape].height_m);
    if (off < least)
      least = off, best = shape;
  }
  return best + PERSON_SHAPES * (int)load;
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
  f3 hand;
  if (who->hold == HOLD_PRAM)
    hand = f3_of(0.205f * h, y * 0.125f * h, 0.60f * h);
  else if (side == 1 && who->leash)
    hand = f3_of(0.055f * h, 0.135f * h, 0.515f * h);
  else if (side == 0 && who->hold == HOLD_STICK)
    hand = f3_of((still ? 0.10f : 0.08f + 0.35f * swing) * h, y * 0.125f * h, 0.485f * h);
  else if (side == 0 && who->hold == HOLD_UMBRELLA)
    hand = f3_of(0.125f * h, y * 0.075f * h, 0.665f * h);
  else
    return;
  out->wrist[side] = hand;
  out->elbow[side] =
      person_bend(out->shoulder[side], hand, 0.168f * h, 0.145f * h, f3_of(-0.6f, y * 0.5f, -0.6f));
}

void person_walk(const person_shape *who, int phase, person_joints *out) {
  float h = who->height_m, gait = (float)phase / 8;
  bool still = phase >= PERSON_STANDING;
  out->pelvis = f3_of(0, 0, 0.526f * h);
  out->neck = f3_of((still ? 0 : 0.018f * h) + who->stoop * h, 0, (0.842f - 0.3f * who->stoop) * h);
  out->look = f3_unit(f3_of(1, 0, -2.5f * who->stoop));
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

void person_sit(const person_shape *who, const person_seat *on, person_joints *out) {
  float h = who->height_m, bone = 0.243f * h;
  f3 up = {sinf(on->lean_rad), 0, cosf(on->lean_rad)};
  out->pelvis = on->pelvis;
  out->neck = f3_add(on->pelvis, f3_scale(up, 0.316f * h));
  out->look = f3_unit(f3_of(1, 0, -0.08f));
  for (int side = 0; side < 2; side++) {
    float y = side ? 1.0f : -1.0f;
    out->hip[side] = f3_add(out->pelvis, f3_of(0, y * 0.05f * h, 0));
    out->ankle[side] = on->ankles[side];
    out->knee[side] = person_bend(out->hip[side], on->ankles[side], bone, bone,
                                  f3_of(1, y * on->knees_out, 0.35f));
    out->foot[side] = f3_of(1, 0.08f * y, -0.12f);
    f3 shoulder = f3_add(out->neck, f3_scale(up, -0.036f * h));
    out->shoulder[side] = f3_add(shoulder, f3_of(0.01f * h, y * (who->shoulder - 0.026f) * h, 0));
    out->wrist[side] = on->hands[side];
    out->elbow[side] = person_bend(out->shoulder[side], on->hands[side], 0.168f * h, 0.145f * h,
                                   f3_of(-0.2f, y * 0.8f, -0.8f));
  }
}

void person_size(int variant, double size_m[3]) {
  variant %= PERSON_VARIANTS;
  int shape = variant % PERSON_SHAPES;
  double h = (double)shapes[shape].height_m;
  size_m[0] = (double)boxes[shape][0] * h;
  size_m[1] = (double)boxes[shape][1] * h;
  size_m[2] = h;
  person_shape who = person_shape_of(variant);
  uint32_t held = (who.hold == HOLD_UMBRELLA ? PERSON_HAS_UMBRELLA : 0) |
                  (who.hold == HOLD_PRAM ? PERSON_PUSHES_PRAM : 0) |
                  (who.leash ? PERSON_HAS_LEASH : 0);
  if (held)
    person_box(held, h, size_m);
}

// Puts the lower shoe on the ground. Joints follow.
static void lower_to_ground(mesh *m, person_joints *at) {
  float lo[3], hi[3];
  mesh_bounds(m, lo, hi);
  for (int i = 0; i < m->vertex_count; i++)
    m->vertices[i].p[2] -= lo[2];
  for (int i = 0; i < KEYPOINT_COUNT; i++)
    m->keypoints[i][2] -= lo[2];
  for (int side = 0; side < 2; side++) {
    f3 *of[] = {&at->hip[side],      &at->knee[side],  &at->ankle[side],
                &at->shoulder[side], &at->elbow[side], &at->wrist[side]};
    for (size_t k = 0; k < sizeof of / sizeof *of; k++)
      of[k]->z -= lo[2];
  }
  at->pelvis.z -= lo[2], at->neck.z -= lo[2];
}

void person_build(int variant, mesh out[PERSON_PHASES]) {
  const person_shape shape = person_shape_of(variant), *who = &shape;
  for (int phase = 0; phase < PERSON_PHASES; phase++) {
    person_joints joints;
    person_walk(who, phase, &joints);
    person_points(&out[phase], who, &joints);
    lower_to_ground(&out[phase], &joints);
    person_held(&out[phase], who, &joints);
  }
  double size_m[3];
  person_size(variant, size_m);
  mesh_fit_phases(out, PERSON_PHASES, 60, size_m);
}
