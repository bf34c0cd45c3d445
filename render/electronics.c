// SPDX-License-Identifier: Apache-2.0
#include "render/electronics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "render/kernels/electronics.h"
#include "render/launch.h"

enum { GROUP = 64, LEVELS = 10, BLUR_REACH = 20, METER_WIDE = 80 };

// These kernels make pixels only, never labels: rounding may differ between devices.
static const char FAST[] = "-cl-fast-relaxed-math";

struct electronics {
  camera_def def;
  electronics_tools *tools;
  device *dev;
  int levels, blocks; // pictures of the pyramid; which of them meters and falling rain look at
  int width[LEVELS + 1], height[LEVELS + 1];
  float share[LEVELS + 1];
  cl_mem pyramid[LEVELS + 1]; // [0] unused: the image itself
  cl_mem sensor, shade, light, spare, weights, raw, halves, tables;
  int reach;
  float (*seen)[4]; // the metered picture
  exposure_state state;
};

status electronics_tools_create(electronics_tools **out, device *dev, trouble *why) {
  electronics_tools *t = calloc(1, sizeof *t);
  *out = NULL;
  if (!t)
    return trouble_set(why, STATUS_MEMORY, "no memory for cameras' electronics");
  t->dev = dev;
  status result = device_program(dev, "electronics.cl", FAST, &t->program, why);
  const struct {
    const char *name;
    cl_kernel *kernel;
  } kernels[] = {{"glare_down", &t->glare_down},
                 {"glare_up", &t->glare_up},
                 {"glare_top", &t->glare_top},
                 {"expose_light", &t->expose_light},
                 {"blur", &t->blur},
                 {"sensor_read", &t->sensor_read},
                 {"demosaic", &t->demosaic},
                 {"calm", &t->calm},
                 {"finish", &t->finish},
                 {"jpeg", &t->jpeg},
                 {"light_as_halves", &t->light_as_halves}};
  for (size_t i = 0; !result && i < sizeof kernels / sizeof *kernels; i++)
    result = device_kernel(t->program, kernels[i].name, kernels[i].kernel, why);
  if (result) {
    electronics_tools_destroy(t);
    return result;
  }
  *out = t;
  return STATUS_OK;
}

void electronics_tools_destroy(electronics_tools *t) {
  if (!t)
    return;
  cl_kernel kernels[] = {t->glare_down, t->glare_up,    t->glare_top,      t->expose_light,
                         t->blur,       t->sensor_read, t->demosaic,       t->calm,
                         t->finish,     t->jpeg,        t->light_as_halves};
  for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++)
    if (kernels[i])
      clReleaseKernel(kernels[i]);
  if (t->program)
    clReleaseProgram(t->program);
  free(t);
}

// Halves until some ten pixels are left; each is a fourth weaker in the halo than the one before,
// so that light falls off somewhat faster than with the square of the distance.
static void plan_pyramid(electronics *e) {
  e->width[0] = e->def.width_px, e->height[0] = e->def.height_px;
  while (e->levels < LEVELS && (e->levels < 2 || e->width[e->levels] > 16)) {
    int k = ++e->levels;
    e->width[k] = (e->width[k - 1] + 1) / 2;
    e->height[k] = (e->height[k - 1] + 1) / 2;
  }
  e->blocks = 1;
  while (e->blocks < e->levels && e->width[e->blocks] > METER_WIDE)
    e->blocks++;
  double sum = 0;
  for (int k = 1; k <= e->levels; k++)
    sum += pow(0.75, k);
  for (int k = 1; k <= e->levels; k++)
    e->share[k] = (float)(pow(0.75, k) / sum);
}

static status make_shade(electronics *e, trouble *why) {
  size_t pixels = (size_t)e->def.width_px * (size_t)e->def.height_px;
  float *through = malloc(sizeof *through * pixels);
  if (!through)
    return trouble_set(why, STATUS_MEMORY, "no memory for camera %s", e->def.name);
  for (int y = 0; y < e->def.height_px; y++)
    for (int x = 0; x < e->def.width_px; x++)
      through[y * e->def.width_px + x] = (float)electronics_vignetting(&e->def, x + 0.5, y + 0.5);
  status result = device_buffer(e->dev, sizeof *through * pixels, through, &e->shade, why);
  free(through);
  return result;
}

static status make_blur(electronics *e, trouble *why) {
  float weights[BLUR_REACH + 1] = {1};
  double sigma = e->def.electronics.psf_px, sum = 1;
  e->reach = sigma > 0 ? (int)fmin(BLUR_REACH, ceil(3 * sigma)) : 0;
  double share[BLUR_REACH + 1] = {1};
  for (int k = 1; k <= e->reach; k++) {
    share[k] = exp(-0.5 * k * k / (sigma * sigma));
    sum += 2 * share[k];
  }
  for (int k = 0; k <= e->reach; k++)
    weights[k] = (float)(share[k] / sum);
  return device_buffer(e->dev, sizeof weights, weights, &e->weights, why);
}

// Annex K's tables, scaled by quality as libjpeg does.
static status make_tables(electronics *e, trouble *why) {
  static const uint8_t usual[2][64] = {
      {16, 11, 10, 16, 24,  40,  51,  61,  12, 12, 14, 19, 26,  58,  60,  55,
       14, 13, 16, 24, 40,  57,  69,  56,  14, 17, 22, 29, 51,  87,  80,  62,
       18, 22, 37, 56, 68,  109, 103, 77,  24, 35, 55, 64, 81,  104, 113, 92,
       49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99},
      {17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99,
       99, 99, 47, 66, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
       99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99}};
  int quality = e->def.electronics.jpeg, scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
  float steps[128];
  for (int k = 0; k < 128; k++) {
    int step = (usual[k / 64][k % 64] * scale + 50) / 100;
    steps[k] = (float)(step < 1 ? 1 : step > 255 ? 255 : step);
  }
  return device_buffer(e->dev, sizeof steps, steps, &e->tables, why);
}

static status make_full(electronics *e, trouble *why) {
  plan_pyramid(e);
  size_t pixels = (size_t)e->def.width_px * (size_t)e->def.height_px;
  status result = device_buffer(e->dev, sizeof(gpu_sensor), NULL, &e->sensor, why);
  for (int k = 1; !result && k <= e->levels; k++)
    result = device_buffer(e->dev, 16 * (size_t)e->width[k] * (size_t)e->height[k], NULL,
                           &e->pyramid[k], why);
  if (!result)
    result = make_shade(e, why);
  if (!result)
    result = make_blur(e, why);
  if (!result && e->def.electronics.jpeg > 0)
    result = make_tables(e, why);
  if (!result)
    result = device_buffer(e->dev, 16 * pixels, NULL, &e->light, why);
  if (!result)
    result = device_buffer(e->dev, 16 * pixels, NULL, &e->spare, why);
  if (!result)
    result = device_buffer(e->dev, 2 * pixels, NULL, &e->raw, why);
  e->seen = malloc(sizeof *e->seen * (size_t)e->width[e->blocks] * (size_t)e->height[e->blocks]);
  if (!result && !e->seen)
    result = trouble_set(why, STATUS_MEMORY, "no memory for camera %s", e->def.name);
  return result;
}

status electronics_create(electronics **out, const camera_def *def, electronics_tools *tools,
                          trouble *why) {
  *out = NULL;
  electronics *e = calloc(1, sizeof *e);
  if (!e)
    return trouble_set(why, STATUS_MEMORY, "no memory for camera %s", def->name);
  e->def = *def;
  e->def.binning = def->binning > 0 ? def->binning : 1;
  e->tools = tools;
  e->dev = tools->dev;
  size_t pixels = (size_t)def->width_px * (size_t)def->height_px;
  status result = STATUS_OK;
  if (def->electronics.full)
    result = make_full(e, why);
  if (!result && def->labels & LABEL_HDR)
    result = device_buffer(e->dev, 6 * pixels, NULL, &e->halves, why);
  if (result) {
    electronics_destroy(e);
    return result;
  }
  *out = e;
  return STATUS_OK;
}

void electronics_destroy(electronics *e) {
  if (!e)
    return;
  cl_mem all[] = {e->sensor,  e->shade, e->light,  e->spare,
                  e->weights, e->raw,   e->halves, e->tables};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (all[i])
      clReleaseMemObject(all[i]);
  for (int k = 1; k <= e->levels; k++)
    if (e->pyramid[k])
      clReleaseMemObject(e->pyramid[k]);
  free(e->seen);
  free(e);
}

void electronics_begin(electronics *e) {
  if (e)
    e->state = (exposure_state){0};
}

static int pixels_of(const electronics *e, int level) {
  return e->width[level] * e->height[level];
}

static status shrink(electronics *e, cl_mem image, double scale_, trouble *why) {
  status result = STATUS_OK;
  for (int k = 1; !result && k <= e->levels; k++) {
    float scale = k == 1 ? (float)scale_ : 0;
    cl_mem from = k == 1 ? image : e->pyramid[k - 1];
    result =
        LAUNCH(e->dev, e->tools->glare_down, "glare_down", pixels_of(e, k), GROUP, why, ARG(from),
               ARG(e->width[k - 1]), ARG(e->height[k - 1]), ARG(scale), ARG(e->pyramid[k]));
  }
  return result;
}

// The picture that meters look at, in radiance.
static status look_at(electronics *e, double scale, exposure_picture *p, trouble *why) {
  int k = e->blocks;
  *p = (exposure_picture){e->width[k], e->height[k], (const float(*)[4])e->seen};
  status result =
      device_status(clEnqueueReadBuffer(device_queue(e->dev), e->pyramid[k], CL_TRUE, 0,
                                        16 * (size_t)pixels_of(e, k), e->seen, 0, NULL, NULL),
                    "clEnqueueReadBuffer (meter)", why);
  for (int i = 0; !result && i < pixels_of(e, k); i++)
    for (int c = 0; c < 3; c++)
      e->seen[i][c] /= (float)scale;
  return result;
}

// The scale of this frame, and what the next one will have of it.
static status meter(electronics *e, const electronics_frame *f, double *scale, trouble *why) {
  const electronics_def *d = &e->def.electronics;
  double weather = (double)f->light->weather.exposure * exp2(d->exposure_ev), usual = 1e6 / 5500;
  bool light = d->exposure == EXPOSURE_AUTO, white = d->white == WHITE_AUTO;
  exposure_picture p;
  if (!e->state.settled) {
    e->state = (exposure_state){true, weather, usual};
    status result = light || white ? shrink(e, f->image, weather, why) : STATUS_OK;
    if (!result && (light || white))
      result = look_at(e, weather, &p, why);
    if (result)
      return result;
    if (light)
      e->state.scale = exposure_settle(d, e->def.binning, &p);
    if (white)
      e->state.white_mired =
          white_guess(&p, exposure_of(d, e->def.binning, e->state.scale).scale, usual);
  }
  if (!light)
    e->state.scale = weather;
  *scale = e->state.scale;
  double taken = exposure_of(d, e->def.binning, *scale).scale;
  status result = shrink(e, f->image, taken, why);
  if (result || !(light || white))
    return result;
  return look_at(e, taken, &p, why);
}

static void adapt(electronics *e, const electronics_frame *f, double taken) {
  const electronics_def *d = &e->def.electronics;
  exposure_picture p = {e->width[e->blocks], e->height[e->blocks], (const float(*)[4])e->seen};
  if (d->exposure == EXPOSURE_AUTO)
    e->state.scale = exposure_follow(d, e->def.binning, &p, taken, f->interval_s);
  if (d->white == WHITE_AUTO)
    e->state.white_mired = white_follow(
        d, e->state.white_mired, white_guess(&p, taken, e->state.white_mired), f->interval_s);
}

static void set_white(const electronics *e, const electronics_frame *f, double gains[3]) {
  double light[3];
  if (e->def.electronics.white == WHITE_SCENE)
    for (int c = 0; c < 3; c++)
      light[c] = 1 / fmax(f->white[c], 1e-3);
  else if (e->def.electronics.white == WHITE_FIXED)
    white_of_kelvin(e->def.electronics.white_k, light);
  else
    white_of_kelvin(1e6 / e->state.white_mired, light);
  white_gains(light, gains);
}

// tone.cl's curve, with its white where this sensor is full.
static void set_tone(gpu_sensor *s, double white) {
  const double contrast = 1.22, grey = 0.18;
  double low = pow(grey, contrast), high = pow(white, contrast);
  double b = (high - low / grey) / (high - low);
  s->tone_b = (float)b;
  s->tone_c = (float)(high - b * high);
}

static void set_sensor(const electronics *e, const electronics_frame *f, const exposure_shot *shot,
                       gpu_sensor *s, frame_shot *out) {
  const electronics_def *d = &e->def.electronics;
  int b = e->def.binning;
  double gains[3],
      celsius = isnan(d->sensor_c) ? (double)f->light->weather.temperature_c + 15 : d->sensor_c;
  set_white(e, f, gains);
  double full = electronics_full_well(d, b), dark = electronics_dark_rate(d, b, celsius);
  *out = (frame_shot){.shutter_s = shot->shutter_s,
                      .gain = shot->gain,
                      .system_gain = electronics_system_gain(d, b) * shot->gain,
                      .dark_e = dark * shot->shutter_s,
                      .white = {gains[0], gains[1], gains[2]}};
  double electrons = full / (ELECTRONICS_HEADROOM * shot->gain);
  out->dn_per_cdm2 = out->system_gain * electrons * shot->scale * 1e-4;
  uint64_t pattern = hash_xxh3_seeded(e->def.name, strlen(e->def.name), d->serial);
  memset(s, 0, sizeof *s);
  s->width = e->def.width_px, s->height = e->def.height_px;
  s->scale = (float)shot->scale;
  s->glare = (float)d->glare;
  s->electrons = (float)electrons;
  s->electrons_most = (float)(full / shot->gain);
  s->system_gain = (float)out->system_gain;
  s->dark_e = (float)out->dark_e;
  s->read_e = (float)(d->read_e * b), s->dsnu_e = (float)(d->dsnu_e * b);
  s->prnu = (float)(d->prnu / b);
  s->black = (float)d->black;
  s->bayer = (int)d->bayer;
  s->key[0] = f->light->weather.seed, s->key[1] = 0x0e3a1288u;
  s->frame = f->light->weather.frame, s->number = (uint32_t)f->number;
  s->pattern[0] = (uint32_t)pattern, s->pattern[1] = (uint32_t)(pattern >> 32);
  double least = fmin(gains[0], fmin(gains[1], gains[2]));
  s->clip = (float)(ELECTRONICS_HEADROOM * least);
  for (int c = 0; c < 3; c++)
    s->white[c] = (float)gains[c];
  for (int k = 0; k < 9; k++) {
    s->filters[k] = (float)electronics_filters[k];
    s->ccm[k] = (float)d->ccm[k];
  }
  s->filmic = d->tone == TONE_FILMIC;
  set_tone(s, ELECTRONICS_HEADROOM * least);
  s->sharpen = (float)d->sharpen;
  double floor =
      d->read_e * b * d->read_e * b + out->dark_e + 1 / (12 * out->system_gain * out->system_gain);
  s->noise_floor = (float)(floor / (electrons * electrons));
  s->noise_slope = (float)(1 / electrons);
  const double shadow = 0.05;
  double noise = floor / (electrons * electrons) + shadow / electrons;
  s->noise_step = sqrt(noise) > 0.3 * shadow ? 2 : 1;
}

static status spread(electronics *e, trouble *why) {
  int top = e->levels, count = pixels_of(e, top);
  status result = LAUNCH(e->dev, e->tools->glare_top, "glare_top", count, GROUP, why,
                         ARG(e->pyramid[top]), ARG(count), ARG(e->share[top]));
  for (int k = top - 1; !result && k >= 1; k--)
    result = LAUNCH(e->dev, e->tools->glare_up, "glare_up", pixels_of(e, k), GROUP, why,
                    ARG(e->pyramid[k]), ARG(e->width[k]), ARG(e->height[k]), ARG(e->share[k]),
                    ARG(e->pyramid[k + 1]));
  return result;
}

static status soften(electronics *e, trouble *why) {
  status result = STATUS_OK;
  for (int columns = 0; !result && e->reach > 0 && columns < 2; columns++)
    result =
        LAUNCH(e->dev, e->tools->blur, "blur", pixels_of(e, 0), GROUP, why, ARG(e->width[0]),
               ARG(e->height[0]), ARG(columns), ARG(e->reach), ARG(e->weights),
               ARG(*(columns ? &e->spare : &e->light)), ARG(*(columns ? &e->light : &e->spare)));
  return result;
}

// From the exposed light to the picture.
static status read_out(electronics *e, cl_mem rgb, trouble *why) {
  int pixels = pixels_of(e, 0);
  status result = soften(e, why);
  if (!result)
    result = spread(e, why);
  if (!result)
    result = LAUNCH(e->dev, e->tools->sensor_read, "sensor_read", pixels, GROUP, why,
                    ARG(e->sensor), ARG(e->light), ARG(e->pyramid[1]), ARG(e->shade), ARG(e->raw));
  if (!result)
    result = LAUNCH(e->dev, e->tools->demosaic, "demosaic", pixels, GROUP, why, ARG(e->sensor),
                    ARG(e->raw), ARG(e->spare));
  if (!result)
    result = LAUNCH(e->dev, e->tools->calm, "calm", pixels, GROUP, why, ARG(e->width[0]),
                    ARG(e->height[0]), ARG(e->spare), ARG(e->light));
  if (!result)
    result = LAUNCH(e->dev, e->tools->finish, "finish", launch_lanes(e->dev, pixels), GROUP, why,
                    ARG(e->sensor), ARG(e->light), ARG(rgb));
  int squares = ((e->width[0] + 15) / 16) * ((e->height[0] + 15) / 16);
  if (!result && e->tables)
    result = LAUNCH(e->dev, e->tools->jpeg, "jpeg", squares, GROUP, why, ARG(e->width[0]),
                    ARG(e->height[0]), ARG(e->tables), ARG(rgb));
  return result;
}

status electronics_take(electronics *e, const electronics_frame *f, cl_mem rgb, frame_camera *out,
                        trouble *why) {
  double wanted;
  gpu_sensor sensor;
  status result = meter(e, f, &wanted, why);
  if (result)
    return result;
  exposure_shot shot = exposure_of(&e->def.electronics, e->def.binning, wanted);
  set_sensor(e, f, &shot, &sensor, &out->shot);
  result = device_status(clEnqueueWriteBuffer(device_queue(e->dev), e->sensor, CL_TRUE, 0,
                                              sizeof sensor, &sensor, 0, NULL, NULL),
                         "clEnqueueWriteBuffer (sensor)", why);
  int k = e->blocks, block = 1 << k;
  if (!result)
    result =
        LAUNCH(e->dev, e->tools->expose_light, "expose_light", (pixels_of(e, 0) + 7) / 8, GROUP,
               why, ARG(f->light->weather_buffer), ARG(e->sensor), ARG(block), ARG(e->width[k]),
               ARG(e->height[k]), ARG(e->pyramid[k]), ARG(f->image), ARG(e->light));
  if (!result)
    result = read_out(e, rgb, why);
  if (!result && out->raw)
    result =
        device_status(clEnqueueReadBuffer(device_queue(e->dev), e->raw, CL_TRUE, 0,
                                          2 * (size_t)pixels_of(e, 0), out->raw, 0, NULL, NULL),
                      "clEnqueueReadBuffer (raw)", why);
  if (!result)
    adapt(e, f, shot.scale);
  return result;
}

status electronics_hdr(electronics *e, cl_mem image, frame_camera *out, trouble *why) {
  int pixels = e->def.width_px * e->def.height_px;
  float scale = 1e4f / HDR_UNIT_CDM2;
  status result = LAUNCH(e->dev, e->tools->light_as_halves, "light_as_halves", pixels, GROUP, why,
                         ARG(pixels), ARG(scale), ARG(image), ARG(e->halves));
  return result ? result
                : device_status(clEnqueueReadBuffer(device_queue(e->dev), e->halves, CL_TRUE, 0,
                                                    6 * (size_t)pixels, out->hdr, 0, NULL, NULL),
                                "clEnqueueReadBuffer (hdr)", why);
}
