// SPDX-License-Identifier: Apache-2.0
// A roundabout: a ring of one-way roads around an island, and an arm at each of the small
// junctions between them. A chain of junctions rather than one with the ring inside of it:
// vehicles then claim only the stretch that they are about to enter, several circulate at
// once, and every reader of OpenDRIVE knows how to take it.
#include <math.h>

#include "scenes/place.h"
#include "scenes/ring.h"

static const double PI = 3.14159265358979323846;
static const double GREATEST_RADIUS_M = 120;
enum { MOST = 6 };

// Where the ring's roads and the arms end: angles around the middle, distances from it.
typedef struct ring_plan {
  double radius_m, outer_m; // to the island's kerb and to the outer one
  double half_rad;          // from an arm's axis to where the ring's road begins
  double arm_m;             // from the middle to the arm's end
} ring_plan;

// As wide as a street's sidewalk and its planted strip.
static double ring_walk_m(const roundabout_def *def) {
  return def->sidewalk_m + 1.5;
}

static ring_style style_of(const roundabout_def *def, double radius_m) {
  return (ring_style){.radius_m = radius_m,
                      .lanes = def->lanes,
                      .beside_m = ring_walk_m(def),
                      .sidewalk = true,
                      .speed_limit_mps = def->speed_limit_mps};
}

// The kerb's fillet of that radius touches the arm's side and the ring.
static void fit_corner(ring_plan *p, double aside_m, double ring_m, double corner_m) {
  double across = aside_m + corner_m, reach = ring_m + corner_m;
  if (across >= 0.9 * reach) {
    p->half_rad = PI; // no room at all
    return;
  }
  p->half_rad = fmax(p->half_rad, asin(across / reach));
  p->arm_m = fmax(p->arm_m, sqrt(reach * reach - across * across) + 0.1);
}

static ring_plan plan_ring(const roundabout_def *def, const street_style *style, double radius_m) {
  ring_style ring = style_of(def, radius_m);
  ring_plan p = {.radius_m = radius_m, .outer_m = ring_outer_m(&ring)};
  fit_corner(&p, street_kerb_m(style, false), p.outer_m, def->corner_radius_m);
  if (p.half_rad < PI)
    fit_corner(&p, street_outer_m(style), p.outer_m + RING_STONE_M + ring_walk_m(def),
               RING_CORNER_WAY_M);
  return p;
}

static double least_apart(const double *heading, int arms) {
  double least = 2 * PI;
  for (int i = 0; i < arms; i++) {
    double step = heading[(i + 1) % arms] - heading[i] + (i + 1 == arms ? 2 * PI : 0);
    least = fmin(least, step);
  }
  return least;
}

static bool fits(const ring_plan *p, double apart_rad) {
  return apart_rad >= 2 * p->half_rad + RING_LEAST_STRETCH_M / p->radius_m;
}

// A stretch of the ring from one angle on to another.
static void add_stretch(road_builder *b, const roundabout_def *def, const ring_plan *p,
                        double from_rad, double to_rad, int from, int to) {
  ring_style ring = style_of(def, p->radius_m);
  int id = ring_stretch(b, &ring, from_rad, to_rad);
  if (!id)
    return;
  b->net.roads[id - 1].predecessor = (road_link){ROAD_LINK_JUNCTION, from, false};
  b->net.roads[id - 1].successor = (road_link){ROAD_LINK_JUNCTION, to, false};
}

static void add_arm(road_builder *b, const roundabout_def *def, const street_style *style,
                    const ring_plan *p, double heading, int junction, rng *r) {
  road_place from = {
      .x_m = p->arm_m * cos(heading), .y_m = p->arm_m * sin(heading), .heading_rad = heading};
  double bend = rng_uniform(r, -0.25, 0.25); // one bend in the arm's middle
  road_place to = {.x_m = from.x_m + def->arm_m * cos(heading + bend / 2),
                   .y_m = from.y_m + def->arm_m * sin(heading + bend / 2),
                   .heading_rad = heading + bend};
  int id = street_add(b, style, &from, &to, NULL, 0);
  if (id)
    b->net.roads[id - 1].predecessor = (road_link){ROAD_LINK_JUNCTION, junction, false};
}

static void fill(road_builder *b, const roundabout_def *def, int junction) {
  junction_plan plan = {.kind = JUNCTION_PRIORITY,
                        .ring = true,
                        .speed_limit_mps = def->speed_limit_mps,
                        .zebra = true};
  road_arm arms[ROAD_ARMS];
  int count = road_junction_arms(&b->net, &b->net.junctions[junction - 1], arms);
  // Who circulates goes first: what comes in on a stretch of the ring, which links at both ends.
  for (int k = 0; k < count; k++) {
    plan.major[k] = arms[k].at_end;
    bool one_way = road_arm_lanes(&b->net, &arms[k], true) == 0 ||
                   road_arm_lanes(&b->net, &arms[k], false) == 0;
    plan.around |= (unsigned)one_way << k;
  }
  road_builder_fill_junction(b, junction, &plan);
}

status place_roundabout(road_builder *b, const roundabout_def *def, rng *r, trouble *why) {
  street_style style = {.lanes = def->lanes,
                        .lane_width_m = def->lane_width_m,
                        .sidewalk_m = def->sidewalk_m,
                        .speed_limit_mps = def->speed_limit_mps,
                        .parking = def->side.parked_per_km > 0};
  int arms = def->arms < 3 ? 3 : def->arms > MOST ? MOST : def->arms;
  double heading[MOST], off[MOST], base = rng_uniform(r, -PI, PI), share = 1;
  ring_plan p = plan_ring(def, &style, def->inner_radius_m);
  // Where the arms don't fit around the island, a larger one does.
  while (!fits(&p, 2 * PI / arms) && p.radius_m < GREATEST_RADIUS_M)
    p = plan_ring(def, &style, p.radius_m + 0.5);
  for (int i = 0; i < arms; i++)
    off[i] = def->jitter_rad * rng_uniform(r, -1, 1);
  do {
    for (int i = 0; i < arms; i++)
      heading[i] = base + 2 * PI * i / arms + share * off[i];
    share = share > 0.01 ? 0.8 * share : 0;
  } while (!fits(&p, least_apart(heading, arms)) && share > 0);
  int junction[MOST];
  for (int i = 0; i < arms; i++)
    junction[i] =
        road_builder_junction(b, p.radius_m * cos(heading[i]), p.radius_m * sin(heading[i]));
  for (int i = 0; i < arms && !b->failed; i++) {
    int next = (i + 1) % arms;
    double to = heading[next] + (next == 0 ? 2 * PI : 0) - p.half_rad;
    add_arm(b, def, &style, &p, heading[i], junction[i], r);
    add_stretch(b, def, &p, heading[i] + p.half_rad, to, junction[i], junction[next]);
  }
  road_derive_ends(b);
  for (int i = 0; i < arms && !b->failed; i++)
    fill(b, def, junction[i]);
  return b->failed ? trouble_set(why, STATUS_MEMORY, "memory ran out while building the roundabout")
                   : STATUS_OK;
}
