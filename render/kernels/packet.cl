// SPDX-License-Identifier: Apache-2.0
// Packets of 16 rays through a tree: whole packets meet boxes as intervals, eight
// children at once; then one child at a time, and triangles, 16 rays wide. For CPUs, and
// for rays with something in common. One work-item is one packet.
#ifndef PACKET_CL
#define PACKET_CL
#include "single.cl"

typedef struct packet_rays {
  float16 ox, oy, oz, dx, dy, dz;
} packet_rays;

typedef struct packet_hits {
  float16 t, u, v; // t: the limit until something is met; 0 or negative: idle ray
  uint16 primitive, instance;
} packet_hits;

// The packet in one frame of reference: its rays with their reciprocal directions, and
// the active ones as intervals. Axes whose directions share a sign are mirrored so that
// they run up: near and far planes then come from fixed halves of a node. Reciprocals are an
// interval, too, and what a plane p is met at lies between p * scale + near (or far) of its ends.
typedef struct packet_slab {
  float scale[2], near[2], far[2];
} packet_slab;

typedef struct packet_frame {
  packet_rays r;
  float16 ix, iy, iz;
  float16 lx, ly, lz, hx, hy, hz; // a ray meets a low plane p at p * i + l, a high one at p * i + h
  packet_slab x, y, z;
  float3 olo, ohi, dlo, dhi; // origins and directions of mixed axes
  int mixed;                 // bit per axis
  int near[3], far[3];       // offset of planes in a node, in floats
  single_slabs one;          // an active ray, the speaker
} packet_frame;

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

// Clang makes AVX-512's mask registers of this; older ones, and interpreters, don't have it.
#ifdef __has_builtin
#if __has_builtin(__builtin_reduce_or) && !defined(NO_REDUCE)
#define ANY16(mask) (__builtin_reduce_or(mask) != 0)
#endif
#endif
#ifndef ANY16
#define ANY16(mask) (bits8((mask).lo | (mask).hi) != 0)
#endif

inline bool any16(int16 mask) {
  return ANY16(mask);
}

// The number of the first lane that is set; one has to be.
inline int first16(int16 mask) {
  return lowest_bit(bits8(mask.lo) | bits8(mask.hi) << 8);
}

inline float lane16(const float16 *a, int lane) {
  return ((const float *)a)[lane];
}

inline float16 safe_reciprocal16(float16 d) {
  float16 away = select((float16)(1e-18f), (float16)(-1e-18f), d < (float16)(0.0f));
  return 1.0f / select(d, away, fabs(d) < (float16)(1e-18f));
}

inline void packet_slabs(packet_slab *s, float sign, float first, float last, float low,
                         float high) {
  float slack = BOX_SLACK * max(fabs(first), fabs(last));
  float least = 0.9999997f / high, most = 1.0000003f / low;
  s->scale[0] = sign * least, s->scale[1] = sign * most;
  s->near[0] = -(last + slack) * least, s->near[1] = -(last + slack) * most;
  s->far[0] = -(first - slack) * least, s->far[1] = -(first - slack) * most;
}

// Of axis number `index`: the least and the most of all directions and of all origins.
#define PACKET_AXIS(axis, index, least_d, most_d, least_o, most_o)                                 \
  {                                                                                                \
    float low = least_d, high = most_d, first = least_o, last = most_o;                            \
    f->near[index] = 8 * index;                                                                    \
    f->far[index] = 8 * index + 24;                                                                \
    if (low < 1e-12f && high > -1e-12f) {                                                          \
      f->mixed |= 1 << index;                                                                      \
      f->olo.axis = first;                                                                         \
      f->ohi.axis = last;                                                                          \
      f->dlo.axis = low;                                                                           \
      f->dhi.axis = high;                                                                          \
    } else if (low > 0.0f) {                                                                       \
      packet_slabs(&f->axis, 1.0f, first, last, low, high);                                        \
    } else {                                                                                       \
      f->near[index] = 8 * index + 24;                                                             \
      f->far[index] = 8 * index;                                                                   \
      packet_slabs(&f->axis, -1.0f, -last, -first, -high, -low);                                   \
    }                                                                                              \
  }

// What each ray wants of boxes.
inline void packet_reciprocals(packet_frame *f) {
  const float16 slack = (float16)(BOX_SLACK);
#define RECIPROCAL(axis)                                                                           \
  f->i##axis = safe_reciprocal16(f->r.d##axis);                                                    \
  f->l##axis = -(f->r.o##axis + slack * fabs(f->r.o##axis)) * f->i##axis;                          \
  f->h##axis = -(f->r.o##axis - slack * fabs(f->r.o##axis)) * f->i##axis;
  RECIPROCAL(x)
  RECIPROCAL(y)
  RECIPROCAL(z)
}

inline void packet_speaker(packet_frame *f, int lane) {
  single_slabs *s = &f->one;
  s->inv = (float3)(lane16(&f->ix, lane), lane16(&f->iy, lane), lane16(&f->iz, lane));
  single_planes(s,
                (float3)(lane16(&f->r.ox, lane), lane16(&f->r.oy, lane), lane16(&f->r.oz, lane)));
}

// Fills a frame whose rays are set. `t` as in packet_hits.
inline void packet_bound(packet_frame *f, float16 t, int speaker) {
  const float16 most = (float16)(1e30f);
  int16 idle = t <= (float16)(0.0f);
  f->mixed = 0;
#define LEAST(v) least16(select(v, most, idle))
#define MOST(v) most16(select(v, -most, idle))
  PACKET_AXIS(x, 0, LEAST(f->r.dx), MOST(f->r.dx), LEAST(f->r.ox), MOST(f->r.ox))
  PACKET_AXIS(y, 1, LEAST(f->r.dy), MOST(f->r.dy), LEAST(f->r.oy), MOST(f->r.oy))
  PACKET_AXIS(z, 2, LEAST(f->r.dz), MOST(f->r.dz), LEAST(f->r.oz), MOST(f->r.oz))
#undef LEAST
#undef MOST
  packet_reciprocals(f);
  packet_speaker(f, speaker);
}

// Children that some ray of the packet may meet below `limit`, as bits, and a lower
// bound of the distance to each.
#define SLAB(axis, index)                                                                          \
  if (!(f->mixed & (1 << index))) {                                                                \
    const packet_slab *s = &f->axis;                                                               \
    float8 near = vload8(0, node + f->near[index]), far = vload8(0, node + f->far[index]);         \
    enter = max(enter, min(near * s->scale[0] + s->near[0], near * s->scale[1] + s->near[1]));     \
    leave = min(leave, max(far * s->scale[0] + s->far[0], far * s->scale[1] + s->far[1]));         \
  }
#define SPREAD(axis, index)                                                                        \
  if (f->mixed & (1 << index)) {                                                                   \
    met &= (f->olo.axis + leave * f->dlo.axis <= vload8(0, node + 8 * index + 24)) &               \
           (f->ohi.axis + leave * f->dhi.axis >= vload8(0, node + 8 * index));                     \
  }

__attribute__((always_inline)) inline int
packet_children(__global const float *node, const packet_frame *f, float limit, float8 *distance) {
#pragma OPENCL FP_CONTRACT ON
  float8 enter = (float8)(0.0f), leave = (float8)(limit);
  SLAB(x, 0)
  SLAB(y, 1)
  SLAB(z, 2)
  leave *= 1.0000004f;
  int8 met = enter <= leave;
  if (f->mixed) {
    // A mixed axis bounds where the packet can be at the far end of the interval.
    leave += 1e-5f;
    SPREAD(x, 0)
    SPREAD(y, 1)
    SPREAD(z, 2)
  }
  *distance = enter;
  return bits8(met);
}

// Whether any ray meets a child before its own limit. `child`: its column in the node.
inline bool packet_meets(__global const float *child, const packet_frame *f, float16 t) {
#pragma OPENCL FP_CONTRACT ON
  float16 x0 = child[0] * f->ix + f->lx, x1 = child[24] * f->ix + f->hx;
  float16 y0 = child[8] * f->iy + f->ly, y1 = child[32] * f->iy + f->hy;
  float16 z0 = child[16] * f->iz + f->lz, z1 = child[40] * f->iz + f->hz;
  float16 enter = max(max(min(x0, x1), min(y0, y1)), max(min(z0, z1), (float16)(0.0f)));
  float16 leave = min(min(max(x0, x1), max(y0, y1)), min(max(z0, z1), t));
  return any16(enter <= leave * 1.0000004f);
}

// Möller and Trumbore 1997 with the normal at hand: e2 . (s x d) = s . (d x e2). Borders
// count as inside by a hair, so that neighbours leave no gap.
inline bool packet_facet(const packet_rays *r, packet_hits *h, __global const gpu_facet *f,
                         uint primitive, uint instance) {
  float16 sx = f->v0[0] - r->ox, sy = f->v0[1] - r->oy, sz = f->v0[2] - r->oz;
  float16 inv = 1.0f / (r->dx * f->nx + r->dy * f->ny + r->dz * f->nz);
  float16 t = (sx * f->nx + sy * f->ny + sz * f->nz) * inv;
  float16 cx = sy * r->dz - sz * r->dy;
  float16 cy = sz * r->dx - sx * r->dz;
  float16 cz = sx * r->dy - sy * r->dx;
  float16 u = (cx * f->e2[0] + cy * f->e2[1] + cz * f->e2[2]) * inv;
  float16 v = (cx * f->e1[0] + cy * f->e1[1] + cz * f->e1[2]) * -inv;
  int16 in = (min(u, v) >= -1e-6f) & (u + v <= 1.000001f) & (t > 0.0f) & (t < h->t);
  if (!any16(in))
    return false;
#ifdef ANY_HIT
  h->t = select(h->t, (float16)(-1.0f), in);
#else
  h->t = select(h->t, t, in);
  h->u = select(h->u, u, in);
  h->v = select(h->v, v, in);
  h->primitive = select(h->primitive, (uint16)(primitive), as_uint16(in));
  h->instance = select(h->instance, (uint16)(instance), as_uint16(in));
#endif
  return true;
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
  if (it->spin != 0.0f) { // as quat_spun
    float16 turn = 0.5f * it->spin * time, s = sin(turn), c = cos(turn);
    float16 x = qx * c - qz * s, y = qy * c + qw * s;
    qz = qz * c + qx * s, qw = qw * c - qy * s;
    qx = x, qy = y;
  }
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

// Whether anything is met hangs on no order: children are visited as they come.
#ifdef ANY_HIT
#define PACKET_PUSH(bottom, next, away) stack_child[top++] = (next);
#define PACKET_PAST(distance, limit) false
#else
#define PACKET_PUSH(bottom, next, away) PUSH_SORTED(bottom, next, away)
#define PACKET_PAST(distance, limit) ((distance) > (limit))
#endif

// World rays through the top-level tree and the geometries below it, as single_scene;
// `only`: the one instance to meet, or HIT_NONE. Some ray has to be active.
//
// Intervals tell little of a packet that is spread out or turns: what they meet is
// tested again ray by ray, unless the speaker meets it anyway. Wide packets gain a lot;
// for narrow ones it was about even, so that no threshold tells the two apart.
inline void packet_scene(const scene_trees *s, uint only, const packet_rays *r, float16 time,
                         packet_hits *h) {
  packet_frame world, own;
  int speaker = first16(h->t > (float16)(0.0f));
  world.r = *r;
  if (only == HIT_NONE)
    packet_bound(&world, h->t, speaker);
  const packet_frame *frame = &world;
  __global const gpu_node *tree = s->top_nodes;
  uint stack_child[STACK_SIZE];
  float stack_distance[STACK_SIZE];
  int top = 0, base = -1;
  uint child = only == HIT_NONE ? 0 : NODE_LEAF, facet_first = 0, index = 0;
  float limit = most16(h->t);
  for (;;) {
    if (!(child & NODE_LEAF)) {
      __global const gpu_node *node = &tree[child];
      __global const float *planes = (__global const float *)node;
      float8 distance, unused;
      int met = packet_children(planes, frame, limit, &distance);
      int sure = single_children(planes, &frame->one, lane16(&h->t, speaker), &unused);
      int bottom = top;
      float away[8];
      vstore8(distance, 0, away);
      for (; met; met &= met - 1) {
        int slot = lowest_bit(met);
        uint next = node->child[slot];
        fetch_child(next, tree, base >= 0 ? &s->facets[facet_first] : 0);
        if ((sure >> slot & 1) || packet_meets(planes + slot, frame, h->t))
          PACKET_PUSH(bottom, next, away[slot])
      }
    } else if (base >= 0) {
      uint first = facet_first + (child & NODE_FIRST), count = NODE_COUNT(child);
      for (uint i = 0; i < count; i++)
        packet_facet(&frame->r, h, &s->facets[first + i], first + i, index);
      limit = most16(h->t);
#ifdef ANY_HIT
      if (limit <= 0.0f)
        return;
      int next = first16(h->t > (float16)(0.0f));
      if (next != speaker) {
        speaker = next;
        packet_speaker(&world, speaker);
        if (frame != &world)
          packet_speaker(&own, speaker);
      }
#endif
    } else {
      index = only == HIT_NONE ? s->top_order[child & NODE_FIRST] : only;
      if (index != s->skip) {
        __global const gpu_instance *it = &s->instances[index];
        if (!it->at_home) {
          packet_enter(it, r, time, &own.r);
          packet_bound(&own, h->t, speaker);
          frame = &own;
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
        frame = &world;
        tree = s->top_nodes;
      }
      if (top == 0)
        return;
      top--;
    } while (PACKET_PAST(stack_distance[top], limit));
    child = stack_child[top];
  }
}

#endif
