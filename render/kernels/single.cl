// SPDX-License-Identifier: Apache-2.0
// One ray at a time through the same trees, eight children at once. For incoherent
// rays, and for devices whose work-items are lanes of their own.
#ifndef SINGLE_CL
#define SINGLE_CL
#include "stack.cl"

typedef struct single_ray {
  float3 o, d;
} single_ray;

typedef struct single_hit {
  float t, u, v;
  uint primitive, instance;
} single_hit;

inline float3 safe_reciprocal(float3 d) {
  float3 away = select((float3)(1e-18f), (float3)(-1e-18f), isless(d, (float3)(0.0f)));
  return 1.0f / select(d, away, isless(fabs(d), (float3)(1e-18f)));
}

inline int single_children(__global const float *node, float3 o, float3 inv, float limit,
                           float8 *distance) {
  float8 x0 = (vload8(0, node) - o.x) * inv.x, x1 = (vload8(0, node + 24) - o.x) * inv.x;
  float8 y0 = (vload8(0, node + 8) - o.y) * inv.y, y1 = (vload8(0, node + 32) - o.y) * inv.y;
  float8 z0 = (vload8(0, node + 16) - o.z) * inv.z, z1 = (vload8(0, node + 40) - o.z) * inv.z;
  float8 enter = max(max(min(x0, x1), min(y0, y1)), max(min(z0, z1), (float8)(0.0f)));
  float8 leave = min(min(max(x0, x1), max(y0, y1)), min(max(z0, z1), (float8)(limit)));
  // An unused slot's box is inside out; swapped planes would make it everything.
  int8 used = vload8(0, node) <= vload8(0, node + 24);
  int8 met = (enter <= leave * 1.0000004f) & used;
  *distance = enter;
  return bits8(met);
}

inline bool single_facet(single_ray r, single_hit *h, __global const gpu_facet *f, uint primitive) {
  float3 e1 = load3(f->e1), e2 = load3(f->e2);
  float px = r.d.y * e2.z - r.d.z * e2.y;
  float py = r.d.z * e2.x - r.d.x * e2.z;
  float pz = r.d.x * e2.y - r.d.y * e2.x;
  float inv = 1.0f / (px * e1.x + py * e1.y + pz * e1.z);
  float sx = r.o.x - f->v0[0], sy = r.o.y - f->v0[1], sz = r.o.z - f->v0[2];
  float u = (sx * px + sy * py + sz * pz) * inv;
  if (!(u >= -1e-6f && u <= 1.000001f))
    return false;
  float qx = sy * e1.z - sz * e1.y;
  float qy = sz * e1.x - sx * e1.z;
  float qz = sx * e1.y - sy * e1.x;
  float v = (r.d.x * qx + r.d.y * qy + r.d.z * qz) * inv;
  float t = (qx * e2.x + qy * e2.y + qz * e2.z) * inv;
  if (!(v >= -1e-6f && u + v <= 1.000001f && t > 0.0f && t < h->t))
    return false;
#ifdef ANY_HIT
  h->t = -1.0f;
#else
  h->t = t, h->u = u, h->v = v;
  h->primitive = primitive;
#endif
  return true;
}

inline bool single_geometry(__global const gpu_node *nodes, __global const gpu_facet *facets,
                            uint node_first, uint facet_first, single_ray r, single_hit *h) {
  float3 inv = safe_reciprocal(r.d);
  uint stack_child[STACK_SIZE];
  float stack_distance[STACK_SIZE];
  int top = 1;
  bool found = false;
  stack_child[0] = 0;
  stack_distance[0] = 0.0f;
  while (top > 0) {
    top--;
    if (stack_distance[top] > h->t)
      continue;
    uint child = stack_child[top];
    if (child & NODE_LEAF) {
      uint first = facet_first + (child & NODE_FIRST), count = NODE_COUNT(child);
      for (uint i = 0; i < count; i++)
        found |= single_facet(r, h, &facets[first + i], first + i);
#ifdef ANY_HIT
      if (found)
        return true;
#endif
      continue;
    }
    __global const gpu_node *node = &nodes[node_first + child];
    float8 distance;
    int met = single_children((__global const float *)node, r.o, inv, h->t, &distance);
    PUSH_CHILDREN(met, distance, node->child)
  }
  return found;
}

inline single_ray single_enter(__global const gpu_instance *it, single_ray r, float time) {
  single_ray o;
  if (!it->moving || time == 0.0f) {
    __global const float *m = it->inverse;
    float3 a = load3(m), b = load3(m + 4), c = load3(m + 8);
    o.o = (float3)(dot(a, r.o) + m[3], dot(b, r.o) + m[7], dot(c, r.o) + m[11]);
    o.d = (float3)(dot(a, r.d), dot(b, r.d), dot(c, r.d));
    return o;
  }
  float4 q = quat_between(load4(it->begin_q), load4(it->end_q), time);
  q.xyz = -q.xyz;
  float3 at = (1.0f - time) * load3(it->begin_p) + time * load3(it->end_p);
  float3 scale = load3(it->scale);
  o.o = rotate(q, r.o - at) / scale;
  o.d = rotate(q, r.d) / scale;
  return o;
}

inline void single_scene(__global const gpu_node *nodes, __global const gpu_facet *facets,
                         __global const gpu_instance *instances, __global const gpu_node *top_nodes,
                         __global const uint *top_order, uint skip, single_ray r, float time,
                         single_hit *h) {
  float3 inv = safe_reciprocal(r.d);
  uint stack_child[STACK_SIZE];
  float stack_distance[STACK_SIZE];
  int top = 1;
  stack_child[0] = 0;
  stack_distance[0] = 0.0f;
  while (top > 0) {
    top--;
    if (stack_distance[top] > h->t)
      continue;
    uint child = stack_child[top];
    if (child & NODE_LEAF) {
      uint first = child & NODE_FIRST, count = NODE_COUNT(child);
      for (uint i = 0; i < count; i++) {
        uint index = top_order[first + i];
        if (index == skip)
          continue;
        __global const gpu_instance *it = &instances[index];
        single_ray own = single_enter(it, r, time);
        if (single_geometry(nodes, facets, it->root, it->triangle_first, own, h)) {
          h->instance = index;
#ifdef ANY_HIT
          return;
#endif
        }
      }
      continue;
    }
    __global const gpu_node *node = &top_nodes[child];
    float8 distance;
    int met = single_children((__global const float *)node, r.o, inv, h->t, &distance);
    PUSH_CHILDREN(met, distance, node->child)
  }
}

#endif
