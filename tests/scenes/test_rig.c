// SPDX-License-Identifier: Apache-2.0
// labels: unit
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "scenes/lens.h"
#include "scenes/rig.h"
#include "scenes/rig_form.h"

static const double DEG = 3.14159265358979323846 / 180;

static void expect_near(double got, double wanted, double tolerance) {
  if (!(fabs(got - wanted) <= tolerance))
    fail_msg("%.9g is not %.9g", got, wanted);
}

static void expect_vector(vec3 got, double x, double y, double z) {
  expect_near(got.x, x, 1e-9);
  expect_near(got.y, y, 1e-9);
  expect_near(got.z, z, 1e-9);
}

static void a_camera_looks_where_its_mount_says(void **state) {
  (void)state;
  pose ahead = camera_mount(1, 2, 3, 0, 0);
  expect_vector(quat_rotate(ahead.q, (vec3){0, 0, 1}), 1, 0, 0);  // forward
  expect_vector(quat_rotate(ahead.q, (vec3){1, 0, 0}), 0, -1, 0); // right
  expect_vector(quat_rotate(ahead.q, (vec3){0, 1, 0}), 0, 0, -1); // down
  expect_vector(pose_apply(ahead, (vec3){0, 0, 5}), 6, 2, 3);
  pose left = camera_mount(0, 0, 0, 90 * DEG, 0);
  expect_vector(quat_rotate(left.q, (vec3){0, 0, 1}), 0, 1, 0);
  expect_vector(quat_rotate(left.q, (vec3){1, 0, 0}), 1, 0, 0);
  pose down = camera_mount(0, 0, 0, 0, 30 * DEG);
  expect_vector(quat_rotate(down.q, (vec3){0, 0, 1}), cos(30 * DEG), 0, -0.5);
}

static void a_roll_lowers_the_right_side(void **state) {
  (void)state;
  rig_form form = {.camera_count = 1, .lidar_count = 1};
  form.cameras[0] = camera_form_default();
  form.lidars[0] = lidar_form_default();
  strcpy(form.cameras[0].name, "c");
  strcpy(form.lidars[0].name, "l");
  form.cameras[0].roll_deg = form.lidars[0].roll_deg = 90;
  rig_def rig;
  assert_int_equal(rig_from_form(&rig, &form, NULL), STATUS_OK);
  expect_vector(quat_rotate(rig.cameras[0].mount.q, (vec3){1, 0, 0}), 0, 0, -1); // right: down
  expect_vector(quat_rotate(rig.cameras[0].mount.q, (vec3){0, 0, 1}), 1, 0, 0);
  expect_vector(quat_rotate(rig.lidars[0].mount.q, (vec3){0, -1, 0}), 0, 0, -1);
}

static void defaults_are_as_documented(void **state) {
  (void)state;
  camera_def c = camera_def_default();
  assert_int_equal(c.width_px, 640);
  assert_int_equal(c.height_px, 384);
  expect_near(c.fx_px, 320 / tan(35 * DEG), 1e-9);
  expect_near(c.cx_px, 320, 0);
  expect_near(c.cy_px, 192, 0);
  expect_vector(c.mount.p_m, 1.7, 0, 1.51);
  lidar_def l = lidar_def_default();
  assert_int_equal(l.rings, 32);
  assert_int_equal(l.azimuth_steps, 1080);
  expect_near(l.rotation_hz, 10, 0);
  expect_near(l.elevation_rad[0], -30.67 * DEG, 1e-12);
  expect_near(l.elevation_rad[31], 10.67 * DEG, 1e-12);
  expect_near(l.elevation_rad[1] - l.elevation_rad[0], 1.333 * DEG, 1e-3 * DEG);
  expect_vector(l.mount.p_m, 0.95, 0, 1.9);
}

static void beam_tables_rise_and_have_their_ends(void **state) {
  (void)state;
  const char *name;
  int count = 0;
  for (; (name = lidar_preset_name(count)); count++) {
    number_list list = {0};
    int steps = 0;
    assert_true(lidar_preset(name, &list, &steps));
    assert_true(list.count >= 16 && list.count <= RIG_RINGS);
    assert_true(steps >= 16 && steps <= 4096);
    for (int i = 1; i < list.count; i++)
      assert_true(list.value[i] > list.value[i - 1]);
  }
  assert_true(count >= 8);
  number_list list = {0};
  int steps = 0;
  assert_true(lidar_preset("vlp32c", &list, &steps));
  assert_int_equal(list.count, 32);
  expect_near(list.value[0], -25, 0);
  expect_near(list.value[9], -3.667, 1e-9);
  expect_near(list.value[20], 0, 1e-9);
  expect_near(list.value[25], 1.667, 1e-9);
  expect_near(list.value[31], 15, 0);
  assert_true(lidar_preset("hdl64e", &list, &steps));
  assert_int_equal(list.count, 64);
  expect_near(list.value[31], -8.11, 1e-9);
  expect_near(list.value[32], -7.63, 1e-9);
  assert_false(lidar_preset("hdl65", &list, &steps));
}

static void built_in_rigs_have_their_published_numbers(void **state) {
  (void)state;
  rig_def rig;
  assert_true(rig_builtin("nuscenes", &rig));
  assert_int_equal(rig.camera_count, 6);
  assert_string_equal(rig.cameras[0].name, "CAM_FRONT");
  expect_near(rig.cameras[0].fx_px, 1266.417, 1e-9);
  expect_near(rig.cameras[0].cx_px, 816.267, 1e-9);
  expect_near(rig.cameras[0].cy_px, 491.507, 1e-9);
  expect_vector(rig.cameras[0].mount.p_m, 1.7008, 0.0159, 1.5110);
  expect_near(rig.lidars[0].rotation_hz, 20, 0);
  expect_near(rig.lidars[0].azimuth_steps * rig.lidars[0].rings, 34000, 1000);
  assert_true(rig_builtin("kitti", &rig));
  assert_int_equal(rig.cameras[0].width_px, 1242);
  assert_int_equal(rig.cameras[0].height_px, 375);
  expect_near(rig.cameras[0].mount.p_m.y - rig.cameras[1].mount.p_m.y, 0.54, 1e-9);
  assert_int_equal(rig.lidars[0].rings, 64);
  assert_true(rig_builtin("bench2drive", &rig));
  assert_int_equal(rig.camera_count, 6);
  expect_near(rig.cameras[3].fx_px, 800 / tan(55 * DEG), 1e-9);
  // The distances between its sensors are the published ones.
  expect_near(rig.cameras[0].mount.p_m.x - rig.cameras[3].mount.p_m.x, 2.8, 1e-9);
  expect_near(rig.cameras[0].mount.p_m.x - rig.lidars[0].mount.p_m.x, 1.19, 1e-9);
  vec3 front_left = quat_rotate(rig.cameras[1].mount.q, (vec3){0, 0, 1});
  expect_near(atan2(front_left.y, front_left.x), 55 * DEG, 1e-9);
  assert_true(rig_builtin("woodscape_like", &rig));
  double t = 90 * DEG, px[2];
  assert_true(lens_project(&rig.cameras[0], (vec3){1, 0, 0}, px));
  expect_near(px[0] - rig.cameras[0].cx_px,
              339.749 * t - 31.988 * t * t + 48.275 * t * t * t - 7.201 * t * t * t * t, 1e-9);
}

static void every_built_in_rig_is_listed_and_whole(void **state) {
  (void)state;
  static const char *const wanted[] = {"minimal",    "nuscenes",       "kitti",   "bench2drive",
                                       "waymo_like", "woodscape_like", "panorama"};
  for (int i = 0; i < 7; i++) {
    assert_string_equal(rig_builtin_name(i), wanted[i]);
    rig_def rig;
    assert_true(rig_builtin(wanted[i], &rig));
    assert_string_equal(rig.name, wanted[i]);
    assert_true(rig.camera_count > 0 && rig.lidar_count > 0);
  }
  assert_null(rig_builtin_name(7));
  assert_null(rig_builtin_name(-1));
  rig_def untouched = {.camera_count = 77};
  assert_int_equal(rig_builtin("kiti", &untouched), 0);
  assert_int_equal(untouched.camera_count, 77);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_camera_looks_where_its_mount_says),
      cmocka_unit_test(a_roll_lowers_the_right_side),
      cmocka_unit_test(defaults_are_as_documented),
      cmocka_unit_test(beam_tables_rise_and_have_their_ends),
      cmocka_unit_test(built_in_rigs_have_their_published_numbers),
      cmocka_unit_test(every_built_in_rig_is_listed_and_whole),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
