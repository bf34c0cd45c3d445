// SPDX-License-Identifier: Apache-2.0
// When moving boxes meet. Separating axes: two rectangles are apart if and only if they are apart
// along one of their four axes (Gottschalk 1996); moving evenly, they are together along each of
// them for one interval of time.
#ifndef SIM_SCORE_BOX_H
#define SIM_SCORE_BOX_H

#include "sim/boxes.h"

// Narrows [*from, *to] to the times at which |p + v t| <= r.
static inline bool sim_box_narrow(double p, double v, double r, double *from, double *to) {
  if (v == 0)
    return fabs(p) <= r;
  double one = (-r - p) / v, two = (r - p) / v;
  double first = one < two ? one : two, last = one < two ? two : one;
  *from = *from > first ? *from : first;
  *to = *to < last ? *to : last;
  return *from <= *to;
}

/// The times within [*from, *to] at which box `b`, that moves by (vx, vy) as seen from box `a`,
/// touches `a`: one interval, since both are convex. False, with both spoiled, when there are none.
static inline bool sim_boxes_sweep(const sim_box *a, const sim_box *b, double vx, double vy,
                                   double *from, double *to) {
  double dx = b->x_m - a->x_m, dy = b->y_m - a->y_m;
  double c = fabs(a->ahead_x * b->ahead_x + a->ahead_y * b->ahead_y);
  double s = fabs(a->ahead_x * b->ahead_y - a->ahead_y * b->ahead_x);
  double b_along = b->half_length_m * c + b->half_width_m * s;
  double b_across = b->half_length_m * s + b->half_width_m * c;
  double a_along = a->half_length_m * c + a->half_width_m * s;
  double a_across = a->half_length_m * s + a->half_width_m * c;
  return sim_box_narrow(dx * a->ahead_x + dy * a->ahead_y, vx * a->ahead_x + vy * a->ahead_y,
                        a->half_length_m + b_along, from, to) &&
         sim_box_narrow(dy * a->ahead_x - dx * a->ahead_y, vy * a->ahead_x - vx * a->ahead_y,
                        a->half_width_m + b_across, from, to) &&
         sim_box_narrow(dx * b->ahead_x + dy * b->ahead_y, vx * b->ahead_x + vy * b->ahead_y,
                        b->half_length_m + a_along, from, to) &&
         sim_box_narrow(dy * b->ahead_x - dx * b->ahead_y, vy * b->ahead_x - vx * b->ahead_y,
                        b->half_width_m + a_across, from, to);
}

#endif
