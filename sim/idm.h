// SPDX-License-Identifier: Apache-2.0
// The Intelligent Driver Model (Treiber, Hennecke, Helbing 2000) with the braking
// side of the Improved IDM (Treiber, Kesting 2013) above the desired speed.
#ifndef SIM_IDM_H
#define SIM_IDM_H

#include <math.h>

#include "base/least.h"
#include "scenes/scene.h"

/// Acceleration on an empty road towards v0_mps > 0: a (1 - (v/v0)^delta) below v0,
/// and above it a braking that tends to the comfortable one, never more.
double sim_idm_free(const driver_params *d, double v_mps, double v0_mps);

/// What an obstacle gap_m ahead, approached at closing_mps (own minus its speed),
/// takes off the free acceleration: a (s*/gap)^2. Gaps below 0.1 m count as 0.1.
double sim_idm_interaction(const driver_params *d, double v_mps, double closing_mps, double gap_m);
/// The same for who knows the root of a b, with a time headway of its own.
static inline double sim_idm_interaction_of(const driver_params *d, double root_mps2,
                                            double headway_s, double v_mps, double closing_mps,
                                            double gap_m) {
  double dynamic = v_mps * headway_s + v_mps * closing_mps / (2 * root_mps2);
  double wanted = d->gap_m + most_of(0, dynamic);
  double ratio = wanted / most_of(gap_m, 0.1);
  return d->accel_mps2 * ratio * ratio;
}

/// The gap that an endless platoon at v_mps keeps, 0 <= v < v0:
/// (s0 + v T) / sqrt(1 - (v/v0)^delta).
double sim_idm_equilibrium_gap(const driver_params *d, double v_mps, double v0_mps);

/// Seconds to cover distance_m from v_mps, gaining accel_mps2 > 0 up to top_mps > 0.
/// 0 when the distance isn't positive.
static inline double sim_time_to_cover(double distance_m, double v_mps, double accel_mps2,
                                       double top_mps) {
  if (distance_m <= 0)
    return 0;
  if (v_mps >= top_mps)
    return distance_m / v_mps;
  double speeding_up = (top_mps * top_mps - v_mps * v_mps) / (2 * accel_mps2);
  if (distance_m <= speeding_up)
    return (sqrt(v_mps * v_mps + 2 * accel_mps2 * distance_m) - v_mps) / accel_mps2;
  return (top_mps - v_mps) / accel_mps2 + (distance_m - speeding_up) / top_mps;
}

#endif
