// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Traffic at intersections with slip lanes: it uses them, gives way where they join, and flows.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "scenes/road_model.h"
#include "with_checks.h"
#include "with_networks.h"

static const double LONGEST_STAND_S = 150;
enum { SEEDS = 48, SECONDS = 300 };

static scene *build(int seed, double vehicles_per_km) {
  static const char *const rules[] = {"signals", "priority", "all_way_stop", "right_before_left"};
  scene_def def = scene_def_default();
  def.place = PLACE_INTERSECTION;
  def.duration_s = 600;
  def.frame_hz = 5;
  def.intersection.arms = 3 + seed % 3;
  def.intersection.jitter_rad = 0.1;
  def.intersection.lanes = 1 + seed / 2 % 2;
  def.intersection.bike_lanes = seed % 4 == 3;
  def.intersection.slip_lanes = 1;
  def.intersection.turn_lanes = seed % 5 == 4;
  snprintf(def.intersection.rule, sizeof def.intersection.rule, "%s", rules[seed / 3 % 4]);
  def.vehicles_per_km = vehicles_per_km;
  def.pedestrians_per_km = 20;
  snprintf(def.hand, sizeof def.hand, "%s", seed % 2 ? "left" : "right");
  scene *s = NULL;
  trouble why;
  if (scene_build(&s, &def, (uint64_t)seed, 0, 0, &why) != STATUS_OK)
    fail_msg("seed %d: %s", seed, why.text);
  return s;
}

static bool is_slip(const road_network *net, const lane_path *lane) {
  return !lane->junction && road_lane_joins(net, lane);
}

static void traffic_flows_and_never_collides(void **state) {
  (void)state;
  double longest = 0;
  for (int seed = 0; seed < SEEDS; seed++) {
    scene *s = build(seed, seed % 2 ? 16 : 40);
    check_report report = {0};
    check_scene(s, SECONDS, &report);
    if (report.overlaps || report.bad_numbers || report.jumps || report.hit_people ||
        report.red_runs || report.wrong_ways)
      fail_msg("seed %d: %d overlaps, %d bad numbers, %d jumps, %d people hit, %d red lights run; "
               "%s",
               seed, report.overlaps, report.bad_numbers, report.jumps, report.hit_people,
               report.red_runs, report.first);
    longest = fmax(longest, report.longest_stand_s);
    if (report.longest_stand_s > LONGEST_STAND_S)
      fail_msg("seed %d: somebody stood for %.0f s", seed, report.longest_stand_s);
    scene_destroy(s);
  }
  printf("longest stand %.0f s\n", longest);
}

// Vehicles that were seen on a slip lane and later on the street that it leads to.
static int turns_taken(const scene *s, double seconds) {
  const road_network *net = &s->roads;
  sim_world *w = with_world(s);
  sim_snapshot shot = {0};
  trouble why;
  int *to = calloc(s->id_count + 1u, sizeof *to), taken = 0;
  for (int f = 0; f < (int)(seconds * s->frame_hz); f++) {
    assert_int_equal(sim_world_next_frame(w, &shot, &why), STATUS_OK);
    for (int i = 0; i < shot.actor_count; i++) {
      const sim_actor *a = &shot.actors[i];
      if (!a->lane)
        continue;
      const lane_path *lane = &net->paths[a->lane - 1];
      if (is_slip(net, lane)) {
        const lane_path *way = &net->paths[net->lane_links[lane->next_first] - 1];
        to[a->id] = net->paths[net->lane_links[way->next_first] - 1].road;
      } else if (to[a->id] == lane->road) {
        taken++;
        to[a->id] = 0;
      }
    }
  }
  sim_snapshot_free(&shot);
  sim_world_destroy(w);
  free(to);
  return taken;
}

static void turns_are_made_on_them(void **state) {
  (void)state;
  int all = 0;
  for (int seed = 0; seed < SEEDS; seed++) {
    scene *s = build(seed, 40);
    int taken = turns_taken(s, 200);
    all += taken;
    scene_destroy(s);
  }
  printf("%d turns in %d scenes of 200 s\n", all, SEEDS);
  assert_true(all > 6 * SEEDS);
}

// The way out of the intersection to the lane that a slip lane joins, and the lane before it.
static const lane_path *lane_beside(const road_network *net, const lane_path *slip,
                                    const lane_path **way) {
  const lane_path *out = &net->paths[net->lane_links[slip->next_first] - 1];
  for (int c = 0; c < out->conflict_count; c++) {
    const lane_path *other = &net->paths[net->conflicts[out->conflict_first + c].other - 1];
    if (net->lane_links[other->next_first] == net->lane_links[out->next_first] &&
        other->turn == TURN_STRAIGHT && other->users == LANE_FOR_ALL) {
      *way = other;
      return &net->paths[net->lane_links[other->previous_first] - 1];
    }
  }
  fail_msg("slip lane %d joins no lane", slip->id);
  return NULL;
}

typedef struct arrival {
  bool first;       // onto the street, before the other one
  double least_mps; // on the way there
} arrival;

// A car on its way to the line of a slip lane, and one that comes out of the intersection, or none.
static arrival arrive(scene *s, const lane_path *slip, bool other_comes) {
  const road_network *net = &s->roads;
  const lane_path *way, *other = lane_beside(net, slip, &way);
  s->vehicle_count = 1 + other_comes, s->person_count = 0, s->ego = 0;
  with_vehicle_at(s, 0, slip->id, slip->stop_s_m - 8 - s->vehicles[0].size_m[0] / 2, 4);
  with_vehicle_at(s, 1, other->id, other->length_m - 9, 4);
  sim_world *w = with_world(s);
  sim_snapshot shot = {0};
  trouble why;
  arrival out = {.least_mps = INFINITY};
  int street = net->lane_links[way->next_first], seen = 0;
  for (int f = 0; f < 300 && !seen; f++) {
    assert_int_equal(sim_world_next_frame(w, &shot, &why), STATUS_OK);
    for (int i = 0; i < shot.actor_count; i++) {
      bool own = shot.actors[i].id == s->vehicles[0].id;
      if (own)
        out.least_mps = fmin(out.least_mps, shot.actors[i].speed_mps);
      if (shot.actors[i].lane == street && !seen++)
        out.first = own;
    }
  }
  sim_snapshot_free(&shot);
  sim_world_destroy(w);
  if (!seen)
    fail_msg("nobody comes onto the street from slip lane %d", slip->id);
  return out;
}

static bool has_truck(const scene *s) {
  return s->vehicles[0].size_m[0] > 6 || s->vehicles[1].size_m[0] > 6;
}

static void who_comes_out_gives_way_and_else_goes_on(void **state) {
  (void)state;
  int lanes = 0, waited = 0;
  for (int seed = 0; seed < 24; seed++) {
    scene *s = build(seed, 12);
    assert_true(s->vehicle_count > 1);
    for (int i = 0; i < s->roads.path_count && !has_truck(s); i++) {
      const lane_path *slip = &s->roads.paths[i];
      if (!is_slip(&s->roads, slip))
        continue;
      arrival met = arrive(s, slip, true), alone = arrive(s, slip, false);
      if (met.first)
        fail_msg("seed %d: who comes out of slip lane %d goes before who is there", seed, slip->id);
      if (!alone.first || alone.least_mps < 2)
        fail_msg("seed %d: who comes out of slip lane %d slows down to %.1f m/s for nobody", seed,
                 slip->id, alone.least_mps);
      lanes++;
      waited += met.least_mps < alone.least_mps - 0.5;
    }
    scene_destroy(s);
  }
  assert_true(lanes >= 40 && waited >= 20);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(turns_are_made_on_them),
      cmocka_unit_test(who_comes_out_gives_way_and_else_goes_on),
      cmocka_unit_test(traffic_flows_and_never_collides),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
