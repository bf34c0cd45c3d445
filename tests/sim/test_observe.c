// SPDX-License-Identifier: Apache-2.0
// labels: unit
// What policies see, against the episode's record and the road itself.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "sim/observe.h"
#include "with_rollout.h"

static const char city[] = "return scene { duration_s = 12, step_s = 0.05, "
                           "road = grid_city { blocks = { 2, 2 }, signals = 1 }, "
                           "traffic = { vehicles = 70 }, pedestrians = { count = 40 } }";
static const char highway[] = "return scene { duration_s = 12, road = highway { lanes = 3 }, "
                              "traffic = { vehicles = 40 }, ego = { lane = \"middle\" } }";

static void near_to(const char *what, double found, double wanted, double within) {
  if (!(fabs(found - wanted) <= within))
    fail_msg("%s: %.6g, not %.6g within %g", what, found, wanted, within);
}

// The record's last frame in the ego frame.
typedef struct at {
  double x, y, c, s;
} at;

static at ego_frame(const sim_episode *e) {
  int k = e->count - 1;
  double c = cos(e->ego_yaw_rad[k]), s = sin(e->ego_yaw_rad[k]);
  return (at){e->ego_x_m[k] - e->ego_rear_to_centre_m * c,
              e->ego_y_m[k] - e->ego_rear_to_centre_m * s, c, s};
}

static void into(const at *f, double x, double y, double *ox, double *oy) {
  *ox = (x - f->x) * f->c + (y - f->y) * f->s;
  *oy = (y - f->y) * f->c - (x - f->x) * f->s;
}

static int slot_of(const sim_episode *e, uint32_t id) {
  for (int k = 0; k < e->actor_count; k++)
    if (e->actor_id[k] == id)
      return k;
  fail_msg("nobody has the id %u", id);
  return -1;
}

static void agents_are_the_nearest_with_their_past(void **state) {
  (void)state;
  with_rollout w = with_rollout_of(city, 3, 0, NULL, &sim_policy_idm);
  const sim_episode *e = sim_rollout_record(w.r);
  int past_rows = 0;
  while (sim_rollout_ended(w.r) == SIM_END_OPEN) {
    at f = ego_frame(e);
    sim_rollout_observe(w.r, 5, &w.seen);
    assert_int_equal(w.seen.env, 5);
    int frame = e->count - 1;
    double farthest = 0, around = 0;
    bool shown[256] = {false};
    for (uint32_t i = 0; i < w.seen.agent_count; i++) {
      const roadloom_agent *a = &w.seen.agents[i];
      int slot = slot_of(e, a->id);
      shown[slot] = true;
      for (uint32_t k = 0; k < a->seen; k++) {
        size_t row = sim_episode_row(e, frame - (int)k) + (size_t)slot;
        double x, y;
        assert_true(e->actor_marks[row] & SIM_ACTOR_HERE);
        into(&f, e->actor_x_m[row], e->actor_y_m[row], &x, &y);
        near_to("x", a->history[k].x_m, x, 1e-4);
        near_to("y", a->history[k].y_m, y, 1e-4);
        near_to("cosine", a->history[k].cos_yaw,
                e->actor_ahead_x[row] * f.c + e->actor_ahead_y[row] * f.s, 1e-5);
        near_to("vx", a->history[k].vx_mps, e->actor_x_mps[row] * f.c + e->actor_y_mps[row] * f.s,
                1e-4);
        past_rows += k > 0;
      }
      for (uint32_t k = a->seen; k < ROADLOOM_HISTORY; k++)
        assert_true(a->history[k].x_m == 0 && a->history[k].cos_yaw == 0);
      assert_true(a->seen == ROADLOOM_HISTORY || (int)a->seen <= frame + 1);
      double dx = a->history[0].x_m - w.seen.ego.rear_to_middle_m;
      double d = hypot(dx, a->history[0].y_m);
      assert_true(d >= farthest - 1e-3);
      farthest = d;
    }
    for (int slot = 0; slot < e->actor_count; slot++) {
      size_t row = sim_episode_row(e, frame) + (size_t)slot;
      double d =
          hypot(e->actor_x_m[row] - e->ego_x_m[frame], e->actor_y_m[row] - e->ego_y_m[frame]);
      if (!(e->actor_marks[row] & SIM_ACTOR_HERE) || d > SIM_SIGHT_M)
        continue;
      around++;
      if (!shown[slot] && d < farthest - 1e-3)
        fail_msg("%u is %.2f m away and isn't shown", e->actor_id[slot], d);
    }
    near_to("around", w.seen.agents_around, around, 0);
    with_rollout_step(&w);
  }
  assert_true(past_rows > 10000); // the histories were there to be compared
  with_rollout_free(&w);
}

static void the_way_runs_along_lanes(void **state) {
  (void)state;
  const char *const places[] = {city, highway};
  for (int place = 0; place < 2; place++) {
    with_rollout w = with_rollout_of(places[place], 4, 0, NULL, &sim_policy_idm);
    const road_network *net = &w.built->roads;
    double last_goal = 1e9;
    while (sim_rollout_ended(w.r) == SIM_END_OPEN) {
      sim_rollout_observe(w.r, 0, &w.seen);
      at f = ego_frame(sim_rollout_record(w.r));
      assert_true(w.seen.route_count > 10);
      // Beside the rear axle, and so far left of it.
      const roadloom_route_point *p = &w.seen.route[0];
      near_to("ahead", p->x_m * p->cos_yaw + p->y_m * p->sin_yaw, 0, 0.02);
      near_to("off", -p->y_m * p->cos_yaw + p->x_m * p->sin_yaw, w.seen.off_m, 0.02);
      assert_true(w.seen.goal_m <= last_goal + 0.05);
      last_goal = w.seen.goal_m;
      for (uint32_t k = 0; k < w.seen.route_count; k += 7) {
        p = &w.seen.route[k];
        double x = f.x + p->x_m * f.c - p->y_m * f.s, y = f.y + p->x_m * f.s + p->y_m * f.c, t = 0;
        assert_true(lane_nearest(net, x, y, NULL, &t) > 0);
        near_to("beside a lane's middle", t, 0, 0.05);
        if (place == 1 && k < 40) { // in the middle of three lanes
          near_to("left", p->left_m, p->width_m, 0.3);
          near_to("right", p->right_m, p->width_m, 0.3);
        }
      }
      with_rollout_step(&w);
    }
    with_rollout_free(&w);
  }
}

static void lanes_around_are_those_of_the_road(void **state) {
  (void)state;
  with_rollout w = with_rollout_of(city, 5, 1, NULL, &sim_policy_idm);
  const road_network *net = &w.built->roads;
  int on_way = 0, with_signal = 0;
  const sim_episode *e = sim_rollout_record(w.r);
  while (sim_rollout_ended(w.r) == SIM_END_OPEN) {
    sim_rollout_observe(w.r, 0, &w.seen);
    at f = ego_frame(e);
    assert_true(w.seen.lane_count > 8);
    for (uint32_t k = 0; k < w.seen.lane_count; k++) {
      const roadloom_lane *lane = &w.seen.lanes[k];
      const lane_path *path = &net->paths[lane->id - 1];
      double cut = path->length_m / ceil(path->length_m / 40) / (ROADLOOM_LANE_POINTS - 1);
      for (int i = 0; i + 1 < ROADLOOM_LANE_POINTS; i++) {
        double dx = lane->points[i + 1][0] - lane->points[i][0];
        double dy = lane->points[i + 1][1] - lane->points[i][1];
        near_to("between points", hypot(dx, dy), cut, 0.05 * cut + 1e-3);
      }
      double x = lane->points[3][0], y = lane->points[3][1], s, t;
      double wx = f.x + x * f.c - y * f.s, wy = f.y + x * f.s + y * f.c;
      assert_true(lane_nearest(net, wx, wy, &s, &t) > 0);
      if (path->users & LANE_FOR_CARS)
        near_to("off its lane", t, 0, 0.05);
      on_way += (lane->flags & ROADLOOM_LANE_ROUTE) != 0;
      // Colours are those of the record.
      signal_color shown =
          path->signal
              ? (signal_color)
                    e->signals[sim_episode_signal_row(e, e->count - 1) + (size_t)path->signal - 1]
              : SIGNAL_OFF;
      with_signal += path->signal != 0;
      assert_int_equal(lane->signal == ROADLOOM_SIGNAL_RED, shown == SIGNAL_RED);
      assert_int_equal(lane->signal == ROADLOOM_SIGNAL_GREEN, shown == SIGNAL_GREEN);
    }
    with_rollout_step(&w);
  }
  assert_true(on_way > 100 && with_signal > 100);
  with_rollout_free(&w);
}

static void signals_stand_at_their_stop_lines(void **state) {
  (void)state;
  with_rollout w = with_rollout_of(city, 7, 0, NULL, &sim_policy_idm);
  const road_network *net = &w.built->roads;
  int on_way = 0;
  while (sim_rollout_ended(w.r) == SIM_END_OPEN) {
    sim_rollout_observe(w.r, 0, &w.seen);
    at f = ego_frame(sim_rollout_record(w.r));
    for (uint32_t k = 0; k < w.seen.signal_count; k++) {
      const roadloom_signal *signal = &w.seen.signals[k];
      double nearest = INFINITY;
      for (int i = 0; i < net->path_count; i++) {
        if (net->paths[i].signal != (int)signal->id)
          continue;
        road_point p = lane_point(net, &net->paths[i], net->paths[i].stop_s_m);
        double x, y;
        into(&f, p.x_m, p.y_m, &x, &y);
        nearest = fmin(nearest, hypot(x - (double)signal->x_m, y - (double)signal->y_m));
      }
      near_to("to the stop line", nearest, 0, 0.05);
      on_way += signal->along_m >= 0;
    }
    with_rollout_step(&w);
  }
  assert_true(on_way > 50);
  with_rollout_free(&w);
}

// Every number of an observation as floats.
static void all_is_finite(const roadloom_observation *o) {
  const float *parts[] = {&o->ego.speed_mps,    &o->route[0].x_m,   &o->lanes[0].points[0][0],
                          &o->obstacles[0].x_m, &o->signals[0].x_m, &o->weather.rain_mmh};
  const size_t sizes[] = {16, sizeof o->route / 4, 2, 6, 5, 6};
  for (size_t k = 0; k < 6; k++)
    for (size_t i = 0; i < sizes[k]; i++)
      assert_true(isfinite(parts[k][i]));
}

static void seeing_twice_is_seeing_the_same(void **state) {
  (void)state;
  static roadloom_observation seen[2];
  memset(&seen[0], 0xa5, sizeof seen[0]);
  memset(&seen[1], 0x5a, sizeof seen[1]); // all of it is written
  with_rollout w = with_rollout_of(city, 6, 0, NULL, &sim_policy_idm);
  for (int step = 0; step < 40; step++) {
    for (int k = 0; k < 2; k++)
      sim_rollout_observe(w.r, 0, &seen[k]);
    assert_memory_equal(&seen[0], &seen[1], sizeof seen[0]);
    all_is_finite(&seen[0]);
    with_rollout_step(&w);
  }
  with_rollout_free(&w);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(agents_are_the_nearest_with_their_past),
      cmocka_unit_test(the_way_runs_along_lanes),
      cmocka_unit_test(lanes_around_are_those_of_the_road),
      cmocka_unit_test(signals_stand_at_their_stop_lines),
      cmocka_unit_test(seeing_twice_is_seeing_the_same),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
