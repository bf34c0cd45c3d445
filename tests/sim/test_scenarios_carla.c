// SPDX-License-Identifier: Apache-2.0
// labels: unit
// The library's scenarios that the suite of CARLA's types needs beyond the others: what each
// promises happens.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "scenes/road_model.h"
#include "with_events.h"

static char text[640];

static with_event open_scenario(const char *name, const char *parameters, const char *fields,
                                uint64_t seed) {
  snprintf(text, sizeof text, "return require \"%s\" { %s, scene = { street_furniture = 0 %s } }",
           name, parameters, fields);
  return with_event_drawn(text, NULL, 0, seed, 0);
}

static void near_to(double value, double wanted, double within, const char *what) {
  if (!(fabs(value - wanted) <= within))
    fail_msg("%s\n  %s: %.4f, not %.4f within %g", text, what, value, wanted, within);
}

static double speed_of(const with_event *e, int number) {
  return with_event_actor(e, number)->speed_mps;
}

// The actor's middle in the ego's axes, x ahead and y to the left.
static vec3 seen_from_ego(const with_event *e, int number) {
  double yaw = quat_yaw(with_event_actor(e, 0)->begin.q);
  vec3 v = vec3_sub(with_event_middle(e, number), with_event_middle(e, 0));
  return (vec3){v.x * cos(yaw) + v.y * sin(yaw), v.y * cos(yaw) - v.x * sin(yaw), v.z};
}

static double heading_from_ego(const with_event *e, int number) {
  return fabs(remainder(quat_yaw(with_event_actor(e, number)->begin.q) -
                            quat_yaw(with_event_actor(e, 0)->begin.q),
                        2 * M_PI));
}

static const lane_path *lane_of(const with_event *e, int number) {
  vec3 at = with_event_middle(e, number);
  int id = lane_nearest(&e->built->roads, at.x, at.y, NULL, NULL);
  assert_true(id > 0);
  return &e->built->roads.paths[id - 1];
}

// Actors from..to stand in a row, each_m apart along the ego's road, side_m left of the ego's lane.
static void expect_row(const with_event *e, int from, int count, double each_m, double side_m,
                       double mps) {
  for (int k = 0; k < count; k++) {
    near_to(fabs(seen_from_ego(e, from + k).y - side_m), 0, 0.3, "lane of the row");
    near_to(speed_of(e, from + k), mps, 0.8, "its speed");
    if (k > 0)
      near_to(seen_from_ego(e, from + k).x - seen_from_ego(e, from + k - 1).x, each_m, 0.5,
              "its spacing");
  }
}

// When the ego first touches one of the actors from..to; NaN when it doesn't before `until_s`.
static double first_contact(with_event *e, int from, int to, double until_s) {
  while (with_event_time(e) < until_s) {
    with_event_frame(e);
    for (int n = from; n <= to; n++)
      if (with_event_actor(e, n) && !(with_event_apart(e, 0, n) > 0))
        return with_event_time(e);
  }
  return NAN;
}

static void the_egos_lane_is_blocked_and_the_other_one_has_traffic(void **state) {
  (void)state;
  static const char *const whats[] = {"accident", "parked", "works", "cyclists"};
  static const int blockers[] = {3, 1, 3, 3};
  for (int k = 0; k < 16; k++) {
    int what = k % 4;
    bool two_ways = k / 4 % 2, left_hand = k >= 8;
    double kmh = 40, others = 30 + 5 * what, gap_s = 2.5, contact_s = 5 + what * 0.5;
    char parameters[240];
    snprintf(parameters, sizeof parameters,
             "what = \"%s\", two_ways = %s, ego_kmh = %g, contact_s = %g, others_kmh = %g, gap_s = "
             "%g, hand = \"%s\", driver = ",
             whats[what], two_ways ? "true" : "false", kmh, contact_s, others, gap_s,
             left_hand ? "left" : "right");
    char with[300];
    snprintf(with, sizeof with, "%s\"constant\"", parameters);
    with_event e = open_scenario("blocked_lane", with, "", 3);
    with_event_frame(&e);
    double slow = what == 3 ? 12 / 3.6 : 0, speed = kmh / 3.6, side = left_hand ? -1 : 1;
    near_to(speed_of(&e, 0), speed, 1e-6, "speed of the ego");
    near_to(speed_of(&e, 1), slow, 0.05, "speed of what blocks the lane");
    double ahead = seen_from_ego(&e, 1).x -
                   (with_event_actor(&e, 0)->size_m[0] + with_event_actor(&e, 1)->size_m[0]) / 2;
    near_to(ahead, (speed - slow) * contact_s, 0.3, "gap");
    expect_row(&e, blockers[what] + 1, 6, (two_ways ? 1 : -1) * others / 3.6 * gap_s, side * 3.5,
               others / 3.6);
    near_to(heading_from_ego(&e, blockers[what] + 1), two_ways ? M_PI : 0, 0.01, "its heading");
    near_to(first_contact(&e, 1, blockers[what], contact_s + 1), contact_s, 0.35, "contact");
    with_event_free(&e);
    // Who looks out doesn't touch it, nor anybody else.
    snprintf(with, sizeof with, "%s\"idm\"", parameters);
    e = open_scenario("blocked_lane", with, "", 3);
    assert_true(isnan(first_contact(&e, 1, blockers[what] + 6, contact_s + 5)));
    with_event_free(&e);
  }
}

static void somebody_is_in_the_way_beyond_the_junction(void **state) {
  (void)state;
  static const char *const whats[] = {"car", "pedestrian", "bicycle"};
  static const char *const turns[] = {"left", "right", "straight"};
  for (int k = 0; k < 18; k++) {
    int what = k % 3, turn = k / 3 % 3;
    double away = turn == 2 ? 24 : 14; // nobody turns as fast as they go straight on
    char parameters[240];
    snprintf(parameters, sizeof parameters,
             "what = \"%s\", turn = \"%s\", count = 1, ego_kmh = 30, away_m = %g, beyond_m = 4, "
             "hand = \"%s\", driver = \"%s\"",
             whats[what], turns[turn], away, k < 9 ? "right" : "left",
             what == 0 ? "constant" : "idm");
    with_event e = open_scenario("beyond_junction", parameters, "", 4);
    with_event_frame(&e);
    double begun = quat_yaw(with_event_actor(&e, 0)->begin.q);
    // Beyond the junction: outside it, and the ego's lane there is one that leads away from it.
    vec3 at = with_event_middle(&e, 1), centre = {0};
    centre.x = e.built->roads.junctions[0].x_m, centre.y = e.built->roads.junctions[0].y_m;
    double off = hypot(at.x - centre.x, at.y - centre.y);
    if (!(off > 11 && off < 40))
      fail_msg("%s\n  %.2f m from the junction's middle", text, off);
    if (what == 0) {
      assert_int_equal(lane_of(&e, 1)->junction, 0);
      double hit = first_contact(&e, 1, 1, 14);
      if (!(hit > 4))
        fail_msg("%s\n  contact at %.2f s", text, hit);
      double turned = remainder(quat_yaw(with_event_actor(&e, 0)->begin.q) - begun, 2 * M_PI);
      near_to(turned, turn == 0 ? M_PI / 2 : turn == 1 ? -M_PI / 2 : 0, 0.3, "the ego's turn");
    } else {
      double set_off = NAN, crossed = 0, least = INFINITY;
      vec3 from = with_event_middle(&e, 1);
      while (with_event_time(&e) < 18) {
        with_event_frame(&e);
        vec3 a = with_event_middle(&e, 0), b = with_event_middle(&e, 1);
        double gap = hypot(a.x - b.x, a.y - b.y);
        least = fmin(least, with_event_apart(&e, 0, 1));
        crossed = hypot(b.x - from.x, b.y - from.y);
        if (isnan(set_off) && crossed > 0.02)
          set_off = gap;
      }
      near_to(set_off, away - 1.4, 1.5,
              "how far away the ego is when they set off"); // seen 1 or 2 frames later
      if (!(crossed > 6))
        fail_msg("%s\n  went %.2f m across", text, crossed);
      if (!(least > 0))
        fail_msg("%s\n  contact", text);
    }
    with_event_free(&e);
  }
}

static signal_color light_of(const with_event *e, const lane_path *lane) {
  return (signal_color)e->shot.signals[lane->signal - 1];
}

static void a_flow_passes_the_junction_when_the_ego_gets_there(void **state) {
  (void)state;
  static const struct {
    const char *turn, *from, *rule, *kind;
  } cases[] = {
      {"left", "oncoming", "priority", "car"},  {"left", "oncoming", "signals", "car"},
      {"right", "left", "priority", "car"},     {"right", "left", "signals", "car"},
      {"left", "both", "priority", "car"},      {"left", "oncoming", "priority", "bicycle"},
      {"straight", "right", "priority", "car"},
  };
  for (int k = 0; k < 14; k++) {
    int c = k % 7;
    bool left_hand = k >= 7, bicycles = cases[c].kind[0] == 'b';
    const char *turn = cases[c].turn, *from = cases[c].from;
    if (left_hand) { // mirrored
      turn = turn[0] == 'l' ? "right" : turn[0] == 'r' ? "left" : turn;
      from = from[0] == 'l' ? "right" : from[0] == 'r' ? "left" : from;
    }
    bool both = from[0] == 'b', lights = cases[c].rule[0] == 's', across = from[0] != 'o';
    double flow = bicycles ? 20 : 36, gap_s = 2.5;
    char parameters[240];
    snprintf(parameters, sizeof parameters,
             "turn = \"%s\", from = \"%s\", rule = \"%s\", kind = \"%s\", ego_kmh = 30, flow_kmh = "
             "%g, gap_s = %g, hand = \"%s\"",
             turn, from, cases[c].rule, cases[c].kind, flow, gap_s, left_hand ? "left" : "right");
    with_event e = open_scenario("actor_flow", parameters, ", duration_s = 40", 6);
    with_event_frame(&e);
    const lane_path *own = lane_of(&e, 0), *theirs = lane_of(&e, 1);
    int count = both ? 14 : 7;
    double passed[14], nearest[14];
    for (int n = 0; n < count; n++)
      passed[n] = NAN, nearest[n] = INFINITY;
    double cx = e.built->roads.junctions[0].x_m, cy = e.built->roads.junctions[0].y_m;
    double entered = NAN;
    while (with_event_time(&e) < 36) {
      with_event_frame(&e);
      for (int n = 0; n < count; n++) {
        if (!with_event_actor(&e, n + 1))
          continue;
        vec3 at = with_event_middle(&e, n + 1);
        double off = hypot(at.x - cx, at.y - cy);
        if (off < nearest[n])
          nearest[n] = off, passed[n] = with_event_time(&e);
        if (!(with_event_apart(&e, 0, n + 1) > 0))
          fail_msg("%s\n  contact with %d at %.1f s", text, n + 1, with_event_time(&e));
        if (lights && off < 11 && off <= nearest[n] && light_of(&e, theirs) == SIGNAL_RED &&
            speed_of(&e, n + 1) < 1)
          fail_msg("%s\n  %d stands in the junction", text, n + 1);
      }
      vec3 at = with_event_middle(&e, 0);
      if (isnan(entered) && hypot(at.x - cx, at.y - cy) < 9) {
        entered = with_event_time(&e);
        if (lights)
          assert_true(light_of(&e, own) != SIGNAL_RED);
      }
    }
    // An ego that nothing held up would be there after 45 m and what the junction takes.
    double due = (45 + 15) / (30 / 3.6);
    assert_true(passed[0] < due + 0.5 && passed[count - 1] > due);
    int through = 0;
    for (int n = 1; n < count; n++) {
      if (nearest[n] > 6 || nearest[n - 1] > 6 || (both && n == 7))
        continue;
      through++;
      if (!lights) // at lights they come with what those leave between them
        near_to(passed[n] - passed[n - 1], gap_s, 0.8, "seconds between two of them");
    }
    if (!(through >= (lights && across ? 2 : 5)))
      fail_msg("%s\n  only %d pairs of them went through", text, through);
    // It goes when they are through, or in a gap that is long enough, and later than it could have.
    if (!(entered > due + 1))
      fail_msg("%s\n  the ego goes at %.1f s", text, entered);
    if (!lights && across)
      assert_true(passed[0] < entered);
    with_event_free(&e);
  }
}

static void oncoming_cars_cut_into_the_egos_lane_in_a_bend(void **state) {
  (void)state;
  for (int k = 0; k < 8; k++) {
    double invade = 1 + 0.12 * (k % 4);
    bool left_hand = k >= 4;
    char parameters[240];
    snprintf(parameters, sizeof parameters,
             "ego_kmh = 40, others_kmh = %d, radius_m = 80, turn_deg = %d, invade_m = %g, gap_s = "
             "2.5, hand = \"%s\", driver = \"constant\"",
             30 + 10 * (k % 2), k / 2 % 2 ? -60 : 60, invade, left_hand ? "left" : "right");
    with_event e = open_scenario("invading_turn", parameters, "", 1);
    with_event_frame(&e);
    double begun = quat_yaw(with_event_actor(&e, 0)->begin.q);
    int met = 0;
    double before[5] = {0};
    while (with_event_time(&e) < e.built->duration_s - 0.2) {
      with_event_frame(&e);
      for (int n = 1; n <= 4; n++) {
        vec3 seen = seen_from_ego(&e, n);
        if (before[n] > 0 && seen.x <= 0) { // abeam now
          double side = left_hand ? -1 : 1;
          near_to(side * seen.y, 3.5 - invade, 0.25, "from middle to middle");
          near_to(heading_from_ego(&e, n), M_PI, 0.12, "heading");
          if (n == 1) {
            double turned =
                fabs(remainder(quat_yaw(with_event_actor(&e, 0)->begin.q) - begun, 2 * M_PI));
            if (!(turned > 0.15 && turned < 0.95))
              fail_msg("%s\n  meets it after %.2f rad of the bend", text, turned);
          }
          // It is over the road's middle, and there still is room to keep to the edge.
          double half = with_event_actor(&e, n)->size_m[1] / 2;
          assert_true(side * seen.y - half < 1.75);
          met++;
        }
        before[n] = seen.x;
      }
    }
    assert_true(met >= 2);
    with_event_free(&e);
  }
}

static void one_of_a_row_that_stands_cuts_in(void **state) {
  (void)state;
  for (int k = 0; k < 8; k++) {
    bool left_hand = k % 2, looks_out = k >= 4;
    double kmh = 30 + 10 * (k % 3), away = 2 + 0.4 * (k % 4), target = 15 + 10 * (k % 2);
    char parameters[240];
    snprintf(parameters, sizeof parameters,
             "ego_kmh = %g, away_s = %g, target_kmh = %g, seconds = 3, hand = \"%s\", driver = "
             "\"%s\"",
             kmh, away, target, left_hand ? "left" : "right", looks_out ? "idm" : "constant");
    with_event e = open_scenario("static_cut_in", parameters, "", 2);
    with_event_frame(&e);
    for (int n = 1; n <= 5; n++) {
      near_to(fabs(seen_from_ego(&e, n).y), 3.5, 0.05, "lane of the row");
      assert_true(speed_of(&e, n) == 0);
    }
    double sets_off = NAN, nearest = INFINITY;
    bool touched = false;
    while (with_event_time(&e) < e.built->duration_s - 0.2) {
      with_event_frame(&e);
      if (isnan(sets_off) && speed_of(&e, 1) > 0)
        sets_off = seen_from_ego(&e, 1).x;
      if (seen_from_ego(&e, 1).x > 0)
        nearest = fmin(nearest, fabs(seen_from_ego(&e, 1).y));
      for (int n = 1; n <= 5; n++) {
        touched |= !(with_event_apart(&e, 0, n) > 0);
        if (n > 1)
          assert_true(speed_of(&e, n) == 0);
        for (int m = 1; m < n; m++)
          if (!(with_event_apart(&e, m, n) > 0))
            fail_msg("%s\n  %d and %d touch at %.1f s", text, m, n, with_event_time(&e));
      }
    }
    // Seen a frame later; aslant from middle to middle.
    near_to(sets_off, sqrt(pow(away * kmh / 3.6 + 4.5, 2) - 3.5 * 3.5) - 0.7, 1.5,
            "how far ahead of the ego it is then");
    if (looks_out) {
      assert_true(!touched);
      near_to(nearest, 0, 0.1, "it is in the ego's lane");
      near_to(speed_of(&e, 1), target / 3.6, 0.1, "and drives as fast as it says");
    } else {
      assert_true(touched || nearest < 0.3);
    }
    with_event_free(&e);
  }
}

// How far the ego's middle comes off its lane's middle.
static double slides_m(const char *parameters, const char *fields) {
  with_event e = open_scenario("control_loss", parameters, fields, 1);
  double most = 0;
  while (with_event_time(&e) < e.built->duration_s - 0.2) {
    with_event_frame(&e);
    vec3 at = with_event_middle(&e, 0);
    double s, off;
    int lane = lane_nearest(&e.built->roads, at.x, at.y, &s, &off);
    most = lane ? fmax(most, fabs(off)) : 100;
  }
  with_event_free(&e);
  return most;
}

static void black_ice_in_a_bend_takes_the_ego_off_its_lane(void **state) {
  (void)state;
  for (int k = 0; k < 4; k++) {
    char parameters[200];
    snprintf(parameters, sizeof parameters,
             "ego_kmh = %d, radius_m = 60, turn_deg = %d, before_m = 70, hand = \"%s\"",
             45 + 10 * (k % 2), k / 2 ? -60 : 60, k % 2 ? "left" : "right");
    double icy = slides_m(parameters, ""), dry = slides_m(parameters, ", weather = clear {}");
    if (!(icy > 1.75 && dry < 0.4))
      fail_msg("%s\n  off its lane by %.2f m on ice, %.2f m without", text, icy, dry);
  }
}

static void cars_drive_in_a_row_where_the_ego_has_to_get_to(void **state) {
  (void)state;
  static const char *const whys[] = {"works\", place = \"motorway", "works\", place = \"street",
                                     "parking", "exit"};
  for (int k = 0; k < 8; k++) {
    int why = k % 4;
    bool left_hand = k >= 4, parks = why == 2, exits = why == 3;
    double flow = 20 + 10 * (why == 3 ? 3 : why % 3), away = 7, gap_s = 2.2, kmh = exits ? 60 : 40;
    char parameters[240];
    snprintf(parameters, sizeof parameters,
             "why = \"%s\", flow_kmh = %g, ego_kmh = %g, gap_s = %g, away_s = %g, hand = \"%s\"",
             whys[why], flow, kmh, gap_s, away, left_hand ? "left" : "right");
    with_event e = open_scenario("flow_beside", parameters, "", 7);
    with_event_frame(&e);
    double side = (left_hand ? -1 : 1) * (exits ? -1 : 1);
    expect_row(&e, 1, 8, -(flow / 3.6 * gap_s + 2), side * 3.5, flow / 3.6);
    const road_network *net = &e.built->roads;
    const scene_vehicle *ego = &e.built->vehicles[e.built->ego];
    const lane_path *lane = &net->paths[ego->lane - 1];
    if (parks) {
      assert_true(speed_of(&e, 0) == 0);
      double before = seen_from_ego(&e, 9).x -
                      (with_event_actor(&e, 0)->size_m[0] + with_event_actor(&e, 9)->size_m[0]) / 2;
      assert_true(before > 2.4 && before < 4.1);
      assert_true(seen_from_ego(&e, 10).x < -4 && speed_of(&e, 9) == 0 && speed_of(&e, 10) == 0);
      // There is no way out but the lane beside: an ego without orders stays.
      with_event_run(&e, 15);
      assert_true(seen_from_ego(&e, 9).x > 4);
    } else if (!exits) {
      double taper = 0, works = road_works_ahead(net, lane, &taper);
      near_to(works - taper - ego->s_m - ego->size_m[0] / 2, kmh / 3.6 * away, 0.01,
              "way to where its lane closes");
      assert_true(isnan(first_contact(&e, 1, 8, 18)));
      double tolerance = 0.5;
      near_to(fabs(seen_from_ego(&e, 8).y), 0, 3.5 + tolerance, "still beside or before it");
    } else {
      // The exit leaves from the lane of the row, or a lane that opens beside it, farther on.
      bool found = false;
      for (int i = 0; i < net->path_count; i++) {
        const road *r = &net->roads[net->paths[i].road - 1];
        if (!r->junction || net->paths[i].length_m < 1)
          continue;
        road_point p = lane_point(net, &net->paths[i], 0);
        vec3 at = with_event_middle(&e, 0);
        double yaw = quat_yaw(with_event_actor(&e, 0)->begin.q);
        double x = (p.x_m - at.x) * cos(yaw) + (p.y_m - at.y) * sin(yaw);
        double y = (p.y_m - at.y) * cos(yaw) - (p.x_m - at.x) * sin(yaw);
        found |= x > 100 && x < 1800 && side * y > 5 && side * y < 12;
      }
      assert_true(found);
    }
    with_event_free(&e);
  }
}

static void a_car_takes_the_egos_priority_or_waits_at_its_red_light(void **state) {
  (void)state;
  for (int k = 0; k < 8; k++) {
    bool waits = k >= 4;
    double kmh = 40 + 10 * (k % 2);
    char parameters[240];
    snprintf(parameters, sizeof parameters,
             "ego_kmh = %g, runner_kmh = 40, from = \"%s\", green_s = 3, rule = \"%s\", waits = "
             "%s, hand = \"%s\"",
             kmh, k % 2 ? "left" : "right", waits ? "signals" : "priority",
             waits ? "true" : "false", k / 2 % 2 ? "left" : "right");
    with_event e = open_scenario("red_light_runner", parameters, ", duration_s = 14", 1);
    with_event_frame(&e);
    const lane_path *own = lane_of(&e, 0), *other = lane_of(&e, 1);
    assert_true(waits == (own->signal > 0));
    if (!waits) { // the ego's road goes first
      const lane_path *way = &e.built->roads.paths[e.built->roads.lane_links[own->next_first] - 1];
      const lane_path *theirs =
          &e.built->roads.paths[e.built->roads.lane_links[other->next_first] - 1];
      assert_true(way->priority > theirs->priority);
    }
    double nearest = INFINITY, slowest = INFINITY;
    bool past = false;
    while (with_event_time(&e) < 8) {
      with_event_frame(&e);
      vec3 a = with_event_middle(&e, 0), b = with_event_middle(&e, 1);
      nearest = fmin(nearest, hypot(a.x - b.x, a.y - b.y));
      if (!past && lane_of(&e, 0)->junction) {
        past = true;
        assert_true(!waits || light_of(&e, own) == SIGNAL_GREEN);
        slowest = speed_of(&e, 1);
      }
      if (waits && light_of(&e, other) == SIGNAL_RED)
        assert_int_equal(lane_of(&e, 1)->junction, 0);
    }
    assert_true(past);
    if (waits) {
      if (!(slowest < 0.6 * 40 / 3.6 && nearest > 9))
        fail_msg("%s\n  its speed is %.2f m/s then, and %.2f m are between them", text, slowest,
                 nearest);
    } else {
      near_to(nearest, 0, 0.05 * (kmh + 40) / 3.6 + 0.15, "how near their middles come");
      near_to(slowest, 40 / 3.6, 40 / 3.6 * 0.21, "speed of the one who doesn't wait");
    }
    with_event_free(&e);
  }
}

static void cars_come_while_a_door_is_open(void **state) {
  (void)state;
  with_event e = open_scenario("door_opening", "ego_kmh = 36, oncoming = 4, away_s = 2", "", 1);
  with_event_frame(&e);
  for (int n = 4; n <= 7; n++) {
    near_to(heading_from_ego(&e, n), M_PI, 0.01, "heading");
    near_to(fabs(seen_from_ego(&e, n).y), 2.9, 0.3, "their lane");
    near_to(seen_from_ego(&e, n).x, 40 + 25 * (n - 4), 1.2, "how far ahead");
  }
  with_event_free(&e);
}

static void an_arm_without_a_junction_is_an_error(void **state) {
  (void)state;
  trouble why = {0};
  assert_int_equal(with_event_error("return scene { road = intersection { rule = \"priority\" }, "
                                    "ego = { arm = \"minor\" } }",
                                    &why),
                   STATUS_RANGE);
  assert_non_null(strstr(why.text, "ego.arm: give before_junction_m, too"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_egos_lane_is_blocked_and_the_other_one_has_traffic),
      cmocka_unit_test(somebody_is_in_the_way_beyond_the_junction),
      cmocka_unit_test(a_flow_passes_the_junction_when_the_ego_gets_there),
      cmocka_unit_test(oncoming_cars_cut_into_the_egos_lane_in_a_bend),
      cmocka_unit_test(one_of_a_row_that_stands_cuts_in),
      cmocka_unit_test(black_ice_in_a_bend_takes_the_ego_off_its_lane),
      cmocka_unit_test(cars_drive_in_a_row_where_the_ego_has_to_get_to),
      cmocka_unit_test(a_car_takes_the_egos_priority_or_waits_at_its_red_light),
      cmocka_unit_test(cars_come_while_a_door_is_open),
      cmocka_unit_test(an_arm_without_a_junction_is_an_error),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
