// SPDX-License-Identifier: Apache-2.0
// Boxes on the ground: whether they touch, and when they will. Separating axes: two rectangles are
// apart if and only if they are apart along one of their four axes (Gottschalk 1996).
#ifndef SIM_SCORE_BOX_H
#define SIM_SCORE_BOX_H

#include <math.h>
#include <stdbool.h>

/// A rectangle: its middle, the unit vector of its length, and half its sides.
typedef struct score_box {
  double x_m, y_m, ahead_x, ahead_y, half_length_m, half_width_m;
} score_box;

// Half of what a box takes along an axis at which its own axes' cosine and sine are c and s.
static inline double score_box_reach(const score_box *b, double c, double s) {
  return b->half_length_m * fabs(c) + b->half_width_m * fabs(s);
}

/// Whether two boxes have a point in common, borders included.
static inline bool score_boxes_touch(const score_box *a, const score_box *b) {
  double dx = b->x_m - a->x_m, dy = b->y_m - a->y_m;
  double c = a->ahead_x * b->ahead_x + a->ahead_y * b->ahead_y;
  double s = a->ahead_x * b->ahead_y - a->ahead_y * b->ahead_x;
  return fabs(dx * a->ahead_x + dy * a->ahead_y) <= a->half_length_m + score_box_reach(b, c, s) &&
         fabs(dy * a->ahead_x - dx * a->ahead_y) <= a->half_width_m + score_box_reach(b, s, c) &&
         fabs(dx * b->ahead_x + dy * b->ahead_y) <= b->half_length_m + score_box_reach(a, c, s) &&
         fabs(dy * b->ahead_x - dx * b->ahead_y) <= b->half_width_m + score_box_reach(a, s, c);
}

// Narrows [*from, *to] to the times at which |p + v t| <= r.
static inline bool score_narrow(double p, double v, double r, double *from, double *to) {
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
static inline bool score_boxes_meet(const score_box *a, const score_box *b, double vx, double vy,
                                    double *from, double *to) {
  double dx = b->x_m - a->x_m, dy = b->y_m - a->y_m;
  double c = a->ahead_x * b->ahead_x + a->ahead_y * b->ahead_y;
  double s = a->ahead_x * b->ahead_y - a->ahead_y * b->ahead_x;
  return score_narrow(dx * a->ahead_x + dy * a->ahead_y, vx * a->ahead_x + vy * a->ahead_y,
                      a->half_length_m + score_box_reach(b, c, s), from, to) &&
         score_narrow(dy * a->ahead_x - dx * a->ahead_y, vy * a->ahead_x - vx * a->ahead_y,
                      a->half_width_m + score_box_reach(b, s, c), from, to) &&
         score_narrow(dx * b->ahead_x + dy * b->ahead_y, vx * b->ahead_x + vy * b->ahead_y,
                      b->half_length_m + score_box_reach(a, c, s), from, to) &&
         score_narrow(dy * b->ahead_x - dx * b->ahead_y, vy * b->ahead_x - vx * b->ahead_y,
                      b->half_width_m + score_box_reach(a, s, c), from, to);
}

#endif
