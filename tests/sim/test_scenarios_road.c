// SPDX-License-Identifier: Apache-2.0
// labels: unit
// The library's scenarios of everyday danger: what each promises happens, with an ego that keeps
// its speed, and with one that looks out.
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
  snprintf(
      text, sizeof text,
      "return require \"%s\" { %s, scene = { street_furniture = 0, pedestrians = { count = 0 } "
      "} }",
      name, parameters);
  return with_event_drawn(text, NULL, 0, 1, (uint32_t)index);
}

static void near_to(double value, double wanted, double within, const char *what) {
  if (!(fabs(value - wanted) <= within))
    fail_msg("%s\n  %s: %.4f, not %.4f within %g", text, what, value, wanted, within);
}

// In the ego's axes, x ahead and y to the left.
static vec3 turned(const with_event *e, vec3 v) {
  double yaw = quat_yaw(with_event_actor(e, 0)->begin.q);
  return (vec3){v.x * cos(yaw) + v.y * sin(yaw), v.y * cos(yaw) - v.x * sin(yaw), v.z};
}

static vec3 seen_from_ego(const with_event *e, int number) {
  return turned(e, vec3_sub(with_event_middle(e, number), with_event_middle(e, 0)));
}

static double side_of(const with_event *e, int number) {
  return seen_from_ego(e, number).y;
}

static double velocity_along(const with_event *e, int number) {
  return turned(e, with_event_actor(e, number)->velocity_mps).x;
}

static double speed_of(const with_event *e, int number) {
  return vec3_length(with_event_actor(e, number)->velocity_mps);
}

// Whether the ego touches anything before `seconds`.
static bool touches(with_event *e, double seconds, int actors) {
  while (with_event_time(e) < seconds) {
    with_event_frame(e);
    for (int k = 1; k <= actors; k++)
      if (with_event_actor(e, k) && with_event_apart(e, 0, k) < 0)
        return true;
  }
  return false;
}

// An ego that keeps its speed runs into it at contact_s; one that looks out doesn't.
static void is_met_at(const char *name, const char *parameters, int actors, double contact_s,
                      double within_s, bool avoidable) {
  char more[192];
  snprintf(more, sizeof more, "%s, driver = \"constant\"", parameters);
  with_event e = open_scenario(name, more, 0);
  with_event_frame(&e);
  if (touches(&e, contact_s - within_s, actors))
    fail_msg("%s\n  contact at %.2f s, before %.2f s", text, with_event_time(&e), contact_s);
  if (!touches(&e, contact_s + within_s, actors))
    fail_msg("%s\n  no contact by %.2f s", text, contact_s + within_s);
  with_event_free(&e);
  if (!avoidable)
    return;
  e = open_scenario(name, parameters, 0);
  with_event_frame(&e);
  if (touches(&e, e.built->duration_s, actors))
    fail_msg("%s\n  an ego that looks out has contact at %.2f s", text, with_event_time(&e));
  with_event_free(&e);
}

static void an_accident_blocks_the_lane(void **state) {
  (void)state;
  is_met_at("accident", "ego_kmh = 50, contact_s = 6", 2, 6, 0.25, true);
  with_event e = open_scenario("accident", "ego_kmh = 50, contact_s = 6", 0);
  with_event_frame(&e);
  near_to(speed_of(&e, 1) + speed_of(&e, 2), 0, 0, "speed of the wrecks");
  // The first lies across what the ego's width sweeps.
  near_to(side_of(&e, 1), 0, 0.9, "the first wreck from the lane's middle");
  double yaw =
      quat_yaw(with_event_actor(&e, 1)->begin.q) - quat_yaw(with_event_actor(&e, 0)->begin.q);
  near_to(angle_wrap(yaw), 55 * M_PI / 180, 0.01, "how it stands");
  with_event_free(&e);
}

static void a_jam_ends_in_all_lanes(void **state) {
  (void)state;
  is_met_at("jam_end", "ego_kmh = 100, jam_kmh = 5, contact_s = 7", 6, 7, 0.15, true);
  with_event e = open_scenario("jam_end", "ego_kmh = 100, jam_kmh = 5, contact_s = 7", 0);
  with_event_frame(&e);
  const double sides[] = {0, 3.5, -3.5};
  for (int k = 1; k <= 6; k++) {
    near_to(side_of(&e, k), sides[(k - 1) / 2], 0.1, "lane of the jam");
    near_to(with_event_actor(&e, k)->speed_mps, 5 / 3.6, 1e-6, "speed of the jam");
    double last = (100 - 5) / 3.6 * 7;
    assert_true(with_event_gap(&e, 0, k) > last - 4 && with_event_gap(&e, 0, k) < last + 30);
  }
  with_event_free(&e);
}

static void a_parked_car_pulls_out_when_the_ego_is_near(void **state) {
  (void)state;
  for (int k = 0; k < 4; k++) {
    char parameters[160];
    double away = 2 + 0.5 * k, speed = (20 + 10 * k) / 3.6;
    snprintf(parameters, sizeof parameters,
             "ego_kmh = %d, away_s = %g, merge_m = 18, target_kmh = 20, driver = \"constant\"",
             20 + 10 * k, away);
    with_event e = open_scenario("pull_out", parameters, 0);
    with_event_frame(&e);
    near_to(fabs(side_of(&e, 1)), 4.3, 0.02, "at the kerb");
    while (speed_of(&e, 1) == 0 && with_event_time(&e) < 10)
      with_event_frame(&e);
    near_to(with_event_gap(&e, 0, 1) / speed, away, 0.12, "seconds away when it sets off");
    vec3 begun = with_event_middle(&e, 1);
    while (vec3_length(vec3_sub(with_event_middle(&e, 1), begun)) < 21)
      with_event_frame(&e);
    near_to(side_of(&e, 1), 0, 0.15, "in the lane's middle 21 m on");
    near_to(speed_of(&e, 1), 20 / 3.6, 0.1, "its speed then");
    with_event_free(&e);
  }
}

static void a_cyclist_comes_the_wrong_way(void **state) {
  (void)state;
  is_met_at("wrong_way_cyclist", "ego_kmh = 40, cyclist_kmh = 15, kerb_m = 0.5", 1, 5, 0.15, false);
  with_event e =
      open_scenario("wrong_way_cyclist", "ego_kmh = 40, cyclist_kmh = 15, kerb_m = 1", 0);
  with_event_run(&e, 1);
  near_to(velocity_along(&e, 1), -15 / 3.6, 0.01, "velocity along the road");
  near_to(side_of(&e, 1), -1, 0.05, "at the kerb's side");
  assert_int_equal(with_event_actor(&e, 1)->kind, THING_BICYCLE);
  with_event_free(&e);
}

static void cars_come_towards_the_ego_in_its_lane(void **state) {
  (void)state;
  is_met_at("ghost_driver", "ego_kmh = 100, ghost_kmh = 80", 1, 5, 0.15, false);
  is_met_at("oncoming_overtaker", "ego_kmh = 70, truck_kmh = 50, faster_kmh = 20", 2, 5, 0.15,
            false);
  with_event e =
      open_scenario("oncoming_overtaker", "ego_kmh = 70, truck_kmh = 50, faster_kmh = 20", 0);
  with_event_run(&e, 1);
  near_to(side_of(&e, 1), 3.5, 0.05, "the truck is in its own lane");
  near_to(side_of(&e, 2), 0, 0.05, "and who overtakes in the ego's");
  near_to(velocity_along(&e, 1), -50 / 3.6, 0.01, "velocity of the truck");
  near_to(velocity_along(&e, 2), -70 / 3.6, 0.01, "velocity of who overtakes");
  with_event_free(&e);
}

static void a_child_runs_out_from_before_a_bus(void **state) {
  (void)state;
  for (int k = 0; k < 3; k++) {
    char parameters[128];
    double away = 2 + 0.5 * k, speed = (20 + 10 * k) / 3.6;
    snprintf(parameters, sizeof parameters,
             "ego_kmh = %d, away_s = %g, child_mps = 3, driver = \"constant\"", 20 + 10 * k, away);
    with_event e = open_scenario("child_behind_bus", parameters, 0);
    with_event_frame(&e);
    near_to(speed_of(&e, 1), 0, 0, "speed of the bus");
    vec3 bus = seen_from_ego(&e, 1), child = seen_from_ego(&e, 2);
    // The ego can't see it: the line to it goes through the bus.
    double y = child.y * (bus.x + 5) / child.x;
    assert_true(fabs(y - bus.y) < 2.55 / 2);
    while (speed_of(&e, 2) == 0 && with_event_time(&e) < 10)
      with_event_frame(&e);
    double front = with_event_actor(&e, 0)->size_m[0] / 2;
    double away_m = seen_from_ego(&e, 2).x - front;
    near_to(away_m / speed, away, 0.2, "seconds away when it sets off");
    with_event_run(&e, 1.5);
    near_to(speed_of(&e, 2), 3, 0.05, "speed of the child");
    with_event_free(&e);
  }
}

static void a_car_stands_on_a_dark_motorway(void **state) {
  (void)state;
  is_met_at("broken_down_car", "ego_kmh = 100, contact_s = 7", 1, 7, 0.15, true);
  with_event e = open_scenario("broken_down_car", "ego_kmh = 100, contact_s = 7", 0);
  with_event_frame(&e);
  assert_true(e.built->weather.sun_elevation_rad < 0);
  near_to(speed_of(&e, 1), 0, 0, "speed of who stands");
  with_event_free(&e);
}

static void cyclists_ride_ahead(void **state) {
  (void)state;
  for (int abreast = 0; abreast < 2; abreast++) {
    char parameters[128];
    snprintf(parameters, sizeof parameters,
             "ego_kmh = 50, cyclist_kmh = 20, contact_s = 6, abreast = %s",
             abreast ? "true" : "false");
    with_event e = open_scenario("cyclists_ahead", parameters, 0);
    with_event_frame(&e);
    near_to(with_event_gap(&e, 0, 1), (50 - 20) / 3.6 * 6, 0.02, "gap to the last one");
    near_to(with_event_gap(&e, 0, 2) - with_event_gap(&e, 0, 1), abreast ? 0 : 4, 0.02,
            "from the last one to the next");
    near_to(side_of(&e, 2), abreast ? 0 : -1.1, 0.02, "where that one rides");
    for (int k = 1; k <= 3; k++)
      near_to(with_event_actor(&e, k)->speed_mps, 20 / 3.6, 1e-6, "speed of a cyclist");
    bool touched = touches(&e, e.built->duration_s, 3);
    assert_false(touched);
    with_event_free(&e);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_accident_blocks_the_lane),
      cmocka_unit_test(a_jam_ends_in_all_lanes),
      cmocka_unit_test(a_parked_car_pulls_out_when_the_ego_is_near),
      cmocka_unit_test(a_cyclist_comes_the_wrong_way),
      cmocka_unit_test(cars_come_towards_the_ego_in_its_lane),
      cmocka_unit_test(a_child_runs_out_from_before_a_bus),
      cmocka_unit_test(a_car_stands_on_a_dark_motorway),
      cmocka_unit_test(cyclists_ride_ahead),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
