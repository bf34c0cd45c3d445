// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Two roads and a crosswalk: signals, right of way, people.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "with_checks.h"
#include "with_networks.h"

static void assert_clean(const check_report *r) {
  if (r->overlaps || r->hit_people || r->red_runs || r->bad_numbers || r->wrong_ways || r->jumps)
    fail_msg("%d overlaps, %d people hit, %d red lights run, %d bad numbers, %d on the wrong side, "
             "%d jumps; %s",
             r->overlaps, r->hit_people, r->red_runs, r->bad_numbers, r->wrong_ways, r->jumps,
             r->first);
}

static void signals_are_obeyed_whenever_one_comes(void **state) {
  (void)state;
  for (int k = 0; k < 50; k++) {
    scene *s = with_crossing(true, 6, 6, 6);
    s->seed = (uint64_t)k;
    s->signal_offsets_s[0] = k; // the whole cycle of 50 s
    check_report report;
    check_scene(s, 120, &report);
    assert_clean(&report);
    if (report.longest_stand_s > 60)
      fail_msg("offset %d s: somebody stood for %g s", k, report.longest_stand_s);
    with_scene_free(s);
  }
}

static void without_signals_the_minor_road_waits_and_nobody_crashes(void **state) {
  (void)state;
  for (int k = 0; k < 40; k++) {
    scene *s = with_crossing(false, 8, 8, 8);
    for (int i = 0; i < 16; i++)
      s->vehicles[i].s_m -= 0.7 * k * (i >= 8);
    s->vehicles[k % 16].size_m[0] = 12;
    s->vehicles[k % 16].rear_to_centre_m = 3;
    for (int i = k % 16 + 1; i < 16; i++) // room for the bus
      s->vehicles[i].s_m -= i / 8 == k % 16 / 8 ? 9 : 4;
    for (int i = 0; i < 16; i++)
      s->vehicles[i].s_m = fmax(s->vehicles[i].s_m, 0);
    check_report report;
    check_scene(s, 150, &report);
    assert_clean(&report);
    if (report.longest_stand_s > 90)
      fail_msg("case %d: somebody stood for %g s", k, report.longest_stand_s);
    with_scene_free(s);
  }
}

static void drivers_stop_for_people_on_a_zebra(void **state) {
  (void)state;
  scene *s = with_crossing(false, 1, 0, 1);
  with_vehicle_at(s, 0, 1, 20, 12);
  s->people[0].edge = 2;
  s->people[0].s_m = 2.3;
  s->people[0].direction = 1;
  s->people[0].speed_mps = 0.3; // slow: still there when the car comes
  sim_world *world = with_world(s);
  sim_snapshot shot = {0};
  double slowest = 100;
  for (int frame = 0; frame < 200; frame++) {
    sim_world_next_frame(world, &shot, NULL);
    assert_false(check_point_in_box(&shot.actors[0], shot.actors[1].begin.p_m.x,
                                    shot.actors[1].begin.p_m.y, 0.3));
    slowest = fmin(slowest, shot.actors[0].speed_mps);
  }
  assert_true(slowest < 1.5);
  assert_true(shot.actors[0].lane != 1); // and went on
  assert_true(shot.actors[1].begin.p_m.y > 4);
  sim_snapshot_free(&shot);
  sim_world_destroy(world);
  with_scene_free(s);
}

static void people_wait_for_green_unless_they_jaywalk(void **state) {
  (void)state;
  for (int jaywalks = 0; jaywalks < 2; jaywalks++) {
    scene *s = with_crossing(true, 1, 0, 4);
    with_vehicle_at(s, 0, 3, 100, 5); // the road is empty
    for (int i = 0; i < 4; i++) {
      s->people[i].direction = i % 2 ? -1 : 1;
      s->people[i].edge = i % 2 ? 3 : 1;
      s->people[i].s_m = i % 2 ? 6 + i : 30 - i;
      s->people[i].jaywalking = jaywalks;
    }
    sim_world *world = with_world(s);
    sim_snapshot shot = {0};
    int on_at_red = 0, crossed = 0;
    double before[4] = {-40, 40, -40, 40};
    for (int frame = 0; frame < 450; frame++) {
      sim_world_next_frame(world, &shot, NULL);
      for (int i = 0; i < 4; i++) {
        const sim_actor *p = &shot.actors[shot.actor_count - 4 + i];
        double y = p->begin.p_m.y;
        bool steps_on = fabs(before[i]) >= 4 && fabs(y) < 4;
        on_at_red += steps_on && shot.signals[2] == SIGNAL_RED;
        crossed += steps_on && shot.signals[2] == SIGNAL_GREEN;
        before[i] = y;
      }
    }
    if (jaywalks)
      assert_true(on_at_red > 0);
    else
      assert_int_equal(on_at_red, 0);
    assert_true(on_at_red + crossed >= 4);
    sim_snapshot_free(&shot);
    sim_world_destroy(world);
    with_scene_free(s);
  }
}

static void people_meet_without_walking_through_each_other(void **state) {
  (void)state;
  scene *s = with_crossing(false, 1, 0, 20);
  with_vehicle_at(s, 0, 3, 100, 5);
  sim_world *world = with_world(s);
  sim_snapshot shot = {0};
  int near = 0, pairs = 0;
  double walked = 0;
  for (int frame = 0; frame < 1200; frame++) {
    sim_world_next_frame(world, &shot, NULL);
    const sim_actor *people = &shot.actors[shot.actor_count - 20];
    for (int i = 0; i < 20; i++) {
      walked += vec3_length(people[i].velocity_mps) * 0.1;
      for (int j = i + 1; j < 20 && frame > 50; j++) {
        double apart = vec3_length(vec3_sub(people[i].begin.p_m, people[j].begin.p_m));
        pairs += apart < 1.0;
        near += apart < 0.3;
      }
    }
  }
  assert_true(pairs > 100); // they did meet
  if (near * 100 > pairs)
    fail_msg("%d of %d meetings were closer than 0.3 m", near, pairs);
  if (walked / 20 < 100)
    fail_msg("people walked only %g m each in two minutes", walked / 20);
  sim_snapshot_free(&shot);
  sim_world_destroy(world);
  with_scene_free(s);
}

static void people_keep_to_the_side_that_traffic_keeps_to(void **state) {
  (void)state;
  enum { PEOPLE = 12 };
  for (int k = 0; k < 4; k++) {
    bool left = k % 2, narrow = k / 2; // so narrow that they only step aside when they meet
    scene *s = with_crossing(false, 1, 0, PEOPLE);
    s->roads.left_hand = left;
    for (int i = 0; i < s->roads.walk_edge_count && narrow; i++)
      s->roads.walk_edges[i].width_m = 0.6;
    with_vehicle_at(s, 0, 3, 100, 5);  // the road is empty
    for (int i = 0; i < PEOPLE; i++) { // all in the middle, and towards each other
      s->people[i].offset_m = 0;
      s->people[i].direction = i % 2 ? -1 : 1;
    }
    sim_world *world = with_world(s);
    sim_snapshot shot = {0};
    double aside = 0; // to the right of the way that they go
    for (int frame = 0; frame < 300; frame++) {
      sim_world_next_frame(world, &shot, NULL);
      for (int i = 0; i < PEOPLE && frame > 50; i++) {
        const sim_actor *p = &shot.actors[shot.actor_count - PEOPLE + i];
        aside += (p->begin.p_m.x - 116) * (p->velocity_mps.y > 0 ? 1 : -1);
      }
    }
    aside /= 249 * PEOPLE;
    double least = narrow ? 0.02 : 0.1;
    if (left ? aside > -least : aside < least)
      fail_msg("traffic keeps %s: people walk %.3f m to the right of a %s way's middle",
               left ? "left" : "right", aside, narrow ? "narrow" : "wide");
    sim_snapshot_free(&shot);
    sim_world_destroy(world);
    with_scene_free(s);
  }
}

static sim_actor car_at(double x, double y, double yaw) {
  return (sim_actor){.id = 1,
                     .kind = THING_CAR,
                     .size_m = {4.6, 1.8, 1.5},
                     .centre_m = {1.35, 0, 0.75},
                     .begin = pose_flat(x, y, 0, yaw),
                     .end = pose_flat(x, y, 0, yaw),
                     .speed_mps = 3,
                     .lane = 1};
}

static void the_checks_find_what_they_look_for(void **state) {
  (void)state;
  sim_actor pair[2] = {car_at(0, 0, 0), car_at(3, 1, 1)};
  sim_snapshot shot = {.duration_ns = 100000000, .actor_count = 2, .actors = pair};
  check_report r = {0};
  check_snapshot(&shot, &r);
  assert_int_equal(r.overlaps, 1);
  pair[1] = car_at(6, 0, 0);
  memset(&r, 0, sizeof r);
  check_snapshot(&shot, &r);
  assert_int_equal(r.overlaps, 0);
  pair[1] = car_at(0, 3.3, 0.6); // corner to side: circles meet, boxes don't
  check_snapshot(&shot, &r);
  assert_int_equal(r.overlaps, 0);
  pair[1] = (sim_actor){.id = 2,
                        .kind = THING_PERSON,
                        .begin = pose_flat(2, 0.5, 0, 0),
                        .end = pose_flat(30, 0.5, 0, 0)};
  check_snapshot(&shot, &r);
  assert_int_equal(r.hit_people, 1);
  assert_int_equal(r.jumps, 1);
  pair[0].begin.p_m.x = NAN;
  check_snapshot(&shot, &r);
  assert_int_equal(r.bad_numbers, 1);

  scene *s = with_crossing(true, 1, 0, 0);
  uint8_t red[3] = {SIGNAL_RED, SIGNAL_RED, SIGNAL_RED};
  sim_actor a = car_at(0, 0, 0), b = car_at(2, 0, 0);
  a.lane_s_m = 112 - 2.3 - 1, b.lane_s_m = a.lane_s_m + 2;
  a.end.p_m.x = 2;
  sim_snapshot first = {.actor_count = 1, .actors = &a, .signals = red, .signal_count = 3};
  sim_snapshot second = {.actor_count = 1, .actors = &b, .signals = red, .signal_count = 3};
  check_red_lines(s, &first, &second, &r);
  assert_int_equal(r.red_runs, 1);
  with_scene_free(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_checks_find_what_they_look_for),
      cmocka_unit_test(signals_are_obeyed_whenever_one_comes),
      cmocka_unit_test(without_signals_the_minor_road_waits_and_nobody_crashes),
      cmocka_unit_test(drivers_stop_for_people_on_a_zebra),
      cmocka_unit_test(people_wait_for_green_unless_they_jaywalk),
      cmocka_unit_test(people_meet_without_walking_through_each_other),
      cmocka_unit_test(people_keep_to_the_side_that_traffic_keeps_to),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
