// SPDX-License-Identifier: Apache-2.0
// One junction of three or four arms that end in the open.
#include <math.h>

#include "scenes/place.h"

static const double PI = 3.14159265358979323846;

status place_intersection(road_builder *b, const intersection_def *def, rng *r, trouble *why) {
  street_style style = {.lanes = def->lanes,
                        .lane_width_m = def->lane_width_m,
                        .sidewalk_m = def->sidewalk_m,
                        .speed_limit_mps = def->speed_limit_mps,
                        .parking = def->parked_per_km > 0};
  enum { MOST = 4 };
  int arms = def->arms < 3 ? 3 : def->arms > MOST ? MOST : def->arms;
  double heading[MOST], kerb[MOST], outer[MOST], setback[MOST];
  double base = rng_uniform(r, -PI, PI);
  double skew = rng_uniform(r, -0.2, 0.2);
  for (int i = 0; i < arms; i++) {
    // Opposite arms stay in line, so that going straight on is straight.
    heading[i] = base + i * PI / 2 + (i % 2 ? skew : 0);
    kerb[i] = street_kerb_m(&style);
    outer[i] = street_outer_m(&style);
  }
  road_junction_setbacks(heading, kerb, outer, arms, def->corner_radius_m, setback);
  int junction = road_builder_junction(b, 0, 0);
  for (int i = 0; i < arms && junction; i++) {
    road_place from = {.x_m = setback[i] * cos(heading[i]),
                       .y_m = setback[i] * sin(heading[i]),
                       .heading_rad = heading[i]};
    double bend = rng_uniform(r, -0.25, 0.25), length = fmax(def->arm_m, setback[i] + 30);
    road_place to = {.x_m = length * cos(heading[i] + bend / 2),
                     .y_m = length * sin(heading[i] + bend / 2),
                     .heading_rad = heading[i] + bend};
    int id = street_add(b, &style, &from, &to, NULL, 0);
    if (id)
      b->net.roads[id - 1].predecessor = (road_link){ROAD_LINK_JUNCTION, junction, false};
  }
  bool signals = rng_chance(r, def->signals);
  double green0 = rng_uniform(r, 20, 35), green1 = rng_uniform(r, 18, 30);
  junction_plan plan = {.kind = signals ? JUNCTION_SIGNALS : JUNCTION_PRIORITY,
                        .speed_limit_mps = def->speed_limit_mps,
                        .zebra = true,
                        .green_s = {green0, green1}};
  if (!b->failed) {
    road_arm found[ROAD_ARMS];
    int count = road_junction_arms(&b->net, &b->net.junctions[junction - 1], found);
    for (int k = 0; k < count; k++)
      plan.major[k] = fabs(cos(found[k].heading_rad - heading[0])) > 0.7071;
    road_builder_fill_junction(b, junction, &plan);
  }
  return b->failed ? trouble_set(why, STATUS_MEMORY, "memory ran out while building the junction")
                   : STATUS_OK;
}
