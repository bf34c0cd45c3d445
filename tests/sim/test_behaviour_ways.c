// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Scripted bodies off the lanes: where they stand, the ways they take, what others make of them.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>

#include "with_events.h"

#define ROAD                                                                                       \
  "road = straight { length_m = 600, sidewalk_m = 2, parked_per_km = 100 }, frame_hz = 20, "       \
  "pedestrians = { count = 0 }, duration_s = 30, "
#define EGO "ego = { speed_mps = 0, driver = 'constant', rig = { cameras = { {} } } } }"

static void near_to(double value, double wanted, double within, const char *what) {
  if (!(fabs(value - wanted) <= within))
    fail_msg("%s: %.4f, not %.4f within %g", what, value, wanted, within);
}

// Seen from the ego, which stands or keeps straight on: ahead of its middle and to the left.
static void seen(const with_event *e, int number, double *ahead_m, double *left_m) {
  vec3 a = with_event_middle(e, 0), b = with_event_middle(e, number);
  double yaw = quat_yaw(with_event_actor(e, 0)->begin.q);
  *ahead_m = (b.x - a.x) * cos(yaw) + (b.y - a.y) * sin(yaw);
  *left_m = (b.y - a.y) * cos(yaw) - (b.x - a.x) * sin(yaw);
}

static double facing(const with_event *e, int number) {
  return angle_wrap(quat_yaw(with_event_actor(e, number)->begin.q) -
                    quat_yaw(with_event_actor(e, 0)->begin.q));
}

static void walkers_arrive_when_they_should(void **state) {
  (void)state;
  with_event e = with_event_of(
      "local walker = actor { kind = 'pedestrian', at = beside(ego, { ahead_m = 20, side_m = 3 }), "
      "behaviour = function(self)\n"
      "  self:walk_to(beside(ego, { ahead_m = 30, side_m = 3 }), { speed_mps = 2, accel_mps2 = 1 "
      "})\n"
      "  self:walk_to(beside(ego, { ahead_m = 30, side_m = -1 }), 1) end }\n"
      "return scene { " ROAD "traffic = { vehicles = 0 }, actors = { walker }, " EGO);
  double ahead, left;
  with_event_run(&e, 2 + 0.05); // 2 s to speed up: 2 m
  seen(&e, 1, &ahead, &left);
  near_to(ahead, 22, 0.02, "after speeding up");
  near_to(left, 3, 1e-6, "aside");
  with_event_run(&e, 3);
  seen(&e, 1, &ahead, &left);
  near_to(ahead, 28, 0.02, "when it begins to slow down"); // 2 m from the end
  with_event_run(&e, 1);
  near_to(with_event_actor(&e, 1)->speed_mps, 1, 0.1, "halfway through slowing down");
  with_event_run(&e, 8);
  seen(&e, 1, &ahead, &left);
  near_to(ahead, 30, 0.05, "at the end");
  near_to(left, -1, 0.05, "at the end, aside");
  near_to(with_event_actor(&e, 1)->speed_mps, 0, 1e-9, "speed at the end");
  near_to(fabs(facing(&e, 1) + M_PI / 2), 0, 0.05, "facing the way it went");
  with_event_free(&e);
}

static void places_mirror_with_the_hand(void **state) {
  (void)state;
  static const char *const lanes[] = {"kerb", "sidewalk", "oncoming"};
  for (int k = 0; k < 3; k++) {
    double left_m[2] = {0};
    for (int hand = 0; hand < 2; hand++) {
      char text[512];
      snprintf(
          text, sizeof text,
          "return scene { " ROAD "traffic = { vehicles = 0, hand = '%s' }, actors = { actor { "
          "kind = '%s', speed_mps = 0, at = beside(ego, { ahead_m = 30, lane = '%s' }) } }, " EGO,
          hand ? "left" : "right", k == 1 ? "pedestrian" : "car", lanes[k]);
      with_event e = with_event_of(text);
      with_event_frame(&e);
      double ahead;
      seen(&e, 1, &ahead, &left_m[hand]);
      near_to(ahead, 30, 0.1, "ahead");
      near_to(fabs(facing(&e, 1)), k == 2 ? M_PI : 0, 0.01, "facing");
      with_event_free(&e);
    }
    near_to(left_m[0], -left_m[1], 0.15, lanes[k]); // bodies differ in width by their draws
    assert_true(k == 2 ? left_m[0] > 2.5 : left_m[0] < -2);
  }
}

static void nothing_stands_in_an_actor(void **state) {
  (void)state;
  for (uint32_t k = 0; k < 8; k++) {
    with_event e =
        with_event_drawn("return scene { " ROAD
                         "actors = { actor { kind = 'bus', at = ahead(ego, { gap_m = 30, lane "
                         "= 'kerb' }) } }, " EGO,
                         NULL, 0, 1, k);
    with_event_frame(&e);
    vec3 bus = with_event_middle(&e, 1);
    double yaw = quat_yaw(with_event_actor(&e, 1)->begin.q);
    for (int i = 0; i < e.built->thing_count; i++) {
      const scene_thing *thing = &e.built->things[i];
      if (!thing_moves(thing->kind))
        continue;
      double dx = thing->at.p_m.x - bus.x, dy = thing->at.p_m.y - bus.y;
      double along = fabs(dx * cos(yaw) + dy * sin(yaw)),
             side = fabs(dy * cos(yaw) - dx * sin(yaw));
      assert_false(along < 5.5 + thing->size_m[0] / 2 && side < 1.2 + thing->size_m[1] / 2);
    }
    with_event_free(&e);
  }
}

static void who_goes_against_the_lane_keeps_its_distance(void **state) {
  (void)state;
  with_event e = with_event_of(
      "local rider = actor { kind = 'bicycle', speed_mps = 5, at = beside(ego, { ahead_m = 120, "
      "kerb_m = 0.8, facing = 'against' }), behaviour = function(self)\n"
      "  self:go_along { speed_mps = 5 } end }\n"
      "return scene { " ROAD "traffic = { vehicles = 0 }, actors = { rider }, " EGO);
  double ahead, left;
  for (int i = 0; i < 400; i++) {
    with_event_frame(&e);
    seen(&e, 1, &ahead, &left);
    near_to(left, -0.8, 0.03, "aside");
    near_to(fabs(facing(&e, 1)), M_PI, 0.02, "facing");
    near_to(ahead, 120 - 5 * with_event_time(&e), 0.1, "ahead");
  }
  with_event_free(&e);
}

static void a_cyclist_crosses_and_meets_the_ego(void **state) {
  (void)state;
  with_event e =
      with_event_of("local rider = actor { kind = 'bicycle', at = beside(ego, { ahead_m = 90, "
                    "kerb_m = 5, facing = "
                    "'across' }), behaviour = function(self)\n"
                    "  self:cross_road { speed_mps = 4, accel_mps2 = 1.5, meet = ego } end }\n"
                    "return scene { " ROAD "traffic = { vehicles = 0 }, actors = { rider }, "
                    "ego = { speed_mps = 12, driver = 'constant', rig = { cameras = { {} } } } }");
  double ahead = 99, left = 99;
  for (int i = 0; i < 300; i++) {
    with_event_frame(&e);
    seen(&e, 1, &ahead, &left);
    double front = ahead - with_event_actor(&e, 0)->size_m[0] / 2;
    if (front <= 0.3)
      break;
  }
  near_to(left, 0, 0.3, "across, when the ego arrives");
  near_to(with_event_actor(&e, 1)->speed_mps, 3.87, 0.15, "its speed"); // 5 m at 1.5 m/s2
  with_event_free(&e);
}

static void vehicles_follow_paths(void **state) {
  (void)state;
  static const double points[][2] = {{40, 0}, {55, 4}, {75, 4}, {95, 0}, {130, 0}};
  with_event e = with_event_of(
      "local car = actor { speed_mps = 8, at = beside(ego, { ahead_m = 20 }), behaviour = "
      "function(self)\n  self:follow_path { speed_mps = 8, beside(ego, { ahead_m = 40 }), "
      "beside(ego, { ahead_m = 55, side_m = 4 }), beside(ego, { ahead_m = 75, side_m = 4 }), "
      "beside(ego, { ahead_m = 95 }), beside(ego, { ahead_m = 130 }) } end }\n"
      "return scene { " ROAD "traffic = { vehicles = 0 }, actors = { car }, " EGO);
  double nearest[5] = {99, 99, 99, 99, 99}, ahead, left, last = 0;
  for (int i = 0; i < 500; i++) {
    with_event_frame(&e);
    seen(&e, 1, &ahead, &left);
    for (int k = 0; k < 5; k++)
      nearest[k] = fmin(nearest[k], hypot(ahead - points[k][0], left - points[k][1]));
    assert_true(fabs(facing(&e, 1)) < 0.6);
    assert_true(ahead >= last - 0.01); // bodies nod on their springs
    last = ahead;
  }
  for (int k = 0; k < 5; k++)
    near_to(nearest[k], 0, k == 4 ? 0.3 : 0.9, "distance from a point of the path");
  near_to(with_event_actor(&e, 1)->speed_mps, 0, 1e-6, "speed at the end");
  with_event_free(&e);
}

static void drivers_pass_who_stands_at_the_kerb(void **state) {
  (void)state;
  with_event e =
      with_event_of("return scene { " ROAD "traffic = { vehicles = 0 }, actors = { "
                    "actor { kind = 'van', at = ahead(ego, { gap_m = 60, lane = 'kerb' }) } }, "
                    "ego = { speed_mps = 12, lane = 'kerb', rig = { cameras = { {} } } } }");
  double ahead = 99, left, slowest = 99;
  for (int i = 0; i < 240 && ahead > -20; i++) {
    with_event_frame(&e);
    seen(&e, 1, &ahead, &left);
    slowest = fmin(slowest, with_event_actor(&e, 0)->speed_mps);
    assert_true(with_event_apart(&e, 0, 1) > 0);
  }
  assert_true(ahead < 0 && slowest > 8);
  with_event_free(&e);
}

static void drivers_stop_for_who_stands_in_the_lane(void **state) {
  (void)state;
  with_event e = with_event_of(
      "return scene { " ROAD "traffic = { vehicles = 0 }, actors = { "
      "actor { kind = 'pedestrian', at = beside(ego, { ahead_m = 70, side_m = 0.3 }) } }, "
      "ego = { speed_mps = 12, rig = { cameras = { {} } } } }");
  with_event_run(&e, 20);
  near_to(with_event_actor(&e, 0)->speed_mps, 0, 0.01, "speed of the ego");
  double apart = with_event_apart(&e, 0, 1);
  if (apart < 0.5 || apart > 4)
    fail_msg("the ego stands %.2f m before the walker", apart);
  with_event_free(&e);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(walkers_arrive_when_they_should),
      cmocka_unit_test(places_mirror_with_the_hand),
      cmocka_unit_test(nothing_stands_in_an_actor),
      cmocka_unit_test(who_goes_against_the_lane_keeps_its_distance),
      cmocka_unit_test(a_cyclist_crosses_and_meets_the_ego),
      cmocka_unit_test(vehicles_follow_paths),
      cmocka_unit_test(drivers_pass_who_stands_at_the_kerb),
      cmocka_unit_test(drivers_stop_for_who_stands_in_the_lane),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
