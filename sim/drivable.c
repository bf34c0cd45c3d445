// SPDX-License-Identifier: Apache-2.0
// How far a place is from what may be driven on. Roads are looked at across, at the place of the
// nearest lane; junctions by their outlines.
#include <math.h>

#include "scenes/road_model.h"
#include "sim/episode.h"

static bool is_drivable(const road_lane *lane) {
  return lane->type == LANE_DRIVING || lane->type == LANE_SHOULDER || lane->type == LANE_PARKING ||
         lane->type == LANE_BIKING;
}

// From a lane's outer or inner border on to that side, as far as lanes that may be driven on go.
static double room_beside(const road_network *net, const road_section *section, int lane_id,
                          int side, double ds_m) {
  double room = 0;
  for (int id = lane_id + side;; id += side) {
    if (id == 0)
      continue;
    const road_lane *lane = road_lane_find(net, section, id);
    if (!lane || !is_drivable(lane))
      return room;
    room += fmax(0, road_width_at(net, lane, ds_m));
  }
}

// How far a place left_m of a lane's middle is beyond what may be driven on beside that lane.
static double outside_road(const road_network *net, const lane_path *lane, double s_m,
                           double left_m) {
  const road *r = &net->roads[lane->road - 1];
  const road_section *section = &net->sections[r->section_first + lane->section];
  double end_m = lane->section + 1 < r->section_count ? section[1].s_m : r->length_m;
  double share = lane->length_m > 0 ? s_m / lane->length_m : 0;
  bool along = road_lane_along(net, lane->lane);
  double ds = (along ? share : 1 - share) * (end_m - section->s_m);
  const road_lane *own = road_lane_find(net, section, lane->lane);
  double half = own ? road_width_at(net, own, ds) / 2 : lane->width_m / 2;
  int side = (left_m > 0) == along ? 1 : -1; // of the road, +1 left
  double beyond = fabs(left_m) - half;
  return beyond <= 0 ? 0 : fmax(0, beyond - room_beside(net, section, lane->lane, side, ds));
}

// Distance from a junction's outline, 0 inside.
static double outside_junction(const road_network *net, const road_junction *j, double x,
                               double y) {
  const road_point *p = &net->points[j->outline_first];
  bool inside = false;
  double best = INFINITY;
  for (int k = 0, before = j->outline_count - 1; k < j->outline_count; before = k++) {
    double ax = p[before].x_m, ay = p[before].y_m, ex = p[k].x_m - ax, ey = p[k].y_m - ay;
    if ((ay > y) != (p[k].y_m > y) && x < ax + (y - ay) / ey * ex)
      inside = !inside;
    double square = ex * ex + ey * ey;
    double u = square > 0 ? ((x - ax) * ex + (y - ay) * ey) / square : 0;
    u = fmax(0, fmin(1, u));
    best = fmin(best, hypot(x - ax - u * ex, y - ay - u * ey));
  }
  return inside ? 0 : best;
}

double sim_drivable_outside(const road_network *net, double x, double y) {
  double s_m, left_m, least = INFINITY;
  int lane = lane_nearest(net, x, y, &s_m, &left_m);
  if (lane)
    least = outside_road(net, &net->paths[lane - 1], s_m, left_m);
  for (int i = 0; i < net->junction_count && least > 0; i++) {
    const road_junction *j = &net->junctions[i];
    double reach = j->radius_m + 15, dx = x - j->x_m, dy = y - j->y_m;
    if (j->outline_count > 2 && dx * dx + dy * dy < reach * reach)
      least = fmin(least, outside_junction(net, j, x, y));
  }
  return least;
}
