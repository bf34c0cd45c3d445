// SPDX-License-Identifier: Apache-2.0
// Which of a town's streets are driven in one direction only, and which have lanes for bicycles.
#ifndef SCENES_TOWN_WAYS_H
#define SCENES_TOWN_WAYS_H

#include "scenes/town_graph.h"

/// By node and arm: +1 where the street may only be driven away from the node, -1 where only
/// towards it, 0 where both. About `share` of the streets that may be: the through road and dead
/// ends are not, nor a street without which some way wouldn't lead to every other one. In towns
/// of more than some 400 streets fewer than that: each takes a look at all ways. Draws for every
/// street, whatever comes of it.
void town_ways_draw(const town_graph *g, double share, rng *r, int ways[][TOWN_ARMS]);

/// By node and arm, whether the street there has lanes for bicycles: about `share` of the streets.
/// Those nearly in line at a crossing are alike, as kerbs can only join streets of one width
/// there, and so is the whole through road; with a one-way street among them they have none.
void town_bikes_draw(const town_graph *g, double share, const int ways[][TOWN_ARMS], rng *r,
                     bool bikes[][TOWN_ARMS]);

#endif
