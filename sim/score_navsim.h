// SPDX-License-Identifier: Apache-2.0
// NAVSIM's PDM score and its extended one, over windows of 4 s at 10 Hz of the driven trajectory:
// one begins every 0.5 s, as NAVSIM's frames do.
//
// Source: NAVSIM 1.1 (PDMS) and 2.0 (EPDMS), pdm_scorer, pdm_comfort_metrics, scene_aggregator.
//   PDMS  = NC DAC (5 EP + 5 TTC + 2 C) / 12
//   EPDMS = NC DAC DDC TLC (5 EP + 5 TTC + 2 LK + 2 HC + 2 EC) / 16
// EC compares a plan with the one before; of policies without plans it drops out of the sum, which
// is over 14 then.
#ifndef SIM_SCORE_NAVSIM_H
#define SIM_SCORE_NAVSIM_H

#include "sim/score_comfort.h"
#include "sim/score_contact.h"

typedef enum sim_navsim_part {
  SIM_NAVSIM_PDMS,
  SIM_NAVSIM_EPDMS,
  SIM_NAVSIM_NC,
  SIM_NAVSIM_DAC,
  SIM_NAVSIM_DDC,
  SIM_NAVSIM_TLC,
  SIM_NAVSIM_EP,     // of PDMS
  SIM_NAVSIM_EP_V2,  // of EPDMS
  SIM_NAVSIM_TTC,    // of PDMS
  SIM_NAVSIM_TTC_V2, // of EPDMS: whose look ahead ends with the window
  SIM_NAVSIM_LK,
  SIM_NAVSIM_C,
  SIM_NAVSIM_HC,
  SIM_NAVSIM_EC, // NaN without plans
  SIM_NAVSIM_PARTS
} sim_navsim_part;

/// Somebody whom the ego, going on as it does, would overlap in some tenths of a second.
typedef struct sim_navsim_hit {
  int frame, who;
  uint8_t tenths; // 0, 3, 6, 9
  bool watched;   // it is where time to collision is measured to
} sim_navsim_hit;

typedef struct sim_navsim {
  int windows;                   // 0: the episode is too short, or 0.1 s is no multiple of its step
  int windows_planned;           // those that have an EC
  double mean[SIM_NAVSIM_PARTS]; // over the windows; NaN without any
  double *window[SIM_NAVSIM_PARTS]; // (windows <= frames) each
  int *window_frame;                // (windows) first frame of each
  int hit_count, hit_capacity;
  sim_navsim_hit *hits; // by frame, then by tenths
  int *hit_first;       // (frames + 1)
  double *scratch;      // (6 * frames)
  double *plan_scratch; // (10 * plan points)
} sim_navsim;

void sim_navsim_score(sim_navsim *out, const sim_episode *e, const sim_score_ego *ego,
                      const sim_contacts *contacts);

/// EC of two plans: whether the RMS differences of acceleration, jerk, yaw rate and yaw
/// acceleration where both overlap are at most 0.7 m/s^2, 0.5 m/s^3, 0.1 rad/s and 0.1 rad/s^2.
/// False, with *out NaN, when they overlap in fewer than 5 points. rms (may be NULL): those four.
bool sim_navsim_compare_plans(sim_navsim *s, const sim_episode *e, int before, int plan,
                              double *out, double rms[4]);

#endif
