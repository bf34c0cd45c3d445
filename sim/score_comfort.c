// SPDX-License-Identifier: Apache-2.0
#include "sim/score_comfort.h"

#include <string.h>

#include "base/least.h"

// A polynomial's coefficients that fit values at u = -1 ... 1 are sums of the values times
// weights; u keeps the normal equations well conditioned at any window.
typedef struct fit {
  int window, order;
  double half; // u = (k - half) / half
  double weight[SAVGOL_ORDER + 1][SAVGOL_WINDOW];
} fit;

// Inverts a symmetric positive matrix of size n in place of a copy, by Gauss and Jordan.
static void invert(int n, double a[SAVGOL_ORDER + 1][SAVGOL_ORDER + 1],
                   double out[SAVGOL_ORDER + 1][SAVGOL_ORDER + 1]) {
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++)
      out[i][j] = i == j;
  for (int i = 0; i < n; i++) {
    double pivot = 1 / a[i][i];
    for (int j = 0; j < n; j++) {
      a[i][j] *= pivot;
      out[i][j] *= pivot;
    }
    for (int r = 0; r < n; r++) {
      double factor = a[r][i];
      for (int j = 0; j < n && r != i; j++) {
        a[r][j] -= factor * a[i][j];
        out[r][j] -= factor * out[i][j];
      }
    }
  }
}

static void make_fit(fit *f, int window, int order) {
  *f = (fit){.window = window, .order = order, .half = window > 1 ? (window - 1) / 2.0 : 1};
  int n = order + 1;
  double sums[SAVGOL_ORDER + 1][SAVGOL_ORDER + 1] = {{0}},
                                               inverse[SAVGOL_ORDER + 1][SAVGOL_ORDER + 1];
  double power[SAVGOL_WINDOW][SAVGOL_ORDER + 1];
  for (int k = 0; k < window; k++) {
    double u = (k - (window - 1) / 2.0) / f->half;
    power[k][0] = 1;
    for (int i = 1; i < n; i++)
      power[k][i] = power[k][i - 1] * u;
    for (int i = 0; i < n; i++)
      for (int j = 0; j < n; j++)
        sums[i][j] += power[k][i] * power[k][j];
  }
  invert(n, sums, inverse);
  for (int i = 0; i < n; i++)
    for (int k = 0; k < window; k++)
      for (int j = 0; j < n; j++)
        f->weight[i][k] += inverse[i][j] * power[k][j];
}

// The coefficients of a polynomial's derivative by the index of values, from its own; their number.
static int derived(const fit *f, const double *c, int derivative, double scale, double *out) {
  int n = f->order - derivative + 1;
  for (int i = 0; i < n; i++) {
    out[i] = scale * c[i + derivative];
    for (int d = 0; d < derivative; d++)
      out[i] *= (i + derivative - d) / f->half;
  }
  return n > 0 ? n : 0;
}

static double value_at(const double *c, int n, double u) {
  double value = 0;
  for (int i = n - 1; i >= 0; i--)
    value = value * u + c[i];
  return value;
}

static void coefficients(const fit *f, const double *in, double *c) {
  for (int i = 0; i <= f->order; i++) {
    c[i] = 0;
    for (int k = 0; k < f->window; k++)
      c[i] += f->weight[i][k] * in[k];
  }
}

// Fills out[from .. to) from the polynomial that fits the window that begins at `first`.
static void fill_from(const fit *f, const double *in, int first, int from, int to, int derivative,
                      double scale, double *out) {
  double c[SAVGOL_ORDER + 1], d[SAVGOL_ORDER + 1];
  coefficients(f, in + first, c);
  int n = derived(f, c, derivative, scale, d);
  double middle = first + (f->window - 1) / 2.0, per_half = 1 / f->half;
  for (int k = from; k < to; k++)
    out[k] = value_at(d, n, (k - middle) * per_half);
}

void sim_savgol(const double *in, int n, int window, int order, int derivative, double step,
                double *out) {
  window = window < n ? window : n;
  window = window < SAVGOL_WINDOW ? window : SAVGOL_WINDOW;
  order = order < window - 1 ? order : window - 1;
  order = order < SAVGOL_ORDER ? order : SAVGOL_ORDER;
  if (n < 1)
    return;
  fit f;
  make_fit(&f, window, order);
  double scale = 1;
  for (int d = 0; d < derivative; d++)
    scale /= step;
  int half = window / 2;
  fill_from(&f, in, 0, 0, half, derivative, scale, out);
  fill_from(&f, in, n - window, n - half, n, derivative, scale, out);
  // Between the ends one weight a value: the derivative in the window's middle, where u is 0.
  double weight[SAVGOL_WINDOW];
  for (int k = 0; k < window && n > 2 * half; k++) {
    double c[SAVGOL_ORDER + 1], d[SAVGOL_ORDER + 1];
    for (int i = 0; i <= order; i++)
      c[i] = f.weight[i][k];
    weight[k] = derived(&f, c, derivative, scale, d) > 0 ? d[0] : 0;
  }
  int before = (window - 1) / 2; // even windows: one value less before than behind
  for (int k = half; k < n - half; k++) {
    double sum = 0;
    for (int j = 0; j < window; j++)
      sum += weight[j] * in[k - before + j];
    out[k] = sum;
  }
}

static const double LEAST[SIM_COMFORT_PARTS] = {-4.05, -4.89, -8.37, -4.13, -0.95, -1.93};
static const double MOST[SIM_COMFORT_PARTS] = {2.40, 4.89, 8.37, 4.13, 0.95, 1.93};

bool sim_comfort_is_within(sim_comfort_part part, double value) {
  return value > LEAST[part] && value < MOST[part];
}

// nuPlan and NAVSIM round to 8 decimals, so that the filter's noise never decides.
static double rounded(double value) {
  return nearbyint(value * 1e8) / 1e8;
}

static void round_all(double *values, int n) {
  for (int k = 0; k < n; k++)
    values[k] = rounded(values[k]);
}

static void unwrap(const sim_episode *e, int first, int stride, int n, double *out) {
  double turns = 0;
  for (int k = 0; k < n; k++) {
    double yaw = e->ego_yaw_rad[first + k * stride];
    if (k)
      turns += nearbyint((yaw - e->ego_yaw_rad[first + (k - 1) * stride]) / (2 * M_PI));
    out[k] = yaw - 2 * M_PI * turns;
  }
}

static void judge(sim_comfort *out, int n) {
  out->comfortable = true;
  for (int part = 0; part < SIM_COMFORT_PARTS; part++) {
    double excess = -INFINITY;
    out->worst[part] = 0;
    for (int k = 0; k < n; k++) {
      double v = out->value[part][k], over = most_of(LEAST[part] - v, v - MOST[part]);
      if (!(over <= excess)) { // what isn't a number is the worst of all, and stays it
        excess = isnan(over) ? INFINITY : over;
        out->worst[part] = v;
      }
    }
    out->within[part] = excess < 0;
    out->comfortable = out->comfortable && out->within[part];
  }
}

void sim_comfort_nuplan(sim_comfort *out, const sim_episode *e, const sim_score_ego *ego) {
  int n = e->count;
  double step = e->step_s, *raw = out->scratch, *smooth = raw + n, *yaw = smooth + n;
  double **to = out->value;
  sim_savgol(ego->ahead_mps2, n, 8, 2, 0, step, to[SIM_COMFORT_LON_ACCEL]);
  round_all(to[SIM_COMFORT_LON_ACCEL], n);
  sim_savgol(to[SIM_COMFORT_LON_ACCEL], n, 15, 2, 1, step, to[SIM_COMFORT_LON_JERK]);
  sim_savgol(ego->left_mps2, n, 8, 2, 0, step, to[SIM_COMFORT_LAT_ACCEL]);
  for (int k = 0; k < n; k++)
    raw[k] = hypot(e->ego_ahead_mps2[k], e->ego_left_mps2[k]);
  sim_savgol(raw, n, 8, 2, 0, step, smooth);
  round_all(smooth, n);
  sim_savgol(smooth, n, 15, 2, 1, step, to[SIM_COMFORT_JERK]);
  unwrap(e, 0, 1, n, yaw);
  sim_savgol(yaw, n, 5, 2, 1, step, to[SIM_COMFORT_YAW_RATE]);
  sim_savgol(yaw, n, 5, 3, 2, step, to[SIM_COMFORT_YAW_ACCEL]);
  for (int part = SIM_COMFORT_LAT_ACCEL; part < SIM_COMFORT_PARTS; part++)
    round_all(to[part], n);
  judge(out, n);
}

static bool all_within(sim_comfort_part part, const double *values, int n) {
  for (int k = 0; k < n; k++)
    if (!sim_comfort_is_within(part, rounded(values[k])))
      return false;
  return true;
}

bool sim_comfort_navsim(const sim_episode *e, int first, int stride, int n, double *scratch) {
  double step = e->step_s * stride;
  double *ahead = scratch, *left = ahead + n, *size = left + n, *yaw = size + n, *a = yaw + n,
         *b = a + n;
  for (int k = 0; k < n; k++) {
    ahead[k] = e->ego_ahead_mps2[first + k * stride];
    left[k] = e->ego_left_mps2[first + k * stride];
    size[k] = hypot(ahead[k], left[k]);
  }
  unwrap(e, first, stride, n, yaw);
  sim_savgol(ahead, n, n, 2, 0, step, a);
  if (!all_within(SIM_COMFORT_LON_ACCEL, a, n))
    return false;
  sim_savgol(left, n, n, 2, 0, step, a);
  if (!all_within(SIM_COMFORT_LAT_ACCEL, a, n))
    return false;
  sim_savgol(size, n, 8, 2, 0, step, a);
  round_all(a, n);
  sim_savgol(a, n, n, 2, 1, step, b);
  if (!all_within(SIM_COMFORT_JERK, b, n))
    return false;
  sim_savgol(ahead, n, 8, 2, 0, step, a);
  round_all(a, n);
  sim_savgol(a, n, n, 2, 1, step, b);
  if (!all_within(SIM_COMFORT_LON_JERK, b, n))
    return false;
  sim_savgol(yaw, n, 5, 3, 2, step, a);
  if (!all_within(SIM_COMFORT_YAW_ACCEL, a, n))
    return false;
  sim_savgol(yaw, n, 5, 2, 1, step, a);
  return all_within(SIM_COMFORT_YAW_RATE, a, n);
}
