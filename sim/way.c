// SPDX-License-Identifier: Apache-2.0
#include "sim/way.h"

#include <math.h>
#include <string.h>

#include "sim/state.h"

enum { WAY_LANES = 512 };
static const double LOOK_M = 10; // more than a step takes, less than a way back takes

// Distance to the middle of the lane beside, at s; 0 without one, or where they part.
static double beside_m(const sim_world *w, int other, double room_m, const sim_track_node *at,
                       double s_m) {
  if (other == 0 || s_m > room_m || !(sim_lane(w, other)->users & LANE_FOR_CARS))
    return 0;
  sim_track_node there = sim_track_smooth(&w->lanes.tracks[other - 1], s_m);
  double dx = there.x_m - at->x_m, dy = there.y_m - at->y_m;
  double ahead = at->tx * dx + at->ty * dy; // in a bend the inner lane is the shorter one
  there = sim_track_smooth(&w->lanes.tracks[other - 1], s_m - ahead);
  dx = there.x_m - at->x_m, dy = there.y_m - at->y_m;
  double left = at->tx * dy - at->ty * dx;
  return fabs(at->tx * dx + at->ty * dy) < 2 ? fabs(left) : 0;
}

static sim_way_point point_on(const sim_world *w, int lane, double s_m) {
  const lane_path *path = sim_lane(w, lane);
  sim_track_node at = sim_track_smooth(&w->lanes.tracks[lane - 1], s_m);
  return (sim_way_point){
      .x_m = at.x_m,
      .y_m = at.y_m,
      .tx = at.tx,
      .ty = at.ty,
      .limit_mps = path->speed_limit_mps,
      .width_m = path->width_m,
      .left_m = beside_m(w, path->left, w->lanes.room_left_m[lane - 1], &at, s_m),
      .right_m = beside_m(w, path->right, w->lanes.room_right_m[lane - 1], &at, s_m)};
}

static bool allocate(sim_way *way, const sim_world *w, const int *lanes, int count,
                     double begin_m) {
  way->lane_count = count;
  way->begin_lane_m = begin_m;
  way->lanes = arena_copy(way->memory, lanes, sizeof *lanes * (size_t)count);
  way->lane_end_m = ARENA_NEW(way->memory, double, count);
  way->stops = ARENA_NEW(way->memory, sim_way_stop, count);
  if (!way->lanes || !way->lane_end_m || !way->stops)
    return false;
  double end_m = -begin_m;
  for (int k = 0; k < count; k++) {
    const lane_path *lane = sim_lane(w, lanes[k]);
    if (lane->signal && end_m + lane->stop_s_m > 0)
      way->stops[way->stop_count++] = (sim_way_stop){lane->signal, end_m + lane->stop_s_m};
    end_m += w->lanes.tracks[lanes[k] - 1].length_m;
    way->lane_end_m[k] = end_m;
  }
  way->length_m = end_m;
  way->count = (int)floor(end_m / SIM_WAY_STEP_M) + 1;
  way->points = ARENA_NEW(way->memory, sim_way_point, way->count);
  return way->points != NULL;
}

status sim_way_create(sim_way *out, const sim_world *w, double ahead_m, double goal_m,
                      trouble *why) {
  memset(out, 0, sizeof *out);
  int ego = w->scene->ego, lanes[WAY_LANES];
  if (w->cars.count == 0 || w->cars.gone[ego])
    return trouble_set(why, STATUS_RANGE,
                       "scene %u: its ego isn't on a lane; a policy needs one that is",
                       w->scene->index);
  int count = sim_route_ahead(w, ego, ahead_m, lanes, WAY_LANES);
  out->memory = arena_create();
  if (!out->memory || !allocate(out, w, lanes, count, w->cars.s_m[ego])) {
    sim_way_free(out);
    return trouble_set(why, STATUS_MEMORY, "memory ran out for the way of scene %u",
                       w->scene->index);
  }
  for (int i = 0, k = 0; i < out->count; i++) {
    double s = i * SIM_WAY_STEP_M;
    while (k < count - 1 && s > out->lane_end_m[k])
      k++;
    double length = w->lanes.tracks[lanes[k] - 1].length_m;
    out->points[i] = point_on(w, lanes[k], s - out->lane_end_m[k] + length);
  }
  out->goal_m = least_of(goal_m, out->length_m);
  return STATUS_OK;
}

void sim_way_free(sim_way *way) {
  arena_destroy(way->memory);
  memset(way, 0, sizeof *way);
}

sim_way_point sim_way_at(const sim_way *way, double s_m) {
  int last = way->count - 1;
  double at = s_m / SIM_WAY_STEP_M;
  int k = at <= 0 ? 0 : at >= last ? last : (int)at;
  sim_way_point p = way->points[k];
  double beyond = s_m - k * SIM_WAY_STEP_M;
  if (k == last || at <= 0) {
    p.x_m += beyond * p.tx;
    p.y_m += beyond * p.ty;
    return p;
  }
  const sim_way_point *next = &way->points[k + 1];
  double u = beyond / SIM_WAY_STEP_M;
  p.x_m += u * (next->x_m - p.x_m);
  p.y_m += u * (next->y_m - p.y_m);
  double tx = p.tx + u * (next->tx - p.tx), ty = p.ty + u * (next->ty - p.ty);
  double length = sqrt(tx * tx + ty * ty);
  p.tx = length > 0 ? tx / length : p.tx;
  p.ty = length > 0 ? ty / length : p.ty;
  return p;
}

double sim_way_along(const sim_way *way, double x_m, double y_m, double hint_m, double *left_m) {
  int last = way->count - 1;
  int from = (int)most_of(0, least_of(hint_m - LOOK_M, last));
  int to = (int)most_of(from, least_of(hint_m + LOOK_M, last));
  int nearest = from;
  double least = INFINITY;
  for (int k = from; k <= to; k++) {
    double dx = x_m - way->points[k].x_m, dy = y_m - way->points[k].y_m, d2 = dx * dx + dy * dy;
    if (d2 < least) {
      least = d2;
      nearest = k;
    }
  }
  const sim_way_point *p = &way->points[nearest];
  double dx = x_m - p->x_m, dy = y_m - p->y_m;
  double s = nearest * SIM_WAY_STEP_M + dx * p->tx + dy * p->ty;
  sim_way_point at = sim_way_at(way, s);
  if (left_m)
    *left_m = (y_m - at.y_m) * at.tx - (x_m - at.x_m) * at.ty;
  return s;
}
