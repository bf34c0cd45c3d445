// SPDX-License-Identifier: Apache-2.0
// labels: unit
// Quaternion poses against plain 4x4 matrices made a different way.
#include "base/pose.h"
#include "base/rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { ROUNDS = 1000 };
static const double PI = 3.14159265358979323846;

typedef struct mat4 {
  double m[4][4];
} mat4;

static mat4 mat4_multiply(mat4 a, mat4 b) {
  mat4 c = {0};
  for (int i = 0; i < 4; i++)
    for (int j = 0; j < 4; j++)
      for (int k = 0; k < 4; k++)
        c.m[i][j] += a.m[i][k] * b.m[k][j];
  return c;
}

static mat4 turn_x(double a) {
  return (mat4){{{1, 0, 0, 0}, {0, cos(a), -sin(a), 0}, {0, sin(a), cos(a), 0}, {0, 0, 0, 1}}};
}
static mat4 turn_y(double a) {
  return (mat4){{{cos(a), 0, sin(a), 0}, {0, 1, 0, 0}, {-sin(a), 0, cos(a), 0}, {0, 0, 0, 1}}};
}
static mat4 turn_z(double a) {
  return (mat4){{{cos(a), -sin(a), 0, 0}, {sin(a), cos(a), 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}}};
}

static mat4 mat4_of(double x, double y, double z, double yaw, double pitch, double roll) {
  mat4 r = mat4_multiply(mat4_multiply(turn_z(yaw), turn_y(pitch)), turn_x(roll));
  r.m[0][3] = x, r.m[1][3] = y, r.m[2][3] = z;
  return r;
}

static vec3 mat4_apply(mat4 a, vec3 v) {
  return (vec3){a.m[0][0] * v.x + a.m[0][1] * v.y + a.m[0][2] * v.z + a.m[0][3],
                a.m[1][0] * v.x + a.m[1][1] * v.y + a.m[1][2] * v.z + a.m[1][3],
                a.m[2][0] * v.x + a.m[2][1] * v.y + a.m[2][2] * v.z + a.m[2][3]};
}

static void assert_same_point(vec3 got, vec3 expected, double limit) {
  if (!(vec3_length(vec3_sub(got, expected)) <= limit))
    fail_msg("(%.12g %.12g %.12g), expected (%.12g %.12g %.12g) within %.3g", got.x, got.y, got.z,
             expected.x, expected.y, expected.z, limit);
}

// A random pose both ways.
static pose draw(rng *r, mat4 *matrix) {
  double x = rng_uniform(r, -1000, 1000), y = rng_uniform(r, -1000, 1000),
         z = rng_uniform(r, -50, 50), yaw = rng_uniform(r, -PI, PI),
         pitch = rng_uniform(r, -1.5, 1.5), roll = rng_uniform(r, -PI, PI);
  *matrix = mat4_of(x, y, z, yaw, pitch, roll);
  return (pose){{x, y, z}, quat_from_ypr(yaw, pitch, roll)};
}

static vec3 draw_point(rng *r) {
  return (vec3){rng_uniform(r, -100, 100), rng_uniform(r, -100, 100), rng_uniform(r, -100, 100)};
}

static void poses_do_what_matrices_do(void **state) {
  (void)state;
  rng r = rng_at(1, RNG_TEST, 0, 1, 0);
  for (int i = 0; i < ROUNDS; i++) {
    mat4 ma, mb;
    pose a = draw(&r, &ma), b = draw(&r, &mb);
    vec3 p = draw_point(&r);
    assert_same_point(pose_apply(a, p), mat4_apply(ma, p), 1e-9);
    assert_same_point(pose_apply(pose_multiply(a, b), p), mat4_apply(mat4_multiply(ma, mb), p),
                      1e-9);
    assert_same_point(pose_apply(pose_inverse(a), mat4_apply(ma, p)), p, 1e-9);
    double matrix[9];
    quat_matrix(a.q, matrix);
    for (int k = 0; k < 9; k++)
      assert_true(fabs(matrix[k] - ma.m[k / 3][k % 3]) < 1e-12);
  }
}

static void axes_turn_as_vehicles_do(void **state) {
  (void)state;
  vec3 forward = {1, 0, 0}, left = {0, 1, 0};
  // A left turn points forward to the left; pitch down lowers the nose; roll to the
  // right lifts the left side.
  assert_same_point(quat_rotate(quat_from_ypr(PI / 2, 0, 0), forward), left, 1e-15);
  assert_true(quat_rotate(quat_from_ypr(0, 0.1, 0), forward).z < -0.09);
  assert_true(quat_rotate(quat_from_ypr(0, 0, 0.1), left).z > 0.09);
  pose flat = pose_flat(3, 4, 5, PI / 2);
  assert_same_point(pose_apply(flat, forward), (vec3){3, 5, 5}, 1e-15);
}

static void yaw_comes_back_out(void **state) {
  (void)state;
  rng r = rng_at(1, RNG_TEST, 0, 2, 0);
  for (int i = 0; i < ROUNDS; i++) {
    double yaw = rng_uniform(&r, -PI, PI);
    double back = quat_yaw(quat_from_ypr(yaw, rng_uniform(&r, -1, 1), rng_uniform(&r, -1, 1)));
    assert_true(fabs(angle_wrap(back - yaw)) < 1e-12);
  }
}

static void between_meets_both_ends_and_turns_the_short_way(void **state) {
  (void)state;
  rng r = rng_at(1, RNG_TEST, 0, 3, 0);
  for (int i = 0; i < ROUNDS; i++) {
    mat4 unused;
    pose a = draw(&r, &unused), b = draw(&r, &unused);
    vec3 p = draw_point(&r);
    assert_same_point(pose_apply(pose_between(a, b, 0), p), pose_apply(a, p), 1e-9);
    assert_same_point(pose_apply(pose_between(a, b, 1), p), pose_apply(b, p), 1e-9);
    quat q = pose_between(a, b, 0.37).q;
    assert_true(fabs(q.w * q.w + q.x * q.x + q.y * q.y + q.z * q.z - 1) < 1e-12);
  }
  // From 170 to -170 degrees is 20 degrees by way of 180, not 340 by way of 0.
  pose a = pose_flat(0, 0, 0, 170 * PI / 180), b = pose_flat(2, 0, 0, -170 * PI / 180);
  pose half = pose_between(a, b, 0.5);
  assert_true(fabs(fabs(quat_yaw(half.q)) - PI) < 1e-12);
  assert_same_point(half.p_m, (vec3){1, 0, 0}, 1e-15);
}

static void angles_wrap_to_one_turn(void **state) {
  (void)state;
  for (int turns = -3; turns <= 3; turns++)
    for (double a = -3.1; a < 3.2; a += 0.1)
      assert_true(fabs(angle_wrap(a + turns * 2 * PI) - a) < 1e-12 || fabs(a) > PI);
  assert_true(fabs(fabs(angle_wrap(PI)) - PI) < 1e-15);
}

static void the_unit_of_nothing_is_the_x_axis(void **state) {
  (void)state;
  assert_same_point(vec3_unit((vec3){0, 0, 0}), (vec3){1, 0, 0}, 0);
  assert_same_point(vec3_unit((vec3){0, -3, 4}), (vec3){0, -0.6, 0.8}, 1e-15);
  assert_same_point(vec3_cross((vec3){1, 0, 0}, (vec3){0, 1, 0}), (vec3){0, 0, 1}, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(poses_do_what_matrices_do),
      cmocka_unit_test(axes_turn_as_vehicles_do),
      cmocka_unit_test(yaw_comes_back_out),
      cmocka_unit_test(between_meets_both_ends_and_turns_the_short_way),
      cmocka_unit_test(angles_wrap_to_one_turn),
      cmocka_unit_test(the_unit_of_nothing_is_the_x_axis),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
