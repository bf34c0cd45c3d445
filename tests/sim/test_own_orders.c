// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Orders to actors whose bodies set limits: trucks with trailers change lanes where they get
// through, once all of them is on one lane, and doors open where a mesh has one.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/state.h"
#include "with_events.h"

#define MESHES LIBRARY_DIR "/../../tests/scenes/data/meshes"

static status run(const char *text, trouble *why) {
  script *own = NULL;
  scene *built = NULL;
  sim_world *world = NULL;
  status result = script_open_text(&own, "event.lua", text, MESHES, LIBRARY_DIR, NULL, 0, why);
  if (!result)
    result = script_build(own, 1, 0, &built, why);
  if (!result)
    result = sim_world_create(&world, built, why);
  for (int i = 0; !result && i < 40; i++)
    result = sim_world_step(world, why);
  sim_world_destroy(world);
  scene_destroy(built);
  script_close(own);
  return result;
}

static void expect(const char *text, const char *says) {
  trouble why = {0};
  status got = run(text, &why);
  if (says ? got != STATUS_RANGE || strcmp(why.text, says) != 0 : got != STATUS_OK)
    fail_msg("%s\n  %s: \"%s\"\n  wanted \"%s\"", text, status_name(got), why.text,
             says ? says : "");
}

static void a_mesh_of_ones_own_has_no_door_that_opens(void **state) {
  (void)state;
#define PARKED(body, order)                                                                        \
  "local wedge = asset('wedge.glb', { class = 'car' })\n"                                          \
  "return scene { road = straight {}, traffic = { vehicles = 0 }, duration_s = 2, actors = {\n"    \
  "actor { " body " at = ahead(ego, { gap_m = 40, kerb_m = 3 }), behaviour = function(self)\n"     \
  "self:" order "() end } } }"
  expect(PARKED("body = wedge,", "open_door"),
         "event.lua:4: self:open_door: wedge.glb is one piece, without a door that opens; an actor "
         "without `body` has one");
  expect(
      PARKED("body = wedge,", "close_door"),
      "event.lua:4: self:close_door: wedge.glb is one piece, without a door that opens; an actor "
      "without `body` has one");
  expect(PARKED("", "open_door"), NULL);
}

// The inner lane of the curve is too tight for it, the outer one isn't: a car may go to either.
static void a_truck_with_a_trailer_isnt_told_to_change_to_a_lane_that_is_too_tight(void **state) {
  (void)state;
#define CURVE(kind, order)                                                                         \
  "return scene { road = curve { leg_m = 100, lanes = 2, radius_m = 59, turn_deg = 60 },\n"        \
  "traffic = { vehicles = 0 }, ego = { lane = 'kerb', start_m = 20 }, actors = {\n"                \
  "actor { kind = '" kind "', speed_mps = 8, at = ahead(ego, 12), behaviour = function(self)\n"    \
  "self:" order " end } } }"
  expect(CURVE("truck", "change_lane('left')"), NULL);
  expect(CURVE("articulated", "change_lane('left')"),
         "event.lua:4: self:change_lane: the lane to the left, or what it leads to, bends too "
         "tightly for a truck with a trailer");
  expect(CURVE("articulated", "change_lane('right')"),
         "event.lua:4: self:change_lane: there is no lane to the right");
}

// Back and forth along lanes that end and go on: as many changes as were ordered, and those begun
// while the front was on the next lane already are among them.
static void a_lane_change_waits_until_all_of_the_truck_is_on_one_lane(void **state) {
  (void)state;
  with_event e = with_event_of(
      "return scene { road = highway { length_m = 2500, lanes = 3, exits = 2, entries = 2 },\n"
      "traffic = { vehicles = 0 }, ego = { lane = 'middle', start_m = 30, speed_mps = 20 },\n"
      "duration_s = 90, actors = { actor { kind = 'articulated', speed_mps = 18,\n"
      "at = ahead(ego, 20), behaviour = function(self)\n"
      "  while true do\n"
      "    self:change_lane { side = 'left', seconds = 2 }\n"
      "    self:change_lane { side = 'right', seconds = 2 }\n"
      "  end end } } }");
  sim_world *w = e.world;
  int i = e.built->actors[1].vehicle, begun = 0, late = 0;
  uint32_t ordered = 0;
  trouble why = {0};
  for (int step = 0; step < (int)(80 / e.built->step_s) && !w->cars.gone[i]; step++) {
    double front = w->cars.s_m[i] + w->cars.length_m[i] / 2;
    bool over = front >= sim_lane(w, sim_lane_of(w, i))->length_m;
    double before_m = w->cars.change_done[i];
    if (sim_world_step(w, &why))
      fail_msg("%s", why.text);
    uint32_t now = w->scripted.orders[1].across_serial;
    late += now != ordered && over;
    ordered = now;
    begun += w->cars.changed_s[i] < 1.5 * w->step_s && before_m == 0;
  }
  printf("%u changes ordered, %d begun, %d of them ordered across a lane's end\n", ordered, begun,
         late);
  assert_true(late >= 2 && ordered > 20);
  assert_in_range((unsigned long)begun, ordered - 1, ordered);
  with_event_free(&e);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_mesh_of_ones_own_has_no_door_that_opens),
      cmocka_unit_test(a_truck_with_a_trailer_isnt_told_to_change_to_a_lane_that_is_too_tight),
      cmocka_unit_test(a_lane_change_waits_until_all_of_the_truck_is_on_one_lane),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
