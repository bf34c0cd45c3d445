// SPDX-License-Identifier: Apache-2.0
// labels: unit
// The record of an episode: its room, its route, and what the map says of the ego's way.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "sim/episode.h"
#include "with_scenes.h"

static void near(const char *what, double found, double expected, double within) {
  if (!(fabs(found - expected) <= within))
    fail_msg("%s: %.9g, expected %.9g within %g", what, found, expected, within);
}

static sim_episode *episode_of(const scene *s, int frames) {
  sim_episode_def def = sim_episode_def_of(s, frames);
  trouble why = {0};
  sim_episode *e = NULL;
  if (sim_episode_create(&e, &def, &why) != STATUS_OK)
    fail_msg("%s", why.text);
  sim_episode_begin(e, 0.1, &s->vehicles[s->ego]);
  return e;
}

// Lanes from one on, each the first that the last one goes on in.
static int follow(const road_network *net, int lane, int most, int *out) {
  int count = 0;
  for (; count < most && lane; count++) {
    out[count] = lane;
    const lane_path *path = &net->paths[lane - 1];
    lane = path->next_count ? net->lane_links[path->next_first] : 0;
  }
  return count;
}

static void a_record_refuses_sizes_that_make_no_sense(void **state) {
  (void)state;
  sim_episode_def bad[] = {
      {.frames = 0}, {.frames = 10, .actors = -1}, {.frames = 1000000, .actors = 1000000}};
  for (int i = 0; i < 3; i++) {
    sim_episode *e = NULL;
    trouble why = {0};
    assert_int_equal(sim_episode_create(&e, &bad[i], &why), STATUS_RANGE);
    assert_null(e);
    assert_non_null(strstr(why.text, "frames"));
  }
}

static void a_record_holds_as_much_as_it_was_made_for(void **state) {
  (void)state;
  scene_vehicle ego = {.size_m = {4.5, 1.8, 1.5}, .rear_to_centre_m = 1.4, .wheelbase_m = 2.7};
  sim_episode_def def = {
      .frames = 2, .actors = 1, .objects = 1, .events = 1, .plans = 1, .plan_points = 3};
  trouble why;
  sim_episode *e = NULL;
  assert_int_equal(sim_episode_create(&e, &def, &why), STATUS_OK);
  for (int round = 0; round < 2; round++) {
    sim_episode_begin(e, 0.1, &ego);
    assert_int_equal(sim_episode_plan(e, 3), -1); // no frame yet
    assert_int_equal(sim_episode_actor(e, 7, THING_CAR, 4, 2), 0);
    assert_int_equal(sim_episode_actor(e, 8, THING_CAR, 4, 2), -1);
    assert_true(sim_episode_object(e, 9, THING_CONE, 0, 0, 0, 0.4, 0.4));
    assert_false(sim_episode_object(e, 9, THING_CONE, 0, 0, 0, 0.4, 0.4));
    for (int k = 0; k < 2; k++) {
      assert_int_equal(sim_episode_open(e), k);
      assert_int_equal(e->actor_marks[sim_episode_row(e, k)], 0);
      e->actor_marks[sim_episode_row(e, k)] = SIM_ACTOR_HERE;
    }
    assert_int_equal(sim_episode_open(e), -1);
    assert_int_equal(sim_episode_plan(e, 4), -1);
    assert_int_equal(sim_episode_plan(e, 3), 0);
    assert_int_equal(e->plan_frame[0], 1);
    assert_int_equal(sim_episode_plan(e, 3), -1);
    assert_true(sim_episode_event(e, (sim_event){.frame = 1}));
    assert_false(sim_episode_event(e, (sim_event){.frame = 1}));
  }
  sim_episode_destroy(e);
}

static void a_route_is_as_long_as_its_lanes_and_finds_places_on_them(void **state) {
  (void)state;
  for (int kind = 0; kind < WITH_SCENE_KINDS; kind++) {
    scene *s = with_built_scene(kind, 3);
    const road_network *net = &s->roads;
    sim_episode *e = episode_of(s, 10);
    int lanes[12], count = follow(net, s->vehicles[s->ego].lane, 12, lanes);
    double length = 0;
    trouble why = {0};
    const lane_path *last = &net->paths[lanes[count - 1] - 1];
    if (sim_episode_route(e, net, lanes, count, 1, last->length_m / 2, &why) != STATUS_OK)
      fail_msg("%s", why.text);
    for (int i = 0; i < count; i++) {
      const lane_path *lane = &net->paths[lanes[i] - 1];
      near("lane's begin", e->route_lane_begin_m[i], length, 1e-9);
      double hint = NAN;
      for (double at = 0; at < lane->length_m; at += 0.37, hint = length + at) {
        road_point p = lane_point(net, lane, at);
        double off;
        double along = sim_episode_along(e, p.x_m, p.y_m, hint, &off);
        // Ways that cross themselves or bend back may be nearer elsewhere without a hint.
        if (!isnan(hint))
          near("along the route", along, length + at, 0.05);
        near("off the route", off, 0, 0.02);
        assert_true(sim_episode_is_near(e, p.x_m, p.y_m, 0.02));
      }
      length += lane->length_m;
    }
    // Anywhere: as far off as the nearest piece of all.
    for (int i = 0; i < 200; i++) {
      double x = net->min_x_m + (net->max_x_m - net->min_x_m) * (i * 0.37 - floor(i * 0.37)), off;
      double y = net->min_y_m + (net->max_y_m - net->min_y_m) * (i * 0.61 - floor(i * 0.61));
      double least = INFINITY;
      for (int k = 0; k + 1 < e->route_count; k++)
        for (double u = 0; u <= 1; u += 0.05)
          least =
              fmin(least, hypot(e->route_x_m[k] + u * (e->route_x_m[k + 1] - e->route_x_m[k]) - x,
                                e->route_y_m[k] + u * (e->route_y_m[k + 1] - e->route_y_m[k]) - y));
      sim_episode_along(e, x, y, NAN, &off);
      near("off the route, anywhere", off, least, 0.11);
      assert_true(sim_episode_is_near(e, x, y, off + 1e-9));
    }
    near("begin", e->route_begin_m, 1, 1e-9);
    near("goal", e->route_goal_m, length - last->length_m / 2, 1e-6);
    sim_episode_destroy(e);
    scene_destroy(s);
  }
}

static void a_route_over_lanes_side_by_side_leads_along_the_last_of_them(void **state) {
  (void)state;
  scene *s = with_built_scene(4, 1); // a motorway
  const road_network *net = &s->roads;
  sim_episode *e = episode_of(s, 10);
  int from = 0;
  for (int i = 0; i < net->path_count && !from; i++)
    if (net->paths[i].left && net->paths[i].length_m > 100)
      from = i + 1;
  assert_true(from > 0);
  int lanes[2] = {from, net->paths[from - 1].left};
  const lane_path *left = &net->paths[lanes[1] - 1];
  trouble why = {0};
  assert_int_equal(sim_episode_route(e, net, lanes, 2, 0, left->length_m, &why), STATUS_OK);
  road_point p = lane_point(net, left, 50);
  double off;
  near("along", sim_episode_along(e, p.x_m, p.y_m, NAN, &off), 50, 0.01);
  near("off", off, 0, 0.01);
  near("both begin", e->route_lane_begin_m[1], e->route_lane_begin_m[0], 0);
  sim_episode_destroy(e);
  scene_destroy(s);
}

static void a_route_that_cant_be_driven_is_refused(void **state) {
  (void)state;
  scene *s = with_built_scene(0, 2);
  const road_network *net = &s->roads;
  sim_episode *e = episode_of(s, 10);
  int lanes[4], count = follow(net, s->vehicles[s->ego].lane, 4, lanes);
  assert_int_equal(count, 4);
  trouble why = {0};
  assert_int_equal(sim_episode_route(e, net, lanes, 0, 0, 0, &why), STATUS_RANGE);
  assert_int_equal(sim_episode_route(e, net, lanes, 4, -1, 0, &why), STATUS_RANGE);
  assert_int_equal(sim_episode_route(e, net, lanes, 4, 0, 1e9, &why), STATUS_RANGE);
  int apart[2] = {lanes[0], lanes[3]};
  assert_int_equal(sim_episode_route(e, net, apart, 2, 0, 0, &why), STATUS_RANGE);
  assert_non_null(strstr(why.text, "nor lies beside"));
  int none[1] = {net->path_count + 1};
  assert_int_equal(sim_episode_route(e, net, none, 1, 0, 0, &why), STATUS_RANGE);
  assert_int_equal(e->route_count, 0);
  assert_true(isnan(sim_episode_along(e, 0, 0, NAN, NULL)));
  sim_episode_destroy(e);
  scene_destroy(s);
}

static void lanes_are_drivable_and_land_beside_the_road_is_not(void **state) {
  (void)state;
  for (int kind = 0; kind < WITH_SCENE_KINDS; kind++) {
    scene *s = with_built_scene(kind, 5);
    const road_network *net = &s->roads;
    for (int i = 0; i < net->path_count; i++) {
      const lane_path *lane = &net->paths[i];
      for (double at = 0; at <= lane->length_m; at += 2.3) {
        road_point p = lane_point(net, lane, at);
        near("on a lane", sim_drivable_outside(net, p.x_m, p.y_m), 0, 0.05);
      }
    }
    assert_true(sim_drivable_outside(net, net->max_x_m + 300, net->max_y_m) > 5);
    scene_destroy(s);
  }
}

static bool may_be_driven_on(const road_lane *lane) {
  return lane->type == LANE_DRIVING || lane->type == LANE_SHOULDER || lane->type == LANE_PARKING ||
         lane->type == LANE_BIKING;
}

static const road_lane *lane_with_id(const road_network *net, const road_section *section, int id) {
  for (int k = 0; k < section->lane_count; k++)
    if (net->lanes[section->lane_first + k].id == id)
      return &net->lanes[section->lane_first + k];
  return NULL;
}

// A street and a motorway with shoulders: the border is where lanes end, to both sides.
static void what_may_be_driven_on_ends_where_lanes_do(void **state) {
  (void)state;
  int shoulders = 0;
  for (int kind = 4; kind <= 5; kind++) {
    scene *s = with_built_scene(kind, 1);
    const road_network *net = &s->roads;
    const road *r = &net->roads[0];
    const road_section *section = &net->sections[r->section_first];
    for (int side = -1; side <= 1; side += 2) {
      int id = side, last = 0;
      for (const road_lane *lane; (lane = lane_with_id(net, section, id)); id += side) {
        if (may_be_driven_on(lane)) {
          last = id;
          shoulders += lane->type == LANE_SHOULDER;
        } else if (last) {
          break;
        }
      }
      if (!last)
        continue;
      double at = r->length_m * 0.1, t = road_lane_outer_t(net, r, 0, last, at);
      pose in = road_pose(net, r, at, t - side * 0.01), out = road_pose(net, r, at, t + side * 0.4);
      near("inside the border", sim_drivable_outside(net, in.p_m.x, in.p_m.y), 0, 0);
      near("outside the border", sim_drivable_outside(net, out.p_m.x, out.p_m.y), 0.4, 5e-3);
    }
    scene_destroy(s);
  }
  assert_true(shoulders > 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_record_refuses_sizes_that_make_no_sense),
      cmocka_unit_test(a_record_holds_as_much_as_it_was_made_for),
      cmocka_unit_test(a_route_is_as_long_as_its_lanes_and_finds_places_on_them),
      cmocka_unit_test(a_route_over_lanes_side_by_side_leads_along_the_last_of_them),
      cmocka_unit_test(a_route_that_cant_be_driven_is_refused),
      cmocka_unit_test(lanes_are_drivable_and_land_beside_the_road_is_not),
      cmocka_unit_test(what_may_be_driven_on_ends_where_lanes_do),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
