// SPDX-License-Identifier: Apache-2.0
// The grammar of a face: ground floor, repeated storeys, their ornaments, the cornice.
#include "render/asset_building.h"

static float bay_left(const wall_face *w, int bay) {
  return w->width * (float)bay / (float)w->bays;
}

// Walls to the sides are mostly blank: every other bay has a window there.
static bool has_window(const wall_face *w, int bay) {
  bool side = w->right.x != 0;
  return !side || (bay + w->b->look) % 2 == 0 || w->b->style == BUILDING_OFFICE;
}

typedef struct storey_plan {
  float width, sill, head; // of the windows, over the storey's floor
  float depth;
} storey_plan;

static storey_plan plan_of(const building *b) {
  static const storey_plan plans[BUILDING_STYLE_COUNT] = {
      {1.25f, 0.95f, 2.40f, 0.14f}, {1.20f, 0.75f, 2.55f, 0.16f}, {2.20f, 0.95f, 2.45f, 0.12f},
      {3.10f, 0.70f, 3.25f, 0.10f}, {1.60f, 0.90f, 2.45f, 0.14f}, {4.20f, 1.20f, 2.50f, 0.08f}};
  storey_plan p = plans[b->style];
  if (b->style == BUILDING_OFFICE && b->look == 1)
    p.sill = 0.95f, p.head = 2.75f;
  if (b->style == BUILDING_BRICK && b->look == 2)
    p.width = 1.6f;
  return p;
}

// Sill and lintel, and for townhouses a frame around the window with a small cornice.
static void surround(const wall_face *w, float u0, float v0, float u1, float v1) {
  wall_block(w, u0 - 0.08f, v0 - 0.09f, u1 + 0.08f, v0, 0, 0.10f, MATERIAL_TRIM);
  if (w->detail < 3)
    return;
  if (w->b->style == BUILDING_BRICK)
    wall_block(w, u0 - 0.12f, v1, u1 + 0.12f, v1 + 0.18f, 0, 0.03f, MATERIAL_TRIM);
  if (w->b->style == BUILDING_TOWNHOUSE) {
    wall_quad(w, u0 - 0.14f, v0, u0, v1, 0.025f, MATERIAL_TRIM);
    wall_quad(w, u1, v0, u1 + 0.14f, v1, 0.025f, MATERIAL_TRIM);
    wall_block(w, u0 - 0.20f, v1, u1 + 0.20f, v1 + 0.14f, 0, 0.12f, MATERIAL_TRIM);
  }
}

static void railing(const wall_face *w, float u0, float u1, float v, float reach, bool solid) {
  if (solid) {
    wall_block(w, u0, v, u1, v + 0.95f, reach - 0.06f, reach, w->b->wall);
    return;
  }
  const float top = v + 0.95f;
  wall_block(w, u0, top - 0.05f, u1, top, reach - 0.05f, reach, MATERIAL_RAILING);
  mesh_face(w->m, wall_at(w, u0, top - 0.05f, 0), wall_at(w, u0, top - 0.05f, reach),
            wall_at(w, u0, top, reach), wall_at(w, u0, top, 0), MATERIAL_RAILING);
  mesh_face(w->m, wall_at(w, u1, top - 0.05f, reach), wall_at(w, u1, top - 0.05f, 0),
            wall_at(w, u1, top, 0), wall_at(w, u1, top, reach), MATERIAL_RAILING);
  int bars = (int)((u1 - u0) / 0.17f);
  for (int i = 0; i <= bars; i++) {
    float u = u0 + (u1 - u0 - 0.03f) * (float)i / (float)bars;
    wall_quad(w, u, v, u + 0.03f, top - 0.05f, reach - 0.02f, MATERIAL_RAILING);
  }
}

static void balcony(const wall_face *w, float u0, float u1, float v) {
  float reach = 1.0f;
  wall_block(w, u0, v - 0.16f, u1, v, 0, reach, MATERIAL_TRIM);
  bool solid = w->b->style == BUILDING_SLAB && (w->b->look & 1);
  railing(w, u0, u1, v, reach, solid || w->detail < 2);
}

static bool bay_has_balcony(const wall_face *w, int bay, int storey) {
  const building *b = w->b;
  if (!w->front || !b->balconies || storey == 0)
    return false;
  if (b->style == BUILDING_SLAB)
    return bay % 3 != 1;
  return bay == b->wide / 2 && storey < 3;
}

static void storey(const wall_face *w, int number, float v0, float v1) {
  const building *b = w->b;
  storey_plan plan = plan_of(b);
  float openings[BUILDING_MOST_BAYS][2];
  int count = 0;
  float head = v1 - v0 < plan.head + 0.2f ? v1 - 0.2f : v0 + plan.head;
  for (int bay = 0; bay < w->bays; bay++) {
    float left = bay_left(w, bay), size = bay_left(w, bay + 1) - left;
    float half = (plan.width < size - 0.16f ? plan.width : size - 0.16f) / 2;
    float u0 = left + size / 2 - half, u1 = left + size / 2 + half;
    if (!has_window(w, bay))
      continue;
    openings[count][0] = u0, openings[count++][1] = u1;
    wall_window(w, u0, v0 + plan.sill, u1, head, plan.depth, MATERIAL_WINDOW,
                b->style == BUILDING_TOWNHOUSE ? MATERIAL_TRIM : b->wall);
    if (bay_has_balcony(w, bay, number))
      balcony(w, left + 0.15f, left + size - 0.15f, v0 + 0.05f);
    else if (w->detail >= 2 && b->style != BUILDING_OFFICE)
      surround(w, u0, v0 + plan.sill, u1, head);
  }
  wall_around(w, openings, count, v0, v0 + plan.sill, head, v1);
}

// A house door with its step and canopy in the bay; the rest of the bay is wall.
static void door_bay(const wall_face *w, float left, float right, float v1) {
  float middle = (left + right) / 2, u0 = middle - 0.55f, u1 = middle + 0.55f, head = 2.35f;
  const material wall = w->b->wall;
  wall_quad(w, left, 0, u0, head + 0.45f, 0, wall);
  wall_quad(w, u1, 0, right, head + 0.45f, 0, wall);
  wall_quad(w, left, head + 0.45f, right, v1, 0, wall);
  wall_window(w, u0, head, u1, head + 0.45f, 0.2f, MATERIAL_WINDOW, MATERIAL_TRIM);
  wall_quad(w, u0, 0, u1, head, -0.2f, MATERIAL_DOOR);
  mesh_face(w->m, wall_at(w, u0, 0, 0), wall_at(w, u0, 0, -0.2f), wall_at(w, u0, head, -0.2f),
            wall_at(w, u0, head, 0), MATERIAL_TRIM);
  mesh_face(w->m, wall_at(w, u1, 0, -0.2f), wall_at(w, u1, 0, 0), wall_at(w, u1, head, 0),
            wall_at(w, u1, head, -0.2f), MATERIAL_TRIM);
  wall_block(w, u0 - 0.25f, 0, u1 + 0.25f, 0.14f, -0.2f, 0.32f, MATERIAL_TRIM);
  wall_block(w, u0 - 0.18f, 0.14f, u0, head + 0.45f, 0, 0.06f, MATERIAL_TRIM);
  wall_block(w, u1, 0.14f, u1 + 0.18f, head + 0.45f, 0, 0.06f, MATERIAL_TRIM);
  wall_block(w, u0 - 0.3f, head + 0.45f, u1 + 0.3f, head + 0.62f, 0, 0.30f, MATERIAL_TRIM);
  // Panels and a handle.
  for (int i = 0; i < 2; i++)
    wall_block(w, u0 + 0.15f, 0.3f + 1.0f * (float)i, u1 - 0.15f, 1.1f + 1.0f * (float)i, -0.2f,
               -0.185f, MATERIAL_DOOR);
  wall_block(w, u1 - 0.12f, 1.02f, u1 - 0.07f, 1.14f, -0.2f, -0.14f, MATERIAL_RAILING);
}

static void homely_ground(const wall_face *w) {
  const building *b = w->b;
  storey_plan plan = plan_of(b);
  float top = b->ground_m;
  int door = w->front ? (b->look & 2 ? 0 : w->bays / 2) : -1;
  for (int bay = 0; bay < w->bays; bay++) {
    float left = bay_left(w, bay), right = bay_left(w, bay + 1), middle = (left + right) / 2;
    if (bay == door) {
      door_bay(w, left, right, top);
      continue;
    }
    wall_face part = *w;
    part.origin = wall_at(w, left, 0, 0);
    part.width = right - left;
    float half = plan.width < part.width - 0.16f ? plan.width / 2 : part.width / 2 - 0.08f;
    const float opening[1][2] = {{part.width / 2 - half, part.width / 2 + half}};
    bool window = has_window(w, bay);
    float sill = plan.sill + 0.1f, head = plan.head + 0.1f;
    wall_around(&part, opening, window ? 1 : 0, 0, sill, head, top);
    if (!window)
      continue;
    wall_window(w, middle - half, sill, middle + half, head, plan.depth, MATERIAL_WINDOW,
                b->style == BUILDING_TOWNHOUSE ? MATERIAL_TRIM : b->wall);
    if (w->detail >= 2)
      surround(w, middle - half, sill, middle + half, head);
  }
  if (w->front && b->style != BUILDING_BRICK && door != 0)
    wall_block(w, 0, 0, w->width * (float)door / (float)w->bays, 0.45f, 0, 0.05f, MATERIAL_TRIM);
}

// Corner strips: quoins for townhouses, thin fins for offices, a downpipe for the rest.
static void verticals(const wall_face *w) {
  const building *b = w->b;
  float top = b->wall_top;
  if (!w->front && b->style != BUILDING_OFFICE)
    return;
  if (b->style == BUILDING_TOWNHOUSE) {
    float v = b->ground_m;
    for (int i = 0; v + 0.34f < top; i++, v += 0.40f) {
      float reach = i & 1 ? 0.32f : 0.48f;
      if (b->storeys > 5)
        reach = 0.4f;
      wall_block(w, 0.02f, v, reach, v + 0.34f, 0, 0.04f, MATERIAL_TRIM);
      wall_block(w, w->width - reach, v, w->width - 0.02f, v + 0.34f, 0, 0.04f, MATERIAL_TRIM);
      if (b->storeys > 5)
        v += 0.8f;
    }
  } else if (b->style == BUILDING_OFFICE && b->look != 1 && w->front && b->storeys > 1) {
    for (int bay = 0; bay <= w->bays; bay++) {
      float u = bay_left(w, bay), half = 0.09f;
      float u0 = u - half < 0 ? 0 : u - half, u1 = u + half > w->width ? w->width : u + half;
      wall_block(w, u0, b->ground_m, u1, top, 0, 0.22f, MATERIAL_TRIM);
    }
  } else if (b->style == BUILDING_BRICK || b->style == BUILDING_SHOP) {
    wall_block(w, w->width - 0.22f, 0.1f, w->width - 0.12f, top, 0.02f, 0.12f, MATERIAL_RAILING);
  }
}

static void cornice(const wall_face *w) {
  const building *b = w->b;
  float top = b->wall_top, u1 = w->width;
  bool side = w->right.x != 0;
  if (side || b->roof == ROOF_GABLE)
    return;
  if (b->style == BUILDING_TOWNHOUSE || b->style == BUILDING_BRICK || b->style == BUILDING_SHOP) {
    float reach = w->front ? 0.30f : 0.10f;
    wall_block(w, 0, top - 0.16f, u1, top + 0.06f, 0, reach, MATERIAL_TRIM);
    if (w->front)
      wall_block(w, 0, top - 0.42f, u1, top - 0.16f, 0, 0.14f, MATERIAL_TRIM);
  }
  if (b->style == BUILDING_TOWNHOUSE && w->front)
    for (int i = 1; i < b->storeys; i++) {
      float v = b->ground_m + (float)(i - 1) * b->storey_m;
      wall_block(w, 0, v - 0.08f, u1, v + 0.08f, 0, i == 1 ? 0.12f : 0.06f, MATERIAL_TRIM);
    }
}

void building_front(const wall_face *w) {
  const building *b = w->b;
  if (b->style == BUILDING_HALL) {
    building_hall_face(w);
    return;
  }
  if (b->style == BUILDING_GARAGE) {
    building_garage_face(w);
    return;
  }
  if (w->front && (b->shops || b->style == BUILDING_OFFICE))
    building_shopfront(w);
  else
    homely_ground(w);
  for (int i = 1; i < b->storeys; i++) {
    float v0 = b->ground_m + (float)(i - 1) * b->storey_m;
    storey(w, i, v0, v0 + b->storey_m);
  }
  verticals(w);
  cornice(w);
}
