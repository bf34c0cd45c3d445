// SPDX-License-Identifier: Apache-2.0
// Slip lanes of an intersection: turns to the right of their own. Each is a road from a small
// junction on one arm, before its stop line, to one on the next arm, where it gives way to what
// comes out of the intersection. What it leaves between the arms is an island.
#ifndef SCENES_SLIP_H
#define SCENES_SLIP_H

#include "scenes/place.h"

enum { SLIP_ARMS = 6 };

/// An arm of an intersection as slip lanes see it: straight out of the middle, which is the
/// origin.
typedef struct slip_arm {
  double heading_rad;
  double setback_m; // where it ends at the intersection
  street_style style;
} slip_arm;

/// Where slip lanes lie. Arms are counted counter-clockwise; a slip lane leads from an arm to the
/// next one.
typedef struct slip_plan {
  int arm_count;
  double arm_m; // length of arms
  slip_arm arms[SLIP_ARMS];
  bool slip[SLIP_ARMS];       // by arm that it leaves
  bool cut[SLIP_ARMS];        // a slip lane leaves or joins the arm
  double inner_m[SLIP_ARMS];  // of arms that are cut: where the road to the intersection begins,
  double outer_m[SLIP_ARMS];  // and where the street ends, metres from the middle
  road_place from[SLIP_ARMS]; // of slip lanes: their ends, on their left border
  road_place to[SLIP_ARMS];   //
  road_corner_point bend[SLIP_ARMS];
} slip_plan;

/// Lays out those of the wished slip lanes for which there is room: between arms 66 to 114 degrees
/// apart that have no lanes for buses, nor too short a street for the lane for left turns.
void slip_lay_out(slip_plan *plan, const bool *wished);
/// Builds what lies between the intersection and the streets, whose first roads are given, 0 for
/// arms that aren't cut, and fills the small junctions but for their arms' ends: before
/// road_derive_ends(). The small junctions' ids go to `nodes`.
void slip_add_roads(road_builder *b, const slip_plan *plan, int junction, const int *streets,
                    int *nodes);
/// Fills the small junctions, after road_derive_ends().
void slip_fill(road_builder *b, const slip_plan *plan, const int *nodes);
/// Bars the turns that have a slip lane in the intersection itself.
void slip_bar(const slip_plan *plan, const road_arm *arms, int count, junction_plan *out);

#endif
