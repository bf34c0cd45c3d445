// SPDX-License-Identifier: Apache-2.0
// labels: unit property
// Signals that follow who comes, that flash and that are dark.
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
#include "with_networks.h"
#include "with_scenes.h"
#include "with_signal_watch.h"

static scene *actuated_crossing(int along_x, int along_y, int people, double offset_s) {
  scene *s = with_crossing(true, along_x, along_y, people);
  s->signal_modes = ARENA_NEW(s->memory, uint8_t, 1);
  s->signal_modes[0] = SIGNALS_ACTUATED;
  s->signal_offsets_s[0] = offset_s;
  return s;
}

static scene *lit_scene(int kind, uint64_t seed, const char *control, double flashing,
                        double dark) {
  scene_def def = with_scene_def(kind, seed);
  strcpy(def.hand, seed % 5 % 2 ? "left" : "right");
  snprintf(def.signal_control, sizeof def.signal_control, "%s", control);
  def.signals_flashing = flashing;
  def.signals_dark = dark;
  def.grid_city.signals = def.intersection.signals = 1;
  if (kind == 7)
    strcpy(def.intersection.rule, "signals");
  def.intersection.turn_lanes = def.grid_city.turn_lanes = (double)(seed / 4 % 2);
  if (kind == 0) { // closed: whoever drives there stays
    def.grid_city.blocks_x = 3, def.grid_city.blocks_y = 4;
    def.grid_city.block_m = 100;
  }
  def.vehicles = (int)(kind ? 10 + 13 * seed % 30 : 40 + 37 * seed % 110);
  def.pedestrians = (int)(kind ? 7 * seed % 30 : 29 * seed % 80);
  def.step_s = 0.1;
  return with_scene_of(kind, seed, &def);
}

static void actuated_signals_are_safe_and_starve_nobody_whatever_the_demand(void **state) {
  (void)state;
  long greens = 0, walks = 0;
  double shortest = INFINITY, longest = 0, wait = 0;
  static const int kinds[] = {0, 2, 7, 7};
  for (uint64_t seed = 0; seed < 40; seed++) {
    int kind = kinds[seed % 4];
    scene *s = lit_scene(kind, seed, "actuated", 0, 0);
    sim_world *world = with_world(s);
    sim_snapshot shot = {0};
    signal_watch watch = signal_watch_begin(s);
    for (int frame = 0; frame < (kind ? 600 : 2400); frame++) {
      sim_world_next_frame(world, &shot, NULL);
      signal_watch_see(&watch, &shot);
    }
    if (watch.faults)
      fail_msg("seed %d: %d faults; %s", (int)seed, watch.faults, watch.first);
    greens += watch.greens, walks += watch.walks;
    shortest = fmin(shortest, watch.shortest_s), longest = fmax(longest, watch.longest_s);
    wait = fmax(wait, watch.longest_wait_s);
    signal_watch_end(&watch);
    sim_snapshot_free(&shot);
    sim_world_destroy(world);
    scene_destroy(s);
  }
  printf("%ld greens of %.1f to %.1f s, %ld for people; longest wait %.2f of a round\n", greens,
         shortest, longest, walks, wait);
  assert_in_range(greens, 500, 100000);
  assert_in_range(walks, 100, 100000);
  assert_true(shortest < 8 && longest > 25 && wait > 0.3);
}

// A snapshot of the signals of with_crossing alone.
static void show(signal_watch *watch, double at_s, int x, int y, int people) {
  uint8_t colors[3] = {(uint8_t)x, (uint8_t)y, (uint8_t)people};
  sim_snapshot shot = {.time_ns = llround(at_s * 1e9), .signal_count = 3, .signals = colors};
  signal_watch_see(watch, &shot);
}

static void the_watch_finds_what_it_looks_for(void **state) {
  (void)state;
  enum { R = SIGNAL_RED, Y = SIGNAL_YELLOW, G = SIGNAL_GREEN };
  scene *s = actuated_crossing(1, 1, 0, 0);
  static const struct {
    const char *says;
    double at_s[5];
    int colors[5][3];
  } cases[] = {
      {"", {0, 10, 13, 15, 25}, {{G, R, R}, {Y, R, R}, {R, R, R}, {R, G, G}, {R, Y, R}}},
      {"both go", {0, 10, 13, 15, 25}, {{G, R, R}, {G, G, R}, {R, R, R}, {R, G, G}, {R, Y, R}}},
      {"after green", {0, 10, 13, 15, 25}, {{G, R, R}, {R, R, R}, {R, R, R}, {R, G, G}, {R, Y, R}}},
      {"was yellow", {0, 10, 12, 15, 25}, {{G, R, R}, {Y, R, R}, {R, R, R}, {R, G, G}, {R, Y, R}}},
      {"is green", {0, 10, 13, 14, 25}, {{G, R, R}, {Y, R, R}, {R, R, R}, {R, G, G}, {R, Y, R}}},
      {"was green", {0, 10, 13, 15, 19}, {{G, R, R}, {Y, R, R}, {R, R, R}, {R, G, G}, {R, Y, R}}},
      {"is green", {0, 8, 11, 12, 16}, {{R, G, G}, {R, Y, R}, {R, R, R}, {R, R, R}, {G, R, R}}},
      {"is green", {0, 8, 11, 13, 14}, {{R, G, G}, {R, Y, G}, {R, R, R}, {G, R, R}, {G, R, R}}},
  };
  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
    s->roads.crosswalks[0].corners[2].y = k == 6 ? 12 : 4; // a wide road to walk over
    signal_watch watch = signal_watch_begin(s);
    for (int i = 0; i < 5; i++)
      show(&watch, cases[k].at_s[i], cases[k].colors[i][0], cases[k].colors[i][1],
           cases[k].colors[i][2]);
    if (*cases[k].says ? !strstr(watch.first, cases[k].says) : watch.faults)
      fail_msg("case %d: %d faults: %s", (int)k, watch.faults, watch.first);
    signal_watch_end(&watch);
  }
  with_scene_free(s);
  s = actuated_crossing(1, 1, 0, 0);
  signal_watch watch = signal_watch_begin(s);
  sim_actor car = {.id = 1, .kind = THING_CAR, .size_m = {4.6, 1.8, 1.5}, .lane = 1};
  car.lane_s_m = 112 - 2.3 - 0.8;
  uint8_t red[3] = {R, G, R};
  sim_snapshot shot = {.signal_count = 3, .signals = red, .actor_count = 1, .actors = &car};
  for (int t = 0; t < 200 && !watch.faults; t++, shot.time_ns += 1000000000)
    signal_watch_see(&watch, &shot);
  assert_non_null(strstr(watch.first, "vehicle 1 waits"));
  signal_watch_end(&watch);
  with_scene_free(s);
}

static void a_stage_that_nobody_waits_for_is_left_out(void **state) {
  (void)state;
  scene *s = actuated_crossing(6, 0, 0, 25); // begins with green for the empty road
  sim_world *world = with_world(s);
  sim_snapshot shot = {0};
  double turned = -1;
  for (int frame = 0; frame < 1500; frame++) {
    sim_world_next_frame(world, &shot, NULL);
    double now = (double)shot.time_ns * 1e-9;
    if (turned < 0 && shot.signals[0] == SIGNAL_GREEN)
      turned = now;
    if (turned >= 0)
      assert_int_equal(shot.signals[0], SIGNAL_GREEN); // and rests there
    assert_int_equal(shot.signals[2], SIGNAL_RED);
  }
  if (!(turned > 9.9 && turned < 14)) // 5 s of green at least, 3 yellow, 2 all-red
    fail_msg("the road with traffic was green after %g s", turned);
  sim_snapshot_free(&shot);
  sim_world_destroy(world);
  with_scene_free(s);
}

static void people_who_wait_get_their_green_and_time_to_cross(void **state) {
  (void)state;
  for (int people = 0; people < 2; people++) {
    scene *s = actuated_crossing(1, 0, people, 0);
    with_vehicle_at(s, 0, 3, 100, 5);
    for (int i = 0; i < people; i++) {
      s->people[i].direction = 1;
      s->people[i].edge = 1;
      s->people[i].s_m = 20;
    }
    sim_world *world = with_world(s);
    sim_snapshot shot = {0};
    double green = 0, at = -1;
    for (int frame = 0; frame < 600; frame++) {
      sim_world_next_frame(world, &shot, NULL);
      bool walk = shot.signals[2] == SIGNAL_GREEN;
      green += walk ? 0.1 : 0;
      at = walk && at < 0 ? (double)shot.time_ns * 1e-9 : at;
    }
    if (people ? !(green > 6.9 && at < 25) : green > 0)
      fail_msg("%d people: their signal was green for %.1f s, first at %.1f s", people, green, at);
    sim_snapshot_free(&shot);
    sim_world_destroy(world);
    with_scene_free(s);
  }
}

// When the one who waits on lane 4 gets green while others are on lane 1.
static double turns_green_after(int others, double speed_factor) {
  scene *s = actuated_crossing(others, 1, 0, 0);
  with_vehicle_at(s, others, 4, 105, 0);
  for (int i = 0; i < others; i++)
    s->vehicles[i].driver.speed_factor = speed_factor;
  sim_world *world = with_world(s);
  sim_snapshot shot = {0};
  double turned = -1;
  for (int frame = 0; frame < 900 && turned < 0; frame++) {
    sim_world_next_frame(world, &shot, NULL);
    if (shot.signals[1] == SIGNAL_GREEN)
      turned = (double)shot.time_ns * 1e-9;
  }
  sim_snapshot_free(&shot);
  sim_world_destroy(world);
  with_scene_free(s);
  return turned;
}

static void greens_go_on_while_vehicles_follow_and_end_in_a_gap_or_at_their_longest(void **state) {
  (void)state;
  double one = turns_green_after(1, 1), eight = turns_green_after(8, 1);
  double crawl = turns_green_after(8, 0.05); // 1.5 times 20 s, then yellow and all-red
  if (!(one > 9 && one < 13 && eight > one + 4 && eight < 34 && crawl > 34.9 && crawl < 36))
    fail_msg("green for the other road after %.1f s with one, %.1f s with eight vehicles, %.1f s "
             "with eight that crawl",
             one, eight, crawl);
}

// Whether somebody is on the way to a signal of the groups.
static bool anybody_comes(const scene *s, const sim_snapshot *shot, int junction, uint32_t groups) {
  for (int i = 0; i < shot->actor_count; i++) {
    const sim_actor *a = &shot->actors[i];
    const lane_path *lane = a->lane ? &s->roads.paths[a->lane - 1] : NULL;
    const road_signal *at = lane && lane->signal ? &s->roads.signals[lane->signal - 1] : NULL;
    if (at && at->junction == junction && groups >> at->group & 1)
      return true;
  }
  return false;
}

static void nobody_gets_green_for_whom_nobody_comes(void **state) {
  (void)state;
  int begun = 0, idle = 0;
  for (uint64_t seed = 4; seed < 20; seed += 8) { // with lanes for left turns
    scene_def def = with_scene_def(0, seed);
    def.grid_city.blocks_x = def.grid_city.blocks_y = 3;
    def.grid_city.signals = def.grid_city.turn_lanes = 1;
    def.vehicles = 30;
    def.pedestrians = 0;
    strcpy(def.signal_control, "actuated");
    scene *s = with_scene_of(0, seed, &def);
    sim_world *world = with_world(s);
    sim_snapshot shots[2] = {0};
    for (int frame = 0; frame < 2000; frame++) {
      sim_snapshot *now = &shots[frame & 1], *before = &shots[~frame & 1];
      sim_world_next_frame(world, now, NULL);
      for (int i = 0; i < now->signal_count && frame > 0; i++) {
        const road_signal *signal = &s->roads.signals[i];
        if (now->signals[i] != SIGNAL_GREEN || before->signals[i] == SIGNAL_GREEN)
          continue;
        uint32_t stage = 0; // who gets green with it
        for (int k = 0; k < now->signal_count; k++)
          if (s->roads.signals[k].junction == signal->junction && now->signals[k] == SIGNAL_GREEN)
            stage |= 1u << s->roads.signals[k].group;
        begun++;
        idle += !anybody_comes(s, before, signal->junction, stage);
      }
    }
    sim_snapshot_free(&shots[0]);
    sim_snapshot_free(&shots[1]);
    sim_world_destroy(world);
    scene_destroy(s);
  }
  // Some change lanes while the signals change for them.
  if (begun < 100 || idle * 20 > begun)
    fail_msg("%d of %d greens were for nobody", idle, begun);
}

static void countdowns_end_when_the_colour_changes(void **state) {
  (void)state;
  for (int actuated = 0; actuated < 2; actuated++) {
    scene *s = lit_scene(2, 3, actuated ? "actuated" : "fixed", 0, 0);
    s->frame_hz = 7; // frames fall between steps
    sim_world *world = with_world(s);
    sim_snapshot shot = {0};
    enum { MOST = 64 };
    double due[MOST] = {0};
    int was[MOST] = {0}, known = 0, changes = 0, count = 0;
    for (int frame = 0; frame < 900; frame++) {
      sim_world_next_frame(world, &shot, NULL);
      double now = (double)shot.time_ns * 1e-9;
      count = shot.signal_count;
      assert_in_range(count, 4, MOST);
      for (int i = 0; i < count; i++) {
        double left = (double)shot.signal_left_s[i];
        bool changed = frame > 0 && shot.signals[i] != was[i];
        changes += changed;
        if (changed && due[i] > 0 && fabs(due[i] - now) > 0.26)
          fail_msg("signal %d changed at %.2f s, not at %.2f s", i + 1, now, due[i]);
        if (!changed && due[i] > 0 && now > due[i] + 0.21)
          fail_msg("signal %d didn't change at %.2f s", i + 1, due[i]);
        assert_true(left == -1 || left > -1e-6);
        known += left >= 0;
        due[i] = left >= 0 ? now + left : 0;
        was[i] = shot.signals[i];
      }
    }
    assert_true(changes > 20);
    // The programme knows all of it; who comes knows only how yellow ends.
    if (actuated ? known * 20 < 900 * count / 20 || known * 2 > 900 * count : known < 900 * count)
      fail_msg("%d of %d countdowns are known", known, 900 * count);
    sim_snapshot_free(&shot);
    sim_world_destroy(world);
    scene_destroy(s);
  }
}

static void flashing_and_dark_signals_show_it_and_traffic_flows(void **state) {
  (void)state;
  for (uint64_t seed = 0; seed < 8; seed++) {
    bool dark = seed % 2;
    scene *s = lit_scene(seed % 4 < 2 ? 2 : 7, seed, "fixed", !dark, dark);
    check_report report;
    check_scene(s, 90, &report);
    if (report.overlaps || report.hit_people || report.longest_stand_s > 80)
      fail_msg("seed %d: %d overlaps, %d people hit, longest stand %.0f s; %s", (int)seed,
               report.overlaps, report.hit_people, report.longest_stand_s, report.first);
    sim_world *world = with_world(s);
    sim_snapshot shot = {0};
    int lit = 0, unlit = 0, off = 0, all = 0;
    for (int frame = 0; frame < 100; frame++) {
      sim_world_next_frame(world, &shot, NULL);
      for (int i = 0; i < shot.signal_count; i++) {
        bool people = s->roads.signals[i].pedestrian;
        lit += shot.signals[i] == SIGNAL_FLASH_LIT;
        unlit += shot.signals[i] == SIGNAL_FLASH_DARK;
        off += shot.signals[i] == SIGNAL_OFF;
        all++;
        assert_int_equal(shot.signals[i] == SIGNAL_OFF, dark || people);
        assert_true(shot.signal_left_s[i] == -1);
      }
    }
    assert_int_equal(lit + unlit + off, all);
    assert_true(dark ? off == all : lit > 0 && abs(lit - unlit) * 10 <= lit);
    sim_snapshot_free(&shot);
    sim_world_destroy(world);
    scene_destroy(s);
  }
}

// Whoever goes first over all others straight on comes from two arms in line, or from one.
static void the_greater_road_goes_first_where_signals_dont(void **state) {
  (void)state;
  int tried = 0, major = 0;
  for (uint64_t seed = 0; seed < 12; seed++) {
    scene *s = lit_scene(seed % 2 ? 7 : 0, seed, "fixed", 0.5, 0.5);
    const road_network *net = &s->roads;
    for (int i = 0; i < net->path_count; i++) {
      const lane_path *way = &net->paths[i];
      if (!way->junction || net->junctions[way->junction - 1].kind != JUNCTION_SIGNALS ||
          way->turn != TURN_STRAIGHT || way->users == LANE_FOR_BICYCLES)
        continue;
      for (int c = 0; c < way->conflict_count; c++) {
        const lane_conflict *meets = &net->conflicts[way->conflict_first + c];
        const lane_path *other = &net->paths[meets->other - 1];
        bool oncoming = cos(net->points[way->point_first].heading_rad -
                            net->points[other->point_first].heading_rad) < -0.8;
        tried++;
        bool alike = (way->priority > 4) == (other->priority > 4);
        if (oncoming && alike && other->turn == (net->left_hand ? TURN_RIGHT : TURN_LEFT))
          assert_false(meets->yields);
        if (!alike)
          assert_int_equal(meets->yields, way->priority < other->priority);
        major += !alike;
      }
    }
    scene_destroy(s);
  }
  assert_in_range(tried, 200, 1000000);
  assert_in_range(major, tried / 3, tried);
}

static void worlds_of_one_scene_show_the_same(void **state) {
  (void)state;
  for (uint64_t seed = 0; seed < 3; seed++) {
    scene *a = lit_scene(0, seed, "actuated", 0.2, 0.1),
          *b = lit_scene(0, seed, "actuated", 0.2, 0.1);
    assert_true(a->hash == b->hash);
    sim_world *one = with_world(a), *two = with_world(b);
    sim_snapshot shot = {0};
    for (int step = 0; step < 600; step++) {
      sim_world_step(one, NULL);
      sim_world_next_frame(two, &shot, NULL); // asking for frames changes nothing
    }
    assert_true(sim_world_hash(one) == sim_world_hash(two));
    scene *c = lit_scene(0, seed, "actuated", 1, 0);
    assert_true(c->hash != a->hash);
    sim_snapshot_free(&shot);
    sim_world_destroy(one);
    sim_world_destroy(two);
    scene_destroy(a);
    scene_destroy(b);
    scene_destroy(c);
  }
}

static void shares_of_flashing_and_dark_signals_are_as_asked_for(void **state) {
  (void)state;
  int count[4] = {0}, all = 0;
  for (uint64_t seed = 0; seed < 12; seed++) {
    scene_def def = scene_def_default();
    def.grid_city.blocks_x = def.grid_city.blocks_y = 5;
    def.grid_city.signals = 1;
    def.vehicles = def.pedestrians = 0;
    def.signals_flashing = 0.5;
    def.signals_dark = 0.2;
    strcpy(def.signal_control, "actuated");
    scene *s = with_scene_of(0, seed, &def);
    for (int j = 0; j < s->roads.junction_count; j++) {
      bool lit = s->roads.junctions[j].kind == JUNCTION_SIGNALS;
      if (!lit)
        assert_int_equal(s->signal_modes[j], SIGNALS_FIXED);
      count[s->signal_modes[j]] += lit;
      all += lit;
    }
    scene_destroy(s);
  }
  assert_in_range(all, 150, 1000);
  double sd = sqrt(0.25 / all);
  if (fabs((double)count[SIGNALS_FLASHING] / all - 0.5) > 4 * sd ||
      fabs((double)count[SIGNALS_DARK] / all - 0.2) > 4 * sd || count[SIGNALS_FIXED])
    fail_msg("of %d: %d fixed, %d actuated, %d flashing, %d dark", all, count[0], count[1],
             count[2], count[3]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_watch_finds_what_it_looks_for),
      cmocka_unit_test(a_stage_that_nobody_waits_for_is_left_out),
      cmocka_unit_test(people_who_wait_get_their_green_and_time_to_cross),
      cmocka_unit_test(greens_go_on_while_vehicles_follow_and_end_in_a_gap_or_at_their_longest),
      cmocka_unit_test(nobody_gets_green_for_whom_nobody_comes),
      cmocka_unit_test(countdowns_end_when_the_colour_changes),
      cmocka_unit_test(flashing_and_dark_signals_show_it_and_traffic_flows),
      cmocka_unit_test(the_greater_road_goes_first_where_signals_dont),
      cmocka_unit_test(shares_of_flashing_and_dark_signals_are_as_asked_for),
      cmocka_unit_test(worlds_of_one_scene_show_the_same),
      cmocka_unit_test(actuated_signals_are_safe_and_starve_nobody_whatever_the_demand),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
