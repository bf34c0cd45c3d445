// SPDX-License-Identifier: Apache-2.0
// labels: unit property
// Highways with ramps, weaving lanes, lane drops and gains.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "scenes/place.h"
#include "scenes/scene.h"

enum { SEEDS = 60 };
// A lane is driven on from where it is as wide as that, or a little narrower.
static const double NARROW_M = 0.5;

static scene_def draw_def(int seed) {
  rng r = rng_at(5, RNG_TEST, 0, (uint32_t)seed, 0);
  scene_def def = scene_def_default();
  highway_def *h = &def.highway;
  def.place = PLACE_HIGHWAY;
  def.vehicles = 0;
  h->lanes = 2 + rng_below(&r, 3);
  h->exits = rng_below(&r, 4);
  h->entries = rng_below(&r, 4);
  h->lane_drops = rng_below(&r, 3);
  h->lane_gains = 1 + rng_below(&r, 2);
  h->weaving = rng_chance(&r, 0.5) ? rng_unit(&r) : 0;
  h->length_m = rng_uniform(&r, 6500, 8000);
  h->lane_width_m = rng_uniform(&r, 3.25, 4);
  h->shoulder_m = rng_chance(&r, 0.2) ? 0 : rng_uniform(&r, 1, 3);
  h->speed_limit_mps = rng_uniform(&r, 22, 38);
  h->radius_m = rng_chance(&r, 0.4) ? 0 : rng_uniform(&r, 700, 3000);
  h->acceleration_m = rng_uniform(&r, 150, 250);
  h->deceleration_m = rng_uniform(&r, 80, 250);
  h->ramp_radius_m = rng_uniform(&r, 40, 80);
  strcpy(def.hand, seed % 3 == 2 ? "left" : "right");
  return def;
}

static scene *build_seed(int seed) {
  scene_def def = draw_def(seed);
  scene *s = NULL;
  trouble why = {0};
  if (scene_build(&s, &def, 3, (uint32_t)seed, 0, &why) != STATUS_OK)
    fail_msg("seed %d: %s", seed, why.text);
  return s;
}

static double lane_width(const road_network *net, const lane_path *lane, double ds) {
  const road_section *sec = &net->sections[net->roads[lane->road - 1].section_first];
  return road_width_at(net, road_lane_find(net, sec, lane->lane), ds);
}

// Width where the lane begins and ends, in driving direction.
static void end_widths(const road_network *net, const lane_path *lane, double out[2]) {
  double length = net->roads[lane->road - 1].length_m;
  bool along = road_lane_along(net, lane->lane);
  out[0] = lane_width(net, lane, along ? 0 : length);
  out[1] = lane_width(net, lane, along ? length : 0);
}

static void lanes_join_and_only_end_where_they_are_asked_to(void **state) {
  (void)state;
  for (int seed = 0; seed < SEEDS; seed++) {
    scene *s = build_seed(seed);
    scene_def def = draw_def(seed);
    const road_network *net = &s->roads;
    int ends = 0, begins = 0, open[2] = {0, 0}; // inside; at the network's borders
    for (int i = 0; i < net->path_count; i++) {
      const lane_path *a = &net->paths[i];
      double widths[2];
      end_widths(net, a, widths);
      assert_true(a->next_count <= 1 && a->previous_count <= 1 && a->junction == 0);
      road_point end = lane_point(net, a, a->length_m);
      if (a->next_count == 1) {
        const lane_path *b = &net->paths[net->lane_links[a->next_first] - 1];
        road_point begin = lane_point(net, b, 0);
        double gap = hypot(end.x_m - begin.x_m, end.y_m - begin.y_m), next[2];
        double turn = fabs(angle_wrap(end.heading_rad - begin.heading_rad));
        end_widths(net, b, next);
        if (gap > 1e-3 || turn > 1e-3 || fabs(widths[1] - next[0]) > 1e-6)
          fail_msg("seed %d: lane %d ends %.5f m, %.5f rad, %.6f m of width off lane %d's begin",
                   seed, a->id, gap, turn, widths[1] - next[0], b->id);
      } else if (widths[1] < NARROW_M) {
        ends++;
      } else {
        open[1]++;
      }
      if (a->previous_count == 0)
        *(widths[0] < NARROW_M ? &begins : &open[0]) += 1;
    }
    // On both carriageways: drops and acceleration lanes end, gains and deceleration lanes begin;
    // a weaving lane is both and does neither.
    const highway_def *h = &def.highway;
    int in = 2 * (h->exits + h->lane_gains) - begins, out = 2 * (h->entries + h->lane_drops) - ends;
    int through = 2 * (2 * h->lanes + h->lane_gains - h->lane_drops);
    if (in != out || in < 0 || (h->weaving == 0 && in > 0))
      fail_msg("seed %d: %d lanes end, %d begin", seed, ends, begins);
    if (open[0] + open[1] != through + 2 * (h->exits + h->entries))
      fail_msg("seed %d: %d lanes lead in, %d out", seed, open[0], open[1]);
    scene_destroy(s);
  }
}

static void widths_stay_in_range_and_tapers_are_long(void **state) {
  (void)state;
  for (int seed = 0; seed < SEEDS; seed++) {
    scene *s = build_seed(seed);
    scene_def def = draw_def(seed);
    const road_network *net = &s->roads;
    double widest = fmax(4.5, def.highway.lane_width_m);
    for (int i = 0; i < net->road_count; i++) {
      const road *r = &net->roads[i];
      const road_section *sec = &net->sections[r->section_first];
      for (int k = 0; k < sec->lane_count; k++) {
        const road_lane *lane = &net->lanes[sec->lane_first + k];
        double last = road_width_at(net, lane, 0);
        for (double at = 0; at <= r->length_m; at += 0.5) {
          double width = road_width_at(net, lane, at);
          double most = lane->type == LANE_DRIVING ? widest : 4.01;
          if (width < -1e-9 || width > most + 1e-9)
            fail_msg("seed %d road %d lane %d: %.4f m wide", seed, r->id, lane->id, width);
          // A lane of 4 m that opens over 80 m gets wider by 7.5 % of the way at most.
          if (lane->type == LANE_DRIVING && fabs(width - last) > 0.5 * 0.0751)
            fail_msg("seed %d road %d lane %d at %.1f m: width changes by %.4f m in half a metre",
                     seed, r->id, lane->id, at, width - last);
          last = width;
        }
      }
    }
    scene_destroy(s);
  }
}

// By the points: what a vehicle in the middle of the lane drives.
static void curvature_suits_the_limit(void **state) {
  (void)state;
  for (int seed = 0; seed < SEEDS; seed++) {
    scene *s = build_seed(seed);
    const road_network *net = &s->roads;
    for (int i = 0; i < net->path_count; i++) {
      const lane_path *lane = &net->paths[i];
      double least = place_least_radius(lane->speed_limit_mps);
      bool fast = lane->speed_limit_mps > 20;
      for (double at = 5; at + 5 < lane->length_m; at += 2) {
        double turn = angle_wrap(lane_point(net, lane, at + 5).heading_rad -
                                 lane_point(net, lane, at - 5).heading_rad);
        // A taper bends as much as the limit allows, and so may the curve below it.
        if (fabs(turn) / 10 > (fast ? 2.02 : 1.02) / least)
          fail_msg("seed %d lane %d at %.1f m: radius %.1f m, the limit asks for %.1f m", seed,
                   lane->id, at, 10 / fabs(turn), least);
      }
    }
    scene_destroy(s);
  }
}

// A few metres from its ends, where the one is the other's continuation.
static void check_apart(const road_network *net, int seed, const lane_path *a, const lane_path *b) {
  const road_point *q = &net->points[b->point_first];
  for (double at = 4; at < a->length_m - 4; at += 4) {
    road_point p = lane_point(net, a, at);
    for (int m = 0; m < b->point_count; m += 4) {
      double gap = hypot(q[m].x_m - p.x_m, q[m].y_m - p.y_m);
      if (gap < (a->width_m + b->width_m) / 2 - 0.1)
        fail_msg("seed %d: lane %d at %.0f m is %.2f m from lane %d", seed, a->id, at, gap, b->id);
      // The rest of that lane is no nearer than its length allows.
      if (gap - (b->length_m - q[m].s_m) > 10)
        break;
    }
  }
}

static void ramps_keep_off_other_roads(void **state) {
  (void)state;
  for (int seed = 0; seed < SEEDS; seed++) {
    scene *s = build_seed(seed);
    const road_network *net = &s->roads;
    for (int i = 0; i < net->path_count; i++) {
      const lane_path *a = &net->paths[i];
      const road *r = &net->roads[a->road - 1];
      if (r->section_count != 1 || net->sections[r->section_first].lane_count != 6)
        continue; // a ramp: lane, two shoulders, two verges, the centre
      for (int k = 0; k < net->path_count; k++) {
        const lane_path *b = &net->paths[k];
        if (b->road != a->road)
          check_apart(net, seed, a, b);
      }
    }
    scene_destroy(s);
  }
}

// As many as there is room for; nothing else of a highway is a bridge.
static void overpasses_cross_high_enough(void **state) {
  (void)state;
  int bridges = 0;
  for (int seed = 0; seed < SEEDS / 4; seed++) {
    scene_def def = draw_def(seed);
    def.highway.overpasses = 3;
    scene *s = NULL;
    trouble why = {0};
    if (scene_build(&s, &def, 3, (uint32_t)seed, 0, &why) != STATUS_OK)
      fail_msg("seed %d: %s", seed, why.text);
    const road_network *net = &s->roads;
    for (int i = 0; i < net->path_count; i++) {
      const lane_path *above = &net->paths[i];
      if (net->roads[above->road - 1].structure != ROAD_BRIDGE)
        continue;
      bridges += above->lane == -1;
      int below = 0;
      for (double at = 0; at < above->length_m; at += 1) {
        road_point p = lane_point(net, above, at);
        for (int k = 0; k < net->path_count; k++) {
          const road_point *q = &net->points[net->paths[k].point_first];
          for (int m = 0; m < net->paths[k].point_count && net->paths[k].road != above->road; m++) {
            if (hypot(q[m].x_m - p.x_m, q[m].y_m - p.y_m) > 3)
              continue;
            bool joint = p.z_m - q[m].z_m < 0.01; // the road before or after the bridge
            below += !joint;
            if (!joint && p.z_m - q[m].z_m < 6)
              fail_msg("seed %d: lane %d is %.2f m above lane %d", seed, above->id,
                       p.z_m - q[m].z_m, k + 1);
          }
        }
      }
      assert_true(below > 0);
    }
    scene_destroy(s);
  }
  assert_true(bridges >= 30);
}

static void what_cannot_be_built_says_why(void **state) {
  (void)state;
  static const struct {
    highway_def change;
    const char *says;
  } cases[] = {
      {{.length_m = 900, .lanes = 3, .exits = 2, .entries = 2},
       "road.length_m: 900 m are too short for 2 exits, 2 entries, 0 lane drops and 0 lane "
       "gains; "},
      {{.length_m = 9000, .lanes = 2, .lane_drops = 2},
       "road.lane_drops: 2 drops and 0 gains leave 0 of 2 lanes; one must stay"},
      {{.length_m = 9000, .lanes = 5, .lane_gains = 3},
       "road.lane_gains: 3 gains and 0 drops make 8 lanes of 5; 6 is the most"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    scene_def def = scene_def_default();
    def.place = PLACE_HIGHWAY;
    def.highway.length_m = cases[i].change.length_m;
    def.highway.lanes = cases[i].change.lanes;
    def.highway.exits = cases[i].change.exits;
    def.highway.entries = cases[i].change.entries;
    def.highway.lane_drops = cases[i].change.lane_drops;
    def.highway.lane_gains = cases[i].change.lane_gains;
    scene *s = NULL;
    trouble why = {0};
    assert_int_equal(scene_build(&s, &def, 1, 0, 0, &why), STATUS_RANGE);
    if (strncmp(why.text, cases[i].says, strlen(cases[i].says)) != 0)
      fail_msg("said: %s", why.text);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(lanes_join_and_only_end_where_they_are_asked_to),
      cmocka_unit_test(widths_stay_in_range_and_tapers_are_long),
      cmocka_unit_test(curvature_suits_the_limit),
      cmocka_unit_test(ramps_keep_off_other_roads),
      cmocka_unit_test(overpasses_cross_high_enough),
      cmocka_unit_test(what_cannot_be_built_says_why),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
