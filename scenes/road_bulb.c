// SPDX-License-Identifier: Apache-2.0
// Turning circles at dead ends: a junction with one arm, round which a lane leads back.
#include <math.h>

#include "scenes/road_builder.h"

static const double FILLET_M = 6;   // where the street's kerb opens into the circle
static const double TURN_IN_M = 12; // radius with which one swings out before turning
static const double CLEAR_M = 2.6;  // from the lane to the kerb

// t of an edge on the arm's left or right side as seen looking out, always positive.
static double edge_half(const road_network *net, const road_arm *arm, bool left, road_edge edge) {
  int side = road_arm_left_side(arm) * (left ? 1 : -1);
  return fabs(road_edge_t(net, &net->roads[arm->road - 1], arm->s_m, side, edge));
}

typedef struct bulb_line {
  double half_m, circle_m, fillet_m; // from the axis; radii
  double reach_m;                    // along the axis from the middle to where the fillet begins
} bulb_line;

static bulb_line line_of(const road_network *net, const road_arm *arm, bool left, road_edge edge) {
  double kerb = edge_half(net, arm, left, ROAD_EDGE_KERB), half = edge_half(net, arm, left, edge);
  // Maps may end wider streets than any that are drawn here.
  double circle = fmax(ROAD_BULB_M, kerb + 1);
  bulb_line l = {half, circle + half - kerb, fmax(0.5, FILLET_M - (half - kerb)), 0};
  double along = l.circle_m + l.fillet_m, across = half + l.fillet_m;
  l.reach_m = along > across ? sqrt(along * along - across * across) : 0;
  return l;
}

double road_bulb_reach(const road_network *net, const road_arm *arm) {
  static const road_edge edges[4] = {ROAD_EDGE_KERB, ROAD_EDGE_STONE, ROAD_EDGE_PATH,
                                     ROAD_EDGE_OUTER};
  double reach = 0;
  for (int k = 0; k < 8; k++)
    reach = fmax(reach, line_of(net, arm, k % 2, edges[k / 2]).reach_m);
  return reach + 0.1;
}

void road_bulb_line(const road_network *net, const road_arm *arm, road_edge edge, int n,
                    vec3 *out) {
  const double pi = 3.14159265358979323846;
  double reach = road_bulb_reach(net, arm), c = cos(arm->heading_rad), s = sin(arm->heading_rad);
  double x0 = arm->middle.x - reach * c, y0 = arm->middle.y - reach * s;
  const int fillet = 8;
  bulb_line ends[2] = {line_of(net, arm, true, edge), line_of(net, arm, false, edge)};
  double open[2]; // from the axis to where the fillets touch the circle
  for (int k = 0; k < 2; k++)
    open[k] = asin((ends[k].half_m + ends[k].fillet_m) / (ends[k].circle_m + ends[k].fillet_m));
  for (int i = 0; i < n; i++) {
    int k = i < n / 2 ? 0 : 1, from_end = k ? n - 1 - i : i;
    const bulb_line *l = &ends[k];
    double x = reach, y = l->half_m, sign = k ? -1 : 1;
    if (from_end > fillet) { // on the circle
      double u = (double)(i - fillet) / (n - 1 - 2 * fillet);
      double angle = open[0] + u * (2 * pi - open[0] - open[1]);
      x = l->circle_m * cos(angle), y = l->circle_m * sin(angle), sign = 1;
    } else if (from_end > 0) {
      double u = (double)(from_end - 1) / (fillet - 1), turn = u * (pi / 2 - open[k]);
      x = l->reach_m - l->fillet_m * sin(turn);
      y = l->half_m + l->fillet_m * (1 - cos(turn));
    }
    y *= sign;
    out[i] = (vec3){x0 + x * c - y * s, y0 + x * s + y * c, arm->middle.z};
  }
}

int road_bulb_lay(const road_network *net, const road_arm *arm, double width_m,
                  road_geometry pieces[5]) {
  double reach = road_bulb_reach(net, arm), round = ROAD_BULB_M - width_m - CLEAR_M;
  double in = TURN_IN_M, angle = acos(in / (round + in));
  // A street too wide for that swings out less.
  while ((round + in) * sin(angle) > reach && in > 2) {
    in *= 0.95;
    angle = acos(in / (round + in));
  }
  double lead = fmax(1e-3, reach - (round + in) * sin(angle));
  const double pi = 3.14159265358979323846;
  int count = 0;
  pieces[0] = (road_geometry){
      .x_m = arm->middle.x, .y_m = arm->middle.y, .heading_rad = angle_wrap(arm->heading_rad + pi)};
  road_append(pieces, &count, lead, 0, 0);
  road_append(pieces, &count, in * angle, -1 / in, -1 / in);
  road_append(pieces, &count, round * (pi + 2 * angle), 1 / round, 1 / round);
  road_append(pieces, &count, in * angle, -1 / in, -1 / in);
  road_append(pieces, &count, lead, 0, 0);
  return count;
}
