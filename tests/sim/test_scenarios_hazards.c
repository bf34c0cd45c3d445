// SPDX-License-Identifier: Apache-2.0
// labels: unit
// The library's scenarios of works, doors and animals: what each promises happens.
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

static with_event open_scenario(const char *name, const char *parameters, uint64_t seed) {
  snprintf(
      text, sizeof text,
      "return require \"%s\" { %s, scene = { street_furniture = 0, pedestrians = { count = 0 } "
      "} }",
      name, parameters);
  return with_event_drawn(text, NULL, 0, seed, 0);
}

static void near_to(double value, double wanted, double within, const char *what) {
  if (!(fabs(value - wanted) <= within))
    fail_msg("%s\n  %s: %.4f, not %.4f within %g", text, what, value, wanted, within);
}

// The actor's middle in the ego's axes, x ahead and y to the left.
static vec3 seen_from_ego(const with_event *e, int number) {
  double yaw = quat_yaw(with_event_actor(e, 0)->begin.q);
  vec3 v = vec3_sub(with_event_middle(e, number), with_event_middle(e, 0));
  return (vec3){v.x * cos(yaw) + v.y * sin(yaw), v.y * cos(yaw) - v.x * sin(yaw), v.z};
}

static bool is_worker(const with_event *e, int number) {
  const uint8_t *top = with_event_actor(e, number)->colors.rgb[0];
  return with_event_actor(e, number)->kind == THING_PERSON && top[0] > 240 && top[2] < 40;
}

// Cones, beacons and boards within `within_m` of the way from the ego's middle to `ahead_m`, on
// its kerb's side.
static int guards(const with_event *e, double from_m, double to_m) {
  const sim_actor *ego = with_event_actor(e, 0);
  double yaw = quat_yaw(ego->begin.q);
  int count = 0;
  for (int i = 0; i < e->built->thing_count; i++) {
    const scene_thing *t = &e->built->things[i];
    vec3 v = vec3_sub(t->at.p_m, with_event_middle(e, 0));
    double along = v.x * cos(yaw) + v.y * sin(yaw), left = v.y * cos(yaw) - v.x * sin(yaw);
    count += (t->kind == THING_CONE || t->kind == THING_BARRIER) && along > from_m &&
             along < to_m && fabs(left) < 3;
  }
  return count;
}

static void works_close_the_egos_lane_where_they_say(void **state) {
  (void)state;
  for (int k = 0; k < 4; k++) {
    bool fast = k % 2;
    const char *hand = k < 2 ? "right" : "left";
    char parameters[200];
    double away_s = 7 + k, speed = (fast ? 90 : 45) / 3.6;
    double taper = fast ? 174 : 20; // MUTCD 6C.08 at the works' 80 and 30 km/h
    snprintf(parameters, sizeof parameters,
             "place = \"%s\", ego_kmh = 45, away_s = %g, beside_m = %d, workers = 2, hand = \"%s\"",
             fast ? "motorway" : "street", away_s, -12 + 4 * k, hand);
    with_event e = open_scenario("work_zone", parameters, 5 + (uint64_t)k);
    with_event_frame(&e);
    near_to(with_event_actor(&e, 0)->speed_mps, speed, 0.8, "speed of the ego");
    // Where the first cone is, and that there are many, in the lane that it is in.
    double front = with_event_actor(&e, 0)->size_m[0] / 2, away = speed * away_s + front;
    assert_int_equal(guards(&e, 0, away - 1), 0);
    assert_true(guards(&e, away - 1, away + taper + 5) > 5);
    near_to(seen_from_ego(&e, 1).x, -12 + 4 * k, 0.6, "the car beside");
    near_to(fabs(seen_from_ego(&e, 1).y), 3.5, 0.05, "and its lane");
    double side = seen_from_ego(&e, 1).y > 0 ? 1 : -1;
    assert_true(side == (k < 2 ? 1 : -1));
    for (int n = 2; n <= 3; n++) {
      assert_true(is_worker(&e, n));
      assert_true(seen_from_ego(&e, n).x > away + taper);
      assert_true(fabs(seen_from_ego(&e, n).y) < 1.2); // in the lane that is closed
    }
    // The ego gets over in time, slower in the works than before, past the people at work.
    vec3 begun = with_event_middle(&e, 0);
    bool merged = false;
    double passed_m = INFINITY;
    while (with_event_time(&e) < e.built->duration_s - 0.2) {
      with_event_frame(&e);
      const sim_actor *ego = with_event_actor(&e, 0);
      for (int n = 1; n <= 3; n++)
        if (with_event_actor(&e, n) && !(with_event_apart(&e, 0, n) > 0))
          fail_msg("%s\n  contact with actor %d at %.1f s", text, n, with_event_time(&e));
      for (int n = 2; n <= 3; n++)
        if (fabs(seen_from_ego(&e, n).x) < 2) {
          passed_m = fmin(passed_m, with_event_apart(&e, 0, n));
          assert_true(ego->speed_mps < speed * 0.95);
        }
      vec3 gone = vec3_sub(with_event_middle(&e, 0), begun);
      double left = gone.y * cos(quat_yaw(ego->begin.q)) - gone.x * sin(quat_yaw(ego->begin.q));
      merged |= fabs(side * left - 3.5) < 0.3;
      // In the closed stretch it is nowhere but on the lane beside.
      if (vec3_length(gone) > away + taper && vec3_length(gone) < away + taper + 8)
        assert_true(merged);
    }
    if (!(passed_m > 0.3 && passed_m < 4))
      fail_msg("%s\n  passed people at work at %.2f m", text, passed_m);
    with_event_free(&e);
  }
}

// A door's outline on the ground as a thin box from its hinge: whether the ego's box touches it.
static bool touches_door(const with_event *e, int number) {
  const sim_actor *car = with_event_actor(e, number), *ego = with_event_actor(e, 0);
  double side = e->built->roads.left_hand ? -1 : 1, yaw = quat_yaw(car->begin.q);
  double own = quat_yaw(ego->begin.q);
  vec3 middle = with_event_middle(e, number), at = with_event_middle(e, 0);
  for (int k = 0; k <= 40; k++) {
    // The hinge is about a fifth of the length ahead of the middle.
    double along = 0.2 * car->size_m[0] - DOOR_M * k / 40 * cos(car->door_rad);
    double left = side * (car->size_m[1] / 2 + DOOR_M * k / 40 * sin(car->door_rad));
    double x = middle.x + along * cos(yaw) - left * sin(yaw) - at.x;
    double y = middle.y + along * sin(yaw) + left * cos(yaw) - at.y;
    if (fabs(x * cos(own) + y * sin(own)) < ego->size_m[0] / 2 &&
        fabs(y * cos(own) - x * sin(own)) < ego->size_m[1] / 2)
      return car->door_rad > 0;
  }
  return false;
}

static void a_parked_cars_door_opens_into_the_egos_lane(void **state) {
  (void)state;
  for (int k = 0; k < 6; k++) {
    char parameters[200];
    double away = 1.5 + 0.3 * k, speed = (20 + 10 * (k % 3)) / 3.6, seconds = 0.8 + 0.2 * (k % 3);
    double angle = k % 2 ? 66 : 50;
    bool looks_out = k >= 3;
    snprintf(parameters, sizeof parameters,
             "ego_kmh = %d, away_s = %g, seconds = %g, angle_deg = %g, hand = \"%s\", driver = "
             "\"%s\"",
             20 + 10 * (k % 3), away, seconds, angle, k == 2 || k == 5 ? "left" : "right",
             looks_out ? "idm" : "constant");
    with_event e = open_scenario("door_opening", parameters, 3);
    with_event_frame(&e);
    double side = k == 2 || k == 5 ? 1 : -1;
    for (int n = 1; n <= 3; n++) {
      assert_true(with_event_actor(&e, n)->door_rad == 0);
      assert_true(with_event_actor(&e, n)->speed_mps == 0);
      // At the kerb, beside the ego's way.
      double gap = side * seen_from_ego(&e, n).y - with_event_actor(&e, n)->size_m[1] / 2 -
                   with_event_actor(&e, 0)->size_m[1] / 2;
      assert_true(gap > 0.4 && gap < 1.2);
    }
    while (with_event_actor(&e, 1)->door_rad == 0 && with_event_time(&e) < 12)
      with_event_frame(&e);
    double front = with_event_actor(&e, 0)->size_m[0] / 2, began = with_event_time(&e);
    if (!looks_out)
      near_to(with_event_actor(&e, 0)->speed_mps, speed, 0.01, "speed of the ego");
    near_to((seen_from_ego(&e, 1).x - front) / with_event_actor(&e, 0)->speed_mps, away, 0.2,
            "seconds away when it begins");
    bool touched = false;
    double last = 0, full = NAN;
    while (with_event_time(&e) < e.built->duration_s - 0.2) {
      with_event_frame(&e);
      const sim_actor *car = with_event_actor(&e, 1);
      assert_true(car->door_rad >= last - 1e-9 && car->flags & ACTOR_DOOR_OPEN);
      last = car->door_rad;
      if (isnan(full) && car->door_rad > (angle - 0.01) * M_PI / 180)
        full = with_event_time(&e) - began;
      assert_true(!(with_event_actor(&e, 2)->flags & ACTOR_DOOR_OPEN));
      touched |= touches_door(&e, 1);
    }
    near_to(last, angle * M_PI / 180, 1e-6, "its angle at the end");
    near_to(full, seconds, 0.15, "seconds that it took");
    // It stands in what the ego's width sweeps: one that keeps its speed runs into it.
    double out = side * seen_from_ego(&e, 1).y - with_event_actor(&e, 1)->size_m[1] / 2;
    assert_true(out - door_reach(last) < with_event_actor(&e, 0)->size_m[1] / 2);
    if (touched == looks_out)
      fail_msg("%s\n  the ego %s the door", text, touched ? "touches" : "doesn't touch");
    with_event_free(&e);
  }
}

static void a_deer_bounds_across_the_egos_way(void **state) {
  (void)state;
  for (int k = 0; k < 4; k++) {
    char parameters[200];
    double impact = k % 2 ? 0.5 : 0.25, deer = 4 + 2 * k, speed = (50 + 10 * k) / 3.6;
    bool far = k >= 2;
    snprintf(parameters, sizeof parameters,
             "ego_kmh = %d, deer_mps = %g, impact = %g, contact_s = 5, from = \"%s\", driver = "
             "\"constant\"",
             50 + 10 * k, deer, impact, far ? "far" : "kerb");
    with_event e = open_scenario("animal", parameters, 2);
    with_event_frame(&e);
    const sim_actor *a = with_event_actor(&e, 1);
    assert_int_equal(a->kind, THING_DEER);
    assert_int_equal(a->class, SEMANTIC_DYNAMIC);
    assert_true(a->size_m[0] > 1.4 && a->size_m[0] < 3 && a->size_m[2] > 1);
    near_to(with_event_gap(&e, 0, 1), speed * 5, 0.02, "gap");
    near_to(seen_from_ego(&e, 1).y, far ? 10 : -6.5, 0.05, "beside the road");
    // It stands until it is time, then gets up to its speed; its legs go through their phases.
    double from = seen_from_ego(&e, 1).y, ego_half = with_event_actor(&e, 0)->size_m[1] / 2;
    double crossed = NAN, fastest = 0, least = 1, most = 0;
    while (with_event_time(&e) < 6.5) {
      with_event_frame(&e);
      a = with_event_actor(&e, 1);
      vec3 seen = seen_from_ego(&e, 1);
      double v = vec3_length(a->velocity_mps);
      fastest = fmax(fastest, v);
      if (v > 1)
        least = fmin(least, a->gait), most = fmax(most, a->gait);
      // Where it is across the ego's width when the ego's front arrives, between two frames.
      double left_s = (seen.x - with_event_actor(&e, 0)->size_m[0] / 2) / speed;
      if (isnan(crossed) && left_s < 0.1) {
        double y = seen.y + (from > 0 ? -v : v) * left_s;
        crossed = 0.5 + (from > 0 ? -y : y) / (2 * ego_half);
      }
    }
    near_to(crossed, impact, 0.03 + deer * e.built->step_s / (2 * ego_half),
            "where it is on the ego's width");
    near_to(fastest, deer, 0.05, "its speed");
    assert_true(most - least > 0.6);
    with_event_free(&e);
  }
  // An ego that looks out stops for one that it can still stop for.
  with_event e = open_scenario("animal",
                               "ego_kmh = 40, deer_mps = 5, impact = 0.5, contact_s = 5, from = "
                               "\"far\"",
                               2);
  while (with_event_time(&e) < 9) {
    with_event_frame(&e);
    if (!(with_event_apart(&e, 0, 1) > 0))
      fail_msg("%s\n  contact at %.1f s", text, with_event_time(&e));
  }
  with_event_free(&e);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(works_close_the_egos_lane_where_they_say),
      cmocka_unit_test(a_parked_cars_door_opens_into_the_egos_lane),
      cmocka_unit_test(a_deer_bounds_across_the_egos_way),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
