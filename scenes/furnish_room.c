// SPDX-License-Identifier: Apache-2.0
// Room on the ground: turned rectangles and who already has which.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "scenes/furnish.h"

struct occupancy_entry {
  int box, next;
};

// Do the projections of both boxes on both axes of one overlap? (dx, dy) from it to the other
// along its axes; turn_c and turn_s of the angle between the two, both positive.
static bool axes_overlap(const ground_box *a, const ground_box *b, double dx, double dy,
                         double turn_c, double turn_s) {
  return fabs(dx) < a->half_length_m + b->half_length_m * turn_c + b->half_width_m * turn_s &&
         fabs(dy) < a->half_width_m + b->half_length_m * turn_s + b->half_width_m * turn_c;
}

bool ground_boxes_meet(const ground_box *a, const ground_box *b) {
  double dx = b->x_m - a->x_m, dy = b->y_m - a->y_m, square = dx * dx + dy * dy;
  // Half diagonals add up to at most the root of twice the sum of their squares.
  double room = a->half_length_m * a->half_length_m + a->half_width_m * a->half_width_m +
                b->half_length_m * b->half_length_m + b->half_width_m * b->half_width_m;
  if (square >= 2 * room)
    return false;
  double ca = cos(a->heading_rad), sa = sin(a->heading_rad);
  double cb = cos(b->heading_rad), sb = sin(b->heading_rad);
  double turn_c = fabs(ca * cb + sa * sb), turn_s = fabs(ca * sb - sa * cb);
  return axes_overlap(a, b, dx * ca + dy * sa, dy * ca - dx * sa, turn_c, turn_s) &&
         axes_overlap(b, a, dx * cb + dy * sb, dy * cb - dx * sb, turn_c, turn_s);
}

void occupancy_init(occupancy *o, double x0, double y0, double x1, double y1) {
  memset(o, 0, sizeof *o);
  o->x0_m = x0;
  o->y0_m = y0;
  o->cell_m = fmax(12, fmax(x1 - x0, y1 - y0) / 400);
  o->nx = 1 + (int)((x1 - x0) / o->cell_m);
  o->ny = 1 + (int)((y1 - y0) / o->cell_m);
  o->heads = malloc(sizeof *o->heads * (size_t)(o->nx * o->ny));
  o->failed = !o->heads;
  for (int i = 0; i < o->nx * o->ny && o->heads; i++)
    o->heads[i] = -1;
}

void occupancy_free(occupancy *o) {
  free(o->heads);
  free(o->entries);
  free(o->boxes);
  memset(o, 0, sizeof *o);
}

static int cell(double x, double x0, double size, int n) {
  double at = floor((x - x0) / size);
  return at < 0 ? 0 : at >= n ? n - 1 : (int)at;
}

typedef struct cell_range {
  int x0, x1, y0, y1;
} cell_range;

static cell_range cells_of(const occupancy *o, const ground_box *box) {
  double c = fabs(cos(box->heading_rad)), s = fabs(sin(box->heading_rad));
  double rx = box->half_length_m * c + box->half_width_m * s;
  double ry = box->half_length_m * s + box->half_width_m * c;
  return (cell_range){cell(box->x_m - rx, o->x0_m, o->cell_m, o->nx),
                      cell(box->x_m + rx, o->x0_m, o->cell_m, o->nx),
                      cell(box->y_m - ry, o->y0_m, o->cell_m, o->ny),
                      cell(box->y_m + ry, o->y0_m, o->cell_m, o->ny)};
}

void occupancy_add(occupancy *o, const ground_box *box) {
  if (o->failed || !ARRAY_RESERVE(o->boxes, o->box_capacity, o->box_count + 1)) {
    o->failed = true;
    return;
  }
  o->boxes[o->box_count] = *box;
  cell_range range = cells_of(o, box);
  for (int y = range.y0; y <= range.y1; y++)
    for (int x = range.x0; x <= range.x1; x++) {
      if (!ARRAY_RESERVE(o->entries, o->entry_capacity, o->entry_count + 1)) {
        o->failed = true;
        return;
      }
      int *head = &o->heads[y * o->nx + x];
      o->entries[o->entry_count] = (struct occupancy_entry){o->box_count, *head};
      *head = o->entry_count++;
    }
  o->box_count++;
}

bool occupancy_free_at(const occupancy *o, const ground_box *box) {
  if (o->failed)
    return false;
  cell_range range = cells_of(o, box);
  for (int y = range.y0; y <= range.y1; y++)
    for (int x = range.x0; x <= range.x1; x++)
      for (int e = o->heads[y * o->nx + x]; e >= 0; e = o->entries[e].next)
        if (ground_boxes_meet(box, &o->boxes[o->entries[e].box]))
          return false;
  return true;
}
