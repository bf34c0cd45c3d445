// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Open doors of cars and vans: their geometry in every variant, and their labels in a frame.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "render/asset.h"
#include "render/asset_car.h"
#include "render/renderer.h"
#include "scenes/script.h"
#include "sim/world.h"

static const thing_kind kinds[2] = {THING_CAR, THING_VAN};

static int variants_of(thing_kind kind) {
  return kind == THING_CAR ? CAR_VARIANTS : VAN_VARIANTS;
}

static mesh open_mesh(thing_kind kind, int variant, int phase) {
  mesh m = {0};
  trouble why = {0};
  if (asset_build_open(kind, variant, phase, &m, &why))
    fail_msg("%s", why.text);
  return m;
}

static mesh closed_mesh(thing_kind kind, int variant) {
  mesh all[ASSET_PHASE_LIMIT] = {0};
  trouble why = {0};
  if (asset_build(kind, variant, all, &why))
    fail_msg("%s", why.text);
  return all[0];
}

// How far from y0 to the right a ray along -y at (x, z) first meets the mesh; INFINITY: never.
static double first_hit(const mesh *m, double x, double z, double y0) {
  double best = INFINITY;
  for (int i = 0; i < m->triangle_count; i++) {
    const float *p[3];
    for (int k = 0; k < 3; k++)
      p[k] = m->vertices[m->indices[3 * i + k]].p;
    double ax = (double)p[0][0] - x, az = (double)p[0][2] - z;
    double bx = (double)p[1][0] - x, bz = (double)p[1][2] - z;
    double cx = (double)p[2][0] - x, cz = (double)p[2][2] - z;
    double u = bx * cz - bz * cx, v = cx * az - cz * ax, w = ax * bz - az * bx, sum = u + v + w;
    if (sum == 0 || u * sum < 0 || v * sum < 0 || w * sum < 0)
      continue;
    double y = (u * (double)p[0][1] + v * (double)p[1][1] + w * (double)p[2][1]) / sum;
    if (y <= y0)
      best = fmin(best, y0 - y);
  }
  return best;
}

static void doors_stand_out_by_their_angle_and_leave_a_hole(void **state) {
  (void)state;
  for (int k = 0; k < 2; k++)
    for (int variant = 0; variant < variants_of(kinds[k]); variant++) {
      double size_m[3];
      asset_size(kinds[k], variant, size_m);
      car_shape shape = car_shape_of(variant, kinds[k] == THING_VAN);
      float seam[2];
      car_door_seams(&shape, seam);
      double hinge = size_m[0] / 2 - (double)seam[0], length = (double)(seam[1] - seam[0]);
      // In the rear half of the opening, between sill and belt.
      double x = hinge - 0.75 * length, z = 0.62 * (double)shape.belt_z;
      mesh closed = closed_mesh(kinds[k], variant);
      double skin = first_hit(&closed, x, z, 3);
      assert_true(fabs(3 - skin - (double)shape.width / 2) < 0.06);
      for (int phase = 1; phase <= DOOR_PHASES; phase++) {
        mesh m = open_mesh(kinds[k], variant, phase);
        double angle = DOOR_MOST_RAD * phase / DOOR_PHASES;
        float lo[3], hi[3];
        mesh_bounds(&m, lo, hi);
        double out = (double)hi[1] - size_m[1] / 2, wanted = length * sin(angle);
        // Mirrors stand out of the body anyway, and the door is thick.
        if (!(out > wanted - 0.25 && out < wanted + 0.12))
          fail_msg("kind %d variant %d phase %d: stands out by %.3f m, not %.3f", kinds[k], variant,
                   phase, out, wanted);
        assert_true(out < door_reach(angle) + (shape.two_doors ? 0.5 : 0.15)); // drivers reckon so
        for (int axis = 0; axis < 3; axis++)
          assert_true((double)lo[axis] > (axis == 2 ? -0.001 : -size_m[axis] / 2 - 0.001));
        assert_true((double)hi[0] < size_m[0] / 2 + 0.001 && (double)hi[2] < size_m[2] + 0.001);
        if (angle > 0.9) {
          double inside = first_hit(&m, x, z, 3);
          if (!(inside > skin + 0.15))
            fail_msg("kind %d variant %d phase %d: no hole, %.3f m after the skin", kinds[k],
                     variant, phase, inside - skin);
        }
        mesh_free(&m);
      }
      mesh_free(&closed);
    }
}

static void angles_have_the_nearest_phase(void **state) {
  (void)state;
  double step = DOOR_MOST_RAD / DOOR_PHASES;
  assert_int_equal(asset_door_phase(THING_CAR, 0), 0);
  assert_int_equal(asset_door_phase(THING_CAR, 0.4 * step), 0);
  assert_int_equal(asset_door_phase(THING_CAR, 0.6 * step), 1);
  assert_int_equal(asset_door_phase(THING_VAN, 3.4 * step), 3);
  assert_int_equal(asset_door_phase(THING_CAR, 5), DOOR_PHASES);
  assert_int_equal(asset_door_phase(THING_BUS, 1), 0);
  mesh m = {0};
  trouble why = {0};
  assert_int_equal(asset_build_open(THING_CAR, 0, DOOR_PHASES + 1, &m, &why), STATUS_RANGE);
  assert_int_equal(asset_build_open(THING_TRUCK, 0, 1, &m, &why), STATUS_RANGE);
}

// A frame of the library's scenario, on either hand, when the door is wide open.
static void check_labels(const char *hand) {
  char text[600];
  snprintf(
      text, sizeof text,
      "return require \"door_opening\" { ego_kmh = 30, away_s = 2.2, angle_deg = 66, seconds = "
      "0.8, hand = \"%s\", driver = \"constant\", scene = { street_furniture = 0 } }",
      hand);
  script *s = NULL;
  scene *built = NULL;
  sim_world *world = NULL;
  device *dev = NULL;
  renderer *r = NULL;
  sim_snapshot now = {0};
  frame f = {0};
  trouble why = {0};
  if (script_open_text(&s, "door.lua", text, NULL, LIBRARY_DIR, NULL, 0, &why) ||
      script_build(s, 1, 0, &built, &why) || sim_world_create(&world, built, &why) ||
      device_open(&dev, NULL, &why) || renderer_create(&r, dev, &why) ||
      renderer_set_scene(r, built, &why))
    fail_msg("%s", why.text);
  uint32_t id = built->vehicles[built->actors[1].vehicle].id;
  const sim_actor *car = NULL;
  for (int k = 0; k < 60; k++) {
    if (sim_world_next_frame(world, &now, &why))
      fail_msg("%s", why.text);
    car = NULL;
    for (int i = 0; i < now.actor_count; i++)
      car = now.actors[i].id == id ? &now.actors[i] : car;
    assert_non_null(car);
    if (car->door_rad > 1.14)
      break;
  }
  assert_true(car->door_rad > 1.14);
  if (renderer_frame(r, &now, &f, &why))
    fail_msg("%s", why.text);
  const frame_box3d *box = NULL;
  for (int i = 0; i < f.box3d_count; i++)
    box = f.boxes3d[i].id == id ? &f.boxes3d[i] : box;
  assert_non_null(box);
  assert_true(box->size_m[1] > car->size_m[1] + 0.6);
  // Every pixel of the car, its door among them, is in its box, which they touch on all sides.
  const frame_camera *image = &f.cameras[0];
  int x0 = image->width_px, x1 = -1, pixels = 0;
  for (int k = 0; k < image->width_px * image->height_px; k++)
    if (image->instance[k] == id) {
      int x = k % image->width_px;
      x0 = x < x0 ? x : x0, x1 = x > x1 ? x : x1;
      pixels++;
    }
  const frame_box2d *flat = NULL;
  for (int i = 0; i < f.box2d_count; i++)
    flat = f.boxes2d[i].id == id && f.boxes2d[i].camera == 0 ? &f.boxes2d[i] : flat;
  assert_non_null(flat);
  assert_int_equal(flat->visible_pixels, pixels);
  assert_true((int)flat->visible[0] == x0 && (int)flat->visible[2] == x1 + 1);
  assert_true(pixels > 500);
  // Lidar returns of it lie in the box, some of them on the door: out of the closed body.
  const frame_lidar *points = &f.lidars[0];
  pose mount = pose_multiply(f.ego_begin, built->rig.lidars[0].mount);
  double slack = 0.02 + 5 * built->rig.lidars[0].range_noise_m;
  double side = strcmp(hand, "left") == 0 ? -1 : 1;
  int on_door = 0;
  for (int i = 0; i < points->count; i++) {
    if (points->instance[i] != id)
      continue;
    vec3 met = pose_apply(
        mount, (vec3){(double)points->x_m[i], (double)points->y_m[i], (double)points->z_m[i]});
    vec3 own = pose_apply(pose_inverse(box->centre), met);
    for (int axis = 0; axis < 3; axis++) {
      double at = axis == 0 ? own.x : axis == 1 ? own.y : own.z;
      if (!(fabs(at) < box->size_m[axis] / 2 + slack))
        fail_msg("a point is %.3f m from the middle of the box on axis %d", at, axis);
    }
    vec3 body = pose_apply(pose_inverse(car->begin), met);
    on_door += side * body.y > car->size_m[1] / 2 + 0.15;
  }
  assert_true(on_door > 3);
  renderer_destroy(r);
  device_close(dev);
  sim_snapshot_free(&now);
  sim_world_destroy(world);
  scene_destroy(built);
  script_close(s);
}

static void labels_hold_the_door_on_either_hand(void **state) {
  (void)state;
  check_labels("right");
  check_labels("left");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(doors_stand_out_by_their_angle_and_leave_a_hole),
      cmocka_unit_test(angles_have_the_nearest_phase),
      cmocka_unit_test(labels_hold_the_door_on_either_hand),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
