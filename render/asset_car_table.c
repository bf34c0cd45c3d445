// SPDX-License-Identifier: Apache-2.0
// The styles of cars, and the draws that make each variant its own.
#include "base/rng.h"
#include "render/asset_car.h"

// clang-format off
static const car_shape styles[CAR_STYLE_COUNT] = {
  [CAR_SEDAN] = {.style = CAR_SEDAN, .length = 4.68f, .width = 1.80f, .height = 1.44f,
    .wheelbase = 2.78f, .front_overhang = 0.86f, .wheel_radius = 0.325f, .tyre_width = 0.21f,
    .ground = 0.17f, .nose_z = 0.70f, .cowl_z = 0.95f, .belt_z = 0.99f, .tail_z = 0.99f,
    .screen_s = 1.30f, .header_s = 2.06f, .roof_s = 3.50f, .rear_s = 4.18f, .pillar_b_s = 2.62f,
    .pillar_c_s = 3.48f, .tumble = 0.185f, .roof_drop = 0.07f, .nose_slope = 1.0f,
    .grille = GRILLE_BARS, .spokes = 5, .spoke_width = 0.26f},
  [CAR_HATCH] = {.style = CAR_HATCH, .length = 4.15f, .width = 1.77f, .height = 1.47f,
    .wheelbase = 2.58f, .front_overhang = 0.83f, .wheel_radius = 0.315f, .tyre_width = 0.205f,
    .ground = 0.17f, .nose_z = 0.70f, .cowl_z = 0.96f, .belt_z = 1.02f, .tail_z = 0.99f,
    .screen_s = 1.16f, .header_s = 1.90f, .roof_s = 3.52f, .rear_s = 4.00f, .pillar_b_s = 2.42f,
    .pillar_c_s = 3.22f, .tumble = 0.17f, .roof_drop = 0.09f, .nose_slope = 0.9f,
    .grille = GRILLE_SLIM, .spokes = 7, .spoke_width = 0.17f},
  [CAR_ESTATE] = {.style = CAR_ESTATE, .length = 4.72f, .width = 1.80f, .height = 1.47f,
    .wheelbase = 2.80f, .front_overhang = 0.87f, .wheel_radius = 0.325f, .tyre_width = 0.21f,
    .ground = 0.17f, .nose_z = 0.71f, .cowl_z = 0.96f, .belt_z = 1.01f, .tail_z = 0.99f,
    .screen_s = 1.30f, .header_s = 2.06f, .roof_s = 4.20f, .rear_s = 4.58f, .pillar_b_s = 2.62f,
    .pillar_c_s = 3.46f, .tumble = 0.175f, .roof_drop = 0.07f, .nose_slope = 1.0f,
    .quarter_glass = true, .rails = true, .grille = GRILLE_WIDE, .spokes = 10,
    .spoke_width = 0.10f},
  [CAR_SUV] = {.style = CAR_SUV, .length = 4.52f, .width = 1.85f, .height = 1.66f,
    .wheelbase = 2.68f, .front_overhang = 0.87f, .wheel_radius = 0.36f, .tyre_width = 0.235f,
    .ground = 0.23f, .nose_z = 0.88f, .cowl_z = 1.11f, .belt_z = 1.15f, .tail_z = 1.12f,
    .screen_s = 1.24f, .header_s = 1.90f, .roof_s = 3.98f, .rear_s = 4.38f, .pillar_b_s = 2.50f,
    .pillar_c_s = 3.34f, .tumble = 0.16f, .roof_drop = 0.08f, .nose_slope = 0.65f,
    .quarter_glass = true, .rails = true, .cladding = true, .grille = GRILLE_BARS, .spokes = 5,
    .spoke_width = 0.30f},
  [CAR_PICKUP] = {.style = CAR_PICKUP, .length = 5.25f, .width = 1.87f, .height = 1.80f,
    .wheelbase = 3.15f, .front_overhang = 0.90f, .wheel_radius = 0.385f, .tyre_width = 0.25f,
    .ground = 0.30f, .nose_z = 0.99f, .cowl_z = 1.16f, .belt_z = 1.20f, .tail_z = 1.18f,
    .screen_s = 1.34f, .header_s = 1.94f, .roof_s = 3.28f, .rear_s = 3.40f, .pillar_b_s = 2.52f,
    .pillar_c_s = 3.18f, .tumble = 0.14f, .roof_drop = 0.03f, .nose_slope = 0.5f, .bed = true,
    .cladding = true, .grille = GRILLE_BARS, .spokes = 6, .spoke_width = 0.24f},
  [CAR_COUPE] = {.style = CAR_COUPE, .length = 4.45f, .width = 1.83f, .height = 1.32f,
    .wheelbase = 2.60f, .front_overhang = 0.88f, .wheel_radius = 0.335f, .tyre_width = 0.235f,
    .ground = 0.13f, .nose_z = 0.63f, .cowl_z = 0.89f, .belt_z = 0.95f, .tail_z = 0.95f,
    .screen_s = 1.42f, .header_s = 2.16f, .roof_s = 3.00f, .rear_s = 4.02f, .pillar_b_s = 2.95f,
    .pillar_c_s = 3.45f, .tumble = 0.22f, .roof_drop = 0.05f, .nose_slope = 1.15f,
    .two_doors = true, .grille = GRILLE_NONE, .spokes = 10, .spoke_width = 0.11f},
  [CAR_CITY] = {.style = CAR_CITY, .length = 3.58f, .width = 1.64f, .height = 1.49f,
    .wheelbase = 2.36f, .front_overhang = 0.68f, .wheel_radius = 0.285f, .tyre_width = 0.175f,
    .ground = 0.16f, .nose_z = 0.74f, .cowl_z = 0.99f, .belt_z = 1.03f, .tail_z = 0.99f,
    .screen_s = 0.90f, .header_s = 1.60f, .roof_s = 3.14f, .rear_s = 3.46f, .pillar_b_s = 2.14f,
    .pillar_c_s = 2.86f, .tumble = 0.15f, .roof_drop = 0.08f, .nose_slope = 0.8f,
    .grille = GRILLE_SLIM, .spokes = 0, .spoke_width = 0},
  [CAR_TAXI] = {.style = CAR_TAXI, .length = 4.70f, .width = 1.80f, .height = 1.46f,
    .wheelbase = 2.80f, .front_overhang = 0.86f, .wheel_radius = 0.325f, .tyre_width = 0.21f,
    .ground = 0.17f, .nose_z = 0.72f, .cowl_z = 0.96f, .belt_z = 1.00f, .tail_z = 1.00f,
    .screen_s = 1.28f, .header_s = 2.02f, .roof_s = 3.50f, .rear_s = 4.16f, .pillar_b_s = 2.60f,
    .pillar_c_s = 3.46f, .tumble = 0.18f, .roof_drop = 0.06f, .nose_slope = 0.9f,
    .taxi_sign = true, .grille = GRILLE_WIDE, .spokes = 0, .spoke_width = 0},
  [CAR_VAN] = {.style = CAR_VAN, .length = 5.30f, .width = 1.95f, .height = 2.10f,
    .wheelbase = 3.25f, .front_overhang = 0.92f, .wheel_radius = 0.345f, .tyre_width = 0.22f,
    .ground = 0.20f, .nose_z = 0.90f, .cowl_z = 1.20f, .belt_z = 1.18f, .tail_z = 1.16f,
    .screen_s = 0.86f, .header_s = 1.62f, .roof_s = 5.10f, .rear_s = 5.20f, .pillar_b_s = 2.22f,
    .pillar_c_s = 3.40f, .tumble = 0.11f, .roof_drop = 0.03f, .nose_slope = 0.8f, .panel = true,
    .grille = GRILLE_WIDE, .spokes = 0, .spoke_width = 0},
};
// clang-format on

static const car_style car_order[CAR_VARIANTS] = {
    CAR_HATCH, CAR_SEDAN, CAR_SUV,   CAR_ESTATE, CAR_CITY,  CAR_SEDAN,  CAR_HATCH, CAR_SUV,
    CAR_TAXI,  CAR_HATCH, CAR_COUPE, CAR_SUV,    CAR_SEDAN, CAR_ESTATE, CAR_HATCH, CAR_PICKUP,
    CAR_SUV,   CAR_SEDAN, CAR_CITY,  CAR_ESTATE, CAR_HATCH, CAR_PICKUP, CAR_COUPE, CAR_SUV,
};

// Stretches all lengths along the car; wheels stay round because radii don't change.
static void stretch(car_shape *k, float by) {
  float *along[] = {&k->length, &k->wheelbase, &k->front_overhang, &k->screen_s,  &k->header_s,
                    &k->roof_s, &k->rear_s,    &k->pillar_b_s,     &k->pillar_c_s};
  for (size_t i = 0; i < sizeof along / sizeof *along; i++)
    *along[i] *= by;
}

static void draw_van(car_shape *k, rng *r, int variant) {
  k->panel = variant % 3 != 1; // else windows all round
  k->quarter_glass = !k->panel;
  if (variant % 3 == 2)
    k->height = 2.45f, k->tumble = 0.15f, stretch(k, 1.08f);
  k->width += (float)rng_uniform(r, -0.03, 0.05);
}

car_shape car_shape_of(int variant, bool van) {
  variant %= van ? VAN_VARIANTS : CAR_VARIANTS;
  car_shape k = styles[van ? CAR_VAN : car_order[variant]];
  rng r = rng_at(van ? 2 : 1, RNG_ASSET, 0, (uint32_t)variant, 0);
  stretch(&k, (float)rng_uniform(&r, 0.965, 1.035));
  float taller = (float)rng_uniform(&r, -0.03, 0.04);
  k.height += taller;
  k.width += (float)rng_uniform(&r, -0.025, 0.025);
  k.nose_z += (float)rng_uniform(&r, -0.03, 0.03);
  k.tail_z += (float)rng_uniform(&r, -0.02, 0.03);
  k.tumble += (float)rng_uniform(&r, -0.015, 0.015);
  k.nose_slope *= (float)rng_uniform(&r, 0.8, 1.15);
  k.grille = (car_grille)(((int)k.grille + rng_below(&r, 3)) % 4);
  static const int spokes[] = {5, 7, 10, 5, 6, 0};
  static const float widths[] = {0.27f, 0.17f, 0.10f, 0.34f, 0.22f, 0};
  int rim = rng_below(&r, 6);
  if (k.style != CAR_VAN && k.style != CAR_TAXI)
    k.spokes = spokes[rim], k.spoke_width = widths[rim];
  if (k.style == CAR_HATCH && variant % 4 == 0)
    k.two_doors = true, k.pillar_b_s += 0.25f;
  if (van)
    draw_van(&k, &r, variant);
  return k;
}
