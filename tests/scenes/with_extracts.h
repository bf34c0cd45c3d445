// SPDX-License-Identifier: Apache-2.0
// OpenStreetMap extracts from files and from text, for tests of the reader.
#ifndef TESTS_SCENES_WITH_EXTRACTS_H
#define TESTS_SCENES_WITH_EXTRACTS_H

#include "scenes/osm_read.h"
#include "with_maps.h"

/// Extracts of tests/scenes/data/osm, drawn by tests/data/osm_extracts.py.
enum { EXTRACTS = 8 };
const char *extract_name(int number);
/// Its text; free() it.
char *extract_text(int number, size_t *size);

/// Reads a whole file's text and derives everything; fails the test when it can't be read.
read_map extract_from(const char *text);
/// Same for nodes in metres east and north of 50 N 8 E, "x y tags…" a line: node N is the N-th;
/// and ways, as XML.
read_map extract_of(const char *nodes, const char *ways);
/// Same with traffic on the left.
read_map extract_left_of(const char *nodes, const char *ways);

#endif
