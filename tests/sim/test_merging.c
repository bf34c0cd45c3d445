// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Traffic on highways whose lanes end, begin and lead off.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/rng.h"
#include "scenes/road_model.h"
#include "sim/state.h"
#include "with_checks.h"
#include "with_events.h"

static scene *build(int seed) {
  rng r = rng_at(9, RNG_TEST, 0, (uint32_t)seed, 0);
  scene_def def = scene_def_default();
  highway_def *h = &def.highway;
  def.place = PLACE_HIGHWAY;
  def.frame_hz = 5;
  def.duration_s = 600;
  def.pedestrians = 0;
  h->lanes = 2 + rng_below(&r, 2);
  h->exits = rng_below(&r, 3);
  h->entries = 1 + rng_below(&r, 2);
  h->lane_drops = rng_below(&r, 2);
  h->lane_gains = rng_below(&r, 2);
  h->weaving = rng_chance(&r, 0.5) ? 1 : 0;
  h->length_m = 3800;
  h->speed_limit_mps = rng_uniform(&r, 22, 36);
  h->radius_m = rng_chance(&r, 0.5) ? 0 : 1500;
  h->ramp_radius_m = rng_uniform(&r, 40, 80);
  def.vehicles_per_km = rng_uniform(&r, 10, 40);
  snprintf(def.hand, sizeof def.hand, "%s", seed % 4 == 3 ? "left" : "right");
  def.mix[0] = 8, def.mix[1] = 1, def.mix[2] = 2, def.mix[3] = 0.5, def.mix[4] = 0.4;
  if (seed % 3 == 1) {
    def.weather.rain_mmh = 15;
    def.weather.wetness = 1;
    def.weather.water_film_mm = 0.4;
  }
  scene *s = NULL;
  trouble why;
  if (scene_build(&s, &def, (uint64_t)seed, 0, 0, &why) != STATUS_OK)
    fail_msg("seed %d: %s", seed, why.text);
  return s;
}

typedef struct tally {
  int merged, left_by_ramp, off_road;
  double longest_stand_s; // of any but the ego
} tally;

static bool is_ramp(const road_network *net, const lane_path *lane) {
  const road_section *sec = &net->sections[net->roads[lane->road - 1].section_first];
  return road_lane_find(net, sec, -1)->type != LANE_MEDIAN &&
         road_lane_find(net, sec, 1)->type != LANE_MEDIAN;
}

// Whether a body's middle is farther from the middle of the lane that it is in than any lane
// change asks for.
static bool off_road(const road_network *net, const sim_actor *a) {
  road_point p = lane_point(net, &net->paths[a->lane - 1], a->lane_s_m);
  vec3 c = pose_apply(a->begin, (vec3){a->centre_m[0], 0, 0});
  double aside = (c.y - p.y_m) * cos(p.heading_rad) - (c.x - p.x_m) * sin(p.heading_rad);
  return fabs(aside) > 4.7;
}

static tally run(const scene *s, double seconds, check_report *report) {
  sim_world *world = NULL;
  sim_snapshot shot = {0};
  trouble why;
  tally t = {0};
  *report = (check_report){0};
  int *last = calloc((size_t)s->id_count + 1, sizeof *last);
  double *stands = calloc((size_t)s->id_count + 1, sizeof *stands);
  if (sim_world_create(&world, s, &why) != STATUS_OK)
    fail_msg("%s", why.text);
  for (int frame = 0; frame < (int)(seconds * s->frame_hz); frame++) {
    sim_world_next_frame(world, &shot, &why);
    check_snapshot(&shot, report);
    for (int i = 0; i < shot.actor_count; i++) {
      const sim_actor *a = &shot.actors[i];
      const lane_path *lane = &s->roads.paths[a->lane - 1];
      int before = last[a->id];
      if (before && before != a->lane) {
        const lane_path *was = &s->roads.paths[before - 1];
        t.left_by_ramp += is_ramp(&s->roads, lane) && !is_ramp(&s->roads, was);
        t.merged += was->road == lane->road && was->lane != lane->lane;
      }
      t.off_road += off_road(&s->roads, a);
      last[a->id] = a->lane;
      stands[a->id] = a->speed_mps < 0.1 && i != shot.ego ? stands[a->id] + 1 / s->frame_hz : 0;
      t.longest_stand_s = fmax(t.longest_stand_s, stands[a->id]);
    }
  }
  sim_snapshot_free(&shot);
  sim_world_destroy(world);
  free(stands);
  free(last);
  return t;
}

// Nobody waits for longer at the end of a lane or in the jam before it.
static const double LONGEST_STAND_S = 150;

static void vehicles_merge_and_leave_without_touching(void **state) {
  (void)state;
  enum { SEEDS = 4 };
  int merged = 0, left = 0;
  double longest = 0;
  for (int seed = 0; seed < SEEDS; seed++) {
    scene *s = build(seed);
    check_report report;
    tally t = run(s, 60, &report);
    if (report.overlaps || report.bad_numbers || report.jumps || t.off_road)
      fail_msg("seed %d: %d overlaps, %d bad numbers, %d jumps, %d bodies off their lanes; %s",
               seed, report.overlaps, report.bad_numbers, report.jumps, t.off_road, report.first);
    if (t.longest_stand_s > LONGEST_STAND_S)
      fail_msg("seed %d: a vehicle stood for %g s", seed, t.longest_stand_s);
    merged += t.merged;
    left += t.left_by_ramp;
    longest = fmax(longest, t.longest_stand_s);
    scene_destroy(s);
  }
  printf("%d lane changes, %d left by ramps, longest stand %.0f s\n", merged, left, longest);
  assert_true(merged > 300 && left > 20);
}

// An acceleration lane lies on the way to the next exit: who wants to go off there stays where the
// lane goes on.
static void nobody_takes_a_lane_that_ends_before_the_exit(void **state) {
  (void)state;
  int changes = 0, called = 0;
  for (int seed = 0; seed < 10; seed++) {
    scene *s = build(seed);
    sim_world *w = NULL;
    trouble why;
    if (sim_world_create(&w, s, &why) != STATUS_OK)
      fail_msg("%s", why.text);
    int *last = calloc((size_t)s->vehicle_count, sizeof *last);
    for (int step = 0; step < (int)(40 / s->step_s); step++) {
      for (int i = 0; i < s->vehicle_count; i++)
        last[i] = sim_lane_of(w, i);
      assert_int_equal(sim_world_step(w, &why), STATUS_OK);
      for (int i = 0; i < s->vehicle_count; i++) {
        int now = sim_lane_of(w, i);
        if (w->cars.gone[i] || w->cars.changed_s[i] > 1.5 * s->step_s || step == 0)
          continue;
        changes++;
        called += w->lanes.exits[last[i] - 1].ramp != 0;
        double left = w->lanes.end_m[now - 1] - w->cars.s_m[i];
        if (isinf(w->lanes.end_m[last[i] - 1]) && left < 300)
          fail_msg("seed %d, %.1f s: vehicle %u changes from lane %d, which goes on, to lane %d, "
                   "which ends in %.0f m",
                   seed, (step + 1) * s->step_s, s->vehicles[i].id, last[i], now, left);
      }
    }
    free(last);
    sim_world_destroy(w);
    scene_destroy(s);
  }
  printf("%d lane changes, %d of them where an exit is ahead\n", changes, called);
  assert_true(changes > 300 && called > 100);
}

// A bus that stands beside the tail of a queue which it has all but left: it drives past as soon as
// its body is in its own lane, and not before.
static void who_has_got_over_while_it_stands_drives_on(void **state) {
  (void)state;
  for (int over = 0; over < 2; over++) {
    with_event e = with_event_of(
        "return scene { road = straight { lanes = 2, length_m = 400 }, duration_s = 60,\n"
        "traffic = { vehicles = 0 }, ego = { lane = 'kerb', start_m = 40, speed_mps = 0,\n"
        "driver = 'constant' }, actors = { actor { kind = 'bus', driver = 'idm', speed_mps = 0,\n"
        "at = behind(ego, { gap_m = 2, lane = 'left' }) } } }");
    sim_world *w = e.world;
    int i = e.built->actors[1].vehicle;
    w->cars.change_from_m[i] = -3.5; // from the right
    w->cars.change_done[i] = 0.88;
    sim_body *body = &w->cars.body[i];
    if (!over) { // the body is farther back than that
      body->x_m += 0.6 * body->ahead_y;
      body->y_m -= 0.6 * body->ahead_x;
    }
    double begin = w->cars.s_m[i];
    for (int step = 0; step < (int)(15 / e.built->step_s); step++)
      assert_int_equal(sim_world_step(w, NULL), STATUS_OK);
    double way = w->cars.s_m[i] - begin;
    if (over ? way < 40 : way > 2)
      fail_msg("%s: it has gone %.1f m", over ? "over" : "half in the lane of the queue", way);
    with_event_free(&e);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(vehicles_merge_and_leave_without_touching),
      cmocka_unit_test(nobody_takes_a_lane_that_ends_before_the_exit),
      cmocka_unit_test(who_has_got_over_while_it_stands_drives_on),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
