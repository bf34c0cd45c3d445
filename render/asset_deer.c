// SPDX-License-Identifier: Apache-2.0
// Deer: swept trunk, neck and head, legs of three bones; they bound, both hind legs and both
// forelegs nearly together, and stand.
#include "render/asset_deer.h"

#include <math.h>

#include "render/asset_person.h"

static const f3 SIDE = {0, 1, 0};
static const float TURN = 6.2831853f;

// Lengths are shares of the height at the shoulder but for the first.
typedef struct deer_shape {
  float shoulder_m, length, neck, chest;
  float antlers; // length of a beam, 0 none
} deer_shape;

static const deer_shape shapes[DEER_VARIANTS] = {
    {0.74f, 1.06f, 1.00f, 1.00f, 0},     // a roe doe
    {0.76f, 1.06f, 1.00f, 1.04f, 0.26f}, // a roebuck
    {0.95f, 1.12f, 0.96f, 1.04f, 0},     // a fallow or white-tailed doe
    {1.16f, 1.14f, 0.98f, 1.12f, 0.66f}, // a red stag
};

// The trunk of one phase: raised, and turned nose up.
typedef struct stance {
  const deer_shape *d;
  float lift, pitch_rad;
} stance;

static f3 at(const stance *s, float x, float y, float z) {
  float c = cosf(s->pitch_rad), n = sinf(s->pitch_rad), up = z - 0.75f;
  f3 p = {c * x - n * up, y, 0.75f + s->lift + n * x + c * up};
  return f3_scale(p, s->d->shoulder_m);
}

static void swept(mesh *m, const stance *s, const float (*ring)[4], int count, int segments,
                  material what) {
  f3 path[12];
  float radii[12][2];
  for (int i = 0; i < count; i++) {
    path[i] = at(s, ring[i][0], 0, ring[i][1]);
    radii[i][0] = ring[i][2] * s->d->shoulder_m, radii[i][1] = ring[i][3] * s->d->shoulder_m;
  }
  mesh_sweep(m, path, radii, count, SIDE, segments, 0.5f, what);
}

static void trunk(mesh *m, const stance *s) {
  float l = s->d->length / 2, c = s->d->chest;
  const float body[9][4] = {{-l, 0.90f, 0.05f, 0.07f},
                            {-l + 0.07f, 0.87f, 0.125f * c, 0.15f},
                            {-l + 0.22f, 0.855f, 0.15f * c, 0.175f},
                            {-0.14f, 0.83f, 0.145f * c, 0.165f},
                            {0.06f, 0.80f, 0.155f * c, 0.19f * c},
                            {l - 0.24f, 0.78f, 0.155f * c, 0.215f * c},
                            {l - 0.10f, 0.80f, 0.135f * c, 0.195f * c},
                            {l, 0.85f, 0.10f * c, 0.14f * c},
                            {l + 0.04f, 0.90f, 0.07f, 0.10f}};
  swept(m, s, body, 9, 12, MATERIAL_TOP);
  // The pale mirror of the rump, and a short tail.
  mesh_ball(m, at(s, -l + 0.03f, 0, 0.86f),
            f3_scale(f3_of(0.05f, 0.10f * c, 0.12f), s->d->shoulder_m), 10, 6, MATERIAL_TROUSERS);
  const float tail[3][4] = {{-l + 0.02f, 0.96f, 0.035f, 0.035f},
                            {-l - 0.05f, 0.92f, 0.04f, 0.03f},
                            {-l - 0.08f, 0.84f, 0.015f, 0.015f}};
  swept(m, s, tail, 3, 7, MATERIAL_TOP);
}

// How far the neck reaches forward and up from the shoulder.
static void neck_end(const stance *s, float *x, float *z) {
  *x = s->d->length / 2 + 0.22f * s->d->neck;
  *z = 1.36f * s->d->neck;
}

static void antlers(mesh *m, const stance *s, float x, float z) {
  float b = s->d->antlers, thick = 0.012f + 0.02f * b;
  for (int side = -1; side <= 1 && b > 0; side += 2) {
    float y = (float)side;
    const f3 beam[4] = {at(s, x - 0.03f, 0.045f * y, z + 0.09f),
                        at(s, x - 0.10f, 0.20f * b * y + 0.06f * y, z + 0.12f + 0.35f * b),
                        at(s, x - 0.10f, 0.42f * b * y + 0.07f * y, z + 0.12f + 0.72f * b),
                        at(s, x - 0.02f, 0.46f * b * y + 0.07f * y, z + 0.12f + b)};
    float r = thick * s->d->shoulder_m;
    const float radii[4][2] = {
        {1.25f * r, 1.25f * r}, {r, r}, {0.8f * r, 0.8f * r}, {0.2f * r, 0.2f * r}};
    mesh_sweep(m, beam, radii, 4, f3_of(1, 0, 0), 6, 0.3f, MATERIAL_BAG);
    for (int k = 0; k < (b > 0.5f ? 3 : 1); k++) { // tines, forward
      f3 root = k == 0 ? f3_mix(beam[0], beam[1], 0.25f) : f3_mix(beam[k], beam[k + 1], 0.4f);
      f3 tip = f3_add(root, f3_scale(f3_of(0.26f, 0.04f * y, 0.16f), b * s->d->shoulder_m));
      const f3 tine[3] = {root, f3_add(f3_mix(root, tip, 0.5f), f3_of(0, 0, -0.02f * b)), tip};
      const float thin[3][2] = {{0.8f * r, 0.8f * r}, {0.6f * r, 0.6f * r}, {0.15f * r, 0.15f * r}};
      mesh_sweep(m, tine, thin, 3, SIDE, 5, 0.3f, MATERIAL_BAG);
    }
  }
}

static void head(mesh *m, const stance *s) {
  float x, z, l = s->d->length / 2, c = s->d->chest, h = s->d->shoulder_m;
  neck_end(s, &x, &z);
  const float neck[4][4] = {{l - 0.12f, 0.88f, 0.10f * c, 0.16f * c},
                            {l + 0.02f, 1.04f, 0.08f * c, 0.125f * c},
                            {x - 0.08f, z - 0.14f, 0.062f, 0.085f},
                            {x - 0.02f, z - 0.02f, 0.055f, 0.07f}};
  swept(m, s, neck, 4, 10, MATERIAL_TOP);
  const float skull[7][4] = {
      {x - 0.09f, z + 0.03f, 0.045f, 0.05f},   {x - 0.03f, z + 0.045f, 0.072f, 0.078f},
      {x + 0.05f, z + 0.02f, 0.074f, 0.075f},  {x + 0.13f, z - 0.03f, 0.052f, 0.056f},
      {x + 0.21f, z - 0.075f, 0.040f, 0.044f}, {x + 0.26f, z - 0.10f, 0.038f, 0.038f},
      {x + 0.28f, z - 0.105f, 0.026f, 0.026f}};
  swept(m, s, skull, 7, 9, MATERIAL_TOP);
  mesh_ball(m, at(s, x + 0.285f, 0, z - 0.095f), f3_scale(f3_of(0.018f, 0.026f, 0.02f), h), 7, 4,
            MATERIAL_POST_BLACK);
  mesh_ball(m, at(s, x + 0.20f, 0, z - 0.105f), f3_scale(f3_of(0.07f, 0.036f, 0.03f), h), 8, 5,
            MATERIAL_TROUSERS);
  for (int side = -1; side <= 1; side += 2) {
    float y = (float)side;
    mesh_ball(m, at(s, x + 0.06f, 0.066f * y, z + 0.035f), f3_scale(f3_of(0.02f, 0.014f, 0.02f), h),
              7, 5, MATERIAL_POST_BLACK);
    f3 root = at(s, x - 0.05f, 0.05f * y, z + 0.085f), tip = at(s, x - 0.12f, 0.19f * y, z + 0.19f);
    const f3 ear[4] = {root, f3_mix(root, tip, 0.35f), f3_mix(root, tip, 0.7f), tip};
    const float wide[4][2] = {{0.02f * h, 0.022f * h},
                              {0.018f * h, 0.05f * h},
                              {0.014f * h, 0.045f * h},
                              {0.006f * h, 0.01f * h}};
    mesh_sweep(m, ear, wide, 4, f3_of(1, 0, 0), 8, 0.4f, MATERIAL_TOP);
  }
  antlers(m, s, x, z);
}

// A leg over its cycle from when the hoof lands: where the hoof is from below the hip, in shares
// of the shoulder's height.
static void hoof_of(float gait, float reach, float *ahead, float *up) {
  const float down = 0.28f;
  gait -= floorf(gait);
  if (gait < down) {
    *ahead = reach * (1 - 2 * gait / down);
    *up = 0;
    return;
  }
  float u = (gait - down) / (1 - down), ease = u * u * (3 - 2 * u);
  *ahead = reach * (2 * ease - 1);
  *up = 0.30f * sinf(3.1415927f * u);
}

static void leg(mesh *m, const stance *s, bool front, int side, float gait, bool still) {
  float l = s->d->length / 2, y = (side ? 1.0f : -1.0f) * 0.10f * s->d->chest, h = s->d->shoulder_m;
  f3 hip = at(s, front ? l - 0.16f : -l + 0.17f, y, front ? 0.74f : 0.82f);
  float ahead = 0, up = 0;
  if (!still)
    hoof_of(gait, front ? 0.46f : 0.52f, &ahead, &up);
  f3 hoof = f3_of(hip.x + (ahead + (front ? 0.02f : -0.10f)) * h, y * 0.8f * h, (up + 0.035f) * h);
  // Front: elbow back, wrist; hind: knee forward, hock back.
  f3 ankle = f3_add(hoof, f3_scale(f3_of(front ? -0.02f - 0.25f * up : -0.10f - 0.2f * up, 0,
                                         front ? 0.15f : 0.25f),
                                   h));
  float upper = (front ? 0.315f : 0.36f) * h, lower = (front ? 0.30f : 0.31f) * h;
  f3 knee = person_bend(hip, ankle, upper, lower, f3_of(front ? -1 : 1, 0, 0));
  const f3 path[7] = {hip,   f3_mix(hip, knee, 0.55f),   knee, f3_mix(knee, ankle, 0.5f),
                      ankle, f3_mix(ankle, hoof, 0.65f), hoof};
  static const float thick[2][7] = {{0.135f, 0.115f, 0.07f, 0.042f, 0.032f, 0.022f, 0.024f},
                                    {0.09f, 0.078f, 0.05f, 0.036f, 0.030f, 0.021f, 0.024f}};
  float radii[7][2];
  for (int i = 0; i < 7; i++)
    radii[i][0] = thick[front][i] * h * 0.72f, radii[i][1] = thick[front][i] * h;
  mesh_sweep(m, path, radii, 7, SIDE, 8, 0.4f, MATERIAL_TOP);
  mesh_ball(m, f3_add(hoof, f3_scale(f3_of(0.015f, 0, -0.005f), h)),
            f3_scale(f3_of(0.042f, 0.028f, 0.03f), h), 7, 4, MATERIAL_SHOE);
}

void deer_size(int variant, double size_m[3]) {
  // The box round all phases, as they come out; shares of the height at the shoulder.
  static const double shares[DEER_VARIANTS][3] = {
      {2.228, 0.394, 1.664}, {2.228, 0.402, 1.856}, {2.272, 0.402, 1.611}, {2.299, 0.775, 2.230}};
  variant %= DEER_VARIANTS;
  for (int k = 0; k < 3; k++)
    size_m[k] = shares[variant][k] * (double)shapes[variant].shoulder_m;
}

void deer_build(int variant, mesh out[DEER_PHASES]) {
  const deer_shape *d = &shapes[variant % DEER_VARIANTS];
  for (int phase = 0; phase < DEER_PHASES; phase++) {
    bool still = phase == DEER_STANDING;
    float gait = (float)phase / DEER_STANDING;
    stance s = {.d = d};
    if (!still) {
      s.lift = 0.09f - 0.07f * cosf(TURN * (gait - 0.30f));
      s.pitch_rad = 0.13f * sinf(TURN * (gait - 0.02f));
    }
    trunk(&out[phase], &s);
    head(&out[phase], &s);
    for (int k = 0; k < 4;
         k++) { // hind legs push off, then forelegs land, each pair nearly at once
      bool front = k < 2;
      float own = gait + (front ? 0.42f : 0) + (k % 2 ? 0.07f : 0);
      leg(&out[phase], &s, front, k % 2, own, still);
    }
  }
  double size_m[3];
  deer_size(variant, size_m);
  mesh_fit_phases(out, DEER_PHASES, 60, size_m);
}
