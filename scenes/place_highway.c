// SPDX-License-Identifier: Apache-2.0
// A highway: two carriageways with shoulders and a median, straight or in long bends.
#include <math.h>

#include "scenes/place.h"

static const double MEDIAN_HALF_M = 1.6, INNER_SHOULDER_M = 1.0, VERGE_M = 4.0;

// Spirals make a bend longer than an arc of its radius alone.
static const double BEND = 1.45;

static void add_side(profile_lane *lanes, int *count, const highway_def *def) {
  road_profile_add(lanes, count, LANE_MEDIAN, MEDIAN_HALF_M);
  profile_lane *inner = road_profile_add(lanes, count, LANE_SHOULDER, INNER_SHOULDER_M);
  inner->mark = MARK_SOLID;
  inner->mark_yellow = true;
  for (int i = 0; i < def->lanes; i++) {
    profile_lane *lane = road_profile_add(lanes, count, LANE_DRIVING, def->lane_width_m);
    lane->speed_limit_mps = def->speed_limit_mps;
    lane->mark = i + 1 < def->lanes ? MARK_BROKEN : MARK_SOLID;
  }
  if (def->shoulder_m > 0)
    road_profile_add(lanes, count, LANE_SHOULDER, def->shoulder_m);
  road_profile_add(lanes, count, LANE_VERGE, VERGE_M);
}

// Bends of the asked radius to alternating sides until the length is used up. Returns their
// number; *end is where the last leg ends for the bends alone.
static int plan_bends(const highway_def *def, rng *r, road_corner_point *corners, road_place *end) {
  double radius = fmax(def->radius_m, place_least_radius(def->speed_limit_mps));
  double x = 0, y = 0, heading = 0, used = 0, half = 0, side = rng_chance(r, 0.5) ? 1 : -1;
  double straight = rng_uniform(r, 0.1, 0.2) * def->length_m;
  int count = 0;
  while (count < ROAD_CORNERS) {
    double most = fmin(0.9, (def->length_m - used - straight) / (BEND * radius));
    double turn = most * rng_uniform(r, 0.55, 0.95);
    if (turn < 0.05)
      break;
    double tangent = BEND * radius * tan(turn / 2);
    x += (half + straight + tangent) * cos(heading);
    y += (half + straight + tangent) * sin(heading);
    corners[count++] = (road_corner_point){x, y, radius};
    heading += side * turn;
    side = rng_chance(r, 0.75) ? -side : side;
    used += straight + BEND * radius * turn;
    half = tangent;
    straight = rng_uniform(r, 20, 120);
  }
  *end = (road_place){.x_m = x + (half + 5) * cos(heading),
                      .y_m = y + (half + 5) * sin(heading),
                      .heading_rad = heading};
  return count;
}

status place_highway(road_builder *b, const highway_def *def, rng *r, trouble *why) {
  road_corner_point corners[ROAD_CORNERS];
  road_geometry pieces[ROAD_PIECES];
  road_place end = {0};
  int corner_count = def->radius_m > 0 ? plan_bends(def, r, corners, &end) : 0;
  if (corner_count == 0)
    end = (road_place){.x_m = 1};
  int count = road_lay(pieces, 0, 0, end.x_m, end.y_m, corners, corner_count);
  // The last leg takes what is left of the length.
  double rest = def->length_m - pieces[count - 1].s_m - pieces[count - 1].length_m;
  if (rest > 0)
    count = road_lay(pieces, 0, 0, end.x_m + rest * cos(end.heading_rad),
                     end.y_m + rest * sin(end.heading_rad), corners, corner_count);
  road_profile profile = {.centre_mark = MARK_NONE};
  add_side(profile.right, &profile.right_count, def);
  add_side(profile.left, &profile.left_count, def);
  int id = road_builder_road(b, ROAD_MOTORWAY, pieces, count, &profile);
  if (id)
    road_builder_elevation(b, id, (road_poly3){0});
  return b->failed ? trouble_set(why, STATUS_MEMORY, "memory ran out while building the highway")
                   : STATUS_OK;
}
