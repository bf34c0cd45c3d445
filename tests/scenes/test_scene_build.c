// SPDX-License-Identifier: Apache-2.0
// labels: unit property
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scenes//furnish.h"
#include "scenes/road_model.h"
#include "with_network.h"
#include "with_places.h"

static void the_same_seed_gives_the_same_scene(void **state) {
  (void)state;
  for (int n = 0; n < PLACES_COUNT; n += 5) {
    scene *a = places_build(n), *b = places_build(n), *c = NULL;
    scene_def def = places_def(n);
    trouble why = {0};
    assert_int_equal(scene_build(&c, &def, 100, (uint32_t)n, 0, &why), STATUS_OK);
    assert_true(a->hash == b->hash);
    assert_true(a->hash != c->hash);
    scene_destroy(c);
    assert_int_equal(scene_build(&c, &def, 99, (uint32_t)n, 1, &why), STATUS_OK);
    assert_true(a->hash != c->hash);
    scene_destroy(a);
    scene_destroy(b);
    scene_destroy(c);
  }
}

static ground_box vehicle_box(const scene *s, const scene_vehicle *v) {
  road_point p = lane_point(&s->roads, &s->roads.paths[v->lane - 1], v->s_m);
  return (ground_box){p.x_m, p.y_m, p.heading_rad, v->size_m[0] / 2, v->size_m[1] / 2};
}

// What a thing takes at the height of vehicles: crowns and arms are above.
static ground_box thing_box(const scene_thing *t) {
  double l = t->size_m[0] / 2, w = t->size_m[1] / 2;
  if (t->kind == THING_TREE)
    l = w = 0.3;
  // Pieces of a fence meet at their ends, in bends at an angle.
  if (t->kind == THING_FENCE || t->kind == THING_WALL || t->kind == THING_HEDGE)
    w -= 0.05;
  return (ground_box){t->at.p_m.x, t->at.p_m.y, quat_yaw(t->at.q), l, w};
}

// What is above heads: arms of lamps, and signs and signals on poles that stand for them.
static bool is_above(thing_kind kind) {
  return kind == THING_LAMP || kind == THING_SIGN || kind == THING_SIGNAL ||
         kind == THING_WALK_SIGNAL;
}

static bool is_vehicle(thing_kind kind) {
  return kind >= THING_CAR && kind <= THING_BICYCLE;
}

// One on a bridge, the other below it.
static bool at_levels(double z0, double z1) {
  return fabs(z0 - z1) > 4;
}

static double vehicle_z(const scene *s, const scene_vehicle *v) {
  return lane_point(&s->roads, &s->roads.paths[v->lane - 1], v->s_m).z_m;
}

static void vehicles_start_apart_from_each_other_and_from_things(void **state) {
  (void)state;
  int vehicles = 0;
  for (int n = 0; n < PLACES_COUNT; n++) {
    scene *s = places_build(n);
    for (int i = 0; i < s->vehicle_count; i++, vehicles++) {
      ground_box a = vehicle_box(s, &s->vehicles[i]);
      for (int k = 0; k < i; k++) {
        ground_box b = vehicle_box(s, &s->vehicles[k]);
        bool levels = at_levels(vehicle_z(s, &s->vehicles[i]), vehicle_z(s, &s->vehicles[k]));
        if (!levels && ground_boxes_meet(&a, &b))
          fail_msg("scene %d: vehicles %d and %d overlap", n, i, k);
      }
      for (int k = 0; k < s->thing_count; k++) {
        ground_box b = thing_box(&s->things[k]);
        bool levels = at_levels(vehicle_z(s, &s->vehicles[i]), s->things[k].at.p_m.z);
        if (!levels && !is_above(s->things[k].kind) && ground_boxes_meet(&a, &b))
          fail_msg("scene %d: vehicle %d stands in thing %d of kind %d", n, i, k,
                   s->things[k].kind);
      }
    }
    scene_destroy(s);
  }
  assert_true(vehicles > 300);
}

// Where lanes open and close, they aren't as wide as they are elsewhere.
static double lane_width(const road_network *net, int id, double along_m) {
  const lane_path *lane = &net->paths[id - 1];
  const road *r = &net->roads[lane->road - 1];
  const road_section *section = &net->sections[r->section_first + lane->section];
  double s = along_m * r->length_m / lane->length_m;
  double here = road_width_at(net, road_lane_find(net, section, lane->lane),
                              road_lane_along(net, lane->lane) ? s : r->length_m - s);
  return fmin(here, lane->width_m);
}

static void things_stand_apart_and_off_the_lanes(void **state) {
  (void)state;
  int buildings = 0, parked = 0;
  for (int n = 0; n < PLACES_COUNT; n++) {
    scene *s = places_build(n);
    for (int i = 0; i < s->thing_count; i++) {
      const scene_thing *t = &s->things[i];
      ground_box a = thing_box(t);
      buildings += t->kind == THING_BUILDING;
      parked += is_vehicle(t->kind);
      for (int k = 0; k < i && !is_above(t->kind); k++) {
        ground_box b = thing_box(&s->things[k]);
        if (!is_above(s->things[k].kind) && ground_boxes_meet(&a, &b))
          fail_msg("scene %d: things %d and %d of kinds %d and %d overlap", n, i, k, t->kind,
                   s->things[k].kind);
      }
      // A square of the lane's width around points of the nearest lane stays free.
      for (int c = 0; c < 5 && !is_above(t->kind); c++) {
        double l = c == 4 ? 0 : (c & 1 ? 1 : -1) * a.half_length_m;
        double w = c == 4 ? 0 : (c & 2 ? 1 : -1) * a.half_width_m;
        double x = a.x_m + l * cos(a.heading_rad) - w * sin(a.heading_rad);
        double y = a.y_m + l * sin(a.heading_rad) + w * cos(a.heading_rad), at = 0, along = 0;
        int lane = lane_nearest(&s->roads, x, y, &along, &at);
        if (lane &&
            !at_levels(lane_point(&s->roads, &s->roads.paths[lane - 1], along).z_m, t->at.p_m.z) &&
            fabs(at) < lane_width(&s->roads, lane, along) / 2 - 1e-6)
          fail_msg(
              "scene %d: thing %d of kind %d at (%.1f, %.1f) reaches into lane %d, %.2f m from "
              "its middle",
              n, i, t->kind, x, y, lane, fabs(at));
      }
    }
    scene_destroy(s);
  }
  assert_true(buildings > 500 && parked > 100);
}

// Whether a thing is on a driveway, which has tests of its own: tests/scenes/test_drives.c.
static bool on_driveway(const scene *s, const scene_thing *t) {
  for (int i = 0; i < s->drive_count; i++) {
    const vec3 *c = s->drives[i].corners;
    bool inside = true;
    for (int k = 0; k < 4 && inside; k++) {
      vec3 side = vec3_sub(c[(k + 1) % 4], c[k]), to = vec3_sub(t->at.p_m, c[k]);
      inside = side.x * to.y - side.y * to.x > 0;
    }
    if (inside)
      return true;
  }
  return false;
}

static void parked_vehicles_stand_as_traffic_beside_them_goes(void **state) {
  (void)state;
  int sides[2] = {0, 0};
  for (int n = 0; n < PLACES_COUNT; n++) {
    scene *s = places_build(n);
    for (int i = 0; i < s->thing_count; i++) {
      const scene_thing *t = &s->things[i];
      double along, aside, heading = quat_yaw(t->at.q);
      int lane = is_vehicle(t->kind)
                     ? lane_nearest(&s->roads, t->at.p_m.x, t->at.p_m.y, &along, &aside)
                     : 0;
      if (!lane || on_driveway(s, t) ||
          s->roads.bay_count > 0) // car parks: tests/scenes/test_parking.c
        continue;
      bool left = s->roads.left_hand;
      road_point p = lane_point(&s->roads, &s->roads.paths[lane - 1], along);
      // On one-way streets there are bays on both sides.
      bool both = road_one_way(&s->roads, &s->roads.roads[s->roads.paths[lane - 1].road - 1]) != 0;
      if (cos(heading - p.heading_rad) < 0.9 || (!both && (left ? aside < 0 : aside > 0)))
        fail_msg("scene %d: the vehicle at (%.1f, %.1f) stands %.2f m left of lane %d and heads "
                 "%.2f rad off it",
                 n, t->at.p_m.x, t->at.p_m.y, aside, lane, angle_wrap(heading - p.heading_rad));
      sides[left]++;
    }
    scene_destroy(s);
  }
  assert_true(sides[0] > 100 && sides[1] > 50);
}

static void buildings_stay_off_sidewalks(void **state) {
  (void)state;
  for (int n = 0; n < PLACES_COUNT; n++) {
    scene *s = places_build(n);
    const road_network *net = &s->roads;
    for (int i = 0; i < net->walk_edge_count; i++) {
      const walk_edge *edge = &net->walk_edges[i];
      for (double s_m = 0; s_m < edge->length_m; s_m += 2) {
        road_point p = walk_point(net, edge, s_m);
        ground_box strip = {p.x_m, p.y_m, p.heading_rad, 0.2, edge->width_m / 2 - 0.1};
        for (int k = 0; k < s->thing_count; k++) {
          ground_box box = thing_box(&s->things[k]);
          if (s->things[k].kind == THING_BUILDING && ground_boxes_meet(&strip, &box))
            fail_msg("scene %d: building %d stands on walk edge %d at %.1f m", n, k, edge->id, s_m);
        }
      }
    }
    scene_destroy(s);
  }
}

static void ids_count_from_one_and_none_is_used_twice(void **state) {
  (void)state;
  for (int n = 0; n < PLACES_COUNT; n++) {
    scene *s = places_build(n);
    bool *seen = calloc(s->id_count + 1, sizeof *seen);
    uint32_t total = (uint32_t)(s->vehicle_count + s->person_count + s->thing_count);
    assert_int_equal(total, s->id_count);
    for (int i = 0; i < s->vehicle_count; i++)
      seen[s->vehicles[i].id] = true;
    for (int i = 0; i < s->person_count; i++)
      seen[s->people[i].id] = true;
    for (int i = 0; i < s->thing_count; i++)
      seen[s->things[i].id] = true;
    for (uint32_t i = 1; i <= s->id_count; i++)
      assert_true(seen[i]);
    free(seen);
    scene_destroy(s);
  }
}

static void drivers_can_stop_behind_the_one_ahead(void **state) {
  (void)state;
  for (int n = 0; n < PLACES_COUNT; n++) {
    scene *s = places_build(n);
    for (int i = 0; i < s->vehicle_count; i++) {
      const scene_vehicle *v = &s->vehicles[i];
      const lane_path *lane = &s->roads.paths[v->lane - 1];
      assert_true(v->speed_mps >= 0 && v->speed_mps <= 1.35 * lane->speed_limit_mps);
      double stop = lane->stop_s_m - v->s_m - v->size_m[0] / 2;
      assert_true(lane->stop_s_m >= lane->length_m ||
                  v->speed_mps * v->speed_mps / (2 * v->driver.decel_mps2) <= stop + 1e-6);
      for (int k = 0; k < s->vehicle_count; k++) {
        const scene_vehicle *ahead = &s->vehicles[k];
        if (ahead->lane != v->lane || ahead->s_m <= v->s_m)
          continue;
        double gap = ahead->s_m - v->s_m - (ahead->size_m[0] + v->size_m[0]) / 2;
        double braking = v->speed_mps * v->speed_mps / (2 * v->driver.decel_mps2);
        if (braking > gap)
          fail_msg("scene %d: vehicle %d needs %.1f m to stop and has %.1f m", n, i, braking, gap);
      }
    }
    scene_destroy(s);
  }
}

static void numbers_asked_for_are_met_or_refused(void **state) {
  (void)state;
  scene_def def = scene_def_default();
  def.vehicles = 50;
  def.pedestrians = 60;
  scene *s = NULL;
  trouble why = {0};
  assert_int_equal(scene_build(&s, &def, 1, 0, 0, &why), STATUS_OK);
  assert_int_equal(s->vehicle_count, 51); // and the ego
  int people = 0;
  for (int i = 0; i < s->person_count; i++)
    people += !s->people[i].along; // prams and dogs aren't counted
  assert_int_equal(people, 60);
  scene_destroy(s);
  def.vehicles = 5000;
  assert_int_equal(scene_build(&s, &def, 1, 0, 0, &why), STATUS_RANGE);
  assert_non_null(strstr(why.text, "traffic.vehicles: 5000 don't fit"));
  def.vehicles = 0;
  def.grid_city.blocks_x = def.grid_city.blocks_y = 1;
  assert_int_equal(scene_build(&s, &def, 1, 0, 0, &why), STATUS_RANGE);
  assert_non_null(strstr(why.text, "road.blocks"));
  def.grid_city.blocks_x = 3;
  def.grid_city.blocks_y = 3;
  def.grid_city.block_m = 40;
  def.grid_city.corner_radius_m = 15;
  assert_int_equal(scene_build(&s, &def, 1, 0, 0, &why), STATUS_RANGE);
  assert_non_null(strstr(why.text, "road.block_m"));
}

// The room is what a search among everybody finds, too.
static void crowds_stand_apart(void **state) {
  (void)state;
  scene_def def = scene_def_default();
  def.place = PLACE_INTERSECTION;
  def.vehicles = 0;
  def.pedestrians = 5000;
  def.groups = 0;
  def.walk_mix[1] = 0; // children need an adult beside them
  def.wheelchairs = def.prams = def.dogs = 0;
  scene *s = NULL;
  trouble why = {0};
  assert_int_equal(scene_build(&s, &def, 1, 0, 0, &why), STATUS_RANGE);
  assert_string_equal(why.text, "pedestrians.count: 5000 don't fit on 0.9 km of sidewalks; room "
                                "was found for 1443");
  def.pedestrians = 1443;
  assert_int_equal(scene_build(&s, &def, 1, 0, 0, &why), STATUS_OK);
  assert_int_equal(s->person_count, 1443);
  double *xy = malloc(sizeof *xy * 2 * (size_t)s->person_count);
  assert_non_null(xy);
  for (int i = 0; i < s->person_count; i++) {
    const scene_person *p = &s->people[i];
    road_point on = walk_point(&s->roads, &s->roads.walk_edges[p->edge - 1], p->s_m);
    xy[2 * i] = on.x_m - p->offset_m * sin(on.heading_rad);
    xy[2 * i + 1] = on.y_m + p->offset_m * cos(on.heading_rad);
    for (int k = 0; k < i; k++) {
      double apart = hypot(xy[2 * i] - xy[2 * k], xy[2 * i + 1] - xy[2 * k + 1]);
      if (apart < 0.75)
        fail_msg("people %d and %d stand %.3f m apart", i, k, apart);
    }
  }
  free(xy);
  scene_destroy(s);
}

static void the_ego_has_way_ahead(void **state) {
  (void)state;
  for (int n = 0; n < PLACES_COUNT; n++) {
    scene *s = places_build(n);
    const lane_path *lane = &s->roads.paths[s->vehicles[s->ego].lane - 1];
    double ahead = lane->length_m - s->vehicles[s->ego].s_m;
    int hops = 0;
    while (lane->next_count > 0 && hops++ < 10) {
      lane = network_next(&s->roads, lane, 0);
      ahead += lane->length_m;
    }
    place_kind place = places_def(n).place;
    double least = place == PLACE_GRID_CITY || place == PLACE_HIGHWAY ? 200 : 60;
    if (ahead < least)
      fail_msg("scene %d: %.0f m ahead of the ego", n, ahead);
    scene_destroy(s);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_same_seed_gives_the_same_scene),
      cmocka_unit_test(vehicles_start_apart_from_each_other_and_from_things),
      cmocka_unit_test(things_stand_apart_and_off_the_lanes),
      cmocka_unit_test(parked_vehicles_stand_as_traffic_beside_them_goes),
      cmocka_unit_test(buildings_stay_off_sidewalks),
      cmocka_unit_test(ids_count_from_one_and_none_is_used_twice),
      cmocka_unit_test(drivers_can_stop_behind_the_one_ahead),
      cmocka_unit_test(numbers_asked_for_are_met_or_refused),
      cmocka_unit_test(crowds_stand_apart),
      cmocka_unit_test(the_ego_has_way_ahead),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
