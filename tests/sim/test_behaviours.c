// SPDX-License-Identifier: Apache-2.0
// labels: unit
// What scripts order is carried out: against closed forms, on straight roads.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>

#include "with_events.h"

#define ROAD "road = straight { length_m = 2000, lanes = 2, speed_limit_mps = 30 }, "
#define REST ROAD "traffic = { vehicles = 0 }, pedestrians = { count = 0 }, duration_s = 40, "

static void near_to(double value, double wanted, double within, const char *what) {
  if (!(fabs(value - wanted) <= within))
    fail_msg("%s: %.4f, not %.4f within %g", what, value, wanted, within);
}

static void braking_takes_the_way_that_physics_says(void **state) {
  (void)state;
  with_event e = with_event_of(
      "local lead = actor { at = ahead(ego, 200), speed_mps = 20, behaviour = function(self)\n"
      "  self:wait(1) self:brake { decel_mps2 = 6 } end }\n"
      "return scene { " REST "actors = { lead }, ego = { speed_mps = 0, driver = 'constant' } }");
  with_event_run(&e, 1.1); // the frame that begins at 1 s
  near_to(with_event_time(&e), 1, 1e-9, "time");
  vec3 from = with_event_middle(&e, 1);
  near_to(with_event_actor(&e, 1)->speed_mps, 20, 1e-9, "speed before");
  with_event_run(&e, 1);
  near_to(with_event_actor(&e, 1)->speed_mps, 14, 1e-6, "speed a second later");
  with_event_run(&e, 5);
  near_to(with_event_actor(&e, 1)->speed_mps, 0, 0, "speed at the end");
  vec3 to = with_event_middle(&e, 1);
  near_to(hypot(to.x - from.x, to.y - from.y), 20 * 20 / 12.0, 0.02, "v^2 / 2 a");
  with_event_free(&e);
}

static void braking_ends_at_the_speed_that_is_asked(void **state) {
  (void)state;
  with_event e = with_event_of(
      "local lead = actor { at = ahead(ego, 100), speed_mps = 20, behaviour = function(self)\n"
      "  self:brake { decel_mps2 = 3, to_mps = 11 } self:set_speed { speed_mps = 14, accel_mps2 = "
      "1.5 }"
      "  self:set_speed(5) end }\n"
      "return scene { " REST "actors = { lead }, ego = { speed_mps = 0, driver = 'constant' } }");
  with_event_run(&e, 3.1);
  near_to(with_event_actor(&e, 1)->speed_mps, 11, 0.1, "after 3 s");
  with_event_run(&e, 2);
  near_to(with_event_actor(&e, 1)->speed_mps, 14, 0.2, "after 5 s");
  with_event_run(&e, 4.7);
  near_to(with_event_actor(&e, 1)->speed_mps, 5, 1e-6, "at the end");
  with_event_free(&e);
}

static void grip_bounds_what_is_ordered(void **state) {
  (void)state;
  with_event e = with_event_of(
      "local lead = actor { at = ahead(ego, 100), speed_mps = 20, behaviour = function(self)\n"
      "  self:brake { decel_mps2 = 15 } end }\n"
      "return scene { weather = snow { snow_depth_mm = 40 }, " REST
      "actors = { lead }, ego = { speed_mps = 0, driver = 'constant' } }");
  with_event_run(&e, 1.1);
  double lost = 20 - with_event_actor(&e, 1)->speed_mps;
  if (lost > 5 || lost < 1)
    fail_msg("lost %.2f m/s in a second on snow", lost);
  with_event_free(&e);
}

static void a_constant_ego_keeps_its_speed_whatever_happens(void **state) {
  (void)state;
  with_event e = with_event_of("return scene { " REST
                               "actors = { actor { at = ahead(ego, 60), speed_mps = 0 } }, "
                               "ego = { speed_mps = 20, driver = 'constant' } }");
  with_event_frame(&e);
  near_to(with_event_gap(&e, 0, 1), 60, 0.05, "gap at the beginning");
  with_event_run(&e, 2.5);
  near_to(with_event_actor(&e, 0)->speed_mps, 20, 1e-9, "speed of the ego");
  near_to(with_event_gap(&e, 0, 1), 10, 0.05, "gap after 2.5 s");
  with_event_free(&e);
}

static void an_attentive_ego_stops_behind_it(void **state) {
  (void)state;
  with_event e = with_event_of("return scene { " REST
                               "actors = { actor { at = ahead(ego, 80), speed_mps = 0 } }, "
                               "ego = { speed_mps = 20, lane = 'centre' } }");
  double least = INFINITY;
  for (int i = 0; i < 200; i++) {
    with_event_frame(&e);
    least = fmin(least, with_event_gap(&e, 0, 1));
    vec3 a = with_event_middle(&e, 0), b = with_event_middle(&e, 1);
    if (fabs(a.y - b.y) > 1.5) // it has gone round
      break;
  }
  assert_true(least > 0.5);
  with_event_free(&e);
}

static void following_keeps_the_gap(void **state) {
  (void)state;
  with_event e = with_event_of(
      "local back = actor { at = behind(ego, 60), speed_mps = 18, behaviour = function(self)\n"
      "  self:follow(ego, { gap_m = 12 }) end }\n"
      "return scene { " REST "actors = { back }, ego = { speed_mps = 15, driver = 'constant', "
      "start_m = 300 } }");
  with_event_run(&e, 30);
  near_to(with_event_gap(&e, 1, 0), 12, 0.1, "gap");
  near_to(with_event_actor(&e, 1)->speed_mps, 15, 0.05, "speed");
  with_event_free(&e);
}

static void following_keeps_the_headway_of_a_lead_that_brakes(void **state) {
  (void)state;
  with_event e = with_event_of(
      "local lead = actor { at = ahead(ego, 40), speed_mps = 20, behaviour = function(self)\n"
      "  self:wait(5) self:brake { decel_mps2 = 2, to_mps = 10 } end }\n"
      "return scene { " REST "actors = { lead }, ego = { speed_mps = 20, driver = 'constant', "
      "behaviour = function(self) self:follow(lead, { headway_s = 1.5 }) end } }");
  with_event_run(&e, 30);
  near_to(with_event_gap(&e, 0, 1), 15, 0.2, "gap");
  with_event_free(&e);
}

static double offset_of(const with_event *e, int number) {
  double t = 0;
  vec3 p = with_event_middle(e, number);
  const sim_actor *a = with_event_actor(e, number);
  const lane_path *lane = &e->built->roads.paths[a->lane - 1];
  road_point m = lane_point(&e->built->roads, lane, a->lane_s_m);
  t = (p.y - m.y_m) * cos(m.heading_rad) - (p.x - m.x_m) * sin(m.heading_rad);
  return t;
}

static void a_cut_in_ends_at_the_gap_that_is_asked(void **state) {
  (void)state;
  static const char *const hands[] = {"right", "left"};
  for (int k = 0; k < 2; k++) {
    char text[900];
    snprintf(text, sizeof text,
             "local cutter = actor { at = beside(ego, { ahead_m = -20, lane = '%s' }), "
             "speed_mps = 22, behaviour = function(self)\n"
             "  self:cut_in { gap_m = 14, seconds = 2.5 } end }\n"
             "return scene { " ROAD "traffic = { vehicles = 0, hand = '%s' }, duration_s = 40, "
             "actors = { cutter }, ego = { speed_mps = 20, driver = 'constant', lane = 'kerb' } }",
             k ? "right" : "left", hands[k]);
    with_event e = with_event_of(text);
    with_event_frame(&e);
    int ego_lane = with_event_actor(&e, 0)->lane, changed = -1;
    assert_int_not_equal(with_event_actor(&e, 1)->lane, ego_lane);
    for (int i = 0; i < 300; i++) {
      with_event_frame(&e);
      if (changed < 0 && with_event_actor(&e, 1)->lane == ego_lane)
        changed = i;
      if (changed >= 0 && i == changed + 26) // 2.5 s and a frame
        break;
    }
    assert_true(changed >= 0);
    near_to(with_event_gap(&e, 0, 1), 14, 0.4, "gap at the end of the change");
    near_to(offset_of(&e, 1), 0, 0.02, "in the lane's middle");
    with_event_free(&e);
  }
}

static void a_lane_change_takes_the_seconds_that_are_asked(void **state) {
  (void)state;
  with_event e = with_event_of(
      "local cutter = actor { at = ahead(ego, { gap_m = 30, lane = 'left' }), speed_mps = 20, "
      "behaviour = function(self) self:wait(1) self:change_lane { side = 'right', seconds = 4 }\n"
      "  self:set_speed(10) end }\n"
      "return scene { " REST "actors = { cutter }, "
      "ego = { speed_mps = 20, driver = 'constant', lane = 'kerb' } }");
  with_event_run(&e, 3.1); // halfway
  near_to(offset_of(&e, 1), 3.5 / 2, 0.06, "half a lane to go at half time");
  near_to(with_event_actor(&e, 1)->speed_mps, 20, 1e-6, "speed before its end");
  with_event_run(&e, 3);
  near_to(offset_of(&e, 1), 0, 1e-3, "at its end");
  assert_true(with_event_actor(&e, 1)->speed_mps < 19);
  with_event_free(&e);
}

static void shifting_puts_it_where_it_is_asked(void **state) {
  (void)state;
  with_event e = with_event_of(
      "local lead = actor { at = ahead(ego, { gap_m = 30, side_m = -0.9 }), speed_mps = 10, "
      "behaviour = function(self) self:wait(1) self:shift { side_m = 0.6, seconds = 2 } end }\n"
      "return scene { " REST "actors = { lead }, ego = { speed_mps = 10, driver = 'constant' } }");
  with_event_frame(&e);
  near_to(offset_of(&e, 1), -0.9, 1e-3, "at the beginning");
  with_event_run(&e, 4);
  near_to(offset_of(&e, 1), 0.6, 1e-3, "at the end");
  with_event_free(&e);
}

// Time and place at which the walker's middle comes to the middle of the ego's lane.
static void who_crosses_meets_the_ego(void **state) {
  (void)state;
  static const char *const hands[] = {"right", "left"};
  static const double impacts[] = {0.25, 0.5, 0.75};
  for (int k = 0; k < 6; k++) {
    char text[900];
    snprintf(text, sizeof text,
             "local child = actor { kind = 'pedestrian', age = 'child', "
             "at = beside(ego, { ahead_m = 80, kerb_m = 4, facing = 'across' }), "
             "behaviour = function(self) self:cross_road { speed_mps = 1.39, accel_mps2 = 1.5, "
             "meet = ego, impact = %g } end }\n"
             "return scene { road = straight { length_m = 600, sidewalk_m = 2 }, step_s = 0.01, "
             "frame_hz = 100, traffic = { vehicles = 0, hand = '%s' }, actors = { child }, "
             "ego = { speed_mps = 13.89, driver = 'constant', rig = { cameras = { {} } } } }",
             impacts[k / 2], hands[k % 2]);
    with_event e = with_event_of(text);
    double gap = INFINITY;
    vec3 start = {0};
    for (int i = 0; i < 900; i++) {
      with_event_frame(&e);
      if (i == 0)
        start = with_event_middle(&e, 1);
      gap = with_event_gap(&e, 0, 1) + with_event_actor(&e, 1)->size_m[0] / 2;
      if (gap <= 0)
        break;
    }
    near_to(gap, 0, 0.15, "the ego's front is at the walker");
    vec3 at = with_event_middle(&e, 1);
    double way = hypot(at.x - start.x, at.y - start.y);
    double wanted = 4 + (impacts[k / 2] - 0.5) * with_event_actor(&e, 0)->size_m[1];
    near_to(way, wanted, 0.03, "how far it has come across");
    near_to(with_event_actor(&e, 1)->speed_mps, 1.39, 0.02, "its speed");
    with_event_free(&e);
  }
}

static void five_lines_make_a_child_run_out(void **state) {
  (void)state;
  with_event e = with_event_of(
      "local child = actor { kind = 'pedestrian', age = 'child', at = beside(ego, { ahead_m = 60, "
      "side_m = -4 }),\n  behaviour = function(self)\n"
      "    self:wait_until(function() return time_to_arrival(ego, self) < 2.5 end)\n"
      "    self:cross_road { speed_mps = 3 }\n  end }\n"
      "return scene { road = straight {}, frame_hz = 20, actors = { child }, ego = { speed_mps = "
      "13.9, "
      "driver = 'constant', rig = { cameras = { {} } } } }");
  double moved_s = -1, at_m = 0;
  for (int i = 0; i < 180; i++) {
    with_event_frame(&e);
    if (moved_s < 0 && with_event_actor(&e, 1)->speed_mps > 0)
      moved_s = with_event_time(&e), at_m = with_event_gap(&e, 0, 1);
  }
  // It has been moving for a step when that is first seen.
  double arrival = (at_m + with_event_actor(&e, 1)->size_m[0] / 2) / 13.9;
  near_to(arrival, 2.425, 0.026, "seconds to arrival when it sets off");
  with_event_free(&e);
}

static void an_attentive_ego_spares_who_runs_out(void **state) {
  (void)state;
  with_event e = with_event_of(
      "local child = actor { kind = 'pedestrian', age = 'child', at = beside(ego, { ahead_m = 60, "
      "kerb_m = 4 }), behaviour = function(self)\n"
      "  self:wait_until(function() return time_to_arrival(ego, self) < 3 end)\n"
      "  self:cross_road { speed_mps = 2 } end }\n"
      "return scene { road = straight { sidewalk_m = 2 }, traffic = { vehicles = 0 }, "
      "actors = { child }, ego = { speed_mps = 13.9 } }");
  double slowest = 99;
  for (int i = 0; i < 95; i++) {
    with_event_frame(&e);
    const sim_actor *ego = with_event_actor(&e, 0), *child = with_event_actor(&e, 1);
    slowest = fmin(slowest, ego->speed_mps);
    vec3 a = with_event_middle(&e, 0), b = with_event_middle(&e, 1);
    double yaw = quat_yaw(ego->begin.q);
    double along = (b.x - a.x) * cos(yaw) + (b.y - a.y) * sin(yaw);
    double side = (b.y - a.y) * cos(yaw) - (b.x - a.x) * sin(yaw);
    bool hit = fabs(along) < (ego->size_m[0] + child->size_m[1]) / 2 &&
               fabs(side) < (ego->size_m[1] + child->size_m[1]) / 2;
    assert_false(hit);
  }
  assert_true(slowest < 8);
  with_event_free(&e);
}

static void worlds_of_one_scene_keep_in_step(void **state) {
  (void)state;
  with_event e = with_event_of(
      "local n = 0\n"
      "local lead = actor { at = ahead(ego, 50), speed_mps = 15, behaviour = function(self)\n"
      "  while true do n = n + 1 self:wait(uniform(0.2, 1)) self:set_speed(uniform(8, 20) + n % 2) "
      "end end }\n"
      "return scene { road = straight { length_m = 2000 }, traffic = { vehicles = 10 }, "
      "actors = { lead }, ego = { speed_mps = 13.9 } }");
  sim_world *other;
  assert_int_equal(sim_world_create(&other, e.built, NULL), STATUS_OK);
  uint64_t first = sim_world_hash(e.world), last = 0;
  for (int i = 0; i < 400; i++) {
    assert_int_equal(sim_world_step(e.world, NULL), STATUS_OK);
    assert_int_equal(sim_world_step(other, NULL), STATUS_OK);
    last = sim_world_hash(e.world);
    if (last != sim_world_hash(other))
      fail_msg("step %d: the hashes differ", i);
  }
  assert_true(first != last);
  sim_world_destroy(other);
  with_event_free(&e);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(braking_takes_the_way_that_physics_says),
      cmocka_unit_test(braking_ends_at_the_speed_that_is_asked),
      cmocka_unit_test(grip_bounds_what_is_ordered),
      cmocka_unit_test(a_constant_ego_keeps_its_speed_whatever_happens),
      cmocka_unit_test(an_attentive_ego_stops_behind_it),
      cmocka_unit_test(following_keeps_the_gap),
      cmocka_unit_test(following_keeps_the_headway_of_a_lead_that_brakes),
      cmocka_unit_test(a_cut_in_ends_at_the_gap_that_is_asked),
      cmocka_unit_test(a_lane_change_takes_the_seconds_that_are_asked),
      cmocka_unit_test(shifting_puts_it_where_it_is_asked),
      cmocka_unit_test(who_crosses_meets_the_ego),
      cmocka_unit_test(five_lines_make_a_child_run_out),
      cmocka_unit_test(an_attentive_ego_spares_who_runs_out),
      cmocka_unit_test(worlds_of_one_scene_keep_in_step),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
