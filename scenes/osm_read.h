// SPDX-License-Identifier: Apache-2.0
// OpenStreetMap extracts (XML) into a road network under construction. docs/roads.md says what
// is understood and what becomes of the rest.
#ifndef SCENES_OSM_READ_H
#define SCENES_OSM_READ_H

#include "scenes/road_builder.h"

/// Largest extract, bytes.
#define OSM_FILE_MAX (64u << 20)

/// Reads an extract's text into an empty builder: roads, junctions with their ways, signals,
/// crosswalks, and what stands beside the roads (the network's sites); lane graph, conflicts
/// and walk graph are for the road_derive functions. x is east and y north, metres on the plane
/// that touches WGS 84 in the extract's middle: the middle of its <bounds>, or of its roads.
/// `mirrored`, for traffic on the left: y is south, sides change places, and
/// road_builder_mirror turns all back.
/// Distances from there come out too short by d^3 / (6 R^2), 4 mm at 10 km. What isn't
/// understood or can't be kept is in the network's remarks. The text may come from a stranger:
/// nothing outside of it is read, and errors ("town.osm:12: …") say `name`, line and what
/// would do. STATUS_FORMAT, STATUS_MEMORY. The builder is then only fit for road_builder_free.
status osm_read_text(road_builder *b, const char *name, const char *text, size_t size,
                     bool mirrored, trouble *why);

#endif
