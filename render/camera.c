// SPDX-License-Identifier: Apache-2.0
// The order of one camera's work. Labels come from the hits of pixel centres alone;
// pixels on edges get two more samples for their colour.
#include "render/camera.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "render/camera_parts.h"
#include "render/launch.h"
#include "render/lens.h"
#include "render/pack.h"

enum { GROUP = 32, EXTRA = 2, MIRROR_REACH_M = 250, LAMP_REACH = 8 };
// Samples of a pixel with motion blur, and how many pixels get one at a time.
enum { PASSES = 16, CHUNK = 1 << 17 };

static void fill_camera(const camera_def *def, pose begin, pose end, double interval_s,
                        gpu_camera *g) {
  memset(g, 0, sizeof *g);
  pack_pose(begin, g->begin_p, g->begin_q);
  pack_pose(end, g->end_p, g->end_q);
  g->width = def->width_px, g->height = def->height_px;
  g->readout = (float)fmin(1, interval_s > 0 ? def->readout_s / interval_s : 0);
  g->exposure = (float)fmin(1, interval_s > 0 ? def->exposure_s / interval_s : 0);
  lens_pack(def, g);
}

status camera_create(camera **out, const camera_def *def, sense *tools, tracer *rays, shade *paint,
                     trouble *why) {
  *out = NULL;
  camera *c = calloc(1, sizeof *c);
  if (!c)
    return trouble_set(why, STATUS_MEMORY, "no memory for camera %s", def->name);
  c->def = *def;
  c->tools = tools;
  c->tracing = rays;
  c->paint = paint;
  c->dev = tools->dev;
  c->tiles_x = (def->width_px + 3) / 4;
  c->rows = INT_MAX;
  size_t pixels = (size_t)def->width_px * (size_t)def->height_px;
  size_t samples = (size_t)c->tiles_x * (size_t)((def->height_px + 3) / 4) * 16;
  struct {
    cl_mem *buffer;
    size_t size;
  } all[] = {{&c->camera, sizeof(gpu_camera)}, {&c->image, 16 * pixels}, {&c->rgb, 3 * pixels},
             {&c->depth, 4 * pixels},          {&c->class, pixels},      {&c->id, 4 * pixels}};
  status result = STATUS_OK;
  for (size_t i = 0; !result && i < sizeof all / sizeof *all; i++)
    result = device_buffer(c->dev, all[i].size, NULL, all[i].buffer, why);
  if (!result && def->labels & ~(uint32_t)(LABELS_STANDARD | LABEL_AMODAL | LABELS_PICTURES)) {
    if (!tools->labels)
      result = label_tools_create(&tools->labels, c->dev, why);
    if (!result)
      result = labels_create(&c->more, def, tools->labels, rays, fill_camera, why);
  }
  if (!result)
    result = camera_light_create(c, why);
  if (!result && (def->electronics.full || def->labels & LABEL_HDR)) {
    if (!tools->electronics)
      result = electronics_tools_create(&tools->electronics, c->dev, why);
    if (!result)
      result = electronics_create(&c->electronics, def, tools->electronics, why);
  }
  c->edge_host = malloc(samples);
  c->owner_host = malloc(sizeof *c->owner_host * EXTRA * samples);
  c->source_host = malloc(sizeof *c->source_host * EXTRA * samples);
  c->kept_host = malloc(sizeof *c->kept_host * EXTRA * samples);
  c->centre_host = malloc(sizeof *c->centre_host * samples);
  c->position_host = malloc(sizeof *c->position_host * 2 * EXTRA * samples);
  if (!result && (!c->edge_host || !c->owner_host || !c->source_host || !c->centre_host ||
                  !c->kept_host || !c->position_host))
    result = trouble_set(why, STATUS_MEMORY, "no memory for camera %s", def->name);
  if (result) {
    camera_destroy(c);
    return result;
  }
  *out = c;
  return STATUS_OK;
}

void camera_destroy(camera *c) {
  if (!c)
    return;
  camera_limit_rows(c, 32);
  cl_mem all[] = {c->camera, c->image, c->rgb,   c->depth,  c->class,
                  c->id,     c->seen,  c->items, c->amodal, c->covered};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (all[i])
      clReleaseMemObject(all[i]);
  labels_destroy(c->more);
  electronics_destroy(c->electronics);
  free(c->covered_host);
  free(c->edge_host);
  free(c->owner_host);
  free(c->source_host);
  free(c->centre_host);
  free(c->kept_host);
  free(c->position_host);
  free(c->seen_host);
  free(c->amodal_host);
  free(c->item_host);
  free(c->part_host);
  free(c->part_numbers);
  free(c->part_covered);
  free(c);
}

void camera_begin(camera *c) {
  electronics_begin(c->electronics);
}

// Work-items that take `count` samples, LANES each (kernels/lanes.cl).
static int lanes(const camera *c, int count) {
  return launch_lanes(c->dev, count);
}

// Packets a row of an image; extra samples lie as they come.
static int across_of(const camera *c, const sample_set *s) {
  return s == &c->pixels ? c->tiles_x : 1;
}

// Closest hits of a set's rays, then the surfaces they met.
static status meet_set(camera *c, sample_set *s, const stage *st, int count, trouble *why) {
  int stride = (count + 15) / 16 * 16;
  status result = tracer_closest(c->tracing, stage_traced(st), s->rays, count, stride,
                                 across_of(c, s), &s->hits, why);
  if (!result)
    result = LAUNCH(c->dev, c->tools->hit_surfaces, "hit_surfaces", lanes(c, count), GROUP, why,
                    ARG(stage_traced(st)->facets), ARG(stage_buffers(st)->triangles),
                    ARG(stage_traced(st)->instances), ARG(s->rays), ARG(count), ARG(stride),
                    ARG(s->hits.t), ARG(s->hits.primitive), ARG(s->hits.instance), ARG(s->surface),
                    ARG(s->material));
  return result;
}

static status trace_set(camera *c, sample_set *s, const stage *st, int count, trouble *why) {
  status result = camera_enqueue_rays(c, s, count, why);
  return result ? result : meet_set(c, s, st, count, why);
}

static status trace_sun(camera *c, sample_set *s, const stage *st, const shade_scene *light,
                        int first, int count, int number, trouble *why) {
  int stride = (count + 15) / 16 * 16;
  bool pixels = s == &c->pixels;
  int tiles = c->samples / 16;
  uint32_t salt = (uint32_t)number * 2u + !pixels;
  trace_scene all = stage_lit(st);
  status result = LAUNCH(c->dev, c->tools->sun_rays, "sun_rays", lanes(c, stride), GROUP, why,
                         ARG(light->weather_buffer), ARG(stage_buffers(st)->materials),
                         ARG(s->material), ARG(s->rays), ARG(count), ARG(stride), ARG(s->surface),
                         ARG(salt), ARG(first), ARG(s->sun_rays));
  if (!result)
    result = tracer_visible(c->tracing, &all, s->sun_rays, count, stride, across_of(c, s),
                            pixels ? c->hard_sun : s->sun, why);
  if (!result && pixels)
    result = LAUNCH(c->dev, c->tools->soften_sun, "soften_sun", tiles, 8, why, ARG(c->camera),
                    ARG(s->rays), ARG(stride), ARG(s->surface), ARG(c->hard_sun), ARG(tiles),
                    ARG(s->sun));
  return result;
}

static status trace_ambient(camera *c, const stage *st, trouble *why) {
  sample_set *s = &c->pixels;
  trace_scene all = stage_lit(st);
  status result = LAUNCH(c->dev, c->tools->ambient_rays, "ambient_rays", lanes(c, c->ambient_count),
                         GROUP, why, ARG(c->camera), ARG(s->rays), ARG(c->samples), ARG(s->surface),
                         ARG(c->ambient_count), ARG(c->ambient_rays));
  if (!result)
    result = tracer_visible(c->tracing, &all, c->ambient_rays, c->ambient_count, c->ambient_count,
                            1, c->sky_free, why);
  if (!result)
    result = LAUNCH(c->dev, c->tools->ambient_quads, "ambient_quads", lanes(c, c->quad_plane),
                    GROUP, why, ARG(c->camera), ARG(s->surface), ARG(c->sky_free),
                    ARG(c->quad_plane), ARG(c->quads));
  if (!result)
    result = LAUNCH(c->dev, c->tools->ambient_filter, "ambient_filter", lanes(c, c->samples), GROUP,
                    why, ARG(c->camera), ARG(s->rays), ARG(c->samples), ARG(s->surface),
                    ARG(c->quads), ARG(c->quad_plane), ARG(c->samples), ARG(s->ambient));
  return result;
}

static status paint_set(camera *c, sample_set *s, const stage *st, const shade_scene *light,
                        int first, int turn, int count, bool plain, trouble *why) {
  shade_samples samples = {.camera = c->now,
                           .camera_buffer = c->camera,
                           .count = count,
                           .first = first,
                           .turn = turn,
                           .positions = s == &c->shaded ? c->positions : NULL,
                           .rays = plain ? NULL : s->rays,
                           .stride = (count + 15) / 16 * 16,
                           .hits = s->hits,
                           .material = s->material,
                           .sun = s->sun,
                           .ambient = s->ambient,
                           .mirror = s->mirror,
                           .light = s->light,
                           .albedo = s == &c->pixels ? labels_albedo(c->more) : NULL};
  status result = shade_mirror_rays(c->paint, light, &samples, s->origins, s->directions, why);
  if (!result)
    result = tracer_mirror(c->tracing, stage_traced(st), s->origins, s->directions, count,
                           MIRROR_REACH_M, &s->mirror, why);
  if (!result)
    result = shade_radiance(c->paint, light, &samples, s->radiance, why);
  return result;
}

static label_pixels labelled(const camera *c, pose begin, pose end, double interval_s) {
  const sample_set *s = &c->pixels;
  return (label_pixels){.def = &c->def,
                        .camera = c->camera,
                        .begin = begin,
                        .end = end,
                        .interval_s = interval_s,
                        .seen = c->now,
                        .row_first = c->row_first,
                        .row_end = c->row_end,
                        .count = c->samples,
                        .rays = s->rays,
                        .t = s->hits.t,
                        .instance = s->hits.instance,
                        .surface = s->surface,
                        .material = s->material};
}

static status label(camera *c, const stage *st, trouble *why) {
  sample_set *s = &c->pixels;
  int tiles = c->samples / 16;
  return LAUNCH(c->dev, c->tools->label_pixels, "label_pixels", lanes(c, tiles), 8, why,
                ARG(c->camera), ARG(stage_traced(st)->instances), ARG(stage_buffers(st)->materials),
                ARG(s->material), ARG(s->rays), ARG(s->hits.t), ARG(s->hits.instance), ARG(tiles),
                ARG(c->depth), ARG(c->class), ARG(c->id), ARG(c->seen));
}

// Of all bands.
static status read_labels(camera *c, const stage *st, frame_camera *out, trouble *why) {
  size_t pixels = (size_t)c->def.width_px * (size_t)c->def.height_px;
  size_t slots = (size_t)stage_top(st)->count;
  status result = camera_read_back(c, c->depth, 4 * pixels, out->depth_m, why);
  if (!result)
    result = camera_read_back(c, c->class, pixels, out->semantic, why);
  if (!result)
    result = camera_read_back(c, c->id, 4 * pixels, out->instance, why);
  if (!result)
    result = camera_read_back(c, c->seen, sizeof(int) * 5 * slots, c->seen_host, why);
  return result;
}

// Brings `count` extra samples, as the host lists them, to the device; room for them in `to`.
static status bring_extra(camera *c, sample_set *to, int count, trouble *why) {
  size_t n = (size_t)count;
  status result = camera_write_new(c, &c->owner, &c->owner_bytes, c->owner_host, 4 * n, why);
  if (!result)
    result = camera_write_new(c, &c->positions, &c->position_bytes, c->position_host, 8 * n, why);
  return result ? result : camera_reserve_set(c, to, count, why);
}

// Lists two more positions for every pixel on an edge; the number of such pixels.
static status find_edges(camera *c, int *pixels, trouble *why) {
  // With the centre they make a line of no pixel's direction.
  static const float offset[EXTRA][2] = {{-0.3f, 0.33f}, {0.33f, -0.25f}};
  *pixels = 0;
  const int top = c->now.band_row;
  status result = camera_read_back(c, c->edge, (size_t)c->samples, c->edge_host, why);
  if (result)
    return result;
  int count = 0;
  for (int i = 0; i < c->samples; i++) {
    if (!c->edge_host[i])
      continue;
    int tile = i >> 4, in = i & 15;
    for (int k = 0; k < EXTRA; k++) {
      float *xy = c->position_host + 2 * (EXTRA * count + k);
      c->owner_host[EXTRA * count + k] = i;
      xy[0] = (float)(tile % c->tiles_x * 4 + (in & 3)) + 0.5f + offset[k][0];
      xy[1] = (float)(top + tile / c->tiles_x * 4 + (in >> 2)) + 0.5f + offset[k][1];
    }
    c->centre_host[count++] = i;
  }
  *pixels = count;
  result =
      camera_write_new(c, &c->centre, &c->centre_bytes, c->centre_host, 4 * (size_t)count, why);
  return result ? result : bring_extra(c, &c->extra, EXTRA * count, why);
}

// Lists those of `count` extra samples that met no surface of a pixel beside them, whose light
// they could take; how many.
static status find_shaded(camera *c, const stage *st, int count, int *shaded, trouble *why) {
  const sample_set *s = &c->pixels, *e = &c->extra;
  const size_t bytes = sizeof *c->source_host * (size_t)count;
  // Kernels write whole lanes.
  status result = device_reserve(c->dev, &c->source, &c->source_bytes, bytes + 64, why);
  if (!result)
    result =
        LAUNCH(c->dev, c->tools->borrow_edges, "borrow_edges", lanes(c, count), GROUP, why,
               ARG(c->camera), ARG(stage_buffers(st)->materials), ARG(c->positions), ARG(count),
               ARG(s->surface), ARG(s->material), ARG(s->hits.instance), ARG(c->seen_light),
               ARG(e->surface), ARG(e->material), ARG(e->hits.instance), ARG(c->source));
  if (!result)
    result = camera_read_back(c, c->source, bytes, c->source_host, why);
  int kept = 0;
  for (int i = 0; !result && i < count; i++) {
    if (c->source_host[i] >= 0)
      continue;
    c->kept_host[kept] = i;
    c->owner_host[kept] = c->owner_host[i];
    memmove(c->position_host + 2 * kept, c->position_host + 2 * i, 2 * sizeof *c->position_host);
    c->source_host[i] = -1 - kept++;
  }
  *shaded = kept;
  return result ? result
                : camera_write_new(c, &c->source, &c->source_bytes, c->source_host, bytes, why);
}

// Light of the extra samples that are listed, of `all`.
static status shade_extra(camera *c, const stage *st, const shade_scene *light, bool sun, int all,
                          int count, int number, trouble *why) {
  sample_set *s = &c->pixels, *e = &c->extra, *to = &c->shaded;
  int stride = (all + 15) / 16 * 16, to_stride = (count + 15) / 16 * 16;
  status result = bring_extra(c, to, count, why);
  if (!result)
    result = camera_write_new(c, &c->kept, &c->kept_bytes, c->kept_host, 4 * (size_t)count, why);
  if (!result)
    result = LAUNCH(c->dev, c->tools->keep_samples, "keep_samples", count, GROUP, why, ARG(c->kept),
                    ARG(count), ARG(e->rays), ARG(stride), ARG(e->surface), ARG(e->material),
                    ARG(e->hits.t), ARG(e->hits.primitive), ARG(e->hits.instance), ARG(e->hits.u),
                    ARG(e->hits.v), ARG(to->rays), ARG(to_stride), ARG(to->surface),
                    ARG(to->material), ARG(to->hits.t), ARG(to->hits.primitive),
                    ARG(to->hits.instance), ARG(to->hits.u), ARG(to->hits.v));
  if (!result && sun)
    result = trace_sun(c, to, st, light, c->lit_before, count, number, why);
  else if (!result)
    result = LAUNCH(c->dev, c->tools->inherit_ambient, "inherit_ambient", count, GROUP, why,
                    ARG(c->owner), ARG(count), ARG(s->sun), ARG(to->sun));
  if (!result)
    result = LAUNCH(c->dev, c->tools->inherit_ambient, "inherit_ambient", count, GROUP, why,
                    ARG(c->owner), ARG(count), ARG(s->ambient), ARG(to->ambient));
  if (!result)
    result =
        paint_set(c, to, st, light, c->lit_before, 0, count, c->def.model == LENS_PINHOLE, why);
  c->lit_before += count;
  return result;
}

static status smooth_edges(camera *c, const stage *st, const shade_scene *light, bool sun,
                           int number, trouble *why) {
  sample_set *s = &c->pixels, *e = &c->extra;
  status result =
      LAUNCH(c->dev, c->tools->edge_pixels, "edge_pixels", lanes(c, c->samples), GROUP, why,
             ARG(c->camera), ARG(s->surface), ARG(stage_buffers(st)->materials), ARG(s->material),
             ARG(s->hits.instance), ARG(c->seen_light), ARG(c->samples), ARG(c->edge));
  int pixels = 0, shaded = 0;
  if (!result)
    result = find_edges(c, &pixels, why);
  if (result || pixels == 0)
    return result;
  result = trace_set(c, e, st, EXTRA * pixels, why);
  if (!result)
    result = find_shaded(c, st, EXTRA * pixels, &shaded, why);
  if (!result && shaded)
    result = shade_extra(c, st, light, sun, EXTRA * pixels, shaded, number, why);
  cl_mem light_of = shaded ? c->shaded.radiance : s->radiance; // not read when there are none
  if (!result)
    result = LAUNCH(c->dev, c->tools->resolve_edges, "resolve_edges", pixels, GROUP, why,
                    ARG(c->camera), ARG(c->centre), ARG(c->source), ARG(pixels), ARG(s->radiance),
                    ARG(light_of), ARG(c->image));
  return result;
}

// One sample of each of `count` pixels, from sample `first` on, at a time of its exposure.
static status expose_pass(camera *c, const stage *st, const shade_scene *light, bool sun,
                          int number, int first, int count, int pass, trouble *why) {
  sample_set *s = &c->pixels, *e = &c->extra;
  int stride = (count + 15) / 16 * 16, passes = PASSES;
  uint32_t salt =
      light->weather.seed ^ (light->weather.frame * 64u + (uint32_t)number) * 0x9e3779b1u;
  float limit = 1e7f;
  size_t from = 4 * (size_t)(first - camera_band_sample(c)), bytes = 4 * (size_t)count;
  status result = LAUNCH(c->dev, c->tools->exposure_rays, "exposure_rays", lanes(c, stride), GROUP,
                         why, ARG(c->camera), ARG(first), ARG(count), ARG(stride), ARG(pass),
                         ARG(passes), ARG(salt), ARG(limit), ARG(e->rays));
  if (!result)
    result = meet_set(c, e, st, count, why);
  if (!result && sun)
    result = trace_sun(c, e, st, light, first, count, number + pass * RIG_CAMERAS, why);
  else if (!result)
    result = device_status(
        clEnqueueCopyBuffer(device_queue(c->dev), s->sun, e->sun, from, 0, bytes, 0, NULL, NULL),
        "clEnqueueCopyBuffer (sun)", why);
  if (!result)
    result = device_status(clEnqueueCopyBuffer(device_queue(c->dev), s->ambient, e->ambient, from,
                                               0, bytes, 0, NULL, NULL),
                           "clEnqueueCopyBuffer (ambient)", why);
  if (!result)
    result = camera_light_take(c, e, light, first, count, why);
  if (!result)
    result = paint_set(c, e, st, light, first, pass, count, false, why);
  if (!result)
    result =
        LAUNCH(c->dev, c->tools->exposure_sum, "exposure_sum", count, GROUP, why, ARG(c->camera),
               ARG(e->radiance), ARG(first), ARG(count), ARG(pass), ARG(passes), ARG(c->image));
  return result;
}

// Motion blur: the picture again as the mean of samples at their own times. Labels and ambient
// light stay those of the rows' times.
static status expose(camera *c, const stage *st, const shade_scene *light, bool sun, int number,
                     trouble *why) {
  const int row = c->tiles_x * 16, begin = c->row_first / 4 * row, end = (c->row_end + 3) / 4 * row;
  const int chunk = end - begin < CHUNK ? end - begin : CHUNK;
  status result = camera_reserve_set(c, &c->extra, chunk, why);
  for (int first = begin; !result && first < end; first += chunk) {
    int count = end - first < chunk ? end - first : chunk;
    for (int pass = 0; !result && pass < PASSES; pass++)
      result = expose_pass(c, st, light, sun, number, first, count, pass, why);
  }
  return result;
}

// The band at hand, from rays to the image's rows.
static status render_band(camera *c, const stage *st, const shade_scene *light, int number,
                          const label_pixels *labels, frame_camera *out, trouble *why) {
  sample_set *s = &c->pixels;
  const int first = camera_band_sample(c);
  bool sun = light->weather.sun_color[0] + light->weather.sun_color[1] > 0;
  // Exposed samples make the picture anew, each with its own sun.
  const bool exposed = c->now.exposure > 0 || c->def.samples > 1;
  const bool painted = !exposed || labels_albedo(c->more);
  status result = trace_set(c, s, st, c->samples, why);
  if (!result)
    result = label(c, st, why);
  if (!result && c->more)
    result = labels_make(c->more, st, labels, out, why);
  if (!result && sun && painted)
    result = trace_sun(c, s, st, light, first, c->samples, number, why);
  else if (!result && !sun) {
    float none = 0;
    result = device_status(clEnqueueFillBuffer(device_queue(c->dev), s->sun, &none, sizeof none, 0,
                                               sizeof none * (size_t)c->samples, 0, NULL, NULL),
                           "clEnqueueFillBuffer", why);
  }
  if (!result)
    result = trace_ambient(c, st, why);
  if (!result)
    result = camera_light_follow(c, st, light, number, why);
  if (!result && painted)
    result = paint_set(c, s, st, light, first, 0, c->samples, c->def.model == LENS_PINHOLE, why);
  if (!result)
    result = labels_read_albedo(c->more, labels, out, why);
  if (!result && painted)
    result = LAUNCH(c->dev, c->tools->resolve_pixels, "resolve_pixels", lanes(c, c->samples), GROUP,
                    why, ARG(c->camera), ARG(light->weather_buffer), ARG(s->radiance),
                    ARG(c->samples), ARG(c->image), ARG(c->seen_light));
  if (!result && exposed)
    result = expose(c, st, light, sun, number, why);
  else if (!result)
    result = smooth_edges(c, st, light, sun, number, why);
  return result;
}

// Glare, and light as it is, want lamps brighter than a simple camera's picture can bear.
static shade_scene own_light(const camera *c, const shade_scene *scene_light) {
  shade_scene own = *scene_light;
  own.weather.lamp_reach = c->electronics ? LAMP_REACH : 1;
  return own;
}

status camera_render(camera *c, const stage *st, const shade_scene *scene_light, int number,
                     pose begin, pose end, double interval_s, frame_camera *out, trouble *why) {
  const shade_scene own = own_light(c, scene_light), *light = &own;
  fill_camera(&c->def, begin, end, interval_s, &c->now);
  c->lit_before = 0;
  status result = camera_clear_slots(c, &c->seen_host, &c->seen_capacity, &c->seen, &c->seen_bytes,
                                     stage_top(st)->count, why);
  for (int row = 0; !result && row < c->def.height_px; row = c->row_end) {
    result = camera_enter_band(c, row, true, why);
    if (!result)
      result = camera_reserve_band(c, why);
    if (!result)
      result = labels_reserve(c->more, c->samples, why);
    const label_pixels labels = labelled(c, begin, end, interval_s);
    if (!result)
      result = render_band(c, st, light, number, &labels, out, why);
  }
  return result ? result : read_labels(c, st, out, why);
}

static status take_picture(camera *c, const shade_scene *light, double interval_s, int number,
                           frame_camera *out, trouble *why) {
  status result = STATUS_OK;
  if (c->def.labels & LABEL_HDR)
    result = electronics_hdr(c->electronics, c->image, out, why);
  if (result)
    return result;
  if (!c->def.electronics.full)
    return shade_develop(c->paint, light, &c->now, c->camera, c->image, c->rgb, why);
  electronics_frame f = {
      .light = light, .interval_s = interval_s, .number = number, .image = c->image};
  result = shade_white(c->paint, light, f.white, why);
  return result ? result : electronics_take(c->electronics, &f, c->rgb, out, why);
}

status camera_develop(camera *c, const shade_scene *scene_light, int number, double interval_s,
                      frame_camera *out, trouble *why) {
  const shade_scene own = own_light(c, scene_light);
  status result = take_picture(c, &own, interval_s, number, out, why);
  return result
             ? result
             : camera_read_back(c, c->rgb, 3 * (size_t)c->def.width_px * (size_t)c->def.height_px,
                                out->rgb, why);
}
