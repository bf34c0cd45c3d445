// SPDX-License-Identifier: Apache-2.0
// How pdm_closed judges a proposal: Dauner et al. 2023, section 4, with the terms of nuPlan's
// closed-loop score. Others keep their velocity.
#include <math.h>

#include "base/least.h"
#include "base/pose.h"
#include "sim/boxes.h"
#include "sim/policy_pdm.h"

static const double STEER_LAG_S = 0.05, PEDAL_LAG_S = 0.2; // nuPlan's kinematic model
static const double STOPPED_MPS = 0.05, TTC_S = 1.0, TTC_PART_S = 0.3;
static const double OUT_M = 0.3; // of the lanes' borders
static const double COMFORT_LOW = -4.05, COMFORT_HIGH = 2.40, COMFORT_SIDE = 4.89; // m/s2
static const double COMFORT_JERK = 4.13;                                           // m/s3, along
enum { LANE_CHECK_STEPS = 4 };

void pdm_simulate(const roadloom_observation *o, const sim_plan *plan, pdm_course *out) {
  sim_tracked t = {
      .v_mps = o->ego.speed_mps, .steer_rad = o->ego.steer_rad, .wheelbase_m = o->ego.wheelbase_m};
  double accel = o->ego.accel_mps2, wanted_steer = t.steer_rad, dt = ROADLOOM_DT_S;
  for (int k = 0; k <= SIM_PLAN_STEPS; k++) {
    out->x_m[k] = t.x_m;
    out->y_m[k] = t.y_m;
    out->yaw_rad[k] = t.yaw_rad;
    out->v_mps[k] = t.v_mps;
    double command, rate;
    sim_track_plan(plan, k, &t, &command, &rate);
    accel += (command - accel) * dt / (dt + PEDAL_LAG_S);
    wanted_steer += rate * dt;
    double most = o->ego.steer_most_rad;
    wanted_steer = most_of(-most, least_of(most, wanted_steer));
    t.steer_rad += (wanted_steer - t.steer_rad) * dt / (dt + STEER_LAG_S);
    out->accel_mps2[k] = accel;
    t.x_m += t.v_mps * cos(t.yaw_rad) * dt;
    t.y_m += t.v_mps * sin(t.yaw_rad) * dt;
    t.yaw_rad += t.v_mps * tan(t.steer_rad) / t.wheelbase_m * dt;
    t.v_mps = most_of(0, t.v_mps + accel * dt);
  }
}

static sim_box ego_box(const roadloom_observation *o, const pdm_course *course, int k,
                       double later_s) {
  double c = cos(course->yaw_rad[k]), s = sin(course->yaw_rad[k]);
  double ahead = o->ego.rear_to_middle_m + course->v_mps[k] * later_s;
  return (sim_box){course->x_m[k] + ahead * c,  course->y_m[k] + ahead * s, c, s,
                   (double)o->ego.length_m / 2, (double)o->ego.width_m / 2};
}

static sim_box agent_box(const roadloom_agent *a, double later_s) {
  const roadloom_motion *m = &a->history[0];
  return (sim_box){
      m->x_m + m->vx_mps * later_s, m->y_m + m->vy_mps * later_s, m->cos_yaw, m->sin_yaw,
      (double)a->length_m / 2,      (double)a->width_m / 2};
}

static sim_box obstacle_box(const roadloom_obstacle *b) {
  return (sim_box){
      b->x_m, b->y_m, b->cos_yaw, b->sin_yaw, (double)b->length_m / 2, (double)b->width_m / 2};
}

// Whether the ego is to blame: not when it stands, nor for who comes from behind.
static bool to_blame(const sim_box *ego, const sim_box *other, double v) {
  double ahead = (other->x_m - ego->x_m) * ego->ahead_x + (other->y_m - ego->y_m) * ego->ahead_y;
  double left = (other->y_m - ego->y_m) * ego->ahead_x - (other->x_m - ego->x_m) * ego->ahead_y;
  return v > STOPPED_MPS && fabs(atan2(left, ahead)) < 150 * 3.141592653589793 / 180;
}

static bool is_ahead(const sim_box *ego, const sim_box *other) {
  double ahead = (other->x_m - ego->x_m) * ego->ahead_x + (other->y_m - ego->y_m) * ego->ahead_y;
  double left = (other->y_m - ego->y_m) * ego->ahead_x - (other->x_m - ego->x_m) * ego->ahead_y;
  return ahead > 0 && fabs(left) < ahead + 2;
}

// Whoever has been met is done with: the first contact says whose fault it is.
static void judge_step(const roadloom_observation *o, const pdm_course *course, int k,
                       bool met[ROADLOOM_AGENTS], pdm_score *score) {
  double time = k * ROADLOOM_DT_S, v = course->v_mps[k];
  sim_box ego = ego_box(o, course, k, 0);
  for (uint32_t i = 0; i < o->agent_count; i++) {
    if (met[i])
      continue;
    sim_box other = agent_box(&o->agents[i], time);
    met[i] = sim_boxes_meet(&ego, &other);
    if (met[i] && k > 0 && to_blame(&ego, &other, v)) { // at once: it is too late for that one
      score->collisions = 0;
      score->crash_s = least_of(score->crash_s, time);
    }
    if (met[i])
      continue;
    for (double later = TTC_PART_S; later < TTC_S && v > STOPPED_MPS && score->ttc > 0;
         later += TTC_PART_S) {
      sim_box then = ego_box(o, course, k, later), them = agent_box(&o->agents[i], time + later);
      if (is_ahead(&ego, &other) && sim_boxes_meet(&then, &them))
        score->ttc = 0;
    }
  }
  for (uint32_t i = 0; i < o->obstacle_count; i++) {
    sim_box other = obstacle_box(&o->obstacles[i]);
    if (sim_boxes_meet(&ego, &other) && v > STOPPED_MPS) {
      score->collisions = least_of(score->collisions, 0.5);
      score->crash_s = least_of(score->crash_s, time);
    }
  }
}

// Whether a place is on a lane that cars may use, with OUT_M beyond its border.
static bool on_a_lane(const roadloom_observation *o, double x, double y) {
  for (uint32_t k = 0; k < o->lane_count; k++) {
    const roadloom_lane *lane = &o->lanes[k];
    double most = (double)lane->width_m / 2 + OUT_M;
    for (int i = 0; i + 1 < ROADLOOM_LANE_POINTS && (lane->flags & ROADLOOM_LANE_CARS); i++) {
      double x0 = lane->points[i][0], y0 = lane->points[i][1];
      double dx = lane->points[i + 1][0] - x0, dy = lane->points[i + 1][1] - y0;
      double l2 = most_of(1e-9, dx * dx + dy * dy);
      double u = most_of(0, least_of(1, ((x - x0) * dx + (y - y0) * dy) / l2));
      double px = x - x0 - u * dx, py = y - y0 - u * dy;
      if (px * px + py * py < most * most)
        return true;
    }
  }
  return false;
}

static bool drivable(const roadloom_observation *o, const pdm_course *course, int k) {
  sim_box ego = ego_box(o, course, k, 0);
  for (int corner = 0; corner < 4; corner++) {
    double l = corner & 1 ? ego.half_length_m : -ego.half_length_m;
    double w = corner & 2 ? ego.half_width_m : -ego.half_width_m;
    if (!on_a_lane(o, ego.x_m + l * ego.ahead_x - w * ego.ahead_y,
                   ego.y_m + l * ego.ahead_y + w * ego.ahead_x))
      return false;
  }
  return true;
}

pdm_score pdm_judge(const roadloom_observation *o, const pdm_course *course) {
  pdm_score score = {1, 1, 0, 1, 1, INFINITY};
  bool met[ROADLOOM_AGENTS] = {false};
  double left;
  int last = SIM_PLAN_STEPS;
  score.progress_m = most_of(0, sim_path_along(o, course->x_m[last], course->y_m[last], &left));
  bool begins_on_road = drivable(o, course, 0); // else it has to be let back
  for (int k = 0; k <= last; k++) {
    judge_step(o, course, k, met, &score);
    if (begins_on_road && k % LANE_CHECK_STEPS == 0 && !drivable(o, course, k))
      score.drivable = 0;
    double a = course->accel_mps2[k];
    double turn = k > 0 ? angle_wrap(course->yaw_rad[k] - course->yaw_rad[k - 1]) / ROADLOOM_DT_S
                        : o->ego.yaw_rate_radps;
    double jerk = k > 0 ? (a - course->accel_mps2[k - 1]) / ROADLOOM_DT_S : 0;
    if (a < COMFORT_LOW || a > COMFORT_HIGH || fabs(turn * course->v_mps[k]) > COMFORT_SIDE ||
        fabs(jerk) > COMFORT_JERK)
      score.comfort = 0;
  }
  return score;
}
