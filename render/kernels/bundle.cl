// SPDX-License-Identifier: Apache-2.0
// Bundles: neighbouring packets that walk through a tree together, so that a node is looked at
// once for all of them. Children met are tested packet by packet: who meets none of their boxes
// neither enters an instance nor tests a triangle. For images' tiles on CPUs. One work-item is
// one bundle.
#ifndef BUNDLE_CL
#define BUNDLE_CL
#include "packet.cl"

#define BUNDLE 4
#define BUNDLE_MASK 15u

typedef struct bundle {
  packet_frame world[BUNDLE], own[BUNDLE]; // the first's intervals are of all that take part
  packet_hits hits[BUNDLE];
  float16 time[BUNDLE];
} bundle;

// Fills frames whose rays are set, of the packets that `active` has bits of.
inline void bundle_bound(packet_frame *f, const packet_hits *hits, uint active) {
  const float16 most = (float16)(1e30f);
  float16 low_x = most, low_y = most, low_z = most, high_x = -most, high_y = -most, high_z = -most;
  float16 first_x = most, first_y = most, first_z = most;
  float16 last_x = -most, last_y = -most, last_z = -most;
  for (uint k = 0; k < BUNDLE; k++) {
    if (!(active >> k & 1u))
      continue;
    packet_frame *p = f + k;
    int16 idle = hits[k].t <= (float16)(0.0f);
#define WIDEN(axis)                                                                                \
  low_##axis = min(low_##axis, select(p->r.d##axis, most, idle));                                  \
  high_##axis = max(high_##axis, select(p->r.d##axis, -most, idle));                               \
  first_##axis = min(first_##axis, select(p->r.o##axis, most, idle));                              \
  last_##axis = max(last_##axis, select(p->r.o##axis, -most, idle));
    WIDEN(x)
    WIDEN(y)
    WIDEN(z)
    packet_reciprocals(p);
  }
  f->mixed = 0;
  PACKET_AXIS(x, 0, least16(low_x), most16(high_x), least16(first_x), most16(last_x))
  PACKET_AXIS(y, 1, least16(low_y), most16(high_y), least16(first_y), most16(last_y))
  PACKET_AXIS(z, 2, least16(low_z), most16(high_z), least16(first_z), most16(last_z))
}

inline float bundle_limit(const packet_hits *hits) {
  float16 t = hits[0].t;
  for (int k = 1; k < BUNDLE; k++)
    t = max(t, hits[k].t);
  return most16(t);
}

// Entries of the stack: a child in the low half; in the high one the packets that meet it, in the
// lowest bits of its distance, which is rounded down for it.
#ifdef ANY_HIT
#define BUNDLE_PUSH(bottom, next, who, away)                                                       \
  {                                                                                                \
    stack[top] = (ulong)(who) << 32 | (next);                                                      \
    top += (who) != 0;                                                                             \
  }
#define BUNDLE_PAST(entry, limit) false
#else
#define BUNDLE_PUSH(bottom, next, who, away)                                                       \
  if (who) {                                                                                       \
    ulong entry = (ulong)((as_uint(away) & ~BUNDLE_MASK) | (who)) << 32 | (next);                  \
    int at = top++;                                                                                \
    for (; at > (bottom) && stack[at - 1] < entry; at--)                                           \
      stack[at] = stack[at - 1];                                                                   \
    stack[at] = entry;                                                                             \
  }
#define BUNDLE_PAST(entry, limit) (as_float((uint)((entry) >> 32) & ~BUNDLE_MASK) > (limit))
#endif

// As packet_scene. World rays, hits and times are set, of packets that `active` has bits of; the
// others' t is negative.
inline void bundle_scene(const scene_trees *s, bundle *b, uint active) {
  bundle_bound(b->world, b->hits, active);
  const packet_frame *frame = b->world;
  __global const gpu_node *tree = s->top_nodes;
  ulong stack[STACK_SIZE];
  int top = 0, base = -1;
  uint all = active, who = active, child = 0, facet_first = 0, index = 0;
  float limit = bundle_limit(b->hits);
  for (;;) {
    if (!(child & NODE_LEAF)) {
      __global const gpu_node *node = &tree[child];
      __global const float *planes = (__global const float *)node;
      float8 distance;
      int met = packet_children(planes, frame, limit, &distance);
      // One node alone needs no other test: its own children have theirs.
      if (met && !(met & (met - 1)) && !(node->child[lowest_bit(met)] & NODE_LEAF)) {
        child = node->child[lowest_bit(met)];
        continue;
      }
      int bottom = top;
      float away[8];
      vstore8(distance, 0, away);
      for (; met; met &= met - 1) {
        int slot = lowest_bit(met);
        uint next = node->child[slot], meets = 0;
        bool leaf = (next & NODE_LEAF) != 0;
        fetch_child(next, tree, base >= 0 ? &s->facets[facet_first] : 0);
        if (leaf) {
#pragma unroll
          for (uint k = 0; k < BUNDLE; k++)
            meets |= (uint)packet_meets(planes + slot, &frame[k], b->hits[k].t) << k;
          meets &= active;
        } else {
          for (uint k = 0; k < BUNDLE && !meets; k++)
            if ((active >> k & 1u) && packet_meets(planes + slot, &frame[k], b->hits[k].t))
              meets |= 1u << k;
        }
        BUNDLE_PUSH(bottom, next, meets, away[slot])
      }
    } else if (base >= 0) {
      uint first = facet_first + (child & NODE_FIRST), count = NODE_COUNT(child);
      bool met = false;
      for (uint k = 0; k < BUNDLE; k++)
        for (uint i = 0; i < ((who >> k & 1u) ? count : 0u); i++)
          met |= packet_facet(&frame[k].r, &b->hits[k], &s->facets[first + i], first + i, index);
      if (met) {
        limit = bundle_limit(b->hits);
#ifdef ANY_HIT
        if (limit <= 0.0f)
          return;
#endif
      }
    } else {
      index = s->top_order[child & NODE_FIRST];
      if (index != s->skip) {
        __global const gpu_instance *it = &s->instances[index];
        active = who;
        if (!it->at_home) {
          for (uint k = 0; k < BUNDLE; k++)
            if (who >> k & 1u)
              packet_enter(it, &b->world[k].r, b->time[k], &b->own[k].r);
          bundle_bound(b->own, b->hits, active);
          frame = b->own;
        }
        tree = s->nodes + it->root;
        facet_first = it->triangle_first;
        base = top;
        child = 0;
        continue;
      }
    }
    ulong entry;
    do {
      if (top == base) {
        base = -1;
        frame = b->world;
        tree = s->top_nodes;
        active = all;
      }
      if (top == 0)
        return;
      entry = stack[--top];
    } while (BUNDLE_PAST(entry, limit));
    child = (uint)entry;
    who = (uint)(entry >> 32) & BUNDLE_MASK;
  }
}

// The first packet of bundle `item` of an image that is `across` packets wide and has `packets`:
// two beside each other over two below them. Those that it has, as bits; which they are to `at`.
inline uint bundle_packets(int item, int across, int packets, int *at) {
  int wide = (across + 1) / 2, row = item / wide * 2, column = item % wide * 2;
  uint has = 0;
  for (int k = 0; k < BUNDLE; k++) {
    int x = column + (k & 1);
    at[k] = (row + (k >> 1)) * across + x;
    if (x < across && at[k] < packets)
      has |= 1u << k;
  }
  return has;
}

#endif
