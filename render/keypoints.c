// SPDX-License-Identifier: Apache-2.0
#include "render/keypoints.h"

#include <math.h>
#include <string.h>

#include "base/pose.h"
#include "scenes/lens.h"

static const double NEAR_M = 0.05;
enum { ROUNDS = 4 }; // a joint's row moves by less than a hundredth of a pixel then

// Half of a torso's, limb's or head's depth there, with cloth.
const float KEYPOINT_UNDER_M[KEYPOINT_COUNT] = {
    [KEYPOINT_NOSE] = 0.03f,           [KEYPOINT_LEFT_EYE] = 0.04f,
    [KEYPOINT_RIGHT_EYE] = 0.04f,      [KEYPOINT_LEFT_EAR] = 0.06f,
    [KEYPOINT_RIGHT_EAR] = 0.06f,      [KEYPOINT_LEFT_SHOULDER] = 0.13f,
    [KEYPOINT_RIGHT_SHOULDER] = 0.13f, [KEYPOINT_LEFT_ELBOW] = 0.08f,
    [KEYPOINT_RIGHT_ELBOW] = 0.08f,    [KEYPOINT_LEFT_WRIST] = 0.06f,
    [KEYPOINT_RIGHT_WRIST] = 0.06f,    [KEYPOINT_LEFT_HIP] = 0.17f,
    [KEYPOINT_RIGHT_HIP] = 0.17f,      [KEYPOINT_LEFT_KNEE] = 0.10f,
    [KEYPOINT_RIGHT_KNEE] = 0.10f,     [KEYPOINT_LEFT_ANKLE] = 0.08f,
    [KEYPOINT_RIGHT_ANKLE] = 0.08f,
};

static vec3 in_box(const stage_target *t, int i) {
  const float *p = t->keypoints[i];
  return (vec3){(double)p[0], (double)p[1], (double)p[2]};
}

void keypoints_place(const stage_target *target, frame_keypoints3d *out) {
  out->id = target->id;
  for (int i = 0; i < KEYPOINT_COUNT; i++) {
    vec3 p = pose_apply(target->begin, in_box(target, i));
    out->world_m[i][0] = p.x, out->world_m[i][1] = p.y, out->world_m[i][2] = p.z;
  }
}

// In the image at the time u of the interval, and in the camera's frame; false when the lens
// doesn't see it.
static bool project(const camera_def *def, pose ego_begin, pose ego_end, const stage_target *t,
                    int i, double u, double *x, double *y, vec3 *p_out) {
  pose ego = pose_between(ego_begin, ego_end, u), thing = pose_between(t->begin, t->end, u);
  pose to_camera = pose_inverse(pose_multiply(ego, def->mount));
  vec3 p = pose_apply(to_camera, pose_apply(thing, in_box(t, i)));
  double px[2];
  if ((lens_is_perspective(def->model) && p.z < NEAR_M) || !lens_project(def, p, px))
    return false;
  *x = px[0], *y = px[1], *p_out = p;
  return true;
}

// How far the joint lies behind what its pixel shows, along z; along the ray with lenses that
// see beyond 90 degrees, where z ends.
static double behind(const camera_def *def, const frame_camera *image, size_t at, vec3 p) {
  double depth_m = (double)image->depth_m[at];
  if (lens_is_perspective(def->model))
    return p.z - depth_m;
  int x = (int)(at % (size_t)image->width_px), y = (int)(at / (size_t)image->width_px);
  vec3 d;
  if (!lens_unproject(def, x + 0.5, y + 0.5, &d) || fabs(d.z) < 1e-4)
    return 0; // the surface's own id has to do
  return vec3_length(p) - depth_m / d.z;
}

static keypoint_visibility look(const camera_def *def, const stage_target *t, int i,
                                const frame_camera *image, double x, double y, vec3 p) {
  if (!(x >= 0 && y >= 0 && x < image->width_px && y < image->height_px))
    return KEYPOINT_OUTSIDE;
  size_t at = (size_t)y * (size_t)image->width_px + (size_t)x;
  bool own = image->instance[at] == t->id;
  return own && behind(def, image, at, p) <= (double)KEYPOINT_UNDER_M[i] ? KEYPOINT_VISIBLE
                                                                         : KEYPOINT_HIDDEN;
}

void keypoints_project(const camera_def *def, pose ego_begin, pose ego_end, double interval_s,
                       const stage_target *target, const frame_camera *image,
                       frame_keypoints2d *out) {
  memset(out, 0, sizeof *out);
  out->id = target->id;
  double readout = interval_s > 0 ? fmin(1, def->readout_s / interval_s) : 0;
  for (int i = 0; i < KEYPOINT_COUNT; i++) {
    double x = 0, y = image->height_px / 2.0;
    vec3 p = {0, 0, 0};
    bool before = true;
    for (int round = 0; before && round < (readout > 0 ? ROUNDS : 1); round++) {
      double row = fmin(1, fmax(0, y / image->height_px));
      before = project(def, ego_begin, ego_end, target, i, readout * row, &x, &y, &p);
    }
    keypoint_visibility seen = before ? look(def, target, i, image, x, y, p) : KEYPOINT_OUTSIDE;
    out->visibility[i] = (uint8_t)seen;
    if (seen == KEYPOINT_OUTSIDE)
      continue;
    out->px[i][0] = (float)x, out->px[i][1] = (float)y;
  }
}
