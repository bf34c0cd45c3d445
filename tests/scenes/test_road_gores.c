// SPDX-License-Identifier: Apache-2.0
// labels: unit property
// Chevrons in the gores of highways and interchanges: where they are, where they point, and that
// they keep off the lines beside them.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "scenes/place.h"
#include "scenes/road_ends.h"
#include "scenes/road_model.h"
#include "scenes/scene.h"

enum { SEEDS = 16, MOST = 4096 };
static const double LINE_M = 0.075; // half of a line on a motorway

static scene *build_seed(int seed) {
  rng r = rng_at(9, RNG_TEST, 0, (uint32_t)seed, 0);
  static const char *const kinds[] = {"cloverleaf", "trumpet", "diamond"};
  scene_def def = scene_def_default();
  def.vehicles = 0;
  strcpy(def.hand, seed / 4 % 2 ? "left" : "right");
  if (seed % 4 == 3) {
    highway_def *h = &def.highway;
    def.place = PLACE_HIGHWAY;
    h->length_m = 6000;
    h->exits = 2, h->entries = 2, h->weaving = 0.5;
    h->radius_m = seed % 8 == 3 ? 0 : 1200;
    h->shoulder_m = rng_uniform(&r, 1, 3.5);
    h->ramp_radius_m = 60;
  } else {
    interchange_def *d = &def.interchange;
    def.place = PLACE_INTERCHANGE;
    snprintf(d->kind, sizeof d->kind, "%s", kinds[seed % 4]);
    d->length_m = 3000;
    d->lanes = 1 + rng_below(&r, 3);
    d->crossing_lanes = 1 + rng_below(&r, 2);
    d->shoulder_m = rng_uniform(&r, 1, 3.5);
  }
  scene *s = NULL;
  trouble why = {0};
  if (scene_build(&s, &def, 4, (uint32_t)seed, 0, &why) != STATUS_OK)
    fail_msg("seed %d: %s", seed, why.text);
  return s;
}

typedef struct found {
  road_chevron shape;
  const road *of;
  const road_lane *lane;
  int index;
} found;

static int find_chevrons(const road_network *net, found out[MOST]) {
  int count = 0;
  for (int i = 0; i < net->road_count; i++) {
    const road *r = &net->roads[i];
    const road_section *section = &net->sections[r->section_first];
    for (int k = 0; k < section->lane_count; k++) {
      const road_lane *lane = &net->lanes[section->lane_first + k];
      found f = {.of = r, .lane = lane};
      while (road_is_gore(net, r, 0, lane) && count < MOST &&
             road_chevron_lay(net, r, 0, lane, f.index, &f.shape)) {
        out[count++] = f;
        f.index++;
      }
    }
  }
  return count;
}

// The distance of an arm's corners from a point: the two nearest to the gore's middle, the others.
static void distances(const found *f, double x, double y, double *tip, double *ends) {
  *tip = *ends = 0;
  for (int arm = 0; arm < 2; arm++)
    for (int i = 0; i < 4; i++) {
      const vec3 *p = &f->shape.arms[arm][i], *other = f->shape.arms[1 - arm];
      bool middle = false; // both arms have those
      for (int k = 0; k < 4; k++)
        middle |= hypot(p->x - other[k].x, p->y - other[k].y) < 1e-9;
      *(middle ? tip : ends) += hypot(p->x - x, p->y - y) / 4;
    }
}

// The trumpet's carriageways part at a fork that has no gore: they were two before.
static void at_every_nose_chevrons_point_away_from_it(void **state) {
  (void)state;
  static found all[MOST];
  for (int seed = 0; seed < SEEDS; seed++) {
    scene *s = build_seed(seed);
    const road_network *net = &s->roads;
    int count = find_chevrons(net, all), bare = 0;
    for (int i = 0; i < net->junction_count; i++) {
      const road_junction *j = &net->junctions[i];
      if (j->kind != JUNCTION_FORK)
        continue;
      double nearest = INFINITY, tip = 0, ends = 0;
      for (int k = 0; k < count; k++) {
        double own[2];
        distances(&all[k], j->x_m, j->y_m, &own[0], &own[1]);
        if (own[1] < nearest)
          nearest = own[1], tip = own[0], ends = own[1];
      }
      bare += nearest > 8;
      if (nearest <= 8 && !(tip > ends + 0.1))
        fail_msg("seed %d: at junction %d a chevron's tip is %.2f m away, its ends %.2f m", seed,
                 j->id, tip, ends);
    }
    if (bare != (seed % 4 == 1) || count < 10)
      fail_msg("seed %d: %d noses have no chevrons; there are %d", seed, bare, count);
    scene_destroy(s);
  }
}

static void chevrons_lie_on_the_asphalt_between_the_lines(void **state) {
  (void)state;
  static found all[MOST];
  for (int seed = 0; seed < SEEDS; seed++) {
    scene *s = build_seed(seed);
    const road_network *net = &s->roads;
    int count = find_chevrons(net, all);
    for (int i = 0; i < count; i++) {
      const found *f = &all[i];
      for (int k = 0; k < 8; k++) {
        const vec3 *arm = f->shape.arms[k / 4], a = arm[k % 4], b = arm[(k + 1) % 4],
                   c = arm[(k + 2) % 4];
        double area = (b.x - a.x) * (c.y - b.y) - (b.y - a.y) * (c.x - b.x), at_s, at_t;
        if (!(area > 0))
          fail_msg("seed %d: a chevron of road %d turns the wrong way", seed, f->of->id);
        road_project(net, f->of, a.x, a.y, &at_s, &at_t);
        double outer = road_lane_outer_t(net, f->of, 0, f->lane->id, at_s);
        double inner =
            road_lane_outer_t(net, f->of, 0, f->lane->id + (f->lane->id < 0 ? 1 : -1), at_s);
        double free = fmin(fabs(outer - at_t), fabs(inner - at_t));
        bool inside = (outer - at_t) * (inner - at_t) < 0;
        double off = fabs(road_point_at(net, f->of, at_s, at_t).z - a.z);
        if (!inside || free < LINE_M + 0.02 || off > 1e-6)
          fail_msg("seed %d: a chevron of road %d, lane %d at %.2f m lies %.3f m beside a line's "
                   "middle, %.6f m off the asphalt",
                   seed, f->of->id, f->lane->id, at_s, free, off);
      }
    }
    scene_destroy(s);
  }
}

static void chevrons_of_a_gore_follow_each_other(void **state) {
  (void)state;
  static found all[MOST];
  for (int seed = 0; seed < SEEDS; seed++) {
    scene *s = build_seed(seed);
    const road_network *net = &s->roads;
    int count = find_chevrons(net, all);
    for (int i = 0; i + 1 < count; i++) {
      if (all[i].lane != all[i + 1].lane)
        continue;
      vec3 step = vec3_sub(all[i + 1].shape.arms[0][0], all[i].shape.arms[0][0]);
      double apart = hypot(step.x, step.y);
      if (apart < 3 || apart > 4)
        fail_msg("seed %d: on road %d chevron %d is %.2f m from the one before", seed,
                 all[i].of->id, all[i + 1].index, apart);
    }
    scene_destroy(s);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(at_every_nose_chevrons_point_away_from_it),
      cmocka_unit_test(chevrons_lie_on_the_asphalt_between_the_lines),
      cmocka_unit_test(chevrons_of_a_gore_follow_each_other),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
