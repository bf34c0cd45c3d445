// SPDX-License-Identifier: Apache-2.0
#include "base/pose.h"

#include <math.h>

vec3 vec3_add(vec3 a, vec3 b) {
  return (vec3){a.x + b.x, a.y + b.y, a.z + b.z};
}
vec3 vec3_sub(vec3 a, vec3 b) {
  return (vec3){a.x - b.x, a.y - b.y, a.z - b.z};
}
vec3 vec3_scale(vec3 a, double k) {
  return (vec3){a.x * k, a.y * k, a.z * k};
}
double vec3_dot(vec3 a, vec3 b) {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}
vec3 vec3_cross(vec3 a, vec3 b) {
  return (vec3){a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
double vec3_length(vec3 a) {
  return sqrt(vec3_dot(a, a));
}
vec3 vec3_unit(vec3 a) {
  double length = vec3_length(a);
  return length > 0 ? vec3_scale(a, 1 / length) : (vec3){1, 0, 0};
}

quat quat_identity(void) {
  return (quat){1, 0, 0, 0};
}

quat quat_from_ypr(double yaw_rad, double pitch_rad, double roll_rad) {
  double cy = cos(yaw_rad / 2), sy = sin(yaw_rad / 2);
  double cp = cos(pitch_rad / 2), sp = sin(pitch_rad / 2);
  double cr = cos(roll_rad / 2), sr = sin(roll_rad / 2);
  return (quat){cy * cp * cr + sy * sp * sr, cy * cp * sr - sy * sp * cr,
                cy * sp * cr + sy * cp * sr, sy * cp * cr - cy * sp * sr};
}

quat quat_multiply(quat a, quat b) {
  return (quat){
      a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z, a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y,
      a.w * b.y - a.x * b.z + a.y * b.w + a.z * b.x, a.w * b.z + a.x * b.y - a.y * b.x + a.z * b.w};
}

quat quat_conjugate(quat q) {
  return (quat){q.w, -q.x, -q.y, -q.z};
}

vec3 quat_rotate(quat q, vec3 v) {
  vec3 u = {q.x, q.y, q.z};
  vec3 t = vec3_scale(vec3_cross(u, v), 2);
  return vec3_add(vec3_add(v, vec3_scale(t, q.w)), vec3_cross(u, t));
}

quat quat_nlerp(quat a, quat b, double u) {
  double dot = a.w * b.w + a.x * b.x + a.y * b.y + a.z * b.z;
  double kb = dot < 0 ? -u : u, ka = 1 - u;
  quat q = {ka * a.w + kb * b.w, ka * a.x + kb * b.x, ka * a.y + kb * b.y, ka * a.z + kb * b.z};
  double length = sqrt(q.w * q.w + q.x * q.x + q.y * q.y + q.z * q.z);
  return (quat){q.w / length, q.x / length, q.y / length, q.z / length};
}

double quat_yaw(quat q) {
  return atan2(2 * (q.w * q.z + q.x * q.y), 1 - 2 * (q.y * q.y + q.z * q.z));
}

void quat_matrix(quat q, double out[9]) {
  double xx = q.x * q.x, yy = q.y * q.y, zz = q.z * q.z;
  double xy = q.x * q.y, xz = q.x * q.z, yz = q.y * q.z;
  double wx = q.w * q.x, wy = q.w * q.y, wz = q.w * q.z;
  out[0] = 1 - 2 * (yy + zz), out[1] = 2 * (xy - wz), out[2] = 2 * (xz + wy);
  out[3] = 2 * (xy + wz), out[4] = 1 - 2 * (xx + zz), out[5] = 2 * (yz - wx);
  out[6] = 2 * (xz - wy), out[7] = 2 * (yz + wx), out[8] = 1 - 2 * (xx + yy);
}

pose pose_identity(void) {
  return (pose){{0, 0, 0}, {1, 0, 0, 0}};
}

pose pose_flat(double x_m, double y_m, double z_m, double yaw_rad) {
  return (pose){{x_m, y_m, z_m}, {cos(yaw_rad / 2), 0, 0, sin(yaw_rad / 2)}};
}

vec3 pose_apply(pose a, vec3 point) {
  return vec3_add(a.p_m, quat_rotate(a.q, point));
}

pose pose_multiply(pose a, pose b) {
  return (pose){pose_apply(a, b.p_m), quat_multiply(a.q, b.q)};
}

pose pose_inverse(pose a) {
  quat q = quat_conjugate(a.q);
  return (pose){vec3_scale(quat_rotate(q, a.p_m), -1), q};
}

pose pose_between(pose a, pose b, double u) {
  return (pose){vec3_add(vec3_scale(a.p_m, 1 - u), vec3_scale(b.p_m, u)), quat_nlerp(a.q, b.q, u)};
}

double angle_wrap(double rad) {
  const double pi = 3.14159265358979323846;
  if (rad >= -pi && rad < pi)
    return rad;
  rad = fmod(rad + pi, 2 * pi);
  return rad < 0 ? rad + pi : rad - pi;
}
