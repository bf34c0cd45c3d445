// SPDX-License-Identifier: Apache-2.0
// Post-encroachment time: from when the first of two leaves the place where their ways cross to
// when the second gets there. Of ways that cross at 20 degrees or more; following and meeting
// head-on are for other measures. The place is the crossing point of the ways of the boxes'
// middles, and a box is there while the point is within half its length along its way.
#include <string.h>

#include "base/least.h"
#include "sim/score_criticality.h"

static const double WORLD_M = 1e6, VERTEX_M = 1, SIN_20 = 0.3420201433256687;

// The ego's way as a polyline of frames at least a metre apart, and a grid over it: in each cell
// the first and the last of its pieces that come near.
typedef struct way {
  const sim_episode *e;
  int count;
  const int *frame;
  double x_m, y_m, per_cell_x, per_cell_y;
  int *cells; // first, last + 1 by cell; 0, 0: none
} way;

static int cell_of(const way *w, double x, double y) {
  double cx = (x - w->x_m) * w->per_cell_x, cy = (y - w->y_m) * w->per_cell_y;
  if (!(cx >= 0 && cy >= 0 && cx < SIM_PET_CELLS && cy < SIM_PET_CELLS))
    return -1;
  return (int)cy * SIM_PET_CELLS + (int)cx;
}

// Marks a piece in all cells that somebody's step across it may begin in: those within reach.
static void mark(way *w, int piece, double reach) {
  const sim_episode *e = w->e;
  int a = w->frame[piece], b = w->frame[piece + 1];
  double low_x = least_of(e->ego_x_m[a], e->ego_x_m[b]) - reach,
         low_y = least_of(e->ego_y_m[a], e->ego_y_m[b]) - reach;
  double high_x = most_of(e->ego_x_m[a], e->ego_x_m[b]) + reach,
         high_y = most_of(e->ego_y_m[a], e->ego_y_m[b]) + reach;
  int x0 = (int)most_of(0, (low_x - w->x_m) * w->per_cell_x);
  int y0 = (int)most_of(0, (low_y - w->y_m) * w->per_cell_y);
  int x1 = (int)least_of(SIM_PET_CELLS - 1, (high_x - w->x_m) * w->per_cell_x);
  int y1 = (int)least_of(SIM_PET_CELLS - 1, (high_y - w->y_m) * w->per_cell_y);
  for (int y = y0; y <= y1; y++)
    for (int x = x0; x <= x1; x++) {
      int *cell = &w->cells[2 * (y * SIM_PET_CELLS + x)];
      if (cell[1] == 0)
        cell[0] = piece;
      cell[1] = piece + 1;
    }
}

static way lay(sim_criticality *out, const sim_episode *e, double reach) {
  way w = {.e = e, .frame = out->vertex_frame, .cells = out->cells};
  double low_x = INFINITY, low_y = INFINITY, high_x = -INFINITY, high_y = -INFINITY;
  bool somewhere = true;
  for (int k = 0; k < e->count; k++) {
    somewhere = somewhere && isfinite(e->ego_x_m[k] + e->ego_y_m[k]);
    if (w.count) {
      double dx = e->ego_x_m[k] - e->ego_x_m[w.frame[w.count - 1]];
      double dy = e->ego_y_m[k] - e->ego_y_m[w.frame[w.count - 1]];
      if (dx * dx + dy * dy < VERTEX_M * VERTEX_M)
        continue;
    }
    out->vertex_frame[w.count++] = k;
    low_x = least_of(low_x, e->ego_x_m[k]);
    low_y = least_of(low_y, e->ego_y_m[k]);
    high_x = most_of(high_x, e->ego_x_m[k]);
    high_y = most_of(high_y, e->ego_y_m[k]);
  }
  // Who is put to the other end of the world, or nowhere, crosses nobody's way.
  if (!somewhere || !(high_x - low_x < WORLD_M && high_y - low_y < WORLD_M))
    w.count = 0;
  w.x_m = low_x - reach;
  w.y_m = low_y - reach;
  w.per_cell_x = SIM_PET_CELLS / (high_x - low_x + 2 * reach);
  w.per_cell_y = SIM_PET_CELLS / (high_y - low_y + 2 * reach);
  memset(w.cells, 0, sizeof *w.cells * SIM_PET_CELLS * SIM_PET_CELLS * 2);
  for (int piece = 0; piece + 1 < w.count; piece++)
    mark(&w, piece, reach);
  return w;
}

// Times at which a box's front gets to a point of its way and its tail leaves it.
typedef struct stay {
  double in_s, out_s;
} stay;

static double ego_time(const sim_episode *e, double way_m, int near) {
  int k = near;
  while (k > 0 && e->travelled_m[k] > way_m)
    k--;
  while (k < e->count - 1 && e->travelled_m[k + 1] <= way_m)
    k++;
  if (e->travelled_m[k] > way_m)
    return -INFINITY; // it was there from the beginning
  if (k == e->count - 1)
    return INFINITY; // it never gets, or leaves, there
  double step = e->travelled_m[k + 1] - e->travelled_m[k];
  return (k + (way_m - e->travelled_m[k]) / step) * e->step_s;
}

static stay ego_stay(const sim_episode *e, int frame, double way_m) {
  return (stay){ego_time(e, way_m - e->ego_length_m / 2, frame),
                ego_time(e, way_m + e->ego_length_m / 2, frame)};
}

// The same of an actor, whose way is summed up from a frame on until it is half a length away.
static double actor_time(const sim_episode *e, int slot, int frame, double into_m, double half_m,
                         int to) {
  double gone = to > 0 ? -into_m : into_m;
  for (int k = frame; to > 0 ? k + 1 < e->count : k > 0; k += to) {
    size_t a = sim_episode_row(e, k) + (size_t)slot, b = sim_episode_row(e, k + to) + (size_t)slot;
    if (!(e->actor_marks[b] & SIM_ACTOR_HERE))
      break;
    double step = hypot(e->actor_x_m[b] - e->actor_x_m[a], e->actor_y_m[b] - e->actor_y_m[a]);
    if (gone + step >= half_m)
      return (k + to * (half_m - gone) / step) * e->step_s;
    gone += step;
  }
  return to > 0 ? INFINITY : -INFINITY;
}

// Where two pieces cross: shares along them. False: they don't, or at less than 20 degrees.
static bool cross(double ax, double ay, double ux, double uy, double bx, double by, double vx,
                  double vy, double *on_a, double *on_b) {
  double det = ux * vy - uy * vx;
  if (fabs(det) < SIN_20 * sqrt((ux * ux + uy * uy) * (vx * vx + vy * vy)))
    return false;
  double dx = bx - ax, dy = by - ay;
  *on_a = (dx * vy - dy * vx) / det;
  *on_b = (dx * uy - dy * ux) / det;
  return *on_a >= 0 && *on_a <= 1 && *on_b >= 0 && *on_b <= 1;
}

static void meet(sim_criticality *out, const way *w, int slot, int frame, int piece, double on_ego,
                 double into_m) {
  const sim_episode *e = w->e;
  int a = w->frame[piece], b = w->frame[piece + 1];
  double way_m = e->travelled_m[a] + on_ego * (e->travelled_m[b] - e->travelled_m[a]);
  double half = (double)e->actor_length_m[slot] / 2;
  stay own = ego_stay(e, a, way_m);
  stay its = {actor_time(e, slot, frame, into_m, half, -1),
              actor_time(e, slot, frame, into_m, half, 1)};
  double pet = own.out_s <= its.in_s   ? its.in_s - own.out_s
               : its.out_s <= own.in_s ? own.in_s - its.out_s
                                       : 0;
  // One that is never reached, or was there from the beginning, is no encroachment.
  if (!isfinite(pet) || isinf(own.in_s) || isinf(its.in_s) || pet >= out->pet_s)
    return;
  out->pet_s = pet;
  out->pet_who = slot;
}

static void look_for_crossings(sim_criticality *out, const way *w, int slot, int frame) {
  const sim_episode *e = w->e;
  size_t at = sim_episode_row(e, frame) + (size_t)slot, next = at + (size_t)e->def.actors;
  int cell = cell_of(w, e->actor_x_m[at], e->actor_y_m[at]);
  if (cell < 0 || w->cells[2 * cell + 1] == 0 ||
      !(e->actor_marks[at] & e->actor_marks[next] & SIM_ACTOR_HERE))
    return;
  double vx = e->actor_x_m[next] - e->actor_x_m[at], vy = e->actor_y_m[next] - e->actor_y_m[at];
  if (vx * vx + vy * vy < 1e-8)
    return;
  for (int piece = w->cells[2 * cell]; piece < w->cells[2 * cell + 1]; piece++) {
    int a = w->frame[piece], b = w->frame[piece + 1];
    double ux = e->ego_x_m[b] - e->ego_x_m[a], uy = e->ego_y_m[b] - e->ego_y_m[a], on_a, on_b;
    if (cross(e->ego_x_m[a], e->ego_y_m[a], ux, uy, e->actor_x_m[at], e->actor_y_m[at], vx, vy,
              &on_a, &on_b))
      meet(out, w, slot, frame, piece, on_a, on_b * hypot(vx, vy));
  }
}

void sim_criticality_pet(sim_criticality *out, const sim_episode *e) {
  out->pet_s = INFINITY;
  out->pet_who = -1;
  // What anybody moves in a step, at 60 m/s, and what bends add.
  way w = lay(out, e, 60 * e->step_s + 1);
  for (int k = 0; k + 1 < e->count; k++)
    for (int i = 0; i < e->actor_count; i++)
      if (sim_contact_counts((thing_kind)e->actor_kind[i]))
        look_for_crossings(out, &w, i, k);
}
