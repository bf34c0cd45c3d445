// SPDX-License-Identifier: Apache-2.0
// 2D boxes of a camera: which tiles each thing may cover, what it covers there alone, and how
// much of that is seen.
#include <limits.h>
#include <math.h>
#include <string.h>

#include "base/array.h"
#include "render/camera_parts.h"
#include "render/lens.h"

status camera_read_back(camera *c, cl_mem buffer, size_t size, void *to, trouble *why) {
  if (size == 0)
    return STATUS_OK;
  return device_status(
      clEnqueueReadBuffer(device_queue(c->dev), buffer, CL_TRUE, 0, size, to, 0, NULL, NULL),
      "clEnqueueReadBuffer", why);
}

status camera_write_new(camera *c, cl_mem *buffer, size_t *bytes, const void *data, size_t size,
                        trouble *why) {
  status result = device_reserve(c->dev, buffer, bytes, size, why);
  if (result || size == 0)
    return result;
  return device_status(
      clEnqueueWriteBuffer(device_queue(c->dev), *buffer, CL_TRUE, 0, size, data, 0, NULL, NULL),
      "clEnqueueWriteBuffer", why);
}

status camera_clear_slots(camera *c, int **host, int *capacity, cl_mem *buffer, size_t *bytes,
                          int slots, trouble *why) {
  if (!array_reserve((void **)host, capacity, 5 * slots, sizeof **host))
    return trouble_set(why, STATUS_MEMORY, "no memory for labels");
  for (int i = 0; i < slots; i++) {
    const int empty[5] = {0, INT_MAX, INT_MAX, INT_MIN, INT_MIN};
    memcpy(*host + 5 * i, empty, sizeof empty);
  }
  return camera_write_new(c, buffer, bytes, *host, sizeof **host * 5 * (size_t)slots, why);
}

static double clamp(double x, double lo, double hi) {
  return fmin(hi, fmax(lo, x));
}

// Adds the tiles of a rectangle; false when memory ran out.
static bool add_items(camera *c, const double extent[4], uint32_t instance, int slot, int *count) {
  double w = c->def.width_px, h = c->def.height_px;
  if (extent[2] < 0 || extent[3] < 0 || extent[0] > w || extent[1] > h)
    return true;
  int x0 = (int)floor(clamp(extent[0] - 1, 0, w - 1)) / 4;
  int x1 = (int)floor(clamp(extent[2] + 1, 0, w - 1)) / 4;
  int y0 = (int)floor(clamp(extent[1] - 1, 0, h - 1)) / 4;
  int y1 = (int)floor(clamp(extent[3] + 1, 0, h - 1)) / 4;
  int needed = *count + (x1 - x0 + 1) * (y1 - y0 + 1);
  if (!ARRAY_RESERVE(c->item_host, c->item_capacity, needed))
    return false;
  for (int y = y0; y <= y1; y++)
    for (int x = x0; x <= x1; x++)
      c->item_host[(*count)++] = (cl_int4){{(int)instance, x, y, slot}};
  return true;
}

// Pixels seen of an instance and of its parts, and the box around them.
static void seen_parts(const camera *c, const trace_top *top, uint32_t instance, int out[5]) {
  memcpy(out, c->seen_host + 5 * instance, 5 * sizeof *out);
  for (uint32_t i = instance + 1; i <= instance + top->instances[instance].parts; i++) {
    const int *part = c->seen_host + 5 * i;
    out[0] += part[0];
    for (int k = 1; k < 5; k++)
      out[k] = (k < 3) == (part[k] < out[k]) ? part[k] : out[k];
  }
}

static void to_box(const int slot[5], float out[4]) {
  out[0] = (float)slot[1], out[1] = (float)slot[2];
  out[2] = (float)slot[3] + 1, out[3] = (float)slot[4] + 1;
}

static void fill_box(const stage_target *target, int number, double truncation, const int *amodal,
                     const int *seen, frame_box2d *out) {
  *out = (frame_box2d){.id = target->id,
                       .camera = (uint16_t)number,
                       .class = (uint8_t)target->class,
                       .kind = (uint8_t)target->kind,
                       .visible_pixels = (uint32_t)seen[0],
                       .amodal_pixels = (uint32_t)amodal[0],
                       .visible_fraction = (float)seen[0] / (float)amodal[0],
                       .truncation = (float)truncation};
  to_box(amodal, out->amodal);
  if (seen[0] > 0)
    to_box(seen, out->visible);
}

// The mask of slot's target, whose items begin at *first; leaves *first behind them.
static bool add_mask(const camera *c, int slot, int items, int *first, amodal_runs *runs,
                     frame_box2d *box) {
  while (*first < items && c->item_host[*first].s[3] < slot)
    ++*first;
  int end = *first, begin = *first;
  while (end < items && c->item_host[end].s[3] == slot)
    end++;
  *first = end;
  const cl_int4 *a = &c->item_host[begin], *b = &c->item_host[end - 1];
  amodal_tiles where = {a->s[1], a->s[2], b->s[1] - a->s[1] + 1, b->s[2] - a->s[2] + 1};
  int before = runs->count;
  bool ok = amodal_append(runs, c->def.width_px, c->def.height_px, where, c->covered_host + begin);
  box->run_first = (uint32_t)before;
  box->run_count = (uint32_t)(runs->count - before);
  return ok;
}

// Of `count` items what their things cover, into c->amodal and, with masks, to `covered`.
static status cover(camera *c, const stage *st, const cl_int4 *items, int count, uint32_t *covered,
                    trouble *why) {
  status result =
      camera_write_new(c, &c->items, &c->item_bytes, items, sizeof *items * (size_t)count, why);
  if (!result)
    result = device_reserve(c->dev, &c->covered, &c->covered_bytes,
                            sizeof(uint32_t) * (size_t)(count + 1), why);
  if (!result && count)
    result = tracer_amodal(c->tracing, stage_traced(st), c->camera, c->pixels.rays, c->samples,
                           c->items, count, c->amodal, c->covered, why);
  if (!result && covered)
    result = camera_read_back(c, c->covered, sizeof *covered * (size_t)count, covered, why);
  return result;
}

// Those items that lie in the band at hand.
static status cover_band(camera *c, const stage *st, int items, bool masks, trouble *why) {
  int count = 0;
  if (!ARRAY_RESERVE(c->part_host, c->part_capacity, items + 1) ||
      !ARRAY_RESERVE(c->part_numbers, c->part_number_capacity, items + 1) ||
      !ARRAY_RESERVE(c->part_covered, c->part_covered_capacity, items + 1))
    return trouble_set(why, STATUS_MEMORY, "no memory for boxes");
  for (int i = 0; i < items; i++) {
    if (4 * c->item_host[i].s[2] < c->row_first || 4 * c->item_host[i].s[2] >= c->row_end)
      continue;
    c->part_host[count] = c->item_host[i];
    c->part_numbers[count++] = i;
  }
  if (count == 0)
    return STATUS_OK;
  status result = camera_enqueue_rays(c, &c->pixels, c->samples, why);
  if (!result)
    result = cover(c, st, c->part_host, count, masks ? c->part_covered : NULL, why);
  for (int i = 0; !result && masks && i < count; i++)
    c->covered_host[c->part_numbers[i]] = c->part_covered[i];
  return result;
}

// The pixels' rays are still there when the image was one band.
static status cover_all(camera *c, const stage *st, int items, bool masks, trouble *why) {
  if (masks && !ARRAY_RESERVE(c->covered_host, c->covered_capacity, items + 1))
    return trouble_set(why, STATUS_MEMORY, "no memory for amodal masks");
  if (!camera_has_bands(c))
    return cover(c, st, c->item_host, items, masks ? c->covered_host : NULL, why);
  status result = STATUS_OK;
  for (int row = 0; !result && row < c->def.height_px; row = c->row_end) {
    result = camera_enter_band(c, row, false, why);
    if (!result)
      result = cover_band(c, st, items, masks, why);
  }
  return result;
}

status camera_boxes(camera *c, const stage *st, int number, frame_box2d *boxes, int *count,
                    amodal_runs *runs, trouble *why) {
  int targets, items = 0;
  const stage_target *all = stage_targets(st, &targets);
  status result = camera_clear_slots(c, &c->amodal_host, &c->amodal_capacity, &c->amodal,
                                     &c->amodal_bytes, targets, why);
  if (result)
    return result;
  for (int i = 0; i < targets; i++) {
    if (all[i].ego)
      continue;
    lens_extent where;
    lens_extent_of(&c->def, &c->now, &all[i], &where);
    if (where.seen && !add_items(c, where.px, all[i].instance, i, &items))
      return trouble_set(why, STATUS_MEMORY, "no memory for boxes");
  }
  bool masks = c->def.labels & LABEL_AMODAL;
  result = cover_all(c, st, items, masks, why);
  if (!result)
    result = camera_read_back(c, c->amodal, sizeof(int) * 5 * (size_t)targets, c->amodal_host, why);
  if (result)
    return result;
  for (int i = 0, first = 0; i < targets; i++) {
    const int *amodal = c->amodal_host + 5 * i;
    if (all[i].ego || amodal[0] == 0)
      continue;
    lens_extent where;
    lens_extent_of(&c->def, &c->now, &all[i], &where);
    frame_box2d *box = &boxes[(*count)++];
    int seen[5];
    seen_parts(c, stage_top(st), all[i].instance, seen);
    fill_box(&all[i], number, where.truncation, amodal, seen, box);
    if (masks && !add_mask(c, i, items, &first, runs, box))
      return trouble_set(why, STATUS_MEMORY, "no memory for amodal masks");
  }
  return STATUS_OK;
}
