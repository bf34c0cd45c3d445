// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Worlds recorded into episodes, and what the map says of the ego's way.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "sim/episode_record.h"
#include "sim/state.h"
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
  sim_episode_begin(e, s->step_s, &s->vehicles[s->ego]);
  return e;
}

static void put_ego(sim_episode *e, double x, double y, double yaw, double v) {
  int k = sim_episode_open(e);
  e->ego_x_m[k] = x;
  e->ego_y_m[k] = y;
  e->ego_yaw_rad[k] = yaw;
  e->ego_ahead_mps[k] = v;
  e->ego_left_mps[k] = 0;
}

static void a_world_s_ego_keeps_to_its_lanes_and_stops_at_red(void **state) {
  (void)state;
  int frames = 400, in_lane = 0, all = 0, agree = 0;
  for (int kind = 0; kind < WITH_SCENE_KINDS; kind++) {
    scene *s = with_built_scene(kind, 7);
    sim_world *w;
    trouble why = {0};
    assert_int_equal(sim_world_create(&w, s, &why), STATUS_OK);
    sim_episode *e = episode_of(s, frames);
    assert_int_equal(sim_episode_cast(e, w, &why), STATUS_OK);
    int lanes[64], count = 0, truth[400];
    for (int k = 0; k < frames && !w->cars.gone[s->ego]; k++) {
      assert_int_equal(sim_episode_record(e, w), k);
      truth[k] = sim_route(w, s->ego)[0];
      if (count == 0 || lanes[count - 1] != truth[k])
        if (count < 64)
          lanes[count++] = truth[k];
      if (k % 40 == 0)
        for (int i = 0, slot = 0; i < w->cars.count; i++) {
          if (i == s->ego)
            continue;
          size_t at = sim_episode_row(e, k) + (size_t)slot++;
          if (w->cars.gone[i] == 1)
            assert_false(e->actor_marks[at] & SIM_ACTOR_HERE);
          else
            near("an actor's x", e->actor_x_m[at], w->cars.body[i].x_m, 0);
        }
      assert_int_equal(sim_world_step(w, &why), STATUS_OK);
    }
    const lane_path *last = &s->roads.paths[lanes[count - 1] - 1];
    assert_int_equal(sim_episode_route(e, &s->roads, lanes, count, 0, last->length_m, &why),
                     STATUS_OK);
    sim_episode_survey(e, &s->roads);
    for (int k = 0; k < e->count; k++) {
      all++;
      agree += e->ego_lane[k] == truth[k];
      in_lane += (e->ego_marks[k] & SIM_EGO_IN_LANE) != 0;
      if (e->ego_marks[k] & (SIM_EGO_WRONG_WAY | SIM_EGO_PASSED_RED | SIM_EGO_PASSED_STOP))
        fail_msg("%s, frame %d: marks %x on lane %d", with_scene_name(kind), k, e->ego_marks[k],
                 e->ego_lane[k]);
      if (!(e->outside_m[k] < 0.3))
        fail_msg("%s, frame %d: %.2f m off the road on lane %d at (%.1f %.1f)",
                 with_scene_name(kind), k, e->outside_m[k], truth[k], e->ego_x_m[k], e->ego_y_m[k]);
      if (k && e->route_m[k] < e->route_m[k - 1] - 0.2)
        fail_msg("%s, frame %d: the route goes back from %.2f to %.2f", with_scene_name(kind), k,
                 e->route_m[k - 1], e->route_m[k]);
    }
    sim_episode_destroy(e);
    sim_world_destroy(w);
    scene_destroy(s);
  }
  if (agree < 0.97 * all || in_lane < 0.9 * all)
    fail_msg("of %d frames %d are on the world's lane, %d within it", all, agree, in_lane);
}

// A lane long enough, outside of junctions, with or without one beside it to the left.
static const lane_path *some_lane(const road_network *net, double least_m, bool beside) {
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *lane = &net->paths[i];
    if (!lane->junction && lane->length_m > least_m && lane->users & LANE_FOR_CARS &&
        (!beside || lane->left) && lane->max_curvature_pm < 1e-3)
      return lane;
  }
  fail_msg("no lane longer than %g m", least_m);
  return NULL;
}

static void an_ego_between_lanes_and_one_off_the_road_are_seen(void **state) {
  (void)state;
  scene *s = with_built_scene(4, 2);
  const road_network *net = &s->roads;
  const lane_path *lane = some_lane(net, 80, true);
  sim_episode *e = episode_of(s, 8);
  trouble why = {0};
  assert_int_equal(sim_episode_route(e, net, &lane->id, 1, 0, lane->length_m, &why), STATUS_OK);
  double shift[4] = {0, lane->width_m / 2, lane->width_m, -60};
  for (int k = 0; k < 4; k++) {
    road_point p = lane_point(net, lane, 40);
    put_ego(e, p.x_m - sin(p.heading_rad) * shift[k], p.y_m + cos(p.heading_rad) * shift[k],
            p.heading_rad, 10);
  }
  road_point p = lane_point(net, lane, 40);
  put_ego(e, p.x_m, p.y_m, p.heading_rad + 3.1, 10);
  sim_episode_survey(e, net);
  int on = SIM_EGO_ON_LANE | SIM_EGO_IN_LANE | SIM_EGO_ON_ROUTE_LANE;
  assert_int_equal(e->ego_marks[0], on);
  assert_int_equal(e->ego_lane[0], lane->id);
  near("limit", e->lane_limit_mps[0], lane->speed_limit_mps, 0);
  near("along", e->lane_s_m[0], 40, 0.01);
  assert_int_equal(e->ego_marks[1] & SIM_EGO_IN_LANE, 0);
  assert_int_equal(e->ego_lane[2], lane->left);
  assert_int_equal(e->ego_marks[2], on);
  near("beside the route", e->off_route_m[2], lane->width_m, 0.02);
  assert_int_equal(e->ego_marks[3], 0);
  assert_int_equal(e->ego_lane[3], 0);
  assert_true(isinf(e->lane_limit_mps[3]) && e->outside_m[3] > 5);
  assert_int_equal(e->ego_marks[4] & SIM_EGO_WRONG_WAY, SIM_EGO_WRONG_WAY);
  near("travelled", e->travelled_m[1], lane->width_m / 2, 1e-6);
  sim_episode_destroy(e);
  scene_destroy(s);
}

// A lane with a signal, or into an all-way stop, at its end.
static const lane_path *lane_with_line(const road_network *net, bool signal) {
  for (int i = 0; i < net->path_count; i++) {
    const lane_path *lane = &net->paths[i];
    if (lane->junction || lane->length_m < 30 || !(lane->users & LANE_FOR_CARS) ||
        !lane->next_count)
      continue;
    int junction = net->paths[net->lane_links[lane->next_first] - 1].junction;
    if (signal ? lane->signal != 0
               : junction && net->junctions[junction - 1].kind == JUNCTION_ALL_WAY_STOP)
      return lane;
  }
  return NULL;
}

// Drives over a lane's stop line at 10 m/s, with a halt of some frames halt_m before it. Returns
// the marks of all frames together.
static int drive_over_line(sim_episode *e, const road_network *net, const lane_path *lane,
                           uint8_t color, uint8_t color_from_line, double halt_m) {
  const lane_path *next = &net->paths[net->lane_links[lane->next_first] - 1];
  int lanes[2] = {lane->id, next->id}, marks = 0;
  trouble why = {0};
  if (sim_episode_route(e, net, lanes, 2, 0, next->length_m, &why) != STATUS_OK)
    fail_msg("%s", why.text);
  e->count = 0;
  e->signal_count = net->signal_count;
  double half = e->ego_length_m / 2, halted = 0;
  for (double front = lane->stop_s_m - 12.4; front < lane->stop_s_m + 9;) {
    double middle = front - half;
    road_point p = middle < lane->length_m ? lane_point(net, lane, middle)
                                           : lane_point(net, next, middle - lane->length_m);
    bool halts = !isnan(halt_m) && front >= lane->stop_s_m - halt_m && halted < 5;
    put_ego(e, p.x_m, p.y_m, p.heading_rad, halts ? 0 : 10);
    halted += halts;
    if (lane->signal)
      e->signals[sim_episode_signal_row(e, e->count - 1) + (size_t)lane->signal - 1] =
          front < lane->stop_s_m ? color : color_from_line;
    front += halts ? 0 : 1;
  }
  sim_episode_survey(e, net);
  for (int k = 0; k < e->count; k++)
    marks |= e->ego_marks[k];
  return marks & (SIM_EGO_PASSED_RED | SIM_EGO_PASSED_STOP);
}

static void lines_passed_at_red_are_seen_and_at_other_colours_are_not(void **state) {
  (void)state;
  scene *s = with_built_scene(2, 1);
  const lane_path *lane = lane_with_line(&s->roads, true);
  assert_non_null(lane);
  sim_episode *e = episode_of(s, 60);
  const road_network *net = &s->roads;
  assert_int_equal(drive_over_line(e, net, lane, SIGNAL_RED, SIGNAL_RED, NAN), SIM_EGO_PASSED_RED);
  int times = 0;
  for (int k = 0; k < e->count; k++)
    times += (e->ego_marks[k] & SIM_EGO_PASSED_RED) != 0;
  assert_int_equal(times, 1);
  assert_int_equal(drive_over_line(e, net, lane, SIGNAL_GREEN, SIGNAL_GREEN, NAN), 0);
  assert_int_equal(drive_over_line(e, net, lane, SIGNAL_YELLOW, SIGNAL_RED, NAN), 0);
  assert_int_equal(drive_over_line(e, net, lane, SIGNAL_RED, SIGNAL_GREEN, 2), 0);
  sim_episode_destroy(e);
  scene_destroy(s);
}

static void stop_lines_want_a_halt(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed < 40; seed++) {
    scene *s = with_built_scene(7, seed);
    const lane_path *lane = lane_with_line(&s->roads, false);
    if (lane) {
      sim_episode *e = episode_of(s, 60);
      assert_int_equal(drive_over_line(e, &s->roads, lane, 0, 0, NAN), SIM_EGO_PASSED_STOP);
      assert_int_equal(drive_over_line(e, &s->roads, lane, 0, 0, 2), 0);
      assert_int_equal(drive_over_line(e, &s->roads, lane, 0, 0, 9), SIM_EGO_PASSED_STOP);
      sim_episode_destroy(e);
      scene_destroy(s);
      return;
    }
    scene_destroy(s);
  }
  fail_msg("no all-way stop in 39 crossings");
}

static void who_is_put_beyond_a_line_hasnt_passed_it(void **state) {
  (void)state;
  scene *s = with_built_scene(2, 1);
  const road_network *net = &s->roads;
  const lane_path *lane = lane_with_line(net, true);
  const lane_path *next = &net->paths[net->lane_links[lane->next_first] - 1];
  sim_episode *e = episode_of(s, 4);
  int lanes[2] = {lane->id, next->id};
  trouble why = {0};
  assert_int_equal(sim_episode_route(e, net, lanes, 2, 0, next->length_m, &why), STATUS_OK);
  e->signal_count = net->signal_count;
  road_point p = lane_point(net, lane, 5), q = lane_point(net, next, 4);
  put_ego(e, p.x_m, p.y_m, p.heading_rad, 10);
  put_ego(e, q.x_m, q.y_m, q.heading_rad, 10);
  for (int k = 0; k < 2; k++)
    e->signals[sim_episode_signal_row(e, k) + (size_t)lane->signal - 1] = SIGNAL_RED;
  sim_episode_survey(e, net);
  assert_int_equal(e->ego_marks[1] & SIM_EGO_PASSED_RED, 0);
  near("along the route", e->route_m[1], lane->length_m + 4, 0.1);
  sim_episode_destroy(e);
  scene_destroy(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_world_s_ego_keeps_to_its_lanes_and_stops_at_red),
      cmocka_unit_test(an_ego_between_lanes_and_one_off_the_road_are_seen),
      cmocka_unit_test(lines_passed_at_red_are_seen_and_at_other_colours_are_not),
      cmocka_unit_test(stop_lines_want_a_halt),
      cmocka_unit_test(who_is_put_beyond_a_line_hasnt_passed_it),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
