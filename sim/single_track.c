// SPDX-License-Identifier: Apache-2.0
#include "sim/single_track.h"

#include <math.h>
#include <stdbool.h>

#include "base/least.h"
#include "base/pose.h"

static const double GRAVITY = 9.81; // as CommonRoad's

single_track_def single_track_bmw_320i(void) {
  return (single_track_def){.length_m = 4.508,
                            .width_m = 1.610,
                            .front_m = 1.1561957064,
                            .rear_m = 1.4227170936,
                            .mass_height_m = 0.6137,
                            .mass_kg = 1093.2952334674046,
                            .inertia_kgm2 = 1791.5994,
                            .front_stiffness_prad = 20.898,
                            .rear_stiffness_prad = 20.898,
                            .tyre_grip = 1.0489,
                            .steer_most_rad = 1.066,
                            .steer_rate_radps = 0.4,
                            .drive_most_mps2 = 11.5,
                            .switch_mps = 7.319,
                            .speed_most_mps = 50.8,
                            .brake_most_mps2 = 11.5};
}

single_track_def single_track_pacifica(void) {
  const double size_m[3] = {5.176, 2.297, 1.777};
  single_track_def def = single_track_of_size(size_m, 3.089);
  def.steer_lag_s = 0.05;
  def.pedal_lag_s = 0.2;
  return def;
}

single_track_def single_track_of_size(const double size_m[3], double wheelbase_m) {
  // A car of 4.5 x 1.8 x 1.5 m is about 1,400 kg: 115 kg a cubic metre of its box.
  double mass = 115 * size_m[0] * size_m[1] * size_m[2];
  single_track_def def = single_track_bmw_320i();
  def.length_m = size_m[0];
  def.width_m = size_m[1];
  def.front_m = def.rear_m = wheelbase_m / 2;
  def.mass_height_m = 0.38 * size_m[2];
  def.mass_kg = mass;
  def.inertia_kgm2 = mass * (size_m[0] * size_m[0] + size_m[1] * size_m[1]) / 12;
  def.tyre_grip = 0.85;
  def.steer_most_rad = 0.7;
  def.steer_rate_radps = 0.8; // 700 degrees a second at the steering wheel, geared down 15 to 1
  def.drive_most_mps2 = 4;
  def.switch_mps = 12;
  return def;
}

single_track_command single_track_pedals(double steer_rad, double accel_mps2, double u_mps) {
  bool brakes = accel_mps2 * u_mps < 0;
  return (single_track_command){steer_rad, brakes ? 0 : accel_mps2, brakes ? fabs(accel_mps2) : 0};
}

static double within(double x, double most) {
  return least_of(most, most_of(-most, x));
}

// What is left of the way to the target after dt of a first-order actuator.
static double lagged(double now, double target, double lag_s, double dt_s) {
  return lag_s > 0 ? target + (now - target) * exp(-dt_s / lag_s) : target;
}

static void actuate(const single_track_def *def, single_track_state *state,
                    const single_track_command *command, double dt_s) {
  double steer = within(command->steer_rad, def->steer_most_rad);
  double reached = lagged(state->steer_rad, steer, def->steer_lag_s, dt_s);
  state->steer_rad += within(reached - state->steer_rad, def->steer_rate_radps * dt_s);
  double speed = fabs(state->u_mps);
  double most = def->drive_most_mps2;
  if (speed > def->switch_mps)
    most *= def->switch_mps / speed;
  double drive = within(command->drive_mps2, most);
  if (speed >= def->speed_most_mps && drive * state->u_mps > 0)
    drive = 0;
  double brake = within(most_of(0, command->brake_mps2), def->brake_most_mps2);
  state->drive_mps2 = lagged(state->drive_mps2, drive, def->pedal_lag_s, dt_s);
  state->brake_mps2 = lagged(state->brake_mps2, brake, def->pedal_lag_s, dt_s);
}

static double speed_of(const single_track_state *s) {
  return sqrt(s->u_mps * s->u_mps + s->w_mps * s->w_mps);
}

// What the pedals come to at the present motion. Brakes hold at rest what they can.
static double pedals(const single_track_state *state) {
  double drive = state->drive_mps2, brake = state->brake_mps2, u = state->u_mps;
  if (u == 0)
    return fabs(drive) > brake ? drive - copysign(brake, drive) : 0;
  // Of a body that slides sideways, locked wheels hold against where they go.
  double speed = speed_of(state);
  return drive - brake * u / most_of(fabs(u), speed / 2);
}

// Whether motion ends at rest rather than going on the other way.
static bool is_held(const single_track_state *state) {
  return state->brake_mps2 > 0 && state->brake_mps2 >= fabs(state->drive_mps2);
}

static double rolling_yaw_rate(const single_track_def *def, double u, double steer) {
  return u * tan(steer) / (def->front_m + def->rear_m);
}

// Pure rolling of the rear axle, whose place stays exact for constant steering and acceleration
// as far as dt is short against the turn.
static void roll(const single_track_def *def, single_track_state *state, double road_friction,
                 double dt) {
  double u = state->u_mps;
  double rate = rolling_yaw_rate(def, u, state->steer_rad);
  // The friction circle: what turning leaves.
  double most = road_friction * GRAVITY, side = within(u * rate, most);
  double a = within(pedals(state), sqrt(most * most - side * side));
  double next = u + a * dt, run = (u + next) / 2 * dt;
  if (is_held(state) && next * u <= 0) { // at rest within the step
    run = a == 0 ? 0 : -u * u / (2 * a);
    next = 0;
  }
  double turn = run * tan(state->steer_rad) / (def->front_m + def->rear_m);
  // Tyres that can't hold the turn slide on: the way is wider than the wheels point.
  double needed = fabs(u * rate);
  if (needed > most)
    turn *= most / needed;
  double yaw = state->yaw_rad, half = yaw + turn / 2;
  double chord = fabs(turn) > 1e-9 ? run * sin(turn / 2) / (turn / 2) : run;
  double rear_x = state->x_m - def->rear_m * cos(yaw) + chord * cos(half);
  double rear_y = state->y_m - def->rear_m * sin(yaw) + chord * sin(half);
  state->yaw_rad = angle_wrap(yaw + turn);
  state->x_m = rear_x + def->rear_m * cos(yaw + turn);
  state->y_m = rear_y + def->rear_m * sin(yaw + turn);
  state->u_mps = next;
  state->yaw_rate_radps = rolling_yaw_rate(def, next, state->steer_rad);
  if (needed > most)
    state->yaw_rate_radps *= most / needed;
  state->w_mps = state->yaw_rate_radps * def->rear_m;
}

void single_track_roll(const single_track_def *def, single_track_state *state,
                       const single_track_command *command, double road_friction, double dt_s) {
  actuate(def, state, command, dt_s);
  roll(def, state, road_friction, dt_s);
}

// Fiala's brush model: `stiff` N/rad at no slip, `most` N once all of the patch slides.
static double brush(double slip_rad, double stiff, double most) {
  if (most <= 0)
    return 0;
  double t = tan(within(slip_rad, 1.5)), part = stiff * fabs(t) / (3 * most);
  if (part >= 1)
    return copysign(most, slip_rad);
  return stiff * t * (1 - part + part * part / 3);
}

// The angle from where a wheel `ahead_m` of the centre of mass moves to where it points, or away
// from it in reverse.
static double slip(const single_track_state *s, double ahead_m, double steer_rad) {
  double side = s->w_mps + ahead_m * s->yaw_rate_radps;
  double across = side * cos(steer_rad) - s->u_mps * sin(steer_rad);
  double along = s->u_mps * cos(steer_rad) + side * sin(steer_rad);
  return -atan2(across, fabs(along));
}

single_track_forces single_track_tyres(const single_track_def *def, const single_track_state *state,
                                       double road_friction) {
  double base = def->front_m + def->rear_m, m = def->mass_kg;
  double a = within(pedals(state), road_friction * GRAVITY);
  single_track_forces f;
  f.load_n[0] = m * (GRAVITY * def->rear_m - a * def->mass_height_m) / base;
  f.load_n[1] = m * (GRAVITY * def->front_m + a * def->mass_height_m) / base;
  double stiffness[2] = {def->front_stiffness_prad, def->rear_stiffness_prad};
  double slips[2] = {slip(state, def->front_m, state->steer_rad), slip(state, -def->rear_m, 0)};
  for (int k = 0; k < 2; k++) {
    double load = most_of(0, f.load_n[k]), most = road_friction * load;
    f.load_n[k] = load;
    // Engine and brakes pull at the axles by their load.
    f.along_n[k] = a * load / GRAVITY;
    f.side_n[k] = brush(slips[k], stiffness[k] * road_friction * load, most);
    double both = hypot(f.along_n[k], f.side_n[k]);
    if (both > most) {
      f.along_n[k] *= most / both;
      f.side_n[k] *= most / both;
    }
  }
  return f;
}

typedef struct rates {
  double x, y, yaw, u, w, r;
} rates;

static rates rates_at(const single_track_def *def, const single_track_state *s,
                      double road_friction) {
  single_track_forces f = single_track_tyres(def, s, road_friction);
  double cd = cos(s->steer_rad), sd = sin(s->steer_rad);
  double front_x = f.along_n[0] * cd - f.side_n[0] * sd;
  double front_y = f.side_n[0] * cd + f.along_n[0] * sd;
  double cy = cos(s->yaw_rad), sy = sin(s->yaw_rad);
  return (rates){s->u_mps * cy - s->w_mps * sy,
                 s->u_mps * sy + s->w_mps * cy,
                 s->yaw_rate_radps,
                 (front_x + f.along_n[1]) / def->mass_kg + s->yaw_rate_radps * s->w_mps,
                 (front_y + f.side_n[1]) / def->mass_kg - s->yaw_rate_radps * s->u_mps,
                 (def->front_m * front_y - def->rear_m * f.side_n[1]) / def->inertia_kgm2};
}

static single_track_state moved(const single_track_state *s, const rates *by, double dt) {
  single_track_state out = *s;
  out.x_m += by->x * dt;
  out.y_m += by->y * dt;
  out.yaw_rad += by->yaw * dt;
  out.u_mps += by->u * dt;
  out.w_mps += by->w * dt;
  out.yaw_rate_radps += by->r * dt;
  return out;
}

// Heun's second-order step.
static void slide(const single_track_def *def, single_track_state *s, double road_friction,
                  double dt) {
  rates first = rates_at(def, s, road_friction);
  single_track_state ahead = moved(s, &first, dt);
  rates second = rates_at(def, &ahead, road_friction);
  rates mean = {(first.x + second.x) / 2, (first.y + second.y) / 2, (first.yaw + second.yaw) / 2,
                (first.u + second.u) / 2, (first.w + second.w) / 2, (first.r + second.r) / 2};
  *s = moved(s, &mean, dt);
}

// Side velocity and yaw rate die out at about stiffness x friction x g / u a second; steps are a
// fraction of that, so the slower the shorter.
static double shorter_step(const single_track_def *def, const single_track_state *s,
                           double road_friction, double dt) {
  double stiffest = most_of(def->front_stiffness_prad, def->rear_stiffness_prad);
  double decay_ps = 2 * stiffest * road_friction * GRAVITY / speed_of(s);
  return least_of(dt, least_of(0.01, 0.5 / most_of(decay_ps, 1e-9)));
}

void single_track_drive(const single_track_def *def, single_track_state *state,
                        const single_track_command *command, double road_friction, double dt_s) {
  double left = dt_s;
  while (left > 1e-12) {
    if (speed_of(state) <= SINGLE_TRACK_SLOW_MPS) {
      double dt = least_of(left, 0.01);
      actuate(def, state, command, dt);
      roll(def, state, road_friction, dt);
      left -= dt;
      continue;
    }
    double dt = shorter_step(def, state, road_friction, left);
    actuate(def, state, command, dt);
    slide(def, state, road_friction, dt);
    left -= dt;
  }
  state->yaw_rad = angle_wrap(state->yaw_rad);
}
