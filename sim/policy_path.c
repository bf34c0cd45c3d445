// SPDX-License-Identifier: Apache-2.0
#include "sim/policy_path.h"

#include <math.h>

#include "base/least.h"

static const double GAP_M = 1, HEADWAY_S = 1.5, ACCEL_MPS2 = 1, DECEL_MPS2 = 3;
static const double BRAKE_MOST_MPS2 = 8;
static const double SOFT_MPS2 = 3; // to stop at yellow
static const double SLOWER_MPS2 = 1.5, SOON_S = 2;

sim_path_place sim_path_at(const roadloom_observation *o, double s_m, double off_m) {
  int last = (int)o->route_count - 1;
  double at = s_m / ROADLOOM_ROUTE_STEP_M;
  int k = at <= 0 ? 0 : at >= last ? last : (int)at;
  const roadloom_route_point *p = &o->route[k];
  double beyond = s_m - k * ROADLOOM_ROUTE_STEP_M;
  sim_path_place out = {p->x_m,       p->y_m,     p->cos_yaw, p->sin_yaw,
                        p->limit_mps, p->width_m, p->left_m,  p->right_m};
  if (k == last || at <= 0) {
    out.x_m += beyond * out.tx;
    out.y_m += beyond * out.ty;
  } else {
    const roadloom_route_point *next = p + 1;
    double u = beyond / ROADLOOM_ROUTE_STEP_M;
    double tx = out.tx + u * (next->cos_yaw - out.tx), ty = out.ty + u * (next->sin_yaw - out.ty);
    double length = hypot(tx, ty);
    out.x_m += u * (next->x_m - out.x_m);
    out.y_m += u * (next->y_m - out.y_m);
    out.tx = length > 0 ? tx / length : out.tx;
    out.ty = length > 0 ? ty / length : out.ty;
  }
  out.x_m -= off_m * out.ty;
  out.y_m += off_m * out.tx;
  return out;
}

double sim_path_along(const roadloom_observation *o, double x_m, double y_m, double *left_m) {
  // Points are ROADLOOM_ROUTE_STEP_M apart at most: how much farther one is than the nearest so far
  // tells how many after it can't be nearer.
  uint32_t nearest = 0;
  double least = INFINITY;
  for (uint32_t k = 0; k < o->route_count;) {
    double dx = x_m - o->route[k].x_m, dy = y_m - o->route[k].y_m;
    double distance = sqrt(dx * dx + dy * dy);
    if (distance < least) {
      least = distance;
      nearest = k++;
    } else {
      k += 1 + (uint32_t)((distance - least) / (1.001 * ROADLOOM_ROUTE_STEP_M));
    }
  }
  const roadloom_route_point *p = &o->route[nearest];
  double dx = x_m - p->x_m, dy = y_m - p->y_m;
  double s = nearest * ROADLOOM_ROUTE_STEP_M + dx * p->cos_yaw + dy * p->sin_yaw;
  sim_path_place at = sim_path_at(o, s, 0);
  *left_m = (y_m - at.y_m) * at.tx - (x_m - at.x_m) * at.ty;
  return s;
}

static sim_path_body body_of(const roadloom_observation *o, double x_m, double y_m, double c,
                             double s, double length_m, double width_m, double vx, double vy) {
  double left, along = sim_path_along(o, x_m, y_m, &left);
  sim_path_place at = sim_path_at(o, along, 0);
  double ahead = fabs(c * at.tx + s * at.ty), across = fabs(c * at.ty - s * at.tx);
  double half_along = (length_m * ahead + width_m * across) / 2;
  double half_across = (length_m * across + width_m * ahead) / 2;
  return (sim_path_body){along + half_along, along - half_along, left - half_across,
                         left + half_across, vx * at.tx + vy * at.ty};
}

sim_path_body sim_path_agent(const roadloom_observation *o, const roadloom_agent *a) {
  const roadloom_motion *m = &a->history[0];
  return body_of(o, m->x_m, m->y_m, m->cos_yaw, m->sin_yaw, a->length_m, a->width_m, m->vx_mps,
                 m->vy_mps);
}

sim_path_body sim_path_obstacle(const roadloom_observation *o, const roadloom_obstacle *b) {
  return body_of(o, b->x_m, b->y_m, b->cos_yaw, b->sin_yaw, b->length_m, b->width_m, 0, 0);
}

double sim_path_front(const roadloom_observation *o) {
  return (double)o->ego.rear_to_middle_m + o->ego.length_m / 2;
}

sim_path_lead sim_path_nearer(sim_path_lead a, sim_path_lead b) {
  return a.gap_m <= b.gap_m ? a : b;
}

static sim_path_lead lead_of(const roadloom_observation *o, const sim_path_body *b, double off_m,
                             double clear_m) {
  double half = o->ego.width_m / 2 + clear_m, front = sim_path_front(o);
  bool beside = b->left_m < off_m - half || b->right_m > off_m + half;
  double middle = o->ego.rear_to_middle_m;
  double end = (o->route_count - 1) * ROADLOOM_ROUTE_STEP_M;
  if (beside || (b->front_m + b->rear_m) / 2 <= middle || b->rear_m > end)
    return (sim_path_lead){INFINITY, 0};
  return (sim_path_lead){most_of(0, b->rear_m - front), most_of(0, b->along_mps)};
}

// The route's bounding box, grown by reach_m.
typedef struct bounds {
  double x0, y0, x1, y1;
} bounds;

static bounds bounds_of(const roadloom_observation *o, double reach_m) {
  bounds b = {INFINITY, INFINITY, -INFINITY, -INFINITY};
  for (uint32_t k = 0; k < o->route_count; k++) {
    b.x0 = least_of(b.x0, o->route[k].x_m);
    b.y0 = least_of(b.y0, o->route[k].y_m);
    b.x1 = most_of(b.x1, o->route[k].x_m);
    b.y1 = most_of(b.y1, o->route[k].y_m);
  }
  return (bounds){b.x0 - reach_m, b.y0 - reach_m, b.x1 + reach_m, b.y1 + reach_m};
}

// Whether a body there, of that size, may meet what is bounded.
static bool may_meet(const bounds *b, double x, double y, double size_m) {
  return x > b->x0 - size_m && x < b->x1 + size_m && y > b->y0 - size_m && y < b->y1 + size_m;
}

sim_path_lead sim_path_ahead(const roadloom_observation *o, double off_m, double clear_m) {
  sim_path_lead nearest = {INFINITY, 0};
  bounds near = bounds_of(o, fabs(off_m) + clear_m + o->ego.width_m);
  for (uint32_t k = 0; k < o->agent_count; k++) {
    const roadloom_agent *a = &o->agents[k];
    if (!may_meet(&near, a->history[0].x_m, a->history[0].y_m, a->length_m + a->width_m))
      continue;
    sim_path_body b = sim_path_agent(o, a);
    nearest = sim_path_nearer(nearest, lead_of(o, &b, off_m, clear_m));
  }
  for (uint32_t k = 0; k < o->obstacle_count; k++) {
    const roadloom_obstacle *it = &o->obstacles[k];
    if (!may_meet(&near, it->x_m, it->y_m, it->length_m + it->width_m))
      continue;
    sim_path_body b = sim_path_obstacle(o, it);
    nearest = sim_path_nearer(nearest, lead_of(o, &b, off_m, clear_m));
  }
  return nearest;
}

sim_path_lead sim_path_red(const roadloom_observation *o) {
  double v = o->ego.speed_mps, front = sim_path_front(o);
  for (uint32_t k = 0; k < o->signal_count; k++) {
    const roadloom_signal *signal = &o->signals[k];
    double gap = signal->along_m - front;
    if (signal->along_m < 0 || gap < -1)
      continue;
    bool red = signal->color == ROADLOOM_SIGNAL_RED || signal->color == ROADLOOM_SIGNAL_RED_YELLOW;
    bool soon = signal->color == ROADLOOM_SIGNAL_YELLOW && v * v < 2 * SOFT_MPS2 * gap;
    if (red || soon)
      return (sim_path_lead){most_of(0, gap), 0};
  }
  return (sim_path_lead){INFINITY, 0};
}

double sim_path_idm(double v_mps, double v0_mps, double gap_m, double lead_mps) {
  double v = most_of(0, v_mps), ratio = v / most_of(0.1, v0_mps);
  double free = 1 - ratio * ratio * ratio * ratio;
  double dynamic = v * HEADWAY_S + v * (v - lead_mps) / (2 * sqrt(ACCEL_MPS2 * DECEL_MPS2));
  double near = isinf(gap_m) ? 0 : (GAP_M + most_of(0, dynamic)) / most_of(0.1, gap_m);
  return most_of(-BRAKE_MOST_MPS2, ACCEL_MPS2 * (free - near * near));
}

double sim_path_limit(const roadloom_observation *o) {
  double v = most_of(0, o->ego.speed_mps), least = o->route[0].limit_mps;
  for (uint32_t k = 1; k < o->route_count; k++) {
    double s = k * ROADLOOM_ROUTE_STEP_M, limit = o->route[k].limit_mps;
    double ahead = sqrt(limit * limit + 2 * SLOWER_MPS2 * s);
    if (s > v * SOON_S && ahead > v)
      continue;
    least = least_of(least, most_of(limit, s > v * SOON_S ? ahead : limit));
  }
  return least;
}

double sim_shift_at(const sim_shift *shift, double time_s) {
  double u = shift->over_s > 0 ? (time_s - shift->begun_s) / shift->over_s : 1;
  u = most_of(0, least_of(1, u));
  return shift->from_m + (shift->to_m - shift->from_m) * u * u * u * (10 + u * (6 * u - 15));
}

void sim_path_roll(double v_mps, double v0_mps, sim_path_lead lead,
                   double gone_m[SIM_PLAN_STEPS + 1]) {
  double v = most_of(0, v_mps), gone = 0, gap = lead.gap_m;
  for (int k = 0; k <= SIM_PLAN_STEPS; k++) {
    gone_m[k] = gone;
    double a = sim_path_idm(v, v0_mps, gap, lead.v_mps);
    double next = most_of(0, v + a * ROADLOOM_DT_S);
    gone += (v + next) / 2 * ROADLOOM_DT_S;
    gap = most_of(0, gap + (lead.v_mps - (v + next) / 2) * ROADLOOM_DT_S);
    v = next;
  }
}

void sim_path_trajectory(const roadloom_observation *o, const double gone_m[SIM_PLAN_STEPS + 1],
                         const sim_shift *shift, roadloom_action *out) {
  out->kind = ROADLOOM_ACTION_TRAJECTORY;
  out->point_count = SIM_PLAN_STEPS + 1;
  double slope = 0;
  for (int k = 0; k <= SIM_PLAN_STEPS; k++) {
    double off = sim_shift_at(shift, o->time_s + k * ROADLOOM_DT_S);
    double ahead = sim_shift_at(shift, o->time_s + (k + 1) * ROADLOOM_DT_S);
    double way = k < SIM_PLAN_STEPS ? gone_m[k + 1] - gone_m[k] : 0;
    slope = way > 0.05 ? most_of(-0.5, least_of(0.5, (ahead - off) / way)) : slope;
    sim_path_place p = sim_path_at(o, gone_m[k], off);
    out->points[k] =
        (roadloom_point){(float)p.x_m, (float)p.y_m, (float)(atan2(p.ty, p.tx) + atan(slope))};
  }
}
