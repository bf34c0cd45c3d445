// SPDX-License-Identifier: Apache-2.0
// Ways through a road network, for tests.
#ifndef TESTS_SCENES_WITH_NETWORK_H
#define TESTS_SCENES_WITH_NETWORK_H

#include "scenes/road.h"

/// The lane's points, (point_count).
const road_point *network_points(const road_network *net, const lane_path *lane);
/// Successor and predecessor k of a lane; k is below next_count, previous_count.
const lane_path *network_next(const road_network *net, const lane_path *lane, int k);
const lane_path *network_previous(const road_network *net, const lane_path *lane, int k);
/// Group of the signal that leads onto a junction's lane; 0 when there is none.
int network_group(const road_network *net, const lane_path *lane);
/// Length of the junction's signal programme.
double network_cycle_s(const road_network *net, const road_junction *junction);
/// Whether the pieces from two points to the next ones cross.
bool network_segments_cross(const road_point *a, const road_point *b);

#endif
