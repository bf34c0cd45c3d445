// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Scores of episodes made by hand: whose fault known crashes are, what odd egos get, and golden
// values worked out on paper.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "with_straight.h"

// One frame before the contact and the contact's own: the ego at (x, y) with its heading and
// speed, the other one likewise. Returns the first contact.
static sim_contact crash(double y, double yaw, double v, double ox, double oy, double oyaw,
                         double ov) {
  sim_episode *e = straight_create(4, 1);
  sim_scores *s = NULL;
  straight_ego(e, 100, y, yaw, v, 0);
  straight_actor(e, 0, ox + 50, oy + 50, oyaw, ov);
  straight_ego(e, 100, y, yaw, v, 0);
  straight_actor(e, 0, ox, oy, oyaw, ov);
  straight_score(&s, e);
  assert_int_equal(s->contacts.count, 1);
  sim_contact c = s->contacts.all[0];
  assert_int_equal(c.frame, 1);
  assert_true(c.first && c.begins);
  sim_scores_destroy(s);
  sim_episode_destroy(e);
  return c;
}

static void known_crashes_get_the_known_fault(void **state) {
  (void)state;
  const struct {
    const char *what;
    double y, yaw, v, ox, oy, oyaw, ov;
    int type;
    bool fault;
  } cases[] = {
      {"the ego runs into who drives ahead", 0, 0, 12, 104.7, 0, 0, 6, SIM_CONTACT_FRONT, true},
      {"another one runs into the ego's rear", 0, 0, 6, 95.3, 0, 0, 12, SIM_CONTACT_REAR, false},
      {"into its rear while it stands", 0, 0, 0, 95.3, 0, 0, 12, SIM_CONTACT_STOPPED_EGO, false},
      {"head-on while the ego stands", 0, 0, 0.05, 104.7, 0, M_PI, 9, SIM_CONTACT_STOPPED_EGO,
       false},
      {"the ego runs into who stands", 0, 0, 8, 104.7, 0, 0, 0, SIM_CONTACT_STOPPED_OTHER, true},
      {"reversing into who stands", 0, 0, -3, 95.3, 0, 0, 0.04, SIM_CONTACT_STOPPED_OTHER, true},
      {"side by side, the ego in its lane", 0, 0, 10, 100, 1.85, -0.02, 10, SIM_CONTACT_LATERAL,
       false},
      {"side by side, the ego changes lanes", 1.6, 0.05, 10, 97.5, 3.4, 0, 10, SIM_CONTACT_LATERAL,
       true},
      {"its front into the side of who crosses", 0, 0, 8, 103.2, 0.5, M_PI / 2, 8,
       SIM_CONTACT_FRONT, true},
      {"who crosses runs into its side", 0, 0, 8, 99.5, -3.3, M_PI / 2, 8, SIM_CONTACT_LATERAL,
       false},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    sim_contact c = crash(cases[i].y, cases[i].yaw, cases[i].v, cases[i].ox, cases[i].oy,
                          cases[i].oyaw, cases[i].ov);
    if (c.type != cases[i].type || c.at_fault != cases[i].fault)
      fail_msg("%s: type %d, %s; expected %d, %s", cases[i].what, c.type,
               c.at_fault ? "at fault" : "not at fault", cases[i].type,
               cases[i].fault ? "at fault" : "not at fault");
  }
}

static void boxes_touch_where_corners_say_so(void **state) {
  (void)state;
  sim_box a = {0, 0, 1, 0, 2, 1};
  sim_box at_border = {4, 0, 1, 0, 2, 1}, apart = {4.001, 0, 1, 0, 2, 1};
  sim_box turned = {2 + sqrt(2) - 1e-6, 0, sqrt(0.5), sqrt(0.5), 1, 1};
  sim_box turned_apart = {2 + sqrt(2) + 1e-6, 0, sqrt(0.5), sqrt(0.5), 1, 1};
  // Axes of neither alone tell these two corners apart; the turned one's do.
  sim_box corner = {2.75, 1.75, sqrt(0.5), sqrt(0.5), 1, 1};
  assert_true(sim_boxes_meet(&a, &at_border) && sim_boxes_meet(&a, &turned));
  sim_box beside = {0, 2, 1, 0, 2, 1}, farther = {0, 2.001, -1, 0, 2, 1};
  assert_true(sim_boxes_meet(&a, &beside) && !sim_boxes_meet(&a, &farther));
  assert_false(sim_boxes_meet(&a, &apart) || sim_boxes_meet(&a, &turned_apart));
  assert_false(sim_boxes_meet(&a, &corner) || sim_boxes_meet(&corner, &a));
  double from = 0, to = 100;
  sim_box far = {24, 0, 1, 0, 2, 1};
  assert_true(sim_boxes_sweep(&a, &far, -5, 0, &from, &to));
  straight_near("meets at", from, 4, 1e-12);
  straight_near("parts at", to, 5.6, 1e-12);
  from = 0;
  to = 100;
  assert_false(sim_boxes_sweep(&a, &far, 5, 0, &from, &to));
}

static void nuplan_like_is_what_its_parts_say(void **state) {
  (void)state;
  sim_episode *e = straight_create(101, 2);
  sim_scores *s = NULL;
  straight_drive(e, 101, 0, 0, 8);
  straight_score(&s, e);
  const sim_nuplan_like *n = &s->nuplan_like;
  // 80 m of the reference's 100 m: EP 0.8, all else 1.
  straight_near("EP", n->ep, 0.8, 1e-12);
  straight_near("score", n->score, (5 * 0.8 + 5 + 4 + 2) / 16, 1e-12);
  // Ended after 5 s: 40 m of all that the reference drives.
  sim_episode_destroy(e);
  e = straight_create(101, 2);
  straight_drive(e, 51, 0, 0, 8);
  straight_score(&s, e);
  straight_near("EP of who ends early", n->ep, 0.4, 1e-12);
  // 17 m/s at a limit of 15: 101 frames of 2 m/s over, dt 0.1 s, in 10 s.
  sim_episode_destroy(e);
  e = straight_create(101, 2);
  straight_drive(e, 101, 0, 0, 17);
  straight_score(&s, e);
  straight_near("SL", n->sl, 1 - 101 * 2 * 0.1 / (2.23 * 10), 1e-12);
  straight_near("EP of who is faster than the reference", n->ep, 1, 0);
  straight_near("score", n->score, (5 + 5 + 4 * n->sl + 2) / 16, 1e-12);
  // A corner 0.29 m off the road is let pass, 0.31 m isn't.
  for (int beyond = 0; beyond < 2; beyond++) {
    sim_episode_destroy(e);
    e = straight_create(101, 2);
    straight_drive(e, 101, 0, -0.8 - (beyond ? 0.31 : 0.29), 10);
    straight_score(&s, e);
    straight_near("DAC", n->dac, 1 - beyond, 0);
  }
  sim_scores_destroy(s);
  sim_episode_destroy(e);
}

// The ego at 10 m/s and one gap_m ahead of its front at 5 m/s: time to collision is gap / 5, in
// steps of 0.1 s.
static void time_to_collision_passes_above_its_bound(void **state) {
  (void)state;
  sim_scores *s = NULL;
  const double gaps[] = {4.4, 4.6, 5.2, 14.0, 14.9};
  const double found[] = {0.9, 1.0, 1.1, 2.8, INFINITY};
  for (int i = 0; i < 5; i++) {
    sim_episode *e = straight_create(10, 2);
    straight_ego(e, 0, 0, 0, 10, 0);
    straight_actor(e, 0, gaps[i] + 4.8, 0, 0, 5);
    // Beside the ego, and behind: not watched while the ego keeps to its lane.
    straight_actor(e, 1, -5.5, 0, 0, 30);
    straight_score(&s, e);
    straight_near("TTC", s->nuplan_like.frame_ttc_s[0], found[i], 1e-9);
    straight_near("passes", s->nuplan_like.ttc, found[i] > 0.95, 0);
    straight_near("criticality's", s->criticality.frame_ttc_s[0], gaps[i] / 5, 1e-6);
    sim_episode_destroy(e);
  }
  sim_scores_destroy(s);
}

static void collisions_multiply_by_group(void **state) {
  (void)state;
  const struct {
    thing_kind kind;
    int times;
    double nc;
  } cases[] = {{THING_CAR, 1, 0}, {THING_PERSON, 1, 0}, {THING_CONE, 1, 0.5}, {THING_CONE, 2, 0}};
  for (int i = 0; i < 4; i++) {
    sim_episode *e = straight_create(40, 4);
    sim_scores *s = NULL;
    straight_drive(e, 40, 0, 0, 10);
    for (int k = 0; k < cases[i].times; k++)
      assert_true(sim_episode_object(e, 5, cases[i].kind, 20 + 5 * k, 0, 0, 0.4, 0.4));
    straight_score(&s, e);
    straight_near("NC", s->nuplan_like.nc, cases[i].nc, 0);
    assert_int_equal(s->nuplan_like.at_fault[sim_contact_group_of(cases[i].kind)], cases[i].times);
    sim_scores_destroy(s);
    sim_episode_destroy(e);
  }
}

// docs/scores.md, "Odd egos".
static void an_ego_that_stands_gets_no_progress_and_no_fault(void **state) {
  (void)state;
  sim_episode *e = straight_create(101, 1);
  sim_scores *s = NULL;
  for (int k = 0; k < 101; k++) {
    straight_ego(e, 50, 0, 0, 0, 0);
    straight_actor(e, 0, 40 + 0.6 * k < 45.3 ? 40 + 0.6 * k : 45.3, 0, 0, 6); // runs into it
  }
  straight_score(&s, e);
  assert_int_equal(s->contacts.all[0].type, SIM_CONTACT_STOPPED_EGO);
  straight_near("NC", s->nuplan_like.nc, 1, 0);
  straight_near("EP", s->nuplan_like.ep, 2.0 / 100, 1e-12);
  straight_near("MP", s->nuplan_like.mp, 0, 0);
  straight_near("score", s->nuplan_like.score, 0, 0);
  straight_near("TTC", s->nuplan_like.ttc, 1, 0);
  straight_near("comfort", s->nuplan_like.c, 1, 0);
  straight_near("RC", s->carla.rc, 0.1 * 50, 1e-9);
  assert_int_equal(s->carla.count[SIM_CARLA_VEHICLE], 1);
  straight_near("headway", s->criticality.thw_s, INFINITY, 0);
  sim_scores_destroy(s);
  sim_episode_destroy(e);
}

static void an_ego_that_reverses_is_driving_against_its_lane(void **state) {
  (void)state;
  const double speeds[] = {-1.5, -3, -7};
  const double ddc[] = {1, 0.5, 0};
  for (int i = 0; i < 3; i++) {
    sim_episode *e = straight_create(101, 1);
    sim_scores *s = NULL;
    straight_drive(e, 101, 500, 0, speeds[i]);
    straight_score(&s, e);
    straight_near("DDC", s->nuplan_like.ddc, ddc[i], 0);
    straight_near("EP", s->nuplan_like.ep, 0, 0);
    straight_near("score", s->nuplan_like.score, 0, 0);
    straight_near("progress", s->nuplan_like.progress_m, 10 * speeds[i], 1e-9);
    straight_near("off the route's lanes", s->carla.outside, 0, 0); // it heads along its lane
    sim_scores_destroy(s);
    sim_episode_destroy(e);
  }
}

static void an_ego_that_is_teleported_gains_no_more_than_driving_gives(void **state) {
  (void)state;
  sim_episode *e = straight_create(101, 1);
  sim_scores *s = NULL;
  for (int k = 0; k < 101; k++)
    straight_ego(e, (k < 50 ? 0 : 900) + k, 0, 0, 10, 0);
  straight_score(&s, e);
  // CARLA: 4 m a frame at most, from frame 50 on: 49 + 51 * 4 of 1000 m.
  straight_near("RC", s->carla.rc, (49 + 51 * 4) / 10.0, 1e-9);
  // nuPlan measures where the ego is: all of the way counts, which is documented.
  straight_near("progress", s->nuplan_like.progress_m, 1000, 1e-9);
  straight_near("comfort sees speeds, not places", s->nuplan_like.c, 1, 0);
  assert_int_equal(s->contacts.count, 0);
  sim_scores_destroy(s);
  sim_episode_destroy(e);
}

// Records that no driving makes: nothing may hang, nor be read or written outside of arrays.
static void records_of_nonsense_are_scored_without_harm(void **state) {
  (void)state;
  const double odd[] = {NAN, INFINITY, -INFINITY, 1e300, -1e12, 0};
  sim_scores *s = NULL;
  for (int which = 0; which < 6; which++) {
    sim_episode *e = straight_create(60, 3);
    for (int k = 0; k < 60; k++) {
      straight_ego(e, k % 7 == 3 ? odd[which] : k, k % 11 == 5 ? odd[which] : 0, 0, 10, 0);
      straight_actor(e, 0, k % 5 == 2 ? odd[which] : k + 6.0, 0, 0, 9);
      straight_actor(e, 1, k, 2, 0, k % 13 == 7 ? odd[which] : 5);
    }
    e->ego_yaw_rad[30] = e->ego_ahead_mps2[31] = e->ego_ahead_mps[32] = odd[which];
    straight_score(&s, e);
    sim_episode_destroy(e);
  }
  // One frame, two, three: less than any filter's window.
  for (int frames = 1; frames <= 5; frames++) {
    sim_episode *e = straight_create(60, 3);
    straight_drive(e, frames, 0, 0, 10);
    straight_score(&s, e);
    straight_near("comfort of a few frames", s->comfort.comfortable, 1, 0);
    straight_near("windows", s->navsim.windows, 0, 0);
    sim_episode_destroy(e);
  }
  sim_scores_destroy(s);
}

// What is found by comparing numbers passes by what isn't one: it mustn't count as fine.
static void what_is_no_number_is_never_fine(void **state) {
  (void)state;
  sim_scores *s = NULL;
  for (int field = 0; field < 11; field++) {
    sim_episode *e = straight_create(101, 1);
    straight_drive(e, 101, 0, 0, 8);
    for (int k = 0, keep = e->count; k < keep; k++, e->count = keep) {
      e->count = k + 1;
      straight_actor(e, 0, 60 + k, 3.5, 0, 10);
    }
    straight_score(&s, e);
    sim_score_value values[SIM_SCORE_VALUES];
    int n = sim_scores_values(s, values);
    straight_near("comfort", s->comfort.comfortable, 1, 0);
    assert_true(isfinite(values[0].value));
    size_t at = sim_episode_row(e, 40);
    double *ego[] = {e->ego_x_m,
                     e->ego_y_m,
                     e->ego_yaw_rad,
                     e->ego_ahead_mps,
                     e->ego_left_mps,
                     e->ego_ahead_mps2,
                     e->ego_left_mps2,
                     e->ego_yaw_radps,
                     e->actor_x_m + at,
                     NULL,
                     NULL};
    float *other[] = {e->actor_x_mps + at, e->actor_y_mps + at};
    if (field < 8)
      ego[field][40] = NAN;
    else if (field == 8)
      ego[field][0] = NAN;
    else
      other[field - 9][0] = field == 9 ? NAN : INFINITY;
    assert_int_equal(sim_scores_run(s, e, NULL), STATUS_OK);
    sim_scores_values(s, values);
    for (int i = 0; i < n; i++)
      if (!isnan(values[i].value))
        fail_msg("field %d: %s is %g", field, values[i].name, values[i].value);
    if (field == 2 || field == 5 || field == 6) { // what comfort is made from
      assert_false(s->comfort.comfortable);
      straight_near("C", s->nuplan_like.c, 0, 0);
    }
    if (field == 5)
      assert_true(isnan(s->comfort.worst[SIM_COMFORT_LON_ACCEL]) &&
                  !s->comfort.within[SIM_COMFORT_LON_ACCEL]);
    sim_episode_destroy(e);
  }
  sim_episode *e = straight_create(101, 1);
  straight_drive(e, 101, 0, 0, 8);
  straight_score(&s, e);
  assert_true(e->reference_count == 101 && isfinite(s->nuplan_like.ep));
  for (int k = 0; k < 101; k++)
    e->reference_m[k] = NAN;
  e->outside_m[40] = NAN;
  assert_int_equal(sim_scores_run(s, e, NULL), STATUS_OK);
  assert_true(isnan(s->nuplan_like.ep) && isnan(s->nuplan_like.score));
  assert_true(isnan(s->navsim.mean[SIM_NAVSIM_EP]) && isnan(s->navsim.mean[SIM_NAVSIM_PDMS]));
  straight_near("DAC", s->nuplan_like.dac, 0, 0);
  sim_scores_destroy(s);
  sim_episode_destroy(e);
}

static void scores_of_progress_need_a_reference(void **state) {
  (void)state;
  sim_episode *e = straight_create(101, 1);
  sim_scores *s = NULL;
  straight_drive(e, 101, 0, 0, 8);
  e->reference_count = 0;
  straight_score(&s, e);
  assert_true(isnan(s->nuplan_like.score) && isnan(s->nuplan_like.ep));
  assert_true(isnan(s->navsim.mean[SIM_NAVSIM_PDMS]));
  straight_near("NC", s->navsim.mean[SIM_NAVSIM_NC], 1, 0);
  assert_true(isfinite(s->carla.ds_2_1));
  sim_scores_destroy(s);
  sim_episode_destroy(e);
}

static void records_that_arent_surveyed_or_too_large_are_refused(void **state) {
  (void)state;
  sim_episode *e = straight_create(20, 1), *larger = straight_create(30, 2);
  sim_scores *s = NULL;
  trouble why = {0};
  straight_drive(e, 20, 0, 0, 8);
  straight_score(&s, e);
  straight_drive(larger, 10, 0, 0, 8);
  assert_int_equal(sim_scores_run(s, larger, &why), STATUS_RANGE);
  e->surveyed = 19;
  assert_int_equal(sim_scores_run(s, e, &why), STATUS_RANGE);
  assert_non_null(strstr(why.text, "19 of the record's 20"));
  sim_scores_destroy(s);
  sim_episode_destroy(e);
  sim_episode_destroy(larger);
}

static void equal_records_give_equal_bits(void **state) {
  (void)state;
  sim_score_value one[SIM_SCORE_VALUES], two[SIM_SCORE_VALUES];
  int n = 0;
  sim_scores *s = NULL;
  for (int round = 0; round < 3; round++) {
    sim_episode *e = straight_create(101, 6);
    // The second round is another episode on the same scores: nothing of it may stay.
    straight_drive(e, round == 1 ? 60 : 101, 0, round == 1 ? 1.7 : 0, 9);
    for (int k = 0; k < e->count; k++) {
      int keep = e->count;
      e->count = k + 1;
      for (int i = 0; i < 6; i++)
        straight_actor(e, i, 15.0 * i + 0.5 * k, round == 1 ? 0 : 3.5 * (i % 2), 0, 5);
      e->count = keep;
    }
    straight_score(&s, e);
    n = sim_scores_values(s, round == 0 ? one : two);
    sim_episode_destroy(e);
  }
  assert_true(n > 60 && n <= SIM_SCORE_VALUES);
  for (int i = 0; i < n; i++)
    if (memcmp(&one[i].value, &two[i].value, sizeof(double)) != 0)
      fail_msg("%s: %.17g, then %.17g", one[i].name, one[i].value, two[i].value);
  sim_scores_destroy(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(known_crashes_get_the_known_fault),
      cmocka_unit_test(boxes_touch_where_corners_say_so),
      cmocka_unit_test(nuplan_like_is_what_its_parts_say),
      cmocka_unit_test(time_to_collision_passes_above_its_bound),
      cmocka_unit_test(collisions_multiply_by_group),
      cmocka_unit_test(an_ego_that_stands_gets_no_progress_and_no_fault),
      cmocka_unit_test(an_ego_that_reverses_is_driving_against_its_lane),
      cmocka_unit_test(an_ego_that_is_teleported_gains_no_more_than_driving_gives),
      cmocka_unit_test(records_of_nonsense_are_scored_without_harm),
      cmocka_unit_test(what_is_no_number_is_never_fine),
      cmocka_unit_test(scores_of_progress_need_a_reference),
      cmocka_unit_test(records_that_arent_surveyed_or_too_large_are_refused),
      cmocka_unit_test(equal_records_give_equal_bits),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
