// SPDX-License-Identifier: Apache-2.0
// How a driven vehicle is steered along its path: its lane's middle, with the offsets of lane
// changes and shifts. Feedforward of the path's curvature and feedback on the error at a point
// ahead, with the sideslip of a steady turn taken into account, as Kapania and Gerdes 2015 ("Design
// of a feedback-feedforward steering controller for accurate path tracking and stability at the
// limits of handling"); the gains are chosen here.
#include <math.h>

#include "base/least.h"
#include "sim/driven.h"
#include "sim/state.h"

static const double GRAVITY = 9.81;
// The error dies out as a damped oscillation of that frequency, over time where one is fast, over
// the way where one is slow; and not faster than tyres answer.
static const double FREQUENCY_RADPS = 2.5, FREQUENCY_RADPM = 0.35, DAMPING = 0.9;
static const double TYRES_SHARE = 0.6;
// The time in which hands and actuators take on a curvature, begun half of it before.
static const double HANDS_S = 0.5;
static const double CURVE_M = 1; // over which a lane's curvature is taken, to either side, at least
// It comes back at a slant of that sine at most, and accelerates sideways so hard for it.
static const double APPROACH = 0.3, BACK_MPS2 = 3.5, BACK_SHARE = 0.5, BACK_MOST_RAD = 0.5;
// Slips of the front tyres beyond which more steering gives no more force.
static const double SLIP_RAD = 0.14, SLIP_MPS = 3;
// What a driver gives hands time by: the share of the fastest turning of the wheel that it counts
// on, braking before that, and going slowly where it is needed or when it has come off its path.
static const double HANDS_SHARE = 0.8, EASE_MPS2 = 2, EASE_S = 0.5;
static const double CRAWL_MPS = 1.2, LOST_M = 1, LOST_MPS = 4;

sim_track_node sim_driven_path(const sim_world *w, int i, double along_m) {
  const int *route = sim_route(w, i);
  int last = w->cars.route_count[i] - 1, k = 0;
  while (k < last && along_m >= w->lanes.tracks[route[k] - 1].length_m)
    along_m -= w->lanes.tracks[route[k++] - 1].length_m;
  const sim_track *track = &w->lanes.tracks[route[k] - 1];
  sim_track_node at = sim_track_smooth(track, along_m);
  double beyond = along_m < 0 ? along_m : most_of(0, along_m - track->length_m);
  at.x_m += beyond * at.tx;
  at.y_m += beyond * at.ty;
  return at;
}

static double within(double x, double most) {
  return most_of(-most, least_of(most, x));
}

// Mean curvature over a stretch.
static double curvature(const sim_world *w, int i, double from_m, double to_m) {
  sim_track_node a = sim_driven_path(w, i, from_m), b = sim_driven_path(w, i, to_m);
  return atan2(a.tx * b.ty - a.ty * b.tx, a.tx * b.tx + a.ty * b.ty) / (to_m - from_m);
}

// Where beside the path a point is: its foot, by Newton's method from one a step ago.
static double foot(const sim_world *w, int i, double along_m, double x, double y) {
  const double step_most_m = 2;
  for (int round = 0; round < 4; round++) {
    sim_track_node p = sim_driven_path(w, i, along_m);
    double ahead = (x - p.x_m) * p.tx + (y - p.y_m) * p.ty;
    double left = (y - p.y_m) * p.tx - (x - p.x_m) * p.ty;
    double bend = curvature(w, i, along_m - CURVE_M, along_m + CURVE_M);
    double by = ahead / most_of(0.3, 1 - bend * left);
    along_m += within(by, step_most_m);
  }
  return most_of(0, along_m);
}

// The path beside its lane: metres to the left, and how these change a metre and a metre squared.
typedef struct offset {
  double left_m, slope, bend_pm;
} offset;

static offset offset_of(const sim_world *w, const sim_driven *d) {
  const sim_vehicles *cars = &w->cars;
  int i = d->vehicle;
  offset o = {.left_m = cars->shift_m[i]};
  double v = most_of(1, cars->v_mps[i]);
  o.slope = within((cars->shift_m[i] - d->path_shift_m) / (v * w->step_s), 0.3);
  double from = cars->change_from_m[i];
  if (from == 0)
    return o;
  // Of sim_change_offset()'s step, a polynomial of time.
  double u = cars->change_done[i], rest = 1 - u, way = v * sim_change_time(w, i);
  o.left_m += sim_change_offset(w, i);
  o.slope += -from * 30 * u * u * rest * rest / way;
  o.bend_pm = -from * 60 * u * rest * (1 - 2 * u) / (way * way);
  return o;
}

// The speed at which hands keep up with the path's bends at a place, and wheels turn that far.
static double speed_of_hands(const sim_world *w, const sim_driven *d, double at_m) {
  double base = d->def.front_m + d->def.rear_m;
  double before = curvature(w, d->vehicle, at_m - 2 * CURVE_M, at_m);
  double after = curvature(w, d->vehicle, at_m, at_m + 2 * CURVE_M);
  double turns_pm = base * fabs(after - before) / (2 * CURVE_M);
  double speed = HANDS_SHARE * d->def.steer_rate_radps / most_of(1e-6, turns_pm);
  bool beyond =
      base * most_of(fabs(before), fabs(after)) > HANDS_SHARE * tan(d->def.steer_most_rad);
  return most_of(CRAWL_MPS, beyond ? CRAWL_MPS : speed);
}

double sim_driven_ease(const sim_world *w, const sim_driven *d, double a_mps2) {
  double v = w->cars.v_mps[d->vehicle], along = w->cars.s_m[d->vehicle];
  double grip = sim_conditions_friction(&w->conditions, v) * GRAVITY;
  double brakes = least_of(EASE_MPS2, 0.3 * grip), far = v * v / (2 * brakes) + v * EASE_S;
  double most_mps = fabs(d->off_m) > LOST_M ? LOST_MPS : INFINITY;
  for (double x = 0; x < far && v > CRAWL_MPS; x += 2 * CURVE_M) {
    double there = speed_of_hands(w, d, along + x);
    double way = most_of(0, x - v * EASE_S);
    most_mps = least_of(most_mps, sqrt(there * there + 2 * brakes * way));
  }
  return least_of(a_mps2, most_of(-0.5 * grip, (most_mps - v) / EASE_S));
}

double sim_driven_steer(const sim_world *w, sim_driven *d, double *along_m) {
  int i = d->vehicle;
  const sim_body *body = &w->cars.body[i];
  const single_track_def *def = &d->def;
  double u = most_of(0, d->state.u_mps), base = def->front_m + def->rear_m;
  double s = *along_m = foot(w, i, *along_m, body->x_m, body->y_m);
  sim_track_node at = sim_driven_path(w, i, s);
  offset o = offset_of(w, d);
  d->off_m = (body->y_m - at.y_m) * at.tx - (body->x_m - at.x_m) * at.ty - o.left_m;

  double friction = sim_conditions_friction(&w->conditions, u);
  double half = most_of(CURVE_M, u * HANDS_S / 2), lead = u * (def->steer_lag_s + w->step_s / 2);
  double bend = curvature(w, i, s + lead - half, s + lead + half) + o.bend_pm;
  double here = curvature(w, i, s - half, s + half) + o.bend_pm;
  // Rolling round a bend, a body's middle runs on a circle within which its rear axle's lies.
  double ahead = w->cars.axle_m[i];
  double bent = within(bend * ahead, 0.9);
  double rolled = within(here * ahead, 0.9);
  double stiff = def->tyre_grip * GRAVITY * friction / 0.85;
  double gradient = d->by == BODY_DYNAMIC
                        ? (1 / def->front_stiffness_prad - 1 / def->rear_stiffness_prad) / stiff
                        : 0;
  double forward = atan(base * bend / sqrt(1 - bent * bent)) + gradient * u * u * bend;
  double slides = d->by == BODY_DYNAMIC ? u * u * here / (def->rear_stiffness_prad * stiff) : 0;
  // The course of the middle in a steady turn, from the way the path leads.
  double course = sim_yaw(body) + asin(rolled) - slides;
  double off_rad = angle_wrap(course - atan2(at.ty, at.tx) - atan(o.slope));

  double answer = d->by == BODY_DYNAMIC
                      ? TYRES_SHARE *
                            least_of(def->front_stiffness_prad, def->rear_stiffness_prad) * stiff /
                            most_of(1, u)
                      : INFINITY;
  double frequency = least_of(least_of(FREQUENCY_RADPS, answer) / most_of(1, u), FREQUENCY_RADPM);
  double look = 2 * DAMPING / frequency, gain = base * frequency * frequency;
  // From far off it is brought back at a slant, not across, and no harder than hands and tyres can.
  double off_m = within(d->off_m, look * APPROACH);
  double most_rad = base * least_of(BACK_MPS2, BACK_SHARE * stiff) / most_of(1, u * u);
  double back = within(gain * (off_m + look * sin(off_rad)), least_of(BACK_MOST_RAD, most_rad));
  double steer = forward - back;
  if (d->by != BODY_DYNAMIC || u < SLIP_MPS)
    return steer;
  // Where the front axle goes: that way a slide is steered against.
  double goes = atan((d->state.w_mps + def->front_m * d->state.yaw_rate_radps) / u);
  return goes + within(steer - goes, SLIP_RAD);
}
