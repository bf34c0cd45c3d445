// SPDX-License-Identifier: Apache-2.0
#include "with_straight.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

static const double LANE_M = 3.5, LIMIT_MPS = 15;

void straight_near(const char *what, double found, double expected, double within) {
  if (!(fabs(found - expected) <= within) && !(found == expected))
    fail_msg("%s: %.12g, expected %.12g within %g", what, found, expected, within);
}

sim_episode *straight_create(int frames, int actors) {
  sim_episode_def def = sim_episode_def_default();
  def.frames = frames;
  def.actors = actors;
  def.plans = 8;
  def.plan_points = 41;
  trouble why = {0};
  sim_episode *e = NULL;
  if (sim_episode_create(&e, &def, &why) != STATUS_OK)
    fail_msg("%s", why.text);
  scene_vehicle ego = {.size_m = {4.8, 1.9, 1.5}, .rear_to_centre_m = 1.4, .wheelbase_m = 2.8};
  sim_episode_begin(e, 0.1, &ego);
  e->route_lane_count = 1;
  e->route_lanes[0] = 1;
  e->route_lane_begin_m[0] = 0;
  e->route_count = 2;
  for (int k = 0; k < 2; k++) {
    e->route_x_m[k] = e->route_s_m[k] = 1000.0 * k;
    e->route_y_m[k] = 0;
  }
  e->route_goal_m = e->goal_x_m = 1000;
  for (int k = 0; k < frames; k++)
    e->reference_m[k] = k * 1.0;
  e->reference_count = frames;
  return e;
}

static bool on_lanes(double y) {
  return y >= -LANE_M / 2 && y <= 2.5 * LANE_M;
}

void straight_ego(sim_episode *e, double x, double y, double yaw, double v, double a) {
  int k = sim_episode_open(e);
  e->ego_x_m[k] = x;
  e->ego_y_m[k] = y;
  e->ego_yaw_rad[k] = yaw;
  e->ego_ahead_mps[k] = v;
  e->ego_left_mps[k] = e->ego_left_mps2[k] = e->ego_yaw_radps[k] = e->ego_steer_rad[k] = 0;
  e->ego_ahead_mps2[k] = a;
  int lane = y < LANE_M / 2 ? 1 : y < 1.5 * LANE_M ? 2 : 3, marks = 0;
  double middle = (lane - 1) * LANE_M, outside = 0, least = INFINITY, most = -INFINITY;
  for (int c = 0; c < 4; c++) {
    double ahead = (c < 2 ? 2.4 : -2.4), left = (c % 2 ? 0.95 : -0.95);
    double cy = y + sin(yaw) * ahead + cos(yaw) * left;
    least = fmin(least, cy);
    most = fmax(most, cy);
  }
  outside = fmax(0, fmax(-LANE_M / 2 - least, most - 2.5 * LANE_M));
  bool against = (lane == 3) == (cos(yaw) > 0);
  if (on_lanes(y))
    marks |= SIM_EGO_ON_LANE | (lane < 3 ? SIM_EGO_ON_ROUTE_LANE : 0);
  if (least >= middle - LANE_M / 2 && most <= middle + LANE_M / 2)
    marks |= SIM_EGO_IN_LANE;
  if (against)
    marks |= SIM_EGO_WRONG_WAY;
  e->ego_marks[k] = (uint8_t)marks;
  e->ego_lane[k] = lane;
  e->lane_s_m[k] = lane < 3 ? x : 1000 - x;
  e->lane_left_m[k] = lane < 3 ? y - middle : middle - y;
  e->lane_yaw_rad[k] = lane < 3 ? 0 : M_PI;
  e->lane_limit_mps[k] = on_lanes(y) ? LIMIT_MPS : INFINITY;
  e->outside_m[k] = outside;
  e->middle_outside_m[k] = fmax(0, fmax(-LANE_M / 2 - y, y - 2.5 * LANE_M));
  e->route_m[k] = x;
  e->off_route_m[k] = fabs(y);
  e->travelled_m[k] =
      k ? e->travelled_m[k - 1] + hypot(x - e->ego_x_m[k - 1], y - e->ego_y_m[k - 1]) : 0;
  e->red_signal[k] = 0;
  e->surveyed = e->count;
}

void straight_actor(sim_episode *e, int slot, double x, double y, double yaw, double v) {
  while (e->actor_count <= slot)
    sim_episode_actor(e, 100 + (uint32_t)e->actor_count, THING_CAR, 4.8, 1.9);
  size_t at = sim_episode_row(e, e->count - 1) + (size_t)slot;
  e->actor_marks[at] = SIM_ACTOR_HERE;
  e->actor_x_m[at] = x;
  e->actor_y_m[at] = y;
  e->actor_ahead_x[at] = (float)cos(yaw);
  e->actor_ahead_y[at] = (float)sin(yaw);
  e->actor_x_mps[at] = (float)(v * cos(yaw));
  e->actor_y_mps[at] = (float)(v * sin(yaw));
  e->actor_lane[at] = fabs(y) < LANE_M / 2 ? 1 : fabs(y - LANE_M) < LANE_M / 2 ? 2 : 0;
  e->actor_s_m[at] = (float)x;
}

void straight_drive(sim_episode *e, int frames, double x, double y, double v) {
  for (int k = 0; k < frames; k++)
    straight_ego(e, x + k * v * e->step_s, y, 0, v, 0);
}

void straight_score(sim_scores **scores, sim_episode *e) {
  trouble why = {0};
  if (!*scores && sim_scores_create(scores, &e->def, &why) != STATUS_OK)
    fail_msg("%s", why.text);
  if (sim_scores_run(*scores, e, &why) != STATUS_OK)
    fail_msg("%s", why.text);
}
