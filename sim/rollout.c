// SPDX-License-Identifier: Apache-2.0
#include "sim/rollout.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/least.h"
#include "sim/observe.h"
#include "sim/rollout_film.h"
#include "sim/rollout_log.h"
#include "sim/rollout_order.h"
#include "sim/rollout_record.h"
#include "sim/state.h"

static const double GOAL_SHARE = 0.6, GOAL_LEAST_M = 20;
static const double AHEAD_M = 250;       // that the way leads on beyond the goal
static const double OFF_ROUTE_M = 30;    // CARLA's
static const double OFF_ROAD_M = 3;      // of its middle, beyond what may be driven on
static const double OFF_ROAD_FROM_M = 5; // off the way before that is looked at
static const double BLOCKED_S = 180, BLOCKED_MPS = 0.1; // CARLA's

enum { ORDERS = SIM_LATENCY_MOST + 1, FRAMES_MOST = 20000 };
enum { PLAN_POINTS = 41 }; // 4 s: no score looks farther

struct sim_rollout {
  const scene *scene;
  sim_rollout_def def;
  int each, most;   // steps of the world a decision; decisions
  sim_world *world; // NULL with log traffic
  bool kept;        // it can be rewound
  sim_log log;      // empty unless asked for
  sim_film film;    // likewise
  sim_way way;
  sim_moment now;
  sim_observer *observer;
  sim_episode *record;
  single_track_def body;
  body_dynamics by;
  single_track_state state; // with log traffic
  roadloom_route route;
  double (*route_points)[3];
  int steps;
  sim_order *orders; // (ORDERS) in turns
  double steer_rad;  // last asked for
  single_track_command command;
  double stood_s;
  sim_end end;
};

sim_rollout_def sim_rollout_def_default(void) {
  return (sim_rollout_def){.duration_s = NAN, .goal_m = NAN, .plan_points = PLAN_POINTS};
}

// ---- building ----

static status check(sim_rollout *r, trouble *why) {
  const scene *s = r->scene;
  const sim_rollout_def *d = &r->def;
  double each = ROADLOOM_DT_S / s->step_s;
  r->each = (int)lround(each);
  if (r->each < 1 || fabs(each - r->each) > 1e-6)
    return trouble_set(why, STATUS_RANGE,
                       "scene %u: step_s = %g doesn't divide a policy's step of %g s; 0.1, 0.05, "
                       "0.02 and 0.01 do",
                       s->index, s->step_s, ROADLOOM_DT_S);
  double duration = isnan(d->duration_s) ? s->duration_s : d->duration_s;
  double steps = floor(duration / ROADLOOM_DT_S + 1e-6);
  if (!(steps >= 1 && steps < FRAMES_MOST))
    return trouble_set(why, STATUS_RANGE, "episode: lasts %g s, outside %g..%g", duration,
                       ROADLOOM_DT_S, FRAMES_MOST * ROADLOOM_DT_S);
  if (d->latency < 0 || d->latency > SIM_LATENCY_MOST)
    return trouble_set(why, STATUS_RANGE, "episode: latency of %d decisions, outside 0..%d",
                       d->latency, SIM_LATENCY_MOST);
  if (!isnan(d->goal_m) && !(d->goal_m > 0 && d->goal_m < 1e6))
    return trouble_set(why, STATUS_RANGE, "episode: a goal after %g m, outside 0..1e6", d->goal_m);
  r->most = (int)steps;
  return STATUS_OK;
}

// How far the speed limits let one get in the time that there is.
static double allowed_m(const sim_way *way, double seconds) {
  double left = seconds;
  int k = 0;
  for (; k < way->count - 1 && left > 0; k++)
    left -= SIM_WAY_STEP_M / most_of(1, way->points[k].limit_mps);
  return k * SIM_WAY_STEP_M;
}

static status lay_way(sim_rollout *r, const sim_world *world, trouble *why) {
  double fastest = 0, seconds = r->most * ROADLOOM_DT_S;
  for (int i = 0; i < r->scene->roads.path_count; i++)
    fastest = most_of(fastest, r->scene->roads.paths[i].speed_limit_mps);
  double goal = isnan(r->def.goal_m) ? fastest * seconds : r->def.goal_m;
  status code = sim_way_create(&r->way, world, goal + AHEAD_M, goal, why);
  if (!code && isnan(r->def.goal_m))
    r->way.goal_m =
        least_of(r->way.goal_m, most_of(GOAL_LEAST_M, GOAL_SHARE * allowed_m(&r->way, seconds)));
  return code;
}

static status show_route(sim_rollout *r, trouble *why) {
  r->route_points = arena_alloc(r->way.memory, sizeof *r->route_points * (size_t)r->way.count);
  if (!r->route_points)
    return trouble_set(why, STATUS_MEMORY, "memory ran out for the way");
  for (int k = 0; k < r->way.count; k++) {
    const sim_way_point *p = &r->way.points[k];
    r->route_points[k][0] = p->x_m;
    r->route_points[k][1] = p->y_m;
    r->route_points[k][2] = atan2(p->ty, p->tx);
  }
  r->route = (roadloom_route){.struct_size = sizeof r->route,
                              .count = (uint32_t)r->way.count,
                              .points = (const double(*)[3])r->route_points,
                              .goal_m = r->way.goal_m,
                              .duration_s = r->most * ROADLOOM_DT_S};
  if (r->def.wants_log) {
    r->route.log_count = (uint32_t)r->log.frames;
    r->route.log = (const double(*)[3])r->log.ego;
  }
  return STATUS_OK;
}

// The body as it rolls at the begin.
static void begin_body(sim_rollout *r) {
  const sim_motion *m = &r->now.motion;
  double rear = r->body.rear_m;
  r->state = (single_track_state){.x_m = m->x_m + rear * cos(m->yaw_rad),
                                  .y_m = m->y_m + rear * sin(m->yaw_rad),
                                  .yaw_rad = m->yaw_rad,
                                  .u_mps = m->ahead_mps,
                                  .w_mps = m->left_mps + rear * m->yaw_rate_radps,
                                  .yaw_rate_radps = m->yaw_rate_radps,
                                  .steer_rad = m->steer_rad};
  r->steer_rad = m->steer_rad;
}

static status build_world(sim_rollout *r, trouble *why) {
  const scene *s = r->scene;
  status code = sim_world_create(&r->world, s, why);
  if (code)
    return code;
  r->by = r->def.by != BODY_RAILS         ? r->def.by
          : s->ego_dynamics != BODY_RAILS ? s->ego_dynamics
                                          : BODY_KINEMATIC;
  code = sim_world_drive(r->world, s->vehicles[s->ego].id, r->by, NULL, why);
  if (!code)
    r->body = sim_driven_of(r->world, s->ego)->def;
  return code;
}

static status build(sim_rollout *r, trouble *why) {
  const scene *s = r->scene;
  status code = check(r, why);
  if (code)
    return code;
  if (s->vehicle_count == 0)
    return trouble_set(why, STATUS_RANGE, "scene %u: has no ego to drive", s->index);
  bool logged = r->def.wants_log || r->def.traffic == SIM_TRAFFIC_LOG;
  if (logged && (code = sim_log_make(&r->log, s, r->most + 1, r->each, why)))
    return code;
  if ((code = build_world(r, why)) || (code = lay_way(r, r->world, why)))
    return code;
  r->orders = calloc(ORDERS, sizeof *r->orders);
  if (!r->orders || !sim_moment_create(&r->now, s))
    return trouble_set(why, STATUS_MEMORY, "memory ran out for an episode of scene %u", s->index);
  sim_moment_take(&r->now, r->world);
  begin_body(r);
  if (r->def.traffic == SIM_TRAFFIC_LOG) {
    sim_world_destroy(r->world);
    r->world = NULL;
    sim_log_show(&r->log, 0, &r->now);
  }
  if ((code = sim_observer_create(&r->observer, s, why)) || (code = show_route(r, why)))
    return code;
  sim_observer_begin(r->observer, &r->way, &r->body);
  return sim_record_create(&r->record, s, &r->way, r->most + 1, r->def.plan_points, why);
}

static status begin_film(sim_rollout *r, trouble *why) {
  return r->def.film ? sim_film_begin(&r->film, r->scene, r->world, &r->now, why) : STATUS_OK;
}

status sim_rollout_create(sim_rollout **out, const scene *s, const sim_rollout_def *def,
                          trouble *why) {
  *out = NULL;
  sim_rollout *r = calloc(1, sizeof *r);
  if (!r)
    return trouble_set(why, STATUS_MEMORY, "memory ran out for an episode of scene %u", s->index);
  r->scene = s;
  r->def = *def;
  status code = build(r, why);
  if (code) {
    sim_rollout_destroy(r);
    return code;
  }
  code = begin_film(r, why);
  if (code) {
    sim_rollout_destroy(r);
    return code;
  }
  sim_record_frame(r->record, &r->now);
  sim_observer_add(r->observer, &r->now);
  *out = r;
  return STATUS_OK;
}

// The world at the episode's begin. It is kept as soon as an episode is to be had again.
static status rewind_world(sim_rollout *r, trouble *why) {
  if (r->kept) {
    sim_world_rewind(r->world);
    return STATUS_OK;
  }
  sim_world_destroy(r->world);
  r->world = NULL;
  status code = build_world(r, why);
  if (!code)
    r->kept = sim_world_keep(r->world, NULL) == STATUS_OK;
  return code;
}

status sim_rollout_restart(sim_rollout *r, trouble *why) {
  if (r->world) {
    status code = rewind_world(r, why);
    if (code)
      return code;
    sim_moment_take(&r->now, r->world);
  } else {
    sim_log_show(&r->log, 0, &r->now);
  }
  begin_body(r);
  for (int k = 0; k < ORDERS; k++)
    r->orders[k].kind = 0;
  r->steps = 0;
  r->stood_s = 0;
  r->command = (single_track_command){0};
  r->end = SIM_END_OPEN;
  sim_observer_begin(r->observer, &r->way, &r->body);
  sim_record_restart(r->record);
  sim_record_frame(r->record, &r->now);
  sim_observer_add(r->observer, &r->now);
  return begin_film(r, why);
}

void sim_rollout_destroy(sim_rollout *r) {
  if (!r)
    return;
  sim_episode_destroy(r->record);
  sim_observer_destroy(r->observer);
  sim_moment_free(&r->now);
  sim_way_free(&r->way);
  sim_log_free(&r->log);
  sim_film_free(&r->film);
  sim_world_destroy(r->world);
  free(r->orders);
  free(r);
}

// ---- going on ----

const roadloom_route *sim_rollout_route(const sim_rollout *r) {
  return &r->route;
}

void sim_rollout_observe(sim_rollout *r, uint32_t env, roadloom_observation *out) {
  sim_observe(r->observer, env, (uint32_t)r->steps, out);
}

const sim_snapshot *sim_rollout_seen(const sim_rollout *r) {
  return r->def.film ? &r->film.seen : NULL;
}

void sim_rollout_end(sim_rollout *r, sim_end end, const char *text) {
  if (r->end != SIM_END_OPEN)
    return;
  r->end = r->record->end = end;
  snprintf(r->record->end_text, sizeof r->record->end_text, "%s", text);
}

// The body by its model alone, among those of the log.
static void advance_log(sim_rollout *r) {
  sim_conditions c = sim_conditions_from(&r->now.weather);
  const single_track_state from = r->state;
  double dt = ROADLOOM_DT_S, rear = r->body.rear_m;
  sim_driven_advance(&r->body, r->by, &r->state, &r->command,
                     sim_driven_friction(&r->body, &c, &r->state), dt);
  const single_track_state *to = &r->state;
  double turn = (from.yaw_rate_radps + to->yaw_rate_radps) / 2;
  double side0 = from.w_mps - rear * from.yaw_rate_radps;
  double side1 = to->w_mps - rear * to->yaw_rate_radps;
  sim_motion motion = {.x_m = to->x_m - rear * cos(to->yaw_rad),
                       .y_m = to->y_m - rear * sin(to->yaw_rad),
                       .yaw_rad = to->yaw_rad,
                       .ahead_mps = to->u_mps,
                       .left_mps = side1,
                       .ahead_mps2 = (to->u_mps - from.u_mps) / dt - turn * (side0 + side1) / 2,
                       .left_mps2 = (side1 - side0) / dt + turn * (from.u_mps + to->u_mps) / 2,
                       .yaw_rate_radps = to->yaw_rate_radps,
                       .steer_rad = to->steer_rad};
  sim_log_show(&r->log, r->steps + 1, &r->now);
  sim_moment_put_ego(&r->now, &motion);
}

static status advance_world(sim_rollout *r, trouble *why) {
  uint32_t id = r->scene->vehicles[r->scene->ego].id;
  status code = sim_world_command(r->world, id, &r->command, why);
  if (!code && r->def.film)
    code = sim_film_open(&r->film, r->world, why);
  for (int i = 0; !code && i < r->each; i++)
    code = sim_world_step(r->world, why);
  if (code)
    return code;
  if (r->def.film)
    sim_film_close(&r->film, r->world);
  sim_moment_take(&r->now, r->world);
  return STATUS_OK;
}

static void look_for_end(sim_rollout *r) {
  char text[160];
  double left, along = sim_observer_along(r->observer, &left);
  const sim_mover *ego = &r->now.movers[r->now.ego];
  r->stood_s = fabs(r->now.motion.ahead_mps) < BLOCKED_MPS ? r->stood_s + ROADLOOM_DT_S : 0;
  uint32_t hit = r->def.drives_on ? 0 : sim_record_hit(r->record, &r->now);
  if (!ego->there) {
    sim_rollout_end(r, SIM_END_OFF_ROAD, "it left the road network");
  } else if (hit) {
    snprintf(text, sizeof text, "it met %u at %.1f m/s", hit, r->now.motion.ahead_mps);
    sim_rollout_end(r, SIM_END_CRASH, text);
  } else if (fabs(left) > OFF_ROUTE_M) {
    snprintf(text, sizeof text, "it is %.0f m beside its way", fabs(left));
    sim_rollout_end(r, SIM_END_OFF_ROUTE, text);
  } else if (fabs(left) > OFF_ROAD_FROM_M &&
             sim_drivable_outside(&r->scene->roads, ego->x_m, ego->y_m) > OFF_ROAD_M) {
    sim_rollout_end(r, SIM_END_OFF_ROAD, "its middle is off what may be driven on");
  } else if (along >= r->way.goal_m) {
    sim_rollout_end(r, SIM_END_GOAL, "it got to the goal");
  } else if (r->stood_s >= BLOCKED_S) {
    sim_rollout_end(r, SIM_END_BLOCKED, "it stood for 180 s");
  } else if (r->steps >= r->most) {
    sim_rollout_end(r, SIM_END_TIME, "its time was up");
  }
}

// By r->command.
static status advance(sim_rollout *r, trouble *why) {
  status code = STATUS_OK;
  if (r->world)
    code = advance_world(r, why);
  else
    advance_log(r);
  if (!code && !r->world && r->def.film)
    code = sim_film_follow(&r->film, r->each, &r->now, why);
  if (code)
    return code;
  r->steps++;
  sim_record_frame(r->record, &r->now);
  sim_observer_add(r->observer, &r->now);
  return STATUS_OK;
}

status sim_rollout_step(sim_rollout *r, const roadloom_action *action, trouble *why) {
  if (r->end != SIM_END_OPEN)
    return trouble_set(why, STATUS_CONFLICT, "episode of scene %u: has ended (%s)", r->scene->index,
                       sim_end_name(r->end));
  char text[160];
  sim_order *taken = &r->orders[r->steps % ORDERS];
  sim_end bad = sim_order_take(taken, action, &r->now.motion, text, sizeof text);
  if (bad) {
    sim_rollout_end(r, bad, text);
    return STATUS_OK;
  }
  if (taken->kind == ROADLOOM_ACTION_TRAJECTORY)
    sim_record_plan(r->record, taken->plan.x_m, taken->plan.y_m, taken->plan.yaw_rad,
                    taken->plan.count);
  int from = r->steps - r->def.latency; // until the first one takes effect it rolls on
  static const sim_order none = {0};
  const sim_order *order = from < 0 ? &none : &r->orders[from % ORDERS];
  r->command = sim_order_follow(order, r->def.latency, &r->now.motion, &r->body, &r->steer_rad);
  status code = advance(r, why);
  if (!code)
    look_for_end(r);
  return code;
}

status sim_rollout_repeat(sim_rollout *r, const single_track_command *command, trouble *why) {
  if (r->steps >= r->most)
    return trouble_set(why, STATUS_CONFLICT, "episode of scene %u: has no more steps",
                       r->scene->index);
  r->command = *command;
  return advance(r, why);
}

sim_end sim_rollout_ended(const sim_rollout *r) {
  return r->end;
}

double sim_rollout_along(const sim_rollout *r) {
  return sim_observer_along(r->observer, NULL);
}

int sim_rollout_steps(const sim_rollout *r) {
  return r->steps;
}

int sim_rollout_most(const sim_rollout *r) {
  return r->most;
}

void sim_rollout_command(const sim_rollout *r, single_track_command *out) {
  *out = r->command;
}

sim_episode *sim_rollout_record(sim_rollout *r) {
  return r->record;
}

uint64_t sim_rollout_hash(const sim_rollout *r) {
  if (r->world)
    return sim_world_hash(r->world);
  uint64_t hash = hash_xxh3(&r->steps, sizeof r->steps);
  return hash_xxh3_seeded(&r->state, sizeof r->state, hash);
}
