// SPDX-License-Identifier: Apache-2.0
// NAVSIM's extended comfort: how much a policy's plans jump from one to the next.
#include "sim/score_navsim.h"

static const double MOST_RMS[4] = {0.7, 0.5, 0.1, 0.1};
enum { LEAST_POINTS = 5 };

// The rate of change of n values that are step apart: central, at the ends one-sided.
static void change_of(const double *in, int n, double step, double *out) {
  for (int k = 0; k < n; k++) {
    int a = k > 0 ? k - 1 : 0, b = k < n - 1 ? k + 1 : n - 1;
    out[k] = (in[b] - in[a]) / ((b - a) * step);
  }
}

static void round_all(double *values, int n) {
  for (int k = 0; k < n; k++)
    values[k] = nearbyint(values[k] * 1e8) / 1e8;
}

// Acceleration, jerk, yaw rate and yaw acceleration of a plan's points from `first` on, n of each
// one after the other. `room`: 2 n.
static void features(const sim_episode *e, int plan, int first, int n, double *room, double *out) {
  size_t at = (size_t)plan * (size_t)e->def.plan_points + (size_t)first;
  const double *x = e->plan_x_m + at, *y = e->plan_y_m + at, *yaw = e->plan_yaw_rad + at;
  double step = e->plan_step_s, *speed = room, *raw = room + n, turns = 0;
  for (int k = 0; k < n; k++) {
    int a = k > 0 ? k - 1 : 0, b = k < n - 1 ? k + 1 : n - 1;
    speed[k] = hypot(x[b] - x[a], y[b] - y[a]) / ((b - a) * step);
  }
  change_of(speed, n, step, raw);
  for (int k = 0; k < n; k++)
    raw[k] = fabs(raw[k]);
  sim_savgol(raw, n, 8, 2, 0, step, out);
  round_all(out, n);
  sim_savgol(out, n, 15, 2, 1, step, out + n);
  for (int k = 0; k < n; k++) {
    if (k)
      turns += nearbyint((yaw[k] - yaw[k - 1]) / (2 * M_PI));
    raw[k] = yaw[k] - 2 * M_PI * turns;
  }
  sim_savgol(raw, n, 5, 2, 1, step, out + 2 * n);
  sim_savgol(raw, n, 5, 2, 2, step, out + 3 * n);
  round_all(out + n, 3 * n);
}

bool sim_navsim_compare_plans(sim_navsim *s, const sim_episode *e, int before, int plan,
                              double *out, double rms[4]) {
  *out = NAN;
  if (!(e->plan_step_s > 0))
    return false;
  int shift =
      (int)lround((e->plan_frame[plan] - e->plan_frame[before]) * e->step_s / e->plan_step_s);
  int n = e->plan_length[before] - shift;
  n = n < e->plan_length[plan] - shift ? n : e->plan_length[plan] - shift;
  if (n < LEAST_POINTS)
    return false;
  double *room = s->plan_scratch, *one = room + 2 * n, *two = one + 4 * n;
  features(e, before, shift, n, room, one);
  features(e, plan, 0, n, room, two);
  bool steady = true;
  for (int part = 0; part < 4; part++) {
    double sum = 0;
    for (int k = 0; k < n; k++) {
      double d = one[part * n + k] - two[part * n + k];
      sum += d * d;
    }
    double root = sqrt(sum / n);
    steady = steady && root <= MOST_RMS[part];
    if (rms)
      rms[part] = root;
  }
  *out = steady;
  return steady;
}
