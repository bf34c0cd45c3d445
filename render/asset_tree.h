// SPDX-License-Identifier: Apache-2.0
// Trees, bushes and hedges, grown from rules. For files of render/asset_*.c alone.
#ifndef RENDER_ASSET_TREE_H
#define RENDER_ASSET_TREE_H

#include <stdint.h>

#include "render/mesh.h"

// The second half of the variants of trees and bushes are those of the first without leaves.
enum { TREE_VARIANTS = 32, BUSH_VARIANTS = 12, HEDGE_VARIANTS = 4 };
/// The variant of a seed whose bits PLANT_CONIFER and PLANT_BARE count, near a box.
int tree_variant(uint32_t asset_seed, const double size_m[3]);
int bush_variant(uint32_t asset_seed, const double size_m[3]);
void tree_size(int variant, double size_m[3]);
void tree_build(int variant, mesh *out);
/// The same tree with a quarter of the leaves, for far away.
void tree_build_far(int variant, mesh *out);
/// Likewise for one close by: more, smaller leaves.
void tree_build_close(int variant, mesh *out);
void bush_size(int variant, double size_m[3]);
void bush_build(int variant, mesh *out);
void hedge_size(int variant, double size_m[3]);
void hedge_build(int variant, mesh *out);

#endif
