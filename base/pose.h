// SPDX-License-Identifier: Apache-2.0
// Rigid poses in double precision. World: x east, y north, z up. Quaternions are
// w, x, y, z, unit length. A pose maps its own frame's points to its parent's.
#ifndef BASE_POSE_H
#define BASE_POSE_H

typedef struct vec3 {
  double x, y, z;
} vec3;

typedef struct quat {
  double w, x, y, z;
} quat;

typedef struct pose {
  vec3 p_m;
  quat q;
} pose;

vec3 vec3_add(vec3 a, vec3 b);
vec3 vec3_sub(vec3 a, vec3 b);
vec3 vec3_scale(vec3 a, double k);
double vec3_dot(vec3 a, vec3 b);
vec3 vec3_cross(vec3 a, vec3 b);
double vec3_length(vec3 a);
/// a / |a|; x axis when |a| is 0.
vec3 vec3_unit(vec3 a);

quat quat_identity(void);
/// Intrinsic yaw about z, then pitch about y (positive: nose down), then roll about x.
quat quat_from_ypr(double yaw_rad, double pitch_rad, double roll_rad);
quat quat_multiply(quat a, quat b);
quat quat_conjugate(quat q);
vec3 quat_rotate(quat q, vec3 v);
/// Normalised linear interpolation along the shorter arc; u in 0..1.
quat quat_nlerp(quat a, quat b, double u);
/// Heading of the x axis in the xy plane, -pi..pi.
double quat_yaw(quat q);
/// Row-major rotation matrix.
void quat_matrix(quat q, double out[9]);

pose pose_identity(void);
/// A pose on the plane with heading yaw_rad.
pose pose_flat(double x_m, double y_m, double z_m, double yaw_rad);
vec3 pose_apply(pose a, vec3 point);
pose pose_multiply(pose a, pose b);
pose pose_inverse(pose a);
/// Position linear, rotation by quat_nlerp: the one interpolation that renderer,
/// labels and verifier share.
pose pose_between(pose a, pose b, double u);

/// Wraps an angle to -pi..pi.
double angle_wrap(double rad);

#endif
