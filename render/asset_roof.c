// SPDX-License-Identifier: Apache-2.0
// Roofs: flat behind a parapet, gabled, mansard.
#include <math.h>

#include "render/asset_building.h"

static void triangle(mesh *m, f3 a, f3 b, f3 c, material what) {
  f3 n = f3_unit(f3_cross(f3_sub(b, a), f3_sub(c, a)));
  const f3 corner[3] = {a, b, c};
  uint32_t id[3];
  for (int i = 0; i < 3; i++) {
    const float p[3] = {corner[i].x, corner[i].y, corner[i].z}, normal[3] = {n.x, n.y, n.z};
    id[i] = mesh_vertex_add(m, p, normal, fabsf(n.x) > 0.5f ? p[1] : p[0], p[2]);
  }
  mesh_triangle(m, id[0], id[1], id[2], what);
}

static void units(mesh *m, const building *b, float z) {
  // Ventilation and stairs' heads: some boxes well inside the parapet.
  float room_x = b->front_x + b->back_x - 3, room_y = 2 * b->half_width - 3;
  for (int i = 0; i < 2 + b->look; i++) {
    float u = fmodf(0.31f + 0.618f * (float)(i + b->look), 1),
          v = fmodf(0.17f + 0.755f * (float)i, 1);
    float x = -b->back_x + 1.5f + u * fmaxf(0.1f, room_x - 1.2f);
    float y = -b->half_width + 1.5f + v * fmaxf(0.1f, room_y - 1.2f);
    float high = 0.5f + 0.2f * (float)(i % 3);
    building_box(m, x, y, z, x + 1.1f, y + 0.9f, z + high, MATERIAL_WINDOW_FRAME);
    building_box(m, x + 0.15f, y + 0.12f, z + high, x + 0.95f, y + 0.78f, z + high + 0.05f,
                 MATERIAL_RAILING);
  }
}

static void parapet(mesh *m, const building *b) {
  const float thick = 0.28f, low = b->wall_top + 0.12f;
  float top = b->style == BUILDING_OFFICE ? b->wall_top + 0.9f : b->wall_top + b->roof_m;
  float x1 = b->front_x, x0 = -b->back_x, y = b->half_width;
  material wall = b->style == BUILDING_OFFICE ? MATERIAL_TRIM : b->wall;
  building_box(m, x1 - thick, -y, b->wall_top, x1, y, top - 0.06f, wall);
  building_box(m, x0, -y, b->wall_top, x0 + thick, y, top - 0.06f, wall);
  building_box(m, x0 + thick, y - thick, b->wall_top, x1 - thick, y, top - 0.06f, wall);
  building_box(m, x0 + thick, -y, b->wall_top, x1 - thick, -y + thick, top - 0.06f, wall);
  // Coping stones, a hand wider to the inside.
  const float cope = thick + 0.05f;
  building_box(m, x1 - cope, -y, top - 0.06f, x1 + 0.04f, y, top, MATERIAL_TRIM);
  building_box(m, x0 - 0.04f, -y, top - 0.06f, x0 + cope, y, top, MATERIAL_TRIM);
  building_box(m, x0 + cope, y - cope, top - 0.06f, x1 - cope, y, top, MATERIAL_TRIM);
  building_box(m, x0 + cope, -y, top - 0.06f, x1 - cope, -y + cope, top, MATERIAL_TRIM);
  mesh_face(m, f3_of(x0, -y, low), f3_of(x1, -y, low), f3_of(x1, y, low), f3_of(x0, y, low),
            MATERIAL_ROOF_FLAT);
  if (b->style == BUILDING_OFFICE)
    building_box(m, x0 + (x1 - x0) * 0.25f, -y * 0.55f, low, x0 + (x1 - x0) * 0.7f, y * 0.45f,
                 b->wall_top + b->roof_m, MATERIAL_WALL_METAL);
  if (b->style != BUILDING_GARAGE)
    units(m, b, low);
}

static void chimney(mesh *m, float x, float y, float low, float top) {
  building_box(m, x - 0.3f, y - 0.42f, low, x + 0.3f, y + 0.42f, top - 0.28f, MATERIAL_WALL_BRICK);
  building_box(m, x - 0.34f, y - 0.46f, top - 0.36f, x + 0.34f, y + 0.46f, top - 0.24f,
               MATERIAL_TRIM);
  for (int i = -1; i <= 1; i += 2) {
    const float z[3] = {top - 0.28f, top - 0.04f, top}, r[3] = {0.12f, 0.10f, 0.115f};
    mesh_lathe(m, x, y + 0.2f * (float)i, z, r, 3, 6, MATERIAL_ROOF);
  }
}

// A slope from its eaves to its ridge, with the board below the eaves' edge.
static void slope(mesh *m, f3 eave_right, f3 eave_left, f3 ridge_left, f3 ridge_right,
                  material what) {
  mesh_face(m, eave_right, eave_left, ridge_left, ridge_right, what);
  f3 drop = {0, 0, -0.16f};
  mesh_face(m, f3_add(eave_right, drop), f3_add(eave_left, drop), eave_left, eave_right,
            MATERIAL_RAILING);
}

static void gable(mesh *m, const building *b) {
  const float eave = 0.34f, stack = 0.9f;
  float y = b->half_width, x1 = b->front_x, x0 = -b->back_x, middle = (x0 + x1) / 2;
  float ridge = b->wall_top + b->roof_m - stack;
  float pitch = (ridge - b->wall_top) / (x1 - middle), low = b->wall_top - pitch * eave;
  material cover = b->style == BUILDING_HALL ? MATERIAL_ROOF_FLAT : MATERIAL_ROOF;
  slope(m, f3_of(x1 + eave, -y, low), f3_of(x1 + eave, y, low), f3_of(middle, y, ridge),
        f3_of(middle, -y, ridge), cover);
  slope(m, f3_of(x0 - eave, y, low), f3_of(x0 - eave, -y, low), f3_of(middle, -y, ridge),
        f3_of(middle, y, ridge), cover);
  // Undersides of the eaves and the gables' walls.
  mesh_face(m, f3_of(x1, -y, b->wall_top - 0.02f), f3_of(x1, y, b->wall_top - 0.02f),
            f3_of(x1 + eave, y, low - 0.16f), f3_of(x1 + eave, -y, low - 0.16f),
            MATERIAL_WINDOW_FRAME);
  mesh_face(m, f3_of(x0, y, b->wall_top - 0.02f), f3_of(x0, -y, b->wall_top - 0.02f),
            f3_of(x0 - eave, -y, low - 0.16f), f3_of(x0 - eave, y, low - 0.16f),
            MATERIAL_WINDOW_FRAME);
  for (int side = -1; side <= 1; side += 2) {
    float at = (float)side * y;
    f3 a = f3_of(x1, at, b->wall_top), c = f3_of(x0, at, b->wall_top),
       top = f3_of(middle, at, ridge);
    if (side > 0)
      triangle(m, a, c, top, b->wall);
    else
      triangle(m, c, a, top, b->wall);
    f3 fa = f3_of(x1 + eave, at, low - 0.16f), fb = f3_of(x1, at, b->wall_top);
    f3 ba = f3_of(x0 - eave, at, low - 0.16f), bb = f3_of(x0, at, b->wall_top);
    f3 fc = f3_of(x1 + eave, at, low), bc = f3_of(x0 - eave, at, low);
    triangle(m, side > 0 ? fa : fb, side > 0 ? fb : fa, fc, MATERIAL_RAILING);
    triangle(m, side > 0 ? bb : ba, side > 0 ? ba : bb, bc, MATERIAL_RAILING);
  }
  if (b->style != BUILDING_HALL)
    chimney(m, middle + 0.2f, y * (b->look & 1 ? 0.55f : -0.55f), ridge - 0.8f,
            b->wall_top + b->roof_m);
}

// A dormer on the front slope: its window stands above the wall.
static void dormer(mesh *m, const building *b, float y, float low, float high) {
  float x = b->front_x - 0.12f, half = 0.75f, back = b->front_x - 1.3f;
  wall_face w = {.m = m,
                 .b = b,
                 .origin = f3_of(x, y - half, 0),
                 .right = f3_of(0, 1, 0),
                 .out = f3_of(1, 0, 0),
                 .width = 2 * half,
                 .bays = 1,
                 .detail = 2};
  float sill = low + 0.3f, head = high - 0.2f;
  wall_window(&w, 0.22f, sill, 2 * half - 0.22f, head, 0.1f, MATERIAL_WINDOW, MATERIAL_TRIM);
  const float opening[1][2] = {{0.22f, 2 * half - 0.22f}};
  building painted = *b;
  painted.wall = MATERIAL_TRIM;
  w.b = &painted;
  wall_around(&w, opening, 1, low, sill, head, high);
  for (int side = -1; side <= 1; side += 2) {
    float at = y + (float)side * half;
    f3 p = f3_of(x, at, low), q = f3_of(back, at, high), r = f3_of(x, at, high);
    if (side > 0)
      triangle(m, p, q, r, MATERIAL_TRIM);
    else
      triangle(m, q, p, r, MATERIAL_TRIM);
  }
  building_box(m, back, y - half - 0.1f, high, x + 0.12f, y + half + 0.1f, high + 0.12f,
               MATERIAL_ROOF);
}

static void mansard(mesh *m, const building *b) {
  const float rise = 2.1f, inset = 1.15f;
  float y = b->half_width, x1 = b->front_x, x0 = -b->back_x, low = b->wall_top, high = low + rise;
  slope(m, f3_of(x1, -y, low), f3_of(x1, y, low), f3_of(x1 - inset, y, high),
        f3_of(x1 - inset, -y, high), MATERIAL_ROOF);
  slope(m, f3_of(x0, y, low), f3_of(x0, -y, low), f3_of(x0 + inset, -y, high),
        f3_of(x0 + inset, y, high), MATERIAL_ROOF);
  mesh_face(m, f3_of(x0 + inset, -y, high), f3_of(x1 - inset, -y, high), f3_of(x1 - inset, y, high),
            f3_of(x0 + inset, y, high), MATERIAL_ROOF_FLAT);
  mesh_face(m, f3_of(x1, y, low), f3_of(x0, y, low), f3_of(x0 + inset, y, high),
            f3_of(x1 - inset, y, high), b->wall);
  mesh_face(m, f3_of(x0, -y, low), f3_of(x1, -y, low), f3_of(x1 - inset, -y, high),
            f3_of(x0 + inset, -y, high), b->wall);
  for (int bay = 0; bay < b->wide; bay++)
    if (b->wide < 4 || (bay + b->look) % 2 == 0)
      dormer(m, b, -y + b->bay_m * ((float)bay + 0.5f), low + 0.08f, low + 1.85f);
  chimney(m, (x0 + x1) / 2, y - 0.46f, high - 0.1f, low + b->roof_m);
  chimney(m, (x0 + x1) / 2, -y + 0.46f, high - 0.1f, low + b->roof_m - 0.15f);
}

void building_roof_build(mesh *m, const building *b) {
  switch (b->roof) {
  case ROOF_GABLE:
    gable(m, b);
    break;
  case ROOF_MANSARD:
    mansard(m, b);
    break;
  default:
    parapet(m, b);
  }
}
