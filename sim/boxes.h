// SPDX-License-Identifier: Apache-2.0
// Rectangles on the ground and whether they meet.
#ifndef SIM_BOXES_H
#define SIM_BOXES_H

#include <math.h>
#include <stdbool.h>

typedef struct sim_box {
  double x_m, y_m;         // middle
  double ahead_x, ahead_y; // unit vector along its length
  double half_length_m, half_width_m;
} sim_box;

/// How far a box reaches from its middle along an axis.
static inline double sim_box_reach(const sim_box *b, double ax, double ay) {
  return b->half_length_m * fabs(b->ahead_x * ax + b->ahead_y * ay) +
         b->half_width_m * fabs(b->ahead_x * ay - b->ahead_y * ax);
}

/// By separating axes: those of either. Touching counts.
static inline bool sim_boxes_meet(const sim_box *a, const sim_box *b) {
  double dx = b->x_m - a->x_m, dy = b->y_m - a->y_m;
  double round = a->half_length_m + a->half_width_m + b->half_length_m + b->half_width_m;
  if (dx * dx + dy * dy > round * round)
    return false;
  const sim_box *both[2] = {a, b};
  for (int k = 0; k < 2; k++) {
    double c = both[k]->ahead_x, s = both[k]->ahead_y;
    if (fabs(dx * c + dy * s) > sim_box_reach(a, c, s) + sim_box_reach(b, c, s) ||
        fabs(dy * c - dx * s) > sim_box_reach(a, -s, c) + sim_box_reach(b, -s, c))
      return false;
  }
  return true;
}

#endif
