// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Drivers, riders and people see what a script has put in their way: they get round it or wait.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/obstacles.h"
#include "with_checks.h"
#include "with_events.h"

static char text[2048];

typedef struct props_run {
  int touched;       // frames and actors in which a body is in a prop
  double least_m;    // between the ego's box and the first prop's, along the axis that shows most
  double passed_s;   // when the ego's middle was beyond the first prop; INFINITY: never
  double end_side_m; // of the ego, left of where it began
  double ego_mps;    // at the end
  int passers;       // others than the ego who were behind it at first and got by
  double foot_m;     // least gap from the middle of somebody on foot to a prop
} props_run;

static sim_box box_of(const sim_actor *a) {
  vec3 c = pose_apply(a->begin, (vec3){a->centre_m[0], a->centre_m[1], 0});
  double yaw = quat_yaw(a->begin.q);
  return (sim_box){c.x, c.y, cos(yaw), sin(yaw), a->size_m[0] / 2, a->size_m[1] / 2};
}

static double along_of(const sim_box *from, const sim_box *b) {
  return (b->x_m - from->x_m) * from->ahead_x + (b->y_m - from->y_m) * from->ahead_y;
}

// By the axis that shows the most, of either.
static double apart(const sim_box *a, const sim_box *b) {
  double most = -INFINITY, dx = b->x_m - a->x_m, dy = b->y_m - a->y_m;
  const sim_box *both[2] = {a, b};
  for (int k = 0; k < 2; k++) {
    double c = both[k]->ahead_x, s = both[k]->ahead_y;
    most = fmax(most, fabs(dx * c + dy * s) - sim_box_reach(a, c, s) - sim_box_reach(b, c, s));
    most = fmax(most, fabs(dy * c - dx * s) - sim_box_reach(a, -s, c) - sim_box_reach(b, -s, c));
  }
  return most;
}

static double outside(const sim_box *b, double x, double y) {
  double dx = x - b->x_m, dy = y - b->y_m;
  double along = fabs(dx * b->ahead_x + dy * b->ahead_y) - b->half_length_m;
  double across = fabs(dy * b->ahead_x - dx * b->ahead_y) - b->half_width_m;
  return fmax(along, across) < 0 ? fmax(along, across) : hypot(fmax(0, along), fmax(0, across));
}

static props_run run(double seconds) {
  with_event e = with_event_of(text);
  props_run r = {.least_m = INFINITY, .passed_s = INFINITY, .foot_m = INFINITY};
  check_report report = {0};
  sim_box props[PROPS_MAX], first = {0};
  int count = e.built->prop_count;
  assert_true(count > 0);
  for (int n = 0; n < count; n++)
    props[n] = sim_prop_box(&e.built->props[n]);
  uint8_t *was_behind = calloc((size_t)e.built->id_count + 1, 1);
  uint8_t *got_by = calloc((size_t)e.built->id_count + 1, 1);
  while (with_event_time(&e) < seconds) {
    with_event_frame(&e);
    check_snapshot(&e.shot, &report);
    for (int i = 0; i < e.shot.actor_count; i++) {
      const sim_actor *a = &e.shot.actors[i];
      sim_box b = box_of(a);
      bool ego = i == e.shot.ego, foot = a->lane <= 0;
      if (ego && first.half_length_m == 0)
        first = b;
      for (int n = 0; n < count; n++) {
        r.touched += !foot && sim_boxes_meet(&b, &props[n]);
        if (foot)
          r.foot_m = fmin(r.foot_m, outside(&props[n], b.x_m, b.y_m));
      }
      double ahead = along_of(&b, &props[0]);
      if (!ego) {
        got_by[a->id] |= was_behind[a->id] && ahead < 0;
        was_behind[a->id] |= ahead > 3 && ahead < 150;
        continue;
      }
      r.least_m = fmin(r.least_m, apart(&b, &props[0]));
      if (ahead < 0 && isinf(r.passed_s))
        r.passed_s = with_event_time(&e);
      double dx = b.x_m - first.x_m, dy = b.y_m - first.y_m;
      r.end_side_m = dy * first.ahead_x - dx * first.ahead_y;
      r.ego_mps = a->speed_mps;
    }
  }
  for (uint32_t id = 1; id <= e.built->id_count; id++)
    r.passers += got_by[id];
  if (report.overlaps || report.hit_people || report.jumps || report.bad_numbers)
    fail_msg("%s\n  %s", text, report.first);
  free(was_behind);
  free(got_by);
  with_event_free(&e);
  return r;
}

static const char *street(const char *hand, const char *lanes, const char *more,
                          const char *props) {
  snprintf(text, sizeof text,
           "local bench = asset(\"oak_bench.glb\", { class = \"barrier\" }) "
           "return scene { road = straight { length_m = 800, parked_per_km = 0, %s }, "
           "duration_s = 90, frame_hz = 10, %s, ego = { speed_mps = 8, start_m = 90 }, "
           "props = { %s } }",
           lanes, more, props);
  char *at = strstr(text, "HAND");
  assert_non_null(at);
  memmove(at + strlen(hand), at + 4, strlen(at + 4) + 1);
  memcpy(at, hand, strlen(hand));
  return text;
}

#define ALONE "pedestrians = { count = 0 }, traffic = { vehicles = 0, hand = \"HAND\" }"

static void one_that_lies_in_the_lane_is_passed(void **state) {
  (void)state;
  const char *const hands[] = {"right", "left"};
  const char *const props[] = {
      "prop { body = bench, at = ahead(ego, { gap_m = 60, facing = "
      "\"across\" }) }",
      "prop { body = bench, at = ahead(ego, { gap_m = 80, kerb_m = 0.5 }) }"};
  for (int k = 0; k < 4; k++) {
    street(hands[k % 2], "lanes = 1, lane_width_m = 3.5, speed_limit_mps = 13.9", ALONE,
           props[k / 2]);
    props_run r = run(45);
    printf("%s: passed at %.1f s with %.2f m beside, %.3f m aside at the end\n", hands[k % 2],
           r.passed_s, r.least_m, r.end_side_m);
    if (r.touched || !(r.least_m > 0.4) || !(r.passed_s < 30) || !(fabs(r.end_side_m) < 0.1))
      fail_msg("%s\n  touched %d times, %.2f m beside, passed at %g s", text, r.touched, r.least_m,
               r.passed_s);
  }
}

static void traffic_gets_round_it_on_roads_of_several_lanes(void **state) {
  (void)state;
  street(
      "right", "lanes = 2, speed_limit_mps = 13.9, bike_lanes = 0",
      "pedestrians = { count = 0 }, traffic = { vehicles = 30, hand = \"HAND\", mix = { car = 6, "
      "truck = 1, bicycle = 1 } }",
      "prop { body = bench, at = ahead(ego, { gap_m = 100, facing = \"across\" }) }");
  props_run r = run(85);
  printf("%d others got by, the ego at %.1f s\n", r.passers, r.passed_s);
  if (r.touched || r.passers < 3 || !(r.passed_s < 60))
    fail_msg("%s\n  touched %d times, %d got by, the ego at %g s", text, r.touched, r.passers,
             r.passed_s);
}

static void riders_leave_a_lane_for_bicycles_that_is_blocked(void **state) {
  (void)state;
  street("right", "lanes = 1, speed_limit_mps = 13.9, bike_lanes = 1",
         "pedestrians = { count = 0 }, traffic = { vehicles = 16, hand = \"HAND\", mix = { bicycle "
         "= 1 } }",
         "prop { body = bench, at = ahead(ego, { gap_m = 150, kerb_m = 0.75 }) }");
  props_run r = run(85);
  printf("%d riders got by\n", r.passers);
  if (r.touched || r.passers < 2)
    fail_msg("%s\n  touched %d times, %d got by", text, r.touched, r.passers);
}

// Nobody gets by: all wait, and nobody is pushed into it.
static void where_all_lanes_are_blocked_everybody_waits(void **state) {
  (void)state;
  street("right", "lanes = 1, lane_width_m = 3.5, speed_limit_mps = 13.9, sidewalk_m = 0",
         "pedestrians = { count = 0 }, traffic = { vehicles = 10, hand = \"HAND\" }",
         "prop { body = bench, at = ahead(ego, { gap_m = 80, facing = \"across\" }) }, "
         "prop { body = bench, at = ahead(ego, { gap_m = 80, lane = \"oncoming\", facing = "
         "\"across\" }) "
         "}");
  props_run r = run(60);
  printf("the ego stands at %.2f m/s, %.1f m before it\n", r.ego_mps, r.least_m);
  if (r.touched || r.ego_mps > 0.01 || !isinf(r.passed_s) || !(r.least_m > 1 && r.least_m < 18))
    fail_msg("%s\n  touched %d times, %g m/s, %g m before it, passed at %g s", text, r.touched,
             r.ego_mps, r.least_m, r.passed_s);
}

static void people_walk_round_them(void **state) {
  (void)state;
  street(
      "right", "lanes = 1, sidewalk_m = 3",
      "pedestrians = { per_km = 120 }, traffic = { vehicles = 0, hand = \"HAND\" }",
      "prop { body = bench, at = ahead(ego, { gap_m = 40, lane = \"sidewalk\" }) }, "
      "prop { body = bench, at = ahead(ego, { gap_m = 60, lane = \"sidewalk\", facing = \"across\" "
      "}) }");
  props_run r = run(85);
  printf("%d got by, at least %.2f m between a middle and a prop\n", r.passers, r.foot_m);
  if (!(r.foot_m > 0.1) || r.passers < 5)
    fail_msg("%s\n  %.2f m to a prop, %d got by", text, r.foot_m, r.passers);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(one_that_lies_in_the_lane_is_passed),
      cmocka_unit_test(traffic_gets_round_it_on_roads_of_several_lanes),
      cmocka_unit_test(riders_leave_a_lane_for_bicycles_that_is_blocked),
      cmocka_unit_test(where_all_lanes_are_blocked_everybody_waits),
      cmocka_unit_test(people_walk_round_them),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
