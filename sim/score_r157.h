// SPDX-License-Identifier: Apache-2.0
// Would a careful and competent driver have prevented it? For each body that the ego ran into, the
// driver of UN Regulation 157 (ALKS), annex 3, appendix 3, takes the ego's place on the ego's own
// way, from when it perceives the danger; others do what they did.
//
// The driver perceives who cuts in once that one has left its wandering zone (0.375 m) for 0.4 s or
// by 0.72 m, whichever is sooner, and its time to collision is 2 s or less; who brakes or stands in
// its lane after 0.4 s. 0.75 s later it brakes, up to 0.774 g with a jerk of 12.65 m/s^3.
#ifndef SIM_SCORE_R157_H
#define SIM_SCORE_R157_H

#include "sim/score_contact.h"

typedef enum sim_r157_danger {
  SIM_R157_CUTS_IN, // comes into the ego's way from the side, on foot or on wheels
  SIM_R157_BRAKES,  // was in the ego's way and slowed down
  SIM_R157_STANDS,  // was in the ego's way, and no faster before
  SIM_R157_DANGERS
} sim_r157_danger;

typedef struct sim_r157_case {
  int who, contact_frame; // slot, first contact
  sim_r157_danger danger;
  double perceived_s, brakes_s; // since frame 0; INFINITY: not before the contact
  bool preventable;             // the driver would not have touched it
} sim_r157_case;

enum { SIM_R157_CASES = 16 };
typedef struct sim_r157 {
  int count, preventable; // of the first SIM_R157_CASES bodies
  sim_r157_case all[SIM_R157_CASES];
  double *lateral_m, *along_m; // (frames) room: a body's place beside the ego's way
} sim_r157;

/// Who runs into the ego while it stands, or from behind, makes no case, nor do fixed things.
void sim_r157_score(sim_r157 *out, const sim_episode *e, const sim_score_ego *ego,
                    const sim_contacts *contacts);

/// Way of the driver in `t_s` from when it begins to brake at speed v_mps, and its speed then.
double sim_r157_brake(double v_mps, double t_s, double *then_mps);

#endif
