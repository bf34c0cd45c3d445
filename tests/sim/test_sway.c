// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Bodies tilt as their springs say, and nothing but their looks comes of it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "sim/world.h"
#include "with_networks.h"

// How far the nose is down and the right side is down in a pose.
static double dive_of(pose p) {
  return -asin(quat_rotate(p.q, (vec3){1, 0, 0}).z);
}

static double lean_of(pose p) {
  return asin(quat_rotate(p.q, (vec3){0, 1, 0}).z);
}

static void braked_cars_dive_and_driven_ones_squat(void **state) {
  (void)state;
  scene *s = with_straight(700, 20, 1); // its ego stops at the end
  sim_world *world = with_world(s);
  sim_snapshot shot = {0};
  int moving = 0, steady = 0;
  double deepest = 0, highest = 0, last = 0;
  for (int frame = 0; frame < 590; frame++) {
    assert_int_equal(sim_world_next_frame(world, &shot, NULL), STATUS_OK);
    const sim_actor *ego = &shot.actors[shot.ego];
    double dive = dive_of(ego->begin), a = ego->acceleration_mps2.x;
    deepest = fmax(deepest, dive);
    highest = fmin(highest, dive);
    if (ego->speed_mps > 1) {
      moving++;
      steady += fabs(dive + 0.0036 * a) < 0.001;
    }
    last = dive;
  }
  // But for its swinging, it is what the acceleration says.
  assert_true(moving > 300 && steady > 0.9 * moving);
  assert_true(deepest > 0.003 && deepest < 0.03);
  assert_true(highest < -0.003 && highest > -0.03);
  assert_true(fabs(last) < 1e-4); // level at rest
  sim_snapshot_free(&shot);
  sim_world_destroy(world);
  with_scene_free(s);
}

// Most tilt to the right through a bend to the left, and the most of v^2 / r.
static double lean_in_a_bend(thing_kind kind, double size_x, double *sideways) {
  const double radius = 30;
  scene *s = with_bend(radius, 9);
  s->vehicles[0].kind = kind;
  s->vehicles[0].size_m[0] = size_x;
  sim_world *world = with_world(s);
  sim_snapshot shot = {0};
  double most = 0;
  *sideways = 0;
  for (int frame = 0; frame < 300; frame++) {
    assert_int_equal(sim_world_next_frame(world, &shot, NULL), STATUS_OK);
    double lean = lean_of(shot.actors[0].begin), v = shot.actors[0].speed_mps;
    if (fabs(lean) > fabs(most)) {
      most = lean;
      *sideways = v * v / radius;
    }
  }
  sim_snapshot_free(&shot);
  sim_world_destroy(world);
  with_scene_free(s);
  return most;
}

static void cars_lean_out_of_bends_and_riders_into_them(void **state) {
  (void)state;
  double a;
  double car = lean_in_a_bend(THING_CAR, 4.5, &a);
  assert_true(a > 1 && car > 0);
  assert_true(fabs(car - 0.0085 * a) < 0.2 * car);
  double rider = lean_in_a_bend(THING_MOTORCYCLE, 2.2, &a);
  assert_true(a > 1 && rider < 0);
  assert_true(fabs(rider + atan(a / 9.81)) < 0.1 * fabs(rider));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(braked_cars_dive_and_driven_ones_squat),
      cmocka_unit_test(cars_lean_out_of_bends_and_riders_into_them),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
