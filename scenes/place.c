// SPDX-License-Identifier: Apache-2.0
#include "scenes/place.h"

#include <string.h>

#include "scenes/road_works.h"
#include "scenes/script_maps.h"

static bool is_left(const scene_def *def) {
  return strcmp(def->hand, "left") == 0;
}

// Roads and junctions, without what is derived from them.
status place_lay(road_builder *b, place_ref of, bool left_hand, rng *r, trouble *why) {
  status got = STATUS_INTERNAL;
  switch (of.kind) {
  case PLACE_GRID_CITY:
    got = place_grid_city(b, of.def, r, why);
    break;
  case PLACE_HIGHWAY:
    got = place_highway(b, of.def, r, why);
    break;
  case PLACE_INTERSECTION:
    got = place_intersection(b, of.def, r, why);
    break;
  case PLACE_STRAIGHT:
    got = place_straight(b, of.def, r, why);
    break;
  case PLACE_CURVE:
    got = place_curve(b, of.def, r, why);
    break;
  case PLACE_ROUNDABOUT:
    got = place_roundabout(b, of.def, r, why);
    break;
  case PLACE_TOWN:
    got = place_town(b, of.def, r, why);
    break;
  case PLACE_RURAL:
    got = place_rural(b, of.def, r, why);
    break;
  case PLACE_INTERCHANGE:
    got = place_interchange(b, of.def, r, why);
    break;
  case PLACE_PARKING:
    got = place_parking(b, of.def, r, why);
    break;
  case PLACE_COMPOSE:
    got = place_compose(b, of.def, r, why);
    break;
  case PLACE_OPENDRIVE:
  case PLACE_OSM:
    got = script_map_read(((const map_def *)of.def)->map, left_hand, b, why);
    break;
  case PLACE_COUNT:
    return trouble_set(why, STATUS_INTERNAL, "no such place");
  }
  return got;
}

// What a script says about left and right, and its headings, hold for the place as it is driven:
// what a mirror will turn goes in turned.
static void turn_fields(place_kind kind, void *def) {
  if (kind == PLACE_INTERSECTION) {
    number_list *angles = &((intersection_def *)def)->angles_deg;
    for (int i = 0; i < angles->count; i++)
      angles->value[i] = -angles->value[i];
  }
  if (kind == PLACE_CURVE) {
    single_road_def *curve = def;
    curve->turn_rad = -curve->turn_rad;
  }
  if (kind == PLACE_COMPOSE) {
    compose_def *compose = def;
    for (int i = 0; i < compose->part_count; i++)
      turn_fields(compose->parts[i].kind, &compose->parts[i].of);
  }
}

// Generators build for traffic on the right, and extracts are read as in a mirror where it keeps
// left; OpenDRIVE maps say themselves on which side they are driven.
static status build_by_hand(road_builder *b, const scene_def *def, rng *r, trouble *why) {
  bool left = is_left(def), map = def->place == PLACE_OPENDRIVE;
  scene_def own = *def;
  size_t size;
  if (left && !map)
    turn_fields(own.place, scene_def_place(&own, own.place, &size));
  rng works = *r; // draws of their own: a place with works is the one without them
  works.entity ^= 1u << 29;
  status got = place_lay(b, scene_def_ref(&own), left, r, why);
  if (got == STATUS_OK)
    road_works_add(b, place_work_zones(scene_def_ref(def)), &works);
  if (got == STATUS_OK && left && map && !b->net.left_hand)
    return trouble_set(why, STATUS_RANGE,
                       "traffic.hand: %s is driven on the right; maps say on which side themselves",
                       def->opendrive.file);
  if (got == STATUS_OK && left && !map)
    road_builder_mirror(b);
  return got;
}

status place_build(road_builder *b, const scene_def *def, rng *r, trouble *why) {
  status got = build_by_hand(b, def, r, why);
  if (got != STATUS_OK)
    return got;
  road_derive_lanes(b);
  road_derive_conflicts(b);
  road_derive_walks(b);
  return b->failed ? trouble_set(why, STATUS_MEMORY, "memory ran out while building roads")
                   : STATUS_OK;
}

// AASHTO: km/h and metres.
static const double table[][2] = {{30, 21},   {40, 43},   {50, 79},  {60, 123},
                                  {70, 184},  {80, 252},  {90, 336}, {100, 437},
                                  {110, 560}, {120, 756}, {130, 951}};
static const int rows = (int)(sizeof table / sizeof *table);

double place_least_radius(double speed_mps) {
  double kmh = speed_mps * 3.6;
  if (kmh <= table[0][0])
    return table[0][1];
  for (int i = 1; i < rows; i++)
    if (kmh <= table[i][0]) {
      double u = (kmh - table[i - 1][0]) / (table[i][0] - table[i - 1][0]);
      return table[i - 1][1] + u * (table[i][1] - table[i - 1][1]);
    }
  // Above the table the radius grows with the square of the speed.
  double over = kmh / table[rows - 1][0];
  return table[rows - 1][1] * over * over;
}

double place_greatest_speed(double radius_m) {
  double lo = 0, hi = 120; // m/s
  for (int i = 0; i < 50; i++) {
    double middle = (lo + hi) / 2;
    if (place_least_radius(middle) <= radius_m)
      lo = middle;
    else
      hi = middle;
  }
  return lo;
}
