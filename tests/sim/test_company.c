// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Wheelchairs, prams, dogs, umbrellas: how many, where, and when.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>

#include "scenes/person.h"
#include "with_crowd.h"
#include "with_scenes.h"

// Of `of` that could, `got` did; the chance was `share`.
static void assert_share(const char *what, int got, int of, double share) {
  double mean = share * of, sigma = sqrt(mean * (1 - share));
  printf("%s: %d of %d, %.1f expected\n", what, got, of, mean);
  if (of < 200 || fabs(got - mean) > 4 * sigma + 1)
    fail_msg("%s: %d of %d, %.1f +- %.1f expected", what, got, of, mean, sigma);
}

static scene_def def_of(int kind, double per_km) {
  scene_def def = with_scene_def(kind, 1);
  def.pedestrians = -1;
  def.pedestrians_per_km = per_km;
  return def;
}

static void as_many_have_something_as_asked_for(void **state) {
  (void)state;
  scene_def def = def_of(0, 120);
  def.groups = 0.2;
  def.wheelchairs = 0.1, def.prams = 0.15, def.dogs = 0.25, def.umbrellas = 0.4;
  int people = 0, chairs = 0, alone = 0, prams = 0, dogs = 0, free = 0, umbrellas = 0;
  double speed[2] = {0}; // on foot, rolling
  for (uint64_t seed = 1; seed <= 4; seed++) {
    scene *s = with_scene_of(0, seed, &def);
    for (int i = 0; i < s->person_count; i++) {
      const scene_person *p = &s->people[i];
      if (p->along) {
        const scene_person *owner = &s->people[p->along - 1];
        prams += p->thing == THING_PRAM, dogs += p->thing == THING_DOG;
        assert_true(owner->thing == THING_PERSON && owner->kind != PERSON_CHILD && !owner->group);
        assert_true(p->id > owner->id);
        continue;
      }
      if (p->kind == PERSON_CHILD)
        continue;
      bool rolls = p->thing == THING_WHEELCHAIR;
      people++, chairs += rolls;
      if (!p->group)
        speed[rolls] += p->speed_mps;
      alone += !p->group && !rolls;
      bool hands = !rolls && !(p->asset_seed & PERSON_PUSHES_PRAM);
      free += hands, umbrellas += p->umbrella;
      assert_true(hands || !p->umbrella);
    }
    scene_destroy(s);
  }
  assert_share("wheelchairs", chairs, people, 0.1);
  assert_share("prams", prams, alone, 0.15);
  assert_share("dogs", dogs, alone - prams, 0.25);
  assert_share("umbrellas", umbrellas, free, 0.4);
}

static const sim_actor *actor_of(const sim_snapshot *shot, uint32_t id) {
  for (int i = 0; i < shot->actor_count; i++)
    if (shot->actors[i].id == id)
      return &shot->actors[i];
  fail_msg("nobody has the id %u", id);
  return NULL;
}

static void company_stays_where_it_belongs(void **state) {
  (void)state;
  scene_def def = def_of(0, 60);
  def.prams = 0.3, def.dogs = 0.5, def.wheelchairs = 0.1;
  scene *s = with_scene_of(0, 2, &def);
  sim_world *world = NULL;
  sim_snapshot shot = {0};
  trouble why;
  assert_int_equal(sim_world_create(&world, s, &why), STATUS_OK);
  double moved = 0, worst = 0;
  int prams = 0, dogs = 0;
  for (int frame = 0; frame < 300; frame++) {
    assert_int_equal(sim_world_next_frame(world, &shot, &why), STATUS_OK);
    for (int i = 0; i < s->person_count; i++) {
      const scene_person *p = &s->people[i];
      if (!p->along)
        continue;
      const sim_actor *it = actor_of(&shot, p->id);
      const sim_actor *owner = actor_of(&shot, s->people[p->along - 1].id);
      double ahead, left;
      person_along(p->thing, s->people[p->along - 1].size_m[2], &ahead, &left);
      vec3 at = pose_apply(pose_inverse(owner->begin), it->begin.p_m);
      double off = hypot(at.x - ahead, at.y - left);
      worst = fmax(worst, off);
      if (off > 0.03 || fabs(at.z) > 0.25)
        fail_msg("frame %d: %u is %.3f m from where %u has it", frame, it->id, off, owner->id);
      assert_int_equal(it->kind, p->thing);
      assert_int_equal(it->class, SEMANTIC_DYNAMIC);
      moved += vec3_length(vec3_sub(it->end.p_m, it->begin.p_m));
      prams += p->thing == THING_PRAM, dogs += p->thing == THING_DOG;
    }
  }
  printf("%d prams and %d dogs a frame go %.0f m, at most %.3f m off\n", prams / 300, dogs / 300,
         moved, worst);
  assert_true(prams > 3000 && dogs > 3000 && moved > 1000);
  sim_snapshot_free(&shot);
  sim_world_destroy(world);
  scene_destroy(s);
}

// Who waits for green keeps the pram off the road.
static void prams_wait_behind_the_kerb(void **state) {
  (void)state;
  scene_def def = def_of(2, 150);
  def.prams = 1, def.groups = 0, def.jaywalking = 0;
  scene *s = with_scene_of(2, 3, &def);
  sim_world *world = NULL;
  sim_snapshot shot = {0};
  trouble why;
  assert_int_equal(sim_world_create(&world, s, &why), STATUS_OK);
  int stood = 0, on_road = 0, crossing = 0;
  for (int frame = 0; frame < 900; frame++) {
    assert_int_equal(sim_world_next_frame(world, &shot, &why), STATUS_OK);
    for (int i = 0; i < shot.actor_count && frame > 20; i++) {
      const sim_actor *a = &shot.actors[i];
      if (a->kind != THING_PRAM)
        continue;
      vec3 front = pose_apply(a->begin, (vec3){a->size_m[0] / 2, 0, 0});
      double along, aside;
      int lane = lane_nearest(&s->roads, front.x, front.y, &along, &aside);
      bool paved = lane && fabs(aside) < s->roads.paths[lane - 1].width_m / 2 && fabs(aside) > 0 &&
                   along > 0 && along < s->roads.paths[lane - 1].length_m;
      bool stands = hypot(a->velocity_mps.x, a->velocity_mps.y) < 0.05;
      stood += stands, on_road += stands && paved, crossing += !stands && paved;
    }
  }
  printf("prams stood for %d s, on the road for %d frames; crossed for %d s\n", stood / 10, on_road,
         crossing / 10);
  assert_true(stood > 1000 && crossing > 500);
  assert_true(on_road < stood / 200); // who waits for a car on a crosswalk stands there, too
  sim_snapshot_free(&shot);
  sim_world_destroy(world);
  scene_destroy(s);
}

static void umbrellas_open_in_rain(void **state) {
  (void)state;
  static const double rain[] = {0, 0.1, 5};
  int last = 0, have = 0;
  for (int k = 0; k < 3; k++) {
    scene_def def = def_of(0, 30);
    def.weather.rain_mmh = rain[k];
    scene *s = with_scene_of(0, 1, &def);
    sim_world *world = NULL;
    sim_snapshot shot = {0};
    trouble why;
    int open = 0;
    assert_int_equal(sim_world_create(&world, s, &why), STATUS_OK);
    assert_int_equal(sim_world_next_frame(world, &shot, &why), STATUS_OK);
    for (int i = have = 0; i < s->person_count; i++) {
      const scene_person *p = &s->people[i];
      const sim_actor *a = actor_of(&shot, p->id);
      bool is_open = a->asset_seed & PERSON_HAS_UMBRELLA && a->kind == THING_PERSON;
      have += p->umbrella, open += is_open;
      assert_true(!is_open || p->umbrella);
      double rise = a->size_m[2] - p->size_m[2];
      assert_true(fabs(rise - (is_open ? PERSON_UMBRELLA_RISE_M : 0)) < 1e-9);
      assert_true(a->centre_m[2] == a->size_m[2] / 2);
    }
    last = open;
    assert_true(k == 2 || open == 0);
    sim_snapshot_free(&shot);
    sim_world_destroy(world);
    scene_destroy(s);
  }
  assert_true(have > 20 && last == have);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(as_many_have_something_as_asked_for),
      cmocka_unit_test(company_stays_where_it_belongs),
      cmocka_unit_test(prams_wait_behind_the_kerb),
      cmocka_unit_test(umbrellas_open_in_rain),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
