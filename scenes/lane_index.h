// SPDX-License-Identifier: Apache-2.0
// Builds what lane_nearest() of scenes/road.h searches. For builders of networks.
#ifndef SCENES_LANE_INDEX_H
#define SCENES_LANE_INDEX_H

#include "scenes/road.h"

#define LANE_REACH_M 10.0
#define LANE_SAGITTA_M 0.03     // of points from their chord, at most
#define LANE_STRAIGHT_M 0.00005 // the same of chords that aren't bent

/// Fills net->index over net's lane graph, whose points and extent are final, from `memory`.
/// False when memory ran out.
bool lane_index_build(road_network *net, arena *memory);

#endif
