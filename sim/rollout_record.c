// SPDX-License-Identifier: Apache-2.0
#include "sim/rollout_record.h"

#include <math.h>

#include "base/least.h"
#include "sim/boxes.h"

// The lanes up to the goal, and where on the last one it is.
static int lanes_to_goal(const sim_way *way, double *goal_m) {
  int k = 0;
  while (k < way->lane_count - 1 && way->lane_end_m[k] < way->goal_m)
    k++;
  double begin = k > 0 ? way->lane_end_m[k - 1] : -way->begin_lane_m;
  *goal_m = way->goal_m - begin;
  return k + 1;
}

static status set_route(sim_episode *e, const scene *s, const sim_way *way, trouble *why) {
  double goal_m;
  int count = lanes_to_goal(way, &goal_m);
  // A track's length is that of its curve, a lane's that of its points: they differ by rounding.
  const lane_path *first = &s->roads.paths[way->lanes[0] - 1];
  const lane_path *last = &s->roads.paths[way->lanes[count - 1] - 1];
  return sim_episode_route(e, &s->roads, way->lanes, count,
                           most_of(0, least_of(way->begin_lane_m, first->length_m)),
                           most_of(0, least_of(goal_m, last->length_m)), why);
}

status sim_record_create(sim_episode **out, const scene *s, const sim_way *way, int frames,
                         int plan_points, trouble *why) {
  sim_episode_def def = sim_episode_def_of(s, frames);
  double goal_m;
  int lanes = lanes_to_goal(way, &goal_m);
  def.route_lanes = lanes;
  def.route_points = 1;
  for (int k = 0; k < lanes; k++)
    def.route_points += s->roads.paths[way->lanes[k] - 1].point_count;
  def.plans = plan_points > 0 ? frames : 0;
  def.plan_points = plan_points;
  sim_episode *e = NULL;
  status code = sim_episode_create(&e, &def, why);
  if (code)
    return code;
  sim_episode_begin(e, ROADLOOM_DT_S, &s->vehicles[s->ego]);
  e->seed = s->seed;
  e->scene = s->index;
  e->scene_hash = s->hash;
  e->plan_step_s = ROADLOOM_DT_S;
  e->signal_count = s->roads.signal_count;
  code = set_route(e, s, way, why);
  if (code) {
    sim_episode_destroy(e);
    return code;
  }
  sim_episode_objects_of(e, s);
  *out = e;
  return STATUS_OK;
}

// Everybody but the ego, in the order of their slots.
static void add_actors(sim_episode *e, const sim_moment *now) {
  for (int i = 0; i < now->count; i++) {
    const sim_slot *slot = &now->slots[i];
    int body = slot->door_of - 1;
    if (body >= 0)
      sim_episode_door(e, body > now->ego ? body - 1 : body, slot->length_m, slot->width_m);
    else if (slot->towed_by)
      sim_episode_trailer(e, slot->towed_by - 1 - (slot->towed_by - 1 > now->ego), slot->id,
                          slot->length_m, slot->width_m);
    else if (i != now->ego)
      sim_episode_actor(e, slot->id, slot->kind, slot->length_m, slot->width_m);
  }
}

static void set_actor(sim_episode *e, size_t at, const sim_mover *m) {
  if (!m->there)
    return;
  e->actor_marks[at] = (uint8_t)(SIM_ACTOR_HERE | (m->flags & ACTOR_SIREN ? SIM_ACTOR_SIREN : 0));
  e->actor_x_m[at] = m->x_m;
  e->actor_y_m[at] = m->y_m;
  e->actor_ahead_x[at] = (float)m->ahead_x;
  e->actor_ahead_y[at] = (float)m->ahead_y;
  e->actor_x_mps[at] = (float)m->x_mps;
  e->actor_y_mps[at] = (float)m->y_mps;
  e->actor_lane[at] = m->lane;
  e->actor_s_m[at] = (float)m->lane_s_m;
}

void sim_record_restart(sim_episode *e) {
  e->count = e->actor_count = 0;
  e->plan_count = e->event_count = e->surveyed = e->reference_count = 0;
  e->end = SIM_END_OPEN;
  e->end_text[0] = 0;
}

void sim_record_frame(sim_episode *e, const sim_moment *now) {
  int frame = sim_episode_open(e);
  if (frame < 0)
    return;
  if (frame == 0)
    add_actors(e, now);
  const sim_mover *ego = &now->movers[now->ego];
  const sim_motion *motion = &now->motion;
  e->ego_x_m[frame] = ego->x_m;
  e->ego_y_m[frame] = ego->y_m;
  e->ego_yaw_rad[frame] = motion->yaw_rad;
  e->ego_ahead_mps[frame] = motion->ahead_mps;
  e->ego_left_mps[frame] = motion->left_mps;
  e->ego_ahead_mps2[frame] = motion->ahead_mps2;
  e->ego_left_mps2[frame] = motion->left_mps2;
  e->ego_yaw_radps[frame] = motion->yaw_rate_radps;
  e->ego_steer_rad[frame] = motion->steer_rad;
  size_t row = sim_episode_row(e, frame);
  for (int i = 0, slot = 0; i < now->count; i++)
    if (i != now->ego)
      set_actor(e, row + (size_t)slot++, &now->movers[i]);
  for (int k = 0; k < now->signal_count; k++)
    e->signals[sim_episode_signal_row(e, frame) + (size_t)k] = now->signals[k];
}

void sim_record_plan(sim_episode *e, const double *x_m, const double *y_m, const double *yaw_rad,
                     int points) {
  points = points < e->def.plan_points ? points : e->def.plan_points;
  int plan = e->def.plans > 0 ? sim_episode_plan(e, points) : -1;
  for (int k = 0; plan >= 0 && k < points; k++) {
    size_t at = (size_t)plan * (size_t)e->def.plan_points + (size_t)k;
    e->plan_x_m[at] = x_m[k];
    e->plan_y_m[at] = y_m[k];
    e->plan_yaw_rad[at] = yaw_rad[k];
  }
}

static sim_box box_of(const sim_mover *m, double length_m, double width_m) {
  return (sim_box){m->x_m, m->y_m, m->ahead_x, m->ahead_y, length_m / 2, width_m / 2};
}

uint32_t sim_record_hit(const sim_episode *e, const sim_moment *now) {
  const sim_slot *own = &now->slots[now->ego];
  sim_box ego = box_of(&now->movers[now->ego], own->length_m, own->width_m);
  for (int i = 0; i < now->count; i++) {
    const sim_mover *m = &now->movers[i];
    if (i == now->ego || !m->there)
      continue;
    sim_box other = box_of(m, now->slots[i].length_m, now->slots[i].width_m);
    if (sim_boxes_meet(&ego, &other))
      return now->slots[i].id;
  }
  for (int k = 0; k < e->object_count; k++) {
    sim_box other = {e->object_x_m[k],
                     e->object_y_m[k],
                     (double)e->object_ahead_x[k],
                     (double)e->object_ahead_y[k],
                     (double)e->object_length_m[k] / 2,
                     (double)e->object_width_m[k] / 2};
    if (sim_boxes_meet(&ego, &other))
      return e->object_id[k];
  }
  return 0;
}
