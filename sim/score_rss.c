// SPDX-License-Identifier: Apache-2.0
// Responsibility-sensitive safety (Shalev-Shwartz, Shammah and Shashua 2017, definitions 1, 2 and
// 6). A situation is dangerous while somebody is closer than allowed along the lane and beside it
// at once. The distance to who is ahead is the ego's to keep; who follows it has to keep its own,
// and isn't looked at. The frame is that of the ego's lane, straightened; who heads across it, as
// in junctions, has rules of its own there and isn't looked at either.
#include "base/least.h"
#include "sim/score_criticality.h"

sim_rss_params sim_rss_params_default(void) {
  return (sim_rss_params){.response_s = 1,
                          .other_response_s = 2,
                          .accel_mps2 = 3.5,
                          .brake_min_mps2 = 4,
                          .brake_max_mps2 = 8,
                          .brake_correct_mps2 = 3,
                          .side_accel_mps2 = 0.2,
                          .side_brake_mps2 = 0.8,
                          .side_margin_m = 0.1};
}

double sim_rss_same_way(const sim_rss_params *p, double rear, double front, double response) {
  double after = rear + response * p->accel_mps2;
  double way = rear * response + p->accel_mps2 * response * response / 2 +
               after * after / (2 * p->brake_min_mps2) - front * front / (2 * p->brake_max_mps2);
  return most_of(0, way);
}

double sim_rss_opposite_way(const sim_rss_params *p, double ego, double other) {
  double own = ego + p->response_s * p->accel_mps2;
  double its = other + p->other_response_s * p->accel_mps2;
  return (ego + own) / 2 * p->response_s + own * own / (2 * p->brake_correct_mps2) +
         (other + its) / 2 * p->other_response_s + its * its / (2 * p->brake_min_mps2);
}

double sim_rss_beside(const sim_rss_params *p, double left, double right, double left_response,
                      double right_response) {
  double left_after = left + left_response * p->side_accel_mps2;
  double right_after = right - right_response * p->side_accel_mps2;
  // Each brakes to a side speed of 0; who moves away meanwhile gains way.
  double left_way = (left + left_after) / 2 * left_response +
                    left_after * fabs(left_after) / (2 * p->side_brake_mps2);
  double right_way = (right + right_after) / 2 * right_response +
                     right_after * fabs(right_after) / (2 * p->side_brake_mps2);
  return p->side_margin_m + most_of(0, left_way - right_way);
}

static const double SIGHT_M = 150, SIDE_SIGHT_M = 12;
// Headings within 45 degrees of the lane's, or against it.
static const double ALONG = 0.7071;

// The ego in the frame of its lane.
typedef struct view {
  double x_m, y_m, c, s; // the lane's direction
  double ahead_mps, left_mps, half_length_m, half_width_m;
} view;

static bool is_unsafe(const sim_episode *e, const sim_rss_params *p, const view *v, int slot,
                      size_t at) {
  double dx = e->actor_x_m[at] - v->x_m, dy = e->actor_y_m[at] - v->y_m;
  double ahead = dx * v->c + dy * v->s, left = dy * v->c - dx * v->s;
  if (fabs(left) > SIDE_SIGHT_M || fabs(ahead) > SIGHT_M || !(e->actor_marks[at] & SIM_ACTOR_HERE))
    return false;
  double c = (double)e->actor_ahead_x[at] * v->c + (double)e->actor_ahead_y[at] * v->s;
  double s = (double)e->actor_ahead_y[at] * v->c - (double)e->actor_ahead_x[at] * v->s;
  if (fabs(c) < ALONG || sim_contact_group_of((thing_kind)e->actor_kind[slot]) == SIM_GROUP_OBJECT)
    return false;
  double half_length = (double)e->actor_length_m[slot] / 2,
         half_width = (double)e->actor_width_m[slot] / 2;
  double long_reach = half_length * fabs(c) + half_width * fabs(s);
  double side_reach = half_length * fabs(s) + half_width * fabs(c);
  double gap = fabs(ahead) - v->half_length_m - long_reach;
  double side_gap = fabs(left) - v->half_width_m - side_reach;
  double vx = (double)e->actor_x_mps[at], vy = (double)e->actor_y_mps[at];
  double along = vx * v->c + vy * v->s, across = vy * v->c - vx * v->s;
  // To the right is positive beside each other.
  double needed_side =
      left > 0 ? sim_rss_beside(p, -across, -v->left_mps, p->other_response_s, p->response_s)
               : sim_rss_beside(p, -v->left_mps, -across, p->response_s, p->other_response_s);
  if (side_gap >= needed_side)
    return false;
  double own = most_of(0, v->ahead_mps), needed = 0; // beside each other
  if (ahead > 0)
    needed = c > 0 ? sim_rss_same_way(p, own, most_of(0, along), p->response_s)
                   : sim_rss_opposite_way(p, own, most_of(0, -along));
  return gap < needed;
}

void sim_criticality_rss(sim_criticality *out, const sim_episode *e, const sim_score_ego *ego) {
  sim_rss_params p = sim_rss_params_default();
  for (int k = 0; k < e->count; k++) {
    bool lane = e->ego_lane[k] != 0 && !(e->ego_marks[k] & SIM_EGO_WRONG_WAY);
    double c = lane ? cos(e->lane_yaw_rad[k]) : ego->ahead_x[k];
    double s = lane ? sin(e->lane_yaw_rad[k]) : ego->ahead_y[k];
    double turn = c * ego->ahead_x[k] + s * ego->ahead_y[k];
    double tilt = c * ego->ahead_y[k] - s * ego->ahead_x[k];
    double side = e->ego_left_mps[k] + e->ego_yaw_radps[k] * e->ego_rear_to_centre_m;
    view v = {.x_m = e->ego_x_m[k],
              .y_m = e->ego_y_m[k],
              .c = c,
              .s = s,
              .ahead_mps = e->ego_ahead_mps[k] * turn - side * tilt,
              .left_mps = e->ego_ahead_mps[k] * tilt + side * turn,
              .half_length_m = (e->ego_length_m * fabs(turn) + e->ego_width_m * fabs(tilt)) / 2,
              .half_width_m = (e->ego_length_m * fabs(tilt) + e->ego_width_m * fabs(turn)) / 2};
    out->rss_unsafe[k] = 0;
    size_t row = sim_episode_row(e, k);
    for (int i = 0; i < e->actor_count && !out->rss_unsafe[k]; i++)
      out->rss_unsafe[k] = is_unsafe(e, &p, &v, i, row + (size_t)i);
  }
}
