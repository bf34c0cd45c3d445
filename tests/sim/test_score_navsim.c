// SPDX-License-Identifier: Apache-2.0
// labels: unit
// NAVSIM's scores by hand on a straight road; tests/python/test_scores.py has random episodes.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "with_straight.h"

static void a_drive_without_incident_is_what_its_progress_says(void **state) {
  (void)state;
  sim_episode *e = straight_create(101, 1);
  sim_scores *s = NULL;
  straight_drive(e, 101, 0, 0, 8);
  straight_score(&s, e);
  // Windows begin at 0, 0.5 ... 6 s; 32 m of the reference's 40 m.
  assert_int_equal(s->navsim.windows, 13);
  straight_near("EP", s->navsim.mean[SIM_NAVSIM_EP], 0.8, 1e-12);
  straight_near("PDMS", s->navsim.mean[SIM_NAVSIM_PDMS], (5 * 0.8 + 5 + 2) / 12, 1e-12);
  straight_near("EPDMS", s->navsim.mean[SIM_NAVSIM_EPDMS], (5 * 0.8 + 5 + 2 + 2) / 14, 1e-12);
  assert_true(isnan(s->navsim.mean[SIM_NAVSIM_EC]));
  sim_scores_destroy(s);
  sim_episode_destroy(e);
}

static void red_lights_and_wrong_lanes_count_for_the_extended_score_alone(void **state) {
  (void)state;
  sim_episode *e = straight_create(41, 1);
  sim_scores *s = NULL;
  for (int k = 0; k < 41; k++)
    straight_ego(e, k, 0, 0, 10, 0);
  e->ego_marks[20] |= SIM_EGO_PASSED_RED;
  straight_score(&s, e);
  straight_near("PDMS at red", s->navsim.window[SIM_NAVSIM_PDMS][0], 1, 1e-12);
  straight_near("EPDMS at red", s->navsim.window[SIM_NAVSIM_EPDMS][0], 0, 0);
  e->ego_marks[20] &= (uint8_t)~SIM_EGO_PASSED_RED;
  // 4 m of wrong lane in a second: DDC 0.5. EP is of what the multipliers leave.
  for (int k = 10; k < 14; k++)
    e->ego_marks[k] &= (uint8_t)~SIM_EGO_ON_ROUTE_LANE;
  straight_score(&s, e);
  straight_near("DDC", s->navsim.window[SIM_NAVSIM_DDC][0], 0.5, 0);
  straight_near("EPDMS", s->navsim.window[SIM_NAVSIM_EPDMS][0], 0.5 * (5 * 0.5 + 5 + 2 + 2) / 14,
                1e-12);
  sim_episode_destroy(e);
  // A second has eleven instants: 1.85 m/s all along are 2.035 m.
  e = straight_create(41, 1);
  straight_drive(e, 41, 0, 0, 1.85);
  for (int k = 0; k < 41; k++)
    e->ego_marks[k] &= (uint8_t)~SIM_EGO_ON_ROUTE_LANE;
  straight_score(&s, e);
  straight_near("DDC of a slow one", s->navsim.window[SIM_NAVSIM_DDC][0], 0.5, 0);
  sim_scores_destroy(s);
  sim_episode_destroy(e);
}

// A car beside the ego that touches it all the time, in a junction, where those beside are watched.
static void who_touches_when_a_window_begins_is_left_out(void **state) {
  (void)state;
  for (int from = 0; from < 2; from++) {
    sim_episode *e = straight_create(41, 1);
    sim_scores *s = NULL;
    for (int k = 0; k < 41; k++) {
      straight_ego(e, k, 0, 0, 10, 0);
      e->ego_marks[k] |= SIM_EGO_IN_JUNCTION;
      straight_actor(e, 0, k - 1, k < from ? 9 : 1.85, 0, 10);
    }
    straight_score(&s, e);
    straight_near("NC", s->navsim.window[SIM_NAVSIM_NC][0], 1, 0); // not its fault: in its lane
    straight_near("TTC", s->navsim.window[SIM_NAVSIM_TTC][0], from == 0, 0);
    sim_scores_destroy(s);
    sim_episode_destroy(e);
  }
}

static void lanes_are_kept_unless_left_for_two_seconds(void **state) {
  (void)state;
  for (int frames = 19; frames <= 20; frames++) {
    sim_episode *e = straight_create(41, 1);
    sim_scores *s = NULL;
    for (int k = 0; k < 41; k++) {
      straight_ego(e, k, k >= 5 && k < 5 + frames + 4 ? 0.6 : 0.4, 0, 10, 0);
      if (k >= 10 && k < 14)
        e->ego_marks[k] |= SIM_EGO_IN_JUNCTION; // doesn't count, nor does it interrupt
    }
    straight_score(&s, e);
    straight_near("LK", s->navsim.window[SIM_NAVSIM_LK][0], frames < 20, 0);
    sim_scores_destroy(s);
    sim_episode_destroy(e);
  }
}

static void steps_that_dont_divide_a_tenth_give_no_windows(void **state) {
  (void)state;
  const double steps[] = {0.1, 0.05, 0.02, 0.04, 0.25};
  const int windows[] = {1, 1, 1, 0, 0};
  for (int i = 0; i < 5; i++) {
    sim_episode *e = straight_create(260, 1);
    sim_scores *s = NULL;
    e->step_s = steps[i];
    straight_drive(e, (int)lround(4.2 / steps[i]), 0, 0, 10);
    straight_score(&s, e);
    assert_int_equal(s->navsim.windows, windows[i]);
    assert_int_equal(isnan(s->navsim.mean[SIM_NAVSIM_NC]) != 0, windows[i] == 0);
    sim_scores_destroy(s);
    sim_episode_destroy(e);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_drive_without_incident_is_what_its_progress_says),
      cmocka_unit_test(red_lights_and_wrong_lanes_count_for_the_extended_score_alone),
      cmocka_unit_test(who_touches_when_a_window_begins_is_left_out),
      cmocka_unit_test(lanes_are_kept_unless_left_for_two_seconds),
      cmocka_unit_test(steps_that_dont_divide_a_tenth_give_no_windows),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
