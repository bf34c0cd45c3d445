// SPDX-License-Identifier: Apache-2.0
#include "sim/score_criticality.h"

#include "base/least.h"

// Without lanes who is ahead is looked for straight ahead, and not so far: roads bend.
static const double STRAIGHT_M = 40;
static const double STANDS_MPS = 0.05, CLOSES_MPS = 1e-3;

// The row of the route that a lane is, -1: it isn't of the route. Actors keep to a lane for many
// frames, so that the last answer mostly holds.
static int route_row(sim_criticality *out, const sim_episode *e, int slot, int lane) {
  if (out->lane_seen[slot] == lane)
    return out->lane_row[slot];
  int found = -1;
  for (int row = 0; row < e->route_lane_count && lane && found < 0; row++)
    if (e->route_lanes[row] == lane)
      found = row;
  out->lane_seen[slot] = lane;
  out->lane_row[slot] = found;
  return found;
}

// The row of the route that the ego is in, -1.
static int ego_row(const sim_episode *e, int frame) {
  for (int row = 0; row < e->route_lane_count; row++)
    if (e->route_lanes[row] == e->ego_lane[frame])
      return row;
  return -1;
}

// Whom the ego follows in a frame.
typedef struct lead {
  int slot;
  double gap_m, speed_mps;
} lead;

// How far ahead of the ego's front an actor's tail is, along the route where both are on it, else
// straight ahead; INFINITY when it isn't ahead.
static double gap_ahead(sim_criticality *out, const sim_episode *e, int frame, int row, int slot,
                        const sim_box *own, double ahead, double left) {
  size_t at = sim_episode_row(e, frame) + (size_t)slot;
  double facing =
      own->ahead_x * (double)e->actor_ahead_x[at] + own->ahead_y * (double)e->actor_ahead_y[at];
  int other = route_row(out, e, slot, e->actor_lane[at]);
  if (other >= 0 && row >= 0) {
    bool beside = other != row && e->route_lane_begin_m[other] == e->route_lane_begin_m[row];
    double along = e->route_lane_begin_m[other] + (double)e->actor_s_m[at] - e->route_m[frame];
    double gap = along - own->half_length_m - (double)e->actor_length_m[slot] / 2;
    if (!beside && along > 0)
      return gap;
  }
  sim_box box = sim_score_actor_box(e, frame, slot);
  if (ahead <= 0 || ahead > STRAIGHT_M || facing < -0.5 ||
      fabs(left) > own->half_width_m + sim_box_reach(&box, -own->ahead_y, own->ahead_x))
    return INFINITY;
  return ahead - own->half_length_m - sim_box_reach(&box, own->ahead_x, own->ahead_y);
}

static lead find_lead(sim_criticality *out, const sim_episode *e, int frame, const sim_box *own) {
  lead best = {-1, INFINITY, 0};
  int row = ego_row(e, frame);
  size_t from = sim_episode_row(e, frame);
  for (int i = 0; i < e->actor_count; i++) {
    size_t at = from + (size_t)i;
    double dx = e->actor_x_m[at] - own->x_m, dy = e->actor_y_m[at] - own->y_m;
    if (dx * dx + dy * dy > SIM_LEAD_SIGHT_M * SIM_LEAD_SIGHT_M ||
        !(e->actor_marks[at] & SIM_ACTOR_HERE) || !sim_contact_counts((thing_kind)e->actor_kind[i]))
      continue;
    double ahead = dx * own->ahead_x + dy * own->ahead_y,
           left = dy * own->ahead_x - dx * own->ahead_y;
    double gap = gap_ahead(out, e, frame, row, i, own, ahead, left);
    if (gap >= best.gap_m)
      continue;
    double vx = (double)e->actor_x_mps[at], vy = (double)e->actor_y_mps[at];
    bool on_lane = e->actor_lane[at] != 0; // along the lane; who isn't on one: along the ego's way
    best = (lead){i, gap,
                  on_lane ? vx * (double)e->actor_ahead_x[at] + vy * (double)e->actor_ahead_y[at]
                          : vx * own->ahead_x + vy * own->ahead_y};
  }
  return best;
}

// The lead's deceleration over the last step, >= 0.
static double braking_of(const sim_episode *e, int frame, const lead *l) {
  size_t now = sim_episode_row(e, frame) + (size_t)l->slot;
  if (frame == 0 || !(e->actor_marks[now - (size_t)e->def.actors] & SIM_ACTOR_HERE))
    return 0;
  size_t before = now - (size_t)e->def.actors;
  double v1 = hypot((double)e->actor_x_mps[now], (double)e->actor_y_mps[now]);
  double v0 = hypot((double)e->actor_x_mps[before], (double)e->actor_y_mps[before]);
  return most_of(0, (v0 - v1) / e->step_s);
}

static void follow(sim_criticality *out, const sim_episode *e, int frame, const sim_box *own) {
  lead l = find_lead(out, e, frame, own);
  double v = e->ego_ahead_mps[frame], closing = v - l.speed_mps, gap = most_of(0, l.gap_m);
  out->lead[frame] = l.slot;
  out->gap_m[frame] = l.gap_m;
  out->frame_ttc_s[frame] = out->frame_thw_s[frame] = INFINITY;
  out->frame_drac_mps2[frame] = out->frame_btn[frame] = 0;
  if (l.slot < 0)
    return;
  if (v > STANDS_MPS)
    out->frame_thw_s[frame] = gap / v;
  double required = 0;
  if (closing > CLOSES_MPS) {
    out->frame_ttc_s[frame] = gap / closing;
    required = out->frame_drac_mps2[frame] = gap > 0 ? closing * closing / (2 * gap) : INFINITY;
  }
  // Who is ahead brakes on: the ego has to be as slow before the gap is used up or, where the other
  // stands by then, to stop within the gap and the other's way.
  double braking = braking_of(e, frame, &l), theirs = most_of(0, l.speed_mps);
  if (braking > 0 && v > 0) {
    bool moves_on = closing > CLOSES_MPS && 2 * gap * braking <= theirs * closing;
    double room = gap + theirs * theirs / (2 * braking);
    required = moves_on ? braking + required : room > 0 ? v * v / (2 * room) : INFINITY;
  }
  out->frame_btn[frame] = required / SIM_BRAKE_MOST_MPS2;
}

static double swept(const sim_episode *e, int frame, const sim_box *own) {
  double side = e->ego_left_mps[frame] + e->ego_yaw_radps[frame] * e->ego_rear_to_centre_m;
  double ex = e->ego_ahead_mps[frame] * own->ahead_x - side * own->ahead_y;
  double ey = e->ego_ahead_mps[frame] * own->ahead_y + side * own->ahead_x;
  double radius = own->half_length_m + own->half_width_m, best = INFINITY;
  size_t row = sim_episode_row(e, frame);
  for (int i = 0; i < e->actor_count; i++) {
    size_t at = row + (size_t)i;
    double dx = e->actor_x_m[at] - own->x_m, dy = e->actor_y_m[at] - own->y_m;
    double vx = (double)e->actor_x_mps[at] - ex, vy = (double)e->actor_y_mps[at] - ey;
    double size = radius + ((double)e->actor_length_m[i] + (double)e->actor_width_m[i]) / 2;
    // Where they come nearest: apart by more than their sizes, or going apart, they never touch.
    double towards = -(dx * vx + dy * vy), cross = dx * vy - dy * vx, square = vx * vx + vy * vy;
    double far2 = dx * dx + dy * dy;
    if ((cross * cross > size * size * square || towards <= 0) && far2 > size * size)
      continue;
    if (!(e->actor_marks[at] & SIM_ACTOR_HERE) || !sim_contact_counts((thing_kind)e->actor_kind[i]))
      continue;
    sim_box box = sim_score_actor_box(e, frame, i);
    double from = 0, to = least_of(best, SIM_TTC_SWEPT_MOST_S);
    if (sim_boxes_sweep(own, &box, vx, vy, &from, &to))
      best = from;
  }
  return best;
}

static void sum_up(sim_criticality *out, const sim_episode *e, const sim_contacts *contacts) {
  out->ttc_s = out->ttc_swept_s = out->thw_s = INFINITY;
  out->tet_s = out->tit_s2 = out->drac_mps2 = out->btn = out->rss_unsafe_s = out->delta_v_mps = 0;
  for (int k = 0; k < e->count; k++) {
    double ttc = out->frame_ttc_s[k];
    out->ttc_s = least_of(out->ttc_s, ttc);
    out->ttc_swept_s = least_of(out->ttc_swept_s, out->frame_swept_s[k]);
    out->thw_s = least_of(out->thw_s, out->frame_thw_s[k]);
    out->drac_mps2 = most_of(out->drac_mps2, out->frame_drac_mps2[k]);
    out->btn = most_of(out->btn, out->frame_btn[k]);
    if (ttc < SIM_TTC_THRESHOLD_S) {
      out->tet_s += e->step_s;
      out->tit_s2 += (SIM_TTC_THRESHOLD_S - ttc) * e->step_s;
    }
    out->rss_unsafe_s += out->rss_unsafe[k] ? e->step_s : 0;
  }
  for (int i = 0; i < contacts->count; i++)
    if (contacts->all[i].begins)
      out->delta_v_mps = most_of(out->delta_v_mps, contacts->all[i].delta_v_mps);
}

void sim_criticality_score(sim_criticality *out, const sim_episode *e, const sim_score_ego *ego,
                           const sim_contacts *contacts) {
  for (int i = 0; i < e->actor_count; i++)
    out->lane_seen[i] = -1;
  for (int k = 0; k < e->count; k++) {
    sim_box own = sim_score_ego_box(e, ego, k);
    follow(out, e, k, &own);
    out->frame_swept_s[k] = swept(e, k, &own);
  }
  sim_criticality_rss(out, e, ego);
  sim_criticality_pet(out, e);
  sum_up(out, e, contacts);
}
