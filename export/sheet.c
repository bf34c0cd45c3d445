// SPDX-License-Identifier: Apache-2.0
#include "export/sheet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "export/picture.h"
#include "export/sheet_labels.h"
#include "export/sheet_views.h"

enum {
  CELL_WIDTH = 512,
  CELLS_A_STRIP = 5,
  MARGIN = 20,
  GAP = 8,
  TITLE = 34, // height of a row's title
  LABEL = 26, // height of a cell's label
  NAME = 48,
};

static const colour paper = {27, 30, 36}, ink = {236, 238, 242}, pencil = {150, 158, 172};

struct sheet {
  int count, capacity;
  canvas *rows;
};

typedef struct cell {
  char label[NAME];
  canvas image;
} cell;

status sheet_create(sheet **out, trouble *why) {
  *out = calloc(1, sizeof **out);
  return *out ? STATUS_OK : trouble_set(why, STATUS_MEMORY, "contact sheet: no memory");
}

void sheet_destroy(sheet *s) {
  if (!s)
    return;
  for (int i = 0; i < s->count; i++)
    free(s->rows[i].rgb);
  free(s->rows);
  free(s);
}

/// The height of a camera's cell; extreme shapes are squeezed.
static int cell_height(int width_px, int height_px) {
  int height = (int)((long)CELL_WIDTH * height_px / width_px);
  return height < CELL_WIDTH / 4 ? CELL_WIDTH / 4 : height > CELL_WIDTH ? CELL_WIDTH : height;
}

static int draw_cells(cell *cells, const frame *f, const rig_def *rig) {
  int n = 0, ok = 1, height = cell_height(16, 10);
  if (f->camera_count > 0) {
    const frame_camera *c = &f->cameras[0];
    height = cell_height(c->width_px, c->height_px);
    snprintf(cells[n].label, NAME, "%s", rig->cameras[0].name);
    ok = ok && sheet_view_rgb(&cells[n++].image, CELL_WIDTH, height, c);
    if (c->depth_m) {
      snprintf(cells[n].label, NAME, "depth, 2 to 150 m");
      ok = ok && sheet_view_depth(&cells[n++].image, CELL_WIDTH, height, c);
    }
    if (c->semantic) {
      snprintf(cells[n].label, NAME, "semantic");
      ok = ok && sheet_view_semantic(&cells[n++].image, CELL_WIDTH, height, c);
    }
    if (c->instance) {
      snprintf(cells[n].label, NAME, "instances and boxes");
      ok = ok && sheet_view_instance(&cells[n++].image, CELL_WIDTH, height, f, 0);
    }
    sheet_label more;
    for (int i = 0; sheet_label_at(rig->cameras[0].labels, i, &more); i++) {
      snprintf(cells[n].label, NAME, "%s", more.label);
      ok = ok && more.draw(&cells[n++].image, CELL_WIDTH, height, f, 0);
    }
  }
  for (int i = 0; i < f->lidar_count; i++) {
    snprintf(cells[n].label, NAME, "%s from above", rig->lidars[i].name);
    ok = ok && sheet_view_lidar(&cells[n++].image, CELL_WIDTH, height, f, rig, i);
  }
  for (int i = 1; i < f->camera_count; i++) {
    const frame_camera *c = &f->cameras[i];
    snprintf(cells[n].label, NAME, "%s", rig->cameras[i].name);
    ok = ok &&
         sheet_view_rgb(&cells[n++].image, CELL_WIDTH, cell_height(c->width_px, c->height_px), c);
  }
  return ok ? n : -1;
}

/// Lays the cells out, five a strip, under the title. rgb is NULL when memory ran out.
static canvas lay_out(const cell *cells, int count, const char *title) {
  int columns = count < CELLS_A_STRIP ? count : CELLS_A_STRIP, height = TITLE;
  for (int i = 0; i < count; i += CELLS_A_STRIP) {
    int tallest = 0;
    for (int k = i; k < count && k < i + CELLS_A_STRIP; k++)
      tallest = cells[k].image.height > tallest ? cells[k].image.height : tallest;
    height += tallest + LABEL + GAP;
  }
  int width = columns * (CELL_WIDTH + GAP) - (columns ? GAP : 0);
  int title_width = canvas_text_width(2, title);
  canvas row = canvas_create(width > title_width ? width : title_width, height, paper);
  if (!row.rgb)
    return row;
  canvas_text(&row, 0, TITLE - 24, 2, title, ink);
  int y = TITLE;
  for (int i = 0; i < count; i += CELLS_A_STRIP) {
    int tallest = 0;
    for (int k = i; k < count && k < i + CELLS_A_STRIP; k++) {
      int x = (k - i) * (CELL_WIDTH + GAP);
      canvas_paste(&row, x, y, &cells[k].image);
      canvas_text(&row, x, y + cells[k].image.height + 5, 2, cells[k].label, pencil);
      tallest = cells[k].image.height > tallest ? cells[k].image.height : tallest;
    }
    y += tallest + LABEL + GAP;
  }
  return row;
}

status sheet_add_row(sheet *s, const char *title, const frame *f, const rig_def *rig,
                     trouble *why) {
  enum { CELLS = 4 + LABEL_COUNT + RIG_CAMERAS + RIG_LIDARS };
  cell *cells = calloc(CELLS, sizeof *cells);
  canvas row = {0};
  if (cells && ARRAY_RESERVE(s->rows, s->capacity, s->count + 1)) {
    int count = draw_cells(cells, f, rig);
    if (count >= 0)
      row = lay_out(cells, count, title);
    for (int i = 0; i < CELLS; i++)
      free(cells[i].image.rgb);
  }
  free(cells);
  if (!row.rgb)
    return trouble_set(why, STATUS_MEMORY, "contact sheet: no memory");
  s->rows[s->count++] = row;
  return STATUS_OK;
}

status sheet_write(const sheet *s, const char *path, trouble *why) {
  if (s->count == 0)
    return trouble_set(why, STATUS_RANGE, "%s: a contact sheet needs at least one frame", path);
  int width = 0, height = MARGIN;
  for (int i = 0; i < s->count; i++) {
    width = s->rows[i].width > width ? s->rows[i].width : width;
    height += s->rows[i].height;
  }
  canvas all = canvas_create(width + 2 * MARGIN, height + MARGIN - GAP, paper);
  if (!all.rgb)
    return trouble_set(why, STATUS_MEMORY, "%s: no memory for the picture", path);
  int y = MARGIN / 2;
  for (int i = 0; i < s->count; i++) {
    canvas_paste(&all, MARGIN, y, &s->rows[i]);
    y += s->rows[i].height;
  }
  status result = picture_write_png(path, all.width, all.height, all.rgb, why);
  free(all.rgb);
  return result;
}
