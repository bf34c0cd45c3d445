// SPDX-License-Identifier: Apache-2.0
#include "sim/rollout_order.h"

#include <math.h>
#include <stdio.h>

#include "base/least.h"

static const double FAR_M = 1e5; // no plan of 8 s leads so far

static bool number(float x) {
  return isfinite(x) && fabs((double)x) < FAR_M;
}

// The name of the first field that isn't a number of use; NULL when all are.
static const char *bad_field(const roadloom_action *a) {
  if (a->kind == ROADLOOM_ACTION_ACCELERATION)
    return !number(a->accel_mps2)         ? "accel_mps2"
           : !number(a->steer_rate_radps) ? "steer_rate_radps"
                                          : NULL;
  if (a->kind == ROADLOOM_ACTION_PEDALS)
    return !number(a->throttle) ? "throttle"
           : !number(a->brake)  ? "brake"
           : !number(a->steer)  ? "steer"
                                : NULL;
  for (uint32_t k = 0; k < a->point_count; k++)
    if (!number(a->points[k].x_m) || !number(a->points[k].y_m) || !number(a->points[k].yaw_rad))
      return "points";
  return NULL;
}

static void to_world(sim_plan *plan, const roadloom_action *action, const sim_motion *at) {
  double c = cos(at->yaw_rad), s = sin(at->yaw_rad);
  plan->count = (int)action->point_count;
  for (int k = 0; k < plan->count; k++) {
    const roadloom_point *p = &action->points[k];
    plan->x_m[k] = at->x_m + p->x_m * c - p->y_m * s;
    plan->y_m[k] = at->y_m + p->x_m * s + p->y_m * c;
    plan->yaw_rad[k] = at->yaw_rad + p->yaw_rad;
  }
  sim_plan_fit(plan);
}

sim_end sim_order_take(sim_order *out, const roadloom_action *action, const sim_motion *at,
                       char *text, size_t size) {
  if (action->struct_size != sizeof *action) {
    snprintf(text, size, "the action's struct_size is %u, not %zu", action->struct_size,
             sizeof *action);
    return SIM_END_SHAPE;
  }
  if (action->kind < ROADLOOM_ACTION_TRAJECTORY || action->kind > ROADLOOM_ACTION_PEDALS) {
    snprintf(text, size, "the action's kind is %u, not 1, 2 or 3", action->kind);
    return SIM_END_SHAPE;
  }
  bool plans = action->kind == ROADLOOM_ACTION_TRAJECTORY;
  if (plans && (action->point_count < 2 || action->point_count > ROADLOOM_TRAJECTORY_POINTS)) {
    snprintf(text, size, "the trajectory has %u points, not 2 .. %d", action->point_count,
             ROADLOOM_TRAJECTORY_POINTS);
    return SIM_END_SHAPE;
  }
  const char *bad = bad_field(action);
  if (bad) {
    snprintf(text, size, "the action's %s: not a number within 1e5", bad);
    return SIM_END_NAN;
  }
  out->kind = action->kind;
  out->accel_mps2 = action->accel_mps2;
  out->steer_rate_radps = action->steer_rate_radps;
  out->throttle = most_of(0, least_of(1, action->throttle));
  out->brake = most_of(0, least_of(1, action->brake));
  out->steer = most_of(-1, least_of(1, action->steer));
  if (plans)
    to_world(&out->plan, action, at);
  return SIM_END_OPEN;
}

single_track_command sim_order_follow(const sim_order *order, int age, const sim_motion *now,
                                      const single_track_def *body, double *steer_rad) {
  double accel = 0, rate = 0, most = body->steer_most_rad;
  if (order->kind == ROADLOOM_ACTION_PEDALS) {
    *steer_rad = order->steer * most;
    return (single_track_command){*steer_rad, order->throttle * body->drive_most_mps2,
                                  order->brake * body->brake_most_mps2};
  }
  if (order->kind == ROADLOOM_ACTION_TRAJECTORY) {
    sim_tracked t = {.x_m = now->x_m,
                     .y_m = now->y_m,
                     .yaw_rad = now->yaw_rad,
                     .v_mps = now->ahead_mps,
                     .steer_rad = now->steer_rad,
                     .wheelbase_m = body->front_m + body->rear_m};
    sim_track_plan(&order->plan, age, &t, &accel, &rate);
  } else if (order->kind == ROADLOOM_ACTION_ACCELERATION) {
    accel = order->accel_mps2;
    rate = order->steer_rate_radps;
  }
  *steer_rad = most_of(-most, least_of(most, *steer_rad + rate * ROADLOOM_DT_S));
  return single_track_pedals(*steer_rad, accel, now->ahead_mps);
}
