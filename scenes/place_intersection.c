// SPDX-License-Identifier: Apache-2.0
// One junction of three to six arms that end in the open.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "scenes/place.h"
#include "scenes/slip.h"

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

// A street from `from_m` out, with one bend in the middle of what is left of the arm.
static int add_street(road_builder *b, const intersection_def *def, const slip_arm *arm,
                      double from_m, rng *r) {
  double heading = arm->heading_rad;
  road_place from = {
      .x_m = from_m * cos(heading), .y_m = from_m * sin(heading), .heading_rad = heading};
  double bend = rng_uniform(r, -0.25, 0.25), run = fmax(def->arm_m - from_m, 30);
  road_place to = {.x_m = from.x_m + run * cos(heading + bend / 2),
                   .y_m = from.y_m + run * sin(heading + bend / 2),
                   .heading_rad = heading + bend};
  return street_add(b, &arm->style, &from, &to, NULL, 0);
}

// Which arms' turns to the right are to have a slip lane: draws of their own.
static void draw_slips(const intersection_def *def, const rng *r, bool wished[MOST]) {
  rng own = *r;
  own.entity ^= 1u << 27;
  for (int i = 0; i < MOST; i++)
    wished[i] = def->slip_lanes > 0 && rng_chance(&own, def->slip_lanes);
}

// Styles and setbacks of the arms.
static void plan_arms(const intersection_def *def, rng *r, slip_plan *plan) {
  static const bool open[MOST] = {true, true, true, true, true, true};
  double heading[MOST], kerb[MOST], outer[MOST], setback[MOST];
  int arms = plan->arm_count = draw_headings(def, r, heading);
  bool lanes = def->turn_lanes > 0 && rng_chance(r, def->turn_lanes), bikes[MOST];
  draw_bikes(def, r, heading, arms, bikes);
  for (int i = 0; i < arms; i++)
    plan->arms[i].style = (street_style){
        .lanes = def->lanes,
        .lane_width_m = def->lane_width_m,
        .sidewalk_m = def->sidewalk_m,
        .speed_limit_mps = def->speed_limit_mps,
        .parking = def->parked_per_km > 0,
        .bikes = bikes[i],
        .buses = def->bus_lanes > 0 && rng_chance(r, def->bus_lanes),
        .leads_out = true,
        .left_lane = {lanes && road_left_lane_helps(heading, open, arms, i, def->lanes)}};
  for (int i = 0; i < arms; i++) {
    kerb[i] = street_kerb_m(&plan->arms[i].style, false);
    outer[i] = street_outer_m(&plan->arms[i].style);
  }
  road_junction_setbacks(heading, kerb, outer, arms, def->corner_radius_m, setback);
  for (int i = 0; i < arms; i++)
    plan->arms[i].heading_rad = heading[i], plan->arms[i].setback_m = setback[i];
}

static void fill(road_builder *b, const intersection_def *def, const slip_plan *slips, int junction,
                 junction_plan *plan) {
  road_arm found[ROAD_ARMS];
  int count = road_junction_arms(&b->net, &b->net.junctions[junction - 1], found);
  plan->speed_limit_mps = def->speed_limit_mps;
  plan->zebra = true;
  junction_plan_major(plan, found, count, slips->arms[0].heading_rad);
  slip_bar(slips, found, count, plan);
  road_builder_fill_junction(b, junction, plan);
}

status place_intersection(road_builder *b, const intersection_def *def, rng *r, trouble *why) {
  slip_plan slips = {0};
  bool wished[MOST];
  draw_slips(def, r, wished);
  plan_arms(def, r, &slips);
  slips.arm_m = def->arm_m;
  slip_lay_out(&slips, wished);
  int junction = road_builder_junction(b, 0, 0), streets[MOST] = {0}, nodes[MOST] = {0};
  for (int i = 0; i < slips.arm_count && junction && !b->failed; i++) {
    const slip_arm *arm = &slips.arms[i];
    streets[i] = add_street(b, def, arm, slips.cut[i] ? slips.outer_m[i] : arm->setback_m, r);
    if (streets[i])
      b->net.roads[streets[i] - 1].predecessor = (road_link){ROAD_LINK_JUNCTION, junction, false};
  }
  if (!b->failed)
    slip_add_roads(b, &slips, junction, streets, nodes);
  junction_plan plan = {.kind = draw_rule(def, r)};
  plan.green_s[0] = rng_uniform(r, 20, 35);
  plan.green_s[1] = rng_uniform(r, 18, 30);
  road_derive_ends(b);
  if (!b->failed)
    fill(b, def, &slips, junction, &plan);
  slip_fill(b, &slips, nodes);
  return b->failed ? trouble_set(why, STATUS_MEMORY, "memory ran out while building the junction")
                   : STATUS_OK;
}
