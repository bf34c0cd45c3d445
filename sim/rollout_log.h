// SPDX-License-Identifier: Apache-2.0
// What happens in a scene when its own driver drives: moments ROADLOOM_DT_S apart. For
// sim/rollout.c only.
#ifndef SIM_ROLLOUT_LOG_H
#define SIM_ROLLOUT_LOG_H

#include "sim/moment.h"

typedef struct sim_log {
  arena *memory;
  int frames;
  sim_moment now;         // its slots are the scene's
  sim_mover *movers;      // (frames, now.count)
  sim_motion *motions;    // (frames)
  uint8_t *signals;       // (frames, now.signal_count)
  float *signal_left_s;   // (frames, now.signal_count)
  weather_state *weather; // (frames)
  double (*ego)[3];       // (frames) rear axle: x, y, yaw
} sim_log;

/// Runs the scene for so many frames, the first one at its begin, `each` steps of the world
/// apart. STATUS_MEMORY, and what a behaviour does wrong. Release with sim_log_free, also then.
status sim_log_make(sim_log *out, const scene *s, int frames, int each, trouble *why);
void sim_log_free(sim_log *log);
/// Frame k as a moment of that scene.
void sim_log_show(const sim_log *log, int k, sim_moment *out);

#endif
