// SPDX-License-Identifier: Apache-2.0
// What policies that follow the way have in common: places along it, who is in it, the Intelligent
// Driver Model, and trajectories. All in the ego frame; s is along the way from point 0, beside the
// rear axle. For sim/policy_*.c only.
#ifndef SIM_POLICY_PATH_H
#define SIM_POLICY_PATH_H

#include <stdbool.h>

#include "roadloom/policy.h"

enum { SIM_PLAN_STEPS = 40 }; // of 4 s

typedef struct sim_path_place {
  double x_m, y_m, tx, ty;
  double limit_mps, width_m, left_m, right_m;
} sim_path_place;

/// The place at s, off_m to the left of the way.
sim_path_place sim_path_at(const roadloom_observation *o, double s_m, double off_m);
/// s of the place of the way that is nearest to (x, y), and how far left of it that lies.
double sim_path_along(const roadloom_observation *o, double x_m, double y_m, double *left_m);

/// Somebody's body seen along the way.
typedef struct sim_path_body {
  double front_m, rear_m; // s, rear_m <= front_m
  double right_m, left_m; // its borders, left positive
  double along_mps;       // its speed along the way
} sim_path_body;
sim_path_body sim_path_agent(const roadloom_observation *o, const roadloom_agent *a);
sim_path_body sim_path_obstacle(const roadloom_observation *o, const roadloom_obstacle *b);
/// s of the ego's front on the way.
double sim_path_front(const roadloom_observation *o);

/// The nearest ahead.
typedef struct sim_path_lead {
  double gap_m; // from the ego's front; INFINITY: nobody
  double v_mps; // along the way, >= 0
} sim_path_lead;
/// Who is ahead of the ego on a path off_m left of the way, with clear_m free to either side of it:
/// agents as they stand now, and obstacles.
sim_path_lead sim_path_ahead(const roadloom_observation *o, double off_m, double clear_m);
/// The nearest stop line of a red signal on the way, or of a yellow one that can still be stopped
/// at softly.
sim_path_lead sim_path_red(const roadloom_observation *o);
sim_path_lead sim_path_nearer(sim_path_lead a, sim_path_lead b);

/// nuPlan's IDM planner: s0 1 m, T 1.5 s, a 1, b 3 m/s2, exponent 4, here never below -8 m/s2.
double sim_path_idm(double v_mps, double v0_mps, double gap_m, double lead_mps);
/// Least speed limit within the next 2 s, and where one begins ahead as soon as soft braking asks.
double sim_path_limit(const roadloom_observation *o);

/// Where across the way to be: from one offset to another in `over_s`, begun at a time.
typedef struct sim_shift {
  double from_m, to_m, begun_s, over_s;
} sim_shift;
double sim_shift_at(const sim_shift *shift, double time_s);

/// Fills the trajectory along the way with the ego's s at each step, gone_m[0] = 0.
void sim_path_trajectory(const roadloom_observation *o, const double gone_m[SIM_PLAN_STEPS + 1],
                         const sim_shift *shift, roadloom_action *out);
/// IDM over the plan's steps behind a leader that keeps its speed: gone_m.
void sim_path_roll(double v_mps, double v0_mps, sim_path_lead lead,
                   double gone_m[SIM_PLAN_STEPS + 1]);

#endif
