// SPDX-License-Identifier: Apache-2.0
// Which of a town's streets are driven in one direction only.
#ifndef SCENES_TOWN_WAYS_H
#define SCENES_TOWN_WAYS_H

#include "scenes/town_graph.h"

/// By node and arm: +1 where the street may only be driven away from the node, -1 where only
/// towards it, 0 where both. About `share` of the streets that may be: the through road and dead
/// ends are not, nor a street without which some way wouldn't lead to every other one. In towns
/// of more than some 400 streets fewer than that: each takes a look at all ways. Draws for every
/// street, whatever comes of it.
void town_ways_draw(const town_graph *g, double share, rng *r, int ways[][TOWN_ARMS]);

#endif
