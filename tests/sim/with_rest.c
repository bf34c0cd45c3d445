// SPDX-License-Identifier: Apache-2.0
#include "with_rest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../../bench/grid_map.h"
#include "base/rng.h"
#include "sim/state.h"
#include "with_networks.h"

enum { LOOK = 10 };

void with_rest_folder(char *name) {
  char map[128];
  assert_non_null(mkdtemp(name));
  snprintf(map, sizeof map, "%s/grid.xodr", name);
  assert_true(grid_map_write(map, 5));
}

void with_rest_clear(const char *name) {
  char map[128];
  snprintf(map, sizeof map, "%s/grid.xodr", name);
  remove(map);
  rmdir(name);
}

scene *with_rest_scene(script **source, const char *folder, const char *text, uint64_t seed) {
  char whole[1024];
  trouble why = {0};
  scene *out = NULL;
  snprintf(whole, sizeof whole, "return scene { duration_s = 600, %s }", text);
  if (script_open_text(source, "rest.lua", whole, folder, LIBRARY_DIR, NULL, 0, &why) ||
      script_build(*source, seed, 0, &out, &why))
    fail_msg("%s, seed %d: %s", text, (int)seed, why.text);
  return out;
}

int with_rest_other(const sim_world *a, const sim_world *b) {
  for (int i = 0; i < a->cars.count; i++)
    if (a->cars.s_m[i] != b->cars.s_m[i] || a->cars.a_mps2[i] != b->cars.a_mps2[i] ||
        a->cars.flags[i] != b->cars.flags[i] || a->cars.wait_s[i] != b->cars.wait_s[i])
      return i;
  return -1;
}

void with_rest_put(sim_world *w, int i, int lane, double s_m) {
  sim_vehicles *cars = &w->cars;
  sim_route(w, i)[0] = lane;
  cars->route_count[i] = 1;
  sim_route_extend(w, i);
  cars->s_m[i] = s_m;
  cars->v_mps[i] = 0;
  cars->came_from[i] = cars->want_lane[i] = cars->hold_lane[i] = 0;
  cars->want_claim[i] = CLAIM_NONE;
}

// A place that matters to one that rests: beyond the line, on a way that parts there, just ahead,
// beside it.
static int place_near(const sim_world *w, int resting, rng *r, double *s_m) {
  int what = rng_below(r, 4), lane = sim_lane_of(w, resting), to = lane;
  double half = w->cars.length_m[resting] / 2, s = w->cars.s_m[resting], u = rng_unit(r);
  *s_m = s + half + 8 * u;
  if (what < 2 && w->cars.route_count[resting] > 1) {
    to = sim_route(w, resting)[1];
    *s_m = 7 * u;
    int first = w->lanes.fork_first[to - 1], forks = w->lanes.fork_first[to] - first;
    if (what == 1 && forks > 0)
      to = w->lanes.forks[first + rng_below(r, forks)].lane;
  } else if (what == 3) {
    const lane_path *path = sim_lane(w, lane);
    to = path->left ? path->left : path->right ? path->right : lane;
    *s_m = to == lane ? *s_m : s + 10 * u - 5;
  }
  return *s_m > 0.1 && *s_m < sim_lane(w, to)->length_m ? to : 0;
}

// Does to both worlds alike what traffic does seldom: somebody who isn't at rest stands, drives
// off, or is suddenly near one who is.
static void disturb(sim_world *rests, sim_world *wakes, rng *r) {
  sim_world *of[] = {rests, wakes};
  int count = rests->cars.count, i = rng_below(r, count), near = rng_below(r, count);
  int what = rng_below(r, 4), lane = 0;
  double v = rng_uniform(r, 0, 10), s = 0;
  if (rests->cars.rest[i].lead != SIM_REST_NOT || rests->cars.gone[i] || i == rests->scene->ego)
    return;
  for (int k = 0; k < count && what > 1 && !rests->cars.rests[near]; k++)
    near = (near + 1) % count;
  if (what > 1 && rests->cars.rests[near])
    lane = place_near(rests, near, r, &s);
  for (int k = 0; k < 2; k++) {
    if (lane)
      with_rest_put(of[k], i, lane, s);
    else if (what < 2)
      of[k]->cars.v_mps[i] = what ? v : 0;
  }
}

// Every fifteenth stands for ten seconds or so, others every time, so that queues form.
static void hold_some(sim_world *w, int step) {
  for (int i = step / 100 % 15; i < w->cars.count; i += 15)
    w->cars.v_mps[i] = 0;
}

rest_tally with_rest_beside(const scene *s, const char *name, uint64_t seed, int steps, int threads,
                            int disturbed) {
  sim_world *rests = with_world(s), *wakes = with_world(s);
  assert_int_equal(sim_world_use_threads(rests, threads, NULL), STATUS_OK);
  sim_world_let_rest(wakes, false);
  rest_tally seen = {0};
  rng r = rng_at(seed, RNG_TEST, 0, 0, 0);
  for (int k = 0; k < steps; k++) {
    if (disturbed) {
      hold_some(rests, k);
      hold_some(wakes, k);
    }
    for (int n = 0; n < disturbed && k % LOOK == 0; n++)
      disturb(rests, wakes, &r);
    assert_int_equal(sim_world_step(rests, NULL), STATUS_OK);
    assert_int_equal(sim_world_step(wakes, NULL), STATUS_OK);
    for (int i = 0; i < s->vehicle_count; i++) {
      seen.rests += rests->cars.rests[i];
      assert_int_equal(wakes->cars.rests[i], 0);
    }
    seen.steps += s->vehicle_count;
    if ((disturbed || k % LOOK == LOOK - 1) && sim_world_hash(rests) != sim_world_hash(wakes))
      fail_msg("%s %d: states differ after step %d; the first vehicle that does is %d", name,
               (int)seed, k + 1, with_rest_other(rests, wakes));
  }
  sim_world_destroy(rests);
  sim_world_destroy(wakes);
  return seen;
}
