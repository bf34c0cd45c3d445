// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Who stands and rests decides as it would have without: worlds in which nobody may rest are the
// oracle, bit for bit.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/state.h"
#include "with_networks.h"
#include "with_rest.h"
#include "with_scenes.h"

enum { SEEDS = 2, STEPS = 700 };

static scene *crowded(int kind, uint64_t seed) {
  scene_def def = with_scene_def(kind, seed);
  def.vehicles = kind < 2 ? 120 : 40;
  if (seed % 2)
    def.pedestrians = 0; // so that more may rest
  return with_scene_of(kind, seed, &def);
}

static void worlds_at_rest_go_on_as_those_awake(void **state) {
  (void)state;
  rest_tally all = {0};
  int kinds = 0;
  for (int kind = 0; kind < WITH_SCENE_KINDS; kind++) {
    rest_tally of_kind = {0};
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
      scene *s = crowded(kind, seed);
      rest_tally one =
          with_rest_beside(s, with_scene_name(kind), seed, STEPS, 1 + (int)seed % 3, 0);
      of_kind.steps += one.steps;
      of_kind.rests += one.rests;
      scene_destroy(s);
    }
    print_message("%s: %.1f %% at rest\n", with_scene_name(kind),
                  100.0 * (double)of_kind.rests / (double)of_kind.steps);
    all.steps += of_kind.steps;
    all.rests += of_kind.rests;
    kinds += of_kind.rests > 0;
  }
  assert_true(all.rests > 4000); // or there was little to see
  assert_true(kinds >= 4);
}

static void whatever_happens_to_others_wakes_those_it_concerns(void **state) {
  (void)state;
  static const int of[] = {0, 1, 2, 4, 9};
  long rests = 0;
  for (int k = 0; k < 5; k++)
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
      scene_def def = with_scene_def(of[k], seed);
      def.vehicles = of[k] == 2 ? 40 : 120;
      if (of[k] != 4)
        def.pedestrians = 60, def.midblock = 1, def.jaywalking = 0.5;
      scene *s = with_scene_of(of[k], seed, &def);
      rests += with_rest_beside(s, with_scene_name(of[k]), seed, STEPS, 1, 4).rests;
      scene_destroy(s);
    }
  print_message("%ld rests\n", rests);
  assert_true(rests > 4000);
}

// Lines where lanes end and ways part; lanes that end; people anywhere; buses.
static void rests_end_with_what_they_began_with_in_all_kinds_of_worlds(void **state) {
  (void)state;
  static const struct {
    const char *text;
    uint64_t seed;
    int steps, disturbed;
  } worlds[] = {
      {"road = opendrive 'grid.xodr', traffic = { vehicles = 600, mix = { car = 1 } }, pedestrians "
       "= "
       "{ count = 0 }, step_s = 0.1",
       3, 700, 2},
      {"road = highway { lanes = 2, length_m = 2400, entries = 2, exits = 1, lane_drops = 1 }, "
       "traffic = { vehicles_per_km = 50, mix = { car = 8, articulated = 3 } }",
       1, 300, 0},
      {"road = grid_city { blocks = { 2, 2 }, block_m = 80 }, traffic = { vehicles_per_km = 110 }, "
       "pedestrians = { per_km = 150, jaywalking = 0.5, midblock = 0.3 }",
       1, 1000, 0},
  };
  char folder[] = "/tmp/test_rest.XXXXXX";
  with_rest_folder(folder);
  for (size_t k = 0; k < sizeof worlds / sizeof *worlds; k++) {
    script *source = NULL;
    scene *s = with_rest_scene(&source, folder, worlds[k].text, worlds[k].seed);
    rest_tally one = with_rest_beside(s, worlds[k].text, worlds[k].seed, worlds[k].steps, 2,
                                      worlds[k].disturbed);
    print_message("%ld of %ld steps at rest\n", one.rests, one.steps);
    assert_true(one.rests > 20);
    scene_destroy(s);
    script_close(source);
  }
  with_rest_clear(folder);
}

// Lanes on which somebody near one that rests may matter to it.
static int lanes_near(const sim_world *w, int resting, int out[16]) {
  int count = 0, lane = sim_lane_of(w, resting);
  const lane_path *path = sim_lane(w, lane);
  out[count++] = lane;
  if (path->left)
    out[count++] = path->left;
  if (path->right)
    out[count++] = path->right;
  if (w->cars.route_count[resting] < 2)
    return count;
  int next = out[count++] = sim_route(w, resting)[1];
  for (int f = w->lanes.fork_first[next - 1]; f < w->lanes.fork_first[next] && count < 16; f++)
    out[count++] = w->lanes.forks[f].lane;
  return count;
}

// Every place near each one that rests, with somebody put there: what comes of it in one step.
static long try_places(sim_world *rests, sim_world *wakes, int who) {
  assert_int_equal(sim_world_keep(rests, NULL), STATUS_OK);
  assert_int_equal(sim_world_keep(wakes, NULL), STATUS_OK);
  long tried = 0;
  for (int j = 0; j < rests->cars.count; j++) {
    int lanes[16], count = rests->cars.rests[j] ? lanes_near(rests, j, lanes) : 0;
    for (int n = 0; n < count; n++) {
      double own = n < 3 && !sim_lane(rests, lanes[n])->junction ? rests->cars.s_m[j] : 0;
      for (double by = own ? -8 : 0.1; by < 8; by += 0.35, tried++) {
        double s = own + by;
        if (s < 0.1 || s >= sim_lane(rests, lanes[n])->length_m)
          continue;
        with_rest_put(rests, who, lanes[n], s);
        with_rest_put(wakes, who, lanes[n], s);
        for (int k = 0; k < 2; k++) {
          assert_int_equal(sim_world_step(rests, NULL), STATUS_OK);
          assert_int_equal(sim_world_step(wakes, NULL), STATUS_OK);
        }
        if (sim_world_hash(rests) != sim_world_hash(wakes))
          fail_msg("vehicle %d rests, though %d is at %g of lane %d; it differs of %d", j, who, s,
                   lanes[n], with_rest_other(rests, wakes));
        sim_world_rewind(rests);
        sim_world_rewind(wakes);
      }
    }
  }
  return tried;
}

static void nobody_gets_near_one_that_rests_unseen(void **state) {
  (void)state;
  long tried = 0;
  for (int kind = 0; kind < 3; kind++) {
    scene *s = kind ? crowded(2, (uint64_t)kind) : with_crossing(true, 3, 3, 0);
    sim_world *rests = with_world(s), *wakes = with_world(s);
    sim_world_let_rest(wakes, false);
    for (int k = 0; k < 900; k++) {
      assert_int_equal(sim_world_step(rests, NULL), STATUS_OK);
      assert_int_equal(sim_world_step(wakes, NULL), STATUS_OK);
      int who = 0;
      while (who < s->vehicle_count &&
             (who == s->ego || rests->cars.rest[who].lead != SIM_REST_NOT))
        who++;
      if (k % 75 == 74 && who < s->vehicle_count)
        tried += try_places(rests, wakes, who);
    }
    sim_world_destroy(rests);
    sim_world_destroy(wakes);
    (kind ? scene_destroy : with_scene_free)(s);
  }
  print_message("%ld places\n", tried);
  assert_true(tried > 1000);
}

// By hand: a queue before a red light, whose first wakes with the light, each of the others once
// the one ahead has moved.
static void a_queue_rests_at_red_and_wakes_one_after_the_other(void **state) {
  (void)state;
  enum { CARS = 5 };
  scene *s = with_crossing(true, 1, CARS, 0);
  sim_world *w = with_world(s);
  int most = 0, wakes[CARS + 1] = {0}, woken = 0;
  for (int k = 0; k < 4000 && woken < CARS - 1; k++) {
    uint8_t before[CARS + 1];
    int resting = 0;
    for (int i = 0; i <= CARS; i++)
      before[i] = w->cars.rests[i];
    assert_int_equal(sim_world_step(w, NULL), STATUS_OK);
    for (int i = 0; i <= CARS; i++) {
      resting += w->cars.rests[i];
      if (before[i] && !w->cars.rests[i])
        wakes[i] = k, woken++;
      assert_true(!w->cars.rests[i] || w->cars.v_mps[i] == 0);
    }
    most = resting > most ? resting : most;
  }
  assert_true(most >= CARS - 1); // all but perhaps one that came late
  for (int i = 0; i <= CARS; i++)
    for (int j = 0; j <= CARS; j++)
      if (wakes[i] && wakes[j] && w->cars.route_count[i] && w->cars.rest[j].lead == i)
        assert_true(wakes[i] <= wakes[j]);
  sim_world_destroy(w);
  with_scene_free(s);
}

static void rewound_worlds_rest_as_they_did(void **state) {
  (void)state;
  scene *s = crowded(2, 1);
  sim_world *w = with_world(s);
  for (int k = 0; k < 400; k++)
    assert_int_equal(sim_world_step(w, NULL), STATUS_OK);
  assert_int_equal(sim_world_keep(w, NULL), STATUS_OK);
  uint64_t hash[2];
  for (int run = 0; run < 2; run++) {
    sim_world_let_rest(w, run == 0);
    for (int k = 0; k < 400; k++)
      assert_int_equal(sim_world_step(w, NULL), STATUS_OK);
    hash[run] = sim_world_hash(w);
    sim_world_rewind(w);
  }
  assert_true(hash[0] == hash[1]);
  sim_world_destroy(w);
  scene_destroy(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(worlds_at_rest_go_on_as_those_awake),
      cmocka_unit_test(whatever_happens_to_others_wakes_those_it_concerns),
      cmocka_unit_test(rests_end_with_what_they_began_with_in_all_kinds_of_worlds),
      cmocka_unit_test(nobody_gets_near_one_that_rests_unseen),
      cmocka_unit_test(a_queue_rests_at_red_and_wakes_one_after_the_other),
      cmocka_unit_test(rewound_worlds_rest_as_they_did),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
