// SPDX-License-Identifier: Apache-2.0
// What is done with a map that may be hostile: it is read, and what was read is used for all
// that roads are used for. For tests and for the targets in tests/fuzz.
#ifndef TESTS_SCENES_WITH_HOSTILE_MAPS_H
#define TESTS_SCENES_WITH_HOSTILE_MAPS_H

#include <stddef.h>

#include "base/status.h"

/// Reads text as the OpenDRIVE map NAME and, when it can be read, derives lanes and ways to
/// walk, builds a scene with traffic, people and things along it, draws it, writes it and reads
/// that again. Aborts when a point isn't finite or what was written can't be read.
/// The reader's status and words.
status hostile_map_use(const char *name, const char *text, size_t size, trouble *why);
/// The same with an extract of OpenStreetMap.
status hostile_extract_use(const char *name, const char *text, size_t size, trouble *why);

#endif
