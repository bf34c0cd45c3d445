// SPDX-License-Identifier: Apache-2.0
// Benches, bins, hydrants, bollards, shelters, billboards.
#include "render/asset_street.h"

#include <math.h>
#include <string.h>

#include "render/mesh_shape.h"

static const f3 UP = {0, 0, 1};

static const double benches[BENCH_VARIANTS][3] = {
    {0.60, 1.80, 0.85}, {0.55, 1.60, 0.80}, {0.45, 1.80, 0.46}};

void bench_size(int variant, double size_m[3]) {
  memcpy(size_m, benches[variant % BENCH_VARIANTS], 3 * sizeof *size_m);
}

void bench_build(int variant, mesh *out) {
  variant %= BENCH_VARIANTS;
  const double *size = benches[variant];
  float l = (float)size[0] / 2, w = (float)size[1] / 2, h = (float)size[2], seat = 0.45f;
  bool back = variant < 2;
  int slats = back ? 4 : 5;
  float deep = back ? 0.40f : 2 * l;
  for (int i = 0; i < slats; i++) {
    float x = l - deep * ((float)i + 0.5f) / (float)slats, half = deep / (float)slats / 2 - 0.01f;
    mesh_bevel_box(out, f3_of(x - half, -w, seat - 0.04f), f3_of(x + half, w, seat), 0.008f,
                   MATERIAL_FURNITURE_WOOD);
  }
  for (int i = 0; back && i < 3; i++) {
    float z = seat + 0.12f + (h - seat - 0.12f) * ((float)i + 0.5f) / 3,
          u = (z - seat) / (h - seat);
    float x = l - 0.42f - (2 * l - 0.46f) * u;
    mesh_bevel_box_at(out, f3_of(x, 0, z), f3_unit(f3_of(-0.35f, 0, 1)), f3_of(0, 1, 0),
                      f3_of((h - seat) / 6 - 0.022f, w, 0.016f), 0.006f, MATERIAL_FURNITURE_WOOD);
  }
  for (int side = -1; side <= 1; side += 2) {
    float y = (float)side * (w - 0.22f);
    const material metal = MATERIAL_FURNITURE_METAL;
    mesh_bar(out, f3_of(l - 0.05f, y, 0), f3_of(l - 0.05f, y, seat - 0.03f), f3_of(0, 1, 0), 0.05f,
             0.05f, metal);
    mesh_bar(out, f3_of(l - deep + 0.03f, y, 0), f3_of(l - deep + 0.03f, y, seat - 0.03f),
             f3_of(0, 1, 0), 0.05f, 0.05f, metal);
    mesh_bar(out, f3_of(l - 0.03f, y, seat - 0.06f), f3_of(l - deep, y, seat - 0.06f),
             f3_of(0, 1, 0), 0.05f, 0.04f, metal);
    if (back)
      mesh_bar(out, f3_of(l - 0.42f, y, seat - 0.06f), f3_of(-l + 0.03f, y, h), f3_of(0, 1, 0),
               0.05f, 0.03f, metal);
    if (variant == 0) {
      mesh_bar(out, f3_of(l - 0.06f, y, seat), f3_of(l - 0.06f, y, seat + 0.2f), f3_of(0, 1, 0),
               0.04f, 0.04f, metal);
      mesh_bar(out, f3_of(l - 0.02f, y, seat + 0.2f), f3_of(l - 0.48f, y, seat + 0.2f),
               f3_of(0, 1, 0), 0.06f, 0.03f, metal);
    }
  }
  mesh_finish(out, 40, size);
}

static const double bins[BIN_VARIANTS][3] = {
    {0.48, 0.48, 1.0}, {0.44, 0.52, 1.05}, {0.5, 0.5, 0.95}};

void bin_size(int variant, double size_m[3]) {
  memcpy(size_m, bins[variant % BIN_VARIANTS], 3 * sizeof *size_m);
}

void bin_build(int variant, mesh *out) {
  variant %= BIN_VARIANTS;
  const double *size = bins[variant];
  float l = (float)size[0] / 2, w = (float)size[1] / 2, h = (float)size[2];
  const material body = MATERIAL_FURNITURE_PLASTIC, metal = MATERIAL_FURNITURE_METAL;
  if (variant == 1) {
    mesh_bevel_box(out, f3_of(-l, -w, 0.08f), f3_of(l, w, h - 0.14f), 0.03f, body);
    mesh_bevel_box(out, f3_of(-l, -w, h - 0.10f), f3_of(l, w, h), 0.04f, metal);
    mesh_bevel_box(out, f3_of(-l + 0.05f, -w + 0.05f, 0), f3_of(l - 0.05f, w - 0.05f, h - 0.05f), 0,
                   MATERIAL_CAR_SEAM);
    mesh_bevel_box(out, f3_of(l - 0.02f, -0.16f, h - 0.34f), f3_of(l + 0.004f, 0.16f, h - 0.22f), 0,
                   MATERIAL_CAR_SEAM);
  } else {
    const float wall[][2] = {
        {0, 0},         {0, 0.8f * l},          {0.03f, 0.86f * l},   {0.7f * h, l},
        {0.72f * h, l}, {0.72f * h, 0.85f * l}, {0.5f * h, 0.8f * l}, {0.5f * h, 0}};
    const material is[] = {body, body, body, body, metal, MATERIAL_CAR_SEAM, MATERIAL_CAR_SEAM};
    mesh_spin(out, f3_of(0, 0, 0), UP, wall, 8, 16, is);
    const float lid[][2] = {{h - 0.13f, 0},
                            {h - 0.13f, 0.95f * l},
                            {h - 0.10f, 0.98f * l},
                            {h - 0.04f, 0.7f * l},
                            {h, 0}};
    const material lid_is[] = {metal, metal, metal, metal};
    mesh_spin(out, f3_of(0, 0, 0), UP, lid, 5, 16, lid_is);
    for (int i = 0; i < 3; i++) {
      float a = 2.0944f * (float)i;
      mesh_tube(out, f3_of(0.88f * l * cosf(a), 0.88f * l * sinf(a), 0.65f * h),
                f3_of(0.88f * l * cosf(a), 0.88f * l * sinf(a), h - 0.1f), 0.018f, 0.018f, 6,
                metal);
    }
    if (variant == 2)
      for (int i = 0; i < 12; i++) {
        float a = 0.5236f * (float)i;
        f3 low = f3_of(0.88f * l * cosf(a), 0.88f * l * sinf(a), 0.05f);
        f3 high = f3_of(0.995f * l * cosf(a), 0.995f * l * sinf(a), 0.68f * h);
        mesh_bar(out, low, high, f3_of(-sinf(a), cosf(a), 0), 0.07f, 0.02f,
                 MATERIAL_FURNITURE_WOOD);
      }
  }
  mesh_finish(out, 35, size);
}

static const double hydrants[HYDRANT_VARIANTS][3] = {{0.34, 0.38, 0.78}, {0.32, 0.36, 0.84}};

void hydrant_size(int variant, double size_m[3]) {
  memcpy(size_m, hydrants[variant % HYDRANT_VARIANTS], 3 * sizeof *size_m);
}

void hydrant_build(int variant, mesh *out) {
  variant %= HYDRANT_VARIANTS;
  const double *size = hydrants[variant];
  float h = (float)size[2], r = variant ? 0.095f : 0.11f;
  const material red = MATERIAL_FURNITURE_METAL;
  const float body[][2] = {{0, 0},
                           {0, 0.15f},
                           {0.04f, 0.15f},
                           {0.05f, r},
                           {0.62f * h, r},
                           {0.63f * h, 1.25f * r},
                           {0.68f * h, 1.25f * r},
                           {0.69f * h, r},
                           {0.80f * h, 0.93f * r},
                           {0.89f * h, 0.65f * r},
                           {0.94f * h, 0.3f * r},
                           {0.94f * h, 0.035f},
                           {h, 0.035f},
                           {h, 0}};
  const material is[] = {red, red, red, red, red, red, red, red, red, red, red, red, red};
  mesh_spin(out, f3_of(0, 0, 0), UP, body, 14, 14, is);
  float reach = (float)size[1] / 2, z = 0.52f * h;
  for (int side = -1; side <= 1; side += 2) {
    f3 a = f3_of(0, (float)side * r * 0.8f, z), b = f3_of(0, (float)side * (reach - 0.04f), z);
    mesh_tube(out, a, b, 0.05f, 0.05f, 8, red);
    mesh_tube(out, b, f3_of(0, (float)side * reach, z), 0.06f, 0.055f, 6, red);
  }
  float front = (float)size[0] / 2;
  mesh_tube(out, f3_of(r * 0.8f, 0, z - 0.03f), f3_of(front - 0.03f, 0, z - 0.03f), 0.065f, 0.065f,
            10, red);
  mesh_tube(out, f3_of(front - 0.03f, 0, z - 0.03f), f3_of(front, 0, z - 0.03f), 0.075f, 0.07f, 6,
            red);
  for (int i = 0; i < 2; i++)
    mesh_torus(out, f3_of(0, 0, 0.30f * h + 0.04f * (float)i), UP, r, 0.008f, 14, 4,
               MATERIAL_CHROME);
  mesh_finish(out, 40, size);
}

static const double bollards[BOLLARD_VARIANTS][3] = {
    {0.18, 0.18, 0.95}, {0.24, 0.24, 0.75}, {0.14, 0.14, 1.0}};

void bollard_size(int variant, double size_m[3]) {
  memcpy(size_m, bollards[variant % BOLLARD_VARIANTS], 3 * sizeof *size_m);
}

void bollard_build(int variant, mesh *out) {
  variant %= BOLLARD_VARIANTS;
  const double *size = bollards[variant];
  float r = (float)size[0] / 2, h = (float)size[2];
  const material dark = MATERIAL_FURNITURE_METAL, pale = MATERIAL_CHROME;
  const float slim[][2] = {{0, 0},
                           {0, r},
                           {0.05f, r},
                           {0.07f, 0.75f * r},
                           {0.78f * h, 0.7f * r},
                           {0.80f * h, 0.74f * r},
                           {0.87f * h, 0.74f * r},
                           {0.89f * h, 0.7f * r},
                           {0.95f * h, 0.68f * r},
                           {0.99f * h, 0.4f * r},
                           {h, 0}};
  const float stout[][2] = {
      {0, 0}, {0, r}, {0.8f * h, 0.92f * r}, {0.9f * h, 0.85f * r}, {0.97f * h, 0.6f * r}, {h, 0}};
  const material slim_is[] = {dark, dark, dark, dark, dark, pale, dark, dark, dark, dark};
  const material c = MATERIAL_BOLLARD;
  const material stout_is[] = {c, c, c, c, c};
  if (variant == 1)
    mesh_spin(out, f3_of(0, 0, 0), UP, stout, 6, 16, stout_is);
  else
    mesh_spin(out, f3_of(0, 0, 0), UP, slim, 11, 16, slim_is);
  mesh_finish(out, 40, size);
}

static const double shelters[BUS_STOP_VARIANTS][3] = {{1.40, 3.60, 2.50}, {1.30, 3.40, 2.45}};

void bus_stop_size(int variant, double size_m[3]) {
  memcpy(size_m, shelters[variant % BUS_STOP_VARIANTS], 3 * sizeof *size_m);
}

static void pane(mesh *m, f3 lo, f3 hi) {
  mesh_bevel_box(m, lo, hi, 0, MATERIAL_FURNITURE_GLASS);
}

void bus_stop_build(int variant, mesh *out) {
  variant %= BUS_STOP_VARIANTS;
  const double *size = shelters[variant];
  float l = (float)size[0] / 2, w = (float)size[1] / 2, h = (float)size[2], back = -l + 0.12f;
  const material metal = MATERIAL_FURNITURE_METAL;
  mesh_bevel_box(out, f3_of(-l, -w, h - 0.12f), f3_of(l, w, h), 0.03f, metal);
  for (int i = 0; i < 4; i++) {
    float y = -w + 0.12f + (2 * w - 0.24f) * (float)i / 3;
    mesh_bar(out, f3_of(back, y, 0), f3_of(back, y, h - 0.1f), f3_of(0, 1, 0), 0.06f, 0.06f, metal);
    if (i < 3)
      pane(out, f3_of(back - 0.006f, y + 0.05f, 0.25f),
           f3_of(back + 0.006f, y + (2 * w - 0.24f) / 3 - 0.05f, h - 0.2f));
  }
  for (int side = -1; side <= 1; side += 2) {
    float y = (float)side * (w - 0.12f), front = back + 0.75f;
    mesh_bar(out, f3_of(front, y, 0), f3_of(front, y, h - 0.1f), f3_of(0, 1, 0), 0.06f, 0.06f,
             metal);
    bool poster = side > 0;
    if (!poster) {
      pane(out, f3_of(back + 0.05f, y - 0.006f, 0.25f), f3_of(front - 0.05f, y + 0.006f, h - 0.2f));
      continue;
    }
    mesh_bevel_box(out, f3_of(back + 0.03f, y - 0.07f, 0.2f),
                   f3_of(front + 0.05f, y + 0.07f, h - 0.2f), 0.02f, metal);
    for (int face = -1; face <= 1; face += 2) {
      float x0 = back + 0.09f, x1 = front - 0.01f, at = y + (float)face * 0.074f;
      f3 a = f3_of(face > 0 ? x1 : x0, at, 0.3f), b = f3_of(face > 0 ? x0 : x1, at, 0.3f);
      mesh_face(out, a, b, f3_of(b.x, at, h - 0.3f), f3_of(a.x, at, h - 0.3f), MATERIAL_BILLBOARD);
    }
  }
  // The seat, the kerb side's timetable post.
  mesh_bevel_box(out, f3_of(back + 0.08f, -w * 0.55f, 0.42f), f3_of(back + 0.45f, w * 0.45f, 0.47f),
                 0.015f, variant ? MATERIAL_FURNITURE_PLASTIC : MATERIAL_FURNITURE_WOOD);
  for (int i = -1; i <= 1; i += 2)
    mesh_bar(out, f3_of(back + 0.26f, (float)i * w * 0.4f, 0),
             f3_of(back + 0.26f, (float)i * w * 0.4f, 0.43f), f3_of(0, 1, 0), 0.05f, 0.05f, metal);
  mesh_finish(out, 40, size);
}

static const double billboards[BILLBOARD_VARIANTS][3] = {{0.7, 7.0, 6.5}, {0.6, 6.0, 5.6}};

void billboard_size(int variant, double size_m[3]) {
  memcpy(size_m, billboards[variant % BILLBOARD_VARIANTS], 3 * sizeof *size_m);
}

void billboard_build(int variant, mesh *out) {
  variant %= BILLBOARD_VARIANTS;
  const double *size = billboards[variant];
  float l = (float)size[0] / 2, w = (float)size[1] / 2, h = (float)size[2], low = h - 0.46f * 2 * w;
  const material metal = MATERIAL_POLE_METAL;
  for (int i = 0; i < 2 + variant; i++) {
    float y = variant ? -w * 0.6f + w * 0.6f * (float)i : -w * 0.55f + w * 1.1f * (float)i;
    mesh_tube(out, f3_of(-0.02f, y, 0), f3_of(-0.02f, y, h - 0.4f), 0.14f, 0.12f, 10, metal);
  }
  mesh_bevel_box(out, f3_of(0.02f, -w, low), f3_of(0.20f, w, h), 0.03f, MATERIAL_FURNITURE_METAL);
  mesh_face(out, f3_of(0.205f, -w + 0.12f, low + 0.12f), f3_of(0.205f, w - 0.12f, low + 0.12f),
            f3_of(0.205f, w - 0.12f, h - 0.12f), f3_of(0.205f, -w + 0.12f, h - 0.12f),
            MATERIAL_BILLBOARD);
  // A catwalk in front and braces behind; lamps on arms.
  mesh_bevel_box(out, f3_of(0.02f, -w, low - 0.12f), f3_of(l, w, low - 0.07f), 0, metal);
  for (int i = 0; i < 3; i++) {
    float y = -w * 0.66f + w * 0.66f * (float)i;
    mesh_bar(out, f3_of(0.2f, y, low - 0.05f), f3_of(l - 0.05f, y, low + 0.1f), f3_of(0, 1, 0),
             0.03f, 0.03f, metal);
    mesh_bevel_box(out, f3_of(l - 0.12f, y - 0.15f, low + 0.06f), f3_of(l, y + 0.15f, low + 0.14f),
                   0.02f, metal);
    mesh_bar(out, f3_of(-l, y, low + 0.3f), f3_of(0.05f, y, h - 0.3f), f3_of(0, 1, 0), 0.06f, 0.06f,
             metal);
    mesh_bar(out, f3_of(-l, y, low + 0.3f), f3_of(0.05f, y, low + 0.1f), f3_of(0, 1, 0), 0.06f,
             0.06f, metal);
  }
  mesh_finish(out, 40, size);
}
