// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Snapshots: intervals that join, lamps, ids; and the weather's hand in driving.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "sim/conditions.h"
#include "sim/world.h"
#include "with_networks.h"

static void each_frame_begins_where_the_last_one_ended(void **state) {
  (void)state;
  const double rates[] = {10, 12, 30, 7, 3}; // 12, 30 and 7 Hz don't fall on steps
  for (size_t k = 0; k < sizeof rates / sizeof *rates; k++) {
    scene *s = with_crossing(true, 4, 4, 6);
    s->frame_hz = rates[k];
    sim_world *world = with_world(s);
    sim_snapshot shots[2] = {0};
    for (uint32_t frame = 0; frame < 300; frame++) {
      sim_snapshot *now = &shots[frame & 1], *last = &shots[~frame & 1];
      assert_int_equal(sim_world_next_frame(world, now, NULL), STATUS_OK);
      assert_int_equal(now->frame, frame);
      assert_int_equal(now->time_ns, llround(frame * 1e9 / rates[k]));
      assert_int_equal(now->time_ns + now->duration_ns, sim_world_time_ns(world));
      int at = 0;
      for (int i = 0; i < now->actor_count && frame > 0; i++) {
        while (last->actors[at].id != now->actors[i].id)
          at++; // some have left
        assert_memory_equal(&last->actors[at].end, &now->actors[i].begin, sizeof(pose));
        vec3 moved = vec3_sub(now->actors[i].end.p_m, now->actors[i].begin.p_m);
        vec3 told = vec3_scale(now->actors[i].velocity_mps, (double)now->duration_ns * 1e-9);
        assert_true(vec3_length(vec3_sub(moved, told)) < 1e-9);
        // Mean speed and speed at the begin agree but for the acceleration.
        double speed = vec3_length(now->actors[i].velocity_mps);
        if (!thing_walks(now->actors[i].kind))
          assert_true(fabs(speed - now->actors[i].speed_mps) < 9.0 / rates[k] + 0.3);
      }
    }
    sim_snapshot_free(&shots[0]);
    sim_snapshot_free(&shots[1]);
    sim_world_destroy(world);
    with_scene_free(s);
  }
}

static void frames_show_the_same_world_at_any_rate(void **state) {
  (void)state;
  sim_snapshot shots[2] = {0};
  for (int k = 0; k < 2; k++) {
    scene *s = with_crossing(true, 4, 4, 6);
    s->frame_hz = k ? 20 : 10;
    sim_world *world = with_world(s);
    for (int frame = 0; frame < (k ? 101 : 51); frame++)
      sim_world_next_frame(world, &shots[k], NULL);
    sim_world_destroy(world);
    with_scene_free(s);
  }
  assert_int_equal(shots[0].time_ns, shots[1].time_ns);
  for (int i = 0; i < shots[0].actor_count; i++)
    assert_memory_equal(&shots[0].actors[i].begin, &shots[1].actors[i].begin, sizeof(pose));
  sim_snapshot_free(&shots[0]);
  sim_snapshot_free(&shots[1]);
}

static void the_same_scene_gives_the_same_states(void **state) {
  (void)state;
  uint64_t hash[3];
  for (int k = 0; k < 3; k++) {
    scene *s = with_crossing(true, 5, 5, 8);
    s->people[0].speed_mps += k == 2 ? 1e-9 : 0; // and the least change shows
    sim_world *world = with_world(s);
    for (int i = 0; i < 1000; i++)
      sim_world_step(world, NULL);
    hash[k] = sim_world_hash(world);
    sim_world_destroy(world);
    with_scene_free(s);
  }
  assert_true(hash[0] == hash[1]);
  assert_true(hash[0] != hash[2]);
}

static void who_leaves_the_network_leaves_the_snapshots(void **state) {
  (void)state;
  scene *s = with_straight(300, 15, 3); // vehicle 0, the ego, is the last in line
  sim_world *world = with_world(s);
  sim_snapshot shot = {0};
  int least = 3;
  for (int frame = 0; frame < 600; frame++) {
    sim_world_next_frame(world, &shot, NULL);
    assert_true(shot.actor_count <= least);
    least = shot.actor_count;
    assert_int_equal(shot.actors[shot.ego].id, s->vehicles[s->ego].id);
    for (int i = 0; i < shot.actor_count; i++)
      assert_true(shot.actors[i].begin.p_m.x + 3.65 < 300.5);
  }
  assert_int_equal(least, 1); // the ego holds at the end
  assert_true(shot.actors[0].speed_mps < 0.05);
  assert_true(shot.actors[0].flags & ACTOR_BRAKE_LIGHTS);
  sim_snapshot_free(&shot);
  sim_world_destroy(world);
  with_scene_free(s);
}

static void lamps_tell_what_the_driver_does(void **state) {
  (void)state;
  scene *s = with_crossing(true, 1, 0, 0);
  s->roads.paths[1].turn = TURN_LEFT;
  s->signal_offsets_s[0] = 25; // red for lane 1
  with_vehicle_at(s, 0, 1, 30, 10);
  weather_place_sun(&s->weather, 23, 50, 172);
  sim_world *world = with_world(s);
  sim_snapshot shot = {0};
  int braking = 0, blinking = 0, on = 0;
  for (int frame = 0; frame < 150; frame++) {
    sim_world_next_frame(world, &shot, NULL);
    uint32_t flags = shot.actors[0].flags;
    assert_true(flags & ACTOR_HEADLIGHTS);
    assert_false(flags & ACTOR_RIGHT_INDICATOR);
    braking += (flags & ACTOR_BRAKE_LIGHTS) != 0;
    blinking += (flags & ACTOR_LEFT_INDICATOR) != 0;
    on += (flags & ACTOR_INDICATOR_ON) != 0;
  }
  assert_true(braking > 60 && blinking > 60);
  assert_in_range(2 * on - blinking + 8, 0, 16); // half of the time
  assert_true(shot.actors[0].speed_mps < 0.1);
  sim_snapshot_free(&shot);
  sim_world_destroy(world);
  with_scene_free(s);
}

static void bad_weather_slows_and_spreads_traffic(void **state) {
  (void)state;
  weather_state dry = weather_state_default(), rain = dry, snow = dry, fog = dry, ice = dry;
  rain.rain_mmh = 20, rain.water_film_mm = 0.6, rain.wetness = 1;
  snow.snow_mmh = 3, snow.snow_depth_mm = 30, snow.temperature_c = -3;
  fog.fog_visibility_m = 60;
  ice.temperature_c = -5, ice.wetness = 1;
  sim_conditions c[5] = {sim_conditions_from(&dry), sim_conditions_from(&rain),
                         sim_conditions_from(&snow), sim_conditions_from(&fog),
                         sim_conditions_from(&ice)};
  assert_true(fabs(c[0].speed_factor - 1) < 1e-12 && fabs(c[0].headway_factor - 1) < 1e-12);
  assert_true(c[1].speed_factor < 0.96 && c[1].speed_factor > 0.85);
  assert_true(c[2].speed_factor < 0.8 && c[2].headway_factor > 1.3);
  // Published ranges: dry 0.8..0.9, wet 0.4..0.6 at speed, snow 0.2..0.3, ice 0.1.
  assert_in_range((int)(100 * sim_conditions_friction(&c[0], 20)), 80, 90);
  assert_in_range((int)(100 * sim_conditions_friction(&c[1], 20)), 40, 60);
  assert_in_range((int)(100 * sim_conditions_friction(&c[2], 20)), 20, 30);
  assert_in_range((int)(100 * sim_conditions_friction(&c[4], 20)), 8, 16);
  assert_true(sim_conditions_friction(&c[1], 30) < sim_conditions_friction(&c[1], 5));
  // Whoever drives at the sight speed stops within sight after a second's reaction.
  double v = c[3].sight_speed_mps;
  assert_true(v + v * v / (2 * 3.5) <= 60 && v > 8);
  assert_true(c[0].sight_speed_mps > 60);
  assert_true(c[1].headlights && c[3].headlights && !c[0].headlights);

  double speed[2];
  for (int k = 0; k < 2; k++) {
    scene *s = with_straight(3000, 25, 1);
    if (k)
      s->weather = fog;
    sim_world *world = with_world(s);
    sim_snapshot shot = {0};
    for (int frame = 0; frame < 600; frame++)
      sim_world_next_frame(world, &shot, NULL);
    speed[k] = shot.actors[0].speed_mps;
    sim_snapshot_free(&shot);
    sim_world_destroy(world);
    with_scene_free(s);
  }
  assert_true(speed[0] > 24 && speed[1] < v + 0.1);
}

static void rain_fills_the_film_and_it_drains(void **state) {
  (void)state;
  weather_state w = weather_state_default();
  w.rain_mmh = 10;
  for (int i = 0; i < 36000; i++)
    sim_weather_step(&w, 0.1);
  assert_true(w.water_film_mm > 0.25 && w.water_film_mm < 0.35 && w.wetness > 0.99);
  w.rain_mmh = 0;
  sim_weather_step(&w, 110);
  assert_true(fabs(w.water_film_mm - 0.3056 / 2.71828) < 0.003);
  weather_state winter = weather_state_default();
  winter.temperature_c = -5, winter.snow_mmh = 2;
  for (int i = 0; i < 3600; i++)
    sim_weather_step(&winter, 1);
  assert_true(fabs(winter.snow_depth_mm - 20) < 0.01);
}

static void weather_goes_over_to_another_one(void **state) {
  (void)state;
  scene *s = with_straight(3000, 25, 1);
  s->weather = weather_state_default();
  s->weather.wind_heading_rad = 3;
  s->change = (weather_change){.given = 1, .at_s = 50, .over_s = 20, .to = s->weather};
  s->change.to.rain_mmh = 24, s->change.to.fog_visibility_m = 500, s->change.to.cloud_cover = 1;
  s->change.to.wind_heading_rad = -3; // 0.28 rad away, not 6
  sim_world *world = with_world(s);
  sim_snapshot shot = {0};
  double film = 0, fastest = 0;
  for (int frame = 0; frame < 1200; frame++) {
    assert_int_equal(sim_world_next_frame(world, &shot, NULL), STATUS_OK);
    double u = fmax(0, fmin(1, ((double)shot.time_ns * 1e-9 - 50) / 20));
    assert_true(fabs(shot.weather.rain_mmh - 24 * u) < 1e-9);
    assert_true(fabs(shot.weather.cloud_cover - (0.2 + 0.8 * u)) < 1e-9);
    double log_mor = log(50000) + u * (log(500) - log(50000));
    assert_true(fabs(log(shot.weather.fog_visibility_m) - log_mor) < 1e-9);
    assert_true(fabs(shot.weather.wind_heading_rad - (3 + u * (2 * M_PI - 6))) < 1e-9);
    assert_true(shot.weather.water_film_mm >= film); // fills, and is no part of the change
    film = shot.weather.water_film_mm;
    fastest = fmax(fastest, shot.actors[0].speed_mps);
  }
  assert_true(film > 0.1 && film < 24.0 / 3600 * 110);
  assert_true(shot.actors[0].speed_mps < 0.97 * fastest); // and the driver slows down
  sim_snapshot_free(&shot);
  sim_world_destroy(world);
  with_scene_free(s);
}

static void scenes_begin_without_emergency_stops(void **state) {
  (void)state;
  scene *s = with_crossing(true, 6, 6, 0);
  s->signal_offsets_s[0] = 25;
  for (int i = 0; i < 12; i++)
    s->vehicles[i].speed_mps = 13; // 4.4 m apart, and the first 10 m before a red light
  sim_world *world = with_world(s);
  sim_snapshot shot = {0};
  sim_world_next_frame(world, &shot, NULL);
  for (int i = 0; i < shot.actor_count; i++)
    assert_true(vec3_length(shot.actors[i].acceleration_mps2) < 2.7);
  sim_snapshot_free(&shot);
  sim_world_destroy(world);
  with_scene_free(s);
}

static void unusable_scenes_are_refused(void **state) {
  (void)state;
  scene *s = with_straight(300, 15, 2);
  sim_world *world;
  trouble why;
  s->vehicles[1].lane = 2;
  assert_int_equal(sim_world_create(&world, s, &why), STATUS_RANGE);
  assert_string_equal(why.text, "vehicle 2: lane 2 is outside 1..1");
  assert_null(world);
  s->vehicles[1].lane = 1;
  s->vehicles[1].driver.accel_mps2 = 0;
  assert_int_equal(sim_world_create(&world, s, &why), STATUS_RANGE);
  s->vehicles[1].driver.accel_mps2 = 1;
  s->step_s = NAN;
  assert_int_equal(sim_world_create(&world, s, &why), STATUS_RANGE);
  s->step_s = 0.05;
  s->ego = 2;
  assert_int_equal(sim_world_create(&world, s, &why), STATUS_RANGE);
  with_scene_free(s);
}

static void the_frame_count_is_the_durations(void **state) {
  (void)state;
  scene s = {.duration_s = 10, .frame_hz = 12};
  assert_int_equal(sim_frame_count(&s), 120);
  s.duration_s = 0.3, s.frame_hz = 10; // 0.3 * 10 is a hair below 3
  assert_int_equal(sim_frame_count(&s), 3);
  s.duration_s = 0.29;
  assert_int_equal(sim_frame_count(&s), 2);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(each_frame_begins_where_the_last_one_ended),
      cmocka_unit_test(frames_show_the_same_world_at_any_rate),
      cmocka_unit_test(the_same_scene_gives_the_same_states),
      cmocka_unit_test(who_leaves_the_network_leaves_the_snapshots),
      cmocka_unit_test(lamps_tell_what_the_driver_does),
      cmocka_unit_test(bad_weather_slows_and_spreads_traffic),
      cmocka_unit_test(rain_fills_the_film_and_it_drains),
      cmocka_unit_test(weather_goes_over_to_another_one),
      cmocka_unit_test(scenes_begin_without_emergency_stops),
      cmocka_unit_test(unusable_scenes_are_refused),
      cmocka_unit_test(the_frame_count_is_the_durations),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
