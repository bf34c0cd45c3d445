// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Buses stop where the stops are, for as long as they drew, and go again.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "with_checks.h"
#include "with_networks.h"
#include "with_scenes.h"

// A town whose traffic is buses, with stops on many streets.
static scene *town(uint64_t seed, int vehicles, double stopping, const char *hand) {
  scene_def def = with_scene_def(0, 3 * seed); // dry and clear
  def.vehicles = vehicles;
  def.pedestrians = 0;
  memset(def.mix, 0, sizeof def.mix);
  def.mix[0] = 1, def.mix[3] = 1;
  def.street_furniture = 1;
  def.grid_city.lanes = 1;
  def.grid_city.block_m = 170;
  def.grid_city.corner_radius_m = 10;
  def.grid_city.parked_per_km = 0;
  def.bus_stopping = stopping;
  snprintf(def.hand, sizeof def.hand, "%s", hand);
  return with_scene_of(0, seed, &def);
}

static int vehicle_of(const scene *s, uint32_t id) {
  for (int i = 0; i < s->vehicle_count; i++)
    if (s->vehicles[i].id == id)
      return i;
  return -1;
}

// The stop that a front is at; -1 none within `within` of it.
static int stop_at(const scene *s, const sim_actor *a, double within) {
  for (int k = 0; k < s->stop_count; k++)
    if (s->stops[k].lane == a->lane &&
        fabs(a->lane_s_m + a->size_m[0] / 2 - s->stops[k].s_m) < within)
      return k;
  return -1;
}

static void stops_lie_beside_their_shelters(void **state) {
  (void)state;
  for (uint64_t seed = 0; seed < 4; seed++) {
    scene *s = town(seed, 4, 1, seed % 2 ? "left" : "right");
    if (s->stop_count < 2)
      fail_msg("seed %d: %d stops", (int)seed, s->stop_count);
    for (int k = 0; k < s->stop_count; k++) {
      const lane_path *lane = &s->roads.paths[s->stops[k].lane - 1];
      road_point p = lane_point(&s->roads, lane, s->stops[k].s_m);
      const scene_thing *shelter = NULL;
      for (int i = 0; i < s->thing_count; i++)
        if (s->things[i].id == s->stops[k].thing)
          shelter = &s->things[i];
      assert_non_null(shelter);
      double dx = shelter->at.p_m.x - p.x_m, dy = shelter->at.p_m.y - p.y_m;
      double along = dx * cos(p.heading_rad) + dy * sin(p.heading_rad);
      double left = dy * cos(p.heading_rad) - dx * sin(p.heading_rad);
      double kerb = s->roads.left_hand ? left : -left;
      if (!(fabs(along + 4) < 0.3 && kerb > lane->width_m / 2 && kerb < 9))
        fail_msg("seed %d: shelter %u is %.2f m ahead of its stop, %.2f m to the kerb's side",
                 (int)seed, shelter->id, along, kerb);
    }
    scene_destroy(s);
  }
}

typedef struct visit {
  double since_s, hardest_mps2;
  int stop;
  bool signalled;
} visit;

typedef struct tally {
  int visits, skips, whole; // whole: begun and ended within the run
  double least_s, most_s, sum_s;
} tally;

static void ends(tally *t, const visit *v, double now_s) {
  double stood = now_s - v->since_s;
  t->whole++;
  t->sum_s += stood;
  t->least_s = fmin(t->least_s, stood);
  t->most_s = fmax(t->most_s, stood);
}

// Runs a town and looks at every bus that says it is at a stop, and at every one that passes one.
static tally watch(scene *s, double seconds) {
  tally t = {.least_s = INFINITY};
  visit visits[128] = {0};
  bool seen[128] = {0};
  sim_world *world = with_world(s);
  sim_snapshot shot = {0};
  check_report report = {0};
  for (int frame = 0; frame < (int)(seconds * s->frame_hz); frame++) {
    sim_world_next_frame(world, &shot, NULL);
    check_snapshot(&shot, &report);
    double now = (double)shot.time_ns * 1e-9;
    for (int k = 0; k < shot.actor_count; k++) {
      const sim_actor *a = &shot.actors[k];
      int i = a->kind == THING_PERSON ? -1 : vehicle_of(s, a->id);
      if (i < 0 || i >= 128)
        continue;
      bool there = a->flags & ACTOR_AT_STOP;
      if (there && a->kind != THING_BUS)
        fail_msg("%u is no bus and at a stop", a->id);
      if (there && !seen[i]) {
        int stop = stop_at(s, a, 0.5);
        if (stop < 0 || a->speed_mps > 0.05)
          fail_msg("%.1f s: bus %u stands at no stop: lane %d at %.2f m, %.2f m/s", now, a->id,
                   a->lane, a->lane_s_m + a->size_m[0] / 2, a->speed_mps);
        visits[i] = (visit){.since_s = now, .stop = stop};
        t.visits++;
      }
      uint32_t kerb = s->roads.left_hand ? ACTOR_LEFT_INDICATOR : ACTOR_RIGHT_INDICATOR;
      uint32_t away = s->roads.left_hand ? ACTOR_RIGHT_INDICATOR : ACTOR_LEFT_INDICATOR;
      if (there && now - visits[i].since_s < 5 && !(a->flags & kerb))
        fail_msg("bus %u stands without its indicator", a->id);
      if (!there && seen[i]) {
        ends(&t, &visits[i], now);
        if (!(a->flags & away))
          fail_msg("bus %u leaves without its indicator", a->id);
      }
      if (!there && a->kind == THING_BUS && a->speed_mps > 3 && stop_at(s, a, 0.5) >= 0)
        t.skips++;
      seen[i] = there;
    }
  }
  if (report.overlaps || report.bad_numbers)
    fail_msg("seed %d: bodies meet: %s", (int)s->seed, report.first);
  sim_snapshot_free(&shot);
  sim_world_destroy(world);
  return t;
}

static void buses_stand_at_stops_for_eight_to_25_seconds(void **state) {
  (void)state;
  tally all = {.least_s = INFINITY};
  for (uint64_t seed = 0; seed < 5; seed++) {
    scene *s = town(seed, 20, 1, seed % 2 ? "left" : "right");
    tally t = watch(s, 300);
    all.visits += t.visits, all.whole += t.whole, all.sum_s += t.sum_s;
    all.least_s = fmin(all.least_s, t.least_s), all.most_s = fmax(all.most_s, t.most_s);
    scene_destroy(s);
  }
  double mean = all.sum_s / all.whole;
  printf("%d visits, %.1f to %.1f s, on the mean %.1f s\n", all.visits, all.least_s, all.most_s,
         mean);
  if (!(all.whole > 20 && all.least_s > 7.8 && all.most_s < 25.2 && fabs(mean - 16.5) < 4))
    fail_msg("%d visits: %.1f to %.1f s, on the mean %.1f s", all.whole, all.least_s, all.most_s,
             mean);
}

static void nobody_stops_where_no_bus_is_to(void **state) {
  (void)state;
  scene *s = town(0, 16, 0, "right");
  tally t = watch(s, 120);
  if (t.visits > 0 || t.skips == 0)
    fail_msg("%d visits, %d passes", t.visits, t.skips);
  scene_destroy(s);
}

// One bus on an empty street, with a stop 90 m ahead of its front and a car behind.
static scene *street(double stopping) {
  scene *s = with_straight(600, 13.9, 2);
  s->stops = ARENA_NEW(s->memory, scene_stop, 1);
  s->stops[0] = (scene_stop){.lane = 1, .s_m = 200, .thing = 7};
  s->stop_count = 1;
  s->bus_stopping = stopping;
  with_vehicle_at(s, 0, 1, 104, 12);
  with_vehicle_at(s, 1, 1, 70, 12);
  s->vehicles[0].kind = THING_BUS;
  s->vehicles[0].size_m[0] = 12;
  s->vehicles[0].driver.accel_mps2 = 1.2;
  return s;
}

static void a_bus_brakes_softly_stops_at_the_spot_and_those_behind_wait(void **state) {
  (void)state;
  scene *s = street(1);
  sim_world *world = with_world(s);
  sim_snapshot shot = {0};
  double hardest = 0, stood_m = -1, left_s = -1, came_s = -1, gap = INFINITY;
  for (int frame = 0; frame < 700; frame++) {
    sim_world_next_frame(world, &shot, NULL);
    const sim_actor *bus = &shot.actors[0], *car = &shot.actors[1];
    double now = (double)shot.time_ns * 1e-9;
    if (left_s < 0) // it is the ego, too, which brakes at the road's end
      hardest = fmax(hardest, -bus->acceleration_mps2.x);
    if (bus->flags & ACTOR_AT_STOP) {
      came_s = came_s < 0 ? now : came_s;
      left_s = now;
      stood_m = bus->lane_s_m + 6;
    }
    gap = fmin(gap, bus->lane_s_m - car->lane_s_m - 6 - car->size_m[0] / 2);
  }
  if (!(fabs(stood_m - 200) < 0.5 && hardest < 1.4 && left_s - came_s > 7.8 &&
        left_s - came_s < 25.2 && gap > 0.8 && shot.actors[0].lane_s_m > 250))
    fail_msg("stood at %.2f m for %.1f s, braked with %.2f m/s^2, the car came to %.2f m; the bus "
             "is at %.1f m",
             stood_m, left_s - came_s, hardest, gap, shot.actors[0].lane_s_m);
  sim_snapshot_free(&shot);
  sim_world_destroy(world);
  with_scene_free(s);
}

static void the_same_bus_stands_as_long_again(void **state) {
  (void)state;
  uint64_t hashes[2];
  for (int run = 0; run < 2; run++) {
    scene *s = street(1);
    sim_world *world = with_world(s);
    for (int step = 0; step < 600; step++)
      sim_world_step(world, NULL);
    hashes[run] = sim_world_hash(world);
    sim_world_destroy(world);
    with_scene_free(s);
  }
  assert_true(hashes[0] == hashes[1]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(stops_lie_beside_their_shelters),
      cmocka_unit_test(a_bus_brakes_softly_stops_at_the_spot_and_those_behind_wait),
      cmocka_unit_test(the_same_bus_stands_as_long_again),
      cmocka_unit_test(nobody_stops_where_no_bus_is_to),
      cmocka_unit_test(buses_stand_at_stops_for_eight_to_25_seconds),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
