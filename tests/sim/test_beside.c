// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Who is beside whom, on lanes of different lengths and with sirens: single questions to a world
// whose vehicles are put where they matter.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/state.h"
#include "with_networks.h"
#include "with_scenes.h"

static void put(sim_world *w, int i, int lane, double s_m, double v_mps) {
  sim_vehicles *cars = &w->cars;
  cars->route_count[i] = 1;
  cars->came_from[i] = cars->hold_lane[i] = cars->want_lane[i] = cars->asks[i] = 0;
  cars->change_from_m[i] = cars->shift_m[i] = 0;
  cars->aside[i] = ASIDE_NONE;
  sim_route(w, i)[0] = lane;
  sim_route_extend(w, i);
  cars->s_m[i] = s_m;
  cars->v_mps[i] = v_mps;
  sim_track_node at = sim_track_plain(&w->lanes.tracks[lane - 1], s_m);
  cars->body[i].x_m = at.x_m, cars->body[i].y_m = at.y_m;
  cars->body[i].ahead_x = at.tx, cars->body[i].ahead_y = at.ty;
}

// The lanes of a curve beside each other, the longer one first, and its world. A curve of 30 m
// radius through 1.6 rad: some 5 m between their lengths.
static sim_world *on_curve(scene **s, int *longer, int *shorter) {
  scene_def def = with_scene_def(6, 1);
  def.curve.lanes = 2;
  def.curve.radius_m = 30;
  def.curve.turn_rad = 1.6;
  def.pedestrians = 0;
  def.emergency = 1;
  *s = with_scene_of(6, 1, &def);
  sim_world *w = with_world(*s);
  for (int i = 0; i < w->net->path_count; i++) {
    const lane_path *a = &w->net->paths[i];
    int b = a->left ? a->left : a->right;
    if (!b || !(a->users & LANE_FOR_CARS) || a->length_m < sim_lane(w, b)->length_m + 3)
      continue;
    *longer = a->id;
    *shorter = b;
    return w;
  }
  fail_msg("no lanes of different lengths beside each other");
  return w;
}

static void riders_at_the_line_see_who_is_beside_them_on_a_longer_lane(void **state) {
  (void)state;
  scene *s;
  int longer, shorter;
  sim_world *w = on_curve(&s, &longer, &shorter);
  for (int i = 2; i < w->cars.count; i++)
    w->cars.gone[i] = 1;
  double end = sim_facts(w, shorter)->stop_m, far = sim_facts(w, longer)->length_m;
  double scale = far / sim_facts(w, shorter)->length_m;
  // Vehicle 0 has come to its line on the border to the longer lane, and steers back from there.
  put(w, 0, shorter, end - w->cars.length_m[0] / 2 - 1, 0);
  int side = sim_lane(w, shorter)->left == longer ? 1 : -1;
  w->cars.aside[0] = ASIDE_RETURNS;
  w->cars.shift_m[0] = side * sim_lane(w, shorter)->width_m / 2;
  for (int ahead = -1; ahead <= 1; ahead++) {
    double apart = ahead * ((w->cars.length_m[0] + w->cars.length_m[1]) / 2 + 1);
    put(w, 1, longer, w->cars.s_m[0] * scale + apart, 0);
    sim_queues_build(w);
    assert_int_equal(sim_aside_holds(w, 0), ahead == 0);
  }
  sim_world_destroy(w);
  scene_destroy(s);
}

// A siren beside a lorry has its tail farther ahead than that: who follows keeps to the lorry.
static void who_follows_a_siren_keeps_to_the_lorry_that_it_is_beside(void **state) {
  (void)state;
  scene *s;
  int longer, lane;
  sim_world *w = on_curve(&s, &longer, &lane);
  int siren = -1;
  for (int i = 0; i < w->cars.count; i++)
    siren = w->sirens->number[i] ? i : siren;
  assert_true(siren >= 0);
  const int lorry = siren == 0 ? 1 : 0, car = siren <= 1 ? 2 : 1;
  for (int i = 0; i < w->cars.count; i++)
    w->cars.gone[i] = i != siren && i != lorry && i != car;
  w->cars.length_m[lorry] = 12;
  put(w, lorry, lane, 60, 0);
  put(w, siren, lane, 59, 0);
  put(w, car, lane, 60 - 6 - 2 - w->cars.length_m[car] / 2, 2); // 2 m behind the lorry
  w->cars.shift_m[siren] = 2.4;
  sim_queues_build(w);
  sim_leader leader = sim_siren_leader(w, car, sim_queue_leader(w, car, 60));
  assert_int_equal(leader.vehicle, lorry);
  assert_true(fabs(leader.gap_m - 2) < 1e-9);
  sim_world_destroy(w);
  scene_destroy(s);
}

// A long lane out of a junction with a crosswalk over its begin, and the crosswalk; 0: none.
static int crossed_at_begin(const sim_world *w, const lane_crossing **crossing) {
  for (int i = 0; i < w->net->path_count; i++) {
    const lane_path *a = &w->net->paths[i];
    int c = w->lanes.crossing_first[i];
    if (a->junction || a->length_m < 60 || !(a->users & LANE_FOR_CARS) ||
        c == w->lanes.crossing_first[i + 1] || w->net->crossings[c].end_s_m > 12)
      continue;
    *crossing = &w->net->crossings[c];
    return a->id;
  }
  return 0;
}

// How far aside one with a siren over that crosswalk steers to get past who stands ahead, while
// people are on the crosswalk or not.
static double steers_to(sim_world *w, int siren, int lane, const lane_crossing *crossing,
                        bool people) {
  int other = siren == 0 ? 1 : 0;
  for (int i = 0; i < w->cars.count; i++)
    w->cars.gone[i] = i != siren && i != other;
  w->steps = 1000; // it doesn't drive over the middle at the scene's begin
  put(w, siren, lane, crossing->end_s_m + w->cars.length_m[siren] / 2 - 1, 2);
  put(w, other, lane, w->cars.s_m[siren] + 16, 0);
  memset(w->walker_head, 0xff, (size_t)w->net->crosswalk_count * sizeof *w->walker_head);
  if (people)
    w->walker_head[crossing->crosswalk - 1] = 0;
  sim_queues_build(w);
  memset(w->claim_head, 0xff, (size_t)w->net->path_count * sizeof *w->claim_head);
  sim_sirens_hear(w);
  return w->sirens->aside_to_m[siren];
}

static void sirens_steer_to_no_side_while_people_are_beside_their_tail(void **state) {
  (void)state;
  int tried = 0;
  for (uint64_t seed = 1; seed < 5; seed++) {
    scene_def def = with_scene_def(2, seed);
    def.emergency = 1;
    scene *s = with_scene_of(2, seed, &def);
    sim_world *w = with_world(s);
    int siren = 0;
    while (siren < w->cars.count - 1 && !w->sirens->number[siren])
      siren++;
    const lane_crossing *crossing = NULL;
    int lane = crossed_at_begin(w, &crossing);
    if (lane && fabs(steers_to(w, siren, lane, crossing, false)) > 0.2) {
      tried++;
      assert_true(steers_to(w, siren, lane, crossing, true) == 0);
    }
    sim_world_destroy(w);
    scene_destroy(s);
  }
  printf("%d scenes\n", tried);
  assert_true(tried > 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(riders_at_the_line_see_who_is_beside_them_on_a_longer_lane),
      cmocka_unit_test(who_follows_a_siren_keeps_to_the_lorry_that_it_is_beside),
      cmocka_unit_test(sirens_steer_to_no_side_while_people_are_beside_their_tail),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
