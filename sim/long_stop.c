// SPDX-License-Identifier: Apache-2.0
// Where long vehicles stop before junctions: short of the line where a bus that turns into the
// street swings out over the middle of the road.
#include <math.h>

#include "base/least.h"
#include "sim/lanes.h"
#include "sim/sweep.h"

static const sim_sweep_body SLICE = {.half_m = 0.25, .side_m = 1.35, .axle_m = 0.2}; // of a front
static const double MOST_M = 8, AIR_M = 0.3;
static const double SHARP_PM = 1.0 / 25;

// Up to where the lane is free of what a bus sweeps.
static double free_up_to(const road_network *net, const lane_path *lane, double stop_m,
                         const sim_sweep *sweep) {
  for (double s = most_of(0, stop_m - MOST_M); s < stop_m; s += SIM_SWEEP_STEP_M) {
    road_point p = lane_point(net, lane, s);
    sim_sweep_box slice = {p.x_m, p.y_m, cos(p.heading_rad), sin(p.heading_rad)};
    for (int k = 0; k < sweep->count; k++)
      if (sim_sweep_meet(&slice, &SLICE, &sweep->at[k], &sim_sweep_bus))
        return most_of(0, s - SLICE.half_m - AIR_M);
  }
  return stop_m;
}

bool sim_long_stops_build(sim_lanes *out, arena *a, const road_network *net) {
  out->long_stop_m = ARENA_NEW(a, double, net->path_count);
  sim_sweep *sweep = ARENA_NEW(a, sim_sweep, 1);
  if (!out->long_stop_m || !sweep)
    return false;
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *lane = &net->paths[i];
    double stop = out->long_stop_m[i] = least_of(lane->stop_s_m, lane->length_m);
    if (!out->facing[i] || lane->next_count == 0)
      continue;
    const lane_path *leaves = &net->paths[out->facing[i] - 1];
    for (int k = 0; k < leaves->previous_count; k++) {
      const lane_path *turn = &net->paths[net->lane_links[leaves->previous_first + k] - 1];
      if (!turn->junction || turn->max_curvature_pm < SHARP_PM)
        continue;
      sim_sweep_drive(net, turn, leaves, &sim_sweep_bus, sweep);
      out->long_stop_m[i] = least_of(out->long_stop_m[i], free_up_to(net, lane, stop, sweep));
    }
  }
  return true;
}
