// SPDX-License-Identifier: Apache-2.0
// labels: unit property
// Lanes for turns across the oncoming traffic: where they begin, where they lead, when they go.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "with_network.h"
#include "with_places.h"

static turn_kind across(const road_network *net) {
  return net->left_hand ? TURN_RIGHT : TURN_LEFT;
}

// Nobody turns across the oncoming traffic where a slip lane leaves a street or joins one.
static bool is_slip(const road_network *net, int junction) {
  for (int i = 0; i < net->path_count; i++)
    if (net->paths[i].junction == junction && net->paths[i].turn == across(net))
      return false;
  return true;
}

// `lane` itself or the later piece of it that comes to where one turns.
static const lane_path *last_piece(const road_network *net, const lane_path *lane) {
  while (lane->next_count == 1) {
    const lane_path *next = network_next(net, lane, 0);
    if (next->junction && !is_slip(net, next->junction))
      break;
    lane = next;
  }
  return lane;
}

static void a_lane_for_turns_leads_nowhere_else(void **state) {
  (void)state;
  int opened = 0;
  for (int n = 0; n < PLACES_COUNT; n++) {
    scene *s = places_build(n);
    const road_network *net = &s->roads;
    for (int i = 0; i < net->path_count; i++) {
      if (!net->paths[i].opens)
        continue;
      const lane_path *lane = last_piece(net, &net->paths[i]);
      int beside = net->left_hand ? lane->left : lane->right, others = 0;
      for (int k = 0; k < lane->next_count; k++)
        if (network_next(net, lane, k)->turn != across(net))
          fail_msg("scene %d: lane %d is for turns and leads on to lane %d", n, lane->id,
                   network_next(net, lane, k)->id);
      assert_true(lane->next_count > 0 && beside);
      for (; beside; others++) {
        const lane_path *other = &net->paths[beside - 1];
        for (int k = 0; k < other->next_count; k++)
          if (network_next(net, other, k)->turn == across(net))
            fail_msg("scene %d: lane %d turns beside lane %d, which is for that", n, beside,
                     lane->id);
        assert_true(other->next_count > 0);
        beside = net->left_hand ? other->left : other->right;
      }
      opened++;
    }
    scene_destroy(s);
  }
  assert_true(opened > 50);
}

static double beside(const road_network *net, const lane_path *a, const lane_path *b, double u) {
  road_point p = lane_point(net, a, u * a->length_m), q = lane_point(net, b, u * b->length_m);
  return hypot(p.x_m - q.x_m, p.y_m - q.y_m);
}

static void it_swings_out_of_the_lane_beside_it(void **state) {
  (void)state;
  for (int n = 0; n < PLACES_COUNT; n++) {
    scene *s = places_build(n);
    const road_network *net = &s->roads;
    for (int i = 0; i < net->path_count; i++) {
      const lane_path *lane = &net->paths[i];
      if (!lane->opens)
        continue;
      const lane_path *other = &net->paths[(net->left_hand ? lane->left : lane->right) - 1];
      double full = (lane->width_m + other->width_m) / 2, before = 0;
      assert_int_equal(lane->previous_count, 1);
      assert_ptr_equal(network_previous(net, lane, 0), network_previous(net, other, 0));
      for (int k = 0; k <= 20; k++) {
        double apart = beside(net, lane, other, k / 20.0);
        if (apart < before - 0.02 || apart > full + 0.05)
          fail_msg("scene %d: lane %d is %.2f m from lane %d, then %.2f m", n, lane->id, before,
                   other->id, apart);
        before = apart;
      }
      if (beside(net, lane, other, 0) > 1e-3 || fabs(before - full) > 0.02)
        fail_msg("scene %d: lane %d goes from %.3f m to %.3f m beside lane %d", n, lane->id,
                 beside(net, lane, other, 0), before, other->id);
    }
    scene_destroy(s);
  }
}

static bool goes(signal_color c) {
  return c == SIGNAL_GREEN || c == SIGNAL_YELLOW;
}

typedef struct green_tally {
  int checked, shared, together; // quarter seconds; signals that are the others' too; of two arms
} green_tally;

// Its ways meet none that has green with it, unless groups ran out.
static void check_green(int n, const road_network *net, const lane_path *lane, green_tally *tally) {
  const lane_path *other = &net->paths[(net->left_hand ? lane->left : lane->right) - 1];
  const road_junction *j = &net->junctions[network_next(net, lane, 0)->junction - 1];
  if (j->kind != JUNCTION_SIGNALS)
    return;
  tally->shared += lane->signal == other->signal;
  if (lane->signal == other->signal) {
    assert_int_equal(j->group_count, ROAD_SIGNAL_GROUPS);
    return;
  }
  int own = net->signals[lane->signal - 1].group, greens = 0;
  for (int i = 0; i < net->signal_count; i++)
    tally->together += net->signals[i].junction == j->id && net->signals[i].group == own &&
                       net->signals[i].id != lane->signal;
  for (double t = 0; t < network_cycle_s(net, j); t += 0.25) {
    if (!goes(signal_at(net, j, own, t)))
      continue;
    greens++;
    for (int k = 0; k < lane->next_count; k++) {
      const lane_path *way = network_next(net, lane, k);
      for (int c = 0; c < way->conflict_count; c++) {
        const lane_path *meets = &net->paths[net->conflicts[way->conflict_first + c].other - 1];
        if (goes(signal_at(net, j, network_group(net, meets), t)))
          fail_msg("scene %d junction %d: lanes %d and %d meet and both go at %.2f s", n, j->id,
                   way->id, meets->id, t);
      }
    }
    tally->checked++;
  }
  assert_true(greens > 20);
}

// A crossing whose arms are more or less in line: ways to the left pass each other, or don't.
static scene *crooked_crossing(int n) {
  scene_def def = scene_def_default();
  def.place = PLACE_INTERSECTION;
  def.intersection.jitter_rad = 0.05 * (n % 10);
  def.intersection.lanes = 1 + n % 2;
  def.intersection.turn_lanes = 1;
  scene *s = NULL;
  trouble why = {0};
  if (scene_build(&s, &def, (uint64_t)n, 0, 0, &why) != STATUS_OK)
    fail_msg("crossing %d: %s", n, why.text);
  return s;
}

static void its_green_is_its_own(void **state) {
  (void)state;
  green_tally tally = {0};
  for (int n = 0; n < PLACES_COUNT + 40; n++) {
    scene *s = n < PLACES_COUNT ? places_build(n) : crooked_crossing(n - PLACES_COUNT);
    for (int i = 0; i < s->roads.path_count; i++)
      if (s->roads.paths[i].opens)
        check_green(n, &s->roads, last_piece(&s->roads, &s->roads.paths[i]), &tally);
    scene_destroy(s);
  }
  if (tally.checked < 2000 || tally.shared > 10 || tally.together < 100)
    fail_msg("%d greens, %d with the others', %d of two arms", tally.checked, tally.shared,
             tally.together);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_lane_for_turns_leads_nowhere_else),
      cmocka_unit_test(it_swings_out_of_the_lane_beside_it),
      cmocka_unit_test(its_green_is_its_own),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
