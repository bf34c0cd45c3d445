// SPDX-License-Identifier: Apache-2.0
// Broken and damaged files for the readers of maps and of extracts.
#ifndef TESTS_SCENES_WITH_BROKEN_MAPS_H
#define TESTS_SCENES_WITH_BROKEN_MAPS_H

#include "scenes/road_builder.h"

/// Reads a file's text into a builder.
typedef status broken_reader(road_builder *b, const char *name, const char *text, size_t size,
                             trouble *why);

/// Reads every file of a folder of TEST_DATA_DIR; fails the test where one doesn't end with
/// exactly the error that it names in a comment, "expect: …". How many there are.
int broken_files_check(const char *folder, broken_reader *reader);

/// Reads what was damaged: a network of finite points, true; or an error that names the file,
/// false. Anything else fails the test, with the damage's number.
bool broken_text_check(const char *name, const char *text, size_t size, uint32_t number,
                       broken_reader *reader);

#endif
