// SPDX-License-Identifier: Apache-2.0
// A camera's bounced light: paths once a frame from its pixels' centres, for all its samples.
#include "render/camera_parts.h"

status camera_light_create(camera *c, trouble *why) {
  if (c->def.bounces <= 0 || c->tools->paths)
    return STATUS_OK;
  return path_tools_create(&c->tools->paths, c->dev, why);
}

status camera_light_reserve(camera *c, int rows, trouble *why) {
  if (c->def.bounces <= 0)
    return STATUS_OK;
  paths_destroy(c->light);
  c->light = NULL;
  path_helpers helpers = {c->tools->hit_surfaces, c->tools->sun_rays};
  return paths_create(&c->light, c->tools->paths, c->tracing, helpers, c->def.width_px, rows,
                      c->def.bounces, c->def.paths, why);
}

// `all`: what light meets.
static status frame_of(camera *c, const stage *st, const trace_scene *all, const shade_scene *light,
                       int number, paths_frame *f, trouble *why) {
  sample_set *s = &c->pixels;
  // Numbers of another frame, and of the rig's other cameras.
  *f = (paths_frame){.scene = light,
                     .traced = all,
                     .facets = stage_traced(st)->facets,
                     .camera = c->camera,
                     .first = camera_band_sample(c),
                     .count = c->samples,
                     .rows = c->now.height - c->now.band_rest - c->now.band_row,
                     .rays = s->rays,
                     .material = s->material,
                     .hits = s->hits,
                     .sun = light->weather.sun_color[0] + light->weather.sun_color[1] > 0,
                     .purpose = 0x70617468u + (uint32_t)number};
  return shade_light(c->paint, light, c->camera, &f->lights, why);
}

status camera_light_follow(camera *c, const stage *st, const shade_scene *light, int number,
                           trouble *why) {
  if (!c->light)
    return STATUS_OK;
  trace_scene all = stage_lit(st);
  paths_frame f;
  status result = frame_of(c, st, &all, light, number, &f, why);
  if (!result)
    result = paths_trace(c->light, &f, why);
  if (!result)
    result = paths_filter(c->light, &f, why);
  c->open = (cl_float4){{f.lights.open[0], f.lights.open[1], f.lights.open[2], 1}};
  return result ? result : camera_light_take(c, &c->pixels, light, f.first, c->samples, why);
}

status camera_light_take(camera *c, sample_set *s, const shade_scene *light, int first, int count,
                         trouble *why) {
  if (!c->light)
    return STATUS_OK;
  const paths_samples samples = {.first = first,
                                 .count = count,
                                 .stride = (count + 15) / 16 * 16,
                                 .rays = s->rays,
                                 .surface = s->surface,
                                 .material = s->material,
                                 .instance = s->hits.instance};
  const paths_frame f = {.scene = light, .camera = c->camera};
  return paths_take(c->light, &f, &samples, c->open, s->light, why);
}
