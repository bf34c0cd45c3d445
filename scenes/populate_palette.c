// SPDX-License-Identifier: Apache-2.0
// Colours as they are met: paint by market share, skin tones of the world, clothes, walls.
#include <math.h>

#include "scenes/furnish.h"

typedef struct shade {
  double weight;
  uint8_t rgb[3];
} shade;

static uint8_t channel(double x) {
  return (uint8_t)fmax(0, fmin(255, round(x)));
}

// Draws one of the shades and varies its lightness and each channel a little.
static void pick(rng *r, const shade *shades, int count, double spread, uint8_t out[3]) {
  double weights[16];
  for (int i = 0; i < count; i++)
    weights[i] = shades[i].weight;
  const shade *s = &shades[rng_weighted(r, weights, count)];
  double light = 1 + spread * rng_uniform(r, -1, 1);
  for (int k = 0; k < 3; k++)
    out[k] = channel(s->rgb[k] * light + 255 * spread * 0.15 * rng_uniform(r, -1, 1));
}

#define PICK(r, shades, spread, out)                                                               \
  pick((r), (shades), (int)(sizeof(shades) / sizeof *(shades)), (spread), (out))

static void set(uint8_t out[3], int red, int green, int blue) {
  out[0] = (uint8_t)red, out[1] = (uint8_t)green, out[2] = (uint8_t)blue;
}

// White with blue stripes, or silver; ambulances white or pale yellow with red ones.
static palette palette_service(thing_kind kind, rng *r) {
  static const shade police[] = {{3, {230, 232, 234}}, {1, {158, 161, 164}}};
  static const shade ambulance[] = {{3, {234, 234, 230}}, {1, {232, 222, 90}}};
  static const shade interiors[] = {{1, {34, 34, 36}}}, rims[] = {{1, {150, 152, 155}}};
  palette p = {0};
  if (kind == THING_POLICE) {
    PICK(r, police, 0.02, p.rgb[0]);
    set(p.rgb[1], 20, 62, 150);
  } else {
    PICK(r, ambulance, 0.02, p.rgb[0]);
    set(p.rgb[1], 190, 26, 24);
  }
  PICK(r, interiors, 0.05, p.rgb[2]);
  PICK(r, rims, 0.05, p.rgb[3]);
  return p;
}

palette palette_vehicle(thing_kind kind, rng *r) {
  if (thing_has_siren(kind))
    return palette_service(kind, r);
  static const shade paints[] = {{34, {226, 226, 223}}, {20, {24, 25, 27}}, {22, {96, 99, 103}},
                                 {9, {158, 161, 164}},  {8, {28, 58, 112}}, {5, {142, 20, 26}},
                                 {1, {112, 84, 60}},    {1, {36, 82, 52}},  {0.5, {226, 178, 20}},
                                 {0.5, {206, 96, 28}}};
  static const shade fleets[] = {{5, {226, 226, 223}},
                                 {1, {196, 60, 34}},
                                 {1, {30, 84, 150}},
                                 {1, {228, 180, 30}},
                                 {1, {38, 110, 76}}};
  static const shade interiors[] = {{6, {34, 34, 36}}, {2, {86, 80, 72}}, {1, {128, 112, 92}}};
  static const shade rims[] = {{4, {168, 170, 172}}, {2, {90, 92, 95}}, {1, {36, 36, 38}}};
  palette p = {0};
  bool fleet = kind == THING_BUS || kind == THING_TRUCK || kind == THING_TRACTOR ||
               kind == THING_TRAILER || (kind == THING_VAN && rng_chance(r, 0.6));
  if (fleet)
    PICK(r, fleets, 0.06, p.rgb[0]);
  else
    PICK(r, paints, 0.08, p.rgb[0]);
  PICK(r, fleets, 0.06, p.rgb[1]);
  PICK(r, interiors, 0.1, p.rgb[2]);
  PICK(r, rims, 0.06, p.rgb[3]);
  return p;
}

palette palette_person(rng *r, bool old) {
  static const shade tops[] = {{5, {38, 40, 46}},    {3, {216, 214, 208}},  {3, {44, 62, 98}},
                               {2, {120, 124, 128}}, {1.5, {140, 40, 42}},  {1, {62, 92, 66}},
                               {1, {196, 158, 88}},  {0.7, {206, 120, 52}}, {0.7, {112, 76, 128}},
                               {0.5, {220, 208, 60}}};
  static const shade trousers[] = {{5, {40, 48, 72}},
                                   {4, {30, 30, 33}},
                                   {2, {98, 90, 78}},
                                   {1, {142, 128, 104}},
                                   {1, {78, 82, 86}}};
  static const shade skins[] = {{3, {238, 206, 180}},  {3, {222, 178, 142}}, {3, {190, 140, 102}},
                                {2.5, {150, 102, 70}}, {2, {106, 70, 48}},   {1.5, {68, 45, 33}}};
  static const shade hairs[] = {{6, {24, 20, 18}},
                                {4, {62, 42, 28}},
                                {2, {124, 90, 52}},
                                {1.2, {176, 172, 168}},
                                {0.5, {132, 64, 34}}};
  palette p = {0};
  PICK(r, tops, 0.12, p.rgb[0]);
  PICK(r, trousers, 0.12, p.rgb[1]);
  PICK(r, skins, 0.06, p.rgb[2]);
  static const shade grey[] = {{3, {176, 172, 168}}, {2, {214, 212, 208}}, {1, {120, 112, 106}}};
  if (old)
    PICK(r, grey, 0.08, p.rgb[3]);
  else
    PICK(r, hairs, 0.15, p.rgb[3]);
  return p;
}

palette palette_dog(rng *r) {
  static const shade furs[] = {{3, {34, 28, 25}},    {3, {150, 104, 60}},    {2, {92, 62, 40}},
                               {2, {206, 182, 146}}, {1.5, {120, 114, 108}}, {1, {226, 220, 210}}};
  palette p = {0};
  PICK(r, furs, 0.12, p.rgb[3]);
  return p;
}

palette palette_building(rng *r) {
  static const shade walls[] = {{3, {206, 196, 178}},  {3, {158, 88, 66}},   {2, {224, 216, 200}},
                                {2, {132, 76, 60}},    {2, {186, 182, 174}}, {1.5, {212, 178, 132}},
                                {1, {176, 136, 108}},  {1, {152, 156, 150}}, {0.8, {196, 152, 140}},
                                {0.8, {160, 172, 178}}};
  static const shade trims[] = {
      {4, {228, 224, 214}}, {2, {120, 112, 102}}, {1, {72, 62, 56}}, {1, {96, 110, 120}}};
  static const shade roofs[] = {
      {3, {120, 62, 46}}, {3, {72, 70, 72}}, {2, {96, 78, 64}}, {1, {58, 62, 70}}};
  static const shade shops[] = {{2, {150, 34, 34}},  {2, {34, 70, 120}}, {2, {40, 96, 70}},
                                {1, {212, 168, 60}}, {1, {40, 40, 44}},  {1, {200, 196, 188}}};
  palette p = {0};
  PICK(r, walls, 0.1, p.rgb[0]);
  PICK(r, trims, 0.06, p.rgb[1]);
  PICK(r, roofs, 0.1, p.rgb[2]);
  PICK(r, shops, 0.08, p.rgb[3]);
  return p;
}

palette palette_deer(rng *r) {
  static const shade coats[] = {{3, {132, 88, 54}}, {2, {112, 82, 58}}, {1, {94, 78, 64}}};
  palette p = {0};
  PICK(r, coats, 0.1, p.rgb[0]);
  set(p.rgb[1], 214, 200, 172); // the mirror of the rump, the muzzle
  return p;
}

palette palette_tree(rng *r) {
  static const shade leaves[] = {
      {4, {74, 104, 42}}, {3, {92, 118, 48}}, {2, {58, 88, 44}}, {1, {112, 126, 58}}};
  palette p = {0};
  PICK(r, leaves, 0.12, p.rgb[0]);
  set(p.rgb[1], 88, 70, 54);
  return p;
}

palette palette_garden(thing_kind kind, uint32_t make, rng *r) {
  static const shade woods[] = {{3, {142, 104, 68}},
                                {2, {98, 72, 50}},
                                {2, {210, 208, 200}},
                                {1, {120, 116, 108}},
                                {0.5, {74, 96, 74}}};
  static const shade irons[] = {{3, {38, 40, 42}}, {1, {40, 58, 48}}, {1, {90, 94, 96}}};
  static const shade walls[] = {{3, {158, 88, 66}},
                                {2, {206, 196, 178}},
                                {2, {178, 172, 160}},
                                {1, {132, 76, 60}},
                                {1, {150, 148, 142}}};
  static const shade copings[] = {{2, {164, 160, 152}}, {1, {120, 62, 46}}, {1, {96, 94, 92}}};
  palette p = {0};
  if (kind == THING_HEDGE)
    return palette_tree(r);
  if (kind == THING_WALL)
    PICK(r, walls, 0.1, p.rgb[0]);
  else if (make != 1) // of wood, render/asset_garden.c
    PICK(r, woods, 0.1, p.rgb[0]);
  else
    PICK(r, irons, 0.1, p.rgb[0]);
  PICK(r, copings, 0.08, p.rgb[1]);
  return p;
}

palette palette_furniture(thing_kind kind, rng *r) {
  static const shade metals[] = {{3, {92, 96, 98}}, {3, {44, 48, 48}}, {1, {40, 66, 54}}};
  static const shade hydrants[] = {{3, {178, 34, 28}}, {1, {214, 170, 30}}};
  static const shade bins[] = {{2, {46, 74, 58}}, {2, {70, 74, 78}}, {1, {206, 108, 32}}};
  palette p = {0};
  if (kind == THING_HYDRANT)
    PICK(r, hydrants, 0.08, p.rgb[0]);
  else
    PICK(r, metals, 0.1, p.rgb[0]);
  PICK(r, bins, 0.1, p.rgb[1]);
  return p;
}
