// SPDX-License-Identifier: Apache-2.0
// Places to park as rectangles on roads.
#include <math.h>

#include "scenes/road_model.h"

static const double SAME_LINE_M = 0.05, SAME_RAD = 0.02;
enum { NEIGHBOURS = 64 }; // bays of a row follow each other

// Within the road's (s, t): bays are flat, and roads bend little beside them.
static void bay_corner(const road_bay *bay, double ahead, double left, double out[2]) {
  double c = cos(bay->heading_rad), s = sin(bay->heading_rad);
  out[0] = bay->s_m + ahead * c - left * s;
  out[1] = bay->t_m + ahead * s + left * c;
}

vec3 road_bay_point(const road_network *net, const road_bay *bay, double ahead, double left) {
  pose at = road_pose(net, &net->roads[bay->road - 1], bay->s_m, bay->t_m);
  at.q = quat_multiply(at.q, quat_from_ypr(bay->heading_rad, 0, 0));
  return pose_apply(at, (vec3){ahead, left, 0});
}

bool road_bay_shares(const road_network *net, const road_bay *bay, int side) {
  double own[2];
  bay_corner(bay, -bay->length_m / 2, side * bay->width_m / 2, own);
  int i = (int)(bay - net->bays), first = i > NEIGHBOURS ? i - NEIGHBOURS : 0;
  while (i-- > first && net->bays[i].road == bay->road) {
    const road_bay *other = &net->bays[i];
    double turn = fabs(angle_wrap(other->heading_rad - bay->heading_rad)), corner[2];
    if (turn > SAME_RAD)
      continue;
    bay_corner(other, -other->length_m / 2, -side * other->width_m / 2, corner);
    if (hypot(corner[0] - own[0], corner[1] - own[1]) < SAME_LINE_M)
      return true;
  }
  return false;
}
