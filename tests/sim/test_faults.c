// SPDX-License-Identifier: Apache-2.0
// labels: unit
// What goes wrong in an episode is told when it does, and of whom.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "sim/faults.h"
#include "with_rollout.h"

static int faults_of(with_rollout *w, sim_fault out[8]) {
  sim_episode *e = sim_rollout_record(w->r);
  sim_scores *scores = NULL;
  sim_episode_survey(e, &w->built->roads);
  assert_int_equal(sim_scores_create(&scores, &e->def, NULL), STATUS_OK);
  assert_int_equal(sim_scores_run(scores, e, NULL), STATUS_OK);
  int count = sim_faults_find(e, scores, out, 8);
  sim_scores_destroy(scores);
  return count;
}

static void who_drives_into_somebody_is_told_with_whom(void **state) {
  (void)state;
  static const char text[] =
      "local it = actor { kind = 'truck', driver = 'constant', speed_mps = 0, at = ahead(ego, 45) "
      "}\n"
      "return scene { duration_s = 8, road = straight { length_m = 600 }, actors = { it }, "
      "street_furniture = 0, traffic = { vehicles = 0 }, pedestrians = { count = 0 }, "
      "ego = { speed_mps = 12, start_m = 80, driver = 'constant' } }";
  sim_fault found[8];
  with_rollout w = with_rollout_of(text, 1, 0, NULL, &sim_policy_constant_velocity);
  assert_int_equal(with_rollout_run(&w), SIM_END_CRASH);
  const sim_episode *e = sim_rollout_record(w.r);
  assert_int_equal(faults_of(&w, found), 1);
  assert_int_equal(found[0].kind, SIM_FAULT_CRASH);
  assert_int_equal(found[0].frame, e->count - 1);
  assert_int_equal(found[0].who, e->actor_id[0]);
  assert_int_equal(found[0].kind_of_who, THING_TRUCK);
  with_rollout_free(&w);
  with_rollout idle = with_rollout_of(text, 1, 0, NULL, &sim_policy_idm);
  with_rollout_run(&idle);
  assert_int_equal(faults_of(&idle, found), 0);
  with_rollout_free(&idle);
}

// The oracle: all of them, those taken out that have the most graver or earlier ones beside them.
static void without_room_for_all_the_gravest_stay(void **state) {
  (void)state;
  static const char text[] =
      "local it = actor { kind = 'car', driver = 'constant', speed_mps = 0, at = ahead(ego, 45) }\n"
      "return scene { duration_s = 8, road = straight { length_m = 600 }, actors = { it }, "
      "street_furniture = 0, traffic = { vehicles = 0 }, pedestrians = { count = 0 }, "
      "ego = { speed_mps = 12, start_m = 80, driver = 'constant' } }";
  enum { ALL = 9 };
  sim_fault all[16], found[16];
  with_rollout w = with_rollout_of(text, 1, 0, NULL, &sim_policy_constant_velocity);
  assert_int_equal(with_rollout_run(&w), SIM_END_CRASH);
  sim_episode *e = sim_rollout_record(w.r);
  sim_scores *scores = NULL;
  sim_episode_survey(e, &w.built->roads);
  assert_int_equal(sim_scores_create(&scores, &e->def, NULL), STATUS_OK);
  assert_int_equal(sim_scores_run(scores, e, NULL), STATUS_OK);
  for (int k = 1; k < 16; k += 2) // 8 more before the crash
    e->ego_marks[k] |= k % 3 == 0 ? SIM_EGO_PASSED_RED : SIM_EGO_PASSED_STOP;
  assert_int_equal(sim_faults_find(e, scores, all, 16), ALL);
  assert_int_equal(all[ALL - 1].kind, SIM_FAULT_CRASH);
  for (int most = 0; most <= ALL; most++) {
    int n = sim_faults_find(e, scores, found, most), k = 0;
    assert_int_equal(n, most);
    for (int i = 0; i < ALL; i++) {
      int before = 0;
      for (int j = 0; j < ALL; j++)
        before += all[j].kind < all[i].kind || (all[j].kind == all[i].kind && j < i);
      if (before >= most)
        continue;
      assert_int_equal(found[k].frame, all[i].frame);
      assert_int_equal(found[k].kind, all[i].kind);
      assert_int_equal(found[k++].who, all[i].who);
    }
    assert_int_equal(k, most);
  }
  sim_scores_destroy(scores);
  with_rollout_free(&w);
}

static void leaving_the_road_is_told_once_when_it_begins(void **state) {
  (void)state;
  static const char text[] =
      "return scene { duration_s = 8, road = straight { length_m = 600 }, street_furniture = 0, "
      "traffic = { vehicles = 0 }, pedestrians = { count = 0 }, "
      "ego = { speed_mps = 10, start_m = 80, driver = 'constant' } }";
  sim_fault found[8];
  sim_rollout_def def = sim_rollout_def_default();
  def.drives_on = true;
  with_rollout w = with_rollout_of(text, 1, 0, &def, NULL);
  while (sim_rollout_ended(w.r) == SIM_END_OPEN) {
    w.action = (roadloom_action){.kind = ROADLOOM_ACTION_PEDALS, .steer = -0.02f};
    with_rollout_act(&w);
  }
  const sim_episode *e = sim_rollout_record(w.r);
  int count = faults_of(&w, found);
  assert_true(count >= 1 && found[0].kind == SIM_FAULT_OFF_ROAD);
  for (int k = 1; k < count; k++)
    assert_true(found[k].kind != SIM_FAULT_OFF_ROAD);
  // The oracle: its corners, one by one.
  for (int k = 0; k < e->count; k++) {
    double c = cos(e->ego_yaw_rad[k]), s = sin(e->ego_yaw_rad[k]), most = 0;
    for (int i = 0; i < 4; i++) {
      double x = (i & 1 ? 1 : -1) * e->ego_length_m / 2, y = (i & 2 ? 1 : -1) * e->ego_width_m / 2;
      most = fmax(most, sim_drivable_outside(&w.built->roads, e->ego_x_m[k] + x * c - y * s,
                                             e->ego_y_m[k] + x * s + y * c));
    }
    assert_int_equal(most >= 0.3, k >= found[0].frame);
  }
  with_rollout_free(&w);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(who_drives_into_somebody_is_told_with_whom),
      cmocka_unit_test(without_room_for_all_the_gravest_stay),
      cmocka_unit_test(leaving_the_road_is_told_once_when_it_begins),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
