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

// What boxes need of a ray: a plane p is met at p * inv + o. Each axis' near planes are the low
// ones where the ray runs up, the high ones where it runs down: their offset in a node, in floats.
typedef struct single_slabs {
  float3 inv, near_o, far_o;
  int near_x, near_y, near_z;
} single_slabs;

inline float3 safe_reciprocal(float3 d) {
  float3 away = select((float3)(1e-18f), (float3)(-1e-18f), isless(d, (float3)(0.0f)));
  return 1.0f / select(d, away, isless(fabs(d), (float3)(1e-18f)));
}

// Products and sums round by parts of the origin's coordinates: boxes are larger by as much on
// either side, so that no ray misses what it touches. Whether the two are fused then is all one.
#define BOX_SLACK 3e-7f

// Fills in all but the reciprocals, which are set.
inline void single_planes(single_slabs *s, float3 o) {
  float3 slack = BOX_SLACK * fabs(o), low = -(o + slack) * s->inv, high = -(o - slack) * s->inv;
  int3 down = isless(s->inv, (float3)(0.0f));
  s->near_o = select(low, high, down);
  s->far_o = select(high, low, down);
  s->near_x = down.x ? 24 : 0;
  s->near_y = down.y ? 32 : 8;
  s->near_z = down.z ? 40 : 16;
}

inline single_slabs single_bound(single_ray r) {
  single_slabs s;
  s.inv = safe_reciprocal(r.d);
  single_planes(&s, r.o);
  return s;
}

// The children that the ray meets before `limit`, as bits; the last plane it enters by.
// Boxes of unused slots are inside out, which no ray meets.
inline int single_children(__global const float *node, const single_slabs *s, float limit,
                           float8 *distance) {
#pragma OPENCL FP_CONTRACT ON
  float8 x0 = vload8(0, node + s->near_x) * s->inv.x + s->near_o.x;
  float8 y0 = vload8(0, node + s->near_y) * s->inv.y + s->near_o.y;
  float8 z0 = vload8(0, node + s->near_z) * s->inv.z + s->near_o.z;
  float8 x1 = vload8(0, node + 24 - s->near_x) * s->inv.x + s->far_o.x;
  float8 y1 = vload8(0, node + 40 - s->near_y) * s->inv.y + s->far_o.y;
  float8 z1 = vload8(0, node + 56 - s->near_z) * s->inv.z + s->far_o.z;
  float8 enter = max(max(x0, y0), max(z0, (float8)(0.0f)));
  float8 leave = min(min(x1, y1), min(z1, (float8)(limit)));
  *distance = enter;
  return bits8(enter <= leave * 1.0000004f);
}

// As packet_facet.
inline bool single_facet(single_ray r, single_hit *h, __global const gpu_facet *f, uint primitive) {
  float3 e1 = load3(f->e1), e2 = load3(f->e2);
  float inv = 1.0f / (r.d.x * f->nx + r.d.y * f->ny + r.d.z * f->nz);
  float sx = f->v0[0] - r.o.x, sy = f->v0[1] - r.o.y, sz = f->v0[2] - r.o.z;
  float t = (sx * f->nx + sy * f->ny + sz * f->nz) * inv;
  float cx = sy * r.d.z - sz * r.d.y;
  float cy = sz * r.d.x - sx * r.d.z;
  float cz = sx * r.d.y - sy * r.d.x;
  float u = (cx * e2.x + cy * e2.y + cz * e2.z) * inv;
  float v = (cx * e1.x + cy * e1.y + cz * e1.z) * -inv;
  if (!((u >= -1e-6f) & (v >= -1e-6f) & (u + v <= 1.000001f) & (t > 0.0f) & (t < h->t)))
    return false;
#ifdef ANY_HIT
  h->t = -1.0f;
#else
  h->t = t, h->u = u, h->v = v;
  h->primitive = primitive;
#endif
  return true;
}

// The nearest of a leaf's facets that the ray meets before h->t (ANY_HIT: any); whether there is
// one.
#ifdef DEVICE_CPU
// Up to four at once; the last stands in for those that a leaf lacks.
#define LEAF_FACETS 4

inline bool single_leaf(single_ray r, single_hit *h, __global const gpu_facet *facets, uint first,
                        uint count) {
  float4 c[3][LEAF_FACETS]; // (v0, nx), (e1, ny), (e2, nz) of each
#pragma unroll
  for (uint i = 0; i < LEAF_FACETS; i++) {
    __global const float *f = facets[first + min(i, count - 1)].v0;
    c[0][i] = vload4(0, f), c[1][i] = vload4(1, f), c[2][i] = vload4(2, f);
  }
#define COLUMN(k, axis) ((float4)(c[k][0].axis, c[k][1].axis, c[k][2].axis, c[k][3].axis))
  float4 nx = COLUMN(0, w), ny = COLUMN(1, w), nz = COLUMN(2, w);
  float4 sx = COLUMN(0, x) - r.o.x, sy = COLUMN(0, y) - r.o.y, sz = COLUMN(0, z) - r.o.z;
  float4 inv = 1.0f / (r.d.x * nx + r.d.y * ny + r.d.z * nz);
  float4 t = (sx * nx + sy * ny + sz * nz) * inv;
  float4 cx = sy * r.d.z - sz * r.d.y;
  float4 cy = sz * r.d.x - sx * r.d.z;
  float4 cz = sx * r.d.y - sy * r.d.x;
  float4 u = (cx * COLUMN(2, x) + cy * COLUMN(2, y) + cz * COLUMN(2, z)) * inv;
  float4 v = (cx * COLUMN(1, x) + cy * COLUMN(1, y) + cz * COLUMN(1, z)) * -inv;
#undef COLUMN
  int4 in = (u >= -1e-6f) & (v >= -1e-6f) & (u + v <= 1.000001f) & (t > 0.0f) & (t < h->t);
  if (!any(in))
    return false;
#ifdef ANY_HIT
  h->t = -1.0f;
#else
  t = select((float4)(h->t), t, in);
  float2 less = min(t.lo, t.hi);
  float nearest = min(less.x, less.y);
  int4 at = t == nearest;
  uint lane = at.x ? 0 : at.y ? 1 : at.z ? 2 : 3;
  h->t = nearest, h->u = ((const float *)&u)[lane], h->v = ((const float *)&v)[lane];
  h->primitive = first + lane;
#endif
  return true;
}
#else
inline bool single_leaf(single_ray r, single_hit *h, __global const gpu_facet *facets, uint first,
                        uint count) {
  bool met = false;
  for (uint i = 0; i < count; i++) {
    if (single_facet(r, h, &facets[first + i], first + i)) {
      met = true;
#ifdef ANY_HIT
      break;
#endif
    }
  }
  return met;
}
#endif

inline single_ray single_enter(__global const gpu_instance *it, single_ray r, float time) {
  single_ray o;
  if (!it->moving || time == 0.0f) {
    __global const float *m = it->inverse;
    float3 a = load3(m), b = load3(m + 4), c = load3(m + 8);
    o.o = (float3)(dot(a, r.o) + m[3], dot(b, r.o) + m[7], dot(c, r.o) + m[11]);
    o.d = (float3)(dot(a, r.d), dot(b, r.d), dot(c, r.d));
    return o;
  }
  float4 q = instance_rotation(it, time);
  q.xyz = -q.xyz;
  float3 at = (1.0f - time) * load3(it->begin_p) + time * load3(it->end_p);
  float3 scale = load3(it->scale);
  o.o = rotate(q, r.o - at) / scale;
  o.d = rotate(q, r.d) / scale;
  return o;
}

// Whether what has been met since makes a child on the stack not worth a visit.
#ifdef ANY_HIT
#define SINGLE_PAST(distance, limit) false
#else
#define SINGLE_PAST(distance, limit) ((distance) > (limit))
#endif

// A world ray through the top-level tree and the geometries below it, in one loop over
// one stack: `own` and `slabs` are the ray in the frame of `tree`, `base` the stack's
// fill at which it is through with an instance; -1: it is at the top level.
inline void single_scene(const scene_trees *s, single_ray r, float time, single_hit *h) {
  single_slabs world = single_bound(r), slabs = world;
  single_ray own = r;
  __global const gpu_node *tree = s->top_nodes;
  uint stack_child[STACK_SIZE];
#ifndef ANY_HIT
  float stack_distance[STACK_SIZE];
#endif
  int top = 0, base = -1;
  uint child = 0, facet_first = 0, index = 0;
  for (;;) {
    if (!(child & NODE_LEAF)) {
      __global const gpu_node *node = &tree[child];
      float8 distance;
      int met = single_children((__global const float *)node, &slabs, h->t, &distance);
#ifdef ANY_HIT
      // Any order does, and no branch is there to be mispredicted.
#pragma unroll
      for (int slot = 0; slot < 8; slot++) {
        stack_child[top] = node->child[slot];
        top += met >> slot & 1;
      }
#else
      int bottom = top;
      float away[8];
      vstore8(distance, 0, away);
      __global const gpu_facet *below = base >= 0 ? &s->facets[facet_first] : 0;
      if (met && !(met & (met - 1))) { // one child alone: nothing to sort, no stack
        child = node->child[lowest_bit(met)];
        fetch_child(child, tree, below);
        continue;
      }
      for (; met; met &= met - 1) {
        int slot = lowest_bit(met);
        uint next = node->child[slot];
        fetch_child(next, tree, below);
        PUSH_SORTED(bottom, next, away[slot])
      }
#endif
    } else if (base >= 0) {
      uint first = facet_first + (child & NODE_FIRST), count = NODE_COUNT(child);
      if (single_leaf(own, h, s->facets, first, count)) {
        h->instance = index;
#ifdef ANY_HIT
        return;
#endif
      }
    } else {
      index = s->top_order[child & NODE_FIRST];
      if (index != s->skip) {
        __global const gpu_instance *it = &s->instances[index];
        own = r;
        if (!it->at_home) {
          own = single_enter(it, r, time);
          slabs = single_bound(own);
        }
        tree = s->nodes + it->root;
        facet_first = it->triangle_first;
        base = top;
        child = 0;
        continue;
      }
    }
    do {
      if (top == base) {
        base = -1;
        slabs = world;
        tree = s->top_nodes;
      }
      if (top == 0)
        return;
      top--;
    } while (SINGLE_PAST(stack_distance[top], h->t));
    child = stack_child[top];
  }
}

#endif
