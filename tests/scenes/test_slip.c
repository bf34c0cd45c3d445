// SPDX-License-Identifier: Apache-2.0
// labels: unit property
// Slip lanes of an intersection: where they lead, who gives way, what lies inside of them.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scenes/road_model.h"
#include "with_any_place.h"
#include "with_network.h"
#include "with_proofs.h"

enum { NETWORKS = 300, JUNCTIONS = 8 };

static any_place drawn(int n) {
  static const char *const rules[] = {"signals", "priority", "all_way_stop", "right_before_left"};
  any_place of = {.place = PLACE_INTERSECTION, .number = (uint32_t)n, .def = scene_def_default()};
  intersection_def *def = &of.def.intersection;
  of.def.place = PLACE_INTERSECTION;
  def->arms = 3 + n % 4;
  def->jitter_rad = 0.05 * (n % 11);
  def->lanes = 1 + n / 2 % 2;
  def->lane_width_m = 2.8 + 0.1 * (n % 11);
  def->sidewalk_m = 1 + 0.5 * (n % 7);
  def->corner_radius_m = 3 + n % 13;
  def->arm_m = 40 + 20 * (n % 9);
  def->bike_lanes = n % 3 ? 0 : 0.5;
  def->turn_lanes = n % 5 < 2;
  def->parked_per_km = n % 5 ? 60 : 0;
  def->slip_lanes = n % 4 ? 1 : 0.5;
  snprintf(def->rule, sizeof def->rule, "%s", rules[n / 3 % 4]);
  snprintf(of.def.hand, sizeof of.def.hand, "%s", n % 2 ? "left" : "right");
  return of;
}

static void build(any_place *of) {
  trouble why = {0};
  if (any_place_build(of, &why) != STATUS_OK)
    fail_msg("network %u: %s", of->number, why.text);
}

static bool is_slip(const road_network *net, const road *r) {
  return !r->junction && road_one_way(net, r) && r->predecessor.kind == ROAD_LINK_JUNCTION &&
         r->successor.kind == ROAD_LINK_JUNCTION;
}

static const lane_path *lane_of(const road_network *net, const road *slip) {
  const lane_path *lane = &net->paths[road_first_path(net, slip->id)];
  assert_int_equal(lane->road, slip->id);
  return lane;
}

// The road between a small junction and the intersection.
static const road *inner_road(const road_network *net, int junction) {
  for (int i = 0; i < net->road_count; i++) {
    const road *r = &net->roads[i];
    if (!r->junction && !road_one_way(net, r) && r->predecessor.kind == ROAD_LINK_JUNCTION &&
        r->successor.kind == ROAD_LINK_JUNCTION && r->successor.id == junction)
      return r;
  }
  fail_msg("no road leads from junction %d to the intersection", junction);
  return NULL;
}

static bool is_outermost(const road_network *net, const lane_path *lane) {
  return (net->left_hand ? lane->left : lane->right) == 0;
}

// Calls `check` with every slip lane of all networks; how many there are.
static int each_slip(void (*check)(const any_place *, const road *)) {
  int found = 0;
  for (int n = 0; n < NETWORKS; n++) {
    any_place of = drawn(n);
    build(&of);
    for (int i = 0; i < of.net.road_count; i++)
      if (is_slip(&of.net, &of.net.roads[i])) {
        check(&of, &of.net.roads[i]);
        found++;
      }
    any_place_free(&of);
  }
  return found;
}

static void intersections_with_slip_lanes_keep_every_promise(void **state) {
  (void)state;
  int *faulty = calloc((size_t)proofs_count, sizeof *faulty), bad = 0;
  for (int n = 0; n < NETWORKS; n++) {
    any_place of = drawn(n);
    build(&of);
    proof_case about = {.net = &of.net, .def = &of.def, .junctions = JUNCTIONS};
    for (int i = 0; i < proofs_count; i++) {
      proof_fault fault = {0};
      proofs_table[i].check(&about, &fault);
      if (fault.count && ++faulty[i] < 9)
        print_error("network %d: not so: %s, %d times; first: %s\n", n, proofs_table[i].name,
                    fault.count, fault.text);
    }
    any_place_free(&of);
  }
  for (int i = 0; i < proofs_count; i++)
    bad += faulty[i] > proofs_table[i].most_share * NETWORKS;
  free(faulty);
  if (bad)
    fail_msg("%d promises aren't kept", bad);
}

static bool leads_between(const road_network *net, const road *from, const road *to) {
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *way = &net->paths[i];
    if (way->junction == from->predecessor.id && network_previous(net, way, 0)->road == from->id &&
        network_next(net, way, 0)->road == to->id)
      return true;
  }
  return false;
}

static void check_way(const any_place *of, const road *slip) {
  const road_network *net = &of->net;
  const lane_path *lane = lane_of(net, slip), *in = NULL;
  for (int k = 0; k < lane->previous_count; k++)
    if (network_previous(net, lane, k)->users == LANE_FOR_ALL)
      in = network_previous(net, lane, k);
  if (!in || !is_outermost(net, network_previous(net, in, 0)))
    fail_msg("network %u: slip lane %d isn't entered from an outermost lane", of->number, lane->id);
  for (int k = 0; k < lane->next_count; k++) {
    const lane_path *out = network_next(net, lane, k), *to = network_next(net, out, 0);
    const road *street = &net->roads[to->road - 1];
    if (street->predecessor.id != slip->successor.id ||
        street->successor.kind == ROAD_LINK_JUNCTION ||
        (to->users != LANE_FOR_BICYCLES && !is_outermost(net, to)))
      fail_msg("network %u: slip lane %d leads to lane %d", of->number, lane->id, to->id);
  }
  const road *from = inner_road(net, slip->predecessor.id),
             *to = inner_road(net, slip->successor.id);
  if (from == to || from->predecessor.id != to->predecessor.id)
    fail_msg("network %u: slip lane %d doesn't join arms of one intersection", of->number,
             lane->id);
  if (leads_between(net, from, to))
    fail_msg("network %u: one turns from road %d to %d in the intersection, too", of->number,
             from->id, to->id);
}

static void each_leads_from_an_outermost_lane_to_the_next_arms(void **state) {
  (void)state;
  assert_in_range(each_slip(check_way), 400, 1200);
}

// Whoever comes out of the intersection on the lane that a slip lane joins goes first.
static void check_yield(const any_place *of, const road *slip) {
  const road_network *net = &of->net;
  const lane_path *lane = lane_of(net, slip);
  int from_inside = 0;
  for (int k = 0; k < lane->next_count; k++) {
    const lane_path *out = network_next(net, lane, k);
    for (int c = 0; c < out->conflict_count; c++) {
      const lane_conflict *meets = &net->conflicts[out->conflict_first + c];
      const lane_path *other = &net->paths[meets->other - 1];
      if (!meets->yields && network_previous(net, other, 0)->road != slip->id)
        fail_msg("network %u: who comes out of slip lane %d doesn't yield to lane %d", of->number,
                 lane->id, other->id);
      from_inside +=
          network_previous(net, other, 0)->road == inner_road(net, slip->successor.id)->id &&
          network_next(net, other, 0) == network_next(net, out, 0);
    }
  }
  if (from_inside == 0 || !road_lane_joins(net, lane))
    fail_msg("network %u: slip lane %d meets nobody from the intersection", of->number, lane->id);
  bool crossed = false;
  for (int c = 0; c < net->crossing_count; c++)
    crossed = crossed || (net->crossings[c].lane == lane->id &&
                          net->crossings[c].begin_s_m >= lane->stop_s_m + 0.5);
  if (!crossed || lane->signal)
    fail_msg("network %u: slip lane %d has no crosswalk behind its line, or lights", of->number,
             lane->id);
}

static void who_comes_out_gives_way_to_all_and_to_people(void **state) {
  (void)state;
  assert_true(each_slip(check_yield) > 400);
}

// Points along a side's kerb stone, from s = 0 on or back to it.
static void follow(const road_network *net, const road *r, int side, bool back, vec3 *out,
                   int count) {
  for (int i = 0; i < count; i++) {
    double s = r->length_m * (back ? count - 1 - i : i) / (count - 1);
    out[i] = road_point_at(net, r, s, road_edge_t(net, r, s, side, ROAD_EDGE_STONE));
  }
}

static bool inside(const vec3 *line, int count, double x, double y) {
  bool in = false;
  for (int i = 0, k = count - 1; i < count; k = i++)
    if ((line[k].y > y) != (line[i].y > y) &&
        x < line[k].x + (line[i].x - line[k].x) * (y - line[k].y) / (line[i].y - line[k].y))
      in = !in;
  return in;
}

static double area(const vec3 *line, int count) {
  double sum = 0;
  for (int i = 0, k = count - 1; i < count; k = i++)
    sum += line[k].x * line[i].y - line[i].x * line[k].y;
  return fabs(sum) / 2;
}

// The island has a kerb and a walk along the slip lane and both arms, and no lane on it.
static void check_island(const any_place *of, const road *slip) {
  enum { POINTS = 30 };
  const road_network *net = &of->net;
  int in = net->left_hand ? -1 : 1, side[3] = {in, in, -in};
  const road *sides[3] = {inner_road(net, slip->predecessor.id), slip,
                          inner_road(net, slip->successor.id)};
  vec3 line[3 * POINTS];
  for (int i = 0; i < 3; i++) {
    double s = sides[i]->length_m / 2;
    double kerb = road_edge_t(net, sides[i], s, side[i], ROAD_EDGE_KERB);
    double stone = road_edge_t(net, sides[i], s, side[i], ROAD_EDGE_STONE);
    if (fabs(stone - kerb) < 0.1 || road_walk_width(net, sides[i], side[i]) < 1)
      fail_msg("network %u: road %d has no kerb towards its island", of->number, sides[i]->id);
    follow(net, sides[i], side[i], i == 2, line + i * POINTS, POINTS);
  }
  if (area(line, 3 * POINTS) < 40)
    fail_msg("network %u: the island of road %d has %.1f m2", of->number, slip->id,
             area(line, 3 * POINTS));
  for (int i = 0; i < net->path_count; i++)
    for (int k = 0; k < net->paths[i].point_count; k++) {
      const road_point *p = &network_points(net, &net->paths[i])[k];
      if (inside(line, 3 * POINTS, p->x_m, p->y_m))
        fail_msg("network %u: lane %d leads over the island of road %d", of->number, i + 1,
                 slip->id);
    }
}

static void a_kerb_runs_round_an_island_without_lanes(void **state) {
  (void)state;
  assert_true(each_slip(check_island) > 400);
}

static int lanes_into(const road_network *net, const road *r, bool at_end) {
  int count = 0;
  for (int i = road_first_path(net, r->id); i < net->path_count && net->paths[i].road == r->id; i++)
    count += net->paths[i].users != LANE_FOR_BICYCLES &&
             road_lane_along(net, net->paths[i].lane) == at_end;
  return count;
}

// An arm's lanes go straight on to the intersection, where a lane for left turns is one still.
static void check_arm(const any_place *of, const road *slip) {
  const road_network *net = &of->net;
  const road *inner = inner_road(net, slip->predecessor.id);
  int across = net->left_hand ? TURN_RIGHT : TURN_LEFT, lanes = lanes_into(net, inner, false);
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *way = &net->paths[i];
    const road_point *p = network_points(net, way), *q = p + way->point_count - 1;
    double c = cos(p->heading_rad), h = sin(p->heading_rad);
    double aside = (q->y_m - p->y_m) * c - (q->x_m - p->x_m) * h;
    if (way->junction == slip->predecessor.id && way->turn == TURN_STRAIGHT && fabs(aside) > 1e-3)
      fail_msg("network %u: way %d to the intersection shifts by %.3f m", of->number, way->id,
               aside);
    const lane_path *from = way->junction ? network_previous(net, way, 0) : way;
    bool innermost = !(net->left_hand ? from->right : from->left);
    if (way->junction && from->road == inner->id && way->junction == inner->predecessor.id &&
        lanes > of->def.intersection.lanes && from->users == LANE_FOR_ALL &&
        innermost != ((int)way->turn == across))
      fail_msg("network %u: lane %d of %d turns by way %d, turn %d", of->number, from->id, lanes,
               way->id, (int)way->turn);
  }
  if (lanes > of->def.intersection.lanes + (of->def.intersection.turn_lanes > 0))
    fail_msg("network %u: %d lanes lead into the intersection", of->number, lanes);
}

static void arms_go_straight_on_with_all_their_lanes(void **state) {
  (void)state;
  assert_true(each_slip(check_arm) > 400);
}

static int count_slips(const road_network *net) {
  int count = 0;
  for (int i = 0; i < net->road_count; i++)
    count += is_slip(net, &net->roads[i]);
  return count;
}

static void expect_slips(const double *angles_deg, int arms, double slip_lanes, double turn_lanes,
                         double arm_m, int wanted) {
  any_place of = drawn(2), without;
  of.def.intersection.angles_deg.count = arms;
  memcpy(of.def.intersection.angles_deg.value, angles_deg, sizeof *angles_deg * (size_t)arms);
  of.def.intersection.slip_lanes = slip_lanes;
  of.def.intersection.turn_lanes = turn_lanes;
  of.def.intersection.bike_lanes = 0;
  of.def.intersection.arm_m = arm_m;
  without = of;
  without.def.intersection.slip_lanes = 0;
  build(&of);
  build(&without);
  int found = count_slips(&of.net);
  if (found != wanted)
    fail_msg("%d slip lanes where %d have room", found, wanted);
  // Where there is none, the place is the one without.
  if (wanted == 0) {
    assert_int_equal(of.net.point_count, without.net.point_count);
    assert_memory_equal(of.net.points, without.net.points,
                        sizeof *of.net.points * (size_t)of.net.point_count);
  }
  any_place_free(&of);
  any_place_free(&without);
}

static void there_are_none_where_there_is_no_room(void **state) {
  (void)state;
  static const double star[] = {0, 120, 240}, tee[] = {0, 90, 180}, cross[] = {10, 100, 190, 280};
  static const double sharp[] = {0, 50, 100, 150, 225, 300};
  expect_slips(star, 3, 1, 0, 80, 0);
  expect_slips(tee, 3, 1, 0, 80, 2);
  expect_slips(cross, 4, 1, 0, 80, 4);
  expect_slips(cross, 4, 0, 0, 80, 0);
  expect_slips(cross, 4, 1, 1, 80, 0); // streets too short for lanes for left turns, too
  expect_slips(cross, 4, 1, 1, 150, 4);
  expect_slips(sharp, 6, 1, 0, 80, 2); // of the corners only those with 75 degrees
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_leads_from_an_outermost_lane_to_the_next_arms),
      cmocka_unit_test(who_comes_out_gives_way_to_all_and_to_people),
      cmocka_unit_test(a_kerb_runs_round_an_island_without_lanes),
      cmocka_unit_test(arms_go_straight_on_with_all_their_lanes),
      cmocka_unit_test(there_are_none_where_there_is_no_room),
      cmocka_unit_test(intersections_with_slip_lanes_keep_every_promise),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
