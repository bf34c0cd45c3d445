// SPDX-License-Identifier: Apache-2.0
// A diamond: an ordinary road on a bridge over the motorway, or below one of the motorway's, and
// four ramps that end at a junction of it on either side.
#include <math.h>

#include "scenes/interchange.h"

static const double PI = 3.14159265358979323846;
static const double SKEW_RAD = 0.22;      // of the crossing, at most
static const double CORNER_M = 12;        // of the junctions
static const double SHOULDER_M = 1.2;     // of the road that crosses
static const double LAND_M[2] = {22, 60}; // of that road between bridge and junction
static const double LEVEL_M = 30;         // of it beyond the junction, where it stays up
static const double TAIL_M = 70;          // of it when it is down
static const double HEAD_M = 60;          // of the motorway before its exits, after its entries
static const double PART_RAD[2] = {0.08, 0.28}; // ramps leave the motorway at such an angle
static const double PART_RADIUS_M = 300;        // the bends that take them there, at least
static const double LEG_M = 10;                 // of a ramp between its bends, at least
static const double RAISED_M = 10;              // of a motorway on a bridge, beyond its noses
static const double FLAT_M = 26;                // of a ramp before its junction
static const double STRAIGHT_M = 32;
static const double CLIMB_FROM_M = 40; // of a ramp, beyond its nose
// Both carriageways are cut where one is: ramps of the left one get longer in such steps until no
// two cuts are nearly in the same place.
static const double LONGER_M = 3.7;
enum { RIGHT = 0, LEFT = 1, TRIES = 60 };

typedef struct diamond {
  const interchange_def *def;
  bool over; // the motorway
  highway_def motorway;
  highway_sizes z;
  overpass_road road;
  road_place middles[2];                       // of the junctions, by the carriageway beside them
  double setback_m[4];                         // of arms: east, along the road, west, back along it
  double part_rad, leg_m, straight_m, climb_m; // of ramps
  double along_m;                              // of a ramp from its nose, along the motorway
  double longer_m;                             // the left carriageway's ramps
} diamond;

static void place_junctions(diamond *d, rng *r) {
  double heading = PI / 2 + rng_uniform(r, -SKEW_RAD, SKEW_RAD), s = sin(heading);
  overpass_style *style = &d->road.style;
  *style = (overpass_style){.lanes = d->def->crossing_lanes,
                            .lane_width_m = fmin(d->def->lane_width_m, 3.5),
                            .shoulder_m = SHOULDER_M,
                            .speed_limit_mps = d->def->crossing_limit_mps};
  d->road.middle.heading_rad = heading;
  d->road.under = d->over;
  double ramp = d->z.ramp_width_m / 2 + RAMP_SHOULDER_M, wide = overpass_half(style);
  double headings[4] = {0, heading, PI, heading + PI}, half[4] = {ramp, wide, ramp, wide};
  road_junction_setbacks(headings, half, half, 4, CORNER_M, d->setback_m);
  double bridge = (highway_carriageway(&d->motorway, &d->z) + OVERPASS_SLOPE_M) / s +
                  overpass_outer(style) * fabs(cos(heading)) / s;
  double land = rng_uniform(r, LAND_M[0], LAND_M[1]);
  for (int k = 0; k < 2; k++) {
    overpass_leg *leg = &d->road.legs[k];
    double near = d->setback_m[k ? 3 : 1], far = d->setback_m[k ? 1 : 3];
    double out = bridge + land + near;
    *leg = (overpass_leg){.bridge_m = bridge,
                          .near_m = out - near,
                          .far_m = out + far,
                          .level_m = out + far + LEVEL_M};
    leg->length_m = leg->level_m + (d->over ? 0 : overpass_climb(style->speed_limit_mps)) + TAIL_M;
    // legs[1] leads to the left carriageway's side.
    double sign = k ? 1 : -1;
    d->middles[k ? LEFT : RIGHT] = (road_place){
        .x_m = sign * out * cos(heading), .y_m = sign * out * s, .heading_rad = heading};
  }
}

// Away from the motorway at an angle, and back to its heading before the junction.
static void append_shape(const diamond *d, highway_ramp *ramp, double leg, double straight) {
  double side = ramp->against ? 1 : -1; // outward an exit bends to the right, an entry to the left
  double radius = fmax(PART_RADIUS_M, d->def->ramp_radius_m + d->z.ramp_width_m / 2);
  double k = side / radius, first = HIGHWAY_FIRST_SHARE;
  double spiral = d->part_rad * radius / (1 + first / 2), back = d->part_rad * radius;
  road_append(ramp->pieces, &ramp->piece_count, spiral, first * k, k);
  road_append(ramp->pieces, &ramp->piece_count, spiral, k, 0);
  road_append(ramp->pieces, &ramp->piece_count, leg, 0, 0);
  road_append(ramp->pieces, &ramp->piece_count, back, 0, -k);
  road_append(ramp->pieces, &ramp->piece_count, back, -k, 0);
  road_append(ramp->pieces, &ramp->piece_count, straight, 0, 0);
}

// Verges part from each other as the ramp does from the motorway.
static void set_verges(diamond *d) {
  double radius = fmax(PART_RADIUS_M, d->def->ramp_radius_m + d->z.ramp_width_m / 2);
  double spiral = d->part_rad * radius / (1 + HIGHWAY_FIRST_SHARE / 2);
  d->z.verge_rate = 0.28 / (radius * 6 * spiral);
  d->z.clear_m =
      FORK_M + highway_growth(d->z.verge_rate, HIGHWAY_VERGE_M) + HIGHWAY_VERGE_BEGIN_M + 4;
}

// The widest angle at which a ramp has a leg between its bends; long enough for its climb.
static void find_shape(diamond *d) {
  double nose = highway_carriageway(&d->motorway, &d->z) - HIGHWAY_VERGE_M - d->def->shoulder_m +
                d->z.gore_width_m;
  double aside = fabs(d->middles[RIGHT].y_m) - d->z.ramp_width_m / 2 - nose;
  double climb = overpass_climb(d->z.ramp_limit_mps);
  static const road_place at[2] = {{0}, {.x_m = FORK_M}};
  for (d->part_rad = PART_RAD[1]; d->part_rad > PART_RAD[0]; d->part_rad -= 0.01) {
    highway_ramp ramp;
    highway_ramp_begin(&ramp, at, true);
    append_shape(d, &ramp, 0, STRAIGHT_M);
    const road_geometry *last = &ramp.pieces[ramp.piece_count - 1];
    road_place end = road_geometry_at(last, last->length_m);
    d->leg_m = (aside + end.y_m) / sin(d->part_rad); // it lies to the right, where y is negative
    double length = last->s_m + last->length_m + d->leg_m, room = length - CLIMB_FROM_M - FLAT_M;
    d->straight_m = STRAIGHT_M + fmax(0, climb - room);
    d->along_m = end.x_m + d->leg_m * cos(d->part_rad) + d->straight_m - STRAIGHT_M;
    d->climb_m = fmax(climb, 0.8 * room);
    if (d->leg_m >= LEG_M)
      break;
  }
  set_verges(d);
}

// Where an exit's nose, or an entry's, is along its carriageway.
static double nose_at(const diamond *d, int hand, bool exit) {
  bool east = exit == (hand == LEFT); // of the junction
  double x = d->middles[hand].x_m + (east ? d->setback_m[0] : -d->setback_m[2]);
  double along = d->along_m + (hand == LEFT ? d->longer_m : 0);
  x += east ? along : -along;
  return d->motorway.length_m / 2 + (hand == LEFT ? -x : x);
}

static status find_noses(const diamond *d, highway_fork forks[2][2], trouble *why) {
  double need = 0, half = d->motorway.length_m / 2;
  double down = d->over ? RAISED_M + overpass_climb(d->motorway.speed_limit_mps) : 0;
  for (int hand = 0; hand < 2; hand++)
    for (int k = 0; k < 2; k++) {
      bool exit = k == 0;
      double nose = nose_at(d, hand, exit);
      forks[hand][k] = (highway_fork){.exit = exit, .nose_m = nose};
      need =
          fmax(need, fabs(nose - half) + fmax(down, highway_ramp_reach(&d->motorway, &d->z, exit)));
    }
  if (need + HEAD_M > half)
    return trouble_set(why, STATUS_RANGE,
                       "road.length_m: %.10g m are too short for the ramps of this diamond; "
                       "%.0f m would do",
                       d->motorway.length_m, ceil(2 * (need + HEAD_M)));
  return STATUS_OK;
}

// The motorway is high up to its noses, and a bridge across the other road.
static void raise_motorway(const diamond *d, highway_fork forks[2][2], highway_line *line) {
  double level = 0, half = d->motorway.length_m / 2, heading = d->road.middle.heading_rad;
  for (int i = 0; i < 4; i++)
    level = fmax(level, fabs(forks[i / 2][i % 2].nose_m - half) + RAISED_M);
  double bridge = (overpass_outer(&d->road.style) + OVERPASS_SLOPE_M) / sin(heading) +
                  highway_carriageway(&d->motorway, &d->z) * fabs(cos(heading)) / sin(heading);
  interchange_raise(line, level, bridge, d->motorway.speed_limit_mps);
}

static void add_ramp(road_builder *b, const diamond *d, int hand, const road_place at[2], bool exit,
                     const highway_gate *gate, int junction) {
  highway_ramp ramp;
  highway_ramp_begin(&ramp, at, exit);
  append_shape(d, &ramp, d->leg_m, d->straight_m + (hand == LEFT ? d->longer_m : 0));
  highway_ramp_dress(&ramp, &d->motorway, &d->z, RAMP_JUNCTION);
  double from_m = d->over ? OVERPASS_M : 0;
  ramp.rise = highway_strip_new(LANE_NONE, 0, 0, ramp.length_m, from_m);
  highway_strip_climb(&ramp.rise, ramp.length_m - FLAT_M - d->climb_m, d->climb_m,
                      OVERPASS_M - from_m);
  int id = highway_add_ramp(b, &d->z, &ramp, exit ? gate : NULL, exit ? NULL : gate);
  if (!id)
    return; // out of memory, which the builder knows
  road *r = &b->net.roads[id - 1];
  *(exit ? &r->successor : &r->predecessor) = (road_link){ROAD_LINK_JUNCTION, junction, false};
}

static void fill(road_builder *b, const diamond *d, int junction, bool signals, rng *r) {
  junction_plan plan = {.kind = signals ? JUNCTION_SIGNALS : JUNCTION_PRIORITY,
                        .speed_limit_mps = d->def->crossing_limit_mps,
                        .green_s = {rng_uniform(r, 20, 32), rng_uniform(r, 14, 24)}};
  road_arm arms[ROAD_ARMS];
  int count = road_junction_arms(&b->net, &b->net.junctions[junction - 1], arms);
  junction_plan_major(&plan, arms, count, d->road.middle.heading_rad);
  road_builder_fill_junction(b, junction, &plan);
}

status interchange_diamond(road_builder *b, const interchange_def *def, rng *r, trouble *why) {
  diamond d = {
      .def = def, .over = interchange_motorway_over(def), .motorway = interchange_motorway(def)};
  d.z = highway_sizes_of(&d.motorway);
  place_junctions(&d, r);
  find_shape(&d);
  road_geometry piece = {.x_m = -def->length_m / 2};
  int pieces = 0, junctions[2];
  road_append(&piece, &pieces, def->length_m, 0, 0);
  highway_line line = {.pieces = &piece, .piece_count = 1, .length_m = def->length_m};
  highway_side sides[2];
  highway_gate gates[2][HIGHWAY_FORKS] = {{{0}}};
  for (int hand = 0; hand < 2; hand++) {
    junctions[hand] = road_builder_junction(b, d.middles[hand].x_m, d.middles[hand].y_m);
    d.road.legs[hand == LEFT].junction = junctions[hand];
  }
  bool signals = rng_chance(r, def->signals);
  bool built = false;
  for (int i = 0; i < TRIES && !built; i++) {
    highway_fork forks[2][2];
    d.longer_m = i * LONGER_M;
    status got = find_noses(&d, forks, why);
    if (got != STATUS_OK)
      return got;
    if (d.over)
      raise_motorway(&d, forks, &line);
    for (int hand = 0; hand < 2; hand++)
      highway_plan_forks(&sides[hand], &d.motorway, &d.z, forks[hand], 2);
    built = highway_add_roads(b, &d.motorway, &d.z, &line, sides, gates);
  }
  if (!built)
    return trouble_set(why, STATUS_RANGE,
                       "road.acceleration_m: both carriageways' ramps begin in the same places; "
                       "other lengths would do");
  for (int hand = 0; hand < 2 && !b->failed; hand++)
    for (int k = 0; k < 2; k++) {
      const highway_fork *fork = &sides[hand].forks[k];
      road_place at[2] = {highway_nose(&line, &sides[hand], hand, fork, 0),
                          highway_nose(&line, &sides[hand], hand, fork, FORK_M)};
      add_ramp(b, &d, hand, at, fork->exit, &gates[hand][k], junctions[hand]);
    }
  overpass_add(b, &d.road);
  road_derive_ends(b);
  for (int hand = 0; hand < 2 && !b->failed; hand++)
    fill(b, &d, junctions[hand], signals, r);
  return STATUS_OK;
}
