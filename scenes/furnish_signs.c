// SPDX-License-Identifier: Apache-2.0
// What the signs say: at junctions who goes first, along streets their limit and where to park.
#include <math.h>

#include "scenes/furnish.h"
#include "scenes/sign.h"

static int from_road(const road_network *net, const lane_path *lane) {
  return lane->previous_count ? net->paths[net->lane_links[lane->previous_first] - 1].road : 0;
}

static double arm_heading(const road_arm *arms, int count, int id) {
  for (int i = 0; i < count; i++)
    if (arms[i].road == id)
      return arms[i].heading_rad;
  return 0;
}

static bool yields_to_sides(const road_network *net, const lane_path *lane, const road_arm *arms,
                            int count, int k) {
  for (int c = 0; c < lane->conflict_count; c++) {
    const lane_conflict *meets = &net->conflicts[lane->conflict_first + c];
    const lane_path *other = &net->paths[meets->other - 1];
    double apart = arm_heading(arms, count, from_road(net, other)) - arms[k].heading_rad;
    if (meets->yields && other->turn == TURN_STRAIGHT && cos(apart) > -0.7)
      return true;
  }
  return false;
}

// Whether traffic of the arm gives way to any that comes from its sides and goes straight.
static bool gives_way(const road_network *net, int junction, const road_arm *arms, int count,
                      int k) {
  for (int i = road_first_path(net, arms[k].road);
       i < net->path_count && net->paths[i].road == arms[k].road; i++) {
    const lane_path *in = &net->paths[i];
    for (int n = 0; n < in->next_count; n++) {
      const lane_path *lane = &net->paths[net->lane_links[in->next_first + n] - 1];
      if (lane->junction == junction && from_road(net, lane) == arms[k].road &&
          yields_to_sides(net, lane, arms, count, k))
        return true;
    }
  }
  return false;
}

// Into roundabouts and out of slip lanes one gives way, and no more.
static bool may_stop(const road_network *net, const road_junction *j, const road_arm *arm) {
  for (int i = road_first_path(net, arm->road);
       i < net->path_count && net->paths[i].road == arm->road; i++)
    if (road_lane_joins(net, &net->paths[i]))
      return false;
  return !j->roundabout;
}

// The lane at (x, y) that runs about that way; the nearest one when none does.
static int lane_that_runs(const road_network *net, double x, double y, double heading) {
  int found = lane_nearest(net, x, y, NULL, NULL);
  double best = 14;
  for (int k = -3; k <= 3; k++) {
    double at = 0, s = 0, px = x - 3.2 * k * sin(heading), py = y + 3.2 * k * cos(heading);
    int lane = lane_nearest(net, px, py, &s, &at);
    if (!lane || hypot(px - x, py - y) + fabs(at) > best)
      continue;
    if (cos(lane_point(net, &net->paths[lane - 1], s).heading_rad - heading) > 0.7)
      best = hypot(px - x, py - y) + fabs(at), found = lane;
  }
  return found;
}

uint32_t furnish_limit_sign(const road_network *net, double x, double y, double heading) {
  int lane = lane_that_runs(net, x, y, heading);
  double mps = lane ? net->paths[lane - 1].speed_limit_mps : 50 / 3.6;
  return sign_of(SIGN_SPEED_LIMIT, 10 * (int)fmax(1, fmin(13, round(mps * 3.6 / 10))));
}

uint32_t furnish_junction_sign(const road_network *net, const road_junction *j,
                               const road_arm *arms, int count, int k, rng *r) {
  switch (j->kind) {
  case JUNCTION_ALL_WAY_STOP:
    return sign_of(SIGN_STOP, 0);
  case JUNCTION_PRIORITY:
    if (!gives_way(net, j->id, arms, count, k))
      return sign_of(SIGN_PRIORITY_ROAD, 0);
    return sign_of(may_stop(net, j, &arms[k]) && rng_chance(r, 0.35) ? SIGN_STOP : SIGN_GIVE_WAY,
                   0);
  default:
    return 0;
  }
}

uint32_t furnish_street_sign(const road_network *net, double x, double y, double heading, rng *r) {
  static const double weights[] = {3, 2, 1.5};
  switch (rng_weighted(r, weights, 3)) {
  case 0:
    return furnish_limit_sign(net, x, y, heading);
  case 1:
    return sign_of(SIGN_PARKING, 0);
  default:
    return sign_of(SIGN_NO_STOPPING, 0);
  }
}
