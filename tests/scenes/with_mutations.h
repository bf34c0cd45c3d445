// SPDX-License-Identifier: Apache-2.0
// XML damaged at random, the same way for equal streams: bytes, attribute values at their
// extremes, attributes and elements dropped, doubled, swapped, nested, renamed.
#ifndef TESTS_SCENES_WITH_MUTATIONS_H
#define TESTS_SCENES_WITH_MUTATIONS_H

#include <stddef.h>

#include "base/rng.h"

/// A damaged copy of an XML text, heap memory with a zero after *out_size bytes. One to four
/// changes; most keep it well-formed. It may grow by 64 KiB.
char *mutation_of(const char *text, size_t size, rng *r, size_t *out_size);

#endif
