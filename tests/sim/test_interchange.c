// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Traffic through interchanges: it leaves and joins the motorway, crosses above it and waits at the
// junctions of the ramps.
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
#include "scenes/road_model.h"
#include "with_checks.h"

enum { SEEDS = 9, KINDS = 8 };
// Red lights, and gaps to wait for at the end of a ramp.
static const double LONGEST_STAND_S = 75; // of 90 s

static int kind_count(void) {
  int kinds = 0;
  while (fields_word(fields_find(FIELDS_INTERCHANGE, "kind"), kinds))
    kinds++;
  assert_true(kinds <= KINDS);
  return kinds;
}

static scene *build(int seed) {
  rng r = rng_at(10, RNG_TEST, 0, (uint32_t)seed, 0);
  scene_def def = scene_def_default();
  interchange_def *d = &def.interchange;
  const field *kind = fields_find(FIELDS_INTERCHANGE, "kind");
  int kinds = kind_count();
  snprintf(d->kind, sizeof d->kind, "%s", fields_word(kind, seed % kinds));
  def.place = PLACE_INTERCHANGE;
  def.frame_hz = 5;
  def.duration_s = 600;
  def.pedestrians = 0;
  d->length_m = 2800;
  d->lanes = 2 + rng_below(&r, 2);
  d->crossing_lanes = 1 + rng_below(&r, 2);
  d->signals = seed / kinds % 2;
  snprintf(d->over, sizeof d->over, "%s", seed / kinds % 2 ? "motorway" : "crossing");
  d->speed_limit_mps = rng_uniform(&r, 25, 36);
  def.vehicles_per_km = rng_uniform(&r, 6, 20);
  snprintf(def.hand, sizeof def.hand, "%s", seed / kinds == 2 ? "left" : "right");
  scene *s = NULL;
  trouble why;
  if (scene_build(&s, &def, (uint64_t)seed, 0, 0, &why) != STATUS_OK)
    fail_msg("seed %d: %s", seed, why.text);
  return s;
}

typedef struct tally {
  int left, joined, bridged; // the motorway, by a ramp; crossed
  double longest_stand_s;
} tally;

static bool has_median(const road_network *net, const lane_path *lane) {
  const road_section *sec = &net->sections[net->roads[lane->road - 1].section_first];
  const road_lane *beside = road_lane_find(net, sec, -1), *other = road_lane_find(net, sec, 1);
  return (beside && beside->type == LANE_MEDIAN) || (other && other->type == LANE_MEDIAN);
}

static tally run(const scene *s, double seconds, check_report *report) {
  const road_network *net = &s->roads;
  sim_world *world = NULL;
  sim_snapshot shot = {0};
  trouble why;
  tally t = {0};
  *report = (check_report){0};
  int *last = calloc((size_t)s->id_count + 1, sizeof *last);
  double *stands = calloc((size_t)s->id_count + 1, sizeof *stands);
  if (sim_world_create(&world, s, &why) != STATUS_OK)
    fail_msg("%s", why.text);
  for (int frame = 0; frame < (int)(seconds * s->frame_hz); frame++) {
    sim_world_next_frame(world, &shot, &why);
    check_snapshot(&shot, report);
    for (int i = 0; i < shot.actor_count; i++) {
      const sim_actor *a = &shot.actors[i];
      const lane_path *lane = &net->paths[a->lane - 1];
      if (last[a->id] && last[a->id] != a->lane) {
        const lane_path *was = &net->paths[last[a->id] - 1];
        t.left += has_median(net, was) && !has_median(net, lane);
        t.joined += !has_median(net, was) && has_median(net, lane);
        t.bridged += net->roads[lane->road - 1].structure == ROAD_BRIDGE &&
                     net->roads[was->road - 1].structure != ROAD_BRIDGE;
      }
      last[a->id] = a->lane;
      stands[a->id] = a->speed_mps < 0.1 ? stands[a->id] + 1 / s->frame_hz : 0;
      t.longest_stand_s = fmax(t.longest_stand_s, stands[a->id]);
    }
  }
  sim_snapshot_free(&shot);
  sim_world_destroy(world);
  free(stands);
  free(last);
  return t;
}

static void vehicles_change_from_one_road_to_the_other_without_touching(void **state) {
  (void)state;
  tally all[KINDS] = {{0}};
  for (int seed = 0; seed < SEEDS; seed++) {
    scene *s = build(seed);
    check_report report;
    tally t = run(s, 90, &report), *sum = &all[seed % kind_count()];
    if (report.overlaps || report.bad_numbers || report.jumps)
      fail_msg("seed %d: %d overlaps, %d bad numbers, %d jumps; %s", seed, report.overlaps,
               report.bad_numbers, report.jumps, report.first);
    if (t.longest_stand_s > LONGEST_STAND_S)
      fail_msg("seed %d: a vehicle stood for %g s", seed, t.longest_stand_s);
    sum->left += t.left, sum->joined += t.joined, sum->bridged += t.bridged;
    sum->longest_stand_s = fmax(sum->longest_stand_s, t.longest_stand_s);
    scene_destroy(s);
  }
  for (int kind = 0; kind < kind_count(); kind++) {
    const tally *t = &all[kind];
    printf("kind %d: %d left, %d joined, %d went over bridges, longest stand %.0f s\n", kind,
           t->left, t->joined, t->bridged, t->longest_stand_s);
    assert_true(t->left > 30 && t->joined > 30 && t->bridged > 30);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(vehicles_change_from_one_road_to_the_other_without_touching),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
