// SPDX-License-Identifier: Apache-2.0
#include "sim/episode.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/scripted.h"
#include "sim/solid.h"

sim_episode_def sim_episode_def_default(void) {
  return (sim_episode_def){.frames = 200,
                           .actors = 64,
                           .objects = 64,
                           .signals = 64,
                           .route_lanes = 64,
                           .route_points = 2048,
                           .events = 64};
}

static const char *const END_NAMES[SIM_END_COUNT] = {[SIM_END_OPEN] = "open",
                                                     [SIM_END_GOAL] = "goal",
                                                     [SIM_END_TIME] = "time",
                                                     [SIM_END_CRASH] = "crash",
                                                     [SIM_END_OFF_ROUTE] = "off_route",
                                                     [SIM_END_BLOCKED] = "blocked",
                                                     [SIM_END_OFF_ROAD] = "off_road",
                                                     [SIM_END_HUNG] = "hung",
                                                     [SIM_END_DIED] = "died",
                                                     [SIM_END_NAN] = "nan",
                                                     [SIM_END_SHAPE] = "shape",
                                                     [SIM_END_OVERRUN] = "overrun",
                                                     [SIM_END_JOB] = "job"};

const char *sim_end_name(sim_end end) {
  return end >= 0 && end < SIM_END_COUNT ? END_NAMES[end] : "unknown";
}

bool sim_end_is_failure(sim_end end) {
  return end >= SIM_END_HUNG && end <= SIM_END_OVERRUN;
}

// An array of the record is a member and its number of items.
#define ROOM(member, items)                                                                        \
  do {                                                                                             \
    e->member = arena_alloc(e->memory, sizeof *e->member * (size_t)(items));                       \
    whole = whole && e->member;                                                                    \
  } while (0)

static bool make_ego_room(sim_episode *e) {
  bool whole = true;
  int frames = e->def.frames;
  ROOM(ego_x_m, frames);
  ROOM(ego_y_m, frames);
  ROOM(ego_yaw_rad, frames);
  ROOM(ego_ahead_mps, frames);
  ROOM(ego_left_mps, frames);
  ROOM(ego_ahead_mps2, frames);
  ROOM(ego_left_mps2, frames);
  ROOM(ego_yaw_radps, frames);
  ROOM(ego_steer_rad, frames);
  ROOM(reference_m, frames);
  ROOM(ego_lane, frames);
  ROOM(lane_s_m, frames);
  ROOM(lane_left_m, frames);
  ROOM(lane_yaw_rad, frames);
  ROOM(lane_limit_mps, frames);
  ROOM(middle_outside_m, frames);
  ROOM(outside_m, frames);
  ROOM(ego_marks, frames);
  ROOM(route_m, frames);
  ROOM(off_route_m, frames);
  ROOM(travelled_m, frames);
  ROOM(red_signal, frames);
  return whole;
}

static bool make_others_room(sim_episode *e) {
  bool whole = true;
  size_t actors = (size_t)e->def.actors, objects = (size_t)e->def.objects;
  size_t rows = (size_t)e->def.frames * actors;
  ROOM(actor_id, actors);
  ROOM(actor_kind, actors);
  ROOM(actor_length_m, actors);
  ROOM(actor_width_m, actors);
  ROOM(actor_body, actors);
  ROOM(actor_marks, rows);
  ROOM(actor_x_m, rows);
  ROOM(actor_y_m, rows);
  ROOM(actor_ahead_x, rows);
  ROOM(actor_ahead_y, rows);
  ROOM(actor_x_mps, rows);
  ROOM(actor_y_mps, rows);
  ROOM(actor_lane, rows);
  ROOM(actor_s_m, rows);
  ROOM(object_id, objects);
  ROOM(object_kind, objects);
  ROOM(object_x_m, objects);
  ROOM(object_y_m, objects);
  ROOM(object_ahead_x, objects);
  ROOM(object_ahead_y, objects);
  ROOM(object_length_m, objects);
  ROOM(object_width_m, objects);
  ROOM(signals, (size_t)e->def.frames * (size_t)e->def.signals);
  return whole;
}

static bool make_route_room(sim_episode *e) {
  bool whole = true;
  size_t points = (size_t)e->def.route_points, plans = (size_t)e->def.plans;
  ROOM(route_lanes, e->def.route_lanes);
  ROOM(route_lane_begin_m, e->def.route_lanes);
  ROOM(route_x_m, points);
  ROOM(route_y_m, points);
  ROOM(route_s_m, points);
  ROOM(route_limit_mps, points);
  ROOM(route_block_x, points / SIM_ROUTE_BLOCK + 1);
  ROOM(route_block_y, points / SIM_ROUTE_BLOCK + 1);
  ROOM(route_block_m, points / SIM_ROUTE_BLOCK + 1);
  ROOM(plan_frame, plans);
  ROOM(plan_length, plans);
  ROOM(plan_x_m, plans * (size_t)e->def.plan_points);
  ROOM(plan_y_m, plans * (size_t)e->def.plan_points);
  ROOM(plan_yaw_rad, plans * (size_t)e->def.plan_points);
  ROOM(events, e->def.events);
  return whole;
}
#undef ROOM

// Sizes within what an int's product may be and memory may hold: a billion rows.
static bool def_makes_sense(const sim_episode_def *d) {
  const int sizes[] = {d->actors, d->objects, d->signals,     d->route_lanes,
                       d->events, d->plans,   d->plan_points, d->route_points};
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
    if (sizes[i] < 0 || sizes[i] > 1000000)
      return false;
  double rows = (double)d->frames * (d->actors + d->signals + 1);
  return d->frames >= 1 && rows <= 1e9 && (double)d->plans * d->plan_points <= 1e9;
}

status sim_episode_create(sim_episode **out, const sim_episode_def *def, trouble *why) {
  if (!def_makes_sense(def))
    return trouble_set(why, STATUS_RANGE,
                       "episode: %d frames of %d actors can't be recorded: sizes must not be "
                       "negative, and frames x actors at most 1e9",
                       def->frames, def->actors);
  arena *memory = arena_create();
  sim_episode *e = memory ? ARENA_NEW(memory, sim_episode, 1) : NULL;
  if (e) {
    e->memory = memory;
    e->def = *def;
  }
  if (!e || !make_ego_room(e) || !make_others_room(e) || !make_route_room(e)) {
    arena_destroy(memory);
    return trouble_set(why, STATUS_MEMORY, "episode: no memory for %d frames of %d actors",
                       def->frames, def->actors);
  }
  *out = e;
  return STATUS_OK;
}

void sim_episode_destroy(sim_episode *e) {
  if (e)
    arena_destroy(e->memory);
}

void sim_episode_begin(sim_episode *e, double step_s, const scene_vehicle *ego) {
  e->seed = e->scene_hash = 0;
  e->scene = 0;
  e->step_s = step_s;
  e->ego_length_m = ego->size_m[0];
  e->ego_width_m = ego->size_m[1];
  e->ego_rear_to_centre_m = ego->rear_to_centre_m;
  e->ego_wheelbase_m = ego->wheelbase_m;
  e->count = e->actor_count = e->object_count = e->signal_count = 0;
  e->route_lane_count = e->route_count = e->reference_count = 0;
  e->plan_count = e->event_count = e->surveyed = 0;
  e->plan_step_s = 0;
  e->route_begin_m = e->route_goal_m = e->goal_x_m = e->goal_y_m = 0;
  e->end = SIM_END_OPEN;
  e->end_text[0] = '\0';
}

int sim_episode_actor(sim_episode *e, uint32_t id, thing_kind kind, double length_m,
                      double width_m) {
  if (e->actor_count == e->def.actors)
    return -1;
  int slot = e->actor_count++;
  e->actor_id[slot] = id;
  e->actor_kind[slot] = (uint8_t)kind;
  e->actor_length_m[slot] = (float)length_m;
  e->actor_width_m[slot] = (float)width_m;
  e->actor_body[slot] = slot;
  return slot;
}

int sim_episode_trailer(sim_episode *e, int of, uint32_t id, double length_m, double width_m) {
  int slot = sim_episode_actor(e, id, THING_TRAILER, length_m, width_m);
  if (slot >= 0)
    e->actor_body[slot] = of;
  return slot;
}

int sim_episode_door(sim_episode *e, int of, double length_m, double width_m) {
  int slot =
      sim_episode_actor(e, e->actor_id[of], (thing_kind)e->actor_kind[of], length_m, width_m);
  if (slot >= 0)
    e->actor_body[slot] = of;
  return slot;
}

bool sim_episode_object(sim_episode *e, uint32_t id, thing_kind kind, double x_m, double y_m,
                        double yaw_rad, double length_m, double width_m) {
  if (e->object_count == e->def.objects)
    return false;
  int k = e->object_count++;
  e->object_id[k] = id;
  e->object_kind[k] = (uint8_t)kind;
  e->object_x_m[k] = x_m;
  e->object_y_m[k] = y_m;
  e->object_ahead_x[k] = (float)cos(yaw_rad);
  e->object_ahead_y[k] = (float)sin(yaw_rad);
  e->object_length_m[k] = (float)length_m;
  e->object_width_m[k] = (float)width_m;
  return true;
}

int sim_episode_open(sim_episode *e) {
  if (e->count == e->def.frames)
    return -1;
  int frame = e->count++;
  memset(e->actor_marks + sim_episode_row(e, frame), 0, (size_t)e->def.actors);
  memset(e->signals + sim_episode_signal_row(e, frame), 0, (size_t)e->def.signals);
  return frame;
}

bool sim_episode_event(sim_episode *e, sim_event event) {
  if (e->event_count == e->def.events)
    return false;
  e->events[e->event_count++] = event;
  return true;
}

int sim_episode_plan(sim_episode *e, int points) {
  if (e->plan_count == e->def.plans || points > e->def.plan_points || points < 0 || e->count == 0)
    return -1;
  int plan = e->plan_count++;
  e->plan_frame[plan] = e->count - 1;
  e->plan_length[plan] = points;
  return plan;
}

static const double OBJECT_REACH_M = 12;

int sim_episode_objects_of(sim_episode *e, const scene *s) {
  int met = 0;
  for (int i = 0; i < s->thing_count; i++) {
    const scene_thing *t = &s->things[i];
    sim_box box;
    double off;
    if (!sim_solid_of(t, &box))
      continue;
    double reach = OBJECT_REACH_M + hypot(box.half_length_m, box.half_width_m);
    if (!sim_episode_is_near(e, box.x_m, box.y_m, reach) ||
        isnan(sim_episode_along(e, box.x_m, box.y_m, NAN, &off)) || off > reach)
      continue;
    met++;
    sim_episode_object(e, t->id, t->kind, box.x_m, box.y_m, quat_yaw(t->at.q),
                       2 * box.half_length_m, 2 * box.half_width_m);
  }
  return met;
}

sim_episode_def sim_episode_def_of(const scene *s, int frames) {
  sim_episode_def d = sim_episode_def_default();
  d.frames = frames;
  d.actors = scene_body_count(s) - 1 + sim_door_count(s);
  d.objects = 512;
  d.signals = s->roads.signal_count;
  return d;
}
