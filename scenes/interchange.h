// SPDX-License-Identifier: Apache-2.0
// Interchanges: what their kinds share. Private to scenes/interchange_*.c and
// place_interchange.c.
#ifndef SCENES_INTERCHANGE_H
#define SCENES_INTERCHANGE_H

#include "scenes/overpass.h"

/// The motorway as a highway's definition.
highway_def interchange_motorway(const interchange_def *def);

/// Roads and junctions of a kind, the crossing in the origin and the motorway along x.
/// STATUS_RANGE with the field that leaves no room.
status interchange_diamond(road_builder *b, const interchange_def *def, rng *r, trouble *why);

#endif
