// SPDX-License-Identifier: Apache-2.0
// Between gardens and sidewalks: pieces of fences and walls, 2 m long, that go on from each
// other along y.
#include "render/asset_street.h"

#include <math.h>
#include <string.h>

#include "render/mesh_shape.h"

static const double fences[FENCE_VARIANTS][3] = {
    {0.09, 2.00, 1.00}, {0.06, 2.00, 1.15}, {0.08, 2.00, 1.30}};

void fence_size(int variant, double size_m[3]) {
  memcpy(size_m, fences[variant % FENCE_VARIANTS], 3 * sizeof *size_m);
}

// Pales with pointed heads on two rails.
static void pickets(mesh *m, float l, float w, float h) {
  const material wood = MATERIAL_FENCE_WOOD;
  for (int k = 0; k < 2; k++) {
    float z = k ? 0.78f * h : 0.28f * h;
    mesh_bevel_box(m, f3_of(-l + 0.01f, -w, z - 0.035f), f3_of(-l + 0.05f, w, z + 0.035f), 0, wood);
  }
  enum { PALES = 17 };
  float pitch = 2 * w / PALES;
  for (int i = 0; i < PALES; i++) {
    float y = -w + pitch * ((float)i + 0.5f), half = 0.036f, x0 = l - 0.04f, x1 = l - 0.018f;
    float neck = h - 0.05f, tilt = 0.006f * (float)(i * 7 % 3 - 1);
    mesh_bevel_box(m, f3_of(x0, y - half, 0.07f), f3_of(x1, y + half, neck + tilt), 0, wood);
    // The head: a roof over the pale.
    f3 a = f3_of(x0, y - half, neck + tilt), b = f3_of(x1, y - half, neck + tilt);
    f3 c = f3_of(x0, y + half, neck + tilt), d = f3_of(x1, y + half, neck + tilt);
    f3 top0 = f3_of(x0, y, h - 0.006f), top1 = f3_of(x1, y, h - 0.006f);
    mesh_patch(m, b, top1, top0, a, wood);
    mesh_patch(m, top1, d, c, top0, wood);
    uint32_t front[3] = {mesh_point(m, b), mesh_point(m, d), mesh_point(m, top1)};
    uint32_t rear[3] = {mesh_point(m, c), mesh_point(m, a), mesh_point(m, top0)};
    mesh_triangle(m, front[0], front[1], front[2], wood);
    mesh_triangle(m, rear[0], rear[1], rear[2], wood);
  }
  for (int side = -1; side <= 1; side += 2) {
    float y = (float)side * (w - 0.0225f);
    mesh_bevel_box(m, f3_of(-l, y - 0.0225f, 0), f3_of(0.01f, y + 0.0225f, h), 0, wood);
  }
}

// Bars between two rails.
static void bars(mesh *m, float l, float w, float h) {
  const material iron = MATERIAL_FENCE_METAL;
  for (int k = 0; k < 2; k++) {
    float z = k ? h - 0.14f : 0.12f;
    mesh_bevel_box(m, f3_of(-0.02f, -w, z - 0.02f), f3_of(0.02f, w, z + 0.02f), 0, iron);
  }
  enum { BARS = 16 };
  for (int i = 0; i < BARS; i++) {
    float y = -w + 2 * w * ((float)i + 0.5f) / BARS;
    mesh_tube(m, f3_of(0, y, 0.06f), f3_of(0, y, h - 0.06f), 0.009f, 0.009f, 5, iron);
    mesh_tube(m, f3_of(0, y, h - 0.06f), f3_of(0, y, h - 0.01f), 0.016f, 0.002f, 5, iron);
  }
  for (int side = -1; side <= 1; side += 2) {
    float y = (float)side * (w - 0.015f);
    mesh_bevel_box(m, f3_of(-l, y - 0.015f, 0), f3_of(l, y + 0.015f, h), 0, iron);
  }
}

// Boards that lie one over the other, with gaps.
static void boards(mesh *m, float l, float w, float h) {
  const material wood = MATERIAL_FENCE_WOOD;
  enum { BOARDS = 8 };
  for (int i = 0; i < BOARDS; i++) {
    float z0 = 0.10f + (h - 0.14f) * (float)i / BOARDS, z1 = z0 + (h - 0.14f) / BOARDS - 0.014f;
    float lean = 0.004f * (float)(i * 5 % 3 - 1);
    mesh_bevel_box(m, f3_of(l - 0.035f + lean, -w, z0), f3_of(l - 0.012f + lean, w, z1), 0, wood);
  }
  for (int k = -1; k <= 1; k++) {
    float y = (float)k * (w - 0.0225f), half = k ? 0.0225f : 0.035f;
    mesh_bevel_box(m, f3_of(-l, y - half, 0), f3_of(l - 0.03f, y + half, h), 0, wood);
  }
}

void fence_build(int variant, mesh *out) {
  variant %= FENCE_VARIANTS;
  const double *size = fences[variant];
  float l = (float)size[0] / 2, w = (float)size[1] / 2, h = (float)size[2];
  if (variant == 0)
    pickets(out, l, w, h);
  else if (variant == 1)
    bars(out, l, w, h);
  else
    boards(out, l, w, h);
  mesh_finish(out, 30, size);
}

static const double walls[GARDEN_WALL_VARIANTS][3] = {
    {0.30, 2.00, 0.95}, {0.28, 2.00, 1.25}, {0.34, 2.00, 0.60}};

void garden_wall_size(int variant, double size_m[3]) {
  memcpy(size_m, walls[variant % GARDEN_WALL_VARIANTS], 3 * sizeof *size_m);
}

// A wall under a coping that throws the rain off.
void garden_wall_build(int variant, mesh *out) {
  static const material made_of[GARDEN_WALL_VARIANTS] = {
      MATERIAL_GARDEN_BRICK, MATERIAL_GARDEN_PLASTER, MATERIAL_GARDEN_STONE};
  variant %= GARDEN_WALL_VARIANTS;
  const double *size = walls[variant];
  float l = (float)size[0] / 2, w = (float)size[1] / 2, h = (float)size[2];
  float x = l - 0.04f, cap = 0.07f;
  mesh_bevel_box(out, f3_of(-x, -w, 0), f3_of(x, w, h - cap + 0.001f), 0, made_of[variant]);
  const float roof[][2] = {{-l, h - cap}, {-l, h - 0.03f}, {0, h}, {l, h - 0.03f}, {l, h - cap}};
  for (int i = 0; i < 4; i++) {
    const float *a = roof[i], *b = roof[i + 1];
    mesh_patch(out, f3_of(a[0], -w, a[1]), f3_of(b[0], -w, b[1]), f3_of(b[0], w, b[1]),
               f3_of(a[0], w, a[1]), MATERIAL_GARDEN_COPING);
  }
  mesh_patch(out, f3_of(-l, w, h - cap), f3_of(-l, -w, h - cap), f3_of(l, -w, h - cap),
             f3_of(l, w, h - cap), MATERIAL_GARDEN_COPING);
  for (int side = -1; side <= 1; side += 2) {
    uint32_t id[5];
    for (int i = 0; i < 5; i++)
      id[i] = mesh_point(out, f3_of(roof[i][0], (float)side * w, roof[i][1]));
    for (int i = 1; i < 4; i++)
      if (side < 0)
        mesh_triangle(out, id[0], id[i + 1], id[i], MATERIAL_GARDEN_COPING);
      else
        mesh_triangle(out, id[0], id[i], id[i + 1], MATERIAL_GARDEN_COPING);
  }
  mesh_finish(out, 30, size);
}
