// SPDX-License-Identifier: Apache-2.0
// An ordinary two-way road that crosses others on a bridge: it climbs an embankment, stays level
// across them and comes down again; or that crosses below them, on the ground. Private to
// scenes/interchange_*.c and place_highway.c.
#ifndef SCENES_OVERPASS_H
#define SCENES_OVERPASS_H

#include "scenes/highway.h"

/// Height of what crosses above what it crosses: 4.7 m of clearance, a deck of 1.3 m and what the
/// surface below needs for marks, drainage and new layers.
#define OVERPASS_M 6.6
/// Land falls from a bridge's end to the road below within this distance.
#define OVERPASS_SLOPE_M 15.0
/// Steepest grade of the ways up, ramps included.
#define OVERPASS_GRADE 0.06

/// How far the way up to OVERPASS_M is at a speed: by grade, and by the crest's stopping sight
/// distance.
double overpass_climb(double speed_mps);

typedef struct overpass_style {
  int lanes; // per direction
  double lane_width_m, shoulder_m, speed_limit_mps;
} overpass_style;

/// Half widths: of what is driven on, with the shoulders; of all, with the verges.
double overpass_half(const overpass_style *style);
double overpass_outer(const overpass_style *style);

/// One side of it, seen from the bridge's middle outward.
typedef struct overpass_leg {
  double bridge_m;      // the bridge ends here
  int junction;         // id of one on it, 0 none
  double near_m, far_m; // the road's ends at the junction, on this side of it and beyond
  double level_m;       // it is level up to here
  double length_m;
} overpass_leg;

/// A straight road through `middle`, heading along legs[1]. The ends in junctions are linked.
typedef struct overpass_road {
  road_place middle;
  overpass_style style;
  overpass_leg legs[2];
  bool under; // the others have the bridge
} overpass_road;

/// Builds its roads.
void overpass_add(road_builder *b, const overpass_road *o);

#endif
