// SPDX-License-Identifier: Apache-2.0
// labels: unit property
// Trucks with trailers against closed forms, and in traffic: on lanes that they get through alone,
// within these, and through nobody.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "scenes/articulated.h"
#include "sim/drive.h"
#include "sim/episode_record.h"
#include "sim/moment.h"
#include "sim/rollout_record.h"
#include "sim/scores.h"
#include "sim/state.h"
#include "with_checks.h"
#include "with_networks.h"
#include "with_scenes.h"
#include "with_trailers.h"

static const double PI = 3.14159265358979323846;

static void run_for(sim_world *world, double seconds) {
  int64_t until = sim_world_time_ns(world) + (int64_t)(seconds * 1e9);
  while (sim_world_time_ns(world) < until)
    assert_int_equal(sim_world_step(world, NULL), STATUS_OK);
}

static void assert_near(const char *what, double found, double expected, double within) {
  if (!(fabs(found - expected) <= within))
    fail_msg("%s: %.7g, expected %.7g within %g", what, found, expected, within);
}

// The tractor's and the trailer's poses after the world has gone on by a frame.
static void look(sim_world *world, sim_snapshot *shot, const sim_actor **tractor,
                 const sim_actor **trailer) {
  assert_int_equal(sim_world_next_frame(world, shot, NULL), STATUS_OK);
  *tractor = *trailer = NULL;
  for (int i = 0; i < shot->actor_count; i++) {
    if (shot->actors[i].tows)
      *tractor = &shot->actors[i];
    if (shot->actors[i].towed_by)
      *trailer = &shot->actors[i];
  }
  assert_non_null(*tractor);
  assert_non_null(*trailer);
  assert_int_equal((*trailer)->towed_by, (*tractor)->id);
  assert_int_equal((*tractor)->tows, (*trailer)->id);
}

// With the tractor's rear axle on a circle of R1, the kingpin a ahead of it is on one of
// sqrt(R1^2 + a^2), the trailer's axle on one of sqrt(R1^2 + a^2 - d^2), and between the two
// bodies is the angle asin(d / sqrt(R1^2 + a^2)) - atan(a / R1).
static void a_trailer_on_a_ring_runs_on_the_closed_forms_circle(void **state) {
  (void)state;
  const double lengths[] = {180, 320, 600};
  for (int k = 0; k < 3; k++) {
    scene *s = with_ring(lengths[k], 6, 2); // the other is the ego, half a ring away
    with_trailer(s, 1);
    sim_world *world = with_world(s);
    sim_snapshot shot = {0};
    const sim_actor *tractor, *trailer;
    run_for(world, 60);
    // In tight bends it keeps to the outside: left is the inside here.
    const double middle = lengths[k] / (2 * PI) - world->cars.shift_m[1],
                 back = s->vehicles[1].rear_to_centre_m;
    const double a = s->trailers[0].hitch_m, d = s->trailers[0].pin_m;
    const double r1 = sqrt(middle * middle - back * back), rh = hypot(r1, a);
    for (int frame = 0; frame < 40; frame++) {
      look(world, &shot, &tractor, &trailer);
      assert_near("rear axle", hypot(tractor->begin.p_m.x, tractor->begin.p_m.y), r1, 2e-3 * r1);
      vec3 pin = pose_apply(tractor->begin, (vec3){a, 0, 0});
      assert_near("kingpin", hypot(pin.x, pin.y), rh, 2e-3 * rh);
      assert_near("trailer's axle", hypot(trailer->begin.p_m.x, trailer->begin.p_m.y),
                  sqrt(rh * rh - d * d), 2e-3 * rh);
      double folded = angle_wrap(quat_yaw(tractor->begin.q) - quat_yaw(trailer->begin.q));
      assert_near("hitch angle", folded, asin(d / rh) - atan(a / r1), 4e-3);
      vec3 held = pose_apply(trailer->begin, (vec3){d, 0, 0});
      assert_near("held by its kingpin", hypot(held.x - pin.x, held.y - pin.y), 0, 1e-6);
      double slip = -trailer->velocity_mps.x *
                        sin(quat_yaw(trailer->begin.q) + trailer->yaw_rate_radps * 0.05) +
                    trailer->velocity_mps.y *
                        cos(quat_yaw(trailer->begin.q) + trailer->yaw_rate_radps * 0.05);
      assert_near("slip", slip, 0, 5e-3 * trailer->speed_mps);
    }
    // What moments, records and snapshots say of its speed is what its axle rolls, and where its
    // middle goes.
    const double v = world->cars.v_mps[1], on_axle = sqrt(rh * rh - d * d);
    const double at_middle = hypot(on_axle, s->trailers[0].axle_to_centre_m);
    sim_trailer_motion motion = sim_trailer_velocity(world, 0, v);
    assert_near("speed of its wheels", motion.along_mps, v * on_axle / middle, 2e-3 * v);
    assert_near("speed of its middle", hypot(motion.x_mps, motion.y_mps), v * at_middle / middle,
                2e-3 * v);
    const sim_body *body = &world->trailers.body[0];
    assert_near("square to the radius", motion.x_mps * body->x_m + motion.y_mps * body->y_m, 0,
                5e-3 * v * at_middle);
    look(world, &shot, &tractor, &trailer);
    assert_near("speed in snapshots", trailer->speed_mps, v * on_axle / middle, 2e-3 * v);
    assert_near("off-tracking", rh - hypot(trailer->begin.p_m.x, trailer->begin.p_m.y),
                articulated_offtracking(rh, d), 2e-3 * rh);
    sim_snapshot_free(&shot);
    sim_world_destroy(world);
    with_scene_free(s);
  }
}

// tan(psi / 2) of a trailer that was left askew dies out as exp(-s / d), whatever the steps.
static void a_trailer_comes_straight_as_the_closed_form_says(void **state) {
  (void)state;
  const double angles[] = {0.9, -0.4, 0.05};
  for (int k = 0; k < 3; k++) {
    scene *s = with_straight(2000, 12, 2);
    with_vehicle_at(s, 0, 1, 1500, 0);
    with_vehicle_at(s, 1, 1, 60, 8);
    with_trailer(s, 1);
    sim_world *world = with_world(s);
    sim_body *body = &world->trailers.body[0];
    body->ahead_x = cos(angles[k]), body->ahead_y = sin(angles[k]);
    double begin = world->cars.s_m[1], t0 = tan(angles[k] / 2), d = s->trailers[0].pin_m;
    double rolled0 = world->trailers.wheel_rad[0];
    for (int step = 0; step < 120; step++) {
      assert_int_equal(sim_world_step(world, NULL), STATUS_OK);
      double way = world->cars.s_m[1] - begin, t = t0 * exp(-way / d);
      assert_near("angle", atan2(body->ahead_y, body->ahead_x), 2 * atan(t), 1e-9);
      double rolled = (world->trailers.wheel_rad[0] - rolled0) * SIM_TRAILER_WHEEL_M;
      assert_near("rolled", rolled, way - d * log((1 + t0 * t0) / (1 + t * t)), 1e-6);
    }
    assert_true(world->cars.s_m[1] > begin + 25);
    sim_world_destroy(world);
    with_scene_free(s);
  }
}

// Over pieces of lanes that are shorter than it, its lane is where its middle is.
static void a_trailer_is_on_the_lane_below_it_however_short_that_is(void **state) {
  (void)state;
  const double pieces_m[] = {40, 6, 1};
  int lanes_behind = 0;
  for (int k = 0; k < 3; k++) {
    scene *s = with_pieces(pieces_m[k], 30, 8, 2);
    with_vehicle_at(s, 0, s->roads.path_count, 80, 0);
    with_vehicle_at(s, 1, 1, 40, 8);
    with_trailer(s, 1);
    sim_world *w = with_world(s);
    for (int step = 0; step < 500 && !w->cars.gone[1]; step++) {
      assert_int_equal(sim_world_step(w, NULL), STATUS_OK);
      double at;
      int lane = sim_trailer_lane(w, 0, &at);
      double begin = lane == 1 ? 0 : 100 + (lane - 2) * pieces_m[k];
      assert_near("trailer's middle", begin + at, w->trailers.body[0].x_m, 1e-6);
      assert_true(at >= 0 && at <= sim_lane(w, lane)->length_m);
      int behind = sim_lane_of(w, 1) - lane;
      lanes_behind = behind > lanes_behind ? behind : lanes_behind;
    }
    sim_world_destroy(w);
    with_scene_free(s);
  }
  assert_true(lanes_behind >= 2);
}

static void the_state_hash_knows_the_hitch_angle(void **state) {
  (void)state;
  scene *s = with_straight(2000, 12, 2);
  with_vehicle_at(s, 0, 1, 1500, 0);
  with_vehicle_at(s, 1, 1, 60, 8);
  with_trailer(s, 1);
  sim_world *world = with_world(s);
  uint64_t before = sim_world_hash(world);
  sim_body kept = world->trailers.body[0];
  world->trailers.body[0].ahead_y = 1e-12;
  assert_true(sim_world_hash(world) != before);
  world->trailers.body[0] = kept;
  assert_true(sim_world_hash(world) == before);
  // And a world that is taken back goes the same way again.
  assert_int_equal(sim_world_keep(world, NULL), STATUS_OK);
  run_for(world, 5);
  uint64_t after = sim_world_hash(world);
  sim_world_rewind(world);
  assert_true(sim_world_hash(world) == before);
  run_for(world, 5);
  assert_true(sim_world_hash(world) == after);
  sim_world_destroy(world);
  with_scene_free(s);
}

static void any_number_of_threads_gives_the_same_states(void **state) {
  (void)state;
  scene *s = with_trucks(4, 3, 240);
  uint64_t hashes[3];
  for (int k = 0; k < 3; k++) {
    sim_world *world = with_world(s);
    assert_int_equal(sim_world_use_threads(world, 1 + k, NULL), STATUS_OK);
    run_for(world, 10);
    hashes[k] = sim_world_hash(world);
    sim_world_destroy(world);
  }
  assert_true(hashes[0] == hashes[1] && hashes[0] == hashes[2]);
  scene_destroy(s);
}

// By the closed form and the widest trailer alone.
static bool holds_a_trailer(const lane_path *lane) {
  double bend = lane->max_curvature_pm, r = bend > 0 ? 1 / bend : 1e9, pin = 7.7 * 13.66 / 13.62;
  return (lane->users & LANE_FOR_CARS) && r > pin &&
         r - sqrt(r * r - pin * pin) + 2.55 / 2 <= lane->width_m / 2;
}

// Whether a truck on a lane has somewhere to go `hops` lanes on: brute force, without a fixed
// point.
static bool gets_on(const road_network *net, int id, int hops) {
  const lane_path *lane = &net->paths[id - 1];
  if (!holds_a_trailer(lane))
    return false;
  if (hops == 0)
    return true;
  for (int k = 0; k < lane->next_count; k++)
    if (gets_on(net, net->lane_links[lane->next_first + k], hops - 1))
      return true;
  if (lane->next_count > 0)
    return false;
  bool ends = false; // beside others that go on
  const int beside[2] = {lane->left, lane->right};
  for (int k = 0; k < 2; k++)
    if (beside[k] && net->paths[beside[k] - 1].next_count > 0) {
      ends = true;
      if (gets_on(net, beside[k], hops - 1))
        return true;
    }
  return !ends;
}

// Wide lanes are those from which one gets on as far as one looks, and no others.
static void lanes_for_trucks_are_those_that_lead_on(void **state) {
  (void)state;
  enum { HOPS = 14 };
  int wide_lanes = 0, others = 0, gentle = 0;
  for (int kind = 0; kind < 10; kind++) {
    scene *s = with_trucks(kind, 2, 20);
    const road_network *net = &s->roads;
    uint8_t *wide = ARENA_NEW(s->memory, uint8_t, net->path_count);
    articulated_lanes(net, wide);
    for (int i = 0; i < net->path_count; i++) {
      if (wide[i] != gets_on(net, i + 1, HOPS))
        fail_msg("%s: lane %d, which bends by %g 1/m and is %.2f m wide, %s", with_scene_name(kind),
                 i + 1, net->paths[i].max_curvature_pm, net->paths[i].width_m,
                 wide[i] ? "leads nowhere" : "leads on");
      wide_lanes += wide[i];
      others += !wide[i];
      gentle += !wide[i] && holds_a_trailer(&net->paths[i]);
    }
    scene_destroy(s);
  }
  printf("%d lanes for trucks with trailers, %d not, %d of these for where they lead\n", wide_lanes,
         others, gentle);
  assert_true(wide_lanes > 50 && others > 100 && gentle > 20);
}

// Somebody in the middle of a trailer, one of a tractor: both get out.
static void people_are_moved_out_of_trailers(void **state) {
  (void)state;
  for (int part = 0; part < 2; part++) {
    scene *s = with_crossing(true, 2, 0, 1);
    with_vehicle_at(s, 0, 3, 60, 0);
    with_vehicle_at(s, 1, 1, 60, 3);
    with_trailer(s, 1);
    sim_world *w = with_world(s);
    sim_box box[2];
    assert_int_equal(sim_vehicle_boxes(w, 1, box), 2);
    double at = part ? -4 : 0; // of the trailer where no tractor is
    double x = box[part].x_m + at * box[part].ahead_x, y = box[part].y_m + at * box[part].ahead_y;
    double beside = box[part].half_width_m - 0.3;
    sim_people *people = &w->people;
    people->x_m[0] = x - beside * box[part].ahead_y;
    people->y_m[0] = y + beside * box[part].ahead_x;
    people->z_m[0] = w->cars.body[1].z_m;
    people->vx_mps[0] = people->vy_mps[0] = 0;
    sim_people_sort(w);
    sim_people_part(w);
    double dx = people->x_m[0] - x, dy = people->y_m[0] - y;
    double left = dy * box[part].ahead_x - dx * box[part].ahead_y;
    if (left < box[part].half_width_m)
      fail_msg("part %d: %.2f m from the middle of a body %.2f m wide", part, left,
               2 * box[part].half_width_m);
    sim_world_destroy(w);
    with_scene_free(s);
  }
}

// The ego stands in a trailer, and in both: it has touched one truck, once.
static void who_touches_a_trailer_touches_its_truck(void **state) {
  (void)state;
  const double ego_at[] = {41, 50.5, 56, 70};
  const bool met[] = {true, true, true, false};
  for (int k = 0; k < 4; k++) {
    scene *s = with_straight(400, 10, 2);
    with_vehicle_at(s, 0, 1, ego_at[k], 0);
    with_vehicle_at(s, 1, 1, 50, 0);
    with_trailer(s, 1);
    sim_world *w = with_world(s);
    sim_moment now;
    assert_true(sim_moment_create(&now, s));
    sim_moment_take(&now, w);
    assert_int_equal(now.count, 3);
    sim_episode_def def = sim_episode_def_of(s, 1);
    sim_episode *e;
    assert_int_equal(sim_episode_create(&e, &def, NULL), STATUS_OK);
    sim_episode_begin(e, 0.1, &s->vehicles[0]);
    assert_int_equal(sim_episode_cast(e, w, NULL), STATUS_OK);
    assert_int_equal(e->actor_count, 2);
    assert_int_equal(sim_episode_record(e, w), 0);
    uint32_t hit = sim_record_hit(e, &now);
    assert_int_equal(hit != 0, met[k]);
    assert_int_equal(hit, !met[k] ? 0 : k == 0 ? s->trailers[0].id : s->vehicles[1].id);
    sim_scores *scores = NULL;
    assert_int_equal(sim_scores_create(&scores, &def, NULL), STATUS_OK);
    sim_score_ego_fill(&scores->ego, e);
    sim_contacts_find(&scores->contacts, e, &scores->ego);
    assert_int_equal(scores->contacts.count, met[k]);
    assert_int_equal(scores->contacts.lost, 0);
    // With room for one and no more, what touches twice isn't lost.
    scores->contacts.capacity = 1;
    sim_contacts_find(&scores->contacts, e, &scores->ego);
    assert_int_equal(scores->contacts.count, met[k]);
    assert_int_equal(scores->contacts.lost, 0);
    if (met[k]) {
      assert_int_equal(scores->contacts.all[0].kind, k == 0 ? THING_TRAILER : THING_TRACTOR);
      assert_int_equal(scores->contacts.all[0].group, SIM_GROUP_VEHICLE);
      // Both have the mass of the whole: next to it the ego takes nearly all of the change.
      assert_int_equal(sim_contact_mass_kg(THING_TRAILER), sim_contact_mass_kg(THING_TRACTOR));
    }
    sim_scores_destroy(scores);
    sim_episode_destroy(e);
    sim_moment_free(&now);
    sim_world_destroy(w);
    with_scene_free(s);
  }
}

static void nobody_drives_them_by_the_single_track_model(void **state) {
  (void)state;
  scene *s = with_straight(400, 10, 2);
  with_vehicle_at(s, 0, 1, 300, 0);
  with_vehicle_at(s, 1, 1, 50, 5);
  with_trailer(s, 1);
  sim_world *w = with_world(s);
  trouble why;
  assert_int_equal(sim_world_drive(w, s->vehicles[1].id, BODY_KINEMATIC, NULL, &why), STATUS_RANGE);
  assert_non_null(strstr(why.text, "tows a trailer"));
  s->trailers[0].vehicle = 0;
  sim_world *none;
  assert_int_equal(sim_world_create(&none, s, &why), STATUS_RANGE);
  assert_non_null(strstr(why.text, "doesn't tow it"));
  s->trailers[0].vehicle = 1;
  s->vehicles[0].trailer = 1;
  assert_int_equal(sim_world_create(&none, s, &why), STATUS_RANGE);
  assert_string_equal(why.text, "vehicle 1: trailer 1 of 1 isn't its own");
  s->vehicles[0].trailer = 0;
  s->trailer_count = 0;
  assert_int_equal(sim_world_create(&none, s, &why), STATUS_RANGE);
  assert_string_equal(why.text, "vehicle 2: trailer 1 of 0 isn't its own");
  sim_world_destroy(w);
  with_scene_free(s);
}

// A slice of the long run in test_trailers_long.c.
static void trucks_with_trailers_touch_nobody_and_keep_to_their_lanes(void **state) {
  (void)state;
  truck_report total = {0};
  for (int kind = 0; kind < 10; kind++)
    trucks_check(kind, 20 + (uint64_t)kind, 40, &total);
  printf("%ld seconds of trailers, %.2f m beyond their lanes at most outside lane changes\n",
         total.frames / 10, total.most_over_m);
  assert_true(total.frames > 1000);
  assert_true(total.most_over_m < 0.45);
}

// A grown town full of long vehicles: a bus whose tail stayed in a junction, a queue that waited
// for it there, a truck at that queue's tail in a tight bend, and one that waited for that truck,
// in the way of the bus, stood for good.
static void long_vehicles_leave_no_tail_in_a_junction(void **state) {
  (void)state;
  truck_report report = {0};
  trucks_check(9, 1018, 300, &report);
  assert_int_equal(report.scenes, 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_trailer_on_a_ring_runs_on_the_closed_forms_circle),
      cmocka_unit_test(a_trailer_comes_straight_as_the_closed_form_says),
      cmocka_unit_test(a_trailer_is_on_the_lane_below_it_however_short_that_is),
      cmocka_unit_test(the_state_hash_knows_the_hitch_angle),
      cmocka_unit_test(any_number_of_threads_gives_the_same_states),
      cmocka_unit_test(lanes_for_trucks_are_those_that_lead_on),
      cmocka_unit_test(people_are_moved_out_of_trailers),
      cmocka_unit_test(who_touches_a_trailer_touches_its_truck),
      cmocka_unit_test(nobody_drives_them_by_the_single_track_model),
      cmocka_unit_test(trucks_with_trailers_touch_nobody_and_keep_to_their_lanes),
      cmocka_unit_test(long_vehicles_leave_no_tail_in_a_junction),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
