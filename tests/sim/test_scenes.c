// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Traffic and people on built scenes: a slice of what test_long.c does at length.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "with_checks.h"
#include "with_scenes.h"
#include "with_stands.h"

static void check_kind(int kind, int seeds, double seconds) {
  long total = 0;
  double longest = 0;
  for (int seed = 0; seed < seeds; seed++) {
    scene *s = with_built_scene(kind, (uint64_t)seed);
    check_report r;
    check_scene(s, seconds, &r);
    total += r.vehicle_frames;
    longest = r.longest_stand_s > longest ? r.longest_stand_s : longest;
    if (r.overlaps || r.hit_people || r.red_runs || r.bad_numbers || r.wrong_ways || r.jumps)
      fail_msg("%s, seed %d: %d overlaps, %d people hit, %d red lights run, %d bad numbers, "
               "%d on the wrong side, %d jumps; %s",
               with_scene_name(kind), seed, r.overlaps, r.hit_people, r.red_runs, r.bad_numbers,
               r.wrong_ways, r.jumps, r.first);
    if (r.longest_stand_s > 180)
      fail_msg("%s, seed %d: a vehicle stood for %g s", with_scene_name(kind), seed,
               r.longest_stand_s);
    scene_destroy(s);
  }
  printf("%s: %ld vehicle-seconds, longest stand %.0f s\n", with_scene_name(kind), total / 10,
         longest);
}

static void a_town_with_signals_flows(void **state) {
  (void)state;
  check_kind(0, 3, 60);
}

static void a_town_without_signals_flows(void **state) {
  (void)state;
  check_kind(1, 3, 60);
}

static void a_signalled_crossing_flows(void **state) {
  (void)state;
  check_kind(2, 6, 60);
}

static void an_unsignalled_crossing_flows(void **state) {
  (void)state;
  check_kind(3, 6, 60);
}

static void a_highway_flows(void **state) {
  (void)state;
  check_kind(4, 3, 30);
}

static void single_roads_flow(void **state) {
  (void)state;
  check_kind(5, 3, 30);
  check_kind(6, 6, 30);
}

static void odd_crossings_flow_under_every_rule(void **state) {
  (void)state;
  check_kind(7, 16, 60);
}

static void roundabouts_flow(void **state) {
  (void)state;
  check_kind(8, 8, 60);
}

static void car_parks_flow(void **state) {
  (void)state;
  check_kind(10, 8, 60);
}

static void grown_towns_flow(void **state) {
  (void)state;
  check_kind(9, 4, 60);
}

// Found by counting: a van cut a bend of a car park into the car beside it.
static void vans_keep_clear_of_others_in_tight_turns(void **state) {
  (void)state;
  scene *s = with_built_scene(10, 25);
  check_report r;
  check_scene(s, 65, &r);
  if (r.overlaps)
    fail_msg("%s", r.first);
  scene_destroy(s);
}

// Found by counting: a motorcycle came to the line beside a queue that had just left, and waited
// there to be in the middle of its lane.
static void riders_beside_the_middle_go_on_from_the_line(void **state) {
  (void)state;
  scene *s = with_built_scene(0, 101);
  check_report r;
  check_scene(s, 150, &r);
  if (r.longest_stand_s > 90)
    fail_msg("somebody stands for %.0f s", r.longest_stand_s);
  scene_destroy(s);
}

// Found by counting: a car waited for a bus in the junction, the bus for a person at the crosswalk
// behind it, and the person for the car, which stood there.
static void nobody_waits_in_a_circle_with_people(void **state) {
  (void)state;
  scene *s = with_built_scene(7, 861);
  check_report r;
  check_scene(s, 130, &r);
  if (r.longest_stand_s > 90)
    fail_msg("somebody stands for %.0f s", r.longest_stand_s);
  scene_destroy(s);
}

// Found by counting: a car gave up passing a cyclist and came back into the rear wheel.
static void who_gives_up_passing_falls_back_first(void **state) {
  (void)state;
  scene *s = with_built_scene(7, 856);
  check_report r;
  check_scene(s, 80, &r);
  if (r.overlaps)
    fail_msg("%s", r.first);
  scene_destroy(s);
}

// A town without signals, with drivers of all kinds.
static void check_town(int seed, double seconds, check_report *r) {
  scene_def def = with_scene_def(1, (uint64_t)seed);
  def.drivers[0] = 1, def.drivers[1] = 7, def.drivers[2] = 2;
  strcpy(def.hand, seed % 5 % 2 ? "left" : "right");
  scene *s = with_scene_of(1, (uint64_t)seed, &def);
  check_scene(s, seconds, r);
  scene_destroy(s);
}

// Found by counting: the nose of a bus that turned into a street touched a lorry that waited at the
// line there. And a car came to rest with its tail in a junction, for which a lorry waited whose
// queue stood in a bend, for which a lorry ahead of that car waited.
static void long_vehicles_leave_room_at_lines_and_in_junctions(void **state) {
  (void)state;
  check_report r;
  check_town(216, 450, &r);
  if (r.overlaps || r.longest_stand_s > 120)
    fail_msg("somebody stands for %.0f s; %s", r.longest_stand_s, r.first);
}

// Found by counting: somebody waited at the kerb of a tight bend for a gap, where a bus swept it.
static void nobody_waits_to_cross_where_buses_sweep_the_kerb(void **state) {
  (void)state;
  check_report r;
  check_town(223, 125, &r);
  if (r.hit_people)
    fail_msg("%s", r.first);
}

// A world whose network is told wrongly on which side it is driven.
static void the_check_of_sides_sees_who_drives_on_the_other_one(void **state) {
  (void)state;
  for (int left = 0; left < 2; left++) {
    scene *s = with_built_scene(2, (uint64_t)left);
    assert_int_equal(s->roads.left_hand, left);
    sim_world *world = NULL;
    sim_snapshot shot = {0};
    check_report right = {0}, wrong = {0};
    assert_int_equal(sim_world_create(&world, s, NULL), STATUS_OK);
    sim_world_next_frame(world, &shot, NULL);
    check_sides(s, &shot, &right);
    s->roads.left_hand = !left;
    check_sides(s, &shot, &wrong);
    assert_int_equal(right.wrong_ways, 0);
    assert_in_range(wrong.wrong_ways, 10, shot.actor_count);
    sim_snapshot_free(&shot);
    sim_world_destroy(world);
    scene_destroy(s);
  }
}

// A world in which one never goes: whoever comes up behind it stands, too.
static void the_check_of_stands_sees_who_never_goes(void **state) {
  (void)state;
  const int kinds[] = {0, 3, 7, 10};
  const double seconds = 60;
  for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
    scene *s = with_built_scene(kinds[k], 1);
    scene_vehicle *stuck = &s->vehicles[s->ego == 0];
    stuck->driver.accel_mps2 = 1e-9;
    stuck->speed_mps = 0;
    check_report r;
    check_scene(s, seconds, &r);
    assert_true(r.longest_stand_s > 0.95 * seconds);
    assert_int_equal(r.stander, stuck->id);
    scene_destroy(s);
  }
}

// What the ego that waits at an open end excuses, and no more.
static void stands_are_excused_behind_the_ego_at_an_open_end_alone(void **state) {
  (void)state;
  scene *s = with_built_scene(5, 0); // a straight road
  const road_network *net = &s->roads;
  const scene_vehicle *ego = &s->vehicles[s->ego];
  const lane_path *lane = &net->paths[ego->lane - 1];
  assert_int_equal(lane->next_count, 0);
  sim_actor actors[4] = {{.id = ego->id}, {.id = 1}, {.id = 2}, {.id = 3}};
  const double end = lane->length_m, at[4] = {end - 3, end - 12, end - 40, end - 12};
  uint32_t next = 1;
  for (int k = 0; k < 4; k++) {
    next += k > 0 && next == ego->id;
    actors[k].id = k > 0 ? next++ : ego->id;
    actors[k].kind = THING_CAR;
    actors[k].size_m[0] = 4;
    actors[k].lane = lane->id;
    actors[k].lane_s_m = at[k];
  }
  actors[3].lane = lane->id == 1 ? 2 : 1; // another lane
  const struct {
    double ego_s_m, ego_mps;
    bool excused[4]; // the ego, close behind it, far behind it, beside it
  } cases[] = {{end - 3, 0, {true, true, false, false}},
               {end - 3, 1, {false, false, false, false}},
               {end - 6, 0, {false, false, false, false}}};
  for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
    sim_snapshot shot = {.actors = actors, .actor_count = 4};
    actors[0].lane_s_m = cases[c].ego_s_m;
    actors[0].speed_mps = cases[c].ego_mps;
    stand_watch w;
    stands_begin(&w, s);
    stands_see(&w, &shot);
    for (int k = 0; k < 4; k++)
      assert_int_equal(w.excused[k], cases[c].excused[k]);
    stands_end(&w);
  }
  scene_destroy(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_check_of_sides_sees_who_drives_on_the_other_one),
      cmocka_unit_test(the_check_of_stands_sees_who_never_goes),
      cmocka_unit_test(stands_are_excused_behind_the_ego_at_an_open_end_alone),
      cmocka_unit_test(a_town_with_signals_flows),
      cmocka_unit_test(a_town_without_signals_flows),
      cmocka_unit_test(a_signalled_crossing_flows),
      cmocka_unit_test(an_unsignalled_crossing_flows),
      cmocka_unit_test(a_highway_flows),
      cmocka_unit_test(single_roads_flow),
      cmocka_unit_test(roundabouts_flow),
      cmocka_unit_test(grown_towns_flow),
      cmocka_unit_test(car_parks_flow),
      cmocka_unit_test(vans_keep_clear_of_others_in_tight_turns),
      cmocka_unit_test(riders_beside_the_middle_go_on_from_the_line),
      cmocka_unit_test(odd_crossings_flow_under_every_rule),
      cmocka_unit_test(nobody_waits_in_a_circle_with_people),
      cmocka_unit_test(who_gives_up_passing_falls_back_first),
      cmocka_unit_test(long_vehicles_leave_room_at_lines_and_in_junctions),
      cmocka_unit_test(nobody_waits_to_cross_where_buses_sweep_the_kerb),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
