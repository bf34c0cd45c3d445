// SPDX-License-Identifier: Apache-2.0
// What the kernels around tracing do, again: slow, in double precision, and with
// numbers found by walking instead of by formula. Also a small view of a town.
#ifndef WITH_SENSE_TWIN_H
#define WITH_SENSE_TWIN_H

#include "base/pose.h"
#include "render/camera.h"
#include "render/kernels/materials.h"
#include "render/launch.h"
#include "with_town.h"

/// No side is a multiple of 2, 4 or 32: every order has gaps.
enum {
  VIEW_WIDTH = 53,
  VIEW_HEIGHT = 35,
  VIEW_TILES_X = 14,
  VIEW_TILES_Y = 9,
  VIEW_SAMPLES = VIEW_TILES_X * VIEW_TILES_Y * 16,
  QUADS_X = 27, // 2x2 pixels each
  QUADS_Y = 18,
  VIEW_SLOTS = 2 * 2 * 256, // of ambient rays
};

/// A camera in the town's street that drives and turns; `rolling`: rows are late.
gpu_camera view_camera(bool rolling);

/// Where pixels lie among samples (tile by tile), which pixel of a 2x2 quad stands for
/// it, and where quads lie among ambient rays: blocks of 16x16 quads, in them equal
/// places of all 4x4 groups together.
typedef struct view_order {
  int sample[VIEW_HEIGHT][VIEW_WIDTH], slot[QUADS_Y][QUADS_X];
  int pixel_x[VIEW_SAMPLES], pixel_y[VIEW_SAMPLES]; // -1 outside the image
  int quad_x[QUADS_Y][QUADS_X], quad_y[QUADS_Y][QUADS_X];
} view_order;
void twin_order(view_order *out);

/// A new device buffer; fails the test when it can't be made. `bytes` may be NULL.
cl_mem put(device *dev, const void *bytes, size_t size);
/// Reads it back.
void get(device *dev, cl_mem buffer, void *to, size_t size);
/// Fails the test unless |is - should| <= absolute + relative |should|.
void near(const char *what, int i, double is, double should, double relative, double absolute);

/// The shared triangles with every fourth made of something else, so that one mesh has
/// several materials. Release with free.
gpu_triangle *view_triangles(const town *t);
const gpu_material *twin_material(uint32_t number);

/// A pose and the pose one interval later, `u` of the way.
pose twin_pose(const float p0[3], const float q0[4], const float p1[3], const float q1[4],
               double u);
pose twin_instance_pose(const gpu_instance *it, double u);
/// Ray through pixel position (x, y); returns the direction, depth 1 along z.
vec3 twin_camera_ray(const gpu_camera *c, double x, double y, vec3 *origin, double *time);
/// Unit normal of the triangle where it stands at time u.
vec3 twin_normal(const town *t, uint32_t instance, uint32_t primitive, double u);

/// A ray's nearest hit by asking every triangle. `doubtful`: a triangle's border is so
/// near that rounding may decide.
typedef struct twin_hit {
  double t, u, v;
  uint32_t primitive, instance;
  bool doubtful;
} twin_hit;
twin_hit twin_closest(const town *t, vec3 o, vec3 d, double time, double limit, uint32_t skip);
/// The same with one instance alone.
twin_hit twin_closest_of(const town *t, uint32_t instance, vec3 o, vec3 d, double time);

/// What the tests of these kernels share: the device, its kernels, the town.
typedef struct workshop {
  device *dev;
  tracer *tracing;
  sense tools;
  town place;
  view_order order;
  gpu_triangle *triangles; // view_triangles, on the device too
  cl_mem triangle_buffer;
} workshop;

/// For cmocka_run_group_tests; -1 when there is no device.
int workshop_open(workshop *s);
void workshop_close(workshop *s);

/// Launches one of workshop s's kernels; fails the test with the launch's own words.
#define RUN(s, kernel, items, local, ...)                                                          \
  do {                                                                                             \
    trouble why_ = {0};                                                                            \
    if (LAUNCH((s)->dev, (s)->tools.kernel, #kernel, items, local, &why_, __VA_ARGS__))            \
      fail_msg("%s", why_.text);                                                                   \
  } while (0)

/// One look at the town: what kernels said, on host and device, up to surfaces.
typedef struct view {
  gpu_camera camera;
  float rays[RAY_PLANES][VIEW_SAMPLES], t[VIEW_SAMPLES], surface[VIEW_SAMPLES][4];
  uint32_t primitive[VIEW_SAMPLES], instance[VIEW_SAMPLES], material[VIEW_SAMPLES];
  cl_mem camera_buffer, rays_buffer, surface_buffer, material_buffer;
  shade_hits hits;
} view;

/// Traces the view. A few rays count as skipped, which tracing a camera never gives.
void look(workshop *s, view *v, bool rolling);
void drop_view(view *v);
/// Whether sample i met something.
bool met(const view *v, int i);
const gpu_material *material_of(const workshop *s, const view *v, int i);
vec3 normal_of(const view *v, int i);

#endif
