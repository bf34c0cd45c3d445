// SPDX-License-Identifier: Apache-2.0
#include "with_places.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static single_road_def draw_single(rng *r) {
  return (single_road_def){.length_m = rng_uniform(r, 150, 600),
                           .radius_m = rng_uniform(r, 21, 300),
                           .turn_rad = rng_uniform(r, -3, 3),
                           .lanes = 1 + rng_below(r, 3),
                           .lane_width_m = rng_uniform(r, 2.8, 4),
                           .sidewalk_m = rng_chance(r, 0.4) ? 0 : rng_uniform(r, 1, 4),
                           .speed_limit_mps = rng_uniform(r, 8, 30),
                           .side = {12, 60, rng_chance(r, 0.3) ? 0 : 60}};
}

static place_kind place_of(int number) {
  return (place_kind)(number >= PLACES_OF_FIRST
                          ? PLACES_FIRST + (number - PLACES_OF_FIRST) % PLACES_LATER
                          : (number + number / PLACES_FIRST) % PLACES_FIRST);
}

// Three parts, each a place of some other number: a town or a crossing first.
static void draw_parts(compose_def *out, int number) {
  rng r = rng_at(79, RNG_TEST, 0, (uint32_t)number, 0);
  out->part_count = 3;
  for (int i = 0; i < 3; i++) {
    place_kind kind = (place_kind)rng_below(&r, PLACE_COMPOSE);
    if (i == 0)
      kind = rng_chance(&r, 0.5) ? PLACE_TOWN : PLACE_INTERSECTION;
    int of = rng_below(&r, PLACES_COUNT);
    while (place_of(of) != kind)
      of = (of + 1) % PLACES_COUNT;
    scene_def own = places_def(of);
    compose_part_put(&out->parts[i], kind, &own);
  }
}

scene_def places_def(int number) {
  rng r = rng_at(77, RNG_TEST, 0, (uint32_t)number, 0);
  scene_def def = scene_def_default();
  def.place = place_of(number);
  grid_city_def *grid = &def.grid_city;
  grid->blocks_x = 1 + rng_below(&r, 4);
  grid->blocks_y = 2 + rng_below(&r, 3);
  grid->block_m = rng_uniform(&r, 85, 160);
  grid->irregularity = rng_chance(&r, 0.2) ? 0 : rng_unit(&r);
  grid->lanes = 1 + rng_below(&r, 2);
  grid->lane_width_m = rng_uniform(&r, 3, 3.75);
  grid->sidewalk_m = rng_uniform(&r, 1.5, 3);
  grid->signals = rng_unit(&r);
  grid->parked_per_km = rng_chance(&r, 0.3) ? 0 : rng_uniform(&r, 10, 120);
  grid->corner_radius_m = rng_uniform(&r, 4, 10);
  def.highway.length_m = rng_uniform(&r, 400, 3000);
  def.highway.lanes = 1 + rng_below(&r, 4);
  def.highway.radius_m = rng_chance(&r, 0.3) ? 0 : rng_uniform(&r, 200, 1500);
  def.highway.shoulder_m = rng_chance(&r, 0.2) ? 0 : 2.5;
  def.highway.speed_limit_mps = rng_uniform(&r, 20, 36);
  // Ramps take room.
  rng more = rng_at(78, RNG_TEST, 0, (uint32_t)number, 0);
  if (rng_chance(&more, 0.7)) {
    def.highway.length_m = rng_uniform(&more, 3600, 4500);
    def.highway.lanes = 2 + rng_below(&more, 3);
    def.highway.exits = rng_below(&more, 3);
    def.highway.entries = rng_below(&more, 3);
    def.highway.lane_drops = rng_below(&more, 2);
    def.highway.lane_gains = rng_below(&more, 2);
    def.highway.weaving = rng_chance(&more, 0.5) ? 0.5 : 0;
    def.highway.acceleration_m = rng_uniform(&more, 150, 250);
    def.highway.ramp_radius_m = rng_uniform(&more, 40, 80);
  }
  static const char *const rules[] = {"signals_or_priority", "signals", "priority", "all_way_stop",
                                      "right_before_left"};
  def.intersection.arms = 3 + rng_below(&r, 4);
  def.intersection.jitter_rad = rng_chance(&r, 0.3) ? 0 : rng_uniform(&r, 0, 0.5);
  // Two arms nearly straight across from a third: each is in the way of people on it.
  static const double fork_deg[] = {0, 155, 205};
  if (rng_chance(&r, 0.3)) {
    def.intersection.angles_deg.count = 3;
    memcpy(def.intersection.angles_deg.value, fork_deg, sizeof fork_deg);
  }
  snprintf(def.intersection.rule, sizeof def.intersection.rule, "%s", rules[rng_below(&r, 5)]);
  def.intersection.lanes = 1 + rng_below(&r, 2);
  def.intersection.signals = rng_unit(&r);
  def.intersection.corner_radius_m = grid->corner_radius_m;
  def.intersection.parked_per_km = grid->parked_per_km;
  def.intersection.arm_m = rng_uniform(&r, 60, 200);
  def.straight = draw_single(&r);
  def.curve = draw_single(&r);
  def.roundabout = (roundabout_def){.arms = 3 + rng_below(&r, 4),
                                    .jitter_rad = rng_uniform(&r, 0, 0.5),
                                    .inner_radius_m = rng_uniform(&r, 15, 45),
                                    .lanes = 1 + rng_below(&r, 2),
                                    .arm_m = rng_uniform(&r, 60, 200),
                                    .lane_width_m = rng_uniform(&r, 3, 3.75),
                                    .sidewalk_m = rng_uniform(&r, 1, 4),
                                    .speed_limit_mps = 13.89,
                                    .corner_radius_m = rng_uniform(&r, 8, 12),
                                    .side = {12, 60, rng_chance(&r, 0.3) ? 0 : 60}};
  def.town = (town_def){.size_m = rng_uniform(&r, 250, 480),
                        .block_m = rng_uniform(&r, 85, 140),
                        .dead_ends = rng_unit(&r),
                        .signals = rng_unit(&r),
                        .main_lanes = 1 + rng_below(&r, 2),
                        .lane_width_m = rng_uniform(&r, 3, 3.5),
                        .sidewalk_m = rng_uniform(&r, 1.2, 3),
                        .speed_limit_mps = 13.89,
                        .residential_limit_mps = 8.33,
                        .corner_radius_m = rng_uniform(&r, 4, 8),
                        .side = {10, 60, rng_chance(&r, 0.3) ? 0 : 40}};
  if (number >= PLACES_OF_FIRST) { // each kind of interchange
    static const char *const kinds[] = {"diamond", "trumpet", "cloverleaf"};
    snprintf(def.interchange.kind, sizeof def.interchange.kind, "%s",
             kinds[(number - PLACES_OF_FIRST) / PLACES_LATER % 3]);
    strcpy(def.interchange.over,
           (number - PLACES_OF_FIRST) / PLACES_LATER > 2 ? "motorway" : "crossing");
    def.interchange.length_m = 2800;
  }
  rng lot = rng_at(79, RNG_TEST, 0, (uint32_t)number, 0);
  def.parking.aisles = 2 + rng_below(&lot, 4);
  def.parking.bays_per_row = 10 + rng_below(&lot, 20);
  def.parking.bay_angle_rad =
      rng_chance(&lot, 0.4) ? 1.5707963267948966 : rng_uniform(&lot, 0.8, 1.5);
  def.parking.aisle_m = rng_uniform(&lot, 3.5, 8);
  def.parking.one_way = rng_below(&lot, 2);
  def.parking.occupancy = rng_unit(&lot);
  // Each place has its turn on the left.
  strcpy(def.hand, number / PLACES_FIRST % 3 == 1 ? "left" : "right");
  def.vehicles_per_km = rng_uniform(&r, 0, 60);
  def.pedestrians_per_km = rng_uniform(&r, 0, 120);
  def.grid_city.turn_lanes = rng_chance(&r, 0.5) ? 0 : rng_unit(&r);
  def.intersection.turn_lanes = rng_below(&r, 2);
  def.town.turn_lanes = rng_below(&r, 2);
  def.grid_city.one_way = rng_chance(&r, 0.5) ? 0 : rng_unit(&r);
  def.town.one_way = rng_chance(&r, 0.5) ? 0 : rng_unit(&r);
  def.grid_city.bike_lanes = rng_chance(&r, 0.5) ? 0 : rng_unit(&r);
  def.town.bike_lanes = def.grid_city.bike_lanes;
  def.intersection.bike_lanes = rng_below(&r, 3) / 2.0;
  def.straight.bike_lanes = def.curve.bike_lanes = rng_below(&r, 2);
  def.grid_city.bus_lanes = def.intersection.bus_lanes = rng_chance(&r, 0.5) ? 0 : rng_unit(&r);
  def.town.bus_lanes = def.straight.bus_lanes = def.curve.bus_lanes = rng_below(&r, 2);
  def.intersection.slip_lanes = rng_chance(&r, 0.5) ? 0 : rng_unit(&r);
  if (def.place == PLACE_COMPOSE)
    draw_parts(&def.compose, number);
  return def;
}

scene *places_build(int number) {
  scene_def def = places_def(number);
  scene *s = NULL;
  trouble why = {0};
  if (scene_build(&s, &def, 99, (uint32_t)number, 0, &why) != STATUS_OK)
    fail_msg("scene %d: %s", number, why.text);
  return s;
}
