// SPDX-License-Identifier: Apache-2.0
#include "sim/observe.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/least.h"
#include "sim/conditions.h"
#include "sim/observe_map.h"
#include "sim/scripted.h"

// Where a body was at one time.
typedef struct past {
  double x_m, y_m, ahead_x, ahead_y, x_mps, y_mps;
} past;

struct sim_observer {
  const scene *scene;
  sim_observe_map map;
  const sim_way *way;
  single_track_def body;
  const sim_moment *now;
  uint32_t *lane_on_way; // (path_count) the episode whose way it is on
  uint32_t episode;
  int slots;
  past *pasts;     // (slots, ROADLOOM_HISTORY) in turns
  uint32_t *seens; // (slots) how many of them hold
  int newest;      // turn of the newest
  double along_m, left_m;
};

// A frame in the world: that of the ego.
typedef struct frame_at {
  double x_m, y_m, c, s;
} frame_at;

status sim_observer_create(sim_observer **out, const scene *s, trouble *why) {
  sim_observer *o = *out = calloc(1, sizeof *o);
  bool good = o != NULL;
  if (good) {
    o->scene = s;
    o->slots = scene_body_count(s) + sim_door_count(s);
    good = sim_observe_map_build(&o->map, s);
  }
  if (good) {
    o->pasts = ARENA_NEW(o->map.memory, past, o->slots * ROADLOOM_HISTORY);
    o->seens = ARENA_NEW(o->map.memory, uint32_t, o->slots);
    o->lane_on_way = ARENA_NEW(o->map.memory, uint32_t, s->roads.path_count);
  }
  if (good && o->pasts && o->seens && o->lane_on_way)
    return STATUS_OK;
  sim_observer_destroy(o);
  *out = NULL;
  return trouble_set(why, STATUS_MEMORY, "memory ran out for observations of scene %u", s->index);
}

void sim_observer_destroy(sim_observer *o) {
  if (!o)
    return;
  sim_observe_map_free(&o->map);
  free(o);
}

void sim_observer_begin(sim_observer *o, const sim_way *way, const single_track_def *body) {
  o->way = way;
  o->body = *body;
  o->now = NULL;
  o->episode++;
  o->newest = 0;
  o->along_m = 0; // the way may come back to where it begins
  memset(o->seens, 0, sizeof *o->seens * (size_t)o->slots);
  for (int k = 0; k < way->lane_count; k++)
    o->lane_on_way[way->lanes[k] - 1] = o->episode;
}

void sim_observer_add(sim_observer *o, const sim_moment *now) {
  o->newest = (o->newest + ROADLOOM_HISTORY - 1) % ROADLOOM_HISTORY;
  o->now = now;
  for (int i = 0; i < o->slots; i++) {
    const sim_mover *m = &now->movers[i];
    if (!m->there) {
      o->seens[i] = 0;
      continue;
    }
    past *p = &o->pasts[i * ROADLOOM_HISTORY + o->newest];
    *p = (past){m->x_m, m->y_m, m->ahead_x, m->ahead_y, m->x_mps, m->y_mps};
    o->seens[i] += o->seens[i] < ROADLOOM_HISTORY;
  }
  const sim_motion *ego = &now->motion;
  o->along_m = sim_way_along(o->way, ego->x_m, ego->y_m, o->along_m, &o->left_m);
}

double sim_observer_along(const sim_observer *o, double *left_m) {
  if (left_m)
    *left_m = o->left_m;
  return o->along_m;
}

// ---- parts ----

static void turn(const frame_at *f, double x, double y, float *out_x, float *out_y) {
  *out_x = (float)(x * f->c + y * f->s);
  *out_y = (float)(y * f->c - x * f->s);
}

static void into(const frame_at *f, double x_m, double y_m, float *out_x, float *out_y) {
  turn(f, x_m - f->x_m, y_m - f->y_m, out_x, out_y);
}

// A slot's history, each place moved by back_m along its yaw.
static void fill_history(const sim_observer *o, const frame_at *f, int slot, double back_m,
                         roadloom_motion *out) {
  const past *pasts = &o->pasts[slot * ROADLOOM_HISTORY];
  for (uint32_t k = 0; k < o->seens[slot]; k++) {
    uint32_t turn_of = (uint32_t)o->newest + k;
    const past *p = &pasts[turn_of < ROADLOOM_HISTORY ? turn_of : turn_of - ROADLOOM_HISTORY];
    into(f, p->x_m - back_m * p->ahead_x, p->y_m - back_m * p->ahead_y, &out[k].x_m, &out[k].y_m);
    turn(f, p->ahead_x, p->ahead_y, &out[k].cos_yaw, &out[k].sin_yaw);
    turn(f, p->x_mps, p->y_mps, &out[k].vx_mps, &out[k].vy_mps);
  }
  if (o->seens[slot] < ROADLOOM_HISTORY)
    memset(&out[o->seens[slot]], 0, sizeof *out * (ROADLOOM_HISTORY - o->seens[slot]));
}

static void fill_ego(const sim_observer *o, const frame_at *f, roadloom_ego *out) {
  const sim_moment *now = o->now;
  const sim_motion *m = &now->motion;
  const sim_slot *slot = &now->slots[now->ego];
  const single_track_def *body = &o->body;
  *out = (roadloom_ego){.x_m = m->x_m,
                        .y_m = m->y_m,
                        .yaw_rad = m->yaw_rad,
                        .speed_mps = (float)m->ahead_mps,
                        .side_mps = (float)m->left_mps,
                        .accel_mps2 = (float)m->ahead_mps2,
                        .side_mps2 = (float)m->left_mps2,
                        .yaw_rate_radps = (float)m->yaw_rate_radps,
                        .steer_rad = (float)m->steer_rad,
                        .length_m = (float)slot->length_m,
                        .width_m = (float)slot->width_m,
                        .height_m = (float)slot->height_m,
                        .wheelbase_m = (float)(body->front_m + body->rear_m),
                        .rear_to_middle_m = (float)slot->rear_to_middle_m,
                        .steer_most_rad = (float)body->steer_most_rad,
                        .drive_most_mps2 = (float)body->drive_most_mps2,
                        .brake_most_mps2 = (float)body->brake_most_mps2,
                        .seen = o->seens[now->ego]};
  fill_history(o, f, now->ego, slot->rear_to_middle_m, out->history);
}

static void fill_route(const sim_observer *o, const frame_at *f, roadloom_observation *out) {
  out->off_m = (float)o->left_m;
  out->goal_m = (float)(o->way->goal_m - o->along_m);
  uint32_t count = 0;
  for (; count < ROADLOOM_ROUTE_POINTS; count++) {
    double s = o->along_m + count * ROADLOOM_ROUTE_STEP_M;
    if (count > 1 && s > o->way->length_m)
      break;
    sim_way_point p = sim_way_at(o->way, s);
    roadloom_route_point *to = &out->route[count];
    into(f, p.x_m, p.y_m, &to->x_m, &to->y_m);
    turn(f, p.tx, p.ty, &to->cos_yaw, &to->sin_yaw);
    to->limit_mps = (float)p.limit_mps;
    to->width_m = (float)p.width_m;
    to->left_m = (float)p.left_m;
    to->right_m = (float)p.right_m;
  }
  memset(&out->route[count], 0, sizeof *out->route * (ROADLOOM_ROUTE_POINTS - count));
  out->route_count = count;
}

static roadloom_signal_color color_of(const sim_moment *now, int signal) {
  switch (signal ? (signal_color)now->signals[signal - 1] : SIGNAL_OFF) {
  case SIGNAL_RED:
    return ROADLOOM_SIGNAL_RED;
  case SIGNAL_RED_YELLOW:
    return ROADLOOM_SIGNAL_RED_YELLOW;
  case SIGNAL_GREEN:
    return ROADLOOM_SIGNAL_GREEN;
  case SIGNAL_YELLOW:
    return ROADLOOM_SIGNAL_YELLOW;
  default:
    return signal ? ROADLOOM_SIGNAL_FLASHING : ROADLOOM_SIGNAL_NONE;
  }
}

static void fill_lanes(const sim_observer *o, const frame_at *f, roadloom_observation *out) {
  sim_near near[ROADLOOM_LANES];
  const sim_map_piece *pieces = o->map.pieces;
  int count = pieces ? sim_nearest(&o->map.piece_grid, &pieces->x_m[ROADLOOM_LANE_POINTS / 2],
                                   &pieces->y_m[ROADLOOM_LANE_POINTS / 2], sizeof *pieces, f->x_m,
                                   f->y_m, SIM_MAP_SIGHT_M, near, ROADLOOM_LANES)
                     : 0;
  for (int k = 0; k < count; k++) {
    const sim_map_piece *piece = &pieces[near[k].number];
    const lane_path *lane = &o->scene->roads.paths[piece->lane - 1];
    bool on_way = o->lane_on_way[piece->lane - 1] == o->episode;
    roadloom_lane *to = &out->lanes[k];
    to->id = (uint32_t)piece->lane;
    to->flags = piece->flags | (on_way ? ROADLOOM_LANE_ROUTE : 0);
    to->left = (uint32_t)lane->left;
    to->right = (uint32_t)lane->right;
    to->signal = (uint32_t)color_of(o->now, lane->signal);
    to->limit_mps = (float)lane->speed_limit_mps;
    to->width_m = (float)lane->width_m;
    for (int i = 0; i < ROADLOOM_LANE_POINTS; i++)
      into(f, piece->x_m[i], piece->y_m[i], &to->points[i][0], &to->points[i][1]);
  }
  memset(&out->lanes[count], 0, sizeof *out->lanes * (size_t)(ROADLOOM_LANES - count));
  out->lane_count = (uint32_t)count;
}

static uint32_t agent_flags(uint32_t flags) {
  return (flags & ACTOR_BRAKE_LIGHTS ? ROADLOOM_AGENT_BRAKES : 0u) |
         (flags & ACTOR_LEFT_INDICATOR ? ROADLOOM_AGENT_BLINKS_LEFT : 0u) |
         (flags & ACTOR_RIGHT_INDICATOR ? ROADLOOM_AGENT_BLINKS_RIGHT : 0u) |
         (flags & ACTOR_SIREN ? ROADLOOM_AGENT_SIREN : 0u);
}

static void fill_agents(const sim_observer *o, const frame_at *f, roadloom_observation *out) {
  sim_near near[ROADLOOM_AGENTS];
  const sim_moment *now = o->now;
  const sim_mover *ego = &now->movers[now->ego];
  int count = 0;
  out->agents_around = 0;
  for (int i = 0; i < o->slots; i++) {
    const sim_mover *m = &now->movers[i];
    double dx = m->x_m - ego->x_m, dy = m->y_m - ego->y_m, d2 = dx * dx + dy * dy;
    if (!m->there || i == now->ego || d2 > SIM_SIGHT_M * SIM_SIGHT_M)
      continue;
    out->agents_around++;
    count = sim_near_put(near, count, ROADLOOM_AGENTS, d2, i);
  }
  for (int k = 0; k < count; k++) {
    int i = near[k].number;
    const sim_slot *slot = &now->slots[i];
    roadloom_agent *to = &out->agents[k];
    to->id = slot->id;
    to->kind = slot->door_of ? ROADLOOM_OBJECT : (uint32_t)sim_observed_kind(slot->kind);
    to->flags = agent_flags(now->movers[i].flags);
    to->seen = o->seens[i];
    to->length_m = (float)slot->length_m;
    to->width_m = (float)slot->width_m;
    to->height_m = (float)slot->height_m;
    fill_history(o, f, i, 0, to->history);
  }
  memset(&out->agents[count], 0, sizeof *out->agents * (size_t)(ROADLOOM_AGENTS - count));
  out->agent_count = (uint32_t)count;
}

static void fill_obstacles(const sim_observer *o, const frame_at *f, roadloom_observation *out) {
  sim_near near[ROADLOOM_OBSTACLES];
  const sim_map_thing *things = o->map.things;
  int count = o->map.thing_count > 0
                  ? sim_nearest(&o->map.thing_grid, &things->x_m, &things->y_m, sizeof *things,
                                f->x_m, f->y_m, SIM_MAP_SIGHT_M, near, ROADLOOM_OBSTACLES)
                  : 0;
  for (int k = 0; k < count; k++) {
    const sim_map_thing *thing = &things[near[k].number];
    roadloom_obstacle *to = &out->obstacles[k];
    to->id = thing->id;
    to->kind = thing->kind;
    into(f, thing->x_m, thing->y_m, &to->x_m, &to->y_m);
    turn(f, thing->ahead_x, thing->ahead_y, &to->cos_yaw, &to->sin_yaw);
    to->length_m = (float)thing->length_m;
    to->width_m = (float)thing->width_m;
  }
  memset(&out->obstacles[count], 0, sizeof *out->obstacles * (size_t)(ROADLOOM_OBSTACLES - count));
  out->obstacle_count = (uint32_t)count;
}

static void fill_signals(const sim_observer *o, const frame_at *f, roadloom_observation *out) {
  uint32_t count = 0;
  for (int k = 0; k < o->way->stop_count && count < ROADLOOM_SIGNALS; k++) {
    const sim_way_stop *stop = &o->way->stops[k];
    if (stop->s_m < o->along_m)
      continue;
    sim_way_point p = sim_way_at(o->way, stop->s_m);
    roadloom_signal *to = &out->signals[count++];
    to->id = (uint32_t)stop->signal;
    to->color = (uint32_t)color_of(o->now, stop->signal);
    into(f, p.x_m, p.y_m, &to->x_m, &to->y_m);
    turn(f, p.tx, p.ty, &to->cos_yaw, &to->sin_yaw);
    to->left_s = o->now->signal_left_s[stop->signal - 1];
    to->along_m = (float)(stop->s_m - o->along_m);
  }
  // Then those of other lanes' ends around.
  for (uint32_t k = 0; k < out->lane_count && count < ROADLOOM_SIGNALS; k++) {
    const lane_path *lane = &o->scene->roads.paths[out->lanes[k].id - 1];
    if (!lane->signal || o->lane_on_way[lane->id - 1] == o->episode)
      continue;
    bool again = false; // pieces of one lane
    for (uint32_t i = 0; i < k; i++)
      again |= out->lanes[i].id == out->lanes[k].id;
    if (again)
      continue;
    road_point p = lane_point(&o->scene->roads, lane, lane->stop_s_m);
    roadloom_signal *to = &out->signals[count++];
    to->id = (uint32_t)lane->signal;
    to->color = (uint32_t)color_of(o->now, lane->signal);
    into(f, p.x_m, p.y_m, &to->x_m, &to->y_m);
    turn(f, cos(p.heading_rad), sin(p.heading_rad), &to->cos_yaw, &to->sin_yaw);
    to->left_s = o->now->signal_left_s[lane->signal - 1];
    to->along_m = -1;
  }
  memset(&out->signals[count], 0, sizeof *out->signals * (ROADLOOM_SIGNALS - count));
  out->signal_count = count;
}

static void fill_weather(const sim_observer *o, roadloom_weather *out) {
  const weather_state *w = &o->now->weather;
  sim_conditions c = sim_conditions_from(w);
  *out = (roadloom_weather){.rain_mmh = (float)w->rain_mmh,
                            .snow_mmh = (float)w->snow_mmh,
                            .fog_visibility_m = (float)w->fog_visibility_m,
                            .friction =
                                (float)sim_conditions_friction(&c, fabs(o->now->motion.ahead_mps)),
                            .sun_elevation_rad = (float)w->sun_elevation_rad,
                            .cloud_cover = (float)w->cloud_cover};
}

void sim_observe(sim_observer *o, uint32_t env, uint32_t step, roadloom_observation *out) {
  const sim_motion *ego = &o->now->motion;
  const frame_at f = {ego->x_m, ego->y_m, cos(ego->yaw_rad), sin(ego->yaw_rad)};
  out->struct_size = sizeof *out;
  out->env = env;
  out->step = step;
  out->flags = 0;
  out->time_s = step * ROADLOOM_DT_S;
  fill_ego(o, &f, &out->ego);
  fill_route(o, &f, out);
  fill_lanes(o, &f, out);
  fill_agents(o, &f, out);
  fill_obstacles(o, &f, out);
  fill_signals(o, &f, out);
  fill_weather(o, &out->weather);
}
