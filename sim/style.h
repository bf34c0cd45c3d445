// SPDX-License-Identifier: Apache-2.0
// What a driver's style means beyond the Intelligent Driver Model's parameters.
#ifndef SIM_STYLE_H
#define SIM_STYLE_H

#include "scenes/scene.h"

/// MOBIL's politeness and thresholds lie where its authors studied them (Kesting, Treiber and
/// Helbing 2007: politeness 0 for selfish drivers, 0.2 to 0.5 for realistic ones, thresholds of
/// 0.1 to 0.2 m/s^2 and more). Gaps are those of sim/junction.c, between one's own leaving of a
/// conflict and another's arriving; they shrink to `hard_gap_s` while one waits. `lateral` is on
/// the acceleration in curves (2.2 m/s^2 normally, sim/lanes.h).
typedef struct sim_style {
  double politeness;
  double gain;      // on the thresholds of lane changes
  double safe_mps2; // hardest braking imposed on a new follower
  double soft_gap_s, hard_gap_s;
  double lateral;
} sim_style;

static inline const sim_style *sim_style_of(int style) {
  static const sim_style all[DRIVER_STYLES] = {
      [DRIVER_NORMAL] = {0.2, 1, -2.0, 2.2, 1.0, 1},
      [DRIVER_AGGRESSIVE] = {0, 0.5, -3.0, 1.6, 0.8, 1.25},
      [DRIVER_CAUTIOUS] = {0.5, 2, -1.5, 3.0, 1.5, 0.8},
  };
  return &all[style];
}

#endif
