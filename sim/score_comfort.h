// SPDX-License-Identifier: Apache-2.0
// Comfort as nuPlan and NAVSIM measure it: smoothed accelerations, jerks and yaw motion within
// bounds.
//
// Source: nuPlan devkit 1.2, ego_is_comfortable and the metrics that it is made of; NAVSIM 1 and
// 2, pdm_comfort_metrics. The filter is Savitzky's and Golay's (1964) as scipy.signal.savgol_filter
// with mode "interp" has it.
#ifndef SIM_SCORE_COMFORT_H
#define SIM_SCORE_COMFORT_H

#include "sim/score_contact.h"

enum { SAVGOL_WINDOW = 64, SAVGOL_ORDER = 3 };

/// Fits a polynomial of that order to each window of `window` values and returns the `derivative`th
/// derivative in its middle; at the ends, that of the first and last window's. Values are step
/// apart. `window` is cut to n and to SAVGOL_WINDOW, `order` to window - 1 and to SAVGOL_ORDER.
/// Of even windows the middle is half a step behind the value it is for, as scipy's.
/// `in` and `out`, of n values each, must not overlap.
void sim_savgol(const double *in, int n, int window, int order, int derivative, double step,
                double *out);

typedef enum sim_comfort_part {
  SIM_COMFORT_LON_ACCEL, // m/s^2, -4.05 .. 2.40
  SIM_COMFORT_LAT_ACCEL, // m/s^2, 4.89
  SIM_COMFORT_JERK,      // m/s^3, 8.37, of the acceleration's size
  SIM_COMFORT_LON_JERK,  // m/s^3, 4.13
  SIM_COMFORT_YAW_RATE,  // rad/s, 0.95
  SIM_COMFORT_YAW_ACCEL, // rad/s^2, 1.93
  SIM_COMFORT_PARTS
} sim_comfort_part;

typedef struct sim_comfort {
  double *value[SIM_COMFORT_PARTS]; // (frames) each
  bool within[SIM_COMFORT_PARTS];   // all of a part's values are strictly within its bounds
  double worst[SIM_COMFORT_PARTS];  // the value of that part that is nearest to, or farthest
                                    // beyond, its bound
  bool comfortable;                 // all parts are
  double *scratch;                  // (4 * frames)
} sim_comfort;

/// Whether a value of a part is within its bounds.
bool sim_comfort_is_within(sim_comfort_part part, double value);

/// nuPlan's: accelerations of the box's middle for the first two parts and the jerk along, of the
/// rear axle for the size's jerk; windows 8, and 15 for jerks.
void sim_comfort_nuplan(sim_comfort *out, const sim_episode *e, const sim_score_ego *ego);

/// NAVSIM's over the frames from `first` on, `stride` frames apart, `count` of them: the rear
/// axle's accelerations, windows over all of it. `scratch`: (6 * count).
bool sim_comfort_navsim(const sim_episode *e, int first, int stride, int count, double *scratch);

#endif
