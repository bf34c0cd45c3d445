// SPDX-License-Identifier: Apache-2.0
#include "sim/moment.h"

#include <math.h>
#include <string.h>

#include "scenes/person.h"
#include "sim/state.h"

static const double DOOR_THICK_M = 0.1, DOOR_AHEAD = 0.2, DOOR_OPEN_RAD = 0.05;

static void fill_slots(sim_moment *m, const scene *s) {
  for (int i = 0; i < s->vehicle_count; i++) {
    const scene_vehicle *v = &s->vehicles[i];
    m->slots[i] = (sim_slot){.id = v->id,
                             .kind = v->kind,
                             .length_m = v->size_m[0],
                             .width_m = v->size_m[1],
                             .height_m = v->size_m[2],
                             .rear_to_middle_m = v->rear_to_centre_m,
                             .wheelbase_m = v->wheelbase_m};
  }
  for (int i = 0; i < s->person_count; i++) {
    const scene_person *p = &s->people[i];
    double size_m[3];
    person_look(p, s->weather.rain_mmh, size_m);
    m->slots[s->vehicle_count + i] = (sim_slot){.id = p->id,
                                                .kind = p->thing,
                                                .length_m = size_m[0],
                                                .width_m = size_m[1],
                                                .height_m = size_m[2]};
  }
  for (int i = 0; i < s->trailer_count; i++) {
    const scene_trailer *t = &s->trailers[i];
    m->slots[s->vehicle_count + s->person_count + i] =
        (sim_slot){.id = t->id,
                   .kind = THING_TRAILER,
                   .length_m = t->size_m[0],
                   .width_m = t->size_m[1],
                   .height_m = t->size_m[2],
                   .rear_to_middle_m = t->axle_to_centre_m,
                   .towed_by = 1 + t->vehicle};
  }
  for (int n = 0, at = scene_body_count(s); at + n < m->count; n++) {
    int i = sim_door_vehicle(s, n);
    m->slots[at + n] = (sim_slot){.id = s->vehicles[i].id,
                                  .kind = s->vehicles[i].kind,
                                  .length_m = DOOR_M,
                                  .width_m = DOOR_THICK_M,
                                  .height_m = s->vehicles[i].size_m[2],
                                  .door_of = 1 + i};
  }
}

bool sim_moment_create(sim_moment *out, const scene *s) {
  memset(out, 0, sizeof *out);
  out->memory = arena_create();
  if (!out->memory)
    return false;
  out->count = scene_body_count(s) + sim_door_count(s);
  out->ego = s->ego;
  out->signal_count = s->roads.signal_count;
  out->slots = ARENA_NEW(out->memory, sim_slot, out->count);
  out->movers = ARENA_NEW(out->memory, sim_mover, out->count);
  out->signals = ARENA_NEW(out->memory, uint8_t, out->signal_count);
  out->signal_left_s = ARENA_NEW(out->memory, float, out->signal_count);
  if (!out->slots || !out->movers || !out->signals || !out->signal_left_s) {
    sim_moment_free(out);
    return false;
  }
  fill_slots(out, s);
  return true;
}

void sim_moment_free(sim_moment *m) {
  arena_destroy(m->memory);
  memset(m, 0, sizeof *m);
}

void sim_moment_copy(sim_moment *to, const sim_moment *from) {
  to->time_ns = from->time_ns;
  memcpy(to->movers, from->movers, sizeof *to->movers * (size_t)to->count);
  memcpy(to->signals, from->signals, (size_t)to->signal_count);
  memcpy(to->signal_left_s, from->signal_left_s, sizeof(float) * (size_t)to->signal_count);
  to->motion = from->motion;
  to->weather = from->weather;
}

static void put_body(sim_mover *out, const sim_body *body) {
  out->x_m = body->x_m;
  out->y_m = body->y_m;
  out->ahead_x = body->ahead_x;
  out->ahead_y = body->ahead_y;
}

static void take_vehicle(sim_mover *out, const sim_world *w, int i) {
  const sim_vehicles *cars = &w->cars;
  const sim_body *body = &cars->body[i], *before = &cars->before[i];
  out->there = !cars->gone[i] || cars->gone[i] == SIM_BESIDE;
  if (!out->there)
    return;
  put_body(out, body);
  double v = out->speed_mps = cars->v_mps[i];
  // Its middle goes where it went in the last step; its yaw lags.
  double dx = body->x_m - before->x_m, dy = body->y_m - before->y_m, way = sqrt(dx * dx + dy * dy);
  bool rolled = w->steps > 0 && way > 1e-3;
  out->x_mps = v * (rolled ? dx / way : body->ahead_x);
  out->y_mps = v * (rolled ? dy / way : body->ahead_y);
  out->flags = cars->flags[i];
  if (w->sirens)
    out->flags |= sim_siren_flags(w, i, w->now_ns);
  out->lane = 0, out->lane_s_m = 0;
  if (!cars->gone[i])
    out->lane = sim_tractor_lane(w, i, &out->lane_s_m);
}

static void take_trailer(sim_mover *out, const sim_world *w, int n) {
  int i = w->trailers.vehicle[n];
  out->there = !w->cars.gone[i];
  if (!out->there)
    return;
  put_body(out, &w->trailers.body[n]);
  sim_trailer_motion motion = sim_trailer_velocity(w, n, w->cars.v_mps[i]);
  out->speed_mps = motion.along_mps;
  out->x_mps = motion.x_mps;
  out->y_mps = motion.y_mps;
  out->flags = w->cars.flags[i];
  out->lane = sim_trailer_lane(w, n, &out->lane_s_m);
}

static void take_person(sim_mover *out, const sim_world *w, int i) {
  const sim_people *people = &w->people;
  sim_place at = sim_person_place(w, i);
  *out = (sim_mover){.there = true,
                     .x_m = at.x_m,
                     .y_m = at.y_m,
                     .ahead_x = cos(at.yaw_rad),
                     .ahead_y = sin(at.yaw_rad),
                     .x_mps = people->vx_mps[i],
                     .y_mps = people->vy_mps[i]};
  out->speed_mps = out->x_mps * out->ahead_x + out->y_mps * out->ahead_y;
}

// Hinged at its front end about a fifth of the vehicle's length ahead of its middle, on the
// driver's side. Its box goes as its middle does: a door that opens isn't one that stands.
static void take_door(sim_mover *out, const sim_mover *of, const sim_slot *body, const sim_world *w,
                      int vehicle) {
  double rad = sim_door_at(w, vehicle, 0), side = w->net->left_hand ? -1 : 1;
  *out = (sim_mover){.there = of->there && rad > DOOR_OPEN_RAD};
  if (!out->there)
    return;
  double c = cos(rad), s = side * sin(rad); // it points to the back while it is closed
  double along = DOOR_AHEAD * body->length_m - DOOR_M / 2 * c;
  double left = side * body->width_m / 2 + DOOR_M / 2 * s;
  double turns = side * (rad - sim_door_at(w, vehicle, w->step_ns)) / w->step_s;
  double way = DOOR_M / 2 * turns; // of its middle, across itself
  out->ahead_x = -c * of->ahead_x - s * of->ahead_y;
  out->ahead_y = -c * of->ahead_y + s * of->ahead_x;
  out->x_m = of->x_m + along * of->ahead_x - left * of->ahead_y;
  out->y_m = of->y_m + along * of->ahead_y + left * of->ahead_x;
  out->x_mps = of->x_mps + way * out->ahead_y;
  out->y_mps = of->y_mps - way * out->ahead_x;
}

// On rails the rear axle follows without slip.
static sim_motion roll(const sim_world *w, int i) {
  const sim_vehicles *cars = &w->cars;
  const sim_body *body = &cars->body[i];
  double v = cars->v_mps[i], turn = v * body->steer / cars->wheelbase_m[i];
  return (sim_motion){.ahead_mps = v,
                      .ahead_mps2 = cars->a_mps2[i],
                      .left_mps2 = v * turn,
                      .yaw_rate_radps = turn,
                      .steer_rad = atan(body->steer)};
}

static void take_ego(sim_moment *m, const sim_world *w) {
  int i = m->ego;
  sim_mover *ego = &m->movers[i];
  if (!ego->there)
    return;
  const sim_driven *d = sim_driven_of(w, i);
  sim_motion *motion = &m->motion;
  *motion = roll(w, i);
  if (d && d->begun) {
    const single_track_state *s = &d->state;
    double rear = d->def.rear_m;
    *motion = (sim_motion){.ahead_mps = s->u_mps,
                           .left_mps = s->w_mps - rear * s->yaw_rate_radps,
                           .ahead_mps2 = d->ahead_mps2,
                           .left_mps2 = d->left_mps2,
                           .yaw_rate_radps = s->yaw_rate_radps,
                           .steer_rad = s->steer_rad};
  }
  double back = m->slots[i].rear_to_middle_m;
  motion->x_m = ego->x_m - back * ego->ahead_x;
  motion->y_m = ego->y_m - back * ego->ahead_y;
  motion->yaw_rad = atan2(ego->ahead_y, ego->ahead_x);
  sim_moment_put_ego(m, motion);
}

void sim_moment_put_ego(sim_moment *m, const sim_motion *motion) {
  m->motion = *motion;
  sim_mover *ego = &m->movers[m->ego];
  double back = m->slots[m->ego].rear_to_middle_m;
  double left = motion->left_mps + back * motion->yaw_rate_radps;
  ego->there = true;
  ego->ahead_x = cos(motion->yaw_rad);
  ego->ahead_y = sin(motion->yaw_rad);
  ego->x_m = motion->x_m + back * ego->ahead_x;
  ego->y_m = motion->y_m + back * ego->ahead_y;
  ego->x_mps = motion->ahead_mps * ego->ahead_x - left * ego->ahead_y;
  ego->y_mps = motion->ahead_mps * ego->ahead_y + left * ego->ahead_x;
  ego->speed_mps = motion->ahead_mps;
}

void sim_moment_take(sim_moment *m, sim_world *w) {
  int cars = w->cars.count;
  sim_colors_renew(w);
  m->time_ns = w->now_ns;
  for (int i = 0; i < cars; i++)
    take_vehicle(&m->movers[i], w, i);
  for (int i = 0; i < w->people.count; i++)
    take_person(&m->movers[cars + i], w, i);
  for (int n = 0; n < w->trailers.count; n++)
    take_trailer(&m->movers[cars + w->people.count + n], w, n);
  for (int k = cars + w->people.count + w->trailers.count; k < m->count; k++) {
    int i = m->slots[k].door_of - 1;
    take_door(&m->movers[k], &m->movers[i], &m->slots[i], w, i);
  }
  take_ego(m, w);
  for (int k = 0; k < m->signal_count; k++) {
    const road_signal *signal = &w->net->signals[k];
    m->signals[k] = (uint8_t)sim_signal_shown(w, signal);
    m->signal_left_s[k] = (float)sim_signal_left_s(w, signal);
  }
  m->weather = w->weather;
}
