// SPDX-License-Identifier: Apache-2.0
#include "sim/episode_record.h"

#include <math.h>

#include "sim/state.h"

status sim_episode_cast(sim_episode *e, const sim_world *w, trouble *why) {
  const scene *s = w->scene;
  if (scene_body_count(s) - 1 > e->def.actors || w->net->signal_count > e->def.signals)
    return trouble_set(why, STATUS_LIMIT,
                       "episode: the scene has %d actors and %d signals, the record holds %d and "
                       "%d",
                       scene_body_count(s) - 1, w->net->signal_count, e->def.actors,
                       e->def.signals);
  for (int i = 0; i < s->vehicle_count; i++) {
    const scene_vehicle *v = &s->vehicles[i];
    if (i != s->ego)
      sim_episode_actor(e, v->id, v->kind, v->size_m[0], v->size_m[1]);
  }
  for (int i = 0; i < s->person_count; i++) {
    const scene_person *p = &s->people[i];
    sim_episode_actor(e, p->id, p->thing, p->size_m[0], p->size_m[1]);
  }
  for (int i = 0; i < s->trailer_count; i++) {
    const scene_trailer *t = &s->trailers[i];
    sim_episode_trailer(e, t->vehicle - (t->vehicle > s->ego), t->id, t->size_m[0], t->size_m[1]);
  }
  e->signal_count = w->net->signal_count;
  e->seed = s->seed;
  e->scene = s->index;
  e->scene_hash = s->hash;
  return STATUS_OK;
}

static void record_ego(sim_episode *e, const sim_world *w, int frame) {
  int i = w->scene->ego;
  const sim_vehicles *cars = &w->cars;
  const sim_body *body = &cars->body[i];
  e->ego_x_m[frame] = body->x_m;
  e->ego_y_m[frame] = body->y_m;
  e->ego_yaw_rad[frame] = sim_yaw(body);
  e->ego_steer_rad[frame] = atan(body->steer);
  double v = cars->v_mps[i], turn = v * body->steer / cars->wheelbase_m[i];
  double ahead = cars->a_mps2[i], left = v * turn, side = 0;
  if (v <= 0 && ahead < 0)
    ahead = 0;
  const sim_driven *driven = w->driven_count > 0 ? sim_driven_of(w, i) : NULL;
  if (driven && driven->begun) {
    v = driven->state.u_mps;
    turn = driven->state.yaw_rate_radps;
    side = driven->state.w_mps - driven->def.rear_m * turn;
    ahead = driven->ahead_mps2;
    left = driven->left_mps2;
  }
  e->ego_ahead_mps[frame] = v;
  e->ego_left_mps[frame] = side;
  e->ego_ahead_mps2[frame] = ahead;
  e->ego_left_mps2[frame] = left;
  e->ego_yaw_radps[frame] = turn;
}

static void record_vehicle(sim_episode *e, const sim_world *w, int i, size_t at) {
  const sim_vehicles *cars = &w->cars;
  const sim_body *body = &cars->body[i];
  if (cars->gone[i] && cars->gone[i] != SIM_BESIDE)
    return;
  double v = cars->v_mps[i], side = 0;
  const sim_driven *driven = w->driven_count > 0 ? sim_driven_of(w, i) : NULL;
  if (driven && driven->begun) {
    v = driven->state.u_mps;
    side =
        driven->state.w_mps + (cars->axle_m[i] - driven->def.rear_m) * driven->state.yaw_rate_radps;
  }
  e->actor_marks[at] = SIM_ACTOR_HERE;
  if (w->sirens && sim_siren_flags(w, i, 0) & ACTOR_SIREN)
    e->actor_marks[at] |= SIM_ACTOR_SIREN;
  e->actor_x_m[at] = body->x_m;
  e->actor_y_m[at] = body->y_m;
  e->actor_ahead_x[at] = (float)body->ahead_x;
  e->actor_ahead_y[at] = (float)body->ahead_y;
  e->actor_x_mps[at] = (float)(v * body->ahead_x - side * body->ahead_y);
  e->actor_y_mps[at] = (float)(v * body->ahead_y + side * body->ahead_x);
  double s = 0;
  e->actor_lane[at] = cars->gone[i] ? 0 : sim_tractor_lane(w, i, &s);
  e->actor_s_m[at] = (float)s;
}

static void record_trailer(sim_episode *e, const sim_world *w, int n, size_t at) {
  const sim_body *body = &w->trailers.body[n];
  int i = w->trailers.vehicle[n];
  if (w->cars.gone[i])
    return;
  double s = 0;
  sim_trailer_motion motion = sim_trailer_velocity(w, n, w->cars.v_mps[i]);
  e->actor_marks[at] = SIM_ACTOR_HERE;
  e->actor_x_m[at] = body->x_m;
  e->actor_y_m[at] = body->y_m;
  e->actor_ahead_x[at] = (float)body->ahead_x;
  e->actor_ahead_y[at] = (float)body->ahead_y;
  e->actor_x_mps[at] = (float)motion.x_mps;
  e->actor_y_mps[at] = (float)motion.y_mps;
  e->actor_lane[at] = sim_trailer_lane(w, n, &s);
  e->actor_s_m[at] = (float)s;
}

static void record_person(sim_episode *e, const sim_world *w, int i, size_t at) {
  const sim_people *people = &w->people;
  double yaw = people->yaw_rad[i];
  e->actor_marks[at] = SIM_ACTOR_HERE;
  e->actor_x_m[at] = people->x_m[i];
  e->actor_y_m[at] = people->y_m[i];
  e->actor_ahead_x[at] = (float)cos(yaw);
  e->actor_ahead_y[at] = (float)sin(yaw);
  e->actor_x_mps[at] = (float)people->vx_mps[i];
  e->actor_y_mps[at] = (float)people->vy_mps[i];
  e->actor_lane[at] = 0;
  e->actor_s_m[at] = 0;
}

int sim_episode_record(sim_episode *e, sim_world *w) {
  int frame = sim_episode_open(e);
  if (frame < 0)
    return frame;
  record_ego(e, w, frame);
  size_t at = sim_episode_row(e, frame);
  for (int i = 0; i < w->cars.count; i++)
    if (i != w->scene->ego)
      record_vehicle(e, w, i, at++);
  for (int i = 0; i < w->people.count; i++)
    record_person(e, w, i, at++);
  for (int n = 0; n < w->trailers.count; n++)
    record_trailer(e, w, n, at++);
  sim_colors_renew(w);
  uint8_t *signals = e->signals + sim_episode_signal_row(e, frame);
  for (int k = 0; k < w->net->signal_count; k++)
    signals[k] = (uint8_t)sim_signal_shown(w, &w->net->signals[k]);
  return frame;
}
