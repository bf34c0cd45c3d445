// SPDX-License-Identifier: Apache-2.0
// labels: unit
// The single-track model against closed forms and against the linear model it tends to.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>

#include "base/pose.h"
#include "base/rng.h"
#include "sim/single_track.h"

static const double G = 9.81;

typedef void advance(const single_track_def *, single_track_state *, const single_track_command *,
                     double, double);

static void run(advance *by, const single_track_def *def, single_track_state *s,
                single_track_command command, double friction, double seconds, double dt) {
  for (int k = 0; k < (int)lround(seconds / dt); k++)
    by(def, s, &command, friction, dt);
}

static void assert_near(const char *what, double found, double expected, double within) {
  if (!(fabs(found - expected) <= within))
    fail_msg("%s: %.6g, expected %.6g within %g", what, found, expected, within);
}

static void braking_takes_the_way_that_friction_allows_and_ends_at_rest(void **state) {
  (void)state;
  advance *const models[] = {single_track_roll, single_track_drive};
  const double frictions[] = {1.0489, 0.6, 0.25, 0.12}, asked[] = {4, 9};
  single_track_def def = single_track_bmw_320i();
  for (int m = 0; m < 2; m++)
    for (int f = 0; f < 4; f++)
      for (int k = 0; k < 2; k++) {
        single_track_state s = {.u_mps = 20};
        run(models[m], &def, &s, (single_track_command){.brake_mps2 = asked[k]}, frictions[f], 30,
            0.05);
        double a = fmin(asked[k], frictions[f] * G);
        assert_near("braking way", s.x_m, 20 * 20 / (2 * a), 0.002 * 20 * 20 / (2 * a));
        assert_near("speed", s.u_mps, 0, 0);
        assert_near("sideways", s.y_m, 0, 1e-9);
      }
}

static void a_braked_car_doesnt_roll_back_when_the_pedal_is_let_go(void **state) {
  (void)state;
  single_track_def def = single_track_pacifica();
  single_track_state s = {.u_mps = 5};
  run(single_track_drive, &def, &s, (single_track_command){.brake_mps2 = 6}, 0.85, 3, 0.02);
  double at = s.x_m;
  run(single_track_drive, &def, &s, (single_track_command){0}, 0.85, 3, 0.02);
  assert_near("way after rest", s.x_m - at, 0, 0);
  run(single_track_drive, &def, &s, (single_track_command){.drive_mps2 = -1}, 0.85, 2, 0.02);
  assert_true(s.u_mps < -1.5 && s.x_m < at);
  single_track_command braking = single_track_pedals(0, 2, s.u_mps);
  assert_true(braking.brake_mps2 == 2 && braking.drive_mps2 == 0);
}

static void slow_turns_are_circles_of_the_wheelbase_over_the_tangent(void **state) {
  (void)state;
  single_track_def def = single_track_bmw_320i();
  def.steer_rate_radps = INFINITY;
  const double steers[] = {0.05, -0.3, 0.6};
  for (int k = 0; k < 3; k++) {
    double radius = (def.front_m + def.rear_m) / tan(steers[k]);
    single_track_state s = {.x_m = def.rear_m, .u_mps = 2};
    run(single_track_roll, &def, &s, (single_track_command){.steer_rad = steers[k]}, 1, 4, 0.02);
    double turned = 2 * 4.0 / radius;
    assert_near("yaw", s.yaw_rad, angle_wrap(turned), 1e-9);
    assert_near("rear x", s.x_m - def.rear_m * cos(turned), radius * sin(turned), 1e-9);
    assert_near("rear y", s.y_m - def.rear_m * sin(turned), radius * (1 - cos(turned)), 1e-9);
  }
}

// Yaw rate in steady turns: u d / (L + K u^2), with the understeer gradient
// K = (m / (L)) (lr / Cf - lf / Cr) for stiffnesses Cf, Cr in N/rad.
static void steady_turns_have_the_closed_forms_yaw_rate(void **state) {
  (void)state;
  for (int k = 0; k < 3; k++) {
    single_track_def def = single_track_bmw_320i();
    def.front_stiffness_prad *= k == 1 ? 0.8 : 1; // understeers
    def.rear_stiffness_prad *= k == 2 ? 0.85 : 1; // oversteers
    double base = def.front_m + def.rear_m, u = 15, steer = 0.002, mu = 1.0489;
    double front = def.front_stiffness_prad * mu * def.mass_kg * G * def.rear_m / base;
    double rear = def.rear_stiffness_prad * mu * def.mass_kg * G * def.front_m / base;
    double gradient = def.mass_kg / base * (def.rear_m / front - def.front_m / rear);
    single_track_state s = {.u_mps = u};
    run(single_track_drive, &def, &s, (single_track_command){.steer_rad = steer}, mu, 4, 0.02);
    double expected = s.u_mps * steer / (base + gradient * s.u_mps * s.u_mps);
    assert_near("yaw rate", s.yaw_rate_radps, expected, 0.004 * expected);
  }
}

// CommonRoad's single-track model, linear in the slips: slow, obvious, with tiny steps.
typedef struct linear {
  double x, y, steer, v, yaw, rate, slip;
} linear;

static void linear_step(const single_track_def *p, linear *s, double steer_rate, double a,
                        double mu, double dt) {
  double lf = p->front_m, lr = p->rear_m, m = p->mass_kg, I = p->inertia_kgm2;
  double h = p->mass_height_m, c = p->front_stiffness_prad;
  double front = G * lr - a * h, rear = G * lf + a * h;
  double rate =
      -mu * m / (s->v * I * (lr + lf)) * (lf * lf * c * front + lr * lr * c * rear) * s->rate +
      mu * m / (I * (lr + lf)) * (lr * c * rear - lf * c * front) * s->slip +
      mu * m / (I * (lr + lf)) * lf * c * front * s->steer;
  double slip = (mu / (s->v * s->v * (lr + lf)) * (c * rear * lr - c * front * lf) - 1) * s->rate -
                mu / (s->v * (lr + lf)) * (c * rear + c * front) * s->slip +
                mu / (s->v * (lr + lf)) * c * front * s->steer;
  s->x += s->v * cos(s->slip + s->yaw) * dt;
  s->y += s->v * sin(s->slip + s->yaw) * dt;
  s->steer += steer_rate * dt;
  s->v += a * dt;
  s->yaw += s->rate * dt;
  s->rate += rate * dt;
  s->slip += slip * dt;
}

static void gentle_driving_is_that_of_the_linear_model(void **state) {
  (void)state;
  single_track_def def = single_track_bmw_320i();
  single_track_state s = {.u_mps = 18};
  linear twin = {.v = 18};
  const double dt = 1e-5, mu = 1.0489;
  for (int k = 0; k < 80; k++) { // a weave, braking and speeding up softly
    double rate = 0.012 * cos(k * 0.05 * 2.5), a = k < 40 ? -0.5 : 0.5;
    single_track_command command = {.steer_rad = s.steer_rad + rate * 0.05,
                                    .drive_mps2 = a > 0 ? a : 0,
                                    .brake_mps2 = a < 0 ? -a : 0};
    // The same ramp of the wheel: in short steps.
    double begin = s.steer_rad;
    for (int j = 1; j <= 50; j++) {
      command.steer_rad = begin + rate * 0.05 * j / 50;
      single_track_drive(&def, &s, &command, mu, 0.001);
    }
    for (int j = 0; j < 5000; j++)
      linear_step(&def, &twin, rate, a, mu, dt);
  }
  assert_true(fabs(twin.yaw) > 0.01 || fabs(twin.y) > 0.5);
  assert_near("x", s.x_m, twin.x, 0.1);
  assert_near("y", s.y_m, twin.y, 0.02);
  assert_near("yaw", s.yaw_rad, twin.yaw, 0.003);
  assert_near("yaw rate", s.yaw_rate_radps, twin.rate, 0.003);
  assert_near("slip", atan2(s.w_mps, s.u_mps), twin.slip, 0.001);
}

// Fiala: F / (friction x load) = 1 - (1 - p)^3 with p = stiffness x tan(slip) / 3.
static void a_tyres_side_force_bends_as_the_brush_model_says(void **state) {
  (void)state;
  single_track_def def = single_track_bmw_320i();
  const double shares[] = {0.01, 1.0 / 3, 0.8, 1, 1.7};
  for (int k = 0; k < 5; k++) {
    double slip = 3 * shares[k] / def.rear_stiffness_prad, p = fmin(1, shares[k]);
    single_track_state s = {.u_mps = 10, .w_mps = -10 * slip};
    single_track_forces f = single_track_tyres(&def, &s, 0.6);
    double expected = 0.6 * f.load_n[1] * (1 - (1 - p) * (1 - p) * (1 - p));
    assert_near("side force", f.side_n[1], expected, 1e-9 * expected);
  }
}

static void no_tyre_leaves_its_friction_circle(void **state) {
  (void)state;
  const double frictions[] = {0.85, 0.5, 0.25, 0.12};
  double fullest = 0;
  for (uint32_t run_no = 0; run_no < 200; run_no++) {
    rng r = rng_at(7, RNG_TRAFFIC, run_no, 0, 0);
    single_track_def def = run_no % 2 ? single_track_bmw_320i() : single_track_pacifica();
    double mu = frictions[run_no % 4];
    single_track_state s = {.u_mps = rng_uniform(&r, 1, 35)};
    for (int k = 0; k < 100; k++) {
      single_track_command command = {.steer_rad = rng_uniform(&r, -0.6, 0.6),
                                      .drive_mps2 = rng_uniform(&r, -2, 8),
                                      .brake_mps2 = fmax(0, rng_uniform(&r, -10, 10))};
      double vx = s.u_mps * cos(s.yaw_rad) - s.w_mps * sin(s.yaw_rad);
      double vy = s.u_mps * sin(s.yaw_rad) + s.w_mps * cos(s.yaw_rad);
      bool slow = hypot(s.u_mps, s.w_mps) < 1;
      single_track_drive(&def, &s, &command, mu, 0.05);
      if (slow || hypot(s.u_mps, s.w_mps) < 1)
        continue; // the wheels' own rolling at a crawl isn't of forces
      single_track_forces f = single_track_tyres(&def, &s, mu);
      for (int axle = 0; axle < 2; axle++) {
        double used = hypot(f.along_n[axle], f.side_n[axle]) / (mu * f.load_n[axle]);
        fullest = fmax(fullest, used);
        if (!(used <= 1 + 1e-9))
          fail_msg("run %u: axle %d uses %.4f of its friction", run_no, axle, used);
      }
      double ax = (s.u_mps * cos(s.yaw_rad) - s.w_mps * sin(s.yaw_rad) - vx) / 0.05;
      double ay = (s.u_mps * sin(s.yaw_rad) + s.w_mps * cos(s.yaw_rad) - vy) / 0.05;
      if (!(hypot(ax, ay) <= mu * G * 1.001))
        fail_msg("run %u: the body gains %.3f m/s2 where friction gives %.3f", run_no,
                 hypot(ax, ay), mu * G);
    }
  }
  assert_true(fullest > 0.99); // the runs did reach the limit
}

static void rolling_without_slip_keeps_to_the_circle_too(void **state) {
  (void)state;
  single_track_def def = single_track_bmw_320i();
  for (uint32_t run_no = 0; run_no < 100; run_no++) {
    rng r = rng_at(8, RNG_TRAFFIC, run_no, 0, 0);
    double mu = rng_uniform(&r, 0.1, 1);
    single_track_state s = {.u_mps = rng_uniform(&r, 1, 30)};
    for (int k = 0; k < 50; k++) {
      single_track_command command = {.steer_rad = rng_uniform(&r, -1, 1),
                                      .drive_mps2 = rng_uniform(&r, 0, 9),
                                      .brake_mps2 = fmax(0, rng_uniform(&r, -9, 9))};
      double u = s.u_mps;
      single_track_roll(&def, &s, &command, mu, 0.02);
      double along = (s.u_mps - u) / 0.02, side = s.u_mps * s.yaw_rate_radps;
      if (!(hypot(along, fmin(fabs(side), mu * G)) <= mu * G * 1.02 && fabs(side) <= mu * G * 1.02))
        fail_msg("run %u: %.3f along and %.3f to the side, of %.3f", run_no, along, side, mu * G);
    }
  }
}

static void on_ice_a_car_ploughs_on_where_a_dry_road_turns_it(void **state) {
  (void)state;
  single_track_def def = single_track_pacifica();
  double radius[2];
  for (int ice = 0; ice < 2; ice++) {
    double mu = ice ? 0.12 : 0.85;
    single_track_state s = {.u_mps = 12};
    run(single_track_drive, &def, &s, (single_track_command){.steer_rad = 0.15}, mu, 2, 0.05);
    radius[ice] = hypot(s.u_mps, s.w_mps) / s.yaw_rate_radps;
    assert_true(hypot(s.u_mps, s.w_mps) > 11);
  }
  assert_true(radius[1] > 3 * radius[0]);
}

// Where slow wheels stop slipping, side velocity jumps to that of rolling.
static const double SEAM_J = 6;

static void without_drive_no_energy_is_gained(void **state) {
  (void)state;
  single_track_def def = single_track_bmw_320i();
  for (uint32_t run_no = 0; run_no < 50; run_no++) {
    rng r = rng_at(9, RNG_TRAFFIC, run_no, 0, 0);
    single_track_state s = {.u_mps = rng_uniform(&r, 5, 40)};
    double energy = INFINITY;
    for (int k = 0; k < 200; k++) {
      double now = def.mass_kg * (s.u_mps * s.u_mps + s.w_mps * s.w_mps) / 2 +
                   def.inertia_kgm2 * s.yaw_rate_radps * s.yaw_rate_radps / 2;
      if (!(now <= energy + SEAM_J))
        fail_msg("run %u, step %d: %.6g J from %.6g J", run_no, k, now, energy);
      energy = now;
      single_track_command command = {.steer_rad = rng_uniform(&r, -0.5, 0.5)};
      single_track_drive(&def, &s, &command, 0.7, 0.05);
    }
  }
}

static void actuators_lag_and_keep_their_rates(void **state) {
  (void)state;
  single_track_def def = single_track_pacifica();
  def.steer_rate_radps = INFINITY;
  single_track_state s = {.u_mps = 10};
  single_track_command command = {.steer_rad = 0.02, .drive_mps2 = 1};
  run(single_track_drive, &def, &s, command, 0.85, 0.1, 0.01);
  assert_near("steering", s.steer_rad, 0.02 * (1 - exp(-0.1 / 0.05)), 1e-12);
  assert_near("pedal", s.drive_mps2, 1 - exp(-0.1 / 0.2), 1e-12);
  def = single_track_bmw_320i();
  s = (single_track_state){.u_mps = 1};
  command = (single_track_command){.steer_rad = 2};
  run(single_track_drive, &def, &s, command, 0.85, 1, 0.05);
  assert_near("steering after a second", s.steer_rad, 0.4, 1e-9);
  run(single_track_drive, &def, &s, command, 0.85, 5, 0.05);
  assert_near("steering at its stop", s.steer_rad, 1.066, 1e-12);
}

static void above_the_switching_speed_power_is_constant(void **state) {
  (void)state;
  single_track_def def = single_track_bmw_320i();
  single_track_state s = {.u_mps = 20};
  run(single_track_drive, &def, &s, (single_track_command){.drive_mps2 = 100}, 1.5, 2, 0.01);
  // u du = a v_s dt
  assert_near("speed", s.u_mps, sqrt(20 * 20 + 2 * 11.5 * 7.319 * 2), 0.05);
  s.u_mps = 50.75;
  run(single_track_drive, &def, &s, (single_track_command){.drive_mps2 = 100}, 1.5, 2, 0.01);
  assert_near("top speed", s.u_mps, 50.8, 0.05);
}

static void shorter_steps_give_the_same_way(void **state) {
  (void)state;
  single_track_def def = single_track_pacifica();
  single_track_state ends[2];
  for (int k = 0; k < 2; k++) {
    single_track_state s = {.u_mps = 14};
    single_track_command left = {.steer_rad = 0.1, .drive_mps2 = 1};
    single_track_command right = {.steer_rad = -0.1, .brake_mps2 = 5};
    double dt = k ? 0.005 : 0.1;
    run(single_track_drive, &def, &s, left, 0.6, 2, dt);
    run(single_track_drive, &def, &s, right, 0.6, 4, dt);
    ends[k] = s;
  }
  assert_near("x", ends[0].x_m, ends[1].x_m, 0.05);
  assert_near("y", ends[0].y_m, ends[1].y_m, 0.05);
  assert_near("yaw", ends[0].yaw_rad, ends[1].yaw_rad, 0.01);
  assert_near("rest", ends[0].u_mps, 0, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(braking_takes_the_way_that_friction_allows_and_ends_at_rest),
      cmocka_unit_test(a_braked_car_doesnt_roll_back_when_the_pedal_is_let_go),
      cmocka_unit_test(slow_turns_are_circles_of_the_wheelbase_over_the_tangent),
      cmocka_unit_test(steady_turns_have_the_closed_forms_yaw_rate),
      cmocka_unit_test(gentle_driving_is_that_of_the_linear_model),
      cmocka_unit_test(a_tyres_side_force_bends_as_the_brush_model_says),
      cmocka_unit_test(no_tyre_leaves_its_friction_circle),
      cmocka_unit_test(rolling_without_slip_keeps_to_the_circle_too),
      cmocka_unit_test(on_ice_a_car_ploughs_on_where_a_dry_road_turns_it),
      cmocka_unit_test(without_drive_no_energy_is_gained),
      cmocka_unit_test(actuators_lag_and_keep_their_rates),
      cmocka_unit_test(above_the_switching_speed_power_is_constant),
      cmocka_unit_test(shorter_steps_give_the_same_way),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
