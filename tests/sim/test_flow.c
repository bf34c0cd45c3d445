// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Traffic on simple roads against closed forms.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>

#include "sim/idm.h"
#include "sim/world.h"
#include "with_networks.h"

static void run_for(sim_world *world, double seconds) {
  int64_t until = sim_world_time_ns(world) + (int64_t)(seconds * 1e9);
  while (sim_world_time_ns(world) < until)
    sim_world_step(world, NULL);
}

static void assert_near(const char *what, double found, double expected, double relative) {
  if (!(fabs(found - expected) <= relative * fabs(expected)))
    fail_msg("%s: %.6g, expected %.6g within %g", what, found, expected, relative);
}

// The gap of an endless platoon, from the model's paper.
static double closed_form_gap(const driver_params *d, double v, double v0) {
  return (d->gap_m + v * d->headway_s) / sqrt(1 - pow(v / v0, d->exponent));
}

// The speed at which N drivers fill a ring: gap_e(v) = circumference / N - length.
static double equilibrium_speed(const driver_params *d, double gap, double v0) {
  double low = 0, high = v0 * (1 - 1e-9);
  for (int i = 0; i < 100; i++) {
    double v = (low + high) / 2;
    if (closed_form_gap(d, v, v0) < gap)
      low = v;
    else
      high = v;
  }
  return low;
}

static void a_ring_road_settles_at_the_closed_form_flow(void **state) {
  (void)state;
  const double length = 2000, v0 = 15;
  const int counts[] = {10, 40, 70, 100, 140, 200, 260};
  for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
    int n = counts[k];
    scene *s = with_ring(length, v0, n);
    sim_world *world = with_world(s);
    sim_snapshot shot = {0};
    run_for(world, 400);
    assert_int_equal(sim_world_next_frame(world, &shot, NULL), STATUS_OK);
    double mean = 0;
    for (int i = 0; i < n; i++)
      mean += shot.actors[i].speed_mps / n;
    driver_params d = with_driver();
    double expected = equilibrium_speed(&d, length / n - 4.6, v0);
    // Flow is density times speed, and the density is given.
    assert_near("flow per second", n / length * mean, n / length * expected, 0.02);
    for (int i = 0; i < n; i++) {
      double gap = shot.actors[(i + 1) % n].lane_s_m - shot.actors[i].lane_s_m;
      gap += gap < 0 ? length : 0;
      if (n > 1 && n < 200)
        assert_near("gap", gap - 4.6, length / n - 4.6, 0.02);
    }
    sim_snapshot_free(&shot);
    sim_world_destroy(world);
    with_scene_free(s);
  }
}

static void a_free_road_gives_the_integral_of_the_model(void **state) {
  (void)state;
  scene *s = with_straight(3000, 20, 1);
  sim_world *world = with_world(s);
  sim_snapshot shot = {0};
  // dv/dt = a (1 - (v/v0)^4), by midpoints of a thousandth of the step.
  double v = 0, x = 10, dt = 5e-5;
  driver_params d = with_driver();
  for (int frame = 0; frame < 400; frame++) {
    sim_world_next_frame(world, &shot, NULL);
    if (frame % 50 == 0) {
      assert_true(fabs(shot.actors[0].speed_mps - v) < 0.05);
      assert_true(fabs(shot.actors[0].lane_s_m - x) < 0.3);
    }
    for (int i = 0; i < 2000; i++) {
      double half = v + d.accel_mps2 * (1 - pow(v / 20, 4)) * dt / 2;
      v += d.accel_mps2 * (1 - pow(half / 20, 4)) * dt;
      x += half * dt;
    }
  }
  assert_true(v > 19.9);
  sim_snapshot_free(&shot);
  sim_world_destroy(world);
  with_scene_free(s);
}

static void the_model_stops_before_a_wall_when_physics_allow(void **state) {
  (void)state;
  // The model alone, from gaps that ask for up to 6 m/s2, in the world's steps.
  driver_params d = with_driver();
  for (double v0 = 2; v0 <= 35; v0 += 1.5) {
    for (double hard = 1; hard <= 6; hard += 0.5) {
      double v = v0, gap = v0 * v0 / (2 * hard) + 1.5, dt = 0.05;
      for (int i = 0; i < 4000 && v > 0; i++) {
        double a = sim_idm_free(&d, v, v0) - sim_idm_interaction(&d, v, v, gap);
        double next = fmax(0, v + fmax(a, -7.5) * dt);
        gap -= (v + next) / 2 * dt;
        v = next;
      }
      if (!(gap > 0))
        fail_msg("from %g m/s, braking %g m/s2 needed: %g m left", v0, hard, gap);
    }
  }
}

static void nobody_runs_into_a_standing_car(void **state) {
  (void)state;
  // The car ahead wants (almost) to stand; those behind come at many speeds and gaps.
  for (int k = 0; k < 60; k++) {
    scene *s = with_straight(1500, 30, 2);
    double v = 5 + k % 6 * 5, gap = v * v / (2 * 6.0) + 3 + k / 6 * 15;
    with_vehicle_at(s, 0, 1, 20, v);
    with_vehicle_at(s, 1, 1, 20 + gap + 4.6, 0);
    s->vehicles[1].driver.speed_factor = 1e-6;
    s->vehicles[1].driver.accel_mps2 = 1e-9;
    sim_world *world = with_world(s);
    sim_snapshot shot = {0};
    for (int frame = 0; frame < 600; frame++) {
      sim_world_next_frame(world, &shot, NULL);
      double left = shot.actors[1].lane_s_m - shot.actors[0].lane_s_m - 4.6;
      if (left <= 0)
        fail_msg("from %g m/s and %g m: %g m left at frame %d", v, gap, left, frame);
    }
    double left = shot.actors[1].lane_s_m - shot.actors[0].lane_s_m - 4.6;
    if (!(left > 1.5 && left < 3.5 && shot.actors[0].speed_mps < 0.1))
      fail_msg("from %g m/s and %g m: rests %g m short", v, gap, left);
    sim_snapshot_free(&shot);
    sim_world_destroy(world);
    with_scene_free(s);
  }
}

static void curves_are_taken_with_bearable_lateral_acceleration(void **state) {
  (void)state;
  const double radii[] = {8, 15, 40, 100};
  for (int k = 0; k < 4; k++) {
    scene *s = with_bend(radii[k], 14);
    with_vehicle_at(s, 0, 1, 10, 10);
    sim_world *world = with_world(s);
    sim_snapshot shot = {0};
    double most = 0, slowest = 100, hardest = 0;
    for (int frame = 0; frame < 300 && (frame == 0 || shot.actors[0].lane_s_m < 60 + radii[k]);
         frame++) {
      sim_world_next_frame(world, &shot, NULL);
      const sim_actor *car = &shot.actors[0];
      double lateral = car->speed_mps * fabs(car->yaw_rate_radps);
      most = fmax(most, lateral);
      slowest = fmin(slowest, car->speed_mps);
      hardest = fmax(hardest, vec3_dot(vec3_scale(car->acceleration_mps2, -1),
                                       quat_rotate(car->begin.q, (vec3){1, 0, 0})));
    }
    printf("radius %g m: lateral %.2f, braking %.2f m/s2, slowest %.2f m/s\n", radii[k], most,
           hardest, slowest);
    assert_true(most < 2.9);
    assert_true(hardest < 3.5);
    assert_true(slowest > 0.75 * fmin(10, sqrt(2.25 * radii[k])));
    sim_snapshot_free(&shot);
    sim_world_destroy(world);
    with_scene_free(s);
  }
}

static void the_body_turns_as_a_rolling_one_does(void **state) {
  (void)state;
  // On a ring the rear axle runs on a circle of sqrt(R^2 - d^2) and the body stands at
  // asin(d / R) to the lane; nothing slips sideways.
  scene *s = with_ring(120, 6, 1);
  sim_world *world = with_world(s);
  sim_snapshot shot = {0};
  double radius = 120 / (2 * 3.14159265358979323846), d = s->vehicles[0].rear_to_centre_m;
  run_for(world, 30);
  for (int frame = 0; frame < 100; frame++) {
    sim_world_next_frame(world, &shot, NULL);
    const sim_actor *car = &shot.actors[0];
    assert_near("rear axle's radius", hypot(car->begin.p_m.x, car->begin.p_m.y),
                sqrt(radius * radius - d * d), 5e-4);
    double yaw = quat_yaw(car->begin.q) + car->yaw_rate_radps * 0.05;
    double slip = -car->velocity_mps.x * sin(yaw) + car->velocity_mps.y * cos(yaw);
    assert_true(fabs(slip) < 5e-3 * car->speed_mps);
    assert_near("steering", car->steer_rad, atan(2.7 / sqrt(radius * radius - d * d)), 0.06);
  }
  sim_snapshot_free(&shot);
  sim_world_destroy(world);
  with_scene_free(s);
}

static void the_model_equals_its_closed_forms(void **state) {
  (void)state;
  driver_params d = with_driver();
  for (double v = 0; v < 14.9; v += 0.7) {
    double gap = sim_idm_equilibrium_gap(&d, v, 15);
    assert_near("gap", gap, closed_form_gap(&d, v, 15), 1e-12);
    double a = sim_idm_free(&d, v, 15) - sim_idm_interaction(&d, v, 0, gap);
    assert_true(fabs(a) < 1e-9);
  }
  assert_true(sim_idm_free(&d, 30, 15) > -d.decel_mps2);
  assert_near("to cover 100 m at 10 m/s", sim_time_to_cover(100, 10, 1, 10), 10, 1e-12);
  assert_near("to cover 8 m from rest", sim_time_to_cover(8, 0, 1, 100), 4, 1e-12);
  assert_near("to cover 30 m, 4 m/s at most", sim_time_to_cover(30, 0, 1, 4), 9.5, 1e-12);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_model_equals_its_closed_forms),
      cmocka_unit_test(a_ring_road_settles_at_the_closed_form_flow),
      cmocka_unit_test(a_free_road_gives_the_integral_of_the_model),
      cmocka_unit_test(the_model_stops_before_a_wall_when_physics_allow),
      cmocka_unit_test(nobody_runs_into_a_standing_car),
      cmocka_unit_test(curves_are_taken_with_bearable_lateral_acceleration),
      cmocka_unit_test(the_body_turns_as_a_rolling_one_does),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
