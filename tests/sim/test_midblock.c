// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Crossing in the middle of a block: in gaps, so that nobody is hit and no driver has to brake
// hard.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "with_checks.h"
#include "with_crowd.h"
#include "with_scenes.h"

typedef struct tally {
  int begun, over, hits;
  double seconds;      // on the road
  double hardest_mps2; // braking for somebody there
  char first[200];
} tally;

// On a lane for cars, and away from crosswalks.
static bool on_road(const scene *s, const sim_actor *a) {
  double along, aside;
  vec3 p = a->begin.p_m;
  int lane = lane_nearest(&s->roads, p.x, p.y, &along, &aside);
  if (!lane || fabs(aside) > s->roads.paths[lane - 1].width_m / 2)
    return false;
  for (int e = 0; e < s->roads.walk_edge_count; e++) {
    const walk_edge *edge = &s->roads.walk_edges[e];
    for (double at = 0; edge->kind == WALK_CROSSWALK && at < edge->length_m; at += 2) {
      road_point on = walk_point(&s->roads, edge, at);
      if (hypot(on.x_m - p.x, on.y_m - p.y) < edge->width_m / 2 + 2)
        return false;
    }
  }
  return true;
}

// Of a vehicle and somebody on the road.
static void check_pair(const sim_actor *car, const sim_actor *a, tally *sum) {
  vec3 middle = pose_apply(car->begin, (vec3){car->centre_m[0], 0, 0});
  vec3 to = quat_rotate(quat_conjugate(car->begin.q), vec3_sub(a->begin.p_m, middle));
  double ahead = to.x - car->size_m[0] / 2, aside = fabs(to.y) - car->size_m[1] / 2;
  if (car->speed_mps > 0.3 && ahead < 0.2 && ahead > -car->size_m[0] - 0.2 && aside < 0.2) {
    sum->hits++;
    if (!sum->first[0])
      snprintf(sum->first, sizeof sum->first, "car %u at %.1f m/s hits person %u at (%.1f, %.1f)",
               car->id, car->speed_mps, a->id, a->begin.p_m.x, a->begin.p_m.y);
  }
  double braking = -quat_rotate(quat_conjugate(car->begin.q), car->acceleration_mps2).x;
  if (ahead > 0 && ahead < 40 && aside < 1.5)
    sum->hardest_mps2 = fmax(sum->hardest_mps2, braking);
}

static void watch(int kind, uint64_t seed, double vehicles_per_km, tally *sum) {
  scene_def def = with_scene_def(kind, seed);
  def.pedestrians = -1;
  def.pedestrians_per_km = 40;
  def.vehicles = -1;
  def.vehicles_per_km = vehicles_per_km;
  def.midblock = 0.7, def.groups = 0, def.jaywalking = 0;
  scene *s = with_scene_of(kind, seed, &def);
  sim_world *world = NULL;
  sim_snapshot shot = {0};
  trouble why;
  assert_int_equal(sim_world_create(&world, s, &why), STATUS_OK);
  bool *was = calloc((size_t)s->id_count + 1, sizeof *was);
  assert_non_null(was);
  for (int frame = 0; frame < 900; frame++) {
    assert_int_equal(sim_world_next_frame(world, &shot, &why), STATUS_OK);
    for (int i = 0; i < shot.actor_count; i++) {
      const sim_actor *a = &shot.actors[i];
      if (a->kind != THING_PERSON)
        continue;
      bool is = on_road(s, a);
      sum->begun += is && !was[a->id], sum->over += !is && was[a->id];
      was[a->id] = is;
      sum->seconds += is * 0.1;
      for (int k = 0; k < shot.actor_count && is && frame > 20; k++)
        if (!thing_walks(shot.actors[k].kind))
          check_pair(&shot.actors[k], a, sum);
    }
  }
  free(was);
  sim_snapshot_free(&shot);
  sim_world_destroy(world);
  scene_destroy(s);
}

static void people_cross_in_gaps_and_nobody_is_hit(void **state) {
  (void)state;
  tally sum = {0};
  for (uint64_t seed = 1; seed <= 8; seed++) {
    watch(0, seed, 15, &sum); // towns
    watch(4, seed, 12, &sum); // a straight road
    watch(8, seed, 15, &sum);
  }
  printf("%d began to cross, %d got over, %.0f s on the road; hardest braking %.1f m/s2\n",
         sum.begun, sum.over, sum.seconds, sum.hardest_mps2);
  if (sum.hits)
    fail_msg("%d times somebody is hit: %s", sum.hits, sum.first);
  assert_true(sum.over > 60);
  if (sum.hardest_mps2 > 3.5)
    fail_msg("drivers brake by %.1f m/s2 for people on the road", sum.hardest_mps2);
}

// The same without anybody who may: nobody is on the road.
static void who_may_not_stays_off_the_road(void **state) {
  (void)state;
  scene_def def = with_scene_def(0, 1);
  def.pedestrians = 60, def.midblock = 0;
  scene *s = with_scene_of(0, 1, &def);
  sim_world *world = NULL;
  sim_snapshot shot = {0};
  trouble why;
  assert_int_equal(sim_world_create(&world, s, &why), STATUS_OK);
  for (int frame = 0; frame < 300; frame++) {
    assert_int_equal(sim_world_next_frame(world, &shot, &why), STATUS_OK);
    for (int i = 0; i < shot.actor_count && frame % 5 == 0; i++)
      assert_false(shot.actors[i].kind == THING_PERSON && on_road(s, &shot.actors[i]));
  }
  sim_snapshot_free(&shot);
  sim_world_destroy(world);
  scene_destroy(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(people_cross_in_gaps_and_nobody_is_hit),
      cmocka_unit_test(who_may_not_stays_off_the_road),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
