// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Riders on two wheels go past queues to their front, not much faster than these, and touch nobody.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "with_checks.h"
#include "with_scenes.h"

static scene_def riders(int kind, uint64_t seed, double filtering) {
  scene_def def = with_scene_def(kind, seed);
  const double mix[MIX_KINDS] = {8, 1, 1, 1, 6, 4};
  memcpy(def.mix, mix, sizeof mix);
  def.filtering = filtering;
  return def;
}

typedef struct tally {
  long beside;    // frames in which a rider goes past a slower vehicle of its lane
  double fastest; // that it was faster then
  double fronts;  // riders first at a red light, by frames
  double far_m;   // way that they went in all
} tally;

// What the riders of a scene do in a minute.
static void count(const scene *s, double seconds, tally *t) {
  sim_world *world = NULL;
  sim_snapshot shot = {0};
  trouble why;
  assert_int_equal(sim_world_create(&world, s, &why), STATUS_OK);
  for (int frame = 0; frame < seconds * s->frame_hz; frame++) {
    assert_int_equal(sim_world_next_frame(world, &shot, &why), STATUS_OK);
    for (int i = 0; i < shot.actor_count; i++) {
      const sim_actor *a = &shot.actors[i];
      if (a->kind != THING_MOTORCYCLE)
        continue;
      t->far_m += a->speed_mps / s->frame_hz;
      const lane_path *lane = a->lane ? &s->roads.paths[a->lane - 1] : NULL;
      if (!lane || lane->junction)
        continue;
      bool first = lane->signal && shot.signals[lane->signal - 1] == SIGNAL_RED &&
                   lane->stop_s_m - a->lane_s_m < 6 && a->speed_mps < 0.1;
      bool alone = true;
      for (int j = 0; j < shot.actor_count; j++) {
        const sim_actor *b = &shot.actors[j];
        double ahead = b->lane_s_m - a->lane_s_m;
        if (b == a || b->kind == THING_PERSON || b->lane != a->lane)
          continue;
        first = first && ahead < 0;
        alone = alone && fabs(ahead) > b->size_m[0] / 2 + 1;
        if (fabs(ahead) < (a->size_m[0] + b->size_m[0]) / 2 && a->speed_mps > b->speed_mps + 0.5 &&
            b->kind != THING_BICYCLE && a->speed_mps < 12) {
          t->beside++;
          t->fastest = fmax(t->fastest, a->speed_mps - b->speed_mps);
        }
      }
      t->fronts += first && !alone;
    }
  }
  sim_snapshot_free(&shot);
  sim_world_destroy(world);
}

static void riders_come_to_the_front_of_red_queues(void **state) {
  (void)state;
  tally with = {0}, without = {0};
  for (int seed = 0; seed < 6; seed++)
    for (int filter = 0; filter < 2; filter++) {
      scene_def def = riders(2, (uint64_t)seed, filter);
      def.intersection.lanes = 2;
      def.vehicles = 40;
      def.pedestrians = 0;
      scene *s = with_scene_of(2, (uint64_t)seed, &def);
      count(s, 60, filter ? &with : &without);
      scene_destroy(s);
    }
  printf("filtering: %ld frames beside slower ones, by %.2f m/s at most, %.0f at the front beside "
         "others, %.0f m; not: %ld, %.0f, %.0f m\n",
         with.beside, with.fastest, with.fronts, with.far_m, without.beside, without.fronts,
         without.far_m);
  assert_int_equal(without.beside + (long)without.fronts, 0);
  assert_true(with.beside > 100 && with.fronts > 100);
  assert_true(with.fastest < 15 / 3.6 + 1.5); // while queues brake
}

static void assert_flows(int kind, uint64_t seed, const scene_def *def) {
  scene *s = with_scene_of(kind, seed, def);
  check_report r;
  check_scene(s, 60, &r);
  if (r.overlaps || r.hit_people || r.red_runs || r.bad_numbers || r.wrong_ways || r.jumps)
    fail_msg("%s, seed %d: %d overlaps, %d people hit, %d red lights run, %d bad numbers, %d on "
             "the wrong side, %d jumps; %s",
             with_scene_name(kind), (int)seed, r.overlaps, r.hit_people, r.red_runs, r.bad_numbers,
             r.wrong_ways, r.jumps, r.first);
  scene_destroy(s);
}

static void nobody_touches_riders(void **state) {
  (void)state;
  static const int kinds[] = {0, 1, 2, 3, 8, 9};
  const char *more = getenv("ROADLOOM_TEST_SEEDS");
  for (int k = 0; k < 6; k++)
    for (int seed = 0; seed < (more ? atoi(more) : 3); seed++) {
      scene_def def = riders(kinds[k], (uint64_t)seed, 1);
      strcpy(def.hand, seed % 5 % 2 ? "left" : "right");
      assert_flows(kinds[k], (uint64_t)seed, &def);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(riders_come_to_the_front_of_red_queues),
      cmocka_unit_test(nobody_touches_riders),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
