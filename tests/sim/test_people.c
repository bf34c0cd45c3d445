// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Crowds: bodies are solid, and people slow down where it gets dense.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "with_crowd.h"
#include "with_networks.h"
#include "with_scenes.h"

static void the_checks_find_what_they_look_for(void **state) {
  (void)state;
  scene *s = with_crossing(false, 1, 0, 2);
  s->things = ARENA_NEW(s->memory, scene_thing, 1);
  s->thing_count = 1;
  s->things[0] = (scene_thing){
      .id = 9, .kind = THING_BUILDING, .at = pose_flat(50, 0, 0, 0), .size_m = {9, 7, 5}};
  sim_actor actors[2];
  for (int i = 0; i < 2; i++)
    actors[i] = (sim_actor){.id = (uint32_t)i + 1,
                            .kind = THING_PERSON,
                            .size_m = {0.8, 0.55, 1.75},
                            .begin = pose_flat(0.42 * i, 0, 0, 0),
                            .end = pose_flat(0.42 * i, 0, 0, 0)};
  sim_snapshot shot = {.actor_count = 2, .actors = actors};
  crowd_report r = {0};
  crowd_check(s, &shot, &r);
  assert_int_equal(r.overlaps, 0); // shoulders brush
  actors[1].begin.p_m.x = 0.38;
  crowd_check(s, &shot, &r);
  assert_int_equal(r.overlaps, 1);
  actors[1].begin = pose_flat(54.6, 3.6, 0, 0); // a corner of the house
  crowd_check(s, &shot, &r);
  assert_int_equal(r.in_things, 0);
  actors[1].begin = pose_flat(54.3, 0, 0, 0);
  crowd_check(s, &shot, &r);
  assert_int_equal(r.in_things, 1);
  s->things[0].kind = THING_LAMP;
  actors[1].begin = pose_flat(50.2, 0, 0, 0);
  crowd_check(s, &shot, &r);
  assert_int_equal(r.in_things, 2);
  actors[1] = (sim_actor){.id = 3, .kind = THING_CAR, .size_m = {4, 1.8, 1.5}};
  actors[1].begin = pose_flat(1.9, 0.8, 0, 0);
  crowd_check(s, &shot, &r);
  assert_int_equal(r.in_vehicles, 1);
  with_scene_free(s);
}

static void assert_solid(const char *what, int seed, const crowd_report *r) {
  if (r->overlaps || r->in_vehicles || r->in_things)
    fail_msg("%s, seed %d: %d overlaps, %d times in a vehicle, %d in a thing; %s", what, seed,
             r->overlaps, r->in_vehicles, r->in_things, r->first);
  if (r->walked_m * 10 < 0.6 * (double)r->person_frames)
    fail_msg("%s, seed %d: people walk at %.2f m/s only", what, seed,
             r->walked_m * 10 / (double)r->person_frames);
}

static void check_place(int kind, int seed, double per_km, double sidewalk_m, double seconds) {
  scene_def def = with_scene_def(kind, (uint64_t)seed);
  if (def.pedestrians == 0)
    return;
  def.pedestrians = -1;
  def.pedestrians_per_km = per_km;
  def.jaywalking = 0.2;
  def.groups = 0.4;
  if (sidewalk_m > 0)
    def.grid_city.sidewalk_m = def.intersection.sidewalk_m = sidewalk_m;
  scene *s = with_scene_of(kind, (uint64_t)seed, &def);
  crowd_report r;
  crowd_check_scene(s, seconds, &r);
  if (s->person_count > 0)
    assert_solid(with_scene_name(kind), seed, &r);
  printf("%s, seed %d: %ld person-seconds, %.2f m/s, deepest brush %.3f m\n", with_scene_name(kind),
         seed, r.person_frames / 10, 10 * r.walked_m / (double)r.person_frames, r.deepest_m);
  scene_destroy(s);
}

static void people_are_solid_in_every_kind_of_place(void **state) {
  (void)state;
  for (int kind = 0; kind < WITH_SCENE_KINDS; kind++)
    check_place(kind, 1 + kind % 2 * 2, 200, 0, 25);
}

// Signals' cycles last two minutes at most.
static void nobody_stands_for_good(void **state) {
  (void)state;
  for (int kind = 0; kind < 3; kind++) {
    scene_def def = with_scene_def(kind == 2 ? 9 : kind, 6);
    def.pedestrians = 80;
    def.vehicles = 5;
    scene *s = with_scene_of(kind, 6, &def);
    crowd_report r;
    crowd_check_scene(s, 400, &r);
    printf("%s: somebody stood for %.0f s\n", s->place, r.longest_stand_s);
    if (r.longest_stand_s > 130)
      fail_msg("%s: somebody stood for %g s", s->place, r.longest_stand_s);
    scene_destroy(s);
  }
}

static void people_are_solid_in_dense_crowds_and_on_narrow_ways(void **state) {
  (void)state;
  check_place(2, 4, 500, 0, 40); // a signalled crossing
  check_place(3, 6, 500, 1.2, 40);
  check_place(0, 2, 500, 1, 10);
}

// Those who walk together stay together, and most of the time nobody is between them.
static void groups_walk_abreast_and_wait_for_each_other(void **state) {
  (void)state;
  scene_def def = with_scene_def(0, 5);
  def.pedestrians = 60;
  def.groups = 1;
  scene *s = with_scene_of(0, 5, &def);
  sim_world *world = with_world(s);
  sim_snapshot shot = {0};
  long near = 0, apart = 0, abreast = 0, walking = 0;
  double farthest = 0;
  for (int frame = 0; frame < 1200; frame++) {
    sim_world_next_frame(world, &shot, NULL);
    const sim_actor *people = &shot.actors[shot.actor_count - s->person_count];
    for (int i = 1; i < s->person_count; i++) {
      if (!s->people[i].group || s->people[i].group != s->people[i - 1].group)
        continue;
      vec3 off = vec3_sub(people[i].begin.p_m, people[i - 1].begin.p_m);
      double d = vec3_length(off), v = hypot(people[i].velocity_mps.x, people[i].velocity_mps.y);
      d < 3.5 ? near++ : apart++;
      farthest = fmax(farthest, d);
      if (v < 0.5 || d > 3.5)
        continue;
      walking++;
      double along = off.x * people[i].velocity_mps.x + off.y * people[i].velocity_mps.y;
      abreast += fabs(along) / v < 0.7;
    }
  }
  printf("groups: %.1f %% of pairs near, %.1f %% of those abreast, at most %.1f m apart\n",
         100.0 * (double)near / (double)(near + apart), 100.0 * (double)abreast / (double)walking,
         farthest);
  assert_true(near + apart > 20000);
  assert_true(farthest < 15); // a road is between them at most
  assert_true(apart * 12 < near);
  assert_true(abreast * 2 > walking);
  sim_snapshot_free(&shot);
  sim_world_destroy(world);
  scene_destroy(s);
}

// Weidmann (1993), "Transporttechnik der Fussgänger", eq. 6.1: speed over density.
static double weidmann(double per_m2) {
  return per_m2 <= 0 ? 1.34 : 1.34 * (1 - exp(-1.913 * (1 / per_m2 - 1 / 5.4)));
}

static void crowds_slow_down_as_weidmann_found(void **state) {
  (void)state;
  static const double densities[] = {0.1, 0.3, 0.5, 0.75, 1, 1.5, 2, 2.5, 3};
  const double length = 60, width = 3;
  for (size_t k = 0; k < sizeof densities / sizeof *densities; k++) {
    int people = (int)lround(densities[k] * length * width);
    scene *s = with_round_walk(length, width, people);
    sim_world *world = with_world(s);
    sim_snapshot shot = {0};
    double speed = 0;
    int counted = 0;
    crowd_report r = {0};
    for (int frame = 0; frame < 500; frame++) {
      sim_world_next_frame(world, &shot, NULL);
      if (frame >= 100 && frame % 5 == 0)
        crowd_check(s, &shot, &r);
      for (int i = 0; i < shot.actor_count && frame >= 300; i++) {
        const sim_actor *p = &shot.actors[i];
        if (!thing_walks(p->kind))
          continue;
        double x = p->begin.p_m.x, y = p->begin.p_m.y - 300, d = hypot(x, y);
        speed += (p->velocity_mps.y * x - p->velocity_mps.x * y) / d;
        counted++;
      }
    }
    speed /= counted;
    double should = weidmann(densities[k]);
    printf("%.2f people a square metre: %.2f m/s, Weidmann %.2f\n", densities[k], speed, should);
    if (fabs(speed - should) > fmax(0.12 * should, 0.08))
      fail_msg("%.2f people a square metre walk at %.3f m/s; Weidmann found %.3f", densities[k],
               speed, should);
    assert_int_equal(r.overlaps, 0);
    sim_snapshot_free(&shot);
    sim_world_destroy(world);
    with_scene_free(s);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_checks_find_what_they_look_for),
      cmocka_unit_test(groups_walk_abreast_and_wait_for_each_other),
      cmocka_unit_test(crowds_slow_down_as_weidmann_found),
      cmocka_unit_test(people_are_solid_in_every_kind_of_place),
      cmocka_unit_test(nobody_stands_for_good),
      cmocka_unit_test(people_are_solid_in_dense_crowds_and_on_narrow_ways),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
