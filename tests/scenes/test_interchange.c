// SPDX-License-Identifier: Apache-2.0
// labels: unit property
// Interchanges of every kind: roads at two levels, and ramps that lead from each way to every
// other.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "scenes/fields.h"
#include "scenes/land.h"
#include "scenes/place.h"
#include "scenes/road_model.h"
#include "scenes/scene.h"
#include "with_network.h"

enum { SEEDS = 18 };
static const double CLEAR_M = 4.7, DECK_M = 1.3; // of a bridge: what is free below it, what it is

static const char *kind_of(int seed) {
  const field *f = fields_find(FIELDS_INTERCHANGE, "kind");
  int kinds = 0;
  while (fields_word(f, kinds))
    kinds++;
  return fields_word(f, seed % kinds);
}

static scene_def draw_def(int seed) {
  rng r = rng_at(6, RNG_TEST, 0, (uint32_t)seed, 0);
  scene_def def = scene_def_default();
  interchange_def *d = &def.interchange;
  def.place = PLACE_INTERCHANGE;
  def.vehicles = 0;
  snprintf(d->kind, sizeof d->kind, "%s", kind_of(seed));
  d->length_m = 3400;
  d->lanes = 1 + rng_below(&r, 4);
  d->crossing_lanes = 1 + rng_below(&r, 2);
  d->lane_width_m = rng_uniform(&r, 3, 4.5);
  d->shoulder_m = rng_chance(&r, 0.2) ? 0 : rng_uniform(&r, 0.5, 3.5);
  d->speed_limit_mps = rng_uniform(&r, 20, 40);
  d->crossing_limit_mps = rng_uniform(&r, 10, 25);
  d->ramp_radius_m = rng_uniform(&r, 50, 200);
  d->loop_radius_m = rng_uniform(&r, 55, 90);
  d->signals = seed / 6 % 2;
  strcpy(d->over, seed / 3 % 2 ? "motorway" : "crossing");
  strcpy(def.hand, seed / 3 % 3 == 2 ? "left" : "right"); // each kind
  return def;
}

static scene *build_seed(int seed) {
  scene_def def = draw_def(seed);
  scene *s = NULL;
  trouble why = {0};
  if (scene_build(&s, &def, 5, (uint32_t)seed, 0, &why) != STATUS_OK)
    fail_msg("seed %d, %s: %s", seed, def.interchange.kind, why.text);
  return s;
}

// Lanes that lead on from one, by breadth first; neighbours are a lane change away.
static void reach(const road_network *net, int from, bool *seen) {
  int *queue = malloc(sizeof *queue * ((size_t)net->path_count + 1)), head = 0, tail = 0;
  memset(seen, 0, sizeof *seen * ((size_t)net->path_count + 1));
  seen[from] = true;
  queue[tail++] = from;
  while (head < tail) {
    const lane_path *lane = &net->paths[queue[head++] - 1];
    int beside[2] = {lane->left, lane->right};
    for (int k = 0; k < lane->next_count + 2; k++) {
      int to = k < 2 ? (lane->junction ? 0 : beside[k]) : network_next(net, lane, k - 2)->id;
      if (to && !seen[to])
        seen[to] = true, queue[tail++] = to;
    }
  }
  free(queue);
}

// The end of the network that a lane comes from or leads to: its road. 0 inside, and where a lane
// only begins or ends beside others.
static int open_end(const road_network *net, const lane_path *lane, bool out) {
  const road *r = &net->roads[lane->road - 1];
  bool at_end = road_lane_along(net, lane->lane) == out;
  return (at_end ? r->successor : r->predecessor).kind == ROAD_LINK_NONE ? r->id : 0;
}

// Both carriageways of a road end in one place: who comes in there needn't get out there.
static void every_approach_leads_to_all_others(void **state) {
  (void)state;
  for (int seed = 0; seed < SEEDS; seed++) {
    scene *s = build_seed(seed);
    const road_network *net = &s->roads;
    bool *seen = malloc(sizeof *seen * ((size_t)net->path_count + 1));
    int ways = 0;
    for (int i = 0; i < net->path_count; i++) {
      int from = open_end(net, &net->paths[i], false);
      if (!from)
        continue;
      reach(net, i + 1, seen);
      for (int k = 0; k < net->path_count; k++) {
        int to = open_end(net, &net->paths[k], true);
        ways += to && to != from;
        if (to && to != from && !seen[k + 1])
          fail_msg("seed %d, %s: from road %d one doesn't get to road %d", seed, kind_of(seed),
                   from, to);
      }
    }
    assert_true(ways >= 6);
    free(seen);
    scene_destroy(s);
  }
}

// Cloverleaves ----------------------------------------------------------------

static bool is_cloverleaf(int seed) {
  return strcmp(kind_of(seed), "cloverleaf") == 0;
}

// Both motorways go on, so there are four ends, and nobody has to let anybody else cross.
static void from_each_end_of_a_cloverleaf_one_gets_to_the_three_others(void **state) {
  (void)state;
  for (int seed = 0; seed < SEEDS; seed++) {
    if (!is_cloverleaf(seed))
      continue;
    scene *s = build_seed(seed);
    const road_network *net = &s->roads;
    bool *seen = malloc(sizeof *seen * ((size_t)net->path_count + 1));
    int ends[8], end_count = 0, pairs = 0;
    for (int i = 0; i < net->road_count; i++)
      for (int k = 0; k < 2; k++)
        if ((k ? net->roads[i].successor : net->roads[i].predecessor).kind == ROAD_LINK_NONE)
          ends[end_count++ % 8] = net->roads[i].id;
    assert_int_equal(end_count, 4);
    for (int from = 0; from < 4; from++) {
      bool reached[4] = {false};
      for (int i = 0; i < net->path_count; i++) {
        if (open_end(net, &net->paths[i], false) != ends[from])
          continue;
        reach(net, i + 1, seen);
        for (int k = 0; k < net->path_count; k++)
          for (int to = 0; to < 4; to++)
            reached[to] |= seen[k + 1] && open_end(net, &net->paths[k], true) == ends[to];
      }
      for (int to = 0; to < 4; to++)
        pairs += to != from && reached[to];
    }
    if (pairs != 12)
      fail_msg("seed %d: %d of 12 ways from an end to another one", seed, pairs);
    for (int i = 0; i < net->junction_count; i++)
      assert_int_equal(net->junctions[i].kind, JUNCTION_FORK);
    assert_int_equal(net->conflict_count, 0);
    free(seen);
    scene_destroy(s);
  }
}

// How far a lane turns from its begin to its end, positive to the left.
static double turning(const road_network *net, const lane_path *lane) {
  const road_point *p = network_points(net, lane);
  double turn = 0;
  for (int k = 0; k + 1 < lane->point_count; k++)
    turn += angle_wrap(p[k + 1].heading_rad - p[k].heading_rad);
  return turn;
}

static bool is_loop(const road_network *net, const lane_path *lane) {
  return fabs(turning(net, lane)) > 4.2; // the forks have nothing of the 270 degrees
}

static void loops_bend_as_their_limit_allows(void **state) {
  (void)state;
  for (int seed = 0; seed < SEEDS; seed++) {
    if (!is_cloverleaf(seed))
      continue;
    scene *s = build_seed(seed);
    scene_def def = draw_def(seed);
    const road_network *net = &s->roads;
    int loops = 0, outer = 0;
    for (int i = 0; i < net->path_count; i++) {
      const lane_path *lane = &net->paths[i];
      double turn = turning(net, lane);
      bool loop = is_loop(net, lane), to_kerb = (turn < 0) == !net->left_hand;
      loops += loop, outer += !loop && fabs(turn) > 1.5;
      if (fabs(turn) > 0.1 && !to_kerb)
        fail_msg("seed %d: lane %d turns to the middle by %.2f", seed, lane->id, turn);
      if (!loop)
        continue;
      if (fabs(fabs(turn) - 4.712389) > 1e-3)
        fail_msg("seed %d: a loop turns by %.4f", seed, turn);
      if (lane->max_curvature_pm > 1.001 / def.interchange.loop_radius_m ||
          lane->max_curvature_pm > 1.001 / place_least_radius(lane->speed_limit_mps))
        fail_msg("seed %d: lane %d bends by %.5f/m at %.2f m/s; loops of %.1f m", seed, lane->id,
                 lane->max_curvature_pm, lane->speed_limit_mps, def.interchange.loop_radius_m);
    }
    if (loops != 4 || outer != 4)
      fail_msg("seed %d: %d loops, %d outer ramps", seed, loops, outer);
    scene_destroy(s);
  }
}

// Who comes out of a loop has a lane of its own beside the carriageway's up to the next loop.
static void between_two_loops_there_is_a_lane_to_weave_on(void **state) {
  (void)state;
  static const double weave_m = 120;
  for (int seed = 0; seed < SEEDS; seed++) {
    if (!is_cloverleaf(seed))
      continue;
    scene *s = build_seed(seed);
    const road_network *net = &s->roads;
    for (int i = 0; i < net->path_count; i++) {
      const lane_path *lane = &net->paths[i];
      if (!is_loop(net, lane))
        continue;
      double beside = 0;
      for (int steps = 0; steps < 40; steps++) {
        if (lane->next_count != 1)
          fail_msg("seed %d: lane %d leads to %d lanes", seed, lane->id, lane->next_count);
        lane = network_next(net, lane, 0);
        if (is_loop(net, lane))
          break;
        beside += lane->left || lane->right ? lane->length_m : 0;
      }
      if (!is_loop(net, lane) || lane == &net->paths[i] || beside < weave_m - 1e-6)
        fail_msg("seed %d: from lane %d to lane %d, %.1f m beside the carriageway", seed, i + 1,
                 lane->id, beside);
    }
    scene_destroy(s);
  }
}

// One lane above another one.
typedef struct crossing {
  double least_m; // from surface to surface
  int count;
} crossing;

static bool conflict(const road_network *net, const lane_path *a, const lane_path *b) {
  for (int i = 0; i < a->conflict_count; i++)
    if (net->conflicts[a->conflict_first + i].other == b->id)
      return true;
  return false;
}

static crossing look_across(const road_network *net, int seed) {
  crossing c = {.least_m = INFINITY};
  for (int i = 0; i < net->path_count; i++)
    for (int k = 0; k < net->path_count; k++) {
      const lane_path *a = &net->paths[i], *b = &net->paths[k];
      const road_point *p = network_points(net, a), *q = network_points(net, b);
      if (net->roads[a->road - 1].structure != ROAD_BRIDGE || a->road == b->road)
        continue;
      for (int m = 0; m + 1 < a->point_count; m++)
        for (int n = 0; n + 1 < b->point_count; n++) {
          double apart = hypot(p[m].x_m - q[n].x_m, p[m].y_m - q[n].y_m);
          if (apart > 6) {
            n += (int)((apart - 6) / 2.2);
            continue;
          }
          if (!network_segments_cross(&p[m], &q[n]))
            continue;
          c.count++;
          c.least_m = fmin(c.least_m, fabs(p[m].z_m - q[n].z_m));
          if (conflict(net, a, b) || conflict(net, b, a))
            fail_msg("seed %d: lane %d gives way to lane %d below it", seed, a->id, b->id);
        }
    }
  return c;
}

static void what_crosses_does_so_above_without_a_conflict(void **state) {
  (void)state;
  for (int seed = 0; seed < SEEDS; seed++) {
    scene *s = build_seed(seed);
    const scene_def def = draw_def(seed);
    crossing c = look_across(&s->roads, seed);
    bool trumpet = strcmp(kind_of(seed), "trumpet") == 0; // one lane of it crosses
    int across = trumpet ? 1 : def.interchange.crossing_lanes;
    int lanes = 4 * def.interchange.lanes * across;
    if (c.count < lanes || c.least_m < CLEAR_M + DECK_M)
      fail_msg("seed %d, %s: %d lanes cross, %.2f m apart or more", seed, kind_of(seed), c.count,
               c.least_m);
    scene_destroy(s);
  }
}

// The motorway lies along x.
static void the_road_that_is_said_lies_over_the_other(void **state) {
  (void)state;
  for (int seed = 0; seed < SEEDS; seed++) {
    scene *s = build_seed(seed);
    const scene_def def = draw_def(seed);
    const road_network *net = &s->roads;
    bool motorway =
        strcmp(def.interchange.over, "motorway") == 0 && strcmp(kind_of(seed), "trumpet") != 0;
    int bridges = 0;
    for (int i = 0; i < net->road_count; i++) {
      const road *r = &net->roads[i];
      if (r->structure != ROAD_BRIDGE)
        continue;
      bridges++;
      bool along = fabs(cos(road_line_at(net, r, 0).heading_rad)) > 0.7;
      if (along != motorway)
        fail_msg("seed %d, %s: road %d has the bridge", seed, kind_of(seed), r->id);
    }
    assert_true(bridges > 0);
    scene_destroy(s);
  }
}

static void grades_are_gentle(void **state) {
  (void)state;
  for (int seed = 0; seed < SEEDS; seed++) {
    scene *s = build_seed(seed);
    const road_network *net = &s->roads;
    double steepest = 0, highest = 0;
    for (int i = 0; i < net->path_count; i++) {
      const road_point *p = network_points(net, &net->paths[i]);
      for (int k = 0; k + 1 < net->paths[i].point_count; k++) {
        steepest = fmax(steepest, fabs(p[k + 1].z_m - p[k].z_m) / (p[k + 1].s_m - p[k].s_m));
        highest = fmax(highest, p[k].z_m);
      }
    }
    if (steepest > 0.0601 || highest < CLEAR_M)
      fail_msg("seed %d, %s: grades up to %.4f, heights up to %.2f m", seed, kind_of(seed),
               steepest, highest);
    scene_destroy(s);
  }
}

// A box seen from above against the lanes' middles, where they are as high as the box stands.
static void nothing_stands_on_lanes_or_hangs_in_the_air(void **state) {
  (void)state;
  for (int seed = 0; seed < SEEDS; seed++) {
    scene *s = build_seed(seed);
    const road_network *net = &s->roads;
    int signals = 0, trees = 0;
    for (int i = 0; i < s->thing_count; i++) {
      const scene_thing *t = &s->things[i];
      signals += t->kind == THING_SIGNAL;
      trees += t->kind == THING_TREE;
      for (int k = 0; k < net->path_count; k++) {
        const lane_path *lane = &net->paths[k];
        const road_point *p = network_points(net, lane);
        double from, to; // where the lane is as wide as a body
        road_lane_usable(net, lane, &from, &to);
        for (int m = 0; m < lane->point_count; m++) {
          double apart = hypot(p[m].x_m - t->at.p_m.x, p[m].y_m - t->at.p_m.y);
          if (apart > lane->width_m / 2) {
            m += (int)((apart - lane->width_m / 2) / 2.2);
            continue;
          }
          if (p[m].s_m >= from && p[m].s_m <= to && t->at.p_m.z + t->size_m[2] > p[m].z_m &&
              t->at.p_m.z < p[m].z_m + CLEAR_M)
            fail_msg(
                "seed %d: a thing of kind %d at (%.1f, %.1f) stands %.2f m from the middle of lane "
                "%d, %.2f m wide, at %.1f of %.1f m",
                seed, (int)t->kind, t->at.p_m.x, t->at.p_m.y, apart, lane->id, lane->width_m,
                p[m].s_m, lane->length_m);
        }
      }
      bool grows = t->kind == THING_TREE || t->kind == THING_BUSH || t->kind == THING_POLE ||
                   t->kind == THING_DELINEATOR || t->kind == THING_BILLBOARD;
      double ground = land_height(net, t->at.p_m.x, t->at.p_m.y);
      // On the border of a high road the land's grid may lie lower by what it falls in a cell.
      if (grows && fabs(t->at.p_m.z - ground) > 2)
        fail_msg("seed %d: a thing of kind %d at (%.1f, %.1f) stands %.2f m above the land", seed,
                 (int)t->kind, t->at.p_m.x, t->at.p_m.y, t->at.p_m.z - ground);
    }
    bool lit = draw_def(seed).interchange.signals > 0 && strcmp(kind_of(seed), "diamond") == 0;
    if (trees < 10 || (signals > 0) != lit)
      fail_msg("seed %d, %s: %d trees, %d signal heads", seed, kind_of(seed), trees, signals);
    scene_destroy(s);
  }
}

static void what_cannot_be_built_says_why(void **state) {
  (void)state;
  for (int seed = 0; seed < SEEDS; seed++) {
    scene_def def = draw_def(seed);
    def.interchange.length_m = 500;
    scene *s = NULL;
    trouble why = {0};
    assert_int_equal(scene_build(&s, &def, 1, 0, 0, &why), STATUS_RANGE);
    static const char says[] = "road.length_m: 500 m are too short for ";
    if (strncmp(why.text, says, strlen(says)) != 0)
      fail_msg("said: %s", why.text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_approach_leads_to_all_others),
      cmocka_unit_test(from_each_end_of_a_cloverleaf_one_gets_to_the_three_others),
      cmocka_unit_test(loops_bend_as_their_limit_allows),
      cmocka_unit_test(between_two_loops_there_is_a_lane_to_weave_on),
      cmocka_unit_test(what_crosses_does_so_above_without_a_conflict),
      cmocka_unit_test(the_road_that_is_said_lies_over_the_other),
      cmocka_unit_test(grades_are_gentle),
      cmocka_unit_test(nothing_stands_on_lanes_or_hangs_in_the_air),
      cmocka_unit_test(what_cannot_be_built_says_why),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
