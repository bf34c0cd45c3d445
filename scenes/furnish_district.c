// SPDX-License-Identifier: Apache-2.0
// Quarters of a place: shops and offices in the middle, industry in one direction, houses
// elsewhere. A small place is of one kind.
#include <math.h>
#include <string.h>

#include "scenes/furnish.h"

static const double PI = 3.14159265358979323846;
static const double SMALL_M = 450;            // half of a place across, that is of one kind
static const double CENTRE = 0.35, RIM = 0.5; // shares of the way from the middle to the border
static const double INDUSTRY_RAD = 0.7;       // to either side of where it lies
enum { STREAM_DISTRICTS = 40 };

static district_kind kind_at(const furnisher *f, double x, double y) {
  const road_network *net = f->net;
  rng r = furnish_stream(f, 0, STREAM_DISTRICTS);
  double bearing = rng_uniform(&r, -PI, PI), office_side = rng_uniform(&r, -PI, PI);
  double half_x = (net->max_x_m - net->min_x_m) / 2, half_y = (net->max_y_m - net->min_y_m) / 2;
  if (2 * fmax(half_x, half_y) < SMALL_M) {
    const double weights[DISTRICT_COUNT] = {3, 4, 1.5, 1};
    return (district_kind)rng_weighted(&r, weights, DISTRICT_COUNT);
  }
  double dx = x - (net->min_x_m + half_x), dy = y - (net->min_y_m + half_y);
  double out = fmax(fabs(dx) / fmax(1, half_x), fabs(dy) / fmax(1, half_y));
  double heading = atan2(dy, dx);
  if (out < CENTRE)
    return fabs(angle_wrap(heading - office_side)) < PI / 4 ? DISTRICT_OFFICES : DISTRICT_CENTRE;
  if (out > RIM && fabs(angle_wrap(heading - bearing)) < INDUSTRY_RAD)
    return DISTRICT_INDUSTRIAL;
  return DISTRICT_RESIDENTIAL;
}

district_kind furnish_district(const furnisher *f, double x, double y, double *taller) {
  static const double by_kind[DISTRICT_COUNT] = {1.2, 0.75, 1.6, 0.7};
  for (int k = 0; k < DISTRICT_COUNT; k++)
    if (strcmp(f->def->district, district_name(k)) == 0) {
      *taller = 1;
      return (district_kind)k;
    }
  district_kind kind = kind_at(f, x, y);
  *taller = by_kind[kind];
  return kind;
}
