// SPDX-License-Identifier: Apache-2.0
#include "export/strip_tiles.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "export/shard_format.h"

enum { FINER = 3 };
static const double TRAIL_S = 3;

const colour strip_paper = {255, 255, 255}, strip_ink = {29, 36, 48}, strip_blue = {24, 92, 214},
             strip_red = {206, 38, 38};

void strip_fault_text(const sim_fault *fault, char *out, size_t size) {
  if (fault->who)
    snprintf(out, size, "%s, with %s %u", sim_fault_text(fault->kind),
             shard_kind_name((int)fault->kind_of_who), fault->who);
  else
    snprintf(out, size, "%s", sim_fault_text(fault->kind));
}

// Whom the ego had touched by that frame for the last time.
static uint32_t hit_by(const strip_of *of, int at_frame) {
  uint32_t who = 0;
  for (int i = 0; i < of->fault_count; i++)
    if (of->faults[i].frame <= at_frame && of->faults[i].who)
      who = of->faults[i].who;
  return who;
}

// A bar of 10 m, and its length.
static void scale_bar(canvas *c, double scale) {
  double most_m = c->width / 3.0 / scale, length_m = 10;
  for (int k = 0; length_m * (k % 3 == 1 ? 2.5 : 2) <= most_m; k++)
    length_m *= k % 3 == 1 ? 2.5 : 2;
  char text[24];
  snprintf(text, sizeof text, "%g m", length_m);
  int x = 8, y = c->height - 12, wide = (int)lround(length_m * scale);
  canvas_fill(c, x, y - 18, canvas_text_width(1, text) + 10, 14, strip_paper);
  canvas_text(c, x + 5, y - 15, 1, text, strip_ink);
  canvas_fill(c, x - 1, y - 1, wide + 2, 5, strip_paper);
  canvas_fill(c, x, y, wide, 3, strip_ink);
}

canvas strip_moment(const strip_of *of, const birdseye *b, int at_frame, int side_px,
                    double across_m, birdseye_view *where) {
  const sim_episode *e = of->episode;
  canvas large = canvas_create(side_px * FINER, side_px * FINER, strip_paper);
  if (!large.rgb)
    return large;
  // The scene is kept ahead of the ego.
  double ahead = across_m / 6;
  birdseye_view view = {.x_m = e->ego_x_m[at_frame] + ahead * cos(e->ego_yaw_rad[at_frame]),
                        .y_m = e->ego_y_m[at_frame] + ahead * sin(e->ego_yaw_rad[at_frame]),
                        .scale = side_px * FINER / across_m};
  birdseye_ground(b, &large, &view);
  birdseye_route(&large, &view, e);
  birdseye_way(&large, &view, e, at_frame - (int)lround(TRAIL_S / e->step_s), at_frame);
  birdseye_bodies(b, &large, &view, e, at_frame, hit_by(of, at_frame));
  for (int i = 0; i < of->fault_count; i++)
    if (of->faults[i].frame == at_frame)
      birdseye_ring(&large, &view, e->ego_x_m[at_frame], e->ego_y_m[at_frame],
                    side_px * FINER * 42 / 320.0, 3 * FINER, strip_red);
  canvas small = canvas_shrink(&large, FINER);
  free(large.rgb);
  view.scale /= FINER;
  if (small.rgb)
    scale_bar(&small, view.scale);
  if (where)
    *where = view;
  return small;
}

static void include(double box[4], double x, double y) {
  box[0] = fmin(box[0], x), box[1] = fmin(box[1], y);
  box[2] = fmax(box[2], x), box[3] = fmax(box[3], y);
}

static void badge(canvas *c, double x, double y, const char *text, colour with) {
  int wide = canvas_text_width(1, text) + 5;
  int left = (int)lround(fmin(fmax(x + 7, 0), c->width - wide));
  int top = (int)lround(fmin(fmax(y - 15, 0), c->height - 13));
  canvas_fill(c, left, top, wide, 13, with);
  canvas_text(c, left + 3, top + 2, 1, text, strip_paper);
}

canvas strip_way(const strip_of *of, const birdseye *b, const int *moments, int count, int side_px,
                 birdseye_view *where) {
  const sim_episode *e = of->episode;
  double box[4] = {INFINITY, INFINITY, -INFINITY, -INFINITY};
  canvas large = canvas_create(side_px * FINER, side_px * FINER, strip_paper);
  if (!large.rgb)
    return large;
  for (int k = 0; k < e->count; k++)
    include(box, e->ego_x_m[k], e->ego_y_m[k]);
  if (isfinite(e->goal_x_m + e->goal_y_m))
    include(box, e->goal_x_m, e->goal_y_m);
  double across = 1.25 * fmax(60, fmax(box[2] - box[0], box[3] - box[1]));
  birdseye_view view = {(box[0] + box[2]) / 2, (box[1] + box[3]) / 2, side_px * FINER / across};
  birdseye_ground(b, &large, &view);
  birdseye_route(&large, &view, e);
  birdseye_way(&large, &view, e, 0, e->count - 1);
  if (isfinite(e->goal_x_m + e->goal_y_m))
    birdseye_ring(&large, &view, e->goal_x_m, e->goal_y_m, 9 * FINER, 3 * FINER,
                  (colour){40, 140, 70});
  for (int i = 0; i < of->fault_count; i++) {
    int k = of->faults[i].frame;
    birdseye_ring(&large, &view, e->ego_x_m[k], e->ego_y_m[k], 8 * FINER, 2.5 * FINER, strip_red);
  }
  canvas small = canvas_shrink(&large, FINER);
  free(large.rgb);
  if (!small.rgb)
    return small;
  view.scale /= FINER;
  double last[2] = {-INFINITY, 0};
  for (int i = 0; i < count; i++) {
    double at[2];
    char text[8];
    birdseye_place(&small, &view, e->ego_x_m[moments[i]], e->ego_y_m[moments[i]], at);
    canvas_fill(&small, (int)lround(at[0]) - 2, (int)lround(at[1]) - 2, 5, 5, strip_blue);
    snprintf(text, sizeof text, "%d", i + 1);
    if (hypot(at[0] - last[0], at[1] - last[1]) < 16) // it would lie on the one before
      continue;
    badge(&small, at[0], at[1], text, strip_blue);
    last[0] = at[0], last[1] = at[1];
  }
  scale_bar(&small, view.scale);
  if (where)
    *where = view;
  return small;
}
