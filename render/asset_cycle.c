// SPDX-License-Identifier: Apache-2.0
// Motorcycles and bicycles, each with somebody on it.
#include <math.h>

#include "render/asset_person.h"
#include "render/asset_vehicle.h"

static const f3 SIDE = {0, 1, 0};

// HAIR_SHORT: without a helmet, with hair of their own.
// People on vehicles have the vehicle's palette: their clothes come from its second colour.
static void rider(mesh *m, int variant, const person_seat *on, person_hair helmet) {
  static const int people[CYCLE_VARIANTS] = {0, 5, 10, 8, 2, 7};
  person_shape who = person_shape_of(people[variant]);
  who.bag = variant % 3 == 1 ? BAG_PACK : BAG_NONE;
  who.legs = LEGS_TROUSERS;
  who.height_m = 1.74f;
  bool covered = helmet != HAIR_SHORT;
  who.top = covered || who.top == TOP_COAT ? TOP_LONG : who.top; // coats would hang in the wheel
  who.hair = covered ? helmet : who.hair;
  person_joints joints;
  mesh body = {0};
  person_sit(&who, on, &joints);
  person_points(&body, &who, &joints);
  for (int i = 0; i < body.triangle_count; i++) {
    material is = (material)body.materials[i];
    if (is == MATERIAL_TOP)
      is = MATERIAL_RIDER_TOP;
    else if (is == MATERIAL_TROUSERS)
      is = MATERIAL_RIDER_TROUSERS;
    else if (is == MATERIAL_SKIN)
      is = variant % 3 == 2 ? MATERIAL_RIDER_SKIN_DARK : MATERIAL_RIDER_SKIN;
    else if (is == MATERIAL_HAIR)
      is = MATERIAL_RIDER_HAIR;
    body.materials[i] = (uint16_t)is;
  }
  mesh_smooth(&body, 60);
  mesh_take(m, &body);
}

static void tube(mesh *m, f3 a, f3 b, float r, material what) {
  mesh_tube(m, a, b, r, r, 7, what);
}

// --- bicycles ---

static const double bicycles[CYCLE_VARIANTS][3] = {{1.76, 0.60, 1.78}, {1.74, 0.58, 1.76},
                                                   {1.76, 0.60, 1.78}, {1.74, 0.64, 1.80},
                                                   {1.78, 0.60, 1.76}, {1.74, 0.62, 1.80}};

void bicycle_size(int variant, double size_m[3]) {
  for (int k = 0; k < 3; k++)
    size_m[k] = bicycles[variant % CYCLE_VARIANTS][k];
}

static void spoked_wheel(mesh *m, f3 at, float radius, int axle) {
  int first = m->triangle_count;
  mesh_torus(m, at, SIDE, radius - 0.018f, 0.018f, 24, 5, MATERIAL_TYRE);
  mesh_torus(m, at, SIDE, radius - 0.042f, 0.010f, 20, 4, MATERIAL_RIM);
  tube(m, f3_add(at, f3_of(0, -0.05f, 0)), f3_add(at, f3_of(0, 0.05f, 0)), 0.022f, MATERIAL_CHROME);
  for (int i = 0; i < 14; i++) {
    float a = 6.2831853f * (float)i / 14;
    f3 hub = f3_add(at, f3_of(0.02f * cosf(a), i & 1 ? 0.025f : -0.025f, 0.02f * sinf(a)));
    f3 rim = f3_add(at, f3_scale(f3_of(cosf(a), 0, sinf(a)), radius - 0.045f));
    mesh_tube(m, hub, rim, 0.0025f, 0.0025f, 3, MATERIAL_CHROME);
  }
  vehicle_mark_wheel(m, first, axle, false);
}

typedef struct bicycle_frame {
  f3 rear, front, crank, saddle, head, stem;
  float wheel;
} bicycle_frame;

static void bicycle_frame_build(mesh *m, const bicycle_frame *f, bool low_step) {
  const material paint = MATERIAL_CAR_PAINT;
  f3 seat_top = f3_mix(f->crank, f->saddle, 0.80f), head_low = f3_mix(f->head, f->front, 0.28f);
  tube(m, f->crank, f3_add(f->saddle, f3_of(0, 0, -0.04f)), 0.017f, paint);
  tube(m, f->crank, head_low, 0.020f, paint);
  tube(m, low_step ? f3_mix(f->crank, seat_top, 0.35f) : seat_top,
       low_step ? f3_mix(f->head, head_low, 0.6f) : f3_add(f->head, f3_of(0, 0, -0.04f)), 0.017f,
       paint);
  tube(m, f3_mix(f->front, f->head, 1.0f), head_low, 0.022f, paint);
  for (int side = -1; side <= 1; side += 2) {
    f3 y = {0, 0.05f * (float)side, 0};
    tube(m, f3_add(f->rear, y), f3_add(f->crank, f3_scale(y, 0.5f)), 0.010f, paint);
    tube(m, f3_add(f->rear, y), f3_add(seat_top, f3_scale(y, 0.3f)), 0.009f, paint);
    tube(m, f3_add(f->front, y), f3_add(head_low, f3_scale(y, 0.6f)), 0.012f, paint);
  }
  // Bars, grips, saddle.
  tube(m, f->head, f->stem, 0.014f, MATERIAL_CHROME);
  for (int side = -1; side <= 1; side += 2) {
    float s = (float)side;
    f3 bend = f3_add(f->stem, f3_of(0.03f, 0.15f * s, 0.03f));
    f3 grip = f3_add(f->stem, f3_of(-0.07f, 0.20f * s, 0.02f));
    f3 end = f3_add(grip, f3_of(-0.06f, 0.085f * s, -0.005f));
    tube(m, f->stem, bend, 0.011f, MATERIAL_CHROME);
    tube(m, bend, grip, 0.011f, MATERIAL_CHROME);
    tube(m, grip, end, 0.016f, MATERIAL_CAR_TRIM);
  }
  const f3 path[3] = {f3_add(f->saddle, f3_of(-0.14f, 0, 0.02f)),
                      f3_add(f->saddle, f3_of(-0.02f, 0, 0.01f)),
                      f3_add(f->saddle, f3_of(0.15f, 0, 0))};
  const float radii[3][2] = {{0.085f, 0.035f}, {0.07f, 0.03f}, {0.022f, 0.02f}};
  mesh_sweep(m, path, radii, 3, SIDE, 8, 0.3f, MATERIAL_CAR_TRIM);
}

static void bicycle_gear(mesh *m, const bicycle_frame *f, float turn, f3 pedals[2], bool fenders) {
  const float ring[][2] = {{-0.006f, 0.0f}, {-0.006f, 0.095f}, {0.006f, 0.095f}, {0.006f, 0}};
  const material is[] = {MATERIAL_CHROME, MATERIAL_CHROME, MATERIAL_CHROME};
  mesh_spin(m, f3_add(f->crank, f3_of(0, -0.045f, 0)), SIDE, ring, 4, 16, is);
  for (int side = 0; side < 2; side++) {
    float s = side ? 1.0f : -1.0f, a = turn + (side ? 3.14159265f : 0);
    f3 root = f3_add(f->crank, f3_of(0, 0.07f * s, 0));
    f3 end = f3_add(root, f3_scale(f3_of(cosf(a), 0, sinf(a)), 0.17f));
    mesh_bar(m, root, end, SIDE, 0.014f, 0.024f, MATERIAL_CHROME);
    pedals[side] = f3_add(end, f3_of(0, 0.055f * s, 0));
    mesh_bevel_box(m, f3_sub(pedals[side], f3_of(0.045f, 0.045f, 0.011f)),
                   f3_add(pedals[side], f3_of(0.045f, 0.045f, 0.011f)), 0.004f, MATERIAL_CAR_TRIM);
  }
  f3 chain = {0, -0.05f, 0};
  for (int i = -1; i <= 1; i += 2)
    mesh_bar(m, f3_add(f3_add(f->rear, chain), f3_of(0, 0, 0.035f * (float)i)),
             f3_add(f3_add(f->crank, chain), f3_of(0, 0, 0.092f * (float)i)), SIDE, 0.008f, 0.010f,
             MATERIAL_CAR_TRIM);
  for (int wheel = 0; wheel < 2 && fenders; wheel++) {
    f3 at = wheel ? f->front : f->rear, last = at;
    for (int i = 0; i <= 8; i++) {
      float a = (wheel ? 0.6f : 0.5f) + 2.3f * (float)i / 8, r = f->wheel + 0.022f;
      f3 p = f3_add(at, f3_of(r * cosf(a), 0, r * sinf(a)));
      if (i > 0)
        mesh_bar(m, last, p, SIDE, 0.05f, 0.006f, MATERIAL_CAR_PAINT);
      last = p;
    }
  }
  // The rear lamp stands on the fender, or hangs from the saddle.
  f3 lamp = f3_add(f->head, f3_of(0.07f, 0, -0.02f)),
     red = fenders ? f3_add(f->rear, f3_of(-0.12f, 0, f->wheel + 0.05f))
                   : f3_add(f->saddle, f3_of(-0.12f, 0, -0.075f));
  if (!fenders)
    tube(m, f3_add(f->saddle, f3_of(-0.08f, 0, 0)), red, 0.009f, MATERIAL_CAR_TRIM);
  mesh_ball(m, lamp, f3_of(0.035f, 0.03f, 0.03f), 8, 5, MATERIAL_HEADLAMP);
  mesh_bevel_box(m, f3_sub(red, f3_of(0.02f, 0.03f, 0.025f)),
                 f3_add(red, f3_of(0.02f, 0.03f, 0.025f)), 0.008f, MATERIAL_TAIL_LAMP);
}

static void bicycle_shape(int variant, int step, mesh *out) {
  bool upright = variant & 1;
  bicycle_frame f = {.rear = f3_of(-0.52f, 0, 0.345f),
                     .front = f3_of(0.53f, 0, 0.345f),
                     .crank = f3_of(-0.09f, 0, 0.29f),
                     .saddle = f3_of(-0.25f, 0, 0.93f),
                     .head = f3_of(0.34f, 0, 0.88f),
                     .stem = f3_of(0.34f, 0, 1.02f),
                     .wheel = 0.345f};
  if (upright)
    f.stem = f3_of(0.28f, 0, 1.10f);
  spoked_wheel(out, f.rear, f.wheel, 1);
  spoked_wheel(out, f.front, f.wheel, 0);
  bicycle_frame_build(out, &f, upright);
  f3 pedals[2];
  float turn = -0.35f + 0.7f * (float)variant - 6.2831853f * (float)step / CRANK_STEPS;
  bicycle_gear(out, &f, turn, pedals, variant != 2 && variant != 4);
  mesh_smooth(out, 45);
  person_seat on = {.pelvis = f3_add(f.saddle, f3_of(-0.03f, 0, 0.09f)),
                    .lean_rad = upright ? 0.24f : 0.52f,
                    .knees_out = 0.08f};
  for (int side = 0; side < 2; side++) {
    float y = side ? 1.0f : -1.0f;
    on.hands[side] = f3_add(f.stem, f3_of(-0.13f, 0.23f * y, 0.045f));
    on.ankles[side] = f3_add(pedals[side], f3_of(-0.10f, 0, 0.095f));
  }
  rider(out, variant, &on, variant % 3 == 2 ? HAIR_SHORT : HAIR_HELMET);
}

void bicycle_build(int variant, mesh *out) {
  asset_fit fit = {0};
  bicycle_build_cranked(variant, 0, &fit, out);
}

// Every step is fitted as the first one, so that nothing but cranks and legs moves.
void bicycle_build_cranked(int variant, int step, asset_fit *fit, mesh *out) {
  variant %= CYCLE_VARIANTS;
  bicycle_shape(variant, step, out);
  if (!fit->known) {
    mesh first = {0};
    if (step != 0)
      bicycle_shape(variant, 0, &first);
    mesh_bounds(step == 0 ? out : &first, fit->lo, fit->hi);
    fit->known = true;
    mesh_free(&first);
  }
  mesh_fit_from(out, fit->lo, fit->hi, bicycles[variant]);
}

// --- motorcycles ---

static const double motorcycles[CYCLE_VARIANTS][3] = {{2.12, 0.80, 1.52}, {1.86, 0.72, 1.60},
                                                      {2.16, 0.82, 1.50}, {1.84, 0.72, 1.62},
                                                      {2.20, 0.84, 1.50}, {2.10, 0.80, 1.52}};

void motorcycle_size(int variant, double size_m[3]) {
  for (int k = 0; k < 3; k++)
    size_m[k] = motorcycles[variant % CYCLE_VARIANTS][k];
}

static void fat_wheel(mesh *m, f3 at, float radius, float width, int axle) {
  const wheel_def def = {radius, width, 5, 0.2f, axle};
  vehicle_wheel(m, &def, at, 1);
  int first = m->triangle_count;
  vehicle_wheel_face(m, &def, at, -1); // the tyre is round already
  vehicle_mark_wheel(m, first, axle, false);
}

// A rounded body along a path in the middle plane.
static void body(mesh *m, const float (*ring)[4], int count, material what) {
  f3 path[8];
  float radii[8][2];
  for (int i = 0; i < count; i++) {
    path[i] = f3_of(ring[i][0], 0, ring[i][1]);
    radii[i][0] = ring[i][2], radii[i][1] = ring[i][3];
  }
  mesh_sweep(m, path, radii, count, SIDE, 12, 0.25f, what);
}

static void lamps(mesh *m, f3 head, f3 tail, float apart) {
  const float bowl[][2] = {{-0.10f, 0}, {-0.08f, 0.05f}, {0, 0.085f}, {0.008f, 0.085f}};
  const material bowl_is[] = {MATERIAL_CAR_TRIM, MATERIAL_CAR_TRIM, MATERIAL_CHROME};
  const float glass[][2] = {{0.004f, 0.078f}, {0.02f, 0.05f}, {0.026f, 0}};
  const material glass_is[] = {MATERIAL_HEADLAMP, MATERIAL_HEADLAMP};
  f3 x = {1, 0, 0};
  mesh_spin(m, head, x, bowl, 4, 14, bowl_is);
  mesh_spin(m, head, x, glass, 3, 14, glass_is);
  mesh_bevel_box(m, f3_sub(tail, f3_of(0.03f, 0.09f, 0.035f)),
                 f3_add(tail, f3_of(0.03f, 0.09f, 0.035f)), 0.012f, MATERIAL_TAIL_LAMP);
  for (int side = -1; side <= 1; side += 2)
    for (int end = 0; end < 2; end++) {
      f3 root = end ? head : tail,
         at = f3_add(root, f3_of(end ? -0.03f : 0, (float)side * apart, end ? 0 : -0.03f));
      tube(m, f3_add(root, f3_of(-0.03f, 0, 0)), at, 0.008f, MATERIAL_CAR_TRIM);
      mesh_ball(m, at, f3_of(0.03f, 0.025f, 0.022f), 6, 4,
                side > 0 ? MATERIAL_LEFT_INDICATOR : MATERIAL_RIGHT_INDICATOR);
    }
}

static void handlebar(mesh *m, f3 middle, f3 grips[2], float back) {
  for (int side = 0; side < 2; side++) {
    float s = side ? 1.0f : -1.0f;
    f3 bend = f3_add(middle, f3_of(-0.02f, 0.16f * s, 0.06f)),
       end = f3_add(middle, f3_of(-back, 0.36f * s, 0.05f));
    tube(m, middle, bend, 0.012f, MATERIAL_CAR_TRIM);
    tube(m, bend, f3_mix(bend, end, 0.4f), 0.012f, MATERIAL_CAR_TRIM);
    tube(m, f3_mix(bend, end, 0.4f), end, 0.018f, MATERIAL_CAR_SEAM);
    grips[side] = f3_add(f3_mix(bend, end, 0.72f), f3_of(-0.035f, 0, 0.03f));
    f3 mirror = f3_add(bend, f3_of(0.02f, 0.14f * s, 0.18f));
    tube(m, bend, mirror, 0.007f, MATERIAL_CAR_TRIM);
    mesh_bevel_box(m, f3_sub(mirror, f3_of(0.012f, 0.055f, 0.04f)),
                   f3_add(mirror, f3_of(0.012f, 0.055f, 0.04f)), 0.01f, MATERIAL_CAR_TRIM);
  }
}

static void motorbike(mesh *m, int variant, person_seat *on) {
  f3 rear = {-0.72f, 0, 0.31f}, front = {0.72f, 0, 0.31f}, head = {0.42f, 0, 0.90f};
  fat_wheel(m, rear, 0.31f, 0.17f, 1);
  fat_wheel(m, front, 0.31f, 0.12f, 0);
  static const float tank[][4] = {{0.38f, 0.86f, 0.08f, 0.07f},
                                  {0.25f, 0.90f, 0.14f, 0.11f},
                                  {0.05f, 0.88f, 0.14f, 0.11f},
                                  {-0.12f, 0.80f, 0.10f, 0.07f}};
  static const float seat[][4] = {{-0.05f, 0.80f, 0.09f, 0.04f},
                                  {-0.25f, 0.78f, 0.14f, 0.05f},
                                  {-0.5f, 0.82f, 0.13f, 0.05f},
                                  {-0.72f, 0.87f, 0.09f, 0.035f}};
  static const float tail[][4] = {
      {-0.4f, 0.74f, 0.10f, 0.05f}, {-0.7f, 0.80f, 0.10f, 0.05f}, {-0.93f, 0.87f, 0.05f, 0.03f}};
  body(m, tank, 4, MATERIAL_CAR_PAINT);
  body(m, seat, 4, MATERIAL_CAR_SEAM);
  body(m, tail, 3, MATERIAL_CAR_PAINT);
  mesh_bevel_box(m, f3_of(-0.22f, -0.17f, 0.22f), f3_of(0.28f, 0.17f, 0.52f), 0.05f,
                 MATERIAL_CAR_TRIM);
  mesh_bevel_box(m, f3_of(0.0f, -0.13f, 0.48f), f3_of(0.26f, 0.13f, 0.76f), 0.03f, MATERIAL_RIM);
  for (int i = 0; i < 4; i++)
    mesh_bevel_box(m, f3_of(-0.02f, -0.15f, 0.52f + 0.055f * (float)i),
                   f3_of(0.28f, 0.15f, 0.535f + 0.055f * (float)i), 0, MATERIAL_CAR_TRIM);
  if (variant == 0 || variant == 5) { // a half fairing
    static const float fairing[][4] = {{0.30f, 0.84f, 0.20f, 0.16f},
                                       {0.48f, 0.88f, 0.21f, 0.17f},
                                       {0.60f, 0.84f, 0.15f, 0.11f},
                                       {0.66f, 0.80f, 0.06f, 0.05f}};
    body(m, fairing, 4, MATERIAL_CAR_PAINT);
    mesh_patch(m, f3_of(0.56f, -0.15f, 0.97f), f3_of(0.56f, 0.15f, 0.97f),
               f3_of(0.36f, 0.12f, 1.16f), f3_of(0.36f, -0.12f, 1.16f), MATERIAL_CAR_GLASS);
  }
  for (int side = -1; side <= 1; side += 2) {
    f3 y = {0, 0.10f * (float)side, 0};
    tube(m, f3_add(front, y), f3_add(head, y), 0.022f, MATERIAL_CHROME);
    tube(m, f3_add(rear, y), f3_add(f3_of(-0.15f, 0, 0.38f), y), 0.025f, MATERIAL_CAR_TRIM);
    tube(m, f3_add(rear, f3_scale(y, 1.2f)), f3_add(f3_of(-0.42f, 0, 0.74f), y), 0.02f,
         MATERIAL_CHROME);
    f3 peg = {-0.10f, 0.16f * (float)side, 0.36f};
    tube(m, peg, f3_add(peg, f3_of(0, 0.12f * (float)side, 0)), 0.014f, MATERIAL_CAR_TRIM);
    on->ankles[side > 0] = f3_add(peg, f3_of(-0.08f, 0.05f * (float)side, 0.10f));
  }
  tube(m, f3_of(0.27f, -0.14f, 0.50f), f3_of(0.24f, -0.17f, 0.22f), 0.025f, MATERIAL_CHROME);
  tube(m, f3_of(0.24f, -0.17f, 0.22f), f3_of(-0.35f, -0.18f, 0.26f), 0.028f, MATERIAL_CHROME);
  mesh_tube(m, f3_of(-0.35f, -0.18f, 0.26f), f3_of(-0.92f, -0.20f, 0.42f), 0.05f, 0.06f, 10,
            MATERIAL_CHROME);
  for (int i = 0; i < 5; i++) {
    float a = 0.7f + 0.36f * (float)i, b = a + 0.36f;
    mesh_bar(m, f3_add(front, f3_of(0.335f * cosf(a), 0, 0.335f * sinf(a))),
             f3_add(front, f3_of(0.335f * cosf(b), 0, 0.335f * sinf(b))), SIDE, 0.13f, 0.01f,
             MATERIAL_CAR_PAINT);
  }
  lamps(m, f3_of(variant == 0 || variant == 5 ? 0.66f : 0.55f, 0, 0.86f), f3_of(-0.95f, 0, 0.80f),
        0.19f);
  vehicle_plate(m, f3_of(-1.0f, 0, 0.62f), -1);
  handlebar(m, f3_of(0.38f, 0, 0.98f), on->hands, 0.12f);
  on->pelvis = f3_of(-0.30f, 0, 0.89f);
  on->lean_rad = variant == 2 ? 0.12f : 0.42f;
}

static void scooter(mesh *m, person_seat *on) {
  f3 rear = {-0.62f, 0, 0.24f}, front = {0.60f, 0, 0.24f};
  fat_wheel(m, rear, 0.24f, 0.14f, 1);
  fat_wheel(m, front, 0.24f, 0.12f, 0);
  static const float shield[][4] = {{0.50f, 0.28f, 0.13f, 0.06f},
                                    {0.47f, 0.5f, 0.21f, 0.05f},
                                    {0.40f, 0.75f, 0.19f, 0.06f},
                                    {0.34f, 0.94f, 0.10f, 0.06f},
                                    {0.32f, 1.0f, 0.06f, 0.05f}};
  static const float back[][4] = {{-0.12f, 0.44f, 0.10f, 0.10f},
                                  {-0.25f, 0.52f, 0.17f, 0.17f},
                                  {-0.55f, 0.58f, 0.18f, 0.16f},
                                  {-0.80f, 0.62f, 0.13f, 0.11f},
                                  {-0.90f, 0.64f, 0.06f, 0.05f}};
  static const float seat[][4] = {{-0.08f, 0.74f, 0.10f, 0.04f},
                                  {-0.25f, 0.75f, 0.14f, 0.05f},
                                  {-0.55f, 0.77f, 0.14f, 0.05f},
                                  {-0.78f, 0.78f, 0.08f, 0.04f}};
  body(m, shield, 5, MATERIAL_CAR_PAINT);
  body(m, back, 5, MATERIAL_CAR_PAINT);
  body(m, seat, 4, MATERIAL_CAR_SEAM);
  mesh_bevel_box(m, f3_of(-0.25f, -0.17f, 0.24f), f3_of(0.50f, 0.17f, 0.32f), 0.03f,
                 MATERIAL_CAR_TRIM);
  for (int i = 0; i < 6; i++) {
    float a = 0.3f + 0.4f * (float)i, b = a + 0.4f;
    mesh_bar(m, f3_add(front, f3_of(0.27f * cosf(a), 0, 0.27f * sinf(a))),
             f3_add(front, f3_of(0.27f * cosf(b), 0, 0.27f * sinf(b))), SIDE, 0.15f, 0.012f,
             MATERIAL_CAR_PAINT);
  }
  for (int side = -1; side <= 1; side += 2) {
    f3 y = {0, 0.085f * (float)side, 0};
    tube(m, f3_add(front, y), f3_add(f3_of(0.47f, 0, 0.55f), y), 0.018f, MATERIAL_CHROME);
    on->ankles[side > 0] = f3_of(0.10f, 0.13f * (float)side, 0.405f);
  }
  mesh_tube(m, f3_of(-0.30f, -0.15f, 0.22f), f3_of(-0.72f, -0.16f, 0.28f), 0.04f, 0.05f, 10,
            MATERIAL_CHROME);
  lamps(m, f3_of(0.44f, 0, 0.90f), f3_of(-0.88f, 0, 0.66f), 0.15f);
  vehicle_plate(m, f3_of(-0.86f, 0, 0.45f), -1);
  handlebar(m, f3_of(0.32f, 0, 1.02f), on->hands, 0.10f);
  on->pelvis = f3_of(-0.32f, 0, 0.88f);
  on->lean_rad = 0.10f;
}

void motorcycle_build(int variant, mesh *out) {
  variant %= CYCLE_VARIANTS;
  person_seat on = {.knees_out = 0.35f};
  if (variant & 1 && variant != 5)
    scooter(out, &on);
  else
    motorbike(out, variant, &on);
  mesh_smooth(out, 45);
  rider(out, variant, &on, HAIR_FULL_HELMET);
  mesh_fit(out, motorcycles[variant]);
}
