// SPDX-License-Identifier: Apache-2.0
// One road that begins and ends in the open: straight, or a curve between two straights.
#include <math.h>

#include "scenes/place.h"

// Share of the curve's turning that its two spirals take.
static const double SPIRAL_SHARE = 0.4;

static street_style style_of(const single_road_def *def, rng *r) {
  return (street_style){.lanes = def->lanes,
                        .lane_width_m = def->lane_width_m,
                        .sidewalk_m = def->sidewalk_m,
                        .speed_limit_mps = def->speed_limit_mps,
                        .parking = def->sidewalk_m > 0 && def->side.parked_per_km > 0,
                        .bikes = def->bike_lanes > 0 && rng_chance(r, def->bike_lanes),
                        .buses = def->bus_lanes > 0 && rng_chance(r, def->bus_lanes),
                        .open_ends = true};
}

static status add(road_builder *b, const street_style *style, const road_geometry *pieces,
                  int count, trouble *why) {
  return street_from_pieces(b, style, pieces, count)
             ? STATUS_OK
             : trouble_set(why, STATUS_MEMORY, "memory ran out while building the road");
}

status place_straight(road_builder *b, const single_road_def *def, rng *r, trouble *why) {
  street_style style = style_of(def, r);
  road_geometry piece = {.heading_rad = rng_uniform(r, -3, 3)};
  int count = 0;
  road_append(&piece, &count, def->length_m, 0, 0);
  return add(b, &style, &piece, count, why);
}

status place_curve(road_builder *b, const single_road_def *def, rng *r, trouble *why) {
  street_style style = style_of(def, r);
  style.speed_limit_mps = fmin(style.speed_limit_mps, place_greatest_speed(def->radius_m));
  road_geometry pieces[5] = {{.heading_rad = rng_uniform(r, -3, 3)}};
  int count = 0;
  double angle = fabs(def->turn_rad), k = copysign(1 / def->radius_m, def->turn_rad);
  road_append(pieces, &count, def->length_m, 0, 0);
  if (angle > 1e-6) {
    road_append(pieces, &count, SPIRAL_SHARE * angle * def->radius_m, 0, k);
    road_append(pieces, &count, (1 - SPIRAL_SHARE) * angle * def->radius_m, k, k);
    road_append(pieces, &count, SPIRAL_SHARE * angle * def->radius_m, k, 0);
  }
  road_append(pieces, &count, def->length_m, 0, 0);
  return add(b, &style, pieces, count, why);
}
