// SPDX-License-Identifier: Apache-2.0
// What stands beside carriageways and on closed lanes: cones, barriers, delineators.
#include "render/asset_street.h"

#include <math.h>
#include <string.h>

#include "render/mesh_shape.h"

static const f3 UP = {0, 0, 1};

// A tall one for fast roads and a small one for streets.
static const double cones[CONE_VARIANTS][3] = {{0.42, 0.42, 0.75}, {0.30, 0.30, 0.50}};

void cone_size(int variant, double size_m[3]) {
  memcpy(size_m, cones[variant % CONE_VARIANTS], 3 * sizeof *size_m);
}

void cone_build(int variant, mesh *out) {
  variant %= CONE_VARIANTS;
  const double *size = cones[variant];
  float half = (float)size[0] / 2, h = (float)size[2], foot = 0.035f;
  // Four feet keep the base off the road.
  for (int k = 0; k < 4; k++) {
    float x = (k & 1 ? 1.0f : -1.0f) * (half - 0.05f), y = (k & 2 ? 1.0f : -1.0f) * (half - 0.05f);
    mesh_bevel_box(out, f3_of(x - 0.05f, y - 0.05f, 0), f3_of(x + 0.05f, y + 0.05f, 0.015f), 0,
                   MATERIAL_ROAD_RUBBER);
  }
  mesh_bevel_box(out, f3_of(-half, -half, 0.012f), f3_of(half, half, foot), 0.010f,
                 MATERIAL_ROAD_RUBBER);
  const material body = MATERIAL_CONE, band = MATERIAL_REFLECT_WHITE;
  float low = 0.37f * (float)size[0], top = 0.032f;
  // Radii of the flank at shares of its height; sleeves stand out a little.
  const float share[] = {0, 0.02f, 0.30f, 0.30f, 0.52f, 0.52f, 0.64f, 0.64f, 0.82f, 0.82f, 0.99f};
  const bool sleeve[] = {false, false, false, true, true, false, false, true, true, false, false};
  enum { N = sizeof share / sizeof *share };
  float wall[N + 4][2];
  material is[N + 3];
  wall[0][0] = foot - 0.002f, wall[0][1] = 0;
  for (int i = 0; i < N; i++) {
    wall[i + 1][0] = foot + (h - foot) * share[i];
    wall[i + 1][1] = low + (top - low) * share[i] + (sleeve[i] ? 0.004f : 0) + (i ? 0 : 0.012f);
    is[i] = i > 0 && sleeve[i - 1] && sleeve[i] ? band : body;
  }
  // The tip is open, so that cones stack.
  wall[N + 1][0] = h, wall[N + 1][1] = top - 0.003f;
  wall[N + 2][0] = h, wall[N + 2][1] = top - 0.012f;
  wall[N + 3][0] = h - 0.03f, wall[N + 3][1] = 0;
  is[N] = is[N + 1] = body, is[N + 2] = MATERIAL_CAR_SEAM;
  mesh_spin(out, f3_of(0, 0, 0), UP, wall, N + 4, 20, is);
  mesh_finish(out, 35, size);
}

// A board between two posts on rubber feet; a plastic one filled with water; a beacon.
static const double barriers[BARRIER_VARIANTS][3] = {
    {0.40, 2.00, 1.10}, {0.50, 1.80, 0.95}, {0.40, 0.75, 1.15}};

void barrier_size(int variant, double size_m[3]) {
  memcpy(size_m, barriers[variant % BARRIER_VARIANTS], 3 * sizeof *size_m);
}

// A board from y0 to y1 with its slanting red and white fields on both faces.
static void striped_board(mesh *m, float y0, float y1, float z0, float z1, float thick) {
  float x = thick / 2;
  mesh_bevel_box(m, f3_of(-x, y0, z0), f3_of(x, y1, z1), 0, MATERIAL_REFLECT_WHITE);
  float pitch = 0.5f, slant = z1 - z0;
  for (float y = y0 - slant; y < y1; y += pitch) {
    // A parallelogram cut off at the board's ends, at most five corners; a fan is enough.
    float corner[8][2],
        in[4][2] = {{y, z0}, {y + pitch / 2, z0}, {y + pitch / 2 + slant, z1}, {y + slant, z1}};
    int n = 0;
    for (int i = 0; i < 4; i++) {
      const float *a = in[i], *b = in[(i + 1) % 4];
      bool a_in = a[0] >= y0 && a[0] <= y1;
      float cuts[2] = {y0, y1};
      if (a[0] > b[0])
        cuts[0] = y1, cuts[1] = y0;
      if (a_in)
        corner[n][0] = a[0], corner[n][1] = a[1], n++;
      for (int k = 0; k < 2; k++)
        if ((a[0] < cuts[k]) != (b[0] < cuts[k]) && a[0] != cuts[k] && b[0] != cuts[k]) {
          float u = (cuts[k] - a[0]) / (b[0] - a[0]);
          corner[n][0] = cuts[k], corner[n][1] = a[1] + u * (b[1] - a[1]), n++;
        }
    }
    for (int face = -1; face <= 1 && n >= 3; face += 2) {
      float at = (float)face * (x + 0.002f);
      uint32_t first = 0, last = 0;
      for (int i = 0; i < n; i++) {
        uint32_t id = mesh_point(m, f3_of(at, corner[i][0], corner[i][1]));
        if (i > 1 && face > 0)
          mesh_triangle(m, first, last, id, MATERIAL_REFLECT_RED);
        else if (i > 1)
          mesh_triangle(m, first, id, last, MATERIAL_REFLECT_RED);
        first = i ? first : id;
        last = id;
      }
    }
  }
}

static void board_barrier(mesh *m, float l, float w, float h) {
  const material metal = MATERIAL_ROAD_METAL;
  for (int side = -1; side <= 1; side += 2) {
    float y = (float)side * (w - 0.25f);
    mesh_bevel_box(m, f3_of(-l, y - 0.20f, 0), f3_of(l, y + 0.20f, 0.11f), 0.02f,
                   MATERIAL_ROAD_RUBBER);
    mesh_bar(m, f3_of(-0.045f, y, 0.08f), f3_of(-0.045f, y, h), f3_of(0, 1, 0), 0.06f, 0.04f,
             metal);
  }
  striped_board(m, -w, w, h - 0.25f, h - 0.002f, 0.03f);
  striped_board(m, -w, w, 0.30f, 0.44f, 0.03f);
}

static void water_barrier(mesh *m, float l, float w, float h) {
  // A section that narrows upwards, the same at both ends; red, the top pale.
  const float outline[][2] = {{-l, 0},         {-l, 0.16f},    {-0.52f * l, 0.34f},
                              {-0.34f * l, h}, {0.34f * l, h}, {0.52f * l, 0.34f},
                              {l, 0.16f},      {l, 0}};
  enum { N = 8 };
  for (int i = 0; i + 1 < N; i++) {
    const float *a = outline[i], *b = outline[i + 1];
    mesh_patch(m, f3_of(a[0], -w, a[1]), f3_of(b[0], -w, b[1]), f3_of(b[0], w, b[1]),
               f3_of(a[0], w, a[1]), MATERIAL_BARRIER_BODY);
  }
  for (int side = -1; side <= 1; side += 2) {
    uint32_t id[N];
    for (int i = 0; i < N; i++)
      id[i] = mesh_point(m, f3_of(outline[i][0], (float)side * w, outline[i][1]));
    for (int i = 1; i + 1 < N; i++)
      if (side < 0)
        mesh_triangle(m, id[0], id[i + 1], id[i], MATERIAL_BARRIER_BODY);
      else
        mesh_triangle(m, id[0], id[i], id[i + 1], MATERIAL_BARRIER_BODY);
  }
  // Recesses that forklifts use, and a reflecting strip on each flank.
  for (int face = -1; face <= 1; face += 2) {
    for (int k = -1; k <= 1; k += 2) {
      float y = (float)k * 0.45f * w, x = (float)face * (l - 0.01f);
      mesh_bevel_box(m, f3_of(x - 0.011f, y - 0.11f, 0.02f), f3_of(x + 0.011f, y + 0.11f, 0.11f), 0,
                     MATERIAL_CAR_SEAM);
    }
    float x0 = (float)face * 0.475f * l, x1 = (float)face * 0.395f * l, out = (float)face * 0.012f;
    f3 a = f3_of(x0 + out, -0.8f * w, 0.48f), b = f3_of(x0 + out, 0.8f * w, 0.48f);
    f3 c = f3_of(x1 + out, 0.8f * w, 0.75f), d = f3_of(x1 + out, -0.8f * w, 0.75f);
    if (face > 0)
      mesh_patch(m, a, b, c, d, MATERIAL_REFLECT_WHITE);
    else
      mesh_patch(m, b, a, d, c, MATERIAL_REFLECT_WHITE);
  }
}

// A guide beacon: an upright board with slanting stripes and a lamp.
static void beacon(mesh *m, float l, float w, float h) {
  mesh_bevel_box(m, f3_of(-l, -w, 0), f3_of(l, w, 0.10f), 0.02f, MATERIAL_ROAD_RUBBER);
  mesh_bar(m, f3_of(-0.03f, 0, 0.08f), f3_of(-0.03f, 0, h - 0.1f), f3_of(0, 1, 0), 0.05f, 0.04f,
           MATERIAL_ROAD_METAL);
  striped_board(m, -0.125f, 0.125f, 0.14f, h - 0.15f, 0.02f);
  const float lens[][2] = {{-0.035f, 0}, {-0.035f, 0.075f}, {0.035f, 0.075f}, {0.035f, 0}};
  const material is[] = {MATERIAL_WORK_LAMP, MATERIAL_CONE, MATERIAL_WORK_LAMP};
  mesh_spin(m, f3_of(0, 0, h - 0.075f), f3_of(1, 0, 0), lens, 4, 14, is);
}

void barrier_build(int variant, mesh *out) {
  variant %= BARRIER_VARIANTS;
  const double *size = barriers[variant];
  float l = (float)size[0] / 2, w = (float)size[1] / 2, h = (float)size[2];
  if (variant == 0)
    board_barrier(out, l, w, h);
  else if (variant == 1)
    water_barrier(out, l, w, h);
  else
    beacon(out, l, w, h);
  mesh_finish(out, 35, size);
}

// A white post with a slanting black band. Its upright reflector looks along +x, at traffic on
// its side of the road; where others come the other way round (variant 0) these see two round
// ones on its back.
static const double delineators[DELINEATOR_VARIANTS][3] = {{0.12, 0.12, 1.05}, {0.12, 0.12, 1.05}};

void delineator_size(int variant, double size_m[3]) {
  memcpy(size_m, delineators[variant % DELINEATOR_VARIANTS], 3 * sizeof *size_m);
}

void delineator_build(int variant, mesh *out) {
  variant %= DELINEATOR_VARIANTS;
  const double *size = delineators[variant];
  float r = (float)size[0] / 2, h = (float)size[2];
  // Triangular in plan with rounded corners, its flat side towards the traffic.
  enum { N = 12, LEVELS = 6 };
  const float z[LEVELS] = {0, 0.70f, 0.70f, 0.93f, 0.93f, h - 0.03f};
  const material is[LEVELS - 1] = {MATERIAL_POST_WHITE, MATERIAL_POST_WHITE, MATERIAL_POST_BLACK,
                                   MATERIAL_POST_WHITE, MATERIAL_POST_WHITE};
  f3 ring[N];
  for (int i = 0; i < N; i++) {
    int corner = i / 4;
    float at = 6.2831853f * (float)corner / 3 + 3.1415927f;
    float turn = at + ((float)(i % 4) / 3 - 0.5f) * 2.0943951f;
    ring[i] = f3_of(0.55f * r * cosf(at) + 0.45f * r * cosf(turn),
                    0.62f * r * sinf(at) + 0.40f * r * sinf(turn), 0);
  }
  // The black band slants: its borders fall towards the road.
  float lean = 0.25f;
  for (int k = 0; k + 1 < LEVELS; k++)
    for (int i = 0; i < N; i++) {
      f3 a = ring[i], b = ring[(i + 1) % N];
      float low_a = z[k] + (k >= 1 ? lean * a.y : 0), low_b = z[k] + (k >= 1 ? lean * b.y : 0);
      float up_a = z[k + 1] + lean * a.y, up_b = z[k + 1] + lean * b.y;
      mesh_patch(out, f3_of(a.x, a.y, low_a), f3_of(b.x, b.y, low_b), f3_of(b.x, b.y, up_b),
                 f3_of(a.x, a.y, up_a), is[k]);
    }
  uint32_t id[N];
  for (int i = 0; i < N; i++)
    id[i] = mesh_point(out, f3_of(ring[i].x, ring[i].y, h - 0.03f + lean * ring[i].y));
  for (int i = 1; i + 1 < N; i++)
    mesh_triangle(out, id[0], id[i], id[i + 1], MATERIAL_POST_WHITE);
  float front = 0.72f * r, back = -0.985f * r;
  const material glass = MATERIAL_REFLECT_WHITE;
  mesh_bevel_box(out, f3_of(front, -0.027f, 0.73f), f3_of(front + 0.004f, 0.027f, 0.90f), 0, glass);
  for (int k = 0; k < 2 && variant == 0; k++) {
    const float disc[][2] = {{-0.002f, 0.026f}, {0.003f, 0.026f}, {0.003f, 0}};
    const material what[] = {glass, glass};
    mesh_spin(out, f3_of(back, 0, k ? 0.875f : 0.755f), f3_of(-1, 0, 0), disc, 3, 12, what);
  }
  mesh_finish(out, 40, size);
}
