// SPDX-License-Identifier: Apache-2.0
#include "sim/tracker.h"

#include <math.h>

#include "base/pose.h"

static const double DT = ROADLOOM_DT_S;
static const double Q_SPEED = 10, R_ACCEL = 1;
static const double Q_LATERAL[3] = {1, 10, 0}, R_STEER = 1;
static const double JERK_PENALTY = 1e-4, BEND_RATE_PENALTY = 1e-2, FIRST_BEND_PENALTY = 1e-10;
static const double STOP_GAIN = 0.5, STOP_MPS = 0.2;

enum { MOST = ROADLOOM_TRAJECTORY_POINTS, HORIZON = 10, BAND = 3 };

// Solves the symmetric positive definite system of `n` unknowns whose row i has band[i][d] at
// column i + d; `x` is the right side and becomes the solution. L D L^T without pivots.
static void solve_banded(double band[MOST][BAND], double *x, int n) {
  for (int i = 0; i < n; i++) {
    double pivot = band[i][0];
    for (int d = 1; d < BAND && i + d < n; d++) {
      double share = band[i][d] / pivot;
      for (int e = d; e < BAND && i + e < n; e++)
        band[i + d][e - d] -= share * band[i][e];
      x[i + d] -= share * x[i];
    }
  }
  for (int i = n - 1; i >= 0; i--) {
    for (int d = 1; d < BAND && i + d < n; d++)
      x[i] -= band[i][d] * x[i + d];
    x[i] /= band[i][0];
  }
}

// Adds weight x (sum of c[k] v[at + k])^2 to the normal equations.
static void add_square(double band[MOST][BAND], int at, const double *c, int count, double weight) {
  for (int i = 0; i < count; i++)
    for (int k = i; k < count; k++)
      band[at + i][k - i] += weight * c[i] * c[k];
}

void sim_plan_fit(sim_plan *plan) {
  static const double jerk[3] = {1, -2, 1}, rate[2] = {-1, 1};
  int n = plan->count - 1;
  double band[MOST][BAND] = {{0}};
  for (int k = 0; k < n; k++) {
    double dx = plan->x_m[k + 1] - plan->x_m[k], dy = plan->y_m[k + 1] - plan->y_m[k];
    band[k][0] += DT * DT;
    plan->v_mps[k] = DT * (dx * cos(plan->yaw_rad[k]) + dy * sin(plan->yaw_rad[k]));
    if (k + 2 < n) // the difference of two accelerations
      add_square(band, k, jerk, 3, JERK_PENALTY / (DT * DT));
  }
  solve_banded(band, plan->v_mps, n);
  for (int k = 0; k < n; k++)
    for (int d = 0; d < BAND; d++)
      band[k][d] = 0;
  band[0][0] = FIRST_BEND_PENALTY;
  for (int k = 0; k < n; k++) {
    double way = plan->v_mps[k] * DT;
    band[k][0] += way * way;
    plan->bend_pm[k] = way * angle_wrap(plan->yaw_rad[k + 1] - plan->yaw_rad[k]);
    if (k + 1 < n)
      add_square(band, k, rate, 2, BEND_RATE_PENALTY / (DT * DT));
  }
  solve_banded(band, plan->bend_pm, n);
}

static int within_plan(const sim_plan *plan, int at) {
  return at < plan->count - 2 ? at : plan->count - 2;
}

// The steering rate that, held over the horizon, brings errors down at least cost.
static double steer(const sim_plan *plan, int at, const sim_tracked *t, double lateral_m,
                    double heading_rad, double accel_mps2) {
  // State x = [lateral error, heading error, steering angle]; x' = A x + b u + g.
  double x[3] = {lateral_m, heading_rad, t->steer_rad}, b[3] = {0};
  double v = t->v_mps;
  for (int k = 0; k < HORIZON; k++) {
    double bend = plan->bend_pm[within_plan(plan, at + k)];
    double way = v * DT;
    x[0] += way * x[1];
    b[0] += way * b[1];
    x[1] += way / t->wheelbase_m * x[2] - way * bend;
    b[1] += way / t->wheelbase_m * b[2];
    b[2] += DT;
    v += accel_mps2 * DT;
  }
  x[1] = angle_wrap(x[1]);
  x[2] = angle_wrap(x[2]);
  double gain = R_STEER, pull = 0;
  for (int k = 0; k < 3; k++) {
    gain += b[k] * Q_LATERAL[k] * b[k];
    pull += b[k] * Q_LATERAL[k] * x[k];
  }
  return -pull / gain;
}

void sim_track_plan(const sim_plan *plan, int at, const sim_tracked *t, double *accel_mps2,
                    double *steer_rate_radps) {
  int here = at < plan->count - 1 ? at : plan->count - 1;
  double c = cos(plan->yaw_rad[here]), s = sin(plan->yaw_rad[here]);
  double dx = t->x_m - plan->x_m[here], dy = t->y_m - plan->y_m[here];
  double lateral = dy * c - dx * s, heading = angle_wrap(t->yaw_rad - plan->yaw_rad[here]);
  double wanted = plan->v_mps[within_plan(plan, at + HORIZON)];
  if (wanted <= STOP_MPS && t->v_mps <= STOP_MPS) {
    *accel_mps2 = -STOP_GAIN * (t->v_mps - wanted);
    *steer_rate_radps = 0;
    return;
  }
  double gain = HORIZON * DT;
  *accel_mps2 = -gain * Q_SPEED * (t->v_mps - wanted) / (gain * Q_SPEED * gain + R_ACCEL);
  *steer_rate_radps = steer(plan, at, t, lateral, heading, *accel_mps2);
}
