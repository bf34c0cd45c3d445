// SPDX-License-Identifier: Apache-2.0
// labels: unit
// The policies that come along, each in situations whose right outcome is known.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "sim/policy_pdm.h"
#include "with_rollout.h"

// A straight road with a car that stands, or drives slowly, ahead of the ego.
static const char standing[] =
    "local it = actor { kind = 'car', speed_mps = 0, at = ahead(ego, 60) }\n"
    "return scene { duration_s = 15, road = straight { length_m = 600 }, actors = { it }, "
    "street_furniture = 0, traffic = { vehicles = 0 }, pedestrians = { count = 0 }, "
    "ego = { speed_mps = 12, start_m = 40 } }";
static const char slow[] =
    "local it = actor { kind = 'truck', speed_mps = 4, at = ahead(ego, 40) }\n"
    "return scene { duration_s = 20, road = highway { lanes = 2, length_m = 1200 }, "
    "actors = { it }, street_furniture = 0, traffic = { vehicles = 0 }, "
    "ego = { speed_mps = 12, start_m = 60, lane = 'kerb' } }";
static const char empty[] =
    "return scene { duration_s = 30, road = straight { length_m = 900 }, street_furniture = 0, "
    "traffic = { vehicles = 0 }, pedestrians = { count = 0 }, "
    "ego = { speed_mps = 5, start_m = 40 } }";
static const char bend[] = "return scene { duration_s = 15, road = curve { radius_m = 60 }, "
                           "street_furniture = 0, traffic = { vehicles = 0 }, pedestrians = { "
                           "count = 0 }, ego = { speed_mps = 8 } }";
static const char town[] = "return scene { duration_s = 15, road = grid_city { blocks = { 2, 2 }, "
                           "signals = 1 }, traffic = { vehicles = 40 } }";

static double last_speed(const with_rollout *w) {
  const sim_episode *e = sim_rollout_record(w->r);
  return e->ego_ahead_mps[e->count - 1];
}

static void ends_by(with_rollout *w, sim_end wanted) {
  sim_end end = with_rollout_run(w);
  if (end != wanted)
    fail_msg("%s ends by %s (%s), not %s", w->policy->name, sim_end_name(end),
             sim_rollout_record(w->r)->end_text, sim_end_name(wanted));
}

static void who_looks_out_stops_for_what_stands(void **state) {
  (void)state;
  const struct {
    const roadloom_policy *policy;
    sim_end end;
  } each[] = {{&sim_policy_constant_velocity, SIM_END_CRASH},
              {&sim_policy_idm, SIM_END_TIME},
              {&sim_policy_mobil, SIM_END_TIME},
              {&sim_policy_aeb, SIM_END_TIME},
              {&sim_policy_pdm_closed, SIM_END_TIME}};
  for (size_t k = 0; k < sizeof each / sizeof *each; k++) {
    sim_rollout_def def = sim_rollout_def_default();
    def.goal_m = 200;
    with_rollout w = with_rollout_of(standing, 1, 0, &def, each[k].policy);
    ends_by(&w, each[k].end);
    if (each[k].end == SIM_END_TIME && !(fabs(last_speed(&w)) < 0.3))
      fail_msg("%s still goes %.2f m/s", each[k].policy->name, last_speed(&w));
    if (each[k].policy == &sim_policy_idm) { // s0 is 1 m, and the tracker's lag
      const sim_episode *e = sim_rollout_record(w.r);
      size_t row = sim_episode_row(e, e->count - 1);
      double gap = hypot(e->actor_x_m[row] - e->ego_x_m[e->count - 1],
                         e->actor_y_m[row] - e->ego_y_m[e->count - 1]) -
                   (e->ego_length_m + (double)e->actor_length_m[0]) / 2;
      if (!(gap > 0.1 && gap < 3))
        fail_msg("idm stands %.2f m behind it", gap);
    }
    with_rollout_free(&w);
  }
}

static void idm_tends_to_its_speed(void **state) {
  (void)state;
  sim_rollout_def def = sim_rollout_def_default();
  def.goal_m = 700;
  with_rollout w = with_rollout_of(empty, 1, 0, &def, &sim_policy_idm);
  with_rollout_run(&w);
  if (!(last_speed(&w) > 9.5 && last_speed(&w) < 10.1))
    fail_msg("idm goes %.2f m/s on a free road", last_speed(&w));
  with_rollout_free(&w);
}

static void constant_velocity_is_just_that(void **state) {
  (void)state;
  with_rollout w = with_rollout_of(bend, 1, 0, NULL, &sim_policy_constant_velocity);
  with_rollout_run(&w);
  const sim_episode *e = sim_rollout_record(w.r);
  assert_true(e->end != SIM_END_GOAL); // it doesn't turn
  // The wheels' turn that it begins with is taken back in the first second.
  for (int k = 12; k < e->count; k++) {
    assert_true(fabs(e->ego_ahead_mps[k] - e->ego_ahead_mps[0]) < 0.1);
    assert_true(fabs(e->ego_yaw_radps[k]) < 0.05);
  }
  with_rollout_free(&w);
}

static void mobil_passes_where_idm_stays_behind(void **state) {
  (void)state;
  const roadloom_policy *each[] = {&sim_policy_idm, &sim_policy_mobil};
  double way[2];
  for (int k = 0; k < 2; k++) {
    with_rollout w = with_rollout_of(slow, 1, 0, NULL, each[k]);
    ends_by(&w, SIM_END_TIME);
    const sim_episode *e = sim_rollout_record(w.r);
    way[k] =
        hypot(e->ego_x_m[e->count - 1] - e->ego_x_m[0], e->ego_y_m[e->count - 1] - e->ego_y_m[0]);
    with_rollout_free(&w);
  }
  if (!(way[1] > way[0] + 40))
    fail_msg("idm came %.0f m far, mobil %.0f m", way[0], way[1]);
}

static void followers_of_the_way_keep_to_it_in_bends(void **state) {
  (void)state;
  const roadloom_policy *each[] = {&sim_policy_idm, &sim_policy_mobil, &sim_policy_aeb};
  for (int k = 0; k < 3; k++) {
    with_rollout w = with_rollout_of(bend, 1, 0, NULL, each[k]);
    while (sim_rollout_ended(w.r) == SIM_END_OPEN) {
      with_rollout_step(&w);
      if (w.seen.step > 20 && !(fabs((double)w.seen.off_m) < 0.35))
        fail_msg("%s is %.2f m off its way", each[k]->name, (double)w.seen.off_m);
    }
    assert_int_equal(sim_rollout_ended(w.r), SIM_END_GOAL);
    with_rollout_free(&w);
  }
}

static void log_replay_drives_the_log(void **state) {
  (void)state;
  for (uint32_t index = 0; index < 4; index++) {
    sim_rollout_def def = sim_rollout_def_default();
    def.drives_on = true;
    with_rollout w = with_rollout_of(town, 2, index, &def, &sim_policy_log_replay);
    const roadloom_route *route = sim_rollout_route(w.r);
    assert_true(route->log_count > 100);
    while (sim_rollout_ended(w.r) == SIM_END_OPEN) {
      with_rollout_step(&w);
      const double *then = route->log[w.seen.step];
      double dx = w.seen.ego.x_m - then[0], dy = w.seen.ego.y_m - then[1];
      double left = dy * cos(then[2]) - dx * sin(then[2]);
      if (!(fabs(left) < 0.5 && hypot(dx, dy) < 1.5))
        fail_msg("scene %u: %.2f m beside the log, %.2f m off, after %.1f s", index, left,
                 hypot(dx, dy), w.seen.time_s);
    }
    with_rollout_free(&w);
  }
}

static double front_of(const roadloom_observation *o) {
  return (double)o->ego.rear_to_middle_m + (double)o->ego.length_m / 2;
}

static void nobody_but_the_blind_passes_red(void **state) {
  (void)state;
  const roadloom_policy *each[] = {&sim_policy_idm, &sim_policy_mobil, &sim_policy_pdm_closed};
  int red = 0;
  for (int k = 0; k < 3; k++)
    for (uint32_t index = 0; index < 6; index++) {
      with_rollout w = with_rollout_of(town, 5, index, NULL, each[k]);
      uint32_t before = 0; // the red signal that its front was short of
      while (sim_rollout_ended(w.r) == SIM_END_OPEN) {
        with_rollout_step(&w);
        const roadloom_signal *next = &w.seen.signals[0];
        bool on_way = w.seen.signal_count > 0 && next->along_m >= 0;
        double gap = on_way ? (double)next->along_m - front_of(&w.seen) : INFINITY;
        bool is_red = on_way && next->color == ROADLOOM_SIGNAL_RED;
        if (is_red && before == next->id && gap < 0)
          fail_msg("%s passes red in scene %u at %.1f s", each[k]->name, index, w.seen.time_s);
        before = is_red && gap >= 0 ? next->id : 0;
        red += is_red && gap >= 0 && gap < 12;
      }
      with_rollout_free(&w);
    }
  assert_true(red > 100); // they did come to red lights
}

static void kept_state_is_the_whole_state(void **state) {
  (void)state;
  for (int n = 0; sim_policy_number(n); n++) {
    const roadloom_policy *policy = sim_policy_number(n);
    if (!(policy->capabilities & ROADLOOM_POLICY_HAS_STATE))
      continue;
    with_rollout w = with_rollout_of(slow, 1, 0, NULL, policy);
    for (int step = 0; step < 45; step++)
      with_rollout_step(&w);
    unsigned char bytes[512];
    size_t size = policy->save_state(w.state, 0, NULL, 0);
    assert_true(size <= sizeof bytes);
    assert_int_equal(policy->save_state(w.state, 0, bytes, sizeof bytes), size);
    roadloom_action first = {.struct_size = sizeof first}, again = first;
    sim_rollout_observe(w.r, 0, &w.seen);
    assert_int_equal(policy->step_batch(w.state, 1, &w.seen, &first), 0);
    assert_int_equal(policy->reset(w.state, 0, 99, sim_rollout_route(w.r)), 0);
    assert_int_equal(policy->load_state(w.state, 0, bytes, size), 0);
    assert_int_equal(policy->step_batch(w.state, 1, &w.seen, &again), 0);
    if (memcmp(&first, &again, sizeof first) != 0)
      fail_msg("%s acts otherwise after its state came back", policy->name);
    with_rollout_free(&w);
  }
}

// What pdm_closed makes of going straight on at 10 m/s with one other there.
static pdm_score judged(double x, double y, double vx, double vy, double v_ego) {
  static roadloom_observation seen;
  with_rollout w = with_rollout_of(empty, 1, 0, NULL, NULL);
  sim_rollout_observe(w.r, 0, &seen);
  with_rollout_free(&w);
  seen.agent_count = 1;
  seen.agents[0] =
      (roadloom_agent){.id = 9, .kind = ROADLOOM_CAR, .seen = 1, .length_m = 4, .width_m = 2};
  seen.agents[0].history[0] = (roadloom_motion){(float)x, (float)y, 1, 0, (float)vx, (float)vy};
  pdm_course course = {0};
  for (int k = 0; k <= SIM_PLAN_STEPS; k++) {
    course.x_m[k] = v_ego * k * ROADLOOM_DT_S;
    course.v_mps[k] = v_ego;
  }
  return pdm_judge(&seen, &course);
}

static void pdm_closed_sees_collisions_come(void **state) {
  (void)state;
  pdm_score far = judged(20, 30, 0, 0, 10);
  assert_true(far.collisions == 1 && far.ttc == 1 && isinf(far.crash_s) && far.comfort == 1);
  assert_true(fabs(far.progress_m - 40) < 0.5);
  pdm_score stands = judged(30, 0, 0, 0, 10); // front at 28 - 4 or so
  assert_true(stands.collisions == 0 && stands.crash_s > 2 && stands.crash_s < 2.8);
  pdm_score crosses = judged(25, -20, 0, 10, 10); // on the lane at 2 s, as the ego is
  assert_true(crosses.collisions == 0 && crosses.crash_s > 1.5 && crosses.crash_s < 2.5);
  pdm_score behind = judged(-15, 0, 20, 0, 10); // runs into the ego
  assert_true(behind.collisions == 1);
  pdm_score close = judged(26, 0, 8.5, 0, 13); // not within 4 s, but nearly
  assert_true(close.ttc == 0);
  pdm_score waits = judged(2, -20, 0, 10, 0); // a standing ego is hit, and isn't to blame
  assert_true(waits.collisions == 1);
}

static void names_are_found(void **state) {
  (void)state;
  for (int n = 0; sim_policy_number(n); n++)
    assert_ptr_equal(sim_policy_find(sim_policy_number(n)->name), sim_policy_number(n));
  assert_null(sim_policy_find("nobody"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(who_looks_out_stops_for_what_stands),
      cmocka_unit_test(idm_tends_to_its_speed),
      cmocka_unit_test(constant_velocity_is_just_that),
      cmocka_unit_test(mobil_passes_where_idm_stays_behind),
      cmocka_unit_test(followers_of_the_way_keep_to_it_in_bends),
      cmocka_unit_test(log_replay_drives_the_log),
      cmocka_unit_test(nobody_but_the_blind_passes_red),
      cmocka_unit_test(kept_state_is_the_whole_state),
      cmocka_unit_test(pdm_closed_sees_collisions_come),
      cmocka_unit_test(names_are_found),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
