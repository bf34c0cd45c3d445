// SPDX-License-Identifier: Apache-2.0
// The ways through a junction, from a lane of one arm to a lane of another. For
// scenes/road_junction.c.
#ifndef SCENES_JUNCTION_WAY_H
#define SCENES_JUNCTION_WAY_H

#include "scenes/road_builder.h"

/// What leads from a lane of one arm to a lane of another.
typedef struct lane_way {
  turn_kind turn;
  int rank;
  double lead_m[2]; // kerb goes straight on for that long at both ends, so no bend there
  bool arc;         // on along the ring
  bool bikes;       // for bicycles
  bool middle;      // the reference line is the lane's middle, else its inner border
} lane_way;

/// Where a lane of an arm begins or ends, on its border towards the road's centre; heading into the
/// junction where it enters, else out of it.
road_place junction_gate(const road_builder *b, const road_arm *arm, int lane, bool entering);
/// Adds the road of one lane that leads through a junction along the reference line `pieces`.
void junction_way_lay(road_builder *b, int junction, const road_arm *from, int from_lane,
                      const road_arm *to, int to_lane, const road_geometry *pieces, int count,
                      const lane_way *way);
/// The same along a line that suits the two lanes; none where these lie on each other.
void junction_way_add(road_builder *b, int junction, const road_arm *from, int from_lane,
                      const road_arm *to, int to_lane, const lane_way *way);

static inline const road *arm_road(const road_builder *b, const road_arm *arm) {
  return &b->net.roads[arm->road - 1];
}

// +1 or -1: the side whose lanes run into the junction. The other one's run out of it.
static inline int arm_entry_side(const road_arm *arm) {
  return arm->at_end ? -1 : 1;
}

static inline const road_section *arm_section(const road_builder *b, const road_arm *arm) {
  const road *r = arm_road(b, arm);
  return &b->net.sections[r->section_first + (arm->at_end ? r->section_count - 1 : 0)];
}

static inline int arm_section_index(const road_builder *b, const road_arm *arm) {
  return arm->at_end ? arm_road(b, arm)->section_count - 1 : 0;
}

#endif
