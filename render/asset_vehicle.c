// SPDX-License-Identifier: Apache-2.0
#include "render/asset_vehicle.h"

#include <math.h>

static const int WHEEL_SEGMENTS = 20; // a multiple of 4, so that its bounds are a round thing's

void vehicle_mark_wheel(mesh *m, int first, int axle, bool right) {
  _Static_assert(MATERIAL_COUNT < 1 << VEHICLE_WHEEL_SHIFT, "marks stand above materials");
  for (int i = first; i < m->triangle_count && !m->failed; i++)
    m->materials[i] |= (uint16_t)((1 + 2 * axle + right) << VEHICLE_WHEEL_SHIFT);
}

static void tyre_and_well(mesh *m, const wheel_def *def, f3 centre, f3 axis) {
  float r = def->radius, w = def->width / 2;
  const float profile[][2] = {{-w + 0.03f, 0}, {-w + 0.03f, 0.64f * r}, {-w, 0.70f * r},
                              {-w, 0.91f * r}, {-w + 0.03f, r},         {w - 0.03f, r},
                              {w, 0.92f * r},  {w + 0.004f, 0.76f * r}, {w - 0.008f, 0.70f * r}};
  const material is[] = {MATERIAL_CAR_SEAM, MATERIAL_TYRE, MATERIAL_TYRE, MATERIAL_TYRE,
                         MATERIAL_TYRE,     MATERIAL_TYRE, MATERIAL_TYRE, MATERIAL_TYRE};
  mesh_spin(m, centre, axis, profile, 9, WHEEL_SEGMENTS, is);
  const float rim[][2] = {
      {w - 0.008f, 0.70f * r}, {w - 0.012f, 0.645f * r}, {w - 0.07f, 0.61f * r}, {w - 0.09f, 0}};
  const material rim_is[] = {MATERIAL_RIM, MATERIAL_RIM, MATERIAL_CAR_TRIM};
  const float cover[][2] = {
      {w - 0.008f, 0.70f * r}, {w - 0.012f, 0.64f * r}, {w - 0.022f, 0.35f * r}, {w - 0.004f, 0}};
  const material cover_is[] = {MATERIAL_RIM, MATERIAL_RIM, MATERIAL_RIM};
  mesh_spin(m, centre, axis, def->spokes ? rim : cover, 4, WHEEL_SEGMENTS,
            def->spokes ? rim_is : cover_is);
}

// Holes of a wheel cover: dark, a hair before it.
static void slots(mesh *m, const wheel_def *def, f3 centre, f3 axis, f3 s, f3 o) {
  enum { SLOTS = 10 };
  float r = def->radius, w = def->width / 2;
  for (int i = 0; i < SLOTS; i++) {
    f3 corner[4];
    for (int k = 0; k < 4; k++) {
      bool outer = k == 1 || k == 2;
      float a = 6.2831853f * ((float)i + (k < 2 ? -1.0f : 1.0f) * (outer ? 0.27f : 0.20f)) / SLOTS;
      f3 out = f3_add(f3_scale(s, cosf(a)), f3_scale(o, sinf(a)));
      corner[k] = f3_add(centre, f3_add(f3_scale(out, (outer ? 0.585f : 0.44f) * r),
                                        f3_scale(axis, w - (outer ? 0.0105f : 0.0150f))));
    }
    mesh_patch(m, corner[0], corner[1], corner[2], corner[3], MATERIAL_CAR_SEAM);
  }
}

static void spoke(mesh *m, const wheel_def *def, f3 centre, f3 axis, f3 out) {
  f3 across = f3_cross(axis, out);
  float r = def->radius, outer = def->width / 2 - 0.016f;
  float half = def->spoke_width * r / 2;
  f3 hub = f3_add(centre, f3_add(f3_scale(axis, outer - 0.012f), f3_scale(out, 0.06f * r)));
  f3 rim = f3_add(centre, f3_add(f3_scale(axis, outer), f3_scale(out, 0.65f * r)));
  f3 deep = f3_scale(axis, -0.035f), wide = f3_scale(across, half * 1.25f);
  f3 narrow = f3_scale(across, half * 0.9f);
  f3 a = f3_sub(hub, wide), b = f3_sub(rim, narrow), c = f3_add(rim, narrow), d = f3_add(hub, wide);
  mesh_patch(m, a, b, c, d, MATERIAL_RIM);
  mesh_patch(m, f3_add(a, deep), f3_add(b, deep), b, a, MATERIAL_RIM);
  mesh_patch(m, d, c, f3_add(c, deep), f3_add(d, deep), MATERIAL_RIM);
}

void vehicle_wheel_face(mesh *m, const wheel_def *def, f3 centre, float side) {
  f3 axis = {0, side, 0}, s = f3_across(axis), o = f3_cross(axis, s);
  if (!def->spokes) {
    slots(m, def, centre, axis, s, o);
    return;
  }
  for (int i = 0; i < def->spokes; i++) {
    float a = 6.2831853f * ((float)i + 0.25f) / (float)def->spokes;
    spoke(m, def, centre, axis, f3_add(f3_scale(s, cosf(a)), f3_scale(o, sinf(a))));
  }
  float w = def->width / 2 - 0.02f;
  const float hub[][2] = {{w - 0.06f, 0.17f * def->radius},
                          {w, 0.16f * def->radius},
                          {w + 0.006f, 0.09f * def->radius},
                          {w + 0.006f, 0}};
  const material is[] = {MATERIAL_RIM, MATERIAL_RIM, MATERIAL_CAR_TRIM};
  mesh_spin(m, centre, axis, hub, 4, 8, is);
}

void vehicle_wheel(mesh *m, const wheel_def *def, f3 centre, float side) {
  int first = m->triangle_count;
  tyre_and_well(m, def, centre, f3_of(0, side, 0));
  vehicle_wheel_face(m, def, centre, side);
  vehicle_mark_wheel(m, first, def->axle, side < 0);
}

void vehicle_seat(mesh *m, f3 at, float width, bool headrest) {
  const material is = MATERIAL_CAR_INTERIOR;
  float w = width / 2;
  mesh_bevel_box(m, f3_add(at, f3_of(-0.25f, -w, 0)), f3_add(at, f3_of(0.27f, w, 0.16f)), 0.04f,
                 is);
  f3 up = f3_unit(f3_of(-0.3f, 0, 1)), forward = f3_cross(f3_of(0, 1, 0), up);
  f3 back = f3_add(at, f3_of(-0.30f, 0, 0.42f));
  mesh_bevel_box_at(m, back, forward, f3_of(0, 1, 0), f3_of(0.06f, w, 0.30f), 0.05f, is);
  if (headrest)
    mesh_bevel_box_at(m, f3_add(back, f3_scale(up, 0.40f)), forward, f3_of(0, 1, 0),
                      f3_of(0.045f, 0.12f, 0.09f), 0.035f, is);
}

void vehicle_plate(mesh *m, f3 centre, float facing) {
  const float hw = 0.26f, hh = 0.056f;
  f3 c = f3_add(centre, f3_of(facing * 0.012f, 0, 0));
  f3 across = {0, facing * hw, 0}, up = {0, 0, hh};
  mesh_face(m, f3_sub(f3_sub(c, across), up), f3_sub(f3_add(c, across), up),
            f3_add(f3_add(c, across), up), f3_add(f3_sub(c, across), up), MATERIAL_PLATE);
  f3 frame = {0.018f, hw + 0.01f, hh + 0.01f};
  mesh_bevel_box_at(m, f3_sub(centre, f3_of(facing * 0.01f, 0, 0)), f3_of(1, 0, 0), f3_of(0, 1, 0),
                    frame, 0, MATERIAL_CAR_TRIM);
}

void vehicle_mirror(mesh *m, f3 at, f3 half, material shell) {
  f3 middle = f3_add(at, f3_of(0, half.y + 0.03f, half.z + 0.02f));
  mesh_bar(m, at, f3_sub(middle, f3_of(0, 0, half.z * 0.6f)), f3_of(1, 0, 0), 0.05f, 0.03f,
           MATERIAL_CAR_TRIM);
  f3 forward = f3_unit(f3_of(1, 0.25f, 0)), left = f3_unit(f3_of(-0.25f, 1, 0));
  // A shell that rounds off towards the wind, cut off behind.
  static const float along[] = {-1, -0.75f, -0.2f, 0.35f, 0.75f},
                     wide[] = {0.93f, 1, 1, 0.86f, 0.6f};
  f3 path[5];
  float radii[5][2];
  for (int i = 0; i < 5; i++) {
    path[i] = f3_add(middle, f3_scale(forward, along[i] * half.x));
    radii[i][0] = wide[i] * half.y, radii[i][1] = wide[i] * half.z;
  }
  mesh_sweep(m, path, radii, 5, left, 8, 0.25f, shell);
  float back = half.x + 0.25f * wide[0] * (half.y + half.z) / 2 + 0.002f;
  f3 face = f3_sub(middle, f3_scale(forward, back));
  f3 y = f3_scale(left, half.y * 0.72f), z = f3_of(0, 0, half.z * 0.62f);
  mesh_patch(m, f3_sub(f3_add(face, y), z), f3_sub(f3_sub(face, y), z), f3_add(f3_sub(face, y), z),
             f3_add(f3_add(face, y), z), MATERIAL_CHROME);
}
