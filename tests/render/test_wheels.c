// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Wheels that are things of their own: they roll without slip, forward, steer as the driver does
// within their vehicle's box, and stay in the bounds that rays look for them in.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "render/asset_vehicle.h"
#include "render/wheel.h"
#include "scenes/script.h"
#include "sim/world.h"

static const struct {
  thing_kind kind;
  int variants, axles, wheels;
} kinds[] = {{THING_CAR, CAR_VARIANTS, 2, 4},          {THING_VAN, VAN_VARIANTS, 2, 4},
             {THING_TRUCK, TRUCK_VARIANTS, 2, 4},      {THING_BUS, BUS_VARIANTS, 2, 4},
             {THING_MOTORCYCLE, CYCLE_VARIANTS, 2, 2}, {THING_BICYCLE, CYCLE_VARIANTS, 2, 2},
             {THING_POLICE, POLICE_VARIANTS, 2, 4},    {THING_AMBULANCE, AMBULANCE_VARIANTS, 2, 4},
             {THING_TRACTOR, TRACTOR_VARIANTS, 2, 4},  {THING_TRAILER, TRAILER_VARIANTS, 3, 6}};
enum { KINDS = sizeof kinds / sizeof *kinds };

typedef struct taken {
  mesh body, axles[ASSET_AXLE_LIMIT];
  asset_wheels wheels;
  double size_m[3];
} taken;

static taken apart(thing_kind kind, int variant, int step) {
  taken t = {0};
  asset_fit fit = {0};
  trouble why = {0};
  if (asset_build_body(kind, variant, step, &fit, NULL, &t.body, &t.wheels, t.axles, &why))
    fail_msg("%s", why.text);
  asset_size(kind, variant, t.size_m);
  return t;
}

static void drop(taken *t) {
  mesh_free(&t->body);
  for (int i = 0; i < ASSET_AXLE_LIMIT; i++)
    mesh_free(&t->axles[i]);
}

// What moves on from p by quat and way over one interval.
static sim_actor rolling(double way_m, double steer_rad) {
  return (sim_actor){.wheel_rad = 1234.5,
                     .wheel_radius_m = 0.33,
                     .wheel_turn_rad = way_m / 0.33,
                     .steer_rad = steer_rad,
                     .steer_end_rad = steer_rad};
}

static const vec3 HERE = {431.5, -77.25, 2};

static gpu_instance placed(const taken *t, int wheel, const sim_actor *a, double yaw,
                           double way_m) {
  gpu_instance it = {.scale = {1.02f, 0.97f, 1.05f}};
  pose begin = {HERE, quat_from_ypr(yaw, 0, 0)}, end = begin;
  end.p_m = vec3_add(HERE, (vec3){way_m * cos(yaw), way_m * sin(yaw), 0});
  wheel_place(&t->wheels.at[wheel], a, begin, end, &it);
  return it;
}

static vec3 point_at(const gpu_instance *it, const float p[3], double u) {
  const float *a = it->begin_q, *b = it->end_q;
  pose begin = {{it->begin_p[0], it->begin_p[1], it->begin_p[2]}, {a[3], a[0], a[1], a[2]}};
  pose end = {{it->end_p[0], it->end_p[1], it->end_p[2]}, {b[3], b[0], b[1], b[2]}};
  pose at = pose_between(begin, end, u);
  double half = (double)it->spin * u / 2;
  at.q = quat_multiply(at.q, (quat){cos(half), 0, sin(half), 0});
  return pose_apply(at, (vec3){(double)(p[0] * it->scale[0]), (double)(p[1] * it->scale[1]),
                               (double)(p[2] * it->scale[2])});
}

static void every_vehicle_has_its_wheels_apart(void **state) {
  (void)state;
  for (int k = 0; k < KINDS; k++)
    for (int variant = 0; variant < kinds[k].variants; variant++) {
      taken t = apart(kinds[k].kind, variant, 0);
      mesh whole[ASSET_PHASE_LIMIT] = {0};
      trouble why = {0};
      if (asset_build(kinds[k].kind, variant, whole, &why))
        fail_msg("%s", why.text);
      assert_int_equal(t.wheels.count, kinds[k].wheels);
      assert_int_equal(t.wheels.axle_count, kinds[k].axles);
      int parts = t.body.triangle_count;
      for (int i = 0; i < t.wheels.count; i++) {
        const asset_wheel *w = &t.wheels.at[i];
        parts += t.axles[w->axle].triangle_count;
        // On the ground, and in front if it is the front one.
        if (fabsf(w->centre_m[2] - w->radius_m) > 0.002f)
          fail_msg("kind %d variant %d wheel %d: %g m up, radius %g m", kinds[k].kind, variant, i,
                   (double)w->centre_m[2], (double)w->radius_m);
        bool front = w->axle == 0 && kinds[k].kind != THING_TRAILER;
        assert_true((w->centre_m[0] > 0) == front);
        assert_true(!w->right || w->centre_m[1] < 0);
      }
      assert_int_equal(parts, whole[0].triangle_count);
      for (int i = 0; i < whole[0].triangle_count; i++)
        assert_true(whole[0].materials[i] < MATERIAL_COUNT);
      mesh_free(&whole[0]);
      drop(&t);
    }
}

static void wheels_roll_on_without_slip(void **state) {
  (void)state;
  const double way_m = 2.7, yaw = 0.8; // a car's at 27 m/s in a tenth of a second: over a turn
  for (int k = 0; k < KINDS; k++) {
    taken t = apart(kinds[k].kind, 1, 0);
    sim_actor a = rolling(way_m, 0);
    for (int i = 0; i < t.wheels.count; i++) {
      gpu_instance it = placed(&t, i, &a, yaw, way_m);
      // The point that is lowest at time u stands still then.
      for (double u = 0.1; u < 1; u += 0.2) {
        const mesh *m = &t.axles[t.wheels.at[i].axle];
        const float *low = m->vertices[0].p;
        for (int v = 0; v < m->vertex_count; v++)
          if (point_at(&it, m->vertices[v].p, u).z < point_at(&it, low, u).z)
            low = m->vertices[v].p;
        vec3 v = vec3_sub(point_at(&it, low, u + 1e-4), point_at(&it, low, u - 1e-4));
        double slip = vec3_length(v) / (2e-4 * way_m);
        // A wheel of twenty sides has corners a little aside from its lowest place.
        if (slip > 0.2)
          fail_msg("kind %d wheel %d at %g: its foot goes at %.0f %% of its vehicle's speed",
                   kinds[k].kind, i, u, 100 * slip);
        assert_true(fabs(point_at(&it, low, u).z - HERE.z) < 0.02);
      }
    }
    drop(&t);
  }
}

static void front_wheels_steer_within_the_box(void **state) {
  (void)state;
  for (int k = 0; k < KINDS; k++)
    for (int variant = 0; variant < kinds[k].variants; variant++) {
      taken t = apart(kinds[k].kind, variant, 0);
      for (int side = -1; side <= 1; side += 2) {
        sim_actor a = rolling(1, 0.9 * side);
        for (int i = 0; i < t.wheels.count; i++) {
          const asset_wheel *w = &t.wheels.at[i];
          gpu_instance it = placed(&t, i, &a, 0, 1);
          const float out[3] = {0, w->right ? -1 : 1, 0}, middle[3] = {0, 0, 0};
          vec3 left = vec3_sub(point_at(&it, out, 0), point_at(&it, middle, 0));
          double steer = atan2(-left.x, left.y);
          bool front = w->axle == 0 && kinds[k].kind != THING_TRAILER;
          if (front ? fabs(steer - (double)w->steer_most_rad * side) > 1e-3 : fabs(steer) > 1e-6)
            fail_msg("kind %d wheel %d steers %g rad", kinds[k].kind, i, steer);
          if (front && w->steer_most_rad < (t.wheels.count == 4 ? 0.25f : 0.1f))
            fail_msg("kind %d variant %d steers %g rad at most", kinds[k].kind, variant,
                     (double)w->steer_most_rad);
          const mesh *m = &t.axles[w->axle];
          for (int v = 0; v < m->vertex_count; v++)
            for (double u = 0; u <= 1; u += 0.05) {
              double y = point_at(&it, m->vertices[v].p, u).y - HERE.y;
              if (fabs(y) > t.size_m[1] / 2 * 0.97 + 0.02) // of a stretched vehicle
                fail_msg("kind %d variant %d wheel %d reaches %g m aside of %g", kinds[k].kind,
                         variant, i, y, t.size_m[1] / 2 * 0.97);
            }
        }
      }
      drop(&t);
    }
}

static void rays_find_all_of_a_wheel_in_its_bounds(void **state) {
  (void)state;
  for (int k = 0; k < KINDS; k++) {
    taken t = apart(kinds[k].kind, 0, 0);
    for (int i = 0; i < t.wheels.count; i++) {
      const mesh *m = &t.axles[t.wheels.at[i].axle];
      bvh_box own;
      mesh_bounds(m, own.lo, own.hi);
      for (int yaw = 0; yaw < 7; yaw++) {
        sim_actor a = rolling(3, 0.2);
        a.steer_end_rad = -0.1;
        gpu_instance it = placed(&t, i, &a, yaw, 3);
        bvh_box box = wheel_bounds(&it, &own);
        for (int v = 0; v < m->vertex_count; v++)
          for (double u = 0; u <= 1; u += 0.03) {
            vec3 p = point_at(&it, m->vertices[v].p, u);
            const double at[3] = {p.x, p.y, p.z};
            for (int axis = 0; axis < 3; axis++)
              if (at[axis] < (double)box.lo[axis] || at[axis] > (double)box.hi[axis])
                fail_msg("kind %d wheel %d axis %d: %g outside %g..%g", kinds[k].kind, i, axis,
                         at[axis], (double)box.lo[axis], (double)box.hi[axis]);
          }
      }
    }
    drop(&t);
  }
}

static void riders_tread_as_their_wheels_turn(void **state) {
  (void)state;
  taken first = apart(THING_BICYCLE, 0, 0);
  assert_int_equal(asset_body_count(THING_BICYCLE), CRANK_STEPS);
  for (int step = 1; step < CRANK_STEPS; step++) {
    taken t = apart(THING_BICYCLE, 0, step);
    // Ankles go round the crank, heads stay.
    for (int side = 0; side < 2; side++) {
      const float *now = t.body.keypoints[KEYPOINT_LEFT_ANKLE + side];
      const float *then = first.body.keypoints[KEYPOINT_LEFT_ANKLE + side];
      double moved = hypot((double)(now[0] - then[0]), (double)(now[2] - then[2]));
      double round = 2 * 0.17 * fabs(sin(3.14159265 * step / CRANK_STEPS));
      if (fabs(moved - round) > 0.03)
        fail_msg("step %d ankle %d moved %g m of %g", step, side, moved, round);
    }
    const float *head = t.body.keypoints[KEYPOINT_NOSE];
    assert_true(hypotf(head[0] - first.body.keypoints[KEYPOINT_NOSE][0],
                       head[2] - first.body.keypoints[KEYPOINT_NOSE][2]) < 0.005f);
    drop(&t);
  }
  // A quarter of a crank's turn on is two steps on; forward is up the numbers.
  double quarter = 2.3 * 6.283185307 / 4;
  assert_int_equal(asset_body_phase(THING_BICYCLE, 0), ASSET_BODY_FIRST);
  assert_int_equal(asset_body_phase(THING_BICYCLE, quarter), ASSET_BODY_FIRST + 2);
  assert_int_equal(asset_body_phase(THING_BICYCLE, 4 * quarter), ASSET_BODY_FIRST);
  assert_int_equal(asset_body_phase(THING_CAR, quarter), ASSET_BODY_FIRST);
  drop(&first);
}

// Wheels in a snapshot turn as far as their vehicle goes, and carry on from frame to frame.
static void wheels_turn_as_far_as_vehicles_go(void **state) {
  (void)state;
  static const char text[] =
      "return scene { duration_s = 4, road = grid_city { blocks = {2, 2}, block_m = 90 },"
      " traffic = { vehicles_per_km = 30, mix = { car = 3, truck = 1, bicycle = 2 } } }";
  trouble why = {0};
  script *s;
  scene *built;
  sim_world *w;
  if (script_open_text(&s, "w.lua", text, NULL, NULL, NULL, 0, &why) ||
      script_build(s, 4, 0, &built, &why) || sim_world_create(&w, built, &why))
    fail_msg("%s", why.text);
  sim_snapshot now = {0};
  double counted[512] = {0}, went[512] = {0};
  int checked = 0;
  for (int frame = 0; frame < 30; frame++) {
    if (sim_world_next_frame(w, &now, &why))
      fail_msg("%s", why.text);
    for (int i = 0; i < now.actor_count; i++) {
      const sim_actor *a = &now.actors[i];
      if (asset_body_count(a->kind) == 0 || a->id >= 512)
        continue;
      if (went[a->id] > 5) {
        double turned = (a->wheel_rad - counted[a->id]) * a->wheel_radius_m;
        if (fabs(turned - went[a->id]) > 0.1 + 0.01 * went[a->id])
          fail_msg("id %u: wheels turned %g m, it went %g m", a->id, turned, went[a->id]);
        checked++;
      }
      if (frame == 0)
        counted[a->id] = a->wheel_rad;
      double way = a->wheel_turn_rad * a->wheel_radius_m, straight = vec3_length(a->velocity_mps);
      went[a->id] += way;
      assert_true(way > -0.05 && way < straight * (double)now.duration_ns * 1e-9 * 1.2 + 0.05);
    }
  }
  assert_true(checked > 100);
  sim_snapshot_free(&now);
  sim_world_destroy(w);
  scene_destroy(built);
  script_close(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_vehicle_has_its_wheels_apart),
      cmocka_unit_test(wheels_roll_on_without_slip),
      cmocka_unit_test(front_wheels_steer_within_the_box),
      cmocka_unit_test(rays_find_all_of_a_wheel_in_its_bounds),
      cmocka_unit_test(riders_tread_as_their_wheels_turn),
      cmocka_unit_test(wheels_turn_as_far_as_vehicles_go),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
