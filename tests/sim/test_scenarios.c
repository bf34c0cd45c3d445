// SPDX-License-Identifier: Apache-2.0
// labels: unit
// The library's scenarios of cars: what each promises happens, over the grids of its protocol.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "with_events.h"

static char text[512];

static with_event open_scenario(const char *name, const char *parameters, int index) {
  snprintf(text, sizeof text,
           "return require \"%s\" { %s%sscene = { street_furniture = 0, "
           "pedestrians = { count = 0 } } }",
           name, parameters, *parameters ? ", " : "");
  return with_event_drawn(text, NULL, 0, 1, (uint32_t)index);
}

static void near_to(double value, double wanted, double within, const char *what) {
  if (!(fabs(value - wanted) <= within))
    fail_msg("%s\n  %s: %.4f, not %.4f within %g", text, what, value, wanted, within);
}

// The target's middle to the left of the ego's line.
static double side_of(const with_event *e, int number) {
  vec3 a = with_event_middle(e, 0), b = with_event_middle(e, number);
  double yaw = quat_yaw(with_event_actor(e, 0)->begin.q);
  return (b.y - a.y) * cos(yaw) - (b.x - a.x) * sin(yaw);
}

// The share of the ego's width that is in line with the target, positive where that is to the left.
static double overlap_of(const with_event *e) {
  double half = with_event_actor(e, 0)->size_m[1] / 2, side = side_of(e, 1);
  double other = with_event_actor(e, 1)->size_m[1] / 2;
  double shared = fmin(half, side + other) - fmax(-half, side - other);
  double share = shared / (2 * half);
  return side < -0.05 ? -share : share;
}

// Both frames: the first, and the last one before contact.
static void rear_end(const char *name, double ego_kmh, double target_kmh, double overlap) {
  char parameters[128];
  snprintf(parameters, sizeof parameters, "ego_kmh = %g, overlap = %g", ego_kmh, overlap);
  with_event e = open_scenario(name, parameters, 0);
  with_event_frame(&e);
  double closing = (ego_kmh - target_kmh) / 3.6;
  near_to(with_event_actor(&e, 0)->speed_mps, ego_kmh / 3.6, 1e-9, "speed of the ego");
  near_to(with_event_actor(&e, 1)->speed_mps, target_kmh / 3.6, 1e-9, "speed of the target");
  near_to(with_event_gap(&e, 0, 1) / closing, 4, 0.01, "seconds to contact at the beginning");
  near_to(with_event_actor(&e, 1)->size_m[1], 1.71, 1e-9, "width of the target");
  if (fabs(overlap) < 1)
    near_to(overlap_of(&e), overlap, 0.01, "overlap");
  else
    near_to(side_of(&e, 1), 0, 0.01, "offset");
  with_event_run(&e, 3.8);
  near_to(with_event_gap(&e, 0, 1), 0.2 * closing, 0.05, "gap after 3.8 s");
  near_to(e.built->duration_s, 3.9, 1e-9, "length of the scene");
  near_to(with_event_actor(&e, 0)->speed_mps, ego_kmh / 3.6, 1e-9, "speed of the ego at the end");
  with_event_free(&e);
}

static const double overlaps[] = {-0.5, -0.75, 1, 0.75, 0.5};

static void ccrs_comes_up_to_a_standing_car(void **state) {
  (void)state;
  for (int kmh = 10; kmh <= 80; kmh += 10)
    rear_end("ccrs", kmh, 0, overlaps[kmh / 10 % 5]);
  for (int k = 0; k < 5; k++)
    rear_end("ccrs", 45, 0, overlaps[k]);
}

static void ccrm_comes_up_to_a_slower_car(void **state) {
  (void)state;
  for (int kmh = 30; kmh <= 80; kmh += 10)
    rear_end("ccrm", kmh, 20, overlaps[kmh / 10 % 5]);
}

// The speed of an actor, frame by frame, against one that brakes from a moment on.
static void brakes_as_told(with_event *e, int number, double speed, double at_s, double decel) {
  uint32_t frames = sim_frame_count(e->built);
  for (uint32_t k = 0; k < frames; k++) {
    with_event_frame(e);
    double braking = fmax(0, with_event_time(e) - at_s);
    near_to(with_event_actor(e, number)->speed_mps, fmax(0, speed - decel * braking), 1e-6,
            "speed of who brakes");
    near_to(with_event_actor(e, 0)->speed_mps, speed, 1e-9, "speed of the ego");
    if (with_event_gap(e, 0, number) <= 0)
      fail_msg("%s\n  contact before the end, at %.2f s", text, with_event_time(e));
  }
}

static void ccrb_brakes_before_the_ego(void **state) {
  (void)state;
  static const double gaps[] = {12, 40}, decels[] = {2, 6};
  for (int k = 0; k < 4; k++) {
    char parameters[128];
    double gap = gaps[k / 2], decel = decels[k % 2];
    snprintf(parameters, sizeof parameters, "gap_m = %g, decel_mps2 = %g", gap, decel);
    with_event e = open_scenario("ccrb", parameters, 0);
    brakes_as_told(&e, 1, 50 / 3.6, 1, decel);
    // 0.1 s, and what two frames may lack, are left.
    double closing = with_event_actor(&e, 0)->speed_mps - with_event_actor(&e, 1)->speed_mps;
    near_to(with_event_gap(&e, 0, 1), 0, 0.3 * closing, "gap at the end");
    with_event_free(&e);
    e = open_scenario("ccrb", parameters, 0);
    with_event_frame(&e);
    near_to(with_event_gap(&e, 0, 1), gap, 0.02, "gap at the beginning");
    with_event_free(&e);
  }
}

static void r157_braking_brakes_before_the_ego(void **state) {
  (void)state;
  for (int k = 0; k < 4; k++) {
    char parameters[128];
    double decel = 2 + 1.5 * k, speed = (30 + 10 * k) / 3.6, headway = 1.2 + 0.4 * k;
    snprintf(parameters, sizeof parameters, "ego_kmh = %d, headway_s = %g, decel_mps2 = %g",
             30 + 10 * k, headway, decel);
    with_event e = open_scenario("r157_braking", parameters, 0);
    with_event_frame(&e);
    near_to(with_event_gap(&e, 0, 1), speed * headway, 0.02, "gap at the beginning");
    with_event_free(&e);
    e = open_scenario("r157_braking", parameters, 0);
    brakes_as_told(&e, 1, speed, 2, decel);
    with_event_free(&e);
  }
}

static void r157_cut_in_takes_the_lane_at_its_gap(void **state) {
  (void)state;
  for (int k = 0; k < 6; k++) {
    char parameters[160];
    bool left = k % 2;
    double gap = 12 + 8 * k, lateral = 0.6 + 0.2 * k, slower = 10 + 5 * (k % 3);
    snprintf(parameters, sizeof parameters,
             "ego_kmh = %d, slower_kmh = %g, gap_m = %g, lateral_mps = %g, from = \"%s\"",
             60 + 10 * k, slower, gap, lateral, left ? "left" : "right");
    with_event e = open_scenario("r157_cut_in", parameters, 0);
    double side = left ? 3.5 : -3.5;
    with_event_run(&e, 2.1);
    near_to(with_event_time(&e), 2, 1e-9, "time");
    near_to(with_event_gap(&e, 0, 1), gap, 0.05, "gap when it sets off");
    near_to(side_of(&e, 1), side, 0.02, "in the lane beside");
    near_to(with_event_actor(&e, 0)->speed_mps - with_event_actor(&e, 1)->speed_mps, slower / 3.6,
            1e-6, "speed between them");
    double half_s = 3.5 / lateral / 2, contact_s = gap / (slower / 3.6);
    if (half_s + 0.3 < contact_s) {
      double frames = floor(half_s * 10);
      with_event_run(&e, frames / 10);
      // A smooth change: half of it done at half time, and fastest there.
      double late = half_s - frames / 10, at = 1.875 * lateral * late;
      near_to(fabs(side_of(&e, 1)), 3.5 / 2 + at, 0.1, "half a lane to go at half time");
    }
    with_event_free(&e);
  }
}

static void r157_cut_out_lays_a_standing_car_bare(void **state) {
  (void)state;
  for (int k = 0; k < 4; k++) {
    char parameters[160];
    double speed = (30 + 10 * k) / 3.6, headway = 1.3 + 0.3 * k, bare = 3 - 0.3 * k;
    snprintf(parameters, sizeof parameters,
             "ego_kmh = %d, headway_s = %g, bare_s = %g, lateral_mps = 1.75, to = \"%s\"",
             30 + 10 * k, headway, bare, k % 2 ? "left" : "right");
    with_event e = open_scenario("r157_cut_out", parameters, 0);
    with_event_run(&e, 2.1);
    near_to(with_event_gap(&e, 0, 1), speed * headway, 0.02, "gap to the lead");
    near_to(with_event_gap(&e, 1, 2), speed * bare, 0.05, "gap from the lead when it sets off");
    near_to(side_of(&e, 1), 0, 0.02, "the lead is ahead");
    near_to(side_of(&e, 2), 0, 0.02, "who stands is ahead");
    with_event_run(&e, 2);
    near_to(side_of(&e, 1), k % 2 ? 3.5 : -3.5, 0.02, "the lead has gone over");
    near_to(with_event_actor(&e, 2)->speed_mps, 0, 0, "speed of who stands");
    // The lead passes who stands without touching it, and so does the ego not before the end.
    while ((double)(e.shot.time_ns + e.shot.duration_ns) * 1e-9 < e.built->duration_s - 0.05)
      with_event_frame(&e);
    assert_true(with_event_gap(&e, 0, 2) > 0);
    with_event_free(&e);
  }
}

static void ccftap_meets_where_the_ways_cross(void **state) {
  (void)state;
  static const double egos[] = {10, 15, 20}, targets[] = {30, 45, 60};
  for (int k = 0; k < 18; k++) {
    double ego = egos[k % 3], target = targets[k / 3 % 3], nearest = INFINITY, slow = 0;
    const char *hand = k < 9 ? "right" : "left";
    snprintf(text, sizeof text,
             "return require \"ccftap\" { ego_kmh = %g, target_kmh = %g, hand = \"%s\", scene = { "
             "duration_s = 25, street_furniture = 0, pedestrians = { count = 0 } } }",
             ego, target, hand);
    with_event e = with_event_drawn(text, NULL, 0, 1, (uint32_t)k);
    for (int i = 0; i < 240; i++) {
      with_event_frame(&e);
      vec3 a = with_event_middle(&e, 0), b = with_event_middle(&e, 1);
      double apart = hypot(a.x - b.x, a.y - b.y);
      if (apart > nearest + 5)
        break;
      near_to(with_event_actor(&e, 0)->speed_mps, ego / 3.6, 1e-9, "speed of the ego");
      if (apart < nearest)
        nearest = apart, slow = with_event_actor(&e, 1)->speed_mps;
    }
    // Frames are up to half of one away from the moment itself.
    near_to(nearest, 0, 0.05 * (target + ego) / 3.6 + 0.15, "how near their middles come");
    near_to(slow, target / 3.6, 1e-6, "speed of the target then");
    double turned = fabs(quat_yaw(with_event_actor(&e, 0)->begin.q) -
                         quat_yaw(with_event_actor(&e, 1)->begin.q));
    turned = fabs(angle_wrap(turned));
    if (turned > 2.6 || turned < 1.2)
      fail_msg("%s\n  headings are %.2f rad apart", text, turned);
    with_event_free(&e);
    // The scene's own end is before contact, but not by much.
    snprintf(text, sizeof text,
             "return require \"ccftap\" { ego_kmh = %g, target_kmh = %g, hand = \"%s\" }", ego,
             target, hand);
    e = with_event_drawn(text, NULL, 0, 1, (uint32_t)k);
    with_event_run(&e, floor(e.built->duration_s * 10) / 10);
    double apart = with_event_apart(&e, 0, 1);
    if (!(apart > 0))
      fail_msg("%s\n  they touch before the end", text);
    for (int i = 0; i < 10; i++) {
      with_event_frame(&e);
      apart = fmin(apart, with_event_apart(&e, 0, 1));
    }
    if (!(apart < 0))
      fail_msg("%s\n  %.2f m are left between them a second after the end", text, apart);
    with_event_free(&e);
  }
}

// Every scenario draws from its grid, and each draw can be built and moves.
static void scenarios_draw_their_parameters(void **state) {
  (void)state;
  static const char *const names[] = {"ccrs",        "ccrm",         "ccrb",
                                      "r157_cut_in", "r157_cut_out", "r157_braking"};
  for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
    double least = INFINITY, most = 0;
    for (int k = 0; k < 6; k++) {
      with_event e = open_scenario(names[n], "", k);
      with_event_frame(&e);
      double mark = with_event_gap(&e, 0, 1) + with_event_actor(&e, 0)->speed_mps;
      least = fmin(least, mark), most = fmax(most, mark);
      with_event_run(&e, floor(10 * e.built->duration_s) / 10 - 0.1);
      with_event_free(&e);
    }
    assert_true(most > least + 1);
  }
}

static void an_unknown_parameter_is_an_error(void **state) {
  (void)state;
  trouble why = {0};
  assert_int_equal(with_event_error("return require \"ccrs\" {\n  speed = 3 }", &why),
                   STATUS_RANGE);
  assert_non_null(strstr(why.text, "there is no parameter speed; it has contact_s, driver, "
                                   "ego_kmh, overlap and scene"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ccrs_comes_up_to_a_standing_car),
      cmocka_unit_test(ccrm_comes_up_to_a_slower_car),
      cmocka_unit_test(ccrb_brakes_before_the_ego),
      cmocka_unit_test(r157_braking_brakes_before_the_ego),
      cmocka_unit_test(r157_cut_in_takes_the_lane_at_its_gap),
      cmocka_unit_test(r157_cut_out_lays_a_standing_car_bare),
      cmocka_unit_test(ccftap_meets_where_the_ways_cross),
      cmocka_unit_test(scenarios_draw_their_parameters),
      cmocka_unit_test(an_unknown_parameter_is_an_error),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
