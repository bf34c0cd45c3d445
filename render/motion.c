// SPDX-License-Identifier: Apache-2.0
#include "render/motion.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "render/pack.h"
#include "render/wheel.h"

// Where an instance is at the last frame's begin, this one's begin and its end. A wheel's turns
// about its own y in this frame and in the last one come on top.
typedef struct path {
  pose before, begin, end;
  double spin, spin_before;
} path;

struct motion {
  device *dev;
  int count, capacity;
  path *paths; // (count) by instance
  int mover_capacity;
  gpu_mover *movers;
  size_t bytes[2];
  trace_top tops[2];
  motion_frame frames[2];
  vec3 origin;
  uint32_t fixed;
};

status motion_create(motion **out, device *dev, trouble *why) {
  motion *m = calloc(1, sizeof *m);
  *out = m;
  if (!m)
    return trouble_set(why, STATUS_MEMORY, "no memory for motion");
  m->dev = dev;
  return STATUS_OK;
}

void motion_destroy(motion *m) {
  if (!m)
    return;
  for (int back = 0; back < 2; back++) {
    trace_top_free(&m->tops[back]);
    if (m->frames[back].movers)
      clReleaseMemObject(m->frames[back].movers);
  }
  free(m->paths);
  free(m->movers);
  free(m);
}

bool motion_note(motion *m, int number, pose begin, pose end) {
  if (!ARRAY_RESERVE(m->paths, m->capacity, number + 1))
    return false;
  m->paths[number] = (path){.before = begin, .begin = begin, .end = end};
  m->count = number + 1;
  return true;
}

void motion_spin(motion *m, int number, double spin, double spin_before) {
  m->paths[number].spin = spin;
  m->paths[number].spin_before = spin_before;
}

void motion_carry(motion *m, int first, int end, pose body_before, pose body_begin) {
  pose back = pose_multiply(body_before, pose_inverse(body_begin));
  for (int i = first; i < end; i++)
    m->paths[i].before = pose_multiply(back, m->paths[i].begin);
}

// The other frame's interval: from this one's end as it was going, or that which ended with this
// one's begin.
static path other_path(const path *p, int back) {
  path out = {.begin = p->before, .end = p->begin, .spin = p->spin_before};
  if (!back)
    out = (path){.begin = p->end, .end = pose_between(p->begin, p->end, 2), .spin = p->spin};
  // Its spin begins where it begins.
  double half = back ? -p->spin_before / 2 : p->spin / 2;
  if (half != 0) {
    quat turn = {cos(half), 0, sin(half), 0};
    out.begin.q = quat_multiply(out.begin.q, turn);
    out.end.q = quat_multiply(out.end.q, turn);
  }
  return out;
}

static void pack_path(const motion *m, const path *p, gpu_path *out) {
  pose begin = p->begin, end = p->end;
  out->spin = (float)p->spin;
  begin.p_m = vec3_sub(begin.p_m, m->origin);
  end.p_m = vec3_sub(end.p_m, m->origin);
  pack_pose(begin, out->begin_p, out->begin_q);
  pack_pose(end, out->end_p, out->end_q);
}

static status bring_movers(motion *m, int back, trouble *why) {
  motion_frame *f = &m->frames[back];
  int first = (int)m->fixed, count = m->count - first;
  if (!array_reserve((void **)&m->movers, &m->mover_capacity, count + 1, sizeof *m->movers))
    return trouble_set(why, STATUS_MEMORY, "no memory for motion");
  for (int i = 0; i < count; i++) {
    const path *p = &m->paths[first + i];
    path then = other_path(p, back);
    pack_path(m, p, &m->movers[i].now);
    pack_path(m, &then, &m->movers[i].then);
  }
  size_t size = sizeof *m->movers * (size_t)count;
  status result =
      device_reserve(m->dev, &f->movers, &m->bytes[back], size + sizeof *m->movers, why);
  if (result || count == 0)
    return result;
  return device_status(clEnqueueWriteBuffer(device_queue(m->dev), f->movers, CL_TRUE, 0, size,
                                            m->movers, 0, NULL, NULL),
                       "clEnqueueWriteBuffer (motion)", why);
}

// The same instances where they are then: what never moves as it is, and this frame's tree.
static status bring_world(motion *m, int back, const trace_top *now, const trace_scene *traced,
                          const geometry *shapes, trouble *why) {
  trace_top *top = &m->tops[back];
  if (!trace_top_take(top, now, (int)m->fixed))
    return trouble_set(why, STATUS_MEMORY, "no memory for motion");
  for (int i = top->count; i < now->count; i++) {
    gpu_instance it = now->instances[i];
    path then = other_path(&m->paths[i], back);
    it.spin = (float)then.spin;
    trace_place(&it, then.begin, then.end, now->instances[i].scale);
    const bvh_box *own = &geometry_about(shapes, (int)it.mesh)->bounds;
    if (!trace_top_add(top, &it, own))
      return trouble_set(why, STATUS_MEMORY, "no memory for motion");
    if (it.spin != 0)
      top->boxes[i] = wheel_bounds(&it, own);
  }
  status result = trace_top_follow(top, now, m->dev, why);
  m->frames[back].traced = (trace_scene){traced->nodes, traced->facets,    top->on_device,
                                         top->nodes,    traced->top_order, traced->skip};
  return result;
}

status motion_bring(motion *m, const sim_snapshot *snapshot, const trace_top *now,
                    const trace_scene *traced, const geometry *shapes, int fixed, bool rays,
                    trouble *why) {
  const sim_actor *ego = &snapshot->actors[snapshot->ego];
  const path own = {.before = ego->before, .begin = ego->begin, .end = ego->end};
  m->origin = ego->begin.p_m;
  m->fixed = (uint32_t)fixed;
  status result = STATUS_OK;
  for (int back = 0; !result && back < 2; back++) {
    motion_frame *f = &m->frames[back];
    f->known = !back || snapshot->before_ns > 0;
    f->interval_s = 1e-9 * (double)(back ? snapshot->before_ns : snapshot->duration_ns);
    path then = other_path(&own, back);
    f->ego_begin = then.begin, f->ego_end = then.end;
    if (!f->known)
      continue;
    result = bring_movers(m, back, why);
    if (!result && rays)
      result = bring_world(m, back, now, traced, shapes, why);
  }
  return result;
}

void motion_skip(motion *m, uint32_t number) {
  for (int back = 0; back < 2; back++)
    m->frames[back].traced.skip = number;
}

const motion_frame *motion_other(const motion *m, int back) {
  return &m->frames[back];
}

vec3 motion_origin(const motion *m) {
  return m->origin;
}

uint32_t motion_fixed(const motion *m) {
  return m->fixed;
}
