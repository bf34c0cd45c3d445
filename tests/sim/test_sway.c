// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Bodies tilt as their springs say, and nothing but their looks comes of it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "base/rng.h"
#include "sim/state.h"
#include "with_networks.h"

// How far the nose is down and the right side is down in a pose.
static double dive_of(pose p) {
  return -asin(quat_rotate(p.q, (vec3){1, 0, 0}).z);
}

static double lean_of(pose p) {
  return asin(quat_rotate(p.q, (vec3){0, 1, 0}).z);
}

static double middle_z(const sim_actor *a) {
  return pose_apply(a->begin, (vec3){a->centre_m[0], 0, 0}).z;
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
      // The softer front gives way farther than the stiffer rear rises, and the other way round.
      double front = 1.25 * 1.25, rear = 1.45 * 1.45;
      assert_true(fabs(middle_z(ego) + dive * 1.35 * (rear - front) / (rear + front)) < 1e-5);
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

// A road that is level to BEND_X, bends upwards by BEND_PM up to BEND_END, and goes on straight.
#define BEND_X 100.0
#define BEND_END 180.0
#define BEND_PM 0.002

static double ground_grade(double x) {
  return BEND_PM * fmax(0, fmin(x, BEND_END) - BEND_X);
}

static double ground_z(double x) {
  double u = fmax(0, fmin(x, BEND_END) - BEND_X);
  return BEND_PM * u * u / 2 + ground_grade(x) * fmax(0, x - BEND_END);
}

// A mass on a spring over that road, in steps of 0.1 ms from where it was: the body's grade follows
// the ground's within 2 m. heave, its rate and the grade are carried on.
static void mass_on_a_spring(double from_x, double to_x, double v, double state[3]) {
  const double omega = 8.8, damping = 0.35, dt = 1e-4;
  for (double x = from_x; x < to_x; x += v * dt) {
    double change = (ground_grade(x) - state[2]) * v / 2;
    state[2] += change * dt;
    state[1] -= (v * change + 2 * damping * omega * state[1] + omega * omega * state[0]) * dt;
    state[0] += state[1] * dt;
  }
}

static void bodies_sink_in_dips_and_swing_out_of_them(void **state) {
  (void)state;
  const double v = 20;
  scene *s = with_straight(4000, v, 1); // nobody brakes for an end so far away
  for (int k = 0; k < s->roads.point_count; k++)
    s->roads.points[k].z_m = ground_z(s->roads.points[k].x_m);
  with_vehicle_at(s, 0, 1, 40, v);
  sim_world *world = with_world(s);
  sim_snapshot shot = {0};
  double lowest = 0, highest = 0, x = 40, mass[3] = {0};
  int seen = 0;
  for (int frame = 0; frame < 120; frame++) {
    assert_int_equal(sim_world_next_frame(world, &shot, NULL), STATUS_OK);
    const sim_actor *ego = &shot.actors[0];
    vec3 middle = pose_apply(ego->begin, (vec3){ego->centre_m[0], 0, 0});
    if (middle.x > 260)
      break;
    assert_true(fabs(ego->speed_mps - v) < 0.01);
    mass_on_a_spring(x, middle.x, v, mass);
    x = middle.x;
    // The road's points are 2 m apart, and straight between them.
    double a = 2 * floor(x / 2),
           ground = ground_z(a) + (x - a) / 2 * (ground_z(a + 2) - ground_z(a));
    double found = middle.z - ground;
    if (fabs(found - mass[0]) > 8e-4)
      fail_msg("at x = %.1f m: heave %.2f mm, expected %.2f mm", x, found * 1e3, mass[0] * 1e3);
    lowest = fmin(lowest, found);
    highest = fmax(highest, found);
    seen += x > BEND_X;
  }
  assert_true(seen > 60);
  double rest = -v * v * BEND_PM / (8.8 * 8.8); // 10 mm
  assert_true(lowest < 1.1 * rest && lowest > 1.4 * rest);
  assert_true(highest > 0.1 * -rest);
  sim_snapshot_free(&shot);
  sim_world_destroy(world);
  with_scene_free(s);
}

static void nothing_heaves_on_level_roads_at_a_constant_speed(void **state) {
  (void)state;
  scene *s = with_straight(4000, 20, 1);
  with_vehicle_at(s, 0, 1, 40, 20);
  sim_world *world = with_world(s);
  sim_snapshot shot = {0};
  for (int frame = 0; frame < 50; frame++) {
    assert_int_equal(sim_world_next_frame(world, &shot, NULL), STATUS_OK);
    double z = middle_z(&shot.actors[0]);
    if (fabs(z) > 1e-5)
      fail_msg("frame %d: heave %g m", frame, z);
  }
  sim_snapshot_free(&shot);
  sim_world_destroy(world);
  with_scene_free(s);
}

// One body after a step, by its definition: in plain words what sim_springs_move() does side by
// side.
static void swing_one(double at_rate[2], const sim_spring *by, double target) {
  double off = at_rate[0] - target, was = at_rate[1];
  at_rate[0] = target + by->kept * off + by->gained * was;
  at_rate[1] = by->pulled * off + by->going * was;
}

typedef struct swayed {
  double dive[2], lean[2], heave[2]; // and their rates
  double before[2];                  // the step's: dive and lean
} swayed;

static swayed swayed_of(const sim_world *w, int i) {
  const sim_vehicles *cars = &w->cars;
  return (swayed){{cars->dive_rad[i], cars->dive_radps[i]},
                  {cars->lean_rad[i], cars->lean_radps[i]},
                  {cars->heave_m[i], cars->heave_mps[i]},
                  {cars->dive_before_rad[i], cars->lean_before_rad[i]}};
}

static swayed sway_plainly(const sim_world *w, int i) {
  const sim_vehicles *cars = &w->cars;
  swayed s = swayed_of(w, i);
  double v = cars->v_mps[i];
  if (cars->lean_by[i] == 0)
    return s;
  s.before[0] = s.dive[0], s.before[1] = s.lean[0];
  double swung = fabs(s.dive[0]) + fabs(s.lean[0]) + fabs(s.dive[1]) + fabs(s.lean[1]);
  if (v == 0 && swung <= 1e-7 && (!w->uneven || fabs(s.heave[0]) + fabs(s.heave[1]) <= 1e-7))
    return (swayed){.heave = {w->uneven ? 0 : s.heave[0], w->uneven ? 0 : s.heave[1]},
                    .before = {s.before[0], s.before[1]}};
  swing_one(s.dive, &w->body_spring, -0.0036 * (v > 0 ? cars->a_mps2[i] : 0));
  swing_one(s.lean, &w->body_spring, cars->lean_by[i] * cars->bend_mps2[i]);
  double rest = -(v * cars->climb[i] / w->step_s) / (8.8 * 8.8);
  if (w->uneven)
    swing_one(s.heave, &w->body_spring, fmin(0.04, fmax(-0.04, rest)));
  return s;
}

static void bodies_side_by_side_sway_as_each_alone(void **state) {
  (void)state;
  scene *s = with_crossing(true, 12, 11, 0);
  sim_world *w = with_world(s);
  sim_vehicles *cars = &w->cars;
  rng r = rng_at(7, RNG_TEST, 0, 0, 0);
  for (int round = 0; round < 400; round++) {
    w->uneven = round % 2;
    int begin = round % 3, end = cars->count - round / 2 % 5;
    swayed expected[64];
    for (int i = 0; i < cars->count; i++) {
      double size = rng_chance(&r, 0.2) ? 1e-8 : 0.02; // some about to be still
      double *at[] = {&cars->dive_rad[i],        &cars->dive_radps[i],     &cars->lean_rad[i],
                      &cars->lean_radps[i],      &cars->heave_m[i],        &cars->heave_mps[i],
                      &cars->dive_before_rad[i], &cars->lean_before_rad[i]};
      for (int k = 0; k < 8; k++)
        *at[k] = rng_uniform(&r, -size, size);
      cars->v_mps[i] = rng_chance(&r, 0.4) ? 0 : rng_uniform(&r, 0, 30);
      cars->a_mps2[i] = rng_uniform(&r, -6, 3);
      cars->bend_mps2[i] = rng_uniform(&r, -3, 3);
      cars->climb[i] = rng_uniform(&r, -0.02, 0.02);
      cars->lean_by[i] = rng_chance(&r, 0.2) ? 0 : 0.0085;
      expected[i] = i >= begin && i < end ? sway_plainly(w, i) : swayed_of(w, i);
    }
    sim_springs_move(w, begin, end);
    for (int i = 0; i < cars->count; i++) {
      swayed found = swayed_of(w, i);
      for (int k = 0; k < 2; k++)
        if (found.dive[k] != expected[i].dive[k] || found.lean[k] != expected[i].lean[k] ||
            found.heave[k] != expected[i].heave[k] || found.before[k] != expected[i].before[k])
          fail_msg(
              "round %d, body %d: dive %.17g, lean %.17g, heave %.17g instead of %.17g, %.17g, "
              "%.17g",
              round, i, found.dive[k], found.lean[k], found.heave[k], expected[i].dive[k],
              expected[i].lean[k], expected[i].heave[k]);
    }
  }
  sim_world_destroy(w);
  with_scene_free(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(braked_cars_dive_and_driven_ones_squat),
      cmocka_unit_test(cars_lean_out_of_bends_and_riders_into_them),
      cmocka_unit_test(bodies_sink_in_dips_and_swing_out_of_them),
      cmocka_unit_test(nothing_heaves_on_level_roads_at_a_constant_speed),
      cmocka_unit_test(bodies_side_by_side_sway_as_each_alone),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
