// SPDX-License-Identifier: Apache-2.0
// Maps from text, for tests of the OpenDRIVE reader.
#ifndef TESTS_SCENES_WITH_MAPS_H
#define TESTS_SCENES_WITH_MAPS_H

#include "base/arena.h"
#include "scenes/opendrive_read.h"

/// A map being read: the builder until it is finished, then the network.
typedef struct read_map {
  arena *memory;
  road_network net;
} read_map;

/// Reads a whole file's text and derives everything; fails the test when it can't be read.
read_map map_from(const char *text);
/// Same for the <road> and <junction> elements alone, of a right-hand map of version 1.7.
read_map map_from_roads(const char *elements);
void map_free(read_map *map);
/// How often a remark was made; 0 when never. `line` 0: any.
int map_remarks(const read_map *map, const char *text, int line);

/// A <road> with one geometry: attributes and inner elements as given. Static text.
const char *map_road_text(const char *attributes, const char *links, const char *plan,
                          const char *lanes, const char *more);
/// A section with one driving lane of 3.5 m on each side.
#define TWO_LANES                                                                                  \
  "<laneSection s='0'><left><lane id='1' type='driving'><link/>"                                   \
  "<width sOffset='0' a='3.5' b='0' c='0' d='0'/></lane></left>"                                   \
  "<center><lane id='0' type='none'/></center><right><lane id='-1' type='driving'><link/>"         \
  "<width sOffset='0' a='3.5' b='0' c='0' d='0'/></lane></right></laneSection>"
#define STRAIGHT_100 "<geometry s='0' x='0' y='0' hdg='0' length='100'><line/></geometry>"

#endif
