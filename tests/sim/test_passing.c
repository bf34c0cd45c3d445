// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Who is slow, or stands in the lane for good, is passed with room beside, where and when there is
// room, and everybody is back before what comes.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "with_checks.h"
#include "with_events.h"

typedef struct passing {
  double least_m;    // between the ego and the passed one, while beside it
  double farthest_m; // left of its lane's middle (right where traffic keeps to the left)
  double beside_s;   // when their middles were abreast; INFINITY: never
  double end_side_m, end_ahead_m;
  int overlaps;
} passing;

static int hand; // +1 traffic keeps to the right

// Runs a script whose ego passes actor 1.
static passing run(const char *text, double seconds) {
  with_event e = with_event_of(text);
  passing p = {INFINITY, 0, INFINITY, 0, 0, 0};
  check_report r = {0};
  with_event_frame(&e);
  vec3 from = with_event_middle(&e, 0);
  double yaw = quat_yaw(with_event_actor(&e, 0)->begin.q);
  while (with_event_time(&e) < seconds) {
    with_event_frame(&e);
    check_snapshot(&e.shot, &r);
    vec3 a = with_event_middle(&e, 0), b = with_event_middle(&e, 1);
    double side = hand * ((a.y - from.y) * cos(yaw) - (a.x - from.x) * sin(yaw));
    double ahead = (a.x - b.x) * cos(yaw) + (a.y - b.y) * sin(yaw);
    double length = (with_event_actor(&e, 0)->size_m[0] + with_event_actor(&e, 1)->size_m[0]) / 2;
    p.farthest_m = fmax(p.farthest_m, side);
    if (fabs(ahead) < length)
      p.least_m = fmin(p.least_m, with_event_apart(&e, 0, 1));
    if (ahead > 0 && isinf(p.beside_s))
      p.beside_s = with_event_time(&e);
    p.end_side_m = side;
    p.end_ahead_m = ahead;
    if (getenv("TRACE"))
      printf("%.1f ego v %.2f side %.2f ahead %.1f apart %.2f\n", with_event_time(&e),
             with_event_actor(&e, 0)->speed_mps, side, ahead, with_event_apart(&e, 0, 1));
  }
  p.overlaps = r.overlaps;
  if (r.overlaps || r.hit_people || r.jumps || r.bad_numbers)
    fail_msg("%s\n  %s", text, r.first);
  with_event_free(&e);
  return p;
}

static char text[2048];

static const char *street(double width_m, double limit_mps, const char *actors) {
  snprintf(text, sizeof text,
           "return scene { road = straight { length_m = 1500, lanes = 1, lane_width_m = %g, "
           "speed_limit_mps = %g, parked_per_km = 0 }, duration_s = 60, frame_hz = 10, "
           "pedestrians = { count = 0 }, traffic = { vehicles = 0, hand = \"%s\" }, "
           "ego = { speed_mps = 8, start_m = 90 }, actors = { %s } }",
           width_m, limit_mps, hand > 0 ? "right" : "left", actors);
  return text;
}

#define CYCLIST                                                                                    \
  "actor { kind = \"bicycle\", speed_mps = 5, at = ahead(ego, { gap_m = 40, kerb_m = %s }) }"

static const char *cyclist(const char *kerb_m) {
  static char one[256];
  snprintf(one, sizeof one, CYCLIST, kerb_m);
  return one;
}

static void cyclists_are_passed_with_room_and_the_lane_is_taken_again(void **state) {
  (void)state;
  const double widths[] = {3.25, 3.5, 4.5}, limits[] = {13.9, 25};
  for (hand = -1; hand <= 1; hand += 2)
    for (int k = 0; k < 6; k++) {
      double wanted = k / 3 ? 1.5 : 1.0;
      passing p = run(street(widths[k % 3], limits[k / 3], cyclist("0.9")), 30);
      printf(
          "lane %g m, limit %g: %.2f m beside at %.1f s, %.2f m aside, %.1f m ahead at the end\n",
          widths[k % 3], limits[k / 3], p.least_m, p.beside_s, p.farthest_m, p.end_ahead_m);
      if (!(p.least_m > wanted - 0.02))
        fail_msg("%s\n  %.2f m beside, not %.2f", text, p.least_m, wanted);
      assert_true(p.beside_s < 15);
      assert_true(fabs(p.end_side_m) < 0.02);
    }
}

// Five cars behind one cyclist: all get by, one after the other.
static void a_cyclist_does_not_hold_up_the_traffic(void **state) {
  (void)state;
  for (hand = -1; hand <= 1; hand += 2) {
    char actors[1024];
    int n = snprintf(actors, sizeof actors, "%s", cyclist("0.9"));
    for (int k = 1; k <= 4; k++)
      n += snprintf(actors + n, sizeof actors - (size_t)n,
                    ", actor { kind = \"car\", speed_mps = 8, at = behind(ego, { gap_m = %d }), "
                    "behaviour = function(self) self:drive() end }",
                    3 + 13 * (k - 1));
    with_event e = with_event_of(street(3.25, 13.9, actors));
    check_report r = {0};
    while (with_event_time(&e) < 45) {
      with_event_frame(&e);
      check_snapshot(&e.shot, &r);
    }
    assert_int_equal(r.overlaps, 0);
    for (int k = 0; k <= 5; k++)
      if (k != 1 && !(with_event_gap(&e, 1, k) > 0))
        fail_msg("%s\n  car %d is still behind", text, k);
    with_event_free(&e);
  }
}

static void one_waits_for_who_comes(void **state) {
  (void)state;
  static const char oncoming[] =
      ", actor { kind = \"car\", speed_mps = 12, at = ahead(ego, { gap_m = %d, lane = \"oncoming\" "
      "}) }";
  for (hand = -1; hand <= 1; hand += 2) {
    double alone = run(street(3.25, 13.9, cyclist("0.9")), 45).beside_s;
    for (int gap = 60; gap <= 360; gap += 30) {
      char actors[1024], other[256];
      snprintf(other, sizeof other, oncoming, gap);
      snprintf(actors, sizeof actors, "%s%s", cyclist("0.9"), other);
      passing p = run(street(3.25, 13.9, actors), 45);
      printf("who comes from %d m: passed at %.1f s, alone at %.1f s\n", gap, p.beside_s, alone);
      // They meet where the ego would be abreast, but for those who come early or late.
      double meet_s = (gap + 40) / (12.0 + 9);
      bool early = gap <= 60;
      if (!early && gap < 200 && !(p.beside_s > meet_s))
        fail_msg("%s\n  passed at %.1f s before who came by at %.1f s", text, p.beside_s, meet_s);
      assert_true(p.beside_s < 40 && p.least_m > 0.98);
      assert_true(fabs(p.end_side_m) < 0.02);
    }
  }
}

static void what_stands_in_the_lane_is_passed(void **state) {
  (void)state;
  const char *const what[] = {
      "actor { kind = \"van\", speed_mps = 0, at = ahead(ego, { gap_m = 60, kerb_m = 1.6 }) }",
      "actor { kind = \"car\", speed_mps = 0, at = ahead(ego, { gap_m = 80, kerb_m = 0 }) }",
      "actor { kind = \"truck\", speed_mps = 0, at = ahead(ego, { gap_m = 80, kerb_m = 2 }) }",
      "actor { kind = \"car\", speed_mps = 0, at = ahead(ego, { gap_m = 60, kerb_m = 0.4, facing "
      "= \"against\" }) }"};
  for (hand = -1; hand <= 1; hand += 2)
    for (int k = 0; k < 4; k++)
      for (int comes = 0; comes < 2; comes++) {
        char actors[1024];
        snprintf(actors, sizeof actors, "%s%s", what[k],
                 comes ? ", actor { kind = \"car\", speed_mps = 10, at = ahead(ego, { gap_m = 160, "
                         "lane = \"oncoming\" }) }"
                       : "");
        passing p = run(street(3.5, 13.9, actors), 45);
        printf("%d: %.2f m beside at %.1f s, %.2f m aside, %.1f m ahead at the end\n", k, p.least_m,
               p.beside_s, p.farthest_m, p.end_ahead_m);
        if (!(p.beside_s < 40))
          fail_msg("%s\n  not passed", text);
        if (!(p.least_m > 0.35))
          fail_msg("%s\n  %.2f m beside", text, p.least_m);
        assert_true(fabs(p.end_side_m) < 0.02);
      }
}

// On a road of several lanes everybody gets by a vehicle that stands in one of them.
static void a_blocked_lane_is_left(void **state) {
  (void)state;
  for (int k = 0; k < 8; k++) {
    bool slow = k % 4 > 1; // too slow to change lanes because that is nicer
    snprintf(
        text, sizeof text,
        "return scene { road = %s, duration_s = 90, frame_hz = 10, pedestrians = { count = 0 "
        "}, traffic = { vehicles = 30, hand = \"%s\", mix = { car = 6, truck = %d } }, ego = { "
        "speed_mps = %d, start_m = 200, lane = \"%s\" }, actors = { actor { kind = \"car\", "
        "speed_mps = 0, at = ahead(ego, { gap_m = %d, kerb_m = 0 }) } } }",
        k % 4 < 2 ? "highway { length_m = 2000, lanes = 3 }"
                  : "straight { length_m = 1500, lanes = 2, speed_limit_mps = 13.9, "
                    "parked_per_km = 0 }",
        k < 4 ? "right" : "left", k % 2, slow ? 2 : 12, k % 2 ? "kerb" : "centre", slow ? 25 : 150);
    hand = k < 4 ? 1 : -1;
    passing p = run(text, 80);
    printf("blocked lane %d: passed at %.1f s\n", k, p.beside_s);
    if (!(p.beside_s < 60))
      fail_msg("%s\n  not passed", text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cyclists_are_passed_with_room_and_the_lane_is_taken_again),
      cmocka_unit_test(a_cyclist_does_not_hold_up_the_traffic),
      cmocka_unit_test(one_waits_for_who_comes),
      cmocka_unit_test(what_stands_in_the_lane_is_passed),
      cmocka_unit_test(a_blocked_lane_is_left),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
