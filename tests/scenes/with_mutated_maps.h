// SPDX-License-Identifier: Apache-2.0
// Many damaged maps.
#ifndef TESTS_SCENES_WITH_MUTATED_MAPS_H
#define TESTS_SCENES_WITH_MUTATED_MAPS_H

#include <stdint.h>

/// Damages in turn the maps of every place, the library's and those of data/maps_broken, and
/// uses each (with_hostile_maps.h): it ends, within seconds, with STATUS_OK or with
/// STATUS_FORMAT and the file's name and a line. Fails the test unless both occur often.
void mutated_maps_check(uint32_t first, int count);

#endif
