// SPDX-License-Identifier: Apache-2.0
// Trees, bushes and hedges, grown from rules. For files of render/asset_*.c alone.
#ifndef RENDER_ASSET_TREE_H
#define RENDER_ASSET_TREE_H

#include "render/mesh.h"

enum { TREE_VARIANTS = 16, BUSH_VARIANTS = 6, HEDGE_VARIANTS = 4 };
void tree_size(int variant, double size_m[3]);
void tree_build(int variant, mesh *out);
/// The same tree with a quarter of the leaves, for far away.
void tree_build_far(int variant, mesh *out);
void bush_size(int variant, double size_m[3]);
void bush_build(int variant, mesh *out);
void hedge_size(int variant, double size_m[3]);
void hedge_build(int variant, mesh *out);

#endif
