// SPDX-License-Identifier: Apache-2.0
#include "scenes/taxonomy.h"

const semantic_info semantic_table[SEMANTIC_COUNT] = {
#define X(id, NAME, name, r, g, b) [id] = {name, {r, g, b}},
    TAXONOMY(X)
#undef X
};
