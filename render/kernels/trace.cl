// SPDX-License-Identifier: Apache-2.0
// Closest hits of coherent rays (ANY_HIT: whether anything is met). Versions of
// each: packets of 16 and bundles of them for CPUs, single rays for the rest. Needs `count` padded
// to 16 in the buffers' planes: `stride` floats a plane.
#include "bundle.cl"
#include "single.cl"

inline packet_rays packet_load(__global const float *rays, int packet, int stride) {
  packet_rays r;
  r.ox = vload16(packet, rays + RAY_OX * stride);
  r.oy = vload16(packet, rays + RAY_OY * stride);
  r.oz = vload16(packet, rays + RAY_OZ * stride);
  r.dx = vload16(packet, rays + RAY_DX * stride);
  r.dy = vload16(packet, rays + RAY_DY * stride);
  r.dz = vload16(packet, rays + RAY_DZ * stride);
  return r;
}

// How far a packet's rays go. Those beyond the last one, which nobody has set, go nowhere.
inline float16 packet_limits(__global const float *rays, int packet, int stride, int count) {
  const int16 lane = (int16)(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  return select((float16)(-1.0f), vload16(packet, rays + RAY_LIMIT * stride),
                lane < (int16)(count - 16 * packet));
}

// Their times; of those that go nowhere 0, for one ray's time says how all are moved into an
// instance.
inline float16 packet_times(__global const float *rays, int packet, int stride, float16 limits) {
  return select((float16)(0.0f), vload16(packet, rays + RAY_TIME * stride),
                limits > (float16)(0.0f));
}

// Asks for the rays of a packet, which mostly come from afar.
inline void packet_fetch(__global const float *rays, int packet, int stride) {
#ifdef FETCH_LINE
  for (int plane = 0; plane < RAY_PLANES; plane++)
    FETCH_LINE(rays + plane * stride + 16 * packet, 0);
#endif
}

inline single_ray single_load(__global const float *rays, int i, int stride) {
  single_ray r;
  r.o = (float3)(rays[RAY_OX * stride + i], rays[RAY_OY * stride + i], rays[RAY_OZ * stride + i]);
  r.d = (float3)(rays[RAY_DX * stride + i], rays[RAY_DY * stride + i], rays[RAY_DZ * stride + i]);
  return r;
}

#ifdef DEVICE_CPU
// Asks for the rays of a bundle, which mostly come from afar.
inline void bundle_fetch(int item, int across, int count, __global const float *rays, int stride) {
#ifdef FETCH_LINE
  int at[BUNDLE];
  uint has = bundle_packets(item, across, (count + 15) / 16, at);
  for (int k = 0; k < BUNDLE; k++)
    for (int plane = 0; (has >> k & 1u) && plane < RAY_PLANES; plane++)
      FETCH_LINE(rays + plane * stride + 16 * at[k], 0);
#endif
}

// Rays, times and limits of a bundle's packets, which `at` numbers; the packets that are active.
inline uint bundle_load(bundle *b, __global const float *rays, int stride, int count, uint has,
                        const int *at) {
  uint active = 0;
  for (int k = 0; k < BUNDLE; k++) {
    packet_hits *h = &b->hits[k];
    h->t = (float16)(-1.0f);
    if (!(has >> k & 1u))
      continue;
    h->t = packet_limits(rays, at[k], stride, count);
    h->u = h->v = (float16)(0.0f);
    h->primitive = h->instance = (uint16)(HIT_NONE);
    if (!any16(h->t > (float16)(0.0f)))
      continue;
    b->world[k].r = packet_load(rays, at[k], stride);
    b->time[k] = packet_times(rays, at[k], stride, h->t);
    active |= 1u << k;
  }
  return active;
}
#endif

#ifndef ANY_HIT
__kernel __attribute__((reqd_work_group_size(8, 1, 1))) void
trace_packets(__global const gpu_node *nodes, __global const gpu_facet *facets,
              __global const gpu_instance *instances, __global const gpu_node *top_nodes,
              __global const uint *top_order, uint skip, __global const float *rays, int count,
              int stride, __global float *out_t, __global uint *out_primitive,
              __global uint *out_instance, __global float *out_u, __global float *out_v) {
  int packet = (int)get_global_id(0);
  int first = packet * 16;
  if (first >= count)
    return;
  scene_trees all = {nodes, facets, instances, top_nodes, top_order, skip};
  packet_rays r = packet_load(rays, packet, stride);
  packet_fetch(rays, packet + 1, stride);
  packet_hits h;
  h.t = packet_limits(rays, packet, stride, count);
  float16 time = packet_times(rays, packet, stride, h.t);
  h.u = h.v = (float16)(0.0f);
  h.primitive = (uint16)(HIT_NONE);
  h.instance = (uint16)(HIT_NONE);
  if (any16(h.t > (float16)(0.0f)))
    packet_scene(&all, HIT_NONE, &r, time, &h);
  vstore16(h.t, packet, out_t);
  vstore16(h.u, packet, out_u);
  vstore16(h.v, packet, out_v);
  vstore16(h.primitive, packet, out_primitive);
  vstore16(h.instance, packet, out_instance);
}

#ifdef DEVICE_CPU
// The same of an image whose rows are `across` packets wide.
__kernel __attribute__((reqd_work_group_size(8, 1, 1))) void
trace_bundles(__global const gpu_node *nodes, __global const gpu_facet *facets,
              __global const gpu_instance *instances, __global const gpu_node *top_nodes,
              __global const uint *top_order, uint skip, __global const float *rays, int count,
              int stride, int across, __global float *out_t, __global uint *out_primitive,
              __global uint *out_instance, __global float *out_u, __global float *out_v) {
  scene_trees all = {nodes, facets, instances, top_nodes, top_order, skip};
  int at[BUNDLE];
  uint has = bundle_packets((int)get_global_id(0), across, (count + 15) / 16, at);
  bundle b;
  uint active = bundle_load(&b, rays, stride, count, has, at);
  bundle_fetch((int)get_global_id(0) + 1, across, count, rays, stride);
  if (active)
    bundle_scene(&all, &b, active);
  for (int k = 0; k < BUNDLE; k++)
    if (has >> k & 1u) {
      vstore16(b.hits[k].t, at[k], out_t);
      vstore16(b.hits[k].u, at[k], out_u);
      vstore16(b.hits[k].v, at[k], out_v);
      vstore16(b.hits[k].primitive, at[k], out_primitive);
      vstore16(b.hits[k].instance, at[k], out_instance);
    }
}
#endif

__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
trace_singles(__global const gpu_node *nodes, __global const gpu_facet *facets,
              __global const gpu_instance *instances, __global const gpu_node *top_nodes,
              __global const uint *top_order, uint skip, __global const float *rays, int count,
              int stride, __global float *out_t, __global uint *out_primitive,
              __global uint *out_instance, __global float *out_u, __global float *out_v) {
  int i = (int)get_global_id(0);
  if (i >= count)
    return;
  scene_trees all = {nodes, facets, instances, top_nodes, top_order, skip};
  single_ray r = single_load(rays, i, stride);
  float time = rays[RAY_TIME * stride + i];
  single_hit h = {rays[RAY_LIMIT * stride + i], 0.0f, 0.0f, HIT_NONE, HIT_NONE};
  if (h.t > 0.0f)
    single_scene(&all, r, time, &h);
  out_t[i] = h.t;
  out_u[i] = h.u;
  out_v[i] = h.v;
  out_primitive[i] = h.primitive;
  out_instance[i] = h.instance;
}

// Mirror rays as the shading wants them: origins with time in w, unit directions;
// a direction of 0 is a ray that isn't traced, whose origin nobody may have set.
__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
trace_mirror(__global const gpu_node *nodes, __global const gpu_facet *facets,
             __global const gpu_instance *instances, __global const gpu_node *top_nodes,
             __global const uint *top_order, uint skip, __global const float4 *origins,
             __global const float4 *directions, int count, float limit, __global float *out_t,
             __global uint *out_primitive, __global uint *out_instance, __global float *out_u,
             __global float *out_v) {
  int i = (int)get_global_id(0);
  if (i >= count)
    return;
  scene_trees all = {nodes, facets, instances, top_nodes, top_order, skip};
  single_ray r;
  float4 origin = origins[i];
  r.o = origin.xyz;
  r.d = directions[i].xyz;
  single_hit h = {limit, 0.0f, 0.0f, HIT_NONE, HIT_NONE};
  if (dot(r.d, r.d) > 0.0f)
    single_scene(&all, r, origin.w, &h);
  else
    h.primitive = HIT_SKIP;
  out_t[i] = h.t;
  out_u[i] = h.u;
  out_v[i] = h.v;
  out_primitive[i] = h.primitive;
  out_instance[i] = h.instance;
}

// The same in packets: a tile's mirrors mostly face one way. All buffers have room for
// whole packets.
__kernel __attribute__((reqd_work_group_size(8, 1, 1))) void
trace_mirror_packets(__global const gpu_node *nodes, __global const gpu_facet *facets,
                     __global const gpu_instance *instances, __global const gpu_node *top_nodes,
                     __global const uint *top_order, uint skip, __global const float4 *origins,
                     __global const float4 *directions, int count, float limit,
                     __global float *out_t, __global uint *out_primitive,
                     __global uint *out_instance, __global float *out_u, __global float *out_v) {
  int packet = (int)get_global_id(0);
  int first = packet * 16;
  if (first >= count)
    return;
  scene_trees all = {nodes, facets, instances, top_nodes, top_order, skip};
  float4 some = (float4)(0.0f);
  for (int k = 0; k < min(16, count - first); k++)
    some += fabs(directions[first + k]);
  if (!(some.x + some.y + some.z > 0.0f)) { // no hit is read of what isn't traced
    vstore16((uint16)(HIT_SKIP), packet, out_primitive);
    return;
  }
  float lane[7][16];
  for (int k = 0; k < 16; k++) {
    float4 o = origins[first + k], d = directions[first + k];
    lane[0][k] = o.x, lane[1][k] = o.y, lane[2][k] = o.z, lane[3][k] = o.w;
    lane[4][k] = d.x, lane[5][k] = d.y, lane[6][k] = d.z;
  }
  packet_rays r;
  r.ox = vload16(0, lane[0]), r.oy = vload16(0, lane[1]), r.oz = vload16(0, lane[2]);
  r.dx = vload16(0, lane[4]), r.dy = vload16(0, lane[5]), r.dz = vload16(0, lane[6]);
  int16 traced = r.dx * r.dx + r.dy * r.dy + r.dz * r.dz > (float16)(0.0f);
  for (int k = count - first; k < 16; k++)
    ((int *)&traced)[k] = 0;
  float16 time = select((float16)(0.0f), vload16(0, lane[3]), traced); // as packet_times
  packet_hits h;
  h.t = select((float16)(-1.0f), (float16)(limit), traced);
  h.u = h.v = (float16)(0.0f);
  h.primitive = select((uint16)(HIT_SKIP), (uint16)(HIT_NONE), as_uint16(traced));
  h.instance = (uint16)(HIT_NONE);
  if (any16(traced))
    packet_scene(&all, HIT_NONE, &r, time, &h);
  vstore16(h.t, packet, out_t);
  vstore16(h.u, packet, out_u);
  vstore16(h.v, packet, out_v);
  vstore16(h.primitive, packet, out_primitive);
  vstore16(h.instance, packet, out_instance);
}

// Pixels that each instance with its parts alone would cover: items are (instance, tile x, tile y,
// slot), `rays` the image's, tile by tile; counts and tight boxes go to out[slot] as
// {count, x0, y0, x1, y1}, the pixels of each item's tile that it covers to `covered`, row by
// row from the lowest bit.
__kernel __attribute__((reqd_work_group_size(8, 1, 1))) void
trace_amodal(__global const gpu_node *nodes, __global const gpu_facet *facets,
             __global const gpu_instance *instances, __global const gpu_camera *camera,
             __global const float *rays, int stride, __global const int4 *items, int count,
             __global int *out, __global uint *covered) {
  int i = (int)get_global_id(0);
  if (i >= count)
    return;
  int4 item = items[i];
  int tile = (item.z - (camera->band_row >> 2)) * ((camera->width + 3) / 4) + item.y;
  packet_rays r = packet_load(rays, tile, stride);
  float16 time = vload16(tile, rays + RAY_TIME * stride);
  float16 limit = vload16(tile, rays + RAY_LIMIT * stride);
  packet_hits h;
  h.t = limit;
  h.u = h.v = (float16)(0.0f);
  h.primitive = h.instance = (uint16)(HIT_NONE);
  scene_trees all = {nodes, facets, instances, nodes, 0, HIT_NONE};
  uint parts = any16(limit > (float16)(0.0f)) ? instances[item.x].parts + 1 : 0;
  for (uint part = 0; part < parts; part++)
    packet_scene(&all, (uint)item.x + part, &r, time, &h);
  uint primitive[16];
  vstore16(h.primitive, 0, primitive);
  int pixels = 0, x0 = INT_MAX, y0 = INT_MAX, x1 = INT_MIN, y1 = INT_MIN;
  uint bits = 0u;
  for (int k = 0; k < 16; k++)
    if (primitive[k] != HIT_NONE) {
      bits |= 1u << k;
      int x = item.y * 4 + (k & 3), y = item.z * 4 + (k >> 2);
      pixels++;
      x0 = min(x0, x), y0 = min(y0, y);
      x1 = max(x1, x), y1 = max(y1, y);
    }
  covered[i] = bits;
  if (pixels == 0)
    return;
  __global int *mine = out + 5 * item.w;
  atomic_add(mine, pixels);
  atomic_min(mine + 1, x0);
  atomic_min(mine + 2, y0);
  atomic_max(mine + 3, x1);
  atomic_max(mine + 4, y1);
}
#else
__kernel __attribute__((reqd_work_group_size(8, 1, 1))) void
occlude_packets(__global const gpu_node *nodes, __global const gpu_facet *facets,
                __global const gpu_instance *instances, __global const gpu_node *top_nodes,
                __global const uint *top_order, uint skip, __global const float *rays, int count,
                int stride, __global float *out_free) {
  int packet = (int)get_global_id(0);
  int first = packet * 16;
  if (first >= count)
    return;
  scene_trees all = {nodes, facets, instances, top_nodes, top_order, skip};
  packet_rays r = packet_load(rays, packet, stride);
  packet_fetch(rays, packet + 1, stride);
  packet_hits h;
  h.t = packet_limits(rays, packet, stride, count);
  float16 time = packet_times(rays, packet, stride, h.t);
  if (any16(h.t > (float16)(0.0f)))
    packet_scene(&all, HIT_NONE, &r, time, &h);
  vstore16(select((float16)(0.0f), (float16)(1.0f), h.t > (float16)(0.0f)), packet, out_free);
}

#ifdef DEVICE_CPU
__kernel __attribute__((reqd_work_group_size(8, 1, 1))) void
occlude_bundles(__global const gpu_node *nodes, __global const gpu_facet *facets,
                __global const gpu_instance *instances, __global const gpu_node *top_nodes,
                __global const uint *top_order, uint skip, __global const float *rays, int count,
                int stride, int across, __global float *out_free) {
  scene_trees all = {nodes, facets, instances, top_nodes, top_order, skip};
  int at[BUNDLE];
  uint has = bundle_packets((int)get_global_id(0), across, (count + 15) / 16, at);
  bundle b;
  uint active = bundle_load(&b, rays, stride, count, has, at);
  bundle_fetch((int)get_global_id(0) + 1, across, count, rays, stride);
  if (active)
    bundle_scene(&all, &b, active);
  for (int k = 0; k < BUNDLE; k++)
    if (has >> k & 1u)
      vstore16(select((float16)(0.0f), (float16)(1.0f), b.hits[k].t > (float16)(0.0f)), at[k],
               out_free);
}
#endif

__kernel __attribute__((reqd_work_group_size(32, 1, 1))) void
occlude_singles(__global const gpu_node *nodes, __global const gpu_facet *facets,
                __global const gpu_instance *instances, __global const gpu_node *top_nodes,
                __global const uint *top_order, uint skip, __global const float *rays, int count,
                int stride, __global float *out_free) {
  int i = (int)get_global_id(0);
  if (i >= count)
    return;
  scene_trees all = {nodes, facets, instances, top_nodes, top_order, skip};
  single_ray r = single_load(rays, i, stride);
  float time = rays[RAY_TIME * stride + i];
  single_hit h = {rays[RAY_LIMIT * stride + i], 0.0f, 0.0f, HIT_NONE, HIT_NONE};
  if (h.t > 0.0f)
    single_scene(&all, r, time, &h);
  out_free[i] = h.t > 0.0f ? 1.0f : 0.0f;
}
#endif
