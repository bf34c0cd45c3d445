// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Kinds of driver, and drivers who break rules.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "with_checks.h"
#include "with_networks.h"
#include "with_scenes.h"

static scene *town(uint64_t seed, int vehicles, double breakers, double aggressive,
                   double cautious) {
  scene_def def = with_scene_def(0, seed);
  def.grid_city.blocks_x = def.grid_city.blocks_y = 3;
  def.grid_city.signals = 1;
  def.vehicles = vehicles;
  def.pedestrians = 40;
  def.rule_breakers = breakers;
  def.drivers[0] = aggressive, def.drivers[1] = 7, def.drivers[2] = cautious;
  return with_scene_of(0, seed, &def);
}

static void breakers_go_at_red_are_labelled_so_and_nobody_else_does(void **state) {
  (void)state;
  int runs = 0, meetings = 0;
  for (uint64_t seed = 0; seed < 6; seed++) {
    scene *s = town(seed, 80, 0, 0, 0);
    for (int i = 1; i < s->vehicle_count; i += 3) {
      s->vehicles[i].breaks = BREAKS_RED;
      s->vehicles[i].red_s = i % 2 ? 2.5 : 1e9;
    }
    check_report r;
    check_scene(s, 90, &r);
    if (r.red_runs || r.overlaps || r.hit_people)
      fail_msg("seed %d: %s", (int)seed, r.first);
    runs += r.breakers_red_runs;
    meetings += r.breakers_overlaps + r.breakers_hits;
    scene_destroy(s);
  }
  printf("%d crossed at red; bodies of breakers met others' in %d frames\n", runs, meetings);
  assert_in_range(runs, 12, 100000);
}

static void flags_of_snapshots_say_which_rule_is_broken(void **state) {
  (void)state;
  scene *s = town(3, 60, 0.5, 0, 0);
  sim_world *world = with_world(s);
  sim_snapshot shot = {0};
  sim_world_next_frame(world, &shot, NULL);
  uint32_t all = 0;
  for (int i = 0; i < s->vehicle_count; i++) {
    const scene_vehicle *v = &s->vehicles[i];
    for (int k = 0; k < shot.actor_count; k++)
      if (shot.actors[k].id == v->id)
        assert_int_equal(shot.actors[k].flags & ACTOR_BREAKS_ANY, (uint32_t)v->breaks * 32);
    all |= v->breaks;
  }
  assert_int_equal(all, BREAKS_RED | BREAKS_BRAKING | BREAKS_SPEED | BREAKS_YIELD | BREAKS_GAP);
  sim_snapshot_free(&shot);
  sim_world_destroy(world);
  scene_destroy(s);
}

static void draws_have_the_shares_that_were_asked_for(void **state) {
  (void)state;
  enum { SEEDS = 8 };
  int breakers = 0, all = 0, of[DRIVER_STYLES] = {0}, kinds[DRIVER_BREAKS] = {0};
  double headway[DRIVER_STYLES] = {0}, speed[DRIVER_STYLES] = {0};
  for (uint64_t seed = 0; seed < SEEDS; seed++) {
    scene *s = town(seed, 120, 0.3, 1, 2), *plain = town(seed, 120, 0, 0, 0);
    assert_int_equal(s->vehicle_count, plain->vehicle_count);
    assert_int_equal(s->vehicles[0].breaks | s->vehicles[0].style, 0); // the ego
    for (int i = 1; i < s->vehicle_count; i++) {
      const scene_vehicle *v = &s->vehicles[i];
      assert_int_equal(plain->vehicles[i].breaks | plain->vehicles[i].style, 0);
      assert_int_equal(v->lane, plain->vehicles[i].lane); // who it is moves nobody
      assert_true(v->s_m == plain->vehicles[i].s_m);
      assert_int_equal(v->breaks & (v->breaks - 1), 0); // one rule each
      for (int n = 0; n < DRIVER_BREAKS; n++)
        kinds[n] += v->breaks >> n & 1;
      breakers += v->breaks != 0;
      all++;
      if (v->breaks & BREAKS_SPEED)
        assert_true(v->driver.speed_factor >= 1.25);
      if (v->breaks || v->kind != THING_CAR)
        continue;
      of[v->style]++;
      headway[v->style] += v->driver.headway_s;
      speed[v->style] += v->driver.speed_factor;
    }
    scene_destroy(s);
    scene_destroy(plain);
  }
  int cars = of[0] + of[1] + of[2];
  if (fabs((double)breakers / all - 0.3) > 4 * sqrt(0.21 / all) ||
      fabs((double)of[DRIVER_AGGRESSIVE] / cars - 0.1) > 4 * sqrt(0.09 / cars) ||
      fabs((double)of[DRIVER_CAUTIOUS] / cars - 0.2) > 4 * sqrt(0.16 / cars))
    fail_msg("%d of %d break rules; of %d cars %d aggressive, %d cautious", breakers, all, cars,
             of[DRIVER_AGGRESSIVE], of[DRIVER_CAUTIOUS]);
  for (int n = 0; n < DRIVER_BREAKS; n++)
    assert_in_range(kinds[n], breakers / 10, breakers / 3);
  for (int k = 0; k < DRIVER_STYLES; k++)
    headway[k] /= of[k], speed[k] /= of[k];
  if (!(headway[DRIVER_AGGRESSIVE] < headway[0] - 0.2 &&
        headway[0] < headway[DRIVER_CAUTIOUS] - 0.2 && speed[DRIVER_AGGRESSIVE] > speed[0] + 0.05 &&
        speed[0] > speed[DRIVER_CAUTIOUS] + 0.05))
    fail_msg("headways %.2f %.2f %.2f, speeds %.2f %.2f %.2f (normal, aggressive, cautious)",
             headway[0], headway[1], headway[2], speed[0], speed[1], speed[2]);
}

// The hardest braking of a car that comes to a red light.
static double hardest_braking(bool late) {
  scene *s = with_crossing(true, 1, 0, 0);
  s->signal_offsets_s[0] = 22; // red for 28 s
  with_vehicle_at(s, 0, 1, 5, 13.5);
  if (late) {
    s->vehicles[0].breaks = BREAKS_BRAKING;
    s->vehicles[0].driver.decel_mps2 = 6.5;
  }
  sim_world *world = with_world(s);
  sim_snapshot shot = {0};
  double hardest = 0;
  for (int frame = 0; frame < 200; frame++) {
    sim_world_next_frame(world, &shot, NULL);
    hardest = fmax(hardest, -shot.actors[0].acceleration_mps2.x);
    assert_true(shot.actors[0].lane == 1 && shot.actors[0].lane_s_m + 2.3 < 112.1);
  }
  assert_true(shot.actors[0].speed_mps < 0.1);
  sim_snapshot_free(&shot);
  sim_world_destroy(world);
  with_scene_free(s);
  return hardest;
}

static void late_brakers_brake_much_harder_and_still_stop_at_the_line(void **state) {
  (void)state;
  double normal = hardest_braking(false), late = hardest_braking(true);
  if (!(normal < 3 && late > 4.5 && late < 8))
    fail_msg("%.2f m/s^2 of a normal driver, %.2f of one who brakes late", normal, late);
}

// When the one on the minor road, who stands at its line, enters the junction.
static double enters_after(int style, int breaks) {
  scene *s = with_crossing(false, 8, 1, 0);
  for (int i = 0; i < 8; i++) // some 5 s apart
    with_vehicle_at(s, i, 1, 100 - 13 * i, 3);
  with_vehicle_at(s, 8, 4, 114, 0);
  s->vehicles[8].style = (uint8_t)style;
  s->vehicles[8].breaks = (uint8_t)breaks;
  sim_world *world = with_world(s);
  sim_snapshot shot = {0};
  check_report report = {0};
  double at = -1;
  for (int frame = 0; frame < 600; frame++) {
    sim_world_next_frame(world, &shot, NULL);
    check_snapshot(&shot, &report);
    for (int k = 0; k < shot.actor_count; k++)
      if (at < 0 && shot.actors[k].id == s->vehicles[8].id && shot.actors[k].lane != 4)
        at = (double)shot.time_ns * 1e-9;
  }
  if (report.overlaps || report.breakers_overlaps)
    fail_msg("style %d, breaks %d: bodies meet; %s", style, breaks, report.first);
  sim_snapshot_free(&shot);
  sim_world_destroy(world);
  with_scene_free(s);
  return at;
}

static void breakers_take_the_right_of_way_and_touch_nobody(void **state) {
  (void)state;
  double normal = enters_after(DRIVER_NORMAL, 0),
         breaker = enters_after(DRIVER_NORMAL, BREAKS_YIELD);
  if (!(breaker > 0 && breaker < normal - 2))
    fail_msg("enters after %.1f s, a breaker after %.1f s", normal, breaker);
}

// Whether who stands at the line of the minor road sets off at once although one comes at 13 m/s
// and still has that far to the junction.
static bool sets_off(int style, double distance_m) {
  scene *s = with_crossing(false, 1, 1, 0);
  with_vehicle_at(s, 0, 1, 120 - 2.3 - distance_m, 13);
  with_vehicle_at(s, 1, 4, 114, 0);
  s->vehicles[1].style = (uint8_t)style;
  s->vehicles[1].driver.accel_mps2 = 3; // is soon over
  sim_world *world = with_world(s);
  sim_snapshot shot = {0};
  for (int frame = 0; frame < 10; frame++)
    sim_world_next_frame(world, &shot, NULL);
  bool went = shot.actors[1].speed_mps > 0.5;
  sim_snapshot_free(&shot);
  sim_world_destroy(world);
  with_scene_free(s);
  return went;
}

static void the_gap_that_is_enough_depends_on_the_style(void **state) {
  (void)state;
  double least[DRIVER_STYLES];
  for (int style = 0; style < DRIVER_STYLES; style++)
    for (least[style] = 114; least[style] > 6 && sets_off(style, least[style] - 2);)
      least[style] -= 2;
  if (!(least[DRIVER_AGGRESSIVE] <= least[0] - 4 && least[0] <= least[DRIVER_CAUTIOUS] - 4 &&
        least[DRIVER_CAUTIOUS] < 114))
    fail_msg("goes before one who is %.0f m away, aggressive %.0f m, cautious %.0f m", least[0],
             least[DRIVER_AGGRESSIVE], least[DRIVER_CAUTIOUS]);
}

static void curves_are_driven_at_the_style_s_lateral_acceleration(void **state) {
  (void)state;
  double lateral[DRIVER_STYLES];
  for (int style = 0; style < DRIVER_STYLES; style++) {
    scene *s = with_bend(30, 20);
    s->vehicles[0].style = (uint8_t)style;
    sim_world *world = with_world(s);
    sim_snapshot shot = {0};
    lateral[style] = 0;
    for (int frame = 0; frame < 250; frame++) {
      sim_world_next_frame(world, &shot, NULL);
      const sim_actor *a = &shot.actors[0];
      if (a->lane_s_m > 70 && a->lane_s_m < 95)
        lateral[style] = fmax(lateral[style], a->speed_mps * a->speed_mps / 30);
    }
    sim_snapshot_free(&shot);
    sim_world_destroy(world);
    with_scene_free(s);
  }
  double bold = lateral[DRIVER_AGGRESSIVE] / lateral[0];
  double careful = lateral[DRIVER_CAUTIOUS] / lateral[0];
  if (!(fabs(bold - 1.25) < 0.08 && fabs(careful - 0.8) < 0.08 && lateral[0] < 2.6))
    fail_msg("%.2f, %.2f, %.2f m/s^2 (normal, aggressive, cautious)", lateral[0],
             lateral[DRIVER_AGGRESSIVE], lateral[DRIVER_CAUTIOUS]);
}

static void tailgaters_follow_closely_without_touching(void **state) {
  (void)state;
  for (int gap = 0; gap < 2; gap++) {
    scene *s = with_ring(600, 15, 2);
    with_vehicle_at(s, 0, 1, 60, 5);
    with_vehicle_at(s, 1, 1, 30, 5);
    s->vehicles[0].driver.speed_factor = 0.6;
    s->vehicles[1].driver.speed_factor = 1.15;
    if (gap) {
      s->vehicles[1].breaks = BREAKS_GAP;
      s->vehicles[1].driver.headway_s = 0.45;
      s->vehicles[1].driver.gap_m = 1.5;
    }
    sim_world *world = with_world(s);
    sim_snapshot shot = {0};
    double behind = 0, v = 1;
    for (int frame = 0; frame < 600; frame++) {
      sim_world_next_frame(world, &shot, NULL);
      behind = shot.actors[0].lane_s_m - shot.actors[1].lane_s_m;
      behind = behind < 0 ? behind + 600 : behind;
      v = shot.actors[1].speed_mps;
      assert_true(behind > 4.6);
    }
    double headway = (behind - 4.6) / v;
    if (gap ? headway > 0.75 : headway < 1.2)
      fail_msg("%s follows at %.2f s", gap ? "a tailgater" : "a normal driver", headway);
    sim_snapshot_free(&shot);
    sim_world_destroy(world);
    with_scene_free(s);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(draws_have_the_shares_that_were_asked_for),
      cmocka_unit_test(flags_of_snapshots_say_which_rule_is_broken),
      cmocka_unit_test(late_brakers_brake_much_harder_and_still_stop_at_the_line),
      cmocka_unit_test(breakers_take_the_right_of_way_and_touch_nobody),
      cmocka_unit_test(the_gap_that_is_enough_depends_on_the_style),
      cmocka_unit_test(curves_are_driven_at_the_style_s_lateral_acceleration),
      cmocka_unit_test(tailgaters_follow_closely_without_touching),
      cmocka_unit_test(breakers_go_at_red_are_labelled_so_and_nobody_else_does),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
