// SPDX-License-Identifier: Apache-2.0
// labels: unit
// The library's scenario of a red-light runner: what it promises happens; and lights that a script
// sets for the ego.
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

static void near_to(double value, double wanted, double within, const char *what) {
  if (!(fabs(value - wanted) <= within))
    fail_msg("%s\n  %s: %.4f, not %.4f within %g", text, what, value, wanted, within);
}

// The lane that an actor is on now.
static const lane_path *lane_of(const with_event *e, int number) {
  vec3 at = with_event_middle(e, number);
  int id = lane_nearest(&e->built->roads, at.x, at.y, NULL, NULL);
  assert_true(id > 0);
  return &e->built->roads.paths[id - 1];
}

// How far an actor's front is past the stop line of a lane.
static double past_line(const with_event *e, int number, const lane_path *lane) {
  road_point stop = lane_point(&e->built->roads, lane, lane->stop_s_m);
  vec3 at = with_event_middle(e, number);
  double along =
      (at.x - stop.x_m) * cos(stop.heading_rad) + (at.y - stop.y_m) * sin(stop.heading_rad);
  return along + with_event_actor(e, number)->size_m[0] / 2;
}

static signal_color light_of(const with_event *e, const lane_path *lane) {
  assert_true(lane->signal > 0);
  return (signal_color)e->shot.signals[lane->signal - 1];
}

static void the_runner_crosses_at_red_when_the_ego_does_at_green(void **state) {
  (void)state;
  int turned = 0;
  for (int k = 0; k < 24; k++) {
    double kmh = 30 + 10 * (k % 4), runner_kmh = 60 - 10 * (k / 4 % 3), green_s = 2 + k % 3;
    snprintf(text, sizeof text,
             "return require \"red_light_runner\" { ego_kmh = %g, runner_kmh = %g, from = \"%s\", "
             "green_s = %g, hand = \"%s\", scene = { duration_s = 25, street_furniture = 0 } }",
             kmh, runner_kmh, k % 2 ? "left" : "right", green_s, k < 12 ? "right" : "left");
    with_event e = with_event_drawn(text, NULL, 0, 1, (uint32_t)k);
    with_event_frame(&e);
    const lane_path *lanes[2] = {lane_of(&e, 0), lane_of(&e, 1)};
    double nearest = INFINITY, meet_s = 0, at_line[2] = {0}, green = NAN, left = 0, speed = 0;
    for (int i = 0; i < 80; i++) {
      with_event_frame(&e);
      vec3 a = with_event_middle(&e, 0), b = with_event_middle(&e, 1);
      near_to(with_event_actor(&e, 0)->speed_mps, kmh / 3.6, 1e-9, "speed of the ego");
      if (isnan(green) && light_of(&e, lanes[0]) == SIGNAL_GREEN)
        green = with_event_time(&e);
      for (int n = 0; n < 2; n++) {
        if (at_line[n] > 0 || past_line(&e, n, lanes[n]) < 0)
          continue;
        at_line[n] = with_event_time(&e);
        if (light_of(&e, lanes[n]) != (n ? SIGNAL_RED : SIGNAL_GREEN))
          fail_msg("%s\n  actor %d passes its stop line at colour %d", text, n,
                   light_of(&e, lanes[n]));
      }
      double yaw = quat_yaw(with_event_actor(&e, 0)->begin.q), apart = hypot(a.x - b.x, a.y - b.y);
      if (apart < nearest) {
        nearest = apart, meet_s = with_event_time(&e);
        speed = with_event_actor(&e, 1)->speed_mps;
      }
      if (i == 0)
        left = (b.y - a.y) * cos(yaw) - (b.x - a.x) * sin(yaw);
    }
    assert_true(at_line[0] > 0 && at_line[1] > 0);
    assert_true((left > 0) == (k % 2));
    near_to(nearest, 0, 0.05 * (kmh + runner_kmh) / 3.6 + 0.15, "how near their middles come");
    near_to(speed, runner_kmh / 3.6, 1e-6, "speed of the runner then");
    near_to(meet_s, 5 + 2.2 / (kmh / 3.6), 0.35, "when");
    if (green > 0.15) // else it was green at the beginning
      near_to(at_line[0] - green, green_s, 0.11, "time of green before the ego"), turned++;
    with_event_free(&e);
    // The scene's own end is before contact, but not by much.
    *strstr(text, ", scene = ") = '\0';
    strcat(text, "}");
    e = with_event_drawn(text, NULL, 0, 1, (uint32_t)k);
    with_event_run(&e, floor(e.built->duration_s * 10) / 10);
    if (!(with_event_apart(&e, 0, 1) > 0))
      fail_msg("%s\n  they touch before the end", text);
    double apart = INFINITY;
    for (int i = 0; i < 8; i++) {
      with_event_frame(&e);
      apart = fmin(apart, with_event_apart(&e, 0, 1));
    }
    if (!(apart < 0))
      fail_msg("%s\n  %.2f m are left between them after the end", text, apart);
    with_event_free(&e);
  }
  assert_true(turned > 6);
}

static void lights_that_cannot_be_set_are_errors(void **state) {
  (void)state;
  trouble why = {0};
  assert_int_equal(with_event_error("return scene { road = intersection { rule = \"signals\" }, "
                                    "ego = { green_at_s = 2 } }",
                                    &why),
                   STATUS_RANGE);
  assert_non_null(strstr(why.text, "ego.green_at_s: give before_junction_m, too"));
  assert_int_equal(with_event_error("return scene { road = intersection { rule = \"priority\" }, "
                                    "ego = { before_junction_m = 30, green_at_s = 2 } }",
                                    &why),
                   STATUS_RANGE);
  assert_non_null(strstr(why.text, "ego.green_at_s: the junction ahead has no traffic lights"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_runner_crosses_at_red_when_the_ego_does_at_green),
      cmocka_unit_test(lights_that_cannot_be_set_are_errors),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
