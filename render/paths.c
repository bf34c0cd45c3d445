// SPDX-License-Identifier: Apache-2.0
#include "render/paths.h"

#include <stdlib.h>

// Like lanes.cl and denoise.cl.
enum { GROUP = 32, BORDER = 32, GUIDE_PLANES = 8, LIGHT_PLANES = 6 };
// Passes of the filter have places 1, 2, 4, 8 and 16 pixels apart.
enum { CHUNK = 1 << 17, WIDE = 8, PASSES = 5 };

// As shading's: pixels only, never labels.
static const char FAST[] = "-cl-fast-relaxed-math";

struct paths {
  path_tools *tools;
  tracer *tracing;
  path_helpers helpers;
  int width, chunk, bounces, per_pixel, row, rows;
  // Of a chunk's paths.
  cl_mem next, sun_rays, lamp_rays, surface, material, sun, lamps, through, light, pending;
  shade_hits hits;
  cl_mem mean, squares, guide;   // of the image's samples, in tile order
  cl_mem guides, lights, spread; // row by row; the last two by turns
};

status path_tools_create(path_tools **out, device *dev, trouble *why) {
  *out = NULL;
  path_tools *t = calloc(1, sizeof *t);
  if (!t)
    return trouble_set(why, STATUS_MEMORY, "no memory for bounced light");
  t->dev = dev;
  status result = device_program(dev, "paths.cl", FAST, &t->paths_program, why);
  if (!result)
    result = device_program(dev, "denoise.cl", NULL, &t->filter_program, why);
  const struct {
    cl_program *program;
    const char *name;
    cl_kernel *kernel;
  } kernels[] = {{&t->paths_program, "path_begin", &t->begin},
                 {&t->paths_program, "path_light", &t->light},
                 {&t->paths_program, "path_end", &t->end},
                 {&t->filter_program, "light_rows", &t->rows},
                 {&t->filter_program, "light_variance", &t->variance},
                 {&t->filter_program, "light_spread", &t->spread},
                 {&t->filter_program, "light_samples", &t->samples}};
  for (size_t i = 0; !result && i < sizeof kernels / sizeof *kernels; i++)
    result = device_kernel(*kernels[i].program, kernels[i].name, kernels[i].kernel, why);
  if (result) {
    path_tools_destroy(t);
    return result;
  }
  *out = t;
  return STATUS_OK;
}

void path_tools_destroy(path_tools *t) {
  if (!t)
    return;
  cl_kernel kernels[] = {t->begin, t->light, t->end, t->rows, t->variance, t->spread, t->samples};
  for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++)
    if (kernels[i])
      clReleaseKernel(kernels[i]);
  if (t->paths_program)
    clReleaseProgram(t->paths_program);
  if (t->filter_program)
    clReleaseProgram(t->filter_program);
  free(t);
}

status paths_create(paths **out, path_tools *tools, tracer *tracing, path_helpers helpers,
                    int width_px, int rows, int bounces, int per_pixel, trouble *why) {
  *out = NULL;
  paths *p = calloc(1, sizeof *p);
  if (!p)
    return trouble_set(why, STATUS_MEMORY, "no memory for bounced light");
  *p = (paths){.tools = tools,
               .tracing = tracing,
               .helpers = helpers,
               .width = width_px,
               .bounces = bounces,
               .per_pixel = per_pixel};
  int count = (width_px + 3) / 4 * ((rows + 3) / 4) * 16;
  p->chunk = count < CHUNK ? count : CHUNK;
  p->row = (width_px + WIDE - 1) / WIDE * WIDE + 2 * BORDER;
  p->rows = rows + 2 * BORDER;
  size_t n = (size_t)p->chunk, all = (size_t)count, plane = (size_t)p->row * (size_t)p->rows;
  const struct {
    cl_mem *buffer;
    size_t size;
  } buffers[] = {{&p->next, 4 * RAY_PLANES * n},
                 {&p->sun_rays, 4 * RAY_PLANES * n},
                 {&p->lamp_rays, 4 * RAY_PLANES * n},
                 {&p->surface, 16 * n},
                 {&p->material, 4 * n},
                 {&p->sun, 4 * n},
                 {&p->lamps, 4 * n},
                 {&p->through, 16 * n},
                 {&p->light, 16 * n},
                 {&p->pending, 16 * n},
                 {&p->hits.t, 4 * n},
                 {&p->hits.primitive, 4 * n},
                 {&p->hits.instance, 4 * n},
                 {&p->hits.u, 4 * n},
                 {&p->hits.v, 4 * n},
                 {&p->mean, 16 * all},
                 {&p->squares, 16 * all},
                 {&p->guide, 16 * all},
                 {&p->guides, 4 * GUIDE_PLANES * plane},
                 {&p->lights, 4 * LIGHT_PLANES * plane},
                 {&p->spread, 4 * LIGHT_PLANES * plane}};
  status result = STATUS_OK;
  for (size_t i = 0; !result && i < sizeof buffers / sizeof *buffers; i++)
    result = device_buffer(tools->dev, buffers[i].size, NULL, buffers[i].buffer, why);
  // Borders count for nothing, but have to be numbers.
  float none = 0;
  if (!result)
    result =
        device_status(clEnqueueFillBuffer(device_queue(tools->dev), p->spread, &none, sizeof none,
                                          0, 4 * LIGHT_PLANES * plane, 0, NULL, NULL),
                      "clEnqueueFillBuffer (light)", why);
  if (result) {
    paths_destroy(p);
    return result;
  }
  *out = p;
  return STATUS_OK;
}

void paths_destroy(paths *p) {
  if (!p)
    return;
  cl_mem all[] = {p->next,   p->sun_rays,       p->lamp_rays,     p->surface, p->material,
                  p->sun,    p->lamps,          p->through,       p->light,   p->pending,
                  p->hits.t, p->hits.primitive, p->hits.instance, p->hits.u,  p->hits.v,
                  p->mean,   p->squares,        p->guide,         p->guides,  p->lights,
                  p->spread};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (all[i])
      clReleaseMemObject(all[i]);
  free(p);
}

cl_mem paths_mean(const paths *p) {
  return p->mean;
}

cl_mem paths_squares(const paths *p) {
  return p->squares;
}

#define GEOMETRY_ARGS                                                                              \
  ARG(f->scene->instances), ARG(f->scene->vertices), ARG(f->scene->triangles),                     \
      ARG(f->scene->materials), ARG(f->scene->texels), ARG(f->scene->weather_buffer)
#define LAMP_ARGS                                                                                  \
  ARG(f->lights.sky), ARG(f->lights.lamps), ARG(f->lights.lamp_count), ARG(f->lights.cells)

static status begin_paths(paths *p, const paths_frame *f, int first, int count, int stride,
                          int number, trouble *why) {
  size_t group, items = launch_blocks(p->tools->dev, count, &group);
  return LAUNCH(p->tools->dev, p->tools->begin, "path_begin", items, group, why, GEOMETRY_ARGS,
                LAMP_ARGS, ARG(f->camera), ARG(first), ARG(count), ARG(number), ARG(f->purpose),
                ARG(f->rays), ARG(f->count), ARG(f->material), ARG(f->hits.t),
                ARG(f->hits.primitive), ARG(f->hits.instance), ARG(f->hits.u), ARG(f->hits.v),
                ARG(p->next), ARG(p->lamp_rays), ARG(stride), ARG(p->through), ARG(p->light),
                ARG(p->pending), ARG(p->guide));
}

// Whether lamps' rays are free; without lamps nobody asks.
static status see_lamps(paths *p, const paths_frame *f, int count, int stride, trouble *why) {
  if (f->lights.lamp_count > 0)
    return tracer_visible(p->tracing, f->traced, p->lamp_rays, count, stride, 0, p->lamps, why);
  float none = 0;
  return device_status(clEnqueueFillBuffer(device_queue(p->tools->dev), p->lamps, &none,
                                           sizeof none, 0, sizeof none * (size_t)count, 0, NULL,
                                           NULL),
                       "clEnqueueFillBuffer (lamps)", why);
}

static status see_sun(paths *p, const paths_frame *f, int first, int count, int stride,
                      uint32_t salt, trouble *why) {
  if (!f->sun) {
    float none = 0;
    return device_status(clEnqueueFillBuffer(device_queue(p->tools->dev), p->sun, &none,
                                             sizeof none, 0, sizeof none * (size_t)count, 0, NULL,
                                             NULL),
                         "clEnqueueFillBuffer (sun)", why);
  }
  status result = LAUNCH(
      p->tools->dev, p->helpers.sun_rays, "sun_rays", launch_lanes(p->tools->dev, stride), GROUP,
      why, ARG(f->scene->weather_buffer), ARG(f->scene->materials), ARG(p->material), ARG(p->next),
      ARG(count), ARG(stride), ARG(p->surface), ARG(salt), ARG(first), ARG(p->sun_rays));
  return result ? result
                : tracer_visible(p->tracing, f->traced, p->sun_rays, count, stride, 0, p->sun, why);
}

// From one surface to the next.
static status bounce(paths *p, const paths_frame *f, int first, int count, int stride, int number,
                     int step, trouble *why) {
  device *dev = p->tools->dev;
  // A number of its own for each path and surface; and each pixel's.
  uint32_t salt = (f->purpose * 0x9e3779b1u) ^ ((uint32_t)number * 16u + (uint32_t)step);
  status result = see_lamps(p, f, count, stride, why);
  if (!result)
    result = tracer_closest(p->tracing, f->traced, p->next, count, stride, 0, &p->hits, why);
  if (!result)
    result = LAUNCH(dev, p->helpers.hit_surfaces, "hit_surfaces", launch_lanes(dev, count), GROUP,
                    why, ARG(f->facets), ARG(f->scene->triangles), ARG(f->scene->instances),
                    ARG(p->next), ARG(count), ARG(stride), ARG(p->hits.t), ARG(p->hits.primitive),
                    ARG(p->hits.instance), ARG(p->surface), ARG(p->material));
  if (!result)
    result = see_sun(p, f, f->first + first, count, stride, salt, why);
  size_t group, items = launch_blocks(dev, count, &group);
  if (!result)
    result =
        LAUNCH(dev, p->tools->light, "path_light", items, group, why, GEOMETRY_ARGS, LAMP_ARGS,
               ARG(f->camera), ARG(first), ARG(count), ARG(number), ARG(f->purpose), ARG(step),
               ARG(p->material), ARG(p->hits.t), ARG(p->hits.primitive), ARG(p->hits.instance),
               ARG(p->hits.u), ARG(p->hits.v), ARG(p->sun), ARG(p->lamps), ARG(p->next),
               ARG(p->lamp_rays), ARG(stride), ARG(p->through), ARG(p->light), ARG(p->pending));
  return result;
}

// Path `number` of every pixel of a chunk.
static status run_paths(paths *p, const paths_frame *f, int first, int count, int number,
                        trouble *why) {
  device *dev = p->tools->dev;
  int stride = (count + 15) / 16 * 16;
  status result = begin_paths(p, f, first, count, stride, number, why);
  for (int step = 1; !result && step <= p->bounces; step++)
    result = bounce(p, f, first, count, stride, number, step, why);
  if (!result)
    result = see_lamps(p, f, count, stride, why);
  if (!result)
    result = tracer_visible(p->tracing, f->traced, p->next, count, stride, 0, p->sun, why);
  if (!result)
    result = LAUNCH(dev, p->tools->end, "path_end", launch_lanes(dev, count), GROUP, why,
                    ARG(f->lights.sky), ARG(first), ARG(count), ARG(number), ARG(p->per_pixel),
                    ARG(p->next), ARG(stride), ARG(p->sun), ARG(p->lamps), ARG(p->through),
                    ARG(p->light), ARG(p->pending), ARG(p->mean), ARG(p->squares));
  return result;
}

status paths_trace(paths *p, const paths_frame *f, trouble *why) {
  status result = STATUS_OK;
  for (int first = 0; !result && first < f->count; first += p->chunk) {
    int count = f->count - first < p->chunk ? f->count - first : p->chunk;
    for (int number = 0; !result && number < p->per_pixel; number++)
      result = run_paths(p, f, first, count, number, why);
  }
  return result;
}

status paths_filter(paths *p, const paths_frame *f, trouble *why) {
  device *dev = p->tools->dev;
  int plane = p->row * p->rows, lamps = f->lights.lamp_count > 0;
  int wide = device_is_cpu(dev) ? WIDE : 1, items = (p->width + wide - 1) / wide * f->rows;
  status result =
      LAUNCH(dev, p->tools->rows, "light_rows", launch_lanes(dev, plane), GROUP, why,
             ARG(f->camera), ARG(f->scene->materials), ARG(f->rays), ARG(f->count),
             ARG(f->material), ARG(f->hits.instance), ARG(p->guide), ARG(p->mean), ARG(p->squares),
             ARG(p->per_pixel), ARG(p->row), ARG(p->rows), ARG(p->guides), ARG(p->lights));
  if (!result)
    result = LAUNCH(dev, p->tools->variance, "light_variance", items, GROUP, why, ARG(p->width),
                    ARG(f->rows), ARG(p->row), ARG(p->rows), ARG(p->guides), ARG(p->lights),
                    ARG(p->spread));
  cl_mem from = p->spread, to = p->lights;
  for (int pass = 0; !result && pass < PASSES; pass++) {
    int step = 1 << pass;
    result = LAUNCH(dev, p->tools->spread, "light_spread", items, GROUP, why, ARG(p->width),
                    ARG(f->rows), ARG(p->row), ARG(p->rows), ARG(step), ARG(lamps), ARG(p->guides),
                    ARG(from), ARG(to));
    cl_mem other = from;
    from = to, to = other;
  }
  p->lights = from, p->spread = to;
  return result;
}

status paths_take(paths *p, const paths_frame *f, const paths_samples *s, cl_float4 open,
                  cl_mem light, trouble *why) {
  return LAUNCH(p->tools->dev, p->tools->samples, "light_samples", s->count, GROUP, why,
                ARG(f->camera), ARG(f->scene->materials), ARG(s->first), ARG(s->count),
                ARG(s->rays), ARG(s->stride), ARG(s->surface), ARG(s->material), ARG(s->instance),
                ARG(p->row), ARG(p->rows), ARG(p->guides), ARG(p->lights), ARG(open), ARG(light));
}
