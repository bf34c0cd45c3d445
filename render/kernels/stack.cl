// SPDX-License-Identifier: Apache-2.0
// The stack of children still to visit, for every traversal: arrays stack_child and
// stack_distance of STACK_SIZE and their fill `top` in the caller.
#ifndef STACK_CL
#define STACK_CL
#include "common.cl"

#define STACK_SIZE 128 // 7 * BVH_DEPTH_LIMIT + 1, rounded up

// Bit i is set where mask component i is.
inline int bits8(int8 mask) {
  int8 m = mask & (int8)(1, 2, 4, 8, 16, 32, 64, 128);
  int4 a = m.lo | m.hi;
  int2 b = a.lo | a.hi;
  return b.x | b.y;
}

// Pushes the met children, the nearest on top.
#define PUSH_CHILDREN(met, distance, node_child)                                                   \
  {                                                                                                \
    int base = top;                                                                                \
    float away[8];                                                                                 \
    vstore8(distance, 0, away);                                                                    \
    while (met) {                                                                                  \
      int slot = 31 - clz(met & -met);                                                             \
      met &= met - 1;                                                                              \
      float mine = away[slot];                                                                     \
      int at = top++;                                                                              \
      while (at > base && stack_distance[at - 1] < mine) {                                         \
        stack_distance[at] = stack_distance[at - 1];                                               \
        stack_child[at] = stack_child[at - 1];                                                     \
        at--;                                                                                      \
      }                                                                                            \
      stack_distance[at] = mine;                                                                   \
      stack_child[at] = node_child[slot];                                                          \
    }                                                                                              \
  }

#endif
