// SPDX-License-Identifier: Apache-2.0
#include "sim/scripted.h"

#include <math.h>
#include <string.h>

#include "base/hash.h"
#include "base/least.h"
#include "scenes/actor_place.h"
#include "scenes/lane_walk.h"
#include "sim/state.h"

static const double GRAVITY = 9.80665;
static const double NEAR_M = 0.2, NEAR_MPS = 0.2; // a gap and speeds so near are reached
static const double KEEP_PER_S2 = 0.35, KEEP_PER_S = 1.2, KEEP_MPS2 = 4; // a damped spring
static const double SIGHT_M = 300;
static const double END_MPS2 = 3; // braking of an ego that would drive off the road's end

// What engines and legs give.
static double power_of(thing_kind kind) {
  switch (kind) {
  case THING_TRUCK:
  case THING_TRACTOR:
  case THING_BUS:
  case THING_BICYCLE:
    return 1.5;
  case THING_VAN:
  case THING_AMBULANCE:
    return 3;
  case THING_MOTORCYCLE:
    return 6;
  default:
    return 5;
  }
}

// Creating ------------------------------------------------------------------------

static bool allocate(sim_world *w, int n) {
  sim_scripted *p = &w->scripted;
  p->view = ARENA_NEW(w->memory, behaviour_view, 1);
  p->orders = ARENA_NEW(w->memory, behaviour_order, n);
  uint32_t **serials[] = {&p->along_done,  &p->across_done, &p->along_seen,
                          &p->across_seen, &p->path_seen,   &p->door_seen};
  for (size_t k = 0; k < sizeof serials / sizeof *serials; k++)
    if (!(*serials[k] = ARENA_NEW(w->memory, uint32_t, n)))
      return false;
  double **doubles[] = {&p->shift_from_m, &p->shift_done, &p->path_x_m,        &p->path_y_m,
                        &p->speed_mps,    &p->door_rad,   &p->door_before_rad, &p->door_left_s};
  for (size_t k = 0; k < sizeof doubles / sizeof *doubles; k++)
    if (!(*doubles[k] = ARENA_NEW(w->memory, double, n)))
      return false;
  p->next_point = ARENA_NEW(w->memory, int, n);
  return p->view && p->orders && p->next_point;
}

static void stand_beside(sim_world *w, int vehicle, const scene_actor *a) {
  sim_vehicles *cars = &w->cars;
  cars->gone[vehicle] = SIM_BESIDE;
  cars->hold_lane[vehicle] = cars->want_lane[vehicle] = 0;
  cars->body[vehicle] = (sim_body){.x_m = a->x_m,
                                   .y_m = a->y_m,
                                   .z_m = a->z_m,
                                   .ahead_x = cos(a->heading_rad),
                                   .ahead_y = sin(a->heading_rad)};
  cars->before[vehicle] = cars->body[vehicle];
}

bool sim_scripted_create(sim_world *w) {
  sim_scripted *p = &w->scripted;
  const scene *s = w->scene;
  p->count = s->actor_count;
  if (p->count == 0)
    return true;
  if (!allocate(w, p->count))
    return false;
  for (int n = 0; n < p->count; n++) {
    const scene_actor *a = &s->actors[n];
    behaviour_order *o = &p->orders[n];
    o->accel_mps2 = 2;
    if (a->constant && a->vehicle >= 0)
      o->along = ALONG_SPEED, o->speed_mps = a->speed_mps;
    if (a->vehicle >= 0)
      p->number_of_vehicle[p->vehicle_count++] = n;
    if (a->person >= 0)
      p->number_of_person[p->person_count++] = n;
    if (a->vehicle >= 0 && a->beside)
      stand_beside(w, a->vehicle, a);
  }
  return true;
}

status sim_scripted_start(sim_world *w, trouble *why) {
  return behaviours_create(&w->scripted.minds, w->scene, why);
}

void sim_scripted_destroy(sim_world *w) {
  behaviours_destroy(w->scripted.minds);
}

// Looking -------------------------------------------------------------------------

static void look_for_lane(const sim_world *w, behaviour_body *body) {
  double s = 0;
  body->lane = lane_nearest(w->net, body->x_m, body->y_m, &s, NULL);
  body->s_m = s;
}

static void see_vehicle(const sim_world *w, int i, behaviour_body *body) {
  const sim_vehicles *cars = &w->cars;
  const sim_box at = sim_vehicle_hull(w, i);
  double v = cars->v_mps[i];
  *body = (behaviour_body){.gone = cars->gone[i] && cars->gone[i] != SIM_BESIDE,
                           .x_m = at.x_m,
                           .y_m = at.y_m,
                           .heading_rad = atan2(at.ahead_y, at.ahead_x),
                           .vx_mps = v * at.ahead_x,
                           .vy_mps = v * at.ahead_y,
                           .speed_mps = v,
                           .length_m = cars->length_m[i],
                           .width_m = cars->width_m[i],
                           .lane = sim_route(w, i)[0],
                           .s_m = cars->s_m[i]};
  _Static_assert((int)BEHAVIOUR_ROUTE == (int)SIM_ROUTE, "routes are copied whole");
  if (cars->gone[i] == SIM_BESIDE) {
    look_for_lane(w, body);
    return;
  }
  body->route_count = cars->route_count[i];
  memcpy(body->route, sim_route(w, i), sizeof body->route);
}

static void see_person(const sim_world *w, int i, behaviour_body *body) {
  const sim_people *people = &w->people;
  const double *size = w->scene->people[i].size_m;
  double yaw = people->yaw_rad[i], vx = people->vx_mps[i], vy = people->vy_mps[i];
  *body = (behaviour_body){.x_m = people->x_m[i],
                           .y_m = people->y_m[i],
                           .heading_rad = yaw,
                           .vx_mps = vx,
                           .vy_mps = vy,
                           .speed_mps = vx * cos(yaw) + vy * sin(yaw),
                           .length_m = size[0],
                           .width_m = size[1]};
  look_for_lane(w, body);
}

static void look(sim_world *w) {
  sim_scripted *p = &w->scripted;
  p->view->time_s = (double)w->steps * w->step_s;
  p->view->count = p->count;
  for (int n = 0; n < p->count; n++) {
    const scene_actor *a = &w->scene->actors[n];
    behaviour_body *body = &p->view->bodies[n];
    if (a->vehicle >= 0)
      see_vehicle(w, a->vehicle, body);
    else
      see_person(w, a->person, body);
    body->along_done = p->along_done[n];
    body->across_done = p->across_done[n];
  }
}

// Orders --------------------------------------------------------------------------

static void begin_across(sim_world *w, int n) {
  sim_scripted *p = &w->scripted;
  const behaviour_order *o = &p->orders[n];
  int i = w->scene->actors[n].vehicle;
  if (i >= 0 && !w->cars.gone[i] && o->across == ACROSS_LANE) {
    const lane_path *lane = sim_lane(w, sim_route(w, i)[0]);
    int target = o->side > 0 ? lane->left : lane->right;
    // A truck whose front is on the next lane already waits until all of it is there.
    if (!target || !sim_change_may(w, i, target))
      return;
    sim_change_begin(w, i, target);
  } else if (i >= 0 && !w->cars.gone[i] && o->across == ACROSS_SHIFT) {
    p->shift_from_m[n] = w->cars.shift_m[i];
    p->shift_done[n] = 0;
  }
  p->across_seen[n] = o->across_serial;
}

static void begin_path(sim_world *w, int n) {
  sim_scripted *p = &w->scripted;
  const scene_actor *a = &w->scene->actors[n];
  const behaviour_body *body = &p->view->bodies[n];
  p->path_seen[n] = p->orders[n].path_serial;
  p->next_point[n] = 0;
  p->path_x_m[n] = body->x_m;
  p->path_y_m[n] = body->y_m;
  if (a->vehicle >= 0 && !w->cars.gone[a->vehicle]) {
    w->cars.gone[a->vehicle] = SIM_BESIDE;
    w->cars.hold_lane[a->vehicle] = w->cars.want_lane[a->vehicle] = 0;
  }
}

status sim_scripted_decide(sim_world *w, trouble *why) {
  sim_scripted *p = &w->scripted;
  if (!p->minds)
    return STATUS_OK;
  look(w);
  status result = behaviours_step(p->minds, p->view, p->orders, why);
  for (int n = 0; n < p->count && !result; n++) {
    const behaviour_order *o = &p->orders[n];
    p->along_seen[n] = o->along_serial;
    if (o->siren)
      sim_siren_set(w, w->scene->actors[n].vehicle, o->siren > 0);
    if (o->across_serial != p->across_seen[n])
      begin_across(w, n);
    if (o->along == ALONG_PATH && o->path_serial != p->path_seen[n])
      begin_path(w, n);
  }
  return result;
}

// Driving -------------------------------------------------------------------------

bool sim_scripted_keeps_lane(const sim_world *w, int i) {
  int n = sim_actor_of_vehicle(&w->scripted, i);
  return n >= 0 && w->scripted.orders[n].along != ALONG_OWN;
}

int sim_scripted_route(const sim_world *w, int i) {
  for (int n = 0; n < w->scene->actor_count; n++) // the routes are drawn before the rest is there
    if (w->scene->actors[n].vehicle == i)
      return w->scene->actors[n].route;
  return -1;
}

double sim_scripted_change_time(const sim_world *w, int i) {
  int n = sim_actor_of_vehicle(&w->scripted, i);
  if (n < 0 || w->scripted.orders[n].across != ACROSS_LANE)
    return 0;
  return w->scripted.orders[n].across_s;
}

static double smooth_step(double u) {
  return u * u * u * (10 + u * (6 * u - 15));
}

double sim_scripted_shift(const sim_world *w, int i) {
  const sim_scripted *p = &w->scripted;
  int n = sim_actor_of_vehicle(p, i);
  const behaviour_order *o = &p->orders[n];
  if (o->across != ACROSS_SHIFT)
    return w->cars.shift_m[i];
  p->shift_done[n] = least_of(1, p->shift_done[n] + w->step_s / o->across_s);
  return p->shift_from_m[n] + (o->shift_m - p->shift_from_m[n]) * smooth_step(p->shift_done[n]);
}

// Gap from vehicle i to another actor along the road, and how fast that one goes; INFINITY when
// it is gone.
static double gap_to(const sim_world *w, int i, int other, double *other_mps) {
  const sim_vehicles *cars = &w->cars;
  const scene_actor *a = &w->scene->actors[other];
  behaviour_body body;
  if (a->vehicle >= 0)
    see_vehicle(w, a->vehicle, &body);
  else
    see_person(w, a->person, &body);
  *other_mps = body.speed_mps;
  if (body.gone)
    return INFINITY;
  const sim_box own = sim_vehicle_hull(w, i);
  double along = (body.x_m - own.x_m) * own.ahead_x + (body.y_m - own.y_m) * own.ahead_y;
  lane_sight seen =
      lane_look(w->net, sim_route(w, i)[0], cars->s_m[i], body.x_m, body.y_m, SIGHT_M);
  if (seen.found)
    along = seen.along_m;
  double halves = (cars->length_m[i] + body.length_m) / 2;
  return along < 0 ? along + halves : along - halves;
}

static double keep_gap(const sim_world *w, int i, const behaviour_order *o) {
  double v = w->cars.v_mps[i], other_mps, gap = gap_to(w, i, o->other, &other_mps);
  if (isinf(gap))
    return 0;
  double wanted = o->gap_m + o->headway_s * v;
  double short_of = o->in_front ? wanted + gap : gap - wanted;
  double a = KEEP_PER_S2 * short_of + KEEP_PER_S * (other_mps - v);
  return most_of(-KEEP_MPS2, least_of(KEEP_MPS2, a));
}

static double towards_speed(double v, double wanted, double accel, double dt) {
  return most_of(-accel, least_of(accel, (wanted - v) / dt));
}

// The ego stays in the picture: it brakes where its road ends.
static double stop_at_end(const sim_world *w, int i, double a) {
  const sim_vehicles *cars = &w->cars;
  double left = -cars->s_m[i] - cars->length_m[i] / 2 - 1, v = cars->v_mps[i];
  for (int k = 0; k < cars->route_count[i]; k++)
    left += sim_lane(w, sim_route(w, i)[k])->length_m;
  if (sim_lane(w, sim_route(w, i)[cars->route_count[i] - 1])->next_count > 0)
    return a;
  double needed = v * v / (2 * most_of(0.1, left));
  return needed > END_MPS2 ? least_of(a, -needed) : a;
}

static double within_grip(const sim_world *w, int i, double a) {
  double v = w->cars.v_mps[i], grip = sim_conditions_friction(&w->conditions, v) * GRAVITY;
  return most_of(-grip, least_of(a, least_of(0.9 * grip, power_of(w->scene->vehicles[i].kind))));
}

double sim_scripted_accelerate(const sim_world *w, int i, double a) {
  int n = sim_actor_of_vehicle(&w->scripted, i);
  if (n < 0)
    return a;
  const behaviour_order *o = &w->scripted.orders[n];
  if (o->along == ALONG_SPEED)
    a = towards_speed(w->cars.v_mps[i], o->speed_mps, o->accel_mps2, w->step_s);
  else if (o->along == ALONG_KEEP)
    a = keep_gap(w, i, o);
  else
    return a;
  if (i == w->scene->ego)
    a = stop_at_end(w, i, a);
  return w->driven_count > 0 && sim_driven_of(w, i) ? a : within_grip(w, i, a);
}

// Done ----------------------------------------------------------------------------

static double speed_of(const sim_world *w, int n) {
  const scene_actor *a = &w->scene->actors[n];
  return a->vehicle >= 0 ? w->cars.v_mps[a->vehicle] : w->scripted.speed_mps[n];
}

static bool along_is_done(const sim_world *w, int n) {
  const sim_scripted *p = &w->scripted;
  const behaviour_order *o = &p->orders[n];
  double other_mps, gap;
  switch (o->along) {
  case ALONG_SPEED:
    return fabs(speed_of(w, n) - o->speed_mps) < 1e-6;
  case ALONG_PATH:
    return p->next_point[n] >= o->point_count ||
           (o->to_speed && fabs(speed_of(w, n) - o->speed_mps) < 1e-6);
  case ALONG_KEEP:
    gap = gap_to(w, w->scene->actors[n].vehicle, o->other, &other_mps);
    return isinf(gap) || (fabs(fabs(gap) - o->gap_m - o->headway_s * speed_of(w, n)) < NEAR_M &&
                          fabs(speed_of(w, n) - other_mps) < NEAR_MPS);
  default:
    return true;
  }
}

static bool across_is_done(const sim_world *w, int n) {
  const behaviour_order *o = &w->scripted.orders[n];
  int i = w->scene->actors[n].vehicle;
  if (i < 0 || w->cars.gone[i])
    return true;
  return o->across == ACROSS_LANE    ? w->cars.change_from_m[i] == 0
         : o->across == ACROSS_SHIFT ? w->scripted.shift_done[n] >= 1
                                     : true;
}

void sim_scripted_settle(sim_world *w) {
  sim_scripted *p = &w->scripted;
  if (p->minds)
    sim_doors_move(w);
  for (int n = 0; n < p->count && p->minds; n++) {
    if (p->along_done[n] != p->along_seen[n] && along_is_done(w, n))
      p->along_done[n] = p->along_seen[n];
    if (p->across_done[n] != p->across_seen[n] && across_is_done(w, n))
      p->across_done[n] = p->across_seen[n];
  }
}

int sim_world_waiting(const sim_world *w, behaviour_wait out[ACTORS_MAX]) {
  return behaviours_waiting(w->scripted.minds, out);
}

uint64_t sim_scripted_hash(const sim_world *w, uint64_t hash) {
  const sim_scripted *p = &w->scripted;
  size_t n = (size_t)p->count;
  if (n == 0)
    return hash;
  const struct {
    const void *bytes;
    size_t size;
  } parts[] = {{p->orders, n * sizeof *p->orders},     {p->along_done, n * sizeof(uint32_t)},
               {p->along_seen, n * sizeof(uint32_t)},  {p->across_done, n * sizeof(uint32_t)},
               {p->across_seen, n * sizeof(uint32_t)}, {p->path_seen, n * sizeof(uint32_t)},
               {p->shift_from_m, n * sizeof(double)},  {p->shift_done, n * sizeof(double)},
               {p->next_point, n * sizeof(int)},       {p->path_x_m, n * sizeof(double)},
               {p->path_y_m, n * sizeof(double)},      {p->speed_mps, n * sizeof(double)},
               {p->door_seen, n * sizeof(uint32_t)},   {p->door_rad, n * sizeof(double)},
               {p->door_left_s, n * sizeof(double)}};
  for (size_t k = 0; k < sizeof parts / sizeof *parts; k++)
    hash = hash_xxh3_seeded(parts[k].bytes, parts[k].size, hash);
  return hash;
}
