// SPDX-License-Identifier: Apache-2.0
// A camera's samples, and its image in bands of rows where the device has no room for those of
// the whole. A band has some rows more on each side than it shows, since ambient light and edges
// look at neighbours, and the filter of bounced light further; samples keep the numbers that they
// have in the whole image, which throw their dice, so that bands change no bit.
#include "render/camera_parts.h"
#include "render/launch.h"

// Rows: of ambient light's blocks; and more than the filter of bounced light looks away (2 pixels
// of 1 + 2 + 4 + 8 + 16 steps, 2 for variances, 1 for samples), in whole blocks.
enum { GROUP = 32, BLOCK = 32, LIGHT_RIM = 96 };

static int least(int a, int b) {
  return a < b ? a : b;
}
static int most(int a, int b) {
  return a > b ? a : b;
}

static status make_hits(device *dev, shade_hits *h, size_t count, trouble *why) {
  cl_mem *all[] = {&h->t, &h->primitive, &h->instance, &h->u, &h->v};
  status result = STATUS_OK;
  for (int i = 0; !result && i < 5; i++)
    result = device_buffer(dev, 4 * count, NULL, all[i], why);
  return result;
}

static void drop(cl_mem *buffer) {
  if (*buffer)
    clReleaseMemObject(*buffer);
  *buffer = NULL;
}

static void drop_set(sample_set *s) {
  cl_mem *all[] = {
      &s->rays,     &s->sun_rays,         &s->surface,         &s->sun,      &s->material,
      &s->ambient,  &s->origins,          &s->directions,      &s->radiance, &s->light,
      &s->hits.t,   &s->hits.primitive,   &s->hits.instance,   &s->hits.u,   &s->hits.v,
      &s->mirror.t, &s->mirror.primitive, &s->mirror.instance, &s->mirror.u, &s->mirror.v};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    drop(all[i]);
  s->capacity = 0;
}

status camera_reserve_set(camera *c, sample_set *s, int count, trouble *why) {
  if (count <= s->capacity)
    return STATUS_OK;
  drop_set(s);
  // The number of extra samples changes from frame to frame, that of the pixels never.
  int capacity = (s == &c->pixels ? count : count + count / 4 + 15) / 16 * 16;
  size_t n = (size_t)capacity;
  struct {
    cl_mem *buffer;
    size_t size;
  } all[] = {{&s->rays, 4 * RAY_PLANES * n}, {&s->sun_rays, 4 * RAY_PLANES * n},
             {&s->surface, 16 * n},          {&s->sun, 4 * n},
             {&s->material, 4 * n},          {&s->ambient, 4 * n},
             {&s->origins, 16 * n},          {&s->directions, 16 * n},
             {&s->radiance, 16 * n}};
  status result = make_hits(c->dev, &s->hits, n, why);
  if (!result)
    result = make_hits(c->dev, &s->mirror, n, why);
  for (size_t i = 0; !result && i < sizeof all / sizeof *all; i++)
    result = device_buffer(c->dev, all[i].size, NULL, all[i].buffer, why);
  if (!result && c->def.bounces > 0)
    result = device_buffer(c->dev, 16 * n, NULL, &s->light, why);
  if (!result)
    s->capacity = capacity;
  return result;
}

int camera_band_sample(const camera *c) {
  return c->now.band_row / 4 * c->tiles_x * 16;
}

bool camera_has_bands(const camera *c) {
  return c->rows < c->def.height_px;
}

int camera_rows(const camera *c) {
  return least(c->rows, c->def.height_px);
}

void camera_limit_rows(camera *c, int rows) {
  c->rows = rows;
  drop_set(&c->pixels);
  drop_set(&c->extra);
  drop_set(&c->shaded);
  cl_mem *all[] = {&c->hard_sun,   &c->ambient_rays, &c->sky_free, &c->quads,
                   &c->seen_light, &c->edge,         &c->owner,    &c->positions,
                   &c->centre,     &c->source,       &c->kept};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    drop(all[i]);
  c->owner_bytes = c->position_bytes = c->centre_bytes = c->source_bytes = c->kept_bytes = 0;
  c->band_samples = 0;
  paths_destroy(c->light);
  c->light = NULL;
  labels_spare(c->more);
}

// Rows around a band.
static int rim_of(const camera *c) {
  return c->def.bounces > 0 ? LIGHT_RIM : BLOCK;
}

status camera_enter_band(camera *c, int row, bool around, trouble *why) {
  const int width = c->def.width_px, height = c->def.height_px, rim = around ? rim_of(c) : 0;
  c->row_first = row;
  c->row_end = c->rows < height - row ? row + c->rows : height;
  const int first = most(row - rim, 0), end = least(c->row_end + rim, height), rows = end - first;
  c->samples = c->tiles_x * ((rows + 3) / 4) * 16;
  c->ambient_count = ((width + 31) / 32) * ((rows + BLOCK - 1) / BLOCK) * 256;
  c->quad_plane = ((width + 1) / 2 + 4) * ((rows + 1) / 2 + 4);
  gpu_camera *g = &c->now;
  g->band_row = first;
  g->band_rest = height - end;
  g->band_above = row - first;
  g->band_below = end - c->row_end;
  return device_status(clEnqueueWriteBuffer(device_queue(c->dev), c->camera, CL_TRUE, 0, sizeof *g,
                                            g, 0, NULL, NULL),
                       "clEnqueueWriteBuffer (camera)", why);
}

status camera_reserve_band(camera *c, trouble *why) {
  if (c->samples <= c->band_samples)
    return STATUS_OK;
  // The largest band: the first may have rows around it on one side alone.
  const int width = c->def.width_px, height = c->def.height_px;
  const int rows = c->rows < height - 2 * rim_of(c) ? c->rows + 2 * rim_of(c) : height;
  const size_t samples = (size_t)c->tiles_x * (size_t)((rows + 3) / 4) * 16;
  const size_t ambient = (size_t)((width + 31) / 32) * (size_t)((rows + BLOCK - 1) / BLOCK) * 256;
  const size_t quads = (size_t)((width + 1) / 2 + 4) * (size_t)((rows + 1) / 2 + 4);
  struct {
    cl_mem *buffer;
    size_t size;
  } all[] = {{&c->ambient_rays, 4 * RAY_PLANES * ambient},
             {&c->sky_free, 4 * ambient},
             {&c->quads, 20 * quads + 16},
             {&c->hard_sun, 4 * samples},
             {&c->seen_light, 4 * samples},
             {&c->edge, samples}};
  status result = camera_reserve_set(c, &c->pixels, (int)samples, why);
  for (size_t i = 0; !result && i < sizeof all / sizeof *all; i++) {
    drop(all[i].buffer);
    result = device_buffer(c->dev, all[i].size, NULL, all[i].buffer, why);
  }
  if (!result)
    result = camera_light_reserve(c, rows, why);
  if (!result)
    c->band_samples = (int)samples;
  return result;
}

status camera_enqueue_rays(camera *c, sample_set *s, int count, trouble *why) {
  int use_positions = s == &c->extra;
  int stride = (count + 15) / 16 * 16;
  float limit = 1e7f;
  cl_mem positions = use_positions ? c->positions : c->camera; // not read without use_positions
  return LAUNCH(c->dev, c->tools->camera_rays, "camera_rays", launch_lanes(c->dev, stride), GROUP,
                why, ARG(c->camera), ARG(positions), ARG(use_positions), ARG(count), ARG(stride),
                ARG(limit), ARG(s->rays));
}
