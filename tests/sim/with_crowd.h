// SPDX-License-Identifier: Apache-2.0
// What must never happen to people on foot, as checks on snapshots.
#ifndef TESTS_SIM_WITH_CROWD_H
#define TESTS_SIM_WITH_CROWD_H

#include "sim/world.h"

typedef struct crowd_report {
  long person_frames;
  int overlaps;     // pairs of bodies nearer than CROWD_BRUSH_M allows, counted by frame
  int in_vehicles;  // people whose middle is inside a vehicle's box, standing or not
  int in_things;    // people inside posts, walls, houses, parked cars and what else stands there
  double deepest_m; // how far the worst pair overlapped
  double walked_m;  // by all together
  double longest_stand_s; // of anybody, with crowd_check_scene
  char first[256];        // text of the first finding
} crowd_report;

/// How far two bodies may press into each other: clothes, and a shoulder that turns away.
#define CROWD_BRUSH_M 0.04

/// A body as one or two discs of that radius, `half_m` ahead of and behind its middle. Of who
/// walks: as broad as two thirds of the breadth of shoulders in clothes, 0.44 m of 1.75 m.
void crowd_body(const sim_actor *a, double *radius_m, double *half_m);

/// People of one snapshot against each other, vehicles and things.
void crowd_check(const scene *s, const sim_snapshot *shot, crowd_report *report);

/// Runs a scene for `seconds` and checks every frame after the first second.
void crowd_check_scene(const scene *s, double seconds, crowd_report *report);

#endif
