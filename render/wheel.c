// SPDX-License-Identifier: Apache-2.0
#include "render/wheel.h"

#include <math.h>

static const double TURN = 6.283185307179586;

static double within(double x, double most) {
  return fmin(most, fmax(-most, x));
}

// A frame that stands at `at` of the vehicle's, turned left by `left`, then about its y by `on`.
static pose mounted(pose vehicle, vec3 at, double left, double on) {
  quat steer = {cos(left / 2), 0, 0, sin(left / 2)}, roll = {cos(on / 2), 0, sin(on / 2), 0};
  return (pose){pose_apply(vehicle, at), quat_multiply(vehicle.q, quat_multiply(steer, roll))};
}

// What the snapshot's wheels turned in the last frame, by the way that their vehicle went.
static double rolled_before(const sim_actor *a) {
  vec3 way = vec3_sub(a->begin.p_m, a->before.p_m);
  double along = vec3_dot(way, quat_rotate(a->begin.q, (vec3){1, 0, 0}));
  return a->wheel_radius_m > 0 ? along / a->wheel_radius_m : 0;
}

wheel_way wheel_place(const asset_wheel *wheel, const sim_actor *a, pose begin, pose end,
                      gpu_instance *it) {
  double sx = (double)it->scale[0], sy = (double)it->scale[1], sz = (double)it->scale[2];
  vec3 at = {sx * (double)wheel->centre_m[0], sy * (double)wheel->centre_m[1],
             sz * (double)wheel->centre_m[2]};
  double half = wheel->right ? TURN / 2 : 0, way = wheel->right ? -1 : 1;
  double most = (double)wheel->steer_most_rad;
  double rolls = way * a->wheel_radius_m / ((double)wheel->radius_m * sz); // as far as its own size
  double turned = isfinite(a->wheel_rad) ? fmod(rolls * a->wheel_rad, TURN) : 0;
  // Round wheels stay round whatever their vehicle is stretched to, and on the ground.
  const float scale[3] = {it->scale[2], it->scale[1], it->scale[2]};
  it->spin = isfinite(a->wheel_turn_rad) ? (float)(rolls * a->wheel_turn_rad) : 0;
  wheel_way out = {
      .begin = mounted(begin, at, half + within(a->steer_rad, most), turned),
      .end = mounted(end, at, half + within(a->steer_end_rad, most), turned),
      .spin_before = rolls * rolled_before(a),
  };
  trace_place(it, out.begin, out.end, scale);
  return out;
}

bvh_box wheel_bounds(const gpu_instance *it, const bvh_box *own) {
  double radius = (double)(fmaxf(own->hi[0], own->hi[2]) * it->scale[2]);
  double half = (double)(fmaxf(own->hi[1], -own->lo[1]) * it->scale[1]);
  bvh_box box = {{INFINITY, INFINITY, INFINITY}, {-INFINITY, -INFINITY, -INFINITY}};
  for (int end = 0; end < 2; end++) {
    const float *p = end ? it->end_p : it->begin_p, *q = end ? it->end_q : it->begin_q;
    vec3 axle = quat_rotate((quat){q[3], q[0], q[1], q[2]}, (vec3){0, 1, 0});
    const double along[3] = {axle.x, axle.y, axle.z};
    for (int k = 0; k < 3; k++) {
      double out = radius * sqrt(fmax(0, 1 - along[k] * along[k])) + half * fabs(along[k]);
      float slack = 1e-3f + fabsf(p[k]) * 1e-6f;
      box.lo[k] = fminf(box.lo[k], p[k] - (float)out - slack);
      box.hi[k] = fmaxf(box.hi[k], p[k] + (float)out + slack);
    }
  }
  return box;
}
