// SPDX-License-Identifier: Apache-2.0
#include "with_network.h"

#include <math.h>

const road_point *network_points(const road_network *net, const lane_path *lane) {
  return &net->points[lane->point_first];
}

const lane_path *network_next(const road_network *net, const lane_path *lane, int k) {
  return &net->paths[net->lane_links[lane->next_first + k] - 1];
}

const lane_path *network_previous(const road_network *net, const lane_path *lane, int k) {
  return &net->paths[net->lane_links[lane->previous_first + k] - 1];
}

int network_group(const road_network *net, const lane_path *lane) {
  if (lane->previous_count == 0)
    return 0;
  int signal = network_previous(net, lane, 0)->signal;
  return signal ? net->signals[signal - 1].group : 0;
}

double network_cycle_s(const road_network *net, const road_junction *junction) {
  double cycle_s = 0;
  for (int i = 0; i < junction->program_count; i++)
    cycle_s += net->phases[junction->program_first + i].duration_s;
  return cycle_s;
}

bool network_segments_cross(const road_point *a, const road_point *b) {
  double ax = a[1].x_m - a->x_m, ay = a[1].y_m - a->y_m;
  double bx = b[1].x_m - b->x_m, by = b[1].y_m - b->y_m;
  double dx = b->x_m - a->x_m, dy = b->y_m - a->y_m, cross = ax * by - ay * bx;
  if (fabs(cross) < 1e-12)
    return false;
  double u = (dx * by - dy * bx) / cross, v = (dx * ay - dy * ax) / cross;
  return u >= 0 && u <= 1 && v >= 0 && v <= 1;
}
