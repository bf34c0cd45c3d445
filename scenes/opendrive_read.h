// SPDX-License-Identifier: Apache-2.0
// OpenDRIVE 1.4 to 1.8 into a road network under construction. docs/roads.md says what is
// understood and what becomes of the rest.
#ifndef SCENES_OPENDRIVE_READ_H
#define SCENES_OPENDRIVE_READ_H

#include "scenes/road_builder.h"

/// Largest map file, bytes.
#define OPENDRIVE_FILE_MAX (64u << 20)

/// Reads a map's text into an empty builder: roads, junctions with their outlines, signals,
/// crosswalks; lane graph, conflicts and walk graph are for the road_derive functions. Each
/// lane section becomes a road of its own. What isn't understood or can't be kept is in the
/// network's remarks. The text may come from a stranger: nothing outside of it is read, and
/// errors ("map.xodr:12: …") say `name`, line and what would do.
/// STATUS_FORMAT, STATUS_MEMORY. The
/// builder is then only fit for road_builder_free.
status opendrive_read_text(road_builder *b, const char *name, const char *text, size_t size,
                           trouble *why);

#endif
