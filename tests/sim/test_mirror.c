// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Traffic on the left is traffic on the right, seen in a mirror: the same drivers do the same
// things on the other side.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/world.h"
#include "with_scenes.h"

// Rounding differs in a mirror, and drivers' decisions build on it.
static const double NEAR_M = 1e-3, NEAR_RAD = 1e-4;

static scene *build(int kind, uint64_t seed, const char *hand) {
  scene_def def = with_scene_def(kind, seed);
  def.pedestrians = 0; // the ways to walk have other numbers there, and so other people
  def.pedestrians_per_km = 0;
  def.bus_stopping = 0; // shelters stand elsewhere, too
  strcpy(def.hand, hand);
  if (strcmp(hand, "left") == 0)
    def.curve.turn_rad = -def.curve.turn_rad; // else it would turn as the script says
  return with_scene_of(kind, seed, &def);
}

static uint32_t swapped(uint32_t flags) {
  uint32_t others = flags & ~(uint32_t)(ACTOR_LEFT_INDICATOR | ACTOR_RIGHT_INDICATOR);
  return others | (flags & ACTOR_LEFT_INDICATOR ? ACTOR_RIGHT_INDICATOR : 0) |
         (flags & ACTOR_RIGHT_INDICATOR ? ACTOR_LEFT_INDICATOR : 0);
}

static void compare(int kind, int seed, const sim_snapshot *right, const sim_snapshot *left) {
  assert_int_equal(right->actor_count, left->actor_count);
  for (int i = 0; i < right->actor_count; i++) {
    const sim_actor *a = &right->actors[i], *b = &left->actors[i];
    double dx = a->end.p_m.x - b->end.p_m.x, dy = a->end.p_m.y + b->end.p_m.y;
    double turn = angle_wrap(quat_yaw(a->end.q) + quat_yaw(b->end.q));
    if (a->id != b->id || a->lane != b->lane || a->flags != swapped(b->flags) ||
        hypot(dx, dy) > NEAR_M || fabs(turn) > NEAR_RAD)
      fail_msg("%s, seed %d, %.1f s: vehicle %u on lane %d at (%.4f, %.4f), in the mirror %u on "
               "lane %d at (%.4f, %.4f); flags %x and %x",
               with_scene_name(kind), seed, (double)right->time_ns * 1e-9, a->id, a->lane,
               a->end.p_m.x, a->end.p_m.y, b->id, b->lane, b->end.p_m.x, b->end.p_m.y, a->flags,
               b->flags);
  }
}

static void traffic_on_the_left_is_the_mirror_image(void **state) {
  (void)state;
  enum { SEEDS = 3, FRAMES = 400 };
  int changes = 0;
  for (int kind = 0; kind < WITH_SCENE_KINDS; kind++)
    for (int seed = 0; seed < SEEDS; seed++) {
      scene *s[2] = {build(kind, (uint64_t)seed, "right"), build(kind, (uint64_t)seed, "left")};
      sim_world *worlds[2] = {NULL, NULL};
      sim_snapshot shots[2] = {0};
      for (int k = 0; k < 2; k++)
        assert_int_equal(sim_world_create(&worlds[k], s[k], NULL), STATUS_OK);
      int *lanes = test_calloc((size_t)s[0]->id_count + 1, sizeof *lanes);
      for (int frame = 0; frame < FRAMES; frame++) {
        for (int k = 0; k < 2; k++)
          assert_int_equal(sim_world_next_frame(worlds[k], &shots[k], NULL), STATUS_OK);
        compare(kind, seed, &shots[0], &shots[1]);
        for (int i = 0; i < shots[0].actor_count; i++) {
          const sim_actor *a = &shots[0].actors[i];
          const lane_path *lane = &s[0]->roads.paths[a->lane - 1];
          changes += lanes[a->id] && (lanes[a->id] == lane->left || lanes[a->id] == lane->right);
          lanes[a->id] = a->lane;
        }
      }
      test_free(lanes);
      for (int k = 0; k < 2; k++) {
        sim_snapshot_free(&shots[k]);
        sim_world_destroy(worlds[k]);
        scene_destroy(s[k]);
      }
    }
  assert_true(changes > 20); // or the sides that drivers prefer would go untold
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(traffic_on_the_left_is_the_mirror_image),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
