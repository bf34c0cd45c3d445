// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Sirens: others make way, and who has one on is clearly faster than they, and touches nobody.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "with_checks.h"
#include "with_events.h"
#include "with_scenes.h"

static char text[1024];

// A straight road with `vehicles` on it, the ego, and number 1, of a kind, behind it.
static with_event on_road(const char *place, const char *kind, int vehicles, const char *hand,
                          uint64_t seed) {
  snprintf(text, sizeof text,
           "return scene { duration_s = 90, frame_hz = 10, pedestrians = { count = 0 }, road = %s,"
           " traffic = { vehicles = %d, hand = \"%s\", mix = { car = 8, van = 1, truck = 1 } },"
           " ego = { start_m = 200 },"
           " actors = { actor { kind = \"%s\", driver = \"idm\", at = behind(ego, 60) } } }",
           place, vehicles, hand, kind);
  return with_event_drawn(text, NULL, 0, seed, 0);
}

typedef struct run {
  double way_m, seconds; // of number 1, while it is there
  double ego_aside_m;    // farthest to the kerb's side, of its lane's middle
  double passed_s;       // when number 1 was ahead of the ego, INFINITY
  int makes_way;         // frames that somebody made way in
  double longest_stand_s;
  check_report report;
} run;

static double side_of_lane(const with_event *e, int number) {
  const sim_actor *a = with_event_actor(e, number);
  vec3 c = with_event_middle(e, number);
  const lane_path *lane = &e->built->roads.paths[a->lane - 1];
  road_point p = lane_point(&e->built->roads, lane, a->lane_s_m);
  return (c.y - p.y_m) * cos(p.heading_rad) - (c.x - p.x_m) * sin(p.heading_rad);
}

static run watch(with_event *e, double seconds) {
  run r = {.passed_s = INFINITY};
  double stands = 0;
  for (int frame = 0; frame < (int)(10 * seconds); frame++) {
    with_event_frame(e);
    check_snapshot(&e->shot, &r.report);
    const sim_actor *siren = with_event_actor(e, 1), *ego = with_event_actor(e, 0);
    for (int k = 0; k < e->shot.actor_count; k++)
      r.makes_way += (e->shot.actors[k].flags & ACTOR_MAKES_WAY) != 0;
    if (!siren || !siren->lane)
      break;
    r.way_m += vec3_length(vec3_sub(siren->end.p_m, siren->begin.p_m));
    r.seconds += 0.1;
    stands = siren->speed_mps < 0.2 ? stands + 0.1 : 0;
    r.longest_stand_s = fmax(r.longest_stand_s, stands);
    double kerb = side_of_lane(e, 0) * (e->built->roads.left_hand ? 1 : -1);
    r.ego_aside_m = fmax(r.ego_aside_m, kerb);
    double ahead = cos(quat_yaw(ego->begin.q)) * (siren->begin.p_m.x - ego->begin.p_m.x) +
                   sin(quat_yaw(ego->begin.q)) * (siren->begin.p_m.y - ego->begin.p_m.y);
    if (ahead > 6 && isinf(r.passed_s))
      r.passed_s = with_event_time(e);
  }
  return r;
}

static const char *const places[] = {
    "straight { length_m = 1600, lanes = 1, lane_width_m = 3.5, speed_limit_mps = 13.9, sidewalk_m "
    "= 2, parked_per_km = 0 }",
    "straight { length_m = 1600, lanes = 2, lane_width_m = 3.5, speed_limit_mps = 13.9, sidewalk_m "
    "= 2, parked_per_km = 0 }",
    "straight { length_m = 1600, lanes = 3, lane_width_m = 3.5, speed_limit_mps = 13.9, sidewalk_m "
    "= 2, parked_per_km = 0 }",
    "highway { length_m = 2500, lanes = 2, speed_limit_mps = 30 }",
    "highway { length_m = 2500, lanes = 3, speed_limit_mps = 30 }"};

// The means of several scenes, with number 1 as an ambulance and as a van.
static void others_make_way_and_it_is_faster_and_touches_nobody(void **state) {
  (void)state;
  enum { SEEDS = 2 };
  for (size_t k = 0; k < sizeof places / sizeof *places; k++) {
    double with = 0, without = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
      int vehicles = k == 0 ? 60 : 100;
      const char *hand = seed % 2 ? "left" : "right";
      with_event e = on_road(places[k], "ambulance", vehicles, hand, seed);
      run r = watch(&e, 60);
      with_event_free(&e);
      e = on_road(places[k], "van", vehicles, hand, seed);
      run o = watch(&e, 60);
      with_event_free(&e);
      if (r.report.overlaps || r.report.bad_numbers || r.report.jumps)
        fail_msg("%s: bodies meet: %s", text, r.report.first);
      if (!(r.makes_way > 100 && o.makes_way == 0 && r.passed_s < 30 && r.longest_stand_s < 5))
        fail_msg(
            "%s: %d frames of making way, %d without a siren; past the ego after %.1f s, stood "
            "%.1f s",
            text, r.makes_way, o.makes_way, r.passed_s, r.longest_stand_s);
      if (k == 0 && !(r.ego_aside_m > 0.5 && o.ego_aside_m < 0.1))
        fail_msg("%s: the ego is %.2f m to the kerb's side, without a siren %.2f m", text,
                 r.ego_aside_m, o.ego_aside_m);
      with += r.way_m / r.seconds / SEEDS;
      without += o.way_m / o.seconds / SEEDS;
    }
    printf("%.0f%% faster: %s\n", 100 * (with / without - 1), places[k]);
    if (with < (k == 0 ? 1.05 : 1.1) * without)
      fail_msg("%s: %.2f m/s with its siren on, %.2f m/s without", places[k], with, without);
  }
}

// Towns and crossings with lights: nobody touches anybody, and who passes a red light there has the
// siren on.
static void red_lights_are_passed_with_a_siren_alone_and_nobody_is_touched(void **state) {
  (void)state;
  int passed = 0;
  for (int kind = 0; kind <= 2; kind += 2)
    for (uint64_t seed = 1; seed < 6; seed++) {
      scene_def def = with_scene_def(kind, seed);
      def.emergency = 1;
      snprintf(def.hand, sizeof def.hand, "%s", seed % 2 ? "left" : "right");
      scene *s = with_scene_of(kind, seed, &def);
      check_report r;
      check_scene(s, 150, &r);
      if (r.overlaps || r.red_runs || r.hit_people || r.jumps || r.wrong_ways)
        fail_msg("%s, seed %d: %s", with_scene_name(kind), (int)seed, r.first);
      passed += r.siren_red_runs;
      scene_destroy(s);
    }
  printf("%d red lights passed\n", passed);
  assert_in_range(passed, 2, 1000);
}

// In these towns the two swap sides of a road as they meet, and turn where others beside them go
// into the same junction.
static void two_in_a_town_touch_nobody(void **state) {
  (void)state;
  static const uint64_t seeds[] = {7, 17, 18};
  for (size_t k = 0; k < sizeof seeds / sizeof *seeds; k++) {
    scene_def def = with_scene_def(0, seeds[k]);
    def.emergency = 2;
    snprintf(def.hand, sizeof def.hand, "%s", seeds[k] % 2 ? "left" : "right");
    scene *s = with_scene_of(0, seeds[k], &def);
    int sirens = 0;
    for (int i = 0; i < s->vehicle_count; i++)
      sirens += thing_has_siren(s->vehicles[i].kind);
    assert_int_equal(sirens, 2);
    check_report r;
    check_scene(s, 135, &r);
    if (r.overlaps || r.red_runs || r.hit_people || r.jumps || r.wrong_ways)
      fail_msg("seed %d: %d overlaps: %s", (int)seeds[k], r.overlaps, r.first);
    scene_destroy(s);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(others_make_way_and_it_is_faster_and_touches_nobody),
      cmocka_unit_test(red_lights_are_passed_with_a_siren_alone_and_nobody_is_touched),
      cmocka_unit_test(two_in_a_town_touch_nobody),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
