// SPDX-License-Identifier: Apache-2.0
// Shops and lobbies along the street.
#include "render/asset_building.h"

// Piers at a house's corners stand this far out of the wall round the corner.
static const float PROUD_M = 0.02f;
static const float RISER_M = 0.45f, GLASS_TOP_M = 2.75f, SIGN_LOW_M = 2.95f, SIGN_HIGH_M = 3.55f;

static void awning(const wall_face *w, float u0, float u1, float reach) {
  float high = 2.92f, low = 2.45f, valance = 0.16f;
  f3 a = wall_at(w, u0, low, reach), b = wall_at(w, u1, low, reach);
  f3 c = wall_at(w, u1, high, 0.04f), d = wall_at(w, u0, high, 0.04f);
  mesh_face(w->m, a, b, c, d, MATERIAL_AWNING);
  mesh_face(w->m, d, c, b, a, MATERIAL_AWNING);
  f3 down = {0, 0, -valance};
  mesh_face(w->m, f3_add(a, down), f3_add(b, down), b, a, MATERIAL_AWNING);
  mesh_face(w->m, a, b, f3_add(b, down), f3_add(a, down), MATERIAL_AWNING);
  // Its sides, seen from both: thin triangles down to the wall.
  f3 left = wall_at(w, u0, low, 0.04f), right = wall_at(w, u1, low, 0.04f);
  const f3 sides[4][3] = {{left, a, d}, {d, a, left}, {b, right, c}, {c, right, b}};
  for (int i = 0; i < 4; i++) {
    f3 n = f3_unit(f3_cross(f3_sub(sides[i][1], sides[i][0]), f3_sub(sides[i][2], sides[i][0])));
    uint32_t id[3];
    for (int k = 0; k < 3; k++) {
      const float p[3] = {sides[i][k].x, sides[i][k].y, sides[i][k].z}, normal[3] = {n.x, n.y, n.z};
      id[k] = mesh_vertex_add(w->m, p, normal, p[0], p[2]);
    }
    mesh_triangle(w->m, id[0], id[1], id[2], MATERIAL_AWNING);
  }
}

// A glazed bay with a door at its right end when `door`.
static void glazed_bay(const wall_face *w, float u0, float u1, bool door) {
  float end = door ? u1 - 1.05f : u1;
  const float depth = 0.22f;
  wall_quad(w, u0, 0, end, RISER_M, -0.06f, MATERIAL_TRIM);
  mesh_face(w->m, wall_at(w, u0, RISER_M, -0.06f), wall_at(w, end, RISER_M, -0.06f),
            wall_at(w, end, RISER_M, -depth), wall_at(w, u0, RISER_M, -depth), MATERIAL_TRIM);
  wall_quad(w, u0, RISER_M, end, GLASS_TOP_M, -depth, MATERIAL_SHOP_WINDOW);
  for (int i = 0; i < 3; i++) {
    float u = u0 + (end - u0 - 0.05f) * (float)i / 2;
    wall_quad(w, u, RISER_M, u + 0.05f, GLASS_TOP_M, -depth + 0.03f, MATERIAL_WINDOW_FRAME);
  }
  wall_quad(w, u0, GLASS_TOP_M - 0.08f, u1, GLASS_TOP_M, -depth + 0.03f, MATERIAL_WINDOW_FRAME);
  if (!door)
    return;
  wall_quad(w, end, 0.04f, u1, GLASS_TOP_M, -depth - 0.1f, MATERIAL_SHOP_WINDOW);
  mesh_face(w->m, wall_at(w, end, 0, -0.06f), wall_at(w, end, 0, -depth - 0.1f),
            wall_at(w, end, GLASS_TOP_M, -depth - 0.1f), wall_at(w, end, GLASS_TOP_M, -0.06f),
            MATERIAL_TRIM);
  const float bar = 0.09f;
  wall_quad(w, end, 0, end + bar, GLASS_TOP_M, -depth - 0.07f, MATERIAL_WINDOW_FRAME);
  wall_quad(w, u1 - bar, 0, u1, GLASS_TOP_M, -depth - 0.07f, MATERIAL_WINDOW_FRAME);
  wall_quad(w, end + bar, 0, u1 - bar, 0.22f, -depth - 0.07f, MATERIAL_WINDOW_FRAME);
  wall_quad(w, end + bar, 2.1f, u1 - bar, 2.18f, -depth - 0.07f, MATERIAL_WINDOW_FRAME);
  wall_block(w, end + bar + 0.04f, 0.9f, end + bar + 0.07f, 1.4f, -depth - 0.07f, -depth,
             MATERIAL_RAILING);
  mesh_face(w->m, wall_at(w, end, 0.04f, 0), wall_at(w, u1, 0.04f, 0),
            wall_at(w, u1, 0.04f, -depth - 0.1f), wall_at(w, end, 0.04f, -depth - 0.1f),
            MATERIAL_TRIM);
  wall_quad(w, end, 0, u1, 0.04f, 0, MATERIAL_TRIM);
}

// One shop over bays first..last: pilasters, glass, sign, perhaps an awning.
static void shop(const wall_face *w, int first, int last, int number) {
  const building *b = w->b;
  float size = w->width / (float)w->bays;
  float left = size * (float)first, right = size * (float)(last + 1), pier = 0.22f;
  for (int bay = first; bay <= last; bay++) {
    float u0 = size * (float)bay + (bay == first ? pier : pier / 2);
    float u1 = size * (float)(bay + 1) - (bay == last ? pier : pier / 2);
    glazed_bay(w, u0, u1, bay == last);
    if (bay < last)
      wall_block(w, u1, 0, u1 + pier, GLASS_TOP_M, -0.32f, 0, MATERIAL_TRIM);
  }
  float outer_left = first == 0 ? -PROUD_M : left;
  float outer_right = last == w->bays - 1 ? right + PROUD_M : right;
  wall_block(w, outer_left, 0, left + pier, GLASS_TOP_M, -0.32f, 0.05f, MATERIAL_TRIM);
  wall_block(w, right - pier, 0, outer_right, GLASS_TOP_M, -0.32f, 0.05f, MATERIAL_TRIM);
  // The lintel over the glass, the sign board on it, the wall above.
  wall_block(w, outer_left, GLASS_TOP_M, outer_right, SIGN_LOW_M, -0.32f, 0.05f, MATERIAL_TRIM);
  wall_quad(w, left, SIGN_LOW_M, right, b->ground_m, 0, b->wall);
  wall_block(w, left + 0.15f, SIGN_LOW_M + 0.02f, right - 0.15f, SIGN_HIGH_M, 0, 0.10f,
             MATERIAL_SHOP_SIGN);
  bool sheltered = b->look != 3 && (number == 0 || (number + b->look) % 2 == 0);
  if (sheltered)
    awning(w, left + 0.2f, right - 0.2f, 0.94f);
}

static void lobby(const wall_face *w) {
  const building *b = w->b;
  float size = w->width / (float)w->bays;
  for (int bay = 0; bay < w->bays; bay++) {
    float u0 = size * (float)bay, u1 = u0 + size, pier = 0.3f;
    bool door = bay == w->bays / 2;
    glazed_bay(w, u0 + pier / 2, u1 - pier / 2, door);
    float left = bay == 0 ? -PROUD_M : u0, right = bay == w->bays - 1 ? u1 + PROUD_M : u1;
    wall_block(w, left, 0, u0 + pier / 2, GLASS_TOP_M, -0.32f, 0.12f, MATERIAL_TRIM);
    wall_block(w, u1 - pier / 2, 0, right, GLASS_TOP_M, -0.32f, 0.12f, MATERIAL_TRIM);
    if (door)
      wall_block(w, u0, GLASS_TOP_M + 0.02f, u1, GLASS_TOP_M + 0.2f, 0, b->front_reach,
                 MATERIAL_RAILING);
  }
  wall_block(w, -PROUD_M, GLASS_TOP_M, w->width + PROUD_M, b->ground_m, -0.32f, 0, MATERIAL_TRIM);
}

void building_shopfront(const wall_face *w) {
  if (w->b->style == BUILDING_OFFICE) {
    lobby(w);
    return;
  }
  int number = 0;
  for (int first = 0; first < w->bays; number++) {
    int last = first + 1 + (number + w->b->look) % 2;
    if (last >= w->bays - 1)
      last = w->bays - 1;
    shop(w, first, last, number);
    first = last + 1;
  }
}
