// SPDX-License-Identifier: Apache-2.0
// Scripted bodies off the lanes and the walk graph: along the points of an order, and what
// drivers make of them.
#include "sim/scripted.h"

#include <math.h>

#include "base/least.h"
#include "scenes/actor_place.h"
#include "sim/sight.h"
#include "sim/state.h"

static const double GRAVITY = 9.80665;
static const double LOOK_M = 3, LOOK_S = 0.6; // how far ahead a vehicle steers to
static const double STEER_RAD = 0.6;
static const double TURN_RADPS = 4; // of people
static const double CYCLE_PER_HEIGHT = 0.83, CYCLE_SPEED_MPS = 1.4;
static const double ROLLING_MPS2 = 3; // braking of a vehicle whose way has ended
static const double ASTRAY_M =
    0.7; // from its path: a driven vehicle is no longer on its lane alone

// The speed at which the rest of the path still ends at rest.
static double path_speed(const behaviour_order *o, double left_m) {
  return least_of(o->speed_mps, sqrt(2 * o->accel_mps2 * most_of(0, left_m)));
}

static double length_left(const sim_world *w, int n, double x, double y) {
  const behaviour_order *o = &w->scripted.orders[n];
  double left = 0;
  for (int k = w->scripted.next_point[n]; k < o->point_count; k++) {
    left += hypot(o->points[k][0] - x, o->points[k][1] - y);
    x = o->points[k][0], y = o->points[k][1];
  }
  return left;
}

static bool has_path(const sim_world *w, int n) {
  const behaviour_order *o = &w->scripted.orders[n];
  return o->along == ALONG_PATH && w->scripted.next_point[n] < o->point_count;
}

static void set_ground(const sim_world *w, double x, double y, double *z) {
  double s = 0;
  int lane = lane_nearest(w->net, x, y, &s, NULL);
  if (lane)
    *z = actor_ground(w->net, lane, s, x, y);
}

// People --------------------------------------------------------------------------

// Goes `way` along the points, round corners too; returns the way's heading.
static double go_along(sim_world *w, int n, double way, double *x, double *y, double heading) {
  sim_scripted *p = &w->scripted;
  const behaviour_order *o = &p->orders[n];
  while (p->next_point[n] < o->point_count) {
    const double *to = o->points[p->next_point[n]];
    double dx = to[0] - *x, dy = to[1] - *y, far = hypot(dx, dy);
    if (far > 1e-9)
      heading = atan2(dy, dx);
    if (way < far - 1e-3) {
      *x += dx / far * way;
      *y += dy / far * way;
      break;
    }
    *x = to[0], *y = to[1];
    way = most_of(0, way - far);
    p->next_point[n]++;
  }
  return heading;
}

void sim_scripted_walk(sim_world *w, int i) {
  sim_people *people = &w->people;
  sim_scripted *p = &w->scripted;
  int n = sim_actor_of_person(p, i);
  const behaviour_order *o = &p->orders[n];
  double dt = w->step_s, v = p->speed_mps[n], heading = people->yaw_rad[i];
  double wanted =
      has_path(w, n) ? path_speed(o, length_left(w, n, people->x_m[i], people->y_m[i])) : 0;
  double most = o->accel_mps2 * dt;
  double v1 = v + most_of(-most, least_of(most, wanted - v));
  if (!has_path(w, n))
    v1 = 0;
  double x = people->x_m[i], y = people->y_m[i];
  double way = (v + v1) / 2 * dt;
  if (way > 0)
    heading = go_along(w, n, way, &people->x_m[i], &people->y_m[i], heading);
  p->speed_mps[n] = v1;
  people->vx_mps[i] = (people->x_m[i] - x) / dt;
  people->vy_mps[i] = (people->y_m[i] - y) / dt;
  double off = angle_wrap(heading - people->yaw_rad[i]);
  double turn = TURN_RADPS * dt;
  people->yaw_rad[i] = angle_wrap(people->yaw_rad[i] + most_of(-turn, least_of(turn, off)));
  if (way > 0)
    set_ground(w, people->x_m[i], people->y_m[i], &people->z_m[i]);
  double pace = sqrt(least_of(4, most_of(0.3, v1 / CYCLE_SPEED_MPS)));
  people->gait[i] += way / (CYCLE_PER_HEIGHT * people->height_m[i] * pace);
  people->gait[i] -= floor(people->gait[i]);
  people->gone_m[i] += way;
}

// Vehicles ------------------------------------------------------------------------

// Drops the points that are passed: those that lie behind, seen along their piece of the path.
static void pass_points(sim_world *w, int n, double x, double y) {
  sim_scripted *p = &w->scripted;
  const behaviour_order *o = &p->orders[n];
  while (p->next_point[n] < o->point_count) {
    const double *to = o->points[p->next_point[n]];
    double dx = to[0] - p->path_x_m[n], dy = to[1] - p->path_y_m[n];
    double length2 = dx * dx + dy * dy;
    double u = (x - p->path_x_m[n]) * dx + (y - p->path_y_m[n]) * dy;
    bool last = p->next_point[n] + 1 == o->point_count;
    double short_m = last ? 0.05 : 0;
    if (u < length2 - short_m * sqrt(length2))
      return;
    p->path_x_m[n] = to[0], p->path_y_m[n] = to[1];
    p->next_point[n]++;
  }
}

// The point of the path `ahead` of where the body is beside it.
static void aim(const sim_world *w, int n, double x, double y, double ahead, double *to_x,
                double *to_y) {
  const sim_scripted *p = &w->scripted;
  const behaviour_order *o = &p->orders[n];
  double from_x = p->path_x_m[n], from_y = p->path_y_m[n];
  for (int k = p->next_point[n]; k < o->point_count; k++) {
    double dx = o->points[k][0] - from_x, dy = o->points[k][1] - from_y, length = hypot(dx, dy);
    double u =
        k == p->next_point[n] && length > 0 ? ((x - from_x) * dx + (y - from_y) * dy) / length : 0;
    u = most_of(0, u);
    if (u + ahead < length || k + 1 == o->point_count) {
      // Beyond the last point straight on, so that the body arrives there upright.
      double at = length > 0 ? (u + ahead) / length : 1;
      *to_x = from_x + at * dx, *to_y = from_y + at * dy;
      return;
    }
    ahead -= length - u;
    from_x = o->points[k][0], from_y = o->points[k][1];
  }
}

// The bend that brings it to its path, in 1/m.
static double bend_to_path(const sim_world *w, int i, int n) {
  const sim_vehicles *cars = &w->cars;
  double v = cars->v_mps[i], to_x = 0, to_y = 0;
  double ahead = LOOK_M * least_of(1, cars->length_m[i] / 4) + LOOK_S * v;
  const sim_body *body = &cars->body[i];
  aim(w, n, body->x_m, body->y_m, ahead, &to_x, &to_y);
  double dx = to_x - body->x_m, dy = to_y - body->y_m, far = most_of(0.5, hypot(dx, dy));
  double yaw = sim_yaw(body), off = angle_wrap(atan2(dy, dx) - yaw);
  double grip = sim_conditions_friction(&w->conditions, v) * GRAVITY;
  double most = least_of(tan(STEER_RAD) / cars->wheelbase_m[i], 0.7 * grip / most_of(1, v * v));
  return most_of(-most, least_of(most, 2 * sin(off) / far));
}

static void steer(sim_world *w, int i, int n, double way) {
  sim_vehicles *cars = &w->cars;
  sim_body *body = &cars->body[i];
  double yaw = sim_yaw(body), bend = bend_to_path(w, i, n);
  body->x_m += way * cos(yaw + bend * way / 2);
  body->y_m += way * sin(yaw + bend * way / 2);
  body->ahead_x = cos(yaw + bend * way);
  body->ahead_y = sin(yaw + bend * way);
  body->steer = cars->wheelbase_m[i] * bend;
}

// `way` along its path, or straight on.
static void roll_on(sim_world *w, int i, int n, double way, bool guided) {
  sim_vehicles *cars = &w->cars;
  sim_body *body = &cars->body[i];
  if (guided) {
    steer(w, i, n, way);
  } else {
    body->x_m += way * body->ahead_x;
    body->y_m += way * body->ahead_y;
  }
  cars->wheel_rad[i] += way / cars->wheel_radius_m[i];
}

void sim_scripted_roll(sim_world *w, int i) {
  sim_vehicles *cars = &w->cars;
  int n = sim_actor_of_vehicle(&w->scripted, i);
  const behaviour_order *o = &w->scripted.orders[n];
  double dt = w->step_s, v = cars->v_mps[i], wanted = 0, accel = ROLLING_MPS2;
  sim_body *body = &cars->body[i];
  pass_points(w, n, body->x_m, body->y_m);
  bool guided = has_path(w, n);
  if (guided) {
    wanted = path_speed(o, length_left(w, n, body->x_m, body->y_m));
    accel = o->accel_mps2;
  } else if (o->along == ALONG_SPEED) {
    wanted = o->speed_mps;
    accel = o->accel_mps2;
  }
  double grip = sim_conditions_friction(&w->conditions, v) * GRAVITY;
  accel = least_of(accel, grip);
  double v1 = v + most_of(-accel * dt, least_of(accel * dt, wanted - v));
  cars->a_mps2[i] = (v1 - v) / dt;
  cars->flags[i] = (cars->a_mps2[i] < -0.6 ? ACTOR_BRAKE_LIGHTS : 0) |
                   (w->conditions.headlights && o->along != ALONG_OWN ? ACTOR_HEADLIGHTS : 0);
  sim_driven *driven = w->driven_count > 0 ? sim_driven_of(w, i) : NULL;
  if (driven) {
    double bend = guided ? bend_to_path(w, i, n) : 0;
    sim_driven_step(w, driven, atan(cars->wheelbase_m[i] * bend), cars->a_mps2[i]);
  } else {
    cars->v_mps[i] = v1;
    if (v + v1 <= 0)
      return;
    roll_on(w, i, n, (v + v1) / 2 * dt, guided);
  }
  set_ground(w, body->x_m, body->y_m, &body->z_m);
  if (guided && length_left(w, n, body->x_m, body->y_m) < 0.05)
    w->scripted.next_point[n] = o->point_count;
}

// What drivers see of them ----------------------------------------------------------

bool sim_scripted_sight(const sim_world *w, int i, int other, double sight_m, sim_span *out) {
  const sim_box hull = sim_vehicle_hull(w, other);
  return sim_sight_span(w, i, &hull, sight_m, out);
}

static sim_seen seen_vehicle(const sim_world *w, int i) {
  const sim_body *body = &w->cars.body[i];
  double v = w->cars.v_mps[i];
  // An open door makes it wider, on the driver's side.
  double door = door_reach(sim_door_at(w, i, 0)), left = w->net->left_hand ? -door / 2 : door / 2;
  return (sim_seen){body->x_m - left * body->ahead_y,
                    body->y_m + left * body->ahead_x,
                    v * body->ahead_x,
                    v * body->ahead_y,
                    sim_yaw(body),
                    w->cars.length_m[i],
                    w->cars.width_m[i] + door};
}

double sim_scripted_give_way(const sim_world *w, int i, double a, double a_free, double sight_m) {
  const sim_scripted *p = &w->scripted;
  for (int n = 0; n < p->count; n++) {
    const scene_actor *actor = &w->scene->actors[n];
    int car = actor->vehicle, person = actor->person;
    if (car == i || (car >= 0 && w->cars.gone[car] != SIM_BESIDE))
      continue;
    sim_seen b;
    if (car >= 0) {
      b = seen_vehicle(w, car);
    } else {
      const sim_people *people = &w->people;
      b = (sim_seen){
          people->x_m[person],
          people->y_m[person],
          people->vx_mps[person],
          people->vy_mps[person],
          people->yaw_rad[person],
          w->scene->people[person].size_m[w->scene->people[person].thing == THING_DEER ? 0 : 1],
          w->scene->people[person].size_m[1]};
    }
    a = sim_sight_give_way(w, i, &b, car >= 0 && sim_stands_for_good(w, car), a, a_free, sight_m);
  }
  for (int k = 0; k < w->driven_count; k++) {
    const sim_driven *d = &w->driven[k];
    if (d->vehicle == i || w->cars.gone[d->vehicle] || fabs(d->off_m) < ASTRAY_M)
      continue;
    sim_seen b = seen_vehicle(w, d->vehicle);
    a = sim_sight_give_way(w, i, &b, false, a, a_free, sight_m);
  }
  return a;
}
