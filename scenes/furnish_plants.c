// SPDX-License-Identifier: Apache-2.0
// How plants look on a day of the year: fresh in spring, coloured in autumn, bare in winter.
#include <math.h>

#include "scenes/furnish.h"

// Days of a northern year at middle latitudes. Leaves come out up to BUD, are fresh until
// SUMMER, turn from TURN to FALL.
static const double BUD = 100, SUMMER = 145, TURN = 265, FALL = 318;
static const double EACH = 12;                // days by which single plants differ
static const double TROPIC_DEG = 23.44;       // nearer to the equator they are green all year
static const double YEAR = 365, HALF = 182.5; // the south has its seasons half a year later

double furnish_northern_day(const scene_def *def) {
  return fmod(def->day_of_year + (def->latitude_deg < 0 ? HALF : 0), YEAR);
}

static void mix(uint8_t color[3], const uint8_t to[3], double share) {
  for (int k = 0; k < 3; k++)
    color[k] = (uint8_t)lround(color[k] + share * (to[k] - color[k]));
}

static double ramp(double from, double to, double x) {
  return fmax(0, fmin(1, (x - from) / (to - from)));
}

palette furnish_foliage(const furnisher *f, rng *r, uint32_t *asset_seed) {
  static const uint8_t fresh[3] = {138, 158, 62}, needles[3] = {44, 74, 42};
  static const uint8_t turned[4][3] = {
      {196, 158, 44}, {186, 104, 36}, {150, 56, 34}, {138, 104, 58}};
  static const double weights[4] = {4, 2, 1, 2};
  palette colors = palette_tree(r);
  double day = furnish_northern_day(f->def) + EACH * rng_uniform(r, -1, 1);
  int turn = rng_weighted(r, weights, 4);
  *asset_seed &= ~PLANT_BARE;
  if (*asset_seed & PLANT_CONIFER) {
    mix(colors.rgb[0], needles, 0.7);
    return colors;
  }
  if (fabs(f->def->latitude_deg) < TROPIC_DEG)
    return colors;
  if (day < BUD || day > FALL) {
    *asset_seed |= PLANT_BARE;
    return colors;
  }
  mix(colors.rgb[0], fresh, 0.75 * (1 - ramp(BUD, SUMMER, day)));
  mix(colors.rgb[0], turned[turn], 0.9 * ramp(TURN, FALL - 20, day));
  return colors;
}
