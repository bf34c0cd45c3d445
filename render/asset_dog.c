// SPDX-License-Identifier: Apache-2.0
// Dogs: swept body, neck, head and tail; legs of three bones at a trot.
#include <math.h>

#include "render/asset_person.h"
#include "scenes/person.h"

static const f3 SIDE = {0, 1, 0};

// Lengths are shares of the height at the shoulder but for the first.
typedef struct dog_shape {
  float shoulder_m, length, chest, muzzle, ear; // ear > 0 stands, < 0 hangs
  float tail_rad;                               // up from straight back
  float fluff;                                  // thickness of fur
} dog_shape;

static const dog_shape shapes[DOG_VARIANTS] = {
    {0.55f, 1.02f, 1.00f, 1.00f, -1.0f, 0.5f, 1.00f}, // retriever
    {0.60f, 1.08f, 0.96f, 1.10f, 1.0f, -0.5f, 1.08f}, // shepherd
    {0.33f, 1.12f, 1.08f, 0.80f, -0.8f, 1.1f, 1.12f}, // terrier
    {0.44f, 1.00f, 1.02f, 0.95f, 1.0f, 1.3f, 1.04f},  // spitz
};

static f3 at(const dog_shape *d, float x, float y, float z) {
  return f3_scale(f3_of(x, y, z), d->shoulder_m);
}

static void swept(mesh *m, const dog_shape *d, const float (*ring)[4], int count, float y,
                  material what) {
  f3 path[12];
  float radii[12][2];
  for (int i = 0; i < count; i++) {
    path[i] = at(d, ring[i][0], y, ring[i][1]);
    radii[i][0] = ring[i][2] * d->shoulder_m, radii[i][1] = ring[i][3] * d->shoulder_m;
  }
  mesh_sweep(m, path, radii, count, SIDE, 10, 0.5f, what);
}

static void trunk(mesh *m, const dog_shape *d) {
  float l = d->length / 2, c = d->chest * d->fluff;
  const float body[9][4] = {
      {-l - 0.03f, 0.80f, 0.07f, 0.09f},          {-l + 0.06f, 0.79f, 0.135f * c, 0.155f * c},
      {-l + 0.22f, 0.78f, 0.145f * c, 0.16f * c}, {-0.10f, 0.79f, 0.135f * c, 0.15f * c},
      {0.10f, 0.77f, 0.155f * c, 0.19f * c},      {l - 0.20f, 0.745f, 0.165f * c, 0.225f * c},
      {l - 0.06f, 0.76f, 0.15f * c, 0.20f * c},   {l + 0.04f, 0.80f, 0.11f * c, 0.14f * c},
      {l + 0.08f, 0.83f, 0.07f * c, 0.09f * c}};
  swept(m, d, body, 9, 0, MATERIAL_HAIR);
  const float neck[4][4] = {{l - 0.10f, 0.84f, 0.13f * c, 0.15f * c},
                            {l + 0.05f, 0.98f, 0.105f * c, 0.125f * c},
                            {l + 0.16f, 1.12f, 0.09f * c, 0.105f * c},
                            {l + 0.22f, 1.20f, 0.08f, 0.09f}};
  swept(m, d, neck, 4, 0, MATERIAL_HAIR);
  // A tail of four pieces that curls up.
  f3 path[5];
  float radii[5][2], angle = d->tail_rad;
  path[0] = at(d, -l + 0.02f, 0, 0.88f);
  for (int i = 1; i < 5; i++, angle += 0.28f)
    path[i] = f3_add(path[i - 1], at(d, -0.13f * cosf(angle), 0, 0.13f * sinf(angle)));
  static const float thick[5] = {0.045f, 0.05f, 0.05f, 0.04f, 0.015f};
  for (int i = 0; i < 5; i++)
    radii[i][0] = radii[i][1] = thick[i] * d->fluff * d->fluff * d->shoulder_m;
  mesh_sweep(m, path, radii, 5, SIDE, 7, 0.5f, MATERIAL_HAIR);
}

static void head(mesh *m, const dog_shape *d) {
  float x = d->length / 2 + 0.20f, z = 1.24f, k = d->muzzle;
  const float skull[8][4] = {{x - 0.13f, z + 0.00f, 0.06f, 0.06f},
                             {x - 0.07f, z + 0.01f, 0.105f, 0.105f},
                             {x + 0.02f, z + 0.01f, 0.115f, 0.115f},
                             {x + 0.10f, z - 0.015f, 0.095f, 0.095f},
                             {x + 0.15f, z - 0.045f, 0.065f, 0.068f},
                             {x + 0.15f + 0.10f * k, z - 0.06f, 0.055f, 0.055f},
                             {x + 0.15f + 0.18f * k, z - 0.065f, 0.048f, 0.045f},
                             {x + 0.15f + 0.21f * k, z - 0.06f, 0.03f, 0.028f}};
  swept(m, d, skull, 8, 0, MATERIAL_HAIR);
  mesh_ball(m, at(d, x + 0.15f + 0.215f * k, 0, z - 0.045f), at(d, 0.022f, 0.028f, 0.022f), 7, 4,
            MATERIAL_POST_BLACK);
  for (int side = -1; side <= 1; side += 2) {
    float y = (float)side;
    mesh_ball(m, at(d, x + 0.115f, 0.062f * y, z + 0.035f), at(d, 0.018f, 0.016f, 0.018f), 6, 4,
              MATERIAL_POST_BLACK);
    bool stands = d->ear > 0;
    f3 root = at(d, x - 0.02f, 0.085f * y, z + 0.09f);
    f3 tip =
        stands ? at(d, x - 0.03f, 0.105f * y, z + 0.26f) : at(d, x + 0.03f, 0.145f * y, z - 0.09f);
    const f3 ear[3] = {root, f3_add(f3_mix(root, tip, 0.5f), at(d, 0, stands ? 0 : 0.03f * y, 0)),
                       tip};
    float s = d->shoulder_m;
    const float wide[3][2] = {
        {0.022f * s, 0.055f * s}, {0.018f * s, 0.06f * s}, {0.008f * s, 0.015f * s}};
    mesh_sweep(m, ear, wide, 3, SIDE, 7, 0.4f, MATERIAL_HAIR);
  }
  mesh_torus(m, at(d, x - 0.10f, 0, 1.075f), f3_unit(f3_of(0.6f, 0, 0.8f)), 0.118f * d->shoulder_m,
             0.018f * d->shoulder_m, 12, 5, MATERIAL_BAG);
}

// A leg's swing over its cycle from when the paw lands: angle of the whole leg, and how much
// the paw is drawn up.
static void leg(mesh *m, const dog_shape *d, bool front, int side, float gait, bool still) {
  gait -= floorf(gait);
  const float stance = 0.55f, reach = 0.42f;
  bool down = gait < stance;
  float u = down ? gait / stance : (gait - stance) / (1 - stance);
  float angle = still ? 0 : down ? reach * (1 - 2 * u) : reach * (2 * u * u * (3 - 2 * u) - 1);
  float lift = still || down ? 0 : 0.16f * sinf(3.1415927f * u);
  float l = d->length / 2, y = (side ? 1.0f : -1.0f) * 0.105f * d->chest;
  f3 hip = at(d, front ? l - 0.13f : -l + 0.12f, y, front ? 0.66f : 0.72f);
  f3 paw = at(d, hip.x / d->shoulder_m + (front ? 0.01f : -0.06f) + 0.62f * sinf(angle), y * 0.85f,
              0.045f + lift);
  // Front: elbow back, wrist; rear: knee forward, hock back.
  float upper = front ? 0.34f : 0.36f, lower = front ? 0.36f : 0.44f;
  f3 ankle = f3_add(paw, at(d, front ? -0.02f : -0.09f - 0.2f * lift, 0, front ? 0.10f : 0.21f));
  f3 knee = person_bend(hip, ankle, upper * d->shoulder_m, lower * 0.72f * d->shoulder_m,
                        f3_of(front ? -1 : 1, 0, 0));
  const f3 path[7] = {hip,
                      f3_mix(hip, knee, 0.55f),
                      knee,
                      f3_mix(knee, ankle, 0.5f),
                      ankle,
                      f3_mix(ankle, paw, 0.6f),
                      f3_add(paw, at(d, 0.015f, 0, 0))};
  static const float thick[2][7] = {{0.125f, 0.115f, 0.088f, 0.062f, 0.048f, 0.044f, 0.042f},
                                    {0.085f, 0.08f, 0.062f, 0.052f, 0.045f, 0.042f, 0.042f}};
  float radii[7][2];
  for (int i = 0; i < 7; i++)
    radii[i][0] = thick[front][i] * d->shoulder_m * 0.85f,
    radii[i][1] = thick[front][i] * d->shoulder_m;
  mesh_sweep(m, path, radii, 7, SIDE, 7, 0.4f, MATERIAL_HAIR);
  mesh_ball(m, f3_add(paw, at(d, 0.04f, 0, -0.005f)), at(d, 0.075f, 0.05f, 0.04f), 8, 4,
            MATERIAL_HAIR);
}

void dog_size(int variant, double size_m[3]) {
  dog_box((uint32_t)(variant % DOG_VARIANTS), 1, size_m);
}

// All phases, without normals; their common bounds.
static void points(const dog_shape *d, mesh out[PERSON_PHASES], float lo[3], float hi[3]) {
  for (int phase = 0; phase < PERSON_PHASES; phase++) {
    trunk(&out[phase], d);
    head(&out[phase], d);
    for (int k = 0; k < 4; k++) { // legs across from each other go together
      bool front = k < 2;
      int side = k % 2;
      float own = (float)phase / 8 + (front == (side == 0) ? 0 : 0.5f);
      leg(&out[phase], d, front, side, own, phase == PERSON_STANDING);
    }
    float a[3], b[3];
    mesh_bounds(&out[phase], a, b);
    for (int axis = 0; axis < 3; axis++) {
      float high = axis == 2 ? b[2] - a[2] : b[axis]; // paws come to the ground
      lo[axis] = phase ? fminf(lo[axis], a[axis]) : a[axis];
      hi[axis] = phase ? fmaxf(hi[axis], high) : high;
    }
  }
}

// Each phase stands on the ground: its own lowest paw is at 0.
static void stand(mesh *m) {
  float lo[3], hi[3];
  mesh_bounds(m, lo, hi);
  for (int i = 0; i < m->vertex_count; i++)
    m->vertices[i].p[2] -= lo[2];
}

void dog_build(int variant, mesh out[PERSON_PHASES]) {
  float lo[3], hi[3];
  points(&shapes[variant % DOG_VARIANTS], out, lo, hi);
  double size_m[3];
  dog_size(variant, size_m);
  for (int phase = 0; phase < PERSON_PHASES; phase++) {
    stand(&out[phase]);
    mesh_smooth(&out[phase], 60);
    mesh_fit_from(&out[phase], (float[3]){lo[0], lo[1], 0}, hi, size_m);
  }
}

// A leash hangs from the hand of who is 1.70 m tall, with the dog at heel (scenes/person.c), to
// the collar.
enum { LEASH_POINTS = 9 };
static const float LEASH_RADIUS_M = 0.007f;

static void leash_path(int variant, f3 path[LEASH_POINTS]) {
  const dog_shape *d = &shapes[variant % DOG_VARIANTS];
  mesh all[PERSON_PHASES] = {0};
  float lo[3], hi[3];
  points(d, all, lo, hi);
  for (int phase = 0; phase < PERSON_PHASES; phase++)
    mesh_free(&all[phase]);
  double size_m[3];
  dog_size(variant, size_m);
  f3 collar = at(d, d->length / 2 + 0.08f, -0.11f, 1.12f);
  collar.x = (collar.x - (lo[0] + hi[0]) / 2) * (float)size_m[0] / (hi[0] - lo[0]);
  collar.z *= (float)size_m[2] / hi[2];
  double ahead, left;
  person_along(THING_DOG, 1.70, &ahead, &left);
  f3 hand = {0.04f - (float)ahead, 0.21f - (float)left, 0.83f};
  for (int i = 0; i < LEASH_POINTS; i++) {
    float u = (float)i / (LEASH_POINTS - 1);
    path[i] = f3_mix(collar, hand, u);
    path[i].z -= 0.10f * 4 * u * (1 - u);
  }
}

static void leash_points(int variant, mesh *out) {
  f3 path[LEASH_POINTS];
  float radii[LEASH_POINTS][2];
  leash_path(variant, path);
  for (int i = 0; i < LEASH_POINTS; i++)
    radii[i][0] = radii[i][1] = LEASH_RADIUS_M;
  mesh_sweep(out, path, radii, LEASH_POINTS, SIDE, 5, 0.2f, MATERIAL_BAG);
}

void leash_place(int variant, double size_m[3], double middle_m[3]) {
  mesh m = {0};
  float lo[3], hi[3];
  leash_points(variant, &m);
  mesh_bounds(&m, lo, hi);
  mesh_free(&m);
  for (int k = 0; k < 3; k++) {
    size_m[k] = (double)(hi[k] - lo[k]);
    middle_m[k] = k == 2 ? (double)lo[k] : (double)(lo[k] + hi[k]) / 2;
  }
}

void leash_size(int variant, double size_m[3]) {
  double middle_m[3];
  leash_place(variant, size_m, middle_m);
}

void leash_build(int variant, mesh *out) {
  double size_m[3];
  leash_points(variant, out);
  leash_size(variant, size_m);
  mesh_finish(out, 60, size_m);
}
