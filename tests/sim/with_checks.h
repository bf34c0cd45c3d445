// SPDX-License-Identifier: Apache-2.0
// What must never happen in traffic, as checks on snapshots.
#ifndef TESTS_SIM_WITH_CHECKS_H
#define TESTS_SIM_WITH_CHECKS_H

#include "sim/world.h"

typedef struct check_report {
  long vehicle_frames;
  int overlaps;    // pairs of vehicles whose boxes meet, counted by frame
  int hit_people;  // people inside the box of a vehicle faster than 0.3 m/s
  int red_runs;    // stop lines passed by a front while the signal was red
  int bad_numbers; // poses or speeds that aren't finite
  // Of the first three those with a rule breaker, labelled so, among the vehicles; not in them.
  int breakers_overlaps, breakers_hits, breakers_red_runs;
  int siren_red_runs;     // permitted ones, of vehicles with their siren on; not in them either
  int wrong_ways;         // vehicles on the side of a road that isn't theirs
  int jumps;              // bodies that moved farther than 60 m/s allow
  double judged_s;        // vehicle-seconds in which a stand would have counted
  double longest_stand_s; // longest time any vehicle stood in these
  uint32_t stander;       // the vehicle that did, 0 nobody
  int stander_lane;       // where
  char first[256];        // text of the first finding
} check_report;

/// True when the two boxes, drawn in by shrink_m on every side, meet in the plane.
bool check_boxes_meet(const sim_actor *a, const sim_actor *b, double shrink_m);

/// True when a point on the ground lies in the vehicle's box grown by grow_m.
bool check_point_in_box(const sim_actor *a, double x_m, double y_m, double grow_m);

/// Actors of one snapshot against each other.
void check_snapshot(const sim_snapshot *shot, check_report *report);

/// Fronts that passed a red line between two snapshots that follow each other.
void check_red_lines(const scene *s, const sim_snapshot *before, const sim_snapshot *now,
                     check_report *report);

/// Vehicles outside junctions whose middle isn't on the side of the road's line that traffic
/// keeps to, judged by where their body points.
void check_sides(const scene *s, const sim_snapshot *shot, check_report *report);

/// Runs a scene for `seconds` and checks every frame. Standing times of vehicles are
/// kept over frames, as with_stands.h has it. The scene's own duration doesn't bound it.
void check_scene(const scene *s, double seconds, check_report *report);

#endif
