// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Behaviours that go wrong: each ends with one clear line, and nothing hangs.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "with_events.h"

#define WITH(behaviour)                                                                            \
  "local lead = actor { at = ahead(ego, 40), speed_mps = 14, behaviour = "                         \
  "function(self)\n" behaviour "\nend }\n"                                                         \
  "return scene { road = straight { length_m = 300 }, traffic = { vehicles = 0 }, "                \
  "duration_s = 3, actors = { lead } }"

static void expect(const char *text, status code, const char *part) {
  trouble why = {0};
  status got = with_event_error(text, &why);
  if (got != code || (part && !strstr(why.text, part)))
    fail_msg("%s: \"%s\"\n  wanted %s: \"%s\"", status_name(got), why.text, status_name(code),
             part);
}

static void endless_loops_end(void **state) {
  (void)state;
  expect(WITH("while true do end"), STATUS_LIMIT, "event.lua:2: used up its");
  expect(WITH("self:wait(1) while true do pcall(error) end"), STATUS_LIMIT, "event.lua:2: used up");
  expect(WITH("self:wait_until(function() while true do end end)"), STATUS_LIMIT,
         "event.lua:2: used up");
  expect(WITH("while true do self:wait(0) for i = 1, 1.8e6 do end end"), STATUS_LIMIT,
         "event.lua:2: used up");
}

static void memory_is_bounded(void **state) {
  (void)state;
  expect(
      WITH("local t = {} while true do for i = 1, 9 do t[#t + 1] = string.rep('x', 2e5) .. #t end "
           "self:wait(0) end"),
      STATUS_LIMIT, "needs more than 64 MiB of memory");
}

static void errors_name_the_line(void **state) {
  (void)state;
  expect(WITH("self:wait(1)\nself:wait_until(function() return nobody.speed > 1 end)"),
         STATUS_RANGE, "event.lua:3: nobody: unknown name");
  expect(WITH("\n\nerror('I give up')"), STATUS_RANGE, "event.lua:4: I give up");
  expect(WITH("self:brake { decel = 6 }"), STATUS_RANGE,
         "event.lua:2: self:brake: there is no decel; it takes decel_mps2, to_mps, wait");
  expect(WITH("self:brake { decel_mps2 = -6 }"), STATUS_RANGE,
         "event.lua:2: self:brake: decel_mps2: -6 is outside 0.01..20");
  expect(WITH("self:barke(6)"), STATUS_RANGE, "did you mean \"brake\"?");
  expect(WITH("self:set_speed(0/0)"), STATUS_RANGE, "event.lua:2: self:set_speed");
  expect(WITH("self:wait('long')"), STATUS_RANGE,
         "self:wait: takes seconds, 0..3600, not a string");
  expect(WITH("self:wait_until(3)"), STATUS_RANGE, "self:wait_until: takes a condition");
  expect(WITH("gap(self, 3)"), STATUS_RANGE, "event.lua:2: gap: takes actors, not a number");
  expect(WITH("self.speed_mps = 3"), STATUS_RANGE, "event.lua:2:");
}

static void only_the_own_behaviour_orders_and_waits(void **state) {
  (void)state;
  expect(WITH("coroutine.yield(42)"), STATUS_RANGE,
         "event.lua:2: coroutine.yield: behaviours wait with self:wait");
  expect(WITH("ego:brake(3)"), STATUS_RANGE,
         "event.lua:2: self:brake: an actor is told what to do by its own behaviour only");
  expect(WITH("coroutine.wrap(function() self:wait(1) end)()"), STATUS_RANGE,
         "by its own behaviour only");
  expect(WITH("self:wait_until(function() self:wait(1) end)"), STATUS_RANGE,
         "event.lua:2: self:wait: a condition only looks");
  expect("ego:brake(3) return scene {}", STATUS_RANGE,
         "event.lua:1: brake: is for behaviours; nothing moves while the scene is described");
  expect("local x = gap(ego, ego) return scene {}", STATUS_RANGE, "gap: is for behaviours");
}

static void a_caught_error_doesnt_spoil_later_waits(void **state) {
  (void)state;
  expect(WITH("pcall(function() self:wait_until(function() error('no') end) end)\n"
              "self:wait(1) self:brake { decel_mps2 = 3, wait = false } error('reached')"),
         STATUS_RANGE, "event.lua:3: reached");
}

static void orders_that_cant_be_carried_out_say_so(void **state) {
  (void)state;
  expect(WITH("self:change_lane('left')"), STATUS_RANGE,
         "event.lua:2: self:change_lane: there is no lane to the left");
  expect(WITH("self:change_lane('up')"), STATUS_RANGE, "side: \"left\" or \"right\" would do");
  expect(WITH("self:follow(self)"), STATUS_RANGE, "an actor can't do that to itself");
  expect(WITH("self:walk_to(beside(ego, { ahead_m = 1500 }))"), STATUS_RANGE,
         "self:walk_to: the road ends before it gets there");
}

static void an_event_on_an_actor_that_is_gone_is_an_error(void **state) {
  (void)state;
  static const char text[] =
      "local first = actor { at = ahead(ego, 150), speed_mps = 30 }\n"
      "local second = actor { at = ahead(ego, 20), speed_mps = 5, behaviour = function(self)\n"
      "  self:wait_until(function() return first.gone end)\n"
      "  assert(gap(self, first) == math.huge and distance(self, first) == math.huge)\n"
      "  self:follow(first) end }\n"
      "return scene { road = straight { length_m = 300 }, traffic = { vehicles = 0 }, "
      "ego = { speed_mps = 5, start_m = 20 }, duration_s = 8, actors = { first, second } }";
  expect(text, STATUS_RANGE, "event.lua:5: self:follow: that actor has left the roads");
}

static int waits_of(const char *text, behaviour_wait out[ACTORS_MAX]) {
  with_event e = with_event_of(text);
  with_event_run(&e, e.built->duration_s);
  int count = sim_world_waiting(e.world, out);
  with_event_free(&e);
  return count;
}

static void who_is_beside_the_lanes_cant_do_what_lanes_are_needed_for(void **state) {
  (void)state;
#define PARKED(order)                                                                              \
  "local parked = actor { at = ahead(ego, { gap_m = 40, kerb_m = 3 }), speed_mps = 0,\n"           \
  "behaviour = function(self) " order " end }\n"                                                   \
  "return scene { road = straight {}, traffic = { vehicles = 0 }, actors = { parked } }"
  expect(PARKED("self:follow(ego)"), STATUS_RANGE,
         "event.lua:2: self:follow: is for vehicles on a lane; follow_path and go_along");
  expect(PARKED("self:shift { side_m = 0 }"), STATUS_RANGE,
         "event.lua:2: self:shift: is for vehicles on a lane");
  expect(PARKED("self:cut_in {}"), STATUS_RANGE, "self:cut_in: is for vehicles on a lane");
  expect(PARKED("self:change_lane('left')"), STATUS_RANGE,
         "self:change_lane: is for vehicles on a lane");
}

static void doors_that_arent_there_stay_closed(void **state) {
  (void)state;
  expect(WITH("self:open_door { angle = 40 }"), STATUS_RANGE,
         "event.lua:2: self:open_door: there is no angle; it takes angle_deg, seconds, wait");
  expect(WITH("self:open_door { angle_deg = 90 }"), STATUS_RANGE,
         "event.lua:2: self:open_door: angle_deg: 90 is outside 1..66");
  expect(
      "return scene { road = straight {}, duration_s = 1, traffic = { vehicles = 0 }, actors = { "
      "actor { kind = 'bus', at = ahead(ego, 40), behaviour = function(self)\nself:open_door() "
      "end } } }",
      STATUS_RANGE, "event.lua:2: self:open_door: is for cars and vans");
  expect(
      "return scene { road = straight {}, duration_s = 1, traffic = { vehicles = 0 }, actors = { "
      "actor { kind = 'deer', at = ahead(ego, 40), behaviour = function(self)\nself:close_door() "
      "end } } }",
      STATUS_RANGE, "event.lua:2: self:close_door: is for cars and vans");
  expect("return scene { road = straight {}, duration_s = 1, traffic = { vehicles = 0 }, ego = { "
         "behaviour = function(self)\nself:open_door() end } }",
         STATUS_RANGE, "event.lua:2: self:open_door: the ego's doors stay closed");
}

static void egos_that_cant_be_are_told(void **state) {
  (void)state;
  expect("return scene { ego = { dynamics = 'dynamics' } }", STATUS_RANGE,
         "event.lua:1: ego.dynamics: unknown \"dynamics\"; did you mean \"dynamic\"?");
  expect("return scene { ego = { vehicle = 'bmw' } }", STATUS_RANGE,
         "ego.vehicle: unknown \"bmw\"");
  expect("return scene { ego = { start_m = 40, before_works_m = 30 } }", STATUS_RANGE,
         "ego: give one of start_m, before_junction_m and before_works_m");
  expect("return scene { road = straight { lanes = 2 }, ego = { before_works_m = 30 } }",
         STATUS_RANGE, "no lane is long enough for the ego to start on where `ego` says");
}

static void waits_in_vain_are_told(void **state) {
  (void)state;
  behaviour_wait waits[ACTORS_MAX];
  assert_int_equal(
      waits_of(WITH("self:wait(1)\nself:wait_until(function() return false end)"), waits), 1);
  assert_string_equal(waits[0].text, "event.lua:3: still waited when the scene ended");
  assert_int_equal(waits[0].actor, 1);
  assert_int_equal(waits_of(WITH("self:wait_until(function() return now() > 1 end)"), waits), 0);
  assert_int_equal(waits_of(WITH("while true do self:wait(0.5) end"), waits), 0);
  assert_int_equal(waits_of("local lead = actor { at = ahead(ego, 150), speed_mps = 30, "
                            "behaviour = function(self) self:wait(60) end }\n"
                            "return scene { road = straight { length_m = 300 }, duration_s = 8, "
                            "traffic = { vehicles = 0 }, "
                            "ego = { speed_mps = 5, start_m = 20 }, actors = { lead } }",
                            waits),
                   1);
  assert_string_equal(waits[0].text,
                      "event.lua:1: its actor had left the roads before its behaviour ended");
}

static void places_that_dont_exist_are_errors_with_their_line(void **state) {
  (void)state;
#define PLACED(at)                                                                                 \
  "return scene { road = straight { length_m = 300 }, traffic = { vehicles = 0 },\n"               \
  "actors = { actor { at = " at " } } }"
  expect(PLACED("ahead(ego, 1500)"), STATUS_RANGE,
         "event.lua:2: actors[1].at: the road ends before it gets there");
  expect(PLACED("behind(ego, 1500)"), STATUS_RANGE, "the road begins after that place");
  expect(PLACED("ahead(ego, { gap_m = 20, lane = 'left' })"), STATUS_RANGE,
         "there is no lane to the left there");
  expect(PLACED("beside(ego, { ahead_m = 2 })"), STATUS_RANGE, "another actor is there already");
  expect(PLACED("{ 3, 4 }"), STATUS_RANGE, "event.lua:2: actor.at: is a table; ahead(ego");
  expect(PLACED("ahead(ego, { gap_m = 20, lane = 'middle' })"), STATUS_RANGE,
         "ahead: lane: unknown \"middle\"");
  expect(PLACED("ahead(ego, { gap_m = 20, ahead_m = 3 })"), STATUS_RANGE, "gap_m would do");
  expect(PLACED("ahead(actor { at = ahead(ego, 9) }, 20)"), STATUS_RANGE,
         "actors[1]: its place refers to an actor that isn't listed before it");
  expect("local a = actor { at = ahead(ego, 30) }\nreturn scene { actors = { a, a } }",
         STATUS_RANGE, "event.lua:2: actors[2]: is in the list already, as number 1");
  expect("return scene { actors = { ego } }", STATUS_RANGE, "the ego is there anyway");
  expect("local all = {}\nfor i = 1, 40 do all[i] = actor { at = ahead(ego, 12 * i) } end\n"
         "return scene { actors = all }",
         STATUS_RANGE, "actors: has 40 items; the most is 31");
  expect("return scene { road = straight {}, ego = { before_junction_m = 30 } }", STATUS_RANGE,
         "no lane is long enough for the ego to start on where `ego` says");
}

static void overrides_reach_actors(void **state) {
  (void)state;
  static const char *const sets[] = {"actors[1].at.gap_m", "25", "actors[*].speed_mps", "3",
                                     "ego.speed_mps",      "7"};
  with_event e = with_event_drawn(WITH("self:wait(1)"), sets, 3, 1, 0);
  with_event_frame(&e);
  assert_true(fabs(with_event_gap(&e, 0, 1) - 25) < 0.1);
  assert_true(fabs(with_event_actor(&e, 1)->speed_mps - 3) < 1e-9);
  assert_true(fabs(with_event_actor(&e, 0)->speed_mps - 7) < 0.5);
  with_event_free(&e);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(endless_loops_end),
      cmocka_unit_test(memory_is_bounded),
      cmocka_unit_test(errors_name_the_line),
      cmocka_unit_test(only_the_own_behaviour_orders_and_waits),
      cmocka_unit_test(a_caught_error_doesnt_spoil_later_waits),
      cmocka_unit_test(orders_that_cant_be_carried_out_say_so),
      cmocka_unit_test(an_event_on_an_actor_that_is_gone_is_an_error),
      cmocka_unit_test(who_is_beside_the_lanes_cant_do_what_lanes_are_needed_for),
      cmocka_unit_test(doors_that_arent_there_stay_closed),
      cmocka_unit_test(egos_that_cant_be_are_told),
      cmocka_unit_test(waits_in_vain_are_told),
      cmocka_unit_test(places_that_dont_exist_are_errors_with_their_line),
      cmocka_unit_test(overrides_reach_actors),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
