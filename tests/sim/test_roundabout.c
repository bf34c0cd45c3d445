// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Roundabouts of three lanes: which lanes lead out, and that dense traffic gets round.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "scenes/road_model.h"
#include "with_checks.h"

static const double LONGEST_STAND_S = 150;

static scene *build(int seed) {
  scene_def def = scene_def_default();
  def.place = PLACE_ROUNDABOUT;
  def.duration_s = 600;
  def.frame_hz = 5;
  def.roundabout.lanes = 3;
  def.roundabout.arms = 3 + seed % 3;
  def.roundabout.arm_m = 140;
  def.roundabout.inner_radius_m = 20 + 5 * seed;
  def.vehicles_per_km = 16;
  def.pedestrians_per_km = 10;
  snprintf(def.hand, sizeof def.hand, "%s", seed % 2 ? "left" : "right");
  scene *s = NULL;
  trouble why;
  if (scene_build(&s, &def, (uint64_t)seed, 0, 0, &why) != STATUS_OK)
    fail_msg("seed %d: %s", seed, why.text);
  return s;
}

static bool on_ring(const road_network *net, int road_id) {
  const road *r = &net->roads[road_id - 1];
  return !r->junction && r->predecessor.kind == ROAD_LINK_JUNCTION &&
         r->successor.kind == ROAD_LINK_JUNCTION;
}

// Ways of a lane through the junction ahead: those that go on round the ring, and all.
static void count_ways(const road_network *net, const lane_path *lane, int *on, int *all) {
  *on = 0, *all = lane->next_count;
  for (int k = 0; k < lane->next_count; k++) {
    const lane_path *way = &net->paths[net->lane_links[lane->next_first + k] - 1];
    *on += on_ring(net, net->paths[net->lane_links[way->next_first] - 1].road);
  }
}

static void the_outermost_of_three_lanes_leads_out(void **state) {
  (void)state;
  int lanes = 0;
  for (int seed = 0; seed < 6; seed++) {
    scene *s = build(seed);
    const road_network *net = &s->roads;
    for (int i = 0; i < net->path_count; i++) {
      const lane_path *lane = &net->paths[i];
      if (lane->users == LANE_FOR_BICYCLES || lane->junction || !on_ring(net, lane->road))
        continue;
      int on, all, outward = net->left_hand ? lane->left : lane->right;
      count_ways(net, lane, &on, &all);
      int wanted = outward ? 1 : 0;
      if (on != wanted || all != wanted + 1)
        fail_msg("seed %d: lane %d of the ring leads on %d times, %d ways in all", seed, lane->id,
                 on, all);
      lanes++;
    }
    scene_destroy(s);
  }
  assert_int_equal(lanes, 3 * 2 * (3 + 4 + 5));
}

static void dense_traffic_gets_round(void **state) {
  (void)state;
  for (int seed = 0; seed < 4; seed++) {
    scene *s = build(seed);
    check_report report = {0};
    check_scene(s, 150, &report);
    if (report.overlaps || report.bad_numbers || report.jumps || report.hit_people)
      fail_msg("seed %d: %d overlaps, %d bad numbers, %d jumps, %d people hit; %s", seed,
               report.overlaps, report.bad_numbers, report.jumps, report.hit_people, report.first);
    printf("seed %d: longest stand %.0f s\n", seed, report.longest_stand_s);
    assert_true(report.longest_stand_s < LONGEST_STAND_S);
    scene_destroy(s);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_outermost_of_three_lanes_leads_out),
      cmocka_unit_test(dense_traffic_gets_round),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
