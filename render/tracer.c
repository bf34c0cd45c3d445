// SPDX-License-Identifier: Apache-2.0
#include "render/tracer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "render/pack.h"

struct tracer {
  device *dev;
  cl_program closest_program, free_program;
  cl_kernel closest_bundles, closest_packets, closest_singles, mirror_packets, mirror_singles;
  cl_kernel amodal, free_bundles, free_packets, free_singles;
};

status tracer_create(tracer **out, device *dev, trouble *why) {
  tracer *t = calloc(1, sizeof *t);
  *out = NULL;
  if (!t)
    return trouble_set(why, STATUS_MEMORY, "no memory for a tracer");
  t->dev = dev;
  status result = device_program(dev, "trace.cl", NULL, &t->closest_program, why);
  if (!result)
    result = device_program(dev, "trace.cl", "-DANY_HIT", &t->free_program, why);
  const bool cpu = device_is_cpu(dev);
  if (!result && cpu)
    result = device_kernel(t->closest_program, "trace_bundles", &t->closest_bundles, why);
  if (!result)
    result = device_kernel(t->closest_program, "trace_packets", &t->closest_packets, why);
  if (!result)
    result = device_kernel(t->closest_program, "trace_singles", &t->closest_singles, why);
  if (!result)
    result = device_kernel(t->closest_program, "trace_mirror_packets", &t->mirror_packets, why);
  if (!result)
    result = device_kernel(t->closest_program, "trace_mirror", &t->mirror_singles, why);
  if (!result)
    result = device_kernel(t->closest_program, "trace_amodal", &t->amodal, why);
  if (!result && cpu)
    result = device_kernel(t->free_program, "occlude_bundles", &t->free_bundles, why);
  if (!result)
    result = device_kernel(t->free_program, "occlude_packets", &t->free_packets, why);
  if (!result)
    result = device_kernel(t->free_program, "occlude_singles", &t->free_singles, why);
  if (result) {
    tracer_destroy(t);
    return result;
  }
  *out = t;
  return STATUS_OK;
}

void tracer_destroy(tracer *t) {
  if (!t)
    return;
  cl_kernel kernels[] = {t->closest_bundles, t->closest_packets, t->closest_singles,
                         t->mirror_packets,  t->mirror_singles,  t->amodal,
                         t->free_bundles,    t->free_packets,    t->free_singles};
  for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++)
    if (kernels[i])
      clReleaseKernel(kernels[i]);
  if (t->closest_program)
    clReleaseProgram(t->closest_program);
  if (t->free_program)
    clReleaseProgram(t->free_program);
  free(t);
}

// The arguments that every traversal kernel begins with; the number of the next.
static cl_uint set_scene(cl_kernel kernel, const trace_scene *s, bool with_skip, cl_int *code) {
  *code = clSetKernelArg(kernel, 0, sizeof(cl_mem), &s->nodes);
  *code |= clSetKernelArg(kernel, 1, sizeof(cl_mem), &s->facets);
  *code |= clSetKernelArg(kernel, 2, sizeof(cl_mem), &s->instances);
  if (!with_skip)
    return 3;
  *code |= clSetKernelArg(kernel, 3, sizeof(cl_mem), &s->top_nodes);
  *code |= clSetKernelArg(kernel, 4, sizeof(cl_mem), &s->top_order);
  *code |= clSetKernelArg(kernel, 5, sizeof(cl_uint), &s->skip);
  return 6;
}

static void set_mem(cl_kernel kernel, cl_uint *at, const cl_mem *buffer, cl_int *code) {
  *code |= clSetKernelArg(kernel, (*at)++, sizeof *buffer, buffer);
}

static void set_int(cl_kernel kernel, cl_uint *at, int value, cl_int *code) {
  *code |= clSetKernelArg(kernel, (*at)++, sizeof value, &value);
}

static void set_hits(cl_kernel kernel, cl_uint *at, const shade_hits *h, cl_int *code) {
  set_mem(kernel, at, &h->t, code);
  set_mem(kernel, at, &h->primitive, code);
  set_mem(kernel, at, &h->instance, code);
  set_mem(kernel, at, &h->u, code);
  set_mem(kernel, at, &h->v, code);
}

static status enqueue(tracer *t, cl_kernel kernel, int items, size_t local, cl_int code,
                      const char *name, trouble *why) {
  if (code != CL_SUCCESS)
    return trouble_set(why, STATUS_DEVICE, "OpenCL: arguments of %s failed", name);
  if (items <= 0)
    return STATUS_OK;
  size_t global = ((size_t)items + local - 1) / local * local;
  code =
      clEnqueueNDRangeKernel(device_queue(t->dev), kernel, 1, NULL, &global, &local, 0, NULL, NULL);
  return device_status(code, name, why);
}

enum { PACKET_GROUP = 8, SINGLE_GROUP = 32 };

// Kernels of a kind of rays by how they go together, and their names.
typedef struct ways {
  cl_kernel bundles, packets, singles;
  const char *names[3];
} ways;

static status enqueue_rays(tracer *t, const ways *w, const trace_scene *where, cl_mem rays,
                           int count, int stride, int across, const shade_hits *hits,
                           cl_mem is_free, trouble *why) {
  const bool packets = across > 0 && device_is_cpu(t->dev), bundles = packets && across > 1;
  cl_kernel kernel = bundles ? w->bundles : packets ? w->packets : w->singles;
  cl_int code;
  cl_uint at = set_scene(kernel, where, true, &code);
  set_mem(kernel, &at, &rays, &code);
  set_int(kernel, &at, count, &code);
  set_int(kernel, &at, stride, &code);
  if (bundles)
    set_int(kernel, &at, across, &code);
  if (hits)
    set_hits(kernel, &at, hits, &code);
  else
    set_mem(kernel, &at, &is_free, &code);
  const int all = (count + 15) / 16;
  if (bundles) { // of two by two
    int rows = (all + across - 1) / across, items = (rows + 1) / 2 * ((across + 1) / 2);
    return enqueue(t, kernel, items, PACKET_GROUP, code, w->names[0], why);
  }
  if (packets)
    return enqueue(t, kernel, all, PACKET_GROUP, code, w->names[1], why);
  return enqueue(t, kernel, count, SINGLE_GROUP, code, w->names[2], why);
}

status tracer_closest(tracer *t, const trace_scene *where, cl_mem rays, int count, int stride,
                      int across, const shade_hits *out, trouble *why) {
  const ways w = {t->closest_bundles,
                  t->closest_packets,
                  t->closest_singles,
                  {"trace_bundles", "trace_packets", "trace_singles"}};
  return enqueue_rays(t, &w, where, rays, count, stride, across, out, NULL, why);
}

status tracer_visible(tracer *t, const trace_scene *where, cl_mem rays, int count, int stride,
                      int across, cl_mem out, trouble *why) {
  const ways w = {t->free_bundles,
                  t->free_packets,
                  t->free_singles,
                  {"occlude_bundles", "occlude_packets", "occlude_singles"}};
  return enqueue_rays(t, &w, where, rays, count, stride, across, NULL, out, why);
}

status tracer_mirror(tracer *t, const trace_scene *where, cl_mem origins, cl_mem directions,
                     int count, float limit_m, const shade_hits *out, trouble *why) {
  bool packets = device_is_cpu(t->dev);
  cl_kernel kernel = packets ? t->mirror_packets : t->mirror_singles;
  cl_int code;
  cl_uint at = set_scene(kernel, where, true, &code);
  set_mem(kernel, &at, &origins, &code);
  set_mem(kernel, &at, &directions, &code);
  set_int(kernel, &at, count, &code);
  code |= clSetKernelArg(kernel, at++, sizeof limit_m, &limit_m);
  set_hits(kernel, &at, out, &code);
  if (packets)
    return enqueue(t, kernel, (count + 15) / 16, PACKET_GROUP, code, "trace_mirror_packets", why);
  return enqueue(t, kernel, count, SINGLE_GROUP, code, "trace_mirror", why);
}

status tracer_amodal(tracer *t, const trace_scene *where, cl_mem camera, cl_mem rays, int stride,
                     cl_mem items, int count, cl_mem out, cl_mem covered, trouble *why) {
  cl_int code;
  cl_uint at = set_scene(t->amodal, where, false, &code);
  set_mem(t->amodal, &at, &camera, &code);
  set_mem(t->amodal, &at, &rays, &code);
  set_int(t->amodal, &at, stride, &code);
  set_mem(t->amodal, &at, &items, &code);
  set_int(t->amodal, &at, count, &code);
  set_mem(t->amodal, &at, &out, &code);
  set_mem(t->amodal, &at, &covered, &code);
  return enqueue(t, t->amodal, count, PACKET_GROUP, code, "trace_amodal", why);
}

void trace_place(gpu_instance *it, pose begin, pose end, const float scale[3]) {
  pack_pose(begin, it->begin_p, it->begin_q);
  pack_pose(end, it->end_p, it->end_q);
  memcpy(it->scale, scale, sizeof it->scale);
  it->moving = it->spin != 0 || memcmp(it->begin_p, it->end_p, sizeof it->begin_p) != 0 ||
               memcmp(it->begin_q, it->end_q, sizeof it->begin_q) != 0;
  double m[9];
  quat_matrix(quat_conjugate(begin.q), m);
  for (int row = 0; row < 3; row++) {
    double k = 1.0 / (double)scale[row];
    double x = m[3 * row] * k, y = m[3 * row + 1] * k, z = m[3 * row + 2] * k;
    it->inverse[4 * row] = (float)x;
    it->inverse[4 * row + 1] = (float)y;
    it->inverse[4 * row + 2] = (float)z;
    it->inverse[4 * row + 3] = (float)-(x * begin.p_m.x + y * begin.p_m.y + z * begin.p_m.z);
  }
  it->at_home = !it->moving;
  for (int k = 0; k < 12; k++)
    it->at_home &= it->inverse[k] == (k % 5 ? 0.0f : 1.0f);
}

static vec3 place(const gpu_instance *it, vec3 p, double u) {
  pose begin = {{it->begin_p[0], it->begin_p[1], it->begin_p[2]},
                {it->begin_q[3], it->begin_q[0], it->begin_q[1], it->begin_q[2]}};
  pose end = {{it->end_p[0], it->end_p[1], it->end_p[2]},
              {it->end_q[3], it->end_q[0], it->end_q[1], it->end_q[2]}};
  p.x *= (double)it->scale[0], p.y *= (double)it->scale[1], p.z *= (double)it->scale[2];
  return pose_apply(pose_between(begin, end, u), p);
}

bvh_box trace_bounds(const gpu_instance *it, const bvh_box *own) {
  bvh_box box = {{INFINITY, INFINITY, INFINITY}, {-INFINITY, -INFINITY, -INFINITY}};
  // A turning corner leaves the hull of its two ends by less than its sagitta: r (1 -
  // cos(angle / 2)). The margin covers it and the rounding of the float transforms.
  double dot = 0, radius = 0;
  for (int k = 0; k < 4; k++)
    dot += (double)it->begin_q[k] * (double)it->end_q[k];
  double half_angle = acos(fmin(1, fabs(dot)));
  for (int corner = 0; corner < 8; corner++) {
    vec3 p = {(corner & 1) ? own->hi[0] : own->lo[0], (corner & 2) ? own->hi[1] : own->lo[1],
              (corner & 4) ? own->hi[2] : own->lo[2]};
    radius = fmax(radius, vec3_length((vec3){p.x * (double)it->scale[0], p.y * (double)it->scale[1],
                                             p.z * (double)it->scale[2]}));
    for (int end = 0; end < (it->moving ? 2 : 1); end++) {
      vec3 w = place(it, p, end);
      double world[3] = {w.x, w.y, w.z};
      for (int k = 0; k < 3; k++) {
        box.lo[k] = fminf(box.lo[k], (float)world[k]);
        box.hi[k] = fmaxf(box.hi[k], (float)world[k]);
      }
    }
  }
  double margin = it->moving ? radius * (1 - cos(half_angle)) : 0;
  for (int k = 0; k < 3; k++) {
    float reach = fmaxf(fabsf(box.lo[k]), fabsf(box.hi[k]));
    float slack = (float)margin + 1e-4f + reach * 1e-6f;
    box.lo[k] -= slack;
    box.hi[k] += slack;
  }
  return box;
}

static bool reserve_instances(trace_top *top, int count) {
  int capacity = top->capacity;
  return ARRAY_RESERVE(top->instances, capacity, count) &&
         ARRAY_RESERVE(top->boxes, top->capacity, capacity);
}

bool trace_top_take(trace_top *top, const trace_top *from, int count) {
  top->count = 0;
  if (!reserve_instances(top, count))
    return false;
  memcpy(top->instances, from->instances, sizeof *top->instances * (size_t)count);
  memcpy(top->boxes, from->boxes, sizeof *top->boxes * (size_t)count);
  top->count = count;
  return true;
}

bool trace_top_add(trace_top *top, const gpu_instance *it, const bvh_box *own) {
  if (!reserve_instances(top, top->count + 1))
    return false;
  top->instances[top->count] = *it;
  top->boxes[top->count++] = trace_bounds(it, own);
  return true;
}

static status write_all(device *dev, cl_mem *buffer, size_t *bytes, const void *data, size_t size,
                        trouble *why) {
  status result = device_reserve(dev, buffer, bytes, size ? size : 16, why);
  if (result || size == 0)
    return result;
  return device_status(
      clEnqueueWriteBuffer(device_queue(dev), *buffer, CL_TRUE, 0, size, data, 0, NULL, NULL),
      "clEnqueueWriteBuffer (instances)", why);
}

static status write_instances(trace_top *top, const gpu_node *nodes, int node_count, device *dev,
                              trouble *why) {
  status result = write_all(dev, &top->on_device, &top->instance_bytes, top->instances,
                            sizeof *top->instances * (size_t)top->count, why);
  if (!result)
    result = write_all(dev, &top->nodes, &top->node_bytes, nodes,
                       sizeof *nodes * (size_t)node_count, why);
  return result;
}

status trace_top_build(trace_top *top, device *dev, trouble *why) {
  bvh_free(&top->tree);
  status result = bvh_build(&top->tree, top->boxes, top->count, 1, why);
  if (!result)
    result = write_instances(top, top->tree.nodes, top->tree.node_count, dev, why);
  if (!result)
    result = write_all(dev, &top->order, &top->order_bytes, top->tree.order,
                       sizeof *top->tree.order * (size_t)top->tree.item_count, why);
  return result;
}

status trace_top_follow(trace_top *top, const trace_top *like, device *dev, trouble *why) {
  int count = like->tree.node_count;
  if (!ARRAY_RESERVE(top->fitted, top->node_capacity, count))
    return trouble_set(why, STATUS_MEMORY, "no memory for a tree of %d nodes", count);
  memcpy(top->fitted, like->tree.nodes, sizeof *top->fitted * (size_t)count);
  bvh_refit(&like->tree, top->boxes, top->fitted);
  return write_instances(top, top->fitted, count, dev, why);
}

void trace_top_free(trace_top *top) {
  cl_mem buffers[] = {top->on_device, top->nodes, top->order};
  for (int i = 0; i < 3; i++)
    if (buffers[i])
      clReleaseMemObject(buffers[i]);
  bvh_free(&top->tree);
  free(top->fitted);
  free(top->instances);
  free(top->boxes);
  memset(top, 0, sizeof *top);
}
