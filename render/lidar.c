// SPDX-License-Identifier: Apache-2.0
#include "render/lidar.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "render/launch.h"
#include "render/pack.h"

enum { GROUP = 32, FOG_STEPS_PER_M = 10 };

struct lidar {
  lidar_def def;
  lidar_tools *tools;
  tracer *tracing;
  device *dev;
  int rays; // padded to 4x4 cells
  cl_mem elevations, state, ray_planes, points, labels, fog;
  shade_hits hits;
  float *point_host;    // (rays, 4)
  uint32_t *label_host; // (rays, 4)
  float *fog_host;      // (fog_count, 2) power, distance of the peak up to a range
  int fog_count;
};

status lidar_tools_create(lidar_tools *out, device *dev, trouble *why) {
  memset(out, 0, sizeof *out);
  out->dev = dev;
  status result = device_program(dev, "lidar.cl", NULL, &out->program, why);
  if (!result)
    result = device_kernel(out->program, "lidar_rays", &out->rays, why);
  if (!result)
    result = device_kernel(out->program, "lidar_returns", &out->returns, why);
  if (result)
    lidar_tools_destroy(out);
  return result;
}

void lidar_tools_destroy(lidar_tools *t) {
  if (t->rays)
    clReleaseKernel(t->rays);
  if (t->returns)
    clReleaseKernel(t->returns);
  if (t->program)
    clReleaseProgram(t->program);
  memset(t, 0, sizeof *t);
}

int lidar_point_limit(const lidar_def *def) {
  return def->rings * def->azimuth_steps;
}

static status make_buffers(lidar *l, trouble *why) {
  float elevations[RIG_RINGS];
  for (int i = 0; i < l->def.rings; i++)
    elevations[i] = (float)l->def.elevation_rad[i];
  size_t n = (size_t)l->rays;
  status result =
      device_buffer(l->dev, sizeof(float) * (size_t)l->def.rings, elevations, &l->elevations, why);
  struct {
    cl_mem *buffer;
    size_t size;
  } all[] = {{&l->ray_planes, 4 * RAY_PLANES * n},
             {&l->points, 16 * n},
             {&l->labels, 16 * n},
             {&l->state, sizeof(gpu_lidar)},
             {&l->fog, sizeof(float) * 2 * (size_t)l->fog_count},
             {&l->hits.t, 4 * n},
             {&l->hits.primitive, 4 * n},
             {&l->hits.instance, 4 * n},
             {&l->hits.u, 4 * n},
             {&l->hits.v, 4 * n}};
  for (size_t i = 0; !result && i < sizeof all / sizeof *all; i++)
    result = device_buffer(l->dev, all[i].size, NULL, all[i].buffer, why);
  return result;
}

status lidar_create(lidar **out, const lidar_def *def, lidar_tools *tools, tracer *rays,
                    trouble *why) {
  *out = NULL;
  lidar *l = calloc(1, sizeof *l);
  if (!l)
    return trouble_set(why, STATUS_MEMORY, "no memory for lidar %s", def->name);
  l->def = *def;
  l->tools = tools;
  l->tracing = rays;
  l->dev = tools->dev;
  l->rays = (def->rings + 3) / 4 * ((def->azimuth_steps + 3) / 4) * 16;
  l->fog_count = (int)(def->range_max_m * FOG_STEPS_PER_M) + 1;
  l->point_host = malloc(16 * (size_t)l->rays);
  l->label_host = malloc(16 * (size_t)l->rays);
  l->fog_host = malloc(sizeof(float) * 2 * (size_t)l->fog_count);
  status result = STATUS_OK;
  if (!l->point_host || !l->label_host || !l->fog_host)
    result = trouble_set(why, STATUS_MEMORY, "no memory for lidar %s", def->name);
  if (!result)
    result = make_buffers(l, why);
  if (result) {
    lidar_destroy(l);
    return result;
  }
  *out = l;
  return STATUS_OK;
}

void lidar_destroy(lidar *l) {
  if (!l)
    return;
  cl_mem all[] = {l->elevations, l->state,          l->ray_planes,    l->points, l->labels, l->fog,
                  l->hits.t,     l->hits.primitive, l->hits.instance, l->hits.u, l->hits.v};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (all[i])
      clReleaseMemObject(all[i]);
  free(l->point_host);
  free(l->label_host);
  free(l->fog_host);
  free(l);
}

// Least power that counts: a target of albedo 0.1 at 0.8 of the range in clean air.
static double least_power(const lidar_def *def) {
  double reach = 0.8 * def->range_max_m;
  return 0.1 / (reach * reach);
}

// Drops over 0.5 mm a cubic metre and the slope of their sizes, per mm: Marshall and
// Palmer 1948; Gunn and Marshall 1958 for snow.
static void drops(const weather_state *w, double *density, double *slope, bool *snowing) {
  *density = *slope = 0;
  *snowing = w->snow_mmh > w->rain_mmh;
  double rate = *snowing ? w->snow_mmh : w->rain_mmh;
  if (rate < 0.05)
    return;
  double n0 = *snowing ? 7600 * pow(rate, -0.87) : 8000;
  *slope = *snowing ? 2.55 * pow(rate, -0.48) : 4.1 * pow(rate, -0.21);
  *density = n0 / *slope * exp(-*slope * 0.5);
}

static status fill_fog(lidar *l, const weather_state *w, double extinction, int *count,
                       trouble *why) {
  *count = 0;
  if (w->fog_visibility_m >= WEATHER_CLEAR_MOR_M / 2)
    return STATUS_OK;
  float best = 0, distance = 0;
  for (int i = 0; i < l->fog_count; i++) {
    double range = (double)i / FOG_STEPS_PER_M;
    float power = (float)lidar_fog_power(range, w->fog_visibility_m, extinction);
    if (power > best) {
      // The pulse peaks half its length behind the fog that it shows.
      best = power;
      distance = (float)fmax(range - 299792458.0 * 20e-9 / 2, 0.1);
    }
    l->fog_host[2 * i] = best;
    l->fog_host[2 * i + 1] = distance;
  }
  *count = l->fog_count;
  return device_status(clEnqueueWriteBuffer(device_queue(l->dev), l->fog, CL_TRUE, 0,
                                            sizeof(float) * 2 * (size_t)l->fog_count, l->fog_host,
                                            0, NULL, NULL),
                       "clEnqueueWriteBuffer (fog)", why);
}

static status set_state(lidar *l, const lidar_turn *turn, int *fog_count, trouble *why) {
  const lidar_def *d = &l->def;
  double share = turn->interval_s > 0 ? 1 / (d->rotation_hz * turn->interval_s) : 2;
  if (share > 1.001)
    return trouble_set(why, STATUS_RANGE,
                       "lidar %s turns at %g Hz, slower than the %g frames a second: raise "
                       "rotation_hz or lower frame_hz",
                       d->name, d->rotation_hz, 1 / turn->interval_s);
  gpu_lidar g = {.rings = d->rings,
                 .steps = d->azimuth_steps,
                 .turn_share = (float)fmin(share, 1),
                 .range_min = (float)d->range_min_m,
                 .range_max = (float)d->range_max_m,
                 .range_noise = (float)d->range_noise_m,
                 .divergence = (float)d->divergence_rad,
                 .power_min = (float)least_power(d),
                 .wetness = (float)turn->weather->wetness,
                 .scene = turn->scene,
                 .frame = turn->frame * RIG_LIDARS + turn->number};
  pack_pose(turn->begin, g.begin_p, g.begin_q);
  pack_pose(turn->end, g.end_p, g.end_q);
  double extinction = lidar_extinction_pm(turn->weather), density, slope;
  bool snowing;
  drops(turn->weather, &density, &slope, &snowing);
  g.extinction = (float)extinction;
  g.drop_density = (float)density;
  g.drop_slope = (float)fmax(slope, 1e-3);
  g.snowing = snowing;
  g.weather_noise = density > 0 ? 1 : 0;
  rng key = rng_at(turn->seed, RNG_LIDAR, 0, 0, 0);
  g.key[0] = key.key[0], g.key[1] = key.key[1];
  status result = fill_fog(l, turn->weather, extinction, fog_count, why);
  if (!result)
    result = device_status(clEnqueueWriteBuffer(device_queue(l->dev), l->state, CL_TRUE, 0,
                                                sizeof g, &g, 0, NULL, NULL),
                           "clEnqueueWriteBuffer (lidar)", why);
  return result;
}

// Returns in firing order: columns, then rings.
static void gather(const lidar *l, const lidar_turn *turn, frame_lidar *out) {
  int ring_groups = (l->def.rings + 3) / 4, count = 0;
  double turn_ns = fmin(1 / l->def.rotation_hz, turn->interval_s) * 1e9;
  for (int column = 0; column < l->def.azimuth_steps; column++)
    for (int ring = 0; ring < l->def.rings; ring++) {
      int i = (column / 4 * ring_groups + ring / 4) * 16 + column % 4 * 4 + ring % 4;
      const uint32_t *label = l->label_host + 4 * i;
      if (!label[0])
        continue;
      const float *p = l->point_host + 4 * i;
      double share = (column + (double)ring / l->def.rings) / l->def.azimuth_steps;
      out->x_m[count] = p[0], out->y_m[count] = p[1], out->z_m[count] = p[2];
      out->intensity[count] = p[3];
      out->ring[count] = (uint16_t)ring;
      out->t_ns[count] = (int32_t)(share * turn_ns);
      out->instance[count] = label[1];
      out->semantic[count] = (uint8_t)label[2];
      out->echo[count++] = (uint8_t)label[3];
    }
  out->count = count;
}

status lidar_scan(lidar *l, const stage *st, const lidar_turn *turn, frame_lidar *out,
                  trouble *why) {
  const trace_scene *where = stage_traced(st);
  const geometry_buffers *b = stage_buffers(st);
  int fog_count = 0;
  status result = set_state(l, turn, &fog_count, why);
  if (!result)
    result = LAUNCH(l->dev, l->tools->rays, "lidar_rays", l->rays, GROUP, why, ARG(l->state),
                    ARG(l->elevations), ARG(l->rays), ARG(l->ray_planes));
  if (!result)
    result = tracer_closest(l->tracing, where, l->ray_planes, l->rays, l->rays,
                            (l->def.rings + 3) / 4, &l->hits, why);
  if (!result)
    result =
        LAUNCH(l->dev, l->tools->returns, "lidar_returns", l->rays, GROUP, why, ARG(l->state),
               ARG(where->instances), ARG(b->triangles), ARG(b->facets), ARG(b->materials),
               ARG(l->ray_planes), ARG(l->rays), ARG(l->hits.t), ARG(l->hits.primitive),
               ARG(l->hits.instance), ARG(l->fog), ARG(fog_count), ARG(l->points), ARG(l->labels));
  if (!result)
    result = device_status(clEnqueueReadBuffer(device_queue(l->dev), l->points, CL_TRUE, 0,
                                               16 * (size_t)l->rays, l->point_host, 0, NULL, NULL),
                           "clEnqueueReadBuffer (lidar)", why);
  if (!result)
    result = device_status(clEnqueueReadBuffer(device_queue(l->dev), l->labels, CL_TRUE, 0,
                                               16 * (size_t)l->rays, l->label_host, 0, NULL, NULL),
                           "clEnqueueReadBuffer (lidar)", why);
  if (!result)
    gather(l, turn, out);
  return result;
}
