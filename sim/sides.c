// SPDX-License-Identifier: Apache-2.0
// Where across a lane there is room for more than one: where cyclists keep, and from where the
// oncoming lane may be used to pass somebody.
#include "base/least.h"
#include "scenes/road_model.h"
#include "sim/lanes.h"

static const double KERB_M = 0.8;        // from it to a cyclist's middle
static const double LEAST_WIDTH_M = 2.6; // of a lane that isn't wide enough for either
static const double LEAST_RADIUS_M = 40;

// How far from the middle cyclists keep, to the kerb's side.
static double riding_place(const sim_lanes *lanes, const road_network *net, const lane_path *lane) {
  double begin, end;
  road_lane_usable(net, lane, &begin, &end);
  bool even = begin <= 0 && end >= lane->length_m && !lane->opens;
  bool shared = (lane->users & LANE_FOR_BICYCLES) && (lane->users & LANE_FOR_CARS);
  bool outermost =
      !(net->left_hand ? lane->left : lane->right) && !lanes->bikes_beside[lane->id - 1];
  if (lane->junction || !even || !shared || !outermost || lane->width_m < LEAST_WIDTH_M)
    return 0;
  return (net->left_hand ? 1 : -1) * (lane->width_m / 2 - KERB_M);
}

// Marks are the middle line's, which both directions share.
static bool may_cross(const sim_lanes *lanes, const road_network *net, const lane_path *lane) {
  if (!lanes->facing[lane->id - 1] || lane->junction || lane->road < 1)
    return false;
  const road *r = &net->roads[lane->road - 1];
  const road_section *section = &net->sections[r->section_first + lane->section];
  const road_lane *middle = road_lane_find(net, section, 0);
  return middle && (middle->outer_mark == MARK_BROKEN || middle->outer_mark == MARK_NONE);
}

bool sim_sides_build(sim_lanes *out, arena *a, const road_network *net) {
  out->ride_m = ARENA_NEW(a, double, net->path_count);
  out->open_over = ARENA_NEW(a, uint8_t, net->path_count);
  if (!out->ride_m || !out->open_over)
    return false;
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *lane = &net->paths[i];
    bool straight = lane->max_curvature_pm < 1 / LEAST_RADIUS_M;
    out->ride_m[i] = riding_place(out, net, lane);
    out->open_over[i] = straight && may_cross(out, net, lane);
  }
  return true;
}
