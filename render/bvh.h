// SPDX-License-Identifier: Apache-2.0
// Bounding volume hierarchies with eight children a node, built by binned SAH. The
// same builder makes geometry trees and the top-level tree over instances.
#ifndef RENDER_BVH_H
#define RENDER_BVH_H

#include <stdint.h>

#include "base/status.h"
#include "render/kernels/types.h"

/// An axis-aligned box.
typedef struct bvh_box {
  float lo[3], hi[3];
} bvh_box;

/// A tree; nodes[0] is the root, children count from 0, leaves point into `order`,
/// which lists item numbers. Release with bvh_free. `depth` counts levels of nodes.
typedef struct bvh {
  int node_count;
  gpu_node *nodes; // (node_count)
  int item_count;
  uint32_t *order; // (item_count)
  int depth;
} bvh;

/// Levels that the kernels' stacks hold.
enum { BVH_DEPTH_LIMIT = 18 };

/// Builds over `count` boxes, at most `leaf_max` (1..16) items a leaf. No items make a
/// root with eight empty children. The result depends on nothing but the arguments.
/// STATUS_MEMORY; STATUS_LIMIT when deeper than BVH_DEPTH_LIMIT.
status bvh_build(bvh *out, const bvh_box *boxes, int count, int leaf_max, trouble *why);
/// Fits `nodes`, as many as `tree` has and equal but for their boxes, to `boxes` (item_count),
/// where its items are now. The fewer have moved far, the better the tree still is.
void bvh_refit(const bvh *tree, const bvh_box *boxes, gpu_node *nodes);
void bvh_free(bvh *tree);

#endif
