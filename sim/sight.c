// SPDX-License-Identifier: Apache-2.0
#include "sim/sight.h"

#include <math.h>

#include "base/least.h"
#include "sim/idm.h"
#include "sim/state.h"

static const double MARGIN_M = 0.35; // that drivers leave beside a body
static const double FORESEE_S = 1.8; // how soon somebody has to come into the way to count
static const double STOP_SHORT_M = 1.5;

typedef struct sighting {
  double along_m, side_m, tx, ty; // from the vehicle's middle
} sighting;

static bool find_on_route(const sim_world *w, int i, double x_m, double y_m, double sight_m,
                          sighting *out) {
  double start = -w->cars.s_m[i], best2 = 225;
  bool found = false;
  for (int k = 0; k < w->cars.route_count[i] && start < sight_m; k++) {
    const sim_track *track = &w->lanes.tracks[sim_route(w, i)[k] - 1];
    for (int m = 0; m + 1 < track->count; m++) {
      if (start + (m + 1) * track->spacing_m < 0 || start + m * track->spacing_m > sight_m)
        continue;
      // The nearest place between two nodes, which are far apart where the lane is straight.
      const sim_track_node *p = &track->nodes[m], *q = p + 1;
      double ex = q->x_m - p->x_m, ey = q->y_m - p->y_m, length2 = most_of(1e-9, ex * ex + ey * ey);
      double u = ((x_m - p->x_m) * ex + (y_m - p->y_m) * ey) / length2;
      u = most_of(0, least_of(1, u));
      double along = start + (m + u) * track->spacing_m;
      double dx = x_m - p->x_m - u * ex, dy = y_m - p->y_m - u * ey;
      double far2 = dx * dx + dy * dy;
      if (along < 0 || along > sight_m || far2 >= best2)
        continue;
      double tx = ex / sqrt(length2), ty = ey / sqrt(length2);
      best2 = far2;
      found = true;
      *out = (sighting){along + dx * tx + dy * ty, dy * tx - dx * ty, tx, ty};
    }
    start += track->length_m;
  }
  return found;
}

// Whether a body is in the way of one whose middle keeps to the lane, or comes into it in time to
// be met.
static bool is_in_way(const sim_world *w, int i, const sim_seen *b, const sighting *at,
                      double half_side, double gap_m) {
  double reach = w->cars.width_m[i] / 2 + MARGIN_M + half_side;
  double side = at->side_m - sim_shift_after(w, i, gap_m);
  if (fabs(side) < reach)
    return true;
  double across = b->vy_mps * at->tx - b->vx_mps * at->ty;
  if (side * across >= 0)
    return false;
  double enters_s = (fabs(side) - reach) / fabs(across);
  double leaves_s = (fabs(side) + reach) / fabs(across);
  double v = most_of(1, w->cars.v_mps[i]);
  double arrives_s = gap_m / v, passes_s = (gap_m + w->cars.length_m[i] + 2) / v;
  return enters_s < FORESEE_S && enters_s < passes_s && leaves_s > arrives_s;
}

double sim_sight_give_way(const sim_world *w, int i, const sim_seen *b, bool stands, double a,
                          double a_free, double sight_m) {
  sighting at;
  double dx = b->x_m - w->cars.body[i].x_m, dy = b->y_m - w->cars.body[i].y_m;
  if (dx * dx + dy * dy > (sight_m + 10) * (sight_m + 10) ||
      !find_on_route(w, i, b->x_m, b->y_m, sight_m + 10, &at))
    return a;
  double c = fabs(cos(b->yaw_rad) * at.tx + sin(b->yaw_rad) * at.ty),
         s = sqrt(1 - least_of(1, c * c));
  double half_along = (b->length_m * c + b->width_m * s) / 2;
  double half_side = (b->length_m * s + b->width_m * c) / 2;
  double gap = at.along_m - half_along - w->cars.length_m[i] / 2;
  if (gap < -0.5 || !is_in_way(w, i, b, &at, half_side, gap))
    return a;
  double along = b->vx_mps * at.tx + b->vy_mps * at.ty, v = w->cars.v_mps[i];
  if (along > 1)
    return least_of(a, a_free - sim_idm_interaction(&w->cars.mood[i], v, v - along, gap));
  a = least_of(a, sim_stop_at(w, i, a_free, most_of(0, gap), STOP_SHORT_M));
  return stands && w->cars.aside[i] != ASIDE_PASSES ? sim_pass_wait(w, i, a, a_free, gap) : a;
}

bool sim_sight_span(const sim_world *w, int i, const sim_box *body, double sight_m, sim_span *out) {
  sighting at;
  if (!find_on_route(w, i, body->x_m, body->y_m, sight_m, &at))
    return false;
  double along = sim_box_reach(body, at.tx, at.ty);
  *out = (sim_span){at.along_m - along, at.along_m + along, at.side_m,
                    sim_box_reach(body, -at.ty, at.tx)};
  return true;
}
