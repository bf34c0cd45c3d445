// SPDX-License-Identifier: Apache-2.0
// How close it was: measures of criticality by frame and for the episode.
//
// Sources: TTC, Hayward 1972; TET and TIT, Minderhoud and Bovy 2001; DRAC, Cooper and Ferguson
// 1976; PET, Allen, Shin and Cooper 1978; BTN, Brannstrom, Sjoberg and Coelingh 2008, with the
// required deceleration as Westhofen et al. 2023 (Criticality Metrics for Automated Driving) have
// it; RSS, Shalev-Shwartz, Shammah and Shashua 2017, with the parameters of Intel's ad-rss-lib;
// delta-v, plastic impact. Of whoever moves or stands for a while; things fixed to the ground
// count in nuPlan's time to collision only.
#ifndef SIM_SCORE_CRITICALITY_H
#define SIM_SCORE_CRITICALITY_H

#include "sim/score_contact.h"

#define SIM_TTC_THRESHOLD_S 2.0  // tau of TET and TIT
#define SIM_TTC_SWEPT_MOST_S 5.0 // swept boxes are looked at so far ahead
#define SIM_BRAKE_MOST_MPS2 8.0  // what BTN measures against
#define SIM_LEAD_SIGHT_M 150.0

/// Responsibility-sensitive safety: parameters of ad-rss-lib.
typedef struct sim_rss_params {
  double response_s, other_response_s;     // rho of the ego and of others: 1, 2
  double accel_mps2;                       // most acceleration while responding: 3.5
  double brake_min_mps2;                   // least braking afterwards: 4
  double brake_max_mps2;                   // most braking of who is ahead: 8
  double brake_correct_mps2;               // of who is in its own lane with somebody coming: 3
  double side_accel_mps2, side_brake_mps2; // 0.2, 0.8
  double side_margin_m;                    // mu: 0.1
} sim_rss_params;
sim_rss_params sim_rss_params_default(void);

/// The least distance between a rear car at `rear` m/s and a front one at `front` m/s.
double sim_rss_same_way(const sim_rss_params *p, double rear_mps, double front_mps,
                        double response_s);
/// The least distance between the ego, in its own lane, and one that comes against it, both >= 0.
double sim_rss_opposite_way(const sim_rss_params *p, double ego_mps, double other_mps);
/// The least distance beside each other of the left one, which moves to the right at left_mps, and
/// the right one, which moves to the right at right_mps.
double sim_rss_beside(const sim_rss_params *p, double left_mps, double right_mps,
                      double left_response_s, double right_response_s);

typedef struct sim_criticality {
  double ttc_s;         // least time to collision with who is ahead
  double ttc_swept_s;   // least time until boxes at constant velocity touch, whoever it is
  double tet_s, tit_s2; // time below the threshold; the area below it
  double drac_mps2;     // greatest deceleration to avoid a crash
  double thw_s;         // least time headway
  double btn;           // greatest brake threat number: 1 takes all that brakes give
  double pet_s;         // least post-encroachment time, and with whom; INFINITY: ways don't cross
  int pet_who;
  double rss_unsafe_s; // time in situations that RSS calls dangerous
  double delta_v_mps;  // greatest of all contacts; 0 without
  // By frame, each (frames).
  int *lead;     // slot of who is ahead, -1 nobody
  double *gap_m; // bumper to bumper, INFINITY without a lead
  double *frame_ttc_s, *frame_swept_s, *frame_drac_mps2, *frame_thw_s, *frame_btn;
  uint8_t *rss_unsafe; // somebody is closer than RSS allows, along and beside
  // Room.
  int *lane_seen, *lane_row; // (actors) of the lane that an actor was on last: row of the route
  int *vertex_frame;         // (frames) PET: corners of the ego's way
  int *cells;                // (SIM_PET_CELLS * SIM_PET_CELLS * 2) PET: the ego's way by place
} sim_criticality;

enum { SIM_PET_CELLS = 64 };

void sim_criticality_score(sim_criticality *out, const sim_episode *e, const sim_score_ego *ego,
                           const sim_contacts *contacts);

/// Parts of it: sim/score_rss.c, sim/score_pet.c.
void sim_criticality_rss(sim_criticality *out, const sim_episode *e, const sim_score_ego *ego);
void sim_criticality_pet(sim_criticality *out, const sim_episode *e);

#endif
