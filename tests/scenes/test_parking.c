// SPDX-License-Identifier: Apache-2.0
// labels: unit property
// Car parks: bays lie side by side beside their aisles, vehicles in them; and bays of maps.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scenes/furnish.h"
#include "with_any_place.h"
#include "with_maps.h"

static const double TOUCH_M = 1e-3;
enum { NETWORKS = 60, SCENES = 24, FIRST = 900 };

static ground_box box_of(const road_network *net, const road_bay *bay, double less_m) {
  vec3 middle = road_bay_point(net, bay, 0, 0), front = road_bay_point(net, bay, 1, 0);
  return (ground_box){middle.x, middle.y, atan2(front.y - middle.y, front.x - middle.x),
                      bay->length_m / 2 - less_m, bay->width_m / 2 - less_m};
}

static any_place build(uint32_t number) {
  any_place of;
  trouble why = {0};
  any_place_draw(&of, PLACE_PARKING, number, ANY_SMALL);
  if (any_place_build(&of, &why) != STATUS_OK)
    fail_msg("--seed %u %s\n%s", number, of.script, why.text);
  return of;
}

static void bays_overlap_neither_each_other_nor_what_is_driven_on(void **state) {
  (void)state;
  for (uint32_t n = 0; n < NETWORKS; n++) {
    any_place of = build(FIRST + n);
    const road_network *net = &of.net;
    assert_in_range(net->bay_count, 2 * 10, 15 * 40);
    for (int i = 0; i < net->bay_count; i++) {
      const road_bay *bay = &net->bays[i];
      ground_box own = box_of(net, bay, TOUCH_M);
      assert_int_equal(bay->id, i + 1);
      for (int k = 0; k < i; k++) {
        ground_box other = box_of(net, &net->bays[k], TOUCH_M);
        if (ground_boxes_meet(&own, &other))
          fail_msg("--seed %u: bay %d lies in bay %d", FIRST + n, bay->id, k + 1);
      }
      for (int k = 0; k < 48; k++) {
        double u = (k % 12 / 11.0 - 0.5) * bay->length_m, v = (k / 12 / 3.0 - 0.5) * bay->width_m;
        vec3 p = road_bay_point(net, bay, u, v);
        double aside = 0;
        int lane = lane_nearest(net, p.x, p.y, NULL, &aside);
        if (lane && fabs(aside) < net->paths[lane - 1].width_m / 2 - TOUCH_M)
          fail_msg("--seed %u: bay %d reaches %.3f m into lane %d", FIRST + n, bay->id,
                   net->paths[lane - 1].width_m / 2 - fabs(aside), lane);
      }
    }
    any_place_free(&of);
  }
}

// The lane that lies at t there, 0 for none.
static int lane_at(const road_network *net, const road *r, double s, double t) {
  const road_section *section = &net->sections[r->section_first];
  for (int i = 0; i < section->lane_count; i++) {
    int id = net->lanes[section->lane_first + i].id;
    double outer = road_lane_outer_t(net, r, 0, id, s);
    double inner = road_lane_outer_t(net, r, 0, id > 0 ? id - 1 : id + 1, s);
    if (id && t > fmin(inner, outer) - TOUCH_M && t < fmax(inner, outer) + TOUCH_M &&
        road_lane_find(net, section, id)->type == LANE_PARKING)
      return id;
  }
  return 0;
}

static void bays_lie_on_the_parking_lanes_of_their_road(void **state) {
  (void)state;
  for (uint32_t n = 0; n < NETWORKS; n++) {
    any_place of = build(FIRST + n);
    for (int i = 0; i < of.net.bay_count; i++) {
      const road_bay *bay = &of.net.bays[i];
      double c = cos(bay->heading_rad), s = sin(bay->heading_rad);
      for (int k = 0; k < 4; k++) {
        double u = (k % 2 - 0.5) * bay->length_m, v = (k / 2 - 0.5) * bay->width_m;
        double at_s = bay->s_m + u * c - v * s, at_t = bay->t_m + u * s + v * c;
        if (!lane_at(&of.net, &of.net.roads[bay->road - 1], at_s, at_t))
          fail_msg("--seed %u: bay %d, corner %d, (%.2f, %.2f), isn't on a parking lane", FIRST + n,
                   bay->id, k, at_s, at_t);
      }
    }
    any_place_free(&of);
  }
}

// Between two rows there is green; their walks don't come together at the rows' ends either.
static void walks_behind_rows_keep_apart(void **state) {
  (void)state;
  for (uint32_t n = 0; n < NETWORKS; n++) {
    any_place of = build(FIRST + n);
    const road_network *net = &of.net;
    for (int i = 0; i < net->road_count; i++) {
      const road *r = &net->roads[i];
      if (r->junction || furnish_lane_width(net, r, r->length_m / 2, -1, LANE_PARKING) <= 0)
        continue;
      double behind = fabs(road_edge_t(net, r, r->length_m / 2, -1, ROAD_EDGE_OUTER));
      for (double s = 0; s < r->length_m; s += 0.1)
        if (fabs(road_edge_t(net, r, s, -1, ROAD_EDGE_OUTER)) > behind + TOUCH_M)
          fail_msg("--seed %u: road %d reaches out %.3f m at %.1f m, %.3f m behind its bays",
                   FIRST + n, r->id, fabs(road_edge_t(net, r, s, -1, ROAD_EDGE_OUTER)), s, behind);
    }
    any_place_free(&of);
  }
}

static void bays_have_the_size_and_angle_that_were_asked_for(void **state) {
  (void)state;
  for (uint32_t n = 0; n < NETWORKS; n++) {
    any_place of = build(FIRST + n);
    const parking_def *def = &of.def.parking;
    int accessible = 0;
    for (int i = 0; i < of.net.bay_count; i++) {
      const road_bay *bay = &of.net.bays[i];
      double lean = fabs(bay->heading_rad);
      lean = fmin(lean, 3.14159265358979323846 - lean);
      assert_true(fabs(lean - def->bay_angle_rad) < 1e-9);
      assert_true(fabs(bay->length_m - def->bay_length_m) < 1e-12);
      assert_true(bay->accessible ? bay->width_m >= 3.5
                                  : fabs(bay->width_m - def->bay_width_m) < 1e-12);
      accessible += bay->accessible;
    }
    if (accessible != def->accessible_bays)
      fail_msg("--seed %u: %d accessible bays, %d were asked for", FIRST + n, accessible,
               def->accessible_bays);
    any_place_free(&of);
  }
}

static scene *furnished(uint32_t number, scene_def *def) {
  any_place of;
  scene *s = NULL;
  trouble why = {0};
  any_place_draw(&of, PLACE_PARKING, number, ANY_SMALL);
  *def = of.def;
  if (scene_build(&s, def, number, 0, 0, &why) != STATUS_OK)
    fail_msg("--seed %u %s\n%s", number, of.script, why.text);
  return s;
}

static bool is_within(const ground_box *box, double x, double y, double slack) {
  double c = cos(box->heading_rad), s = sin(box->heading_rad);
  double dx = x - box->x_m, dy = y - box->y_m;
  return fabs(dx * c + dy * s) <= box->half_length_m + slack &&
         fabs(dy * c - dx * s) <= box->half_width_m + slack;
}

// The bay that all of a thing's box lies in, 0 for none.
static int bay_of(const road_network *net, const scene_thing *thing) {
  for (int i = 0; i < net->bay_count; i++) {
    ground_box box = box_of(net, &net->bays[i], 0);
    bool all = true;
    for (int k = 0; k < 4 && all; k++) {
      vec3 p = pose_apply(
          thing->at, (vec3){(k % 2 - 0.5) * thing->size_m[0], (k / 2 - 0.5) * thing->size_m[1], 0});
      all = is_within(&box, p.x, p.y, 1e-6);
    }
    if (all)
      return i + 1;
  }
  return 0;
}

static void parked_vehicles_lie_inside_of_a_bay_each(void **state) {
  (void)state;
  int parked = 0;
  for (uint32_t n = 0; n < SCENES; n++) {
    scene_def def;
    scene *s = furnished(FIRST + n, &def);
    int *taken = calloc((size_t)s->roads.bay_count + 1, sizeof *taken);
    for (int i = 0; i < s->thing_count; i++) {
      if (!thing_moves(s->things[i].kind))
        continue;
      int bay = bay_of(&s->roads, &s->things[i]);
      if (!bay)
        fail_msg("--seed %u: vehicle %u isn't in any bay", FIRST + n, s->things[i].id);
      if (taken[bay]++)
        fail_msg("--seed %u: bay %d has two vehicles", FIRST + n, bay);
      parked++;
    }
    free(taken);
    scene_destroy(s);
  }
  assert_true(parked > 200);
}

static void occupancy_and_heading_are_what_was_asked_for(void **state) {
  (void)state;
  static const double shares[] = {0, 0.3, 0.8, 1};
  for (int k = 0; k < 4; k++) {
    int bays = 0, parked = 0, out = 0;
    for (uint32_t n = 0; n < 6; n++) {
      scene_def def = scene_def_default();
      def.place = PLACE_PARKING;
      def.parking.occupancy = shares[k];
      def.parking.backed_in = 0.25;
      def.parking.accessible_bays = 0;
      def.parking.bays_per_row = 30;
      def.vehicles = def.pedestrians = 0;
      scene *s = NULL;
      trouble why = {0};
      if (scene_build(&s, &def, 5, n, 0, &why) != STATUS_OK)
        fail_msg("%s", why.text);
      bays += s->roads.bay_count;
      for (int i = 0; i < s->thing_count; i++) {
        const scene_thing *thing = &s->things[i];
        int bay = thing_moves(thing->kind) ? bay_of(&s->roads, thing) : 0;
        if (!bay)
          continue;
        parked++;
        ground_box box = box_of(&s->roads, &s->roads.bays[bay - 1], 0);
        out += cos(quat_yaw(thing->at.q) - box.heading_rad) < 0;
      }
      scene_destroy(s);
    }
    double spread = sqrt(shares[k] * (1 - shares[k]) / bays);
    double share = (double)parked / bays;
    if (fabs(share - shares[k]) > 4 * spread)
      fail_msg("%d of %d bays are taken, %.2f were asked for", parked, bays, shares[k]);
    if (parked && fabs((double)out / parked - 0.25) > 4 * sqrt(0.25 * 0.75 / parked))
      fail_msg("%d of %d vehicles head out, a quarter were asked for", out, parked);
  }
}

static void nothing_stands_on_roads_walks_or_bays_of_a_car_park(void **state) {
  (void)state;
  int trees = 0, hedges = 0;
  for (uint32_t n = 0; n < SCENES; n++) {
    scene_def def;
    scene *s = furnished(FIRST + n, &def);
    const road_network *net = &s->roads;
    for (int i = 0; i < s->thing_count; i++) {
      const scene_thing *thing = &s->things[i];
      bool hedge = thing->kind == THING_HEDGE, trunk = thing->kind == THING_TREE;
      if (!hedge && !trunk && thing->kind != THING_BUILDING)
        continue;
      trees += trunk;
      hedges += hedge;
      ground_box box = {thing->at.p_m.x, thing->at.p_m.y, quat_yaw(thing->at.q),
                        trunk ? 0.3 : thing->size_m[0] / 2,
                        trunk ? 0.3 : thing->size_m[1] / 2 - 0.05};
      for (int k = 0; k < net->bay_count; k++) {
        ground_box bay = box_of(net, &net->bays[k], TOUCH_M);
        if (ground_boxes_meet(&box, &bay))
          fail_msg("--seed %u: thing %u, kind %d, stands in bay %d", FIRST + n, thing->id,
                   (int)thing->kind, k + 1);
      }
      for (int k = 0; k < 9; k++) {
        vec3 p = pose_apply(
            thing->at, (vec3){(k % 3 - 1) * box.half_length_m, (k / 3 - 1) * box.half_width_m, 0});
        double t = 0;
        int lane = lane_nearest(net, p.x, p.y, NULL, &t);
        if (lane && fabs(t) < net->paths[lane - 1].width_m / 2)
          fail_msg("--seed %u: thing %u, kind %d, stands on lane %d", FIRST + n, thing->id,
                   (int)thing->kind, lane);
      }
    }
    scene_destroy(s);
  }
  assert_true(trees > 100 && hedges > 500);
}

// Maps ---------------------------------------------------------------------------

static void bays_of_maps_are_read_by_size_or_outline(void **state) {
  (void)state;
  read_map map = map_from_roads(map_road_text(
      "id='a' length='100' junction='-1'", "", STRAIGHT_100, TWO_LANES,
      "<objects>"
      "<object id='7' type='parkingSpace' s='20' t='-6' hdg='-1.5' length='5' width='2.5'>"
      "<parkingSpace access='handicapped'/></object>"
      "<object id='8' type='parkingSpace' s='30' t='5' hdg='0'><outlines><outline>"
      "<cornerLocal u='-2' v='-1' z='0'/><cornerLocal u='4' v='-1' z='0'/>"
      "<cornerLocal u='4' v='2' z='0'/><cornerLocal u='-2' v='2' z='0'/></outline></outlines>"
      "</object>"
      "<object id='9' type='parkingSpace' s='40' t='-6' length='5' width='0.5'/>"
      "<object id='10' type='parkingSpace' s='40' t='-600' length='5' width='2.5'/>"
      "</objects>"));
  const road_bay *bays = map.net.bays;
  assert_int_equal(map.net.bay_count, 2);
  assert_true(bays[0].accessible && !bays[1].accessible);
  assert_true(bays[0].s_m == 20 && bays[0].t_m == -6 && bays[0].heading_rad == -1.5);
  assert_true(bays[0].length_m == 5 && bays[0].width_m == 2.5);
  assert_true(fabs(bays[1].s_m - 31) < 1e-9 && fabs(bays[1].t_m - 5.5) < 1e-9);
  assert_true(fabs(bays[1].length_m - 6) < 1e-9 && fabs(bays[1].width_m - 3) < 1e-9);
  assert_int_equal(map_remarks(&map, "a parking space of no vehicle's size is left out", 0), 1);
  assert_int_equal(map_remarks(&map, "a parking space far from its road is left out", 0), 1);
  map_free(&map);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bays_overlap_neither_each_other_nor_what_is_driven_on),
      cmocka_unit_test(bays_lie_on_the_parking_lanes_of_their_road),
      cmocka_unit_test(walks_behind_rows_keep_apart),
      cmocka_unit_test(bays_have_the_size_and_angle_that_were_asked_for),
      cmocka_unit_test(parked_vehicles_lie_inside_of_a_bay_each),
      cmocka_unit_test(occupancy_and_heading_are_what_was_asked_for),
      cmocka_unit_test(nothing_stands_on_roads_walks_or_bays_of_a_car_park),
      cmocka_unit_test(bays_of_maps_are_read_by_size_or_outline),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
