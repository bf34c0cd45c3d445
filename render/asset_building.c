// SPDX-License-Identifier: Apache-2.0
#include "render/asset_building.h"

#include <math.h>

#include "base/rng.h"
#include "scenes/scene.h"

// Variant = ((((storeys - 1) * 10 + wide - 1) * 10 + deep - 1) * 7 + style) * 4 + look.
static int pack(int storeys, int wide, int deep, int style, int look) {
  int code = (storeys - 1) * BUILDING_MOST_BAYS + wide - 1;
  code = code * BUILDING_MOST_BAYS + deep - 1;
  return (code * BUILDING_STYLE_COUNT + style) * BUILDING_LOOKS + look;
}

static void measures(building *b) {
  static const float bay[] = {3.1f, 3.2f, 3.6f, 3.4f, 3.4f, 5.0f, 3.1f};
  static const float storey[] = {3.0f, 3.15f, 2.95f, 3.5f, 3.1f, 3.2f, 2.4f};
  static const material wall[] = {
      MATERIAL_WALL_BRICK,   MATERIAL_WALL_PLASTER, MATERIAL_WALL_CONCRETE, MATERIAL_WALL_METAL,
      MATERIAL_WALL_PLASTER, MATERIAL_WALL_METAL,   MATERIAL_WALL_PLASTER};
  b->bay_m = bay[b->style], b->storey_m = storey[b->style], b->wall = wall[b->style];
  if (b->style == BUILDING_SHOP && (b->look & 2))
    b->wall = MATERIAL_WALL_BRICK;
  bool hall = b->style == BUILDING_HALL, garage = b->style == BUILDING_GARAGE;
  bool low = b->storeys <= 3;
  if (hall && b->look == 1)
    b->wall = MATERIAL_WALL_BRICK;
  if (hall && b->look == 3)
    b->wall = MATERIAL_WALL_CONCRETE;
  b->shops = b->style == BUILDING_SHOP ||
             (b->storeys > 2 && b->style != BUILDING_OFFICE && !hall && !garage && (b->look & 1));
  b->ground_m = hall ? 5.2f : garage ? 2.4f : b->shops || b->style == BUILDING_OFFICE ? 3.9f : 3.3f;
  b->balconies = (b->style == BUILDING_SLAB || b->style == BUILDING_TOWNHOUSE) && b->storeys > 2 &&
                 b->look != 2;
  b->roof = ROOF_PARAPET;
  if (b->style == BUILDING_BRICK && low && (b->storeys > 1 || b->look < 2))
    b->roof = ROOF_GABLE;
  if (hall && b->look < 2)
    b->roof = ROOF_GABLE;
  if (b->style == BUILDING_TOWNHOUSE && b->storeys <= 7)
    b->roof = low && (b->look & 2) ? ROOF_GABLE : ROOF_MANSARD;
  b->front_reach = b->balconies                ? 1.0f
                   : b->shops && b->look != 3  ? 0.94f
                   : b->style == BUILDING_SHOP ? 0.30f
                                               : 0.33f;
  b->back_reach = b->roof == ROOF_GABLE ? 0.34f : 0.10f;
  if (garage)
    b->front_reach = b->back_reach = 0.06f;
}

building building_of(int variant) {
  building b = {0};
  b.look = variant % BUILDING_LOOKS, variant /= BUILDING_LOOKS;
  b.style = (building_style)(variant % BUILDING_STYLE_COUNT), variant /= BUILDING_STYLE_COUNT;
  b.deep = variant % BUILDING_MOST_BAYS + 1, variant /= BUILDING_MOST_BAYS;
  b.wide = variant % BUILDING_MOST_BAYS + 1, variant /= BUILDING_MOST_BAYS;
  b.storeys = variant % BUILDING_MOST_STOREYS + 1;
  measures(&b);
  float depth = (float)b.deep * b.bay_m, total = depth + b.front_reach + b.back_reach;
  b.half_width = (float)b.wide * b.bay_m / 2;
  b.front_x = total / 2 - b.front_reach;
  b.back_x = total / 2 - b.back_reach;
  b.wall_top = b.ground_m + (float)(b.storeys - 1) * b.storey_m;
  b.roof_m = b.roof == ROOF_MANSARD       ? 2.9f
             : b.roof == ROOF_GABLE       ? fminf(0.36f * depth, 3.5f) + 0.9f
             : b.style == BUILDING_OFFICE ? 2.6f
             : b.style == BUILDING_GARAGE ? 0.35f
                                          : 1.0f;
  return b;
}

void building_size(int variant, double size_m[3]) {
  building b = building_of(variant);
  size_m[0] = (double)b.front_x + b.front_reach + b.back_x + b.back_reach;
  size_m[1] = 2 * b.half_width;
  size_m[2] = (double)b.wall_top + b.roof_m;
}

static int bays_for(double length_m, double reach_m, double bay_m) {
  int bays = (int)lround((length_m - reach_m) / bay_m);
  return bays < 1 ? 1 : bays > BUILDING_MOST_BAYS ? BUILDING_MOST_BAYS : bays;
}

// Weights of the styles by district and height: huts, low, middle and tall buildings.
static int draw_style(rng *r, district_kind kind, double height_m) {
  static const double weights[DISTRICT_COUNT][4][BUILDING_STYLE_COUNT] = {
      [DISTRICT_CENTRE] = {{1, 0, 0, 0, 3}, {2, 3, 0, 0, 3}, {3, 5, 0.6, 1, 0.6}, {1, 2, 1.5, 3}},
      [DISTRICT_RESIDENTIAL] = {{1}, {4, 2}, {3, 2.5, 2.5}, {1, 0.5, 4}},
      [DISTRICT_OFFICES] = {{1, 0, 0, 0, 2}, {1, 0, 0, 3, 1}, {0.5, 0.4, 0.6, 5}, {0, 0, 1, 5}},
      [DISTRICT_INDUSTRIAL] = {{1, 0, 0, 0, 0, 4},
                               {0.6, 0, 0, 0.4, 0, 5},
                               {0.4, 0, 0.3, 0.6, 0, 4},
                               {0, 0, 1, 1, 0, 2}}};
  int band = height_m < 6 ? 0 : height_m < 8 ? 1 : height_m < 24 ? 2 : 3;
  return rng_weighted(r, weights[kind][band], BUILDING_STYLE_COUNT);
}

int building_variant(uint32_t asset_seed, const double size_m[3]) {
  rng r = rng_at(asset_seed, RNG_ASSET, 0, 0, 0);
  uint32_t bits = asset_seed & BUILDING_DISTRICT_BITS;
  if (bits == BUILDING_GARAGE_BITS)
    return pack(1, 1, 2, BUILDING_GARAGE, rng_below(&r, BUILDING_LOOKS));
  district_kind kind = bits < DISTRICT_COUNT ? (district_kind)bits : DISTRICT_CENTRE;
  int style = draw_style(&r, kind, size_m[2]), drawn = rng_below(&r, BUILDING_LOOKS), best = 0;
  if (kind == DISTRICT_RESIDENTIAL)
    drawn &= ~1; // the odd ones have shops
  double least = INFINITY;
  for (int i = 0; i < BUILDING_MOST_STOREYS * BUILDING_LOOKS; i++) {
    int storeys = i / BUILDING_LOOKS + 1, look = i % BUILDING_LOOKS;
    building b = building_of(pack(storeys, 1, 1, style, look));
    int wide = bays_for(size_m[1], 0, b.bay_m);
    int deep = bays_for(size_m[0], b.front_reach + b.back_reach, b.bay_m);
    int variant = pack(storeys, wide < 2 ? 2 : wide, deep < 2 ? 2 : deep, style, look);
    double built[3];
    building_size(variant, built);
    // Another look than the drawn one only where that would be stretched badly.
    double cost = fabs(log(fmax(1, size_m[2]) / built[2])) + (look == drawn ? 0 : 0.15);
    if (cost < least)
      least = cost, best = variant;
  }
  return best;
}

// The finest detail whose windows stay within a share of the triangles.
static int affordable(int windows, int triangles, int most) {
  static const int cost[] = {4, 12, 22, 36};
  int detail = most;
  while (detail > 0 && windows * cost[detail] > triangles)
    detail--;
  return detail;
}

void building_build(int variant, mesh *out) {
  building b = building_of(variant);
  float length = b.front_x + b.back_x, width = 2 * b.half_width;
  int front = b.storeys * b.wide, side = b.storeys * b.deep;
  wall_face faces[4] = {{.origin = f3_of(b.front_x, -b.half_width, 0),
                         .right = f3_of(0, 1, 0),
                         .width = width,
                         .bays = b.wide,
                         .detail = affordable(front, 1500, 3),
                         .front = true},
                        {.origin = f3_of(b.front_x, b.half_width, 0),
                         .right = f3_of(-1, 0, 0),
                         .width = length,
                         .bays = b.deep,
                         .detail = affordable(2 * side, 700, 1)},
                        {.origin = f3_of(-b.back_x, b.half_width, 0),
                         .right = f3_of(0, -1, 0),
                         .width = width,
                         .bays = b.wide,
                         .detail = affordable(front, 700, 2)},
                        {.origin = f3_of(-b.back_x, -b.half_width, 0),
                         .right = f3_of(1, 0, 0),
                         .width = length,
                         .bays = b.deep,
                         .detail = affordable(2 * side, 700, 1)}};
  for (int i = 0; i < 4; i++) {
    faces[i].m = out, faces[i].b = &b;
    faces[i].out = f3_cross(faces[i].right, f3_of(0, 0, 1));
    building_front(&faces[i]);
  }
  building_roof_build(out, &b);
  double size_m[3];
  building_size(variant, size_m);
  mesh_fit(out, size_m);
}
