// SPDX-License-Identifier: Apache-2.0
// What every traversal shares: the trees it walks through and the stack of children
// still to visit, arrays stack_child and stack_distance of STACK_SIZE and their fill
// `top` in the caller.
#ifndef STACK_CL
#define STACK_CL
#include "common.cl"

// Two levels of trees, each 7 * BVH_DEPTH_LIMIT + 1 at the most, rounded up.
#define STACK_SIZE 256

// The top-level tree over instances, the geometry trees below it, and the number of an
// instance that rays pass through, or HIT_NONE.
typedef struct scene_trees {
  __global const gpu_node *nodes;
  __global const gpu_facet *facets;
  __global const gpu_instance *instances;
  __global const gpu_node *top_nodes;
  __global const uint *top_order;
  uint skip;
} scene_trees;

// Asks for a node or the first facets of a leaf ahead of the visit; OpenCL's own prefetch
// does nothing in PoCL. `facets`: 0 at the top level, whose leaves are few. Interpreters of
// kernels have no such instruction; they say NO_PREFETCH.
#if defined(DEVICE_CPU) && !defined(NO_PREFETCH)
#define FETCH_LINE(p, byte) __builtin_prefetch((const void *)((ulong)(p) + (byte)))
inline void fetch_child(uint child, __global const gpu_node *tree,
                        __global const gpu_facet *facets) {
  if (!(child & NODE_LEAF)) {
    FETCH_LINE(&tree[child], 0);
    FETCH_LINE(&tree[child], 64);
    FETCH_LINE(&tree[child], 128);
    FETCH_LINE(&tree[child], 192);
  } else if (facets) {
    FETCH_LINE(&facets[child & NODE_FIRST], 0);
    FETCH_LINE(&facets[child & NODE_FIRST], 64);
  }
}
#else
#define fetch_child(child, tree, facets)
#endif

// Pushes a child so that those above `bottom` stay sorted, the nearest on top.
#define PUSH_SORTED(bottom, next, away)                                                            \
  {                                                                                                \
    int at = top++;                                                                                \
    for (; at > (bottom) && stack_distance[at - 1] < (away); at--) {                               \
      stack_distance[at] = stack_distance[at - 1];                                                 \
      stack_child[at] = stack_child[at - 1];                                                       \
    }                                                                                              \
    stack_distance[at] = (away);                                                                   \
    stack_child[at] = (next);                                                                      \
  }

#endif
