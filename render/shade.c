// SPDX-License-Identifier: Apache-2.0
#include "render/shade.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "render/launch.h"
#include "render/sky.h"

enum { GROUP = 64, LIGHT_GRID = 64, LIGHT_ROW = 12 }; // as light.cl
enum { GLARE_SIDE = 8 };                              // GLARE_REACH + 1 of develop.cl

// These kernels make pixels only, never labels: rounding may differ between devices.
static const char FAST[] = "-cl-fast-relaxed-math";

typedef struct stretch {
  cl_mem mem;
  size_t size;
} stretch;

struct shade {
  device *dev;
  cl_program mirror_program, shade_program, develop_program;
  cl_program light_program;  // NULL until there are lamps
  cl_program traced_program; // NULL until light of paths is to be shaded
  cl_kernel mirror, radiance, traced, lights, blocks, spread, develop;
  cl_mem sky, no_lights, glare;
  stretch cells, block_colors, halo;
  sky_table table; // of the last key
  bool have_table, have_sky;
  gpu_weather last; // that `sky` on the device was made of
  gpu_sky made;
};

static status load_with(device *dev, const char *source, const char *options, cl_program *program,
                        const char *const *names, cl_kernel *const *kernels, int count,
                        trouble *why) {
  status result = device_program(dev, source, options, program, why);
  for (int i = 0; i < count && !result; i++)
    result = device_kernel(*program, names[i], kernels[i], why);
  return result;
}

static status load(device *dev, const char *source, cl_program *program, const char *const *names,
                   cl_kernel *const *kernels, int count, trouble *why) {
  return load_with(dev, source, FAST, program, names, kernels, count, why);
}

// Shares of a quarter of the lens's halo: a long tail that ends in nothing.
static status make_glare(shade *s, trouble *why) {
  float weights[GLARE_SIDE][GLARE_SIDE];
  double sum = 0, reach = GLARE_SIDE - 1;
  for (int y = 0; y < GLARE_SIDE; y++)
    for (int x = 0; x < GLARE_SIDE; x++) {
      double r2 = x * x + y * y, tail = fmax(0, fmin(1, 1.2 - r2 / (reach * reach)));
      weights[y][x] = (float)(tail / (0.6 + r2));
      sum += (double)weights[y][x] * (x ? 2 : 1) * (y ? 2 : 1);
    }
  for (int y = 0; y < GLARE_SIDE; y++)
    for (int x = 0; x < GLARE_SIDE; x++)
      weights[y][x] = (float)((double)weights[y][x] / sum);
  return device_buffer(s->dev, sizeof weights, weights, &s->glare, why);
}

status shade_create(shade **out, device *dev, trouble *why) {
  *out = NULL;
  shade *s = calloc(1, sizeof *s);
  if (!s)
    return trouble_set(why, STATUS_MEMORY, "shading: out of memory");
  s->dev = dev;
  status result = load(dev, "mirror.cl", &s->mirror_program, (const char *[]){"mirror_rays"},
                       (cl_kernel *[]){&s->mirror}, 1, why);
  if (!result)
    result = load(dev, "shade.cl", &s->shade_program, (const char *[]){"shade_radiance"},
                  (cl_kernel *[]){&s->radiance}, 1, why);
  if (!result)
    result = load(dev, "develop.cl", &s->develop_program,
                  (const char *[]){"glare_blocks", "glare_spread", "develop"},
                  (cl_kernel *[]){&s->blocks, &s->spread, &s->develop}, 3, why);
  if (!result)
    result = device_buffer(dev, sizeof(gpu_sky), NULL, &s->sky, why);
  if (!result)
    result = make_glare(s, why);
  if (!result)
    result = device_buffer(dev, sizeof(gpu_light), NULL, &s->no_lights, why);
  if (!result)
    result = device_reserve(dev, &s->cells.mem, &s->cells.size,
                            sizeof(u32) * LIGHT_GRID * LIGHT_GRID * LIGHT_ROW, why);
  if (result) {
    shade_destroy(s);
    return result;
  }
  *out = s;
  return STATUS_OK;
}

void shade_destroy(shade *s) {
  if (!s)
    return;
  cl_mem memory[] = {s->sky,       s->no_lights,        s->glare,
                     s->cells.mem, s->block_colors.mem, s->halo.mem};
  for (size_t i = 0; i < sizeof memory / sizeof *memory; i++)
    if (memory[i])
      clReleaseMemObject(memory[i]);
  cl_kernel kernels[] = {s->mirror, s->radiance, s->traced, s->lights,
                         s->blocks, s->spread,   s->develop};
  for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++)
    if (kernels[i])
      clReleaseKernel(kernels[i]);
  cl_program programs[] = {s->mirror_program, s->shade_program, s->traced_program, s->light_program,
                           s->develop_program};
  for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
    if (programs[i])
      clReleaseProgram(programs[i]);
  free(s);
}

// The sky of that weather on the device. The table is kept while its key stays.
static status bring_sky(shade *s, const gpu_weather *weather, trouble *why) {
  if (s->have_sky && memcmp(&s->last, weather, sizeof *weather) == 0)
    return STATUS_OK;
  float elevation, turbidity;
  sky_table_key(weather, &elevation, &turbidity);
  if (!s->have_table || s->table.elevation_rad != elevation || s->table.turbidity != turbidity) {
    sky_table_make(elevation, turbidity, &s->table);
    s->have_table = true;
  }
  sky_make(&s->table, weather, &s->made);
  s->have_sky = false;
  cl_int code = clEnqueueWriteBuffer(device_queue(s->dev), s->sky, CL_TRUE, 0, sizeof s->made,
                                     &s->made, 0, NULL, NULL);
  if (code != CL_SUCCESS)
    return device_status(code, "clEnqueueWriteBuffer", why);
  s->last = *weather;
  s->have_sky = true;
  return STATUS_OK;
}

// Arguments are set one after another; the first failure is kept.
typedef struct call {
  cl_kernel kernel;
  cl_uint next;
  cl_int code;
} call;

static void pass(call *c, size_t size, const void *value) {
  cl_int code = clSetKernelArg(c->kernel, c->next++, size, value);
  if (c->code == CL_SUCCESS)
    c->code = code;
}

static void pass_buffer(call *c, cl_mem buffer) {
  pass(c, sizeof buffer, &buffer);
}

static void pass_int(call *c, int value) {
  cl_int v = value;
  pass(c, sizeof v, &v);
}

static void pass_hits(call *c, const shade_hits *hits) {
  pass_buffer(c, hits->t);
  pass_buffer(c, hits->primitive);
  pass_buffer(c, hits->instance);
  pass_buffer(c, hits->u);
  pass_buffer(c, hits->v);
}

static void pass_geometry(call *c, const shade_scene *scene) {
  pass_buffer(c, scene->instances);
  pass_buffer(c, scene->vertices);
  pass_buffer(c, scene->triangles);
  pass_buffer(c, scene->materials);
  pass_buffer(c, scene->texels);
  pass_buffer(c, scene->weather_buffer);
}

// Positions stand in for themselves when there are none: the kernel then reads nothing.
static void pass_samples(call *c, const shade_samples *samples) {
  pass_buffer(c, samples->camera_buffer);
  pass_buffer(c, samples->positions ? samples->positions : samples->hits.t);
  pass_int(c, samples->positions != NULL);
  pass_int(c, samples->count);
  pass_buffer(c, samples->rays ? samples->rays : samples->hits.t);
  pass_int(c, samples->rays ? samples->stride : 0);
  pass_int(c, samples->first);
  pass_int(c, samples->turn);
  pass_buffer(c, samples->material);
  pass_hits(c, &samples->hits);
}

static status enqueue(shade *s, call *c, size_t items, size_t local, const char *name,
                      trouble *why) {
  if (c->code != CL_SUCCESS)
    return device_status(c->code, name, why);
  if (items == 0)
    return STATUS_OK;
  size_t global = (items + local - 1) / local * local;
  cl_int code = clEnqueueNDRangeKernel(device_queue(s->dev), c->kernel, 1, NULL, &global, &local, 0,
                                       NULL, NULL);
  return device_status(code, name, why);
}

static status launch_items(shade *s, call *c, int items, const char *name, trouble *why) {
  return enqueue(s, c, items > 0 ? (size_t)items : 0, GROUP, name, why);
}

static status launch_samples(shade *s, call *c, int samples, const char *name, trouble *why) {
  size_t local, items = launch_blocks(s->dev, samples, &local);
  return enqueue(s, c, items, local, name, why);
}

status shade_mirror_rays(shade *s, const shade_scene *scene, const shade_samples *samples,
                         cl_mem origins, cl_mem directions, trouble *why) {
  call c = {.kernel = s->mirror};
  pass_geometry(&c, scene);
  pass_samples(&c, samples);
  pass_buffer(&c, origins);
  pass_buffer(&c, directions);
  return launch_samples(s, &c, samples->count, "mirror_rays", why);
}

static status sort_lights(shade *s, const shade_scene *scene, cl_mem camera, trouble *why) {
  if (scene->light_count <= 0)
    return STATUS_OK;
  status result = s->lights
                      ? STATUS_OK
                      : load(s->dev, "light_cells.cl", &s->light_program,
                             (const char *[]){"light_cells"}, (cl_kernel *[]){&s->lights}, 1, why);
  if (result)
    return result;
  call c = {.kernel = s->lights};
  pass_buffer(&c, camera);
  pass_buffer(&c, scene->lights);
  pass_int(&c, scene->light_count);
  pass_buffer(&c, s->cells.mem);
  return launch_items(s, &c, LIGHT_GRID * LIGHT_GRID, "light_cells", why);
}

status shade_light(shade *s, const shade_scene *scene, cl_mem camera_buffer, shade_lights *out,
                   trouble *why) {
  status result = bring_sky(s, &scene->weather, why);
  if (!result)
    result = sort_lights(s, scene, camera_buffer, why);
  *out = (shade_lights){.sky = s->sky,
                        .lamps = scene->light_count > 0 ? scene->lights : s->no_lights,
                        .cells = s->cells.mem,
                        .lamp_count = scene->light_count};
  memcpy(out->open, s->made.sh[0], sizeof out->open);
  return result;
}

// Shading by the light of paths is a program of its own: without it pixels are to stay, bit for
// bit, what they were.
static status load_traced(shade *s, trouble *why) {
  char options[sizeof FAST + 32];
  snprintf(options, sizeof options, "%s -DTRACED_LIGHT", FAST);
  return load_with(s->dev, "shade.cl", options, &s->traced_program,
                   (const char *[]){"shade_radiance"}, (cl_kernel *[]){&s->traced}, 1, why);
}

status shade_radiance(shade *s, const shade_scene *scene, const shade_samples *samples,
                      cl_mem radiance, trouble *why) {
  status result = bring_sky(s, &scene->weather, why);
  if (!result)
    result = sort_lights(s, scene, samples->camera_buffer, why);
  if (!result && samples->light && !s->traced)
    result = load_traced(s, why);
  if (result)
    return result;
  call c = {.kernel = samples->light ? s->traced : s->radiance};
  pass_geometry(&c, scene);
  pass_buffer(&c, s->sky);
  pass_buffer(&c, scene->light_count > 0 ? scene->lights : s->no_lights);
  pass_int(&c, scene->light_count);
  pass_buffer(&c, s->cells.mem);
  pass_samples(&c, samples);
  pass_buffer(&c, samples->sun);
  pass_buffer(&c, samples->ambient);
  pass_hits(&c, &samples->mirror);
  pass_buffer(&c, radiance);
  pass_int(&c, samples->albedo != NULL);
  pass_buffer(&c, samples->albedo ? samples->albedo : radiance); // not written
  if (samples->light)
    pass_buffer(&c, samples->light);
  return launch_samples(s, &c, samples->count, "shade_radiance", why);
}

status shade_white(shade *s, const shade_scene *scene, double gains[3], trouble *why) {
  status result = bring_sky(s, &scene->weather, why);
  for (int c = 0; !result && c < 3; c++)
    gains[c] = (double)s->made.white[c];
  return result;
}

status shade_develop(shade *s, const shade_scene *scene, const gpu_camera *camera,
                     cl_mem camera_buffer, cl_mem image, cl_mem rgb, trouble *why) {
  (void)camera_buffer; // the size is all that is needed of it
  status result = bring_sky(s, &scene->weather, why);
  int block = camera->width / 80 > 8 ? camera->width / 80 : 8;
  int across = (camera->width + block - 1) / block, down = (camera->height + block - 1) / block;
  size_t bytes = sizeof(cl_float4) * (size_t)(across * down);
  if (!result)
    result = device_reserve(s->dev, &s->block_colors.mem, &s->block_colors.size, bytes, why);
  if (!result)
    result = device_reserve(s->dev, &s->halo.mem, &s->halo.size, bytes, why);
  if (result)
    return result;
  const int size[] = {camera->width, camera->height, block, across, down};
  call c = {.kernel = s->blocks};
  pass_buffer(&c, scene->weather_buffer);
  pass_buffer(&c, s->sky);
  for (int i = 0; i < 5; i++)
    pass_int(&c, size[i]);
  pass_buffer(&c, image);
  pass_buffer(&c, s->block_colors.mem);
  result = launch_items(s, &c, across * down, "glare_blocks", why);
  if (result)
    return result;
  c = (call){.kernel = s->spread};
  pass_int(&c, across);
  pass_int(&c, down);
  pass_buffer(&c, s->block_colors.mem);
  pass_buffer(&c, s->glare);
  pass_buffer(&c, s->halo.mem);
  result = launch_items(s, &c, across * down, "glare_spread", why);
  if (result)
    return result;
  c = (call){.kernel = s->develop};
  pass_buffer(&c, scene->weather_buffer);
  pass_buffer(&c, s->sky);
  for (int i = 0; i < 5; i++)
    pass_int(&c, size[i]);
  const cl_float4 lens = {{camera->middle[0], camera->middle[1], camera->corner,
                           camera->lens == CAMERA_RADIAL ? 1.0f : 0.0f}};
  pass(&c, sizeof lens, &lens);
  pass_buffer(&c, s->block_colors.mem);
  pass_buffer(&c, s->halo.mem);
  pass_buffer(&c, image);
  pass_buffer(&c, rgb);
  return launch_items(s, &c, (camera->width * camera->height + 7) / 8, "develop", why);
}
