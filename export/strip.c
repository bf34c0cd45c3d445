// SPDX-License-Identifier: Apache-2.0
#include "export/strip.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "export/picture.h"
#include "export/strip_tiles.h"

enum { TILE = 320, COLUMNS = 4, GAP = 14, MARGIN = 26, LABEL = 30, HEAD = 66 };
enum { CHART = 130, CHART_LEFT = 100, LINE = 24 };
static const double ACROSS_M = 64;

static const colour pencil = {91, 102, 117}, faint = {214, 219, 227};

typedef struct tile {
  canvas picture;
  int frame; // -1: the overview
} tile;

struct strip {
  strip_of of;
  tile tiles[STRIP_TILES];
  int count;
};

// ---- moments ----

int strip_moments(const strip_of *of, int out[STRIP_MOMENTS]) {
  int last = of->episode->count - 1, count = last + 1 < STRIP_MOMENTS ? last + 1 : STRIP_MOMENTS;
  bool taken[STRIP_MOMENTS] = {false};
  for (int k = 0; k < count; k++)
    out[k] = count > 1 ? (int)lround((double)last * k / (count - 1)) : last;
  for (int i = 0; i < of->fault_count; i++) {
    int at_frame = of->faults[i].frame, best = -1;
    for (int k = 0; k < count; k++) {
      if (out[k] == at_frame)
        best = k, taken[k] = true;
      // Neighbours stay apart, and the last one where it is.
      bool between = (k == 0 || out[k - 1] < at_frame) && k + 1 < count && at_frame < out[k + 1];
      if (between && !taken[k] && (best < 0 || abs(out[k] - at_frame) < abs(out[best] - at_frame)))
        best = k;
    }
    if (best >= 0) {
      out[best] = at_frame;
      taken[best] = true;
    }
  }
  return count;
}

// ---- pictures ----

status strip_create(strip **out, const strip_of *of, trouble *why) {
  *out = calloc(1, sizeof **out);
  if (!*out)
    return trouble_set(why, STATUS_MEMORY, "strip: no memory");
  (*out)->of = *of;
  return STATUS_OK;
}

void strip_destroy(strip *s) {
  if (!s)
    return;
  for (int i = 0; i < s->count; i++)
    free(s->tiles[i].picture.rgb);
  free(s);
}

static status keep(strip *s, canvas picture, int at_frame, trouble *why) {
  if (!picture.rgb)
    return trouble_set(why, STATUS_MEMORY, "strip: no memory for a picture");
  if (s->count == STRIP_TILES) {
    free(picture.rgb);
    return trouble_set(why, STATUS_LIMIT, "strip: more than %d pictures", STRIP_TILES);
  }
  s->tiles[s->count++] = (tile){picture, at_frame};
  return STATUS_OK;
}

status strip_add_picture(strip *s, const canvas *picture, int at_frame, trouble *why) {
  return keep(s, canvas_shrink(picture, 1), at_frame, why);
}

status strip_add_birdseye(strip *s, trouble *why) {
  birdseye b;
  int moments[STRIP_MOMENTS], count = strip_moments(&s->of, moments);
  status result = birdseye_create(&b, s->of.scene, why);
  if (result)
    return result;
  result = keep(s, strip_way(&s->of, &b, moments, count, TILE, NULL), -1, why);
  for (int i = 0; !result && i < count; i++)
    result = keep(s, strip_moment(&s->of, &b, moments[i], TILE, ACROSS_M, NULL), moments[i], why);
  birdseye_free(&b);
  return result;
}

// ---- laying out ----

// Text without what the letters lack, cut to a width.
static void put_text(canvas *c, int x, int y, int scale, const char *text, int width, colour with) {
  char line[STRIP_LINE];
  int most = width / canvas_text_width(scale, " ");
  snprintf(line, sizeof line, "%.*s", most < STRIP_LINE - 1 ? most : STRIP_LINE - 1, text);
  canvas_text(c, x, y, scale, line, with);
}

static void put_label(canvas *c, const strip_of *of, const tile *t, int number, int x, int y) {
  const sim_episode *e = of->episode;
  char text[STRIP_LINE];
  if (t->frame < 0) {
    put_text(c, x, y, 2, "the whole way", t->picture.width, pencil);
    return;
  }
  const char *fault = NULL;
  for (int i = 0; i < of->fault_count; i++)
    if (of->faults[i].frame == t->frame)
      fault = sim_fault_text(of->faults[i].kind);
  snprintf(text, sizeof text, "%d", number);
  canvas_fill(c, x, y - 3, canvas_text_width(2, text) + 6, 22, fault ? strip_red : strip_blue);
  canvas_text(c, x + 4, y, 2, text, strip_paper);
  x += canvas_text_width(2, text) + 14;
  snprintf(text, sizeof text, "%.1f s  %.1f m/s", t->frame * e->step_s, e->ego_ahead_mps[t->frame]);
  put_text(c, x, y, 2, text, t->picture.width - 30, fault ? strip_red : strip_ink);
}

// Speed over time, moments and faults.
static void put_chart(canvas *c, const strip *s, int x, int y, int width) {
  const sim_episode *e = s->of.episode;
  double most = 5, seconds = fmax(0.1, (e->count - 1) * e->step_s);
  int left = x + CHART_LEFT, wide = width - CHART_LEFT - 8, high = CHART - 30;
  char text[32];
  for (int k = 0; k < e->count; k++)
    most = fmax(most, fabs(e->ego_ahead_mps[k]));
  most = 5 * ceil(most / 5);
  for (int k = 0; k <= 2; k++) {
    int at = y + high - k * high / 2;
    canvas_fill(c, left, at, wide, 1, faint);
    snprintf(text, sizeof text, k == 2 ? "%g m/s" : "%g", most * k / 2);
    canvas_text(c, left - 8 - canvas_text_width(2, text), at - 8, 2, text, pencil);
  }
  for (int k = 0; k + 1 < e->count; k++)
    for (int thick = 0; thick < 2; thick++)
      canvas_line(c, left + wide * k * e->step_s / seconds,
                  y + high - high * fabs(e->ego_ahead_mps[k]) / most + thick,
                  left + wide * (k + 1) * e->step_s / seconds,
                  y + high - high * fabs(e->ego_ahead_mps[k + 1]) / most + thick, strip_blue, 1);
  for (int i = 0, number = 0; i < s->count; i++) {
    if (s->tiles[i].frame < 0)
      continue;
    int at = left + (int)lround(wide * s->tiles[i].frame * e->step_s / seconds);
    snprintf(text, sizeof text, "%d", ++number);
    canvas_fill(c, at, y, 1, high, faint);
    canvas_text(c, at - canvas_text_width(2, text) / 2, y + high + 8, 2, text, pencil);
  }
  for (int i = 0; i < s->of.fault_count; i++) {
    int at = left + (int)lround(wide * s->of.faults[i].frame * e->step_s / seconds);
    canvas_fill(c, at - 1, y, 3, high, strip_red);
  }
}

static void put_faults(canvas *c, const strip_of *of, int x, int y, int width) {
  char text[STRIP_LINE];
  for (int i = 0; i < of->fault_count && i < STRIP_FAULTS; i++) {
    const sim_fault *f = &of->faults[i];
    int used = snprintf(text, sizeof text, "%.1f s  ", f->frame * of->episode->step_s);
    strip_fault_text(f, text + used, sizeof text - (size_t)used);
    put_text(c, x, y + i * LINE, 2, text, width, strip_red);
  }
  if (of->fault_count == 0)
    put_text(c, x, y, 2, "no fault of its own, nobody touched", width, pencil);
}

status strip_write(const strip *s, const char *path, trouble *why) {
  if (s->count == 0)
    return trouble_set(why, STATUS_RANGE, "%s: a strip needs at least one picture", path);
  const int wide = s->tiles[0].picture.width, high = s->tiles[0].picture.height;
  const int rows = (s->count + COLUMNS - 1) / COLUMNS, width = COLUMNS * (wide + GAP) - GAP;
  const int listed = s->of.fault_count < STRIP_FAULTS ? s->of.fault_count : STRIP_FAULTS;
  const int chart_at = MARGIN + HEAD + rows * (high + LABEL + GAP);
  const int faults_at = chart_at + CHART + 10;
  canvas all = canvas_create(
      width + 2 * MARGIN, faults_at + (listed > 1 ? listed : 1) * LINE + MARGIN - 6, strip_paper);
  if (!all.rgb)
    return trouble_set(why, STATUS_MEMORY, "%s: no memory for the picture", path);
  put_text(&all, MARGIN, MARGIN - 6, 2, s->of.title, width, strip_ink);
  put_text(&all, MARGIN, MARGIN + 20, 2, s->of.end, width, pencil);
  for (int i = 0, number = 0; i < s->count; i++) {
    int x = MARGIN + i % COLUMNS * (wide + GAP);
    int y = MARGIN + HEAD + i / COLUMNS * (high + LABEL + GAP);
    number += s->tiles[i].frame >= 0;
    canvas_paste(&all, x, y, &s->tiles[i].picture);
    put_label(&all, &s->of, &s->tiles[i], number, x, y + high + 10);
  }
  put_chart(&all, s, MARGIN, chart_at, width);
  put_faults(&all, &s->of, MARGIN, faults_at, width);
  status result = picture_write_png(path, all.width, all.height, all.rgb, why);
  free(all.rgb);
  return result;
}
