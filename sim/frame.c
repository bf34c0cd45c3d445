// SPDX-License-Identifier: Apache-2.0
// Snapshots: the world between two frame times, which need not fall on steps.
#include <math.h>
#include <stdlib.h>

#include "base/least.h"
#include "scenes/person.h"
#include "sim/state.h"

uint32_t sim_frame_count(const scene *s) {
  double frames = floor(s->duration_s * s->frame_hz + 1e-9);
  return frames > 0 ? (uint32_t)least_of(frames, UINT32_MAX) : 0;
}

static status make_room(const sim_world *w, sim_snapshot *out, trouble *why) {
  int actors = scene_body_count(w->scene), signals = w->net->signal_count;
  if (out->actor_capacity < actors) {
    sim_actor *grown = realloc(out->actors, sizeof *grown * (size_t)actors);
    if (!grown)
      return trouble_set(why, STATUS_MEMORY, "memory ran out for a snapshot of %d actors", actors);
    out->actors = grown;
    out->actor_capacity = actors;
  }
  if (out->signal_capacity < signals) {
    uint8_t *grown = realloc(out->signals, (size_t)signals);
    out->signals = grown ? grown : out->signals;
    float *left = realloc(out->signal_left_s, sizeof *left * (size_t)signals);
    out->signal_left_s = left ? left : out->signal_left_s;
    if (!grown || !left)
      return trouble_set(why, STATUS_MEMORY, "memory ran out for a snapshot's signals");
    out->signal_capacity = signals;
  }
  return STATUS_OK;
}

// The state is that of the last step at or after t; poses of times before it lie
// between the last two states.
static pose pose_at(const sim_world *w, pose before, pose now, int64_t t_ns) {
  int64_t late = (int64_t)w->steps * w->step_ns - t_ns;
  if (late <= 0)
    return now;
  return pose_between(before, now, 1 - (double)late / (double)w->step_ns);
}

static pose body_at(const sim_world *w, int body, int64_t t_ns) {
  int person = body - w->cars.count, trailer = person - w->people.count;
  if (trailer >= 0)
    return pose_at(w, sim_trailer_pose(w, trailer, &w->trailers.before[trailer]),
                   sim_trailer_pose(w, trailer, &w->trailers.body[trailer]), t_ns);
  if (person < 0)
    return pose_at(w, sim_vehicle_pose(w, body, true), sim_vehicle_pose(w, body, false), t_ns);
  sim_place then = w->people.before[person], now = sim_person_place(w, person);
  return pose_at(w, pose_flat(then.x_m, then.y_m, then.z_m, then.yaw_rad),
                 pose_flat(now.x_m, now.y_m, now.z_m, now.yaw_rad), t_ns);
}

static void begin_vehicle(const sim_world *w, int i, int64_t t_ns, sim_actor *actor) {
  const sim_vehicles *cars = &w->cars;
  const scene_vehicle *v = &w->scene->vehicles[i];
  *actor = (sim_actor){.id = v->id,
                       .kind = v->kind,
                       .class = v->class,
                       .asset_seed = v->asset_seed,
                       .body = v->body,
                       .colors = v->colors};
  if (v->trailer)
    actor->tows = w->scene->trailers[v->trailer - 1].id;
  for (int k = 0; k < 3; k++)
    actor->size_m[k] = v->size_m[k];
  actor->centre_m[0] = cars->axle_m[i];
  actor->centre_m[2] = v->size_m[2] / 2;
  double lag = (double)((int64_t)w->steps * w->step_ns - t_ns) * 1e-9;
  actor->speed_mps = most_of(0, cars->v_mps[i] - cars->a_mps2[i] * lag);
  const sim_body *body = &cars->body[i];
  actor->steer_rad = atan(body->steer);
  actor->wheel_rad = cars->wheel_rad[i] - lag * actor->speed_mps / cars->wheel_radius_m[i];
  double yaw_rate = actor->speed_mps * body->steer / cars->wheelbase_m[i];
  double along = cars->a_mps2[i], left = actor->speed_mps * yaw_rate;
  const sim_driven *driven = w->driven_count > 0 ? sim_driven_of(w, i) : NULL;
  if (driven && driven->begun) {
    actor->speed_mps = driven->state.u_mps - along * lag;
    left = driven->left_mps2;
  }
  if (cars->v_mps[i] <= 0 && along < 0)
    along = 0;
  actor->acceleration_mps2 = (vec3){along * body->ahead_x - left * body->ahead_y,
                                    along * body->ahead_y + left * body->ahead_x, 0};
  actor->flags = cars->flags[i] | (uint32_t)(ACTOR_BREAKS_FIRST * cars->breaks[i]);
  actor->door_rad = sim_door_at(w, i, (int64_t)w->steps * w->step_ns - t_ns);
  if (actor->door_rad > 0)
    actor->flags |= ACTOR_DOOR_OPEN;
  double blink = (double)t_ns * 1e-9 * 1.5 + cars->blink_phase[i];
  if ((actor->flags & (ACTOR_LEFT_INDICATOR | ACTOR_RIGHT_INDICATOR)) && blink - floor(blink) < 0.5)
    actor->flags |= ACTOR_INDICATOR_ON;
  if (w->sirens)
    actor->flags |= sim_siren_flags(w, i, t_ns);
  if (!cars->gone[i])
    actor->lane = sim_tractor_lane(w, i, &actor->lane_s_m);
}

// A trailer's lamps are its tractor's, and it comes along as fast as that.
static void begin_trailer(const sim_world *w, int n, int64_t t_ns, sim_actor *actor) {
  const scene_trailer *t = &w->scene->trailers[n];
  sim_actor tractor;
  begin_vehicle(w, t->vehicle, t_ns, &tractor);
  *actor = (sim_actor){.id = t->id,
                       .kind = THING_TRAILER,
                       .class = t->class,
                       .asset_seed = t->asset_seed,
                       .colors = t->colors,
                       .towed_by = tractor.id,
                       .flags = tractor.flags &
                                ~(uint32_t)(ACTOR_BREAKS_FIRST * ((1 << DRIVER_BREAKS) - 1))};
  for (int k = 0; k < 3; k++)
    actor->size_m[k] = t->size_m[k];
  actor->centre_m[0] = t->axle_to_centre_m;
  actor->centre_m[2] = t->size_m[2] / 2;
  double lag = (double)((int64_t)w->steps * w->step_ns - t_ns) * 1e-9;
  actor->speed_mps = sim_trailer_velocity(w, n, tractor.speed_mps).along_mps;
  actor->acceleration_mps2 = tractor.acceleration_mps2;
  actor->wheel_rad = w->trailers.wheel_rad[n] - lag * actor->speed_mps / SIM_TRAILER_WHEEL_M;
  if (!w->cars.gone[t->vehicle])
    actor->lane = sim_trailer_lane(w, n, &actor->lane_s_m);
}

static void begin_person(const sim_world *w, int i, sim_actor *actor) {
  const sim_people *people = &w->people;
  const scene_person *p = &w->scene->people[i];
  *actor = (sim_actor){.id = p->id,
                       .kind = p->thing,
                       .class = thing_class(p->thing),
                       .colors = p->colors,
                       .body = p->body};
  actor->asset_seed = person_look(p, w->weather.rain_mmh, actor->size_m);
  actor->centre_m[2] = actor->size_m[2] / 2;
  double yaw = people->yaw_rad[i];
  actor->speed_mps = people->vx_mps[i] * cos(yaw) + people->vy_mps[i] * sin(yaw);
  actor->gait = people->gait[i];
}

// The vehicle that a body is, or is towed by; -1: somebody on foot.
static int vehicle_of(const sim_world *w, int body) {
  int trailer = body - w->cars.count - w->people.count;
  return trailer >= 0 ? w->trailers.vehicle[trailer] : body < w->cars.count ? body : -1;
}

// The actors' order in the snapshot: vehicles still there, then people, then those vehicles'
// trailers.
static void begin(sim_world *w, sim_snapshot *out) {
  int cars = w->cars.count, people = w->people.count;
  bool carried_on = w->frame_end_ns == w->now_ns;
  sim_colors_renew(w);
  out->actor_count = 0;
  out->ego = 0;
  out->before_ns = carried_on ? w->frame_long_ns : 0;
  for (int body = 0; body < cars + people + w->trailers.count; body++) {
    // The very pose that ended the last frame begins this one.
    pose at = carried_on ? w->frame_pose[body] : body_at(w, body, w->now_ns);
    pose before = carried_on ? w->frame_before[body] : at;
    w->frame_before[body] = at;
    int vehicle = vehicle_of(w, body);
    if (vehicle >= 0 && w->cars.gone[vehicle] && w->cars.gone[vehicle] != SIM_BESIDE)
      continue;
    if (body == w->scene->ego)
      out->ego = out->actor_count;
    sim_actor *actor = &out->actors[out->actor_count++];
    if (body < cars)
      begin_vehicle(w, body, w->now_ns, actor);
    else if (body < cars + people)
      begin_person(w, body - cars, actor);
    else
      begin_trailer(w, body - cars - people, w->now_ns, actor);
    actor->begin = at;
    actor->before = before;
  }
  out->signal_count = w->net->signal_count;
  for (int k = 0; k < out->signal_count; k++) {
    const road_signal *signal = &w->net->signals[k];
    out->signals[k] = (uint8_t)sim_signal_shown(w, signal);
    out->signal_left_s[k] = (float)sim_signal_left_s(w, signal);
  }
  out->weather = w->weather;
  out->time_ns = w->now_ns;
}

// How far a vehicle's wheels roll from begin to end: what its middle goes along itself.
static double rolled(const sim_actor *a, double axle_m) {
  const vec3 middle = {axle_m, 0, 0}, ahead = {1, 0, 0};
  vec3 way = vec3_sub(pose_apply(a->end, middle), pose_apply(a->begin, middle));
  vec3 along = vec3_add(quat_rotate(a->begin.q, ahead), quat_rotate(a->end.q, ahead));
  return vec3_dot(way, along) / vec3_length(along);
}

static void end(sim_world *w, sim_snapshot *out) {
  int at = 0, cars = w->cars.count, people = w->people.count;
  double dt = (double)out->duration_ns * 1e-9;
  for (int body = 0; body < cars + people + w->trailers.count; body++) {
    w->frame_pose[body] = body_at(w, body, w->now_ns);
    uint32_t id = body < cars            ? w->scene->vehicles[body].id
                  : body < cars + people ? w->scene->people[body - cars].id
                                         : w->scene->trailers[body - cars - people].id;
    if (at >= out->actor_count || out->actors[at].id != id)
      continue;
    sim_actor *actor = &out->actors[at++];
    actor->end = w->frame_pose[body];
    actor->velocity_mps = vec3_scale(vec3_sub(actor->end.p_m, actor->begin.p_m), 1 / dt);
    if (body < cars) {
      actor->steer_end_rad = atan(w->cars.body[body].steer);
      actor->wheel_radius_m = w->cars.wheel_radius_m[body];
      actor->wheel_turn_rad = rolled(actor, w->cars.axle_m[body]) / actor->wheel_radius_m;
    } else if (body >= cars + people) {
      actor->wheel_radius_m = SIM_TRAILER_WHEEL_M;
      actor->wheel_turn_rad = rolled(actor, 0) / actor->wheel_radius_m;
    }
    actor->yaw_rate_radps = angle_wrap(quat_yaw(actor->end.q) - quat_yaw(actor->begin.q)) / dt;
  }
}

status sim_world_open_frame(sim_world *w, sim_snapshot *out, trouble *why) {
  status code = make_room(w, out, why);
  if (code)
    return code;
  begin(w, out);
  out->frame = w->frame;
  return STATUS_OK;
}

void sim_world_close_frame(sim_world *w, sim_snapshot *out) {
  out->duration_ns = w->now_ns - out->time_ns;
  end(w, out);
  w->frame_end_ns = w->now_ns;
  w->frame_long_ns = out->duration_ns;
  w->frame++;
}

status sim_world_still_frame(sim_world *w, sim_snapshot *out, int64_t duration_ns, trouble *why) {
  status code = sim_world_open_frame(w, out, why);
  if (code)
    return code;
  out->duration_ns = duration_ns;
  end(w, out);
  return STATUS_OK;
}

status sim_world_next_frame(sim_world *w, sim_snapshot *out, trouble *why) {
  status code = make_room(w, out, why);
  if (code)
    return code;
  if (w->frame_end_ns != w->now_ns) { // first, or steps were taken by hand
    w->frame_origin_ns = w->now_ns;
    w->frame_base = w->frame;
  }
  begin(w, out);
  out->frame = w->frame;
  double frames_s = (double)(w->frame + 1 - w->frame_base) / w->scene->frame_hz;
  int64_t end_ns = w->frame_origin_ns + llround(frames_s * 1e9);
  out->duration_ns = end_ns - w->now_ns;
  while (!code && (int64_t)w->steps * w->step_ns < end_ns)
    code = sim_world_step(w, why);
  if (code)
    return code;
  w->now_ns = end_ns;
  end(w, out);
  w->frame_end_ns = end_ns;
  w->frame_long_ns = out->duration_ns;
  w->frame++;
  return STATUS_OK;
}
