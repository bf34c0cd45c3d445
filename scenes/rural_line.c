// SPDX-License-Identifier: Apache-2.0
#include "scenes/rural_line.h"

#include <math.h>

#include "scenes/place.h"

static const double PI = 3.14159265358979323846;
static const double SWAY_RAD = 0.8;     // the line's heading is off by no more
static const double SPIRAL_SHARE = 0.4; // of a curve's turning, each of its two
static const double ROOM_MOST_M = 240;  // of what is along the line
static const double TAIL_M = 90;        // straight at the end

static double end_of(const rural_line *l) {
  if (l->piece_count == 0)
    return 0;
  const road_geometry *last = &l->pieces[l->piece_count - 1];
  return last->s_m + last->length_m;
}

// What is to be where along the line: kinds in random order, at even distances.
static int plan_features(const rural_def *def, rng *r, rural_feature *out) {
  double km = def->length_m / 1000;
  int wanted[3] = {(int)lround(def->side_roads_per_km * km), def->bridges, def->tunnels};
  int room = (int)fmin(RURAL_FEATURES, fmax(0, (def->length_m - TAIL_M) / ROOM_MOST_M)), count = 0;
  int left = wanted[0] + wanted[1] + wanted[2];
  for (int k = 2; k >= 0; k--) // bridges and tunnels were asked for by number
    for (int i = 0; i < wanted[k] && count < room && count < left; i++)
      out[count++] = (rural_feature){.kind = (rural_feature_kind)k};
  for (int i = count - 1; i > 0; i--) {
    int k = rng_below(r, i + 1);
    rural_feature swap = out[i];
    out[i] = out[k];
    out[k] = swap;
  }
  return count;
}

static double room_for(rural_feature_kind kind, rng *r) {
  switch (kind) {
  case RURAL_BRIDGE:
    return rng_uniform(r, 150, 210);
  case RURAL_TUNNEL:
    return rng_uniform(r, 180, ROOM_MOST_M);
  default:
    return rng_uniform(r, 110, 140);
  }
}

static void add_bend(rural_line *l, double radius, double turn) {
  double k = copysign(1 / radius, turn), length = fabs(turn) * radius;
  road_append(l->pieces, &l->piece_count, SPIRAL_SHARE * length, 0, k);
  road_append(l->pieces, &l->piece_count, (1 - SPIRAL_SHARE) * length, k, k);
  road_append(l->pieces, &l->piece_count, SPIRAL_SHARE * length, k, 0);
}

void rural_line_draw(rural_line *l, const rural_def *def, rng *r) {
  rural_feature plan[RURAL_FEATURES];
  int planned = plan_features(def, r, plan), next = 0;
  l->base_rad = rng_uniform(r, -PI, PI);
  double sway = 0, tightest = fmax(40, place_least_radius(def->speed_limit_mps));
  l->pieces[0].heading_rad = l->base_rad;
  while (l->piece_count + 5 < RURAL_PIECES) {
    // Beyond what the rest of the plan needs.
    double rest = def->length_m - TAIL_M - ROOM_MOST_M * (planned - next) - end_of(l);
    double drawn = rng_uniform(r, 15, 130);
    bool due =
        next < planned && (end_of(l) >= def->length_m * (next + 0.2) / planned || rest < drawn);
    double straight = due ? room_for(plan[next].kind, r) : drawn;
    if (!due && rest < straight)
      break;
    if (due) {
      rural_feature *f = &l->features[l->feature_count++];
      *f = (rural_feature){plan[next++].kind, end_of(l) + straight / 2, straight};
      rest += ROOM_MOST_M;
    }
    road_append(l->pieces, &l->piece_count, straight, 0, 0);
    double radius = tightest * rng_log_uniform(r, 1.02, 1.1 + 5 * (1 - def->curviness));
    double turn = rng_uniform(r, 0.12, 0.35 + 0.75 * def->curviness);
    turn *= rng_chance(r, 0.5 + 0.4 * sway / SWAY_RAD) ? -1 : 1;
    if (fabs(sway + turn) > SWAY_RAD)
      turn = -turn;
    if (fabs(sway + turn) > SWAY_RAD)
      turn = copysign(SWAY_RAD, turn) - sway;
    double length = (1 + SPIRAL_SHARE) * fabs(turn) * radius;
    if (fabs(turn) < 0.02 || length > rest - straight)
      continue;
    add_bend(l, radius, turn);
    sway += turn;
  }
  road_append(l->pieces, &l->piece_count, def->length_m - end_of(l), 0, 0);
  l->length_m = def->length_m;
}

static int piece_at(const rural_line *l, double s) {
  int lo = 0, hi = l->piece_count - 1;
  while (lo < hi) {
    int middle = (lo + hi + 1) / 2;
    if (l->pieces[middle].s_m <= s)
      lo = middle;
    else
      hi = middle - 1;
  }
  return lo;
}

road_place rural_line_at(const rural_line *l, double s) {
  s = fmax(0, fmin(l->length_m, s));
  const road_geometry *g = &l->pieces[piece_at(l, s)];
  return road_geometry_at(g, s - g->s_m);
}

double rural_line_distance(const rural_line *l, double x, double y) {
  double least = INFINITY;
  for (double s = 0; s <= l->length_m; s += 10) {
    road_place at = rural_line_at(l, s);
    least = fmin(least, hypot(at.x_m - x, at.y_m - y));
  }
  return least;
}

// A band across the line's general heading, so that the line meets it just once.
static void add_cut(const rural_line *l, const rural_feature *f, double depth_m, double share,
                    road_terrain *terrain) {
  road_place at = rural_line_at(l, f->s_m);
  terrain->cuts[terrain->cut_count++] =
      (terrain_cut){.x_m = at.x_m,
                    .y_m = at.y_m,
                    .across_x = cos(l->base_rad),
                    .across_y = sin(l->base_rad),
                    .depth_m = depth_m,
                    .width_m = share * f->room_m * cos(at.heading_rad - l->base_rad)};
}

void rural_line_shape_terrain(const rural_line *l, const rural_feature *f, double over_m,
                              road_terrain *terrain, rng *r) {
  if (f->kind == RURAL_SIDE || terrain->cut_count + 2 > TERRAIN_CUTS)
    return;
  add_cut(l, f, -over_m, 0.65, terrain);
  if (f->kind == RURAL_BRIDGE)
    add_cut(l, f, rng_uniform(r, 8, 16), 0.26, terrain);
  else
    add_cut(l, f, -rng_uniform(r, 15, 22), 0.24, terrain);
}
