// SPDX-License-Identifier: Apache-2.0
// labels: unit
// The library's scenarios of people and cyclists by Euro NCAP: who crosses is where it is to be in
// the ego's way when the ego comes, over the protocols' grids and on both hands.
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

static with_event open_scenario(const char *name, double kmh, double impact, bool left) {
  snprintf(text, sizeof text,
           "return require \"%s\" { ego_kmh = %g, impact = %g, scene = { frame_hz = 100, step_s = "
           "0.01, street_furniture = 0, traffic = { vehicles = 0, hand = \"%s\" } } }",
           name, kmh, impact, left ? "left" : "right");
  const char *const fast[] = {"ego.rig.lidars[*].rotation_hz", "100"};
  return with_event_drawn(text, fast, 1, 1, 0);
}

static void near_to(double value, double wanted, double within, const char *what) {
  if (!(fabs(value - wanted) <= within))
    fail_msg("%s\n  %s: %.4f, not %.4f within %g", text, what, value, wanted, within);
}

// The target's middle ahead of the ego's middle and to its left.
static vec3 seen_from_ego(const with_event *e, int number) {
  vec3 a = with_event_middle(e, 0), b = with_event_middle(e, number);
  double yaw = quat_yaw(with_event_actor(e, 0)->begin.q), dx = b.x - a.x, dy = b.y - a.y;
  return (vec3){dx * cos(yaw) + dy * sin(yaw), dy * cos(yaw) - dx * sin(yaw), 0};
}

typedef struct crossing {
  const char *name;
  int target; // number of the actor
  double kmh, impact, contact_s;
  int from; // 1: from the kerb's side
} crossing;

static void meets(const crossing *c, double ego_kmh, bool left) {
  with_event e = open_scenario(c->name, ego_kmh, c->impact, left);
  with_event_frame(&e);
  near_to(with_event_actor(&e, 0)->speed_mps, ego_kmh / 3.6, 1e-9, "speed of the ego");
  near_to(e.built->duration_s, c->contact_s - 0.1, 1e-9, "length of the scene");
  // Positive towards the side that the target comes from.
  double side = (left ? 1 : -1) * c->from;
  assert_true(side * seen_from_ego(&e, c->target).y > 3);
  assert_true(with_event_apart(&e, 0, c->target) > 0);
  with_event_run(&e, c->contact_s - 0.15);
  assert_true(with_event_apart(&e, 0, c->target) > -0.01); // not yet
  near_to(with_event_actor(&e, c->target)->speed_mps, c->kmh / 3.6, 0.02, "speed of the target");
  // Until the ego's front is where the target's middle is, a little after contact begins.
  double front = with_event_actor(&e, 0)->size_m[0] / 2, last = INFINITY, across = 0;
  for (int k = 0; k < 100 && last > 0; k++) {
    with_event_frame(&e);
    vec3 at = seen_from_ego(&e, c->target);
    last = at.x - front;
    across = side * at.y;
  }
  near_to(with_event_time(&e), c->contact_s, 0.12, "moment of contact");
  double width = with_event_actor(&e, 0)->size_m[1];
  near_to((width / 2 - across) / width, c->impact, 0.06, "share of the ego's width gone across");
  with_event_free(&e);
}

static void who_crosses_meets_the_ego_at_its_impact_point(void **state) {
  (void)state;
  const crossing all[] = {{"cpna", 1, 5, 0.25, 4, 1},
                          {"cpna", 1, 5, 0.75, 4, 1},
                          {"cpfa", 1, 8, 0.5, 4, -1},
                          {"cpnco", 3, 5, 0.5, 4, 1},
                          {"cbna", 1, 15, 0.5, 5, 1}};
  for (size_t n = 0; n < sizeof all / sizeof *all; n++)
    for (int kmh = 20; kmh <= 60; kmh += 10)
      meets(&all[n], kmh, kmh / 10 % 2);
}

static void parked_cars_hide_the_child(void **state) {
  (void)state;
  with_event e = open_scenario("cpnco", 40, 0.5, false);
  with_event_frame(&e);
  // The line from the ego's windscreen to the child goes through a parked car.
  vec3 child = seen_from_ego(&e, 3);
  int hides = 0;
  for (int k = 1; k <= 2; k++) {
    vec3 car = seen_from_ego(&e, k);
    const sim_actor *a = with_event_actor(&e, k);
    near_to(a->speed_mps, 0, 0, "speed of a parked car");
    for (double x = car.x - a->size_m[0] / 2; x < car.x + a->size_m[0] / 2; x += 0.1)
      hides += fabs(child.y * x / child.x - car.y) < a->size_m[1] / 2;
    assert_true(fabs(car.y) - a->size_m[1] / 2 > 1); // and the ego passes it
  }
  assert_true(hides > 0);
  near_to(with_event_actor(&e, 3)->size_m[2], 1.154, 1e-9, "height of the child");
  with_event_free(&e);
}

static void who_goes_ahead_is_reached_at_its_side(void **state) {
  (void)state;
  const char *const names[] = {"cpla", "cbla"};
  const double speeds[] = {5, 15}, impacts[] = {0.25, 0.5};
  for (int n = 0; n < 2; n++)
    for (int kmh = 30; kmh <= 80; kmh += 10) {
      double impact = impacts[kmh / 10 % 2], closing = (kmh - speeds[n]) / 3.6;
      bool left = kmh / 20 % 2;
      with_event e = open_scenario(names[n], kmh, impact, left);
      with_event_frame(&e);
      near_to(with_event_gap(&e, 0, 1) / closing, 4, 0.02, "seconds to contact");
      with_event_run(&e, 3.8);
      near_to(with_event_actor(&e, 1)->speed_mps, speeds[n] / 3.6, 0.01, "speed of the target");
      near_to(with_event_gap(&e, 0, 1), 0.2 * closing, 0.15, "gap after 3.8 s");
      double side = (left ? 1 : -1) * seen_from_ego(&e, 1).y;
      near_to(side, (0.5 - impact) * 1.8, 0.05, "how far to the kerb's side");
      with_event_free(&e);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(who_crosses_meets_the_ego_at_its_impact_point),
      cmocka_unit_test(parked_cars_hide_the_child),
      cmocka_unit_test(who_goes_ahead_is_reached_at_its_side),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
