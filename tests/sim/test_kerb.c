// SPDX-License-Identifier: Apache-2.0
// labels: property
// People at kerbs: long vehicles' noses swing out over them, and those who walk together go on
// without who is stuck.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "with_checks.h"
#include "with_scenes.h"

// In these towns a bus turns where somebody waits at the kerb's corner, or has just come there.
static void noses_that_swing_over_kerbs_touch_nobody(void **state) {
  (void)state;
  static const struct {
    uint64_t seed;
    double seconds;
  } runs[] = {{2212, 75}, {2238, 425}};
  for (size_t k = 0; k < sizeof runs / sizeof *runs; k++) {
    static const double all_kinds[DRIVER_KINDS] = {1, 7, 2};
    scene_def def = with_scene_def(9, runs[k].seed);
    strcpy(def.hand, runs[k].seed % 5 % 2 ? "left" : "right");
    memcpy(def.drivers, all_kinds, sizeof def.drivers);
    scene *s = with_scene_of(9, runs[k].seed, &def);
    check_report r;
    check_scene(s, runs[k].seconds, &r);
    if (r.hit_people || r.overlaps || r.jumps)
      fail_msg("seed %d: %d people hit: %s", (int)runs[k].seed, r.hit_people, r.first);
    scene_destroy(s);
  }
}

// Everybody walks with others, and the last of each group stays where it is from the first.
static void groups_go_on_without_who_is_stuck(void **state) {
  (void)state;
  scene_def def = with_scene_def(1, 5);
  def.pedestrians = 60;
  def.groups = 1;
  scene *s = with_scene_of(1, 5, &def);
  enum { MOST = 2000 };
  static vec3 from[MOST];
  static uint8_t stuck[MOST], counts[MOST];
  int n = s->person_count;
  assert_in_range(n, 20, MOST);
  for (int i = 0; i < n; i++) {
    scene_person *p = &s->people[i];
    bool in = p->group && ((i > 0 && s->people[i - 1].group == p->group) ||
                           (i + 1 < n && s->people[i + 1].group == p->group));
    bool last = i + 1 == n || s->people[i + 1].group != p->group;
    stuck[i] = in && last;
    counts[i] = in && !last;
    if (stuck[i])
      p->speed_mps = 0;
  }
  sim_world *world = NULL;
  trouble why;
  assert_int_equal(sim_world_create(&world, s, &why), STATUS_OK);
  sim_snapshot shot = {0};
  int walked = 0, all = 0;
  double nearest = INFINITY, farthest_stuck = 0;
  for (int frame = 0; frame < (int)(200 * s->frame_hz); frame++) {
    sim_world_next_frame(world, &shot, &why);
    const sim_actor *people = &shot.actors[shot.actor_count - n];
    for (int i = 0; frame == 0 && i < n; i++)
      from[i] = people[i].begin.p_m;
  }
  const sim_actor *people = &shot.actors[shot.actor_count - n];
  for (int i = 0; i < n; i++) {
    double way = vec3_length(vec3_sub(people[i].begin.p_m, from[i]));
    if (stuck[i])
      farthest_stuck = fmax(farthest_stuck, way);
    if (!counts[i])
      continue;
    all++;
    walked += way > 20;
    nearest = fmin(nearest, way);
  }
  printf("%d of %d are 20 m away after 200 s, one only %.1f m; who is stuck %.1f m at most\n",
         walked, all, nearest, farthest_stuck);
  assert_in_range(all, 15, MOST);
  assert_true(walked * 4 > all * 3);
  sim_snapshot_free(&shot);
  sim_world_destroy(world);
  scene_destroy(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(noses_that_swing_over_kerbs_touch_nobody),
      cmocka_unit_test(groups_go_on_without_who_is_stuck),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
