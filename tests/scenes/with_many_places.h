// SPDX-License-Identifier: Apache-2.0
// Many networks of every place that is made from numbers, checked against with_proofs.h.
#ifndef TESTS_SCENES_WITH_MANY_PLACES_H
#define TESTS_SCENES_WITH_MANY_PLACES_H

#include "with_any_place.h"

/// Draws `count` networks of each place, the first with that number, and fails with a summary
/// and scripts to see them again unless every property holds for all of them. A refusal must
/// name a field of the place, and no more than two in five may be refused: fields' extremes
/// don't always go together.
void many_places_check(any_size size, uint32_t first, int count);
/// Builds whole scenes with traffic and people: they are built, or refused in those words.
void many_places_furnish(uint32_t first, int count);

#endif
