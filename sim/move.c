// SPDX-License-Identifier: Apache-2.0
// Vehicles' bodies: the box centre keeps to the lane, the rear axle is drawn after it
// and rolls without slipping sideways, so yaw lags the lane as a real one's does.
#include "base/choose.h"
#include "base/least.h"
#include "base/rng.h"
#include "sim/state.h"
#include "sim/tractrix.h"

#include <math.h>

static const double STEER_MOST = 0.842;  // tangents: 40 degrees,
static const double CORNER_MOST = 2.572; // 69 degrees
static const double HANDS_M = 0.8;       // way in which hands turn the wheel
static const double TILT_M = 2;          // and a body takes on the slope

// 1 - exp(-x), nearly, for x >= 0: how much of the rest a way takes off.
static double lag(double x) {
  return 1 - 1 / (1 + x * (1 + x * (0.5 + x * (1.0 / 6 + x * (1.0 / 24)))));
}

static double smooth_step(double u) {
  return u * u * u * (10 + u * (6 * u - 15));
}

double sim_change_offset(const sim_world *w, int i) {
  double from = w->cars.change_from_m[i];
  return from == 0 ? 0 : from * (1 - smooth_step(w->cars.change_done[i]));
}

static void put_centre(sim_world *w, int i) {
  const sim_vehicles *cars = &w->cars;
  sim_body *body = &cars->body[i];
  double s = cars->s_m[i], offset = sim_change_offset(w, i) + cars->shift_m[i];
  int lane = w->trailers.count > 0 ? sim_tractor_lane(w, i, &s) : sim_lane_of(w, i);
  const sim_track *track = &w->lanes.tracks[lane - 1];
  if (offset == 0) {
    sim_track_middle(track, s, &body->x_m, &body->y_m, &body->z_m, &body->roll_rad);
    return;
  }
  sim_track_node p = sim_track_smooth(track, s);
  body->x_m = p.x_m - offset * p.ty;
  body->y_m = p.y_m + offset * p.tx;
  body->z_m = p.z_m + offset * tan(p.bank_rad);
  body->roll_rad = p.bank_rad;
}

pose sim_vehicle_pose(const sim_world *w, int i, bool before) {
  const sim_vehicles *cars = &w->cars;
  const sim_body *body = before ? &cars->before[i] : &cars->body[i];
  double dive = (before ? cars->dive_before_rad : cars->dive_rad)[i];
  double lean = (before ? cars->lean_before_rad : cars->lean_rad)[i];
  double yaw = atan2(body->ahead_y, body->ahead_x), pitch = dive - atan(body->grade);
  double d = w->cars.axle_m[i], level = d * cos(pitch);
  return (pose){{body->x_m - level * body->ahead_x, body->y_m - level * body->ahead_y,
                 body->z_m + sim_heave(w, i, before) + d * sin(pitch)},
                quat_from_ypr(yaw, pitch, body->roll_rad + lean)};
}

static double wheel_radius(thing_kind kind) {
  switch (kind) {
  case THING_TRUCK:
  case THING_TRACTOR:
  case THING_BUS:
    return 0.5;
  case THING_VAN:
  case THING_AMBULANCE:
    return 0.35;
  case THING_MOTORCYCLE:
    return 0.31;
  case THING_BICYCLE:
    return 0.34;
  default:
    return 0.33;
  }
}

static bool allocate(sim_world *w, int n) {
  sim_vehicles *cars = &w->cars;
  double **doubles[] = {&cars->length_m,
                        &cars->width_m,
                        &cars->axle_m,
                        &cars->wheelbase_m,
                        &cars->blink_phase,
                        &cars->gone_s,
                        &cars->s_m,
                        &cars->v_mps,
                        &cars->wheel_rad,
                        &cars->change_from_m,
                        &cars->change_done,
                        &cars->changed_s,
                        &cars->a_mps2,
                        &cars->wait_s,
                        &cars->people_m,
                        &cars->want_x_m,
                        &cars->hold_past_m,
                        &cars->shift_m,
                        &cars->wheel_radius_m,
                        &cars->root_mps2,
                        &cars->line_m,
                        &cars->blocked_m};
  for (size_t k = 0; k < sizeof doubles / sizeof *doubles; k++)
    if (!(*doubles[k] = ARENA_NEW(w->memory, double, n)))
      return false;
  int **ints[] = {&cars->route_count, &cars->came_from,   &cars->want_lane,
                  &cars->hold_lane,   &cars->straight_on, &cars->user};
  for (size_t k = 0; k < sizeof ints / sizeof *ints; k++)
    if (!(*ints[k] = ARENA_NEW(w->memory, int, n)))
      return false;
  uint32_t **words[] = {&cars->draws, &cars->flags, &cars->want_order, &cars->hold_order};
  for (size_t k = 0; k < sizeof words / sizeof *words; k++)
    if (!(*words[k] = ARENA_NEW(w->memory, uint32_t, n)))
      return false;
  cars->gone = ARENA_NEW(w->memory, uint8_t, n);
  cars->ridden = ARENA_NEW(w->memory, uint8_t, n);
  cars->must_side = ARENA_NEW(w->memory, int8_t, n);
  cars->must_m = ARENA_NEW(w->memory, double, n);
  if (!cars->must_side || !cars->must_m)
    return false;
  cars->style = ARENA_NEW(w->memory, uint8_t, n);
  cars->breaks = ARENA_NEW(w->memory, uint8_t, n);
  if (!cars->style || !cars->breaks)
    return false;
  cars->want_claim = ARENA_NEW(w->memory, uint8_t, n);
  cars->want_stopped = ARENA_NEW(w->memory, uint8_t, n);
  cars->asks = ARENA_NEW(w->memory, uint8_t, n);
  cars->wish = ARENA_NEW(w->memory, int8_t, n);
  cars->steady = ARENA_NEW(w->memory, uint8_t, n);
  if (!cars->asks || !cars->wish || !cars->steady)
    return false;
  cars->route = ARENA_NEW(w->memory, int, n *SIM_ROUTE);
  cars->driver = ARENA_NEW(w->memory, driver_params, n);
  cars->mood = ARENA_NEW(w->memory, driver_params, n);
  cars->body = ARENA_NEW(w->memory, sim_body, n);
  cars->before = ARENA_NEW(w->memory, sim_body, n);
  return cars->gone && cars->ridden && cars->want_claim && cars->want_stopped && cars->route &&
         cars->driver && cars->mood && cars->body && cars->before;
}

static void place(sim_world *w, int i) {
  sim_vehicles *cars = &w->cars;
  const scene_vehicle *v = &w->scene->vehicles[i];
  const lane_path *lane = sim_lane(w, v->lane);
  cars->length_m[i] = scene_vehicle_length(v);
  cars->width_m[i] = v->size_m[1];
  cars->longest_m = most_of(cars->longest_m, cars->length_m[i]);
  cars->axle_m[i] = most_of(0.2, v->rear_to_centre_m);
  cars->wheelbase_m[i] = most_of(0.3, v->wheelbase_m);
  cars->wheel_radius_m[i] = wheel_radius(v->kind);
  cars->user[i] = v->kind == THING_BICYCLE ? LANE_FOR_BICYCLES
                  : v->kind == THING_BUS   ? LANE_FOR_BUSES
                                           : LANE_FOR_CARS;
  cars->ridden[i] = v->kind == THING_MOTORCYCLE || v->kind == THING_BICYCLE;
  cars->driver[i] = cars->mood[i] = v->driver;
  cars->style[i] = v->style;
  cars->breaks[i] = v->breaks;
  rng r = rng_at(w->scene->seed, RNG_TRAFFIC, w->scene->index, v->id, UINT32_MAX);
  cars->blink_phase[i] = rng_unit(&r);
  cars->wheel_rad[i] = rng_uniform(&r, 0, 6.283185307179586);
  cars->changed_s[i] = rng_uniform(&r, 0, 8);
  cars->s_m[i] = v->s_m;
  cars->v_mps[i] = v->speed_mps;
  cars->people_m[i] = INFINITY;
  sim_route(w, i)[0] = v->lane;
  cars->route_count[i] = 1;
  sim_route_extend(w, i);
  cars->shift_m[i] = sim_narrow_shift(w, i);
  bool scripted = false;
  for (int n = 0; n < w->scene->actor_count; n++) {
    if (w->scene->actors[n].vehicle != i)
      continue;
    scripted = true;
    if (!w->scene->actors[n].beside)
      cars->shift_m[i] = w->scene->actors[n].shift_m;
  }
  sim_aside_start(w, i, scripted);
  put_centre(w, i);
  double s = v->s_m + v->trailer_m / 2;
  road_point at = lane_point(w->net, lane, s);
  road_point behind = lane_point(w->net, lane, s - cars->axle_m[i]);
  double run = at.s_m - behind.s_m;
  sim_body *body = &cars->body[i];
  body->ahead_x = cos(behind.heading_rad);
  body->ahead_y = sin(behind.heading_rad);
  body->grade = run > 0.1 ? (at.z_m - behind.z_m) / run : 0;
  body->steer =
      cars->wheelbase_m[i] / cars->axle_m[i] * tan(angle_wrap(at.heading_rad - behind.heading_rad));
  cars->before[i] = *body;
  sim_trailer_start(w, i);
  sim_sway_start(w, i);
  if (lane->junction)
    sim_claim_enter(w, i);
}

bool sim_vehicles_create(sim_world *w) {
  int n = w->scene->vehicle_count;
  w->cars.count = n;
  if (!allocate(w, n) || !sim_aside_create(w) || !sim_trailers_create(w))
    return false;
  for (int i = 0; i < n; i++)
    place(w, i);
  return true;
}

status sim_vehicles_check(const scene *s, trouble *why) {
  for (int i = 0; i < s->vehicle_count; i++) {
    const scene_vehicle *v = &s->vehicles[i];
    const driver_params *d = &v->driver;
    if (v->lane < 1 || v->lane > s->roads.path_count)
      return trouble_set(why, STATUS_RANGE, "vehicle %u: lane %d is outside 1..%d", v->id, v->lane,
                         s->roads.path_count);
    if (!isfinite(v->s_m) || !(v->speed_mps >= 0 && v->speed_mps < 200))
      return trouble_set(why, STATUS_RANGE, "vehicle %u: its start place or speed isn't usable",
                         v->id);
    if (!(d->speed_factor > 0 && d->headway_s >= 0 && d->gap_m > 0 && d->accel_mps2 > 0 &&
          d->decel_mps2 > 0 && d->exponent > 0))
      return trouble_set(why, STATUS_RANGE, "vehicle %u: driver parameters must be positive",
                         v->id);
    if (!(v->size_m[0] > 0 && v->size_m[1] > 0))
      return trouble_set(why, STATUS_RANGE, "vehicle %u: its size must be positive", v->id);
  }
  return STATUS_OK;
}

// The centre has gone straight on from where it was: the rear axle follows as a tractrix, whose
// angle to the way dies out as exp(-way / axle). Of angles, their halves' tangents do.
// True: along where it headed.
static bool draw_body(sim_vehicles *cars, int i) {
  const sim_body *from = &cars->before[i];
  sim_body *to = &cars->body[i];
  double dx = to->x_m - from->x_m, dy = to->y_m - from->y_m, d = cars->axle_m[i];
  double way = sqrt(dx * dx + dy * dy);
  if (way < 1e-6)
    return false;
  double cx = dx / way, cy = dy / way;
  double drift = sim_tractrix_drift(from->ahead_x, from->ahead_y, cx, cy), cos_left = 1;
  bool straight = fabs(drift) < SIM_TRACTRIX_STRAIGHT && fabs(to->steer) < SIM_TRACTRIX_STRAIGHT;
  if (straight) { // most do so, most of the time
    to->ahead_x = cx, to->ahead_y = cy;
    to->steer = 0;
  } else {
    sim_tractrix after = sim_tractrix_after(drift, cx, cy, way, d);
    cos_left = after.cosine;
    to->ahead_x = after.ahead_x, to->ahead_y = after.ahead_y;
    double corner = (drift + after.left) / most_of(1e-9, 1 - drift * after.left);
    double steer = cars->wheelbase_m[i] / d * least_of(CORNER_MOST, most_of(-CORNER_MOST, corner));
    steer = least_of(STEER_MOST, most_of(-STEER_MOST, steer));
    // Hands turn the wheel in some tenths of a second, whatever the path's corners.
    to->steer += (steer - to->steer) * lag(way / HANDS_M);
  }
  double rise = to->z_m - from->z_m;
  if (rise != 0 || to->grade != 0)
    to->grade += (rise / way - to->grade) * lag(way / TILT_M);
  cars->wheel_rad[i] += way * cos_left / cars->wheel_radius_m[i];
  return straight;
}

static void next_lanes(sim_world *w, int i) {
  sim_vehicles *cars = &w->cars;
  for (;;) {
    int lane = sim_lane_of(w, i);
    double length = sim_facts(w, lane)->length_m;
    if (cars->s_m[i] < length || cars->route_count[i] < 2)
      return;
    cars->s_m[i] -= length;
    if (cars->hold_lane[i] && cars->hold_lane[i] != lane)
      cars->hold_past_m[i] += length;
    cars->came_from[i] = lane;
    if (w->trailers.count > 0)
      sim_trailer_passes(w, i, lane);
    sim_route_advance(w, i);
    if (sim_facts(w, sim_lane_of(w, i))->junction)
      sim_claim_enter(w, i);
  }
}

// Metres rolled in the step; writes the new speed. Braking ends at rest.
static double roll(sim_vehicles *cars, int i, double dt) {
  double v = cars->v_mps[i], a = cars->a_mps2[i];
  double v1 = v + a * dt;
  cars->v_mps[i] = most_of(0, v1);
  return v1 >= 0 ? (v + v1) / 2 * dt : v * v / (-2 * a);
}

static void leave_network(sim_world *w, int i) {
  sim_vehicles *cars = &w->cars;
  if (cars->route_count[i] > 1 || !(sim_facts(w, sim_lane_of(w, i))->marks & SIM_LANE_LAST))
    return;
  const lane_path *lane = sim_lane(w, sim_lane_of(w, i));
  double over = cars->s_m[i] + cars->length_m[i] / 2 - lane->length_m;
  if (over < 0)
    return;
  if (i == w->scene->ego || w->lanes.end_m[lane->id - 1] <= lane->length_m) {
    cars->s_m[i] = lane->length_m - cars->length_m[i] / 2;
    cars->v_mps[i] = 0;
    return;
  }
  cars->gone[i] = 1;
}

void sim_vehicle_goes_on(sim_world *w, int i, double way) {
  sim_vehicles *cars = &w->cars;
  cars->s_m[i] += way;
  if (cars->change_from_m[i] != 0) {
    cars->change_done[i] += w->step_s / sim_change_time(w, i);
    if (cars->change_done[i] >= 1)
      cars->change_from_m[i] = cars->change_done[i] = 0;
  }
  next_lanes(w, i);
  leave_network(w, i);
  if (w->sirens)
    cars->shift_m[i] -= w->sirens->aside_m[i];
  if (cars->aside[i] != ASIDE_NONE)
    sim_aside_move(w, i, way);
  else if (w->scripted.count > 0 && sim_actor_of_vehicle(&w->scripted, i) >= 0)
    cars->shift_m[i] = sim_scripted_shift(w, i);
  else if (cars->length_m[i] > SIM_VAN_M)
    cars->shift_m[i] += (sim_narrow_shift(w, i) - cars->shift_m[i]) * (1 - exp(-way / 4));
  if (w->sirens)
    cars->shift_m[i] += sim_siren_aside(w, i, way);
}

// Whether a body that went on from its place on a lane goes straight along that, so that it will go
// on doing so.
static bool is_along(const sim_world *w, int i, int lane) {
  const sim_vehicles *cars = &w->cars;
  const sim_body *body = &cars->body[i];
  const sim_track *track = &w->lanes.tracks[lane - 1];
  return sim_lane_of(w, i) == lane && sim_track_is_straight(track) &&
         cars->aside[i] == ASIDE_NONE && cars->change_from_m[i] == 0 && cars->shift_m[i] == 0 &&
         cars->length_m[i] <= SIM_VAN_M && w->scripted.count == 0 && body->steer == 0 &&
         body->grade == 0 && track->nodes[0].z_m == track->nodes[1].z_m;
}

// What most do, most of the time: the body keeps its direction. False: it may not, and nothing was
// done.
static bool go_straight_on(sim_world *w, int i, double way) {
  sim_vehicles *cars = &w->cars;
  int lane = sim_lane_of(w, i);
  double s = cars->s_m[i] + way;
  const sim_track *track = &w->lanes.tracks[lane - 1];
  if (cars->straight_on[i] != lane || cars->aside[i] != ASIDE_NONE || cars->route_count[i] < 2 ||
      s >= track->length_m || w->sirens)
    return false;
  cars->s_m[i] = s;
  sim_body *body = &cars->body[i];
  double u = s / track->spacing_m;
  const sim_track_node *a = track->nodes, *b = a + 1;
  body->x_m = a->x_m + u * (b->x_m - a->x_m);
  body->y_m = a->y_m + u * (b->y_m - a->y_m);
  body->roll_rad = a->bank_rad + u * (b->bank_rad - a->bank_rad);
  cars->wheel_rad[i] += way / cars->wheel_radius_m[i];
  return true;
}

// True: its bend and grade are as they were, none.
static bool move(sim_world *w, int i) {
  sim_vehicles *cars = &w->cars;
  sim_driven *driven = w->driven_count > 0 ? sim_driven_of(w, i) : NULL;
  if (driven) {
    cars->straight_on[i] = 0;
    sim_driven_move(w, driven);
    return false;
  }
  double way = roll(cars, i, w->step_s);
  if (way == 0)
    return false;
  if (go_straight_on(w, i, way))
    return !w->uneven && !cars->ridden[i];
  int lane = sim_lane_of(w, i);
  bool along = is_along(w, i, lane);
  sim_vehicle_goes_on(w, i, way);
  put_centre(w, i);
  bool straight = draw_body(cars, i);
  cars->straight_on[i] = along && straight && is_along(w, i, lane) ? lane : 0;
  if (w->trailers.count > 0)
    sim_trailer_follow(w, i);
  return false;
}

// Out of the network a body rolls straight on until no frame shows it any more.
static void coast(sim_world *w, int i) {
  sim_vehicles *cars = &w->cars;
  if (cars->gone_s[i] > 1.0)
    return;
  sim_sway_end(w, i);
  cars->gone_s[i] += w->step_s;
  sim_body *body = &cars->body[i];
  body->x_m += cars->v_mps[i] * w->step_s * body->ahead_x;
  body->y_m += cars->v_mps[i] * w->step_s * body->ahead_y;
  draw_body(cars, i);
  if (w->trailers.count > 0)
    sim_trailer_follow(w, i);
}

// Lanes' nodes are found through their tracks: those first. Of the k-th of those awake.
static void fetch_for(const sim_world *w, int k, int end) {
  if (k + 2 * SIM_AHEAD < end)
    sim_fetch(&w->lanes.tracks[sim_lane_of(w, w->awake[k + 2 * SIM_AHEAD]) - 1]);
  if (k + SIM_AHEAD >= end)
    return;
  int i = w->awake[k + SIM_AHEAD], lane = sim_lane_of(w, i);
  const sim_track *track = &w->lanes.tracks[lane - 1];
  double u;
  sim_fetch(sim_facts(w, lane));
  const sim_track_node *node = track->nodes;
  if (!sim_track_is_straight(track))
    node += sim_track_find(track, w->cars.s_m[i], &u);
  sim_fetch(node);
  sim_fetch(node + 1);
}

static void move_some(sim_world *w, int begin, int end) {
  sim_vehicles *cars = &w->cars;
  for (int k = begin; k < end; k++) {
    fetch_for(w, k, end);
    int i = w->awake[k];
    cars->before[i] = cars->body[i];
    if (w->trailers.count > 0)
      sim_trailer_keep(w, i);
    if (cars->gone[i] == 1) {
      coast(w, i);
      continue;
    }
    if (cars->gone[i])
      sim_scripted_roll(w, i);
    else if (move(w, i))
      continue;
    sim_sway(w, i);
  }
}

SIDE_BY_SIDE static void sway_some(sim_world *w, int begin, int end) {
  double *restrict changed_s = w->cars.changed_s, step_s = w->step_s;
  const uint8_t *restrict gone = w->cars.gone;
  ARRAYS_APART
  for (int i = begin; i < end; i++)
    changed_s[i] += choose(choose_if(gone[i] == 0), step_s, 0);
  sim_springs_move(w, begin, end);
}

void sim_vehicles_move(sim_world *w) {
  // Who rests keeps its place, and the one before is the same.
  sim_share_out(w, w->awake_count, move_some);
  sim_share_out(w, w->cars.count, sway_some);
}
