// SPDX-License-Identifier: Apache-2.0
// labels: unit property
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "with_network.h"
#include "with_places.h"

static bool moving(signal_color c) {
  return c == SIGNAL_GREEN || c == SIGNAL_YELLOW;
}

static void lanes_that_go_together_meet_only_where_one_yields_turning(void **state) {
  (void)state;
  int checked = 0;
  for (int n = 0; n < PLACES_COUNT; n++) {
    scene *s = places_build(n);
    const road_network *net = &s->roads;
    for (int i = 0; i < net->path_count; i++) {
      const lane_path *lane = &net->paths[i];
      if (!lane->junction || net->junctions[lane->junction - 1].kind != JUNCTION_SIGNALS)
        continue;
      const road_junction *j = &net->junctions[lane->junction - 1];
      for (int k = 0; k < lane->conflict_count; k++) {
        const lane_conflict *c = &net->conflicts[lane->conflict_first + k];
        const lane_path *other = &net->paths[c->other - 1];
        for (double t = 0; t < network_cycle_s(net, j); t += 0.25) {
          if (!moving(signal_at(net, j, network_group(net, lane), t)) ||
              !moving(signal_at(net, j, network_group(net, other), t)))
            continue;
          const lane_path *giving = c->yields ? lane : other, *going = c->yields ? other : lane;
          // A turn across their way yields to those who come towards it.
          turn_kind across = net->left_hand ? TURN_RIGHT : TURN_LEFT;
          // Cyclists beside the others are let go before whoever turns, and let those go before
          // they turn across themselves. Lanes of one street may become one.
          bool bicycles = lane->users == LANE_FOR_BICYCLES || other->users == LANE_FOR_BICYCLES;
          bool merge =
              network_next(net, lane, 0) == network_next(net, other, 0) &&
              network_previous(net, lane, 0)->road == network_previous(net, other, 0)->road;
          if (merge || (bicycles && giving->turn != TURN_STRAIGHT))
            break;
          if (giving->turn != across || (going->turn == across && lane->turn != other->turn))
            fail_msg("scene %d junction %d: lanes %d and %d conflict and both go at %.2f s", n,
                     j->id, lane->id, other->id, t);
          checked++;
          break;
        }
      }
    }
    scene_destroy(s);
  }
  assert_true(checked > 10);
}

static void nobody_drives_straight_over_people_with_green(void **state) {
  (void)state;
  int checked = 0;
  for (int n = 0; n < PLACES_COUNT; n++) {
    scene *s = places_build(n);
    const road_network *net = &s->roads;
    for (int i = 0; i < net->crossing_count; i++) {
      const lane_crossing *c = &net->crossings[i];
      const road_crosswalk *walk = &net->crosswalks[c->crosswalk - 1];
      const lane_path *lane = &net->paths[c->lane - 1];
      const road_junction *j = &net->junctions[walk->junction - 1];
      if (!walk->group)
        continue;
      bool into = c->begin_s_m > lane->length_m / 2;
      for (double t = 0; t < network_cycle_s(net, j); t += 0.25) {
        if (signal_at(net, j, walk->group, t) != SIGNAL_GREEN)
          continue;
        checked++;
        if (into)
          assert_int_equal(signal_at(net, j, net->signals[lane->signal - 1].group, t), SIGNAL_RED);
        for (int k = 0; k < lane->previous_count && !into; k++) {
          const lane_path *from = network_previous(net, lane, k);
          if (from->turn == TURN_STRAIGHT)
            assert_false(moving(signal_at(net, j, network_group(net, from), t)));
        }
      }
    }
    scene_destroy(s);
  }
  assert_true(checked > 100);
}

static void every_group_gets_green_then_yellow_then_red(void **state) {
  (void)state;
  int programs = 0;
  for (int n = 0; n < PLACES_COUNT; n++) {
    scene *s = places_build(n);
    const road_network *net = &s->roads;
    for (int i = 0; i < net->signal_count; i++) {
      const road_signal *signal = &net->signals[i];
      const road_junction *j = &net->junctions[signal->junction - 1];
      double cycle = network_cycle_s(net, j), green = 0, yellow = 0;
      signal_color last = signal_at(net, j, signal->group, -0.005);
      assert_true(cycle > 40 && cycle < 130);
      for (double t = 0; t < cycle; t += 0.01) {
        signal_color now = signal_at(net, j, signal->group, t);
        green += now == SIGNAL_GREEN ? 0.01 : 0;
        yellow += now == SIGNAL_YELLOW ? 0.01 : 0;
        if (last == SIGNAL_GREEN && now != last)
          assert_int_equal(now, signal->pedestrian ? SIGNAL_RED : SIGNAL_YELLOW);
        if (last == SIGNAL_YELLOW && now != last)
          assert_int_equal(now, SIGNAL_RED);
        last = now;
      }
      if (green < 4.9 || (!signal->pedestrian && (yellow < 2.9 || yellow > 6.1)))
        fail_msg("scene %d signal %d: green %.2f s, yellow %.2f s", n, signal->id, green, yellow);
      assert_int_equal(signal_at(net, j, signal->group, 3.3),
                       signal_at(net, j, signal->group, 3.3 + 5 * cycle));
      programs++;
    }
    scene_destroy(s);
  }
  assert_true(programs > 20);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(lanes_that_go_together_meet_only_where_one_yields_turning),
      cmocka_unit_test(nobody_drives_straight_over_people_with_green),
      cmocka_unit_test(every_group_gets_green_then_yellow_then_red),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
