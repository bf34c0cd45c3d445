// SPDX-License-Identifier: Apache-2.0
// A highway: two carriageways with shoulders and a median, straight or in long bends, with ramps
// and lanes that begin and end.
#include <math.h>
#include <stdlib.h>

#include "scenes/highway.h"

// Spirals make a bend longer than an arc of its radius alone.
static const double BEND = 1.45;

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

// Both carriageways are drawn anew where ramps get in each other's way.
static status build(road_builder *b, const highway_def *def, const highway_sizes *sizes,
                    const road_geometry *pieces, int count, rng *r, trouble *why) {
  enum { TRIES = 40 };
  highway_side *sides = calloc(2, sizeof *sides);
  if (!sides)
    return trouble_set(why, STATUS_MEMORY, "memory ran out while building the highway");
  bool done = false;
  const road_geometry *last = &pieces[count - 1];
  highway_line line = {
      .pieces = pieces, .piece_count = count, .length_m = last->s_m + last->length_m};
  for (int attempt = 0; attempt < TRIES && !done; attempt++) {
    highway_plan(&sides[0], def, sizes, r);
    highway_plan(&sides[1], def, sizes, r);
    done = highway_build(b, def, sizes, &line, sides, r);
  }
  free(sides);
  if (done)
    highway_add_overpasses(b, &line, def->overpasses, r);
  if (b->failed)
    return trouble_set(why, STATUS_MEMORY, "memory ran out while building the highway");
  return done ? STATUS_OK
              : trouble_set(why, STATUS_RANGE,
                            "road.length_m: the ramps of %.10g m get in each other's way; a longer "
                            "road, fewer ramps or wider curves would do",
                            def->length_m);
}

status place_highway(road_builder *b, const highway_def *def, rng *r, trouble *why) {
  road_corner_point corners[ROAD_CORNERS];
  road_geometry pieces[ROAD_PIECES];
  road_place end = {0};
  highway_sizes sizes = highway_sizes_of(def);
  status possible = highway_check(def, &sizes, why);
  if (possible != STATUS_OK)
    return possible;
  int corner_count = def->radius_m > 0 ? plan_bends(def, r, corners, &end) : 0;
  if (corner_count == 0)
    end = (road_place){.x_m = 1};
  int count = road_lay(pieces, 0, 0, end.x_m, end.y_m, corners, corner_count);
  // The last leg takes what is left of the length.
  double rest = def->length_m - pieces[count - 1].s_m - pieces[count - 1].length_m;
  if (rest > 0)
    count = road_lay(pieces, 0, 0, end.x_m + rest * cos(end.heading_rad),
                     end.y_m + rest * sin(end.heading_rad), corners, corner_count);
  return build(b, def, &sizes, pieces, count, r, why);
}
