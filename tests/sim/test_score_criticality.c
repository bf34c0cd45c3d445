// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Measures of criticality, the careful driver and CARLA's driving scores, by hand on a straight
// road.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "with_straight.h"

static const double HALF_M = 2.4; // of each car's length

static void who_is_ahead_gives_headway_ttc_drac_and_btn(void **state) {
  (void)state;
  sim_episode *e = straight_create(4, 3);
  sim_scores *s = NULL;
  // The ego at 20 m/s, 30 m behind one at 15 m/s that brakes with 3 m/s^2 from the second frame on.
  for (int k = 0; k < 2; k++) {
    straight_ego(e, 100, 0, 0, 20, 0);
    straight_actor(e, 0, 130 + 2 * HALF_M, 0, 0, k ? 14.7 : 15);
    straight_actor(e, 1, 110, 3.5, 0, 5);   // in the lane beside
    straight_actor(e, 2, 135, 7, M_PI, 15); // comes on the other side
  }
  straight_score(&s, e);
  const sim_criticality *c = &s->criticality;
  assert_int_equal(c->lead[0], 0);
  straight_near("gap", c->gap_m[0], 30, 1e-5);
  straight_near("THW", c->frame_thw_s[0], 1.5, 1e-6);
  straight_near("TTC", c->frame_ttc_s[0], 6, 1e-5);
  straight_near("DRAC", c->frame_drac_mps2[0], 25.0 / 60, 1e-6);
  straight_near("BTN", c->frame_btn[0], 25.0 / 60 / 8, 1e-6);
  // As slow as the other after 2 x 30 / 5.3 s > 14.7 / 3 s: the other stands by then, so stop
  // within 30 m and its 14.7^2 / 6 m.
  straight_near("BTN of one that brakes", c->frame_btn[1], 400 / (2 * (30 + 14.7 * 14.7 / 6)) / 8,
                1e-4);
  straight_near("swept", c->frame_swept_s[0], INFINITY, 0); // 6 s is beyond its horizon
  sim_scores_destroy(s);
  sim_episode_destroy(e);
}

static void tet_and_tit_sum_what_is_below_two_seconds(void **state) {
  (void)state;
  sim_episode *e = straight_create(60, 1);
  sim_scores *s = NULL;
  // Closing at 10 m/s from 40.5 m: TTC 4.05 s, 3.95 s ...
  for (int k = 0; k < 26; k++) {
    straight_ego(e, k, 0, 0, 10, 0);
    straight_actor(e, 0, 40.5 + 2 * HALF_M, 0, 0, 0);
  }
  straight_score(&s, e);
  // Below 2 s: 1.95 ... 1.55 s, five frames.
  straight_near("least TTC", s->criticality.ttc_s, 1.55, 1e-5);
  straight_near("TET", s->criticality.tet_s, 0.5, 1e-9);
  straight_near("TIT", s->criticality.tit_s2, (0.05 + 0.15 + 0.25 + 0.35 + 0.45) * 0.1, 1e-5);
  straight_near("DRAC", s->criticality.drac_mps2, 100 / 31.0, 1e-4);
  straight_near("swept is the same", s->criticality.ttc_swept_s, 1.55, 1e-5);
  straight_near("delta-v", s->criticality.delta_v_mps, 0, 0);
  sim_scores_destroy(s);
  sim_episode_destroy(e);
}

// One crosses at x = 60 with its middle there at 4 s, 5 m/s and 4.8 m long: it stays from 3.52 to
// 4.48 s. The ego gets there with its front when its middle is at 57.6.
static void pet_is_the_time_between_leaving_and_coming(void **state) {
  (void)state;
  const double speeds[] = {10, 18, 13.5};
  const double pets[] = {5.76 - 4.48, 3.52 - 62.4 / 18, 0};
  for (int i = 0; i < 3; i++) {
    sim_episode *e = straight_create(90, 2);
    sim_scores *s = NULL;
    for (int k = 0; k < 90; k++) {
      straight_ego(e, speeds[i] * 0.1 * k, 0, 0, speeds[i], 0);
      straight_actor(e, 0, 60, -20 + 0.5 * k, M_PI / 2, 5);
      straight_actor(e, 1, 300 - k, 1.7, M_PI, 10); // meets head-on: no crossing
    }
    straight_score(&s, e);
    straight_near("PET", s->criticality.pet_s, pets[i], 1e-4);
    assert_int_equal(s->criticality.pet_who, 0);
    sim_scores_destroy(s);
    sim_episode_destroy(e);
  }
}

static void rss_calls_dangerous_what_is_too_close_both_ways(void **state) {
  (void)state;
  sim_rss_params p = sim_rss_params_default();
  double along = sim_rss_same_way(&p, 20, 20, 1);
  straight_near("by hand", along, 20 + 1.75 + 23.5 * 23.5 / 8 - 400 / 16.0, 1e-12);
  const struct {
    double gap, side, opposite;
    int unsafe;
  } cases[] = {{along + 0.5, 0, 0, 0},
               {along - 0.5, 0, 0, 1},
               {along - 0.5, 3.5, 0, 0},    // beside each other's lanes: far enough
               {along - 0.5, 2.0, 0, 1},    // 0.1 m between them is not
               {-along / 2 - 9.6, 0, 0, 0}, // follows the ego: its own to keep
               {-6.8, 2.0, 0, 1},           // beside
               {200, 0, 1, 0},              // beyond sight
               {80, 0, 1, 1}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sim_episode *e = straight_create(2, 1);
    sim_scores *s = NULL;
    straight_ego(e, 100, 0, 0, 20, 0);
    straight_actor(e, 0, 100 + cases[i].gap + 2 * HALF_M, cases[i].side,
                   cases[i].opposite > 0 ? M_PI : 0, 20);
    straight_score(&s, e);
    if (s->criticality.rss_unsafe[0] != cases[i].unsafe)
      fail_msg("case %d: %d", (int)i, s->criticality.rss_unsafe[0]);
    sim_scores_destroy(s);
    sim_episode_destroy(e);
  }
}

static void delta_v_is_by_masses(void **state) {
  (void)state;
  const struct {
    thing_kind kind;
    double dv;
  } cases[] = {
      {THING_CAR, 5}, {THING_TRUCK, 10 * 12000.0 / 13500}, {THING_PERSON, 10 * 75 / 1575.0}};
  for (int i = 0; i < 3; i++) {
    sim_episode *e = straight_create(3, 1);
    sim_scores *s = NULL;
    straight_ego(e, 0, 0, 0, 10, 0);
    sim_episode_actor(e, 9, cases[i].kind, 4.8, 1.9);
    straight_actor(e, 0, 4.7, 0, 0, 0);
    straight_score(&s, e);
    straight_near("delta-v", s->criticality.delta_v_mps, cases[i].dv, 1e-6);
    sim_scores_destroy(s);
    sim_episode_destroy(e);
  }
}

// The ego at v and another one `gap_m` ahead of its front in the next lane, at speed ov, that comes
// over with side_mps from the first frame on. Both drive on until they touch.
static sim_r157_case cut_in(double v, double ov, double gap_m, double side_mps) {
  sim_episode *e = straight_create(120, 1);
  sim_scores *s = NULL;
  for (int k = 0; k < 120; k++) {
    double y = fmax(0, 3.5 - side_mps * 0.1 * k);
    straight_ego(e, v * 0.1 * k, 0, 0, v, 0);
    straight_actor(e, 0, gap_m + 2 * HALF_M + ov * 0.1 * k, y, 0, ov);
  }
  straight_score(&s, e);
  assert_int_equal(s->r157.count, 1);
  sim_r157_case c = s->r157.all[0];
  assert_int_equal(s->r157.preventable, c.preventable);
  sim_scores_destroy(s);
  sim_episode_destroy(e);
  return c;
}

static void the_careful_driver_perceives_and_brakes_in_time_or_not(void **state) {
  (void)state;
  // Out of its wandering zone after 0.375 m: with 1 m/s at 0.4 s (the first frame beyond), seen
  // 0.4 s later; with 3 m/s at 0.2 s, and 0.72 m further at 0.4 s. The TTC is below 2 s then.
  sim_r157_case slow = cut_in(25, 15, 18, 1), fast = cut_in(25, 15, 18, 3);
  assert_int_equal(slow.danger, SIM_R157_CUTS_IN);
  straight_near("perceived", slow.perceived_s, 0.8, 1e-9);
  straight_near("brakes", slow.brakes_s, 1.55, 1e-9);
  straight_near("perceived by its way", fast.perceived_s, 0.4, 1e-9);
  // By hand: from perceiving on 10 m/s of difference; 0.75 s take 7.5 m, and braking to a
  // difference of 0 takes ramp 0.6 s and 7.59 m/s^2: about 9.5 m. 17 m are there for 10 m/s x 0.8 s
  // less.
  assert_false(slow.preventable);
  assert_true(cut_in(25, 15, 30, 1).preventable);
  assert_false(cut_in(25, 15, 8, 3).preventable);
  // Far ahead nothing is done before the time to collision is 2 s.
  sim_r157_case far = cut_in(20, 10, 40, 1);
  straight_near("perceived at a TTC of 2 s", far.perceived_s, 2.0, 0.11);
  assert_true(far.preventable);
}

static void who_stands_or_brakes_in_the_lane_is_a_danger_too(void **state) {
  (void)state;
  for (int brakes = 0; brakes < 2; brakes++) {
    sim_episode *e = straight_create(120, 1);
    sim_scores *s = NULL;
    double x = 60 + 2 * HALF_M, v = brakes ? 15 : 0;
    for (int k = 0; k < 120; k++) {
      straight_ego(e, 1.5 * k, 0, 0, 15, 0);
      straight_actor(e, 0, x, 0, 0, v);
      if (brakes && k >= 20)
        v = fmax(0, v - 0.6);
      x += v * 0.1;
    }
    straight_score(&s, e);
    sim_r157_case c = s->r157.all[0];
    assert_int_equal(c.danger, brakes ? SIM_R157_BRAKES : SIM_R157_STANDS);
    straight_near("perceived", c.perceived_s, brakes ? 2.0 + 0.4 : 0.4, 1e-9);
    assert_true(c.preventable);
    sim_scores_destroy(s);
    sim_episode_destroy(e);
  }
}

static void carla_s_scores_are_products_and_sums(void **state) {
  (void)state;
  sim_episode *e = straight_create(400, 1);
  sim_scores *s = NULL;
  e->route_goal_m = e->goal_x_m = 500;
  // 400 of 500 m; one car touched for a while, a red light passed twice, a scenario timed out.
  for (int k = 0; k < 400; k++) {
    straight_ego(e, k + 1.0, 0, 0, 10, 0);
    bool beside = k >= 100 && k < 120;
    straight_actor(e, 0, k + 1.0, beside ? 1.8 : 3.5, 0, 10);
    if (k == 50 || k == 300)
      e->ego_marks[k] |= SIM_EGO_PASSED_RED;
    if (k >= 200 && k < 240)
      e->middle_outside_m[k] = 2; // 40 m of 400 off its lanes
  }
  sim_episode_event(e, (sim_event){.frame = 350, .kind = SIM_EVENT_SCENARIO_TIMEOUT, .actor = -1});
  straight_score(&s, e);
  const sim_carla *c = &s->carla;
  straight_near("RC", c->rc, 80, 1e-9);
  straight_near("outside", c->outside, 0.1, 1e-9);
  assert_int_equal(c->count[SIM_CARLA_VEHICLE], 1);
  assert_int_equal(c->count[SIM_CARLA_RED], 2);
  straight_near("1.0", c->ds_1_0, 80 * 0.6 * 0.7 * 0.7 * 0.9, 1e-9);
  straight_near("2.0", c->ds_2_0, 80 * 0.6 * 0.7 * 0.7 * 0.7 * 0.9, 1e-9);
  straight_near("2.1", c->ds_2_1, 80 * 0.9 / (1 + 0.7 + 2 * 0.4 + 0.4), 1e-9);
  straight_near("as fast as others", c->speed_share[0], 1, 1e-6);
  sim_scores_destroy(s);
  sim_episode_destroy(e);
}

// Touched again: after 2 s and 20 m, after 6 s and 2 m: the same. After 6 s and 60 m: another one.
static void contacts_soon_or_nearby_are_the_same_one(void **state) {
  (void)state;
  const double speeds[] = {10, 0.3, 10};
  const int pauses[] = {20, 60, 60}, counts[] = {1, 1, 2};
  for (int i = 0; i < 3; i++) {
    sim_episode *e = straight_create(100, 1);
    sim_scores *s = NULL;
    for (int k = 0; k < 100; k++) {
      double x = speeds[i] * 0.1 * k;
      straight_ego(e, x, 0, 0, speeds[i], 0);
      straight_actor(e, 0, x, k == 5 || k == 6 + pauses[i] ? 1.8 : 3.5, 0, speeds[i]);
    }
    straight_score(&s, e);
    assert_int_equal(s->carla.count[SIM_CARLA_VEHICLE], counts[i]);
    sim_scores_destroy(s);
    sim_episode_destroy(e);
  }
}

static void routes_end_at_the_goal_when_left_and_when_blocked(void **state) {
  (void)state;
  for (int how = 0; how < 3; how++) {
    sim_episode *e = straight_create(2100, 1);
    sim_scores *s = NULL;
    e->route_goal_m = e->goal_x_m = 200;
    for (int k = 0; k < 2100; k++) {
      double x = fmin(0.5 * k, how == 0 ? 192 : 100);
      straight_ego(e, x, how == 1 && k > 300 ? 31 : 0, 0,
                   x < 100 || (how == 0 && x < 192) ? 5 : 0.05, 0);
      e->ego_marks[k] |= k == 2090 ? SIM_EGO_PASSED_RED : 0; // too late to count
    }
    if (how == 0)
      for (int k = 398; k < 2100; k++)
        e->route_m[k] = e->ego_x_m[k] = 199;
    straight_score(&s, e);
    straight_near("RC", s->carla.rc, how == 0 ? 100 : 50, 1e-9);
    assert_int_equal(s->carla.completed, how == 0);
    assert_int_equal(s->carla.deviated, how == 1);
    assert_int_equal(s->carla.blocked, how == 2);
    assert_int_equal(s->carla.count[SIM_CARLA_RED], 0);
    if (how == 2) // stands from frame 200 on, for more than 180 s
      assert_int_equal(s->carla.last_frame, 200 + 1800);
    sim_scores_destroy(s);
    sim_episode_destroy(e);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(who_is_ahead_gives_headway_ttc_drac_and_btn),
      cmocka_unit_test(tet_and_tit_sum_what_is_below_two_seconds),
      cmocka_unit_test(pet_is_the_time_between_leaving_and_coming),
      cmocka_unit_test(rss_calls_dangerous_what_is_too_close_both_ways),
      cmocka_unit_test(delta_v_is_by_masses),
      cmocka_unit_test(the_careful_driver_perceives_and_brakes_in_time_or_not),
      cmocka_unit_test(who_stands_or_brakes_in_the_lane_is_a_danger_too),
      cmocka_unit_test(carla_s_scores_are_products_and_sums),
      cmocka_unit_test(contacts_soon_or_nearby_are_the_same_one),
      cmocka_unit_test(routes_end_at_the_goal_when_left_and_when_blocked),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
