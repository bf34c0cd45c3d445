// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Episodes: the same twice, ended by what ends them, with actions that take effect when they
// should and are refused when they are no good.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "with_rollout.h"

static const char town[] =
    "return scene { duration_s = 10, road = grid_city { blocks = { 2, 2 } }, "
    "traffic = { vehicles = 40 }, pedestrians = { count = 10 } }";
static const char alone[] =
    "return scene { duration_s = 12, road = straight { length_m = 600 }, street_furniture = 0, "
    "traffic = { vehicles = 0 }, pedestrians = { count = 0 }, "
    "ego = { speed_mps = 10, start_m = 40 } }";
static const char followed[] =
    "local it = actor { kind = 'car', driver = 'idm', speed_mps = 10, at = behind(ego, 15) }\n"
    "return scene { duration_s = 12, road = straight { length_m = 600 }, actors = { it }, "
    "street_furniture = 0, traffic = { vehicles = 0 }, pedestrians = { count = 0 }, "
    "ego = { speed_mps = 10, start_m = 80, driver = 'constant' } }";

static void near_to(const char *what, double found, double wanted, double within) {
  if (!(fabs(found - wanted) <= within))
    fail_msg("%s: %.5f, not %.5f within %g", what, found, wanted, within);
}

static void accelerate(with_rollout *w, double accel, double rate) {
  w->action = (roadloom_action){.kind = ROADLOOM_ACTION_ACCELERATION,
                                .accel_mps2 = (float)accel,
                                .steer_rate_radps = (float)rate};
  with_rollout_act(w);
}

static double speed(const with_rollout *w, int frame) {
  return sim_rollout_record(w->r)->ego_ahead_mps[frame];
}

static void twice_is_the_same_bit_for_bit(void **state) {
  (void)state;
  const roadloom_policy *each[] = {&sim_policy_idm, &sim_policy_pdm_closed, &sim_policy_log_replay};
  for (int k = 0; k < 3; k++)
    for (int traffic = 0; traffic < SIM_TRAFFIC_COUNT; traffic++) {
      sim_rollout_def def = sim_rollout_def_default();
      def.traffic = (sim_traffic)traffic;
      with_rollout a = with_rollout_of(town, 1, 0, &def, each[k]);
      with_rollout b = with_rollout_of(town, 1, 0, &def, each[k]);
      with_rollout other = with_rollout_of(town, 2, 0, &def, each[k]);
      bool differs = false;
      while (sim_rollout_ended(a.r) == SIM_END_OPEN) {
        with_rollout_step(&a);
        with_rollout_step(&b);
        if (sim_rollout_ended(other.r) == SIM_END_OPEN)
          with_rollout_step(&other);
        assert_true(sim_rollout_hash(a.r) == sim_rollout_hash(b.r));
        differs |= sim_rollout_hash(a.r) != sim_rollout_hash(other.r);
      }
      assert_int_equal(sim_rollout_ended(a.r), sim_rollout_ended(b.r));
      assert_true(differs);
      with_rollout_free(&a);
      with_rollout_free(&b);
      with_rollout_free(&other);
    }
}

static void a_restart_is_a_new_episode(void **state) {
  (void)state;
  for (int traffic = 0; traffic < SIM_TRAFFIC_COUNT; traffic++) {
    sim_rollout_def def = sim_rollout_def_default();
    def.traffic = (sim_traffic)traffic;
    uint64_t hashes[128];
    with_rollout w = with_rollout_of(town, 3, 0, &def, &sim_policy_mobil);
    static roadloom_observation first;
    sim_rollout_observe(w.r, 0, &first);
    for (int round = 0; round < 4; round++) {
      sim_rollout_observe(w.r, 0, &w.seen);
      assert_memory_equal(&first, &w.seen, sizeof first);
      assert_int_equal(sim_rollout_record(w.r)->count, 1);
      int most = round == 2 ? 40 : 1000; // one is broken off
      for (int k = 0; k < most && sim_rollout_ended(w.r) == SIM_END_OPEN; k++) {
        with_rollout_step(&w);
        if (round == 0)
          hashes[k] = sim_rollout_hash(w.r);
        assert_true(hashes[k] == sim_rollout_hash(w.r));
      }
      assert_int_equal(sim_rollout_restart(w.r, NULL), STATUS_OK);
      assert_int_equal(w.policy->reset(w.state, 0, 1, sim_rollout_route(w.r)), 0);
    }
    with_rollout_free(&w);
  }
}

// Where the middle of an actor's box is at the end of what is seen.
static vec3 middle_of(const sim_actor *a) {
  return pose_apply(a->end, (vec3){a->centre_m[0], 0, 0});
}

static void check_seen(const with_rollout *w, const sim_snapshot *seen, int frame) {
  const sim_episode *e = sim_rollout_record(w->r);
  int met = 0;
  for (int i = 0; i < seen->actor_count; i++) {
    const sim_actor *a = &seen->actors[i];
    vec3 middle = middle_of(a);
    if (i == seen->ego) {
      near_to("ego x", middle.x, e->ego_x_m[frame], 0.02);
      near_to("ego y", middle.y, e->ego_y_m[frame], 0.02);
      near_to("ego yaw", angle_wrap(quat_yaw(a->end.q) - e->ego_yaw_rad[frame]), 0, 1e-3);
      near_to("its step", vec3_length(vec3_sub(a->end.p_m, a->begin.p_m)),
              ROADLOOM_DT_S * fabs(e->ego_ahead_mps[frame]), frame ? 0.06 : 99);
      continue;
    }
    for (int k = 0; k < e->actor_count; k++) {
      size_t at = sim_episode_row(e, frame) + (size_t)k;
      if (e->actor_id[k] != a->id || !(e->actor_marks[at] & SIM_ACTOR_HERE))
        continue;
      near_to("another's x", middle.x, e->actor_x_m[at], 0.1); // bodies dive
      near_to("another's y", middle.y, e->actor_y_m[at], 0.1);
      met++;
    }
  }
  assert_true(met >= 45);
}

static void what_is_seen_is_the_step_that_was_taken(void **state) {
  (void)state;
  for (int traffic = 0; traffic < SIM_TRAFFIC_COUNT; traffic++) {
    sim_rollout_def def = sim_rollout_def_default();
    def.traffic = (sim_traffic)traffic;
    with_rollout blind = with_rollout_of(town, 1, 0, &def, &sim_policy_idm);
    assert_null(sim_rollout_seen(blind.r));
    def.film = true;
    with_rollout w = with_rollout_of(town, 1, 0, &def, &sim_policy_idm);
    for (int round = 0; round < 2; round++) {
      const sim_snapshot *seen = sim_rollout_seen(w.r);
      pose last = seen->actors[seen->ego].end;
      assert_memory_equal(&last, &seen->actors[seen->ego].begin, sizeof last);
      assert_int_equal(seen->duration_ns, 100000000);
      check_seen(&w, seen, 0);
      for (int k = 0; k < 40 && sim_rollout_ended(w.r) == SIM_END_OPEN; k++) {
        with_rollout_step(&w);
        assert_int_equal(seen->frame, k);
        assert_int_equal(seen->time_ns, k * (int64_t)100000000);
        assert_int_equal(seen->duration_ns, 100000000);
        assert_memory_equal(&last, &seen->actors[seen->ego].begin, sizeof last);
        last = seen->actors[seen->ego].end;
        check_seen(&w, seen, k + 1);
        if (round == 0)
          with_rollout_step(&blind);
        if (round == 0)
          assert_true(sim_rollout_hash(w.r) == sim_rollout_hash(blind.r));
      }
      assert_int_equal(sim_rollout_restart(w.r, NULL), STATUS_OK);
      assert_int_equal(w.policy->reset(w.state, 0, 1, sim_rollout_route(w.r)), 0);
    }
    with_rollout_free(&w);
    with_rollout_free(&blind);
  }
}

static void an_acceleration_is_driven(void **state) {
  (void)state;
  with_rollout w = with_rollout_of(alone, 1, 0, NULL, NULL);
  for (int k = 0; k < 20; k++)
    accelerate(&w, 1.5, 0);
  near_to("speed after 2 s", speed(&w, 20), speed(&w, 0) + 3, 0.35); // the pedal lags
  double before = speed(&w, 20);
  for (int k = 0; k < 10; k++)
    accelerate(&w, -4, 0);
  near_to("speed after braking", speed(&w, 30), before - 4, 1.0);
  accelerate(&w, 0, 0.2);
  accelerate(&w, 0, 0.2);
  assert_true(sim_rollout_record(w.r)->ego_steer_rad[32] > 0.01); // to the left
  with_rollout_free(&w);
}

static void pedals_are_shares_of_what_the_body_can(void **state) {
  (void)state;
  with_rollout w = with_rollout_of(alone, 1, 0, NULL, NULL);
  sim_rollout_observe(w.r, 0, &w.seen);
  w.action = (roadloom_action){.kind = ROADLOOM_ACTION_PEDALS, .throttle = 0.5f, .steer = -0.1f};
  for (int k = 0; k < 10; k++)
    with_rollout_act(&w);
  single_track_command command;
  sim_rollout_command(w.r, &command);
  near_to("drive", command.drive_mps2, 0.5 * (double)w.seen.ego.drive_most_mps2, 1e-6);
  near_to("steering", command.steer_rad, -0.1 * (double)w.seen.ego.steer_most_rad, 1e-6);
  w.action = (roadloom_action){.kind = ROADLOOM_ACTION_PEDALS, .brake = 7}; // 1 at most
  with_rollout_act(&w);
  sim_rollout_command(w.r, &command);
  near_to("brake", command.brake_mps2, (double)w.seen.ego.brake_most_mps2, 1e-6);
  with_rollout_free(&w);
}

static void latency_is_simulated_time(void **state) {
  (void)state;
  for (int latency = 0; latency <= SIM_LATENCY_MOST; latency += 5) {
    sim_rollout_def def = sim_rollout_def_default();
    def.latency = latency;
    with_rollout w = with_rollout_of(alone, 1, 0, &def, NULL);
    for (int k = 0; k < 40; k++) {
      accelerate(&w, k < 30 ? -3 : 0, 0);
      single_track_command command;
      sim_rollout_command(w.r, &command);
      bool brakes = command.brake_mps2 > 0;
      if (speed(&w, k) > 0.5)
        assert_int_equal(brakes, k >= latency && k < 30 + latency);
    }
    with_rollout_free(&w);
  }
}

static void an_old_plan_is_followed_from_where_it_is_now(void **state) {
  (void)state;
  sim_rollout_def def = sim_rollout_def_default();
  def.latency = 10;
  with_rollout w = with_rollout_of(alone, 1, 0, &def, NULL);
  double v = speed(&w, 0);
  for (int k = 0; k < 60; k++) {
    w.action = (roadloom_action){.kind = ROADLOOM_ACTION_TRAJECTORY, .point_count = 60};
    for (int i = 0; i < 60; i++)
      w.action.points[i].x_m = (float)(v * i * 0.1);
    with_rollout_act(&w);
  }
  near_to("speed", speed(&w, 60), v, 0.05);
  with_rollout_free(&w);
}

static void bad_actions_end_the_episode(void **state) {
  (void)state;
  roadloom_action good = {.kind = ROADLOOM_ACTION_ACCELERATION};
  roadloom_action kind = good, none = good, nan = good, few = good, many = good, points = good;
  roadloom_action steer = good;
  kind.kind = 4;
  none.kind = 0;
  nan.accel_mps2 = NAN;
  steer.kind = ROADLOOM_ACTION_PEDALS;
  steer.steer = INFINITY;
  few.kind = many.kind = points.kind = ROADLOOM_ACTION_TRAJECTORY;
  few.point_count = 1;
  many.point_count = ROADLOOM_TRAJECTORY_POINTS + 1;
  points.point_count = 5;
  points.points[4].yaw_rad = NAN;
  const struct {
    const roadloom_action *action;
    sim_end end;
  } each[] = {{&kind, SIM_END_SHAPE}, {&none, SIM_END_SHAPE}, {&nan, SIM_END_NAN},
              {&steer, SIM_END_NAN},  {&few, SIM_END_SHAPE},  {&many, SIM_END_SHAPE},
              {&points, SIM_END_NAN}};
  for (size_t k = 0; k < sizeof each / sizeof *each; k++) {
    with_rollout w = with_rollout_of(alone, 1, 0, NULL, NULL);
    w.action = *each[k].action;
    with_rollout_act(&w);
    if (sim_rollout_ended(w.r) != each[k].end)
      fail_msg("case %zu ends by %s", k, sim_end_name(sim_rollout_ended(w.r)));
    assert_true(sim_rollout_record(w.r)->end_text[0] != 0);
    assert_int_equal(sim_rollout_steps(w.r), 0);
    trouble why = {0};
    assert_int_equal(sim_rollout_step(w.r, &w.action, &why), STATUS_CONFLICT);
    with_rollout_free(&w);
  }
  with_rollout w = with_rollout_of(alone, 1, 0, NULL, NULL);
  good.struct_size = sizeof good - 4;
  assert_int_equal(sim_rollout_step(w.r, &good, NULL), STATUS_OK);
  assert_int_equal(sim_rollout_ended(w.r), SIM_END_SHAPE);
  with_rollout_free(&w);
}

static void the_goal_the_time_and_the_verge_end_it(void **state) {
  (void)state;
  sim_rollout_def def = sim_rollout_def_default();
  def.goal_m = 50;
  with_rollout w = with_rollout_of(alone, 1, 0, &def, &sim_policy_constant_velocity);
  assert_int_equal(with_rollout_run(&w), SIM_END_GOAL);
  const sim_episode *e = sim_rollout_record(w.r);
  double rear = e->ego_rear_to_centre_m; // the way begins beside the middle of the box
  near_to("way to the goal", fabs(e->ego_x_m[e->count - 1] - e->ego_x_m[0]), 50 + rear + 0.5, 0.55);
  with_rollout_free(&w);
  def.goal_m = 400; // 12 s of 10 m/s are too short
  w = with_rollout_of(alone, 1, 0, &def, &sim_policy_constant_velocity);
  assert_int_equal(with_rollout_run(&w), SIM_END_TIME);
  assert_int_equal(sim_rollout_steps(w.r), 120);
  with_rollout_free(&w);
  w = with_rollout_of(alone, 1, 0, &def, NULL);
  while (sim_rollout_ended(w.r) == SIM_END_OPEN)
    accelerate(&w, 0, sim_rollout_steps(w.r) < 5 ? -0.4 : 0);
  assert_int_equal(sim_rollout_ended(w.r), SIM_END_OFF_ROAD);
  with_rollout_free(&w);
}

// Some ways from a roundabout's arms lead back to where they begin.
static void ways_that_come_back_begin_at_their_begin(void **state) {
  (void)state;
  const char *ring =
      "return scene { duration_s = 20, road = roundabout {}, traffic = { vehicles = 4 } }";
  for (uint32_t index = 0; index < 8; index++) {
    with_rollout w = with_rollout_of(ring, 5, index, NULL, &sim_policy_constant_velocity);
    with_rollout_step(&w);
    if (sim_rollout_ended(w.r) == SIM_END_GOAL)
      fail_msg("scene %u: at the goal after a step", index);
    with_rollout_free(&w);
  }
}

// How far the car behind comes when the ego brakes, against when it goes on.
static double way_of_follower(sim_traffic traffic, double accel) {
  sim_rollout_def def = sim_rollout_def_default();
  def.traffic = traffic;
  def.drives_on = true;
  with_rollout w = with_rollout_of(followed, 1, 0, &def, NULL);
  for (int k = 0; k < 50; k++)
    accelerate(&w, accel, 0);
  const sim_episode *e = sim_rollout_record(w.r);
  size_t row = sim_episode_row(e, 50);
  double way = hypot(e->actor_x_m[row] - e->actor_x_m[0], e->actor_y_m[row] - e->actor_y_m[0]);
  with_rollout_free(&w);
  return way;
}

static void traffic_reacts_or_does_not(void **state) {
  (void)state;
  double on = way_of_follower(SIM_TRAFFIC_REACTIVE, 0);
  double stop = way_of_follower(SIM_TRAFFIC_REACTIVE, -3);
  double log_on = way_of_follower(SIM_TRAFFIC_LOG, 0),
         log_stop = way_of_follower(SIM_TRAFFIC_LOG, -3);
  assert_true(on > stop + 15);
  near_to("way of the log", log_on, log_stop, 0);
  near_to("way beside a driver like the log's", on, log_on, 3);
}

static void the_model_is_the_same_with_either_traffic(void **state) {
  (void)state;
  double x[2];
  for (int k = 0; k < 2; k++) {
    sim_rollout_def def = sim_rollout_def_default();
    def.traffic = (sim_traffic)k;
    with_rollout w = with_rollout_of(alone, 1, 0, &def, NULL);
    for (int step = 0; step < 30; step++)
      accelerate(&w, step < 10 ? 2 : -2, step < 3 ? 0.1 : -0.02);
    const sim_episode *e = sim_rollout_record(w.r);
    x[k] = e->ego_x_m[30] + 10 * e->ego_y_m[30] + 100 * e->ego_yaw_rad[30];
    with_rollout_free(&w);
  }
  near_to("place", x[0], x[1], 1e-6);
}

static void scenes_that_do_not_fit_are_refused(void **state) {
  (void)state;
  const struct {
    const char *text, *word;
    double duration_s, goal_m;
    int latency;
  } each[] = {
      {"return scene { step_s = 0.03, road = straight {} }", "step_s", 5, 50, 0},
      {"return scene { road = straight {} }", "lasts", 0.05, 50, 0},
      {"return scene { road = straight {} }", "goal", 5, -1, 0},
      {"return scene { road = straight {} }", "latency", 5, 50, SIM_LATENCY_MOST + 1},
  };
  for (size_t k = 0; k < sizeof each / sizeof *each; k++) {
    script *s = NULL;
    scene *built = NULL;
    sim_rollout *r = NULL;
    trouble why = {0};
    sim_rollout_def def = sim_rollout_def_default();
    def.duration_s = each[k].duration_s;
    def.goal_m = each[k].goal_m;
    def.latency = each[k].latency;
    assert_int_equal(script_open_text(&s, "t.lua", each[k].text, ".", LIBRARY_DIR, NULL, 0, &why),
                     STATUS_OK);
    if (script_build(s, 1, 0, &built, &why))
      fail_msg("%s", why.text);
    assert_int_equal(sim_rollout_create(&r, built, &def, &why), STATUS_RANGE);
    if (!strstr(why.text, each[k].word))
      fail_msg("'%s' doesn't speak of %s", why.text, each[k].word);
    assert_null(r);
    scene_destroy(built);
    script_close(s);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(twice_is_the_same_bit_for_bit),
      cmocka_unit_test(a_restart_is_a_new_episode),
      cmocka_unit_test(what_is_seen_is_the_step_that_was_taken),
      cmocka_unit_test(an_acceleration_is_driven),
      cmocka_unit_test(pedals_are_shares_of_what_the_body_can),
      cmocka_unit_test(latency_is_simulated_time),
      cmocka_unit_test(an_old_plan_is_followed_from_where_it_is_now),
      cmocka_unit_test(bad_actions_end_the_episode),
      cmocka_unit_test(the_goal_the_time_and_the_verge_end_it),
      cmocka_unit_test(ways_that_come_back_begin_at_their_begin),
      cmocka_unit_test(traffic_reacts_or_does_not),
      cmocka_unit_test(the_model_is_the_same_with_either_traffic),
      cmocka_unit_test(scenes_that_do_not_fit_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
