// SPDX-License-Identifier: Apache-2.0
// labels: unit
// The state's hash: every number that a step carries over to the next one is in it, so that two
// worlds of one hash go on alike.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/state.h"
#include "with_events.h"

typedef struct member {
  const char *name;
  void *bytes;
  size_t size; // of one element
  bool alone;  // there is one
} member;

#define CAR(name)                                                                                  \
  { "cars." #name, w->cars.name, sizeof *w->cars.name, false }
#define PERSON(name)                                                                               \
  { "people." #name, w->people.name, sizeof *w->people.name, false }
#define ACTOR(name)                                                                                \
  { "scripted." #name, w->scripted.name, sizeof *w->scripted.name, false }

static void what_a_step_carries_over_is_in_the_hash(void **state) {
  (void)state;
  with_event e = with_event_of(
      "return scene { road = grid_city { blocks = { 2, 1 }, signals = 1 },\n"
      "traffic = { vehicles = 12, emergency = 1, mix = { car = 4, bus = 2, bicycle = 1 } },\n"
      "pedestrians = { count = 20, midblock = 1 }, actors = {\n"
      "actor { at = ahead(ego, 8), driver = 'idm', behaviour = function(self)\n"
      "self:wait(60) end } } }");
  sim_world *w = e.world;
  with_event_run(&e, 20);
  assert_non_null(w->sirens);
  const member members[] = {
      CAR(gone),
      CAR(gone_s),
      CAR(route),
      CAR(route_count),
      CAR(came_from),
      CAR(draws),
      CAR(s_m),
      CAR(v_mps),
      CAR(a_mps2),
      CAR(body),
      CAR(wheel_rad),
      CAR(change_from_m),
      CAR(change_done),
      CAR(changed_s),
      CAR(shift_m),
      CAR(dive_radps),
      CAR(lean_radps),
      CAR(heave_mps),
      CAR(aside),
      CAR(aim_m),
      CAR(slope),
      CAR(over_m),
      CAR(blocked_m),
      CAR(wait_s),
      CAR(flags),
      CAR(want_lane),
      CAR(want_claim),
      CAR(want_order),
      CAR(want_stopped),
      CAR(hold_lane),
      CAR(hold_order),
      CAR(hold_past_m),
      PERSON(edge),
      PERSON(next_edge),
      PERSON(direction),
      PERSON(draws),
      PERSON(ignores_red),
      PERSON(waiting),
      PERSON(wants),
      PERSON(stuck_s),
      PERSON(retreat),
      PERSON(tosses),
      PERSON(midway),
      PERSON(wish_m),
      PERSON(s_m),
      PERSON(lateral_m),
      PERSON(x_m),
      PERSON(y_m),
      PERSON(z_m),
      PERSON(vx_mps),
      PERSON(vy_mps),
      PERSON(yaw_rad),
      PERSON(gait),
      PERSON(gone_m),
      PERSON(done_m),
      PERSON(held),
      PERSON(mark_m),
      PERSON(late_s),
      PERSON(aim_rad),
      ACTOR(along_done),
      ACTOR(along_seen),
      ACTOR(across_done),
      ACTOR(across_seen),
      ACTOR(path_seen),
      ACTOR(door_seen),
      ACTOR(shift_from_m),
      ACTOR(shift_done),
      ACTOR(next_point),
      ACTOR(path_x_m),
      ACTOR(path_y_m),
      ACTOR(speed_mps),
      ACTOR(door_rad),
      ACTOR(door_left_s),
      {"sirens.yields_s", w->sirens->yields_s, sizeof(double), false},
      {"sirens.aside_m", w->sirens->aside_m, sizeof(double), false},
      {"sirens.aside_to_m", w->sirens->aside_to_m, sizeof(double), false},
      {"weather", &w->weather, sizeof(double), true},
      {"steps", &w->steps, sizeof w->steps, true},
  };
  const uint64_t before = sim_world_hash(w);
  for (size_t k = 0; k < sizeof members / sizeof *members; k++) {
    // Of the second one of each: not the ego, and an actor of the script.
    unsigned char *byte =
        (unsigned char *)members[k].bytes + (members[k].alone ? 0 : members[k].size);
    *byte ^= 1;
    if (sim_world_hash(w) == before)
      fail_msg("%s isn't in the state's hash", members[k].name);
    *byte ^= 1;
    assert_true(sim_world_hash(w) == before);
  }
  with_event_free(&e);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_a_step_carries_over_is_in_the_hash),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
