// SPDX-License-Identifier: Apache-2.0
#include "sim/obstacles.h"

#include <math.h>

#include "base/least.h"
#include "sim/solid.h"
#include "sim/state.h"

static const double MARGIN_M = 0.1; // beside a lane, within which a body may be

sim_box sim_prop_box(const scene_thing *prop) {
  sim_box box;
  if (sim_solid_of(prop, &box))
    return box;
  double yaw = quat_yaw(prop->at.q); // what gives way, a bush, is driven round, too
  return (sim_box){prop->at.p_m.x, prop->at.p_m.y,      cos(yaw),
                   sin(yaw),       prop->size_m[0] / 2, prop->size_m[1] / 2};
}

// Whether a box reaches into a lane.
static bool is_on(const sim_track *track, double half_lane_m, const sim_box *box) {
  for (int m = 0; m + 1 < track->count; m++) {
    const sim_track_node *p = &track->nodes[m], *q = p + 1;
    double ex = q->x_m - p->x_m, ey = q->y_m - p->y_m, length = most_of(1e-9, hypot(ex, ey));
    double tx = ex / length, ty = ey / length;
    double dx = box->x_m - p->x_m, dy = box->y_m - p->y_m;
    double along = dx * tx + dy * ty, reach = sim_box_reach(box, tx, ty);
    if (along + reach > 0 && along - reach < length &&
        fabs(dy * tx - dx * ty) - sim_box_reach(box, -ty, tx) < half_lane_m + MARGIN_M)
      return true;
  }
  return false;
}

static bool is_on_lanes(const sim_world *w, const sim_box *box) {
  for (int i = 0; i < w->net->path_count; i++)
    if (is_on(&w->lanes.tracks[i], w->net->paths[i].width_m / 2, box))
      return true;
  return false;
}

static int parts_of(double half_m) {
  return (int)most_of(1, ceil(2 * half_m / SIM_OBSTACLE_M));
}

// Part (k, m) of nx by ny.
static sim_box part_of(const sim_box *whole, int k, int nx, int m, int ny) {
  sim_box part = *whole;
  part.half_length_m /= nx, part.half_width_m /= ny;
  double along = (2 * k + 1 - nx) * part.half_length_m;
  double across = (2 * m + 1 - ny) * part.half_width_m;
  part.x_m += along * part.ahead_x - across * part.ahead_y;
  part.y_m += along * part.ahead_y + across * part.ahead_x;
  return part;
}

bool sim_obstacles_create(sim_world *w) {
  sim_obstacles *o = &w->obstacles;
  int most = 0;
  for (int n = 0; n < w->scene->prop_count; n++) {
    sim_box whole = sim_prop_box(&w->scene->props[n]);
    most += parts_of(whole.half_length_m) * parts_of(whole.half_width_m);
  }
  if (most == 0)
    return true;
  o->boxes = ARENA_NEW(w->memory, sim_box, most);
  for (int n = 0; n < w->scene->prop_count && o->boxes; n++) {
    sim_box whole = sim_prop_box(&w->scene->props[n]);
    int nx = parts_of(whole.half_length_m), ny = parts_of(whole.half_width_m);
    if (!is_on_lanes(w, &whole))
      continue;
    for (int k = 0; k < nx * ny; k++) {
      sim_box part = part_of(&whole, k % nx, nx, k / nx, ny);
      if (is_on_lanes(w, &part))
        o->boxes[o->count++] = part;
    }
  }
  return o->boxes != NULL;
}

double sim_obstacles_give_way(const sim_world *w, int i, double a, double a_free, double sight_m) {
  for (int n = 0; n < w->obstacles.count; n++) {
    const sim_box *b = &w->obstacles.boxes[n];
    sim_seen seen = {.x_m = b->x_m,
                     .y_m = b->y_m,
                     .yaw_rad = atan2(b->ahead_y, b->ahead_x),
                     .length_m = 2 * b->half_length_m,
                     .width_m = 2 * b->half_width_m};
    a = sim_sight_give_way(w, i, &seen, true, a, a_free, sight_m);
  }
  return a;
}
