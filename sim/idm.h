// SPDX-License-Identifier: Apache-2.0
// The Intelligent Driver Model (Treiber, Hennecke, Helbing 2000) with the braking
// side of the Improved IDM (Treiber, Kesting 2013) above the desired speed.
#ifndef SIM_IDM_H
#define SIM_IDM_H

#include "scenes/scene.h"

/// Acceleration on an empty road towards v0_mps > 0: a (1 - (v/v0)^delta) below v0,
/// and above it a braking that tends to the comfortable one, never more.
double sim_idm_free(const driver_params *d, double v_mps, double v0_mps);

/// What an obstacle gap_m ahead, approached at closing_mps (own minus its speed),
/// takes off the free acceleration: a (s*/gap)^2. Gaps below 0.1 m count as 0.1.
double sim_idm_interaction(const driver_params *d, double v_mps, double closing_mps, double gap_m);

/// The gap that an endless platoon at v_mps keeps, 0 <= v < v0:
/// (s0 + v T) / sqrt(1 - (v/v0)^delta).
double sim_idm_equilibrium_gap(const driver_params *d, double v_mps, double v0_mps);

/// Seconds to cover distance_m from v_mps, gaining accel_mps2 > 0 up to top_mps > 0.
/// 0 when the distance isn't positive.
double sim_time_to_cover(double distance_m, double v_mps, double accel_mps2, double top_mps);

#endif
