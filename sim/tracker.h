// SPDX-License-Identifier: Apache-2.0
// From a trajectory to acceleration and steering rate: nuPlan's decoupled LQR tracker
// (motional/nuplan-devkit, planning/simulation/controller/tracker/lqr.py, v1.2) with its
// parameters: Q 10 on speed, [1, 10, 0] on lateral error, heading error and steering angle, R 1,
// 10 steps ahead, penalties of jerk 1e-4 and curvature rate 1e-2, a stopping gain of 0.5 below
// 0.2 m/s. Speeds and curvatures of the trajectory come from its poses by the same regularised
// least squares, solved in the speeds (curvatures) themselves instead of the first one and its
// derivatives: the matrices are banded then. Plain functions of plain data.
#ifndef SIM_TRACKER_H
#define SIM_TRACKER_H

#include <stdbool.h>

#include "roadloom/policy.h"

/// A trajectory with what it takes to follow it; poses in any one frame.
typedef struct sim_plan {
  int count; // poses, ROADLOOM_DT_S apart
  double x_m[ROADLOOM_TRAJECTORY_POINTS], y_m[ROADLOOM_TRAJECTORY_POINTS];
  double yaw_rad[ROADLOOM_TRAJECTORY_POINTS];
  double v_mps[ROADLOOM_TRAJECTORY_POINTS];   // (count - 1) signed, along yaw
  double bend_pm[ROADLOOM_TRAJECTORY_POINTS]; // (count - 1) curvature
} sim_plan;

/// What of a vehicle tracking goes by; the pose is that of its rear axle.
typedef struct sim_tracked {
  double x_m, y_m, yaw_rad, v_mps, steer_rad, wheelbase_m;
} sim_tracked;

/// Speeds and curvatures of a plan whose poses and count (2 .. ROADLOOM_TRAJECTORY_POINTS) are
/// set.
void sim_plan_fit(sim_plan *plan);
/// What to do at pose `at` of the plan, counted from 0, which is where the vehicle should be.
void sim_track_plan(const sim_plan *plan, int at, const sim_tracked *vehicle, double *accel_mps2,
                    double *steer_rate_radps);

#endif
