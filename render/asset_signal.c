// SPDX-License-Identifier: Apache-2.0
// Lamps, poles and the heads of signals on them.
#include <math.h>
#include <string.h>

#include "render/asset_street.h"
#include "render/mesh_shape.h"

static const f3 UP = {0, 0, 1};

static void pole(mesh *m, float x, float y, float z0, float z1, float r0, float r1, int segments,
                 material what) {
  mesh_tube(m, f3_of(x, y, z0), f3_of(x, y, z1), r0, r1, segments, what);
}

static const double lamps[LAMP_VARIANTS][3] = {
    {2.0, 0.30, 8.0}, {2.2, 0.30, 8.6}, {1.7, 0.34, 6.8}, {2.0, 0.26, 7.4}};

void lamp_size(int variant, double size_m[3]) {
  memcpy(size_m, lamps[variant % LAMP_VARIANTS], 3 * sizeof *size_m);
}

// The pole stands at the box's rear end, the head hangs at its front end.
void lamp_build(int variant, mesh *out) {
  variant %= LAMP_VARIANTS;
  const double *size = lamps[variant];
  material metal = variant & 1 ? MATERIAL_POLE_DARK : MATERIAL_POLE_METAL;
  float l = (float)size[0], h = (float)size[2], x0 = -l / 2 + 0.11f, bend = h - 0.9f;
  const float base_z[] = {0, 0.04f, 0.06f, 0.9f, 0.95f},
              base_r[] = {0.12f, 0.12f, 0.09f, 0.085f, 0.06f};
  f3 path[10];
  float radii[10][2];
  const float foot[][2] = {{base_z[0], 0},         {base_z[0], base_r[0]}, {base_z[1], base_r[1]},
                           {base_z[2], base_r[2]}, {base_z[3], base_r[3]}, {base_z[4], base_r[4]}};
  const material is[] = {metal, metal, metal, metal, metal};
  mesh_spin(out, f3_of(x0, 0, 0), UP, foot, 6, 10, is);
  float head = variant == 2 ? 0.62f : 0.72f, reach = l - 0.11f - head * 0.8f;
  for (int i = 0; i < 10; i++) {
    float u = (float)(i - 2) / 7, a = 1.5707963f * fmaxf(0, u);
    path[i] = i < 2 ? f3_of(x0, 0, i ? bend * 0.6f : 0.5f)
                    : f3_of(x0 + reach * (variant == 3 ? fmaxf(0, u) : 1 - cosf(a)), 0,
                            bend + 0.72f * (variant == 3 ? fmaxf(0, u) : sinf(a)));
    radii[i][0] = radii[i][1] = 0.062f - 0.026f * (float)i / 9;
  }
  mesh_sweep(out, path, radii, 10, f3_of(0, 1, 0), 8, 0, metal);
  f3 neck = path[9], mid = f3_add(neck, f3_of(head * 0.38f, 0, 0.03f));
  float w = (float)size[1] / 2;
  mesh_bevel_box_at(out, f3_add(mid, f3_of(0, 0, 0.02f)), f3_of(1, 0, 0), f3_of(0, 1, 0),
                    f3_of(head / 2, w, 0.06f), 0.045f, metal);
  f3 lo = f3_add(mid, f3_of(-head * 0.30f, -w * 0.72f, -0.065f));
  f3 hi = f3_add(mid, f3_of(head * 0.42f, w * 0.72f, -0.02f));
  mesh_bevel_box(out, lo, hi, 0.02f, MATERIAL_LAMP_GLASS);
  mesh_finish(out, 45, size);
}

// A lens in its tube with a visor over it; `front` is the housing's face.
static void lens(mesh *m, float front, float z, float radius, float visor, material color) {
  f3 at = {front, 0, z}, axis = {1, 0, 0};
  const float ring[][2] = {
      {0.0f, radius * 1.13f}, {0.03f, radius * 1.13f}, {0.03f, radius}, {0.005f, radius}};
  const material is[] = {MATERIAL_SIGNAL_BODY, MATERIAL_SIGNAL_BODY, MATERIAL_SIGNAL_BODY};
  mesh_spin(m, at, axis, ring, 4, 16, is);
  const float glass[][2] = {
      {0.008f, radius}, {0.02f, radius * 0.75f}, {0.028f, radius * 0.4f}, {0.031f, 0}};
  const material lit[] = {color, color, color};
  mesh_spin(m, at, axis, glass, 4, 16, lit);
  // The visor: three quarters of a tube, cut back below.
  enum { STEPS = 14 };
  f3 grid[4][STEPS + 1];
  for (int i = 0; i <= STEPS; i++) {
    float a = -0.9f + (3.14159265f + 1.8f) * (float)i / STEPS, c = cosf(a), s = sinf(a);
    float reach = visor * (0.35f + 0.65f * fmaxf(0, fminf(1, (s + 0.8f) / 1.3f)));
    for (int k = 0; k < 4; k++) {
      float r = radius * (k < 2 ? 1.14f : 1.08f);
      bool far = k == 1 || k == 2;
      grid[k][i] = f3_of(front + 0.02f + (far ? reach : 0), r * c, z + r * s);
    }
  }
  mesh_grid(m, &grid[0][0], 4, STEPS + 1, NULL, MATERIAL_SIGNAL_BODY, false);
}

// Heads are built around the middle of their box; their poles are behind.
static const double signals[SIGNAL_VARIANTS][3] = {
    {0.36, 0.44, 1.02}, {0.36, 0.30, 0.94}, {0.36, 0.56, 1.02}};

void signal_size(int variant, double size_m[3]) {
  memcpy(size_m, signals[variant % SIGNAL_VARIANTS], 3 * sizeof *size_m);
}

// What clamps a head to its pole.
static void brackets(mesh *m, float rear, float front, float low, float high) {
  for (int i = 0; i < 2; i++)
    mesh_bar(m, f3_of(rear, 0, i ? high : low), f3_of(front, 0, i ? high : low), UP, 0.05f, 0.05f,
             MATERIAL_SIGNAL_BODY);
}

void signal_build(int variant, mesh *out) {
  variant %= SIGNAL_VARIANTS;
  const double *size = signals[variant];
  float w = (float)size[1] / 2, h = (float)size[2], rear = -(float)size[0] / 2;
  float radius = 0.105f, pitch = 0.30f, front = -0.01f, top = h / 2 + 1.5f * pitch;
  float low = top - 3 * pitch;
  brackets(out, rear, front - 0.14f, low + 0.15f, top - 0.15f);
  for (int i = 0; i < 3; i++) {
    float z = top - pitch * ((float)i + 0.5f);
    static const material lit[] = {MATERIAL_SIGNAL_RED, MATERIAL_SIGNAL_YELLOW,
                                   MATERIAL_SIGNAL_GREEN};
    mesh_bevel_box(out, f3_of(front - 0.15f, -0.15f, z - pitch / 2 + 0.004f),
                   f3_of(front, 0.15f, z + pitch / 2 - 0.004f), 0.025f, MATERIAL_SIGNAL_BODY);
    lens(out, front, z, radius, (float)size[0] / 2 - front - 0.02f, lit[i]);
  }
  // The backplate; on some with a pale rim that shows at night, on others there is none.
  if (variant != 1)
    mesh_bevel_box(out, f3_of(front - 0.05f, -w, 0), f3_of(front - 0.038f, w, h), 0,
                   variant == 2 ? MATERIAL_REFLECT_WHITE : MATERIAL_SIGNAL_BODY);
  if (variant == 2)
    mesh_bevel_box(out, f3_of(front - 0.045f, -w + 0.04f, 0.04f),
                   f3_of(front - 0.03f, w - 0.04f, h - 0.04f), 0, MATERIAL_SIGNAL_BODY);
  else if (variant == 1)
    mesh_bevel_box(out, f3_of(front - 0.14f, -0.13f, 0), f3_of(front - 0.02f, 0.13f, h), 0.02f,
                   MATERIAL_SIGNAL_BODY);
  mesh_finish(out, 40, size);
}

static const double walk_signals[WALK_SIGNAL_VARIANTS][3] = {{0.30, 0.30, 0.60},
                                                             {0.30, 0.32, 0.64}};

void walk_signal_size(int variant, double size_m[3]) {
  memcpy(size_m, walk_signals[variant % WALK_SIGNAL_VARIANTS], 3 * sizeof *size_m);
}

void walk_signal_build(int variant, mesh *out) {
  variant %= WALK_SIGNAL_VARIANTS;
  const double *size = walk_signals[variant];
  float w = (float)size[1] / 2, h = (float)size[2], front = -0.02f, rear = -(float)size[0] / 2;
  brackets(out, rear, front - 0.11f, 0.3f * h, 0.7f * h);
  for (int i = 0; i < 2; i++) {
    float z = h * (i ? 0.25f : 0.75f), half = h / 4;
    mesh_bevel_box(out, f3_of(front - 0.12f, -w, z - half + 0.002f), f3_of(front, w, z + half),
                   0.02f, MATERIAL_SIGNAL_BODY);
    lens(out, front, z, 0.098f, (float)size[0] / 2 - front - 0.02f,
         i ? MATERIAL_SIGNAL_GREEN : MATERIAL_SIGNAL_RED);
  }
  mesh_finish(out, 40, size);
}

// 0 a sign's tube; 1, 2 a signal's pole, pale or dark; 3, 4 that of a signal for people, with
// the button that they press.
static const double poles[POLE_VARIANTS][3] = {{0.06, 0.06, 2.75},
                                               {0.22, 0.22, 3.55},
                                               {0.22, 0.22, 3.55},
                                               {0.20, 0.16, 2.80},
                                               {0.20, 0.16, 2.80}};

void pole_size(int variant, double size_m[3]) {
  memcpy(size_m, poles[variant % POLE_VARIANTS], 3 * sizeof *size_m);
}

void pole_build(int variant, mesh *out) {
  variant %= POLE_VARIANTS;
  const double *size = poles[variant];
  float h = (float)size[2];
  material metal = variant == 2 || variant == 4 ? MATERIAL_POLE_DARK : MATERIAL_POLE_METAL;
  if (variant == 0) {
    pole(out, 0, 0, 0, h - 0.01f, 0.03f, 0.03f, 12, metal);
    pole(out, 0, 0, h - 0.02f, h, 0.03f, 0.018f, 12, metal);
  } else if (variant < 3) {
    pole(out, 0, 0, 0, h, 0.056f, 0.05f, 12, metal);
    pole(out, 0, 0, 0, 0.05f, 0.11f, 0.11f, 12, metal);
    pole(out, 0, 0, 0.35f, 0.75f, 0.072f, 0.072f, 12, metal); // the hatch of its wiring
  } else {
    float x = -0.02f;
    pole(out, x, 0, 0, h, 0.05f, 0.045f, 12, metal);
    pole(out, x, 0, 0, 0.04f, 0.08f, 0.08f, 12, metal);
    mesh_bevel_box(out, f3_of(x + 0.03f, -0.05f, 0.98f), f3_of(x + 0.12f, 0.05f, 1.16f), 0.015f,
                   MATERIAL_FURNITURE_PLASTIC);
  }
  mesh_finish(out, 40, size);
}
