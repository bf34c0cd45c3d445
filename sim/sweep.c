// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep.h"

#include <math.h>

#include "base/least.h"

const sim_sweep_body sim_sweep_van = {.half_m = 2.9, .side_m = 1.1, .axle_m = 1.7};
const sim_sweep_body sim_sweep_bus = {.half_m = 6.1, .side_m = 1.35, .axle_m = 2.8};

// The middle's place s along the lane, which goes straight on at its begin, and where it heads.
static sim_sweep_box place(const road_network *net, const lane_path *lane, const lane_path *next,
                           double s) {
  if (next && s > lane->length_m)
    s -= lane->length_m, lane = next;
  double on = least_of(lane->length_m, most_of(0, s));
  road_point p = lane_point(net, lane, on);
  sim_sweep_box at = {.ahead_x = cos(p.heading_rad), .ahead_y = sin(p.heading_rad)};
  at.x_m = p.x_m + (s - on) * at.ahead_x, at.y_m = p.y_m + (s - on) * at.ahead_y;
  return at;
}

void sim_sweep_drive(const road_network *net, const lane_path *lane, const lane_path *next,
                     const sim_sweep_body *body, sim_sweep *out) {
  double end = lane->length_m + 2 * body->half_m, rear_x = 0, rear_y = 0;
  out->count = 0;
  for (int k = 0; k < SIM_SWEEP_MOST && (k - 1) * SIM_SWEEP_STEP_M < end; k++) {
    sim_sweep_box at = place(net, lane, next, k * SIM_SWEEP_STEP_M - body->half_m);
    if (k > 0) {
      at.ahead_x = at.x_m - rear_x, at.ahead_y = at.y_m - rear_y;
      double apart = hypot(at.ahead_x, at.ahead_y);
      at.ahead_x /= apart, at.ahead_y /= apart;
    }
    rear_x = at.x_m - body->axle_m * at.ahead_x, rear_y = at.y_m - body->axle_m * at.ahead_y;
    out->at[out->count++] = at;
  }
}

// Separating axes: whether a side of `a` has `b` wholly beyond it.
static bool apart(const sim_sweep_box *a, const sim_sweep_body *of_a, const sim_sweep_box *b,
                  const sim_sweep_body *of_b) {
  double dx = b->x_m - a->x_m, dy = b->y_m - a->y_m;
  double along = fabs(a->ahead_x * b->ahead_x + a->ahead_y * b->ahead_y);
  double across = fabs(a->ahead_x * b->ahead_y - a->ahead_y * b->ahead_x);
  return fabs(dx * a->ahead_x + dy * a->ahead_y) >
             of_a->half_m + of_b->half_m * along + of_b->side_m * across ||
         fabs(dy * a->ahead_x - dx * a->ahead_y) >
             of_a->side_m + of_b->side_m * along + of_b->half_m * across;
}

bool sim_sweep_meet(const sim_sweep_box *a, const sim_sweep_body *of_a, const sim_sweep_box *b,
                    const sim_sweep_body *of_b) {
  double dx = b->x_m - a->x_m, dy = b->y_m - a->y_m;
  double reach = of_a->half_m + of_a->side_m + of_b->half_m + of_b->side_m;
  return dx * dx + dy * dy < reach * reach && !apart(a, of_a, b, of_b) && !apart(b, of_b, a, of_a);
}
