// SPDX-License-Identifier: Apache-2.0
// A road network from above as a picture (SVG) for people: surfaces, marks, directions,
// signals, conflicts, with a legend.
#ifndef SCENES_ROAD_SVG_H
#define SCENES_ROAD_SVG_H

#include <stddef.h>

#include "base/status.h"
#include "scenes/road.h"

/// Equal networks and titles give equal bytes. On success *text is heap memory of *size
/// bytes (closing NUL not counted) that the caller frees; STATUS_MEMORY changes nothing.
status road_svg(const road_network *net, const char *title, char **text, size_t *size,
                trouble *why);

#endif
