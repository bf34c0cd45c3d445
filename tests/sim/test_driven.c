// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Vehicles by the single-track model in traffic: they keep to their lanes where tyres can, brake as
// friction lets them, and slide where it doesn't; and the door for who drives them from outside.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/conditions.h"
#include "sim/drive.h"
#include "with_checks.h"
#include "with_events.h"

static const double G = 9.81;
static char text[768];

static const sim_actor *ego_of(const with_event *e) {
  return &e->shot.actors[e->shot.ego];
}

static with_event open_scene(const char *fields, const char *ego, uint64_t seed, uint32_t index) {
  snprintf(text, sizeof text,
           "return scene { frame_hz = 10, duration_s = 60, pedestrians = { count = 0 }, "
           "street_furniture = 0, %s, ego = { %s } }",
           fields, ego);
  return with_event_drawn(text, NULL, 0, seed, index);
}

static void near_to(const char *what, double found, double wanted, double within) {
  if (!(fabs(found - wanted) <= within))
    fail_msg("%s\n  %s: %.5f, not %.5f within %g", text, what, found, wanted, within);
}

static vec3 middle_of(const sim_actor *a) {
  double yaw = quat_yaw(a->begin.q);
  return (vec3){a->begin.p_m.x + a->centre_m[0] * cos(yaw),
                a->begin.p_m.y + a->centre_m[0] * sin(yaw), 0};
}

// How far left of its lane's middle its middle is, by the road itself.
static double left_of_lane(const with_event *e, const sim_actor *a) {
  const road_network *net = &e->built->roads;
  road_point p = lane_point(net, &net->paths[a->lane - 1], a->lane_s_m);
  vec3 at = middle_of(a);
  return (at.y - p.y_m) * cos(p.heading_rad) - (at.x - p.x_m) * sin(p.heading_rad);
}

// In the body's axes, x ahead.
static vec3 in_body(const sim_actor *a, vec3 v) {
  double yaw = quat_yaw(a->begin.q);
  return (vec3){v.x * cos(yaw) + v.y * sin(yaw), v.y * cos(yaw) - v.x * sin(yaw), 0};
}

// On its lane ---------------------------------------------------------------------

// The farthest that the ego's middle gets from its lane's in so many seconds.
static double farthest(with_event *e, double seconds, double *way_m) {
  double worst = 0;
  vec3 last = {0};
  while (with_event_time(e) < seconds) {
    with_event_frame(e);
    const sim_actor *ego = ego_of(e);
    worst = fmax(worst, fabs(left_of_lane(e, ego)));
    vec3 at = middle_of(ego);
    *way_m += e->shot.frame > 0 ? hypot(at.x - last.x, at.y - last.y) : 0;
    last = at;
  }
  return worst;
}

static void an_ego_keeps_to_its_lane_on_dry_roads(void **state) {
  (void)state;
  // What it may be off by, by the place: hands and tyres need some way to take on a bend.
  static const struct {
    const char *road;
    double most_m;
  } places[] = {
      {"straight {}", 0.001},
      {"curve { radius_m = 40 }", 0.03},
      {"curve { radius_m = 100, speed_limit_mps = 20 }", 0.03},
      {"roundabout {}", 0.06},
      {"intersection { lanes = 1 }", 0.05},
      {"town {}", 0.05},
      {"rural { length_m = 1500 }", 0.08},
      {"highway { lanes = 2, radius_m = 400, speed_limit_mps = 36 }", 0.10},
  };
  static const char *const bodies[] = {"dynamics = \"kinematic\"", "dynamics = \"dynamic\"",
                                       "dynamics = \"dynamic\", vehicle = \"bmw_320i\"",
                                       "dynamics = \"dynamic\", vehicle = \"pacifica\""};
  for (size_t k = 0; k < sizeof places / sizeof *places; k++) {
    char fields[160];
    snprintf(fields, sizeof fields, "traffic = { vehicles = 0 }, road = %s", places[k].road);
    for (size_t m = 0; m < sizeof bodies / sizeof *bodies; m++)
      for (uint32_t index = 0; index < 3; index++) {
        with_event e = open_scene(fields, bodies[m], 1, index);
        double way = 0, off = farthest(&e, 30, &way);
        // The tightest bends in the country are of 3 m radius: a Pacifica's wheels don't turn so
        // far.
        double most = m == 3 && k == 6 ? 0.6 : places[k].most_m;
        if (!(off <= most))
          fail_msg("%s scene %u\n  %.3f m off its lane", text, index, off);
        if (!(way > 60))
          fail_msg("%s scene %u\n  came %.1f m far only", text, index, way);
        with_event_free(&e);
      }
  }
}

static void rails_stay_what_they_were(void **state) {
  (void)state;
  const char *const fields = "road = grid_city { blocks = { 2, 2 } }, traffic = { vehicles = 20 }";
  uint64_t hashes[4];
  const char *const egos[] = {"", "dynamics = \"rails\"", "dynamics = \"dynamic\"",
                              "dynamics = \"dynamic\""};
  for (int k = 0; k < 4; k++) {
    with_event e = open_scene(fields, egos[k], 3, 0);
    with_event_run(&e, 10);
    hashes[k] = sim_world_hash(e.world) ^ e.built->hash;
    with_event_free(&e);
  }
  assert_int_equal(hashes[0], hashes[1]);
  assert_int_not_equal(hashes[1], hashes[2]);
  assert_int_equal(hashes[2], hashes[3]);
}

static void a_lane_change_ends_in_the_lane_beside(void **state) {
  (void)state;
  static const char *const dynamics[] = {"kinematic", "dynamic"};
  for (int k = 0; k < 2; k++) {
    char ego[320];
    snprintf(ego, sizeof ego,
             "dynamics = \"%s\", driver = \"constant\", speed_mps = 25, lane = \"kerb\", "
             "behaviour = function(self) self:wait(1) self:change_lane { side = \"left\", "
             "seconds = 4 } end",
             dynamics[k]);
    with_event e = open_scene("traffic = { vehicles = 0 }, road = highway { lanes = 2, "
                              "lane_width_m = 3.5, speed_limit_mps = 30 }",
                              ego, 1, 0);
    with_event_frame(&e);
    int lane = ego_of(&e)->lane;
    vec3 begun = middle_of(ego_of(&e));
    double yaw = quat_yaw(ego_of(&e)->begin.q), last = 0;
    while (with_event_time(&e) < 8) {
      with_event_frame(&e);
      vec3 by = vec3_sub(middle_of(ego_of(&e)), begun);
      double side = by.y * cos(yaw) - by.x * sin(yaw);
      assert_true(side > last - 0.05 && side < 3.6); // it doesn't swing over
      last = side;
    }
    assert_int_not_equal(ego_of(&e)->lane, lane);
    near_to("beside where it began", last, 3.5, 0.06);
    near_to("its heading", angle_wrap(quat_yaw(ego_of(&e)->begin.q) - yaw), 0, 0.01);
    with_event_free(&e);
  }
}

static void traffic_around_it_flows_without_a_collision(void **state) {
  (void)state;
  for (uint32_t index = 0; index < 2; index++) {
    with_event e = open_scene("road = grid_city { blocks = { 2, 2 } }, traffic = { vehicles = 40 }",
                              "dynamics = \"dynamic\"", 5, index);
    check_report report = {0};
    double way = 0;
    while (with_event_time(&e) < 50) {
      with_event_frame(&e);
      check_snapshot(&e.shot, &report);
      way += ego_of(&e)->speed_mps / 10;
    }
    if (report.overlaps || report.bad_numbers || report.jumps)
      fail_msg("%s scene %u\n  %s", text, index, report.first);
    assert_true(way > 60);
    with_event_free(&e);
  }
}

// At friction's limit ---------------------------------------------------------------

static const char *const surfaces[] = {
    "clear {}", "clear { wetness = 1, water_film_mm = 0.5 }",
    "clear { snow_depth_mm = 20, temperature_c = -5 }",
    "clear { wetness = 1, water_film_mm = 1, temperature_c = -5 }"};

// Way to a stop from v where friction falls with speed: the integral of v / (mu(v) g).
static double braking_way(const sim_conditions *c, double v) {
  const int parts = 2000;
  double sum = 0;
  for (int k = 0; k < parts; k++) {
    double at = (k + 0.5) * v / parts;
    sum += at / (sim_conditions_friction(c, at) * G) * v / parts;
  }
  return sum;
}

static void braking_ways_are_those_of_the_road(void **state) {
  (void)state;
  static const char *const dynamics[] = {"kinematic", "dynamic"};
  double ways[2][4];
  for (int d = 0; d < 2; d++)
    for (int s = 0; s < 4; s++) {
      char fields[256], ego[256];
      snprintf(fields, sizeof fields,
               "traffic = { vehicles = 0 }, weather = %s, road = straight { length_m = 1000, "
               "sidewalk_m = 0 }",
               surfaces[s]);
      snprintf(ego, sizeof ego,
               "dynamics = \"%s\", driver = \"constant\", speed_mps = 20, start_m = 100, "
               "behaviour = function(self) self:wait(1) self:brake(11) end",
               dynamics[d]);
      with_event e = open_scene(fields, ego, 1, 0);
      double begun = NAN, v = 0, hardest = 0;
      do {
        with_event_frame(&e);
        const sim_actor *a = ego_of(&e);
        if (isnan(begun) && a->flags & ACTOR_BRAKE_LIGHTS)
          begun = middle_of(a).x, v = a->speed_mps;
        if (!isnan(begun))
          hardest = fmin(hardest, in_body(a, a->acceleration_mps2).x);
      } while (with_event_time(&e) < 55 && !(ego_of(&e)->speed_mps < 1e-3 && !isnan(begun)));
      // The road dries meanwhile.
      sim_conditions c = sim_conditions_from(&e.built->weather);
      sim_conditions later = sim_conditions_from(&e.shot.weather);
      double wanted = (braking_way(&c, v) + braking_way(&later, v)) / 2;
      double way = fabs(middle_of(ego_of(&e)).x - begun);
      ways[d][s] = way;
      near_to("braking way over that of the road's friction", way / wanted, 1, 0.02);
      double mu = fmax(c.friction_0, sim_conditions_friction(&c, v));
      near_to("hardest braking", -hardest, mu * G, 0.08 * mu * G);
      with_event_free(&e);
    }
  // About v^2 / (2 mu g): 24 m, 37 m, 82 m, 170 m.
  for (int d = 0; d < 2; d++)
    assert_true(ways[d][0] < 27 && ways[d][1] > 30 && ways[d][2] > 70 && ways[d][3] > 150);
}

static void soft_braking_is_as_asked_for(void **state) {
  (void)state;
  with_event e = open_scene("traffic = { vehicles = 0 }, road = straight { length_m = 1000 }",
                            "dynamics = \"dynamic\", driver = \"constant\", speed_mps = 20, "
                            "start_m = 100, behaviour = function(self) self:wait(1) "
                            "self:brake(3) end",
                            1, 0);
  with_event_run(&e, 1);
  with_event_frame(&e);
  vec3 from = middle_of(ego_of(&e));
  double v = ego_of(&e)->speed_mps;
  with_event_run(&e, 9);
  near_to("way", vec3_length(vec3_sub(middle_of(ego_of(&e)), from)), v * v / (2 * 3), 0.4);
  with_event_free(&e);
}

// An ego that keeps that speed round a bend of 40 m radius: how far it gets off its lane, the
// greatest slip angle of its middle, and the hardest acceleration as a share of friction.
typedef struct slide {
  double off_m, slip_rad, share;
} slide;

static vec3 velocity_of(const single_track_state *s) {
  double c = cos(s->yaw_rad), n = sin(s->yaw_rad);
  return (vec3){s->u_mps * c - s->w_mps * n, s->u_mps * n + s->w_mps * c, 0};
}

static slide round_the_bend(const char *dynamics, const char *weather, double speed) {
  char fields[256], ego[160];
  snprintf(fields, sizeof fields,
           "traffic = { vehicles = 0 }, weather = %s, road = curve { "
           "radius_m = 40 }",
           weather);
  snprintf(ego, sizeof ego,
           "dynamics = \"%s\", driver = \"constant\", speed_mps = %g, start_m = 20", dynamics,
           speed);
  with_event e = open_scene(fields, ego, 1, 0);
  slide out = {0};
  sim_conditions c = sim_conditions_from(&e.built->weather);
  bool slips = strcmp(dynamics, "dynamic") == 0;
  uint32_t id = e.built->vehicles[0].id;
  with_event_frame(&e);
  trouble why = {0};
  vec3 before = velocity_of(sim_world_motion(e.world, id));
  const double seconds = 150 / speed; // past the bend
  for (int k = 0; k < (int)(seconds / e.built->step_s); k++) {
    // Tyres hold the centre of mass; of rolling wheels the model bounds the rear axle's motion.
    assert_int_equal(sim_world_step(e.world, &why), STATUS_OK);
    vec3 now = velocity_of(sim_world_motion(e.world, id));
    double a = vec3_length(vec3_sub(now, before)) / e.built->step_s;
    before = now;
    if (slips)
      out.share = fmax(out.share, a / (sim_conditions_friction(&c, 0) * G));
  }
  with_event_free(&e);
  e = open_scene(fields, ego, 1, 0);
  while (with_event_time(&e) < seconds) {
    with_event_frame(&e);
    const sim_actor *a = ego_of(&e);
    out.off_m = fmax(out.off_m, fabs(left_of_lane(&e, a)));
    double share = hypot(a->acceleration_mps2.x, a->acceleration_mps2.y) /
                   (sim_conditions_friction(&c, 0) * G);
    out.share = slips ? out.share : fmax(out.share, share);
    vec3 v = in_body(a, a->velocity_mps); // of the rear axle
    if (a->speed_mps > 1)
      out.slip_rad = fmax(out.slip_rad, fabs(atan2(v.y, v.x)));
  }
  with_event_free(&e);
  return out;
}

static void too_fast_in_a_bend_it_slides_out_within_the_friction_circle(void **state) {
  (void)state;
  static const double mu[] = {0.85, 0.6, 0.25, 0.12};
  for (int s = 0; s < 4; s++) {
    double limit = sqrt(mu[s] * G * 40);
    for (int d = 0; d < 2; d++) {
      const char *dynamics = d ? "dynamic" : "kinematic";
      slide slow = round_the_bend(dynamics, surfaces[s], 0.75 * limit);
      near_to("off its lane below the limit", slow.off_m, 0, d ? 0.35 : 0.1);
      slide fast = round_the_bend(dynamics, surfaces[s], 1.35 * limit);
      assert_true(slow.share < 1.0001);
      if (!(fast.off_m > 2))
        fail_msg("%s\n  only %.2f m off its lane", text, fast.off_m);
      if (!(fast.share > 0.75 && fast.share < 1.0001))
        fail_msg("%s\n  %.4f of friction used", text, fast.share);
      // The rear axle of the kinematic model doesn't slip; that of the other one does.
      if (d)
        assert_true(fast.slip_rad > 0.02);
      else if (!(fast.slip_rad < 0.02))
        fail_msg("%s\n  rolls at a slip of %.4f rad", text, fast.slip_rad);
    }
  }
}

// From outside ----------------------------------------------------------------------

static void commands_drive_it_and_it_comes_back_to_its_lane(void **state) {
  (void)state;
  with_event e =
      open_scene("traffic = { vehicles = 0 }, road = straight { length_m = 1000, lanes = "
                 "2, sidewalk_m = 0 }",
                 "driver = \"constant\", speed_mps = 10, start_m = 100", 1, 0);
  trouble why = {0};
  uint32_t id = e.built->vehicles[0].id;
  single_track_def def = single_track_bmw_320i();
  assert_int_equal(sim_world_drive(e.world, id, BODY_KINEMATIC, &def, &why), STATUS_OK);
  assert_null(sim_world_motion(e.world, id));
  const single_track_command left = {.steer_rad = 0.05};
  assert_int_equal(sim_world_command(e.world, id, &left, &why), STATUS_OK);
  with_event_run(&e, 1); // the wheel is turned by then
  with_event_frame(&e);
  double rate = ego_of(&e)->yaw_rate_radps;
  near_to("yaw rate", rate, 10 * tan(0.05) / (def.front_m + def.rear_m), 0.002);
  near_to("its motion's", sim_world_motion(e.world, id)->yaw_rate_radps, rate, 0.002);
  near_to("its wheel", ego_of(&e)->steer_rad, 0.05, 1e-9);
  with_event_run(&e, 0.4);
  assert_true(left_of_lane(&e, ego_of(&e)) > 0.5);
  const single_track_command brakes = {.brake_mps2 = 2};
  assert_int_equal(sim_world_command(e.world, id, &brakes, &why), STATUS_OK);
  with_event_run(&e, 1);
  with_event_frame(&e);
  near_to("braking", in_body(ego_of(&e), ego_of(&e)->acceleration_mps2).x, -2, 0.01);
  assert_true(ego_of(&e)->flags & ACTOR_BRAKE_LIGHTS);
  assert_int_equal(sim_world_command(e.world, id, NULL, &why), STATUS_OK);
  with_event_run(&e, 15);
  near_to("back on its lane", left_of_lane(&e, ego_of(&e)), 0, 0.05);
  near_to("as fast as it was", ego_of(&e)->speed_mps, 10, 0.1);
  with_event_free(&e);
}

// In front of oncoming traffic, which would pass it on its own lane.
static void others_stop_for_one_that_has_left_its_lane(void **state) {
  (void)state;
  with_event e = open_scene(
      "traffic = { vehicles = 0 }, road = straight { length_m = 800, lanes = 1, sidewalk_m = 0, "
      "speed_limit_mps = 14 }, actors = { actor { kind = \"car\", driver = \"idm\", speed_mps = "
      "12, "
      "at = ahead(ego, { gap_m = 150, lane = \"oncoming\" }) } }",
      "dynamics = \"dynamic\", driver = \"constant\", speed_mps = 8, start_m = 200", 1, 0);
  trouble why = {0};
  uint32_t id = e.built->vehicles[0].id;
  const single_track_command left = {.steer_rad = 0.06}, stop = {.brake_mps2 = 6};
  assert_int_equal(sim_world_command(e.world, id, &left, &why), STATUS_OK);
  with_event_run(&e, 1.6);
  assert_int_equal(sim_world_command(e.world, id, &stop, &why), STATUS_OK);
  while (with_event_time(&e) < 20) {
    with_event_frame(&e);
    if (!(with_event_apart(&e, 0, 1) > 0))
      fail_msg("%s\n  contact at %.1f s", text, with_event_time(&e));
  }
  assert_true(left_of_lane(&e, ego_of(&e)) > 2);
  near_to("speed of the other", with_event_actor(&e, 1)->speed_mps, 0, 0.1);
  with_event_free(&e);
}

static void any_vehicle_can_be_driven(void **state) {
  (void)state;
  with_event e = open_scene("traffic = { vehicles = 6, mix = { car = 1, bus = 1 } }, road = "
                            "straight { length_m = 1500, lanes = 2 }",
                            "", 2, 0);
  trouble why = {0};
  for (int i = 0; i < e.built->vehicle_count; i++)
    assert_int_equal(sim_world_drive(e.world, e.built->vehicles[i].id, BODY_DYNAMIC, NULL, &why),
                     STATUS_OK);
  check_report report = {0};
  for (int k = 0; k < 200; k++) {
    with_event_frame(&e);
    check_snapshot(&e.shot, &report);
    for (int i = 0; i < e.shot.actor_count; i++)
      if (e.shot.actors[i].lane && !isfinite(e.shot.actors[i].begin.p_m.x))
        fail_msg("vehicle %d is nowhere", i);
  }
  assert_int_equal(report.overlaps + report.jumps, 0);
  with_event_free(&e);
}

static void what_cant_be_driven_or_done_is_told(void **state) {
  (void)state;
  with_event e = open_scene("traffic = { vehicles = 0 }, road = straight {}", "", 1, 0);
  trouble why = {0};
  uint32_t id = e.built->vehicles[0].id;
  const single_track_command nan = {.steer_rad = NAN}, negative = {.brake_mps2 = -1}, none = {0};
  uint64_t before = sim_world_hash(e.world);
  assert_int_equal(sim_world_drive(e.world, 4000000, BODY_DYNAMIC, NULL, &why), STATUS_RANGE);
  assert_non_null(strstr(why.text, "4000000"));
  assert_int_equal(sim_world_drive(e.world, id, BODY_RAILS, NULL, &why), STATUS_RANGE);
  assert_int_equal(sim_world_command(e.world, id, &none, &why), STATUS_RANGE);
  assert_non_null(strstr(why.text, "isn't driven"));
  assert_int_equal(sim_world_hash(e.world), before);
  assert_int_equal(sim_world_drive(e.world, id, BODY_DYNAMIC, NULL, &why), STATUS_OK);
  before = sim_world_hash(e.world);
  assert_int_equal(sim_world_command(e.world, id, &nan, &why), STATUS_RANGE);
  assert_int_equal(sim_world_command(e.world, id, &negative, &why), STATUS_RANGE);
  assert_int_equal(sim_world_hash(e.world), before);
  with_event_free(&e);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(an_ego_keeps_to_its_lane_on_dry_roads),
      cmocka_unit_test(rails_stay_what_they_were),
      cmocka_unit_test(a_lane_change_ends_in_the_lane_beside),
      cmocka_unit_test(traffic_around_it_flows_without_a_collision),
      cmocka_unit_test(braking_ways_are_those_of_the_road),
      cmocka_unit_test(soft_braking_is_as_asked_for),
      cmocka_unit_test(too_fast_in_a_bend_it_slides_out_within_the_friction_circle),
      cmocka_unit_test(commands_drive_it_and_it_comes_back_to_its_lane),
      cmocka_unit_test(others_stop_for_one_that_has_left_its_lane),
      cmocka_unit_test(any_vehicle_can_be_driven),
      cmocka_unit_test(what_cant_be_driven_or_done_is_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
