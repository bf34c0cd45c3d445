// SPDX-License-Identifier: Apache-2.0
// A roundabout: a ring of one-way roads around an island, and an arm at each of the small
// junctions between them. A chain of junctions rather than one with the ring inside of it:
// vehicles then claim only the stretch that they are about to enter, several circulate at
// once, and every reader of OpenDRIVE knows how to take it.
#include <math.h>

#include "scenes/place.h"

static const double PI = 3.14159265358979323846;
static const double RING_LANE_M = 4.5, MARGIN_M = 0.7; // wide, as long bodies sweep
static const double RING_LIMIT_MPS = 8.33;
static const double STONE_M = 0.15, RIM_M = 1.0; // the kerb stone, and the island's grass beside it
static const double LEAST_STRETCH_M = 3;         // of ring between two arms' corners
static const double RING_WAY_M = 7;              // outer sides of sidewalks round with half of it
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
  ring_plan p = {.radius_m = radius_m, .outer_m = radius_m + def->lanes * RING_LANE_M + MARGIN_M};
  fit_corner(&p, street_kerb_m(style, false), p.outer_m, def->corner_radius_m);
  if (p.half_rad < PI)
    fit_corner(&p, street_outer_m(style), p.outer_m + STONE_M + ring_walk_m(def), RING_WAY_M / 2);
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
  return apart_rad >= 2 * p->half_rad + LEAST_STRETCH_M / p->radius_m;
}

static void ring_profile(road_profile *out, const roundabout_def *def) {
  *out = (road_profile){.centre_mark = MARK_NONE};
  for (int i = 0; i < def->lanes; i++) {
    profile_lane *lane = road_profile_add(out->right, &out->right_count, LANE_DRIVING, RING_LANE_M);
    lane->speed_limit_mps = fmin(def->speed_limit_mps, RING_LIMIT_MPS);
    lane->mark = i + 1 < def->lanes ? MARK_BROKEN : MARK_NONE;
  }
  road_profile_add(out->right, &out->right_count, LANE_SHOULDER, MARGIN_M);
  road_profile_add(out->right, &out->right_count, LANE_CURB, STONE_M)->height_m = ROAD_KERB_M;
  road_profile_add(out->right, &out->right_count, LANE_SIDEWALK, ring_walk_m(def))->height_m =
      ROAD_KERB_M;
  road_profile_add(out->left, &out->left_count, LANE_CURB, STONE_M)->height_m = ROAD_KERB_M;
  road_profile_add(out->left, &out->left_count, LANE_VERGE, RIM_M)->height_m = ROAD_KERB_M;
}

// A stretch of the ring from one angle on to another.
static void add_stretch(road_builder *b, const roundabout_def *def, const ring_plan *p,
                        double from_rad, double to_rad, int from, int to) {
  road_geometry arc = {.x_m = p->radius_m * cos(from_rad),
                       .y_m = p->radius_m * sin(from_rad),
                       .heading_rad = angle_wrap(from_rad + PI / 2)};
  int count = 0;
  road_append(&arc, &count, p->radius_m * (to_rad - from_rad), 1 / p->radius_m, 1 / p->radius_m);
  road_profile profile;
  ring_profile(&profile, def);
  int id = road_builder_road(b, def->lanes > 1 ? ROAD_SECONDARY : ROAD_RESIDENTIAL, &arc, count,
                             &profile);
  if (!id)
    return;
  road_builder_elevation(b, id, (road_poly3){0});
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
  for (int k = 0; k < count; k++)
    plan.major[k] = arms[k].at_end;
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
