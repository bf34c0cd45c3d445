// SPDX-License-Identifier: Apache-2.0
// Plates of traffic signs; kernels/surface_sign.cl paints their faces.
#include "scenes/sign.h"

#include <math.h>

#include "render/asset_street.h"
#include "render/kernels/signs.h"
#include "render/mesh_shape.h"

_Static_assert((int)SIGN_VARIANTS == (int)SIGN_KIND_COUNT, "a variant is a kind of sign");
_Static_assert((int)SIGN_FACE_COUNT == (int)SIGN_KIND_COUNT, "kernels know every kind");
#define X(NAME) _Static_assert((int)SIGN_FACE_##NAME == (int)SIGN_##NAME, "the same number");
SIGN_FACES(X)
#undef X

enum { OUTLINE = 40, ARC = 5 };

void sign_size(int variant, double size_m[3]) {
  const sign_info *sign = &sign_table[variant % SIGN_VARIANTS];
  size_m[0] = SIGN_DEPTH_M, size_m[1] = sign->width_m, size_m[2] = sign->height_m;
}

// Corners of the plate before they are rounded, counter-clockwise, around its box's middle.
static int corners(const sign_info *sign, float out[8][2]) {
  float r = (float)sign->corner_m, w = (float)sign->width_m / 2 - r,
        h = (float)sign->height_m / 2 - r, c = 0.41421356f;
  const float shapes[][8][2] = {[SIGN_TRIANGLE] = {{-w, -h}, {w, -h}, {0, h}},
                                [SIGN_TIP] = {{-w, h}, {0, -h}, {w, h}},
                                [SIGN_DIAMOND] = {{w, 0}, {0, h}, {-w, 0}, {0, -h}},
                                [SIGN_OCTAGON] = {{w, -c * h},
                                                  {w, c * h},
                                                  {c * w, h},
                                                  {-c * w, h},
                                                  {-w, c * h},
                                                  {-w, -c * h},
                                                  {-c * w, -h},
                                                  {c * w, -h}},
                                [SIGN_BOARD] = {{-w, -h}, {w, -h}, {w, h}, {-w, h}}};
  static const int counts[] = {[SIGN_TRIANGLE] = 3,
                               [SIGN_TIP] = 3,
                               [SIGN_DIAMOND] = 4,
                               [SIGN_OCTAGON] = 8,
                               [SIGN_BOARD] = 4};
  for (int i = 0; i < counts[sign->form]; i++)
    out[i][0] = shapes[sign->form][i][0], out[i][1] = shapes[sign->form][i][1];
  return counts[sign->form];
}

// The plate's outline, counter-clockwise as one reads it.
static int outline(const sign_info *sign, float out[OUTLINE][2]) {
  if (sign->form == SIGN_DISC) {
    for (int i = 0; i < OUTLINE; i++) {
      float a = 6.2831853f * (float)i / OUTLINE;
      out[i][0] = (float)sign->width_m / 2 * cosf(a),
      out[i][1] = (float)sign->height_m / 2 * sinf(a);
    }
    return OUTLINE;
  }
  float corner[8][2], r = (float)sign->corner_m;
  int n = corners(sign, corner), count = 0;
  for (int i = 0; i < n; i++) {
    const float *before = corner[(i + n - 1) % n], *at = corner[i], *after = corner[(i + 1) % n];
    // Edge normals look to the right of the way round.
    float from = atan2f(-(at[0] - before[0]), at[1] - before[1]);
    float turn = atan2f(-(after[0] - at[0]), after[1] - at[1]) - from;
    turn += turn < 0 ? 6.2831853f : 0;
    for (int k = 0; k < ARC; k++) {
      float a = from + turn * (float)k / (ARC - 1);
      out[count][0] = at[0] + r * cosf(a), out[count][1] = at[1] + r * sinf(a);
      count++;
    }
  }
  return count;
}

void sign_build(int variant, mesh *out) {
  const sign_info *sign = &sign_table[variant % SIGN_VARIANTS];
  float edge[OUTLINE][2], w = (float)sign->width_m / 2, h = (float)sign->height_m / 2;
  float front = (float)SIGN_DEPTH_M / 2, back = front - (float)SIGN_PLATE_M;
  int n = outline(sign, edge);
  uint32_t face = 0, rear = 0;
  uint32_t rim[OUTLINE][4];
  const float ahead[3] = {1, 0, 0}, behind[3] = {-1, 0, 0};
  // uv runs from the middle to the right and up as one reads it, 1 at half of the width: y is to
  // the left of the sign's own front, so to the right of who looks at it.
  for (int i = -1; i < n; i++) {
    float y = i < 0 ? 0 : edge[i][0], z = i < 0 ? h : h + edge[i][1];
    const float a[3] = {front, y, z}, b[3] = {back, y, z};
    uint32_t at_face = mesh_vertex_add(out, a, ahead, y / w, (z - h) / w);
    uint32_t at_rear = mesh_vertex_add(out, b, behind, 0, 0);
    if (i < 0) {
      face = at_face, rear = at_rear;
      continue;
    }
    rim[i][0] = at_face, rim[i][1] = at_rear;
    rim[i][2] = mesh_point(out, f3_of(front, y, z)), rim[i][3] = mesh_point(out, f3_of(back, y, z));
  }
  for (int i = 0; i < n; i++) {
    int k = (i + 1) % n;
    mesh_triangle(out, face, rim[i][0], rim[k][0], MATERIAL_SIGN_FACE);
    mesh_triangle(out, rear, rim[k][1], rim[i][1], MATERIAL_SIGN_BACK);
    mesh_quad(out, rim[k][2], rim[i][2], rim[i][3], rim[k][3], MATERIAL_SIGN_BACK);
  }
  // What holds it to its post: two clamps, on boards rails along them.
  bool wide = w > 0.7f;
  for (int k = -1; k <= 1; k += 2) {
    float z = h + (float)k * 0.28f * h, half = wide ? 0.9f * w : fminf(0.13f, 0.4f * w);
    if (sign->form == SIGN_TIP)
      z += 0.2f * h;
    mesh_bevel_box(out, f3_of(-front, -half, z - 0.018f), f3_of(back + 0.001f, half, z + 0.018f), 0,
                   MATERIAL_SIGN_BACK);
  }
  double size_m[3];
  sign_size(variant, size_m);
  mesh_smooth(out, 40);
  mesh_fit(out, size_m);
}
