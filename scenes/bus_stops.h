// SPDX-License-Identifier: Apache-2.0
// Where buses stop: what the shelters beside the roads mean to the lanes.
#ifndef SCENES_BUS_STOPS_H
#define SCENES_BUS_STOPS_H

#include "base/status.h"
#include "scenes/scene.h"

/// Finds s->stops from the scene's things, which are there already: a stop for each shelter that
/// faces a lane for buses. STATUS_MEMORY.
status bus_stops_find(scene *s, trouble *why);

#endif
