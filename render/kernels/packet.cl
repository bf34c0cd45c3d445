// SPDX-License-Identifier: Apache-2.0
// Packets of 16 rays through a tree: whole packets meet boxes as intervals, eight
// children at once; rays meet triangles one triangle at a time, 16 rays wide. For
// coherent rays on CPUs. One work-item is one packet.
#ifndef PACKET_CL
#define PACKET_CL
#include "stack.cl"

typedef struct packet_rays {
  float16 ox, oy, oz, dx, dy, dz;
} packet_rays;

typedef struct packet_hits {
  float16 t, u, v; // t: the limit until something is met; negative: idle ray
  uint16 primitive, instance;
} packet_hits;

// The packet as intervals. Axes whose directions share a sign are mirrored so that
// they run up: near and far planes then come from fixed halves of a node.
typedef struct packet_box {
  float3 sign;         // +1 or -1
  float3 olo, ohi;     // origins, mirrored on axes with one sign
  float3 rlo, rhi;     // reciprocal directions, mirrored, positive; or
  float3 dlo, dhi;     // directions of mixed axes
  int mixed;           // bit per axis
  int near[3], far[3]; // offset of planes in a node, in floats
} packet_box;

inline float least16(float16 a) {
  float8 b = min(a.lo, a.hi);
  float4 c = min(b.lo, b.hi);
  float2 d = min(c.lo, c.hi);
  return min(d.x, d.y);
}

inline float most16(float16 a) {
  float8 b = max(a.lo, a.hi);
  float4 c = max(b.lo, b.hi);
  float2 d = max(c.lo, c.hi);
  return max(d.x, d.y);
}

inline bool any16(int16 mask) {
  int8 a = mask.lo | mask.hi;
  int4 b = a.lo | a.hi;
  int2 c = b.lo | b.hi;
  return (c.x | c.y) != 0;
}

#define PACKET_AXIS(axis, index, o, d)                                                             \
  {                                                                                                \
    float low = least16(d), high = most16(d);                                                      \
    float first = least16(o), last = most16(o);                                                    \
    b->olo.axis = first;                                                                           \
    b->ohi.axis = last;                                                                            \
    b->sign.axis = 1.0f;                                                                           \
    b->near[index] = 8 * index;                                                                    \
    b->far[index] = 8 * index + 24;                                                                \
    if (low < 1e-12f && high > -1e-12f) {                                                          \
      b->mixed |= 1 << index;                                                                      \
      b->dlo.axis = low;                                                                           \
      b->dhi.axis = high;                                                                          \
    } else if (low > 0.0f) {                                                                       \
      b->rlo.axis = 0.9999997f / high;                                                             \
      b->rhi.axis = 1.0000003f / low;                                                              \
    } else {                                                                                       \
      b->sign.axis = -1.0f;                                                                        \
      b->near[index] = 8 * index + 24;                                                             \
      b->far[index] = 8 * index;                                                                   \
      b->olo.axis = -last;                                                                         \
      b->ohi.axis = -first;                                                                        \
      b->rlo.axis = 0.9999997f / -low;                                                             \
      b->rhi.axis = 1.0000003f / -high;                                                            \
    }                                                                                              \
  }

inline void packet_bound(const packet_rays *r, packet_box *b) {
  b->mixed = 0;
  b->rlo = b->rhi = b->dlo = b->dhi = (float3)(0.0f);
  PACKET_AXIS(x, 0, r->ox, r->dx)
  PACKET_AXIS(y, 1, r->oy, r->dy)
  PACKET_AXIS(z, 2, r->oz, r->dz)
}

// Children that some ray of the packet may meet below `limit`, as bits, and a lower
// bound of the distance to each.
#define SLAB(axis, index)                                                                          \
  if (!(b->mixed & (1 << index))) {                                                                \
    float8 near = vload8(0, node + b->near[index]) * b->sign.axis - b->ohi.axis;                   \
    float8 far = vload8(0, node + b->far[index]) * b->sign.axis - b->olo.axis;                     \
    enter = max(enter, min(near * b->rlo.axis, near * b->rhi.axis));                               \
    leave = min(leave, max(far * b->rlo.axis, far * b->rhi.axis));                                 \
  }
#define SPREAD(axis, index)                                                                        \
  if (b->mixed & (1 << index)) {                                                                   \
    met &= (b->olo.axis + leave * b->dlo.axis <= vload8(0, node + 8 * index + 24)) &               \
           (b->ohi.axis + leave * b->dhi.axis >= vload8(0, node + 8 * index));                     \
  }

inline int packet_children(__global const float *node, const packet_box *b, float limit,
                           float8 *distance) {
  float8 enter = (float8)(0.0f), leave = (float8)(limit);
  SLAB(x, 0)
  SLAB(y, 1)
  SLAB(z, 2)
  leave *= 1.0000004f;
  int8 met = enter <= leave;
  if (b->mixed) {
    // A mixed axis bounds where the packet can be at the far end of the interval.
    leave += 1e-5f;
    SPREAD(x, 0)
    SPREAD(y, 1)
    SPREAD(z, 2)
  }
  *distance = enter;
  return bits8(met);
}

// Möller and Trumbore 1997; borders count as inside by a hair, so that neighbours
// leave no gap.
inline void packet_facet(const packet_rays *r, packet_hits *h, __global const gpu_facet *f,
                         uint primitive) {
  float e1x = f->e1[0], e1y = f->e1[1], e1z = f->e1[2];
  float e2x = f->e2[0], e2y = f->e2[1], e2z = f->e2[2];
  float16 px = r->dy * e2z - r->dz * e2y;
  float16 py = r->dz * e2x - r->dx * e2z;
  float16 pz = r->dx * e2y - r->dy * e2x;
  float16 det = px * e1x + py * e1y + pz * e1z;
  float16 sx = r->ox - f->v0[0], sy = r->oy - f->v0[1], sz = r->oz - f->v0[2];
  float16 inv = 1.0f / det;
  float16 u = (sx * px + sy * py + sz * pz) * inv;
  int16 in = (u >= -1e-6f) & (u <= 1.000001f);
  if (!any16(in))
    return;
  float16 qx = sy * e1z - sz * e1y;
  float16 qy = sz * e1x - sx * e1z;
  float16 qz = sx * e1y - sy * e1x;
  float16 v = (r->dx * qx + r->dy * qy + r->dz * qz) * inv;
  float16 t = (qx * e2x + qy * e2y + qz * e2z) * inv;
  in &= (v >= -1e-6f) & (u + v <= 1.000001f) & (t > 0.0f) & (t < h->t);
  if (!any16(in))
    return;
#ifdef ANY_HIT
  h->t = select(h->t, (float16)(-1.0f), in);
#else
  h->t = select(h->t, t, in);
  h->u = select(h->u, u, in);
  h->v = select(h->v, v, in);
  h->primitive = select(h->primitive, (uint16)(primitive), as_uint16(in));
#endif
}

// Rays of one geometry's own frame through its tree.
inline void packet_geometry(__global const gpu_node *nodes, __global const gpu_facet *facets,
                            uint node_first, uint facet_first, const packet_rays *r,
                            packet_hits *h) {
  packet_box box;
  packet_bound(r, &box);
  uint stack_child[STACK_SIZE];
  float stack_distance[STACK_SIZE];
  int top = 1;
  stack_child[0] = 0;
  stack_distance[0] = 0.0f;
  float limit = most16(h->t);
  while (top > 0) {
    top--;
    if (stack_distance[top] > limit)
      continue;
    uint child = stack_child[top];
    if (child & NODE_LEAF) {
      uint first = facet_first + (child & NODE_FIRST), count = NODE_COUNT(child);
      for (uint i = 0; i < count; i++)
        packet_facet(r, h, &facets[first + i], first + i);
      limit = most16(h->t);
      if (limit < 0.0f)
        return;
      continue;
    }
    __global const gpu_node *node = &nodes[node_first + child];
    float8 distance;
    int met = packet_children((__global const float *)node, &box, limit, &distance);
    PUSH_CHILDREN(met, distance, node->child)
  }
}

// The rays in the frame of an instance. Distances stay: directions keep their scale.
inline void packet_enter(__global const gpu_instance *it, const packet_rays *r, float16 time,
                         packet_rays *o) {
  if (!it->moving || !any16(time != (float16)(0.0f))) {
    __global const float *m = it->inverse;
    o->ox = r->ox * m[0] + r->oy * m[1] + r->oz * m[2] + m[3];
    o->oy = r->ox * m[4] + r->oy * m[5] + r->oz * m[6] + m[7];
    o->oz = r->ox * m[8] + r->oy * m[9] + r->oz * m[10] + m[11];
    o->dx = r->dx * m[0] + r->dy * m[1] + r->dz * m[2];
    o->dy = r->dx * m[4] + r->dy * m[5] + r->dz * m[6];
    o->dz = r->dx * m[8] + r->dy * m[9] + r->dz * m[10];
    return;
  }
  float4 a = load4(it->begin_q), b = load4(it->end_q);
  b = dot(a, b) < 0.0f ? -b : b;
  float16 rest = 1.0f - time;
  float16 qx = rest * a.x + time * b.x, qy = rest * a.y + time * b.y;
  float16 qz = rest * a.z + time * b.z, qw = rest * a.w + time * b.w;
  float16 norm = 1.0f / sqrt(qx * qx + qy * qy + qz * qz + qw * qw);
  qx *= -norm, qy *= -norm, qz *= -norm, qw *= norm; // conjugate: world to own frame
  float16 px = r->ox - (rest * it->begin_p[0] + time * it->end_p[0]);
  float16 py = r->oy - (rest * it->begin_p[1] + time * it->end_p[1]);
  float16 pz = r->oz - (rest * it->begin_p[2] + time * it->end_p[2]);
  float sx = 1.0f / it->scale[0], sy = 1.0f / it->scale[1], sz = 1.0f / it->scale[2];
  float16 tx = 2.0f * (qy * pz - qz * py);
  float16 ty = 2.0f * (qz * px - qx * pz);
  float16 tz = 2.0f * (qx * py - qy * px);
  o->ox = (px + qw * tx + (qy * tz - qz * ty)) * sx;
  o->oy = (py + qw * ty + (qz * tx - qx * tz)) * sy;
  o->oz = (pz + qw * tz + (qx * ty - qy * tx)) * sz;
  tx = 2.0f * (qy * r->dz - qz * r->dy);
  ty = 2.0f * (qz * r->dx - qx * r->dz);
  tz = 2.0f * (qx * r->dy - qy * r->dx);
  o->dx = (r->dx + qw * tx + (qy * tz - qz * ty)) * sx;
  o->dy = (r->dy + qw * ty + (qz * tx - qx * tz)) * sy;
  o->dz = (r->dz + qw * tz + (qx * ty - qy * tx)) * sz;
}

// World rays through the top-level tree; `skip` is an instance they pass through.
inline void packet_scene(__global const gpu_node *nodes, __global const gpu_facet *facets,
                         __global const gpu_instance *instances, __global const gpu_node *top_nodes,
                         __global const uint *top_order, uint skip, const packet_rays *r,
                         float16 time, packet_hits *h) {
  packet_box box;
  packet_bound(r, &box);
  uint stack_child[STACK_SIZE];
  float stack_distance[STACK_SIZE];
  int top = 1;
  stack_child[0] = 0;
  stack_distance[0] = 0.0f;
  float limit = most16(h->t);
  while (top > 0) {
    top--;
    if (stack_distance[top] > limit)
      continue;
    uint child = stack_child[top];
    if (child & NODE_LEAF) {
      uint first = child & NODE_FIRST, count = NODE_COUNT(child);
      for (uint i = 0; i < count; i++) {
        uint index = top_order[first + i];
        if (index == skip)
          continue;
        __global const gpu_instance *it = &instances[index];
        packet_rays own;
        packet_enter(it, r, time, &own);
#ifndef ANY_HIT
        float16 before = h->t;
#endif
        packet_geometry(nodes, facets, it->root, it->triangle_first, &own, h);
#ifndef ANY_HIT
        h->instance = select(h->instance, (uint16)(index), as_uint16(h->t < before));
#endif
      }
      limit = most16(h->t);
      if (limit < 0.0f)
        return;
      continue;
    }
    __global const gpu_node *node = &top_nodes[child];
    float8 distance;
    int met = packet_children((__global const float *)node, &box, limit, &distance);
    PUSH_CHILDREN(met, distance, node->child)
  }
}

#endif
