// SPDX-License-Identifier: Apache-2.0
// Lamps, signals and signs: things on poles.
#include <math.h>

#include "render/asset_street.h"
#include "render/mesh_shape.h"
#include "scenes/sign.h"

static const f3 UP = {0, 0, 1};

static void copy(const double from[3], double size_m[3]) {
  for (int k = 0; k < 3; k++)
    size_m[k] = from[k];
}

static void pole(mesh *m, float x, float y, float z0, float z1, float r0, float r1, int segments,
                 material what) {
  mesh_tube(m, f3_of(x, y, z0), f3_of(x, y, z1), r0, r1, segments, what);
}

static void finish(mesh *m, float crease_deg, const double size_m[3]) {
  mesh_smooth(m, crease_deg);
  mesh_fit(m, size_m);
}

static const double lamps[LAMP_VARIANTS][3] = {
    {2.0, 0.30, 8.0}, {2.2, 0.30, 8.6}, {1.7, 0.34, 6.8}, {2.0, 0.26, 7.4}};

void lamp_size(int variant, double size_m[3]) {
  copy(lamps[variant % LAMP_VARIANTS], size_m);
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
  finish(out, 45, size);
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

static const double signals[SIGNAL_VARIANTS][3] = {
    {0.45, 0.44, 3.6}, {0.45, 0.36, 3.5}, {0.45, 0.56, 3.7}};

void signal_size(int variant, double size_m[3]) {
  copy(signals[variant % SIGNAL_VARIANTS], size_m);
}

void signal_build(int variant, mesh *out) {
  variant %= SIGNAL_VARIANTS;
  const double *size = signals[variant];
  float w = (float)size[1] / 2, h = (float)size[2], rear = -(float)size[0] / 2;
  float radius = 0.105f, pitch = 0.30f, front = 0.02f, top = h - 0.06f;
  material metal = variant == 1 ? MATERIAL_POLE_DARK : MATERIAL_POLE_METAL;
  float x = rear + 0.11f, low = top - 3 * pitch;
  pole(out, x, 0, 0, top - 0.1f, 0.06f, 0.05f, 10, metal);
  pole(out, x, 0, 0, 0.05f, 0.11f, 0.11f, 10, metal);
  pole(out, x, 0, 0.35f, 0.75f, 0.075f, 0.075f, 10, metal);
  for (int i = 0; i < 2; i++) {
    float z = low + 0.15f + (3 * pitch - 0.3f) * (float)i;
    mesh_bar(out, f3_of(x, 0, z), f3_of(front - 0.1f, 0, z), UP, 0.05f, 0.05f, metal);
  }
  for (int i = 0; i < 3; i++) {
    float z = top - pitch * ((float)i + 0.5f);
    static const material lit[] = {MATERIAL_SIGNAL_RED, MATERIAL_SIGNAL_YELLOW,
                                   MATERIAL_SIGNAL_GREEN};
    mesh_bevel_box(out, f3_of(front - 0.15f, -0.15f, z - pitch / 2 + 0.004f),
                   f3_of(front, 0.15f, z + pitch / 2 - 0.004f), 0.025f, MATERIAL_SIGNAL_BODY);
    lens(out, front, z, radius, (float)size[0] / 2 - front - 0.02f, lit[i]);
  }
  // The backplate; on some with a pale rim that shows at night.
  mesh_bevel_box(out, f3_of(front - 0.05f, -w, low - 0.06f), f3_of(front - 0.038f, w, h), 0,
                 variant == 2 ? MATERIAL_SIGN_BACK : MATERIAL_SIGNAL_BODY);
  if (variant == 2)
    mesh_bevel_box(out, f3_of(front - 0.045f, -w + 0.05f, low - 0.01f),
                   f3_of(front - 0.03f, w - 0.05f, h - 0.05f), 0, MATERIAL_SIGNAL_BODY);
  finish(out, 40, size);
}

static const double walk_signals[WALK_SIGNAL_VARIANTS][3] = {{0.32, 0.30, 2.8}, {0.30, 0.30, 2.7}};

void walk_signal_size(int variant, double size_m[3]) {
  copy(walk_signals[variant % WALK_SIGNAL_VARIANTS], size_m);
}

void walk_signal_build(int variant, mesh *out) {
  variant %= WALK_SIGNAL_VARIANTS;
  const double *size = walk_signals[variant];
  float h = (float)size[2], front = 0.03f, x = -(float)size[0] / 2 + 0.075f;
  material metal = variant ? MATERIAL_POLE_DARK : MATERIAL_POLE_METAL;
  pole(out, x, 0, 0, h - 0.12f, 0.05f, 0.045f, 10, metal);
  pole(out, x, 0, 0, 0.04f, 0.075f, 0.075f, 10, metal);
  for (int i = 0; i < 2; i++) {
    float z = h - 0.15f - 0.30f * (float)i;
    mesh_bevel_box(out, f3_of(front - 0.12f, -0.15f, z - 0.146f), f3_of(front, 0.15f, z + 0.15f),
                   0.02f, MATERIAL_SIGNAL_BODY);
    lens(out, front, z, 0.098f, (float)size[0] / 2 - front - 0.02f,
         i ? MATERIAL_SIGNAL_GREEN : MATERIAL_SIGNAL_RED);
  }
  // The button that people press.
  mesh_bevel_box(out, f3_of(x + 0.03f, -0.05f, 0.98f), f3_of(x + 0.10f, 0.05f, 1.16f), 0.015f,
                 MATERIAL_FURNITURE_PLASTIC);
  finish(out, 40, size);
}

_Static_assert((int)SIGN_VARIANTS == (int)SIGN_KIND_COUNT, "a variant is a kind of sign");

// Sides of the plate: 0 a disc, 3 a triangle on its tip, 4 a square on its side edge, 8 an
// octagon; 1 a wide board, 5 a diamond. Faces are painted by kernels/surface_sign.cl.
static const struct {
  double size[3];
  int form;
} signs[SIGN_VARIANTS] = {
    [SIGN_NONE] = {{0.12, 0.65, 2.6}, 0},         [SIGN_STOP] = {{0.12, 0.70, 2.65}, 8},
    [SIGN_GIVE_WAY] = {{0.12, 0.78, 2.6}, 3},     [SIGN_PRIORITY_ROAD] = {{0.12, 0.80, 2.7}, 5},
    [SIGN_SPEED_LIMIT] = {{0.12, 0.65, 2.6}, 0},  [SIGN_NO_ENTRY] = {{0.12, 0.65, 2.6}, 0},
    [SIGN_NO_STOPPING] = {{0.12, 0.62, 2.55}, 0}, [SIGN_CROSSING] = {{0.12, 0.64, 2.55}, 4},
    [SIGN_PARKING] = {{0.12, 0.62, 2.55}, 4},     [SIGN_DIRECTION] = {{0.15, 1.40, 3.4}, 1},
};

void sign_size(int variant, double size_m[3]) {
  copy(signs[variant % SIGN_VARIANTS].size, size_m);
}

// A plate with its face on +x; corners counter-clockwise, `turn` for the first. uv runs from
// its middle, 1 at half of its width `w`, to the right and up as one reads it.
static void plate(mesh *m, float x, float z, float hw, float hh, int corners, float turn, float w) {
  f3 edge[24];
  for (int i = 0; i < corners; i++) {
    float a = turn + 6.2831853f * (float)i / (float)corners;
    edge[i] = f3_of(x, hw * cosf(a), z + hh * sinf(a));
  }
  uint32_t face[24], back[24], rim_a[24], rim_b[24];
  const float front[3] = {1, 0, 0}, rear[3] = {-1, 0, 0};
  for (int i = 0; i < corners; i++) {
    float a[3] = {x, edge[i].y, edge[i].z}, b[3] = {x - 0.012f, edge[i].y, edge[i].z};
    face[i] = mesh_vertex_add(m, a, front, edge[i].y / w, (edge[i].z - z) / w);
    back[i] = mesh_vertex_add(m, b, rear, 0, 0);
    rim_a[i] = mesh_point(m, edge[i]);
    rim_b[i] = mesh_point(m, f3_of(b[0], b[1], b[2]));
  }
  for (int i = 0; i < corners; i++) {
    int k = (i + 1) % corners;
    if (i > 0 && k > 0) {
      mesh_triangle(m, face[0], face[i], face[k], MATERIAL_SIGN_FACE);
      mesh_triangle(m, back[0], back[k], back[i], MATERIAL_SIGN_BACK);
    }
    mesh_quad(m, rim_a[k], rim_a[i], rim_b[i], rim_b[k], MATERIAL_SIGN_BACK);
  }
}

void sign_build(int variant, mesh *out) {
  variant %= SIGN_VARIANTS;
  const double *size = signs[variant].size;
  float w = (float)size[1] / 2, h = (float)size[2], x = (float)size[0] / 2, rear = -x;
  int form = signs[variant].form;
  float top = form == 1 ? h : h - 0.02f;
  if (form == 1) {
    for (int side = -1; side <= 1; side += 2)
      pole(out, rear + 0.05f, (float)side * w * 0.6f, 0, h - 0.1f, 0.05f, 0.05f, 8,
           MATERIAL_POLE_METAL);
    plate(out, x, top - 0.65f, w * 1.41421356f, 0.65f * 1.41421356f, 4, 0.78539816f, w);
    finish(out, 40, size);
    return;
  }
  pole(out, rear + 0.034f, 0, 0, h, 0.034f, 0.034f, 10, MATERIAL_POLE_METAL);
  float middle = top - w;
  switch (form) {
  case 3:
    plate(out, x, top - 0.5f * w * 1.1547f, w * 1.1547f, w * 1.1547f, 3, -1.5707963f, w);
    break;
  case 4:
    plate(out, x, middle, w * 1.41421356f, w * 1.41421356f, 4, 0.78539816f, w);
    break;
  case 5:
    plate(out, x, middle, w, w, 4, 0, w);
    break;
  case 8:
    plate(out, x, middle, w * 1.0823922f, w * 1.0823922f, 8, 0.39269908f, w);
    break;
  default:
    plate(out, x, middle, w, w, 24, 0, w);
  }
  mesh_bar(out, f3_of(rear + 0.03f, -0.12f, middle), f3_of(rear + 0.03f, 0.12f, middle), UP, 0.04f,
           0.05f, MATERIAL_SIGN_BACK);
  mesh_bar(out, f3_of(rear + 0.03f, 0, middle), f3_of(x - 0.01f, 0, middle), UP, 0.05f, 0.06f,
           MATERIAL_SIGN_BACK);
  finish(out, 40, size);
}
