// SPDX-License-Identifier: Apache-2.0
#include "sim/score_nuplan.h"

#include <string.h>

#include "base/least.h"

// Contacts that don't count against the score, by group: T of max(0, 1 - n / (T + 1)).
static const int TOLERATED[SIM_GROUPS] = {0, 0, 1};

static const double DAC_M = 0.3;
static const double DDC_GOOD_M = 2, DDC_BAD_M = 6, DDC_WITHIN_S = 1;
static const double LEAST_WAY_M = 2, LEAST_SHARE = 0.2;
static const double TTC_STEP_S = 0.1, TTC_HORIZON_S = 3, TTC_BOUND_S = 0.95,
                    TTC_STOPPED_MPS = 0.005;
static const double OVER_MOST_MPS = 2.23;

static void score_collisions(sim_nuplan_like *out, const sim_episode *e,
                             const sim_contacts *contacts) {
  memset(out->frame_fault, 0, (size_t)e->count);
  memset(out->at_fault, 0, sizeof out->at_fault);
  for (int i = 0; i < contacts->count; i++) {
    const sim_contact *c = &contacts->all[i];
    if (c->first && c->at_fault) {
      out->at_fault[c->group]++;
      out->frame_fault[c->frame] = 1;
    }
  }
  out->nc = 1;
  for (int group = 0; group < SIM_GROUPS; group++)
    out->nc *= most_of(0, 1 - (double)out->at_fault[group] / (TOLERATED[group] + 1));
}

static void score_area(sim_nuplan_like *out, const sim_episode *e) {
  out->dac = 1;
  for (int k = 0; k < e->count; k++)
    if (!(e->outside_m[k] < DAC_M))
      out->dac = 0;
}

// Progress counts within a lane only, from the second frame on it: the frames of a change give
// none, as nuPlan has it.
static void score_direction(sim_nuplan_like *out, const sim_episode *e) {
  double *way = out->frame_way_m, before = NAN, least = 0, sum = 0;
  int within = (int)(DDC_WITHIN_S / e->step_s + 1e-9), lane = 0;
  double *step = out->frame_over_mps; // filled later: serves as room here
  for (int k = 0; k < e->count; k++) {
    int now = e->ego_marks[k] & SIM_EGO_ON_LANE ? e->ego_lane[k] : 0;
    step[k] = 0;
    if (k == 0)
      lane = now;
    if (now && now == lane) {
      double at = most_of(0, e->lane_s_m[k]);
      step[k] = isnan(before) ? 0 : at - before;
      before = at;
    } else if (now) {
      lane = now;
      before = NAN;
    }
  }
  for (int k = 0; k < e->count; k++) {
    sum = 0;
    for (int j = k - within < 0 ? 0 : k - within; j <= k; j++)
      sum += step[j];
    way[k] = sum;
    least = least_of(least, sum);
  }
  out->ddc = -least < DDC_GOOD_M ? 1 : -least < DDC_BAD_M ? 0.5 : 0;
}

static void score_progress(sim_nuplan_like *out, const sim_episode *e) {
  out->progress_m = e->route_m[e->count - 1] - e->route_m[0];
  out->reference_m = NAN;
  out->ep = out->mp = NAN;
  if (e->reference_count < 1 || e->route_count < 2)
    return;
  // All of the reference's way: who has ended early hasn't made the rest.
  out->reference_m = e->reference_m[e->reference_count - 1] - e->reference_m[0];
  if (isnan(out->reference_m) || isnan(out->progress_m))
    return;
  double own = most_of(out->progress_m, LEAST_WAY_M);
  out->ep = least_of(1, own / most_of(out->reference_m, LEAST_WAY_M));
  if (out->progress_m < -LEAST_WAY_M)
    out->ep = 0;
  out->mp = out->ep >= LEAST_SHARE;
}

// The first of the instants 0.1, 0.2 ... below 3 s at which two boxes, each going on along its
// heading at its speed, touch.
static double first_meeting(const sim_box *own, double speed, const sim_box *box,
                            double box_speed) {
  double vx = box_speed * box->ahead_x - speed * own->ahead_x;
  double vy = box_speed * box->ahead_y - speed * own->ahead_y;
  double from = TTC_STEP_S, to = TTC_HORIZON_S - TTC_STEP_S;
  if (!sim_boxes_sweep(own, box, vx, vy, &from, &to))
    return INFINITY;
  double k = ceil(from / TTC_STEP_S - 1e-9);
  return k * TTC_STEP_S <= to + 1e-9 ? k * TTC_STEP_S : INFINITY;
}

// Whom time to collision is measured to: those ahead; and where the ego is between lanes or in a
// junction all that aren't behind.
static bool is_watched(const sim_episode *e, const sim_score_ego *ego, int frame, double x,
                       double y) {
  uint8_t marks = e->ego_marks[frame];
  bool wide = !(marks & SIM_EGO_IN_LANE) || marks & SIM_EGO_IN_JUNCTION;
  return sim_score_side(e, ego, frame, x, y) > (wide ? -1 : 0);
}

static double ttc_at(const sim_nuplan_like *out, const sim_episode *e, const sim_score_ego *ego,
                     const sim_contacts *contacts, int frame) {
  if (out->frame_fault[frame])
    return 0;
  double speed = ego->speed_mps[frame], ttc = INFINITY;
  if (speed <= TTC_STOPPED_MPS)
    return INFINITY;
  sim_box own = sim_score_ego_box(e, ego, frame);
  double radius = own.half_length_m + own.half_width_m;
  size_t row = sim_episode_row(e, frame);
  for (int i = 0; i < e->actor_count; i++) {
    size_t at = row + (size_t)i;
    double dx = e->actor_x_m[at] - own.x_m, dy = e->actor_y_m[at] - own.y_m;
    double vx = (double)e->actor_x_mps[at], vy = (double)e->actor_y_mps[at];
    double size = ((double)e->actor_length_m[i] + (double)e->actor_width_m[i]) / 2;
    double reach = radius + size + TTC_HORIZON_S * (speed + fabs(vx) + fabs(vy));
    int touched = contacts->first_touch[sim_contact_index(e, i)];
    if (dx * dx + dy * dy > reach * reach || !(e->actor_marks[at] & SIM_ACTOR_HERE) ||
        !sim_contact_counts((thing_kind)e->actor_kind[i]) || (touched && touched - 1 <= frame) ||
        !is_watched(e, ego, frame, e->actor_x_m[at], e->actor_y_m[at]))
      continue;
    sim_box box = sim_score_actor_box(e, frame, i);
    ttc = least_of(ttc, first_meeting(&own, speed, &box, hypot(vx, vy)));
  }
  for (int k = 0; k < e->object_count; k++) {
    double dx = e->object_x_m[k] - own.x_m, dy = e->object_y_m[k] - own.y_m;
    double size = ((double)e->object_length_m[k] + (double)e->object_width_m[k]) / 2;
    double reach = radius + size + TTC_HORIZON_S * speed;
    int touched = contacts->first_touch[e->def.actors + k];
    if (dx * dx + dy * dy > reach * reach || (touched && touched - 1 <= frame) ||
        !is_watched(e, ego, frame, e->object_x_m[k], e->object_y_m[k]))
      continue;
    sim_box box = sim_score_object_box(e, k);
    ttc = least_of(ttc, first_meeting(&own, speed, &box, 0));
  }
  return ttc;
}

static void score_ttc(sim_nuplan_like *out, const sim_episode *e, const sim_score_ego *ego,
                      const sim_contacts *contacts) {
  double least = INFINITY;
  for (int k = 0; k < e->count; k++) {
    out->frame_ttc_s[k] = ttc_at(out, e, ego, contacts, k);
    least = least_of(least, out->frame_ttc_s[k]);
  }
  out->ttc = least > TTC_BOUND_S;
}

static void score_speed(sim_nuplan_like *out, const sim_episode *e, const sim_score_ego *ego) {
  double sum = 0, whole_s = (e->count - 1) * e->step_s;
  for (int k = 0; k < e->count; k++) {
    out->frame_over_mps[k] = most_of(0, ego->speed_mps[k] - e->lane_limit_mps[k]);
    sum += out->frame_over_mps[k];
  }
  out->sl = whole_s > 0 ? most_of(0, 1 - sum * e->step_s / (OVER_MOST_MPS * whole_s)) : 1;
}

void sim_nuplan_score(sim_nuplan_like *out, const sim_episode *e, const sim_score_ego *ego,
                      const sim_contacts *contacts, const sim_comfort *comfort) {
  score_collisions(out, e, contacts);
  score_area(out, e);
  score_direction(out, e);
  score_progress(out, e);
  score_ttc(out, e, ego, contacts);
  score_speed(out, e, ego);
  out->c = comfort->comfortable;
  double factor = out->nc * out->dac * out->mp * out->ddc;
  out->score = factor * (5 * out->ep + 5 * out->ttc + 4 * out->sl + 2 * out->c) / 16;
}
