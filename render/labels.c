// SPDX-License-Identifier: Apache-2.0
#include "render/labels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "render/launch.h"

enum { GROUP = 32 };
enum { WANT_RANGE = 1, WANT_NORMAL = 2, WANT_MARK = 4 }; // as labels.cl
enum { BACK_SHIFT = 2 };                                 // of OCCLUSION_BACK_… bits

struct labeller {
  label_tools *tools;
  tracer *tracing;
  device *dev;
  label_camera *fill;
  uint32_t wanted;
  int samples; // there is room for
  size_t pixels;
  cl_mem range, normal, mark, flow, occlusion, albedo, albedo_rgb;
  cl_mem now, then, then_world, rays, is_free; // cameras of the two frames, rays between them
};

// What display bytes of linear light are rounded from.
static double srgb_level(float linear) {
  double c = (double)linear;
  return 255 * (c < 0.0031308 ? 12.92 * c : 1.055 * pow(c, 1 / 2.4) - 0.055);
}

// The first float from `from` on that has `byte`; more than 1 when there is none up to `end`.
static float srgb_begin(uint32_t byte, float from, float end) {
  float low = from, high = end; // low is too dark, high bright enough
  if (srgb_level(end) < byte - 0.5)
    return 2;
  while (nextafterf(low, high) < high) {
    float middle = low + (high - low) / 2;
    *(srgb_level(middle) < byte - 0.5 ? &low : &high) = middle;
  }
  return high;
}

static status make_steps(label_tools *tools, trouble *why) {
  gpu_step *cells = malloc(SRGB_CELLS * sizeof *cells);
  if (!cells)
    return trouble_set(why, STATUS_MEMORY, "no memory for labels");
  for (uint32_t i = 0; i < SRGB_CELLS; i++) {
    uint32_t bits[2] = {(SRGB_FIRST + i) << SRGB_SHIFT, (SRGB_FIRST + i + 1) << SRGB_SHIFT};
    float ends[2];
    memcpy(ends, bits, sizeof ends);
    cells[i].byte = (uint32_t)rint(srgb_level(ends[0]));
    cells[i].next = srgb_begin(cells[i].byte + 1, ends[0], ends[1]);
  }
  status result = device_buffer(tools->dev, SRGB_CELLS * sizeof *cells, cells, &tools->steps, why);
  free(cells);
  return result;
}

status label_tools_create(label_tools **out, device *dev, trouble *why) {
  label_tools *tools = calloc(1, sizeof *tools);
  *out = tools;
  if (!tools)
    return trouble_set(why, STATUS_MEMORY, "no memory for labels");
  tools->dev = dev;
  status result = device_program(dev, "labels.cl", NULL, &tools->program, why);
  if (!result)
    result = device_kernel(tools->program, "label_shape", &tools->shape, why);
  if (!result)
    result = device_kernel(tools->program, "label_flow", &tools->flow, why);
  if (!result)
    result = device_kernel(tools->program, "label_hidden", &tools->hidden, why);
  if (!result)
    result = device_kernel(tools->program, "label_albedo", &tools->albedo, why);
  if (!result)
    result = make_steps(tools, why);
  if (result) {
    label_tools_destroy(tools);
    *out = NULL;
  }
  return result;
}

void label_tools_destroy(label_tools *tools) {
  if (!tools)
    return;
  cl_kernel kernels[] = {tools->shape, tools->flow, tools->hidden, tools->albedo};
  for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++)
    if (kernels[i])
      clReleaseKernel(kernels[i]);
  if (tools->program)
    clReleaseProgram(tools->program);
  if (tools->steps)
    clReleaseMemObject(tools->steps);
  free(tools);
}

status labels_create(labeller **out, const camera_def *def, label_tools *tools, tracer *rays,
                     label_camera *fill, trouble *why) {
  labeller *l = calloc(1, sizeof *l);
  *out = l;
  if (!l)
    return trouble_set(why, STATUS_MEMORY, "no memory for the labels of camera %s", def->name);
  *l = (labeller){.tools = tools,
                  .tracing = rays,
                  .dev = tools->dev,
                  .fill = fill,
                  .wanted = def->labels,
                  .pixels = (size_t)def->width_px * (size_t)def->height_px};
  size_t n = l->pixels;
  const struct {
    uint32_t for_labels;
    cl_mem *buffer;
    size_t size;
  } all[] = {{LABEL_RANGE, &l->range, 4 * n},
             {LABEL_NORMAL, &l->normal, 6 * n},
             {LABEL_MARK, &l->mark, n},
             {LABELS_MOTION, &l->flow, 4 * n},
             {LABELS_MOTION, &l->now, sizeof(gpu_camera)},
             {LABELS_MOTION, &l->then, sizeof(gpu_camera)},
             {LABELS_MOTION, &l->then_world, sizeof(gpu_camera)},
             {LABEL_OCCLUSION, &l->occlusion, n},
             {LABEL_ALBEDO, &l->albedo_rgb, 3 * n}};
  status result = STATUS_OK;
  for (size_t i = 0; !result && i < sizeof all / sizeof *all; i++)
    if (l->wanted & all[i].for_labels)
      result = device_buffer(l->dev, all[i].size, NULL, all[i].buffer, why);
  if (result) {
    labels_destroy(l);
    *out = NULL;
  }
  return result;
}

void labels_spare(labeller *l) {
  if (!l)
    return;
  cl_mem *all[] = {&l->rays, &l->is_free, &l->albedo};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    if (*all[i])
      clReleaseMemObject(*all[i]);
    *all[i] = NULL;
  }
  l->samples = 0;
}

status labels_reserve(labeller *l, int samples, trouble *why) {
  if (!l || samples <= l->samples)
    return STATUS_OK;
  labels_spare(l);
  size_t n = (size_t)samples;
  status result = STATUS_OK;
  if (l->wanted & LABEL_OCCLUSION)
    result = device_buffer(l->dev, 4 * RAY_PLANES * n, NULL, &l->rays, why);
  if (!result && l->wanted & LABEL_OCCLUSION)
    result = device_buffer(l->dev, 4 * n, NULL, &l->is_free, why);
  if (!result && l->wanted & LABEL_ALBEDO)
    result = device_buffer(l->dev, 16 * n, NULL, &l->albedo, why);
  l->samples = result ? 0 : samples;
  return result;
}

void labels_destroy(labeller *l) {
  if (!l)
    return;
  cl_mem all[] = {l->range,   l->normal,     l->mark, l->flow, l->occlusion,  l->albedo,
                  l->is_free, l->albedo_rgb, l->now,  l->then, l->then_world, l->rays};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (all[i])
      clReleaseMemObject(all[i]);
  free(l);
}

// The band's rows of an image with pixels of `size` bytes.
static status read_back(labeller *l, const label_pixels *p, cl_mem buffer, size_t size, void *to,
                        trouble *why) {
  size_t row = size * (size_t)p->def->width_px, from = row * (size_t)p->row_first;
  return device_status(clEnqueueReadBuffer(device_queue(l->dev), buffer, CL_TRUE, from,
                                           row * (size_t)(p->row_end - p->row_first),
                                           (char *)to + from, 0, NULL, NULL),
                       "clEnqueueReadBuffer (labels)", why);
}

// A buffer that the kernel doesn't touch stands in for one that there isn't.
static cl_mem or_else(cl_mem buffer, cl_mem other) {
  return buffer ? buffer : other;
}

static status make_shape(labeller *l, const label_pixels *p, frame_camera *out, trouble *why) {
  uint32_t wanted =
      (l->range ? WANT_RANGE : 0) | (l->normal ? WANT_NORMAL : 0) | (l->mark ? WANT_MARK : 0);
  if (!wanted)
    return STATUS_OK;
  cl_mem range = or_else(l->range, p->t), normal = or_else(l->normal, p->t);
  cl_mem mark = or_else(l->mark, p->t);
  status result =
      LAUNCH(l->dev, l->tools->shape, "label_shape", launch_lanes(l->dev, p->count), GROUP, why,
             ARG(p->camera), ARG(p->rays), ARG(p->count), ARG(p->surface), ARG(p->material),
             ARG(p->count), ARG(wanted), ARG(range), ARG(normal), ARG(mark));
  if (!result && l->range)
    result = read_back(l, p, l->range, 4, out->range_m, why);
  if (!result && l->normal)
    result = read_back(l, p, l->normal, 6, out->normal, why);
  if (!result && l->mark)
    result = read_back(l, p, l->mark, 1, out->mark, why);
  return result;
}

static status write_camera(labeller *l, const label_pixels *p, pose begin, pose end,
                           double interval_s, vec3 origin, cl_mem to, trouble *why) {
  gpu_camera c;
  begin.p_m = vec3_sub(begin.p_m, origin);
  end.p_m = vec3_sub(end.p_m, origin);
  l->fill(p->def, begin, end, interval_s, &c);
  c.band_row = p->seen.band_row, c.band_rest = p->seen.band_rest;
  c.band_above = p->seen.band_above, c.band_below = p->seen.band_below;
  return device_status(
      clEnqueueWriteBuffer(device_queue(l->dev), to, CL_TRUE, 0, sizeof c, &c, 0, NULL, NULL),
      "clEnqueueWriteBuffer (labels' camera)", why);
}

static status bring_cameras(labeller *l, const motion *m, const motion_frame *other,
                            const label_pixels *p, trouble *why) {
  const vec3 zero = {0, 0, 0};
  pose begin = pose_multiply(other->ego_begin, p->def->mount);
  pose end = pose_multiply(other->ego_end, p->def->mount);
  vec3 origin = motion_origin(m);
  status result = write_camera(l, p, p->begin, p->end, p->interval_s, origin, l->now, why);
  if (!result)
    result = write_camera(l, p, begin, end, other->interval_s, origin, l->then, why);
  if (!result)
    result = write_camera(l, p, begin, end, other->interval_s, zero, l->then_world, why);
  return result;
}

// Flow to the next (back: the last) frame, and what it hides.
static status make_motion(labeller *l, const motion *m, int back, const label_pixels *p,
                          int16_t *out, trouble *why) {
  const motion_frame *other = motion_other(m, back);
  if (!other->known) {
    for (size_t i = 0; out && i < 2 * l->pixels; i++)
      out[i] = FLOW_NONE;
    return STATUS_OK;
  }
  uint32_t fixed = motion_fixed(m);
  int use_rays = l->rays != NULL, shift = back ? BACK_SHIFT : 0;
  cl_mem rays = or_else(l->rays, p->t);
  status result = bring_cameras(l, m, other, p, why);
  if (!result)
    result = LAUNCH(l->dev, l->tools->flow, "label_flow", launch_runs(l->dev, p->count), GROUP, why,
                    ARG(l->now), ARG(l->then), ARG(l->then_world), ARG(other->movers), ARG(fixed),
                    ARG(p->t), ARG(p->material), ARG(p->instance), ARG(p->count), ARG(l->flow),
                    ARG(use_rays), ARG(rays), ARG(p->count));
  if (!result && out)
    result = read_back(l, p, l->flow, 4, out, why);
  if (result || !use_rays)
    return result;
  result = tracer_visible(l->tracing, &other->traced, l->rays, p->count, p->count,
                          (p->def->width_px + 3) / 4, l->is_free, why);
  if (!result)
    result = LAUNCH(l->dev, l->tools->hidden, "label_hidden", launch_lanes(l->dev, p->count), GROUP,
                    why, ARG(p->camera), ARG(l->rays), ARG(p->count), ARG(l->is_free),
                    ARG(p->count), ARG(shift), ARG(l->occlusion));
  return result;
}

status labels_make(labeller *l, const stage *st, const label_pixels *p, frame_camera *out,
                   trouble *why) {
  const motion *m = stage_motion(st);
  status result = make_shape(l, p, out, why);
  if (!result && l->wanted & (LABEL_FLOW | LABEL_OCCLUSION))
    result = make_motion(l, m, 0, p, l->wanted & LABEL_FLOW ? out->flow : NULL, why);
  if (!result && l->wanted & (LABEL_FLOW_BACK | LABEL_OCCLUSION))
    result = make_motion(l, m, 1, p, l->wanted & LABEL_FLOW_BACK ? out->flow_back : NULL, why);
  if (result || !l->occlusion)
    return result;
  result = read_back(l, p, l->occlusion, 1, out->occlusion, why);
  if (!motion_other(m, 1)->known)
    for (size_t i = 0; i < l->pixels; i++)
      out->occlusion[i] |= OCCLUSION_BACK_NONE;
  return result;
}

cl_mem labels_albedo(const labeller *l) {
  return l ? l->albedo : NULL;
}

status labels_read_albedo(labeller *l, const label_pixels *p, frame_camera *out, trouble *why) {
  if (!l || !l->albedo)
    return STATUS_OK;
  status result = LAUNCH(l->dev, l->tools->albedo, "label_albedo", launch_lanes(l->dev, p->count),
                         GROUP, why, ARG(p->camera), ARG(l->albedo), ARG(p->count),
                         ARG(l->tools->steps), ARG(l->albedo_rgb));
  return result ? result : read_back(l, p, l->albedo_rgb, 3, out->albedo, why);
}
