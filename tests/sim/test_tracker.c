// SPDX-License-Identifier: Apache-2.0
// labels: unit
// The tracker against nuPlan's own formulation, written out densely, and against a search.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "base/pose.h"
#include "base/rng.h"
#include "sim/tracker.h"

enum { MOST = ROADLOOM_TRAJECTORY_POINTS };
static const double DT = 0.1;

static void near_to(const char *what, double found, double wanted, double within) {
  if (!(fabs(found - wanted) <= within))
    fail_msg("%s: %.9g, not %.9g within %g", what, found, wanted, within);
}

// A drawn trajectory of `count` poses that a car could drive, but noisily.
static sim_plan drawn(uint32_t number, int count) {
  rng r = rng_at(7, RNG_TEST, 0, number, 0);
  sim_plan plan = {.count = count};
  double x = 0, y = 0, yaw = rng_uniform(&r, -3, 3), v = rng_uniform(&r, 0, 20);
  for (int k = 0; k < count; k++) {
    plan.x_m[k] = x + rng_normal(&r, 0, 0.01);
    plan.y_m[k] = y + rng_normal(&r, 0, 0.01);
    plan.yaw_rad[k] = yaw + rng_normal(&r, 0, 0.002);
    x += v * DT * cos(yaw);
    y += v * DT * sin(yaw);
    yaw += v * DT * rng_uniform(&r, -0.05, 0.05);
    v = fmax(0, v + DT * rng_uniform(&r, -3, 3));
  }
  return plan;
}

// Gauss with pivots.
static void solve(double a[MOST][MOST], double *b, int n) {
  for (int i = 0; i < n; i++) {
    int best = i;
    for (int k = i; k < n; k++)
      best = fabs(a[k][i]) > fabs(a[best][i]) ? k : best;
    for (int k = 0; k < n; k++) {
      double t = a[i][k];
      a[i][k] = a[best][k];
      a[best][k] = t;
    }
    double t = b[i];
    b[i] = b[best];
    b[best] = t;
    for (int k = i + 1; k < n; k++) {
      double share = a[k][i] / a[i][i];
      for (int c = i; c < n; c++)
        a[k][c] -= share * a[i][c];
      b[k] -= share * b[i];
    }
  }
  for (int i = n - 1; i >= 0; i--) {
    for (int k = i + 1; k < n; k++)
      b[i] -= a[i][k] * b[k];
    b[i] /= a[i][i];
  }
}

// _fit_initial_velocity_and_acceleration_profile of nuPlan's tracker_utils.py: unknowns are the
// first speed and the accelerations.
static void speeds_densely(const sim_plan *plan, double *v) {
  static double a[MOST][MOST];
  double x[MOST] = {0};
  int n = plan->count - 1;
  for (int i = 0; i < n; i++)
    for (int k = 0; k < n; k++)
      a[i][k] = 0;
  for (int row = 0; row < n; row++) {
    double c[2] = {cos(plan->yaw_rad[row]), sin(plan->yaw_rad[row])};
    double d[2] = {plan->x_m[row + 1] - plan->x_m[row], plan->y_m[row + 1] - plan->y_m[row]};
    for (int axis = 0; axis < 2; axis++)
      for (int i = 0; i <= row; i++) {
        double ci = c[axis] * (i ? DT * DT : DT);
        x[i] += ci * d[axis];
        for (int k = 0; k <= row; k++)
          a[i][k] += ci * c[axis] * (k ? DT * DT : DT);
      }
  }
  for (int k = 1; k + 1 < n; k++) { // differences of accelerations
    a[k][k] += 1e-4;
    a[k + 1][k + 1] += 1e-4;
    a[k][k + 1] -= 1e-4;
    a[k + 1][k] -= 1e-4;
  }
  solve(a, x, n);
  v[0] = x[0];
  for (int k = 1; k < n; k++)
    v[k] = v[k - 1] + DT * x[k];
}

static void curvatures_densely(const sim_plan *plan, const double *v, double *bend) {
  static double a[MOST][MOST];
  double x[MOST] = {0};
  int n = plan->count - 1;
  for (int i = 0; i < n; i++)
    for (int k = 0; k < n; k++)
      a[i][k] = i == k ? (i ? 1e-2 : 1e-10) : 0;
  for (int row = 0; row < n; row++) {
    double turned = angle_wrap(plan->yaw_rad[row + 1] - plan->yaw_rad[row]);
    for (int i = 0; i <= row; i++) {
      double ci = v[row] * (i ? DT * DT : DT);
      x[i] += ci * turned;
      for (int k = 0; k <= row; k++)
        a[i][k] += ci * v[row] * (k ? DT * DT : DT);
    }
  }
  solve(a, x, n);
  bend[0] = x[0];
  for (int k = 1; k < n; k++)
    bend[k] = bend[k - 1] + DT * x[k];
}

static void profiles_are_those_of_nuplan(void **state) {
  (void)state;
  for (uint32_t number = 0; number < 40; number++) {
    sim_plan plan = drawn(number, 3 + (int)number * 2 % 79);
    double v[MOST], bend[MOST];
    sim_plan_fit(&plan);
    speeds_densely(&plan, v);
    curvatures_densely(&plan, v, bend);
    for (int k = 0; k < plan.count - 1; k++) {
      near_to("speed", plan.v_mps[k], v[k], 1e-6);
      near_to("curvature", plan.bend_pm[k], bend[k], 1e-5 * (1 + fabs(bend[k])));
    }
  }
}

// What the LQR weighs: the state ten steps on and the one input that is held till then.
static double lateral_cost(const sim_plan *plan, const sim_tracked *t, double accel, double rate) {
  double lateral = (t->y_m - plan->y_m[0]) * cos(plan->yaw_rad[0]) -
                   (t->x_m - plan->x_m[0]) * sin(plan->yaw_rad[0]);
  double heading = angle_wrap(t->yaw_rad - plan->yaw_rad[0]), steer = t->steer_rad, v = t->v_mps;
  for (int k = 0; k < 10; k++) {
    double bend = plan->bend_pm[k];
    double next_lateral = lateral + v * DT * heading;
    double next_heading = heading + v * DT / t->wheelbase_m * steer - v * DT * bend;
    steer += rate * DT;
    lateral = next_lateral;
    heading = next_heading;
    v += accel * DT;
  }
  return lateral * lateral + 10 * heading * heading + rate * rate;
}

static void commands_cost_least(void **state) {
  (void)state;
  for (uint32_t number = 0; number < 30; number++) {
    rng r = rng_at(8, RNG_TEST, 0, number, 0);
    sim_plan plan = drawn(number, 41);
    sim_plan_fit(&plan);
    sim_tracked t = {.x_m = plan.x_m[0] + rng_uniform(&r, -1, 1),
                     .y_m = plan.y_m[0] + rng_uniform(&r, -1, 1),
                     .yaw_rad = plan.yaw_rad[0] + rng_uniform(&r, -0.2, 0.2),
                     .v_mps = plan.v_mps[0] + 2,
                     .steer_rad = rng_uniform(&r, -0.1, 0.1),
                     .wheelbase_m = 3.089};
    double accel, rate, wanted = plan.v_mps[10];
    sim_track_plan(&plan, 0, &t, &accel, &rate);
    // The speed's: 10 (v + a - wanted)^2 + a^2 is least there.
    near_to("acceleration", accel, 10 * (wanted - t.v_mps) / 11, 1e-9);
    double low = -20, high = 20;
    for (int k = 0; k < 200; k++) {
      double a = low + (high - low) / 3, b = high - (high - low) / 3;
      if (lateral_cost(&plan, &t, accel, a) < lateral_cost(&plan, &t, accel, b))
        high = b;
      else
        low = a;
    }
    near_to("steering rate", rate, (low + high) / 2, 1e-6);
  }
}

static void a_vehicle_comes_back_to_its_plan(void **state) {
  (void)state;
  sim_tracked t = {.y_m = 1, .v_mps = 10, .wheelbase_m = 3};
  for (int step = 0; step < 80; step++) {
    sim_plan plan = {.count = 41};
    for (int k = 0; k < plan.count; k++)
      plan.x_m[k] = t.x_m + k * DT * 12;
    sim_plan_fit(&plan);
    double accel, rate;
    sim_track_plan(&plan, 0, &t, &accel, &rate);
    t.x_m += t.v_mps * cos(t.yaw_rad) * DT;
    t.y_m += t.v_mps * sin(t.yaw_rad) * DT;
    t.yaw_rad += t.v_mps * tan(t.steer_rad) / t.wheelbase_m * DT;
    t.steer_rad += rate * DT;
    t.v_mps += accel * DT;
  }
  near_to("beside it", t.y_m, 0, 0.05);
  near_to("speed", t.v_mps, 12, 0.05);
}

static void what_stands_stays(void **state) {
  (void)state;
  sim_plan plan = {.count = 41};
  sim_plan_fit(&plan);
  sim_tracked t = {.v_mps = 0.1, .steer_rad = 0.2, .wheelbase_m = 3};
  double accel, rate;
  sim_track_plan(&plan, 0, &t, &accel, &rate);
  near_to("acceleration", accel, -0.05, 1e-9);
  near_to("steering rate", rate, 0, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(profiles_are_those_of_nuplan),
      cmocka_unit_test(commands_cost_least),
      cmocka_unit_test(a_vehicle_comes_back_to_its_plan),
      cmocka_unit_test(what_stands_stays),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
