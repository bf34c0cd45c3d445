// SPDX-License-Identifier: Apache-2.0
// Builds what lane_nearest() of scenes/road.h searches. For builders of networks.
#ifndef SCENES_LANE_INDEX_H
#define SCENES_LANE_INDEX_H

#include "scenes/road.h"

/// Fills net->index over net's lane graph, whose points and extent are final, from `memory`.
/// False when memory ran out.
bool lane_index_build(road_network *net, arena *memory);

#endif
