// SPDX-License-Identifier: Apache-2.0
// Halls of works and stores: gates and loading doors, bands of glass below the eaves, posts
// between the bays. Garages, which have one door.
#include "render/asset_building.h"

static const float GATE_M = 3.6f, GATE_HIGH_M = 4.0f, DOOR_M = 1.1f, DOOR_HIGH_M = 2.2f;
static const float BAND_M = 0.9f; // height of a band of windows
static const float PLINTH_M = 0.5f, REVEAL_M = 0.12f;

static bool is_gate(const wall_face *w, int bay) {
  return w->front && (bay + w->b->look) % 2 == 0;
}

// An opening that a leaf closes, behind the wall's plane; ribs run across a gate's.
static void leaf(const wall_face *w, float u0, float u1, float high, int ribs, material what) {
  wall_quad(w, u0, 0, u1, high, -REVEAL_M, what);
  const material wall = MATERIAL_TRIM;
  mesh_face(w->m, wall_at(w, u0, 0, 0), wall_at(w, u0, 0, -REVEAL_M),
            wall_at(w, u0, high, -REVEAL_M), wall_at(w, u0, high, 0), wall);
  mesh_face(w->m, wall_at(w, u1, 0, -REVEAL_M), wall_at(w, u1, 0, 0), wall_at(w, u1, high, 0),
            wall_at(w, u1, high, -REVEAL_M), wall);
  mesh_face(w->m, wall_at(w, u0, high, -REVEAL_M), wall_at(w, u1, high, -REVEAL_M),
            wall_at(w, u1, high, 0), wall_at(w, u0, high, 0), wall);
  for (int i = 1; i < ribs; i++) {
    float v = high * (float)i / (float)ribs;
    wall_block(w, u0 + 0.05f, v - 0.04f, u1 - 0.05f, v + 0.04f, -REVEAL_M, -0.06f, what);
  }
}

// A bay's ground: a gate, a door beside one in front, or wall.
static void ground_bay(const wall_face *w, int bay, float left, float right, float top) {
  float middle = (left + right) / 2, half = (right - left) / 2;
  bool gate = is_gate(w, bay), door = w->front && !gate;
  const material wall = w->b->wall;
  if (!gate && !door) {
    wall_quad(w, left, 0, right, top, 0, wall);
    return;
  }
  float wide = gate ? GATE_M / 2 : DOOR_M / 2, high = gate ? GATE_HIGH_M : DOOR_HIGH_M;
  wide = wide < half - 0.2f ? wide : half - 0.2f;
  high = high < top - 0.1f ? high : top - 0.1f;
  float u0 = middle - wide, u1 = middle + wide;
  wall_quad(w, left, 0, u0, high, 0, wall);
  wall_quad(w, u1, 0, right, high, 0, wall);
  wall_quad(w, left, high, right, top, 0, wall);
  leaf(w, u0, u1, high, gate && w->detail > 0 ? 6 : 0, gate ? MATERIAL_WALL_METAL : MATERIAL_DOOR);
  if (gate && w->detail > 0)
    wall_block(w, u0 - 0.2f, high + 0.05f, u1 + 0.2f, high + 0.2f, 0, 0.32f, MATERIAL_TRIM);
  if (door && w->detail > 0)
    wall_block(w, u0 - 0.3f, high + 0.05f, u1 + 0.3f, high + 0.15f, 0, 0.32f, MATERIAL_TRIM);
}

void building_hall_face(const wall_face *w) {
  const building *b = w->b;
  const float top = b->wall_top, head = top - 0.5f, sill = head - BAND_M, base = sill - 0.3f;
  for (int bay = 0; bay < w->bays; bay++) {
    float left = w->width * (float)bay / (float)w->bays;
    float right = w->width * (float)(bay + 1) / (float)w->bays;
    ground_bay(w, bay, left, right, base);
    wall_face part = *w;
    part.origin = wall_at(w, left, 0, 0);
    part.width = right - left;
    const float opening[1][2] = {{0.3f, part.width - 0.3f}};
    wall_around(&part, opening, 1, base, sill, head, top);
    wall_window(w, left + 0.3f, sill, right - 0.3f, head, 0.08f, MATERIAL_WINDOW, MATERIAL_TRIM);
    if (bay > 0 && w->detail > 0)
      wall_block(w, left - 0.12f, 0, left + 0.12f, top, 0, 0.10f, MATERIAL_TRIM);
  }
  if (!w->front && w->detail > 0)
    wall_block(w, 0, 0, w->width, PLINTH_M, 0, 0.04f, MATERIAL_TRIM);
}

void building_garage_face(const wall_face *w) {
  const building *b = w->b;
  const float top = b->wall_top, high = 2.1f, u0 = 0.3f, u1 = w->width - 0.3f;
  if (!w->front) {
    wall_quad(w, 0, 0, w->width, top, 0, b->wall);
    return;
  }
  wall_quad(w, 0, 0, u0, high, 0, b->wall);
  wall_quad(w, u1, 0, w->width, high, 0, b->wall);
  wall_quad(w, 0, high, w->width, top, 0, b->wall);
  leaf(w, u0, u1, high, 4 + 2 * (b->look & 1), b->look < 2 ? MATERIAL_WINDOW_FRAME : MATERIAL_DOOR);
}
