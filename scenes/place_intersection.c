// SPDX-License-Identifier: Apache-2.0
// One junction of three to six arms that end in the open.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "scenes/place.h"

static const double PI = 3.14159265358979323846;

enum { MOST = 6 };
static const double IN_LINE_RAD = 2.5;
static const double LEAST_APART_RAD = 40 * 3.14159265358979323846 / 180;

static double least_apart(const double *heading, int arms) {
  double least = PI;
  for (int i = 0; i < arms; i++)
    for (int k = 0; k < i; k++)
      least = fmin(least, fabs(angle_wrap(heading[i] - heading[k])));
  return least;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

// Headings of the arms, counter-clockwise; their number.
static int draw_headings(const intersection_def *def, rng *r, double heading[MOST]) {
  int arms = def->arms < 3 ? 3 : def->arms > MOST ? MOST : def->arms;
  double base = rng_uniform(r, -PI, PI), skew = rng_uniform(r, -0.2, 0.2), off[MOST];
  if (def->angles_deg.count > 0) {
    arms = def->angles_deg.count < MOST ? def->angles_deg.count : MOST;
    for (int i = 0; i < arms; i++)
      heading[i] = angle_wrap(def->angles_deg.value[i] * PI / 180);
    qsort(heading, (size_t)arms, sizeof *heading, ascending);
    return arms;
  }
  for (int i = 0; i < arms; i++)
    off[i] = def->jitter_rad > 0 ? def->jitter_rad * rng_uniform(r, -1, 1) : 0;
  // Opposite arms of a plain crossing stay in line, so that going straight on is straight.
  double step = arms > 4 ? 2 * PI / arms : PI / 2, share = 1;
  do {
    for (int i = 0; i < arms; i++)
      heading[i] = base + i * step + (arms <= 4 && i % 2 ? skew : 0) + share * off[i];
    share *= 0.8;
  } while (least_apart(heading, arms) < LEAST_APART_RAD && share > 1e-3);
  return arms;
}

static junction_kind draw_rule(const intersection_def *def, rng *r) {
  bool signals = rng_chance(r, def->signals);
  if (strcmp(def->rule, "signals") == 0)
    return JUNCTION_SIGNALS;
  if (strcmp(def->rule, "priority") == 0)
    return JUNCTION_PRIORITY;
  if (strcmp(def->rule, "all_way_stop") == 0)
    return JUNCTION_ALL_WAY_STOP;
  if (strcmp(def->rule, "right_before_left") == 0)
    return JUNCTION_RIGHT_BEFORE_LEFT;
  return signals ? JUNCTION_SIGNALS : JUNCTION_PRIORITY;
}

void junction_plan_major(junction_plan *plan, const road_arm *arms, int count, double heading_rad) {
  int first = 0, last = -1;
  for (int k = 1; k < count; k++)
    if (cos(arms[k].heading_rad - heading_rad) > cos(arms[first].heading_rad - heading_rad))
      first = k;
  for (int k = 0; k < count; k++)
    if (k != first && (last < 0 || cos(arms[k].heading_rad - arms[first].heading_rad) <
                                       cos(arms[last].heading_rad - arms[first].heading_rad)))
      last = k;
  for (int k = 0; k < count; k++)
    plan->major[k] = k == first || k == last;
}

// Streets nearly in line are as wide as each other, so that kerbs can join them.
static void draw_bikes(const intersection_def *def, rng *r, const double *heading, int arms,
                       bool bikes[MOST]) {
  bool known[MOST] = {false};
  for (int i = 0; i < arms; i++)
    bikes[i] = def->bike_lanes > 0 && rng_chance(r, def->bike_lanes);
  for (int first = 0; first < arms; first++) {
    bool grown = !known[first];
    known[first] = true;
    for (int pass = 0; pass < arms && grown; pass++)
      for (int i = 0; i < arms; i++)
        for (int k = 0; k < arms; k++)
          if (known[i] && !known[k] && fabs(angle_wrap(heading[i] - heading[k])) > IN_LINE_RAD)
            known[k] = true, bikes[k] = bikes[i];
  }
}

status place_intersection(road_builder *b, const intersection_def *def, rng *r, trouble *why) {
  street_style style = {.lanes = def->lanes,
                        .lane_width_m = def->lane_width_m,
                        .sidewalk_m = def->sidewalk_m,
                        .speed_limit_mps = def->speed_limit_mps,
                        .parking = def->parked_per_km > 0};
  double heading[MOST], kerb[MOST], outer[MOST], setback[MOST];
  int arms = draw_headings(def, r, heading);
  static const bool open[MOST] = {true, true, true, true, true, true};
  bool lanes = def->turn_lanes > 0 && rng_chance(r, def->turn_lanes);
  bool bikes[MOST], buses[MOST];
  draw_bikes(def, r, heading, arms, bikes);
  for (int i = 0; i < arms; i++)
    buses[i] = def->bus_lanes > 0 && rng_chance(r, def->bus_lanes);
  for (int i = 0; i < arms; i++) {
    style.bikes = bikes[i];
    style.left_lane[0] = lanes && road_left_lane_helps(heading, open, arms, i, def->lanes);
    kerb[i] = street_kerb_m(&style, false);
    outer[i] = street_outer_m(&style);
  }
  road_junction_setbacks(heading, kerb, outer, arms, def->corner_radius_m, setback);
  int junction = road_builder_junction(b, 0, 0);
  for (int i = 0; i < arms && junction; i++) {
    road_place from = {.x_m = setback[i] * cos(heading[i]),
                       .y_m = setback[i] * sin(heading[i]),
                       .heading_rad = heading[i]};
    // One bend in the middle of what is left of the arm.
    double bend = rng_uniform(r, -0.25, 0.25), run = fmax(def->arm_m - setback[i], 30);
    road_place to = {.x_m = from.x_m + run * cos(heading[i] + bend / 2),
                     .y_m = from.y_m + run * sin(heading[i] + bend / 2),
                     .heading_rad = heading[i] + bend};
    style.bikes = bikes[i];
    style.buses = buses[i];
    style.leads_out = true;
    style.left_lane[0] = lanes && road_left_lane_helps(heading, open, arms, i, def->lanes);
    int id = street_add(b, &style, &from, &to, NULL, 0);
    if (id)
      b->net.roads[id - 1].predecessor = (road_link){ROAD_LINK_JUNCTION, junction, false};
  }
  junction_kind kind = draw_rule(def, r);
  double green0 = rng_uniform(r, 20, 35), green1 = rng_uniform(r, 18, 30);
  junction_plan plan = {.kind = kind,
                        .speed_limit_mps = def->speed_limit_mps,
                        .zebra = true,
                        .green_s = {green0, green1}};
  road_derive_ends(b);
  if (!b->failed) {
    road_arm found[ROAD_ARMS];
    int count = road_junction_arms(&b->net, &b->net.junctions[junction - 1], found);
    junction_plan_major(&plan, found, count, heading[0]);
    road_builder_fill_junction(b, junction, &plan);
  }
  return b->failed ? trouble_set(why, STATUS_MEMORY, "memory ran out while building the junction")
                   : STATUS_OK;
}
