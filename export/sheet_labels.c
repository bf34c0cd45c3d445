// SPDX-License-Identifier: Apache-2.0
#include "export/sheet_labels.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>

static const colour dark = {14, 16, 20};

// A cell and the camera that it shows.
typedef struct view {
  canvas *out;
  const frame_camera *camera;
} view;

static int start(view *v, canvas *out, int width, int height, const frame *f, int camera) {
  *v = (view){out, &f->cameras[camera]};
  *out = canvas_create(width, height, dark);
  return out->rgb != NULL;
}

/// Source pixel under a cell's pixel.
static size_t under(const view *v, int x, int y) {
  int sx = (int)((x + 0.5) * v->camera->width_px / v->out->width);
  int sy = (int)((y + 0.5) * v->camera->height_px / v->out->height);
  return (size_t)sy * (size_t)v->camera->width_px + (size_t)sx;
}

// The picture in the background.
static colour faint(const view *v, size_t at, double share) {
  const uint8_t *rgb = v->camera->rgb + 3 * at;
  double grey = share * (0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]);
  return (colour){(uint8_t)grey, (uint8_t)grey, (uint8_t)grey};
}

static int draw_normal(canvas *out, int width, int height, const frame *f, int camera) {
  view v;
  if (!start(&v, out, width, height, f, camera))
    return 0;
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      const int16_t *n = v.camera->normal + 3 * under(&v, x, y);
      if (n[0] || n[1] || n[2]) // right is red, up green, towards the camera blue
        canvas_blend(out, x, y,
                     (colour){(uint8_t)(127.5 + 127.4 * n[0] / NORMAL_STEPS),
                              (uint8_t)(127.5 - 127.4 * n[1] / NORMAL_STEPS),
                              (uint8_t)(127.5 - 127.4 * n[2] / NORMAL_STEPS)},
                     1);
    }
  return 1;
}

// The way of a flow is its hue, its length the colour's strength: white is still.
static colour flow_colour(double right_px, double down_px) {
  double hue = atan2(down_px, right_px) * 3 / 3.14159265358979323846;
  double strength = fmin(1, sqrt(hypot(right_px, down_px) / 64)), rgb[3];
  for (int k = 0; k < 3; k++) {
    double away = fabs(remainder(hue - 2 * k, 6));
    rgb[k] = 255 * (1 - strength * (1 - fmax(0, fmin(1, 2 - away))));
  }
  return (colour){(uint8_t)rgb[0], (uint8_t)rgb[1], (uint8_t)rgb[2]};
}

static void paint_flow(const view *v, const int16_t *flow) {
  for (int y = 0; y < v->out->height; y++)
    for (int x = 0; x < v->out->width; x++) {
      const int16_t *it = flow + 2 * under(v, x, y);
      if (it[0] != FLOW_NONE)
        canvas_blend(v->out, x, y,
                     flow_colour((double)it[0] / FLOW_STEPS, (double)it[1] / FLOW_STEPS), 1);
    }
}

static int draw_flow(canvas *out, int width, int height, const frame *f, int camera) {
  view v;
  if (!start(&v, out, width, height, f, camera))
    return 0;
  paint_flow(&v, v.camera->flow);
  return 1;
}

static int draw_flow_back(canvas *out, int width, int height, const frame *f, int camera) {
  view v;
  if (!start(&v, out, width, height, f, camera))
    return 0;
  paint_flow(&v, v.camera->flow_back);
  return 1;
}

static int draw_occlusion(canvas *out, int width, int height, const frame *f, int camera) {
  const colour next = {255, 90, 60}, last = {70, 220, 120}, outside = {60, 90, 220};
  view v;
  if (!start(&v, out, width, height, f, camera))
    return 0;
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      size_t at = under(&v, x, y);
      unsigned bits = v.camera->occlusion[at];
      canvas_blend(out, x, y, faint(&v, at, 0.35), 1);
      if (bits & (OCCLUSION_OUTSIDE | OCCLUSION_BACK_OUTSIDE))
        canvas_blend(out, x, y, outside, 0.5);
      if (bits & OCCLUSION_BACK_HIDDEN)
        canvas_blend(out, x, y, last, 0.9);
      if (bits & OCCLUSION_HIDDEN)
        canvas_blend(out, x, y, next, bits & OCCLUSION_BACK_HIDDEN ? 0.5 : 0.9);
    }
  return 1;
}

static int draw_albedo(canvas *out, int width, int height, const frame *f, int camera) {
  view v;
  if (!start(&v, out, width, height, f, camera))
    return 0;
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      const uint8_t *rgb = v.camera->albedo + 3 * under(&v, x, y);
      canvas_blend(out, x, y, (colour){rgb[0], rgb[1], rgb[2]}, 1);
    }
  return 1;
}

static int draw_mark(canvas *out, int width, int height, const frame *f, int camera) {
  static const colour kinds[FRAME_MARK_COUNT] = {
      [FRAME_MARK_SOLID] = {255, 255, 255},   [FRAME_MARK_BROKEN] = {255, 110, 90},
      [FRAME_MARK_DOUBLE] = {255, 90, 255},   [FRAME_MARK_STOP] = {255, 170, 0},
      [FRAME_MARK_CROSSING] = {70, 230, 100}, [FRAME_MARK_SYMBOL] = {60, 220, 255},
      [FRAME_MARK_AREA] = {100, 120, 255},    [FRAME_MARK_BAY] = {180, 180, 100}};
  view v;
  if (!start(&v, out, width, height, f, camera))
    return 0;
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      size_t at = under(&v, x, y);
      unsigned kind = v.camera->mark[at] & (FRAME_MARK_YELLOW - 1u);
      canvas_blend(out, x, y, faint(&v, at, 0.35), 1);
      if (kind && kind < FRAME_MARK_COUNT)
        canvas_blend(out, x, y, kinds[kind], 1);
      if (v.camera->mark[at] & FRAME_MARK_YELLOW)
        canvas_blend(out, x, y, (colour){255, 230, 0}, 0.5);
    }
  return 1;
}

static int draw_raw(canvas *out, int width, int height, const frame *f, int camera) {
  view v;
  if (!start(&v, out, width, height, f, camera))
    return 0;
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      double share = sqrt(v.camera->raw[under(&v, x, y)] / (double)RAW_WHITE);
      uint8_t grey = (uint8_t)(255 * fmin(share, 1));
      canvas_blend(out, x, y, (colour){grey, grey, grey}, 1);
    }
  return 1;
}

// IEEE 754's binary16, of numbers that aren't negative.
static double half_value(uint16_t bits) {
  int exponent = bits >> 10 & 31, fraction = bits & 1023;
  return exponent ? ldexp(1024 + fraction, exponent - 25) : ldexp(fraction, -24);
}

// Brightness by its logarithm, from 0.01 cd/m2, blue, to 1,000,000, yellow.
static int draw_hdr(canvas *out, int width, int height, const frame *f, int camera) {
  view v;
  if (!start(&v, out, width, height, f, camera))
    return 0;
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      const uint16_t *c = v.camera->hdr + 3 * under(&v, x, y);
      double light =
          0.2126 * half_value(c[0]) + 0.7152 * half_value(c[1]) + 0.0722 * half_value(c[2]);
      double share = (log10(fmax(light * HDR_UNIT_CDM2, 1e-9)) + 2) / 8;
      share = fmax(0, fmin(1, share));
      canvas_blend(out, x, y,
                   (colour){(uint8_t)(255 * share), (uint8_t)(230 * share * share),
                            (uint8_t)(90 + 120 * share * (1 - share) - 60 * share)},
                   1);
    }
  return 1;
}

// A run of a mask, column by column.
static void paint_run(uint8_t *mask, const frame_camera *c, uint64_t from, uint64_t count) {
  for (uint64_t i = from; i < from + count; i++)
    mask[i % (uint64_t)c->height_px * (uint64_t)c->width_px + i / (uint64_t)c->height_px] = 1;
}

// One over the other, half transparent: what is hidden shows through what hides it.
static int draw_amodal(canvas *out, int width, int height, const frame *f, int camera) {
  view v;
  if (!start(&v, out, width, height, f, camera))
    return 0;
  const uint64_t pixels = (uint64_t)v.camera->width_px * (uint64_t)v.camera->height_px;
  uint8_t *mask = malloc(pixels);
  if (!mask) {
    free(out->rgb);
    out->rgb = NULL;
    return 0;
  }
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      canvas_blend(out, x, y, faint(&v, under(&v, x, y), 0.5), 1);
  for (int i = 0; i < f->box2d_count; i++) {
    const frame_box2d *box = &f->boxes2d[i];
    if (box->camera != camera || !box->run_count)
      continue;
    for (uint64_t k = 0; k < pixels; k++)
      mask[k] = 0;
    uint64_t at = 0;
    for (uint32_t k = 0; k < box->run_count; k++) {
      uint64_t run = f->amodal_runs[box->run_first + k];
      run = run < pixels - at ? run : pixels - at;
      if (k & 1)
        paint_run(mask, v.camera, at, run);
      at += run;
    }
    for (int y = 0; y < height; y++)
      for (int x = 0; x < width; x++)
        if (mask[under(&v, x, y)])
          canvas_blend(out, x, y, colour_of_id(box->id), 0.5);
  }
  free(mask);
  return 1;
}

int sheet_label_at(uint32_t labels, int index, sheet_label *out) {
  static const struct {
    uint32_t label;
    sheet_label view;
  } all[] = {
      {LABEL_NORMAL, {"normals", draw_normal}},
      {LABEL_FLOW, {"flow to the next frame", draw_flow}},
      {LABEL_FLOW_BACK, {"flow to the last frame", draw_flow_back}},
      {LABEL_OCCLUSION, {"hidden next red, last green", draw_occlusion}},
      {LABEL_ALBEDO, {"albedo", draw_albedo}},
      {LABEL_MARK, {"marks by kind", draw_mark}},
      {LABEL_AMODAL, {"amodal masks", draw_amodal}},
      {LABEL_RAW, {"raw", draw_raw}},
      {LABEL_HDR, {"light, 0.01 to 1e6 cd/m2", draw_hdr}},
  };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (labels & all[i].label && index-- == 0) {
      *out = all[i].view;
      return 1;
    }
  return 0;
}
