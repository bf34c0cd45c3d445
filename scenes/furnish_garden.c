// SPDX-License-Identifier: Apache-2.0
// What borders the front gardens of houses that stand apart: fences, walls, hedges, with an
// opening for the way to the door.
#include <math.h>

#include "scenes/furnish.h"

static const double PI = 3.14159265358979323846;
static const double BEYOND_M = 0.35; // from the sidewalk's border to the middle of a piece
static const double PIECE_M = 2, LEAST_M = 0.9;

typedef struct border {
  thing_kind kind;
  semantic class;
  uint32_t make; // render/asset_garden.c, render/asset_tree.c
  double thick_m, height_m;
  palette colors;
} border;

static border draw_border(rng *r) {
  static const border styles[] = {{THING_FENCE, SEMANTIC_FENCE, 0, 0.09, 1.0, {{{0}}}},
                                  {THING_FENCE, SEMANTIC_FENCE, 1, 0.06, 1.15, {{{0}}}},
                                  {THING_FENCE, SEMANTIC_FENCE, 2, 0.08, 1.3, {{{0}}}},
                                  {THING_WALL, SEMANTIC_WALL, 0, 0.30, 0.95, {{{0}}}},
                                  {THING_WALL, SEMANTIC_WALL, 1, 0.28, 1.25, {{{0}}}},
                                  {THING_WALL, SEMANTIC_WALL, 2, 0.34, 0.6, {{{0}}}},
                                  {THING_HEDGE, SEMANTIC_VEGETATION, 0, 0.6, 1.0, {{{0}}}},
                                  {THING_HEDGE, SEMANTIC_VEGETATION, 1, 0.7, 1.4, {{{0}}}},
                                  {THING_HEDGE, SEMANTIC_VEGETATION, 2, 0.55, 0.75, {{{0}}}}};
  static const double weights[] = {2.2, 1.2, 0.5, 1, 0.6, 0.8, 1.6, 1, 1};
  border out = styles[rng_weighted(r, weights, sizeof weights / sizeof *weights)];
  out.colors = palette_garden(out.kind, out.make, r);
  out.height_m *= rng_uniform(r, 0.92, 1.08);
  return out;
}

// Pieces along the sidewalk from s0 to s1.
static void pieces(furnisher *f, rng *r, const road *on, int side, double s0, double s1,
                   const border *style) {
  if (s1 - s0 < LEAST_M)
    return;
  int count = (int)fmax(1, round((s1 - s0) / PIECE_M));
  double beyond = BEYOND_M + style->thick_m / 2 - 0.05;
  for (int i = 0; i < count && !f->failed; i++) {
    vec3 end[2];
    for (int k = 0; k < 2; k++) {
      double s = s0 + (s1 - s0) * (i + k) / count;
      end[k] = road_point_at(f->net, on, s,
                             road_edge_t(f->net, on, s, side, ROAD_EDGE_OUTER) + side * beyond);
    }
    double along = atan2(end[1].y - end[0].y, end[1].x - end[0].x);
    double length = hypot(end[1].x - end[0].x, end[1].y - end[0].y);
    double facing = along - side * PI / 2, x = (end[0].x + end[1].x) / 2,
           y = (end[0].y + end[1].y) / 2;
    // A little apart, so that the pieces of a row don't meet.
    ground_box box = {x, y, facing, style->thick_m / 2, length / 2 - 0.03};
    if (!occupancy_free_at(&f->lots, &box))
      continue;
    occupancy_add(&f->lots, &box);
    scene_thing *thing = furnish_add(f, style->kind, style->class, r,
                                     pose_flat(x, y, end[0].z + ROAD_KERB_M, angle_wrap(facing)),
                                     style->thick_m, length, style->height_m);
    thing->asset_seed = style->make;
    thing->colors = style->colors;
  }
}

void furnish_garden(furnisher *f, rng *r, const road *on, int side, double s0, double s1) {
  s0 = fmax(s0, 0.5), s1 = fmin(s1, on->length_m - 0.5);
  if (s1 - s0 < 4 || !rng_chance(r, fmin(0.9, 1.5 * f->def->street_furniture)))
    return;
  border style = draw_border(r);
  double opening = rng_chance(r, 0.4) ? 3.0 : 1.2;
  double gate = s0 + (s1 - s0 - opening) * rng_uniform(r, 0.1, 0.9);
  pieces(f, r, on, side, s0, gate, &style);
  pieces(f, r, on, side, gate + opening, s1, &style);
}
