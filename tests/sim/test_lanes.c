// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Traffic on streets with more than plain lanes: lanes for turns, for bicycles, one-way streets.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "with_checks.h"
#include "with_scenes.h"

static void assert_flows(const char *what, int seed, const scene *s, double seconds) {
  check_report r;
  check_scene(s, seconds, &r);
  if (r.overlaps || r.hit_people || r.red_runs || r.bad_numbers || r.jumps)
    fail_msg("%s, seed %d: %d overlaps, %d people hit, %d red lights run, %d bad numbers, "
             "%d jumps; %s",
             what, seed, r.overlaps, r.hit_people, r.red_runs, r.bad_numbers, r.jumps, r.first);
  if (r.longest_stand_s > 180)
    fail_msg("%s, seed %d: a vehicle stood for %g s", what, seed, r.longest_stand_s);
}

static scene_def turn_lanes(int kind, uint64_t seed) {
  scene_def def = with_scene_def(kind, seed);
  def.grid_city.turn_lanes = def.intersection.turn_lanes = def.town.turn_lanes = 1;
  strcpy(def.hand, seed % 4 == 3 ? "left" : "right");
  return def;
}

static void streets_with_lanes_for_turns_flow(void **state) {
  (void)state;
  static const int kinds[] = {0, 1, 2, 3, 7, 9};
  const char *more = getenv("ROADLOOM_TEST_SEEDS");
  for (int k = 0; k < 6; k++)
    for (int seed = 0; seed < (more ? atoi(more) : kinds[k] == 7 ? 8 : 3); seed++) {
      scene_def def = turn_lanes(kinds[k], (uint64_t)seed);
      scene *s = with_scene_of(kinds[k], (uint64_t)seed, &def);
      assert_flows(with_scene_name(kinds[k]), seed, s, 60);
      scene_destroy(s);
    }
}

static void one_way_streets_flow(void **state) {
  (void)state;
  static const int kinds[] = {0, 1, 9};
  const char *more = getenv("ROADLOOM_TEST_SEEDS");
  for (int k = 0; k < 3; k++)
    for (int seed = 0; seed < (more ? atoi(more) : 3); seed++) {
      scene_def def = turn_lanes(kinds[k], (uint64_t)seed);
      def.grid_city.blocks_x = 3;
      def.grid_city.one_way = def.town.one_way = 1;
      def.grid_city.turn_lanes = seed % 2;
      scene *s = with_scene_of(kinds[k], (uint64_t)seed, &def);
      assert_flows(with_scene_name(kinds[k]), seed, s, 60);
      scene_destroy(s);
    }
}

// Vehicles that were in a lane for turns, and of those who turned across the oncoming traffic
// where there is one how many came out of another lane.
static void who_turns_comes_from_the_lane_for_it(void **state) {
  (void)state;
  int used = 0, turned = 0;
  for (int seed = 0; seed < 4; seed++) {
    scene_def def = turn_lanes(0, (uint64_t)seed);
    scene *s = with_scene_of(0, (uint64_t)seed, &def);
    const road_network *net = &s->roads;
    turn_kind across = net->left_hand ? TURN_RIGHT : TURN_LEFT;
    sim_world *world = NULL;
    sim_snapshot shot = {0};
    trouble why;
    assert_int_equal(sim_world_create(&world, s, &why), STATUS_OK);
    int *last = calloc((size_t)s->id_count + 1, sizeof *last);
    assert_non_null(last);
    for (int frame = 0; frame < 1200; frame++) {
      sim_world_next_frame(world, &shot, NULL);
      for (int i = 0; i < shot.actor_count; i++) {
        const sim_actor *a = &shot.actors[i];
        if (thing_walks(a->kind) || a->lane == 0 || a->lane == last[a->id])
          continue;
        const lane_path *lane = &net->paths[a->lane - 1];
        const lane_path *from = last[a->id] ? &net->paths[last[a->id] - 1] : NULL;
        used += lane->opens;
        if (from && lane->turn == across && !from->junction) {
          turned++;
          // The lane beside it goes another way.
          int beside = net->left_hand ? from->left : from->right;
          assert_true(beside || net->left_hand != (from->lane < 0));
          if (from->next_count != 1 && beside)
            fail_msg("seed %d: %u turns out of lane %d, which leads elsewhere too", seed, a->id,
                     from->id);
        }
        last[a->id] = a->lane;
      }
    }
    free(last);
    sim_snapshot_free(&shot);
    sim_world_destroy(world);
    scene_destroy(s);
  }
  if (used < 10 || turned < 10)
    fail_msg("only %d came into a lane for turns, %d turned", used, turned);
}

static scene_def bike_lanes(int kind, uint64_t seed) {
  scene_def def = with_scene_def(kind, seed);
  double share = seed % 3 == 2 ? 0.5 : 1;
  def.grid_city.bike_lanes = def.intersection.bike_lanes = def.town.bike_lanes = share;
  def.straight.bike_lanes = def.curve.bike_lanes = 1;
  def.grid_city.turn_lanes = def.intersection.turn_lanes = seed % 4 == 1;
  def.grid_city.one_way = def.town.one_way = seed % 4 == 2;
  def.mix[3] = 1.5; // buses
  def.mix[5] = 6;   // bicycles
  strcpy(def.hand, seed % 4 == 3 ? "left" : "right");
  return def;
}

static void streets_with_lanes_for_bicycles_flow(void **state) {
  (void)state;
  static const int kinds[] = {0, 1, 2, 3, 6, 7, 9};
  const char *more = getenv("ROADLOOM_TEST_SEEDS");
  for (int k = 0; k < 7; k++)
    for (int seed = 0; seed < (more ? atoi(more) : kinds[k] == 7 ? 8 : 4); seed++) {
      scene_def def = bike_lanes(kinds[k], (uint64_t)seed);
      scene *s = with_scene_of(kinds[k], (uint64_t)seed, &def);
      assert_flows(with_scene_name(kinds[k]), seed, s, 60);
      scene_destroy(s);
    }
}

static scene_def bus_lanes(int kind, uint64_t seed) {
  scene_def def = with_scene_def(kind, seed);
  def.grid_city.bus_lanes = def.intersection.bus_lanes = seed % 3 == 2 ? 0.5 : 1;
  def.town.bus_lanes = def.straight.bus_lanes = def.curve.bus_lanes = 1;
  def.grid_city.block_m = 160;
  def.grid_city.lanes = def.intersection.lanes = def.town.main_lanes = 2;
  def.straight.lanes = def.curve.lanes = 2;
  def.grid_city.turn_lanes = def.intersection.turn_lanes = seed % 4 == 1;
  def.grid_city.bike_lanes = def.intersection.bike_lanes = seed % 4 == 2;
  def.mix[3] = 5; // buses
  strcpy(def.hand, seed % 4 == 3 ? "left" : "right");
  return def;
}

static void streets_with_lanes_for_buses_flow(void **state) {
  (void)state;
  static const int kinds[] = {0, 1, 2, 3, 5, 6, 7, 9};
  const char *more = getenv("ROADLOOM_TEST_SEEDS");
  for (int k = 0; k < 8; k++)
    for (int seed = 0; seed < (more ? atoi(more) : kinds[k] == 7 ? 8 : 3); seed++) {
      scene_def def = bus_lanes(kinds[k], (uint64_t)seed);
      scene *s = with_scene_of(kinds[k], (uint64_t)seed, &def);
      assert_flows(with_scene_name(kinds[k]), seed, s, 60);
      scene_destroy(s);
    }
}

// Whether another lane of that road in that direction is for bicycles only.
static bool has_bike_lane(const road_network *net, const lane_path *lane) {
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *other = &net->paths[i];
    if (other->road == lane->road && other->lane * lane->lane > 0 &&
        other->users == LANE_FOR_BICYCLES)
      return true;
  }
  return false;
}

// Who was where, in vehicles and frames.
typedef struct lane_tally {
  long bikes_own, bikes_turning, bikes_beside; // on lanes for bicycles, in turns there, beside one
  long buses_own;                              // buses on lanes that cars may not use
  int changed, turned_off; // cars that changed to a lane's open end, and that turned there
} lane_tally;

// Whether a lane for buses goes on in this one, which is for everybody.
static bool is_open_end(const road_network *net, const lane_path *lane) {
  const lane_path *before =
      lane->previous_count ? &net->paths[net->lane_links[lane->previous_first] - 1] : NULL;
  return !lane->junction && (lane->users & LANE_FOR_CARS) && before && !before->junction &&
         !(before->users & LANE_FOR_CARS);
}

static void tally_actor(const scene *s, const sim_actor *a, int *last, const char *what,
                        lane_tally *t) {
  const road_network *net = &s->roads;
  const lane_path *lane = &net->paths[a->lane - 1];
  int user = a->kind == THING_BICYCLE ? LANE_FOR_BICYCLES
             : a->kind == THING_BUS   ? LANE_FOR_BUSES
                                      : LANE_FOR_CARS;
  if (!(lane->users & user))
    fail_msg("%s: %u, kind %d, is on lane %d, which is for %d", what, a->id, (int)a->kind, lane->id,
             lane->users);
  bool own = lane->users == LANE_FOR_BICYCLES;
  if (a->kind == THING_BICYCLE) {
    t->bikes_own += own;
    t->bikes_turning += own && lane->junction && lane->turn != TURN_STRAIGHT;
    t->bikes_beside += !lane->junction && !own && has_bike_lane(net, lane);
  }
  t->buses_own += a->kind == THING_BUS && !(lane->users & LANE_FOR_CARS);
  const lane_path *from = *last ? &net->paths[*last - 1] : NULL;
  if (user == LANE_FOR_CARS && from && from != lane) {
    t->turned_off += lane->junction && is_open_end(net, from);
    t->changed += is_open_end(net, lane) && (net->left_hand ? lane->right : lane->left) == from->id;
  }
  *last = a->lane;
}

static void tally_scene(const scene *s, const char *what, lane_tally *t) {
  sim_world *world = NULL;
  sim_snapshot shot = {0};
  int *last = calloc((size_t)s->id_count + 1, sizeof *last);
  assert_non_null(last);
  assert_int_equal(sim_world_create(&world, s, NULL), STATUS_OK);
  for (int frame = 0; frame < 600; frame++) {
    sim_world_next_frame(world, &shot, NULL);
    for (int i = 0; i < shot.actor_count; i++)
      if (!thing_walks(shot.actors[i].kind) && shot.actors[i].lane)
        tally_actor(s, &shot.actors[i], &last[shot.actors[i].id], what, t);
  }
  free(last);
  sim_snapshot_free(&shot);
  sim_world_destroy(world);
}

static void everyone_keeps_to_the_lanes_for_its_kind(void **state) {
  (void)state;
  static const int kinds[] = {0, 3, 7, 9};
  lane_tally t = {0};
  for (int k = 0; k < 4; k++)
    for (int seed = 0; seed < 6; seed++) {
      scene_def def = (seed < 3 ? bike_lanes : bus_lanes)(kinds[k], (uint64_t)seed);
      scene *s = with_scene_of(kinds[k], (uint64_t)seed, &def);
      tally_scene(s, with_scene_name(kinds[k]), &t);
      scene_destroy(s);
    }
  printf("%ld on lanes for bicycles, %ld of them in turns, %ld beside; %ld on lanes for buses; %d "
         "changed to turn off, %d did\n",
         t.bikes_own, t.bikes_turning, t.bikes_beside, t.buses_own, t.changed, t.turned_off);
  if (t.bikes_own < 10000 || t.bikes_turning < 500 || t.bikes_own < 4 * t.bikes_beside ||
      t.buses_own < 10000 || t.changed < 10 || t.turned_off < 10)
    fail_msg("cyclists on lanes for bicycles %ld, in turns %ld, beside one %ld; buses on lanes for "
             "them %ld; cars that changed to turn off %d, that turned off %d",
             t.bikes_own, t.bikes_turning, t.bikes_beside, t.buses_own, t.changed, t.turned_off);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(streets_with_lanes_for_bicycles_flow),
      cmocka_unit_test(streets_with_lanes_for_buses_flow),
      cmocka_unit_test(everyone_keeps_to_the_lanes_for_its_kind),
      cmocka_unit_test(streets_with_lanes_for_turns_flow),
      cmocka_unit_test(one_way_streets_flow),
      cmocka_unit_test(who_turns_comes_from_the_lane_for_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
