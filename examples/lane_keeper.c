// SPDX-License-Identifier: Apache-2.0
// A policy as a library: keeps to the route's middle at the speed limit, stops for what is in the
// way and for red signals. Needs nothing of Roadloom's but its header.
//
//   cc -std=c17 -O2 -shared -fPIC -Iinclude examples/lane_keeper.c -o lane_keeper.so -lm
//   roadloom drive scenes/library/town.lua --policy ./lane_keeper.so --episodes 10 -o driven
#include <math.h>
#include <stdlib.h>

#include <roadloom/policy.h>

static const double BRAKE_MPS2 = 3, ACCEL_MPS2 = 1.5, KEEP_M = 4, LOOK_S = 1.2;

static int create(void **out, const roadloom_policy_config *config) {
  (void)config;
  *out = NULL; // it keeps nothing from one decision to the next
  return 0;
}

static int reset(void *policy, uint32_t env, uint64_t seed, const roadloom_route *route) {
  (void)policy, (void)env, (void)seed, (void)route;
  return 0;
}

// How far the front may go before it meets somebody on the route's lane.
static double free_way(const roadloom_observation *o) {
  double front = (double)o->ego.rear_to_middle_m + o->ego.length_m / 2, most = 200;
  for (uint32_t i = 0; i < o->agent_count; i++) {
    const roadloom_agent *a = &o->agents[i];
    const roadloom_motion *m = &a->history[0];
    for (uint32_t k = 0; k < o->route_count; k++) {
      const roadloom_route_point *p = &o->route[k];
      double dx = m->x_m - p->x_m, dy = m->y_m - p->y_m;
      double beside = fabs(dy * p->cos_yaw - dx * p->sin_yaw);
      double room = (o->ego.width_m + a->width_m) / 2.0 + 0.3;
      double way = k * ROADLOOM_ROUTE_STEP_M - front - a->length_m / 2.0;
      if (hypot(dx, dy) < ROADLOOM_ROUTE_STEP_M && beside < room && way > -1)
        most = fmin(most, way);
    }
  }
  for (uint32_t i = 0; i < o->signal_count; i++) {
    const roadloom_signal *s = &o->signals[i];
    if (s->along_m > front && (s->color == ROADLOOM_SIGNAL_RED || s->color == ROADLOOM_SIGNAL_YELLOW))
      most = fmin(most, s->along_m - front + KEEP_M - 1);
  }
  return most;
}

static void decide(const roadloom_observation *o, roadloom_action *out) {
  double v = o->ego.speed_mps, way = fmax(0, free_way(o) - KEEP_M);
  double wanted = fmin(o->route[0].limit_mps, sqrt(2 * BRAKE_MPS2 * way));
  // Pure pursuit of a point of the route.
  double look = fmax(4, v * LOOK_S);
  uint32_t k = (uint32_t)(look / ROADLOOM_ROUTE_STEP_M);
  const roadloom_route_point *p = &o->route[k < o->route_count ? k : o->route_count - 1];
  double d2 = (double)p->x_m * p->x_m + (double)p->y_m * p->y_m;
  double steer = atan(2.0 * p->y_m * o->ego.wheelbase_m / fmax(1, d2));
  out->kind = ROADLOOM_ACTION_ACCELERATION;
  out->accel_mps2 = (float)fmax(-2 * BRAKE_MPS2, fmin(ACCEL_MPS2, 2 * (wanted - v)));
  if (v <= 0.05 && wanted < 0.1)
    out->accel_mps2 = 0; // stands
  out->steer_rate_radps = (float)fmax(-1, fmin(1, (steer - o->ego.steer_rad) / ROADLOOM_DT_S / 2));
}

static int step(void *policy, uint32_t n, const roadloom_observation *o, roadloom_action *actions) {
  (void)policy;
  for (uint32_t i = 0; i < n; i++)
    decide(&o[i], &actions[i]);
  return 0;
}

static void destroy(void *policy) {
  (void)policy;
}

#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
const roadloom_policy *roadloom_policy_entry(void) {
  static const roadloom_policy table = {.abi_version = ROADLOOM_POLICY_ABI,
                                        .struct_size = sizeof(roadloom_policy),
                                        .name = "lane_keeper",
                                        .create = create,
                                        .reset = reset,
                                        .step_batch = step,
                                        .destroy = destroy};
  return &table;
}
